"""The money of every group of voters while equal shares spends it: whole numbers over one common denominator.

Beside each balance stands its rate: by how much it would be higher had every voter been given one minor unit more. As
long as the run takes the same course, every amount is a straight line in the share: balances never fall as the share
rises, and prices never rise. `until` is by how much the share may rise before the course might change.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import compress
from math import gcd
from operator import mul
from typing import NamedTuple

from govflow.budgeting.electorate import Backed, Supporters


class Offer(NamedTuple):
    """How its supporters can pay for a project: those with enough alike per point, the others with all they have.

    `rest` is what those with enough pay together and `rate` the rate of that, over the purses' denominator; `points`
    is what they gave together.
    """

    rest: int
    rate: int
    points: int


class Purses:
    """What each voter of a group has left; all begin with the same share, in minor units."""

    def __init__(self, groups: int, share: Fraction) -> None:
        self.denominator = share.denominator
        self.balances = [share.numerator] * groups
        self.rates = [share.denominator] * groups
        self.until: Fraction | None = None  # the share may rise by less than this; None: by anything

    def offer(self, project: Backed) -> Offer | None:
        """The way to pay for a project at the least price per point; None where its supporters lack the money."""
        if self._money(project) < project.cost * self.denominator:
            return None
        rest, rate, points = project.cost * self.denominator, 0, project.points
        able, settled = [(each, self._has(each)) for each in project.supporters], False
        while not settled:
            able, before, settled = [], able, True
            for supporters, has in before:
                least = _rounded_up(rest * supporters.points, points)
                if min(has) >= least:
                    able.append((supporters, has))
                    continue
                settled = False
                short = [amount < least for amount in has]
                sizes = [*compress(supporters.sizes, short)]
                rest -= sum(map(mul, sizes, compress(has, short)))
                rate -= sum(map(mul, sizes, map(self.rates.__getitem__, compress(supporters.groups, short))))
                points -= supporters.points * sum(sizes)
                if not all(short):
                    enough = [not each for each in short]
                    able.append((supporters.only(enough), [*compress(has, enough)]))
        return Offer(rest, rate, points)

    def price(self, project: Backed, offer: Offer) -> tuple[Fraction, Fraction]:
        """What a point costs, divided by what it is worth, and the rate of that."""
        points = offer.points * self.denominator * project.worth
        return Fraction(offer.rest, points), Fraction(offer.rate, points)

    def lack(self, project: Backed) -> Fraction:
        """What the supporters of a project have left together: too little, and it must stay too little."""
        money = self._money(project)
        rate = sum(sum(map(mul, each.sizes, map(self.rates.__getitem__, each.groups))) for each in project.supporters)
        self.watch(project.cost * self.denominator - money, rate)
        return Fraction(money, self.denominator)

    def pay(self, project: Backed, offer: Offer) -> Fraction:
        """Take from the supporters what they pay; what a point cost. Who was short of it must stay so."""
        factor = offer.points // gcd(offer.rest, offer.rate, offer.points)
        if factor > 1:
            self.denominator *= factor
            self.balances = [amount * factor for amount in self.balances]
            self.rates = [rate * factor for rate in self.rates]
        price, price_rate = offer.rest * factor // offer.points, offer.rate * factor // offer.points
        for supporters in project.supporters:
            due, due_rate = price * supporters.points, price_rate * supporters.points
            for group in supporters.groups:
                has, rate = self.balances[group], self.rates[group]
                if has >= due:
                    self.balances[group], self.rates[group] = has - due, rate - due_rate
                else:
                    self.watch(due - has, rate - due_rate)
                    self.balances[group], self.rates[group] = 0, 0
        return Fraction(price, self.denominator)

    def watch(self, gap: int | Fraction, rate: int | Fraction) -> None:
        """The course may change where something closes this gap that approaches it at this rate."""
        if rate > 0 and (self.until is None or gap < self.until * rate):
            self.until = Fraction(gap, rate)

    def _has(self, supporters: Supporters) -> list[int]:
        return [*map(self.balances.__getitem__, supporters.groups)]

    def _money(self, project: Backed) -> int:
        return sum(sum(map(mul, each.sizes, self._has(each))) for each in project.supporters)


def _rounded_up(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
