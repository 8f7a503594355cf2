"""自评互评他评 composite score: w_self · self + w_peer · peer + w_external · external, by an evaluation plan.

A source without enough answers leaves the whole without a score: its weight is never spread over the others, since a
score by other weights than those announced is another score.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from govflow.actors import Id
from govflow.errors import Detail, InputError
from govflow.evaluating.figures import Exact, shown
from govflow.messages import Count, Value, Words
from govflow.policy.evaluation import EvaluationPlan, EvaluationSource, IndicatorSet, Score, Tier


class Answer(Value):
    """What one evaluator of one source says: a score from 0 to 100 for each indicator."""

    source: Id
    evaluator: Id
    scores: Mapping[Id, Score]


class SourceFigure(Value):
    """What one source came to: the mean of its evaluators, None where it is missing; `least` answers were needed."""

    source: Id
    weight: Count
    least: Count
    answers: Count
    score: Exact | None = None


class IndicatorFigure(Value):
    """What one indicator came to: the mean of each source that is there, and all of them weighted."""

    indicator: Id
    tier: Tier
    by_source: Mapping[Id, Exact] = {}
    score: Exact | None = None


class TierFigure(Value):
    """What one tier came to; `share` is its part of the score in per cent."""

    tier: Tier
    share: Count
    score: Exact | None = None


class SetAside(Value):
    """An answer that does not count, since it leaves out indicators: these."""

    source: Id
    evaluator: Id
    leaves_out: tuple[Id, ...]


class Composite(Value):
    """A composite score, exact, with what it is made of; None where a source is missing. `en` and `zh` say why."""

    plan: Id
    profile: Id
    passing: Count
    score: Exact | None = None
    sources: tuple[SourceFigure, ...] = ()
    tiers: tuple[TierFigure, ...] = ()
    indicators: tuple[IndicatorFigure, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    en: Words = ""
    zh: Words = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The sources without enough answers."""
        return tuple(each.source for each in self.sources if each.score is None)

    @property
    def shown(self) -> str | None:
        """The score with two decimals, half up."""
        return None if self.score is None else shown(self.score)

    @property
    def passes(self) -> bool | None:
        """Whether the exact score reaches what passes; None where there is no score."""
        return None if self.score is None else self.score >= self.passing


def composite(plan: EvaluationPlan, answers: Iterable[Answer], profile: str | None = None) -> Composite:
    """The composite score that answers come to by a plan, for a profile of community (None: the plan's first).

    Each source counts by the mean of its evaluators. An answer that leaves out an indicator is set aside and named.
    Raises InputError for weights that do not sum to 100, an unknown profile, source or indicator, an evaluator who
    answers twice for one source.
    """
    asked = _asked(plan, profile)
    given = list(answers)
    _check(plan, asked, given)
    names = [each.id for each in asked.indicators]
    whole = [each for each in given if len(each.scores) == len(names)]
    by_source = {source.id: [each.scores for each in whole if each.source == source.id] for source in plan.sources}
    there = {source.id for source in plan.sources if len(by_source[source.id]) >= source.least_answers}
    means = {
        name: {source: _mean([scores[name] for scores in by_source[source]]) for source in by_source if source in there}
        for name in names
    }
    indicators = tuple(
        IndicatorFigure(indicator=each.id, tier=tier.id, by_source=means[each.id], score=_over(plan, means[each.id]))
        for tier in asked.tiers
        for each in tier.indicators
    )
    sources = tuple(_source(source, asked, means, len(by_source[source.id])) for source in plan.sources)
    score = _over(plan, {each.source: each.score for each in sources if each.score is not None})
    en, zh = _sentence(plan, sources, score)
    return Composite(
        plan=plan.id,
        profile=asked.id,
        passing=plan.passing,
        score=score,
        sources=sources,
        tiers=_tiers(asked, {each.indicator: each.score for each in indicators}),
        indicators=indicators,
        set_aside=tuple(
            SetAside(
                source=each.source,
                evaluator=each.evaluator,
                leaves_out=tuple(name for name in names if name not in each.scores),
            )
            for each in given
            if len(each.scores) < len(names)
        ),
        en=en,
        zh=zh,
    )


def _asked(plan: EvaluationPlan, profile: str | None) -> IndicatorSet:
    if fault := next(plan.faults(), None):
        raise InputError(fault.sentence(), where=f"evaluation plan {plan.id}")
    if (asked := plan.indicator_set(profile)) is None:
        raise InputError(
            Detail(f"the plan has no indicators for {profile}", f"评价方案无 {profile} 类指标"),
            where=f"evaluation plan {plan.id}",
            expected=", ".join(each.id for each in plan.sets),
        )
    return asked


def _check(plan: EvaluationPlan, asked: IndicatorSet, answers: Sequence[Answer]) -> None:
    known = {each.id for each in asked.indicators}
    seen: set[tuple[str, str]] = set()
    for each in answers:
        where = f"answer of {each.evaluator} for {each.source}"
        if plan.source(each.source) is None:
            raise InputError(Detail("the plan has no such source", "评价方案无此来源"), where=where)
        if (each.source, each.evaluator) in seen:
            raise InputError(Detail("it stands twice", "重复评价"), where=where)
        if strange := sorted(set(each.scores) - known):
            named = ", ".join(strange)
            raise InputError(Detail(f"no indicator: {named}", f"评价方案无此指标：{named}"), where=where)
        seen.add((each.source, each.evaluator))


def _mean(scores: Sequence[int]) -> Fraction:
    return Fraction(sum(scores), len(scores))


def _over(plan: EvaluationPlan, means: Mapping[str, Fraction]) -> Fraction | None:
    """Means weighted over all sources of a plan; None where one of them is missing."""
    if any(source.id not in means for source in plan.sources):
        return None
    return sum((source.weight * means[source.id] for source in plan.sources), Fraction()) / 100


def _source(
    source: EvaluationSource, asked: IndicatorSet, means: Mapping[str, Mapping[str, Fraction]], answers: int
) -> SourceFigure:
    """The mean of a source's evaluators; since every one of them judged all indicators, the means can be weighted."""
    score = None
    if answers >= source.least_answers:
        parts = (tier.share * one.weight * means[one.id][source.id] for tier in asked.tiers for one in tier.indicators)
        score = sum(parts, Fraction()) / 10_000
    return SourceFigure(
        source=source.id, weight=source.weight, least=source.least_answers, answers=answers, score=score
    )


def _tiers(asked: IndicatorSet, scores: Mapping[str, Fraction | None]) -> tuple[TierFigure, ...]:
    figures = []
    for tier in asked.tiers:
        parts = [(one.weight, scores[one.id]) for one in tier.indicators]
        known = [weight * score for weight, score in parts if score is not None]
        score = sum(known, Fraction()) / 100 if known else None  # with a source missing no indicator has a score
        figures.append(TierFigure(tier=tier.id, share=tier.share, score=score))
    return tuple(figures)


def _sentence(plan: EvaluationPlan, sources: Sequence[SourceFigure], score: Fraction | None) -> tuple[str, str]:
    if score is not None:
        passes = score >= plan.passing
        en = f"{shown(score)} of 100: {'reaches' if passes else 'stays below'} the {plan.passing} that passes"
        return en, f"{shown(score)} 分,{'达到' if passes else '低于'}合格分 {plan.passing}"
    lacks = [(plan.source(each.source), each) for each in sources if each.score is None]
    told = [(source, each) for source, each in lacks if source is not None]
    en = ", ".join(f"{source.en} ({each.answers} of {each.least} answers)" for source, each in told)
    zh = "、".join(f"{source.zh}（{each.answers}/{each.least} 份）" for source, each in told)
    return (
        f"no score: {en} missing, and weights are not spread over the other sources",
        f"无综合得分：缺{zh}，其权重不分摊给其他来源",
    )
