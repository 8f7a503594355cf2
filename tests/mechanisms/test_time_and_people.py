"""Limits, rules and people: M005, M009, M011, M013, M016, M023, M026, M058, M071, M073, M089, M127, M141, M146.

The town is the invented one that ships: its policy, and its directory of units and people.
"""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest

from govflow import SYSTEM, Actor, Case, Command, Engine, NotAllowed, NotFound, PolicyError, Role
from govflow.actors import Level
from govflow.cases import commands as c
from govflow.duties import Duty, duty_id, fulfilment
from govflow.interchange.policy_files import example_text, load_policy, policy_from
from govflow.organisation import DIRECTORY_ID, Directory, import_directory
from govflow.organisation.appointments import Appoint, EndAppointment
from govflow.organisation.authority import PUBLIC
from govflow.organisation.units import AddUnit
from govflow.policy import Category, Every, Matter, Obligation, Policy
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.evidence import AddEvidence
from govflow.regions.obligation import FulfilObligation
from govflow.testing import PinnedClock

READ = policy_from(tomllib.loads(example_text()))
assert READ.policy is not None
TOWN = READ.policy

KEEPER = Actor(id="bh-001")
DESK, DISPATCHER = Actor(id="qx-101"), Actor(id="qx-110")
RESIDENT = Actor(id="s-1")
MATTER: dict[str, Any] = {
    "title": "t",
    "kind": "hotline",
    "channel": "phone",
    "level": "town",
    "area": "beihe/qingxi/hedong",
}


class Qingxi:
    """The town with its policy, its directory, and a clock: Monday 2 March 2026, 9 o'clock in Beijing."""

    def __init__(self, policy: Policy = TOWN) -> None:
        self.clock = PinnedClock()
        self.engine = Engine.open(policy=policy, now=self.clock)
        folder = files("govflow") / "data" / "directory"
        tables = {name: _rows((folder / name).read_text("utf-8")) for name in _TABLES}
        done = import_directory(self.engine.handle_all, tables, None, by=SYSTEM, zone=policy.zone)
        assert done.commands

    def do(self, *commands: Command) -> Any:
        return [self.engine.handle(command) for command in commands][-1]

    def refused(self, command: Command) -> tuple[str, ...]:
        with pytest.raises(NotAllowed) as caught:
            self.engine.handle(command)
        return caught.value.codes

    def reported(self, id: str = "x", **more: Any) -> Any:
        return self.do(c.ReportCase(id=id, by=RESIDENT, **{**MATTER, "reporter": "s-1", **more}))

    def assigned(self, id: str = "x", **more: Any) -> Any:
        """A matter that came in, was accepted and went where the policy sends it."""
        self.reported(id, **more)
        return self.do(c.AcceptCase(id=id, by=DESK), c.AssignCase(id=id, by=DISPATCHER))

    def roles(self, actor: str) -> list[str]:
        """What somebody holds now, without what everybody holds."""
        held = self.engine.authority.claims(Actor(id=actor), self.clock(), self.engine.log.current)
        return sorted(claim.role for claim in held if claim.role not in PUBLIC)


_TABLES = ("areas.csv", "units.csv", "appointments.csv")


def _rows(text: str) -> list[tuple[int, dict[str, str]]]:
    return [(line, row) for line, row in enumerate(csv.DictReader(text.splitlines()), 2)]


def midnight(month: int, day: int) -> datetime:
    """24:00 of that day in Beijing, 2026."""
    return datetime(2026, month, day, 16, tzinfo=UTC)


# --- people ----------------------------------------------------------------------------------------------------------


def test_it_is_known_who_serves_which_grid_since_when_and_with_how_much():  # M005 网格员队伍
    town = Qingxi()
    directory = town.engine.get(DIRECTORY_ID, Directory)
    team = {
        each.actor: (each.area.rpartition("/")[2], each.valid_from)
        for each in directory.items_of("appointment").values()
        if each.role == "grid_worker" and each.area.startswith("beihe/qingxi/hedong/")
    }
    new_year = datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert team == {"hd-11": ("grid-1", new_year), "hd-12": ("grid-2", new_year)}

    place = "beihe/qingxi/hedong/grid-1"
    for number in range(3):
        discovered = {**MATTER, "channel": "patrol", "kind": "grid", "area": place, "category": "environment"}
        town.do(c.DiscoverCase(id=f"g{number}", by=Actor(id="hd-11"), **discovered))
    elsewhere = c.DiscoverCase(id="g9", by=Actor(id="hd-12"), **discovered)
    assert town.refused(elsewhere) == ("role_is_held",)  # the other grid is not theirs
    load = Counter(record.area for record in town.engine.records() if record.id.startswith("g"))
    assert load == {place: 3}

    key = next(key for key, each in directory.items_of("appointment").items() if each.actor == "hd-11")
    town.do(EndAppointment(by=KEEPER, item=key))
    assert town.roles("hd-11") == []
    assert town.engine.get(DIRECTORY_ID).item("appointment", key).valid_to == town.clock()


def test_members_from_the_areas_units_sit_in_a_committee_for_a_term():  # M127 兼职委员
    town = Qingxi()
    term = {"valid_from": town.clock(), "valid_to": town.clock() + timedelta(days=365)}
    town.do(Appoint(by=KEEPER, actor="works-7", role="community", unit="qx.hedong", part_time=True, **term))
    appointed = list(town.engine.get(DIRECTORY_ID).items_of("appointment").values())[-1]
    assert (appointed.part_time, appointed.unit, appointed.area) == (True, "qx.hedong", "beihe/qingxi/hedong")
    assert town.roles("works-7") == ["community"]

    town.clock.advance(days=365)  # the term is over: nobody has to take it away
    assert town.roles("works-7") == []


def test_standing_bodies_have_a_kind_a_tier_and_members():  # M073 维稳调解联席会, M089 党群议事体系
    town = Qingxi()
    tiers = {"beihe": "district", "beihe/qingxi": "town", "beihe/qingxi/hedong": "community"}
    for number, area in enumerate(tiers):
        joint = AddUnit(by=KEEPER, item=f"joint.{number}", title="维稳调解联席会", kind="body", area=area)
        council = AddUnit(by=KEEPER, item=f"council.{number}", title="党群议事会", kind="body", area=area)
        town.do(joint, council)
    parent = AddUnit(
        by=KEEPER, item="council.x", title="党群议事会", kind="body", area="beihe/qingxi", parent="qx.party"
    )
    town.do(parent)

    units = town.engine.get(DIRECTORY_ID).items_of("unit")
    bodies = {key: str(unit.level) for key, unit in units.items() if unit.kind == "body"}
    assert [bodies[f"joint.{number}"] for number in range(3)] == list(tiers.values())
    assert [bodies[f"council.{number}"] for number in range(3)] == list(tiers.values())
    assert (units["council.x"].parent, units["qx.party"].kind) == ("qx.party", "party")

    town.do(Appoint(by=KEEPER, actor="m-1", role="mediator", unit="joint.1", part_time=True))
    town.do(Appoint(by=KEEPER, actor="m-2", role="deliberating_body", unit="council.2"))
    at, look_up = town.clock(), town.engine.log.current
    held_in_town = town.engine.authority.holders(("mediator",), Level.TOWN, "beihe/qingxi", at, look_up)
    assert [each.actor for each in held_in_town] == ["m-1", "qx-181"]
    in_hexi = ("deliberating_body",), Level.COMMUNITY, "beihe/qingxi/hexi"
    assert town.engine.authority.holders(*in_hexi, at, look_up) == ()  # council.2 is Hedong's


def test_a_leader_carries_two_scopes_and_each_is_counted_by_itself():  # M058 一岗双责
    lines = [
        Obligation(id=scope, en=scope, zh="职责", every=Every.WEEK, weekday=1, owners=("leader-02",), basis="M058")
        for scope in ("business", "party")
    ]
    clock, leader = PinnedClock(), Actor.of("leader-02", Role.LEADER)
    with Engine.open(policy=TOWN.changed(version="2026.9", obligations=tuple(lines)), now=clock) as engine:
        engine.tick()
        business = duty_id("business", "leader-02")
        secretary = Actor.of("qx-301", Role.SECRETARIAT)
        engine.handle(AddEvidence(id=business, by=secretary, item="e", kind="document", sha256="0" * 64))
        engine.handle(FulfilObligation(id=business, by=leader, item="2026-W10", measure="seen to", evidence=("e",)))
        clock.advance(days=2)
        engine.tick()

        rates = [fulfilment([engine.get(duty_id(each.id, "leader-02"), Duty)]).rate for each in lines]
    assert rates == [1, 0]


# --- rhythms ---------------------------------------------------------------------------------------------------------


def test_the_towns_own_duties_are_owed_by_whom_the_policy_and_the_directory_name():  # M016, M026, M146
    town = Qingxi()
    town.engine.tick()
    owed = Counter(
        (record.obligation.id, record.owner)
        for record in town.engine.records()
        if isinstance(record, Duty) and record.obligation
    )
    assert set(owed.values()) == {1}
    assert {owner for obligation, owner in owed if obligation == "monday.visit"} == {"leader-01", "leader-02"}
    assert {"daily.meeting", "weekly.dispatch", "monthly.study"} <= {obligation for obligation, _ in owed}
    branches = {f"qx.{name}.party" for name in ("hedong", "hexi", "shanhu")}  # every party branch of a community
    assert {owner for obligation, owner in owed if obligation == "party.course"} == branches

    town.clock.advance(days=1)  # Tuesday: nobody came on Monday
    town.engine.tick()
    visit = town.engine.get(duty_id("monday.visit", "leader-01"), Duty)
    assert visit.occurrences["2026-W10"].status == "missed"
    assert town.engine.history(visit.id)[-1].body.at == midnight(3, 2)


# --- ways in ---------------------------------------------------------------------------------------------------------


def test_a_letter_to_the_secretary_goes_to_a_confidential_unit_by_rule():  # M011 书记信箱
    town = Qingxi()
    letter = town.assigned(channel="leader_mailbox", category="conduct")
    assert (letter.lead_unit, letter.route, letter.confidential) == ("qx.discipline", "secretary-mailbox", True)
    for actor, sees in (("qx-190", True), ("s-1", True), ("qx-101", True), ("qx-130", False), ("hd-11", False)):
        ids = [record.id for record in town.engine.seen_by(Actor(id=actor)).records()]
        assert ("x" in ids) is sees, actor


def test_who_scans_the_code_to_report_officials_stays_unknown_to_them():  # M009 扫码举报
    town = Qingxi()
    scanned = {
        "kind": "whistle_blowing",
        "channel": "qr_code",
        "category": "conduct",
        "area": "beihe/qingxi",
        "reporter": "s-7",
        "reporter_phone": "13800000000",
        "accused_unit": "qx.enforcement",
    }
    report = c.ReportCase(id="tip", by=Actor(id="s-7"), command_id="scan-1", **{**MATTER, **scanned})
    assert town.do(report).confidential
    assert town.do(report).version == town.engine.get("tip").version  # scanned twice: one case

    officer = Actor(id="qx-130")
    with pytest.raises(NotFound):
        town.engine.seen_by(officer).get("tip")
    with pytest.raises(NotFound):
        town.engine.why_not(c.AcceptCase(id="tip", by=officer))
    assert "s-7" not in repr([*town.engine.seen_by(officer).events()])
    assert town.engine.open_personal("tip", "reporter_phone", DESK, why="to handle it") == "13800000000"


def test_a_petition_made_online_runs_under_the_statutory_limit_and_its_author_sees_how_far_it_is():  # M013 网上信访
    town = Qingxi()
    case = town.assigned(kind="petition", channel="online", category="petition")
    assert (case.lead_unit, case.clocks["handling"].rule) == ("qx.petitions", "pet.handle")
    assert case.clocks["handling"].due == midnight(5, 1)  # 60 days from acceptance (信访工作条例 §34)

    mine = town.engine.seen_by(RESIDENT)
    seen = mine.get("x", Case)
    assert (seen.status, seen.lead_unit) == ("assigned", "qx.petitions")
    (why,) = mine.why_due("x", "handling", now=town.clock())
    assert any("信访工作条例 §34" in line.zh for line in why.lines)
    assert why.lines[-1].code == "left"
    with pytest.raises(NotFound):
        town.engine.seen_by(Actor(id="s-2")).get("x")


def test_members_residents_and_units_are_served_by_one_centre_by_one_catalogue():  # M023 一站式
    town = Qingxi()
    town.do(Appoint(by=KEEPER, actor="mill-1", role="organisation", unit="qx.waterworks"))
    centre = set()
    for number, (actor, reporter) in enumerate((("s-1", "s-1"), ("hd-04", "hd-04"), ("mill-1", "qx.waterworks"))):
        asked = {**MATTER, "kind": "service", "channel": "counter", "category": "general", "reporter": reporter}
        town.do(c.ReportCase(id=f"s{number}", by=Actor(id=actor), **asked))
        town.do(c.AcceptCase(id=f"s{number}", by=DESK))
        centre.add(town.do(c.AssignCase(id=f"s{number}", by=DISPATCHER)).lead_unit)
    assert centre == {"qx.service-hall"}
    town.reported(kind="service", category="fortune-telling")
    assert town.refused(c.AcceptCase(id="x", by=DESK)) == ("matter_is_in_scope",)


def test_reconsideration_runs_under_a_limit_of_its_own_from_acceptance_on():  # M071 行政复议
    named = Category(id="reconsideration", en="Reconsideration", zh="行政复议", time_limit="rec.decide")
    town = Qingxi(TOWN.changed(version="2026.9", categories=(*TOWN.categories, named)))
    town.reported(category="reconsideration")
    accepted = town.do(c.AcceptCase(id="x", by=DESK))
    assert (accepted.clocks["handling"].rule, accepted.clocks["handling"].due) == ("rec.decide", midnight(5, 1))

    town.clock.advance(days=3)
    assigned = town.do(c.AssignCase(id="x", by=DISPATCHER, lead_unit="qx.justice"))
    assert assigned.clocks["handling"].due == midnight(5, 1)  # 行政复议法 §62: from acceptance, not from dispatch

    for role, actor in (("lead_unit", "j-1"), ("unit_head", "j-2")):
        town.do(Appoint(by=KEEPER, actor=actor, role=role, unit="qx.justice"))
    judge, head = Actor(id="j-1"), Actor(id="j-2")
    longer = c.ExtendDeadline(id="x", by=judge, length=31, reason="complex", told_by="letter")
    assert "extension_is_within_maximum" in town.refused(longer)
    within = longer.changed(length=30, command_id="within")
    asked = town.do(RequestApproval.of(within, town.engine.get("x")))
    (key,) = asked.items_of("approval")
    assert town.do(GiveApproval(id="x", by=head, item=key), within).clocks["handling"].due == midnight(5, 31)


# --- one lead for each level -----------------------------------------------------------------------------------------


def test_a_category_has_one_lead_for_each_level_and_the_catalogue_is_checked_for_it(tmp_path):  # M141 政府与社区边界
    for category in TOWN.categories:
        for level in category.lead:
            route = TOWN.changed(routing=()).route(Matter(category=category.id, level=level))
            assert route.lead_unit == category.lead[level]

    twice = tmp_path / "twice.toml"
    twice.write_text(
        example_text().replace('lead = { town = "qx.works" }', 'lead = { town = "qx.works", town = "a" }', 1)
    )
    with pytest.raises(PolicyError):
        load_policy(twice)
    two = [{**each.model_dump(mode="json"), "lead": {"town": ["a", "b"]}} for each in TOWN.categories[:1]]
    problems = policy_from({**TOWN.model_dump(mode="json"), "categories": two}).problems
    assert any("lead" in problem.field for problem in problems)
    odd = TOWN.categories[0].changed(lead={Level.TOWN: "a"}, lead_units=("b",))
    with pytest.raises(ValueError, match="a is no competent unit"):
        TOWN.changed(categories=(odd, *TOWN.categories[1:]))

    town = Qingxi()
    town.reported(category="streetlight", level="community")  # nobody leads it in a community
    community_desk = Actor(id="hd-01")
    town.do(c.AcceptCase(id="x", by=community_desk))
    assert town.engine.route("x").lead_unit is None
    assert "one_lead_unit_named" in town.refused(c.AssignCase(id="x", by=DISPATCHER))
