"""Brings areas, units and appointments from tables into the directory: all of them, or none and a list of what is bad.

The tables come as rows with line numbers, whoever reads the files. Each row is tried on the directory as the rows
before it leave it, by the very rules that will judge the command: what is planned is what will be handled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple

from govflow.actors import Actor
from govflow.context import Context
from govflow.decider import Decider
from govflow.errors import Broken, NotAllowed
from govflow.messages import Command
from govflow.organisation.appointments import Appoint, Appointment, EndAppointment
from govflow.organisation.areas import AddArea, RenameArea, open_area
from govflow.organisation.cells import Problem, Row, Shape, parsed, shape_of, term
from govflow.organisation.directory import DIRECTORY
from govflow.organisation.model import FOREVER, Directory, FoundDirectory
from govflow.organisation.rows import Told, each_once, in_a_tree, parents_first, place
from govflow.organisation.units import AddUnit, ChangeUnit, DirectoryUnit
from govflow.policy import DEFAULT_POLICY

Rows = Iterable[tuple[int, Mapping[str, str]]]
"""The rows of one table, each with its line number in the file and its cells by column."""


class Planned(NamedTuple):
    """What an import would do: the commands, in order, or the problems for which it does nothing."""

    commands: tuple[Command, ...]
    problems: tuple[Problem, ...]


def import_directory(
    handle_all: Callable[[Sequence[Command]], Any],
    files: Mapping[str, Rows],
    directory: Directory | None,
    *,
    by: Actor,
    zone: tzinfo,
    deciders: Mapping[str, Decider] | None = None,
) -> Planned:
    """Plan the import of `files` and, where nothing is bad, handle all commands in one transaction (see `planned`).

    Raises NotAllowed where `by` does not keep the directory, or it changed meanwhile; then nothing is written.
    """
    plan = planned(files, directory, by=by, zone=zone, deciders=deciders)
    if plan.commands:  # none where anything is bad
        handle_all(plan.commands)
    return plan


def planned(
    files: Mapping[str, Rows],
    directory: Directory | None,
    *,
    by: Actor,
    zone: tzinfo,
    deciders: Mapping[str, Decider] | None = None,
) -> Planned:
    """The commands that bring `files` into the directory as it stands (None: it is founded first), or all problems.

    The columns tell what a table holds: areas (path, level, name), units (id, name, kind, level, area, parent) or
    appointments (actor, role, unit, from, to, part_time, level, area). A date such as 2026-01-01 is midnight in `zone`;
    `to` is the first day on which the appointment no longer runs. What stands in the directory already is passed over,
    so the same files again give no command. `deciders` are the records served, whose tables may name further roles.
    """
    plan = _Plan(directory, by, zone, {**(deciders or {}), DIRECTORY.name: DIRECTORY})
    rows: dict[Shape, list[Row]] = {shape: [] for shape in Shape}
    for file, lines in files.items():
        for row in _rows(file, lines, zone, plan.problems):
            if row.bad:
                plan.failed |= {row.cells.get("path"), row.cells.get("id")}
            else:
                rows[row.shape].append(row)
    areas = plan.good(each_once(rows[Shape.AREAS], "path"))
    units = plan.good(in_a_tree(plan.good(each_once(rows[Shape.UNITS], "id"))))
    for row in sorted(areas, key=lambda row: str(row.cells["path"]).count("/")):
        _area(plan, row)
    if plan.founded:
        for row in parents_first(units):
            _unit(plan, row)
        for row in rows[Shape.APPOINTMENTS]:
            _appointment(plan, row)
    elif not plan.problems and (first := next(iter(rows[Shape.UNITS] or rows[Shape.APPOINTMENTS]), None)):
        told = "there is no directory yet", "尚无机构名录", "a table of areas with its root", "含最上级区域的区域表"
        plan.problems.append(Problem(first.file, first.line, "", *told))
    problems = sorted(plan.problems, key=lambda problem: (list(files).index(problem.file), problem.line))
    return Planned(() if problems else tuple(plan.commands), tuple(problems))


def _rows(file: str, lines: Rows, zone: tzinfo, problems: list[Problem]) -> Iterable[Row]:
    """The rows of a file with what their cells say; a header that is none of ours ends it."""
    shape: Shape | None = None
    for line, cells in lines:
        if any(isinstance(cell, list) for cell in cells.values()):  # as csv.DictReader hands out what has no column
            told = "more cells than columns", "单元格多于列", "one cell a column", "每列一个单元格"
            problems.append(Problem(file, line, "", *told))
            continue
        named = {column.removeprefix("\ufeff").strip(): (cell or "").strip() for column, cell in cells.items()}
        if shape is None:
            shape, faults = shape_of(file, named)
            problems += faults
            if shape is None:
                return
        row, faults = parsed(shape, file, line, named, zone)
        problems += faults
        yield row


class _Plan:
    """The directory as the rows so far leave it, the commands for that, and what is bad."""

    def __init__(self, directory: Directory | None, by: Actor, zone: tzinfo, deciders: Mapping[str, Decider]) -> None:
        self.founded = directory is not None
        self.directory: Any = directory if directory is not None else DIRECTORY.initial.changed(id="directory")
        self.by = by
        self.zone = zone
        self.deciders = deciders
        self.posts: dict[tuple[Any, ...], list[str]] = {}  # appointments by what tells them apart in a table
        for key, each in self.directory.items_of("appointment").items():
            self.posts.setdefault((each.actor, each.role, each.unit, each.valid_from), []).append(key)
        self.made: dict[str, Row] = {}  # the appointments of these tables, by key
        self.commands: list[Command] = []
        self.problems: list[Problem] = []
        self.failed: set[Any] = {None}  # paths and units of bad rows: what refers to them is not bad for that alone

    def add(self, row: Row, command: Command) -> None:
        """Try a command on the directory so far; keep it, or what is broken."""
        context = Context(
            now=_ANY_TIME,
            at=_ANY_TIME,
            actor=self.by,
            claims=_KEEPER,
            on_behalf_of=None,
            policy=DEFAULT_POLICY,
            lookup=lambda id: None,
            deciders=self.deciders,
            number=lambda kind: kind,
        )
        try:
            _, self.directory = DIRECTORY.decide(self.directory, command, context)
        except NotAllowed as refused:
            self.problems += [self._problem(row, each) for each in refused.broken if not self._follows(row, each)]
            self.failed |= {row.cells.get("path"), row.cells.get("id")}
        else:
            self.commands.append(command)

    def _follows(self, row: Row, broken: Broken) -> bool:
        """Whether this is broken only because another row is bad."""
        column = _COLUMNS.get(broken.code, "")
        value = row.cells.get(column)
        refers_to = str(value).rpartition("/")[0] if column == "path" else value
        return broken.code in _REFERENCES and refers_to is not None and refers_to in self.failed

    def good(self, rows: Iterable[tuple[Row, Told | None]]) -> list[Row]:
        """The rows with which nothing is wrong; what is wrong with the others is told."""
        kept = []
        for row, told in rows:
            if told is None:
                kept.append(row)
            else:
                self.tell(row, *told)
        return kept

    def tell(self, row: Row, column: str, en: str, zh: str, expected_en: str, expected_zh: str) -> None:
        """What is bad about a row beside what the rules say; other rows that refer to it are not bad for that."""
        self.problems.append(Problem(row.file, row.line, column, en, zh, expected_en, expected_zh))
        self.failed |= {row.cells.get("path"), row.cells.get("id")}

    def _problem(self, row: Row, broken: Broken) -> Problem:
        column = _COLUMNS.get(broken.code, "")
        if broken.code == "appointed_once":
            return Problem(row.file, row.line, column, *_holds_already(self, row), *_INSTEAD)
        value = str(row.cells.get(column) or "")
        details = broken.detail or (value or "empty",)
        if broken.code == "period_is_in_order":  # as the table has it: the rule tells moments in UTC
            details = (term(row.cells["from"], row.cells["to"], self.zone),)
        return Problem(
            row.file,
            row.line,
            column,
            "; ".join(details),
            "；".join(getattr(each, "zh", each) for each in details),
            broken.en[0].lower() + broken.en[1:],
            broken.zh,
        )


_KEEPER = Actor.of("import", "system").claims
_ANY_TIME = datetime.min.replace(tzinfo=UTC)  # a table says when appointments run; no rule asked here looks at the time

# which cell a rule looks at, and which rules look at what another row describes
_COLUMNS = {
    "path_is_free": "path",
    "parent_area_is_one_level_up": "path",
    "root_area_is_named": "path",
    "it_is_named": "name",
    "area_is_open": "area",
    "parent_unit_is_open": "parent",
    "units_form_a_tree": "parent",
    "unit_is_open": "unit",
    "role_is_known": "role",
    "period_is_in_order": "to",
    "it_ends_sooner": "to",
    "appointed_once": "from",
    "appointed_is_a_person": "actor",
}
_REFERENCES = frozenset({"parent_area_is_one_level_up", "area_is_open", "parent_unit_is_open", "unit_is_open"})


# --- one row ---------------------------------------------------------------------------------------------------------


def _area(plan: _Plan, row: Row) -> None:
    path, level, title = row.cells["path"], row.cells["level"], row.cells.get("name") or ""
    if not plan.founded:
        plan.founded = True
        plan.add(row, FoundDirectory(by=plan.by, area=path, level=level, title=title))
        return
    area = open_area(plan.directory, path)
    if area is None:
        plan.add(row, AddArea(by=plan.by, path=path, level=level, title=title))
    elif area.level != level:
        stands = f"{path} stands at the level {area.level}", f"{path} 现为 {area.level} 级"
        plan.tell(row, "level", *stands, "that level", "与现有层级一致")
    elif title and area.title != title:
        plan.add(row, RenameArea(by=plan.by, item=area.key, title=title))


def _unit(plan: _Plan, row: Row) -> None:
    id = row.cells["id"]
    described = {name: row.cells.get(name) for name in ("kind", "level", "area", "parent")}
    described["title"] = row.cells["name"]
    unit: DirectoryUnit | None = plan.directory.item("unit", id)
    if unit is None:
        plan.add(row, AddUnit(by=plan.by, item=id, **described))
        return
    area = open_area(plan.directory, str(described["area"]))
    described["level"] = described["level"] or (area.level if area is not None else None)
    if unit.status != "open":
        told = f"unit {id} is closed", f"单位 {id} 已撤销", "an open unit, or a new id", "在用单位或新编号"
        plan.tell(row, "id", *told)
    elif any(getattr(unit, name) != value for name, value in described.items()):
        plan.add(row, ChangeUnit(by=plan.by, item=id, **described))


def _appointment(plan: _Plan, row: Row) -> None:
    cells = row.cells
    end: datetime | None = cells.get("to")
    appointments = plan.directory.items_of("appointment")
    keys = plan.posts.setdefault(tuple(cells[name] for name in ("actor", "role", "unit", "from")), [])
    known = next((appointments[key] for key in keys if _is_same(appointments[key], cells)), None)
    if known is not None and known.valid_to == end:
        return
    if known is not None and end is not None and known.valid_from < end < (known.valid_to or FOREVER):
        plan.add(row, EndAppointment(by=plan.by, item=known.key, valid_to=end))
        return
    post = {name: cells.get(name) for name in ("actor", "role", "unit", "level")}
    key = str(len(appointments) + 1)
    plan.add(
        row,
        Appoint(
            by=plan.by,
            item=key,
            area=cells.get("area") or "",
            part_time=bool(cells.get("part_time")),
            valid_from=cells["from"],
            valid_to=end,
            **post,
        ),
    )
    if key in plan.directory.items_of("appointment"):
        keys.append(key)
        plan.made[key] = row


def _is_same(each: Appointment, cells: Mapping[str, Any]) -> bool:
    """Whether a row speaks of an appointment of that actor; level and area count where the row names them."""
    return (
        each.part_time == bool(cells.get("part_time"))
        and (not cells.get("level") or each.level == cells["level"])
        and (not cells.get("area") or each.area == cells["area"])
    )


# An appointment on the log keeps its dates; what may be said of it is that it ends, or ends sooner.
_INSTEAD = (
    "that row left as it is (its `to` may be filled in, or set to an earlier day), "
    "and a row of its own for the time before or after it",
    "保留该行原样（可填写 to，或将 to 提前），其前或其后的任期另起一行",
)


def _holds_already(plan: _Plan, row: Row) -> tuple[str, str]:
    """The appointments that a refused one meets, with their dates as a table has them, in English and Chinese."""
    cells, end = row.cells, row.cells.get("to") or FOREVER
    unit = plan.directory.item("unit", cells["unit"])
    area = cells.get("area") or (unit.area if unit is not None else "")
    met = [
        (key, term(each.valid_from, each.valid_to, plan.zone))
        for key, each in plan.directory.items_of("appointment").items()
        if (each.actor, each.role, each.unit, each.area) == (cells["actor"], cells["role"], cells["unit"], area)
        and each.valid_from < end
        and cells["from"] < (each.valid_to or FOREVER)
    ]
    en = [f"{dates} ({_place(plan, key) or f'appointment {key}'})" for key, dates in met]
    zh = [f"{dates.zh}（{_place(plan, key) or f'任职 {key}'}）" for key, dates in met]
    return (
        f"{cells['actor']} is {cells['role']} in {cells['unit']} already {', '.join(en)}",
        f"{cells['actor']} 已在 {cells['unit']} 任 {cells['role']}：{'；'.join(zh)}",
    )


def _place(plan: _Plan, key: str) -> str:
    return place(plan.made[key]) if key in plan.made else ""
