"""Milestones 节点: planned with place, owner and day, reached with evidence, accepted by nobody who built."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from govflow import Actor, Claim, HandOver, Role
from govflow.projects import commands as c
from govflow.projects import milestone as m
from govflow.projects.model import Member, TeamKind
from govflow.regions.approval import RequestApproval
from govflow.testing import START
from tests.projects.site import (
    SHOWN,
    Site,
    X,
    acceptor,
    baker,
    colleague,
    community,
    lead,
    mayor,
    old_hand,
    resident,
    roofer,
    service,
    stranger,
    supervisor,
    town,
)

DUE = START + timedelta(days=60)
PHONE = "call 13800138000"
ACCEPT = m.AcceptMilestone(**X, by=acceptor, item="m")


def plan(item: str = "m", **said: Any) -> m.PlanMilestone:
    named = {"what": "scaffold", "place": "house 3", "owner": "roofers", "until": DUE, **said}
    return m.PlanMilestone(**X, by=lead, item=item, **named)


def reach(by: Actor = roofer, **said: Any) -> m.ReachMilestone:
    return m.ReachMilestone(**X, by=by, item="m", **{**SHOWN, **said})


def refuse(by: Actor = acceptor, **said: Any) -> m.RefuseMilestone:
    return m.RefuseMilestone(**X, by=by, item="m", **{"shortcomings": ("a loose board", "no net"), **said})


def drop(by: Actor = lead, **said: Any) -> m.DropMilestone:
    return m.DropMilestone(**X, by=by, item="m", **{"reason": "the scope is smaller", **said})


@pytest.fixture
def site() -> Site:
    """Works are under way, and one milestone is planned."""
    site = Site().upto("in_progress")
    site.do(plan())
    return site


# --- planning --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("field", "blank"), [("what", " "), ("place", ""), ("owner", None), ("until", None)])
def test_a_milestone_names_place_item_due_and_owner(field: str, blank: Any):
    site = Site().upto("paired")
    assert site.refused(plan(**{field: blank})) == ("place_item_due_and_owner_named",)
    site.do(plan())
    assert site.milestone().status == "planned"


@pytest.mark.parametrize("owner", ["builder", "roofers", "bakery", "foreman", "steelworks", "anna"])
def test_a_party_or_somebody_of_the_work_group_or_the_service_team_may_own_one(owner: str):
    site = Site().upto("paired")
    site.do(plan(owner=owner))
    assert owner in site.project.workers()


@pytest.mark.parametrize("owner", ["butchery", "s-old", "watchers"])
def test_nobody_else_is_bound_by_the_plan_and_no_supervisor_becomes_a_builder(owner: str):
    site = Site().upto("paired")
    assert site.refused(plan(owner=owner)) == ("owner_takes_part",)


def test_a_party_that_keeps_watch_over_the_works_owns_none():
    site = Site().upto("paired")
    site.do(c.NameTeam(**X, by=community, team=TeamKind.SUPERVISORS, members=(Member(id="s-9", unit="bakery"),)))
    assert site.refused(plan(owner="bakery")) == ("owner_takes_part",)


def test_a_milestone_is_not_due_before_it_is_planned():
    site = Site().upto("paired")
    assert site.refused(plan(until=START)) == ("due_lies_ahead",)
    assert site.refused(plan(until=START - timedelta(days=1))) == ("due_lies_ahead",)
    site.do(plan(until=START + timedelta(seconds=1)))


def test_the_plan_names_no_person():
    site = Site().upto("paired")
    for field in ("what", "place"):
        assert site.refused(plan(**{field: PHONE})) == ("words_hide_people",)


@pytest.mark.parametrize("by", [roofer, baker, community, resident, supervisor])
def test_the_lead_and_its_service_team_plan_and_nobody_else(by: Actor):
    site = Site().upto("paired")
    assert site.refused(plan().changed(by=by)) == ("role_is_held",)
    site.do(plan("a"), plan("b").changed(by=service))


def test_milestones_get_running_numbers_where_none_is_given():
    site = Site().upto("paired")
    site.do(plan().changed(item=None), plan().changed(item=None))
    assert list(site.project.items_of("milestone")) == ["1", "2"]


# --- reaching --------------------------------------------------------------------------------------------------------


def test_it_is_reached_with_a_measure_and_evidence_that_is_on_file(site: Site):
    for said in ({"measure": " "}, {"evidence": ()}, {"evidence": ("nowhere",)}):
        assert site.refused(reach(**said)) == ("measure_and_evidence_given",)
    assert site.refused(reach(measure=PHONE)) == ("words_hide_people",)
    site.do(reach())
    item = site.milestone()
    assert (item.status, item.measure, item.evidence) == ("reached", SHOWN["measure"], SHOWN["evidence"])


@pytest.mark.parametrize("by", [lead, service, roofer])
def test_the_lead_its_service_team_and_the_owner_report_it_reached(site: Site, by: Actor):
    assert by.id in site.do(reach(by)).workers()


@pytest.mark.parametrize(
    "by", [baker, colleague.model_copy(update={"claims": colleague.claims[:1]}), community, acceptor]
)
def test_no_other_unit_reports_what_the_owner_owes(site: Site, by: Actor):
    assert site.refused(reach(by)) == ("role_is_held",)


def test_before_the_works_begin_nothing_is_reached():
    site = Site().upto("approved")
    site.do(plan())
    assert site.refused(reach()) == ("step_is_in_the_table",)


def test_the_owner_owes_it_until_it_is_reached_then_those_who_accept_it(site: Site):
    assert ("milestone", "m", "roofers") in site.loops()
    [loop] = [each for each in site.engine.open_loops("p") if each.region == "milestone"]
    assert (loop.until, loop.what) == (DUE, "scaffold")
    site.do(reach())
    assert ("milestone", "m", "acceptance_group") in site.loops()
    site.do(ACCEPT)
    assert site.loops() == set()


def test_a_milestone_is_overdue_after_its_day_once_and_still_to_be_reached(site: Site):
    site.days(30)  # 60 days after the start: its very day
    site.engine.tick()
    assert site.project.clocks["milestone_due:m"].status == "running"
    site.days(1)
    site.engine.tick()
    site.engine.tick()
    marks: list[Any] = [each.body for each in site.engine.history("p") if each.name == "clock.deadline_missed"]
    assert [each.item for each in marks if each.item.startswith("milestone")] == ["milestone_due:m"]
    clock = site.do(reach()).clocks["milestone_due:m"]
    assert (clock.status, clock.due) == ("met_late", DUE)


# --- acceptance ------------------------------------------------------------------------------------------------------


def _accepting(id: str, unit: str | None = None) -> Actor:
    return Actor.of(id, Role.ACCEPTANCE_GROUP, unit=unit)


BUILDERS = {
    "of the lead": (_accepting("builder-9", "builder"), "builder"),
    "of a party that builds": (_accepting("roofer-9", "roofers"), "roofers"),
    "on the work group": (_accepting("foreman"), "foreman"),
    "of a unit on the work group": (_accepting("clerk-9", "steelworks"), "steelworks"),
    "on the service team": (_accepting("anna"), "anna"),
    "who reported it": (_accepting("roofer-1"), "roofer-1"),
    "in the stead of a builder": (
        Actor(id="deputy", claims=(Claim(role=Role.ACCEPTANCE_GROUP, standing_in_for="foreman"),)),
        "foreman",
    ),
}


@pytest.mark.parametrize("who", BUILDERS)
def test_nobody_who_took_part_in_building_accepts_or_refuses(site: Site, who: str):
    by, named = BUILDERS[who]
    site.do(reach())
    for command in (ACCEPT.changed(by=by), refuse(by)):
        assert site.refused(command) == ("acceptors_are_not_builders",)
        assert site.told(command) == (f"{named} took part in building it",)


def test_whoever_reported_it_does_not_accept_it_for_another_unit_later(site: Site):
    site.do(reach(service), refuse(), reach())  # reported twice, by different people
    moved = Actor.of("anna", Role.ACCEPTANCE_GROUP, unit="inspection")
    assert site.told(ACCEPT.changed(by=moved)) == ("anna took part in building it",)
    assert set(site.milestone().reached_by) == {"roofers", "anna", "repairs", "roofer-1"}


@pytest.mark.parametrize("by", [acceptor, supervisor, old_hand, Actor.of("w-1", Role.ORGANISATION, unit="watchers")])
def test_the_acceptance_group_supervisors_and_the_projects_dedicated_ones_accept(site: Site, by: Actor):
    project = site.do(reach(), ACCEPT.changed(by=by))
    item = project.item("milestone", "m")
    assert (item.status, item.accepted_by, item.owes) == ("accepted", by.id, None)


@pytest.mark.parametrize("by", [resident, baker])
def test_residents_and_units_that_are_no_dedicated_supervisors_do_not(site: Site, by: Actor):
    site.do(reach())
    assert site.refused(ACCEPT.changed(by=by)) == ("acceptor_is_called_to_it",)


def test_a_party_that_builds_nothing_may_sit_in_the_acceptance_group(site: Site):
    site.do(reach(), ACCEPT.changed(by=_accepting("baker-2", "bakery")))


@pytest.mark.parametrize("by", [lead, community, town, stranger])
def test_nobody_else_accepts(site: Site, by: Actor):
    site.do(reach())
    assert "acceptor_is_called_to_it" in site.refused(ACCEPT.changed(by=by))


def test_the_owners_people_do_not_accept_what_the_lead_reported_for_them(site: Site):
    bakers = _accepting("baker-2", "bakery")
    site.do(plan("n", owner="bakery"), reach().changed(item="n", by=lead))
    assert site.told(ACCEPT.changed(item="n", by=bakers)) == ("bakery took part in building it",)
    site.do(ACCEPT.changed(item="n"))
    assert "bakery" in site.project.workers()


def test_what_is_not_reached_cannot_be_accepted(site: Site):
    assert site.refused(ACCEPT) == ("step_is_in_the_table",)


# --- refusal ---------------------------------------------------------------------------------------------------------


def test_a_refusal_lists_every_defect(site: Site):
    site.do(reach())
    for said in ((), ("a loose board", " ")):
        assert site.refused(refuse(shortcomings=said)) == ("shortcomings_are_listed",)
    assert site.refused(refuse(shortcomings=(PHONE,))) == ("words_hide_people",)


def test_what_was_refused_is_owed_again_by_a_new_day(site: Site):
    site.do(reach())
    until = site.clock() + timedelta(days=10)
    assert site.refused(refuse(until=site.clock())) == ("due_lies_ahead",)
    site.do(refuse(until=until))
    item, clock = site.milestone(), site.project.clocks["milestone_due:m"]
    assert (item.status, item.defects, item.refusals) == ("refused", ("a loose board", "no net"), 1)
    assert (item.owes, item.until) == ("roofers", until)
    assert (clock.status, clock.due, clock.run) == ("running", until, 2)
    site.days(11).engine.tick()
    assert site.project.clocks["milestone_due:m"].status == "overdue"
    assert site.do(reach(), ACCEPT).item("milestone", "m").defects == ()


def test_where_a_refusal_names_no_day_the_policys_limit_runs(site: Site):
    project = site.do(reach(), refuse())
    clock = project.clocks["milestone_due:m"]
    assert (clock.status, clock.rule, clock.term) == ("running", "proj.milestone", "30 day")
    [loop] = [each for each in site.engine.open_loops("p") if each.region == "milestone"]
    assert loop.until == clock.due


# --- dropping --------------------------------------------------------------------------------------------------------

STAGES: dict[str, Callable[[Site], Any]] = {
    "planned": lambda site: None,
    "reached": lambda site: site.do(reach()),
    "refused": lambda site: site.do(reach(), refuse()),
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_milestone_is_dropped_with_a_reason_and_the_towns_leave(site: Site, stage: str):
    STAGES[stage](site)
    assert site.refused(drop(reason=" ")) == ("reason_given", "approval_is_given")
    assert site.refused(drop()) == ("approval_is_given",)
    project = site.with_leave(drop())
    assert project.item("milestone", "m").status == "dropped"
    assert not project.clocks["milestone_due:m"].is_going
    assert site.loops() == set()


def test_the_town_drops_none_by_its_own_leave(site: Site):
    site.do(RequestApproval.of(drop(town), site.project))
    assert site.refused(drop(town)) == ("approval_is_given",)
    site.with_leave(drop(town), by=mayor)
    assert site.milestone().status == "dropped"


def test_what_is_dropped_or_accepted_stays_so(site: Site):
    site.do(reach(), ACCEPT)
    for command in (reach(), refuse(), drop()):
        assert "step_is_in_the_table" in site.refused(command)


def test_a_cancelled_project_takes_its_milestones_along():
    site = Site().upto("paired")
    site.do(plan())
    over = (HandOver(reason="the house is sold"),)
    cancel = c.CancelProject(**X, by=town, reason="the house is sold")
    assert "loops_are_handed_over" in site.refused(cancel)
    project = site.do(cancel.changed(hand_over=over))
    assert (project.status, project.item("milestone", "m").status) == ("cancelled", "dropped")


# --- the record ------------------------------------------------------------------------------------------------------


def test_a_project_is_delivered_when_every_milestone_is_accepted_or_dropped(site: Site):
    deliver = c.DeliverProject(**X, by=lead, public_text="done")
    site.do(plan("n"), reach())
    assert site.refused(deliver) == ("milestones_are_accepted_or_dropped",)
    site.do(ACCEPT)
    assert site.told(deliver) == ("milestone n is planned",)
    site.with_leave(drop().changed(item="n"))
    assert site.do(deliver).status == "delivered"


def test_who_built_a_milestone_does_not_accept_the_delivery():
    site = Site().upto("in_progress")
    bakers = _accepting("baker-2", "bakery")
    site.do(plan(owner="bakery"), reach(baker), ACCEPT)
    site._delivered()
    watchers = Actor.of("watcher-1", Role.ORGANISATION, unit="watchers")
    site.do(*(c.SignDelivery(**X, by=each) for each in (old_hand, watchers)))
    assert site.refused(c.AcceptDelivery(**X, by=bakers)) == ("acceptors_are_not_builders",)
    site.do(c.AcceptDelivery(**X, by=acceptor))


def test_a_log_opened_again_gives_the_same_milestones(tmp_path: Path):
    path = tmp_path / "town.db"
    site = Site(path).upto("in_progress")
    before = site.do(plan(), reach(), refuse(), reach(service), ACCEPT)
    site.engine.close()
    again = Site(path).project
    assert again.digest == before.digest
    assert again.item("milestone", "m").refusals == 1
