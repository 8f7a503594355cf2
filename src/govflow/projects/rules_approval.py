"""Rules of plan, risk and approval: who assesses, who decides and on what, which teams and hearings come first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from govflow.actors import Role
from govflow.context import Context
from govflow.envelopes import yuan
from govflow.errors import Detail
from govflow.projects.milestone_rules import acting
from govflow.projects.model import JointProject, StabilityRisk, TeamKind
from govflow.projects.money import FundSource, lines_of, planned_total
from govflow.regions.approval import leaves_given
from govflow.regions.link import LinkKind, tie_to
from govflow.regions.meeting import MeetingForm
from govflow.regions.objection import upheld_objections
from govflow.workflow import rule

# --- risk ------------------------------------------------------------------------------------------------------------


@rule("评估方非当事方", "M034")
def assessor_is_not_a_party(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """The assessor is none of the parties, owners or handlers."""
    sides = {*project.units, *project.workers(), *(member.id for team in project.teams.values() for member in team)}
    sides |= {item.claimer for item in project.items_of("claim").values()}
    for name in sorted(sides & {*acting(event, context), *context.interests}):
        yield Detail(f"{name} takes part in it", f"{name} 为当事方")


@rule("必要性与可控性均已评估", "M035", needs="necessary level_of_risk papers")
def necessity_and_controllability_assessed(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """Both questions, needed and controllable, are answered, with a level."""
    if event.necessary is None:
        yield Detail("is it needed (要不要干)? not answered", "要不要干：未答")
    if event.level_of_risk is None:
        yield Detail("can its risk be controlled (能不能干)? not answered", "能不能干：未答")


@rule("重大事项已稳评", "M033")
def risk_is_assessed_if_major(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """A major matter has a risk assessment of its present plan."""
    risk = project.risk
    if is_major(project, event.budget, context) and (risk is None or risk.plan != project.plan_version):
        yield Detail("the plan as it stands has none", "现行方案未经评估")


def is_major(project: JointProject, budget: int | None, context: Context) -> bool:
    """Whether it is major: as proposed, by its kind, or by the money the policy draws the line at."""
    line = context.policy.project_thresholds.major_budget
    costs = max(budget or 0, planned_total(project))
    return project.is_major or bool(project.rule and project.rule.major) or (line is not None and costs >= line)


@rule("风险可控", "decision reg §24 [V]")
def risk_is_controllable(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """The last assessment, if any, is not uncontrollable."""
    risk = project.risk
    if risk is not None and risk.level is StabilityRisk.UNCONTROLLABLE:
        yield Detail("it was found uncontrollable", "评估为不可控")
    elif risk is not None and not risk.necessary:
        yield Detail("it was found not needed", "评估为无必要")


@rule("重大变更已重新稳评", "decision reg §22 [V]", needs="budget households")
def risk_is_reassessed_if_change_is_large(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """A change beyond the threshold has a new risk assessment."""
    large = context.policy.project_thresholds.large_change
    risk = project.risk
    for name, zh, before, after in (
        ("the budget", "预算", (project.budget or 0, project.weighed[0]), event.budget),
        ("the households affected", "受影响户数", (project.households, project.weighed[1]), event.households),
    ):
        if after is None or all(abs(after - each) * 100 <= large * each for each in before):
            continue
        looked_at = None if risk is None else risk.budget if name == "the budget" else risk.households
        if looked_at is None or looked_at < after or (risk is not None and risk.level is StabilityRisk.UNCONTROLLABLE):
            yield Detail(
                f"of {name} more than {large} % change, and no assessment looked at {after}",
                f"{zh}变动超过 {large}%，未就 {after} 重新评估",
            )


@rule("异议成立的,以新方案回应", "M092", needs="text")
def upheld_objections_get_a_new_plan(project: JointProject, event: Any, context: Context) -> bool:
    """Where an objection was upheld a new plan answers it, not a reason alone."""
    return not upheld_objections(project) or bool(event.text.strip())


# --- plan ------------------------------------------------------------------------------------------------------------


@rule("新版本已编号保存", "M084", needs="text")
def new_version_is_recorded(project: JointProject, event: Any, context: Context) -> bool:
    """The new text or plan is a numbered version, the old ones stay."""
    return bool(event.text.strip()) and event.text != project.plan_text


@rule("已回应未立项理由", "decision reg §24 [V]", needs="answers")
def refusal_grounds_are_answered(project: JointProject, event: Any, context: Context) -> bool:
    """Every ground of the refusal is answered in the new plan."""
    return bool(event.answers.strip())


# --- the decision ----------------------------------------------------------------------------------------------------

_DECIDED = {
    "proposal": {"adopted", "published", "implementing", "suspended", "completed", "appraised", "result_published"},
    "budget_round": {"published", "closed"},
}
"""In which statuses a record of another kind has decided what it was asked."""


@rule("已注明批准依据(文件、会议记录或决议)", "M110", needs="papers meeting decided_by")
def approving_decision_is_recorded(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """The approving order, meeting record or adopted proposal is named."""
    if not (event.papers or event.meeting or event.decided_by):
        yield Detail("no order, meeting or resolution is named", "未注明文件、会议或决议")
    for key in event.papers:
        piece = project.item("evidence", key)
        if piece is None or piece.status != "added":
            yield Detail(f"paper {key} is not on file", f"材料 {key} 不在卷")
    if event.meeting is not None:
        meeting = project.item("meeting", event.meeting)
        if meeting is None or meeting.status != "recorded":
            yield Detail(f"meeting {event.meeting} has no minutes here", f"会议 {event.meeting} 无记录")
    if event.decided_by is not None:
        found = context.lookup(event.decided_by)
        if found is None or found.status not in _DECIDED.get(found.kind_of_record, ()):
            yield Detail(f"{event.decided_by} has not decided it", f"{event.decided_by} 未作出决定")
        elif all(tie_to(project, kind, found.id) is None for kind in (LinkKind.DECIDED_BY, LinkKind.SPAWNED_BY)):
            yield Detail(f"{found.id} is not linked with it", f"{found.id} 未与本项目关联")


@rule("批准单位非牵头单位,不参与施工", "M090", version=2)
def approver_does_not_lead(project: JointProject, event: Any, context: Context) -> bool:
    """Whoever approves, or grants a change, neither leads the works nor takes part in building them."""
    return project.workers().isdisjoint({event.unit, *acting(event, context)})


@rule("批准的预算不低于各预算行之和", "M110", needs="budget")
def budget_covers_its_lines(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """The approved total is not less than what its budget lines come to."""
    asked, granted = planned_total(project), project.budget if event.budget is None else event.budget
    if granted is None or granted < asked:
        yield Detail(
            f"the lines come to {yuan(asked)} yuan, approved are {yuan(granted or 0)}",
            f"各行合计 {yuan(asked)} 元，批准 {yuan(granted or 0)} 元",
        )


@rule("财政资金未超该类项目上限", "M110")
def public_money_is_within_the_cap(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """Its lines of public money come to no more than the policy allows one project of the kind."""
    cap = project.rule.fiscal_cap if project.rule is not None else None
    fiscal = sum(line.claimed for line in lines_of(project) if line.source == FundSource.FISCAL)
    if cap is not None and fiscal > cap:
        yield Detail(
            f"{yuan(fiscal)} yuan of public money, the cap is {yuan(cap)}",
            f"财政资金 {yuan(fiscal)} 元，上限 {yuan(cap)} 元",
        )


@rule("涉及居民的已召开听证会并有记录", "M082")
def hearing_is_recorded_if_residents_affected(project: JointProject, event: Any, context: Context) -> bool:
    """Where residents are affected, a hearing has been held and recorded."""
    households = project.households if event.households is None else event.households
    affected = households > 0 or bool(project.rule and project.rule.affects_residents)
    decided = context.lookup(event.decided_by) if event.decided_by is not None else None
    records = (project, *((decided,) if decided is not None else ()))
    held = [each for record in records for each in record.items_of("meeting").values()]
    return not affected or any(each.form == MeetingForm.HEARING and each.status == "recorded" for each in held)


@rule("受影响户数不少于需求所列", "M082", needs="households")
def households_are_not_understated(project: JointProject, event: Any, context: Context) -> bool:
    """The households affected are not fewer than the need says: fewer of them would need no hearing."""
    return bool(event.households >= project.need.households)


@rule("工程类已建三专队伍", "M113")
def teams_are_named_if_construction(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """A construction project has its three teams named."""
    if project.rule is None or not project.rule.construction:
        return
    for kind in TeamKind:
        if not project.teams.get(kind):
            yield Detail(f"no {kind.value.replace('_', ' ')}", f"未组建{TEAMS[kind]}")


TEAMS = {
    TeamKind.WORK_GROUP: "专项工作组",
    TeamKind.SERVICE_TEAM: "专业服务队",
    TeamKind.SUPERVISORS: "专门监督员",
}


@rule("监督员与施工方分离", "M113", needs="members team party to")
def supervisors_are_not_builders(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """No dedicated supervisor belongs to the builders."""
    team, members = getattr(event, "team", None), getattr(event, "members", ())
    after = project.changed(teams={**project.teams, team: members}) if team is not None else project
    supervisors = after.teams.get(TeamKind.SUPERVISORS, ())
    names = {name for member in supervisors for name in (member.id, member.unit)}
    party: Any = getattr(event, "party", None)  # whoever joins to build, or takes the lead, is a builder from now on
    coming = {getattr(event, "to", None), party.unit if party is not None and party.builds else None}
    for name in sorted(filter(None, names & (after.workers() | coming))):
        yield Detail(f"{name} is one of the builders", f"{name} 属施工方")


@rule("立项后不得擅自更换专门监督员", "M113", needs="team members")
def supervisors_stay(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """Once it is approved no dedicated supervisor is dropped without the town's leave."""
    if event.team is not TeamKind.SUPERVISORS or project.budget is None:
        return
    gone = sorted(set(project.supervisors) - {member.id for member in event.members})
    if gone and next(leaves_given(project, context.command, Role.TOWN, context), None) is None:
        en = f"{', '.join(gone)} would go without the town's leave"
        yield Detail(en, f"未经镇街同意，不得更换 {'、'.join(gone)}")


@rule("队伍类别与成员已列明", "M113", needs="team members")
def team_and_members_are_named(project: JointProject, event: Any, context: Context) -> bool:
    """Which team it is and who is on it are given."""
    return event.team is not None and bool(event.members)


@rule("公开内容完整", "决议公开 [S]", needs="public_text")
def published_text_is_complete(project: JointProject, event: Any, context: Context) -> bool:
    """Text, dates and, for a vote, the counts are in the publication."""
    return bool(event.public_text.strip())
