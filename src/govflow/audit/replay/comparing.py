"""Comparing 比对: what changed between two points of the past, in one record field by field or in the whole log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pydantic_core import to_jsonable_python

from govflow.audit.replay.states import END, Folded, Point, Progress, folded, is_within, streams
from govflow.decider import Decider
from govflow.errors import InputError, NotFound
from govflow.log import Log
from govflow.messages import Protected, Value
from govflow.persistence.codec import metadata_of
from govflow.reading import Reader
from govflow.records import Loop, Record
from govflow.workflow import Rest

Path = tuple[str, ...]
_BOOKKEEPING = frozenset({"id", "version", "moved_in", "at"})  # told by the points themselves


class Between(NamedTuple):
    """An event between the two points: where it stands, what it is, by which command, when, and given as what."""

    version: int
    position: int
    event: str
    wire: str
    occurred: datetime
    recorded: datetime
    role: str | None
    unit: str | None


class Changed(NamedTuple):
    """A field that differs, by its way through the state (items and clocks by key), with the versions that moved it.

    Values are plain data, None where there is nothing; personal data is named, never shown.
    """

    path: Path
    before: Any
    after: Any
    versions: tuple[int, ...]


class Compared(NamedTuple):
    """One record at two points, None where it had not begun; what happened in between, and what that changed."""

    before: Record | None
    after: Record | None
    events: tuple[Between, ...]
    changes: tuple[Changed, ...]


class Moved(NamedTuple):
    """What became of one record between two points: status before ("" where it had not begun) and after, and its loops.

    `ended` where it came to a status in which nothing is owed any more; `opened` and `closed` are the open loops that
    the one point has and the other has not.
    """

    record: str
    kind: str
    before: str
    after: str
    begun: bool
    ended: bool
    events: int
    opened: tuple[Loop, ...]
    closed: tuple[Loop, ...]

    @property
    def has_moved(self) -> bool:
        """Whether it was there before and has another status now."""
        return not self.begun and self.before != self.after


class Counts(NamedTuple):
    """How many records of one kind changed, and how: all that were touched, begun, moved, ended; loops, events."""

    touched: int = 0
    begun: int = 0
    moved: int = 0
    ended: int = 0
    opened: int = 0
    closed: int = 0
    events: int = 0


# --- one record ------------------------------------------------------------------------------------------------------


def compared(reader: Reader, id: str, before: Point, after: Point = END) -> Compared:
    """What changed in a record between two points, the earlier first. Raises NotFound, InputError where they go back.

    A field that moved to and fro and stands as it stood is no change.
    """
    reader.get(id)  # what is hidden is not there
    old: Record | None = None
    new: Record | None = None
    between: list[Folded] = []
    versions: dict[Path, list[int]] = {}
    last = None
    for step in folded(reader.log, reader.log.store.read(id)):
        within = is_within(after, step.row, step.body)
        if is_within(before, step.row, step.body):
            if not within:
                raise _goes_back()
            old = new = step.state
        elif within:
            between.append(step)
            for path, _, _ in _differences(reader.shown(last), reader.shown(step.state)):
                versions.setdefault(path, []).append(step.row.version)
            new = step.state
        last = step.state
    if new is None:
        raise NotFound(f"there was no record {id} then")
    old, new = reader.shown(old), reader.shown(new)
    changes = tuple(Changed(path, was, now, _moved_by(path, versions)) for path, was, now in _differences(old, new))
    return Compared(old, new, tuple(map(_told, between)), changes)


def differences(before: Record | None, after: Record | None) -> tuple[tuple[Path, Any, Any], ...]:
    """What differs between two states of a record: (path, before, after), in the order of fields, items by key.

    None is a record that has not begun: all its fields are empty.
    """
    return tuple(_differences(before, after))


def _differences(before: Record | None, after: Record | None) -> Iterator[tuple[Path, Any, Any]]:
    known = after if after is not None else before
    if before is after or known is None:
        return
    was, now = (_fields_of(type(known)() if each is None else each) for each in (before, after))
    for name in now:
        if name not in _BOOKKEEPING:
            yield from _unlike((name,), was[name], now[name])


def _unlike(path: Path, was: Any, now: Any) -> Iterator[tuple[Path, Any, Any]]:
    """Where two values differ: mappings key by key, values field by field, all else as a whole."""
    if was is now or (type(was) is type(now) and was == now):
        return
    if isinstance(was, Mapping) or isinstance(now, Mapping):
        left, right = was or {}, now or {}
        for key in (*right, *(each for each in left if each not in right)):
            yield from _unlike((*path, str(key)), left.get(key), right.get(key))
    elif isinstance(was, Value) and type(was) is type(now) and not isinstance(was, Protected):
        left, right = _fields_of(was), _fields_of(now)
        for name in right:
            yield from _unlike((*path, name), left[name], right[name])
    elif (one := plain(was)) != (other := plain(now)):
        yield path, one, other


def plain(value: Any) -> Any:
    """A value as plain data: of a composed one what it says beyond its defaults; personal data by its subject."""
    if isinstance(value, Protected):
        return str(value)
    if isinstance(value, Value):
        fields = type(value).model_fields
        said = {name: each for name, each in _fields_of(value).items() if each != fields[name].get_default()}
        return {name: plain(each) for name, each in said.items()}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return to_jsonable_python(value)


def _fields_of(value: Value) -> dict[str, Any]:
    return {name: getattr(value, name) for name in type(value).model_fields}


def _moved_by(path: Path, versions: Mapping[Path, Iterable[int]]) -> tuple[int, ...]:
    """The versions that moved a field, or anything within an item that came or went as a whole."""
    found = {
        version
        for other, each in versions.items()
        if other[: len(path)] == path or path[: len(other)] == other
        for version in each
    }
    return tuple(sorted(found))


def _told(step: Folded) -> Between:
    meta, row, body = metadata_of(step.row.state), step.row, step.body
    return Between(row.version, row.position, body.name, meta.wire, body.at, meta.recorded_at, meta.role, meta.unit)


def _goes_back() -> InputError:
    return InputError("the second point lies before the first", where="diff", expected="the earlier point first")


# --- the whole log ---------------------------------------------------------------------------------------------------


def moved(reader: Reader, before: Point, after: Point = END, *, progress: Progress | None = None) -> Iterator[Moved]:
    """What became of every record between two points, by id, in flat memory; records that nothing touched are left out.

    Raises InputError where the second point lies before the first.
    """
    total, done = reader.log.store.head(), 0
    for _, rows in streams(reader):
        old: Record | None = None
        new: Record | None = None
        events = 0
        for step in folded(reader.log, rows):
            within = is_within(after, step.row, step.body)
            if is_within(before, step.row, step.body):
                if not within:
                    raise _goes_back()
                old = new = step.state
            elif within:
                new = step.state
                events += 1
        done += len(rows)
        if progress is not None:
            progress(done, total)
        if events and new is not None:
            yield _moved(reader.log, reader.shown(old), reader.shown(new), events)


def counted(changes: Iterable[Moved]) -> dict[str, Counts]:
    """How many records changed and how, by kind."""
    found: dict[str, Counts] = {}
    for each in changes:
        more = (1, each.begun, each.has_moved, each.ended, len(each.opened), len(each.closed), each.events)
        before = found.get(each.kind, Counts())
        found[each.kind] = Counts(*(int(one + other) for one, other in zip(before, more, strict=True)))
    return dict(sorted(found.items()))


def _moved(log: Log, old: Record | None, new: Record, events: int) -> Moved:
    decider = log.deciders[new.kind_of_record]
    were, are = _loops(decider, old), _loops(decider, new)
    is_open_now = _is_open(decider, new)
    return Moved(
        new.id,
        new.kind_of_record,
        "" if old is None else str(old.status),
        str(new.status),
        begun=old is None,
        ended=not is_open_now and (old is None or _is_open(decider, old)),
        events=events,
        opened=tuple(loop for key, loop in are.items() if key not in were),
        closed=tuple(loop for key, loop in were.items() if key not in are),
    )


def _loops(decider: Decider, record: Record | None) -> dict[tuple[str, str], Loop]:
    loops = () if record is None else decider.open_loops(record)
    return {(loop.region, loop.item): loop for loop in loops}


def _is_open(decider: Decider, record: Record) -> bool:
    return decider.workflow.rests[record.status] is Rest.OPEN
