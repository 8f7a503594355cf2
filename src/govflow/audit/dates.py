"""Dates counted again 期限复算: every due instant that was counted, from what the log held when it was recorded.

The recorded due instant stands, whatever comes out here: a correction, or a newer edition of a calendar, appends
`clock.recomputed`. What was named by hand, or carried over from a run before, rests on no count and is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from govflow.audit.findings import Code, Finding
from govflow.audit.metadata import finding, named
from govflow.audit.tables import Tables
from govflow.calendars import Calendar, due_after
from govflow.calendars.notation import needs_calendar, term_from, text_of
from govflow.clocks import Clock
from govflow.clocks.moves import NAMED
from govflow.errors import GovFlowError
from govflow.messages import ClockMove, Event
from govflow.persistence.codec import StoredEvent
from govflow.policy import Policy
from govflow.policy.model import NO_CALENDAR
from govflow.records import Record


class Contradiction(NamedTuple):
    """In what a recorded date differs, in English and Chinese."""

    en: str
    zh: str


def wrong_dates(row: StoredEvent, event: Event, after: Record, policy: bytes, tables: Tables) -> Iterator[Finding]:
    """Every due instant of an event that does not follow from what its clock was counted from.

    `after` is the record behind the event, `policy` the one that it was decided under. A record that moves to another
    policy is counted by that one.
    """
    target = event.__dict__.get("to") if event.name == "policy.migrated" else None
    under = tables.contents.get(target.encode() if isinstance(target, str) else policy)
    if under is None:  # that it was never adopted is said elsewhere
        return
    for move in event.clocks:
        if move.due is not None:
            clock = after.clocks[move.clock]
            wrong = _wrong(row, event, move, clock, under, tables)
            if wrong is not None:
                yield finding(row, Code.SEMANTIC, wrong.en, wrong.zh, named(clock.rule) or named(move.clock))


def _wrong(
    row: StoredEvent, event: Event, move: ClockMove, clock: Clock, policy: Policy, tables: Tables
) -> Contradiction | None:
    name = named(move.clock)
    if move.derived is not None or clock.term is None:
        field = type(event).dues.get(move.clock.partition(":")[0], "")
        if move.derived == NAMED and clock.since == event.at and event.__dict__.get(field) != move.due:
            return Contradiction(
                f"the date of {name} is said to be named, and the event names another or none",
                f"{name} 的期限称由事件载明,而事件所载不符",
            )
        return None
    try:
        term = term_from(clock.term)
        calendar = _calendar(clock.calendar, row.position, policy, tables) if needs_calendar(term) else NO_CALENDAR
        if calendar is None:
            by = named(clock.calendar)
            return Contradiction(
                f"{name} was counted by the calendar {by}, which was not adopted before",
                f"{name} 所依日历 {by} 此前未经通过",
            )
        due = due_after(term, clock.since, calendar, policy.zone, pauses=clock.pauses, added=clock.added).at
    except (GovFlowError, ValueError):  # a forged term may say anything
        return Contradiction(f"the term of {name} cannot be counted", f"{name} 的期限无从计算")
    if due != clock.due:
        return Contradiction(
            f"{name} is due {_said(clock.due)}; counted again it is {_said(due)}",
            f"{name} 记录的到期时间为 {_said(clock.due)},复算为 {_said(due)}",
        )
    return _of_another_length(event, move, clock, policy)


def _calendar(key: str | None, position: int, policy: Policy, tables: Tables) -> Calendar | None:
    """The edition of a calendar, as the log had it by then; Monday to Friday where no policy names one."""
    since, calendar = tables.calendars.get(key or "", (0, None))
    if calendar is not None:
        return calendar if since < position else None
    own = next((each for each in policy.calendars if each.key == key), None)
    return own or (NO_CALENDAR if key in (None, NO_CALENDAR.key) else None)


def _of_another_length(event: Event, move: ClockMove, clock: Clock, policy: Policy) -> Contradiction | None:
    """Whether a run that begins, or is measured anew, has another length than its rule gives it."""
    if move.term is None or event.name == "clock.recomputed":  # which keeps the term that the clock has
        return None
    rule = clock.rule or ""
    limit = policy.limit(rule)
    kept = policy.retention_class(rule) if limit is None else None
    term = limit.term if limit is not None else kept.term if kept is not None else None
    if term is not None and clock.share is not None:
        term = term.changed(length=-(-term.length * clock.share // 100))
    if term is not None and text_of(term) == move.term:
        return None
    name, given = named(move.clock), text_of(term_from(move.term))
    ruled = "no term" if term is None else text_of(term)
    return Contradiction(
        f"{name} was given {given}, and its rule {named(rule) or '?'} gives {ruled}",
        f"{name} 所记时长为 {given},而规则 {named(rule) or '?'} 为 {ruled}",
    )


def _said(moment: datetime | None) -> str:
    return "?" if moment is None else moment.isoformat(timespec="seconds")
