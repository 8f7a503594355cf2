"""S4 托龙山社区 棚改: assessed by a third party beforehand, 488 households in 61 days, no conflict."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from govflow import Actor, Role
from govflow.evaluating import shown
from govflow.projects import commands as c
from govflow.projects.budget import PlanBudget
from govflow.projects.figures import dispute_figures
from govflow.projects.model import Member, Need, Party, Pledge, StabilityRisk, TeamKind
from govflow.regions.ledger import OpenLedgerItem, RectifyLedgerItem, VerifyLedgerItem, WriteOffLedgerItem
from tests.stories.people import Offices, of_unit, resident
from tests.stories.site import YUAN, Site

PLACE = Offices("xx-district/tuolongshan", unit="tuolongshan")
P: dict[str, Any] = {"id": "clearance"}
HOUSEHOLDS, SQUARE_METRES, DAYS = 488, 180_000, 61  # 003; "two months" are 61 days here
HOMES = [f"home-{number:03}" for number in range(1, HOUSEHOLDS + 1)]
TEAMS = {
    TeamKind.WORK_GROUP: (Member(id="foreman", unit="renewal-office"),),
    TeamKind.SERVICE_TEAM: (Member(id="s-mover"),),
    TeamKind.SUPERVISORS: (Member(id="s-elder"), Member(id="s-delegate")),
}
APPROVE = c.ApproveProject(**P, by=PLACE.town, papers=("order",))
RISK = c.AssessProjectRisk(**P, by=PLACE.assessor, necessary=True, papers=("report",))


def paired() -> Site:
    """The clearance with its parties, its plan, its teams and its money, heard but not assessed."""
    site, lead = Site(PLACE), of_unit("renewal-office")
    site.envelope("renewal", 90_000_000)
    area = {"matter": "place", "quantity": SQUARE_METRES, "measure_unit": "m²"}
    need = Need(households=HOUSEHOLDS, urgent=True, **area)
    site.do(
        c.ProposeProject(
            **P, by=PLACE.secretary, title="托龙山棚改", kind="demolition", major=True, area=PLACE.area, need=need
        )
    )
    site.agreed("clearance", "renewal-office", to="lead")
    site.agreed("clearance", "demolisher")
    until, brings = site.in_days(200), {"matter": "service", "quantity": 60, "measure_unit": "days"}
    parties = (
        Party(unit="renewal-office", role="lead"),
        Party(unit="demolisher", builds=True),
        Party(unit="tuolongshan"),
    )
    site.do(
        c.PairParties(
            **P,
            by=PLACE.secretary,
            lead="renewal-office",
            parties=parties,
            pledges=tuple(Pledge(party=each.unit, what="its part", until=until, **brings) for each in parties),
            text="All at once, in winter.",
        ),
        *(c.NameTeam(**P, by=lead, team=team, members=members) for team, members in TEAMS.items()),
        PlanBudget(**P, by=lead, item="works", source="fiscal", envelope="renewal", amount=80_000_000 * YUAN),
    )
    site.on_file("clearance", "order", "report", "handed-in")
    site.hearing("clearance", ("s-elder", "s-delegate", "s-1"))
    return site


@pytest.fixture(scope="module")
def cleared() -> Any:
    """The log of the whole story, and what was seen on the way."""
    site, lead = paired(), of_unit("renewal-office")
    seen: dict[str, Any] = {}

    # found uncontrollable, planned anew, assessed anew, approved
    site.do(RISK.changed(level_of_risk=StabilityRisk.UNCONTROLLABLE))
    seen["uncontrollable"] = site.refused(APPROVE)
    site.do(c.RevisePlan(**P, by=lead, text="Lane by lane, in spring, with homes to move into first."))
    seen["planned anew"] = (site.status("clearance"), site.refused(APPROVE))
    seen["assessed"] = site.do(RISK.changed(level_of_risk=StabilityRisk.CONTROLLABLE, command_id="again"))
    site.do(APPROVE.changed(until=site.in_days(8 + DAYS)))
    site.under_way("clearance", lead)
    began = site.clock()

    # 488 households, each a number on the ledger: cleared by the renewal office, checked and struck off by others
    due = site.in_days(DAYS)
    on: dict[str, Any] = {"what": "is to be moved", "owner": "renewal-office", "until": due}
    site.engine.handle_all([OpenLedgerItem(**P, by=lead, item=home, place=home, **on) for home in HOMES])
    seen["on the ledger"] = len(site.loops("clearance") & {f"ledger {home}" for home in HOMES})
    done = {"measure": "moved, keys handed in", "evidence": ("handed-in",)}
    for week in range(8):
        site.wait(days=7)
        homes = HOMES[week * 61 : (week + 1) * 61]
        site.do(c.ReportProgress(**P, by=lead, percent=100 * (week + 1) * 61 // HOUSEHOLDS, text="one lane more"))
        site.engine.handle_all([RectifyLedgerItem(**P, by=lead, item=home, **done) for home in homes])
        if week == 0:
            seen["checks itself"] = site.refused(
                VerifyLedgerItem(**P, by=Actor.of(lead.id, Role.VERIFIER), item=homes[0])
            )
            seen["not checked"] = site.refused(WriteOffLedgerItem(**P, by=PLACE.secretary, item=homes[0]))
        site.engine.handle_all([VerifyLedgerItem(**P, by=PLACE.acceptor, item=home) for home in homes])
        struck = homes if week < 7 else homes[:-1]
        site.engine.handle_all([WriteOffLedgerItem(**P, by=PLACE.secretary, item=home) for home in struck])
    seen["one is left"] = site.loops("clearance") & {f"ledger {home}" for home in HOMES}

    # delivered within 61 days; not accepted while one household stands on the ledger
    site.spent("clearance", "V1", "works", 79_500_000, of_unit("demolisher"))
    site.do(c.DeliverProject(**P, by=lead, public_text="All 488 households have moved."))
    seen["took"] = (site.clock() - began).days
    seen["delivery"] = site.get("clearance").clocks["delivery"].status
    site.do(*(c.SignDelivery(**P, by=resident(each)) for each in ("s-elder", "s-delegate")))
    seen["one open"] = site.lacks(c.AcceptDelivery(**P, by=PLACE.acceptor))
    site.do(WriteOffLedgerItem(**P, by=PLACE.secretary, item=HOMES[-1]), c.AcceptDelivery(**P, by=PLACE.acceptor))
    judges = {"self": (lead, 90), "peer": (of_unit("next-door"), 90), "external": (resident("s-1"), 95)}
    site.evaluated("clearance", judges)
    site.kept("clearance")
    site.settled("clearance")
    return site, seen


def test_it_is_not_approved_before_its_risk_was_assessed():
    site = paired()
    assert site.refused(APPROVE) == {"risk_is_assessed_if_major"}
    assert site.lacks(APPROVE) == ["the plan as it stands has none"]


@pytest.mark.parametrize("unit", ["renewal-office", "demolisher", "tuolongshan"])
def test_no_party_assesses_its_own_risk(unit: str):
    site = paired()
    owner = Actor.of(f"{unit}-2", Role.ASSESSOR, unit=unit)
    assert site.refused(RISK.changed(by=owner, level_of_risk=StabilityRisk.CONTROLLABLE)) == {"assessor_is_not_a_party"}
    # nor does somebody from outside who has an interest in one
    beside = Actor(id="expert", claims=PLACE.assessor.claims, interests=(unit,))
    assert "assessor_is_not_a_party" in site.refused(RISK.changed(by=beside, level_of_risk=StabilityRisk.CONTROLLABLE))


def test_what_was_found_uncontrollable_is_planned_and_assessed_anew_before_it_is_approved(cleared):
    site, seen = cleared
    assert seen["uncontrollable"] == {"risk_is_controllable"}
    status, refused = seen["planned anew"]
    assert status == "paired"
    assert refused == {"risk_is_assessed_if_major", "risk_is_controllable"}
    assert seen["assessed"].status == "assessed"
    assert [(each.plan, each.level.value) for each in site.get("clearance").assessments] == [
        (1, "uncontrollable"),
        (2, "controllable"),
    ]
    assert all(each.households == HOUSEHOLDS for each in site.get("clearance").assessments)


def test_each_of_the_488_households_is_a_loop_of_its_own_closed_by_others_than_who_moved_it(cleared):
    site, seen = cleared
    assert seen["on the ledger"] == HOUSEHOLDS
    assert seen["checks itself"] >= {"verified_by_another"}
    assert seen["not checked"] == {"step_is_in_the_table"}
    assert seen["one is left"] == {"ledger home-488"}
    assert seen["one open"] == ["ledger item home-488 is verified"]
    items = site.get("clearance").items_of("ledger").values()
    assert len(items) == HOUSEHOLDS
    assert {item.status for item in items} == {"written_off"}


def test_it_was_delivered_within_61_days_of_its_start(cleared):
    _, seen = cleared
    assert 0 < seen["took"] <= DAYS
    assert seen["delivery"] == "met"


def test_no_conflict_and_no_petition_among_488_households_of_368_9_square_metres(cleared):
    site, _ = cleared
    project = site.get("clearance")
    figures = dispute_figures(project, site.engine.log.current)
    assert Fraction(figures.raised, project.households) == 0
    assert Fraction(figures.petitions, project.households) == 0
    assert shown(Fraction(project.need.quantity, project.households), 1) == "368.9"


def test_it_is_settled_with_nothing_owed_and_replays(cleared):
    site, _ = cleared
    assert site.status("clearance") == "settled"
    assert site.loops("clearance") == set()
    site.audited()
