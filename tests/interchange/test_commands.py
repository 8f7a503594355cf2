"""Commands from JSON: every command of a case comes back as it went out, and a fault says where and what."""

from __future__ import annotations

import json

import pytest

from govflow import Actor, Engine, InputError
from govflow.cases import CASE
from govflow.cases.commands import ReportCase
from govflow.interchange.commands import CommandFault, command_from_json
from tests.support import MATTER, desk

WU = Actor.of("wu", "dispatcher", unit="desk", level="town", area="a/b")


@pytest.mark.parametrize("command", CASE.commands, ids=lambda command: command.wire)
def test_every_command_comes_back_as_it_went_out(command):
    given = command(
        id="C-1",
        command_id="m-1",
        by=WU,
        occurred_at="2026-03-02T09:00:00+08:00",
    )
    text = json.dumps({"command": command.wire, **given.model_dump(mode="json", exclude_unset=True)})

    assert command_from_json(text, [CASE]) == given
    assert command_from_json(text.encode(), [CASE]) == given


def test_a_personal_value_may_be_a_plain_text():
    said = {**MATTER, "reporter": None, "by": desk.model_dump(mode="json"), "reporter_name": "Zhang San"}

    command = command_from_json(json.dumps({"command": "case.report", **said}), [CASE])

    assert isinstance(command, ReportCase)
    assert command.reporter_name is not None
    assert command.reporter_name.text == "Zhang San"
    assert command.reporter is not None
    with Engine.open() as engine:
        (reported,) = engine.history(engine.handle(command).id)
    assert reported.body.reporter_name.subject == command.reporter  # type: ignore[attr-defined]


def test_a_fault_says_field_and_expectation_in_both_languages():
    with pytest.raises(CommandFault) as raised:
        command_from_json('{"command": "case.assign", "by": {"id": "wu"}, "unit_level": "moon"}', [CASE])

    assert isinstance(raised.value, InputError)
    assert raised.value.field == "unit_level"
    assert raised.value.reason.code == "bad_value"
    expected = "'grid', 'community', 'town' or 'district'"
    assert str(raised.value) == f"unit_level: not usable; expected one of {expected}"
    assert raised.value.sentence("zh-CN") == f"unit_level: 不可用，应为其一：{expected}"


def test_the_same_text_delivered_twice_is_one_report_though_it_names_no_pseudonym():
    text = """{"command": "case.report", "command_id": "q-9", "by": {"id": "s-1", "claims": [{"role": "resident"}]},
        "title": "Leak", "kind": "hotline", "channel": "app", "level": "community", "reporter_phone": "13800000000"}"""
    with Engine.open() as engine:
        first, again = (engine.handle(command_from_json(text, [CASE])) for _ in range(2))

        assert first == again
        assert len(engine.history(first.id)) == 1
