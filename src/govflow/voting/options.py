"""Counting a choice between options: approvals, scores, Borda points, and the run-off of ranked ballots.

An option that no ballot gave anything never wins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, assert_never

from govflow.messages import Frozen
from govflow.policy.procedures import Method, Tie, VoteRule
from govflow.voting.ballots import Ballot
from govflow.voting.lot import drawn
from govflow.voting.tally import By, Round


class Outcome(NamedTuple):
    """What the ballots came to, before anybody asked how many took part; the fields are those of a `Tally`."""

    points: Mapping[str, int] = Frozen()
    supporters: Mapping[str, int] = Frozen()
    rounds: tuple[Round, ...] = ()
    tied: tuple[str, ...] = ()
    tie: By | None = None
    winner: str | None = None


def chosen(rule: VoteRule, options: Sequence[str], ballots: Iterable[Ballot], seed: str | None) -> Outcome:
    """Count ballots that lack nothing, in one pass. `options` are in the order in which they were announced.

    Memory is of the number of options; of a run-off that of its different ballots. Raises InputError without a seed
    where a lot must be drawn.
    """
    if rule.method is Method.RANKED:
        return run_off(options, ballots, rule.tie, seed)
    points, supporters = dict.fromkeys(options, 0), dict.fromkeys(options, 0)
    for ballot in ballots:
        for option, given in _given(ballot, rule.method, len(options)):
            points[option] += given
            supporters[option] += given > 0
    return _best(points, rule.tie, seed, 1)._replace(points=points, supporters=supporters)


def _given(ballot: Ballot, method: Method, options: int) -> Iterable[tuple[str, int]]:
    """How many points a ballot gives to whom."""
    if method is Method.SCORE:
        return ballot.scores.items()
    if method is Method.BORDA:
        return ((option, options - 1 - place) for place, option in enumerate(ballot.choice))
    return ((option, 1) for option in ballot.choice)


def _best(points: Mapping[str, int], tie: Tie, seed: str | None, round: int) -> Outcome:
    """The option with the most points, and how a tie between several was ended."""
    most = max(points.values())
    level = tuple(option for option, number in points.items() if number == most > 0)
    if len(level) < 2:
        return Outcome(winner=level[0] if level else None)
    match tie:
        case Tie.FAILS:
            return Outcome(tied=level, tie=By.FAILS)
        case Tie.LISTED_FIRST:
            return Outcome(tied=level, tie=By.LISTED, winner=level[0])
        case Tie.LOT:
            return Outcome(tied=level, tie=By.LOT, winner=drawn(seed, round, level))
        case _:
            assert_never(tie)


def run_off(options: Sequence[str], ballots: Iterable[Ballot], tie: Tie, seed: str | None) -> Outcome:
    """排序复选 (instant run-off): a ballot is for the first still in that it names; the last is struck out each time.

    It ends when one has more than half of the ballots that still name somebody, or two are left: a tie of these is for
    the first place. Of several last, one is struck out: drawn by lot, or else the one listed last.
    """
    piles = _Piles(options, Counter(ballot.choice for ballot in ballots if ballot.choice))
    counts = piles.counts
    points, supporters, rounds = dict(counts), dict(counts), list[Round]()
    while True:
        supporters.update(counts)
        in_play, most, fewest = sum(counts.values()), max(counts.values()), min(counts.values())
        if len(counts) < 3 or 2 * most > in_play or not in_play:
            rounds.append(Round(counts=dict(counts), exhausted=piles.exhausted))
            outcome = _best(counts, tie, seed, len(rounds))
            return outcome._replace(points=points, supporters=supporters, rounds=tuple(rounds))
        last = [option for option, number in counts.items() if number == fewest]
        out, by = _struck(last, tie, seed, len(rounds) + 1)
        rounds.append(Round(counts=dict(counts), exhausted=piles.exhausted, struck=out, by=by))
        piles.strike(out)


class _Piles:
    """The ballots of a run-off, alike ones together, on the pile of the first option that is still in."""

    def __init__(self, options: Iterable[str], ballots: Mapping[tuple[str, ...], int]) -> None:
        self.counts = dict.fromkeys(options, 0)
        self.exhausted = 0
        self._of: dict[str, dict[tuple[str, ...], int]] = {option: {} for option in self.counts}
        self._deal(ballots)

    def strike(self, option: str) -> None:
        del self.counts[option]
        self._deal(self._of.pop(option))

    def _deal(self, ballots: Mapping[tuple[str, ...], int]) -> None:
        for choice, number in ballots.items():
            first = next((option for option in choice if option in self.counts), None)
            if first is None:
                self.exhausted += number
            else:
                self.counts[first] += number
                self._of[first][choice] = number


def _struck(last: Sequence[str], tie: Tie, seed: str | None, round: int) -> tuple[str, By]:
    if len(last) == 1:
        return last[0], By.FEWEST
    return (drawn(seed, round, last), By.LOT) if tie is Tie.LOT else (last[-1], By.LISTED)
