"""会办 joint handling: one co-unit's part in a case; the lead answers for the whole. Keyed by the co-unit."""

from collections.abc import Callable
from typing import Any

from govflow.actors import SYSTEM, Claim, Id, Role
from govflow.clocks.clock import Clock
from govflow.context import Context
from govflow.messages import Command, Event, Instant, ItemCommand, ItemEvent, Value, Words
from govflow.records import HandOver, Item, Record
from govflow.region import Changes, Fold, Region
from govflow.regions.bodies import Reasoned, Shown
from govflow.rules import (
    due_has_not_passed,
    measure_and_evidence_given,
    new_due_is_named,
    reason_given,
    what_who_and_due_named,
)
from govflow.workflow import Rest, Status, Step, Workflow, rule


class JointStatus(Status):
    ASKED = "asked", "已请求"
    ACCEPTED = "accepted", "已接"
    WORKING = "working", "办理中"
    DONE = "done", "已办", Rest.OUTCOME
    EXPLAINED = "explained", "已说明", Rest.OUTCOME
    REFUSED = "refused", "拒绝"
    OVERRIDDEN = "overridden", "改由主办办理", Rest.OUTCOME
    RELEASED = "released", "解除", Rest.FINAL


S = JointStatus


class JointPart(Item):
    """A co-unit's part: what it was asked to do, until when, and what came of it."""

    unit: str = ""
    person: str | None = None  # who answers for it in the co-unit
    task: str = ""
    measure: str = ""

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        return claim.unit == self.unit if role == Role.CO_UNIT else None

    @property
    def what(self) -> str:
        return f"{self.task} ({self.person})" if self.person else self.task


# --- commands and events ---------------------------------------------------------------------------------------------


class _Task(Value):
    unit: Id | None = None  # the co-unit, where the key is not its id: asked for another part later
    what: Words = ""
    until: Instant | None = None
    owner: Id | None = None  # the person who answers for it in the co-unit


class AskJointHandling(ItemCommand, _Task, wire="joint_handling.ask", label="请求会办"):
    """Ask a co-unit (`item`) to do its part by `until`."""


class JointHandlingAsked(ItemEvent, _Task, name="joint_handling.asked", dues={"joint_task": "until"}):
    """A co-unit was asked to do its part."""


class AcceptJointHandling(ItemCommand, wire="joint_handling.accept", label="接受会办"):
    """Take the part."""


class JointHandlingAccepted(ItemEvent, name="joint_handling.accepted"):
    """The co-unit took its part."""


class StartJointHandling(ItemCommand, wire="joint_handling.start", label="开始协办"):
    """Begin the work."""


class JointHandlingStarted(ItemEvent, name="joint_handling.started"):
    """The co-unit began its work."""


class FinishJointHandling(ItemCommand, Shown, wire="joint_handling.finish", label="办结协办"):
    """Give the result to the lead, with evidence."""


class JointHandlingFinished(ItemEvent, Shown, name="joint_handling.finished"):
    """The co-unit's result is with the lead."""


class ExplainJointHandling(ItemCommand, Reasoned, wire="joint_handling.explain", label="说明情况"):
    """Say in time why there is no result."""


class JointHandlingExplained(ItemEvent, Reasoned, name="joint_handling.explained"):
    """The co-unit explained in time why there is no result."""


class RefuseJointHandling(ItemCommand, Reasoned, wire="joint_handling.refuse", label="拒绝会办"):
    """Say that the part is not the unit's business."""


class JointHandlingRefused(ItemEvent, Reasoned, name="joint_handling.refused"):
    """The co-unit refused."""


class InsistOnJointHandling(ItemCommand, Reasoned, wire="joint_handling.insist", label="责令协办"):
    """Decide that the co-unit must take its part."""


class JointHandlingInsisted(ItemEvent, Reasoned, name="joint_handling.insisted"):
    """It was decided that the co-unit takes its part."""


class OverrideJointHandling(ItemCommand, Reasoned, wire="joint_handling.override", label="改由主办办理"):
    """Decide that the lead goes on without this unit."""


class JointHandlingOverridden(ItemEvent, Reasoned, name="joint_handling.overridden"):
    """The lead goes on without this unit."""


class ReopenJointHandling(ItemCommand, Reasoned, wire="joint_handling.reopen", label="重新协办"):
    """Ask the unit to work on it again after rework was ordered, by `until`: the old due instant no longer counts."""

    until: Instant | None = None


class JointHandlingReopened(ItemEvent, Reasoned, name="joint_handling.reopened", dues={"joint_task": "until"}):
    """The unit works on it again."""

    until: Instant | None = None


class ReleaseJointHandling(ItemCommand, Reasoned, wire="joint_handling.release", label="解除会办"):
    """Let the part go: no longer needed."""

    to: Id | None = None


class JointHandlingReleased(ItemEvent, Reasoned, name="joint_handling.released"):
    """The part is no longer needed."""

    to: Id | None = None


# --- rules -----------------------------------------------------------------------------------------------------------


@rule("协办单位互不相同且异于主办", "BJ §14 [V]")
def co_units_are_distinct(record: Any, event: Any, context: Context) -> bool:
    """Co-units differ from each other and from the lead unit."""
    units = getattr(event, "co_units", None)
    if units is None:
        return bool((event.unit or event.item) != record.lead_unit)
    return len(set(units)) == len(units) and event.lead_unit not in units


@rule("不转送被举报单位", "petitions §30 [V]", version=2, needs="lead_unit to_unit co_units")
def unit_reported_gets_nothing(record: Any, event: Any, context: Context) -> bool:
    """Nothing is passed to the unit that is reported."""
    named = {getattr(event, name, None) for name in ("lead_unit", "to_unit", "unit", "owner", "who", "item")}
    several = {unit for name in ("co_units", "members") for unit in getattr(event, name, ())}
    accused = getattr(record, "accused_unit", None)
    return accused is None or accused not in named | several


@rule("协办期限不晚于主办期限", "BJ §14 [V]")
def sub_due_is_within_lead_due(record: Record, event: Any, context: Context) -> bool:
    """The sub-task is due no later than the lead's own due date."""
    lead: Clock | None = record.clocks.get("handling")
    if lead is None or lead.due is None or event.until is None or lead.status == "paused":
        return True
    return bool(event.until <= lead.due)


@rule("已存在管辖争议", "petitions §24 [V]")
def competence_is_disputed(record: Record, event: Any, context: Context) -> bool:
    """A dispute about competence is on record."""
    if context.item is not None:
        return context.item.status in (S.REFUSED, "filed")
    objections = record.items_of("assignment_objection").values()
    return any(item.status in ("filed", "upheld") for item in objections) or bool(getattr(record, "disputed", False))


# --- the table -------------------------------------------------------------------------------------------------------

R = Role
# fmt: off
JOINT_HANDLING_WORKFLOW = Workflow("joint_handling", S, zh="会办", on=("case",), steps=(
    #    id      command                 from                                      event                     to             who                                        provided that
    Step("C16",  AskJointHandling,       None,                                     JointHandlingAsked,       S.ASKED,       (R.LEAD_UNIT, R.DISPATCHER),               (co_units_are_distinct, unit_reported_gets_nothing, what_who_and_due_named, sub_due_is_within_lead_due), while_in=("assigned", "in_handling"), starts="joint_reply joint_task"),
    Step("JH02", AcceptJointHandling,    S.ASKED,                                  JointHandlingAccepted,    S.ACCEPTED,    R.CO_UNIT,                                 stops="joint_reply"),
    Step("JH03", StartJointHandling,     S.ACCEPTED,                               JointHandlingStarted,     S.WORKING,     R.CO_UNIT),
    Step("JH04", FinishJointHandling,    (S.ACCEPTED, S.WORKING),                  JointHandlingFinished,    S.DONE,        R.CO_UNIT,                                 (measure_and_evidence_given,), stops="joint_task"),
    Step("JH05", ExplainJointHandling,   (S.ASKED, S.ACCEPTED, S.WORKING),         JointHandlingExplained,   S.EXPLAINED,   R.CO_UNIT,                                 (reason_given, due_has_not_passed), stops="joint_reply joint_task"),
    Step("JH06", RefuseJointHandling,    S.ASKED,                                  JointHandlingRefused,     S.REFUSED,     R.CO_UNIT,                                 (reason_given,), stops="joint_reply"),
    Step("JH07", InsistOnJointHandling,  S.REFUSED,                                JointHandlingInsisted,    S.ACCEPTED,    (R.DISPATCHER, R.DISTRICT),                (competence_is_disputed, reason_given)),
    Step("JH08", OverrideJointHandling,  (S.ASKED, S.ACCEPTED, S.WORKING, S.REFUSED), JointHandlingOverridden, S.OVERRIDDEN, R.DISPATCHER,                             (reason_given,), drops="joint_reply joint_task"),
    Step("JH09", ReopenJointHandling,    (S.DONE, S.EXPLAINED),                    JointHandlingReopened,    S.WORKING,     (R.LEAD_UNIT, R.VERIFIER),                 (reason_given, new_due_is_named), while_in="in_handling", starts="joint_task"),
    Step("JH10", ReleaseJointHandling,   (S.ASKED, S.ACCEPTED, S.WORKING, S.REFUSED), JointHandlingReleased, S.RELEASED,    (R.LEAD_UNIT, R.DISPATCHER, R.SYSTEM),     (reason_given,), drops="joint_reply joint_task"),
))
# fmt: on


def _to(status: JointStatus) -> Callable[[JointPart, Event], Changes]:
    return lambda part, event: {"status": status}


def _worked(status: JointStatus) -> Callable[[JointPart, Event], Changes]:
    return lambda part, event: {"status": status, "hands": (*part.hands, event.by)}


_FOLD: Fold = {
    JointHandlingAsked: lambda part, e: {
        "status": S.ASKED,
        "unit": e.unit or e.item,
        "person": e.owner,
        "task": e.what,
        "owes": e.unit or e.item,
        "until": e.until,
    },
    JointHandlingAccepted: _to(S.ACCEPTED),
    JointHandlingStarted: _worked(S.WORKING),
    JointHandlingFinished: lambda part, e: {
        "status": S.DONE,
        "measure": e.measure,
        "hands": (*part.hands, e.by),
    },
    JointHandlingExplained: _to(S.EXPLAINED),
    JointHandlingRefused: lambda part, e: {"status": S.REFUSED, "owes": R.DISPATCHER.value},
    JointHandlingInsisted: lambda part, e: {"status": S.ACCEPTED, "owes": part.unit},
    JointHandlingOverridden: _to(S.OVERRIDDEN),
    JointHandlingReopened: lambda part, e: {"status": S.WORKING, "until": e.until},
    JointHandlingReleased: _to(S.RELEASED),
}


def _release(record: str, item: Item, given: HandOver) -> ReleaseJointHandling:
    return ReleaseJointHandling(id=record, by=SYSTEM, item=item.key, reason=given.reason, to=given.to)


def next_key(record: Record, unit: str) -> str:
    """The key of the next part of a co-unit: its id, and a running number from its second part on."""
    taken = [item for item in record.items_of("joint_handling").values() if item.unit == unit]
    return f"{unit}.{len(taken) + 1}" if taken else unit


def _key(record: Record, command: Command) -> str:
    """Asked without a key, the unit's next part; other commands that name none find no part."""
    return next_key(record, getattr(command, "unit", None) or "nobody")


def _ask(record: Record, command: AskJointHandling, context: Context) -> Event:
    """Which unit is asked stands in the event, whatever the key."""
    key, unit = command.item or _key(record, command), command.unit or command.item
    return context.deciders[record.kind_of_record].copied(command, JointHandlingAsked, context, item=key, unit=unit)


JOINT_HANDLING = Region(
    JOINT_HANDLING_WORKFLOW, JointPart, _FOLD, propose={AskJointHandling: _ask}, ends=_release, new_key=_key
)


def unfinished(record: Record) -> list[JointPart]:
    """The co-units' parts that are neither done, explained, overridden nor released."""
    return [item for item in JOINT_HANDLING.open_items(record) if isinstance(item, JointPart)]
