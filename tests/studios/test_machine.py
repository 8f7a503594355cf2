"""Random people give random commands to a studio: table, fold, replay and open loops agree whatever they do."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import strategies as st

from govflow import CASE, SYSTEM, Actor, Engine, Role
from govflow.cases.commands import ReportCase
from govflow.proposals import PROPOSAL
from govflow.studios import STUDIO, AnswerMatter, AppointDelegate, CloseStudio, ReceiveMatter
from govflow.studios.matter import MatterSource
from govflow.testing import PinnedClock
from tests.cases.clerk import counted_open as counted_open_of_a_case
from tests.cases.clerk import told
from tests.studios.house import (
    AREA,
    OPEN,
    POLICY,
    X,
    archivist,
    asker,
    he,
    keeper,
    neighbour,
    shop,
    stranger,
    wu,
)
from tests.support import desk
from tests.walking import Walked, regions_with_loops, walk

OPENING = {
    "reception": {"planned"},
    "matter": {"received", "assigned", "handed_on", "returned", "resumed", "reopened"},
    "link": {"failed", "resumed"},
}
READING = """
import sys
from govflow import CASE, Engine
from govflow.proposals import PROPOSAL
from govflow.studios import STUDIO
with Engine.open(sys.argv[1], records=[CASE, PROPOSAL, STUDIO], create=False) as engine:
    print(engine.get("x").digest)
"""


class World(NamedTuple):
    engine: Engine
    clock: PinnedClock


def opened(path: Path) -> World:
    clock = PinnedClock()
    records = [CASE, PROPOSAL, STUDIO]
    return World(Engine.open(path, records=records, now=clock, policy=POLICY, synchronous="NORMAL"), clock)


def begin(world: World, start: str, data: st.DataObject, region: str) -> None:
    """A studio x with two delegates and a matter, closed or not, beside a case y that a matter may be tied to."""
    ends = world.clock() + timedelta(days=data.draw(st.sampled_from([20, 700])))
    seats = (("s-wu", "deputy"), ("s-he", "party_delegate"))
    world.engine.handle(OPEN)
    for person, capacity in seats:
        world.engine.handle(AppointDelegate(**X, by=keeper, person=person, capacity=capacity, ends=ends))
    said: dict[str, Any] = {"title": "Lift", "kind": "service", "channel": "phone", "level": "community", "area": AREA}
    world.engine.handle(ReportCase(id="y", by=desk, **said))
    told_first = ReceiveMatter(**X, by=keeper, item="1", asker="s-1", area=AREA, text="the lift", delegate="s-wu")
    world.engine.handle(told_first)
    if start == "closed":
        world.engine.handle(AnswerMatter(**X, by=keeper, item="1", answer="it is on its way"))
        world.engine.handle(CloseStudio(**X, by=keeper, summary="done"))


def plausible(studio: Any, clock: PinnedClock, others: list[str]) -> dict[str, Any]:
    """What those of a studio would fill in, and forget now and then."""
    later = st.sampled_from([1, 5]).map(lambda days: clock() + timedelta(days=days))
    on_file = tuple(key for key, piece in studio.items_of("evidence").items() if piece.status == "added")
    people = st.sampled_from(["s-wu", "s-he", "s-3"])
    return {
        "person": people,
        "begins": st.just(clock() + timedelta(hours=1)),
        "ends": later,
        "until": later,
        "place": st.sampled_from(["the studio"] * 5 + [""]),
        "delegates": st.sampled_from([("s-wu",), ("s-wu", "s-he")]),
        "evidence": st.just(on_file[:1]),
        "asker": st.sampled_from([None, "s-1", "s-2", "u-shop", "s-wu"]),
        "category": st.just("general"),
        "area": st.just(AREA),
        "matter.receive.source": st.just(MatterSource.LETTER),
        "reception": st.none(),
        "delegate": st.sampled_from([None, "s-wu", "s-he"]),
        "matter.hand_on.target": st.sampled_from([None, None, "y", "nobody"]),
        "matter.hand_on.kind": st.none(),
        "matter.hand_on.level": st.none(),
        "channel": st.just("studio"),
        "collective": st.just(False),
        "representatives": st.just(0),
        "leader": st.none(),
        "reporter": st.none(),
        "reason": st.just("he knows the house"),
        "confidential": st.just(False),
        "accused_unit": st.none(),
        "title": st.just("No lift in house 4"),
        "link.add.other": st.sampled_from(others),
        "sha256": st.just("0" * 64),
        "replaced_by": st.sampled_from([None, *on_file]),
    }


def counted_open(engine: Engine, id: str) -> set[tuple[str, str]]:
    """The open loops that the log's bytes tell of, counted without any code of the library."""
    if id == "y":
        return counted_open_of_a_case(engine, id)
    found: dict[tuple[str, str], bool] = {}
    for name, body in told(engine, id):
        region, _, verb = name.partition(".")
        if region in OPENING:
            awaited = region == "link" and verb == "added" and body.get("awaited", False)
            found[region, body["item"]] = verb in OPENING[region] or awaited
    return {key for key, is_open in found.items() if is_open}


CALLBACK = Actor.of("callback-1", Role.CALLBACK, area=AREA)
SUPERVISOR = Actor.of("super-1", Role.SUPERVISOR)
STUDIOS = Walked(
    STUDIO,
    opened,
    begin,
    values=plausible,
    actors=(keeper, keeper, wu, wu, he, stranger, asker, neighbour, shop, archivist, CALLBACK, SUPERVISOR, SYSTEM),
    approvers={"unit_head": Actor.of("head-1", Role.UNIT_HEAD, unit="u-hua")},
    counted_open=counted_open,
    duties=frozenset({"matter_answer", "obligation_due"}),
    reading=READING,
    beside={"matter": ("link",), "reception": ("evidence",)},
)
REACHED = {
    "matter": {"receive", "answer", "assign", "hand_on"},
    "reception": {"plan"},
    "delegate": {"appoint", "leave"},
}


def test_the_second_opinion_knows_every_region_that_has_loops():
    assert regions_with_loops(STUDIO) == OPENING.keys()
    assert POLICY.time_limit("matter_answer", "matter.receive") is not None


@pytest.mark.no_cover  # what chance reaches is no coverage to count on, and measuring it takes longer than walking
@pytest.mark.parametrize("start", ["open", "closed"])
def test_a_random_walk_keeps_every_promise(start: str):
    walk(STUDIOS, start, walks=6, steps=15)


@pytest.mark.slow
def test_a_long_random_walk_keeps_every_promise():
    walk(STUDIOS, "open", walks=40, steps=40)


@pytest.mark.slow
@pytest.mark.parametrize("region", REACHED)
def test_a_walk_through_one_region_reaches_its_steps(region: str):
    accepted = walk(STUDIOS, "open", walks=40, steps=40, region=region)
    assert {wire.partition(".")[2] for wire in accepted if wire.startswith(f"{region}.")} >= REACHED[region]
