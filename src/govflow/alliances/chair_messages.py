"""What is asked of a term in the chair and what happened to it: its commands and events."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from govflow.actors import Id
from govflow.alliances.chair_model import AssessorGroup, Counterpart, GroupWeight, TermPeriod
from govflow.messages import Instant, ItemCommand, ItemEvent, Value, Words
from govflow.regions.bodies import Reasoned

Points = Annotated[int, Field(ge=0, le=100)]
"""Points of an assessment, from 0 to 100."""


class _Term(Value):
    unit: Id | None = None
    first: date | None = None
    last: date | None = None
    periods: tuple[TermPeriod, ...] = ()


class StartChairTerm(ItemCommand, _Term, wire="chair_term.start", label="开始轮值任期"):
    """Put the unit next in turn into the chair, from the first to the last local day.

    `periods` are the parts of the term in each of which both counterparts are contacted; by default its quarters.
    """


class ChairTermStarted(ItemEvent, _Term, name="chair_term.started"):
    """A unit is in the chair."""

    until: Instant | None = None  # the end of the last day
    weights: tuple[GroupWeight, ...] = ()  # of the policy's plan `chair`


class _Contact(Value):
    counterpart: Counterpart | None = None
    unit: Id | None = None  # the member; the other counterparts are known
    day: date | None = None
    summary: Words = ""


class LogChairContact(ItemCommand, _Contact, wire="chair_term.log_contact", label="登记联系"):
    """Put down that the chair was in touch with a counterpart or a member, today or on an earlier day."""


class ChairTermContactLogged(ItemEvent, _Contact, name="chair_term.contact_logged"):
    """The chair was in touch with somebody."""


class AssessChairTerm(ItemCommand, wire="chair_term.assess", label="启动离任考核"):
    """Open the exit assessment: all contacts are made, or the term is over and what it lacks is judged too."""


class ChairTermAssessmentOpened(ItemEvent, name="chair_term.assessment_opened"):
    """The exit assessment is open to its four groups."""


class _Score(Value):
    group: AssessorGroup | None = None
    points: Points | None = None


class ScoreChairTerm(ItemCommand, _Score, wire="chair_term.score", label="离任考核评分"):
    """Give the points of one assessor group, from 0 to 100."""


class ChairTermAssessmentScored(ItemEvent, _Score, name="chair_term.assessment_scored"):
    """An assessor group scored."""


class EndChairTerm(ItemCommand, Reasoned, wire="chair_term.end", label="结束轮值任期"):
    """End the term: with all four scores, or for a reason and without a score, early or when the groups stay silent."""


class ChairTermEnded(ItemEvent, Reasoned, name="chair_term.ended"):
    """The term ended."""

    none: tuple[AssessorGroup, ...] = ()  # the groups that gave no score
