"""Trouble seen early, and tasks kept from communities: M032, M041, M075, M138."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import CASE, Command, NotAllowed
from govflow.cases import commands as c
from govflow.cases.events import CaseReported
from govflow.proposals import PROPOSAL
from govflow.regions.admission import ADMISSION, DecideAdmission, RequestAdmission
from govflow.regions.evidence import AddEvidence
from govflow.regions.risk_signal import (
    RISK_SIGNAL,
    AssessRiskSignal,
    AttachRiskPlan,
    ClearRiskSignal,
    Concern,
    RaiseRiskSignal,
    RespondToRiskSignal,
    RiskLevel,
)
from govflow.regions.verification import PassVerification
from govflow.watch import WATCH, noted_by, watch_id
from tests.support import (
    AREA,
    MATTER,
    Town,
    a_case,
    a_town,
    community,
    desk,
    dispatcher,
    district,
    grid_worker,
    lead,
    verifier,
)

X: dict[str, Any] = {"id": "x"}
ONE: dict[str, Any] = {"id": "x", "item": "1"}
OPENING = RaiseRiskSignal(
    **ONE, by=grid_worker, what="a crowd is expected", place="south gate", concerning=Concern.SENSITIVE_PERIOD
)
GRAVE = AssessRiskSignal(**ONE, by=community, risk_level=RiskLevel.HIGH, ground="as at the last opening")
TEAM = RespondToRiskSignal(**ONE, by=community, measure="one way in, stewards", members=("police", "mall"))


def a_wary_town() -> Town:
    """A town whose cases have signals and admission, and which watches for similar signs."""
    case = CASE.extended(regions=(RISK_SIGNAL, ADMISSION), reactions={CaseReported: noted_by})
    return a_town(records=[case, PROPOSAL, WATCH])


def refused(town: Town, command: Command) -> NotAllowed:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value


def plan_on_file(town: Town) -> None:
    town.do(AddEvidence(**X, by=lead, item="e1", kind="plan", sha256="0" * 64))


def test_a_team_is_formed_before_the_trouble_and_the_case_stays_open_until_it_has_passed():  # M032 应急工作班子
    town = a_wary_town()
    a_case(town, "in_handling", id="x", reporter=None, pre_emptive=True, title="opening of the mall")
    plan_on_file(town)
    low = GRAVE.changed(risk_level=RiskLevel.LOW)
    town.do(OPENING, low)
    assert refused(town, TEAM.changed(members=())).codes == ("task_force_or_plan_is_at_work",)
    case = town.do(TEAM)
    assert case.pre_emptive
    assert case.item("risk_signal", "1").members == ("police", "mall")

    town.do(
        c.SubmitResult(**X, by=lead, measure="stewards all day", evidence=("e1",)),
        c.GiveFeedback(**X, by=lead, to_level="community", public_text="the opening is looked after"),
        PassVerification(**X, by=verifier, item="r1"),
    )
    close = c.CloseCase(**X, by=dispatcher)
    found = refused(town, close)
    assert found.codes == ("no_loop_is_open",)
    assert "risk_signal 1 responded, owed by police" in str(found)
    assert "风险信号 1 已处置" in found.sentence("zh")
    town.do(ClearRiskSignal(**ONE, by=community, reason="the opening went well"), close)


def test_every_sign_is_looked_at_and_similar_ones_raise_one_warning_for_all():  # M041 放大镜
    town = a_wary_town()
    seen = {**MATTER, "signal": "water comes up in the cellars"}
    for number in range(1, 6):
        town.pass_days(1)
        town.do(c.ReportCase(id=f"c{number}", by=grid_worker, **{**seen, "reporter": f"s-{number}"}))
    watch = town.engine.get(watch_id("general", AREA))
    raised = [event for event in town.engine.history(watch.id) if event.name == "risk_signal.raised"]
    assert (len(raised), raised[0].body.by) == (1, "system")
    assert raised[0].meta.recorded_at == next(iter(town.engine.history("c3"))).meta.recorded_at
    (loop,) = town.engine.open_loops(watch.id)
    assert (loop.region, loop.owes) == ("risk_signal", "community")


@pytest.mark.parametrize("level", [RiskLevel.HIGH, RiskLevel.SEVERE])
def test_from_level_high_on_nobody_acts_without_a_plan(level: RiskLevel):  # M075 防激化预案
    town = a_wary_town()
    a_case(town, "in_handling", id="x", kind="dispute", category="dispute")
    town.do(OPENING, GRAVE.changed(risk_level=level))
    assert refused(town, TEAM).codes == ("plan_is_attached_if_high",)
    attach = AttachRiskPlan(**ONE, by=lead, papers=("e1",))
    assert refused(town, attach).codes == ("required_papers_are_attached",)
    plan_on_file(town)
    assert refused(town, TEAM).codes == ("plan_is_attached_if_high",)  # on file, but not as this signal's plan
    town.do(attach, TEAM)


def test_what_is_not_in_the_catalogue_reaches_a_community_with_the_districts_leave_alone():  # M138 准入制
    town = a_wary_town()
    a_case(town, "accepted", id="x", category="imposed")
    a_case(town, "accepted", id="y", category="utility")
    down = c.AssignCase(**X, by=dispatcher, lead_unit="hzb", unit_level="community")
    town.do(down.changed(id="y", command_id="listed"))  # what is in the catalogue needs no leave
    assert refused(town, down).codes == ("admission_is_settled",)
    ask = RequestAdmission(id="x", item="hzb", by=dispatcher, reason="a census from above")
    grant = DecideAdmission(id="x", item="hzb", by=district, granted=True)
    town.do(ask)
    for other in (dispatcher, community, desk):
        assert "role_is_held" in refused(town, grant.changed(by=other)).codes
    town.do(grant)
    assert refused(town, down.changed(lead_unit="another")).codes == ("admission_is_settled",)
    assert town.do(down).lead_unit == "hzb"
