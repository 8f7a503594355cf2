"""A share of a limit is counted in the limit's own unit: no warning falls in the middle of a holiday."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow.calendars import Roll, Term, Unit, china, due_after
from govflow.calendars.notation import text_of
from govflow.clocks import Clock
from govflow.clocks.moves import CARRIED, NAMED
from govflow.clocks.warning import used_up_at
from govflow.messages import ClockStatus
from tests.calendars.samples import CHINA, local

SPRING = "2026-02-13 10:00"  # a Friday; offices are closed from 15 to 23 February, and open on Saturday the 14th


def a_clock(term: Term, start: str, pauses: tuple[tuple[str, str], ...] = (), added: int = 0) -> Clock:
    since, stops = local(start), tuple((local(first), local(until)) for first, until in pauses)
    still = sum((until - first for first, until in stops), timedelta())
    return Clock(
        name="handling",
        status=ClockStatus.RUNNING,
        since=since,
        due=due_after(term, since, china(), CHINA, pauses=stops, added=added).at,
        term=text_of(term),
        pauses=stops,
        paused_for=still,
        added=added,
    )


def used_up(clock: Clock, share: int) -> datetime:
    return used_up_at(clock, share, china(), CHINA)


@pytest.mark.parametrize(
    ("length", "unit", "start", "share", "at"),
    [
        (3, Unit.WORKDAY, SPRING, 60, "2026-02-25 00:00"),  # 14 and 24 February; 60 % of the wall time is a holiday
        (3, Unit.WORKDAY, SPRING, 33, "2026-02-15 00:00"),
        (3, Unit.WORKDAY, SPRING, 34, "2026-02-25 00:00"),
        (5, Unit.WORKDAY, "2026-03-02 10:00", 80, "2026-03-07 00:00"),
        (10, Unit.DAY, SPRING, 50, "2026-02-19 00:00"),  # calendar days run through holidays
        (7, Unit.OFFICE_HOUR, "2026-03-06 16:00", 50, "2026-03-09 12:00"),
        (1, Unit.MONTH, "2026-02-01 10:00", 50, "2026-02-16 00:00"),  # 14 of 28 days
        (1, Unit.MONTH, "2026-03-01 10:00", 50, "2026-03-18 00:00"),  # 16 of 31
        (1, Unit.YEAR, "2026-01-31 10:00", 80, "2026-11-20 00:00"),  # 292 of 365
        (10, Unit.HOUR, "2026-03-02 10:00", 80, "2026-03-02 18:00"),
    ],
)
def test_a_share_is_used_up_when_so_many_units_are(length: int, unit: Unit, start: str, share: int, at: str):
    assert used_up(a_clock(Term(length=length, unit=unit), start), share) == local(at)


def test_days_on_which_the_clock_stood_still_are_not_used_up():
    pause = (("2026-03-03 10:00", "2026-03-05 10:00"),)
    assert used_up(a_clock(Term(length=5, unit=Unit.WORKDAY), "2026-03-02 10:00", pause), 60) == local(
        "2026-03-10 00:00"
    )
    month = a_clock(Term(length=1, unit=Unit.MONTH), "2026-02-01 10:00", (("2026-02-03 10:00", "2026-02-05 10:00"),))
    assert used_up(month, 50) == local("2026-02-18 00:00")
    hours = a_clock(Term(length=10, unit=Unit.HOUR), "2026-03-02 10:00", (("2026-03-02 12:00", "2026-03-02 15:00"),))
    assert (used_up(hours, 10), used_up(hours, 80)) == (local("2026-03-02 11:00"), local("2026-03-02 21:00"))


def test_an_extension_makes_the_whole_longer_of_which_the_share_is_taken():
    clock = a_clock(Term(length=5, unit=Unit.WORKDAY), "2026-03-02 10:00", added=2)
    assert used_up(clock, 80) == local("2026-03-11 00:00")  # six of seven


def test_a_last_day_that_moves_on_moves_no_warning():
    rolls = a_clock(Term(length=12, unit=Unit.DAY, roll=Roll.REST_DAY), "2026-03-02 10:00")  # the 14th is a Saturday
    assert rolls.due == local("2026-03-17 00:00")
    assert used_up(rolls, 99) == local("2026-03-14 00:00")  # a day before its last


def test_the_switches_of_the_limit_count_for_its_shares_too():
    close = a_clock(Term(length=5, unit=Unit.WORKDAY, ends_at_close=True), "2026-03-02 10:00")
    assert used_up(close, 80) == local("2026-03-06 17:00")
    month = a_clock(Term(length=1, unit=Unit.MONTH, counts_start_day=True), "2026-02-01 10:00")
    assert (used_up(month, 50), used_up(month, 99)) == (local("2026-02-15 00:00"), local("2026-02-28 00:00"))


@pytest.mark.parametrize("derived", [NAMED, CARRIED])
def test_what_was_named_or_carried_over_goes_by_the_time_that_has_run(derived: str):
    since = local("2026-03-02 10:00")
    clock = Clock(name="handling", status=ClockStatus.RUNNING, since=since, due=since + timedelta(days=10))
    assert used_up(clock.changed(derived=derived), 80) == since + timedelta(days=8)
    named_later = a_clock(Term(length=5, unit=Unit.WORKDAY), "2026-03-02 10:00")
    moved = named_later.changed(due=since + timedelta(days=20), derived=NAMED)
    assert used_up(moved, 80) == since + timedelta(days=16)


def test_it_is_announced_on_a_whole_second_and_never_after_the_due_instant():
    since = local("2026-03-02 10:00") + timedelta(microseconds=1)
    clock = Clock(name="handling", status=ClockStatus.RUNNING, since=since, due=since + timedelta(hours=1))
    assert used_up(clock, 50) == local("2026-03-02 10:30") + timedelta(seconds=1)
    assert clock.due is not None
    assert used_up(clock.changed(due=since + timedelta(microseconds=5)), 50) == since + timedelta(microseconds=5)


@given(st.sampled_from(Unit), st.integers(1, 24), st.integers(1, 99), st.integers(1, 99), st.integers(0, 60 * 24 * 200))
def test_a_larger_share_is_never_used_up_sooner_and_all_of_them_by_the_due_instant(
    unit: Unit, length: int, one: int, other: int, minutes: int
):
    since = local("2026-01-05 00:00") + timedelta(minutes=minutes)
    pause = since + timedelta(hours=30), since + timedelta(hours=80)
    term = Term(length=length, unit=unit)
    due = due_after(term, since, china(), CHINA, pauses=(pause,)).at
    clock = Clock(
        name="handling",
        status=ClockStatus.RUNNING,
        since=since,
        due=due,
        term=text_of(term),
        pauses=(pause,),
        paused_for=pause[1] - pause[0],
    )
    smaller, larger = sorted((one, other))
    assert since <= used_up(clock, smaller) <= used_up(clock, larger) <= due


def test_a_clock_that_was_stopped_too_late_is_no_sooner_used_up():
    late = a_clock(Term(length=1, unit=Unit.HOUR), "2026-03-02 10:00", (("2026-03-03 10:00", "2026-03-05 10:00"),))
    assert used_up(late, 50) == local("2026-03-02 10:30")
