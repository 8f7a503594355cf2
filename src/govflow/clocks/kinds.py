"""The clocks that tables name, and what each is: a deadline, a window, a minimum period or a retention term."""

from __future__ import annotations

from enum import StrEnum


class ClockKind(StrEnum):
    """What it means that a clock has run out."""

    DEADLINE = "deadline"  # a duty is overdue
    WINDOW = "window"  # a right has ended
    MINIMUM = "minimum"  # something may now be done
    RETENTION = "retention"  # an archived record is to be appraised


_D, _W, _M, _R = ClockKind.DEADLINE, ClockKind.WINDOW, ClockKind.MINIMUM, ClockKind.RETENTION

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
    "retention": (_R, "保管"),
    "screening": (_D, "立案审查"),
    "revision": (_W, "修改重报"),
    "consultation": (_M, "征求意见"),
    "notice": (_M, "表决公告"),
    "ballot": (_D, "投票"),
    "publicity": (_M, "公示"),
    "objection_answer": (_D, "异议答复"),
    "implementation": (_D, "实施"),
    "appraisal": (_D, "评议"),
    "reply": (_D, "答复提案人"),
    "takeover_window": (_W, "接手窗口"),
    "claim": (_W, "认领"),
    "delivery": (_D, "交付"),
    "staleness": (_D, "进度报告"),
    "acceptance_check": (_D, "验收"),
    "settlement": (_D, "决算"),
    "milestone_due": (_D, "节点"),
    "project_feedback": (_D, "意见答复"),
    "rectification": (_D, "整改"),
    "commitment_due": (_D, "践诺"),
    "supervision_reply": (_D, "督办回告"),
    "instruction_reply": (_D, "批示回告"),
    "mediation_offer": (_W, "调解意愿"),
    "mediation": (_D, "调解"),
    "confirmation": (_W, "司法确认申请"),
    "hearing_papers": (_M, "会议材料"),
    "invitation_reply": (_D, "约请答复"),
    "admission_decision": (_D, "准入审核"),
    "approval_validity": (_W, "审批有效期"),
    "obligation_due": (_D, "定期义务"),
    "referral_answer": (_D, "转介答复"),
    "offer_term": (_W, "供给期"),
    "matter_answer": (_D, "社情民意答复"),
    "legality_review": (_M, "合法性审查"),  # 重大行政决策程序暂行条例 §26: at least 7 working days
}
"""Every clock of the tables, with its kind and its Chinese term: a policy may give time limits to these."""


DONE_WHEN_DUE = frozenset({"ballot"})
"""What cannot be done before it is due: a vote is counted when it ends. Late is what was marked overdue before."""


def kind_of(clock: str) -> ClockKind:
    """The kind of a clock, whose name may carry an item key (`joint_task:water`). Unknown ones are deadlines."""
    return CLOCKS.get(clock.partition(":")[0], (_D, ""))[0]
