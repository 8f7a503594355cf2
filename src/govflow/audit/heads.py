"""Signed heads against the log: those kept beside it, and those that somebody kept outside.

Heads beside the log show every change by whoever lacks its key. Only heads from outside show what the key's holder did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from govflow.audit.findings import Check, Code, Finding
from govflow.audit.hashing import Hashed
from govflow.checkpoints.notes import Checkpoint, Note, NoteError, Verifier


class Head(NamedTuple):
    """One signed head: the note, what it states, and where it comes from."""

    note: Note
    checkpoint: Checkpoint
    source: str = ""


class Judged(NamedTuple):
    """What the heads came to: the newest that vouches for the log, and how many from outside agree with it."""

    covering: Head | None
    agreeing: int


def read_head(raw: bytes, source: str) -> Head:
    """The head in a signed note. Raises NoteError, naming where it comes from."""
    try:
        note = Note.parse(raw)
        return Head(note, Checkpoint.parse(note.text), source)
    except NoteError as error:
        raise NoteError(f"{source}: {error}") from None


def kept_heads(notes: Iterable[bytes]) -> Iterator[Head | Finding]:
    """The heads kept beside a log, in their order; a finding for what is none."""
    for number, raw in enumerate(notes, 1):
        try:
            yield read_head(raw, f"checkpoint {number}")
        except NoteError as error:
            en, zh = f"{error}: it was changed after it was kept", f"第 {number} 个检查点已被改动: {error}"
            yield Finding(Code.EDIT, Check.CHECKPOINTS, en, zh)


def judge(
    kept: Sequence[Head],
    trusted: Sequence[Head],
    hashed: Hashed,
    verifiers: Sequence[Verifier],
    origin: str,
    found: list[Finding],
) -> Judged:
    """Compare every head with the tree of the log; what does not hold is added to `found`."""
    own = [head for head in kept if _is_ours(head, Check.CHECKPOINTS, verifiers, origin, found)]
    covering = _kept(sorted(own, key=lambda head: head.checkpoint.size), hashed, found)
    outside = [head for head in trusted if _is_ours(head, Check.TRUSTED, verifiers, origin, found)]
    agreeing = sum(_trusted(head, hashed, covering, found) for head in outside)
    return Judged(covering, agreeing)


def _is_ours(head: Head, check: Check, verifiers: Sequence[Verifier], origin: str, found: list[Finding]) -> bool:
    """Whether a head speaks of this log, and somebody known has signed it."""
    if head.checkpoint.origin != origin:
        named = head.checkpoint.origin[:100]
        en, zh = (
            f"{head.source} is of the log {named}, not of {origin}",
            f"{head.source} 属于日志 {named},而非 {origin}",
        )
        found.append(Finding(Code.ORIGIN_MISMATCH, check, en, zh))
        return False
    try:
        if not head.note.signed_by(verifiers):
            names = ", ".join(each.name for each in head.note.signatures)[:200]
            en, zh = (
                f"{head.source} is signed by no key that is known ({names})",
                f"{head.source} 未由已知密钥签署({names})",
            )
            found.append(Finding(Code.UNKNOWN_KEY, check, en, zh))
            return False
    except NoteError as error:
        en, zh = (
            f"{head.source}: {error}; it was changed after it was signed",
            f"{head.source} 的签名无效,签署后已被改动",
        )
        found.append(Finding(Code.EDIT, check, en, zh))
        return False
    return True


def _kept(heads: Sequence[Head], hashed: Hashed, found: list[Finding]) -> Head | None:
    """The newest head that the log agrees with. Only the first disagreement is told: the rest follow from it."""
    covering: Head | None = None
    last: Checkpoint | None = None
    broken = False
    for head in heads:
        stated = head.checkpoint
        if last is not None and last.size == stated.size and last.root != stated.root:
            en = f"two checkpoints of {stated.size} events have different roots: two logs were signed as one"
            zh = f"两个含 {stated.size} 个事件的检查点根哈希不同:同一名义下签署了两份日志"
            found.append(Finding(Code.INCONSISTENT_HEADS, Check.CHECKPOINTS, en, zh, stated.size))
        last = stated
        here = hashed.at.get(stated.size)
        if here is None:
            en = f"{head.source} covers {stated.size} events, but the log has only {hashed.head.size}"
            zh = f"{head.source} 涵盖 {stated.size} 个事件,而日志仅有 {hashed.head.size} 个"
            found.append(Finding(Code.TRUNCATED, Check.CHECKPOINTS, en, zh, hashed.head.size))
        elif here.root == stated.root:
            covering = head
        elif not broken:
            broken = True
            found.append(_changed(head, Check.CHECKPOINTS, covering))
    return covering


def _trusted(head: Head, hashed: Hashed, covering: Head | None, found: list[Finding]) -> bool:
    """Whether the log agrees with a head from outside."""
    stated = head.checkpoint
    here = hashed.at.get(stated.size)
    if here is None:
        en = f"{head.source} has seen {stated.size} events, but the log has only {hashed.head.size}: it was rolled back"
        zh = f"{head.source} 已见 {stated.size} 个事件,而日志仅有 {hashed.head.size} 个:日志被回退"
        found.append(Finding(Code.ROLLBACK, Check.TRUSTED, en, zh, hashed.head.size))
        return False
    if here.root == stated.root:
        return True
    if covering is not None and covering.checkpoint.size >= stated.size:
        en = f"{head.source} and {covering.source} are both signed, and no one log has both: the log was written anew"
        zh = f"{head.source} 与 {covering.source} 均有签名但互不相容:日志曾被重写"
        found.append(Finding(Code.INCONSISTENT_HEADS, Check.TRUSTED, en, zh, stated.size))
    else:
        found.append(_changed(head, Check.TRUSTED, None))
    return False


def _changed(head: Head, check: Check, before: Head | None) -> Finding:
    first, last = (before.checkpoint.size if before else 0) + 1, head.checkpoint.size
    en = f"among the events {first} to {last} at least one is not what {head.source} was signed over"
    zh = f"事件 {first} 至 {last} 中至少有一个与 {head.source} 签署时不符"
    return Finding(Code.EDIT, check, en, zh, first)
