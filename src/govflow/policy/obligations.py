"""定期职责 recurring obligations of units and leaders as data: who owes what, how often, how many a year at least."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from govflow.actors import Id, Level
from govflow.messages import Value, Words


class Every(StrEnum):
    """The period in which an obligation is owed once."""

    DAY = "day"  # 日
    WEEK = "week"  # 周
    MONTH = "month"  # 月
    TWO_MONTHS = "two_months"  # 两个月
    QUARTER = "quarter"  # 季度
    HALF_YEAR = "half_year"  # 半年
    YEAR = "year"  # 年


class Obligation(Value):
    """One recurring duty: owed once in every period, by each of `owners` (unit or actor ids).

    Who else owes it stands in the directory: every unit of `unit_kind` at `level`. `weekday` (ISO, 1 = Monday) ties a
    weekly duty to that day; `workdays_only` leaves out the days and weeks without a working day; `at_least` so many
    occurrences must be fulfilled within a calendar year, which may be fewer than there are periods.
    """

    id: Id
    en: Words
    zh: Words
    every: Every
    owners: tuple[Id, ...] = ()
    unit_kind: Id | None = None
    level: Level | None = None
    weekday: int | None = Field(default=None, ge=1, le=7)
    workdays_only: bool = False
    at_least: int | None = Field(default=None, ge=1, le=366)
    basis: Words
    own: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.weekday is not None and self.every is not Every.WEEK:
            raise ValueError("a weekday goes with every = week")
        if not self.owners and self.unit_kind is None:
            raise ValueError("nobody owes it: name owners or a unit_kind")
        return self
