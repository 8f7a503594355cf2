"""Who in a log is a person: whoever acts or has data here, and whoever a field names that is no known unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from govflow.actors import IMPORTER, SYSTEM
from govflow.messages import Event, is_box
from govflow.redacting.fields import ITEMS_OF_PEOPLE, UNITS_OF_THE_DIRECTORY, Holds, rewritten

_NOBODY = frozenset({"", SYSTEM.id, IMPORTER.id})


class People:
    """Gathers, row by row, who is named as a person and what as a unit; sets of ids, whatever the log's length."""

    def __init__(self) -> None:
        self._people: set[str] = set()
        self._maybe: set[str] = set()
        self._units: set[str] = set()
        self._lasting: set[str] = set()  # units of the directory and of policies: also where they act themselves

    def see(self, meta: dict[str, str], body: dict[str, object], event: type[Event]) -> None:
        """Look through one row."""
        self._units.add(meta.get("unit", ""))
        self._maybe.add(meta.get("on_behalf_of", ""))
        self._people.add(meta.get("standing_in_for", ""))
        region = event.name.partition(".")[0]
        if isinstance(item := body.get("item"), str):
            if region in ITEMS_OF_PEOPLE:
                self._maybe.add(item)
            elif region == UNITS_OF_THE_DIRECTORY:
                self._lasting.add(item)
        rewritten(body, event, self._look)

    def _look(self, text: str, holds: Holds) -> str:
        match holds:
            case Holds.PERSON:
                self._people.add(text)
            case Holds.MAYBE:
                self._maybe.add(text)
            case Holds.UNIT:
                self._units.add(text)
            case Holds.POLICY:
                self._lasting.add(text)
        return text

    def found(self, is_record: Callable[[str], bool], keep: Iterable[str] = ()) -> frozenset[str]:
        """The ids of everybody; `is_record` tells ids of records, and what is in `keep` is nobody."""
        named = {each for each in self._maybe - self._units - self._people if each and not is_record(each)}
        found = (self._people | named) - self._lasting - _NOBODY - {*keep}
        return frozenset(each for each in found if not is_box(each))
