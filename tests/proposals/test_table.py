"""The table of the proposal is exhausted: every status is reached and every row taken, by real commands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from govflow import HandOver
from govflow.proposals import PROPOSAL, ProposalStatus
from govflow.proposals import commands as c
from tests.proposals.hall import PATH, Hall, office, wang
from tests.proposals.steps import BRANCHES, X, a_hall, a_proposal
from tests.proposals.test_rules import BREAKS

STATUSES = [status.value for status in ProposalStatus]


def test_there_are_23_statuses_and_a_way_to_each():
    assert len(STATUSES) == 23
    assert {*PATH, *BRANCHES} == set(STATUSES)


@pytest.mark.parametrize("status", STATUSES)
def test_a_proposal_comes_to_every_status_and_replay_comes_there_too(status: str):
    hall = a_hall()
    proposal = a_proposal(hall, status)
    assert hall.replayed("x") == proposal
    assert hall.replayed("x").digest == proposal.digest
    if status not in PROPOSAL.active:
        assert not hall.loops("x"), "what rests owes nothing"


def rows_taken(hall: Hall, id: str) -> Iterator[str]:
    """The rows that the events of a proposal can have come by, its own and its regions'."""
    before = PROPOSAL.initial
    for recorded in hall.engine.history(id):
        after = PROPOSAL.evolve(before, recorded.body)
        came = before.status or "new"
        own = [
            step.id
            for step in PROPOSAL.workflow.steps
            if step.event is type(recorded.body)
            and came in map(str, step.source)
            and after.status == (came if step.to is None else step.to)
        ]
        yield from own
        for region in PROPOSAL.regions.values():
            yield from (step.id for step in region.workflow.steps if set(step.rides) & set(own))
            yield from (step.id for step in region.workflow.steps if step.event is type(recorded.body))
        before = after


def test_every_row_is_taken_by_a_test():
    taken = {each.row for each in BREAKS}  # mended, each of these takes its row
    for status in STATUSES:
        hall = a_hall()
        a_proposal(hall, status)
        taken.update(rows_taken(hall, "x"))
        if status == "merged":  # and the master lets it go again
            hall.do(c.ReopenProposal(**X, by=office, ground="another gate"))
            taken.update(rows_taken(hall, "master"))
    assert {step.id for step in PROPOSAL.workflow.steps} <= taken


def test_a_stage_that_waits_falls_when_its_proposal_is_withdrawn():
    hall = a_hall()
    a_proposal(hall, "deliberating")
    hall.do(c.WithdrawProposal(**X, by=wang, reason="settled", hand_over=(HandOver(reason="settled"),)))
    assert hall.get("x").item("stage", "r1.council").status == "void"
    assert "ST05" in set(rows_taken(hall, "x"))


def test_every_row_of_the_vote_and_of_the_stages_moves_with_a_row_that_is_taken():
    taken = {each.row for each in BREAKS}
    for name in ("stage", "vote"):
        for step in PROPOSAL.regions[name].workflow.steps:
            assert set(step.rides) & taken or step.id == "ST05", step.id  # shown above
