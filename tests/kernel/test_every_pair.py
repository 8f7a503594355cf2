"""Every pair of a status and a command that is not in a table is refused, says what is allowed, and writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import pytest

from govflow import CASE, SYSTEM, Actor, Command, Decider, ItemCommand, NotAllowed, NotFound, Record, Region, Rest, Role
from govflow.alliances import ALLIANCE
from govflow.alliances.messages import ActivateAlliance
from govflow.cases.commands import AcceptCase
from govflow.clocks import Clock
from govflow.envelopes import ENVELOPE
from govflow.envelopes.messages import CloseEnvelope
from govflow.messages import ClockStatus
from govflow.projects import PROJECT
from govflow.projects.commands import ListDemand
from govflow.proposals import PROPOSAL
from govflow.proposals.commands import StartScreening
from govflow.resources import RESOURCE
from govflow.resources.messages import WithdrawOffer
from govflow.studios import STUDIO, CloseStudio
from govflow.surveys import INDEX_SURVEY
from govflow.surveys.messages import CancelIndexSurvey
from govflow.testing import START
from govflow.workflow import NEW, Step
from tests.kernel.brought import a_resource_in, a_studio_in, a_survey_in, an_alliance_in, an_envelope_in
from tests.projects.steps import a_project, a_yard
from tests.proposals.steps import a_hall, a_proposal
from tests.regions.standing import an_item, key_of
from tests.support import AREA, a_case, a_context, a_town
from tests.together import each_case

# Thousands of refusals by the same few lines: with coverage measured they take more than twice as long.
pytestmark = pytest.mark.no_cover


class Kind(NamedTuple):
    """A kind of record, a world in which one stands in a status, and somebody who holds every role there."""

    decider: Decider
    brought: Callable[[str], tuple[Any, str]]
    everybody: Actor
    elsewhere: tuple[str, Command]  # a status, and what somebody gives there whose role is for another area


def a_case_in(status: str) -> tuple[Any, str]:
    town = a_town()
    co_units = {} if status in ("discovered", "merged") else {"co_units": ("power",)}
    return town, a_case(town, status, id="x", **co_units).id


def a_proposal_in(status: str) -> tuple[Any, str]:
    hall = a_hall()
    return hall, a_proposal(hall, status).id


def a_project_in(status: str) -> tuple[Any, str]:
    yard = a_yard()
    return yard, a_project(yard, status).id


ALL_ROLES = [role for role in Role if role is not Role.SYSTEM]
FAR_OFF = f"{AREA}/grid-9"
FAR_OFF_TOWN = "wuhou/jinyang"
KINDS = {
    "case": Kind(
        CASE,
        a_case_in,
        Actor.of("s-1", *ALL_ROLES, unit="water"),
        ("reported", AcceptCase(id="x", by=Actor.of("desk-9", Role.ACCEPTANCE_DESK, area=FAR_OFF))),
    ),
    "proposal": Kind(
        PROPOSAL,
        a_proposal_in,
        Actor.of("s-wang", *ALL_ROLES, unit="office"),
        ("submitted", StartScreening(id="x", by=Actor.of("office-9", Role.SECRETARIAT, area=FAR_OFF))),
    ),
    "joint_project": Kind(
        PROJECT,
        a_project_in,
        Actor.of("s-1", *ALL_ROLES, unit="builder"),
        ("proposed", ListDemand(id="x", by=Actor.of("far-9", Role.COMMUNITY, area=FAR_OFF), exclusive=True)),
    ),
    "envelope": Kind(
        ENVELOPE,
        an_envelope_in,
        Actor.of("s-1", *ALL_ROLES, unit="finance"),
        ("open", CloseEnvelope(id="money", by=Actor.of("far-9", Role.FINANCE, area=FAR_OFF_TOWN))),
    ),
    "resource": Kind(
        RESOURCE,
        a_resource_in,
        Actor.of("s-1", *ALL_ROLES, unit="water"),
        ("offered", WithdrawOffer(id="hall", by=Actor.of("far-9", Role.COMMUNITY, area=FAR_OFF_TOWN), reason="sold")),
    ),
    "alliance": Kind(
        ALLIANCE,
        an_alliance_in,
        Actor.of("s-1", *ALL_ROLES, unit="u-lead"),
        ("founded", ActivateAlliance(id="al", by=Actor.of("far-9", Role.TOWN, area=FAR_OFF_TOWN))),
    ),
    "studio": Kind(
        STUDIO,
        a_studio_in,
        Actor.of("s-wu", *ALL_ROLES, unit="u-hua"),
        ("open", CloseStudio(id="x", by=Actor.of("far-9", Role.COMMUNITY, area=FAR_OFF_TOWN), summary="done")),
    ),
    "index_survey": Kind(
        INDEX_SURVEY,
        a_survey_in,
        Actor.of("s-1", *ALL_ROLES, unit="town-hall"),
        ("planned", CancelIndexSurvey(id="index", by=Actor.of("far-9", Role.TOWN, area=FAR_OFF_TOWN), reason="lost")),
    ),
}
STATUSES = [(name, status) for name, kind in KINDS.items() for status in kind.decider.workflow.rests]


@cache
def world_with(name: str, status: str) -> tuple[Any, str]:
    """One world per status: refused commands leave it as it is."""
    return KINDS[name].brought(status)


def refused(world: Any, command: Command) -> NotAllowed:
    head = world.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        world.engine.handle(command)
    assert world.engine.store.head() == head, "something was written"
    return caught.value


def allowed_by_hand(decider: Decider, record: Record) -> set[str]:
    """What the tables allow from here, counted row by row without asking the decider."""
    found = {step.command.wire for step in decider.workflow.steps if record.status in map(str, step.source)}
    for region in decider.regions.values():
        items = record.items_of(region.name).values()
        for step in region.workflow.steps:
            there = any(str(source) == NEW or any(i.status == source for i in items) for source in step.source)
            if there and not step.rides and applies(decider, step, record.status):
                found.add(step.command.wire)
    return found


def applies(decider: Decider, step: Step, status: str) -> bool:
    """`while_in` as the handbook reads it."""
    rest = decider.workflow.rests[status]
    if step.while_in is None:
        return rest is not Rest.FINAL
    named = {f"{decider.name}.{status}", status, "any", *(["active"] if rest is Rest.OPEN else [])}
    return bool(named & step.while_in)


@pytest.mark.parametrize(("name", "status"), STATUSES)
def test_a_command_without_a_row_from_this_status_is_refused_with_what_is_allowed(name: str, status: str):
    world, id = world_with(name, status)
    flow = KINDS[name].decider.workflow
    with each_case() as case:
        for kind in flow.commands:
            if flow.rows(status, kind.wire):
                continue
            with case(kind.wire):
                error = refused(world, kind(id=id, by=KINDS[name].everybody))
                assert error.codes == ("step_is_in_the_table",)
                assert set(error.allowed) == allowed_by_hand(KINDS[name].decider, world.engine.get(id))
                assert kind.wire not in error.allowed
                assert status in error.broken[0].en
                assert status in error.broken[0].zh


@pytest.mark.parametrize(("name", "status"), STATUSES)
def test_every_command_with_a_row_from_this_status_is_judged_by_its_rules(name: str, status: str):
    world, id = world_with(name, status)
    flow = KINDS[name].decider.workflow
    for wire in flow.rows_from(status):
        kind = next(each for each in flow.commands if each.wire == wire)
        broken = world.engine.why_not(kind(id=id, by=KINDS[name].everybody))
        assert "step_is_in_the_table" not in {each.code for each in broken}, wire


@pytest.mark.parametrize("name", KINDS)
def test_a_record_that_does_not_exist_takes_only_what_creates_one(name: str):
    world, _ = world_with(name, KINDS[name].elsewhere[0])
    flow = KINDS[name].decider.workflow
    with each_case() as case:
        for kind in flow.commands:
            if not flow.rows(NEW, kind.wire):
                with case(kind.wire), pytest.raises(NotFound):
                    world.engine.handle(kind(id="nobody", by=KINDS[name].everybody))


# --- regions: items in every status, in records of every status --------------------------------------------------

REGIONS = [
    (name, region) for name in KINDS for region in KINDS[name].decider.regions.values() if region.name != "clock"
]


def with_an_item(record: Record, region: Region, item_status: str) -> Record:
    """The record as if an item of the region stood there, and no other: a fold would come to the same."""
    items = {} if item_status == NEW else {key_of(region): an_item(region, item_status)}
    return record.changed(items={**record.items, region.name: items})


def is_not_in_the_table(decider: Decider, world: Any, record: Record, command: Command) -> bool:
    try:
        decider.decide(record, command, a_context(world, command))
    except NotAllowed as error:
        return "step_is_in_the_table" in error.codes
    return False


@pytest.mark.parametrize(("name", "region"), REGIONS, ids=[f"{name}-{region.name}" for name, region in REGIONS])
def test_an_item_moves_only_by_its_rows_and_only_while_the_record_is_where_they_say(name: str, region: Region):
    decider = KINDS[name].decider
    with each_case() as case:
        for status, item_status in product(decider.workflow.rests, [NEW, *region.workflow.rests]):
            world, id = world_with(name, status)
            record = with_an_item(world.engine.get(id), region, item_status)
            for kind in region.workflow.commands:
                rows = [
                    step
                    for step in region.workflow.steps
                    if step.command is kind
                    and not step.rides
                    and item_status in map(str, step.source)
                    and applies(decider, step, status)
                ]
                assert issubclass(kind, ItemCommand)
                with case(f"{kind.wire} on {item_status} in {status}"):
                    key = key_of(region) if item_status != NEW else "new-key"
                    command = kind(id=id, by=KINDS[name].everybody, item=key)
                    assert is_not_in_the_table(decider, world, record, command) == (not rows)


@pytest.mark.parametrize(("name", "status"), STATUSES)
def test_a_region_command_outside_its_statuses_is_refused_by_the_engine_and_writes_nothing(name: str, status: str):
    world, id = world_with(name, status)
    decider, record = KINDS[name].decider, world.engine.get(id)
    allowed = allowed_by_hand(decider, record)
    with each_case() as case:
        for region in decider.regions.values():
            for kind in region.workflow.commands:
                if kind.wire in allowed:
                    continue
                assert issubclass(kind, ItemCommand)
                for item in ("missing", *record.items_of(region.name)):
                    with case(f"{kind.wire} of {item}"):
                        error = refused(world, kind(id=id, by=KINDS[name].everybody, item=item))
                        assert set(error.allowed) == allowed


CLOCK = Clock(name="handling", status=ClockStatus.RUNNING, since=START, due=START + timedelta(days=5))
CLOCK_STATUSES = ["running", "paused", "met", "overdue", "met_late", "elapsed", "cancelled"]


@pytest.mark.parametrize("name", KINDS)
def test_a_clock_moves_only_by_its_rows_in_records_of_every_status(name: str):
    decider = KINDS[name].decider
    flow = decider.regions["clock"].workflow
    with each_case() as case:
        for status, clock_status in product(decider.workflow.rests, CLOCK_STATUSES):
            world, id = world_with(name, status)
            record = world.engine.get(id)
            clock = next(iter(record.clocks.values()), CLOCK)
            record = record.changed(clocks={"handling": clock.changed(name="handling", status=clock_status)})
            for kind in CASE.regions["clock"].workflow.commands:
                rows = [step for step in flow.steps if step.command is kind and clock_status in map(str, step.source)]
                assert issubclass(kind, ItemCommand)
                with case(f"{kind.wire} on {clock_status} in {status}"):
                    command = kind(id=id, by=SYSTEM, item="handling")
                    assert is_not_in_the_table(decider, world, record, command) == (not rows)


@pytest.mark.parametrize("name", KINDS)
def test_a_system_claim_alone_gives_no_way_round_the_table(name: str):
    world, id = world_with(name, "archived")
    for kind in KINDS[name].decider.workflow.commands:
        if kind.wire != f"{name}.correct":
            assert refused(world, kind(id=id, by=SYSTEM)).codes == ("step_is_in_the_table",)


@pytest.mark.parametrize("name", KINDS)
def test_a_role_for_another_area_is_none_here(name: str):
    status, command = KINDS[name].elsewhere
    world, _ = world_with(name, status)
    assert refused(world, command).codes == ("role_is_held",)
