"""Errors: told in two languages, and the same after a journey to another process."""

from __future__ import annotations

import copy
import pickle

import pytest

from govflow import Broken, Detail, GovFlowError, InputError, NotAllowed, PolicyError, WorkflowError
from govflow.errors import Problem
from govflow.interchange.commands import CommandFault

REFUSED = NotAllowed(
    "case.close",
    "C-1",
    [Broken("no_loop_is_open", "Nothing is open", "无未了事项", (Detail("water is asked", "water 已请求"),))],
    ["case.correct"],
)


@pytest.mark.parametrize(
    "error",
    [
        GovFlowError("it failed"),
        REFUSED,
        InputError("a gap", where="file:1", expected="none"),
        PolicyError([Problem("a.b", Detail("one", "一"), "two")], file="f.toml"),
        WorkflowError("case", ["one", "two"]),
        CommandFault("missing", "by"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_is_the_same_in_another_process(error):
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert again.__dict__ == error.__dict__


def test_a_refusal_tells_its_details_in_the_readers_language():
    again = pickle.loads(pickle.dumps(REFUSED))
    assert "Nothing is open: water is asked" in again.sentence()
    assert "无未了事项：water 已请求" in again.sentence("zh-CN")
    assert "asked" not in again.sentence("zh-CN")


def test_a_refusal_names_the_steps_of_the_record_and_of_the_region_asked_and_counts_the_rest():
    allowed = ("case.correct", "case.suspend", "ledger.open", "mediation.offer", "mediation.sign", "meeting.announce")
    refused = NotAllowed("mediation.start", "C-1", REFUSED.broken, allowed)
    assert refused.allowed == allowed
    shown = "case.correct, case.suspend, mediation.offer, mediation.sign"
    assert str(refused).endswith(f"allowed now: {shown} and 2 more that run beside it")
    assert refused.sentence("zh-CN").endswith(f"当前可执行：{shown} 等 2 项并行步骤")
    assert str(NotAllowed("case.close", "C-1", REFUSED.broken, allowed[:2])).endswith(
        "allowed now: case.correct, case.suspend"
    )
