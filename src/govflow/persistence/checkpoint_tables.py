"""The tables of the checkpoint file, and how it is told from other programs' files."""

from __future__ import annotations

import sqlite3

from govflow.errors import LogError

_APPEND_ONLY = ("signed_notes", "handovers", "time_stamps")
_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS signed_notes (
      rowid INTEGER PRIMARY KEY,
      size INTEGER NOT NULL,     -- of the tree; a further row of a size holds more signatures under the same head
      note BLOB NOT NULL,
      signed_at TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS signed_notes_size ON signed_notes (size)",
    "CREATE TABLE IF NOT EXISTS handovers (rowid INTEGER PRIMARY KEY, note BLOB NOT NULL, signed_at TEXT NOT NULL)",
    """CREATE TABLE IF NOT EXISTS time_stamps (
      rowid INTEGER PRIMARY KEY, size INTEGER NOT NULL, token BLOB NOT NULL, stamped_at TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS nodes (
      level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, idx)) WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS belongs_to (log_id TEXT NOT NULL)",
    *(
        f"""CREATE TRIGGER IF NOT EXISTS {table}_no_{what.lower()} BEFORE {what} ON {table}
      BEGIN SELECT RAISE(ABORT, 'append-only'); END"""
        for table in _APPEND_ONLY
        for what in ("UPDATE", "DELETE")
    ),
)
_APPLICATION_ID = 0x676F7663  # "govc": tells checkpoint files from others


def make_tables(db: sqlite3.Connection) -> None:
    """Make the tables, inside a transaction: all at once, or not at all."""
    for statement in _SCHEMA:
        db.execute(statement)
    db.execute(f"PRAGMA application_id={_APPLICATION_ID}")


def is_ours(db: sqlite3.Connection, path: str) -> bool:
    """Whether checkpoints are there already. Only reads.

    Raises LogError where the file is another program's.
    """
    # in this order: another process may be making the same file at this moment, tables and id at once
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (application,) = db.execute("PRAGMA application_id").fetchone()
    if application != _APPLICATION_ID and (application or tables):
        raise LogError(f"{path} is another program's file, no checkpoints")
    return bool(application == _APPLICATION_ID)
