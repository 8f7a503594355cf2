"""Corrections told 更正的两种读法: a record as it was published at a moment, and as that moment is known now.

A correction is an event that names the version of the event it corrects. What was written stays; so two answers are
true of every past moment: what anybody could read then, and what has since been found to have been the case.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from govflow.audit.replay.states import Folded, Point, folded, state_at, whole_state_at
from govflow.corrections import Correcting, old_value
from govflow.log import Log
from govflow.messages import Event, ItemEvent
from govflow.persistence.codec import metadata_of
from govflow.reading import Reader, aware
from govflow.records import Record


class Corrected(NamedTuple):
    """One correction: which event it corrects and in what field, the value before and after; by whom as what; why.

    Where an item was taken back, `field` names its region and key, `old` and `new` its statuses.
    """

    version: int
    position: int
    corrects: int
    event: str
    field: str
    old: str
    new: str
    role: str | None
    unit: str | None
    occurred: datetime
    recorded: datetime
    reason: str


class KnownNow(NamedTuple):
    """A past moment as it is known now: the record, the later corrections in it, and those that say nothing of it.

    `apart` are corrections of events of that time which replaced a value that came to stand there only later.
    """

    record: Record
    applied: tuple[Corrected, ...]
    apart: tuple[Corrected, ...]


def corrections(reader: Reader, id: str) -> tuple[Corrected, ...]:
    """Every correction of a record, oldest first. Raises NotFound."""
    return tuple(reader.shown(told) for _, told in _corrections(_steps(reader, id)))


def published_then(reader: Reader, id: str, moment: datetime) -> Record:
    """The record as published at a moment: what had been recorded by then, as it was recorded. Raises NotFound."""
    return state_at(reader, id, Point(known_at=aware(moment, "published_then")))


def known_now(reader: Reader, id: str, moment: datetime) -> KnownNow:
    """A moment as it is known now: what had occurred by it, with every later correction of just that applied.

    A correction of a correction counts for the event that the first one corrected. Version and clocks stay those of
    the moment: dates that were derived from a wrong entry stood as they stood. Raises NotFound.
    """
    then = aware(moment, "known_now")
    record = whole_state_at(reader, id, Point(at=then))
    steps = _steps(reader, id)
    later = [(step, told) for step, told in _corrections(steps) if step.body.at > then]
    of = {told.version: told.corrects for _, told in _corrections(steps)}
    known = {step.row.version for step in steps if step.body.at <= then}
    applied: list[Corrected] = []
    apart: list[Corrected] = []
    for step, told in later:
        if _corrected_first(told.corrects, of, known) not in known:
            continue
        if _fits(record, step.body):
            record = _with(reader.log, record, step.body)
            applied.append(told)
        else:
            apart.append(told)
    return reader.shown(KnownNow(record, tuple(applied), tuple(apart)))


def _corrected_first(version: int, of: dict[int, int], known: set[int]) -> int:
    """The event that a chain of corrections goes back to; every link leads to an earlier version."""
    while version not in known and 0 < of.get(version, 0) < version:
        version = of[version]
    return version


def _steps(reader: Reader, id: str) -> tuple[Folded, ...]:
    reader.get(id)  # what is hidden is not there
    return tuple(folded(reader.log, reader.log.store.read(id)))


def _corrections(steps: tuple[Folded, ...]) -> list[tuple[Folded, Corrected]]:
    """The steps that correct something, each told."""
    found = []
    names = {step.row.version: step.body.name for step in steps}
    for place, step in enumerate(steps):
        corrects = getattr(step.body, "corrects", 0)
        if corrects:
            before = steps[place - 1].state if place else None
            found.append((step, _told(step, before, corrects, names.get(corrects, ""))))
    return found


def _told(step: Folded, before: Record | None, corrects: int, event: str) -> Corrected:
    meta, body = metadata_of(step.row.state), step.body
    field, old, new = _values(step, before)
    return Corrected(
        step.row.version,
        step.row.position,
        corrects,
        event,
        field,
        old,
        new,
        meta.role,
        meta.unit,
        body.at,
        meta.recorded_at,
        getattr(body, "reason", ""),
    )


def _values(step: Folded, before: Record | None) -> tuple[str, str, str]:
    body = step.body
    if isinstance(body, Correcting):
        return body.field, body.old, body.new
    if not isinstance(body, ItemEvent):
        return "", "", ""
    region = _region(body)
    was, now = (record.item(region, body.item) if record is not None else None for record in (before, step.state))
    return f"{region} {body.item}", str(getattr(was, "status", "")), str(getattr(now, "status", ""))


def _region(body: Event) -> str:
    return body.name.partition(".")[0]


def _fits(record: Record, body: Event) -> bool:
    """Whether what is corrected stood there at that moment: the very value that the correction replaced."""
    if isinstance(body, Correcting):
        return body.field in record.correctable and old_value(record, body.field) == body.old
    return isinstance(body, ItemEvent) and record.item(_region(body), body.item) is not None


def _with(log: Log, record: Record, body: Event) -> Record:
    """The record with a correction in it, as old as it was."""
    after = log.deciders[record.kind_of_record].evolve(record, body)
    kept = {name: getattr(record, name) for name in ("version", "at", "moved_in", "clocks")}
    return after.changed(**kept)
