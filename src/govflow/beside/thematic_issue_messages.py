"""What can be asked of a thematic issue, and what happened to it. Stored names (`thematic_issue.opened@1` …) stay."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from govflow.actors import Area, Id, Level
from govflow.messages import Command, Count, Event, Instant, Value, Words
from govflow.records import HandOver
from govflow.regions.bodies import Reasoned


class BasisKind(StrEnum):
    """What a measure rests on."""

    POLICY = "policy"  # 政策
    RULE = "rule"  # 制度规范
    WORKS = "works"  # 工程


class _Members(Value):
    members: tuple[Id, ...] = ()


class _Opening(_Members):
    title: Words = ""
    category: Id | None = None
    level: Level | None = None
    area: Area = ""
    lead_unit: Id | None = None


class OpenThematicIssue(Command, _Opening, wire="thematic_issue.open", label="立专题"):
    """Open an issue out of at least two matters, of one category in one area."""


class ThematicIssueOpened(Event, _Opening, name="thematic_issue.opened"):
    """An issue was opened."""

    policy: Words = ""


class AddMembers(Command, _Members, wire="thematic_issue.add_members", label="增列事项"):
    """Tie more matters to it."""


class MembersAdded(Event, _Members, name="thematic_issue.members_added"):
    """More matters were tied to it."""


class _Cause(Value):
    root_cause: Words = ""


class StudyThematicIssue(Command, _Cause, wire="thematic_issue.study", label="研判"):
    """Name the root cause; again, where the measure against the one named before brought nothing."""


class ThematicIssueStudied(Event, _Cause, name="thematic_issue.studied"):
    """The root cause was named."""


class _Measure(Value):
    measure: Words = ""
    basis_kind: BasisKind | None = None
    basis: Words = ""  # which policy, rule or works, by name and number
    until: Instant | None = None


class AdoptMeasure(Command, _Measure, wire="thematic_issue.adopt_measure", label="定措施"):
    """Adopt a measure with its basis, to show its effect by `until`."""


class MeasureAdopted(Event, _Measure, name="thematic_issue.measure_adopted", dues={"implementation": "until"}):
    """A measure was adopted."""


class _Effect(Value):
    """Similar matters in so many days right before the measure was adopted, and in as many from then on."""

    before: Count = 0
    after: Count = 0
    days: int = Field(default=0, ge=0, le=36_500)


class CheckEffect(Command, _Effect, wire="thematic_issue.check_effect", label="核定成效"):
    """Count as another person what the measure brought: fewer similar matters, or it is studied again."""


class EffectChecked(Event, _Effect, name="thematic_issue.effect_checked"):
    """What the measure brought was counted."""


class _Dropping(Reasoned):
    hand_over: tuple[HandOver, ...] = ()


class DropThematicIssue(Command, _Dropping, wire="thematic_issue.drop", label="撤销专题"):
    """Give it up: each open loop is handed over or falls away for a reason."""


class ThematicIssueDropped(Event, _Dropping, name="thematic_issue.dropped"):
    """The issue was given up."""
