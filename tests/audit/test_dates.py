"""Dates are counted again from what the log holds, and clocks are moved by rows alone: what differs is named."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from govflow import Engine
from govflow.audit.findings import Code, Finding
from govflow.audit.legality.record import check_record
from govflow.audit.legality.tables import Tables
from govflow.cases import commands as c
from govflow.log_events import LOG_STREAM
from govflow.persistence.codec import StoredEvent
from govflow.policy import DEFAULT_POLICY
from tests.audit.forging import findings, one, parts, saying
from tests.audit.past import past
from tests.projects.breaks_approval import EXTEND
from tests.projects.yard import Yard
from tests.support import Town, a_case, a_town, lead

OLD = Path(__file__).parents[1] / "data/logs/before-work-calendars.db"


@cache
def town() -> Town:
    """A case that was held up, went on, and was given more time; and one that was done."""
    here = a_town()
    a_case(here, "suspended", id="y")
    here.clock.advance(days=3)
    here.do(c.ResumeCase(id="y", by=lead))
    a_case(here, "closed", id="x")
    return here


def moves_in(id: str) -> list[tuple[StoredEvent, dict[str, Any]]]:
    """Every move of a clock in a record, with its row."""
    rows = town().engine.store.read(id)
    return [(row, move) for row in rows for move in parts(row)[1].get("clocks", ())]


def where(id: str, clock: str, **said: Any) -> tuple[StoredEvent, dict[str, Any]]:
    """The first move of a clock that says this."""
    return next(
        (row, move)
        for row, move in moves_in(id)
        if move["clock"] == clock and all(move.get(name) == value for name, value in said.items())
    )


def forged(id: str, clock: str, changes: dict[str, Any] | None, **said: Any) -> list[Finding]:
    """What is found where one move of a clock was changed, or taken out."""
    row, move = where(id, clock, **said)
    moves = [{**each, **(changes or {})} if each == move else each for each in parts(row)[1]["clocks"]]
    kept = [each for each in moves if changes is not None or each != move]
    return findings(town().engine, id, one(row.version, lambda row: saying(row, body={"clocks": kept})))


def lawful(engine: Engine) -> list[Finding]:
    """What is found in a whole log."""
    tables = Tables.of(engine.store.read(LOG_STREAM))
    kinds = {event.name: kind for kind in engine.deciders.values() for event in kind.workflow.events}
    return [
        found
        for id, rows in engine.store.streams()
        if id != LOG_STREAM
        for found in check_record(kinds[rows[0].topic.partition("@")[0]], rows, tables)
    ]


# --- what is lawful --------------------------------------------------------------------------------------------------


def test_nothing_is_found_in_what_commands_have_written():
    assert where("y", "handling", to="paused")
    assert "due" in where("y", "handling", to="running", term=None)[1]  # it was resumed, and counted again
    assert lawful(town().engine) == lawful(past()[0]) == []


def test_dates_from_before_terms_were_kept_are_not_judged(tmp_path):
    for suffix in ("", ".keys"):
        shutil.copy(f"{OLD}{suffix}", tmp_path / f"{OLD.name}{suffix}")
    with Engine.open(tmp_path / OLD.name, create=False, read_only=True) as old:
        assert lawful(old) == []


# --- dates -----------------------------------------------------------------------------------------------------------


def test_a_date_that_was_moved_is_counted_again():
    row, move = where("x", "handling")

    (found, *_) = forged("x", "handling", {"due": "2026-12-24T16:00:00Z"})

    assert (found.code, found.version, found.basis) == (Code.SEMANTIC, row.version, move["rule"])
    assert found.en.startswith("handling is due 2026-12-24T16:00:00+00:00; counted again it is ")
    assert "复算为" in found.zh


def test_a_clock_that_begins_at_the_end_of_all_time_is_told_like_any_other():
    row, _ = where("x", "assignment", to="running")
    assert findings(town().engine, "x", list) == []  # how its rule counts is known by now

    last = {"recorded_at": "9999-12-31T23:00:00+00:00"}, {"at": "9999-12-31T23:00:00Z"}
    found = findings(town().engine, "x", one(row.version, lambda row: saying(row, *last)))

    assert ("the term of assignment cannot be counted", row.version) in [(each.en, each.version) for each in found]


def test_a_date_after_a_pause_is_counted_with_the_pause():
    (found,) = forged("y", "handling", {"due": "2026-12-24T16:00:00Z"}, to="running", term=None)

    assert "counted again" in found.en


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"term": "900 workday"}, "counted again"),
        ({"term": "nonsense"}, "cannot be counted"),
        ({"calendar": "cn@1900"}, "not adopted before"),
        ({"rule": "feedback"}, "its rule feedback gives 2 workday"),
        ({"derived": "named"}, "the event names another or none"),
    ],
)
def test_what_a_date_is_said_to_rest_on_must_be_so(changes, said):
    found = forged("x", "handling", changes)

    assert said in found[0].en
    assert {each.code for each in found} == {Code.SEMANTIC}


# --- what rows do to clocks ------------------------------------------------------------------------------------------


def test_a_clock_cannot_be_stopped_by_an_event_whose_row_does_not():
    row = next(each for each in town().engine.store.read("x") if each.topic.startswith("contact.logged"))
    stops = [*parts(row)[1]["clocks"], {"clock": "handling", "to": "met"}]

    found = findings(town().engine, "x", one(row.version, lambda row: saying(row, body={"clocks": stops})))

    assert found[0].version == row.version
    assert found[0].en.endswith("has nothing that stops the clock handling, and its event did")
    assert found[0].basis in found[0].en


def test_a_clock_cannot_be_left_running_by_an_event_whose_row_stops_it():
    found = forged("x", "handling", None, to="met")

    assert found[0].en.endswith("stops the clock handling, and its event did not")
    assert "其事件未如此" in found[0].zh


@pytest.mark.parametrize(
    ("clock", "changes", "said"),
    [
        ("handling", {"to": "cancelled"}, "has nothing that drops the clock handling"),
        ("handling", {"to": "overdue"}, "has nothing that marks the clock handling"),
        ("handling", {"clock": "acceptance", "to": "running"}, "has nothing that revives the clock acceptance"),
    ],
)
def test_what_was_done_to_a_clock_is_what_its_row_does(clock, changes, said):
    assert any(said in each.en for each in forged("x", clock, changes, to="met"))


def test_what_was_done_too_late_is_not_met_in_time():
    late = {"recorded_at": "2026-12-01T00:00:00+00:00"}, {"at": "2026-12-01T00:00:00Z"}
    end = where("x", "contact", to="met")[0].version

    found = findings(town().engine, "x", one(end, lambda row: saying(row, *late)))

    assert any("is said to be met in time" in each.en for each in found)


def test_the_trace_of_a_store_without_a_lock_moves_no_clock():
    row = where("x", "handling", to="met")[0]
    body = {
        "at": parts(row)[1]["at"],
        "by": "system",
        "for_command": "c-1",
        "clocks": [{"clock": "handling", "to": "met"}],
    }

    def guarded(given: StoredEvent) -> StoredEvent:
        said = {**dict.fromkeys(parts(given)[1]), **body}
        return saying(given, body=said, topic="record.guarded@1")

    found = findings(town().engine, "x", one(row.version, guarded))

    assert found[0].en == "no row lets this event move a clock"


def test_a_record_that_moved_to_another_policy_is_counted_by_that_one():
    here = a_town()
    a_case(here, "in_handling", id="m")
    shorter = tuple(
        each.changed(length=max(1, each.length // 2)) if each.clock == "handling" else each
        for each in DEFAULT_POLICY.time_limits
    )
    here.clock.advance(days=1)
    here.engine.adopt(DEFAULT_POLICY.changed(version="shorter", time_limits=shorter))
    here.clock.advance(days=1)

    assert here.engine.migrate("default@shorter").moved == 1

    assert any(each.name == "policy_version.migrated" and each.body.clocks for each in here.engine.history("m"))
    assert lawful(here.engine) == []


def test_a_limit_that_was_named_may_be_extended_at_the_very_moment_it_begins():
    yard = Yard().project("approved")
    yard.approved(EXTEND)

    extended = [each for each in yard.engine.history("x") if each.name == "joint_project.deadline_extended"]
    assert extended[0].body.at == yard.engine.get("x").clocks["delivery"].since
    assert lawful(yard.engine) == []
