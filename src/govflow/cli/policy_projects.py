"""Says kinds of joint project (共建项目类型) and evaluation plans (评价方案) for readers."""

from __future__ import annotations

from collections.abc import Iterator

from govflow.cli.texts import is_zh, t
from govflow.envelopes import yuan
from govflow.policy import EvaluationPlan, ProjectKind

Row = tuple[str, str, str]


_ASKED = ("construction", "major", "affects_residents", "contract", "handback")


def project_kind_rows(kind: ProjectKind, source: str) -> Iterator[Row]:
    """A kind of project: what it must have, and the most public money one of it may get."""
    asked = [t(f"project_kind.{name}") for name in _ASKED if getattr(kind, name)]
    asked += [] if kind.fiscal_cap is None else [t("project_kind.cap", yuan=yuan(kind.fiscal_cap))]
    yield kind.id, kind.zh if is_zh() else kind.en, source
    yield "", "", t("comma").join(asked) or t("project_kind.free")


def plan_rows(plan: EvaluationPlan, source: str) -> Iterator[Row]:
    """A plan, part by part: what passes, the weight of each source, the indicators of each profile and tier."""
    yield plan.id, plan.zh if is_zh() else plan.en, source
    yield "", t("evaluation.passing"), str(plan.passing)
    for each in plan.sources:
        yield "", each.zh if is_zh() else each.en, t("evaluation.source", weight=each.weight, n=each.least_answers)
    for one in plan.sets:
        for tier in one.tiers:
            named = (f"{each.zh if is_zh() else each.en} {each.weight} %" for each in tier.indicators)
            yield "", f"{one.id} · {t(f'evaluation.{tier.id}')} {tier.share} %", t("comma").join(named)
