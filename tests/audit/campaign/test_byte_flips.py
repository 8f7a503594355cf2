"""Bytes of the database file are changed at random: either nothing that can be read is another, or it is found."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from govflow.audit.findings import Code
from govflow.audit.verifying.verify import Verified
from govflow.checkpoints.keys import public_part
from govflow.checkpoints.notes import Verifier
from govflow.errors import LogError
from tests.audit.campaign.conftest import verified
from tests.audit.campaign.world import World

_READ = {
    "rows": "SELECT rowid, * FROM stored_events NOT INDEXED ORDER BY rowid",
    "schema": "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY rowid",
    "by version": "SELECT originator_id, originator_version, rowid FROM stored_events"
    " INDEXED BY sqlite_autoindex_stored_events_1 ORDER BY originator_id, originator_version",
    "by command": "SELECT command_id, rowid FROM stored_events INDEXED BY stored_events_command"
    " WHERE command_id IS NOT NULL ORDER BY command_id",
}
Content = dict[str, list[Any] | None]


def content(path: Path) -> Content:
    """All that can be read of the file, by each way that leads through it; None where one breaks off."""
    found: Content = {}
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as db:
        db.text_factory = bytes
        for name, sql in _READ.items():
            try:
                found[name] = db.execute(sql).fetchall()
            except (sqlite3.Error, UnicodeDecodeError):  # the latter: SQLite names what is damaged by bytes
                found[name] = None
    return found


def flipped(path: Path, raw: bytes, rng: Random) -> None:
    """Write the file with one byte changed."""
    at = rng.randrange(len(raw))
    path.write_bytes(raw[:at] + bytes([raw[at] ^ rng.randrange(1, 256)]) + raw[at + 1 :])


def judged(path: Path, world: World) -> Verified | None:
    """What verifying says; None where it says that it cannot check the file."""
    try:
        return verified(path, world)
    except LogError:
        return None


def holds(before: Content, after: Content, said: Verified | None) -> str:
    """What a changed byte came to, once it is shown that nothing was overlooked."""
    differing = [name for name in before if before[name] != after[name]]
    if said is None:
        assert differing, "a sound file was refused"
        return "refused"
    if not differing:
        return "nothing to read there" if said.is_clean() else "the file contradicts itself"
    assert not said.is_clean(), differing
    old, new = before["rows"], after["rows"]
    assert old is not None
    if new is None or len(new) != len(old):
        return "rows cannot be read"
    pairs = list(zip(old, new, strict=True))
    if any(row[0] != now[0] for row, now in pairs):  # the finding stands at the row behind the one that is missing
        assert {Code.GAP, Code.DAMAGED} & {*said.counts}
        return "position"
    changed = {row[0] for row, now in pairs if row != now}
    assert changed <= {each.position for each in said.findings}, "not named"
    return "row" if changed else "schema or index"


def flips(path: Path, world: World, rng: Random, count: int) -> Counter[str]:
    raw, before = path.read_bytes(), content(path)
    found: Counter[str] = Counter()
    for _ in range(count):
        flipped(path, raw, rng)
        found[holds(before, content(path), judged(path, world))] += 1
    return found


def sealed(path: Path) -> Path:
    """A log in its one file, without what lies beside it while it is open."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def _key_of(path: Path) -> Verifier:
    return public_part(f"{path}.signing").chain.keys[-1]


def test_a_byte_changed_anywhere_in_the_file_changes_nothing_or_is_found(world, tmp_path):
    path = sealed(world.copied(tmp_path, world.other))
    found = flips(path, world._replace(vkey=_key_of(path)), Random(), 60)

    assert found.total() == 60
    assert found["row"] > 20


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_2000_bytes_changed_anywhere_in_the_file_change_nothing_or_are_found(world, tmp_path, part):
    found = flips(sealed(world.copied(tmp_path)), world, Random(), 250)

    assert found["row"] > 150
    assert found["refused"] < 15


def test_a_name_in_the_schema_that_is_no_text_is_refused_or_told_in_words(world, tmp_path):
    path = sealed(world.copied(tmp_path))
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"_no_update", b"_\xc1o_update", 1))
    with pytest.raises(LogError, match=r"decode|damaged"):
        verified(path, world)
    path.write_bytes(raw)
    kept = Path(f"{path}.checkpoints")
    kept.write_bytes(kept.read_bytes().replace(b"_no_update", b"_\xc1o_update", 1))
    assert Code.DAMAGED in verified(path, world).counts


def test_a_file_that_lost_its_end_is_damaged_or_refused(world, tmp_path):
    path = sealed(world.copied(tmp_path))
    raw = path.read_bytes()
    for size in (len(raw) - 4096, len(raw) // 2, 5000, 100, 0):
        path.write_bytes(raw[:size])
        said = judged(path, world)

        assert said is None or Code.DAMAGED in said.counts
