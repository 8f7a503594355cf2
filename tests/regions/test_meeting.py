"""三会: each rule of a meeting broken by itself, its clocks, who may act and read, and what it leaves behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from govflow import CASE, SYSTEM, Actor, Command, HandOver, NotAllowed, Role
from govflow.cases import commands as c
from govflow.messages import Personal
from govflow.proposals import PROPOSAL
from govflow.regions import meeting as m
from govflow.regions.commitment import COMMITMENT, KeepCommitment, MakeCommitment
from govflow.regions.evidence import AddEvidence
from govflow.regions.invitation import INVITATION
from govflow.regions.meeting.model import MeetingForm, RefusedToSign, Undertaking
from govflow.regions.supervision import SUPERVISION
from tests.support import (
    DECISION,
    TOLD,
    Town,
    a_case,
    a_town,
    community,
    dispatcher,
    lead,
    neighbour,
    resident,
    review_body,
    secretariat,
)

MET = CASE.extended(regions=(COMMITMENT, m.MEETING, INVITATION, SUPERVISION))
X: dict[str, Any] = {"id": "x"}
H: dict[str, Any] = {"id": "x", "item": "h"}
ROLL = ("s-1", "s-2", "water", "power")


def a_meeting_town(status: str = "in_handling", **matter: Any) -> Town:
    """Case x, with the minutes on file."""
    town = a_town(records=[MET, PROPOSAL])
    a_case(town, status, id="x", **matter)
    filed = ("notice", "minutes")
    town.do(*(AddEvidence(**X, by=lead, item=key, kind="document", sha256="0" * 64) for key in filed))
    return town


@pytest.fixture
def town() -> Town:
    return a_meeting_town()


BESIDE = pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside another hearing"])
FORMS = pytest.mark.parametrize("form", ["hearing", "talk"])


def another_is_pending(town: Town, beside: bool) -> None:
    """One hearing more, which outlasts the test: recording and calling off then go by rows of their own."""
    if beside:
        town.do(announced(town, item="another", days=90))


def announced(town: Town, *, days: float = 3, **more: Any) -> m.AnnounceMeeting:
    said = {"form": "hearing", "subject": "parking locks", "place": "station hall", "roll": ROLL}
    return m.AnnounceMeeting(**{**H, "by": community, "at_time": town.clock() + timedelta(days=days), **said, **more})


def held(**more: Any) -> m.HoldMeeting:
    return m.HoldMeeting(**{**H, "by": community, "attended": ("s-1", "water"), **more})


def recorded(**more: Any) -> m.RecordMeeting:
    signed = ("community-1", "s-1", "water")
    said = {"minutes": ("minutes",), "signed_by": signed, "consensus": "no private locks"}
    return m.RecordMeeting(**{**H, "by": community, **said, **more})


def refusal(town: Town, command: Command) -> NotAllowed:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value


def refused(town: Town, command: Command) -> tuple[str, ...]:
    return refusal(town, command).codes


def meeting(town: Town, key: str = "h") -> Any:
    return town.engine.get("x").item("meeting", key)


def hold(town: Town, **more: Any) -> None:
    town.do(announced(town, **more))
    town.pass_days(3)
    town.do(held())


# --- announcing ------------------------------------------------------------------------------------------------------


def test_an_announcement_names_what_about_when_where_and_with_whom(town: Town):
    for part in ({"form": None}, {"subject": " "}, {"place": ""}, {"at_time": None}, {"at_time": town.clock()}):
        assert refused(town, announced(town, **part)) == ("form_subject_time_and_place_named",)
    assert refused(town, announced(town, roll=())) == ("parties_are_named",)
    assert refused(town, announced(town, roll=("s-1", "s-1"))) == ("parties_are_named",)
    assert refused(town, announced(town, form="talk", roll=())) == ("parties_are_named",)  # of whatever form
    town.do(announced(town))

    loop = next(each for each in town.engine.open_loops("x") if each.region == "meeting")
    assert (loop.what, loop.owes) == ("hearing: parking locks", "community-1")  # who announced it is its host
    assert loop.until == town.clock() + timedelta(days=3)


@FORMS
def test_the_unit_reported_is_neither_on_the_roll_nor_host_nor_present(form: str):
    town = a_meeting_town("in_handling", kind="whistle_blowing", confidential=True, accused_unit="roads")
    assert refused(town, announced(town, form=form, roll=("s-1", "roads"))) == ("unit_reported_takes_no_part",)
    assert refused(town, announced(town, form=form, host="roads")) == ("unit_reported_takes_no_part",)
    town.do(announced(town, form=form))
    town.pass_days(3)
    for part in ({"attended": ("s-1", "roads"), "guests": ("roads",)}, {"guests": ("roads",)}):
        assert refused(town, held(**part)) == ("those_present_are_named",)
    town.do(held())


@FORMS
def test_papers_of_a_major_decision_go_out_seven_days_before(town: Town, form: str):
    major: dict[str, Any] = {"form": form, "matter_kind": "major", "papers": ("notice",)}
    assert refused(town, announced(town, **major)) == ("papers_are_sent_in_time",)  # in three days
    # Monday 2 March + 7 days, the first not counted: Monday 9 March 24:00 in Beijing
    first = datetime(2026, 3, 9, 16, tzinfo=UTC)
    early = announced(town, **major, at_time=first - timedelta(minutes=1))
    assert refusal(town, early).broken[0].detail == (f"not before {first.isoformat(timespec='minutes')}",)
    assert refused(town, announced(town, **{**major, "papers": ()}, at_time=first)) == ("papers_are_sent_in_time",)
    assert refused(town, announced(town, form=form, papers=("nothing",))) == ("papers_are_sent_in_time",)

    case = town.do(announced(town, **major, at_time=first))
    assert case.clocks["hearing_papers:h"].due == first
    assert refused(town, held()) == ("papers_period_has_elapsed", "meeting_time_has_come")
    town.clock.set(first + timedelta(hours=1))
    assert town.engine.tick().done["elapsed"] == 1
    assert town.engine.tick().done["elapsed"] == 0
    town.do(held())


def test_an_ordinary_meeting_has_no_minimum_period(town: Town):
    case = town.do(announced(town, days=0.1))
    assert "hearing_papers:h" not in case.clocks
    town.pass_days(0.1)
    assert town.do(held()).item("meeting", "h").status == "held"


def test_what_is_put_off_is_announced_again_with_a_new_date_and_a_new_period(town: Town):
    town.do(announced(town, days=8, matter_kind="major", papers=("notice",)))
    first = meeting(town).until
    postpone = m.PostponeMeeting(**H, by=community)
    assert refused(town, postpone) == ("reason_given",)
    town.do(postpone.changed(reason="flood"))
    assert town.engine.get("x").clocks["hearing_papers:h"].status == "cancelled"
    assert "step_is_in_the_table" in refused(town, held())

    town.pass_days(1)
    again = m.AnnounceMeeting(**H, by=community)
    assert refused(town, again) == ("form_subject_time_and_place_named",)  # all but the date stands
    soon = town.clock() + timedelta(days=6)
    assert refused(town, again.changed(at_time=soon)) == ("papers_are_sent_in_time",)
    town.do(again.changed(at_time=town.clock() + timedelta(days=8)))
    after = meeting(town)
    assert (after.form, after.place, after.roll, after.host) == ("hearing", "station hall", ROLL, "community-1")
    assert after.earlier == (first,)
    assert town.engine.get("x").clocks["hearing_papers:h"].run == 2


def test_holding_a_meeting_ends_the_period_of_its_papers(town: Town):
    town.do(announced(town, days=8, matter_kind="major", papers=("notice",)))
    assert town.engine.get("x").clocks["hearing_papers:h"].is_going
    town.pass_days(8)
    assert not town.do(held()).clocks["hearing_papers:h"].is_going


@BESIDE
def test_a_meeting_is_called_off_with_a_reason_and_the_period_of_its_papers_falls_away(town: Town, beside: bool):
    another_is_pending(town, beside)
    town.do(announced(town, days=8, matter_kind="major", papers=("notice",)))
    cancel = m.CancelMeeting(**H, by=community)
    assert refused(town, cancel) == ("reason_given",)
    case = town.do(cancel.changed(reason="settled"))
    assert (case.item("meeting", "h").status, case.clocks["hearing_papers:h"].status) == ("cancelled", "cancelled")


@FORMS
def test_what_was_announced_as_one_form_is_not_announced_again_as_another(form: str):
    town = a_meeting_town("under_recheck")
    other = "talk" if form == "hearing" else "hearing"
    town.do(announced(town, form=form), m.PostponeMeeting(**H, by=community, reason="ill"))
    before = recheck(town).status
    assert refused(town, announced(town, form=other)) == ("meeting_form_stays",)
    town.do(announced(town, form=form))
    assert recheck(town).status == before == ("paused" if form == "hearing" else "running")


@FORMS
def test_a_roll_once_announced_only_grows(town: Town, form: str):
    town.do(announced(town, form=form), m.PostponeMeeting(**H, by=community, reason="ill"))
    error = refusal(town, announced(town, form=form, roll=("s-1", "gas")))
    assert error.codes == ("nobody_is_struck_from_the_roll",)
    assert set(error.broken[0].detail) == {f"{who} is on the roll already" for who in ("s-2", "water", "power")}
    town.do(announced(town, form=form, roll=(*ROLL, "gas")))
    assert meeting(town).roll == (*ROLL, "gas")


# --- holding ---------------------------------------------------------------------------------------------------------


def test_a_meeting_is_not_held_before_its_time_nor_without_naming_those_present(town: Town):
    town.do(announced(town))
    town.pass_days(2)
    assert refused(town, held()) == ("meeting_time_has_come",)
    town.pass_days(1)
    assert refused(town, held(attended=())) == ("those_present_are_named",)
    passer_by = held(attended=("s-1", "gas"))
    assert refusal(town, passer_by).broken[0].detail == ("gas is neither on the roll nor a named guest",)
    town.do(passer_by.changed(guests=("gas",)))
    assert meeting(town).attended == ("gas", "s-1")


def test_an_appraisal_needs_more_than_half_of_its_roll_and_a_hearing_no_quorum(town: Town):
    town.do(announced(town, form="appraisal"))
    town.pass_days(3)
    two_and_a_guest = held(attended=("s-1", "water", "gas"), guests=("gas",))
    assert refused(town, two_and_a_guest) == ("meeting_quorum_is_met",)  # guests make no quorum
    town.do(held(attended=("s-1", "s-2", "water")))
    town.do(announced(town, item="other", form="hearing"))
    town.pass_days(3)
    town.do(held(item="other", attended=("s-1",)))


def test_an_adjourned_meeting_goes_on_another_day_and_remembers_who_came(town: Town):
    hold(town)
    adjourn = m.AdjournMeeting(**H, by=community)
    assert refused(town, adjourn) == ("reason_given",)
    town.do(adjourn.changed(reason="more to say"), m.AnnounceMeeting(**H, by=community, at_time=later(town)))
    town.pass_days(1)
    town.do(held(attended=("s-2",)))
    assert meeting(town).attended == ("s-1", "s-2", "water")
    assert refused(town, recorded()) == ("record_is_signed",)  # s-2 has not signed
    town.do(recorded(signed_by=("community-1", "s-1", "s-2", "water")))


def later(town: Town, days: float = 1) -> datetime:
    return town.clock() + timedelta(days=days)


@BESIDE
def test_what_has_met_is_not_called_off_when_it_was_to_go_on_another_day_but_recorded(town: Town, beside: bool):
    another_is_pending(town, beside)
    hold(town)
    town.do(m.AdjournMeeting(**H, by=community, reason="more to say"))
    cancel = m.CancelMeeting(**H, by=community, reason="never mind")
    assert refused(town, cancel) == ("nobody_has_met",)
    town.do(m.AnnounceMeeting(**H, by=community, at_time=later(town)))
    assert refused(town, cancel) == ("nobody_has_met",)
    assert "step_is_in_the_table" in refused(town, recorded())  # a day is named: it is held, or put off again
    town.do(m.PostponeMeeting(**H, by=community, reason="nobody has time"))
    assert refused(town, recorded(signed_by=("community-1", "s-1"))) == ("record_is_signed",)
    assert town.do(recorded()).item("meeting", "h").status == "recorded"
    assert meeting(town).attended == ("s-1", "water")


@BESIDE
def test_what_never_met_has_no_record(town: Town, beside: bool):
    another_is_pending(town, beside)
    town.do(announced(town), m.PostponeMeeting(**H, by=community, reason="flood"))
    assert refused(town, recorded(signed_by=("community-1",))) == ("somebody_has_met",)


def test_a_meeting_counts_in_the_round_in_which_it_is_held(town: Town):
    town.do(announced(town, item="before", form="talk", days=1), announced(town, form="talk", days=5))
    town.pass_days(1)
    town.do(held(item="before"))
    town.do(c.SubmitResult(**X, by=lead, measure="locks removed", evidence=("notice",)))
    town.do(c.OrderRework(**X, by=dispatcher, reason="they are back"))
    town.pass_days(4)
    town.do(held())
    assert town.engine.get("x").round == 2
    assert (meeting(town, "before").round, meeting(town).round) == (1, 2)


# --- recording -------------------------------------------------------------------------------------------------------


@BESIDE
def test_host_and_everybody_present_sign_or_refuse_with_a_reason(town: Town, beside: bool):
    another_is_pending(town, beside)
    hold(town)
    unsigned: dict[str, Any] = {
        "the host community-1 has not signed": {"signed_by": ("s-1", "water")},
        "water has neither signed nor refused with a reason": {"signed_by": ("community-1", "s-1")},
        "s-2 was not there": {"signed_by": ("community-1", "s-1", "s-2", "water")},
        "no minutes are named": {"minutes": ()},
        "other is not on file": {"minutes": ("other",)},
        "s-1 cannot both sign and refuse": {"refused_to_sign": (RefusedToSign(who="s-1", reason="no"),)},
    }
    for detail, part in unsigned.items():
        error = refusal(town, recorded(**part))
        assert error.codes == ("record_is_signed",)
        assert error.broken[0].detail == (detail,)
    silent = {"signed_by": ("community-1", "s-1"), "refused_to_sign": (RefusedToSign(who="water", reason=" "),)}
    assert refused(town, recorded(**silent)) == ("record_is_signed",)
    no_host = {"refused_to_sign": (RefusedToSign(who="community-1", reason="no"),), "signed_by": ("s-1", "water")}
    assert refused(town, recorded(**no_host)) == ("record_is_signed",)  # the host cannot refuse
    assert refused(town, recorded(consensus=" ")) == ("outcome_is_told",)
    refuses = (RefusedToSign(who="water", reason="not its competence"),)
    town.do(recorded(signed_by=("community-1", "s-1"), refused_to_sign=refuses))
    assert meeting(town).refused_to_sign == refuses
    assert "h" not in {loop.item for loop in town.engine.open_loops("x") if loop.region == "meeting"}


def test_opinions_are_counted_in_clear_and_told_in_words_for_those_who_work_on_it_alone(town: Town):
    hold(town)
    words = Personal(text="Mrs Wang says her mother falls over the locks", subject="s-1")
    town.do(recorded(consensus="", dissent="on fees", opinions_for=9, opinions_against=3, opinions_text=words))
    row = meeting(town)
    assert (row.opinions_for, row.opinions_against, row.opinions_open, row.dissent) == (9, 3, 0, "on fees")
    assert row.opinions_text.subject == "s-1"
    assert not any(b"Wang" in each.state for each in town.engine.store.scan())


@BESIDE
def test_a_joint_undertaking_becomes_a_commitment_of_each_unit_in_the_same_append(town: Town, beside: bool):
    another_is_pending(town, beside)
    hold(town)
    until = later(town, 20)
    promise = Undertaking(unit="water", what="move the pipe", until=until)
    refused_parts = (
        promise.changed(unit="power"),  # was not there
        promise.changed(what=" "),
        promise.changed(until=town.clock()),
    )
    for part in refused_parts:
        wrong = recorded(undertakings=(promise, part))
        assert refused(town, wrong) == ("undertakings_are_signed_by_those_who_give_them",)
    unsigned = {
        "signed_by": ("community-1", "s-1"),
        "refused_to_sign": (RefusedToSign(who="water", reason="no"),),
    }
    assert refused(town, recorded(**unsigned, undertakings=(promise,))) == (
        "undertakings_are_signed_by_those_who_give_them",
    )
    before = town.engine.get("x").version
    case = town.do(recorded(undertakings=(promise, promise.changed(what="mend the road"))))
    names = [each.name for each in town.engine.history("x")][before:]
    assert names == ["meeting.recorded", "commitment.made", "commitment.made"]
    owed = {loop.item: (loop.what, loop.owes, loop.until) for loop in town.engine.open_loops("x")}
    assert owed["h.1"] == ("move the pipe", "water", until)
    assert owed["h.2"] == ("mend the road", "water", until)
    assert case.clocks["commitment_due:h.1"].due == until
    assert town.do(KeepCommitment(**X, item="h.1", by=community)).item("commitment", "h.1").status == "kept"


def test_undertakings_get_keys_that_no_commitment_has(town: Town):
    until = later(town, 20)
    town.do(MakeCommitment(**X, by=lead, item="h.1", what="a fence", owner="water", until=until))
    hold(town)
    promise = Undertaking(unit="water", what="move the pipe", until=until)
    case = town.do(recorded(undertakings=(promise, promise.changed(what="mend the road"))))
    assert {key: item.promise for key, item in case.items_of("commitment").items()} == {
        "h.1": "a fence",
        "h.2": "move the pipe",
        "h.3": "mend the road",
    }
    event: Any = next(each.body for each in town.engine.history("x") if each.name == "meeting.recorded")
    assert event.commitments == ("h.2", "h.3")


def test_a_number_of_opinions_that_could_not_be_read_again_is_no_number():
    for number in (-1, 10**400):
        with pytest.raises(ValidationError):
            recorded(opinions_for=number)


# --- who -------------------------------------------------------------------------------------------------------------


def test_meetings_are_held_by_those_who_hold_them_and_by_the_host_named_alone(town: Town):
    for by in (resident, lead, dispatcher):
        assert refused(town, announced(town, by=by)) == ("role_is_held",)
    chair, other = Actor.of("chair-1", Role.HOST), Actor.of("chair-2", Role.HOST)
    office = Actor.of("clerk-9", Role.HOST, unit="chair-1")
    town.do(announced(town, host="chair-1"))
    cancel = m.CancelMeeting(**H, by=other, reason="no")
    assert refused(town, cancel) == ("role_is_held",)
    assert refused(town, cancel.changed(on_behalf_of="chair-1")) == ("role_is_held",)
    for by in (chair, office, secretariat, community, review_body):
        assert town.engine.why_not(cancel.changed(by=by)) == ()


def test_who_is_on_the_roll_may_read_the_case_and_other_units_may_not(town: Town):
    on_roll = Actor.of("clerk-1", Role.ORGANISATION, unit="power")
    elsewhere = Actor.of("clerk-2", Role.ORGANISATION, unit="gas")

    def sees(actor: Actor) -> bool:
        return "x" in {each.id for each in town.engine.seen_by(actor).records()}

    assert not any(sees(each) for each in (on_roll, elsewhere, neighbour))
    town.do(announced(town))
    assert sees(on_roll)
    assert sees(neighbour)  # s-2, in person
    assert not sees(elsewhere)


# --- the way out -----------------------------------------------------------------------------------------------------


def test_what_is_announced_falls_away_when_the_case_leaves_and_what_was_held_is_recorded_first():
    town = a_meeting_town("in_handling")
    town.do(announced(town), announced(town, item="coming", form="talk"))
    redirect = c.RedirectCase(**X, by=dispatcher, statutory_channel="litigation", reason="a court's", told_by=TOLD)
    left = redirect.changed(hand_over=(HandOver(reason="the court hears it"),))
    town.pass_days(3)
    town.do(held())
    error = refusal(town, left)
    assert error.codes == ("loops_are_handed_over",)
    assert error.broken[0].detail == ("meeting h held must be ended by hand first",)
    assert refused(town, m.CancelMeeting(**H, by=community, reason="no")) == ("step_is_in_the_table",)
    town.do(recorded(), left)
    assert town.engine.get("x").status == "redirected"
    assert (meeting(town).status, meeting(town, "coming").status) == ("recorded", "cancelled")
    assert town.engine.open_loops("x") == ()


def test_an_adjourned_meeting_is_recorded_before_the_case_leaves(town: Town):
    hold(town)
    town.do(m.AdjournMeeting(**H, by=community, reason="late"))
    left = c.WithdrawCase(**X, by=resident, reason="settled", hand_over=(HandOver(reason="settled"),))
    error = refusal(town, left)
    assert error.codes == ("loops_are_handed_over",)
    assert error.broken[0].detail == ("meeting h postponed must be ended by hand first",)
    town.do(recorded(), left)
    assert (town.engine.get("x").status, meeting(town).status) == ("withdrawn", "recorded")


def test_a_case_is_not_closed_while_a_meeting_is_pending():
    town = a_meeting_town("fed_back", reporter=None)
    town.do(announced(town, roll=("water",)))
    codes = refusal(town, c.CloseCase(**X, by=dispatcher))
    assert "no_loop_is_open" in codes.codes
    assert any("meeting h announced" in line for broken in codes.broken for line in broken.detail)
    town.do(m.CancelMeeting(**H, by=community, reason="settled"))
    assert "meeting" not in {loop.region for loop in town.engine.open_loops("x")}


# --- the clock of the recheck ----------------------------------------------------------------------------------------


def recheck(town: Town) -> Any:
    return town.engine.get("x").clocks["recheck"]


def test_the_recheck_stands_still_until_the_last_hearing_is_recorded_or_cancelled():
    town = a_meeting_town("under_recheck")
    due = recheck(town).due
    town.do(announced(town, item="a"))
    town.pass_days(1)
    town.do(announced(town, item="b", by=review_body))
    town.do(m.PostponeMeeting(**X, item="b", by=review_body, reason="ill"))
    assert recheck(town).status == "paused"
    town.pass_days(2)
    town.do(held(item="a"), recorded(item="a"))
    assert recheck(town).status == "paused"  # b is put off, not over
    town.pass_days(4)
    town.do(m.CancelMeeting(**X, item="b", by=review_body, reason="withdrawn"))
    assert recheck(town).status == "running"
    assert recheck(town).due == due + timedelta(days=7)  # 1 + 2 + 4
    rows = [each.body for each in town.engine.history("x") if each.name in ("meeting.recorded", "meeting.cancelled")]
    assert [len(each.clocks) for each in rows] == [0, 1]


def test_the_same_holds_when_the_last_one_is_recorded_and_the_other_was_cancelled():
    town = a_meeting_town("under_recheck")
    due = recheck(town).due
    town.do(announced(town, item="a"), announced(town, item="b"))
    town.pass_days(3)
    town.do(m.CancelMeeting(**X, item="b", by=community, reason="one is enough"), held(item="a"))
    town.do(m.AdjournMeeting(**X, item="a", by=community, reason="late"))
    assert recheck(town).status == "paused"
    town.do(m.AnnounceMeeting(**X, item="a", by=community, at_time=later(town)))
    town.pass_days(1)
    town.do(held(item="a"), recorded(item="a"))
    assert (recheck(town).status, recheck(town).due) == ("running", due + timedelta(days=4))


def test_other_meetings_leave_the_recheck_running_and_end_no_hearings_pause():
    town = a_meeting_town("under_recheck")
    due = recheck(town).due
    for form in MeetingForm:
        if form is not MeetingForm.HEARING:
            town.do(announced(town, item=form, form=form))
    assert (recheck(town).status, recheck(town).due) == ("running", due)
    town.do(announced(town))
    town.pass_days(3)
    town.do(m.CancelMeeting(**X, item="talk", by=community, reason="no"), held(item="exchange"))
    town.do(recorded(item="exchange"))
    assert recheck(town).status == "paused"


def test_a_recheck_asked_for_while_a_hearing_is_pending_stands_still_from_its_start():
    town = a_meeting_town("fed_back", kind="petition", category="petition")
    town.do(c.RequestReview(**X, by=resident, reason="no"))
    town.do(c.DecideReview(**X, by=review_body, sends_back=False, **DECISION))
    town.do(announced(town), announced(town, item="talk", form="talk", days=9))
    town.do(c.RequestRecheck(**X, by=resident, reason="still no"))
    assert [each.name for each in town.engine.history("x")][-2:] == ["case.recheck_requested", "meeting.recheck_stayed"]
    due = recheck(town).due
    town.pass_days(3)
    town.do(held(), m.AdjournMeeting(**H, by=community, reason="late"))
    town.pass_days(2)
    assert recheck(town).status == "paused"
    town.do(recorded())
    assert (recheck(town).status, recheck(town).due) == ("running", due + timedelta(days=5))


def test_a_recheck_runs_from_its_start_beside_meetings_that_are_no_hearings():
    town = a_meeting_town("fed_back", kind="petition", category="petition")
    town.do(c.RequestReview(**X, by=resident, reason="no"))
    town.do(c.DecideReview(**X, by=review_body, sends_back=False, **DECISION))
    town.do(announced(town, item="talk", form="talk"), c.RequestRecheck(**X, by=resident, reason="still no"))
    assert recheck(town).status == "running"
    stay = m.StayRecheck(**X, item="talk", by=SYSTEM)
    assert refused(town, stay) == ("meeting_is_a_hearing",)
    assert refused(town, stay.changed(by=community)) == ("role_is_held", "meeting_is_a_hearing")


# --- the log ---------------------------------------------------------------------------------------------------------


def test_the_state_is_what_the_log_says_again(tmp_path: Any):
    path = tmp_path / "town.db"
    town = a_town(path, records=[MET, PROPOSAL])
    a_case(town, "in_handling", id="x")
    town.do(AddEvidence(**X, by=lead, item="minutes", sha256="0" * 64))
    hold(town)
    promise = Undertaking(unit="water", what="move the pipe", until=later(town))
    town.do(recorded(undertakings=(promise,), opinions_for=2))
    digest = town.engine.get("x").digest
    town.engine.close()
    again = a_town(path, records=[MET, PROPOSAL])
    assert again.engine.get("x").digest == digest
    row = again.engine.get("x").item("meeting", "h")
    assert (row.form, row.undertakings) == (MeetingForm.HEARING, (promise,))
