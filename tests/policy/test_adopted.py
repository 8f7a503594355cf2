"""What is in force where several engines, policies and editions of a calendar meet in one log."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from govflow import CASE, DEFAULT_POLICY, DIRECTORY, SYSTEM, Actor, Engine, InputError, NotFound, Role
from govflow.adopted import Adopted
from govflow.calendars import Holiday, china
from govflow.cases import commands as c
from govflow.due_points import points_of
from govflow.messages import SYSTEM_IDS
from govflow.organisation import FoundDirectory
from govflow.organisation.appointments import Appoint
from govflow.organisation.units import AddUnit
from govflow.regions.evidence import AddEvidence
from govflow.testing import PinnedClock
from tests.calendars.samples import end_of
from tests.support import MATTER, a_case, a_town, desk, resident

A = DEFAULT_POLICY.changed(id="town", version="a")
B = DEFAULT_POLICY.changed(id="town", version="b", warn_at=(50,))


def test_an_engine_opened_with_a_policy_does_not_undo_what_was_adopted_since(tmp_path: Path):
    clock = PinnedClock()
    with Engine.open(tmp_path / "log.db", policy=A, now=clock) as service:
        service.handle(c.ReportCase(id="one", by=resident, **MATTER))
        service.adopt(B)
        clock.advance(hours=1)
        service.handle(c.ReportCase(id="two", by=resident, **MATTER))
        assert [service.get(id).policy for id in ("one", "two")] == ["town@a", "town@b"]
    with Engine.open(tmp_path / "log.db", policy=A, now=clock) as again:
        again.handle(c.ReportCase(id="three", by=resident, **MATTER))
        assert again.get("three").policy == "town@b"
        assert [each.name for each in again.log_history()].count("policy.adopted") == 2
        again.adopt(A)  # going back is an act of its own
        assert again.policy == A


def corrected(version: str) -> Any:
    days = Holiday(first=date(2026, 3, 3), last=date(2026, 3, 3), en="Flood", zh="停工")
    return china().changed(version=version, holidays=(*china().holidays, days))


def test_an_older_edition_that_comes_with_a_policy_replaces_no_newer_one():
    town = a_town()
    town.engine.adopt_calendar(corrected("2026.2"))
    town.engine.adopt(A)  # holds the bundled edition 2026.1
    case = a_case(town, "assigned", id="x")
    assert case.clocks["handling"].calendar == "cn@2026.2"
    assert case.clocks["handling"].due == end_of("2026-03-10")  # 3 March is off
    newest = Adopted().with_calendar(corrected("2026.10")).with_calendar(corrected("2026.9")).calendars["cn"]
    assert newest.version == "2026.10"


def test_the_first_command_under_a_new_policy_is_counted_by_its_calendar(tmp_path: Path):
    with a_town(tmp_path / "log.db").engine as engine:
        engine.handle(c.ReportCase(id="old", by=resident, **MATTER))
    other = A.changed(calendars=(corrected("2026.2"),))
    town = a_town(tmp_path / "log.db", policy=other)
    assert a_case(town, "assigned", id="new").clocks["handling"].due == end_of("2026-03-10")
    town.engine.close()


def test_nobody_takes_the_command_ids_of_the_system():
    town = a_town(records=None)
    case = a_case(town, "in_handling", id="x")
    engine = town.engine
    points = points_of(case, engine.deciders["case"], engine.policy, engine.calendar)
    ids = [command.command_id for point in points for command in point.commands]
    assert ids
    assert all(id.startswith(SYSTEM_IDS) for id in ids)
    for id in ids:
        with pytest.raises(InputError, match="one of the system's"):
            town.do(c.ReportCase(by=resident, command_id=id, **MATTER))
    town.pass_days(20)
    engine.tick()
    assert "clock.deadline_missed" in {each.name for each in engine.history("x")}


def test_a_repetition_by_somebody_who_may_not_see_the_record_tells_nothing():
    town = a_town()
    secret = {**MATTER, "kind": "whistle_blowing", "confidential": True, "accused_unit": "roads"}
    given = c.ReportCase(id="x", by=resident, command_id="theirs", **secret)
    town.do(given)
    with pytest.raises(NotFound, match=r"^there is no record x$"):
        town.do(given.changed(by=Actor.of("s-9", Role.RESIDENT)))


def test_a_mere_resident_learns_nothing_of_a_confidential_case_that_is_not_his_own():
    town = a_town()
    a_case(town, "assigned", id="x", confidential=True)
    for stranger in (Actor.of("s-9", Role.RESIDENT, Role.REPORTER), Actor(id="nobody")):
        for ask in (
            lambda by: town.engine.allowed("x", by),
            lambda by: town.do(AddEvidence(id="x", by=by, item="e9", sha256="0" * 64)),
            lambda by: town.engine.why_not(c.AcceptCase(id="x", by=by)),
        ):
            with pytest.raises(NotFound, match=r"^there is no record x$"):
                ask(stranger)
    town.do(AddEvidence(id="x", by=resident, item="e1", sha256="0" * 64))  # the reporter's own


def test_the_log_says_which_right_an_adoption_rested_on_not_what_the_actor_says_of_himself():
    clock = PinnedClock()
    with Engine.open(records=(CASE, DIRECTORY), now=clock) as engine:
        engine.handle(FoundDirectory(by=SYSTEM, area="jinniu"))
        engine.handle(AddUnit(by=SYSTEM, item="hall", title="Hall", kind="department", area="jinniu"))
        engine.handle(Appoint(by=SYSTEM, actor="boss", role=Role.DISTRICT, unit="hall"))
        clock.advance(hours=1)
        engine.adopt(A, Actor.of("boss", Role.SYSTEM, unit="made-up"))
        said = engine.log_history()[-1]
        assert (said.name, said.meta.role, said.meta.unit) == ("policy.adopted", "district", "hall")


def test_a_second_engine_asks_by_the_policies_of_now_not_of_its_last_command(tmp_path: Path):
    clock = PinnedClock()
    with Engine.open(tmp_path / "log.db", now=clock) as one, Engine.open(tmp_path / "log.db", now=clock) as two:
        one.handle(c.ReportCase(id="x", by=resident, **MATTER))
        two.get("x")
        one.adopt(A.changed(version="closed", open_catalogue=False, categories=()))
        clock.advance(hours=1)
        one.handle(c.ReportCase(id="y", by=resident, **MATTER))
        reclassify = c.ReclassifyCase(id="y", by=desk, category="utility", reason="r", old="general")
        codes = {each.code for each in one.why_not(reclassify)}
        assert "class_is_in_catalogue" in codes
        assert {each.code for each in two.why_not(reclassify)} == codes


def test_nobody_is_given_a_case_who_is_not_in_the_directory_where_there_is_one():
    clock = PinnedClock()
    with Engine.open(now=clock) as engine:
        engine.handle(FoundDirectory(by=SYSTEM, area="jinniu"))
        for unit in ("hall", "water"):
            engine.handle(AddUnit(by=SYSTEM, item=unit, title=unit, kind="department", area="jinniu"))
        for role in (Role.ACCEPTANCE_DESK, Role.DISPATCHER):
            engine.handle(Appoint(by=SYSTEM, actor="clerk", role=role, unit="hall", level="community"))
        clock.advance(hours=1)
        clerk = Actor(id="clerk")
        engine.handle(c.ReportCase(id="x", by=Actor(id="s-1"), **MATTER))
        engine.handle(c.AcceptCase(id="x", by=clerk))
        assign = c.AssignCase(id="x", by=clerk, lead_unit="water", co_units=("nowhere",), unit_level="town")
        (broken,) = engine.why_not(assign)
        assert broken.detail == ("nowhere is no unit of the directory",)
        assert engine.handle(assign.changed(co_units=())).status == "assigned"
