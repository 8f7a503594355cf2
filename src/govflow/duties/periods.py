"""Periods in which a duty is owed once: days, weeks, months … with keys that sort in time, and the day it is due."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from govflow.calendars import WorkCalendar
from govflow.policy import Every, Obligation

ONE_DAY = timedelta(days=1)


class Period(NamedTuple):
    """One period from its first to its last local day, both inclusive. Its key says of which kind it is."""

    key: str  # 2026-02-13, 2026-W07 (ISO), 2026-02, 2026-M1 (January and February), 2026-Q1, 2026-H1, 2026
    first: date
    last: date


_MONTHS = {Every.MONTH: 1, Every.TWO_MONTHS: 2, Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.YEAR: 12}
_LETTER = {Every.TWO_MONTHS: "M", Every.QUARTER: "Q", Every.HALF_YEAR: "H"}
_KINDS = {letter: kind for kind, letter in _LETTER.items()}
_KEY = re.compile(
    r"(?P<year>\d{4})(?:-(?:W(?P<week>\d\d)|(?P<letter>[MQH])(?P<n>\d)|(?P<month>\d\d)(?:-(?P<day>\d\d))?))?"
)


def period_of(every: Every, day: date) -> Period:
    """The one period of this kind that a local day lies in. Weeks are those of ISO 8601, Monday to Sunday."""
    if every is Every.DAY:
        return Period(day.isoformat(), day, day)
    if every is Every.WEEK:
        year, week, weekday = day.isocalendar()
        monday = day - timedelta(days=weekday - 1)
        return Period(f"{year:04d}-W{week:02d}", monday, monday + timedelta(days=6))
    length = _MONTHS[every]
    n = (day.month - 1) // length  # of the year's periods, from 0
    end = (n + 1) * length
    first, last = date(day.year, n * length + 1, 1), date(day.year, end, monthrange(day.year, end)[1])
    if every is Every.YEAR:
        return Period(f"{day.year:04d}", first, last)
    if every is Every.MONTH:
        return Period(f"{day.year:04d}-{day.month:02d}", first, last)
    return Period(f"{day.year:04d}-{_LETTER[every]}{n + 1}", first, last)


def period_named(key: str) -> tuple[Every, Period] | None:
    """The period that a key names, with its kind; None where the key names none."""
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    year, week, letter, n, month, day = found.groups()
    try:
        if week:
            every, inside = Every.WEEK, date.fromisocalendar(int(year), int(week), 1)
        elif letter:
            every = _KINDS[letter]
            inside = date(int(year), (int(n) - 1) * _MONTHS[every] + 1, 1)
        elif day:
            every, inside = Every.DAY, date(int(year), int(month), int(day))
        else:
            every, inside = (Every.MONTH if month else Every.YEAR), date(int(year), int(month or 1), 1)
    except ValueError:  # a thirteenth month, a week 53 of a year that has none
        return None
    return every, period_of(every, inside)


def following(period: Period) -> Period:
    """The next period of the same kind. Raises ValueError for a key that names no period."""
    named = period_named(period.key)
    if named is None:
        raise ValueError(f"{period.key} names no period")
    return period_of(named[0], period.last + ONE_DAY)


def year_of(key: str) -> int | None:
    """The calendar year that an occurrence counts for: the one its key begins with, an ISO week its ISO year."""
    year, _, rest = key.partition("-")
    return int(year) if re.fullmatch(r"\d{4}", year) and (rest or year == key) else None


def due_day(obligation: Obligation, period: Period, calendar: WorkCalendar) -> date | None:
    """The local day at whose end (24:00) the occurrence of a period is due; None where the period is left out.

    It is the last day of the period, or the weekday of a weekly duty. With `workdays_only`, a period without a working
    day is left out, and a weekday that is none moves within its week: to the next working day behind it, or else to the
    last one before it (a default of our own).
    """
    tied = obligation.weekday is not None
    start = period.first + timedelta(days=(obligation.weekday or 1) - 1)
    if not obligation.workdays_only:
        return start if tied else period.last
    behind = (start + ONE_DAY * n for n in range((period.last - start).days + 1))
    before = (start - ONE_DAY * n for n in range(1, (start - period.first).days + 1))
    worked = next((day for day in (*behind, *before) if calendar.is_workday(day)), None)
    return worked if tied or worked is None else period.last
