"""Proofs in a file: C2SP tlog-proof v1. One says by itself which stored event it is about, and where in which tree.

The leaf's own bytes stand in its `extra` line: they are hashed, never believed. The size comes from the signed head.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import NamedTuple

from govflow.checkpoints.merkle import HASH_BYTES, LARGEST, ProofError, check_inclusion, leaf_hash
from govflow.checkpoints.notes import ED25519, Checkpoint, Note, NoteError, Verifier

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
            lines.append(f"extra {_text64(self.extra)}")
        lines += [f"index {self.place}", *map(_text64, self.hashes)]
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


def check(proof: Proof, verifiers: Iterable[Verifier], leaf: bytes | None = None) -> Proven:
    """What the proof shows to whoever trusts these keys. A `leaf` known otherwise stands in for the one it carries.

    Raises NoteError where none of the keys signed for the log that it names, or one of them falsely, ProofError where
    the leaf is not in the tree.
    """
    shown = proof.extra if leaf is None else leaf
    if not shown:
        raise ProofError("the proof does not carry what it proves: its `extra` line is missing")
    checkpoint = signed_checkpoint(proof.note, verifiers)
    check_inclusion(leaf_hash(shown), proof.place, checkpoint.size, checkpoint.root, proof.hashes)
    return Proven(checkpoint, proof.place, shown)


def signed_checkpoint(note: Note, verifiers: Iterable[Verifier]) -> Checkpoint:
    """The head that a note states, signed by the log's own key among these. Raises NoteError where it is not."""
    checkpoint = Checkpoint.parse(note.text)
    signed = note.signed_by(verifiers)
    if not any((each.name, each.algorithm) == (checkpoint.origin, ED25519) for each in signed):
        raise NoteError(f"the checkpoint of {checkpoint.origin} is signed by no key that is trusted for it")
    return checkpoint


def _place(line: str) -> int:
    digits = line.removeprefix("index ")
    is_number = line != digits and digits.isdecimal() and len(digits) <= len(str(LARGEST))
    if not is_number or str(int(digits)) != digits or int(digits) >= LARGEST:
        raise ProofError("no proof: its `index` line is no index")
    return int(digits)


def _text64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes64(text: str) -> bytes:
    """Standard base 64 with its padding, in its one form."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ProofError("no proof: a line in it is not base 64") from None
    if _text64(raw) != text:
        raise ProofError("no proof: a line in it is not base 64 in its one form")
    return raw
