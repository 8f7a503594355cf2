"""Work calendars: the one of China that ships, calendars as data, what may be wrong with them, snapshots of others."""

from __future__ import annotations

import pickle
from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given

from govflow.calendars import Calendar, Holiday, OfficeHours, adapters, china, chinese_calendar, due_after, weekdays
from govflow.errors import InputError
from tests.calendars.samples import CHINA, Elsewhere, calendars, end_of, local, workdays

SPRING, SUMMER = date(2026, 1, 1), date(2026, 6, 30)


def a_calendar(**parts) -> Calendar:
    return Calendar(**{"id": "c", "version": "1", "first": SPRING, "last": SUMMER} | parts)


def problems_of(**parts) -> str:
    with pytest.raises(ValueError, match="Value error") as refused:
        a_calendar(**parts)
    return str(refused.value)


# --- China -----------------------------------------------------------------------------------------------------------


def test_the_calendar_of_china_names_its_holidays_and_its_sources():
    cn = china()
    assert (cn.key, cn.first, cn.last) == ("cn@2026.1", date(2024, 1, 1), date(2026, 12, 31))
    for notice in ("国办发明电〔2023〕7号", "国办发明电〔2024〕12号", "国办发明电〔2025〕7号"):
        assert notice in cn.basis
    festival = cn.holiday_on(date(2026, 2, 17))
    assert festival == Holiday(first=date(2026, 2, 15), last=date(2026, 2, 23), en="Spring Festival", zh="春节")
    assert all(holiday.en and holiday.zh for holiday in cn.holidays)
    assert cn.holiday_on(date(2026, 2, 14)) is None
    assert china() is cn


def test_a_weekend_inside_a_holiday_is_a_holiday_and_a_plain_one_is_not():
    saturday_of_the_festival, plain_saturday = date(2026, 2, 21), date(2026, 3, 7)
    assert china().is_holiday(saturday_of_the_festival)
    assert not china().is_workday(plain_saturday)
    assert not china().is_holiday(plain_saturday)


def test_outside_its_period_only_weekends_and_days_of_a_fixed_date_are_off():
    cn = china()
    labour_day, spring_festival, saturday = date(2027, 5, 1), date(2027, 2, 8), date(2027, 3, 6)
    assert [cn.covers(day) for day in (date(2023, 12, 31), cn.first, cn.last, labour_day)] == [False, True, True, False]
    assert cn.is_holiday(labour_day)
    assert not cn.is_workday(date(2027, 10, 1))
    assert cn.is_workday(spring_festival)
    assert not cn.is_workday(saturday)
    assert cn.is_workday(date(2027, 10, 4))


# --- a calendar as data ----------------------------------------------------------------------------------------------


@given(calendars())
def test_a_calendar_comes_back_from_json_as_it_was(calendar):
    assert Calendar.model_validate_json(calendar.model_dump_json()) == calendar


def test_a_copy_counts_as_the_original_does():
    original = a_calendar(holidays=(Holiday(first=SPRING, last=SPRING),))
    start = local("2025-12-31 10:00")
    before = due_after(workdays(1), start, original, CHINA)
    for copied in (deepcopy(original), pickle.loads(pickle.dumps(original)), original.changed()):
        assert copied == original
        assert due_after(workdays(1), start, copied, CHINA) == before


def test_a_changed_calendar_forgets_what_was_worked_out_of_the_old_days():
    old = a_calendar()
    assert due_after(workdays(1), local("2026-03-02 10:00"), old, CHINA).at == end_of("2026-03-03")
    assert old.key == "c@1"
    day = date(2026, 3, 3)
    new = old.changed(version="2", holidays=(Holiday(first=day, last=day),))
    assert new.key == "c@2"
    assert due_after(workdays(1), local("2026-03-02 10:00"), new, CHINA).at == end_of("2026-03-04")
    assert due_after(workdays(1), local("2026-03-02 10:00"), old, CHINA).at == end_of("2026-03-03")


def test_every_problem_of_a_calendar_is_listed_at_once():
    text = problems_of(
        weekend=(6, 9),
        every_year=("01-01", "02-30", "1-1", "soon"),
        holidays=(
            Holiday(first=date(2026, 2, 3), last=date(2026, 2, 1), en="Backwards"),
            Holiday(first=date(2026, 6, 29), last=date(2026, 7, 2), zh="太晚"),
            Holiday(first=date(2026, 5, 1), last=date(2026, 5, 5)),
            Holiday(first=date(2026, 5, 5), last=date(2026, 5, 6)),
        ),
        workdays=(date(2026, 3, 7), date(2026, 3, 7), date(2026, 5, 2), date(2026, 3, 9), date(2025, 12, 27)),
        hours=(
            OfficeHours(opens=time(9), closes=time(12)),
            OfficeHours(opens=time(11), closes=time(11)),
        ),
    )
    for problem in (
        "weekend 9: no ISO weekday",
        "every_year 02-30: no day of the year",
        "every_year 1-1:",
        "every_year soon:",
        "holiday Backwards (2026-02-03 to 2026-02-01) begins after it ends",
        "holiday 太晚 (2026-06-29 to 2026-07-02) lies outside the period 2026-01-01 to 2026-06-30",
        "2026-05-05 stands in two holidays",
        "make-up workday 2026-03-07 stands twice",
        "2026-05-02 is both a holiday and a make-up workday",
        "make-up workday 2026-03-09 is a Monday, a working day already",
        "make-up workday 2025-12-27 lies outside the period",
        "office hours 11:00–11:00 do not open before they close",
        "office hours 09:00–12:00 and 11:00–11:00 overlap or are not in order",
    ):
        assert problem in text
    assert "2026-06-29 stands" not in text
    assert "01-01:" not in text


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"first": date(2026, 7, 1)}, "the period begins on 2026-07-01, after it ends on 2026-06-30"),
        ({"first": date(1925, 12, 31)}, "longer than 100 years"),
        ({"weekend": (1, 2, 3, 4, 5, 6, 7)}, "no day is left to work on"),
        ({"hours": ()}, "no office hours"),
        ({"hours": (OfficeHours(opens=time(9, tzinfo=UTC), closes=time(12)),)}, "local times, without a zone"),
        ({"holidays": (Holiday(first=date(2026, 7, 1), last=date(2026, 7, 1)),)}, "holiday without a name"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(parts, problem):
    assert problem in problems_of(**parts)


def test_windows_that_touch_are_in_order():
    morning, afternoon = OfficeHours(opens=time(9), closes=time(12)), OfficeHours(opens=time(12), closes=time(17))
    assert a_calendar(hours=(morning, afternoon), first=date(1926, 1, 1)).hours == (morning, afternoon)


# --- calendars from elsewhere ----------------------------------------------------------------------------------------


def test_weekdays_less_listed_holidays_serve_other_countries():
    easter = Holiday(first=date(2026, 4, 3), last=date(2026, 4, 6), en="Easter")
    uk = weekdays("uk", "2026", SPRING, SUMMER, [date(2026, 5, 4), easter], title="England and Wales")
    assert uk.title == "England and Wales"
    assert [uk.is_workday(date(2026, 4, day)) for day in (2, 3, 6, 7)] == [True, False, False, True]
    assert uk.is_holiday(date(2026, 5, 4))
    gulf = weekdays("gulf", "1", SPRING, SUMMER, weekend=(5, 6))
    assert [gulf.is_workday(date(2026, 3, day)) for day in (5, 6, 7, 8)] == [True, False, False, True]


def test_chinesecalendar_covers_the_years_it_knows_and_guesses_no_further():
    cn = chinese_calendar(hours=(OfficeHours(opens=time(8), closes=time(16)),))
    assert (cn.id, cn.version) == ("chinesecalendar", "1.11.0")
    assert [cn.covers(date(year, 6, 1)) for year in (2003, 2004, 2026, 2027)] == [False, True, True, False]
    assert cn.is_workday(date(2027, 1, 1))  # a Friday
    assert not cn.is_workday(date(2027, 1, 2))
    assert not cn.is_holiday(date(2027, 1, 1))
    after_new_year = due_after(workdays(1), local("2026-12-31 10:00"), cn, CHINA)
    assert after_new_year == (end_of("2027-01-01"), True)


def test_without_the_package_the_extra_is_named(monkeypatch):
    def missing(name: str):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(adapters, "import_module", missing)
    with pytest.raises(InputError, match=r"chinesecalendar is not installed; expected pip install 'govflow\[cn\]'"):
        chinese_calendar()


def test_a_snapshot_of_chinesecalendar_is_the_calendar_that_ships():
    shipped = china()
    more = {"id": "cn", "version": "2026.1", "title": shipped.title, "basis": shipped.basis}
    taken = Calendar.taken_from(chinese_calendar(), first=shipped.first, last=shipped.last, **more)
    assert taken.workdays == shipped.workdays
    assert taken.hours == shipped.hours
    assert holidays_of(taken) == holidays_of(shipped)
    assert taken.holiday_on(date(2024, 6, 10)) == Holiday(
        first=date(2024, 6, 10), last=date(2024, 6, 10), en="Dragon Boat Festival", zh="端午"
    )


def test_a_snapshot_beyond_what_a_calendar_covers_is_refused():
    with pytest.raises(InputError, match=r"chinesecalendar 1\.11\.0 does not cover 2027-01-01"):
        Calendar.taken_from(chinese_calendar(), first=date(2026, 1, 1), last=date(2027, 1, 31))


@given(calendars())
def test_a_snapshot_has_the_same_days_as_the_calendar(calendar):
    of_data = Calendar.taken_from(calendar, first=calendar.first, last=calendar.last)
    of_another = Calendar.taken_from(Elsewhere(calendar), first=calendar.first, last=calendar.last, weekend=(2,))
    for day in days_of(calendar):
        assert of_data.is_workday(day) == of_another.is_workday(day) == calendar.is_workday(day)
        assert of_data.is_holiday(day) == calendar.is_holiday(day)
    assert (of_data.weekend, of_data.hours) == (calendar.weekend, calendar.hours)
    assert of_another.key == calendar.key


def days_of(calendar: Calendar) -> list[date]:
    return [calendar.first + timedelta(days=n) for n in range((calendar.last - calendar.first).days + 1)]


def holidays_of(calendar: Calendar) -> list[date]:
    return [day for day in days_of(calendar) if calendar.is_holiday(day)]


def test_a_datetime_is_counted_by_its_local_day():
    start = datetime(2026, 3, 1, 23, tzinfo=UTC)  # Monday already in China
    assert due_after(workdays(1), start, china(), CHINA).at == end_of("2026-03-03")


def test_a_holiday_longer_than_a_year_is_a_fault_and_is_not_counted_out_day_by_day():
    ages = Holiday(first=date(2000, 1, 1), last=date(2099, 12, 31), en="Age")
    with pytest.raises(ValueError, match=r"holiday Age \(2000-01-01 to 2099-12-31\) is longer than a year") as raised:
        Calendar(id="x", version="1", first=date(2000, 1, 1), last=date(2099, 12, 31), holidays=(ages,) * 150)
    assert "stands in two holidays" not in str(raised.value)

    year = Holiday(first=date(2000, 1, 1), last=date(2000, 12, 31))  # 366 days
    assert Calendar(id="x", version="1", first=year.first, last=year.last, holidays=(year,)).is_holiday(year.last)
    with pytest.raises(ValueError, match="the holidays have more days than the period"):
        Calendar(id="x", version="1", first=year.first, last=year.last, holidays=(year,) * 150)
