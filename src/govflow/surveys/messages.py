"""What can be asked of an index survey, and what happened to it. Stored names (`index_survey.planned@1` …) stay."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from govflow.actors import Area, Id, Level
from govflow.messages import Command, Count, Event, Instant, Sha256, Value, Words
from govflow.policy.evaluation import Indicator
from govflow.records import HandOver
from govflow.regions.bodies import Reasoned
from govflow.surveys.model import IndexResult, Sampling, Scores, Stratum, SurveyAnswer


class _Plan(Value):
    """Whom it is about, what is asked, of how many; the digest of the roll and the commitment to the seed of the draw.

    `public_source` names a value that nobody knows yet and everybody will, which goes into the draw; empty: none.
    """

    title: Words = ""
    level: Level | None = None
    area: Area = ""
    units: tuple[Id, ...] = Field(default=(), max_length=200)
    questions: tuple[Indicator, ...] = Field(default=(), max_length=50)
    strata: tuple[Stratum, ...] = Field(default=(), max_length=50)
    sampling: Sampling = Sampling()
    roll_digest: Sha256 | None = None
    commitment: Sha256 | None = None
    public_source: Words = ""


class PlanIndexSurvey(Command, _Plan, wire="index_survey.plan", label="制定测评方案"):
    """Plan a survey of organisations by a random sample of residents, and commit to the seed of the draw."""


class IndexSurveyPlanned(Event, _Plan, name="index_survey.planned"):
    """A survey was planned; roll, seed, questions and weights are fixed from here on."""

    policy: Words = ""
    retention: Id = "ordinary"


class _Drawing(Value):
    seed: Words | None = None
    public_value: Words = ""


class DrawSample(Command, _Drawing, wire="index_survey.draw", label="抽样"):
    """Show the seed and draw: `roll` are the pseudonyms of each stratum, which are not stored."""

    roll: Mapping[Id, tuple[Id, ...]] = {}


class SampleDrawn(Event, _Drawing, name="index_survey.drawn"):
    """The sample was drawn: so many of each stratum; their list has this digest, the roll the other."""

    roll_digest: Sha256
    sizes: Mapping[Id, Count]
    repeated: Count = 0
    drawn: Mapping[Id, Count]
    sample_digest: Sha256


class _Collecting(Value):
    slips: Mapping[Id, tuple[Sha256, ...]] = {}
    until: Instant | None = None


class StartAnswers(Command, _Collecting, wire="index_survey.start_answers", label="开始测评"):
    """Let those drawn answer: one slip, the hash of a token, for each; by default as long as a consultation."""


class AnswersStarted(Event, _Collecting, name="index_survey.answers_started", dues={"consultation": "until"}):
    """Those drawn may answer, each with the token of one of these slips."""


class GivenAnswer(Value):
    """One answer with the token that it comes with. A unit that is left out was not judged."""

    token: Words
    scores: Scores


class RecordAnswers(Command, wire="index_survey.record_answers", label="录入测评"):
    """Enter answers, at most 5,000 at a time; the tokens are not stored."""

    answers: tuple[GivenAnswer, ...] = Field(default=(), max_length=5_000)


class AnswersRecorded(Event, name="index_survey.answers_recorded"):
    """Answers were entered: in the order of their slips, which says nothing about when they came."""

    answers: tuple[SurveyAnswer, ...]


class CountIndex(Command, wire="index_survey.count", label="统计指数"):
    """Count: the index of each unit follows from plan, sample and answers."""


class IndexCounted(Event, name="index_survey.counted"):
    """The answers were counted."""

    result: IndexResult


class _Publishing(Value):
    public_text: Words = ""


class PublishIndex(Command, _Publishing, wire="index_survey.publish", label="公布指数"):
    """Make the result public, in words."""


class IndexPublished(Event, _Publishing, name="index_survey.published"):
    """The result is public."""


class _Leaving(Reasoned):
    hand_over: tuple[HandOver, ...] = ()


class CancelIndexSurvey(Command, _Leaving, wire="index_survey.cancel", label="取消测评"):
    """Give the survey up, with the reason: a lost seed, a wrong roll; once an answer is in, by the district alone."""


class IndexSurveyCancelled(Event, _Leaving, name="index_survey.cancelled"):
    """The survey was given up."""


class _Archiving(Value):
    retention: Id | None = None


class ArchiveIndexSurvey(Command, _Archiving, wire="index_survey.archive", label="归档"):
    """Archive it in a retention class, by default the ordinary one."""


class IndexSurveyArchived(Event, _Archiving, name="index_survey.archived"):
    """The survey is archived."""
