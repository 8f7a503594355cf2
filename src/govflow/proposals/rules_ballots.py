"""Rules of voting: who votes for whom, and what is handed in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from govflow.actors import Role, covers
from govflow.context import Context
from govflow.errors import Detail
from govflow.policy import BallotForm, Base
from govflow.proposals.box import box_of, sealed_length
from govflow.proposals.model import Proposal
from govflow.proposals.vote_model import Vote
from govflow.voting import lacks
from govflow.workflow import rule

PROXY_PAPER = "authority"
"""The kind of evidence that a written authority is (委托书)."""

# --- proxies ---------------------------------------------------------------------------------------------------------


def acting_as(by: str, context: Context, role: Role = Role.VOTER) -> set[str]:
    """Whom an actor votes as: themselves, and the unit they speak for in this role; whoever works there has no say."""
    units = {claim.unit for claim in context.claims if claim.role == role} - {None}
    return {by} | ({context.on_behalf_of} & units if context.on_behalf_of else set())


@rule("代理人已获授权", "[M]", needs="voter")
def proxy_is_authorised(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """A proxy holds a written authority and stays within the allowed number."""
    vote: Vote = proposal.vote
    acting = acting_as(event.by, context)
    if event.voter in acting:
        return
    holder = vote.proxies.get(event.voter or "")
    if holder is None or holder not in acting:
        yield Detail(f"{event.by} holds no authority of {event.voter}", f"{event.by} 未获 {event.voter} 委托")
        return
    allowed = vote.rule.proxies if vote.rule is not None else 0
    if event.voter not in vote.cast and vote.for_others.get(holder, 0) >= allowed:
        yield Detail(f"{holder} has voted for {allowed} others already", f"{holder} 已代 {allowed} 人表决")


@rule("委托书面、受托人为表决人且未超人数", "[M]", version=2, needs="voter holder paper")
def proxy_may_be_held(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The authority is on file, both are on the roll, and the holder holds no more than allowed."""
    vote: Vote = proposal.vote
    allowed = vote.rule.proxies if vote.rule is not None else 0
    if event.voter == event.holder:
        yield Detail("nobody is one's own proxy", "不能委托本人")
    for id in (event.voter, event.holder):
        if id is None or id not in vote.roll:
            yield Detail(f"{id} is not on the roll", f"{id} 不在名册")
    if event.voter in vote.cast:
        yield Detail(f"{event.voter} has voted", f"{event.voter} 已表决")
    again = vote.proxies.get(event.voter or "") == event.holder
    if not again and vote.held.get(event.holder or "", 0) >= allowed:
        yield Detail(f"a holder may have {allowed} proxies", f"每人至多受 {allowed} 人委托")
    piece = proposal.item("evidence", event.paper or "")
    if piece is None or piece.status != "added":
        yield Detail("the written authority is not on file", "委托书不在卷")
    elif piece.kind != PROXY_PAPER:
        yield Detail(
            f"{event.paper} is no authority, but of kind {piece.kind}", f"{event.paper} 不是委托书（{piece.kind}）"
        )


@rule("委托出自本人,或由秘书处据委托书登记", "[M]", version=2, needs="voter")
def proxy_is_ones_own_to_give(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """A voter gives or takes back their own authority alone; officials of the place enter what was given to others."""
    acting = acting_as(event.by, context)
    if event.voter in acting:
        return
    offices = (claim for claim in context.claims if claim.role in context.step.who and claim.role != Role.VOTER)
    if not any(covers(claim, proposal.level, proposal.area) for claim in offices):
        yield Detail(f"it is {event.voter}'s to give", f"应由 {event.voter} 本人委托")
    elif getattr(event, "holder", None) in acting:
        yield Detail("nobody enters an authority for themselves", "不得登记以本人为受托人的委托")


@rule("委托尚未使用", "[M]", version=2, needs="voter")
def proxy_is_unused(proposal: Proposal, event: Any, context: Context) -> bool:
    """The authority stands and was not used for good: while ballots are replaceable it can be taken back."""
    vote: Vote = proposal.vote
    return event.voter in vote.proxies and (event.voter not in vote.cast or _is_replaceable(vote))


def _is_replaceable(vote: Vote) -> bool:
    return vote.rule is not None and vote.rule.replaceable


# --- ballots ---------------------------------------------------------------------------------------------------------


@rule("一人一票", "村委会法 §22 [V, pre-2026 text]", version=2, needs="voter")
def one_ballot_per_voter(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The voter has not voted in this round."""
    vote: Vote = proposal.vote
    before = vote.cast.get(event.voter or "")
    if before is None:
        return
    if not _is_replaceable(vote):
        yield Detail(f"{event.voter} has voted", f"{event.voter} 已表决")
    elif event.holder not in (None, before.holder):  # what the voter said in person no proxy takes back
        yield Detail(f"{event.voter} has voted in person", f"{event.voter} 已亲自表决")


@rule("在表决期内", "design")
def ballot_is_in_time(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """Voting has not ended, and the box is not opened."""
    vote: Vote = proposal.vote
    if vote.opened is not None or vote.hand_count is not None:
        yield Detail("it is being counted", "已开始计票")
    elif vote.closes_at is not None and context.now >= vote.closes_at:
        until = vote.closes_at.isoformat(timespec="minutes")
        yield Detail(f"voting ended at {until}", f"表决已于 {until} 截止")


@rule("选票符合本次表决规则", "design", version=2, needs="ballot sealed commitment")
def ballot_fits_the_rule(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """An open ballot says what the rule asks for; a secret one is sealed for the box, with its commitment."""
    vote: Vote = proposal.vote
    match vote.form:
        case BallotForm.HANDS:
            yield Detail("a show of hands is counted, not cast", "本次为举手表决，由会议计数")
        case BallotForm.SECRET:
            if event.ballot is not None:
                yield Detail("a secret ballot must not stand in clear", "无记名选票不得明写")
            if event.sealed is None or event.sealed.subject != box_of(proposal.id, proposal.votes):
                yield Detail("it is not sealed for the box of this round", "未封入本轮票箱")
            elif _length_of(context) != (asked := sealed_length(vote.options)):
                yield Detail(f"a sealed ballot of this vote has {asked} bytes", f"本次表决的密封选票须为 {asked} 字节")
            if event.commitment is None:
                yield Detail("the commitment is missing", "缺承诺值")
        case BallotForm.OPEN:
            if event.sealed is not None or event.commitment is not None:
                yield Detail("an open ballot is not sealed", "记名选票无须封装")
            if event.ballot is None:
                yield Detail("the ballot is missing", "缺选票")
            elif vote.rule is not None:
                yield from lacks(event.ballot, vote.rule, vote.options)


def _length_of(context: Context) -> int:
    """The bytes of what the command seals, which its ciphertext shows: in the event it is protected already."""
    sealed = getattr(context.command, "sealed", None)
    return len(sealed.text.encode()) if sealed is not None else 0


@rule("举手计数与名册相符", "design", version=2, needs="hands papers")
def hands_fit_the_roll(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """A show of hands is counted once, if need be after its end, and no more hands than stand on the roll."""
    vote: Vote = proposal.vote
    if vote.form is not BallotForm.HANDS:
        yield Detail("it is no show of hands", "本次不是举手表决")
    if vote.hand_count is not None:
        yield Detail("the hands are counted; a wrong count makes the vote void", "已计数；计数有误的，宣布表决无效")
    if event.hands is None:
        yield Detail("the counts are missing", "缺计数")
    else:
        for base in Base:
            there, whole = event.hands.present.on(base), vote.entitled.on(base)
            if there > whole:
                yield Detail(f"{there} {base} of {whole} were there", f"{base} 到会 {there}，应到 {whole}")
