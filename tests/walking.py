"""Random people give random commands at random times, to a record of any kind: what must hold whatever they do."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from govflow import Actor, Command, Decider, Engine, NotAllowed, NotFound, Rest
from govflow.messages import ClockStatus
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.testing import PinnedClock, commands

Values = Callable[[Any, PinnedClock, list[str]], dict[str, Any]]
"""What clerks would fill in: (record as it stands, the clock, ids of other records) -> a strategy by field."""


class Walked(NamedTuple):
    """A kind of record to walk through, and what clerks know of it.

    `opened` opens a world on a path, with its engine and its clock; `begin` brings record x to a status there, beside
    others of the same kind; `counted_open` is a second opinion on which loops are open; `duties` are the clocks that
    must not run at rest.
    """

    decider: Decider
    opened: Callable[[Path], Any]
    begin: Callable[[Any, str, st.DataObject, str], None]
    values: Values
    actors: tuple[Actor, ...]
    approvers: Mapping[str, Actor]
    counted_open: Callable[[Engine, str], set[tuple[str, str]]]
    duties: frozenset[str]
    reading: str  # a script that prints the digest of record x of the log at its first argument
    beside: Mapping[str, tuple[str, ...]] = {}  # what a region cannot do without


@cache
def looking_at(decider: Decider, *regions: str) -> Decider:
    """A record as those see it who have to do with these regions alone: for drawing commands, never for deciding."""
    kept = [decider.regions[name] for name in sorted(regions)]
    return Decider(decider.workflow, type(decider.initial), decider.fold, prefix=decider.prefix, regions=kept)


def regions_with_loops(decider: Decider) -> set[str]:
    """The regions of a record whose items may be open, clocks apart."""
    regions = decider.regions.values()
    return {each.name for each in regions if Rest.OPEN in each.workflow.rests.values() and each.keeps_items}


class Walk(RuleBasedStateMachine):
    """A world with one record that anybody may do anything to, on a SQLite file."""

    kind: ClassVar[Walked]
    start: ClassVar[str] = ""
    accepted: ClassVar[Counter[str]] = Counter()  # by wire name
    region: ClassVar[str] = ""  # where all are busy with this one alone, the record itself is left where it stands

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "town.db"
        self.world = self.kind.opened(self.path)
        self.clock: PinnedClock = self.world.clock
        self.engine: Engine = self.world.engine
        self.seen: dict[str, tuple[int, str]] = {}

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        regions = sorted(self.kind.decider.regions)
        busy_with = data.draw(st.lists(st.sampled_from(regions), min_size=2, max_size=5, unique=True))
        alone = (self.region, *self.kind.beside.get(self.region, ()))
        self.seen_by_them = looking_at(self.kind.decider, *(alone if self.region else busy_with))
        self.kind.begin(self.world, self.start, data, self.region)

    def record(self) -> Any:
        return self.engine.get("x")

    def against(self, command: Command) -> set[str]:
        """What stands against a command; for whoever may not see it there is no record at all."""
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
        flow = self.kind.decider.workflow
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
        record = self.record()
        values = self.kind.values(record, self.clock, ["y", "nobody"])
        drawn = commands(self.seen_by_them, record, now=self.clock(), actors=self.kind.actors, values=values)
        if self.region:
            drawn = drawn.filter(lambda command: not command.wire.startswith(f"{self.kind.decider.name}."))
        command = data.draw(drawn)
        if not self.attempt(command):
            self.with_leave(command)

    def with_leave(self, command: Command) -> None:
        """Where only the approval is missing, ask for it and try again."""
        if self.against(command) != {"approval_is_given"}:
            return
        try:
            asked: Any = self.engine.handle(RequestApproval.of(command, self.record()))
        except (NotAllowed, NotFound):
            return
        key = list(asked.items_of("approval"))[-1]
        approver = self.kind.approvers[asked.item("approval", key).asks]
        if self.attempt(GiveApproval(id="x", by=approver, item=key)):
            assert self.attempt(command.changed(command_id="with-" + command.command_id))

    @rule(data=st.data())
    def somebody_does_what_no_row_foresees(self, data: st.DataObject) -> None:
        record = self.record()
        values = self.kind.values(record, self.clock, ["y", "nobody"])
        self.attempt(data.draw(commands(self.kind.decider, record, now=self.clock(), values=values, off_table=True)))

    @rule(hours=st.sampled_from([1, 5, 24, 24 * 3, 24 * 35]))
    def time_passes(self, hours: int) -> None:
        self.clock.advance(hours=hours)

    @rule()
    def what_is_due_is_done(self) -> None:
        self.engine.tick()

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
                assert {(loop.region, loop.item) for loop in loops} == self.kind.counted_open(self.engine, id)
                assert all(loop.owes for loop in loops), "nobody owes it"

    @invariant()
    def a_record_at_rest_owes_nothing(self) -> None:
        if self.engine.store.version("x") and self.record().status not in self.kind.decider.active:
            assert not self.engine.open_loops("x")
            assert not any(
                clock.status in (ClockStatus.RUNNING, ClockStatus.PAUSED)
                for name, clock in self.record().clocks.items()
                if name in self.kind.duties
            ), "a duty runs on although nobody owes it"

    def teardown(self) -> None:
        if self.engine.store.version("x"):
            record = self.record()
            assert self.engine.as_of("x", version=record.version).digest == record.digest
            assert self.digest_elsewhere() == record.digest
        self.engine.close()
        self.folder.cleanup()

    def digest_elsewhere(self) -> str:
        """The digest that another engine, and for every twentieth walk another process, folds from the file alone."""
        _checked.append(self.path)
        if len(_checked) % 20 == 1:
            given = [sys.executable, "-c", self.kind.reading, str(self.path)]
            root = Path(__file__).parents[1]
            return subprocess.run(given, capture_output=True, text=True, cwd=root, check=True).stdout.strip()
        other = self.kind.opened(self.path).engine
        try:
            digest: str = other.get("x").digest
            return digest
        finally:
            other.close()


_checked: list[Path] = []
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking a walk takes many minutes


def walk(kind: Walked, start: str, walks: int, steps: int, region: str = "") -> Counter[str]:
    """So many walks of so many steps each; which commands were accepted, by wire name."""
    fixed = {"kind": kind, "start": start, "accepted": Counter(), "region": region}
    machine: Any = type(f"WalkFrom{start.title()}", (Walk,), fixed)
    accepted: Counter[str] = machine.accepted
    for _ in range(3):  # chance may leave short walks with nothing that is allowed, but not three times over
        run_state_machine_as_test(
            machine, settings=settings(max_examples=walks, stateful_step_count=steps, deadline=None, phases=_PHASES)
        )
        if accepted or start == "archived":  # where next to nothing is allowed
            return accepted
    raise AssertionError("the walk did nothing")
