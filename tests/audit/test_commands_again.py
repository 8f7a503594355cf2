"""The commands of a log are made again from its events, and the digest says which are certain."""

from __future__ import annotations

from datetime import timedelta

import pytest

from govflow import SYSTEM, Actor, Case, Command, Decider, Engine, Personal, Record, Rest, Role, Status, Step, Workflow
from govflow.audit.what_if.commands_again import Again, Certainty, Ruled, commands_again
from govflow.cases import commands as c
from govflow.messages import Event, digest_of
from govflow.policy import DEFAULT_POLICY
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.testing import PinnedClock
from tests.support import MATTER, Town, a_town, desk, dispatcher, resident, steps_to


@pytest.fixture
def town() -> Town:
    return a_town()


def made_again(town: Town) -> dict[str, Again]:
    return {each.id: each for each in commands_again(town.engine) if isinstance(each, Again)}


def given(town: Town, *commands: Command) -> tuple[Command, ...]:
    town.do(*commands)
    return commands


def test_every_command_of_a_case_comes_back_as_it_was_given(town: Town):
    told: list[Command] = []
    for step in steps_to("archived", "C-life", co_units=("power",)):
        if isinstance(step, timedelta):
            town.clock.advance(step)
        else:
            told += given(town, step)

    again = made_again(town)

    assert {each.certainty for each in again.values()} == {Certainty.EXACT}
    for command in told:
        found = again[command.command_id].command
        assert found is not None
        assert digest_of(found) == digest_of(command)
        assert (found.id, type(found), found.by.id) == (command.id, type(command), command.by.id)
        assert found.by.claims[0] in (*command.by.claims, found.by.claims[0].model_copy(update={"area": ""}))


def test_a_number_that_the_log_gave_and_a_unit_that_the_rules_named_are_left_to_them_again(town: Town):
    policy = DEFAULT_POLICY.changed(
        version="routed", routing=({"id": "all", "lead_unit": "water", "basis": "a test"},), open_catalogue=True
    )
    town.engine.adopt(policy)
    case = town.do(c.ReportCase(by=resident, **MATTER))
    town.do(c.AcceptCase(id=case.id, by=desk), c.AssignCase(id=case.id, by=dispatcher, unit_level="town"))

    report, _, assign = (each.command for each in made_again(town).values())

    assert isinstance(report, c.ReportCase)
    assert report.id is None
    assert isinstance(assign, c.AssignCase)
    assert (assign.id, assign.lead_unit) == (case.id, None)
    assert town.engine.get(case.id, Case).lead_unit == "water"


def test_personal_texts_come_back_as_placeholders_for_the_same_person(town: Town):
    told = Personal(text="behind the house of 张某", subject="s-1", about=("s-7",))
    town.do(c.ReportCase(id="C-a", by=resident, description=told, **MATTER))

    (again,) = made_again(town).values()

    assert isinstance(again.command, c.ReportCase)
    assert again.certainty is Certainty.EXACT
    assert again.command.description is not None
    assert (again.command.description.subject, again.command.description.about) == ("s-1", ("s-7",))
    text = again.command.description.text
    assert len(text.encode()) == len(told.text.encode())  # as many bytes, and nothing else of it
    assert set(text) == {"."}


def test_what_was_told_late_and_in_whose_name_comes_back(town: Town):
    before = town.clock() - timedelta(hours=3)
    town.do(c.ReportCase(id="C-a", by=resident, occurred_at=before, on_behalf_of="s-1", **MATTER))

    (again,) = made_again(town).values()

    assert again.command is not None
    assert (again.command.occurred_at, again.command.on_behalf_of) == (before, "s-1")
    assert again.recorded_at == town.clock()


def test_an_approval_quotes_the_same_command_again(town: Town):
    for step in steps_to("suspended", "C-a"):
        town.approved(*step) if isinstance(step, tuple) else town.do(step)

    kinds = {type(each.command): each.certainty for each in made_again(town).values()}

    assert kinds[RequestApproval] is kinds[GiveApproval] is kinds[c.SuspendCase] is Certainty.EXACT


def test_the_systems_own_commands_are_left_to_the_tick_and_its_rules_are_told(town: Town):
    for step in steps_to("in_handling", "C-a"):
        town.do(step)
    town.pass_days(60)
    town.engine.tick()

    steps = list(commands_again(town.engine))

    assert steps.count(None) == len(
        {each.meta.correlation for each in town.engine.events() if each.meta.correlation.startswith("system:")}
    )
    assert [each.what for each in steps if isinstance(each, Ruled)] == [DEFAULT_POLICY]
    assert SYSTEM.id not in {each.command.by.id for each in steps if isinstance(each, Again) and each.command}


class PaperStatus(Status):
    OPEN = "open", "开", Rest.OUTCOME


class OpenBox(Command, wire="box.open"):
    weight: int = 0


class BoxOpened(Event, name="box.opened"):
    """It does not keep the weight."""


class DropPaper(Command, wire="box.drop"):
    choice: str


class PaperDropped(Event, name="box.dropped"):
    """A secret ballot: it does not keep the choice."""


class Box(Record):
    kind_of_record = "box"


_TABLE = Workflow(
    "box",
    PaperStatus,
    zh="票箱",
    steps=(
        Step("B1", OpenBox, None, BoxOpened, PaperStatus.OPEN, Role.HOST),
        Step("B2", DropPaper, PaperStatus.OPEN, PaperDropped, None, Role.HOST),
    ),
)
BOX = Decider(
    _TABLE,
    Box,
    {BoxOpened: lambda box, event: {"status": PaperStatus.OPEN}, PaperDropped: lambda box, event: {}},
    prefix="B",
)


def test_what_events_do_not_keep_is_told_as_likely_or_lost_and_never_passed_off_as_exact():
    host = Actor.of("host-1", Role.HOST)
    with Engine.open(records=[BOX], now=PinnedClock()) as engine:
        engine.handle(OpenBox(id="light", by=host))
        engine.handle(OpenBox(id="heavy", by=host, weight=3))
        engine.handle(DropPaper(id="light", by=host, choice="yes"))
        found = [each for each in commands_again(engine) if isinstance(each, Again)]

    assert [each.certainty for each in found] == [Certainty.EXACT, Certainty.LIKELY, Certainty.LOST]
    assert (found[1].en, found[1].zh) == ("its event does not keep: weight", "其事件未保留：weight")
    assert found[2].command is None


def test_an_actor_has_the_claims_that_the_command_rested_on(town: Town):
    both = Actor.of("wu", Role.LEAD_UNIT, unit="water")
    for step in steps_to("assigned", "C-a"):
        town.do(step)
    town.do(c.SignOrder(id="C-a", by=both))

    *_, last = made_again(town).values()

    assert last.command is not None
    assert last.command.by == both
