"""复查 复核: asked before or after closing, decided, sent back, withdrawn, lapsed; rules that tell rows apart."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import CASE, Item, NotAllowed, Rule
from govflow.cases import commands as c
from tests.support import DECISION, PETITION, Town, a_case, a_context, a_town, lead, resident, review_body, supervisor

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


def test_a_listed_record_is_passed_on_only_with_the_supervisors_consent():
    """Supervision comes with its region; the rule reads its items wherever they are."""
    town = a_town()
    case: Any = a_case(town, "in_handling", id="x")
    suspend = c.SuspendCase(**X, by=lead)
    context = a_context(town, suspend)
    context.step = next(step for step in CASE.workflow.steps if step.id == "C19")
    rule = RULES["listed_record_has_supervisor_consent"]
    assert rule.broken(case, suspend, context) is None
    listed = case.changed(items={**case.items, "supervision": {"1": Item(key="1", status="listed")}})
    assert rule.broken(listed, suspend, context) is not None
    approval = CASE.regions["approval"].blank
    given = approval.changed(key="1", status="given", asks="supervisor", wire="case.suspend", given_by=supervisor.id)
    with_consent = listed.changed(items={**listed.items, "approval": {"1": given}})
    assert rule.broken(with_consent, suspend, context) is None
