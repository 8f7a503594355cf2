"""What the audit's commands have in common: one vocabulary of options, one way to refuse, values in one line."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.cells import cell_len

from govflow.checkpoints.proofs import Proof
from govflow.cli.app import app

CASE = "C-2026-000001"
READING = ("replay", "diff", "corrections", "late", "why", "responsibility", "journey", "timeline", "show", "list",
           "loops", "report", "prove", "constraints check", "export bundle", "export jsonl",
           "privacy reads", "privacy certificate")  # fmt: skip
MEANING = {  # an option means one thing, whatever command it is given to
    "--db": "PATH",
    "--as": "ACTOR",
    "--role": "ROLE",
    "--as-unit": None,
    "--area": None,
    "--at": "MOMENT",
    "--known-at": "MOMENT",
    "--to": ("MOMENT", "POINT"),
    "--from": ("MOMENT", "POINT"),
    "--version": None,
    "--key": "VKEY|FILE",
    "--witness": "VKEY|FILE",
    "--trusted": "FILE",
    "--handover": "FILE",
    "--out": ("FILE", "PATH"),
    "--records": "MODULE:NAME",
    "--sign": None,
    "--json": None,
}
OF_LOGS = (
    ("verify",), ("checkpoint", "list"), ("checkpoint", "sign"), ("keys", "show"), ("keys", "create"),
    ("keys", "rotate"), ("prove", CASE), ("prove", CASE, "--sign"), ("export", "bundle"), ("replay",),
    ("export", "bundle", "--sign"),
    ("diff", "--from", "2026-03-01"), ("corrections", CASE), ("late",), ("why", CASE), ("why-not", "{}"),
    ("responsibility",), ("constraints", "check"), ("report", "2026"), ("journey", CASE), ("timeline", "log"),
)  # fmt: skip


def command(words: str) -> Any:
    found: Any = typer.main.get_command(app)
    for word in words.split():
        found = found.commands[word]
    return found


@pytest.fixture
def city(db: Path, tmp_path: Path) -> Path:
    for file in db.parent.glob(f"{db.name}*"):
        shutil.copy(file, tmp_path / file.name.replace(db.name, "city.db"))
    return tmp_path / "city.db"


@pytest.mark.parametrize("words", READING)
def test_every_reading_command_is_asked_with_the_same_options(words):
    options = {name: each for each in command(words).params for name in each.opts if name.startswith("--")}

    assert {"--db", "--as", "--role", "--as-unit", "--area", "--records"} <= set(options)
    for name in MEANING.keys() & options.keys():
        meant = MEANING[name]
        wanted = meant if isinstance(meant, tuple) else (meant,)
        assert options[name].metavar in wanted, name
    assert not {"--id", "--record", "--since", "--until", "--output", "--case"} & set(options)
    assert ("--unit" in options) == (words in ("list", "report")), "a unit that is asked about"
    assert [each.opts for each in command(words).params if "--out" in each.opts] in ([], [["--out", "-o"]])


def unusable(folder: Path, city: Path) -> dict[str, tuple[Path, str]]:
    """Files that are no log, and what is said of each."""
    (folder / "folder").mkdir()
    (folder / "text").write_text("a text\n")
    (folder / "empty").touch()
    (folder / "packed").write_bytes(gzip.compress(city.read_bytes()[:4096]))
    (folder / "cut").write_bytes(city.read_bytes()[:5000])
    with closing(sqlite3.connect(folder / "other")) as other:
        other.execute("CREATE TABLE t (a)")
    said = {
        "none": "there is no log at",
        "folder": "is a folder, and a log is one file",
        "empty": "is empty",
        "text": "is no log",
        "packed": "unpack it first",
        "other": "another program's",
        "cut": "malformed",
    }
    return {name: (folder / name, words) for name, words in said.items()}


@pytest.mark.parametrize("arguments", OF_LOGS, ids=" ".join)
def test_what_is_no_log_is_refused_in_one_sentence(govflow, city, tmp_path, arguments):
    for path, said in unusable(tmp_path, city).values():
        ran = govflow(*arguments, "--db", path)

        assert (ran.status, ran.out) == (2, ""), path
        assert said in ran.err
        assert len(ran.err.splitlines()) == 1


def test_what_is_no_log_is_refused_in_chinese_too(govflow, tmp_path):
    (tmp_path / "text").write_text("a text\n")
    for path, said in ((tmp_path, "是文件夹"), (tmp_path / "text", "不是日志"), (tmp_path / "none", "没有日志")):
        assert said in govflow("replay", "--db", path, "--lang", "zh-CN").err


@pytest.mark.parametrize("arguments", [("show",), ("export",), ("export", "--handovers"), ("rotate",)], ids=" ".join)
def test_where_there_is_no_key_the_command_that_makes_one_is_named(govflow, city, arguments):
    ran = govflow("keys", *arguments, "--db", city)

    assert (ran.status, ran.out) == (2, "")
    assert f"this log has no signing key yet; expected govflow keys create --db {city}" in ran.err


def test_a_key_that_was_lost_is_not_made_anew(govflow, city):
    govflow("checkpoint", "sign", "--db", city)
    city.with_name("city.db.signing").unlink()

    assert "keys create" not in govflow("keys", "show", "--db", city).err


def test_an_event_that_nothing_covers_is_proved_once_it_is_signed(govflow, city):
    refused = govflow("prove", CASE, "--db", city)
    assert refused.status == 2
    assert "covered by no checkpoint yet: sign one first (`govflow checkpoint sign`)" in refused.err

    signed = govflow("prove", CASE, "--sign", "--db", city)
    assert signed.status == 0
    assert "made a signing key" in signed.err
    assert Proof.parse(signed.out.encode()).place >= 0
    assert govflow("prove", CASE, "--db", city).out == signed.out


def test_what_is_to_be_copied_stands_in_one_line_however_narrow_the_terminal(govflow, city, monkeypatch):
    root = govflow("checkpoint", "sign", "--db", city).out.splitlines()[2]
    vkey = govflow("keys", "export", "--db", city).out.strip()
    monkeypatch.setenv("COLUMNS", "40")

    assert f"root {root}\n" in govflow("checkpoint", "list", "--db", city).out
    assert f"root {root}\n" in govflow("verify", "--db", city, "--workers", "1").out
    assert f"  {vkey}\n" in govflow("keys", "show", "--db", city).out
    digest = json.loads(govflow("replay", CASE, "--db", city, "--json").out)["digest"]
    assert f"digest {digest}\n" in govflow("replay", CASE, "--db", city).out


def test_the_log_tells_of_itself_as_a_timeline(govflow, db):
    ran = govflow("timeline", "log", "--db", db)
    told = json.loads(govflow("timeline", "log", "--db", db, "--json").out)

    assert ran.status == 0
    assert [each["name"] for each in told[:2]] == ["log.opened", "policy.adopted"]
    assert told[0]["body"]["log_id"] in ran.out
    assert sum(each["name"] == "workflow.adopted" for each in told) == ran.out.count("workflow.adopted")
    assert max(cell_len(line) for line in ran.out.splitlines()) <= 80
    zh = govflow("timeline", "log", "--db", db, "--lang", "zh-CN").out
    assert "采用流程表  事项" in zh
    assert govflow("timeline", "log", "--db", db, "--as", "nobody").status == 0, "it is for everybody"


@pytest.mark.parametrize("arguments", [("show",), ("replay",), ("why",), ("journey",), ("corrections",)], ids=" ".join)
def test_the_log_itself_is_no_record_and_where_it_is_told_is_said(govflow, db, arguments):
    ran = govflow(*arguments, "log", "--db", db)

    assert (ran.status, ran.out) == (2, "")
    assert "`govflow timeline log`" in ran.err


def test_a_comparison_speaks_chinese_of_states_levels_and_fields(govflow, db):
    zh = govflow("diff", CASE, "--from", "3", "--to", "25", "--db", db, "--lang", "zh-CN").out
    en = govflow("diff", CASE, "--from", "3", "--to", "25", "--db", db).out

    assert "处置中" in zh
    assert "状态" in zh
    for word in ("in_handling", "status ", "running"):
        assert word in en
        assert word not in zh


def test_a_share_and_a_moment_are_written_as_readers_of_each_language_write_them(govflow, db):
    asked = ("responsibility", CASE, "--db", db)

    assert "100.0 %" in govflow(*asked).out
    assert "100.0%" in govflow(*asked, "--lang", "zh-CN").out
    assert "+08:00" in govflow("replay", "--at", "2026-03-02", "--db", db).out
