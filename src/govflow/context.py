"""What a decision may look at beside its own record: time, numbers, other records come in here, never from inside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import TYPE_CHECKING

from govflow.actors import Actor, Claim, Holder, Level
from govflow.calendars import Calendar
from govflow.clocks import Clock
from govflow.messages import Command
from govflow.policy import Policy
from govflow.policy.model import NO_CALENDAR
from govflow.records import Item, Record
from govflow.workflow import Step

if TYPE_CHECKING:
    from govflow.decider import Decider


_NO_CALENDARS: Mapping[str, Calendar] = {}
_NO_POLICIES: Mapping[str, Policy] = {}


def _nobody(roles: Collection[str], level: Level | None, area: str) -> tuple[Holder, ...]:
    return ()


class Context:
    """What a decision may look at beside its own record: the moment, the actor, the policy, and other records."""

    __slots__ = (
        "actor",
        "at",
        "calendars",
        "carried",
        "category",
        "claims",
        "command",
        "deciders",
        "holders",
        "interests",
        "item",
        "kind",
        "level",
        "lookup",
        "now",
        "number",
        "on_behalf_of",
        "policies",
        "policy",
        "retention",
        "standing_in_for",
        "step",
        "unnumbered",
    )  # fmt: skip

    step: Step
    command: Command
    item: Item | None

    def __init__(
        self,
        *,
        now: datetime,
        at: datetime,
        actor: Actor,
        claims: Sequence[Claim],
        on_behalf_of: str | None,
        policy: Policy,
        lookup: Callable[[str], Record | None],
        deciders: Mapping[str, Decider],
        number: Callable[[str], str],
        calendars: Mapping[str, Calendar] = _NO_CALENDARS,
        policies: Mapping[str, Policy] = _NO_POLICIES,
        interests: frozenset[str] = frozenset(),
        holders: Callable[[Collection[str], Level | None, str], tuple[Holder, ...]] = _nobody,
        unnumbered: Callable[[str], str] | None = None,
    ) -> None:
        self.now = now  # when it is recorded: windows and terms compare with this
        self.at = at  # when it happened: duties are done at this moment
        self.actor = actor
        self.claims = claims
        self.on_behalf_of = on_behalf_of
        self.policy = policy
        self.lookup = lookup
        self.deciders = deciders
        self.number = number  # the next number for a record of a kind that this decision will create
        self.unnumbered = unnumbered or number  # an id by chance for one whose number would show that it is hidden
        self.policies = policies  # adopted ones, by `id@version`
        self.calendars = calendars  # by id the newest, by `id@version` every one
        self.interests = interests  # whom the actor must keep away from
        self.holders = holders  # who holds a role for a matter at a level in an area
        self.kind = self.category = self.retention = ""
        self.level: Level | None = None
        self.standing_in_for: str | None = None  # in whose stead the actor takes this step
        self.carried: Mapping[str, Clock] = {}  # clocks that go on from an earlier run

    def calendar(self, id: str) -> Calendar:
        """The newest calendar of this id, or the very version `id@version`; Monday to Friday where there is none."""
        found = self.calendars.get(id)
        if found is not None:
            return found
        return next((each for each in self.policy.calendars if id in (each.id, each.key)), NO_CALENDAR)

    def with_policy(self, policy: Policy) -> Context:
        """The same moment under another policy."""
        other = copy(self)
        other.policy = policy
        return other

    def acting(self, command: Command) -> Context:
        """The same moment for a command that follows from another one, given by its own actor."""
        same = command.by is self.actor
        return Context(
            now=self.now,
            at=self.at,
            actor=command.by,
            claims=self.claims if same else command.by.claims,
            on_behalf_of=command.on_behalf_of,
            policy=self.policy,
            lookup=self.lookup,
            deciders=self.deciders,
            number=self.number,
            calendars=self.calendars,
            policies=self.policies,
            interests=self.interests if same else frozenset(),
            holders=self.holders,
            unnumbered=self.unnumbered,
        )
