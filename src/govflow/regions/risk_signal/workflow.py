"""风险信号 risk signal: a sign of trouble, watched until it is cleared. Keyed by the signal.

It is about things, never about persons: fields, areas and periods are tagged, not people (M037).
"""

from __future__ import annotations

from enum import StrEnum

from govflow.actors import SYSTEM, Area, Id, Role
from govflow.messages import ItemCommand, ItemEvent, Value, Words
from govflow.records import HandOver, Item
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.regions.joint_handling import unit_reported_gets_nothing
from govflow.regions.risk_signal.rules import (
    high_risk_is_cleared_by_another,
    level_and_ground_given,
    plan_is_attached_if_high,
    raiser_has_a_part,
    signal_names_no_person,
    task_force_or_plan_is_at_work,
)
from govflow.rules import matter_is_described, reason_given, required_papers_are_attached
from govflow.workflow import Rest, Status, Step, Workflow


class RiskSignalStatus(Status):
    """Where a signal stands."""

    RAISED = "raised", "已预警"
    ASSESSED = "assessed", "已研判"
    RESPONDED = "responded", "已处置"
    CLEARED = "cleared", "已解除", Rest.OUTCOME
    DISMISSED = "dismissed", "误报", Rest.FINAL


S = RiskSignalStatus


class Concern(StrEnum):
    """What a signal is about (003 重点领域、重点地区、敏感时期). Special groups of people are no tag here (M037)."""

    KEY_FIELD = "key_field"  # 重点领域
    KEY_AREA = "key_area"  # 重点地区
    SENSITIVE_PERIOD = "sensitive_period"  # 敏感时期
    SIMILAR_SIGNS = "similar_signs"  # 同类苗头
    OTHER = "other"  # 其他


class RiskLevel(StrEnum):
    """How grave the risk is."""

    LOW = "low"  # 较低
    MEDIUM = "medium"  # 一般
    HIGH = "high"  # 较高
    SEVERE = "severe"  # 高


NEEDS_PLAN = frozenset({RiskLevel.HIGH, RiskLevel.SEVERE})
"""The levels at which nobody responds without a contingency plan (防激化预案, M075)."""


class RiskSignal(Item):
    """One signal: what, where, how grave on which ground, the plans on file and the units of the task force."""

    sign: str = ""
    place: str = ""
    area: str = ""
    concerning: str | None = None
    risk_level: str | None = None
    was_high: bool = False  # since it was raised, whatever it is now
    ground: str = ""
    plans: tuple[str, ...] = ()
    members: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        return self.sign

    @property
    def needs_plan(self) -> bool:
        """Whether nobody responds without a contingency plan."""
        return self.risk_level in NEEDS_PLAN


class _Sign(Value):
    what: Words = ""
    place: Words = ""
    area: Area = ""
    concerning: Concern | None = None


class RaiseRiskSignal(ItemCommand, _Sign, wire="risk_signal.raise", label="预警"):
    """Point out a sign of trouble: what, where, and which field, area or period it concerns."""


class RiskSignalRaised(ItemEvent, _Sign, name="risk_signal.raised"):
    """A sign of trouble was noticed."""


class _Assessment(Value):
    risk_level: RiskLevel | None = None
    ground: Words = ""


class AssessRiskSignal(ItemCommand, _Assessment, wire="risk_signal.assess", label="研判"):
    """Say how grave it is and on which ground, again when it changes."""


class RiskSignalAssessed(ItemEvent, _Assessment, name="risk_signal.assessed"):
    """It was said how grave the risk is."""


class _Papers(Value):
    papers: tuple[Id, ...] = ()


class AttachRiskPlan(ItemCommand, _Papers, wire="risk_signal.attach_plan", label="附预案"):
    """Attach a contingency plan that is on file."""


class RiskSignalPlanAttached(ItemEvent, _Papers, name="risk_signal.plan_attached"):
    """A contingency plan was attached."""


class _Response(Value):
    measure: Words = ""
    members: tuple[Id, ...] = ()


class RespondToRiskSignal(ItemCommand, _Response, wire="risk_signal.respond", label="处置"):
    """Set a task force of units (`members`, 应急工作班子) or the plan to work."""


class RiskSignalResponded(ItemEvent, _Response, name="risk_signal.responded"):
    """A task force or a plan is at work."""


class ClearRiskSignal(ItemCommand, Reasoned, wire="risk_signal.clear", label="解除"):
    """Say why it is no risk any more."""


class RiskSignalCleared(ItemEvent, Reasoned, name="risk_signal.cleared"):
    """It is no risk any more."""


class DismissRiskSignal(ItemCommand, Reasoned, wire="risk_signal.dismiss", label="认定误报"):
    """Say why it was none."""


class RiskSignalDismissed(ItemEvent, Reasoned, name="risk_signal.dismissed"):
    """It was no risk."""


R = Role
_RAISERS = (R.GRID_WORKER, R.COMMUNITY, R.ORGANISATION, R.LEAD_UNIT, R.RESIDENT, R.SYSTEM)
_LEVELS = (R.COMMUNITY, R.TOWN, R.DISTRICT)
# fmt: off
RISK_SIGNAL_WORKFLOW = Workflow("risk_signal", S, zh="风险信号", on=("case", "proposal", "joint_project", "watch"), steps=(
    #    id      command              from                                event                   to           who                     provided that
    Step("RS01", RaiseRiskSignal,     (None, S.CLEARED),                  RiskSignalRaised,       S.RAISED,    _RAISERS,               (matter_is_described, signal_names_no_person, raiser_has_a_part), while_in="active"),
    Step("RS02", AssessRiskSignal,    (S.RAISED, S.ASSESSED, S.RESPONDED), RiskSignalAssessed,    S.ASSESSED,  (*_LEVELS, R.ASSESSOR), (level_and_ground_given, signal_names_no_person)),
    Step("RS03", AttachRiskPlan,      S.ASSESSED,                         RiskSignalPlanAttached, None,        (R.COMMUNITY, R.LEAD_UNIT, R.TOWN, R.PROJECT_LEAD), (required_papers_are_attached,)),
    Step("RS04", RespondToRiskSignal, S.ASSESSED,                         RiskSignalResponded,    S.RESPONDED, (*_LEVELS, R.LEAD_UNIT), (plan_is_attached_if_high, task_force_or_plan_is_at_work, signal_names_no_person, unit_reported_gets_nothing)),
    Step("RS05", ClearRiskSignal,     (S.ASSESSED, S.RESPONDED),          RiskSignalCleared,      S.CLEARED,   (*_LEVELS, R.SYSTEM),   (reason_given, signal_names_no_person, high_risk_is_cleared_by_another)),
    Step("RS06", DismissRiskSignal,   S.RAISED,                           RiskSignalDismissed,    S.DISMISSED, (*_LEVELS, R.SYSTEM),   (reason_given, signal_names_no_person)),
))
# fmt: on

_FOLD: Fold = {
    RiskSignalRaised: lambda item, e: {  # raised again: assessed, planned for and answered anew
        "status": S.RAISED,
        "since": e.at,
        "by": e.by,
        "hands": (),
        "sign": e.what,
        "place": e.place,
        "area": e.area,
        "concerning": e.concerning,
        "owes": Role.COMMUNITY.value,
        "risk_level": None,
        "was_high": False,
        "ground": "",
        "plans": (),
        "members": (),
    },
    RiskSignalAssessed: lambda item, e: {
        "status": S.ASSESSED,
        "risk_level": e.risk_level,
        "was_high": item.was_high or e.risk_level in NEEDS_PLAN,
        "ground": e.ground,
    },
    RiskSignalPlanAttached: lambda item, e: {"plans": tuple(dict.fromkeys((*item.plans, *e.papers)))},
    RiskSignalResponded: lambda item, e: {
        "status": S.RESPONDED,
        "members": e.members,
        "owes": e.members[0] if e.members else item.owes,
    },
    RiskSignalCleared: lambda item, e: {"status": S.CLEARED, "owes": None},
    RiskSignalDismissed: lambda item, e: {"status": S.DISMISSED, "owes": None},
}


def _end(record: str, item: Item, given: HandOver) -> ClearRiskSignal | DismissRiskSignal:
    """What nobody has assessed is dismissed, what was assessed is cleared."""
    command = DismissRiskSignal if item.status == S.RAISED else ClearRiskSignal
    return command(id=record, by=SYSTEM, item=item.key, reason=given.reason)


RISK_SIGNAL = Region(RISK_SIGNAL_WORKFLOW, RiskSignal, _FOLD, ends=_end)
