"""还原命令: the commands of a log, made again from the events they caused; the stored digest says whether truly.

A log keeps no commands. An event repeats most of what its command said, and what the decision filled in (a number, a
lead unit by the routing rules) or another record took over is found by trying: a digest that is equal proves the
arguments. Personal values come back as placeholders for the same people, and rights as the metadata tells them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import chain, combinations, islice
from typing import Any, NamedTuple

from pydantic import ValidationError

from govflow.actors import IMPORTER, SYSTEM, Actor, Claim, Role
from govflow.calendars import Calendar
from govflow.log_events import LOG_STREAM, CalendarAdopted, PolicyAdopted
from govflow.messages import HEADER, SYSTEM_IDS, Command, Event, Personal, Protected, RecordedEvent, digest_of
from govflow.policy import Policy
from govflow.reading import Reader
from govflow.regions.mediation import salted

_SALT = "0" * 32  # the texts of agreements end with a number
_OVERHEAD = 12 + 16  # nonce and tag of AES-GCM: bytes of a ciphertext that are not text
_TRIES = 600  # combinations of fields, before a command is told as uncertain
_MOST_FILLED = 4  # fields that a decision fills in, in one command
_TELL_EVERY = 200
_Fields = frozenset[str]


def placeholder(value: Protected) -> str:
    """What stands for a personal text: as many bytes, as its ciphertext shows, and nothing of it.

    Commands are made again from a log, never from a key store. Sealed ballots are all of one length.
    """
    text = max(len(value.ciphertext) * 3 // 4 - value.ciphertext.count("=") - _OVERHEAD, 1)
    return salted("." * (text - len(_SALT) - 1), _SALT) if text > len(_SALT) + 1 else "." * text


class Certainty(StrEnum):
    """How well a command is known."""

    EXACT = "exact"  # its digest is the one stored: wire name, record and all arguments that are not personal
    LIKELY = "likely"  # made of its events, but its digest differs
    LOST = "lost"  # its events do not say enough to make it


class Again(NamedTuple):
    """One command of the log again: when it was recorded, what it did, and how well it is known.

    `before` is the version of its record before it; `caused` its events, in order, with those of other records that
    followed. `en` and `zh` say why it is not exact; empty where it is.
    """

    id: str
    wire: str
    recorded_at: datetime
    before: int
    caused: tuple[RecordedEvent, ...]
    command: Command | None
    certainty: Certainty
    en: str = ""
    zh: str = ""

    @property
    def record(self) -> str:
        """The record it was for."""
        return self.caused[0].stream

    @property
    def touched(self) -> tuple[str, ...]:
        """Every record that it changed, its own first."""
        return tuple(dict.fromkeys(each.stream for each in self.caused))


class Ruled(NamedTuple):
    """A policy or a calendar that the log adopted between two commands."""

    recorded_at: datetime
    what: Policy | Calendar


def commands_again(
    reader: Reader, progress: Callable[[int, int], object] | None = None
) -> Iterator[Again | Ruled | None]:
    """What was done to the log, in order: its commands again, the policies and calendars adopted in between.

    None stands for a command that the system gave by rule: the tick gives it anew. Flat memory: what one command
    caused stands together in a log.
    """
    maker = _Maker(reader)
    head = reader.log.store.head()
    group: list[RecordedEvent] = []
    for event in reader.events():
        if event.stream == LOG_STREAM:
            if isinstance(event.body, PolicyAdopted | CalendarAdopted):
                yield from maker.made(group)
                group = []
                said = event.body
                yield Ruled(event.meta.recorded_at, said.policy if isinstance(said, PolicyAdopted) else said.calendar)
            continue
        if group and event.meta.correlation != group[0].meta.correlation:
            yield from maker.made(group)
            group = []
        group.append(event)
        if progress and event.position % _TELL_EVERY == 0:
            progress(event.position, head)
    yield from maker.made(group)


class _Maker:
    """Makes commands, and remembers by wire name which fields decisions fill in: the next one is alike."""

    def __init__(self, reader: Reader) -> None:
        deciders = reader.deciders.values()
        self._kinds = {command.wire: command for decider in deciders for command in decider.commands}
        self._filled: dict[str, list[tuple[_Fields, bool]]] = {}

    def made(self, group: Sequence[RecordedEvent]) -> Iterator[Again | None]:
        """The command that caused these events; None for one of the system's own."""
        if not group:
            return
        first = group[0]
        if first.meta.correlation.startswith(SYSTEM_IDS):
            yield None
            return
        kind = self._kinds.get(first.meta.wire)
        command, certainty, en, zh = self._found(kind, group)
        again = (first.meta.command, first.meta.wire, first.meta.recorded_at, first.version - 1, tuple(group))
        yield Again(*again, command, certainty, en, zh)

    def _found(
        self, kind: type[Command] | None, group: Sequence[RecordedEvent]
    ) -> tuple[Command | None, Certainty, str, str]:
        if kind is None:
            return None, Certainty.LOST, "no record served here takes it", "此处的记录均不受理该命令"
        header, likely = _header(group), None
        for names, taken_over, values, id in self._attempts(kind, group):
            try:
                command = kind(**header, id=id, **values)
            except (ValidationError, ValueError):
                continue
            if digest_of(command) == group[0].meta.digest:
                known = self._filled.setdefault(kind.wire, [])
                if (names, taken_over) not in known:
                    known.append((names, taken_over))
                return command, Certainty.EXACT, "", ""
            likely = likely or command
        if likely is None:
            return None, Certainty.LOST, "its events do not say what it needs", "其事件不含该命令必需的内容"
        absent = ", ".join(sorted(_of_command(kind) - _said_by(group[0].body).keys()))
        en = f"its event does not keep: {absent}" if absent else "its event changed what it said"
        zh = f"其事件未保留：{absent}" if absent else "其事件与命令内容不同"
        return likely, Certainty.LIKELY, en, zh

    def _attempts(
        self, kind: type[Command], group: Sequence[RecordedEvent]
    ) -> Iterator[tuple[_Fields, bool, dict[str, Any], str | None]]:
        """Arguments to try, most likely first: (fields left to the decision, from other records too, values, id)."""
        own = _arguments(kind, group[:1])
        all_over = _arguments(kind, group)
        ids = (group[0].stream, None) if group[0].version == 1 else (group[0].stream,)
        optional = [name for name, value in own.items() if not _is_default(kind, name, value)]
        ways = chain(
            self._filled.get(kind.wire, ()),
            ((frozenset(names), False) for names in _subsets(optional)),
            ((frozenset(names), True) for names in _subsets([n for n in all_over if n not in own])),
            ((frozenset(names), True) for names in _subsets([n for n in all_over if n in optional])),
        )
        for names, taken_over in islice(_once(ways), _TRIES):
            values = all_over if taken_over else own
            for id in ids:
                yield names, taken_over, {name: each for name, each in values.items() if name not in names}, id


def _once(ways: Iterator[tuple[_Fields, bool]]) -> Iterator[tuple[_Fields, bool]]:
    seen: set[tuple[_Fields, bool]] = set()
    for way in ways:
        if way not in seen:
            seen.add(way)
            yield way


def _subsets(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(names, count) for count in range(min(len(names), _MOST_FILLED) + 1))


def _of_command(kind: type[Command]) -> set[str]:
    return {name for name in kind.model_fields if name not in HEADER}


def _said_by(event: Event) -> Mapping[str, Any]:
    return event.__dict__


def _arguments(kind: type[Command], events: Sequence[RecordedEvent]) -> dict[str, Any]:
    """What the events say of the command's fields, the first one that has a field; personal values as placeholders."""
    values: dict[str, Any] = {}
    for each in events:
        said = _said_by(each.body)
        for name in _of_command(kind) - values.keys():
            if (value := said.get(name)) is not None:
                values[name] = _unprotected(value)
    return values


def _unprotected(value: Any) -> Any:
    if isinstance(value, Protected):
        return Personal(text=placeholder(value), subject=value.subject, about=value.about)
    return value


def _is_default(kind: type[Command], name: str, value: Any) -> bool:
    """Whether leaving a field out changes nothing, or cannot be: it is required, or personal, or says nothing."""
    field = kind.model_fields[name]
    return field.is_required() or isinstance(value, Personal) or value == field.get_default(call_default_factory=True)


def _header(group: Sequence[RecordedEvent]) -> dict[str, Any]:
    """Who gave it, for whom, when it happened, under which id."""
    body, meta = group[0].body, group[0].meta
    at = body.at if body.at != meta.recorded_at else None
    return {
        "by": _actor(body.by, group),
        "on_behalf_of": meta.on_behalf_of,
        "command_id": meta.command,
        "occurred_at": at,
    }


def _actor(id: str, group: Sequence[RecordedEvent]) -> Actor:
    """The actor with the claims that the command rested on.

    The metadata keeps role, unit and whom a substitute stood in for, not level and area: in a log that has a directory
    it is asked again; elsewhere these claims reach everywhere, and refuse nothing for the place.
    """
    first = group[0].meta
    if first.role == Role.SYSTEM:
        return IMPORTER if id == IMPORTER.id else SYSTEM
    held = {
        Claim(role=each.meta.role, unit=each.meta.unit, standing_in_for=each.meta.standing_in_for): None
        for each in group
        if each.body.by == id and each.meta.role and each.meta.command == first.command
    }
    return Actor(id=id, claims=tuple(held))
