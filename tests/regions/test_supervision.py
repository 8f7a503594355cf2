"""督办 supervision: each step up the ladder, who answers, what may be shown in public, and who may end it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import CASE, DEFAULT_POLICY, SYSTEM, Actor, Claim, Command, Engine, NotAllowed, Role
from govflow.cases import commands as c
from govflow.policy import ReasonCode, Then
from govflow.records import HandOver
from govflow.regions import supervision as sv
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.clock import MarkOverdue
from govflow.regions.evidence import AddEvidence
from govflow.regions.instruction import GiveInstruction
from govflow.regions.supervision.by_rule import remind_by_rule, urge_by_rule
from govflow.regions.verification import PassVerification
from tests.support import (
    TOLD,
    Town,
    a_case,
    a_town,
    desk,
    dispatcher,
    district,
    lead,
    other_lead,
    resident,
    supervisor,
    verifier,
)
from tests.ticking.world import a_policy, a_rule, nothing_more, ticked

X: dict[str, Any] = {"id": "x"}
ON: dict[str, Any] = {"id": "x", "item": "district"}
WHY: dict[str, Any] = {"reason_code": "refuses_to_act", "reason": "passes it on"}
LIST: dict[str, Any] = {**ON, **WHY, "number": "督〔2026〕3号", "public_text": "a leak in Huazhaobi"}
SHOWN: dict[str, Any] = {"measure": "pipe ordered", "evidence": ("e1",)}
BY_RULE: dict[str, Any] = {Then.REMIND: remind_by_rule, Then.URGE: urge_by_rule}
of_water = Actor.of("kang", Role.SUPERVISOR, Role.DISTRICT, Role.VERIFIER, unit="water")
leader = Actor.of("mayor", Role.LEADER)


def supervised() -> Any:
    """The case with supervision, and what a policy may have the system do about a delay."""
    case = CASE.extended(regions=(sv.SUPERVISION,))
    case.escalations = {**case.escalations, **BY_RULE}
    return case


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


def in_handling(**matter: Any) -> Town:
    """Case x in handling by water, with evidence e1 on file."""
    town = a_town(records=[supervised()])
    a_case(town, "in_handling", id="x", **matter)
    town.do(AddEvidence(**X, by=lead, item="e1", sha256="0" * 64))
    return town


@pytest.fixture
def town() -> Town:
    return in_handling()


def item(town: Town, key: str = "district") -> Any:
    return town.engine.get("x").item("supervision", key)


def urge(**more: Any) -> sv.UrgeSupervision:
    return sv.UrgeSupervision(**{**ON, **WHY, "by": supervisor, **more})


def listing(**more: Any) -> sv.ListSupervision:
    return sv.ListSupervision(**{**LIST, "by": supervisor, **more})


def exposing(**more: Any) -> sv.ExposeSupervision:
    return sv.ExposeSupervision(**{**ON, "by": supervisor, "public_text": "late by ten days", **more})


def exposed() -> Town:
    """Listed, overdue beyond the threshold, exposed."""
    town = in_handling()
    town.do(listing())
    town.pass_days(20)
    town.do(exposing())
    return town


# --- up the ladder ------------------------------------------------------------


def test_a_reminder_owes_nothing_and_urging_asks_for_an_answer(town: Town):
    town.do(sv.RemindSupervision(**ON, **WHY, by=supervisor))
    assert (item(town).status, item(town).owner) == ("reminded", "water")
    assert town.engine.open_loops("x") == ()
    town.do(urge())
    (loop,) = town.engine.open_loops("x")
    clock = town.engine.get("x").clocks["supervision_reply:district"]
    assert (loop.region, loop.item, loop.owes, loop.until) == ("supervision", "district", "water", clock.due)
    assert clock.rule == "sup.reply"
    assert clock.due == town.clock().replace(hour=16) + timedelta(days=7)  # five working days, to the end of the day


@pytest.mark.parametrize(
    "command",
    [
        sv.RemindSupervision(**ON, by=supervisor, **WHY),
        urge(),
        listing(),
        sv.InterviewSupervision(id="x", item="begun", by=leader, whom="head-1", **WHY),
        sv.CirculateSupervision(id="x", item="begun", by=district, to=("roads", "parks"), **WHY),
    ],
    ids=lambda command: command.wire,
)
def test_every_step_of_the_ladder_gives_a_reason_of_the_list_and_explains_it(town: Town, command: Any):
    town.do(urge(item="begun"))
    assert refused(town, command.changed(reason_code=None)) == ("reason_is_coded",)
    assert refused(town, command.changed(reason_code="out_of_scope")) == ("reason_is_coded",)  # of another command
    assert refused(town, command.changed(reason=" ")) == ("reason_is_coded",)
    town.do(command)


def test_who_is_supervised_may_be_named_and_stays_named_up_the_ladder(town: Town):
    town.do(urge(owner="roads"))
    assert item(town).owner == "roads"
    town.do(sv.InterviewSupervision(**ON, by=supervisor, **WHY), listing())
    assert item(town).owner == "roads"


def test_a_body_keeps_its_own_ladder_and_another_body_has_another_one(town: Town):
    one = Actor.of("su", Role.SUPERVISOR, unit="inspection")
    two = Actor.of("ma", Role.SUPERVISOR, unit="bureau")
    town.do(sv.UrgeSupervision(**X, **WHY, by=one), sv.UrgeSupervision(**X, **WHY, by=two))
    assert set(town.engine.get("x").items_of("supervision")) == {"inspection", "bureau"}
    lift = sv.LiftSupervision(**X, item="inspection", by=one, reason="answered")
    assert refused(town, lift.changed(by=two)) == ("role_is_held",)
    town.do(lift)


def test_only_a_supervising_body_climbs(town: Town):
    for by in (lead, dispatcher, leader, resident):
        assert "role_is_held" in refused(town, urge(by=by))
    assert refused(town, urge(by=district)) == ("role_is_held",)
    town.do(listing(by=district))
    assert refused(town, sv.CirculateSupervision(**ON, **WHY, by=leader)) == ("role_is_held",)


def test_nothing_is_raised_over_a_case_at_rest():
    town = a_town(records=[supervised()])
    a_case(town, "closed", id="x")
    assert refused(town, urge()) == ("step_is_in_the_table",)


def test_once_urged_there_is_no_way_back_to_a_reminder(town: Town):
    town.do(urge())
    assert refused(town, sv.RemindSupervision(**ON, **WHY, by=supervisor)) == ("step_is_in_the_table",)


# --- answering ------------------------------------------------------------


def test_only_the_unit_supervised_answers_and_shows_what_it_did(town: Town):
    town.do(urge())
    reply = sv.ReplySupervision(**ON, by=lead, **SHOWN)
    assert refused(town, reply.changed(by=other_lead)) == ("role_is_held",)
    assert refused(town, reply.changed(measure="")) == ("measure_and_evidence_given",)
    assert refused(town, reply.changed(evidence=("e9",))) == ("measure_and_evidence_given",)
    town.do(reply)
    (answer,) = item(town).replies
    assert (answer.by, answer.measure, answer.evidence) == ("li", "pipe ordered", ("e1",))


def test_a_unit_supervised_that_is_not_the_lead_answers_for_itself(town: Town):
    town.do(urge(owner="roads"))
    reply = sv.ReplySupervision(**ON, by=lead, **SHOWN)
    assert refused(town, reply) == ("role_is_held",)
    town.do(reply.changed(by=other_lead))


def test_an_answer_stops_the_clock_and_the_supervision_goes_on(town: Town):
    town.do(urge(), sv.ReplySupervision(**ON, by=lead, **SHOWN))
    assert town.engine.get("x").clocks["supervision_reply:district"].status == "met"
    (loop,) = town.engine.open_loops("x")
    assert (loop.status, loop.owes, loop.until) == ("urged", "supervisor", None)
    town.do(listing())  # it does not do: another answer is owed, by a new date
    clock = town.engine.get("x").clocks["supervision_reply:district"]
    assert (clock.run, clock.status, item(town).owes, item(town).until) == (2, "running", "water", clock.due)
    town.do(sv.ReplySupervision(**ON, by=lead, measure="pipe laid", evidence=("e1",)))
    assert [each.measure for each in item(town).replies] == ["pipe ordered", "pipe laid"]


def test_an_answer_that_does_not_come_is_overdue_by_the_tick_and_still_owed(town: Town):
    town.do(urge())
    due = item(town).until
    town.clock.set(due + timedelta(hours=1))
    assert ("overdue", due) in {(each.kind, each.due) for each in ticked(town)}
    assert town.engine.get("x").clocks["supervision_reply:district"].status == "overdue"
    town.do(sv.ReplySupervision(**ON, by=lead, **SHOWN))
    assert town.engine.get("x").clocks["supervision_reply:district"].status == "met_late"


def test_a_listing_after_an_unanswered_urging_leaves_the_date_that_was_missed(town: Town):
    town.do(urge())
    due = item(town).until
    town.do(listing())
    assert item(town).until == due


# --- in public ------------------------------------------------------------


def test_a_listing_has_a_number_of_its_own(town: Town):
    assert refused(town, listing(number=" ")) == ("listing_is_numbered",)
    town.do(listing())
    assert refused(town, listing(item="town")) == ("listing_is_numbered",)
    town.do(listing(item="town", number="督〔2026〕4号"))


def test_what_is_told_in_public_names_nobody(town: Town):
    assert refused(town, listing(public_text="call 13800138000")) == ("personal_data_is_withheld",)
    town.do(listing())
    town.pass_days(20)
    assert refused(town, exposing(public_text="call 13800138000")) == ("personal_data_is_withheld",)
    assert refused(town, exposing(public_text=" ")) == ("text_is_given",)
    town.do(exposing())


def test_of_a_report_on_wrongdoing_nothing_is_told_in_public():
    town = in_handling(kind="whistle_blowing", confidential=True, accused_unit="roads")
    assert refused(town, listing()) == ("secret_matter_stays_secret",)
    town.do(listing(public_text=""))
    town.pass_days(20)
    assert refused(town, exposing()) == ("secret_matter_stays_secret",)


def test_what_was_never_listed_is_not_exposed(town: Town):
    town.do(urge(), sv.InterviewSupervision(**ON, by=leader, **WHY))
    town.pass_days(20)
    assert refused(town, exposing()) == ("record_has_been_listed",)
    town.do(listing(item="town"))  # what another body lists is its own to expose
    assert refused(town, exposing()) == ("record_has_been_listed",)
    town.do(exposing().changed(item="town"))


def test_exposure_waits_until_the_delay_is_longer_than_the_policy_says(town: Town):
    town.do(listing())
    due = town.engine.get("x").clocks["handling"].due
    assert due is not None
    assert town.engine.policy.thresholds.exposure_days == 5
    town.clock.set(due + timedelta(days=5))
    assert refused(town, exposing()) == ("overdue_is_past_threshold",)
    town.clock.advance(microseconds=1)
    assert town.engine.why_not(exposing()) == ()
    town.do(MarkOverdue(**X, by=SYSTEM, item="handling"), exposing())  # marked as overdue, it is as late as before


def test_a_case_that_is_suspended_or_done_is_not_exposed_for_being_late():
    town = in_handling()
    town.do(listing())
    review_at = town.clock() + timedelta(days=40)
    town.approved(c.SuspendCase(**X, by=lead, cause="on_account", review_at=review_at, told_by=TOLD), supervisor)
    town.pass_days(30)
    assert refused(town, exposing()) == ("overdue_is_past_threshold",)

    town = in_handling()
    town.do(listing(), c.SubmitResult(**X, by=lead, **SHOWN))
    town.pass_days(30)
    assert town.engine.get("x").clocks["handling"].status == "met"
    assert refused(town, exposing()) == ("overdue_is_past_threshold",)


# --- down again ------------------------------------------------------------


def test_an_exposure_ends_when_somebody_else_has_checked_the_fix():
    town = exposed()
    lift = sv.LiftExposure(**ON, by=supervisor)
    assert refused(town, lift) == ("fix_is_verified",)
    check = sv.ConfirmFix(**ON, by=verifier, measure="seen dry", evidence=("e1",))
    assert refused(town, check.changed(evidence=())) == ("measure_and_evidence_given",)
    assert "role_is_held" in refused(town, check.changed(by=lead))
    assert refused(town, check.changed(by=of_water)) == ("nobody_judges_their_own_cause",)
    town.do(check.changed(by=supervisor, command_id="checked-by-the-supervisor"))
    assert refused(town, lift) == ("fix_is_verified",)  # the very person who checked
    town.do(check, lift)
    assert (item(town).status, item(town).owner) == ("listed", "water")
    assert [loop.status for loop in town.engine.open_loops("x")] == ["listed"]  # supervision itself goes on


def test_who_fixed_or_answered_neither_checks_nor_lifts():
    town = exposed()
    li_too = Actor.of(lead.id, Role.SUPERVISOR, Role.DISTRICT, Role.VERIFIER)  # handled the case, speaks for nobody
    assert refused(town, sv.ConfirmFix(**ON, by=li_too, **SHOWN)) == ("nobody_judges_their_own_cause",)
    town.do(sv.ConfirmFix(**ON, by=verifier, **SHOWN))
    assert refused(town, sv.LiftExposure(**ON, by=li_too)) == ("nobody_judges_their_own_cause",)
    spokesman = Actor.of("bo", Role.LEAD_UNIT, unit="water")
    town.do(sv.ReplySupervision(**ON, by=spokesman, **SHOWN))
    bo_too = Actor.of("bo", Role.DISTRICT)
    assert refused(town, sv.LiftExposure(**ON, by=bo_too)) == ("nobody_judges_their_own_cause",)
    town.do(sv.LiftExposure(**ON, by=district))


def test_a_new_exposure_asks_for_a_new_check():
    town = exposed()
    town.do(sv.ConfirmFix(**ON, by=verifier, **SHOWN), sv.LiftExposure(**ON, by=supervisor), exposing())
    assert refused(town, sv.LiftExposure(**ON, by=supervisor)) == ("fix_is_verified",)


def test_supervision_is_lifted_with_a_reason_and_never_by_the_unit_supervised(town: Town):
    town.do(urge())
    lift = sv.LiftSupervision(**ON, by=supervisor, reason="it moves")
    assert refused(town, lift.changed(reason=" ")) == ("reason_given",)
    assert "role_is_held" in refused(town, lift.changed(by=lead))
    assert refused(town, lift.changed(by=of_water)) == ("nobody_judges_their_own_cause",)
    town.do(lift)
    assert town.engine.open_loops("x") == ()
    assert town.engine.get("x").clocks["supervision_reply:district"].status == "cancelled"


def test_what_was_lifted_may_be_raised_again_and_remembers_that_it_was_listed(town: Town):
    town.do(listing(), sv.LiftSupervision(**ON, by=supervisor, reason="it moves"))
    town.pass_days(20)
    assert refused(town, exposing()) == ("step_is_in_the_table",)
    town.do(urge())
    assert (item(town).status, item(town).since, item(town).number) == ("urged", town.clock(), "")
    assert item(town).until == town.engine.get("x").clocks["supervision_reply:district"].due
    town.do(sv.InterviewSupervision(**ON, by=supervisor, **WHY), exposing())


def test_what_is_exposed_is_not_lifted_whole_before_somebody_else_has_checked_the_fix():
    town = exposed()
    lift = sv.LiftSupervision(**ON, by=supervisor, reason="enough")
    assert refused(town, lift) == ("exposed_failing_is_fixed",)
    assert refused(town, lift.changed(by=district)) == ("exposed_failing_is_fixed",)
    town.do(sv.ConfirmFix(**ON, by=verifier, **SHOWN), lift)
    assert item(town).status == "lifted"


def test_what_is_exposed_is_lifted_unfixed_by_the_system_alone_when_the_case_leaves():
    town = exposed()
    over = (HandOver(region="supervision", item="*", reason="the court decides now"),)
    town.do(
        c.RedirectCase(**X, by=desk, statutory_channel="litigation", reason="a court's", told_by=TOLD, hand_over=over)
    )
    assert item(town).status == "lifted"


def test_the_unit_supervised_puts_nobody_else_in_its_place():
    town = in_handling()
    town.do(urge(by=SYSTEM))  # by rule: no body owns the ladder
    for command in (listing(by=of_water, owner="roads"), listing(by=of_water)):
        assert refused(town, command) == ("nobody_judges_their_own_cause",)
    town.do(listing(owner="roads"))
    assert item(town).owner == "roads"


def test_the_unit_supervised_does_not_interview_itself(town: Town):
    town.do(urge())
    talk = sv.InterviewSupervision(**ON, **WHY, by=leader, whom="chief")
    own = Actor.of("chief", Role.LEADER, unit="water")
    of_both = Actor(id="chief", claims=(Claim(role=Role.LEADER), Claim(role=Role.LEAD_UNIT, unit="water")))
    for by in (own, of_both):
        assert refused(town, talk.changed(by=by)) == ("nobody_judges_their_own_cause",)
    town.do(talk)


def test_what_a_substitute_began_the_one_stood_in_for_may_lift():
    town = in_handling()
    boss = Actor.of("boss", Role.SUPERVISOR)
    stand_in = Actor(id="sub", claims=(Claim(role=Role.SUPERVISOR, standing_in_for="boss"),))
    town.do(urge(by=stand_in))
    for by in (boss, stand_in):
        assert town.engine.why_not(sv.LiftSupervision(**ON, by=by, reason="it moves")) == ()


def test_who_answered_by_a_substitute_does_not_lift_and_who_checked_by_one_does_not_take_down():
    town = exposed()
    for_bo = Actor(id="sub", claims=(Claim(role=Role.LEAD_UNIT, unit="water", standing_in_for="bo"),))
    town.do(sv.ReplySupervision(**ON, by=for_bo, **SHOWN))
    for_boss = Actor(id="other", claims=(Claim(role=Role.SUPERVISOR, standing_in_for="boss"),))
    town.do(sv.ConfirmFix(**ON, by=for_boss, **SHOWN))
    lift = sv.LiftExposure(**ON, by=supervisor)
    for by in (Actor.of("sub", Role.SUPERVISOR), Actor.of("bo", Role.SUPERVISOR)):
        assert refused(town, lift.changed(by=by)) == ("nobody_judges_their_own_cause",)
    for by in (Actor.of("other", Role.SUPERVISOR), Actor.of("boss", Role.SUPERVISOR)):
        assert refused(town, lift.changed(by=by)) == ("fix_is_verified",)
    town.do(lift)


def test_the_unit_reported_is_not_supervised_over_what_was_reported_of_it():
    town = in_handling(kind="whistle_blowing", confidential=True, accused_unit="roads")
    remind = sv.RemindSupervision(**ON, **WHY, by=supervisor)
    for command in (remind, urge(), listing(public_text="")):
        assert refused(town, command.changed(owner="roads")) == ("unit_reported_gets_nothing",)
        assert town.engine.why_not(command) == ()


def test_the_district_lifts_what_any_body_began_and_no_other_body_does(town: Town):
    town.do(listing(by=Actor.of("su", Role.SUPERVISOR, unit="inspection")))
    lift = sv.LiftSupervision(**ON, by=Actor.of("ma", Role.SUPERVISOR, unit="bureau"), reason="enough")
    assert refused(town, lift) == ("role_is_held",)
    town.do(lift.changed(by=district))


# --- the consent that a listed case needs ------------------------------------------------------------


def suspending(town: Town) -> c.SuspendCase:
    review_at = town.clock() + timedelta(days=20)
    return c.SuspendCase(**X, by=lead, cause="on_account", review_at=review_at, told_by=TOLD)


def test_a_listed_case_is_suspended_with_the_leave_of_the_body_that_listed_it_and_of_no_other(town: Town):
    lister = Actor.of("su", Role.SUPERVISOR, unit="inspection")
    suspend = suspending(town)
    town.do(listing(by=lister))
    for other in (supervisor, Actor.of("ma", Role.SUPERVISOR, unit="bureau")):
        with pytest.raises(NotAllowed) as caught:
            town.approved(suspend, other)
        assert caught.value.codes == ("listed_record_has_supervisor_consent",)
        assert "no consent of inspection" in caught.value.sentence()
    town.approved(suspend, Actor.of("colleague", Role.SUPERVISOR, unit="inspection"))
    assert town.engine.get("x").status == "suspended"


def test_nobody_of_the_unit_supervised_consents_for_the_body(town: Town):
    town.do(listing())  # by a supervisor of no unit: whose leave it needs is open
    suspend = suspending(town)
    of_both = Actor(id="kang", claims=(Claim(role=Role.SUPERVISOR), Claim(role=Role.LEAD_UNIT, unit="water")))
    for by in (Actor.of("kang", Role.SUPERVISOR, unit="water"), of_both):
        with pytest.raises(NotAllowed) as caught:
            town.approved(suspend, by)
        assert caught.value.codes == ("listed_record_has_supervisor_consent",)
    town.approved(suspend, supervisor)


def test_where_two_bodies_have_listed_it_both_give_leave(town: Town):
    one, two = (Actor.of(f"of-{unit}", Role.SUPERVISOR, unit=unit) for unit in ("inspection", "bureau"))
    town.do(listing(by=one), listing(by=two, item="town", number="督〔2026〕4号"))
    suspend = suspending(town)
    with pytest.raises(NotAllowed):
        town.approved(suspend, one)
    town.approved(suspend, two)
    assert town.engine.get("x").status == "suspended"


def test_leave_that_was_given_before_the_listing_is_no_consent_of_the_body(town: Town):
    suspend = suspending(town)
    town.do(RequestApproval.of(suspend, town.engine.get("x")))
    town.do(GiveApproval(**X, by=supervisor, item="1"), listing(by=Actor.of("su", Role.SUPERVISOR, unit="inspection")))
    assert refused(town, suspend) == ("listed_record_has_supervisor_consent",)


def test_closing_waits_until_it_is_lifted():
    town = a_town(records=[supervised()])
    a_case(town, "fed_back", id="x", reporter=None)
    town.do(urge(), PassVerification(**X, by=verifier, item="r1"))
    assert refused(town, c.CloseCase(**X, by=dispatcher)) == ("no_loop_is_open",)
    town.do(sv.LiftSupervision(**ON, by=supervisor, reason="done"), c.CloseCase(**X, by=dispatcher))


def test_a_case_that_leaves_ends_its_supervision_and_says_why():
    town = in_handling()
    town.do(urge(), sv.RemindSupervision(**X, item="town", **WHY, by=supervisor))
    leave = c.RedirectCase(**X, by=desk, statutory_channel="litigation", reason="a court's", told_by=TOLD)
    assert refused(town, leave) == ("loops_are_handed_over",)
    town.do(leave.changed(hand_over=(HandOver(region="supervision", item="*", reason="the court decides now"),)))
    lifted = town.engine.history("x")[-1].body
    assert (lifted.by, lifted.reason, lifted.item) == (SYSTEM.id, "the court decides now", "district")  # type: ignore[attr-defined]
    assert item(town).status == "lifted"
    assert item(town, "town").status == "reminded"  # a reminder owes nothing


# --- by the policy ------------------------------------------------------------


def ruled(*rules: Any) -> Town:
    town = a_town(records=[supervised()], policy=a_policy(escalations=rules))
    a_case(town, "in_handling", id="x")
    return town


def test_by_rule_a_late_unit_is_reminded_then_urged_each_once():
    rules = (a_rule(then=Then.REMIND, id="nudge", after=0), a_rule(then=Then.URGE, id="press", after=2))
    town = ruled(*rules)
    due = town.engine.get("x").clocks["handling"].due
    assert due is not None
    town.clock.set(due + timedelta(hours=1))
    assert "escalation nudge" in {each.kind for each in ticked(town)}
    reminded = item(town, "by-rule.nudge")
    assert (reminded.status, reminded.by, reminded.owner, reminded.reason_code) == (
        "reminded",
        SYSTEM.id,
        "water",
        "overdue_without_cause",
    )
    nothing_more(town)
    town.pass_days(4)
    assert [each.kind for each in ticked(town) if each.kind.startswith("escalation")] == ["escalation press"]
    assert [(loop.item, loop.owes) for loop in town.engine.open_loops("x")] == [("by-rule.press", "water")]
    nothing_more(town)


def test_what_a_rule_began_and_somebody_lifted_is_not_begun_again_for_the_same_delay():
    town = ruled(a_rule(then=Then.URGE, after=0))
    town.pass_days(12)
    ticked(town)
    town.do(sv.LiftSupervision(**X, item="by-rule.t.handling", by=supervisor, reason="the unit has a cause"))
    town.pass_days(3)
    heard = ticked(town)
    assert not [each for each in heard if each.kind.startswith("escalation")]
    assert item(town, "by-rule.t.handling").status == "lifted"
    late = town.engine.get("x").clocks["handling"]
    assert urge_by_rule(town.engine.get("x"), "t.handling", late) is None  # not even tried in vain
    nothing_more(town)


def test_another_clock_that_is_late_does_not_wake_a_rule_that_was_answered():
    town = ruled(a_rule(then=Then.URGE, after=0))
    town.pass_days(12)
    ticked(town)
    until = town.clock() + timedelta(days=2)
    town.do(
        sv.LiftSupervision(**X, item="by-rule.t.handling", by=supervisor, reason="the unit has a cause"),
        GiveInstruction(**X, by=leader, what="settle it", owner="water", until=until),
    )
    town.pass_days(3)
    assert ticked(town).refused == []
    record = town.engine.get("x")
    assert record.clocks["instruction_reply:1"].is_late
    assert urge_by_rule(record, "t.handling", record.clocks["handling"]) is None
    assert town.engine.tick().next is None  # nothing waits for another day


def test_a_policy_whose_rules_remind_or_urge_has_the_reason_they_give():
    without = tuple(each for each in DEFAULT_POLICY.reasons if each.id != "overdue_without_cause")
    for then, wire in ((Then.REMIND, "supervision.remind"), (Then.URGE, "supervision.urge")):
        with pytest.raises(ValueError, match=f"{wire} has no reason overdue_without_cause"):
            a_policy(escalations=(a_rule(then=then),), reasons=without)
        only = ReasonCode(id="overdue_without_cause", en="late", zh="超期", commands=(wire,))
        a_policy(escalations=(a_rule(then=then),), reasons=(*without, only))
    a_policy(escalations=(a_rule(then=Then.RAISE),), reasons=without)


def test_a_new_delay_after_that_is_answered_by_the_rule_again():
    town = ruled(a_rule(then=Then.URGE, after=0))
    town.pass_days(12)
    ticked(town)
    town.do(
        sv.LiftSupervision(**X, item="by-rule.t.handling", by=supervisor, reason="it goes up"),
        c.EscalateInHandling(**X, by=lead, to_level="town", reason="too big for us"),
        c.AssignCase(**X, by=dispatcher, lead_unit="roads", unit_level="town"),
    )
    town.pass_days(20)
    ticked(town)
    again = item(town, "by-rule.t.handling")
    assert (again.status, again.owner) == ("urged", "roads")


# --- replay ------------------------------------------------------------


def test_replayed_in_another_engine_it_stands_where_it_stood(tmp_path: Any):
    town = a_town(tmp_path / "log.db", records=[supervised()])
    a_case(town, "in_handling", id="x")
    town.do(AddEvidence(**X, by=lead, item="e1", sha256="0" * 64), listing())
    town.pass_days(20)
    town.do(exposing(), sv.ConfirmFix(**ON, by=verifier, **SHOWN), sv.LiftExposure(**ON, by=district))
    town.do(sv.ReplySupervision(**ON, by=lead, **SHOWN), sv.LiftSupervision(**ON, by=district, reason="done"))
    digest = town.engine.get("x").digest
    town.engine.close()
    with Engine.open(tmp_path / "log.db", records=[supervised()], now=town.clock) as engine:
        assert engine.get("x").digest == digest


def test_the_lead_unit_takes_a_listed_case_up_a_level_only_with_the_consent_of_the_body_that_listed_it(town: Town):
    lister = Actor.of("su", Role.SUPERVISOR, unit="inspection")
    up = c.EscalateInHandling(**X, by=lead, to_level="town", reason="too big for us")
    town.do(listing(by=lister))
    of_both = (Claim(role=Role.SUPERVISOR, unit="inspection"), Claim(role=Role.LEAD_UNIT, unit="water"))
    both = Actor(id="bo", claims=of_both)
    for by in (lead, Actor.of("ma", Role.SUPERVISOR, unit="bureau"), both):
        assert refused(town, up.changed(by=by)) == ("listed_record_has_supervisor_consent",)
    for by in (lister, SYSTEM):  # whose listing it is, and the policy's rule, need nobody's leave
        assert town.engine.why_not(up.changed(by=by)) == ()
    town.do(RequestApproval.of(up, town.engine.get("x"), asks=Role.SUPERVISOR))
    town.do(GiveApproval(**X, by=lister, item="1"), up)
    assert town.engine.get("x").level == "town"


def test_a_listed_case_is_not_terminated_without_the_body_that_listed_it(town: Town):
    lister = Actor.of("su", Role.SUPERVISOR, unit="inspection")
    head = Actor.of("he", Role.UNIT_HEAD, unit="water")
    end = c.TerminateCase(
        **X, by=lead, refusals="never answers", reason="no way on", hand_over=(HandOver(reason="nothing is owed"),)
    )
    town.do(listing(by=lister))
    asked = town.do(RequestApproval.of(end, town.engine.get("x")))
    town.do(GiveApproval(**X, by=head, item=list(asked.items_of("approval"))[-1]))
    assert refused(town, end) == ("listed_record_has_supervisor_consent",)  # the slow unit's own head is not enough
    asked = town.do(RequestApproval.of(end, town.engine.get("x"), asks=Role.SUPERVISOR))
    town.do(GiveApproval(**X, by=lister, item=list(asked.items_of("approval"))[-1]), end)
    assert town.engine.get("x").status == "terminated"
