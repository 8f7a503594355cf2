"""`govflow needs`: the three ledgers 三本账 (needs, resources, projects), and what puts something on the first two."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from govflow.cli.acting import text_of
from govflow.cli.budget_round import fen
from govflow.cli.desk import Desk, acts
from govflow.cli.logs import Json, RecordId, Records, existing, opened
from govflow.cli.needs_display import print_needs, print_projects, print_resources
from govflow.cli.project_options import NewId, Reason, Text, TextFile, Until, Yuan
from govflow.cli.rights import As, AsRole, reader
from govflow.cli.texts import t
from govflow.errors import InputError
from govflow.projects import commands as c
from govflow.projects.model import JointProject
from govflow.resources.messages import OfferResource, WithdrawOffer
from govflow.resources.model import Resource

needs = typer.Typer(no_args_is_help=True)

Title = Annotated[str | None, typer.Option("--title", help="option.need_title", show_default=False)]
Matter = Annotated[str | None, typer.Option("--matter", help="option.matter", metavar="KIND", show_default=False)]
Quantity = Annotated[int | None, typer.Option("--quantity", help="option.quantity", min=1, show_default=False)]
MeasureUnit = Annotated[
    str | None, typer.Option("--of", help="option.measure_unit", metavar="WHAT", show_default=False)
]
Skills = Annotated[list[str] | None, typer.Option("--skill", help="option.skill", show_default=False)]
Themes = Annotated[list[str] | None, typer.Option("--theme", help="option.theme", show_default=False)]
Area = Annotated[str | None, typer.Option("--area", help="option.need_area", show_default=False)]
Alliance = Annotated[str | None, typer.Option("--alliance", help="option.alliance", show_default=False)]
Households = Annotated[int | None, typer.Option("--households", help="option.households", min=0, show_default=False)]
Begins = Annotated[str | None, typer.Option("--begins", help="option.begins", metavar="DAY", show_default=False)]
Ends = Annotated[str | None, typer.Option("--ends", help="option.ends", metavar="DAY", show_default=False)]


@needs.callback(invoke_without_command=True)
def ledgers(
    context: typer.Context,
    db: Annotated[Path | None, typer.Option("--db", help="option.db", metavar="PATH", show_default=False)] = None,
    resources: Annotated[bool, typer.Option("--resources", help="option.resources")] = False,
    projects: Annotated[bool, typer.Option("--projects", help="option.projects")] = False,
    area: Annotated[str | None, typer.Option("--area", help="option.in_area", show_default=False)] = None,
    state: Annotated[str | None, typer.Option("--state", help="option.state", show_default=False)] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="option.in_kind", show_default=False)] = None,
    actor: As = None,
    role: AsRole = None,
    unit: Annotated[str | None, typer.Option("--as-unit", help="option.actor_unit", show_default=False)] = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Print one of the three ledgers."""
    if context.invoked_subcommand is not None:
        return
    if db is None:
        raise InputError(t("needs.no_db"), where="--db", expected="--db PATH")
    if resources and projects:
        raise InputError(t("needs.one_ledger"), where="--resources, --projects")
    with opened(db, records) as engine:
        seen = reader(engine, actor, role, unit, "")
        wanted = Resource if resources else JointProject
        found: list[Any] = [each for each in seen.records() if isinstance(each, wanted)]
        show = print_resources if resources else print_projects if projects else print_needs
        show(engine, found, area=area, state=state, kind=kind, as_json=json)


# --- needs -----------------------------------------------------------------------------------------------------------


@acts(create=True)
def add(
    desk: Desk,
    title: Title = None,
    text: Text = None,
    file: TextFile = None,
    kind: Annotated[str | None, typer.Option("--kind", help="option.project_kind", show_default=False)] = None,
    category: Annotated[str | None, typer.Option("--category", help="option.category", show_default=False)] = None,
    theme: Annotated[str | None, typer.Option("--theme", help="option.theme", show_default=False)] = None,
    level: Annotated[str | None, typer.Option("--level", help="option.budget_level", show_default=False)] = None,
    area: Area = None,
    matter: Matter = None,
    quantity: Quantity = None,
    measure_unit: MeasureUnit = None,
    amount: Yuan = None,
    skill: Skills = None,
    households: Households = None,
    begins: Begins = None,
    ends: Ends = None,
    urgent: Annotated[bool, typer.Option("--urgent", help="option.urgent")] = False,
    source: Annotated[list[str] | None, typer.Option("--from", help="option.need_source", metavar="ID")] = None,
    alliance: Alliance = None,
    major: Annotated[bool, typer.Option("--major", help="option.major")] = False,
    id: NewId = None,
) -> None:
    """Put a need on record."""
    who = desk.who("organisation" if desk.speaks_for else "community")
    need = _said(
        matter=matter, quantity=quantity, measure_unit=measure_unit, amount=fen(amount, "--amount"), skills=skill,
        households=households, begins=begins, ends=ends, urgent=urgent or None, sources=source,
    )  # fmt: skip
    said: dict[str, Any] = {
        "title": title,
        "text": text_of(text, file) or title,
        "kind": kind,
        "category": category,
        "theme": theme,
    }
    said |= {"level": level, "area": area, "alliance": alliance, "major": major or None, "id": id}
    desk.do(c.ProposeProject, who, need=need, **said)


@acts()
def revise(
    desk: Desk,
    id: RecordId,
    title: Title = None,
    text: Text = None,
    file: TextFile = None,
    matter: Matter = None,
    quantity: Quantity = None,
    measure_unit: MeasureUnit = None,
    amount: Yuan = None,
    skill: Skills = None,
    households: Households = None,
    begins: Begins = None,
    ends: Ends = None,
    source: Annotated[list[str] | None, typer.Option("--from", help="option.need_source", metavar="ID")] = None,
) -> None:
    """Say better what is needed."""
    project = desk.project(id)
    who = desk.who("organisation" if desk.speaks_for else "community")
    measured = {"matter", "quantity", "measure_unit", "amount"} if matter is not None else set()
    before = project.need.model_dump(mode="json", exclude=measured, exclude_defaults=True)
    new = _said(
        matter=matter, quantity=quantity, measure_unit=measure_unit, amount=fen(amount, "--amount"), skills=skill,
        households=households, begins=begins, ends=ends, sources=source,
    )  # fmt: skip
    words = {"title": title or project.title, "text": text_of(text, file) or project.text}
    desk.do(c.ReviseNeed, who, id=id, need=before | new, **words)


@acts()
def publish(
    desk: Desk,
    id: RecordId,
    exclusive: Annotated[
        bool | None, typer.Option("--exclusive/--shared", help="option.exclusive", show_default=False)
    ] = None,
    until: Until = None,
) -> None:
    """Put a need on the public list."""
    who = desk.who("community")
    desk.do(c.ListDemand, who, id=desk.project(id).id, exclusive=exclusive, until=desk.moment(until))


@acts()
def withdraw(desk: Desk, id: RecordId, reason: Reason = None) -> None:
    """Take a need, or a resource, off the list."""
    if isinstance(resource := existing(desk.engine, id), Resource):
        who = desk.who("organisation", unit=resource.owner)
        desk.do(WithdrawOffer, who, id=id, reason=reason)  # what a project has booked is not taken away in passing
    else:
        desk.do(c.WithdrawDemand, desk.who("community"), id=desk.project(id).id, reason=reason)


# --- resources -------------------------------------------------------------------------------------------------------


@acts(create=True)
def offer(
    desk: Desk,
    title: Title = None,
    matter: Matter = None,
    quantity: Quantity = None,
    measure_unit: MeasureUnit = None,
    amount: Yuan = None,
    skill: Skills = None,
    theme: Themes = None,
    area: Area = None,
    begins: Begins = None,
    until: Until = None,
    alliance: Alliance = None,
    scope: Annotated[str | None, typer.Option("--scope", help="option.offer_scope", show_default=False)] = None,
    alone: Annotated[bool, typer.Option("--alone", help="option.offer_alone")] = False,
    contact: Annotated[str | None, typer.Option("--contact", help="option.contact", show_default=False)] = None,
    id: NewId = None,
) -> None:
    """Offer a resource to common projects."""
    who = desk.who("organisation")
    said: dict[str, Any] = {
        "title": title,
        "owner": desk.speaks_for or desk.unit,
        "matter": matter,
        "quantity": quantity,
        "measure_unit": measure_unit,
    }
    said |= {"amount": fen(amount, "--amount"), "skills": skill, "themes": theme, "area": area, "alliance": alliance}
    said |= {"begins": desk.moment(begins), "until": desk.moment(until), "scope": scope, "exclusive": alone or None}
    said |= {"contact": None if contact is None else {"text": contact, "subject": desk.by}, "id": id}
    desk.do(OfferResource, who, **said)


def _said(**fields: Any) -> dict[str, Any]:
    """What was said; the rest stays out."""
    return {name: value for name, value in fields.items() if value is not None}


_COMMANDS: dict[str, Callable[..., None]] = {
    "add": add,
    "revise": revise,
    "publish": publish,
    "withdraw": withdraw,
    "offer": offer,
}
for _name, _command in _COMMANDS.items():
    needs.command(_name, help=f"help.needs_{_name}")(_command)
