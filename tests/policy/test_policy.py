"""The policy document: valid as a whole, every problem listed at once; which limit serves which step."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow import DEFAULT_POLICY, Policy
from govflow.clocks import due_after
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


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)), st.integers(1, 120))  # noqa: DTZ001 - made aware below
def test_days_end_at_midnight_of_the_nth_day_after_the_start(start, length):
    due = due_after(start.replace(tzinfo=UTC), length, Unit.DAY, DEFAULT_POLICY.zone)
    begun = start.replace(tzinfo=UTC).astimezone(DEFAULT_POLICY.zone).date()
    local = due.astimezone(DEFAULT_POLICY.zone)
    assert (local.hour, local.minute, local.second) == (0, 0, 0)
    assert (local.date() - begun).days == length + 1  # 24:00 of a day is 0:00 of the next (民法典 §§201, 203)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)), st.integers(1, 60))  # noqa: DTZ001
def test_working_days_without_a_calendar_are_mondays_to_fridays(start, length):
    due = due_after(start.replace(tzinfo=UTC), length, Unit.WORKDAY, DEFAULT_POLICY.zone)
    begun = start.replace(tzinfo=UTC).astimezone(DEFAULT_POLICY.zone).date().toordinal()
    ended = due.astimezone(DEFAULT_POLICY.zone).date().toordinal() - 1
    between = [date.fromordinal(day) for day in range(begun + 1, ended + 1)]
    assert sum(day.weekday() < 5 for day in between) == length
    assert between[-1].weekday() < 5
