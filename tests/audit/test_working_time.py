"""Working time against others: every minute looked at by itself, and `businesstimedelta` for office hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govflow.audit.accounting.working_time import WorkingTime
from govflow.calendars import Calendar, china
from govflow.policy.model import NO_CALENDAR

business = import_module("businesstimedelta")
pytz = import_module("pytz")

BEIJING = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
MINUTE = timedelta(minutes=1)
FEBRUARY = datetime(2026, 2, 1, tzinfo=UTC)
TIMES = {
    "office hours": WorkingTime(china(), BEIJING),
    "whole days": WorkingTime(NO_CALENDAR, BEIJING),
    "a zone with summer time": WorkingTime(NO_CALENDAR, NEW_YORK),
}
minutes = st.integers(0, 60 * 24 * 12)
moments = st.integers(0, 10**6 * 60 * 60 * 24 * 800).map(lambda n: FEBRUARY + timedelta(microseconds=n))


def open_in(minute: datetime, working: WorkingTime) -> bool:
    """Whether offices are open in one minute, as the calendar says it of the day and the wall clock of the minute."""
    local = minute.astimezone(working.zone)
    if not working.calendar.is_workday(local.date()):
        return False
    if working.whole_days:
        return True
    calendar = working.calendar
    assert isinstance(calendar, Calendar)
    return any(each.opens <= local.time() < each.closes for each in calendar.hours)


@pytest.mark.parametrize("working", TIMES.values(), ids=list(TIMES))
@settings(max_examples=8)
@given(start=st.integers(0, 60), begins=minutes, lasts=minutes)
def test_it_is_what_counting_minute_by_minute_comes_to(working, start, begins, lasts):
    since = FEBRUARY + timedelta(days=start, minutes=begins)
    counted = sum(open_in(since + n * MINUTE, working) for n in range(lasts))

    assert working.between(since, since + lasts * MINUTE) == counted * MINUTE


@settings(max_examples=60)
@given(st.lists(moments, min_size=2, max_size=8))
def test_however_a_stretch_is_cut_its_parts_add_up_to_it_exactly(cuts):
    cuts.sort()
    for working in TIMES.values():
        parts = [working.between(one, other) for one, other in pairwise(cuts)]
        assert sum(parts, timedelta()) == working.between(cuts[0], cuts[-1])


@settings(max_examples=25)
@given(begins=st.integers(0, 60 * 24 * 300), lasts=st.integers(1, 60 * 24 * 40))
def test_office_hours_agree_with_businesstimedelta(begins, lasts):
    since = datetime(2026, 1, 5, tzinfo=UTC) + begins * MINUTE
    calendar = Calendar(id="plain", version="1", first=date(2026, 1, 1), last=date(2027, 12, 31))
    shifts = [(time(9), time(12)), (time(13), time(17))]
    week = {"working_days": [0, 1, 2, 3, 4], "tz": pytz.timezone("Asia/Shanghai")}
    days = [business.WorkDayRule(start_time=opens, end_time=closes, **week) for opens, closes in shifts]

    counted = business.Rules(days).difference(since, since + lasts * MINUTE).timedelta

    assert WorkingTime(calendar, BEIJING).between(since, since + lasts * MINUTE) == counted


def test_holidays_and_make_up_workdays_are_those_of_the_calendar():
    working = TIMES["office hours"]
    local = [datetime(2026, 2, day, tzinfo=BEIJING) for day in (13, 14, 15, 24)]

    assert working.between(local[0], local[1]) == timedelta(hours=7)  # a Friday
    assert working.between(local[1], local[2]) == timedelta(hours=7)  # a Saturday that is worked
    assert working.between(local[2], local[3]) == timedelta()  # the Spring Festival


def test_a_day_that_summer_time_shortens_is_as_long_as_it_was():
    cairo = ZoneInfo("Africa/Cairo")  # where summer time begins on a Friday
    thursday, saturday = datetime(2026, 4, 23, tzinfo=cairo), datetime(2026, 4, 25, tzinfo=cairo)

    assert WorkingTime(NO_CALENDAR, cairo).between(thursday, saturday) == timedelta(hours=24 + 23)


def test_nothing_lies_between_a_moment_and_what_is_not_after_it():
    assert TIMES["office hours"].between(FEBRUARY, FEBRUARY) == timedelta()
    assert TIMES["office hours"].between(FEBRUARY + MINUTE, FEBRUARY) == timedelta()


def test_days_that_the_calendar_has_not_settled_are_said():
    covered, later = datetime(2026, 3, 2, tzinfo=UTC), datetime(2031, 3, 2, tzinfo=UTC)

    assert TIMES["office hours"].covers(covered, covered + MINUTE)
    assert not TIMES["office hours"].covers(covered, later)
