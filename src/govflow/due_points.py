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
from govflow.clocks.warning import used_up_at
from govflow.decider import Decider
from govflow.messages import SYSTEM_IDS, ClockStatus, Command
from govflow.policy import Escalation, Policy
from govflow.records import Record
from govflow.regions.clock import ElapseWindow, MarkOverdue, WarnClock
from govflow.workflow import Rest

CalendarOf = Callable[[str], Calendar]
INSTANT = timedelta(microseconds=1)
WARNING, END, ESCALATION = 0, 1, 2
"""The order of what is to be done at one moment: what is announced, the end itself, what follows a due instant."""


class Moment(NamedTuple):
    """A moment of one clock at which something is to be done: a share to announce, its end, or an escalation."""

    at: datetime
    order: int
    clock: Clock
    what: int | Escalation | None


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


def moments_of(record: Record, decider: Decider, policy: Policy, calendar: CalendarOf) -> Iterator[Moment]:
    """When anything is to be done on a record, as it stands now, in no order: commands are made for few of them."""
    if not record.status or "clock" not in decider.regions or decider.workflow.rests[record.status] is Rest.FINAL:
        return
    for clock in record.clocks.values():
        if clock.due is None:
            continue
        if clock.status is ClockStatus.RUNNING:
            kind = kind_of(clock.name)
            if kind is ClockKind.DEADLINE:
                for share in policy.warnings_for(policy.limit(clock.rule or "")):
                    if share not in clock.warned:
                        at = used_up_at(clock, share, calendar(clock.calendar or ""), policy.zone)
                        yield Moment(at, WARNING, clock, share)
            # what follows a retention term is an archivist's decision, unless the tables say otherwise
            if kind is not ClockKind.RETENTION or _answers(record, clock, decider):
                yield Moment(clock.due + INSTANT, END, clock, None)  # done at the due instant itself is done in time
        elif clock.status is ClockStatus.OVERDUE:
            for rule in policy.escalations:
                if _escalated(record, clock, rule, decider) is not None:
                    yield Moment(_later(clock.due, rule, policy, calendar), ESCALATION, clock, rule)


def points_of(
    record: Record, decider: Decider, policy: Policy, calendar: CalendarOf, until: datetime | None = None
) -> list[Point]:
    """What is to be done on a record at some time, or by `until`, as it stands now, first things first."""
    moments = moments_of(record, decider, policy, calendar)
    return sorted(_point(record, each, decider) for each in moments if until is None or each.at <= until)


def _point(record: Record, moment: Moment, decider: Decider) -> Point:
    at, order, clock, what = moment
    if isinstance(what, Escalation):
        kind = f"escalation {what.id}"
        command = _escalated(record, clock, what, decider)
        assert command is not None, "it has a moment because it has a command"
        return Point(at, order, kind, clock.name, (command.changed(command_id=own_id(record, clock, kind)),))
    if what is not None:
        kind = f"warn {what}"
        id = own_id(record, clock, kind)
        warn = WarnClock(id=record.id, by=SYSTEM, command_id=id, item=clock.name, share=what)
        return Point(at, order, kind, clock.name, (warn,), at)
    commands = tuple(
        each.changed(command_id=own_id(record, clock, f"{each.wire} {getattr(each, 'item', '')}"))
        for each in _answers(record, clock, decider)
    )
    if commands:
        return Point(at, order, commands[0].wire, clock.name, commands, clock.due)
    overdue = kind_of(clock.name) is ClockKind.DEADLINE
    kind, command_type = ("overdue", MarkOverdue) if overdue else ("elapsed", ElapseWindow)
    mark = command_type(id=record.id, by=SYSTEM, command_id=own_id(record, clock, kind), item=clock.name)
    return Point(at, order, kind, clock.name, (mark,), clock.due)


def _answers(record: Record, clock: Clock, decider: Decider) -> tuple[Command, ...]:
    """What the tables let the system do when a clock has run out; else the deadline is missed, the window over."""
    name, _, item = clock.name.partition(":")
    makers = [decider.when_due, *(region.when_due for region in decider.regions.values())]
    maker = next((each[name] for each in makers if name in each), None)
    return () if maker is None else tuple(maker(record, item))


def _escalated(record: Record, clock: Clock, rule: Escalation, decider: Decider) -> Command | None:
    """What a rule has the system do about an overdue clock, if it is for this record."""
    if rule.clock != clock.name.partition(":")[0] or not _serves(rule, record):
        return None
    maker = decider.escalations.get(rule.then)
    return maker(record, rule.id, clock) if maker is not None else None


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
    return SYSTEM_IDS + hashlib.sha256(text.encode()).hexdigest()[:32]


def first_of(points: Iterable[Point | Moment]) -> datetime | None:
    """When the first of them is due."""
    return min((point.at for point in points), default=None)
