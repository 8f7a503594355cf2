"""The walk from the start of a time limit to its end, over working days, pauses and the last day's moving on.

Days are counted as ordinals (`date.toordinal`): a day is used up when it counts and the clock did not stand still
on it, and a time limit ends with the day that uses up its last unit.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple, TypeVar

from govflow.calendars.calendar import Calendar, OfficeHours, WorkCalendar, hours_of
from govflow.calendars.term import Pause, Roll, Term, Unit

_LAST = date.max.toordinal()
_MIDNIGHT = time()

Stop = TypeVar("Stop", int, datetime)  # where a clock may stand still: days as ordinals, or moments


class Course(NamedTuple):
    """How a time limit ran: `at` is its end in UTC; days are ordinals of local dates.

    `begun` is the start it counts from, `first` the first day that may count, `last` the day of its last unit,
    `rolled` the day it ends on. `outside` is the first day asked for that the calendar does not cover.
    """

    begun: datetime
    first: int
    last: int
    rolled: int
    at: datetime
    outside: date | None


def course_of(
    term: Term, start: datetime, calendar: WorkCalendar, zone: tzinfo, pauses: Sequence[Pause], added: int
) -> Course:
    """Walk `term` from `start`, with `added` units more. Raises OverflowError beyond the year 9999."""
    asked = Asked(calendar)
    begun = start.astimezone(UTC)
    if term.starts_in_office:
        begun = _opening(begun, asked, zone)
    today = begun.astimezone(zone).toordinal()
    total = term.length + added
    if term.unit is Unit.HOUR or term.unit is Unit.OFFICE_HOUR:
        stops = _merged((max(since, begun), until) for since, until in pauses) if pauses else []
        needed = timedelta(hours=total)
        on = term.unit is Unit.HOUR
        at = _run_on(begun + needed, stops) if on else _open_for(needed, begun, stops, asked, zone)
        last = at.astimezone(zone).toordinal()
        return Course(begun, today, last, last, at, asked.outside)
    first = today if term.counts_start_day else today + 1
    still = still_days(pauses, zone, today) if pauses else ()
    again = 0
    if still and still[0][0] == today < first and (term.unit is not Unit.WORKDAY or asked.is_workday(today)):
        # it stood still on the starting day: the day of resuming takes its place and does not count either, so that
        # the date moves by exactly the days that stood still
        first, again = today, 1
    elif still:
        still = still_days(pauses, zone, first)
    if term.unit is Unit.WORKDAY:
        last = _last_workday(first, total + again, still, asked) if total else today
    else:
        end = first + again + total
        if term.unit is not Unit.DAY:
            end = corresponding_day(term, total, date.fromordinal(today)).toordinal() + 1
        last = _run_on(end, still) - 1 if total else today
    rolled = last if term.roll is Roll.NONE else _rolled(last, term.roll, still, asked)
    at = _end_of(rolled, term, calendar, zone)
    return Course(begun, first, last, rolled, at if at > begun else begun, asked.outside)


class Asked:
    """A calendar asked by ordinals; it remembers the first day asked for that the calendar does not cover."""

    __slots__ = ("calendar", "outside")

    def __init__(self, calendar: WorkCalendar) -> None:
        self.calendar = calendar
        self.outside: date | None = None

    def is_workday(self, number: int) -> bool:
        return self.calendar.is_workday(self._looked_at(number))

    def is_off(self, number: int, roll: Roll) -> bool:
        """Whether a last day on it moves on."""
        day = self._looked_at(number)
        return self.calendar.is_holiday(day) if roll is Roll.HOLIDAY else not self.calendar.is_workday(day)

    def _looked_at(self, number: int) -> date:
        day = date_of(number)
        if self.outside is None and not self.calendar.covers(day):
            self.outside = day
        return day


def date_of(number: int) -> date:
    """The date with this ordinal. Raises OverflowError beyond the year 9999."""
    if number > _LAST:
        raise OverflowError(number)
    return date.fromordinal(number)


def still_days(pauses: Sequence[Pause], zone: tzinfo, first: int = 1) -> list[tuple[int, int]]:
    """The days from `first` on that stood still, as half-open ranges in order, touching ones joined.

    The day of suspending stands still, the day of resuming does not: a pause within one day moves nothing.
    """
    days = ((since.astimezone(zone).toordinal(), until.astimezone(zone).toordinal()) for since, until in pauses)
    return _merged((max(since, first), until) for since, until in days)


def windows_on(number: int, hours: Iterable[OfficeHours], zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """The office windows of a local day in UTC."""
    day = date_of(number)
    for window in hours:
        yield (
            datetime.combine(day, window.opens, zone).astimezone(UTC),
            datetime.combine(day, window.closes, zone).astimezone(UTC),
        )


def _merged(stops: Iterable[tuple[Stop, Stop]]) -> list[tuple[Stop, Stop]]:
    merged: list[tuple[Stop, Stop]] = []
    for since, until in sorted(stop for stop in stops if stop[0] < stop[1]):
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], until))
        else:
            merged.append((since, until))
    return merged


def _run_on(end: Stop, stops: Iterable[tuple[Stop, Stop]]) -> Stop:
    """An exclusive end, moved on by every stop that begins before it."""
    for since, until in stops:
        if since < end:
            end += until - since
    return end


def _last_workday(first: int, total: int, still: Sequence[tuple[int, int]], asked: Asked) -> int:
    if not still and isinstance(asked.calendar, Calendar):
        known = asked.calendar.nth_workday(first, total)
        if known is not None:
            return known
    if total > _LAST:
        raise OverflowError(total)
    stops = iter(still)
    since, until = next(stops, (_LAST + 1, _LAST + 1))
    number = first - 1
    while total:
        number += 1
        if number >= since:  # ranges are clipped to `first` and in order: the walk meets each at its first day
            number = until
            since, until = next(stops, (_LAST + 1, _LAST + 1))
        total -= asked.is_workday(number)
    return number


def corresponding_day(term: Term, total: int, start: date) -> date:
    """The last day of `total` months or years: the corresponding day, or the last of a month that has none (§202).

    If the starting day counts, it is the day before the corresponding one: a month from 1 May ends on 31 May.
    """
    months = total * 12 if term.unit is Unit.YEAR else total
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > date.max.year:
        raise OverflowError(year)
    length = monthrange(year, month + 1)[1]
    if start.day > length:
        return date(year, month + 1, length)
    return date.fromordinal(date(year, month + 1, start.day).toordinal() - term.counts_start_day)


def _rolled(last: int, roll: Roll, still: Sequence[tuple[int, int]], asked: Asked) -> int:
    """The next day that is not off, on which the clock does not stand still either: `last` itself if it is not off."""
    if not asked.is_off(last, roll):
        return last
    while True:
        last += 1
        if any(since <= last < until for since, until in still):
            continue
        if not asked.is_off(last, roll):
            return last


def _end_of(day: int, term: Term, calendar: WorkCalendar, zone: tzinfo) -> datetime:
    if term.ends_at_close:
        return datetime.combine(date_of(day), hours_of(calendar)[-1].closes, zone).astimezone(UTC)
    return datetime.combine(date_of(day + 1), _MIDNIGHT, zone).astimezone(UTC)


def _opening(begun: datetime, asked: Asked, zone: tzinfo) -> datetime:
    """`begun` itself while offices are open, else their next opening."""
    number, hours = begun.astimezone(zone).toordinal(), hours_of(asked.calendar)
    while True:
        ahead = next((window for window in windows_on(number, hours, zone) if window[1] > begun), None)
        if ahead and asked.is_workday(number):
            return max(begun, ahead[0])
        number += 1


def _open_for(
    needed: timedelta, begun: datetime, stops: Sequence[tuple[datetime, datetime]], asked: Asked, zone: tzinfo
) -> datetime:
    """When offices have been open for `needed` since `begun`, what stood still left out."""
    number, hours = begun.astimezone(zone).toordinal(), hours_of(asked.calendar)
    if needed.days > _LAST - number:
        raise OverflowError(needed)
    at = begun
    while needed:
        pieces = [piece for window in windows_on(number, hours, zone) for piece in _without(window, begun, stops)]
        if pieces and asked.is_workday(number):
            for opens, closes in pieces:
                at = min(closes, opens + needed)
                needed -= at - opens
                if not needed:
                    break
        number += 1
    return at


def _without(
    window: tuple[datetime, datetime], begun: datetime, stops: Iterable[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """The parts of a window from `begun` on in which nothing stood still."""
    opens, closes = max(window[0], begun), window[1]
    for since, until in stops:
        if until > opens and since < closes:
            if since > opens:
                yield opens, since
            opens = until
    if opens < closes:
        yield opens, closes
