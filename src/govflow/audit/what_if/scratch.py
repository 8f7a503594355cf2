"""推演日志: a log in memory, of another origin, that takes over what a log has adopted, or other rules in its place."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from govflow.adoption import misfits
from govflow.calendars import Calendar
from govflow.checkpoints.keys import SCRATCH
from govflow.decider import Decider
from govflow.engine import Engine
from govflow.errors import InputError, PolicyError
from govflow.files import IN_MEMORY
from govflow.log_events import WorkflowAdopted
from govflow.persistence.sqlite import SQLiteStore
from govflow.policy import Policy
from govflow.privacy.keys import KeyStore


class Rules(NamedTuple):
    """What is put in the place of the log's own rules, and from when on (None: from the beginning)."""

    policy: Policy | None = None
    calendar: Calendar | None = None
    since: datetime | None = None


class ScratchEngine(Engine):
    """An engine that takes over what a log has adopted as it stands, also where it would not be adopted any more."""

    def take_over(self, policy: Policy) -> None:
        """Adopt a policy of the log's own."""
        self._change(lambda unit: unit.adopt_policy(policy))

    def turn_to(self, rules: Rules, own: Collection[Policy]) -> None:
        """From now on the other rules are in force; records that run already stay on the policy they have.

        A name that stands for another content here already is given an ending. Raises PolicyError where the policy fits
        less well than the log's `own` policies do, InputError where the calendar would not be counted by.
        """
        if rules.calendar is not None:
            self.adopt_calendar(rules.calendar)
            newest = self.calendar(rules.calendar.id)
            if newest != rules.calendar:
                what = f"{newest.key} reaches farther than {rules.calendar.key}, and goes on to be counted by"
                raise InputError(what, where="calendar", expected=f"days up to {newest.last}, and a higher version")
        if rules.policy is None:
            return
        policy, kinds = with_calendar(rules.policy, rules.calendar), self.deciders.values()
        known = {each.what for one in own for each in misfits(one, kinds)}
        if problems := [each for each in misfits(policy, kinds) if each.what not in known]:
            raise PolicyError(problems)
        today = self.now().astimezone(policy.zone).date()
        policy = _changed(policy, effective_from=min(policy.effective_from, today))
        if self.log.policies.get(policy.key, policy) != policy:
            policy = _changed(policy, version=f"{policy.version[:40]}.{SCRATCH}{self.log.head}")
        self.take_over(policy)


def opened(source: Engine, now: Callable[[], datetime]) -> ScratchEngine:
    """An engine on a new log in memory, whose id tells what it is."""
    keys = KeyStore(IN_MEMORY)
    keys.bind(SCRATCH + os.urandom(12).hex())
    return ScratchEngine(SQLiteStore(IN_MEMORY), keys, _served(source), authority=source.authority, now=now)


def _served(source: Engine) -> Sequence[Decider]:
    """The kinds of record of the log. Where its host did not serve recurring duties, none come round here."""
    used = {each.body.workflow for each in source.log_history() if isinstance(each.body, WorkflowAdopted)}
    return [each for name, each in source.deciders.items() if name != "duty" or name in used]


def with_calendar(policy: Policy, calendar: Calendar | None) -> Policy:
    """The policy with an edition of a calendar in the place of its own."""
    if calendar is None or all(each.id != calendar.id for each in policy.calendars):
        return policy
    return _changed(policy, calendars=(*(each for each in policy.calendars if each.id != calendar.id), calendar))


def _changed(policy: Policy, **changes: object) -> Policy:
    """The policy with other values; rules of consistency that came after it was written do not apply to it."""
    return Policy.stored({**{name: getattr(policy, name) for name in Policy.model_fields}, **changes})
