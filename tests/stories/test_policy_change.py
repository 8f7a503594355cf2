"""A town shortens a limit in mid-case (政策变更): old matters keep their dates until they are moved, by event."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from govflow import DEFAULT_POLICY, Actor, Engine, NotAllowed, Policy, PolicyError, Role
from govflow.cases import commands as c
from govflow.policy import Category, TimeLimit, Unit
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.contact import LogContact
from govflow.testing import PinnedClock
from tests.calendars.samples import end_of, local

resident = Actor.of("s-9", Role.RESIDENT, Role.REPORTER)
desk = Actor.of("hall", Role.ACCEPTANCE_DESK, Role.DISPATCHER, level="town")
works = Actor.of("gao", Role.LEAD_UNIT, unit="works")
head = Actor.of("tang", Role.UNIT_HEAD, unit="works")
supervisor = Actor.of("su", Role.SUPERVISOR)
district = Actor.of("policy-office", Role.DISTRICT)

HANDLE = {
    "clock": "handling",
    "unit": Unit.WORKDAY,
    "starts_on": ("case.assign",),
    "own": True,
    "basis": "town council",
}
STREETS = Category(id="streets", en="Streets", zh="道路", time_limit="streets.handle")
BENCHES = Category(id="benches", en="Benches", zh="座椅")


def a_policy(version: str, from_day: date, days: int, *categories: Category) -> Policy:
    """The default policy with a limit of the town's own for streets, in working days, and a closed catalogue."""
    limit = TimeLimit(id="streets.handle", length=days, extension=2, **HANDLE)
    return DEFAULT_POLICY.changed(
        id="town",
        version=version,
        effective_from=from_day,
        time_limits=(limit, *DEFAULT_POLICY.time_limits),
        categories=categories,
        open_catalogue=False,
    )


OLD = a_policy("2026.1", date(2026, 1, 1), 5, STREETS, BENCHES)
NEW = a_policy("2026.2", date(2026, 2, 24), 3, STREETS)


def test_a_town_shortens_a_limit_in_mid_case():
    clock = PinnedClock(local("2026-02-13T09:00"))  # Friday before Spring Festival; Saturday the 14th is worked
    with Engine.open(now=clock) as engine:

        def begin(id: str, category: str = "streets") -> None:
            matter: dict[str, Any] = {"title": "Hole", "kind": "hotline", "channel": "app", "level": "town"}
            engine.handle_all(
                [
                    c.ReportCase(id=id, by=resident, area="d/town", category=category, reporter="s-9", **matter),
                    c.AcceptCase(id=id, by=desk),
                    c.AssignCase(id=id, by=desk, lead_unit="works", unit_level="town"),
                    LogContact(id=id, by=works, reached=True, way="phone"),
                    c.StartHandling(id=id, by=works),
                ]
            )

        def due(id: str) -> datetime:
            found = engine.get(id).clocks["handling"].due
            assert found is not None
            return found

        def told(id: str, reader: Actor = resident) -> list[str]:
            (why,) = engine.seen_by(reader).why_due(id, "handling", now=clock())
            assert (why.due, why.agrees) == (due(id), True)
            return [line.en for line in why.lines]

        # the old policy is in force: five working days, over the holiday
        engine.adopt(OLD, district)
        begin("hole")
        begin("pit")
        begin("bench", "benches")
        assert due("hole") == due("pit") == end_of("2026-02-27")  # 14 | 24 25 26 27
        longer = c.ExtendDeadline(id="pit", by=works, length=2, reason="no asphalt", told_by="app")
        engine.handle(RequestApproval.of(longer, engine.get("pit")))
        engine.handle_all([GiveApproval(id="pit", by=head, item="1"), longer])
        assert due("pit") == end_of("2026-03-02")  # Saturday the 28th is worked, then Monday

        # on the 14th the council adopts three days, for what comes in after the holiday
        clock.set(local("2026-02-14T15:00"))
        engine.adopt(NEW, district)
        with pytest.raises(PolicyError):
            engine.adopt(a_policy("2026.2", date(2026, 2, 24), 2, STREETS), district)
        begin("kerb")  # it is still the 14th
        assert due("kerb") == end_of("2026-02-28")
        clock.set(local("2026-02-24T09:00"))
        begin("crack")
        assert (due("crack"), engine.get("crack").policy) == (end_of("2026-02-27"), "town@2026.2")
        # nothing has moved for those that had begun: by time alone nothing does
        assert [due(id) for id in ("hole", "pit", "kerb")] == [
            end_of(day) for day in ("2026-02-27", "2026-03-02", "2026-02-28")
        ]
        assert {engine.get(id).policy for id in ("hole", "pit", "kerb", "bench")} == {"town@2026.1"}

        # what would become of them: told before, and nothing written
        position = engine.store.head()
        plans = {plan.record: plan for plan in engine.plan_migration("town@2026.2")}
        assert engine.store.head() == position
        assert {id: [str(each) for each in plan.blocked] for id, plan in plans.items()} == {
            "hole": [],
            "pit": [],
            "kerb": [],
            "bench": ["category benches is not in its catalogue"],
        }
        moves = {id: [clock.due_after for clock in plan.clocks if clock.moves] for id, plan in plans.items()}
        assert moves == {
            "hole": [end_of("2026-02-25")],  # from the 13th: 14 | 24 25
            "pit": [end_of("2026-02-27")],  # and two days more
            "kerb": [end_of("2026-02-26")],  # from the 14th: 24 25 26
            "bench": [],
        }

        # the unit may not move its own cases; the district does, and each says by what
        refused = list(engine.migrating("town@2026.2", works, ["hole"]))
        assert ["holds here one of" in str(why) for plan in refused for why in plan.blocked] == [True]
        assert due("hole") == end_of("2026-02-27")
        list(engine.migrating("town@2026.2", district))
        assert [due(id) for id in ("hole", "pit", "kerb")] == [
            end_of(day) for day in ("2026-02-25", "2026-02-27", "2026-02-26")
        ]
        assert (engine.get("bench").policy, due("bench")) == ("town@2026.1", end_of("2026-02-27"))
        assert engine.history("hole")[-1].meta.actor == "policy-office"
        lines = told("hole")
        assert "streets.handle: 3 working days (town council)" in lines
        assert "working day 3 of 3 is 2026-02-25" in lines
        assert "was due 2026-02-27 24:00 before; counted anew by policy_version.migrate, 2026-02-24 09:00" in lines
        assert "was due 2026-02-27 24:00 before; replaced by case.extend, 2026-02-13 09:00" in told("pit")
        yesterday = engine.as_of("hole", local("2026-02-23T09:00")).clocks["handling"]
        assert yesterday.due == end_of("2026-02-27")

        # timers follow the new date, and one extension stays one
        clock.set(local("2026-02-26T08:00"))
        engine.tick()
        assert {id: engine.get(id).clocks["handling"].status for id in ("hole", "pit", "kerb", "crack", "bench")} == {
            "hole": "overdue",
            "pit": "running",
            "kerb": "running",
            "crack": "running",
            "bench": "running",
        }
        with pytest.raises(NotAllowed) as caught:
            engine.handle(longer.changed(command_id="again"))
        assert "extended_only_once" in caught.value.codes

        # the council thinks better of it for one of them
        list(engine.migrating("town@2026.1", district, ["kerb"]))
        assert due("kerb") == end_of("2026-02-28")
        assert "was due 2026-02-26 24:00 before; counted anew by policy_version.migrate, 2026-02-26 08:00" in told(
            "kerb"
        )
        assert [engine.log.fold(record.id) for record in engine.records()] == list(engine.records())
