"""Evaluation plans 评价方案 as data: whose judgement counts for how much, by which indicators, and what passes.

A plan is policy, so that its weights are dated and versioned, and a replay counts by those in force at the time. What
it judges are projects, units and offices held in turn, never residents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from govflow.actors import Id
from govflow.errors import Detail, Problem
from govflow.messages import Count, Value, Words

HIGHEST = 100
"""The highest score: judgements are whole numbers from 0 to it."""

Score = Annotated[int, Field(ge=0, le=HIGHEST)]
"""One judgement, from 0 to 100."""

_Percent = Annotated[int, Field(ge=1, le=100)]

_WHOLE = 100  # per cent that the weights of a plan share out


class Tier(StrEnum):
    """The two tiers of indicators (002, M150)."""

    BASIC = "basic"  # 基础性: what every one owes
    DEVELOPMENTAL = "developmental"  # 发展性: what fits this community and goes beyond


class EvaluationSource(Value):
    """Whose judgement it is (自评 self, 互评 peer, 他评 external, or a group of its own), with its weight in per cent.

    With fewer than `least_answers` evaluators the source is missing, and with it the whole score.
    """

    id: Id
    en: Words
    zh: Words
    weight: _Percent
    least_answers: Count = Field(default=1, ge=1)


class Indicator(Value):
    """One thing that is judged, with its weight within its tier in per cent."""

    id: Id
    en: Words
    zh: Words
    weight: _Percent


class IndicatorTier(Value):
    """The indicators of one tier; `share` is its part of the score in per cent."""

    id: Tier
    share: _Percent
    indicators: tuple[Indicator, ...] = Field(min_length=1, max_length=100)


class IndicatorSet(Value):
    """The indicators for one profile of community (M150): its id is the profile."""

    id: Id
    tiers: tuple[IndicatorTier, ...] = Field(min_length=1, max_length=2)

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """The indicators of all tiers, in their order."""
        return tuple(each for tier in self.tiers for each in tier.indicators)


class EvaluationPlan(Value):
    """评价方案: sources and indicators with their weights, scores from 0 to 100, and the score that passes.

    `sets` holds one set of indicators for each profile; the first is for everybody who names none. Below `passing` a
    remedy may be ordered.
    """

    id: Id
    en: Words
    zh: Words
    sources: tuple[EvaluationSource, ...] = Field(min_length=1, max_length=20)
    sets: tuple[IndicatorSet, ...] = Field(min_length=1, max_length=50)
    passing: Score = 60
    basis: Words
    own: bool = False

    def source(self, id: str) -> EvaluationSource | None:
        """The source with this id."""
        return next((each for each in self.sources if each.id == id), None)

    def indicator_set(self, profile: str | None = None) -> IndicatorSet | None:
        """The indicators for a profile, without one the first; None for a profile that the plan does not have."""
        return self.sets[0] if profile is None else next((each for each in self.sets if each.id == profile), None)

    def faults(self) -> Iterator[Problem]:
        """What cannot hold together in it, with the field inside the plan: nothing, in a policy that was adopted."""
        yield from faults_of_weights(
            "sources", Detail("sources", "评价来源"), ((each.id, each.weight) for each in self.sources)
        )
        yield from _twice("sets", Detail("profile", "社区类型"), (each.id for each in self.sets))
        for place, each in enumerate(self.sets):
            field = f"sets[{place}] ({each.id})"
            yield from faults_of_weights(
                f"{field}.tiers", Detail("tiers", "指标层级"), ((t.id, t.share) for t in each.tiers)
            )
            yield from _twice(f"{field}.tiers", Detail("indicator", "指标"), (one.id for one in each.indicators))
            for number, tier in enumerate(each.tiers):
                named = Detail(f"indicators of the {tier.id} tier", f"{_TIERS[tier.id]}指标")
                weights = [one.weight for one in tier.indicators]
                yield from _sum(f"{field}.tiers[{number}].indicators", named, weights)


_TIERS = {Tier.BASIC: "基础性", Tier.DEVELOPMENTAL: "发展性"}


def faults_of_weights(field: str, named: Detail, given: Iterable[tuple[str, int]]) -> Iterator[Problem]:
    """What is wrong with weighted entries, (id, per cent): each stands once, and together they come to exactly 100."""
    pairs = list(given)
    yield from _twice(field, named, (id for id, _ in pairs))
    yield from _sum(field, named, [weight for _, weight in pairs])


def _sum(field: str, named: Detail, weights: list[int]) -> Iterator[Problem]:
    """Weights that are not the whole are never stretched or cut to it: the town says what it means."""
    if (total := sum(weights)) != _WHOLE:
        told = " + ".join(map(str, weights))
        what = Detail(
            f"the weights of the {named} come to {told} = {total} per cent",
            f"{named.zh}权重合计 {told} = {total}%",
        )
        yield Problem(field, what, Detail("weights that sum to exactly 100", "权重之和恰为 100"))


def _twice(field: str, named: Detail, ids: Iterable[str]) -> Iterator[Problem]:
    for id in (id for id, times in Counter(ids).items() if times > 1):
        yield Problem(
            field,
            Detail(f"{named}: {id} stands twice", f"{named.zh} {id} 重复"),
            Detail("each once", "各列一次"),
        )


# fmt: off
def _tier(id: Tier, share: int, *rows: tuple[str, str, str, int]) -> IndicatorTier:
    named = (Indicator(id=key, en=en, zh=zh, weight=weight) for key, en, zh, weight in rows)
    return IndicatorTier(id=id, share=share, indicators=tuple(named))


def _sources(*rows: tuple[str, str, str, int]) -> tuple[EvaluationSource, ...]:
    return tuple(EvaluationSource(id=id, en=en, zh=zh, weight=weight) for id, en, zh, weight in rows)


EVALUATION_PLANS = (
    EvaluationPlan(
        id="project", en="Joint-construction project", zh="共建项目评价",
        sources=_sources(
            ("self", "self", "自评", 20), ("peer", "peers", "互评", 30), ("external", "residents, others", "他评", 50)),
        sets=(IndicatorSet(id="general", tiers=(
            _tier(Tier.BASIC, 70,
                  ("need_met", "the need is met", "需求满足", 40),
                  ("on_time", "done as promised and in time", "按期践诺", 30),
                  ("in_the_open", "money and steps were open to see", "过程与账目公开", 30)),
            _tier(Tier.DEVELOPMENTAL, 30,
                  ("taking_part", "residents took part", "居民参与", 50),
                  ("lasting", "it is kept up afterwards", "长效管护", 50)))),),
        basis="002 自评互评他评 (M148), 003 社会力量评判 (M152, M153); weights and indicators [config]", own=True),
    EvaluationPlan(
        id="chair", en="Rotating chair on leaving", zh="轮值主席离任考核",
        sources=_sources(
            ("committee", "second-level committee", "二级党委", 25),
            ("department", "guidance department", "指导部门", 25),
            ("members", "members", "成员单位", 25), ("supervisors", "supervising group", "督导指导组", 25)),
        sets=(IndicatorSet(id="general", tiers=(
            _tier(Tier.BASIC, 100,
                  ("contacts", "kept up the contacts of the term", "两通一联", 50),
                  ("meetings", "meetings held and followed up", "会议与落实", 50)),)),),
        basis="003 轮值主席离任考核 (M121, M122): four groups; equal weights and indicators [config]", own=True),
)
# fmt: on
"""The plans that ship."""
