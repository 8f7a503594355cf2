"""Feedback 意见反馈 on works: whose it is, who answers it and by when, who says that the answer does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from govflow import CASE, SYSTEM, Actor, Case, Command, HandOver, NotFound, Personal, ProtectionError, Role
from govflow.cases import commands as cc
from govflow.projects import PROJECT
from govflow.projects import commands as c
from govflow.projects import feedback_model as f
from govflow.projects.feedback import FeedbackFigures, feedback_figures
from govflow.regions.link import Unlink
from tests.projects.site import (
    HERE,
    SHOWN,
    Site,
    X,
    acceptor,
    archivist,
    baker,
    colleague,
    community,
    lead,
    neighbour,
    old_hand,
    resident,
    roofer,
    service,
    stranger,
    supervisor,
    town,
)

SECRET = "Mrs Zhao of flat 302 cannot sleep"
PHONE = "call 13800138000"
union = Actor.of("clerk-1", Role.ORGANISATION, unit="union")
other_clerk = Actor.of("clerk-2", Role.ORGANISATION, unit="union")
OF_UNION: dict[str, Any] = {"on_behalf_of": "union"}


def raised(by: Actor = resident, item: str = "f", **said: Any) -> f.RaiseFeedback:
    named = {"concerns": "noise", "place": "house 3", "text": SECRET, **said}
    return f.RaiseFeedback(**X, by=by, item=item, **named)


def resolve(by: Actor = lead, item: str = "f", **said: Any) -> f.ResolveFeedback:
    return f.ResolveFeedback(**X, by=by, item=item, **{**SHOWN, **said})


def confirm(by: Actor = resident, item: str = "f") -> f.ConfirmFeedback:
    return f.ConfirmFeedback(**X, by=by, item=item)


def reopen(by: Actor = resident, item: str = "f", **said: Any) -> f.ReopenFeedback:
    return f.ReopenFeedback(**X, by=by, item=item, **{"reason": "it is as loud as before", **said})


def transfer(by: Actor = lead, item: str = "f", **said: Any) -> f.TransferFeedback:
    return f.TransferFeedback(**X, by=by, item=item, **said)


def withdraw(by: Actor = resident, item: str = "f", **said: Any) -> f.WithdrawFeedback:
    return f.WithdrawFeedback(**X, by=by, item=item, **said)


@pytest.fixture
def site() -> Site:
    """Works are under way, and a resident has said something."""
    site = Site().upto("in_progress")
    site.do(raised())
    return site


# --- raising ---------------------------------------------------------------------------------------------------------


def test_feedback_says_what_it_is_about_and_has_a_text():
    site = Site().upto("in_progress")
    for field in ("concerns", "text"):
        assert site.refused(raised(**{field: None})) == ("feedback_says_something",)  # type: ignore[arg-type]
    assert site.refused(raised(place=PHONE)) == ("words_hide_people",)
    item = site.do(raised()).item("feedback", "f")
    assert (item.status, item.about, item.place, item.owes) == ("raised", "noise", "house 3", "project_lead")
    assert (item.by, item.unit, item.text.subject) == ("s-1", None, "s-1")


@pytest.mark.parametrize("by", [resident, baker, union, supervisor, old_hand])
def test_residents_organisations_and_supervisors_raise_it(by: Actor):
    Site().upto("in_progress").do(raised(by))


@pytest.mark.parametrize("by", [community, acceptor, town, stranger])
def test_nobody_else_does(by: Actor):
    assert Site().upto("in_progress").refused(raised(by)) == ("role_is_held",)


def test_before_approval_and_after_acceptance_there_are_no_works_to_speak_of():
    site = Site().upto("paired")
    assert site.refused(raised()) == ("step_is_in_the_table",)
    site._approved()
    site.do(raised(item="a"), withdraw(item="a"))
    site._in_progress()
    site.do(raised(item="b"), withdraw(item="b"))
    site._delivered()
    site.do(raised(item="c"), withdraw(item="c"))
    site._accepted()
    assert site.refused(raised()) == ("step_is_in_the_table",)


def test_what_a_unit_raises_is_the_units_and_its_people_go_on_with_it():
    site = Site().upto("in_progress")
    site.do(raised(union, "a"), raised(union, "b", **OF_UNION), resolve(item="a"), resolve(item="b"))
    assert (site.feedback("a").unit, site.feedback("b").unit) == ("union", "union")
    assert site.feedback("b").text.subject == "union"  # type: ignore[union-attr]
    site.do(confirm(other_clerk, "a"), reopen(other_clerk, "b"))


def test_whoever_lives_there_and_works_somewhere_speaks_for_themselves_unless_they_say_otherwise():
    site = Site().upto("in_progress")
    both = Actor(id="s-5", claims=(*resident.claims, *union.claims))
    site.do(raised(both, "a"), raised(both, "b", **OF_UNION), raised(both, "c", on_behalf_of="nowhere"))
    assert [site.feedback(key).unit for key in "abc"] == [None, "union", None]


# --- whose words -----------------------------------------------------------------------------------------------------


def test_its_words_stand_nowhere_in_clear_and_are_the_raisers_to_read(tmp_path: Path):
    path = tmp_path / "town.db"
    site = Site(path).upto("in_progress")
    site.do(raised(), resolve(), reopen(details="She is ill"))
    assert site.engine.open_personal("p", "text", resident, why="to handle it") == SECRET
    assert site.engine.open_personal("p", "details", resident, why="to handle it") == "She is ill"
    with pytest.raises(ProtectionError):
        site.engine.open_personal("p", "text", neighbour, why="to handle it")
    with pytest.raises((ProtectionError, NotFound)):
        site.engine.open_personal("p", "text", stranger, why="to handle it")
    site.engine.close()
    for file in tmp_path.iterdir():
        assert b"Zhao" not in file.read_bytes()
        assert b"She is ill" not in file.read_bytes()


def test_erasing_whoever_raised_it_erases_its_words_and_leaves_the_rest(site: Site):
    site.do(resolve())
    site.engine.erase("s-1", archivist, basis="PIPL §47", authority="archive office")
    assert site.engine.open_personal("p", "text", resident, why="to handle it") is None
    assert site.feedback().answer is not None


# --- answering -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [lead, service, community])
def test_the_lead_its_service_team_and_the_community_answer(site: Site, by: Actor):
    item = site.do(resolve(by)).item("feedback", "f")
    assert (item.status, item.answer.by, item.answer.measure) == ("resolved", by.id, SHOWN["measure"])


@pytest.mark.parametrize("by", [roofer, baker, supervisor, neighbour, town])
def test_nobody_else_answers(site: Site, by: Actor):
    assert "role_is_held" in site.refused(resolve(by))


def test_an_answer_says_what_was_done_and_shows_it(site: Site):
    for said in ({"measure": ""}, {"evidence": ()}, {"evidence": ("nowhere",)}):
        assert site.refused(resolve(**said)) == ("measure_and_evidence_given",)
    assert site.refused(resolve(measure=PHONE)) == ("words_hide_people",)


def test_nobody_answers_what_they_or_their_unit_have_raised():
    site = Site().upto("in_progress")
    site.do(raised(colleague, "a", on_behalf_of="builder"), raised(Actor.of("anna", Role.RESIDENT), "b"))
    assert site.refused(resolve(lead, "a")) == ("answered_by_another_than_its_raiser",)
    assert site.refused(resolve(service, "b")) == ("answered_by_another_than_its_raiser",)
    site.do(resolve(service, "a"), resolve(lead, "b"))


def test_it_is_answered_within_three_working_days(site: Site):
    due = site.project.clocks["project_feedback:f"].due
    assert due is not None
    site.do(raised(neighbour, "g"))
    site.clock.set(due)
    project = site.do(resolve())
    assert project.clocks["project_feedback:f"].status == "met"
    site.days(1).engine.tick()
    assert site.project.clocks["project_feedback:g"].status == "overdue"
    project = site.do(resolve(item="g"))
    assert [each.late for key in "fg" for each in project.item("feedback", key).answers] == [False, True]


def test_an_unanswered_one_is_an_open_loop_of_the_lead_and_keeps_the_project_from_delivery(site: Site):
    deliver = c.DeliverProject(**X, by=lead, public_text="done")
    assert ("feedback", "f", "project_lead") in site.loops()
    assert site.told(deliver) == ("feedback f waits for its answer",)
    site.do(resolve())
    assert site.loops() == set()
    assert site.do(deliver).status == "delivered"


# --- is the answer good? ---------------------------------------------------------------------------------------------

JUDGES = [resident, supervisor, old_hand, Actor.of("w-1", Role.ORGANISATION, unit="watchers")]


@pytest.mark.parametrize("by", JUDGES)
def test_whoever_raised_it_and_supervisors_confirm_or_reopen(by: Actor):
    site = Site().upto("in_progress")
    site.do(raised(item="a"), raised(item="b"), resolve(item="a"), resolve(item="b"))
    site.do(confirm(by, "a"), reopen(by, "b"))
    assert (site.feedback("a").status, site.feedback("a").confirmed_by) == ("confirmed", by.id)
    assert (site.feedback("b").status, site.feedback("b").objection) == ("raised", "it is as loud as before")


@pytest.mark.parametrize("by", [neighbour, baker, roofer])
def test_others_do_not_say_whether_an_answer_does(site: Site, by: Actor):
    site.do(resolve())
    assert site.refused(confirm(by)) == ("raiser_or_supervisor_says_so",)
    assert site.refused(reopen(by)) == ("raiser_or_supervisor_says_so",)


def test_the_answer_is_not_confirmed_by_who_gave_it_nor_by_their_unit():
    site = Site().upto("in_progress")
    site.do(raised(), resolve(community))
    desk = Actor.of("community-1", Role.SUPERVISOR)
    unit = Actor.of("community-2", Role.SUPERVISOR, unit="huazhaobi")
    for by, named in ((desk, "community-1"), (unit, "huazhaobi")):
        assert site.refused(confirm(by)) == ("decided_by_another",)
        assert site.told(confirm(by)) == (f"{named} has answered it",)
    site.do(confirm(supervisor))


def test_who_gave_an_earlier_answer_does_not_confirm_a_later_one(site: Site):
    site.do(resolve(community), reopen(), resolve(lead))
    assert site.refused(confirm(Actor.of("community-1", Role.SUPERVISOR))) == ("decided_by_another",)
    site.do(confirm())


def test_what_is_reopened_is_owed_again_in_three_more_days_with_the_reason(site: Site):
    site.do(resolve())
    site.days(7)
    assert site.refused(reopen(reason=" ")) == ("reason_given",)
    assert site.refused(reopen(reason=PHONE)) == ("words_hide_people",)
    clock = site.do(reopen()).clocks["project_feedback:f"]
    assert (clock.status, clock.run) == ("running", 2)
    assert clock.due is not None
    assert clock.due > site.clock()
    assert site.feedback().answer is None
    site.do(resolve(service))
    assert [each.by for each in site.feedback().answers] == ["builder-1", "anna"]
    site.do(confirm())
    assert "step_is_in_the_table" in site.refused(reopen())


def test_nobody_confirms_what_is_not_answered(site: Site):
    assert site.refused(confirm()) == ("step_is_in_the_table",)


# --- taking it back --------------------------------------------------------------------------------------------------


def test_whoever_raised_it_takes_it_back_and_nobody_else(site: Site):
    for by in (neighbour, baker, old_hand):
        assert site.refused(withdraw(by)) == ("raiser_takes_it_back",)
    project = site.do(withdraw(reason="it is quiet now"))
    assert project.item("feedback", "f").status == "withdrawn"
    assert project.clocks["project_feedback:f"].status == "cancelled"


def test_a_cancelled_project_lets_open_feedback_fall_with_its_reason(site: Site):
    over = (HandOver(reason="the house is sold"),)
    cancel = c.CancelProject(**X, by=town, reason="sold", balance=0, hand_over=over)
    project = site.with_leave(cancel)
    assert (project.status, project.item("feedback", "f").status) == ("cancelled", "withdrawn")


# --- going on as a case ----------------------------------------------------------------------------------------------


def the_case(site: Site) -> Case:
    return site.engine.get(site.feedback().target or "", Case)


@pytest.mark.parametrize("by", [lead, service, community])
def test_what_the_project_cannot_answer_becomes_one_case_that_it_waits_for(site: Site, by: Actor):
    command = transfer(by, title="Night work beside house 3", category="general")
    site.do(command, command)  # delivered twice by a queue
    assert site.feedback().status == "transferred"
    [link] = site.project.items_of("link").values()
    case = the_case(site)
    assert (link.status, link.kind, link.other) == ("awaited", "spawned", case.id)
    assert (case.title, case.category, case.area) == ("Night work beside house 3", "general", HERE)
    assert (case.reporter, case.source, case.status) == ("s-1", "feedback:p:f", "reported")
    assert [each.kind for each in case.items_of("link").values()] == ["spawned_by"]
    assert site.project.clocks["project_feedback:f"].status == "cancelled"
    assert site.loops() == {("link", link.key, case.id)}


def test_without_words_of_its_own_the_case_says_where_it_comes_from(site: Site):
    site.do(transfer())
    case = the_case(site)
    assert (case.title, case.description) == ("A new roof: noise", None)


def test_what_goes_along_to_the_case_is_protected_and_the_raisers(site: Site):
    site.do(transfer(description=SECRET))
    case = the_case(site)
    assert case.description is not None
    assert case.description.subject == "s-1"
    assert (
        site.engine.open_personal(case.id, "description", Actor.of("s-1", Role.REPORTER), why="to handle it") == SECRET
    )
    site.engine.erase("s-1", archivist, basis="PIPL §47", authority="archive office")
    assert site.engine.open_personal(case.id, "description", Actor.of("s-1", Role.REPORTER), why="to handle it") is None


def test_a_subject_that_is_named_stays(site: Site):
    site.do(transfer(description=Personal(text=SECRET, subject="s-zhao")))
    assert the_case(site).description.subject == "s-zhao"  # type: ignore[union-attr]


def test_the_case_of_a_unit_is_reported_by_the_unit():
    site = Site().upto("in_progress")
    site.do(raised(union), transfer())
    assert the_case(site).reporter == "union"


def test_where_the_case_comes_to_rest_the_project_waits_no_more(site: Site):
    site.do(transfer())
    case = the_case(site)
    desk = Actor.of("desk-1", Role.ACCEPTANCE_DESK)
    no = cc.RejectCase(id=case.id, by=desk, reason_code="out_of_scope", reason="not ours", told_by="by phone")
    site.engine.handle(no)
    [link] = site.project.items_of("link").values()
    assert link.status == ("failed" if "rejected" in CASE.failed else "finished")


def test_feedback_on_a_project_with_a_very_long_title_becomes_a_case_like_any_other():
    site = Site().upto("in_progress")
    named = {"field": "title", "old": "A new roof", "new": "roof " * 800, "reason": "its full name"}
    site.with_leave(c.CorrectProject(**X, by=lead, corrects=1, **named))
    site.do(raised(), transfer(title=""))
    target = site.feedback().target
    assert target is not None
    assert site.engine.get(target, Case).title.endswith("roof : noise")


def test_a_town_without_cases_transfers_nothing():
    site = Site(records=(PROJECT,)).upto("in_progress")
    site.do(raised())
    assert site.refused(transfer()) == ("conversion_target_is_named",)


@pytest.mark.parametrize("by", [resident, baker, supervisor, town])
def test_who_does_not_answer_does_not_transfer_either(site: Site, by: Actor):
    assert site.refused(transfer(by)) == ("role_is_held",)


def test_what_was_answered_or_transferred_is_not_transferred_again(site: Site):
    site.do(resolve())
    assert site.refused(transfer()) == ("step_is_in_the_table",)
    site.do(reopen(), transfer())
    assert site.refused(transfer()) == ("step_is_in_the_table",)


def test_the_system_may_transfer_by_a_rule_of_the_towns_own(site: Site):
    assert site.do(transfer(SYSTEM)).item("feedback", "f").status == "transferred"


# --- figures ---------------------------------------------------------------------------------------------------------


def test_of_37_raised_all_are_answered_in_time():
    # story S1: every one of 37 answered within three working days
    site = Site().upto("in_progress")
    for number in range(37):
        site.do(raised(Actor.of(f"s-{number}", Role.RESIDENT), f"{number}"))
        site.days(1).do(resolve(service, f"{number}"))
    assert feedback_figures(site.project) == FeedbackFigures(37, 37, 37, 0, 0, 0, 0)


def test_figures_count_each_piece_of_feedback_where_it_stands():
    site = Site().upto("in_progress")
    given: list[Command] = [raised(item=key) for key in "abcdefgh"]
    site.do(*given, withdraw(item="a"), transfer(item="b"), resolve(item="c"), resolve(item="d"), confirm(item="d"))
    site.do(resolve(item="e"), reopen(item="e"))  # open again
    site.days(10)
    site.do(resolve(item="f"))  # late
    site.do(resolve(item="e"), reopen(item="e"), resolve(item="e"))  # late once, in time the last time
    figures = feedback_figures(site.project)
    assert figures == FeedbackFigures(raised=8, answered=4, in_time=2, confirmed=1, open=2, transferred=1, withdrawn=1)
    assert figures.raised == figures.answered + figures.open + figures.transferred + figures.withdrawn


def test_a_project_without_feedback_has_nothing_to_count():
    assert feedback_figures(Site().upto("paired").project) == FeedbackFigures(0, 0, 0, 0, 0, 0, 0)


def test_a_log_opened_again_gives_the_same_feedback(tmp_path: Path):
    path = tmp_path / "town.db"
    site = Site(path).upto("in_progress")
    site.do(raised(), resolve(), reopen(details="still"), resolve(community), confirm(), raised(neighbour, "g"))
    before = site.do(transfer(item="g", description=SECRET))
    site.engine.close()
    assert Site(path).project.digest == before.digest


def test_a_tie_that_was_undone_leaves_the_feedback_where_it_went(site: Site):
    site.do(transfer())
    [link] = site.project.items_of("link")
    site.do(Unlink(**X, by=lead, item=link, reason="the case is settled elsewhere"))
    assert site.loops() == set()
    assert site.feedback().status == "transferred"
