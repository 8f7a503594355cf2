"""The key store: one key per data subject, in a file of its own beside the log, durable before the event that uses it.

A key is written as *pending for a command*; when the command's event is found in the log it is confirmed, else it is an
orphan of a write that failed and is swept. Destroying a key leaves a tombstone, so that no new key can take its place.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from govflow.errors import LogError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS subject_keys (
  subject TEXT PRIMARY KEY,
  key BLOB,                 -- NULL: destroyed
  pending_for BLOB          -- the packed command id that first used it, until that is found in the log
) WITHOUT ROWID
"""
KEY_BYTES = 32
_CACHED = 10_000


class KeyStore:
    """Keys by data subject, in one SQLite file readable by its owner alone, or in memory."""

    def __init__(self, path: str | Path) -> None:
        self.path = str(path)
        self._lock = threading.RLock()
        self._cache: dict[str, bytes] = {}
        if self.path != ":memory:" and not os.path.exists(self.path):
            os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
        with self._errors():
            self._db = sqlite3.connect(self.path, timeout=60.0, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA secure_delete=ON")
            self._db.execute(_SCHEMA)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise LogError(f"key store {self.path}: {error}; nothing was written") from error

    def get(self, subject: str) -> bytes | None:
        """The key of a subject, None where there is none or it was destroyed."""
        found = self._cache.get(subject)
        if found is None:
            with self._lock, self._errors():
                row = self._db.execute("SELECT key FROM subject_keys WHERE subject = ?", (subject,)).fetchone()
            found = row[0] if row else None
        return found

    def need(self, subjects: Iterable[str], pending_for: bytes) -> dict[str, bytes]:
        """A key for each subject, made where there is none, all durable when this returns.

        Raises LogError for a subject whose key was destroyed.
        """
        keys: dict[str, bytes] = {}
        missing: list[str] = []
        for subject in dict.fromkeys(subjects):
            if (cached := self._cache.get(subject)) is not None:
                keys[subject] = cached
            else:
                missing.append(subject)
        if not missing:
            return keys
        with self._lock, self._errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                for subject in missing:
                    keys[subject] = self._need_one(subject, pending_for)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        return keys

    def _need_one(self, subject: str, pending_for: bytes) -> bytes:
        row = self._db.execute("SELECT key, pending_for FROM subject_keys WHERE subject = ?", (subject,)).fetchone()
        if row is None:
            key = os.urandom(KEY_BYTES)
            self._db.execute("INSERT INTO subject_keys VALUES (?, ?, ?)", (subject, key, pending_for))
            return key
        if row[0] is None:
            raise LogError(f"the personal data of {subject} was erased; a new person needs a new subject id")
        if row[1] is not None:  # an orphan so far: it now waits for this command
            self._db.execute("UPDATE subject_keys SET pending_for = ? WHERE subject = ?", (pending_for, subject))
        return bytes(row[0])

    def confirmed(self, keys: dict[str, bytes]) -> None:
        """Remember keys whose event is in the log, so that the next use asks no disk."""
        if len(self._cache) > _CACHED:
            self._cache.clear()
        self._cache |= keys

    def pending(self) -> list[tuple[str, bytes]]:
        """Subjects whose keys wait for a command, with its packed id."""
        with self._lock, self._errors():
            rows = self._db.execute("SELECT subject, pending_for FROM subject_keys WHERE pending_for IS NOT NULL")
            return [(subject, bytes(command)) for subject, command in rows]

    def settle(self, used: Iterable[str], orphans: Iterable[str]) -> None:
        """Mark `used` keys as confirmed by the log and drop `orphans`."""
        with self._lock, self._errors():
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("UPDATE subject_keys SET pending_for = NULL WHERE subject = ?", [(s,) for s in used])
            self._db.executemany("DELETE FROM subject_keys WHERE subject = ?", [(s,) for s in orphans])
            self._db.execute("COMMIT")
        self._cache.clear()

    def is_destroyed(self, subject: str) -> bool:
        """Whether the key of a subject was destroyed."""
        with self._lock, self._errors():
            row = self._db.execute("SELECT key IS NULL FROM subject_keys WHERE subject = ?", (subject,)).fetchone()
        return bool(row and row[0])

    def destroy(self, subject: str) -> None:
        """Overwrite a subject's key for good and leave a tombstone; nothing of it stays in the file or its WAL."""
        self._cache.pop(subject, None)
        with self._lock, self._errors():
            self._db.execute(
                "INSERT INTO subject_keys VALUES (?, NULL, NULL) "
                "ON CONFLICT (subject) DO UPDATE SET key = NULL, pending_for = NULL",
                (subject,),
            )
            if self.path != ":memory:":
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def forget(self, subject: str) -> None:
        """Drop a cached key that another process may have destroyed."""
        self._cache.pop(subject, None)

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._cache.clear()
            self._db.close()
