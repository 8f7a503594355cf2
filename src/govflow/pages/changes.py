"""What changed from one text to the next: pieces that stayed, went and came, line by line and word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

_WORDS = re.compile(r"[^\W\u2e80-\uffef]+|\s+|.", re.DOTALL)  # Chinese has no blanks between words: each sign by itself
_MOST_WORDS = 2_000  # of one place: comparing takes the square of it


class Piece(NamedTuple):
    """A piece of text that is the same, was deleted or was inserted."""

    kind: Literal["same", "del", "ins"]
    text: str


def changes(before: str, after: str) -> Iterator[Piece]:
    """The pieces that lead from `before` to `after`: all that is not inserted is the one, all not deleted the other."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for kind, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(old[a:b]))
        else:
            yield from _within("".join(old[a:b]), "".join(new[c:d]))


def _within(before: str, after: str) -> Iterator[Piece]:
    """The same within the lines that differ; a long passage counts as written anew."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > _MOST_WORDS:
        yield from _replaced([before], [after])
        return
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(old[a:b]))
        else:
            yield from _replaced(old[a:b], new[c:d])


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    if gone := "".join(old):
        yield Piece("del", gone)
    if come := "".join(new):
        yield Piece("ins", come)
