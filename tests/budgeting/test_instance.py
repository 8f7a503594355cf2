"""An election as data: what is refused when it is made, what is wrong with a ballot, and how amounts are shown."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pydantic import ValidationError

from govflow.budgeting import BallotKind, Bounds, Election, Project, ballot_flaws, money, ranked
from tests.budgeting.elections import election

BOUNDS = Bounds(
    min_length=2, max_length=3, min_points=1, max_points=4, min_sum_points=3, max_sum_points=6, max_sum_cost=100
)


def bounded(**more: object) -> Election:
    costs = {"a": 10, "b": 40, "c": 50, "d": 60}
    return election(costs, [], 100, ballot=BallotKind.CUMULATIVE, bounds=BOUNDS, **more)


@pytest.mark.parametrize(
    ("ballot", "codes"),
    [
        ({"a": 2, "b": 4}, []),
        ({"a": 1, "b": 1, "c": 1}, []),
        ({"a": 3}, ["min_length"]),
        ({"a": 1, "b": 1, "c": 1, "d": 1}, ["max_length", "max_sum_cost"]),
        ({"a": 0, "b": 3}, ["min_points"]),
        ({"a": 5, "b": 1}, ["max_points"]),
        ({"a": 1, "b": 1}, ["min_sum_points"]),
        ({"a": 4, "b": 3}, ["max_sum_points"]),
        ({"b": 2, "d": 2}, []),
        ({"c": 2, "d": 2}, ["max_sum_cost"]),
        ({}, ["min_length", "min_sum_points"]),
        ({"a": 3, "x": 3}, ["unknown_project"]),
    ],
)
def test_every_bound_that_a_ballot_breaks_is_named(ballot: dict[str, int], codes: list[str]):
    assert [each.code for each in ballot_flaws(bounded(), ballot)] == codes


def test_a_flaw_says_what_was_found_and_what_is_allowed_in_both_languages():
    (flaw,) = ballot_flaws(bounded(unit=10), {"c": 2, "d": 2})

    assert flaw.en == "the projects of the ballot cost 11; at most 10"
    assert flaw.zh == "所选项目造价合计 11，应不超过 10"


def test_an_approval_is_one_point_and_a_ranking_puts_one_project_on_each_place():
    approval = election({"a": 1, "b": 1}, [], 1)
    ordinal = approval.changed(ballot=BallotKind.ORDINAL)

    assert [each.code for each in ballot_flaws(approval, {"a": 2})] == ["not_an_approval"]
    assert ballot_flaws(approval, {"a": 1}) == ()
    assert [each.code for each in ballot_flaws(ordinal, {"a": 1, "b": 1})] == ["not_a_ranking"]
    assert ballot_flaws(ordinal, ranked("ba")) == ()


def test_of_n_projects_ranked_the_first_gets_n_points():
    assert ranked(["b", "c", "a"]) == {"b": 3, "c": 2, "a": 1}


@pytest.mark.parametrize(
    "broken",
    [
        {"projects": [Project(id="a", cost=1), Project(id="a", cost=2)]},
        {"ballots": [{"x": 1}]},
        {"ballots": [{"a": 2}]},
        {"ballots": [{"a": 1.0}], "ballot": "score"},
        {"ballots": [{"a": 0.1}], "ballot": "score"},
        {"budget": -1},
        {"budget": 10.5},
        {"unit": 7},
    ],
)
def test_an_election_that_does_not_fit_together_is_refused(broken: dict[str, object]):
    with pytest.raises(ValidationError):
        Election.model_validate({"projects": [Project(id="a", cost=1)], "budget": 10, **broken})


def test_points_may_be_exact_fractions():
    case = election({"a": 1}, [{"a": Fraction(1, 3)}] * 3, 1, ballot=BallotKind.SCORE)  # type: ignore[dict-item]

    assert sum(Fraction(ballot["a"]) for ballot in case.ballots) == 1
    assert Election.model_validate_json(case.model_dump_json()) == case


def test_amounts_are_shown_in_units_of_the_currency():
    assert [money(amount, 100) for amount in (10616564, 6500000, 5, 0)] == ["106165.64", "65000", "0.05", "0"]
    assert money(7, 1) == "7"
    assert money(Fraction(22, 7), 1) == "3"
