"""Dates counted again 期限复算: every due instant that was counted, from what the log held when it was recorded.

The recorded due instant stands, whatever comes out here: a correction, or a newer edition of a calendar, appends
`clock.recomputed`. What was named by hand, or carried over from a run before, rests on no count and is not judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from govflow.audit.findings import Code, Finding
from govflow.audit.legality.tables import Tables
from govflow.audit.metadata import finding, named
from govflow.calendars import Calendar, due_after
from govflow.calendars.notation import needs_calendar, term_from, text_of
from govflow.calendars.term import Unit
from govflow.clocks import Clock
from govflow.clocks.moves import NAMED
from govflow.errors import Detail, GovFlowError
from govflow.messages import ClockMove, Event
from govflow.persistence.codec import StoredEvent
from govflow.policy import Policy
from govflow.policy.model import NO_CALENDAR
from govflow.records import Record

_RECOMPUTED = "clock.recomputed"
_NEVER: tuple[int, Calendar] = (0, NO_CALENDAR)
_WAYS, _DAYS = 1_000, 4_000  # kept at hand: ways of counting, and days of each


def wrong_dates(row: StoredEvent, event: Event, after: Record, policy: bytes, tables: Tables) -> Sequence[Finding]:
    """Every due instant of an event that does not follow from what its clock was counted from.

    `after` is the record behind the event, `policy` the one that it was decided under. A record that moves to another
    policy is counted by that one.
    """
    if event.name == "policy_version.migrated" and isinstance(target := event.__dict__.get("to"), str):
        policy = target.encode()
    under = tables.contents.get(policy)
    if under is None:  # that it was never adopted is said elsewhere
        return ()
    found: Sequence[Finding] = ()
    for move in event.clocks:
        if move.due is None:
            continue
        clock = after.clocks[move.clock]
        if move.derived is not None or clock.term is None:
            wrong = _misnamed(event, move, clock)
        elif _is_known(row, move, clock, policy, under, tables):
            continue
        else:
            wrong = _miscounted(row, clock, under, tables) or _of_another_length(event, move, clock, under)
            if wrong is None and move.term is not None and event.name != _RECOMPUTED:
                _remember(clock, policy, under, tables)
        if wrong is not None:
            basis = named(clock.rule) or named(move.clock)
            found = (*found, finding(row, Code.SEMANTIC, str(wrong), wrong.zh, basis))
    return found


class _Counting(NamedTuple):
    """A way of counting that was seen to be right: a rule's own term, by a calendar adopted before `since`.

    Hours are added; any other term ends at the same instant for all that begins on one local day (`ends`).
    """

    hours: timedelta | None
    since: int
    ends: dict[date, datetime]


def _is_known(row: StoredEvent, move: ClockMove, clock: Clock, policy: bytes, under: Policy, tables: Tables) -> bool:
    """Whether a date is right as others before it: the same term by the same rule, from the same local day.

    What is kept there was counted from this very log's policies and calendars; whatever differs is counted again.
    """
    way = policy, move.term, clock.term, clock.rule, clock.share, clock.calendar
    known: _Counting | None = tables.counted.get(way)
    if known is None or row.position <= known.since or clock.pauses or clock.added or clock.due is None:
        return False
    hours, _, ends = known  # differences, since moments whose zones are not one object take twice as long to compare
    if hours is not None:
        return clock.due - clock.since == hours
    try:
        end = ends.get(clock.since.astimezone(under.zone).date())
    except OverflowError:  # at the end of all time
        return False
    return end is not None and not clock.due - end


def _remember(clock: Clock, policy: bytes, under: Policy, tables: Tables) -> None:
    """Keep what was seen to be right, where it is so for every clock that begins on the same day."""
    term, counted = term_from(clock.term or ""), tables.counted
    if clock.pauses or clock.added or term.unit is Unit.OFFICE_HOUR or term.starts_in_office or clock.due is None:
        return
    if len(counted) > _WAYS:
        counted.clear()
    way = policy, clock.term, clock.term, clock.rule, clock.share, clock.calendar
    since = tables.calendars.get(clock.calendar or "", _NEVER)[0] if needs_calendar(term) else 0
    hours = timedelta(hours=term.length) if term.unit is Unit.HOUR else None
    known = counted.setdefault(way, _Counting(hours, since, {}))
    day = clock.since.astimezone(under.zone).date()
    if hours is None and clock.due.astimezone(under.zone).date() > day:  # it lies behind whatever begins on that day
        if len(known.ends) > _DAYS:
            known.ends.clear()
        known.ends[day] = clock.due


def _misnamed(event: Event, move: ClockMove, clock: Clock) -> Detail | None:
    """Whether a run begins with a date that its event is said to name, and does not."""
    field = type(event).dues.get(move.clock.partition(":")[0], "")
    begins = clock.since == event.at and not (clock.earlier or clock.pauses)  # what is done to it at once is no run
    if move.derived != NAMED or not begins or event.__dict__.get(field) == move.due:
        return None
    name = named(move.clock)
    return Detail(
        f"the date of {name} is said to be named, and the event names another or none",
        f"{name} 的期限称由事件载明，而事件所载不符",
    )


def _miscounted(row: StoredEvent, clock: Clock, policy: Policy, tables: Tables) -> Detail | None:
    """Whether counting again gives another due instant than the recorded one, or cannot be done."""
    text, name = clock.term or "", named(clock.name)
    try:
        term = term_from(text)
        calendar = NO_CALENDAR
        if needs_calendar(term):
            found = _calendar(clock.calendar, row.position, policy, tables)
            if found is None:
                by = named(clock.calendar)
                return Detail(
                    f"{name} was counted by the calendar {by}, which was not adopted before",
                    f"{name} 所依日历 {by} 此前未经通过",
                )
            calendar = found
        due = due_after(term, clock.since, calendar, policy.zone, pauses=clock.pauses, added=clock.added).at
    except (GovFlowError, ValueError):  # a forged term may say anything
        return Detail(f"the term of {name} cannot be counted", f"{name} 的期限无从计算")
    if due == clock.due:
        return None
    return Detail(
        f"{name} is due {_said(clock.due)}; counted again it is {_said(due)}",
        f"{name} 记录的到期时间为 {_said(clock.due)}，复算为 {_said(due)}",
    )


def _calendar(key: str | None, position: int, policy: Policy, tables: Tables) -> Calendar | None:
    """The edition of a calendar, as the log had it by then; Monday to Friday where no policy names one."""
    since, calendar = tables.calendars.get(key or "", (0, None))
    if calendar is not None:
        return calendar if since < position else None
    own = next((each for each in policy.calendars if each.key == key), None)
    return own or (NO_CALENDAR if key in (None, NO_CALENDAR.key) else None)


def _of_another_length(event: Event, move: ClockMove, clock: Clock, policy: Policy) -> Detail | None:
    """Whether a run that begins, or is measured anew, has another length than its rule gives it."""
    if move.term is None or event.name == _RECOMPUTED:  # which keeps the term that the clock has
        return None
    ruled = _ruled(policy, clock.rule or "", clock.share)
    if ruled == move.term:
        return None
    name, given, rule = named(move.clock), text_of(term_from(move.term)), named(clock.rule) or "?"
    return Detail(
        f"{name} was given {given}, and its rule {rule} gives {ruled or 'no term'}",
        f"{name} 所记时长为 {given}，而规则 {rule} 为 {ruled or '无时长'}",
    )


def _ruled(policy: Policy, rule: str, share: int | None) -> str:
    """The term that a rule of a policy gives, in the notation of events; empty where it gives none."""
    limit = policy.limit(rule)
    kept = policy.retention_class(rule) if limit is None else None
    term = limit.term if limit is not None else kept.term if kept is not None else None
    if term is None:
        return ""
    return text_of(term if share is None else term.changed(length=-(-term.length * share // 100)))


def _said(moment: datetime | None) -> str:
    return "?" if moment is None else moment.isoformat(timespec="seconds")
