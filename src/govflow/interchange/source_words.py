"""Turns the words of another system into ids and areas of ours: always the same word into the same id.

The words themselves stay in the import event, so nothing is lost where an id says less than they did.
"""

from __future__ import annotations

import hashlib
import re

_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9._:-]+")
_SPACE = re.compile(r"\s+")
_NOT_IN_AREAS = re.compile(r"[\s/\x00-\x1f]+")
_LONGEST_ID, _LONGEST_AREA = 64, 200


def id_of(word: str) -> str:
    """The id of a department or category that the source calls `word`.

    A word that fits an id is the id, with white space written as a hyphen. Of any other word (城管局, "Waste & Trash")
    what fits is kept, and twelve hex digits of its SHA-256 keep it apart from others.
    """
    hyphened = _SPACE.sub("-", word)
    if _ID.fullmatch(hyphened):
        return hyphened
    return _marked(_NOT_IN_IDS.sub("-", word).strip("-"), word, _LONGEST_ID)


def area_of(word: str) -> str:
    """The area that the source calls `word`: one name, not a path.

    White space and slashes become a hyphen: that a source writes "South End / Roxbury" does not say that the one lies
    within the other, and rights follow the path of an area.
    """
    name = _NOT_IN_AREAS.sub("-", word).strip("-")
    return name if len(name) <= _LONGEST_AREA else _marked(name, word, _LONGEST_AREA)


def _marked(kept: str, word: str, longest: int) -> str:
    mark = hashlib.sha256(word.encode()).hexdigest()[:12]
    return f"{kept[: longest - 13] or 'x'}-{mark}"
