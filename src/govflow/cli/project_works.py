"""`govflow project progress … deliver`: the works, their milestones, what residents say, defects, promises."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from govflow.cli.acting import text_of
from govflow.cli.budget_round import fen
from govflow.cli.desk import Desk, acts
from govflow.cli.logs import RecordId
from govflow.cli.project_options import Ask, Item, Measure, Paper, Reason, Text, TextFile, Until, Yuan, public_text
from govflow.cli.project_start import DecidedBy, Households, Meeting
from govflow.projects import commands as c
from govflow.projects.feedback_model import (
    ConfirmFeedback,
    RaiseFeedback,
    ReopenFeedback,
    ResolveFeedback,
    TransferFeedback,
)
from govflow.projects.milestone import AcceptMilestone, DropMilestone, PlanMilestone, ReachMilestone, RefuseMilestone
from govflow.regions.commitment import FulfilPartOfCommitment, KeepCommitment, ReleaseCommitment
from govflow.regions.ledger import RectifyLedgerItem, RefuseLedgerItem, VerifyLedgerItem, WriteOffLedgerItem

Defects = Annotated[list[str] | None, typer.Option("--defect", help="option.defect", show_default=False)]
Place = Annotated[str | None, typer.Option("--place", help="option.place", show_default=False)]


@acts()
def progress(
    desk: Desk,
    id: RecordId,
    percent: Annotated[int, typer.Argument(help="argument.percent", metavar="PERCENT", min=0, max=100)],
    text: Text = None,
    file: TextFile = None,
) -> None:
    """Report how far it is."""
    desk.do(c.ReportProgress, desk.leads(id), id=id, percent=percent, text=text_of(text, file))


@acts()
def suspend(
    desk: Desk,
    id: RecordId,
    cause: Annotated[str | None, typer.Option("--cause", help="option.cause", show_default=False)] = None,
    review: Annotated[
        str | None, typer.Option("--review", help="option.review", metavar="MOMENT", show_default=False)
    ] = None,
    ask: Ask = False,
) -> None:
    """Pause a project."""
    desk.project(id)
    said = {"id": id, "cause": cause, "review_at": desk.moment(review)}
    if ask:
        desk.ask(c.SuspendProject, desk.leads(id), asks="town", **said)
    else:
        desk.do(c.SuspendProject, desk.who("town"), **said)


@acts()
def resume(
    desk: Desk, id: RecordId, over: Annotated[bool, typer.Option("--over", help="option.cause_over")] = False
) -> None:
    """Go on with a project."""
    desk.do(c.ResumeProject, desk.who("town"), id=desk.project(id).id, cause_is_over=over)


@acts()
def change(
    desk: Desk,
    id: RecordId,
    text: Text = None,
    file: TextFile = None,
    budget: Yuan = None,
    households: Households = None,
    length: Annotated[int | None, typer.Option("--longer", help="option.longer", min=1, show_default=False)] = None,
    paper: Paper = None,
    decided_by: DecidedBy = None,
    meeting: Meeting = None,
    reason: Reason = None,
) -> None:
    """Change plan, budget or whom a project affects."""
    desk.project(id)
    who = desk.who("town", "community")
    filing, papers = desk.paper(id, paper, "order", who)
    said: dict[str, Any] = {
        "text": text_of(text, file),
        "budget": fen(budget, "--amount"),
        "households": households,
        "length": length,
    }
    said |= {"papers": papers, "decided_by": decided_by, "meeting": meeting, "reason": reason}
    desk.do(c.ChangeScope, who, *filing, id=id, **said)


@acts()
def hand_over(
    desk: Desk,
    id: RecordId,
    to: Annotated[str, typer.Argument(help="argument.new_lead", metavar="UNIT", show_default=False)],
    left: Annotated[str | None, typer.Option("--left", help="option.left", metavar="YUAN", show_default=False)] = None,
    reason: Reason = None,
    ask: Ask = False,
) -> None:
    """Hand the lead over to a party that has agreed to take it."""
    said = {"id": id, "to": to, "balance": fen(left, "--left"), "reason": reason}
    if ask:
        desk.ask(c.HandOverLead, desk.leads(id), asks="town", **said)
    else:
        desk.do(c.HandOverLead, desk.leads(id), **said)


@acts()
def deliver(
    desk: Desk,
    id: RecordId,
    text: Text = None,
    file: TextFile = None,
    handback: Annotated[str | None, typer.Option("--handback", help="option.handback", show_default=False)] = None,
) -> None:
    """Report it finished."""
    desk.do(c.DeliverProject, desk.leads(id), id=id, public_text=public_text(text, file), handback=handback)


# --- milestones 节点 --------------------------------------------------------------------------------------------------


@acts()
def plan_milestone(
    desk: Desk,
    id: RecordId,
    what: Annotated[str, typer.Argument(help="argument.what", metavar="WHAT", show_default=False)],
    until: Until = None,
    place: Place = None,
    owner: Annotated[str | None, typer.Option("--owner", help="option.owner", show_default=False)] = None,
) -> None:
    """Plan a milestone."""
    project = desk.project(id)
    said = {"what": what, "place": place or project.area, "owner": owner or project.lead, "until": desk.moment(until)}
    desk.do(PlanMilestone, desk.leads(id), id=id, **said)


@acts()
def reach_milestone(desk: Desk, id: RecordId, item: Item, measure: Measure = None, paper: Paper = None) -> None:
    """Report a milestone reached."""
    milestone = desk.project(id).item("milestone", item)
    owner = milestone.owner if milestone is not None else None
    who = desk.leads(id, "project_lead") if desk.project(id).lead == owner else desk.who("organisation", unit=owner)
    filing, evidence = desk.paper(id, paper, "photo", who)
    desk.do(ReachMilestone, who, *filing, id=id, item=item, measure=measure, evidence=evidence)


@acts()
def accept_milestone(desk: Desk, id: RecordId, item: Item, defect: Defects = None, until: Until = None) -> None:
    """Accept a milestone, or with defects refuse it."""
    who = desk.who("acceptance_group")
    if defect:
        desk.do(RefuseMilestone, who, id=desk.project(id).id, item=item, shortcomings=defect, until=desk.moment(until))
    else:
        desk.do(AcceptMilestone, who, id=desk.project(id).id, item=item)


@acts()
def drop_milestone(desk: Desk, id: RecordId, item: Item, reason: Reason = None, ask: Ask = False) -> None:
    """Take a milestone out of the scope."""
    give = desk.ask if ask else desk.do
    give(DropMilestone, desk.leads(id), id=id, item=item, reason=reason)


# --- feedback 意见反馈 ------------------------------------------------------------------------------------------------


@acts()
def raise_feedback(
    desk: Desk,
    id: RecordId,
    concerns: Annotated[str, typer.Argument(help="argument.concerns", metavar="ABOUT", show_default=False)],
    text: Annotated[str | None, typer.Option("--text", help="option.private_text", metavar="TEXT")] = None,
    file: TextFile = None,
    place: Place = None,
) -> None:
    """Say something about the works."""
    who = desk.who("organisation" if desk.speaks_for else "resident")
    words = text_of(text, file)
    said = {"concerns": concerns, "place": place, "text": words and {"text": words, "subject": desk.by}}
    desk.do(RaiseFeedback, who, id=desk.project(id).id, **said)


@acts()
def resolve_feedback(desk: Desk, id: RecordId, item: Item, measure: Measure = None, paper: Paper = None) -> None:
    """Answer what somebody said."""
    who = desk.leads(id)
    filing, evidence = desk.paper(id, paper, "photo", who)
    desk.do(ResolveFeedback, who, *filing, id=id, item=item, measure=measure, evidence=evidence)


@acts()
def confirm_feedback(desk: Desk, id: RecordId, item: Item) -> None:
    """Confirm an answer."""
    who = desk.who("organisation" if desk.speaks_for else "resident")
    desk.do(ConfirmFeedback, who, id=desk.project(id).id, item=item)


@acts()
def reopen_feedback(desk: Desk, id: RecordId, item: Item, reason: Reason = None) -> None:
    """Say why an answer does not do."""
    who = desk.who("organisation" if desk.speaks_for else "resident")
    desk.do(ReopenFeedback, who, id=desk.project(id).id, item=item, reason=reason)


@acts()
def transfer_feedback(
    desk: Desk,
    id: RecordId,
    item: Item,
    title: Annotated[str, typer.Option("--title", help="option.case_title", show_default=False)],
    category: Annotated[str | None, typer.Option("--category", help="option.category", show_default=False)] = None,
) -> None:
    """Make a case of what the project cannot answer."""
    desk.do(TransferFeedback, desk.leads(id), id=id, item=item, title=title, category=category)


# --- defects 台账 -----------------------------------------------------------------------------------------------------


@acts()
def fix_defect(desk: Desk, id: RecordId, item: Item, measure: Measure = None, paper: Paper = None) -> None:
    """Say that a defect is put right."""
    who = desk.leads(id)
    filing, evidence = desk.paper(id, paper, "photo", who)
    desk.do(RectifyLedgerItem, who, *filing, id=id, item=item, measure=measure, evidence=evidence)


@acts()
def check_defect(
    desk: Desk,
    id: RecordId,
    item: Item,
    refuse: Annotated[bool, typer.Option("--refuse", help="option.refuse_fix")] = False,
    reason: Reason = None,
) -> None:
    """Strike a defect off, or say that it is not put right."""
    who, id = desk.who("acceptance_group"), desk.project(id).id
    if refuse:
        desk.do(RefuseLedgerItem, who, id=id, item=item, reason=reason)
    else:
        desk.do(WriteOffLedgerItem, who, desk.command(VerifyLedgerItem, who, id=id, item=item), id=id, item=item)


# --- promises 承诺 ----------------------------------------------------------------------------------------------------


@acts()
def deliver_promise(
    desk: Desk,
    id: RecordId,
    item: Item,
    measure: Measure = None,
    quantity: Annotated[int | None, typer.Option("--quantity", help="option.delivered", min=1)] = None,
    amount: Yuan = None,
    paper: Paper = None,
) -> None:
    """Deliver what a party promised, or a part of it."""
    promise = desk.project(id).item("commitment", item)
    who = desk.who("organisation", unit=None if promise is None else promise.owes)
    filing, evidence = desk.paper(id, paper, "receipt", who)
    said = {"measure": measure, "evidence": evidence, "quantity": quantity, "amount": fen(amount, "--amount")}
    desk.do(FulfilPartOfCommitment, who, *filing, id=id, item=item, **said)


@acts()
def keep_promise(desk: Desk, id: RecordId, item: Item) -> None:
    """Confirm that a promise was kept."""
    desk.do(KeepCommitment, desk.who("community"), id=desk.project(id).id, item=item)


@acts()
def release_promise(desk: Desk, id: RecordId, item: Item, reason: Reason = None) -> None:
    """Release a promise."""
    desk.do(ReleaseCommitment, desk.who("community"), id=desk.project(id).id, item=item, reason=reason)
