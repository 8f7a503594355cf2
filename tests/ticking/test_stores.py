"""The tick on every store, on a log that is only read, and the recurring duties that it plans once a day."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.popo import POPOApplicationRecorder
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from govflow import Engine, LogError
from govflow.actors import Actor, Role
from govflow.calendars import Unit
from govflow.policy import Every, Obligation
from govflow.regions.evidence import AddEvidence
from govflow.regions.obligation import FulfilObligation
from govflow.testing import START, PinnedClock
from tests.support import Town, a_case, a_town
from tests.ticking.world import a_busy_town, a_limit, a_policy, a_rule, effects, nothing_more, once, ticked, waiting

POLICY = a_policy(warn_at=(50, 80), escalations=(a_rule(after=1),))
Open = Callable[[PinnedClock], Engine]


@pytest.fixture(params=["popo", "stock"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens one log on a recorder written for eventsourcing, as often as one likes."""
    if request.param == "popo":
        popo = POPOApplicationRecorder()
        yield lambda now: Engine.on_recorder(popo, keys=tmp_path / "keys", now=now, policy=POLICY)
        return
    with closing(SQLiteDatastore(str(tmp_path / "log.db"), originator_id_type="text")) as datastore:
        stock = SQLiteApplicationRecorder(datastore)
        stock.create_table()
        yield lambda now: Engine.on_recorder(stock, keys=tmp_path / "keys", now=now, policy=POLICY)


STATUSES = ("reported", "accepted", "assigned", "in_handling", "fed_back", "closed", "suspended")


def filled(town: Town) -> Town:
    for number, status in enumerate(STATUSES * 2):
        a_case(town, status, id=f"case-{number:02d}")
    return town


def test_on_a_recorder_written_for_eventsourcing_a_tick_does_the_same_as_on_our_own_store(opened: Open):
    clock = PinnedClock()
    with opened(clock) as engine:
        town, own = filled(Town(engine, clock)), filled(a_town(policy=POLICY, records=None))
        for days in (3, 10, 30):
            for each in (town, own):
                each.pass_days(days)
            assert [tuple(each) for each in ticked(town)] == [tuple(each) for each in ticked(own)]
            nothing_more(town)
            assert waiting(engine, clock()) == []
        assert once(engine) == once(own.engine)


def test_two_engines_on_one_recorder_do_each_thing_once(opened: Open):
    clock = PinnedClock()
    with opened(clock) as first, opened(clock) as second:
        towns = [filled(Town(first, clock)), Town(second, clock)]
        towns[0].pass_days(12)
        turns: list[str] = []

        def in_between(fired: Any) -> None:
            """In the middle of its work the other one ticks it all."""
            turns.append(fired.refused)
            if len(turns) == 5:
                second.tick()

        first.tick(on_fired=in_between)
        assert set(turns) == {""}
        for town in towns:
            nothing_more(town)
        assert len(once(first)) > 20


def test_a_log_opened_for_reading_refuses_the_tick_and_gets_no_file_beside_it(tmp_path: Path):
    town = a_busy_town(path := tmp_path / "log.db", cases=10)
    town.engine.close()
    later = PinnedClock(START)
    later.advance(days=20)
    for now in (PinnedClock(START), later):  # with nothing due, and with much
        with Engine.open(path, read_only=True, now=now) as engine:
            head = engine.store.head()
            with pytest.raises(LogError, match="for reading only"):
                engine.tick()
            assert engine.store.head() == head
    assert not os.path.exists(f"{path}.agenda")


def test_a_log_in_memory_is_ticked_without_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    town = a_busy_town(cases=10)
    town.pass_days(10)
    assert len(ticked(town)) > 5
    assert list(tmp_path.iterdir()) == []


def test_the_log_written_before_work_calendars_is_ticked_by_what_it_holds(tmp_path: Path):
    import shutil

    source = Path(__file__).parents[1] / "data" / "logs" / "before-work-calendars.db"
    for suffix in ("", ".keys"):
        shutil.copy(f"{source}{suffix}", tmp_path / f"old.db{suffix}")
    with Engine.open(tmp_path / "old.db", read_only=True) as engine:
        last = engine.log.last_recorded
        before = effects(engine.events())
    clock = PinnedClock(last)
    clock.advance(days=60)
    town = a_town(tmp_path / "old.db")
    town.clock.set(clock())
    heard = ticked(town)
    assert len(heard) > 0
    assert {id for id, _ in waiting(town.engine, town.clock())} == {each.record for each in heard.refused}
    nothing_more(town)
    counted = Counter(effects(town.engine.events())) - Counter(before)
    assert max(counted.values()) == 1
    town.engine.close()


# -- recurring duties --------------------------------------------------------------------------------------------------

MAYOR = Actor.of("mayor", Role.LEADER)
SECRETARY = Actor.of("secretary-1", Role.SECRETARIAT)
DAILY = Obligation(
    id="daily", en="daily", zh="日研判", every=Every.DAY, owners=("mayor",), workdays_only=True, basis="test"
)
DUTIES = a_policy(a_limit("handling", 5, Unit.WORKDAY, starts_on=("case.assign",)), obligations=(DAILY,))
DUTY = "duty.daily.mayor"


def an_office(path: Any = ":memory:") -> Town:
    return a_town(path, policy=DUTIES, records=None)


def statuses(town: Town) -> dict[str, str]:
    return {key: item.status for key, item in town.engine.get(DUTY).items_of("obligation").items()}


def test_the_first_tick_of_a_local_day_plans_what_is_owed_and_the_others_do_not():
    town = an_office()
    assert [each.kind for each in ticked(town)] == ["planned", "planned"]  # the duty, and what is owed today
    for _ in range(3):
        town.clock.advance(hours=3)
        nothing_more(town)
    town.clock.advance(hours=7)  # past midnight in Beijing, Monday evening in UTC
    assert [each.kind for each in ticked(town)] == ["warn 80", "obligation.miss", "overdue", "planned"]
    assert statuses(town) == {"2026-03-02": "missed", "2026-03-03": "scheduled"}
    nothing_more(town)


def test_after_an_outage_each_working_day_is_missed_once():
    town = an_office()
    ticked(town)
    town.do(
        AddEvidence(id=DUTY, by=SECRETARY, item="e1", kind="minutes", sha256="0" * 64),
        FulfilObligation(id=DUTY, by=MAYOR, item="2026-03-02", measure="met", evidence=("e1",)),
    )
    town.pass_days(7)
    ticked(town)
    assert statuses(town) == {
        "2026-03-02": "fulfilled",
        **{f"2026-03-0{day}": "missed" for day in range(3, 7)},
        "2026-03-09": "scheduled",
    }
    missed = [each for each in once(town.engine) if each.name == "obligation.missed"]
    assert [each.due.astimezone(DUTIES.zone).day for each in missed if each.due] == [4, 5, 6, 7]  # each ends at 24:00
    nothing_more(town)
    once(town.engine)


def test_a_policy_adopted_in_the_course_of_a_day_is_planned_at_the_next_tick():
    town = a_town(records=None)
    ticked(town)
    town.engine.adopt(DUTIES)
    town.clock.advance(minutes=1)
    assert [each.kind for each in ticked(town)] == ["planned", "planned"]
    nothing_more(town)
