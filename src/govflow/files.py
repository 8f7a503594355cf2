"""SQLite files, as the log and the key store both open them: to write, in WAL, or only to read."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from govflow.errors import LogError

IN_MEMORY = ":memory:"


def into_wal(connection: sqlite3.Connection, patience: float) -> str:
    """Switch to WAL and return the mode. Two who do so at once make SQLite say `locked` without waiting: so we wait."""
    until = time.monotonic() + patience
    while True:
        try:
            return str(connection.execute("PRAGMA journal_mode=WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)


def for_reading(path: str, patience: float) -> sqlite3.Connection:
    """A connection that writes nothing, not even beside the file: also for read-only folders and media.

    Raises LogError where the file's newest part stands in a `-wal` file that cannot be read from there.
    """
    address = "file:" + quote(str(Path(path).absolute()))
    connection = _connected(f"{address}?mode=ro", patience)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return connection
    except sqlite3.OperationalError:  # no place for the shared memory of the WAL
        connection.close()
    wal = f"{path}-wal"
    if os.path.exists(wal) and os.path.getsize(wal):
        raise LogError(f"the newest part of {path} stands in {wal}: copy both to where you may write")
    return _connected(f"{address}?mode=ro&immutable=1", patience)


@contextmanager
def left_as_found(*paths: str) -> Iterator[None]:
    """Take away, at the end, the `-wal` and `-shm` files that reading made beside these files, and no others.

    SQLite does so itself, under its own locks: whoever else has come to use them keeps them.
    """
    ours = [path for path in paths if os.path.exists(path) and not any(map(os.path.exists, _beside(path)))]
    try:
        yield
    finally:
        for path in ours:
            wal = f"{path}-wal"
            if os.path.exists(wal) and not os.path.getsize(wal) and not os.path.exists(f"{path}-journal"):
                with (
                    suppress(sqlite3.Error, UnicodeDecodeError),  # names in a damaged schema may be no text
                    closing(_connected(f"file:{quote(str(Path(path).absolute()))}?mode=rw", 0)) as db,
                ):
                    db.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _beside(path: str) -> tuple[str, ...]:
    return f"{path}-wal", f"{path}-shm", f"{path}-journal"


def _connected(address: str, patience: float) -> sqlite3.Connection:
    return sqlite3.connect(
        address, uri=True, timeout=patience, isolation_level=None, check_same_thread=False, cached_statements=64
    )
