"""Writes a whole log as JSON Lines and reads it back, byte for byte.

One line is one stored row: position, stream, version, topic, command id and leaf in hex, and the stored bytes as text.
Keys of personal data are not part of it: what is protected stays closed wherever the file goes. Whoever moves a log to
another machine moves its key store by another way.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from types import NoneType
from typing import Any, BinaryIO

from govflow.errors import InputError, LogError
from govflow.log_events import LOG_STREAM, LogOpened
from govflow.persistence.codec import StoredEvent, leaf_of, metadata_of, packed_command_id
from govflow.persistence.sqlite import SQLiteStore
from govflow.persistence.store import CommandStored, Store, VersionTaken

_CHUNK = 1000
_LONGEST_LINE = 16 << 20  # a policy with a large catalogue stays far below
_TYPES: dict[str, tuple[type, ...]] = {
    "position": (int,),
    "stream": (str,),
    "version": (int,),
    "topic": (str,),
    "command_id": (str, NoneType),
    "leaf": (str,),
    "state": (str,),
}
_EXPECTED = "a line as `export jsonl` writes it"
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def export_log(
    store: Store,
    out: BinaryIO,
    progress: Callable[[int, int], None] | None = None,
    *,
    sees: Callable[[str], bool] | None = None,
) -> int:
    """Write the log as it stands now to `out`, one line a row, in flat memory; returns how many rows.

    The keys of personal data are not exported. `progress` hears rows done and rows in all. `sees` tells of a stream
    whether its rows are to be written: a part of a log, which cannot be read back.
    """
    head, count = store.head(), 0  # others may go on writing: a commit's end is where this log ends
    for row in store.scan():
        if row.position > head:
            break
        # a part of a log lacks the first row, so that nobody reads it back as a whole one
        if sees is None or (row.position > 1 and sees(row.stream)):
            out.write(_line_of(row))
            count += 1
        if progress and (row.position % _CHUNK == 0 or row.position == head):
            progress(row.position, head)
    return count


def import_log(
    source: BinaryIO, target: Store | str | os.PathLike[str], progress: Callable[[int], None] | None = None
) -> int:
    """Read an exported log into a new one, all of it or nothing, in flat memory; returns how many rows.

    `target` is an empty store, or the path of a log that does not exist yet or is empty. Every line must be exactly as
    an export writes it: positions and versions dense, leaves the hashes of what they stand for. Raises InputError with
    the line for the first that is not. A file cut off at the end of a line is a shorter log, which only a checkpoint
    or a count can tell. Personal data opens again once the log's own key store is put beside it.
    """
    if not isinstance(target, (str, os.PathLike)):
        return _import(source, target, progress)
    path = Path(target)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        is_ours = True
    except FileExistsError:
        is_ours = False
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", where=str(path), expected="a new log") from None
    store = SQLiteStore(path)
    try:
        count = _import(source, store, progress)
    except BaseException:
        store.close()
        if is_ours:
            for left in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
                left.unlink(missing_ok=True)
        raise
    store.close()
    return count


def _import(source: BinaryIO, store: Store, progress: Callable[[int], None] | None) -> int:
    file = str(getattr(source, "name", "") or "input")
    count = 0
    with store.transaction() as transaction:
        if transaction.head:
            raise InputError(f"the log holds {transaction.head} rows already", expected="a new, empty log")
        rows = _rows(source, file)
        while chunk := list(islice(rows, _CHUNK)):
            _check_versions(chunk, store, file)
            try:
                transaction.append(chunk)
            except (CommandStored, VersionTaken):
                raise _bad(file, _repeated(chunk, store), "the command id stands in an earlier line") from None
            count += len(chunk)
            if progress:
                progress(count)
        if not count:
            raise InputError("no rows", where=file, expected="an exported log")
    return count


def _line_of(row: StoredEvent) -> bytes:
    try:
        state = row.state.decode()
    except UnicodeDecodeError:
        raise LogError(f"row {row.position} of the log is damaged: its state is not UTF-8") from None
    fields = {
        "position": row.position,
        "stream": row.stream,
        "version": row.version,
        "topic": row.topic,
        "command_id": None if row.command_id is None else row.command_id.hex(),
        "leaf": row.leaf.hex(),
        "state": state,
    }
    return _encode(fields).encode() + b"\n"


def _rows(source: BinaryIO, file: str) -> Iterator[StoredEvent]:
    position = 0
    while line := source.readline(_LONGEST_LINE):
        position += 1
        row = _row_of(line, file, position)
        if row.position != position:
            raise _bad(file, position, f"position {row.position} where {position} was to come")
        if position == 1 and (row.stream, row.topic) != (LOG_STREAM, f"{LogOpened.name}@{LogOpened.version}"):
            raise _bad(file, position, "the log does not begin with its opening")
        yield row


def _row_of(line: bytes, file: str, number: int) -> StoredEvent:
    try:
        fields: Any = json.loads(line)
        if not isinstance(fields, dict) or tuple(fields) != tuple(_TYPES):
            raise ValueError("other fields")
        for key, types in _TYPES.items():
            if type(fields[key]) not in types:
                raise ValueError(f"{key} is of another type")
        command_id = fields["command_id"]
        row = StoredEvent(
            stream=fields["stream"],
            version=fields["version"],
            topic=fields["topic"],
            state=fields["state"].encode(),
            command_id=None if command_id is None else bytes.fromhex(command_id),
            position=fields["position"],
            leaf=bytes.fromhex(fields["leaf"]),
        )
        if (
            _line_of(row) != line
        ):  # spaces, escapes, capitals, a missing line end: it would not come out again as it was
            raise ValueError("written otherwise")
    except (ValueError, RecursionError) as error:  # texts that are not JSON, not UTF-8, not hex
        reason = str(error) if type(error) is ValueError else "not JSON in UTF-8"
        raise _bad(file, number, reason) from None
    if leaf_of(row.stream, row.version, row.topic, row.state) != row.leaf:
        raise _bad(file, number, "the leaf is not the hash of this row")
    try:
        meta = metadata_of(row.state)
    except LogError as error:
        raise _bad(file, number, str(error)) from None
    # the one part that the leaf does not cover; the metadata has a digest where a command begins
    if row.command_id != (packed_command_id(meta.command) if meta.digest else None):
        raise _bad(file, number, "the command id is not that of the metadata")
    return row


def _check_versions(chunk: list[StoredEvent], store: Store, file: str) -> None:
    """Versions of each stream follow each other; asked of the store once a chunk, so that memory stays flat."""
    last: dict[str, int] = {}
    for row in chunk:
        known = last.get(row.stream)
        if known is None:
            known = store.version(row.stream)
        if row.version != known + 1:
            raise _bad(file, row.position, f"version {row.version} of {row.stream!r} after version {known}")
        last[row.stream] = row.version


def _repeated(chunk: list[StoredEvent], store: Store) -> int:
    """The line whose command id an earlier line has."""
    for row in chunk:
        first = store.find_command(row.command_id) if row.command_id is not None else None
        if first is not None and first.position != row.position:
            return row.position
    return chunk[-1].position


def _bad(file: str, line: int, what: str) -> InputError:
    return InputError(what, where=f"{file}:{line}", expected=_EXPECTED)
