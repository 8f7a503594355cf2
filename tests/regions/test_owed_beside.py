"""Every loop of an envelope, a resource, an alliance or a studio is owed by somebody, and stands before its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest

from govflow import Command, Decider, Role
from govflow.alliances import ALLIANCE, next_in_turn
from govflow.alliances.activity import AnnounceActivity, CancelActivity
from govflow.alliances.chair_messages import AssessChairTerm, EndChairTerm, ScoreChairTerm
from govflow.alliances.messages import DissolveAlliance
from govflow.envelopes import ENVELOPE, draw_key
from govflow.envelopes.messages import CloseEnvelope
from govflow.messages import new_command_id
from govflow.regions.commitment import MakeCommitment, ReleaseCommitment
from govflow.regions.link import AddLink, Unlink
from govflow.regions.meeting import AnnounceMeeting, CancelMeeting
from govflow.regions.supervision import LiftSupervision, UrgeSupervision
from govflow.resources import RESOURCE
from govflow.studios import STUDIO, CloseStudio
from govflow.studios.reception import CancelReception
from tests.alliances import hall as allied
from tests.envelopes import treasury
from tests.resources import test_resource as offered
from tests.studios import house
from tests.support import community
from tests.walking import regions_with_loops

WHY = "it is done with"
AL: dict[str, Any] = {**allied.A, "item": "k"}
Given = Callable[[Any], list[Command]]


class Owed(NamedTuple):
    """What opens a loop of a region of the record, who owes it then, and what brings it to rest again."""

    opens: Given
    owes: str
    closes: Given


class Kind(NamedTuple):
    """A record that stands in a world of its own, the command that ends it, and what an open loop refuses that by."""

    decider: Decider
    id: str
    begun: Callable[[], Any]
    last: Command
    refused: str
    loops: dict[str, Owed]


def undone(world: Any, id: str, by: Any) -> list[Command]:
    (tie,) = world.engine.get(id).items_of("link")
    return [Unlink(id=id, by=by, item=tie, reason=WHY)]


DRAWN = draw_key("p", "1")
AN_ENVELOPE = Kind(
    ENVELOPE,
    "money",
    treasury.Treasury,
    CloseEnvelope(**treasury.E, by=treasury.finance),
    "no_loop_is_open",
    {"draw": Owed(lambda world: [treasury.reserve("p")], "p", lambda world: [treasury.release(DRAWN)])},
)
A_RESOURCE = Kind(
    RESOURCE,
    "hall",
    offered.a_place,
    offered.withdraw(),
    "loops_are_handed_over",
    {
        "booking": Owed(
            lambda world: [offered.a_promise()],
            "water",
            lambda world: [ReleaseCommitment(id="x", by=community, item="p", reason=WHY)],
        )
    },
)
_TODAY = date(2026, 1, 5)
_DAY: dict[str, Any] = {"occasion": "action_day", "title": "Day", "place": "square"}
_NOTICE: dict[str, Any] = {"form": "joint_conference", "subject": "the year", "place": "hall", "roll": ("u-bank",)}
_URGED: dict[str, Any] = {"reason_code": "overdue_without_cause", "reason": "late"}
AN_ALLIANCE = Kind(
    ALLIANCE,
    "al",
    allied.an_alliance,
    DissolveAlliance(**allied.A, by=allied.town, reason=WHY),
    "loops_are_handed_over",
    {
        "chair_term": Owed(
            lambda world: [allied.term("u-lead", _TODAY, _TODAY + timedelta(days=80)).changed(item="k")],
            "u-lead",
            lambda world: [EndChairTerm(**AL, by=allied.town, reason=WHY)],
        ),
        "activity": Owed(
            lambda world: [AnnounceActivity(**AL, **_DAY, by=allied.lead, at_time=world.clock() + timedelta(days=1))],
            "u-lead",
            lambda world: [CancelActivity(**AL, by=allied.lead, reason=WHY)],
        ),
        "meeting": Owed(
            lambda world: [AnnounceMeeting(**AL, **_NOTICE, by=allied.lead, at_time=world.clock() + timedelta(days=9))],
            "lead-1",
            lambda world: [CancelMeeting(**AL, by=allied.lead, reason=WHY)],
        ),
        "commitment": Owed(
            lambda world: [
                MakeCommitment(
                    **AL, by=allied.bank, what="hands", owner="u-bank", until=world.clock() + timedelta(days=9)
                )
            ],
            "u-bank",
            lambda world: [ReleaseCommitment(**AL, by=allied.group, reason=WHY)],
        ),
        "supervision": Owed(
            lambda world: [UrgeSupervision(**AL, **_URGED, by=allied.group)],
            "u-lead",
            lambda world: [LiftSupervision(**AL, by=allied.group, reason=WHY)],
        ),
        "link": Owed(
            lambda world: [allied.a_project(), AddLink(**allied.A, by=allied.lead, other="p", awaited=True)],
            "p",
            lambda world: undone(world, "al", allied.lead),
        ),
    },
)
A_STUDIO = Kind(
    STUDIO,
    "x",
    house.House,
    CloseStudio(**house.X, by=house.keeper, summary="every matter was answered"),
    "no_loop_is_open",
    {
        "matter": Owed(lambda world: [world.told()], "s-wu", lambda world: [world.answer()]),
        "reception": Owed(
            lambda world: [world.reception()],
            "s-wu",
            lambda world: [CancelReception(**house.X, by=house.keeper, item="r1", reason=WHY)],
        ),
        "link": Owed(
            lambda world: [world.told(), world.hand_on()],
            "C-2026-000001",
            lambda world: [*undone(world, "x", house.keeper), world.answer()],
        ),
    },
)
KINDS = {kind.decider.name: kind for kind in (AN_ENVELOPE, A_RESOURCE, AN_ALLIANCE, A_STUDIO)}
LOOPS = [(name, region) for name, kind in KINDS.items() for region in kind.loops]


def opened(name: str, region: str) -> Any:
    """A world in which a loop of a region is open on the record of a kind."""
    world = KINDS[name].begun()
    world.do(*KINDS[name].loops[region].opens(world))
    return world


@pytest.mark.parametrize("name", KINDS)
def test_every_region_that_has_loops_is_opened_here(name: str):
    assert KINDS[name].loops.keys() == regions_with_loops(KINDS[name].decider)


@pytest.mark.parametrize(("name", "region"), LOOPS)
def test_a_loop_says_who_owes_it(name: str, region: str):
    loops = opened(name, region).engine.open_loops(KINDS[name].id)
    assert {loop.owes for loop in loops if loop.region == region} == {KINDS[name].loops[region].owes}


@pytest.mark.parametrize(("name", "region"), LOOPS)
def test_nothing_ends_while_a_loop_is_open_and_everything_does_once_it_is_closed(name: str, region: str):
    kind, world = KINDS[name], opened(name, region)
    assert kind.refused in {each.code for each in world.engine.why_not(kind.last)}
    world.do(*kind.loops[region].closes(world))
    assert world.engine.open_loops(kind.id) == ()
    world.do(kind.last.changed(command_id=new_command_id()))
    assert world.engine.get(kind.id).status not in kind.decider.active


def test_a_term_without_any_contact_is_assessed_once_it_is_over_and_somebody_follows():
    hall = opened("alliance", "chair_term")
    assess = AssessChairTerm(**AL, by=allied.town)
    assert hall.refused(assess) == ("contacts_are_complete",)
    hall.clock.set(hall.alliance().item("chair_term", "k").until)
    hall.do(assess.changed(command_id=new_command_id()))
    speakers = {
        "committee": allied.committee,
        "department": allied.department,
        "members": allied.bank,
        "supervisors": allied.group,
    }
    hall.do(*(ScoreChairTerm(**AL, by=by, group=group, points=10) for group, by in speakers.items()))
    hall.do(EndChairTerm(**AL, by=allied.town))
    assert (hall.alliance().item("chair_term", "k").score, next_in_turn(hall.alliance())) == (10, "u-bank")


@pytest.mark.parametrize(("name", "region"), [("envelope", "draw"), ("resource", "booking")])
def test_what_follows_another_record_is_moved_by_the_system_alone(name: str, region: str):
    """Its way to rest leads through the project's line or the promise: nobody gives it back by hand behind them."""
    rows = KINDS[name].decider.regions[region].workflow.steps
    assert all(set(step.who) == {Role.SYSTEM} for step in rows)
