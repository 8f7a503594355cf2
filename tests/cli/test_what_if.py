"""`govflow what-if` on the demo's log: both languages, JSON, exit status, and a log that stays as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from govflow import Engine, Policy
from govflow.interchange.policy_files import policy_as_text
from tests.cli.conftest import Ran, Run


@pytest.fixture(scope="module")
def own(told: tuple[Path, Ran]) -> Policy:
    with Engine.open(told[0], read_only=True) as engine:
        return engine.policy


def stricter(own: Policy) -> Policy:
    """The town's own rules with half the time for handling."""
    limits = tuple(
        each.changed(length=max(1, each.length // 2)) if each.clock == "handling" else each for each in own.time_limits
    )
    return own.changed(time_limits=limits)


def test_under_its_own_policy_the_demo_comes_out_as_it_was(
    govflow: Run, told: tuple[Path, Ran], own: Policy, tmp_path: Path
):
    db, _ = told
    before = db.read_bytes()
    file = tmp_path / "same.json"
    file.write_text(policy_as_text(own), "utf-8")

    ran = govflow("what-if", "--policy", file, "--db", db, "--json")

    found = json.loads(ran.out)
    true = found["faithful"]
    assert ran.status == 0, ran.err
    assert found["commands"] == {"exact": sum(found["commands"].values()), "likely": 0, "lost": 0}
    assert true["records"] == true["same_status"] == found["before"]["records"] > 100
    assert true["same_events"] >= true["records"] - 5  # the demo's computer was off, the tick of the re-run is not
    assert [each["wire"] for each in true["refused"]] == ["proposal.close_vote"]  # by hand, after the tick has
    assert found["before"] == found["after"]
    assert found["changed"] == found["refused"] == found["rerouted"] == []
    assert found["scratch"].startswith("what-if-")
    assert db.read_bytes() == before


def test_a_stricter_policy_is_compared_in_words_of_either_language(
    govflow: Run, told: tuple[Path, Ran], own: Policy, tmp_path: Path
):
    file = tmp_path / "stricter.json"
    file.write_text(policy_as_text(stricter(own)), "utf-8")

    ran = govflow("what-if", "--policy", file, "--from", "2026-02-01", "--db", told[0], "--lang", "zh-CN")

    assert ran.status == 1, ran.err
    for said in ("原规则", "新规则", "超期次数", "首先被拒绝的命令", "推演日志 what-if-"):
        assert said in ran.out


def test_bad_input_is_told_in_one_message(govflow: Run, told: tuple[Path, Ran], tmp_path: Path):
    db, file = told[0], tmp_path / "broken.toml"
    file.write_text('version = "1"\nnonsense = 3\n', "utf-8")

    for arguments, said in (
        ((), "no other rules were given"),
        (("--policy", tmp_path / "none.toml"), "none.toml"),
        (("--policy", file), "nonsense"),
    ):
        ran = govflow("what-if", *arguments, "--db", db)
        assert (ran.status, ran.out) == (2, "")
        assert said in ran.err


def test_a_case_that_other_rules_send_elsewhere_is_done_by_people_of_that_unit(
    govflow: Run, told: tuple[Path, Ran], own: Policy, tmp_path: Path
):
    routing = tuple(
        each.changed(lead_unit="qx.works") if each.id == "hedong-community" else each for each in own.routing
    )
    file = tmp_path / "routed.json"
    file.write_text(policy_as_text(own.changed(routing=routing)), "utf-8")

    ran = govflow("what-if", "--policy", file, "--db", told[0])

    assert ran.status == 0, ran.err
    assert "Other units would lead 3:\n" in ran.out
    assert "  C-2026-000002: qx.hedong → qx.works\n" in ran.out
    assert "19 commands were given by people of those units instead." in ran.out
    assert "Refused first" not in ran.out
