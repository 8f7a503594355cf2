"""The drawings of a report: every state once and apart, every step numbered, every day what the calendar says."""

from __future__ import annotations

import random
import re
from datetime import UTC, date, datetime
from itertools import combinations

import pytest

from govflow.calendars import china, chinese_calendar
from govflow.engine import shipped
from govflow.pages.cells import figures, stretches
from govflow.pages.charts import Drawing, Shape, breadth, fitted, in_lines
from govflow.pages.charts_calendar import DayKind, Lane, Mark, Span, calendar_drawing, day_kind, months_of
from govflow.pages.charts_states import state_drawing
from govflow.pages.parts import Speech
from govflow.workflow import NEW, Workflow

TABLES = {each.name: each.workflow for each in shipped()}
SPEECH = Speech("zh-CN", UTC)


def walk(flow: Workflow, seed: int = 1, steps: int = 12) -> list[tuple[str, str]]:
    """Some way through a table."""
    chance, here, way = random.Random(seed), NEW, []
    for _ in range(steps):
        rows = [
            str(step.to) for step in flow.steps if step.to and here in map(str, step.source) and str(step.to) != here
        ]
        if not rows:
            break
        way.append((here, chance.choice(sorted(rows))))
        here = way[-1][1]
    return way


def drawn(flow: Workflow, way: list[tuple[str, str]]) -> Drawing:
    return state_drawing("x", flow, way, lambda status: SPEECH.state(flow, status), SPEECH, "chart")


def of_kind(drawing: Drawing, kind: str, tag: str = "rect") -> list[Shape]:
    return [
        each for each in drawing.shapes if each.tag == tag and str(each.attributes.get("class", "")).startswith(kind)
    ]


def number(shape: Shape, name: str) -> float:
    return float(shape.attributes[name])


@pytest.mark.parametrize("name", TABLES)
def test_every_state_of_a_table_stands_there_once_apart_from_the_others_and_inside(name):
    flow = TABLES[name]
    drawing = drawn(flow, walk(flow))
    boxes = [each for each in of_kind(drawing, "node ") if number(each, "height") > 20]  # without the legend

    assert len(boxes) == len(flow.statuses) + 1
    for one, other in combinations(boxes, 2):
        beside = abs(number(one, "x") - number(other, "x")) >= number(one, "width")
        assert beside or abs(number(one, "y") - number(other, "y")) >= number(one, "height")
    for each in boxes:
        assert 0 <= number(each, "x") <= drawing.width - number(each, "width")
        assert 0 <= number(each, "y") <= drawing.height - number(each, "height")


@pytest.mark.parametrize("name", TABLES)
def test_every_step_taken_is_bold_and_numbered_once_on_no_state(name):
    flow = TABLES[name]
    way = walk(flow, seed=2)
    drawing = drawn(flow, way)
    told = [int(n) for each in of_kind(drawing, "badge-text", "text") for n in each.text.split("、")]

    assert sorted(told) == [*range(1, len(way) + 1)]
    assert len(of_kind(drawing, "taken", "path")) == len({*way})
    here = [each.text for each in of_kind(drawing, "node-name here", "text")]
    assert "".join(here).replace("/", "") == SPEECH.state(flow, way[-1][1]).replace("/", "")


def test_a_step_that_the_table_does_not_have_any_more_is_drawn_all_the_same():
    drawing = drawn(TABLES["case"], [(NEW, "reported"), ("reported", "of_an_older_table")])

    assert len(of_kind(drawing, "taken", "path")) == 2
    assert drawing == drawn(TABLES["case"], [(NEW, "reported"), ("reported", "of_an_older_table")])


def test_days_are_of_the_kind_that_another_package_says():
    ours, theirs = china(), chinese_calendar()
    for n in range(date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal()):
        day = date.fromordinal(n)
        works = day_kind(day, ours) in (DayKind.WORKDAY, DayKind.MADE_UP)
        assert works == theirs.is_workday(day), day
    assert day_kind(date(2026, 2, 28), ours) is DayKind.MADE_UP
    assert day_kind(date(2026, 2, 17), ours) is DayKind.HOLIDAY
    assert day_kind(date(2026, 3, 1), ours) is DayKind.WEEKEND
    assert day_kind(date(2090, 3, 1), ours) is DayKind.UNKNOWN
    assert day_kind(date(2026, 3, 1), None) is DayKind.WEEKEND


def test_a_bar_begins_and_ends_where_its_moments_lie():
    since, until = datetime(2026, 2, 13, 12, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
    lane = Lane(1, "办理", [Span("run", since, until)], [Mark("due", until)])
    drawing = calendar_drawing("c", [lane], china(), SPEECH, "calendar")
    assert drawing is not None
    days = {each.text: number(each, "x") for each in of_kind(drawing, "number", "text")}
    width = days["3"] - days["2"]
    first, second, _ = of_kind(drawing, "bar-run")  # the third is the legend's

    assert months_of([lane]) == [date(2026, 2, 1), date(2026, 3, 1)]
    assert number(first, "x") == pytest.approx(days["13"], abs=0.1)  # noon: the middle of its day
    assert number(first, "x") + number(first, "width") == pytest.approx(days["28"] + width / 2, abs=0.1)
    assert number(second, "width") == pytest.approx(2 * width, abs=0.1)
    assert calendar_drawing("c", [], china(), SPEECH, "calendar") is None


def test_words_are_cut_to_their_room():
    assert fitted("办理时限", 4) == "办理时限"
    assert breadth(fitted("办理时限很长很长", 4)) <= 4
    assert in_lines("under review of the town", 9) == ("under review", "of the town")
    assert in_lines("已反馈/待核查评价", 6) == ("已反馈/", "待核查评价")
    assert len(in_lines("没有空格的一长串文字", 6)) == 2


@pytest.mark.parametrize("name", TABLES)
def test_no_arrow_leaves_the_drawing(name):
    flow = TABLES[name]
    drawing = drawn(flow, walk(flow))
    ways = [*of_kind(drawing, "faint", "path"), *of_kind(drawing, "taken", "path")]

    for each in ways:
        a, b, c, d = (float(x) for x in re.findall(r"(-?[\d.]+),", str(each.attributes["d"])))
        for share in (n / 100 for n in range(101)):
            rest = 1 - share
            x = a * rest**3 + 3 * b * share * rest**2 + 3 * c * share**2 * rest + d * share**3
            assert 0 < x < drawing.width


def test_what_is_overdue_is_named_on_its_bar_where_no_mark_stands():
    since = datetime(2026, 3, 1, tzinfo=UTC)
    marks = [Mark("warn", datetime(2026, 3, day, tzinfo=UTC)) for day in (8, 16, 24)]
    lane = Lane(1, "办理", [Span("late", since, datetime(2026, 3, 31, tzinfo=UTC))], marks)
    crowded = lane._replace(marks=[Mark("warn", datetime(2026, 3, day, tzinfo=UTC)) for day in range(2, 31)])
    drawing, full = (calendar_drawing("c", [each], china(), SPEECH, "calendar") for each in (lane, crowded))
    assert drawing is not None
    assert full is not None
    (name,) = of_kind(drawing, "late", "text")
    signs = [number(each, "x") for each in of_kind(drawing, "exclaim", "text")]

    assert all(abs(number(name, "x") - each) > 20 for each in signs)
    assert of_kind(full, "late", "text") == []


def test_a_line_says_from_when_on_it_is_still_to_come():
    lane = Lane(1, "办理", [Span("run", datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 4, 3, tzinfo=UTC))], [])
    noon = datetime(2026, 3, 16, 12, tzinfo=UTC)
    then, later = (calendar_drawing("c", [lane], china(), SPEECH, "x", at) for at in (noon, noon.replace(year=2027)))
    assert then is not None
    assert later is not None
    (days,) = [number(each, "x") for each in of_kind(then, "number", "text") if each.text == "16"][:1]
    shown, legend = of_kind(then, "now", "line")

    assert number(shown, "x1") == number(shown, "x2") == pytest.approx(days, abs=0.1)
    assert number(legend, "y1") > number(shown, "y2")
    assert of_kind(later, "now", "line") == []


def test_cells_are_not_torn_apart_and_figures_line_up():
    told = "自 2026-02-24 10:00 至 2026-02-26"
    assert [(each.kind, *each.texts) for each in stretches(told)] == [
        ("", "自 "), ("moment", "2026-02-24", "10:00"), ("", " 至 "), ("moment", "2026-02-26"),
    ]  # fmt: skip
    assert [each.kind for each in stretches("C-2026-000001")] == ["whole"]
    assert [each.kind for each in stretches("see " + "x" * 40)] == ["", "long"]
    assert "".join(text for each in stretches("漏水" * 20) for text in each.texts) == "漏水" * 20
    rows = [("1", "3", "14:55:00", "water"), ("2", "", "10 天 23 小时", "3"), ("3", "not made", "67.7 %", "power")]
    assert figures([*rows, ("4", "7", "", "")]) == {1, 2}
    assert figures([]) == set()
