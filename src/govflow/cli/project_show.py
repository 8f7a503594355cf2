"""`govflow project show`: where a project stands, who is in it, its money, what is owed and what is next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from govflow.cli import words
from govflow.cli.desk import project_of
from govflow.cli.display import SOFT, as_json, console, print_json
from govflow.cli.logs import Db, Json, RecordId, Records, opened
from govflow.cli.needs_display import how_much
from govflow.cli.next_steps import next_as_json, next_steps, print_next
from govflow.cli.rights import As, AsRole, reader
from govflow.cli.run import clean
from govflow.cli.texts import is_zh, t
from govflow.engine import Engine
from govflow.envelopes import yuan
from govflow.projects.ledgers import late_clocks
from govflow.projects.lines import planned_total, spent_of
from govflow.projects.model import JointProject

_SHOWN = ("claim", "milestone", "feedback", "ledger", "commitment", "budget", "expense", "meeting", "approval")


def show(
    id: RecordId,
    db: Db,
    actor: As = None,
    role: AsRole = None,
    unit: Annotated[str | None, typer.Option("--as-unit", help="option.actor_unit", show_default=False)] = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Say where a project stands, who owes what, and what is next."""
    with opened(db, records) as engine:
        project = project_of(reader(engine, actor, role, unit, ""), id)
        if json:
            loops = [loop.model_dump(mode="json") for loop in engine.open_loops(id)]
            coming = [next_as_json(each) for each in next_steps(engine, project)]
            print_json(as_json(engine, project, open_loops=loops, next=coming))
            return
        out = console()
        out.print(Text.assemble((project.id, "bold"), "  ", clean(project.title_line)))
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True, style=SOFT)
        grid.add_column(overflow="fold")
        for name, value in _facts(engine, project):
            if value:
                grid.add_row(t(name), Text(clean(value)))
        out.print(grid)
        print_next(engine, project)


def _facts(engine: Engine, project: JointProject) -> Iterator[tuple[str, str]]:
    decider = engine.deciders[project.kind_of_record]
    need, rule = project.need, project.rule
    yield "fact.state", words.state(decider.workflow, project.status)
    yield "fact.kind", (rule.zh if is_zh() else rule.en) if rule is not None else project.kind
    yield "fact.area", project.area
    yield "fact.source", ", ".join(dict.fromkeys(filter(None, (project.source, *need.sources))))
    wanted = how_much(need.matter, need.amount or need.quantity or 0, need.measure_unit or "")
    homes = t("project.households", n=need.households) if need.households else ""
    yield "project.need", "; ".join(filter(None, (wanted, ", ".join(need.skills), homes)))
    yield "project.parties", ", ".join(_party(project, party.unit, party.builds) for party in project.parties_named)
    yield "project.scope", "" if project.scope is None else project.scope.zh if is_zh() else project.scope.value
    for kind, members in project.teams.items():
        yield f"project.{kind}", ", ".join(each.id + (f" ({each.unit})" if each.unit else "") for each in members)
    if (risk := project.risk) is not None:
        looked = t("project.assessed", level=t(f"risk.{risk.level.value}"), plan=risk.plan)
        yield "project.risk", looked if risk.plan == project.plan_version else f"{looked} {t('project.old_plan')}"
    yield "project.money", _money(project)
    if project.status not in ("proposed", "open_for_claim", "claimed", "paired", "assessed"):
        yield "project.progress", f"{project.progress}%"
    if project.supervisors and project.deliveries:
        yield "project.signed", t("project.of", part=len(project.signed), whole=len(project.supervisors))
    if (result := project.evaluation) is not None:
        missing = t("project.missing", sources=", ".join(result.missing))
        yield "project.score", missing if result.score is None else f"{result.score // 100}.{result.score % 100:02}"
    yield "project.late", "; ".join(words.clock_beside(name) for name in late_clocks(project, engine.now()))
    counted = ((name, project.items_of(name)) for name in _SHOWN)
    yield "project.items", ", ".join(f"{words.region(decider, name)} {len(items)}" for name, items in counted if items)


def _party(project: JointProject, unit: str, builds: bool) -> str:
    notes = [t("project.leads")] if unit == project.lead else []
    notes += [t("project.builds")] if builds else []
    return f"{unit} ({', '.join(notes)})" if notes else unit


def _money(project: JointProject) -> str:
    total = planned_total(project)
    if project.budget is None:
        return t("project.asked", amount=yuan(total)) if total else ""
    return t("project.spent", spent=yuan(spent_of(project)), budget=yuan(project.budget))
