"""Approval, score and Borda against plain counts; ties, lots and the support that a winner needs."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow.errors import InputError
from govflow.policy.practice import Share
from govflow.policy.procedures import Method
from govflow.voting import Ballot, commitment_of
from govflow.voting.lot import drawn
from govflow.voting.tally import By
from tests.voting.elections import (
    MORE_THAN_HALF,
    OPTIONS,
    SEED,
    TWO_THIRDS,
    ballots_for,
    counted,
    presence,
    quorum,
    roll_of,
    rule,
    said,
)


@given(st.sampled_from([Method.APPROVAL, Method.SCORE, Method.BORDA]), st.data())
def test_points_are_what_a_plain_count_finds(method, data):
    ballots = data.draw(st.lists(ballots_for(method, OPTIONS), max_size=15))
    tally = counted(ballots, rule(method, tie="listed_first"), OPTIONS)

    def worth(ballot, option):
        if method is Method.SCORE:
            return ballot.scores.get(option, 0)
        if option not in ballot.choice:
            return 0
        return (
            1 if method is Method.APPROVAL else sum(other != option for other in OPTIONS) - ballot.choice.index(option)
        )

    points = [sum(worth(ballot, option) for ballot in ballots) for option in OPTIONS]
    assert list(tally.points.items()) == list(zip(OPTIONS, points, strict=True))
    assert list(tally.supporters.values()) == [sum(worth(each, option) > 0 for each in ballots) for option in OPTIONS]
    assert tally.winner == (OPTIONS[points.index(max(points))] if any(points) else None)
    assert tally.abstained.persons == sum(not each.choice and not each.scores for each in ballots)


def test_borda_gives_the_first_of_four_three_points_and_the_last_none():
    tally = counted(said((1, OPTIONS), (1, OPTIONS[:1])), rule("borda"), OPTIONS)
    assert tally.points == {"roof": 6, "lift": 2, "bench": 1, "lamp": 0}
    assert tally.supporters == {"roof": 2, "lift": 1, "bench": 1, "lamp": 0}


def test_the_most_points_win_and_are_adopted():
    ballots = [Ballot(scores={"roof": 5}), Ballot(scores={"lift": 2, "roof": 1}), Ballot(scores={"lift": 3})]
    tally = counted(ballots, rule("score"), ("lift", "roof"))
    assert (tally.winner, tally.carried, tally.points) == ("roof", True, {"lift": 5, "roof": 6})


LEVEL = said((2, ["lift"]), (2, ["roof"]), (1, ["bench"]))


def test_a_tie_fails_by_itself():
    tally = counted(LEVEL, rule("approval"), OPTIONS)
    assert (tally.tied, tally.tie, tally.winner, tally.carried) == (("roof", "lift"), By.FAILS, None, False)
    assert tally.why[-1].en == "2 options level for the first place: none wins"
    assert tally.why[-1].zh == "2 项并列第一:均不当选"


def test_a_tie_goes_to_the_first_announced():
    tally = counted(LEVEL, rule("approval", tie="listed_first"), ("lift", "roof", "bench"))
    assert (tally.tie, tally.winner, tally.carried) == (By.LISTED, "lift", True)


def test_a_tie_goes_to_the_one_drawn_by_the_seed_as_it_is_written_down():
    digest = hashlib.sha256(b"8d2f-town-hall-2026\n1\nlift\nroof\n").hexdigest()
    tally = counted(LEVEL, rule("approval", tie="lot"), OPTIONS, seed=SEED)
    assert (tally.tie, tally.winner) == (By.LOT, ["lift", "roof"][int(digest, 16) % 2])


def test_a_lot_of_a_later_round_is_another_one():
    for number in range(1, 20):
        digest = hashlib.sha256(f"{SEED}\n{number}\nbench\nlamp\nlift\nroof\n".encode()).hexdigest()
        assert drawn(SEED, number, OPTIONS) == sorted(OPTIONS)[int(digest, 16) % 4]


def test_a_lot_does_not_depend_on_the_order_of_those_tied_and_falls_on_everybody():
    fallen = {drawn(f"seed-{number:016}", 1, OPTIONS) for number in range(40)}
    assert fallen == set(OPTIONS)
    assert drawn(SEED, 3, OPTIONS) == drawn(SEED, 3, OPTIONS[::-1])
    assert commitment_of(SEED) == hashlib.sha256(SEED.encode()).hexdigest()


def test_a_lot_without_a_seed_is_refused():
    with pytest.raises(InputError, match="a lot must be drawn and there is no seed") as refused:
        counted(LEVEL, rule("approval", tie="lot"), OPTIONS)
    assert getattr(refused.value.what, "zh", "") == "须抽签,但没有种子"


def test_no_seed_is_asked_where_nothing_is_tied():
    assert counted(said((1, ["roof"])), rule("approval", tie="lot"), OPTIONS).winner == "roof"


@pytest.mark.parametrize("method", ["approval", "borda", "ranked", "score"])
@pytest.mark.parametrize("tie", ["fails", "listed_first", "lot"])
def test_an_option_that_nobody_gave_anything_never_wins(method, tie):
    tally = counted([Ballot()] * 3, rule(method, tie=tie), OPTIONS)
    assert (tally.winner, tally.tie, tally.carried) == (None, None, False)
    assert (tally.abstained.persons, tally.present.persons) == (3, 3)
    assert tally.why[-1].en == "no ballot gave any option anything"


@pytest.mark.parametrize(("empty", "carried"), [(0, True), (1, True), (2, False)])
def test_the_winner_must_have_what_the_rule_asks_of_those_present(empty, carried):
    ballots = said((4, ["roof"]), (1, ["lift"]), (empty, []))
    tally = counted(ballots, rule("approval", support=TWO_THIRDS), OPTIONS)
    assert (tally.winner, tally.carried) == ("roof", carried)


def test_support_by_scores_is_the_number_of_ballots_that_gave_more_than_nothing():
    ballots = [Ballot(scores={"roof": 5, "lift": 0}), Ballot(scores={"lift": 1}), Ballot(scores={"lift": 1})]
    tally = counted(ballots, rule("score", support=MORE_THAN_HALF), ("roof", "lift"))
    assert (tally.winner, tally.supporters, tally.carried) == ("roof", {"roof": 1, "lift": 2}, False)
    assert tally.why[-1].en == "ballots for roof 1 of 3 present, more than 1/2 asked (2): not met"
    assert tally.why[-1].zh == "roof 得票 1/3(实到),须过半数(2):未达"


def test_a_winner_without_a_quorum_is_not_adopted():
    under = quorum(presence=[[presence(Share(numerator=1, denominator=2))]])
    tally = counted(said((2, ["roof"])), rule("approval"), OPTIONS, under, roll_of(5))
    assert (tally.winner, tally.quorate, tally.carried) == ("roof", False, False)
