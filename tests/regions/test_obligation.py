"""The table of the region `obligation` against the handbook's, and an occurrence on a record that is no duty."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from govflow import CASE, SYSTEM, Actor, Engine, NotAllowed, Role
from govflow.actors import Claim
from govflow.cases.commands import AcceptCase, ReportCase
from govflow.clocks import CLOCKS
from govflow.decider import Decider
from govflow.regions.evidence import AddEvidence
from govflow.regions.obligation import (
    OBLIGATION,
    CancelObligation,
    ExcuseObligation,
    FulfilObligation,
    MissObligation,
    PassOnObligation,
    RemindObligation,
    ScheduleObligation,
)
from govflow.testing import START, PinnedClock
from tests.support import MATTER, community, desk, resident, supervisor

HANDBOOK = json.loads((Path(__file__).parents[1] / "data/handbook/workflows.json").read_text(encoding="utf-8"))
THEIRS = HANDBOOK["regions"]["obligation"]
OURS = OBLIGATION.workflow.as_data()
ROWS = [row["id"] for row in THEIRS["transitions"]]
OWN_ROWS = ["OL08", "OL07"]


def row_of(table: dict[str, Any], id: str) -> dict[str, Any]:
    return next(row for row in table["transitions"] if row["id"] == id)


def test_the_states_are_the_handbooks_with_their_terms_and_rests():
    rest = {(True, False): "final", (False, True): "outcome", (False, False): "open"}
    assert OURS["zh"] == THEIRS["zh"]
    assert [(each["id"], each["zh"], each["rest"]) for each in OURS["states"]] == [
        (each["id"], each["zh"], rest[each["final"], each["outcome"]]) for each in THEIRS["states"]
    ]


def test_the_rows_are_the_handbooks_and_one_of_our_own_and_it_stands_on_its_records():
    assert [row["id"] for row in OURS["transitions"]] == [*ROWS, *OWN_ROWS]
    assert set(OBLIGATION.workflow.on) == {*THEIRS["on"], "duty"}


@pytest.mark.parametrize("id", ROWS)
def test_a_row_says_what_the_handbooks_row_says(id: str):
    ours, theirs = row_of(OURS, id), row_of(THEIRS, id)
    for key in ("command", "event", "name", "target", "approval", "source", "while_in"):
        assert ours[key] == theirs[key], key
    assert set(theirs["rules"]) <= set(ours["rules"])
    added = [["mediator"]] if id == "OL03" else []  # a revisit is owed by the mediator
    assert ours["who"] == [*theirs["who"], *added]
    assert {name: set(ours["clocks"][name]) for name in theirs["clocks"]} == {
        name: set(clocks) for name, clocks in theirs["clocks"].items()
    }


@pytest.mark.parametrize("step", OBLIGATION.workflow.steps, ids=lambda step: step.id)
def test_its_rules_have_the_handbooks_sentences_and_its_commands_their_wire_names(step: Any):
    assert step.command.wire == f"obligation.{row_of(OURS, step.id)['command']}"
    assert step.clock_names <= set(CLOCKS)
    for rule in step.rules:
        if rule.code not in HANDBOOK["rules"]:
            continue
        theirs = HANDBOOK["rules"][rule.code]
        assert rule.en[0].lower() + rule.en[1:] == theirs["text_en"]
        assert rule.zh == theirs["text_zh"]


# --- on a case: the weekly report of a leader in charge ---------------------------------------------------------------

REPORTING = {"item": "weekly-report.2026-W10", "what": "report every week", "owner": "leader-1"}
DUE = START + timedelta(days=4)
leader = Actor.of("leader-1", Role.LEADER)
ON_CASES = Decider(
    CASE.workflow,
    type(CASE.initial),
    CASE.fold,
    prefix="C",
    regions=(*CASE.regions.values(), OBLIGATION),
    propose=CASE.propose,
)


@pytest.fixture
def clock() -> PinnedClock:
    return PinnedClock()


@pytest.fixture
def engine(clock: PinnedClock) -> Engine:
    engine = Engine.open(records=(ON_CASES,), now=clock)
    engine.handle(ReportCase(id="it", by=resident, **MATTER))
    engine.handle(AcceptCase(id="it", by=desk))
    return engine


def occurrence(engine: Engine) -> Any:
    return engine.get("it").item("obligation", REPORTING["item"])


def scheduled(engine: Engine) -> None:
    engine.handle(ScheduleObligation(id="it", by=community, until=DUE, **REPORTING))


def refusal(engine: Engine, command: Any) -> set[str]:
    with pytest.raises(NotAllowed) as caught:
        engine.handle(command)
    return set(caught.value.codes)


def test_an_occurrence_is_a_loop_with_a_clock_that_is_due_when_it_is(engine):
    scheduled(engine)

    loop = next(each for each in engine.open_loops("it") if each.region == "obligation")
    assert (loop.what, loop.owes, loop.until) == ("report every week", "leader-1", DUE)
    assert engine.get("it").clocks["obligation_due:weekly-report.2026-W10"].due == DUE


def test_only_the_system_may_schedule_what_was_due_already(engine):
    late = {**REPORTING, "until": START - timedelta(days=1)}

    assert refusal(engine, ScheduleObligation(id="it", by=community, **late)) == {"what_who_and_due_named"}
    engine.handle(ScheduleObligation(id="it", by=SYSTEM, **late))
    assert occurrence(engine).status == "scheduled"


@pytest.mark.parametrize("missing", ["what", "owner", "until"])
@pytest.mark.parametrize("by", [community, SYSTEM], ids=["community", "system"])
def test_what_who_and_until_when_are_named_by_everybody(engine, by: Actor, missing: str):
    given = {**REPORTING, "until": DUE}
    del given[missing]

    assert refusal(engine, ScheduleObligation(id="it", by=by, **given)) == {"what_who_and_due_named"}


def test_it_is_reminded_of_before_it_is_due_and_missed_after(engine, clock):
    scheduled(engine)
    miss = MissObligation(id="it", by=SYSTEM, item=REPORTING["item"])
    remind = RemindObligation(id="it", by=SYSTEM, item=REPORTING["item"])

    assert refusal(engine, miss) == {"due_has_passed"}
    engine.handle(remind)
    assert occurrence(engine).reminded_at == clock()

    clock.set(DUE + timedelta(seconds=1))
    assert refusal(engine, remind.changed(command_id="again")) == {"due_has_not_passed"}
    engine.handle(miss)
    assert (occurrence(engine).status, occurrence(engine).was_missed) == ("missed", True)


def test_the_system_answers_a_clock_that_ran_out_once(engine):
    scheduled(engine)
    answer = OBLIGATION.when_due["obligation_due"]

    assert [each.wire for each in answer(engine.get("it"), REPORTING["item"])] == ["obligation.miss"]
    engine.handle(ExcuseObligation(id="it", by=supervisor, item=REPORTING["item"], reason="flood"))
    assert list(answer(engine.get("it"), REPORTING["item"])) == []
    assert list(answer(engine.get("it"), "unknown")) == []


def test_fulfilling_needs_evidence_on_file_and_stops_the_clock(engine):
    scheduled(engine)
    engine.handle(AddEvidence(id="it", by=community, item="minutes", sha256="0" * 64))
    fulfil = FulfilObligation(id="it", by=leader, item=REPORTING["item"], measure="reported")

    assert refusal(engine, fulfil) == {"measure_and_evidence_given"}
    engine.handle(fulfil.changed(evidence=("minutes",)))
    assert (occurrence(engine).status, occurrence(engine).hands) == ("fulfilled", ("leader-1",))
    assert engine.get("it").clocks["obligation_due:weekly-report.2026-W10"].status == "met"


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (ExcuseObligation(id="it", by=supervisor, item=REPORTING["item"]), "excused"),
        (CancelObligation(id="it", by=community, item=REPORTING["item"]), "cancelled"),
    ],
    ids=["excuse", "cancel"],
)
def test_excusing_and_cancelling_need_a_reason_and_drop_the_clock(engine, command: Any, status: str):
    scheduled(engine)

    assert refusal(engine, command) == {"reason_given"}
    engine.handle(command.changed(reason="flood"))
    assert occurrence(engine).status == status
    assert engine.get("it").clocks["obligation_due:weekly-report.2026-W10"].status == "cancelled"


def test_whoever_owes_it_neither_excuses_nor_cancels_it_nor_does_anybody_of_that_unit_or_in_their_stead(engine):
    until = DUE
    engine.handle(ScheduleObligation(id="it", by=community, item="o", what="report", owner="street", until=until))
    excuse = ExcuseObligation(id="it", by=supervisor, item="o", reason="flood")
    cancel = CancelObligation(id="it", by=community, item="o", reason="flood")
    supervising, communal = Claim(role=Role.SUPERVISOR), Claim(role=Role.COMMUNITY)
    for more in (
        Claim(role=Role.ORGANISATION, unit="street"),
        Claim(role=Role.LEADER, standing_in_for="street"),
    ):
        torn = Actor(id="t-1", claims=(supervising, communal, more))
        assert refusal(engine, excuse.changed(by=torn)) == {"occurrence_is_anothers"}
        assert refusal(engine, cancel.changed(by=torn)) == {"occurrence_is_anothers"}
    own = Actor(id="street", claims=(supervising, communal))
    assert refusal(engine, excuse.changed(by=own)) == {"occurrence_is_anothers"}
    assert refusal(engine, cancel.changed(by=own)) == {"occurrence_is_anothers"}
    engine.handle(cancel)


def test_a_community_fulfils_what_it_owes_itself_alone(engine):
    engine.handle(ScheduleObligation(id="it", by=SYSTEM, item="o", what="report", owner="street", until=DUE))
    engine.handle(AddEvidence(id="it", by=community, item="minutes", sha256="0" * 64))
    done = {"measure": "reported", "evidence": ("minutes",)}
    fulfil = FulfilObligation(id="it", by=community, item="o", **done)
    assert refusal(engine, fulfil) == {"community_fulfils_its_own"}
    engine.handle(fulfil.changed(by=Actor.of("c-2", Role.COMMUNITY, unit="street")))


def test_the_system_passes_it_on_to_a_named_successor_by_the_same_date(engine):
    scheduled(engine)
    pass_on = PassOnObligation(id="it", by=SYSTEM, item=REPORTING["item"], owner="leader-2")
    assert refusal(engine, pass_on.changed(owner=None)) == {"successor_is_named"}
    assert refusal(engine, pass_on.changed(by=community)) == {"role_is_held"}
    engine.handle(pass_on)
    assert (occurrence(engine).owes, occurrence(engine).until) == ("leader-2", DUE)
