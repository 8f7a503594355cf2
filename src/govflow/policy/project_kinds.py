"""Kinds of joint project (共建项目) as data: what each must have before it is approved, accepted and settled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from govflow.actors import Id
from govflow.errors import Problem
from govflow.messages import Amount, Value, Words
from govflow.policy.entries import Unread, entries, ids, one_of, problem
from govflow.policy.evaluation import EVALUATION_PLANS
from govflow.policy.practice import Share

ALL = Share(numerator=1, denominator=1)


class ProjectKind(Value):
    """One kind of joint project and what its rows ask for.

    `construction`: three teams (三专) are named; `major`: its risk is assessed, whatever it costs; `affects_residents`:
    a hearing is held and recorded; `contract`: parties from outside name their contract; `handback`: what was lent or
    adopted is given back when the term is over; `fiscal_cap` is the most public money one project of the kind may have,
    in minor units; `signatures` is the share of its dedicated supervisors who must sign before it is accepted;
    `evaluation` names the evaluation plan.
    """

    id: Id
    en: Words
    zh: Words
    construction: bool = False
    major: bool = False
    affects_residents: bool = False
    contract: bool = False
    handback: bool = False
    fiscal_cap: Amount | None = None
    signatures: Share = ALL
    evaluation: Id = "project"
    basis: Words
    own: bool = False


JUDGES = ("self", "peer", "external")
"""Whose judgement a project can ask for: 自评, 互评, 他评."""


def contradictions_of_project_kinds(policy: Any) -> Iterator[Problem]:
    """Kinds whose projects nobody could ever evaluate: their plan is missing, or asks for judges that there are not."""
    plans = ids(policy, "evaluation_plans") or {each.id: each for each in EVALUATION_PLANS}
    for field, kind in entries(policy, "project_kinds"):
        plan = plans.get(kind.evaluation)
        if plan is None:
            what = f"evaluation plan {kind.evaluation} is not defined", f"评价方案 {kind.evaluation} 未定义"
            yield problem(
                f"{field}.evaluation", *what, one_of(plans) or "a plan of its own", one_of(plans) or "须列方案"
            )
        elif not isinstance(plan, Unread):
            for source in (each.id for each in plan.sources if each.id not in JUDGES):
                what = f"nobody judges a project as {source} ({plan.id})", f"项目评价无 {source} 一方（{plan.id}）"
                yield problem(f"{field}.evaluation", *what, one_of(JUDGES))


class ProjectThresholds(Value):
    """Figures that rules of projects compare with.

    From `major_budget` on (minor units; None: no figure) a project is major; a change of budget or of the residents
    affected by more than `large_change` per cent asks for a new risk assessment.
    """

    major_budget: Amount | None = None
    large_change: int = Field(default=10, ge=0, le=1_000)
    basis: Words = "config; 重大行政决策程序暂行条例 §22 asks for it, not for the figure"


# fmt: off
PROJECT_KINDS = (
    ProjectKind(id="general",           en="Joint project",                 zh="共建项目",     basis="003 项目化结对 M104"),
    ProjectKind(id="micro_livelihood",  en="Micro livelihood project",      zh="民生微实事",   fiscal_cap=100_000_000, basis="000 M110; cap of 1 million yuan for works: practice"),
    ProjectKind(id="practical",         en="Practical project",             zh="实事项目",     basis="003 M112"),
    ProjectKind(id="co_governance",     en="Co-governance project",         zh="共治项目",     basis="003 M109"),
    ProjectKind(id="village_enterprise", en="Village and enterprise pairing", zh="村企结对共建", basis="000 M136"),
    ProjectKind(id="adoption",          en="Adoption with a term",          zh="认领共管",     handback=True, basis="003 绿化认领 M116"),
    ProjectKind(id="purchased_service", en="Purchased service",             zh="购买服务",     contract=True, fiscal_cap=50_000_000, basis="000 M137; cap of 0.5 million yuan for services: practice"),
    ProjectKind(id="self_governance_group", en="Self-governance group",     zh="自治小组",     basis="003 车管小组 S2"),
    ProjectKind(id="rectification",     en="Rectification plan",            zh="整改方案",     basis="000 M043"),
    ProjectKind(id="renovation",        en="Works on homes and grounds",    zh="改造工程",     construction=True, affects_residents=True, basis="003 平改坡 M113"),
    ProjectKind(id="demolition",        en="Clearance and rehousing",       zh="棚改拆迁",     construction=True, affects_residents=True, major=True, basis="003 M033, S4; 重大行政决策程序暂行条例 §22"),
)
# fmt: on
