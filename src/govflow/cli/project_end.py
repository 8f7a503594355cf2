"""`govflow project sign … archive`: acceptance, evaluation, settlement, giving up, and leave for what needs it."""

from __future__ import annotations

from typing import Annotated

import typer

from govflow.cli.budget_round import fen
from govflow.cli.desk import Desk, acts
from govflow.cli.logs import RecordId, existing
from govflow.cli.project_money import Spent
from govflow.cli.project_options import Ask, Item, Paper, Reason, Until
from govflow.cli.texts import t
from govflow.errors import InputError
from govflow.projects import commands as c
from govflow.projects.model import JointProject
from govflow.records import HandOver
from govflow.regions.approval import GiveApproval, RefuseApproval
from govflow.regions.evaluation import Evaluation, RecordEvaluation, RequestEvaluation

Defects = Annotated[list[str], typer.Option("--defect", help="option.defect", show_default=False)]
Score = Annotated[list[str], typer.Argument(help="argument.scores", metavar="INDICATOR=SCORE...", show_default=False)]


@acts()
def sign(desk: Desk, id: RecordId) -> None:
    """Sign for what was delivered, as a dedicated supervisor."""
    desk.do(c.SignDelivery, desk.who("organisation" if desk.speaks_for else "resident"), id=desk.project(id).id)


@acts()
def accept(desk: Desk, id: RecordId, paper: Paper = None) -> None:
    """Accept what was delivered."""
    desk.project(id)
    filing, papers = desk.paper(id, paper, "acceptance", desk.who("community"))
    desk.do(c.AcceptDelivery, desk.who("acceptance_group"), *filing, id=id, papers=papers)


@acts()
def refuse(desk: Desk, id: RecordId, defect: Defects, until: Until = None) -> None:
    """Refuse what was delivered."""
    said = {"shortcomings": defect, "until": desk.moment(until)}
    desk.do(c.RefuseAcceptance, desk.who("acceptance_group"), id=desk.project(id).id, **said)


# --- evaluation 评价 --------------------------------------------------------------------------------------------------


@acts()
def request(
    desk: Desk,
    id: RecordId,
    source: Annotated[str, typer.Argument(help="argument.source", metavar="SOURCE", show_default=False)],
    evaluator: Annotated[str, typer.Argument(help="argument.evaluator", metavar="WHO", show_default=False)],
) -> None:
    """Ask somebody to judge this round."""
    desk.do(RequestEvaluation, desk.leads(id, "community"), id=id, source=source, evaluator=evaluator)


@acts()
def record(desk: Desk, id: RecordId, scores: Score) -> None:
    """Record what somebody judges: a score for each indicator, or one for all of them."""
    project = desk.project(id)
    plan = project.plan.indicator_set() if project.plan is not None else None
    known = [each.id for each in plan.indicators] if plan is not None else []
    own = next(filter(None, (desk.speaks_for, desk.unit)), desk.by)
    asked = next((each for each in _asked(project) if each.owes in (own, desk.by)), None)
    if asked is None:
        waiting = ", ".join(each.owes or "" for each in _asked(project))
        raise InputError(t("evaluate.not_asked", who=own), where="--as, --for", expected=waiting)
    who = desk.who("resident" if asked.owes == desk.by else "organisation", unit=asked.owes)
    spoken_for = None if asked.owes == desk.by else asked.owes
    said = {"item": asked.key, "scores": _scores(scores, known), "on_behalf_of": spoken_for}
    desk.do(RecordEvaluation, who, id=id, **said)


def _asked(project: JointProject) -> list[Evaluation]:
    return [each for each in project.items_of("evaluation").values() if each.status == "requested"]


def _scores(given: list[str], known: list[str]) -> list[dict[str, object]]:
    """`name=90` for each indicator; a number alone stands for all that are not named. Raises InputError."""
    named: dict[str, int] = {}
    for each in given:
        name, _, score = each.rpartition("=")
        if not score.isdecimal() or int(score) > 100 or (name and name not in known):
            raise InputError(
                t("evaluate.no_score", text=each[:40]), where="SCORE", expected=f"{' | '.join(known)} = 0…100"
            )
        for indicator in (name,) if name else (each for each in known if each not in named):
            named[indicator] = int(score)
    return [{"indicator": name, "score": score} for name, score in named.items()]


@acts()
def close(desk: Desk, id: RecordId) -> None:
    """Close the evaluation of this round."""
    desk.do(c.EvaluateProject, desk.who("appraiser"), id=desk.project(id).id)


@acts()
def remedy(desk: Desk, id: RecordId, defect: Defects, until: Until = None) -> None:
    """Send it back for what the evaluation found defective."""
    said = {"defects": defect, "until": desk.moment(until)}
    desk.do(c.OrderProjectRemedy, desk.who("appraiser"), id=desk.project(id).id, **said)


# --- the end 决算 归档 ------------------------------------------------------------------------------------------------


@acts()
def settle(desk: Desk, id: RecordId, spent: Spent, ask: Ask = False) -> None:
    """Close the accounts of a project."""
    desk.project(id)
    give = desk.ask if ask else desk.do
    give(c.SettleProject, desk.who("finance"), id=id, spent=fen(spent, "--spent"))


@acts()
def cancel(
    desk: Desk,
    id: RecordId,
    reason: Reason = None,
    left: Annotated[str | None, typer.Option("--left", help="option.left", metavar="YUAN", show_default=False)] = None,
    ask: Ask = False,
) -> None:
    """Give a project up."""
    who = desk.leads(id, "community")
    rest = [HandOver(reason=reason).model_dump(mode="json")] if reason else ()
    give = desk.ask if ask else desk.do
    give(c.CancelProject, who, id=id, reason=reason, balance=fen(left, "--left"), hand_over=rest)


@acts()
def extend(
    desk: Desk,
    id: RecordId,
    length: Annotated[int, typer.Argument(help="argument.length", metavar="LENGTH", min=1, show_default=False)],
    ask: Ask = False,
) -> None:
    """Lengthen the time for delivery."""
    give = desk.ask if ask else desk.do
    give(c.ExtendProject, desk.leads(id), id=id, length=length)


@acts()
def archive(desk: Desk, id: RecordId) -> None:
    """End a project for good."""
    desk.do(c.ArchiveProject, desk.who("archivist"), id=desk.project(id).id)


@acts()
def leave(
    desk: Desk,
    id: RecordId,
    item: Item,
    refuse: Annotated[bool, typer.Option("--refuse", help="option.refuse_leave")] = False,
    reason: Reason = None,
) -> None:
    """Give leave for what another person has asked for."""
    asked = existing(desk.engine, id).item("approval", item)
    who = desk.who((asked.asks if asked is not None else None) or "town")
    if refuse:
        desk.do(RefuseApproval, who, id=id, item=item, reason=reason)
    else:
        desk.do(GiveApproval, who, id=id, item=item)
