"""`govflow project agree … start`: a project from its parties' word to the first day of its works."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from govflow.cli.budget_round import fen
from govflow.cli.desk import Desk, acts
from govflow.cli.logs import RecordId
from govflow.cli.pairing_file import TEMPLATE, read_pairing
from govflow.cli.project_options import Paper, Reason, Text, TextFile, Until, Yuan, public_text
from govflow.cli.run import clean
from govflow.cli.texts import t
from govflow.projects import commands as c
from govflow.records import HandOver

Households = Annotated[int | None, typer.Option("--households", help="option.households", min=0, show_default=False)]
DecidedBy = Annotated[str | None, typer.Option("--decided-by", help="option.decided_by", metavar="ID")]
Meeting = Annotated[str | None, typer.Option("--meeting", help="option.meeting", show_default=False)]


@acts()
def agree(
    desk: Desk,
    id: RecordId,
    lead: Annotated[bool, typer.Option("--lead", help="option.agree_lead")] = False,
    take_back: Annotated[bool, typer.Option("--take-back", help="option.take_back")] = False,
    reason: Reason = None,
) -> None:
    """Say for a unit that it takes part."""
    who, to = desk.who("organisation"), "lead" if lead else None
    if take_back:
        desk.do(c.TakeBackAgreement, who, id=desk.project(id).id, unit=desk.speaks_for, to=to, reason=reason)
    else:
        desk.do(c.AgreeToProject, who, id=desk.project(id).id, unit=desk.speaks_for, to=to)


def _print_template(asked: bool) -> None:
    if asked:
        print(TEMPLATE.format(until=(datetime.now(UTC) + timedelta(days=180)).date().isoformat()), end="")
        raise typer.Exit


@acts()
def pair(
    desk: Desk,
    id: RecordId,
    file: Annotated[Path, typer.Argument(help="argument.pairing", metavar="FILE", show_default=False)],
    template: Annotated[
        bool, typer.Option("--template", help="option.template", is_eager=True, callback=_print_template)
    ] = False,
) -> None:
    """Pair the parties."""
    who = desk.who("community")
    desk.do(c.PairParties, who, id=desk.project(id).id, **read_pairing(file, desk.engine.policy.zone))


@acts()
def plan(desk: Desk, id: RecordId, text: Text = None, file: TextFile = None) -> None:
    """Put a new plan in the place of the old one."""
    desk.do(c.RevisePlan, desk.leads(id), id=id, text=public_text(text, file))


@acts()
def team(
    desk: Desk,
    id: RecordId,
    kind: Annotated[str, typer.Argument(help="argument.team", metavar="TEAM", show_default=False)],
    members: Annotated[list[str], typer.Argument(help="argument.members", metavar="ID[@UNIT]...", show_default=False)],
) -> None:
    """Name one of the three teams."""
    who = desk.leads(id) if desk.project(id).lead is not None else desk.who("community")
    said = [{"id": name, "unit": unit or None} for name, _, unit in (each.partition("@") for each in members)]
    desk.do(c.NameTeam, who, id=id, team=kind, members=said)


@acts()
def add_paper(
    desk: Desk,
    id: RecordId,
    file: Annotated[Path, typer.Argument(help="argument.paper", metavar="FILE", show_default=False)],
    kind: Annotated[str, typer.Option("--kind", help="option.paper_kind")] = "document",
) -> None:
    """Put a paper on file."""
    who = desk.leads(id, "community", "project_lead")
    filing, keys = desk.paper(id, file, kind, who)
    if filing:
        desk.engine.handle_all(filing)
    print(clean(t("propose.filed" if filing else "propose.filed_already", paper=keys[0], id=id)))


@acts()
def risk(
    desk: Desk,
    id: RecordId,
    level: Annotated[str, typer.Option("--level", help="option.risk_level", metavar="LEVEL", show_default=False)],
    report: Annotated[Path, typer.Option("--report", help="option.risk_report", metavar="FILE", show_default=False)],
    needed: Annotated[bool, typer.Option("--needed/--not-needed", help="option.needed")] = True,
    budget: Yuan = None,
    households: Households = None,
) -> None:
    """Record an independent risk assessment."""
    project = desk.project(id)
    who = desk.who("assessor", "organisation")
    filing, papers = desk.paper(id, report, "report", who)
    kind = c.AssessProjectRisk if project.status == "paired" else c.ReassessProjectRisk
    said = {"necessary": needed, "level_of_risk": level, "budget": fen(budget, "--amount"), "households": households}
    desk.do(kind, who, *filing, id=id, papers=papers, **said)


@acts()
def approve(
    desk: Desk,
    id: RecordId,
    order: Paper = None,
    decided_by: DecidedBy = None,
    meeting: Meeting = None,
    budget: Yuan = None,
    households: Households = None,
    until: Until = None,
) -> None:
    """Approve a project."""
    project = desk.project(id)
    who = desk.who("town", "community")
    filing, papers = desk.paper(id, order, "order", who)
    said = {"papers": papers, "decided_by": decided_by, "meeting": meeting, "budget": fen(budget, "--amount")}
    said |= {"households": project.need.households if households is None else households, "until": desk.moment(until)}
    desk.do(c.ApproveProject, who, *filing, id=id, **said)


@acts()
def reject(desk: Desk, id: RecordId, reason: Reason = None) -> None:
    """Do not approve a project."""
    rest = [HandOver(reason=reason).model_dump(mode="json")] if reason else ()
    desk.do(c.RefuseProject, desk.who("town"), id=desk.project(id).id, reason=reason, hand_over=rest)


@acts()
def resubmit(
    desk: Desk,
    id: RecordId,
    answers: Annotated[str | None, typer.Option("--answers", help="option.answers", show_default=False)] = None,
    text: Text = None,
    file: TextFile = None,
) -> None:
    """Answer a refusal with a new plan."""
    desk.do(c.ResubmitProject, desk.leads(id), id=id, answers=answers, text=public_text(text, file))


@acts()
def notice(desk: Desk, id: RecordId, text: Text = None, file: TextFile = None) -> None:
    """Publish what is going to be done."""
    who = desk.leads(id, "project_lead", "community")
    desk.do(c.PublishProjectNotice, who, id=id, public_text=public_text(text, file))


@acts()
def start(desk: Desk, id: RecordId) -> None:
    """Begin the works."""
    desk.do(c.StartWork, desk.leads(id), id=id)
