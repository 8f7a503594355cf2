"""Many writers on one log, some killed in mid-write: nothing acknowledged is lost, done twice or half there."""

from __future__ import annotations

import json
import multiprocessing
import random
import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from govflow.engine import Engine
from govflow.messages import RecordedEvent
from govflow.persistence.codec import leaf_of
from tests.persistence.writer import Acknowledged, note_of, planned, work

EVENTS_OF = {"link.add": 2, "evidence.add": 1, "case.report": 1}


@pytest.mark.slow
def test_writers_killed_in_mid_write_lose_nothing_and_leave_nothing_half_done(tmp_path: Path):
    campaign(tmp_path, writers=4, kills=400)


def test_a_few_writers_killed_in_mid_write_lose_nothing(tmp_path: Path):
    campaign(tmp_path, writers=4, kills=40)


def test_eight_threads_on_one_engine_lose_nothing(tmp_path: Path):
    notes: list[bytes] = []
    with Engine.open(tmp_path / "log.db") as engine:

        def write(name: str) -> None:
            notes.extend(note_of(engine, name, number) for number in range(50))

        threads = [threading.Thread(target=write, args=(f"t{number}",)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    acknowledged = [Acknowledged(*json.loads(note)) for note in notes]
    assert len(acknowledged) == 8 * 50
    check(tmp_path / "log.db", acknowledged)


def campaign(folder: Path, *, writers: int, kills: int) -> None:
    """Let writers work on one log; kill one again and again, and let another take its plan up where it was noted."""
    began = time.monotonic()
    context = multiprocessing.get_context("forkserver")  # forks of a process that has built everything: quick
    context.set_forkserver_preload(["tests.persistence.warmed_writer"])
    log = folder / "log.db"
    notes = {f"w{number}": folder / f"w{number}.notes" for number in range(writers)}
    dice = random.Random(kills)

    def started(name: str) -> multiprocessing.process.BaseProcess:
        done = noted(notes[name])
        begin = max(0, done[-1].number - 2) if done else 0  # a little again: as a client that is not sure
        process = context.Process(target=work, args=(log, notes[name], name, begin, 1_000_000))
        process.start()
        return process

    at_work = {name: started(name) for name in notes}
    for name in dice.choices(list(notes), k=kills):
        if dice.random() < 0.5:  # at any moment, also while it opens the log; else not before it came on
            come_on(notes[name])
        time.sleep(dice.uniform(0.02, 0.2))
        assert at_work[name].exitcode is None, f"{name} ended by itself"
        at_work[name].kill()
        at_work[name].join()
        at_work[name] = started(name)
    time.sleep(0.3)
    for process in at_work.values():
        process.kill()
        process.join()

    acknowledged = [each for path in notes.values() for each in noted(path)]
    events = check(log, acknowledged)
    print(f"{kills} kills, {len(acknowledged)} acknowledged, {events} events, {time.monotonic() - began:.1f} s")


def come_on(notes: Path) -> None:
    """Wait until a writer has done something new, however slow the machine is: it does at most three again."""
    before, until = len(noted(notes)), time.monotonic() + 60
    while len(noted(notes)) < before + 4:
        assert time.monotonic() < until, "a writer did nothing for a minute"
        time.sleep(0.02)


def noted(path: Path) -> list[Acknowledged]:
    """What a writer noted as acknowledged. A last line without its end was cut off by a kill."""
    if not path.exists():
        return []
    *whole, _ = path.read_bytes().split(b"\n")
    return [Acknowledged(*json.loads(line)) for line in whole]


def check(log: Path, acknowledged: list[Acknowledged]) -> int:
    """Hold a log against what was acknowledged by it; the number of its events."""
    with closing(sqlite3.connect(log)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with Engine.open(log) as engine:
        rows = list(engine.store.scan())
        assert [row.position for row in rows] == list(range(1, len(rows) + 1))
        assert all(row.leaf == leaf_of(row.stream, row.version, row.topic, row.state) for row in rows)

        events = list(engine.events())
        recorded = [event.meta.recorded_at for event in events]
        assert recorded == sorted(recorded)
        nothing_is_half_there(events)
        people_can_be_told_apart(engine, events)

        numbers = [record.id for record in engine.records() if record.id.startswith("C-")]
        assert [int(id[-6:]) for id in numbers] == list(range(1, len(numbers) + 1))

        first = {row.command_id for row in rows if row.command_id}
        for each in acknowledged:
            command = planned(each.writer, each.number)[-1]
            assert command.command_id.encode() in first
            again = engine.handle(command)
            assert (again.id, again.digest) == (each.record, each.digest)
        assert engine.store.head() == len(rows)
        return len(rows)


def nothing_is_half_there(events: list[RecordedEvent]) -> None:
    begun = {event.meta.command: event.meta.wire for event in events if event.meta.digest}
    roots = {event.meta.correlation for event in events} & set(begun)
    count = Counter(event.meta.correlation for event in events)
    assert {root: count[root] for root in roots} == {root: EVENTS_OF[begun[root]] for root in roots}


def people_can_be_told_apart(engine: Engine, events: list[RecordedEvent]) -> None:
    """Every name that was protected opens: no key was swept that an event needs."""
    named = [event for event in events if event.name == "case.reported" and event.body.reporter_name]  # type: ignore[attr-defined]
    assert named
    for event in named:
        protected = event.body.reporter_name  # type: ignore[attr-defined]
        text = engine.vault.open(protected, event.stream, event.version, "case.reported@1", "reporter_name")
        assert text == f"Zhang {protected.subject}"
