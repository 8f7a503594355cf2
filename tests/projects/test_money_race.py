"""Two approvals after the last money of an envelope, in two processes: one gets it, the other is told why not."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import pytest

from govflow import Engine, NotAllowed
from govflow.budgets import BUDGET_ROUND
from govflow.envelopes import ENVELOPE, Envelope, drawn, free
from govflow.errors import Conflict
from govflow.projects.decider import PROJECT
from govflow.projects.model import JointProject
from govflow.testing import PinnedClock
from tests.projects.purse import MONEY, ROOF, YUAN, Purse, approve

RECORDS = [PROJECT, ENVELOPE, BUDGET_ROUND]


def approve_at_once(log: Path, start: Any, id: str, found: Any) -> None:
    """One of the processes: it approves its project, as often as others come in between."""
    with Engine.open(log, records=RECORDS, now=PinnedClock()) as engine:
        start.wait()
        while True:
            try:
                engine.handle(approve(id))
            except Conflict:
                continue
            except NotAllowed as error:
                found.put((id, error.codes))
            else:
                found.put((id, ()))
            return


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_approvals_after_the_last_money_one_wins(tmp_path: Path, attempt: int):
    log = tmp_path / "log.db"
    purse = Purse(log, opened=MONEY.changed(amount=500 * YUAN, caps=()))
    for id in ("p", "q"):
        purse.upto("planned", id)
    purse.engine.close()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.projects.purse"])
    start, found = context.Barrier(2), context.Queue()
    running = [context.Process(target=approve_at_once, args=(log, start, id, found)) for id in ("p", "q")]
    for each in running:
        each.start()
    answers = dict(found.get(timeout=60) for _ in running)
    for each in running:
        each.join()
    assert sorted(answers.values()) == [(), ("budget_is_within_envelope",)]
    (winner,) = [id for id, codes in answers.items() if not codes]
    with Engine.open(log, records=RECORDS, now=PinnedClock()) as engine:
        envelope = engine.get("money", Envelope)
        assert (drawn(envelope), free(envelope)) == (ROOF, 500 * YUAN - ROOF)
        assert {id: engine.get(id, JointProject).status for id in answers} == {
            id: "approved" if id == winner else "paired" for id in answers
        }
