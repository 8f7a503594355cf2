"""Campaigns: planned, under way, findings become cases or ledger items, closed when nothing is open, or abandoned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from govflow import CASE, SYSTEM, Actor, CaseKind, Claim, Command, Engine, HandOver, Level, NotAllowed, NotFound, Role
from govflow.actors import FOR_THEMSELVES
from govflow.beside.campaign import CAMPAIGN, Progress, progress, progress_by_topic
from govflow.beside.campaign_messages import (
    AbandonCampaign,
    CampaignKind,
    CloseCampaign,
    PlanCampaign,
    ProlongCampaign,
    ReportFinding,
    StartCampaign,
)
from govflow.cases.commands import CloseCase, GiveFeedback, ImportClosing, RejectCase, ResolveOnSpot
from govflow.persistence.codec import Codec
from govflow.policy import DEFAULT_POLICY, Escalation, Then, Unit
from govflow.regions import commitment as cm
from govflow.regions import ledger as lg
from govflow.regions import supervision as sv
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.checklist import StartChecklist
from govflow.regions.evidence import AddEvidence
from govflow.regions.link import Unlink
from govflow.regions.verification import PassVerification
from govflow.testing import START, PinnedClock
from tests.support import Town, a_town

CP: dict[str, Any] = {"id": "drive"}
AREA = "jinniu"
DUE = START + timedelta(days=90)
district = Actor.of("chief", Role.DISTRICT, level="district", area=AREA)
office = Actor.of("office-clerk", Role.LEAD_UNIT, unit="office")
bakery = Actor.of("baker", Role.ORGANISATION, unit="bakery")
butchery = Actor.of("butcher", Role.ORGANISATION, unit="butchery")
supervisor = Actor.of("inspector", Role.SUPERVISOR, Role.VERIFIER, unit="inspectorate")
grid_worker = Actor.of("grid-1", Role.GRID_WORKER)

PLANNED: dict[str, Any] = {
    "title": "Gas bottles in shops",
    "kind": "screening_daily",
    "level": "district",
    "area": AREA,
    "lead_unit": "office",
    "units": ("bakery", "butchery"),
    "until": DUE,
}
PLAN = PlanCampaign(**CP, by=district, **PLANNED)
BEGIN = StartCampaign(**CP, by=office)
CLOSE = CloseCampaign(**CP, by=office, summary="all shops seen")
FINDING = ReportFinding(**CP, by=grid_worker, title="Bottle behind the stove", case_kind="hazard", category="hazard")


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


def problem(item: str, **more: Any) -> lg.OpenLedgerItem:
    named = {"what": "no valve", "place": "shop 3", "owner": "bakery", "until": DUE}
    return lg.OpenLedgerItem(**CP, by=office, item=item, **{**named, **more})


def rectify(item: str, by: Actor = bakery) -> lg.RectifyLedgerItem:
    return lg.RectifyLedgerItem(**CP, by=by, item=item, measure="valve fitted", evidence=("photo",))


def check(item: str) -> lg.VerifyLedgerItem:
    return lg.VerifyLedgerItem(**CP, by=supervisor, item=item)


def strike(item: str) -> lg.WriteOffLedgerItem:
    return lg.WriteOffLedgerItem(**CP, by=supervisor, item=item)


@pytest.fixture
def town() -> Iterator[Town]:
    made = a_town(records=[CASE, CAMPAIGN])
    made.do(PLAN, BEGIN, AddEvidence(**CP, by=office, item="photo", kind="photo", sha256="0" * 64))
    yield made
    made.engine.close()


def drive(town: Town) -> Any:
    return town.engine.get("drive")


def loops(town: Town) -> set[tuple[str, str, str | None]]:
    return {(loop.region, loop.item, loop.owes) for loop in town.engine.open_loops("drive")}


# --- planning --------------------------------------------------------------------------------------------------------


def test_a_campaign_gets_a_number_of_its_own_and_pins_its_policy():
    town = a_town(records=[CASE, CAMPAIGN])
    planned: Any = town.engine.handle(PlanCampaign(by=district, **PLANNED))
    assert planned.id == "CP-2026-000001"
    assert (planned.status, planned.policy, planned.title_line) == ("planned", town.engine.policy.key, PLANNED["title"])
    assert (planned.clocks["handling"].due, planned.until) == (DUE, DUE)


@pytest.mark.parametrize(
    "gap", [{"title": " "}, {"kind": None}, {"lead_unit": None}, {"level": None}, {"until": None}, {"until": START}]
)
def test_a_plan_without_its_parts_is_refused(gap: dict[str, Any]):
    town = a_town(records=[CASE, CAMPAIGN])
    assert refused(town, PLAN.changed(**gap)) == ("plan_is_complete",)


def test_a_plan_for_nowhere_is_refused():
    town = a_town(records=[CASE, CAMPAIGN])
    everywhere = Actor.of("chief", Role.DISTRICT)
    assert refused(town, PLAN.changed(by=everywhere, area="")) == ("plan_is_complete",)
    assert refused(town, PLAN.changed(area="elsewhere")) == ("role_is_held",)
    assert refused(town, PLAN.changed(by=office)) == ("role_is_held",)


@pytest.mark.parametrize("focus", [{"topics": ("gas",)}, {"key_areas": (f"{AREA}/market",)}, {"key_periods": ("may",)}])
def test_a_focused_screening_names_fields_areas_or_periods(focus: dict[str, Any]):
    town = a_town(records=[CASE, CAMPAIGN])
    focused = PLAN.changed(kind=CampaignKind.SCREENING_FOCUSED)
    assert refused(town, focused) == ("focus_is_named",)
    assert town.do(focused.changed(**focus)).status == "planned"


def test_tags_and_titles_name_no_person():
    town = a_town(records=[CASE, CAMPAIGN])
    assert refused(town, PLAN.changed(topics=("gas", "s-1"))) == ("tags_name_no_person",)
    assert refused(town, PLAN.changed(title="Ask 13800138000")) == ("personal_data_is_withheld",)


def test_only_the_lead_unit_or_those_above_it_start_and_close(town):
    other = Actor.of("clerk", Role.LEAD_UNIT, unit="other")
    assert refused(town, CLOSE.changed(by=other)) == ("role_is_held",)
    assert refused(town, CLOSE.changed(by=bakery)) == ("role_is_held",)
    assert town.do(CLOSE).status == "closed"


# --- findings --------------------------------------------------------------------------------------------------------


def test_a_finding_becomes_a_case_tied_to_the_campaign_on_both_sides(town):
    town.do(FINDING)
    case: Any = town.engine.get("C-2026-000001")
    assert (case.status, case.title, case.kind, case.category) == ("reported", FINDING.title, "hazard", "hazard")
    assert (case.source, case.channel, case.pre_emptive) == ("campaign:drive", "screening", True)
    assert (case.level, case.area) == ("district", AREA)
    assert {(tie.kind, tie.other) for tie in case.items_of("link").values()} == {("spawned_by", "drive")}
    assert {(tie.kind, tie.other) for tie in drive(town).items_of("link").values()} == {("spawned", case.id)}
    assert loops(town) == set()


@pytest.mark.parametrize("kind", list(CampaignKind))
def test_only_what_a_screening_finds_is_pre_emptive(kind: CampaignKind):
    town = a_town(records=[CASE, CAMPAIGN])
    town.do(PLAN.changed(kind=kind, topics=("gas",)), BEGIN, FINDING)
    case: Any = town.engine.get("C-2026-000001")
    screening = kind.startswith("screening_")
    assert (case.pre_emptive, case.channel) == (screening, "screening" if screening else kind.value)


def test_an_awaited_case_holds_the_campaign_open_until_it_comes_to_rest(town):
    town.do(FINDING.changed(awaited=True))
    case = "C-2026-000001"
    assert loops(town) == {("link", f"spawned.{case}", case)}
    assert refused(town, CLOSE) == ("no_loop_is_open",)
    desk = Actor.of("desk", Role.ACCEPTANCE_DESK, level="district")
    assert refused(town, ImportClosing(id=case, by=desk, source_row=1)) == ("case_was_imported_and_not_worked_on",)
    on_it = {"id": case, "by": grid_worker}
    town.do(
        AddEvidence(**on_it, item="p", kind="photo", sha256="1" * 64),
        ResolveOnSpot(**on_it, measure="bottle taken out", evidence=("p",)),
        GiveFeedback(id=case, by=grid_worker, to_level="district", public_text="taken out"),
        PassVerification(id=case, by=supervisor, item="r1"),
        CloseCase(id=case, by=Actor.of("dispatch", Role.DISPATCHER, level="district")),
    )
    assert loops(town) == set()
    assert town.do(CLOSE).status == "closed"


def test_a_case_that_fails_is_still_owed_until_the_tie_is_taken_back(town):
    town.do(FINDING.changed(awaited=True, case_kind=CaseKind.GRID, category="general"))
    desk = Actor.of("desk", Role.ACCEPTANCE_DESK, level="district")
    town.do(RejectCase(id="C-2026-000001", by=desk, reason_code="out_of_scope", reason="private", told_by="by note"))
    assert drive(town).item("link", "spawned.C-2026-000001").status == "failed"
    assert refused(town, CLOSE) == ("no_loop_is_open",)
    community = Actor.of("community", Role.COMMUNITY)
    town.do(Unlink(**CP, by=community, item="spawned.C-2026-000001", reason="not a public matter"))
    assert town.do(CLOSE).status == "closed"


def test_a_finding_lies_in_the_campaigns_area_and_says_what_it_is(town):
    assert refused(town, FINDING.changed(area="elsewhere")) == ("finding_lies_in_its_area",)
    assert refused(town, FINDING.changed(area="jinniu2")) == ("finding_lies_in_its_area",)
    assert refused(town, FINDING.changed(title=" ")) == ("finding_lies_in_its_area",)
    assert refused(town, FINDING.changed(title="Mr. Wu, 13800138000")) == ("personal_data_is_withheld",)
    town.do(FINDING.changed(area=f"{AREA}/market", level=Level.COMMUNITY))
    case: Any = town.engine.get("C-2026-000001")
    assert (case.area, case.level) == (f"{AREA}/market", "community")


def test_findings_come_while_it_is_under_way_from_those_who_take_part():
    town = a_town(records=[CASE, CAMPAIGN])
    town.do(PLAN)
    assert refused(town, FINDING) == ("step_is_in_the_table",)
    town.do(BEGIN)
    assert refused(town, FINDING.changed(by=Actor.of("x", Role.ORGANISATION, unit="florist"))) == ("role_is_held",)
    town.do(FINDING.changed(by=bakery))


def test_a_log_without_cases_takes_no_findings():
    clock = PinnedClock()
    town = Town(Engine.open(records=[CAMPAIGN], now=clock), clock)
    town.do(PLAN, BEGIN)
    assert refused(town, FINDING) == ("finding_lies_in_its_area",)


# --- its regions -----------------------------------------------------------------------------------------------------


def test_each_unit_puts_right_its_own_problems_and_somebody_of_none_of_them_checks(town):
    town.do(problem("n1"), problem("n2", owner="butchery"))
    assert refused(town, rectify("n1", butchery)) == ("role_is_held",)
    town.do(rectify("n1"), rectify("n2", butchery))
    own = Actor.of("second-baker", Role.VERIFIER, unit="bakery")
    assert refused(town, check("n1").changed(by=own)) == ("role_is_held",)
    assert refused(town, check("n1").changed(by=Actor.of("baker", Role.VERIFIER))) == ("verified_by_another",)
    assert refused(town, CLOSE) == ("no_loop_is_open",)
    town.do(check("n1"), strike("n1"), check("n2"), strike("n2"))
    assert town.do(CLOSE).status == "closed"
    assert refused(town, problem("n3")) == ("step_is_in_the_table",)


def test_an_item_is_waived_only_with_the_supervisors_leave_and_is_neither_struck_off_nor_open(town):
    town.do(problem("n1"))
    waive = lg.WaiveLedgerItem(**CP, by=office, item="n1", reason="the shop closed for good")
    assert refused(town, waive) == ("approval_is_given",)
    town.approved(waive, supervisor)
    assert progress(drive(town)) == Progress(1, 0, 0)
    assert town.do(CLOSE).status == "closed"


def test_the_ledger_is_counted_topic_by_topic(town):
    town.do(*(problem(f"gas-{n}", topic="gas") for n in range(3)), problem("fire-0", topic="fire"), problem("other"))
    for item in ("gas-0", "gas-1", "other"):
        town.do(rectify(item), check(item), strike(item))
    assert progress(drive(town)) == Progress(5, 3, 2)
    assert dict(progress_by_topic(drive(town))) == {"fire": Progress(1, 0, 1), "gas": Progress(3, 2, 1)}
    assert progress(drive(town), "gas").rate == Fraction(2, 3)
    assert progress(drive(town), "nothing").rate is None


def test_an_item_of_before_there_were_topics_is_read_as_one_without():
    body = b'{}\n{"at":"2026-03-02T01:00:00Z","by":"office","item":"n1","what":"no valve","place":"shop","owner":"u"}'
    event: Any = Codec([lg.LedgerItemOpened]).decode("ledger.opened@1", body)
    assert (event.what, event.topic, event.mandatory) == ("no valve", None, True)


def test_who_promised_does_not_confirm_that_the_promise_was_kept(town):
    until = town.clock() + timedelta(days=5)
    leader = Actor.of("mayor", Role.LEADER)
    made = cm.MakeCommitment(
        **CP, by=leader, item="p", what="all shops seen in May", owner="mayor", until=until, public=True
    )
    town.do(made)
    keep = cm.KeepCommitment(**CP, by=Actor.of("mayor", Role.SUPERVISOR), item="p")
    assert refused(town, keep) == ("decided_by_another",)
    change = cm.ChangeCommitment(**CP, by=leader, item="p", reason="more shops", until=until + timedelta(days=9))
    assert refused(town, change) == ("approval_is_given",)
    town.do(keep.changed(by=supervisor))
    assert loops(town) == set()


def test_everything_that_is_open_is_listed_when_closing_is_refused(town):
    town.do(
        problem("n1"),
        StartChecklist(**CP, by=district, item="five", template="five-stage", owner="bakery"),
        cm.MakeCommitment(**CP, by=office, item="p", what="all seen", owner="office", until=DUE),
        sv.UrgeSupervision(
            **CP, by=supervisor, item="inspectorate.bakery", owner="bakery", reason_code="unresolved", reason="late"
        ),
        FINDING.changed(awaited=True),
    )
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(CLOSE)
    listed = caught.value.broken[0].detail
    assert len(listed) == len(loops(town)) == 5
    for region in ("ledger n1", "checklist five", "commitment p", "supervision inspectorate.bakery", "link spawned."):
        assert sum(region in line for line in listed) == 1, region


def test_only_the_supervised_unit_answers(town):
    urge = sv.UrgeSupervision(**CP, by=supervisor, item="i", owner="butchery", reason_code="unresolved", reason="late")
    town.do(urge)
    answer = sv.ReplySupervision(**CP, by=office, item="i", measure="explained", evidence=("photo",))
    assert refused(town, answer) == ("role_is_held",)
    town.do(answer.changed(by=Actor.of("butcher", Role.CO_UNIT, unit="butchery")))


def test_the_sum_of_it_is_said_at_the_end(town):
    assert refused(town, CLOSE.changed(summary=" ")) == ("result_is_summed_up",)
    closed: Any = town.do(CLOSE)
    assert (closed.summary, closed.clocks["handling"].status) == ("all shops seen", "met")


# --- its time --------------------------------------------------------------------------------------------------------


def test_it_is_warned_of_and_overdue_once_and_urged_where_the_policy_says_so():
    urge = Escalation(id="late", clock="handling", then=Then.URGE, after=1, unit=Unit.DAY, basis="the plan")
    policy = DEFAULT_POLICY.changed(version="urging", escalations=(*DEFAULT_POLICY.escalations, urge))
    town = a_town(records=[CASE, CAMPAIGN], policy=policy)
    town.do(PLAN, BEGIN)
    town.pass_days(95)
    town.engine.tick()
    town.engine.tick()
    names = [each.name for each in town.engine.history("drive")]
    assert names.count("clock.deadline_missed") == 1
    assert names.count("supervision.urged") == 1
    assert loops(town) == {("supervision", "by-rule.late", "office")}


def test_it_is_prolonged_before_its_due_instant_with_the_supervisors_leave(town):
    prolong = ProlongCampaign(**CP, by=office, reason="more shops than known", until=DUE + timedelta(days=30))
    assert refused(town, prolong) == ("approval_is_given",)
    assert set(refused(town, prolong.changed(reason=""))) == {"approval_is_given", "reason_given"}
    assert set(refused(town, prolong.changed(until=START))) == {"approval_is_given", "new_due_is_named"}
    town.approved(prolong, supervisor)
    assert drive(town).clocks["handling"].due == drive(town).until == DUE + timedelta(days=30)
    town.pass_days(121)
    late = prolong.changed(until=DUE + timedelta(days=90), command_id="late")
    assert set(refused(town, late)) == {"approval_is_given", "due_has_not_passed"}


def test_the_one_who_asks_does_not_give_leave(town):
    held = Claim(role=Role.LEAD_UNIT, unit="office"), Claim(role=Role.SUPERVISOR, unit="inspectorate")
    both = Actor(id="both", claims=held)
    prolong = ProlongCampaign(**CP, by=both, reason="more", until=DUE + timedelta(days=30))
    town.do(RequestApproval.of(prolong, drive(town)))
    assert refused(town, GiveApproval(**CP, by=both, item="1")) == ("decided_by_another",)
    own_house = Actor.of("own-supervisor", Role.SUPERVISOR, unit="office")
    assert "role_is_held" in refused(town, GiveApproval(**CP, by=own_house, item="1"))


def test_nobody_of_a_unit_that_leads_or_takes_part_checks_or_strikes_off_its_problems(town):
    town.do(problem("n1"), rectify("n1"))
    checks = (Role.VERIFIER, Role.SUPERVISOR, Role.ACCEPTANCE_GROUP, Role.APPRAISER)
    for unit in ("office", "bakery"):
        colleague = Actor.of(f"colleague-{unit}", *checks, unit=unit)
        assert refused(town, check("n1").changed(by=colleague)) == ("role_is_held",)
        refuse = lg.RefuseLedgerItem(**CP, by=colleague, item="n1", reason="so as to look strict")
        assert refused(town, refuse) == ("role_is_held",)
    town.do(check("n1"))
    own = Actor.of("colleague", Role.SUPERVISOR, Role.ACCEPTANCE_GROUP, unit="office")
    assert refused(town, strike("n1").changed(by=own)) == ("role_is_held",)


def test_who_acts_for_nobody_but_themselves_reads_no_campaign(town):
    for role in sorted(FOR_THEMSELVES):
        with pytest.raises(NotFound):
            town.engine.seen_by(Actor.of("s-50", role)).get("drive")


def test_a_finding_that_must_be_kept_secret_is_not_told_here():
    kept = tuple(each.changed(confidential=True) if each.id == "hazard" else each for each in DEFAULT_POLICY.categories)
    town = a_town(records=[CASE, CAMPAIGN], policy=DEFAULT_POLICY.changed(id="mine", categories=kept))
    town.do(PLAN, BEGIN)
    assert refused(town, FINDING) == ("matter_is_no_secret",)
    told = FINDING.changed(category="general", case_kind=CaseKind.WHISTLE_BLOWING)
    assert refused(town, told) == ("matter_is_no_secret",)
    town.do(FINDING.changed(category="general"))


def test_it_is_abandoned_with_a_reason_and_every_loop_is_handed_over(town):
    town.do(problem("n1"), problem("n2"), StartChecklist(**CP, by=district, item="five", template="five-stage"))
    town.do(FINDING.changed(awaited=True))
    leave = AbandonCampaign(**CP, by=district, reason="merged with the town's own")
    assert refused(town, leave) == ("loops_are_handed_over",)
    some = (HandOver(region="ledger", item="n1", reason="the town goes on", to="town-office"),)
    assert refused(town, leave.changed(hand_over=some)) == ("loops_are_handed_over",)
    assert refused(town, leave.changed(by=office)) == ("role_is_held", "loops_are_handed_over")
    all_ = (*some, HandOver(reason="falls away"))
    assert refused(town, leave.changed(reason=" ", hand_over=all_)) == ("reason_given",)
    left = town.do(leave.changed(hand_over=all_))
    assert (left.status, loops(town), left.clocks["handling"].status) == ("abandoned", set(), "cancelled")
    waived = {
        each.body.item: (each.body.by, each.body.to) for each in town.engine.history("drive") if "waived" in each.name
    }
    assert waived == {"n1": (SYSTEM.id, "town-office"), "n2": (SYSTEM.id, None)}
    assert town.engine.get("C-2026-000001").status == "reported"


# --- reading ---------------------------------------------------------------------------------------------------------


def test_officials_see_it_in_their_area_units_where_they_take_part_and_residents_do_not(town):
    for who in (district, office, bakery, grid_worker):
        assert town.engine.seen_by(who).get("drive").id == "drive"
    elsewhere = Actor.of("d", Role.DISTRICT, area="elsewhere")
    for who in (Actor.of("s-1", Role.RESIDENT), Actor.of("f", Role.ORGANISATION, unit="florist"), elsewhere):
        with pytest.raises(NotFound):
            town.engine.seen_by(who).get("drive")


def test_replay_gives_the_same_campaign(tmp_path):
    town = a_town(tmp_path / "log.db", records=[CASE, CAMPAIGN])
    town.do(PLAN, BEGIN, problem("n1"), FINDING, StartChecklist(**CP, by=district, item="l", template="five-step"))
    digest = drive(town).digest
    town.engine.close()
    again = a_town(tmp_path / "log.db", records=[CASE, CAMPAIGN])
    assert drive(again).digest == digest
