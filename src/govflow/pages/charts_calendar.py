"""Clocks on a calendar: a row of days for each month, what kind of day each is, and below it the bars of the clocks.

What a colour says is said by a letter or a pattern, too: the drawing is read on paper and by whoever sees no colours.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple

from govflow.calendars import WorkCalendar
from govflow.pages.charts import Drawing, Shape, box, breadth, fitted, hatched, line, path, words
from govflow.pages.parts import Speech

_LEFT, _DAY, _HEAD, _LANE, _GAP = 148, 22, 26, 22, 12  # pixels
_WIDTH = _LEFT + 31 * _DAY + 8
_MONTHS = 18
_ONE_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


class DayKind(StrEnum):
    """What a day is to a work calendar; unknown = beyond the period that it covers."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MADE_UP = "made_up"
    UNKNOWN = "unknown"


class Span(NamedTuple):
    """A stretch of a clock's run, in local time, half-open: it runs, stands still, or is overdue."""

    kind: Literal["run", "pause", "late"]
    since: datetime
    until: datetime


class Mark(NamedTuple):
    """A moment of a run, in local time: a former due date, a warning, the due instant, its end."""

    kind: Literal["former", "warn", "due", "end"]
    at: datetime


class Lane(NamedTuple):
    """One run of a clock: its number in the table beside the drawing, its name, its spans and marks."""

    number: int
    name: str
    spans: Sequence[Span]
    marks: Sequence[Mark]


def day_kind(day: date, works: WorkCalendar | None) -> DayKind:
    """What kind of day it is; without a calendar only weekends are known."""
    if works is None:
        return DayKind.WEEKEND if day.isoweekday() > 5 else DayKind.WORKDAY
    if not works.covers(day):
        return DayKind.UNKNOWN
    weekend = day.isoweekday() in getattr(works, "weekend", (6, 7))
    if works.is_workday(day):
        return DayKind.MADE_UP if weekend else DayKind.WORKDAY
    return DayKind.HOLIDAY if works.is_holiday(day) or not weekend else DayKind.WEEKEND


def months_of(lanes: Sequence[Lane]) -> list[date]:
    """The months in which something is to be seen, by their first days, in order."""
    found: set[date] = set()
    for lane in lanes:
        seen = [(each.since, each.until - _INSTANT) for each in lane.spans]
        for first, last in [*seen, *((_seen(each), _seen(each)) for each in lane.marks)]:
            month = first.date().replace(day=1)
            while month <= last.date():
                found.add(month)
                month = (month + 31 * _ONE_DAY).replace(day=1)
    return sorted(found)


def _seen(mark: Mark) -> datetime:
    """Where it is looked for: what is due at midnight is due on the day that ends then."""
    return mark.at - _INSTANT if mark.kind in ("due", "former") else mark.at


def calendar_drawing(
    id: str,
    lanes: Sequence[Lane],
    works: WorkCalendar | None,
    speech: Speech,
    title: str,
    now: datetime | None = None,
) -> Drawing | None:
    """The clocks of a record on the months they run in, the first 18 of these; None where there is nothing to draw.

    What lies after `now` (local time) is still to come: a line says where that begins.
    """
    months = months_of(lanes)[:_MONTHS]
    if not months:
        return None
    shapes: list[Shape] = []
    y, kinds, is_now_drawn = 4, set[DayKind](), False
    for month in months:
        here = [lane for lane in lanes if _stands_in(lane, month)]
        shapes += _days(month, y, works, speech, kinds)
        for row, lane in enumerate(here):
            shapes += _lane(lane, month, y + _HEAD + row * _LANE, speech)
        if now is not None and (now.year, now.month) == (month.year, month.month):
            x = _at(now, now.replace(day=1, hour=0, minute=0, second=0, microsecond=0))
            shapes.append(line(x, y + _HEAD - 4, x, y + _HEAD + len(here) * _LANE, "now"))
            is_now_drawn = True
        y += _HEAD + len(here) * _LANE + _GAP
    shapes += _legend(y, kinds, speech, with_now=is_now_drawn)
    desc = speech.t("report.calendar.desc", n=len(lanes), first=f"{months[0]:%Y-%m}", last=f"{months[-1]:%Y-%m}")
    return Drawing(id, title, desc, _WIDTH, y + 44, shapes)


def _stands_in(lane: Lane, month: date) -> bool:
    return month in months_of([lane])


def _x(day: int, part: float = 0.0) -> float:
    return _LEFT + (day - 1 + part) * _DAY


def _days(month: date, y: int, works: WorkCalendar | None, speech: Speech, kinds: set[DayKind]) -> Iterator[Shape]:
    yield words(4, y + 16, f"{month:%Y-%m}", "month")
    for number in range(1, calendar.monthrange(month.year, month.month)[1] + 1):
        kind = day_kind(month.replace(day=number), works)
        kinds.add(kind)
        yield from _day(_x(number), y, kind, str(number), speech)


def _day(x: float, y: int, kind: DayKind, number: str, speech: Speech) -> Iterator[Shape]:
    yield box(x, y, _DAY, _HEAD - 4, f"day {kind}")
    if kind is DayKind.WEEKEND:
        yield hatched(x, y, _DAY, _HEAD - 4, 7, "ink-weekend")
    letter = speech.t(f"report.day.{kind}.letter")
    yield words(x + _DAY / 2, y + (10 if letter else 15), number, "number", "middle")
    if letter:
        yield words(x + _DAY / 2, y + 20, letter, "letter", "middle")


def _lane(lane: Lane, month: date, y: int, speech: Speech) -> Iterator[Shape]:
    zone = (lane.spans[0].since if lane.spans else lane.marks[0].at).tzinfo
    begins = datetime(month.year, month.month, 1, tzinfo=zone)
    after = (month + 31 * _ONE_DAY).replace(day=1)
    ends = datetime(after.year, after.month, 1, tzinfo=zone)
    marks = [(_at(mark.at, begins), mark) for mark in lane.marks if begins <= _seen(mark) < ends]
    yield words(4, y + 15, fitted(f"{lane.number} {lane.name}", 12.5), "name")
    for span in lane.spans:
        first, last = max(span.since, begins), min(span.until, ends)
        if first >= last:
            continue
        x, width = _at(first, begins), max(_at(last, begins) - _at(first, begins), 2.0)
        yield from _bar(x, y + 5, width, span.kind)
        if span.kind == "late":
            yield from _named_late(x, width, y, [each for each, _ in marks], speech.t("report.late"))
    for at, mark in marks:
        yield from _mark(mark, at, y)


def _named_late(x: float, width: float, y: int, marks: Sequence[float], name: str) -> Iterator[Shape]:
    """The word on what is overdue, where it has room and no mark stands on it."""
    room = 10 * breadth(name) + 8
    spots = (x + width * share / 8 for share in (4, 3, 5, 2, 6))
    for spot in spots:
        is_inside = x <= spot - room / 2 and spot + room / 2 <= x + width
        if is_inside and all(abs(each - spot) > room / 2 + 8 for each in marks):
            yield box(spot - room / 2, y + 4, room, 13, "plate")
            yield words(spot, y + 14, name, "late", "middle")
            return


def _bar(x: float, y: float, width: float, kind: str) -> Iterator[Shape]:
    """A bar: full while it runs, strokes while it stands still, crosses while it is overdue."""
    yield box(x, y, width, 11, f"bar-{kind}")
    if kind != "run":
        yield hatched(x, y, width, 11, 6 if kind == "late" else 5, f"ink-{kind}", crossed=kind == "late")


def _at(moment: datetime, begins: datetime) -> float:
    """Where a moment of the month lies, its days drawn alike whatever a change of clocks makes of them."""
    naive = moment.replace(tzinfo=None) - begins.replace(tzinfo=None)
    return _x(1, naive / _ONE_DAY)


def _mark(mark: Mark, x: float, y: int) -> Iterator[Shape]:
    match mark.kind:
        case "due":
            yield line(x, y + 1, x, y + 20, "due")
            yield path(f"M{x:.1f},{y + 1} l-8,3 l8,3 z", "flag")
        case "former":
            yield line(x, y + 2, x, y + 19, "former")
        case "warn":
            yield path(f"M{x:.1f},{y + 2} l6,11 h-12 z", "warn")
            yield words(x, y + 12, "!", "exclaim", "middle")
        case "end":
            yield Shape("circle", {"class": "end", "cx": f"{x:.1f}", "cy": y + 10.5, "r": 4})


def _legend(y: int, kinds: set[DayKind], speech: Speech, *, with_now: bool) -> Iterator[Shape]:
    """What the kinds of days that occur, the bars and the marks mean, in two lines."""
    x = 4.0
    for kind in DayKind:
        if kind in kinds:
            yield from _day(x, y, kind, "1", speech)
            text = speech.t(f"report.day.{kind}")
            yield words(x + _DAY + 5, y + 15, text, "legend")
            x += _DAY + 22 + 12 * breadth(text)
    x, y = 4.0, y + 24
    for bar in ("run", "pause", "late"):
        yield from _bar(x, y + 4, 24, bar)
        text = speech.t(f"report.bar.{bar}")
        yield words(x + 29, y + 14, text, "legend")
        x += 46 + 12 * breadth(text)
    marks: tuple[Literal["former", "warn", "due", "end"], ...] = ("warn", "former", "due", "end")
    for kind_of_mark in marks:
        yield from _mark(Mark(kind_of_mark, datetime.min.replace(tzinfo=UTC)), x + 8, y - 1)
        text = speech.t(f"report.mark.{kind_of_mark}")
        yield words(x + 18, y + 14, text, "legend")
        x += 36 + 12 * breadth(text)
    if with_now:
        yield line(x + 8, y, x + 8, y + 18, "now")
        yield words(x + 16, y + 14, speech.t("report.mark.now"), "legend")
