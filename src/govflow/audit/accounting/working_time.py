"""工作时间 working time: for how long offices were open between two moments, exact to the microsecond.

It is a difference of two sums counted from one fixed day. So however a stretch of time is cut, its parts add up to it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from govflow.calendars import WorkCalendar
from govflow.calendars.calendar import hours_of
from govflow.calendars.course import windows_on
from govflow.policy.model import NO_CALENDAR

_NONE = timedelta()
_MIDNIGHT = time()


class WorkingTime:
    """Working time by one calendar in one zone: its office hours, or whole working days where no calendar is named.

    What it has counted it keeps: asking is a look-up, and a year is counted once.
    """

    def __init__(self, calendar: WorkCalendar, zone: tzinfo) -> None:
        self.calendar = calendar
        self.zone = zone
        self.whole_days = calendar is NO_CALENDAR  # nobody has said any hours
        self._years: dict[int, list[timedelta]] = {}

    def between(self, since: datetime, until: datetime) -> timedelta:
        """The working time in [since, until); none where that is empty."""
        if until <= since:
            return _NONE
        first, last = since.astimezone(self.zone), until.astimezone(self.zone)
        full = sum((self._year(year)[-1] for year in range(first.year, last.year)), _NONE)
        return full + self._in_its_year(last) - self._in_its_year(first)

    def covers(self, since: datetime, until: datetime) -> bool:
        """Whether the calendar has settled every day of [since, until); else what it gives is provisional."""
        days = (each.astimezone(self.zone).date() for each in (since, until))
        return all(map(self.calendar.covers, days))

    def _in_its_year(self, moment: datetime) -> timedelta:
        """The working time from the beginning of the moment's local year to the moment."""
        before = self._year(moment.year)[moment.timetuple().tm_yday - 1]
        if not self.calendar.is_workday(moment.date()):
            return before
        at = moment.astimezone(UTC)
        return before + sum((min(at, closes) - opens for opens, closes in self._open_on(moment) if opens < at), _NONE)

    def _year(self, year: int) -> list[timedelta]:
        """The working time before each day of a year, and that of the whole year behind them."""
        if year not in self._years:
            sums = [_NONE]
            for number in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
                day = date.fromordinal(number)
                is_open = self.calendar.is_workday(day)
                sums.append(sums[-1] + (self._length_of(day) if is_open else _NONE))
            self._years[year] = sums
        return self._years[year]

    def _length_of(self, day: date) -> timedelta:
        return sum((closes - opens for opens, closes in self._open_on(day)), _NONE)

    def _open_on(self, day: date) -> list[tuple[datetime, datetime]]:
        """What is open of a working day, in UTC: its office windows, or all of it."""
        number = day.toordinal()
        if not self.whole_days:
            return list(windows_on(number, hours_of(self.calendar), self.zone))
        begin, end = (datetime.combine(date.fromordinal(each), _MIDNIGHT, self.zone) for each in (number, number + 1))
        return [(begin.astimezone(UTC), end.astimezone(UTC))]
