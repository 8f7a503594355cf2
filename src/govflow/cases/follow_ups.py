"""Commands that belong to a step of a case and are decided in the same append."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from govflow.actors import SYSTEM
from govflow.cases.model import Case
from govflow.decider import Context
from govflow.messages import Command
from govflow.regions.evaluation import RequestEvaluation, Source
from govflow.regions.joint_handling import AskJointHandling
from govflow.regions.link import LinkKind, Unlink, key_of
from govflow.regions.verification import RequestVerification


def ask_co_units(case: Case, event: Any, context: Context) -> Iterator[Command]:
    """Co-units named at assignment are asked in the same transaction (吹哨报到), by the lead's due instant at most."""
    lead = case.clocks.get("handling")
    for unit in event.co_units:
        until = event.co_until or (lead.due if lead is not None else None)
        yield AskJointHandling(id=case.id, by=context.actor, item=unit, what=event.co_task or case.title, until=until)


def open_this_rounds_checks(case: Case, event: Any, context: Context) -> Iterator[Command]:
    """Feedback opens this round's verification, and an evaluation for every reporter: followers' ones included."""
    yield RequestVerification(id=case.id, by=SYSTEM, item=f"r{case.round}")
    reporters = [case.reporter]
    for item in case.items_of("link").values():
        follower = context.lookup(item.other) if item.kind == LinkKind.ABSORBED and item.status == "linked" else None
        if isinstance(follower, Case):
            reporters.append(follower.reporter)
    for reporter in dict.fromkeys(filter(None, reporters)):
        yield RequestEvaluation(
            id=case.id, by=SYSTEM, item=f"r{case.round}.{reporter}", source=Source.EXTERNAL, evaluator=reporter
        )


def untie_from_master(case: Case, event: Any, context: Context) -> Iterator[Command]:
    """A mistaken merge is undone on both sides."""
    for item in case.items_of("link").values():
        if item.kind == LinkKind.MERGED and item.status == "linked":
            yield Unlink(id=case.id, by=SYSTEM, item=key_of(LinkKind.MERGED, item.other), reason=event.reason)
