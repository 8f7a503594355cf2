"""所据事件: the events that a rule's verdict rests on, told by what of its record the rule looked at.

A rule is judged on a record that notes which fields and which regions are read. What stands there was put there by an
event: the last one that moved it. So "a second person has approved" comes with who that was, and when.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from govflow.messages import Event
from govflow.persistence.codec import StoredEvent
from govflow.records import Item, Record

# in every record; what they say stands in the head of the answer, or is told by what else a rule looks at
_COMMON = frozenset(set(Record.model_fields) - {"items"})
_READ = "\x00read"  # where a watched record keeps what was read of it: no field is called that


class Rest(NamedTuple):
    """An event that a verdict rests on: where it stands, what it is, who did it and when."""

    position: int
    version: int
    event: str
    by: str
    at: datetime


Place = tuple[str, str, str]
"""A field of a record (field, "", ""), a region of it ("items", region, "") or one item of that."""


class Trail:
    """Which event last moved what of one record, as it is folded forward."""

    def __init__(self) -> None:
        self._moved: dict[Place, tuple[Rest, ...]] = {}

    def note(self, row: StoredEvent, event: Event, before: Record, after: Record) -> None:
        """Take in one event with the record before and after it."""
        rest = Rest(row.position, row.version, event.name, event.by, event.at)
        for name in type(after).model_fields.keys() - _COMMON - {"items"}:
            if getattr(before, name) is not getattr(after, name):
                self._moved[name, "", ""] = (rest,)
        if before.items is after.items:
            return
        for region, items in after.items.items():
            was = before.items.get(region, {})
            moved = [key for key, item in items.items() if item is not was.get(key)]
            for key in moved:
                self._moved["items", region, key] = (*self._moved.get(("items", region, key), ()), rest)
            if moved:
                self._moved["items", region, ""] = (rest,)

    def rests(self, places: Iterable[Place]) -> tuple[Rest, ...]:
        """The events that what stands at these places comes from, oldest first, each once."""
        found = {rest for place in places for rest in self._moved.get(place, ())}
        return tuple(sorted(found))


class Watch:
    """Notes what of a record and of one of its items is read."""

    def __init__(self) -> None:
        self.places: dict[Place, None] = {}

    def record(self, state: Record) -> Record:
        """The same record, watched."""
        watched: Record = self._watched(state, _watching(type(state)))
        return watched

    def item(self, item: Any, region: str) -> Any:
        """The same item of a region, watched; anything else as it is."""
        if not isinstance(item, Item):
            return item
        watched = self._watched(item, _watching(type(item)))
        watched.__dict__[_READ] = _Within(self.places, ("items", region, item.key))
        return watched

    def _watched(self, value: Any, kind: type) -> Any:
        new = value.changed()
        new.__dict__[_READ] = self.places
        object.__setattr__(new, "__class__", kind)
        return new


class _Within(dict[Place, None]):
    """Notes one place, whatever field is read of it."""

    def __init__(self, places: dict[Place, None], place: Place) -> None:
        super().__init__()
        self._places, self._place = places, place

    def __setitem__(self, place: Place, _: None) -> None:
        self._places[self._place] = None


@lru_cache(maxsize=256)
def _watching(kind: type[Any]) -> type:
    """A kind of record or item whose fields note that they are read."""
    fields = frozenset(kind.model_fields) - (_COMMON if issubclass(kind, Record) else frozenset()) - {"items"}
    get = object.__getattribute__

    def read(self: Any, name: str) -> Any:
        if name in fields:
            get(self, "__dict__")[_READ][name, "", ""] = None
        return get(self, name)

    def items_of(self: Any, region: str) -> Mapping[str, Any]:
        get(self, "__dict__")[_READ]["items", region, ""] = None
        found: Mapping[str, Any] = kind.items_of(self, region)
        return found

    def item(self: Any, region: str, key: str) -> Any:
        get(self, "__dict__")[_READ]["items", region, key] = None
        return kind.items_of(self, region).get(key)

    more = {"items_of": items_of, "item": item} if issubclass(kind, Record) else {}
    return type(kind.__name__, (kind,), {"__getattribute__": read, "__module__": kind.__module__, **more})
