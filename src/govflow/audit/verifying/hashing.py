"""The rows of a log in their order: each against its own leaf, all of them as one tree, the tree against signed heads.

One pass, in flat memory: what a hundred events need, a hundred million need too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from govflow.audit.findings import Check, Code, Finding
from govflow.audit.metadata import as_written, kept_of
from govflow.checkpoints.merkle import EMPTY_ROOT, Peaks, full_root
from govflow.errors import LogError
from govflow.persistence.codec import StoredEvent, leaf_of, packed_command_id

_LEVEL = 8  # blocks of 256 events: the width of which hashes are kept
_STEP = 1_000
_NO_LEAF = bytes(32)
_T = TypeVar("_T")
_R = TypeVar("_R")


class Rooted(NamedTuple):
    """A tree at one size, and what the rows up to there say of themselves."""

    size: int
    root: bytes
    recorded_at: datetime | None  # of the last row, as far as it can be read


class Hashed(NamedTuple, Generic[_R]):
    """What one pass over the rows came to: the tree at the end, and what whoever asked on the way came to."""

    head: Rooted
    asked: _R


KeptNode = Callable[[int, int], bytes | None]
Tell = Callable[[Finding], None]


def hash_rows(
    rows: Iterable[StoredEvent],
    asking: Generator[int, Rooted, _R],
    tell: Tell,
    *,
    kept: KeptNode | None = None,
    in_order_of_time: bool = True,
    progress: Callable[[int], object] | None = None,
) -> Hashed[_R]:
    """Hash every row from its stored bytes; `tell` hears what does not hold.

    `asking` yields one size after the other, the smallest first, and is sent the tree at that size, or at the end of
    the rows where they end before it. `kept` gives a hash that was kept of a full subtree (level, index), None where
    none was: it tells which 256 events were changed where the rows' own leaves were changed with them.
    `in_order_of_time` asks that no event is recorded before one ahead of it, as stores with a write lock promise.
    """
    tree, asked = _Growing(kept, tell), _Asked(asking)
    position, moment = 0, b""
    asked.at(0, Rooted(0, EMPTY_ROOT, None))
    for row in readable(rows, tell):
        stream, version, topic, state, command_id, at_position, stored = row
        position += 1
        if at_position != position:
            tell(_gap(row, position))
            position = at_position
        try:
            if type(version) is not int or "\n" in stream or "\n" in topic:  # other values would have the same leaf
                raise TypeError(position)
            leaf = leaf_of(stream, version, topic, state)
            found = as_written(state)
            said = found.groups() if found is not None else kept_of(state)
        except (TypeError, AttributeError, UnicodeEncodeError):  # columns of other types, texts that are none
            tell(_no_event(row))
            leaf, said = _NO_LEAF, None
        else:
            if leaf != stored:
                tell(_edited(row))
        if said is not None:
            digest, command, recorded = said[4], said[7], said[9]
            if recorded < moment and in_order_of_time:
                tell(_back(row, moment, recorded))
            moment = recorded
            if command_id != (packed_command_id(command.decode()) if digest else None):
                tell(_command(row))
        size = tree.add(leaf)
        if size == asked.next:
            asked.at(size, Rooted(size, tree.root(), _when(moment)))
        if progress and not size % _STEP:
            progress(size)
    head = Rooted(tree.size, tree.root(), _when(moment))
    return Hashed(head, asked.end(head))


class _Asked(Generic[_R]):
    """Whoever asks for the tree at some sizes, and the size that they ask for next."""

    def __init__(self, asking: Generator[int, Rooted, _R]) -> None:
        self._asking = asking
        self._came_to: list[_R] = []
        self.next = -1  # no size: nobody asks any more
        self._go_on(lambda: next(asking))

    def _go_on(self, ask: Callable[[], int]) -> None:
        try:
            self.next = ask()
        except StopIteration as end:
            self.next = -1
            self._came_to.append(end.value)

    def at(self, size: int, rooted: Rooted) -> None:
        """Tell what the tree is at a size to everybody who asks for it."""
        while self.next == size:
            self._go_on(lambda: self._asking.send(rooted))

    def end(self, rooted: Rooted) -> _R:
        """Tell whoever still asks where it ends; what they came to."""
        while not self._came_to:
            self._go_on(lambda: self._asking.send(rooted))
        return self._came_to[0]


class _Growing:
    """A tree that grows by leaves, hashed a block at a time; each block is compared with the hash kept of it."""

    def __init__(self, kept: KeptNode | None, tell: Tell) -> None:
        self.size = 0
        self._peaks = Peaks()
        self._block: list[bytes] = []
        self._kept = kept
        self._tell = tell

    def add(self, leaf: bytes) -> int:
        """Append a leaf; the size after it."""
        self._block.append(leaf)
        if len(self._block) == 1 << _LEVEL:
            self._complete()
        self.size += 1
        return self.size

    def _complete(self) -> None:
        done = self._peaks.add(full_root(self._block), _LEVEL)
        self._block.clear()
        for level, index, hash in done if self._kept is not None else ():
            known = self._kept(level, index) if self._kept and not level % _LEVEL else None
            if known is not None and known != hash:
                self._tell(_block(level, index))
                return

    def root(self) -> bytes:
        """The root over everything so far."""
        peaks = self._peaks.copy()
        for leaf in self._block:
            peaks.add(leaf)
        return peaks.root()


def readable(rows: Iterable[_T], tell: Tell) -> Iterator[_T]:
    """What can be read of a store, up to where the file itself cannot be read any further."""
    try:
        yield from rows
    except LogError as error:
        said = str(error)[:200]
        en, zh = f"the file cannot be read any further: {said}", f"文件无法继续读取：{said}"
        tell(Finding(Code.DAMAGED, Check.ORDER, en, zh))


def first_recorded_after(rows: Iterator[StoredEvent]) -> datetime | None:
    """When the first of these rows was recorded, None where there is none or it cannot be read."""
    row = next(rows, None)
    said = None if row is None else kept_of(row.state)
    return None if said is None else _when(said.recorded)


def _when(moment: bytes) -> datetime | None:
    try:
        when = datetime.fromisoformat(moment.decode())
    except ValueError:
        return None
    return when if when.tzinfo is not None else None


_LOG_ID = re.compile(rb'"log_id":"([A-Za-z0-9._:-]{1,64})"')


def log_id_of(row: StoredEvent) -> str:
    """The id of the log that a row opens, empty for any other row."""
    said = _LOG_ID.search(row.state) if row.topic.startswith("log.opened@") else None
    return said[1].decode() if said else ""


# --- what it finds ---------------------------------------------------------------------------------------------------


def _at(row: StoredEvent, code: Code, check: Check, en: str, zh: str) -> Finding:
    return Finding(code, check, en, zh, row.position, row.stream, row.version, row.topic)


def _gap(row: StoredEvent, expected: int) -> Finding:
    if row.position < expected:
        return _at(row, Code.GAP, Check.ORDER, f"position {row.position} stands twice", f"位置 {row.position} 重复")
    missing = f"{expected}" if row.position == expected + 1 else f"{expected} to {row.position - 1}"
    return _at(row, Code.GAP, Check.ORDER, f"position {missing} is missing", f"缺少位置 {missing}")


def _no_event(row: StoredEvent) -> Finding:
    en, zh = "the row holds no event: its columns are not those of one", "该行不是事件：列内容不符"
    return Finding(Code.EDIT, Check.HASHES, en, zh, row.position)


def _edited(row: StoredEvent) -> Finding:
    return _at(
        row,
        Code.EDIT,
        Check.HASHES,
        "what is stored is not what was hashed when it was written",
        "存储内容与写入时的哈希不符",
    )


def _block(level: int, index: int) -> Finding:
    first, last = (index << level) + 1, (index + 1) << level
    return Finding(
        Code.EDIT,
        Check.HASHES,
        f"one of the events {first} to {last} is not what it was when hashes were kept of them",
        f"事件 {first} 至 {last} 中有内容与留存的哈希不符",
        first,
        last=last,
    )


def _back(row: StoredEvent, before: bytes, now: bytes) -> Finding:
    en = f"recorded at {now.decode(errors='replace')}, before the event ahead of it ({before.decode(errors='replace')})"
    zh = f"记录时间 {now.decode(errors='replace')} 早于前一事件（{before.decode(errors='replace')}）"
    return _at(row, Code.TIME_REGRESSION, Check.SEMANTIC, en, zh)


def _command(row: StoredEvent) -> Finding:
    return _at(
        row,
        Code.EDIT,
        Check.HASHES,
        "the command id beside the event is not the one that its metadata names",
        "事件旁的命令编号与其元数据不符",
    )
