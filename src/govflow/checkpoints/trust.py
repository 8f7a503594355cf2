"""Who is believed 信任: the one place that says which keys speak for a log, and up to which of its heads.

When a key is replaced, both keys sign a note, the handover. It states over how many events that happened: the replaced
key is good for heads up to there and signs no more. A key that is trusted is followed both ways, forward to those that
came after it and back to those it replaced, for both have signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from govflow.checkpoints.notes import ED25519, Checkpoint, Note, NoteError, Verifier, size_in
from govflow.errors import Detail, InputError

_HANDOVER = "handover"  # stands where a checkpoint has its size: neither can be taken for the other
_LONGEST_VKEY = 4_096


class Doubt(StrEnum):
    """Why a head is not believed."""

    ORIGIN = "origin"  # it speaks of another log
    SIGNATURE = "signature"  # a signature under it is false: it was changed after it was signed
    KEY = "key"  # no key that is known has signed it
    REPLACED = "replaced"  # a key has signed it that had been replaced before


class Doubted(NoteError):
    """A head that is not believed; `doubt` says which kind of reason, the text what it is, in English and Chinese."""

    def __init__(self, doubt: Doubt, en: str, zh: str) -> None:
        super().__init__(Detail(en, zh))
        self.doubt = doubt


class Handover(NamedTuple):
    """What a handover says: this log, when it had so many events, went from this key to that one."""

    origin: str
    size: int
    old: Verifier
    new: Verifier

    def text(self) -> str:
        """The lines that both keys sign."""
        return f"{self.origin}\n{_HANDOVER}\n{self.size}\n{self.old.vkey}\n{self.new.vkey}\n"

    @classmethod
    def parse(cls, note: Note) -> Handover:
        """What a note says, signed by both of its keys. Raises NoteError for anything else."""
        lines = note.text.split("\n")
        if len(lines) != 6 or lines[1] != _HANDOVER or lines[5]:
            raise NoteError("no handover: origin, `handover`, size, old key and new key are expected, a line each")
        said = cls(lines[0], size_in(lines[2]), Verifier.parse(lines[3]), Verifier.parse(lines[4]))
        keys = (said.old, said.new)
        if said.text() != note.text or any((each.name, each.algorithm) != (said.origin, ED25519) for each in keys):
            raise NoteError("no handover: its keys are no keys of its origin")
        if said.old == said.new or len(note.signed_by(keys)) != 2:
            raise NoteError("no handover: both keys must have signed it")
        return said


class Chain(NamedTuple):
    """The keys that speak for a log, oldest first, each with the size up to which it does; None: it still does."""

    until: Mapping[Verifier, int | None]

    @property
    def keys(self) -> tuple[Verifier, ...]:
        """All of them, oldest first."""
        return tuple(self.until)


def chain_of(vkeys: Iterable[Verifier], handovers: Iterable[bytes]) -> Chain:
    """The keys that these vouch for by handovers, both ways; keys that sign no heads (witnesses') are left out.

    A handover that is false, or of a log that none of the keys is of, leads nowhere. Raises NoteError where they
    contradict each other: one key handed over twice, or taken over twice, in a circle, or back to a smaller size. A key
    that was replaced and leaked afterwards could otherwise sign a handover of its own.
    """
    trusted = [each for each in vkeys if each.algorithm == ED25519]
    names = {each.name for each in trusted}
    after: dict[Verifier, Handover] = {}
    before: dict[Verifier, Handover] = {}
    for said in _held(handovers):
        if (
            said.origin in names
            and (after.setdefault(said.old, said), before.setdefault(said.new, said)) != (said,) * 2
        ):
            raise NoteError(Detail("a key was handed over twice, to different keys", "同一密钥被移交两次"))
    until: dict[Verifier, int | None] = {}
    for key in trusted:
        if key not in until:
            until |= _followed(_first(key, before), after)
    return Chain(until)


def handovers_in(raw: bytes) -> tuple[bytes, ...]:
    """The handovers in a file, with an empty line between two. Raises NoteError where there is anything else."""
    parts = raw.removesuffix(b"\n").split(b"\n\n")
    notes = tuple(b"%b\n\n%b\n" % pair for pair in zip(parts[::2], parts[1::2], strict=False))
    if len(parts) % 2:
        raise NoteError(Detail("no handover: a note with signatures is expected", "不是密钥移交文本"))
    for each in notes:
        Handover.parse(Note.parse(each))
    return notes


def _held(handovers: Iterable[bytes]) -> Iterable[Handover]:
    for raw in handovers:
        try:
            yield Handover.parse(Note.parse(raw))
        except NoteError:  # it speaks for nobody: what a new key signed is then signed by nobody who is known
            continue


def _first(key: Verifier, before: Mapping[Verifier, Handover]) -> Verifier:
    """The oldest key that this one vouches for."""
    seen = {key}
    while (said := before.get(key)) is not None:
        key = said.old
        if key in seen:
            raise NoteError(Detail("keys were handed over in a circle", "密钥移交形成循环"))
        seen.add(key)
    return key


def _followed(key: Verifier, after: Mapping[Verifier, Handover]) -> dict[Verifier, int | None]:
    """A key and those after it, each with the size at which it was replaced."""
    until: dict[Verifier, int | None] = {}
    size = 0
    while (said := after.get(key)) is not None:
        if said.size < size:
            raise NoteError(Detail("a handover of keys goes back to fewer events", "密钥移交的事件数倒退"))
        size = until[key] = said.size
        key = said.new
    return until | {key: None}


def believed(note: Note, origin: str, chain: Chain, *, newest: bool = False) -> Checkpoint:
    """The head that a note states, where it is one of this log and a key of the chain has signed it.

    A key that was replaced is good for heads up to the size at which that happened. `newest`: this is the newest head
    that there is, and so a key must have signed it that was not replaced. Raises Doubted where that is not so,
    NoteError where the note states no head.
    """
    stated = Checkpoint.parse(note.text)
    if stated.origin != origin:
        named = stated.origin[:100]
        raise Doubted(Doubt.ORIGIN, f"it is of the log {named}, not of {origin}", f"属于日志 {named}，而非 {origin}")
    try:
        signed = note.signed_by(each for each in chain.until if each.name == origin)
    except NoteError:
        raise Doubted(
            Doubt.SIGNATURE, "its signature is false: it was changed after it was signed", "签名无效，签署后已被改动"
        ) from None
    if not signed:
        names = ", ".join(f"{each.name} {each.key_id.hex()}" for each in note.signatures)[:200]
        raise Doubted(
            Doubt.KEY,
            f"it is signed by no key that is trusted for this log ({names})",
            f"未由可信的本日志密钥签署（{names}）",
        )
    limits = [chain.until[each] for each in signed]
    if None in limits or (not newest and max(each for each in limits if each is not None) >= stated.size):
        return stated
    at = max(each for each in limits if each is not None)
    raise Doubted(
        Doubt.REPLACED,
        f"it is signed only by a key that was replaced at {at} events",
        f"仅由在第 {at} 个事件时已更换的密钥签署",
    )


def read_vkey(given: str, option: str = "--key") -> Verifier:
    """A public key given as text, or as the file that holds it. Raises InputError, naming the option it came by."""
    try:
        text = given
        if "+" not in given or Path(given).is_file():
            with open(given, "rb") as file:
                text = file.read(_LONGEST_VKEY).decode()
        return Verifier.parse(text)
    except (NoteError, OSError, ValueError) as error:  # ValueError: no UTF-8, or a name that no file can have
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        where = f"{option} {Path(given).name[:80]!r}"
        raise InputError(reason, where=where, expected=Detail("name+id+key, or its file", "公钥文本或其文件")) from None
