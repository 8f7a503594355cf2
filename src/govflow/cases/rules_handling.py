"""Rules of handling: assignment, transfer, limits, suspension, results, rework, corrections."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from govflow.actors import Level
from govflow.cases.model import Case, CaseStatus, Outcome
from govflow.context import Context
from govflow.errors import Detail
from govflow.policy import JoinRule
from govflow.regions.contact import is_out_of_reach
from govflow.regions.joint_handling import JointStatus, unfinished
from govflow.regions.ledger import unrectified
from govflow.workflow import rule


@rule("主办单位唯一", "BJ §14 [V]", needs="lead_unit")
def one_lead_unit_named(case: Case, event: Any, context: Context) -> bool:
    """Exactly one lead unit is named."""
    return event.lead_unit is not None


@rule("时限取自现行目录并载于工单", "BJ §13 [V]")
def deadline_rule_is_pinned(case: Case, event: Any, context: Context) -> bool:
    """The limit comes from the catalogue version in force and stands on the order."""
    clock = case.clocks.get("handling")
    if clock is not None and clock.is_going:
        return True
    wire = context.step.command.wire
    return context.policy.time_limit("handling", wire, case.kind, case.category, context.level) is not None


def _is_admitted(case: Case, context: Context) -> bool:
    category = context.policy.category(case.category)
    return category is not None and category.admitted


def _level_of(unit: str, context: Context) -> Level | None:
    """The level of a unit, as the directory has it."""
    directory = context.lookup("directory") if "directory" in context.deciders else None
    known = directory.item("unit", unit) if directory is not None else None
    return known.level if known is not None else None


@rule("事项在准入目录内,或已获准入,或非派往社区", "M138", version=3, needs="lead_unit to_unit co_units unit_level")
def admission_is_settled(case: Case, event: Any, context: Context) -> Iterable[str]:
    """The category is in the admission catalogue, or leave was granted, or the handler is not a community."""
    if _is_admitted(case, context):
        return
    lead, said = getattr(event, "lead_unit", None), getattr(event, "unit_level", None)
    units = {lead, getattr(event, "to_unit", None), *getattr(event, "co_units", ())} - {None}
    for unit in sorted(units):
        # what is said of the lead unit's level counts where no directory knows it; an unknown one may be a community's
        level = _level_of(unit, context) or (said if unit == lead else None)
        leave = case.item("admission", unit)
        if level in (Level.COMMUNITY, None) and (leave is None or leave.status != "granted"):
            yield Detail(f"no leave was granted for {unit}", f"{unit} 未获准入")


@rule("主办社区的准入未被拒绝或撤销", "M138")
def leave_for_the_lead_unit_stands(case: Case, event: Any, context: Context) -> bool:
    """No community begins with a task outside the catalogue for which it has no leave, or no longer has it."""
    lead = case.lead_unit or ""
    level, leave = _level_of(lead, context), case.item("admission", lead)
    if _is_admitted(case, context) or level not in (Level.COMMUNITY, None):
        return True
    # of a unit of unknown level it was said, when it got the task, that it is no community: unless leave was asked for
    return leave.status == "granted" if leave is not None else level is None


@rule("该派单未经裁定", "WF §22 [V]")
def assignment_is_not_arbitrated(case: Case, event: Any, context: Context) -> bool:
    """This assignment was not settled by arbitration."""
    return not case.arbitrated


@rule("接收单位有权限", "BJ §14 [V]", version=2, needs="to_unit")
def target_unit_is_competent(case: Case, event: Any, context: Context) -> bool:
    """The unit it goes to is competent by the catalogue."""
    if event.to_unit is None or event.to_unit == case.lead_unit:
        return False
    category = context.policy.category(case.category)
    return category is not None and category.may_lead(event.to_unit)


@rule("主办单位有权限,各单位均在机构名录内", "M006; BJ §11 [V]", needs="lead_unit")
def lead_unit_is_competent(case: Case, event: Any, context: Context) -> Iterable[str]:
    """The lead unit is competent by the catalogue, or the routing rules name it; every unit is one of the directory."""
    directory = context.lookup("directory") if "directory" in context.deciders else None
    if directory is not None:
        known = {unit.key for unit in directory.items_of("unit").values() if unit.status != "closed"}
        for unit in sorted({event.lead_unit or "", *event.co_units} - known - {""}):
            yield Detail(f"{unit} is no unit of the directory", f"机构名录中无 {unit}")
    category = context.policy.category(case.category)
    if category is None or event.lead_unit is None or event.lead_unit == context.policy.route(case.matter).lead_unit:
        return
    if not category.may_lead(event.lead_unit):
        competent = ", ".join(sorted({*category.lead_units, *category.lead.values()}))
        yield Detail(f"{category.id} is for {competent}", f"{category.id} 由 {competent} 主办")


@rule("同级仅转办一次", "BJ §14 [V]")
def transferred_once_per_level(case: Case, event: Any, context: Context) -> bool:
    """The case was not transferred at this level before, unless arbitrated."""
    return case.arbitrated or case.level not in case.transferred_at


@rule("已联系诉求人,或确无法联系,或无诉求人", "BJ §15 [V]")
def contact_is_logged_or_impossible(case: Case, event: Any, context: Context) -> bool:
    """The reporter was reached, or attempts failed as often as the policy asks, or there is no reporter."""
    if case.reporter is None or any(item.status == "reached" for item in case.items_of("contact").values()):
        return True
    return is_out_of_reach(case, context.policy.thresholds.contact_attempts)


@rule("挂起前处置中", "design")
def suspended_from_in_handling(case: Case, event: Any, context: Context) -> bool:
    """The case was suspended while work was under way."""
    return case.suspended_from == CaseStatus.IN_HANDLING


@rule("挂起前未开始处置", "design")
def suspended_from_assigned(case: Case, event: Any, context: Context) -> bool:
    """The case was suspended before work began."""
    return case.suspended_from == CaseStatus.ASSIGNED


@rule("已有主办单位", "design")
def a_unit_leads_it(case: Case, event: Any, context: Context) -> bool:
    """A unit leads the case."""
    return case.lead_unit is not None


@rule("尚无主办单位", "design")
def no_unit_leads_it(case: Case, event: Any, context: Context) -> bool:
    """No unit leads the case: it was resolved on the spot."""
    return case.lead_unit is None


@rule("协办单位均已办结、说明、改办或解除", "BJ §14 [V]")
def co_units_are_done_or_explained(case: Case, event: Any, context: Context) -> Iterable[str]:
    """Every co-unit's item is done, explained, overridden or released."""
    waiting = list(unfinished(case))
    category = context.policy.category(case.category)
    if not waiting or category is None or category.join is JoinRule.ALL:
        return [
            Detail(f"{item.key} is {item.status}", f"{item.key}：{JointStatus(item.status).zh}") for item in waiting
        ]
    done = sum(item.status == "done" for item in case.items_of("joint_handling").values())
    asked = 1 if category.join is JoinRule.ANY else (category.quorum or 1)
    return (
        []
        if done >= asked
        else [Detail(f"{done} of the {asked} parts asked for are done", f"应办结 {asked} 件，已办结 {done} 件")]
    )


@rule("必改项已整改,或结果为部分办结", "M043", needs="outcome")
def mandatory_items_are_rectified(case: Case, event: Any, context: Context) -> Iterable[str]:
    """No mandatory ledger item is open, or the outcome is partial."""
    if event.outcome is Outcome.PARTIAL:
        return []
    return [
        Detail(f"item {item.key}: {item.problem}", f"第 {item.key} 项：{item.problem}") for item in unrectified(case)
    ]


@rule("所需会议均已召开并记录", "M076; M082")
def meetings_asked_for_are_recorded(case: Case, event: Any, context: Context) -> Iterable[str]:
    """Every kind of meeting that the category asks for was held in this round, and its record is signed."""
    category = context.policy.category(case.category)
    meetings = [item for item in case.items_of("meeting").values() if item.round == case.round]
    recorded = {item.form for item in meetings if item.status == "recorded"}
    for kind in category.meetings if category else ():
        if kind not in recorded:
            yield Detail(f"no {kind} is on record", f"尚无 {kind} 会议记录")


@rule("承办人属于主办单位", "M059", needs="handler handler_unit")
def handler_belongs_to_lead_unit(case: Case, event: Any, context: Context) -> bool:
    """The person named works for the lead unit."""
    return event.handler is not None and event.handler_unit is not None and event.handler_unit == case.lead_unit


@rule("新类别在现行目录内", "M006", needs="category")
def class_is_in_catalogue(case: Case, event: Any, context: Context) -> bool:
    """The new class is in the catalogue in force."""
    return event.category is not None and context.policy.category(event.category) is not None
