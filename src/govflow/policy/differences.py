"""What differs between two policies, field by field: entries by their id, never by their place in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from govflow.policy.model import Policy
from govflow.policy.practice import Share

_NOTHING: Any = object()


class Difference(NamedTuple):
    """One field that differs: its path, what stands there before and after; None on the side that does not have it.

    `change` is `added`, `removed` or `changed`; `time_limits hot.handle.length` names an entry by its id.
    """

    field: str
    change: str
    before: Any
    after: Any


def differences(before: Policy, after: Policy) -> tuple[Difference, ...]:
    """Every field in which two policies differ, in the order of the document; none: they are the same."""
    return tuple(_of_tables("", before.model_dump(mode="json"), after.model_dump(mode="json")))


def _of_tables(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in {**before, **after}:
        field = f"{path}.{name}" if path else name
        yield from _of_values(field, before.get(name, _NOTHING), after.get(name, _NOTHING))


def _of_values(field: str, before: Any, after: Any) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict) and not _is_share(after):
        yield from _of_tables(field, before, after)
    elif _are_entries(before) and _are_entries(after):
        yield from _of_entries(field, before, after)
    elif before in (None, _NOTHING):
        yield Difference(field, "added", None, after)
    elif after in (None, _NOTHING):
        yield Difference(field, "removed", before, None)
    else:
        yield Difference(field, "changed", before, after)


def _is_share(value: Any) -> bool:
    """A share is one figure: two thirds do not differ from one half in a numerator and a denominator."""
    return isinstance(value, dict) and value.keys() == Share.model_fields.keys()


def _are_entries(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) and "id" in each for each in value)


def _of_entries(field: str, before: list[Any], after: list[Any]) -> Iterator[Difference]:
    old, new = ({each["id"]: each for each in entries} for entries in (before, after))
    for id in {**old, **new}:
        yield from _of_values(f"{field} {id}", old.get(id, _NOTHING), new.get(id, _NOTHING))
    places = [id for id in old if id in new], [id for id in new if id in old]
    if places[0] != places[1]:  # of routing rules and limits the first that fits counts
        yield Difference(f"{field} (order)", "changed", *places)
