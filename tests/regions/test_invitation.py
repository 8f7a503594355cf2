"""约请: each rule of an invitation broken by itself, silence, late answers, attendance, and what ends it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from govflow import CASE, SYSTEM, Actor, Command, HandOver, NotAllowed, Role
from govflow.cases import commands as c
from govflow.decider import Decider
from govflow.policy import DEFAULT_POLICY, Policy
from govflow.proposals import PROPOSAL
from govflow.regions import invitation as iv
from govflow.regions import meeting as m
from govflow.regions.commitment import COMMITMENT
from govflow.regions.supervision import SUPERVISION, LiftSupervision
from tests.support import (
    TOLD,
    Town,
    a_case,
    a_town,
    community,
    dispatcher,
    lead,
    resident,
    secretariat,
    supervisor,
)

INVITING = CASE.extended(regions=(COMMITMENT, m.MEETING, iv.INVITATION, SUPERVISION))
X: dict[str, Any] = {"id": "x"}
P: dict[str, Any] = {"id": "x", "item": "power.h"}
power = Actor.of("clerk-1", Role.ORGANISATION, unit="power")
parks = Actor.of("clerk-2", Role.ORGANISATION, unit="parks")


def refusal(town: Town, command: Command) -> NotAllowed:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value


def refused(town: Town, command: Command) -> tuple[str, ...]:
    return refusal(town, command).codes


def a_meeting(town: Town, key: str = "h", *, days: float = 10, **more: Any) -> m.AnnounceMeeting:
    said: dict[str, Any] = {"form": "hearing", "subject": "locks", "place": "hall", "roll": ("s-1", "power", "parks")}
    return m.AnnounceMeeting(
        **{**X, "item": key, "by": community, "at_time": town.clock() + timedelta(days=days), **said, **more}
    )


def a_hearing_town(policy: Policy = DEFAULT_POLICY, **matter: Any) -> Town:
    """Case x with a hearing in ten days; nobody is invited yet."""
    town = a_town(records=[INVITING, PROPOSAL], policy=policy)
    a_case(town, "in_handling", id="x", **matter)
    town.do(a_meeting(town))
    return town


@pytest.fixture
def town() -> Town:
    return a_hearing_town()


def issue(unit: str | None = "power", meeting: str | None = "h", **more: Any) -> iv.IssueInvitation:
    return iv.IssueInvitation(**{**X, "by": community, "unit": unit, "meeting": meeting, **more})


def held(*attended: str) -> m.HoldMeeting:
    return m.HoldMeeting(**X, item="h", by=community, attended=attended)


def invitation(town: Town, key: str = "power.h") -> Any:
    return town.engine.get("x").item("invitation", key)


def told_upward(town: Town) -> set[tuple[str, str, str]]:
    items = town.engine.get("x").items_of("supervision").values()
    return {(item.key, item.status, item.owner) for item in items}


# --- issuing ---------------------------------------------------------------------------------------------------------


def test_an_invitation_names_a_unit_and_a_meeting_that_is_announced_for_a_day_ahead(town: Town):
    for wrong in (issue(None), issue(meeting=None), issue(meeting="nothing"), issue(item="another-key")):
        assert refused(town, wrong) == ("invited_unit_and_meeting_named",)
    town.do(a_meeting(town, "off"), m.PostponeMeeting(**X, item="off", by=community, reason="ill"))
    assert refused(town, issue(meeting="off")) == ("invited_unit_and_meeting_named",)
    town.do(a_meeting(town, "soon", days=1))
    town.pass_days(1)
    assert refused(town, issue(meeting="soon")) == ("invited_unit_and_meeting_named",)  # it is the hour already
    town.do(issue())
    assert "step_is_in_the_table" in refused(town, issue())  # once for a unit and a meeting


def test_a_unit_invited_owes_an_answer_within_five_working_days(town: Town):
    town.do(issue())
    loop = next(each for each in town.engine.open_loops("x") if each.region == "invitation")
    # Monday 2 March + 5 working days: Monday 9 March 24:00 in Beijing
    assert (loop.item, loop.owes, loop.until) == ("power.h", "power", datetime(2026, 3, 9, 16, tzinfo=UTC))
    assert town.engine.get("x").clocks["invitation_reply:power.h"].due == loop.until


def test_the_unit_reported_is_never_invited():
    town = a_hearing_town(kind="whistle_blowing", confidential=True, accused_unit="roads")
    assert refused(town, issue("roads")) == ("unit_reported_gets_nothing",)
    assert town.engine.why_not(issue("power")) == ()


def test_invitations_are_issued_by_those_who_hold_meetings_and_kept_by_this_meetings_host(town: Town):
    for by in (resident, lead, power):
        assert refused(town, issue(by=by)) == ("role_is_held",)
    town.do(a_meeting(town, "other", host="chair-1"), issue(meeting="other"))
    cancel = iv.CancelInvitation(**X, item="power.other", by=Actor.of("chair-2", Role.HOST), reason="no")
    assert refused(town, cancel) == ("role_is_held",)
    town.do(cancel.changed(by=Actor.of("chair-1", Role.HOST)))


def test_a_host_invites_to_a_meeting_of_its_own_alone(town: Town):
    chair, other = Actor.of("chair-1", Role.HOST), Actor.of("chair-2", Role.HOST, unit="body-2")
    town.do(a_meeting(town, "own", host="chair-1"))
    assert refused(town, issue(meeting="own", by=other)) == ("host_invites_to_own_meeting",)
    assert refused(town, issue(meeting="own", by=other, on_behalf_of="chair-1")) == ("host_invites_to_own_meeting",)
    for by in (chair, Actor.of("clerk-9", Role.HOST, unit="chair-1"), secretariat):
        assert town.engine.why_not(issue(meeting="own", by=by)) == ()
    both = Actor.of("chair-2", Role.HOST, Role.SECRETARIAT)
    town.do(issue(meeting="own", by=both))


# --- answering -------------------------------------------------------------------------------------------------------


def test_only_the_unit_invited_answers(town: Town):
    town.do(issue())
    for kind in (iv.AcceptInvitation, iv.DeclineInvitation):
        more = {"reason": "busy"} if kind is iv.DeclineInvitation else {}
        for by in (parks, community, Actor.of("clerk-3", Role.ORGANISATION)):
            assert refused(town, kind(**P, by=by, **more)) == ("role_is_held",)
        assert refused(town, kind(**P, by=parks, on_behalf_of="power", **more)) == ("role_is_held",)
    town.do(iv.AcceptInvitation(**P, by=power))
    loop = next(each for each in town.engine.open_loops("x") if each.region == "invitation")
    assert (loop.status, loop.owes, loop.until) == (
        "accepted",
        "power",
        town.engine.get("x").item("meeting", "h").until,
    )
    assert town.engine.get("x").clocks["invitation_reply:power.h"].status == "met"


def test_an_answer_without_a_key_is_refused_and_does_not_crash(town: Town):
    town.do(issue())
    assert "step_is_in_the_table" in refused(town, iv.AcceptInvitation(**X, by=power))


def test_an_invitation_is_declined_with_a_reason(town: Town):
    town.do(issue())
    decline = iv.DeclineInvitation(**P, by=power)
    assert refused(town, decline) == ("reason_given",)
    town.do(decline.changed(reason="not our pipes"))
    assert (invitation(town).status, invitation(town).reason) == ("declined", "not our pipes")
    assert town.engine.get("x").clocks["invitation_reply:power.h"].status == "met"
    assert "invitation" not in {loop.region for loop in town.engine.open_loops("x")}


def test_nobody_accepts_an_invitation_to_a_meeting_that_is_over(town: Town):
    town.do(issue())
    town.pass_days(9)
    town.engine.tick()
    town.do(a_meeting(town, "spare"))
    town.do(m.CancelMeeting(**X, item="h", by=community, reason="settled"))
    assert invitation(town).status == "lapsed"
    assert refused(town, iv.AcceptInvitation(**P, by=power)) == ("meeting_is_to_come",)


# --- silence ---------------------------------------------------------------------------------------------------------


def test_silence_lapses_once_and_is_reported_to_the_district_for_each_unit(town: Town):
    town.do(issue(), issue("parks"))
    lapse = iv.LapseInvitation(**P, by=SYSTEM)
    assert refused(town, lapse) == ("due_has_passed",)
    assert refused(town, lapse.changed(by=community)) == ("role_is_held", "due_has_passed")
    town.clock.set(datetime(2026, 3, 9, 16, tzinfo=UTC))
    town.engine.tick()  # at the due instant itself it is still in time
    assert invitation(town).status == "issued"

    town.pass_days(3)  # nobody looked for three days
    assert town.engine.tick().done["invitation.lapse"] == 2
    assert town.engine.tick().done["invitation.lapse"] == 0
    assert invitation(town).was_lapsed
    lapsed = [each for each in town.engine.history("x") if each.name == "invitation.lapsed"]
    assert {each.body.at for each in lapsed} == {datetime(2026, 3, 9, 16, tzinfo=UTC)}
    assert town.engine.get("x").clocks["invitation_reply:power.h"].status == "met_late"
    assert told_upward(town) == {("district.power", "reminded", "power"), ("district.parks", "reminded", "parks")}
    assert {item.reason_code for item in town.engine.get("x").items_of("supervision").values()} == {
        "silent_on_invitation"
    }


def test_a_second_silence_of_a_unit_is_reported_again_only_after_the_first_reminder_was_lifted(town: Town):
    def silent_once_more(key: str) -> None:
        town.do(a_meeting(town, key, days=20), issue(meeting=key))
        town.pass_days(9)
        assert town.engine.tick().refused == 0
        assert invitation(town, f"power.{key}").status == "lapsed"

    def reminders() -> int:
        return sum(each.name == "supervision.reminded" for each in town.engine.history("x"))

    silent_once_more("a")
    silent_once_more("b")
    assert reminders() == 1
    town.do(LiftSupervision(**X, item="district.power", by=supervisor, reason="answered"))
    silent_once_more("c")
    assert reminders() == 2


def test_a_town_that_does_not_list_the_failing_gets_no_report_and_the_invitation_lapses_all_the_same():
    content = DEFAULT_POLICY.model_dump()
    content["reasons"] = [each for each in content["reasons"] if each["id"] != "silent_on_invitation"]
    town = a_hearing_town(Policy.model_validate({**content, "version": "own"}))
    town.do(issue())
    town.pass_days(9)
    assert town.engine.tick().refused == 0
    assert invitation(town).status == "lapsed"
    assert told_upward(town) == set()


def test_who_accepts_late_comes_and_the_lapse_stays_on_record(town: Town):
    town.do(issue())
    town.pass_days(9)
    town.engine.tick()
    assert "step_is_in_the_table" in refused(town, iv.DeclineInvitation(**P, by=power, reason="too late"))
    town.do(iv.AcceptInvitation(**P, by=power))
    assert (invitation(town).status, invitation(town).was_lapsed) == ("accepted", True)
    assert "invitation" in {loop.region for loop in town.engine.open_loops("x")}
    town.pass_days(1)
    town.do(held("s-1", "power"), iv.AttendInvitation(**P, by=community))
    assert (invitation(town).status, invitation(town).was_lapsed) == ("attended", True)


# --- attendance ------------------------------------------------------------------------------------------------------


def test_attendance_is_what_the_list_of_the_meeting_says(town: Town):
    town.do(issue(), issue("parks"))
    town.do(iv.AcceptInvitation(**P, by=power), iv.AcceptInvitation(**X, item="parks.h", by=parks))
    attend, miss = iv.AttendInvitation(**P, by=community), iv.MissInvitation(**P, by=community)
    for command in (attend, miss):
        assert refused(town, command) == ("attendance_is_recorded",)  # nothing was held yet
    town.pass_days(10)
    town.do(held("s-1", "power"))
    assert refused(town, miss) == ("attendance_is_recorded",)
    assert refused(town, attend.changed(item="parks.h")) == ("attendance_is_recorded",)
    assert refused(town, attend.changed(by=power)) == ("role_is_held",)  # nobody signs themselves in
    town.do(attend, miss.changed(item="parks.h"))
    assert (invitation(town).status, invitation(town, "parks.h").status) == ("attended", "absent")
    assert "invitation" not in {loop.region for loop in town.engine.open_loops("x")}


def test_who_was_missing_on_the_first_day_of_an_adjourned_meeting_may_come_on_the_second(town: Town):
    town.do(issue(), iv.AcceptInvitation(**P, by=power))
    town.pass_days(10)
    town.do(held("s-1"), m.AdjournMeeting(**X, item="h", by=community, reason="dark"))
    assert refused(town, iv.MissInvitation(**P, by=community)) == ("attendance_is_recorded",)
    town.do(a_meeting(town, days=1))
    town.pass_days(1)
    town.do(held("power"), iv.AttendInvitation(**P, by=community))


def test_a_unit_that_comes_without_having_answered_was_there(town: Town):
    town.do(a_meeting(town, "soon", days=1), issue(meeting="soon"))
    town.pass_days(1)
    there = m.HoldMeeting(**X, item="soon", by=community, attended=("power",))
    case = town.do(there, iv.AttendInvitation(**X, item="power.soon", by=community))
    assert (invitation(town, "power.soon").status, case.clocks["invitation_reply:power.soon"].status) == (
        "attended",
        "met",
    )


# --- asked again -----------------------------------------------------------------------------------------------------


def test_who_declined_or_was_not_wanted_any_more_may_be_invited_again(town: Town):
    town.do(issue(), iv.DeclineInvitation(**P, by=power, reason="busy"), issue())
    assert refused(town, issue(item="power.h")) == ("step_is_in_the_table",)  # that one was answered
    second = {"item": "power.h.2"}
    assert (invitation(town).status, invitation(town, "power.h.2").status) == ("declined", "issued")
    assert "step_is_in_the_table" in refused(town, issue())  # the second one stands
    town.do(iv.CancelInvitation(**X, **second, by=community, reason="a slip of the pen"), issue())
    town.do(iv.AcceptInvitation(**X, item="power.h.3", by=power))
    assert invitation(town, "power.h.3").status == "accepted"


def test_who_stayed_away_may_be_invited_to_the_next_sitting(town: Town):
    town.do(issue(), iv.AcceptInvitation(**P, by=power))
    town.pass_days(10)
    town.do(held("s-1"), iv.MissInvitation(**P, by=community))
    town.do(m.AdjournMeeting(**X, item="h", by=community, reason="dark"), a_meeting(town, days=8), issue())
    assert (invitation(town).status, invitation(town, "power.h.2").status) == ("absent", "issued")


def test_a_new_date_is_put_to_everybody_who_has_not_said_no(town: Town):
    town.do(issue(), issue("parks"), issue("gas"), issue("housing"))
    town.do(iv.AcceptInvitation(**P, by=power), iv.DeclineInvitation(**X, item="parks.h", by=parks, reason="busy"))
    town.pass_days(8)
    town.engine.tick()  # gas and housing were silent
    town.do(iv.AcceptInvitation(**X, item="gas.h", by=Actor.of("g", Role.ORGANISATION, unit="gas")))
    town.do(m.PostponeMeeting(**X, item="h", by=community, reason="flood"))
    assert invitation(town).status == "accepted"  # until there is a new date
    case = town.do(a_meeting(town, days=30))
    standing = {key: str(item.status) for key, item in case.items_of("invitation").items()}
    assert standing == {"power.h": "issued", "parks.h": "declined", "gas.h": "issued", "housing.h": "issued"}
    assert invitation(town, "gas.h").was_lapsed
    # Tuesday 10 March + 5 working days: Tuesday 17 March 24:00 in Beijing
    assert (
        invitation(town).until == case.clocks["invitation_reply:power.h"].due == datetime(2026, 3, 17, 16, tzinfo=UTC)
    )
    town.do(iv.DeclineInvitation(**P, by=power, reason="the new date clashes"))
    assert (invitation(town).status, invitation(town).reason) == ("declined", "the new date clashes")
    town.pass_days(8)
    assert town.engine.tick().done["invitation.lapse"] == 2


def test_nobody_puts_a_new_date_by_hand_nor_takes_the_word_from_a_unit(town: Town):
    town.do(issue())
    for kind in (iv.AskInvitedAgain, iv.PassInvitationToHost):
        assert refused(town, kind(**P, by=community)) == ("role_is_held",)
    town.pass_days(10)
    town.do(held("s-1"))
    assert refused(town, iv.AskInvitedAgain(**P, by=SYSTEM)) == ("meeting_is_to_come",)


def test_once_the_meeting_has_met_its_host_owes_who_came(town: Town):
    town.do(issue(), issue("parks"), iv.AcceptInvitation(**P, by=power))
    town.pass_days(10)
    town.do(held("s-1", "power"))
    owed = {loop.item: loop.owes for loop in town.engine.open_loops("x") if loop.region == "invitation"}
    assert owed == {"power.h": "community-1", "parks.h": "community-1"}
    town.do(iv.AttendInvitation(**P, by=community))
    assert (invitation(town).owes, invitation(town).until) == (None, None)


# --- who may read ----------------------------------------------------------------------------------------------------


def sees(town: Town, actor: Actor) -> bool:
    return "x" in {each.id for each in town.engine.seen_by(actor).records()}


def test_who_has_no_part_any_more_reads_the_case_no_longer():
    town = a_town(records=[INVITING, PROPOSAL])
    a_case(town, "in_handling", id="x")
    town.do(a_meeting(town, roll=("s-1",)))
    gone: dict[str, Any] = {
        "declined": lambda: [iv.DeclineInvitation(**P, by=power, reason="busy")],
        "cancelled": lambda: [iv.CancelInvitation(**X, item="power.h.2", by=community, reason="enough")],
        "meeting called off": lambda: [m.CancelMeeting(**X, item="h", by=community, reason="settled")],
    }
    for name, steps in gone.items():
        assert not sees(town, power), name
        town.do(issue())
        assert sees(town, power), name
        town.do(*steps())
        assert not sees(town, power), name


def test_who_was_silent_or_stayed_away_has_no_part_any_more_once_the_meeting_has_met():
    town = a_town(records=[INVITING, PROPOSAL])
    a_case(town, "in_handling", id="x")
    town.do(a_meeting(town, roll=("s-1",)), issue(), issue("parks"), iv.AcceptInvitation(**P, by=power))
    town.pass_days(9)
    town.engine.tick()

    def have_a_part() -> set[str]:
        return {unit for unit in ("power", "parks") if invitation(town, f"{unit}.h").concerns("", unit)}

    assert have_a_part() == {"power", "parks"}  # parks may still say yes
    town.pass_days(1)
    town.do(held("s-1"))
    assert have_a_part() == set()
    assert not sees(town, power)
    assert sees(town, parks)  # of which the reminder for its silence tells


# --- the way out -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["hearing", "talk"])
def test_a_meeting_called_off_takes_its_open_invitations_with_it_and_no_others(town: Town, other: str):
    town.do(a_meeting(town, "other", form=other), issue(), issue("parks"), issue(meeting="other"))
    town.do(iv.AcceptInvitation(**P, by=power))
    town.do(iv.DeclineInvitation(**X, item="parks.h", by=parks, reason="busy"))
    town.do(m.CancelMeeting(**X, item="h", by=community, reason="settled at home"))
    states = {key: invitation(town, key).status for key in ("power.h", "parks.h", "power.other")}
    assert states == {"power.h": "cancelled", "parks.h": "declined", "power.other": "issued"}
    assert invitation(town).reason == "settled at home"
    cancel = iv.CancelInvitation(**X, item="power.other", by=community)
    assert refused(town, cancel) == ("reason_given",)
    town.do(cancel.changed(reason="enough people"))
    assert town.engine.get("x").clocks["invitation_reply:power.other"].status == "cancelled"


@pytest.mark.parametrize("order", [(m.MEETING, iv.INVITATION), (iv.INVITATION, m.MEETING)], ids=["first", "last"])
def test_open_invitations_end_with_the_case_in_whatever_order_its_regions_stand(order: Any):
    town = a_town(records=[INVITING_WITHOUT.extended(regions=order), PROPOSAL])
    a_case(town, "in_handling", id="x")
    town.do(a_meeting(town), issue(), issue("parks"), iv.AcceptInvitation(**P, by=power))
    redirect = c.RedirectCase(**X, by=dispatcher, statutory_channel="litigation", reason="a court's", told_by=TOLD)
    error = refusal(town, redirect)
    assert error.codes == ("loops_are_handed_over",)
    assert len(error.broken[0].detail) == 3
    town.do(redirect.changed(hand_over=(HandOver(reason="the court hears it"),)))
    assert {item.status for item in town.engine.get("x").items_of("invitation").values()} == {"cancelled"}
    assert town.engine.open_loops("x") == ()


def _without(*names: str) -> Any:
    kept = [region for name, region in CASE.regions.items() if name not in names]
    more: dict[str, Any] = {"reactions": CASE.reactions, "when_due": CASE.when_due, "escalations": CASE.escalations}
    return Decider(CASE.workflow, type(CASE.initial), CASE.fold, prefix="C", regions=kept, propose=CASE.propose, **more)


INVITING_WITHOUT = _without("meeting", "invitation")


def test_the_state_is_what_the_log_says_again(tmp_path: Any):
    path = tmp_path / "town.db"
    town = a_town(path, records=[INVITING, PROPOSAL])
    a_case(town, "in_handling", id="x")
    town.do(a_meeting(town), issue(), issue("parks"), iv.AcceptInvitation(**P, by=power))
    town.pass_days(9)
    town.engine.tick()
    digest = town.engine.get("x").digest
    town.engine.close()
    again = a_town(path, records=[INVITING, PROPOSAL])
    assert again.engine.get("x").digest == digest
    assert (invitation(again).status, invitation(again, "parks.h").status) == ("accepted", "lapsed")
