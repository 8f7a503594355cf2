"""Two versions replay the same logs: whatever they fold otherwise is named, unless it was declared."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from govflow.errors import InputError
from tools.differential import (
    CHANGES,
    ROOT,
    Change,
    Difference,
    compared,
    declared,
    main,
    told_by,
    undeclared,
    write_corpus,
)

EVENTS = ("case.reported", "case.accepted", "case.assigned")


def step(version: int, log: str = "town", stream: str = "x", **said: Any) -> dict[str, Any]:
    """What is told of a case after one of its events."""
    usual = {"kind": "case", "event": EVENTS[version - 1], "status": f"s{version}", "digest": f"d{version}"}
    fields = {"title": "a", "opened": "b", **said.pop("fields", {})}
    return {"log": log, "stream": stream, "version": version, **usual, **said, "fields": fields}


def steps(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    """Three events; `changes` say what a version tells otherwise, event by event."""
    told = [*changes, {}, {}, {}][:3]
    return [step(version, **said) for version, said in enumerate(told, 1)]


def differences(new: list[dict[str, Any]], old: list[dict[str, Any]] | None = None) -> list[tuple[int, str, Any]]:
    found = compared(steps() if old is None else old, new)
    return [(each.version, each.event, each.fields or each.error) for each in found.differences]


# --- what differs ----------------------------------------------------------------------------------------------------


def test_versions_that_fold_alike_differ_in_nothing():
    assert compared(steps(), steps()) == ((), 3, ())


def test_a_field_is_named_at_the_event_at_which_it_begins_to_differ_and_not_again():
    other: dict[str, Any] = {"digest": "e", "fields": {"title": "z"}}
    assert differences(steps({}, other, other)) == [(2, "case.accepted", ("title",))]


def test_another_field_is_named_at_its_own_event():
    first: dict[str, Any] = {"digest": "e", "fields": {"title": "z"}}
    second: dict[str, Any] = {"digest": "f", "fields": {"title": "z", "opened": "y"}}
    assert differences(steps(first, second, second)) == [
        (1, "case.reported", ("title",)),
        (2, "case.accepted", ("opened",)),
    ]


def test_another_status_another_name_and_fields_that_come_or_go_are_differences():
    assert differences(steps({}, {"status": "z"})) == [(2, "case.accepted", ("status",))]
    assert differences(steps({}, {}, {"event": "case.given"})) == [(3, "case.assigned", ("event",))]
    more: dict[str, Any] = {"digest": "e", "fields": {"more": "m"}}
    assert differences(steps(more, more, more)) == [(1, "case.reported", ("more",))]
    assert differences(steps(), steps(more, more, more)) == [(1, "case.reported", ("more",))]


def test_the_same_fields_in_another_order_are_a_difference():
    assert differences(steps({}, {"digest": "e"})) == [(2, "case.accepted", ("digest",))]


def test_what_can_no_longer_be_read_is_a_difference_and_what_never_could_is_told():
    error: dict[str, Any] = {"log": "town", "stream": "x", "error": "unknown"}
    gone = "cannot be read any more: unknown"
    assert differences([step(1), error]) == [(2, "case.accepted", gone)]
    assert differences([{"log": "town", "error": "unknown"}]) == [(1, "case.reported", gone)]
    assert differences([]) == [(1, "case.reported", "cannot be read any more: the event is gone")]
    assert compared([error], steps()) == ((), 0, ("town x",))
    assert compared([{"log": "town", "error": "unknown"}], steps()) == ((), 0, ("town",))


def test_an_event_more_or_less_in_a_history_is_a_difference():
    assert differences(steps(), steps()[:2]) == [(3, "case.assigned", "is new")]
    assert differences(steps()[:2]) == [(3, "case.assigned", "cannot be read any more: the event is gone")]


# --- what is declared ------------------------------------------------------------------------------------------------

FOUND = Difference("town", "x", "case", 2, "case.accepted", ("title",))


@pytest.mark.parametrize(
    ("change", "is_open"),
    [
        (Change("0.2.0", "so", event="case.accepted"), False),
        (Change("0.2.0", "so", record="case"), False),
        (Change("0.2.0", "so", event="case.reported"), True),
        (Change("0.2.0", "so", record="proposal"), True),
        (Change("0.1.0", "so", record="case"), True),
        (Change("0.1.10", "so", record="case"), False),
    ],
    ids=["its event", "its record", "another event", "another record", "in both versions", "numbers, no texts"],
)
def test_a_difference_is_open_unless_a_change_since_the_other_version_declares_it(change: Change, is_open: bool):
    assert bool(undeclared([FOUND], [change], since="0.1.9")) == is_open


def test_nobody_can_declare_that_a_record_is_read_no_more():
    gone = FOUND._replace(fields=(), error="cannot be read any more")
    assert undeclared([gone], [Change("0.2.0", "so", record="case")], since="0.1.9") == [gone]


def test_the_projects_own_file_of_changes_is_right():
    assert declared(ROOT / CHANGES) == ()  # nothing has changed since the first version


@pytest.mark.parametrize(
    "text",
    [
        'event = "a"\nsince = "0.2.0"',
        'event = "a"\nrecord = "b"\nsince = "0.2.0"\nwhy = "c"',
        'since = "0.2.0"\nwhy = "c"',
        'event = "a"\nsince = "next"\nwhy = "c"',
        'event = "a"\nsince = "0.2.0"\nwhy = " "',
        "event = ",
    ],
    ids=["no reason", "both", "neither", "no version", "an empty reason", "no TOML"],
)
def test_a_declaration_that_lacks_something_is_refused(text: str, tmp_path: Path):
    (tmp_path / "changes.toml").write_text(f"[[change]]\n{text}\n", "utf-8")
    with pytest.raises(InputError, match=r"changes\.toml"):
        declared(tmp_path / "changes.toml")


# --- the command -----------------------------------------------------------------------------------------------------


def git(folder: Path, *arguments: str) -> None:
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *who, *arguments], cwd=folder, env={**os.environ, **alone}, check=True, capture_output=True)


def test_without_a_tag_or_with_an_unknown_commit_it_says_what_is_asked_for(tmp_path: Path, capsys: Any):
    git(tmp_path, "init", "-q")
    assert main(["--root", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        "git: there is no tag to compare with; expected make differential REF=<tag or commit>\n"
    )
    assert main(["v9", "--root", str(tmp_path)]) == 2
    assert "git, v9" in capsys.readouterr().err


def test_a_file_of_changes_that_is_wrong_is_told_first(tmp_path: Path, capsys: Any):
    (tmp_path / "docs").mkdir()
    (tmp_path / CHANGES).write_text("[[change]]\n", "utf-8")
    assert main(["--root", str(tmp_path)]) == 2
    assert "behaviour-changes.toml: change 1: not usable" in capsys.readouterr().err


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with these sources, released as v0.1.0, and one old log."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests/data").mkdir(parents=True)
    shutil.copytree(ROOT / "tests/data/logs", tmp_path / "tests/data/logs")
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "0.1.0"\n', "utf-8")
    (tmp_path / "docs").mkdir()
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    git(tmp_path, "tag", "v0.1.0")
    return tmp_path


@pytest.mark.slow
def test_a_change_of_the_fold_fails_and_names_its_event_until_it_is_declared(project: Path, capsys: Any):
    assert main(["--root", str(project)]) == 0
    assert "169 events compared with v0.1.0: 0 differences" in capsys.readouterr().out

    fold = project / "src/govflow/cases/fold.py"
    text = fold.read_text("utf-8")
    changed = text.replace("_to(S.ACCEPTED, was_accepted=True)", '_to(S.ACCEPTED, was_accepted=True, title="changed")')
    assert changed != text
    fold.write_text(changed, "utf-8")
    assert main(["--root", str(project)]) == 1
    said = capsys.readouterr()
    told = [line for line in said.err.splitlines() if line.startswith("undeclared")]
    assert {line.partition(" case ")[2] for line in told} == {"case.accepted: other than before: title"}

    declaration = {"event": "case.accepted", "since": "0.2.0", "why": "to show it"}
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in declaration.items())
    (project / CHANGES).write_text(f"[[change]]\n{lines}\n", "utf-8")
    assert main(["--root", str(project)]) == 0
    assert f"{len(told)} differences, 0 undeclared" in capsys.readouterr().out


@pytest.mark.slow
def test_a_tree_that_cannot_be_imported_is_told(project: Path, capsys: Any):
    (project / "src/govflow/engine.py").write_text("import nothing_of_that_name\n", "utf-8")
    assert main(["--root", str(project)]) == 2
    assert "No module named 'nothing_of_that_name'" in capsys.readouterr().err


@pytest.mark.slow
def test_every_golden_log_and_every_old_one_is_told_to_its_end(tmp_path: Path):
    logs = write_corpus(ROOT, tmp_path)
    assert {"log-0.1", "before-work-calendars"} <= set(logs)
    told = told_by(ROOT, tmp_path)
    assert {each["log"] for each in told} == set(logs)
    assert [each for each in told if "error" in each] == []


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="a release from its archive has no history")
def test_the_last_commit_and_the_working_tree_fold_alike_or_say_why(capsys: Any):
    assert main(["HEAD"]) == 0, capsys.readouterr().err
