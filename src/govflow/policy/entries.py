"""The entries of a policy's lists, as far as they could be read, and how a problem with one of them is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from govflow.errors import Detail, Problem


class Unread(NamedTuple):
    """An entry that could not be read, as far as others refer to it: its name still counts as given.

    `kind` is what kind of body it is; empty: any.
    """

    id: str
    clock: str
    starts_on: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    kind: str = ""


def entries(policy: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Each entry of a list that can be judged, with the field it stands in: `categories[2] (noise)`."""
    for field, entry in named(policy, name):
        if not isinstance(entry, Unread):
            yield field, entry


def named(policy: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Each entry that has a name, those that could not be read too; without one they were left out (None)."""
    for place, entry in enumerate(getattr(policy, name, ())):
        if entry is not None:
            yield f"{name}[{place}] ({entry.id})", entry


def ids(policy: Any, name: str) -> dict[str, Any]:
    """The entries of a list by their ids."""
    return {entry.id: entry for _, entry in named(policy, name)}


def one_of(known: Iterable[str]) -> str:
    """What is expected where one of these names belongs."""
    return ", ".join(known)


def problem(field: str, en: str, zh: str, expected: str, expected_zh: str = "") -> Problem:
    """What is wrong with a field, and what belongs there, in English and in Chinese."""
    return Problem(field, Detail(en, zh), Detail(expected, expected_zh))
