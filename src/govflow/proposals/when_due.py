"""What the system does on a proposal when a clock has run out."""

from __future__ import annotations

from collections.abc import Iterator

from govflow.actors import SYSTEM
from govflow.messages import Command
from govflow.policy import BallotForm, Tie
from govflow.proposals.commands import CloseVote, LapseProposal, OpenVote, ResumeProposal
from govflow.proposals.model import Proposal, ProposalStatus
from govflow.proposals.vote_model import Vote
from govflow.records import HandOver
from govflow.voting.roll import unknown


def lapse_draft(proposal: Proposal, item: str) -> Iterator[Command]:
    """What was returned was never handed in again."""
    if proposal.status == ProposalStatus.DRAFT:
        rest = HandOver(reason="the draft was never handed in again (逾期未重报)")
        yield LapseProposal(id=proposal.id, by=SYSTEM, reason=rest.reason, hand_over=(rest,))


def open_vote(proposal: Proposal, item: str) -> Iterator[Command]:
    """The notice period is over: voting begins, if there is a roll by which it can be counted."""
    vote: Vote | None = proposal.vote
    if proposal.status != ProposalStatus.ANNOUNCED or vote is None or vote.quorum is None or not vote.roll:
        return
    if next(unknown(vote.roll, vote.quorum.bases), None) is None:
        yield OpenVote(id=proposal.id, by=SYSTEM)


def close_vote(proposal: Proposal, item: str) -> Iterator[Command]:
    """Voting has ended: it is counted, unless somebody has to open the box, count hands or show a lot's seed first."""
    vote: Vote | None = proposal.vote
    if proposal.status != ProposalStatus.VOTING or vote is None or vote.rule is None:
        return
    waits_for_box = vote.form is BallotForm.SECRET and vote.opened is None and len(vote.cast) > 0
    waits_for_hands = vote.form is BallotForm.HANDS and vote.hand_count is None
    if not (waits_for_box or waits_for_hands or vote.rule.tie is Tie.LOT):
        yield CloseVote(id=proposal.id, by=SYSTEM)


def resume(proposal: Proposal, item: str) -> Iterator[Command]:
    """The review date of a suspension has come."""
    if proposal.status == ProposalStatus.SUSPENDED:
        yield ResumeProposal(id=proposal.id, by=SYSTEM)
