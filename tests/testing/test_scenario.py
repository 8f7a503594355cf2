"""The test kit: scenarios over facts and commands, the pinned clock, and command strategies, for any kind of record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow import CASE, Engine, NotAllowed
from govflow.cases import commands as c
from govflow.cases.events import CaseAccepted, CaseReported
from govflow.cases.model import CaseKind
from govflow.regions.verification import PassVerification
from govflow.testing import START, PinnedClock, Scenario, commands
from tests.support import MATTER, FinishPlan, PlanDrafted, PlanFinished, a_plan_decider, desk, resident, secretariat

case = Scenario(CASE)
reported = c.ReportCase(by=resident, **MATTER)
plan = Scenario(a_plan_decider())
drafted = PlanDrafted(at=START, by="p-1", title="benches")


def test_commands_go_through_the_rules_and_cause_their_events():
    outcome = case.given(reported).when(c.AcceptCase(by=desk)).then(CaseAccepted).then_status("accepted")
    assert outcome.record.version == 2


def test_a_refusal_names_exactly_what_is_broken():
    waiting = case.given(reported).when(c.AcceptCase(by=desk, in_scope=False))
    waiting.then_not_allowed("matter_is_in_scope").then_not_allowed()
    with pytest.raises(AssertionError, match="broken"):
        waiting.then_not_allowed("role_is_held")
    with pytest.raises(AssertionError, match="not allowed"):
        waiting.then(CaseAccepted)


def test_events_are_facts_and_ask_no_rule():
    fact = CaseReported(at=START, by="anybody", kind=CaseKind.HOTLINE, title="told", policy="old@1", retention="x")
    case.given(fact).when(c.AcceptCase(by=desk)).then(lambda event: event.in_scope).then_status("accepted")


def test_time_passes_between_facts():
    outcome = case.given(reported, timedelta(days=3)).when(c.AcceptCase(by=desk))
    outcome.then_state(lambda record: record.clocks["acceptance"].status == "met_late")
    assert outcome.clock() == START + timedelta(days=3)


def test_time_that_passes_fires_what_becomes_due_where_a_scenario_ticks():
    for ticks, status in ((True, "overdue"), (False, "running")):
        engine, _ = Scenario(CASE, ticks=ticks).given(reported, timedelta(hours=3)).played()  # hot.accept: two hours
        assert engine.get("it").clocks["acceptance"].status == status


def test_an_allowed_command_fails_a_then_not_allowed():
    with pytest.raises(AssertionError, match="was allowed"):
        case.given(reported).when(c.AcceptCase(by=desk)).then_not_allowed("role_is_held")


def test_open_loops_are_named_by_region_or_item():
    told = c.AssignCase(id="it", by=desk)
    case.given(reported).when(c.AcceptCase(by=desk)).then_open_loops()
    case.given(reported).when(told).then_not_allowed("step_is_in_the_table")


def test_a_scenario_is_never_changed_by_its_use():
    case.given(reported)
    with pytest.raises(Exception, match="no record"):
        case.when(PassVerification(by=desk, item="r1"))


def test_a_record_of_ones_own_is_tested_alike():
    plan.given(drafted).when(FinishPlan(by=secretariat)).then(PlanFinished).then_status("done")
    plan.given(drafted, FinishPlan(by=secretariat)).when(FinishPlan(by=secretariat)).then_not_allowed()


def test_the_clock_moves_only_forward_and_only_when_told():
    clock = PinnedClock()
    assert clock() == clock() == START
    assert clock.advance(hours=2) == clock.advance(timedelta(0)) == START + timedelta(hours=2)
    with pytest.raises(ValueError, match="does not go back"):
        clock.set(START)


@given(data=st.data())
def test_strategies_give_commands_for_a_record_as_it_stands(data: st.DataObject):
    with Engine.open(now=PinnedClock()) as engine:
        record: Any = engine.handle(reported.changed(id="it"))
        command = data.draw(commands(CASE, record))
        assert command.id == "it"
        assert command.wire in CASE.commands_from(record)
        opening = data.draw(commands(CASE))
        assert opening.wire in CASE.workflow.rows_from(None)


@given(data=st.data())
def test_strategies_serve_records_of_ones_own(data: st.DataObject):
    own = a_plan_decider()
    with Engine.open(records=[own], now=PinnedClock()) as engine:
        command = data.draw(commands(own))
        try:
            record = engine.handle(command)
        except NotAllowed:
            return
        assert data.draw(commands(own, record, off_table=True)).id == record.id
