"""The journey of one matter: report, case, proposal, vote, project, evaluation, told from whichever end it is asked.

It goes along the ties between records (关联), as far as the reader may see, and puts what happened in them in one line.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from govflow.messages import RecordedEvent
from govflow.reading import Reader, aware
from govflow.records import Record


class Happened(NamedTuple):
    """One thing that happened on the way: where, when, what, by whom as what (never who), and the status after it.

    `times` counts what happened over and over without moving the record, such as ballots: first to last. `label` is
    the Chinese name of the command that caused it; `position` is where it stands in the log and `recorded` when it came
    there, of the first of them.
    """

    record: str
    at: datetime
    until: datetime
    event: str
    label: str
    role: str | None
    unit: str | None
    status: str
    moved: bool
    position: int
    recorded: datetime
    times: int = 1


class Stop(NamedTuple):
    """A record on the way, as it stands now: its kind, what it is about, and through which record it was found."""

    record: str
    kind: str
    title: str
    status: str
    through: str | None = None
    tie: str | None = None


class Journey(NamedTuple):
    """The records on the way, in the order in which they began; what happened, in the order of time; what is left out.

    `left_out` counts the records that may not be seen: no more than the ties on those that may be seen tell.
    """

    stops: tuple[Stop, ...]
    happened: tuple[Happened, ...]
    left_out: int


def journey(reader: Reader, id: str, at: datetime | None = None) -> Journey:
    """The journey that a record is part of, as a reader may see it, now or as of what had occurred by a moment (`at`).

    Every record is visited once, however they are tied; a record that may not be seen is not gone through. Raises
    NotFound for a record that is not there, or was not then.
    """
    first = _standing(reader, id, at)
    found: dict[str, tuple[Record, str | None, str | None]] = {first.id: (first, None, None)}
    left_out: set[str] = set()
    todo = deque([first])
    while todo:
        record = todo.popleft()
        for other, tie in _ties(record):
            if other in found or other in left_out:
                continue
            if reader.has(other):
                found[other] = _standing(reader, other, at), record.id, tie
                todo.append(found[other][0])
            else:
                left_out.add(other)

    told: list[Happened] = []
    begun: dict[str, int] = {}
    for record, _, _ in found.values():
        for each in _happened(reader, record):
            begun.setdefault(record.id, each.position)
            told.append(each)
    told.sort(key=lambda each: (each.at, each.position))
    stops = (
        Stop(each.id, each.kind_of_record, reader.shown(each.title_line), str(each.status), through, tie)
        for each, through, tie in found.values()
    )
    ordered = sorted(stops, key=lambda stop: begun[stop.record])
    return Journey(tuple(ordered), tuple(told), len(left_out))


def _standing(reader: Reader, id: str, at: datetime | None) -> Record:
    """The record as it stood then, with every tie. Raises NotFound."""
    now = reader.get(id)
    whole = reader.log.current(id) if at is None else reader.log.as_of(id, aware(at, "as_of"))
    return now if whole is None else whole


def _ties(record: Record) -> Iterator[tuple[str, str]]:
    """The records that one is tied to, and how; a tie that was taken back leads nowhere."""
    for tie in record.items_of("link").values():
        if tie.status != "unlinked":
            yield tie.other, tie.kind


def _happened(reader: Reader, record: Record) -> Iterator[Happened]:
    """What happened to a record, up to where it stands; what repeats itself without moving it is counted."""
    decider = reader.deciders[record.kind_of_record]
    labels = {command.wire: command.label for command in decider.commands}
    state = decider.initial.changed(id=record.id)
    last: Happened | None = None
    log = reader.log
    for each in (log.codec.recorded(row) for row in log.store.read(record.id)[: record.version]):
        before, state = state.status, decider.evolve(state, each.body)
        now = _told(each, state, labels.get(each.meta.wire, ""), moved=state.status != before)
        if last is not None and _is_more_of(last, now):
            last = last._replace(until=now.at, times=last.times + 1)
            continue
        if last is not None:
            yield last
        last = now
    if last is not None:
        yield last


def _told(each: RecordedEvent, state: Record, label: str, *, moved: bool) -> Happened:
    meta = each.meta
    return Happened(
        each.stream,
        each.body.at,
        each.body.at,
        each.name,
        label,
        meta.role,
        meta.unit,
        str(state.status),
        moved,
        each.position,
        meta.recorded_at,
    )


def _is_more_of(before: Happened, now: Happened) -> bool:
    """Whether the same happened once more, by the same role, and moved nothing."""
    return not before.moved and not now.moved and before[3:8] == now[3:8]
