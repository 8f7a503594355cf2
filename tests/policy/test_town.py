"""The policy of the invented town that ships: it fits what is served, and says what the town means by it."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from govflow import DEFAULT_POLICY, Actor, Engine
from govflow.actors import Level
from govflow.adoption import misfits
from govflow.calendars import Roll, china
from govflow.cases import CASE
from govflow.cases.commands import AcceptCase, AssignCase, ReportCase
from govflow.engine import shipped
from govflow.interchange.policy_files import example_text, policy_from
from govflow.policy import Every, Matter, Unit

READ = policy_from(tomllib.loads(example_text()))
assert READ.policy is not None
TOWN = READ.policy


def test_it_is_valid_and_fits_the_records_that_are_served():
    assert READ.problems == ()
    assert misfits(TOWN, [CASE]) == []
    assert misfits(TOWN, shipped()) == []


def test_it_tunes_everything_that_can_be_tuned():
    assert all(getattr(TOWN, name) for name in type(TOWN).model_fields if name != "open_catalogue")
    assert TOWN.calendars == (china(),)
    assert {limit.unit for limit in TOWN.time_limits} >= {Unit.HOUR, Unit.OFFICE_HOUR, Unit.DAY, Unit.WORKDAY}
    assert {limit.roll for limit in TOWN.time_limits} == set(Roll)
    assert {category.join for category in TOWN.categories} == {"all", "any", "quorum"}


def test_every_clock_of_the_default_policy_has_a_limit_here_too():
    assert {each.clock for each in DEFAULT_POLICY.time_limits} <= {each.clock for each in TOWN.time_limits}


def test_figures_of_the_law_are_those_of_the_default_policy_and_its_own_are_marked():
    default = {each.id: each for each in DEFAULT_POLICY.time_limits}
    for limit in TOWN.time_limits:
        assert limit.own == ("自定（虚构）" in limit.basis) == limit.id.startswith("qx.")
        if not limit.own:
            assert limit.changed(warn_at=None) == default[limit.id]
    assert set(TOWN.thresholds.basis) == set(type(TOWN.thresholds).model_fields) - {"basis"}
    marked = [(each.own, each.basis) for each in TOWN.escalations] + [
        (each.own, each.basis) for each in TOWN.obligations
    ]
    assert all(own and "自定（虚构）" in basis for own, basis in marked)


@pytest.mark.parametrize(
    ("matter", "unit", "rule"),
    [
        (Matter(channel="leader_mailbox", category="noise"), "qx.discipline", "secretary-mailbox"),
        (Matter(category="hazard", severity="high", level=Level.TOWN), "qx.emergency", "grave-hazards"),
        (Matter(category="noise", area="beihe/qingxi/park/grid-2", level=Level.TOWN), "qx.park", "industrial-park"),
        (Matter(category="noise", area="beihe/qingxi/hedong", level=Level.COMMUNITY), "qx.hedong", "hedong-community"),
        (Matter(category="noise", area="beihe/qingxi/hedong", level=Level.TOWN), "qx.enforcement", None),
        (Matter(category="noise", area="beihe/qingxi/parkside", level=Level.DISTRICT), "bh.enforcement", None),
        (Matter(category="general"), "qx.service-hall", "everything-general"),
        (Matter(category="unheard-of", level=Level.TOWN), None, None),
    ],
)
def test_a_matter_goes_where_the_town_wants_it(matter, unit, rule):
    route = TOWN.route(matter)

    assert (route.lead_unit, route.rule) == (unit, rule)
    assert route.why


def test_the_secretarys_mailbox_goes_to_the_unit_of_the_confidential_class():
    # 书记信箱 M011: a routing rule to a confidential unit
    confidential = {unit for each in TOWN.categories if each.confidential for unit in each.lead.values()}

    assert TOWN.routing[0].lead_unit in confidential


def test_its_duties_are_those_of_the_mechanisms_they_name():
    duties = {each.id: each for each in TOWN.obligations}

    assert (duties["daily.meeting"].every, duties["daily.meeting"].workdays_only) == (Every.DAY, True)  # M027
    assert (duties["weekly.dispatch"].every, duties["monthly.study"].every) == (Every.WEEK, Every.MONTH)  # M026
    assert (duties["monday.visit"].every, duties["monday.visit"].weekday) == (Every.WEEK, 1)  # M016
    assert (duties["party.course"].every, duties["party.course"].at_least) == (Every.TWO_MONTHS, 5)  # M146


def test_a_case_is_taken_and_dispatched_under_it():
    desk = Actor.of("wu", "acceptance_desk", "dispatcher", unit="qx.service-hall", level="town", area="beihe/qingxi")
    resident = Actor.of("s-1", "resident")
    with Engine.open(policy=TOWN) as engine:
        where = {"level": "town", "area": "beihe/qingxi/hedong"}
        case = engine.handle(
            ReportCase(by=resident, title="Loud saw", kind="hotline", channel="phone", category="noise", **where)
        )
        engine.handle(AcceptCase(id=case.id, by=desk))
        case = engine.handle(AssignCase(id=case.id, by=desk, lead_unit="qx.enforcement", unit_level="town"))

    assert case.policy == TOWN.key
    assert case.clocks["handling"].rule == "qx.noise"
    assert TOWN.effective_from <= date(2026, 3, 1)
