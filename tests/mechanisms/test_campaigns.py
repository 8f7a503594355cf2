"""Drives over many matters, and what they have in common: M031, M036, M037, M048, M050, M061, M070."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from govflow import CASE, DEFAULT_POLICY, Actor, Command, NotAllowed, Role
from govflow.beside import (
    CAMPAIGN,
    THEMATIC_ISSUE,
    Addressed,
    Campaign,
    CampaignKind,
    Progress,
    progress_by_topic,
    root_cause_addressed,
    similar_matters,
)
from govflow.beside.campaign_messages import CloseCampaign, PlanCampaign, ReportFinding, StartCampaign
from govflow.beside.thematic_issue_messages import AdoptMeasure, CheckEffect, OpenThematicIssue, StudyThematicIssue
from govflow.policy.practice import Checklist, ChecklistStage
from govflow.regions.checklist import CHECKLIST, StartChecklist, TickStage
from govflow.regions.evidence import AddEvidence
from govflow.regions.ledger import OpenLedgerItem, RectifyLedgerItem, VerifyLedgerItem, WriteOffLedgerItem
from govflow.regions.referral import REFERRAL, AcceptReferral, MakeReferral, ServeReferral, Service
from tests.support import Town, a_case, a_town, community, grid_worker

X: dict[str, Any] = {"id": "x"}
AREA = "jinniu"
district = Actor.of("chief", Role.DISTRICT)
office = Actor.of("clerk", Role.LEAD_UNIT, unit="office")
inspector = Actor.of("inspector", Role.SUPERVISOR, Role.VERIFIER, unit="inspectorate")
FOCUS: dict[str, Any] = {
    "topics": ("land", "wages"),
    "key_areas": ("jinniu/market",),
    "key_periods": ("spring_festival",),
}


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


def under_way(kind: str, **more: Any) -> Town:
    """Campaign x of this kind, begun by its lead unit."""
    town = a_town(records=[CASE.extended(regions=(CHECKLIST, REFERRAL)), CAMPAIGN, THEMATIC_ISSUE], **more)
    plan = PlanCampaign(
        **X,
        by=district,
        title="A drive",
        kind=kind,
        level="district",
        area=AREA,
        lead_unit="office",
        units=("bakery", "mill"),
        until=town.clock() + timedelta(days=60),
        **FOCUS,
    )
    town.do(plan, StartCampaign(**X, by=office))
    return town


def test_a_cluster_of_complaints_becomes_one_measure_and_its_effect_is_counted():  # M031 由个案到政策
    town = under_way("rectification")
    for number in range(3):
        a_case(town, "accepted", id=f"land-{number}", area=AREA, category="collective", title="Land taken, not paid")
    town.pass_days(1)
    issue = {"id": "land"}
    members = tuple(f"land-{number}" for number in range(3))
    town.do(
        OpenThematicIssue(
            **issue, by=district, title="Compensation for land", category="collective", area=AREA, members=members
        ),
        StudyThematicIssue(**issue, by=district, root_cause="no rule says what land is worth"),
        AdoptMeasure(
            **issue,
            by=district,
            measure="social insurance for those whose land was taken",
            basis_kind="policy",
            basis="实施细则 2026-1",
            until=town.clock() + timedelta(days=30),
        ),
    )
    for member in members:  # from each matter the measure can be reached, and back
        assert {tie.other for tie in town.engine.get(member).items_of("link").values()} == {"land"}
    town.pass_days(5)
    a_case(town, "reported", id="land-late", area=AREA, category="collective")
    town.pass_days(5)
    issue_now: Any = town.engine.get("land")
    counted = similar_matters(issue_now, town.engine.records(), 10)
    assert counted == (3, 1)
    check = CheckEffect(**issue, by=inspector, before=3, after=1, days=10)
    assert refused(town, check.changed(by=district)) == ("decided_by_another",)
    assert root_cause_addressed(town.engine.records()) == Addressed(0, 1)
    town.do(check)
    assert root_cause_addressed(town.engine.records()).rate == 1


@pytest.mark.parametrize("kind", ["screening_daily", "screening_focused", "screening_professional"])
def test_each_of_the_three_kinds_of_screening_makes_cases_that_say_where_they_come_from(kind: str):  # M036 三类排查
    town = under_way(kind)
    town.do(ReportFinding(**X, by=grid_worker, title="Wages not paid", case_kind="dispute", category="dispute"))
    case: Any = town.engine.get("C-2026-000001")
    assert (case.channel, case.source, case.pre_emptive, case.kind) == ("screening", "campaign:x", True, "dispute")
    assert {tie.other for tie in case.items_of("link").values()} == {"x"}
    assert case.status == "reported"  # its own loop has begun
    assert town.engine.open_loops("x") == ()


def test_a_focused_screening_is_tagged_by_field_area_and_period_and_never_by_person():  # M037 重点排查
    town = under_way("screening_focused")
    campaign: Any = town.engine.get("x")
    assert {name: getattr(campaign, name) for name in FOCUS} == FOCUS
    plan = PlanCampaign(
        id="y",
        by=district,
        title="A drive",
        kind=CampaignKind.SCREENING_FOCUSED,
        level="district",
        area=AREA,
        lead_unit="office",
        until=town.clock() + timedelta(days=60),
    )
    assert refused(town, plan) == ("focus_is_named",)
    assert refused(town, plan.changed(topics=("s-5f2a",))) == ("tags_name_no_person",)
    assert not {"people", "persons", "groups", "subjects"} & set(Campaign.model_fields)


def test_the_five_stages_of_an_assessment_are_taken_in_order():  # M048 五段立体研判
    town = under_way("rectification")
    town.do(StartChecklist(**X, by=office, item="five", template="five-stage"))
    stages = town.engine.get("x").item("checklist", "five").stages
    assert [each.zh for each in stages] == ["问题筛选式梳理", "走访式了解", "多点式谈话", "印证", "定性"]
    for stage in range(1, 6):
        tick = TickStage(**X, by=office, item="five", stage=stage, finding="noted")
        for later in range(stage + 1, 6):
            assert refused(town, tick.changed(stage=later)) == ("stages_are_taken_in_order",)
        close = CloseCampaign(**X, by=office, summary="assessed")
        assert refused(town, close) == ("no_loop_is_open",)
        town.do(tick)
    assert town.do(CloseCampaign(**X, by=office, summary="assessed")).status == "closed"


def test_property_disputes_follow_the_five_steps_in_their_order():  # M145 五步工作法
    town = under_way("rectification")
    town.do(StartChecklist(**X, by=office, item="five", template="five-step"))
    stages = town.engine.get("x").item("checklist", "five").stages
    assert [each.zh for each in stages] == ["找党员", "建组织", "优机制", "聚合力", "植文化"]
    second = TickStage(**X, by=office, item="five", stage=2, finding="a committee of owners")
    assert refused(town, second) == ("stages_are_taken_in_order",)
    town.do(TickStage(**X, by=office, item="five", stage=1, finding="seven members live here"), second)


def test_each_unit_checks_itself_against_the_list_of_ten():  # M050 “十个一”工作清单
    ten = Checklist(
        id="ten-ones",
        en="Ten ones",
        zh="十个一",
        basis="000 (M050)",
        stages=tuple(ChecklistStage(en=f"task {n}", zh=f"第{n}项") for n in range(1, 11)),
    )
    policy = DEFAULT_POLICY.changed(version="ten", checklists=(*DEFAULT_POLICY.checklists, ten))
    town = under_way("self_check", policy=policy)
    for unit in ("bakery", "mill"):
        town.do(StartChecklist(**X, by=office, item=unit, template="ten-ones", owner=unit))
    baker = Actor.of("baker", Role.ORGANISATION, unit="bakery")
    for stage in range(1, 11):
        town.do(TickStage(**X, by=baker, item="bakery", stage=stage, finding="checked"))
    assert refused(town, TickStage(**X, by=baker, item="mill", stage=1, finding="checked")) == ("role_is_held",)
    assert [(loop.what, loop.owes) for loop in town.engine.open_loops("x")] == [("ten-ones 1/10: task 1", "mill")]


def test_items_are_put_right_one_by_one_and_counted_by_topic():  # M061 逐项梳理
    town = under_way("rectification")
    town.do(AddEvidence(**X, by=office, item="p", kind="photo", sha256="0" * 64))
    until = town.clock() + timedelta(days=20)
    topics = {"smoke": "environment", "dust": "environment", "exit": "safety", "milk": "food"}
    for item, topic in topics.items():
        named = {"what": item, "place": AREA, "owner": "office", "until": until}
        town.do(OpenLedgerItem(**X, by=inspector, item=item, topic=topic, **named))
    other = Actor.of("second-inspector", Role.VERIFIER)
    for item in ("smoke", "exit"):
        town.do(
            RectifyLedgerItem(**X, by=office, item=item, measure="fixed", evidence=("p",)),
            VerifyLedgerItem(**X, by=other, item=item),
            WriteOffLedgerItem(**X, by=inspector, item=item),
        )
    assert dict(progress_by_topic(town.engine.get("x"))) == {
        "environment": Progress(2, 1, 1),
        "food": Progress(1, 0, 1),
        "safety": Progress(1, 1, 0),
    }
    assert progress_by_topic(town.engine.get("x"))["environment"].rate == Fraction(1, 2)


@pytest.mark.parametrize("service", list(Service))
def test_a_person_is_passed_on_to_a_service_with_consent_and_the_unit_answers(service: Service):  # M070 四机制
    town = under_way("visits")
    a_case(town, "in_handling", id="c", kind="dispute")
    make = MakeReferral(id="c", by=community, item="r", service=service, person="s-1", unit="clinic", consented=True)
    assert refused(town, make.changed(consented=False)) == ("person_has_consented",)
    town.do(make)
    clinic = Actor.of("nurse", Role.ORGANISATION, unit="clinic")
    owed = {(loop.region, loop.what, loop.owes) for loop in town.engine.open_loops("c")}
    assert ("referral", service.value, "clinic") in owed
    town.do(AcceptReferral(id="c", by=clinic, item="r"))
    town.do(ServeReferral(id="c", by=clinic, item="r", measure="two talks"))
    assert town.engine.get("c").item("referral", "r").status == "served"
    assert "referral" not in {loop.region for loop in town.engine.open_loops("c")}
