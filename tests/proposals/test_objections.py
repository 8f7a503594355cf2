"""决议公开与异议: a resolution is published and objected to; what is upheld is decided anew, or void."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import Actor, HandOver, Role
from govflow.policy import DEFAULT_POLICY, Method, Tie
from govflow.proposals import commands as c
from govflow.regions.objection import RaiseObjection, ResolveObjection, WithdrawObjection
from govflow.voting import commitment_of
from tests.proposals.hall import (
    REPLY,
    Hall,
    a_policy,
    archivist,
    chair,
    committee,
    council,
    li,
    office,
    paper,
    town,
    workstation,
    zhao,
)

M: dict[str, Any] = {"id": "m"}
START = c.StartImplementation(**M, by=workstation)
OBJECT = RaiseObjection(**M, by=li, reason="the fire lane is blocked", item="lane")
AGAIN = c.ReconsiderResolution(**M, by=committee, reason="the fire lane")
VOID = c.AnnulResolution(**M, by=town, illegality="against the fire law")


def resolved(upheld: bool, reason: str = "looked at", by: Actor = council) -> ResolveObjection:
    return ResolveObjection(**M, by=by, item="lane", upheld=upheld, reason=reason)


def published(**more: Any) -> Hall:
    return Hall().motion("published", **more)


# --- publication -----------------------------------------------------------------------------------------------------


def test_the_resolution_is_published_with_its_text_its_counts_and_who_carries_it_out():
    hall = Hall().motion("adopted")
    publish = c.PublishResolution(**M, by=committee)
    assert hall.lacks(publish) == ["the text is missing", "who carries it out is not named"]
    assert hall.refused(publish.changed(public_text="Ask 13812345678", implementer="w")) == (
        "public_text_hides_people",
    )
    done = hall.do(publish.changed(public_text="A ramp is built", implementer="workstation"))
    body: Any = hall.events()[-1].body
    assert (body.tally.yes.persons, body.adopted_at) == (5, hall.get().clocks["ballot"].ended_at)
    assert (done.resolution, done.implementer) == ("A ramp is built", "workstation")


def test_nothing_begins_before_it_has_been_public_for_seven_days():
    hall = published()
    hall.wait(days=6)
    assert hall.refused(START) == ("publicity_has_elapsed",)
    hall.clock.set(hall.due("publicity"))
    assert hall.do(START).status == "implementing"


def test_only_the_unit_that_is_named_begins():
    hall = published()
    hall.wait(days=9)
    assert hall.refused(START.changed(by=Actor.of("other-1", Role.IMPLEMENTER, unit="other"))) == ("role_is_held",)
    assert hall.refused(START.changed(by=Actor.of("nobody-1", Role.IMPLEMENTER))) == ("role_is_held",)


# --- objections ------------------------------------------------------------------------------------------------------


def test_while_an_objection_is_open_nothing_begins():
    hall = published()
    hall.do(OBJECT)
    hall.wait(days=9)
    assert hall.refused(START) == ("no_objection_is_open",)
    assert hall.lacks(START) == ["objection lane waits for its answer"]
    assert hall.refused(RaiseObjection(**M, by=zhao, reason="too late")) == ("publicity_is_running",)


def test_an_objection_dismissed_with_reasons_stands_in_nobodys_way():
    hall = published()
    hall.do(OBJECT)
    assert hall.refused(resolved(upheld=False, reason=" ")) == ("reason_given",)
    assert "role_is_held" in hall.refused(resolved(upheld=False, by=committee))
    hall.do(resolved(upheld=False))
    assert hall.refused(AGAIN) == ("objection_was_upheld",)
    hall.wait(days=9)
    assert hall.do(START).status == "implementing"


def test_an_objection_taken_back_stands_in_nobodys_way():
    hall = published()
    hall.do(OBJECT)
    assert "role_is_held" in hall.refused(WithdrawObjection(**M, by=zhao, item="lane"))
    hall.do(WithdrawObjection(**M, by=li, item="lane"))
    hall.wait(days=9)
    hall.do(START)


def test_an_objection_upheld_is_answered_by_a_new_decision_and_a_new_vote():
    hall = published()
    hall.do(OBJECT, resolved(upheld=True))
    hall.wait(days=9)
    assert hall.refused(START) == ("no_objection_is_upheld",)
    again = hall.do(AGAIN)
    assert (again.status, again.clocks["publicity"].status) == ("deliberating", "elapsed")
    assert hall.refused(AGAIN.changed(command_id="again")) == ("step_is_in_the_table",)

    # the wording is mended, and it is voted on again from the beginning
    hall.do(c.AmendProposal(**M, by=council, text="A ramp beside the fire lane", substance=False))
    assert hall.refused(hall.announcement()) == ("stages_before_vote_are_passed",)  # the council had passed another
    hall.do(hall.stage_passed("council", 9), hall.announcement(), hall.enrolment(7))
    hall.on_to("published")
    assert [str(each.status) for each in hall.get().items_of("vote").values()] == ["carried", "carried"]
    assert hall.get().vote.number == 2
    assert len(hall.get().publications) == 2
    assert hall.refused(START) == ("publicity_has_elapsed",)  # it is public for seven days again
    hall.wait(days=9)
    assert hall.do(START).status == "implementing"  # the old objection has its answer
    assert hall.replayed() == hall.get()


def test_a_change_of_substance_after_an_objection_is_consulted_on_again():
    hall = published()
    hall.do(OBJECT, resolved(upheld=True), AGAIN)
    elsewhere = c.AmendProposal(**M, by=council, text="A ramp at gate 4")
    assert hall.refused(elsewhere) == ("substance_is_consulted_again",)
    hall.do(c.SendBack(**M, by=council, reason="elsewhere"), elsewhere)
    hall.on_to("published")
    hall.wait(days=9)
    hall.do(START)


def test_of_two_upheld_objections_one_new_decision_answers_both_and_a_later_one_stands_again():
    hall = published()
    hall.do(OBJECT, OBJECT.changed(by=zhao, item="noise", command_id="noise"))
    hall.do(resolved(upheld=True), ResolveObjection(**M, by=council, item="noise", upheld=True), AGAIN)
    hall.do(hall.announcement(), hall.enrolment(5))
    hall.on_to("published")
    hall.do(OBJECT.changed(item="third", command_id="third"))
    hall.do(ResolveObjection(**M, by=council, item="third", upheld=True))
    hall.wait(days=9)
    assert hall.lacks(START) == ["objection third was upheld"]


def test_whoever_objects_or_carries_it_out_does_not_decide_the_objection():
    hall = published()
    body = Actor.of("chair-of-firm", Role.DELIBERATING_BODY, Role.ORGANISATION, unit="firm")
    hall.do(OBJECT.changed(by=body, on_behalf_of="firm"))
    assert "objection_is_decided_by_another_unit" in hall.refused(resolved(upheld=True, by=body))
    builder = Actor.of("b-1", Role.DELIBERATING_BODY, unit="workstation")
    assert hall.refused(resolved(upheld=False, by=builder)) == ("implementer_decides_no_objection",)
    hall.do(resolved(upheld=False))


# --- annulment -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "status", ["adopted", "published", "implementing", "completed", "appraised", "result_published"]
)
def test_the_town_orders_an_unlawful_resolution_void_from_the_vote_on(status: str):
    hall = Hall().motion(status)
    assert hall.refused(VOID.changed(illegality=" ")) == ("illegality_or_superior_decision_named",)
    assert "role_is_held" in hall.refused(VOID.changed(by=committee))
    assert hall.do(VOID).status == "annulled"
    assert hall.refused(c.ArchiveProposal(**M, by=archivist)) == ("proposer_is_answered",)
    hall.do(c.ReplyToProposer(**M, by=office, **REPLY), c.ArchiveProposal(**M, by=archivist))


def test_what_the_works_still_owe_is_handed_over_when_they_are_annulled():
    hall = Hall().motion("implementing")
    hall.do(c.SpawnRecord(**M, by=workstation, title="Pour the concrete"))
    assert hall.refused(VOID) == ("loops_are_handed_over",)
    hall.do(VOID.changed(hand_over=(HandOver(reason="the works stop"),)))
    assert hall.engine.open_loops("m") == ()


def test_who_was_answered_on_the_result_is_answered_again_when_it_is_annulled():
    hall = Hall().motion("result_published")
    hall.do(c.ReplyToProposer(**M, by=office, **REPLY), VOID)
    assert hall.get().answered == ()
    assert hall.refused(c.ArchiveProposal(**M, by=archivist)) == ("proposer_is_answered",)


def test_an_annulment_gives_a_new_time_for_the_reply():
    hall = Hall().motion("result_published")
    hall.do(VOID)
    assert hall.get().clocks["reply"].is_going


# --- votes declared void ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["voting", "adopted"])
def test_an_irregular_vote_counts_for_nothing_and_a_new_round_follows(status: str):
    hall = Hall().motion("voting")
    hall.do(*hall.ballots(3, 1))
    if status == "adopted":
        hall.wait(days=3)
    void = c.VoidVote(**M, by=town, reason_code="wrong_roll", reason="two had moved away")
    assert hall.refused(void.changed(reason_code="because")) == ("reason_is_coded",)
    assert hall.refused(void.changed(reason="")) == ("reason_is_coded",)
    assert hall.refused(void.changed(interest="my own motion")) == ("has_no_interest",)
    again = hall.do(void)
    assert (again.status, again.vote.status, len(again.vote.cast)) == ("deliberating", "void", 4)
    assert not again.clocks["ballot"].is_going
    hall.do(hall.announcement(), hall.enrolment(6))
    hall.on_to("adopted")
    assert (hall.get().votes, hall.get().attempts) == (2, 1)
    assert len(hall.get().item("vote", "1").cast) == 4  # they stay in the log
    assert hall.get().vote.tally.yes.persons == 6


def test_a_vote_lost_by_an_irregularity_is_held_again_and_its_proposer_answered_anew():
    hall = Hall().motion("voting")
    hall.do(*hall.ballots(1, 4), c.CloseVote(**M, by=chair), c.ReplyToProposer(**M, by=office, **REPLY))
    hall.do(c.VoidVote(**M, by=town, reason_code="wrong_count", reason="no and yes were exchanged"))
    assert hall.get().answered == ()
    hall.do(hall.announcement(), hall.enrolment(5))
    hall.on_to("result_published")
    assert hall.refused(c.ArchiveProposal(**M, by=archivist)) == ("proposer_is_answered",)


def test_a_vote_that_was_called_off_or_is_void_already_is_not_declared_void():
    hall = Hall().motion("announced")
    void = c.VoidVote(**M, by=town, reason_code="wrong_notice", reason="nobody was told")
    hall.do(c.CancelVote(**M, by=chair, reason="the hall is flooded"), paper("m", "no"))
    assert hall.refused(void) == ("step_is_in_the_table",)
    hall.do(c.SendBack(**M, by=council, reason="once more"))
    hall.on_to("deliberating")
    said_no: dict[str, Any] = {"stage": "council", "entitled": 9, "present": 9, "against": 9, "papers": ("no",)}
    hall.do(c.FailStage(**M, by=council, reason="too dear", **said_no))
    assert hall.refused(void) == ("vote_can_be_voided",)


SEED = "the-seed-of-round-one"


def test_a_reconvened_vote_that_a_lot_may_decide_asks_for_a_commitment_of_its_own():
    ours = [each for each in DEFAULT_POLICY.procedures if each.id == "residents_motion"]
    by_lot = {"method": Method.APPROVAL, "tie": Tie.LOT}
    tracks = tuple(each.changed(vote=each.vote.changed(**by_lot)) for each in ours)
    hall = Hall(policy=a_policy(procedures=tracks)).motion("deliberating")
    options: dict[str, Any] = {"options": ("gate-3", "gate-4"), "lot_commitment": commitment_of(SEED)}
    hall.do(hall.stage_passed("council", 9), hall.announcement(**options), hall.enrolment(5))
    hall.on_to("voting")
    hall.clock.set(hall.get().vote.closes_at)
    assert hall.do(c.CloseVote(**M, by=chair, lot_seed=SEED)).status == "inquorate"
    opens = hall.clock() + timedelta(days=4)
    again = c.ReconveneVote(**M, by=chair, opens_at=opens, closes_at=opens + timedelta(days=1))
    assert hall.refused(again) == ("options_fit_the_method",)
    assert hall.refused(again.changed(lot_commitment=commitment_of(SEED))) == ("options_fit_the_method",)
    assert hall.refused(again.changed(options=("gate-3", "gate-5"))) == ("options_fit_the_method", "vote_is_the_same")
    vote = hall.do(again.changed(lot_commitment=commitment_of("seed two"))).vote
    assert (vote.options, vote.lot_commitment) == (("gate-3", "gate-4"), commitment_of("seed two"))
