"""Moving running records to another policy (政策迁移): told before, done by event, undone the same way."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from govflow import CASE, DEFAULT_POLICY, Actor, Engine, NotAllowed, PolicyError, Role
from govflow.cases import commands as c
from govflow.policy import Category, Policy, RetentionClass, Unit
from govflow.regions.policy_version import MigratePolicy, PolicyMigrated
from govflow.testing import PinnedClock
from tests.calendars.samples import end_of
from tests.support import AREA, TOLD, Town, a_case, a_town, dispatcher, lead, supervisor, unit_head

SHORT = "default@short"


def a_policy(version: str = "short", **handling: Any) -> Policy:
    """The default policy with another limit for hotline matters, three working days unless told otherwise."""
    limits = (
        type(each).model_validate({**each.model_dump(), "length": 3, **handling}) if each.id == "hot.handle" else each
        for each in DEFAULT_POLICY.time_limits
    )
    return DEFAULT_POLICY.changed(version=version, time_limits=tuple(limits))


@pytest.fixture
def town() -> Town:
    return a_town()  # Monday 2 March 2026, 09:00


def handling(town: Town, id: str = "it") -> Any:
    return town.engine.get(id).clocks["handling"]


# --- the plan --------------------------------------------------------------------------------------------------------


def test_a_plan_tells_of_every_running_record_what_happens_to_its_clocks_and_writes_nothing(town: Town):
    for state in ("accepted", "in_handling", "suspended", "closed"):
        a_case(town, state, id=state)
    a_case(town, "archived", id="archived")
    town.engine.adopt(a_policy())
    a_case(town, "in_handling", id="new")
    head, states = town.engine.store.head(), list(town.engine.records())

    plans = {plan.record: plan for plan in town.engine.plan_migration(SHORT)}

    assert (town.engine.store.head(), list(town.engine.records())) == (head, states)
    assert set(plans) == {"accepted", "in_handling", "suspended", "closed"}  # neither what ended nor what is on it
    assert all((plan.before, plan.after, plan.blocked) == ("default@5", SHORT, ()) for plan in plans.values())
    (moved,) = [clock for clock in plans["in_handling"].clocks if clock.moves]
    assert moved == ("handling", "hot.handle", end_of("2026-03-09"), "hot.handle", end_of("2026-03-05"))
    assert [clock.moves for clock in plans["accepted"].clocks] == [False]
    stays = {clock.clock: clock.moves for clock in plans["suspended"].clocks}
    assert stays == {"handling": True, "suspension_review": False}  # its date was named


def test_a_plan_may_ask_about_some_records_only(town: Town):
    for id in ("one", "two", "three"):
        a_case(town, "in_handling", id=id)
    town.engine.adopt(a_policy())
    assert [plan.record for plan in town.engine.plan_migration(SHORT, ["three", "one"])] == ["three", "one"]


def test_there_is_no_plan_for_a_policy_that_was_not_adopted(town: Town):
    a_case(town, "in_handling")
    for ask in (town.engine.plan_migration, town.engine.migrate):
        with pytest.raises(PolicyError, match="nowhere@1 was not adopted here; expected default@5"):
            list(ask("nowhere@1"))


def test_what_another_engine_has_adopted_is_known(tmp_path: Path):
    clock = PinnedClock()
    with Engine.open(tmp_path / "log", records=[CASE], now=clock) as one:
        a_case(Town(one, clock), "in_handling", id="it")
        with Engine.open(tmp_path / "log", records=[CASE], now=clock) as other:
            other.adopt(a_policy())
        assert [plan.record for plan in one.plan_migration(SHORT)] == ["it"]


def narrow(**changes: Any) -> Policy:
    return DEFAULT_POLICY.changed(version="narrow", **changes)


@pytest.mark.parametrize(
    ("policy", "en", "zh"),
    [
        (
            narrow(
                open_catalogue=False,
                categories=tuple(each for each in DEFAULT_POLICY.categories if each.id != "general"),
            ),
            "category general is not in its catalogue",
            "目录中无类别 general",
        ),
        (
            narrow(
                categories=tuple(each.changed(retention="long") for each in DEFAULT_POLICY.categories),
                retention=(RetentionClass(id="long", years=30, basis="b"),),
            ),
            "it has no retention class ordinary",
            "无保管期限 ordinary",
        ),
        (
            narrow(time_limits=tuple(each for each in DEFAULT_POLICY.time_limits if each.id != "hot.handle")),
            "it has no time limit for handling",
            "期限钟 handling 无时限规则",
        ),
    ],
)
def test_what_the_new_policy_lacks_blocks_a_record_and_it_stays(town: Town, policy: Policy, en: str, zh: str):
    case = a_case(town, "in_handling", id="it")
    a_case(town, "reported", id="free", category="collective")
    town.engine.adopt(policy)
    (plan,) = town.engine.plan_migration("default@narrow", ["it"])
    assert [(str(each), each.zh) for each in plan.blocked] == [(en, zh)]
    assert not any(clock.moves for clock in plan.clocks)

    told = {plan.record: plan.blocked for plan in town.engine.migrating("default@narrow")}

    assert [str(each) for each in told["it"]] == [en]
    assert town.engine.get("it") == case
    with pytest.raises(NotAllowed) as caught:
        town.do(MigratePolicy(id="it", by=supervisor.model_copy(update={"claims": DISTRICT.claims}), to=policy.key))
    assert caught.value.codes == ("policy_has_what_the_record_needs",)
    assert caught.value.broken[0].detail == (en,)


def test_a_record_that_lacks_nothing_moves_while_another_is_blocked(town: Town):
    a_case(town, "in_handling", id="it")
    a_case(town, "reported", id="free")
    left = tuple(each for each in DEFAULT_POLICY.time_limits if each.id != "hot.handle")
    town.engine.adopt(narrow(time_limits=left))
    list(town.engine.migrating("default@narrow"))
    assert {case.id: case.policy for case in town.engine.records()} == {"it": "default@5", "free": "default@narrow"}


DISTRICT = Actor.of("district-1", Role.DISTRICT)


# --- moving ----------------------------------------------------------------------------------------------------------


def test_a_move_is_one_event_that_says_from_where_to_where_and_carries_every_new_date(town: Town):
    before = a_case(town, "in_handling", id="it")
    town.engine.adopt(a_policy())
    town.pass_days(1)
    list(town.engine.migrating(SHORT, DISTRICT))

    after = town.engine.get("it")
    event = town.engine.history("it")[-1]
    assert (after.version, after.policy) == (before.version + 1, SHORT)
    assert isinstance(event.body, PolicyMigrated)
    assert (event.body.before, event.body.to, event.meta.actor) == ("default@5", SHORT, "district-1")
    (move,) = event.body.clocks
    assert (move.clock, move.due, move.recomputed) == ("handling", end_of("2026-03-05"), True)
    clock = handling(town)
    assert (clock.earlier, clock.extensions, clock.since) == (
        (end_of("2026-03-09"),),
        0,
        before.clocks["handling"].since,
    )
    (why,) = town.engine.why_due("it", "handling")
    assert why.agrees
    assert "was due 2026-03-09 24:00 before; counted anew by policy_version.migrate, 2026-03-03 09:00" in [
        line.en for line in why.lines
    ]


def test_who_may_move_a_record(town: Town):
    a_case(town, "in_handling", id="it")
    town.engine.adopt(a_policy())
    root = AREA.partition("/")[0]
    for actor in (lead, dispatcher, unit_head, Actor.of("t", Role.TOWN, level="town", area=root)):
        told = list(town.engine.migrating(SHORT, actor))
        assert [str(each) for plan in told for each in plan.blocked] != []
        assert town.engine.get("it").policy == "default@5"
    assert list(town.engine.migrating(SHORT, Actor.of("d", Role.DISTRICT, area="elsewhere"))) == []  # sees none
    list(town.engine.migrating(SHORT, Actor.of("d", Role.DISTRICT, level="district", area=root)))
    assert town.engine.get("it").policy == SHORT


def test_moving_again_does_nothing_and_moving_back_restores_the_date(town: Town):
    a_case(town, "in_handling", id="it")
    town.engine.adopt(a_policy())
    list(town.engine.migrating(SHORT))
    assert list(town.engine.migrating(SHORT)) == []
    list(town.engine.migrating("default@5"))
    clock = handling(town)
    assert (clock.due, clock.earlier) == (end_of("2026-03-09"), (end_of("2026-03-09"), end_of("2026-03-05")))


def test_a_clock_that_stands_still_stays_so_and_goes_on_by_the_new_limit(town: Town):
    a_case(town, "in_handling", id="it")
    town.pass_days(1)
    review = town.clock() + timedelta(days=20)
    town.approved(c.SuspendCase(id="it", by=lead, cause="on_account", review_at=review, told_by=TOLD), supervisor)
    town.engine.adopt(a_policy())
    town.pass_days(1)
    list(town.engine.migrating(SHORT))
    assert (handling(town).status, handling(town).due) == ("paused", end_of("2026-03-05"))
    town.pass_days(1)
    town.do(c.ResumeCase(id="it", by=lead))
    assert (handling(town).status, handling(town).due) == ("running", end_of("2026-03-09"))  # Thu, Fri, Mon
    assert town.engine.why_due("it", "handling")[0].agrees


def test_an_extension_keeps_its_length_and_counts_as_given(town: Town):
    a_case(town, "in_handling", id="it")
    ask = c.ExtendDeadline(id="it", by=lead, length=2, reason="made to order", told_by=TOLD)
    town.approved(ask, unit_head)
    town.engine.adopt(a_policy())
    list(town.engine.migrating(SHORT))
    clock = handling(town)
    assert (clock.due, clock.added, clock.extensions) == (end_of("2026-03-09"), 2, 1)  # 3 + 2 working days
    assert "extended_only_once" in {each.code for each in town.engine.why_not(ask.changed(command_id="again"))}


def test_an_extension_in_other_units_blocks_the_move_since_two_working_days_are_not_two_days(town: Town):
    a_case(town, "in_handling", id="it")
    ask = c.ExtendDeadline(id="it", by=lead, length=2, reason="made to order", told_by=TOLD)
    due = town.approved(ask, unit_head).clocks["handling"].due
    town.engine.adopt(a_policy(unit=Unit.DAY))
    done = town.engine.migrate(SHORT)
    assert [str(each) for plan in done.blocked for each in plan.blocked] == [
        "handling was extended in other units than those of hot.handle"
    ]
    assert handling(town).due == due


def test_a_limit_that_has_become_longer_is_announced_again(town: Town):
    a_case(town, "in_handling", id="it")
    town.pass_days(6)
    town.engine.tick()
    assert handling(town).warned == (80,)
    town.engine.adopt(a_policy(length=20))
    town.engine.migrate(SHORT)
    assert handling(town).warned == ()


def test_rework_keeps_its_share(town: Town):
    a_case(town, "handled", id="it")
    town.do(c.OrderRework(id="it", by=dispatcher, reason="leaks"))
    assert handling(town).due == end_of("2026-03-05")  # half of 5: 3
    town.engine.adopt(a_policy(length=8))
    list(town.engine.migrating(SHORT))
    assert (handling(town).due, handling(town).share) == (end_of("2026-03-06"), 50)  # half of 8


def test_timers_keep_running_through_a_move_and_fire_by_the_new_date(town: Town):
    a_case(town, "in_handling", id="it")
    town.engine.tick()
    town.engine.adopt(a_policy())
    list(town.engine.migrating(SHORT))
    town.clock.set(end_of("2026-03-05"))
    town.engine.tick()
    assert (handling(town).status, handling(town).warned) == ("running", (80,))
    town.clock.advance(minutes=1)
    done = town.engine.tick().done
    assert (done["overdue"], handling(town).status) == (1, "overdue")
    (missed,) = [each.body for each in town.engine.history("it") if each.name == "clock.deadline_missed"]
    assert missed.at == end_of("2026-03-05")


def test_a_date_that_is_over_under_the_new_limit_is_missed_from_the_move_on(town: Town):
    a_case(town, "in_handling", id="it")
    town.engine.tick()
    town.pass_days(4)  # Friday: the new limit would have ended on Thursday
    town.engine.adopt(a_policy())
    list(town.engine.migrating(SHORT))
    moved_at = town.clock()
    town.pass_days(0.1)
    town.engine.tick()
    (missed,) = [each.body for each in town.engine.history("it") if each.name == "clock.deadline_missed"]
    assert missed.at == moved_at  # nobody could have kept a date that was not his
    assert handling(town).status == "overdue"


def test_what_is_overdue_stays_overdue_by_the_date_it_missed(town: Town):
    a_case(town, "in_handling", id="it")
    town.clock.set(end_of("2026-03-10"))
    town.engine.tick()
    town.engine.adopt(a_policy(length=30))
    list(town.engine.migrating(SHORT))
    assert (handling(town).status, handling(town).due, town.engine.get("it").policy) == (
        "overdue",
        end_of("2026-03-09"),
        SHORT,
    )


def test_a_limit_of_another_name_takes_the_place_of_one_that_is_gone(town: Town):
    a_case(town, "in_handling", id="it")
    limits = tuple(
        each.changed(id="town.handle", length=10) if each.id == "hot.handle" else each
        for each in DEFAULT_POLICY.time_limits
    )
    town.engine.adopt(DEFAULT_POLICY.changed(version="renamed", time_limits=limits))
    (plan,) = town.engine.migrating("default@renamed")
    (moved,) = [clock for clock in plan.clocks if clock.moves]
    assert (moved.rule, moved.rule_after) == ("hot.handle", "town.handle")
    assert (handling(town).rule, handling(town).due) == ("town.handle", end_of("2026-03-16"))
    list(town.engine.migrating("default@5"))
    assert (handling(town).rule, handling(town).due) == ("hot.handle", end_of("2026-03-09"))


def test_a_category_with_a_limit_of_its_own_in_the_new_policy_has_that_one(town: Town):
    a_case(town, "in_handling", id="it")
    own = tuple(
        each.changed(time_limit="hot.tier.general") if each.id == "general" else each
        for each in DEFAULT_POLICY.categories
    )
    town.engine.adopt(DEFAULT_POLICY.changed(version="own", categories=own))
    list(town.engine.migrating("default@own"))
    assert (handling(town).rule, handling(town).due) == ("hot.tier.general", end_of("2026-03-09"))  # 7 days
    list(town.engine.migrating("default@5"))
    assert (handling(town).rule, handling(town).due) == ("hot.handle", end_of("2026-03-09"))


def test_the_next_step_after_a_move_is_judged_by_the_new_version(town: Town):
    a_case(town, "in_handling", id="it")
    town.engine.adopt(a_policy(extension=1))
    list(town.engine.migrating(SHORT))
    ask = c.ExtendDeadline(id="it", by=lead, length=3, reason="made to order", told_by=TOLD)
    assert "extension_is_within_maximum" in {each.code for each in town.engine.why_not(ask)}
    assert town.engine.as_of("it", version=town.engine.get("it").version - 1).policy == "default@5"


def test_the_plan_says_exactly_what_the_move_does(town: Town):
    for number, state in enumerate(("accepted", "assigned", "in_handling", "suspended", "handled", "fed_back")):
        a_case(town, state, id=f"c{number}", co_units=("power",) if state == "assigned" else ())
    town.engine.adopt(a_policy(unit=Unit.OFFICE_HOUR, length=9))
    planned = list(town.engine.plan_migration(SHORT))
    assert list(town.engine.migrating(SHORT)) == planned
    for plan in planned:
        clocks = town.engine.get(plan.record).clocks
        assert [(clocks[each.clock].rule, clocks[each.clock].due) for each in plan.clocks] == [
            (each.rule_after, each.due_after) for each in plan.clocks
        ]


def test_a_case_hidden_from_who_moves_them_is_passed_over_without_a_word(town: Town):
    a_case(town, "in_handling", id="a-open")
    hidden = {"kind": "whistle_blowing", "confidential": True, "accused_unit": "roads"}
    a_case(town, "in_handling", id="b-hidden", **hidden)
    a_case(town, "in_handling", id="c-open")
    town.engine.adopt(a_policy())
    told = list(town.engine.migrating(SHORT, Actor.of("t", Role.DISTRICT, unit="roads")))
    assert [(plan.record, plan.blocked) for plan in told] == [("a-open", ()), ("c-open", ())]
    assert town.engine.get("b-hidden").policy == "default@5"


# --- killed in the middle --------------------------------------------------------------------------------------------

_KILLED = """
import os, sys
from govflow import CASE, Engine
from govflow.testing import PinnedClock
engine = Engine.open(sys.argv[1], records=[CASE], now=PinnedClock())
for count, plan in enumerate(engine.migrating("default@short"), 1):
    if count == 2:
        os._exit(9)
"""


def test_a_move_that_was_killed_in_the_middle_is_finished_by_the_next(tmp_path: Path):
    path, clock = tmp_path / "log", PinnedClock()
    with Engine.open(path, records=[CASE], now=clock) as engine:
        for number in range(5):
            a_case(Town(engine, clock), "in_handling", id=f"c{number}")
        engine.adopt(a_policy())
    assert subprocess.run([sys.executable, "-c", _KILLED, str(path)], check=False).returncode == 9
    with Engine.open(path, records=[CASE], now=clock) as engine:
        town = Town(engine, clock)
        ids = sorted(case.id for case in engine.records() if case.policy == SHORT)
        assert ids == ["c0", "c1"]  # each is moved whole: date and version together
        assert [handling(town, id).due for id in ids] == [end_of("2026-03-05")] * 2
        assert [plan.record for plan in engine.migrating(SHORT)] == ["c2", "c3", "c4"]
        assert {case.policy for case in engine.records()} == {SHORT}
        names = [each.name for each in engine.events() if each.name == "policy_version.migrated"]
        assert len(names) == 5


def test_a_category_that_the_new_catalogue_closes_to_communities_stops_no_case_that_is_under_way(town: Town):
    a_case(town, "in_handling", id="it")
    closed = (Category(id="general", en="General", zh="一般", admitted=False), *DEFAULT_POLICY.categories[1:])
    town.engine.adopt(DEFAULT_POLICY.changed(version="closed", effective_from=date(2026, 3, 1), categories=closed))
    (plan,) = town.engine.migrating("default@closed")
    assert (plan.blocked, [clock.clock for clock in plan.clocks if clock.moves]) == ((), [])
    assert town.engine.get("it").policy == "default@closed"


def test_migrating_in_one_go_counts_the_moved_and_names_the_blocked():
    town = a_town()
    for id in ("a", "b"):
        a_case(town, "assigned", id=id)
    a_case(town, "assigned", id="odd", category="utility")
    town.engine.adopt(
        DEFAULT_POLICY.changed(
            version="general-only",
            open_catalogue=False,
            categories=tuple(each for each in DEFAULT_POLICY.categories if each.id == "general"),
        )
    )
    done = town.engine.migrate("default@general-only")
    assert (done.moved, [plan.record for plan in done.blocked]) == (2, ["odd"])
    with pytest.raises(PolicyError, match="was not adopted here"):
        town.engine.migrate("default@nowhere")
