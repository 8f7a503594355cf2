"""Supporters of a proposal: who may sign as what, how many stand, how many the track asks for (村委会法 §21)."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow import SYSTEM, Actor, Claim, Command, NotFound, Personal, ProtectionError, Role
from govflow.policy import Share, SupportRule
from govflow.regions.evidence import AddEvidence, DiscreditEvidence
from govflow.regions.support import (
    SecondProposal,
    WithdrawSupport,
    lacking_supporters,
    reaches,
    supporters,
    supporters_asked,
)
from tests.regions.motion import (
    OFFICE,
    VILLAGE,
    DraftMotion,
    M,
    Village,
    a_body,
    a_policy,
    li,
    of_unit,
    office,
    seat,
    villager,
    wang,
    zhao,
)

STANDING = ("draft", "submitted", "screening")


def second(by: Actor, **said: Any) -> SecondProposal:
    return SecondProposal(**M, by=by, **said)


def withdraw(by: Actor, **said: Any) -> WithdrawSupport:
    return WithdrawSupport(**M, by=by, **said)


@pytest.fixture
def village() -> Village:
    return Village().motion()


# --- signing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", STANDING)
def test_a_resident_signs_while_it_is_drafted_submitted_or_screened(status: str):
    record = Village().motion(status).do(second(li))
    item = record.item("support", "s-li")
    assert (item.status, item.capacity, item.by) == ("given", "resident", "s-li")
    assert supporters(record, "resident") == 1


def test_nobody_signs_once_it_is_consulted_on():
    assert Village().motion("consulting").refused(second(li)) == ("step_is_in_the_table",)


def test_one_person_signs_once(village: Village):
    village.do(second(li))
    assert village.refused(second(li)) == ("step_is_in_the_table",)
    assert village.refused(second(li, item="s-li")) == ("step_is_in_the_table",)
    assert supporters(village.record, "resident") == 1


def test_the_proposer_counts_by_signing_like_everybody_else(village: Village):
    assert supporters(village.record, "resident") == 0
    assert supporters(village.do(second(wang)), "resident") == 1


def test_support_taken_back_counts_no_longer_and_can_be_given_again_as_something_else():
    village = Village().motion(track="village")
    deputy = villager("s-li", seat("reps"), seat("assembly"))
    village.do(second(deputy, capacity="villager"), withdraw(deputy, reason="changed my mind"))
    assert (supporters(village.record, "villager"), village.record.item("support", "s-li").status) == (0, "withdrawn")
    village.clock.advance(days=1)
    village.do(second(deputy, capacity="representative"))
    assert [supporters(village.record, each) for each in ("villager", "representative")] == [0, 1]
    assert village.record.item("support", "s-li").since == village.clock()


@pytest.mark.parametrize("status", [*STANDING, "consulting", "deliberating"])
def test_support_is_taken_back_until_the_vote_is_announced(status: str):
    village = Village().motion()
    village.do(second(li))
    while village.record.status != status:
        village.move_on()
    village.do(withdraw(li))
    assert supporters(village.record, "resident") == 0


def test_a_published_decision_keeps_its_supporters():
    village = Village().motion()
    village.do(second(li))
    while village.record.status != "published":
        village.move_on()
    assert village.refused(withdraw(li)) == ("step_is_in_the_table",)
    assert supporters(village.record, "resident") == 1


def test_nobody_takes_back_what_another_has_signed(village: Village):
    village.do(second(li))
    assert village.refused(withdraw(zhao, item="s-li")) == ("role_is_held",)
    assert village.refused(withdraw(zhao, item="s-li", on_behalf_of="s-li")) == ("role_is_held",)
    assert village.refused(withdraw(office, item="s-li")) == ("role_is_held",)
    village.do(WithdrawSupport(**M, by=SYSTEM, item="s-li", reason="has moved away"))
    assert supporters(village.record, "resident") == 0


@pytest.mark.parametrize("said", [{"item": "s-zhao"}, {"on_behalf_of": "s-zhao"}])
def test_nobody_signs_for_another(village: Village, said: dict[str, Any]):
    command = second(li, capacity="resident", **said)
    assert "supporter_signs_in_person" in village.refused(command)
    assert village.record.items_of("support") == {}


def test_a_callback_desk_does_not_sign_for_whom_it_has_on_the_phone(village: Village):
    desk = villager("s-li", Claim(role=Role.CALLBACK))
    assert "supporter_signs_in_person" in village.refused(second(desk, on_behalf_of="s-zhao"))


def test_a_unit_signs_as_an_organisation_and_once_however_many_of_it_would():
    village = Village().motion(track="units")
    first, other = of_unit("ann", "shop"), of_unit("ben", "shop")
    village.do(second(first, on_behalf_of="shop", capacity="organisation"))
    assert village.refused(second(other, on_behalf_of="shop", capacity="organisation")) == ("step_is_in_the_table",)
    assert village.refused(second(other, capacity="organisation")) == ("supporter_signs_in_person", "capacity_is_held")
    stranger = of_unit("cy", "bank")
    assert village.refused(second(stranger, on_behalf_of="club", capacity="organisation")) == (
        "supporter_signs_in_person",
        "capacity_is_held",
    )
    assert supporters(village.record, "organisation") == 1
    village.do(withdraw(other, on_behalf_of="shop"))
    assert supporters(village.record, "organisation") == 0


def test_a_unit_is_no_resident(village: Village):
    refusal = village.refusal(second(of_unit("ann", "shop"), on_behalf_of="shop"))
    assert [(each.code, each.detail) for each in refusal.broken] == [("capacity_is_held", ("a unit is no resident",))]


# --- as what ---------------------------------------------------------------------------------------------------------


def test_a_capacity_of_a_body_is_held_by_whoever_has_a_seat_in_it():
    village = Village().motion(track="village")
    command = second(villager("s-li", seat("reps")), capacity="villager")
    refusal = village.refusal(command)
    assert [(each.code, each.detail) for each in refusal.broken] == [
        ("capacity_is_held", ("no seat in the body assembly",))
    ]
    village.do(command.changed(capacity="representative"))
    assert supporters(village.record, "representative") == 1


def test_a_substitute_has_no_seat():
    village = Village().motion(track="village")
    sits = villager("s-li", seat("reps", standing_in_for="s-rep"))
    assert village.refused(second(sits, capacity="representative")) == ("capacity_is_held",)


def test_a_seat_elsewhere_is_none_here():
    village = Village().motion(track="village")
    sits = villager("s-li", seat("reps", area="jinniu/elsewhere"))
    assert village.refused(second(sits, capacity="representative")) == ("capacity_is_held",)


def test_a_unit_does_not_sign_as_a_member_of_a_body():
    village = Village().motion(track="village")
    rep = villager("ann", Claim(role=Role.ORGANISATION, unit="reps"))
    assert village.refused(second(rep, on_behalf_of="reps", capacity="representative")) == ("capacity_is_held",)


def test_a_body_that_the_policy_does_not_list_gives_nobody_a_capacity():
    village = Village().motion(track="astray")
    refusal = village.refusal(second(villager("s-li", seat("elders")), capacity="elder"))
    assert refusal.broken[0].detail == ("the policy lists no body elders here",)
    assert refusal.broken[0].sentence("zh-CN").endswith("政策未列本区域的机构 elders")


def test_a_capacity_that_is_of_no_body_is_a_role_that_is_held():
    village = Village()
    deputy = villager("s-li", Claim(role="deputy", area=VILLAGE))
    village.do(DraftMotion(**M, by=deputy, track="by_deputies"), second(deputy, capacity="deputy"))
    stranger = villager("s-zhao", Claim(role="deputy", area="jinniu/elsewhere"))
    refused = village.refused(second(stranger, capacity="deputy"))
    assert refused == ("person_is_eligible", "capacity_is_held")


def test_a_signature_that_is_named_is_on_file(village: Village):
    command = second(li, signature="sheet-1")
    assert village.refused(command) == ("signature_is_on_file",)
    village.do(AddEvidence(**M, by=Actor.of("grid-1", Role.GRID_WORKER), item="sheet-1", sha256="0" * 64), command)
    assert village.record.item("support", "s-li").signature == "sheet-1"
    checker = Actor.of("verifier-1", Role.VERIFIER)
    village.do(DiscreditEvidence(**M, by=checker, item="sheet-1", reason="one hand"))
    assert village.refused(second(zhao, signature="sheet-1")) == ("signature_is_on_file",)


# --- who may ---------------------------------------------------------------------------------------------------------


def test_who_lives_elsewhere_does_not_support(village: Village):
    assert village.refused(second(villager("s-9", area="jinniu/elsewhere"))) == (
        "role_is_held",
        "person_is_eligible",
        "supporter_signs_in_person",
    )


def test_the_track_says_whose_support_it_takes():
    village = Village().motion(track="village")
    voter = Actor.of("s-8", Role.VOTER, area=VILLAGE)
    assert village.refused(second(voter)) == ("person_is_eligible",)
    village.do(second(li))


def test_a_track_that_names_nobody_takes_everybodys_support_whose_role_the_row_admits():
    village = Village().motion(track="open")
    village.do(second(Actor.of("s-8", Role.VOTER, area=VILLAGE)), second(li))
    assert supporters(village.record, "resident") == 2
    assert village.refused(second(office)) == ("role_is_held", "supporter_signs_in_person")


def test_a_role_of_the_towns_own_is_asked_of_those_who_propose_and_of_those_who_support():
    village = Village()
    deputy = villager("s-wang", Claim(role="deputy", area=VILLAGE))
    assert village.refused(DraftMotion(**M, by=wang, track="by_deputies")) == ("person_is_eligible",)
    village.do(DraftMotion(**M, by=deputy, track="by_deputies"))
    assert village.refused(second(li)) == ("person_is_eligible",)


def test_what_the_party_branch_alone_brings_up_residents_may_still_support():
    village = Village()
    assert village.refused(DraftMotion(**M, by=wang, track="branch")) == ("person_is_eligible",)
    branch = Actor.of("branch-1", Role.PARTY_BRANCH)
    village.do(DraftMotion(**M, by=branch, track="branch"), second(li))
    assert supporters(village.record, "resident") == 1


def test_a_motion_is_drafted_by_somebody_of_the_area_it_is_for():
    village = Village()
    assert village.refused(DraftMotion(**M, by=wang, area="jinniu/elsewhere")) == ("role_is_held", "person_is_eligible")
    village.do(DraftMotion(**M, by=wang))


def test_being_the_secretariat_makes_nobody_eligible_to_support():
    village = Village().motion(track="village")
    clerk = Actor.of("s-7", Role.VOTER, OFFICE)
    assert village.refused(second(clerk)) == ("person_is_eligible",)


# --- how many --------------------------------------------------------------------------------------------------------


def signed(village: Village, many: int, capacity: str, *seats: Claim) -> Village:
    for n in range(many):
        village.do(second(villager(f"s-{capacity}-{n}", *seats), capacity=capacity))
    return village


def lacks(village: Village, track: str) -> list[str]:
    policy = a_policy()
    procedure = policy.procedure(track)
    assert procedure is not None
    found: list[str] = list(lacking_supporters(village.record, procedure, policy))
    assert reaches(village.record, procedure, policy) is not bool(found)
    return found


def test_a_number_is_reached_by_as_many_as_stand(village: Village):
    assert lacks(village, "motion") == ["resident: 0 of 3"]
    signed(village, 2, "resident")
    assert lacks(village, "motion") == ["resident: 2 of 3"]
    village.do(second(wang))
    assert lacks(village, "motion") == []
    village.do(withdraw(wang))
    assert lacks(village, "motion") == ["resident: 2 of 3"]


def test_a_tenth_of_61_villagers_is_seven_and_a_third_of_nine_representatives_three():
    village = Village().motion(track="village")
    signed(village, 6, "villager", seat("assembly"))
    signed(village, 2, "representative", seat("reps"))
    assert lacks(village, "village") == ["villager: 6 of 7", "representative: 2 of 3"]
    signed(village, 7, "resident")
    assert lacks(village, "village") == ["villager: 6 of 7", "representative: 2 of 3"], "residents count for neither"
    village.do(second(villager("s-seventh", seat("assembly")), capacity="villager"))
    assert lacks(village, "village") == []


def test_the_other_alternative_will_do():
    village = signed(Village().motion(track="village"), 3, "representative", seat("reps"))
    assert lacks(village, "village") == []


def test_a_track_without_thresholds_asks_for_nobody(village: Village):
    assert lacks(village, "open") == []


def test_a_body_that_is_not_listed_or_has_no_size_is_named(village: Village):
    assert lacks(village, "astray") == ["the policy lists no body elders here"]
    assert lacks(village, "unsized") == ["the size of the body guests is not given"]


def test_the_nearest_body_counts():
    bodies = (a_body("assembly", 610, "big", area="jinniu"), a_body("assembly", 20, "small").changed(id="assembly-2"))
    rule = SupportRule(capacity="villager", share=Share(numerator=1, denominator=10), of="assembly")
    policy = a_policy("two", bodies=(*bodies, a_body("representatives", 9, "reps"), a_body("guests", 1, "guests")))
    assert supporters_asked(rule, VILLAGE, policy) == 2
    assert supporters_asked(rule, "jinniu/elsewhere", policy) == 61
    assert supporters_asked(rule, "qingyang", policy) is None


def test_a_number_beside_a_share_is_a_floor():
    share = Share(numerator=1, denominator=10)
    rule = SupportRule(capacity="villager", share=share, of="assembly", least=10)
    assert supporters_asked(rule, VILLAGE, a_policy()) == 10
    assert supporters_asked(rule.changed(least=2), VILLAGE, a_policy()) == 7


@given(
    numerator=st.integers(0, 12), denominator=st.integers(1, 12), inclusive=st.booleans(), members=st.integers(1, 500)
)
def test_as_many_are_asked_as_reach_the_share_and_not_one_more(
    numerator: int, denominator: int, inclusive: bool, members: int
):
    if numerator > denominator or (numerator == denominator and not inclusive):
        return
    share = Share(numerator=numerator, denominator=denominator, inclusive=inclusive)
    policy = a_policy("shares", bodies=(a_body("assembly", members, "assembly"),))
    asked = supporters_asked(SupportRule(capacity="villager", share=share, of="assembly"), VILLAGE, policy)
    exact = Fraction(numerator * members, denominator)
    assert asked == (ceil(exact) if inclusive else floor(exact) + 1)
    assert share.reached(asked, members)
    assert asked == 0 or not share.reached(asked - 1, members)


# --- names, loops, replay --------------------------------------------------------------------------------------------


def test_a_supporters_name_is_protected_and_erasing_it_leaves_the_count():
    village = Village().motion()
    name = Personal(text="李小龙 Canary", subject="s-li")
    village.do(second(li, supporter_name=name))
    rows = village.engine.store.read("m")
    assert all(b"Canary" not in row.state and "李小龙".encode() not in row.state for row in rows)
    assert village.engine.open_personal("m", "supporter_name", li, why="to handle it") == "李小龙 Canary"
    with pytest.raises((ProtectionError, NotFound)):
        village.engine.open_personal("m", "supporter_name", zhao, why="to handle it")
    archive = Actor.of("archive-1", Role.ARCHIVIST)
    village.engine.erase("s-li", archive, basis="PIPL §47", authority="county")
    assert village.engine.open_personal("m", "supporter_name", li, why="to handle it") is None
    assert supporters(village.record, "resident") == 1


def test_reasons_in_the_clear_carry_no_phone_number(village: Village):
    village.do(second(li))
    assert village.refused(withdraw(li, reason="call 13812345678")) == ("clear_words_name_no_person",)
    village.do(withdraw(li, reason="call me"))


def test_supporters_are_no_open_loop_and_a_supporter_may_read_the_motion(village: Village):
    village.do(second(li))
    assert village.engine.open_loops("m") == ()
    assert village.record.concerns("s-li")
    assert not village.record.concerns("s-zhao")


def test_replay_tells_the_same(village: Village):
    village.do(second(li), second(zhao), withdraw(li), second(li))
    assert village.replayed() == village.record


def test_what_is_missing_can_be_asked_without_signing(village: Village):
    command: Command = second(of_unit("ann", "shop"), on_behalf_of="shop")
    assert [each.code for each in village.engine.why_not(command)] == ["capacity_is_held"]
