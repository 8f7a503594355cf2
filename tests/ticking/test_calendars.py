"""Provisional dates: where a newer edition of a calendar is adopted, the next tick moves each once; firm ones stay."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from govflow.actors import SYSTEM
from govflow.calendars import Holiday, Unit
from govflow.cases import commands as c
from govflow.messages import ClockStatus
from tests.support import TOLD, Town, a_case, a_town, dispatcher, lead, supervisor
from tests.ticking.world import a_limit, a_policy, a_rule, hours, next_edition, nothing_more, once, ticked, waiting

CASE: Any = {"id": "it"}
NEW_YEAR = Holiday(first=date(2027, 1, 1), last=date(2027, 1, 3), en="New Year", zh="元旦")
WINTER = Holiday(first=date(2027, 1, 4), last=date(2027, 1, 8), en="invented", zh="虚构")
IN_DECEMBER = datetime(2026, 12, 28, 1, tzinfo=UTC)  # a Monday, nine o'clock in Beijing
DUE_BEFORE = datetime(2027, 1, 5, 16, tzinfo=UTC)  # five working days later, New Year's Day being fixed by law
DUE_AFTER = datetime(2027, 1, 12, 16, tzinfo=UTC)  # with a week of holidays that nobody could know


def in_december(path: Any = ":memory:", **options: Any) -> Town:
    town = a_town(path, **options)
    town.clock.set(IN_DECEMBER)
    return town


def handling(town: Town, id: str = "it") -> Any:
    return town.engine.get(id).clocks["handling"]


def recomputed(town: Town, id: str = "it") -> list[Any]:
    return [each for each in town.engine.history(id) if each.name == "clock.recomputed"]


def test_the_next_tick_moves_every_provisional_date_by_one_event_and_leaves_the_firm_ones():
    town = a_town()
    town.clock.set(IN_DECEMBER - timedelta(days=7))
    a_case(town, "in_handling", id="firm")
    town.clock.set(IN_DECEMBER)
    for number in range(3):
        a_case(town, "in_handling", id=f"late-{number}")
    a_case(town, "closed", id="closed")
    assert (handling(town, "late-0").due, handling(town, "late-0").provisional) == (DUE_BEFORE, True)
    firm = {id: town.engine.get(id).clocks for id in ("firm", "closed")}
    ticked(town)
    before = handling(town, "firm")

    town.engine.adopt_calendar(next_edition(NEW_YEAR, WINTER))
    assert handling(town, "late-0").due == DUE_BEFORE  # not before the tick, and not without an event
    heard = ticked(town)
    assert {each.record for each in heard if each.kind == "recomputed"} == {"late-0", "late-1", "late-2"}
    for number in range(3):
        clock = handling(town, f"late-{number}")
        assert (clock.due, clock.provisional, clock.calendar) == (DUE_AFTER, False, "cn@2027.1")
        assert clock.earlier == (DUE_BEFORE,)
        (event,) = recomputed(town, f"late-{number}")
        assert (event.body.by, event.body.at, event.body.item) == (SYSTEM.id, town.clock(), "handling")
    assert handling(town, "firm") == before
    assert recomputed(town, "firm") == recomputed(town, "closed") == []
    assert firm["closed"] == town.engine.get("closed").clocks
    nothing_more(town)
    once(town.engine)


def test_why_the_date_is_what_it_is_says_so():
    town = in_december()
    a_case(town, "in_handling", **CASE)
    (before,) = town.engine.why_due("it", "handling")
    assert (before.provisional, before.agrees) == (True, True)
    assert "provisional" in {line.code for line in before.lines}
    town.engine.adopt_calendar(next_edition(NEW_YEAR, WINTER))
    ticked(town)
    (after,) = town.engine.why_due("it", "handling")
    text = "\n".join(line.en for line in after.lines)
    assert (after.due, after.provisional, after.agrees) == (DUE_AFTER, False, True)
    assert "provisional" not in {line.code for line in after.lines}
    assert "cn@2027.1" in text
    assert "invented" in text
    assert "2027-01-05" in text  # what it was before


def test_after_an_outage_the_date_is_put_right_before_anybody_is_told_that_it_has_passed():
    town = in_december()
    a_case(town, "in_handling", **CASE)
    town.engine.adopt_calendar(next_edition(NEW_YEAR, WINTER))
    town.clock.set(DUE_BEFORE + timedelta(days=2))
    heard = [each for each in ticked(town) if each.kind in ("recomputed", "overdue")]
    assert "handling" not in {each.item for each in once(town.engine) if each.name == "clock.deadline_missed"}
    assert heard[0].kind == "recomputed"
    town.clock.set(DUE_AFTER + hours(1))
    ticked(town)
    missed = [each.body.at for each in town.engine.history("it") if each.name == "clock.deadline_missed"]
    assert missed[-1] == DUE_AFTER


def test_an_edition_that_changes_nothing_for_a_date_writes_nothing_but_makes_it_firm():
    town = in_december()
    a_case(town, "in_handling", **CASE)
    town.engine.adopt_calendar(next_edition(NEW_YEAR))
    ticked(town)
    clock = handling(town)
    assert (clock.due, clock.provisional, len(recomputed(town))) == (DUE_BEFORE, False, 1)
    nothing_more(town)


def test_a_second_edition_moves_no_date_that_the_first_has_made_firm():
    town = in_december()
    a_case(town, "in_handling", **CASE)
    town.engine.adopt_calendar(next_edition(NEW_YEAR, WINTER))
    ticked(town)
    town.engine.adopt_calendar(next_edition(NEW_YEAR, version="2027.2"))
    nothing_more(town)
    assert handling(town).due == DUE_AFTER


def test_an_edition_that_does_not_reach_that_far_leaves_the_date_provisional_and_the_tick_ends():
    limit = a_limit("handling", 300, starts_on=("case.assign",))
    town = in_december(policy=a_policy(limit))
    a_case(town, "in_handling", **CASE)
    town.engine.adopt_calendar(next_edition(NEW_YEAR, WINTER))
    ticked(town)
    assert handling(town).provisional
    assert len(recomputed(town)) == 1
    nothing_more(town)


def test_a_paused_clock_is_put_right_too_and_goes_on_by_the_newer_days():
    town = in_december()
    a_case(town, "in_handling", **CASE)
    suspend = c.SuspendCase(
        **CASE, by=lead, cause="on_account", review_at=town.clock() + timedelta(days=30), told_by=TOLD
    )
    town.approved(suspend, supervisor)
    town.engine.adopt_calendar(next_edition(NEW_YEAR, WINTER))
    ticked(town)
    assert (handling(town).status, handling(town).due) == (ClockStatus.PAUSED, DUE_AFTER)
    town.pass_days(1)
    town.do(c.ResumeCase(**CASE, by=lead))
    assert (handling(town).provisional, handling(town).calendar) == (False, "cn@2027.1")


def test_a_date_that_becomes_provisional_after_the_newer_edition_was_adopted_is_put_right_as_well():
    town = a_town()
    town.clock.set(datetime(2026, 12, 14, 1, tzinfo=UTC))
    a_case(town, "in_handling", **CASE)  # due on the twenty-first: firm, and counted by the older edition
    suspend = c.SuspendCase(
        **CASE, by=lead, cause="on_account", review_at=town.clock() + timedelta(days=30), told_by=TOLD
    )
    town.approved(suspend, supervisor)
    assert not handling(town).provisional
    town.engine.adopt_calendar(next_edition(NEW_YEAR, WINTER))
    ticked(town)
    assert recomputed(town) == []
    town.clock.set(datetime(2026, 12, 30, 1, tzinfo=UTC))
    town.do(c.ResumeCase(**CASE, by=lead))
    assert handling(town).provisional  # by the edition it was begun with
    ticked(town)
    clock = handling(town)
    assert (clock.provisional, clock.calendar, len(recomputed(town))) == (False, "cn@2027.1", 1)
    nothing_more(town)


def test_an_escalation_counted_in_working_days_follows_the_newer_edition():
    town = a_town(policy=a_policy(escalations=(a_rule(after=4),)))
    town.clock.set(datetime(2026, 12, 21, 1, tzinfo=UTC))
    a_case(town, "in_handling", **CASE)  # due on Monday the twenty-eighth
    town.clock.set(datetime(2026, 12, 29, 1, tzinfo=UTC))
    ticked(town)
    assert handling(town).is_late
    worked = (*next_edition().workdays, date(2027, 1, 2), date(2027, 1, 3))  # a weekend, for the Friday before
    town.engine.adopt_calendar(next_edition(NEW_YEAR.changed(last=date(2027, 1, 1)), workdays=worked))
    # 29, 30, 31 December and 2 January: two days sooner than with the fourth of January, as it seemed before
    assert ticked(town).tick.done == {}
    town.clock.set(datetime(2027, 1, 2, 16, tzinfo=UTC) + timedelta(microseconds=1))
    assert waiting(town.engine, town.clock()) == [("it", "escalation t.handling handling")]
    assert [each.kind for each in ticked(town)] == ["escalation t.handling"]


def test_a_clock_counted_in_calendar_days_is_never_provisional():
    town = in_december(policy=a_policy(a_limit("handling", 10, Unit.DAY, starts_on=("case.assign",))))
    a_case(town, "in_handling", **CASE)
    due = handling(town).due
    town.engine.adopt_calendar(next_edition(NEW_YEAR, WINTER))
    ticked(town)
    assert (handling(town).due, recomputed(town)) == (due, [])


def test_killed_between_two_of_them_the_next_tick_moves_the_others(tmp_path: Path):
    town = in_december(tmp_path / "log.db")
    for number in range(5):
        a_case(town, "in_handling", id=f"late-{number}")
    ticked(town)
    town.engine.adopt_calendar(next_edition(NEW_YEAR, WINTER))

    class Killed(BaseException):
        """As if the process were gone."""

    def after_two(fired: Any) -> None:
        if fired.record == "late-1":
            raise Killed

    try:
        town.engine.tick(on_fired=after_two)
    except Killed:
        town.engine.close()
    again = in_december(tmp_path / "log.db")
    assert [each.record for each in ticked(again) if each.kind == "recomputed"] == ["late-2", "late-3", "late-4"]
    assert [len(recomputed(again, f"late-{number}")) for number in range(5)] == [1] * 5
    nothing_more(again)
    again.engine.close()


def test_cases_begun_after_the_adoption_are_counted_by_the_newer_edition_at_once():
    town = in_december()
    a_case(town, "in_handling", id="old")
    town.engine.adopt_calendar(next_edition(NEW_YEAR, WINTER))
    a_case(town, "accepted", id="new")
    town.do(c.AssignCase(id="new", by=dispatcher, lead_unit="water", unit_level="town"))
    assert (handling(town, "new").due, handling(town, "new").provisional) == (DUE_AFTER, False)
    ticked(town)
    assert recomputed(town, "new") == []
