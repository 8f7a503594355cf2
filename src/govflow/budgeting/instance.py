"""A budget election (民生微实事) as data: projects and what they cost, the money there is, and the ballots.

Money stands in minor units, points are whole numbers or exact fractions: nothing here is ever rounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from govflow.messages import Count, Value

Money = Annotated[int, Field(strict=True, ge=0, le=10**18)]
"""An amount in minor units."""

ProjectId = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""The id of a project, as the city gives it: others than ours write them with slashes, too."""


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        raise ValueError("points are whole numbers or exact fractions, never floats")
    return value


Points = Annotated[int, Field(strict=True)] | Annotated[Fraction, BeforeValidator(_exact)]
"""What one voter gives to one project."""


class BallotKind(StrEnum):
    """What a ballot says of projects."""

    APPROVAL = "approval"  # 认可投票: for a project or not, one point each
    CUMULATIVE = "cumulative"  # 累积投票: points to be shared out
    ORDINAL = "ordinal"  # 排序投票: an order, turned into Borda points
    SCORE = "score"  # 打分投票: any points for each


class Project(Value):
    """One project on the list: what it costs, the kinds it belongs to and whom it is for (受益人群).

    One that is `withdrawn` stays on the list and its ballots count, but it cannot win.
    """

    id: ProjectId
    name: str = ""
    cost: Money
    kinds: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    withdrawn: bool = False


class Bounds(Value):
    """Between what a ballot must lie: how many projects, points for each and in sum, and what its projects cost."""

    min_length: Count | None = None
    max_length: Count | None = None
    min_points: Points | None = None
    max_points: Points | None = None
    min_sum_points: Points | None = None
    max_sum_points: Points | None = None
    min_sum_cost: Money | None = None
    max_sum_cost: Money | None = None


class Election(Value):
    """A budget election, ready to be counted.

    `projects` stand in the order in which they were listed. `unit` is how many minor units one unit of the currency
    has (100: 分 of a 元). `least_score` is what a project must reach to be eligible. `caps` is, for a kind, the most
    that one project may cost, `kind_caps` the most that all its winners may cost together. A ballot gives points to
    projects; one that is empty abstains, and its voter counts among those who have a share.
    """

    projects: tuple[Project, ...]
    budget: Money
    unit: Literal[1, 10, 100, 1_000, 10_000, 100_000, 1_000_000] = 1
    ballot: BallotKind = BallotKind.APPROVAL
    bounds: Bounds = Bounds()
    least_score: Points | None = None
    caps: Mapping[str, Money] = {}
    kind_caps: Mapping[str, Money] = {}
    ballots: tuple[Mapping[ProjectId, Points], ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        known = {each.id for each in self.projects}
        if len(known) < len(self.projects):
            raise ValueError("a project stands twice on the list")
        for ballot in self.ballots:
            if not known.issuperset(ballot):
                raise ValueError("a ballot names a project that is not on the list")
            if self.ballot is BallotKind.APPROVAL and any(points != 1 for points in ballot.values()):
                raise ValueError("an approval is one point")
        return self


def ranked(order: Sequence[str]) -> dict[str, int]:
    """A ranking as Borda points: of n projects named, the first gets n and the last one.

    Source: the Pabulib format, whose `scoring_fn` is Borda by default, on as many projects as the voter named.
    """
    return {project: len(order) - place for place, project in enumerate(order)}


def money(amount: int | Fraction, unit: int) -> str:
    """An amount of minor units in units of the currency; of a fraction of a minor unit only the whole is shown."""
    whole, rest = divmod(int(amount), unit)
    return f"{whole}.{rest:0{len(str(unit)) - 1}d}" if rest else str(whole)
