"""The attacks of the matrix: what each does to the rows, wherever chance puts it and where it is hardest to see."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from govflow.audit.verifying.hashing import log_id_of
from govflow.checkpoints.keys import SigningKeys
from govflow.persistence.codec import StoredEvent
from tests.audit.campaign.forging import (
    Level,
    Rows,
    carry_out,
    fitted,
    instead,
    notes_of,
    put_notes,
    remember_last,
    retold,
    roll_back,
    rows_of,
    sign_again,
)
from tests.audit.campaign.world import World

_OTHER = b"0123456789abcdef"


class Attack(NamedTuple):
    """One attack on rows: somewhere by chance, and where only those means see it that must."""

    anywhere: Callable[[Rows, Random], Rows]
    quietly: Callable[[Rows], Rows]


# --- rows ------------------------------------------------------------------------------------------------------------


def place(rows: Rows, stream: str, version: int) -> int:
    """Where (from 0) a row stands."""
    return next(n for n, row in enumerate(rows) if (row.stream, row.version) == (stream, version))


def last_of(rows: Rows, stream: str) -> int:
    """Where the last row of a stream stands."""
    return max(n for n, row in enumerate(rows) if row.stream == stream)


def by_another_command(row: StoredEvent, rng: Random) -> StoredEvent:
    """The row as that of a command that was never given: no two have one id."""
    return retold(row, {"command": f"c-{rng.getrandbits(64):016x}"})


def put(rows: Rows, at: int, new: StoredEvent) -> Rows:
    """One more row, before the one that stands there; all behind it move up."""
    behind = [row._replace(position=row.position + 1) for row in rows[at:]]
    return [*rows[:at], new._replace(position=at + 1), *behind]


def exchanged(rows: Rows, one: int, two: int) -> Rows:
    """Two rows in each other's place."""
    found = list(rows)
    found[one] = rows[two]._replace(position=rows[one].position)
    found[two] = rows[one]._replace(position=rows[two].position)
    return found


def _changed(rows: Rows, **at: StoredEvent) -> Rows:
    return [at.get(f"n{n}", row) for n, row in enumerate(rows)]


# --- edit and swap ---------------------------------------------------------------------------------------------------


def edit(rows: Rows, rng: Random) -> Rows:
    """One byte of one payload is another."""
    n = rng.randrange(len(rows))
    state = bytearray(rows[n].state)
    at = rng.randrange(len(state))
    state[at] = rng.choice([each for each in _OTHER if each != state[at]])
    return _changed(rows, **{f"n{n}": rows[n]._replace(state=bytes(state))})


def edit_quietly(rows: Rows) -> Rows:
    """A title is another."""
    n = place(rows, "papers", 1)
    return _changed(rows, **{f"n{n}": retold(rows[n], body={"title": "Water lily"})})


def swap(rows: Rows, rng: Random) -> Rows:
    """Two payloads are exchanged."""
    one, two = rng.sample(range(len(rows)), 2)
    a, b = rows[one], rows[two]
    return _changed(rows, **{f"n{one}": a._replace(state=b.state), f"n{two}": b._replace(state=a.state)})


def swap_quietly(rows: Rows) -> Rows:
    """Two papers are exchanged, each filed when the other was."""
    one, two = place(rows, "papers", 10), place(rows, "papers", 20)
    items = [json.loads(rows[n].state.split(b"\n")[1])["item"] for n in (one, two)]
    told = {f"n{n}": retold(rows[n], body={"item": item}) for n, item in zip((two, one), items, strict=True)}
    return _changed(rows, **told)


# --- delete, insert, duplicate, reorder ------------------------------------------------------------------------------


def delete(rows: Rows, rng: Random) -> Rows:
    """A row is gone; not the last one, which is another attack."""
    n = rng.randrange(len(rows) - 1)
    return [*rows[:n], *rows[n + 1 :]]


def delete_quietly(rows: Rows) -> Rows:
    """The last row of a record is gone: its versions have no gap. It stands behind the hashes that are kept."""
    n = last_of(rows, "told-fed_back")
    return [*rows[:n], *rows[n + 1 :]]


def insert(rows: Rows, rng: Random) -> Rows:
    """A row of one stream stands in another as well, under a version that is there already."""
    at, new = rng.randrange(len(rows)), by_another_command(rng.choice(rows), rng)
    stream = rng.choice([row.stream for row in rows if row.version == new.version and row.stream != new.stream] or [""])
    stream = stream or next(row.stream for row in rows if row.stream != new.stream)
    versions = [row.version for row in rows if row.stream == stream]
    return put(rows, at, new._replace(stream=stream, version=rng.choice(versions), command_id=None))


def insert_quietly(rows: Rows) -> Rows:
    """One more paper among the papers."""
    n = place(rows, "papers", 20)
    new = retold(by_another_command(rows[n], Random(1)), body={"item": "e-more"})
    return put(rows, n + 1, new._replace(command_id=b"c-more"))


def duplicate(rows: Rows, rng: Random) -> Rows:
    """A row stands twice: somewhere behind itself once more."""
    n = rng.randrange(len(rows) - 1)
    return put(rows, rng.randrange(n + 1, len(rows)), rows[n])


def duplicate_quietly(rows: Rows) -> Rows:
    """Accounts are published once more, as they may be, behind the hashes that are kept."""
    n = place(rows, "x", 45)
    return put(rows, n + 1, rows[n])


def reorder(rows: Rows, rng: Random) -> Rows:
    """Two rows of one stream, of two commands, exchange their places."""
    while True:
        one, two = sorted(rng.sample(range(len(rows)), 2))
        if rows[one].stream == rows[two].stream and _moment(rows[one]) != _moment(rows[two]):
            return exchanged(rows, one, two)


def reorder_quietly(rows: Rows) -> Rows:
    """Two papers, behind the hashes that are kept."""
    return exchanged(rows, place(rows, "papers", 10), place(rows, "papers", 11))


# --- the tail and the clock ------------------------------------------------------------------------------------------


def truncate(rows: Rows, rng: Random) -> Rows:
    """The last rows are gone."""
    return rows[: rng.randrange(1, len(rows))]


def truncate_quietly(rows: Rows) -> Rows:
    """What one command wrote last is gone."""
    return rows[:-1]


def clock(rows: Rows, rng: Random) -> Rows:
    """From some row on, everything was recorded earlier, by a second or by months."""
    first, by = rng.randrange(1, len(rows)), timedelta(seconds=rng.choice([1, 60, 86_400, 10**7]))
    return [*rows[:first], *(_earlier(row, by) for row in rows[first:])]


def clock_quietly(rows: Rows) -> Rows:
    """The last row was recorded a second earlier, at the moment of the one ahead of it."""
    return [*rows[:-1], _earlier(rows[-1], timedelta(seconds=1))]


def _moment(row: StoredEvent) -> datetime:
    return datetime.fromisoformat(json.loads(row.state.split(b"\n", 1)[0])["recorded_at"])


def _earlier(row: StoredEvent, by: timedelta) -> StoredEvent:
    return retold(row, {"recorded_at": (_moment(row) - by).isoformat()})


ATTACKS = {
    "edit": Attack(edit, edit_quietly),
    "swap payloads": Attack(swap, swap_quietly),
    "delete": Attack(delete, delete_quietly),
    "insert": Attack(insert, insert_quietly),
    "duplicate": Attack(duplicate, duplicate_quietly),
    "reorder": Attack(reorder, reorder_quietly),
    "truncate": Attack(truncate, truncate_quietly),
    "clock rollback": Attack(clock, clock_quietly),
}
"""Those on rows, at every level."""


# --- on files --------------------------------------------------------------------------------------------------------


def roll_back_too(path: Path, world: World, rng: Random | None) -> None:
    """The last rows are gone, and all that knew of them; quietly: back to where a checkpoint stood."""
    roll_back_checkpoints(path, world, rng)
    remember_last(path)


def roll_back_checkpoints(path: Path, world: World, rng: Random | None) -> None:
    """The same by whoever can write to the log and its checkpoints, and not to the key file."""
    size = rng.randrange(1, world.sizes[-1]) if rng else world.sizes[-2]
    rows = rows_of(path)[:size]
    carry_out(path, rows, Level.RECOMPUTED)
    roll_back(path, size)


def take_checkpoints(path: Path, world: World, rng: Random | None) -> None:
    """The rows are as they were; the checkpoints are gone, or by chance the last of them."""
    if rng:
        put_notes(path, rng.sample(notes_of(path)[:-1], rng.randrange(len(world.sizes))))
    else:
        Path(f"{path}.checkpoints").unlink()


def swap_store(path: Path, world: World, rng: Random | None) -> None:
    """The log of another town, sound in itself, with its own key and its own checkpoints."""
    instead(path, world.other)


def split_view(path: Path, world: World, rng: Random | None) -> None:
    """The twin: signed with the same key at the same size, and the last events are others."""
    instead(path, world.twin)


def own_key(path: Path, world: World, rng: Random | None) -> None:
    """A title is another, and a key that the forger has made in the log's name has signed it all."""
    rows = fitted(edit_quietly(rows_of(path)))
    carry_out(path, rows, Level.RECOMPUTED)
    signing = Path(f"{path}.signing")
    signing.unlink()
    SigningKeys(signing, log_id_of(rows[0])).create()
    sign_again(path, rows)


ON_FILES: dict[str, Callable[[Path, World, Random | None], None]] = {
    "truncate and roll back": roll_back_too,
    "truncate and roll back, but for the key file": roll_back_checkpoints,
    "take the checkpoints away": take_checkpoints,
    "swap the store": swap_store,
    "split view": split_view,
    "a key of the forger's": own_key,
}


def attack(path: Path, world: World, name: str, level: Level | None, rng: Random | None = None) -> None:
    """Attack the log at `path`, a copy of the world's: somewhere by chance, or where it is hardest to see."""
    if level is None:
        ON_FILES[name](path, world, rng)
        return
    rows, chosen = rows_of(path), ATTACKS[name]
    carry_out(path, chosen.anywhere(rows, rng) if rng else chosen.quietly(rows), level)
