"""Deciding beyond one row: approvals, riding rows, hand-overs, rounds, reactions, and records that say little."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from govflow import (
    CASE,
    SYSTEM,
    Actor,
    Claim,
    Command,
    Decider,
    Engine,
    Event,
    Item,
    ItemCommand,
    ItemEvent,
    NotAllowed,
    NotFound,
    Record,
    Region,
    Rest,
    Role,
    Status,
    Step,
    Workflow,
    WorkflowError,
)
from govflow.cases.commands import (
    AcceptCase,
    AssignCase,
    DecideReturn,
    ExtendDeadline,
    GiveFeedback,
    ObjectAssignment,
    OrderRework,
    ReportCase,
    SignOrder,
    StartHandling,
    SubmitResult,
    WithdrawCase,
)
from govflow.errors import Detail, InputError, PolicyError, Problem
from govflow.messages import Words
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.contact import LogContact
from govflow.regions.evidence import AddEvidence
from govflow.regions.verification import PassVerification

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
DESK = Actor.of("desk", Role.ACCEPTANCE_DESK, Role.DISPATCHER)
OTHER_DESK = Actor.of("desk-2", Role.DISPATCHER)
WANG = Actor.of("s-wang", Role.RESIDENT, Role.REPORTER)
LI = Actor.of("li", Role.LEAD_UNIT, unit="water")
HEAD = Actor.of("head", Role.UNIT_HEAD, unit="water")
CHECKER = Actor.of("v", Role.VERIFIER)


class Hand:
    """A clock that stands still until it is set."""

    at = START

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def engine() -> Iterator[Any]:
    with Engine.open(now=Hand()) as opened:
        yield opened


def assigned(engine: Any, kind: str = "hotline", **more: Any) -> str:
    matter: dict[str, Any] = {
        "title": "Leak", "kind": kind, "channel": "phone", "level": "community", "area": "a/b", "reporter": "s-wang",
    }  # fmt: skip
    id = engine.handle(ReportCase(by=WANG, **matter)).id
    engine.handle(AcceptCase(id=id, by=DESK))
    engine.handle(AssignCase(id=id, by=DESK, lead_unit="water", **more))
    return str(id)


def fed_back(engine: Any) -> str:
    id = assigned(engine)
    engine.handle_all(
        [
            LogContact(id=id, by=LI, reached=True, way="phone"),
            StartHandling(id=id, by=LI),
            AddEvidence(id=id, by=LI, kind="photo", sha256="0" * 64),
            SubmitResult(id=id, by=LI, measure="fixed", evidence=("1",)),
            GiveFeedback(id=id, by=LI, to_level="community", to_reporter=True, public_text="fixed"),
        ]
    )
    return id


# --- approvals -------------------------------------------------------------------------------------------------------


def test_a_step_that_needs_a_second_person_is_refused_until_that_person_has_approved_this_very_command(engine):
    id = assigned(engine)
    extend = ExtendDeadline(id=id, by=LI, length=2, reason="parts are late", told_by="phone")
    (broken,) = engine.why_not(extend)
    assert (broken.code, "unit_head" in broken.en, "另一人" in broken.zh) == ("approval_is_given", True, True)

    asked = engine.handle(RequestApproval.of(extend, engine.get(id)))
    (key,) = asked.items_of("approval")
    engine.handle(GiveApproval(id=id, by=HEAD, item=key))
    longer = ExtendDeadline(id=id, by=LI, length=3, reason="parts are late", told_by="phone")
    assert [each.code for each in engine.why_not(longer)] == ["approval_is_given"]

    after = engine.handle(extend)
    assert after.item("approval", key).status == "used"
    assert [event.meta.wire for event in engine.outcome(extend.command_id)] == ["case.extend", "approval.use"]
    assert "approval_is_given" in [each.code for each in engine.why_not(extend)]


def test_a_record_without_approvals_never_finds_one():
    table = Workflow("bare", Lamp, (TURN_ON, Step("B2", Break, "on", Broke, "off", Role.VERIFIER, approval="boss")))
    lamp = Decider(
        table, Record, {TurnedOn: lambda r, e: {"status": "on"}, Broke: lambda r, e: {"status": "off"}}, prefix="B"
    )
    with Engine.open(records=[serving(lamp)]) as engine:
        id = engine.handle(TurnOn(by=SYSTEM)).id
        assert [each.code for each in engine.why_not(Break(id=id, by=CHECKER))] == ["approval_is_given"]


# --- riding rows -----------------------------------------------------------------------------------------------------


def test_an_item_moves_with_the_main_command_it_rides_on(engine):
    id = assigned(engine, "petition")
    engine.handle(SignOrder(id=id, by=LI))
    objected = engine.handle(ObjectAssignment(id=id, by=LI, reason="roads, not water"))
    assert objected.item("assignment_objection", "1").status == "filed"
    assert [loop.what for loop in engine.open_loops(id)] == ["decide the objection: roads, not water"]

    after = engine.handle(DecideReturn(id=id, by=OTHER_DESK, upheld=False, reason="water it is"))
    assert (after.status, after.item("assignment_objection", "1").status) == ("assigned", "dismissed")


def test_the_other_decision_takes_the_other_row(engine):
    id = assigned(engine, "petition")
    engine.handle(SignOrder(id=id, by=LI))
    engine.handle(ObjectAssignment(id=id, by=LI, reason="roads, not water"))
    after = engine.handle(DecideReturn(id=id, by=OTHER_DESK, upheld=True, reason="roads"))
    assert (after.status, after.item("assignment_objection", "1").status) == ("accepted", "upheld")


def test_a_riding_row_objects_with_its_own_rules(engine):
    id = assigned(engine, "petition")
    assert engine.why_not(DecideReturn(id=id, by=OTHER_DESK, upheld=None, reason="?"))
    assert "window_is_open" in [each.code for each in engine.why_not(ObjectAssignment(id=id, by=LI, reason="no"))]


# --- leaving and rounds ----------------------------------------------------------------------------------------------


def test_a_withdrawn_case_releases_everybody_in_the_same_append(engine):
    id = assigned(engine, co_units=("power", "parks"))
    assert len(engine.open_loops(id)) == 2
    withdraw = WithdrawCase(id=id, by=WANG, reason="solved by itself")
    after = engine.handle(withdraw)
    assert after.status == "withdrawn"
    assert engine.open_loops(id) == ()
    assert len({event.version for event in engine.outcome(withdraw.command_id)}) == 3


def test_a_new_round_sets_the_checks_of_the_old_one_aside_and_keeps_their_figures(engine):
    id = fed_back(engine)
    engine.handle(PassVerification(id=id, by=CHECKER, item="r1"))
    rework = OrderRework(id=id, by=Actor.of("v-2", Role.VERIFIER), reason="still wet")
    after = engine.handle(rework)

    assert (after.status, after.round) == ("in_handling", 2)
    checks = {
        key: item.status for region in ("verification", "evaluation") for key, item in after.items_of(region).items()
    }
    assert checks["r1"] == "superseded"
    assert "requested" not in checks.values()
    assert {event.meta.actor for event in engine.outcome(rework.command_id)[1:]} == {"system"}


# --- small records ---------------------------------------------------------------------------------------------------


class Lamp(Status):
    """A lamp."""

    ON = "on", "亮"
    OFF = "off", "灭", Rest.OUTCOME


class TurnOn(Command, wire="bare.turn_on"):
    pass


class TurnedOn(Event, name="bare.turned_on"):
    pass


class Break(Command, wire="bare.break"):
    pass


class Broke(Event, name="bare.broke"):
    pass


class BareRecord(Record):
    kind_of_record = "bare"


TURN_ON = Step("B1", TurnOn, None, TurnedOn, Lamp.ON, Role.SYSTEM)
BREAK = Step("B2", Break, Lamp.ON, Broke, Lamp.OFF, Role.SYSTEM)
FOLD: Any = {TurnedOn: lambda record, event: {"status": Lamp.ON}, Broke: lambda record, event: {"status": Lamp.OFF}}
BARE = Decider(Workflow("bare", Lamp, (TURN_ON, BREAK)), BareRecord, FOLD, prefix="B")


def serving(decider: Decider) -> Decider:
    """The same with a state of its own kind."""
    return decider.extended(state=BareRecord)


def test_a_record_that_says_nothing_more_has_the_plain_answers():
    with Engine.open(records=[BARE]) as engine:
        record = engine.handle(TurnOn(by=SYSTEM))
    assert record.title_line == record.id
    assert record.handled_by() == ()
    assert record.asked_by("bare.break", None) == frozenset()
    item = Item(key="1", by="anna", hands=("bo",))
    assert record.asked_by("bare.break", item) == {"anna", "bo"}
    assert item.what == "1"
    assert record.may_read_personal("name", Claim(role="desk"), "anna") is False


def test_reactions_that_cause_each_other_for_ever_are_a_fault_of_the_table():
    def once_more(states: Any, event: Any, context: Any) -> Iterator[Command]:
        yield TurnOn(id=f"lamp-{int(states[1].id.partition('-')[2]) + 1}", by=SYSTEM)

    endless = BARE.extended(reactions={TurnedOn: once_more})
    with Engine.open(records=[endless]) as engine:
        with pytest.raises(WorkflowError, match=r"bare\.turn_on causes more than 1000 commands: a circle\?"):
            engine.handle(TurnOn(by=SYSTEM, id="lamp-1"))
        assert list(engine.records()) == []


class Pull(Command, wire="switch.pull"):
    pass


class Pulled(Event, name="switch.pulled"):
    pass


class SwitchStatus(Status):
    """A switch."""

    PULLED = "pulled", "已拉", Rest.OUTCOME


class Switch(Record):
    kind_of_record = "switch"


def _break_both(states: Any, event: Any, context: Any) -> Iterator[Command]:
    yield Break(id="old", by=SYSTEM)
    yield Break(id="new", by=SYSTEM)


SWITCH = Decider(
    Workflow("switch", SwitchStatus, (Step("S1", Pull, None, Pulled, "pulled", Role.SYSTEM),)),
    Switch,
    {Pulled: lambda record, event: {"status": SwitchStatus.PULLED}},
    prefix="S",
    reactions={Pulled: _break_both},
)


def test_a_reaction_occurs_when_its_cause_did_but_never_before_what_its_record_knows():
    clock = Hand()
    with Engine.open(records=[BARE, SWITCH], now=clock) as engine:
        engine.handle(TurnOn(id="old", by=SYSTEM))
        clock.at = START + timedelta(hours=2)
        engine.handle(TurnOn(id="new", by=SYSTEM))
        clock.at = START + timedelta(hours=3)
        engine.handle(Pull(id="switch", by=SYSTEM, occurred_at=START + timedelta(hours=1)))

        assert engine.get("old").at == START + timedelta(hours=1)
        assert engine.get("new").at == START + timedelta(hours=2)
        assert engine.as_of("old", START + timedelta(hours=1)).status == "off"


def test_a_refused_reaction_refuses_the_whole_command():
    with Engine.open(records=[BARE, SWITCH]) as engine:
        engine.handle(TurnOn(id="old", by=SYSTEM))
        head = engine.store.head()
        with pytest.raises(NotFound, match="there is no record new"):
            engine.handle(Pull(id="switch", by=SYSTEM))
        engine.handle(TurnOn(id="new", by=SYSTEM))
        engine.handle(Break(id="new", by=SYSTEM))
        with pytest.raises(NotAllowed, match=r"bare\.break is not allowed on new"):
            engine.handle(Pull(id="switch", by=SYSTEM))
        assert [event.name for event in engine.events(head)] == ["bare.turned_on", "bare.broke"]


class NoteStatus(Status):
    """A note on the wall."""

    PINNED = "pinned", "已贴", Rest.OUTCOME


class PinNote(ItemCommand, wire="note.pin"):
    text: Words = ""


class NotePinned(ItemEvent, name="note.pinned"):
    text: Words = ""


class Note(Item):
    text: str = ""


NOTE = Region(
    Workflow("note", NoteStatus, (Step("N1", PinNote, None, NotePinned, "pinned", Role.RESIDENT, while_in="on"),)),
    Note,
    {NotePinned: lambda item, event: {"status": NoteStatus.PINNED, "text": event.text}},
)


def test_a_region_of_ones_own_numbers_its_items_and_stands_only_where_it_may():
    wang = Actor.of("wang", Role.RESIDENT)
    with Engine.open(records=[BARE.extended(regions=[NOTE])]) as engine:
        engine.handle(TurnOn(id="lamp", by=SYSTEM))
        engine.handle(PinNote(id="lamp", by=wang, text="one"))
        lamp = engine.handle(PinNote(id="lamp", by=wang, text="two"))
        assert {key: item.text for key, item in lamp.items_of("note").items()} == {"1": "one", "2": "two"}
        assert lamp.item("note", "2").by == "wang"
        assert [step.command for step in engine.allowed("lamp", wang)] == ["note.pin"]

        (broken,) = engine.why_not(PinNote(id="lamp", by=wang, item="1"))
        assert broken.en == "no such step from here (note 1: pinned, record: on)"
        engine.handle(Break(id="lamp", by=SYSTEM))
        assert [each.code for each in engine.why_not(PinNote(id="lamp", by=wang))] == ["step_is_in_the_table"]
        with pytest.raises(InputError, match="the command names no record"):
            engine.handle(PinNote(by=wang))


def test_a_command_of_no_record_that_is_served_is_not_found():
    with (
        Engine.open(records=[BARE]) as engine,
        pytest.raises(NotFound, match=r"no record served here takes switch\.pull"),
    ):
        engine.handle(Pull(by=SYSTEM))


def test_an_error_of_a_policy_lists_every_problem():
    error = PolicyError(
        [Problem("version", Detail("missing", "缺失"), "an id"), Problem("", Detail("odd", "异常"))], file="town.toml"
    )
    assert str(error) == "town.toml: version: missing; expected an id\ntown.toml: odd"
    assert error.sentence("zh-CN") == "town.toml: version: 缺失；应为 an id\ntown.toml: 异常"


def test_a_case_has_the_regions_its_steps_need():
    assert {"joint_handling", "link", "approval", "clock", "evidence"} <= set(CASE.regions)
    assert CASE.as_data()["regions"]["link"]["states"]
