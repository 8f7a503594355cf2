"""`govflow verify`: one command for a log, a bundle and a proof; its words, its JSON, its exit status."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from govflow.checkpoints.notes import Signer
from tests.checkpoints.logs import raw
from tools.reference.verified import FIELDS

PROJECT = "JP-2026-000001"


@pytest.fixture(scope="module")
def handed(told: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's log, signed, with a bundle, a record's bundle, a proof, a head, and the key to check them."""
    from tests.cli.conftest import run

    folder = tmp_path_factory.mktemp("handed")
    for file in Path(told[0]).parent.glob(f"{told[0].name}*"):
        shutil.copy(file, folder / file.name.replace(told[0].name, "town.db"))
    log = folder / "town.db"
    (folder / "head.note").write_text(run("checkpoint", "sign", "--db", log).out)
    (folder / "town.vkey").write_text(run("keys", "export", "--db", log).out)
    assert run("export", "bundle", "--db", log, "-o", folder / "whole").status == 0
    assert run("export", "bundle", "--db", log, "-o", folder / "record", PROJECT).status == 0
    assert run("prove", PROJECT, "--db", log, "-o", folder / "one.tlog-proof").status == 0
    return folder


def options(handed: Path) -> tuple[str | Path, ...]:
    return "--key", handed / "town.vkey"


@pytest.mark.parametrize(("name", "kind"), [("town.db", "log"), ("whole", "bundle"), ("one.tlog-proof", "proof")])
def test_whatever_was_handed_over_is_checked_by_one_command(govflow, handed, name, kind):
    ran = govflow("verify", handed / name, *options(handed), "--json")
    told = json.loads(ran.out)

    assert (ran.status, ran.err, told["kind"], told["clean"]) == (0, "", kind, True)
    assert told["origin"].startswith("govflow/log-")
    explained = {field for field, (of, _) in FIELDS.items() if kind in of.split(", ")}
    assert explained - set(told) == ({"why"} if kind == "proof" else {"rules"} if kind == "log" else set())
    assert not set(told) - explained
    in_chinese = govflow("verify", "--db", handed / name, *options(handed), "--lang", "zh")
    assert in_chinese.status == 0
    assert any(word in in_chinese.out for word in ("未发现", "证明成立"))


def test_a_head_vouches_for_a_bundle_or_is_said_not_to_have_been_compared(govflow, handed):
    whole = govflow("verify", handed / "whole", *options(handed), "--trusted", handed / "head.note", "--json")
    told = json.loads(whole.out)

    assert whole.status == 0
    assert told["trusted"] == {"given": 1, "agreeing": 1, "up_to": told["covered"]}
    assert (
        "1 of 1 agree" in govflow("verify", handed / "whole", *options(handed), "--trusted", handed / "head.note").out
    )
    record = govflow("verify", handed / "record", *options(handed))
    assert (record.status, "its writer's word" in record.out.replace("\n", " ")) == (0, True)


def test_after_a_key_was_replaced_the_first_one_serves_with_its_handover(govflow, handed, tmp_path):
    for file in handed.glob("town.db*"):
        shutil.copy(file, tmp_path / file.name)
    log, note, proof = tmp_path / "town.db", tmp_path / "handover.note", tmp_path / "new.tlog-proof"
    note.write_text(govflow("keys", "rotate", "--db", log).out)
    assert govflow("prove", PROJECT, "--db", log, "-o", proof).status == 0
    assert govflow("checkpoint", "sign", "--db", log).status == 0

    for path in (log, proof):
        assert govflow("verify", path, *options(handed), "--handover", note).status == 0


@pytest.mark.parametrize("name", ["whole", "one.tlog-proof"])
def test_what_was_changed_is_found_and_what_cannot_be_checked_is_told_apart(govflow, handed, tmp_path, name):
    key, stranger = (handed / "town.vkey").read_text().strip(), tmp_path / "stranger.vkey"
    stranger.write_text(Signer.new(key.partition("+")[0]).verifier.vkey)
    changed = tmp_path / "changed"
    raw = (handed / name).read_bytes()
    changed.write_bytes(
        raw.replace(b"\nindex ", b"\nindex 1", 1) if name != "whole" else raw.replace(b"2026", b"2025", 9)
    )

    assert govflow("verify", changed, *options(handed)).status == 1
    assert json.loads(govflow("verify", changed, *options(handed), "--json").out)["clean"] is False
    by_another = govflow("verify", handed / name, "--key", stranger)
    assert by_another.status == (1 if name == "whole" else 2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "one file is checked at a time"),
        (["whole", "--db", "town.db"], "one file is checked at a time"),
        (["whole"], "--key VKEY"),
        (["one.tlog-proof"], "--key VKEY"),
        (["none"], "none"),
        (["one.tlog-proof", "--key", "town.vkey", "--trusted", "head.note"], "no other is compared"),
        (["whole", "--key", "town.vkey", "--handover", "head.note"], "--handover"),
        (["whole", "--key", "a\0+b"], "--key"),
    ],
)
def test_what_cannot_be_asked_is_one_message(govflow, handed, monkeypatch, arguments, said):
    monkeypatch.chdir(handed)
    ran = govflow("verify", *arguments)

    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1


def test_findings_that_are_left_off_are_counted(govflow, handed, tmp_path):
    for file in handed.glob("town.db*"):
        shutil.copy(file, tmp_path / file.name)
    with raw(tmp_path / "town.db") as db:
        db.execute("UPDATE stored_events SET leaf = zeroblob(32)")
        (rows,) = db.execute("SELECT count(*) FROM stored_events").fetchone()
    told = json.loads(govflow("verify", tmp_path / "town.db", *options(handed), "--json").out)

    assert told["findings_left_off"] == sum(told["counts"].values()) - len(told["findings"])
    assert told["counts"]["EDIT"] >= rows


def test_no_key_is_made_and_nothing_signed_in_the_name_of_a_bundle(govflow, handed):
    for command in (["checkpoint", "sign"], ["keys", "create"], ["export", "bundle", "--sign", "-o", handed / "no"]):
        ran = govflow(*command, "--db", handed / "whole")
        assert (ran.status, ran.out) == (2, ""), command
        assert "bundle" in ran.err
    assert not (handed / "no").exists()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_no_defect(govflow, handed, tmp_path, day):
    ran = govflow("export", "bundle", "--db", handed / "town.db", "-o", tmp_path / "b", "--from", day, "--to", day)

    assert ran.status == 2
    assert "defect" not in ran.err
    assert day in ran.err


# --- how it is said --------------------------------------------------------------------------------------------------


@pytest.fixture
def own(handed: Path, tmp_path: Path) -> Path:
    """A copy of the log with all that lies beside it, and nothing that reading left."""
    for file in handed.glob("town.db*"):
        shutil.copy(file, tmp_path / file.name)
    for name in ("", ".checkpoints", ".keys"):
        with closing(sqlite3.connect(tmp_path / f"town.db{name}")) as db:
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return tmp_path / "town.db"


def changed(log: Path, where: str, old: bytes, new: bytes) -> int:
    """Put other bytes into the first row found so; its position."""
    with raw(log) as db:
        sql = f"SELECT rowid, state FROM stored_events WHERE {where} AND instr(state, ?) LIMIT 1"
        position, state = db.execute(sql, (old,)).fetchone()
        db.execute("UPDATE stored_events SET state = ? WHERE rowid = ?", (state.replace(old, new, 1), position))
    return int(position)


def test_of_a_changed_log_the_event_is_named_first_and_the_ranges_around_it_after(govflow, own, handed):
    position = changed(own, "originator_id <> 'log'", b"2026", b"2027")
    ran = govflow("verify", own, *options(handed), "--trusted", handed / "head.note")
    findings = [line for line in ran.out.splitlines() if line.startswith("  ! ")]

    assert f"#{position} " in findings[0]
    assert "events 1–" in findings[-1]
    assert not any("#1 " in line for line in findings if position != 1)
    said = " ".join(ran.out.split())
    assert "none agrees with this log" in said
    assert "was compared" not in said
    assert "no checkpoint vouches" not in said


def test_events_whose_table_is_damaged_are_one_finding(govflow, own, handed):
    position = changed(own, "topic LIKE 'workflow.adopted@%'", b'"table":{', b'"tabl_":{')
    said = json.loads(govflow("verify", own, *options(handed), "--json").out)["findings"]

    assert sum("not judged" in each["en"] for each in said) == 1
    assert any(f"a table they need is damaged or missing (#{position})" in each["en"] for each in said)
    assert not any("no table of this kind" in each["en"] for each in said)


def test_a_key_of_another_log_is_told_once_and_both_logs_are_named(govflow, own, tmp_path):
    stranger = tmp_path / "stranger.vkey"
    stranger.write_text(Signer.new("govflow/log-other").verifier.vkey)
    ran = govflow("verify", own, "--key", stranger)
    said = " ".join(ran.out.split())

    assert ran.status == 1
    assert said.count("ORIGIN_MISMATCH") == 1
    assert not said.startswith("govflow/log-other")
    assert "the key is of the log govflow/log-other, this is the log govflow/log-" in said


def test_without_a_key_everything_else_is_checked_and_the_signatures_are_said_not_to_be(govflow, own, handed):
    Path(f"{own}.signing").unlink()
    ran = govflow("verify", own, "--trusted", handed / "head.note")

    assert (ran.status, ran.err) == (2, "")
    assert "no public key at hand (--key)" in " ".join(ran.out.split())
    changed(own, "originator_id <> 'log'", b"2026", b"2027")
    told = json.loads(govflow("verify", own, "--json").out)
    assert (told["clean"], told["signatures_checked"]) == (False, False)
    assert {"hashes", "checkpoints"} <= {each["found_by"] for each in told["findings"]}


def test_nothing_is_left_beside_the_log_and_the_root_is_that_of_its_note(govflow, own, handed):
    before = {file: file.read_bytes() for file in own.parent.iterdir()}
    assert not any(file.name.endswith(("-wal", "-shm")) for file in before)
    told = json.loads(govflow("verify", own, *options(handed), "--json").out)

    assert {file: file.read_bytes() for file in own.parent.iterdir()} == before
    assert told["root"] == (handed / "head.note").read_text().splitlines()[2]
