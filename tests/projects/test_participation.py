"""How units take part: counted from states, against a count of our own over the events of the log."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from govflow import Actor, Command, NotAllowed, Role
from govflow.errors import InputError
from govflow.evaluating import Rate
from govflow.messages import new_command_id
from govflow.projects.feedback_model import (
    RaiseFeedback,
    ReopenFeedback,
    ResolveFeedback,
    TransferFeedback,
    WithdrawFeedback,
)
from govflow.projects.participation import UnitFigures, answers_owed_by, meetings_asked_to, promises_of, unit_figures
from govflow.regions.commitment import KeepCommitment, MakeCommitment, ReleaseCommitment
from govflow.regions.invitation.messages import (
    AcceptInvitation,
    AttendInvitation,
    CancelInvitation,
    DeclineInvitation,
    IssueInvitation,
)
from govflow.regions.meeting.messages import AdjournMeeting, AnnounceMeeting, CancelMeeting, HoldMeeting
from govflow.testing import START
from tests.projects.site import Site, X, community, lead, resident, supervisor

UNITS = ("builder", "bakery", "library")
SAID: dict[str, Any] = {"form": "talk", "subject": "dust", "place": "hall", "host": "huazhaobi"}
librarian = Actor.of("librarian-1", Role.ORGANISATION, unit="library")
SPEAKERS = {"library": librarian, "bakery": Actor.of("baker-1", Role.ORGANISATION, unit="bakery")}
SHOWN: dict[str, Any] = {"measure": "nets hung", "evidence": ("photo",)}


@pytest.fixture
def site() -> Site:
    """The works have begun; the promises of builder, roofers and bakery are due on day 200."""
    return Site().upto("in_progress")


def figures(site: Site, unit: str) -> UnitFigures:
    return unit_figures(unit, [site.project], site.clock())


def announce(site: Site, item: str, *roll: str, days: float = 1) -> Command:
    at_time = site.clock() + timedelta(days=days)
    return AnnounceMeeting(**X, by=community, item=item, at_time=at_time, roll=roll, **SAID)


def hold(item: str, *attended: str, guests: tuple[str, ...] = ()) -> Command:
    return HoldMeeting(**X, by=community, item=item, attended=attended, guests=guests)


def promise(site: Site, item: str, owner: str = "bakery", days: float = 10) -> Command:
    until = site.clock() + timedelta(days=days)
    return MakeCommitment(**X, by=SPEAKERS[owner], item=item, what="bread", owner=owner, until=until)


def excuses(rate: Rate) -> dict[str, str]:
    return {each.key: str(each.why) for each in rate.excluded}


# --- attendance ------------------------------------------------------------------------------------------------------


def test_a_unit_on_the_roll_of_meetings_came_to_some_of_those_that_met(site):
    site.do(announce(site, "a", "builder", "bakery"), announce(site, "b", "bakery"), announce(site, "c", "bakery"))
    site.days(1).do(hold("a", "builder", "bakery"))
    site.do(hold("b", "foreman", guests=("foreman",)), CancelMeeting(**X, by=community, item="c", reason="rain"))
    site.do(announce(site, "d", "bakery"))
    found = figures(site, "bakery").attendance
    assert (found.part, found.whole, found.rate, found.undone) == (1, 2, Fraction(1, 2), ("p:meeting.b",))
    assert excuses(found) == {"p:meeting.c": "the meeting was called off", "p:meeting.d": "not held yet"}
    assert figures(site, "builder").attendance == Rate(1, 1)


def test_a_unit_that_is_invited_and_on_the_roll_is_asked_once(site):
    site.do(announce(site, "a", "bakery", days=20))
    invite = IssueInvitation(**X, by=community, unit="bakery", meeting="a")
    site.do(invite, AcceptInvitation(**X, by=SPEAKERS["bakery"], item="bakery.a"))
    site.days(20).do(hold("a", "bakery"), AttendInvitation(**X, by=community, item="bakery.a"))
    assert figures(site, "bakery").attendance == Rate(1, 1)


def test_whoever_declined_was_not_there_and_whoever_is_not_wanted_any_more_is_excused(site):
    site.do(announce(site, "a", "builder", days=20))
    site.do(*(IssueInvitation(**X, by=community, unit=unit, meeting="a") for unit in ("library", "bakery")))
    site.do(DeclineInvitation(**X, by=librarian, item="library.a", reason="short of people"))
    site.do(CancelInvitation(**X, by=community, item="bakery.a", reason="not about bread"))
    site.days(20).do(hold("a", "builder"))
    declined = figures(site, "library")
    assert (declined.attendance, declined.response) == (Rate(0, 1, undone=("p:meeting.a",)), Rate(1, 1))
    assert excuses(figures(site, "bakery").attendance) == {"p:meeting.a": "the invitation was taken back"}
    assert excuses(figures(site, "bakery").response) == {"p:invitation.bakery.a": "the invitation was taken back"}


def test_a_meeting_that_goes_on_another_day_has_met_and_counts_once(site):
    site.do(announce(site, "a", "builder", "bakery"))
    site.days(1).do(hold("a", "builder"), AdjournMeeting(**X, by=community, item="a", reason="late"))
    site.do(announce(site, "a", days=30))
    assert figures(site, "bakery").attendance.undone == ("p:meeting.a",)
    site.days(30).do(hold("a", "bakery"))
    assert (figures(site, "bakery").attendance, figures(site, "builder").attendance) == (Rate(1, 1), Rate(1, 1))


# --- fulfilment ------------------------------------------------------------------------------------------------------


def test_promises_kept_in_time_and_late_are_told_apart_and_broken_ones_count_against_the_unit(site):
    site.do(promise(site, "soon"), promise(site, "late"), promise(site, "never"), promise(site, "let", days=5))
    site.do(KeepCommitment(**X, by=supervisor, item="soon"))
    site.days(8).engine.tick()
    site.do(ReleaseCommitment(**X, by=supervisor, item="let", reason="no longer asked for"))
    site.days(4).engine.tick()
    site.do(KeepCommitment(**X, by=supervisor, item="late"))
    found = figures(site, "bakery").fulfilment
    assert (found.part, found.whole) == (2, 3)
    assert (found.late, found.undone) == (("p:commitment.late",), ("p:commitment.never",))
    assert excuses(found) == {"p:commitment.3": "not due yet", "p:commitment.let": "released after it was broken"}


def test_a_promise_released_in_time_is_excused_and_one_of_another_unit_is_not_counted(site):
    site.do(promise(site, "let"), promise(site, "theirs", owner="library"))
    site.do(ReleaseCommitment(**X, by=supervisor, item="let", reason="no longer asked for"))
    found = figures(site, "bakery").fulfilment
    assert excuses(found) == {
        "p:commitment.3": "not due yet",
        "p:commitment.let": "released by those it was made to",
    }
    assert (found.rate, excuses(figures(site, "library").fulfilment)) == (None, {"p:commitment.theirs": "not due yet"})


# --- response --------------------------------------------------------------------------------------------------------


def test_the_lead_answers_residents_in_time_or_late_and_nobody_else_is_asked(site):
    for key in ("quick", "slow", "open", "gone"):
        site.do(RaiseFeedback(**X, by=resident, item=key, concerns="dust", text="It is dusty."))
    site.do(ResolveFeedback(**X, by=lead, item="quick", **SHOWN))
    site.do(WithdrawFeedback(**X, by=resident, item="gone", reason="settled"))
    site.days(30).engine.tick()
    site.do(ResolveFeedback(**X, by=lead, item="slow", **SHOWN))
    found = figures(site, "builder").response
    assert (found.part, found.whole) == (1, 3)
    assert (found.late, found.undone) == (("p:feedback.slow",), ("p:feedback.open",))
    assert excuses(found) == {"p:feedback.gone": "taken back"}
    assert figures(site, "bakery").response == Rate(0, 0)


def test_an_answer_that_was_late_before_the_feedback_was_reopened_stays_late(site):
    raised = RaiseFeedback(**X, by=resident, item="f", concerns="dust", text="It is dusty.")
    again = ReopenFeedback(**X, by=resident, item="f", reason="dust still")
    answer = ResolveFeedback(**X, by=lead, item="f", **SHOWN)
    site.do(raised)
    site.days(30).do(answer, again)
    assert excuses(figures(site, "builder").response) == {"p:feedback.f": "not due yet"}
    site.do(answer.changed(command_id=new_command_id()))
    assert figures(site, "builder").response == Rate(0, 1, late=("p:feedback.f",))


def test_feedback_that_goes_on_as_a_case_after_it_was_due_is_left_out_and_said_to_be_late(site):
    for key in ("a", "b"):
        site.do(RaiseFeedback(**X, by=resident, item=key, concerns="dust", text="It is dusty."))
    site.do(TransferFeedback(**X, by=community, item="a", title="Dust", category="general"))
    site.days(30).do(TransferFeedback(**X, by=community, item="b", title="Dust", category="general"))
    assert excuses(figures(site, "builder").response) == {
        "p:feedback.a": "goes on as a case",
        "p:feedback.b": "goes on as a case, after it was due",
    }


def test_an_invitation_left_unanswered_counts_against_the_unit_and_a_late_yes_is_late(site):
    site.do(announce(site, "a", "builder", days=60))
    site.do(*(IssueInvitation(**X, by=community, unit=unit, meeting="a") for unit in ("library", "bakery")))
    site.days(20).engine.tick()
    assert figures(site, "library").response.undone == ("p:invitation.library.a",)
    site.do(AcceptInvitation(**X, by=SPEAKERS["bakery"], item="bakery.a"))
    assert figures(site, "bakery").response == Rate(0, 1, late=("p:invitation.bakery.a",))


# --- whose -----------------------------------------------------------------------------------------------------------


def test_no_person_and_no_unit_that_nobody_knows_has_figures(site):
    with pytest.raises(InputError, match="s-1 is a person"):
        figures(site, "s-1")
    known = {"builder", "bakery"}
    assert unit_figures("bakery", [site.project], site.clock(), known) == figures(site, "bakery")
    with pytest.raises(InputError, match="no organisation of the directory"):
        unit_figures("library", [site.project], site.clock(), known)


def test_cases_count_beside_projects_and_what_nobody_asked_gives_no_rate(site):
    site.do(RaiseFeedback(**X, by=resident, item="a", concerns="dust", text="It is dusty."))
    project: Any = site.do(TransferFeedback(**X, by=community, item="a", title="Dust", category="general"))
    case = site.engine.get(project.item("feedback", "a").target)
    made = promise(site, "k", owner="library").changed(id=case.id)
    site.engine.handle(made)
    found = unit_figures("library", [site.project, site.engine.get(case.id)], site.clock())
    assert excuses(found.fulfilment) == {f"{case.id}:commitment.k": "not due yet"}
    assert [rate.rate for rate in unit_figures("nobody", [site.project], site.clock())] == [None] * 3


# --- against the log -------------------------------------------------------------------------------------------------

Count = tuple[int, int, int]  # part, whole, late
ANSWERS = ("invitation.accepted", "invitation.declined", "invitation.attended", "feedback.resolved")


def told(site: Site) -> list[tuple[str, Any]]:
    return [(each.name, each.body) for each in site.engine.history("p")]


def came_to(site: Site, unit: str) -> Count:
    asked: dict[str, set[str]] = {}
    met: dict[str, bool] = {}
    off = {body.item for name, body in told(site) if name == "meeting.cancelled"}
    for name, body in told(site):
        if name == "meeting.announced" and unit in body.roll:
            asked.setdefault(body.item, set()).add("roll")
        elif name == "invitation.issued" and body.unit == unit:
            asked.setdefault(body.meeting, set()).add(body.item)
        elif name == "invitation.cancelled":
            for standing in asked.values():
                standing.discard(body.item)
        elif name == "meeting.held":
            met[body.item] = met.get(body.item, False) or unit in body.attended
    counted = [met[key] for key, standing in asked.items() if key in met and key not in off and standing]
    return sum(counted), len(counted), 0


def kept_by(site: Site, unit: str, now: datetime) -> Count:
    due: dict[str, datetime] = {}
    kept: dict[str, datetime] = {}
    released = {body.item for name, body in told(site) if name == "commitment.released"}
    for name, body in told(site):
        if name == "commitment.made" and body.owner == unit:
            due[body.item] = body.until
        elif name == "commitment.kept" and body.item in due:
            kept[body.item] = body.at
    whole = {key for key in due if key not in released and (key in kept or due[key] <= now)}
    return len(whole & kept.keys()), len(whole), sum(kept[key] > due[key] for key in kept)


def answered_by(site: Site, unit: str, now: datetime) -> Count:
    """Each ask with its due instant, as the clock moves in the events say it, and when it was answered."""
    due: dict[str, datetime] = {}
    done: dict[str, datetime] = {}
    late: set[str] = set()
    for name, body in told(site):
        key = f"{name.partition('.')[0]}.{getattr(body, 'item', '')}"
        mine = name == "invitation.issued" and body.unit == unit
        if mine or (unit == "builder" and name in ("feedback.raised", "feedback.reopened")):
            due[key] = next(move.due for move in body.clocks if move.due is not None)
            done.pop(key, None)
        elif name == "invitation.asked_again" and key in due:  # the meeting has another day: a reply to it is owed anew
            due[key] = next((move.due for move in body.clocks if move.due is not None), due[key])
            done.pop(key, None)
            late.discard(key)
        elif name in ("invitation.cancelled", "feedback.withdrawn", "feedback.transferred") and key not in done:
            due.pop(key, None)
        elif name in ANSWERS and key in due and key not in done:
            done[key] = body.at
            late |= {key} if body.at > due[key] else set()
    whole = {key for key in due if key in done or due[key] <= now}
    return len((whole & done.keys()) - late), len(whole), len(late & done.keys())


def step(site: Site, act: str, n: int, unit: str) -> Command:
    """What somebody may try to do; much of it is refused."""
    key = f"k{n}"
    who = SPEAKERS.get(unit, librarian)
    acts: dict[str, Command] = {
        "announce": announce(site, key, unit, "builder", days=9),
        "hold": hold(key, unit if n % 2 else "builder"),
        "adjourn": AdjournMeeting(**X, by=community, item=key, reason="late"),
        "off": CancelMeeting(**X, by=community, item=key, reason="rain"),
        "invite": IssueInvitation(**X, by=community, unit=unit, meeting=key),
        "yes": AcceptInvitation(**X, by=who, item=f"{unit}.{key}"),
        "no": DeclineInvitation(**X, by=who, item=f"{unit}.{key}", reason="busy"),
        "uninvite": CancelInvitation(**X, by=community, item=f"{unit}.{key}", reason="not needed"),
        "promise": promise(site, key, unit, days=4),
        "keep": KeepCommitment(**X, by=supervisor, item=key),
        "release": ReleaseCommitment(**X, by=supervisor, item=key, reason="not needed"),
        "raise": RaiseFeedback(**X, by=resident, item=key, concerns="dust", text="Dust."),
        "answer": ResolveFeedback(**X, by=lead, item=key, **SHOWN),
        "reopen": ReopenFeedback(**X, by=resident, item=key, reason="dust still"),
        "withdraw": WithdrawFeedback(**X, by=resident, item=key, reason="settled"),
    }
    return acts[act]


ACTS = (
    *("announce", "announce", "hold", "hold", "adjourn", "off", "invite", "invite", "yes", "no", "uninvite"),
    *("promise", "promise", "keep", "release", "raise", "raise", "answer", "answer", "reopen", "withdraw", "wait"),
)


ASKED_AGAIN = [("announce", 0, "bakery"), ("invite", 0, "bakery"), ("hold", 0, "bakery"), ("adjourn", 0, "bakery")]


@settings(max_examples=25, deadline=None)
@example(acts=[*ASKED_AGAIN, ("announce", 0, "bakery")], waits=1)
@given(
    acts=st.lists(
        st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.sampled_from(UNITS[1:])), min_size=20, max_size=50
    ),
    waits=st.integers(1, 9),
)
def test_the_figures_are_what_the_events_of_the_log_come_to(acts: list[tuple[str, int, str]], waits: int):
    site = Site().upto("in_progress")
    for act, n, unit in acts:
        if act == "wait":
            site.days(waits).engine.tick()
            continue
        meeting = site.project.item("meeting", f"k{n}")
        if act == "hold" and meeting is not None:
            site.clock.set(max(site.clock(), meeting.until))
        with suppress(NotAllowed):
            site.do(step(site, act, n, unit))
    now = site.clock()
    for unit in UNITS:
        found = figures(site, unit)
        assert counts(found.attendance) == came_to(site, unit), unit
        assert counts(found.fulfilment) == kept_by(site, unit, now), unit
        assert counts(found.response) == answered_by(site, unit, now), unit
    site.engine.close()


def counts(rate: Rate) -> Count:
    return rate.part, rate.whole, len(rate.late)


def test_every_thing_asked_is_named_by_its_record_region_and_key(site):
    site.do(announce(site, "a", "bakery"), RaiseFeedback(**X, by=resident, item="f", concerns="dust", text="Dust."))
    assert [each.key for each in meetings_asked_to(site.project, "bakery")] == ["p:meeting.a"]
    assert [each.key for each in promises_of(site.project, "bakery")] == ["p:commitment.3"]
    asked = next(answers_owed_by(site.project, "builder"))
    assert (asked.key, asked.done) == ("p:feedback.f", None)
    assert asked.due is not None
    assert asked.due > START
