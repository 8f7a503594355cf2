"""`govflow why`: on what an event of the past rests, told in both languages; the demo is lawful throughout."""

from __future__ import annotations

import json

import pytest
from rich.cells import cell_len

from govflow import Engine
from govflow.audit.explaining.past import Past
from govflow.audit.explaining.why import objections
from govflow.audit.legality.record import check_record
from govflow.log_events import LOG_STREAM


@pytest.fixture(scope="module")
def log(told):
    return told[0]


def test_it_is_told_in_both_languages_and_as_json(govflow, log):
    asked = ("why", "JP-2026-000001", "--version", "12", "--db", log)
    english, chinese = (govflow(*asked, "--lang", each) for each in ("en", "zh-CN"))
    found = json.loads(govflow(*asked, "--json").out)

    assert (english.status, english.err, chinese.status, chinese.err) == (0, "", 0, "")
    assert "JP-2026-000001, version 12: joint_project.team_named" in english.out
    assert "row: J37: in paired" in english.out
    assert "the actor holds the role here" in english.out
    assert "依据的行：J37：处于" in chinese.out
    assert "操作人在此具有该角色" in chinese.out
    assert max(cell_len(line) for line in (english.out + chinese.out).splitlines()) <= 80
    assert (found["row"], found["command"], found["version"]) == ("J37", "joint_project.name_team", 12)
    assert {each["verdict"] for each in found["judged"]} == {"holds"}


def test_without_a_version_it_is_the_last_event(govflow, log):
    found = json.loads(govflow("why", "JP-2026-000001", "--db", log, "--json").out)

    with Engine.open(log, create=False, read_only=True) as engine:
        assert found["version"] == engine.get("JP-2026-000001").version


@pytest.mark.parametrize(("id", "version"), [("nobody", "1"), ("JP-2026-000001", "9999")])
def test_what_is_not_there_is_one_clear_message(govflow, log, id, version):
    for language in ("en", "zh-CN"):
        ran = govflow("why", id, "--version", version, "--db", log, "--lang", language)

        assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)


def test_the_demo_is_lawful_from_its_first_event_to_its_last(log):
    with Engine.open(log, create=False, read_only=True) as engine:
        past = Past(engine)
        found = list(past.tables.findings)
        for record in engine.records():
            decider = engine.deciders[record.kind_of_record]
            found += check_record(decider, engine.store.read(record.id), past.tables)
            found += objections(engine, record.id, past)
        checked = engine.store.head() - engine.store.version(LOG_STREAM)

    assert (found, checked > 500) == ([], True)
