"""Work calendars from elsewhere: the package `chinesecalendar`, and listed holidays of any country."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from importlib import import_module
from types import ModuleType
from typing import Any

from govflow.calendars.calendar import OFFICE_HOURS, Calendar, Holiday, OfficeHours, WorkCalendar
from govflow.errors import InputError


def chinese_calendar(*, hours: tuple[OfficeHours, ...] = OFFICE_HOURS) -> WorkCalendar:
    """The calendar of the package `chinesecalendar`: China from 2004, under the version of the package.

    Outside its years it knows weekends alone and covers nothing. Raises InputError where it is not installed.
    """
    try:
        package = import_module("chinese_calendar")
    except ImportError:
        raise InputError("the package chinesecalendar is not installed", expected="pip install 'govflow[cn]'") from None
    return _ChineseCalendar(package, hours)


class _ChineseCalendar:
    id = "chinesecalendar"

    def __init__(self, package: ModuleType, hours: tuple[OfficeHours, ...]) -> None:
        self.hours = hours
        self.version = str(package.__version__)
        self._names = {each.value: each.chinese for each in package.Holiday}
        # its tables, since its functions look for its first and last year at each call: 100 µs for one day
        self._holidays: dict[date, str] = package.holidays
        self._workdays: dict[date, str] = package.workdays
        self._years = range(min(self._holidays).year, max(self._holidays).year + 1)

    def covers(self, day: date) -> bool:
        return day.year in self._years

    def is_workday(self, day: date) -> bool:
        return day in self._workdays or (day.isoweekday() < 6 and day not in self._holidays)

    def is_holiday(self, day: date) -> bool:
        return day in self._holidays

    def holiday_on(self, day: date) -> Holiday | None:
        name = self._holidays.get(day)
        return Holiday(first=day, last=day, en=name, zh=self._names[name]) if name else None


def weekdays(
    id: str,
    version: str,
    first: date,
    last: date,
    holidays: Iterable[Holiday | date] = (),
    weekend: tuple[int, ...] = (6, 7),
    **more: Any,
) -> Calendar:
    """A calendar of weekdays less the listed holidays, from `first` to `last`: dates, or holidays with their names.

    `more` sets further fields of `Calendar`. Raises ValueError with every problem.
    """
    listed = tuple(each if isinstance(each, Holiday) else Holiday(first=each, last=each) for each in holidays)
    return Calendar(id=id, version=version, first=first, last=last, holidays=listed, weekend=weekend, **more)
