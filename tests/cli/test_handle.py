"""`govflow handle`: good lines land, every bad one is one line, personal values are never repeated."""

from __future__ import annotations

import json

import pytest

from govflow import Engine

REPORT = {
    "command": "case.report",
    "id": "leak-1",
    "by": {"id": "s-1", "claims": [{"role": "resident"}]},
    "title": "Water leak",
    "kind": "hotline",
    "channel": "phone",
    "level": "community",
    "area": "a/b",
    "reporter": "s-1",
    "reporter_name": "Zhang San",
}
ACCEPT = {"command": "case.accept", "id": "leak-1", "by": {"id": "wu", "claims": [{"role": "acceptance_desk"}]}}


def lines(*commands: object) -> bytes:
    return b"\n".join(each if isinstance(each, bytes) else json.dumps(each).encode() for each in commands) + b"\n"


def test_a_command_as_an_argument_is_done(govflow, tmp_path):
    ran = govflow("handle", json.dumps(REPORT), "--db", tmp_path / "log.db")

    assert (ran.status, ran.out) == (0, "leak-1: reported, version 1\n")
    assert ran.err == f"beginning a new log at {tmp_path / 'log.db'}\n"


def test_commands_come_one_a_line_from_stdin(govflow, tmp_path):
    ran = govflow("handle", "--db", tmp_path / "log.db", stdin=lines(REPORT, b"", ACCEPT))

    assert (ran.status, ran.out) == (0, "leak-1: reported, version 1\nleak-1: accepted, version 2\n")


def test_good_lines_land_and_every_bad_one_is_told_in_one_line(govflow, tmp_path):
    close = {**ACCEPT, "command": "case.close"}
    ran = govflow("handle", "-", "--db", tmp_path / "log.db", stdin=lines(REPORT, close, b"{", b"\xff", ACCEPT))

    assert ran.status == 1
    assert ran.out == "leak-1: reported, version 1\nleak-1: accepted, version 2\n"
    told = ran.err.splitlines()[1:]
    assert [line.split(":")[1].strip() for line in told] == ["line 2", "line 3", "line 4"]
    assert "step_is_in_the_table" in told[0]
    with Engine.open(tmp_path / "log.db", create=False) as engine:
        assert engine.get("leak-1").version == 2


def test_a_refusal_names_every_broken_rule_with_its_sentence_in_the_language(govflow, tmp_path):
    assign = {"command": "case.assign", "id": "leak-1", "by": {"id": "x"}}
    given = lines(REPORT, ACCEPT, assign)

    ran = govflow("handle", "--db", tmp_path / "log.db", "--lang", "zh-CN", stdin=given)

    (told,) = ran.err.splitlines()[1:]
    assert told.startswith("govflow: 第 3 行: leak-1 不能执行 case.assign：role_is_held: ")
    assert "one_lead_unit_named: 主办单位唯一" in told


def test_the_same_command_again_is_no_refusal_and_another_one_under_its_id_is(govflow, tmp_path):
    named = {**REPORT, "command_id": "m-1"}
    other = {**named, "title": "Another"}

    ran = govflow("handle", "--db", tmp_path / "log.db", stdin=lines(named, named, other))

    assert ran.out == "leak-1: reported, version 1\n" * 2
    assert ran.status == 1
    assert "line 3: command id m-1" in ran.err


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({}, "command: missing; expected a wire name"),
        ({"command": "case.asign"}, "expected a wire name such as case.assign"),
        ({"command": 5}, "command: no command of the records served here"),
        ([1], "not a JSON object"),
        (b'{"command": "case.accept", "command": "x"}', "command: stands twice"),
        (b'{"command": NaN}', "not readable as JSON"),
        (b"[" * 100_000, "not readable as JSON"),
        (b"9" * 10_000, "not readable as JSON"),
        ({**ACCEPT, "lead": "x"}, "lead: no field of case.accept; expected one of in_scope"),
        ({**ACCEPT, "by": "wu"}, "by: not usable; expected an object with the fields of Actor"),
        ({"command": "case.accept", "id": "leak-1"}, "by: missing; expected a value"),
        ({**ACCEPT, "by": {"id": "wu", "claims": [{"rol": "x"}]}}, "by.claims.0.role: missing"),
        ({**ACCEPT, "id": "a b"}, "id: not usable; expected a text of the form"),
        ({**ACCEPT, "in_scope": "Zhang San"}, "in_scope: not usable; expected true or false"),
        ({**ACCEPT, "occurred_at": "2026-01-01T00:00:00"}, "occurred_at: not usable; expected a time with its offset"),
        ({**ACCEPT, "occurred_at": "Zhang San"}, "occurred_at: not usable; expected a time such as"),
        ({**ACCEPT, "same_as": "Zhang San"}, "same_as: not usable; expected a list"),
        ({**REPORT, "id": "y", "level": "Zhang San"}, "level: not usable; expected one of 'grid', 'community'"),
        ({**REPORT, "id": "y", "reporter_name": ["Zhang San"]}, "reporter_name: not usable"),
        ({**REPORT, "id": "y", "reporter_name": {"text": "Zhang San", "name": 1}}, "reporter_name.name: no field"),
        ({**REPORT, "id": "y", "reporter_name": "Zhang San" * 9000}, "reporter_name.text: not usable"),
        ({**REPORT, "id": "y", "Zhang San": 1}, "?: no field of case.report"),
        ({**ACCEPT, "id": "nobody"}, "there is no record nobody"),
    ],
)
def test_a_line_that_is_no_command_is_told_by_field_and_expectation_and_never_by_its_value(
    govflow, tmp_path, line, told
):
    ran = govflow("handle", "--db", tmp_path / "log.db", stdin=lines(REPORT, line))

    assert ran.status == 1
    (said,) = ran.err.splitlines()[1:]
    assert said.startswith("govflow: line 2: ")
    assert told in said
    assert "Zhang" not in said
    chinese = govflow("handle", "--db", tmp_path / "log.db", "--lang", "zh-CN", stdin=lines(line)).err
    assert "第 1 行" in chinese
    assert "Zhang" not in chinese


def test_what_a_text_from_outside_says_cannot_move_the_cursor(govflow, tmp_path):
    report = {**REPORT, "title": "\x1b[2Jgone\r\nnext"}
    govflow("handle", json.dumps(report), "--db", tmp_path / "log.db")

    ran = govflow("list", "--db", tmp_path / "log.db")

    assert "\x1b" not in ran.out
    assert "[2Jgone  next" in ran.out
