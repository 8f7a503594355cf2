"""Who may do what to a proposal: by role, area and part in it; 回避 for officials; on_behalf_of alone gives nothing."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import Actor, Claim, Command, NotFound, ProtectionError, Role
from govflow.proposals import commands as c
from govflow.regions.opinion import DisposeOpinion, RecordOpinion
from govflow.regions.support import SecondProposal
from govflow.voting import Ballot, Voter
from tests.proposals.hall import (
    AREA,
    Hall,
    chair,
    committee,
    li,
    office,
    town,
    voter,
    wang,
    workstation,
    zhao,
)

M: dict[str, Any] = {"id": "m"}
ELSEWHERE = "jinniu/other-town"

# the simplest command of each step that belongs to a role, and where it is given
STEPS: list[tuple[str, Role, Command]] = [
    ("submitted", Role.SECRETARIAT, c.StartScreening(**M, by=office)),
    ("screening", Role.SECRETARIAT, c.AdmitProposal(**M, by=office, stakeholders=("x",))),
    ("screening", Role.SECRETARIAT, c.ConvertToCase(**M, by=office, individual=True, reason="x")),
    ("deliberating", Role.DELIBERATING_BODY, c.SendBack(**M, by=office, reason="x")),
    ("announced", Role.CONVENOR, c.CancelVote(**M, by=office, reason="x")),
    ("adopted", Role.COMMUNITY, c.PublishResolution(**M, by=office, public_text="x", works=False)),
    ("adopted", Role.TOWN, c.AnnulResolution(**M, by=office, illegality="x")),
]


def acting(role: str, *, unit: str | None = None, area: str = "", **more: Any) -> Actor:
    return Actor(id="o-1", claims=(Claim(role=role, unit=unit, area=area),), **more)


@pytest.mark.parametrize(("status", "role", "command"), STEPS, ids=lambda each: str(getattr(each, "wire", each)))
def test_a_role_counts_in_its_own_area_and_for_those_without_an_interest(status: str, role: Role, command: Command):
    hall = Hall().motion(status)

    def by(who: Actor) -> tuple[str, ...]:
        return tuple(each.code for each in hall.engine.why_not(command.changed(by=who)))

    assert by(acting(Role.RESIDENT)) == ("role_is_held",)
    assert by(acting(role, area=ELSEWHERE)) == ("role_is_held",)
    assert by(acting(role, area=f"{AREA}/grid-1")) == ("role_is_held",)  # a part of the area is not the whole
    assert by(acting(role, unit="council", interests=("m",))) == ("actor_has_no_interest",)
    assert by(acting(role, unit="council", interests=("gate-3",)))[:1] == (
        ("actor_has_no_interest",) if hall.get().stakeholders else ()
    )
    assert by(acting(role, area="jinniu", unit="council")) == ()


def test_an_official_who_lives_at_the_gate_keeps_away_and_a_proposer_speaks_for_themselves():
    hall = Hall().motion("consulting")  # gate-3 is a stakeholder
    concerned = Actor(id="office-2", claims=office.claims, interests=("gate-3",))
    assert hall.refused(c.SplitProposal(**M, by=concerned, subject="x")) == ("actor_has_no_interest", "parts_are_named")
    proposer = Actor(id="s-wang", claims=wang.claims, interests=("gate-3",))
    hall.do(c.AmendProposal(**M, by=proposer, text="a wider ramp"))
    neighbour = Actor(id="s-li", claims=li.claims, interests=("gate-3",))
    hall.do(RecordOpinion(**M, by=neighbour, text="wider"))
    assert "actor_has_no_interest" in hall.refused(DisposeOpinion(**M, by=concerned, item="1", disposition="adopted"))
    hall.do(DisposeOpinion(**M, by=office, item="1", disposition="adopted"))


def test_what_a_command_says_of_itself_gives_no_right():
    hall = Hall().motion("draft", supporters=())
    for command in (
        c.SubmitProposal(**M, by=zhao, on_behalf_of="s-wang"),
        c.WithdrawProposal(**M, by=zhao, on_behalf_of="s-wang"),
        c.AmendProposal(**M, by=zhao, on_behalf_of="s-wang", text="another ramp"),
        c.NameCoProposer(**M, by=zhao, on_behalf_of="s-wang", co_proposer="s-zhao"),
    ):
        assert "role_is_held" in hall.refused(command)
    assert hall.refused(SecondProposal(**M, by=zhao, on_behalf_of="s-li")) != ()
    hall.do(SecondProposal(**M, by=li), c.NameCoProposer(**M, by=wang, co_proposer="s-li"))
    hall.do(c.LeaveProposal(**M, by=wang, reason="moving"))
    assert hall.refused(c.TakeOverProposal(**M, by=zhao, on_behalf_of="s-li")) != ()


def test_nobody_votes_for_another_without_their_authority():
    hall = Hall().motion("voting")
    yes = Ballot(choice=("yes",))
    stranger = voter("stranger")
    for command, codes in (
        (c.CastBallot(**M, by=stranger, ballot=yes), {"role_is_held", "voter_is_in_snapshot"}),
        (c.CastBallot(**M, by=stranger, voter="v-1", ballot=yes), {"role_is_held", "proxy_is_authorised"}),
        (c.CastBallot(**M, by=voter("v-0"), voter="v-1", ballot=yes), {"proxy_is_authorised"}),
        (c.CastBallot(**M, by=voter("v-0"), voter="v-1", on_behalf_of="v-1", ballot=yes), {"proxy_is_authorised"}),
        (c.CastBallot(**M, by=chair, voter="v-1", ballot=yes), {"role_is_held", "proxy_is_authorised"}),
    ):
        assert set(hall.refused(command)) == codes


def test_a_unit_on_the_roll_votes_through_whoever_speaks_for_it_and_through_nobody_else():
    hall = Hall().motion("deliberating")
    firm = Actor.of("clerk-1", Role.VOTER, unit="firm")
    hall.do(hall.stage_passed("council", 9), hall.announcement())
    hall.do(c.EnrolVoters(**M, by=chair, voters=(Voter(id="firm"), Voter(id="v-1"))))
    hall.on_to("voting")
    yes = Ballot(choice=("yes",))
    other = Actor.of("clerk-2", Role.VOTER, unit="other")
    for command in (
        c.CastBallot(**M, by=firm, ballot=yes),  # in person the clerk is not on the roll
        c.CastBallot(**M, by=other, on_behalf_of="firm", ballot=yes),
        c.CastBallot(**M, by=other, voter="firm", on_behalf_of="firm", ballot=yes),
        c.CastBallot(**M, by=firm, voter="v-1", on_behalf_of="firm", ballot=yes),
    ):
        assert hall.refused(command) != ()
    assert list(hall.do(c.CastBallot(**M, by=firm, on_behalf_of="firm", ballot=yes)).vote.cast) == ["firm"]


def test_an_official_of_another_area_does_not_publish_and_one_of_a_higher_level_does():
    hall = Hall().motion("adopted", level="community")
    publish = c.PublishResolution(**M, by=committee, public_text="A ramp", implementer="workstation")
    assert hall.refused(publish.changed(by=acting(Role.COMMUNITY, area=ELSEWHERE))) == ("role_is_held",)
    hall.do(publish)
    assert "role_is_held" in hall.refused(c.AnnulResolution(**M, by=acting(Role.TOWN, area=ELSEWHERE), illegality="x"))
    hall.do(c.AnnulResolution(**M, by=town, illegality="x"))


def test_the_one_who_carries_it_out_is_the_one_that_is_named():
    hall = Hall().motion("implementing")
    other = Actor.of("other-1", Role.IMPLEMENTER, unit="other")
    for command in (
        c.SpawnRecord(**M, by=other, title="x"),
        c.ReportCompletion(**M, by=other, measure="x"),
        c.SuspendProposal(**M, by=other, cause="frost"),
    ):
        assert "role_is_held" in hall.refused(command)
    assert hall.engine.why_not(c.SpawnRecord(**M, by=workstation, title="x")) == ()


def test_a_proposal_is_public_in_its_area_and_hidden_from_other_areas():
    hall = Hall().motion("screening")
    near, far = Claim(role=Role.RESIDENT, area=AREA), Claim(role=Role.RESIDENT, area=ELSEWHERE)
    assert hall.engine.seen_by(Actor(id="s-1", claims=(near,))).get("m").status == "screening"
    with pytest.raises(NotFound):
        hall.engine.seen_by(Actor(id="s-2", claims=(far,))).get("m")
    # whoever moved away still sees their own
    assert hall.engine.seen_by(Actor(id="s-wang", claims=(far,))).get("m").status == "screening"


def test_the_secretariat_opens_names_and_an_official_with_an_interest_does_not():
    hall = Hall()
    hall.do(c.DraftProposal(**M, by=wang, title="Ramp", text="A ramp", area=AREA, proposer_name="Wang Fang"))
    assert hall.engine.open_personal("m", "proposer_name", office, why="to handle it") == "Wang Fang"
    for other in (committee, li, Actor(id="office-2", claims=office.claims, interests=("m",))):
        with pytest.raises(ProtectionError):
            hall.engine.open_personal("m", "proposer_name", other, why="to handle it")


def test_what_each_may_do_is_named_and_no_more():
    hall = Hall().motion("screening")

    def steps(who: Actor) -> set[str]:
        return {step.command for step in hall.engine.allowed("m", who)}

    assert {"proposal.admit", "proposal.reject", "proposal.merge"} <= steps(office)
    assert "proposal.withdraw" in steps(wang)
    assert "support.withdraw" in steps(zhao)
    assert not steps(zhao) & {"proposal.admit", "proposal.withdraw", "proposal.take_over"}


def test_whoever_has_an_interest_signs_is_heard_and_votes_as_everybody_else_but_keeps_away_from_office():
    hall = Hall().motion("voting")
    interested = voter("v-0").model_copy(update={"interests": ("gate-3",)})
    assert "gate-3" in hall.get().stakeholders
    cast = hall.do(c.CastBallot(id="m", by=interested, ballot=Ballot(choice=("no",))))
    assert "v-0" in cast.vote.cast
    convening = chair.model_copy(update={"interests": ("gate-3",)})
    assert "actor_has_no_interest" in hall.refused(c.CloseVote(id="m", by=convening))
