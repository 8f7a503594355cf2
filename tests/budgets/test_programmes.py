"""Programmes as policy data: whole, in the policy once, and counted by rules that exist."""

from __future__ import annotations

import pytest

from govflow.adoption import misfits
from govflow.budgeting import RULES
from govflow.budgeting.counting import Tie
from govflow.budgeting.electorate import Utility
from govflow.budgets import BUDGET_ROUND
from govflow.interchange.policy_files import load_policy, policy_as_text, policy_from
from govflow.policy import DEFAULT_POLICY, BallotBounds, BudgetProgramme, BudgetTie, PointsWorth, WinnersRule

DEFAULT = DEFAULT_POLICY.programmes[0]


def test_every_rule_tie_and_worth_that_a_programme_may_name_can_be_counted():
    assert {each.value for each in WinnersRule} == set(RULES)
    assert {each.value for each in BudgetTie} == {each.value for each in Tie}
    assert {each.value for each in PointsWorth} == {each.value for each in Utility}


def test_the_programme_that_ships_says_where_its_figures_come_from():
    assert DEFAULT_POLICY.programme("livelihood") is DEFAULT
    assert DEFAULT_POLICY.programme("none") is None
    assert DEFAULT.own
    assert "[config]" in DEFAULT.basis
    assert {each.id: each.cap for each in DEFAULT.kinds} == {"service": 50_000_000, "works": 100_000_000}  # in fen
    assert not misfits(DEFAULT_POLICY, [BUDGET_ROUND])


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"kinds": (DEFAULT.kinds[0], DEFAULT.kinds[0])}, "service stands twice"),
        ({"kinds": ()}, "at least 1 item"),
        ({"rule": "greedy-threshold", "least_votes": None}, "needs least_votes"),
        ({"rule": "lottery"}, "greedy"),
    ],
)
def test_a_programme_that_cannot_be_counted_is_refused(said, why):
    with pytest.raises(ValueError, match=why):
        BudgetProgramme.model_validate({**DEFAULT.model_dump(), **said})


@pytest.mark.parametrize("name", ["length", "points", "sum_points", "sum_cost"])
def test_bounds_that_no_ballot_meets_are_refused(name: str):
    with pytest.raises(ValueError, match=f"min_{name} is more than max_{name}"):
        BallotBounds(**{f"min_{name}": 3, f"max_{name}": 2})
    assert getattr(BallotBounds(**{f"min_{name}": 2, f"max_{name}": 2}), f"max_{name}") == 2


def test_a_programme_stands_in_a_policy_once():
    with pytest.raises(ValueError, match="budget programme livelihood stands twice"):
        DEFAULT_POLICY.changed(programmes=(DEFAULT, DEFAULT))


def test_a_programme_is_read_from_a_policy_file_as_it_was_written(tmp_path):
    path = tmp_path / "town.json"
    path.write_text(policy_as_text(DEFAULT_POLICY), encoding="utf-8")
    assert load_policy(path) == DEFAULT_POLICY


def test_a_fault_in_a_programme_is_told_with_its_field():
    document = {
        "version": "1",
        "effective_from": "2026-01-01",
        "programmes": [{"id": "ours", "en": "ours", "zh": "本镇", "basis": "us", "rule": "lottery", "kinds": []}],
    }
    found = policy_from(document)
    assert found.policy is None
    assert {each.field.partition(".")[0] for each in found.problems} == {"programmes[0] (ours)"}
