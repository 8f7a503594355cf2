"""Other recorders: a store over any application recorder of eventsourcing, and our SQLite store seen as one.

The one module that knows eventsourcing. A recorder offers no lock, so deciding is optimistic: what a transaction reads
is the log as it stood when it began, and whatever others wrote meanwhile to the same streams makes the insert collide.
The id of a command is a receipt row in the same insert, so that a repeat collides too. Positions and leaves are given
on reading, in notification order: an edit made before that goes unnoticed here. `recorded_at` never goes back within a
stream; across streams it may, by as long as a decision takes. An index in memory (16 bytes an event, and the names of
the streams) is read when the store is opened.
"""

from __future__ import annotations

import json
import os
import re
import threading
from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice, takewhile
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    Notification,
    NotSupportedError,
    OperationalError,
    PersistenceError,
    ProgrammingError,
    Subscription,
)
from eventsourcing.persistence import StoredEvent as TheirEvent

from govflow.errors import LogError, Truncated
from govflow.persistence.codec import StoredEvent, leaf_of, metadata_of, packed_command_id
from govflow.persistence.sqlite import SQLiteStore
from govflow.persistence.store import CommandStored, Transaction, VersionTaken

_PAGE = 500
_POLL = 0.1  # seconds between two looks for new events
_ASIDE = "/"  # stands in the names of our bookkeeping streams and in no id: these rows are no part of the log
_RECEIPT = "command/"
_RECEIPT_TOPIC = "command.receipt@1"
_PROBE = "probe/"
_PROBE_TOPIC = "probe.row@1"
_PROBED = _PROBE + "passed"
_NUMBERED = re.compile(r"(.*-)(\d{6,})")


class RecorderStore:
    """A log on a recorder written for eventsourcing. Others may write to the same recorder through stores of their own.

    Raises LogError where the recorder does not keep what a log needs. The recorder stays open when the store is closed.
    """

    exclusive = False

    def __init__(self, recorder: ApplicationRecorder) -> None:
        if not isinstance(recorder, ApplicationRecorder):
            raise LogError(f"{type(recorder).__name__} is no ApplicationRecorder: it keeps no order over all streams")
        if isinstance(recorder, SQLiteRecorder):
            raise LogError("this recorder reads a log of our own: open its file with Engine.open")
        self.recorder = recorder
        self._lock = threading.RLock()
        self._deciding = False
        self._seen = 0  # the last notification that was read
        self._ids = array("q")  # notification ids, by position
        self._places: dict[str, array[int]] = {}  # positions of each stream, by version
        self._numbers: dict[str, int] = {}
        with _as_log_errors():
            _probe(recorder)

    # -- writing ------------------------------------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Read the log as it stands now; insert what was appended when the block ends well, or collide."""
        with self._lock:
            with _as_log_errors():
                self._look()
            transaction = _RecorderTransaction(len(self._ids))
            self._deciding = True
            try:
                yield transaction
            finally:
                self._deciding = False
            if transaction.rows:
                self._insert(transaction)

    def _insert(self, transaction: _RecorderTransaction) -> None:
        rows = transaction.rows
        try:
            with _as_log_errors():
                self.recorder.insert_events([event for row in rows for event in _with_receipt(row)])
        except IntegrityError as error:
            # a lost acknowledgement that was retried underneath looks the same: our own id decides
            with _as_log_errors():
                stored = any(row.command_id is not None and self._receipt(row.command_id) for row in rows)
            raise (CommandStored if stored else VersionTaken) from error
        with _as_log_errors():
            self._look()
        expected = range(transaction.head + 1, transaction.head + 1 + len(rows))
        if all(self._position(row.stream, row.version) == place for row, place in zip(rows, expected, strict=True)):
            transaction.head += len(rows)  # else others came in between: their events are still to be seen

    # -- what is there ------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Take note of what was recorded since the last look."""
        while page := self.recorder.select_notifications(self._seen, _PAGE, inclusive_of_start=False):
            for each in page:
                self._take(each)
            if len(page) < _PAGE:
                return
        if (self.recorder.max_notification_id() or 0) < self._seen:
            raise Truncated(f"the recorder ends before notification {self._seen}, which was seen in it")

    def _take(self, each: Notification) -> None:
        stream = str(each.originator_id)
        if _ASIDE not in stream:
            places = self._places.get(stream)
            if places is None:
                places = self._places[stream] = array("q")
                if numbered := _NUMBERED.fullmatch(stream):
                    prefix, number = numbered[1], int(numbered[2])
                    self._numbers[prefix] = max(number, self._numbers.get(prefix, 0))
            if each.originator_version != len(places) + 1:
                raise LogError(
                    f"{stream}: version {each.originator_version} stands where {len(places) + 1} is expected; "
                    "the recorder does not read in commit order, or its rows were changed"
                )
            self._ids.append(each.id)
            places.append(len(self._ids))
        self._seen = each.id

    def _position(self, stream: str, version: int) -> int:
        places = self._places.get(stream, ())
        return places[version - 1] if version <= len(places) else 0

    @contextmanager
    def _current(self) -> Iterator[None]:
        """Read what is there now; while deciding, what was there when that began."""
        with self._lock, _as_log_errors():
            if not self._deciding:
                self._look()
            yield

    def _row(self, event: TheirEvent, position: int) -> StoredEvent:
        stream, version, topic, state = str(event.originator_id), event.originator_version, event.topic, event.state
        command = None
        if b'"digest":' in state[: state.find(b"\n")]:  # it stands on the first event of a command
            command = packed_command_id(metadata_of(state).command)
        return StoredEvent(stream, version, topic, state, command, position, leaf_of(stream, version, topic, state))

    # -- reading ------------------------------------------------------------------------------------------------------

    def head(self) -> int:
        with self._current():
            return len(self._ids)

    def version(self, stream: str) -> int:
        with self._current():
            return len(self._places.get(stream, ()))

    def read(self, stream: str, after: int = 0) -> list[StoredEvent]:
        with self._current():
            places = self._places.get(stream, array("q"))
            if len(places) <= after:
                return []
            events = self.recorder.select_events(stream, gt=after, lte=len(places))
            if [event.originator_version for event in events] != list(range(after + 1, len(places) + 1)):
                raise LogError(f"{stream}: the recorder no longer gives all of its {len(places)} events")
            return [self._row(event, place) for event, place in zip(events, places[after:], strict=True)]

    def scan(self, after: int = 0) -> Iterator[StoredEvent]:
        while page := self._page(after):
            yield from page
            after = page[-1].position

    def _page(self, after: int) -> list[StoredEvent]:
        with self._current():
            if after >= len(self._ids):
                return []
            page = self.recorder.select_notifications(self._ids[after], _PAGE, stop=self._ids[-1])
            events = [each for each in page if _ASIDE not in str(each.originator_id)]
            expected = self._ids[after : after + len(events)]
            if not events or [each.id for each in events] != list(expected):
                raise LogError(f"the recorder no longer gives the events behind position {after} in the same order")
            return [self._row(each, place) for place, each in enumerate(events, after + 1)]

    def streams(self) -> Iterator[tuple[str, list[StoredEvent]]]:
        with self._current():
            names = sorted(self._places)
        return ((name, self.read(name)) for name in names)

    def find_command(self, packed: bytes) -> StoredEvent | None:
        """The first row of a command. Raises CommandStored where it came in after this transaction began."""
        with self._lock, _as_log_errors():
            receipt = self._receipt(packed)
            if receipt is None:
                return None
            if not self._deciding:
                self._look()
            stream, version = receipt
            if self._position(stream, version) == 0:
                raise CommandStored
            return self.read(stream, version - 1)[0]

    def _receipt(self, packed: bytes) -> tuple[str, int] | None:
        found = self.recorder.select_events(_receipt_name(packed), limit=1)
        if not found:
            return None
        receipt = json.loads(found[0].state)
        return receipt["stream"], receipt["version"]

    def last_number(self, prefix: str) -> int:
        with self._current():
            return self._numbers.get(prefix, 0)

    def close(self) -> None:
        """Nothing to release: the recorder belongs to whoever made it."""


class _RecorderTransaction:
    def __init__(self, head: int) -> None:
        self.head = head
        self.rows: list[StoredEvent] = []

    def append(self, rows: Sequence[StoredEvent]) -> None:
        self.rows += rows


def _receipt_name(packed: bytes) -> str:
    return _RECEIPT + (packed.decode() if packed.isascii() else packed.hex())


def _with_receipt(row: StoredEvent) -> Iterator[TheirEvent]:
    if row.command_id is not None:
        state = json.dumps({"stream": row.stream, "version": row.version}).encode()
        yield TheirEvent(_receipt_name(row.command_id), 1, _RECEIPT_TOPIC, state)
    yield TheirEvent(row.stream, row.version, row.topic, row.state)


@contextmanager
def _as_log_errors() -> Iterator[None]:
    try:
        yield
    except PersistenceError as error:
        if isinstance(error, IntegrityError):
            raise
        raise LogError(f"the recorder failed: {error}; ask again with the same command id") from error


# -- the probe --------------------------------------------------------------------------------------------------------


def _probe(recorder: ApplicationRecorder) -> None:
    """Find out once per log whether a recorder keeps what a log needs. Raises LogError.

    It leaves three rows in streams of their own, whose names no record can have: two that were written together, and
    the note that all went well. A recorder that fails is left with those it took.
    """
    if recorder.select_events(_PROBED, limit=1):
        return
    here = _PROBE + os.urandom(8).hex()
    first, second, third = (TheirEvent(f"{here}.{name}", 1, _PROBE_TOPIC, b"{}\n\x00\xff") for name in "abc")
    before = recorder.max_notification_id() or 0
    try:
        recorder.insert_events([first, second])
    except Exception as error:
        raise LogError(
            f"this recorder cannot be used: it does not take ids that are texts, and versions from 1 ({error})"
        ) from error
    _ask("ids are texts and states come back as they were", [first], lambda: recorder.select_events(f"{here}.a"))
    _ask(
        "what is inserted is read at once, in the order of its insertion",
        [f"{here}.a", f"{here}.b"],
        lambda: [
            each.originator_id
            for each in recorder.select_notifications(before, _PAGE, inclusive_of_start=False)
            if str(each.originator_id).startswith(here)
        ],
    )
    try:
        recorder.insert_events([third, first])
    except IntegrityError:
        pass
    except Exception as error:
        raise LogError(f"this recorder cannot be used: a version taken raises no IntegrityError ({error})") from error
    else:
        raise LogError("this recorder cannot be used: it takes the same version of a stream twice")
    _ask("several streams are inserted together or not at all", [], lambda: recorder.select_events(f"{here}.c"))
    try:
        recorder.insert_events([TheirEvent(_PROBED, 1, _PROBE_TOPIC, b"{}\n{}")])
    except IntegrityError:
        return  # somebody else probed it at the same moment


def _ask(promise: str, expected: list[Any], question: Any) -> None:
    try:
        given = list(question())
    except Exception as error:
        raise LogError(f"this recorder cannot be used: {promise}, but it raised {error!r}") from error
    if given != expected:
        raise LogError(f"this recorder cannot be used, for it does not hold that {promise}")


# -- our store as a recorder ------------------------------------------------------------------------------------------


class SQLiteRecorder(ApplicationRecorder):
    """A log file as eventsourcing sees it: for its projections to read, or as an application's own file.

    Ids are texts. A log that an engine began takes events from engines alone.
    """

    def __init__(self, store: SQLiteStore) -> None:
        self.store = store

    def insert_events(self, stored_events: Sequence[TheirEvent], **kwargs: Any) -> Sequence[int] | None:
        with _as_recorder_errors(), self.store.transaction() as transaction:
            if next(self.store.scan(0, 1), _NO_ROW).topic.startswith("log.opened@"):
                raise NotSupportedError("a govflow log takes events from its engine alone")
            begin = transaction.head
            transaction.append([_ours(event) for event in stored_events])
            return list(range(begin + 1, transaction.head + 1))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[TheirEvent]:
        with _as_recorder_errors():
            rows = self.store.read(_text(originator_id), -1 if gt is None else gt)
        kept = [row for row in rows if lte is None or row.version <= lte]
        return [
            TheirEvent(row.stream, row.version, row.topic, row.state) for row in (kept[::-1] if desc else kept)[:limit]
        ]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        after = (start or 0) - (1 if inclusive_of_start else 0)
        with _as_recorder_errors():
            rows = takewhile(lambda row: stop is None or row.position <= stop, self.store.scan(after, limit))
            wanted = (row for row in rows if not topics or row.topic in topics)
            return [
                Notification(row.stream, row.version, row.topic, row.state, row.position)
                for row in islice(wanted, limit)
            ]

    def max_notification_id(self) -> int | None:
        with _as_recorder_errors():
            return self.store.head() or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[SQLiteRecorder]:
        """Notifications behind `gt`, then those to come; other processes may write them, so it looks every 0.1 s."""
        return _PollingSubscription(self, gt, topics)


class _PollingSubscription(Subscription[SQLiteRecorder]):
    def __init__(self, recorder: SQLiteRecorder, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        self._waiting: deque[Notification] = deque()
        self._stopped = threading.Event()

    def stop(self) -> None:
        super().stop()
        self._stopped.set()

    def __next__(self) -> Notification:
        while not self._stopped.is_set():
            if self._waiting:
                return self._waiting.popleft()
            self._waiting.extend(
                self._recorder.select_notifications(
                    self._last_notification_id or 0, _PAGE, topics=self._topics, inclusive_of_start=False
                )
            )
            if self._waiting:
                self._last_notification_id = self._waiting[-1].id
            else:
                self._stopped.wait(_POLL)
        raise StopIteration


_NO_ROW = StoredEvent("", 0, "", b"")


def _text(originator_id: UUID | str) -> str:
    if isinstance(originator_id, str):
        return originator_id
    raise ProgrammingError("ids are texts here: use ids of type str, as with ORIGINATOR_ID_TYPE=text")


def _ours(event: TheirEvent) -> StoredEvent:
    stream, version, topic, state = _text(event.originator_id), event.originator_version, event.topic, event.state
    return StoredEvent(stream, version, topic, state, leaf=leaf_of(stream, version, topic, state))


@contextmanager
def _as_recorder_errors() -> Iterator[None]:
    try:
        yield
    except VersionTaken as error:
        raise IntegrityError("a stream already has one of the versions") from error
    except LogError as error:
        raise OperationalError(str(error)) from error
