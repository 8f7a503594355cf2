"""What the columns of an imported table hold, how a cell is read, and how a bad one is told in two languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, tzinfo
from enum import StrEnum
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from govflow.actors import Area, Id, Level
from govflow.errors import Detail
from govflow.organisation.units import UnitKind


class Problem(NamedTuple):
    """One bad cell: the file, its line, the column, what stands there and what was expected, in two languages."""

    file: str
    line: int
    column: str
    en: str
    zh: str
    expected_en: str
    expected_zh: str

    def sentence(self, lang: str = "en") -> str:
        """The problem in one line, in `lang` (en or zh-CN)."""
        where = f"{self.file}:{self.line}" + (f": {self.column}" if self.column else "")
        if lang.startswith("zh"):
            return f"{where}：{self.zh}；应为：{self.expected_zh}"
        return f"{where}: {self.en}; expected {self.expected_en}"


class Shape(StrEnum):
    """What a table holds."""

    AREAS = "areas"
    UNITS = "units"
    APPOINTMENTS = "appointments"


class Row(NamedTuple):
    """One row as it was understood; an empty cell is None. `bad`: some cell was not understood."""

    shape: Shape
    file: str
    line: int
    cells: Mapping[str, Any]
    bad: bool


class _BadCell(Exception):
    """A cell that is not understood: what it holds and what was expected, each in English and Chinese."""


# 11-digit mobile numbers and 18-digit identity numbers: an actor's id stands in the log in clear
_PERSONAL = re.compile(r"1[3-9]\d{9}|\d{17}[\dXx]")
_ID, _AREA = TypeAdapter(Id), TypeAdapter(Area)


def _id(text: str, zone: tzinfo) -> str:
    try:
        return _ID.validate_python(text)
    except ValidationError:
        raise _BadCell(
            f"{_shown(text)} is no id",
            f"{_shown(text)} 不是编号",
            "1 to 64 of A-Z a-z 0-9 . _ : -",
            "1 至 64 个 A-Z a-z 0-9 . _ : - 字符",
        ) from None


def _person(text: str, zone: tzinfo) -> str:
    if _PERSONAL.fullmatch(text) or not text.isascii():  # what it holds is not repeated
        raise _BadCell(
            "this looks like a name or a number of a person",
            "疑似个人姓名或号码",
            "a pseudonymous id, since it stands in the log in clear",
            "化名编号（将以明文写入日志）",
        )
    return _id(text, zone)


def _area(text: str, zone: tzinfo) -> str:
    try:
        return _AREA.validate_python(text)
    except ValidationError:
        raise _BadCell(
            f"{_shown(text)} is no path of areas",
            f"{_shown(text)} 不是区域路径",
            "names joined by /, without blanks, from the district down",
            "自区级起以 / 连接、不含空格的名称",
        ) from None


def _one_of(kind: type[StrEnum]) -> Callable[[str, tzinfo], StrEnum]:
    def read(text: str, zone: tzinfo) -> StrEnum:
        try:
            return kind(text)
        except ValueError:
            words = ", ".join(kind)
            shown = _shown(text)
            raise _BadCell(f"{shown} is not known", f"{shown} 未知", f"one of {words}", f"其一：{words}") from None

    return read


def _day(text: str, zone: tzinfo) -> datetime:
    try:
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        shown = _shown(text)
        expected = "a date such as 2026-01-01", "日期，如 2026-01-01"
        raise _BadCell(f"{shown} is no date", f"{shown} 不是日期", *expected) from None


_YES_NO = {"yes": True, "true": True, "1": True, "是": True, "no": False, "false": False, "0": False, "否": False}


def _yes(text: str, zone: tzinfo) -> bool:
    if text.lower() not in _YES_NO:
        shown = _shown(text)
        raise _BadCell(f"{shown} is neither yes nor no", f"{shown} 不是 是/否", "yes or no", "是 或 否（yes/no）")
    return _YES_NO[text.lower()]


def _words(text: str, zone: tzinfo) -> str:
    if len(text) > _LONGEST:
        raise _BadCell(f"{len(text)} characters", f"共 {len(text)} 个字符", "at most 4000", "不超过 4000 个")
    return text


_LONGEST = 4000  # as messages.Words

_level = _one_of(Level)
_COLUMNS: dict[Shape, dict[str, Callable[[str, tzinfo], Any]]] = {
    Shape.AREAS: {"path": _area, "level": _level, "name": _words},
    Shape.UNITS: {"id": _id, "name": _words, "kind": _one_of(UnitKind), "area": _area, "level": _level, "parent": _id},
    Shape.APPOINTMENTS: {
        "actor": _person,
        "role": _id,
        "unit": _id,
        "from": _day,
        "to": _day,
        "part_time": _yes,
        "level": _level,
        "area": _area,
    },
}
_REQUIRED = {
    Shape.AREAS: ("path", "level"),
    Shape.UNITS: ("id", "name", "kind", "area"),
    Shape.APPOINTMENTS: ("actor", "role", "unit", "from"),
}
_TOLD_BY = {"actor": Shape.APPOINTMENTS, "id": Shape.UNITS, "path": Shape.AREAS}  # no two shapes share these


def shape_of(file: str, cells: Mapping[str, str]) -> tuple[Shape | None, list[Problem]]:
    """What a table holds, told by its columns; None where they are none of ours, with every fault of the header."""
    shape = next((shape for column, shape in _TOLD_BY.items() if column in cells), None)
    shapes = [shape] if shape else list(Shape)
    expected = " / ".join(",".join(_COLUMNS[each]) for each in shapes)
    if shape is None:
        found = ",".join(cells)
        return None, [
            Problem(file, 1, "", f"the columns are {_shown(found)}", f"列为 {_shown(found)}", *[expected] * 2)
        ]
    faults = [("is missing", "缺列", column) for column in _REQUIRED[shape] if column not in cells]
    faults += [("is no column of it", "为多余列", column) for column in cells if column not in _COLUMNS[shape]]
    problems = [Problem(file, 1, column, en, zh, expected, expected) for en, zh, column in faults if column]
    return (None if problems else shape), problems


def parsed(shape: Shape, file: str, line: int, cells: Mapping[str, str], zone: tzinfo) -> tuple[Row, list[Problem]]:
    """A row with what its cells say, and what is wrong with each that says nothing."""
    said: dict[str, Any] = {}
    problems: list[Problem] = []
    for column, read in _COLUMNS[shape].items():
        text = cells.get(column, "")
        said[column] = text or None  # kept where it is bad: other rows may refer to it
        if text:
            try:
                said[column] = read(text, zone)
            except _BadCell as bad:
                problems.append(Problem(file, line, column, *bad.args))
        elif column in _REQUIRED[shape]:
            problems.append(Problem(file, line, column, "the cell is empty", "单元格为空", "a value", "有值"))
    return Row(shape, file, line, said, bool(problems)), problems


def term(start: datetime, end: datetime | None, zone: tzinfo) -> Detail:
    """From when to when, in the days of a table's zone; what was appointed elsewhere may begin within a day."""
    first, last = (_written(each.astimezone(zone)) if each is not None else "" for each in (start, end))
    if not last:
        return Detail(f"from {first} on", f"自 {first} 起")
    return Detail(f"from {first} to {last}", f"自 {first} 至 {last}")


def _written(local: datetime) -> str:
    return f"{local.date()}" if local.time() == time() else f"{local:%Y-%m-%d %H:%M}"


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
