"""The clocks that tables name, and what each is: a deadline, a window, a minimum period or a retention term."""

from __future__ import annotations

from enum import StrEnum


class ClockKind(StrEnum):
    """What it means that a clock has run out."""

    DEADLINE = "deadline"  # a duty is overdue
    WINDOW = "window"  # a right has ended
    MINIMUM = "minimum"  # something may now be done
    RETENTION = "retention"  # an archived record is to be appraised


_D, _W = ClockKind.DEADLINE, ClockKind.WINDOW

CLOCKS: dict[str, tuple[ClockKind, str]] = {
    "reporting": (_D, "上报"),
    "acceptance": (_D, "受理"),
    "supplement": (_W, "补正"),
    "assignment": (_D, "派单"),
    "receipt": (_D, "签收"),
    "objection_window": (_W, "派单异议窗口"),
    "objection_decision": (_D, "异议审核"),
    "contact": (_D, "首次联系"),
    "handling": (_D, "办理"),
    "joint_reply": (_D, "协办应答"),
    "joint_task": (_D, "协办任务"),
    "suspension_review": (_D, "挂起复核"),
    "feedback": (_D, "反馈"),
    "evaluation": (_W, "评价"),
    "verification": (_D, "核查"),
    "reopen_window": (_W, "重启窗口"),
    "review_request": (_W, "申请复查"),
    "review": (_D, "复查"),
    "recheck_request": (_W, "申请复核"),
    "recheck": (_D, "复核"),
    "retention": (ClockKind.RETENTION, "保管"),
    "rectification": (_D, "整改"),
    "commitment_due": (_D, "践诺"),
    "approval_validity": (_W, "审批有效期"),
}


def kind_of(clock: str) -> ClockKind:
    """The kind of a clock, whose name may carry an item key (`joint_task:water`). Unknown ones are deadlines."""
    return CLOCKS.get(clock.partition(":")[0], (_D, ""))[0]
