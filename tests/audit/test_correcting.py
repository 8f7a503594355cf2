"""Corrections: a moment as it was published then, and as it is known now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import Actor, NotFound, Role
from govflow.audit.replay.correcting import corrections, known_now, published_then
from govflow.cases import commands as c
from govflow.projects import expense as x
from tests.audit.past import correct, past
from tests.projects.purse import YUAN, Purse, finance, spend
from tests.support import MATTER, a_case, a_town, desk, grid_worker

ENGINE, CLOCK = past()
HISTORY = ENGINE.history("fixed")
BEFORE = HISTORY[1].body.at  # accepted, and nothing corrected yet


def test_every_correction_tells_old_and_new_who_as_what_when_and_why():
    first, second, third = corrections(ENGINE, "fixed")
    assert [(each.corrects, each.event, each.field, each.old, each.new) for each in (first, second, third)] == [
        (1, "case.reported", "title", "Water leak", "Gas leak"),
        (1, "case.reported", "severity", "normal", "high"),
        (1, "case.reported", "title", "Gas leak", "Gas leak at gate 3"),
    ]
    assert (first.role, first.unit, first.reason) == ("dispatcher", "desk", "typing error")
    row = HISTORY[first.version - 1]
    assert (first.position, first.occurred, first.recorded) == (row.position, row.body.at, row.meta.recorded_at)
    assert corrections(ENGINE, "late") == ()


def test_as_published_then_is_what_was_written_and_as_known_now_what_was_corrected_since():
    published: Any = published_then(ENGINE, "fixed", BEFORE)
    known = known_now(ENGINE, "fixed", BEFORE)
    now: Any = known.record

    assert (published.title, published.severity) == ("Water leak", "normal")
    assert (now.title, now.severity) == ("Gas leak at gate 3", "high")
    assert (now.version, now.at, now.status) == (published.version, published.at, "accepted")
    assert [each.version for each in known.applied] == [each.version for each in corrections(ENGINE, "fixed")]
    assert known.apart == ()


def test_between_two_corrections_the_first_is_published_and_the_rest_are_known():
    first, _, third = corrections(ENGINE, "fixed")
    published: Any = published_then(ENGINE, "fixed", first.recorded)
    known = known_now(ENGINE, "fixed", first.recorded)
    now: Any = known.record
    assert (published.title, now.title) == ("Gas leak", "Gas leak at gate 3")
    assert third in known.applied
    assert first not in known.applied


def test_after_the_last_correction_both_are_the_same():
    now = CLOCK()
    assert published_then(ENGINE, "fixed", now) == known_now(ENGINE, "fixed", now).record == ENGINE.get("fixed")


def test_what_was_entered_late_is_known_now_and_was_not_published_then():
    moment = CLOCK() - timedelta(days=4, hours=12)  # it had occurred; it was entered two days before now
    assert known_now(ENGINE, "late", moment).record.status == "accepted"
    with pytest.raises(NotFound):
        published_then(ENGINE, "late", moment)
    with pytest.raises(NotFound):
        known_now(ENGINE, "late", moment - timedelta(days=30))


def test_a_correction_of_a_correction_counts_for_what_the_first_one_corrected():
    town = a_town()
    a_case(town, "accepted", id="fixed")
    then = town.clock()
    correct(town, "title", "Gas leak")
    wrong = corrections(town.engine, "fixed")[0].version
    correct(town, "title", "Gas leak at gate 3", corrects=wrong)
    record: Any = known_now(town.engine, "fixed", then).record
    assert record.title == "Gas leak at gate 3"


def test_a_correction_counts_for_moments_since_the_event_that_it_corrects():
    town = a_town()
    a_case(town, "discovered", id="fixed")
    found = town.clock()
    town.clock.advance(days=1)
    town.do(c.ReportCase(id="fixed", by=grid_worker, **{**MATTER, "reporter": None, "severity": "high"}))
    reported = town.clock()
    town.do(c.AcceptCase(id="fixed", by=desk))
    correct(town, "title", "Gas leak", corrects=2)

    records: list[Any] = [known_now(town.engine, "fixed", moment).record for moment in (found, reported)]

    assert [each.title for each in records] == ["Water leak", "Gas leak"]


def test_a_value_that_came_to_stand_there_only_later_is_not_put_into_the_past():
    town = a_town()
    a_case(town, "discovered", id="fixed")
    found = town.clock()
    town.clock.advance(days=1)
    town.do(c.ReportCase(id="fixed", by=grid_worker, **{**MATTER, "reporter": None, "severity": "high"}))
    town.do(c.AcceptCase(id="fixed", by=desk))
    correct(town, "severity", "normal", corrects=1)  # what was reported, said of what was discovered

    known = known_now(town.engine, "fixed", found)

    assert (known.applied, [each.old for each in known.apart]) == ((), ["high"])
    assert known.record == town.engine.as_of("fixed", found)


def test_an_entry_of_money_that_was_taken_back_is_known_to_be_wrong():
    purse = Purse().upto("approved")
    entered = purse.do(spend("v-1", 250 * YUAN)).version
    then = purse.clock()
    purse.clock.advance(days=1)
    purse.do(x.ReverseExpense(id="p", by=finance, item="v-1", corrects=entered, reason="typed twice"))

    told = corrections(purse.engine, "p")
    record = known_now(purse.engine, "p", then).record

    assert [(each.event, each.field, each.old, each.new) for each in told] == [
        ("expense.recorded", "expense v-1", "recorded", "reversed")
    ]
    assert record.item("expense", "v-1").status == "reversed"
    assert published_then(purse.engine, "p", then).item("expense", "v-1").status == "recorded"
    assert (record.version, record.at) == (entered, then)


def test_what_is_hidden_from_a_reader_has_no_corrections():
    nobody = ENGINE.seen_by(Actor.of("s-else", Role.RESIDENT, area="elsewhere"))
    for ask in (
        corrections,
        lambda reader, id: known_now(reader, id, CLOCK()),
        lambda r, i: published_then(r, i, CLOCK()),
    ):
        with pytest.raises(NotFound):
            ask(nobody, "fixed")
