"""Proposals brought to any of their 23 statuses by real commands, under tracks that leave the rest of the way open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from govflow import DEFAULT_POLICY, Command, HandOver
from govflow.policy import (
    Appraisal,
    BallotForm,
    DecisionProcedure,
    Filing,
    Majority,
    Method,
    Presence,
    QuorumRule,
    Share,
    StageRule,
    Tie,
    VoteRule,
)
from govflow.policy.tracks import QUORUM_RULES
from govflow.proposals import Proposal
from govflow.proposals import commands as c
from govflow.testing import START
from govflow.voting import Ballot
from tests.proposals.hall import (
    AREA,
    BODIES,
    PATH,
    REPLY,
    Hall,
    a_body,
    a_policy,
    archivist,
    chair,
    committee,
    council,
    office,
    paper,
    town,
    voter,
    wang,
)

# --- tracks of the tests' own ----------------------------------------------------------------------------------------

_HALF = Share(numerator=1, denominator=2, inclusive=False)
COUNCIL = StageRule(
    id="council", en="Council", zh="议事会", body="residents_council", quorum="committee", papers=("minutes",)
)
SECOND = StageRule(
    id="second", en="Representatives", zh="代表会议", body="community_representatives", quorum="committee"
)
BEGINS, ENDS = date(2026, 3, 20), date(2026, 3, 28)


def a_track(id: str, vote: VoteRule | None = None, **more: Any) -> DecisionProcedure:
    """A track that goes straight to a vote, of which more than half of the members are asked to take part."""
    said = {"proposers": ("resident",), "electorate": "community_representatives", "basis": "test", **more}
    return DecisionProcedure(id=id, en=id, zh=id, vote=vote or VoteRule(quorum="committee", proxies=1), **said)


def a_vote(**said: Any) -> VoteRule:
    return VoteRule(**{"quorum": "committee", "notice": "prop.notice", **said})


def a_rule(id: str, **in_force: date) -> QuorumRule:
    return QuorumRule(id=id, en=id, zh=id, decision=(Majority(share=_HALF),), basis="test", **in_force)


TRACKS = (
    a_track("yard", a_vote(proxies=1)),
    a_track("secret", a_vote(form=BallotForm.SECRET)),
    a_track("hands", a_vote(form=BallotForm.HANDS)),
    a_track("lot", a_vote(method=Method.APPROVAL, tie=Tie.LOT)),
    a_track("not_yet", a_vote(quorum="not_yet")),
    a_track("no_more", a_vote(quorum="no_more")),
    a_track("two_stages", a_vote(), stages=(COUNCIL, SECOND), legality=True),
    a_track(
        "filed",
        a_vote(),
        legality=True,
        major_only=False,
        risk=False,
        filings=(Filing(en="town review", zh="镇街审核", by="town"),),
        papers=("accounts",),
        appraisal=Appraisal(quorum=_HALF),
    ),
    a_track("block", a_vote(), electorate="block_council"),
)
NO_MORE = QuorumRule(
    id="no_more",
    en="until March",
    zh="至三月",
    presence=((Presence(share=_HALF),),),
    decision=(Majority(share=_HALF),),
    effective_to=ENDS,
    basis="test",
)
RULES = (*QUORUM_RULES, a_rule("not_yet", effective_from=BEGINS), NO_MORE)
FIVE = a_body("community_representatives", 5, area=AREA, unit="representatives")  # as many as vote in these tests
BLOCK = a_body("block_council", 5, area=AREA, above="community_representatives", subjects=("general",))
OTHERS = tuple(each for each in BODIES if each.kind != FIVE.kind)
POLICY = a_policy(
    "tracks", procedures=(*DEFAULT_POLICY.procedures, *TRACKS), quorum_rules=RULES, bodies=(*OTHERS, FIVE, BLOCK)
)


# --- to every status -------------------------------------------------------------------------------------------------

X: dict[str, Any] = {"id": "x"}
ANY = HandOver(reason="carried on elsewhere")


def _counted(yes: int, no: int = 0) -> Callable[[Hall], Any]:
    """So many of the five vote, so many of them in favour; it is counted when voting has ended."""

    def counted(hall: Hall) -> Any:
        hall.do(*hall.ballots(yes, no, id="x"))
        hall.clock.set(hall.get("x").vote.closes_at)
        return hall.do(c.CloseVote(**X, by=chair))

    return counted


def _merged(hall: Hall) -> Any:
    hall.motion("screening", id="master")
    return hall.do(c.MergeProposal(**X, by=office, master="master", same_subject="the same ramp"))


def _archived(hall: Hall) -> Any:
    return hall.do(c.ReplyToProposer(**X, by=office, **REPLY), c.ArchiveProposal(**X, by=archivist))


def gives(command: Command) -> Callable[[Hall], Any]:
    return lambda hall: hall.do(command)


REJECT = c.RejectProposal(**X, by=office, reason_code="too_vague", reason="where?", told_by="in person")
REVIEW_AT = START + timedelta(days=100)
SUSPEND = c.SuspendProposal(**X, by=committee, cause="floods", review_at=REVIEW_AT)
ABANDON = c.AbandonImplementation(**X, by=committee, reason="the shop has moved", balance="0")
# Off the straight way: from which status of it, and how.
BRANCHES: dict[str, tuple[str, Callable[[Hall], Any]]] = {
    "withdrawn": ("draft", gives(c.WithdrawProposal(**X, by=wang, reason="settled"))),
    "rejected": ("screening", gives(REJECT)),
    "merged": ("screening", _merged),
    "converted": ("screening", gives(c.ConvertToCase(**X, by=office, individual=True, reason="one family's"))),
    "inquorate": ("voting", _counted(1)),
    "not_adopted": ("voting", _counted(0, 5)),
    "suspended": ("implementing", gives(SUSPEND)),
    "annulled": ("published", gives(c.AnnulResolution(**X, by=town, illegality="the roll was wrong"))),
    "abandoned": ("implementing", lambda hall: hall.approved(ABANDON, town)),
    "archived": ("result_published", _archived),
}


def a_hall(path: Any = ":memory:", **options: Any) -> Hall:
    """A hall whose policy has the tracks above."""
    return Hall(path, policy=POLICY, **options)


def a_proposal(hall: Hall, status: str = "draft", **said: Any) -> Proposal:
    """Proposal x, by Wang, brought to a status by real commands; `said` goes into the draft."""
    upto, branch = BRANCHES.get(status, (status, None))
    assert upto in PATH, upto
    hall.motion(upto, id="x", **said)
    if branch is not None:
        branch(hall)
    proposal = hall.get("x")
    assert proposal.status == status, f"{proposal.status} instead of {status}"
    return proposal


def at(days: float) -> datetime:
    """So many days after the tests' clock was started."""
    return START.astimezone(UTC) + timedelta(days=days)


def votes(number: int, *choice: str, **more: Any) -> c.CastBallot:
    """The ballot of one of the five: v-0 to v-4."""
    return c.CastBallot(**X, by=voter(f"v-{number}"), ballot=Ballot(choice=choice or ("yes",)), **more)


def stage(**said: Any) -> c.RecordStage:
    """All nine of the council are there and in favour, on minutes that are on file."""
    counts = {"stage": "council", "entitled": 9, "present": 9, "in_favour": 9, "papers": ("minutes",)}
    return c.RecordStage(**X, by=said.pop("by", council), **{**counts, **said})


MINUTES, REPORT = paper("x", "minutes"), paper("x", "report", kind="report")
