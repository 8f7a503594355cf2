"""Equal shares: every voter has the same money, and pays for what he voted for alike."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from govflow.budgeting import BallotKind, Election, Project, Tie, Utility, winners
from govflow.budgeting.electorate import electorate
from govflow.budgeting.equal_shares import SHARES_TIES, equal_shares_add1, run_on
from tests.budgeting.elections import can_win, election, elections, votes_of

BASIC, ADD1 = "equalshares", "equalshares/add1"


def test_a_minority_decides_on_its_part_of_the_money():
    """60 of 100 voters are for ten red projects, 40 for ten blue ones; ten can be paid for."""
    costs = {f"{colour}{n}": 100 for colour in ("red", "blue") for n in range(10)}
    red, blue = (" ".join(f"{colour}{n}" for n in range(10)) for colour in ("red", "blue"))
    case = election(costs, [red] * 60 + [blue] * 40, 1000)

    by_shares, by_votes = winners(case, BASIC).winners, winners(case, "greedy").winners

    assert [sum(each.startswith(colour) for each in by_shares) for colour in ("red", "blue")] == [6, 4]
    assert [sum(each.startswith(colour) for each in by_votes) for colour in ("red", "blue")] == [10, 0]


def test_who_has_too_little_left_pays_all_of_it_and_the_others_share_the_rest():
    """Three pay 9 each of their 10 for a; then the first has 1 left to give for b, and the other gives 10."""
    result = winners(election({"a": 27, "b": 11}, ["a b", "a", "a", "b"], 40), BASIC)

    assert result.share == 10
    assert result.winners == ("a", "b")
    assert {each.project: each.figures["most"] for each in result.explanations} == {"a": 9, "b": 10}


def test_a_project_is_paid_for_when_its_supporters_have_just_enough():
    case = election({"a": 20, "b": 1}, ["a", "a", "b"], 30)

    assert winners(case, BASIC).winners == ("a", "b")
    assert winners(case.changed(budget=29), BASIC).winners == ("b",)


def test_what_costs_nothing_wins_with_one_voter_and_not_without():
    assert winners(election({"a": 0, "b": 0}, ["a", ""], 0), BASIC).winners == ("a",)


def test_without_ballots_nobody_pays():
    for rule in (BASIC, ADD1):
        assert winners(election({"a": 1}, [], 100), rule).winners == ()


def test_points_are_paid_for_alike():
    """Who gives three points pays three times as much as who gives one."""
    case = election({"a": 40}, [{"a": 3}, {"a": 1}], 60, ballot=BallotKind.SCORE)
    result = winners(case, BASIC)

    assert result.winners == ("a",)
    assert result.explanations[0].figures["most"] == 30


def test_a_point_is_worth_the_cost_or_the_same_for_every_project():
    """By cost the one with more voters comes first; by points the one that asks less of each."""
    case = election({"large": 60, "small": 8}, ["large small", "large", "large", "large small"], 64)

    assert winners(case, BASIC).winners == ("large",)
    assert winners(case, BASIC, utility=Utility.POINTS).winners == ("small",)


def test_points_below_nothing_support_nothing():
    case = election({"a": 10}, [{"a": -1}, {"a": 5}], 15, ballot=BallotKind.SCORE)

    assert winners(case, BASIC).winners == ()
    assert winners(case.changed(budget=20), BASIC).winners == ("a",)


def test_equals_are_told_apart_by_the_lower_cost_and_the_tie_is_recorded():
    case = election({"a": 30, "b": 20}, ["a b", "a b"], 40)
    result = winners(case, BASIC)

    assert result.winners == ("b",)
    assert [(each.projects, each.by) for each in result.ties_broken] == [(("b", "a"), (Tie.COST,))]
    assert winners(case, BASIC, ties=[Tie.LISTED]).winners == ("a",)
    assert "level with a, told apart by the lower cost" in result.explanations[0].en


def test_the_share_rises_until_the_next_step_would_overspend():
    """The voter of b has 10 of 30; he can pay the 20 when all have 20, and all three then spend 10 + 20 = 30."""
    case = election({"a": 10, "b": 20}, ["a", "b", ""], 30)

    assert winners(case, BASIC).winners == ("a",)
    result = winners(case, ADD1)
    assert [result.winners, result.share, result.left] == [("a", "b"), 20, 0]
    assert winners(case.changed(budget=29), ADD1).winners == ("a",)


def test_the_share_rises_by_whole_units_of_the_currency():
    """In fen, 10.02 yuan for three: 3 yuan each to begin with, then 4 and 5; b has been paid for before."""
    case = election({"a": 900, "b": 102}, ["a", "a", "b"], 1002, unit=100)
    result = winners(case, ADD1)

    assert [result.winners, result.share, result.left] == [("a", "b"), 500, 0]


def test_a_share_that_has_to_rise_a_hundred_billion_times_is_found_at_once():
    """A dear project of one voter: the steps in between, at which nothing changes, are not run."""
    case = election({"road": 10**12, "park": 10**11}, ["road"] * 999 + ["park"], 10**12 + 10**11)
    result = winners(case, ADD1)

    assert [result.winners, result.share] == [("road", "park"), 10**11]
    assert winners(case.changed(budget=case.budget - 1), ADD1).winners == ("road",)


def test_the_ranking_stands_where_more_voters_find_more_of_theirs_in_it():
    costs = {"x": 100, "y": 50, "z": 50}
    case = election(costs, ["x"] * 5 + ["y z"] * 4, 100)
    assert winners(case, "greedy").winners == ("x",)

    basic, compared = winners(case, BASIC), winners(case, "equalshares-comparison")

    assert basic.winners == ()
    assert compared.winners == ("x",)
    assert compared.compared is not None
    assert (compared.compared.equal_shares, compared.compared.ranking) == (0, 5)
    assert winners(case, "equalshares/add1-comparison").winners == ("x",)


def test_kinds_have_their_caps_under_equal_shares_too():
    projects = tuple(Project(id=id, cost=10, kinds=("road",)) for id in ("a", "b"))
    ballots = ({"a": 1, "b": 1},) * 2
    case = Election(projects=projects, budget=100, kind_caps={"road": 19}, ballots=ballots)

    assert winners(case, BASIC).winners == ("a",)
    assert winners(case.changed(caps={"road": 9}), BASIC).winners == ()


# --- against a second, naive implementation --------------------------------------------------------------------------


def naive_shares(case: Election, share: Fraction, utility: Utility, ties: tuple[Tie, ...]) -> list[str]:
    """Equal shares in the plainest words: every price anew in every round, voter by voter."""
    left = [share] * len(case.ballots)
    of_kind = dict(case.kind_caps)
    listed = {each.id: place for place, each in enumerate(case.projects)}
    running = [each for each in case.projects if can_win(case, each)]
    won: list[str] = []
    while True:
        offers = []
        for project in running:
            if any(project.cost > of_kind.get(kind, project.cost) for kind in project.kinds):
                continue
            given = {n: Fraction(b[project.id]) for n, b in enumerate(case.ballots) if b.get(project.id, 0) > 0}
            if not given or sum(left[n] for n in given) < project.cost:
                continue
            price = naive_price(project.cost, given, left)
            worth = (project.cost or 1) if utility is Utility.COST else 1
            by = {Tie.VOTES: -votes_of(case, project.id), Tie.COST: project.cost, Tie.LISTED: listed[project.id]}
            offers.append((price / worth, [by[each] for each in (*ties, Tie.LISTED)], price, project, given))
        if not offers:
            return won
        _, _, price, project, given = min(offers, key=lambda offer: offer[:2])
        before = sum(left)
        for n, points in given.items():
            left[n] -= min(left[n], price * points)
        assert before - sum(left) == project.cost
        for kind in set(project.kinds) & of_kind.keys():
            of_kind[kind] -= project.cost
        won.append(project.id)
        running.remove(project)


def naive_price(cost: int, given: dict[int, Fraction], left: list[Fraction]) -> Fraction:
    """The least price per point at which the supporters together give the cost, each at most what is left to him."""
    candidates = sorted({left[n] / points for n, points in given.items()})
    for top in candidates:
        if sum(min(left[n], top * points) for n, points in given.items()) >= cost:
            short = [n for n, points in given.items() if left[n] / points < top]
            rest = Fraction(cost) - sum(left[n] for n in short)
            return rest / sum((points for n, points in given.items() if n not in short), Fraction(0))
    raise AssertionError("the supporters have the money")


def naive_add1(case: Election, utility: Utility, ties: tuple[Tie, ...]) -> list[str]:
    """Step by step, one unit of the currency at a time."""
    costs = {each.id: each for each in case.projects}
    share = case.budget // (max(len(case.ballots), 1) * case.unit) * case.unit
    won = naive_shares(case, Fraction(share), utility, ties)
    for _ in range(1000):
        left = case.budget - sum(costs[each].cost for each in won)
        fits = [
            each
            for each in case.projects
            if each.id not in won
            and each.cost <= left
            and can_win(case, each)
            and any(ballot.get(each.id, 0) > 0 for ballot in case.ballots)
            and not any(
                each.cost > cap - sum(costs[w].cost for w in won if kind in costs[w].kinds)
                for kind, cap in case.kind_caps.items()
                if kind in each.kinds
            )
        ]
        if not fits:
            return won
        share += case.unit
        following = naive_shares(case, Fraction(share), utility, ties)
        if sum(costs[each].cost for each in following) > case.budget:
            return won
        won = following
    raise AssertionError("the share rises without end")


@given(elections(), st.sampled_from(Utility), st.permutations([Tie.COST, Tie.VOTES]))
def test_it_is_what_the_naive_count_finds(case: Election, utility: Utility, ties: list[Tie]):
    share = Fraction(case.budget, max(len(case.ballots), 1))

    result = winners(case, BASIC, utility=utility, ties=ties)

    assert [*result.winners] == naive_shares(case, share, utility, tuple(ties))


@settings(max_examples=60)
@given(elections(), st.sampled_from(Utility))
def test_completed_it_is_what_the_naive_count_finds_step_by_step(case: Election, utility: Utility):
    result = winners(case, ADD1, utility=utility)

    assert sorted(result.winners) == sorted(naive_add1(case, utility, SHARES_TIES))
    assert result.spent <= case.budget


@given(elections())
def test_supporters_pay_the_whole_cost_and_nobody_more_than_his_share(case: Election):
    for rule in (BASIC, ADD1):
        result = winners(case, rule)
        assert result.share is not None
        left = [result.share] * len(case.ballots)
        explained = {each.project: each for each in result.explanations}
        for id in result.winners:
            given = {n: Fraction(b[id]) for n, b in enumerate(case.ballots) if b.get(id, 0) > 0}
            price = Fraction(explained[id].figures["most"]) / max(given.values())
            paid = {n: min(left[n], price * points) for n, points in given.items()}
            for n, amount in paid.items():
                left[n] -= amount
            assert sum(paid.values()) == explained[id].cost
        assert all(each >= 0 for each in left)


@given(elections(), st.randoms(use_true_random=False))
def test_the_order_of_ballots_means_nothing_and_points_mean_only_what_they_are_to_each_other(case, random):
    shuffled = random.sample(case.ballots, len(case.ballots))
    again = case.changed(ballots=tuple(shuffled))
    for rule in (BASIC, ADD1):
        assert winners(again, rule).winners == winners(case, rule).winners
    if case.ballot is not BallotKind.APPROVAL and case.least_score is None:
        tripled = tuple({id: 3 * points for id, points in ballot.items()} for ballot in case.ballots)
        assert winners(case.changed(ballots=tripled), BASIC).winners == winners(case, BASIC).winners


@given(elections(), st.fractions(0, 40, max_denominator=7), st.fractions(0, 1).filter(lambda part: part < 1))
@example(election({"a": 12, "b": 30}, ["a b", "a b", "b"], 30), Fraction(10), Fraction(99, 100))
def test_the_winners_stay_as_long_as_a_run_says_they_do(case: Election, share: Fraction, part: Fraction):
    voters = electorate(case, SHARES_TIES, Utility.COST)
    run = run_on(voters, share)
    more = 1000 * part if run.until is None else run.until * part

    assert set(run_on(voters, share + more).outcome.winners) == set(run.outcome.winners)


def test_a_larger_step_is_taken_where_one_is_asked_for():
    case = election({"a": 10, "b": 20}, ["a", "b", ""], 30)

    outcome = equal_shares_add1(case, step=4)

    assert outcome.share == 22
    assert outcome.winners == ("a", "b")


@pytest.mark.parametrize("rule", [BASIC, ADD1])
def test_a_large_election_is_counted_exactly(rule: str):
    """Denominators grow with every winner; the sums are exact all the same."""
    costs = {f"p{n}": 1009 + 97 * n for n in range(30)}
    ballots = [" ".join(f"p{n}" for n in range(30) if (voter * (n + 7)) % 11 < 4) for voter in range(1, 301)]
    case = election(costs, ballots, 40_000)

    result = winners(case, rule)

    assert result.spent <= case.budget
    share = Fraction(result.share or 0)
    assert [*result.winners] == naive_shares(case, share, Utility.COST, SHARES_TIES)
