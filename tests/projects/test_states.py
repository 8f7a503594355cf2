"""The table of the project is exhausted: every status is reached and every row taken, by real commands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from govflow.projects import PROJECT, ProjectStatus
from tests.projects.steps import BRANCHES, a_project, a_yard
from tests.projects.test_rules import BREAKS
from tests.projects.yard import PATH, Yard

STATUSES = [status.value for status in ProjectStatus]
OWN = ("claim", "budget", "expense", "milestone", "feedback")


def test_there_are_15_statuses_and_a_way_to_each():
    assert len(STATUSES) == 15
    assert {*PATH, *BRANCHES} == set(STATUSES)


@pytest.mark.parametrize("status", STATUSES)
def test_a_project_comes_to_every_status_and_replay_comes_there_too(status: str):
    yard = a_yard()
    project = a_project(yard, status)
    assert yard.replayed() == project
    assert yard.replayed().digest == project.digest
    if status not in PROJECT.active:
        assert not yard.loops(), "what rests owes nothing"
    for loop in yard.engine.open_loops("x"):
        assert loop.owes, f"{loop.region} {loop.item} is owed by nobody"


def rows_taken(yard: Yard, id: str = "x") -> Iterator[str]:
    """The rows that the events of a project can have come by."""
    before = PROJECT.initial
    for recorded in yard.engine.history(id):
        after = PROJECT.evolve(before, recorded.body)
        came = before.status or "new"
        yield from (
            step.id
            for step in PROJECT.workflow.steps
            if step.event is type(recorded.body)
            and came in map(str, step.source)
            and after.status == (came if step.to is None else step.to)
        )
        before = after


def test_every_row_is_taken_by_a_test():
    taken = {each.row for each in BREAKS}  # mended, each of these takes its row
    for status in STATUSES:
        yard = a_yard()
        a_project(yard, status)
        taken.update(rows_taken(yard))
    assert {step.id for step in PROJECT.workflow.steps} <= taken


def test_every_row_of_its_own_regions_is_taken_by_a_test_or_moves_with_a_row_that_is():
    taken = {each.row for each in BREAKS}
    for name in OWN:
        for step in PROJECT.regions[name].workflow.steps:
            assert step.id in taken or set(step.rides) & taken, f"{name} {step.id}"
