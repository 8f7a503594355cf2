"""The file of a key store: one SQLite connection, durable when a write returns, readable by its owner alone."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from govflow.errors import LogError
from govflow.files import IN_MEMORY, for_reading
from govflow.privacy.key_tables import PATIENCE, prepare, read_as_new


class KeyFile:
    """Asks and changes the tables of a key store (`key_tables`), from any thread; in memory where no file is named.

    A missing file that is opened for reading alone is an empty one in memory: no key opens.
    """

    def __init__(self, path: str | Path, *, read_only: bool = False) -> None:
        self.path = IN_MEMORY if read_only and not os.path.exists(path) else str(path)
        self.lock = threading.RLock()
        self._together = False
        with self._errors():
            if self.path != IN_MEMORY and not os.path.exists(self.path):
                os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
            reading = read_only and self.path != IN_MEMORY
            self.db = for_reading(self.path, PATIENCE) if reading else self._to_write()
            try:
                read_as_new(self.db) if reading else prepare(self.db, self.path)
            except BaseException:
                self.db.close()
                raise

    def _to_write(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, UnicodeDecodeError) as error:  # the last: a damaged name that is no text
            raise LogError(f"key store {self.path}: {error}; nothing was written") from error

    def ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What a question finds."""
        with self.lock, self._errors():
            return self.db.execute(statement, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Change what stands here: all of the block, durably, or nothing."""
        with self.lock, self._errors():
            if not self.db.in_transaction:
                self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
                if not self._together:
                    self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise

    @contextmanager
    def one_commit(self) -> Iterator[None]:
        """Make everything written in the block durable together when it ends well: one wait for the disk."""
        with self.lock:
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
            if self.db.in_transaction:
                self.db.execute(how)

    def empty_wal(self, otherwise: str) -> None:
        """Bring the write-ahead log into the file and cut it to nothing, so that no old page stays there.

        Raises LogError with `otherwise` where another process reads so long that it cannot be done.
        """
        with self.lock, self._errors():
            (busy, _, _) = self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise LogError(f"key store {self.path}: {otherwise}")

    def close(self) -> None:
        """Release the file."""
        with self.lock:
            self.db.close()
