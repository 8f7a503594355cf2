"""The agenda 待办时刻: when each record has to be looked at next. Worked out of the log, in a file of its own.

It is no second truth: whoever deletes it loses nothing but the time to read the log once more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from govflow.errors import LogError
from govflow.files import IN_MEMORY, into_wal

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
  stream TEXT PRIMARY KEY, version INTEGER NOT NULL, due INTEGER, provisional INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entries_due ON entries (due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS entries_provisional ON entries (stream) WHERE provisional;
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_PUT = """
INSERT INTO entries VALUES (?, ?, ?, ?) ON CONFLICT (stream) DO UPDATE
SET version = excluded.version, due = excluded.due, provisional = excluded.provisional
WHERE excluded.version >= version
"""  # two tick at once: what the slower one knows of a record must not replace what the faster one knows
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Entry(NamedTuple):
    """When a record has to be looked at next as of its `version` (None: never).

    `provisional` is whether that may change with a newer edition of a work calendar.
    """

    stream: str
    version: int
    due: datetime | None
    provisional: bool


class Agenda:
    """The agenda of one log, in one SQLite file or in memory. Safe from several processes.

    The file is made, or emptied where it is another log's, when it is first used. Raises LogError.
    """

    def __init__(self, path: str | Path, log_id: str, *, busy_timeout: float = 60.0) -> None:
        self.path = str(path)
        self._log_id = log_id
        self._patience = busy_timeout

    @cached_property
    def _db(self) -> sqlite3.Connection:
        with self._as_log_errors():
            db = sqlite3.connect(self.path, timeout=self._patience, isolation_level=None, check_same_thread=False)
            try:
                into_wal(db, self._patience)
                db.execute("PRAGMA synchronous=NORMAL")  # what a power cut takes is read from the log again
                with _transaction(db):
                    for statement in filter(str.strip, _SCHEMA.split(";")):
                        db.execute(statement)
                    if _noted(db, "log") != self._log_id:
                        _clear(db, self._log_id)
            except BaseException:
                db.close()
                raise
            return db

    @contextmanager
    def _as_log_errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:  # the latter: a damaged name that is no text
            raise LogError(f"{self.path}: {error}; the agenda may be deleted, it is made again") from error

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._as_log_errors(), _transaction(self._db) as db:
            yield db

    def noted(self, name: str) -> str:
        """What was noted under a name, empty where nothing was."""
        with self._as_log_errors():
            return _noted(self._db, name)

    def clear(self) -> None:
        """Forget everything: the log is not the one it was."""
        with self._change() as db:
            _clear(db, self._log_id)

    def put(self, entries: Iterable[Entry], **notes: str) -> None:
        """Replace the entries of these records, unless they are newer, and note these things, all or nothing."""
        rows = [
            (each.stream, each.version, None if each.due is None else _micros(each.due), each.provisional)
            for each in entries
        ]
        with self._change() as db:
            db.executemany(_PUT, rows)
            db.executemany("INSERT OR REPLACE INTO notes VALUES (?, ?)", notes.items())

    def due(self, until: datetime, limit: int) -> list[tuple[datetime, str]]:
        """The first records to be looked at up to a moment, in the order of their moments."""
        sql = "SELECT due, stream FROM entries WHERE due <= ? ORDER BY due, stream LIMIT ?"
        return [(_moment(due), stream) for due, stream in self._rows(sql, _micros(until), limit)]

    def provisional(self) -> Iterator[str]:
        """The records whose next moment may change with a newer edition of a calendar, in flat memory."""
        sql, after = "SELECT stream FROM entries WHERE provisional AND stream > ? ORDER BY stream LIMIT 1000", ""
        while page := self._rows(sql, after):
            yield from (stream for (stream,) in page)
            after = page[-1][0]

    def streams(self, prefix: str) -> Iterator[str]:
        """The records whose ids begin so."""
        rows = self._rows("SELECT stream FROM entries WHERE substr(stream, 1, ?) = ?", len(prefix), prefix)
        return (stream for (stream,) in rows)

    def next(self) -> datetime | None:
        """The next moment at which anything is due."""
        [(due,)] = self._rows("SELECT min(due) FROM entries WHERE due IS NOT NULL")
        return None if due is None else _moment(due)

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._as_log_errors():
            return self._db.execute(sql, values).fetchall()

    def close(self) -> None:
        """Release the file."""
        if (db := self.__dict__.pop("_db", None)) is not None:
            db.close()


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _noted(db: sqlite3.Connection, name: str) -> str:
    found = db.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
    return str(found[0]) if found else ""


def _clear(db: sqlite3.Connection, log_id: str) -> None:
    db.execute("DELETE FROM entries")
    db.execute("DELETE FROM notes")
    db.execute("INSERT INTO notes VALUES ('log', ?)", (log_id,))


def _micros(moment: datetime) -> int:
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _moment(micros: int) -> datetime:
    seconds, rest = divmod(micros, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def beside(path: str) -> str:
    """Where the agenda of the log at `path` stands."""
    return IN_MEMORY if path == IN_MEMORY else f"{path}.agenda"
