"""风险信号: signs of trouble are assessed with level and ground, planned for, answered, cleared, and name nobody."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import CASE, Actor, Claim, Command, NotAllowed, Role
from govflow.cases import commands as c
from govflow.messages import new_command_id
from govflow.proposals import PROPOSAL
from govflow.records import HandOver
from govflow.regions.checklist import StartChecklist
from govflow.regions.evidence import AddEvidence, DiscreditEvidence
from govflow.regions.risk_signal import (
    RISK_SIGNAL,
    AssessRiskSignal,
    AttachRiskPlan,
    ClearRiskSignal,
    Concern,
    DismissRiskSignal,
    RaiseRiskSignal,
    RespondToRiskSignal,
    RiskLevel,
)
from tests.support import (
    Town,
    a_case,
    a_town,
    callback,
    community,
    dispatcher,
    grid_worker,
    lead,
    resident,
    verifier,
)

ONE: dict[str, Any] = {"id": "x", "item": "1"}
RAISE = RaiseRiskSignal(
    **ONE, by=grid_worker, what="crowd expected at the opening", place="south gate", concerning=Concern.SENSITIVE_PERIOD
)
ASSESS = AssessRiskSignal(**ONE, by=community, risk_level=RiskLevel.HIGH, ground="as at the last opening")
PLAN = AttachRiskPlan(**ONE, by=lead, papers=("plan",))
RESPOND = RespondToRiskSignal(**ONE, by=community, measure="stewards", members=("police", "mall"))
CLEAR = ClearRiskSignal(**ONE, by=community, reason="the opening went well")
DISMISS = DismissRiskSignal(**ONE, by=community, reason="the opening was put off")


@pytest.fixture
def town() -> Town:
    """Case x in handling, a plan on file."""
    town = a_town(records=[CASE.extended(regions=(RISK_SIGNAL,)), PROPOSAL])
    a_case(town, "in_handling", id="x")
    town.do(AddEvidence(id="x", by=lead, item="plan", kind="plan", sha256="1" * 64))
    return town


def anew(command: Command, **changes: Any) -> Any:
    """The same command given once more, with changes."""
    return command.changed(command_id=new_command_id(), **changes)


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


def signal(town: Town) -> Any:
    return town.engine.get("x").item("risk_signal", "1")


def test_a_signal_says_what_where_and_what_it_concerns(town: Town):
    assert refused(town, anew(RAISE, what="")) == ("matter_is_described",)
    assert refused(town, anew(RAISE, place="")) == ("matter_is_described",)
    assert refused(town, anew(RAISE, concerning=None)) == ("matter_is_described",)
    assert refused(town, anew(RAISE, by=callback)) == ("role_is_held",)
    town.do(anew(RAISE, place="", area="jinniu"))


@pytest.mark.parametrize(
    "text",
    ["s-1 will come", "led by s-0123456789abcdef01234567", "call 13800138000", "ID 11010519491231002X", "a@b.cn"],
)
def test_no_signal_points_at_a_person(town: Town, text: str):
    assert refused(town, anew(RAISE, what=text)) == ("signal_names_no_person",)
    assert refused(town, anew(RAISE, place=text)) == ("signal_names_no_person",)
    town.do(RAISE)
    assert refused(town, anew(ASSESS, ground=text)) == ("signal_names_no_person",)
    town.do(ASSESS, PLAN)
    assert refused(town, anew(RESPOND, measure=text)) == ("signal_names_no_person",)
    assert refused(town, anew(RESPOND, members=("police", "s-1"))) == ("signal_names_no_person",)
    town.do(RESPOND)


def test_the_records_own_reporter_is_a_person_under_whatever_id(town: Town):
    informant = Actor.of("informant.7", Role.RESIDENT, Role.REPORTER)
    told = {"title": "t", "kind": "hotline", "channel": "phone", "level": "community", "area": "a"}
    town.do(c.ReportCase(id="y", by=informant, reporter="informant.7", **told))
    named = anew(RAISE, id="y", what="as informant.7 says")
    assert refused(town, named) == ("signal_names_no_person",)
    town.do(named.changed(what="as informants say, on 7 km of it"))


def test_level_and_ground_are_given_and_given_again_when_they_change(town: Town):
    town.do(RAISE)
    assert refused(town, anew(ASSESS, risk_level=None)) == ("level_and_ground_given",)
    assert refused(town, anew(ASSESS, ground=" ")) == ("level_and_ground_given",)
    assert refused(town, anew(ASSESS, by=lead)) == ("role_is_held",)
    town.do(ASSESS, anew(ASSESS, risk_level=RiskLevel.LOW, ground="rain"))
    assert (signal(town).risk_level, signal(town).ground) == ("low", "rain")


@pytest.mark.parametrize("level", RiskLevel)
def test_from_level_high_on_nobody_responds_without_a_plan(town: Town, level: RiskLevel):
    town.do(RAISE, anew(ASSESS, risk_level=level))
    if level in (RiskLevel.HIGH, RiskLevel.SEVERE):
        assert refused(town, RESPOND) == ("plan_is_attached_if_high",)
        town.do(PLAN)
    town.do(RESPOND)
    assert signal(town).status == "responded"


def test_a_plan_is_on_file_and_one_that_is_relied_on(town: Town):
    town.do(RAISE, ASSESS)
    assert refused(town, anew(PLAN, papers=())) == ("required_papers_are_attached",)
    assert refused(town, anew(PLAN, papers=("none",))) == ("required_papers_are_attached",)
    town.do(PLAN, DiscreditEvidence(id="x", by=verifier, item="plan", reason="of last year"))
    assert refused(town, RESPOND) == ("plan_is_attached_if_high",)


def test_a_response_is_a_task_force_or_the_plan(town: Town):
    town.do(RAISE, anew(ASSESS, risk_level=RiskLevel.LOW))
    alone = anew(RESPOND, members=())
    assert refused(town, alone) == ("task_force_or_plan_is_at_work",)
    town.do(PLAN, alone)


def test_a_signal_is_an_open_loop_until_it_is_cleared_or_dismissed(town: Town):
    def owed() -> list[tuple[str, str | None]]:
        return [(loop.what, loop.owes) for loop in town.engine.open_loops("x")]

    town.do(RAISE)
    assert owed() == [(RAISE.what, "community")]
    town.do(ASSESS, PLAN, RESPOND)
    assert owed() == [(RAISE.what, "police")]
    assert refused(town, anew(CLEAR, reason="")) == ("reason_given",)
    assert refused(town, anew(CLEAR, by=lead)) == ("role_is_held",)
    town.do(CLEAR)
    assert owed() == []
    town.do(anew(RAISE, item="2"), anew(DISMISS, item="2"))
    assert owed() == []


def test_a_false_alarm_says_why_and_is_none_that_was_assessed(town: Town):
    town.do(RAISE)
    assert refused(town, anew(DISMISS, reason="")) == ("reason_given",)
    assert refused(town, CLEAR) == ("step_is_in_the_table",)
    town.do(ASSESS)
    assert refused(town, DISMISS) == ("step_is_in_the_table",)


def test_what_was_cleared_is_raised_again_and_judged_anew_but_a_false_alarm_is_not(town: Town):
    town.do(RAISE, ASSESS, PLAN, RESPOND, CLEAR)
    town.do(anew(RAISE, what="second opening"))
    again = signal(town)
    assert (again.status, again.risk_level, again.plans, again.members) == ("raised", None, (), ())
    town.do(anew(ASSESS))
    assert refused(town, anew(RESPOND)) == ("plan_is_attached_if_high",)
    town.do(anew(RAISE, item="2"), anew(DISMISS, item="2"))
    assert refused(town, anew(RAISE, item="2")) == ("step_is_in_the_table",)


def test_open_signals_end_with_the_record_that_leaves(town: Town):
    town.do(RAISE, anew(RAISE, item="2"), anew(ASSESS, item="2"))
    town.do(c.WithdrawCase(id="x", by=resident, reason="settled"))
    ends = {key: item.status for key, item in town.engine.get("x").items_of("risk_signal").items()}
    assert ends == {"1": "dismissed", "2": "cleared"}


def test_no_new_signal_is_raised_on_a_record_at_rest(town: Town):
    away = c.RedirectCase(id="x", by=dispatcher, statutory_channel="litigation", reason="a court's", told_by="phone")
    town.do(away.changed(hand_over=(HandOver(reason="the court decides"),)))
    assert refused(town, RAISE) == ("step_is_in_the_table",)


def test_who_speaks_for_themselves_raises_signals_on_matters_of_their_own_alone(town: Town):
    town.do(anew(RAISE, by=resident))  # the case is theirs
    other = anew(RAISE, item="2")
    shop = Actor.of("baker", Role.ORGANISATION, unit="bakery")
    away = Actor(id="s-9", claims=(Claim(role=Role.RESIDENT), Claim(role=Role.GRID_WORKER, area="elsewhere")))
    for stranger in (Actor.of("s-9", Role.RESIDENT), shop, away):
        assert refused(town, anew(other, by=stranger)) == ("raiser_has_a_part",)
    town.do(StartChecklist(id="x", by=community, item="c", template="five-stage", owner="bakery"))
    town.do(anew(other, by=shop))


def test_what_was_high_once_is_cleared_by_another_than_who_raised_it(town: Town):
    raised = anew(RAISE, by=community)
    town.do(raised, ASSESS, anew(ASSESS, risk_level=RiskLevel.LOW, ground="rain"))
    assert refused(town, CLEAR) == ("high_risk_is_cleared_by_another",)
    deputy = Actor(id="deputy", claims=(Claim(role=Role.COMMUNITY, standing_in_for=community.id),))
    assert refused(town, anew(CLEAR, by=deputy)) == ("high_risk_is_cleared_by_another",)
    town.do(anew(CLEAR, by=Actor.of("town-1", Role.TOWN)))
    town.do(anew(raised), anew(ASSESS, risk_level=RiskLevel.LOW), anew(CLEAR))  # never high since


def test_no_reason_names_a_person_save_what_the_record_itself_says_of_its_end(town: Town):
    town.do(RAISE, anew(RAISE, item="2"), anew(ASSESS, item="2"), anew(RAISE, item="3"))
    named = "call 13800138000"
    assert refused(town, anew(DISMISS, reason=named)) == ("signal_names_no_person",)
    assert refused(town, anew(CLEAR, item="2", reason=named)) == ("signal_names_no_person",)
    town.do(c.WithdrawCase(id="x", by=resident, reason=named))
    assert [each.status for each in town.engine.get("x").items_of("risk_signal").values()] == [
        "dismissed",
        "cleared",
        "dismissed",
    ]


def test_a_signal_raised_again_is_owed_from_then_on_and_is_whose_who_raised_it_last(town: Town):
    town.do(RAISE, anew(ASSESS, risk_level=RiskLevel.LOW), CLEAR)
    town.pass_days(1)
    town.do(anew(RAISE, by=lead))
    (loop,) = town.engine.open_loops("x")
    assert (loop.since, signal(town).by) == (town.clock(), lead.id)


def test_the_unit_reported_is_in_no_task_force(town: Town):
    a_case(town, "in_handling", id="y", accused_unit="police")
    town.do(anew(RAISE, id="y"), anew(ASSESS, id="y", risk_level=RiskLevel.LOW))
    assert refused(town, anew(RESPOND, id="y")) == ("unit_reported_gets_nothing",)
    town.do(anew(RESPOND, id="y", members=("mall",)))


def test_replay_gives_the_same_state(town: Town):
    town.do(RAISE, ASSESS, PLAN, RESPOND, CLEAR)
    town.clock.advance(hours=1)
    assert town.engine.as_of("x", town.clock()).digest == town.engine.get("x").digest
