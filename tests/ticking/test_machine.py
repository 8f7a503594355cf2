"""Random commands, jumps in time and ticks: after each tick nothing is due, and no effect was written twice.

What is due is found by looking at every record; what was written, by counting over the log.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import closing, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from govflow import CASE, Engine
from govflow.calendars import Holiday, Unit
from govflow.errors import GovFlowError, NotAllowed
from govflow.persistence.agenda import Agenda, beside
from govflow.policy import Then
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.testing import PinnedClock, commands
from govflow.ticking import Fired
from tests.support import Town, a_case, a_plan_decider, dispatcher, supervisor, unit_head
from tests.ticking.world import ALL, a_limit, a_policy, a_rule, effects, next_edition, waiting

POLICY = a_policy(
    a_limit("handling", 5, starts_on=("case.assign", "case.arbitrate_assignment"), extension=5, warn_at=(50, 80)),
    escalations=(
        a_rule(after=1),
        a_rule("contact", after=0),
        a_rule("suspension_review", Then.RESUME, after=2, unit=Unit.HOUR),
    ),
)
OTHER_POLICY = POLICY.changed(
    version="t2", warn_at=(30, 60, 90), escalations=(a_rule(after=2, unit=Unit.HOUR, id="sooner"),)
)
NEWER = next_edition(Holiday(first=date(2027, 1, 1), last=date(2027, 1, 6)))
GIVERS = (supervisor, dispatcher, unit_head)
_DAY = 24 * 60


class Ticking(RuleBasedStateMachine):
    """A small town whose clerks do anything at all, and two tickers that share an agenda or have none."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "log.db"
        self.clock = PinnedClock()
        self.engines = [self.opened(policy=POLICY), self.opened()]
        self.town = Town(self.engines[0], self.clock)
        self.refused: dict[str, datetime] = {}

    def opened(self, **more: Any) -> Engine:
        return Engine.open(self.path, now=self.clock, synchronous="NORMAL", records=[CASE, a_plan_decider()], **more)

    @initialize(status=st.sampled_from([each for each in ALL if each != "suspended"]), days=st.sampled_from([0, 290]))
    def begin(self, status: str, days: int) -> None:
        """In March, or in December: dates then reach into a year that only the newer calendar knows."""
        self.clock.advance(days=days)
        a_case(self.town, status, id="case-0")

    def cases(self) -> list[str]:
        return sorted(record.id for record in self.town.engine.records() if record.id.startswith("case-"))

    # -- what people do ------------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.cases()) < 5)
    @rule(status=st.sampled_from(ALL), petition=st.booleans())
    def one_more_case(self, status: str, petition: bool) -> None:
        kind = {"kind": "petition", "category": "petition"} if petition else {}
        with suppress(NotAllowed):  # the review date of a suspension is counted from the town's first day
            a_case(self.town, status, id=f"case-{len(self.cases())}", **kind)

    @rule(data=st.data(), times=st.integers(1, 3))
    def somebody_does_something(self, data: Any, times: int) -> None:
        for _ in range(times):
            record = self.town.engine.get(data.draw(st.sampled_from(self.cases())))
            strategy = commands(
                CASE, record, now=self.clock(), values={"command_id": st.uuids().map(lambda each: each.hex)}
            )
            if strategy.is_empty:
                return
            self.given(data.draw(strategy))

    def given(self, command: Any) -> None:
        """As it is; where leave is asked for, with the leave of whoever gives it."""
        engine = self.engines[1]
        try:
            engine.handle(command)
        except NotAllowed as refused:
            if "approval_is_given" in refused.codes and len(refused.codes) == 1:
                self.with_leave(command)
        except GovFlowError:
            pass

    def with_leave(self, command: Any) -> None:
        engine = self.engines[1]
        try:
            asked = engine.handle(RequestApproval.of(command, engine.get(command.id)))
            item = list(asked.items_of("approval"))[-1]
            for giver in GIVERS:
                if engine.why_not(GiveApproval(id=command.id, by=giver, item=item)) == ():
                    engine.handle(GiveApproval(id=command.id, by=giver, item=item))
                    engine.handle(command)
                    return
        except GovFlowError:
            pass

    @rule(which=st.sampled_from(["policy", "calendar", "migrate"]))
    def the_district_governs(self, which: str) -> None:
        engine = self.engines[1]
        match which:
            case "policy":
                engine.adopt(OTHER_POLICY)
            case "calendar":
                engine.adopt_calendar(NEWER)
            case "migrate" if OTHER_POLICY.key in engine.log.policies:
                list(engine.migrating(OTHER_POLICY.key))

    # -- time ----------------------------------------------------------------------------------------------------------

    @rule(minutes=st.integers(1, 12 * _DAY))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    @rule()
    def until_the_very_moment(self) -> None:
        """To the next instant at which anything is due, by the clocks of all records."""
        dues = [
            clock.due
            for record in self.town.engine.records()
            for clock in record.clocks.values()
            if clock.due is not None and clock.is_going and clock.due >= self.clock()
        ]
        if dues and min(dues) - self.clock() < timedelta(days=100):
            self.clock.set(min(dues) + timedelta(microseconds=1))

    @rule(which=st.integers(0, 1))
    def tick(self, which: int) -> None:
        engine = self.engines[which]
        engine.tick(on_fired=self.hear)
        tried = {id for id, at in self.refused.items() if self.clock() < at + timedelta(days=1)}
        left = {id for id, _ in waiting(engine, self.clock())}
        assert left <= tried
        head = engine.store.head()
        again = self.engines[1 - which].tick(on_fired=self.hear)
        assert (again.done.total(), engine.store.head()) == (0, head)
        self.the_agenda_is_right()

    def hear(self, fired: Fired) -> None:
        if fired.refused:
            assert self.refused.get(fired.record) != self.clock(), "told twice on one day"
            self.refused[fired.record] = self.clock()

    def the_agenda_is_right(self) -> None:
        """Every record's next moment stands in it, none later than looking at the record says."""
        engine = self.engines[0]
        with closing(Agenda(beside(str(self.path)), engine.log_id)) as agenda:
            entries = {stream: due for due, stream in agenda.due(self.clock() + timedelta(days=40_000), 1_000)}
        later = self.clock() + timedelta(days=40_000)
        for id, first in first_moments(engine).items():
            if first > self.clock():
                assert entries.get(id, later) <= first, id

    @rule(what=st.sampled_from(["reopen", "delete", "copy", "put back"]))
    def something_befalls_the_agenda(self, what: str) -> None:
        agenda, kept = Path(f"{self.path}.agenda"), self.folder / "kept.agenda"
        self.close()
        if what == "delete":
            agenda.unlink(missing_ok=True)
        elif what == "copy" and agenda.exists():
            shutil.copy(agenda, kept)
        elif what == "put back" and kept.exists():
            shutil.copy(kept, agenda)
        self.engines = [self.opened(), self.opened()]
        self.town.engine = self.engines[0]

    # -- what holds at any time ----------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_written_twice(self) -> None:
        """Every effect once for each run of a clock and each due instant it had; extensions are announced again."""
        found = effects(self.town.engine.events())
        twice = [each for each in set(found) if found.count(each) > 1]
        assert not twice, twice

    def close(self) -> None:
        for engine in self.engines:
            engine.close()

    def teardown(self) -> None:
        self.tick(0)
        self.close()
        shutil.rmtree(self.folder)


def first_moments(engine: Engine) -> dict[str, Any]:
    """When each record has to be looked at next, found by looking at every record."""
    from govflow.due_points import first_of, points_of

    found = {}
    for record in engine.records():
        policy = engine.log.policies.get(record.policy, engine.policy)
        points = points_of(record, engine.deciders[record.kind_of_record], policy, engine.calendar)
        if (first := first_of(points)) is not None:
            found[record.id] = first
    return found


_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@pytest.mark.no_cover  # what chance reaches is no coverage to count on, and measuring it takes longer than walking
def test_after_a_tick_nothing_is_due_and_nothing_was_done_twice():
    run_state_machine_as_test(
        Ticking, settings=settings(max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=_QUIET)
    )


@pytest.mark.slow
def test_after_a_tick_nothing_is_due_on_long_walks():
    run_state_machine_as_test(
        Ticking,
        settings=settings(max_examples=150, stateful_step_count=60, deadline=None, suppress_health_check=_QUIET),
    )
