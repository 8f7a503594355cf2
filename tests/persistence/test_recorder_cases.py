"""The test cases that eventsourcing has for recorders, run on our SQLite store.

Those that are not run here, and why:

- TrackingRecorderTestCase, ProcessRecorderTestCase: a log keeps no tracking of other logs; a projection keeps its own
  tracking beside what it projects, with a recorder of its own.
- InfrastructureFactoryTestCase: there is no factory; a log is opened by `Engine.open`, never by environment.
- TranscoderTestCase and the mapper's cases: the codec of a log is its own (`persistence/codec.py`).
- AggregateRecorderTestCase as it stands: it asks that inserting gives no positions, which is asked of recorders that
  keep no order over all streams. All else that it asks is asked here of the recorder with its positions left out.

Ids are texts here: the cases make theirs by a method meant to be overridden.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
from eventsourcing.persistence import ProgrammingError, StoredEvent
from eventsourcing.tests import persistence as cases

from govflow.persistence.recorder import SQLiteRecorder
from govflow.persistence.sqlite import SQLiteStore


class WithoutPositions(SQLiteRecorder):
    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        super().insert_events(stored_events, **kwargs)


class OnFile:
    """Makes recorders on a file of their own, with ids that are texts."""

    recorder: type[SQLiteRecorder] = SQLiteRecorder

    def create_recorder(self) -> Any:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)  # type: ignore[attr-defined]
        return self.on(SQLiteStore(Path(folder.name) / "log.db"))

    def on(self, store: SQLiteStore) -> SQLiteRecorder:
        self.addCleanup(store.close)  # type: ignore[attr-defined]
        return self.recorder(store)

    def new_originator_id(self) -> str:
        return str(uuid4())


class InMemory(OnFile):
    """The same in memory."""

    def create_recorder(self) -> Any:
        return self.on(SQLiteStore(":memory:"))


class TestOneStreamOnFile(OnFile, cases.AggregateRecorderTestCase):
    recorder = WithoutPositions


class TestOneStreamInMemory(InMemory, cases.AggregateRecorderTestCase):
    recorder = WithoutPositions


class TestAllStreamsOnFile(OnFile, cases.ApplicationRecorderTestCase[SQLiteRecorder]):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestAllStreamsInMemory(InMemory, cases.ApplicationRecorderTestCase[SQLiteRecorder]):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestWritersDoNotInterleaveOnFile(OnFile, cases.NonInterleavingNotificationIDsBaseCase):
    pass


class TestWritersDoNotInterleaveInMemory(InMemory, cases.NonInterleavingNotificationIDsBaseCase):
    pass


def test_an_id_that_is_no_text_is_refused():
    store = SQLiteStore(":memory:")
    with pytest.raises(ProgrammingError, match="ids are texts"):
        SQLiteRecorder(store).insert_events([StoredEvent(uuid4(), 1, "topic", b"state")])
    store.close()
