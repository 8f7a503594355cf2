"""Units' rates from what was owed and done: part, whole, and everything left out by name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from govflow.errors import Detail
from govflow.evaluating import Owed, attendance, fulfilment, lacks_of_subjects, response

NOW = datetime(2026, 3, 31, tzinfo=UTC)
DAY = timedelta(days=1)
BEFORE, AFTER = NOW - 10 * DAY, NOW + 10 * DAY


def test_one_of_three_invited_departments_came():  # S8
    hearing = [
        Owed("health", BEFORE, BEFORE),
        Owed("roads", BEFORE),  # declined with a reason
        Owed("water", BEFORE),  # silent
    ]
    found = attendance(hearing, NOW)
    assert (found.part, found.whole, found.rate) == (1, 3, Fraction(1, 3))
    assert found.undone == ("roads", "water")


def test_a_meeting_to_come_and_one_called_off_are_left_out_by_name():
    called_off = Detail("called off by the host", "召集方取消")
    found = attendance([Owed("1", AFTER), Owed("2", BEFORE, excused=called_off), Owed("3", BEFORE, BEFORE + DAY)], NOW)
    assert (found.part, found.whole) == (1, 1)
    assert [(each.key, each.why, each.why.zh) for each in found.excluded] == [
        ("1", "not held yet", "尚未召开"),
        ("2", "called off by the host", "召集方取消"),
    ]
    assert found.late == ()


def test_a_commitment_kept_late_is_kept_and_named():
    promised = [
        Owed("early", AFTER, BEFORE),
        Owed("in time", BEFORE, BEFORE),
        Owed("late", BEFORE, BEFORE + DAY),
        Owed("broken", BEFORE),
        Owed("not yet", AFTER),
        Owed("no date", None),
    ]
    found = fulfilment(promised, NOW)
    assert (found.part, found.whole, found.late, found.undone) == (3, 4, ("late",), ("broken",))
    assert [each.key for each in found.excluded] == ["not yet", "no date"]


def test_an_answer_that_comes_late_is_no_answer_in_time():
    asked = [Owed("in time", BEFORE, BEFORE), Owed("late", BEFORE, BEFORE + DAY), Owed("silent", BEFORE)]
    found = response(asked, NOW)
    assert (found.part, found.whole, found.late, found.undone) == (1, 3, ("late",), ("silent",))


def test_what_was_done_after_the_moment_of_counting_is_not_done_yet():
    assert fulfilment([Owed("k", BEFORE, NOW + DAY)], NOW).undone == ("k",)
    assert fulfilment([Owed("k", BEFORE, NOW)], NOW).part == 1
    assert fulfilment([Owed("k", NOW)], NOW).undone == ("k",)  # due now


@pytest.mark.parametrize("rate", [attendance, fulfilment, response])
def test_nothing_owed_gives_no_rate(rate):
    assert rate([], NOW).rate is None
    assert rate([Owed("k", AFTER)], NOW).rate is None


def test_only_registered_organisations_are_evaluated():
    assert list(lacks_of_subjects(["u-1"], {"u-1"})) == []
    assert list(lacks_of_subjects(["u-1", "s-7", "u-2"], {"u-1", "s-7"})) == [
        "s-7 is a person: residents are never scored",
        "u-2 is no organisation of the directory",
    ]
    assert list(lacks_of_subjects(["u-1"], set())) == ["u-1 is no organisation of the directory"]
    assert list(lacks_of_subjects(["u-1"], None)) == ["there is no directory: nobody can tell a unit from a person"]
