"""Witnesses' cosignatures (C2SP tlog-cosignature): what came back from witnesses is kept under its checkpoint.

A witness says when it saw that head, and that it follows from every head it saw before: whoever trusts one needs no
other means against a log shown to others in another form.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from govflow.checkpoints.notes import COSIGNATURE, Note, NoteError, Verifier
from govflow.checkpoints.proofs import signed_checkpoint
from govflow.checkpoints.signing import Checkpointer
from govflow.errors import LogError


def add_cosignatures(checkpointer: Checkpointer, raw: bytes, witnesses: Iterable[Verifier], at: datetime) -> Note:
    """Keep the cosignatures in a note that came back; the note with all signatures that are kept under its head.

    The text must be that of a checkpoint of this log, its own signature must be there, and at least one of the given
    witnesses must have signed. Signatures of anybody else are left out. Raises NoteError where that is not so,
    LogError where the checkpoint file cannot be written.
    """
    trusted = _witnesses(witnesses)
    given = Note.parse(raw)
    with checkpointer.kept.transaction():
        checkpoint = signed_checkpoint(given, checkpointer.verifiers())
        try:
            ours = checkpointer.at(checkpoint.size)
        except LogError:
            raise NoteError(f"no checkpoint of {checkpoint.size} events is kept here: it is of another log") from None
        if ours.note.text != given.text:
            raise NoteError(f"the checkpoint of {checkpoint.size} events kept here has another text")
        seen = {(each.name, each.key_id) for each in given.signed_by(trusted)}
        if not seen:
            raise NoteError("none of the witnesses that are trusted has signed it")
        added = [each for each in given.signatures if (each.name, each.key_id) in seen]
        merged = ours.note.with_signatures(added)
        if merged != ours.note:
            checkpointer.kept.add_note(checkpoint.size, merged.format().encode(), at)
    return merged


def _witnesses(verifiers: Iterable[Verifier]) -> tuple[Verifier, ...]:
    given = tuple(verifiers)
    for each in given:
        if each.algorithm != COSIGNATURE:
            raise NoteError(f"the key of {each.name} is no witness's: it signs no times")
    return given
