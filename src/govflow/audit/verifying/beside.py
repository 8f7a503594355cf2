"""What lies beside a log 日志旁证, read as it stands: its checkpoint file with whatever somebody wrote there.

One bad cell is a finding, and the rest is read on; the file stays at one state while others sign. Flat memory.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from govflow.audit.findings import Check, Code, Finding
from govflow.audit.verifying.heads import Head, read_head
from govflow.checkpoints.notes import NoteError
from govflow.errors import Detail, LogError
from govflow.files import IN_MEMORY
from govflow.persistence.as_found import AsFound

Tell = Callable[[Finding], None]

_MOST_HANDOVERS = 1_000


class CheckpointFile:
    """The checkpoints that lie beside a log; nothing, where there is no file. `tell` hears of what cannot be read."""

    def __init__(self, path: str, tell: Tell) -> None:
        self._tell = tell
        self._file: AsFound | None = None
        self._unreadable: set[str] = set()
        if path == IN_MEMORY or not os.path.exists(path):
            return
        try:
            self._file = AsFound(path)
            if self._file.is_empty:
                self.close()
        except LogError as error:
            self._say(Detail("the checkpoint file", "检查点文件"), error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _rows(self, what: Detail, sql: str, *values: int) -> Iterator[tuple[Any, ...]]:
        if self._file is None:
            return
        try:
            yield from self._file.rows(sql, *values)
        except LogError as error:
            self._say(what, error)

    def _say(self, what: Detail, error: Exception) -> None:
        if what not in self._unreadable:  # once: hashes are asked for again and again
            self._unreadable.add(what)
            said = str(error)[:200]
            en, zh = f"{what} cannot be read: {said}", f"{what.zh}无法读取：{said}"
            self._tell(Finding(Code.DAMAGED, Check.CHECKPOINTS, en, zh))

    def _changed(self, en: str, zh: str) -> None:
        self._tell(Finding(Code.EDIT, Check.CHECKPOINTS, en, zh))

    # -- what is in it ------------------------------------------------------------------------------------------------

    def has_notes(self) -> bool:
        """Whether anything was signed."""
        return any(self._rows(_NOTES, "SELECT 1 FROM signed_notes LIMIT 1"))

    def heads(self) -> Iterator[Head]:
        """The signed heads, the smallest first; of those of one size in the order in which they came."""
        sql = "SELECT rowid, size, note, signed_at FROM signed_notes ORDER BY size, rowid"
        for number, size, note, signed_at in self._rows(_NOTES, sql):
            source = Detail(f"checkpoint {number}", f"第 {number} 个检查点")
            if not isinstance(note, bytes):
                self._changed(f"{source} is no note: it was changed", f"{source.zh}不是签名文本，已被改动")
                continue
            try:
                head = read_head(note, source)
            except NoteError as error:
                self._changed(f"{error}: it was changed after it was kept", f"{source.zh}留存后已被改动")
                continue
            if not _is_moment(signed_at):
                en, zh = f"when {source} was signed is no moment: it was changed", f"{source.zh}的签署时间已被改动"
                self._changed(en, zh)
            if size != head.checkpoint.size or type(size) is not int:  # found by the size beside it, and only there
                stated = head.checkpoint.size
                self._changed(
                    f"{source} is over {stated} events, and is kept as one of another size: it was changed",
                    f"{source.zh}涵盖 {stated} 个事件，留存处所记不同，已被改动",
                )
                continue
            yield head

    def handovers(self) -> list[bytes]:
        """The notes by which keys were handed over, oldest first."""
        sql = f"SELECT note FROM handovers ORDER BY rowid LIMIT {_MOST_HANDOVERS + 1}"
        found = [note for (note,) in self._rows(Detail("the handovers of keys", "密钥交接记录"), sql)]
        if len(found) > _MOST_HANDOVERS or not all(isinstance(note, bytes) for note in found):
            self._changed("the handovers of keys were changed: some are none", "密钥交接记录已被改动")
        return [note for note in found[:_MOST_HANDOVERS] if isinstance(note, bytes)]

    def node(self, level: int, index: int) -> bytes | None:
        """A kept hash, None where it was not kept."""
        what = Detail("a kept hash", "留存的哈希")
        for (hash,) in self._rows(what, "SELECT hash FROM nodes WHERE level = ? AND idx = ?", level, index):
            if isinstance(hash, bytes):
                return hash
            self._say(what, LogError("it is of another type"))
        return None

    def stamps(self) -> int:
        """How many time stamps there are."""
        return sum(
            many for (many,) in self._rows(Detail("the time stamps", "时间戳"), "SELECT count(*) FROM time_stamps")
        )

    def log_ids(self) -> set[str]:
        """Which log the file says that it belongs to; more than one only where somebody wrote there."""
        what = Detail("whose checkpoints these are", "检查点所属日志")
        return {str(name)[:100] for (name,) in self._rows(what, "SELECT log_id FROM belongs_to LIMIT 3")}


_NOTES = Detail("the checkpoints", "检查点")


def _is_moment(text: object) -> bool:
    try:
        return datetime.fromisoformat(str(text)).tzinfo is not None
    except ValueError:
        return False
