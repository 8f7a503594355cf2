"""Replaying 重演: records folded again from their stored events, up to any moment, version or head of the log.

Nothing that an engine remembers is looked at: every state is folded from stored bytes alone.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from govflow.decider import Decider
from govflow.errors import Detail, InputError, LogError, NotFound
from govflow.log import Log
from govflow.log_events import LOG_STREAM
from govflow.messages import Event
from govflow.persistence.codec import StoredEvent, metadata_of
from govflow.reading import Reader
from govflow.records import Record
from govflow.writing import Writer

Progress = Callable[[int, int], object]
"""Hears of (events read, events there) now and then."""

WITHHELD = Detail(
    "digests are of whole states, and part of this record is withheld from the reader",
    "摘要针对完整状态计算，而该记录有部分内容不对查询人显示",
)
_TOLD_EVERY = 1_000


class Point(NamedTuple):
    """How far a replay goes; where nothing is given, to the end.

    `at`: what had occurred by then; `known_at`: what had been recorded by then; `version`: that version of a record;
    `head`: the first so many events of the log.
    """

    at: datetime | None = None
    known_at: datetime | None = None
    version: int | None = None
    head: int | None = None


END = Point()


class Folded(NamedTuple):
    """One step of a replay: the stored row, what it says, and the record right after it."""

    row: StoredEvent
    body: Event
    state: Record


class After(NamedTuple):
    """A record right after one of its events: which event, when it occurred and was recorded, status and digest."""

    stream: str
    version: int
    position: int
    event: str
    occurred: datetime
    recorded: datetime
    status: str
    digest: str


class Replayed(NamedTuple):
    """A whole log as of a point: its events and records, how many stand where, by kind, and one digest over all.

    The digest is SHA-256 over `id LF digest of its state LF`, record by record in the order of ids.
    """

    log: str
    events: int
    records: int
    states: dict[str, dict[str, int]]
    digest: str


def state_at(reader: Reader, id: str, point: Point = END) -> Record:
    """A record as of a point, as the reader may see it. Raises NotFound where there was none, or none to be seen."""
    return reader.shown(whole_state_at(reader, id, point))


def whole_state_at(reader: Reader, id: str, point: Point = END) -> Record:
    """The same with all that it says, to fold on from: some of it may have to be withheld from the reader."""
    reader.get(id)  # what is hidden is not there
    if point.version is not None:
        return reader.log.fold(id, point.version)
    last = deque(folded(reader.log, reader.log.store.read(id), point), maxlen=1)
    if not last:
        raise NotFound(f"there was no record {id} then")
    return last[0].state


def folded(log: Log, rows: Sequence[StoredEvent], point: Point = END) -> Iterator[Folded]:
    """The steps of one record, event by event, up to a point. Raises LogError for what nobody here can read."""
    if not rows:
        return
    decider = _kind_of(log, rows[0])
    state = decider.initial.changed(id=rows[0].stream)
    decode, evolve = log.codec.decode, decider.evolve
    for row in rows:
        body = decode(row.topic, row.state)
        if is_within(point, row, body):
            state = evolve(state, body)
            yield Folded(row, body, state)


def is_within(point: Point, row: StoredEvent, body: Event) -> bool:
    """Whether an event belongs to what a replay up to this point sees."""
    if point.at is not None and body.at > point.at:
        return False
    if point.version is not None and row.version > point.version:
        return False
    if point.head is not None and row.position > point.head:
        return False
    return point.known_at is None or metadata_of(row.state).recorded_at <= point.known_at


def _own_is_within(point: Point, row: StoredEvent) -> bool:
    """The same of an event of the log itself, unread: whole policies stand in them; they occur as they are recorded."""
    if point.head is not None and row.position > point.head:
        return False
    until = min((each for each in (point.at, point.known_at) if each is not None), default=None)
    return until is None or metadata_of(row.state).recorded_at <= until


def streams(reader: Reader) -> Iterator[tuple[str, list[StoredEvent]]]:
    """Every record that the reader may see, by id, with its rows; in flat memory."""
    sees_all = isinstance(reader, Writer)
    for stream, rows in reader.log.store.streams():
        if stream != LOG_STREAM and (sees_all or reader.has(stream)):
            yield stream, rows


def digests(reader: Reader, id: str | None = None, *, progress: Progress | None = None) -> Iterator[After]:
    """The digest of a record after each of its events; without `id` of every record, by id, in flat memory.

    What the log says of itself (policies, tables) has no state of its own and is not among them. Raises NotFound,
    InputError for a record of which something is withheld from the reader: a digest would confirm what it is.
    """
    if id is not None:
        reader.get(id)
        if not reader.shows_all_of(id):
            raise InputError(WITHHELD, where="digests", expected="a reader of all that it is tied to")
        yield from _digests(reader.log, reader.log.store.read(id))
        return
    total, done = reader.log.store.head(), 0
    for _, rows in streams(reader):
        yield from _digests(reader.log, rows)
        done = _told(progress, done, len(rows), total)


def replayed(reader: Reader, point: Point = END, *, progress: Progress | None = None) -> Replayed:
    """The whole log folded again, as of a point, in flat memory: counts by state and one digest."""
    log = reader.log
    states: dict[str, Counter[str]] = {}
    over_all, records = hashlib.sha256(), 0
    total, done = log.store.head(), 0
    own = log.store.read(LOG_STREAM)
    events = sum(_own_is_within(point, row) for row in own)
    for stream, rows in streams(reader):
        last = deque(enumerate(folded(log, rows, point), 1), maxlen=1)
        done = _told(progress, done, len(rows), total)
        for count, (_, _, state) in last:  # none where the record had not begun
            states.setdefault(state.kind_of_record, Counter())[str(state.status)] += 1
            over_all.update(f"{stream}\n{state.digest}\n".encode())
            events += count
            records += 1
    counts = {kind: dict(sorted(counted.items())) for kind, counted in states.items()}
    return Replayed(log.id, events, records, counts, over_all.hexdigest())


def _digests(log: Log, rows: Sequence[StoredEvent]) -> Iterator[After]:
    for row, body, state in folded(log, rows):
        recorded = metadata_of(row.state).recorded_at
        status, digest = str(state.status), state.digest
        yield After(row.stream, row.version, row.position, body.name, body.at, recorded, status, digest)


def _kind_of(log: Log, first: StoredEvent) -> Decider:
    """The kind of record that begins with this row."""
    found = _by_event(tuple(log.deciders.values())).get(first.topic.partition("@")[0])
    if found is None:
        begins = f"it begins with {first.topic}"
        raise LogError(f"{first.stream} is of a kind that is not served here ({begins}): see records=")
    return found


@lru_cache(maxsize=16)
def _by_event(deciders: tuple[Decider, ...]) -> dict[str, Decider]:
    return {event.name: decider for decider in deciders for event in decider.workflow.events}


def _told(progress: Progress | None, before: int, more: int, total: int) -> int:
    """The events read so far; told whenever another thousand is full."""
    now = before + more
    if progress is not None and before // _TOLD_EVERY != now // _TOLD_EVERY:
        progress(now, total)
    return now
