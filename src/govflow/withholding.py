"""Withholding 隐去: a value without the ids of records that its reader may not see, whatever it is made of.

A tie to such a record is left out with all that is said of it; where something must be said, a mark stands instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, TypeVar

from govflow.errors import Detail
from govflow.messages import Document, Frozen, Protected, Value

WITHHELD = "…"
"""What stands in the place of the id of a record that the reader may not see."""

IsHidden = Callable[[str], bool]
"""Whether an id is that of a record which the reader may not see."""

_T = TypeVar("_T")
_WORD = re.compile(r"[A-Za-z0-9._:-]+")
_JOINT = re.compile(r"(?<=[.:@])|(?=[.:@])")
_MOST_JOINTS = 24  # of a word: ids have few, and each pair of them is looked up
_LONGEST_ID = 64
# what such a field says is a code, or a person: never a record, though a record may bear the same name
_NO_RECORD = frozenset(
    {"id", "status", "kind", "category", "retention", "level", "area", "policy", "by", "actor", "role", "unit"}
    | {"stream", "name", "wire"}
)


def without(value: _T, is_hidden: IsHidden) -> _T:
    """The value without the hidden ids; the very same object where it names none.

    Entries under a key that names one and elements of tuples that are one are left out; in a text, and in a field that
    is one, `WITHHELD` takes its place. Protected texts are left as they are: who may read them reads them.
    """
    return _shown(value, is_hidden)  # type: ignore[no-any-return]  # of the type it came in


def _shown(value: Any, is_hidden: IsHidden) -> Any:
    if isinstance(value, str):
        return value if isinstance(value, Enum) else _text(value, is_hidden)
    if isinstance(value, Value):
        return value if isinstance(value, Protected | Document) else _fields(value, is_hidden)
    if isinstance(value, Mapping):
        kept = {key: _shown(each, is_hidden) for key, each in value.items() if not _names(key, is_hidden)}
        is_same = len(kept) == len(value) and all(kept[key] is value[key] for key in kept)
        return value if is_same else Frozen(kept)
    if isinstance(value, tuple | list):
        if hasattr(value, "_fields"):
            return _named_tuple(value, is_hidden)
        kept_ones = [_shown(each, is_hidden) for each in value if not (type(each) is str and is_hidden(each))]
        is_same = len(kept_ones) == len(value) and all(
            one is other for one, other in zip(kept_ones, value, strict=True)
        )
        return value if is_same else type(value)(kept_ones)
    return value


def _shown_as(name: str, value: Any, is_hidden: IsHidden) -> Any:
    """What a field says; a title is words, of which one alone is no id, though a record may bear the same name."""
    return _words(value, is_hidden) if name == "title" and type(value) is str else _shown(value, is_hidden)


def _fields(value: Value, is_hidden: IsHidden) -> Value:
    shown = {
        name: after
        for name, each in value.__dict__.items()
        if name not in _NO_RECORD and (after := _shown_as(name, each, is_hidden)) is not each
    }
    return value.changed(**shown) if shown else value


def _named_tuple(value: Any, is_hidden: IsHidden) -> Any:
    shown = {
        name: after
        for name, each in zip(value._fields, value, strict=True)
        if name not in _NO_RECORD and (after := _shown_as(name, each, is_hidden)) is not each
    }
    return value._replace(**shown) if shown else value


def _text(text: str, is_hidden: IsHidden) -> str:
    if not text:
        return text
    if _WORD.fullmatch(text):
        hidden = next(filter(is_hidden, _parts(text)), None)
        return text if hidden is None else text.replace(hidden, WITHHELD)
    if isinstance(text, Detail):
        found, zh = _words(text, is_hidden), _words(text.zh, is_hidden)
        return text if (found, zh) == (text, text.zh) else Detail(found, zh)
    return _words(text, is_hidden)


def _words(text: str, is_hidden: IsHidden) -> str:
    """A text without the hidden ids in it, word by word; the very same object where it names none."""
    found = _WORD.sub(lambda word: _word(word[0], is_hidden), text)
    return text if found == text else found


def _word(word: str, is_hidden: IsHidden) -> str:
    """One word of a text without a hidden id in it; what is nothing but letters is a word, whatever it also names."""
    for part in _parts(word):
        if not part.isalpha() and is_hidden(part):
            return word.replace(part, WITHHELD)
    return word


def _names(key: Any, is_hidden: IsHidden) -> bool:
    """Whether a key is a hidden id, or has one in it: `sub_case.C-2026-000007`."""
    return isinstance(key, str) and not isinstance(key, Enum) and any(map(is_hidden, _parts(key)))


def _parts(word: str) -> Iterator[str]:
    """The word and every run of its parts between joints, the longest first from each: one of them may be an id."""
    ends = [0, *(joint.start() for joint in _JOINT.finditer(word) if 0 < joint.start() < len(word)), len(word)]
    if len(ends) > _MOST_JOINTS:
        ends = [0, len(word)]
    for place, start in enumerate(ends):
        for end in reversed(ends[place + 1 :]):
            if end - start <= _LONGEST_ID:
                yield word[start:end]
