"""What a decision may look at beside its own record: time, numbers, other records come in here, never from inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from govflow.actors import Actor, Claim
from govflow.messages import Command
from govflow.policy import Policy
from govflow.records import Item, Record
from govflow.workflow import Step

if TYPE_CHECKING:
    from govflow.decider import Decider


class Context:
    """What a decision may look at beside its own record: the moment, the actor, the policy, and other records."""

    __slots__ = (
        "actor",
        "at",
        "category",
        "claims",
        "command",
        "deciders",
        "due",
        "item",
        "kind",
        "lookup",
        "now",
        "number",
        "on_behalf_of",
        "policy",
        "retention",
        "step",
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
        self.kind = self.category = self.retention = ""
        self.due: Mapping[str, datetime] = {}

    def acting(self, command: Command) -> Context:
        """The same moment for a command that follows from another one, given by its own actor."""
        claims = self.claims if command.by is self.actor else command.by.claims
        return Context(
            now=self.now,
            at=self.at,
            actor=command.by,
            claims=claims,
            on_behalf_of=command.on_behalf_of,
            policy=self.policy,
            lookup=self.lookup,
            deciders=self.deciders,
            number=self.number,
        )
