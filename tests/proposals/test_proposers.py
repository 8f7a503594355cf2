"""Who stands behind a proposal: supporters and their thresholds, co-proposers, who leaves, withdraws and takes over."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import Actor, Claim, HandOver, Role
from govflow.proposals import commands as c
from govflow.proposals.bodies import Supporter
from govflow.regions.support import SecondProposal, WithdrawSupport
from tests.proposals.hall import (
    REPLY,
    VILLAGE,
    Hall,
    archivist,
    chair,
    chen,
    li,
    member,
    office,
    wang,
    zhao,
)

M: dict[str, Any] = {"id": "m"}
ADMIT = c.AdmitProposal(**M, by=office, stakeholders=("gate-3",))
LEAVE = c.LeaveProposal(**M, by=wang, reason="moving away")
WITHDRAW = c.WithdrawProposal(**M, by=wang, reason="moving away")
firm = Actor.of("clerk-1", Role.ORGANISATION, Role.CO_PROPOSER, unit="firm")


def off(who: Actor) -> WithdrawSupport:
    return WithdrawSupport(**M, by=who, item=who.id)


def with_co_proposer(upto: str = "draft") -> Hall:
    hall = Hall().motion("draft")
    hall.do(c.NameCoProposer(**M, by=wang, co_proposer="s-li"))
    return hall.on_to(upto)


# --- thresholds ------------------------------------------------------------------------------------------------------


def test_below_the_threshold_it_is_neither_handed_in_nor_admitted():
    hall = Hall().motion("draft", supporters=(li, zhao))
    submit = c.SubmitProposal(**M, by=wang)
    assert hall.lacks(submit) == ["resident: 2 of 3"]
    hall.do(SecondProposal(**M, by=chen), submit, off(zhao))
    hall.on_to("screening")
    assert hall.refused(ADMIT) == ("supporters_reach_threshold",)  # one took it back since
    hall.do(SecondProposal(**M, by=wang))  # the proposer may sign as well, and counts once
    assert hall.do(ADMIT).status == "consulting"


def test_once_it_is_admitted_support_may_be_taken_back_and_it_goes_on():
    hall = Hall().motion("consulting")
    hall.do(*(off(each) for each in (li, zhao, chen)))
    hall.on_to("adopted")
    assert {str(each.status) for each in hall.get().items_of("support").values()} == {"withdrawn"}


@pytest.mark.parametrize(
    ("villagers", "representatives", "goes"),
    [(96, 0, True), (95, 0, False), (0, 10, True), (0, 9, False), (95, 9, False)],
)
def test_a_tenth_of_the_villagers_or_a_third_of_the_representatives(villagers: int, representatives: int, goes: bool):
    hall = Hall().motion("draft", area=VILLAGE, track="villagers_motion", supporters=())
    signing = [(member(f"v-{n}", "assembly"), "villager") for n in range(villagers)]
    signing += [(member(f"r-{n}", "reps"), "representative") for n in range(representatives)]
    hall.engine.handle_all([SecondProposal(**M, by=who, capacity=capacity) for who, capacity in signing])
    submit = c.SubmitProposal(**M, by=wang)
    if goes:
        assert hall.do(submit).status == "submitted"
    else:
        asked = [f"villager: {villagers} of 96", f"representative: {representatives} of 10"]
        assert hall.lacks(submit) == asked


def test_nobody_signs_for_another_nor_in_a_capacity_they_do_not_have():
    hall = Hall().motion("draft", area=VILLAGE, track="villagers_motion", supporters=())
    as_another = SecondProposal(**M, by=li, item="s-zhao")
    assert "supporter_signs_in_person" in hall.refused(as_another)
    assert "supporter_signs_in_person" in hall.refused(SecondProposal(**M, by=li, on_behalf_of="s-zhao"))
    assert hall.refused(SecondProposal(**M, by=li, capacity="villager")) == ("capacity_is_held",)
    assert hall.refused(SecondProposal(**M, by=member("s-1", "assembly"), capacity="representative")) == (
        "capacity_is_held",
    )


def test_an_admission_to_another_track_asks_for_what_that_track_asks_for():
    hall = Hall().motion("screening", area=VILLAGE)  # a residents' motion: three supporters
    other = ADMIT.changed(track="villagers_motion")
    assert hall.lacks(other) == ["villager: 0 of 96", "representative: 0 of 10"]
    assert "procedure_is_pinned" in hall.refused(ADMIT.changed(track="nowhere"))


# --- leaving and taking over -----------------------------------------------------------------------------------------


def test_a_co_proposer_is_a_standing_supporter():
    hall = Hall().motion("draft")
    assert hall.refused(c.NameCoProposer(**M, by=wang, co_proposer="s-gao")) == ("co_proposer_supports_it",)
    hall.do(off(li))
    assert hall.refused(c.NameCoProposer(**M, by=wang, co_proposer="s-li")) == ("co_proposer_supports_it",)
    hall.do(c.NameCoProposer(**M, by=wang, co_proposer="s-zhao"))
    assert hall.get().proposers == ("s-wang", "s-zhao")


def test_a_co_proposer_goes_on_when_the_proposer_has_left_and_not_before():
    hall = with_co_proposer("consulting")
    take = c.TakeOverProposal(**M, by=li)
    assert hall.refused(take) == ("proposer_has_left",)
    hall.do(LEAVE)
    assert hall.refused(LEAVE.changed(command_id="again")) == ("not_done_before",)
    assert "role_is_held" in hall.refused(take.changed(by=zhao, command_id="zhao"))  # a supporter is no co-proposer
    taken = hall.do(take)
    assert (taken.status, taken.proposer, taken.proposer_has_left) == ("consulting", "s-li", False)
    assert taken.proposers == ("s-li", "s-wang")  # whoever made it is answered all the same
    amend = c.AmendProposal(**M, by=wang, text="a wider ramp")
    assert hall.refused(amend) == ("role_is_held",)
    hall.do(amend.changed(by=li, command_id="li"))


def test_the_secretariat_records_that_a_proposer_has_moved_away():
    hall = with_co_proposer("consulting")
    hall.do(LEAVE.changed(by=office, reason="moved away, by letter"), c.TakeOverProposal(**M, by=li))
    assert hall.get().proposer == "s-li"


def test_a_co_proposer_who_took_the_support_back_does_not_take_it_over():
    hall = with_co_proposer("consulting")
    hall.do(LEAVE, off(li))
    assert hall.refused(c.TakeOverProposal(**M, by=li)) == ("co_proposer_supports_it",)


def test_a_unit_takes_over_through_whoever_speaks_for_it():
    hall = Hall().motion("draft")
    hall.do(SecondProposal(**M, by=firm, on_behalf_of="firm", capacity="organisation"))
    hall.do(*(c.NameCoProposer(**M, by=wang, co_proposer=each) for each in ("s-li", "firm")), LEAVE)
    take = c.TakeOverProposal(**M, by=firm, on_behalf_of="firm")
    stranger = Actor.of("clerk-2", Role.ORGANISATION, Role.CO_PROPOSER, unit="other")
    assert "role_is_held" in hall.refused(take.changed(by=stranger))
    assert hall.do(take).proposer == "firm"


# --- withdrawing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["draft", "submitted", "screening", "consulting"])
def test_a_proposal_is_withdrawn_until_its_vote_is_announced(status: str):
    hall = Hall().motion(status)
    assert hall.refused(WITHDRAW.changed(by=li)) == ("role_is_held",)
    assert hall.do(WITHDRAW).status == "withdrawn"
    assert hall.get().clocks["takeover_window"].is_going
    assert {name for name, clock in hall.get().clocks.items() if clock.is_going} == {"takeover_window"}
    assert hall.engine.open_loops("m") == ()


def test_in_deliberation_the_stages_still_to_come_fall_with_it():
    hall = Hall().motion("deliberating")
    assert hall.refused(WITHDRAW) == ("loops_are_handed_over",)
    hall.do(WITHDRAW.changed(hand_over=(HandOver(region="stage", reason="withdrawn"),)))
    assert hall.get().item("stage", "r1.council").status == "void"


def test_after_the_announcement_it_is_too_late_unless_the_vote_is_called_off():
    hall = Hall().motion("announced")
    assert hall.refused(WITHDRAW) == ("step_is_in_the_table",)
    hall.do(c.CancelVote(**M, by=chair, reason="the hall is flooded"))
    assert hall.do(WITHDRAW).status == "withdrawn"


def test_within_seven_days_a_co_proposer_takes_a_withdrawn_one_over_and_it_is_screened_again():
    hall = with_co_proposer("consulting")
    hall.do(WITHDRAW)
    hall.wait(days=6)
    taken = hall.do(c.TakeOverProposal(**M, by=li))
    assert (taken.status, taken.proposer) == ("submitted", "s-li")
    assert taken.clocks["screening"].is_going
    assert not taken.clocks["takeover_window"].is_going
    hall.on_to("adopted")


def test_after_seven_days_nobody_takes_it_over_any_more_and_it_may_be_archived_once_answered():
    hall = with_co_proposer("consulting")
    hall.do(WITHDRAW)
    archive = c.ArchiveProposal(**M, by=archivist)
    assert hall.refused(archive) == ("no_window_is_running", "proposer_is_answered")
    take = c.TakeOverProposal(**M, by=li)
    hall.clock.set(hall.due("takeover_window"))
    assert hall.engine.why_not(take) == ()  # until the last instant
    hall.wait(seconds=1)
    assert hall.refused(take) == ("window_is_open",)
    assert hall.get().clocks["takeover_window"].status == "elapsed"
    hall.do(c.ReplyToProposer(**M, by=office, **REPLY))
    assert hall.do(archive).status == "archived"


def test_what_stages_had_said_before_a_withdrawal_does_not_bind_those_who_deliberate_afterwards():
    hall = with_co_proposer("deliberating")
    hall.do(hall.stage_passed("council", 9), WITHDRAW, c.TakeOverProposal(**M, by=li))
    hall.on_to("deliberating")
    stages = {key: str(each.status) for key, each in hall.get().items_of("stage").items()}
    assert stages == {"r1.council": "passed", "r2.council": "pending"}
    assert hall.refused(hall.announcement()) == ("stages_before_vote_are_passed",)
    assert hall.get().decided_by == ()
    hall.on_to("adopted")


def test_a_proposer_answered_on_the_withdrawal_is_answered_again_on_what_became_of_it():
    hall = with_co_proposer("consulting")
    hall.do(WITHDRAW, c.ReplyToProposer(**M, by=office, **REPLY), c.TakeOverProposal(**M, by=li))
    hall.on_to("result_published")
    assert hall.lacks(c.ArchiveProposal(**M, by=archivist)) == ["s-li has had no reply", "s-wang has had no reply"]


def test_whoever_drafts_for_another_must_be_the_community():
    hall = Hall()
    for_li = c.DraftProposal(**M, by=wang, proposer="s-li", title="Ramp", text="A ramp", area="jinniu")
    assert hall.refused(for_li) == ("proposer_drafts_or_is_written_down",)
    assert hall.refused(c.DraftProposal(**M, by=wang, on_behalf_of="s-li", title="Ramp", text="A ramp")) == (
        "proposer_drafts_or_is_written_down",
    )
    desk = Actor(id="desk-1", claims=(Claim(role=Role.COMMUNITY),))
    assert hall.do(for_li.changed(by=desk)).proposer == "s-li"
    assert hall.refused(c.SubmitProposal(**M, by=desk)) == ("role_is_held", "supporters_reach_threshold")


def test_supporters_and_co_proposers_are_never_written_into_a_draft_by_hand():
    hall = Hall()
    draft = c.DraftProposal(**M, by=wang, title="Ramp", text="A ramp", co_proposers=("s-li",))
    assert hall.refused(draft) == ("supporters_are_carried_by_the_system",)
    with_supporters = draft.changed(co_proposers=(), supporters=(Supporter(id="s-li"),))
    assert hall.refused(with_supporters) == ("supporters_are_carried_by_the_system",)
