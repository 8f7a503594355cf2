"""Rules of consulting and deliberating: opinions, stages in their order, delegation, new versions of the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from govflow.actors import Role, covers
from govflow.context import Context
from govflow.errors import Detail
from govflow.policy import Body, Majority, Presence, QuorumRule, StageRule
from govflow.proposals.model import Check, Proposal
from govflow.regions.opinion import undisposed
from govflow.regions.record_rules import has_elapsed
from govflow.workflow import rule


@rule("征求意见已满最短期限", "decision reg §15 [V]")
def consultation_lasted_long_enough(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """Consultation has run at least its minimum days."""
    clock = proposal.clocks.get("consultation")
    if not has_elapsed(proposal, "consultation", context):
        until = clock.due.isoformat(timespec="minutes") if clock is not None and clock.due else "?"
        yield Detail(f"it runs until {until}", f"征求意见期至 {until}")


@rule("意见均已处理", "41号 [M]")
def opinions_are_disposed_of(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """Every opinion of this round is adopted, adopted in part, declined with a reason, or withdrawn."""
    for opinion in undisposed(proposal):
        yield Detail(f"opinion {opinion.key} waits for its disposition", f"意见 {opinion.key} 待处理")


@rule("利益相关方名册已确认且非空", "M086", needs="roll_confirmed")
def stakeholder_roll_is_confirmed(proposal: Proposal, event: Any, context: Context) -> bool:
    """The stakeholder roll is confirmed and not empty."""
    return event.roll_confirmed and bool(proposal.stakeholders)


# --- stages ----------------------------------------------------------------------------------------------------------


def stage_of(proposal: Proposal, event: Any) -> StageRule | None:
    """The stage of the pinned procedure that an event is about."""
    return proposal.procedure.stage(event.stage or "") if proposal.procedure is not None else None


def stage_key(proposal: Proposal, stage: str) -> str:
    """The key of the item of a stage in this consultation round."""
    return f"r{proposal.round}.{stage}"


def _passed(proposal: Proposal, stage: StageRule) -> bool:
    item = proposal.item("stage", stage_key(proposal, stage.id))
    return item is not None and item.status == "passed"


@rule("按序进行", "四议 [S]", needs="stage")
def stages_run_in_order(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The stages before this one are passed."""
    stage = stage_of(proposal, event)
    if stage is None or proposal.procedure is None:
        named = ", ".join(each.id for each in proposal.procedure.stages) if proposal.procedure else ""
        yield Detail(f"there is no stage {event.stage}; the stages are: {named}", f"无此阶段，应为：{named}")
        return
    for before in proposal.procedure.stages:
        if before.id == stage.id:
            break
        if not _passed(proposal, before):
            yield Detail(f"stage {before.id} is not passed", f"阶段 {before.zh} 未通过")
    item = proposal.item("stage", stage_key(proposal, stage.id))
    if item is None or item.status != "pending":
        yield Detail(f"stage {stage.id} is not pending", f"阶段 {stage.zh} 不在待审议状态")


@rule("由该阶段的议事机构决定", "M089", needs="stage")
def body_of_the_stage_decides(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """Whoever records a stage speaks for the body of the stage, where the policy names its unit."""
    stage = stage_of(proposal, event)
    body = body_of(proposal, stage.body, context) if stage is not None else None
    if body is None or body.unit is None:
        return
    if body.unit not in {claim.unit for claim in context.claims if claim.role in context.step.who}:
        yield Detail(f"{body.en} decides it (unit {body.unit})", f"应由{body.zh}（{body.unit}）决定")


def bodies_spoken_for(proposal: Proposal, event: Any, context: Context) -> set[str | None]:
    """The units of deliberating bodies that a step rests on; none where it rests on another role, or on no right."""
    held = [
        claim
        for claim in context.claims
        if claim.role in context.step.who
        and covers(claim, proposal.level, proposal.area)
        and proposal.fits(claim.role, claim, event.by, context.on_behalf_of, None)
    ]
    return {claim.unit for claim in held} if all(each.role == Role.DELIBERATING_BODY for each in held) else set()


def bodies_of(proposal: Proposal, context: Context) -> list[Body | None]:
    """The bodies of the stages and of the vote, by its track; None for one that the policy does not list."""
    procedure = proposal.procedure or context.policy.procedure(proposal.track)
    if procedure is None:
        return []
    kinds = {*(each.body for each in procedure.stages), *filter(None, (procedure.electorate,))}
    return [body_of(proposal, kind, context) for kind in sorted(kinds)]


def _is_one_of(units: set[str | None], bodies: list[Body | None]) -> bool:
    """Whether no body is spoken for, or one of these; where the policy names no unit of one, that may be any."""
    named = {body.unit if body is not None else None for body in bodies} or {None}
    return not units or None in named or not named.isdisjoint(units)


@rule("由本程序的议事机构办理", "M089")
def body_has_a_part_in_it(proposal: Proposal, event: Any, context: Context) -> bool:
    """Of the deliberating bodies only those of its procedure take a part in it, where the policy names their units."""
    return _is_one_of(bodies_spoken_for(proposal, event, context), bodies_of(proposal, context))


@rule("由正在审议的议事机构退回", "M089")
def body_deliberating_sends_it_back(proposal: Proposal, event: Any, context: Context) -> bool:
    """The body whose stage it is sends it back, once all are passed any of its procedure; where units are named."""
    stages = proposal.procedure.stages if proposal.procedure is not None else ()
    now = next((stage for stage in stages if not _passed(proposal, stage)), None)
    bodies = [body_of(proposal, now.body, context)] if now is not None else bodies_of(proposal, context)
    return _is_one_of(bodies_spoken_for(proposal, event, context), bodies)


def body_of(proposal: Proposal, kind: str, context: Context) -> Body | None:
    """The body of a kind that decides on a proposal: the one delegated to, else the nearest of its area."""
    delegated = context.policy.body(proposal.delegated_to) if proposal.delegated_to else None
    if delegated is not None and delegated.kind == kind:
        return delegated
    return context.policy.body_for(kind, proposal.area)


@rule("该阶段到会达标", "四议 [S]", needs="present entitled papers")
def stage_quorum_is_met(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The stage's own quorum is met."""
    stage = stage_of(proposal, event)
    if stage is None:
        yield Detail(f"there is no stage {event.stage}", f"无此阶段 {event.stage}")
        return
    if event.in_favour + event.against > event.present or event.present > event.entitled:
        yield Detail("the counts do not add up", "票数与到会人数、应到人数不符")
    body = body_of(proposal, stage.body, context)
    if body is not None and body.members and event.entitled != body.members:
        yield Detail(f"{body.en} has {body.members} members", f"{body.zh}应到 {body.members} 人")
    rule = stage_rule(stage, context)
    if rule is not None and rule.presence and not any(_are_there(tests, event) for tests in rule.presence):
        yield Detail(f"{event.present} of {event.entitled} were there", f"应到 {event.entitled}，实到 {event.present}")
    yield from _missing_papers(proposal, stage, event)


def stage_rule(stage: StageRule, context: Context) -> QuorumRule | None:
    """The quorum rule of a stage in the policy in force."""
    return context.policy.quorum_rule(stage.quorum) if stage.quorum else None


def _are_there(tests: Iterable[Presence], event: Any) -> bool:
    return all(test.share.reached(event.present, event.entitled) for test in tests)


def _missing_papers(proposal: Proposal, stage: StageRule, event: Any) -> Iterator[Detail]:
    shown = set()
    for key in event.papers:
        piece = proposal.item("evidence", key)
        if piece is None or piece.status != "added":
            yield Detail(f"paper {key} is not on file", f"材料 {key} 不在卷")
        else:
            shown.add(piece.kind)
    for kind in stage.papers:
        if kind not in shown:
            yield Detail(f"a paper of kind {kind} is missing", f"缺 {kind} 类材料")


def _is_passed(proposal: Proposal, event: Any, context: Context) -> bool:
    stage = stage_of(proposal, event)
    rule = stage_rule(stage, context) if stage is not None else None
    if rule is None:
        return bool(event.in_favour > event.against)
    return all(_says_yes(test, event) for test in rule.decision)


def _says_yes(test: Majority, event: Any) -> bool:
    whole = {"entitled": event.entitled, "present": event.present, "voting": event.in_favour + event.against}
    return test.share.reached(event.in_favour, whole[test.among])


@rule("该阶段通过", "四议 [S]", needs="in_favour against present")
def stage_is_passed(proposal: Proposal, event: Any, context: Context) -> bool:
    """The stage's decision is yes."""
    return _is_passed(proposal, event, context)


@rule("该阶段未通过", "四议 [S]", needs="in_favour against present")
def stage_is_not_passed(proposal: Proposal, event: Any, context: Context) -> bool:
    """The stage's decision is no."""
    return not _is_passed(proposal, event, context)


@rule("表决前各阶段均已通过", "四议 [S]")
def stages_before_vote_are_passed(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """Every stage before the vote is passed in this round."""
    for stage in proposal.procedure.stages if proposal.procedure is not None else ():
        if not _passed(proposal, stage):
            yield Detail(f"stage {stage.id} is not passed", f"阶段 {stage.zh} 未通过")


# --- checks ----------------------------------------------------------------------------------------------------------


def _lacks_check(check: Check | None, proposal: Proposal) -> bool:
    return check is None or not check.good or check.version != proposal.text_version


def _asks(proposal: Proposal, wanted: bool) -> bool:
    procedure = proposal.procedure
    return procedure is not None and wanted and (proposal.is_major or not procedure.major_only)


@rule("重大事项已稳评", "M033")
def risk_is_assessed_if_major(proposal: Proposal, event: Any, context: Context) -> bool:
    """A major matter has a risk assessment of its present plan."""
    asked = proposal.procedure is not None and _asks(proposal, proposal.procedure.risk)
    return not asked or not _lacks_check(proposal.risk, proposal)


@rule("依程序须合法性审查的已通过", "decision reg §26 [V]")
def legality_is_checked_if_required(proposal: Proposal, event: Any, context: Context) -> bool:
    """Where the procedure asks for it, the legality check is positive."""
    asked = proposal.procedure is not None and _asks(proposal, proposal.procedure.legality)
    return not asked or not _lacks_check(proposal.legality, proposal)


@rule("评估结论已载明", "decision reg §22–24 [V]", needs="controllable lawful")
def finding_is_stated(proposal: Proposal, event: Any, context: Context) -> bool:
    """The finding says yes or no."""
    return getattr(event, "controllable", None) is not None or getattr(event, "lawful", None) is not None


@rule("评估方非当事方", "M034")
def assessor_is_not_a_party(proposal: Proposal, event: Any, context: Context) -> bool:
    """The assessor is none of the parties, owners or handlers."""
    units = {claim.unit for claim in context.claims} - {None}
    sides = {*proposal.proposers, *proposal.stakeholders, proposal.implementer}
    return sides.isdisjoint({event.by, *units})


# --- versions and delegation -----------------------------------------------------------------------------------------


@rule("新版本已编号保存", "M084", needs="title text")
def new_version_is_recorded(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The new text or plan is a numbered version, the old ones stay."""
    if event.number != proposal.text_version + 1:
        yield Detail("the version is not the next one", "版本号不连续")
    now = proposal.text
    if now is not None and (event.title, event.text) == (now.title, now.text):
        yield Detail("nothing is changed", "文本未变")


@rule("实质修改须再征求意见", "41号 [M]", version=2, needs="substance")
def substance_is_consulted_again(proposal: Proposal, event: Any, context: Context) -> bool:
    """A change of substance after consultation is consulted again."""
    return not event.substance or proposal.status == "draft"


@rule("属实质修改", "41号 [M]", needs="substance")
def substance_is_changed(proposal: Proposal, event: Any, context: Context) -> bool:
    """More than the wording is changed."""
    return bool(event.substance)


@rule("受托议事机构为下级且有权限", "M085, M102", needs="body track")
def body_is_below_and_competent(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The body delegated to is below this one and competent for the subject."""
    policy = context.policy
    body = policy.body(event.body or "")
    if body is None:
        yield Detail(f"the policy lists no body {event.body}", f"政策中无议事机构 {event.body}")
        return
    procedure = proposal.procedure
    kinds = {procedure.electorate, *(each.body for each in procedure.stages)} if procedure is not None else set()
    present = {found.id for kind in kinds - {None} if (found := policy.body_for(kind or "", proposal.area)) is not None}
    present |= {proposal.delegated_to} if proposal.delegated_to else set()
    above, seen = body.above, {body.id}
    while above is not None and above not in seen and above not in present:
        seen.add(above)
        higher = policy.body(above)
        above = higher.above if higher is not None else None
    if above not in present:
        yield Detail(f"{body.en} is not below the body that has it", f"{body.zh}不是现议事机构的下级")
    if body.subjects and proposal.category not in body.subjects:
        yield Detail(f"{body.en} is not competent for {proposal.category}", f"{body.zh}无权议决 {proposal.category}")
    if event.procedure is None or event.procedure.electorate != body.kind:
        yield Detail(f"the track must be one in which a {body.kind} decides", f"所选程序应由 {body.kind} 表决")
