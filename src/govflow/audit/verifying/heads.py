"""Signed heads against the log: those kept beside it, and those that somebody kept outside.

Heads beside the log show every change by whoever lacks its key. Only heads from outside, and what witnesses have
cosigned, show what the key's holder did.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from govflow.audit.findings import Check, Code, Finding, Findings
from govflow.audit.verifying.hashing import Rooted
from govflow.checkpoints.notes import COSIGNATURE, Checkpoint, Note, NoteError, Verifier
from govflow.checkpoints.trust import Chain, Doubt, Doubted, believed
from govflow.errors import Detail

_UNSIGNED = Note("", ())
_REMEMBERED = Detail("what the key file remembers to have signed", "密钥文件所记最后签署的检查点")
CODES = {
    Doubt.ORIGIN: Code.ORIGIN_MISMATCH,
    Doubt.SIGNATURE: Code.EDIT,
    Doubt.KEY: Code.UNKNOWN_KEY,
    Doubt.REPLACED: Code.UNKNOWN_KEY,
}
"""What a head that is not believed is, as a finding."""


class Head(NamedTuple):
    """One signed head: the note, what it states, and where it comes from (a `Detail` says so in Chinese too)."""

    note: Note
    checkpoint: Checkpoint
    source: str = ""


class Trust(NamedTuple):
    """Whose signatures count for which log: its own keys, and witnesses from outside.

    None for `chain`: no key is at hand. A head can then object to the log, and vouches for nothing.
    """

    origin: str
    chain: Chain | None
    witnesses: Sequence[Verifier] = ()


class Witnessed(NamedTuple):
    """What a witness has cosigned of those heads that hold: how many, the largest of them, and when it saw that."""

    name: str
    heads: int
    size: int
    at: datetime | None


class Judged(NamedTuple):
    """What the heads came to: how many are kept, the newest that vouches for the log, how many from outside agree.

    Somebody outside, the holder of a head or a witness, agrees with the log up to event `agreed`.
    """

    kept: int = 0
    covering: Head | None = None
    agreeing: int = 0
    agreed: int = 0
    witnessed: tuple[Witnessed, ...] = ()


Asking = Generator[int, Rooted, Judged]
"""Asks for the tree at one size after the other, the smallest first; is told of a smaller one where the log ends."""


def read_head(raw: bytes, source: str) -> Head:
    """The head in a signed note. Raises NoteError, naming where it comes from."""
    try:
        note = Note.parse(raw)
        return Head(note, Checkpoint.parse(note.text), source)
    except NoteError as error:
        raise NoteError(f"{source}: {error}") from None


def zh_of(text: object) -> str:
    """A text in Chinese, where it has one; as it is, where it has none."""
    return str(getattr(text, "zh", text))


def is_believed(head: Head, check: Check, trust: Trust, found: Findings | list[Finding], *, newest: bool) -> bool:
    """Whether a head speaks of this log, and a key that counts has signed it; else `found` hears why not."""
    if trust.chain is None and head.checkpoint.origin == trust.origin:
        return True
    try:
        believed(head.note, trust.origin, trust.chain or Chain({}), newest=newest)
    except Doubted as doubted:
        said = doubted.args[0]
        en, chinese = f"{head.source}: {said}", f"{zh_of(head.source)}：{zh_of(said)}"
        found.append(Finding(CODES[doubted.doubt], check, en, chinese))
        return False
    return True


def compare(
    kept: Iterable[Head], trusted: Sequence[Head], trust: Trust, found: Findings, remembered: Checkpoint | None = None
) -> Asking:
    """Compare every head with the tree of the log as it grows; what does not hold is added to `found`.

    `kept` comes with the smallest head first; of those only the newest that holds is held. `remembered` is what a key
    file remembers to have signed, which nobody has signed: it can object, and vouches for nothing. Whoever signs keeps
    the checkpoint before the key remembers it: where no such checkpoint is kept, it was taken away.
    """
    if remembered is not None and remembered.origin != trust.origin:
        found.append(_of_another(remembered, trust.origin))
        remembered = None
    here, seen = _Kept(found, remembered), _Witnesses(trust.witnesses, found)
    outside: list[tuple[Head, Rooted]] = []
    own = ((head.checkpoint.size, Check.CHECKPOINTS, head) for head in _own(here.counted(kept), trust, found))
    others = [
        (head.checkpoint.size, Check.TRUSTED, head)
        for head in trusted
        if is_believed(head, Check.TRUSTED, trust, found, newest=False)
    ]
    if remembered is not None:
        others.append((remembered.size, Check.CHECKPOINTS, Head(_UNSIGNED, remembered, _REMEMBERED)))
    for size, check, head in heapq.merge(own, sorted(others, key=_size), key=_size):
        rooted = yield size
        if (rooted.size, rooted.root) == (size, head.checkpoint.root):
            seen.take(head)
        if head.note is _UNSIGNED and here.last == head.checkpoint:
            continue  # the checkpoint itself has said it
        if head.note is _UNSIGNED or trust.chain is None:
            here.recall(head, rooted, check)
        elif check is Check.CHECKPOINTS:
            here.take(head, rooted)
        else:
            outside.append((head, rooted))
    here.miss()
    agreeing = [head for head, rooted in outside if _agrees(head, rooted, here, found)]
    covering = max((*agreeing, here.covering), key=lambda head: head.checkpoint.size if head else 0, default=None)
    witnessed = tuple(seen.found.values())
    agreed = max((*(head.checkpoint.size for head in agreeing), *(each.size for each in witnessed)), default=0)
    return Judged(here.count, covering, len(agreeing), agreed, witnessed)


def _of_another(remembered: Checkpoint, origin: str) -> Finding:
    en = f"the key file beside the log has signed for {remembered.origin}, not for {origin}"
    chinese = f"日志旁的密钥文件为 {remembered.origin} 签署，而非 {origin}"
    return Finding(Code.ORIGIN_MISMATCH, Check.CHECKPOINTS, en, chinese)


def _size(each: tuple[int, Check, Head]) -> int:
    return each[0]


def _own(kept: Iterable[Head], trust: Trust, found: Findings) -> Iterator[Head]:
    """The kept heads that are believed. Of the last one a key must have signed that was not replaced."""
    before: Head | None = None
    for head in kept:
        if before is not None and is_believed(before, Check.CHECKPOINTS, trust, found, newest=False):
            yield before
        before = head
    if before is not None and is_believed(before, Check.CHECKPOINTS, trust, found, newest=True):
        yield before


class _Kept:
    """The heads beside the log. Only the first disagreement is told: the rest follow from it."""

    def __init__(self, found: Findings, remembered: Checkpoint | None) -> None:
        self.count = 0
        self.covering: Head | None = None
        self._found = found
        self._missing = remembered
        self.last: Checkpoint | None = None
        self._is_broken = False

    def counted(self, heads: Iterable[Head]) -> Iterator[Head]:
        """The heads as they come. One that cannot be read is told by its reader, and may be the one remembered."""
        each = iter(heads)
        while True:
            told = self._found.counts.total()
            head = next(each, None)
            if self._found.counts.total() > told or (head is not None and head.checkpoint == self._missing):
                self._missing = None
            if head is None:
                return
            self.count += 1
            yield head

    def miss(self) -> None:
        """Tell of what was signed, and is not among the heads beside the log."""
        if (missing := self._missing) is not None:
            en = f"{_REMEMBERED}, over {missing.size} events, is not among its checkpoints: it was taken away"
            chinese = f"{_REMEMBERED.zh}（含 {missing.size} 个事件）不在留存的检查点之中：已被移走"
            self._found.append(Finding(Code.ROLLBACK, Check.CHECKPOINTS, en, chinese, missing.size or None))

    def recall(self, head: Head, rooted: Rooted, check: Check) -> None:
        """Hold against the log what was signed once, by memory, or by a key that is not at hand."""
        if rooted.size < head.checkpoint.size:
            self._found.append(_short(head, rooted)._replace(found_by=check))
        elif rooted.root != head.checkpoint.root and (check is Check.TRUSTED or not self._is_broken):
            self._is_broken = self._is_broken or check is Check.CHECKPOINTS
            self._found.append(_changed(head, check, self.covering))

    def take(self, head: Head, rooted: Rooted) -> None:
        """Hold a head that is believed against the log."""
        stated, last = head.checkpoint, self.last
        if last is not None and last.size == stated.size and last.root != stated.root:
            en = f"two checkpoints of {stated.size} events have different roots: two logs were signed as one"
            chinese = f"两个含 {stated.size} 个事件的检查点根哈希不同：同一名义下签署了两份日志"
            self._found.append(Finding(Code.INCONSISTENT_HEADS, Check.CHECKPOINTS, en, chinese, stated.size))
        self.last = stated
        if rooted.size < stated.size:
            self._found.append(_short(head, rooted))
        elif rooted.root == stated.root:
            self.covering = head
        elif not self._is_broken:
            self._is_broken = True
            self._found.append(_changed(head, Check.CHECKPOINTS, self.covering))


class _Witnesses:
    """What witnesses have cosigned of the heads that hold."""

    def __init__(self, witnesses: Sequence[Verifier], found: Findings) -> None:
        self.found: dict[Verifier, Witnessed] = {}
        self._witnesses = [each for each in witnesses if each.algorithm == COSIGNATURE]
        self._told = found

    def take(self, head: Head) -> None:
        """Take note of a head that the log agrees with."""
        for seen in cosigned_by(head, self._witnesses, self._told):
            before = self.found.get(seen)
            at = _seen_at(head, seen)
            self.found[seen] = Witnessed(seen.name, before.heads + 1 if before else 1, head.checkpoint.size, at)


def cosigned_by(head: Head, witnesses: Sequence[Verifier], found: Findings | list[Finding]) -> tuple[Verifier, ...]:
    """Those of the witnesses that have cosigned a head; a false cosignature is told."""
    try:
        return head.note.signed_by(witnesses) if witnesses else ()
    except NoteError as error:
        en, chinese = f"{head.source}: {error}", f"{zh_of(head.source)}：见证人签名无效"
        found.append(Finding(Code.EDIT, Check.CHECKPOINTS, en, chinese))
        return ()


def _seen_at(head: Head, witness: Verifier) -> datetime | None:
    """When a witness says to have seen a head."""
    named = (each for each in head.note.signatures if (each.name, each.key_id) == (witness.name, witness.key_id))
    seconds = max((each.seconds or 0 for each in named), default=0)
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (ValueError, OverflowError, OSError):  # no year that a calendar has
        return None


def _agrees(head: Head, rooted: Rooted, kept: _Kept, found: Findings) -> bool:
    """Whether the log agrees with a head from outside."""
    stated, covering = head.checkpoint, kept.covering
    if rooted.size < stated.size:
        en = f"{head.source} has seen {stated.size} events, but the log has only {rooted.size}: it was rolled back"
        chinese = f"{zh_of(head.source)} 已见 {stated.size} 个事件，而日志仅有 {rooted.size} 个：日志被回退"
        found.append(Finding(Code.ROLLBACK, Check.TRUSTED, en, chinese, rooted.size))
        return False
    if rooted.root == stated.root:
        return True
    if covering is not None and covering.checkpoint.size >= stated.size:
        en = f"{head.source} and {covering.source} are both signed, and no one log has both: the log was written anew"
        chinese = f"{zh_of(head.source)} 与{zh_of(covering.source)}均有签名但互不相容：日志曾被重写"
        found.append(Finding(Code.INCONSISTENT_HEADS, Check.TRUSTED, en, chinese, stated.size))
    else:
        found.append(_changed(head, Check.TRUSTED, None))
    return False


def _short(head: Head, rooted: Rooted) -> Finding:
    size = head.checkpoint.size
    en = f"{head.source} covers {size} events, but the log has only {rooted.size}"
    chinese = f"{zh_of(head.source)}涵盖 {size} 个事件，而日志仅有 {rooted.size} 个"
    return Finding(Code.TRUNCATED, Check.CHECKPOINTS, en, chinese, rooted.size)


def _changed(head: Head, check: Check, before: Head | None) -> Finding:
    first, last = (before.checkpoint.size if before else 0) + 1, head.checkpoint.size
    en = f"among the events {first} to {last} at least one is not what {head.source} was signed over"
    chinese = f"事件 {first} 至 {last} 中至少有一个与{zh_of(head.source)}签署时不符"
    return Finding(Code.EDIT, check, en, chinese, first, last=last)
