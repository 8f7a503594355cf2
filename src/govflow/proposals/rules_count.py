"""Rules of the count: when it may begin, the box, the lot, what was decided, and what is void."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from govflow.actors import Role, covers
from govflow.context import Context
from govflow.errors import Detail
from govflow.policy import BallotForm, Tie
from govflow.proposals.model import Proposal
from govflow.proposals.vote_model import Vote
from govflow.voting import commitment_of, lacks
from govflow.voting.lot import fits_a_lot
from govflow.workflow import rule

SEED_IS_AWAITED = timedelta(days=3)
"""How long after the end of a vote with a tie its seed may still be shown: then it may be closed without."""

# --- void ------------------------------------------------------------------------------------------------------------

_LED_BY = {
    "voting": ("open",),
    "inquorate": ("inquorate",),
    "adopted": ("carried",),
    "not_adopted": ("lost", "inquorate"),
}


@rule("确有尚未作废、且导致现状的表决", "村委会法 §27 [V, pre-2026 text]", version=2)
def vote_can_be_voided(proposal: Proposal, event: Any, context: Context) -> bool:
    """There is a vote that was opened, is not void yet, and led to where the proposal stands."""
    vote: Vote | None = proposal.vote
    return vote is not None and vote.status in _LED_BY.get(proposal.status, ())


@rule("票数已知的表决仅由镇街宣布无效", "村委会法 §27 [V, pre-2026 text]")
def town_voids_what_is_counted(proposal: Proposal, event: Any, context: Context) -> bool:
    """Once anybody can know how a vote goes, only the town declares it void: its convenor has no veto."""
    vote: Vote | None = proposal.vote
    if vote is None or not (
        vote.tally or vote.hand_count or vote.opened or (vote.cast and vote.form is BallotForm.OPEN)
    ):
        return True
    held = (claim for claim in context.claims if claim.role != Role.CONVENOR and claim.role in context.step.who)
    return any(covers(claim, proposal.level, proposal.area) for claim in held)


# --- the count -------------------------------------------------------------------------------------------------------


@rule("表决已结束", "announcement")
def voting_is_over(proposal: Proposal, event: Any, context: Context) -> bool:
    """The announced end has come, everybody has voted for good, or the hands are counted."""
    vote: Vote = proposal.vote
    ended = vote.closes_at is not None and context.now >= vote.closes_at
    is_for_good = vote.rule is not None and not vote.rule.replaceable
    return ended or vote.hand_count is not None or (is_for_good and len(vote.cast) == len(vote.roll))


@rule("确有待开的票箱", "design")
def box_stands_closed(proposal: Proposal, event: Any, context: Context) -> bool:
    """The vote is a secret one, and its box was not opened yet."""
    vote: Vote = proposal.vote
    return vote.form is BallotForm.SECRET and vote.opened is None


@rule("有权者已宣布开箱", "design")
def box_was_called(proposal: Proposal, event: Any, context: Context) -> bool:
    """Somebody with the right to it called for the box."""
    return proposal.vote.box_called_by is not None


@rule("票箱完整开出", "design", needs="opened")
def box_is_complete(proposal: Proposal, event: Any, context: Context) -> Iterator[Detail]:
    """As many ballots come out as voters took part, each with a code of its own, in the codes' order."""
    vote: Vote = proposal.vote
    if vote.form is not BallotForm.SECRET or vote.opened is not None:
        yield Detail("there is no box to open", "没有待开的票箱")
        return
    if event.as_of not in (None, proposal.version):  # a ballot may have been replaced since
        yield Detail("something happened since the box was read: open it again", "读取票箱后又有变动，请重新开箱")
    codes = [each.code for each in event.opened]
    if len(codes) != len(vote.cast):
        yield Detail(f"{len(codes)} ballots of {len(vote.cast)} voters", f"{len(vote.cast)} 人投票，开出 {len(codes)}")
    if codes != sorted(set(codes)):
        yield Detail("the codes are not in order, each once", "编码应按序且不重复")
    for each in event.opened:
        for wrong in lacks(each.ballot, vote.rule, vote.options) if vote.rule is not None else ():
            yield Detail(f"ballot {each.code[:12]}: {wrong}", f"选票 {each.code[:12]}：{wrong.zh}")


@rule("已具备计票条件", "design", version=2, needs="lot_seed seed_is_lost")
def ballots_can_be_counted(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The hands are recorded, the box is opened, and a tie has its lot's seed, or it was awaited in vain."""
    vote: Vote = proposal.vote
    if vote.form is BallotForm.HANDS and vote.hand_count is None:
        yield Detail("the hands are not recorded", "未记录举手计数")
    if vote.form is BallotForm.SECRET and vote.opened is None and vote.cast:
        yield Detail("the box is not opened", "未开箱")
    yield from _against_the_lot(vote, event, context)


def _against_the_lot(vote: Vote, event: Any, context: Context) -> Iterator[Detail]:
    """What is wrong with the seed of a lot, or with doing without. Where nothing is tied it may stay hidden."""
    seed = event.lot_seed
    if vote.rule is None or vote.rule.tie is not Tie.LOT:
        if seed is not None or event.seed_is_lost:
            yield Detail("no lot is drawn: there is no seed", "本次表决不抽签，没有种子")
    elif seed is not None:
        if event.seed_is_lost:
            yield Detail("the seed is shown and said to be lost", "既出示种子，又称种子遗失")
        if not is_seed_of(vote, seed):
            yield Detail("the seed is not the one committed to", "种子与事先承诺不符")
    elif event.seed_is_lost:
        until = (vote.closes_at or context.now) + SEED_IS_AWAITED
        if context.now < until:
            when = until.isoformat(timespec="minutes")
            yield Detail(f"the seed may still be shown until {when}", f"{when} 前仍可出示种子")
    elif event.tally is None and vote.is_countable:
        yield Detail("there is a tie: show the seed of its lot", "出现平局，须出示抽签种子")


def is_seed_of(vote: Vote, seed: str) -> bool:
    """Whether a seed is the one that was committed to, and one by which others can draw the lot again."""
    return fits_a_lot(seed) and hmac.compare_digest(vote.lot_commitment or "", commitment_of(seed))


@rule("达到法定人数", "design")
def quorum_is_met(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The pinned presence rule is met on every base it names."""
    if event.tally is not None and not event.tally.quorate:
        yield from _findings(event)


@rule("未达法定人数", "design")
def quorum_is_not_met(proposal: Proposal, event: Any, context: Context) -> bool:
    """The pinned presence rule is not met."""
    return event.tally is not None and not event.tally.quorate


@rule("达到通过比例(各基数均满足)", "民法典 §278 [V]")
def majority_is_reached(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The pinned decision rule is met on every base it names."""
    if event.tally is not None and not event.tally.carried:  # without a count ballots_can_be_counted says why
        yield from _findings(event)


@rule("未达通过比例", "村委会法 §22 [V, pre-2026 text]")
def majority_is_not_reached(proposal: Proposal, event: Any, context: Context) -> bool:
    """The pinned decision rule is not met."""
    return event.tally is not None and not event.tally.carried


def _findings(event: Any) -> Iterator[Detail]:
    for finding in event.tally.why:
        if not finding.met:
            yield Detail(finding.en, finding.zh)
    if all(finding.met for finding in event.tally.why):
        yield Detail("there is no result", "无结果")
