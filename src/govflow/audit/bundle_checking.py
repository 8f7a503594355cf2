"""Verifying a bundle 证据包: one pass with a stack of peaks, in flat memory, against keys and heads from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import BinaryIO, NamedTuple

from govflow.audit.bundle_parts import (
    CUT_OFF,
    Gap,
    Handover,
    Header,
    Part,
    Signed,
    read_bundle,
    recorded_at,
)
from govflow.audit.bundle_scope import Coverage, open_questions
from govflow.audit.findings import Check, Code, Finding
from govflow.audit.heads import Head
from govflow.audit.metadata import finding
from govflow.checkpoints.keys import Handover as KeyHandover
from govflow.checkpoints.keys import follow
from govflow.checkpoints.merkle import HASH_BYTES, Peaks
from govflow.checkpoints.notes import Checkpoint, Note, NoteError, Verifier
from govflow.errors import Detail, InputError
from govflow.persistence.codec import StoredEvent, leaf_of
from govflow.persistence.lines import check_row

_MOST = 1_000  # findings; whoever needs more to believe it is not helped by more
_MOST_HANDOVERS = 100
_STEP = 1_000


class Checked(NamedTuple):
    """What verifying a bundle came to: sound where there are no findings and no head was left uncompared.

    `until` is when the last event in it was recorded, `agreeing` counts the outside heads that it agrees with,
    `uncompared` names those that a gap goes over, `open_questions` is what cannot be excluded all the same.
    """

    findings: tuple[Finding, ...]
    header: Header | None
    rows: int
    until: datetime | None
    agreeing: int
    uncompared: tuple[str, ...]
    open_questions: tuple[Detail, ...]

    @property
    def is_sound(self) -> bool:
        """Whether everything in it is as it was signed, and all that was asked could be checked."""
        return not self.findings and not self.uncompared


def verify_bundle(
    source: BinaryIO,
    verifiers: Sequence[Verifier],
    trusted: Sequence[Head] = (),
    progress: Callable[[int, int], object] | None = None,
) -> Checked:
    """Check a bundle against the keys that are believed, and against heads that were kept outside.

    Whatever the file holds, the answer is findings, never an error; keys that the log handed over to are followed.
    """
    walk = _Walk(verifiers, trusted)
    try:
        for number, part in read_bundle(source):
            walk.take(part)
            if progress is not None and walk.header is not None and number % _STEP == 0:
                progress(walk.peaks.size, walk.header.size)
            if len(walk.found) >= _MOST:
                break
        else:
            walk.finish()
    except InputError as error:
        code = Code.TRUNCATED if error.what is CUT_OFF else Code.DAMAGED
        line = error.where.rpartition(":")[2]
        zh = getattr(error.what, "zh", "与写出时不同")
        walk.found.append(Finding(code, Check.ORDER, f"line {line}: {error.what}", f"第 {line} 行：{zh}"))
    return walk.outcome()


class _Walk:
    """One pass over the parts of a bundle."""

    def __init__(self, verifiers: Sequence[Verifier], trusted: Sequence[Head]) -> None:
        self.found: list[Finding] = []
        self.header: Header | None = None
        self.peaks = Peaks()
        self._verifiers = self._newest = tuple(verifiers)
        self._trusted = trusted
        self._handovers: list[Note] = []
        self._coverage: Coverage | None = None
        self._heads: dict[int, list[Head]] = {}  # outside heads that are still to be met, by size
        self._has_begun = False
        self._lost = False  # a row stands out of place: what follows has no root any more
        self._vouched = 0  # up to where a believed note agrees
        self._signed = 0  # up to where a believed note has been met
        self._rows = self._agreeing = 0
        self._last: StoredEvent | None = None
        self._differing: list[Head] = []
        self._uncompared: list[str] = []

    def take(self, part: Part) -> None:
        """Go on by one part."""
        match part:
            case Header():
                self.header, self._coverage = part, Coverage(part.scope, part.size)
            case Handover():
                self._handover(part.note)
            case StoredEvent():
                self._begin()
                self._row(part)
            case Gap():
                self._begin()
                self._grow(part.hash, part.level)
            case Signed():
                self._begin()
                self._note(part.note)

    def _tell(self, code: Code, check: Check, en: str, zh: str, position: int | None = None) -> None:
        self.found.append(Finding(code, check, en, zh, position))

    # -- keys ---------------------------------------------------------------------------------------------------------

    def _handover(self, raw: str) -> None:
        try:
            if len(self._handovers) == _MOST_HANDOVERS:
                raise NoteError(f"more than {_MOST_HANDOVERS}")
            note = Note.parse(raw.encode())
            if note in self._handovers:
                raise NoteError("it stands twice")
            self._handovers.append(note)
        except (NoteError, UnicodeEncodeError) as error:
            self._tell(Code.DAMAGED, Check.CHECKPOINTS, f"a handover of keys: {error}", f"密钥交接无效：{error}")

    def _begin(self) -> None:
        """Once the header and the handovers are read: whose signatures count, and which heads are to be met."""
        if self._has_begun or self.header is None:
            return
        self._has_begun = True
        try:
            self._newest, self._verifiers = _followed(self._verifiers, self._handovers)
        except NoteError as error:
            self._tell(Code.DAMAGED, Check.CHECKPOINTS, f"a handover of keys: {error}", f"密钥交接无效：{error}")
        known = {each.vkey for each in self._verifiers}
        for key in self.header.keys:
            if key not in known:
                self._tell(
                    Code.UNKNOWN_KEY, Check.CHECKPOINTS, "it names a key that nobody vouches for", "含无人担保的密钥"
                )
        for head in self._trusted:
            if not self._is_believed(head.note, head.checkpoint, head.source, Check.TRUSTED, self._verifiers):
                continue
            if head.checkpoint.size > self.header.size:
                size, seen = self.header.size, head.checkpoint.size
                en = f"{head.source} has seen {seen} events, the bundle ends at {size}: rolled back, or an older bundle"
                zh = f"{head.source} 已见 {seen} 个事件，证据包止于 {size}: 日志被回退，或证据包较旧"
                self._tell(Code.ROLLBACK, Check.TRUSTED, en, zh, size)
            else:
                self._heads.setdefault(head.checkpoint.size, []).append(head)
        self._meet()

    def _is_believed(
        self, note: Note, stated: Checkpoint, source: str, check: Check, verifiers: Sequence[Verifier]
    ) -> bool:
        """Whether a head speaks of this log, and one of these keys has signed it."""
        assert self.header is not None
        if stated.origin != self.header.origin:
            self._tell(Code.ORIGIN_MISMATCH, check, f"{source} is of another log", f"{source} 属于另一份日志")
            return False
        try:
            signers = note.signed_by(verifiers)
        except NoteError as error:
            self._tell(Code.EDIT, check, f"{source}: {error}", f"{source} 的签名无效")
            return False
        if all(each.name != stated.origin for each in signers):  # a witness says what it saw, not what the log is
            en, zh = f"{source} is not signed by a key of the log that is believed", f"{source} 未由可信的日志密钥签署"
            self._tell(Code.UNKNOWN_KEY, check, en, zh)
            return False
        return True

    # -- leaves -------------------------------------------------------------------------------------------------------

    def _row(self, row: StoredEvent) -> None:
        assert self._coverage is not None
        self._rows += 1
        self._last = row
        leaf = row.leaf
        try:
            check_row(row)
        except InputError as error:
            zh = "与其哈希不符：已被改动"
            self.found.append(finding(row, Code.EDIT, f"it was changed: {error.what}", zh, by=Check.HASHES))
            if len(leaf) != HASH_BYTES:
                leaf = leaf_of(row.stream, row.version, row.topic, row.state)
        expected = self.peaks.size + 1
        if row.position != expected and not self._lost:
            self._lost = True
            code = Code.GAP if row.position > expected else Code.REORDER
            en, zh = f"it stands where event {expected} is expected", f"此处应为第 {expected} 个事件"
            self.found.append(finding(row, code, en, zh, by=Check.ORDER))
        self.found.extend(self._coverage.row(row))
        self._grow(leaf, 0)

    def _grow(self, hash: bytes, level: int) -> None:
        assert self.header is not None
        if self._lost:
            return
        first, end = self.peaks.size, self.peaks.size + (1 << level)
        if first & ((1 << level) - 1) or end > self.header.size:
            self._lost = True
            en, zh = f"what follows event {first} does not fit in", f"第 {first} 个事件之后的内容无法衔接"
            self._tell(Code.DAMAGED, Check.ORDER, en, zh, first + 1)
            return
        self.peaks.add(hash, level)
        self._meet()

    def _meet(self) -> None:
        """Compare the heads from outside that end here; those that a gap went over cannot be compared."""
        for size in [size for size in self._heads if size <= self.peaks.size]:
            for head in self._heads.pop(size):
                if size < self.peaks.size:
                    self._uncompared.append(head.source)
                elif head.checkpoint.root == self.peaks.root():
                    self._agreeing += 1
                else:
                    self._differing.append(head)

    def _note(self, raw: str) -> None:
        try:
            note = Note.parse(raw.encode())
            stated = Checkpoint.parse(note.text)
        except (NoteError, UnicodeEncodeError) as error:
            self._tell(Code.DAMAGED, Check.CHECKPOINTS, f"a checkpoint: {error}", f"检查点无效：{error}")
            return
        assert self.header is not None
        source = f"the checkpoint over {stated.size} events"
        # a key that was replaced vouches for earlier heads, not for the last one
        keys = self._newest if stated.size == self.header.size else self._verifiers
        if self._lost or not self._is_believed(note, stated, source, Check.CHECKPOINTS, keys):
            return
        if stated.size != self.peaks.size:
            en, zh = f"{source} stands behind event {self.peaks.size}", f"检查点位于第 {self.peaks.size} 个事件之后"
            self._tell(Code.REORDER, Check.CHECKPOINTS, en, zh)
        elif stated.root != self.peaks.root():
            self._signed = stated.size
            if not any(each.code is Code.EDIT and each.found_by is Check.CHECKPOINTS for each in self.found):
                first = self._vouched + 1
                en = f"among the events {first} to {stated.size} at least one is not what was signed"
                zh = f"事件 {first} 至 {stated.size} 中至少有一个与签署时不符"
                self._tell(Code.EDIT, Check.CHECKPOINTS, en, zh, first)
        else:
            self._signed = self._vouched = stated.size

    # -- the end ------------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Once all parts are through: what is missing."""
        if self.header is None or self._coverage is None:
            return
        self._begin()
        size = self.header.size
        if not self._lost and self.peaks.size != size:
            en, zh = (
                f"it ends behind event {self.peaks.size} of {size}",
                f"止于第 {self.peaks.size} 个事件，应为 {size} 个",
            )
            self._tell(Code.TRUNCATED, Check.ORDER, en, zh, self.peaks.size)
        elif not self._lost and self._signed != size and not self.found:
            en, zh = "no checkpoint vouches for all of it", "没有检查点涵盖全部内容"
            self._tell(Code.TRUNCATED, Check.CHECKPOINTS, en, zh)
        self.found.extend(self._coverage.missing(self._rows))
        for head in self._differing:
            stated = head.checkpoint
            if self._vouched >= stated.size:
                en = f"{head.source} and the bundle's checkpoint are both signed, and no one log has both"
                zh = f"{head.source} 与证据包的检查点均有签名但互不相容：日志曾被重写"
                self._tell(Code.INCONSISTENT_HEADS, Check.TRUSTED, en, zh, stated.size)
            else:
                en = f"the events 1 to {stated.size} are not those that {head.source} was signed over"
                zh = f"事件 1 至 {stated.size} 与 {head.source} 签署时不符"
                self._tell(Code.EDIT, Check.TRUSTED, en, zh, stated.size)

    def outcome(self) -> Checked:
        """What it came to."""
        until = None if self._last is None else recorded_at(self._last)
        left = (*self._uncompared, *(head.source for heads in self._heads.values() for head in heads))
        questions = () if self.header is None else tuple(open_questions(self.header, self._agreeing))
        return Checked(tuple(self.found), self.header, self._rows, until, self._agreeing, left, questions)


def _followed(
    trusted: Sequence[Verifier], handovers: Sequence[Note]
) -> tuple[tuple[Verifier, ...], tuple[Verifier, ...]]:
    """The keys that are believed with those they handed over to; and all of the chain, with those they replaced.

    A handover is signed by both keys, so that a newer key vouches for what an older one signed before.
    """
    newest = tuple(dict.fromkeys(each for verifier in trusted for each in follow(verifier, handovers)))
    chain = dict.fromkeys(newest)
    for said in reversed([KeyHandover.parse(note) for note in handovers]):
        if said.new in chain:
            chain.setdefault(said.old)
    return newest, tuple(chain)
