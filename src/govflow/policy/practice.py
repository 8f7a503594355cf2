"""How the practice beside a case is done, as data: mediation bodies, rules of meetings, checklists of stages."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from govflow.actors import Id
from govflow.messages import Value, Words


class MediationKind(StrEnum):
    """The kinds of mediation that work together (003 三调联动, M069), and that of a trade or profession."""

    PEOPLE = "people"  # 人民调解
    ADMINISTRATIVE = "administrative"  # 行政调解
    JUDICIAL = "judicial"  # 司法调解
    INDUSTRY = "industry"  # 行业性专业性调解


class MediationBody(Value):
    """Who mediates at a tier (1 village 村级, 2 town 镇级, 3 district 区级): a council, or a professional committee.

    `categories` are the classes of dispute it is for (empty: all); `unit` is its unit in the directory, whose mediators
    speak for it; `experts` are the ids of the people in its pool (专家库), who may be called in.
    """

    id: Id
    en: Words
    zh: Words
    tier: int = Field(ge=1, le=3)
    kind: MediationKind = MediationKind.PEOPLE
    categories: tuple[Id, ...] = ()
    unit: Id | None = None
    experts: tuple[Id, ...] = ()
    basis: Words
    own: bool = False

    def serves(self, tier: int, category: str) -> bool:
        """Whether it is for disputes of this class at this tier."""
        return tier == self.tier and (not self.categories or category in self.categories)


class Share(Value):
    """A share of a whole, counted in integers: 过半数 is more than 1/2, 三分之二以上 at least 2/3 (`inclusive`)."""

    numerator: int = Field(ge=0, le=1_000)
    denominator: int = Field(ge=1, le=1_000)
    inclusive: bool = True

    @model_validator(mode="after")
    def _at_most_all(self) -> Self:
        if self.numerator > self.denominator or (self.numerator == self.denominator and not self.inclusive):
            raise ValueError("nobody reaches more than all")
        return self

    def reached(self, part: int, whole: int) -> bool:
        """Whether `part` of `whole` reaches it. Of an empty whole nothing does."""
        if whole <= 0:
            return False
        left, right = part * self.denominator, self.numerator * whole
        return left >= right if self.inclusive else left > right


class MeetingRule(Value):
    """What one kind of meeting needs: how many of those on its roll must come (None: no quorum)."""

    id: Id  # the kind of meeting: hearing, coordination, appraisal …
    quorum: Share | None = None
    basis: Words
    own: bool = False


class ChecklistStage(Value):
    """One stage of a checklist."""

    en: Words
    zh: Words


class Checklist(Value):
    """A list of stages that are gone through one after the other: stage n needs stage n − 1."""

    id: Id
    en: Words
    zh: Words
    stages: tuple[ChecklistStage, ...] = Field(min_length=1, max_length=100)
    basis: Words
    own: bool = False
