"""The key store: one key per data subject, in a file of its own beside the log, durable before the event that uses it.

A new key waits for the commands that wrote under it: once the event of one is found in the log the key is confirmed; a
key whose commands all failed is an orphan and is swept. Destroying a key leaves a tombstone: no new key can take its
place. A key store belongs to one log: it gives no keys for another, nor for a log that began without it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from govflow.errors import LogError
from govflow.files import IN_MEMORY, for_reading, into_wal

_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS subject_keys (
      subject TEXT PRIMARY KEY,
      key BLOB                  -- NULL: destroyed
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS waiting_for (
      subject TEXT,
      command BLOB,             -- the packed id of a command that wrote under a key not yet confirmed
      PRIMARY KEY (subject, command)
    ) WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS belongs_to (log_id TEXT)",
)
KEY_BYTES = 32
_CACHED = 10_000
_APPLICATION_ID = 0x676F766B  # "govk": tells key stores from other files


class KeyStore:
    """Keys by data subject, in one SQLite file readable by its owner alone, or in memory."""

    def __init__(self, path: str | Path, *, read_only: bool = False) -> None:
        self.path = IN_MEMORY if read_only and not os.path.exists(path) else str(path)  # missing: no key opens
        self.log_id = ""
        self._serves = False
        self._together = False
        self._lock = threading.RLock()
        self._cache: dict[str, bytes] = {}
        self._confirmed: set[str] = set()
        with self._errors():
            if self.path != IN_MEMORY and not os.path.exists(self.path):
                os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
            if read_only and self.path != IN_MEMORY:
                self._db = for_reading(self.path, 60.0)
                return
            self._db = sqlite3.connect(self.path, timeout=60.0, isolation_level=None, check_same_thread=False)
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def _prepare(self) -> None:
        # in this order: another process may be making the same file at this moment, tables and id at once
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (application,) = self._db.execute("PRAGMA application_id").fetchone()
        if application != _APPLICATION_ID and (application or tables):
            raise LogError(f"{self.path} is not a key store")
        into_wal(self._db, 60.0)
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("PRAGMA secure_delete=ON")
        with self._writing():
            for statement in _SCHEMA:
                self._db.execute(statement)
            self._db.execute(f"PRAGMA application_id={_APPLICATION_ID}")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, UnicodeDecodeError) as error:  # the last: a damaged name that is no text
            raise LogError(f"key store {self.path}: {error}; nothing was written") from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock, self._errors():
            if not self._db.in_transaction:
                self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                if not self._together:
                    self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def one_commit(self) -> Iterator[None]:
        """Make the keys of several commands durable together when the block ends well: one wait for the disk."""
        with self._lock:
            self._together = True
            try:
                yield
                self._end("COMMIT")
            except BaseException:
                self._end("ROLLBACK")  # nothing is written under them
                raise
            finally:
                self._together = False

    def _end(self, how: str) -> None:
        with self._errors():
            if self._db.in_transaction:
                self._db.execute(how)

    # -- whose keys these are -----------------------------------------------------------------------------------------

    def bind(self, log_id: str) -> str:
        """Bind a new key store to the log with this id; the id of the log it belongs to from now on.

        To go on with a log whose key store is lost for good, bind a new one: what was protected stays closed for ever.
        Raises LogError where it holds keys of another log.
        """
        with self._writing():
            row = self._db.execute("SELECT log_id FROM belongs_to").fetchone()
            if row is None:
                self._db.execute("INSERT INTO belongs_to VALUES (?)", (log_id,))
            elif row[0] != log_id and self._db.execute("SELECT 1 FROM subject_keys LIMIT 1").fetchone():
                raise LogError(
                    f"the key store {self.path} holds keys of {row[0]}: move it away, or bring that log back"
                )
        self.log_id = str(row[0]) if row else log_id
        return self.log_id

    def serve(self, log_id: str) -> None:
        """Say which log the keys are asked for. Raises LogError where they belong to another."""
        with self._lock, self._errors():  # as it stands now: another process may have bound it a moment ago
            row = self._db.execute("SELECT log_id FROM belongs_to").fetchone()
        self.log_id = str(row[0]) if row else ""
        if self.log_id and self.log_id != log_id:
            raise LogError(f"the key store {self.path} belongs to {self.log_id}, not to {log_id}")
        self._serves = self.log_id == log_id

    # -- keys ---------------------------------------------------------------------------------------------------------

    def get(self, subject: str) -> bytes | None:
        """The key of a subject, None where there is none or it was destroyed."""
        found = self._cache.get(subject)
        if found is None:
            with self._lock, self._errors():
                row = self._db.execute("SELECT key FROM subject_keys WHERE subject = ?", (subject,)).fetchone()
            found = row[0] if row else None
        return found

    def need(self, subjects: Iterable[str], command: bytes) -> dict[str, bytes]:
        """A key for each subject, made where there is none, all durable when this returns; `command` writes under them.

        Raises LogError for a subject whose key was destroyed, and where the log began with another key store.
        """
        if not self._serves:
            raise LogError(
                f"the key store {self.path} is new, but the log is not: put the log's own key store in its place "
                "(or, if it is lost for good, bind this one)"
            )
        keys: dict[str, bytes] = {}
        missing: list[str] = []
        for subject in dict.fromkeys(subjects):
            if (cached := self._cache.get(subject)) is not None:
                keys[subject] = cached
            else:
                missing.append(subject)
        if missing:
            with self._writing():
                self._db.executemany("DELETE FROM waiting_for WHERE subject = ?", [(s,) for s in self._confirmed])
                for subject in missing:
                    keys[subject] = self._need_one(subject, command)
            self._confirmed.clear()
        return keys

    def _need_one(self, subject: str, command: bytes) -> bytes:
        row = self._db.execute("SELECT key FROM subject_keys WHERE subject = ?", (subject,)).fetchone()
        if row is None:
            key = os.urandom(KEY_BYTES)
            self._db.execute("INSERT INTO subject_keys VALUES (?, ?)", (subject, key))
            waits = True
        elif row[0] is None:
            raise LogError(f"the personal data of {subject} was erased; a new person needs a new subject id")
        else:
            key = bytes(row[0])
            waits = self._db.execute("SELECT 1 FROM waiting_for WHERE subject = ?", (subject,)).fetchone() is not None
        if waits:  # it stays while one of its commands may be in the log
            self._db.execute("INSERT OR IGNORE INTO waiting_for VALUES (?, ?)", (subject, command))
        return key

    def confirmed(self, keys: dict[str, bytes]) -> None:
        """Remember keys whose event is in the log, so that the next use asks no disk."""
        if len(self._cache) > _CACHED:
            self._cache.clear()
        self._cache |= keys
        self._confirmed |= keys.keys()

    def waiting(self) -> list[tuple[str, bytes]]:
        """Subjects whose keys are not confirmed, each with the packed id of a command that wrote under it."""
        with self._lock, self._errors():
            return [(subject, bytes(command)) for subject, command in self._db.execute("SELECT * FROM waiting_for")]

    def confirm_stored(self, is_stored: Callable[[bytes], bool]) -> None:
        """Confirm the keys of those commands that are found in the log."""
        used = {subject for subject, command in self.waiting() if is_stored(command)}
        with self._writing():
            self._db.executemany("DELETE FROM waiting_for WHERE subject = ?", [(subject,) for subject in used])

    def sweep(self) -> None:
        """Drop every key that is not confirmed. Only while the log is locked: nobody is about to write under one."""
        with self._writing():
            self._db.execute("DELETE FROM subject_keys WHERE subject IN (SELECT subject FROM waiting_for)")
            self._db.execute("DELETE FROM waiting_for")
        self._cache.clear()

    def is_destroyed(self, subject: str) -> bool:
        """Whether the key of a subject was destroyed."""
        with self._lock, self._errors():
            row = self._db.execute("SELECT key IS NULL FROM subject_keys WHERE subject = ?", (subject,)).fetchone()
        return bool(row and row[0])

    def destroy(self, subject: str) -> None:
        """Overwrite a subject's key for good and leave a tombstone; nothing of it stays in the file or its WAL.

        Raises LogError where another process reads so long that the WAL cannot be emptied: destroy it again.
        """
        self._cache.pop(subject, None)
        with self._writing():
            self._db.execute(
                "INSERT INTO subject_keys VALUES (?, NULL) ON CONFLICT (subject) DO UPDATE SET key = NULL", (subject,)
            )
            self._db.execute("DELETE FROM waiting_for WHERE subject = ?", (subject,))
        with self._lock, self._errors():
            (busy, _, _) = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise LogError(
                f"key store {self.path}: the key is destroyed, but a copy may stay in the WAL; erase it again"
            )

    def forget(self, subject: str) -> None:
        """Drop a cached key that another process may have destroyed."""
        self._cache.pop(subject, None)

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._cache.clear()
            self._db.close()
