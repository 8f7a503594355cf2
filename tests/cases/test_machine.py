"""Random people give random commands at random times: table, fold, replay and open loops agree whatever they do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from govflow import CASE
from govflow.cases import CaseStatus
from govflow.regions.evidence import AddEvidence
from tests.cases.clerk import ACTORS, APPROVERS, EVERYBODY, HEADS, OPENING, counted_open, plausible
from tests.support import PETITION, Town, a_case, a_town, resident
from tests.walking import Walked, regions_with_loops, walk

WAYS = [status.value for status in CaseStatus]
MATTERS = {"admission": {"category": "imposed"}}
READING = """
import sys
from govflow import CASE, Engine
from govflow.proposals import PROPOSAL
with Engine.open(sys.argv[1], records=[CASE, PROPOSAL], create=False) as engine:
    print(engine.get("x").digest)
"""


def opened(path: Path) -> Town:
    return a_town(path, synchronous="NORMAL")


def begin(town: Town, start: str, data: st.DataObject, region: str) -> None:
    matter: dict[str, Any] = {**(PETITION if data.draw(st.booleans()) else {}), **MATTERS.get(region, {})}
    if start not in ("discovered", "merged") and region != "admission":
        matter["co_units"] = data.draw(st.sampled_from([(), ("power",)]))
    a_case(town, start, id="x", **matter)
    if "e1" not in town.engine.get("x").items_of("evidence") and start != "archived":
        town.do(AddEvidence(id="x", by=resident, item="e1", sha256="0" * 64))
    a_case(town, "accepted", id="y", reporter="s-2")


CASES = Walked(
    CASE,
    opened,
    begin,
    values=plausible,
    actors=(EVERYBODY, HEADS, *ACTORS),
    approvers=APPROVERS,
    counted_open=counted_open,
    duties=frozenset({"acceptance", "assignment", "handling", "feedback", "suspension_review"}),
    reading=READING,
    beside={"invitation": ("meeting",)},
)


def test_the_second_opinion_knows_every_region_that_has_loops():
    assert regions_with_loops(CASE) == OPENING.keys()


@pytest.mark.no_cover  # what chance reaches is no coverage to count on, and measuring it takes longer than walking
@pytest.mark.parametrize("start", WAYS)
def test_a_random_walk_keeps_every_promise(start: str):
    walk(CASES, start, walks=6, steps=15)


@pytest.mark.slow
@pytest.mark.parametrize("start", WAYS)
def test_a_long_random_walk_keeps_every_promise(start: str):
    walk(CASES, start, walks=60, steps=40)


# What people who are busy with one region alone come to do there sooner or later, at random.
REACHED: dict[str, set[str]] = {
    "supervision": {"remind", "urge", "list", "interview", "lift"},
    "leader_in_charge": {"take_charge"},
    "instruction": {"give"},
    "mediation": {"offer", "consent", "refuse"},
    "meeting": {"announce", "cancel"},
    "invitation": {"issue"},
    "admission": {"request"},
    "risk_signal": {"raise", "assess", "dismiss", "clear"},
    "check_in": {"arrive", "discard"},
    "obligation": {"schedule", "remind", "excuse", "pass_on", "cancel"},
    "accountability": {"open", "request_tolerance", "uphold", "drop"},
    "checklist": {"start", "tick", "drop"},
    "referral": {"make"},
    "commitment": {"make", "release"},
    "ledger": {"open", "rectify", "waive", "reopen"},
    "joint_handling": {"ask", "override", "release"},
    "link": {"add", "unlink"},
    "evidence": {"add", "discredit", "restore"},
}


@pytest.mark.slow
@pytest.mark.parametrize("region", REACHED)
def test_a_walk_through_one_region_reaches_its_steps(region: str):
    accepted = walk(CASES, "in_handling", walks=40, steps=40, region=region)
    found = {wire: times for wire, times in sorted(accepted.items()) if wire.startswith(f"{region}.")}
    print(f"{region}: " + ", ".join(f"{wire.partition('.')[2]} {times}" for wire, times in found.items()))
    assert {wire.partition(".")[2] for wire in found} >= REACHED[region]
