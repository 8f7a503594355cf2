"""Overdue, by rule: up the area tree one level at a time, to the district and no further; who refuses is told."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import CASE as SHIPPED
from govflow.actors import SYSTEM, Level
from govflow.calendars import Unit
from govflow.cases import commands as c
from govflow.regions.joint_handling import AcceptJointHandling
from govflow.workflow import rule
from tests.support import Town, a_case, a_plan_decider, a_town, co_unit, dispatcher, lead
from tests.ticking.world import a_limit, a_policy, a_rule, due_of, hours, nothing_more, once, ticked, waiting

CASE: Any = {"id": "it"}
START = ("case.assign",)
BY_LEVEL = (
    a_limit("handling", 1, id="by.grid", levels=(Level.GRID,), starts_on=START),
    a_limit("handling", 2, id="by.community", levels=(Level.COMMUNITY,), starts_on=START),
    a_limit("handling", 3, id="by.town", levels=(Level.TOWN,), starts_on=START),
    a_limit("handling", 4, id="by.district", levels=(Level.DISTRICT,), starts_on=START),
)
UP_TO_THE_TOWN = (Level.GRID, Level.COMMUNITY, Level.TOWN)


def assigned_again(town: Town) -> Any:
    """At the level it was raised to it is dispatched again."""
    return town.do(c.AssignCase(**CASE, by=dispatcher, lead_unit="water", unit_level="town"))


def path_of(town: Town) -> list[tuple[str, str, str]]:
    """From the events alone: to which level it went, by whom, under which rule."""
    return [
        (each.body.to_level, each.body.by, each.body.reason)  # type: ignore[attr-defined]
        for each in town.engine.history("it")
        if each.name == "case.escalated_in_handling"
    ]


def test_from_the_grid_through_community_and_town_to_the_district_each_with_the_limit_of_its_level():
    town = a_town(policy=a_policy(*BY_LEVEL, escalations=(a_rule(after=1, levels=UP_TO_THE_TOWN),)))
    a_case(town, "in_handling", level="grid", **CASE)
    rules = [town.engine.get("it").clocks["handling"].rule]
    for level in ("community", "town", "district"):
        due = due_of(town.engine.get("it"), "handling")
        town.clock.set(due + hours(1))
        assert "overdue" in {each.kind for each in ticked(town)}
        assert town.engine.get("it").level != level
        town.clock.set(due + hours(24 * 4))
        assert "escalation t.handling" in {each.kind for each in ticked(town)}
        record = town.engine.get("it")
        assert (record.level, record.status) == (level, "accepted")
        assert record.clocks["handling"].since == town.clock()  # it has its whole limit from here on
        rules.append(assigned_again(town).clocks["handling"].rule)
    town.pass_days(60)
    ticked(town)
    nothing_more(town)
    assert [(level, by) for level, by, _ in path_of(town)] == [
        ("community", SYSTEM.id),
        ("town", SYSTEM.id),
        ("district", SYSTEM.id),
    ]
    assert all("t.handling" in reason for _, _, reason in path_of(town))
    assert rules == ["by.grid", "by.community", "by.town", "by.district"]
    assert town.engine.get("it").clocks["handling"].is_late  # the district is overdue itself, and stays
    once(town.engine)


def test_as_it_was_at_any_time_the_log_says_in_whose_hands_it_was():
    town = a_town(policy=a_policy(escalations=(a_rule(after=0),)))
    a_case(town, "in_handling", **CASE)
    town.pass_days(10)
    ticked(town)
    raised = town.clock()
    town.pass_days(1)
    assert town.engine.as_of("it", raised - hours(1)).level == "community"
    assert town.engine.as_of("it", raised).level == "town"


@pytest.mark.parametrize("level", ["town", "district"])
def test_a_level_the_rule_does_not_name_is_not_raised(level):
    town = a_town(policy=a_policy(escalations=(a_rule(levels=(Level.COMMUNITY,)),)))
    a_case(town, "in_handling", level=level, **CASE)
    town.pass_days(60)
    assert "overdue" in {each.kind for each in ticked(town)}
    assert town.engine.get("it").level == level


def test_the_district_is_the_end_even_for_a_rule_without_levels():
    town = a_town(policy=a_policy(escalations=(a_rule(),)))
    a_case(town, "in_handling", level="district", **CASE)
    town.pass_days(60)
    heard = ticked(town)
    assert heard.refused == []
    assert town.engine.get("it").level == "district"


def test_a_rule_for_other_kinds_of_matter_is_not_for_this_one():
    town = a_town(policy=a_policy(escalations=(a_rule(kinds=("petition",)),)))
    a_case(town, "in_handling", **CASE)
    town.pass_days(30)
    ticked(town)
    assert path_of(town) == []


def test_the_days_of_a_rule_are_counted_from_the_last_day_of_the_limit():
    town = a_town(policy=a_policy(escalations=(a_rule(after=3),)))
    due = due_of(a_case(town, "in_handling", **CASE), "handling")  # ends on Monday 9 March at 24:00
    town.clock.set(due + hours(24 * 3))  # Tuesday, Wednesday, Thursday: Thursday 24:00
    assert "escalation t.handling" not in {each.kind for each in ticked(town)}
    town.clock.advance(microseconds=1)
    assert [each.kind for each in ticked(town)] == ["escalation t.handling"]


def test_two_rules_for_one_clock_raise_it_one_level_not_two():
    rules = (a_rule(after=0, id="first"), a_rule(after=1, id="second"))
    town = a_town(policy=a_policy(escalations=rules))
    a_case(town, "in_handling", **CASE)
    town.pass_days(12)
    ticked(town)
    assert [level for level, _, _ in path_of(town)] == ["town"]
    nothing_more(town)


def test_what_is_settled_before_its_day_is_not_raised():
    town = a_town(policy=a_policy(escalations=(a_rule(after=3),)))
    due = due_of(a_case(town, "in_handling", **CASE), "handling")
    town.clock.set(due + hours(1))
    ticked(town)
    town.do(c.EscalateInHandling(**CASE, by=lead, to_level="town", reason="too big for us"))
    town.pass_days(4)
    ticked(town)
    assert [by for _, by, _ in path_of(town)] == [lead.id]
    assert town.engine.get("it").level == "town"


def test_a_part_of_a_co_unit_that_is_overdue_raises_the_case_once():
    policy = a_policy(a_limit("joint_task", 5), escalations=(a_rule("joint_task", after=0),))
    town = a_town(policy=policy)
    until = town.clock() + hours(50)
    a_case(town, "accepted", **CASE)
    town.do(
        c.AssignCase(**CASE, by=dispatcher, lead_unit="water", co_units=("power",), co_until=until, unit_level="town"),
        AcceptJointHandling(**CASE, by=co_unit, item="power"),
    )
    town.pass_days(3)
    heard = ticked(town)
    assert [each.due for each in heard if each.kind == "escalation t.joint_task"] == [until]
    assigned_again(town)
    town.clock.advance(hours=1)
    nothing_more(town)  # the part is overdue still, but it has been raised for that
    town.pass_days(2)
    assert ticked(town).refused == []
    assert [level for level, _, _ in path_of(town)] == ["town"]


def test_what_its_unit_objects_to_is_not_raised_until_that_is_decided():
    town = a_town(policy=a_policy(escalations=(a_rule(after=0),)))
    a_case(town, "assigned", **CASE)
    town.do(c.SignOrder(**CASE, by=lead), c.ObjectAssignment(**CASE, by=lead, reason="not ours"))
    town.pass_days(10)
    for _ in range(2):
        assert ticked(town).refused == []  # it is not even tried
        town.pass_days(1)
    assert path_of(town) == []
    town.do(c.DecideReturn(**CASE, by=dispatcher, upheld=False))
    assert ticked(town).refused == []
    assert [level for level, _, _ in path_of(town)] == ["town"]
    nothing_more(town)


# -- refused -----------------------------------------------------------------------------------------------------------


@rule("上提前已指定承办人", "house rule")
def handler_is_named(case: Any, event: Any, context: Any) -> bool:
    """Somebody is named who has worked on it before it goes up."""
    return case.handler is not None or case.id.endswith("free")


def a_strict_town(path: Any = ":memory:", **options: Any) -> Town:
    """A town with a rule of its own, on which the system's raising may founder."""
    records = [SHIPPED.extended(rules={"C21": (handler_is_named,)}), a_plan_decider()]
    return a_town(path, records=records, **options)


def named(id: str) -> c.NameHandler:
    return c.NameHandler(id=id, by=lead, handler="li", handler_unit="water")


def test_what_is_refused_is_told_holds_nothing_else_up_and_is_tried_again_another_day():
    town = a_strict_town(policy=a_policy(escalations=(a_rule(after=0),)))
    a_case(town, "in_handling", id="a-stuck")
    a_case(town, "in_handling", id="b-free")
    town.pass_days(10)
    heard = ticked(town)
    (refused,) = heard.refused
    assert (refused.record, refused.kind) == ("a-stuck", "escalation t.handling")
    assert "Somebody is named" in refused.refused
    assert (town.engine.get("b-free").level, town.engine.get("a-stuck").level) == ("town", "community")
    assert {each.kind for each in heard if each.record == "a-stuck"} >= {"overdue", "escalation t.handling"}

    nothing_more(town)  # not on the same day
    town.clock.advance(hours=23)
    nothing_more(town)
    town.clock.advance(hours=2)
    assert [each.record for each in ticked(town).refused] == ["a-stuck"]  # told once more
    nothing_more(town)

    town.do(named("a-stuck"))
    assert [(each.record, each.kind, each.refused) for each in ticked(town)][-1] == (
        "a-stuck",
        "escalation t.handling",
        "",
    )
    assert town.engine.get("a-stuck").level == "town"
    once(town.engine)


def test_another_process_that_ticks_does_not_tell_the_refusal_again_on_the_same_day(tmp_path):
    town = a_strict_town(tmp_path / "log.db", policy=a_policy(escalations=(a_rule(after=0),)))
    a_case(town, "in_handling", id="stuck")
    town.pass_days(10)
    assert len(ticked(town).refused) == 1
    town.engine.close()
    again = a_strict_town(tmp_path / "log.db")
    again.clock.set(town.clock() + hours(1))
    nothing_more(again)
    again.clock.advance(hours=24)
    assert len(ticked(again).refused) == 1
    again.engine.close()


def test_a_hundred_refused_do_not_keep_one_from_being_raised(monkeypatch):
    monkeypatch.setattr("govflow.ticking._PAGE", 5)
    town = a_strict_town(policy=a_policy(escalations=(a_rule(after=0),)))
    for number in range(12):
        a_case(town, "in_handling", id=f"stuck-{number:02d}")
    a_case(town, "in_handling", id="z-free")
    town.pass_days(10)
    heard = ticked(town)
    assert len(heard.refused) == 12
    assert town.engine.get("z-free").level == "town"
    assert {id for id, _ in waiting(town.engine, town.clock())} == {f"stuck-{number:02d}" for number in range(12)}
    nothing_more(town)


def test_a_case_whose_next_level_has_no_limit_is_raised_once_and_the_tick_ends():
    town = a_town(policy=a_policy(BY_LEVEL[1], escalations=(a_rule(after=0),)))
    a_case(town, "in_handling", **CASE)
    town.pass_days(10)
    assert ticked(town).refused == []
    for _ in range(3):
        town.pass_days(2)
        assert ticked(town).refused == []
    assert [level for level, _, _ in path_of(town)] == ["town"]


def test_hours_of_a_rule_run_on_through_the_night():
    town = a_town(policy=a_policy(escalations=(a_rule(after=6, unit=Unit.HOUR),)))
    due = due_of(a_case(town, "in_handling", **CASE), "handling")
    town.clock.set(due + hours(6))
    ticked(town)
    assert path_of(town) == []
    town.clock.advance(seconds=1)
    ticked(town)
    assert [level for level, _, _ in path_of(town)] == ["town"]
