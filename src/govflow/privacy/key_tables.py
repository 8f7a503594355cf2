"""The tables of a key store; how one of the first form, whose keys stood unwrapped, is read and brought over."""

from __future__ import annotations

import sqlite3

from govflow.errors import LogError
from govflow.files import into_wal

PATIENCE = 60.0  # seconds that a process waits for another's write
_APPLICATION_ID = 0x676F766B  # "govk": tells key stores from other files
_FORM = 2
UNWRAPPED = ""  # the key-encryption key of keys of the first form

_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS data_keys (
      subject TEXT,
      purpose TEXT,             -- the record it was given for, or one text of it; '': protected before there were any
      kek TEXT,
      wrapped BLOB,
      PRIMARY KEY (subject, purpose)
    ) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS data_keys_by_purpose ON data_keys (purpose)",
    """CREATE TABLE IF NOT EXISTS destroyed (
      subject TEXT,             -- '': of everybody
      purpose TEXT,             -- '': for every purpose
      PRIMARY KEY (subject, purpose)
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS mentions (
      subject TEXT,             -- whom a text of somebody else speaks of
      owner TEXT,
      purpose TEXT,
      PRIMARY KEY (subject, owner, purpose)
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS waiting (
      subject TEXT,
      purpose TEXT,
      command BLOB,             -- the packed id of a command that wrote under a key not yet confirmed
      PRIMARY KEY (subject, purpose, command)
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS tracking (
      mac BLOB PRIMARY KEY,     -- HMAC-SHA256 of a tracking code
      record TEXT,
      actor TEXT                -- the pseudonym whom the code lets act
    ) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS tracking_by_record ON tracking (record)",
    "CREATE INDEX IF NOT EXISTS tracking_by_actor ON tracking (actor)",
    "CREATE TABLE IF NOT EXISTS belongs_to (log_id TEXT)",
    "CREATE TABLE IF NOT EXISTS wrapped_by (kek TEXT)",
)

# A store of the first form may stand where nothing can be written: it is then read through these.
_AS_IF_NEW = (
    """CREATE TEMP VIEW data_keys AS SELECT subject, '' AS purpose, '' AS kek, key AS wrapped
       FROM subject_keys WHERE key IS NOT NULL""",
    "CREATE TEMP VIEW destroyed AS SELECT subject, '' AS purpose FROM subject_keys WHERE key IS NULL",
    "CREATE TEMP VIEW waiting AS SELECT subject, '' AS purpose, command FROM waiting_for",
    "CREATE TEMP TABLE mentions (subject TEXT, owner TEXT, purpose TEXT)",
    "CREATE TEMP TABLE wrapped_by (kek TEXT)",
    "CREATE TEMP TABLE tracking (mac BLOB, record TEXT, actor TEXT)",
)


def prepare(db: sqlite3.Connection, path: str) -> None:
    """Make the tables where there are none. Raises LogError where the file is something else."""
    check_plain(db, path)
    # in this order: another process may be making the same file at this moment, tables and id at once
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (application,) = db.execute("PRAGMA application_id").fetchone()
    if application != _APPLICATION_ID and (application or tables):
        raise LogError(f"{path} is not a key store")
    into_wal(db, PATIENCE)
    db.execute("PRAGMA synchronous=FULL")
    db.execute("PRAGMA secure_delete=ON")
    db.execute("BEGIN IMMEDIATE")
    try:
        if (form := _form(db)) > _FORM:
            raise LogError(f"{path} was written by a newer release: it has form {form}, this one knows {_FORM}")
        for statement in _SCHEMA:
            db.execute(statement)
        if _is_of_first_form(db):
            _bring_over(db)
        db.execute(f"PRAGMA application_id={_APPLICATION_ID}")
        db.execute(f"PRAGMA user_version={_FORM}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def check_plain(db: sqlite3.Connection, path: str) -> None:
    """Raise LogError where somebody has put a trigger or a view into the file: keys could outlive their destruction."""
    if db.execute("SELECT 1 FROM sqlite_master WHERE type IN ('trigger', 'view')").fetchone():
        raise LogError(f"{path} was changed by somebody: a key store has no triggers and no views")


def read_as_new(db: sqlite3.Connection) -> None:
    """Let a store of the first form, opened only to be read, be asked like a new one."""
    if _is_of_first_form(db):
        for statement in _AS_IF_NEW:
            db.execute(statement)


def _form(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _is_of_first_form(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'subject_keys'").fetchone() is not None


def _bring_over(db: sqlite3.Connection) -> None:
    """The keys as they are; they are wrapped when the key-encryption key is made or replaced next."""
    db.execute(f"INSERT INTO data_keys SELECT subject, '', '{UNWRAPPED}', key FROM subject_keys WHERE key IS NOT NULL")
    db.execute("INSERT INTO destroyed SELECT subject, '' FROM subject_keys WHERE key IS NULL")
    db.execute("INSERT INTO waiting SELECT subject, '', command FROM waiting_for")
    db.execute("DROP TABLE subject_keys")
    db.execute("DROP TABLE waiting_for")
