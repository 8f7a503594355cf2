"""Rules of what was decided: publication, objections, implementation, appraisal, remedy, annulment, the reply."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from govflow.actors import Role
from govflow.context import Context
from govflow.errors import Detail
from govflow.proposals.model import Proposal
from govflow.proposals.rules_deliberation import bodies_of, bodies_spoken_for, body_of
from govflow.regions.approval import leaves_given
from govflow.regions.objection import upheld_objections
from govflow.workflow import rule


@rule("公开内容完整", "决议公开 [S]", needs="public_text implementer works")
def published_text_is_complete(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """Text, dates and, for a vote, the counts are in the publication."""
    if not event.public_text.strip():
        yield Detail("the text is missing", "缺决议文本")
    if event.tally is None or event.adopted_at is None:
        yield Detail("the counts or the day of the vote are missing", "缺表决票数或日期")
    if event.works and event.implementer is None:
        yield Detail("who carries it out is not named", "未指明实施单位")


@rule("应备案审查事项已完成", "国办发〔2007〕4号 [S]")
def filings_are_done(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """Every review and filing the track asks for is given."""
    for filing in proposal.procedure.filings if proposal.procedure is not None else ():
        if next(leaves_given(proposal, context.command, filing.by, context), None) is None:
            yield Detail(f"{filing.en} (by {filing.by}) is not given", f"{filing.zh}未完成")


@rule("已有异议成立", "村委会法 §27 [V, pre-2026 text]")
def objection_was_upheld(proposal: Proposal, event: Any, context: Context) -> bool:
    """An objection to this resolution was upheld."""
    return bool(upheld_objections(proposal))


@rule("决议无须实施", "M099")
def resolution_needs_no_works(proposal: Proposal, event: Any, context: Context) -> bool:
    """The resolution names nothing to be carried out."""
    return proposal.implementer is None


@rule("实施者与评议者分离", "M090", version=2)
def implementer_is_not_appraiser(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The body that implements is not the body that appraises."""
    units = {claim.unit for claim in context.claims} - {None}
    if context.step.event.__name__ in ("AppraisalHeld", "RemedyOrdered"):
        if proposal.implementer in units or event.by in proposal.handled_by():
            yield Detail("whoever implements neither appraises nor orders the remedy", "实施者不得参与评议或责令整改")
        return
    appraised = {each.unit for each in proposal.appraisals} - {None}
    if not appraised.isdisjoint(units):
        yield Detail("this unit has appraised it", "该单位曾参与评议")


def _deciders(proposal: Proposal, context: Context) -> set[str | None]:
    """The units that said yes at a stage, and those of the bodies that the procedure has decide."""
    bodies = {body.unit for body in bodies_of(proposal, context) if body is not None}
    return bodies | set(proposal.decided_by)


@rule("实施者与决定者分离", "M090, M091")
def implementer_did_not_decide(proposal: Proposal, event: Any, context: Context) -> bool:
    """The unit that carries it out is none of the bodies that decided it."""
    return event.implementer is None or event.implementer not in _deciders(proposal, context)


@rule("评议者未参与决定", "M090, M091", version=2)
def appraiser_did_not_decide(proposal: Proposal, event: Any, context: Context) -> bool:
    """Whoever appraises sits in no body of a stage, speaks for none that decided it, and recorded no decision."""
    held = {claim.unit for claim in context.claims if claim.role != Role.VOTER}
    seats = {claim.unit for claim in context.claims} & {*_bodies_of_stages(proposal, context), *proposal.decided_by}
    recorded = {hand for item in proposal.items_of("stage").values() for hand in item.hands}
    hands = {event.by, context.standing_in_for or event.by}
    return (held - {None}).isdisjoint(_deciders(proposal, context)) and not seats and recorded.isdisjoint(hands)


def _bodies_of_stages(proposal: Proposal, context: Context) -> set[str]:
    stages = proposal.procedure.stages if proposal.procedure is not None else ()
    bodies = (body_of(proposal, stage.body, context) for stage in stages)
    return {body.unit for body in bodies if body is not None and body.unit is not None}


@rule("程序要求的材料齐全", "M084; PEERS L10", needs="papers")
def papers_of_the_procedure_are_attached(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The kinds of papers that the procedure asks for are among those attached."""
    on_file = proposal.items_of("evidence")
    shown = {on_file[key].kind for key in event.papers if key in on_file}
    for kind in proposal.procedure.papers if proposal.procedure is not None else ():
        if kind not in shown:
            yield Detail(f"a paper of kind {kind} is missing", f"缺 {kind} 类材料")


# --- appraisal -------------------------------------------------------------------------------------------------------


@rule("评议会到会人数达标", "M082", needs="invited came score papers")
def appraisal_quorum_is_met(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The appraisal meeting had the attendance its rule asks for."""
    asked = proposal.procedure.appraisal if proposal.procedure is not None else None
    if event.came > event.invited:
        yield Detail(f"{event.came} came of {event.invited} invited", f"应到 {event.invited}，到会 {event.came}")
    elif asked is not None and not asked.quorum.reached(event.came, event.invited):
        yield Detail(f"{event.came} of {event.invited} came", f"应到 {event.invited}，到会 {event.came}")


@rule("程序要求评议", "M084")
def appraisal_is_required(proposal: Proposal, event: Any, context: Context) -> bool:
    """The pinned procedure asks for an appraisal."""
    return proposal.procedure is not None and proposal.procedure.appraisal is not None


@rule("所定程序无须评议", "M084")
def appraisal_is_not_required(proposal: Proposal, event: Any, context: Context) -> bool:
    """The pinned procedure asks for no appraisal."""
    return proposal.procedure is None or proposal.procedure.appraisal is None


def _is_good_enough(proposal: Proposal) -> bool:
    asked = proposal.procedure.appraisal if proposal.procedure is not None else None
    held = proposal.appraisal
    return asked is None or (held is not None and held.score >= asked.least_score)


@rule("评议得分低于阈值", "M082")
def score_is_below_threshold(proposal: Proposal, event: Any, context: Context) -> bool:
    """The appraisal score is below the threshold."""
    return not _is_good_enough(proposal)


@rule("评议得分达标", "M082")
def score_is_not_below_threshold(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The appraisal score is not below the threshold."""
    if not _is_good_enough(proposal):
        held, asked = proposal.appraisal, proposal.procedure.appraisal if proposal.procedure is not None else None
        score, least = held.score if held is not None else 0, asked.least_score if asked is not None else 0
        yield Detail(f"it has {score} points, {least} are asked", f"得分 {score}，须达 {least}")


# --- the other ends --------------------------------------------------------------------------------------------------


@rule("已指明违法之处或上级决定", "村委会法 §27 [V, pre-2026 text]", needs="illegality superior_decision")
def illegality_or_superior_decision_named(proposal: Proposal, event: Any, context: Context) -> bool:
    """The unlawful point or the superior body's decision is named."""
    return bool(event.illegality.strip() or event.superior_decision.strip())


@rule("撤销者为镇街,或作出决定的议事机构及其上级", "村委会法 §23 [V, pre-2026 text]", version=2)
def body_may_annul(proposal: Proposal, event: Any, context: Context) -> bool:
    """Beside the town only the body that decided, or one above it, declares a resolution void."""
    return _decided_or_stands_above(proposal, event, context)


@rule("复议、终止实施的议事机构为作出决定的机构或其上级", "decision reg §37 [V]")
def body_has_decided_it(proposal: Proposal, event: Any, context: Context) -> bool:
    """Beside the community only the body that decided, or one above it, takes up again what was decided."""
    return _decided_or_stands_above(proposal, event, context)


def _decided_or_stands_above(proposal: Proposal, event: Any, context: Context) -> bool:
    """Whether no body is spoken for, or one that decided or stands above, where the policy names their units."""
    speaking = bodies_spoken_for(proposal, event, context)
    kind = proposal.procedure.electorate if proposal.procedure is not None else None
    body = body_of(proposal, kind, context) if kind is not None else None
    units: set[str | None] = set(proposal.decided_by)
    seen: set[str] = set()
    while body is not None and body.id not in seen:
        seen.add(body.id)
        units.add(body.unit)
        body = context.policy.body(body.above) if body.above is not None else None
    named = units - {None}
    return not speaking or not named or not named.isdisjoint(speaking)


@rule("资金与投入已对账并列明余额", "M092", needs="balance")
def money_is_reconciled(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """Money and contributions given so far are accounted for and the balance is stated."""
    if not event.balance.strip():
        yield Detail("the balance is not stated", "未列明余额")
    for key in event.papers:
        piece = proposal.item("evidence", key)
        if piece is None or piece.status != "added":
            yield Detail(f"paper {key} is not on file", f"材料 {key} 不在卷")


@rule("提案人均已答复", "M078")
def proposer_is_answered(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """Every proposer has had the written reply."""
    for who in proposal.proposers:
        if who not in proposal.answered:
            yield Detail(f"{who} has had no reply", f"{who} 未获答复")


@rule("期限由决议载明或依政策", "resolution", needs="until")
def day_lies_ahead(proposal: Proposal, event: Any, context: Context) -> bool:
    """The day that is named lies ahead; where none is named the policy's limit runs."""
    return event.until is None or bool(event.until > context.at)


@rule("已另定实施单位", "M090", needs="implementer")
def another_implementer_is_named(proposal: Proposal, event: Any, context: Context) -> bool:
    """Of a resolution that is to be carried out another implementer than before is named."""
    before = proposal.implementer
    return before is not None and event.implementer not in (None, before)


@rule("派生事项有标题", "M090", needs="title")
def spawned_record_is_described(proposal: Proposal, event: Any, context: Context) -> bool:
    """What the new record is for is said."""
    return bool(event.title.strip())
