"""Rules of the works and their end: notice, progress, handing over, delivery, acceptance, evaluation, accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from govflow.actors import Role
from govflow.context import Context
from govflow.errors import Detail
from govflow.projects.milestone_rules import acting
from govflow.projects.model import JointProject
from govflow.projects.money import statement_of
from govflow.projects.rules_need import holds
from govflow.regions.approval import leaves_given
from govflow.regions.link import LinkKind
from govflow.regions.record_rules import lacks_of_day, linked_records_are_at_rest
from govflow.workflow import rule

# --- under way -------------------------------------------------------------------------------------------------------


@rule("项目公示已发布", "M092")
def notice_is_published(project: JointProject, event: Any, context: Context) -> bool:
    """The project notice is published."""
    return project.is_noticed  # of the project as it is now


@rule("进度不倒退", "design", needs="percent")
def progress_is_monotone(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """Reported progress does not fall back."""
    if event.percent < project.progress:
        yield Detail(f"{project.progress} % were reported before", f"此前已报 {project.progress}%")


@rule("双方已签字确认", "人民调解法 §33 [V]", needs="to")
def both_sides_sign(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """Both sides have signed this very statement."""
    if event.to is None or event.to not in project.units or event.to == project.lead:
        yield Detail(f"{event.to or 'nobody'} is no other party", f"{event.to or '（空）'} 非另一参与方")
    elif not project.has_agreed(event.to, "lead"):
        yield Detail(f"{event.to} has not agreed to lead", f"{event.to} 未同意牵头")


@rule("镇街已同意", "design")
def town_has_agreed(project: JointProject, event: Any, context: Context) -> bool:
    """The town gives the step itself, or has given the lead leave for this very one."""
    return (
        holds(project, context, Role.TOWN)
        or next(leaves_given(project, context.command, Role.TOWN, context), None) is not None
    )


# --- delivery --------------------------------------------------------------------------------------------------------


@rule("节点均已验收或取消", "M108")
def milestones_are_accepted_or_dropped(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """No milestone is planned, reached or refused."""
    for item in project.items_of("milestone").values():
        if item.status in ("planned", "reached", "refused"):
            yield Detail(f"milestone {item.key} is {item.status}", f"节点 {item.key} 未了结")


@rule("意见均已答复或移交", "M114")
def feedback_items_are_closed_or_transferred(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """No feedback item is still raised."""
    for item in project.items_of("feedback").values():
        if item.status == "raised":
            yield Detail(f"feedback {item.key} waits for its answer", f"意见 {item.key} 待答复")


@rule("认领期满交还情况已说明", "M116", needs="handback")
def handback_is_described(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """What was adopted for a term is handed back when the term is over, and in which state is said."""
    if project.rule is None or not project.rule.handback:
        return
    if not event.handback.strip():
        yield Detail("in which state it is handed back is not said", "未说明交还情况")
    ends = project.need.ends
    if ends is not None and context.at.astimezone(context.policy.zone).date() < ends:
        yield Detail(f"its term runs until {ends}", f"认领期至 {ends}")


# --- acceptance ------------------------------------------------------------------------------------------------------


@rule("由本项目专门监督员本人签字", "M113")
def signer_is_a_dedicated_supervisor(project: JointProject, event: Any, context: Context) -> bool:
    """Whoever signs is one of the project's dedicated supervisors, and has not signed this delivery yet."""
    return event.supervisor is not None


@rule("专门监督员已签字", "M113")
def dedicated_supervisors_sign(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """The project's dedicated supervisors have signed."""
    named = project.supervisors
    if named and project.rule is not None and not project.rule.signatures.reached(len(project.signed), len(named)):
        yield Detail(
            f"{len(project.signed)} of {len(named)} have signed", f"{len(named)} 人中 {len(project.signed)} 人已签"
        )


@rule("整改期限已定", "M043", needs="until")
def day_of_remedy_lies_ahead(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """Until when the defects are put right is given: it lies ahead, no further than the policy gives for works."""
    yield from lacks_of_day(project, event, context)


# --- evaluation ------------------------------------------------------------------------------------------------------


@rule("三方评价齐全或已注明缺失", "M148")
def evaluation_sources_are_present(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """Self, peer and external evaluation of this round are recorded, or shown as none after the window."""
    clock = project.clocks.get("evaluation")
    is_over = clock is None or clock.due is None or context.now > clock.due
    for source in project.plan.sources if project.plan is not None else ():
        held = [item for item in evaluations_of(project) if item.source == source.id]
        if any(item.status == "requested" for item in held):
            yield Detail(f"an answer of {source.en} is waited for", f"{source.zh}尚待答复")
        elif not is_over and sum(item.status == "recorded" for item in held) < source.least_answers:
            yield Detail(f"{source.en}: too few answers, and the window is open", f"{source.zh}不足且窗口期未满")


def evaluations_of(project: JointProject) -> list[Any]:
    """The evaluations of this round."""
    return [item for item in project.items_of("evaluation").values() if item.round == project.round]


@rule("权重之和为一", "M148")
def evaluation_weights_sum_to_one(project: JointProject, event: Any, context: Context) -> bool:
    """The weights of the pinned version sum to one."""
    return project.plan is not None and sum(source.weight for source in project.plan.sources) == 100


@rule("实施者与评议者分离", "M090", version=2)
def implementer_is_not_appraiser(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """The body that implements is not the body that appraises."""
    for name in sorted(acting(event, context) & {*project.workers(), *project.units}):
        yield Detail(f"{name} takes part in it", f"{name} 参与实施")


@rule("评议得分低于阈值", "M082")
def score_is_below_threshold(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """The appraisal score is below the threshold."""
    result, plan = project.evaluation, project.plan
    if result is None or plan is None or result.score is None:
        yield Detail("there is no score", "无得分")
    elif result.passes:
        shown = f"{result.score // 100}.{result.score % 100:02}"
        yield Detail(f"it has {shown} points, {plan.passing} pass", f"得分 {shown}，合格线 {plan.passing}")


# --- accounts --------------------------------------------------------------------------------------------------------


@rule("账目已公开", "M092")
def accounts_are_published(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """The accounts have been published."""
    if project.accounts is None:
        yield Detail("they are not", "尚未公开")
    elif project.accounts != statement_of(project):
        yield Detail("what was published is not what the accounts say now", "公开内容与现账目不一致")


def _nothing_linked_is_open(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """A dispute is waited for whether or not whoever tied it said so."""
    for tie in project.items_of("link").values():
        is_dispute = (tie.kind, tie.status) == (LinkKind.DISPUTE, "linked")
        found = context.lookup(tie.other) if is_dispute else None  # one that is hidden from who settles is not over
        is_open = is_dispute and (found is None or found.status in context.deciders[found.kind_of_record].active)
        if is_open or tie.status in ("awaited", "failed"):
            status = tie.status if found is None else found.status
            yield Detail(f"{tie.other} is {status}", f"{tie.other} 未办结")


linked_and_disputes_are_at_rest = replace(linked_records_are_at_rest, check=_nothing_linked_is_open)
"""What `linked_records_are_at_rest` means of a project: no dispute of it is open when it is settled."""
