"""`govflow replay`, `diff`, `corrections` and `late`: what an auditor asks of the past, and what is answered."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from govflow.audit.replay.correcting import corrections
from tests.audit.past import past, written_to

ENGINE, CLOCK = past()
ACCEPTED = ENGINE.history("fixed")[1].body.at.isoformat()
NOBODY = ("--as", "s-else", "--role", "resident", "--area", "elsewhere")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written_to(tmp_path_factory.mktemp("past") / "past.db")


@pytest.mark.parametrize(
    ("arguments", "status", "lang"),
    [
        (("replay", "--at", "2026-03-10"), 0, "en"),
        (("replay", "--version", "40"), 0, "zh-CN"),
        (("replay", "fixed", "--at", ACCEPTED, "--known-now"), 0, "zh-CN"),
        (("diff", "--from", "0"), 1, "en"),
        (("diff", "--from", "100", "--to", "130"), 1, "zh-CN"),
        (("diff", "--from", "2025-01-01", "--to", "2025-01-02"), 0, "en"),
        (("diff", "fixed", "--from", "0", "--to", "1"), 1, "en"),
        (("diff", "fixed", "--from", "2"), 1, "zh-CN"),
        (("diff", "x", "--from", "9"), 1, "en"),
        (("diff", "fixed", "--from", "2", "--to", "2"), 0, "en"),
        (("corrections", "fixed", "--at", ACCEPTED), 0, "zh-CN"),
        (("corrections", "late"), 0, "en"),
        (("late",), 1, "en"),
        (("late",), 1, "zh-CN"),
        (("late", "--later-than", "90d"), 0, "zh-CN"),
    ],
    ids=lambda each: " ".join(each)[:60] if isinstance(each, tuple) else str(each),
)
def test_every_question_is_answered_within_80_columns(govflow, log, arguments, status, lang):
    ran = govflow(*arguments, "--db", log, "--lang", lang)
    assert (ran.status, ran.err) == (status, "")
    assert ran.out.strip()
    assert max(cell_len(line) for line in ran.out.splitlines()) <= 80


def asked(govflow: Any, *arguments: Any) -> Any:
    return json.loads(govflow(*arguments, "--json").out)


def test_a_record_is_folded_up_to_a_version(govflow, log):
    then = asked(govflow, "replay", "fixed", "--version", "2", "--db", log)
    assert (then["status"], then["version"]) == ("accepted", 2)


def test_a_moment_is_shown_as_published_then_and_as_known_now(govflow, log):
    of = ("replay", "fixed", "--at", ACCEPTED, "--db", log)
    published, known = (asked(govflow, *of, each) for each in ("--published", "--known-now"))
    assert (published["title"], known["title"]) == ("Water leak", "Gas leak at gate 3")
    versions = [each.version for each in corrections(ENGINE, "fixed")]
    assert known["corrected_by"] == versions
    assert "Corrected since: title: Water leak → Gas leak" in govflow(*of, "--known-now").out

    beside = asked(govflow, "corrections", "fixed", "--at", ACCEPTED, "--db", log)
    assert [each["version"] for each in beside["corrections"]] == beside["applied"] == versions
    unlike = {tuple(each["path"]): (each["published_then"], each["known_now"]) for each in beside["differences"]}
    assert unlike == {("title",): ("Water leak", "Gas leak at gate 3"), ("severity",): ("normal", "high")}
    text = govflow("corrections", "fixed", "--at", ACCEPTED, "--db", log).out
    assert "corrects #1 case.reported · dispatcher@desk" in text
    assert "as published then" in text


def test_before_anything_was_entered_nothing_was_published(govflow, log):
    moment = (CLOCK() - timedelta(days=4)).isoformat()
    found = asked(govflow, "corrections", "late", "--at", moment, "--db", log)
    assert (found["published_then"], found["known_now"]["status"]) == (None, "accepted")
    assert "nothing of it had been recorded" in govflow("corrections", "late", "--at", moment, "--db", log).out
    now = CLOCK().isoformat()
    assert "are the same" in govflow("corrections", "fixed", "--at", now, "--db", log).out


def test_digests_written_by_one_run_are_compared_by_another(govflow, log, tmp_path):
    out = tmp_path / "digests.jsonl"
    assert govflow("replay", "--digests", "-o", out, "--db", log).status == 0
    assert out.read_text("utf-8") == govflow("replay", "--digests", "--db", log).out
    same = govflow("replay", "--against", out, "--db", log)
    assert (same.status, same.out) == (0, "The digests agree, event by event.\n")

    lines = out.read_text("utf-8").splitlines(keepends=True)
    number = next(place for place, line in enumerate(lines) if '"stream":"late","version":2' in line)
    out.write_text("".join([*lines[:number], lines[number].replace('"accepted"', '"closed"'), *lines[number + 1 :]]))
    other = govflow("replay", "--against", out, "--db", log)
    assert other.status == 1
    assert "They differ first at late version 2 (case.accepted)" in " ".join(other.out.split())
    found = asked(govflow, "replay", "--against", out, "--db", log)
    assert (found["agrees"], found["first_difference"]["fields"]) == (False, ["status"])

    for kept, said in ((lines[:number] + lines[number + 1 :], "this log alone"), ([lines[0], *lines[5:]], "alone")):
        out.write_text("".join(kept))
        assert said in " ".join(govflow("replay", "--against", out, "--db", log).out.split())
    out.write_text(lines[0].replace(ENGINE.log_id, "log-else") + "".join(lines[1:]))
    assert "They are of two logs" in govflow("replay", "--against", out, "--db", log).out


def test_a_list_that_is_there_already_is_not_written_over(govflow, log, tmp_path):
    out = tmp_path / "digests.jsonl"
    out.write_text("mine")
    ran = govflow("replay", "--digests", "-o", out, "--db", log)
    assert (ran.status, out.read_text()) == (2, "mine")


def test_what_changed_is_told_field_by_field_and_record_by_record(govflow, log):
    found = asked(govflow, "diff", "fixed", "--from", "2", "--db", log)
    assert (found["from"]["version"], found["to"]["version"]) == (2, ENGINE.get("fixed").version)
    title = next(each for each in found["changes"] if each["path"] == ["title"])
    assert (title["before"], title["after"], len(title["versions"])) == ("Water leak", "Gas leak at gate 3", 2)
    assert {each["version"] for each in found["events"]} >= set(title["versions"])

    whole = asked(govflow, "diff", "--from", "0", "--db", log)
    assert {each["record"] for each in whole["begun"]} == {each.id for each in ENGINE.records()}
    assert whole["moved"] == []
    assert whole["counts"]["joint_project"]["ended"] == 1
    part = asked(govflow, "diff", "--from", ACCEPTED, "--db", log)
    assert {"record": "is-terminated", "kind": "case", "to": "terminated"} in part["begun"]


def test_late_entries_are_counted_by_unit_with_the_limit_and_whose_it_is(govflow, log):
    ours = asked(govflow, "late", "--db", log)
    assert (ours["later_than"], ours["basis"]) == (86_400.0, "design")
    assert {each["stream"] for each in ours["longest"]} >= {"late"}
    desk = next(each for each in ours["units"] if each["unit"] == "desk")
    assert (desk["late"], desk["longest"]) == (1, timedelta(days=2, hours=23).total_seconds())
    named = asked(govflow, "late", "--later-than", "71h", "--db", log)
    assert (named["basis"], named["late"] < ours["late"] or named["late"] == 1) == ("", True)


def test_a_limit_of_nothing_has_a_name_and_what_one_sees_is_said(govflow, log):
    assert "more than 0 minutes after" in " ".join(govflow("late", "--later-than", "0m", "--db", log).out.split())
    assert "only what nobody may see" not in govflow("late", "--db", log).out
    assert "only what" in govflow("late", *NOBODY, "--db", log).out


def test_the_length_of_the_log_is_not_told_to_who_may_not_see_all(govflow, log):
    for number in ("1", "999"):
        ran = govflow("diff", "--from", number, *NOBODY, "--db", log)
        assert (ran.status, ran.out) == (2, "")
        assert "compares moments, not versions" in ran.err


def test_what_an_actor_may_not_see_is_not_told(govflow, log):
    for command in (("replay", "fixed"), ("diff", "fixed", "--from", "1"), ("corrections", "fixed")):
        ran = govflow(*command, *NOBODY, "--db", log)
        assert (ran.status, ran.out) == (2, "")
        assert "there is no record fixed" in ran.err
    whole = asked(govflow, "diff", "--from", "0", *NOBODY, "--db", log)
    assert "fixed" not in {each["record"] for each in whole["begun"]}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("replay", "--at", "2026-03-01", "--version", "3"), "name one point"),
        (("replay", "fixed", "--at", ACCEPTED, "--published", "--known-now"), "name one point"),
        (("replay", "--at", ACCEPTED, "--published"), "are of one record at one moment"),
        (("replay", "fixed", "--known-now"), "are of one record at one moment"),
        (("replay", "--digests", "--at", ACCEPTED), "to the last event"),
        (("replay", "fixed", "--against", "x"), "to the last event"),
        (("replay", "--out", "x"), "--out: not usable"),
        (("replay", "--against", "nothing.jsonl"), "nothing.jsonl"),
        (("replay", "--version", "9999"), "the log has"),
        (("replay", "fixed", "--at", "soon"), "soon is not a moment"),
        (("replay", "nowhere"), "there is no record nowhere"),
        (("diff", "--from", "9999"), "there is no version 9999"),
        (("diff", "fixed", "--from", "9" * 30), "there is no version 999999999999999999"),
        (("diff", "fixed", "--from", "3", "--to", "2"), "lies before the first"),
        (("diff", "--from", "2026-03-02", "--to", "2026-03-01"), "lies before the first"),
        (("diff", "--from", "1", "--to", "2026-03-01"), "two moments or two versions"),
        (("diff", "nowhere", "--from", "1"), "there is no record nowhere"),
        (("corrections", "nowhere"), "there is no record nowhere"),
        (("late", "--later-than", "-1h"), "no span of time"),
        (("late", "--later-than", "1y"), "no span of time"),
    ],
    ids=lambda each: " ".join(each)[:60] if isinstance(each, tuple) else "",
)
def test_what_cannot_be_answered_is_one_line_and_status_2(govflow, log, arguments, said):
    ran = govflow(*arguments, "--db", log)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
