"""What the system has to do on a record, and when: worked out of its clocks and its policy, nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from govflow.actors import SYSTEM
from govflow.calendars import Calendar, Unit, due_after
from govflow.calendars.term import Term
from govflow.clocks import Clock, ClockKind
from govflow.clocks.kinds import kind_of
from govflow.decider import Decider
from govflow.messages import ClockStatus, Command
from govflow.policy import Escalation, Policy
from govflow.records import Record
from govflow.regions.clock import ElapseWindow, MarkOverdue, WarnClock
from govflow.workflow import Rest

CalendarOf = Callable[[str], Calendar]
INSTANT = timedelta(microseconds=1)
ESCALATION = 2
"""The order of what follows a due instant, behind warnings (0) and the end itself (1)."""


class Point(NamedTuple):
    """One thing to be done: from when on, in which order among those of one moment, and by which commands.

    `stamp` is when it happened, however late that is recorded; what has none happens when it is done.
    """

    at: datetime
    order: int
    kind: str
    clock: str
    commands: tuple[Command, ...]
    stamp: datetime | None = None


def points_of(record: Record, decider: Decider, policy: Policy, calendar: CalendarOf) -> list[Point]:
    """Everything that is to be done on a record at some time, as it stands now, first things first."""
    if not record.status or "clock" not in decider.regions:
        return []
    ended = decider.workflow.rests[record.status] is Rest.FINAL
    points: list[Point] = []
    for clock in record.clocks.values():
        if clock.due is None or ended:
            continue
        if clock.status is ClockStatus.RUNNING:
            points += _warnings(record, clock, policy)
            points += _end(record, clock, decider)
        elif clock.status is ClockStatus.OVERDUE:
            points += _escalations(record, clock, decider, policy, calendar)
    return sorted(points)


def _warnings(record: Record, clock: Clock, policy: Policy) -> Iterator[Point]:
    assert clock.due is not None
    if kind_of(clock.name) is not ClockKind.DEADLINE:
        return
    for share in policy.warnings_for(policy.limit(clock.rule or "")):
        if share not in clock.warned:
            at = _whole(_used_up(clock, clock.due, share))
            kind = f"warn {share}"
            warn = WarnClock(
                id=record.id, by=SYSTEM, command_id=own_id(record, clock, kind), item=clock.name, share=share
            )
            yield Point(at, 0, kind, clock.name, (warn,), at)


def _used_up(clock: Clock, due: datetime, share: int) -> datetime:
    """When a share of the limit is used up: while the clock stood still, nothing of it was.

    Never before that share of the whole span has passed, which the rule of the step asks for.
    """
    at = clock.since + (due - clock.since - clock.paused_for) * share / 100
    for since, until in clock.pauses:
        if since < at:
            at += until - since
    return max(at, clock.since + (due - clock.since) * share / 100)


def _whole(at: datetime) -> datetime:
    """The next whole second: a share of a limit is never announced before it is used up."""
    return at if at.microsecond == 0 else at.replace(microsecond=0) + timedelta(seconds=1)


def _end(record: Record, clock: Clock, decider: Decider) -> Iterator[Point]:
    """What the tables let the system do when a clock has run out; else the deadline is missed, the window over."""
    assert clock.due is not None
    after = clock.due + INSTANT  # a duty done at the due instant itself is done in time
    name, _, item = clock.name.partition(":")
    makers = [decider.when_due, *(region.when_due for region in decider.regions.values())]
    maker = next((each[name] for each in makers if name in each), None)
    if maker is not None:
        given = tuple(maker(record, item))
        commands = tuple(
            each.changed(command_id=own_id(record, clock, f"{each.wire} {getattr(each, 'item', '')}")) for each in given
        )
        if commands:
            yield Point(after, 1, commands[0].wire, clock.name, commands, clock.due)
            return
    of = kind_of(clock.name)
    if of is ClockKind.RETENTION:  # what follows is an archivist's decision
        return
    kind = "overdue" if of is ClockKind.DEADLINE else "elapsed"
    command = MarkOverdue if of is ClockKind.DEADLINE else ElapseWindow
    mark = command(id=record.id, by=SYSTEM, command_id=own_id(record, clock, kind), item=clock.name)
    yield Point(after, 1, kind, clock.name, (mark,), clock.due)


def _escalations(
    record: Record, clock: Clock, decider: Decider, policy: Policy, calendar: CalendarOf
) -> Iterator[Point]:
    assert clock.due is not None
    for rule in policy.escalations:
        if rule.clock != clock.name.partition(":")[0] or not _serves(rule, record):
            continue
        maker = decider.escalations.get(rule.then)
        command = maker(record, rule.id) if maker is not None else None
        if command is None:
            continue
        at = _later(clock.due, rule, policy, calendar)
        command = command.changed(command_id=own_id(record, clock, f"escalation {rule.id}"))
        yield Point(at, ESCALATION, f"escalation {rule.id}", clock.name, (command,))


def _serves(rule: Escalation, record: Record) -> bool:
    return (not rule.kinds or record.kind in rule.kinds) and (not rule.levels or record.level in rule.levels)


def _later(due: datetime, rule: Escalation, policy: Policy, calendar: CalendarOf) -> datetime:
    """So many units past the due instant; days count from the last day of the limit, which ended at 24:00."""
    if rule.after == 0:
        return due + INSTANT
    term = Term(length=rule.after, unit=rule.unit)
    base = due if term.unit in (Unit.HOUR, Unit.OFFICE_HOUR) else due - INSTANT
    return due_after(term, base, calendar(policy.calendar or ""), policy.zone).at + INSTANT


def own_id(record: Record, clock: Clock, kind: str) -> str:
    """The command id of what is done once for this run and due instant of a clock, whoever does it and how often."""
    due = clock.due.isoformat() if clock.due is not None else ""
    text = "\n".join((record.id, clock.name, str(clock.run), due, kind))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def first_of(points: Iterable[Point]) -> datetime | None:
    """When the first of them is due."""
    return min((point.at for point in points), default=None)
