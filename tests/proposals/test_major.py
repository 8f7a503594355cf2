"""重大事项 major matters: consulted for thirty days, their risk and legality checked on the text that is voted on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from govflow import Actor, Command, Role
from govflow.policy import DEFAULT_POLICY, Policy
from govflow.proposals import commands as c
from govflow.regions.meeting import AnnounceMeeting
from tests.proposals.hall import (
    Hall,
    a_policy,
    assessor,
    branch,
    council,
    office,
    paper,
    town,
)

M: dict[str, Any] = {"id": "m"}
BOTH = ("legality_is_checked_if_required", "risk_is_assessed_if_major")


def assessed(controllable: bool | None = True, by: Actor = assessor, key: str = "study") -> c.AssessRisk:
    return c.AssessRisk(**M, by=by, controllable=controllable, papers=(key,))


def checked(lawful: bool | None = True, by: Actor = town, key: str = "opinion") -> c.CheckLegality:
    return c.CheckLegality(**M, by=by, lawful=lawful, papers=(key,))


def a_policy_with_legality(**more: Any) -> Policy:
    """The default tracks, asking for a legality check beside the risk assessment."""
    tracks = tuple(each.changed(legality=True, **more) for each in DEFAULT_POLICY.procedures)
    return a_policy("lawful", procedures=tracks)


def major(upto: str = "deliberating", policy: Policy | None = None, **said: Any) -> Hall:
    hall = Hall(policy=policy).motion(upto, kind="major", **said)
    hall.do(paper("m", "study", kind="study"), paper("m", "opinion", kind="opinion"))
    return hall


def test_a_major_matter_is_consulted_on_for_thirty_days_and_an_ordinary_one_for_seven():
    ordinary, hall = Hall().motion("consulting"), major("consulting")
    assert ordinary.due("consultation") == datetime(2026, 3, 9, 16, tzinfo=UTC)
    assert hall.due("consultation") == datetime(2026, 4, 1, 16, tzinfo=UTC)  # 30 days after 2 March, at 24:00
    close = c.CloseConsultation(**M, by=office, roll_confirmed=True)
    hall.wait(days=29)
    assert hall.refused(close) == ("consultation_lasted_long_enough",)
    hall.wait(days=2)
    hall.do(close)


def test_no_stage_and_no_vote_without_an_assessment_that_finds_the_risk_controllable():
    hall = major()
    passed = hall.stage_passed("council", 9)
    assert hall.refused(passed) == ("risk_is_assessed_if_major",)
    hall.do(assessed(controllable=False))
    assert hall.refused(passed) == ("risk_is_assessed_if_major",)
    hall.do(assessed(), passed)
    hall.on_to("announced")


def test_a_text_amended_after_its_assessment_is_assessed_again():
    hall = major()
    hall.do(assessed(), hall.stage_passed("council", 9))
    hall.do(c.AmendProposal(**M, by=council, text="Build one ramp", substance=False))
    passed = hall.stage_passed("council", 9)  # the council as well says yes to the new wording
    assert hall.refused(passed) == ("risk_is_assessed_if_major",)
    assert hall.refused(hall.announcement()) == ("risk_is_assessed_if_major", "stages_before_vote_are_passed")
    hall.do(assessed(), passed)
    again: Any = hall.get()
    assert again.risk.version == again.text_version == 2
    hall.do(hall.announcement())


def test_an_ordinary_matter_asks_for_neither():
    hall = Hall(policy=a_policy_with_legality()).motion("announced")
    assert (hall.get().risk, hall.get().legality) == (None, None)


def test_where_the_procedure_asks_for_it_every_matter_is_checked():
    hall = Hall(policy=a_policy_with_legality(major_only=False)).motion("deliberating")
    assert hall.refused(hall.stage_passed("council", 9)) == BOTH


def test_the_legality_of_the_text_that_stands_is_checked_where_the_procedure_asks_for_it():
    hall = major(policy=a_policy_with_legality())
    passed = hall.stage_passed("council", 9)
    assert hall.refused(passed) == BOTH
    hall.do(assessed(), checked(lawful=False))
    assert hall.refused(passed) == BOTH[:1]
    hall.do(checked(), passed, c.AmendProposal(**M, by=council, text="One ramp", substance=False))
    assert hall.refused(hall.announcement()) == (*BOTH, "stages_before_vote_are_passed")
    hall.do(assessed(), checked(), hall.stage_passed("council", 9), hall.announcement())


@pytest.mark.parametrize(
    ("command", "codes"),
    [
        (assessed(controllable=None), ("finding_is_stated",)),
        (assessed(key="lost"), ("required_papers_are_attached",)),
        (checked(lawful=None), ("finding_is_stated",)),
        (assessed(by=office), ("role_is_held",)),
        (checked(by=assessor), ("role_is_held",)),
        (assessed(by=Actor.of("s-wang", Role.ASSESSOR)), ("assessor_is_not_a_party",)),
        (assessed(by=Actor.of("expert", Role.ASSESSOR, unit="gate-3")), ("assessor_is_not_a_party",)),
        (checked(by=Actor.of("lawyer", Role.TOWN, unit="gate-3")), ("assessor_is_not_a_party",)),
    ],
)
def test_who_assesses_is_no_party_states_a_finding_and_files_the_paper(command: Command, codes: tuple[str, ...]):
    assert major().refused(command) == codes


def test_an_assessment_goes_with_its_text_not_with_the_round():
    hall = major()
    hall.do(assessed(), c.SendBack(**M, by=council, reason="consult again"))
    hall.on_to("deliberating")
    hall.do(hall.stage_passed("council", 9))  # the text is the one that was assessed


def test_papers_of_a_hearing_on_a_major_matter_go_out_seven_days_before():
    hall = major("consulting")
    said = {"form": "hearing", "subject": "the ramp", "place": "hall", "roll": ("s-li",), "papers": ("study",)}
    soon, later = hall.clock().replace(day=8), hall.clock().replace(day=12)
    hearing = AnnounceMeeting(**M, by=office, item="hearing", at_time=soon, **said)
    assert hall.refused(hearing) == ("papers_are_sent_in_time",)
    hall.do(hearing.changed(at_time=later))


def test_a_limit_is_extended_once_within_its_maximum_with_the_leave_of_the_party_branch():
    hall = major("consulting")
    longer = c.ExtendProposal(**M, by=office, length=30, reason="many have not spoken")
    assert hall.refused(longer) == ("approval_is_given",)
    assert "extension_is_within_maximum" in hall.refused(longer.changed(length=31))
    assert "extension_is_within_maximum" in hall.refused(longer.changed(length=0))
    hall.approved(longer, branch)
    assert hall.due("consultation") == datetime(2026, 5, 1, 16, tzinfo=UTC)  # 60 days after 2 March
    assert "extended_only_once" in hall.refused(c.ExtendProposal(**M, by=office, length=1, reason="again"))


def test_screening_and_implementation_have_limits_that_are_extended_the_same_way():
    hall = Hall().motion("screening")
    hall.approved(c.ExtendProposal(**M, by=office, length=5, reason="two to be heard"), branch)
    assert hall.get().clocks["screening"].extensions == 1
    hall.on_to("implementing")
    before = hall.due("implementation")
    hall.approved(c.ExtendProposal(**M, by=office, length=180, reason="the frost"), branch)
    assert (hall.due("implementation") - before).days == 180


def test_what_is_late_is_not_extended_any_more():
    hall = Hall().motion("screening")
    hall.wait(days=30)
    assert hall.get().clocks["screening"].status == "overdue"
    longer = c.ExtendProposal(**M, by=office, length=5, reason="two to be heard")
    assert "due_has_not_passed" in hall.refused(longer)
