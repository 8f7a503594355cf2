"""The winners of a budget election by a named rule, with what was spent and why each project won or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from govflow.budgeting.counting import Outcome, Tie, TieBroken, standings
from govflow.budgeting.electorate import Utility
from govflow.budgeting.equal_shares import SHARES_TIES, equal_shares, equal_shares_add1
from govflow.budgeting.explaining import Explanation, explanations
from govflow.budgeting.greedy import GREEDY_TIES, greedy, greedy_without_skipping
from govflow.budgeting.instance import Election
from govflow.errors import InputError
from govflow.messages import Value


class Compared(Value):
    """How many voters have more of their projects among the winners of equal shares, and how many of the ranking."""

    equal_shares: int
    ranking: int


class Result(Value):
    """What a rule came to. Amounts are in minor units, `unit` of them to one unit of the currency.

    `winners` stand in the order in which they won. `share` is what every voter had to spend where the rule gives
    voters money; with add1 that is more than an equal part of the budget, and not all of it is spent.
    """

    rule: str
    ties: tuple[Tie, ...]
    winners: tuple[str, ...]
    budget: int
    spent: int
    left: int
    unit: int
    share: Fraction | None = None
    compared: Compared | None = None
    ties_broken: tuple[TieBroken, ...] = ()
    explanations: tuple[Explanation, ...]


class _Rule(NamedTuple):
    ties: tuple[Tie, ...]
    outcome: Callable[[Election, Sequence[Tie], Utility], Outcome]
    compares: bool = False


_RULES = {
    "greedy": _Rule(GREEDY_TIES, lambda election, ties, _: greedy(election, ties)),
    "greedy-threshold": _Rule(GREEDY_TIES, lambda election, ties, _: greedy(election, ties)),
    "greedy-no-skip": _Rule(GREEDY_TIES, lambda election, ties, _: greedy_without_skipping(election, ties)),
    "equalshares": _Rule(SHARES_TIES, equal_shares),
    "equalshares/add1": _Rule(SHARES_TIES, equal_shares_add1),
    "equalshares-comparison": _Rule(SHARES_TIES, equal_shares, compares=True),
    "equalshares/add1-comparison": _Rule(SHARES_TIES, equal_shares_add1, compares=True),
}
RULES = tuple(_RULES)
"""The rules there are, under the names that Pabulib gives them."""


def winners(
    election: Election,
    rule: str,
    *,
    ties: Sequence[Tie] | None = None,
    utility: Utility = Utility.COST,
) -> Result:
    """The winners of an election by one of RULES.

    `ties` decide between equals, one after the other (by default of a greedy rule more votes, then the lower cost; of
    equal shares the lower cost, then more votes; last always the order of listing). `utility` is what a point is worth
    to a voter under equal shares. Raises InputError for another rule, and where a threshold is missing that it needs.
    """
    if rule not in _RULES:
        raise InputError(f"there is no rule {rule[:60]!r} here", where="rule", expected=" | ".join(RULES))
    if rule == "greedy-threshold" and election.least_score is None:
        raise InputError("greedy-threshold without a threshold", where="rule", expected="a least score, or greedy")
    chosen = _RULES[rule]
    criteria = chosen.ties if ties is None else tuple(ties)
    outcome = chosen.outcome(election, criteria, utility)
    compared = None
    if chosen.compares:
        outcome, compared = _better_liked(election, outcome, greedy(election))

    won = set(outcome.winners)
    spent = sum(each.cost for each in election.projects if each.id in won)
    return Result(
        rule=rule,
        ties=criteria,
        winners=outcome.winners,
        budget=election.budget,
        spent=spent,
        left=election.budget - spent,
        unit=election.unit,
        share=outcome.share,
        compared=compared,
        ties_broken=outcome.ties,
        explanations=explanations(election, outcome, standings(election, criteria)),
    )


def _better_liked(election: Election, shares: Outcome, ranking: Outcome) -> tuple[Outcome, Compared]:
    """The outcome that more voters find more of their projects in; equal shares where as many prefer either."""
    for_shares = for_ranking = 0
    for ballot in election.ballots:
        supported = {project for project, points in ballot.items() if points > 0}
        here, there = (len(supported.intersection(each.winners)) for each in (shares, ranking))
        for_shares += here > there
        for_ranking += there > here
    chosen = ranking if for_ranking > for_shares else shares
    return chosen, Compared(equal_shares=for_shares, ranking=for_ranking)
