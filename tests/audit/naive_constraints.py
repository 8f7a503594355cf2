"""Constraints checked the slow way: every event against every other, each template by its own definition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from govflow.audit.constraints.check import Constraint, Same, Side, Template


class Body(NamedTuple):
    """What constraints look at in an event's body."""

    by: str
    item: str
    flag: bool
    in_stead_of: str | None = None


class Event(NamedTuple):
    """An event as a log holds it, with no more of a body than constraints look at."""

    name: str
    version: int
    body: Body
    stream: str = "r"
    position: int = 0


Pair = tuple[int | None, int | None]


def broken(events: Sequence[Event], each: Constraint, rounds: Sequence[Side] = ()) -> list[Pair]:
    """The violated pairs, as versions, in the order of the events by which they broke."""
    keys = keys_of(events, each, rounds)

    def counts(at: int, sides: Sequence[Side]) -> bool:
        return any(s.event == events[at].name and (not s.field or events[at].body.flag) for s in sides)

    def together(one: int, other: int) -> bool:
        return bool(keys[one] == keys[other])

    def reaches(at: int, key: Any) -> bool:
        return keys[at] == key or (each.same is Same.ITEM and not events[at].body.item)

    def renewed(since: int, until: int, key: Any) -> bool:
        return any(counts(m, each.anew) and reaches(m, key) for m in range(since, until))

    def before(at: int, sides: Sequence[Side]) -> list[int]:
        return [j for j in range(at) if counts(j, sides) and together(j, at) and not renewed(j, at, keys[at])]

    found: list[tuple[int, int | None, int | None]] = []
    for i, event in enumerate(events):
        v = event.version
        firsts = before(i, each.first)
        match each.template:
            case Template.EXISTENCE if counts(i, each.by) and not firsts:
                found.append((v, None, v))
            case Template.ABSENCE if counts(i, each.then) and (firsts or not each.first):
                found.append((v, events[firsts[-1]].version if firsts else None, v))
            case Template.PRECEDENCE | Template.SUCCESSION if counts(i, each.then) and not firsts:
                found.append((v, None, v))
            case Template.CHAIN_PRECEDENCE if counts(i, each.then):
                near = [j for j in range(i) if together(j, i) and is_of_its_kind(events[j], each, counts, j)]
                if not near or not counts(near[-1], each.first) or renewed(near[-1], i, keys[i]):
                    found.append((v, events[near[-1]].version if near else None, v))
            case Template.NOT_COEXISTENCE:
                found += first_together(events, each, i, counts, before, together)
            case Template.FOUR_EYES if counts(i, each.then) and event.body.by not in ("system", "import"):
                mine = [j for j in firsts if hands_of(events[j]) & hands_of(event)]
                found += [(v, events[mine[0]].version, v)] if mine else []
            case _:
                pass
    if each.template in (Template.RESPONSE, Template.SUCCESSION):
        found += unanswered(events, each, keys, counts, reaches, renewed)
    return [(a, b) for _, a, b in sorted(found, key=lambda one: one[0])]


def hands_of(event: Event) -> set[str]:
    """Who did it and whom they stood in for."""
    return {each for each in (event.body.by, event.body.in_stead_of) if each is not None}


def keys_of(events: Sequence[Event], each: Constraint, rounds: Sequence[Side]) -> list[Any]:
    """What an event belongs to: its item, its round, or the record."""
    if each.same is Same.ITEM:
        return [event.body.item for event in events]
    if each.same is None:
        return [0 for _ in events]
    begun = [any(s.event == event.name and (not s.field or event.body.flag) for s in rounds) for event in events]
    return [sum(begun[:at]) for at in range(len(events))]


def is_of_its_kind(event: Event, each: Constraint, counts: Any, at: int) -> bool:
    kinds = {side.event.partition(".")[0] for side in each.then}
    return event.name.partition(".")[0] in kinds or counts(at, each.sides)


def first_together(events: Any, each: Constraint, i: int, counts: Any, before: Any, together: Any) -> list[Any]:
    """The pair that stands together for the first time since it began anew, if it is this event that makes it one."""
    firsts, thens = before(i, each.first), before(i, each.then)
    v = events[i].version
    if counts(i, each.then) and firsts and not thens:
        return [(v, events[firsts[-1]].version, v)]
    if counts(i, each.first) and thens and not firsts and not counts(i, each.then):
        return [(v, v, events[thens[-1]].version)]
    if counts(i, each.first) and counts(i, each.then) and not firsts:  # it is one of each itself
        return [(v, v, v)]
    return []


def unanswered(events: Any, each: Constraint, keys: Any, counts: Any, reaches: Any, renewed: Any) -> list[Any]:
    """For each end, the first of `first` that nothing has answered; without ends, at the end of the stream."""
    found = []
    ends = [i for i in range(len(events)) if counts(i, each.by)] if each.by else [len(events)]
    for key in dict.fromkeys(keys):
        told = -1
        for end in ends:
            if end < len(events) and not reaches(end, key):
                continue
            owed = [
                j
                for j in range(max(told, 0), end)
                if keys[j] == key
                and counts(j, each.first)
                and not any(counts(k, each.then) and keys[k] == key for k in range(j + 1, min(end + 1, len(events))))
                and not renewed(j, end, key)
            ]
            if owed:
                end_version = events[end].version if each.by else None
                found.append((end_version or 10**9, events[owed[0]].version, end_version))
            told = end
    return found
