"""Proofs in a file: C2SP tlog-proof v1. One says by itself which stored event it is about, and where in which tree.

The leaf's own bytes stand in its `extra` line: they are hashed, never believed. The size comes from the signed head.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from govflow.checkpoints.merkle import HASH_BYTES, LARGEST, ProofError, check_inclusion, leaf_hash
from govflow.checkpoints.notes import Checkpoint, Note, NoteError, Verifier, bytes64, text64
from govflow.checkpoints.trust import believed, chain_of
from govflow.errors import Detail

_HEAD = "c2sp.org/tlog-proof@v1"
_LONGEST = 1 << 26  # an event's state is one of a form; 64 MiB is no event of ours
_MOST_HASHES = 63  # sizes are below 2^63


class Proven(NamedTuple):
    """What a proof has shown: this leaf stands at this place (from 0) of the tree that this head was signed for."""

    checkpoint: Checkpoint
    place: int
    leaf: bytes


class Proof(NamedTuple):
    """An inclusion proof with the signed checkpoint it leads to. Nothing in it holds until it is checked."""

    place: int
    hashes: tuple[bytes, ...]
    note: Note
    extra: bytes = b""

    def format(self) -> str:
        """The proof as its file holds it."""
        lines = [_HEAD]
        if self.extra:
            lines.append(f"extra {text64(self.extra)}")
        lines += [f"index {self.place}", *map(text64, self.hashes)]
        return "\n".join(lines) + "\n\n" + self.note.format()

    @classmethod
    def parse(cls, raw: bytes) -> Proof:
        """The proof in these bytes. Raises ProofError or NoteError for anything else than one, in its one form."""
        if len(raw) > _LONGEST:
            raise ProofError("too long for a proof")
        head, blank, note = raw.partition(b"\n\n")
        if not blank:
            raise ProofError("no proof: no empty line stands before its checkpoint")
        try:
            first, *lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise ProofError("no proof: its lines are not ASCII") from None
        if first != _HEAD:
            raise ProofError(f"no proof: its first line is not {_HEAD}")
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = _bytes64(lines.pop(0).removeprefix("extra "))
            if not extra:
                raise ProofError("no proof: an `extra` line without content is left out")
        if not lines:
            raise ProofError("no proof: an `index` line is expected")
        place = _place(lines.pop(0))
        if len(lines) > _MOST_HASHES:
            raise ProofError(f"no proof has {len(lines)} hashes")
        hashes = tuple(map(_bytes64, lines))
        if any(len(hash) != HASH_BYTES for hash in hashes):
            raise ProofError(f"no proof: a hash has {HASH_BYTES} bytes")
        return cls(place, hashes, Note.parse(note), extra)


def check(
    proof: Proof, verifiers: Iterable[Verifier], leaf: bytes | None = None, *, handovers: Iterable[bytes] = ()
) -> Proven:
    """What the proof shows to whoever trusts these keys. A `leaf` known otherwise stands in for the one it carries.

    Keys that belong to the trusted ones by `handovers` are believed too. Raises Doubted where no such key signed for
    the log that it names, or one of them falsely, NoteError where handovers contradict each other, ProofError where the
    leaf is not in the tree.
    """
    shown = proof.extra if leaf is None else leaf
    if not shown:
        what = "the proof does not carry what it proves: its `extra` line is missing"
        raise ProofError(Detail(what, "证明未附所证明的内容（缺 extra 行）"))
    trusted = tuple(verifiers)
    proof.note.signed_by(trusted)  # a witness that is known and signed falsely spoils it too
    checkpoint = believed(proof.note, Checkpoint.parse(proof.note.text).origin, chain_of(trusted, handovers))
    check_inclusion(leaf_hash(shown), proof.place, checkpoint.size, checkpoint.root, proof.hashes)
    return Proven(checkpoint, proof.place, shown)


def _place(line: str) -> int:
    digits = line.removeprefix("index ")
    is_number = line != digits and digits.isdecimal() and len(digits) <= len(str(LARGEST))
    if not is_number or str(int(digits)) != digits or int(digits) >= LARGEST:
        raise ProofError("no proof: its `index` line is no index")
    return int(digits)


def _bytes64(line: str) -> bytes:
    try:
        return bytes64(line, "a line in it")
    except NoteError as error:
        raise ProofError(f"no proof: {error}") from None
