"""Periods against a naive day-by-day oracle, and the day on which an occurrence is due."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow.calendars import china
from govflow.duties import Period, following, period_of
from govflow.duties.periods import due_day, period_named, year_of
from govflow.policy import Every, Obligation

FIRST, LAST = date(2024, 1, 1), date(2030, 12, 31)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def naive(every: Every, day: date) -> str:
    """The name of a period by the day alone, written as one would say it."""
    names = {
        Every.DAY: f"{day}",
        Every.WEEK: day.strftime("%G-W%V"),
        Every.MONTH: day.strftime("%Y-%m"),
        Every.TWO_MONTHS: f"{day.year}-M{'112233445566'[day.month - 1]}",
        Every.QUARTER: f"{day.year}-Q{'111222333444'[day.month - 1]}",
        Every.HALF_YEAR: f"{day.year}-H{1 if day.month < 7 else 2}",
        Every.YEAR: f"{day.year}",
    }
    return names[every]


@pytest.mark.parametrize("every", Every)
def test_every_day_lies_in_exactly_one_period_of_each_kind(every: Every):
    wide = [FIRST + timedelta(days=n) for n in range(-400, len(DAYS) + 400)]
    oracle = {key: tuple(days) for key, days in groupby(wide, lambda day: naive(every, day))}
    whole = list(oracle)[1:-1]  # the outermost are cut off

    for day in DAYS:
        period = period_of(every, day)
        assert period.key == naive(every, day)
        assert period.first <= day <= period.last
        if period.key in whole:
            assert (period.first, period.last) == (oracle[period.key][0], oracle[period.key][-1])


@given(st.sampled_from(Every), st.dates(FIRST, LAST), st.dates(FIRST, LAST))
def test_keys_of_a_kind_sort_in_time(every: Every, one: date, other: date):
    a, b = period_of(every, one), period_of(every, other)
    assert (a.key < b.key) == (a.last < b.first)
    assert (a.key == b.key) == (a == b)


@given(st.sampled_from(Every), st.dates(FIRST, LAST))
def test_periods_follow_each_other_without_gap_and_are_known_by_their_keys(every: Every, day: date):
    period = period_of(every, day)
    after = following(period)
    assert after.first == period.last + timedelta(days=1)
    assert after.key == naive(every, after.first)
    assert period_named(period.key) == (every, period)


@pytest.mark.parametrize(
    "key", ["", "2026-13", "2026-02-30", "2025-W53", "2026-W00", "2026-M7", "2026-Q5", "2026-H0", "2026.at-least", "x"]
)
def test_other_keys_name_no_period(key: str):
    assert period_named(key) is None
    with pytest.raises(ValueError, match="names no period"):
        following(Period(key, FIRST, FIRST))


@pytest.mark.parametrize(
    ("key", "year"),
    [
        ("2026-02-13", 2026), ("2026-W01", 2026), ("2026", 2026), ("2026-extra", 2026),
        ("2026-", None), ("2026.at-least", None), ("20261-02", None), ("extra", None), ("", None),
    ],
)  # fmt: skip
def test_an_occurrence_counts_for_the_year_its_key_begins_with(key: str, year: int | None):
    assert year_of(key) == year


# --- due days ---------------------------------------------------------------------------------------------------------


def owing(every: Every, **more: object) -> Obligation:
    return Obligation.model_validate(
        {"id": "o", "en": "o", "zh": "o", "every": every, "owners": ("x",), "basis": "test", **more}
    )


def due(obligation: Obligation, day: date) -> date | None:
    return due_day(obligation, period_of(obligation.every, day), china())


@given(st.sampled_from(Every), st.dates(FIRST, LAST))
def test_without_more_an_occurrence_is_due_on_the_last_day_of_its_period(every: Every, day: date):
    assert due(owing(every), day) == period_of(every, day).last


def test_a_weekly_duty_with_a_weekday_is_due_on_that_day():
    monday = date(2026, 3, 2)
    for weekday in range(1, 8):
        found = due(owing(Every.WEEK, weekday=weekday), monday + timedelta(days=3))
        assert found == monday + timedelta(days=weekday - 1)


def test_a_monday_that_is_a_holiday_moves_to_the_next_working_day_of_its_week():
    visits = owing(Every.WEEK, weekday=1, workdays_only=True)
    assert due(visits, date(2026, 2, 23)) == date(2026, 2, 24)  # the holiday of the Spring Festival ends on Monday
    assert due(visits, date(2026, 10, 5)) == date(2026, 10, 8)  # that of the National Day on Wednesday
    assert due(owing(Every.WEEK, weekday=1), date(2026, 2, 23)) == date(2026, 2, 23)


def test_a_friday_that_is_a_holiday_moves_to_the_last_working_day_before_it_where_none_comes_after_in_its_week():
    report = owing(Every.WEEK, weekday=5, workdays_only=True)
    assert due(report, date(2026, 9, 25)) == date(2026, 9, 24)  # 中秋节, from Friday to Sunday
    assert due(report, date(2026, 10, 2)) == date(2026, 9, 30)  # 国庆节, from Thursday on
    assert due(report, date(2026, 2, 13)) == date(2026, 2, 13)


def test_a_saturday_duty_is_done_on_a_make_up_saturday_and_else_on_friday():
    assert due(owing(Every.WEEK, weekday=6, workdays_only=True), date(2026, 2, 14)) == date(2026, 2, 14)
    assert due(owing(Every.WEEK, weekday=6, workdays_only=True), date(2026, 2, 7)) == date(2026, 2, 6)


@given(st.dates(date(2024, 1, 1), date(2026, 12, 27)), st.integers(1, 7))
def test_a_week_with_a_working_day_has_its_occurrence_on_one_of_them(day: date, weekday: int):
    week, calendar = period_of(Every.WEEK, day), china()
    worked = [each for each in DAYS if week.first <= each <= week.last and calendar.is_workday(each)]
    behind = [each for each in worked if each.isoweekday() >= weekday]
    before = [each for each in worked if each.isoweekday() < weekday]
    expected = min(behind) if behind else max(before, default=None)
    assert due(owing(Every.WEEK, weekday=weekday, workdays_only=True), day) == expected


def test_a_week_without_a_working_day_is_left_out():
    assert due(owing(Every.WEEK, workdays_only=True), date(2026, 2, 18)) is None
    assert due(owing(Every.WEEK, weekday=1, workdays_only=True), date(2026, 2, 18)) is None
    assert due(owing(Every.WEEK, workdays_only=True), date(2026, 2, 25)) == date(2026, 3, 1)


@given(st.dates(FIRST, date(2026, 12, 31)))
def test_a_daily_duty_on_working_days_is_owed_on_those_days_alone(day: date):
    assert due(owing(Every.DAY, workdays_only=True), day) == (day if china().is_workday(day) else None)


def test_keys_of_weeks_at_the_turn_of_a_year_are_those_of_iso_8601():
    assert period_of(Every.WEEK, date(2027, 1, 3)).key == "2026-W53"
    assert period_of(Every.WEEK, date(2024, 12, 30)).key == "2025-W01"
    keys = [period_of(Every.WEEK, day).key for day in DAYS]
    assert all(a <= b for a, b in pairwise(keys))
