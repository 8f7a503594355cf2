"""`govflow due`: golden dates, other calendars, why, and what cannot be counted."""

from __future__ import annotations

import json

import pytest
from rich.cells import cell_len

UK = """
id = "uk"
version = "2017"
first = 2017-01-01
last = 2017-12-31
basis = "Banking and Financial Dealings Act 1971"

[[holidays]]
first = 2017-05-29
last = 2017-05-29
en = "Spring bank holiday"
"""


def due(govflow, start, length, unit, *options):
    return govflow("due", "--start", start, "--length", length, "--unit", unit, *options)


# FACTS: 国办发明电〔2025〕7号 for China; the ICO's worked example (20 working days over the bank holiday) for the UK
@pytest.mark.parametrize(
    ("start", "length", "unit", "options", "day"),
    [
        ("2026-02-13", 5, "workdays", ("--calendar", "cn"), "2026-02-27"),
        ("2026-09-28", 5, "workdays", (), "2026-10-10"),
        ("2026-04-29", 5, "workdays", (), "2026-05-09"),
        ("2026-03-02", 60, "days", ("--roll", "holiday"), "2026-05-06"),
        ("2026-03-02", 60, "days", ("--roll", "rest-day"), "2026-05-06"),
        ("2026-03-02", 60, "days", (), "2026-05-01"),
        ("2026-03-02", 60, "days", ("--start-day-counts",), "2026-04-30"),
        ("2026-01-31", 1, "month", (), "2026-02-28"),
        ("2026-01-31", 1, "years", (), "2027-01-31"),
        ("2026-03-02", 10, "days", ("--pause", "2026-03-04..2026-03-06"), "2026-03-14"),
        ("2026-03-02", 10, "days", ("--pause", "2026-03-04..2026-03-06", "--pause", "2026-03-09T10:00..2026-03-10"),
         "2026-03-15"),
        ("2026-02-13T23:30:00-05:00", 1, "day", (), "2026-02-15"),
        ("2026-02-13T23:30:00-05:00", 1, "day", ("--zone", "America/New_York"), "2026-02-14"),
    ],
)  # fmt: skip
def test_the_day_it_ends_is_one_line(govflow, start, length, unit, options, day):
    ran = due(govflow, start, length, unit, *options)

    assert (ran.status, ran.out, ran.err) == (0, f"{day}\n", "")


@pytest.mark.parametrize("unit", ["workday", "workdays", "Working days", "working-day", "工作日", "个工作日"])
def test_a_unit_is_known_in_singular_and_plural_and_in_chinese(govflow, unit):
    assert due(govflow, "2026-02-13", 5, unit).out == "2026-02-27\n"


@pytest.mark.parametrize(
    ("start", "length", "unit", "options", "moment"),
    [
        ("2026-02-13T09:30", 26, "hours", (), "2026-02-14T11:30+08:00"),
        ("2026-02-13T09:30:15", 1, "hour", ("--zone", "UTC"), "2026-02-13T10:30:15+00:00"),
        ("2026-02-13T16:00", 2, "office hours", (), "2026-02-14T10:00+08:00"),
        ("2026-02-13T19:00", 2, "hours", ("--from-office",), "2026-02-14T11:00+08:00"),
        ("2026-02-13", 5, "workdays", ("--close",), "2026-02-27T17:00+08:00"),
    ],
)
def test_what_ends_within_a_day_is_told_as_a_moment(govflow, start, length, unit, options, moment):
    assert due(govflow, start, length, unit, *options).out == f"{moment}\n"


def test_explain_says_each_line_of_how_it_came_about_in_both_languages(govflow):
    english = due(govflow, "2026-02-13", 5, "workdays", "--explain")
    chinese = due(govflow, "2026-02-13", 5, "workdays", "--explain", "--lang", "zh-CN")

    assert [line.rstrip() for line in english.out.splitlines()] == [
        "2026-02-27",
        "  · starts 2026-02-13 00:00; the starting day does not count (民法典 §201)",
        "  · 5 working days",
        "  · Saturday 2026-02-14 is a make-up workday: counts",
        "  · Spring Festival, 2026-02-15 to 2026-02-23: does not count",
        "  · working day 5 of 5 is 2026-02-27",
        "  · ends 2026-02-27 24:00",
    ]
    assert "  · 春节，2026-02-15 至 2026-02-23：不计入" in chinese.out
    assert max(cell_len(line) for line in (english.out + chinese.out).splitlines()) <= 80


def test_on_a_narrow_terminal_nothing_of_an_explanation_is_cut(govflow, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")

    for lang in ("en", "zh-CN"):
        ran = due(govflow, "2026-12-30", 5, "workdays", "--explain", "--lang", lang)
        lines = json.loads(due(govflow, "2026-12-30", 5, "workdays", "--explain", "--json").out)["lines"]
        assert max(cell_len(line) for line in ran.out.splitlines()) <= 30
        flat = "".join(ran.out.split())
        assert all("".join(line["en" if lang == "en" else "zh"].split()) in flat for line in lines)


def test_as_json_it_is_one_document(govflow):
    plain = json.loads(due(govflow, "2026-02-13", 5, "workdays", "--calendar", "cn", "--json").out)
    explained = json.loads(due(govflow, "2026-02-13", 5, "workdays", "--json", "--explain").out)

    assert plain == {
        "due": "2026-02-27",
        "instant": "2026-02-27T16:00:00Z",
        "provisional": False,
        "calendar": "cn@2026.1",
    }
    assert [line["code"] for line in explained["lines"]] == [
        "start", "length", "makeup_workday", "holiday", "last_day", "end",
    ]  # fmt: skip
    assert {*explained["lines"][3]} == {"code", "en", "zh", "day"}


def test_a_provisional_date_is_marked_and_says_why(govflow):
    ran = due(govflow, "2026-12-30", 5, "workdays")
    told = json.loads(due(govflow, "2026-12-30", 5, "workdays", "--json").out)

    day, *why = ran.out.splitlines()
    assert day == "2027-01-07 ?"
    assert " ".join(" ".join(why).split()) == (
        "? 2027-01-01 lies outside what the calendar cn@2026.1 covers: the date is provisional"
    )
    assert (told["due"], told["provisional"]) == ("2027-01-07", True)


def test_bare_weekdays_are_always_provisional(govflow):
    assert due(govflow, "2026-02-13", 5, "workdays", "--calendar", "weekdays").out.startswith("2026-02-20 ?\n")
    assert due(govflow, "2026-02-13", 5, "days", "--calendar", "weekdays").out == "2026-02-18\n"


def test_a_calendar_of_ones_own_is_read_from_toml_and_json(govflow, tmp_path):
    (tmp_path / "uk.toml").write_text(UK)
    holiday = {"first": "2017-05-29", "last": "2017-05-29"}
    as_json = {"id": "uk", "version": "1", "first": "2017-01-01", "last": "2017-12-31", "holidays": [holiday]}
    (tmp_path / "uk.json").write_text(json.dumps(as_json))

    for name in ("uk.toml", "uk.json"):
        options = ("--zone", "Europe/London", "--calendar", tmp_path / name)
        assert due(govflow, "2017-05-18", 20, "workdays", *options).out == "2017-06-16\n"
    assert "Spring bank holiday" in due(govflow, "2017-05-18", 20, "workdays", *options[:3],
                                        tmp_path / "uk.toml", "--explain").out  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("bad.toml", "id = ", "bad.toml: line 1, column 1: not readable as TOML"),
        ("bad.json", "{", "bad.json: line 1, column 2: not readable as JSON"),
        ("bad.json", "[" * 100_000, "bad.json: a number too long or lists in lists without end"),
        ("bad.json", "[]", "bad.json: it is no table; expected the fields of a policy or calendar"),
        ("bad.json", " " * 5_000_001, "bad.json: the file is larger than 5 MB"),
        (
            "bad.json",
            '{"id": "x", "version": "1", "first": 0, "last": "2026-01-01"}',
            "bad.json: first: 0 does not fit",
        ),
        ("bad.toml", 'id = "x"\nversion = "1"\nfirst = 2026-01-01', "bad.toml: last: "),
        ("bad.toml", 'id = "x"\nversion = "1"\nfirst = 2026-02-01\nlast = 2026-01-01', "begins on 2026-02-01, after"),
        ("bad.toml", UK.replace("[[holidays]]", "[[holiday]]"), "bad.toml: holiday"),
    ],
)
def test_a_faulty_calendar_is_one_line_with_its_place(govflow, tmp_path, name, text, said):
    (tmp_path / name).write_text(text)

    ran = due(govflow, "2026-02-13", 5, "workdays", "--calendar", tmp_path / name)

    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert said in ran.err


@pytest.mark.parametrize(
    ("start", "length", "unit", "options", "said"),
    [
        ("2026-02-30", 5, "days", (), "--start: 2026-02-30 is neither a date nor a moment"),
        ("soon", 5, "days", (), "--start: soon is neither a date nor a moment"),
        ("0001-01-01T00:00+05:00", 5, "days", (), "--start: 0001-01-01T00:00+05:00 is neither a date"),
        ("2026-02-13", 5, "fortnights", (), "--unit: fortnights is not a unit of time; expected workdays"),
        ("2026-02-13", 5, "hours", ("--close", "--roll", "holiday"), "--roll, --close: for days, working days"),
        ("2026-02-13", 5, "days", ("--roll", "on"), "--roll: on is no way to move on; expected none, holiday, rest"),
        ("2026-02-13", 5, "days", ("--zone", "Moon"), "--zone: Moon is no time zone known here"),
        ("2026-02-13", 5, "days", ("--zone", "Asia"), "--zone: Asia is no time zone known here"),
        ("2026-02-13", 5, "days", ("--zone", "../x"), "--zone: ../x is no time zone known here"),
        ("2026-02-13", 5, "days", ("--pause", "2026-02-14"), "--pause: 2026-02-14 is not a time from one moment"),
        ("2026-02-13", 5, "days", ("--pause", "2026-02-15..2026-02-14"), "is not a time from one moment to a later"),
        ("2026-02-13", 5, "days", ("--pause", "2026-02-15..x"), "--pause: x is neither a date nor a moment"),
        ("2026-02-13", 5, "days", ("--added", "-6"), "--added: -6 is no length; expected 0 … 36500"),
        ("2026-02-13", 5, "days", ("--added", "-2"), "--added: -2 is no length; expected 0 … 36500"),
        ("9999-12-30", 5, "days", (), "--length: it leads out of the years that can be counted"),
        ("9999-12-31T23:00-05:00", 5, "hours", (), "--start: 9999-12-31T23:00-05:00 is neither"),
        ("2026-02-13", 5, "days", ("--calendar", "mars"), "--calendar: mars is neither a calendar that ships nor a"),
        ("2026-02-13", 5, "days", ("--calendar", "none.toml"), "--calendar: there is no file none.toml"),
    ],
)
def test_what_cannot_be_counted_is_one_line_and_status_2(govflow, start, length, unit, options, said):
    ran = due(govflow, start, length, unit, *options)

    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert said in ran.err


def test_a_length_that_no_policy_may_have_is_refused(govflow):
    for length in (-1, 36_501):
        ran = due(govflow, "2026-02-13", length, "days")
        assert (ran.status, ran.out) == (2, "")
        assert ran.err == f"govflow: --length: {length} is no length; expected 0 … 36500\n"
    assert due(govflow, "2026-02-13", "five", "days").status == 2


def test_errors_are_told_in_chinese_too(govflow):
    assert "--unit: fortnights 不是时间单位" in due(govflow, "2026-02-13", 5, "fortnights", "--lang", "zh-CN").err
