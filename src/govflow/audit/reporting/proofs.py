"""What vouches for the entries of a report 报告所附证明: the newest signed checkpoint, and the commands that check it.

Commands name files as they are handed on: the log by its own name, the note above them as `note.txt`.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from govflow.audit.bundles.parts import Signed, read_bundle
from govflow.audit.bundles.store import BundleStore
from govflow.checkpoints.notes import Checkpoint, Note, NoteError, Verifier
from govflow.checkpoints.signing import Checkpointer
from govflow.engine import Engine
from govflow.errors import LogError
from govflow.pages.report_values import Places, Proofs

_NOTE, _NO_KEY = "note.txt", "VKEY"


class Vouched(NamedTuple):
    """A signed checkpoint: its note, how many entries it covers, when it was signed, and the public key (or nothing).

    `bundle` says that it came in a bundle.
    """

    note: str
    size: int
    signed_at: datetime | None
    vkey: str
    bundle: bool = False


def vouched(engine: Engine) -> Vouched | None:
    """The newest checkpoint of a log, or of the bundle that is read; None where there is none.

    Raises LogError where what stands there was changed or is signed by no key of the log's.
    """
    if isinstance(engine.store, BundleStore):
        return _of_bundle(engine.store)
    return _of_log(engine.checkpointer)


def _of_log(checkpointer: Checkpointer) -> Vouched | None:
    last = checkpointer.last()
    if last is None:
        return None
    vkey = _signing(last.note, checkpointer.verifiers())
    return Vouched(last.note.format(), last.checkpoint.size, last.signed_at, vkey)


def _of_bundle(store: BundleStore) -> Vouched | None:
    with open(store.path, "rb") as file:
        notes = [part.note for _, part in read_bundle(file) if isinstance(part, Signed)]
    try:
        heads = [(Checkpoint.parse(note.text).size, note) for note in (Note.parse(each.encode()) for each in notes)]
        keys = [Verifier.parse(each) for each in store.header.keys]
    except NoteError as error:
        raise LogError(f"{store.path}: {error}") from None
    if not heads:
        return None
    size, note = max(heads, key=lambda each: each[0])
    return Vouched(note.format(), size, None, _signing(note, keys), bundle=True)


def _signing(note: Note, verifiers: Iterable[Verifier]) -> str:
    """The newest of these keys that signed a note, as it is handed out."""
    signed = note.signed_by(verifiers)
    return signed[-1].vkey if signed else ""


def proofs_of(vouched: Vouched | None, places: Places, commands: Sequence[str]) -> Proofs | None:
    """What vouches for the entries at these places; None where nothing does."""
    if vouched is None:
        return None
    first, last, uncovered = places.first, places.last, places.uncovered
    return Proofs(vouched.note, vouched.size, vouched.signed_at, vouched.vkey, first, last, uncovered, commands)


# --- how to check it -------------------------------------------------------------------------------------------------


def commands_for(
    vouched: Vouched | None,
    log: Path,
    *,
    event: tuple[str, int] | None,
    record: str = "",
    days: tuple[date, date] | None = None,
) -> list[str]:
    """The commands that check the log, prove one covered `event` (record, version), and export what the report is on.

    That is a `record`, or the `days` of a period. Where nothing is signed: how to sign it.
    """
    db = log.name
    if vouched is None:
        return [_line("govflow", "checkpoint", "sign", "--db", db)]
    key = vouched.vkey or _NO_KEY
    if vouched.bundle:
        return [_line("python", "verify_bundle.py", db, key, _NOTE)]
    lines = [_line("govflow", "verify", "--db", db, "--key", key, "--trusted", _NOTE)]
    if event is not None:
        id, version = event
        lines.append(_line("govflow", "prove", id, "--version", str(version), "--db", db, "-o", "event.proof"))
        lines.append(_line("govflow", "verify", "event.proof", "--key", key))
    scope, name = [record], f"{record}.bundle"
    if days is not None:
        first, last = map(str, days)
        scope, name = ["--from", first, "--to", last], f"{first}_{last}.bundle"
    lines.append(_line("govflow", "export", "bundle", *scope, "--db", db, "-o", name))
    return [*lines, _line("python", "verify_bundle.py", name, key, _NOTE)]


def _line(*words: str) -> str:
    return shlex.join(words)
