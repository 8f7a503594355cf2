"""What else whoever can write to the files might try: columns of other types, rows out of sight, triggers of their own.

None of it may keep a row, or a whole record, from being looked at.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from govflow.audit.findings import Check, Code
from govflow.persistence.codec import leaf_of
from tests.audit.campaign.attacks import place
from tests.audit.campaign.conftest import seen_by, verified
from tests.audit.campaign.forging import rows_of
from tests.audit.campaign.world import NAME
from tests.cli.conftest import run, session_env

__all__ = ["session_env"]

ROW = "UPDATE stored_events SET {} WHERE originator_id = 'papers' AND originator_version = {}"
_BODY = "substr(CAST(state AS TEXT), instr(CAST(state AS TEXT), char(10)) + 1)"
_META = "substr(CAST(state AS TEXT), 1, instr(CAST(state AS TEXT), char(10)) - 1)"


def told(path: Path, sql: str, *values: Any, guards: bool = True) -> None:
    """Run a statement on a log whose guards were put aside for it."""
    with closing(sqlite3.connect(path)) as db, db:
        kept = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in kept:
            db.execute(f"DROP TRIGGER {name}")
        db.execute(sql, values)
        for _, statement in kept if guards else ():
            db.execute(statement)


COLUMNS = (
    "originator_version = originator_version + 0.5",  # prints as the whole number, and so has its leaf
    "originator_version = 'twenty'",
    "originator_id = CAST(originator_id AS BLOB)",
    "originator_id = x'ff'",
    "topic = CAST(topic AS BLOB)",
    "topic = CAST(x'ff' AS TEXT)",
    f"topic = topic || char(10) || {_META}, state = CAST({_BODY} AS BLOB)",  # the same leaf, split elsewhere
    "state = CAST(state AS TEXT)",
    "state = 7",
    "leaf = 'leaf'",
    "leaf = x''",
    "command_id = NULL",
    "command_id = hex(command_id)",
    "command_id = 0",
    "command_id = x''",
    "command_id = ''",
)


@pytest.mark.parametrize("change", [pytest.param(each, marks=pytest.mark.slow) for each in COLUMNS])
def test_a_column_of_another_kind_is_found_at_its_row(attacked, world, change):
    path = attacked()
    told(path, ROW.format(change, 20))
    found = verified(path, world)

    assert Check.HASHES in seen_by(found)
    assert place(rows_of(world.folder / NAME), "papers", 20) + 1 in {each.position for each in found.findings}


def test_columns_of_other_kinds_are_all_found_each_at_its_row(attacked, world):
    path = attacked()
    first = place(rows_of(path), "papers", 10) + 1
    for version, change in enumerate(COLUMNS, 10):
        told(path, ROW.format(change, version))
    found = verified(path, world)

    by_hashes = {each.position for each in found.findings if each.found_by == Check.HASHES}
    assert by_hashes == {first + n for n in range(len(COLUMNS))}


def test_a_command_id_where_none_belongs_hides_no_record_from_its_judge(attacked, world):
    path = attacked()
    rows = rows_of(path)
    positions = {rows[place(rows, f"closed-{n}", 9)].position for n in range(3)}
    assert all(rows[position - 1].command_id is None for position in positions)
    for nothing, position in zip(("''", "0", "x''"), positions, strict=True):
        told(path, f"UPDATE stored_events SET command_id = {nothing} WHERE rowid = ?", position)
    found = verified(path, world)

    for check in (Check.HASHES, Check.SEMANTIC):
        assert {each.position for each in found.findings if each.found_by == check} == positions


def test_a_row_at_a_position_that_is_none_is_found(attacked, world):
    path = attacked()
    rows = rows_of(path)
    row = rows[place(rows, "papers", 1)]
    for position in (0, -5, 10_000, (1 << 63) - 1):
        values = position, f"C-{position}", 1, row.topic, leaf_of(f"C-{position}", 1, row.topic, row.state), row.state
        told(path, "INSERT INTO stored_events VALUES (?, ?, ?, ?, ?, NULL, ?)", *values)
    found = verified(path, world)

    by_order = {each.stream for each in found.findings if each.found_by == Check.ORDER}
    assert by_order == {"C-0", "C--5", "C-10000", f"C-{(1 << 63) - 1}"}


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM stored_events WHERE rowid = 1",
        "DELETE FROM stored_events",
        """UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), '"log-', '"lag-') AS BLOB)""",
    ],
)
def test_the_first_rows_cannot_go_though_the_key_is_only_at_hand_beside_the_log(attacked, world, sql):
    path = attacked()
    told(path, sql)

    assert Check.CHECKPOINTS in seen_by(verified(path, world, key=False))


def test_guards_that_are_gone_and_triggers_of_others_are_found(attacked, world):
    gone, more = attacked(), attacked()
    told(gone, "SELECT 1", guards=False)
    told(more, "CREATE TRIGGER t BEFORE INSERT ON stored_events BEGIN SELECT RAISE(IGNORE); END")

    for path, words in ((gone, "missing: CREATE TRIGGER"), (more, "a trigger that is not ours")):
        found = verified(path, world, world.end)
        assert {each.code for each in found.findings} == {Code.DAMAGED}
        assert words in found.findings[0].en


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE signed_notes SET note = CAST(replace(CAST(note AS TEXT), 'govflow/', 'govflov/') AS BLOB)",
        "UPDATE signed_notes SET note = substr(note, 1, length(note) - 9)",
        "UPDATE signed_notes SET note = x'00'",
        "UPDATE nodes SET hash = zeroblob(32) WHERE idx = 1",
        "UPDATE nodes SET hash = x''",
    ],
)
def test_what_was_changed_in_the_checkpoint_file_is_found(attacked, world, sql):
    path = attacked()
    told(Path(f"{path}.checkpoints"), sql)

    assert seen_by(verified(path, world)) & {Check.CHECKPOINTS, Check.HASHES}


def test_a_checkpoint_file_that_is_gone_leaves_nothing_that_vouches(attacked, world):
    path = attacked()
    Path(f"{path}.checkpoints").unlink()
    found = verified(path, world)

    assert found.counts == {Code.UNCOVERED_TAIL: 1, Code.ROLLBACK: 1}  # the key file remembers one
    assert "no checkpoint vouches for this log" in str(found.open_questions[0])
    assert verified(path, world, world.end).agreeing == 1


def test_the_exit_status_says_clean_found_or_could_not_check(attacked, world, tmp_path, session_env):
    key = tmp_path / "town.vkey"
    key.write_text(world.vkey.vkey)
    head = tmp_path / "end.note"
    head.write_text(world.end.note.format())
    sound, forged, keyless, broken = attacked(), attacked(), attacked(), attacked()
    told(forged, ROW.format("leaf = x''", 20))
    Path(f"{keyless}.signing").unlink()
    broken.write_bytes(b"no log at all")

    def status(path: Path, *more: str | Path) -> int:
        return run("verify", "--db", path, *more).status

    assert [status(sound), status(sound, "--key", key, "--trusted", head, "--strict")] == [0, 0]
    assert [status(forged), status(attacked("split view"), "--trusted", head)] == [1, 1]
    assert [status(keyless), status(broken), status(tmp_path / "none.db")] == [2, 2, 2]
    assert [status(sound, "--trusted", key), status(sound, "--key", "no key")] == [2, 2]
    assert status(keyless, "--key", key) == 0


def test_the_world_holds_what_it_says(world):
    rows = rows_of(world.folder / NAME)
    topics = {row.topic.partition("@")[0] for row in rows}

    assert {"proposal.ballot_cast", "joint_project.settled", "case.closed", "approval.used"} <= topics
    assert len(world.sizes) == 5
