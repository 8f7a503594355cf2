"""Runs the command line as a user would: its words, its exit status, and a log with the demo's story in it."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from govflow.cli import main

Run = Callable[..., "Ran"]


class Ran(NamedTuple):
    """What one command came to."""

    status: int
    out: str
    err: str


def run(*arguments: str | Path, stdin: bytes = b"") -> Ran:
    """Run `govflow` with these arguments in an 80-column pipe."""
    before = sys.stdin, sys.stdout, sys.stderr, sys.argv
    out, err = io.BytesIO(), io.BytesIO()
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    sys.stdout = io.TextIOWrapper(out, encoding="utf-8")
    sys.stderr = io.TextIOWrapper(err, encoding="utf-8")
    sys.argv = ["govflow", *map(str, arguments)]
    try:
        with pytest.raises(SystemExit) as ended:
            main()
        sys.stdout.flush()
        sys.stderr.flush()
        assert isinstance(ended.value.code, int)
        return Ran(ended.value.code, out.getvalue().decode(), err.getvalue().decode())
    finally:
        sys.stdin, sys.stdout, sys.stderr, sys.argv = before


@pytest.fixture(scope="session")
def session_env():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "80")
        patch.setenv("LC_ALL", "C.UTF-8")
        patch.delenv("FORCE_COLOR", raising=False)
        yield


@pytest.fixture
def govflow(session_env: None) -> Run:
    return run


@pytest.fixture(scope="session")
def told(session_env: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """The log of the demo, and what the demo printed. For reading only."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    return path, run("demo", "--db", path)


@pytest.fixture
def db(told: tuple[Path, Ran]) -> Path:
    return told[0]
