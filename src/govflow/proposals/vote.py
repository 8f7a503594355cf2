"""表决 vote: one round of voting, with its electorate, ballots and result. Moves with the main commands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from immutables import Map

from govflow.actors import Role as R
from govflow.proposals import commands as c
from govflow.proposals import events as e
from govflow.proposals.model import Proposal
from govflow.proposals.rules_ballots import hands_fit_the_roll, one_ballot_per_voter, proxy_may_be_held
from govflow.proposals.rules_count import (
    box_is_complete,
    box_stands_closed,
    box_was_called,
    majority_is_not_reached,
    majority_is_reached,
    quorum_is_met,
    quorum_is_not_met,
)
from govflow.proposals.rules_vote import (
    attempts_are_left,
    electorate_is_frozen,
    quorum_rule_is_pinned,
    voters_are_named,
)
from govflow.proposals.vote_model import CastBallot, Vote
from govflow.proposals.vote_model import VoteStatus as S
from govflow.region import Changes, Region
from govflow.rules import reason_given, reason_is_coded
from govflow.voting import enrolled, struck
from govflow.workflow import Step, Workflow

_CONVENORS = (R.CONVENOR, R.SYSTEM)
_KEEPERS = (R.CONVENOR, R.SECRETARIAT)
_COUNTERS = (R.CONVENOR, R.TOWN, R.SYSTEM)
# fmt: off
VOTE_WORKFLOW = Workflow("vote", S, zh="表决", on=("proposal",), steps=(
    #    id      command          from                                         event              to            who              provided that
    Step("VT01", c.AnnounceVote,  None,                                        e.VoteAnnounced,   S.ANNOUNCED,  R.CONVENOR,      (quorum_rule_is_pinned,), while_in="deliberating", rides=("P14",)),
    Step("VT02", c.ReconveneVote, None,                                        e.VoteReannounced, S.ANNOUNCED,  R.CONVENOR,      (attempts_are_left,), while_in="inquorate", rides=("P20",)),
    Step("VT03", c.PostponeVote,  S.ANNOUNCED,                                 e.VotePostponed,   None,         R.CONVENOR,      (reason_given,), while_in="announced", rides=("P38",)),
    Step("VT04", c.CancelVote,    S.ANNOUNCED,                                 e.VoteCancelled,   S.CANCELLED,  R.CONVENOR,      (reason_given,), while_in="announced", rides=("P39", "PX19")),
    Step("VT05", c.OpenVote,      S.ANNOUNCED,                                 e.VoteOpened,      S.OPEN,       _CONVENORS,      (electorate_is_frozen,), while_in="announced", rides=("P15",)),
    Step("VT06", c.CastBallot,    S.OPEN,                                      e.BallotCast,      None,         R.VOTER,         (one_ballot_per_voter,), while_in="voting", rides=("P16",)),
    Step("VT07", c.CloseVote,     S.OPEN,                                      e.VoteClosed,      S.CARRIED,    _COUNTERS,       (quorum_is_met, majority_is_reached), while_in="voting", rides=("P17",)),
    Step("VT08", c.CloseVote,     S.OPEN,                                      e.VoteClosed,      S.LOST,       _COUNTERS,       (quorum_is_met, majority_is_not_reached), while_in="voting", rides=("P18",)),
    Step("VT09", c.CloseVote,     S.OPEN,                                      e.VoteClosed,      S.INQUORATE,  _COUNTERS,       (quorum_is_not_met,), while_in="voting", rides=("P19",)),
    Step("VT10", c.VoidVote,      (S.OPEN, S.CARRIED, S.LOST, S.INQUORATE),    e.VoteVoided,      S.VOID,       (R.TOWN, R.CONVENOR), (reason_is_coded,), while_in=("voting", "inquorate", "adopted", "not_adopted"), rides=("P40",)),
    # ours: the roll before it is frozen, proxies, hands counted, the box opened
    Step("VT11", c.EnrolVoters,   S.ANNOUNCED,                                 e.VotersEnrolled,  None,         _KEEPERS,        (voters_are_named,), while_in="announced", rides=("PX06",)),
    Step("VT12", c.StrikeVoters,  S.ANNOUNCED,                                 e.VotersStruck,    None,         _KEEPERS,        (reason_given,), while_in="announced", rides=("PX07",)),
    Step("VT13", c.NameVoter,     (S.ANNOUNCED, S.OPEN),                       e.VoterNamed,      None,         _KEEPERS,        (), while_in=("announced", "voting"), rides=("PX08",)),
    Step("VT14", c.GrantProxy,    (S.ANNOUNCED, S.OPEN),                       e.ProxyGranted,    None,         (R.VOTER, *_KEEPERS), (proxy_may_be_held,), while_in=("announced", "voting"), rides=("PX09",)),
    Step("VT15", c.RevokeProxy,   (S.ANNOUNCED, S.OPEN),                       e.ProxyRevoked,    None,         (R.VOTER, *_KEEPERS), (), while_in=("announced", "voting"), rides=("PX10",)),
    Step("VT16", c.RecordHands,   S.OPEN,                                      e.HandsRecorded,   None,         _KEEPERS,        (hands_fit_the_roll,), while_in="voting", rides=("PX11",)),
    Step("VT17", c.OpenBox,       S.OPEN,                                      e.BoxOpened,       None,         R.SYSTEM,        (box_was_called, box_is_complete), while_in="voting", rides=("PX12",)),
    Step("VT18", c.CallBox,       S.OPEN,                                      e.BoxCalled,       None,         R.CONVENOR,      (box_stands_closed,), while_in="voting", rides=("PX16",)),
))
# fmt: on


def _announced(proposal: Proposal, event: Any) -> Iterator[tuple[str, Changes]]:
    """A reconvened vote keeps the question, the options, the roll and the names of the one before."""
    before: Vote | None = proposal.vote if isinstance(event, e.VoteReannounced) else None
    kept: Changes = {"roll": before.roll, "names": before.names} if before is not None else {}
    yield (
        str(event.round),
        {
            "status": S.ANNOUNCED,
            "owes": R.CONVENOR.value,
            "until": event.closes_at,
            "question": event.question or (before.question if before is not None else ""),
            "options": event.options or (before.options if before is not None else ()),
            "number": event.number,
            "rule": event.rule,
            "quorum": event.quorum,
            "opens_at": event.opens_at,
            "closes_at": event.closes_at,
            "lot_commitment": event.lot_commitment,
            **kept,
        },
    )


def _latest(changed: Any) -> Any:
    """What an event changes on the latest round of voting."""

    def ride(proposal: Proposal, event: Any) -> Iterator[tuple[str, Changes]]:
        if proposal.vote is not None:
            yield str(proposal.votes), changed(proposal.vote, event)

    return ride


def _cast(vote: Vote, event: e.BallotCast) -> Changes:
    said = {"ballot": event.ballot, "sealed": event.sealed, "commitment": event.commitment}
    ballot = CastBallot(by=event.by, at=event.at, holder=event.holder, **said)
    voter, holder = event.voter or "", event.holder
    changes: Changes = {"cast": vote.cast.set(voter, ballot)}
    if holder is not None and voter not in vote.cast:
        changes["for_others"] = vote.for_others.set(holder, vote.for_others.get(holder, 0) + 1)
    return changes


def _proxy(vote: Vote, voter: str, holder: str | None) -> Changes:
    """A voter's proxy, given to another holder or taken back."""
    held, before = vote.held, vote.proxies.get(voter)
    if before is not None:
        held = held.set(before, held[before] - 1)
    if holder is None:
        return {"proxies": vote.proxies.delete(voter) if before is not None else vote.proxies, "held": held}
    return {"proxies": vote.proxies.set(voter, holder), "held": held.set(holder, held.get(holder, 0) + 1)}


def _closed(vote: Vote, event: e.VoteClosed) -> Changes:
    tally = event.tally
    if tally is None:  # it cannot be counted yet, and the rules will say so
        return {}
    status = S.INQUORATE if not tally.quorate else S.CARRIED if tally.carried else S.LOST
    return {"status": status, "tally": tally, "lot_seed": event.lot_seed, "owes": None}


def _struck(vote: Vote, event: e.VotersStruck) -> Changes:
    """Whoever is struck can neither vote nor be voted for, nor hold a proxy."""
    gone = set(event.voters)
    kept = {voter: holder for voter, holder in vote.proxies.items() if not gone & {voter, holder}}
    held: dict[str, int] = {}
    for holder in kept.values():
        held[holder] = held.get(holder, 0) + 1
    return {"roll": struck(vote.roll, event.voters), "proxies": Map(kept), "held": Map(held)}


VOTE = Region(
    VOTE_WORKFLOW,
    Vote,
    {},
    rides={
        e.VoteAnnounced: _announced,
        e.VoteReannounced: _announced,
        e.VotePostponed: _latest(
            lambda vote, event: {"opens_at": event.opens_at, "closes_at": event.closes_at, "until": event.closes_at}
        ),
        e.VoteCancelled: _latest(lambda vote, event: {"status": S.CANCELLED, "owes": None}),
        e.VotersEnrolled: _latest(lambda vote, event: {"roll": enrolled(vote.roll, event.voters)}),
        e.VotersStruck: _latest(_struck),
        e.VoterNamed: _latest(lambda vote, event: {"names": vote.names.set(event.voter, event.voter_name)}),
        e.ProxyGranted: _latest(lambda vote, event: _proxy(vote, event.voter, event.holder)),
        e.ProxyRevoked: _latest(lambda vote, event: _proxy(vote, event.voter, None)),
        e.VoteOpened: _latest(
            lambda vote, event: {
                "status": S.OPEN,
                "roll_digest": event.roll_digest,
                "entitled": event.entitled,
                "closes_at": event.closes_at,
                "until": event.closes_at,
            }
        ),
        e.BallotCast: _latest(_cast),
        e.HandsRecorded: _latest(lambda vote, event: {"hand_count": event.hands}),
        e.BoxCalled: _latest(lambda vote, event: {"box_called_by": event.by}),
        e.BoxOpened: _latest(lambda vote, event: {"opened": event.opened}),
        e.VoteClosed: _latest(_closed),
        e.VoteVoided: _latest(
            lambda vote, event: {"status": S.VOID, "voided_for": event.reason_code or "", "owes": None}
        ),
    },
)
