"""The keys that sign a log's checkpoints, in a file of their own beside the log, readable by its owner alone.

A key's name is the log's origin, `govflow/<log id>`: it signs for one log. When a key is replaced, both sign a note
that says so; who holds only the first key follows these handovers to the newest. The old private key is then destroyed.
"""

from __future__ import annotations

import base64
import json
import os
import stat
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from govflow.checkpoints.notes import ED25519, KEY_BYTES, Note, NoteError, Signer, Verifier
from govflow.errors import LogError
from govflow.files import IN_MEMORY

SCRATCH = "what-if-"  # what a log id begins with whose events never happened: no key signs them
_HANDOVER = "handover"  # stands where a checkpoint has its size: neither can be taken for the other
_OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO


def origin_of(log_id: str) -> str:
    """What a log is called in its checkpoints."""
    return f"govflow/{log_id}"


def beside(path: str) -> str:
    """Where the signing keys of the log at `path` stand."""
    return IN_MEMORY if path == IN_MEMORY else f"{path}.signing"


# --- handing over ----------------------------------------------------------------------------------------------------


class Handover(NamedTuple):
    """What a handover says: for this log, from this key to that one."""

    origin: str
    old: Verifier
    new: Verifier

    def text(self) -> str:
        """The lines that both keys sign."""
        return f"{self.origin}\n{_HANDOVER}\n{self.old.vkey}\n{self.new.vkey}\n"

    @classmethod
    def parse(cls, note: Note) -> Handover:
        """What a note says, signed by both of its keys. Raises NoteError for anything else."""
        lines = note.text.split("\n")
        if len(lines) != 5 or lines[1] != _HANDOVER or lines[4]:
            raise NoteError("no handover: origin, `handover`, old key and new key are expected, a line each")
        said = cls(lines[0], Verifier.parse(lines[2]), Verifier.parse(lines[3]))
        keys = (said.old, said.new)
        if said.text() != note.text or any((each.name, each.algorithm) != (said.origin, ED25519) for each in keys):
            raise NoteError("no handover: its keys are no keys of its origin")
        if said.old == said.new or len(note.signed_by(keys)) != 2:
            raise NoteError("no handover: both keys must have signed it")
        return said


def follow(trusted: Verifier, handovers: Iterable[Note]) -> tuple[Verifier, ...]:
    """The keys of a log from the trusted one to the newest, by their handovers; those of other logs are passed over.

    Raises NoteError for a handover that is false, and where one key was handed over twice. A key that was handed over
    and leaked afterwards could sign another handover: what excludes that is a head kept outside, not this chain.
    """
    next_of: dict[Verifier, Verifier] = {}
    for said in map(Handover.parse, handovers):
        if said.origin == trusted.name and next_of.setdefault(said.old, said.new) != said.new:
            raise NoteError(f"the key {said.old.vkey} was handed over twice, to different keys")
    found = [trusted]
    while (following := next_of.get(found[-1])) is not None and following not in found:
        found.append(following)
    return tuple(found)


# --- the file --------------------------------------------------------------------------------------------------------


class _Key(NamedTuple):
    verifier: Verifier
    private: bytes | None  # None: destroyed

    @property
    def signer(self) -> Signer | None:
        held = self.private
        return None if held is None else Signer(self.verifier.name, self.verifier.algorithm, held)


class _Held(NamedTuple):
    keys: tuple[_Key, ...] = ()  # oldest first
    handovers: tuple[Note, ...] = ()


class SigningKeys:
    """The signing keys of one log. The file is read anew each time: another process may have replaced a key.

    Raises LogError where it is missing, damaged, another log's, or may be read by others than its owner.
    """

    def __init__(self, path: str | Path, log_id: str) -> None:
        self.path = str(path)
        self.origin = origin_of(log_id)
        self._memory: str | None = None

    def exists(self) -> bool:
        """Whether there is a key to sign with."""
        return self._memory is not None if self.path == IN_MEMORY else os.path.exists(self.path)

    def create(self) -> Verifier:
        """Make the first key. Raises LogError where there is one, and for a log whose events never happened."""
        if self.origin.startswith(origin_of(SCRATCH)):
            raise LogError(f"{self.origin} is a trial: no key is made for it, for nothing in it happened")
        if self.exists():
            raise LogError(f"there is a signing key already: {self.path}")
        signer = Signer.new(self.origin)
        self._store(_Held((_Key(signer.verifier, signer.private),)), is_new=True)
        return signer.verifier

    def verifiers(self) -> tuple[Verifier, ...]:
        """The public halves of all keys this log ever had, oldest first."""
        return tuple(each.verifier for each in self._read().keys)

    def signers(self) -> tuple[Signer, ...]:
        """The keys that sign the next checkpoint: one, and those it replaces as long as no checkpoint says so."""
        return tuple(signer for each in self._read().keys if (signer := each.signer) is not None)

    def handovers(self) -> tuple[Note, ...]:
        """The notes by which each key handed over to the next, oldest first."""
        return self._read().handovers

    def export(self) -> str:
        """The public half of the newest key as others configure it (vkey)."""
        return self.verifiers()[-1].vkey

    def rotate(self) -> Note:
        """Replace the key: the handover, signed by the old one and a new one. Both sign until `settle`.

        Not safe from several processes by itself: the checkpointer does it while it holds the checkpoint file's lock.
        """
        held = self._read()
        old = held.keys[-1].signer
        if old is None:
            raise LogError(f"{self.path} does not hold the private half of its newest key")
        new = Signer.new(self.origin)
        text = Handover(self.origin, old.verifier, new.verifier).text()
        note = Note(text, (old.sign(text), new.sign(text)))
        self._store(_Held((*held.keys, _Key(new.verifier, new.private)), (*held.handovers, note)))
        return note

    def settle(self, signed: Iterable[Signer]) -> None:
        """Destroy the private halves of those keys that were replaced, once a checkpoint is signed by them."""
        held = self._read()
        done = {each.verifier for each in signed} - {held.keys[-1].verifier}
        kept = tuple(each._replace(private=None) if each.verifier in done else each for each in held.keys)
        if kept != held.keys:
            self._store(held._replace(keys=kept))

    def _read(self) -> _Held:
        text = self._memory if self.path == IN_MEMORY else _text_of(self.path)
        if text is None:
            raise LogError("there is no signing key yet")
        held = _held_in(text, self.path)
        for each in held.keys:
            if each.verifier.name != self.origin:
                raise LogError(f"the signing key in {self.path} is that of {each.verifier.name}, not of {self.origin}")
            if (signer := each.signer) is not None and signer.verifier != each.verifier:
                raise LogError(f"{self.path} is damaged: the halves of a key do not belong together")
        return held

    def _store(self, held: _Held, *, is_new: bool = False) -> None:
        text = json.dumps(_as_json(held), indent=1) + "\n"
        if self.path == IN_MEMORY:
            self._memory = text
            return
        try:
            _write(self.path, text.encode(), is_new=is_new)
        except FileExistsError:
            raise LogError(f"there is a signing key already: {self.path}") from None
        except OSError as error:
            raise LogError(f"{self.path}: {error.strerror}; the keys are as they were") from error


def _as_json(held: _Held) -> dict[str, Any]:
    keys = [
        {"vkey": each.verifier.vkey, "private": each.private and base64.b64encode(each.private).decode()}
        for each in held.keys
    ]
    return {"govflow_signing_keys": 1, "keys": keys, "handovers": [each.format() for each in held.handovers]}


def public_halves(path: str | Path) -> tuple[Verifier, ...]:
    """The public halves of the keys in a file, oldest first, whatever log they are of. Raises LogError."""
    return tuple(each.verifier for each in _held_in(_text_of(str(path)), str(path)).keys)


def _held_in(text: str, path: str) -> _Held:
    try:
        return _parsed(json.loads(text))
    except (ValueError, TypeError, LookupError, AttributeError, NoteError):
        raise LogError(f"{path} is damaged, or no file of signing keys") from None


def _parsed(values: Mapping[str, Any]) -> _Held:
    if values["govflow_signing_keys"] != 1:
        raise ValueError("another form")
    keys = tuple(_Key(Verifier.parse(each["vkey"]), _private(each["private"])) for each in values["keys"])
    if not keys:
        raise ValueError("no key")
    return _Held(keys, tuple(Note.parse(each.encode()) for each in values["handovers"]))


def _private(text: str | None) -> bytes | None:
    if text is None:
        return None
    raw = base64.b64decode(text, validate=True)
    if len(raw) != KEY_BYTES:
        raise ValueError("no private key")
    return raw


def _text_of(path: str) -> str:
    """The content of a key file that its owner alone may read."""
    try:
        with open(path, "rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if os.name == "posix" and mode & _OTHERS_MAY:
                raise LogError(f"others may read the signing key {path} (mode {mode:04o}): say chmod 600 {path}")
            return file.read().decode()
    except FileNotFoundError:
        raise LogError(f"there is no signing key at {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise LogError(f"the signing key {path} cannot be read: {error}") from error


def _write(path: str, content: bytes, *, is_new: bool) -> None:
    """Write a file at once and durably, for its owner alone; what it held before is written over."""
    folder = os.path.dirname(os.path.abspath(path))
    handle, part = tempfile.mkstemp(prefix=os.path.basename(path) + ".", dir=folder)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            os.link(part, path)  # never replaces a key that another process made meanwhile
            _sync(folder)
        else:
            with open(path, "r+b") as before:
                os.replace(part, path)
                _sync(folder)
                before.write(bytes(os.fstat(before.fileno()).st_size))  # a destroyed key does not stay in free blocks
                before.flush()
                os.fsync(before.fileno())
    finally:
        if os.path.exists(part):
            os.unlink(part)


def _sync(folder: str) -> None:
    """Make a new name in a folder durable."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
