"""评价 evaluation: one evaluator's answers about one round. Keyed by round and evaluator (`r1.<evaluator>`)."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Literal

from govflow.actors import SYSTEM, Claim, Id, Role, speaks_for
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Command, Count, ItemCommand, ItemEvent, Personal, Protected, Value
from govflow.records import HandOver, Item, Record
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.rules import due_has_passed, new_round_has_begun, round_is_current
from govflow.workflow import Rest, Status, Step, Workflow, rule


class EvaluationStatus(Status):
    REQUESTED = "requested", "已邀评"
    RECORDED = "recorded", "已评价", Rest.OUTCOME
    INVALID = "invalid", "无效回访", Rest.OUTCOME
    ELAPSED = "elapsed", "逾期未评", Rest.OUTCOME
    SUPERSEDED = "superseded", "作废", Rest.FINAL


S = EvaluationStatus


class Source(StrEnum):
    """Whose judgement it is."""

    SELF = "self"  # 自评
    PEER = "peer"  # 互评
    EXTERNAL = "external"  # 他评


_ASKERS = (Role.SYSTEM, Role.CALLBACK, Role.COMMUNITY)


class Evaluation(Item):
    """One evaluator's answers: contacted? resolved? satisfied?"""

    source: str = ""
    contacted: bool | None = None
    resolved: bool | None = None
    satisfied: bool | None = None

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


class RecordEvaluation(ItemCommand, _Answers, wire="evaluation.record", label="记录评价"):
    """Record the answers: contacted, resolved, satisfied; what does not apply is named."""

    remark: Personal | None = None


class EvaluationRecorded(ItemEvent, _Answers, name="evaluation.recorded"):
    """The answers are on record."""

    remark: Protected | None = None


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


@rule("评价来源(自评、互评、他评)属实", "M148", needs="source")
def evaluation_source_is_declared(record: Record, event: Any, context: Context) -> bool:
    """The source, self, peer or external, is declared and true."""
    if event.source is None or event.evaluator is None:
        return False
    return (event.source is Source.SELF) == (event.evaluator in record.handled_by())


@rule("评价项均已作答", "BJ §23 [V]", needs="contacted resolved satisfied")
def answers_are_complete(record: Record, event: Any, context: Context) -> list[str]:
    """Every question of the form is answered or marked as not applicable."""
    questions = {"contacted": "是否联系", "resolved": "是否解决", "satisfied": "是否满意"}
    open_ones = [name for name in questions if getattr(event, name) is None and name not in event.not_applicable]
    return [Detail(name, questions[name]) for name in open_ones]


@rule("次数已用尽", "[config]", needs="attempts reason")
def attempts_are_used_up(record: Record, event: Any, context: Context) -> bool:
    """The attempts the policy allows are used up, or given up with a reason."""
    return event.attempts >= context.policy.thresholds.evaluation_attempts or bool(event.reason.strip())


R = Role
# fmt: off
EVALUATION_WORKFLOW = Workflow("evaluation", S, zh="评价", on=("case", "joint_project"), steps=(
    #    id      command                from                                             event                    to            who                                              provided that
    Step("EV01", RequestEvaluation,     None,                                            EvaluationRequested,     S.REQUESTED,  (R.SYSTEM, R.CALLBACK, R.PROJECT_LEAD, R.COMMUNITY), (round_is_current, evaluation_source_is_declared), while_in=("fed_back", "joint_project.accepted")),
    Step("C25",  RecordEvaluation,      S.REQUESTED,                                     EvaluationRecorded,      S.RECORDED,   (R.REPORTER, R.CALLBACK, R.RESIDENT, R.ORGANISATION, R.APPRAISER), (answers_are_complete, round_is_current), stops="evaluation"),
    Step("EV03", MarkEvaluationInvalid, S.REQUESTED,                                     EvaluationMarkedInvalid, S.INVALID,    R.CALLBACK,                                      (attempts_are_used_up,), stops="evaluation"),
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


EVALUATION = Region(
    EVALUATION_WORKFLOW, Evaluation, _FOLD, ends=_supersede, round_bound=True, when_due={"evaluation": _elapse}
)
