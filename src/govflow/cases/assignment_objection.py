"""派单异议 assignment objection: a lead unit says «not ours». Its items move with the case's main commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from govflow.actors import SYSTEM, Role
from govflow.cases.commands import ArbitrateAssignment, DecideReturn, ObjectAssignment
from govflow.cases.events import AssignmentArbitrated, AssignmentObjected, ReturnDecided
from govflow.context import Context
from govflow.messages import ItemCommand, ItemEvent
from govflow.records import HandOver, Item, Record
from govflow.region import Changes, Region
from govflow.regions.bodies import Reasoned
from govflow.regions.joint_handling import competence_is_disputed
from govflow.rules import decision_dismisses, decision_upholds, window_is_open
from govflow.workflow import Rest, Status, Step, Workflow, rule


class ObjectionStatus(Status):
    FILED = "filed", "已提出"
    UPHELD = "upheld", "成立", Rest.FINAL
    DISMISSED = "dismissed", "不成立", Rest.FINAL
    SETTLED = "settled", "已裁定", Rest.FINAL
    WITHDRAWN = "withdrawn", "撤回", Rest.FINAL


S = ObjectionStatus


class Objection(Item):
    """One objection to one assignment."""

    reason: str = ""

    @property
    def what(self) -> str:
        return f"decide the objection: {self.reason}"


class WithdrawAssignmentObjection(ItemCommand, Reasoned, wire="assignment_objection.withdraw", label="撤回派单异议"):
    """Take the case after all."""


class AssignmentObjectionWithdrawn(ItemEvent, Reasoned, name="assignment_objection.withdrawn"):
    """The unit took the case after all, or the case left by another way."""


@rule("无待决派单异议", "petitions §23 [V]")
def no_assignment_objection_is_open(record: Record, event: Any, context: Context) -> bool:
    """No objection to the assignment waits for its decision."""
    return not any(item.status == S.FILED for item in record.items_of("assignment_objection").values())


# fmt: off
ASSIGNMENT_OBJECTION_WORKFLOW = Workflow("assignment_objection", S, zh="派单异议", on=("case",), steps=(
    #    id      command                      from      event                         to           who                              provided that
    Step("AO01", ObjectAssignment,            None,     AssignmentObjected,           S.FILED,     Role.LEAD_UNIT,                  (window_is_open, no_assignment_objection_is_open), while_in="assigned", rides=("C13",)),
    Step("AO02", DecideReturn,                S.FILED,  ReturnDecided,                S.UPHELD,    Role.DISPATCHER,                 (decision_upholds,), while_in="assigned", rides=("C34",)),
    Step("AO03", DecideReturn,                S.FILED,  ReturnDecided,                S.DISMISSED, Role.DISPATCHER,                 (decision_dismisses,), while_in="assigned", rides=("C35",)),
    Step("AO04", ArbitrateAssignment,         S.FILED,  AssignmentArbitrated,         S.SETTLED,   (Role.DISPATCHER, Role.DISTRICT), (competence_is_disputed,), while_in="assigned", rides=("C14",)),
    Step("AO05", WithdrawAssignmentObjection, S.FILED,  AssignmentObjectionWithdrawn, S.WITHDRAWN, (Role.LEAD_UNIT, Role.SYSTEM),   stops="objection_decision"),
))
# fmt: on


def _filed(record: Any) -> Item | None:
    return next((item for item in record.items_of("assignment_objection").values() if item.status == S.FILED), None)


def _file(record: Any, event: AssignmentObjected) -> Iterable[tuple[str, Changes]]:
    key = str(len(record.items_of("assignment_objection")) + 1)
    yield key, {"status": S.FILED, "reason": event.reason, "owes": Role.DISPATCHER.value}


def _decide(record: Any, event: ReturnDecided) -> Iterable[tuple[str, Changes]]:
    if item := _filed(record):
        yield item.key, {"status": S.UPHELD if event.upheld else S.DISMISSED}


def _settle(record: Any, event: AssignmentArbitrated) -> Iterable[tuple[str, Changes]]:
    if item := _filed(record):
        yield item.key, {"status": S.SETTLED}


def _withdraw(record: str, item: Item, given: HandOver) -> WithdrawAssignmentObjection:
    return WithdrawAssignmentObjection(id=record, by=SYSTEM, item=item.key, reason=given.reason)


ASSIGNMENT_OBJECTION = Region(
    ASSIGNMENT_OBJECTION_WORKFLOW,
    Objection,
    {AssignmentObjectionWithdrawn: lambda item, event: {"status": S.WITHDRAWN}},
    rides={AssignmentObjected: _file, ReturnDecided: _decide, AssignmentArbitrated: _settle},
    ends=_withdraw,
)
