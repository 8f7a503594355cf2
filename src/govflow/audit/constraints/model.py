"""The words constraints are written in: templates, sides, a constraint, and which of them an event concerns.

The templates are those of DECLARE, named as there, and four eyes (经办分离). A constraint names two sides, `first` and
`then`; each is a list of events, `name` or `name?field` for those whose field is true. What a substitute does counts as
done by both, the one who acts and the one in whose stead: as in the rules of the tables (经办分离).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, NamedTuple


class Template(StrEnum):
    """What a constraint says of its two sides, within one record (and one item or round, where `same` says so)."""

    EXISTENCE = "existence"  # by the time that one of `by` happens, one of `first` has happened
    ABSENCE = "absence"  # none of `then` ever; with `first`: none once one of these has happened
    PRECEDENCE = "precedence"  # before each of `then` stands one of `first`
    RESPONSE = "response"  # after each of `first` comes one of `then`, before one of `by`
    SUCCESSION = "succession"  # both of these
    CHAIN_PRECEDENCE = "chain_precedence"  # what stands right before each of `then`, of its kind, is one of `first`
    NOT_COEXISTENCE = "not_coexistence"  # never one of each
    FOUR_EYES = "four_eyes"  # whoever did one of `first`, or was stood in for, does none of `then`, nor lets it be done


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


class Part(StrEnum):
    """As which side of a constraint an event counts; in this order, where it counts as several."""

    THEN = "then"
    BY = "by"
    FIRST = "first"
    ANEW = "anew"
    OTHER = "other"  # of the same kind as `then`, for what asks what stood right before


Fields = tuple[str, ...]  # of an event's body, one of which must be true; none: whatever it says


class Constraints:
    """Constraints made ready for use: which of them an event concerns is one look-up by its name.

    With one of `rounds` a new round of handling begins.
    """

    def __init__(self, constraints: Iterable[Constraint], rounds: Iterable[Side] = ()) -> None:
        self.all = tuple(constraints)
        self.rounds = tuple(rounds)
        self._looks: dict[str, Look | None] = {}
        self._named = {side.event for each in self.all for side in each.sides} | {side.event for side in self.rounds}
        self._kinds = {kind for each in self.all for kind in _kinds_of(each)}

    def __len__(self) -> int:
        return len(self.all)

    def concerns(self, name: str) -> bool:
        """Whether any of them looks at events of this name: the others need not be read at all."""
        return name in self._named or name.partition(".")[0] in self._kinds

    def look(self, name: str) -> Look | None:
        """What is looked at in events of this name, None for nothing: found once, then a look-up."""
        try:
            return self._looks[name]
        except KeyError:
            found = self._looks[name] = self._look(name) if self.concerns(name) else None
            return found

    def _look(self, name: str) -> Look:
        watched: list[_Watched] = []
        beside: list[int] = []
        for place, each in enumerate(self.all):
            sides = {Part.THEN: each.then, Part.BY: each.by, Part.FIRST: each.first, Part.ANEW: each.anew}
            fields = {part: _fields_of(named, name) for part, named in sides.items()}
            watched += [(place, part, found) for part, found in fields.items() if found is not None]
            if name.partition(".")[0] in _kinds_of(each):
                beside.append(place)
        named = tuple((place, part) for place, part, fields in watched if not fields)
        always = named if len(named) == len(watched) and not beside else ()
        return Look(tuple(watched), tuple(beside), _fields_of(self.rounds, name), always)


_Watched = tuple[int, Part, Fields]


class Look(NamedTuple):
    """What is looked at in events of one name: as which side of which constraint, by its place, each counts.

    `beside` are the constraints for which it counts in any case, of the kind of their `then`; with `rounds` a new
    round begins. `always` is what `parts` gives where that is the same for every body; empty where it is not.
    """

    watched: tuple[_Watched, ...]
    beside: tuple[int, ...]
    rounds: Fields | None
    always: tuple[tuple[int, Part], ...]

    def parts(self, body: Any) -> Iterator[tuple[int, Part]]:
        """As which side of which constraint an event with this body counts."""
        named: set[int] = set()
        for place, part, fields in self.watched:
            if not fields or is_meant(body, fields):
                named.add(place)
                yield place, part
        for place in self.beside:
            if place not in named:
                yield place, Part.OTHER


def _kinds_of(constraint: Constraint) -> set[str]:
    """The kinds of event of which a constraint has to see every one."""
    is_chain = constraint.template is Template.CHAIN_PRECEDENCE
    return {side.event.partition(".")[0] for side in constraint.then} if is_chain else set()


def _fields_of(sides: Iterable[Side], name: str) -> Fields | None:
    """The fields one of which must be true of an event of this name; none: it always counts; None: it never does."""
    fields = tuple(side.field for side in sides if side.event == name)
    if not fields:
        return None
    return () if "" in fields else fields


def is_meant(body: Any, fields: Fields) -> bool:
    """Whether an event with this body is meant: one of the fields is true, or none is asked for."""
    return not fields or any(field_of(body, each) for each in fields)


def field_of(body: Any, name: str) -> Any:
    """A field of an event's body, None where it has none: pydantic takes 2 µs to say so, its dictionary none."""
    fields = getattr(body, "__dict__", None)
    return getattr(body, name, None) if fields is None else fields.get(name)
