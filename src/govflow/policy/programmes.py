"""Participatory budgets (民生微实事) as data: what a round may fund, how residents vote, how winners are found."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from govflow.actors import Id
from govflow.messages import Amount, Count, Value, Words


class BudgetBallot(StrEnum):
    """What a ballot of a budget round says of the entries."""

    APPROVAL = "approval"  # 认可投票: for an entry or not
    CUMULATIVE = "cumulative"  # 累积投票: points to be shared out
    RANKED = "ranked"  # 排序投票: an order, turned into Borda points
    SCORE = "score"  # 打分投票: any points for each


class WinnersRule(StrEnum):
    """How the winners are found, under the names that Pabulib gives the rules."""

    GREEDY = "greedy"  # 得票排序: down the list, skipping what is not affordable
    GREEDY_THRESHOLD = "greedy-threshold"  # the same, among those that reach the least votes
    GREEDY_NO_SKIP = "greedy-no-skip"  # 得票排序: down the list to the first that is not affordable
    EQUAL_SHARES = "equalshares"  # 等额份额法
    EQUAL_SHARES_ADD1 = "equalshares/add1"  # completed: the shares rise while they buy more
    EQUAL_SHARES_COMPARED = "equalshares-comparison"  # or the ranking, where more voters prefer that
    EQUAL_SHARES_ADD1_COMPARED = "equalshares/add1-comparison"


class BudgetTie(StrEnum):
    """What decides between entries that are level; where nothing else does, the one listed first."""

    VOTES = "votes"  # more voters
    COST = "cost"  # the lower cost
    LISTED = "listed"  # the one listed first


class PointsWorth(StrEnum):
    """What a point is worth to a voter under equal shares."""

    COST = "cost"  # as much as the entry costs
    POINTS = "points"  # the same for every entry


class BallotBounds(Value):
    """Between what a ballot must lie; None: unbounded.

    How many entries it names, the points for each and in sum, and what the entries named cost together, in minor units.
    """

    min_length: Count | None = None
    max_length: Count | None = None
    min_points: Count | None = None
    max_points: Count | None = None
    min_sum_points: Count | None = None
    max_sum_points: Count | None = None
    min_sum_cost: Amount | None = None
    max_sum_cost: Amount | None = None

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        for name in ("length", "points", "sum_points", "sum_cost"):
            least, most = getattr(self, f"min_{name}"), getattr(self, f"max_{name}")
            if least is not None and most is not None and least > most:
                raise ValueError(f"min_{name} is more than max_{name}")
        return self


class EntryKind(Value):
    """A kind of entry (服务类, 工程类 …): the most that one may cost and all its winners together, in minor units."""

    id: Id
    en: Words
    zh: Words
    cap: Amount | None = None
    total: Amount | None = None


class BudgetProgramme(Value):
    """The rules of a budget round, which pins them when it is opened.

    `least_votes` is what an entry must reach to win: votes, or points where ballots give points. `ties` None: as the
    rule has it. `per_proposer` is how many entries one proposer may have in a round (0: any number). `replaceable`: a
    voter may vote again until the ballot ends.
    """

    id: Id
    en: Words
    zh: Words
    kinds: tuple[EntryKind, ...] = Field(min_length=1, max_length=500)
    ballot: BudgetBallot = BudgetBallot.APPROVAL
    bounds: BallotBounds = BallotBounds()
    rule: WinnersRule = WinnersRule.GREEDY
    ties: tuple[BudgetTie, ...] | None = Field(default=None, max_length=3)
    worth: PointsWorth = PointsWorth.COST
    least_votes: Count | None = None
    replaceable: bool = True
    per_proposer: Count = 0
    basis: Words
    own: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if twice := sorted(id for id, times in Counter(each.id for each in self.kinds).items() if times > 1):
            raise ValueError(f"the kind {', '.join(twice)} stands twice")
        if self.rule is WinnersRule.GREEDY_THRESHOLD and self.least_votes is None:
            raise ValueError("greedy-threshold needs least_votes")
        return self

    def kind(self, id: str) -> EntryKind | None:
        """The kind of entry with this id."""
        return next((each for each in self.kinds if each.id == id), None)


# fmt: off
PROGRAMMES = (
    BudgetProgramme(
        id="livelihood", en="Small livelihood projects", zh="民生微实事",
        kinds=(EntryKind(id="service", en="services", zh="服务类", cap=50_000_000),
               EntryKind(id="works", en="works", zh="工程类", cap=100_000_000)),
        bounds=BallotBounds(min_length=1, max_length=5), least_votes=1, per_proposer=3,
        basis="000 民生微实事 (M110); caps and rule as in practice [config]", own=True),
)
# fmt: on
"""The programmes that ship."""
