"""`govflow demo`: the whole loop on real requests, told in a screen or two."""

from __future__ import annotations

import re
import tempfile

from rich.cells import cell_len

from govflow import Engine


def test_the_demo_tells_the_whole_loop(told):
    _, ran = told

    assert (ran.status, ran.err) == (0, "")
    for expected in (
        "100 rows read: 100 imported",
        "Parks objects",
        "co_units_are_done_or_explained",
        "Rework: round 2 begins",
        "verified_by_another",
        "no_loop_is_open",
        "evaluation r2.s-rosa is requested, owed by s-rosa",
        "verification r2 is requested, owed by verifier",
        "Closed: the loop is shut.",
        "PWDx",
        "Longest overdue",
    ):
        assert expected in ran.out


def test_the_case_went_through_joint_handling_an_objection_a_rework_and_was_checked_by_another(db):
    with Engine.open(db, create=False) as engine:
        case = next(record for record in engine.records() if record.id.startswith("C-"))
        history = engine.history(case.id)

    assert case.status == "closed"
    assert case.round == 2
    assert {part.status for part in case.items_of("joint_handling").values()} == {"done"}
    assert case.item("assignment_objection", "1").status == "upheld"
    checked = next(each for each in history if each.name == "verification.passed")
    assert checked.body.by not in case.handled_by()


def test_the_demo_fits_80_columns_in_both_languages(govflow, told, tmp_path):
    chinese = govflow("demo", "--db", tmp_path / "city.db", "--lang", "zh-CN")

    assert chinese.status == 0
    assert "闭环完成" in chinese.out
    for out in (told[1].out, chinese.out):
        story = [line for line in out.splitlines() if not line.startswith("DB=")]
        assert max(cell_len(line) for line in story) <= 80


def test_without_a_path_the_demo_keeps_its_log_in_a_new_folder_and_says_where(govflow, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    ran = govflow("demo")

    path = re.search(r"DB=(.*)", ran.out)
    assert path is not None
    assert path[1].startswith(str(tmp_path))
    assert govflow("list", "--db", path[1]).status == 0


def test_the_commands_to_try_next_work(govflow, told):
    path, ran = told
    tried = re.findall(r"govflow ((?:timeline|show|list|replay|workflows)[^\n]*)", ran.out)

    assert len(tried) == 5
    for line in tried:
        assert govflow(*line.replace("$DB", str(path)).split()).status == 0


def test_the_demo_touches_no_log_that_is_there(govflow, db):
    before = db.read_bytes()

    ran = govflow("demo", "--db", db)

    assert ran.status == 2
    assert "already" in ran.err
    assert db.read_bytes() == before
