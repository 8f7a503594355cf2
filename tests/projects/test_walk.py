"""Random people give random commands to a project: table, fold, replay, open loops and money agree whatever they do."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import strategies as st

from govflow.projects import PROJECT, ProjectStatus
from tests.projects.clerk import ACTORS, APPROVERS, EVERYBODY, OPENING, counted_open, values
from tests.projects.steps import a_project, a_yard
from tests.projects.yard import Yard, paper
from tests.walking import Walked, regions_with_loops, walk

WAYS = [status.value for status in ProjectStatus]
READING = """
import sys
from govflow import Engine
with Engine.open(sys.argv[1], create=False) as engine:
    print(engine.get("x").digest)
"""


def opened(path: Path) -> Yard:
    return a_yard(path, synchronous="NORMAL")


def begin(yard: Yard, start: str, data: st.DataObject, region: str) -> None:
    a_project(yard, start)
    if start != "archived":
        yard.do(*(paper(f"a-{kind}", kind=kind) for kind in ("minutes", "report")))
    yard.project("claimed", "y")


PROJECTS = Walked(
    PROJECT,
    opened,
    begin,
    values=values,
    actors=(EVERYBODY, *ACTORS),
    approvers=APPROVERS,
    counted_open=counted_open,
    duties=frozenset({"claim", "publicity", "delivery", "staleness", "acceptance_check", "evaluation", "settlement"}),
    reading=READING,
    beside={"invitation": ("meeting",), "expense": ("budget",)},
)


def test_the_second_opinion_knows_every_region_that_has_loops():
    assert regions_with_loops(PROJECT) - {"claim"} <= OPENING.keys()


@pytest.mark.no_cover  # what chance reaches is no coverage to count on, and measuring it takes longer than walking
@pytest.mark.parametrize("start", WAYS)
def test_a_random_walk_keeps_every_promise(start: str):
    walk(PROJECTS, start, walks=6, steps=15)


@pytest.mark.slow
@pytest.mark.parametrize("start", WAYS)
def test_a_long_random_walk_keeps_every_promise(start: str):
    walk(PROJECTS, start, walks=60, steps=40)
