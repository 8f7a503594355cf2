"""Method of equal shares (等额份额法): every voter has the same share and pays for what he voted for, alike.

Sources: Peters, Pierczyński, Skowron, Proportional Participatory Budgeting with Additive Utilities (2021), and the
recommendations of equalshares.net on ties and on completing the outcome (add1).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import ceil
from typing import NamedTuple

from govflow.budgeting.counting import Decided, Outcome, Purse, Standing, Tie, TieBroken, tie_broken
from govflow.budgeting.electorate import Electorate, Utility, electorate
from govflow.budgeting.instance import Election
from govflow.budgeting.purses import Offer, Purses

SHARES_TIES = (Tie.COST, Tie.VOTES, Tie.LISTED)

_Key = tuple[int, ...]


class Run(NamedTuple):
    """One run on one share: what it decided, what its winners cost, and until how much more the winners stay.

    The share may rise by less than `until` minor units and the same projects win; None: however much it rises.
    """

    outcome: Outcome
    cost: int
    until: Fraction | None


def equal_shares(election: Election, ties: Sequence[Tie] = SHARES_TIES, utility: Utility = Utility.COST) -> Outcome:
    """The budget in equal shares, and nothing beyond: what the voters cannot agree on stays unspent."""
    voters = electorate(election, ties, utility)
    return run_on(voters, Fraction(election.budget, max(voters.voters, 1))).outcome


def equal_shares_add1(
    election: Election,
    ties: Sequence[Tie] = SHARES_TIES,
    utility: Utility = Utility.COST,
    step: int | None = None,
) -> Outcome:
    """Equal shares, completed: the share rises from its whole units by `step` minor units (one unit of the currency).

    It stops where no project that anybody voted for fits into the money left, or before the winners would cost more
    than there is. Steps at which the winners surely stay the same are not run.
    """
    voters = electorate(election, ties, utility)
    step = step or election.unit
    share = election.budget // (max(voters.voters, 1) * election.unit) * election.unit
    run = run_on(voters, Fraction(share))
    while run.until is not None and not _is_exhaustive(voters, run):
        same = max(ceil(run.until / step) - 1, 0)
        following = run_on(voters, Fraction(share + (same + 1) * step))
        if following.cost > election.budget:
            return run.outcome if same == 0 else run_on(voters, Fraction(share + same * step)).outcome
        share, run = share + (same + 1) * step, following
    return run.outcome


def run_on(voters: Electorate, share: Fraction) -> Run:
    """Equal shares when every voter has this share, in minor units."""
    course = _Course(voters, share)
    while course.queue:
        course.decide_next()
    return Run(Outcome((*course.decided, *voters.decided), tuple(course.ties), share), course.cost, course.purses.until)


class _Course:
    """One run in progress: purses, decisions so far, and the open projects queued by the price they had last.

    Purses only empty, so that a price never falls while the run goes on: the first in the queue whose price is new is
    the cheapest of all.
    """

    def __init__(self, voters: Electorate, share: Fraction) -> None:
        self.voters = voters
        self.purses = Purses(voters.groups, share)
        self.purse = Purse(voters.election)
        self.cost = 0
        self.decided: list[Decided] = []
        self.ties: list[TieBroken] = []
        self.open = {each.key: each for each in voters.backed}
        self.prices = {each.key: (Fraction(each.cost, each.points * each.worth), Fraction(0)) for each in voters.backed}
        self.queue = [(price, key) for key, (price, _) in self.prices.items()]
        heapify(self.queue)
        self.offers: dict[_Key, Offer] = {}  # made since the last project won

    def decide_next(self) -> None:
        """Look at the first in the queue: it wins, or cannot win any more, or has a new price."""
        price, key = heappop(self.queue)
        project = self.open[key]
        if full := self.purse.full_kind(project.standing.project):
            self._close(key, full)
        elif key in self.offers:
            self._win(key, price)
        elif self._has_offer(key):
            heappush(self.queue, (self.prices[key][0], key))

    def _has_offer(self, key: _Key) -> bool:
        project = self.open[key]
        offer = self.purses.offer(project)
        if offer is None:
            money = self.purses.lack(project)
            self._close(key, Decided(project.standing.project.id, False, "not_paid", {"money": money}))
            return False
        self.offers[key], self.prices[key] = offer, self.purses.price(project, offer)
        return True

    def _win(self, key: _Key, price: Fraction) -> None:
        if len(tied := [self.open[key].standing, *self._as_cheap_as(price)]) > 1:
            self.ties.append(tie_broken(tied, self.voters.ties))
        rate = self.prices[key][1]
        for other, (asked, other_rate) in self.prices.items():
            if other != key:
                self.purses.watch(asked - price, rate - other_rate)

        project = self.open[key]
        paid = self.purses.pay(project, self.offers[key])
        self.purse.pay(project.standing.project)
        self.cost += project.cost
        most = paid * max(each.points for each in project.supporters)
        figures = {"place": 1 + sum(each.won for each in self.decided), "most": most}
        self._close(key, Decided(project.standing.project.id, True, "paid", figures))
        self.offers.clear()

    def _as_cheap_as(self, price: Fraction) -> list[Standing]:
        """Those in the queue that ask the same price, now that all of them have been asked anew."""
        same = []
        while self.queue and self.queue[0][0] == price:
            same.append(heappop(self.queue)[1])
        still = [key for key in same if key in self.offers or self._has_offer(key)]
        for key in still:
            heappush(self.queue, (self.prices[key][0], key))
        return [self.open[key].standing for key in still if self.prices[key][0] == price]

    def _close(self, key: _Key, decided: Decided) -> None:
        self.decided.append(decided)
        del self.open[key], self.prices[key]


def _is_exhaustive(voters: Electorate, run: Run) -> bool:
    """Whether no other project that has supporters fits into the money left."""
    purse, won = Purse(voters.election), set(run.outcome.winners)
    projects = [each.standing.project for each in voters.backed]
    for project in projects:
        if project.id in won:
            purse.pay(project)
    return all(each.id in won or each.cost > purse.left or purse.full_kind(each) for each in projects)
