"""The policy document: valid as a whole, every problem listed at once; which limit serves which step."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from govflow import CASE, DEFAULT_POLICY, DIRECTORY, DUTY, Policy
from govflow.adoption import misfits
from govflow.engine import shipped
from govflow.policy import Category, DecisionProcedure, JoinRule, QuorumRule, RetentionClass, TimeLimit, Unit


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
        assert limit.own == limit.basis.startswith("config")
    decided: list[QuorumRule | DecisionProcedure] = [*DEFAULT_POLICY.quorum_rules, *DEFAULT_POLICY.procedures]
    for each in decided:
        assert each.basis
        assert each.own == ("config" in each.basis)


def test_petitions_are_limited_from_acceptance_and_hotline_matters_from_dispatch():
    # 信访工作条例 §34; 潍坊市12345条例 §20
    of = DEFAULT_POLICY.time_limit
    assert (petition := of("handling", "case.accept", "petition"))
    assert (petition.id, petition.length, petition.extension) == ("pet.handle", 60, 30)
    assert of("handling", "case.accept", "hotline") is None
    assert (hotline := of("handling", "case.assign", "hotline"))
    assert (hotline.id, hotline.length, hotline.unit) == ("hot.handle", 5, Unit.WORKDAY)


def test_the_handbooks_deadline_table_is_in_the_default_policy():
    handbook = json.loads((Path(__file__).parents[1] / "data/handbook/workflows.json").read_text(encoding="utf-8"))
    of_table = {(id, clock) for clock, each in handbook["clocks"].items() for id in each["in_table_5_1"]}
    ours = {(limit.id, limit.clock) for limit in DEFAULT_POLICY.time_limits}
    assert of_table <= ours


@pytest.mark.parametrize(
    ("id", "length", "unit", "extension"),
    [
        ("pet.forward", 15, "day", 0),
        ("pet.tell", 15, "day", 0),
        ("pet.objection", 5, "workday", 0),
        ("pet.handle", 60, "day", 30),
        ("pet.review.ask", 30, "day", 0),
        ("pet.review.decide", 30, "day", 0),
        ("pet.recheck.ask", 30, "day", 0),
        ("pet.recheck.decide", 30, "day", 0),
        ("hot.handle", 5, "workday", 5),
        ("hot.tier.emergency", 2, "hour", 0),
        ("hot.tier.utility", 24, "hour", 0),
        ("hot.tier.general", 7, "day", 0),
        ("hot.tier.complex", 15, "day", 0),
        ("hot.contact", 24, "hour", 0),
        ("med.period", 30, "day", 0),
        ("med.confirm", 30, "day", 0),
        ("rec.decide", 60, "day", 30),
        ("vill.notice", 10, "day", 0),
        ("dec.comment", 30, "day", 30),  # the table gives the least; that it may be extended once is P45 [config]
        ("dec.hearing", 7, "day", 0),
        ("dec.legality", 7, "workday", 0),
        ("inv.reply", 5, "workday", 0),
        ("claim.window", 15, "day", 0),
        ("publicity", 7, "day", 0),
        ("reopen.window", 30, "day", 0),
        ("feedback", 2, "workday", 0),
    ],
)
def test_a_figure_of_the_deadline_table_is_as_it_stands_there(id, length, unit, extension):
    limit = DEFAULT_POLICY.limit(id)
    assert limit is not None
    assert (limit.length, limit.unit, limit.extension) == (length, unit, extension)


def test_every_threshold_escalation_and_share_has_a_source_too():
    figures = set(type(DEFAULT_POLICY.thresholds).model_fields) - {"basis"}
    assert set(DEFAULT_POLICY.thresholds.basis) == figures
    assert all(each.basis for each in DEFAULT_POLICY.escalations)
    assert DEFAULT_POLICY.basis.keys() == {"warn_at"}


def test_the_default_policy_fits_every_record_that_ships():
    assert misfits(DEFAULT_POLICY, [CASE, DIRECTORY, DUTY]) == []
    assert misfits(DEFAULT_POLICY, shipped()) == []
