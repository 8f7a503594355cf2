"""Deliberation as the field does it: M010, M077–M079, M083–M088, M090–M092, M094, M095, M099, M102."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import pytest

from govflow import DEFAULT_POLICY, Actor, Claim, Role
from govflow.policy import DecisionProcedure, Share, SupportRule, VoteRule
from govflow.proposals import commands as c
from govflow.regions.opinion import DisposeOpinion, ParticipantKind, RecordOpinion
from govflow.regions.support import SecondProposal
from tests.proposals.hall import (
    AREA,
    REPLY,
    VILLAGE,
    Hall,
    a_policy,
    appraiser,
    committee,
    li,
    member,
    office,
    paper,
    resident,
    town,
    wang,
)

M: dict[str, Any] = {"id": "m"}


def test_of_61_opinions_50_are_adopted_and_each_of_the_others_has_its_reason():  # M010 已收到意见建议61条,采纳落实50条
    hall = Hall().motion("consulting")
    hall.do(*(RecordOpinion(**M, by=resident(f"s-{number}"), text="wider") for number in range(61)))
    for number in range(1, 62):
        said = "adopted" if number <= 50 else "partly" if number <= 55 else "declined"
        reason = "" if said == "adopted" else "as far as there is room"
        hall.do(DisposeOpinion(**M, by=office, item=str(number), disposition=said, reason=reason))
    opinions = hall.get().items_of("opinion").values()
    counted = Counter(str(each.status) for each in opinions)
    assert counted == {"adopted": 50, "partly_adopted": 5, "declined": 6}
    assert Fraction(counted["adopted"], len(opinions)) == Fraction(50, 61)
    assert all(each.reason for each in opinions if each.status != "adopted")


def members_motion() -> DecisionProcedure:
    """A track of party members alone, brought up by a tenth of them."""
    support = (SupportRule(capacity="member", share=Share(numerator=1, denominator=10), of="party_assembly"),)
    vote = VoteRule(quorum="party-assembly", notice="prop.notice")
    return DecisionProcedure(
        id="members_motion",
        en="Party members' motion",
        zh="党员提案",
        proposers=("party_member",),
        support=support,
        vote=vote,
        electorate="party_assembly",
        basis="000 (M079)",
        own=True,
    )


def test_party_members_bring_motions_up_on_a_track_of_their_own():  # M079
    hall = Hall(policy=a_policy(procedures=(*DEFAULT_POLICY.procedures, members_motion())))

    def a_member(id: str) -> Actor:
        held = member(id, "party")
        return Actor(id=id, claims=(*held.claims, Claim(role="party_member", unit="party")))

    draft = c.DraftProposal(
        **M, by=wang, title="A reading room", text="On Sundays", area=VILLAGE, track="members_motion"
    )
    assert hall.refused(draft) == ("person_is_eligible",)  # no member
    first = a_member("p-1")
    hall.do(draft.changed(by=first))
    assert "person_is_eligible" in hall.refused(SecondProposal(**M, by=li, capacity="resident"))
    hall.do(*(SecondProposal(**M, by=a_member(f"p-{number}"), capacity="member") for number in range(1, 6)))
    submit = c.SubmitProposal(**M, by=first)
    assert hall.lacks(submit) == ["member: 5 of 6"]
    hall.do(SecondProposal(**M, by=a_member("p-6"), capacity="member"), submit)


def test_a_topic_that_names_no_place_target_or_body_is_refused_by_a_code():  # M087 避免高空大
    hall = Hall().motion("screening", title="A better life", text="For everybody")
    vague: dict[str, Any] = {"reason_code": "too_vague", "reason": "no place, no target, no body is named"}
    back = c.ReturnProposal(**M, by=office, **vague, shortcomings=("the place", "who does it"))
    hall.do(back)
    hall.on_to("screening")
    hall.do(c.RejectProposal(**M, by=office, **vague, told_by="in writing"))
    assert DEFAULT_POLICY.knows_reason("too_vague", "proposal.reject")
    assert hall.events()[-1].body.reason_code == "too_vague"  # type: ignore[attr-defined]


def test_what_each_station_brought_forth_can_be_counted():  # M088 议站
    hall = Hall()
    for number, venue in enumerate(("station-1", "station-1", "home-7", None)):
        hall.do(c.DraftProposal(id=f"p-{number}", by=wang, title="Ramp", text="A ramp", area=AREA, venue=venue))
    found = Counter(getattr(each, "venue", None) for each in hall.engine.records())
    assert found == {"station-1": 2, "home-7": 1, None: 1}


LAYERS = {"decided": "council", "carried out": "workstation", "appraised": "appraisers"}


def test_deciding_carrying_out_and_appraising_are_three_units():  # M090 议行分离, M091 三位一体
    hall = Hall().motion("adopted")
    publish = c.PublishResolution(**M, by=committee, public_text="A ramp is built")
    for decider in ("council", "representatives"):
        assert hall.refused(publish.changed(implementer=decider)) == ("implementer_did_not_decide",)
    hall.do(publish.changed(implementer="workstation"))
    hall.on_to("completed")
    appraise = c.HoldAppraisal(**M, by=appraiser, invited=10, came=8, score=90, papers=("report",))
    for unit, code in (("council", "appraiser_did_not_decide"), ("workstation", "implementer_is_not_appraiser")):
        assert code in hall.refused(appraise.changed(by=Actor.of("a", Role.APPRAISER, unit=unit)))
    done = hall.do(appraise)
    assert (done.decided_by, done.implementer, done.appraisal.unit) == tuple(
        (unit,) if layer == "decided" else unit for layer, unit in LAYERS.items()
    )


def test_nothing_is_decided_before_residents_were_heard():  # M094 事前表达
    hall = Hall().motion("screening")
    assert hall.refused(hall.announcement()) == ("step_is_in_the_table",)
    hall.on_to("consulting")
    assert hall.refused(hall.announcement()) == ("step_is_in_the_table",)
    hall.do(RecordOpinion(**M, by=li, text="wider"))
    hall.wait(days=9)
    assert hall.refused(c.CloseConsultation(**M, by=office, roll_confirmed=True)) == ("opinions_are_disposed_of",)


@pytest.mark.parametrize("kind", ParticipantKind)
def test_eight_kinds_of_participants_consult_together(kind: ParticipantKind):  # M095 多主体协商
    hall = Hall().motion("consulting")
    if kind in (ParticipantKind.RESIDENT, ParticipantKind.MERCHANT):
        given = RecordOpinion(**M, by=li, participant=kind, text="wider")
    else:
        clerk = Actor.of("clerk-1", Role.ORGANISATION, unit="unit-1")
        given = RecordOpinion(**M, by=clerk, on_behalf_of="unit-1", participant=kind, text="wider")
    assert hall.do(given).item("opinion", "1").participant is kind


def test_residents_own_rules_are_made_by_a_vote_and_cited_beside_the_law():  # M099 居民公约
    hall = Hall().motion("adopted", "quiet", title="Quiet hours", text="Quiet from ten at night")
    hall.do(c.PublishResolution(id="quiet", by=committee, public_text="Quiet from ten at night", works=False))
    hall.wait(days=9)
    hall.do(c.FinishWithoutWorks(id="quiet", by=committee))
    assert hall.get("quiet").publications[-1].text == "Quiet from ten at night"
    hall.motion("screening", title="Drums at midnight", text="A drum group practises at midnight")
    grounds = "convention quiet; 噪声污染防治法 §59"
    hall.do(c.RejectProposal(**M, by=office, reason_code="unlawful", reason=grounds, told_by="in writing"))
    hall.do(c.ReplyToProposer(**M, by=office, **{**REPLY, "grounds": grounds}))
    assert hall.events()[-1].body.grounds == grounds  # type: ignore[attr-defined]


def test_what_is_in_force_is_written_down_and_a_proposal_keeps_the_procedure_it_was_admitted_under():  # M084
    hall = Hall().motion("consulting")
    pinned = hall.get().procedure
    assert pinned is not None
    silent = tuple(each.changed(stages=()) for each in DEFAULT_POLICY.procedures)
    hall.engine.adopt(a_policy("without-stages", procedures=silent))
    hall.motion("consulting", "n")
    hall.on_to("deliberating")
    hall.on_to("deliberating", "n")
    assert hall.get().procedure == pinned
    assert (len(hall.get().items_of("stage")), len(hall.get("n").items_of("stage"))) == (1, 0)
    assert {"default@hall", "default@without-stages"} <= set(hall.engine.log.policies)  # both in the log, in full


def test_a_village_asks_its_lawyers_where_its_procedure_asks_for_a_legal_review():  # M077 三官一师
    asks = tuple(each.changed(legality=True, major_only=False, risk=False) for each in DEFAULT_POLICY.procedures)
    hall = Hall(policy=a_policy(procedures=asks)).motion("consulting")
    judge = Actor.of("judge-1", Role.ORGANISATION, unit="court")
    hall.do(RecordOpinion(**M, by=judge, on_behalf_of="court", participant="unit", text="mind the fire lane"))
    hall.do(DisposeOpinion(**M, by=office, item="1", disposition="adopted"))
    hall.on_to("deliberating")
    passed = hall.stage_passed("council", 9)
    assert hall.refused(passed) == ("legality_is_checked_if_required",)
    hall.do(paper("m", "opinion", kind="legal_opinion"))
    hall.do(c.CheckLegality(**M, by=town, lawful=True, papers=("opinion",)), passed)


def test_the_whole_way_of_a_motion_has_its_people_at_every_step():  # M078
    hall = Hall().motion("result_published")
    hall.do(c.ReplyToProposer(**M, by=office, **REPLY))
    roles = {each.name: each.meta.role for each in hall.events()}
    assert {
        "proposal.drafted": "resident",
        "support.given": "resident",
        "proposal.submitted": "proposer",
        "proposal.admitted": "secretariat",
        "proposal.stage_recorded": "deliberating_body",
        "proposal.vote_announced": "convenor",
        "proposal.ballot_cast": "voter",
        "proposal.resolution_published": "community",
        "proposal.implementation_completed": "implementer",
        "proposal.appraisal_held": "appraiser",
        "proposal.proposer_replied": "secretariat",
    }.items() <= roles.items()
