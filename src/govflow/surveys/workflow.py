"""The table of an index survey: every step from the plan to the archive."""

from __future__ import annotations

from govflow.actors import Role as R
from govflow.regions.retention import hold_in_archive
from govflow.rules import (
    loops_are_handed_over,
    no_loop_is_open,
    personal_data_is_withheld,
    reason_given,
    retention_class_is_set,
)
from govflow.surveys import messages as m
from govflow.surveys.model import IndexSurveyStatus as S
from govflow.surveys.rules import (
    actor_is_of_no_unit,
    answers_are_in,
    answers_bear_a_slip,
    answers_fit_the_questions,
    answers_lead_to_nobody,
    collector_did_not_draw,
    draw_is_committed_to,
    nobody_has_answered,
    questions_weigh_a_hundred,
    result_is_put_in_words,
    roll_is_the_frozen_one,
    sample_is_sound,
    seed_is_the_one_committed_to,
    slips_match_the_sample,
    subjects_are_organisations,
    survey_is_described,
)
from govflow.workflow import Step, Workflow

_BEFORE_THE_COUNT = (S.PLANNED, S.DRAWN, S.COLLECTING)
_KEEPERS = (R.SECRETARIAT, R.TOWN, R.DISTRICT)
_COLLECTORS = (R.CALLBACK, R.SECRETARIAT, R.COMMUNITY, R.SYSTEM)
_PLAN = (
    survey_is_described, subjects_are_organisations, questions_weigh_a_hundred, sample_is_sound, draw_is_committed_to,
    actor_is_of_no_unit, personal_data_is_withheld,
)  # fmt: skip
_DRAW = (seed_is_the_one_committed_to, roll_is_the_frozen_one, actor_is_of_no_unit)
_ANSWERS = (
    answers_bear_a_slip, answers_fit_the_questions, answers_lead_to_nobody, collector_did_not_draw, actor_is_of_no_unit,
)  # fmt: skip
_PUBLIC = (result_is_put_in_words, personal_data_is_withheld, no_loop_is_open, actor_is_of_no_unit)
_GIVEN_UP = (reason_given, loops_are_handed_over, actor_is_of_no_unit)
# fmt: off
INDEX_SURVEY_WORKFLOW = Workflow("index_survey", S, zh="先锋指数测评", steps=(
    #    id      command                from                        event                   to            who                    provided that
    Step("IX01", m.PlanIndexSurvey,     None,                       m.IndexSurveyPlanned,   S.PLANNED,    (R.TOWN, R.DISTRICT),  _PLAN),
    Step("IX02", m.DrawSample,          S.PLANNED,                  m.SampleDrawn,          S.DRAWN,      _KEEPERS,              _DRAW),
    Step("IX03", m.StartAnswers,        S.DRAWN,                    m.AnswersStarted,       S.COLLECTING, _KEEPERS,              (slips_match_the_sample, actor_is_of_no_unit), starts="consultation"),
    Step("IX04", m.RecordAnswers,       S.COLLECTING,               m.AnswersRecorded,      None,         _COLLECTORS,           _ANSWERS),
    Step("IX05", m.CountIndex,          S.COLLECTING,               m.IndexCounted,         S.COUNTED,    _KEEPERS,              (answers_are_in, actor_is_of_no_unit), stops="consultation"),
    Step("IX06", m.PublishIndex,        S.COUNTED,                  m.IndexPublished,       S.PUBLISHED,  _KEEPERS,              _PUBLIC),
    Step("IX07", m.CancelIndexSurvey,   _BEFORE_THE_COUNT,          m.IndexSurveyCancelled, S.CANCELLED,  (R.TOWN, R.DISTRICT),  (*_GIVEN_UP, nobody_has_answered), drops="*"),
    Step("IX09", m.CancelIndexSurvey,   (S.COLLECTING, S.COUNTED),  m.IndexSurveyCancelled, S.CANCELLED,  R.DISTRICT,            _GIVEN_UP, drops="*"),  # nobody drops answers or a result of their own that they dislike
    Step("IX08", m.ArchiveIndexSurvey,  (S.PUBLISHED, S.CANCELLED), m.IndexSurveyArchived,  S.ARCHIVED,   R.ARCHIVIST,           (retention_class_is_set, no_loop_is_open), starts="retention", drops="*", then=(hold_in_archive,)),
))
# fmt: on
