"""准入 admission: a task pushed down to a community needs the district's leave. Keyed by the community.

The catalogue (下沉事项目录, M139) is the policy's: `Category.admitted`. Leave for one community serves no other, and the
case's table asks for it when the task is assigned.
"""

from __future__ import annotations

from typing import Any

from govflow.actors import SYSTEM, Role
from govflow.context import Context
from govflow.messages import ClockStatus, Instant, ItemCommand, ItemEvent, Value
from govflow.records import HandOver, Item, Record
from govflow.region import Changes, Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.rules import decided_by_another, decision_denies, decision_grants, reason_given
from govflow.workflow import Rest, Status, Step, Workflow, rule


class AdmissionStatus(Status):
    """Where a request for leave stands."""

    REQUESTED = "requested", "已申请"
    GRANTED = "granted", "准入", Rest.OUTCOME
    DENIED = "denied", "不准入", Rest.OUTCOME
    WITHDRAWN = "withdrawn", "撤回", Rest.FINAL
    REVOKED = "revoked", "撤销", Rest.OUTCOME


S = AdmissionStatus


class Admission(Item):
    """Leave for one community: why it is asked for, and the ground of the last decision."""

    asked_for: str = ""
    ground: str = ""

    @property
    def what(self) -> str:
        return self.asked_for or self.key


class _Decision(Value):
    granted: bool | None = None


class RequestAdmission(ItemCommand, Reasoned, wire="admission.request", label="申请准入"):
    """Ask the district's leave to give this task to a community (`item`), again after a refusal."""


class AdmissionRequested(ItemEvent, Reasoned, name="admission.requested"):
    """Leave was asked for."""


class DecideAdmission(ItemCommand, _Decision, Reasoned, wire="admission.decide", label="决定准入"):
    """Say yes or no; a no needs its reason."""


class AdmissionDecided(ItemEvent, _Decision, Reasoned, name="admission.decided"):
    """The district said yes or no."""


class WithdrawAdmission(ItemCommand, Reasoned, wire="admission.withdraw", label="撤回准入申请"):
    """Ask for leave no more."""


class AdmissionWithdrawn(ItemEvent, Reasoned, name="admission.withdrawn"):
    """Leave is not asked for any more."""


class RevokeAdmission(ItemCommand, Reasoned, wire="admission.revoke", label="撤销准入"):
    """Take leave back, while the community has not begun."""


class AdmissionRevoked(ItemEvent, Reasoned, name="admission.revoked"):
    """Leave was taken back."""


@rule("任务不在准入目录内", "M138")
def task_is_outside_catalogue(record: Record, event: Any, context: Context) -> bool:
    """The task is not in the admission catalogue."""
    category = context.policy.category(record.category)
    return category is None or not category.admitted


@rule("已注明社区", "M138", needs="item")
def community_is_named(record: Record, event: Any, context: Context) -> bool:
    """The community that is to get the task is named: leave for one serves no other."""
    return bool(getattr(context.command, "item", None))


_NOT_BEGUN = ("discovered", "reported", "accepted", "assigned")


@rule("该社区尚未开始办理", "000 M138–M139")
def task_is_not_begun(record: Record, event: Any, context: Context) -> bool:
    """The community has not begun with the task."""
    return record.status in _NOT_BEGUN or getattr(record, "lead_unit", None) != event.item


R = Role
_ASKERS = (R.DISPATCHER, R.ORGANISATION, R.TOWN)
# fmt: off
ADMISSION_WORKFLOW = Workflow("admission", S, zh="准入", on=("case", "joint_project"), steps=(
    #    id      command            from                           event               to           who                   provided that
    Step("AD01", RequestAdmission,  (None, S.DENIED, S.REVOKED),   AdmissionRequested, S.REQUESTED, _ASKERS,              (task_is_outside_catalogue, community_is_named, reason_given), while_in="active", starts="admission_decision"),
    Step("AD03", DecideAdmission,   S.REQUESTED,                   AdmissionDecided,   S.DENIED,    R.DISTRICT,           (decided_by_another, decision_denies, reason_given), stops="admission_decision"),
    Step("AD02", DecideAdmission,   S.REQUESTED,                   AdmissionDecided,   S.GRANTED,   R.DISTRICT,           (decided_by_another, decision_grants), stops="admission_decision"),
    Step("AD04", WithdrawAdmission, S.REQUESTED,                   AdmissionWithdrawn, S.WITHDRAWN, (*_ASKERS, R.SYSTEM), stops="admission_decision"),
    Step("AD05", RevokeAdmission,   S.GRANTED,                     AdmissionRevoked,   S.REVOKED,   R.DISTRICT,           (reason_given, task_is_not_begun), while_in="active"),
))
# fmt: on


def _due(event: ItemEvent) -> Instant | None:
    """When the decision is due, as the event's clock says."""
    return next((move.due for move in event.clocks if move.to is ClockStatus.RUNNING), None)


def _requested(item: Admission, event: AdmissionRequested) -> Changes:
    """The district owes the answer; whoever asked may not give it."""
    return {
        "status": S.REQUESTED,
        "since": event.at,
        "by": event.by,
        "asked_for": event.reason,
        "owes": Role.DISTRICT.value,
        "until": _due(event),
        "hands": (*item.hands, event.by),
    }


_ANSWERED: Changes = {"owes": None, "until": None}
_FOLD: Fold = {
    AdmissionRequested: _requested,
    AdmissionDecided: lambda item, e: {
        **_ANSWERED,
        "status": S.GRANTED if e.granted else S.DENIED,
        "ground": e.reason,
    },
    AdmissionWithdrawn: lambda item, e: {**_ANSWERED, "status": S.WITHDRAWN},
    AdmissionRevoked: lambda item, e: {"status": S.REVOKED, "ground": e.reason},
}


def _withdraw(record: str, item: Item, given: HandOver) -> WithdrawAdmission:
    return WithdrawAdmission(id=record, by=SYSTEM, item=item.key, reason=given.reason)


ADMISSION = Region(ADMISSION_WORKFLOW, Admission, _FOLD, ends=_withdraw)
