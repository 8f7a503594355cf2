"""Tables: what makes one faulty, how it is queried, drawn and extended, and what another library makes of it."""

from __future__ import annotations

from typing import Any

import pytest
from statemachine import State, StateMachine

from govflow import CASE, Command, Decider, Event, Record, Region, Rest, Role, Status, Step, Workflow, WorkflowError
from govflow.records import Item
from govflow.workflow import NEW, Rule, rule


class Light(Status):
    """A traffic light, with a lamp that burnt out."""

    RED = "red", "红"
    GREEN = "green", "绿"
    OUT = "out", "灭", Rest.FINAL


class TurnOn(Command, wire="light.turn_on"):
    pass


class TurnedOn(Event, name="light.turned_on"):
    pass


class Change(Command, wire="light.change"):
    pass


class Changed(Event, name="light.changed"):
    pass


class TurnOff(Command, wire="light.turn_off"):
    pass


class TurnedOff(Event, name="light.turned_off"):
    pass


class Nameless(Command):
    pass


ON = Step("L1", TurnOn, None, TurnedOn, Light.RED, Role.SYSTEM)
GO = Step("L2", Change, Light.RED, Changed, Light.GREEN, Role.SYSTEM)
STOP = Step("L3", Change, Light.GREEN, Changed, Light.RED, Role.SYSTEM)
OFF = Step("L4", TurnOff, (Light.RED, Light.GREEN), TurnedOff, Light.OUT, Role.SYSTEM)
SOUND = (ON, GO, STOP, OFF)


@rule("恒真", "test")
def always(state: Any, event: Any, context: Any) -> bool:
    """It is so."""
    return True


def problems_of(*steps: Step) -> tuple[str, ...]:
    with pytest.raises(WorkflowError) as refused:
        Workflow("light", Light, steps)
    return refused.value.problems


# --- faults ----------------------------------------------------------------------------------------------------------


def test_a_sound_table_is_built():
    assert Workflow("light", Light, SOUND).commands == (TurnOn, Change, TurnOff)


def test_a_target_that_is_no_status_is_a_fault():
    assert "L9: unknown target blue" in problems_of(
        *SOUND, Step("L9", TurnOff, Light.RED, TurnedOff, "blue", "x", [always])
    )


def test_a_source_that_is_no_status_is_a_fault():
    assert "L9: unknown source blue" in problems_of(*SOUND, Step("L9", TurnOff, "blue", TurnedOff, Light.OUT, "x"))


def test_a_status_that_nothing_reaches_is_a_fault():
    assert problems_of(ON, Step("L4", TurnOff, Light.RED, TurnedOff, Light.OUT, "x")) == (
        "unreachable: green",
        "neither rests nor ends and has no way out: green",
    )


def test_a_row_without_a_role_is_a_fault():
    assert "L9: no role may do it" in problems_of(*SOUND, Step("L9", TurnOn, None, TurnedOn, Light.RED, (), [always]))
    assert "L9: no role may do it" in problems_of(*SOUND, Step("L9", TurnOn, None, TurnedOn, Light.RED, "", [always]))


def test_two_rows_that_nothing_tells_apart_are_a_fault():
    again = Step("L9", Change, Light.RED, Changed, Light.OUT, "x")
    assert problems_of(*SOUND, again) == ("L9: a second row for light.change from red with the same rules",)


def test_two_rows_with_different_rules_are_alternatives():
    other = Step("L9", Change, Light.RED, Changed, Light.OUT, "x", [always])
    assert [step.id for step in Workflow("light", Light, (*SOUND, other)).rows("red", "light.change")] == ["L2", "L9"]


def test_an_id_used_twice_is_a_fault():
    assert problems_of(*SOUND, Step("L1", TurnOff, Light.RED, TurnedOff, Light.RED, "x", [always])) == (
        "L1: the id is used twice",
    )


def test_a_status_that_is_owed_something_and_has_no_way_out_is_a_fault():
    assert problems_of(ON, GO, Step("L4", TurnOff, Light.RED, TurnedOff, Light.OUT, "x")) == (
        "neither rests nor ends and has no way out: green",
    )


def test_two_events_for_one_command_are_a_fault():
    assert problems_of(*SOUND, Step("L9", Change, Light.GREEN, TurnedOff, Light.OUT, "x", [always])) == (
        "L9: light.change has two events",
    )


def test_leaving_a_final_status_is_a_fault_but_staying_in_it_is_not():
    assert problems_of(*SOUND, Step("L9", TurnOn, Light.OUT, TurnedOn, Light.RED, "x")) == (
        "L9: leaves the final state out",
    )
    Workflow("light", Light, (*SOUND, Step("L9", TurnOn, Light.OUT, TurnedOn, None, "x")))


def test_a_first_row_that_creates_nothing_is_a_fault():
    assert problems_of(*SOUND, Step("L9", Change, None, Changed, None, "x")) == ("L9: creates nothing",)


def test_a_command_or_event_without_a_wire_name_is_a_fault():
    assert problems_of(*SOUND, Step("L9", Nameless, Light.RED, Changed, None, "x")) == (
        "L9: the command or event has no wire name",
    )


def test_all_faults_are_told_at_once():
    found = problems_of(
        Step("L1", TurnOn, None, TurnedOn, Light.RED, ()),
        Step("L1", TurnOn, "blue", Changed, "pink", "x"),
    )
    assert found == (
        "L1: no role may do it",
        "L1: the id is used twice",
        "L1: light.turn_on has two events",
        "L1: unknown target pink",
        "L1: unknown source blue",
        "unreachable: green, out",
        "neither rests nor ends and has no way out: green, red",
    )


def test_the_error_names_the_table():
    with pytest.raises(WorkflowError, match=r"^light: L1: no role may do it; unreachable"):
        Workflow("light", Light, (Step("L1", TurnOn, None, TurnedOn, Light.RED, ()),))


# --- queries ---------------------------------------------------------------------------------------------------------


def every_table() -> list[Any]:
    tables = [CASE.workflow, *(region.workflow for region in CASE.regions.values())]
    return [pytest.param(table, id=table.name) for table in tables]


@pytest.mark.parametrize("table", every_table())
def test_the_rows_are_those_of_the_compiled_machine(table):
    triggers = {step.command.wire for step in table.steps}
    assert set(table.machine.events) == triggers
    for status in (NEW, *(status.value for status in table.statuses)):
        for trigger in triggers:
            compiled = table.machine.get_transitions(trigger, status)
            expected = [step for step in table.steps if step.command.wire == trigger and status in step.source]
            assert [transition.row for transition in compiled] == expected
            assert list(table.rows(status, trigger)) == expected
            assert [transition.dest for transition in compiled] == [step.to for step in expected]


@pytest.mark.parametrize("table", every_table())
def test_rows_from_a_status_are_all_commands_that_have_a_row_there(table):
    for status in (None, *table.statuses):
        here = table.rows_from(status)
        assert set(here) == {step.command.wire for step in table.steps if (status or NEW) in step.source}
        assert all(table.rows(status, wire) == rows for wire, rows in here.items())


def test_nothing_is_known_of_a_command_from_elsewhere():
    table = Workflow("light", Light, SOUND)
    assert table.rows(Light.RED, "case.close") == ()
    assert table.rows(None, "light.change") == ()


def test_rests_tell_ends_from_what_is_owed():
    assert Workflow("light", Light, SOUND).rests == {"red": Rest.OPEN, "green": Rest.OPEN, "out": Rest.FINAL}


def test_a_table_is_plain_data_with_null_for_nothing_yet_and_for_unchanged():
    touched = Step("L9", Change, Light.OUT, Changed, None, ("a", "b"), [always], starts="lamp", drops="bell",
                   remeasures="wire", share="half", approval="boss")  # fmt: skip
    data = Workflow("light", Light, (*SOUND, touched), zh="灯").as_data()
    assert data["states"][0] == {"id": "red", "zh": "红", "rest": "open"}
    first, *_, last = data["transitions"]
    assert (first["command"], first["source"], first["event"], first["target"]) == (
        "turn_on", [None], "TurnedOn", "red",
    )  # fmt: skip
    assert (last["target"], last["who"], last["approval"], last["rules"]) == (None, [["a"], ["b"]], "boss", ["always"])
    effects = {effect: clocks for effect, clocks in last["clocks"].items() if clocks}
    assert effects == {"starts": ["lamp"], "stops": ["bell"], "drops": ["bell"], "remeasures": ["wire"]}
    assert last["share"] == "half"
    assert touched.clock_names == {"lamp", "bell", "wire"}


@pytest.mark.parametrize("table", every_table())
def test_the_drawing_shows_every_status_and_every_arrow(table):
    drawn = table.mermaid()
    assert drawn.lstrip().startswith("---")
    assert "stateDiagram-v2" in drawn
    for status in table.statuses:
        assert status.value in drawn
    for step in table.steps:
        verb = step.command.wire.partition(".")[2]
        for source in map(str, step.source):
            arrow = f"{source} --> {step.to or source}: "
            assert any(line.strip().startswith(arrow) and verb in line for line in drawn.splitlines()), arrow


# --- another library reads the same chart ----------------------------------------------------------------------------


def chart_of(table: Workflow) -> dict[str, set[str]]:
    """What python-statemachine allows from every status, given the table's exported data alone."""
    data = table.as_data()
    finals = {each["id"] for each in data["states"] if each["rest"] == "final"}
    # a final state there has no transition at all; here a step that changes nothing may still be taken
    body: dict[str, Any] = {NEW: State(initial=True)}
    moving = {source for row in data["transitions"] for source in row["source"]}
    for each in data["states"]:
        body[each["id"]] = State(final=each["id"] in finals and each["id"] not in moving)
    transitions: dict[str, Any] = {}
    for row in data["transitions"]:
        for source in row["source"]:
            start = body[source or NEW]
            arrow = start.to(body[row["target"]]) if row["target"] else start.to.itself()
            known = transitions.get(row["command"])
            transitions[row["command"]] = arrow if known is None else known | arrow
    renamed = {f"do_{name}": arrow for name, arrow in transitions.items()}
    chart = type(f"{table.name.title()}Chart", (StateMachine,), {**body, **renamed})
    allowed = {}
    for status in (NEW, *(each["id"] for each in data["states"])):
        machine = chart(start_value=status)
        allowed[status] = {event.id.removeprefix("do_") for event in machine.allowed_events}
    return allowed


def test_python_statemachine_allows_the_same_commands_from_every_status_of_a_case():
    table = CASE.workflow
    ours = {
        status: {wire.partition(".")[2] for wire in table.rows_from(status)} for status in (NEW, *table.rests)
    }  # fmt: skip
    assert chart_of(table) == ours


# --- rules -----------------------------------------------------------------------------------------------------------


def test_a_rule_takes_its_code_and_sentence_from_its_function():
    assert (always.code, always.en, always.zh, always.basis, always.version) == (
        "always", "It is so", "恒真", "test", 1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "details"),
    [(True, None), (False, ()), ([], None), (["a", "b"], ("a", "b")), (iter(["c"]), ("c",)), ((), None)],
    ids=["true", "false", "nothing wrong", "two details", "an iterator", "empty tuple"],
)
def test_a_rule_may_answer_yes_no_or_with_what_is_wrong(verdict, details):
    asked = Rule("asked", "En", "中", "test", lambda *_: verdict)
    broken = asked.broken(None, None, None)
    assert (None if broken is None else broken.detail) == details


def test_every_rule_of_a_case_says_itself_in_both_languages_with_its_source():
    rules = {
        each for flow in (CASE.workflow, *(region.workflow for region in CASE.regions.values()))
        for step in flow.steps for each in step.rules
    }  # fmt: skip
    assert len(rules) > 80
    for each in rules:
        assert each.en, each.code
        assert each.zh, each.code
        assert each.basis, each.code
        assert any("一" <= letter <= "鿿" for letter in each.zh), each.code


# --- extending -------------------------------------------------------------------------------------------------------


class MoreLight(Status):
    """The same light, blinking."""

    RED = "red", "红"
    GREEN = "green", "绿"
    BLINKING = "blinking", "闪"
    OUT = "out", "灭", Rest.FINAL


BLINK = Step("L5", TurnOff, "green", TurnedOff, "blinking", Role.SYSTEM, [always])
LAST = Step("L6", TurnOff, "blinking", TurnedOff, "out", Role.SYSTEM)


def test_an_extended_table_has_the_added_status_steps_and_rules_and_leaves_the_first_alone():
    table = Workflow("light", Light, SOUND)
    more = table.extended([BLINK, LAST], rules={"L1": [always]}, statuses=MoreLight)

    assert more.rests["blinking"] is Rest.OPEN
    assert [step.id for step in more.rows("blinking", "light.turn_off")] == ["L6"]
    assert more.rows(None, "light.turn_on")[0].rules == (always,)
    assert table.rows(None, "light.turn_on")[0].rules == ()
    assert len(table.steps) == 4


def test_an_extended_table_is_checked_like_any_other():
    with pytest.raises(WorkflowError, match="neither rests nor ends and has no way out: blinking"):
        Workflow("light", Light, SOUND).extended([BLINK], statuses=MoreLight)


def test_rules_for_rows_that_are_not_there_are_all_named():
    with pytest.raises(WorkflowError) as refused:
        Workflow("light", Light, SOUND).extended(rules={"X": [always], "A": [always], "L1": []})
    assert refused.value.problems == ("there is no row A to add rules to", "there is no row X to add rules to")


def test_an_extended_decider_keeps_what_it_does_not_change():
    region = Region(Workflow("lamp", Light, SOUND), Item, {})
    light = Decider(Workflow("light", Light, SOUND), Record, {}, prefix="L", succeeded=["out"])
    more = light.extended(regions=[region], rules={"L1": [always]})

    assert (more.name, more.prefix, set(more.regions)) == ("light", "L", {"lamp"})
    assert more.succeeded == light.succeeded == {"out"}
    assert type(more.initial) is type(light.initial)
    assert more.digest != light.digest
