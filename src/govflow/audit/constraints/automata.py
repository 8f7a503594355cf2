"""Automata 约束自动机: what one constraint remembers of a record, or of one item or round in it, and when it is broken.

One step for each template (`model.Template`): given what is remembered and the event that comes next, the pair that
breaks the constraint, or None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from govflow.actors import IMPORTER, SYSTEM
from govflow.audit.constraints.model import Constraint, Part, Template, field_of


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


Pair = tuple[Seen | None, Seen | None]
"""The two events by which a constraint is broken; None for one that is missing."""


class State:
    """Where one automaton stands: the latest of each side, who did one of `first`, and what is still owed."""

    __slots__ = ("first", "hands", "owed", "previous", "step", "then")

    def __init__(self, constraint: Constraint) -> None:
        self.first: Seen | None = None
        self.then: Seen | None = None
        self.previous: Seen | None = None
        self.owed: Seen | None = None
        self.hands: dict[str, Seen] | None = {} if constraint.template is Template.FOUR_EYES else None
        self.step = (
            _absent_after
            if constraint.template is Template.ABSENCE and constraint.first
            else _STEPS[constraint.template]
        )

    def take(self, part: Part, event: Seen) -> Pair | None:
        """Go on by an event that counts as one of its sides; the pair by which the constraint is broken."""
        found = self.step(self, part, event)
        if part is _FIRST:
            self.first = event
            if self.owed is None:
                self.owed = event
            if self.hands is not None:
                for one in _hands_of(event.body):
                    self.hands.setdefault(one, event)
        elif part is _THEN:
            self.then = event
            self.owed = None
        elif part is _BY:
            self.owed = None
        elif part is _ANEW:
            self.first = self.then = self.owed = None
            if self.hands:
                self.hands.clear()
        self.previous = event
        return found


_FIRST, _THEN, _BY, _ANEW = Part.FIRST, Part.THEN, Part.BY, Part.ANEW  # asked of every event: cheaper by their names


def _preceded(state: State, part: Part, event: Seen) -> Pair | None:
    return (None, event) if part is _THEN and state.first is None else None


def _existed(state: State, part: Part, event: Seen) -> Pair | None:
    return (None, event) if part is _BY and state.first is None else None


def _absent(state: State, part: Part, event: Seen) -> Pair | None:
    return (None, event) if part is _THEN else None


def _absent_after(state: State, part: Part, event: Seen) -> Pair | None:
    return (state.first, event) if part is _THEN and state.first is not None else None


def _answered(state: State, part: Part, event: Seen) -> Pair | None:
    return (state.owed, event) if part is _BY and state.owed is not None else None


def _succeeded(state: State, part: Part, event: Seen) -> Pair | None:
    return _preceded(state, part, event) or _answered(state, part, event)


def _chained(state: State, part: Part, event: Seen) -> Pair | None:
    if part is not _THEN:
        return None
    stands_right = state.previous is not None and state.previous is state.first
    return None if stands_right else (state.previous, event)


def _apart(state: State, part: Part, event: Seen) -> Pair | None:
    if part is _THEN and state.first is not None and state.then is None:
        return state.first, event
    if part is _FIRST and state.then is not None and state.first is None:
        return event, state.then
    return None


def _by_others(state: State, part: Part, event: Seen) -> Pair | None:
    if part is not _THEN:
        return None
    hands = _hands_of(event.body)
    if hands[0] in _RULES:
        return None
    before = [done for one in hands if (done := (state.hands or {}).get(one)) is not None]
    return (min(before, key=lambda each: each.version), event) if before else None


def _hands_of(body: Any) -> tuple[str, ...]:
    """Who did it, and whom they stood in for: what a substitute did counts as done by both."""
    stead = field_of(body, "in_stead_of")
    return (body.by,) if stead is None else (body.by, stead)


_RULES = frozenset({SYSTEM.id, IMPORTER.id})  # act by rule, never by choice: nobody's hands
Step = Callable[[State, Part, Seen], Pair | None]
_STEPS: Mapping[Template, Step] = {
    Template.EXISTENCE: _existed,
    Template.ABSENCE: _absent,
    Template.PRECEDENCE: _preceded,
    Template.RESPONSE: _answered,
    Template.SUCCESSION: _succeeded,
    Template.CHAIN_PRECEDENCE: _chained,
    Template.NOT_COEXISTENCE: _apart,
    Template.FOUR_EYES: _by_others,
}
