"""S7 项目化结对 轨交施工: a contractor pairs with two neighbourhoods; five disputes, all mediated before it settles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import Actor, Role
from govflow.cases import commands as k
from govflow.projects import commands as c
from govflow.projects.figures import dispute_figures
from govflow.projects.model import Need
from govflow.regions.link import AddLink, Unlink
from tests.stories.people import Offices, of_unit, resident
from tests.stories.site import Site
from tests.support import TOLD

PLACE = Offices("nanxiang/tongchuan", unit="tongchuan")
P: dict[str, Any] = {"id": "rail"}
DISPUTES = tuple(f"dispute-{number}" for number in range(1, 6))  # 003 has xx5
JUDGES = {"self": (of_unit("tongchuan"), 90), "peer": (of_unit("school"), 80), "external": (resident("s-9"), 85)}


def under_construction() -> Site:
    """Tongchuan leads, Dingxiu takes part, the contractor of the rail line comes from outside the region's units."""
    site = Site(PLACE)
    site.do(
        c.ProposeProject(
            **P, by=PLACE.secretary, title="轨交施工结对", text="The line is dug under homes.", area=PLACE.area
        )
    )
    site.agreed("rail", "dingxiu", "rail-builder")
    pair = site.pairing("rail", "tongchuan", "dingxiu", outside=("rail-builder",))
    site.do(pair)
    site.on_file("rail", "order")
    site.do(c.ApproveProject(**P, by=PLACE.town, papers=("order",)))
    site.under_way("rail", PLACE.secretary)
    return site


def with_disputes(site: Site) -> Site:
    """Five disputes of residents with the contractor, each a case of its own that the project waits for."""
    for number, id in enumerate(DISPUTES, 1):
        site.dispute(id, f"s-{number}", "cracks in a wall")
        site.do(AddLink(**P, by=PLACE.secretary, other=id, kind="dispute", awaited=True))
    return site


@pytest.fixture(scope="module")
def rail() -> Any:
    """The log of the whole story, and what was seen on the way."""
    site = with_disputes(under_construction())
    seen: dict[str, Any] = {}
    seen["raised"] = dispute_figures(site.get("rail"), site.engine.log.current)
    seen["awaited"] = site.loops("rail")

    # the works go on; four disputes are mediated before they end, one is still open
    for id in DISPUTES[:4]:
        site.wait(days=2)
        assert site.mediated(id, "rail-builder").status == "closed"
    site.do(
        c.ReportProgress(**P, by=PLACE.secretary, percent=80),
        c.DeliverProject(**P, by=PLACE.secretary, public_text="The tunnel is through, the yard is given back."),
    )
    site.accepted("rail")
    site.evaluated("rail", JUDGES)
    site.kept("rail")
    site.do(c.PublishAccounts(**P, by=PLACE.finance, public_text="No public money."))
    settle = site.settlement("rail")
    seen["one is open"] = site.lacks(settle)
    seen["codes"] = site.refused(settle)
    seen["four of five"] = dispute_figures(site.get("rail"), site.engine.log.current)

    # the fifth one is settled, and so is the project
    site.mediated(DISPUTES[4], "rail-builder")
    seen["nothing is awaited"] = site.loops("rail")
    site.with_leave(settle, PLACE.committee)
    return site, seen


def test_three_parties_are_paired_and_one_of_them_comes_from_outside(rail):
    project = rail[0].get("rail")
    assert [(each.unit, each.role.value) for each in project.parties_named] == [
        ("tongchuan", "lead"),
        ("dingxiu", "member"),
        ("rail-builder", "external"),
    ]
    assert project.scope == "in_region"
    assert project.lead == "tongchuan"


def test_each_dispute_is_a_case_that_the_project_waits_for_and_both_sides_say_so(rail):
    site, seen = rail
    assert seen["awaited"] >= {f"link dispute.{id}" for id in DISPUTES}
    for id in DISPUTES:
        assert site.get("rail").item("link", f"dispute.{id}").status == "finished"
        assert site.get(id).item("link", "dispute_of.rail").is_waited_for


def test_every_dispute_was_mediated_at_the_first_tier(rail):
    site, _ = rail
    for id in DISPUTES:
        mediation = site.get(id).item("mediation", "d")
        assert (mediation.status, mediation.tier, mediation.body) == ("performed", 1, "village-council")


def test_it_is_not_settled_while_one_of_the_five_is_open(rail):
    site, seen = rail
    assert seen["codes"] == {"linked_records_are_at_rest", "no_loop_is_open", "approval_is_given"}
    assert "dispute-5 is awaited" in seen["one is open"]
    assert seen["nothing is awaited"] == set()
    assert site.status("rail") == "settled"


def test_a_dispute_tied_without_being_awaited_holds_the_settlement_up_all_the_same():
    site = under_construction()
    site.dispute("aside", "s-1", "noise at night")
    site.do(AddLink(**P, by=PLACE.secretary, other="aside", kind="dispute", awaited=False))
    site.do(c.DeliverProject(**P, by=PLACE.secretary, public_text="The tunnel is through."))
    site.accepted("rail")
    site.evaluated("rail", JUDGES)
    site.kept("rail")
    site.do(c.PublishAccounts(**P, by=PLACE.finance, public_text="No public money."))
    assert site.refused(site.settlement("rail")) == {"linked_records_are_at_rest", "approval_is_given"}
    site.mediated("aside", "rail-builder")
    assert site.with_leave(site.settlement("rail"), PLACE.committee).status == "settled"


def test_disputes_resolved_of_raised_are_5_of_5(rail):
    site, seen = rail
    figures = dispute_figures(site.get("rail"), site.engine.log.current)
    assert (seen["raised"].resolved, seen["raised"].raised, seen["raised"].open) == (0, 5, 5)
    assert (seen["four of five"].resolved, seen["four of five"].raised) == (4, 5)
    assert (figures.resolved, figures.raised) == (5, 5)
    assert (figures.open, figures.unresolved, figures.escalated, figures.petitions) == (0, 0, 0, 0)


def test_the_whole_story_replays(rail):
    rail[0].audited()


def test_a_settled_dispute_that_breaks_out_again_is_awaited_again():
    site = with_disputes(under_construction())
    for id in DISPUTES:
        site.mediated(id, "rail-builder")
    site.do(k.ReopenCase(id=DISPUTES[0], by=PLACE.desk, ground="the wall cracked again"))
    assert site.loops("rail") & {f"link dispute.{id}" for id in DISPUTES} == {"link dispute.dispute-1"}
    figures = dispute_figures(site.get("rail"), site.engine.log.current)
    assert (figures.resolved, figures.open) == (4, 1)


def test_a_dispute_that_ended_without_a_settlement_counts_as_raised_and_not_as_resolved():
    site = under_construction()
    site.do(
        k.ReportCase(
            id="gone", by=resident("s-7"), title="noise", kind="petition", category="petition", channel="letter",
            level="community", area=PLACE.area, reporter="s-7",
        ),
        AddLink(**P, by=PLACE.secretary, other="gone", kind="dispute", awaited=True),
        k.RejectCase(id="gone", by=PLACE.desk, reason_code="out_of_scope", reason="a court has it", told_by=TOLD),
    )  # fmt: skip
    figures = dispute_figures(site.get("rail"), site.engine.log.current)
    assert (figures.raised, figures.resolved, figures.unresolved, figures.petitions) == (1, 0, 1, 1)
    # what failed is settled by hand, with a reason that everybody may read: then it counts nowhere
    assert site.loops("rail") >= {"link dispute.gone"}
    site.do(Unlink(**P, by=PLACE.secretary, item="dispute.gone", reason="no dispute of this project"))
    assert dispute_figures(site.get("rail"), site.engine.log.current).raised == 0


def test_the_sister_project_adopts_greenery_and_road_for_a_term_and_hands_them_back():
    """滬嘉交通 with 鼎秀 (M116)."""
    site = Site(Offices("nanxiang/dingxiu", unit="dingxiu"))
    last = (site.clock() + timedelta(days=60)).date()
    site.do(
        c.ProposeProject(
            id="green", by=site.by.secretary, title="Greenery and road", kind="adoption", theme="sanitation",
            area=site.by.area, need=Need(begins=site.clock().date(), ends=last),
        ),
        c.ListDemand(id="green", by=site.by.secretary, exclusive=True),
        c.ClaimDemand(id="green", by=of_unit("hujia"), capacity="gardeners and a road gang"),
    )  # fmt: skip
    second = c.ClaimDemand(id="green", by=of_unit("other"), capacity="gardeners")
    assert site.refused(second) == {"claims_are_shared"}
    site.do(site.pairing("green", "hujia", "dingxiu"))
    site.on_file("green", "order")
    site.do(c.ApproveProject(id="green", by=site.by.town, papers=("order",)))
    site.under_way("green", of_unit("hujia"))
    deliver = c.DeliverProject(id="green", by=of_unit("hujia"), public_text="Handed back.")
    assert site.lacks(deliver) == ["in which state it is handed back is not said", f"its term runs until {last}"]
    site.wait(days=60)
    site.do(deliver.changed(handback="hedges cut, road mended, keys returned"))
    assert site.get("green").handback.startswith("hedges")
    site.accepted("green")
    strange = Actor.of("hujia-2", Role.APPRAISER, unit="hujia")
    assert "implementer_is_not_appraiser" in site.refused(c.EvaluateProject(id="green", by=strange))
    judges = {"self": (of_unit("hujia"), 80), "peer": (of_unit("school"), 80), "external": (resident("s-1"), 80)}
    site.evaluated("green", judges)
    site.kept("green")
    site.settled("green")
    site.audited()
