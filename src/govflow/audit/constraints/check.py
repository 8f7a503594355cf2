"""约束 constraints: what must hold between the events of one record, as small automata over one pass.

Whoever reads a stream asks `check_stream`. What a constraint says and where it comes from stands in a file
(`constraints.files`), what its words mean in `constraints.model`, how each is looked at in `constraints.automata`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from govflow.audit.constraints.automata import Seen, State
from govflow.audit.constraints.model import Constraint, Constraints, Part, Same, Side, Template, field_of, is_meant
from govflow.audit.findings import Check, Code, Finding

__all__ = ["Constraint", "Constraints", "Same", "Seen", "Side", "Template", "check_stream"]


def check_stream(events: Iterable[Seen], constraints: Constraints) -> Iterator[Finding]:
    """What of one record's events, in order, breaks a constraint; each finding names the pair and its versions.

    One pass; what is kept is a few events for each item. Only events that `constraints.concerns` are looked at.
    """
    states: dict[tuple[int, str], State] = {}
    round, last = 1, None
    for event in events:
        last = event
        look = constraints.look(event.name)
        if look is None:
            continue
        body = event.body
        for place, part in look.always or look.parts(body):
            constraint = constraints.all[place]
            for state in _touched(states, place, part, constraint, body, round):
                found = state.take(part, event)
                if found is not None:
                    yield _finding(constraint, event.stream, *found)
        if look.rounds is not None and is_meant(body, look.rounds):
            round += 1
    if last is not None:
        for (place, _), state in states.items():
            constraint = constraints.all[place]
            if constraint.template in _OWING and not constraint.by and state.owed is not None:
                yield _finding(constraint, last.stream, state.owed, None)


_OWING = frozenset({Template.RESPONSE, Template.SUCCESSION})
_ENDS = (Part.BY, Part.ANEW)


def _touched(
    states: dict[tuple[int, str], State], place: int, part: Part, constraint: Constraint, body: Any, round: int
) -> Iterable[State]:
    """The automata that an event moves: its item's, its round's, the record's; what ends or renews moves all of them.

    An event that belongs to no item (the record's own) ends or renews those of every item.
    """
    key = ""
    if constraint.same is Same.ROUND:
        key = str(round)
    elif constraint.same is Same.ITEM:
        key = field_of(body, "item") or ""
        if not key and part in _ENDS:
            return [state for (each, _), state in states.items() if each == place]
    state = states.get((place, key))
    if state is None:
        state = states[place, key] = State(constraint)
    return (state,)


# --- what is said ----------------------------------------------------------------------------------------------------


def _finding(constraint: Constraint, stream: str, a: Seen | None, b: Seen | None) -> Finding:
    """The finding that names the violated pair; its place is that of the event by which it broke."""
    at = max((each for each in (a, b) if each is not None), key=lambda each: each.version)
    en = f"{constraint.id}: {constraint.en} ({_named(a, constraint.first)}; {_named(b, constraint.then)})"
    zh = f"{constraint.id}：{constraint.zh}（{_named_zh(a, constraint.first)}；{_named_zh(b, constraint.then)}）"
    where = at.position or None, stream, at.version, at.name
    return Finding(Code.CONSTRAINT, Check.SEMANTIC, en, zh, *where, basis=constraint.source)


def _named(at: Seen | None, missing: Iterable[Side]) -> str:
    return f"{at.name} at version {at.version}" if at else f"no {' or '.join(map(str, missing)) or 'event'}"


def _named_zh(at: Seen | None, missing: Iterable[Side]) -> str:
    return f"第 {at.version} 版 {at.name}" if at else f"无 {' 或 '.join(map(str, missing)) or '事件'}"
