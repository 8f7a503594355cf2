"""评价 evaluation: one evaluator's answers about one round. Keyed by round and evaluator (`r1.<evaluator>`)."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from govflow.actors import SYSTEM, Claim, Id, Role, speaks_for
from govflow.messages import BelongsTo, Command, Count, ItemCommand, ItemEvent, Personal, Protected, Value
from govflow.records import HandOver, Item, Record
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.regions.evaluation_rules import IndicatorScore as IndicatorScore
from govflow.regions.evaluation_rules import Source as Source
from govflow.regions.evaluation_rules import (
    answers_are_complete,
    answers_are_still_taken,
    attempts_are_used_up,
    evaluation_source_is_declared,
    evaluator_is_asked_once,
    judge_stands_apart,
    key_is_of_the_round,
    window_ends_with_it,
    window_stays_open,
)
from govflow.rules import due_has_passed, new_round_has_begun, round_is_current
from govflow.workflow import Rest, Status, Step, Workflow


class EvaluationStatus(Status):
    REQUESTED = "requested", "已邀评"
    RECORDED = "recorded", "已评价", Rest.OUTCOME
    INVALID = "invalid", "无效回访", Rest.OUTCOME
    ELAPSED = "elapsed", "逾期未评", Rest.OUTCOME
    SUPERSEDED = "superseded", "作废", Rest.FINAL


S = EvaluationStatus


_ASKERS = (Role.SYSTEM, Role.CALLBACK, Role.COMMUNITY)


class Evaluation(Item):
    """One evaluator's answers: contacted? resolved? satisfied? Or a score for each indicator of the plan."""

    source: str = ""
    contacted: bool | None = None
    resolved: bool | None = None
    satisfied: bool | None = None
    scores: tuple[IndicatorScore, ...] = ()

    @property
    def evaluator(self) -> str | None:
        """Who was asked."""
        return self.owes

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        if role in _ASKERS:
            return None
        return self.owes is not None and speaks_for(self.owes, claim, actor, on_behalf_of)

    @property
    def what(self) -> str:
        return f"evaluation of round {self.round}"


class RequestEvaluation(ItemCommand, wire="evaluation.request", label="邀请评价"):
    """Ask somebody to judge this round."""

    source: Source | None = None
    evaluator: Id | None = None


class EvaluationRequested(ItemEvent, name="evaluation.requested"):
    """Somebody was asked to judge this round."""

    source: Source | None = None
    evaluator: Id | None = None


Question = Literal["contacted", "resolved", "satisfied"]


class _Answers(Value):
    contacted: bool | None = None
    resolved: bool | None = None
    satisfied: bool | None = None
    not_applicable: tuple[Question, ...] = ()
    # absent, not empty, where there are none: what was said of cases before scores were asked for stays what it was
    scores: Annotated[tuple[IndicatorScore, ...], Field(max_length=500)] | None = None


class RecordEvaluation(ItemCommand, _Answers, wire="evaluation.record", label="记录评价"):
    """Record the answers: contacted, resolved, satisfied; what does not apply is named.

    Where the record is judged by a plan, `scores` has one score from 0 to 100 for each of its indicators. A remark
    belongs to the evaluator.
    """

    remark: Personal | None = None


class EvaluationRecorded(ItemEvent, _Answers, name="evaluation.recorded"):
    """The answers are on record."""

    remark: Annotated[Protected | None, BelongsTo("evaluator")] = None


class MarkEvaluationInvalid(ItemCommand, Reasoned, wire="evaluation.mark_invalid", label="无效回访"):
    """Record that nobody answered: an invalid visit, not a no."""

    attempts: Count = 0


class EvaluationMarkedInvalid(ItemEvent, Reasoned, name="evaluation.marked_invalid"):
    """Nobody answered."""

    attempts: Count = 0


class ElapseEvaluation(ItemCommand, wire="evaluation.elapse", label="评价逾期"):
    """Record that the time for answers is over."""


class EvaluationElapsed(ItemEvent, name="evaluation.elapsed"):
    """The time for answers is over."""


class SupersedeEvaluation(ItemCommand, Reasoned, wire="evaluation.supersede", label="评价作废"):
    """Set it aside because a new round began; the old answers stay readable."""


class EvaluationSuperseded(ItemEvent, Reasoned, name="evaluation.superseded"):
    """A new round began."""


# --- the table -------------------------------------------------------------------------------------------------------

R = Role
_EVALUATORS = (R.REPORTER, R.CALLBACK, R.RESIDENT, R.ORGANISATION, R.APPRAISER)
# fmt: off
EVALUATION_WORKFLOW = Workflow("evaluation", S, zh="评价", on=("case", "joint_project"), steps=(
    #    id      command                from                                             event                    to            who                                              provided that
    Step("EV01", RequestEvaluation,     None,                                            EvaluationRequested,     S.REQUESTED,  (R.SYSTEM, R.CALLBACK, R.PROJECT_LEAD, R.COMMUNITY), (round_is_current, evaluation_source_is_declared, evaluator_is_asked_once, key_is_of_the_round, answers_are_still_taken), while_in=("fed_back", "joint_project.accepted")),
    Step("C25",  RecordEvaluation,      S.REQUESTED,                                     EvaluationRecorded,      S.RECORDED,   _EVALUATORS,                                     (answers_are_complete, round_is_current, judge_stands_apart, window_ends_with_it), stops="evaluation"),
    Step("EV06", RecordEvaluation,      S.REQUESTED,                                     EvaluationRecorded,      S.RECORDED,   _EVALUATORS,                                     (answers_are_complete, round_is_current, judge_stands_apart, window_stays_open)),
    Step("EV03", MarkEvaluationInvalid, S.REQUESTED,                                     EvaluationMarkedInvalid, S.INVALID,    R.CALLBACK,                                      (attempts_are_used_up, window_ends_with_it), stops="evaluation"),
    Step("EV07", MarkEvaluationInvalid, S.REQUESTED,                                     EvaluationMarkedInvalid, S.INVALID,    R.CALLBACK,                                      (attempts_are_used_up, window_stays_open)),
    Step("EV04", ElapseEvaluation,      S.REQUESTED,                                     EvaluationElapsed,       S.ELAPSED,    R.SYSTEM,                                        (due_has_passed,), stops="evaluation"),
    Step("EV05", SupersedeEvaluation,   (S.REQUESTED, S.RECORDED, S.INVALID, S.ELAPSED), EvaluationSuperseded,    S.SUPERSEDED, R.SYSTEM,                                        (new_round_has_begun,)),
))
# fmt: on

_FOLD: Fold = {
    EvaluationRequested: lambda item, e: {"status": S.REQUESTED, "source": e.source or "", "owes": e.evaluator},
    EvaluationRecorded: lambda item, e: {
        "status": S.RECORDED,
        "contacted": e.contacted,
        "resolved": e.resolved,
        "satisfied": e.satisfied,
        "scores": e.scores or (),
        "hands": (*item.hands, e.by),
    },
    EvaluationMarkedInvalid: lambda item, e: {"status": S.INVALID},
    EvaluationElapsed: lambda item, e: {"status": S.ELAPSED},
    EvaluationSuperseded: lambda item, e: {"status": S.SUPERSEDED},
}


def _supersede(record: str, item: Item, given: HandOver) -> SupersedeEvaluation:
    return SupersedeEvaluation(id=record, by=SYSTEM, item=item.key, reason=given.reason)


def _elapse(record: Record, key: str) -> Iterator[Command]:
    """Every evaluation that was asked for and not given."""
    for item in record.items_of("evaluation").values():
        if item.status == S.REQUESTED:
            yield ElapseEvaluation(id=record.id, by=SYSTEM, item=item.key)


def _key(record: Record, command: Any) -> str:
    return f"r{record.round}.{getattr(command, 'evaluator', None) or ''}"


EVALUATION = Region(
    EVALUATION_WORKFLOW,
    Evaluation,
    _FOLD,
    ends=_supersede,
    round_bound=True,
    when_due={"evaluation": _elapse},
    new_key=_key,
)
