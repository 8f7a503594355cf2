"""S1 新郁社区 平改坡: flat roofs become pitched ones, with three teams, 37 answers in time and no dispute escalated."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import Actor, Personal, Role
from govflow.projects import commands as c
from govflow.projects.budget import PlanBudget
from govflow.projects.feedback import feedback_figures
from govflow.projects.feedback_model import ConfirmFeedback, RaiseFeedback, ResolveFeedback
from govflow.projects.figures import dispute_figures
from govflow.projects.milestone import AcceptMilestone, PlanMilestone, ReachMilestone
from govflow.projects.model import Member, Need, Party, Pledge
from govflow.regions.link import AddLink
from tests.stories.people import Offices, of_unit, resident
from tests.stories.site import YUAN, Site

# 003 names neither sizes nor sums (xx): the figures, the units' names and the 37 pieces of feedback are invented
PLACE = Offices("changning/xinyu", unit="branch")  # 社区党总支 leads
P: dict[str, Any] = {"id": "roofs"}
HOUSEHOLDS, FEEDBACK = 240, 37
OFFICES = ("housing-office", "property", "design-office")  # the special working group 专项工作组
SERVERS = tuple(f"s-serve-{number}" for number in range(1, 9))  # the service team 专业服务队
WATCHERS = tuple(f"s-watch-{number}" for number in range(1, 10))  # the dedicated supervisors 专门监督员
APPROVE = c.ApproveProject(**P, by=PLACE.town, papers=("order",))


@pytest.fixture(scope="module")
def roofs() -> Any:
    """The log of the whole story, and what was seen on the way."""
    site = Site(PLACE)
    seen: dict[str, Any] = {}
    builder, branch = of_unit("builder"), PLACE.secretary
    site.envelope("renewal", 3_000_000)

    # proposed, and paired: the community's branch leads, the builder builds, the property company helps
    site.do(
        c.ProposeProject(
            **P, by=branch, title="平改坡", text="Flat roofs leak.", kind="renovation", theme="roof_conversion",
            area=PLACE.area, need=Need(households=HOUSEHOLDS, skills=("roofing",)),
        )
    )  # fmt: skip
    until = site.in_days(300)
    brings = {"matter": "service", "measure_unit": "days", "until": until}
    pair = c.PairParties(
        **P,
        by=branch,
        lead="branch",
        parties=(Party(unit="branch", role="lead"), Party(unit="builder", builds=True), Party(unit="property")),
        pledges=(
            Pledge(party="branch", what="the feedback platform 新郁心愿", quantity=300, **brings),
            Pledge(party="builder", what="roofers", quantity=200, **brings),
            Pledge(party="property", what="own share", matter="money", amount=120_000 * YUAN, until=until),
        ),
        scope="in_region",
        text="Block by block, scaffold first.",
    )
    seen["nobody asked them"] = site.lacks(pair)
    site.agreed("roofs", "builder", "property")
    site.do(
        pair,
        PlanBudget(**P, by=branch, item="works", source="fiscal", envelope="renewal", amount=2_400_000 * YUAN),
        PlanBudget(**P, by=branch, item="own", source="self_raised", commitment="3", amount=120_000 * YUAN),
    )
    site.on_file("roofs", "order", "report", "photo")

    # three teams; nobody who builds is on the third
    team = {name: c.NameTeam(**P, by=branch, team=name) for name in ("work_group", "service_team", "supervisors")}
    watchers = tuple(Member(id=each) for each in WATCHERS)
    site.do(
        team["work_group"].changed(members=tuple(Member(id=f"s-of-{unit}", unit=unit) for unit in OFFICES)),
        team["service_team"].changed(members=tuple(Member(id=each) for each in SERVERS)),
    )
    seen["no supervisors yet"] = site.lacks(APPROVE)
    for wrong in (Member(id="builder"), Member(id="s-x", unit="builder"), Member(id=SERVERS[0]), Member(id="branch")):
        assert site.refused(team["supervisors"].changed(members=(*watchers, wrong))) == {"supervisors_are_not_builders"}
    site.do(team["supervisors"].changed(members=watchers))

    # assessed by a third party, heard, approved
    risk = c.AssessProjectRisk(**P, by=PLACE.assessor, necessary=True, level_of_risk="controllable", papers=("report",))
    seen["a party assesses"] = site.refused(risk.changed(by=Actor.of("builder-2", Role.ASSESSOR, unit="builder")))
    site.do(risk)
    seen["without a hearing"] = site.refused(APPROVE)
    site.hearing("roofs", ("s-1", "s-2", "s-3", "builder"), consensus="block 7 first, no work before eight")
    seen["approved"] = site.do(APPROVE.changed(until=site.in_days(200)))
    site.under_way("roofs", branch, "Roofs of 240 homes; 2.4 million yuan of the district, 0.12 million of the owners.")

    # the works, with what residents say of them
    site.do(
        PlanMilestone(**P, by=branch, item="block-7", what="block 7", place="block 7", owner="builder", until=until)
    )
    for number in range(FEEDBACK):
        told_by_residents(site, number)
    site.dispute("scaffold", "s-5", "a scaffold before a window")
    site.do(AddLink(**P, by=branch, other="scaffold", kind="dispute", awaited=True))
    site.mediated("scaffold", "builder")
    site.on_file("roofs", "block-7-done", by=builder, kind="photo")
    site.do(ReachMilestone(**P, by=builder, item="block-7", measure="the roof is on", evidence=("block-7-done",)))
    accept = AcceptMilestone(**P, by=builder, item="block-7")
    seen["the builder accepts"] = site.refused(accept)
    site.do(accept.changed(by=resident(WATCHERS[0])))
    site.do(c.ReportProgress(**P, by=branch, percent=90, text="all roofs are on"))
    site.spent("roofs", "V1", "works", 2_310_000, builder)
    site.spent("roofs", "V2", "own", 118_000, of_unit("property"))

    # delivered, signed by every dedicated supervisor, judged, settled
    site.do(c.DeliverProject(**P, by=branch, public_text="240 homes are dry."))
    seen["a server signs"] = site.refused(c.SignDelivery(**P, by=resident(SERVERS[0])))
    site.accepted("roofs", *map(resident, WATCHERS))
    judges = {"self": (branch, 92), "peer": (of_unit("next-door"), 85), "external": (resident("s-1"), 88)}
    site.evaluated("roofs", judges)
    seen["promises are owed"] = site.loops("roofs")
    site.kept("roofs")
    seen["before the accounts"] = site.refused(site.settlement("roofs"))
    site.settled("roofs")
    return site, seen


def told_by_residents(site: Site, number: int) -> None:
    """One piece of feedback, answered with a photograph within three working days, and most often confirmed."""
    who, key = resident(f"s-{number + 1}"), f"f{number}"
    said = {"concerns": ("dust", "noise", "access")[number % 3], "place": f"block {number % 8}"}
    site.do(RaiseFeedback(**P, by=who, item=key, text=Personal(text=f"王某 {number}: my balcony"), **said))
    site.wait(days=(0, 1, 3)[number % 3])
    answer = ResolveFeedback(**P, by=PLACE.secretary, item=key, measure="nets were hung", evidence=("photo",))
    if number == 0:
        assert "role_is_held" in site.refused(answer.changed(by=who))
    site.do(answer)
    if number % 4:
        site.do(ConfirmFeedback(**P, by=who, item=key))


def test_it_is_approved_only_with_three_teams_a_hearing_and_an_assessment_by_a_third_party(roofs):
    _, seen = roofs
    assert seen["no supervisors yet"] == ["no supervisors"]
    assert seen["without a hearing"] == {"hearing_is_recorded_if_residents_affected"}
    assert "assessor_is_not_a_party" in seen["a party assesses"]
    approved = seen["approved"]
    assert approved.households == HOUSEHOLDS
    assert approved.risk.unit == "institute"
    assert approved.risk.budget == approved.budget == 2_520_000 * YUAN
    assert {team: len(members) for team, members in approved.teams.items()} == {
        "work_group": 3,
        "service_team": 8,
        "supervisors": 9,
    }


def test_nobody_is_a_party_without_its_own_word(roofs):
    assert roofs[1]["nobody asked them"] == ["builder has not agreed", "property has not agreed"]


def test_each_of_the_37_pieces_of_feedback_was_answered_within_three_working_days(roofs):
    site, _ = roofs
    figures = feedback_figures(site.get("roofs"))
    assert (figures.raised, figures.answered, figures.in_time, figures.open) == (37, 37, 37, 0)
    assert figures.confirmed == 27  # three of four
    raised, answered = {}, {}
    for each in site.engine.history("roofs"):
        body: Any = each.body
        if each.name == "feedback.raised":
            raised[body.item] = body.at
        elif each.name == "feedback.resolved":
            answered[body.item] = body.at
    taken = [working_days(raised[key], answered[key]) for key in raised]
    assert len(taken) == 37
    assert max(taken) == 3


def working_days(begin: Any, end: Any) -> int:
    """Mondays to Fridays after the first day up to the last, counted by hand."""
    days = (begin.date() + timedelta(days=number) for number in range(1, (end.date() - begin.date()).days + 1))
    return sum(day.weekday() < 5 for day in days)


def test_an_answer_on_the_fourth_working_day_counts_as_late():
    """So that 37 of 37 in time says something."""
    site = Site(PLACE)
    begin_works(site)
    site.do(RaiseFeedback(**P, by=resident("s-1"), item="f", concerns="dust", text=Personal(text="dust")))
    site.wait(days=6)  # Saturday and Sunday do not count
    site.do(ResolveFeedback(**P, by=PLACE.secretary, item="f", measure="nets", evidence=("order",)))
    figures = feedback_figures(site.get("roofs"))
    assert (figures.answered, figures.in_time) == (1, 0)


def begin_works(site: Site) -> None:
    """The simplest project that is under way."""
    site.do(c.ProposeProject(**P, by=PLACE.secretary, title="Nets", area=PLACE.area))
    site.agreed("roofs", "builder")
    until, brings = site.in_days(90), {"matter": "service", "quantity": 3, "measure_unit": "days"}
    site.do(
        c.PairParties(
            **P,
            by=PLACE.secretary,
            lead="branch",
            parties=(Party(unit="branch"), Party(unit="builder")),
            pledges=tuple(Pledge(party=each, what="work", until=until, **brings) for each in ("branch", "builder")),
        )
    )
    site.on_file("roofs", "order")
    site.do(APPROVE)
    site.under_way("roofs", PLACE.secretary)


def test_those_who_build_neither_accept_nor_sign_and_all_nine_supervisors_have_signed(roofs):
    site, seen = roofs
    assert "acceptors_are_not_builders" in seen["the builder accepts"]
    assert seen["a server signs"] >= {"signer_is_a_dedicated_supervisor"}
    assert site.get("roofs").signed == WATCHERS


def test_no_dispute_was_escalated(roofs):
    site, _ = roofs
    figures = dispute_figures(site.get("roofs"), site.engine.log.current)
    assert (figures.raised, figures.resolved, figures.escalated) == (1, 1, 0)


def test_it_is_judged_by_three_sources_with_the_weights_of_its_plan(roofs):
    result = roofs[0].get("roofs").evaluation
    assert [(each.source, each.weight, each.score) for each in result.sources] == [
        ("self", 20, 9200),
        ("peer", 30, 8500),
        ("external", 50, 8800),
    ]
    assert result.score == (20 * 9200 + 30 * 8500 + 50 * 8800) // 100
    assert (result.passes, result.missing) == (True, ())


def test_what_was_promised_is_owed_until_it_is_kept_and_the_accounts_are_the_receipts(roofs):
    site, seen = roofs
    assert seen["promises are owed"] >= {"commitment 1", "commitment 2", "commitment 3"}
    assert seen["before the accounts"] >= {"accounts_are_published", "no_loop_is_open"}
    project = site.get("roofs")
    assert project.status == "settled"
    assert site.loops("roofs") == set()
    assert [(line.line, line.budgeted, line.spent) for line in project.accounts.lines] == [
        ("works", 2_400_000 * YUAN, 2_310_000 * YUAN),
        ("own", 120_000 * YUAN, 118_000 * YUAN),
    ]
    assert project.accounts.spent == 2_428_000 * YUAN
    assert site.get("renewal").item("draw", "roofs.works").held == 2_310_000 * YUAN


def test_the_log_replays_and_names_nobody(roofs):
    roofs[0].audited("王某", "balcony")
