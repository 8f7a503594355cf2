"""Evaluation plans in a policy: weights are whole, and a file that gives others is told so, field by field."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from govflow import DEFAULT_POLICY, Actor, Engine, NotAllowed, Policy, PolicyError, Role
from govflow.interchange.policy_files import load_policy, policy_as_text, policy_from
from govflow.policy.differences import differences
from govflow.policy.evaluation import EvaluationPlan
from govflow.policy.project_kinds import JUDGES
from govflow.projects import PROJECT
from govflow.projects.commands import ProposeProject
from govflow.regions.evaluation import Source

PLAN = """
version = "1"
effective_from = 2026-01-01

[[evaluation_plans]]
id = "project"
en = "Projects"
zh = "项目评价"
passing = 60
basis = "ours"
own = true
sources = [
  { id = "self", en = "self", zh = "自评", weight = 20 },
  { id = "peer", en = "peers", zh = "互评", weight = 30, least_answers = 2 },
  { id = "external", en = "residents", zh = "他评", weight = 50 },
]

[[evaluation_plans.sets]]
id = "general"

[[evaluation_plans.sets.tiers]]
id = "basic"
share = 70
indicators = [
  { id = "need", en = "need", zh = "需求", weight = 60 },
  { id = "time", en = "time", zh = "按期", weight = 40 },
]

[[evaluation_plans.sets.tiers]]
id = "developmental"
share = 30
indicators = [{ id = "lasting", en = "lasting", zh = "长效", weight = 100 }]
"""


def told(tmp_path: Any, text: str, lang: str = "en") -> list[str]:
    path = tmp_path / "p.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as raised:
        load_policy(path)
    return [each.sentence(lang) for each in raised.value.problems]


def test_a_plan_is_read_from_a_file_and_found_by_its_id(tmp_path):
    path = tmp_path / "p.toml"
    path.write_text(PLAN, encoding="utf-8")

    policy = load_policy(path)
    plan = policy.evaluation_plan("project")

    assert plan is not None
    assert policy.evaluation_plan("nobody") is None
    assert [(each.id, each.weight, each.least_answers) for each in plan.sources] == [
        ("self", 20, 1), ("peer", 30, 2), ("external", 50, 1),
    ]  # fmt: skip
    assert plan.indicator_set() == plan.indicator_set("general")
    assert plan.indicator_set("village") is None
    assert policy_from(json.loads(policy_as_text(policy))).policy == policy


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("weight = 50", "weight = 45",
         "evaluation_plans[0] (project).sources: the weights of the sources come to 20 + 30 + 45 = 95 per cent; "
         "expected weights that sum to exactly 100"),
        ("share = 30", "share = 31",
         "evaluation_plans[0] (project).sets[0] (general).tiers: the weights of the tiers come to 70 + 31 = 101 per "
         "cent; expected weights that sum to exactly 100"),
        ("weight = 40", "weight = 20",
         "evaluation_plans[0] (project).sets[0] (general).tiers[0].indicators: the weights of the indicators of the "
         "basic tier come to 60 + 20 = 80 per cent; expected weights that sum to exactly 100"),
        ('id = "time"', 'id = "need"',
         "evaluation_plans[0] (project).sets[0] (general).tiers: indicator: need stands twice; expected each once"),
        ('id = "lasting"', 'id = "need"',
         "evaluation_plans[0] (project).sets[0] (general).tiers: indicator: need stands twice; expected each once"),
        ('id = "peer"', 'id = "self"',
         "evaluation_plans[0] (project).sources: sources: self stands twice; expected each once"),
        ('id = "developmental"', 'id = "basic"',
         "evaluation_plans[0] (project).sets[0] (general).tiers: tiers: basic stands twice; expected each once"),
        ("weight = 50", "weight = 0",
         "evaluation_plans[0] (project).sources[2].weight: 0 does not fit; expected a whole number of at least 1"),
        ("passing = 60", "passing = 101",
         "evaluation_plans[0] (project).passing: 101 does not fit; expected a whole number of at most 100"),
        ('basis = "ours"', 'basis = " "',
         "evaluation_plans[0] (project).basis: no source is named; expected the law or rule it comes from, "
         "or who set it"),
    ],
)  # fmt: skip
def test_a_plan_that_does_not_share_out_the_whole_is_told_with_its_field(tmp_path, before, after, line):
    assert told(tmp_path, PLAN.replace(before, after, 1)) == [line]


def test_wrong_weights_are_told_in_chinese_too(tmp_path):
    assert told(tmp_path, PLAN.replace("weight = 50", "weight = 45"), "zh-CN") == [
        "evaluation_plans[0] (project).sources: 评价来源权重合计 20 + 30 + 45 = 95%；应为 权重之和恰为 100"
    ]


def test_weights_are_held_to_the_whole_in_python_too():
    document = DEFAULT_POLICY.model_dump()
    document["evaluation_plans"][0]["sources"][0]["weight"] = 21

    with pytest.raises(ValueError, match="come to 21 \\+ 30 \\+ 50 = 101 per cent"):
        Policy.model_validate(document)


KIND = """
[[project_kinds]]
id = "street"
en = "Street"
zh = "街道"
basis = "ours"
evaluation = "%s"
"""


def test_a_kind_of_project_names_a_plan_that_there_is(tmp_path):
    assert told(tmp_path, PLAN + KIND % "nonsense") == [
        "project_kinds[0] (street).evaluation: evaluation plan nonsense is not defined; expected project"
    ]
    path = tmp_path / "p.toml"
    path.write_text(PLAN + KIND % "project", encoding="utf-8")
    assert load_policy(path).project_kinds[0].evaluation == "project"


def test_a_kind_of_project_names_a_plan_whose_judges_a_project_can_ask(tmp_path):
    assert told(tmp_path, PLAN.replace('"peer"', '"street"') + KIND % "project") == [
        "project_kinds[0] (street).evaluation: nobody judges a project as street (project); "
        "expected self, peer, external"
    ]
    assert set(JUDGES) == set(Source)


def test_no_project_begins_that_nobody_could_evaluate():
    """A policy stored before kinds and plans were held together."""
    document = DEFAULT_POLICY.model_dump(mode="json")
    document["evaluation_plans"] = document["evaluation_plans"][1:]  # the one of projects is missing
    engine = Engine.open(records=[PROJECT], policy=Policy.stored(document))
    asks = Actor.of("c-1", Role.COMMUNITY, unit="comm", area="a")
    need = ProposeProject(id="p", by=asks, title="A roof", text="It leaks.", area="a", level="community")
    with pytest.raises(NotAllowed) as refused:
        engine.handle(need)
    assert refused.value.codes == ("profile_is_in_the_plan",)


def test_two_plans_do_not_share_an_id(tmp_path):
    plan = PLAN[PLAN.index("[[evaluation_plans]]") :]
    assert told(tmp_path, PLAN + plan) == [
        "evaluation_plans[1] (project): evaluation plan project stands twice; expected ids of their own"
    ]


@pytest.mark.parametrize("plan", DEFAULT_POLICY.evaluation_plans, ids=lambda plan: plan.id)
def test_every_plan_that_ships_is_whole_and_marked_as_our_own(plan: EvaluationPlan):
    assert list(plan.faults()) == []
    assert plan.own
    assert "[config]" in plan.basis
    assert sum(each.weight for each in plan.sources) == 100
    for each in plan.sets:
        assert sum(tier.share * one.weight for tier in each.tiers for one in tier.indicators) == 10_000


def test_the_plans_that_ship_are_those_of_projects_and_chairs():
    project, chair = DEFAULT_POLICY.evaluation_plans
    assert {each.id: each.weight for each in project.sources} == {"self": 20, "peer": 30, "external": 50}
    assert [each.weight for each in chair.sources] == [25, 25, 25, 25]  # M122


def test_a_policy_from_before_there_were_plans_is_still_read():
    document = DEFAULT_POLICY.model_dump(mode="json")
    del document["evaluation_plans"]

    old = Policy.stored(document)

    assert old.evaluation_plans == ()
    assert old.evaluation_plan("project") == DEFAULT_POLICY.evaluation_plan("project")  # those that ship


def test_a_changed_weight_is_one_difference_named_by_its_ids():
    other = deepcopy(DEFAULT_POLICY.model_dump())
    other["evaluation_plans"][0]["sources"][0]["weight"] = 10
    other["evaluation_plans"][0]["sources"][2]["weight"] = 60

    found = differences(DEFAULT_POLICY, Policy.model_validate(other))

    assert [(each.field, each.before, each.after) for each in found] == [
        ("evaluation_plans project.sources self.weight", 20, 10),
        ("evaluation_plans project.sources external.weight", 50, 60),
    ]
