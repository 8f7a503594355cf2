"""Counting against others: a naive count, `chinesecalendar` for China, `businesstimedelta` for office hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow.calendars import Term, Unit, china, chinese_calendar, due_after, weekdays
from tests.calendars import naive
from tests.calendars.samples import CHINA, Elsewhere, end_of, matters, workdays, zones

package = import_module("chinese_calendar")
business = import_module("businesstimedelta")
pytz = import_module("pytz")

YEARS = [date(2024, 1, 1) + timedelta(days=n) for n in range(366 + 365 + 365)]


@given(matters(), zones)
def test_a_naive_count_comes_to_the_same_date(matter, zone):
    term, start, calendar, pauses, added = matter
    counted = naive.due(term, start, calendar, zone, pauses, added)
    assert due_after(term, start, calendar, zone, pauses=pauses, added=added) == counted
    assert due_after(term, start, Elsewhere(calendar), zone, pauses=pauses, added=added) == counted


@given(matters(), zones)
def test_a_naive_count_without_pauses_comes_to_the_same_date(matter, zone):
    term, start, calendar, _, added = matter
    assert due_after(term, start, calendar, zone, added=added) == naive.due(term, start, calendar, zone, (), added)


def test_the_shipped_calendar_agrees_with_chinesecalendar_on_every_day():
    assert [day for day in YEARS if china().is_workday(day) != package.is_workday(day)] == []
    assert [day for day in YEARS if china().is_holiday(day) != (day in package.holidays)] == []
    assert all(china().covers(day) for day in YEARS)


def test_the_adapter_answers_as_chinesecalendar_does_on_every_day_it_has_and_covers_no_other():
    adapter = chinese_calendar()
    for number in range(date(2003, 1, 1).toordinal(), date(2028, 1, 1).toordinal()):
        day = date.fromordinal(number)
        try:
            is_workday = package.is_workday(day)
        except NotImplementedError:
            assert not adapter.covers(day)
        else:
            assert adapter.covers(day)
            assert adapter.is_workday(day) == is_workday


@pytest.mark.parametrize(("year", "working_days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_as_many_working_days_as_the_notices_leave(year: int, working_days: int):
    assert sum(china().is_workday(day) for day in YEARS if day.year == year) == working_days


@given(st.sampled_from(YEARS[:-200]), st.integers(1, 120))
def test_working_days_in_china_agree_with_chinesecalendar(day, length):
    last = package.find_workday(length - 1, day + timedelta(days=1))  # 0: the next working day, this one included
    start = datetime.combine(day, time(10), CHINA)
    for calendar in (china(), chinese_calendar()):
        assert due_after(workdays(length), start, calendar, CHINA) == (end_of(last.isoformat()), False)


@given(st.integers(0, 1000 * 24 * 60), st.integers(1, 60))
def test_office_hours_agree_with_businesstimedelta(minutes, hours):
    shanghai = pytz.timezone("Asia/Shanghai")
    off = [day for day in YEARS if package.is_holiday(day) and day in package.holidays]
    listed = [*off, date(2029, 1, 1)]  # it looks for a next holiday, whatever comes
    rules = business.Rules(
        [
            business.WorkDayRule(time(9), time(12), [0, 1, 2, 3, 4], tz=shanghai),
            business.WorkDayRule(time(13), time(17), [0, 1, 2, 3, 4], tz=shanghai),
            business.HolidayRule(listed, tz=shanghai),
        ]
    )
    calendar = weekdays("no-make-up", "1", YEARS[0], YEARS[-1], off)
    start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    expected = start + business.BusinessTimeDelta(rules, hours=hours)
    assert due_after(Term(length=hours, unit=Unit.OFFICE_HOUR), start, calendar, CHINA).at == expected
