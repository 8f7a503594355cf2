"""What goes wrong around a log: full disks, locks, damage, lost keys. Nothing acknowledged is lost or goes silently."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from govflow.actors import Actor
from govflow.cases.commands import AcceptCase, ReportCase
from govflow.engine import Engine
from govflow.errors import LogError, ProtectionError, Truncated
from govflow.messages import new_command_id
from govflow.persistence.codec import leaf_of, packed_command_id
from govflow.persistence.sqlite import SQLiteStore
from govflow.privacy.key_names import KeyName
from govflow.privacy.keys import KeyStore
from tests.support import wrapped_keys

DESK = Actor.of("desk", "acceptance_desk", "dispatcher")
CLERK = Actor.of("clerk", "archivist")
NOBODY = 65534


def report(**more: Any) -> ReportCase:
    matter = {"title": "Leak", "kind": "hotline", "channel": "phone", "level": "community", "area": "a/b"}
    return ReportCase(**{"by": Actor.of("s-1", "resident", "reporter"), "reporter": "s-1", **matter, **more})


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log with one case whose reporter is known by name."""
    with Engine.open(tmp_path / "log.db") as engine:
        engine.handle(report(reporter_name="Zhang San"))
    return tmp_path / "log.db"


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    """The file behind a log, without its guards."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def unguarded(connection: sqlite3.Connection) -> None:
    connection.execute("DROP TRIGGER stored_events_no_update")
    connection.execute("DROP TRIGGER stored_events_no_delete")


# -- no room, no lock, no right ---------------------------------------------------------------------------------------

FILLS_THE_DISK = """
import resource, signal, sys
from govflow.engine import Engine
from govflow.errors import LogError
from tests.persistence.test_faults import report

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Engine.open(sys.argv[1]) as engine:
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
    try:
        for number in range(100_000):
            print(engine.handle(report(command_id=f"n-{number}")).id, flush=True)
    except LogError as error:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print("after:", engine.handle(report(command_id=f"n-{number}")).id, file=sys.stderr)
        sys.exit(f"LogError: {error}")
"""


def test_a_full_disk_is_an_error_and_loses_nothing_acknowledged(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", FILLS_THE_DISK, str(tmp_path / "log.db")],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    acknowledged = done.stdout.split()
    assert done.returncode == 1, done.stderr
    assert "LogError: " in done.stderr
    assert len(acknowledged) > 20
    with Engine.open(tmp_path / "log.db") as engine:
        kept = [record.id for record in engine.records()]
        assert kept[:-1] == acknowledged, "the last one is the command given again when there was room"
        assert f"after: {kept[-1]}" in done.stderr
        assert [row.position for row in engine.store.scan()] == list(range(1, engine.store.head() + 1))


def test_a_log_that_somebody_else_keeps_locked_is_an_error_after_the_time_to_wait(log: Path):
    with raw(log) as other, closing(SQLiteStore(log, busy_timeout=0.1)) as store:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LogError, match="locked"), store.transaction():
            pytest.fail("the lock was given twice")
        assert store.head() > 0, "reading goes on"
        other.execute("ROLLBACK")
        with store.transaction():
            pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can step down to a user without rights")
def test_files_and_folders_that_may_not_be_written_give_one_clear_error():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Engine.open(folder / "log.db") as engine:
            engine.handle(report())
        folder.chmod(0o755)
        for path in folder.iterdir():
            path.chmod(0o644)
        os.seteuid(NOBODY)
        try:
            with pytest.raises(LogError):
                Engine.open(folder / "log.db")
            with pytest.raises(LogError):
                Engine.open(folder / "another.db")
        finally:
            os.seteuid(0)
        assert sorted(path.name for path in folder.iterdir()) == ["log.db", "log.db.keys"]


def test_a_log_in_a_folder_that_is_not_there_is_an_error(tmp_path: Path):
    with pytest.raises(LogError):
        Engine.open(tmp_path / "nowhere" / "log.db")
    with pytest.raises(LogError, match="there is no log"):
        Engine.open(tmp_path / "log.db", create=False)
    (tmp_path / "empty.db").touch()
    with pytest.raises(LogError, match="there is no log"):
        Engine.open(tmp_path / "empty.db", create=False)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_an_engine_does_not_go_on_behind_a_fork(log: Path):
    with Engine.open(log) as engine:
        child = os.fork()
        if child == 0:
            try:
                engine.get("C-2026-000001")
            except LogError:
                os._exit(3)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 3
        assert engine.handle(report()).version == 1


# -- other files ------------------------------------------------------------------------------------------------------


def test_what_is_no_database_is_refused_and_left_alone(tmp_path: Path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 100, encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(LogError, match="not a database"):
        Engine.open(path)
    with pytest.raises(LogError, match="not a database"):
        KeyStore(path)
    assert path.read_bytes() == before


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path):
    path = tmp_path / "addresses.db"
    with raw(path) as other:
        other.execute("CREATE TABLE addresses (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(LogError, match="another program's database"):
        Engine.open(path)
    with pytest.raises(LogError, match="not a key store"):
        KeyStore(path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["addresses.db"]


def test_a_log_of_another_form_is_refused(tmp_path: Path):
    with raw(tmp_path / "log.db") as other:
        other.execute("CREATE TABLE stored_events (originator_id TEXT, originator_version INTEGER, topic TEXT)")
    with pytest.raises(LogError, match="of another form"):
        Engine.open(tmp_path / "log.db")


# -- damage -----------------------------------------------------------------------------------------------------------


def test_rows_can_be_neither_changed_nor_removed(log: Path):
    with raw(log) as other:
        for statement in ("UPDATE stored_events SET state = x'00'", "DELETE FROM stored_events"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                other.execute(statement)


def test_a_flipped_bit_is_found_when_the_record_is_read(log: Path):
    with Engine.open(log) as engine:
        (row,) = engine.store.read("C-2026-000001")
    flipped = row.state.replace(b'"title":"Leak"', b'"title":"Lead"')
    assert flipped != row.state
    with raw(log) as other:
        unguarded(other)
        other.execute("UPDATE stored_events SET state = ? WHERE rowid = ?", (flipped, row.position))
    with Engine.open(log) as engine:
        with pytest.raises(LogError, match=r"C-2026-000001 version 1 .* changed"):
            engine.get(row.stream)
        with pytest.raises(LogError, match="changed"):
            engine.handle(AcceptCase(id=row.stream, by=DESK))
        (scanned,) = (each for each in engine.store.scan() if each.stream == row.stream)
        assert scanned.leaf != leaf_of(scanned.stream, scanned.version, scanned.topic, scanned.state)


def test_a_log_cut_off_behind_a_live_engine_stops_it(log: Path):
    with Engine.open(log) as engine:
        engine.handle(report())
        with raw(log) as other:
            unguarded(other)
            other.execute("DELETE FROM stored_events WHERE rowid = (SELECT max(rowid) FROM stored_events)")
        with pytest.raises(Truncated):
            engine.handle(report())
        with pytest.raises(Truncated):
            engine.handle(report())


def test_recorded_at_never_goes_back_with_the_clock(tmp_path: Path):
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with Engine.open(tmp_path / "log.db", now=lambda: at) as engine:
        case = engine.handle(report())
        at -= timedelta(hours=2)
        engine.handle(AcceptCase(id=case.id, by=DESK))
    with Engine.open(tmp_path / "log.db", now=lambda: at) as engine:
        engine.handle(report())
        recorded = [event.meta.recorded_at for event in engine.events()]
    assert recorded == sorted(recorded)


# -- keys -------------------------------------------------------------------------------------------------------------


def test_without_its_key_store_a_log_is_read_but_protects_nothing_new(log: Path):
    kept = Path(f"{log}.keys").rename(f"{log}.kept")
    with Engine.open(log) as engine:
        assert engine.get("C-2026-000001").status == "reported"
        with pytest.raises(ProtectionError, match="no key"):
            engine.open_personal("C-2026-000001", "reporter_name", DESK, why="to handle it")
        with pytest.raises(LogError, match="the log's own key store"):
            engine.handle(report(reporter_name="Zhang San"))
        assert engine.handle(report()).status == "reported", "what is not personal goes on"
    kept.rename(f"{log}.keys")
    with Engine.open(log) as engine:
        assert engine.open_personal("C-2026-000001", "reporter_name", DESK, why="to handle it") == "Zhang San"


def test_a_key_store_lost_for_good_can_be_replaced_on_purpose(log: Path):
    Path(f"{log}.keys").unlink()
    with Engine.open(log) as engine:
        engine.vault.keys.bind(engine.log_id)
    with Engine.open(log) as engine:
        case = engine.handle(report(reporter_name="Li Si", reporter="s-2"))
        assert engine.open_personal(case.id, "reporter_name", DESK, why="to handle it") == "Li Si"


def test_the_key_store_of_another_log_is_refused(log: Path, tmp_path: Path):
    with Engine.open(tmp_path / "other.db") as other:
        other.handle(report(reporter_name="Li Si"))
    with pytest.raises(LogError, match="belongs to log-"):
        Engine.open(log, keys=tmp_path / "other.db.keys")
    with pytest.raises(LogError, match="holds keys of log-"):
        Engine.open(tmp_path / "third.db", keys=tmp_path / "other.db.keys")


def test_a_log_whose_beginning_was_cut_short_begins_again_with_its_key_store(tmp_path: Path):
    with closing(KeyStore(tmp_path / "log.db.keys")) as keys:
        keys.bind("log-1")
    with Engine.open(tmp_path / "log.db") as engine:
        assert engine.log_id == "log-1"


def test_a_key_whose_event_was_never_stored_is_swept(log: Path):
    with Engine.open(log) as engine:
        engine.vault.keys.need([KeyName("s-orphan", "C-9")], packed_command_id(new_command_id()))
    with Engine.open(log) as engine:
        assert engine.vault.keys.get("s-orphan", "C-9") is None
        assert engine.vault.keys.waiting() == []
        assert engine.open_personal("C-2026-000001", "reporter_name", DESK, why="to handle it") == "Zhang San"


def test_a_key_that_one_event_needs_survives_a_later_write_that_failed(log: Path):
    """Two wait for the same new key: the first is stored, the second is not."""
    with Engine.open(log) as one:
        one.handle(report(reporter="s-2", reporter_name="Li Si"))
        with Engine.open(log) as two:
            one.handle(report(reporter="s-3", reporter_name="Wang Wu"))
            two.vault.keys.need([KeyName("s-3", "C-2026-000003")], packed_command_id(new_command_id()))
    with Engine.open(log) as engine:
        assert engine.open_personal("C-2026-000003", "reporter_name", DESK, why="to handle it") == "Wang Wu"
        assert engine.vault.keys.waiting() == []


def test_an_erasure_cut_short_is_finished_when_the_log_is_opened(log: Path, monkeypatch: pytest.MonkeyPatch):
    class CutShort(Exception):
        pass

    def cut_short(self: KeyStore, subject: str) -> None:
        raise CutShort

    with Engine.open(log) as engine:
        key = engine.vault.keys.get("s-1", "C-2026-000001")
        wrapped = wrapped_keys(log, "s-1")
        monkeypatch.setattr(KeyStore, "destroy", cut_short)
        with pytest.raises(CutShort):
            engine.erase("s-1", CLERK, basis="PIPL §47", authority="town office")
        assert engine.vault.keys.get("s-1", "C-2026-000001") == key
    monkeypatch.undo()
    with Engine.open(log) as engine:
        assert engine.vault.keys.is_destroyed("s-1")
        assert engine.open_personal("C-2026-000001", "reporter_name", DESK, why="to handle it") is None
    assert key is not None
    assert wrapped
    assert not any(wrapped[0] in path.read_bytes() for path in log.parent.iterdir())


def test_two_who_make_a_log_at_the_same_moment_share_it(tmp_path: Path):
    opened: list[str] = []

    def open_it() -> None:
        with Engine.open(tmp_path / "log.db") as engine:
            opened.append(engine.log_id)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 8
    assert len(set(opened)) == 1


def test_numbers_go_on_beside_ids_that_only_look_like_them(log: Path):
    with closing(SQLiteStore(log)) as store:
        assert store.last_number("C-2026-") == 1
        with store.transaction() as transaction:
            topic, state = "case.reported@1", b"{}\n{}"
            for stream in ("C-2026-000002-b", "C-2026-999999", "C-2026-1000000"):
                row = next(store.scan())._replace(stream=stream, version=1, topic=topic, state=state, command_id=None)
                transaction.append([row._replace(leaf=leaf_of(stream, 1, topic, state))])
            assert store.last_number("C-2026-") == 1_000_000
