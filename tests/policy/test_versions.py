"""Versions of the policy (政策版本): which one a record has pinned, when one comes into force, who may adopt it.

The property at the end walks cases, adoptions, time and migrations at random: no date moves without an event.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow import CASE, DEFAULT_POLICY, Actor, Case, Engine, PolicyError, Record, Role
from govflow.calendars import Calendar, Holiday, Roll, Unit, china
from govflow.calendars.notation import needs_calendar
from govflow.cases import commands as c
from govflow.errors import ProtectionError
from govflow.log_events import PolicyAdopted
from govflow.policy import Policy
from govflow.regions.policy_version import limit_under
from govflow.testing import PinnedClock
from tests.calendars import naive
from tests.calendars.samples import CHINA, end_of
from tests.support import MATTER, TOLD, Town, a_case, a_town, dispatcher, lead, resident, supervisor, unit_head

WEEKDAYS = Calendar(id="plain", version="1", first=date(2025, 1, 1), last=date(2027, 12, 31))


def a_policy(version: str, from_day: date = date(2026, 1, 1), **handling: Any) -> Policy:
    """The default policy with another limit for hotline matters."""
    limits = (
        type(each).model_validate({**each.model_dump(), **handling}) if each.id == "hot.handle" else each
        for each in DEFAULT_POLICY.time_limits
    )
    return DEFAULT_POLICY.changed(version=version, effective_from=from_day, time_limits=tuple(limits))


@pytest.fixture
def town() -> Town:
    return a_town()  # Monday 2 March 2026, 09:00


def adoptions(town: Town) -> list[str]:
    return [each.body.policy.key for each in town.engine.log_history() if isinstance(each.body, PolicyAdopted)]


# --- which version a record has --------------------------------------------------------------------------------------


def test_a_record_stays_on_the_version_it_began_under_and_its_steps_follow_that_one(town: Town):
    old = a_case(town, "accepted")
    town.engine.adopt(a_policy("short", length=2))
    new = a_case(town, "assigned")
    town.do(c.AssignCase(id=old.id, by=dispatcher, lead_unit="water", unit_level="town"))

    old, new = (town.engine.get(each.id, Case) for each in (old, new))
    assert (old.policy, old.clocks["handling"].due) == ("default@5", end_of("2026-03-09"))
    assert (new.policy, new.clocks["handling"].due) == ("default@short", end_of("2026-03-04"))
    assert [each.meta.policy for each in town.engine.history(old.id)] == ["default@5"] * 3


def test_rules_look_at_the_version_of_the_record_too(town: Town):
    old = a_case(town, "in_handling")
    town.engine.adopt(a_policy("stern", extension=1))
    new = a_case(town, "in_handling")

    def broken(case: Record) -> set[str]:
        ask = c.ExtendDeadline(id=case.id, by=lead, length=3, reason="made to order", told_by=TOLD)
        return {each.code for each in town.engine.why_not(ask)}

    assert broken(old) == {"approval_is_given"}
    assert broken(new) == {"approval_is_given", "extension_is_within_maximum"}


def test_a_discovery_that_is_reported_later_stays_on_the_version_it_was_noticed_under(town: Town):
    found = a_case(town, "discovered")
    town.engine.adopt(a_policy("short", length=2))
    reported = town.do(c.ReportCase(id=found.id, by=resident, **MATTER))
    assert (reported.status, reported.policy) == ("reported", "default@5")
    assert [each.meta.policy for each in town.engine.history(found.id)] == ["default@5"] * 2


# --- coming into force -----------------------------------------------------------------------------------------------


def test_a_policy_adopted_in_advance_comes_into_force_on_its_day_at_local_midnight(town: Town):
    a_case(town, "reported")
    town.engine.adopt(a_policy("spring", date(2026, 4, 1), length=2))
    before = a_case(town, "reported")
    town.clock.set(end_of("2026-03-31") - timedelta(microseconds=1))
    eve = a_case(town, "reported")
    town.clock.set(end_of("2026-03-31"))
    after = a_case(town, "reported")
    assert [each.policy for each in (before, eve, after)] == ["default@5", "default@5", "default@spring"]
    assert town.engine.policy.key == "default@spring"


def test_what_is_adopted_later_does_not_undo_what_was_adopted_for_a_day_ahead(town: Town):
    a_case(town, "reported")
    town.engine.adopt(a_policy("summer", date(2026, 6, 1), length=2))
    town.pass_days(30)
    town.engine.adopt(a_policy("mend", date(2026, 4, 1), length=3))
    assert a_case(town, "reported").policy == "default@mend"
    town.clock.set(end_of("2026-05-31"))
    assert a_case(town, "reported").policy == "default@summer"


def test_what_is_adopted_with_a_day_gone_by_is_in_force_from_its_adoption_on(town: Town):
    town.engine.adopt(a_policy("march", date(2026, 3, 1)))
    town.pass_days(1)
    town.engine.adopt(a_policy("older", date(2026, 1, 1)))
    assert a_case(town, "reported").policy == "default@older"


def test_the_past_is_judged_by_what_was_in_force_then(town: Town):
    case = a_case(town, "in_handling")
    then = town.clock()
    town.pass_days(1)
    town.engine.adopt(a_policy("stern", extension=1))
    ask = c.ExtendDeadline(id=case.id, by=lead, length=3, reason="made to order", told_by=TOLD)
    assert [each.code for each in town.engine.why_not(ask, at=then)] == ["approval_is_given"]


# --- adopting --------------------------------------------------------------------------------------------------------


def test_a_version_stands_for_one_content_for_ever(town: Town):
    town.engine.adopt(a_policy("short", length=2))
    head = town.engine.store.head()
    with pytest.raises(PolicyError, match="adopted with another content") as caught:
        town.engine.adopt(a_policy("short", length=3))
    assert "已以其他内容通过" in caught.value.sentence("zh-CN")
    assert town.engine.store.head() == head


def test_a_calendar_inside_a_policy_stands_for_its_days_for_ever_too(town: Town):
    a_case(town, "in_handling", id="it")
    other_days = china().model_copy(update={"holidays": ()})
    with pytest.raises(PolicyError, match="cn@2026"):
        town.engine.adopt(DEFAULT_POLICY.changed(version="other", calendars=(other_days,)))
    assert all(why.agrees is not False for why in town.engine.why_due("it"))
    a_case(town, "in_handling", id="next")  # the log goes on as before


def test_adopting_the_same_twice_writes_nothing(town: Town):
    town.engine.adopt(a_policy("short", length=2))
    head = town.engine.store.head()
    town.engine.adopt(a_policy("short", length=2))
    town.engine.adopt(town.engine.policy, Actor.of("district-1", Role.DISTRICT))
    assert (town.engine.store.head(), adoptions(town)) == (head, ["default@short"])


@pytest.mark.parametrize("role", [Role.TOWN, Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER, Role.LEAD_UNIT])
def test_only_the_district_and_the_system_adopt_policies(town: Town, role: Role):
    head = town.engine.store.head()
    with pytest.raises(ProtectionError):
        town.engine.adopt(a_policy("short"), Actor.of("somebody", role))
    assert town.engine.store.head() == head
    town.engine.adopt(a_policy("short"), Actor.of("somebody", role, Role.DISTRICT))
    assert adoptions(town) == ["default@short"]
    assert town.engine.log_history()[-1].meta.actor == "somebody"


def test_nobody_adopts_in_the_name_of_the_system_without_its_role(town: Town):
    with pytest.raises(ProtectionError):
        town.engine.adopt(a_policy("short"), Actor(id="system"))


def test_a_policy_that_names_what_no_table_knows_is_refused_with_every_field(town: Town):
    strange = a_policy("strange", clock="handlin", starts_on=("case.asign",))
    with pytest.raises(PolicyError) as caught:
        town.engine.adopt(strange)
    fields = {each.field.partition(" ")[0] + each.field.partition(")")[2] for each in caught.value.problems}
    place = next(n for n, each in enumerate(strange.time_limits) if each.id == "hot.handle")
    assert fields == {f"time_limits[{place}].clock", f"time_limits[{place}].starts_on"}
    assert adoptions(town) == []


# --- read again ------------------------------------------------------------------------------------------------------

_ELSEWHERE = """
import sys
from govflow import Engine
with Engine.open(sys.argv[1], create=False, read_only=True) as engine:
    for record in engine.records():
        print(record.id, record.policy, record.digest, *(why.agrees for why in engine.why_due(record.id)))
    print(engine.policy.key)
"""


def test_another_process_replays_it_with_no_policy_file_at_hand(tmp_path: Path):
    path = tmp_path / "town.db"
    clock = PinnedClock()
    with Engine.open(path, records=[CASE], now=clock) as engine:
        town = Town(engine, clock)
        a_case(town, "in_handling", id="one")
        engine.adopt(a_policy("plain", length=9).changed(version="p", calendar="plain", calendars=(WEEKDAYS,)))
        a_case(town, "suspended", id="two")
        list(engine.migrating("default@p", ids=["one"]))
        here = [(record.id, record.policy, record.digest) for record in engine.records()]
    (tmp_path / "elsewhere").mkdir()
    told = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE, str(path)], cwd=tmp_path / "elsewhere", capture_output=True, text=True
    )
    assert told.stderr == ""
    *records, in_force = told.stdout.splitlines()
    assert [tuple(line.split()[:3]) for line in records] == here
    assert not any("False" in line for line in records)
    # the system's own clock is years on or back: its day may or may not have come, but it is one of the log's
    assert in_force in ("default@5", "default@p")


# --- any course ------------------------------------------------------------------------------------------------------

HOLIDAYS = Calendar(
    id="fair",
    version="1",
    first=date(2024, 1, 1),
    last=date(2026, 12, 31),
    holidays=(Holiday(first=date(2026, 3, 9), last=date(2026, 3, 13), en="fair", zh="庙会"),),
)


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    unit = draw(st.sampled_from((Unit.WORKDAY, Unit.DAY, Unit.HOUR, Unit.OFFICE_HOUR)))
    rolls = draw(st.sampled_from(Roll)) if unit in (Unit.WORKDAY, Unit.DAY) else Roll.NONE
    return {
        "limit": {"length": draw(st.integers(1, 30)), "unit": unit, "roll": rolls},
        "calendar": draw(st.sampled_from((None, WEEKDAYS, HOLIDAYS))),
        "share": draw(st.integers(1, 100)),
    }


def build(version: int, drawn: dict[str, Any]) -> Policy:
    policy = a_policy(f"v{version}", **drawn["limit"])
    changes: dict[str, Any] = {"thresholds": policy.thresholds.changed(rework_percent=drawn["share"])}
    if (calendar := drawn["calendar"]) is not None:
        changes |= {"calendar": calendar.id, "calendars": (calendar,)}
    return policy.changed(**changes)


STATES = ("accepted", "assigned", "in_handling", "suspended", "handled", "fed_back")
acts = st.one_of(
    st.tuples(st.just("case"), st.sampled_from(STATES)),
    st.tuples(st.just("adopt"), policies()),
    st.tuples(st.just("pass"), st.integers(1, 6 * 96)),
    st.tuples(st.just("step"), st.integers(0, 99)),
    st.tuples(st.just("migrate"), st.integers(0, 99)),
    st.tuples(st.just("tick"), st.just(None)),
)


def step(town: Town, case: Record) -> None:
    """The next step of a case, whichever it takes."""
    clock = case.clocks.get("handling")
    match case.status:
        case "accepted":
            town.do(c.AssignCase(id=case.id, by=dispatcher, lead_unit="water", unit_level="town"))
        case "in_handling" if clock is not None and clock.status == "running" and not clock.extensions:
            limit = town.engine.log.policies[case.policy].limit(clock.rule or "")
            ask = c.ExtendDeadline(id=case.id, by=lead, length=2, reason="made to order", told_by=TOLD)
            if clock.due is not None and town.clock() <= clock.due and limit is not None and limit.extension >= 2:
                town.approved(ask, unit_head)
        case "in_handling":
            review = town.clock() + timedelta(days=60)
            stop = c.SuspendCase(id=case.id, by=lead, cause="on_account", review_at=review, told_by=TOLD)
            town.approved(stop, supervisor)
        case "suspended":
            town.do(c.ResumeCase(id=case.id, by=lead))
        case "handled" | "fed_back":
            town.do(c.OrderRework(id=case.id, by=dispatcher, reason="leaks"))


def dues(town: Town) -> dict[tuple[str, str], Any]:
    return {(case.id, name): clock.due for case in town.engine.records() for name, clock in case.clocks.items()}


def recounted(town: Town, case: Record, name: str) -> Any:
    """What a running clock's due instant is under the record's policy, counted by the oracle."""
    policy = town.engine.log.policies[case.policy]
    clock = case.clocks[name]
    limit = limit_under(policy, case, clock)
    assert limit is not None
    length = limit.length if clock.share is None else -(-limit.length * clock.share // 100)
    term = limit.term.model_copy(update={"length": length})
    calendar = town.engine.calendar((limit.calendar or policy.calendar or "") if needs_calendar(term) else "")
    return naive.due(term, clock.since, calendar, CHINA, clock.pauses, clock.added)[0]


@pytest.mark.no_cover  # courses drawn by chance: what of the code they need is tested by example
@given(st.lists(acts, min_size=4, max_size=14))
def test_no_date_of_a_running_case_moves_without_an_event_that_moves_it(course):
    town = a_town()
    a_case(town, "in_handling")
    version = 0
    for act, what in course:
        before, head = dues(town), town.engine.store.head()
        policies_before = {case.id: case.policy for case in town.engine.records()}
        migrated: list[str] = []
        match act:
            case "case":
                a_case(town, what)
            case "adopt":
                version += 1
                town.engine.adopt(build(version, what))
            case "pass":
                town.clock.advance(minutes=15 * what)
            case "tick":
                town.engine.tick()
            case "step":
                cases = list(town.engine.records())
                step(town, cases[what % len(cases)])
            case "migrate":
                adopted = list(town.engine.log.policies)
                to = adopted[what % len(adopted)]
                plans = list(town.engine.migrating(to))
                migrated = [plan.record for plan in plans if not plan.blocked]

        after = dues(town)
        moves = {
            (event.stream, move.clock): move.due
            for event in town.engine.events(head)
            for move in event.body.clocks
            if move.due is not None
        }
        assert {key: due for key, due in after.items() if before.get(key) != due} == {
            key: due for key, due in moves.items() if before.get(key) != due
        }
        if act in ("adopt", "pass"):
            assert after == before
        for case in town.engine.records():
            if case.id in policies_before and case.id not in migrated:
                assert case.policy == policies_before[case.id]
            assert town.engine.log.fold(case.id) == case
        for id in migrated:
            case = town.engine.get(id)
            for name, clock in case.clocks.items():
                if clock.is_going and clock.derived is None:
                    assert clock.due == recounted(town, case, name), name
    town.engine.close()


@pytest.mark.no_cover  # courses drawn by chance: what of the code they need is tested by example
@given(policies(), st.integers(0, 6 * 96), st.lists(st.sampled_from(STATES), min_size=1, max_size=4))
def test_a_migration_and_the_one_back_restore_the_dates(drawn, quarters, states):
    town = a_town()
    for state in states:
        a_case(town, state)
    town.clock.advance(minutes=15 * quarters)
    before = dues(town)
    town.engine.adopt(build(1, drawn))
    there, back = list(town.engine.migrating("default@v1")), list(town.engine.migrating("default@5"))
    assert [plan.record for plan in there] == [plan.record for plan in back]
    assert not any(plan.blocked for plan in (*there, *back))
    assert dues(town) == before
    assert {case.policy for case in town.engine.records()} == {"default@5"}
    town.engine.close()
