"""S6 社区代表会议提案: two like it merged, a leak made a case, 41 of 60 vote, 25 in favour; answered in the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from govflow import CASE, Actor, Engine, NotAllowed, Role
from govflow.policy import DEFAULT_POLICY, Body
from govflow.proposals import PROPOSAL
from govflow.proposals import commands as c
from govflow.regions.evidence import AddEvidence
from govflow.regions.opinion import DisposeOpinion, RecordOpinion
from govflow.regions.support import SecondProposal
from govflow.testing import PinnedClock
from govflow.voting import Ballot, Voter

AREA = "nanming/xx-community"
SEATS = tuple(f"d-{number}" for number in range(1, 61))  # 60 representatives
WHERE: dict[str, Any] = {"area": AREA, "level": "community", "venue": "station-1"}


def someone(id: str, *roles: Role, unit: str | None = None) -> Actor:
    return Actor.of(id, *roles, unit=unit, area=AREA)


def representative(id: str) -> Actor:
    return someone(id, Role.RESIDENT, Role.PROPOSER, Role.CO_PROPOSER, Role.VOTER)


office = someone("office-1", Role.SECRETARIAT, unit="office")
chair = someone("chair-1", Role.CONVENOR, unit="office")
council = someone("council-1", Role.DELIBERATING_BODY, unit="council")
committee = someone("committee-1", Role.COMMUNITY, unit="committee")
workstation = someone("worker-1", Role.IMPLEMENTER, Role.APPRAISER, unit="workstation")
residents = someone("s-90", Role.APPRAISER)
archivist = someone("archive-1", Role.ARCHIVIST)

POLICY = DEFAULT_POLICY.changed(
    version="xx",
    procedures=tuple(each for each in DEFAULT_POLICY.procedures if each.id == "residents_motion"),
    bodies=(
        Body(id="council", en="Council", zh="居民议事会", kind="residents_council", unit="council", members=9),
        Body(id="meeting", en="Meeting", zh="社区代表会议", kind="community_representatives", unit="reps", members=60),
    ),
)


class Community:
    """The log of the community, and what everybody asks of it."""

    def __init__(self) -> None:
        self.clock = PinnedClock()  # Monday 2 March 2026
        self.engine = Engine.open(records=[PROPOSAL, CASE], policy=POLICY, now=self.clock)

    def do(self, *commands: Any) -> Any:
        return [self.engine.handle(each) for each in commands][-1]

    def refused(self, command: Any) -> tuple[str, ...]:
        with pytest.raises(NotAllowed) as caught:
            self.engine.handle(command)
        return caught.value.codes

    def wait(self, **units: float) -> None:
        self.clock.advance(**units)
        self.engine.tick()

    def status(self, id: str = "shed") -> str:
        return str(self.engine.get(id).status)

    def motion(self, id: str, by: str, title: str, *signed: str) -> None:
        """A motion drafted, co-signed and handed in by representatives."""
        proposer = representative(by)
        self.do(
            c.DraftProposal(id=id, by=proposer, title=title, text=f"{title}, by the end of June", **WHERE),
            *(SecondProposal(id=id, by=representative(each)) for each in (by, *signed)),
            c.SubmitProposal(id=id, by=proposer),
            c.StartScreening(id=id, by=office),
        )

    def at_the_vote(self, present: int, in_favour: int) -> None:
        """So many of the sixty vote before it ends, so many of them in favour; the system counts when it has ended."""
        for place, seat in enumerate(SEATS[:present]):
            ballot = Ballot(choice=("yes",)) if place < in_favour else Ballot(choice=("no",))
            self.do(c.CastBallot(id="shed", by=representative(seat), ballot=ballot))
        self.clock.set(self.engine.get("shed").vote.closes_at + timedelta(seconds=1))  # type: ignore[attr-defined]
        self.engine.tick()

    def days_of_the_vote(self) -> dict[str, datetime]:
        opens = self.clock() + timedelta(days=4)
        return {"opens_at": opens, "closes_at": opens + timedelta(hours=3)}


def up_to_the_vote() -> Community:
    """From three motions for a charging shed and one about a leak to the open vote about the shed."""
    town = Community()
    shed: dict[str, Any] = {"id": "shed"}
    proposer = representative("d-1")

    # drafted by a representative; nobody hands it in before it is co-signed
    town.do(c.DraftProposal(**shed, by=proposer, title="Shed to charge bicycles", text="A shed at gate 3", **WHERE))
    submit = c.SubmitProposal(**shed, by=proposer)
    town.do(*(SecondProposal(**shed, by=representative(each)) for each in ("d-1", "d-2")))
    assert town.refused(submit) == ("supporters_reach_threshold",)  # two of three
    town.do(SecondProposal(**shed, by=representative("d-3")), submit, c.StartScreening(**shed, by=office))

    # two similar ones are merged into it, with their proposers and supporters
    town.motion("sockets", "d-4", "Sockets for bicycles", "d-5", "d-6")
    town.motion("fires", "d-7", "No charging in stairwells", "d-2", "d-8")
    for follower in ("sockets", "fires"):
        town.do(c.MergeProposal(id=follower, by=office, master="shed", same_subject="where bicycles are charged"))
    proposal: Any = town.engine.get("shed")
    assert proposal.proposers == ("d-1", "d-4", "d-7")
    assert set(proposal.items_of("support")) == {"d-1", "d-2", "d-3", "d-4", "d-5", "d-6", "d-7", "d-8"}

    # one about a single family's leak needs no vote: it goes on as a case, exactly one
    town.motion("leak", "d-9", "A leak at one family's", "d-10", "d-11")
    assert town.refused(c.ConvertToCase(id="leak", by=office, reason="one family")) == ("matter_is_individual",)
    case = town.do(c.ConvertToCase(id="leak", by=office, individual=True, reason="one family")).converted_to
    assert (town.status("leak"), town.status(case)) == ("converted", "reported")
    assert town.engine.get(case).reporter == "d-9"  # type: ignore[attr-defined]

    # consulted for seven days, every opinion answered
    town.do(c.AdmitProposal(**shed, by=office, stakeholders=("gate-3", "d-30")))
    town.do(
        RecordOpinion(**shed, by=representative("d-30"), text="not under my window"),
        RecordOpinion(**shed, by=representative("d-31"), text="and a camera"),
        DisposeOpinion(**shed, by=office, item="1", disposition="adopted"),
    )
    close = c.CloseConsultation(**shed, by=office, roll_confirmed=True)
    assert town.engine.get("shed").clocks["consultation"].due == datetime(2026, 3, 9, 16, tzinfo=UTC)
    assert set(town.refused(close)) == {"consultation_lasted_long_enough", "opinions_are_disposed_of"}
    town.wait(days=8)
    assert town.refused(close) == ("opinions_are_disposed_of",)
    town.do(DisposeOpinion(**shed, by=office, item="2", disposition="declined", reason="no money for it"), close)

    # deliberated by the council, then announced
    announce = c.AnnounceVote(**shed, by=chair, question="A shed at gate 3?", **town.days_of_the_vote())
    assert town.refused(announce) == ("stages_before_vote_are_passed",)
    town.do(
        AddEvidence(**shed, by=office, item="minutes", kind="minutes", sha256="a" * 64),
        c.RecordStage(
            **shed, by=council, stage="council", entitled=9, present=7, in_favour=6, against=1, papers=("minutes",)
        ),
        announce,
        c.EnrolVoters(**shed, by=chair, voters=tuple(Voter(id=seat) for seat in SEATS)),
    )
    town.wait(days=4, seconds=1)
    assert town.status() == "voting"
    return town


def to_the_end(town: Community) -> None:
    """Published, carried out, appraised, published again, answered, filed away."""
    shed: dict[str, Any] = {"id": "shed"}

    # published with its counts; whoever decided does not carry it out
    publish = c.PublishResolution(**shed, by=committee, public_text="A shed at gate 3", implementer="council")
    assert town.refused(publish) == ("implementer_did_not_decide",)
    assert town.refused(publish.changed(implementer="reps")) == ("implementer_did_not_decide",)
    town.do(publish.changed(implementer="workstation"))
    start = c.StartImplementation(**shed, by=workstation)
    assert town.refused(start) == ("publicity_has_elapsed",)
    town.wait(days=8)
    town.do(start)

    # carried out by the workstation, appraised by others
    town.wait(days=30)
    town.do(
        AddEvidence(**shed, by=workstation, item="report", kind="report", sha256="b" * 64),
        c.ReportCompletion(**shed, by=workstation, measure="the shed stands", papers=("report",)),
    )
    appraise = c.HoldAppraisal(**shed, by=workstation, invited=20, came=11, score=88, papers=("report",))
    assert "role_is_held" in town.refused(appraise)
    assert town.refused(appraise.changed(by=residents, came=10)) == ("appraisal_quorum_is_met",)  # 过半数 is more
    town.do(appraise.changed(by=residents))

    # the result is published, every proposer is answered, the file closed
    town.do(c.PublishResult(**shed, by=committee, public_text="The shed is open", papers=("report",)))
    assert town.status() == "result_published"
    archive = c.ArchiveProposal(**shed, by=archivist)
    assert town.refused(archive) == ("proposer_is_answered",)
    answer = {"request": "a shed", "facts": "fires", "grounds": "the resolution", "conclusion": "it stands"}
    replied = town.do(c.ReplyToProposer(**shed, by=office, **answer))
    assert replied.answered == ("d-1", "d-4", "d-7")
    assert town.engine.open_loops("shed") == ()
    assert town.do(archive).status == "archived"
    for id in ("shed", "sockets", "fires", "leak"):
        record = town.engine.get(id)
        assert town.engine.as_of(id, version=record.version) == record


def test_41_of_60_come_25_are_in_favour_and_the_motion_goes_its_whole_way():
    town = up_to_the_vote()
    town.at_the_vote(present=41, in_favour=25)
    proposal: Any = town.engine.get("shed")
    assert proposal.status == "adopted"
    tally = proposal.vote.tally
    assert (tally.entitled.persons, tally.present.persons, tally.yes.persons) == (60, 41, 25)
    to_the_end(town)


def test_half_of_those_present_is_not_more_than_half():
    town = up_to_the_vote()
    town.at_the_vote(present=50, in_favour=25)
    assert town.status() == "not_adopted"


@pytest.mark.parametrize(("present", "status"), [(40, "adopted"), (39, "inquorate")])
def test_two_thirds_of_60_are_40(present: int, status: str):
    town = up_to_the_vote()
    town.at_the_vote(present=present, in_favour=30)
    assert town.status() == status


def test_39_are_too_few_so_it_is_reconvened_and_adopted():
    town = up_to_the_vote()
    town.at_the_vote(present=39, in_favour=39)
    assert town.status() == "inquorate"
    assert "publicity" not in town.engine.get("shed").clocks

    # the notice runs again; the question and the roll are those of the first vote, its ballots are not
    days = town.days_of_the_vote()
    again = c.ReconveneVote(id="shed", by=chair, **days)
    assert town.refused(again.changed(opens_at=town.clock() + timedelta(days=2))) == ("notice_is_long_enough",)
    assert town.refused(again.changed(question="A shed at gate 4?")) == ("vote_is_the_same",)
    reconvened = town.do(again)
    assert (reconvened.vote.question, len(reconvened.vote.roll), len(reconvened.vote.cast)) == (
        "A shed at gate 3?",
        60,
        0,
    )
    town.clock.set(days["opens_at"] + timedelta(seconds=1))
    town.engine.tick()
    town.at_the_vote(present=41, in_favour=25)
    assert town.status() == "adopted"
    votes = town.engine.get("shed").items_of("vote").values()
    assert [str(vote.status) for vote in votes] == ["inquorate", "carried"]
    to_the_end(town)


def test_when_too_few_come_again_the_attempts_are_used_up_and_it_lapses():
    town = up_to_the_vote()
    lapse = c.LapseProposal(id="shed", by=chair)
    for attempt in (1, 2):  # the policy allows two
        town.at_the_vote(present=39, in_favour=39)
        assert town.status() == "inquorate"
        again = c.ReconveneVote(id="shed", by=chair, **town.days_of_the_vote())
        if attempt == 1:
            assert town.refused(lapse) == ("attempts_are_used_up",)  # given up earlier, it takes a reason
            town.do(again)
            town.wait(days=4, seconds=1)
        else:
            assert town.refused(again) == ("attempts_are_left",)
    lapsed = town.do(lapse)
    assert lapsed.status == "not_adopted"
    assert town.refused(c.ArchiveProposal(id="shed", by=archivist)) == ("proposer_is_answered",)
    assert [str(vote.status) for vote in lapsed.items_of("vote").values()] == ["inquorate", "inquorate"]
