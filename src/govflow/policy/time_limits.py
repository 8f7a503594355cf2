"""Deadline rules as data: how long a clock runs and how it is counted, when to warn, what follows when it is over."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property

from pydantic import Field, field_validator

from govflow.actors import Id, Level
from govflow.calendars import Roll, Term, Unit
from govflow.messages import Document, Value, Words


class TimeLimit(Document):
    """One deadline rule: `length` in `unit`, for one clock, with its source; `own` marks a default of ours [config].

    `starts_on` names the commands whose rows may start it, where only some of them count; `kinds` the case kinds and
    `levels` the levels in charge that it serves (empty: all). `extension` is the longest extension, in the same unit.
    `roll`, `counts_start_day`, `ends_at_close` and `starts_in_office` are the switches of 民法典 §§200-204. `warn_at`
    are shares of the limit in percent at which it is announced; None: those of the policy.
    """

    id: Id
    clock: Id
    length: int = Field(ge=0, le=36_500)
    unit: Unit
    basis: Words
    own: bool = False
    starts_on: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    extension: int = Field(default=0, ge=0)
    roll: Roll = Roll.NONE
    counts_start_day: bool = False
    ends_at_close: bool = False
    starts_in_office: bool = False
    calendar: Id | None = None
    warn_at: tuple[int, ...] | None = None

    @field_validator("warn_at")
    @classmethod
    def _shares(cls, value: tuple[int, ...] | None) -> tuple[int, ...] | None:
        if value is not None and not all(0 < share < 100 for share in value):
            raise ValueError("shares are percents above 0 and below 100")
        if value is not None and len(set(value)) < len(value):
            raise ValueError("a share stands twice")
        return value if value is None else tuple(sorted(value))

    @cached_property
    def term(self) -> Term:
        """How long it is and how it is counted."""
        return Term(
            length=self.length,
            unit=self.unit,
            roll=self.roll,
            counts_start_day=self.counts_start_day,
            ends_at_close=self.ends_at_close,
            starts_in_office=self.starts_in_office,
        )

    def serves(self, kind: str, level: Level | None) -> bool:
        """Whether it is for matters of this kind at this level."""
        return (not self.kinds or kind in self.kinds) and (not self.levels or level in self.levels)


class Then(StrEnum):
    """What the system does when a deadline has been over for some time."""

    RAISE = "raise"  # 上提一级: to the next level up, whose limit runs from then
    RESUME = "resume"  # 恢复: what was suspended goes on
    REMIND = "remind"  # 提醒: who owes it is reminded
    URGE = "urge"  # 催办: who owes it must answer for the delay


class Escalation(Value):
    """What follows when a clock is overdue: `after` so many units past its due instant, the system takes a step."""

    id: Id
    clock: Id
    then: Then
    after: int = Field(default=0, ge=0, le=3_650)
    unit: Unit = Unit.WORKDAY
    kinds: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()  # only while one of these is in charge; empty: all
    basis: Words
    own: bool = False
