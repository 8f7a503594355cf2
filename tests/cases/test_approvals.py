"""A step that needs two people: leave is bound to the very command, given by the role the step asks for, used once."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import SYSTEM, Actor, Claim, Command, NotAllowed, Role
from govflow.cases import commands as c
from govflow.regions.approval import (
    ExpireApproval,
    GiveApproval,
    RefuseApproval,
    RequestApproval,
    UseApproval,
    WithdrawApproval,
)
from tests.support import TOLD, Town, a_case, a_town, dispatcher, lead, other_lead, supervisor, unit_head

X: dict[str, Any] = {"id": "x"}
LONGER = c.ExtendDeadline(**X, by=lead, length=2, reason="rain", told_by=TOLD)


@pytest.fixture
def town() -> Town:
    town = a_town()
    case = a_case(town, "in_handling", id="x")
    town.do(RequestApproval.of(LONGER, case))
    return town


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


def give(by: Actor = unit_head) -> Command:
    return GiveApproval(**X, by=by, item="1")


def test_without_leave_the_step_is_refused_and_with_it_done(town: Town):
    assert refused(town, LONGER) == ("approval_is_given",)
    case = town.do(give(), LONGER.changed(command_id="c"))
    assert case.item("approval", "1").status == "used"
    assert case.clocks["handling"].extensions == 1


def test_leave_and_step_stand_in_one_transaction(town: Town):
    town.do(give(), LONGER)
    outcome = town.engine.outcome(LONGER.command_id)
    assert [event.name for event in outcome] == ["case.deadline_extended", "approval.used"]


@pytest.mark.parametrize("change", [{"length": 3}, {"reason": "snow"}, {"told_by": "letter"}])
def test_leave_for_one_command_is_none_for_another(town: Town, change: dict[str, Any]):
    town.do(give())
    assert refused(town, LONGER.changed(**change)) == ("approval_is_given",)


def test_a_request_without_a_key_gets_one_that_nobody_has(town: Town):
    town.do(RequestApproval.of(LONGER.changed(length=1), town.engine.get("x")).changed(item="3"))
    town.do(RequestApproval.of(LONGER.changed(length=3), town.engine.get("x")))
    assert set(town.engine.get("x").items_of("approval")) == {"1", "3", "4"}


def test_leave_says_for_which_unit_it_was_given_and_where_else_the_giver_belongs(town: Town):
    also = Claim(role=Role.SUPERVISOR, unit="bureau")
    town.do(give(Actor(id="head-1", claims=(also, Claim(role=Role.UNIT_HEAD, unit="water")))))
    leave = town.engine.get("x").item("approval", "1")
    assert (leave.giver_unit, leave.giver_units) == ("water", ("bureau", "water"))


def test_leave_is_used_once(town: Town):
    town.do(give(), LONGER)
    assert "approval_is_given" in refused(town, LONGER.changed(command_id="again"))


def test_leave_runs_out(town: Town):
    town.do(give())
    assert refused(town, ExpireApproval(**X, by=SYSTEM, item="1")) == ("due_has_passed",)
    town.pass_days(8)
    assert "approval_is_given" in refused(town, LONGER)
    assert town.do(ExpireApproval(**X, by=SYSTEM, item="1")).item("approval", "1").status == "expired"


def test_leave_falls_away_when_the_case_has_moved_on(town: Town):
    town.do(give(), c.EscalateInHandling(**X, by=lead, to_level="town", reason="hard"))
    town.do(c.AssignCase(**X, by=dispatcher, lead_unit="water"))
    assert "approval_is_given" in refused(town, LONGER)


@pytest.mark.parametrize("who", [dispatcher, supervisor], ids=["dispatcher", "supervisor"])
def test_leave_is_given_by_the_role_the_step_asks_for(town: Town, who: Actor):
    assert refused(town, give(who)) == ("role_asked_for_is_held",)
    assert refused(town, RefuseApproval(**X, by=who, item="1", reason="r")) == ("role_asked_for_is_held",)


def test_the_head_of_another_unit_gives_no_leave(town: Town):
    assert "role_is_held" in refused(town, give(Actor.of("h", Role.UNIT_HEAD, unit="roads")))


def test_whoever_gave_leave_does_not_also_do_the_step(town: Town):
    both = Actor.of("head-1", Role.UNIT_HEAD, Role.LEAD_UNIT, unit="water")
    town.do(give(both))
    assert refused(town, LONGER.changed(by=both)) == ("approval_is_given",)


def test_a_refusal_has_a_reason_and_ends_it(town: Town):
    assert refused(town, RefuseApproval(**X, by=unit_head, item="1")) == ("reason_given",)
    town.do(RefuseApproval(**X, by=unit_head, item="1", reason="no need"))
    assert refused(town, give()) == ("step_is_in_the_table",)
    assert refused(town, LONGER) == ("approval_is_given",)


def test_a_request_that_was_withdrawn_is_not_granted(town: Town):
    town.do(WithdrawApproval(**X, by=lead, item="1"))
    assert refused(town, give()) == ("step_is_in_the_table",)


def test_a_request_quotes_a_step_that_needs_leave_on_the_record_as_it_stands(town: Town):
    case = town.engine.get("x")
    good = RequestApproval.of(LONGER, case)
    too_deep = "[" * 100_000
    for change in ({"wanted": "case.close"}, {"on_version": 1}, {"quoted": "do it"}, {"quoted": too_deep}):
        assert refused(town, good.changed(**change)) == ("command_is_quoted",)


def test_a_request_is_made_by_somebody_who_works_on_the_case(town: Town):
    case = town.engine.get("x")
    assert refused(town, RequestApproval.of(LONGER, case, by=other_lead)) == ("role_is_held",)


def test_nobody_but_the_step_itself_uses_leave_up(town: Town):
    town.do(give())
    assert refused(town, UseApproval(**X, by=lead, item="1", used_for="c")) == ("role_is_held",)
    assert refused(town, UseApproval(**X, by=SYSTEM, item="1")) == ("approved_command_was_done",)


def test_the_system_needs_no_leave():
    from govflow.regions.ledger import WaiveLedgerItem

    town = a_town()
    a_case(town, "in_handling", id="x")
    assert refused(town, WaiveLedgerItem(**X, by=SYSTEM, item="n9", reason="r")) == ("step_is_in_the_table",)


def test_pending_requests_do_not_keep_a_case_open(town: Town):
    assert town.engine.open_loops("x") == ()


def test_a_command_with_long_texts_can_be_approved():
    town = a_town()
    a_case(town, "in_handling", id="x")
    town.approved(LONGER.changed(reason="雨" * 4000, told_by="by letter " * 400), unit_head)
