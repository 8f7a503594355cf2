"""`govflow project meeting`: hearings and other meetings of a project, announced, held and recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from govflow.cli.desk import Desk, acts
from govflow.cli.logs import RecordId
from govflow.cli.project_options import Item, Paper
from govflow.cli.texts import t
from govflow.errors import InputError
from govflow.regions.meeting import AnnounceMeeting, HoldMeeting, RecordMeeting

Who = Annotated[list[str], typer.Argument(help="argument.meeting_who", metavar="ID...", show_default=False)]


@acts()
def announce(
    desk: Desk,
    id: RecordId,
    roll: Who,
    at: Annotated[str, typer.Option("--at", help="option.meeting_at", metavar="MOMENT", show_default=False)],
    place: Annotated[str, typer.Option("--place", help="option.place", show_default=False)],
    subject: Annotated[str | None, typer.Option("--subject", help="option.meeting_subject", show_default=False)] = None,
    form: Annotated[str, typer.Option("--form", help="option.meeting_form", metavar="FORM")] = "hearing",
    paper: Paper = None,
) -> None:
    """Announce a hearing or another meeting."""
    project = desk.project(id)
    if len(at) <= len("2026-03-02"):  # a day alone would mean its end
        raise InputError(t("project.no_hour"), where="--at", expected="2026-03-02T09:00")
    who = desk.leads(id, "community", "host")
    filing, papers = desk.paper(id, paper, "document", who)
    said = {"form": form, "subject": subject or project.title, "place": place, "roll": roll, "papers": papers}
    desk.do(AnnounceMeeting, who, *filing, id=id, at_time=desk.moment(at), **said)


@acts()
def hold(
    desk: Desk,
    id: RecordId,
    item: Item,
    came: Who,
    guest: Annotated[list[str] | None, typer.Option("--guest", help="option.guest", show_default=False)] = None,
) -> None:
    """Record that a meeting took place, and who came."""
    desk.do(HoldMeeting, desk.leads(id, "community", "host"), id=id, item=item, attended=came, guests=guest)


@acts()
def record(
    desk: Desk,
    id: RecordId,
    item: Item,
    signed: Who,
    minutes: Annotated[Path, typer.Option("--minutes", help="option.minutes", metavar="FILE", show_default=False)],
    consensus: Annotated[str | None, typer.Option("--consensus", help="option.consensus", show_default=False)] = None,
    dissent: Annotated[str | None, typer.Option("--dissent", help="option.dissent", show_default=False)] = None,
) -> None:
    """Record what a meeting came to, on its signed minutes."""
    who = desk.leads(id, "community", "host")
    filing, papers = desk.paper(id, minutes, "minutes", who)
    said = {"minutes": papers, "signed_by": signed, "consensus": consensus, "dissent": dissent}
    desk.do(RecordMeeting, who, *filing, id=id, item=item, **said)
