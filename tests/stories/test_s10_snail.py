"""S10 330国道 “蜗牛”: an overdue project is listed, then exposed; it is done on day 15, and the exposure is lifted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import DEFAULT_POLICY, Actor, Role
from govflow.journey import journey
from govflow.policy import Escalation, Then
from govflow.projects import commands as c
from govflow.projects.ledgers import project_ledger
from govflow.regions import supervision as sv
from govflow.regions.approval import GiveApproval, RequestApproval
from tests.stories.people import Offices, of_unit, resident
from tests.stories.site import Site

PLACE = Offices("jinhua/route-330", unit="route-330")
P: dict[str, Any] = {"id": "overpass"}
S: dict[str, Any] = {**P, "item": "supervision"}
LATE: dict[str, Any] = {"reason_code": "overdue_without_cause", "reason": "nobody works there"}
LIST = sv.ListSupervision(**S, by=PLACE.supervisor, **LATE, number="督〔2026〕7号", public_text="the overpass is late")
EXPOSE = sv.ExposeSupervision(**S, by=PLACE.supervisor, public_text="330国道跨线桥:超期")
LIFT = sv.LiftExposure(**S, by=PLACE.supervisor)
POLICY = DEFAULT_POLICY.changed(
    version="jinhua",
    escalations=(
        *DEFAULT_POLICY.escalations,
        Escalation(id="delivery.overdue", clock="delivery", then=Then.URGE, basis="000 曝光“蜗牛”项目 (M052)"),
    ),
)
DAYS = 90  # until it is to be delivered


def being_built() -> Site:
    """The overpass under way, due in 90 days."""
    site, lead = Site(PLACE, policy=POLICY), of_unit("roads")
    site.do(c.ProposeProject(**P, by=PLACE.secretary, title="330国道跨线桥", area=PLACE.area, kind="practical"))
    site.agreed("overpass", "roads", to="lead")
    site.do(site.pairing("overpass", "roads", "route-330"))
    site.on_file("overpass", "order", "photo")
    site.do(c.ApproveProject(**P, by=PLACE.town, papers=("order",), until=site.in_days(DAYS)))
    site.under_way("overpass", lead)
    return site


def overdue(days: float) -> Site:
    """So many days past its day of delivery, after the system has done what is due."""
    site = being_built()
    site.clock.set(site.get("overpass").clocks["delivery"].due)
    site.wait(days=days)
    return site


def shown_to_residents(site: Site) -> list[tuple[str, Any]]:
    """The timeline as anybody of the place may read it."""
    anybody = Actor.of("s-1", Role.RESIDENT, area=PLACE.area)
    return [(each.event, each.at) for each in journey(site.engine.seen_by(anybody), "overpass").happened]


def exposed(site: Site) -> bool:
    (line,) = project_ledger([site.get("overpass")], site.clock())
    return line.exposed


@pytest.fixture(scope="module")
def snail() -> Any:
    """The log of the whole story, and what was seen on the way."""
    site, lead = overdue(1), of_unit("roads")
    seen: dict[str, Any] = {"at once": site.refused(EXPOSE)}

    # overdue by the tick, urged by rule; then listed by the supervising body
    (line,) = project_ledger([site.get("overpass")], site.clock())
    seen["overdue"] = line.overdue
    seen["owed"] = site.loops("overpass")
    site.do(LIST)
    seen["listed"] = site.refused(EXPOSE)  # one day late is not five
    site.wait(days=5)

    # exposed, and now nobody gets it out of sight
    site.do(EXPOSE)
    seen["exposed"] = (site.clock(), exposed(site))
    seen["hidden"] = site.lacks(LIFT)
    seen["ways out"] = ways_out(site)

    # the unit answers, works day and night, and delivers on day 15
    site.do(sv.ReplySupervision(**S, by=lead, measure="two shifts", evidence=("photo",)))
    site.wait(days=15)
    site.do(c.DeliverProject(**P, by=lead, public_text="The overpass is open."))
    seen["done"] = site.clock()
    site.accepted("overpass")
    check = sv.ConfirmFix(**S, by=PLACE.acceptor, measure="cars drive over it", evidence=("photo",))
    seen["checks itself"] = site.refused(check.changed(by=Actor.of(lead.id, Role.VERIFIER, unit="roads")))
    site.do(check, LIFT)
    seen["lifted"] = exposed(site)
    site.do(
        sv.LiftSupervision(**S, by=PLACE.supervisor, reason="the overpass is open"),
        sv.LiftSupervision(**P, item="by-rule.delivery.overdue", by=PLACE.supervisor, reason="the overpass is open"),
    )
    judges = {"self": (lead, 60), "peer": (of_unit("buses"), 60), "external": (resident("s-1"), 60)}
    site.evaluated("overpass", judges)
    site.kept("overpass")
    site.settled("overpass")
    return site, seen


def ways_out(site: Site) -> dict[str, set[str]]:
    """What the unit supervised might try so that its delay no longer shows."""
    lead, pause = of_unit("roads"), site.in_days(30)
    suspend = c.SuspendProject(**P, by=lead, cause="rain", review_at=pause)
    site.do(RequestApproval.of(suspend, site.get("overpass"), asks=Role.TOWN))
    site.do(GiveApproval(**P, by=PLACE.town, item=list(site.get("overpass").items_of("approval"))[-1]))
    return {
        "a longer time": site.refused(c.ExtendProject(**P, by=lead, length=30, reason="rain")),
        "a pause": site.refused(suspend),
        "giving it up": site.refused(c.CancelProject(**P, by=PLACE.secretary, reason="too slow", balance=0)),
        "lifting it alone": site.refused(sv.LiftSupervision(**S, by=PLACE.supervisor, reason="enough")),
        "lifting it itself": site.refused(
            sv.LiftSupervision(**S, by=Actor.of("roads-2", Role.SUPERVISOR, unit="roads"), reason="enough")
        ),
    }


def test_the_tick_finds_it_overdue_and_urges_the_lead_by_rule(snail):
    site, seen = snail
    assert seen["overdue"] == ("delivery", "staleness")  # nor has anybody reported for a month
    assert seen["owed"] >= {"supervision by-rule.delivery.overdue"}
    again = site.get("overpass").item("supervision", "by-rule.delivery.overdue")
    assert (again.owner, again.reason_code) == ("roads", "overdue_without_cause")
    assert site.names("overpass").count("supervision.urged") == 1


def test_a_day_before_it_is_due_nothing_is_overdue_and_nobody_is_urged():
    site = being_built()
    for _ in range(DAYS // 30):
        site.do(c.ReportProgress(**P, by=of_unit("roads"), text="piers"))
        site.wait(days=27)
    assert site.clock() < site.get("overpass").clocks["delivery"].due
    (line,) = project_ledger([site.get("overpass")], site.clock())
    assert line.overdue == ()
    assert site.get("overpass").items_of("supervision") == {}


def test_it_is_exposed_only_after_it_was_listed_and_five_days_over(snail):
    _, seen = snail
    assert seen["at once"] == {"step_is_in_the_table"}
    assert seen["listed"] == {"overdue_is_past_threshold"}
    assert seen["exposed"][1]


def test_nobody_gets_it_out_of_sight_before_it_is_done(snail):
    _, seen = snail
    ways = seen["ways out"]
    assert "due_has_not_passed" in ways["a longer time"]
    assert ways["a pause"] == {"listed_record_has_supervisor_consent"}
    assert "listed_record_has_supervisor_consent" in ways["giving it up"]
    assert ways["lifting it alone"] == {"exposed_failing_is_fixed"}
    assert ways["lifting it itself"] >= {"role_is_held"}
    assert "nobody_judges_their_own_cause" in seen["checks itself"]


def test_it_was_done_on_day_15_and_then_the_exposure_was_lifted(snail):
    site, seen = snail
    assert seen["done"] - seen["exposed"][0] == timedelta(days=15)
    assert not seen["lifted"]
    item = site.get("overpass").item("supervision", "supervision")
    assert (item.status, item.number) == ("lifted", "督〔2026〕7号")
    assert site.get("overpass").clocks["delivery"].status == "met_late"


def test_the_public_timeline_shows_when_it_was_listed_exposed_and_lifted(snail):
    site, seen = snail
    told = dict(shown_to_residents(site))
    steps = ["supervision.listed", "supervision.exposed", "joint_project.delivered", "supervision.exposure_lifted"]
    moments = [told[step] for step in steps]
    assert moments == sorted(moments)
    assert told["joint_project.delivered"] - told["supervision.exposed"] == timedelta(days=15)
    assert told["supervision.exposed"] == seen["exposed"][0]


def test_it_is_settled_and_nothing_is_owed(snail):
    site, _ = snail
    assert site.status("overpass") == "settled"
    site.audited()
