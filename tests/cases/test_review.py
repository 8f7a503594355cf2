"""复查 复核: asked before or after closing, decided, sent back, withdrawn, lapsed; rules that tell rows apart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import CASE, NotAllowed, Role, Rule
from govflow.cases import commands as c
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.supervision import SUPERVISION, LiftSupervision, ListSupervision
from tests.support import (
    DECISION,
    PETITION,
    TOLD,
    Town,
    a_case,
    a_context,
    a_town,
    dispatcher,
    lead,
    resident,
    review_body,
    supervisor,
)

X: dict[str, Any] = {"id": "x"}
RULES: dict[str, Rule] = {each.code: each for step in CASE.workflow.steps for each in step.rules}


def decided(sends_back: bool | None) -> c.DecideReview:
    return c.DecideReview(**X, by=review_body, sends_back=sends_back, **DECISION)


def holds(town: Town, code: str, command: Any) -> bool:
    """Whether a rule holds for a command as it would be proposed now."""
    case = town.engine.get("x")
    context = a_context(town, command)
    return RULES[code].broken(case, command, context) is None


def a_review(upto: str, asked_from: str = "closed") -> Town:
    town = a_town()
    if asked_from == "closed":
        a_case(town, upto, id="x")
        return town
    a_case(town, "fed_back", id="x", **PETITION)
    town.do(c.RequestReview(**X, by=resident, reason="unfair"))
    if upto == "under_recheck":
        town.do(decided(False), c.RequestRecheck(**X, by=resident, reason="unfair"))
    return town


@pytest.mark.parametrize(("asked_from", "goes_to"), [("closed", "closed"), ("fed_back", "fed_back")])
def test_a_review_that_maintains_leads_back_to_where_it_was_asked_for(asked_from: str, goes_to: str):
    town = a_review("under_review", asked_from)
    assert holds(town, "request_came_after_closing", decided(False)) == (asked_from == "closed")
    assert holds(town, "request_came_before_closing", decided(False)) == (asked_from == "fed_back")
    case = town.do(decided(False))
    assert case.status == goes_to
    assert case.clocks["recheck_request"].status == "running"


@pytest.mark.parametrize("asked_from", ["closed", "fed_back"])
def test_a_quashed_decision_begins_a_new_round_with_a_new_review(asked_from: str):
    town = a_review("under_review", asked_from)
    case: Any = town.do(decided(True))
    assert (case.status, case.round, case.lead_unit) == ("accepted", 2, None)
    assert case.clocks["handling"].status == "running"
    assert case.review is None
    assert town.engine.open_loops("x") == ()


def test_a_recheck_that_quashes_sends_back_and_one_that_maintains_ends_it_all():
    for sends_back, status in ((True, "accepted"), (False, "terminated")):
        town = a_review("under_recheck")
        decide = c.DecideRecheck(**X, by=review_body, sends_back=sends_back, **DECISION)
        assert holds(town, "recheck_orders_new_handling", decide) == sends_back
        assert holds(town, "recheck_ends_the_matter", decide) != sends_back
        assert town.do(decide).status == status


def test_a_decision_that_says_neither_decides_nothing():
    town = a_review("under_review")
    for code in ("review_ends_the_matter", "review_orders_new_handling"):
        assert not holds(town, code, decided(None))
    with pytest.raises(NotAllowed) as caught:
        town.do(decided(None))
    assert caught.value.codes[0] in ("review_ends_the_matter", "review_orders_new_handling")


@pytest.mark.parametrize("upto", ["under_review", "under_recheck"])
@pytest.mark.parametrize("asked_from", ["closed", "fed_back"])
def test_a_request_taken_back_or_lapsed_leaves_the_decision_standing(upto: str, asked_from: str):
    for command in (
        c.WithdrawReview(**X, by=resident, reason="enough"),
        c.LapseReview(**X, by=review_body, reason="gone", requester_is_gone="no successor"),
    ):
        town = a_review(upto, asked_from)
        assert holds(town, "request_is_undecided", command)
        case = town.do(command)
        assert case.status == asked_from
        assert case.clocks["review" if upto == "under_review" else "recheck"].status in ("cancelled", "met")
        assert not any(town.engine.get("x").clocks[name].is_going for name in ("review",))


def test_a_decided_request_is_not_undecided():
    town = a_review("under_recheck")
    town.do(c.DecideRecheck(**X, by=review_body, sends_back=False, **DECISION))
    assert not holds(town, "request_is_undecided", c.WithdrawReview(**X, by=resident))


def test_a_decision_is_reviewed_once_a_round():
    town = a_review("under_review")
    town.do(decided(False))
    again = c.RequestReview(**X, by=resident, reason="again")
    assert {each.code for each in town.engine.why_not(again)} == {"no_review_is_decided", "window_is_open"}


def test_a_closed_case_with_something_left_open_is_not_settled_by_a_review():
    """`no_loop_is_open` stands in the row as well: a review never closes over an open loop."""
    row = next(step for step in CASE.workflow.steps if step.id == "C30")
    assert "no_loop_is_open" in {each.code for each in row.rules}


def a_listed_case() -> Town:
    """Case x in handling, under listed supervision."""
    town = a_town(records=[CASE.extended(regions=(SUPERVISION,))])
    a_case(town, "in_handling", id="x")
    why: dict[str, Any] = {"reason_code": "refuses_to_act", "reason": "passes it on"}
    town.do(ListSupervision(**X, by=supervisor, number="3/2026", **why))
    return town


def refused(town: Town, command: Any) -> set[str]:
    with pytest.raises(NotAllowed) as caught:
        town.do(command)
    return set(caught.value.codes)


def test_a_listed_record_is_transferred_only_with_the_supervisors_consent():
    town = a_listed_case()
    transfer = c.TransferCase(**X, by=lead, to_unit="roads", reason="the drain of the road")
    town.do(RequestApproval.of(transfer, town.engine.get("x"), item="leave"))
    town.do(GiveApproval(**X, by=dispatcher, item="leave"))
    assert refused(town, transfer) == {"listed_record_has_supervisor_consent"}
    town.do(RequestApproval.of(transfer, town.engine.get("x"), item="consent", asks=Role.SUPERVISOR))
    assert refused(town, transfer) == {"listed_record_has_supervisor_consent"}  # asked for, not given
    assert refused(town, GiveApproval(**X, by=dispatcher, item="consent")) >= {"role_asked_for_is_held"}
    town.do(GiveApproval(**X, by=supervisor, item="consent"))
    other = c.TransferCase(**X, by=lead, to_unit="parks", reason="the trees")
    assert refused(town, other) == {"listed_record_has_supervisor_consent", "approval_is_given"}  # for that one only
    assert town.do(transfer).lead_unit == "roads"


def test_a_listed_record_is_suspended_on_the_supervisors_approval_and_freely_transferred_once_lifted():
    town = a_listed_case()
    review_at = town.clock() + timedelta(days=20)
    suspend = c.SuspendCase(**X, by=lead, cause="on_account", review_at=review_at, told_by=TOLD)
    assert refused(town, suspend) == {"listed_record_has_supervisor_consent", "approval_is_given"}
    assert town.approved(suspend, supervisor).status == "suspended"

    town = a_listed_case()
    town.do(LiftSupervision(**X, item=supervisor.id, by=supervisor, reason="it moves"))
    transfer = c.TransferCase(**X, by=lead, to_unit="roads", reason="the drain of the road")
    assert town.approved(transfer, dispatcher).lead_unit == "roads"
