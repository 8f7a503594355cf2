"""Logs to sign: rows without an engine, on each kind of store, and the files beside them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from eventsourcing.popo import POPOApplicationRecorder

from govflow.checkpoints.keys import SigningKeys
from govflow.checkpoints.merkle import Tree
from govflow.checkpoints.notes import Checkpoint, Note, Signer
from govflow.checkpoints.signing import Checkpointer
from govflow.persistence.checkpoints import CheckpointStore
from govflow.persistence.codec import StoredEvent, leaf_of
from govflow.persistence.recorder import RecorderStore
from govflow.persistence.sqlite import SQLiteStore
from govflow.persistence.store import Store
from govflow.testing import PinnedClock

LOG_ID = "log-0123456789abcdef01234567"
ORIGIN = f"govflow/{LOG_ID}"
WITNESS = Signer.new("witness.example/w", 0x04)


def row(number: int, stream: str = "C-1") -> StoredEvent:
    """A row as an engine would write it: event `number` of a stream."""
    topic, state = "case.noted@1", b'{"recorded_at":"2026-03-02T09:00:00+00:00"}\n{"n":%d}' % number
    return StoredEvent(stream, number, topic, state, leaf=leaf_of(stream, number, topic, state))


def append(store: Store, count: int) -> None:
    """Append so many rows."""
    with store.transaction() as transaction:
        first = transaction.head + 1
        transaction.append([row(number) for number in range(first, first + count)])


class Kept(NamedTuple):
    """A log with what is kept beside it."""

    path: Path
    store: Store
    checkpointer: Checkpointer
    clock: PinnedClock

    @property
    def kept(self) -> CheckpointStore:
        return self.checkpointer.kept

    @property
    def keys(self) -> SigningKeys:
        return self.checkpointer.keys

    def root(self, size: int | None = None) -> bytes:
        """The root over the rows as they stand, by a tree in memory."""
        rows = list(self.store.scan())
        return Tree([leaf_of(*each[:4]) for each in rows[:size]]).root()

    def head(self, note: Note) -> Checkpoint:
        """The head of a note; it must be signed by the log's own key."""
        assert note.signed_by(self.keys.verifiers())
        return Checkpoint.parse(note.text)


def a_log(path: Path, events: int = 0, *, recorder: bool = False, key: bool = True) -> Kept:
    """A log with so many rows, and a key to sign it, in files at `path`; opened again if it is there."""
    path.mkdir(exist_ok=True)
    store: Store = RecorderStore(POPOApplicationRecorder()) if recorder else SQLiteStore(path / "log.db")
    if events:
        append(store, events)
    kept = CheckpointStore(path / "log.db.checkpoints")
    kept.serve(LOG_ID)
    keys = SigningKeys(path / "log.db.signing", LOG_ID)
    if key and not keys.exists():
        keys.create()
    clock = PinnedClock()
    return Kept(path / "log.db", store, Checkpointer(store, kept, keys, now=clock), clock)


@contextmanager
def raw(path: Path | str) -> Iterator[sqlite3.Connection]:
    """The file behind a log or its checkpoints, without its guards."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        yield connection
