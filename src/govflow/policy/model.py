"""The policy document. It is pinned by its version, and adopting one writes its full content into the log."""

from collections.abc import Mapping
from datetime import date, timedelta, timezone, tzinfo
from functools import cached_property
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationInfo, field_validator, model_validator

from govflow.actors import Id, Level
from govflow.calendars import Calendar, Term, Unit, china
from govflow.messages import Document, Value, Words
from govflow.policy.catalogue import Category, Matter, Route, RoutingRule, route_of
from govflow.policy.consistency import contradictions, contradictions_within, unknown_zone
from govflow.policy.evaluation import EVALUATION_PLANS, EvaluationPlan
from govflow.policy.obligations import Obligation
from govflow.policy.practice import Checklist, MediationBody, MeetingRule
from govflow.policy.procedures import Body, DecisionProcedure, QuorumRule
from govflow.policy.programmes import BudgetProgramme
from govflow.policy.project_kinds import PROJECT_KINDS, ProjectKind, ProjectThresholds
from govflow.policy.time_limits import Escalation, TimeLimit


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


class ReasonCode(Value):
    """A coded reason and the commands it serves."""

    id: Id
    en: Words
    zh: Words
    commands: tuple[str, ...]


class RetentionClass(Document):
    """How long an archived record is kept: years, None = permanently."""

    id: Id
    years: int | None = Field(default=None, ge=1)
    basis: Words

    @cached_property
    def term(self) -> Term | None:
        """The time it is kept as a term; None: permanently."""
        return None if self.years is None else Term(length=self.years, unit=Unit.YEAR)


class Thresholds(Value):
    """Figures that rules compare with; `basis` names the source of each, by the figure's name."""

    contact_attempts: int = Field(default=3, ge=1)
    representatives: int = Field(default=5, ge=1)
    suspension_days: int = Field(default=90, ge=1)
    evaluation_attempts: int = Field(default=3, ge=1)
    rework_percent: int = Field(default=50, ge=1, le=100)  # of the limit, rounded up
    exposure_days: int = Field(default=5, ge=0)  # calendar days overdue before a listed record may be exposed
    similar_signals: int = Field(default=3, ge=2)  # so many alike raise one risk signal …
    similar_signal_days: int = Field(default=30, ge=1)  # … within so many calendar days
    basis: Mapping[str, Words] = {}

    @field_validator("basis")
    @classmethod
    def _of_figures(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        if strange := sorted(set(value) - set(cls.model_fields)):
            raise ValueError(f"there is no figure {', '.join(strange)}")
        return value


NO_CALENDAR = Calendar(id="weekdays", version="1", first=date(2000, 1, 1), last=date(2000, 1, 1))
"""Where a policy names no calendar: Monday to Friday, every date provisional."""

BUNDLED = {"cn": china}
"""Calendars that ship: a policy that names one need not hold its days."""


def with_bundled(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """A policy document that lists no calendars, with those that ship and that it or a time limit names."""
    if document.get("calendars"):
        return document
    limits = document.get("time_limits") or ()
    asked = [document.get("calendar"), *(_named(limit, "calendar") for limit in limits)]
    named = dict.fromkeys(each for each in asked if isinstance(each, str) and each in BUNDLED)
    return {**document, "calendars": tuple(BUNDLED[each]() for each in named)} if named else document


def _named(entry: Any, field: str) -> Any:
    return entry.get(field) if isinstance(entry, Mapping) else getattr(entry, field, None)


class Policy(Document):
    """A whole policy: one version, valid as a whole. Every problem is listed at once when it is built.

    `effective_from` is the local day from which it is in force once adopted; `calendar` the work calendar of its time
    limits, and `calendars` their days in full (a bundled one is filled in); `warn_at` the shares of a limit at which
    it is announced, in percent. `basis` names the sources of what has no place for its own: `warn_at`.
    """

    id: Id = "default"
    version: Id
    effective_from: date
    title: Words = ""
    time_zone: str = "Asia/Shanghai"
    calendar: Id | None = None
    calendars: tuple[Calendar, ...] = ()
    time_limits: tuple[TimeLimit, ...] = ()
    warn_at: tuple[int, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    categories: tuple[Category, ...] = ()
    open_catalogue: bool = True  # categories outside the list are taken with general limits
    routing: tuple[RoutingRule, ...] = ()
    reasons: tuple[ReasonCode, ...] = ()
    retention: tuple[RetentionClass, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    mediation_bodies: tuple[MediationBody, ...] = ()
    meetings: tuple[MeetingRule, ...] = ()
    checklists: tuple[Checklist, ...] = ()
    bodies: tuple[Body, ...] = ()
    quorum_rules: tuple[QuorumRule, ...] = ()
    procedures: tuple[DecisionProcedure, ...] = ()
    programmes: tuple[BudgetProgramme, ...] = ()
    evaluation_plans: tuple[EvaluationPlan, ...] = ()
    project_kinds: tuple[ProjectKind, ...] = ()
    project_thresholds: ProjectThresholds = ProjectThresholds()
    thresholds: Thresholds = Thresholds()
    basis: Mapping[str, Words] = {}

    @model_validator(mode="before")
    @classmethod
    def _with_bundled_calendar(cls, given: Any) -> Any:
        return with_bundled(given) if isinstance(given, Mapping) else given

    @model_validator(mode="after")
    def _whole(self, info: ValidationInfo) -> Self:
        stored = bool(info.context and info.context.get("stored"))  # what was adopted once is read for ever
        problems = contradictions(self) + ([] if stored else contradictions_within(self))
        try:
            zone_named(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # a directory of zones is no zone
            problems.append(unknown_zone(self.time_zone))
        if problems:
            raise ValueError("; ".join(f"{each.field}: {each.what}" for each in problems))
        return self

    @classmethod
    def stored(cls, content: Any) -> Self:
        """The policy that a log holds: rules of consistency that came later do not apply to it."""
        return cls.model_validate(content, context={"stored": True})

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
        self,
        clock: str,
        wire: str,
        kind: str = "",
        category: str = "",
        level: Level | None = None,
        *,
        reset: bool = False,
    ) -> TimeLimit | None:
        """The rule by which `wire` starts a clock: the category's own for handling, else the first that fits.

        A reset takes the rule whatever started it first; None where no rule serves this kind and command.
        """
        fitting = self._limits_of.get(clock, ())
        if clock == "handling" and (known := self._categories.get(category)) and known.time_limit:
            own = self._limits[known.time_limit]
            return own if reset or not own.starts_on or wire in own.starts_on else None
        for each in fitting:
            if each.serves(kind, level) and (reset or not each.starts_on or wire in each.starts_on):
                return each
        return None

    def warnings_for(self, limit: TimeLimit | None) -> tuple[int, ...]:
        """The shares of a limit, in percent, at which it is announced."""
        return self.warn_at if limit is None or limit.warn_at is None else limit.warn_at

    def route(self, matter: Matter) -> Route:
        """Where a matter goes, and why."""
        return route_of(matter, self.routing, self.category(matter.category))

    @property
    def ordinary_retention(self) -> str:
        """The retention class of what is in no category: `ordinary`, or the first where there is no such class."""
        known = [each.id for each in self.retention]
        return "ordinary" if "ordinary" in known or not known else known[0]

    def retention_class(self, id: str) -> RetentionClass | None:
        """The retention class with this id."""
        return next((each for each in self.retention if each.id == id), None)

    @property
    def kinds_of_project(self) -> tuple[ProjectKind, ...]:
        """Its kinds of joint project: where it lists none, as policies from before there were any, the shipped ones."""
        return self.project_kinds or PROJECT_KINDS

    def project_kind(self, id: str) -> ProjectKind | None:
        """The kind of joint project with this id."""
        return next((each for each in self.kinds_of_project if each.id == id), None)

    def mediation_body(self, id: str) -> MediationBody | None:
        """The mediation body with this id."""
        return next((each for each in self.mediation_bodies if each.id == id), None)

    def meeting(self, kind: str) -> MeetingRule | None:
        """What a kind of meeting needs; None: nothing in particular."""
        return next((each for each in self.meetings if each.id == kind), None)

    def checklist(self, id: str) -> Checklist | None:
        """The checklist with this id."""
        return next((each for each in self.checklists if each.id == id), None)

    def body(self, id: str) -> Body | None:
        """The deliberating body with this id."""
        return next((each for each in self.bodies if each.id == id), None)

    def body_for(self, kind: str, area: str) -> Body | None:
        """The body of a kind that serves an area, of several the nearest; None where the policy lists none."""
        fitting = [each for each in self.bodies if each.serves(kind, area)]
        return max(fitting, key=lambda each: len(each.area), default=None)

    def quorum_rule(self, id: str) -> QuorumRule | None:
        """The quorum rule with this id."""
        return next((each for each in self.quorum_rules if each.id == id), None)

    def procedure(self, id: str) -> DecisionProcedure | None:
        """The decision procedure (track) with this id."""
        return next((each for each in self.procedures if each.id == id), None)

    def programme(self, id: str) -> BudgetProgramme | None:
        """The participatory budget (programme) with this id."""
        return next((each for each in self.programmes if each.id == id), None)

    def evaluation_plan(self, id: str) -> EvaluationPlan | None:
        """The evaluation plan with this id, of the shipped ones where the policy lists none."""
        return next((each for each in self.evaluation_plans or EVALUATION_PLANS if each.id == id), None)

    def knows_reason(self, id: str, wire: str) -> bool:
        """Whether `id` is a coded reason for the command `wire`."""
        return any(each.id == id and wire in each.commands for each in self.reasons)
