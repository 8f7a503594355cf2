"""接待走访 reception: delegates on duty at the studio, or visiting households. Keyed by a running number."""

# ruff: noqa: E501 - a row of a table stays one line

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from govflow.actors import Claim, Id
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Count, Instant, ItemCommand, ItemEvent, Value, Words
from govflow.records import Item
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.rules import reason_given
from govflow.studios.model import DELEGATE, KEEPERS, Studio
from govflow.studios.rules import acting_delegate_sits
from govflow.workflow import Rest, Status, Step, Workflow, rule


class ReceptionStatus(Status):
    """Where a reception stands."""

    PLANNED = "planned", "已安排"
    HELD = "held", "已接待", Rest.FINAL
    CANCELLED = "cancelled", "取消", Rest.FINAL


S = ReceptionStatus


class ReceptionForm(StrEnum):
    """Who goes to whom."""

    AT_THE_STUDIO = "at_the_studio"  # 驻点接待
    HOUSEHOLDS = "households"  # 入户走访


class Reception(Item):
    """One reception: by which delegates, where, from when until when, and how many people were heard."""

    form: ReceptionForm = ReceptionForm.AT_THE_STUDIO
    place: str = ""
    begins: Instant | None = None
    delegates: tuple[str, ...] = ()
    received: int | None = None
    evidence: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        return f"{self.form} at {self.place}"

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """Those who were announced say how it went, or call it off."""
        return actor in self.delegates if role == DELEGATE else None


class _Plan(Value):
    form: ReceptionForm = ReceptionForm.AT_THE_STUDIO
    place: Words = ""
    begins: Instant | None = None
    until: Instant | None = None
    delegates: tuple[Id, ...] = ()


class PlanReception(ItemCommand, _Plan, wire="reception.plan", label="安排接待走访"):
    """Announce when and where which delegates receive people or go from door to door."""


class ReceptionPlanned(ItemEvent, _Plan, name="reception.planned", dues={"obligation_due": "until"}):
    """A reception is announced."""


class _Held(Value):
    """How many people were heard, by which of the delegates announced, shown by which evidence on file."""

    received: Count | None = None
    delegates: tuple[Id, ...] = ()
    evidence: tuple[Id, ...] = ()


class HoldReception(ItemCommand, _Held, wire="reception.hold", label="登记接待情况"):
    """Record that a reception was held; nobody may have come, which is said as 0."""


class ReceptionHeld(ItemEvent, _Held, name="reception.held"):
    """A reception was held."""


class CancelReception(ItemCommand, Reasoned, wire="reception.cancel", label="取消接待"):
    """Say why it is not held."""


class ReceptionCancelled(ItemEvent, Reasoned, name="reception.cancelled"):
    """It was called off."""


@rule("地点、起止时间、代表委员已明", "000 M154", needs="place begins until delegates")
def reception_is_described(studio: Studio, event: Any, context: Context) -> Iterable[str]:
    """The place, a time that is not over, and delegates who have a seat for the whole of it are given."""
    if not event.place.strip():
        yield Detail("the place", "地点")
    if event.begins is None or event.until is None or event.begins >= event.until:
        yield Detail("from when until when", "起止时间")
        return
    if event.until <= context.at:
        yield Detail("the time is over already", "时间已过")
    if not event.delegates:
        yield Detail("which delegates", "代表委员")
    for person in event.delegates:
        if not any(seat.begins <= event.begins and event.until <= seat.ends for seat in studio.seats_of(person)):
            yield Detail(f"{person} has no seat then", f"{person} 届时不在任")


@rule("接待已开始,人次、到场代表委员、证据已明", "000 M154", needs="received delegates evidence")
def reception_was_held(studio: Studio, event: Any, context: Context) -> Iterable[str]:
    """It has begun; how many came, which of the delegates announced were there, and evidence on file are given."""
    announced: Any = context.item
    if context.at < announced.begins:
        yield Detail("it has not begun", "尚未开始")
    if event.received is None:
        yield Detail("how many people came", "接待人次")
    if not event.delegates:
        yield Detail("which delegates were there", "到场代表委员")
    for person in sorted(set(event.delegates) - set(announced.delegates)):
        yield Detail(f"{person} was not announced", f"{person} 未列入安排")
    if not event.evidence:
        yield Detail("no evidence is named", "未附证据")
    for key in event.evidence:
        piece = studio.item("evidence", key)
        if piece is None or piece.status != "added":
            yield Detail(f"evidence {key} is not on file", f"证据 {key} 不在卷")


_WHO = (*KEEPERS, DELEGATE)
# fmt: off
RECEPTION_WORKFLOW = Workflow("reception", S, zh="接待走访", on=("studio",), steps=(
    #    id      command          from       event               to           who   provided that
    Step("RN01", PlanReception,   None,      ReceptionPlanned,   S.PLANNED,   _WHO, (reception_is_described, acting_delegate_sits), while_in="active", starts="obligation_due"),
    Step("RN02", HoldReception,   S.PLANNED, ReceptionHeld,      S.HELD,      _WHO, (reception_was_held,), while_in="active", stops="obligation_due"),
    Step("RN03", CancelReception, S.PLANNED, ReceptionCancelled, S.CANCELLED, _WHO, (reason_given, acting_delegate_sits), while_in="active", drops="obligation_due"),
))
# fmt: on

_FOLD: Fold = {
    ReceptionPlanned: lambda item, e: {
        "status": S.PLANNED,
        "form": e.form,
        "place": e.place,
        "begins": e.begins,
        "until": e.until,
        "delegates": e.delegates,
        "owes": e.delegates[0],
    },
    ReceptionHeld: lambda item, e: {
        "status": S.HELD,
        "received": e.received,
        "delegates": e.delegates,
        "evidence": e.evidence,
        "hands": (*item.hands, e.by),
    },
    ReceptionCancelled: lambda item, e: {"status": S.CANCELLED},
}

RECEPTION = Region(RECEPTION_WORKFLOW, Reception, _FOLD)
"""The receptions of a studio."""
