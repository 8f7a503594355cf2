"""How the cells of a broad table are set: what must not be torn apart at the end of a line, and what lines up right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?")
_TOKEN = re.compile(r"[!-~]{25,}")
_FIGURE = re.compile(r"[\d:.]+ ?%?|(?:\d+ ?(?:days?|hours?|minutes?|seconds?|天|小时|分钟|秒) ?)+")
_SHORT, _SHORT_ZH = 16, 8  # characters that stand in one line


class Stretch(NamedTuple):
    """A stretch of a cell: `whole` is not broken, `moment` at most between its day and its time, `long` anywhere."""

    kind: str
    texts: Sequence[str]


def stretches(text: str) -> Iterator[Stretch]:
    """A cell in stretches that break alike."""
    if " " not in text and len(text) <= (_SHORT if text.isascii() else _SHORT_ZH):
        yield Stretch("whole", [text])
        return
    found = sorted([*_MOMENT.finditer(text), *_TOKEN.finditer(text)], key=lambda each: each.start())
    at = 0
    for each in found:
        if each.start() < at:
            continue
        if at < each.start():
            yield Stretch("", [text[at : each.start()]])
        is_moment = _MOMENT.fullmatch(each[0]) is not None
        yield Stretch("moment", each[0].split(" ")) if is_moment else Stretch("long", [each[0]])
        at = each.end()
    if at < len(text):
        yield Stretch("", [text[at:]])


def figures(rows: Sequence[Sequence[object]]) -> set[int]:
    """The columns of figures, counted from 0; the first one names the row and is none."""
    found = set()
    for place, cells in enumerate(zip(*rows, strict=False)):
        told = [each for each in cells if each]
        counted = sum(isinstance(each, str) and _FIGURE.fullmatch(each) is not None for each in told)
        if place and 2 * counted > len(told):  # a word among them says that there is no figure
            found.add(place)
    return found
