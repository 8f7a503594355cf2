"""Who gets a matter (派单): rules in order with an explanation, the catalogue behind them, who is competent at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow import DEFAULT_POLICY, Actor, Case, Level, NotAllowed, NotFound, Role
from govflow.cases import commands as c
from govflow.policy import Category, JoinRule, Matter, Policy, RoutingRule
from govflow.regions.approval import GiveApproval, RequestApproval
from tests.support import AREA, MATTER, Town, a_case, a_town, desk, dispatcher, lead

RULES = (
    RoutingRule(id="old-town", categories=("water",), areas=("jinniu/old",), lead_unit="heritage", co_units=("water",)),
    RoutingRule(id="night", channels=("app",), severities=("high",), levels=(Level.COMMUNITY,), lead_unit="duty"),
    RoutingRule(id="petitions", kinds=("petition",), lead_unit="letters"),
)
CATALOGUE = (
    Category(
        id="water",
        en="Water",
        zh="供水",
        lead={Level.COMMUNITY: "water", Level.TOWN: "works"},
        lead_units=("water", "works", "roads"),
        co_units=("power",),
    ),
    Category(id="noise", en="Noise", zh="噪音", lead_units=("police",), confidential=True),
    Category(id="trees", en="Trees", zh="树木", lead_units=("parks", "roads")),
    Category(id="anything", en="Anything", zh="其他"),
    Category(id="paper", en="Paperwork", zh="台账", lead_units=("office",), admitted=False),
)
POLICY: Policy = DEFAULT_POLICY.changed(version="routes", routing=RULES, categories=CATALOGUE, open_catalogue=False)


@pytest.fixture
def town() -> Town:
    return a_town(policy=POLICY)


def accepted(town: Town, **matter: Any) -> str:
    return a_case(town, "accepted", **{"category": "water", **matter}).id


def assign(town: Town, id: str, **order: Any) -> Any:
    return town.do(c.AssignCase(id=id, by=dispatcher, **{"unit_level": "town", **order}))


def refused(town: Town, id: str, **order: Any) -> dict[str, tuple[str, ...]]:
    with pytest.raises(NotAllowed) as caught:
        assign(town, id, **order)
    return {each.code: each.detail for each in caught.value.broken}


# --- where it goes, and why ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("matter", "goes"),
    [
        ({}, ("water", ("power",), None)),
        ({"level": "town"}, ("works", ("power",), None)),
        ({"area": "jinniu/old"}, ("heritage", ("water",), "old-town")),
        ({"area": "jinniu/old/lane-3"}, ("heritage", ("water",), "old-town")),
        ({"area": "jinniu/older"}, ("water", ("power",), None)),  # a name that begins alike is another place
        ({"channel": "app", "severity": "high"}, ("duty", (), "night")),
        ({"channel": "app"}, ("water", ("power",), None)),
        ({"kind": "petition"}, ("letters", (), "petitions")),
        ({"kind": "petition", "area": "jinniu/old"}, ("heritage", ("water",), "old-town")),  # the first that fits
        ({"category": "noise"}, ("police", (), None)),  # its only competent unit
        ({"level": "district"}, (None, (), None)),
        ({"category": "trees"}, (None, (), None)),
        ({"category": "anything"}, (None, (), None)),
    ],
)
def test_the_first_rule_that_fits_names_the_unit_else_the_catalogue_does(town: Town, matter: dict[str, Any], goes: Any):
    route = town.engine.route(a_case(town, "reported", **{"category": "water", **matter}).id)
    assert (route.lead_unit, route.co_units, route.rule) == goes
    assert all(line.zh for line in route.why)


def test_every_rule_that_was_asked_says_why_it_did_not_fit(town: Town):
    route = town.engine.route(accepted(town, channel="app"))
    assert [str(line) for line in route.why] == [
        f"old-town: no (areas: {AREA})",
        "night: no (severities: normal)",
        "petitions: no (kinds: hotline)",
        "category water → water",
    ]
    assert [line.zh for line in route.why][-1] == "类别 water → water"


def test_what_fits_is_the_last_line_and_no_rule_behind_it_was_asked(town: Town):
    route = town.engine.route(accepted(town, area="jinniu/old"))
    assert [str(line) for line in route.why] == ["old-town: fits → heritage"]


def test_nothing_is_routed_that_is_not_there(town: Town):
    with pytest.raises(NotFound):
        town.engine.route("nowhere")


FIELDS = ("kinds", "categories", "channels", "severities", "levels")
few = st.sets(st.sampled_from(("a", "b", "c")), max_size=2).map(lambda found: tuple(sorted(found)))
levels = st.sets(st.sampled_from(tuple(Level)), max_size=2).map(lambda found: tuple(sorted(found)))
paths = st.lists(st.sampled_from("xyz"), min_size=1, max_size=3).map("/".join)


@st.composite
def rules(draw: st.DrawFn) -> tuple[RoutingRule, ...]:
    found = []
    for number in range(draw(st.integers(0, 5))):
        wanted = {name: draw(levels if name == "levels" else few) for name in FIELDS}
        areas = draw(st.lists(paths, max_size=2, unique=True))
        found.append(RoutingRule(id=f"r{number}", **wanted, areas=areas, lead_unit=f"u{number}"))
    return tuple(found)


@st.composite
def drawn_matters(draw: st.DrawFn) -> Matter:
    word = st.sampled_from(("a", "b", "c", "d"))
    level = draw(st.none() | st.sampled_from(tuple(Level)))
    return Matter(draw(word), draw(word), draw(word), draw(word), level, draw(paths))


@given(rules(), drawn_matters())
def test_routing_is_what_reading_the_rules_one_by_one_gives(rules: tuple[RoutingRule, ...], matter: Matter):
    def fits(rule: RoutingRule) -> bool:
        given = dict(zip(FIELDS, matter[:5], strict=True))
        steps = matter.area.split("/")
        inside = not rule.areas or any(area.split("/") == steps[: len(area.split("/"))] for area in rule.areas)
        return inside and all(not getattr(rule, name) or given[name] in getattr(rule, name) for name in FIELDS)

    first = next((rule for rule in rules if fits(rule)), None)
    policy = DEFAULT_POLICY.model_copy(update={"routing": rules})  # rules that can never be reached count here too
    route = policy.route(matter)
    assert route.rule == (first.id if first else None)
    assert len(route.why) == (rules.index(first) + 1 if first else len(rules) + 1)


# --- orders ----------------------------------------------------------------------------------------------------------


def test_an_order_that_names_nobody_goes_where_the_rules_say_and_the_event_says_by_which(town: Town):
    case = assign(town, accepted(town, area="jinniu/old"))
    assert (case.lead_unit, set(case.co_units), case.route) == ("heritage", {"water"}, "old-town")
    assert [loop.owes for loop in town.engine.open_loops(case.id)] == ["water"]
    event: Any = next(each.body for each in town.engine.history(case.id) if each.name == "case.assigned")
    assert (event.lead_unit, event.co_units, event.route) == ("heritage", ("water",), "old-town")


def test_by_the_catalogue_the_co_units_of_the_category_come_along(town: Town):
    case = assign(town, accepted(town))
    assert (case.lead_unit, set(case.co_units), case.route) == ("water", {"power"}, None)


def test_co_units_that_the_order_names_come_instead_of_the_catalogues(town: Town):
    case = assign(town, accepted(town), co_units=("parks",))
    assert (case.lead_unit, set(case.co_units)) == ("water", {"parks"})


def test_where_neither_a_rule_nor_the_catalogue_names_a_unit_somebody_must(town: Town):
    id = accepted(town, category="trees")
    assert "one_lead_unit_named" in refused(town, id)
    assert assign(town, id, lead_unit="roads").lead_unit == "roads"


def test_only_a_competent_unit_or_the_one_that_the_rules_name_leads(town: Town):
    id = accepted(town)
    assert refused(town, id, lead_unit="parks") == {"lead_unit_is_competent": ("water is for roads, water, works",)}
    assert assign(town, id, lead_unit="roads").lead_unit == "roads"
    by_rule = accepted(town, area="jinniu/old")  # heritage is not in the catalogue, but the rules name it
    assert assign(town, by_rule, lead_unit="heritage").lead_unit == "heritage"
    anybody = accepted(town, category="anything")
    assert assign(town, anybody, lead_unit="parks").lead_unit == "parks"


def test_a_transfer_goes_to_a_competent_unit_only(town: Town):
    case = assign(town, accepted(town))
    ask = c.TransferCase(id=case.id, by=lead, to_unit="parks", reason="theirs")
    assert {each.code for each in town.engine.why_not(ask)} == {"target_unit_is_competent", "approval_is_given"}
    other = ask.changed(to_unit="works")
    town.do(
        RequestApproval.of(other, town.engine.get(case.id)),
        GiveApproval(id=case.id, by=dispatcher, item="1"),
    )
    assert town.do(other).lead_unit == "works"


def test_a_category_that_is_not_in_a_closed_catalogue_is_not_accepted(town: Town):
    case = a_case(town, "reported", category="stars")
    assert {each.code for each in town.engine.why_not(c.AcceptCase(id=case.id, by=desk))} == {"matter_is_in_scope"}


def test_what_is_not_admitted_goes_to_no_community(town: Town):
    id = accepted(town, category="paper")
    assert "admission_is_settled" in refused(town, id, unit_level="community")
    assert "admission_is_settled" in refused(town, id, unit_level=None)
    assert assign(town, id, unit_level="town").lead_unit == "office"


def test_what_a_category_makes_confidential_is_so_though_nobody_said_it(town: Town):
    case = a_case(town, "accepted", category="noise")
    assert case.confidential
    assert not case.can_read(Actor.of("c", Role.COMMUNITY).claims[0], "c")
    assert not a_case(town, "accepted", category="water").confidential


# --- the unit reported -----------------------------------------------------------------------------------------------


def test_the_unit_reported_is_neither_lead_nor_co_unit_by_any_rule(town: Town):
    hidden = {"kind": "whistle_blowing", "confidential": True}
    id = accepted(town, **hidden, accused_unit="power")
    case = assign(town, id)
    assert (case.lead_unit, set(case.co_units)) == ("water", set())
    as_lead = accepted(town, **hidden, accused_unit="water")
    assert "unit_reported_gets_nothing" in refused(town, as_lead)
    assert "unit_reported_gets_nothing" in refused(town, as_lead, lead_unit="works", co_units=("water",))
    assert assign(town, as_lead, lead_unit="works", co_units=("power",)).lead_unit == "works"


# --- what does not route again ---------------------------------------------------------------------------------------


def test_a_field_that_changes_later_moves_no_case_to_another_unit(town: Town):
    case = assign(town, accepted(town))
    town.do(
        c.ReclassifyCase(id=case.id, by=dispatcher, category="noise", reason="it is noise"),
    )
    after = town.engine.get(case.id, Case)
    assert (after.category, after.lead_unit) == ("noise", "water")
    assert town.engine.route(case.id).lead_unit == "police"  # where it would go now


def test_a_case_is_routed_by_the_version_it_has_pinned(town: Town):
    old = accepted(town)
    changed = (RoutingRule(id="all", lead_unit="works"),)
    town.engine = reopened(town, POLICY.changed(version="routes-2", routing=changed))
    new = accepted(town)
    assert [town.engine.route(id).lead_unit for id in (old, new)] == ["water", "works"]
    list(town.engine.migrating("default@routes-2", ids=[old]))
    assert assign(town, old).route == "all"


def reopened(town: Town, policy: Policy) -> Any:
    """The same engine with another policy in force."""
    town.engine.adopt(policy)
    town.engine._policy = None
    return town.engine


def test_any_or_a_quorum_of_the_parts_is_enough_where_the_category_says_so():
    categories = tuple(
        each.changed(
            co_units=("power", "parks", "roads"), join=join, quorum=quorum, id=join.value, lead={}, lead_units=()
        )
        for each, join, quorum in (
            (CATALOGUE[0], JoinRule.ANY, None),
            (CATALOGUE[0], JoinRule.QUORUM, 2),
            (CATALOGUE[0], JoinRule.ALL, None),
        )
    )
    town = a_town(policy=POLICY.changed(version="joins", categories=categories, routing=()))
    for category, needed in (("any", 1), ("quorum", 2), ("all", 3)):
        case = a_case(town, "in_handling", category=category, co_units=("power", "parks", "roads"))
        assert parts_needed(town, case.id) == needed


def parts_needed(town: Town, id: str) -> int:
    """How many co-units must have finished before the result is taken."""
    from govflow.regions.evidence import AddEvidence
    from govflow.regions.joint_handling import AcceptJointHandling, FinishJointHandling

    town.do(AddEvidence(id=id, by=lead, item="e1", kind="photo", sha256="0" * 64))
    result = c.SubmitResult(id=id, by=lead, measure="done", evidence=("e1",))
    for done, unit in enumerate(("power", "parks", "roads")):
        if not town.engine.why_not(result):
            return done
        who = Actor.of(f"of-{unit}", Role.CO_UNIT, unit=unit)
        town.do(
            AcceptJointHandling(id=id, by=who, item=unit),
            FinishJointHandling(id=id, by=who, item=unit, measure="done", evidence=("e1",)),
        )
    return 3


def test_a_rule_that_names_an_area_of_nobody_is_no_rule_for_a_case_without_one(town: Town):
    case = town.do(
        c.ReportCase(id="bare", by=Actor.of("s-1", Role.RESIDENT), **{**MATTER, "category": "water", "area": ""})
    )
    assert town.engine.route(case.id).lead_unit == "water"
