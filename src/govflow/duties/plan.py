"""What the system does about recurring obligations today: open, amend and end duties, schedule their occurrences."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from govflow.actors import SYSTEM, Level
from govflow.calendars import WorkCalendar
from govflow.duties.model import AmendDuty, Duty, DutyStatus, EndDuty, OpenDuty, duty_id, wording
from govflow.duties.periods import ONE_DAY, Period, due_day, following, period_named, period_of, year_of
from govflow.messages import SYSTEM_IDS, Command
from govflow.policy import Every, Obligation, Policy
from govflow.records import Record
from govflow.regions.obligation import ScheduleObligation


class OpenUnit(NamedTuple):
    """An open unit of the directory: who owes obligations by kind and level, and where an owner stands."""

    id: str
    kind: str
    level: Level | None = None
    area: str = ""


class Owed(NamedTuple):
    """One obligation of the policy as one owner owes it."""

    obligation: Obligation  # with this owner alone
    owner: str
    level: Level | None
    area: str


def plan(
    policy: Policy,
    calendar: WorkCalendar,
    directory_units: Iterable[tuple[Any, ...]],
    look_up: Callable[[str], Record | None],
    today: date,
    *,
    duties: Iterable[str] = (),
) -> Iterator[Command]:
    """The commands that the system gives on the local day `today`, in order; again on the same day: none.

    `directory_units` are the open units as (id, kind, level, area), the last two if known; `duties` the ids of the
    duties on the log, of which those end that nobody owes any more. Occurrences are scheduled for every period from
    the one after the last scheduled, or the day of opening, up to today's: after an outage each once, to be missed
    once. What is due by now should have been missed before these commands are given, since ending a duty cancels what
    is still scheduled. A duty that somebody ended by hand stays ended.
    """
    owed = owed_under(policy, (OpenUnit(*each) for each in directory_units))
    for id, terms in owed.items():
        found = look_up(id)
        duty = found if isinstance(found, Duty) else None
        if duty is None or (duty.status == DutyStatus.ENDED and duty.ended_by == SYSTEM.id):
            yield from _opening(id, duty, terms, policy, calendar, today)
        elif duty.status == DutyStatus.IN_FORCE:
            yield from _going_on(duty, terms, policy, calendar, today)
    for id in duties:
        found = look_up(id) if id not in owed else None
        if isinstance(found, Duty) and found.status == DutyStatus.IN_FORCE:
            reason = f"owed no more under {policy.key}"
            yield EndDuty(id=id, by=SYSTEM, reason=reason, command_id=_command_id(found, today, EndDuty))


def owed_under(policy: Policy, units: Iterable[OpenUnit]) -> dict[str, Owed]:
    """What every owner owes under a policy, by the id of the duty: those listed, and the open units of a kind."""
    known = {unit.id: unit for unit in units}
    owed: dict[str, Owed] = {}
    for each in policy.obligations:
        by_kind = [
            unit.id
            for unit in known.values()
            if unit.kind == each.unit_kind and (each.level is None or unit.level == each.level)
        ]
        for owner in dict.fromkeys((*each.owners, *by_kind)):
            stands = known.get(owner, OpenUnit(owner, ""))
            own = each.changed(owners=(owner,), unit_kind=None, level=None)
            owed[duty_id(each.id, owner)] = Owed(own, owner, stands.level, stands.area)
    return owed


# --- one duty --------------------------------------------------------------------------------------------------------


def _opening(
    id: str, ended: Duty | None, terms: Owed, policy: Policy, calendar: WorkCalendar, today: date
) -> Iterator[Command]:
    """A duty that nobody opened yet, or that had ended with an earlier policy: owed from today on."""
    blank = ended or Duty(id=id)
    yield OpenDuty(
        id=id,
        by=SYSTEM,
        command_id=_command_id(blank, today, OpenDuty),
        obligation=terms.obligation,
        owner=terms.owner,
        first=today,
        policy=policy.key,
        level=terms.level,
        area=terms.area,
    )
    yield from _scheduling(blank, terms, _next_day(blank, today), today, policy, calendar)


def _going_on(duty: Duty, terms: Owed, policy: Policy, calendar: WorkCalendar, today: date) -> Iterator[Command]:
    """A duty in force: what its old terms leave to be scheduled, other terms, and what these leave.

    Each period falls under the terms that were in force when it began, each year under those in force at its end.
    """
    assert duty.obligation is not None and duty.first is not None and duty.since is not None
    start, since = _next_day(duty, duty.first), duty.since
    coming: list[ScheduleObligation] = []
    before = Owed(duty.obligation, duty.owner, duty.level, duty.area)
    if before != terms:
        change = max(duty.since, min(policy.effective_from, today))
        coming += _scheduling(duty, before, start, change - ONE_DAY, policy, calendar)
        yield from coming
        yield from _yearly(duty, before, since, change, coming, policy)
        yield AmendDuty(
            id=duty.id,
            by=SYSTEM,
            command_id=_command_id(duty, today, AmendDuty),
            obligation=terms.obligation,
            policy=policy.key,
            level=terms.level,
            area=terms.area,
            since=change,
        )
        start, since = max(start, change, *(_day_behind(each.item or "", start) for each in coming)), change
    new = [*_scheduling(duty, terms, start, today, policy, calendar)]
    yield from new
    yield from _yearly(duty, terms, since, today, [*coming, *new], policy)


def _next_day(duty: Duty, first: date) -> date:
    """The day behind the last period that the system has scheduled, or the first day on which anything is owed."""
    items = duty.items_of("obligation")
    planned = (key for key in reversed(tuple(items)) if items[key].by == SYSTEM.id and period_named(key))
    return max(first, _day_behind(next(planned, ""), first))


def _day_behind(key: str, otherwise: date) -> date:
    named = period_named(key)
    return named[1].last + ONE_DAY if named else otherwise


def _occurrences(
    obligation: Obligation, calendar: WorkCalendar, start: date, end: date
) -> Iterator[tuple[Period, date]]:
    """Each period that begins by `end` and is due on `start` or later, with the day it is due."""
    period = period_of(obligation.every, start)
    while period.first <= end:
        day = due_day(obligation, period, calendar)
        if day is not None and day >= start and _is_time_left(obligation, calendar, max(start, period.first), day):
            yield period, day
        period = following(period)


def _is_time_left(obligation: Obligation, calendar: WorkCalendar, start: date, day: date) -> bool:
    """Whether a period that has begun already still has a working day in which to do what is due."""
    days = (start + ONE_DAY * n for n in range((day - start).days + 1))
    return not obligation.workdays_only or any(map(calendar.is_workday, days))


def _scheduling(
    duty: Duty, terms: Owed, start: date, end: date, policy: Policy, calendar: WorkCalendar
) -> Iterator[ScheduleObligation]:
    known = duty.items_of("obligation")  # one put on the list by hand, or cancelled, is not owed a second time
    for period, day in _occurrences(terms.obligation, calendar, start, end):
        if period.key not in known:
            yield _scheduled(duty, terms, period.key, wording(terms.obligation), day, policy)


def _scheduled(duty: Duty, terms: Owed, key: str, what: str, last: date, policy: Policy) -> ScheduleObligation:
    """An occurrence that is due at the end of a local day, which is 24:00."""
    until = datetime.combine(last + ONE_DAY, time(), policy.zone).astimezone(UTC)
    id = command_id(duty.id, key, ScheduleObligation)
    return ScheduleObligation(id=duty.id, by=SYSTEM, command_id=id, item=key, what=what, owner=terms.owner, until=until)


# --- so many a year --------------------------------------------------------------------------------------------------


def _yearly(
    duty: Duty, terms: Owed, since: date, before: date, coming: list[ScheduleObligation], policy: Policy
) -> Iterator[Command]:
    """An item for every year that ended from `since` on and before a day, with fewer fulfilled than the minimum.

    Nobody owes more than was scheduled in the year (a default of our own: a duty may begin in its course). A year is
    over when the last period that counts for it is, which for weeks may be in January.
    """
    least = terms.obligation.at_least
    for year in range(since.year - 1, before.year) if least is not None else ():
        end, key = _end_of(year, terms.obligation.every), f"{year:04d}.at-least"
        if not since <= end < before or key in duty.items_of("obligation"):
            continue
        scheduled = duty.scheduled_in(year) + sum(year_of(each.item or "") == year for each in coming)
        wanted = min(least or 0, scheduled)
        if duty.fulfilled_in(year) < wanted:
            what = f"{wording(terms.obligation)}({year} 年不少于 {wanted} 次)"
            yield _scheduled(duty, terms, key, what, end, policy)


def _end_of(year: int, every: Every) -> date:
    last = date(year, 12, 31)
    return max(last, period_of(every, date(year, 12, 28)).last)  # 28 December lies in the last ISO week of its year


# --- command ids -----------------------------------------------------------------------------------------------------


def command_id(record: str, key: str, kind: type[Command]) -> str:
    """The id that the same command about the same thing always has, in every process: 32 hex digits of SHA-256."""
    return SYSTEM_IDS + hashlib.sha256(f"{record} {key} {kind.wire}".encode()).hexdigest()[:32]


def _command_id(duty: Duty, today: date, kind: type[Command]) -> str:
    """For what may be done to a duty again, in a later version of it."""
    return command_id(duty.id, f"{duty.version}.{today.isoformat()}", kind)
