"""Each rule of the regions a case has, broken by a command that breaks nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from govflow import SYSTEM, Actor, Command, ItemCommand, NotAllowed, Role
from govflow.cases import commands as c
from govflow.regions import clock as k
from govflow.regions import commitment as cm
from govflow.regions import evaluation as ev
from govflow.regions import evidence as ed
from govflow.regions import joint_handling as jh
from govflow.regions import ledger as lg
from govflow.regions import link as lk
from govflow.regions import verification as vr
from govflow.regions.contact import LogContact
from tests.support import (
    Town,
    a_case,
    a_context,
    a_town,
    callback,
    co_unit,
    community,
    dispatcher,
    district,
    lead,
    supervisor,
    verifier,
)

X: dict[str, Any] = {"id": "x"}
POWER: dict[str, Any] = {"id": "x", "item": "power"}
SHOWN: dict[str, Any] = {"measure": "done", "evidence": ("e1",)}


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


@pytest.fixture
def town() -> Town:
    """Case x in handling, with a co-unit asked, evidence e1 on file."""
    town = a_town()
    a_case(town, "in_handling", id="x", co_units=("power",))
    town.do(ed.AddEvidence(**X, by=lead, item="e1", sha256="0" * 64))
    return town


def soon(town: Town, days: float = 2) -> datetime:
    return town.clock() + timedelta(days=days)


# --- joint handling 会办 ------------------------------------------------------------


def test_a_co_unit_is_asked_for_something_by_a_date(town: Town):
    ask = jh.AskJointHandling(**X, by=lead, item="parks", what="trees", until=soon(town))
    assert refused(town, ask.changed(what="")) == ("what_who_and_due_named",)
    assert refused(town, ask.changed(until=None)) == ("what_who_and_due_named",)
    assert refused(town, ask.changed(until=soon(town, -1))) == ("what_who_and_due_named",)
    assert refused(town, ask.changed(item="water")) == ("co_units_are_distinct",)
    assert refused(town, ask.changed(until=soon(town, 20))) == ("sub_due_is_within_lead_due",)
    town.do(ask)


def test_the_unit_reported_is_not_asked_for_a_part():
    town = a_town()
    a_case(town, "in_handling", id="x", kind="whistle_blowing", confidential=True, accused_unit="roads")
    ask = jh.AskJointHandling(**X, by=lead, item="roads", what="look", until=soon(town))
    assert refused(town, ask) == ("unit_reported_gets_nothing",)
    assert refused(town, ask.changed(item="other", unit="roads")) == ("unit_reported_gets_nothing",)


def test_a_part_is_finished_with_measure_and_evidence(town: Town):
    town.do(jh.AcceptJointHandling(**POWER, by=co_unit))
    finish = jh.FinishJointHandling(**POWER, by=co_unit, **SHOWN)
    assert refused(town, finish.changed(measure="")) == ("measure_and_evidence_given",)
    assert refused(town, finish.changed(evidence=())) == ("measure_and_evidence_given",)
    assert refused(town, finish.changed(by=Actor.of("sun", Role.CO_UNIT, unit="parks"))) == ("role_is_held",)
    town.do(finish)


def test_an_explanation_in_time_stands_for_the_result_and_a_late_one_does_not(town: Town):
    town.do(jh.AcceptJointHandling(**POWER, by=co_unit))
    explain = jh.ExplainJointHandling(**POWER, by=co_unit, reason="no parts to be had")
    assert refused(town, explain.changed(reason="")) == ("reason_given",)
    town.pass_days(5)  # the answer was due after two working days, but it was given
    assert town.engine.why_not(explain) == ()
    town.pass_days(5)
    assert refused(town, explain) == ("due_has_not_passed",)


def test_a_command_that_names_no_part_is_refused_and_not_a_fault_of_the_program(town: Town):
    assert refused(town, jh.AcceptJointHandling(id="x", by=co_unit)) == ("step_is_in_the_table",)


def test_a_refusal_is_reasoned_and_only_a_refusal_is_overruled(town: Town):
    refuse = jh.RefuseJointHandling(**POWER, by=co_unit, reason="not our line")
    assert refused(town, refuse.changed(reason=" ")) == ("reason_given",)
    town.do(refuse)
    insist = jh.InsistOnJointHandling(**POWER, by=district, reason="it is")
    assert refused(town, insist.changed(reason="")) == ("reason_given",)
    assert town.do(insist).item("joint_handling", "power").status == "accepted"


def test_overriding_releasing_and_asking_again_are_reasoned(town: Town):
    for kind in (jh.OverrideJointHandling, jh.ReleaseJointHandling):
        assert refused(town, kind(**POWER, by=dispatcher)) == ("reason_given",)
    town.do(jh.AcceptJointHandling(**POWER, by=co_unit), jh.FinishJointHandling(**POWER, by=co_unit, **SHOWN))
    assert refused(town, jh.ReopenJointHandling(**POWER, by=lead, until=soon(town))) == ("reason_given",)


def test_competence_is_disputed_only_where_it_is(town: Town):
    """The rule holds wherever the row applies: only a refused part can be insisted on."""
    assert refused(town, jh.InsistOnJointHandling(**POWER, by=district, reason="r")) == ("step_is_in_the_table",)
    assert "competence_is_disputed" in {rule.code for rule in _step("joint_handling", "JH07").rules}


def _step(region: str, id: str) -> Any:
    from govflow import CASE

    return next(step for step in CASE.regions[region].workflow.steps if step.id == id)


# --- ledger 销号 ------------------------------------------------------------


def test_a_ledger_item_names_place_item_due_and_owner(town: Town):
    item = lg.OpenLedgerItem(**X, by=supervisor, item="n1", what="hole", place="gate", owner="li", until=soon(town))
    for part in ({"what": ""}, {"place": ""}, {"owner": None}, {"until": None}):
        assert refused(town, item.changed(**part)) == ("place_item_due_and_owner_named",)
    town.do(item)
    fix = lg.RectifyLedgerItem(**X, by=lead, item="n1", **SHOWN)
    assert refused(town, fix.changed(measure="")) == ("measure_and_evidence_given",)
    town.do(fix)
    assert refused(town, lg.RefuseLedgerItem(**X, by=supervisor, item="n1")) == ("verified_by_another", "reason_given")
    assert refused(town, lg.RefuseLedgerItem(**X, by=verifier, item="n1")) == ("reason_given",)
    town.do(lg.VerifyLedgerItem(**X, by=verifier, item="n1"), lg.WriteOffLedgerItem(**X, by=dispatcher, item="n1"))
    reopen = lg.ReopenLedgerItem(**X, by=verifier, item="n1", until=soon(town))
    assert refused(town, reopen) == ("reason_given",)
    town.do(reopen.changed(reason="open again"))
    with pytest.raises(NotAllowed) as caught:
        town.approved(lg.WaiveLedgerItem(**X, by=lead, item="n1"), supervisor)
    assert caught.value.codes == ("reason_given",)
    waive = lg.WaiveLedgerItem(**X, by=lead, item="n1", reason="road is gone")
    assert refused(town, waive) == ("approval_is_given",)
    assert town.approved(waive, supervisor).item("ledger", "n1").status == "waived"


# --- commitments 承诺 ------------------------------------------------------------


def test_a_promise_says_what_by_whom_until_when(town: Town):
    promise = cm.MakeCommitment(**X, by=lead, item="p", what="repave", owner="li", until=soon(town))
    for part in ({"what": ""}, {"until": None}, {"until": soon(town, -1)}):
        assert refused(town, promise.changed(**part)) == ("what_who_and_due_named",)
    town.do(promise)
    assert refused(town, cm.BreachCommitment(**X, by=SYSTEM, item="p")) == ("due_has_passed",)
    assert refused(town, cm.FulfilPartOfCommitment(**X, by=lead, item="p")) == ("measure_and_evidence_given",)
    assert refused(town, cm.ReleaseCommitment(**X, by=supervisor, item="p")) == ("reason_given",)
    later = cm.ChangeCommitment(**X, by=lead, item="p", until=soon(town, 9), reason="rain")
    for until in (None, town.clock()):
        assert "new_due_is_named" in refused(town, later.changed(until=until))
    with pytest.raises(NotAllowed) as caught:
        town.approved(later.changed(reason=""), supervisor)
    assert caught.value.codes == ("reason_given",)
    changed = town.approved(later, supervisor)
    assert changed.item("commitment", "p").earlier == (promise.until,)
    assert changed.clocks["commitment_due:p"].due == later.until
    town.pass_days(3)
    assert refused(town, cm.BreachCommitment(**X, by=SYSTEM, item="p")) == ("due_has_passed",)
    town.pass_days(7)
    with pytest.raises(NotAllowed) as caught:
        town.approved(cm.ChangeCommitment(**X, by=lead, item="p", until=soon(town, 9), reason="rain"), supervisor)
    assert caught.value.codes == ("due_has_not_passed",)
    broken = town.do(cm.BreachCommitment(**X, by=SYSTEM, item="p"))
    assert "commitment" in {loop.region for loop in town.engine.open_loops("x")}
    assert broken.item("commitment", "p").was_broken
    assert town.do(cm.KeepCommitment(**X, by=community, item="p")).item("commitment", "p").status == "kept"


# --- evaluation 评价 and verification 核查 ------------------------------------------------------------


@pytest.fixture
def answered() -> Town:
    town = a_town()
    a_case(town, "fed_back", id="x")
    return town


def test_an_evaluation_declares_its_source_truly(answered: Town):
    ask = ev.RequestEvaluation(**X, by=callback, item="theirs", source="external", evaluator="s-2")
    for key in ("r1.s-3", "r2.s-2"):  # of another evaluator, of a round to come: it would be taken then
        assert refused(answered, ask.changed(item=key)) == ("key_is_of_the_round",)
    for part in ({"source": None}, {"evaluator": None}, {"evaluator": "li"}, {"source": ev.Source.SELF}):
        assert refused(answered, ask.changed(**part)) == ("evaluation_source_is_declared",)
    answered.do(ask)


def test_an_evaluation_answers_every_question_or_says_that_it_does_not_apply(answered: Town):
    said = ev.RecordEvaluation(**X, by=callback, item="r1.s-1", contacted=True, resolved=True)
    assert refused(answered, said) == ("answers_are_complete",)
    answered.do(said.changed(not_applicable=("satisfied",)))


def test_an_invalid_visit_takes_three_attempts_or_a_reason(answered: Town):
    invalid = ev.MarkEvaluationInvalid(**X, by=callback, item="r1.s-1", attempts=2)
    assert refused(answered, invalid) == ("attempts_are_used_up",)
    answered.do(invalid.changed(attempts=3))


def test_an_evaluation_elapses_when_its_window_is_over(answered: Town):
    elapse = ev.ElapseEvaluation(**X, by=SYSTEM, item="r1.s-1")
    assert refused(answered, elapse) == ("due_has_passed",)
    answered.pass_days(9)
    assert answered.do(elapse).item("evaluation", "r1.s-1").status == "elapsed"


def test_nothing_of_this_round_is_set_aside(answered: Town):
    for kind, item in ((ev.SupersedeEvaluation, "r1.s-1"), (vr.SupersedeVerification, "r1")):
        assert refused(answered, kind(**X, by=SYSTEM, item=item, reason="r")) == ("new_round_has_begun",)


def test_a_failed_check_has_a_reason_and_a_passed_one_may_be_taken_back(answered: Town):
    assert refused(answered, vr.FailVerification(**X, by=verifier, item="r1")) == ("reason_given",)
    answered.do(vr.PassVerification(**X, by=verifier, item="r1"))
    case = answered.do(vr.FailVerification(**X, by=verifier, item="r1", reason="wet again"))
    assert case.item("verification", "r1").status == "failed"


def test_an_old_round_is_not_checked_or_judged(answered: Town):
    """Superseded items take no command; the rule guards those a record of another kind might leave standing."""
    from govflow.rules import round_is_current

    case: Any = answered.engine.get("x")
    context = a_context(answered, vr.PassVerification(**X, by=verifier, item="r1"))
    context.item = case.item("verification", "r1")
    assert round_is_current.broken(case, None, context) is None
    broken = round_is_current.broken(case.changed(round=2), None, context)
    assert broken is not None
    assert broken.code == "round_is_current"


# --- evidence 证据, contact 联系, links 关联 ------------------------------------------------------------


def test_evidence_has_the_hash_of_its_content(town: Town):
    assert refused(town, ed.AddEvidence(**X, by=lead, item="e2")) == ("content_hash_is_given",)
    replace = ed.SupersedeEvidence(**X, by=lead, item="e1", replaced_by="e2", reason="sharper")
    assert refused(town, replace) == ("correction_names_its_event",)
    assert refused(town, replace.changed(replaced_by=None)) == ("correction_names_its_event",)
    town.do(ed.AddEvidence(**X, by=lead, item="e2", sha256="1" * 64))
    assert refused(town, replace.changed(reason="")) == ("reason_given",)
    assert refused(town, ed.DiscreditEvidence(**X, by=verifier, item="e1")) == ("reason_given",)
    town.do(ed.DiscreditEvidence(**X, by=verifier, item="e1", reason="staged"))
    assert refused(town, ed.RestoreEvidence(**X, by=supervisor, item="e1")) == ("reason_given",)
    result = c.SubmitResult(**X, by=lead, measure="m", evidence=("e1",))
    assert refused(town, result) == ("measure_and_evidence_given", "co_units_are_done_or_explained")


def test_an_attempt_says_whether_the_reporter_was_reached(town: Town):
    assert refused(town, LogContact(**X, by=lead)) in (("contact_was_made",), ("contact_was_tried",))


def test_a_link_leads_to_another_record_that_exists(town: Town):
    add = lk.AddLink(**X, by=dispatcher, other="nobody")
    assert refused(town, add) == ("other_record_exists",)
    assert refused(town, add.changed(other=None)) == ("other_record_exists",)
    assert refused(town, add.changed(other="x")) == ("other_record_exists",)
    a_case(town, "accepted", id="y")
    assert "links_make_no_cycle" not in refused(town, add.changed(other="x", awaited=False))
    town.do(add.changed(other="y"))
    assert refused(town, lk.Unlink(**X, by=dispatcher, item="spawned.y")) == ("reason_given",)


def test_awaited_links_make_no_cycle(town: Town):
    a_case(town, "accepted", id="y")
    a_case(town, "accepted", id="z")
    for id, other in (("x", "y"), ("y", "z")):
        town.do(lk.AddLink(id=id, by=dispatcher, other=other, kind="spawned", awaited=True))
    back = lk.AddLink(id="z", by=dispatcher, other="x", kind="spawned", awaited=True)
    assert refused(town, back) == ("links_make_no_cycle",)
    town.do(back.changed(awaited=False))  # for information: «link_is_for_information», not "link_is_awaited"


def test_a_link_moves_only_as_the_other_record_did(town: Town):
    a_case(town, "accepted", id="y")
    town.do(lk.AddLink(**X, by=dispatcher, other="y", kind="spawned", awaited=True))
    item: dict[str, Any] = {"id": "x", "item": "spawned.y", "by": SYSTEM}
    assert refused(town, lk.FinishLink(**item)) == ("other_record_is_at_rest",)
    assert refused(town, lk.FailLink(**item)) == ("other_record_has_failed",)
    town.do(c.ConvertToProposal(id="y", by=dispatcher, reason="r", told_by="phone"))
    assert refused(town, lk.ResumeLink(**item)) == ("other_record_has_reopened",)


# --- clocks 期限 ------------------------------------------------------------


def test_clocks_move_by_the_systems_hand_at_their_time_only(town: Town):
    handling: dict[str, Any] = {"id": "x", "by": SYSTEM, "item": "handling"}
    warn = k.WarnClock(**handling)
    assert refused(town, warn) == ("warning_point_has_passed",)
    assert refused(town, k.MarkOverdue(**handling)) == ("due_has_passed",)
    assert refused(town, k.ElapseWindow(**handling)) == ("due_has_passed", "clock_is_a_window")
    assert refused(town, k.RecomputeClock(**handling)) == ("calendar_version_has_changed",)
    town.pass_days(6.5)
    assert town.do(warn).clocks["handling"].warned == (80,)
    assert refused(town, warn.changed(command_id="w")) == ("warning_point_has_passed",)
    town.pass_days(5)
    assert refused(town, k.ElapseWindow(**handling)) == ("clock_is_a_window",)
    assert town.do(k.MarkOverdue(**handling)).clocks["handling"].status == "overdue"
    assert refused(town, k.MarkOverdue(**handling)) == ("step_is_in_the_table",)


def test_a_window_elapses_and_is_never_overdue():
    town = a_town()
    a_case(town, "closed", id="x")
    window: dict[str, Any] = {"id": "x", "by": SYSTEM, "item": "reopen_window"}
    town.pass_days(32)
    assert refused(town, k.MarkOverdue(**window)) == ("clock_is_a_deadline",)
    assert town.do(k.ElapseWindow(**window)).clocks["reopen_window"].status == "elapsed"


@pytest.mark.parametrize("kind", [k.WarnClock, k.MarkOverdue, k.ElapseWindow, k.RecomputeClock])
def test_no_person_moves_a_clock(town: Town, kind: type[ItemCommand]):
    assert "role_is_held" in refused(town, kind(id="x", by=supervisor, item="handling"))
