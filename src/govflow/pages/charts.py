"""What drawings are made of: shapes as plain values, which the template writes as SVG; no markup is made here."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

Number = int | float


class Shape(NamedTuple):
    """One SVG element: its attributes, its text, and the elements inside it."""

    tag: str
    attributes: Mapping[str, str | Number]
    text: str = ""
    inside: Sequence[Shape] = ()


class Drawing(NamedTuple):
    """A drawing with its title and a sentence that says what it shows, for whoever does not see it; sizes in pixels."""

    id: str
    title: str
    desc: str
    width: int
    height: int
    shapes: Sequence[Shape]


def box(x: Number, y: Number, width: Number, height: Number, kind: str, round: Number = 0) -> Shape:
    """A rectangle of the class `kind`."""
    size = {"x": tidy(x), "y": tidy(y), "width": tidy(width), "height": tidy(height)}
    return Shape("rect", {"class": kind, **size, **({"rx": round} if round else {})})


def line(x1: Number, y1: Number, x2: Number, y2: Number, kind: str) -> Shape:
    """A straight line of the class `kind`."""
    return Shape("line", {"class": kind, "x1": tidy(x1), "y1": tidy(y1), "x2": tidy(x2), "y2": tidy(y2)})


def path(steps: str, kind: str, **more: str) -> Shape:
    """A path of the class `kind`; `more` are attributes, with _ for -."""
    return Shape("path", {"class": kind, "d": steps, **{name.replace("_", "-"): value for name, value in more.items()}})


def hatched(
    x: Number, y: Number, width: Number, height: Number, gap: Number, kind: str, crossed: bool = False
) -> Shape:
    """Slanting lines across a rectangle, `gap` apart; crossed ones slant both ways.

    They are drawn one by one: a pattern fill makes a printed page some hundred times as large.
    """
    steps = []
    for turn in (False, True)[: 1 + crossed]:
        for number in range(1, int((width + height) / gap) + 1):
            c = number * gap - gap / 2
            ends = (max(0.0, c - height), min(height, c)), (min(width, c), max(0.0, c - width))
            (x1, y1), (x2, y2) = (((width - a if turn else a) + x, b + y) for a, b in ends)
            steps.append(f"M{tidy(x1)},{tidy(y1)}L{tidy(x2)},{tidy(y2)}")
    return path(" ".join(steps), kind)


def words(x: Number, y: Number, text: str, kind: str, anchor: str = "start") -> Shape:
    """A text on the baseline `y`, of the class `kind`, anchored at start, middle or end."""
    return Shape("text", {"class": kind, "x": tidy(x), "y": tidy(y), "text-anchor": anchor}, text)


def tidy(value: Number) -> Number:
    """A coordinate with one decimal: the same on every machine."""
    near = round(value, 1)
    return int(near) if near == int(near) else near


def breadth(text: str) -> float:
    """How wide a text is, in units of its size: a Chinese character is one, others a little more than half."""
    return sum(1.0 if unicodedata.east_asian_width(each) in "WF" else 0.56 for each in text)


def fitted(text: str, room: float) -> str:
    """As much of a text as there is room for, in units of its size, with an ellipsis where some is left out."""
    if breadth(text) <= room:
        return text
    kept = text
    while kept and breadth(kept) > room - 1:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def in_lines(text: str, room: float) -> tuple[str, ...]:
    """A text in one line or, where there is no room for that, in two."""
    if breadth(text) <= room:
        return (text,)
    ends = [place for place, each in enumerate(text) if each in " /"] or [*range(len(text))]
    cut = min(ends, key=lambda place: abs(breadth(text[:place]) - breadth(text) / 2))
    cut += text[cut] == "/"
    return fitted(text[:cut].strip(), room), fitted(text[cut:].strip(), room)
