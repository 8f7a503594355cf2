"""What may be wrong with a ballot, all at once, in two languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from govflow.policy.procedures import Method
from govflow.voting import Ballot, lacks
from tests.voting.elections import OPTIONS, ballots_for, rule


@given(st.sampled_from(Method), st.data())
def test_ballots_by_the_rule_lack_nothing(method, data):
    assert not list(lacks(data.draw(ballots_for(method, OPTIONS)), rule(method), OPTIONS))


ONE_SIDE = "it says one of yes, no, abstain", "只能填 yes、no、abstain 之一(赞成、反对、弃权)"


@pytest.mark.parametrize(
    ("method", "ballot", "en", "zh"),
    [
        ("yes_no", {"choice": ["roof"]}, *ONE_SIDE),
        ("yes_no", {"choice": ["yes", "no"]}, *ONE_SIDE),
        ("yes_no", {"scores": {"yes": 1}}, "it chooses, it does not give scores", "不应打分"),
        ("approval", {"choice": ["roof", "pool"]}, "not an option: pool", "不是备选项: pool"),
        ("approval", {"choice": ["roof", "roof"]}, "named more than once: roof", "重复: roof"),
        ("ranked", {"choice": ["roof", "lift", "lamp"]}, "it names 3 options, 2 at most", "填了 3 项,最多 2 项"),
        ("borda", {"scores": {"roof": 1}}, "it chooses, it does not give scores", "不应打分"),
        ("score", {"choice": ["roof"]}, "it gives scores, it does not choose", "应打分,不应勾选或排序"),
        ("score", {"scores": {"pool": 1}}, "not an option: pool", "不是备选项: pool"),
        ("score", {"scores": {"roof": 6, "lift": 5}}, "more than 5 points for roof", "roof 超过 5 分"),
    ],
)  # fmt: skip
def test_one_thing_wrong_is_named(method, ballot, en, zh):
    wrong = list(lacks(Ballot.model_validate(ballot), rule(method, max_choices=2), OPTIONS))
    assert [(str(each), each.zh) for each in wrong] == [(en, zh)]


def test_everything_wrong_is_named_at_once():
    ballot = Ballot(choice=("roof", "roof"), scores={"pool": 9})
    assert list(lacks(ballot, rule("score", max_choices=2), OPTIONS)) == [
        "it gives scores, it does not choose",
        "not an option: pool",
        "named more than once: roof",
        "it names 3 options, 2 at most",
        "more than 5 points for pool",
    ]


def test_scores_stand_in_the_order_of_options_ids_whoever_wrote_them():
    assert Ballot(scores={"roof": 1, "lift": 2}).model_dump_json() == '{"choice":[],"scores":{"lift":2,"roof":1}}'


def test_scores_of_a_ballot_cannot_be_changed():
    with pytest.raises(TypeError):
        Ballot(scores={"roof": 1}).scores["roof"] = 5  # type: ignore[index]


@pytest.mark.parametrize(
    "ballot", [{"choice": ["a b"]}, {"scores": {"roof": -1}}, {"choice": ["x"] * 1001}, {"name": "A"}]
)
def test_what_is_no_ballot_is_refused(ballot):
    with pytest.raises(ValidationError):
        Ballot.model_validate(ballot)
