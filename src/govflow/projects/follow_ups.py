"""Commands that belong to a step of a project and are decided in the same append."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from govflow.actors import SYSTEM
from govflow.context import Context
from govflow.messages import Command
from govflow.projects.budget import PlanBudget
from govflow.projects.claim import decline_standing
from govflow.projects.events import (
    AcceptanceRefused,
    DeliveryAccepted,
    PartiesPaired,
    ProjectProposed,
    ProjectRemedyOrdered,
)
from govflow.projects.model import JointProject
from govflow.projects.money import FundSource
from govflow.regions.commitment import MakeCommitment
from govflow.regions.evaluation import RequestEvaluation, Source
from govflow.regions.ledger import OpenLedgerItem


def plan_what_was_won(project: JointProject, event: ProjectProposed, context: Context) -> Iterator[Command]:
    """A project that has won public money plans the line of it at once."""
    if event.fund is not None and event.amount:
        yield PlanBudget(
            id=project.id,
            by=SYSTEM,
            source=FundSource.FISCAL,
            amount=event.amount,
            purpose=event.title,
            envelope=event.fund,
        )


def decline_claims(project: JointProject, event: Any, context: Context) -> Iterator[Command]:
    """The need is off the list: claims that stand are declined."""
    yield from decline_standing(project, event.reason)


def decline_others(project: JointProject, event: PartiesPaired, context: Context) -> Iterator[Command]:
    """Claims that the pairing does not take up are declined."""
    yield from decline_standing(project, "other parties were paired (另有结对)")


def promise_what_is_pledged(project: JointProject, event: Any, context: Context) -> Iterator[Command]:
    """What each party brings in becomes its commitment, due when it said."""
    for pledge in event.pledges:
        yield MakeCommitment(
            id=project.id,
            by=SYSTEM,
            what=pledge.what,
            owner=pledge.party,
            until=pledge.until,
            public=True,
            matter=pledge.matter,
            amount=pledge.amount,
            quantity=pledge.quantity,
            measure_unit=pledge.measure_unit,
            resource=pledge.resource,
        )


def list_shortcomings(project: JointProject, event: AcceptanceRefused, context: Context) -> Iterator[Command]:
    """Each defect found at acceptance becomes a numbered item that the lead owes."""
    yield from _on_the_ledger(project, event.shortcomings, event)


def list_defects(project: JointProject, event: ProjectRemedyOrdered, context: Context) -> Iterator[Command]:
    """Each defect found by the evaluation becomes a numbered item that the lead owes."""
    yield from _on_the_ledger(project, event.defects, event)


def _on_the_ledger(project: JointProject, problems: tuple[str, ...], event: Any) -> Iterator[Command]:
    place = project.area or project.id
    for problem in problems:
        yield OpenLedgerItem(id=project.id, by=SYSTEM, what=problem, place=place, owner=project.lead, until=event.until)


def ask_the_lead(project: JointProject, event: DeliveryAccepted, context: Context) -> Iterator[Command]:
    """The lead is asked for its own judgement; peers and others are asked by whoever runs the evaluation."""
    if project.plan is not None and project.plan.source(Source.SELF.value) is not None:
        yield RequestEvaluation(id=project.id, by=SYSTEM, source=Source.SELF, evaluator=project.lead)
