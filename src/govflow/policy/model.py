"""The policy document. It is pinned by its version, and adopting one writes its full content into the log."""

from collections.abc import Mapping
from copy import copy
from datetime import date, timedelta, timezone, tzinfo
from enum import StrEnum
from functools import cached_property
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, model_validator

from govflow.actors import Id
from govflow.messages import Value, Words


def zone_named(name: str) -> tzinfo:
    """The time zone of that name. China's needs no zone database: eight hours east, no summer time since 1991.

    Raises ZoneInfoNotFoundError or ValueError.
    """
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        if name == "Asia/Shanghai":
            return timezone(timedelta(hours=8), name)
        raise


class Unit(StrEnum):
    """What a time limit is counted in."""

    HOUR = "hour"  # runs on through nights and weekends
    DAY = "day"  # calendar days, ending at 24:00; the starting day is not counted (民法典 §201)
    WORKDAY = "workday"  # provisional until a work calendar is adopted: Monday to Friday


class JoinRule(StrEnum):
    """When the co-units' part is done: all of them, any one, or a quorum."""

    ALL = "all"
    ANY = "any"
    QUORUM = "quorum"


class TimeLimit(Value):
    """One deadline rule: `length` in `unit`, for one clock, with its source; `own` marks a default of ours [config].

    `starts_on` names the commands whose rows may start it, where only some of them count; `kinds` the case kinds it
    serves (empty: all). `extension` is the longest extension, in the same unit.
    """

    id: Id
    clock: Id
    length: int = Field(ge=0)
    unit: Unit
    basis: Words
    own: bool = False
    starts_on: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    extension: int = Field(default=0, ge=0)


class Category(Value):
    """One class of matters: who answers for it, by when, what evidence its result needs."""

    id: Id
    en: Words
    zh: Words
    lead_units: tuple[Id, ...] = ()  # competent units; empty: any
    time_limit: Id | None = None  # its own limit for handling; None: the first that fits
    evidence: tuple[Id, ...] = ()  # kinds of evidence the result must show
    admitted: bool = True  # may be sent to a community (准入目录)
    public_interest: bool = False
    retention: Id = "ordinary"
    join: JoinRule = JoinRule.ALL
    quorum: int | None = Field(default=None, ge=1)


class ReasonCode(Value):
    """A coded reason and the commands it serves."""

    id: Id
    en: Words
    zh: Words
    commands: tuple[str, ...]


class RetentionClass(Value):
    """How long an archived record is kept: years, None = permanently."""

    id: Id
    years: int | None = Field(default=None, ge=1)
    basis: Words


class Thresholds(Value):
    """Figures that rules compare with."""

    contact_attempts: int = Field(default=3, ge=1)
    representatives: int = Field(default=5, ge=1)
    suspension_days: int = Field(default=90, ge=1)
    evaluation_attempts: int = Field(default=3, ge=1)
    rework_percent: int = Field(default=50, ge=1, le=100)  # of the limit, rounded up


class Policy(Value):
    """A whole policy: one version, valid as a whole. Every problem is listed at once when it is built."""

    id: Id = "default"
    version: Id
    effective_from: date
    title: Words = ""
    time_zone: str = "Asia/Shanghai"
    time_limits: tuple[TimeLimit, ...] = ()
    categories: tuple[Category, ...] = ()
    open_catalogue: bool = True  # categories outside the list are taken with general limits
    reasons: tuple[ReasonCode, ...] = ()
    retention: tuple[RetentionClass, ...] = ()
    thresholds: Thresholds = Thresholds()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        problems = []
        limits = {limit.id: limit for limit in self.time_limits}
        for what, ids in (
            ("time limit", [limit.id for limit in self.time_limits]),
            ("category", [category.id for category in self.categories]),
            ("retention class", [kept.id for kept in self.retention]),
        ):
            problems += [f"{what} {id} stands twice" for id in sorted({id for id in ids if ids.count(id) > 1})]
        kept = {each.id for each in self.retention}
        for category in self.categories:
            if category.time_limit is not None:
                limit = limits.get(category.time_limit)
                if limit is None:
                    problems.append(f"category {category.id}: time limit {category.time_limit} is not defined")
                elif limit.clock != "handling":
                    problems.append(f"category {category.id}: time limit {limit.id} is for {limit.clock}, not handling")
            if self.retention and category.retention not in kept:
                problems.append(f"category {category.id}: retention class {category.retention} is not defined")
            if (category.join is JoinRule.QUORUM) != (category.quorum is not None):
                problems.append(f"category {category.id}: a quorum goes with the join rule quorum")
        try:
            zone_named(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            problems.append(
                f"time zone {self.time_zone} is unknown here; where the system has no zones, install tzdata"
            )
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def __copy__(self) -> Self:
        """A copy, which `model_copy` then changes: without what was worked out of the old values."""
        new = super().__copy__()
        for name in new.__dict__.keys() - type(self).model_fields.keys():
            del new.__dict__[name]
        return new

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return copy(super().__deepcopy__(memo))

    def changed(self, **changes: Any) -> Self:
        """A copy with these fields replaced, not validated again."""
        return self.model_copy(update=changes)

    @cached_property
    def key(self) -> str:
        """`id@version`, as records and metadata pin it."""
        return f"{self.id}@{self.version}"

    @cached_property
    def zone(self) -> tzinfo:
        """The local time zone: days end there at 24:00."""
        return zone_named(self.time_zone)

    @cached_property
    def _categories(self) -> Mapping[str, Category]:
        return {category.id: category for category in self.categories}

    @cached_property
    def _limits(self) -> Mapping[str, TimeLimit]:
        return {limit.id: limit for limit in self.time_limits}

    @cached_property
    def _limits_of(self) -> Mapping[str, tuple[TimeLimit, ...]]:
        clocks = dict.fromkeys(limit.clock for limit in self.time_limits)
        return {clock: tuple(each for each in self.time_limits if each.clock == clock) for clock in clocks}

    def category(self, id: str) -> Category | None:
        """The category with this id. An open catalogue answers every id with general terms."""
        found = self._categories.get(id)
        if found is None and self.open_catalogue and id:
            return Category(id=id, en=id, zh=id)
        return found

    def limit(self, id: str) -> TimeLimit | None:
        """The time limit with this id."""
        return self._limits.get(id)

    def time_limit(
        self, clock: str, wire: str, kind: str = "", category: str = "", *, reset: bool = False
    ) -> TimeLimit | None:
        """The rule by which `wire` starts a clock: the category's own for handling, else the first that fits.

        A reset takes the rule whatever started it first; None where no rule serves this kind and command.
        """
        fitting = self._limits_of.get(clock, ())
        if clock == "handling" and (known := self._categories.get(category)) and known.time_limit:
            own = self._limits[known.time_limit]
            return own if reset or not own.starts_on or wire in own.starts_on else None
        for each in fitting:
            if (not each.kinds or kind in each.kinds) and (reset or not each.starts_on or wire in each.starts_on):
                return each
        return None

    def retention_class(self, id: str) -> RetentionClass | None:
        """The retention class with this id."""
        return next((each for each in self.retention if each.id == id), None)

    def knows_reason(self, id: str, wire: str) -> bool:
        """Whether `id` is a coded reason for the command `wire`."""
        return any(each.id == id and wire in each.commands for each in self.reasons)
