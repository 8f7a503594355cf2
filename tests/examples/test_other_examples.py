"""The shorter examples run and say what they promise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from examples.extended_case import TOWN_CASE, PublishNotice
from govflow import CASE, Actor, Engine, NotAllowed, Role, WorkflowError
from govflow.cases.commands import CloseCase, GiveFeedback, ReportCase, ResolveOnSpot
from govflow.log_events import WorkflowAdopted
from govflow.regions.evidence import AddEvidence
from govflow.regions.verification import PassVerification

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


def test_an_added_step_moves_an_added_field_holds_the_closing_and_is_replayed(tmp_path):
    worker, community = Actor.of("grid-3", Role.GRID_WORKER, Role.RESIDENT), Actor.of("hall", Role.COMMUNITY)
    verifier, desk = Actor.of("v", Role.VERIFIER), Actor.of("desk", Role.DISPATCHER)
    with Engine.open(tmp_path / "log.db", records=[TOWN_CASE]) as engine:
        id = engine.handle(ReportCase(by=worker, title="Street light out", **FOUND)).id
        publish = PublishNotice(id=id, by=community, public_text="the light burns again")
        assert [broken.code for broken in engine.why_not(publish)] == ["step_is_in_the_table"]

        engine.handle_all(
            [
                AddEvidence(id=id, by=worker, kind="photo", sha256="0" * 64),
                ResolveOnSpot(id=id, by=worker, measure="new bulb", evidence=("1",)),
                GiveFeedback(id=id, by=worker, to_level="community", public_text="done"),
                PassVerification(id=id, by=verifier, item="r1"),
            ]
        )
        close = CloseCase(id=id, by=desk)
        assert [broken.code for broken in engine.why_not(close)] == ["result_is_published"]
        bare = PublishNotice(id=id, by=community)
        assert [broken.code for broken in engine.why_not(bare)] == ["notice_says_something"]
        engine.handle(publish)
        assert engine.handle(close).status == "closed"

        (adopted,) = (event.body for event in engine.log_history() if isinstance(event.body, WorkflowAdopted))
        assert "T01" in {row["id"] for row in adopted.table["transitions"]}
        digest = engine.get(id).digest
    with Engine.open(tmp_path / "log.db", records=[TOWN_CASE]) as engine:
        again: Any = engine.get(id)
        assert (again.notice, again.digest) == ("the light burns again", digest)


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
