"""Limits, pauses, extensions, windows, rounds, corrections and the archive, with dates worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from govflow import SYSTEM, Actor, NotAllowed, Role
from govflow.cases import commands as c
from govflow.regions.clock import MarkOverdue
from govflow.regions.commitment import MakeCommitment
from govflow.regions.evidence import AddEvidence
from govflow.regions.verification import FailVerification
from tests.support import (
    MATTER,
    PETITION,
    TOLD,
    a_case,
    a_town,
    archivist,
    community,
    desk,
    desk_head,
    dispatcher,
    grid_worker,
    lead,
    resident,
    supervisor,
    unit_head,
    verifier,
)

X: dict[str, Any] = {"id": "x"}
FEEDBACK: dict[str, Any] = {"by": lead, "to_level": "community", "to_reporter": True}


def midnight(month: int, day: int) -> datetime:
    """The end of the day before, in Beijing."""
    return datetime(2026, month, day, tzinfo=UTC) - timedelta(hours=8)


def test_a_hotline_limit_is_five_working_days_from_dispatch():
    town = a_town()  # Monday 2 March 2026, 09:00 in Beijing
    case = a_case(town, "assigned", id="x")
    assert case.clocks["handling"].due == midnight(3, 10)  # Mon 9 March, 24:00
    assert case.clocks["contact"].due == town.clock() + timedelta(hours=24)
    assert case.clocks["assignment"].status == "met"


def test_a_petition_runs_sixty_days_from_acceptance_whoever_gets_it_later():
    town = a_town()
    case = a_case(town, "accepted", id="x", **PETITION)
    assert case.clocks["handling"].due == midnight(5, 2)  # 2 March + 60 days = 1 May, 24:00
    town.pass_days(3)
    town.do(c.AssignCase(**X, by=dispatcher, lead_unit="water"))
    assert town.engine.get("x").clocks["handling"].due == midnight(5, 2)


def test_an_extension_adds_to_the_length_and_keeps_the_old_date():
    town = a_town()
    a_case(town, "in_handling", id="x", **PETITION)
    case = town.approved(c.ExtendDeadline(**X, by=lead, length=30, reason="complex", told_by=TOLD), unit_head)
    assert case.clocks["handling"].due == midnight(6, 1)  # 60 + 30 days after 2 March = 31 May, 24:00
    assert case.clocks["handling"].earlier == (midnight(5, 2),)


def test_a_pause_moves_the_due_instant_by_exactly_its_length():
    town = a_town()
    a_case(town, "suspended", id="x", **PETITION)
    town.pass_days(20)
    case = town.do(c.ResumeCase(**X, by=lead))
    assert case.status == "in_handling"
    assert case.clocks["handling"].due == midnight(5, 2) + timedelta(days=20)
    assert case.clocks["suspension_review"].status == "met"


def test_a_case_suspended_before_work_began_goes_back_there():
    town = a_town()
    a_case(town, "assigned", id="x")
    review_at = town.clock() + timedelta(days=20)
    suspend = c.SuspendCase(**X, by=lead, cause="on_account", review_at=review_at, told_by=TOLD)
    paused = town.approved(suspend, supervisor)
    assert paused.clocks["suspension_review"].due == review_at
    assert {paused.clocks[name].status for name in ("handling", "contact")} == {"paused"}
    rows = {each.code for each in town.engine.why_not(c.ResumeCase(**X, by=desk))}
    assert rows >= {"role_is_held"}  # "suspended_from_assigned" and "suspended_from_in_handling" tell the rows apart
    assert town.do(c.ResumeCase(**X, by=lead)).status == "assigned"


def test_a_paused_limit_is_not_over_and_may_be_extended_while_suspended():
    town = a_town()
    a_case(town, "suspended", id="x")
    town.pass_days(15)  # long past 9 March, but the clock stands still
    late = town.engine.why_not(MarkOverdue(**X, by=SYSTEM, item="handling"))
    assert [each.code for each in late] == ["step_is_in_the_table"]
    extend = c.ExtendDeadline(**X, by=lead, length=2, reason="more", told_by=TOLD)
    case = town.approved(extend, unit_head)
    assert case.clocks["handling"].due == midnight(3, 12)  # two working days more
    case = town.do(c.ResumeCase(**X, by=lead))
    assert case.clocks["handling"].due == midnight(3, 27)  # 11 working days stood still, from 2 to 16 March


def test_an_extension_after_rework_adds_to_the_shortened_limit():
    town = a_town()
    a_case(town, "handled", id="x", **PETITION)
    case = town.do(c.OrderRework(**X, by=supervisor, reason="wet"))
    assert case.clocks["handling"].due == midnight(4, 2)  # half of 60 days
    case = town.approved(c.ExtendDeadline(**X, by=lead, length=10, reason="r", told_by=TOLD), unit_head)
    assert case.clocks["handling"].due == midnight(4, 12)


def test_a_limit_met_at_its_very_end_is_met_and_a_moment_later_is_late():
    for extra, status in ((0, "met"), (1, "met_late")):
        town = a_town()
        case = a_case(town, "in_handling", id="x")
        town.do(AddEvidence(**X, by=lead, item="e1", sha256="0" * 64))
        due = case.clocks["handling"].due
        assert due is not None
        town.clock.set(due + timedelta(seconds=extra))
        case = town.do(c.SubmitResult(**X, by=lead, measure="m", evidence=("e1",)))
        assert case.clocks["handling"].status == status


def test_an_overdue_limit_is_met_late_and_never_forgotten():
    town = a_town()
    a_case(town, "in_handling", id="x")
    town.pass_days(10)
    town.do(
        MarkOverdue(**X, by=SYSTEM, item="handling"),
        AddEvidence(**X, by=lead, item="e1", sha256="0" * 64),
        c.SubmitResult(**X, by=lead, measure="m", evidence=("e1",)),
    )
    assert town.engine.get("x").clocks["handling"].status == "met_late"


def test_leaving_by_another_way_cancels_every_limit_but_does_not_meet_it():
    town = a_town()
    a_case(town, "in_handling", id="x")
    case = town.do(c.WithdrawCase(**X, by=resident, reason="settled"))
    assert case.clocks["handling"].status == "cancelled"
    assert case.clocks["reopen_window"].status == "running"


def test_a_supplement_pauses_acceptance_and_its_end_resumes_it():
    town = a_town()
    before = a_case(town, "reported", id="x", **PETITION).clocks["acceptance"].due
    assert before is not None
    asked = town.do(c.RequestSupplement(**X, by=desk, shortcomings=("address",)))
    assert asked.clocks["acceptance"].status == "paused"
    town.pass_days(3)
    case = town.do(c.SupplementCase(**X, by=resident, supplement="Lane 3"))
    assert case.clocks["acceptance"].due == before + timedelta(days=3)
    assert case.clocks["supplement"].status == "met"


def test_a_transfer_does_not_reset_the_limit_and_a_raise_does():
    town = a_town()
    due = a_case(town, "in_handling", id="x", **PETITION).clocks["handling"].due
    town.pass_days(2)
    case = town.approved(c.TransferCase(**X, by=lead, to_unit="roads", reason="r"), dispatcher)
    assert case.clocks["handling"].due == due
    roads = Actor.of("zhou", Role.LEAD_UNIT, unit="roads")
    case = town.do(c.EscalateInHandling(**X, by=roads, to_level="town", reason="hard"))
    assert case.clocks["handling"].run == 2
    assert case.clocks["handling"].due == midnight(5, 4)
    assert case.level == "town"
    assert case.reporting_level == "community"


def test_a_reclassified_case_keeps_its_start_and_takes_the_new_length_and_its_protection():
    town = a_town()
    a_case(town, "in_handling", id="x")
    start = town.clock()
    town.pass_days(0.25)
    case = town.do(c.ReclassifyCase(**X, by=desk, category="emergency", reason="gas"))
    assert case.clocks["handling"].due == start + timedelta(hours=2)
    with pytest.raises(NotAllowed) as caught:
        town.do(c.WithdrawCase(**X, by=resident))
    assert caught.value.codes == ("matter_is_not_of_public_interest",)


# --- rounds ------------------------------------------------------------


def test_rework_begins_a_round_and_the_old_rounds_figures_stay():
    town = a_town()
    a_case(town, "fed_back", id="x")
    town.do(
        FailVerification(**X, by=verifier, item="r1", reason="still wet"),
        c.OrderRework(**X, by=verifier, reason="still wet"),
        c.SubmitResult(**X, by=lead, measure="again", evidence=("e1",)),
        c.GiveFeedback(**X, **FEEDBACK),
    )
    case: Any = town.engine.get("x")
    assert (case.round, case.reworks) == (2, 1)
    first = case.item("verification", "r1")
    assert (first.status, first.reason, first.round) == ("superseded", "still wet", 1)
    assert case.item("verification", "r2").status == "requested"


def test_reopening_keeps_the_old_evaluation_and_starts_afresh():
    town = a_town()
    a_case(town, "closed", id="x", co_units=("power",))
    case: Any = town.do(c.ReopenCase(**X, by=resident, ground="the promise was not kept"))
    assert (case.status, case.round, case.reopenings, case.lead_unit) == ("accepted", 2, 1, None)
    old = case.item("evaluation", "r1.s-1")
    assert (old.status, old.satisfied, old.round) == ("superseded", True, 1)
    case = town.do(c.AssignCase(**X, by=dispatcher, lead_unit="water", co_units=("power", "parks")))
    assert {key: item.status for key, item in case.items_of("joint_handling").items()} == {
        "power": "done",
        "power.2": "asked",
        "parks": "asked",
    }
    assert case.clocks["joint_task:power.2"].status == "running"


def test_a_unit_still_at_work_is_not_asked_twice_when_the_case_is_dispatched_anew():
    town = a_town()
    a_case(town, "assigned", id="x", co_units=("power",))
    town.do(
        c.SignOrder(**X, by=lead),
        c.ObjectAssignment(**X, by=lead, reason="not ours"),
        c.DecideReturn(**X, by=dispatcher, upheld=True, reason="right"),
    )
    case: Any = town.do(c.AssignCase(**X, by=dispatcher, lead_unit="roads", co_units=("power",)))
    assert set(case.items_of("joint_handling")) == {"power"}


def test_a_report_of_a_discovery_keeps_what_was_known():
    town = a_town()
    secret = {"severity": "high", "confidential": True, "category": "hazard", "pre_emptive": True}
    a_case(town, "discovered", id="x", **secret)
    case = town.do(c.ReportCase(**X, by=grid_worker, kind="grid", channel="patrol", level="community"))
    assert (case.severity, case.confidential, case.category, case.pre_emptive) == ("high", True, "hazard", True)
    assert case.public_interest
    assert case.reporter == "s-1"


def test_an_imported_case_without_a_level_can_still_be_answered():
    town = a_town()
    source: dict[str, Any] = {"source": "city", "source_file": "f.csv", "source_row": 3, "source_id": "101"}
    town.do(c.ImportCase(**X, by=SYSTEM, title="Light out", area="a", lead_unit="water", **source))
    town.do(
        c.StartHandling(**X, by=lead),
        AddEvidence(**X, by=lead, item="e1", sha256="0" * 64),
        c.SubmitResult(**X, by=lead, measure="m", evidence=("e1",)),
    )
    assert town.do(c.GiveFeedback(**X, by=lead)).status == "fed_back"


def test_withdrawing_releases_the_units_at_work_and_every_promise():
    town = a_town()
    a_case(town, "in_handling", id="x", co_units=("power",))
    until = town.clock() + timedelta(days=3)
    town.do(MakeCommitment(**X, by=lead, item="p", what="repave", owner="li", until=until))
    case: Any = town.do(c.WithdrawCase(**X, by=resident, reason="settled"))
    assert town.engine.open_loops("x") == ()
    assert case.item("joint_handling", "power").status == "released"
    assert case.item("commitment", "p").status == "released"


# --- corrections and the archive ------------------------------------------------------------

clerk = Actor.of("dispatch-1", Role.DISPATCHER, unit="desk")


def correct(field: str, new: str) -> c.CorrectCase:
    return c.CorrectCase(**X, by=clerk, corrects=1, field=field, new=new, reason="typing error")


def test_a_correction_names_its_event_keeps_the_old_value_and_touches_nothing_written():
    town = a_town()
    a_case(town, "archived", id="x")
    first = town.engine.store.read("x")
    case: Any = town.approved(correct("title", "Gas leak"), desk_head)
    assert (case.title, case.status) == ("Gas leak", "archived")
    assert [(each.corrects, each.old, each.new) for each in case.corrections] == [(1, "Water leak", "Gas leak")]
    assert town.engine.store.read("x")[: len(first)] == first
    assert town.engine.as_of("x", version=1).title_line == "Water leak"


def test_a_corrected_flag_is_a_flag():
    town = a_town()
    a_case(town, "reported", id="x", pre_emptive=True)
    case: Any = town.approved(correct("pre_emptive", "false"), desk_head)
    assert case.pre_emptive is False
    assert case.digest == town.engine.as_of("x", version=case.version).digest


@pytest.mark.parametrize("status", ["closed", "archived", "terminated", "rejected"])
def test_a_record_at_rest_is_not_worked_on(status: str):
    town = a_town()
    a_case(town, status, id="x")
    for command in (c.StartHandling(**X, by=lead), c.AssignCase(**X, by=dispatcher, lead_unit="water")):
        with pytest.raises(NotAllowed) as caught:
            town.do(command)
        assert caught.value.codes == ("step_is_in_the_table",)


def test_the_archive_keeps_a_case_for_its_retention_term():
    town = a_town()
    case = a_case(town, "archived", id="x")
    kept = case.clocks["retention"]
    assert kept.due == midnight(4, 3).replace(year=2036)  # ten years after 2 April 2026, 24:00 (民法典 §202)
    assert kept.rule == "ordinary"
    assert archivist.id in {each.meta.actor for each in town.engine.history("x")}


def test_what_nobody_did_in_time_is_not_counted_as_done_when_the_system_answers_for_it():
    town = a_town()
    a_case(town, "assigned", id="unsigned")  # nobody signs for the order
    a_case(town, "fed_back", id="silent")  # nobody evaluates
    town.pass_days(9)
    town.engine.tick()
    assert town.engine.get("unsigned").clocks["receipt"].status == "met_late"
    assert town.engine.get("silent").clocks["evaluation"].status == "elapsed"


def test_what_was_resolved_on_the_spot_and_is_sent_back_goes_to_assignment():
    """At the district nobody is above: without this nobody could do anything about it any more."""
    town = a_town()
    matter = {**MATTER, "level": "district"}
    town.do(c.ReportCase(id="x", by=resident, **matter))
    town.do(AddEvidence(id="x", by=community, item="e", sha256="0" * 64))
    town.do(c.ResolveOnSpot(id="x", by=community, measure="swept", evidence=("e",)))
    again: Any = town.do(c.OrderRework(id="x", by=dispatcher, reason="half of it is left"))
    assert (again.status, again.lead_unit, again.round) == ("accepted", None, 2)
    assert again.clocks["assignment"].is_going
    town.do(c.AssignCase(id="x", by=dispatcher, lead_unit="water"))
