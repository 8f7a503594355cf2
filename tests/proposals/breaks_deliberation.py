"""The rules of consulting and deliberating, each broken by one command: stages, delegation, risk and legality."""
# ruff: noqa: E501 - a broken rule stays one line, like the row it breaks

from __future__ import annotations

from datetime import timedelta
from typing import Any

from govflow import Actor, Command, Role
from govflow.proposals import commands as c
from govflow.regions.opinion import DisposeOpinion, RecordOpinion
from tests.proposals.breaking import Break
from tests.proposals.breaks_intake import OPEN, dance, own
from tests.proposals.hall import assessor, body, council, li, office, paper, town
from tests.proposals.steps import ANY, MINUTES, REPORT, X, stage

DAY = timedelta(days=1)
CLOSE = c.CloseConsultation(**X, by=office, roll_confirmed=True)
OPINION = RecordOpinion(**X, by=li, text="make it wide")
ANSWER = DisposeOpinion(**X, by=office, item="1", disposition="adopted", reason="it is")
TWO: dict[str, Any] = {"track": "two_stages"}
MAJOR: dict[str, Any] = {**TWO, "kind": "major"}
FIRST = stage()
WHOLE: dict[str, Any] = {"stage": "second", "entitled": 5, "present": 5, "in_favour": 5, "papers": ()}
representatives = body("representatives")
LAST = stage(by=representatives, **WHOLE)
FAIL = c.FailStage(
    **X, by=council, stage="council", entitled=9, present=9, against=9, papers=("minutes",), reason="too dear"
)
FAIL_LAST = FAIL.changed(by=representatives, stage="second", entitled=5, present=5, against=5, papers=())
RISK = c.AssessRisk(**X, by=assessor, controllable=True, papers=("report",))
LAWFUL = c.CheckLegality(**X, by=town, lawful=True, papers=("report",))
DELEGATE = c.DelegateProposal(**X, by=office, body="block_council", track="block", reason="it is theirs")
gate_keeper = Actor.of("gate-3", Role.ASSESSOR, Role.TOWN)  # who stands on the roll of stakeholders


def found(check: Any, by: Actor) -> list[Break]:
    """The rules of a check, which those of a risk assessment and of a legality check share."""
    row = "PX05" if isinstance(check, c.AssessRisk) else "PX13"
    verdict = "controllable" if row == "PX05" else "lawful"
    unsaid: Command = check.changed(**{verdict: None})
    return [
        Break(
            row, "finding_is_stated", "a check has a finding", "consulting", unsaid, {verdict: False}, first=(REPORT,)
        ),
        Break(
            row,
            "assessor_is_not_a_party",
            "no stakeholder checks it",
            "deliberating",
            check.changed(by=gate_keeper),
            {"by": by},
            first=(REPORT,),
        ),
        Break(
            row,
            "required_papers_are_attached",
            "a check stands on a paper",
            "consulting",
            check.changed(papers=()),
            {"papers": ("report",)},
            first=(REPORT,),
        ),
        Break(
            row, "required_papers_are_attached", "the paper of a check is on file", "consulting", check, then=(REPORT,)
        ),
    ]


# fmt: off
BREAKS = [
    Break("P11", "consultation_lasted_long_enough", "a consultation lasts seven days", "consulting", CLOSE, first=(6 * DAY,), then=(2 * DAY,)),
    Break("P11", "consultation_lasted_long_enough", "a consultation on a major matter lasts thirty days", "consulting", CLOSE, said={"kind": "major"}, first=(20 * DAY,), then=(11 * DAY,)),
    Break("P11", "opinions_are_disposed_of", "every opinion has its answer", "consulting", CLOSE, first=(OPINION, 8 * DAY), then=(ANSWER,)),
    Break("P11", "stakeholder_roll_is_confirmed", "the roll of stakeholders is confirmed", "consulting", CLOSE.changed(roll_confirmed=False), {"roll_confirmed": True}, first=(8 * DAY,)),
    Break("P11", "decided_by_another", "nobody closes the consultation on what they proposed", "consulting", CLOSE.changed(by=own(Role.SECRETARIAT)), {"by": office}, first=(8 * DAY,)),
    Break("P12", "stages_run_in_order", "the second stage waits for the first", "deliberating", LAST, said=TWO, first=(MINUTES,), then=(FIRST,)),
    Break("P12", "stages_run_in_order", "a stage that is passed is not passed again", "deliberating", FIRST.changed(command_id="again"), said=TWO, first=(MINUTES, FIRST), before=(MINUTES,)),
    Break("P12", "stages_run_in_order stage_quorum_is_met", "there is no such stage", "deliberating", FIRST.changed(stage="nobodys"), {"stage": "council"}, first=(MINUTES,)),
    Break("P12", "body_of_the_stage_decides", "another body does not decide it", "deliberating", FIRST.changed(by=representatives), {"by": council}, first=(MINUTES,)),
    Break("P12", "stage_quorum_is_met", "four of nine are too few", "deliberating", FIRST.changed(present=4, in_favour=4), {"present": 5, "in_favour": 5}, first=(MINUTES,)),
    Break("P12", "stage_quorum_is_met", "nine are entitled, not five", "deliberating", FIRST.changed(entitled=5, present=5, in_favour=5), {"entitled": 9}, first=(MINUTES,)),
    Break("P12", "stage_quorum_is_met", "no more vote than are there", "deliberating", FIRST.changed(present=8), {"present": 9}, first=(MINUTES,)),
    Break("P12", "stage_quorum_is_met", "a stage stands on its minutes", "deliberating", FIRST.changed(papers=()), {"papers": ("minutes",)}, first=(MINUTES,)),
    Break("P12", "stage_quorum_is_met", "a photo is no minutes", "deliberating", FIRST.changed(papers=("photo",)), {"papers": ("photo", "minutes")}, first=(MINUTES, paper("x", "photo", kind="photo"))),
    Break("P12", "stage_is_passed", "four of nine who are there do not pass it", "deliberating", FIRST.changed(in_favour=4, against=5), {"in_favour": 5, "against": 4}, first=(MINUTES,)),
    Break("P12", "meeting_is_on_record", "a stage names no meeting that never was", "deliberating", FIRST.changed(meeting="nowhere"), {"meeting": None}, first=(MINUTES,)),
    Break("P12", "risk_is_assessed_if_major", "no stage of a major matter without its risk", "deliberating", FIRST, said=MAJOR, first=(MINUTES, REPORT, LAWFUL), then=(RISK,)),
    Break("P12", "risk_is_assessed_if_major", "an uncontrollable risk is none to go on with", "deliberating", FIRST, said=MAJOR, first=(MINUTES, REPORT, LAWFUL, RISK.changed(controllable=False, command_id="no")), then=(RISK,)),
    Break("P12", "legality_is_checked_if_required", "no stage of a major matter without the legality check", "deliberating", FIRST, said=MAJOR, first=(MINUTES, REPORT, RISK), then=(LAWFUL,)),
    Break("P41", "stages_run_in_order", "no body says no before its turn", "deliberating", FAIL_LAST, said=TWO, first=(MINUTES,), then=(FIRST,)),
    Break("P41", "body_of_the_stage_decides", "another body does not say no to it", "deliberating", FAIL.changed(by=representatives), {"by": council}, first=(MINUTES,)),
    Break("P41", "stage_quorum_is_met", "four of nine are too few to say no", "deliberating", FAIL.changed(present=4, against=4), {"present": 5, "against": 5}, first=(MINUTES,)),
    Break("P41", "stage_is_not_passed", "five of nine have not said no", "deliberating", FAIL.changed(in_favour=5, against=4), {"in_favour": 4, "against": 5}, first=(MINUTES,)),
    Break("P41", "meeting_is_on_record", "a no names no meeting that never was", "deliberating", FAIL.changed(meeting="nowhere"), {"meeting": None}, first=(MINUTES,)),
    Break("P41", "reason_given", "a no has a reason", "deliberating", FAIL.changed(reason=""), {"reason": "too dear"}, first=(MINUTES,)),
    Break("P41", "loops_are_handed_over", "what is open is handed over before it fails", "deliberating", FAIL, {"hand_over": (ANY,)}, first=(MINUTES, OPEN)),
    Break("P13", "reason_given", "sending back has a reason", "deliberating", c.SendBack(**X, by=council), {"reason": "ask gate 4"}),
    Break("P13", "body_deliberating_sends_it_back", "another body does not send it back", "deliberating", c.SendBack(**X, by=representatives, reason="ask gate 4"), {"by": council}, TWO),
    Break("P51", "body_has_a_part_in_it", "no body gives away what is not before it", "consulting", DELEGATE.changed(by=dance), {"by": representatives}),
    Break("P51", "body_is_below_and_competent", "a body of nobody's", "consulting", DELEGATE.changed(body="nobodys"), {"body": "block_council"}),
    Break("P51", "body_is_below_and_competent", "the body above is not below", "deliberating", DELEGATE.changed(body="residents_council"), {"body": "block_council"}),
    Break("P51", "body_is_below_and_competent", "the lower body is competent for the subject", "consulting", DELEGATE, said={"category": "environment"}, otherwise={}),
    Break("P51", "body_is_below_and_competent", "the lower body decides by a track of its own", "deliberating", DELEGATE.changed(track="yard"), {"track": "block"}),
    Break("P51", "body_is_below_and_competent procedure_is_pinned", "a delegation pins a track of the policy", "consulting", DELEGATE.changed(track="nobodys"), {"track": "block"}),
    *found(RISK, assessor),
    *found(LAWFUL, town),
]
# fmt: on
