"""What a proposal says, and what was said about it: versions of the text, opinions, the roll of those concerned."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import HandOver
from govflow.proposals import commands as c
from govflow.regions.opinion import DisposeOpinion, RecordOpinion, WithdrawOpinion
from govflow.regions.support import SecondProposal
from tests.proposals.hall import Hall, chen, council, li, office, wang, zhao

M: dict[str, Any] = {"id": "m"}
CLOSE = c.CloseConsultation(**M, by=office, roll_confirmed=True)
BACK = c.SendBack(**M, by=council, reason="the steps were forgotten")


def amended(text: str, **more: Any) -> c.AmendProposal:
    return c.AmendProposal(**{**M, "by": wang, "text": text, **more})


def texts(hall: Hall) -> list[tuple[int, str, bool]]:
    return [(each.number, each.text, each.substance) for each in hall.get().texts]


def stages(hall: Hall) -> dict[str, str]:
    return {key: str(item.status) for key, item in hall.get().items_of("stage").items()}


# --- versions --------------------------------------------------------------------------------------------------------


def test_every_version_of_the_text_stays():
    hall = Hall().motion("draft")
    hall.do(
        amended("Build a ramp and a rail"), amended("Build a ramp with a rail", substance=False, title="Ramp, rail")
    )
    assert texts(hall) == [
        (1, "Build a ramp at gate 3", True),
        (2, "Build a ramp and a rail", True),
        (3, "Build a ramp with a rail", False),
    ]
    assert [each.title for each in hall.get().texts] == ["Ramp at gate 3", "Ramp at gate 3", "Ramp, rail"]
    assert hall.get().title_line == "Ramp, rail"
    assert {each.by for each in hall.get().texts} == {"s-wang"}


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"text": "Build a ramp at gate 3"}, ("new_version_is_recorded",)),
        ({"text": " "}, ("text_says_something",)),
        ({"text": "A ramp and a school", "subjects": 2}, ("subject_is_single",)),
        ({"text": "Ask 13812345678 about it"}, ("public_text_hides_people",)),
        ({"text": "A wider ramp", "by": li}, ("role_is_held",)),
    ],
)
def test_a_version_changes_something_keeps_to_its_subject_and_names_nobody(change: Any, codes: tuple[str, ...]):
    hall = Hall().motion("draft")
    assert hall.refused(amended(**{"text": "", **change})) == codes


@pytest.mark.parametrize("status", ["submitted", "screening", "announced", "voting", "adopted", "published"])
def test_nothing_is_amended_while_it_is_screened_voted_on_or_carried_out(status: str):
    hall = Hall().motion(status)
    assert hall.refused(amended("A wider ramp")) == ("step_is_in_the_table",)


def test_in_deliberation_wording_may_change_and_substance_may_not():
    hall = Hall().motion("deliberating")
    wider = amended("Build a wide ramp", by=council)
    assert hall.refused(wider) == ("substance_is_consulted_again",)
    hall.do(amended("Build one ramp at gate 3", by=council, substance=False))
    assert hall.get().text_version == 2


def test_a_change_of_substance_in_the_last_moment_of_the_consultation_gives_everybody_the_whole_time_again():
    hall = Hall().motion("consulting")
    hall.clock.set(hall.due("consultation"))
    assert hall.engine.why_not(CLOSE) == ()
    hall.do(amended("Sell the square"))
    assert hall.get().clocks["consultation"].run == 2
    assert hall.refused(CLOSE) == ("consultation_lasted_long_enough",)
    hall.wait(days=8)
    hall.do(amended("Sell the square!", substance=False), CLOSE)  # wording takes no new time
    assert (hall.get().consulted_version, hall.get().clocks["consultation"].run) == (3, 2)


def test_a_wording_changed_in_deliberation_is_put_again_to_every_body_that_had_passed_the_one_before():
    hall = Hall().motion("deliberating")
    hall.do(hall.stage_passed("council", 9), amended("Sell the square", substance=False))
    assert stages(hall) == {"r1.council": "pending"}
    assert hall.loops() == {"stage:r1.council"}
    assert hall.refused(hall.announcement()) == ("stages_before_vote_are_passed",)
    hall.do(hall.stage_passed("council", 9), hall.announcement())
    assert hall.replayed() == hall.get()


def test_who_signed_a_draft_signs_it_again_when_its_substance_is_changed():
    hall = Hall().motion("draft")
    hall.do(amended("Build a ramp, at gate 3", substance=False))
    assert hall.engine.why_not(c.SubmitProposal(**M, by=wang)) == ()  # a comma costs no signature
    hall.do(amended("Sell the square"))
    assert {str(each.status) for each in hall.get().items_of("support").values()} == {"withdrawn"}
    assert hall.lacks(c.SubmitProposal(**M, by=wang)) == ["resident: 0 of 3"]
    hall.do(*(SecondProposal(**M, by=who) for who in (li, zhao, chen)), c.SubmitProposal(**M, by=wang))
    assert hall.replayed() == hall.get()


def test_a_change_of_substance_is_sent_back_consulted_for_its_whole_time_and_goes_through_all_stages_again():
    hall = Hall().motion("deliberating")
    hall.do(hall.stage_passed("council", 9))
    assert hall.refused(BACK.changed(reason=" ")) == ("reason_given",)
    hall.wait(days=3)
    hall.do(BACK)
    again = hall.get()
    assert (again.status, again.round, again.roll_is_confirmed, again.decided_by) == ("consulting", 2, False, ())
    assert stages(hall) == {"r1.council": "void"}
    assert again.clocks["consultation"].run == 2
    hall.do(amended("Build a wide ramp"))
    assert hall.refused(CLOSE) == ("consultation_lasted_long_enough",)
    hall.wait(days=6)
    assert hall.refused(CLOSE) == ("consultation_lasted_long_enough",)
    hall.wait(days=2)
    hall.do(CLOSE)
    assert hall.get().consulted_version == 2
    assert stages(hall) == {"r1.council": "void", "r2.council": "pending"}
    assert hall.refused(hall.announcement()) == ("stages_before_vote_are_passed",)
    hall.on_to("announced")
    assert hall.get().vote.number == 2  # what is voted on is the text as it stands


def test_a_stage_is_not_recorded_for_a_round_that_is_over():
    hall = Hall().motion("deliberating")
    passed = hall.stage_passed("council", 9)
    hall.do(BACK)
    assert hall.refused(passed) == ("step_is_in_the_table",)


# --- opinions --------------------------------------------------------------------------------------------------------


def test_every_opinion_is_adopted_in_whole_or_part_or_declined_with_a_reason_before_consultation_ends():
    hall = Hall().motion("consulting")
    hall.do(*(RecordOpinion(**M, by=who, about="width", text="wider") for who in (li, zhao, chen)))
    hall.wait(days=8)
    assert hall.lacks(CLOSE) == [f"opinion {key} waits for its disposition" for key in "123"]
    hall.do(amended("Build a wide ramp"))
    hall.wait(days=8)  # it is consulted on as it stands now

    def answer(item: str, disposition: str, reason: str = "", **more: Any) -> DisposeOpinion:
        return DisposeOpinion(**M, by=office, item=item, disposition=disposition, reason=reason, **more)

    assert hall.refused(answer("2", "declined")) == ("reason_given",)
    assert hall.refused(answer("2", "partly")) == ("reason_given",)
    hall.do(answer("1", "adopted", text_version=2), answer("2", "partly", "as far as there is room"))
    assert hall.lacks(CLOSE) == ["opinion 3 waits for its disposition"]
    hall.do(answer("3", "declined", "no room"), CLOSE)
    said = [(str(each.status), each.text_version) for each in hall.get().items_of("opinion").values()]
    assert said == [("adopted", 2), ("partly_adopted", None), ("declined", None)]


def test_an_opinion_taken_back_holds_nothing_up_and_one_given_late_waits_for_its_answer():
    hall = Hall().motion("consulting")
    hall.do(RecordOpinion(**M, by=li, text="wider"))
    assert "role_is_held" in hall.refused(WithdrawOpinion(**M, by=zhao, item="1"))
    hall.do(WithdrawOpinion(**M, by=li, item="1"))
    hall.wait(days=8)
    hall.do(CLOSE, RecordOpinion(**M, by=zhao, text="too late, but still"))  # in deliberation
    assert hall.loops() == {"stage:r1.council", "opinion:2"}
    hall.on_to("appraised")
    result = c.PublishResult(**M, by=office, public_text="It stands", papers=("report",))
    assert hall.refused(result) == ("no_loop_is_open",)
    hall.do(DisposeOpinion(**M, by=office, item="2", disposition="declined", reason="it stands already"), result)


def test_nobody_answers_their_own_opinion():
    hall = Hall().motion("consulting")
    hall.do(RecordOpinion(**M, by=wang, text="wider"))
    own = DisposeOpinion(**M, by=wang, item="1", disposition="adopted")
    assert hall.refused(own) == ("disposed_by_another_than_its_author",)


def test_no_opinion_is_given_before_it_is_admitted_or_after_the_vote_is_announced():
    for status in ("draft", "screening", "announced", "published"):
        hall = Hall().motion(status)
        assert hall.refused(RecordOpinion(**M, by=li, text="wider")) == ("step_is_in_the_table",)


# --- those concerned -------------------------------------------------------------------------------------------------


def test_it_is_admitted_with_a_roll_of_those_concerned_and_deliberated_on_when_that_is_confirmed():
    hall = Hall().motion("screening")
    assert hall.refused(c.AdmitProposal(**M, by=office)) == ("stakeholder_roll_is_set",)
    hall.do(c.AdmitProposal(**M, by=office, stakeholders=("gate-3", "s-gao")))
    hall.wait(days=8)
    assert hall.refused(CLOSE.changed(roll_confirmed=False)) == ("stakeholder_roll_is_confirmed",)
    change = c.AmendStakeholders(**M, by=office, added=("gate-4",), struck=("s-gao",), reason="moved away")
    assert hall.refused(change.changed(added=("gate-3",))) == ("stakeholders_are_named",)
    assert hall.refused(change.changed(struck=("gate-5",))) == ("stakeholders_are_named",)
    assert hall.refused(change.changed(reason="")) == ("reason_given",)
    hall.do(change)
    assert hall.get().stakeholders == ("gate-3", "gate-4")
    all_of_them = c.AmendStakeholders(**M, by=office, struck=("gate-3", "gate-4"), reason="a mistake")
    hall.do(all_of_them)
    assert hall.refused(CLOSE) == ("stakeholder_roll_is_confirmed",)  # nobody concerned: nothing to consult about


def test_consultation_lasts_its_seven_days_whoever_is_in_a_hurry():
    hall = Hall().motion("consulting")
    hall.clock.set(hall.due("consultation"))
    assert hall.engine.why_not(CLOSE) == ()
    early = Hall().motion("consulting")
    early.wait(days=6)
    assert early.refused(CLOSE) == ("consultation_lasted_long_enough",)


def test_what_is_sent_back_may_be_given_up_with_what_is_open():
    hall = Hall().motion("deliberating")
    hall.do(BACK, RecordOpinion(**M, by=li, text="why at all"))
    leave = c.WithdrawProposal(**M, by=wang, reason="enough", hand_over=(HandOver(reason="withdrawn"),))
    assert hall.do(leave).status == "withdrawn"
    assert hall.engine.open_loops("m") == ()
