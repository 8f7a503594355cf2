"""约束 constraints: what must hold between the events of one record, as small automata over one pass.

Whoever reads a stream asks `check_stream`. What a constraint says and where it comes from stands in a file
(`constraint_files`), what its words mean in `constraint_model`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from govflow.actors import IMPORTER, SYSTEM
from govflow.audit.constraints.model import Constraint, Constraints, Part, Same, Side, Template, is_meant
from govflow.audit.findings import Check, Code, Finding

__all__ = ["Constraint", "Constraints", "Same", "Seen", "Side", "Template", "check_stream"]


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
    hands: tuple[str, ...]  # who did it, and whom they stood in for: what a substitute did counts as done by both


def check_stream(events: Iterable[Seen], constraints: Constraints) -> Iterator[Finding]:
    """What of one record's events, in order, breaks a constraint; each finding names the pair and its versions.

    One pass; what is kept is a few places for each item. Only events that `constraints.concerns` are looked at.
    """
    states: dict[tuple[int, str], _State] = {}
    round, last = 1, None
    for event in events:
        last = event
        look = constraints.look(event.name)
        if look is None:
            continue
        body = event.body
        at = _At(event.name, event.version, event.position, _hands_of(body))
        for place, part in look.parts(body):
            constraint = constraints.all[place]
            step = _step_of(constraint)
            for state in _touched(states, place, part, constraint, body, round):
                found = step(state, part, at)
                if found is not None:
                    yield _finding(constraint, event.stream, *found)
                state.after(part, at)
        if look.rounds is not None and is_meant(body, look.rounds):
            round += 1
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

    def after(self, part: Part, at: _At) -> None:
        """The same once an event has counted as one of its sides."""
        if part is Part.FIRST:
            self.first = at
            self.owed = self.owed or at
            for one in at.hands:
                self.hands.setdefault(one, at)
        elif part is Part.THEN:
            self.then = at
            self.owed = None
        elif part is Part.BY:
            self.owed = None
        elif part is Part.ANEW:
            self.first = self.then = self.owed = None
            self.hands.clear()
        self.previous = at


_Found = tuple[_At | None, _At | None]
_Step = Callable[[_State, Part, _At], _Found | None]


def _preceded(state: _State, part: Part, at: _At) -> _Found | None:
    return (None, at) if part is Part.THEN and state.first is None else None


def _existed(state: _State, part: Part, at: _At) -> _Found | None:
    return (None, at) if part is Part.BY and state.first is None else None


def _absent(state: _State, part: Part, at: _At) -> _Found | None:
    return (None, at) if part is Part.THEN else None


def _absent_after(state: _State, part: Part, at: _At) -> _Found | None:
    return (state.first, at) if part is Part.THEN and state.first is not None else None


def _answered(state: _State, part: Part, at: _At) -> _Found | None:
    return (state.owed, at) if part is Part.BY and state.owed is not None else None


def _succeeded(state: _State, part: Part, at: _At) -> _Found | None:
    return _preceded(state, part, at) or _answered(state, part, at)


def _chained(state: _State, part: Part, at: _At) -> _Found | None:
    if part is not Part.THEN:
        return None
    stands_right = state.previous is not None and state.previous is state.first
    return None if stands_right else (state.previous, at)


def _apart(state: _State, part: Part, at: _At) -> _Found | None:
    if part is Part.THEN and state.first is not None and state.then is None:
        return state.first, at
    if part is Part.FIRST and state.then is not None and state.first is None:
        return at, state.then
    return None


def _by_others(state: _State, part: Part, at: _At) -> _Found | None:
    if part is not Part.THEN or at.hands[0] in _RULES:
        return None
    before = [state.hands[one] for one in at.hands if one in state.hands]
    return (min(before, key=lambda each: each.version), at) if before else None


def _hands_of(body: Any) -> tuple[str, ...]:
    stead = getattr(body, "in_stead_of", None)
    return (body.by,) if stead is None else (body.by, stead)


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


def _step_of(constraint: Constraint) -> _Step:
    if constraint.template is Template.ABSENCE and constraint.first:
        return _absent_after
    return _STEPS[constraint.template]


_OWING = frozenset({Template.RESPONSE, Template.SUCCESSION})


def _touched(
    states: dict[tuple[int, str], _State], place: int, part: Part, constraint: Constraint, body: Any, round: int
) -> Iterable[_State]:
    """The automata that an event moves: its item's, its round's, the record's; what ends or renews moves all of them.

    An event that belongs to no item (the record's own) ends or renews those of every item.
    """
    item = getattr(body, "item", "") if constraint.same is Same.ITEM else ""
    if constraint.same is Same.ITEM and not item and part in (Part.BY, Part.ANEW):
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
