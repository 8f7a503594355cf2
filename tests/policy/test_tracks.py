"""Every track of the invented town's policy is run through the engine, from the draft to the resolution."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from govflow import DEFAULT_POLICY, Actor, Claim, Engine, NotAllowed
from govflow.ballot_box import open_box
from govflow.interchange.policy_files import example_text
from govflow.messages import Command
from govflow.policy import BallotForm, Body, Majority, Method, Policy, Presence, QuorumRule, Share, Tie
from govflow.proposals import Proposal
from govflow.proposals import commands as c
from govflow.proposals.box import seal
from govflow.regions.evidence import AddEvidence
from govflow.regions.support import SecondProposal, supporters_asked
from govflow.testing import PinnedClock
from govflow.voting import Ballot, Voter, commitment_of
from tests.policy.test_town import TOWN

SHANHU, HEDONG = "beihe/qingxi/shanhu", "beihe/qingxi/hedong"
GARDEN = f"{HEDONG}/grid-1"
SEED = "a-seed-that-the-notary-keeps"
OPTIONS = ("lamp", "bench", "tree")
P: dict[str, Any] = {"id": "p"}

office = Actor.of("office", "secretariat", unit="qx.governance")
convenor = Actor.of("convenor", "convenor", unit="qx.governance")


class Run(NamedTuple):
    """One way through a track: who proposes where, who signs, who may vote, and how many do, and are in favour."""

    area: str
    voters: tuple[Voter, ...]
    there: int
    yes: int
    proposer: str = "resident"
    capacity: str = "resident"
    unit: str | None = None
    supporters: int = 0


def people(number: int, households: int = 0, area: int = 0) -> tuple[Voter, ...]:
    """So many voters; the first ones are of a household each, the others live with them."""
    homes: Iterator[str | None] = cycle(f"h-{each}" for each in range(households)) if households else cycle([None])
    return tuple(Voter(id=f"v-{each}", household=home, area=area) for each, home in enumerate(islice(homes, number)))


RUNS: dict[str, Run] = {
    # 60 representatives: 40 are two thirds, 21 more than half of them
    "residents_motion": Run(HEDONG, people(60), 40, 21, supporters=5),
    "four_two": Run(SHANHU, people(45), 30, 16, proposer="party_branch"),
    # 1245 villagers of 276 households: 184 of these are two thirds, though few people came
    "villagers_motion": Run(SHANHU, people(1245, 276), 184, 93, capacity="representative",
                            unit="qx.shanhu.representatives", supporters=15),
    "levy": Run(SHANHU, people(1245, 276), 184, 93, capacity="representative",
                unit="qx.shanhu.representatives", supporters=9),
    "group_motion": Run(f"{SHANHU}/group-1", people(410, 92), 62, 32),
    "owners": Run(GARDEN, people(320, 320, 9_000), 214, 108),
    "owners_major": Run(GARDEN, people(320, 320, 9_000), 214, 161),
    # one resident of each of the 860 households: 431 are more than half
    "convention": Run(HEDONG, people(860, 860), 431, 216, supporters=10),
    "building_motion": Run(GARDEN, people(84, 36), 18, 18, supporters=2),
}  # fmt: skip


class Hall:
    """A log under the town's policy, and a proposal that is carried through one of its tracks."""

    def __init__(self, track: str, policy: Policy = TOWN) -> None:
        self.track, self.run = track, RUNS[track]
        self.clock = PinnedClock(datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai")))
        self.engine = Engine.open(now=self.clock)
        self.engine.adopt(policy)
        self.proposer = Actor.of("s-0", "proposer", self.run.proposer)

    def do(self, *commands: Command) -> Proposal:
        record = [self.engine.handle(each) for each in commands][-1]
        assert isinstance(record, Proposal)
        return record

    @property
    def proposal(self) -> Proposal:
        return self.engine.get("p", Proposal)

    def drafted(self) -> Hall:
        said = {"title": "Street lamp", "text": "Put up a lamp at the gate", "area": self.run.area, "track": self.track}
        self.do(c.DraftProposal(**P, by=self.proposer, **said))
        return self

    def seconded(self, number: int | None = None) -> Hall:
        claims = (Claim(role="resident"), Claim(role="voter", unit=self.run.unit))
        for each in range(self.run.supporters if number is None else number):
            self.do(SecondProposal(**P, by=Actor(id=f"s-{each}", claims=claims), capacity=self.run.capacity))
        return self

    def admitted(self) -> Hall:
        self.do(
            c.SubmitProposal(**P, by=self.proposer),
            c.StartScreening(**P, by=office),
            c.AdmitProposal(**P, by=office, stakeholders=("gate-3",)),
        )
        return self

    def consulted(self) -> Hall:
        self.until(self.proposal.clocks["consultation"].due)
        self.do(c.CloseConsultation(**P, by=office, roll_confirmed=True))
        return self

    def staged(self, **counts: int) -> Hall:
        """Every stage by the body of the area, in its unit, with just more than half of those who came."""
        track = self.proposal.procedure
        assert track is not None
        for stage in track.stages:
            body, rule = TOWN.body_for(stage.body, self.run.area), TOWN.quorum_rule(stage.quorum or "")
            assert body is not None
            assert rule is not None
            present = least(rule.presence[0][0].share, body.members)
            yes = least(rule.decision[0].share, present)
            said = {"entitled": body.members, "present": present, "in_favour": yes, **counts}
            minutes = AddEvidence(**P, by=office, item=f"m-{stage.id}", kind="minutes", sha256="0" * 64)
            chair = Actor.of("chair", "deliberating_body", unit=body.unit)
            self.do(minutes, c.RecordStage(**P, by=chair, stage=stage.id, papers=(f"m-{stage.id}",), **said))
        return self

    def announced(self) -> Hall:
        """On the first moment that the track's notice period allows."""
        track = self.proposal.procedure
        assert track is not None
        notice = TOWN.limit(track.vote.notice or "")
        assert notice is not None
        opens = midnight_after(self.clock(), notice.length)
        said: dict[str, Any] = {"opens_at": opens, "closes_at": opens + timedelta(days=2)}
        if track.vote.method is not Method.YES_NO:
            said["options"] = OPTIONS
        if track.vote.tie is Tie.LOT:
            said["lot_commitment"] = commitment_of(SEED)
        with pytest.raises(NotAllowed) as caught:
            self.do(c.AnnounceVote(**P, by=convenor, **{**said, "opens_at": opens - timedelta(seconds=1)}))
        assert caught.value.codes == ("notice_is_long_enough",)
        self.do(c.AnnounceVote(**P, by=convenor, **said), c.EnrolVoters(**P, by=convenor, voters=self.run.voters))
        self.until(opens + timedelta(minutes=1))
        self.engine.tick()
        return self

    def voted(self, there: int | None = None, yes: int | None = None) -> Hall:
        there, yes = self.run.there if there is None else there, self.run.yes if yes is None else yes
        for number, voter in enumerate(self.run.voters[:there]):
            self.do(self.cast(voter.id, self.ballot(number < yes, number)))
        return self

    def ballot(self, in_favour: bool, number: int) -> Ballot:
        if self.proposal.vote.rule.method is Method.SCORE:  # the lamp and the tree come out even
            return Ballot(scores={"lamp": 5, "tree": 3} if number % 2 else {"tree": 5, "lamp": 3})
        return Ballot(choice=("yes" if in_favour else "no",))

    def cast(self, voter: str, ballot: Ballot) -> Command:
        by = Actor.of(voter, "voter")
        if self.proposal.vote.form is BallotForm.OPEN:
            return c.CastBallot(**P, by=by, ballot=ballot)
        secret, nonce = (hashlib.sha256(f"{kind}{voter}".encode()).digest() for kind in ("secret", "nonce"))
        sealed = seal("p", 1, voter, ballot, secret, nonce, self.proposal.vote.options)
        return c.CastBallot(**P, by=by, sealed=sealed.sealed, commitment=sealed.commitment)

    def closed(self) -> Proposal:
        vote = self.proposal.vote
        self.until(vote.closes_at)
        if vote.form is BallotForm.SECRET:
            open_box(self.engine, "p", convenor)
        if self.proposal.status == "voting":
            seed = SEED if vote.rule.tie is Tie.LOT else None
            self.do(c.CloseVote(**P, by=convenor, lot_seed=seed))
        return self.proposal

    def until(self, moment: datetime | None) -> None:
        assert moment is not None
        self.clock.set(max(self.clock(), moment))


def midnight_after(moment: datetime, days: int) -> datetime:
    """When so many days after the day of a moment are over (民法典 §§201, 203)."""
    local = moment.astimezone(TOWN.zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days + 1)


def least(share: Share, whole: int) -> int:
    """By trial: the smallest part of a whole that reaches a share."""
    return next(part for part in range(whole + 1) if share.reached(part, whole))


def test_each_track_of_the_town_has_a_way_through_it_here():
    assert set(RUNS) == {each.id for each in TOWN.procedures}
    assert set(RUNS) - {each.id for each in DEFAULT_POLICY.procedures} == {"building_motion"}


@pytest.mark.parametrize("track", RUNS)
def test_a_track_leads_from_the_draft_to_the_resolution(track):
    hall = Hall(track)

    proposal = hall.drafted().seconded().admitted().consulted().staged().announced().voted().closed()

    assert proposal.status == "adopted"
    assert proposal.policy == TOWN.key
    assert proposal.procedure == TOWN.procedure(track)
    assert proposal.vote.tally.present.persons == RUNS[track].there


@pytest.mark.parametrize(
    ("track", "there", "yes", "status"),
    [
        ("residents_motion", 39, 39, "inquorate"),  # of 60
        ("residents_motion", 40, 20, "not_adopted"),  # half of those present is not more than half
        ("four_two", 29, 29, "inquorate"),  # of 45
        ("villagers_motion", 183, 183, "inquorate"),  # households of 276
        ("villagers_motion", 184, 92, "not_adopted"),
        ("group_motion", 61, 61, "inquorate"),  # households of 92
        ("owners", 213, 213, "inquorate"),  # of 320
        ("owners_major", 214, 160, "not_adopted"),  # three quarters of 214 are 160.5
        ("convention", 430, 430, "inquorate"),  # of 860
        ("building_motion", 17, 17, "inquorate"),  # households of 36
    ],
)
def test_one_voter_less_and_it_is_not_adopted(track, there, yes, status):
    hall = Hall(track).drafted().seconded().admitted().consulted().staged().announced()

    assert hall.voted(there, yes).closed().status == status


@pytest.mark.parametrize("track", [track for track, run in RUNS.items() if run.supporters])
def test_one_supporter_less_and_it_is_not_submitted(track):
    hall = Hall(track).drafted().seconded(RUNS[track].supporters - 1)

    with pytest.raises(NotAllowed) as caught:
        hall.do(c.SubmitProposal(**P, by=hall.proposer))

    assert caught.value.codes == ("supporters_reach_threshold",)


def test_a_tenth_of_the_villagers_or_a_third_of_their_representatives_can_bring_a_motion():
    track = TOWN.procedure("villagers_motion")
    assert track is not None

    assert [supporters_asked(each, SHANHU, TOWN) for each in track.support] == [125, 15]  # of 1245, of 45
    assert [supporters_asked(each, HEDONG, TOWN) for each in track.support] == [None, None]


def test_members_of_the_bodies_alone_may_sign_as_such():
    hall = Hall("villagers_motion").drafted()
    claims = (Claim(role="resident"), Claim(role="voter", unit="qx.hedong"))

    with pytest.raises(NotAllowed) as caught:
        hall.do(SecondProposal(**P, by=Actor(id="s-1", claims=claims), capacity="representative"))

    assert caught.value.codes == ("capacity_is_held",)


def test_a_stage_is_recorded_in_the_unit_and_with_the_size_of_its_body():
    hall = Hall("four_two").drafted().admitted().consulted()
    hall.do(AddEvidence(**P, by=office, item="m", kind="minutes", sha256="0" * 64))
    said = {"stage": "two_committees", "papers": ("m",), "entitled": 7, "present": 4, "in_favour": 3}

    def refused(unit: str, **more: Any) -> tuple[str, ...]:
        chair = Actor.of("chair", "deliberating_body", unit=unit)
        with pytest.raises(NotAllowed) as caught:
            hall.do(c.RecordStage(**P, by=chair, **{**said, **more}))
        return caught.value.codes

    assert refused("qx.shanhu.party") == ("body_of_the_stage_decides",)
    assert refused("qx.shanhu", entitled=8, present=5) == ("stage_quorum_is_met",)
    assert refused("qx.shanhu", present=3, in_favour=3) == ("stage_quorum_is_met",)
    assert refused("qx.shanhu", in_favour=2) == ("stage_is_passed",)
    chair = Actor.of("chair", "deliberating_body", unit="qx.shanhu")
    assert hall.do(c.RecordStage(**P, by=chair, **said)).item("stage", "r1.two_committees").status == "passed"


def test_the_small_motion_of_a_building_is_scored_in_secret_and_a_tie_ends_by_the_lot():
    hall = Hall("building_motion").drafted().seconded().admitted().consulted().announced().voted()

    tally = hall.closed().vote.tally

    assert tally.points == {"lamp": 72, "bench": 0, "tree": 72}  # 9 times 5 and 9 times 3 each
    assert tally.tied == ("lamp", "tree")
    assert (tally.tie, tally.winner in ("lamp", "tree")) == ("lot", True)
    assert all(each.ballot is None for each in hall.proposal.vote.cast.values())


# --- what the file says ----------------------------------------------------------------------------------------------


def test_figures_of_the_law_are_those_of_the_default_policy_and_the_towns_own_are_marked():
    for name in ("quorum_rules", "procedures"):
        default = {each.id: each for each in getattr(DEFAULT_POLICY, name)}
        for each in getattr(TOWN, name):
            assert each.own == ("自定（虚构）" in each.basis)
            if not each.own and name == "procedures":
                notice = default[each.id].vote.changed(notice=each.vote.notice)
                assert each == default[each.id].changed(vote=notice)
            elif not each.own:
                assert each == default[each.id]


def test_every_procedure_that_ships_is_in_the_towns_file():
    assert {each.id for each in DEFAULT_POLICY.procedures} < {each.id for each in TOWN.procedures}
    assert {each.id for each in DEFAULT_POLICY.quorum_rules} < {each.id for each in TOWN.quorum_rules}
    of_proposals = {each for each in DEFAULT_POLICY.reasons if each.commands[0].startswith("proposal.")}
    assert {(each.id, each.commands) for each in of_proposals} <= {(each.id, each.commands) for each in TOWN.reasons}


def test_the_bodies_are_of_the_size_that_the_file_says():
    sizes = {each.kind: (each.members, each.households) for each in TOWN.bodies}

    assert sizes["community_representatives"] == (60, 0)
    assert sizes["party_assembly"] == (53, 0)
    assert sizes["village_assembly"] == (1245, 276)
    below = [each for each in TOWN.bodies if each.kind == "village_group"]
    assert len(below) == 2
    assert {each.above for each in below} == {"shanhu-assembly"}


def test_nested_lists_of_the_file_are_read_as_alternatives_of_what_must_hold_together():
    owners, village = TOWN.quorum_rule("owners"), TOWN.quorum_rule("village-assembly")
    assert owners is not None
    assert village is not None

    assert [[each.base for each in option] for option in owners.presence] == [["persons", "area"]]
    assert [[each.base for each in option] for option in village.presence] == [["persons"], ["households"]]
    assert "# 村民过半数，或" in example_text()


def test_the_nearest_body_of_a_kind_is_the_one_of_the_area():
    def found(kind: str, area: str) -> Body | None:
        return TOWN.body_for(kind, area)

    assert found("village_group", f"{SHANHU}/group-2") == TOWN.body("shanhu-group-2")
    assert found("village_assembly", f"{SHANHU}/group-2") == TOWN.body("shanhu-assembly")
    assert found("village_assembly", HEDONG) is None


def test_a_rule_asks_for_what_must_be_known_of_every_voter():
    rule = QuorumRule(
        id="r", en="r", zh="r", basis="test",
        presence=((Presence(base="households", share=Share(numerator=1, denominator=2)),),),
        decision=(Majority(base="area", share=Share(numerator=1, denominator=2)),),
    )  # fmt: skip

    assert rule.bases == {"households", "area"}
