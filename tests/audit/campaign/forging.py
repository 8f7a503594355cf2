"""What a forger with write access does to the files of a log: rows written at will, made to fit again, signed again."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import Any

from govflow.audit.metadata import kept_of
from govflow.audit.verifying.hashing import log_id_of
from govflow.checkpoints.keys import SigningKeys, origin_of
from govflow.checkpoints.merkle import Tree
from govflow.checkpoints.notes import Checkpoint, Note
from govflow.checkpoints.stored_tree import KEPT, hash_of
from govflow.persistence.codec import StoredEvent, leaf_of, packed_command_id
from govflow.persistence.sqlite import SQLiteStore

Rows = list[StoredEvent]
_UNIQUE = ",\n      UNIQUE (originator_id, originator_version)"


class Level(StrEnum):
    """How far a forger goes after the rows are changed."""

    NAIVE = "naive"  # no further
    RECOMPUTED = "recomputed"  # positions, versions, command ids, leaves, kept hashes and agenda fit the rows again
    RESIGNED = "re-signed"  # and every checkpoint is signed anew with the log's own key


def rows_of(path: Path) -> Rows:
    """The rows of a log in its order."""
    with closing(SQLiteStore(path, read_only=True)) as store:
        return list(store.scan())


def carry_out(path: Path, changed: Rows, level: Level) -> None:
    """Write these rows in place of those of the log at `path`, and make the rest fit as far as the level asks."""
    if level == Level.NAIVE:
        write(path, changed)
        return
    rows = fitted(changed)
    write(path, rows)
    keep_hashes(path, rows)
    _beside(path, "agenda").unlink(missing_ok=True)  # it is made again of the rows
    if level == Level.RESIGNED:
        sign_again(path, rows)


def fitted(rows: Sequence[StoredEvent]) -> Rows:
    """The rows in the order given, with positions, versions, command ids and leaves that belong to it.

    A command that begins twice gets another id the second time.
    """
    versions: Counter[str] = Counter()
    seen: set[bytes | None] = set()
    found = []
    for position, row in enumerate(rows, 1):
        versions[row.stream] += 1
        version, packed = versions[row.stream], _command_of(row)
        if packed is not None and packed in seen:
            row = retold(row, {"command": f"c-{position}"})
            packed = _command_of(row)
        seen.add(packed)
        leaf = leaf_of(row.stream, version, row.topic, row.state)
        found.append(StoredEvent(row.stream, version, row.topic, row.state, packed, position, leaf))
    return found


def _command_of(row: StoredEvent) -> bytes | None:
    """What stands beside a row where it begins a command."""
    said = kept_of(row.state)
    return packed_command_id(said.command.decode()) if said is not None and said.digest else None


def retold(row: StoredEvent, meta: Mapping[str, Any] = {}, body: Mapping[str, Any] = {}) -> StoredEvent:
    """The row with other values in its metadata and its body, and nothing made to fit."""
    texts = [
        json.dumps({**json.loads(text), **changes}, ensure_ascii=False, separators=(",", ":")).encode()
        for text, changes in zip(row.state.split(b"\n", 1), (meta, body), strict=True)
    ]
    return row._replace(state=b"\n".join(texts))


def write(path: Path, rows: Sequence[StoredEvent]) -> None:
    """Put these rows in place of those that are there; all else in the file is as it was.

    Two rows of one version, or of one command id, need a table that lets them in.
    """
    names = [(row.stream, row.version) for row in rows]
    commands = [row.command_id for row in rows if row.command_id is not None]
    values = [(row.position, row.stream, row.version, row.topic, row.leaf, row.command_id, row.state) for row in rows]
    with closing(sqlite3.connect(path)) as db, db:
        made = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        table = made.pop("stored_events")
        db.execute("DROP TABLE stored_events")
        db.execute(table if len({*names}) == len(names) else table.replace(_UNIQUE, ""))
        if len({*commands}) < len(commands):
            del made["stored_events_command"]
        db.executemany("INSERT INTO stored_events VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        for statement in made.values():
            db.execute(statement)


def keep_hashes(path: Path, rows: Sequence[StoredEvent]) -> None:
    """Hashes kept beside the checkpoints that fit these rows."""
    tree = _tree(rows)
    full = [(KEPT, place, tree.node(KEPT, place)) for place in range(tree.size >> KEPT)]
    with closing(sqlite3.connect(_beside(path, "checkpoints"))) as db, db:
        db.execute("DELETE FROM nodes")
        db.executemany("INSERT INTO nodes VALUES (?, ?, ?)", full)


def sign_again(path: Path, rows: Sequence[StoredEvent]) -> None:
    """Every checkpoint anew over these rows, the last one over all of them, with the key that lies beside the log."""
    tree, log_id = _tree(rows), log_id_of(rows[0])
    (signer,) = SigningKeys(_beside(path, "signing"), log_id).signers()
    kept = [(size, at) for size, _, at in notes_of(path) if size < tree.size] + [(tree.size, notes_of(path)[-1][2])]
    notes = []
    for size, at in kept:
        text = Checkpoint(origin_of(log_id), size, tree.root(size)).text()
        notes.append((size, Note(text, (signer.sign(text),)).format().encode(), at))
    put_notes(path, notes)
    remember_last(path)


def remember_last(path: Path) -> None:
    """Make the key file remember no more than the checkpoints say."""
    signing, notes = _beside(path, "signing"), notes_of(path)
    held = json.loads(signing.read_text())
    held.pop("signed", None)
    if notes:
        held["signed"] = Note.parse(max(notes)[1]).text
    signing.write_text(json.dumps(held))


def roll_back(path: Path, size: int) -> None:
    """Take away every checkpoint over more than `size` events, and the hashes kept of those; the key remembers it."""
    put_notes(path, [each for each in notes_of(path) if each[0] <= size])
    with closing(sqlite3.connect(_beside(path, "checkpoints"))) as db, db:
        db.execute("DELETE FROM nodes WHERE (idx + 1) << level > ?", (size,))


def notes_of(path: Path) -> list[tuple[int, bytes, str]]:
    """The signed checkpoints: size, note, when it was signed."""
    with closing(sqlite3.connect(_beside(path, "checkpoints"))) as db:
        return db.execute("SELECT size, note, signed_at FROM signed_notes ORDER BY rowid").fetchall()


def put_notes(path: Path, notes: Sequence[tuple[int, bytes, str]]) -> None:
    """Put these checkpoints in place of those that are there; the guards stand again afterwards."""
    with closing(sqlite3.connect(_beside(path, "checkpoints"))) as db, db:
        guards = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("DELETE FROM signed_notes")
        db.executemany("INSERT INTO signed_notes (size, note, signed_at) VALUES (?, ?, ?)", notes)
        for _, statement in guards:
            db.execute(statement)


def instead(path: Path, other: Path) -> None:
    """Put another log, with everything that lies beside it, in place of this one."""
    for name in os.listdir(path.parent):
        (path.parent / name).unlink()
    for name in os.listdir(other):
        shutil.copy(other / name, path.parent)


def _tree(rows: Sequence[StoredEvent]) -> Tree:
    return Tree([hash_of(row) for row in rows])


def _beside(path: Path, what: str) -> Path:
    return Path(f"{path}.{what}")
