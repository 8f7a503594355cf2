"""The state chart of a table with the path that one record took: layers of states, steps taken bold and numbered.

The layout is ours and depends on the table and the path alone: the same record gives the same drawing everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from govflow.pages.charts import Drawing, Shape, box, breadth, in_lines, path, tidy, words
from govflow.pages.parts import Speech
from govflow.workflow import NEW, Workflow

_WIDTH, _HIGH, _WIDE, _ROW, _SIDE = 860, 34, 112, 68, 44  # pixels
_EDGE = 4  # pixels from the edge that no curve comes nearer to
_PER_LAYER = 6
_HUB = 6  # a state that so many others lead to: arrows to it that were not taken would hide all else

Arrow = tuple[str, str]
Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]


class Spot(NamedTuple):
    """Where a state stands: its layer from above, its centre."""

    layer: int
    x: float
    y: float


def state_drawing(
    id: str, flow: Workflow, taken: Sequence[Arrow], name: Callable[[str], str], speech: Speech, title: str
) -> Drawing:
    """The chart of a table, with the steps `taken` (from, to) in their order; `name` says what a state is called."""
    arrows = _arrows(flow)
    spots = _spots(flow, [*arrows, *(each for each in taken if each not in arrows)])
    hubs = {to for to in spots if sum(each[1] == to for each in arrows) >= _HUB}
    faint = [each for each in arrows if each not in taken and each[1] not in hubs]
    numbers: dict[Arrow, list[int]] = {}
    for number, each in enumerate(taken, 1):
        numbers.setdefault(each, []).append(number)
    shapes: list[Shape] = [_heads(id)]
    shapes += [path(_steps(_way(spots, each)), "faint", marker_end=f"url(#{id}-faint)") for each in faint]
    shapes += [path(_steps(_way(spots, each)), "taken", marker_end=f"url(#{id}-taken)") for each in numbers]
    here = taken[-1][1] if taken else NEW
    passed = {state for each in taken for state in each}
    for state, spot in spots.items():
        kind = "here" if state == here else "passed" if state in passed else "other"
        shapes += _node(spot, name(state), f"{kind} hub" if state in hubs else kind)
    badges: list[Point] = []
    for each, steps in numbers.items():
        badges.append(_free_point(_way(spots, each), spots.values(), badges))
        shapes += _number(badges[-1], speech.t("report.numbers").join(map(str, steps)))
    high = max(spot.y for spot in spots.values()) + _HIGH
    shapes += _legend(high + 22, speech, with_hubs=bool(hubs))
    told = speech.t("report.arrow").join(name(state) for state in [NEW, *(to for _, to in taken)])
    desc = speech.t("report.states.desc", n=len(spots) - 1, steps=len(taken), path=told)
    return Drawing(id, title, desc, _WIDTH, int(high) + 46, shapes)


# --- the layout ------------------------------------------------------------------------------------------------------


def _arrows(flow: Workflow) -> list[Arrow]:
    """From which state to which the table leads, each once, in its order; what stays where it is left out."""
    found = ((str(source), str(step.to)) for step in flow.steps if step.to is not None for source in step.source)
    return [*dict.fromkeys(each for each in found if each[0] != each[1])]


def _spots(flow: Workflow, arrows: Sequence[Arrow]) -> dict[str, Spot]:
    """Every state with its place: below all that lead on to it, near those it comes from."""
    layers = _layers([NEW, *(status.value for status in flow.statuses)], arrows)
    rows: list[list[str]] = []
    for layer in range(max(layers.values()) + 1):
        states = [state for state, each in layers.items() if each == layer]
        count = -(-len(states) // _PER_LAYER)
        rows += [states[part::count] for part in range(count)]
    places: dict[str, float] = {}
    for row in rows:
        before = {state: [places[a] for a, b in arrows if b == state and a in places] for state in row}
        row.sort(key=lambda state: sum(before[state]) / len(before[state]) if before[state] else 0.5)
        places |= {state: (place + 1) / (len(row) + 1) for place, state in enumerate(row)}
    spots = {}
    for layer, row in enumerate(rows):
        room = (_WIDTH - 2 * _SIDE) / len(row)
        for place, state in enumerate(row):
            spots[state] = Spot(layer, _SIDE + room * (place + 0.5), _HIGH / 2 + 6 + layer * _ROW)
    return spots


def _layers(states: Sequence[str], arrows: Sequence[Arrow]) -> dict[str, int]:
    """How many steps lie before a state at most, of those that lead on in the order of the table's own states."""
    order = [*dict.fromkeys((*states, *(state for arrow in arrows for state in arrow)))]
    place = {state: number for number, state in enumerate(order)}
    found = dict.fromkeys(order, 0)
    for state in order:
        before = [found[a] for a, b in arrows if b == state and place[a] < place[b]]
        found[state] = max(before) + 1 if before else int(state != NEW)
    return found


def _way(spots: Mapping[str, Spot], arrow: Arrow) -> Curve:
    """The curve of an arrow: down on the left of what lies between, back up on the right of it."""
    (la, ax, ay), (lb, bx, by) = spots[arrow[0]], spots[arrow[1]]
    half, wide, far = _HIGH / 2, _WIDE / 2, abs(lb - la)
    if lb == la:  # beside it: over the top
        return (ax, ay - half), (ax, ay - half - 24), (bx, by - half - 24), (bx, by - half - 3)
    if lb == la + 1:
        a, b = (ax, ay + half), (bx, by - half - 3)
        middle = (a[1] + b[1]) / 2
        return a, (ax, middle), (bx, middle), b
    side = -1 if lb > la else 1
    out = min(ax, bx) if side < 0 else max(ax, bx)
    out += side * (wide + 24 + 22 * min(far, 8))
    a, b = (ax + side * wide, ay), (bx + side * (wide + 3), by)
    low, high = zip(*(_room(a[0], b[0], share / 20) for share in range(1, 20)), strict=True)
    out = min(max(out, *low), *high)
    return a, (out, ay), (out, by), b


def _room(a: float, b: float, share: float) -> tuple[float, float]:
    """Between which x both handles of a curve from `a` to `b` keep its point at this share of it inside the drawing."""
    ends, handles = a * (1 - share) ** 3 + b * share**3, 3 * share * (1 - share)
    return (_EDGE - ends) / handles, (_WIDTH - _EDGE - ends) / handles


def _steps(curve: Curve) -> str:
    """A curve as a path."""
    return "M{},{} C{},{} {},{} {},{}".format(*(tidy(value) for point in curve for value in point))


def _point(curve: Curve, at: float) -> Point:
    """A point of a cubic curve."""
    shares = ((1 - at) ** 3, 3 * at * (1 - at) ** 2, 3 * at**2 * (1 - at), at**3)
    x, y = (sum(share * point[axis] for share, point in zip(shares, curve, strict=True)) for axis in (0, 1))
    return x, y


def _free_point(curve: Curve, spots: Iterable[Spot], taken: Sequence[Point]) -> Point:
    """Where on a curve a number can be read: not on a state and not on another number, near the middle."""
    points = [_point(curve, at / 20) for at in (10, 9, 11, 8, 12, 7, 13, 6, 14, 5, 15, 4, 16, 3, 17)]
    boxes = [(each.x, each.y, _WIDE / 2 + 12, _HIGH / 2 + 6) for each in spots] + [(x, y, 26, 16) for x, y in taken]
    free = (p for p in points if all(abs(p[0] - x) > w or abs(p[1] - y) > h for x, y, w, h in boxes))
    return next(free, points[0])


# --- its shapes ------------------------------------------------------------------------------------------------------


def _heads(id: str) -> Shape:
    """The heads of arrows."""

    def head(kind: str, size: int) -> Shape:
        at: dict[str, str | int | float] = {"id": f"{id}-{kind}", "markerWidth": size, "markerHeight": size}
        at |= {"viewBox": "0 0 10 10", "refX": 8, "refY": 5, "orient": "auto", "markerUnits": "userSpaceOnUse"}
        return Shape("marker", at, inside=[path("M0,0 L10,5 L0,10 z", f"head-{kind}")])

    return Shape("defs", {}, inside=(head("faint", 7), head("taken", 11)))


def _node(spot: Spot, name: str, kind: str) -> Iterator[Shape]:
    yield box(spot.x - _WIDE / 2, spot.y - _HIGH / 2, _WIDE, _HIGH, f"node {kind}", 6)
    lines = in_lines(name, (_WIDE - 8) / 12)
    for place, text in enumerate(lines):
        yield words(spot.x, spot.y + 4 + (place - (len(lines) - 1) / 2) * 14, text, f"node-name {kind}", "middle")


def _number(at: tuple[float, float], text: str) -> Iterator[Shape]:
    wide = 10 + 7 * len(text)
    yield box(at[0] - wide / 2, at[1] - 9, wide, 18, "badge", 9)
    yield words(at[0], at[1] + 4, text, "badge-text", "middle")


def _legend(y: float, speech: Speech, *, with_hubs: bool) -> Iterator[Shape]:
    x = 4.0
    kinds = ("here", "passed", "other", *(("other hub",) if with_hubs else ()))
    for kind in kinds:
        yield box(x, y - 11, 26, 15, f"node {kind}", 4)
        text = speech.t(f"report.state.{kind.replace(' ', '_')}")
        yield words(x + 32, y + 1, text, "legend")
        x += 50 + 12 * breadth(text)
