"""可读部分 the readable part of a log: each record up to the first row that was damaged, changed or fits no more.

For reports, which must come out of any log: what stands behind such a row cannot be told, and checks name the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import NamedTuple

from govflow.audit.explaining.past import folded
from govflow.checkpoints.stored_tree import hash_of
from govflow.decider import Decider
from govflow.errors import LogError
from govflow.log import Log
from govflow.log_events import LOG_STREAM
from govflow.persistence.codec import StoredEvent
from govflow.persistence.sqlite import SQLiteStore
from govflow.persistence.store import Store, Transaction

ROW_ERRORS = (LogError, ValueError, TypeError, AttributeError)
"""What reading a row may raise that others have written to."""


class Cut(NamedTuple):
    """Up to where a record can be relied on: how many rows, the latest moment in them, the place of the row behind."""

    kept: int
    reached: datetime | None
    position: int


def stored_rows(store: Store, stream: str) -> list[StoredEvent]:
    """The rows of one stream as they stand, whatever was done to them; none where the store has not all of them."""
    if isinstance(store, SQLiteStore):
        return [row for name, rows in store.streams(stream, stream + "\x00") if name == stream for row in rows]
    try:
        return store.read(stream)
    except LogError:
        return []


@contextmanager
def readable_part(log: Log, *, keeps_beginnings: bool) -> Iterator[dict[str, Cut]]:
    """Meanwhile the log gives of each record what can be read, and refuses nothing; where each was cut, as it is read.

    Without `keeps_beginnings` a record that cannot be read to its end is not there at all: whether a reader may see it
    is told by all of it.
    """
    whole = log.store
    log.forget()
    log.store = part = _ReadablePart(log, keeps_beginnings=keeps_beginnings)
    try:
        yield part.cuts
    finally:
        log.store = whole
        log.forget()


class _ReadablePart:
    """A store over another one, with what can be read of it."""

    def __init__(self, log: Log, *, keeps_beginnings: bool) -> None:
        self._log = log
        self._whole = log.store
        self.exclusive = log.store.exclusive
        self._keeps_beginnings = keeps_beginnings
        self.cuts: dict[str, Cut] = {}
        kinds = log.deciders.values()
        self._by_event = {event.name: decider for decider in kinds for event in decider.workflow.events}

    def _readable(self, rows: Sequence[StoredEvent]) -> list[StoredEvent]:
        if not rows or rows[0].stream == LOG_STREAM:
            return [*rows]
        kept: list[StoredEvent] = []
        reached: datetime | None = None
        try:
            decider: Decider = self._by_event[rows[0].topic.partition("@")[0]]
            state = decider.initial.changed(id=rows[0].stream)
            for row in rows:
                if row.version != len(kept) + 1 or row.leaf != hash_of(row):
                    break
                body = self._log.codec.recorded(row).body
                state = folded(decider, state, row, body)
                kept.append(row)
                reached = body.at if reached is None else max(reached, body.at)
        except (*ROW_ERRORS, KeyError):
            pass
        if len(kept) < len(rows):
            self.cuts[rows[0].stream] = Cut(len(kept), reached, rows[len(kept)].position)
        return kept if self._keeps_beginnings or len(kept) == len(rows) else []

    def read(self, stream: str, after: int = 0) -> list[StoredEvent]:
        """The rows that can be read."""
        if stream == LOG_STREAM:
            return self._whole.read(stream, after)
        return self._readable(stored_rows(self._whole, stream))[after:]

    def version(self, stream: str) -> int:
        """The last version that can be read."""
        if stream == LOG_STREAM:
            return self._whole.version(stream)
        return len(self.read(stream))

    def streams(self) -> Iterator[tuple[str, list[StoredEvent]]]:
        """Every stream of which something can be read."""
        for stream, rows in self._whole.streams():
            if kept := self._readable(rows):
                yield stream, kept

    def scan(self, after: int = 0) -> Iterator[StoredEvent]:
        return self._whole.scan(after)

    def head(self) -> int:
        return self._whole.head()

    def find_command(self, packed: bytes) -> StoredEvent | None:
        return self._whole.find_command(packed)

    def last_number(self, prefix: str) -> int:
        return self._whole.last_number(prefix)

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Raises LogError: what is read with gaps is not written to."""
        raise LogError("a log of which only a part can be read is not written to")

    def close(self) -> None:
        self._whole.close()
