"""Figures of an alliance, counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from govflow.alliances import (
    Alliance,
    Attendance,
    Coverage,
    Occasion,
    Participation,
    attendance,
    brands_by_unit,
    coverage,
    part_time_members,
    participation,
    units_without_brand,
)
from govflow.alliances.activity import AnnounceActivity, HoldActivity
from govflow.alliances.brand import DeclareBrand, RetireBrand
from govflow.alliances.member_messages import AppointMember, JoinProject, LeaveAlliance, RecallMember
from govflow.regions.meeting import AnnounceMeeting, HoldMeeting
from tests.alliances import hall as h
from tests.alliances.hall import A, Hall, admit, an_alliance


def held(hall: Hall, item: str, occasion: str = "action_day", **people: int) -> None:
    """An activity tomorrow; `u_bank=3` came with three."""
    what: dict[str, Any] = {**A, "by": h.lead, "item": item}
    at_time = hall.clock() + timedelta(days=1)
    hall.do(AnnounceActivity(**what, occasion=occasion, title="Day", place="square", at_time=at_time))
    hall.clock.advance(days=1)
    came: Any = [{"unit": unit.replace("_", "-"), "people": count} for unit, count in people.items()]
    hall.do(HoldActivity(**what, measure="done", evidence=("photo",), participants=came))


def met(hall: Hall, item: str, *attended: str, roll: tuple[str, ...] = ("u-lead", "u-bank", "u-school")) -> None:
    notice: dict[str, Any] = {"form": "joint_conference", "subject": "it", "place": "hall", "host": "u-lead"}
    at_time = hall.clock() + timedelta(days=1)
    hall.do(AnnounceMeeting(**A, by=h.lead, item=item, roll=roll, at_time=at_time, **notice))
    hall.clock.advance(days=1)
    hall.do(HoldMeeting(**A, by=h.lead, item=item, attended=attended))


def test_the_funnel_counts_the_units_reached_those_included_and_those_with_a_project():
    hall = an_alliance()
    assert coverage(hall.alliance()) == Coverage(4, 3, 0)
    hall.do(admit("u-clinic"), h.a_project("p"), h.a_project("p2"))
    h.pair(hall, "p", (h.bank, h.school))
    h.pair(hall, "p2")
    projects = (("u-bank", "p"), ("u-bank", "p2"), ("u-school", "p"))
    hall.do(*(JoinProject(**A, by=h.lead, item=unit, project=project) for unit, project in projects))
    assert coverage(hall.alliance()) == Coverage(4, 4, 2)
    hall.do(LeaveAlliance(**A, by=h.lead, item="u-school", reason="moved"))
    found = coverage(hall.alliance())
    assert (found, found.included_rate, found.project_rate) == (Coverage(4, 3, 1), Fraction(3, 4), Fraction(1, 3))


def test_of_nobody_there_is_no_share():
    found = coverage(Alliance())
    assert (found, found.included_rate, found.project_rate) == (Coverage(0, 0, 0), None, None)
    assert attendance(Alliance(), "u-bank") == Attendance(0, 0, 0, 0)
    assert attendance(Alliance(), "u-bank").rate is None


def test_a_unit_is_asked_only_to_what_was_held_while_it_belonged_to_it():
    hall = an_alliance()
    held(hall, "one", u_lead=3, u_bank=2)
    hall.clock.advance(hours=1)
    hall.do(admit("u-clinic"))
    held(hall, "two", u_lead=1, u_clinic=4)
    hall.clock.advance(hours=1)
    hall.do(LeaveAlliance(**A, by=h.lead, item="u-clinic", reason="moved"))
    held(hall, "three", u_lead=1, u_school=4)
    met(hall, "q1", "u-lead", "u-bank")
    met(hall, "q2", "u-lead", "u-school", roll=("u-lead", "u-school"))
    alliance = hall.alliance()
    assert attendance(alliance, "u-lead") == (2, 2, 3, 3)
    assert attendance(alliance, "u-bank") == (1, 1, 1, 3)
    assert attendance(alliance, "u-school") == (1, 2, 1, 3)
    assert attendance(alliance, "u-clinic") == (0, 0, 1, 1)
    assert attendance(alliance, "u-bank").rate == Fraction(1, 2)


def test_a_meeting_that_is_announced_only_counts_for_nobody():
    hall = an_alliance()
    notice: dict[str, Any] = {"form": "joint_conference", "subject": "it", "place": "hall", "roll": ("u-bank",)}
    hall.do(AnnounceMeeting(**A, by=h.lead, item="q", at_time=hall.clock() + timedelta(days=1), **notice))
    assert attendance(hall.alliance(), "u-bank") == (0, 0, 0, 0)


def test_participation_counts_each_sort_of_activity_by_itself():
    hall = an_alliance()
    held(hall, "spring", u_lead=3, u_bank=2)
    held(hall, "autumn", u_lead=1, u_bank=4)
    held(hall, "course", "course", u_school=30, u_bank=1)
    alliance = hall.alliance()
    assert participation(alliance, Occasion.ACTION_DAY) == Participation(held=2, units=2, people=10)
    assert participation(alliance, Occasion.COURSE) == Participation(1, 2, 31)
    assert participation(alliance, Occasion.SUMMIT) == Participation(0, 0, 0)


def test_each_unit_is_to_carry_a_brand_and_a_retired_one_counts_no_more():
    hall = an_alliance()
    brands = (("a", "u-bank"), ("b", "u-bank"), ("c", "u-school"))
    hall.do(*(DeclareBrand(**A, by=h.lead, item=item, unit=unit, title="Brand") for item, unit in brands))
    assert brands_by_unit(hall.alliance()) == {"u-bank": 2, "u-lead": 0, "u-school": 1}
    assert units_without_brand(hall.alliance()) == ("u-lead",)
    hall.do(RetireBrand(**A, by=h.school, item="c", reason="over"))
    assert units_without_brand(hall.alliance()) == ("u-lead", "u-school")


def test_who_sits_on_the_committee_part_time_is_known_for_every_day():
    hall = an_alliance()
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    for unit, person in (("u-bank", "s-7"), ("u-school", "s-8")):
        hall.do(AppointMember(**A, by=h.lead, item=unit, person=person, first=first, last=last))
    hall.do(AppointMember(**A, by=h.lead, item="u-bank", person="s-7", first=date(2027, 1, 1), last=date(2027, 6, 30)))
    assert part_time_members(hall.alliance(), date(2026, 5, 1)) == {"u-bank": "s-7", "u-school": "s-8"}
    assert part_time_members(hall.alliance(), date(2027, 1, 1)) == {"u-bank": "s-7"}
    hall.do(LeaveAlliance(**A, by=h.lead, item="u-school", reason="moved"))
    hall.on(date(2026, 4, 1), RecallMember(**A, by=h.lead, item="u-bank", person="s-7", reason="transferred"))
    assert part_time_members(hall.alliance(), date(2026, 3, 31)) == {"u-bank": "s-7"}
    assert part_time_members(hall.alliance(), date(2026, 4, 1)) == {}
    assert part_time_members(hall.alliance(), date(2027, 1, 1)) == {}
