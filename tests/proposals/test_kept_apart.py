"""议、决、行、评分离: who proposes, decides, carries out and appraises are others, and no office reaches elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import Actor, Claim, Command, HandOver, Role
from govflow.proposals import commands as c
from govflow.regions.objection import RaiseObjection, ResolveObjection
from govflow.voting import Ballot
from tests.proposals.hall import (
    AREA,
    Hall,
    appraiser,
    body,
    branch,
    chair,
    committee,
    council,
    li,
    office,
    paper,
    town,
    voter,
    wang,
)

M: dict[str, Any] = {"id": "m"}
ALL = (HandOver(reason="carried on elsewhere"),)
dance = body("dance-club")


def also(who: Actor, role: Role, **more: Any) -> Actor:
    """Somebody with one more role."""
    return Actor(id=who.id, claims=(*who.claims, Claim(role=role, **more)))


# --- nobody decides on their own -------------------------------------------------------------------------------------

LIST: dict[str, Any] = {"reason_code": "incomplete", "reason": "see the list", "shortcomings": ("where",)}
ON_ONES_OWN = [
    ("screening", Role.SECRETARIAT, c.ReturnProposal(**M, by=office, **LIST)),
    ("screening", Role.SECRETARIAT, c.RejectProposal(**M, by=office, reason_code="too_vague", reason="?", told_by="x")),
    ("screening", Role.SECRETARIAT, c.AdmitProposal(**M, by=office, stakeholders=("gate-3",))),
    ("consulting", Role.SECRETARIAT, c.CloseConsultation(**M, by=office, roll_confirmed=True)),
]


@pytest.mark.parametrize(("status", "role", "command"), ON_ONES_OWN, ids=lambda each: str(getattr(each, "wire", each)))
def test_who_proposes_does_not_screen_admit_or_close_it_whatever_office_they_hold(
    status: str, role: Role, command: Command
):
    hall = Hall().motion(status)
    hall.clock.advance(days=8)
    assert hall.refused(command.changed(by=also(wang, role))) == ("decided_by_another",)
    assert hall.engine.why_not(command) == ()


def test_who_proposes_does_not_call_the_vote_on_it():
    hall = Hall().motion("deliberating")
    hall.do(hall.stage_passed("council", 9))
    announcement = hall.announcement()
    assert hall.refused(announcement.changed(by=also(wang, Role.CONVENOR))) == ("decided_by_another",)
    hall.do(announcement)


def test_who_writes_a_proposal_down_for_a_unit_does_not_admit_it_and_another_of_the_unit_does():
    hall = Hall()
    said = {"title": "Road", "text": "Paved", "area": AREA, "track": "four_two", "proposer": "branch"}
    proposing = also(branch, Role.PROPOSER, unit="branch")
    hall.do(
        c.DraftProposal(**M, by=proposing, on_behalf_of="branch", **said),
        c.SubmitProposal(**M, by=proposing, on_behalf_of="branch"),
        c.StartScreening(**M, by=office),
    )
    admit = c.AdmitProposal(**M, by=branch, stakeholders=("gate-3",))
    assert hall.get().proposer == "branch"
    assert hall.refused(admit) == ("decided_by_another",)
    hall.do(admit.changed(by=Actor.of("branch-2", Role.PARTY_BRANCH, unit="branch")))


def test_an_office_of_another_area_writes_nobody_down_here():
    far = Actor(id="clerk", claims=(Claim(role=Role.RESIDENT), Claim(role=Role.COMMUNITY, unit="far", area="far/away")))
    draft = c.DraftProposal(**M, by=far, title="Ramp", text="A ramp", area=AREA, proposer="s-li")
    hall = Hall()
    assert hall.refused(draft) == ("proposer_drafts_or_is_written_down",)
    cleaner = Actor(id="c-1", claims=(Claim(role=Role.RESIDENT), Claim(role=Role.GRID_WORKER, unit="shop")))
    assert hall.refused(draft.changed(by=cleaner, proposer="shop")) == ("proposer_drafts_or_is_written_down",)
    assert hall.do(draft.changed(by=committee)).proposer == "s-li"


# --- no veto by voiding ----------------------------------------------------------------------------------------------

VOID = c.VoidVote(**M, by=chair, reason_code="wrong_roll", reason="two had moved away")


def test_a_vote_whose_count_can_be_known_is_voided_by_the_town_alone_and_by_nobody_concerned():
    hall = Hall().motion("voting")
    assert hall.engine.why_not(VOID) == ()  # nobody has voted yet
    hall.do(*hall.ballots(1))
    assert hall.refused(VOID) == ("town_voids_what_is_counted",)  # everybody sees how it goes
    hall.on_to("voting").clock.set(hall.get().vote.closes_at)
    hall.do(c.CloseVote(**M, by=chair))
    assert hall.refused(VOID) == ("town_voids_what_is_counted",)
    for concerned in (also(wang, Role.TOWN), Actor.of("t-2", Role.TOWN, unit="gate-3")):
        assert hall.refused(VOID.changed(by=concerned)) == ("has_no_interest",)
    far = also(chair, Role.TOWN, area="far/away")
    assert hall.refused(VOID.changed(by=far)) == ("town_voids_what_is_counted",)
    assert hall.do(VOID.changed(by=town)).status == "deliberating"


def test_who_proposed_it_does_not_void_its_vote_as_convenor():
    hall = Hall().motion("voting")
    assert hall.refused(VOID.changed(by=also(wang, Role.CONVENOR))) == ("has_no_interest",)


def test_voiding_a_vote_that_was_carried_does_not_revive_what_a_stage_has_refused_since():
    hall = Hall().motion("published")
    hall.do(RaiseObjection(**M, by=li, item="o", reason="too steep"))
    hall.do(
        ResolveObjection(**M, by=town, item="o", upheld=True, reason="it is"),
        c.ReconsiderResolution(**M, by=committee),
        c.SendBack(**M, by=council, reason="elsewhere"),
    )
    hall.on_to("deliberating").do(paper("m", "no"))
    said_no: dict[str, Any] = {"stage": "council", "entitled": 9, "present": 9, "against": 9, "papers": ("no",)}
    assert hall.do(c.FailStage(**M, by=council, reason="too dear", **said_no)).status == "not_adopted"
    assert hall.get().vote.status == "carried"
    assert hall.refused(VOID.changed(by=town)) == ("vote_can_be_voided",)


# --- bodies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "command", "code"),
    [
        ("deliberating", c.SendBack(**M, by=dance, reason="x"), "body_deliberating_sends_it_back"),
        ("deliberating", c.AmendProposal(**M, by=dance, text="y", substance=False), "body_has_a_part_in_it"),
        ("consulting", c.AmendProposal(**M, by=dance, text="y", substance=False), "body_has_a_part_in_it"),
        ("implementing", c.AnnulResolution(**M, by=dance, illegality="x", hand_over=ALL), "body_may_annul"),
    ],
)
def test_a_body_that_has_no_part_in_it_has_no_say(status: str, command: Command, code: str):
    hall = Hall().motion(status)
    assert hall.refused(command) == (code,)
    sits = also(dance, Role.VOTER, unit="council")  # a seat in the council is not its voice
    assert hall.refused(command.changed(by=sits)) == (code,)
    elsewhere = also(dance, Role.DELIBERATING_BODY, unit="council", area="far/away")
    assert hall.refused(command.changed(by=elsewhere)) == (code,)
    hall.do(command.changed(by=council))


def test_the_body_whose_turn_it_is_sends_it_back_and_afterwards_any_of_its_procedure():
    hall = Hall().motion("deliberating")
    back = c.SendBack(**M, by=body("representatives"), reason="elsewhere")
    assert hall.refused(back) == ("body_deliberating_sends_it_back",)
    hall.do(hall.stage_passed("council", 9), back)


def test_only_a_body_that_decided_reconsiders_or_gives_up_what_was_decided():
    hall = Hall().motion("published")
    abandon = c.AbandonImplementation(**M, by=dance, reason="too dear", balance="0")
    assert "body_has_decided_it" in hall.refused(abandon)
    assert "body_has_decided_it" not in hall.refused(abandon.changed(by=body("representatives")))
    hall.do(RaiseObjection(**M, by=li, item="o", reason="too steep"))
    hall.do(ResolveObjection(**M, by=town, item="o", upheld=True, reason="it is"))
    again = c.ReconsiderResolution(**M, by=dance)
    assert hall.refused(again) == ("body_has_decided_it",)
    hall.do(again.changed(by=council))


def test_a_stage_is_recorded_for_the_body_whose_stage_it_is_whatever_else_its_recorder_speaks_for():
    two = Actor(id="z", claims=(*dance.claims, *council.claims))
    hall = Hall().motion("deliberating")
    passed = hall.stage_passed("council", 9, by=two)
    assert hall.lacks(passed.changed(meeting="nowhere")) == []
    assert hall.refused(passed.changed(meeting="nowhere")) == ("meeting_is_on_record",)
    hall.do(passed)
    assert hall.get().decided_by == ("council",)
    assert hall.get().item("stage", "r1.council").unit == "council"


# --- works and their appraisal ---------------------------------------------------------------------------------------

APPRAISE = c.HoldAppraisal(**M, by=appraiser, invited=10, came=8, score=10, papers=("report",))


def test_whoever_builds_neither_orders_the_remedy_nor_names_its_day_beyond_the_limit_of_works():
    hall = Hall().motion("completed")
    hall.do(APPRAISE)
    builder = Actor(
        id="worker-1",
        claims=(Claim(role=Role.IMPLEMENTER, unit="workstation"), Claim(role=Role.APPRAISER, unit="club")),
    )
    order = c.OrderRemedy(**M, by=builder, defects=("paint",), until=hall.clock() + timedelta(days=30))
    assert hall.refused(order) == ("implementer_is_not_appraiser",)
    late = order.changed(by=appraiser, until=hall.clock() + timedelta(days=36_500))
    assert hall.refused(late) == ("defects_and_due_are_named",)
    hall.do(order.changed(by=appraiser))


def test_who_sits_in_a_body_that_decided_or_recorded_its_decision_does_not_appraise_as_a_plain_resident():
    hall = Hall().motion("completed")
    for decider in (
        also(council, Role.APPRAISER),  # recorded the stage, and speaks for the council
        Actor.of("chair-of-council", Role.APPRAISER),  # the same person with another claim
        Actor(id="s-1", claims=(Claim(role=Role.APPRAISER), Claim(role=Role.VOTER, unit="council"))),
        Actor(id="s-2", claims=(Claim(role=Role.APPRAISER), Claim(role=Role.CONVENOR, unit="representatives"))),
    ):
        assert hall.refused(APPRAISE.changed(by=decider)) == ("appraiser_did_not_decide",)
    one_of_many = Actor(id="s-3", claims=(Claim(role=Role.APPRAISER), Claim(role=Role.VOTER, unit="representatives")))
    hall.do(APPRAISE.changed(by=one_of_many))


def test_whoever_holds_every_office_alone_comes_no_further_than_the_screening():
    roles = (Role.RESIDENT, Role.PROPOSER, Role.ORGANISATION, Role.SECRETARIAT, Role.CONVENOR, Role.VOTER)
    me, hall = Actor.of("s-me", *roles), Hall()
    hall.do(
        c.DraftProposal(**M, by=me, title="Lift", text="A lift", area=AREA, track="owners"),
        c.SubmitProposal(**M, by=me),
        c.StartScreening(**M, by=me),
    )
    assert hall.refused(c.AdmitProposal(**M, by=me, stakeholders=("a",))) == ("decided_by_another",)


def test_one_who_votes_may_still_convene_for_it_is_what_they_proposed_that_nobody_decides_on():
    hall = Hall().motion("voting")
    both = also(voter("v-0"), Role.CONVENOR)
    hall.do(c.CastBallot(**M, by=both, ballot=Ballot(choice=("yes",))), *list(hall.ballots(5))[1:])
    assert hall.do(c.CloseVote(**M, by=both)).status == "adopted"
