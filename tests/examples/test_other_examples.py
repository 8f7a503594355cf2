"""The shorter examples run and say what they promise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from examples.extended_case import TOWN_CASE, PublishNotice
from govflow import CASE, Actor, Engine, NotAllowed, Role, WorkflowError
from govflow.cases.commands import ReportCase, ResolveOnSpot

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FOUND = {"kind": "hotline", "channel": "app", "level": "community", "area": "a"}


def told_by(name: str) -> str:
    script = EXAMPLES / f"{name}.py"
    return subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, timeout=60).stdout


def test_fifteen_lines_show_why_a_case_cannot_be_closed_and_who_still_owes_what():
    told = told_by("fifteen_lines")
    assert "case.close is not allowed on C-20" in told
    assert "open: joint_handling power asked, owed by power until" in told


def test_fifteen_lines_are_fifteen_lines():
    code = (EXAMPLES / "fifteen_lines.py").read_text("utf-8").splitlines()
    assert len([line for line in code if line and not line.startswith(('"""', "from "))]) <= 15


def test_the_extended_case_runs_as_a_script():
    told = told_by("extended_case")
    assert "title_tells_what_it_is: The title has five characters at least" in told
    assert told.endswith("added: T01\n")


def test_an_added_rule_stands_beside_the_shipped_ones_of_its_row():
    with Engine.open(records=[TOWN_CASE]) as engine, pytest.raises(NotAllowed) as refused:
        engine.handle(ReportCase(by=Actor.of("s-1", Role.RESIDENT), title="Hm", kind="hotline", level="community"))
    assert refused.value.codes == ("channel_and_level_set", "title_tells_what_it_is")


def test_an_added_step_moves_an_added_field_and_is_replayed(tmp_path):
    worker = Actor.of("grid-3", Role.GRID_WORKER, Role.RESIDENT)
    community: Any = Actor.of("community", Role.COMMUNITY)
    with Engine.open(tmp_path / "log.db", records=[TOWN_CASE]) as engine:
        case = engine.handle(ReportCase(by=worker, title="Street light out", **FOUND))
        early = engine.why_not(PublishNotice(id=case.id, by=community, public_text="repaired"))
        assert [broken.code for broken in early] == ["step_is_in_the_table"]
        shown = {"measure": "bulb replaced", "evidence": ()}
        refused = engine.why_not(ResolveOnSpot(id=case.id, by=worker, **shown))
        assert "measure_and_evidence_given" in [broken.code for broken in refused]
        table = [event.body for event in engine.log_history() if event.name == "workflow.adopted"]
        assert "T01" in {row["id"] for row in table[0].table["transitions"]}
    with Engine.open(tmp_path / "log.db", records=[TOWN_CASE]) as engine:
        assert engine.get(case.id).notice == ""


def test_the_shipped_case_is_left_as_it_is():
    assert PublishNotice not in CASE.commands
    assert TOWN_CASE.digest != CASE.digest
    assert all(step.id != "T01" for step in CASE.workflow.steps)
    (shipped,) = (step for step in CASE.workflow.steps if step.id == "C27")
    (extended,) = (step for step in TOWN_CASE.workflow.steps if step.id == "C27")
    assert extended.rules[:-1] == shipped.rules


def test_a_rule_for_a_row_that_does_not_exist_is_refused():
    with pytest.raises(WorkflowError, match="there is no row C999 to add rules to"):
        CASE.extended(rules={"C999": []})
