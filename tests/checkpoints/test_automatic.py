"""A log that signs itself: when, how it is told that it could not, and what opening it finds out."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from itertools import pairwise
from pathlib import Path

import pytest

from govflow import Engine, InputError, LogError, NotFound, Truncated
from govflow.cases.commands import ReportCase
from govflow.checkpoints import automatic
from govflow.checkpoints.automatic import Every
from govflow.checkpoints.merkle import Tree
from govflow.checkpoints.notes import Checkpoint, Note
from govflow.checkpoints.proofs import check
from govflow.persistence.codec import leaf_of
from govflow.testing import PinnedClock
from tests.support import MATTER, Town, a_town, resident

from .logs import raw


def report(town: Town, count: int = 1) -> None:
    for _ in range(count):
        town.do(ReportCase(by=resident, **MATTER))


def signed(engine: Engine) -> list[int]:
    """The sizes that were signed."""
    return [each.size for each in engine.checkpointer.kept.notes()]


def root_of(engine: Engine) -> bytes:
    return Tree([leaf_of(*row[:4]) for row in engine.store.scan()]).root()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A log with a key, signed once."""
    town = a_town(tmp_path / "city.db")
    with town.engine as engine:
        report(town)
        engine.checkpoint()
    return tmp_path / "city.db"


def test_a_log_without_a_key_is_never_signed_by_itself_and_has_no_file(tmp_path):
    town = a_town(tmp_path / "city.db", checkpoint_every=Every(events=1, seconds=1))
    with town.engine as engine:
        report(town, 3)
        town.pass_days(1)
        engine.tick()

        assert signed(engine) == []
        assert not any(name.endswith((".checkpoints", ".signing")) for name in os.listdir(tmp_path))


def test_a_checkpoint_on_demand_makes_the_key_and_states_the_head(tmp_path):
    with a_town(tmp_path / "city.db").engine as engine:
        note = engine.checkpoint()

        assert Checkpoint.parse(note.text) == Checkpoint(
            f"govflow/{engine.log_id}", engine.store.head(), root_of(engine)
        )
        assert engine.checkpoint() == note


def test_a_log_is_signed_every_so_many_events(path):
    town = a_town(path, checkpoint_every=Every(events=6, seconds=10**6))
    with town.engine as engine:
        report(town, 20)

        sizes = signed(engine)
        assert len(sizes) > 3
        assert all(6 <= later - earlier < 12 for earlier, later in pairwise(sizes))
        assert engine.store.head() - sizes[-1] < 6


def test_a_log_is_signed_by_the_first_event_after_so_many_seconds(path):
    town = a_town(path, checkpoint_every=Every(events=10**6, seconds=3600))
    with town.engine as engine:
        report(town)
        town.clock.advance(minutes=59)
        report(town)
        assert len(signed(engine)) == 1
        town.clock.advance(minutes=1)
        report(town)

        assert signed(engine)[1:] == [engine.store.head()]
        report(town)
        assert len(signed(engine)) == 2


def test_a_tick_signs_what_is_not_signed_yet_and_nothing_twice(path):
    town = a_town(path)
    with town.engine as engine:
        report(town)
        town.engine.tick()
        town.engine.tick()

        assert signed(engine)[1:] == [engine.store.head()]


def test_nothing_is_signed_by_itself_where_that_is_not_wished(path):
    town = a_town(path, checkpoint_every=None)
    with town.engine as engine:
        report(town)
        engine.tick()

        assert len(signed(engine)) == 1


def test_a_key_made_meanwhile_is_found_at_the_next_tick(tmp_path):
    town = a_town(tmp_path / "city.db")
    with town.engine as engine, a_town(tmp_path / "city.db").engine as other:
        report(town)
        other.create_key()
        assert signed(engine) == []
        engine.tick()

        assert signed(engine) == [engine.store.head()]


def test_what_another_process_has_signed_is_not_signed_again(path):
    town = a_town(path, checkpoint_every=Every(events=8, seconds=10**6))
    with town.engine as engine, a_town(path).engine as other:
        while engine.store.head() < signed(engine)[-1] + 6:
            report(town)
        other.checkpoint()
        before = signed(engine)
        while engine.store.head() < before[0] + 10:
            report(town)

        assert signed(engine) == before


def test_a_key_that_has_not_signed_yet_signs_the_first_commit(tmp_path):
    town = a_town(tmp_path / "city.db", checkpoint_every=Every())
    with town.engine as engine:
        engine.create_key()
        report(town)

        assert signed(engine) == [engine.store.head()]


def test_a_log_that_is_long_behind_is_caught_up_with_in_steps_and_no_command_hashes_more(tmp_path, monkeypatch):
    monkeypatch.setattr(automatic, "STEP", 20)
    town = a_town(tmp_path / "city.db")
    with town.engine as engine:
        report(town, 100)
        behind = engine.store.head()
    town = a_town(tmp_path / "city.db", checkpoint_every=Every(events=50, seconds=10**6))
    with town.engine as engine:
        engine.create_key()
        hashed = []
        for _ in range(80):
            before = (signed(engine) or [0])[-1]
            report(town)
            hashed.append(signed(engine)[-1] - before)

        assert behind > 4 * 20
        assert max(hashed) <= 20
        assert hashed[:4] == [20] * 4
        until = hashed.index(0)  # it has caught up: from here on every fifty events, in steps too
        assert sum(hashed[:until]) > behind
        assert all(engine.store.head() - size < 50 for size in signed(engine)[-1:])
        kept = engine.checkpointer.kept.last()
        assert kept is not None
        last = Checkpoint.parse(Note.parse(kept.note).text)
        leaves = [leaf_of(*row[:4]) for row in engine.store.scan()]
        assert last.root == Tree(leaves[: last.size]).root()
        for each in engine.checkpointer.kept.notes():
            stated = Checkpoint.parse(Note.parse(each.note).text)
            assert stated.root == Tree(leaves[: stated.size]).root()


def test_what_steps_have_left_is_signed_at_once_by_a_tick_or_on_demand(tmp_path, monkeypatch):
    monkeypatch.setattr(automatic, "STEP", 20)
    for name, ask in (("tick", Engine.tick), ("demand", Engine.checkpoint)):
        town = a_town(tmp_path / f"{name}.db", checkpoint_every=Every(events=30, seconds=10**6))
        with town.engine as engine:
            report(town, 40)
            engine.create_key()
            report(town)
            assert signed(engine) == [20]
            ask(engine)

            assert signed(engine) == [20, engine.store.head()]
            last = engine.checkpointer.last()
            assert last is not None
            assert last.checkpoint.root == root_of(engine)


# -- failures ---------------------------------------------------------------------------------------------------------


def test_a_command_stays_committed_where_signing_fails_and_signing_is_tried_again(path, caplog):
    town = a_town(path, checkpoint_every=Every(events=1, seconds=10**6))
    with town.engine as engine:
        os.chmod(f"{path}.signing", 0o644)
        report(town)

        assert sum(1 for _ in engine.records()) == 2
        assert len(signed(engine)) == 1
        assert "others may read the signing key" in str(engine.unsigned)
        assert "will be tried again" in caplog.text
        os.chmod(f"{path}.signing", 0o600)
        report(town)
        assert signed(engine)[1:] == [engine.store.head()]
        assert engine.unsigned is None


def test_a_full_disk_under_the_checkpoints_keeps_the_command(path):
    town = a_town(path, checkpoint_every=Every(events=1, seconds=10**6))
    with town.engine as engine:
        connection = engine.checkpointer.kept._opened()
        assert connection is not None
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        while engine.unsigned is None:
            report(town)

        assert "full" in str(engine.unsigned)
        connection.execute("PRAGMA max_page_count = 100000")
        report(town)
        assert engine.unsigned is None
        assert signed(engine)[-1] == engine.store.head()


def test_a_locked_checkpoint_file_keeps_the_command_and_makes_nobody_wait(path):
    town = a_town(path, checkpoint_every=Every(events=1, seconds=10**6))
    with town.engine as engine:
        before = signed(engine)
        other = sqlite3.connect(f"{path}.checkpoints", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        begin = time.monotonic()
        report(town)
        engine.tick()

        assert time.monotonic() - begin < 5, "whose turn it is not waits for nobody"
        assert (engine.unsigned, signed(engine)) == (None, before), "nothing is wrong: another one signs"
        other.close()
        report(town)
        assert signed(engine)[-1] == engine.store.head()


def test_a_row_damaged_under_a_running_engine_fails_no_command_and_is_told_at_every_tick(path):
    town = a_town(path, checkpoint_every=Every(events=1, seconds=10**6))
    with town.engine as engine:
        with raw(path) as connection:
            connection.execute("UPDATE stored_events SET state = CAST(state || ' ' AS BLOB) WHERE rowid = 1")
        report(town)
        engine.tick()

        assert "position 1" in str(engine.unsigned)
        with pytest.raises(LogError, match="position 1"):
            engine.checkpoint()


def test_a_key_file_that_was_lost_is_not_replaced_by_a_new_one(path):
    os.rename(f"{path}.signing", f"{path}.elsewhere")
    with a_town(path).engine as engine:
        with pytest.raises(LogError, match="signed with a key that is missing"):
            engine.checkpoint()
        os.rename(f"{path}.elsewhere", f"{path}.signing")
        engine.checkpoint()


# -- opening ----------------------------------------------------------------------------------------------------------


def test_opening_finds_a_log_that_lost_what_was_signed(path):
    with raw(path) as connection:
        connection.execute("DELETE FROM stored_events WHERE rowid = (SELECT max(rowid) FROM stored_events)")

    with pytest.raises(Truncated, match="run `govflow verify`"):
        a_town(path)
    with Engine.open(path, read_only=True) as engine:
        assert engine.log_id


def test_opening_finds_another_log_in_the_place_of_the_one_that_was_signed(path, tmp_path):
    with a_town(tmp_path / "other.db").engine as other:
        other.adopt(other.policy)
        while other.store.head() < 20:
            report(Town(other, PinnedClock()))
    for part in ("", "-wal", "-shm"):
        Path(f"{path}{part}").unlink(missing_ok=True)
    shutil.copy(tmp_path / "other.db", path)

    with pytest.raises(LogError, match="not those that were signed: run `govflow verify`"):
        Engine.open(path)


def test_a_new_log_is_not_begun_beside_what_was_signed_of_a_lost_one(path):
    for part in ("", "-wal", "-shm"):
        Path(f"{path}{part}").unlink(missing_ok=True)

    with pytest.raises(Truncated, match="the log has 0 events"):
        a_town(path)
    with pytest.raises(LogError, match="no govflow log"):
        Engine.open(path, read_only=True)


def test_opening_for_reading_asks_nothing_of_the_checkpoint_file(path):
    with raw(f"{path}.checkpoints") as connection:
        connection.execute("UPDATE belongs_to SET log_id = 'log-other'")

    with Engine.open(path, read_only=True) as engine, pytest.raises(LogError, match="for reading only"):
        engine.checkpoint()
    with pytest.raises(LogError, match="move them away"):
        a_town(path)


def test_a_kept_hash_that_was_changed_does_not_hinder_opening(path):
    with raw(f"{path}.checkpoints") as connection:
        connection.execute("INSERT INTO nodes VALUES (8, 0, zeroblob(32))")

    with a_town(path).engine as engine:
        engine.checkpoint()


# -- proofs -----------------------------------------------------------------------------------------------------------


def test_an_event_of_a_record_is_proved_by_its_version(tmp_path):
    town = a_town(tmp_path / "city.db")
    with town.engine as engine:
        report(town, 2)
        note = engine.checkpoint()
        (id, *_) = [each.id for each in engine.records()]
        for version, row in enumerate(engine.store.read(id), 1):
            proven = check(engine.prove(id, version), engine.checkpointer.verifiers())
            assert proven.leaf.split(b"\n")[:3] == [id.encode(), b"%d" % version, row.topic.encode()]
            assert proven.checkpoint == Checkpoint.parse(note.text)
        assert engine.prove(id) == engine.prove(id, engine.get(id).version)
        for version in (0, -1, 99):
            with pytest.raises(NotFound):
                engine.prove(id, version)
        with pytest.raises(NotFound):
            engine.prove("C-none")


def test_a_log_on_a_recorder_signs_itself(tmp_path):
    from eventsourcing.popo import POPOApplicationRecorder

    files = {"keys": ":memory:", "checkpoints": tmp_path / "c", "signing": tmp_path / "s"}
    recorder, every = POPOApplicationRecorder(), Every(events=1, seconds=10**6)
    with Engine.on_recorder(recorder, **files, checkpoint_every=every) as engine:
        engine.checkpoint()
        engine.handle(ReportCase(by=resident, **MATTER))
        last = engine.checkpointer.last()

        assert last is not None
        assert (last.checkpoint.size, last.checkpoint.root) == (engine.store.head(), root_of(engine))
    with pytest.raises(Truncated):
        Engine.on_recorder(POPOApplicationRecorder(), **files)


def test_a_log_in_memory_is_signed_as_long_as_it_lasts():
    with a_town().engine as engine:
        assert isinstance(engine.checkpoint(), Note)
        check(engine.prove("log"), engine.checkpointer.verifiers())


# -- what the key remembers -------------------------------------------------------------------------------------------


def forged(path: Path) -> None:
    """Change an event that was signed, with a hash that fits it."""
    with raw(path) as connection:
        stream, version, topic, state = connection.execute(
            "SELECT originator_id, originator_version, topic, state FROM stored_events WHERE rowid = 2"
        ).fetchone()
        changed = state[:-1] + b" }"
        leaf = leaf_of(stream, version, topic, changed)
        connection.execute("UPDATE stored_events SET state = ?, leaf = ? WHERE rowid = 2", (changed, leaf))


def test_a_forged_log_without_its_checkpoints_is_not_signed_anew_and_that_is_said_once(path, caplog):
    forged(path)
    os.unlink(f"{path}.checkpoints")
    with a_town(path).engine as engine:
        engine.tick()
        engine.tick()

        assert "has signed" in str(engine.unsigned)
        assert caplog.text.count("will be tried again") == 1
        with pytest.raises(LogError, match="not those that were signed"):
            engine.checkpoint()
        assert signed(engine) == []


def test_a_log_whose_checkpoints_are_lost_is_signed_on_by_hand_once_it_is_seen_to_be_the_same(path):
    with a_town(path, checkpoint_every=None).engine as engine:
        last = engine.checkpointer.last()
    assert last is not None
    os.unlink(f"{path}.checkpoints")
    town = a_town(path)
    with town.engine as engine:
        report(town)
        assert "bring them back" in str(engine.unsigned)
        assert signed(engine) == []
        note = engine.checkpoint()

        assert signed(engine) == [engine.store.head()]
        assert engine.checkpointer.keys.signed() == Checkpoint.parse(note.text)
        assert engine.unsigned is None


def test_an_older_log_with_its_older_checkpoints_is_not_signed_by_a_key_that_has_signed_more(path, tmp_path):
    a_town(path, checkpoint_every=None).engine.close()  # brings everything into the files themselves
    older = [Path(f"{path}{part}").read_bytes() for part in ("", ".checkpoints", ".keys")]
    town = a_town(path, checkpoint_every=None)
    with town.engine as engine:
        report(town)
        engine.checkpoint()
    for part, content in zip(("", ".checkpoints", ".keys"), older, strict=True):
        for end in ("-wal", "-shm"):
            Path(f"{path}{part}{end}").unlink(missing_ok=True)
        Path(f"{path}{part}").write_bytes(content)

    with a_town(path, checkpoint_every=None).engine as engine, pytest.raises(Truncated):
        engine.checkpoint()


def test_a_log_that_is_only_read_signs_nothing_and_makes_no_key(path, tmp_path):
    for engine in (Engine.open(path, read_only=True), Engine.open(a_log_without_a_key(tmp_path), read_only=True)):
        with engine:
            for asked in (engine.checkpoint, engine.create_key, engine.checkpointer.sign, engine.checkpointer.rotate):
                with pytest.raises(LogError, match="reading only"):
                    asked()


def a_log_without_a_key(folder: Path) -> Path:
    a_town(folder / "unsigned.db").engine.close()
    return folder / "unsigned.db"


def test_a_version_that_no_log_can_have_is_not_proved(path):
    with Engine.open(path, read_only=True) as engine, pytest.raises(NotFound):
        engine.prove("C-2026-000001", 10**20)


@pytest.mark.parametrize("given", [10, 0, "1h"])
def test_an_interval_that_is_none_is_refused_when_the_log_is_opened(given):
    with pytest.raises(InputError, match=r"is no Every; expected Every\(events"):
        Engine.open(checkpoint_every=given)
