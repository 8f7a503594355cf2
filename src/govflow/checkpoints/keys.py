"""The keys that sign a log's checkpoints, in a file of their own beside the log, readable by its owner alone.

A key's name is the log's origin, `govflow/<log id>`: it signs for one log. When a key is replaced, both sign a note
that says so (`trust.Handover`), and the old private half is destroyed. The file remembers the largest head that was
signed with it: so a key signs neither less nor other than it has signed, also where the checkpoints are gone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from govflow.checkpoints.notes import (
    KEY_BYTES,
    Checkpoint,
    Note,
    NoteError,
    Signer,
    Verifier,
    bytes64,
    text64,
)
from govflow.checkpoints.trust import Chain, Handover, chain_of
from govflow.errors import Detail, LogError
from govflow.files import IN_MEMORY
from govflow.secret_files import read_secret, write_secret

SCRATCH = "what-if-"  # what a log id begins with whose events never happened: no key signs them
_WHAT = "signing key"


def origin_of(log_id: str) -> str:
    """What a log is called in its checkpoints."""
    return f"govflow/{log_id}"


def beside(path: str) -> str:
    """Where the signing keys of the log at `path` stand."""
    return IN_MEMORY if path == IN_MEMORY else f"{path}.signing"


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
    signed: Checkpoint | None = None  # the largest head that was signed

    @property
    def chain(self) -> Chain:
        """The keys, each with the size up to which it speaks: a replaced one signs along until it is destroyed."""
        signing = {each.verifier for each in self.keys if each.private is not None}
        done = [note.format().encode() for note in self.handovers if Handover.parse(note).old not in signing]
        return chain_of([each.verifier for each in self.keys], done)


class Public(NamedTuple):
    """What a key file says to everybody: the keys that speak for the log, and the largest head they have signed."""

    chain: Chain
    signed: Checkpoint | None


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

    def chain(self) -> Chain:
        """All keys this log ever had, each with the size up to which it speaks for it."""
        return self._read().chain

    def signed(self) -> Checkpoint | None:
        """The largest head that was signed with these keys, as their file remembers it; None where there was none."""
        return self._read().signed

    def signers(self) -> tuple[Signer, ...]:
        """The keys that sign the next checkpoint: one, and those it replaces as long as no checkpoint says so."""
        return tuple(signer for each in self._read().keys if (signer := each.signer) is not None)

    def handovers(self) -> tuple[Note, ...]:
        """The notes by which each key handed over to the next, oldest first."""
        return self._read().handovers

    def export(self) -> str:
        """The public half of the newest key as others configure it (vkey)."""
        return self.verifiers()[-1].vkey

    def rotate(self, size: int) -> Note:
        """Replace the key at a log of so many events: the handover, signed by both. Both sign until `settle`.

        Not safe from several processes by itself: the checkpointer does it while it holds the checkpoint file's lock.
        """
        held = self._read()
        old = held.keys[-1].signer
        if old is None:
            raise LogError(f"{self.path} does not hold the private half of its newest key")
        new = Signer.new(self.origin)
        text = Handover(self.origin, size, old.verifier, new.verifier).text()
        note = Note(text, (old.sign(text), new.sign(text)))
        keys = (*held.keys, _Key(new.verifier, new.private))
        self._store(held._replace(keys=keys, handovers=(*held.handovers, note)))
        return note

    def settle(self, signed: Iterable[Signer], head: Checkpoint) -> None:
        """Remember, durably, that this head was signed, and destroy the replaced ones of the keys that signed it.

        Not safe from several processes by itself, like `rotate`.
        """
        held = self._read()
        done = {each.verifier for each in signed} - {held.keys[-1].verifier}
        keys = tuple(each._replace(private=None) if each.verifier in done else each for each in held.keys)
        largest = head if held.signed is None or held.signed.size < head.size else held.signed
        settled = held._replace(keys=keys, signed=largest)
        if settled != held:
            self._store(settled)

    def _read(self) -> _Held:
        text = self._memory if self.path == IN_MEMORY else read_secret(self.path, _WHAT)
        if text is None:
            raise LogError("there is no signing key yet")
        held = _held_in(text, self.path)
        for each in held.keys:
            if each.verifier.name != self.origin:
                raise LogError(f"the signing key in {self.path} is that of {each.verifier.name}, not of {self.origin}")
            if (signer := each.signer) is not None and signer.verifier != each.verifier:
                raise LogError(f"{self.path} is damaged: the halves of a key do not belong together")
        if held.signed is not None and held.signed.origin != self.origin:
            raise LogError(f"{self.path} is damaged: it has signed for another log")
        return held

    def _store(self, held: _Held, *, is_new: bool = False) -> None:
        text = json.dumps(_as_json(held), indent=1) + "\n"
        if self.path == IN_MEMORY:
            self._memory = text
            return
        try:
            write_secret(self.path, text.encode(), is_new=is_new)
        except FileExistsError:
            raise LogError(f"there is a signing key already: {self.path}") from None
        except OSError as error:
            raise LogError(f"{self.path}: {error.strerror}; the keys are as they were") from error


def _as_json(held: _Held) -> dict[str, Any]:
    keys = [{"vkey": each.verifier.vkey, "private": each.private and text64(each.private)} for each in held.keys]
    found = {"govflow_signing_keys": 1, "keys": keys, "handovers": [each.format() for each in held.handovers]}
    return found if held.signed is None else {**found, "signed": held.signed.text()}


def public_part(path: str | Path) -> Public:
    """What the key file at `path` says to everybody, whatever log it is of. Raises LogError."""
    held = _held_in(read_secret(str(path), _WHAT), str(path))
    return Public(held.chain, held.signed)


def _held_in(text: str, path: str) -> _Held:
    try:
        held = _parsed(json.loads(text))
        _ = held.chain  # handovers that contradict each other were not written here
        return held
    except (ValueError, TypeError, LookupError, AttributeError, NoteError, RecursionError):
        what = f"{path} is damaged, or no file of signing keys"
        raise LogError(Detail(what, f"{path} 已损坏，或不是签名密钥文件")) from None


def _parsed(values: Mapping[str, Any]) -> _Held:
    if values["govflow_signing_keys"] != 1:
        raise ValueError("another form")
    keys = tuple(_Key(Verifier.parse(each["vkey"]), _private(each["private"])) for each in values["keys"])
    if not keys:
        raise ValueError("no key")
    signed = Checkpoint.parse(values["signed"]) if "signed" in values else None
    return _Held(keys, tuple(Note.parse(each.encode()) for each in values["handovers"]), signed)


def _private(text: str | None) -> bytes | None:
    if text is None:
        return None
    raw = bytes64(text, "a private key")
    if len(raw) != KEY_BYTES:
        raise ValueError("no private key")
    return raw
