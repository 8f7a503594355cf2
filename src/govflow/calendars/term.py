"""How long a time limit is and how it is counted, and what counting it gives (民法典 §§200–204)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Self

from pydantic import Field, model_validator

from govflow.messages import Document, Value


class Unit(StrEnum):
    """What a time limit is counted in."""

    HOUR = "hour"  # runs on through nights and weekends
    OFFICE_HOUR = "office_hour"  # only while offices are open
    DAY = "day"  # 自然日
    WORKDAY = "workday"  # 工作日
    MONTH = "month"
    YEAR = "year"


class Roll(StrEnum):
    """Which last day moves on to the next that is none (民法典 §203 moves the statutory holidays)."""

    NONE = "none"
    HOLIDAY = "holiday"  # 法定休假日
    REST_DAY = "rest_day"  # any day on which offices do not work


class Term(Document):
    """How long a time limit is, and how it is counted: the switches of 民法典 §§200–204.

    `length` is in `unit`. `roll` says which last day moves on. `counts_start_day` counts the starting day in, which
    §201 leaves out and §204 lets a rule take in. `ends_at_close` ends the last day when its offices close instead of
    at 24:00 (§203). With `starts_in_office`, what comes in outside office hours counts as come in at the next opening.
    The first three go with days, months and years.
    """

    length: int = Field(ge=0)
    unit: Unit
    roll: Roll = Roll.NONE
    counts_start_day: bool = False
    ends_at_close: bool = False
    starts_in_office: bool = False

    @model_validator(mode="after")
    def _days_only(self) -> Self:
        if self.unit in (Unit.HOUR, Unit.OFFICE_HOUR):
            misplaced = [name for name in ("counts_start_day", "ends_at_close") if getattr(self, name)]
            misplaced += ["roll"] if self.roll is not Roll.NONE else []
            if misplaced:
                raise ValueError(f"{', '.join(misplaced)}: for days, months and years, not for {self.unit}s")
        return self


Pause = tuple[datetime, datetime]
"""A time in which a clock stood still: two aware instants, half-open [from, to)."""


class Due(NamedTuple):
    """When a time limit ends, in UTC, and whether some day it rests on lies outside what the calendar covers."""

    at: datetime
    provisional: bool


class Line(Value):
    """One line of how a due date came about: a code, a sentence in English and in Chinese, the day it speaks of."""

    code: str
    en: str
    zh: str
    day: date | None = None
