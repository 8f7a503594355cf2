"""Projects of several partners: M033–M035, M063, M064, M097, M103–M108, M112, M116, M136, M137, M142–M144, M152."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from govflow import CASE, Actor, Role
from govflow.cases import commands as case
from govflow.envelopes import ENVELOPE
from govflow.matching import candidates
from govflow.projects import PROJECT, JointProject
from govflow.projects import commands as c
from govflow.projects.ledgers import need_ledger, project_ledger, wanted_of
from govflow.projects.model import Need, Party, PartyRole, Pledge, StabilityRisk
from govflow.proposals import PROPOSAL
from govflow.regions.contribution import Contribution, Theme
from govflow.regions.leader_in_charge import TakeCharge
from govflow.regions.ledger import OpenLedgerItem, RectifyLedgerItem, VerifyLedgerItem, WriteOffLedgerItem
from govflow.regions.meeting import MeetingForm
from govflow.regions.meeting.messages import AnnounceMeeting, HoldMeeting, RecordMeeting
from govflow.resources import RESOURCE, Resource, offers_of, resource_ledger
from govflow.resources.messages import OfferResource
from govflow.testing import START
from tests.projects.site import HERE, appraiser, baker, lead, resident, roofer, supervisor, town
from tests.projects.yard import Yard, asked_for_judgement, assessor, host, paper

X: dict[str, Any] = {"id": "x"}
UNTIL = START + timedelta(days=90)
COMMITTEE = Actor.of("committee-1", Role.COMMUNITY, Role.ORGANISATION, Role.PROJECT_LEAD, unit="huazhaobi", area=HERE)


def a_yard() -> Yard:
    return Yard(records=[PROJECT, ENVELOPE, CASE, PROPOSAL, RESOURCE])


def brings(party: str, **said: Any) -> Pledge:
    usual = {"matter": Contribution.SERVICE, "what": "work", "quantity": 5, "measure_unit": "days", "until": UNTIL}
    return Pledge(party=party, **{**usual, **said})


def paired(yard: Yard, *parties: Party, id: str = "x", **said: Any) -> c.PairParties:
    """The pairing of the committee with these parties, each with something that it brings in."""
    units = (Party(unit="huazhaobi", role=PartyRole.LEAD), *parties)
    pledges = said.pop("pledges", tuple(brings(each.unit) for each in units))
    given = {"lead": "huazhaobi", "parties": units, "pledges": pledges, "scope": "in_region", "text": "A plan."}
    return c.PairParties(id=id, by=COMMITTEE, **{**given, **said})


def works(yard: Yard, id: str = "x") -> None:
    """From paired to under way, where no hearing, team or risk assessment is asked for."""
    yard.do(
        paper("order", id),
        c.ApproveProject(id=id, by=town, papers=("order",)),
        c.PublishProjectNotice(id=id, by=COMMITTEE, public_text="It begins."),
    )
    yard.wait(days=8)
    yard.do(c.StartWork(id=id, by=COMMITTEE))


# --- needs, claims, pairing ------------------------------------------------------------------------------------------


def test_a_need_is_listed_and_claimed_and_a_project_of_two_parties_follows():  # M103, M104
    yard = a_yard().project("open_for_claim", kind="general", need=Need(skills=("roofing",)))
    assert yard.refused(c.ClaimDemand(**X, by=roofer, claimer="roofers")) == ("capacity_is_declared",)
    yard.do(c.ClaimDemand(**X, by=roofer, claimer="roofers", capacity="three roofers"))
    assert yard.refused(paired(yard)) == ("two_parties_or_more",)
    assert yard.lacks(paired(yard, Party(unit="bakery"))) == ["bakery has not agreed"]
    project = yard.do(paired(yard, Party(unit="roofers")))
    assert (project.status, project.units) == ("paired", ("huazhaobi", "roofers"))
    assert {each.owes for each in project.items_of("commitment").values()} == {"huazhaobi", "roofers"}


def test_a_claim_or_an_arrangement_that_names_no_unit_is_refused():  # M103
    yard = a_yard().project(kind="general")
    assert yard.refused(c.ArrangeParty(**X, by=town)) == ("named_party_consents",)
    yard.on_to("open_for_claim")
    nobody = Actor.of("somebody", Role.ORGANISATION)
    assert "claimer_is_registered" in yard.refused(c.ClaimDemand(**X, by=nobody))
    assert yard.engine.why_not(c.ClaimDemand(**X, by=nobody))


def test_how_far_a_pairing_reaches_stands_on_it():  # M105, M143
    yard = a_yard().project(kind="general")
    yard.do(*(c.AgreeToProject(**X, by=who, unit=unit) for who, unit in ((roofer, "roofers"), (baker, "bakery"))))
    outside = Party(unit="bakery", role=PartyRole.EXTERNAL)
    project = yard.do(paired(yard, Party(unit="roofers"), outside, scope="out_of_region"))
    assert project.scope == "out_of_region"
    assert [each.role.value for each in project.parties_named] == ["lead", "member", "external"]  # 1+N+X


def test_the_three_ledgers_hold_what_is_needed_what_is_offered_and_what_is_done():  # M106, M107, M108
    yard = a_yard().project(
        kind="general", need=Need(matter="people", quantity=3, measure_unit="people", skills=("it",))
    )
    until = START + timedelta(days=365)
    said = {"matter": "people", "quantity": 4, "measure_unit": "people", "skills": ("it",), "until": until}
    yard.do(OfferResource(id="r", by=roofer, owner="roofers", title="Four who know computers", area=HERE, **said))

    def ledgers() -> tuple[Any, ...]:
        records = list(yard.engine.records())
        projects = [each for each in records if isinstance(each, JointProject)]
        return (
            need_ledger(projects),
            resource_ledger(each for each in records if isinstance(each, Resource)),
            project_ledger(projects, yard.clock()),
        )

    needs, resources, projects = ledgers()
    assert ([each.id for each in needs], resources.lines[0].free, projects) == (["x"], 4, ())
    offers = offers_of([yard.engine.get("r", Resource)], yard.clock())
    (pair,) = candidates(wanted_of([yard.get()], yard.engine.policy.zone), offers)
    assert (pair.need.id, pair.offer.id, pair.covered) == ("x", "r", 3)
    assert any("it" in each.en for each in pair.reasons)

    yard.do(c.AgreeToProject(**X, by=roofer, unit="roofers"))
    skilled = brings("roofers", matter="people", quantity=3, measure_unit="people", resource="r")
    yard.do(paired(yard, Party(unit="roofers"), pledges=(brings("huazhaobi"), skilled)))
    works(yard)
    needs, resources, (line,) = ledgers()
    assert (needs, resources.lines[0].free, resources.lines[0].projects) == ((), 1, ("x",))
    assert (line.status, line.lead, line.overdue) == ("in_progress", "huazhaobi", ())
    assert line.due is not None
    yard.wait(days=400)
    assert "delivery" in ledgers()[2][0].overdue


def test_of_the_practical_projects_of_a_year_the_share_that_is_done_is_a_count_of_the_ledger():  # M112
    yard = a_yard()
    for number in range(4):
        yard.project("settled" if number < 3 else "in_progress", id=f"p{number}", theme="practical-2026")
    lines = project_ledger((each for each in yard.engine.records() if isinstance(each, JointProject)), yard.clock())
    assert (len(lines), sum(each.status == "settled" for each in lines)) == (4, 3)


# --- kinds -----------------------------------------------------------------------------------------------------------


def test_what_is_adopted_for_a_term_is_handed_back_when_the_term_is_over():  # M116
    yard = a_yard().project(kind="adoption", need=Need(begins=date(2026, 3, 1), ends=date(2026, 8, 31)))
    yard.do(c.AgreeToProject(**X, by=baker, unit="bakery"), paired(yard, Party(unit="bakery")))
    works(yard)
    back = c.DeliverProject(**X, by=COMMITTEE, public_text="The lawn goes back.", handback="grown in")
    assert yard.lacks(back) == ["its term runs until 2026-08-31"]
    yard.wait(days=200)
    assert yard.refused(back.changed(handback="")) == ("handback_is_described",)
    assert yard.do(back).status == "delivered"


def test_a_village_and_a_firm_pair_up_and_each_brings_something():  # M136
    yard = a_yard().project(kind="village_enterprise")
    yard.do(c.AgreeToProject(**X, by=baker, unit="bakery"))
    nothing = paired(yard, Party(unit="bakery"), pledges=(brings("huazhaobi"),))
    assert yard.lacks(nothing) == ["bakery brings in nothing"]
    assert yard.do(paired(yard, Party(unit="bakery"))).rule.id == "village_enterprise"


def test_a_bought_service_names_its_contract():  # M137
    yard = a_yard().project(kind="purchased_service")
    yard.do(c.AgreeToProject(**X, by=baker, unit="bakery"))
    outside = Party(unit="bakery", role=PartyRole.EXTERNAL)
    assert yard.lacks(paired(yard, outside)) == ["bakery names no contract"]
    assert yard.do(paired(yard, outside.changed(contract="2026-17"))).status == "paired"


def test_each_of_the_five_joint_mechanisms_is_a_theme():  # M142
    yard = a_yard()
    for theme in Theme:
        yard.project(id=theme.value, kind="general", theme=theme.value)
    projects = [each for each in yard.engine.records() if isinstance(each, JointProject)]
    assert {each.theme for each in projects} == {"service", "sanitation", "culture", "security", "charity"}


def test_concrete_matters_are_gathered_in_a_project_and_lead_to_it():  # M144
    yard = a_yard()
    said = {"title": "No lamp", "kind": "service", "category": "general", "channel": "app", "level": "community"}
    for id in ("a", "b"):
        yard.do(case.ReportCase(id=id, by=resident, area=HERE, **said))
    yard.project(kind="general", need=Need(sources=("a", "b")))
    for id in ("a", "b"):
        assert [each.other for each in yard.engine.get(id).items_of("link").values()] == ["x"]


def test_residents_who_quarrelled_go_on_as_a_group_that_stays():  # M097
    yard = a_yard()
    said = {
        "title": "Parking locks",
        "kind": "dispute",
        "category": "dispute",
        "channel": "visit",
        "level": "community",
    }
    desk = Actor.of("desk", Role.ACCEPTANCE_DESK, Role.DISPATCHER)
    yard.do(case.ReportCase(id="locks", by=resident, area=HERE, **said), case.AcceptCase(id="locks", by=desk))
    day = yard.clock() + timedelta(days=2)
    talk = {"form": MeetingForm.COORDINATION, "subject": "the bays", "place": "hall", "at_time": day}
    yard.do(AnnounceMeeting(id="locks", by=host, item="t", roll=("s-1", "s-2"), **talk))
    yard.clock.set(day)
    yard.do(
        paper("minutes", "locks", by=desk, kind="minutes"),
        HoldMeeting(id="locks", by=host, item="t", attended=("s-1", "s-2")),
        RecordMeeting(
            id="locks", by=host, item="t", minutes=("minutes",), signed_by=("host-1", "s-1", "s-2"), consensus="a group"
        ),
        c.ProposeProject(
            **X, by=COMMITTEE, title="Car group", text="It looks after the bays.", kind="self_governance_group",
            area=HERE, level="community", source="locks",
        ),
        c.AgreeToProject(**X, by=baker, unit="bakery"),
        paired(yard, Party(unit="bakery")),
    )  # fmt: skip
    works(yard)
    yard.wait(days=100)
    group: Any = yard.get()
    assert (group.status, group.rule.id) == ("in_progress", "self_governance_group")
    assert [each.other for each in yard.get().items_of("link").values()] == ["locks"]


def test_a_weak_organisation_has_a_plan_of_its_own_with_a_ledger_and_a_leader():  # M063, M064
    yard = a_yard().project(kind="rectification", need=Need())
    yard.do(c.AgreeToProject(**X, by=baker, unit="bakery"), paired(yard, Party(unit="bakery")))
    works(yard)
    leader = Actor.of("han", Role.LEADER)
    assert yard.do(TakeCharge(**X, by=leader)).item("leader_in_charge", "leader_in_charge").leader == "han"
    yard.do(
        OpenLedgerItem(
            **X, by=COMMITTEE, what="no meetings were held", place="the village", owner="huazhaobi", until=UNTIL
        ),
        paper("minutes", by=COMMITTEE),
        c.DeliverProject(**X, by=COMMITTEE, public_text="Two meetings were held."),
    )
    acceptor = Actor.of("acceptor-1", Role.ACCEPTANCE_GROUP, Role.SUPERVISOR, unit="inspection", area=HERE)
    accept = c.AcceptDelivery(**X, by=acceptor)
    assert yard.refused(accept) == ("ledger_is_empty",)
    yard.do(
        RectifyLedgerItem(**X, by=COMMITTEE, item="1", measure="two meetings", evidence=("minutes",)),
        VerifyLedgerItem(**X, by=supervisor, item="1"),
        WriteOffLedgerItem(**X, by=supervisor, item="1"),
        accept,
    )
    assert yard.get().status == "accepted"


# --- risk, and whose judgement counts --------------------------------------------------------------------------------


def test_a_major_project_is_assessed_by_a_third_party_before_it_is_approved():  # M033, M034
    yard = a_yard().project("paired", kind="general", major=True, need=Need())
    yard.do(paper("order"), paper("report"))
    approve = c.ApproveProject(**X, by=town, papers=("order",))
    assert yard.refused(approve) == ("risk_is_assessed_if_major",)

    def assessment(**said: Any) -> c.AssessProjectRisk:
        answers = {"necessary": True, "level_of_risk": StabilityRisk.CONTROLLABLE, "papers": ("report",)}
        return c.AssessProjectRisk(**X, **{"by": assessor, **answers, **said})

    of_the_builder = Actor.of("builder-9", Role.ASSESSOR, unit="builder")
    assert yard.refused(assessment(by=of_the_builder)) == ("assessor_is_not_a_party",)
    yard.do(assessment(), c.RevisePlan(**X, by=lead, text="Another plan."))
    assert yard.refused(approve) == ("risk_is_assessed_if_major",)  # it was of the plan before
    yard.do(assessment(), approve)
    assert yard.get().status == "approved"


def test_both_questions_are_answered_and_what_cannot_be_controlled_is_not_approved():  # M035
    yard = a_yard().project("paired", kind="general", major=True, need=Need())
    yard.do(paper("order"), paper("report"))
    assess = c.AssessProjectRisk(**X, by=assessor, papers=("report",))
    assert len(yard.lacks(assess)) == 2
    approve = c.ApproveProject(**X, by=town, papers=("order",))
    for necessary, level in ((True, StabilityRisk.UNCONTROLLABLE), (False, StabilityRisk.CONTROLLABLE)):
        again = assess if yard.get().status == "paired" else c.ReassessProjectRisk(**X, by=assessor, papers=("report",))
        yard.do(again.changed(necessary=necessary, level_of_risk=level))
        assert yard.refused(approve) == ("risk_is_controllable",)


def test_a_project_counts_as_done_only_when_others_have_judged_it():  # M152
    yard = a_yard().project("accepted")
    close = c.EvaluateProject(**X, by=appraiser)
    assert "evaluation_sources_are_present" in yard.refused(close)
    of_the_builder = Actor.of("builder-9", Role.APPRAISER, unit="builder")
    yard.do(*asked_for_judgement("x"), *yard.judged(90))
    assert yard.refused(close.changed(by=of_the_builder)) == ("implementer_is_not_appraiser",)
    assert yard.do(close).evaluation.score == 9000
    # where residents say nothing there is no score, and nobody else's counts for more
    other = a_yard().project("accepted")
    other.do(*asked_for_judgement("x"), *(each for each in other.judged(90) if each.by != resident))
    other.wait(days=31)
    result = other.do(close).evaluation
    assert (result.score, result.missing) == (None, ("external",))
