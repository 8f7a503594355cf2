"""Random people give random commands to a proposal: table, fold, replay and open loops agree whatever they do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from govflow.proposals import PROPOSAL, ProposalStatus
from tests.proposals.clerk import ACTORS, APPROVERS, EVERYBODY, OPENING, counted_open, values
from tests.proposals.hall import Hall, paper
from tests.proposals.steps import a_hall, a_proposal
from tests.walking import Walked, regions_with_loops, walk

WAYS = [status.value for status in ProposalStatus]
READING = """
import sys
from govflow import Engine
with Engine.open(sys.argv[1], create=False) as engine:
    print(engine.get("x").digest)
"""


def opened(path: Path) -> Hall:
    return a_hall(path, synchronous="NORMAL")


def begin(hall: Hall, start: str, data: st.DataObject, region: str) -> None:
    said: dict[str, Any] = {"track": data.draw(st.sampled_from(["residents_motion", "yard"]))}
    appraised = start in ("appraised", "result_published", "archived")  # by a track that asks for it
    a_proposal(hall, start, **({} if appraised else said))
    if start != "archived":
        hall.do(*(paper("x", f"a-{kind}", kind=kind) for kind in ("minutes", "report")))
    hall.motion("screening", id="y")


PROPOSALS = Walked(
    PROPOSAL,
    opened,
    begin,
    values=values,
    actors=(EVERYBODY, *ACTORS),
    approvers=APPROVERS,
    counted_open=counted_open,
    duties=frozenset({"screening", "consultation", "notice", "ballot", "publicity", "implementation", "appraisal"}),
    reading=READING,
    beside={"invitation": ("meeting",)},
)


def test_the_second_opinion_knows_every_region_that_has_loops():
    assert regions_with_loops(PROPOSAL) - {"stage", "vote"} <= OPENING.keys()


@pytest.mark.no_cover  # what chance reaches is no coverage to count on, and measuring it takes longer than walking
@pytest.mark.parametrize("start", WAYS)
def test_a_random_walk_keeps_every_promise(start: str):
    walk(PROPOSALS, start, walks=6, steps=15)


@pytest.mark.slow
@pytest.mark.parametrize("start", WAYS)
def test_a_long_random_walk_keeps_every_promise(start: str):
    walk(PROPOSALS, start, walks=60, steps=40)
