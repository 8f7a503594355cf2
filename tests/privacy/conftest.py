"""The planted town as files: made once, copied by each test that changes something of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.privacy.planting import planted_town

LOG = "town.db"


@pytest.fixture(scope="session")
def town_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a signed log with a canary in every personal field, closed."""
    folder = tmp_path_factory.mktemp("planted")
    engine, _ = planted_town(folder / LOG)
    with engine:
        engine.checkpointer.keys.create()
        engine.checkpoint()
    return folder


@pytest.fixture
def copied(town_files: Path, tmp_path: Path) -> Callable[..., Path]:
    """Copies these files of the log (all, unless some are named), and gives the path of the log among them."""

    def copy(*names: str) -> Path:
        for path in town_files.iterdir():
            if not names or path.name in names:
                shutil.copy2(path, tmp_path / path.name)
        return tmp_path / LOG

    return copy
