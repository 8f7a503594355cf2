"""`govflow export redacted`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.subjects.office import a_log, told


@pytest.fixture
def db(tmp_path: Path) -> str:
    town = a_log(tmp_path / "log.db")
    told(town)
    town.engine.close()
    return str(tmp_path / "log.db")


def test_it_says_what_was_written_and_by_which_key_it_verifies(govflow: Callable[..., Any], db: str, tmp_path: Path):
    out = str(tmp_path / "out.db")
    said = govflow("export", "redacted", "--db", db, "-o", out, "--for", "research")
    assert said.status == 0
    assert "3 protected values dropped" in " ".join(said.out.split())
    verified = govflow("verify", "--db", out, "--strict")
    assert (verified.status, "covered" in verified.out) == (0, True)
    history = " ".join(govflow("timeline", "log", "--db", out).out.split())
    assert "log.redacted" in history
    assert "govflow/log-" in history
    assert "x-" in govflow("timeline", "c", "--db", out).out


def test_it_says_it_in_chinese_and_to_programs(govflow: Callable[..., Any], db: str, tmp_path: Path):
    told = govflow("export", "redacted", "--db", db, "-o", str(tmp_path / "zh.db"), "--lang", "zh-CN").out
    assert "假名" in told
    said = json.loads(govflow("export", "redacted", "--db", db, "-o", str(tmp_path / "a.db"), "--json").out)
    assert (said["audience"], said["protected"], said["left_out"]) == ("auditors", 3, 0)
    assert said["vkey"].startswith("govflow/redacted-")
    again = govflow("export", "redacted", "--db", db, "-o", str(tmp_path / "a.db"))
    assert (again.status, "is there already" in again.err) == (2, True)


def test_it_has_no_keys_to_bring_back_and_nothing_to_be_mended(govflow: Callable[..., Any], db: str, tmp_path: Path):
    out = str(tmp_path / "out.db")
    assert govflow("export", "redacted", "--db", db, "-o", out).status == 0
    told = govflow("privacy", "status", "--db", out)
    assert (told.status, "no keys belong to it" in told.out) == (0, True)


def test_the_key_of_the_pseudonyms_has_a_name_of_its_own_and_gives_the_same_ones(
    govflow: Callable[..., Any], db: str, tmp_path: Path
):
    kept = str(tmp_path / "pseudonyms")
    shown = []
    for name in ("one.db", "two.db"):
        out = str(tmp_path / name)
        assert govflow("export", "redacted", "--db", db, "-o", out, "--pseudonyms", kept).status == 0
        shown.append(govflow("timeline", "c", "--db", out).out)
    assert shown[0] == shown[1]
    assert govflow("export", "redacted", "--db", db, "-o", str(tmp_path / "x.db"), "--key", kept).status == 2
    nowhere = govflow("export", "redacted", "--db", db, "-o", str(tmp_path / "no" / "x.db"), "--lang", "zh-CN")
    assert (nowhere.status, "没有文件夹" in nowhere.err, "expected" in nowhere.err) == (2, True, False)
