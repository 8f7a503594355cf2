"""A second way to count a time limit, as an oracle: one day after the other, a quarter of an hour after the other.

It shares no code with the library beyond the questions a calendar answers. Starts, pauses and office hours must lie
on quarters of an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo

from govflow.calendars import OfficeHours, Pause, Roll, Term, Unit, WorkCalendar

QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)


def due(
    term: Term,
    start: datetime,
    calendar: WorkCalendar,
    zone: tzinfo,
    pauses: Sequence[Pause] = (),
    added: int = 0,
) -> tuple[datetime, bool]:
    """The due instant, and whether a day was asked for that the calendar does not cover."""
    asked: set[date] = set()
    hours: tuple[OfficeHours, ...] = getattr(calendar, "hours", ())

    def works(day: date) -> bool:
        asked.add(day)
        return calendar.is_workday(day)

    def is_off(day: date) -> bool:
        asked.add(day)
        return calendar.is_holiday(day) if term.roll is Roll.HOLIDAY else not calendar.is_workday(day)

    def is_open(moment: datetime) -> bool:
        local = moment.astimezone(zone)
        return any(w.opens <= local.time() < w.closes for w in hours) and works(local.date())

    def stands_still(day: date) -> bool:
        return any(since.astimezone(zone).date() <= day < until.astimezone(zone).date() for since, until in pauses)

    begun = start
    while term.starts_in_office and not is_open(begun):
        begun += QUARTER

    left = term.length + added
    if term.unit in (Unit.HOUR, Unit.OFFICE_HOUR):
        quarters, at = 4 * left, begun
        while quarters:
            paused = any(since <= at < until for since, until in pauses)
            if not paused and (term.unit is Unit.HOUR or is_open(at)):
                quarters -= 1
            at += QUARTER
        return at, any(not calendar.covers(day) for day in asked)

    today = begun.astimezone(zone).date()
    day = today if term.counts_start_day else today + DAY
    last = today
    if left and not term.counts_start_day and stands_still(today) and (term.unit is not Unit.WORKDAY or works(today)):
        day = today  # the day of resuming is the one that is used up without counting
        if term.unit in (Unit.DAY, Unit.WORKDAY):
            left += 1
    if term.unit in (Unit.DAY, Unit.WORKDAY):
        while left:
            if not stands_still(day) and (term.unit is Unit.DAY or works(day)):
                left -= 1
                last = day
            day += DAY
    elif left:
        last = month_after(today, left * (12 if term.unit is Unit.YEAR else 1), before=term.counts_start_day)
        while day <= last:
            if stands_still(day):
                last += DAY
            day += DAY

    if term.roll is not Roll.NONE and is_off(last):
        last += DAY
        while stands_still(last) or is_off(last):
            last += DAY

    if term.ends_at_close:
        at = datetime.combine(last, hours[-1].closes, zone).astimezone(UTC)
    else:
        at = datetime.combine(last, datetime.min.time(), zone).astimezone(UTC) + timedelta(hours=20)
        while at.astimezone(zone).date() <= last:
            at += QUARTER
    return max(at, begun), any(not calendar.covers(day) for day in asked)


def month_after(day: date, months: int, *, before: bool) -> date:
    """The corresponding day that many months on, or the day before it; the last of a month that has none."""
    year, month = day.year, day.month
    for _ in range(months):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    try:
        found = date(year, month, day.day)
    except ValueError:
        return date(year + month // 12, month % 12 + 1, 1) - DAY
    return found - DAY if before else found
