"""What an alliance holds fulfils the recurring duties of its lead at once: against calendars made by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from govflow import SYSTEM, Actor, Engine, Role
from govflow.alliances import ALLIANCE, OBLIGATIONS
from govflow.alliances.activity import AnnounceActivity, HoldActivity
from govflow.alliances.chair_messages import EndChairTerm
from govflow.alliances.messages import ActivateAlliance, AmendAlliance
from govflow.duties import DUTY, EndDuty, duty_id
from govflow.projects import PROJECT
from govflow.regions.link import AddLink
from govflow.regions.meeting import AdjournMeeting, AnnounceMeeting, HoldMeeting, PostponeMeeting
from govflow.regions.obligation import FulfilObligation
from tests.alliances import hall as h
from tests.alliances.hall import A, Hall, an_alliance, local


def announced(item: str, form: str = "joint_conference", at: datetime | None = None) -> AnnounceMeeting:
    return AnnounceMeeting(
        **A,
        by=h.lead,
        item=item,
        form=form,
        subject="the quarter",
        place="hall 1",
        host="u-lead",
        roll=("u-lead", "u-bank", "u-school"),
        at_time=at,
    )


def met(hall: Hall, day: date, item: str, form: str = "joint_conference") -> None:
    """Announced the evening before, held at nine."""
    hall.clock.set(local(day) - timedelta(hours=14))
    hall.do(announced(item, form, local(day)))
    hall.on(day, HoldMeeting(**A, by=h.lead, item=item, attended=("u-lead", "u-bank")))


def held(hall: Hall, day: date, item: str, occasion: str) -> None:
    """An activity, announced the evening before and held at nine."""
    hall.clock.set(local(day) - timedelta(hours=14))
    hall.engine.tick()
    what: dict[str, Any] = {**A, "by": h.lead, "item": item}
    hall.do(AnnounceActivity(**what, occasion=occasion, title="Together", place="square", at_time=local(day)))
    hall.clock.set(local(day))
    hall.engine.tick()
    taking_part = ({"unit": "u-lead", "people": 3}, {"unit": "u-bank", "people": 2})
    hall.do(HoldActivity(**what, measure="done together", evidence=("photo",), participants=taking_part))


def test_a_joint_meeting_a_quarter_is_fulfilled_by_holding_it_and_missed_without():
    hall = an_alliance("alliance_joint_meeting")
    met(hall, date(2026, 3, 31), "q1")  # the last day of the first quarter
    hall.on(date(2026, 4, 1))
    hall.engine.tick()
    hall.on(date(2026, 7, 1))
    hall.engine.tick()
    met(hall, date(2026, 9, 30), "q3")
    assert hall.owed("alliance_joint_meeting") == {
        "2026-Q1": "fulfilled",
        "2026-Q2": "missed",
        "2026-Q3": "fulfilled",
    }


def test_the_duty_says_which_record_shows_it_and_stands_in_the_same_transaction():
    hall = an_alliance("alliance_joint_meeting")
    met(hall, date(2026, 2, 2), "q1")
    last, before = hall.engine.history("duty.alliance_joint_meeting.u-lead")[-1], hall.engine.history("al")[-1]
    body: Any = last.body
    assert (last.name, body.by, body.evidence) == ("obligation.fulfilled", "system", ("al",))
    assert body.measure == "joint_conference q1"
    assert last.position == before.position + 1
    assert last.meta.correlation == last.meta.causation == before.meta.command


def test_an_adjourned_meeting_does_not_count_for_the_next_quarter_too():
    hall = an_alliance("alliance_joint_meeting")
    met(hall, date(2026, 3, 31), "q1")
    hall.do(AdjournMeeting(**A, by=h.lead, item="q1", reason="no time left"))
    hall.on(date(2026, 4, 1))
    hall.engine.tick()
    hall.do(announced("q1", at=local(date(2026, 4, 2))))
    hall.on(date(2026, 4, 2), HoldMeeting(**A, by=h.lead, item="q1", attended=("u-lead", "u-school")))
    assert hall.owed("alliance_joint_meeting") == {"2026-Q1": "fulfilled", "2026-Q2": "scheduled"}


def test_a_meeting_that_was_put_off_counts_for_the_quarter_in_which_it_is_held():
    hall = an_alliance("alliance_joint_meeting")
    hall.do(
        announced("q1", at=local(date(2026, 3, 31))), PostponeMeeting(**A, by=h.lead, item="q1", reason="a snow storm")
    )
    hall.on(date(2026, 4, 1))
    hall.engine.tick()
    hall.do(announced("q1", at=local(date(2026, 4, 2))))
    hall.on(date(2026, 4, 2), HoldMeeting(**A, by=h.lead, item="q1", attended=("u-lead", "u-school")))
    assert hall.owed("alliance_joint_meeting") == {"2026-Q1": "missed", "2026-Q2": "fulfilled"}


def test_a_second_meeting_of_the_quarter_and_one_of_another_form_fulfil_nothing():
    hall = an_alliance("alliance_joint_meeting")
    met(hall, date(2026, 1, 8), "talk", "talk")
    assert hall.owed("alliance_joint_meeting") == {"2026-Q1": "scheduled"}
    met(hall, date(2026, 1, 9), "first")
    met(hall, date(2026, 1, 10), "second")
    names = [each.name for each in hall.engine.history("duty.alliance_joint_meeting.u-lead")]
    assert names.count("obligation.fulfilled") == 1


def test_an_action_day_in_each_half_year():
    hall = an_alliance("alliance_action_day")
    held(hall, date(2026, 6, 30), "spring", "action_day")
    held(hall, date(2026, 7, 1), "autumn", "action_day")
    assert hall.owed("alliance_action_day") == {"2026-H1": "fulfilled", "2026-H2": "fulfilled"}


def test_a_summit_a_year_and_no_action_day_stands_for_it():
    hall = an_alliance("alliance_summit")
    held(hall, date(2026, 5, 5), "day", "action_day")
    assert hall.owed("alliance_summit") == {"2026": "scheduled"}
    held(hall, date(2026, 12, 31), "summit", "summit")
    assert hall.owed("alliance_summit") == {"2026": "fulfilled"}


@pytest.mark.parametrize(("left_out", "missed"), [((), False), ((3,), False), ((3, 5), True)])
def test_a_course_every_two_months_and_five_a_year_at_least(left_out: tuple[int, ...], missed: bool):
    hall = an_alliance("alliance_course")
    for n in range(1, 7):
        if n not in left_out:
            held(hall, date(2026, 2 * n, 10), f"course-{n}", "course")
        else:
            hall.on(date(2026, 2 * n, 10))
            hall.engine.tick()
    hall.on(date(2027, 1, 1))
    hall.engine.tick()
    owed = hall.owed("alliance_course")
    slots = {f"2026-M{n}": "missed" if n in left_out else "fulfilled" for n in range(1, 7)}
    assert {key: owed[key] for key in slots} == slots
    assert ("2026.at-least" in owed) == missed


def test_what_was_missed_is_fulfilled_late_when_it_becomes_known_late():
    hall = an_alliance("alliance_joint_meeting")
    hall.clock.set(local(date(2026, 3, 30)))
    hall.do(announced("q1", at=local(date(2026, 3, 31))))
    hall.on(date(2026, 4, 1))
    hall.engine.tick()
    assert hall.owed("alliance_joint_meeting")["2026-Q1"] == "missed"
    said = HoldMeeting(**A, by=h.lead, item="q1", attended=("u-lead", "u-bank"), occurred_at=local(date(2026, 3, 31)))
    hall.do(said)
    assert hall.owed("alliance_joint_meeting") == {"2026-Q1": "fulfilled", "2026-Q2": "scheduled"}
    duty: Any = hall.engine.get("duty.alliance_joint_meeting.u-lead")
    assert duty.item("obligation", "2026-Q1").was_missed


def test_where_nobody_owes_it_holding_it_goes_its_way():
    hall = an_alliance()
    met(hall, date(2026, 1, 8), "q1")
    held(hall, date(2026, 1, 9), "day", "action_day")
    assert {record.id for record in hall.engine.records()} == {"al"}


def test_a_duty_that_was_ended_asks_for_nothing():
    hall = an_alliance("alliance_joint_meeting")
    hall.do(
        EndDuty(
            id="duty.alliance_joint_meeting.u-lead",
            by=Actor.of("chief", Role.DISTRICT),
            reason="five alliances meet as one",
        )
    )
    met(hall, date(2026, 1, 8), "q1")
    assert hall.owed("alliance_joint_meeting") == {"2026-Q1": "cancelled"}


def test_a_meeting_that_the_chair_holds_fulfils_the_duty_of_the_lead():
    hall = an_alliance("alliance_joint_meeting")
    today = date(2026, 1, 5)
    hall.do(h.term("u-lead", today, today + timedelta(days=90)))
    hall.do(EndChairTerm(**A, item="1", by=h.town, reason="for the turn of the bank"))
    hall.do(h.term("u-bank", today, today + timedelta(days=90)))
    hall.do(announced("q1", at=local(date(2026, 1, 6))).changed(by=h.bank, host="u-bank"))
    hall.on(date(2026, 1, 6), HoldMeeting(**A, by=h.bank, item="q1", attended=("u-lead", "u-bank")))
    assert hall.owed("alliance_joint_meeting") == {"2026-Q1": "fulfilled"}


def test_a_new_lead_owes_and_the_old_one_fulfils_no_more():
    hall = an_alliance("alliance_joint_meeting")
    hall.do(AmendAlliance(**A, by=h.town, lead_unit="u-bank", reason="handed on"))
    bank = Actor.of("bank-2", Role.LEAD_UNIT, Role.COMMUNITY, unit="u-bank")
    hall.do(announced("q1", at=local(date(2026, 1, 6))).changed(by=bank, host="u-bank"))
    hall.on(date(2026, 1, 6), HoldMeeting(**A, by=bank, item="q1", attended=("u-lead", "u-bank")))
    assert hall.owed("alliance_joint_meeting") == {"2026-Q1": "scheduled"}


# --- one major co-governance project a year (M109) -------------------------------------------------------------------


def tied(hall: Hall, kind: str) -> None:
    hall.do(h.a_project(kind=kind), AddLink(**A, by=h.lead, other="p", awaited=True))


def test_a_co_governance_project_counts_for_the_year_in_which_it_comes_to_rest():
    hall = an_alliance("alliance_project", day=date(2026, 11, 2))
    tied(hall, "co_governance")
    assert hall.owed("alliance_project") == {"2026": "scheduled"}
    hall.on(date(2027, 1, 1))
    hall.engine.tick()
    hall.on(date(2027, 2, 1))
    h.settle(hall)
    assert hall.owed("alliance_project") == {"2026": "missed", "2027": "fulfilled"}


@pytest.mark.parametrize(("kind", "end"), [("micro_livelihood", h.settle), ("co_governance", h.give_up)])
def test_another_kind_of_project_and_one_that_failed_fulfil_nothing(kind: str, end: Callable[[Hall], None]):
    hall = an_alliance("alliance_project")
    tied(hall, kind)
    end(hall)
    assert hall.engine.get("p").status in ("settled", "cancelled")
    assert hall.owed("alliance_project") == {"2026": "scheduled"}


def test_a_project_of_strangers_that_is_tied_by_hand_fulfils_nothing():
    hall, owed = Hall(), h.a_policy("alliance_project")
    of_the_school = owed.obligations[0].changed(owners=("u-school",))
    policy = owed.changed(version="of-the-school", obligations=(of_the_school,))
    hall.engine = Engine.open(records=(ALLIANCE, PROJECT, DUTY), policy=policy, now=hall.clock)
    leads = Actor.of("school-2", Role.LEAD_UNIT, Role.COMMUNITY, unit="u-school")
    hall.do(h.FOUND.changed(lead_unit="u-school", founders=("u-school", "u-clinic")), ActivateAlliance(**A, by=leads))
    hall.engine.tick()
    hall.do(h.a_project(kind="co_governance"), AddLink(**A, by=leads, other="p", awaited=True))
    h.settle(hall)  # between the lead and the bank, who have no part in this alliance
    duty: Any = hall.engine.get(duty_id("alliance_project", "u-school"))
    assert duty.item("obligation", "2026").status == "scheduled"


def test_an_action_day_written_down_in_the_next_half_year_counts_for_its_own():
    hall = an_alliance("alliance_action_day", day=date(2026, 6, 28))
    what: dict[str, Any] = {**A, "by": h.lead, "item": "day"}
    day = local(date(2026, 6, 29))
    hall.do(AnnounceActivity(**what, occasion="action_day", title="Together", place="square", at_time=day))
    hall.clock.set(local(date(2026, 7, 1)))
    hall.engine.tick()
    taking_part = ({"unit": "u-lead", "people": 3}, {"unit": "u-bank", "people": 2})
    hall.do(HoldActivity(**what, measure="done together", evidence=("photo",), participants=taking_part))
    assert hall.owed("alliance_action_day") == {"2026-H1": "fulfilled", "2026-H2": "scheduled"}


# --- who may say that it is fulfilled --------------------------------------------------------------------------------


def test_all_five_duties_of_a_lead_are_known_by_their_ids():
    hall = an_alliance(*OBLIGATIONS)
    assert {duty_id(each, "u-lead") for each in OBLIGATIONS} == {r.id for r in hall.engine.records()} - {"al"}


def test_nobody_but_the_system_fulfils_a_duty_by_naming_another_record():
    hall = an_alliance("alliance_joint_meeting")
    by_hand = FulfilObligation(
        id="duty.alliance_joint_meeting.u-lead", by=h.lead, item="2026-Q1", measure="held", evidence=("al",)
    )
    assert hall.refused(by_hand) == ("measure_and_evidence_given",)


def test_the_system_names_a_record_that_is_there():
    hall = an_alliance("alliance_joint_meeting")
    said = FulfilObligation(
        id="duty.alliance_joint_meeting.u-lead", by=SYSTEM, item="2026-Q1", measure="held", evidence=("nothing",)
    )
    assert hall.refused(said) == ("other_records_show_it",)
    assert hall.refused(said.changed(evidence=(said.id,))) == ("other_records_show_it",)
    hall.do(said.changed(evidence=("al",)))
