"""Ranked ballots against another library, and against every way in which ties could have ended."""

from __future__ import annotations

from collections.abc import Sequence

import pyrankvote  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow.policy.procedures import Method, Tie
from govflow.voting import Ballot
from govflow.voting.lot import drawn
from govflow.voting.tally import By
from tests.voting.elections import HALF, MORE_THAN_HALF, OPTIONS, SEED, ballots_for, counted, rule, said


def firsts(ballots: Sequence[Ballot], standing: Sequence[str]) -> dict[str, int]:
    found = [[option for option in ballot.choice if option in standing] for ballot in ballots]
    return {option: sum(each[:1] == [option] for each in found) for option in standing}


def possible(ballots: Sequence[Ballot], standing: Sequence[str]) -> set[str]:
    """Everybody who can win, however each tie for the last place, or between the last two, may end."""
    votes = firsts(ballots, standing)
    ahead = {option for option in standing if 2 * votes[option] > sum(votes.values())}
    if ahead:
        return ahead
    if len(standing) == 2:
        return set(standing)
    last = [option for option in standing if votes[option] == min(votes.values())]
    return set[str]().union(*(possible(ballots, [each for each in standing if each != out]) for out in last))


ranked = st.lists(ballots_for(Method.RANKED, OPTIONS), min_size=1, max_size=14).filter(
    lambda ballots: any(ballot.choice for ballot in ballots)
)


@given(ranked, st.sampled_from([Tie.LISTED_FIRST, Tie.LOT]))
def test_the_winner_is_that_of_another_library_wherever_no_tie_decides(ballots, tie):
    could = possible(ballots, OPTIONS)
    winner = counted(ballots, rule("ranked", tie=tie), OPTIONS, seed=SEED).winner
    assert winner in could

    candidates = {option: pyrankvote.Candidate(option) for option in OPTIONS}
    theirs = pyrankvote.instant_runoff_voting(
        list(candidates.values()),
        [pyrankvote.Ballot([candidates[option] for option in ballot.choice]) for ballot in ballots],
    ).get_winners()[0]
    assert theirs.name in could
    if len(could) == 1:
        assert winner == theirs.name


@given(ranked, st.sampled_from(Tie))
def test_every_round_counts_first_preferences_among_those_left_and_strikes_out_one_of_the_last(ballots, tie):
    tally = counted(ballots, rule("ranked", tie=tie), OPTIONS, seed=SEED)
    standing, named = list(OPTIONS), sum(bool(ballot.choice) for ballot in ballots)
    for number, each in enumerate(tally.rounds, 1):
        votes = firsts(ballots, standing)
        assert list(each.counts.items()) == list(votes.items())
        assert each.exhausted == named - sum(votes.values())
        if number == len(tally.rounds):
            assert (each.struck, each.by) == (None, None)
            assert len(standing) == 2 or 2 * max(votes.values()) > sum(votes.values())
        else:
            last = [option for option in standing if votes[option] == min(votes.values())]
            if len(last) == 1:
                assert (each.struck, each.by) == (last[0], By.FEWEST)
            elif tie is Tie.LOT:
                assert (each.struck, each.by) == (drawn(SEED, number, last), By.LOT)
            else:
                assert (each.struck, each.by) == (last[-1], By.LISTED)
            standing.remove(each.struck or "")
        assert all(tally.supporters[option] == votes[option] for option in votes if option not in standing)
    assert tally.points == firsts(ballots, OPTIONS)
    assert all(tally.supporters[option] == tally.rounds[-1].counts[option] for option in standing)


def test_second_preferences_bring_the_second_of_the_first_round_to_the_first_place():
    ballots = said((4, ["roof"]), (3, ["lift"]), (2, ["bench", "lift"]))
    tally = counted(ballots, rule("ranked", support=MORE_THAN_HALF), ("roof", "lift", "bench"))
    assert [dict(each.counts) for each in tally.rounds] == [{"roof": 4, "lift": 3, "bench": 2}, {"roof": 4, "lift": 5}]
    assert (tally.winner, tally.carried) == ("lift", True)
    assert tally.why[-1].en == "ballots for lift 5 of 9 present, more than 1/2 asked (5): met"


def test_more_than_half_of_those_still_counted_may_be_less_than_half_of_those_present():
    ballots = said((3, ["roof"]), (2, ["lift"]), (1, ["bench"]), (1, []))
    tally = counted(ballots, rule("ranked", support=HALF), ("roof", "lift", "bench"))
    assert tally.rounds[-1].exhausted == 1
    assert (tally.winner, tally.supporters["roof"], tally.carried) == ("roof", 3, False)


LAST_TWO_LEVEL = said((2, ["roof", "lift"]), (2, ["lift", "roof"]), (1, ["bench"]))


@pytest.mark.parametrize(
    ("tie", "winner", "by"),
    [
        ("fails", None, By.FAILS),
        ("listed_first", "lift", By.LISTED),
        ("lot", drawn(SEED, 2, ["lift", "roof"]), By.LOT),
    ],
)
def test_a_tie_between_the_last_two_is_for_the_first_place(tie, winner, by):
    tally = counted(LAST_TWO_LEVEL, rule("ranked", tie=tie), ("lift", "roof", "bench"), seed=SEED)
    assert (tally.tied, tally.tie, tally.winner) == (("lift", "roof"), by, winner)
    assert tally.supporters == {"lift": 2, "roof": 2, "bench": 1}


@pytest.mark.parametrize("tie", ["fails", "listed_first"])
def test_of_several_last_one_is_struck_out_at_a_time_the_one_listed_last(tie):
    ballots = said((3, ["roof"]), (1, ["lift", "lamp"]), (1, ["bench", "lift"]), (1, ["lamp", "bench"]))
    tally = counted(ballots, rule("ranked", tie=tie), OPTIONS)
    assert [(each.struck, each.by) for each in tally.rounds[:2]] == [("lamp", By.LISTED), ("lift", By.FEWEST)]


def test_a_single_option_wins_by_a_single_ballot():
    tally = counted(said((1, ["roof"])), rule("ranked"), ("roof",))
    assert (tally.winner, len(tally.rounds), tally.carried) == ("roof", 1, True)
