"""The index survey as the engine serves it: its table, its state, its regions, and what its events are made of."""

from __future__ import annotations

from govflow.context import Context
from govflow.decider import Decider
from govflow.messages import Event
from govflow.region import Changes, Fold
from govflow.regions.approval import APPROVAL
from govflow.regions.clock import CLOCK
from govflow.regions.evidence import EVIDENCE
from govflow.regions.policy_version import POLICY_VERSION
from govflow.regions.retention import RETENTION
from govflow.surveys import messages as m
from govflow.surveys.counting import counted
from govflow.surveys.model import IndexSurvey, SurveyAnswer
from govflow.surveys.model import IndexSurveyStatus as S
from govflow.surveys.sampling import allocation, digest_of_people, repeated, sample_of, slip_of
from govflow.surveys.workflow import INDEX_SURVEY_WORKFLOW

# --- what events say beyond their commands ---------------------------------------------------------------------------


def _planned(survey: IndexSurvey, command: m.PlanIndexSurvey, context: Context) -> Event:
    policy = context.policy
    return INDEX_SURVEY.copied(
        command, m.IndexSurveyPlanned, context, policy=policy.key, retention=policy.ordinary_retention
    )


def _drawn(survey: IndexSurvey, command: m.DrawSample, context: Context) -> Event:
    """What the draw comes to on the roll that is given: digests and numbers, never who."""
    sizes = {stratum: len(people) for stratum, people in command.roll.items()}
    asked = survey.sampling
    drawn = allocation(sizes, asked.size, asked.least_per_stratum) if any(sizes.values()) else {}
    sample = sample_of(command.roll, drawn, command.seed or "", command.public_value)
    said: Changes = {
        "roll_digest": digest_of_people(command.roll),
        "sizes": sizes,
        "repeated": repeated(command.roll),
        "drawn": drawn,
        "sample_digest": digest_of_people(sample),
    }
    return INDEX_SURVEY.copied(command, m.SampleDrawn, context, **said)


def _started(survey: IndexSurvey, command: m.StartAnswers, context: Context) -> Event:
    """Slips stand in the order of their hashes: in that of the people drawn they would tell whose each is."""
    slips = {stratum: tuple(sorted(given)) for stratum, given in command.slips.items()}
    return INDEX_SURVEY.copied(command, m.AnswersStarted, context, slips=slips)


def _recorded(survey: IndexSurvey, command: m.RecordAnswers, context: Context) -> Event:
    """Each answer under its slip, in the order of the slips; one on no slip is of no stratum, and is refused."""
    given = ((slip_of(each.token), each.scores) for each in command.answers)
    answers = (SurveyAnswer(slip=slip, stratum=survey.slips.get(slip, ""), scores=scores) for slip, scores in given)
    in_order = tuple(sorted(answers, key=lambda each: each.slip))
    return m.AnswersRecorded(at=context.at, by=command.by.id, answers=in_order)


def _counted(survey: IndexSurvey, command: m.CountIndex, context: Context) -> Event:
    return INDEX_SURVEY.copied(command, m.IndexCounted, context, result=counted(survey))


def _archived(survey: IndexSurvey, command: m.ArchiveIndexSurvey, context: Context) -> Event:
    kept = command.retention or survey.retention
    return INDEX_SURVEY.copied(command, m.IndexSurveyArchived, context, retention=kept)


# --- what events do --------------------------------------------------------------------------------------------------

_OF_THE_PLAN = (
    "title", "level", "area", "units", "questions", "strata", "sampling", "roll_digest", "commitment", "public_source",
    "policy", "retention",
)  # fmt: skip


def _begun(survey: IndexSurvey, e: m.IndexSurveyPlanned) -> Changes:
    return {"status": S.PLANNED, "opened_at": e.at, **{name: getattr(e, name) for name in _OF_THE_PLAN}}


def _handed_out(survey: IndexSurvey, e: m.AnswersStarted) -> Changes:
    slips = survey.slips.update({slip: stratum for stratum, given in e.slips.items() for slip in given})
    return {"status": S.COLLECTING, "slips": slips, "drawn_by": (*survey.drawn_by, e.by)}


_FOLD: Fold = {
    m.IndexSurveyPlanned: _begun,
    m.SampleDrawn: lambda survey, e: {
        "status": S.DRAWN,
        "seed": e.seed or "",
        "public_value": e.public_value,
        "drawn": e.drawn,
        "sample_digest": e.sample_digest,
        "drawn_by": (e.by,),
    },
    m.AnswersStarted: _handed_out,
    m.AnswersRecorded: lambda survey, e: {"answers": survey.answers.update({each.slip: each for each in e.answers})},
    m.IndexCounted: lambda survey, e: {"status": S.COUNTED, "result": e.result},
    m.IndexPublished: lambda survey, e: {"status": S.PUBLISHED, "announcement": e.public_text},
    m.IndexSurveyCancelled: lambda survey, e: {"status": S.CANCELLED},
    m.IndexSurveyArchived: lambda survey, e: {"status": S.ARCHIVED, "retention": e.retention or survey.retention},
}

INDEX_SURVEY = Decider(
    INDEX_SURVEY_WORKFLOW,
    IndexSurvey,
    _FOLD,
    prefix="IX",
    regions=(EVIDENCE, APPROVAL, RETENTION, CLOCK, POLICY_VERSION),
    propose={
        m.PlanIndexSurvey: _planned,
        m.DrawSample: _drawn,
        m.StartAnswers: _started,
        m.RecordAnswers: _recorded,
        m.CountIndex: _counted,
        m.ArchiveIndexSurvey: _archived,
    },
    succeeded=(S.PUBLISHED,),
    failed=(S.CANCELLED,),
)
"""Index surveys as the engine serves them; they need the directory, which says what is an organisation."""
