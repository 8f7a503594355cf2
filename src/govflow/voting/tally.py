"""What a vote came to: turnout on each base, points and rounds, how ties ended, and why it carried or not.

Integers only. A tally is published as it stands here, so that whoever recounts can compare it figure by figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self, assert_never

from pydantic import AfterValidator, Field, model_validator

from govflow.actors import Id
from govflow.messages import Frozen, Value, Words
from govflow.policy.procedures import Base, Method

Sum = Annotated[int, Field(ge=0, le=10**18)]
"""A sum of counts: a billion of the largest."""

Counts = Annotated[Mapping[Id, Sum], AfterValidator(Frozen)]
"""A figure for each option, in the order in which the options were announced."""


class Turnout(Value):
    """So many people, households, and owners' exclusive area in dm² (hundredths of a square metre)."""

    persons: Sum = 0
    households: Sum = 0
    area: Sum = 0

    def on(self, base: Base) -> int:
        """The figure on one base."""
        match base:
            case Base.PERSONS:
                return self.persons
            case Base.HOUSEHOLDS:
                return self.households
            case Base.AREA:
                return self.area
            case _:
                assert_never(base)


class HandCount(Value):
    """What was counted at a show of hands (举手表决), on each base that was counted.

    Raises ValueError unless yes, no and abstained make up those present.
    """

    present: Turnout
    yes: Turnout = Turnout()
    no: Turnout = Turnout()
    abstained: Turnout = Turnout()

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        for base in Base:
            if self.yes.on(base) + self.no.on(base) + self.abstained.on(base) != self.present.on(base):
                raise ValueError(f"yes, no and abstained {base} do not make up those present")
        return self


class By(StrEnum):
    """What struck out an option of a run-off, or ended a tie between the best."""

    FEWEST = "fewest"  # it alone had the fewest ballots
    LISTED = "listed"  # the order of announcement: the first wins, the last is struck out
    LOT = "lot"  # 抽签
    FAILS = "fails"  # nothing ended it: no option wins


class Round(Value):
    """One round of a run-off: the ballots of every option still in, those that name none of them, who was struck out.

    The last round strikes out nobody.
    """

    counts: Counts
    exhausted: Sum = 0
    struck: Id | None = None
    by: By | None = None


class Finding(Value):
    """What one test of the rule came to, in words with its figures."""

    met: bool
    en: Words
    zh: Words


class Tally(Value):
    """The result of a vote, with every figure that it stands on.

    `yes` and `no` are of yes-or-no votes; `abstained` is there on each base, elsewhere the number of empty ballots.
    `points` are approvals, scores, Borda points, or the first preferences of a run-off. `supporters` are the ballots
    that gave an option more than nothing; in a run-off those it had in its last round. `tied` are the options that
    were level for the first place, and `tie` is how that ended. `winner` came first; it is adopted only if `carried`.
    """

    method: Method
    entitled: Turnout
    present: Turnout
    yes: Turnout = Turnout()
    no: Turnout = Turnout()
    abstained: Turnout = Turnout()
    points: Counts = Field(default_factory=Frozen)
    supporters: Counts = Field(default_factory=Frozen)
    rounds: tuple[Round, ...] = ()
    tied: tuple[Id, ...] = ()
    tie: By | None = None
    winner: Id | None = None
    quorate: bool
    carried: bool
    why: tuple[Finding, ...] = ()
