"""Writes a whole log as JSON Lines and reads it back, byte for byte.

One line is one stored row: position, stream, version, topic, command id and leaf in hex, and the stored bytes as text.
Keys of personal data are not part of it: what is protected stays closed wherever the file goes. Whoever moves a log to
another machine moves its key store by another way.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from govflow.errors import InputError
from govflow.log_events import LOG_STREAM, LogOpened
from govflow.persistence.codec import StoredEvent
from govflow.persistence.lines import LONGEST_LINE, check_row, line_of, row_of
from govflow.persistence.sqlite import SQLiteStore
from govflow.persistence.store import CommandStored, Store, VersionTaken

_CHUNK = 1000
_EXPECTED = "a line as `export jsonl` writes it"


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
            out.write(line_of(row))
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


def _rows(source: BinaryIO, file: str) -> Iterator[StoredEvent]:
    position = 0
    while line := source.readline(LONGEST_LINE):
        position += 1
        row = _row_of(line, file, position)
        if row.position != position:
            raise _bad(file, position, f"position {row.position} where {position} was to come")
        if position == 1 and (row.stream, row.topic) != (LOG_STREAM, f"{LogOpened.name}@{LogOpened.version}"):
            raise _bad(file, position, "the log does not begin with its opening")
        yield row


def _row_of(line: bytes, file: str, number: int) -> StoredEvent:
    try:
        row = row_of(line)
        check_row(row)
    except InputError as error:
        raise _bad(file, number, error.what) from None
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
