"""Bundles 证据包 that outsiders verify offline: events of one log, hashes for all others, the signed head over both.

Written in one pass and flat memory, whatever the scope. A bundle is never written where the log contradicts its head.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import BinaryIO, NamedTuple

from govflow.audit.bundles.checking import Checked as Checked
from govflow.audit.bundles.checking import verify_bundle as verify_bundle
from govflow.audit.bundles.parts import (
    End,
    Gap,
    Handover,
    Header,
    OfPeriod,
    OfRecord,
    Part,
    Scope,
    Signed,
    Whole,
    part_line,
    recorded_at,
)
from govflow.audit.bundles.parts import read_bundle as read_bundle
from govflow.checkpoints.merkle import Node, Peaks, full_nodes
from govflow.checkpoints.notes import Checkpoint, Note
from govflow.checkpoints.signing import Checkpointer
from govflow.checkpoints.stored_tree import checked_tree, stated
from govflow.errors import Detail, InputError, LogError, NotFound
from govflow.journey import journey
from govflow.log_events import LOG_STREAM
from govflow.organisation import DIRECTORY_ID
from govflow.persistence.codec import StoredEvent, leaf_of
from govflow.persistence.store import Store
from govflow.reading import Reader, aware

Progress = Callable[[int, int], object]
_STEP = 1_000
_NAMED = re.compile(rb'"([A-Z]{1,4}-[0-9]{4}-[0-9]{6,})"')  # a record's number, as the body of an event names it


class Heads(NamedTuple):
    """What a log's keeper signed: its checkpoints as notes, handovers of keys, the vkeys of its keys (newest last)."""

    notes: Sequence[Note]
    keys: Sequence[str]
    handovers: Sequence[Note] = ()


class Exported(NamedTuple):
    """What was written: the scope, rows, hashes for what was left out, leaves signed, events after the checkpoint."""

    scope: Scope
    rows: int
    gaps: int
    size: int
    after: int


# --- what is in it ---------------------------------------------------------------------------------------------------


def of_record(reader: Reader, id: str, size: int) -> OfRecord:
    """One record with everything it touches, among the first `size` events of the log, as far as the reader may see.

    That is: every record on its journey; records that their events name by number; the directory; and what the log
    says of itself, with its tables and policies. Raises NotFound.
    """
    streams = {id, LOG_STREAM, *(stop.record for stop in journey(reader, id).stops)}
    for stream in sorted(streams - {LOG_STREAM}):
        for row in reader.log.store.read(stream):
            streams.update(name.decode() for name in _NAMED.findall(row.state))
    streams.add(DIRECTORY_ID)
    last = {stream: _last_version(reader, stream, size) for stream in sorted(streams)}
    if not last[id]:
        what = Detail(f"{id} began after the checkpoint", f"{id} 始于检查点之后")
        raise InputError(what, where="export bundle", expected=Detail("a newer checkpoint", "更新的检查点"))
    return OfRecord(id, tuple((stream, version) for stream, version in last.items() if version))


def _last_version(reader: Reader, stream: str, size: int) -> int:
    """The last version of a stream among the first `size` events; 0 where there is none, or none for this reader."""
    if stream != LOG_STREAM:
        try:
            reader.get(stream)
        except NotFound:
            return 0
    rows = reader.log.store.read(stream)
    return max((row.version for row in rows if row.position <= size), default=0)


def of_period(store: Store, begin: datetime, end: datetime, size: int) -> OfPeriod:
    """What was recorded from `begin` to before `end`, among the first `size` events of the log."""
    begin, end = aware(begin, "begin"), aware(end, "end")
    if begin >= end:
        what = Detail("the period ends before it begins", "期间的结束早于开始")
        raise InputError(what, where="export bundle", expected=Detail("a later end", "更晚的结束时间"))
    first, last, log = size + 1, 0, 0
    for row in store.scan():
        if row.position > size:
            break
        at = recorded_at(row)
        if at is None:
            raise LogError(f"row {row.position} of the log does not say when it was recorded: see govflow verify")
        first = min(first, row.position) if at >= begin else first
        last = row.position if at < end else last
        log = row.version if row.stream == LOG_STREAM else log
    return OfPeriod(begin, end, first, last, log)


def _is_in(scope: Scope) -> Callable[[StoredEvent], bool]:
    """Tells of a row whether it belongs to a scope; beside a period stand the rows that show where it ends."""
    match scope:
        case OfRecord():
            streams = frozenset(name for name, _ in scope.streams)
            return lambda row: row.stream in streams
        case OfPeriod():
            first, last = scope.first - 1, scope.last + 1
            return lambda row: first <= row.position <= last or row.stream == LOG_STREAM
    return lambda row: True


# --- writing ---------------------------------------------------------------------------------------------------------


def heads_of(checkpointer: Checkpointer) -> Heads:
    """What was signed of a log, as it is kept beside it. Raises LogError where a note was changed."""
    kept = checkpointer.kept
    notes = [stated(each, kept.path)[0] for each in kept.notes()]
    return Heads(
        notes,
        [each.vkey for each in checkpointer.verifiers()],
        [Note.parse(raw) for raw in kept.handovers()],
    )


def write_bundle(
    reader: Reader,
    checkpointer: Checkpointer,
    out: BinaryIO,
    scope_of: Callable[[int], Scope] = lambda size: Whole(),
    *,
    outside: Iterable[int] = (),
    progress: Progress | None = None,
) -> Exported:
    """Write a bundle of a log to an empty file, under its newest checkpoint; `scope_of` gives the scope at its size.

    Hashes that were kept and do not lead to what was signed are made again of the rows. Raises as `export_bundle`.
    """
    heads, store, kept = heads_of(checkpointer), reader.log.store, checkpointer.kept
    head = newest(heads.notes)
    if head is None or not head.size:
        raise _unsigned()
    scope, sizes = scope_of(head.size), tuple(outside)
    tree = checked_tree(store, kept, head)
    try:
        return export_bundle(store, out, heads, tree.node, scope, outside=sizes, progress=progress)
    except LogError:
        out.seek(0)
        out.truncate()
    tree = checked_tree(store, kept, head, afresh=True)
    return export_bundle(store, out, heads, tree.node, scope, outside=sizes, progress=progress)


def _unsigned() -> InputError:
    what = Detail("the log has no checkpoint", "日志尚无检查点")
    return InputError(what, where="export bundle", expected="govflow checkpoint sign, --sign")


def newest(notes: Iterable[Note]) -> Checkpoint | None:
    """The head that covers most, None where nothing was signed."""
    return max((Checkpoint.parse(note.text) for note in notes), key=lambda each: each.size, default=None)


def export_bundle(
    store: Store,
    out: BinaryIO,
    heads: Heads,
    node: Node,
    scope: Scope = Whole(),  # noqa: B008 - a value
    *,
    outside: Iterable[int] = (),
    progress: Progress | None = None,
) -> Exported:
    """Write a bundle of what the newest of `heads` covers to `out`, in flat memory.

    `node` gives the hash of a full subtree (level, index), for what is left out; the whole log needs none. At the
    sizes `outside`, heads from outside are to be compared later: no gap goes over them. A whole log brings all its
    checkpoints along. Raises InputError where nothing was signed, LogError where the log contradicts what was signed.
    """
    head = newest(heads.notes)
    if head is None or not head.size:
        raise _unsigned()
    after = max(store.head() - head.size, 0)
    written = _Written(out)
    written.add(Header(head.origin, scope, head.size, after, tuple(heads.keys)))
    for note in heads.handovers:
        written.add(Handover(note.format()))
    at = _notes_by_size(heads.notes, head, whole=isinstance(scope, Whole))
    stops = sorted({size for size in (*at, *outside) if 0 < size < head.size})
    for part in _leaves(store, head, node, _is_in(scope), stops, at, progress):
        if isinstance(part, Gap) and isinstance(scope, Whole):
            raise LogError(f"rows are missing of the {head.size} that were signed: see govflow verify")
        written.add(part)
    written.end()
    return Exported(scope, written.rows, written.gaps, head.size, after)


def _notes_by_size(notes: Iterable[Note], head: Checkpoint, *, whole: bool) -> dict[int, Note]:
    """The notes to hand out by the size they end at; what was signed more than once is one note with all signatures."""
    found: dict[int, Note] = {}
    for note in notes:
        stated = Checkpoint.parse(note.text)
        if stated.size != head.size and not (whole and stated.size):
            continue
        known = found.setdefault(stated.size, note)
        if known.text != note.text:
            raise LogError(f"two checkpoints of {stated.size} events differ: see govflow verify")
        found[stated.size] = known.with_signatures(note.signatures)
    return found


class _Written:
    """What goes into the file: every line is counted and hashed."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._hash = hashlib.sha256()
        self.rows = self.gaps = 0

    def add(self, part: Part) -> None:
        line = part_line(part)
        self._hash.update(line)
        self._out.write(line)
        self.rows += isinstance(part, StoredEvent)
        self.gaps += isinstance(part, Gap)

    def end(self) -> None:
        self._out.write(part_line(End(self.rows, self._hash.hexdigest())))


def _leaves(
    store: Store,
    head: Checkpoint,
    node: Node,
    is_in: Callable[[StoredEvent], bool],
    stops: Sequence[int],
    notes: dict[int, Note],
    progress: Progress | None,
) -> Iterator[Part]:
    """Rows, gaps and notes from left to right. Raises LogError where they do not lead to the root of a note."""
    peaks = Peaks()

    def ended() -> Iterator[Signed]:
        if (note := notes.get(peaks.size)) is not None:
            if Checkpoint.parse(note.text).root != peaks.root():
                raise LogError(f"the log is not what was signed when it had {peaks.size} events: see govflow verify")
            yield Signed(note.format())

    def skipped(end: int) -> Iterator[Part]:
        for stop in (*(each for each in stops if peaks.size < each < end), end):
            for level, index in full_nodes(peaks.size, stop):
                hash = node(level, index)
                peaks.add(hash, level)
                yield Gap(level, hash)
            if stop < end:
                yield from ended()

    for row in store.scan():
        if row.position > head.size:
            break
        if progress is not None and row.position % _STEP == 0:
            progress(row.position, head.size)
        if not is_in(row):
            continue
        if peaks.size < row.position - 1:
            yield from skipped(row.position - 1)
            yield from ended()
        if row.position != peaks.size + 1 or row.leaf != leaf_of(row.stream, row.version, row.topic, row.state):
            raise LogError(f"row {row.position} of the log is damaged or was changed: see govflow verify")
        peaks.add(row.leaf)
        yield row
        yield from ended()
    if peaks.size < head.size:
        yield from skipped(head.size)
        yield from ended()
    if progress is not None:
        progress(head.size, head.size)
