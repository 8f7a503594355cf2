"""Rules of evaluations: whose judgement it is, what a whole answer is, and when the window for answers is over."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

from govflow.actors import SYSTEM, Id
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Value
from govflow.policy import EvaluationPlan
from govflow.policy.evaluation import Score
from govflow.records import Record
from govflow.workflow import rule


class Source(StrEnum):
    """Whose judgement it is."""

    SELF = "self"  # 自评
    PEER = "peer"  # 互评
    EXTERNAL = "external"  # 他评


class IndicatorScore(Value):
    """How one indicator of the plan is judged, from 0 to 100."""

    indicator: Id
    score: Score


def plan_of(record: Record) -> EvaluationPlan | None:
    """The evaluation plan that a record is judged by; None: by the three questions of a callback."""
    plan = getattr(record, "plan", None)
    return plan if isinstance(plan, EvaluationPlan) else None


_PERSON = "s-"  # how the pseudonyms of people begin


def _true_sources(record: Any, evaluator: str) -> set[Source]:
    """What an evaluator's judgement can be: who carries it out judges themselves, a party that does not is a peer."""
    if evaluator in record.workers():
        return {Source.SELF}
    if evaluator in record.units:
        return {Source.PEER}
    return {Source.EXTERNAL} if evaluator.startswith(_PERSON) else {Source.PEER, Source.EXTERNAL}


@rule("评价来源(自评、互评、他评)属实", "M148", needs="source evaluator")
def evaluation_source_is_declared(record: Record, event: Any, context: Context) -> bool:
    """The source, self, peer or external, is declared and true."""
    if event.source is None or event.evaluator is None:
        return False
    if (plan := plan_of(record)) is None:
        return (event.source is Source.SELF) == (event.evaluator in record.handled_by())
    return plan.source(event.source) is not None and event.source in _true_sources(record, event.evaluator)


@rule("他评、互评由未参与者作答", "M090; M148")
def judge_stands_apart(record: Record, event: Any, context: Context) -> bool:
    """Of a record judged by a plan, nobody who carries it out answers as a peer, and no party as somebody outside."""
    item: Any = context.item
    if plan_of(record) is None or item.source == Source.SELF:
        return True
    done: Any = record
    kept_apart = {*done.workers()} if item.source == Source.PEER else {*done.workers(), *done.units}
    units = {claim.unit for claim in context.claims}
    return kept_apart.isdisjoint({event.by, context.standing_in_for, *units})


_OF_A_ROUND = re.compile(r"r\d+\.")


@rule("编号与本轮及评价人一致", "design", needs="item")
def key_is_of_the_round(record: Record, event: Any, context: Context) -> bool:
    """A key that reads as one of a round and an evaluator is of this round and this evaluator."""
    return _OF_A_ROUND.match(event.item) is None or event.item == f"r{record.round}.{event.evaluator or ''}"


@rule("评价窗口期未满", "M148")
def answers_are_still_taken(record: Record, event: Any, context: Context) -> bool:
    """By a plan nobody is asked when the time for answers is over: the answer would be waited for without end."""
    clock = record.clocks.get("evaluation")
    if plan_of(record) is None or event.by == SYSTEM.id or clock is None:
        return True
    return clock.is_going and (clock.due is None or context.now <= clock.due)


def _of_this_round(record: Record) -> Iterable[Any]:
    return (each for each in record.items_of("evaluation").values() if each.round == record.round)


@rule("本轮对同一评价人仅邀评一次", "M148", needs="evaluator")
def evaluator_is_asked_once(record: Record, event: Any, context: Context) -> bool:
    """Nobody is asked twice in one round: each evaluator counts once."""
    return all(each.owes != event.evaluator for each in _of_this_round(record))


def _lacks_of_scores(plan: EvaluationPlan, scores: Iterable[IndicatorScore]) -> Iterator[Detail]:
    asked = plan.sets[0].indicators
    given = Counter(each.indicator for each in scores)
    for each in asked:
        if given[each.id] != 1:
            en, zh = ("is not scored", "未评分") if not given[each.id] else ("is scored more than once", "重复评分")
            yield Detail(f"{each.en} ({each.id}) {en}", f"{each.zh}({each.id}){zh}")
    for strange in sorted(given.keys() - {each.id for each in asked}):
        yield Detail(f"{strange} is no indicator of the plan", f"评价方案无指标 {strange}")


@rule("评价项均已作答", "BJ §23 [V]", needs="contacted resolved satisfied scores")
def answers_are_complete(record: Record, event: Any, context: Context) -> Iterator[Detail]:
    """Every question of the form is answered or marked as not applicable."""
    if (plan := plan_of(record)) is not None:
        yield from _lacks_of_scores(plan, event.scores or ())
        return
    questions = {"contacted": "是否联系", "resolved": "是否解决", "satisfied": "是否满意"}
    for name, zh in questions.items():
        if getattr(event, name) is None and name not in event.not_applicable:
            yield Detail(name, zh)
    if event.scores:
        yield Detail("it is judged by no plan, and has no indicators to score", "未定评价方案，无指标可评分")


def _another_is_waited_for(record: Record, key: str) -> bool:
    return any(each.status == "requested" and each.key != key for each in _of_this_round(record))


@rule("本轮无其他待答评价,窗口期随之结束", "design")
def window_ends_with_it(record: Record, event: Any, context: Context) -> bool:
    """Nobody else's answer is waited for, and nobody else may be asked yet: the window is over with this one."""
    return plan_of(record) is None and not _another_is_waited_for(record, event.item)


@rule("本轮尚有其他待答评价,窗口期继续", "design")
def window_stays_open(record: Record, event: Any, context: Context) -> bool:
    """Another answer is waited for, or may still be asked for by the plan: its window goes on."""
    return plan_of(record) is not None or _another_is_waited_for(record, event.item)


@rule("次数已用尽", "[config]", needs="attempts reason")
def attempts_are_used_up(record: Record, event: Any, context: Context) -> bool:
    """The attempts the policy allows are used up, or given up with a reason."""
    return event.attempts >= context.policy.thresholds.evaluation_attempts or bool(event.reason.strip())
