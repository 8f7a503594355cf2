"""Stages before a vote: 四议两公开 in its order by bodies with units and quorums, and delegation to a lower body."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import Actor, Role
from govflow.policy import DEFAULT_POLICY
from govflow.proposals import commands as c
from govflow.voting import Voter
from tests.proposals.hall import (
    GROUP,
    VILLAGE,
    Hall,
    a_policy,
    body,
    branch,
    chair,
    committee,
    office,
    paper,
    wang,
)

M: dict[str, Any] = {"id": "m"}
committees, party, reps, group = body("committees"), body("party"), body("reps"), body("group-3")
leading = Actor.of("branch-1", Role.PARTY_BRANCH, Role.PROPOSER, unit="branch")


def four_two(upto: str = "deliberating") -> Hall:
    """The party branch proposes to pave the village road."""
    hall = Hall()
    said = {"title": "The village road", "text": "The road is paved", "area": VILLAGE, "track": "four_two"}
    hall.do(c.DraftProposal(**M, by=leading, **said), c.SubmitProposal(**M, by=leading))
    return hall.on_to(upto)


def stages(hall: Hall) -> dict[str, str]:
    return {key: str(item.status) for key, item in hall.get().items_of("stage").items()}


# --- 四议两公开 ------------------------------------------------------------------------------------------------------


def test_the_party_branch_proposes_and_nobody_else():
    hall = Hall()
    draft = c.DraftProposal(**M, by=wang, title="Road", text="Paved", area=VILLAGE, track="four_two")
    assert hall.refused(draft) == ("person_is_eligible",)


def test_both_committees_then_the_party_assembly_then_the_villagers_representatives():
    hall = four_two()
    assert stages(hall) == {"r1.two_committees": "pending", "r1.party_assembly": "pending"}
    second = hall.stage_passed("party_assembly", 53, by=party)
    assert hall.refused(second) == ("stages_run_in_order",)
    assert hall.lacks(second) == ["stage two_committees is not passed"]
    first = hall.stage_passed("two_committees", 7, by=committees)
    hall.do(first)
    assert hall.refused(first.changed(command_id="again")) == ("stages_run_in_order",)  # it is not pending any more
    assert hall.lacks(hall.announcement()) == ["stage party_assembly is not passed"]
    hall.do(second)
    assert hall.get().decided_by == ("committees", "party")
    assert hall.refused(hall.announcement(days=9)) == ("notice_is_long_enough",)
    hall.do(hall.announcement(days=11), hall.enrolment(30))
    hall.on_to("voting")
    hall.do(*hall.ballots(16, 4))
    hall.wait(days=3)
    assert hall.get().status == "adopted"  # 20 of 30 there, 16 in favour

    # none of the bodies that decided carries it out
    publish = c.PublishResolution(**M, by=committee, public_text="The road is paved")
    for unit in ("committees", "party", "reps"):
        assert hall.refused(publish.changed(implementer=unit)) == ("implementer_did_not_decide",)
    hall.do(publish.changed(implementer="workstation"))
    hall.on_to("result_published")  # both disclosures 两公开
    assert len(hall.get().publications) == 2


@pytest.mark.parametrize(
    ("present", "in_favour", "codes"),
    [
        (36, 18, ()),  # two thirds of 53 are 36; half of those present, 半数以上
        (36, 17, ("stage_is_passed",)),
        (35, 35, ("stage_quorum_is_met",)),
        (53, 27, ()),
    ],
)
def test_36_of_53_party_members_are_a_quorum_and_half_of_those_present_say_yes(
    present: int, in_favour: int, codes: Any
):
    hall = four_two()
    hall.do(hall.stage_passed("two_committees", 7, by=committees))
    counts: dict[str, Any] = {"present": present, "in_favour": in_favour, "against": present - in_favour}
    passed = hall.stage_passed("party_assembly", 53, by=party, **counts)
    if codes:
        assert hall.refused(passed) == codes
    else:
        assert hall.do(passed).item("stage", "r1.party_assembly").status == "passed"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"entitled": 52}, "party assembly has 53 members"),
        ({"present": 54}, "the counts do not add up"),
        ({"in_favour": 30, "against": 24}, "the counts do not add up"),
        ({"papers": ()}, "a paper of kind minutes is missing"),
        ({"papers": ("photo",)}, "a paper of kind minutes is missing"),
        ({"papers": ("lost",)}, "paper lost is not on file"),
    ],
)
def test_a_stage_has_true_counts_and_minutes_on_file(change: Any, why: str):
    hall = four_two()
    hall.do(hall.stage_passed("two_committees", 7, by=committees), paper("m", "photo", kind="photo"))
    passed = hall.stage_passed("party_assembly", 53, by=party).changed(**change)
    assert why in hall.lacks(passed)


def test_a_body_records_its_own_stage_and_no_other_body_does():
    hall = four_two()
    first = hall.stage_passed("two_committees", 7, by=committees)
    for other in (party, reps, Actor.of("nobody", Role.DELIBERATING_BODY)):
        assert hall.refused(first.changed(by=other)) == ("body_of_the_stage_decides",)
    assert hall.refused(first.changed(by=branch)) == ("body_of_the_stage_decides", "role_is_held")


def test_one_no_ends_it_and_the_bodies_after_it_are_not_asked():
    hall = four_two()
    hall.do(paper("m", "no"))
    said_no = c.FailStage(
        **M, by=committees, stage="two_committees", entitled=7, present=7, in_favour=3, against=4, papers=("no",)
    )
    assert hall.refused(said_no) == ("reason_given",)
    tie = said_no.changed(in_favour=4, against=3, reason="too dear")
    assert hall.refused(tie) == ("stage_is_not_passed",)
    failed = hall.do(said_no.changed(reason="too dear"))
    assert failed.status == "not_adopted"
    assert stages(hall) == {"r1.two_committees": "failed", "r1.party_assembly": "void"}
    assert failed.clocks["reply"].is_going
    assert hall.engine.open_loops("m") == ()


def test_a_no_of_a_body_is_not_voided_like_a_vote():
    hall = four_two()
    hall.do(paper("m", "no"))
    hall.do(
        c.FailStage(
            **M,
            by=committees,
            stage="two_committees",
            entitled=7,
            present=7,
            against=7,
            papers=("no",),
            reason="too dear",
        )
    )
    void = c.VoidVote(**M, by=Actor.of("town-1", Role.TOWN), reason_code="wrong_count", reason="miscounted")
    assert hall.refused(void) == ("vote_can_be_voided",)


def test_the_procedure_is_the_one_in_force_at_the_admission_though_the_village_adopts_another():
    hall = four_two("consulting")
    pinned = hall.get().procedure
    assert pinned is not None
    shorter = tuple(
        each.changed(stages=each.stages[:1]) if each.id == "four_two" else each for each in DEFAULT_POLICY.procedures
    )
    hall.engine.adopt(a_policy("later", procedures=shorter))
    hall.on_to("deliberating")
    assert hall.get().procedure == pinned
    assert len(stages(hall)) == 2
    assert pinned in hall.engine.log.policies["default@hall"].procedures


# --- delegation 村组两级议事 -----------------------------------------------------------------------------------------

DOWN = c.DelegateProposal(**M, by=office, body="village_group", track="group_motion", reason="the group's own yard")


def of_the_village(upto: str) -> Hall:
    """A matter of the village that one of its groups can decide by itself."""
    policy = a_policy(procedures=tuple(each.changed(support=()) for each in DEFAULT_POLICY.procedures))
    hall = Hall(policy=policy)
    said = {"title": "The yard", "text": "The yard is paved", "area": VILLAGE, "track": "levy"}
    return hall.motion(upto, supporters=(), **said)


@pytest.mark.parametrize("status", ["consulting", "deliberating"])
def test_a_group_decides_about_its_own_works_under_its_own_quorum(status: str):
    hall = of_the_village(status)
    hall.do(DOWN)
    moved = hall.get()
    assert (moved.delegated_to, moved.delegated_by, moved.track) == ("village_group", ("levy",), "group_motion")
    hall.on_to("deliberating")
    open_stages = {key: each for key, each in stages(hall).items() if each != "void"}
    assert open_stages == {}  # the group's procedure has no stage before its vote
    voters = tuple(Voter(id=f"v-{number}", household=f"h-{number % 23}") for number in range(80))
    hall.do(hall.announcement(days=4), c.EnrolVoters(**M, by=chair, voters=voters))
    hall.on_to("voting")
    hall.do(*hall.ballots(16))  # 16 of 23 households: two thirds are 15.3
    hall.wait(days=3)
    assert hall.get().status == "adopted"
    publish = c.PublishResolution(**M, by=committee, public_text="The yard is paved", implementer="group-3")
    assert hall.refused(publish) == ("implementer_did_not_decide",)  # and no levy: no filing is asked for
    hall.do(publish.changed(implementer="workstation"))
    assert hall.replayed() == hall.get()


def test_a_stage_passed_above_stays_and_those_still_open_fall():
    asked, decided = of_the_village("deliberating"), of_the_village("deliberating")
    decided.do(decided.stage_passed("committee", 7, by=committees))
    for hall, status in ((asked, "void"), (decided, "passed")):
        hall.do(DOWN)
        assert stages(hall) == {"r1.committee": status}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"body": "nowhere"}, "the policy lists no body nowhere"),
        ({"body": "owners", "track": "owners"}, "owners is not below the body that has it"),
        (
            {"body": "village_assembly", "track": "villagers_motion"},
            "village assembly is not below the body that has it",
        ),
        ({"track": "villagers_motion"}, "the track must be one in which a village_group decides"),
        ({"track": "nowhere"}, "the track must be one in which a village_group decides"),
    ],
)
def test_it_goes_to_a_body_below_by_that_bodys_procedure(change: Any, why: str):
    hall = of_the_village("consulting")
    assert why in hall.lacks(DOWN.changed(**change))


def test_it_goes_to_a_body_that_is_competent_for_the_subject():
    hall = of_the_village("draft")
    hall.do(c.WithdrawProposal(**M, by=wang))
    hall.motion("consulting", "n", supporters=(), title="A wall", category="hazard", area=VILLAGE, track="levy")
    assert hall.lacks(DOWN.changed(id="n")) == ["village group is not competent for hazard"]


def test_it_is_not_delegated_once_the_vote_is_announced():
    hall = of_the_village("announced")
    assert hall.refused(DOWN) == ("step_is_in_the_table",)


def test_a_group_may_bring_its_own_matter_up_in_its_own_area():
    hall = Hall()
    hall.motion("deliberating", supporters=(), title="The yard", area=GROUP, track="group_motion")
    assert hall.get().items_of("stage") == {}
