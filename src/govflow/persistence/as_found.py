"""A file beside the log as it is found, whatever somebody wrote there: its rows for those who check it.

It is read at one state, whatever others write meanwhile. Whoever reads judges the values: nothing here does.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from govflow.errors import LogError
from govflow.files import for_reading


class AsFound:
    """One SQLite file, open for reading, at one state. Raises LogError."""

    def __init__(self, path: str) -> None:
        self._path = path
        with self._errors():
            self._db = for_reading(path, 60.0)
            try:
                self._db.text_factory = _as_it_stands
                self._db.execute("BEGIN")
                (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
                self.is_empty = not tables  # another process is making it at this moment
            except BaseException:
                self._db.close()
                raise

    def rows(self, sql: str, *values: int) -> Iterator[tuple[Any, ...]]:
        """The rows of a question, one by one, in flat memory."""
        with self._errors(), closing(self._db.execute(sql, values)) as cursor:
            yield from cursor

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError, OSError) as error:
            raise LogError(f"{self._path}: {error}") from error

    def close(self) -> None:
        """Release the file."""
        self._db.close()


def _as_it_stands(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
