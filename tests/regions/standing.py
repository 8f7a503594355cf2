"""Records and items as their events would have left them, put straight into a status: for tests over whole tables."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from govflow import Decider, Item, Record, Region, Rest, Step
from govflow.alliances.member import Span
from govflow.clocks import Clock
from govflow.messages import ClockStatus
from govflow.policy import DEFAULT_POLICY
from govflow.policy.practice import ChecklistStage
from govflow.testing import START
from govflow.workflow import NEW

TODAY = START.date()
STAGES = (ChecklistStage(zh="一", en="one"), ChecklistStage(zh="二", en="two"))
PROCEDURE = DEFAULT_POLICY.procedure("residents_motion")
# Where not the command but the record says which item it is, and what the record must have for that.
KEYS = {"clock": "handling", "vote": "1", "stage": "r1.council"}
KEYED_BY_UNIT = {"claim", "member"}  # a claim has its claimer's key, a membership its unit's
KNOWN: dict[str, dict[str, Any]] = {  # what an item of a region has whatever its status
    "check_in": {"who": "s-1", "unit": "parks"},
    "claim": {"claimer": "k"},
    "member": {"spans": (Span(joined=START),)},
    "chair_term": {"unit": "k", "first": TODAY, "last": TODAY, "until": START + timedelta(days=1)},
    "activity": {"until": START},
    "reception": {"begins": START},
}
WITH: dict[str, dict[str, Any]] = {"vote": {"votes": 1}, "stage": {"procedure": PROCEDURE}}


def key_of(region: Region) -> str:
    return region.name if region.single else KEYS.get(region.name, "k")


def first_key(region: Region) -> str:
    """The key of the first item that an event of the record itself begins."""
    return KEYS.get(region.name, "k" if region.name in KEYED_BY_UNIT else "1")


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
        **{**{name: value for name, value in usual.items() if name in fields}, **KNOWN.get(region.name, {}), **known},
    )


def standing(
    decider: Decider, status: str, region: Region | None = None, item_status: str = NEW, **more: Any
) -> Record:
    """A record in a status of its main table, with an item of a region in one of its own."""
    record = decider.initial.changed(id="x", status=status, version=1, at=START, opened_at=START, **more)
    return record if region is None else with_item(record, region, item_status)


def with_item(record: Record, region: Region, item_status: str) -> Record:
    """The record as if an item of a region stood there as well."""
    known = {name: value for name, value in WITH.get(region.name, {}).items() if name in record.__dict__}
    if item_status == NEW:
        return record.changed(**{name: value for name, value in known.items() if name == "procedure"})
    record = record.changed(**known)
    if region.name == "clock":
        return record.changed(clocks={"handling": Clock(name="handling", status=ClockStatus(item_status), since=START)})
    return record.changed(items={**record.items, region.name: {key_of(region): an_item(region, item_status)}})


def moves_with_its_record(region: Region) -> bool:
    """Whether no item of it moves but by events of the record itself."""
    return all(step.rides for step in region.workflow.steps)


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
