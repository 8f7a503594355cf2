"""Commands that belong to a step of a case and are decided in the same append."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from govflow.actors import SYSTEM
from govflow.cases.model import Case
from govflow.context import Context
from govflow.messages import Command
from govflow.regions.evaluation import RequestEvaluation, Source
from govflow.regions.joint_handling import AskJointHandling, next_key, unfinished
from govflow.regions.link import LinkKind, Unlink
from govflow.regions.verification import RequestVerification


def ask_co_units(case: Case, event: Any, context: Context) -> Iterator[Command]:
    """Co-units named at assignment are asked in the same transaction (吹哨报到), by the lead's due instant at most."""
    lead = case.clocks.get("handling")
    until = event.co_until or (lead.due if lead is not None else None)
    task = event.co_task or case.title
    for unit in event.co_units:
        if not any(part.unit == unit for part in unfinished(case)):  # asked before, and still at it
            key = next_key(case, unit)
            yield AskJointHandling(id=case.id, by=context.actor, item=key, unit=unit, what=task, until=until)


def reporters_of(case: Case, context: Context) -> Iterable[str]:
    """Its own reporter and those of the cases merged into it, however long the chain of merges."""
    reporters: dict[str, None] = {}
    todo = [case]
    for each in todo:
        if each.reporter is not None:
            reporters[each.reporter] = None
        for item in each.items_of("link").values():
            follower = context.lookup(item.other) if item.kind == LinkKind.ABSORBED else None
            # a link may be added by hand: only a case that did merge into this one counts
            if not isinstance(follower, Case) or follower.merged_into != each.id or item.status != "linked":
                continue
            if follower not in todo:
                todo.append(follower)
    return reporters


def open_this_rounds_checks(case: Case, event: Any, context: Context) -> Iterator[Command]:
    """Feedback opens this round's verification, and an evaluation for every reporter: followers' ones included."""
    yield RequestVerification(id=case.id, by=SYSTEM, item=f"r{case.round}")
    for reporter in reporters_of(case, context):
        yield RequestEvaluation(
            id=case.id, by=SYSTEM, item=f"r{case.round}.{reporter}", source=Source.EXTERNAL, evaluator=reporter
        )


def untie_from_master(case: Case, event: Any, context: Context) -> Iterator[Command]:
    """A mistaken merge is undone on both sides."""
    for item in case.items_of("link").values():
        if item.kind == LinkKind.MERGED and item.status == "linked":
            yield Unlink(id=case.id, by=SYSTEM, item=item.key, reason=event.reason)
