"""What the system does on a proposal when a clock has run out."""

from __future__ import annotations

from collections.abc import Iterator

from govflow.actors import SYSTEM
from govflow.messages import Command
from govflow.proposals.commands import CloseVote, LapseProposal, OpenVote, ResumeProposal
from govflow.proposals.follow_ups import falling
from govflow.proposals.model import Proposal, ProposalStatus
from govflow.proposals.vote_model import Vote
from govflow.voting.roll import unknown


def lapse_draft(proposal: Proposal, item: str) -> Iterator[Command]:
    """What was returned was never handed in again."""
    if proposal.status == ProposalStatus.DRAFT:
        reason = "the draft was never handed in again (逾期未重报)"
        yield LapseProposal(id=proposal.id, by=SYSTEM, reason=reason, hand_over=falling(reason))


def open_vote(proposal: Proposal, item: str) -> Iterator[Command]:
    """The notice period is over: voting begins, if there is a roll by which it can be counted.

    A vote that nobody opened by its end stays announced: that this is refused each day tells that it has to be put off.
    """
    vote: Vote | None = proposal.vote
    if proposal.status != ProposalStatus.ANNOUNCED or vote is None or vote.quorum is None or not vote.roll:
        return
    if next(unknown(vote.roll, vote.quorum.bases), None) is None:
        yield OpenVote(id=proposal.id, by=SYSTEM)


def close_vote(proposal: Proposal, item: str) -> Iterator[Command]:
    """Voting has ended: it is counted, unless somebody has to open the box, count hands or show a lot's seed first."""
    vote: Vote | None = proposal.vote
    if proposal.status == ProposalStatus.VOTING and vote is not None and vote.is_countable and not vote.draws_a_lot:
        yield CloseVote(id=proposal.id, by=SYSTEM)


def resume(proposal: Proposal, item: str) -> Iterator[Command]:
    """The review date of a suspension has come."""
    if proposal.status == ProposalStatus.SUSPENDED:
        yield ResumeProposal(id=proposal.id, by=SYSTEM)
