"""Recurring obligations as stories: Monday visits, 日周月, courses, an outage, a policy that changes."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from govflow import Actor, Role
from govflow.calendars import china
from govflow.duties import fulfilment
from govflow.policy import Every
from govflow.regions.evidence import AddEvidence
from govflow.regions.obligation import ExcuseObligation, FulfilObligation, ScheduleObligation
from tests.duties.office import MAYOR, SECRETARY, SUPERVISOR, Office, a_policy, an_obligation, local

VISITS = an_obligation("visit", Every.WEEK, "mayor", weekday=1, workdays_only=True, zh="周一接访下访")
STUDY = (
    an_obligation("daily", Every.DAY, "safety-office", workdays_only=True, zh="一日一碰头"),
    an_obligation("weekly", Every.WEEK, "safety-office", workdays_only=True, zh="一周一研判"),
    an_obligation("monthly", Every.MONTH, "safety-office", zh="一月一调度"),
)
COURSE = an_obligation("course", Every.TWO_MONTHS, "party-committee", at_least=5, zh="党风党纪学习教育")
OFFICER = Actor.of("chen", Role.LEAD_UNIT, unit="safety-office")
BRANCH = Actor.of("liu", Role.COMMUNITY, unit="party-committee")


# --- Monday visits (M016) ----------------------------------------


def test_of_five_mondays_one_is_missed_one_excused_and_the_rest_fulfilled():
    office = Office(a_policy(VISITS), date(2026, 3, 2))
    kept = {date(2026, 3, 2), date(2026, 3, 16), date(2026, 3, 30)}
    office.work_until(date(2026, 3, 22), fulfils=lambda duty, item, day: MAYOR if day in kept else None)
    office.wake_on(date(2026, 3, 23))
    excuse = ExcuseObligation(id="duty.visit.mayor", by=SUPERVISOR, item="2026-W13", reason="flood control")
    office.engine.handle(excuse)
    office.work_until(date(2026, 4, 1), fulfils=lambda duty, item, day: MAYOR if day in kept else None)

    assert office.statuses("visit") == {
        "2026-W10": "fulfilled",
        "2026-W11": "missed",
        "2026-W12": "fulfilled",
        "2026-W13": "excused",
        "2026-W14": "fulfilled",
    }
    assert fulfilment(office.duties()) == (3, 0, 4)
    assert fulfilment(office.duties()).rate == Fraction(3, 4)


def test_a_visit_is_owed_until_midnight_of_its_monday_and_missed_by_the_next_tick():
    office = Office(a_policy(VISITS), date(2026, 3, 9))
    office.tick()
    item = office.duty("visit").item("obligation", "2026-W11")
    assert item.until == local(date(2026, 3, 10), 0)
    assert (item.what, item.owes) == ("周一接访下访", "mayor")

    office.clock.set(item.until)
    office.tick()
    assert office.statuses("visit") == {"2026-W11": "scheduled"}

    office.clock.advance(seconds=1)
    office.tick()
    assert office.statuses("visit") == {"2026-W11": "missed"}


def test_what_was_missed_may_be_fulfilled_late_and_the_miss_stays_countable():
    office = Office(a_policy(VISITS), date(2026, 3, 9))
    office.tick()
    office.wake_on(date(2026, 3, 11))
    office.fulfil("duty.visit.mayor", "2026-W11")

    item = office.duty("visit").item("obligation", "2026-W11")
    assert (item.status, item.was_missed) == ("fulfilled", True)
    assert fulfilment(office.duties()) == (1, 1, 1)
    assert office.duty("visit").clocks["obligation_due:2026-W11"].status == "met_late"


def test_only_whoever_owes_it_may_fulfil_it():
    office = Office(a_policy(VISITS), date(2026, 3, 9))
    office.tick()
    office.engine.handle(AddEvidence(id="duty.visit.mayor", by=SECRETARY, item="m", sha256="0" * 64))
    fulfil = FulfilObligation(id="duty.visit.mayor", by=MAYOR, item="2026-W11", measure="visited", evidence=("m",))

    deputy = Actor.of("deputy", Role.LEADER, unit="town")
    assert office.refused(fulfil.changed(by=deputy)) == {"role_is_held"}
    office.engine.handle(fulfil)


def test_a_duty_opened_after_its_weekday_begins_with_the_next_week():
    office = Office(a_policy(VISITS), date(2026, 3, 4))
    office.tick()
    assert office.statuses("visit") == {}
    office.wake_on(date(2026, 3, 9))
    assert office.statuses("visit") == {"2026-W11": "scheduled"}


# --- 日周月 over the Spring Festival (M026-M028) ----------------------------------------


def test_a_month_with_the_spring_festival_asks_for_its_working_days_its_working_weeks_and_once_for_itself():
    office = Office(a_policy(*STUDY), date(2026, 2, 1))
    office.work_until(date(2026, 2, 28), fulfils=lambda duty, item, day: OFFICER)

    february = [date(2026, 2, n) for n in range(1, 29)]
    meetings = office.statuses("daily", "safety-office")
    assert list(meetings) == [day.isoformat() for day in february if china().is_workday(day)]
    assert "2026-02-14" in meetings  # a make-up Saturday
    assert not any(f"2026-02-{n}" in meetings for n in range(15, 24))  # the festival
    assert list(office.statuses("weekly", "safety-office")) == ["2026-W06", "2026-W07", "2026-W09"]
    assert office.statuses("monthly", "safety-office") == {"2026-02": "fulfilled"}
    # counted by hand: the 2nd to the 6th, the 9th to the 14th, the 24th to the 28th; W05 had only its Sunday left
    assert fulfilment(office.duties()) == (16 + 3 + 1, 0, 16 + 3 + 1)


# --- a course every two months, at least five a year (M146) ----------------------------------------


def a_year_of_courses(held: int) -> Office:
    """Six slots in 2026, of which the first `held` are used, up to New Year's Day."""
    office = Office(a_policy(COURSE), date(2026, 1, 1))
    for n in range(1, 7):
        office.wake_on(date(2026, 2 * n, 1))
        if n <= held:
            office.fulfil("duty.course.party-committee", f"2026-M{n}", BRANCH)
    office.wake_on(date(2027, 1, 1))
    return office


def test_four_courses_of_six_slots_miss_the_minimum_of_the_year():
    office = a_year_of_courses(4)
    statuses = office.statuses("course", "party-committee")
    assert statuses["2026.at-least"] == "missed"
    assert [statuses[f"2026-M{n}"] for n in (4, 5, 6)] == ["fulfilled", "missed", "missed"]
    assert statuses["2027-M1"] == "scheduled"
    item = office.duty("course", "party-committee").item("obligation", "2026.at-least")
    assert item.until == local(date(2027, 1, 1), 0)
    assert "2026 年不少于 5 次" in item.what


@pytest.mark.parametrize("held", [5, 6])
def test_five_courses_are_enough_though_a_slot_was_missed(held: int):
    office = a_year_of_courses(held)
    assert "2026.at-least" not in office.statuses("course", "party-committee")
    assert office.duty("course", "party-committee").fulfilled_in(2026) == held


def test_the_minimum_is_no_occurrence_in_the_rate():
    assert fulfilment(a_year_of_courses(4).duties(), 2026) == (4, 0, 6)
    assert fulfilment(a_year_of_courses(4).duties(), 2027).rate is None


def test_a_course_held_late_counts_for_its_year_and_so_does_one_put_on_by_hand():
    office = Office(a_policy(COURSE), date(2026, 1, 1))
    for n in range(1, 4):
        office.wake_on(date(2026, 2 * n, 1))
        office.fulfil("duty.course.party-committee", f"2026-M{n}", BRANCH)
    office.wake_on(date(2026, 12, 1))
    office.fulfil("duty.course.party-committee", "2026-M5", BRANCH)
    extra = ScheduleObligation(
        id="duty.course.party-committee",
        by=BRANCH,
        item="2026-extra",
        what="one more course",
        owner="party-committee",
        until=local(date(2026, 12, 31)),
    )
    office.engine.handle(extra)
    office.fulfil("duty.course.party-committee", "2026-extra", BRANCH)
    office.wake_on(date(2027, 1, 1))

    assert office.duty("course", "party-committee").item("obligation", "2026-M5").was_missed
    assert "2026.at-least" not in office.statuses("course", "party-committee")


def test_a_duty_that_begins_late_in_a_year_owes_no_more_than_was_scheduled_in_it():
    office = Office(a_policy(COURSE), date(2026, 10, 1))
    for n in (5, 6):
        office.wake_on(date(2026, 2 * n, 1))
        office.fulfil("duty.course.party-committee", f"2026-M{n}", BRANCH)
    office.wake_on(date(2027, 1, 1))
    assert "2026.at-least" not in office.statuses("course", "party-committee")

    missed = Office(a_policy(COURSE), date(2026, 10, 1))
    missed.tick()
    missed.wake_on(date(2027, 1, 1))
    assert missed.statuses("course", "party-committee")["2026.at-least"] == "missed"


def test_a_year_of_weeks_is_over_with_its_last_week():
    visits = an_obligation("visit", Every.WEEK, "mayor", at_least=40)
    office = Office(a_policy(visits), date(2026, 1, 5))
    office.tick()
    office.wake_on(date(2027, 1, 3))  # a Sunday, the last day of week 53
    assert "2026.at-least" not in office.statuses("visit")
    office.wake_on(date(2027, 1, 4))
    assert office.statuses("visit")["2026.at-least"] == "missed"


def test_a_year_that_ended_in_an_outage_is_judged_once():
    office = Office(a_policy(COURSE), date(2026, 1, 1))
    office.tick()
    office.wake_on(date(2028, 2, 1))
    events = office.counted("duty.course.party-committee")
    assert events["obligation.missed 2026.at-least"] == events["obligation.missed 2027.at-least"] == 1
    assert events["obligation.missed 2027-M6"] == 1
    assert office.planned() == []


# --- an outage ----------------------------------------


def test_after_three_days_of_outage_each_day_is_scheduled_once_and_missed_once():
    office = Office(a_policy(STUDY[0]), date(2026, 3, 2))
    office.work_until(date(2026, 3, 2), fulfils=lambda duty, item, day: OFFICER)
    office.wake_on(date(2026, 3, 6))
    office.tick()

    events = office.counted("duty.daily.safety-office")
    for day in ("2026-03-03", "2026-03-04", "2026-03-05"):
        assert events[f"obligation.scheduled {day}"] == events[f"obligation.missed {day}"] == 1
    assert office.statuses("daily", "safety-office") == {
        "2026-03-02": "fulfilled",
        "2026-03-03": "missed",
        "2026-03-04": "missed",
        "2026-03-05": "missed",
        "2026-03-06": "scheduled",
    }


def test_the_tick_of_the_engine_plans_and_misses_by_itself():
    office = Office(a_policy(STUDY[0], COURSE), date(2026, 12, 28))
    office.engine.tick()
    office.fulfil("duty.daily.safety-office", "2026-12-28", OFFICER)
    office.clock.set(local(date(2027, 1, 4)))
    office.engine.tick()

    events = office.counted("duty.daily.safety-office")
    for day in ("2026-12-29", "2026-12-30", "2026-12-31"):
        assert events[f"obligation.scheduled {day}"] == events[f"obligation.missed {day}"] == 1
    assert office.statuses("daily", "safety-office")["2027-01-04"] == "scheduled"
    assert office.statuses("course", "party-committee") == {
        "2026-M6": "missed",
        "2027-M1": "scheduled",
        "2026.at-least": "missed",
    }
    head = office.engine.store.head()
    assert office.engine.tick().refused == 0
    assert office.engine.store.head() == head
    assert office.planned() == []


def test_an_outage_is_caught_up_with_though_people_went_on_working():
    office = Office(a_policy(STUDY[0]), date(2026, 3, 2))
    office.tick()
    office.clock.set(local(date(2026, 3, 5)))
    office.fulfil("duty.daily.safety-office", "2026-03-02", OFFICER)  # later than the next days were due
    office.tick()
    statuses = office.statuses("daily", "safety-office")
    assert [statuses[f"2026-03-0{n}"] for n in (2, 3, 4, 5)] == ["fulfilled", "missed", "missed", "scheduled"]


# --- a policy that changes ----------------------------------------


def changed_to(office: Office, *obligations: Any, since: date, version: str = "2") -> None:
    office.policy = a_policy(*obligations, version=version, since=since)


def test_a_duty_that_the_policy_drops_ends_and_what_is_scheduled_is_cancelled():
    office = Office(a_policy(VISITS, STUDY[0]), date(2026, 3, 2))
    office.tick()
    office.wake_on(date(2026, 3, 9))
    changed_to(office, STUDY[0], since=date(2026, 3, 9))
    office.tick()

    duty = office.duty("visit")
    assert duty.status == "ended"
    assert office.statuses("visit") == {"2026-W10": "missed", "2026-W11": "cancelled"}
    assert duty.clocks["obligation_due:2026-W11"].status == "cancelled"
    assert office.engine.open_loops(duty.id) == ()
    assert office.planned() == []
    assert office.duty("daily", "safety-office").status == "in_force"


def test_a_duty_that_comes_back_is_owed_again_from_that_day_on():
    office = Office(a_policy(VISITS), date(2026, 3, 2))
    office.tick()
    changed_to(office, since=date(2026, 3, 2))
    office.tick()
    changed_to(office, VISITS, since=date(2026, 3, 23), version="3")
    office.wake_on(date(2026, 3, 23))

    duty = office.duty("visit")
    assert (duty.status, duty.first, duty.policy) == ("in_force", date(2026, 3, 23), "default@3")
    assert office.statuses("visit") == {"2026-W10": "cancelled", "2026-W13": "scheduled"}
    assert office.planned() == []


def test_other_terms_hold_from_the_day_of_the_policy_and_what_went_before_stays_under_the_old_ones():
    office = Office(a_policy(VISITS), date(2026, 3, 2))
    office.tick()
    fridays = an_obligation("visit", Every.WEEK, "mayor", weekday=5)
    changed_to(office, fridays, since=date(2026, 3, 16))
    office.wake_on(date(2026, 3, 25))  # the second week was not planned either

    items = office.duty("visit").items_of("obligation")
    assert {key: item.until - timedelta(days=1) for key, item in items.items()} == {
        "2026-W10": local(date(2026, 3, 2), 0),
        "2026-W11": local(date(2026, 3, 9), 0),
        "2026-W12": local(date(2026, 3, 20), 0),
        "2026-W13": local(date(2026, 3, 27), 0),
    }
    assert office.counted("duty.visit.mayor")["duty.amended"] == 1
    assert office.duty("visit").since == date(2026, 3, 16)
    assert office.planned() == []


def test_a_year_is_judged_by_the_minimum_in_force_at_its_end():
    office = a_year_of_courses(6)
    changed_to(office, COURSE.changed(at_least=6), since=date(2027, 1, 1))
    office.tick()
    assert "2026.at-least" not in office.statuses("course", "party-committee")

    strict = Office(a_policy(COURSE.changed(at_least=3)), date(2026, 1, 1))
    strict.tick()
    changed_to(strict, COURSE, since=date(2027, 1, 1))
    strict.wake_on(date(2027, 1, 1))
    item = strict.duty("course", "party-committee").item("obligation", "2026.at-least")
    assert "不少于 3 次" in item.what


def test_another_rhythm_begins_behind_what_is_scheduled():
    office = Office(a_policy(an_obligation("study", Every.MONTH, "mayor")), date(2026, 3, 2))
    office.tick()
    changed_to(office, an_obligation("study", Every.WEEK, "mayor"), since=date(2026, 3, 10))
    office.work_until(date(2026, 4, 7))
    assert list(office.statuses("study")) == ["2026-03", "2026-W14", "2026-W15"]
