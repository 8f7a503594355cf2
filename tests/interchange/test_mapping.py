"""Mappings: what a good one says, and that a bad one is told everything that is wrong with it at once."""

import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import govflow.interchange
from govflow.errors import InputError
from govflow.interchange.mapping import (
    Mapping,
    MappingError,
    load_mapping,
    shipped_mapping,
    shipped_mappings,
    status_word,
)

GOOD = """
source = "town"
time_zone = "Asia/Shanghai"
date_formats = ["%Y/%m/%d %H:%M", "%Y年%m月%d日"]
empty_values = ["", "N/A", "无"]
default_channel = "12345 热线"

[columns]
external_id = "编号"
opened_at = "受理时间"
closed_at = "办结时间"
status = "状态"

[statuses]
"待受理" = "received"
"办理中" = "assigned"
"已办结" = "closed"
"""


@pytest.fixture
def load(tmp_path):
    def load_text(content: str | bytes) -> Mapping:
        path = tmp_path / "town.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_mapping(path)

    return load_text


def problems(load, content: str | bytes) -> list[str]:
    with pytest.raises(MappingError) as caught:
        load(content)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return [problem.split("town.toml: ", 1)[1] for problem in caught.value.problems]


def test_a_mapping_in_chinese_loads(load):
    mapping = load(GOOD)
    assert mapping.columns.opened_at == "受理时间"
    assert mapping.columns.latitude is None
    assert mapping.statuses == {"待受理": "received", "办理中": "assigned", "已办结": "closed"}
    assert mapping.default_channel == "12345 热线"


def test_a_mapping_does_not_change(load):
    with pytest.raises(ValidationError, match="frozen"):
        load(GOOD).source = "village"


def test_everything_that_is_wrong_is_told_at_once_with_file_field_and_what_was_expected(load):
    found = problems(
        load,
        """
        source = "Boston 311"
        time_zone = "Mars/Olympus"
        date_formats = ["%Y-%m-%d", "%d.%m", "%Q", "%Y-%m-%d %H:%M %Z", "%Y-%m-%d %I:%M"]
        empty_values = "N/A"
        comment = "x"

        [columns]
        external_id = " "
        opened_at = 7
        due = "target_dt"

        [statuses]
        Open = "open"
        """,
    )
    assert found == [
        "source: found 'Boston 311'; expected a name of the source: 1 to 20 of a-z 0-9 _ -, "
        "starting with a letter or digit",
        "time_zone: 'Mars/Olympus' is not a known time zone; expected an IANA time zone such as America/New_York or "
        "Asia/Shanghai",
        "date_formats: '%d.%m' leaves out the day, the month or the year; "
        "'%Q' is not a date format ('Q' is a bad directive in format '%Q'); "
        "'%Y-%m-%d %H:%M %Z' uses %Z: names of zones mean different offsets in different places; use %z or time_zone; "
        "'%Y-%m-%d %I:%M' has %I without %p: morning and afternoon look the same; "
        'expected a list of date formats such as ["%Y-%m-%d %H:%M:%S"]',
        "columns.external_id: found ' '; expected the column with the other system's id of the request",
        "columns.opened_at: found 7; expected the column with the time of reporting (受理时间)",
        "columns.status: missing; expected the column with the status word",
        "columns.due: unknown key; expected one of external_id, opened_at, status, target_at, closed_at, department, "
        "category, title, place, area, channel, closure_text, latitude, longitude",
        "statuses.Open: found 'open'; expected a table [statuses] of status words, each = received, assigned or closed",
        'empty_values: found \'N/A\'; expected a list of values that mean empty, such as ["", "N/A"]',
        "comment: unknown key; expected one of source, time_zone, date_formats, columns, statuses, empty_values, "
        "default_channel",
    ]


def test_an_empty_mapping_is_told_what_it_needs(load):
    assert [problem.split(";")[0] for problem in problems(load, "")] == [
        "source: missing",
        "time_zone: missing",
        "date_formats: missing",
        "columns: missing",
        "statuses: missing",
    ]


def test_a_word_for_closed_needs_a_closing_date(load):
    (problem,) = problems(load, GOOD.replace('closed_at = "办结时间"', ""))
    assert problem.startswith("statuses: a word means closed, but [columns] names no closed_at; expected")


def test_one_word_may_not_mean_two_things_in_another_case(load):
    (problem,) = problems(load, GOOD + '"Open" = "received"\n" OPEN " = "assigned"\n')
    assert problem.startswith("statuses: the same word twice: 'open'; expected")
    assert status_word(" OPEN ") == status_word("Open")


@pytest.mark.parametrize("zone", ["", "/etc/passwd", "../zone", "America", "EST5EDT\0", "Z" * 500])
def test_a_time_zone_must_be_a_known_one(load, zone):
    (problem,) = problems(load, GOOD.replace('"Asia/Shanghai"', f'"{zone}"'.replace("\0", "\\u0000")))
    assert problem.startswith("time_zone: ")


@pytest.mark.parametrize("form", ["%d/%m/%y", "%Y-%m-%dT%H:%M:%S.%f%z", "%m/%d/%Y %I:%M:%S %p", "%Y-%j", "%x %%Z"])
def test_any_format_that_keeps_the_day_may_be_listed(load, form):
    assert load(GOOD.replace("%Y年%m月%d日", form)).date_formats[1] == form


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"source = ", "not readable as TOML"),
        (b"x = 1\nsource = '\xb5\xc8'", "line 2: byte 16 is not UTF-8"),
        (b"a = " + b"[" * 100_000, "not readable as TOML"),
        (b"[columns]\n[columns]", "not readable as TOML"),
    ],
)
def test_what_is_not_toml_is_one_problem(load, content, what):
    (problem,) = problems(load, content)
    assert problem.startswith(what)


def test_what_is_no_file_is_one_problem(tmp_path):
    for path in (tmp_path / "nowhere.toml", tmp_path, tmp_path / "a\0b"):
        with pytest.raises(MappingError, match="cannot be read"):
            load_mapping(path)


@given(st.binary(max_size=200) | st.text('sourcetime_zn=[]"%Y{}.\n ', max_size=60).map(str.encode))
def test_noise_raises_nothing_but_a_mapping_error(tmp_path_factory, noise):
    path = tmp_path_factory.getbasetemp() / "noise.toml"
    path.write_bytes(noise)
    with pytest.raises(MappingError):
        load_mapping(path)


scalars = st.text(max_size=8) | st.integers() | st.floats() | st.booleans() | st.datetimes()
values = st.recursive(scalars, lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=8), some))


@given(st.dictionaries(st.sampled_from([*Mapping.model_fields, "x"]), values))
def test_toml_values_of_any_kind_are_problems_not_crashes(document):
    with suppress(ValidationError):
        Mapping.model_validate(document)


def test_the_mapping_for_boston_ships_and_is_itself_such_a_file():
    path = Path(govflow.interchange.__file__).parent / "mappings" / "boston311.toml"
    assert shipped_mappings() == ("boston311",)
    assert shipped_mapping("boston311") == load_mapping(path)
    assert shipped_mapping("boston311").model_dump(exclude_defaults=True) == {
        **tomllib.loads(path.read_text(encoding="utf-8")),
        "date_formats": ("%Y-%m-%d %H:%M:%S",),
        "empty_values": ("", " "),
    }


def test_an_unknown_shipped_mapping_is_named_with_the_known_ones():
    with pytest.raises(InputError, match="no mapping is called 'atlantis'; expected one of boston311"):
        shipped_mapping("atlantis")
