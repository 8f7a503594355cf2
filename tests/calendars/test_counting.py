"""When a time limit ends: worked dates from the law, from practice and from the complaints of other systems' users."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from govflow.calendars import Calendar, OfficeHours, Roll, Term, Unit, china, due_after, weekdays
from govflow.errors import InputError
from tests.calendars.samples import CHINA, LONDON, NEW_YORK, days, end_of, local, workdays

PLAIN = weekdays("plain", "1", date(2017, 1, 1), date(2026, 12, 31))


def ends(term: Term, start: str, calendar=None, zone=CHINA, **more) -> datetime:
    return due_after(term, local(start, zone), calendar or china(), zone, **more).at


@pytest.mark.parametrize(
    ("start", "last_day"),
    [
        ("2026-02-13", "2026-02-27"),  # make-up Saturday 14 February, then nine days of Spring Festival
        ("2026-02-12", "2026-02-26"),
        ("2026-09-28", "2026-10-10"),  # ends on a Saturday that is worked
        ("2026-04-29", "2026-05-09"),
    ],
)
def test_five_working_days_in_china(start: str, last_day: str):
    assert ends(workdays(5), f"{start} 10:00") == end_of(last_day)
    assert ends(workdays(5), f"{start} 00:00") == end_of(last_day)
    assert ends(workdays(5), f"{start} 23:59:59") == end_of(last_day)


def test_working_days_where_only_weekends_are_off():
    assert ends(workdays(1), "2021-02-20 12:00", PLAIN) == local("2021-02-23 00:00")


def test_a_listed_holiday_is_passed_over():
    with_holiday = weekdays("one", "1", date(2020, 1, 1), date(2020, 12, 31), [date(2020, 9, 21)])
    assert ends(workdays(1), "2020-09-19 09:00", with_holiday) == end_of("2020-09-22")


def test_twenty_working_days_in_the_united_kingdom():
    bank_holidays = [date(2017, 5, 1), date(2017, 5, 29), date(2017, 8, 28)]
    uk = weekdays("uk", "2017", date(2017, 1, 1), date(2017, 12, 31), bank_holidays)
    assert ends(workdays(20), "2017-05-18 09:00", uk, LONDON) == end_of("2017-06-16", LONDON)


@pytest.mark.parametrize(("length", "last_day"), [(15, "2026-02-25"), (60, "2026-04-11"), (90, "2026-05-11")])
def test_calendar_days_count_weekends_and_holidays(length: int, last_day: str):
    assert ends(days(length), "2026-02-10 09:00") == end_of(last_day)


def test_a_last_day_on_a_statutory_holiday_moves_behind_it_only_where_the_rule_says_so():
    # 民法典 §203; a petition accepted on 2 March 2026: 60 days end on Labour Day, which lasts to 5 May
    assert ends(days(60), "2026-03-02 09:00") == end_of("2026-05-01")
    assert ends(days(60, roll=Roll.HOLIDAY), "2026-03-02 09:00") == end_of("2026-05-06")


def test_a_last_day_on_a_plain_weekend_moves_only_if_any_day_off_moves():
    assert ends(days(60, roll=Roll.HOLIDAY), "2026-02-10 09:00") == end_of("2026-04-11")
    assert ends(days(60, roll=Roll.REST_DAY), "2026-02-10 09:00") == end_of("2026-04-13")


def test_a_last_day_on_a_make_up_workday_stays():
    assert ends(days(1, roll=Roll.REST_DAY), "2026-02-13 09:00") == end_of("2026-02-14")


def test_a_last_day_does_not_move_into_a_pause():
    paused = [(local("2026-05-03 09:00"), local("2026-05-11 09:00"))]
    assert ends(days(60, roll=Roll.HOLIDAY), "2026-03-02 09:00", pauses=paused) == end_of("2026-05-11")
    from_that_day = [(local("2026-05-06 09:00"), local("2026-05-08 09:00"))]
    assert ends(days(60, roll=Roll.HOLIDAY), "2026-03-02 09:00", pauses=from_that_day) == end_of("2026-05-08")


@pytest.mark.parametrize(
    ("length", "unit", "start", "last_day"),
    [
        (1, Unit.MONTH, "2026-01-31", "2026-02-28"),
        (1, Unit.MONTH, "2024-01-31", "2024-02-29"),
        (1, Unit.MONTH, "2026-02-28", "2026-03-28"),
        (13, Unit.MONTH, "2025-12-31", "2027-01-31"),
        (1, Unit.YEAR, "2024-02-29", "2025-02-28"),
        (4, Unit.YEAR, "2024-02-29", "2028-02-29"),
    ],
)
def test_months_and_years_end_on_the_corresponding_day_or_the_end_of_the_month(length, unit, start, last_day):
    assert ends(Term(length=length, unit=unit), f"{start} 09:00") == end_of(last_day)  # 民法典 §202


@pytest.mark.parametrize(
    ("start", "last_day"),
    [
        ("2026-05-01", "2026-05-31"),
        ("2026-05-15", "2026-06-14"),
        ("2026-01-28", "2026-02-27"),
        ("2026-01-31", "2026-02-28"),
    ],
)
def test_a_month_that_counts_its_first_day_ends_the_day_before_the_corresponding_one(start, last_day):
    month = Term(length=1, unit=Unit.MONTH, counts_start_day=True)
    assert ends(month, f"{start} 09:00") == end_of(last_day)


def test_a_month_that_ends_on_a_holiday_moves_like_days_do():
    month = Term(length=1, unit=Unit.MONTH, roll=Roll.HOLIDAY)
    assert ends(month, "2026-09-01 09:00") == end_of("2026-10-08")


def test_each_day_that_stood_still_moves_a_month_one_day_on():
    paused = [(local("2026-03-10 09:00"), local("2026-03-13 09:00"))]
    assert ends(Term(length=1, unit=Unit.MONTH), "2026-03-02 09:00", pauses=paused) == end_of("2026-04-05")


def test_the_starting_day_counts_where_the_rule_says_so():
    assert ends(workdays(1, counts_start_day=True), "2026-03-02 16:00") == end_of("2026-03-02")
    assert ends(workdays(1, counts_start_day=True), "2026-03-01 16:00") == end_of("2026-03-02")  # a Sunday
    assert ends(days(3, counts_start_day=True), "2026-03-02 16:00") == end_of("2026-03-04")


def test_a_time_limit_may_end_when_offices_close():
    assert ends(days(1, ends_at_close=True), "2026-03-02 09:00") == local("2026-03-03 17:00")


def test_a_time_limit_never_ends_before_it_starts():
    assert ends(days(0, ends_at_close=True), "2026-03-02 18:30") == local("2026-03-02 18:30")


def test_no_days_at_all_end_with_the_starting_day():
    assert ends(workdays(0), "2026-03-07 09:00") == end_of("2026-03-07")
    assert ends(days(0, roll=Roll.REST_DAY), "2026-03-07 09:00") == end_of("2026-03-09")
    assert ends(Term(length=0, unit=Unit.MONTH, counts_start_day=True), "2026-03-07 09:00") == end_of("2026-03-07")


# --- hours -----------------------------------------------------------------------------------------------------------


def test_hours_run_on_through_nights_and_holidays():
    assert ends(Term(length=24, unit=Unit.HOUR), "2026-02-20 17:30") == local("2026-02-21 17:30")


def test_a_pause_adds_its_exact_length_to_hours_and_an_overlap_counts_once():
    day = Term(length=24, unit=Unit.HOUR)
    first = (local("2026-03-02 11:00"), local("2026-03-02 12:30"))
    second = (local("2026-03-02 12:00"), local("2026-03-02 13:00"))
    before = (local("2026-03-01 11:00"), local("2026-03-02 10:15"))
    assert ends(day, "2026-03-02 10:00", pauses=[first]) == local("2026-03-03 11:30")
    assert ends(day, "2026-03-02 10:00", pauses=[second, first]) == local("2026-03-03 12:00")
    assert ends(day, "2026-03-02 10:00", pauses=[before]) == local("2026-03-03 10:15")


def test_a_pause_from_the_due_instant_on_comes_too_late():
    paused = [(local("2026-03-03 10:00"), local("2026-03-05 10:00"))]
    assert ends(Term(length=24, unit=Unit.HOUR), "2026-03-02 10:00", pauses=paused) == local("2026-03-03 10:00")


@pytest.mark.parametrize(
    ("length", "start", "end"),
    [
        (1, "2026-03-02 11:30", "2026-03-02 13:30"),  # over lunch
        (3, "2026-03-02 09:00", "2026-03-02 12:00"),  # ends when the window closes, not when the next one opens
        (7, "2026-03-06 15:00", "2026-03-09 15:00"),  # over a weekend
        (1, "2026-02-14 16:30", "2026-02-24 09:30"),  # a make-up Saturday, then the holiday
        (0, "2026-03-07 15:00", "2026-03-07 15:00"),
    ],
)
def test_office_hours_count_only_while_offices_are_open(length: int, start: str, end: str):
    assert ends(Term(length=length, unit=Unit.OFFICE_HOUR), start) == local(end)


def test_a_pause_is_cut_out_of_office_hours_exactly():
    paused = [(local("2026-03-02 11:45"), local("2026-03-02 13:20"))]
    assert ends(Term(length=4, unit=Unit.OFFICE_HOUR), "2026-03-02 09:00", pauses=paused) == local("2026-03-02 14:35")


def test_what_comes_in_outside_office_hours_counts_as_come_in_at_the_next_opening():
    in_office = workdays(1, starts_in_office=True)
    assert ends(in_office, "2026-03-07 10:00") == end_of("2026-03-10")  # a Saturday: Monday is the starting day
    assert ends(workdays(1), "2026-03-07 10:00") == end_of("2026-03-09")
    assert ends(in_office, "2026-03-06 17:00") == end_of("2026-03-10")  # Friday, the moment offices close
    assert ends(in_office, "2026-03-06 16:59") == end_of("2026-03-09")
    assert ends(in_office, "2026-02-28 10:00") == end_of("2026-03-02")  # a Saturday that is worked
    two_hours = Term(length=2, unit=Unit.HOUR, starts_in_office=True)
    assert ends(two_hours, "2026-03-02 10:15") == local("2026-03-02 12:15")
    assert ends(two_hours, "2026-03-02 12:30") == local("2026-03-02 15:00")
    assert ends(two_hours, "2026-03-02 05:00") == local("2026-03-02 11:00")


def test_a_town_may_have_its_own_office_hours():
    summer = china().changed(hours=(OfficeHours(opens=time(8), closes=time(18)),))
    assert ends(days(1, ends_at_close=True), "2026-07-01 09:00", summer) == local("2026-07-02 18:00")


# --- pauses and extensions -------------------------------------------------------------------------------------------

SUSPENDED = (local("2026-03-04 10:00"), local("2026-03-18 15:00"))  # from day 2, resumed ten working days later


def test_three_working_days_remain_after_the_day_of_resuming():
    # open-zaak#747: suspending must move the date. Monday 2 March; day 1 is Tuesday, Wednesday stands still already
    assert ends(workdays(5), "2026-03-02 09:00") == end_of("2026-03-09")
    assert ends(workdays(5), "2026-03-02 09:00", pauses=[SUSPENDED]) == end_of("2026-03-23")


def test_a_second_pause_moves_the_date_again():
    second = (local("2026-03-20 08:00"), local("2026-03-23 08:00"))
    assert ends(workdays(5), "2026-03-02 09:00", pauses=[second, SUSPENDED]) == end_of("2026-03-24")


def test_a_pause_on_the_day_another_ends_holds_that_day_up_too():
    again = (local("2026-03-18 16:00"), local("2026-03-20 08:00"))
    assert ends(workdays(5), "2026-03-02 09:00", pauses=[SUSPENDED, again]) == end_of("2026-03-25")


def test_a_pause_over_a_holiday_takes_only_the_working_days_it_holds():
    over_national_day = (local("2026-09-30 10:00"), local("2026-10-09 10:00"))
    assert ends(workdays(5), "2026-09-28 10:00", pauses=[over_national_day]) == end_of("2026-10-13")


def test_an_extension_removed_while_a_pause_exists_leaves_the_pause():
    paused = {"pauses": [SUSPENDED]}
    assert ends(workdays(5), "2026-03-02 09:00", added=5, **paused) == end_of("2026-03-30")
    assert ends(workdays(5), "2026-03-02 09:00", **paused) == end_of("2026-03-23")


def test_a_pause_within_one_day_moves_no_day():
    within = (local("2026-03-04 00:00"), local("2026-03-04 23:59"))
    assert ends(workdays(5), "2026-03-02 09:00", pauses=[within]) == end_of("2026-03-09")


def test_a_pause_that_begins_on_the_last_day_holds_it_up():
    on_the_last = (local("2026-03-09 16:00"), local("2026-03-11 09:00"))
    assert ends(workdays(5), "2026-03-02 09:00", pauses=[on_the_last]) == end_of("2026-03-11")


# --- time zones ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "start", "end"),
    [
        (LONDON, "2026-03-28 12:00", datetime(2026, 3, 29, 23, tzinfo=UTC)),  # clocks go forward on the 29th
        (LONDON, "2026-10-24 12:00", datetime(2026, 10, 26, 0, tzinfo=UTC)),  # and back on 25 October
        (NEW_YORK, "2026-03-07 12:00", datetime(2026, 3, 9, 4, tzinfo=UTC)),
        (NEW_YORK, "2026-10-31 12:00", datetime(2026, 11, 2, 5, tzinfo=UTC)),
        (ZoneInfo("America/Havana"), "2026-03-06 12:00", datetime(2026, 3, 8, 5, tzinfo=UTC)),  # no 00:00 on the 8th
    ],
)
def test_a_day_ends_at_local_midnight_also_when_clocks_change(zone, start, end):
    assert ends(days(1), start, zone=zone) == end


def test_hours_are_hours_also_when_clocks_change():
    assert ends(Term(length=24, unit=Unit.HOUR), "2026-03-28 12:00", zone=LONDON) == local("2026-03-29 13:00", LONDON)


def test_the_starting_day_is_the_local_one():
    late_in_utc = datetime(2026, 3, 2, 17, tzinfo=UTC)  # already the 3rd in China
    assert due_after(days(1), late_in_utc, china(), CHINA).at == end_of("2026-03-04")


# --- what the calendar does not know ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "start", "provisional"),
    [
        (workdays(1), "2026-12-30 09:00", False),
        (workdays(2), "2026-12-30 09:00", True),
        (days(20), "2026-12-30 09:00", False),  # every day counts: no calendar is asked
        (days(1, roll=Roll.HOLIDAY), "2026-12-30 09:00", False),
        (days(2, roll=Roll.HOLIDAY), "2026-12-30 09:00", True),
        (workdays(1), "2023-12-31 09:00", False),  # asks for 1 January 2024 first
        (workdays(1), "2023-12-30 09:00", True),
        (Term(length=100, unit=Unit.HOUR), "2026-12-30 09:00", False),
        (Term(length=1, unit=Unit.OFFICE_HOUR), "2023-12-31 20:00", False),  # closed for the day: not asked about it
        (Term(length=7, unit=Unit.OFFICE_HOUR), "2026-12-31 09:00", False),
        (Term(length=8, unit=Unit.OFFICE_HOUR), "2026-12-31 09:00", True),
    ],
)
def test_a_date_that_rests_on_a_day_outside_the_calendar_is_provisional(term, start, provisional):
    due = due_after(term, local(start), china(), CHINA)
    assert due.provisional is provisional


def test_outside_the_calendar_only_weekends_and_fixed_holidays_are_known():
    # 1 January 2027 is a Friday
    assert due_after(workdays(1), local("2026-12-31 09:00"), china(), CHINA) == (end_of("2027-01-04"), True)


# --- what cannot be counted ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "start"),
    [
        (days(10**9), "2026-03-02"),
        (workdays(10**9), "2026-03-02"),
        (Term(length=10**12, unit=Unit.HOUR), "2026-03-02"),
        (Term(length=10**9, unit=Unit.OFFICE_HOUR), "2026-03-02"),
        (Term(length=10**30, unit=Unit.MONTH), "2026-03-02"),
        (Term(length=8000, unit=Unit.YEAR), "2026-03-02"),
        (workdays(1), "9999-12-31"),
        (days(0), "9999-12-31"),
        (days(1, ends_at_close=True), "9999-12-31"),
        (Term(length=1, unit=Unit.OFFICE_HOUR), "9999-12-31 20:00"),
        (Term(length=1, unit=Unit.HOUR, starts_in_office=True), "9999-12-31 20:00"),
        (days(3, roll=Roll.REST_DAY), "9999-12-31"),
    ],
)
def test_a_date_beyond_the_calendar_of_years_is_refused_in_one_line(term: Term, start: str):
    with pytest.raises(InputError, match="out of the calendar"):
        due_after(term, datetime.fromisoformat(start).replace(tzinfo=UTC), china(), UTC)


def test_the_last_midnight_there_is_can_be_reached():
    due = due_after(days(0), datetime(9999, 12, 30, 12, tzinfo=UTC), china(), UTC)
    assert due.at == datetime(9999, 12, 31, tzinfo=UTC)


def test_a_last_day_that_would_move_beyond_the_last_year_is_refused():
    always_off = weekdays("off", "1", date(9999, 12, 1), date(9999, 12, 31), [date(9999, 12, 31)])
    with pytest.raises(InputError, match="out of the calendar"):
        due_after(days(1, roll=Roll.HOLIDAY), datetime(9999, 12, 30, tzinfo=UTC), always_off, UTC)


def test_a_moment_without_a_zone_is_refused():
    naive = datetime(2026, 3, 2)  # noqa: DTZ001 - the very thing that is refused
    aware = naive.replace(tzinfo=UTC)
    with pytest.raises(InputError, match="without a time zone"):
        due_after(days(1), naive, china(), CHINA)
    with pytest.raises(InputError, match="without a time zone"):
        due_after(days(1), aware, china(), CHINA, pauses=[(aware, naive)])


def test_a_time_limit_cannot_be_shortened_below_nothing():
    assert ends(days(5), "2026-03-02 09:00", added=-5) == end_of("2026-03-02")
    with pytest.raises(InputError, match="cannot be shortened by 6"):
        ends(days(5), "2026-03-02 09:00", added=-6)


@pytest.mark.parametrize("switch", [{"roll": Roll.HOLIDAY}, {"counts_start_day": True}, {"ends_at_close": True}])
def test_hours_have_no_last_day_that_could_be_switched(switch):
    with pytest.raises(ValueError, match=f"{next(iter(switch))}: for days, months and years, not for hours"):
        Term(length=1, unit=Unit.HOUR, **switch)


def test_a_calendar_of_any_make_will_do():
    class EveryDay:
        id, version = "every", "1"

        def is_workday(self, day: date) -> bool:
            return True

        def is_holiday(self, day: date) -> bool:
            return False

        def covers(self, day: date) -> bool:
            return day < date(2026, 3, 9)

    assert due_after(workdays(7), local("2026-03-01 09:00"), EveryDay(), CHINA) == (end_of("2026-03-08"), False)
    assert due_after(workdays(8), local("2026-03-01 09:00"), EveryDay(), CHINA) == (end_of("2026-03-09"), True)
    at_close = due_after(workdays(1, ends_at_close=True), local("2026-03-01 09:00"), EveryDay(), CHINA)
    assert at_close.at == local("2026-03-02 17:00")
    assert isinstance(Calendar.taken_from(EveryDay(), first=date(2026, 3, 2), last=date(2026, 3, 8)), Calendar)
