"""Checklists: stages of the policy gone through in order, stepped back, completed, dropped (M048, M145)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from govflow import CASE, DEFAULT_POLICY, SYSTEM, Actor, Command, HandOver, NotAllowed, Role
from govflow.cases import commands as c
from govflow.policy.practice import Checklist, ChecklistStage
from govflow.regions.checklist import (
    CHECKLIST,
    ChecklistDropped,
    ChecklistItem,
    DropChecklist,
    StageTicked,
    StartChecklist,
    StepBack,
    TickStage,
)
from govflow.regions.evidence import AddEvidence, DiscreditEvidence
from tests.support import Town, a_case, a_town, community, lead, supervisor, verifier

X: dict[str, Any] = {"id": "x"}
A: dict[str, Any] = {**X, "item": "a"}
ON_CASES = CASE.extended(regions=(CHECKLIST,))
START = StartChecklist(**A, by=community, template="five-stage")
FIVE_STAGES = next(each.stages for each in DEFAULT_POLICY.checklists if each.id == "five-stage")


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


def tick(stage: int, **more: Any) -> TickStage:
    return TickStage(**A, by=community, stage=stage, **{"finding": f"found {stage}", **more})


def started(**options: Any) -> Town:
    town = a_town(records=[ON_CASES], **options)
    a_case(town, "in_handling", id="x")
    town.do(START)
    return town


def item(town: Town) -> Any:
    return town.engine.get("x").item("checklist", "a")


def loops(town: Town) -> list[tuple[str, str | None]]:
    return [(loop.what, loop.owes) for loop in town.engine.open_loops("x") if loop.region == "checklist"]


def test_a_list_is_an_open_loop_that_names_its_next_stage_and_who_goes_through_it():
    town = started()
    assert item(town).stages == FIVE_STAGES
    assert loops(town) == [("five-stage 1/5: sift the problems", community.id)]
    town.do(tick(1))
    assert loops(town) == [("five-stage 2/5: visit", community.id)]


def test_the_stages_are_taken_in_order_and_the_last_one_completes_it():
    town = started()
    for wrong in (0, 2, 5, 6):
        assert refused(town, tick(wrong)) == ("stages_are_taken_in_order",)
    for stage in range(1, 5):
        town.do(tick(stage))
        assert (item(town).status, item(town).next_stage) == ("open", stage + 1)
        assert refused(town, tick(stage)) == ("stages_are_taken_in_order",)
    town.do(tick(5))
    assert item(town).status == "complete"
    assert [each.finding for each in item(town).done] == [f"found {stage}" for stage in range(1, 6)]
    assert loops(town) == []
    assert refused(town, tick(6)) == ("step_is_in_the_table",)


def test_a_finding_is_given_and_the_evidence_it_names_is_on_file():
    town = started()
    assert refused(town, tick(1, finding=" ")) == ("finding_is_given",)
    assert refused(town, tick(1, evidence=("e9",))) == ("finding_is_given",)
    town.do(AddEvidence(**X, by=lead, item="e9", sha256="0" * 64))
    town.do(tick(1, evidence=("e9",)))
    town.do(tick(2), tick(3), tick(4))
    assert refused(town, tick(5, finding="")) == ("finding_is_given",)
    town.do(AddEvidence(**X, by=lead, item="e10", sha256="1" * 64))
    town.do(DiscreditEvidence(**X, by=verifier, item="e10", reason="wrong place"))
    assert refused(town, tick(5, evidence=("e10",))) == ("finding_is_given",)


@pytest.mark.parametrize(("stage", "row"), [(1, "CL02"), (4, "CL02"), (5, "CL03")])
def test_exactly_one_row_is_for_each_stage(stage: int, row: str):
    context = SimpleNamespace(item=ChecklistItem(stages=FIVE_STAGES))
    follows = ("another_stage_follows", "it_is_the_last_stage")
    rows = CHECKLIST.workflow.rows("open", TickStage.wire)
    fitting = [
        each.id
        for each in rows
        if not any(rule.broken(None, tick(stage), context) for rule in each.rules if rule.code in follows)
    ]
    assert fitting == [row]


def test_it_goes_back_to_a_stage_gone_through_and_the_log_keeps_what_was_found():
    town = started()
    town.do(tick(1), tick(2), tick(3))
    back = StepBack(**A, by=community, stage=2, reason="a witness was missed")
    assert refused(town, back.changed(reason=" ")) == ("reason_given",)
    for stage in (0, 4, 9):
        assert refused(town, back.changed(stage=stage)) == ("stage_was_gone_through",)
    town.do(back)
    assert (item(town).next_stage, [each.finding for each in item(town).done]) == (2, ["found 1"])
    assert refused(town, tick(4)) == ("stages_are_taken_in_order",)
    said = [each.body for each in town.engine.history("x")]
    assert [each.stage for each in said if isinstance(each, StageTicked)] == [1, 2, 3]


def test_a_complete_list_is_opened_again_only_while_the_record_is_active():
    town = started()
    town.do(*(tick(stage) for stage in range(1, 6)))
    back = StepBack(**A, by=community, stage=5, reason="the finding was wrong")
    assert town.do(back).item("checklist", "a").status == "open"
    town.do(tick(5), c.WithdrawCase(**X, by=Actor.of("s-1", Role.REPORTER), reason="settled"))
    assert refused(town, back.changed(command_id="later")) == ("step_is_in_the_table",)
    assert refused(town, START.changed(item="b", command_id="later")) == ("step_is_in_the_table",)


def test_a_list_that_the_policy_does_not_have_is_not_started():
    town = started()
    unknown = StartChecklist(**X, by=community, item="b", template="six-stage")
    assert refused(town, unknown) == ("checklist_is_in_the_policy",)
    assert refused(town, unknown.changed(template=None)) == ("checklist_is_in_the_policy",)
    assert refused(town, START.changed(command_id="again")) == ("step_is_in_the_table",)


def test_a_newer_policy_changes_no_list_that_runs():
    town = started()
    shorter = Checklist(
        id="five-stage", en="Short", zh="简", basis="town", stages=(ChecklistStage(en="only", zh="唯一"),)
    )
    town.engine.adopt(DEFAULT_POLICY.changed(version="short", checklists=(shorter,)), by=Actor.of("d", Role.DISTRICT))
    town.do(tick(1))
    assert item(town).status == "open"
    a_case(town, "in_handling", id="y")
    town.do(START.changed(id="y", command_id="y-start"), tick(1).changed(id="y", command_id="y-1"))
    assert town.engine.get("y").item("checklist", "a").status == "complete"


def test_a_unit_goes_through_its_own_list_only():
    town = started()
    own = StartChecklist(**X, by=community, item="b", template="five-step", owner="bakery")
    town.do(own)
    baker = Actor.of("baker", Role.ORGANISATION, unit="bakery")
    theirs = TickStage(**X, by=baker, item="b", stage=1, finding="done")
    assert refused(town, theirs.changed(item="a")) == ("role_is_held",)
    other = Actor.of("butcher", Role.ORGANISATION, unit="butchery")
    assert refused(town, theirs.changed(by=other)) == ("role_is_held",)
    assert town.do(theirs).item("checklist", "b").next_stage == 2
    assert refused(town, own.changed(by=baker, item="c", command_id="c-start")) == ("role_is_held",)


def test_it_is_dropped_with_a_reason_by_hand_or_when_the_record_leaves():
    town = started()
    drop = DropChecklist(**A, by=supervisor, reason="not the right list")
    assert refused(town, drop.changed(reason="")) == ("reason_given",)
    town.do(drop)
    assert item(town).status == "dropped"
    assert loops(town) == []

    town.do(START.changed(item="b", command_id="b-start"))
    leave = c.RedirectCase(
        **X, by=Actor.of("d", Role.DISPATCHER), statutory_channel="litigation", reason="a court's", told_by="by phone"
    )
    assert refused(town, leave) == ("loops_are_handed_over",)
    left = town.do(leave.changed(hand_over=(HandOver(region="checklist", reason="the court goes on"),)))
    assert left.item("checklist", "b").status == "dropped"
    said = [each.body for each in town.engine.history("x")]
    dropped = [(each.by, each.reason) for each in said if isinstance(each, ChecklistDropped)]
    assert dropped == [(supervisor.id, "not the right list"), (SYSTEM.id, "the court goes on")]


def test_replay_gives_the_same_list(tmp_path):
    town = started(path=tmp_path / "log.db")
    town.do(tick(1), tick(2), StepBack(**A, by=community, stage=2, reason="again"), tick(2))
    digest = town.engine.get("x").digest
    town.engine.close()
    assert a_town(tmp_path / "log.db", records=[ON_CASES]).engine.get("x").digest == digest


def test_the_unit_reported_goes_through_no_list():
    town = a_town(records=[ON_CASES])
    a_case(town, "in_handling", id="x", accused_unit="roads")
    assert refused(town, START.changed(owner="roads")) == ("unit_reported_gets_nothing",)
    town.do(START.changed(owner="water"))


def test_whoever_goes_through_a_list_no_further_reads_the_record_no_more():
    town = a_town(records=[ON_CASES])
    a_case(town, "in_handling", id="x")
    shop = Actor.of("baker", Role.ORGANISATION, unit="bakery")
    town.do(START.changed(owner="bakery"))
    assert [record.id for record in town.engine.seen_by(shop).records()] == ["x"]
    town.do(DropChecklist(**A, by=community, reason="no longer asked for"))
    assert [record.id for record in town.engine.seen_by(shop).records()] == []


def test_a_stage_beyond_all_numbers_cannot_be_said():
    for wrong in (-1, 10**50):
        with pytest.raises(ValueError, match="than or equal"):
            tick(wrong)
