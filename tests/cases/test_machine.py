"""Random people give random commands at random times: table, fold, replay and open loops agree whatever they do."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from govflow import CASE, Command, Engine, NotAllowed, NotFound
from govflow.cases import CaseStatus
from govflow.messages import ClockStatus
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.evidence import AddEvidence
from govflow.testing import PinnedClock, commands
from tests.cases.clerk import (
    ACTORS,
    APPROVERS,
    EVERYBODY,
    HEADS,
    OPENING,
    counted_open,
    looking_at,
    plausible,
    regions_with_loops,
)
from tests.support import PETITION, Town, a_case, a_plan_decider, resident

WAYS = [status.value for status in CaseStatus]


BESIDE = {"invitation": ("meeting",)}  # what a region cannot do without
MATTERS = {"admission": {"category": "imposed"}}


class CaseWalk(RuleBasedStateMachine):
    """A town with one case that anybody may do anything to, on a SQLite file."""

    start: ClassVar[str] = "reported"
    accepted: ClassVar[Counter[str]] = Counter()  # by wire name
    region: ClassVar[str] = ""  # where all are busy with this one alone, the case itself is left where it stands

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "town.db"
        self.clock = PinnedClock()
        self.engine = Engine.open(self.path, records=[CASE, a_plan_decider()], now=self.clock, synchronous="NORMAL")
        self.town = Town(self.engine, self.clock)
        self.seen: dict[str, tuple[int, str]] = {}

    @initialize(
        petition=st.booleans(),
        co_units=st.sampled_from([(), ("power",)]),
        busy_with=st.lists(st.sampled_from(sorted(CASE.regions)), min_size=2, max_size=5, unique=True),
    )
    def begin(self, petition: bool, co_units: tuple[str, ...], busy_with: list[str]) -> None:
        self.seen_by_them = looking_at(*([self.region, *BESIDE.get(self.region, ())] if self.region else busy_with))
        matter: dict[str, Any] = {**(PETITION if petition else {}), **MATTERS.get(self.region, {})}
        if self.start not in ("discovered", "merged") and self.region != "admission":
            matter["co_units"] = co_units
        a_case(self.town, self.start, id="x", **matter)
        if "e1" not in self.case().items_of("evidence") and self.start != "archived":
            self.engine.handle(AddEvidence(id="x", by=resident, item="e1", sha256="0" * 64))
        a_case(self.town, "accepted", id="y", reporter="s-2")

    def case(self) -> Any:
        return self.engine.get("x")

    def against(self, command: Command) -> set[str]:
        """What stands against a command; for the unit reported there is no case at all."""
        try:
            return {each.code for each in self.engine.why_not(command)}
        except NotFound:
            return {"it_is_hidden"}

    def attempt(self, command: Command) -> bool:
        """Give one command; whatever comes of it, table and log agree with it."""
        before = self.engine.get(command.id) if command.id else None
        head, version = self.engine.store.head(), before.version if before else 0
        try:
            after = self.engine.handle(command)
        except (NotAllowed, NotFound):
            assert self.engine.store.head() == head
            assert before is not None
            assert self.engine.get(before.id).digest == before.digest
            assert self.against(command), "refused, but nothing speaks against it"
            return False
        type(self).accepted[command.wire] += 1
        events = [each for each in self.engine.outcome(command.command_id) if each.stream == after.id]
        assert events[0].version == version + 1
        flow = CASE.workflow
        if type(command) in flow.commands and before is not None:
            rows = flow.rows(before.status, command.wire)
            targets = {before.status if row.to is None else str(row.to) for row in rows}
            assert after.status in targets, f"{command.wire}: {after.status} is none of {targets}"
        elif before is not None:
            assert after.status == before.status, "only main events move the main status"
        return True

    @rule(data=st.data(), times=st.integers(1, 4))
    def somebody_does_something(self, data: st.DataObject, times: int) -> None:
        for _ in range(times):
            self.something(data)
            self.open_loops_are_what_the_log_says()

    def something(self, data: st.DataObject) -> None:
        case = self.case()
        values = plausible(case, self.clock, ["y", "nobody"])
        actors = (EVERYBODY, HEADS, *ACTORS)
        drawn = commands(self.seen_by_them, case, now=self.clock(), actors=actors, values=values)
        if self.region:
            drawn = drawn.filter(lambda command: not command.wire.startswith("case."))
        command = data.draw(drawn)
        if not self.attempt(command):
            self.with_leave(command)

    def with_leave(self, command: Command) -> None:
        """Where only the approval is missing, ask for it and try again."""
        if self.against(command) != {"approval_is_given"}:
            return
        case = self.case()
        try:
            asked: Any = self.engine.handle(RequestApproval.of(command, case))
        except (NotAllowed, NotFound):
            return
        key = list(asked.items_of("approval"))[-1]
        approver = APPROVERS[asked.item("approval", key).asks]
        if self.attempt(GiveApproval(id="x", by=approver, item=key)):
            assert self.attempt(command.changed(command_id="with-" + command.command_id))

    @rule(data=st.data())
    def somebody_does_what_no_row_foresees(self, data: st.DataObject) -> None:
        case = self.case()
        values = plausible(case, self.clock, ["y", "nobody"])
        self.attempt(data.draw(commands(CASE, case, now=self.clock(), values=values, off_table=True)))

    @rule(hours=st.sampled_from([1, 5, 24, 24 * 3, 24 * 35]))
    def time_passes(self, hours: int) -> None:
        self.clock.advance(hours=hours)

    @invariant()
    def nothing_changes_without_an_event(self) -> None:
        for id in ("x", "y"):
            if not self.engine.store.version(id):
                continue
            record = self.engine.get(id)
            version, digest = self.seen.get(id, (0, ""))
            if version == record.version:
                assert digest == record.digest
            self.seen[id] = (record.version, record.digest)

    @invariant()
    def open_loops_are_what_the_log_says(self) -> None:
        for id in ("x", "y"):
            if self.engine.store.version(id):
                loops = self.engine.open_loops(id)
                assert {(loop.region, loop.item) for loop in loops} == counted_open(self.engine, id)
                assert all(loop.owes for loop in loops), "nobody owes it"

    @invariant()
    def a_record_at_rest_owes_nothing(self) -> None:
        if self.engine.store.version("x") and self.case().status not in CASE.active:
            assert not self.engine.open_loops("x")
            assert not any(
                clock.status in (ClockStatus.RUNNING, ClockStatus.PAUSED)
                for name, clock in self.case().clocks.items()
                if name in ("acceptance", "assignment", "handling", "feedback", "suspension_review")
            ), "a duty runs on although nobody owes it"

    def teardown(self) -> None:
        if self.engine.store.version("x"):
            record = self.case()
            assert self.engine.as_of("x", version=record.version).digest == record.digest
            assert digest_elsewhere(self.path) == record.digest
        self.engine.close()
        self.folder.cleanup()


_READ = """
import sys
from govflow import CASE, Engine
from tests.support import a_plan_decider
with Engine.open(sys.argv[1], records=[CASE, a_plan_decider()], create=False) as engine:
    print(engine.get("x").digest)
"""
_checked: set[int] = set()
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking a walk takes many minutes


def digest_elsewhere(path: Path) -> str:
    """The digest that another engine, and for every tenth walk another process, folds from the file alone."""
    _checked.add(len(_checked))
    if len(_checked) % 10 == 1:
        root = Path(__file__).parents[2]
        run = subprocess.run(
            [sys.executable, "-c", _READ, str(path)], capture_output=True, text=True, cwd=root, check=True
        )
        return run.stdout.strip()
    with Engine.open(path, records=[CASE, a_plan_decider()], create=False) as engine:
        return engine.get("x").digest


def walk(start: str, walks: int, steps: int, region: str = "") -> Counter[str]:
    fixed = {"start": start, "accepted": Counter(), "region": region}
    machine: Any = type(f"WalkFrom{start.title()}", (CaseWalk,), fixed)
    run_state_machine_as_test(
        machine, settings=settings(max_examples=walks, stateful_step_count=steps, deadline=None, phases=_PHASES)
    )
    accepted: Counter[str] = machine.accepted
    if start != "archived":  # where next to nothing is allowed
        assert accepted, "the walk did nothing"
    return accepted


def test_the_second_opinion_knows_every_region_that_has_loops():
    assert regions_with_loops() == OPENING.keys()


@pytest.mark.parametrize("start", WAYS)
def test_a_random_walk_keeps_every_promise(start: str):
    walk(start, walks=6, steps=15)


@pytest.mark.slow
@pytest.mark.parametrize("start", WAYS)
def test_a_long_random_walk_keeps_every_promise(start: str):
    walk(start, walks=60, steps=40)


# What people who are busy with one region alone come to do there sooner or later, at random.
REACHED: dict[str, set[str]] = {
    "supervision": {"remind", "urge", "list", "interview", "lift"},
    "leader_in_charge": {"take_charge"},
    "instruction": {"give"},
    "mediation": {"offer", "consent", "refuse"},
    "meeting": {"announce", "cancel"},
    "invitation": {"issue"},
    "admission": {"request"},
    "risk_signal": {"raise", "assess", "dismiss", "clear"},
    "check_in": {"arrive", "discard"},
    "obligation": {"schedule", "remind", "excuse", "pass_on", "cancel"},
    "accountability": {"open", "request_tolerance", "uphold", "drop"},
    "checklist": {"start", "tick", "drop"},
    "referral": {"make"},
    "commitment": {"make", "release"},
    "ledger": {"open", "rectify", "waive", "reopen"},
    "joint_handling": {"ask", "override", "release"},
    "link": {"add", "unlink"},
    "evidence": {"add", "discredit", "restore"},
}


@pytest.mark.slow
@pytest.mark.parametrize("region", REACHED)
def test_a_walk_through_one_region_reaches_its_steps(region: str):
    accepted = walk("in_handling", walks=40, steps=40, region=region)
    found = {wire: times for wire, times in sorted(accepted.items()) if wire.startswith(f"{region}.")}
    print(f"{region}: " + ", ".join(f"{wire.partition('.')[2]} {times}" for wire, times in found.items()))
    assert {wire.partition(".")[2] for wire in found} >= REACHED[region]
