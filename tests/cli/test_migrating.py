"""`govflow policy migrate`: what it would do, what it does, what it leaves, in words and as JSON."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from govflow import DEFAULT_POLICY, Engine
from govflow.policy import Policy
from govflow.testing import PinnedClock
from tests.support import Town, a_case

SHORT, OTHER = "default@short", "default@other"


def with_handling(version: str, length: int) -> Policy:
    """The default policy with another limit for hotline matters, in working days."""
    limits = tuple(
        each.changed(length=length) if each.id == "hot.handle" else each for each in DEFAULT_POLICY.time_limits
    )
    return DEFAULT_POLICY.changed(version=version, time_limits=limits)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Two cases in handling, one suspended, one that ended, and three policies to move between."""
    path, clock = tmp_path / "town.db", PinnedClock()
    with Engine.open(path, now=clock) as engine:
        town = Town(engine, clock)
        for id, status in (("a", "in_handling"), ("b", "in_handling"), ("c", "suspended"), ("d", "archived")):
            a_case(town, status, id=id)
        engine.adopt(with_handling("short", 3))
        # no limit for suspensions, and a catalogue without the category of these cases
        engine.adopt(
            DEFAULT_POLICY.changed(version="other", categories=DEFAULT_POLICY.categories[1:], open_catalogue=False)
        )
    return path


def pinned(path: Path) -> dict[str, str]:
    with Engine.open(path, create=False) as engine:
        return {record.id: record.policy for record in engine.records()}


def head_of(path: Path) -> int:
    with Engine.open(path, create=False) as engine:
        return engine.store.head()


def test_a_dry_run_tells_each_record_and_clock_and_writes_nothing(govflow, log):
    before = head_of(log)

    ran = govflow("policy", "migrate", SHORT, "--dry-run", "--db", log)

    assert (ran.status, ran.err, head_of(log)) == (0, "", before)
    lines = ran.out.splitlines()
    assert lines[0] == "a: ok, default@5 → default@short"
    assert "  · handling 办理: 2026-03-09 24:00 (hot.handle) → 2026-03-05 24:00 (hot.handle)" in lines
    assert lines[-1] == "To default@short: 3 would move, 0 are blocked. Nothing was written."
    assert max(map(cell_len, lines)) <= 80
    assert not any(line.startswith("d:") for line in lines), "what ended stays what it was"


def test_it_is_told_in_chinese(govflow, log):
    ran = govflow("policy", "migrate", SHORT, "--dry-run", "--db", log, "--lang", "zh-CN")

    assert "a：可迁移，default@5 → default@short" in ran.out
    assert "  · 办理 handling：2026-03-09 24:00（hot.handle）→ 2026-03-05 24:00（hot.handle）" in ran.out
    assert ran.out.splitlines()[-1] == "迁移到 default@short：可迁移 3 件，不能迁移 0 件。未写入任何内容。"


def test_the_plan_as_json_is_that_of_the_engine_and_what_is_done_is_the_plan(govflow, log):
    with Engine.open(log, create=False) as engine:
        plans = {plan.record: plan for plan in engine.plan_migration(SHORT)}

    planned = json.loads(govflow("policy", "migrate", SHORT, "--dry-run", "--db", log, "--json").out)
    done = govflow("policy", "migrate", SHORT, "--db", log, "--json")

    assert done.status == 0
    assert json.loads(done.out) == planned
    assert {each["record"] for each in planned} == set(plans)
    for each in planned:
        clocks = plans[each["record"]].clocks
        assert [(c["clock"], c["rule"], c["rule_after"], c["moves"]) for c in each["clocks"]] == [
            (c.clock, c.rule, c.rule_after, c.moves) for c in clocks
        ]
        assert [c["due_after"] for c in each["clocks"]] == [c.due_after and c.due_after.isoformat() for c in clocks]
    with Engine.open(log, create=False) as engine:
        for each in planned:
            for clock in each["clocks"]:
                due = engine.get(each["record"]).clocks[clock["clock"]].due
                assert (due and due.isoformat()) == clock["due_after"]


def test_what_is_moved_has_the_other_policy_and_a_second_run_finds_nothing_to_move(govflow, log):
    ran = govflow("policy", "migrate", SHORT, "--db", log)
    after = head_of(log)
    again = govflow("policy", "migrate", SHORT, "--db", log)

    assert pinned(log) == {"a": SHORT, "b": SHORT, "c": SHORT, "d": "default@5"}
    assert ran.out.splitlines()[-1] == "To default@short: 3 moved, 0 are blocked."
    assert (again.status, again.out, head_of(log)) == (0, "To default@short: 0 moved, 0 are blocked.\n", after)


@pytest.mark.parametrize("options", [("--dry-run",), ()])
def test_what_is_blocked_stays_and_is_told_with_its_reason(govflow, log, options):
    category = DEFAULT_POLICY.categories[0].id
    before = pinned(log)

    ran = govflow("policy", "migrate", OTHER, *options, "--db", log)
    chinese = govflow("policy", "migrate", OTHER, *options, "--db", log, "--lang", "zh-CN")
    told = json.loads(govflow("policy", "migrate", OTHER, *options, "--db", log, "--json").out)

    assert {ran.status, chinese.status} == {1}
    assert f"a: blocked, stays on default@5, not {OTHER}: category {category} is not in its catalogue" in ran.out
    assert f"目录中无类别 {category}" in chinese.out
    assert {each["record"]: [why["zh"] for why in each["blocked"]] for each in told} == {
        id: [f"目录中无类别 {category}"] for id in "abc"
    }
    assert pinned(log) == before


@pytest.mark.parametrize("options", [("--dry-run",), (), ("--json",)])
def test_a_policy_that_was_not_adopted_is_one_line(govflow, log, options):
    ran = govflow("policy", "migrate", "default@moon", *options, "--db", log)

    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert "default@moon was not adopted here; expected default@5, default@short" in ran.err
    chinese = govflow("policy", "migrate", "default@moon", *options, "--db", log, "--lang", "zh-CN")
    assert "此处未通过 default@moon" in chinese.err


def test_how_far_it_is_shows_on_a_terminal_and_the_plan_goes_where_it_belongs(log):
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": "80", "LC_ALL": "C.UTF-8"}

    done = subprocess.run(
        [sys.executable, "-m", "govflow", "policy", "migrate", SHORT, "--db", str(log)],
        stdout=subprocess.PIPE, stderr=theirs, text=True, env=environment,
    )  # fmt: skip

    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "a: ok, default@5 → default@short")
    assert "moving to default@short" in shown
    assert "a: ok" not in shown
