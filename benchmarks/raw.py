"""The raw side: the same bytes, already encoded, in plain SQLite with the standard library alone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from govflow.persistence.codec import StoredEvent

_TABLE = """CREATE TABLE events (
  rowid INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, topic TEXT NOT NULL, state BLOB NOT NULL,
  UNIQUE (stream, version))"""
_INSERT = "INSERT INTO events (stream, version, topic, state) VALUES (?, ?, ?, ?)"


class RawLog:
    """BEGIN, INSERT, COMMIT; nothing else."""

    def __init__(self, path: Path, synchronous: str) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute(f"PRAGMA synchronous={synchronous}")
        self.db.execute(_TABLE)

    def append(self, transactions: Iterable[Iterable[tuple[str, int, str, bytes]]]) -> None:
        """One transaction for each group of rows."""
        execute = self.db.execute
        for rows in transactions:
            execute("BEGIN")
            for row in rows:
                execute(_INSERT, row)
            execute("COMMIT")

    def read_bodies(self) -> int:
        """SELECT all and json.loads every body."""
        count = 0
        for (body,) in self.db.execute("SELECT state FROM events ORDER BY rowid"):
            json.loads(body)
            count += 1
        return count


def transactions_of(rows: Iterable[StoredEvent], commands_each: int = 1) -> list[list[tuple[str, int, str, bytes]]]:
    """The rows of a log in the transactions they were written in."""
    groups: list[list[tuple[str, int, str, bytes]]] = []
    commands = 0
    for row in rows:
        if row.command_id is not None:
            if commands % commands_each == 0:
                groups.append([])
            commands += 1
        groups[-1].append((row.stream, row.version, row.topic, row.state))
    return groups
