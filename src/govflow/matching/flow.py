"""The best way to hand out what is free along given pairs, exact in whole numbers: a flow of least cost (networkx).

An exclusive offer serves one need alone, which no flow can say. Where the best flow splits one, each way of not
splitting it is tried, and left as soon as it can't be better than the best plan found (branch and bound).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from govflow.errors import Detail, InputError
from govflow.matching.judging import Pair

Shares = dict[int, int]
"""How much each pair hands over, by its place among the pairs."""


class Worth(NamedTuple):
    """What handing out is worth, compared from left to right: priority × measure, score × measure, low ids first."""

    covered: int
    score: int
    order: int


class Best(NamedTuple):
    """The best shares found, what they are worth, and whether it is certain that none are better."""

    shares: Shares
    worth: Worth
    exact: bool


def best_shares(pairs: Sequence[Pair], effort: int) -> Best:
    """What each pair should hand over; `effort` bounds the search: so many pairs are looked at, over all its flows.

    Where that is not enough the best found so far stands, not proven to be the best.
    """
    search = _Search(pairs)
    exact = search.run(effort)
    return Best(search.best, search.worth, exact)


def connected(pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
    """The pairs, parted where no need and no offer is in two parts: each part can be decided by itself."""
    nx = _networkx()
    graph = nx.Graph()
    graph.add_edges_from((("need", pair.need.id), ("offer", pair.offer.id)) for pair in pairs)
    part = {node: number for number, nodes in enumerate(nx.connected_components(graph)) for node in nodes}
    parts: dict[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        parts[part["need", pair.need.id]].append(pair)
    yield from parts.values()


class _Search:
    def __init__(self, pairs: Sequence[Pair]) -> None:
        self.pairs = pairs
        self.best: Shares = {}
        self.worth = Worth(0, 0, 0)

    def run(self, effort: int) -> bool:
        """Look for the best until nothing better can be left; whether that was reached within the effort."""
        whole = frozenset(range(len(self.pairs)))
        effort -= self._begin(whole)
        todo = [whole]
        while todo:
            if effort <= 0:
                return False
            effort -= len(todo[-1])
            todo += self._tried(todo.pop())
        return True

    def _begin(self, open_pairs: frozenset[int]) -> int:
        """A first plan, so that what can't be better is left early: what a flow splits goes where most of it went.

        Gives the effort it took.
        """
        effort = 0
        while True:
            shares = _flow(self.pairs, open_pairs)
            effort += len(open_pairs)
            split = self._split(shares)
            if not split:
                self.best, self.worth = shares, self._worth_of(shares)
                return effort
            for id in split:
                serving = self._serving(id, open_pairs)
                most = max((at for at in serving if at in shares), key=lambda at: (shares[at], -at))
                open_pairs = open_pairs.difference(serving) | {most}

    def _tried(self, open_pairs: frozenset[int]) -> list[frozenset[int]]:
        """Take the best flow along these pairs if it is a plan; else how to go on, what promises most last."""
        shares = _flow(self.pairs, open_pairs)
        worth = self._worth_of(shares)
        if worth <= self.worth:
            return []
        split = self._split(shares)
        if not split:
            self.best, self.worth = shares, worth
            return []
        serving = self._serving(split[0], open_pairs)
        used = sorted((at for at in serving if at in shares), key=lambda at: (shares[at], -at))
        return [open_pairs.difference(used), *(open_pairs.difference(serving) | {at} for at in used)]

    def _serving(self, offer: str, open_pairs: frozenset[int]) -> list[int]:
        return [at for at in open_pairs if self.pairs[at].offer.id == offer]

    def _worth_of(self, shares: Shares) -> Worth:
        terms = [(self.pairs[at], at, share) for at, share in shares.items()]
        return Worth(
            sum(pair.need.priority * share for pair, _, share in terms),
            sum(pair.score * share for pair, _, share in terms),
            sum((len(self.pairs) - at) * share for _, at, share in terms),
        )

    def _split(self, shares: Shares) -> list[str]:
        """The exclusive offers that would serve several needs, in order of their ids."""
        serving = Counter(self.pairs[at].offer.id for at in shares if self.pairs[at].offer.exclusive)
        return sorted(id for id, needs in serving.items() if needs > 1)


def _flow(pairs: Sequence[Pair], open_pairs: Iterable[int]) -> Shares:
    """The best shares along the open pairs, where every offer may serve many needs: a circulation of least cost."""
    nx = _networkx()
    along = sorted(open_pairs)
    free = {pairs[at].offer.id: pairs[at].offer.free for at in along}
    wanted = {pairs[at].need.id: pairs[at].need.quantity for at in along}
    most = min(sum(free.values()), sum(wanted.values()))
    by_order = len(pairs) * most + 1  # no sum of what counts less comes to one of what counts more
    by_score = 100 * most + 1
    graph = nx.DiGraph()
    graph.add_edge("sink", "source", capacity=most, weight=0)
    for id, capacity in free.items():
        graph.add_edge("source", ("offer", id), capacity=capacity, weight=0)
    for id, capacity in wanted.items():
        graph.add_edge(("need", id), "sink", capacity=capacity, weight=0)
    for at in along:
        pair = pairs[at]
        worth = (pair.need.priority * by_score + pair.score) * by_order + len(pairs) - at
        graph.add_edge(("offer", pair.offer.id), ("need", pair.need.id), capacity=pair.covered, weight=-worth)
    _, flows = nx.network_simplex(graph)
    shares = ((at, flows["offer", pairs[at].offer.id]["need", pairs[at].need.id]) for at in along)
    return {at: share for at, share in shares if share}


def _networkx() -> Any:
    try:
        import networkx  # type: ignore[import-untyped]  # it ships none
    except ImportError:
        what = Detail("the package networkx is not installed", "未安装 networkx 包")
        raise InputError(what, expected="pip install 'govflow[matching]'") from None
    return networkx
