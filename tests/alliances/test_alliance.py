"""The alliance itself: founded, active, dissolved, archived; its members, their offices, brands and activities."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from govflow import SYSTEM, Actor, Engine, HandOver, NotAllowed, Role
from govflow.actors import ClaimsAuthority
from govflow.alliances import ALLIANCE, Alliance, AllianceKind
from govflow.alliances import messages as m
from govflow.alliances.activity import AnnounceActivity, CancelActivity, HoldActivity
from govflow.alliances.brand import DeclareBrand, KeepBrandUp, RetireBrand
from govflow.alliances.chair_messages import EndChairTerm
from govflow.alliances.member_messages import (
    AppointMember,
    ChangeCapacity,
    JoinProject,
    LeaveAlliance,
    RecallMember,
    VisitMember,
)
from govflow.organisation import DIRECTORY, FoundDirectory
from govflow.organisation.units import AddUnit
from govflow.regions.commitment import KeepCommitment
from govflow.regions.meeting import AnnounceMeeting, HoldMeeting, RecordMeeting
from govflow.regions.supervision import LiftSupervision, RemindSupervision
from govflow.testing import PinnedClock
from tests.alliances import hall as h
from tests.alliances.hall import FOUND, A, Hall, admit, an_alliance, term

DISSOLVE = m.DissolveAlliance(**A, by=h.town, reason="merged", hand_over=(HandOver(reason="merged with the next"),))


def member(hall: Hall, unit: str) -> Any:
    return hall.alliance().item("member", unit)


# --- the record ------------------------------------------------------------------------------------------------------


def test_the_five_kinds_are_those_of_the_source():
    assert [each.value for each in AllianceKind] == ["administrative", "community", "business", "campus", "park"]


def test_an_alliance_gets_a_number_of_its_own_and_its_founders_belong_to_it():
    with Engine.open(records=[ALLIANCE], now=PinnedClock()) as engine:
        made = engine.handle(FOUND.model_copy(update={"id": None}))
        assert isinstance(made, Alliance)
        assert (made.id, made.status, made.title_line) == ("AL-2026-000001", "founded", FOUND.title)
        assert made.included == ("u-lead", "u-bank", "u-school")
        assert engine.open_loops(made.id) == ()


@pytest.mark.parametrize(
    "gap",
    [
        {"title": " "},
        {"kind": None},
        {"level": None},
        {"lead_unit": None},
        {"committee": None},
        {"guidance": None},
        {"founders": ("u-bank",)},
        {"founders": ("u-lead", "u-bank", "u-bank")},
    ],
)
def test_a_founding_without_its_parts_is_refused(gap: dict[str, Any]):
    assert Hall().refused(FOUND.changed(**gap)) == ("alliance_is_described",)


def test_a_founding_names_different_units_and_nobodys_number():
    hall = Hall()
    codes = ("who_guides_and_who_supervises_are_others",)
    assert hall.refused(FOUND.changed(guidance="u-committee")) == codes
    assert hall.refused(FOUND.changed(supervisors="u-lead")) == (*codes, "its_judges_take_no_turn")
    assert hall.refused(FOUND.changed(title="Ask 13800138000")) == ("personal_data_is_withheld",)
    assert hall.refused(FOUND.changed(by=h.lead)) == ("role_is_held",)


def test_it_begins_its_work_with_two_members():
    hall = Hall()
    hall.do(FOUND.changed(founders=("u-lead",)))
    begin = m.ActivateAlliance(**A, by=h.lead)
    assert hall.refused(begin) == ("two_members_belong_to_it",)
    hall.do(VisitMember(**A, by=h.lead, item="u-bank"), admit("u-bank", "co_promoter"))
    assert hall.refused(begin) == ("two_members_belong_to_it",)
    hall.do(ChangeCapacity(**A, by=h.lead, item="u-bank", capacity="member", reason="its own wish"))
    assert hall.do(begin).status == "active"


def test_who_leads_guides_and_supervises_may_change_for_a_reason():
    hall = an_alliance()
    amend = m.AmendAlliance(**A, by=h.town, guidance="u-bureau", reason="new structure")
    assert hall.refused(amend.changed(reason="")) == ("reason_given",)
    assert hall.refused(amend.changed(guidance="u-committee")) == ("who_guides_and_who_supervises_are_others",)
    assert hall.refused(amend.changed(lead_unit="u-clinic")) == ("new_lead_is_a_member",)
    assert hall.refused(amend.changed(by=h.lead)) == ("role_is_held",)
    done = hall.do(amend.changed(lead_unit="u-bank"))
    assert (done.lead_unit, done.committee, done.guidance) == ("u-bank", "u-committee", "u-bureau")


def test_it_is_dissolved_with_everything_that_is_open_and_kept_for_its_term():
    hall = an_alliance()
    what: dict[str, Any] = {**A, "by": h.lead, "item": "day"}
    at_time = hall.clock() + timedelta(days=9)
    hall.do(
        term("u-lead", date(2026, 1, 1), date(2026, 6, 30)),
        AnnounceActivity(**what, occasion="action_day", title="Day", place="square", at_time=at_time),
    )
    assert hall.refused(m.ArchiveAlliance(**A, by=h.archivist)) == ("step_is_in_the_table",)
    assert hall.refused(DISSOLVE.changed(hand_over=())) == ("loops_are_handed_over",)
    hall.do(DISSOLVE)
    assert hall.alliance().status == "dissolved"
    assert hall.engine.open_loops("al") == ()
    assert hall.alliance().item("activity", "day").status == "cancelled"
    archive = m.ArchiveAlliance(**A, by=h.archivist)
    assert hall.refused(archive.changed(retention="nothing")) == ("retention_class_is_set",)
    hall.do(archive.changed(retention="ordinary"))
    assert hall.alliance().item("retention", "retention").status == "held"
    assert hall.alliance().clocks["retention"].is_going


def test_what_has_met_is_recorded_before_it_is_dissolved():
    hall = an_alliance()
    met(hall)
    assert hall.refused(DISSOLVE) == ("loops_are_handed_over",)
    assert "must be ended by hand first" in hall.told(DISSOLVE)


# --- members ---------------------------------------------------------------------------------------------------------


def test_a_unit_is_visited_included_leaves_and_comes_back():
    hall = an_alliance()
    leave = LeaveAlliance(**A, by=h.clinic, item="u-clinic", reason="too small")
    assert hall.refused(admit("u-stranger")) == ("step_is_in_the_table",)
    assert hall.refused(leave) == ("step_is_in_the_table",)
    hall.do(VisitMember(**A, by=h.lead, item="u-clinic", summary="again"), admit("u-clinic"))
    hall.clock.advance(days=1)
    assert hall.refused(leave.changed(reason=" ")) == ("reason_given",)
    hall.do(leave)
    left = hall.clock()
    assert member(hall, "u-clinic").status == "left"
    assert "u-clinic" not in hall.alliance().included
    hall.clock.advance(days=1)
    hall.do(admit("u-clinic", "co_promoter"))
    clinic = member(hall, "u-clinic")
    assert (clinic.status, clinic.capacity, len(clinic.visits), len(clinic.spans)) == ("included", "co_promoter", 2, 2)
    moments = (left - timedelta(seconds=1), left, left + timedelta(hours=23), left + timedelta(days=1))
    assert [clinic.belonged_at(each) for each in moments] == [True, False, False, True]


@pytest.mark.parametrize("judge", ["u-committee", "u-department", "u-group"])
def test_who_scores_the_chair_is_no_full_member_by_any_way_in(judge: str):
    codes = ("its_judges_take_no_turn",)
    assert Hall().refused(FOUND.changed(founders=("u-lead", "u-bank", judge))) == codes
    hall = an_alliance()
    hall.do(VisitMember(**A, by=h.lead, item=judge))
    assert hall.refused(admit(judge)) == codes
    hall.do(admit(judge, "co_promoter"))
    change = ChangeCapacity(**A, by=h.lead, item=judge, capacity="member", reason="its own wish")
    assert hall.refused(change) == codes


@pytest.mark.parametrize("name", ["committee", "guidance", "supervisors"])
def test_no_full_member_is_named_to_score_the_chair(name: str):
    hall = an_alliance()
    amend = m.AmendAlliance(**A, by=h.town, reason="new structure")
    assert hall.refused(amend.changed(**{name: "u-bank"})) == ("its_judges_take_no_turn",)
    hall.do(amend.changed(**{name: "u-clinic"}))


def test_a_person_founds_nothing_is_not_visited_and_not_admitted():
    codes = ("members_are_organisations",)
    assert Hall().refused(FOUND.changed(founders=("u-lead", "s-zhang"))) == codes
    hall = an_alliance()
    assert hall.refused(VisitMember(**A, by=h.lead, item="s-zhang")) == codes


def test_where_there_is_a_directory_its_units_alone_belong():
    clock = PinnedClock()
    with Engine.open(records=[ALLIANCE, DIRECTORY], now=clock, authority=ClaimsAuthority()) as engine:
        engine.handle(FoundDirectory(by=SYSTEM, title="Jinniu", area=h.AREA))
        for unit in ("u-lead", "u-bank"):
            engine.handle(AddUnit(by=SYSTEM, item=unit, title=unit, kind="organisation", area=h.AREA))
        with pytest.raises(NotAllowed) as caught:
            engine.handle(FOUND)
        assert caught.value.codes == ("members_are_organisations",)
        engine.handle(FOUND.changed(founders=("u-lead", "u-bank")))


def test_a_visit_names_the_unit_and_makes_no_visitor_a_member():
    hall = an_alliance()
    for visitor in (Actor.of("c-1", Role.COMMUNITY), Actor.of("c-2", Role.COMMUNITY, unit="u-comm")):
        assert hall.refused(VisitMember(**A, by=visitor)) == ("another_unit_is_visited",)


def test_the_unit_that_leads_stays_a_full_member_until_another_one_leads():
    hall = an_alliance()
    leave = LeaveAlliance(**A, by=h.town, item="u-lead", reason="closed")
    change = ChangeCapacity(**A, by=h.town, item="u-lead", capacity="external", reason="closed")
    assert hall.refused(leave) == hall.refused(change) == ("unit_does_not_lead",)
    hall.do(m.AmendAlliance(**A, by=h.town, lead_unit="u-bank", reason="handed on"), change, leave)
    assert member(hall, "u-lead").status == "left"


def test_the_lead_admits_and_a_unit_speaks_for_itself_alone():
    hall = an_alliance()
    other_lead = Actor.of("x", Role.LEAD_UNIT, unit="u-bank")
    assert hall.refused(admit("u-clinic").changed(by=other_lead)) == ("role_is_held",)
    assert hall.refused(admit("u-clinic").changed(by=h.clinic)) == ("role_is_held",)
    assert hall.refused(LeaveAlliance(**A, by=h.school, item="u-bank", reason="rivals")) == ("role_is_held",)
    hall.do(LeaveAlliance(**A, by=h.bank, reason="merged"))  # a unit that names none means itself
    assert member(hall, "u-bank").status == "left"


def test_a_unit_is_admitted_in_a_capacity_and_changes_to_another_one():
    hall = an_alliance()
    none: Any = admit("u-clinic").changed(capacity=None)
    assert hall.refused(none) == ("capacity_is_named",)
    hall.do(admit("u-clinic", "external"))
    change = ChangeCapacity(**A, by=h.lead, item="u-clinic", capacity="external", reason="its own wish")
    assert hall.refused(change) == ("capacity_is_named",)
    hall.do(ChangeCapacity(**A, by=h.lead, item="u-clinic", capacity="member", reason="its own wish"))
    assert member(hall, "u-clinic").capacity == "member"


def test_a_unit_takes_part_in_projects_that_are_on_the_log():
    hall = an_alliance()
    join = JoinProject(**A, by=h.bank, item="u-bank", project="p")
    assert hall.refused(join) == ("project_is_on_the_log", "unit_is_a_party_to_it")
    assert hall.refused(join.changed(project="al")) == ("project_is_on_the_log", "unit_is_a_party_to_it")
    hall.do(h.a_project("p"))
    assert hall.refused(join) == ("unit_is_a_party_to_it",)
    h.pair(hall)
    assert hall.refused(join.changed(by=h.lead, item="u-school")) == ("unit_is_a_party_to_it",)
    hall.do(join)
    assert hall.refused(join) == ("project_is_on_the_log",)
    assert member(hall, "u-bank").projects == ("p",)


# --- part-time members of the committee (M127) -----------------------------------------------------------------------


def appoint(person: str, first: date, last: date) -> AppointMember:
    return AppointMember(**A, by=h.lead, item="u-bank", person=person, first=first, last=last)


def test_a_part_time_member_holds_office_from_the_first_to_the_last_day():
    hall = an_alliance()
    hall.do(appoint("s-7", date(2026, 2, 1), date(2027, 1, 31)))
    (office,) = member(hall, "u-bank").offices
    days = (date(2026, 1, 31), date(2026, 2, 1), date(2027, 1, 31), date(2027, 2, 1))
    assert [office.is_held_on(day) for day in days] == [False, True, True, False]


def test_a_unit_has_one_part_time_member_at_a_time():
    hall = an_alliance()
    hall.do(appoint("s-7", date(2026, 2, 1), date(2027, 1, 31)))
    overlapping = appoint("s-8", date(2027, 1, 31), date(2028, 1, 31))
    assert hall.refused(overlapping) == ("office_is_described",)
    hall.do(overlapping.changed(first=date(2027, 2, 1)))
    assert hall.refused(appoint("s-9", date(2025, 1, 1), date(2025, 12, 31))) == ("office_is_described",)
    nobody: Any = overlapping.changed(person=None)
    assert hall.refused(nobody) == ("office_is_described",)


def test_a_part_time_member_is_recalled_for_a_reason_and_another_follows():
    hall = an_alliance()
    recall = RecallMember(**A, by=h.lead, item="u-bank", person="s-7", reason="transferred")
    assert hall.refused(recall) == ("office_is_held",)
    hall.do(appoint("s-7", date(2026, 1, 1), date(2026, 12, 31)))
    assert hall.refused(recall.changed(person="s-8")) == ("office_is_held",)
    assert hall.refused(recall.changed(reason="")) == ("reason_given",)
    hall.on(date(2026, 3, 2), recall)
    (office,) = member(hall, "u-bank").offices
    assert (office.is_held_on(date(2026, 3, 1)), office.is_held_on(date(2026, 3, 2))) == (True, False)
    assert hall.refused(recall) == ("office_is_held",)
    hall.do(appoint("s-8", date(2026, 3, 2), date(2026, 12, 31)))
    assert [each.person for each in member(hall, "u-bank").offices] == ["s-7", "s-8"]


# --- brands (M124) ---------------------------------------------------------------------------------------------------

BRAND: dict[str, Any] = {**A, "item": "b"}


def test_a_brand_is_declared_kept_up_and_retired_by_its_own_unit():
    hall = an_alliance()
    declare = DeclareBrand(**BRAND, by=h.bank, unit="u-bank", title="Silver counter")
    assert hall.refused(declare.changed(by=h.school)) == ("brand_is_declared_for_its_unit",)
    assert hall.refused(declare.changed(by=h.lead, unit="u-clinic")) == ("brand_is_declared_for_its_unit",)
    assert hall.refused(declare.changed(title=" ")) == ("brand_is_declared_for_its_unit",)
    assert hall.refused(declare.changed(title="Ask 13800138000")) == ("personal_data_is_withheld",)
    hall.do(declare)
    show = KeepBrandUp(**BRAND, by=h.bank, measure="40 visits to the old", evidence=("photo",))
    assert hall.refused(show.changed(by=h.school)) == ("role_is_held",)
    assert hall.refused(show.changed(evidence=())) == ("measure_and_evidence_given",)
    hall.do(show, show.changed(command_id="again"))
    brand = hall.alliance().item("brand", "b")
    assert (brand.status, len(brand.shown_at), brand.what) == ("kept_up", 2, "Silver counter")
    hall.do(RetireBrand(**BRAND, by=h.bank, reason="the counter was closed"))
    assert not hall.alliance().item("brand", "b").is_alive
    assert hall.refused(show.changed(command_id="later")) == ("step_is_in_the_table",)


# --- activities (M123) -----------------------------------------------------------------------------------------------

DAY: dict[str, Any] = {**A, "item": "day"}


def announce(hall: Hall, by: Actor = h.lead) -> AnnounceActivity:
    at_time = hall.clock() + timedelta(days=1)
    return AnnounceActivity(
        **DAY, by=by, occasion="action_day", title="Clean river", place="east bank", at_time=at_time
    )


def hold(*came: tuple[str, int], guests: tuple[str, ...] = (), by: Actor = h.lead) -> HoldActivity:
    parts = tuple({"unit": unit, "people": people} for unit, people in came)
    said: dict[str, Any] = {"measure": "river cleaned", "evidence": ("photo",), "participants": parts}
    return HoldActivity(**DAY, by=by, guests=guests, **said)


@pytest.mark.parametrize("gap", [{"occasion": None}, {"title": " "}, {"place": ""}, {"at_time": None}])
def test_an_activity_is_announced_with_what_when_and_where(gap: dict[str, Any]):
    hall = an_alliance()
    assert hall.refused(announce(hall).changed(**gap)) == ("activity_is_described",)
    assert hall.refused(announce(hall).changed(at_time=hall.clock())) == ("activity_is_described",)


def test_an_activity_is_held_at_its_time_by_units_that_belong_to_it_or_named_guests():
    hall = an_alliance()
    hall.do(announce(hall))
    both = (("u-lead", 3), ("u-bank", 2))
    assert hall.refused(hold(*both)) == ("activity_time_has_come",)
    hall.clock.advance(days=1)
    assert hall.refused(hold()) == ("participants_are_named",)
    assert hall.refused(hold(("u-lead", 3), ("u-lead", 4))) == ("participants_are_named",)
    assert hall.refused(hold(*both, ("u-clinic", 3))) == ("participants_are_named",)
    assert hall.refused(hold(*both).changed(evidence=("video",))) == ("measure_and_evidence_given",)
    hall.do(hold(*both, ("u-clinic", 4), guests=("u-clinic",)))
    activity = hall.alliance().item("activity", "day")
    assert (activity.status, activity.head_count) == ("held", 9)
    assert hall.engine.open_loops("al") == ()


@pytest.mark.parametrize("came", [(("u-clinic", 9),), (("u-lead", 3),), (("u-lead", 3), ("u-clinic", 4))])
def test_an_activity_that_fewer_than_two_of_its_units_came_to_was_not_held_together(came: tuple[tuple[str, int], ...]):
    hall = an_alliance()
    hall.do(announce(hall))
    hall.clock.advance(days=1)
    assert hall.refused(hold(*came, guests=("u-clinic",))) == ("participants_are_named",)


def test_an_activity_put_down_later_was_held_when_it_was_announced_for_unless_somebody_says_when():
    hall = an_alliance()
    hall.do(announce(hall))
    day = hall.clock() + timedelta(days=1)
    hall.clock.advance(days=3)
    hall.do(hold(("u-lead", 3), ("u-bank", 2)))
    assert hall.alliance().item("activity", "day").held_at == day
    hall.do(announce(hall).changed(item="put-off"))
    hall.clock.advance(days=3)
    said = hold(("u-lead", 3), ("u-bank", 2)).changed(item="put-off", occurred_at=hall.clock() - timedelta(hours=9))
    hall.do(said)
    assert hall.alliance().item("activity", "put-off").held_at == said.occurred_at


def test_an_announced_activity_is_owed_by_its_host_and_called_off_for_a_reason():
    hall = an_alliance()
    hall.do(announce(hall))
    (loop,) = hall.engine.open_loops("al")
    assert (loop.owes, loop.until) == ("u-lead", hall.clock() + timedelta(days=1))
    off = CancelActivity(**DAY, by=h.lead, reason="flood")
    assert hall.refused(off.changed(reason=" ")) == ("reason_given",)
    assert hall.do(off).item("activity", "day").status == "cancelled"


def test_the_unit_in_the_chair_holds_activities_and_other_members_do_not():
    hall = an_alliance()
    ended: dict[str, Any] = {"item": "1", "by": h.town, "reason": "for the turn of the bank"}
    hall.do(term("u-lead", date(2026, 1, 1), date(2026, 3, 31)), EndChairTerm(**A, **ended))
    assert hall.refused(announce(hall, h.bank)) == ("role_is_held",)
    hall.do(term("u-bank", date(2026, 1, 1), date(2026, 6, 30)), announce(hall, h.bank))
    assert hall.alliance().item("activity", "day").host == "u-bank"
    assert hall.refused(announce(hall, h.school).changed(item="other")) == ("role_is_held",)
    both = (("u-bank", 1), ("u-lead", 1))
    assert hall.refused(hold(*both, by=h.school)) == ("role_is_held", "activity_time_has_come")


def test_what_the_community_announces_is_the_leads_to_hold():
    hall = an_alliance()
    hall.do(announce(hall, Actor.of("community-1", Role.COMMUNITY)))
    (loop,) = hall.engine.open_loops("al")
    assert loop.owes == "u-lead"


def test_before_it_has_begun_its_work_nothing_is_held():
    hall = Hall()
    hall.do(FOUND)
    assert hall.refused(announce(hall)) == ("step_is_in_the_table",)


# --- meetings, undertakings, the supervising group -------------------------------------------------------------------


def met(hall: Hall) -> None:
    """A joint meeting of the lead and the bank, held and not yet recorded."""
    roll = ("u-lead", "u-bank", "u-school")
    notice: dict[str, Any] = {"form": "joint_conference", "subject": "parking", "place": "hall", "host": "u-lead"}
    at_time = hall.clock() + timedelta(days=1)
    hall.do(AnnounceMeeting(**A, by=h.lead, item="q1", roll=roll, at_time=at_time, **notice))
    hall.clock.advance(days=1)
    hall.do(HoldMeeting(**A, by=h.lead, item="q1", attended=("u-lead", "u-bank")))


def test_what_units_undertake_at_a_joint_meeting_they_owe_until_another_confirms_it():
    hall = an_alliance()
    met(hall)
    until = hall.clock() + timedelta(days=30)
    undertaken: Any = ({"unit": "u-bank", "what": "40 places at night", "until": until},)
    said: dict[str, Any] = {"minutes": ("minutes",), "signed_by": ("u-lead", "u-bank"), "consensus": "shared parking"}
    hall.do(RecordMeeting(**A, by=h.lead, item="q1", undertakings=undertaken, **said))
    (loop,) = hall.engine.open_loops("al")
    assert (loop.region, loop.owes) == ("commitment", "u-bank")
    keep = KeepCommitment(**A, by=h.lead, item="q1.1")
    of_the_bank = Actor.of("bank-9", Role.COMMUNITY, unit="u-bank")
    assert hall.refused(keep.changed(by=of_the_bank)) == ("promised_by_another_unit",)
    hall.do(keep)
    assert hall.engine.open_loops("al") == ()


def test_the_supervising_group_notes_what_is_to_be_done_and_no_other_supervisor_does():
    hall = an_alliance()
    note = RemindSupervision(
        **A, by=h.group, owner="u-lead", reason_code="overdue_without_cause", reason="no meeting yet"
    )
    other = Actor.of("group-2", Role.SUPERVISOR, unit="u-elsewhere")
    own = Actor.of("lead-3", Role.SUPERVISOR, unit="u-lead")
    assert "role_is_held" in hall.refused(note.changed(by=other))
    assert "role_is_held" in hall.refused(note.changed(by=own))
    hall.do(note)
    noted = hall.alliance().item("supervision", "u-group")
    assert (noted.status, noted.owner, noted.body) == ("reminded", "u-lead", "u-group")
    hall.do(LiftSupervision(**A, by=h.group, item="u-group", reason="held since"))


# --- who may read it -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "seen"),
    [
        (h.town, True),
        (h.bank, True),
        (h.committee, True),
        (h.department, True),
        (h.group, True),
        (h.clinic, False),
        (Actor.of("s-1", Role.RESIDENT), False),
        (Actor.of("t", Role.TOWN, area="elsewhere"), False),
    ],
    ids=lambda each: getattr(each, "id", each),
)
def test_units_see_the_alliances_they_have_a_part_in_and_officials_those_of_their_area(actor: Actor, seen: bool):
    alliance = an_alliance().alliance()
    assert any(alliance.can_read(claim, actor.id) for claim in actor.claims) is seen


def test_who_may_read_personal_data_is_nobody_since_there_is_none():
    personal = [event.name for event in ALLIANCE.events if event.name.split(".")[0] in OWN and event.personal]
    assert personal == []


OWN = ("alliance", "member", "chair_term", "brand", "activity")
