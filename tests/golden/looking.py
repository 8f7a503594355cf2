"""A pytest plugin: which events the logs of the tests that run hold, and the bytes of one of each.

Chance and time stand still where ids and keys are made, so that the same tests give the same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from hashlib import sha256
from itertools import count
from types import SimpleNamespace

from hypothesis import currently_in_test_context

from govflow import messages
from govflow.errors import LogError
from govflow.persistence.codec import StoredEvent
from govflow.persistence.sqlite import _SQLiteTransaction
from tests.golden.lines import CODEC, EVENTS

LONGEST = 2_000  # bytes: of a few states that are larger, the smallest will do
_NOON = 1_772_424_000_000_000_000  # Monday 2 March 2026, 12:00 in Beijing


class Looking:
    """The plugin. `found` gives one state by stored name: the fullest that is not too long."""

    def __init__(self) -> None:
        self.found: dict[str, bytes] = {}
        self._topics = {f"{event.name}@{event.version}" for event in EVENTS.values()}
        self._numbers = count()

    def pytest_sessionstart(self) -> None:
        append, looking = _SQLiteTransaction.append, self

        def looked_at(transaction: _SQLiteTransaction, rows: Sequence[StoredEvent]) -> None:
            append(transaction, rows)
            if not currently_in_test_context():  # what was drawn at random is another the next time
                for row in rows:
                    looking.look(row)

        setattr(_SQLiteTransaction, "append", looked_at)  # noqa: B010 - the process ends with the run
        setattr(messages, "time", SimpleNamespace(time_ns=lambda: _NOON))  # noqa: B010
        os.urandom = self._bytes

    def _bytes(self, size: int) -> bytes:
        text = b"".join(sha256(b"%d.%d" % (next(self._numbers), part)).digest() for part in range(size // 32 + 1))
        return text[:size]

    def look(self, row: StoredEvent) -> None:
        """Keep a state where it is an event of ours, whole in our codec's eyes, and a better one than is kept."""
        if row.topic not in self._topics or _worth(self.found.get(row.topic, b"")) >= _worth(row.state):
            return
        try:
            _, again = CODEC.encode(CODEC.decode(row.topic, row.state))
        except LogError:  # an event of the same name that a test made up
            return
        if json.loads(again) == json.loads(row.state.partition(b"\n")[2]):
            self.found[row.topic] = row.state


def _worth(state: bytes) -> tuple[bool, int]:
    """The longer the better, but for those that are too long: the shorter the better, and nothing is worse."""
    fits = 0 < len(state) <= LONGEST
    return fits, len(state) if fits else -len(state) if state else -(1 << 30)
