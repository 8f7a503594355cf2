"""`govflow report` writes the page of a record or of a period, in both languages, for whoever asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from govflow import CASE, Engine
from govflow.proposals import PROPOSAL
from govflow.testing import PinnedClock
from tests.audit.reported import Tables, faults, local
from tests.cli.conftest import run
from tests.support import Town, a_case


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with one closed case."""
    path = tmp_path_factory.mktemp("report") / "city.db"
    clock = PinnedClock(local("02-13 09:05"))
    with Engine.open(path, now=clock, records=[CASE, PROPOSAL]) as engine:
        a_case(Town(engine, clock), "closed", id="leak")
    return path


@pytest.mark.parametrize("what", ["leak", "2026-02", "2026-01-01..2026-12-31", "2026"])
def test_it_writes_one_page_of_a_record_or_a_period(log, tmp_path, what):
    out = tmp_path / "report.html"
    ran = run("--lang", "zh-CN", "report", what, "-o", out, "--db", log)

    assert (ran.status, ran.err) == (0, "")
    page = Tables(out.read_text(encoding="utf-8"))
    assert [*faults(page)] == []
    assert page.all("html")[0]["lang"] == "zh-CN"
    assert "审计报告" in page.text


def test_it_writes_to_standard_output_and_for_one_reader(log):
    ran = run("--lang", "en", "report", "leak", "--as", "x", "--role", "dispatcher", "--db", log)

    assert ran.status == 0
    assert ran.out.startswith("<!doctype html>")


@pytest.mark.parametrize(
    "given",
    [("nothing",), ("leak", "--as", "x", "--role", "resident"), ("2999-01",), ("2026-13",), ("leak", "--area", "x")],
)
def test_what_cannot_be_reported_on_is_one_clear_message(log, given):
    ran = run("--lang", "en", "report", *given, "--db", log)

    assert ran.status == 2
    assert "Traceback" not in ran.err
    assert 0 < len(ran.err.splitlines()) <= 4


@pytest.mark.parametrize(
    "what", ["2026-13", "2026-02-30..2026-03-01", "2026-03-01..2026-02-01", "2026-00", "2026-02-13"]
)
@pytest.mark.parametrize("more", [(), ("--unit", "water")])
def test_what_looks_like_a_period_and_is_none_is_told_as_that(log, what, more):
    ran = run("--lang", "en", "report", what, *more, "--db", log)

    assert (ran.status, len(ran.err.splitlines())) == (2, 1)
    assert f"there is no period {what}" in ran.err


@pytest.mark.parametrize("what", [("0001",), ("2019",), ("2019", "--unit", "water")])
def test_of_a_period_before_the_log_began_nothing_is_told_but_when_it_began(log, what):
    ran = run("--lang", "en", "report", *what, "--db", log)

    assert (ran.status, ran.out) == (2, "")
    assert "the log tells of nothing so long ago" in ran.err
    assert "2026-02-13.." in ran.err
    assert "日志中没有这么早的内容" in run("--lang", "zh-CN", "report", *what, "--db", log).err


@pytest.mark.parametrize("more", [(), ("--unit", "water")])
def test_a_period_that_the_log_has_a_part_of_says_when_the_log_begins(log, more):
    whole = run("--lang", "en", "report", "2026", *more, "--db", log).out
    part = run("--lang", "en", "report", "2026-02-13..2026-03-01", *more, "--db", log).out

    assert "The log begins on 2026-02-13." in whole
    assert "The log begins" not in part


def test_a_file_that_is_there_is_not_overwritten(log, tmp_path):
    out = tmp_path / "report.html"
    out.write_text("mine", encoding="utf-8")
    ran = run("--lang", "en", "report", "leak", "-o", out, "--db", log)

    assert (ran.status, ran.out) == (2, "")
    assert "File exists" in ran.err
    assert out.read_text(encoding="utf-8") == "mine"


def test_every_command_that_a_units_report_names_is_one(log):
    page = run("--lang", "en", "report", "2026", "--unit", "water", "--db", log).out

    assert "govflow timeline" in page
    assert run("timeline", "leak", "--db", log).status == 0
