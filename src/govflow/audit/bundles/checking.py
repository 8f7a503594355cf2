"""Verifying a bundle 证据包: one pass with a stack of peaks, in flat memory, against keys and heads from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import BinaryIO, NamedTuple

from govflow.audit.bundles.parts import (
    CUT_OFF,
    Gap,
    Handover,
    Header,
    Part,
    Signed,
    read_bundle,
    recorded_at,
)
from govflow.audit.bundles.scope import Coverage, open_questions
from govflow.audit.findings import Check, Code, Finding
from govflow.audit.metadata import finding
from govflow.audit.verifying.heads import Head, Trust, cosigned_by, is_believed, zh_of
from govflow.checkpoints.merkle import HASH_BYTES, Peaks
from govflow.checkpoints.notes import COSIGNATURE, Checkpoint, Note, NoteError, Verifier
from govflow.checkpoints.trust import Chain, chain_of
from govflow.checkpoints.trust import Handover as KeyHandover
from govflow.errors import Detail, InputError
from govflow.persistence.codec import StoredEvent, leaf_of
from govflow.persistence.lines import check_row

_MOST = 1_000  # findings; whoever needs more to believe it is not helped by more
_MOST_HANDOVERS = 100
_STEP = 1_000


class Checked(NamedTuple):
    """What verifying a bundle came to: sound where there are no findings and no head was left uncompared.

    `until` is when the last event that was asked for was recorded, `agreeing` counts the outside heads that it agrees
    with, `witnessed` names the witnesses that have cosigned one of its checkpoints; both together vouch up to event
    `agreed`. `uncompared` names the heads that a gap goes over, `open_questions` is what cannot be excluded.
    """

    findings: tuple[Finding, ...]
    header: Header | None
    rows: int
    until: datetime | None
    agreeing: int
    agreed: int
    witnessed: tuple[str, ...]
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
    handovers: Sequence[bytes] = (),
) -> Checked:
    """Check a bundle against the keys that are believed, and against heads that were kept outside.

    Whatever the file holds, the answer is findings, never an error; keys that the log handed over to are followed, by
    the handovers in it and by those that are given.
    """
    walk = _Walk(verifiers, trusted, handovers)
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

    def __init__(self, verifiers: Sequence[Verifier], trusted: Sequence[Head], handovers: Sequence[bytes]) -> None:
        self.found: list[Finding] = []
        self.header: Header | None = None
        self.peaks = Peaks()
        self._given = tuple(verifiers)
        self._handed = tuple(handovers)
        self._trust = Trust("", Chain({}))
        self._trusted = trusted
        self._handovers: list[Note] = []
        self._coverage: Coverage | None = None
        self._heads: dict[int, list[Head]] = {}  # outside heads that are still to be met, by size
        self._has_begun = False
        self._lost = False  # a row stands out of place: what follows has no root any more
        self._vouched = 0  # up to where a believed note agrees
        self._signed = 0  # up to where a believed note has been met
        self._rows = self._agreeing = self._agreed = 0
        self._witnesses: dict[str, None] = {}
        self._until: datetime | None = None
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
            if self.header is None or KeyHandover.parse(note).origin != self.header.origin:
                raise NoteError("it is of another log")
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
        chain = Chain({})
        try:
            chain = chain_of(self._given, [*self._handed, *(note.format().encode() for note in self._handovers)])
        except NoteError as error:
            said = error.args[0]
            self._tell(Code.DAMAGED, Check.CHECKPOINTS, f"a handover of keys: {said}", f"密钥交接无效：{zh_of(said)}")
        witnesses = [each for each in self._given if each.algorithm == COSIGNATURE]
        self._trust = Trust(self.header.origin, chain, witnesses)
        known = {each.vkey for each in chain.keys}
        for key in self.header.keys:
            if key not in known:
                self._tell(
                    Code.UNKNOWN_KEY, Check.CHECKPOINTS, "it names a key that nobody vouches for", "含无人担保的密钥"
                )
        for head in self._trusted:
            if not is_believed(head, Check.TRUSTED, self._trust, self.found, newest=False):
                continue
            if head.checkpoint.size > self.header.size:
                size, seen = self.header.size, head.checkpoint.size
                en = f"{head.source} has seen {seen} events, the bundle ends at {size}: rolled back, or an older bundle"
                chinese = f"{zh_of(head.source)} 已见 {seen} 个事件，证据包止于 {size}：日志被回退，或证据包较旧"
                self._tell(Code.ROLLBACK, Check.TRUSTED, en, chinese, size)
            else:
                self._heads.setdefault(head.checkpoint.size, []).append(head)
        self._meet()

    # -- leaves -------------------------------------------------------------------------------------------------------

    def _row(self, row: StoredEvent) -> None:
        assert self._coverage is not None
        self._rows += 1
        if self._coverage.is_asked_for(row):
            self._until = recorded_at(row)
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
                    self._agreed = max(self._agreed, size)
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
        size = stated.size
        source = Detail(f"the checkpoint over {size} events", f"含 {size} 个事件的检查点")
        head = Head(note, stated, source)
        is_newest = size == self.header.size  # a key that was replaced vouches for earlier heads, not for the last one
        if self._lost or not is_believed(head, Check.CHECKPOINTS, self._trust, self.found, newest=is_newest):
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
            for witness in cosigned_by(head, self._trust.witnesses, self.found):
                self._witnesses[witness.name] = None
                self._agreed = max(self._agreed, stated.size)

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
                chinese = f"{zh_of(head.source)} 与证据包的检查点均有签名但互不相容：日志曾被重写"
                self._tell(Code.INCONSISTENT_HEADS, Check.TRUSTED, en, chinese, stated.size)
            else:
                en = f"the events 1 to {stated.size} are not those that {head.source} was signed over"
                chinese = f"事件 1 至 {stated.size} 与{zh_of(head.source)}签署时不符"
                self._tell(Code.EDIT, Check.TRUSTED, en, chinese, stated.size)

    def outcome(self) -> Checked:
        """What it came to."""
        left = (*self._uncompared, *(head.source for heads in self._heads.values() for head in heads))
        questions = () if self.header is None else tuple(open_questions(self.header, self._agreed))
        seen = tuple(self._witnesses)
        found = tuple(self.found)
        return Checked(found, self.header, self._rows, self._until, self._agreeing, self._agreed, seen, left, questions)
