"""Late entries: what was recorded long after it occurred, and in whose hands; figures that add up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govflow import Actor, InputError, Role
from govflow.actors import IMPORTER
from govflow.audit.replay.late import late_entries, lateness
from govflow.cases.commands import ImportCase, ReportCase
from tests.audit.past import past
from tests.support import MATTER, a_town, resident

ENGINE = past()[0]
EVENTS = [each for each in ENGINE.events() if each.stream != "log"]


@settings(max_examples=8)
@given(hours=st.integers(0, 200), shown=st.integers(0, 3))
def test_late_is_what_took_longer_than_the_limit_and_every_unit_adds_up(hours: int, shown: int):
    limit = timedelta(hours=hours)
    found = lateness(ENGINE, limit, shown=shown)

    by_hand = [each for each in EVENTS if each.meta.recorded_at - each.body.at > limit]
    assert [each.position for each in late_entries(ENGINE, limit)] == [each.position for each in by_hand]
    assert (found.events, found.late) == (len(EVENTS), len(by_hand))
    assert sum(each.events for each in found.hands) == found.events
    assert sum(each.late for each in found.hands) == found.late
    took = sorted((each.meta.recorded_at - each.body.at for each in by_hand), reverse=True)
    assert [each.by for each in found.longest] == took[:shown]
    assert sum((each.together for each in found.hands), timedelta()) == sum(took, timedelta())


def test_a_case_entered_three_days_late_is_told_of_its_unit_or_role():
    found = lateness(ENGINE)
    late = [each for each in found.longest if each.stream == "late"]
    assert [(each.event, each.role, each.by) for each in late] == [
        ("case.reported", "resident", timedelta(days=3)),
        ("case.accepted", "acceptance_desk", timedelta(days=2, hours=23)),
    ]
    hands = {(each.unit, each.role): each for each in found.hands}
    assert (hands["desk", None].late, hands["desk", None].longest) == (1, timedelta(days=2, hours=23))
    assert hands["water", None].late == 0


def test_exactly_the_limit_is_not_late_and_a_limit_below_nothing_is_none():
    assert "late" not in {each.stream for each in late_entries(ENGINE, timedelta(days=3))}
    for ask in (late_entries, lateness):
        with pytest.raises(InputError):
            ask(ENGINE, timedelta(seconds=-1))


def test_what_a_reader_may_not_see_is_not_late():
    nobody = ENGINE.seen_by(Actor.of("s-else", Role.RESIDENT, area="elsewhere"))
    assert lateness(nobody).events < lateness(ENGINE).events
    assert "late" not in {each.stream for each in late_entries(nobody, timedelta())}


def test_history_that_an_import_brought_is_counted_apart_and_late_for_nobody():
    town = a_town()
    began = town.clock() - timedelta(days=900)
    taken = {
        "title": "Old leak",
        "category": "general",
        "channel": "web",
        "area": "jinniu",
        "source": "old",
        "source_file": "a.csv",
        "source_id": "7",
    }
    town.do(
        ImportCase(
            id="old-1", by=IMPORTER, occurred_at=began, target_at=began + timedelta(days=3), source_row=1, **taken
        )
    )
    town.engine.tick()  # what its clock would have done then is history, too
    town.do(ReportCase(id="late-1", by=resident, occurred_at=town.clock() - timedelta(days=2), **MATTER))

    found, brought = lateness(town.engine), lateness(town.engine, imports=True)

    assert (found.events, found.late, found.imported) == (1, 1, brought.events)
    assert [each.stream for each in found.longest] == ["late-1"]
    assert {each.stream for each in late_entries(town.engine, imports=True)} == {"old-1"}
    assert brought.events == town.engine.get("old-1").version == found.imported_late
