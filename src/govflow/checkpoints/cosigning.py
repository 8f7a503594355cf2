"""Witnesses' cosignatures (C2SP tlog-cosignature): what came back from witnesses is kept under its checkpoint.

A witness says when it saw that head, and that it follows from every head it saw before: whoever trusts one needs no
other means against a log shown to others in another form.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from govflow.checkpoints.notes import COSIGNATURE, MOST_SIGNATURES, Note, NoteError, Verifier
from govflow.checkpoints.signing import Checkpointer
from govflow.checkpoints.trust import believed
from govflow.errors import Detail, LogError

_MOST = MOST_SIGNATURES // 2  # the other half is for the keys of the log


def add_cosignatures(checkpointer: Checkpointer, raw: bytes, witnesses: Iterable[Verifier], at: datetime) -> Note:
    """Keep the cosignatures in a note that came back; the note with all signatures that are kept under its head.

    The text must be that of a checkpoint of this log, its own signature must be there, and at least one of the given
    witnesses must have signed. Signatures of anybody else are left out. Raises NoteError where that is not so,
    LogError where the checkpoint file cannot be written.
    """
    trusted = _witnesses(witnesses)
    given = Note.parse(raw)
    with checkpointer.kept.transaction():
        checkpoint = believed(given, checkpointer.keys.origin, checkpointer.chain())
        try:
            ours = checkpointer.at(checkpoint.size)
        except LogError:
            what = f"no checkpoint of {checkpoint.size} events is kept here"
            raise NoteError(Detail(what, f"此处没有含 {checkpoint.size} 个事件的检查点")) from None
        if ours.note.text != given.text:
            what = f"the checkpoint of {checkpoint.size} events kept here has another text"
            raise NoteError(Detail(what, f"此处含 {checkpoint.size} 个事件的检查点内容不同"))
        seen = {(each.name, each.key_id) for each in given.signed_by(trusted)}
        if not seen:
            raise NoteError(Detail("none of the witnesses that are trusted has signed it", "可信见证人均未联署"))
        added = [each for each in given.signatures if (each.name, each.key_id) in seen]
        merged = ours.note.with_signatures(added)
        if len(merged.signatures) > _MOST:
            what = f"more than {_MOST} signatures under one checkpoint are not kept"
            raise NoteError(Detail(what, f"一个检查点最多保存 {_MOST} 个签名"))
        if merged != ours.note:
            checkpointer.kept.add_note(checkpoint.size, merged.format().encode(), at)
    return merged


def _witnesses(verifiers: Iterable[Verifier]) -> tuple[Verifier, ...]:
    given = tuple(verifiers)
    for each in given:
        if each.algorithm != COSIGNATURE:
            what = f"the key of {each.name} is no witness's: it signs no times"
            raise NoteError(Detail(what, f"{each.name} 的密钥不是见证人密钥：其签名不含时间"))
    return given
