"""The checkpoint file: what a log's key has signed, and hashes kept so that signing on does not read the log again.

Signed notes, handovers of keys and time stamps are only ever added to. The kept hashes are a cache and no second truth:
whoever reads them compares what follows from them with a signed root; deleting them loses nothing but time.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from govflow.errors import Detail, LogError
from govflow.files import IN_MEMORY, for_reading, into_wal
from govflow.persistence.checkpoint_tables import is_ours, make_tables

_NOTE = "SELECT rowid, size, note, signed_at FROM signed_notes"
_PAGE = 1000


class Busy(LogError):
    """Somebody else writes to the checkpoint file at this moment. Nothing is wrong: try again later."""


class KeptNote(NamedTuple):
    """A signed checkpoint as it was kept: its number in the file, the size it states, the note, when it was signed."""

    number: int
    size: int
    note: bytes
    signed_at: datetime


class KeptStamp(NamedTuple):
    """A time stamp (RFC 3161) over the text of the checkpoint of this size, and the time it states."""

    size: int
    token: bytes
    stamped_at: datetime


class KeptNode(NamedTuple):
    """The hash over the 2^level leaves from place · 2^level on, as it was kept."""

    level: int
    place: int
    hash: bytes


class CheckpointStore:
    """The checkpoints of one log, in one SQLite file or in memory. Safe from several threads and processes.

    The file is made by the first checkpoint; until then there is nothing to read. Raises LogError.
    """

    def __init__(self, path: str | Path, *, read_only: bool = False, busy_timeout: float = 60.0) -> None:
        self.path = str(path)
        self.read_only = read_only
        self._patience = busy_timeout
        self._lock = threading.RLock()
        self._db: sqlite3.Connection | None = None
        self._log_id = ""

    # -- opening ------------------------------------------------------------------------------------------------------

    def _opened(self, *, create: bool = False) -> sqlite3.Connection | None:
        """The connection; None where there is nothing to read and nothing is to be made."""
        if self._db is None and (self.path == IN_MEMORY or create or os.path.exists(self.path)):
            self._db = self._for_reading() if self.read_only else self._for_writing()
        return self._db

    def _for_reading(self) -> sqlite3.Connection | None:
        if self.path == IN_MEMORY:
            return None
        db = for_reading(self.path, self._patience)
        try:
            if is_ours(db, self.path):
                return db
        except BaseException:
            db.close()
            raise
        db.close()
        return None

    def _for_writing(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=self._patience, isolation_level=None, check_same_thread=False)
        try:
            is_made = is_ours(db, self.path)
            into_wal(db, self._patience)
            db.execute("PRAGMA synchronous=FULL")
            if is_made:  # whoever only reads does not wait for whoever writes
                return db
            db.execute("BEGIN IMMEDIATE")
            make_tables(db)
            db.execute("COMMIT")
        except BaseException:
            db.close()
            raise
        return db

    def serve(self, log_id: str) -> None:
        """Say which log the checkpoints are of. Raises LogError where they are another's and are to be written."""
        self._log_id = log_id
        if not self.read_only:
            self._check_owner()

    def _check_owner(self) -> bool:
        """Whether the file knows its log already."""
        found = self._rows("SELECT log_id FROM belongs_to")
        if found and self._log_id and found[0][0] != self._log_id:
            raise LogError(
                f"the checkpoints in {self.path} are of {found[0][0]}, not of {self._log_id}: move them away"
            )
        return bool(found)

    # -- writing ------------------------------------------------------------------------------------------------------

    @contextmanager
    def transaction(self, *, wait: bool = True) -> Iterator[None]:
        """Hold the file's lock; what is added inside is durable when the block ends well, or not there at all.

        One inside another belongs to it. Raises Busy where somebody else holds it and this is not to wait for them.
        """
        self.refuse_if_read_only()
        with self._held(wait), self._errors():
            db = self._opened(create=True)
            assert db is not None, "it was made"
            if db.in_transaction:
                yield
                return
            self._begin(db, wait)
            try:
                if not self._check_owner() and self._log_id:
                    db.execute("INSERT INTO belongs_to VALUES (?)", (self._log_id,))
                yield
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def _held(self, wait: bool) -> Iterator[None]:
        if not self._lock.acquire(blocking=wait):
            raise Busy(f"checkpoint file {self.path}: another thread writes to it")
        try:
            yield
        finally:
            self._lock.release()

    def _begin(self, db: sqlite3.Connection, wait: bool) -> None:
        if wait:
            db.execute("BEGIN IMMEDIATE")
            return
        db.execute("PRAGMA busy_timeout=0")
        try:
            db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            raise Busy(f"checkpoint file {self.path}: another process writes to it") from None
        finally:
            db.execute(f"PRAGMA busy_timeout={int(self._patience * 1000)}")

    def refuse_if_read_only(self) -> None:
        """Raise LogError where nothing may be written."""
        if self.read_only:
            what = f"{self.path} was opened for reading only"
            raise LogError(Detail(what, f"{self.path} 以只读方式打开"))

    def _write(self, sql: str, rows: Iterable[tuple[Any, ...]] = ((),)) -> None:
        with self.transaction():
            assert self._db is not None, "a transaction is open"
            self._db.executemany(sql, rows)

    def add_note(self, size: int, note: bytes, signed_at: datetime) -> None:
        """Add a signed checkpoint."""
        sql = "INSERT INTO signed_notes (size, note, signed_at) VALUES (?, ?, ?)"
        self._write(sql, [(size, note, signed_at.isoformat())])

    def add_handover(self, note: bytes, signed_at: datetime) -> None:
        """Add the note by which one key hands over to the next."""
        self._write("INSERT INTO handovers (note, signed_at) VALUES (?, ?)", [(note, signed_at.isoformat())])

    def add_stamp(self, stamp: KeptStamp) -> None:
        """Add a time stamp."""
        row = (stamp.size, stamp.token, stamp.stamped_at.isoformat())
        self._write("INSERT INTO time_stamps (size, token, stamped_at) VALUES (?, ?, ?)", [row])

    def put_nodes(self, nodes: Iterable[tuple[int, int, bytes]]) -> None:
        """Keep hashes of full subtrees: (level, index, hash)."""
        self._write("INSERT OR REPLACE INTO nodes VALUES (?, ?, ?)", nodes)

    def drop_nodes(self) -> None:
        """Forget every kept hash: they did not lead to what was signed."""
        self._write("DELETE FROM nodes")

    # -- reading ------------------------------------------------------------------------------------------------------

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock, self._errors():
            db = self._opened()
            return [] if db is None else db.execute(sql, values).fetchall()

    def notes(self) -> Iterator[KeptNote]:
        """Every signed checkpoint, oldest first, in flat memory."""
        number = 0
        while page := self._rows(f"{_NOTE} WHERE rowid > ? ORDER BY rowid LIMIT {_PAGE}", number):
            yield from map(_kept_note, page)
            number = page[-1][0]

    def notes_by_size(self) -> Iterator[KeptNote]:
        """Every signed checkpoint, smallest size first; of one size the one with the most signatures comes last."""
        after = (-1, 0)
        sql = f"{_NOTE} WHERE (size, rowid) > (?, ?) ORDER BY size, rowid LIMIT {_PAGE}"
        while page := self._rows(sql, *after):
            yield from map(_kept_note, page)
            after = page[-1][1], page[-1][0]

    def last(self) -> KeptNote | None:
        """The checkpoint of the largest size, with the most signatures; None where nothing was signed."""
        return self._one(f"{_NOTE} ORDER BY size DESC, rowid DESC LIMIT 1")

    def at(self, size: int) -> KeptNote | None:
        """The checkpoint of this size, with the most signatures."""
        return self._one(f"{_NOTE} WHERE size = ? ORDER BY rowid DESC LIMIT 1", size)

    def _one(self, sql: str, *values: object) -> KeptNote | None:
        return next(map(_kept_note, self._rows(sql, *values)), None)

    def handovers(self) -> tuple[bytes, ...]:
        """The notes by which keys were handed over, oldest first."""
        return tuple(_raw(note) for (note,) in self._rows("SELECT note FROM handovers ORDER BY rowid"))

    def stamps(self) -> tuple[KeptStamp, ...]:
        """The time stamps, in the order in which they came."""
        found = self._rows("SELECT size, token, stamped_at FROM time_stamps ORDER BY rowid")
        return tuple(KeptStamp(size, _raw(token), _moment(at)) for size, token, at in found)

    def node(self, level: int, index: int) -> bytes | None:
        """A kept hash, None where it was not kept."""
        found = self._rows("SELECT hash FROM nodes WHERE level = ? AND idx = ?", level, index)
        return _raw(found[0][0]) if found else None

    def nodes(self) -> Iterator[KeptNode]:
        """Every kept hash, by level and index, in flat memory."""
        after = (-1, -1)
        sql = f"SELECT level, idx, hash FROM nodes WHERE (level, idx) > (?, ?) ORDER BY level, idx LIMIT {_PAGE}"
        while page := self._rows(sql, *after):
            yield from (KeptNode(level, place, _raw(hash)) for level, place, hash in page)
            after = page[-1][:2]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, UnicodeDecodeError) as error:  # the last: a damaged name that is no text
            raise LogError(f"checkpoint file {self.path}: {error}; nothing was written") from error

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None


def _kept_note(row: tuple[int, int, bytes, str]) -> KeptNote:
    number, size, note, signed_at = row
    return KeptNote(number, size, _raw(note), _moment(signed_at))


def _raw(value: Any) -> bytes:
    """A value as it was written: bytes. Raises LogError where somebody put something else in its place."""
    if not isinstance(value, bytes):
        raise LogError(
            f"a {type(value).__name__} stands in the checkpoint file where bytes were written: it was changed"
        )
    return value


def _moment(text: Any) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise LogError(f"{str(text)[:40]} in the checkpoint file is no moment: it was changed") from None


def beside(path: str) -> str:
    """Where the checkpoints of the log at `path` stand."""
    return IN_MEMORY if path == IN_MEMORY else f"{path}.checkpoints"
