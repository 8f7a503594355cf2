"""The worked table of how time is counted: each line is what `govflow due` says to the options beside it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from govflow.cli.run import run

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation.md"
ROW = re.compile(r"^\| (?P<rule>[^|]+) \| `(?P<options>--start [^`]+)` \| (?P<ends>[^|]+) \|$", re.MULTILINE)
ROWS = [pytest.param(row["options"], row["ends"], id=row["rule"]) for row in ROW.finditer(PAGE.read_text("utf-8"))]


def test_the_table_has_its_lines():
    assert len(ROWS) == 15


@pytest.mark.parametrize(("options", "ends"), ROWS)
def test_a_line_of_the_table_is_as_it_is_counted(options: str, ends: str, capsys: pytest.CaptureFixture[str]):
    assert run(["--lang", "en", "due", *shlex.split(options)]) == 0
    assert capsys.readouterr().out.splitlines()[0] == ends
