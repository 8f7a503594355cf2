"""`govflow export bundle`: every scope, who may ask for which, and what is left when it fails."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import Any

import pytest

from examples import verify_bundle as script

PROJECT = "JP-2026-000001"


@pytest.fixture(scope="module")
def signed(told: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's log, with a signing key of its own and a checkpoint."""
    from tests.cli.conftest import run

    folder = tmp_path_factory.mktemp("signed")
    for file in Path(told[0]).parent.glob(f"{told[0].name}*"):
        shutil.copy(file, folder / file.name)
    assert run("checkpoint", "sign", "--db", folder / told[0].name).status == 0
    return folder / str(told[0].name)


@pytest.fixture
def vkey(govflow: Any, signed: Path) -> str:
    return str(govflow("keys", "export", "--db", signed).out)


def test_what_the_command_writes_the_script_finds_sound(govflow, signed, vkey, tmp_path):
    head = tmp_path / "head.note"
    head.write_text(govflow("checkpoint", "sign", "--db", signed).out)
    for name, options in (
        ("whole", []),
        ("record", [PROJECT]),
        ("period", ["--from", "2026-03-01", "--to", "2026-04-30"]),
    ):
        out = tmp_path / name
        ran = govflow("export", "bundle", "-o", out, "--db", signed, "--trusted", head, *options)
        assert (ran.status, ran.err) == (0, "")
        said, status = script.main([str(out), vkey, str(head)])
        assert status == 0, said
        assert said[1].startswith("It agrees with 1 head(s) that you kept, the largest over ")
        assert "Not excluded" not in "".join(said)
        assert len(gzip.compress(out.read_bytes())) * 4 < out.stat().st_size


def test_it_goes_to_standard_output_where_no_file_is_named(govflow, signed, vkey, tmp_path):
    ran = govflow("export", "bundle", "--db", signed, PROJECT)
    (tmp_path / "b").write_text(ran.out, "utf-8")
    assert script.main([str(tmp_path / "b"), vkey])[1] == 0


def test_without_a_checkpoint_it_says_so_and_leaves_no_file(govflow, db, tmp_path):
    ran = govflow("export", "bundle", "-o", tmp_path / "b", "--db", db)
    assert ran.status == 2
    assert ran.err.startswith("govflow: export bundle: the log has no checkpoint; expected govflow checkpoint sign")
    assert list(tmp_path.iterdir()) == []


def test_it_signs_first_where_it_is_asked_to(govflow, db, tmp_path):
    for file in db.parent.glob(f"{db.name}*"):
        shutil.copy(file, tmp_path / file.name)
    ran = govflow("export", "bundle", "-o", tmp_path / "b", "--db", tmp_path / db.name, "--sign")
    assert ran.status == 0
    assert "made a signing key" in ran.err
    vkey = govflow("keys", "export", "--db", tmp_path / db.name).out
    assert script.main([str(tmp_path / "b"), vkey])[1] == 0


def test_events_that_came_after_the_checkpoint_are_told(govflow, signed, tmp_path):
    for file in signed.parent.glob(f"{signed.name}*"):
        shutil.copy(file, tmp_path / file.name)
    command = (
        '{"command": "case.report", "by": {"id": "s-9", "claims": [{"role": "resident"}]}, "title": "x",'
        ' "kind": "grid", "channel": "app", "level": "grid", "area": "a"}'
    )
    assert govflow("handle", command, "--db", tmp_path / signed.name).status == 0
    ran = govflow("export", "bundle", "-o", tmp_path / "b", "--db", tmp_path / signed.name, "--lang", "zh")
    assert ran.status == 0
    assert "检查点之后另有" in ran.err


def test_an_actor_exports_single_records_that_they_see_and_no_more(govflow, signed, tmp_path):
    out = tmp_path / "b"
    assert "expected ID" in govflow("export", "bundle", "-o", out, "--db", signed, "--as", "s-1").err
    hidden = govflow("export", "bundle", "-o", out, "--db", signed, "--as", "nobody", "C-2026-000003")
    assert (hidden.status, out.exists()) == (2, False)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["C-1", "--from", "2026-01-01"], "one scope at a time"),
        (["--from", "2026-01-01"], "a period has a beginning and an end"),
        (["--from", "2026-03-01", "--to", "2026-01-01"], "the period ends before it begins"),
        (["--from", "x", "--to", "2026-01-01"], "2026-03-02"),
        (["C-1"], "C-1"),
        (["--trusted", "none.note"], "none.note"),
    ],
)
def test_what_cannot_be_is_one_message_and_leaves_no_file(govflow, signed, tmp_path, options, said):
    ran = govflow("export", "bundle", "-o", tmp_path / "b", "--db", signed, *options)
    assert ran.status == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_not_touched(govflow, signed, tmp_path):
    (tmp_path / "b").write_text("mine")
    assert govflow("export", "bundle", "-o", tmp_path / "b", "--db", signed).status == 2
    assert (tmp_path / "b").read_text() == "mine"
