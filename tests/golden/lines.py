"""The golden events 存档事件: bytes of every released event, what they load to, and the signed heads over the file.

`events.jsonl` only grows. Its lines are the leaves of a tree (RFC 6962), as events are those of a log; `heads.txt`
holds a signed note for each release, with the hashes of the golden logs below the head. The keys that signed are gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from govflow import Event
from govflow.checkpoints.merkle import Peaks, leaf_hash
from govflow.checkpoints.notes import Checkpoint, Note, NoteError, Verifier
from govflow.engine import shipped
from govflow.log_events import LOG_EVENTS
from govflow.persistence.codec import Codec, metadata_of
from govflow.persistence.lines import Types, fields_of, json_line

HERE = Path(__file__).parent
LINES, HEADS = HERE / "events.jsonl", HERE / "heads.txt"
ORIGIN = "govflow/golden-events"
EVENTS = {event.name: event for event in (*LOG_EVENTS, *(event for each in shipped() for event in each.events))}
CODEC = Codec(EVENTS.values())

KEYS: tuple[str, ...] = (  # of each head, in the order of heads.txt; this list only grows too
    "govflow/golden-events+ebc0abb1+Ae+yl0QP05wsqJ5MShhTVo7XcCjtOKOfVn5FI1PL+qGQ",  # 0.1
)

_TYPES: Types = {"topic": (str,), "read_as": (int,), "state": (str,), "digest": (str,)}


class Line(NamedTuple):
    """A stored state, the version of its event that the code had then, and the digest of what it loaded to."""

    topic: str
    read_as: int
    state: bytes
    digest: str

    def bytes(self) -> bytes:
        """The line as it stands in the file."""
        return json_line({**self._asdict(), "state": self.state.decode()})


def line_of(raw: bytes) -> Line:
    """The line in these bytes. Raises InputError for one that is written otherwise."""
    fields = fields_of(raw, _TYPES)
    return Line(**{**fields, "state": fields["state"].encode()})


def raw_lines(path: Path = LINES) -> list[bytes]:
    """The lines of the file with their ends."""
    return path.read_bytes().splitlines(keepends=True) if path.exists() else []


def loaded(topic: str, state: bytes, codec: Codec = CODEC) -> Line:
    """The line that today's code makes of stored bytes. Raises LogError where they no longer load.

    The digest is SHA-256 over `name@version LF metadata LF body LF`, both as the code would write them again.
    """
    body = codec.decode(topic, state)
    now, again = codec.encode(body)
    said = f"{now}\n{metadata_of(state).model_dump_json(exclude_none=True)}\n".encode() + again + b"\n"
    return Line(topic, type(body).version, state, hashlib.sha256(said).hexdigest())


def wanted(events: Mapping[str, type[Event]] = EVENTS) -> set[tuple[str, int]]:
    """(stored name, version that reads it) of every event, and of each older version that it can still read."""
    return {
        (f"{event.name}@{version}", event.version)
        for event in events.values()
        for version in range(1, event.version + 1)
    }


def missing(lines: Iterable[Line], events: Mapping[str, type[Event]] = EVENTS) -> set[tuple[str, int]]:
    """What of it no line shows."""
    return wanted(events) - {(line.topic, line.read_as) for line in lines}


# --- heads -----------------------------------------------------------------------------------------------------------


def notes_in(text: str) -> list[Note]:
    """The signed notes of a file: each a text, an empty line, a signature, an empty line."""
    parts = text.split("\n\n")
    if parts.pop() or len(parts) % 2:
        raise NoteError("a note is a text, an empty line, its signature and an empty line")
    return [Note.parse(f"{said}\n\n{signed}\n".encode()) for said, signed in zip(parts[::2], parts[1::2], strict=True)]


def text_of(lines: Sequence[bytes], files: Iterable[Path]) -> str:
    """What a release signs: origin, number of lines and root, then a hash and a name for each golden log."""
    peaks = Peaks()
    for line in lines:
        peaks.add(leaf_hash(line))
    hashes = [f"{hashlib.sha256(file.read_bytes()).hexdigest()} {file.name}\n" for file in sorted(files)]
    return Checkpoint(ORIGIN, peaks.size, peaks.root()).text() + "".join(hashes)


def files_of(note: Note) -> list[str]:
    """The names of the golden logs that a note signs for."""
    return [line.partition(" ")[2] for line in note.text.splitlines()[3:]]


def broken(lines: Sequence[bytes], heads: str, keys: Sequence[str], folder: Path = HERE) -> list[str]:
    """What contradicts the heads: a line or log that was changed or lost, a head nobody known has signed."""
    try:
        notes = notes_in(heads)
    except NoteError as error:
        return [f"heads.txt: {error}"]
    if len(notes) != len(keys):
        return [f"heads.txt has {len(notes)} heads, and KEYS {len(keys)} keys: one of both is missing"]
    found, last = [], 0
    for number, (note, key) in enumerate(zip(notes, keys, strict=True), 1):
        found += [f"head {number}: {each}" for each in _broken(note, key, lines, folder, last)]
        last = Checkpoint.parse(note.text).size
    return found


def _broken(note: Note, key: str, lines: Sequence[bytes], folder: Path, last: int) -> list[str]:
    try:
        if not note.signed_by([Verifier.parse(key)]):
            return ["its key has not signed it"]
    except NoteError as error:
        return [str(error)]
    size = Checkpoint.parse(note.text).size
    if not last <= size <= len(lines):
        return [f"it signs for {size} lines; the head before for {last}, and there are {len(lines)}"]
    files = [folder / name for name in files_of(note)]
    if gone := [file.name for file in files if not file.exists()]:
        return [f"{', '.join(gone)} is missing"]
    if text_of(lines[:size], files) != note.text:
        return ["a line or a log that it signed for was changed"]
    return []
