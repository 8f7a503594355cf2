"""Evidence 证据: a log in a file, checked against what lies beside it and what others have handed over."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from govflow.audit.heads import Head
from govflow.audit.judging import Served, judging
from govflow.audit.verifying import Evidence, Verified, verify
from govflow.checkpoints.keys import Handover, follow, public_halves
from govflow.checkpoints.keys import beside as signing_beside
from govflow.checkpoints.notes import Note, NoteError, Verifier
from govflow.engine import shipped
from govflow.errors import InputError
from govflow.persistence.checkpoints import CheckpointStore
from govflow.persistence.checkpoints import beside as checkpoints_beside
from govflow.persistence.sqlite import SQLiteStore

_LONGEST_VKEY = 4_096


@contextmanager
def evidence_of(store: SQLiteStore, vkeys: Sequence[Verifier], trusted: Sequence[Head]) -> Iterator[Evidence]:
    """What a log is checked against: `vkeys` from outside, else the keys that lie beside it.

    Keys that a trusted one handed over to are trusted as well. Raises InputError where there are checkpoints, and no
    key to check them with.
    """
    path = checkpoints_beside(store.path)
    with closing(CheckpointStore(path, read_only=True)) as kept:
        notes = [each.note for each in kept.notes()]
        verifiers = _followed(vkeys, kept.handovers()) if vkeys else _beside(store.path)
        if notes and not verifiers:
            raise InputError(
                "there are checkpoints, but no public key to check them with", where=path, expected="--key VKEY"
            )
        yield Evidence(notes, kept.node, verifiers, bool(vkeys), trusted)


def verify_log(
    path: str | Path,
    *,
    vkeys: Sequence[Verifier] = (),
    trusted: Sequence[Head] = (),
    served: Served = shipped,
    workers: int | None = None,
    rules: bool = False,
    progress: Callable[[int, int], object] | None = None,
) -> Verified:
    """Check the log in the file at `path` with all that lies beside it, and these keys and heads from outside.

    `served` gives the kinds of record it holds; it must be importable by name, for large logs are judged in several
    processes. With `rules` every rule is judged again on how things stood then, which takes many times as long. Raises
    LogError where there is no log, InputError where there are checkpoints and no key to check them.
    """
    with (
        closing(SQLiteStore(path, read_only=True)) as store,
        evidence_of(store, vkeys, trusted) as evidence,
        judging(store, served, keys=_keys_beside(store.path), workers=workers, rules=rules) as judged,
    ):
        return verify(store, evidence, judged, progress=progress)


def _followed(vkeys: Sequence[Verifier], handovers: Sequence[bytes]) -> tuple[Verifier, ...]:
    """The trusted keys, and those that they handed over to. A handover that is false leads nowhere."""
    notes = []
    for raw in handovers:
        try:
            note = Note.parse(raw)
            Handover.parse(note)
            notes.append(note)
        except NoteError:  # it signs for nobody: what a new key signed is then signed by nobody who is known
            continue
    found: list[Verifier] = []
    for vkey in vkeys:
        try:
            found += follow(vkey, notes)
        except NoteError:
            found.append(vkey)
    return tuple(dict.fromkeys(found))


def _beside(log: str) -> tuple[Verifier, ...]:
    """The keys that lie beside a log, even where its rows say that it is another: then its checkpoints tell so."""
    path = signing_beside(log)
    return public_halves(path) if os.path.exists(path) else ()


def _keys_beside(log: str) -> str | None:
    """Where the personal keys of a log stand, None where they are not at hand."""
    path = f"{log}.keys"
    return path if os.path.exists(path) else None


def read_vkey(text: str) -> Verifier:
    """A public key given as text, or as the file that holds it. Raises InputError."""
    path = Path(text)
    try:
        if "+" not in text or path.is_file():
            text = path.read_bytes()[:_LONGEST_VKEY].decode()
        return Verifier.parse(text)
    except (NoteError, OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(reason, where=f"--key {path.name[:80]}", expected="name+id+key, or its file") from None
