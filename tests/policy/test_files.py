"""Policy files: read whole or told whole, every problem at once, whatever stands in them."""

# ruff: noqa: E501 - tables: one mistake a line, with what is told of it

from __future__ import annotations

import json
import tomllib
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.own_record import PROPOSAL
from govflow import DEFAULT_POLICY, Policy
from govflow.adoption import misfits
from govflow.calendars import china
from govflow.cases import CASE
from govflow.duties import DUTY
from govflow.errors import InputError, PolicyError
from govflow.interchange.policy_files import (
    LARGEST,
    example_text,
    load_calendar,
    load_policy,
    policy_as_text,
    policy_from,
    read_policy,
)
from govflow.organisation import DIRECTORY
from govflow.policy import TimeLimit, Unit

DATA = Path(__file__).parent.parent / "data" / "policies"
TOWN = tomllib.loads(example_text())
BARE = 'version = "1"\neffective_from = 2026-01-01\n'


def written(folder: Path, text: str | bytes, name: str = "p.toml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def told(folder: Path, text: str | bytes, name: str = "p.toml") -> list[str]:
    """What reading such a file tells, one line a problem."""
    with pytest.raises(PolicyError) as raised:
        load_policy(written(folder, text, name))
    assert raised.value.file.endswith(name)
    return [each.sentence() for each in raised.value.problems]


# --- what is right ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", [DEFAULT_POLICY, policy_from(TOWN).policy], ids=["default", "town"])
def test_what_is_written_out_is_read_back_the_same(tmp_path, policy):
    assert load_policy(written(tmp_path, policy_as_text(policy), "p.json")) == policy


LIMITS = st.builds(
    TimeLimit,
    id=st.from_regex(r"[a-z0-9.]{1,9}", fullmatch=True),
    clock=st.sampled_from(["handling", "contact"]),
    length=st.integers(0, 36_500),
    unit=st.sampled_from([Unit.DAY, Unit.WORKDAY, Unit.MONTH]),
    basis=st.text(min_size=1, max_size=9).filter(str.strip),
    own=st.booleans(),
    kinds=st.lists(st.text(max_size=5), max_size=2).map(tuple),
    warn_at=st.none() | st.sets(st.integers(1, 99), max_size=3).map(lambda shares: tuple(sorted(shares))),
)


@given(
    st.lists(LIMITS, max_size=4, unique_by=lambda limit: limit.id), st.text(max_size=20), st.sets(st.integers(1, 99))
)
def test_any_policy_comes_back_as_it_went_out(limits, title, shares):
    policy = Policy(
        version="1",
        effective_from=date(2026, 1, 1),
        title=title,
        time_limits=tuple(limits),
        warn_at=tuple(shares),
    )

    assert policy_from(json.loads(policy_as_text(policy))).policy == policy


def test_a_file_in_toml_and_in_json_means_the_same(tmp_path):
    as_json = json.dumps(TOWN, default=str)

    assert load_policy(written(tmp_path, as_json, "q.json")) == load_policy(written(tmp_path, example_text()))


def test_a_mark_of_byte_order_before_the_text_is_no_part_of_it(tmp_path):
    assert load_policy(written(tmp_path, b"\xef\xbb\xbf" + BARE.encode())).version == "1"


def test_a_calendar_that_ships_need_not_be_written_out(tmp_path):
    assert load_policy(written(tmp_path, BARE + 'calendar = "cn"\n')).calendars == (china(),)


# --- what is wrong ---------------------------------------------------------------------------------------------------

TEN = [
    ("time_zone", "time zone Asia/Qingxi is unknown here", "Asia/Shanghai"),
    ("time_limits[0] (handle).extention", "there is no such field", "expected extension"),
    ("time_limits[1] (accept).unit", '"weeks" does not fit', "'workday'"),
    ("time_limits[2] (assign).length", '"one" does not fit', "expected a whole number"),
    ("time_limits[3] (assign)", "time limit assign stands twice", "expected ids of their own"),
    ("time_limits[4] (feedback).clock", "there is no clock feed_back", "feedback"),
    ("reasons[0] (out_of_scope).zh", "missing", "expected a text"),
    ("categories[0] (noise).time_limit", "time limit noisy is not defined", "handle, accept, assign"),
    ("routing[1] (noise)", "it is never asked: all fits all its matters before", "the narrower rule first"),
    ("obligations[0] (course).at_least", "a year has 6 periods of this kind, not 7", "expected at most 6"),
]


def test_ten_mistakes_of_ten_sorts_are_told_at_once_each_with_its_field():
    found = read_policy(DATA / "ten-mistakes.toml")
    lines = [each.sentence() for each in [*found.problems, *misfits(found.parts, [CASE])]]

    assert found.policy is None
    assert len(lines) == 10
    for field, what, wanted in TEN:
        assert [line for line in lines if line.startswith(f"{field}: {what}") and wanted in line], field


def test_a_bad_entry_neither_hides_the_others_nor_makes_them_wrong(tmp_path):
    text = """
version = "1"
effective_from = 2026-01-01
time_limits = [{ id = "l", clock = "handling", length = -1, unit = "day", basis = "b" }, 7]
retention = [{ id = "kept", years = 0, basis = "b" }]
categories = [{ id = "c", en = "c", zh = "c", time_limit = "l", retention = "kept" }, { id = "d", en = "d" }]
escalations = [{ id = "e", clock = "handling", then = "raise", basis = "b" }]
"""
    assert told(tmp_path, text) == [
        "time_limits[0] (l).length: -1 does not fit; expected a whole number of at least 0",
        "time_limits[1]: 7 does not fit; expected a table with the fields of TimeLimit",
        "retention[0] (kept).years: 0 does not fit; expected a whole number of at least 1",
        "categories[1] (d).zh: missing; expected a text",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("version = 1", "version: 1 does not fit; expected a text"),
        ('effective_from = "soon"', 'effective_from: "soon" does not fit; expected a day such as 2026-01-01'),
        ("effective_from = 20260101", "effective_from: 20260101 does not fit; expected a day such as 2026-01-01"),
        ("open_catalogue = 1", "open_catalogue: 1 does not fit; expected true or false"),
        ("warn_at = [80, 120]", "warn_at: 120 % is no share of a limit at which to warn; expected percents above 0 and below 100"),
        ("warn_at = [true]", "warn_at[0]: true does not fit; expected a whole number"),
        ("warn_at = 80", "warn_at: 80 does not fit; expected a list"),
        ("id = '两个字'", 'id: "两个字" does not fit; expected a name of 1 to 64 characters: A-Z a-z 0-9 . _ : -'),
        ("colour = 5", "colour: there is no such field; expected "),
        ("categorys = []", "categorys: there is no such field; expected categories"),
        ("routing = 5", "routing: it is no list; expected a list of tables: [[routing]]"),
        ('time_zone = "Asia"', "time_zone: time zone Asia is unknown here"),
        ('calendar = "moon"', "calendar: calendar moon is not defined; expected cn"),
        ("[thresholds]\ncontact_atempts = 3", "thresholds.contact_atempts: there is no such field; expected contact_attempts"),
        ("[thresholds]\nrework_percent = 101", "thresholds.rework_percent: 101 does not fit; expected a whole number of at most 100"),
        ('[thresholds.basis]\nmood = "b"', "thresholds.basis: there is no figure mood"),
        ("[[categories]]\nid='c'\nen='c'\nzh='c'\nlead={moon='u'}", 'categories[0] (c).lead.moon: "moon" does not fit; expected one of'),
        ("[[calendars]]\nid='x'\nversion='1'\nfirst=2026-02-01\nlast=2026-01-01", "calendars[0] (x): the period begins on 2026-02-01"),
        ("[[calendars]]\nid='x'\nversion='1'\nfirst=2026-01-01\nlast=2026-12-31\nholidays=[{frist=2026-01-01, last=2026-01-01}]",
         "calendars[0] (x).holidays[0].frist: there is no such field; expected first"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_field_and_what_was_expected(tmp_path, text, line):
    given = "" if text.startswith("version") else 'version = "1"\n'
    given += "" if text.startswith("effective") else "effective_from = 2026-01-01\n"
    assert [each for each in told(tmp_path, given + text) if each.startswith(line)]


def test_every_problem_is_told_in_chinese_too():
    found = read_policy(DATA / "ten-mistakes.toml")

    lines = [each.sentence("zh-CN") for each in found.problems]

    assert "reasons[0] (out_of_scope).zh: 缺少；应为 文本" in lines
    assert "time_limits[0] (handle).extention: 没有这一字段；应为 extension" in lines
    assert "routing[1] (noise): all 已先覆盖其全部事项，本条不会适用；应为 范围窄的规则在前" in lines


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ('version = "1"\nid = "a', "p.toml", "line 2, column "),
        ("a = 1\na = 2", "p.toml", "line 2, column "),
        ("version =", "p.toml", "line 1, column "),
        ("{", "p.json", "line 1, column 2: not readable as JSON"),
        ("[1]", "p.json", "it is no table; expected the fields of a policy or calendar"),
        ('{"id": "a", "thresholds": {"basis": {}, "basis": {}}, "id": "b"}', "p.json", "id: it stands twice; expected once"),
        ('{"id": "a", "thresholds": {"basis": {}, "basis": {}}}', "p.json", "thresholds.basis: it stands twice; expected once"),
        ("标题".encode("gbk"), "p.toml", "line 1: not UTF-8; expected a file saved as UTF-8"),
        (b"#" * (LARGEST + 1), "p.toml", "the file is larger than 5 MB; expected a policy"),
        ("a" + ".a" * 50 + " = 1", "p.toml", "a.a.a: tables in tables without end"),
        ("[" * 100_000, "p.json", "a number too long or lists in lists without end"),
        ("9" * 5_000, "p.json", "a number too long or lists in lists without end"),
        ('{"id": "\\ud800", "title": NaN}', "p.json", ""),
    ],
    ids=["open text", "twice in TOML", "no value", "open JSON", "a list", "twice at the top and below", "twice below",
         "GBK", "too large", "too deep in TOML", "too deep in JSON", "a long number", "half a character"],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_line(tmp_path, text, name, line):
    assert [each for each in told(tmp_path, text, name) if each.startswith(line)]


@pytest.mark.parametrize("name", ["absent.toml", "folder.toml", "p.yaml", "nul\0.toml"])
def test_a_file_that_cannot_be_opened_is_no_policy_at_all(tmp_path, name):
    (tmp_path / "folder.toml").mkdir()

    with pytest.raises(InputError, match=r"expected .*(TOML|\.toml) or"):
        load_policy(tmp_path / name)


# --- what cannot hold together ---------------------------------------------------------------------------------------

LIMIT = {"id": "l", "clock": "handling", "length": 5, "unit": "day", "basis": "b"}
RULE = {"id": "r", "lead_unit": "u"}


def together(**parts: Any) -> list[str]:
    return [each.sentence() for each in policy_from({"version": "1", "effective_from": "2026-01-01", **parts}).problems]


CATEGORY = {"id": "c", "en": "c", "zh": "c"}
REVIEW = {"id": "s", "clock": "suspension_review", "length": 90, "unit": "day", "basis": "b"}
RAISE = {"id": "e", "clock": "handling", "then": "raise", "basis": "b"}
OWED = {"id": "d", "en": "d", "zh": "d", "basis": "b", "owners": ["u"]}


@pytest.mark.parametrize("share", [0, 100])
def test_a_warning_comes_after_the_start_and_before_the_end_of_a_limit(share):
    assert together(warn_at=[1, 99]) == []
    assert len(together(warn_at=[share])) == 1


def test_the_clock_of_a_limit_that_cannot_be_read_counts_as_given():
    limits = [LIMIT, LIMIT | {"id": "m", "clock": "contact", "length": "?"}]
    escalations = [{"id": "e", "clock": "contact", "then": "raise", "basis": "b"}]

    assert together(time_limits=limits, escalations=escalations) == [
        'time_limits[1] (m).length: "?" does not fit; expected a whole number'
    ]


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        (
            {"categories": [CATEGORY | {"lead": {"town": "u"}, "lead_units": ["v"]}]},
            "categories[0] (c).lead.town: u is no competent unit; expected v",
        ),
        (
            {"categories": [CATEGORY | {"lead": {"town": "u"}, "co_units": ["u"]}]},
            "categories[0] (c).co_units: u is the lead already; expected another unit",
        ),
        (
            {"categories": [CATEGORY | {"quorum": 2}]},
            "categories[0] (c).quorum: a quorum goes with the join rule quorum",
        ),
        (
            {"categories": [CATEGORY | {"time_limit": "l"}], "time_limits": [LIMIT | {"clock": "contact"}]},
            "categories[0] (c).time_limit: time limit l is for contact, not handling; expected a limit of clock handling",
        ),
        (
            {"categories": [CATEGORY], "routing": [RULE | {"categories": ["x"]}]},
            "routing[0] (r).categories: category x is not in the catalogue; expected c",
        ),
        (
            {"routing": [RULE | {"co_units": ["u"]}]},
            "routing[0] (r).co_units: u is the lead already; expected another unit",
        ),
        (
            {"time_limits": [LIMIT | {"calendar": "moon"}]},
            "time_limits[0] (l).calendar: calendar moon is not defined; expected cn",
        ),
        (
            {"time_limits": [LIMIT], "escalations": [{"id": "e", "clock": "contact", "then": "raise", "basis": "b"}]},
            "escalations[0] (e).clock: no time limit has the clock contact",
        ),
        (
            {"time_limits": [LIMIT], "escalations": [{"id": "e", "clock": "handling", "then": "resume", "basis": "b"}]},
            "escalations[0] (e).clock: only what is suspended can be resumed; expected suspension_review",
        ),
        (
            {"obligations": [OWED | {"every": "day", "weekday": 1}]},
            "obligations[0] (d): a weekday goes with every = week",
        ),
        (
            {"obligations": [OWED | {"every": "day", "owners": []}]},
            "obligations[0] (d): nobody owes it: name owners or a unit_kind",
        ),
        (
            {"obligations": [OWED | {"every": "day"}, OWED | {"every": "year"}]},
            "obligations[1] (d): obligation d stands twice; expected ids of their own",
        ),
        (
            {"categories": [CATEGORY | {"join": "quorum", "quorum": 3, "co_units": ["u", "v"]}]},
            "categories[0] (c).quorum: c needs a quorum of 3, but 2 co-units are named; expected a quorum of at most 2, or more units",
        ),
        (
            {
                "categories": [CATEGORY | {"join": "quorum", "quorum": 2}],
                "routing": [RULE | {"categories": ["c"], "co_units": ["v"]}],
            },
            "routing[0] (r).co_units: c needs a quorum of 2, but 1 co-units are named; expected a quorum of at most 1, or more units",
        ),
        (
            {"time_limits": [LIMIT], "escalations": [RAISE | {"levels": ["town", "district"]}]},
            "escalations[0] (e).levels: nothing is above the district: it cannot be raised from there; expected grid, community, town",
        ),
        (
            {"time_limits": [LIMIT | {"basis": " "}]},
            "time_limits[0] (l).basis: no source is named; expected the law or rule it comes from, or who set it",
        ),
        (
            {"obligations": [OWED | {"every": "day", "basis": ""}]},
            "obligations[0] (d).basis: no source is named; expected the law or rule it comes from, or who set it",
        ),
        ({"warn_at": [80, 90, 80]}, "warn_at: 80 % stands twice; expected each share once"),
        (
            {"time_limits": [LIMIT | {"warn_at": [50, 50]}]},
            "time_limits[0] (l).warn_at: a share stands twice",
        ),
        (
            {"time_limits": [REVIEW | {"length": 60}]},
            "time_limits[0] (s).length: 60 days beside thresholds.suspension_days = 90, which alone governs a suspension; expected 90 in both, or 60 in both",
        ),
        (
            {"time_limits": [LIMIT | {"warn_at": [0]}]},
            "time_limits[0] (l).warn_at: shares are percents above 0 and below 100",
        ),
    ],
)
def test_parts_that_contradict_each_other_are_told(parts, line):
    assert together(**parts) == [line]


def test_a_quorum_of_units_that_somebody_names_later_is_no_fault():
    assert (
        together(categories=[CATEGORY | {"join": "quorum", "quorum": 2}], routing=[RULE | {"categories": ["c"]}]) == []
    )


def test_what_was_adopted_before_these_rules_is_read_as_it_is():
    content = {
        "version": "1",
        "effective_from": "2026-01-01",
        "warn_at": [80, 80],
        "time_limits": [LIMIT | {"basis": ""}, REVIEW | {"length": 7}],
        "escalations": [RAISE | {"levels": ["district"]}],
        "categories": [CATEGORY | {"join": "quorum", "quorum": 3, "co_units": ["u"]}],
    }

    assert Policy.stored(content).warn_at == (80, 80)
    with pytest.raises(ValueError, match="no source is named"):
        Policy.model_validate(content)


def misfitting(**parts: Any) -> list[str]:
    policy = Policy.model_validate({"version": "1", "effective_from": "2026-01-01", **parts})
    return [each.sentence() for each in misfits(policy, [CASE, DIRECTORY, DUTY])]


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        ({"routing": [RULE | {"severities": ["hihg"]}]}, "routing[0] (r).severities: there is no severity hihg; expected low, normal, high"),
        ({"routing": [RULE | {"kinds": ["peition"]}]}, "routing[0] (r).kinds: there is no case kind peition; expected grid, hotline, petition"),
        ({"time_limits": [LIMIT | {"kinds": ["moon"]}]}, "time_limits[0] (l).kinds: there is no case kind moon"),
        ({"time_limits": [LIMIT], "escalations": [RAISE | {"kinds": ["moon"]}]}, "escalations[0] (e).kinds: there is no case kind moon"),
        (
            {"time_limits": [LIMIT | {"starts_on": ["case.close"]}]},
            "time_limits[0] (l).starts_on: case.close never starts the clock handling; expected case.accept, ",
        ),
        (
            {"time_limits": [LIMIT | {"clock": "evaluation"}], "escalations": [RAISE | {"clock": "evaluation"}]},
            "escalations[0] (e).clock: evaluation is no deadline: it is never overdue",
        ),
    ],
)  # fmt: skip
def test_what_no_case_that_is_served_can_have_or_do_is_told(parts, line):
    found = misfitting(**parts)

    assert len(found) == 1
    assert found[0].startswith(line)


def test_kinds_that_only_mark_a_limit_are_allowed_by_name():
    assert (
        misfitting(time_limits=[LIMIT | {"kinds": ["tier", "petition_forwarded", "reconsideration", "hotline"]}]) == []
    )


def test_a_kind_of_record_of_ones_own_may_have_kinds_of_its_own():
    policy = Policy.model_validate(
        {"version": "1", "effective_from": "2026-01-01", "routing": [RULE | {"kinds": ["licence"]}]}
    )

    assert misfits(policy, [CASE, PROPOSAL]) == []
    assert len(misfits(policy, [CASE])) == 1


def test_a_limit_with_a_calendar_that_ships_needs_no_other_calendar():
    read = policy_from({"version": "1", "effective_from": "2026-01-01", "time_limits": [LIMIT | {"calendar": "cn"}]})

    assert read.problems == ()
    assert read.policy is not None
    assert read.policy.calendars == (china(),)
    assert read.policy == Policy.model_validate(
        {"version": "1", "effective_from": "2026-01-01", "time_limits": [LIMIT | {"calendar": "cn"}]}
    )


@pytest.mark.parametrize("switch", [{"roll": "holiday"}, {"counts_start_day": True}, {"ends_at_close": True}])
def test_hours_are_not_counted_like_days(switch):
    name = next(iter(switch))

    assert together(time_limits=[LIMIT | switch]) == []
    assert together(time_limits=[LIMIT | switch | {"unit": "office_hour"}]) == [
        f"time_limits[0] (l).{name}: it does not go with a limit in office_hours; expected a limit in days, months or years"
    ]


@given(st.fixed_dictionaries({}, optional={
    "unit": st.sampled_from([each.value for each in Unit]), "roll": st.sampled_from(["none", "holiday", "rest_day"]),
    "counts_start_day": st.booleans(), "ends_at_close": st.booleans(), "starts_in_office": st.booleans(),
}))  # fmt: skip
def test_every_limit_that_is_accepted_can_be_counted(switches):
    policy = policy_from({"version": "1", "effective_from": "2026-01-01", "time_limits": [LIMIT | switches]}).policy

    assert policy is None or policy.time_limits[0].term.length == 5


CONDITIONS = st.fixed_dictionaries({
    "kinds": st.lists(st.sampled_from(["petition", "hotline"]), max_size=2, unique=True),
    "levels": st.lists(st.sampled_from(["town", "district"]), max_size=2, unique=True),
    "areas": st.lists(st.sampled_from(["a", "a/b", "a/b/c", "ab"]), max_size=2, unique=True),
})  # fmt: skip


@given(st.lists(CONDITIONS, min_size=2, max_size=4))
def test_a_rule_said_to_be_never_asked_is_never_the_one_that_fits(conditions):
    rules = [RULE | each | {"id": f"r{place}"} for place, each in enumerate(conditions)]
    found = policy_from({"version": "1", "effective_from": "2026-01-01", "routing": rules})
    silent = {int(each.field.split("[")[1].split("]")[0]) for each in found.problems if "never asked" in each.what}

    for kind in ("petition", "hotline", "grid"):
        for level in ("town", "district", "grid"):
            for area in ("a", "a/b", "a/b/c", "a/b/c/d", "ab", "ab/c", "z"):
                fits = [
                    place
                    for place, rule in enumerate(found.parts.routing)
                    if (not rule.kinds or kind in rule.kinds)
                    and (not rule.levels or level in rule.levels)
                    and (not rule.areas or any((area + "/").startswith(each + "/") for each in rule.areas))
                ]
                assert not fits or fits[0] not in silent


# --- whatever stands there -------------------------------------------------------------------------------------------

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(below for name, each in inner for below in places(each, (*path, name)))]


FULL = json.loads(policy_as_text(policy_from(TOWN).policy))  # type: ignore[arg-type]
PLACES = places(FULL)[1:]


@given(st.sampled_from(PLACES), JUNK)
def test_junk_in_any_one_place_is_a_policy_or_a_list_of_problems_and_nothing_else(path, junk):
    document = deepcopy(FULL)
    holder: Any = document
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = junk

    found = policy_from(document)

    assert (found.policy is None) == bool(found.problems)
    for each in found.problems:
        assert each.sentence()
        assert each.sentence("zh-CN").isprintable()
        assert each.field.split("[")[0].split(".")[0] in (*Policy.model_fields, "")
    misfits(found.parts, [CASE])


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode), st.sampled_from(["p.toml", "p.json"]))
def test_any_bytes_are_a_policy_or_a_list_of_problems(tmp_path_factory, raw, name):
    path = written(tmp_path_factory.getbasetemp(), raw, name)

    with pytest.raises(PolicyError) as raised:
        load_policy(path)
    assert raised.value.problems


# --- calendars -------------------------------------------------------------------------------------------------------


def test_a_work_calendar_is_read_from_a_file_of_its_own(tmp_path):
    path = written(tmp_path, china().model_dump_json(), "cn.json")

    assert load_calendar(path) == china()


def test_a_calendar_tells_every_problem_in_both_languages(tmp_path):
    text = """
id = "uk"
version = "1"
first = 2017-01-01
last = 2017-12-31
weekend = [6, 7, 9]
workdays = [2017-05-29, 2018-01-06]
holidays = [{ first = 2017-05-29, last = 2017-05-29, en = "Spring bank holiday" }]
"""
    with pytest.raises(PolicyError) as raised:
        load_calendar(written(tmp_path, text))

    assert [each.sentence() for each in raised.value.problems] == [
        "weekend 9: no ISO weekday, which are 1 (Monday) to 7 (Sunday)",
        "2017-05-29 is both a holiday and a make-up workday",
        "make-up workday 2018-01-06 lies outside the period 2017-01-01 to 2017-12-31",
    ]
    assert raised.value.problems[1].sentence("zh-CN") == "2017-05-29 既是假日又是调休上班日"
    with pytest.raises(PolicyError, match="it stands twice"):
        load_calendar(written(tmp_path, '{"id": "a", "id": "b"}', "c.json"))
    with pytest.raises(PolicyError, match="not readable"):
        load_calendar(written(tmp_path, "{", "c.json"))


def test_what_each_check_says_stands_in_the_table_of_chinese_words(tmp_path):
    text = json.dumps(
        {
            "id": "x",
            "version": "1",
            "first": "2026-03-01",
            "last": "2026-03-31",
            "weekend": [6, 7],
            "every_year": ["13-40"],
            "workdays": ["2026-03-02", "2026-03-07", "2026-03-07"],
            "holidays": [
                {"first": "2026-03-09", "last": "2026-03-08", "zh": "甲"},
                {"first": "2026-02-09", "last": "2026-02-10", "zh": "乙"},
                {"first": "2026-03-10", "last": "2026-03-11", "zh": "丙"},
                {"first": "2026-03-11", "last": "2026-03-12", "zh": "丁"},
            ],
            "hours": [{"opens": "12:00:00", "closes": "09:00:00"}, {"opens": "08:00:00", "closes": "10:00:00"}],
        }
    )
    with pytest.raises(PolicyError) as raised:
        load_calendar(written(tmp_path, text, "x.json"))

    assert len(raised.value.problems) >= 8
    for each in raised.value.problems:
        assert each.what.zh != str(each.what), each.what
