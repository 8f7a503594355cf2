"""What a converted case owes before the archive 转为提案/项目 归档: its result reaches whoever asked."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import CASE, Command, NotAllowed
from govflow.cases import commands as c
from govflow.regions.contact import LogContact
from tests.support import (
    TOLD,
    DropPlan,
    FinishPlan,
    Town,
    a_case,
    a_plan_decider,
    a_town,
    archivist,
    desk,
    dispatcher,
    secretariat,
)

X: dict[str, Any] = {"id": "x"}
ARCHIVE = c.ArchiveCase(**X, by=archivist)
PLAN = "P-2026-000001"


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


@pytest.mark.parametrize("end", [FinishPlan, DropPlan])
def test_a_converted_case_without_a_reporter_is_archived_once_its_target_has_ended(end: Any):
    town = a_town(records=[CASE, a_plan_decider()])
    a_case(town, "converted", id="x", reporter=None)
    assert refused(town, ARCHIVE) == ("conversion_is_answered",)
    town.do(end(id=PLAN, by=secretariat))
    assert town.do(ARCHIVE).status == "archived"


def test_a_contact_before_the_conversion_does_not_tell_its_result():
    town = a_town(records=[CASE, a_plan_decider()])
    a_case(town, "accepted", id="x")
    town.do(
        LogContact(**X, by=desk, reached=True, way="phone"),
        c.ConvertToProposal(**X, by=dispatcher, reason="needs a decision", told_by=TOLD),
        FinishPlan(id=PLAN, by=secretariat),
    )
    assert refused(town, ARCHIVE) == ("conversion_is_answered",)
    assert town.do(c.TakeBackResult(**X, by=dispatcher, measure="as planned")).status == "handled"


@pytest.mark.parametrize("end", [FinishPlan, DropPlan])
def test_a_reporter_who_was_never_reached_blocks_the_archive_only_until_the_result_is_taken_back(end: Any):
    town = a_town(records=[CASE, a_plan_decider()])
    a_case(town, "converted", id="x")
    town.do(end(id=PLAN, by=secretariat))
    assert refused(town, ARCHIVE) == ("conversion_is_answered",)
    after = {FinishPlan: "handled", DropPlan: "accepted"}[end]
    back = {
        FinishPlan: c.TakeBackResult(**X, by=dispatcher, measure="as planned"),
        DropPlan: c.ReopenCase(**X, by=dispatcher, ground="plan dropped"),
    }[end]
    assert town.do(back).status == after


def test_the_reporter_of_a_case_merged_into_a_converted_one_is_owed_its_result_too():
    town = a_town(records=[CASE, a_plan_decider()])
    a_case(town, "accepted", id="x", reporter=None)
    a_case(town, "accepted", id="f", reporter="s-2")
    town.do(
        c.MergeCase(id="f", by=dispatcher, master="x", same_subject="the same pipe"),
        c.ConvertToProposal(**X, by=dispatcher, reason="needs a decision"),
        FinishPlan(id=PLAN, by=secretariat),
    )
    assert refused(town, ARCHIVE) == ("conversion_is_answered",)
