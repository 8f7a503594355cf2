"""Reading without writing: an auditor's read-only medium, a log without its key store, a log in use by others."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from govflow import Actor, Engine, LogError, ProtectionError
from govflow.cases.commands import AcceptCase, ReportCase

RESIDENT = Actor.of("s-1", "resident")
DESK = Actor.of("desk", "acceptance_desk")
LEAK = {"title": "Leak", "kind": "hotline", "channel": "phone", "level": "community", "description": "at my door"}


def a_log(folder: Path) -> tuple[Path, str]:
    path = folder / "town 100%?.db"  # a name that would break an address put together by hand
    with Engine.open(path) as engine:
        return path, engine.handle(ReportCase(by=RESIDENT, **LEAK)).id


def test_reading_changes_no_file_and_makes_none(tmp_path):
    path, id = a_log(tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    with Engine.open(path, read_only=True) as engine:
        assert engine.get(id).status == "reported"
        with pytest.raises(ProtectionError, match="open for reading alone"):  # who reads it is written down
            engine.open_personal(id, "description", DESK, why="to handle it")
    after = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert {name: after[name] for name in before} == before
    assert not [name for name in set(after) - set(before) if not name.endswith(("-wal", "-shm"))]


def test_a_log_without_its_key_store_is_read_and_gets_none(tmp_path):
    path, id = a_log(tmp_path)
    os.remove(f"{path}.keys")
    with Engine.open(path, read_only=True) as engine:
        assert engine.get(id).status == "reported"
    assert not os.path.exists(f"{path}.keys")


def test_nothing_is_written_through_a_reading_engine(tmp_path):
    path, id = a_log(tmp_path)
    with Engine.open(path, read_only=True) as engine:
        head = engine.store.head()
        with pytest.raises(LogError, match="for reading only"):
            engine.handle(AcceptCase(id=id, by=DESK))
        assert engine.store.head() == head


def test_a_reader_sees_what_a_writer_commits_meanwhile(tmp_path):
    path, id = a_log(tmp_path)
    with Engine.open(path) as writer, Engine.open(path, read_only=True) as reader:
        writer.handle(AcceptCase(id=id, by=DESK))
        assert reader.get(id).status == "accepted"


def test_a_copy_on_a_read_only_medium_is_read(tmp_path, monkeypatch):
    path, id = a_log(tmp_path)
    medium = tmp_path / "medium"
    medium.mkdir()
    shutil.copy(path, medium / "town.db")
    refuse_the_shared_memory(monkeypatch)
    with Engine.open(medium / "town.db", read_only=True) as engine:
        assert engine.get(id).status == "reported"


def test_a_medium_that_hides_the_newest_part_is_refused(tmp_path, monkeypatch):
    path, _ = a_log(tmp_path)
    Path(f"{path}-wal").write_bytes(b"x" * 100)
    refuse_the_shared_memory(monkeypatch)
    with pytest.raises(LogError, match="copy both to where you may write"):
        Engine.open(path, read_only=True)


def test_a_missing_log_is_an_error_and_stays_missing(tmp_path):
    with pytest.raises(LogError, match="there is no log"):
        Engine.open(tmp_path / "none.db", read_only=True)
    assert list(tmp_path.iterdir()) == []


def refuse_the_shared_memory(monkeypatch) -> None:
    """What SQLite does on a read-only medium, also where the tests run as root and may write everywhere."""
    import sqlite3

    from govflow import files

    class Refusing(sqlite3.Connection):
        def execute(self, *arguments):
            raise sqlite3.OperationalError("attempt to write a readonly database")

    connected = files._connected

    def on_a_medium(address: str, patience: float) -> sqlite3.Connection:
        if "immutable" in address:
            return connected(address, patience)
        return sqlite3.connect(address, uri=True, factory=Refusing)

    monkeypatch.setattr(files, "_connected", on_a_medium)
