"""Every pair of a status and a command that is not in a table is refused, says what is allowed, and writes nothing."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from govflow import SYSTEM, Actor, Command, ItemCommand, NotAllowed, Role
from govflow.cases import CASE, CaseStatus
from govflow.cases.model import Case
from govflow.clocks import Clock
from govflow.messages import ClockStatus
from govflow.testing import PinnedClock
from govflow.workflow import NEW, Step
from tests.support import AREA, Town, a_case, a_context, a_town

ALL_ROLES = [role for role in Role if role is not Role.SYSTEM]
everybody = Actor.of("s-1", *ALL_ROLES, unit="water")
STATUSES = [status.value for status in CaseStatus]
MAIN = CASE.workflow.commands
PAIRS = [(status, kind) for status in STATUSES for kind in MAIN if not CASE.workflow.rows(status, kind.wire)]
CO: dict[str, Any] = {"co_units": ("power",)}


@cache
def town_with(status: str) -> tuple[Town, str]:
    """One town per status: refused commands leave it as it is."""
    town = a_town()
    return town, a_case(town, status, **({} if status in ("discovered", "merged") else CO)).id


def refused(town: Town, command: Command) -> NotAllowed:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head, "something was written"
    return caught.value


def allowed_by_hand(case: Case) -> set[str]:
    """What the tables allow from here, counted row by row without asking the decider."""
    found = {step.command.wire for step in CASE.workflow.steps if case.status in map(str, step.source)}
    for region in CASE.regions.values():
        items = case.items_of(region.name).values()
        for step in region.workflow.steps:
            there = any(str(source) == NEW or any(i.status == source for i in items) for source in step.source)
            if there and not step.rides and applies(step, case.status):
                found.add(step.command.wire)
    return found


def applies(step: Step, status: str) -> bool:
    """`while_in` as the handbook reads it."""
    if step.while_in is None:
        return status != "archived"
    active = CaseStatus(status).rest.value not in ("outcome", "final")
    named = {f"case.{status}", status, "any", *(["active"] if active else [])}
    return bool(named & step.while_in)


@pytest.mark.parametrize(("status", "kind"), PAIRS, ids=[f"{status}-{kind.wire}" for status, kind in PAIRS])
def test_a_command_without_a_row_from_this_status_is_refused_with_what_is_allowed(status: str, kind: type[Command]):
    town, id = town_with(status)
    error = refused(town, kind(id=id, by=everybody))
    assert error.codes == ("step_is_in_the_table",)
    case: Any = town.engine.get(id)
    assert set(error.allowed) == allowed_by_hand(case)
    assert kind.wire not in error.allowed
    assert status in error.broken[0].en
    assert status in error.broken[0].zh


@pytest.mark.parametrize("status", STATUSES)
def test_every_command_with_a_row_from_this_status_is_judged_by_its_rules(status: str):
    town, id = town_with(status)
    for wire in CASE.workflow.rows_from(status):
        kind = next(each for each in MAIN if each.wire == wire)
        broken = town.engine.why_not(kind(id=id, by=everybody))
        assert "step_is_in_the_table" not in {each.code for each in broken}, wire


@pytest.mark.parametrize(
    "kind", [kind for kind in MAIN if not CASE.workflow.rows(NEW, kind.wire)], ids=lambda k: k.wire
)
def test_a_case_that_does_not_exist_takes_only_what_creates_one(kind: type[Command]):
    from govflow import NotFound

    town, _ = town_with("reported")
    with pytest.raises(NotFound):
        town.engine.handle(kind(id="nobody", by=everybody))


# --- regions: items in every status, in records of every status --------------------------------------------------

REGION_PAIRS = [
    (region.name, item_status, kind)
    for region in CASE.regions.values()
    if region.name != "clock"
    for item_status in [NEW, *(each.value for each in region.workflow.statuses)]
    for kind in region.workflow.commands
]


def with_an_item(case: Case, region: str, item_status: str) -> Case:
    """The case as if an item of the region stood there: a fold would come to the same."""
    if item_status == NEW:
        return case.changed(items={**case.items, region: {}})
    key = region if CASE.regions[region].single else "k"
    known = {"host": "s-1"} if region == "meeting" else {}  # what its event always names
    item = CASE.regions[region].blank.changed(key=key, status=item_status, by="someone", since=case.at, **known)
    return case.changed(items={**case.items, region: {key: item}})


def asks(kind: type[Command], case: Case, item_status: str, by: Actor) -> Command:
    assert issubclass(kind, ItemCommand)
    return kind(id=case.id, by=by, item="k" if item_status != NEW else "new-key")


@pytest.mark.parametrize(
    ("region", "item_status", "kind"), REGION_PAIRS, ids=[f"{r}-{s}-{k.wire}" for r, s, k in REGION_PAIRS]
)
def test_an_item_moves_only_by_its_rows_and_only_while_the_record_is_where_they_say(
    region: str, item_status: str, kind: type[Command]
):
    for status in STATUSES:
        town, id = town_with(status)
        base: Any = town.engine.get(id)
        case = with_an_item(base, region, item_status)
        rows = [
            step
            for step in CASE.regions[region].workflow.steps
            if step.command is kind
            and not step.rides
            and item_status in map(str, step.source)
            and applies(step, status)
        ]
        command = asks(kind, case, item_status, everybody)
        try:
            CASE.decide(case, command, a_context(town, command))
            codes: tuple[str, ...] = ()
        except NotAllowed as error:
            codes = error.codes
        assert ("step_is_in_the_table" in codes) == (not rows), f"{status}: {codes}"


@pytest.mark.parametrize("status", STATUSES)
def test_a_region_command_outside_its_statuses_is_refused_by_the_engine_and_writes_nothing(status: str):
    town, id = town_with(status)
    case: Any = town.engine.get(id)
    for region in CASE.regions.values():
        for kind in region.workflow.commands:
            if kind.wire in allowed_by_hand(case):
                continue
            assert issubclass(kind, ItemCommand)
            for item in ("missing", *case.items_of(region.name)):
                error = refused(town, kind(id=id, by=everybody, item=item))
                assert set(error.allowed) == allowed_by_hand(case)


CLOCK = Clock(name="handling", status=ClockStatus.RUNNING, since=PinnedClock()())
CLOCK_STATUSES = ["running", "paused", "met", "overdue", "met_late", "elapsed", "cancelled"]


@pytest.mark.parametrize("clock_status", CLOCK_STATUSES)
@pytest.mark.parametrize("kind", CASE.regions["clock"].workflow.commands, ids=lambda kind: kind.wire)
def test_a_clock_moves_only_by_its_rows_in_records_of_every_status(kind: type[Command], clock_status: str):
    for status in STATUSES:
        town, id = town_with(status)
        case: Any = town.engine.get(id)
        clock = next(iter(case.clocks.values()), CLOCK)
        case = case.changed(clocks={"handling": clock.changed(name="handling", status=clock_status)})
        assert issubclass(kind, ItemCommand)
        command = kind(id=id, by=SYSTEM, item="handling")
        rows = [
            step
            for step in CASE.regions["clock"].workflow.steps
            if step.command is kind and clock_status in map(str, step.source)
        ]
        try:
            CASE.decide(case, command, a_context(town, command))
            codes: tuple[str, ...] = ()
        except NotAllowed as error:
            codes = error.codes
        assert ("step_is_in_the_table" in codes) == (not rows)


def test_a_system_claim_alone_gives_no_way_round_the_table():
    town = a_town()
    case = a_case(town, "archived")
    for kind in MAIN:
        if kind.wire != "case.correct":
            assert refused(town, kind(id=case.id, by=SYSTEM)).codes == ("step_is_in_the_table",)


def test_a_role_for_another_area_is_none_here():
    town = a_town()
    case = a_case(town, "reported")
    elsewhere = Actor.of("desk-9", Role.ACCEPTANCE_DESK, area=f"{AREA}/grid-9")
    from govflow.cases.commands import AcceptCase

    assert refused(town, AcceptCase(id=case.id, by=elsewhere)).codes == ("role_is_held",)
