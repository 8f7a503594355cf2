"""What callers hand to `verify_log` and `why_not`: in the form they have it, or one clear error."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from govflow import Engine, InputError, Note, verify_log
from govflow.audit.verifying.heads import read_head
from govflow.cases import commands as c
from tests.support import MATTER, a_town, resident


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "city.db"
    town = a_town(path)
    with town.engine as engine:
        town.do(c.ReportCase(by=resident, **MATTER))
        path.with_name("head.note").write_text(engine.checkpoint().format())
        path.with_name("city.vkey").write_text(engine.checkpointer.keys.export() + "\n")
    return path


def heads(path: Path) -> list[Any]:
    file = path.with_name("head.note")
    note = Note.parse(file.read_bytes())
    return [file, str(file), file.read_text(), note, read_head(file.read_bytes(), "head.note")]


@pytest.mark.parametrize("form", range(5), ids=["Path", "name", "text", "Note", "Head"])
def test_a_head_is_taken_in_every_form_that_a_caller_has(log, form):
    found = verify_log(log, trusted=[heads(log)[form]], workers=1)

    assert (found.agreeing, found.findings) == (1, ())


@pytest.mark.parametrize("form", [str, lambda path: path, lambda path: path.read_text()], ids=["name", "Path", "text"])
def test_a_key_is_taken_in_every_form_that_a_caller_has(log, form):
    assert verify_log(log, vkeys=[form(log.with_name("city.vkey"))], workers=1).is_clean(strict=True)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"trusted": ["none.note"]}, "trusted none.note: No such file or directory; expected a Note"),
        ({"trusted": ["no\nnote\n"]}, "trusted: the checkpoint given: no note"),
        ({"trusted": [7]}, "trusted: int is not usable here; expected a Note"),
        ({"trusted": "head.note"}, "trusted: str is not usable here; expected a list"),
        ({"vkeys": [7]}, "vkeys: int is not usable here; expected a Verifier"),
        ({"vkeys": ["a+b"]}, "vkeys 'a+b'"),
        ({"handovers": ["a.note"]}, "handovers: str is not usable here"),
        ({"handovers": None}, "handovers: NoneType is not usable here"),
    ],
)
def test_what_is_no_head_or_key_is_one_clear_error(log, wrong, said):
    with pytest.raises(InputError) as refused:
        verify_log(log, workers=1, **wrong)
    assert said in str(refused.value)


def test_an_engine_is_not_the_path_of_its_log(log):
    with Engine.open(log, read_only=True) as engine, pytest.raises(InputError) as refused:
        verify_log(engine)  # type: ignore[arg-type]  # on purpose
    assert "Engine is not usable here; expected the path of a log" in str(refused.value)


@pytest.mark.parametrize("moment", ["2026-03-02", 7, datetime(2026, 3, 2)])  # noqa: DTZ001 - refused
def test_a_past_moment_is_an_aware_datetime(log, moment):
    with Engine.open(log, read_only=True) as engine:
        (id,) = (each.id for each in engine.records())
        asked = c.AcceptCase(id=id, by=resident)
        with pytest.raises(InputError, match=r"why_not: .*; expected an aware datetime"):
            engine.why_not(asked, at=moment)
        assert engine.why_not(asked, at=datetime.now(UTC))
