"""Winners by the number of their points: down the list while the money lasts."""

from __future__ import annotations

import pytest
from hypothesis import given

from govflow.budgeting import BallotKind, Election, Project, Tie, winners
from govflow.budgeting.counting import Tie as Criterion
from tests.budgeting.elections import can_win, election, elections, points_of, votes_of


def test_what_is_not_affordable_is_skipped_and_the_next_may_win():
    result = winners(election({"a": 60, "b": 50, "c": 40}, ["a b c", "a b", "a"], 100), "greedy")

    assert result.winners == ("a", "c")
    assert (result.spent, result.left) == (100, 0)


def test_without_skipping_the_list_ends_at_the_first_that_is_not_affordable():
    result = winners(election({"a": 60, "b": 50, "c": 40}, ["a b c", "a b", "a"], 100), "greedy-no-skip")

    assert result.winners == ("a",)
    assert [each.code for each in result.explanations] == ["funded", "list_ends", "not_reached"]


def test_what_cannot_win_anyway_does_not_end_the_list():
    case = election({"a": 500, "b": 50, "c": 400, "d": 30}, ["a b c d", "a b c", "a b", "a"], 100)
    case = case.model_copy(update={"projects": (case.projects[0].changed(withdrawn=True), *case.projects[1:])})

    assert winners(case, "greedy-no-skip").winners == ("b",)
    assert winners(case.changed(least_score=3), "greedy-no-skip").winners == ("b",)
    ends = {each.project: each.code for each in winners(case, "greedy-no-skip").explanations}
    assert ends == {"a": "withdrawn", "b": "funded", "c": "list_ends", "d": "not_reached"}


def test_a_threshold_is_reached_at_itself():
    case = election({"a": 1, "b": 1}, ["a b", "a b", "a"], 10, least_score=3)

    assert winners(case, "greedy-threshold").winners == ("a",)
    assert winners(case.changed(least_score=2), "greedy-threshold").winners == ("a", "b")


def test_the_last_yuan_is_spent_and_not_one_more():
    case = election({"a": 60, "b": 40}, ["a b", "a"], 100)

    assert winners(case, "greedy").winners == ("a", "b")
    assert winners(case.changed(budget=99), "greedy").winners == ("a",)


def test_points_count_not_voters():
    ballots = [{"a": 1, "b": 9}, {"a": 2}, {"a": 2}]
    case = election({"a": 10, "b": 10}, ballots, 10, ballot=BallotKind.CUMULATIVE)

    assert winners(case, "greedy").winners == ("b",)


def test_equals_are_told_apart_by_more_voters_then_the_lower_cost_then_the_order_of_listing():
    ballots = [{"a": 4, "b": 2, "c": 2, "d": 2}, {"b": 2, "c": 2, "d": 2}]
    case = election({"d": 9, "a": 1, "b": 9, "c": 5}, ballots, 5, ballot=BallotKind.CUMULATIVE)
    result = winners(case, "greedy")

    assert [each.project for each in result.explanations] == ["c", "d", "b", "a"]
    assert result.winners == ("c",)
    assert result.ties_broken[0].projects == ("c", "d", "b", "a")
    assert result.ties_broken[0].by == (Tie.VOTES, Tie.COST, Tie.LISTED)


def test_another_rule_for_equals_may_be_asked_for():
    case = election({"a": 10, "b": 5}, ["a b"], 10)

    assert winners(case, "greedy").winners == ("b",)
    result = winners(case, "greedy", ties=[Tie.LISTED])
    assert result.winners == ("a",)
    assert (result.ties, result.ties_broken[0].by) == ((Tie.LISTED,), (Tie.LISTED,))


def test_a_cap_on_one_project_and_a_cap_on_the_sum_of_a_kind():
    road, park = ("road",), ("park",)
    projects = [
        Project(id="r1", cost=40, kinds=road),
        Project(id="r2", cost=30, kinds=road),
        Project(id="r3", cost=20, kinds=(*road, *park)),
        Project(id="p1", cost=60, kinds=park),
    ]
    ballots = ["r1 r2 r3 p1", "r1 r2 r3", "r1 r2", "r1"]
    case = Election(
        projects=tuple(projects),
        budget=1000,
        caps={"park": 50},
        kind_caps={"road": 60},
        ballots=tuple(dict.fromkeys(each.split(), 1) for each in ballots),
    )
    result = winners(case, "greedy")

    assert result.winners == ("r1", "r3")
    codes = {each.project: each.code for each in result.explanations}
    assert codes == {"r1": "funded", "r2": "kind_is_full", "r3": "funded", "p1": "over_cap"}
    assert winners(case, "greedy-no-skip").winners == ("r1", "r3")


def test_a_larger_budget_raises_what_is_available_and_nothing_else():
    """Donations: the host adds them to the budget that is counted; the fiscal sum is not the election's to know."""
    case = election({"a": 60, "b": 50}, ["a b", "a"], 100)

    assert winners(case.changed(budget=110), "greedy").winners == ("a", "b")


def naive(case: Election, *, stop: bool) -> list[str]:
    """Greedy in the plainest words, for elections without caps on the sums of kinds."""
    listed = {each.id: place for place, each in enumerate(case.projects)}
    left, won = case.budget, []
    running = [each for each in case.projects if can_win(case, each)]
    while running:
        best = min(running, key=lambda p: (-points_of(case, p.id), -votes_of(case, p.id), p.cost, listed[p.id]))
        running.remove(best)
        if best.cost <= left:
            won.append(best.id)
            left -= best.cost
        elif stop:
            break
    return won


@given(elections())
def test_it_is_what_the_plainest_loop_finds(case: Election):
    case = case.changed(kind_caps={})

    assert [*winners(case, "greedy").winners] == naive(case, stop=False)
    assert [*winners(case, "greedy-no-skip").winners] == naive(case, stop=True)


@given(elections())
def test_it_never_spends_more_than_there_is_and_leaves_nothing_that_would_fit(case: Election):
    result = winners(case, "greedy")

    won = [each for each in case.projects if each.id in result.winners]
    assert result.spent == sum(each.cost for each in won) <= case.budget
    assert all(can_win(case, each) for each in won)
    left_of = {kind: cap - sum(each.cost for each in won if kind in each.kinds) for kind, cap in case.kind_caps.items()}
    assert all(left >= 0 for left in left_of.values())
    for each in case.projects:
        fits = each.cost <= result.left and all(each.cost <= left_of.get(kind, each.cost) for kind in each.kinds)
        assert each in won or not can_win(case, each) or not fits


@given(elections())
def test_every_project_is_explained_once_and_winners_are_those_said_to_win(case: Election):
    for rule in ("greedy", "greedy-no-skip", "equalshares", "equalshares/add1-comparison"):
        result = winners(case, rule)

        assert sorted(each.project for each in result.explanations) == sorted(each.id for each in case.projects)
        assert {each.project for each in result.explanations if each.won} == set(result.winners)
        assert [each.rank for each in result.explanations] == [*range(1, len(case.projects) + 1)]
        assert all(each.en and each.zh for each in result.explanations)


@pytest.mark.parametrize("criterion", Criterion)
def test_criteria_have_names_that_files_can_say(criterion: Criterion):
    assert Criterion(criterion.value) is criterion
