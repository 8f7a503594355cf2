"""`govflow privacy`, and what every view says of somebody whose data is restricted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.subjects.office import a_log, archived, destroyed, quarrel, told

AS = ("--as", "archive-1", "--role", "archivist")
WHY = ("--basis", "PIPL 47", "--authority", "district archive")


@pytest.fixture
def db(tmp_path: Path) -> str:
    town = a_log(tmp_path / "log.db")
    told(town)
    quarrel(town)
    town.engine.close()
    return str(tmp_path / "log.db")


def test_who_there_is_who_read_what_and_everything_about_one(govflow: Callable[..., Any], db: str):
    opened = govflow(
        "privacy", "open", "c", "reporter_name", "--why", "to call back", "--db", db,
        "--as", "desk-1", "--role", "acceptance_desk",
    )  # fmt: skip
    assert (opened.status, opened.out.strip()) == (0, "Wang Canary")
    listed = {each["subject"]: each for each in json.loads(govflow("privacy", "subjects", "--db", db, "--json").out)}
    assert listed["s-1"] == {"subject": "s-1", "status": "known", "records": 1, "reads": 1, "holds": 0}
    assert "在册" in govflow("privacy", "subjects", "--db", db, "--lang", "zh-CN").out
    (reading,) = json.loads(govflow("privacy", "reads", "s-1", "--db", db, "--json").out)
    assert (reading["by"], reading["why"], reading["field"]) == ("desk-1", "to call back", "reporter_name")
    assert "to call back" in govflow("privacy", "reads", "s-1", "--db", db).out
    shown = json.loads(govflow("privacy", "show", "s-1", "--basis", "PIPL 45", "--db", db, *AS, "--json").out)
    assert "Wang Canary" in [each["text"] for each in shown["values"]]
    told = govflow("privacy", "show", "s-1", "--basis", "PIPL 45", "--db", db, *AS).out
    assert "Wang Canary" in told
    assert "to call back" in told
    assert govflow("privacy", "reads", "s-9", "--db", db).status == 2
    assert govflow("privacy", "reads", "s-1", "--db", db, "--as", "x", "--role", "dispatcher").status == 2


def shown(govflow: Callable[..., Any], db: str, *more: str) -> str:
    """What `govflow show` tells of the case, whatever its lines are broken at."""
    return " ".join(govflow("show", "c", "--db", db, *more).out.split())


def test_every_view_says_restricted_in_the_place_of_what_was_protected(govflow: Callable[..., Any], db: str):
    before = shown(govflow, db)
    assert "description (protected)" in before
    assert govflow("privacy", "restrict", "s-1", *WHY, "--db", db, *AS).status == 0
    assert "description (restricted)" in shown(govflow, db)
    assert "description （受限）" in shown(govflow, db, "--lang", "zh-CN")
    for view in (("show", "c"), ("list",), ("timeline", "c"), ("replay", "c", "--version", "1")):
        seen = govflow(*view, "--db", db, "--json").out
        assert '"restricted": true' in seen or '"restricted":true' in seen, view
        assert "ciphertext" not in seen, view
    refused = govflow(
        "privacy", "open", "c", "reporter_name", "--why", "x", "--db", db, "--as", "d", "--role", "acceptance_desk"
    )
    assert refused.status == 1
    assert "person_is_not_restricted" in refused.err
    assert govflow("privacy", "lift", "s-1", *WHY, "--db", db, *AS).status == 0
    assert "description (protected)" in shown(govflow, db)


def test_a_hold_blocks_erasing_until_it_is_released(govflow: Callable[..., Any], db: str):
    held = govflow("privacy", "hold", "s-1", "--reason", "a suit", "--authority", "court", "--db", db, *AS)
    assert "hold h1 (court): a suit" in held.out
    refused = govflow("privacy", "erase", "s-1", *WHY, "--db", db, *AS)
    assert refused.status == 1
    assert "no_hold_stands" in refused.err
    assert govflow("privacy", "release", "s-1", "h1", "--reason", "over", "--db", db, *AS).status == 0
    done = govflow("privacy", "erase", "s-1", *WHY, "--requested-on", "2026-03-01", "--db", db, *AS, "--json")
    assert json.loads(done.out)["status"] == "erased"
    assert govflow("privacy", "erase", "s-9", *WHY, "--db", db, *AS).status == 2
    assert govflow("privacy", "erase", "s-1", *WHY, "--requested-on", "soon", "--db", db, *AS).status == 2


def test_texts_of_others_are_replaced_or_dropped_by_their_place(govflow: Callable[..., Any], db: str):
    refused = govflow("privacy", "erase", "s-chen", *WHY, "--db", db, *AS)
    assert "c#2.gist of s-1: replace or drop it" in refused.err
    assert govflow("privacy", "erase", "s-chen", *WHY, "--replace", "c#2.gist", "--db", db, *AS).status == 2
    done = govflow("privacy", "erase", "s-chen", *WHY, "--replace", "c#2.gist=A neighbour shouts", "--db", db, *AS)
    assert done.status == 0
    opened = govflow(
        "privacy", "open", "c", "gist", "--why", "x", "--db", db, "--as", "desk-1", "--role", "acceptance_desk"
    )
    assert opened.out.strip() == "A neighbour shouts"


def test_a_value_is_corrected(govflow: Callable[..., Any], db: str):
    said = ("privacy", "correct", "c", "reporter_name", "--reason", "misspelt", "--db", db, *AS)
    assert govflow(*said).status == 2
    assert govflow(*said, "--text", "Wang Kanari").status == 0
    shown = govflow("privacy", "show", "s-1", "--basis", "PIPL 45", "--db", db, *AS).out
    assert "Wang Kanari (corrected)" in " ".join(shown.split())


def test_what_is_due_is_listed_and_destroyed(govflow: Callable[..., Any], tmp_path: Path):
    db = str(tmp_path / "log.db")
    town = a_log(db)
    archived(town, reporter_name="Wang Canary")
    destroyed(town)
    town.engine.close()
    (due,) = json.loads(govflow("privacy", "disposals", "--db", db, "--json").out)
    assert (due["record"], due["stage"]) == ("old", "carry_out")
    assert "destroy the keys" in govflow("privacy", "disposals", "--db", db).out
    done = govflow("privacy", "dispose", "old", *WHY, "--db", db, *AS)
    assert done.status == 0, done.err
    assert "1 people" in done.out
    assert json.loads(govflow("privacy", "disposals", "--db", db, "--json").out) == []
