"""What is taken up again has a new due instant with a clock of its own; a co-unit's part names its person 会办 销号."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import Command, ItemCommand, NotAllowed
from govflow.regions import joint_handling as jh
from govflow.regions import ledger as lg
from govflow.regions.evidence import AddEvidence
from tests.support import Town, a_case, a_town, co_unit, dispatcher, lead, supervisor, verifier

X: dict[str, Any] = {"id": "x"}
POWER: dict[str, Any] = {**X, "item": "power"}
HOLE: dict[str, Any] = {**X, "item": "n1"}
SHOWN: dict[str, Any] = {"measure": "done", "evidence": ("e1",)}


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


@pytest.fixture
def town() -> Town:
    """Case x in handling; the part of power is done, and ledger item n1 struck off; both were due long ago."""
    town = a_town()
    a_case(town, "in_handling", id="x", co_units=("power",))
    until = town.clock() + timedelta(days=2)
    town.do(
        AddEvidence(**X, by=lead, item="e1", sha256="0" * 64),
        jh.AcceptJointHandling(**POWER, by=co_unit),
        jh.FinishJointHandling(**POWER, by=co_unit, **SHOWN),
        lg.OpenLedgerItem(**HOLE, by=supervisor, what="hole", place="gate", owner="li", until=until),
        lg.RectifyLedgerItem(**HOLE, by=lead, **SHOWN),
        lg.VerifyLedgerItem(**HOLE, by=verifier),
        lg.WriteOffLedgerItem(**HOLE, by=dispatcher),
    )
    town.pass_days(20)
    return town


COMING_BACK = [
    (jh.ReopenJointHandling(**POWER, by=lead, reason="rework"), "joint_handling", "joint_task:power"),
    (lg.ReopenLedgerItem(**HOLE, by=verifier, reason="open again"), "ledger", "rectification:n1"),
]


@pytest.mark.parametrize(("reopen", "region", "clock"), COMING_BACK, ids=["a part", "a ledger item"])
def test_what_comes_back_names_a_new_due_instant_that_lies_ahead(
    town: Town, reopen: ItemCommand, region: str, clock: str
):
    for until in (None, town.clock(), town.clock() - timedelta(days=1)):
        assert refused(town, reopen.changed(until=until)) == ("new_due_is_named",)
    ahead = town.clock() + timedelta(days=3)
    case = town.do(reopen.changed(until=ahead))
    assert case.item(region, reopen.item or "").until == ahead
    assert (case.clocks[clock].status, case.clocks[clock].due) == ("running", ahead)
    (loop,) = [each for each in town.engine.open_loops("x") if each.region == region]
    assert loop.until == ahead


def test_a_loop_of_a_co_unit_names_the_person_who_answers_for_it_there():
    town = a_town()
    a_case(town, "in_handling", id="x")
    until = town.clock() + timedelta(days=1)
    ask = jh.AskJointHandling(**X, by=lead, item="parks", what="fell the tree", owner="sun", until=until)
    part = town.do(ask).item("joint_handling", "parks")
    assert (part.person, part.owes) == ("sun", "parks")
    (loop,) = [each for each in town.engine.open_loops("x") if each.item == "parks"]
    assert (loop.what, loop.owes) == ("fell the tree (sun)", "parks")
