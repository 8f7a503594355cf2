"""The policy document: valid as a whole, every problem listed at once; which limit serves which step."""

from __future__ import annotations

from datetime import date

import pytest

from govflow import DEFAULT_POLICY, Policy
from govflow.policy import Category, JoinRule, RetentionClass, TimeLimit, Unit


def a_policy(**parts) -> Policy:
    return Policy(version="1", effective_from=date(2026, 1, 1), **parts)


def test_every_problem_of_a_policy_is_listed_at_once():
    limit = TimeLimit(id="l", clock="handling", length=5, unit=Unit.DAY, basis="b")
    with pytest.raises(ValueError, match="stands twice") as refused:
        a_policy(
            time_zone="Middle/Earth",
            time_limits=(limit, limit),
            categories=(
                Category(id="c", en="c", zh="c", time_limit="none", retention="lost"),
                Category(id="d", en="d", zh="d", join=JoinRule.QUORUM),
            ),
            retention=(RetentionClass(id="ordinary", years=10, basis="b"),),
        )
    text = str(refused.value)
    for problem in ("time limit l stands twice", "time limit none", "retention class lost", "quorum", "Middle/Earth"):
        assert problem in text


def test_every_figure_of_the_default_policy_names_its_source_or_says_that_it_is_ours():
    for limit in DEFAULT_POLICY.time_limits:
        assert limit.basis
        assert limit.own == (limit.basis == "config")


def test_petitions_are_limited_from_acceptance_and_hotline_matters_from_dispatch():
    # 信访工作条例 §34; 潍坊市12345条例 §20
    of = DEFAULT_POLICY.time_limit
    assert (petition := of("handling", "case.accept", "petition"))
    assert (petition.id, petition.length, petition.extension) == ("pet.handle", 60, 30)
    assert of("handling", "case.accept", "hotline") is None
    assert (hotline := of("handling", "case.assign", "hotline"))
    assert (hotline.id, hotline.length, hotline.unit) == ("hot.handle", 5, Unit.WORKDAY)
