"""Which days offices work: the protocol every work calendar fills, and the calendar as data."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any, Protocol, Self

from pydantic import model_validator

from govflow.actors import Id
from govflow.errors import InputError
from govflow.messages import Document, Value, Words

ONE_DAY = timedelta(days=1)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LONGEST = 100  # years: every working day of a calendar is kept at hand
_LONGEST_HOLIDAY = 366  # days: every day of a holiday is kept at hand, too


class WorkCalendar(Protocol):
    """Says which local dates are working days (工作日), for the period it covers.

    Outside that period it answers as well as it can, and a date that rests on such an answer is provisional.
    One that has `hours`, `weekend` or `holiday_on` as `Calendar` has them is asked for these too.
    """

    @property
    def id(self) -> str:
        """The name of the calendar, the same in all its versions."""
        ...

    @property
    def version(self) -> str:
        """Which edition of its days this is."""
        ...

    def is_workday(self, day: date) -> bool:
        """Whether offices work on `day`: make-up workdays (调休上班日) included."""
        ...

    def is_holiday(self, day: date) -> bool:
        """Whether `day` is a listed statutory day off (法定休假日), Monday to Sunday; a plain weekend is none."""
        ...

    def covers(self, day: date) -> bool:
        """Whether `day` lies in the period that the calendar's source has settled."""
        ...


class OfficeHours(Value):
    """One window of a working day, in local time: open at `opens`, no more at `closes`."""

    opens: time
    closes: time

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}–{self.closes:%H:%M}"


class Holiday(Value):
    """A statutory holiday from its first to its last day off, both inclusive, with its names."""

    first: date
    last: date
    en: Words = ""
    zh: Words = ""


OFFICE_HOURS = (
    OfficeHours(opens=time(9), closes=time(12)),
    OfficeHours(opens=time(13), closes=time(17)),
)
"""The office hours of a calendar that names none: a default of our own, seven hours a day."""


class Calendar(Document):
    """A work calendar as data: it stands in a policy and in the log in full. Valid as a whole, every problem listed.

    It covers the local dates from `first` to `last`, inclusive. Outside them it knows its weekend and `every_year`,
    the statutory days off that have a fixed date, as `MM-DD`. `weekend` holds ISO weekdays (Monday is 1);
    `workdays` are the weekend days that are worked (调休上班日); `basis` says where the days come from.
    """

    id: Id
    version: Id
    title: Words = ""
    basis: Words = ""
    first: date
    last: date
    weekend: tuple[int, ...] = (6, 7)
    holidays: tuple[Holiday, ...] = ()
    workdays: tuple[date, ...] = ()
    every_year: tuple[str, ...] = ()
    hours: tuple[OfficeHours, ...] = OFFICE_HOURS

    @model_validator(mode="after")
    def _whole(self) -> Self:
        problems = [*_of_the_period(self), *_of_the_days(self), *_of_the_hours(self.hours)]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @classmethod
    def taken_from(cls, calendar: WorkCalendar, *, first: date, last: date, **more: Any) -> Self:
        """The days of any work calendar from `first` to `last` as data; `more` sets or replaces further fields.

        A day off inside the week counts as a holiday here, whatever the calendar calls it.
        Raises InputError where the calendar does not cover the period, ValueError where it makes no valid one.
        """
        weekend = more.setdefault("weekend", weekend_of(calendar))
        holidays: list[Holiday] = []
        workdays: list[date] = []
        for number in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(number)
            if not calendar.covers(day):
                raise InputError(f"the calendar {calendar.id} {calendar.version} does not cover {day}")
            if calendar.is_workday(day):
                if day.isoweekday() in weekend:
                    workdays.append(day)
            elif day.isoweekday() not in weekend or calendar.is_holiday(day):
                _add(holidays, day, holiday_on(calendar, day))
        own = {"id": calendar.id, "version": calendar.version, "hours": hours_of(calendar)}
        return cls(**own | more, first=first, last=last, holidays=tuple(holidays), workdays=tuple(workdays))

    @cached_property
    def key(self) -> str:
        """`id@version`, as policies and due dates name it."""
        return f"{self.id}@{self.version}"

    def covers(self, day: date) -> bool:
        """Whether `day` lies from `first` to `last`."""
        return self.first <= day <= self.last

    def is_workday(self, day: date) -> bool:
        """Whether offices work on `day`; outside the period: no weekend and no day of `every_year`."""
        if day in self._made_up:
            return True
        return day.isoweekday() not in self.weekend and not self.is_holiday(day)

    def is_holiday(self, day: date) -> bool:
        """Whether `day` is a day of a listed holiday; outside the period: a day of `every_year`."""
        if self.first <= day <= self.last:
            return day in self._off
        return (day.month, day.day) in self._fixed

    def holiday_on(self, day: date) -> Holiday | None:
        """The listed holiday that `day` belongs to."""
        return self._off.get(day)

    def nth_workday(self, first: int, n: int) -> int | None:
        """The n-th working day from `first` on, which is the first of them if it is one; days as ordinals.

        None where that reaches beyond what the calendar covers. `n` is at least 1.
        """
        days, begins = self._ordinals
        last = bisect_left(days, first) + n - 1
        return days[last] if first >= begins and last < len(days) else None

    @cached_property
    def _off(self) -> dict[date, Holiday]:
        return {day: holiday for holiday in self.holidays for day in days_of(holiday)}

    @cached_property
    def _made_up(self) -> frozenset[date]:
        return frozenset(self.workdays)

    @cached_property
    def _fixed(self) -> frozenset[tuple[int, int]]:
        return frozenset((int(text[:2]), int(text[3:])) for text in self.every_year)

    @cached_property
    def _ordinals(self) -> tuple[Sequence[int], int]:
        """All working days that are covered, and the first day covered."""
        begins, ends = self.first.toordinal(), self.last.toordinal()
        return [n for n in range(begins, ends + 1) if self.is_workday(date.fromordinal(n))], begins


# what a calendar may have beside the protocol


def hours_of(calendar: WorkCalendar) -> tuple[OfficeHours, ...]:
    """The office hours of a working day of any calendar, in order; one that has none gets our default."""
    hours: tuple[OfficeHours, ...] = getattr(calendar, "hours", OFFICE_HOURS)
    return hours


def weekend_of(calendar: WorkCalendar) -> tuple[int, ...]:
    """The ISO weekdays of any calendar's weekend; Saturday and Sunday where it does not say."""
    weekend: tuple[int, ...] = getattr(calendar, "weekend", (6, 7))
    return weekend


def holiday_on(calendar: WorkCalendar, day: date) -> Holiday | None:
    """The holiday `day` belongs to, where the calendar knows its holidays by name."""
    names = getattr(calendar, "holiday_on", None)
    holiday: Holiday | None = names(day) if names else None
    return holiday


def days_of(holiday: Holiday) -> Iterator[date]:
    """Every day of a holiday."""
    return (date.fromordinal(n) for n in range(holiday.first.toordinal(), holiday.last.toordinal() + 1))


def _add(holidays: list[Holiday], day: date, named: Holiday | None) -> None:
    en, zh = (named.en, named.zh) if named else ("", "")
    if holidays and holidays[-1].last + ONE_DAY == day and (holidays[-1].en, holidays[-1].zh) == (en, zh):
        holidays[-1] = holidays[-1].changed(last=day)
    else:
        holidays.append(Holiday(first=day, last=day, en=en, zh=zh))


# what may be wrong with one


def _of_the_period(calendar: Calendar) -> Iterator[str]:
    if calendar.first > calendar.last:
        yield f"the period begins on {calendar.first}, after it ends on {calendar.last}"
    if calendar.last.year - calendar.first.year > _LONGEST:
        yield f"the period is longer than {_LONGEST} years"
    for weekday in sorted(set(calendar.weekend) - set(range(1, 8))):
        yield f"weekend {weekday}: no ISO weekday, which are 1 (Monday) to 7 (Sunday)"
    if set(calendar.weekend) >= set(range(1, 8)):
        yield "every weekday is weekend: no day is left to work on"
    for text in calendar.every_year:
        try:
            date.fromisoformat(f"2000-{text}")  # a leap year: 02-29 is a date
        except ValueError:
            yield f"every_year {text}: no day of the year, which is written MM-DD"


def _of_the_days(calendar: Calendar) -> Iterator[str]:
    inside: list[Holiday] = []
    for holiday in calendar.holidays:
        if holiday.first > holiday.last:
            yield f"holiday {_named(holiday)} begins after it ends"
        elif _length(holiday) > _LONGEST_HOLIDAY:
            yield f"holiday {_named(holiday)} is longer than a year"
        elif not (calendar.covers(holiday.first) and calendar.covers(holiday.last)):
            yield f"holiday {_named(holiday)} lies outside the period {calendar.first} to {calendar.last}"
        else:
            inside.append(holiday)
    if sum(map(_length, inside)) > _LONGEST * 366:  # so many overlap: they are not counted out day by day
        yield "the holidays have more days than the period"
        return
    off = Counter(day for holiday in inside for day in days_of(holiday))
    yield from (f"{day} stands in two holidays" for day, times in sorted(off.items()) if times > 1)
    for day, times in sorted(Counter(calendar.workdays).items()):
        if times > 1:
            yield f"make-up workday {day} stands twice"
        if not calendar.covers(day):
            yield f"make-up workday {day} lies outside the period {calendar.first} to {calendar.last}"
        if day in off:
            yield f"{day} is both a holiday and a make-up workday"
        elif day.isoweekday() not in calendar.weekend:
            yield f"make-up workday {day} is a {_WEEKDAYS[day.weekday()]}, a working day already"


def _of_the_hours(hours: tuple[OfficeHours, ...]) -> Iterator[str]:
    if not hours:
        yield "no office hours: name at least one window"
    if any(window.opens.tzinfo or window.closes.tzinfo for window in hours):
        yield "office hours are local times, without a zone"
        return
    for window in hours:
        if window.opens >= window.closes:
            yield f"office hours {window} do not open before they close"
    for one, next_one in pairwise(hours):
        if next_one.opens < one.closes:
            yield f"office hours {one} and {next_one} overlap or are not in order"


def _length(holiday: Holiday) -> int:
    return (holiday.last - holiday.first).days + 1


def _named(holiday: Holiday) -> str:
    return f"{holiday.en or holiday.zh or 'without a name'} ({holiday.first} to {holiday.last})"
