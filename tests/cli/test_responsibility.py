"""`govflow responsibility`: whose hands records were in, as a table and as JSON."""

from __future__ import annotations

import json

import pytest

from govflow.calendars import china
from govflow.cases.commands import EscalateInHandling
from tests.support import a_case, a_town, lead


@pytest.fixture
def db(tmp_path):
    town = a_town(tmp_path / "town.db")
    a_case(town, "in_handling", id="x")
    town.clock.advance(days=1)
    town.do(EscalateInHandling(id="x", by=lead, to_level="town", reason="hard"))
    town.engine.close()
    return tmp_path / "town.db"


def test_the_program_tells_it_in_both_languages_and_as_json(govflow, db):
    english, chinese = (
        govflow("responsibility", "x", "--db", db, "--to", "2026-03-04", "--lang", each) for each in ("en", "zh-CN")
    )
    found = json.loads(govflow("responsibility", "x", "--db", db, "--to", "2026-03-04", "--json").out)

    assert (english.status, english.err, chinese.err) == (0, "", "")
    assert "water" in english.out
    assert "(派单中心)" in chinese.out
    stays = found["records"][0]["stays"]
    assert [(each["unit"] or each["role"], each["level"]) for each in stays] == [
        ("water", "community"),
        ("dispatcher", "town"),
    ]
    assert [each["worked_us"] for each in stays] == [7 * 3_600_000_000, 14 * 3_600_000_000]
    assert sum(each["worked_us"] for each in found["units"]) == found["total"]["worked_us"]
    assert {each["calendar"] for each in stays} == {china().key}


def test_over_all_records_it_tells_units_and_levels(govflow, db):
    ran = govflow("responsibility", "--db", db, "--from", "2026-03-03", "--to", "2026-03-04")

    assert ran.status == 0
    assert "Per unit" in ran.out
    assert "Per level" in ran.out
    assert "Per unit" not in govflow("responsibility", "--db", db, "--kind", "proposal").out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_a_record_of_another_kind_is_neither_listed_nor_summed(govflow, db):
    found = json.loads(govflow("responsibility", "x", "--kind", "proposal", "--db", db, "--json").out)

    assert (found["records"], found["total"]["records"]) == ([], 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to", "9999-12-31"), "9999-12-31"),
        (("--from", "0001-01-01"), "0001-01-01"),
        (("nope",), "there is no record nope"),
        (("--from", "tomorrow"), "tomorrow"),
        (("--kind", "tree"), "tree"),
        (("--from", "2026-03-03", "--to", "2026-03-02"), "the period ends before it begins"),
    ],
)
def test_what_cannot_be_told_is_one_message(govflow, db, arguments, said):
    ran = govflow("responsibility", *arguments, "--db", db)

    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
