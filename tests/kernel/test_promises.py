"""What a caller cannot do to a record, whatever they hold in their hands."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from govflow import Actor, Engine, InputError, NotAllowed
from govflow.cases.commands import AcceptCase, AssignCase, ReportCase
from govflow.testing import PinnedClock

RESIDENT = Actor.of("s-1", "resident", "reporter")
DESK = Actor.of("desk", "acceptance_desk", "dispatcher")
LEAK = {"title": "Leak", "kind": "hotline", "channel": "phone", "level": "community", "area": "a/b"}


@pytest.fixture
def engine():
    with Engine.open(now=PinnedClock()) as opened:
        yield opened


def assigned(engine: Engine) -> str:
    id = engine.handle(ReportCase(by=RESIDENT, **LEAK)).id
    engine.handle(AcceptCase(id=id, by=DESK))
    return engine.handle(AssignCase(id=id, by=DESK, lead_unit="water", co_units=("roads",))).id


def test_a_state_that_was_handed_out_cannot_be_changed_behind_the_logs_back(engine):
    id = assigned(engine)
    case = engine.get(id)
    for change in (
        lambda: case.items.clear(),
        lambda: case.items["joint_handling"].pop("roads"),
        lambda: case.clocks.update({}),
        lambda: case.clocks.__setitem__("handling", None),
    ):
        with pytest.raises(TypeError, match="give the engine a command"):
            change()
    assert [loop.item for loop in engine.open_loops(id)] == ["roads"]


def test_a_state_can_be_copied_and_sent_to_another_process(engine):
    case = engine.get(assigned(engine))
    assert copy.deepcopy(case).digest == pickle.loads(pickle.dumps(case)).digest == case.digest


def test_nobody_names_a_due_instant_the_rules_set_the_limits():
    far = datetime(2999, 1, 1, tzinfo=UTC)
    with pytest.raises(ValidationError, match="due"):
        ReportCase(by=RESIDENT, **LEAK, due={"acceptance": far})  # type: ignore[call-arg]  # the very thing refused


def test_a_new_record_that_is_refused_is_not_called_by_a_number_nobody_was_given(engine):
    with pytest.raises(NotAllowed, match="a new record"):
        engine.handle(ReportCase(by=RESIDENT))


@pytest.mark.parametrize("what", ["assign", None, 5])
def test_what_is_no_command_is_refused_in_one_sentence(engine, what):
    with pytest.raises(InputError, match="is no command"):
        engine.handle(what)
    with pytest.raises(InputError, match="is no command"):
        engine.why_not(what)


def test_a_moment_without_a_time_zone_is_refused(engine):
    id = assigned(engine)
    for ask in (engine.as_of, engine.known_at):
        with pytest.raises(InputError, match="names no time zone"):
            ask(id, datetime(2026, 3, 2))  # noqa: DTZ001 - the very thing that is refused


def test_a_policy_must_be_one():
    with pytest.raises(InputError, match="is no policy"):
        Engine.open(policy={"version": "1"})  # type: ignore[arg-type]  # the very thing that is refused


def test_a_moment_beyond_the_calendar_is_a_plain_validation_error():
    with pytest.raises(ValueError, match="beyond the calendar"):
        ReportCase.model_validate({"by": RESIDENT, "occurred_at": "0001-01-01T00:00:00+14:00"})


def test_the_default_policy_needs_no_zone_database_of_the_system(tmp_path):
    code = "from govflow import DEFAULT_POLICY, Engine; Engine.open(); print(DEFAULT_POLICY.zone)"
    bare = {"PYTHONTZPATH": "", "PYTHONPATH": str(tmp_path), "PATH": ""}
    (tmp_path / "tzdata.py").write_text("raise ImportError('not installed')")
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=bare, check=False)
    assert (ran.stdout, ran.stderr) == ("Asia/Shanghai\n", "")


def test_nobody_acts_under_the_name_of_the_system(engine):
    impostor = Actor.of("system", "acceptance_desk")
    id = engine.handle(ReportCase(by=RESIDENT, **LEAK)).id
    with pytest.raises(NotAllowed) as refused:
        engine.handle(AcceptCase(id=id, by=impostor))
    assert refused.value.codes == ("system_is_the_system",)
    assert engine.get(id).status == "reported"
