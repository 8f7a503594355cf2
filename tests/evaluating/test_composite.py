"""The composite score: by the plan's weights or not at all."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow.errors import InputError
from govflow.evaluating import Answer, Composite, composite
from govflow.policy import DEFAULT_POLICY
from govflow.policy.evaluation import EvaluationPlan

PLAN = EvaluationPlan.model_validate(
    {
        "id": "p", "en": "p", "zh": "p", "passing": 80, "basis": "ours",
        "sources": [
            {"id": "self", "en": "self", "zh": "自评", "weight": 20},
            {"id": "peer", "en": "peers", "zh": "互评", "weight": 30},
            {"id": "external", "en": "residents", "zh": "他评", "weight": 50, "least_answers": 2},
        ],
        "sets": [
            {"id": "general", "tiers": [
                {"id": "basic", "share": 70, "indicators": [
                    {"id": "a", "en": "a", "zh": "a", "weight": 60}, {"id": "b", "en": "b", "zh": "b", "weight": 40}]},
                {"id": "developmental", "share": 30, "indicators": [
                    {"id": "c", "en": "c", "zh": "c", "weight": 100}]}]},
            {"id": "village", "tiers": [
                {"id": "basic", "share": 100, "indicators": [{"id": "v", "en": "v", "zh": "v", "weight": 100}]}]},
        ],
    }
)  # fmt: skip


def answer(source: str, evaluator: str, **scores: int) -> Answer:
    return Answer(source=source, evaluator=evaluator, scores=scores)


SELF = answer("self", "u-1", a=100, b=90, c=80)
PEER = answer("peer", "u-2", a=80, b=70, c=60)
RESIDENTS = answer("external", "s-1", a=90, b=80, c=70), answer("external", "s-2", a=85, b=60, c=75)
ALL = [SELF, PEER, *RESIDENTS]


def test_a_composite_is_the_sum_that_is_worked_out_by_hand():
    # an answer counts 0.42 a + 0.28 b + 0.30 c: self 91.2, peers 71.2, residents 81.2 and 75.0, so 78.1 in the mean
    found = composite(PLAN, ALL)

    assert [each.score for each in found.sources] == [Fraction(456, 5), Fraction(356, 5), Fraction(781, 10)]
    assert found.score == Fraction(20 * 912 + 30 * 712 + 50 * 781, 1000)
    assert (found.shown, found.missing) == ("78.65", ())


def test_tiers_and_indicators_are_broken_down_and_make_up_the_whole():
    found = composite(PLAN, ALL)

    by_name = {each.indicator: each for each in found.indicators}
    assert by_name["a"].by_source == {"self": 100, "peer": 80, "external": Fraction(175, 2)}
    assert by_name["a"].score == Fraction(8775, 100)
    assert [(each.tier, each.share) for each in found.tiers] == [("basic", 70), ("developmental", 30)]
    assert found.score == sum((tier.share * (tier.score or 0) for tier in found.tiers), Fraction()) / 100


def test_a_missing_source_gives_no_score_whatever_the_others_say():
    found = composite(PLAN, [SELF, *RESIDENTS])

    assert (found.score, found.shown, found.passes, found.missing) == (None, None, None, ("peer",))
    assert found.en == "no score: peers (0 of 1 answers) missing, and weights are not spread over the other sources"
    assert found.zh == "无综合得分：缺互评（0/1 份），其权重不分摊给其他来源"
    assert [each.score for each in found.sources] == [Fraction(456, 5), None, Fraction(781, 10)]
    assert {each.score for each in found.indicators} == {each.score for each in found.tiers} == {None}


def test_too_few_answers_are_as_none():
    assert composite(PLAN, [SELF, PEER, RESIDENTS[0]]).missing == ("external",)
    assert composite(PLAN, []).missing == ("self", "peer", "external")


def test_an_answer_that_leaves_out_an_indicator_is_set_aside_and_named():
    half = answer("external", "s-2", a=85, c=75)

    found = composite(PLAN, [SELF, PEER, RESIDENTS[0], half])

    assert [(each.source, each.evaluator, each.leaves_out) for each in found.set_aside] == [("external", "s-2", ("b",))]
    assert found.missing == ("external",)


def test_what_passes_is_decided_on_the_exact_score_not_on_the_one_shown():
    just_below = [answer("self", "u", a=79, b=80, c=80), answer("peer", "u", a=80, b=80, c=80)]
    just_below += [answer("external", f"s-{n}", a=80, b=80, c=80) for n in range(200)]

    found = composite(PLAN, just_below)
    assert (found.shown, found.passes) == ("79.92", False)
    exact = composite(
        PLAN, [answer(source, str(n), a=80, b=80, c=80) for source in ("self", "peer", "external") for n in (1, 2)]
    )
    assert (exact.shown, exact.passes, exact.en) == ("80.00", True, "80.00 of 100: reaches the 80 that passes")


def test_a_profile_of_community_has_indicators_of_its_own():
    answers = [answer(source, str(n), v=50) for source in ("self", "peer", "external") for n in (1, 2)]
    assert composite(PLAN, answers, "village").shown == "50.00"
    with pytest.raises(InputError, match="no indicators for moon; expected general, village"):
        composite(PLAN, answers, "moon")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (answer("press", "p", a=1, b=1, c=1), "answer of p for press: the plan has no such source"),
        (answer("self", "u-1", a=1, b=1, c=1), "answer of u-1 for self: it stands twice"),
        (answer("self", "u-9", a=1, b=1, c=1, d=1), "answer of u-9 for self: no indicator: d"),
    ],
)
def test_an_answer_that_the_plan_does_not_know_is_refused(wrong, told):
    with pytest.raises(InputError, match=told):
        composite(PLAN, [SELF, wrong])


def test_a_plan_whose_weights_are_not_whole_gives_no_score_by_other_weights():
    broken = PLAN.changed(sources=PLAN.sources[:2])
    with pytest.raises(InputError, match="20 \\+ 30 = 50 per cent"):
        composite(broken, ALL)


SCORES = st.fixed_dictionaries({name: st.integers(0, 100) for name in "abc"})


@given(st.lists(st.tuples(st.sampled_from(["self", "peer", "external"]), SCORES), max_size=12))
def test_a_composite_is_what_the_definition_says_and_comes_back_as_stored(given):
    answers = [Answer(source=source, evaluator=str(n), scores=scores) for n, (source, scores) in enumerate(given)]
    found = composite(PLAN, answers)

    by_source = {name: [s for source, s in given if source == name] for name in ("self", "peer", "external")}
    least = {"self": 1, "peer": 1, "external": 2}
    if any(len(by_source[name]) < least[name] for name in least):
        assert found.score is None
    else:
        mean = {
            name: Fraction(sum(42 * s["a"] + 28 * s["b"] + 30 * s["c"] for s in each), 100 * len(each))
            for name, each in by_source.items()
        }
        assert found.score == (2 * mean["self"] + 3 * mean["peer"] + 5 * mean["external"]) / 10
    assert Composite.model_validate_json(found.model_dump_json()) == found


def test_the_chair_is_judged_by_four_groups_that_count_alike():
    plan = DEFAULT_POLICY.evaluation_plan("chair")
    assert plan is not None
    groups = {"committee": 90, "department": 80, "members": 70, "supervisors": 61}
    answers = [answer(group, group, contacts=score, meetings=score) for group, score in groups.items()]

    assert composite(plan, answers).score == Fraction(301, 4)  # 003, M122: the mean of four groups
    assert composite(plan, answers[:3]).missing == ("supervisors",)
