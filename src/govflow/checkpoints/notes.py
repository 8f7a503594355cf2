"""Signed notes and checkpoints as texts: C2SP signed-note, tlog-checkpoint and tlog-cosignature, byte for byte.

What signs is told by one byte (`ALGORITHMS`), so that another algorithm is one entry more and old notes stay valid.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from govflow.checkpoints.merkle import HASH_BYTES, LARGEST
from govflow.errors import GovFlowError

ED25519 = 0x01  # a log's own signature over the text
COSIGNATURE = 0x04  # a witness's Ed25519 signature over the text and a time
KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_LONGEST = 1 << 20  # the specification asks for room for 16 signatures; ours are short, others' take 5 kB
MOST_SIGNATURES = 100
_DASH = "— "  # an em dash and a space begin a signature line


class NoteError(GovFlowError):
    """A text that is no note, checkpoint or key, or one that nobody trusted has signed."""


# --- keys ------------------------------------------------------------------------------------------------------------


class Verifier(NamedTuple):
    """Whose signatures are believed: a name, the byte of an algorithm, a public key."""

    name: str
    algorithm: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that name the key beside its name: the first of SHA-256(name LF algorithm key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as people hand it on: `name+id+base64(algorithm key)`."""
        return f"{self.name}+{self.key_id.hex()}+{text64(bytes([self.algorithm]) + self.public)}"

    @classmethod
    def parse(cls, vkey: str) -> Verifier:
        """The key of a `vkey` text. Raises NoteError."""
        name, _, rest = vkey.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        _check_name(name)
        raw = bytes64(encoded, "a verifier key")
        if len(raw) != 1 + KEY_BYTES or raw[0] not in ALGORITHMS:
            raise NoteError(f"the verifier key of {name} is of a kind that is not known here")
        found = cls(name, raw[0], raw[1:])
        if found.key_id.hex() != key_id:
            raise NoteError(f"the verifier key of {name} is damaged: its id is {found.key_id.hex()}, not {key_id[:16]}")
        return found

    def verifies(self, text: bytes, signature: bytes) -> bool:
        """Whether this key made the signature over the text."""
        return ALGORITHMS[self.algorithm](self.public, text, signature)


class Signer(NamedTuple):
    """A private key with its name: what signs a log's checkpoints, or a witness's cosignatures."""

    name: str
    algorithm: int
    private: bytes

    @classmethod
    def new(cls, name: str, algorithm: int = ED25519) -> Signer:
        """A new random key. Raises NoteError for a name that no note can carry."""
        _check_name(name)
        return cls(name, algorithm, Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        public = Ed25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw()
        return Verifier(self.name, self.algorithm, public)

    def sign(self, text: str, at: int = 0) -> Signature:
        """A signature over a note's text; a cosignature says at which second since 1970 it was made."""
        key = Ed25519PrivateKey.from_private_bytes(self.private)
        if self.algorithm == COSIGNATURE:
            made = at.to_bytes(8, "big") + key.sign(_cosigned(text.encode(), at))
        else:
            made = key.sign(text.encode())
        return Signature(self.name, self.verifier.key_id, made)


def _check_name(name: str) -> None:
    if not name or not name.isprintable() or any(char.isspace() or char == "+" for char in name):
        raise NoteError("the name of a key is a text without spaces and without `+`")


# --- algorithms ------------------------------------------------------------------------------------------------------


def _is_ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _is_cosignature(public: bytes, text: bytes, signature: bytes) -> bool:
    if len(signature) != 8 + _SIGNATURE_BYTES:
        return False
    at = int.from_bytes(signature[:8], "big")
    return at < LARGEST and _is_ed25519(public, _cosigned(text, at), signature[8:])


def _cosigned(text: bytes, at: int) -> bytes:
    return b"cosignature/v1\ntime %d\n%b" % (at, text)


ALGORITHMS: Mapping[int, Callable[[bytes, bytes, bytes], bool]] = {
    ED25519: _is_ed25519,
    COSIGNATURE: _is_cosignature,
}
"""The byte of an algorithm -> whether (public key, text, signature) belong together."""


# --- notes -----------------------------------------------------------------------------------------------------------


class Signature(NamedTuple):
    """One line under a note: who signed, with which key, and the signature."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """The line as it stands in a note, without its end."""
        return f"{_DASH}{self.name} {text64(self.key_id + self.signature)}"

    @property
    def seconds(self) -> int | None:
        """When a witness says to have seen it, in seconds since 1970; None where the signature carries no time."""
        is_timed = len(self.signature) == 8 + _SIGNATURE_BYTES
        return int.from_bytes(self.signature[:8], "big") if is_timed else None


class Note(NamedTuple):
    """A text that ends with a line end, and the signatures under it. Nothing in it holds until they are checked."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, raw: bytes) -> Note:
        """The note in these bytes. Raises NoteError for anything else than a note."""
        if len(raw) > _LONGEST:
            raise NoteError("too long for a note")
        try:
            whole = raw.decode()
        except UnicodeDecodeError:
            raise NoteError("no note: it is not UTF-8") from None
        if any(char < " " and char != "\n" for char in whole):
            raise NoteError("no note: it holds control characters")
        text, blank, tail = whole.rpartition("\n\n")
        if not blank or not tail.endswith("\n"):
            raise NoteError("no note: a text, an empty line and signature lines are expected")
        lines = tail[:-1].split("\n")
        if len(lines) > MOST_SIGNATURES:
            raise NoteError(f"too many signatures: {len(lines)}")
        return cls(text + "\n", tuple(map(_signature, lines)))

    def format(self) -> str:
        """The note as it is written and handed on."""
        return self.text + "\n" + "".join(f"{each.line()}\n" for each in self.signatures)

    def signed_by(self, verifiers: Iterable[Verifier]) -> tuple[Verifier, ...]:
        """Those of these keys that have signed; signatures of others are passed over.

        Raises NoteError where a signature under the name of one of them is false: the whole note is not to be believed.
        """
        known = {(each.name, each.key_id): each for each in verifiers}
        found = []
        for signature in self.signatures:
            verifier = known.get((signature.name, signature.key_id))
            if verifier is None:
                continue
            if not verifier.verifies(self.text.encode(), signature.signature):
                raise NoteError(f"the signature of {verifier.name} is false")
            found.append(verifier)
        return tuple(dict.fromkeys(found))

    def with_signatures(self, more: Iterable[Signature]) -> Note:
        """The note with these signatures too, one of each key: the first, for a later one says less of when it was."""
        found: dict[tuple[str, bytes], Signature] = {}
        for each in (*self.signatures, *more):
            found.setdefault((each.name, each.key_id), each)
        return self._replace(signatures=tuple(found.values()))


def _signature(line: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise NoteError("no note: a line under it is no signature")
    _check_name(name)
    raw = bytes64(encoded, "a signature")
    if len(raw) < 5:
        raise NoteError("no note: a signature is too short")
    return Signature(name, raw[:4], raw[4:])


# --- checkpoints -----------------------------------------------------------------------------------------------------


class Checkpoint(NamedTuple):
    """The head of a log: its origin, how many leaves it has, and the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{text64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """The head that a note's text states; lines after the third are others' business. Raises NoteError."""
        *lines, end = text.split("\n")
        if end or len(lines) < 3 or not all(lines):
            raise NoteError("no checkpoint: origin, size and root are expected, a line each")
        origin, size, root = lines[:3]
        raw = bytes64(root, "a root")
        if len(raw) != HASH_BYTES:
            raise NoteError(f"no checkpoint: a root has {HASH_BYTES} bytes")
        return cls(origin, size_in(size), raw)


def size_in(line: str) -> int:
    """The size that a line of a note states, in its one form. Raises NoteError."""
    if not line.isascii() or not line.isdecimal() or str(int(line[:20])) != line or int(line) >= LARGEST:
        raise NoteError("a line that is to state a size states none")
    return int(line)


def text64(raw: bytes) -> str:
    """Bytes as standard base 64."""
    return base64.b64encode(raw).decode()


def bytes64(text: str, what: str) -> bytes:
    """The bytes of standard base 64 with its padding, in its one form: what decodes to the same otherwise is refused.

    Raises NoteError.
    """
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise NoteError(f"{what} is not base 64") from None
    if text64(raw) != text:
        raise NoteError(f"{what} is not base 64 in its one form")
    return raw
