"""A log of a few short rows, signed by a key of its own: small enough that every byte of its bundle can be tried."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from examples import verify_bundle as script
from govflow.audit.bundles.checking import Checked, verify_bundle
from govflow.audit.bundles.parts import OfRecord, Scope, Whole
from govflow.audit.bundles.writing import Exported, Heads, export_bundle, heads_of, newest, of_period
from govflow.audit.verifying.heads import Head, read_head
from govflow.checkpoints.keys import SigningKeys
from govflow.checkpoints.notes import Note, Verifier
from govflow.checkpoints.signing import Checkpointer
from govflow.checkpoints.stored_tree import checked_tree
from govflow.persistence.checkpoints import CheckpointStore
from govflow.persistence.codec import StoredEvent, leaf_of
from govflow.persistence.sqlite import SQLiteStore

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
STREAMS = ("log", "A", "B", "log", "A", "C", "B", "A", "C", "C", "A", "B")  # one event an hour


def row(position: int, stream: str, version: int, text: str = "") -> StoredEvent:
    """An event as an engine would have stored it; every second one begins a command of a foreign id."""
    digest = '"digest":"d",' if position % 2 else ""
    command = f"c-{position}" if position % 4 == 1 else f"0123456789ab7cde8f01234567{position:06d}"
    at = (START + timedelta(hours=position)).isoformat()
    meta = f'{{{digest}"command":"{command}","wire":"x.do","recorded_at":"{at}","policy":"p"}}'
    state = f'{meta}\n{{"t":"水{text}"}}'.encode()
    packed = bytes.fromhex(command) if len(command) == 32 else command.encode()
    topic = "x.done@1"
    return StoredEvent(
        stream, version, topic, state, packed if digest else None, position, leaf_of(stream, version, topic, state)
    )


def rows(streams: Sequence[str] = STREAMS, text: str = "") -> list[StoredEvent]:
    """The rows of a log whose events stand in these streams."""
    return [row(n, stream, streams[:n].count(stream), text) for n, stream in enumerate(streams, 1)]


class Small:
    """The log, and what is signed of it."""

    def __init__(self, given: Sequence[StoredEvent] = (), log_id: str = "log-1", like: Small | None = None) -> None:
        self.store = SQLiteStore(":memory:")
        self.keys = SigningKeys(":memory:", log_id)
        if like is None:
            self.keys.create()
        else:
            self.keys._memory = forgetful(like.keys)
        self.signed = Checkpointer(self.store, CheckpointStore(":memory:"), self.keys, now=lambda: START)
        self.add(given or rows())

    @property
    def key(self) -> Verifier:
        """The public half of the newest key."""
        return self.signed.verifiers()[-1]

    def add(self, more: Sequence[StoredEvent]) -> None:
        """Store more rows."""
        with self.store.transaction() as transaction:
            transaction.append(more)

    def head(self) -> Note:
        """Sign the head of the log."""
        return self.signed.sign()

    def record(self, id: str) -> OfRecord:
        """A stream and what the log says of itself, up to what is signed."""
        size = self.size
        kept = [each for each in self.store.scan() if each.stream in (id, "log") and each.position <= size]
        return OfRecord(id, tuple(sorted({each.stream: each.version for each in kept}.items())))

    def period(self, first: int, last: int) -> Scope:
        """What was recorded in these hours, both included."""
        begin, end = START + timedelta(hours=first), START + timedelta(hours=last + 1)
        return of_period(self.store, begin, end, self.size)

    @property
    def size(self) -> int:
        """How many events are signed."""
        head = newest(heads_of(self.signed).notes)
        assert head is not None
        return head.size

    def bundle(self, scope: Scope = Whole(), outside: Sequence[int] = (), heads: Heads | None = None) -> bytes:  # noqa: B008
        """A bundle of the log."""
        return self.exported(scope, outside, heads)[0]

    def exported(self, scope: Scope, outside: Sequence[int] = (), heads: Heads | None = None) -> tuple[bytes, Exported]:
        """A bundle, and what its writer says of it."""
        heads = heads or heads_of(self.signed)
        head = newest(heads.notes)
        assert head is not None
        out = io.BytesIO()
        node = checked_tree(self.store, self.signed.kept, head).node
        found = export_bundle(self.store, out, heads, node, scope, outside=outside)
        return out.getvalue(), found


def forgetful(keys: SigningKeys) -> str:
    """The file of these keys without what they have signed: whoever holds a key can make its file forget."""
    held = json.loads(keys._memory or "")
    held.pop("signed", None)
    return json.dumps(held)


# --- asking both -----------------------------------------------------------------------------------------------------


def checked(data: bytes, key: Verifier, *kept: Note) -> Checked:
    """What our own check says."""
    heads = [head_of(note, f"note-{n}") for n, note in enumerate(kept)]
    return verify_bundle(io.BytesIO(data), [key], heads)


def head_of(note: Note, source: str = "note") -> Head:
    """A note as a head from outside."""
    return read_head(note.format().encode(), source)


def by_the_script(data: bytes, key: Verifier, *kept: Note) -> tuple[list[str], int]:
    """What the stand-alone script says, and its exit status."""
    said, status = script.check(io.BytesIO(data), script.key_of(key.vkey), [note.format() for note in kept])
    return said, status


def statuses(data: bytes, key: Verifier, *kept: Note) -> tuple[int, int]:
    """The exit status by our own check and by the script."""
    found = checked(data, key, *kept)
    ours = 1 if found.findings else 2 if found.uncompared else 0
    return ours, by_the_script(data, key, *kept)[1]


def codes(data: bytes, key: Verifier, *kept: Note) -> list[str]:
    """The codes of what our own check found."""
    return [str(each.code) for each in checked(data, key, *kept).findings]


# --- forging ---------------------------------------------------------------------------------------------------------


def lines_of(data: bytes) -> list[bytes]:
    """The lines of a bundle."""
    return data.splitlines(keepends=True)


def resealed(lines: Sequence[bytes]) -> bytes:
    """The lines with an end that fits them: what a forger does first."""
    body = [line for line in lines if not line.startswith(b'{"rows":')]
    count = sum(line.startswith(b'{"position":') for line in body)
    return b"".join(body) + line({"rows": count, "sha256": hashlib.sha256(b"".join(body)).hexdigest()})


def line(fields: dict[str, Any]) -> bytes:
    """Fields as a line."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def forged(data: bytes, number: int, change: Callable[[dict[str, Any]], object]) -> bytes:
    """A bundle with one line (from 0) changed, and its end made to fit."""
    lines = lines_of(data)
    fields = json.loads(lines[number])
    change(fields)
    return resealed([*lines[:number], line(fields), *lines[number + 1 :]])


def written(data: bytes, folder: Path, name: str = "some.bundle") -> Path:
    """The bundle as a file."""
    path = folder / name
    path.write_bytes(data)
    return path
