"""约束 constraints: what must hold between the events of one record, as small automata over one pass.

The templates are those of DECLARE, named as there, and four eyes (经办分离). A constraint names two sides, `first` and
`then`; each is a list of events, `name` or `name?field` for those whose field is true. Whoever reads a stream asks
`check_stream`; what a constraint says and where it comes from stands in a file (`constraint_files`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from govflow.actors import IMPORTER, SYSTEM
from govflow.audit.findings import Check, Code, Finding


class Template(StrEnum):
    """What a constraint says of its two sides, within one record (and one item or round, where `same` says so)."""

    EXISTENCE = "existence"  # by the time that one of `by` happens, one of `first` has happened
    ABSENCE = "absence"  # none of `then` ever; with `first`: none once one of these has happened
    PRECEDENCE = "precedence"  # before each of `then` stands one of `first`
    RESPONSE = "response"  # after each of `first` comes one of `then`, before one of `by`
    SUCCESSION = "succession"  # both of these
    CHAIN_PRECEDENCE = "chain_precedence"  # what stands right before each of `then`, of its kind, is one of `first`
    NOT_COEXISTENCE = "not_coexistence"  # never one of each
    FOUR_EYES = "four_eyes"  # whoever did one of `first` does none of `then`


class Same(StrEnum):
    """Within what a constraint holds, where that is less than the record."""

    ITEM = "item"  # events of the same item
    ROUND = "round"  # events of the same round of handling


class Side(NamedTuple):
    """An event that a side of a constraint names; with a field, only where that field of its body is true."""

    event: str
    field: str = ""

    def __str__(self) -> str:
        return f"{self.event}?{self.field}" if self.field else self.event


class Constraint(NamedTuple):
    """One constraint: id, template, its sides, what it says in English and Chinese, and where it comes from.

    `by` are the events before which a response must have come; without any it must have come by the end of the
    stream. After one of `anew` what went before no longer counts. Within `same` item or round it is kept apart.
    """

    id: str
    template: Template
    first: tuple[Side, ...]
    then: tuple[Side, ...]
    en: str
    zh: str
    source: str
    by: tuple[Side, ...] = ()
    anew: tuple[Side, ...] = ()
    same: Same | None = None

    def sentence(self, lang: str = "en") -> str:
        """What it says, in `lang` (en or zh-CN)."""
        return self.zh if lang.startswith("zh") else self.en

    @property
    def sides(self) -> tuple[Side, ...]:
        """Everything it names."""
        return (*self.first, *self.then, *self.by, *self.anew)


class Seen(Protocol):
    """What is asked of an event: a `RecordedEvent` has it."""

    @property
    def position(self) -> int: ...
    @property
    def stream(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def body(self) -> Any: ...


class _At(NamedTuple):
    """Where an event stands: all that is kept of one."""

    name: str
    version: int
    position: int
    by: str


class _Part(StrEnum):
    """As which side of a constraint an event counts; in this order, where it counts as several."""

    THEN = "then"
    BY = "by"
    FIRST = "first"
    ANEW = "anew"
    OTHER = "other"  # of the same kind as `then`, for what asks what stood right before


_Fields = tuple[str, ...]  # of an event's body, one of which must be true; "" always is


class Constraints:
    """Constraints made ready for use: which of them an event concerns is one look-up by its name.

    With one of `rounds` a new round of handling begins.
    """

    def __init__(self, constraints: Iterable[Constraint], rounds: Iterable[Side] = ()) -> None:
        self.all = tuple(constraints)
        self.rounds = tuple(rounds)
        self._rounds = _fields_of(self.rounds)
        self._watched: dict[str, list[tuple[int, _Part, _Fields]]] = {}
        self._kinds: dict[str, list[int]] = {}
        for place, each in enumerate(self.all):
            sides = {_Part.THEN: each.then, _Part.BY: each.by, _Part.FIRST: each.first, _Part.ANEW: each.anew}
            for part, named in sides.items():
                for event, fields in _fields_of(named).items():
                    self._watched.setdefault(event, []).append((place, part, fields))
            if each.template is Template.CHAIN_PRECEDENCE:
                for kind in {side.event.partition(".")[0] for side in each.then}:
                    self._kinds.setdefault(kind, []).append(place)

    def __len__(self) -> int:
        return len(self.all)

    def concerns(self, name: str) -> bool:
        """Whether any of them looks at events of this name: the others need not be read at all."""
        return name in self._watched or name in self._rounds or name.partition(".")[0] in self._kinds

    def watched(self, event: Seen) -> Iterator[tuple[int, _Part]]:
        """The constraints that an event concerns, by place, with the sides as which it counts."""
        named: set[int] = set()
        for place, part, fields in self._watched.get(event.name, ()):
            if _has_one(event.body, fields):
                named.add(place)
                yield place, part
        for place in self._kinds.get(event.name.partition(".")[0], ()):
            if place not in named:
                yield place, _Part.OTHER

    def begins_round(self, event: Seen) -> bool:
        """Whether a new round of handling begins with an event."""
        fields = self._rounds.get(event.name)
        return fields is not None and _has_one(event.body, fields)


def _fields_of(sides: Iterable[Side]) -> dict[str, _Fields]:
    fields: dict[str, _Fields] = {}
    for side in sides:
        fields[side.event] = (*fields.get(side.event, ()), side.field)
    return fields


def _has_one(body: Any, fields: _Fields) -> bool:
    return any(not each or getattr(body, each, None) for each in fields)


def check_stream(events: Iterable[Seen], constraints: Constraints) -> Iterator[Finding]:
    """What of one record's events, in order, breaks a constraint; each finding names the pair and its versions.

    One pass; what is kept is a few places for each item. Only events that `constraints.concerns` are looked at.
    """
    states: dict[tuple[int, str], _State] = {}
    round, last = 1, None
    for event in events:
        last = event
        if not constraints.concerns(event.name):
            continue
        at = _At(event.name, event.version, event.position, event.body.by)
        for place, part in constraints.watched(event):
            constraint = constraints.all[place]
            for state in _touched(states, place, part, constraint, event, round):
                found = _STEPS[constraint.template](state, part, at, constraint)
                if found is not None:
                    yield _finding(constraint, event.stream, *found)
                state.after(part, at)
        round += constraints.begins_round(event)
    if last is not None:
        for (place, _), state in states.items():
            constraint = constraints.all[place]
            if constraint.template in _OWING and not constraint.by and state.owed is not None:
                yield _finding(constraint, last.stream, state.owed, None)


# --- one automaton ---------------------------------------------------------------------------------------------------


class _State:
    """Where one automaton stands: the latest of each side, who did one of `first`, and what is still owed."""

    __slots__ = ("first", "hands", "owed", "previous", "then")

    def __init__(self) -> None:
        self.first: _At | None = None
        self.then: _At | None = None
        self.previous: _At | None = None
        self.owed: _At | None = None
        self.hands: dict[str, _At] = {}

    def after(self, part: _Part, at: _At) -> None:
        """The same once an event has counted as one of its sides."""
        match part:
            case _Part.FIRST:
                self.first = at
                self.owed = self.owed or at
                self.hands.setdefault(at.by, at)
            case _Part.THEN:
                self.then = at
                self.owed = None
            case _Part.BY:
                self.owed = None
            case _Part.ANEW:
                self.first = self.then = self.owed = None
                self.hands.clear()
        self.previous = at


_Found = tuple[_At | None, _At | None]
_Step = Callable[[_State, _Part, _At, Constraint], _Found | None]


def _preceded(state: _State, part: _Part, at: _At, constraint: Constraint) -> _Found | None:
    return (None, at) if part is _Part.THEN and state.first is None else None


def _existed(state: _State, part: _Part, at: _At, constraint: Constraint) -> _Found | None:
    return (None, at) if part is _Part.BY and state.first is None else None


def _absent(state: _State, part: _Part, at: _At, constraint: Constraint) -> _Found | None:
    forbidden = part is _Part.THEN and (state.first is not None or not constraint.first)
    return (state.first, at) if forbidden else None


def _answered(state: _State, part: _Part, at: _At, constraint: Constraint) -> _Found | None:
    return (state.owed, at) if part is _Part.BY and state.owed is not None else None


def _succeeded(state: _State, part: _Part, at: _At, constraint: Constraint) -> _Found | None:
    return _preceded(state, part, at, constraint) or _answered(state, part, at, constraint)


def _chained(state: _State, part: _Part, at: _At, constraint: Constraint) -> _Found | None:
    if part is not _Part.THEN:
        return None
    stands_right = state.previous is not None and state.previous is state.first
    return None if stands_right else (state.previous, at)


def _apart(state: _State, part: _Part, at: _At, constraint: Constraint) -> _Found | None:
    if part is _Part.THEN and state.first is not None and state.then is None:
        return state.first, at
    if part is _Part.FIRST and state.then is not None and state.first is None:
        return at, state.then
    return None


def _by_others(state: _State, part: _Part, at: _At, constraint: Constraint) -> _Found | None:
    if part is not _Part.THEN or at.by in _RULES:
        return None
    before = state.hands.get(at.by)
    return None if before is None else (before, at)


_RULES = frozenset({SYSTEM.id, IMPORTER.id})  # act by rule, never by choice: nobody's hands
_STEPS: Mapping[Template, _Step] = {
    Template.EXISTENCE: _existed,
    Template.ABSENCE: _absent,
    Template.PRECEDENCE: _preceded,
    Template.RESPONSE: _answered,
    Template.SUCCESSION: _succeeded,
    Template.CHAIN_PRECEDENCE: _chained,
    Template.NOT_COEXISTENCE: _apart,
    Template.FOUR_EYES: _by_others,
}
_OWING = frozenset({Template.RESPONSE, Template.SUCCESSION})


def _touched(
    states: dict[tuple[int, str], _State], place: int, part: _Part, constraint: Constraint, event: Seen, round: int
) -> Iterable[_State]:
    """The automata that an event moves: its item's, its round's, the record's; what ends or renews moves all of them.

    An event that belongs to no item (the record's own) ends or renews those of every item.
    """
    item = getattr(event.body, "item", "") if constraint.same is Same.ITEM else ""
    if constraint.same is Same.ITEM and not item and part in (_Part.BY, _Part.ANEW):
        return [state for (each, _), state in states.items() if each == place]
    key = str(round) if constraint.same is Same.ROUND else item
    state = states.get((place, key))
    if state is None:
        state = states[place, key] = _State()
    return (state,)


# --- what is said ----------------------------------------------------------------------------------------------------


def _finding(constraint: Constraint, stream: str, a: _At | None, b: _At | None) -> Finding:
    """The finding that names the violated pair; its place is that of the event by which it broke."""
    at = max((each for each in (a, b) if each is not None), key=lambda each: each.version)
    en = f"{constraint.id}: {constraint.en} ({_named(a, constraint.first)}; {_named(b, constraint.then)})"
    zh = f"{constraint.id}：{constraint.zh}（{_named_zh(a, constraint.first)}；{_named_zh(b, constraint.then)}）"
    where = at.position or None, stream, at.version, at.name
    return Finding(Code.CONSTRAINT, Check.SEMANTIC, en, zh, *where, basis=constraint.source)


def _named(at: _At | None, missing: Iterable[Side]) -> str:
    return f"{at.name} at version {at.version}" if at else f"no {' or '.join(map(str, missing)) or 'event'}"


def _named_zh(at: _At | None, missing: Iterable[Side]) -> str:
    return f"第 {at.version} 版 {at.name}" if at else f"无 {' 或 '.join(map(str, missing)) or '事件'}"
