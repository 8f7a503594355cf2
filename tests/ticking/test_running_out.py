"""A clock stands still, is given more time, or runs out: what the tick tells of it, and what follows by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow.actors import SYSTEM
from govflow.calendars import Unit
from govflow.cases import commands as c
from govflow.cases import events as e
from govflow.messages import ClockStatus
from govflow.policy import Then
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.evaluation import RecordEvaluation
from govflow.ticking import Fired
from tests.support import (
    TOLD,
    a_case,
    a_town,
    archivist,
    desk,
    dispatcher,
    lead,
    resident,
    steps_to,
    supervisor,
    unit_head,
)
from tests.ticking.world import (
    a_limit,
    a_policy,
    a_rule,
    due_of,
    hours,
    nothing_more,
    once,
    ticked,
)

CASE: Any = {"id": "it"}
TWO_WARNINGS = a_policy(warn_at=(50, 80))


def named(town: Any, name: str, id: str = "it") -> list[Any]:
    return [each for each in town.engine.history(id) if each.name == name]


def test_a_clock_that_stands_still_is_neither_warned_of_nor_overdue():
    town = a_town(policy=TWO_WARNINGS)
    a_case(town, "suspended", **CASE)
    town.pass_days(19)  # the review date is the twentieth day
    ticked(town)
    assert {effect.item for effect in once(town.engine)} == {"suspension_review"}
    assert town.engine.get("it").clocks["handling"].status is ClockStatus.PAUSED


def test_a_share_of_a_limit_is_not_used_up_by_standing_still():
    policy = a_policy(a_limit("handling", 10, Unit.DAY, starts_on=("case.assign",)))
    town = a_town(policy=policy)
    begun = a_case(town, "in_handling", **CASE).clocks["handling"].since
    town.pass_days(1)
    review_at = town.clock() + timedelta(days=60)
    suspend = c.SuspendCase(**CASE, by=lead, cause="on_account", review_at=review_at, told_by=TOLD)
    town.approved(suspend, supervisor)
    town.pass_days(30)
    town.do(c.ResumeCase(**CASE, by=lead))
    due = due_of(town.engine.get("it"), "handling")
    assert due - begun > timedelta(days=40)
    town.pass_days(5)  # six of its ten days are used up
    assert "warn 80" not in {each.kind for each in ticked(town)}
    town.clock.set(due - timedelta(days=1, hours=20))
    assert [each.kind for each in ticked(town)] == ["warn 80"]
    nothing_more(town)


def test_a_limit_that_was_extended_is_announced_once_more_and_by_its_own_shares():
    limit = a_limit("handling", 10, Unit.DAY, starts_on=("case.assign",), extension=10, warn_at=(50, 80))
    town = a_town(policy=a_policy(limit, warn_at=(90,)))
    a_case(town, "in_handling", **CASE)
    town.pass_days(9)
    ticked(town)
    town.approved(c.ExtendDeadline(**CASE, by=lead, length=10, reason="parts", told_by=TOLD), unit_head)
    nothing_more(town)
    town.pass_days(8)
    ticked(town)
    about = [each.body.share for each in named(town, "clock.warned") if each.body.item == "handling"]
    assert about == [50, 80, 50, 80]
    once(town.engine)


def test_an_extension_that_moves_no_date_does_not_make_the_tick_run_for_ever():
    limit = a_limit("handling", 12, Unit.DAY, starts_on=("case.assign",), extension=1, roll="rest_day")
    town = a_town(policy=a_policy(limit))  # twelve and thirteen days after 2 March both roll on to a Monday
    case = a_case(town, "in_handling", **CASE)
    town.clock.set(due_of(case, "handling") - hours(6))
    ticked(town)
    extend = c.ExtendDeadline(**CASE, by=lead, length=1, reason="parts", told_by=TOLD)
    due = due_of(case, "handling")
    assert due_of(town.approved(extend, unit_head), "handling") == due
    ticked(town)
    ticked(town)
    assert due_of(town.engine.get("it"), "handling") == due
    once(town.engine)


# -- what a clock that ran out leads to --------------------------------------------------------------------------------


def test_an_order_that_nobody_signed_in_time_counts_as_signed_when_the_time_was_over():
    town = a_town()
    due = due_of(a_case(town, "assigned", **CASE), "receipt")
    town.pass_days(5)
    heard = ticked(town)
    (signed,) = named(town, "case.order_signed")
    assert (signed.body.at, signed.body.by, signed.meta.recorded_at) == (due, SYSTEM.id, town.clock())
    assert "case.sign_for" in {each.kind for each in heard}
    window = town.engine.get("it").clocks["objection_window"]
    assert window.since == due  # the time to object runs from then, not from the tick


def test_a_window_that_opened_and_closed_during_the_outage_is_over_after_one_tick():
    town = a_town(policy=a_policy(escalations=()))
    a_case(town, "assigned", **CASE)
    town.pass_days(30)
    ticked(town)
    record = town.engine.get("it")
    assert {name: record.clocks[name].status.value for name in ("receipt", "objection_window", "handling")} == {
        "receipt": "met_late",  # deemed signed at its due instant
        "objection_window": "elapsed",
        "handling": "overdue",
    }
    (elapsed,) = named(town, "clock.window_elapsed")
    assert elapsed.body.at == due_of(record, "objection_window")
    nothing_more(town)


def test_a_supplement_that_did_not_come_lapses_and_the_time_for_acceptance_goes_on_from_then():
    town = a_town()
    a_case(town, "reported", **CASE)
    asked = town.do(c.RequestSupplement(**CASE, by=desk, shortcomings=("which street",)))
    assert asked.clocks["acceptance"].status is ClockStatus.PAUSED
    due = due_of(asked, "supplement")
    town.clock.set(due + hours(1))
    ticked(town)
    (lapsed,) = named(town, "case.supplement_lapsed")
    after = town.engine.get("it")
    assert lapsed.body.at == due
    assert (after.clocks["acceptance"].status, due_of(after, "acceptance") > due) == (ClockStatus.RUNNING, True)
    town.pass_days(2)
    assert [each.kind for each in ticked(town)] == ["warn 80", "overdue"]


def test_every_evaluation_that_was_asked_for_and_not_given_ends_with_its_window_together():
    town = a_town()
    a_case(town, "accepted", id="follower", reporter="s-2")
    a_case(town, "in_handling", **CASE)
    town.do(c.MergeCase(id="follower", by=dispatcher, master="it", same_subject="the same pipe"))
    for step in ("handled", "fed_back"):
        for command in _last_steps(step):
            town.do(command)
    due = due_of(town.engine.get("it"), "evaluation")
    town.clock.set(due + hours(2))
    heard = ticked(town)
    ended = named(town, "evaluation.elapsed")
    assert [(each.body.item, each.body.at) for each in ended] == [("r1.s-1", due), ("r1.s-2", due)]
    assert len({each.position for each in ended}) == 2
    assert [each.kind for each in heard].count("evaluation.elapse") == 1
    assert {each.status for each in town.engine.get("it").items_of("evaluation").values()} == {"elapsed"}


def _last_steps(status: str) -> Any:
    from govflow.regions.evidence import AddEvidence

    if status == "handled":
        yield AddEvidence(**CASE, by=lead, item="e1", kind="photo", sha256="0" * 64)
        yield c.SubmitResult(**CASE, by=lead, measure="pipe replaced", evidence=("e1",))
    else:
        yield c.GiveFeedback(**CASE, by=lead, to_level="community", to_reporter=True, public_text="pipe replaced")


def test_an_evaluation_that_came_in_time_leaves_nothing_to_elapse():
    town = a_town()
    a_case(town, "fed_back", **CASE)
    answers = {"contacted": True, "resolved": True, "satisfied": False}
    town.do(RecordEvaluation(**CASE, by=resident, item="r1.s-1", **answers))
    town.pass_days(30)
    ticked(town)
    assert named(town, "evaluation.elapsed") == []


def test_the_time_for_reopening_ends_by_itself_and_then_the_case_may_be_archived():
    town = a_town()
    due = due_of(a_case(town, "closed", **CASE), "reopen_window")
    town.clock.set(due + hours(1))
    assert [(each.kind, each.due) for each in ticked(town)] == [("elapsed", due)]
    town.do(c.ArchiveCase(**CASE, by=archivist))
    town.pass_days(4_000)  # retention is over after ten years: what follows is an archivist's decision
    assert list(ticked(town)) == []


def test_the_time_to_ask_for_review_ends_by_itself():
    town = a_town()
    due = due_of(a_case(town, "fed_back", kind="petition", category="petition", **CASE), "review_request")
    town.clock.set(due + hours(1))
    assert ("elapsed", due) in {(each.kind, each.due) for each in ticked(town)}
    assert town.engine.get("it").clocks["review_request"].status is ClockStatus.ELAPSED


@pytest.mark.parametrize("given", [True, False])
def test_an_approval_that_was_not_used_in_time_expires(given):
    town = a_town()
    case = a_case(town, "in_handling", **CASE)
    extend = c.ExtendDeadline(**CASE, by=lead, length=2, reason="parts", told_by=TOLD)
    due = due_of(town.do(RequestApproval.of(extend, case)), "approval_validity:1")
    if given:
        town.do(GiveApproval(**CASE, by=unit_head, item="1"))
    town.clock.set(due + hours(1))
    ticked(town)
    (expired,) = named(town, "approval.expired")
    assert (expired.body.item, expired.body.at) == ("1", due)


def test_the_review_date_of_a_suspension_passes_once_and_the_case_stays_suspended_without_a_rule():
    town = a_town()
    due = due_of(a_case(town, "suspended", **CASE), "suspension_review")
    town.pass_days(25)
    ticked(town)
    (missed,) = named(town, "clock.deadline_missed")
    assert (missed.body.item, missed.body.at) == ("suspension_review", due)
    assert town.engine.get("it").status == "suspended"
    nothing_more(town)


def test_with_a_rule_a_suspension_nobody_reviewed_ends_and_the_clock_goes_on_with_what_was_left():
    town = a_town(policy=a_policy(escalations=(a_rule("suspension_review", Then.RESUME, after=2),)))
    review = due_of(a_case(town, "suspended", **CASE), "suspension_review")
    town.clock.set(review + hours(1))
    assert "overdue" in {each.kind for each in ticked(town)}
    assert town.engine.get("it").status == "suspended"
    town.pass_days(6)
    assert [each.kind for each in ticked(town)] == ["escalation t.suspension_review"]
    (resumed,) = named(town, "case.resumed")
    after = town.engine.get("it")
    assert (resumed.body.at, after.status) == (town.clock(), "in_handling")
    assert (after.clocks["handling"].status, due_of(after, "handling") > town.clock()) == (ClockStatus.RUNNING, True)
    assert after.clocks["suspension_review"].status is ClockStatus.MET_LATE
    nothing_more(town)


def test_a_fault_in_one_record_is_told_and_stops_the_clocks_of_no_other():
    from govflow import CASE as CASES

    def breaks(case: Any, command: Any, context: Any) -> Any:
        if case.id == "broken":
            raise ValueError("a figure beyond its bounds")
        return CASES.copied(command, e.SupplementLapsed, context)

    town = a_town(records=[CASES.extended(propose={c.LapseSupplement: breaks})])
    for id in ("broken", "sound"):
        town.do(*steps_to("reported", id), c.RequestSupplement(id=id, by=desk, shortcomings=("which street",)))
    town.pass_days(30)
    fired: list[Fired] = []
    town.engine.tick(on_fired=fired.append)
    lapsed = {each.record: each.refused for each in fired if each.kind == "case.lapse_supplement"}
    assert lapsed["sound"] == ""
    assert "ValueError: a figure beyond its bounds" in lapsed["broken"]
    assert not town.engine.get("sound").clocks["supplement"].is_going
