"""Records and items as their events would have left them, put straight into a status: for tests over whole tables."""

from __future__ import annotations

from typing import Any

from govflow import Decider, Item, Record, Region, Rest, Step
from govflow.clocks import Clock
from govflow.messages import ClockStatus
from govflow.policy.practice import ChecklistStage
from govflow.testing import START
from govflow.workflow import NEW

STAGES = (ChecklistStage(zh="一", en="one"), ChecklistStage(zh="二", en="two"))


def key_of(region: Region) -> str:
    return region.name if region.single else "handling" if region.name == "clock" else "k"


def an_item(region: Region, status: str, **known: Any) -> Item:
    """An item as its events would have left it, as far as the table cares."""
    fields = type(region.blank).model_fields
    usual = {
        "stages": STAGES,
        "parties": ("s-1", "s-2"),
        "agreed": ("somebody",),
        "host": "somebody",
        "owes": "somebody",
    }
    return region.blank.changed(
        key=key_of(region),
        status=status,
        by="someone",
        since=START,
        **{name: value for name, value in usual.items() if name in fields},
        **known,
    )


def standing(
    decider: Decider, status: str, region: Region | None = None, item_status: str = NEW, **more: Any
) -> Record:
    """A record in a status of its main table, with an item of a region in one of its own."""
    record = decider.initial.changed(id="x", status=status, version=1, at=START, opened_at=START, **more)
    if region is None or item_status == NEW:
        return record
    if region.name == "clock":
        return record.changed(clocks={"handling": Clock(name="handling", status=ClockStatus(item_status), since=START)})
    return record.changed(items={region.name: {key_of(region): an_item(region, item_status)}})


def status_of(record: Record, region: Region) -> str:
    item = record.item(region.name, key_of(region))
    return str(item.status) if item is not None else NEW


def may_stand_in(decider: Decider, step: Step) -> list[str]:
    """The main statuses that a region's step is allowed in, read as the handbook reads `while_in`."""
    rests = decider.workflow.rests
    if step.while_in is None:
        return [status for status, rest in rests.items() if rest is not Rest.FINAL]
    told = {each.removeprefix(f"{decider.name}.") for each in step.while_in}
    return [each for each, rest in rests.items() if {"any", each} & told or (rest is Rest.OPEN and "active" in told)]
