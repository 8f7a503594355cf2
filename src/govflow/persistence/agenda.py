"""The agenda 待办时刻: when each record has to be looked at next. Worked out of the log, in a file of its own.

It is no second truth: whoever deletes it loses nothing but the time to read the log once more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from govflow.errors import LogError
from govflow.files import IN_MEMORY

_SCHEMA = """
CREATE TABLE IF NOT EXISTS agenda (stream TEXT PRIMARY KEY, due INTEGER, provisional INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS agenda_due ON agenda (due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS agenda_provisional ON agenda (stream) WHERE provisional;
CREATE TABLE IF NOT EXISTS read (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Entry(NamedTuple):
    """When a record has to be looked at next (None: never), and whether one of its dates is provisional."""

    stream: str
    due: datetime | None
    provisional: bool


class Agenda:
    """The agenda of one log, in one SQLite file or in memory. Safe from several processes."""

    def __init__(self, path: str | Path, log_id: str, *, busy_timeout: float = 60.0) -> None:
        self.path = str(path)
        try:
            self._db = sqlite3.connect(self.path, timeout=busy_timeout, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")  # what a power cut takes is read from the log again
            self._db.executescript(_SCHEMA)
            if self.noted("log") != log_id:
                with self._db:
                    self._db.execute("BEGIN IMMEDIATE")
                    self._db.execute("DELETE FROM agenda")
                    self._db.execute("DELETE FROM read")
                    self.note("log", log_id)
                    self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise LogError(f"{self.path}: {error}; the agenda may be deleted, it is made again") from error

    def noted(self, name: str) -> str:
        """What was noted under a name, empty where nothing was."""
        found = self._db.execute("SELECT value FROM read WHERE name = ?", (name,)).fetchone()
        return str(found[0]) if found else ""

    def note(self, name: str, value: str) -> None:
        """Note something under a name: how far the log was read, which calendars were known."""
        self._db.execute("INSERT OR REPLACE INTO read VALUES (?, ?)", (name, value))

    def put(self, entries: Iterable[Entry], **notes: str) -> None:
        """Replace the entries of these records, and note how far the log was read, all or nothing."""
        rows = [(each.stream, None if each.due is None else _micros(each.due), each.provisional) for each in entries]
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany("INSERT OR REPLACE INTO agenda VALUES (?, ?, ?)", rows)
            for name, value in notes.items():
                self.note(name, value)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def due(self, until: datetime, limit: int) -> list[tuple[datetime, str]]:
        """The first records to be looked at up to a moment, in the order of their moments."""
        rows = self._db.execute(
            "SELECT due, stream FROM agenda WHERE due <= ? ORDER BY due, stream LIMIT ?", (_micros(until), limit)
        )
        return [(_moment(due), stream) for due, stream in rows]

    def provisional(self) -> Iterator[str]:
        """The records that have a provisional date, in flat memory."""
        after = ""
        while page := self._db.execute(
            "SELECT stream FROM agenda WHERE provisional AND stream > ? ORDER BY stream LIMIT 1000", (after,)
        ).fetchall():
            yield from (stream for (stream,) in page)
            after = page[-1][0]

    def streams(self, prefix: str) -> Iterator[str]:
        """The records whose ids begin so."""
        rows = self._db.execute("SELECT stream FROM agenda WHERE substr(stream, 1, ?) = ?", (len(prefix), prefix))
        return (stream for (stream,) in rows.fetchall())

    def next(self) -> datetime | None:
        """The next moment at which anything is due."""
        (due,) = self._db.execute("SELECT min(due) FROM agenda WHERE due IS NOT NULL").fetchone()
        return None if due is None else _moment(due)

    def close(self) -> None:
        """Release the file."""
        self._db.close()


def _micros(moment: datetime) -> int:
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _moment(micros: int) -> datetime:
    seconds, rest = divmod(micros, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def beside(path: str) -> str:
    """Where the agenda of the log at `path` stands."""
    return IN_MEMORY if path == IN_MEMORY else f"{path}.agenda"
