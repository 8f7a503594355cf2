"""How much of which offer should serve which need: the plan that covers most, and among those the one that fits best.

What "best" means, for each kind (what it is, in which unit of measure: kinds never mix):

1. the measure covered, a unit of a need counting as often as its priority says, is as great as it can be;
2. among the plans of which that is true, the measure handed over times the score of its pair is as great as it can be;
3. what is left level is settled by the ids: pairs that come first in order of (need, offer) hand over more.

Without exclusive offers such a plan also covers as much in total as any plan can, and nobody of a lower priority is
served where one of a higher priority could be instead: what offers can cover at once is a polymatroid, where the
greedy choice is the best (Edmonds 1970). With exclusive ones the first line alone says what counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from govflow.matching.flow import best_shares, connected
from govflow.matching.judging import Pair
from govflow.matching.proposing import candidates
from govflow.matching.values import DEFAULT_WEIGHTS, Need, Offer, Weights
from govflow.regions.contribution import Contribution

EFFORT = 50_000
"""How many pairs are looked at, over all flows, for one connected part of them: then the best plan so far stands."""


class Assignment(NamedTuple):
    """So much of an offer for a need: minor currency units of money, else as many as the unit of measure counts."""

    pair: Pair
    share: int


class KindPlan(NamedTuple):
    """What the plan comes to for one kind: `covered` counts units by priority, `fit` by score; whether it is proven."""

    matter: Contribution
    measure_unit: str
    covered: int
    fit: int
    exact: bool


class Plan(NamedTuple):
    """Who serves whom with how much, in order of needs and offers; what it comes to; what stays uncovered, by need."""

    assignments: tuple[Assignment, ...]
    kinds: tuple[KindPlan, ...]
    uncovered: dict[str, int]

    @property
    def exact(self) -> bool:
        """Whether it is proven that no plan is better. Where offers are not exclusive it always is."""
        return all(kind.exact for kind in self.kinds)


def plan(
    needs: Iterable[Need], offers: Iterable[Offer], weights: Weights = DEFAULT_WEIGHTS, *, effort: int = EFFORT
) -> Plan:
    """The best plan over all possible pairs; the order in which needs and offers are given does not matter.

    `effort` bounds the search where exclusive offers could serve several needs each: a plan that is not proven to be
    the best says so (`exact`). One offer more never makes a proven plan worse. Needs the package networkx
    (`govflow[matching]`).
    Raises ValueError where two needs or two offers have the same id, InputError without networkx.
    """
    wanted = sorted(needs, key=lambda need: need.id)
    pairs = sorted(candidates(wanted, offers, weights), key=lambda pair: (pair.need.id, pair.offer.id))
    of_kind: dict[tuple[Contribution, str], list[Pair]] = defaultdict(list)
    for pair in pairs:
        of_kind[pair.need.matter, pair.need.measure_unit].append(pair)
    assignments: list[Assignment] = []
    kinds = []
    for (matter, unit), ours in sorted(of_kind.items()):
        covered, fit, exact = 0, 0, True
        for part in connected(ours):
            best = best_shares(part, effort)
            covered, fit, exact = covered + best.worth.covered, fit + best.worth.score, exact and best.exact
            assignments += [Assignment(part[at], share) for at, share in best.shares.items()]
        kinds.append(KindPlan(matter, unit, covered, fit, exact))
    uncovered = {need.id: need.quantity for need in wanted}
    for pair, share in assignments:
        uncovered[pair.need.id] -= share
    assignments.sort(key=lambda each: (each.pair.need.id, each.pair.offer.id))
    return Plan(tuple(assignments), tuple(kinds), {id: rest for id, rest in uncovered.items() if rest})
