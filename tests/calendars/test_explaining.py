"""Why a time limit ends when it ends: every line of it, in both languages, and that the lines account for each day."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given

from govflow.calendars import Holiday, Line, Roll, Term, Unit, china, due_after, explained, weekdays
from tests.calendars.samples import CHINA, HOURLY, LONDON, NEW_YORK, Elsewhere, days, local, matters, workdays, zones

PAUSE = (local("2026-02-25 10:00"), local("2026-02-28 10:00"))


def lines(term: Term, start: str, calendar=None, **more) -> tuple[Line, ...]:
    return explained(term, local(start), calendar or china(), CHINA, **more)[1]


def line(code: str, of: tuple[Line, ...]) -> Line:
    (found,) = [each for each in of if each.code == code]
    return found


def test_a_date_explains_itself_line_by_line():
    told = lines(workdays(5), "2026-02-13 10:00", pauses=[PAUSE], added=2)
    assert [each.en for each in told] == [
        "starts 2026-02-13 10:00; the starting day does not count (民法典 §201)",
        "5 working days",
        "extended by 2 working days",
        "Saturday 2026-02-14 is a make-up workday: counts",
        "Spring Festival, 2026-02-15 to 2026-02-23: does not count",
        "pause 1, 2026-02-25 10:00 to 2026-02-28 10:00: the clock stood still 2026-02-25 to 2026-02-27 (3 days)",
        "Saturday 2026-02-28 is a make-up workday: counts",
        "weekend, 2026-03-01: does not count",
        "working day 7 of 7 is 2026-03-05",
        "ends 2026-03-05 24:00",
    ]
    assert [each.zh for each in told] == [
        "2026-02-13 10:00 起算，开始当日不计入（民法典第二百零一条）",
        "5 个工作日",
        "延长 2 个工作日",
        "2026-02-14（星期六）为调休上班日，计入",
        "春节，2026-02-15 至 2026-02-23：不计入",
        "第 1 次中止，2026-02-25 10:00 至 2026-02-28 10:00：2026-02-25 至 2026-02-27 中止 3 日",
        "2026-02-28（星期六）为调休上班日，计入",
        "休息日，2026-03-01：不计入",
        "第 7 个工作日为 2026-03-05",
        "2026-03-05 24:00 届满",
    ]
    assert [each.day for each in told][3:6] == [date(2026, 2, 14), date(2026, 2, 15), date(2026, 2, 25)]


@pytest.mark.parametrize(
    ("term", "start", "code", "en", "zh"),
    [
        (days(60, roll=Roll.HOLIDAY), "2026-03-02 09:00", "roll",
         "the last day, 2026-05-01, is Labour Day: moves on to 2026-05-06 (民法典 §203)",
         "最后一日 2026-05-01 为劳动节，顺延至 2026-05-06（民法典第二百零三条）"),
        (days(5, roll=Roll.REST_DAY), "2026-03-02 09:00", "roll",
         "the last day, 2026-03-07, is no working day: moves on to 2026-03-09 (民法典 §203)",
         "最后一日 2026-03-07 为非工作日，顺延至 2026-03-09（民法典第二百零三条）"),
        (days(1), "2026-03-02 09:00", "length", "1 day", "1 日"),
        (days(1), "2026-03-02 09:00", "last_day", "day 1 of 1 is 2026-03-03", "第 1 日为 2026-03-03"),
        (days(1, counts_start_day=True), "2026-03-02 09:00", "start",
         "starts 2026-03-02 09:00; the starting day counts (民法典 §204)",
         "2026-03-02 09:00 起算，开始当日计入（民法典第二百零四条）"),
        (days(1, ends_at_close=True), "2026-03-02 09:00", "end",
         "ends 2026-03-03 17:00, when offices close (民法典 §203)",
         "2026-03-03 17:00 停止办公时届满（民法典第二百零三条）"),
        (days(0, ends_at_close=True), "2026-03-02 18:00", "end",
         "ends 2026-03-02 18:00, as it starts: offices have closed", "2026-03-02 18:00 起算即届满：已停止办公"),
        (workdays(1, starts_in_office=True), "2026-03-07 10:00:30", "opening",
         "came in 2026-03-07 10:00:30, outside office hours: counts as come in at the next opening, 2026-03-09 09:00",
         "2026-03-07 10:00:30 收到，不在办公时间，视为下一办公时间 2026-03-09 09:00 收到"),
        (Term(length=1, unit=Unit.MONTH), "2026-01-31 09:00", "corresponding_day",
         "reaches 2026-02-28: the corresponding day of the last month, or its last day (民法典 §202)",
         "届满于到期月的对应日 2026-02-28；没有对应日的，为月末日（民法典第二百零二条）"),
        (Term(length=1, unit=Unit.YEAR, counts_start_day=True), "2026-05-01 09:00", "corresponding_day",
         "reaches 2027-04-30: the corresponding day of the last month, or its last day (民法典 §202)",
         "届满于到期月的对应日 2027-04-30；没有对应日的，为月末日（民法典第二百零二条）"),
        (Term(length=24, unit=Unit.HOUR), "2026-03-02 09:00:00.250000", "end",
         "ends 2026-03-03 09:00:00.250000", "2026-03-03 09:00:00.250000 届满"),
        (Term(length=24, unit=Unit.HOUR), "2026-03-02 09:00", "start",
         "runs from 2026-03-02 09:00 on, nights and weekends too", "自 2026-03-02 09:00 起连续计算，夜间和休息日不停"),
        (Term(length=7, unit=Unit.OFFICE_HOUR), "2026-03-06 15:00", "start",
         "runs from 2026-03-06 15:00 in office hours, 09:00–12:00, 13:00–17:00",
         "自 2026-03-06 15:00 起只计办公时间：09:00–12:00、13:00–17:00"),
        (Term(length=7, unit=Unit.OFFICE_HOUR), "2026-03-06 15:00", "weekend",
         "weekend, 2026-03-07 to 2026-03-08: does not count", "休息日，2026-03-07 至 2026-03-08：不计入"),
        (workdays(2), "2026-12-30 09:00", "provisional",
         "2027-01-01 lies outside what the calendar cn@2026.1 covers: the date is provisional",
         "2027-01-01 不在工作日历 cn@2026.1 的覆盖范围内，期限为暂定"),
        (workdays(2), "2026-12-30 09:00", "holiday",
         "statutory holiday, 2027-01-01: does not count", "法定休假日，2027-01-01：不计入"),
    ],
)  # fmt: skip
def test_each_reason_is_told_in_both_languages(term: Term, start: str, code: str, en: str, zh: str):
    told = line(code, lines(term, start))
    assert (told.en, told.zh) == (en, zh)


def test_nothing_is_passed_over_where_nothing_is_counted():
    told = lines(Term(length=0, unit=Unit.OFFICE_HOUR), "2026-03-07 10:00")
    assert [each.code for each in told] == ["start", "length", "end"]


def test_what_is_shortened_is_told_as_that():
    told = line("reduction", lines(days(5), "2026-03-02 09:00", added=-2))
    assert (told.en, told.zh) == ("shortened by 2 days", "缩短 2 日")


@pytest.mark.parametrize(
    ("first", "last", "en", "zh"),
    [
        ("2026-03-02 11:00", "2026-03-02 12:30", "the clock stood still for 1:30", "期限中止 1:30"),
        ("2026-03-01 11:00", "2026-03-02 10:00:30.5", "the clock stood still for 0:00:30.5", "期限中止 0:00:30.5"),
        ("2026-03-02 11:00", "2026-03-04 12:00", "the clock stood still for 49:00", "期限中止 49:00"),
        ("2026-03-03 10:00", "2026-03-04 10:00", "moves nothing", "不影响期限"),
        ("2026-03-01 10:00", "2026-03-02 10:00", "moves nothing", "不影响期限"),
    ],
)
def test_a_pause_tells_how_long_it_held_up_hours(first: str, last: str, en: str, zh: str):
    told = line(
        "pause", lines(Term(length=24, unit=Unit.HOUR), "2026-03-02 10:00", pauses=[(local(first), local(last))])
    )
    assert told.en.endswith(f": {en}")
    assert told.zh.endswith(f"：{zh}")


def test_two_pauses_that_overlap_share_no_day():
    second = (local("2026-02-26 10:00"), local("2026-03-02 10:00"))
    third = (local("2026-02-26 11:00"), local("2026-02-27 10:00"))
    told = lines(workdays(5), "2026-02-13 10:00", pauses=[third, second, PAUSE])
    held = [each.en.split(": ")[1] for each in told if each.code == "pause"]
    assert held == [
        "the clock stood still 2026-02-25 to 2026-02-27 (3 days)",
        "the clock stood still 2026-02-28 to 2026-03-01 (2 days)",
        "moves nothing",
    ]


def test_hours_that_two_pauses_share_are_told_once():
    first = (local("2026-03-02 11:00"), local("2026-03-02 12:30"))
    second = (local("2026-03-02 12:00"), local("2026-03-02 13:00"))
    told = lines(Term(length=24, unit=Unit.HOUR), "2026-03-02 10:00", pauses=[first, second])
    assert [each.en.split(": ")[1] for each in told if each.code == "pause"] == [
        "the clock stood still for 1:30",
        "the clock stood still for 0:30",
    ]


def test_a_weekend_inside_a_pause_is_told_with_the_pause_alone():
    suspended = (local("2026-03-04 10:00"), local("2026-03-18 15:00"))
    told = lines(workdays(5), "2026-03-02 09:00", pauses=[suspended])
    assert "stood still 2026-03-04 to 2026-03-17 (14 days)" in line("pause", told).en
    assert line("weekend", told).en.startswith("weekend, 2026-03-21 to 2026-03-22")


def test_a_pause_that_holds_up_the_moving_on_of_the_last_day_is_told():
    pause = (local("2026-05-03 09:00"), local("2026-05-11 09:00"))
    told = lines(days(60, roll=Roll.HOLIDAY), "2026-03-02 09:00", pauses=[pause])
    assert "stood still 2026-05-03 to 2026-05-10 (8 days)" in line("pause", told).en
    assert line("roll", told).day == date(2026, 5, 11)


def test_a_holiday_without_a_chinese_name_goes_by_its_english_one():
    easter = Holiday(first=date(2026, 4, 3), last=date(2026, 4, 6), en="Easter")
    uk = weekdays("uk", "1", date(2026, 1, 1), date(2026, 12, 31), [easter, date(2026, 5, 4)])
    told = line("holiday", lines(workdays(2), "2026-04-02 09:00", uk))
    assert told.en.startswith("Easter, 2026-04-03 to 2026-04-06")
    assert told.zh.startswith("Easter，")
    assert line("holiday", lines(workdays(1), "2026-05-03 09:00", uk)).zh.startswith("法定休假日")


def test_a_last_day_on_a_holiday_without_a_name_is_a_statutory_holiday():
    told = line("roll", lines(days(2, roll=Roll.HOLIDAY), "2026-04-29 09:00", Elsewhere(china())))
    assert "is a statutory holiday: moves on to 2026-05-06" in told.en
    assert "为法定休假日" in told.zh


@pytest.mark.parametrize(("zone", "end"), [(LONDON, "2026-03-03 09:00"), (NEW_YORK, "2026-03-03 04:00")])
def test_moments_are_told_in_local_time(zone, end):
    start = datetime.fromisoformat("2026-03-02T09:00+00:00")
    assert explained(Term(length=24, unit=Unit.HOUR), start, china(), zone)[1][-1].en == f"ends {end}"


@given(matters(), zones)
def test_what_is_explained_is_what_is_counted(matter, zone):
    term, start, calendar, pauses, added = matter
    due = due_after(term, start, calendar, zone, pauses=pauses, added=added)
    told, why = explained(term, start, calendar, zone, pauses=pauses, added=added)
    assert told == due
    assert [each.code == "provisional" for each in why].count(True) == due.provisional
    assert sum(each.code == "pause" for each in why) == len(pauses)


@given(matters(), zones)
def test_the_lines_account_for_every_day_from_the_first_to_the_last(matter, zone):
    term, start, calendar, pauses, added = matter
    total = term.length + added
    if term.unit in HOURLY or not total:
        return
    _, why = explained(term, start, calendar, zone, pauses=pauses, added=added)
    begun = line("start", why).day
    end = line("roll", why).en if any(each.code == "roll" for each in why) else line("end", why).en
    last = date.fromisoformat(re.findall(r"\d{4}-\d\d-\d\d", end)[0])
    assert begun
    first = begun if term.counts_start_day else begun + timedelta(days=1)

    passed = sum(len(span(each)) for each in why if each.code in ("holiday", "weekend"))
    still = [day for each in why if each.code == "pause" for day in span(each)]
    assert len(set(still)) == len(still)
    if term.unit in (Unit.MONTH, Unit.YEAR):
        reached = line("corresponding_day", why).day
        assert reached
        total = (reached - first).days + 1
    assert total + passed + sum(day <= last for day in still) == (last - first).days + 1


def span(told: Line) -> list[date]:
    """The days that a line speaks of; of a pause, those it held up."""
    text = told.en.partition("stood still")[2] if told.code == "pause" else told.en
    found = [date.fromisoformat(each) for each in re.findall(r"\d{4}-\d\d-\d\d", text)]
    return [found[0] + timedelta(days=n) for n in range((found[-1] - found[0]).days + 1)] if found else []
