"""Which offers suit which needs: every pair that is possible, found by what is offered and by skill, best first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from govflow.matching.judging import Pair, Unsuited, paired, suits, why_not
from govflow.matching.values import DEFAULT_WEIGHTS, Need, Offer, Weights

_Either = TypeVar("_Either", Need, Offer)
_Kind = tuple[str, str]  # what it is and how it is measured: needs and offers of two kinds never meet


def candidates(needs: Iterable[Need], offers: Iterable[Offer], weights: Weights = DEFAULT_WEIGHTS) -> list[Pair]:
    """Every possible pair, need by need in order of their ids, for each the best score first, then by the offer's id.

    Raises ValueError where two needs or two offers have the same id.
    """
    index = _Index(_by_id("offer", offers))
    found = []
    for need in _by_id("need", needs):
        pairs = [paired(need, offer, weights) for offer in index.worth_a_look(need) if suits(need, offer)]
        pairs.sort(key=lambda pair: (-pair.score, pair.offer.id))
        found += pairs
    return found


def unsuited(needs: Iterable[Need], offers: Iterable[Offer]) -> Iterator[Unsuited]:
    """Every pair that is not possible, with the reasons why not, in order of the needs' ids and the offers'.

    Raises ValueError where two needs or two offers have the same id.
    """
    ordered = _by_id("offer", offers)
    for need in _by_id("need", needs):
        for offer in ordered:
            if against := why_not(need, offer):
                yield Unsuited(need, offer, against)


def _by_id(what: str, given: Iterable[_Either]) -> list[_Either]:
    ordered = sorted(given, key=lambda each: each.id)
    for one, next_one in pairwise(ordered):
        if one.id == next_one.id:
            raise ValueError(f"two {what}s have the id {one.id}")
    return ordered


class _Index:
    """Offers by their kind, and by their skills within it: most pairs need not be looked at."""

    def __init__(self, offers: Sequence[Offer]) -> None:
        self.of_kind: dict[_Kind, list[Offer]] = defaultdict(list)
        self.with_skill: dict[tuple[_Kind, str], list[Offer]] = defaultdict(list)
        for offer in offers:
            kind = (offer.matter, offer.measure_unit)
            self.of_kind[kind].append(offer)
            for skill in set(offer.skills):
                self.with_skill[kind, skill].append(offer)

    def worth_a_look(self, need: Need) -> Iterable[Offer]:
        """The offers of the need's kind that have a skill it wants, each once."""
        kind = (need.matter, need.measure_unit)
        if not need.skills:
            return self.of_kind.get(kind, ())
        return {offer.id: offer for skill in need.skills for offer in self.with_skill.get((kind, skill), ())}.values()
