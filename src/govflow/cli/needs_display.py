"""Prints the three ledgers 三本账: needs, resources, projects; filtered, as tables or as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from rich.text import Text

from govflow.cli import words
from govflow.cli.display import LATE, console, print_json, table
from govflow.cli.texts import is_zh, t
from govflow.engine import Engine
from govflow.envelopes import yuan
from govflow.projects.ledgers import NeedLine, ProjectLine, need_ledger, project_ledger
from govflow.projects.model import JointProject
from govflow.regions.contribution import Contribution
from govflow.resources.ledger import ResourceLine, resource_ledger
from govflow.resources.model import Resource


def how_much(matter: Contribution | None, measure: int, unit: str) -> str:
    """A measure for readers: money in yuan, anything else with its unit; nothing where nothing is measured."""
    if matter is None:
        return ""
    kind = matter.zh if is_zh() else matter.value
    if matter is Contribution.MONEY:
        return t("needs.money", amount=yuan(measure))
    return t("needs.measure", n=measure, unit=unit, kind=kind)


def print_needs(
    engine: Engine,
    projects: Sequence[JointProject],
    *,
    area: str | None,
    state: str | None,
    kind: str | None,
    as_json: bool,
) -> None:
    """The ledger of needs."""
    found = [
        line
        for line in need_ledger(projects)
        if _in(line.area, area) and _is(line.status, state) and _is(line.kind, kind)
    ]
    if as_json:
        print_json([_plain(line) for line in found])
        return
    flow = engine.deciders[JointProject.kind_of_record].workflow
    rows = [
        (
            line.id,
            words.state(flow, line.status) + (f" {t('needs.urgent')}" if line.urgent else ""),
            line.title,
            _wanted(line),
            line.area,
            words.until(line.claim_until, engine, date=True),
            "; ".join(f"{each.unit}: {each.capacity}" for each in line.claims),
        )
        for line in found
    ]
    heads = (
        t("id"),
        t("state"),
        t("title"),
        t("needs.wanted"),
        t("needs.area"),
        t("needs.last_day"),
        t("needs.claims"),
    )
    _print(heads, rows, "needs.count")


def _wanted(line: NeedLine) -> str:
    return "; ".join(filter(None, (how_much(line.matter, line.measure, line.measure_unit), ", ".join(line.skills))))


def print_resources(
    engine: Engine,
    resources: Sequence[Resource],
    *,
    area: str | None,
    state: str | None,
    kind: str | None,
    as_json: bool,
) -> None:
    """The ledger of resources, with what they come to, kind by kind."""
    chosen = [
        each
        for each in resources
        if _in(each.area, area) and each.status == (state or "offered") and _is(str(each.matter), kind)
    ]
    ledger = resource_ledger(chosen)
    if as_json:
        print_json(
            {"lines": [_plain(each) for each in ledger.lines], "totals": [_plain(each) for each in ledger.totals]}
        )
        return
    rows = [
        (
            line.id,
            line.title,
            line.owner or "",
            how_much(line.matter, line.offered, line.measure_unit),
            _free(line),
            ", ".join(line.skills),
            line.area,
            words.until(line.until, engine, date=True),
        )
        for line in ledger.lines
    ]
    heads = ("id", "title", "unit", "needs.offered", "needs.free", "needs.skills", "needs.area", "needs.last_day")
    _print([t(head) for head in heads], rows, "needs.resources_count")
    for each in ledger.totals:
        offered, free = (how_much(each.matter, sum, each.measure_unit) for sum in (each.offered, each.free))
        console().print(t("needs.total", n=each.resources, offered=offered, free=free))


def _free(line: ResourceLine) -> str:
    alone = t("needs.alone", projects=", ".join(line.projects)) if line.exclusive and line.projects else ""
    return " ".join(filter(None, (how_much(line.matter, line.free, line.measure_unit), alone)))


def print_projects(
    engine: Engine,
    projects: Sequence[JointProject],
    *,
    area: str | None,
    state: str | None,
    kind: str | None,
    as_json: bool,
) -> None:
    """The ledger of projects; what is late is marked, and what was exposed as slow (蜗牛)."""
    lines = project_ledger(projects, engine.now())
    found = [each for each in lines if _in(each.area, area) and _is(each.status, state) and _is(each.kind, kind)]
    if as_json:
        print_json([_plain(line) for line in found])
        return
    flow = engine.deciders[JointProject.kind_of_record].workflow
    rows = [
        (
            line.id,
            words.state(flow, line.status),
            line.title,
            line.lead or "",
            f"{line.progress}%",
            f"{yuan(line.spent)} / {yuan(line.budget)}",
            words.until(line.due, engine, date=True),
            _late(line),
        )
        for line in found
    ]
    heads = ("id", "state", "title", "needs.lead", "needs.progress", "needs.spent", "due", "needs.late")
    _print([t(head) for head in heads], rows, "needs.projects_count")


def _late(line: ProjectLine) -> Text:
    names = [words.clock_beside(name) for name in line.overdue]
    return Text("; ".join([*names, *([t("needs.exposed")] if line.exposed else [])]), LATE)


def _print(heads: Sequence[str], rows: Sequence[Sequence[str | Text]], count: str) -> None:
    out = console()
    if rows:
        used = [place for place in range(len(heads)) if any(str(row[place]) for row in rows)]
        out.print(table(*(heads[at] for at in used), rows=[[row[at] for at in used] for row in rows], keep=(0,)))
    out.print(t(count, n=len(rows)))


def _in(area: str, asked: str | None) -> bool:
    return asked is None or area == asked or area.startswith(f"{asked}/")


def _is(value: str, asked: str | None) -> bool:
    return asked is None or value == asked


def _plain(value: Any) -> Any:
    """A line of a ledger as JSON."""
    if hasattr(value, "_asdict"):
        return {name: _plain(each) for name, each in value._asdict().items()}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(each) for each in value]
    return value
