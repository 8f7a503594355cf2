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
