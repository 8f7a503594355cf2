"""`govflow checkpoint list`: every head that was signed of a log, by whom, and what no signature covers yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer
from cryptography.x509 import Certificate

from govflow.checkpoints.keys import origin_of
from govflow.checkpoints.notes import Note, NoteError, Signature, Verifier
from govflow.checkpoints.signing import Checkpointer
from govflow.checkpoints.stored_tree import stated
from govflow.checkpoints.timestamps import StampError, certificates_of, stamp_of
from govflow.checkpoints.trust import Chain, believed, read_vkey
from govflow.cli import words
from govflow.cli.display import console, print_json
from govflow.cli.logs import Db, Json, content_of, opened
from govflow.cli.run import FOUND, clean
from govflow.cli.texts import is_zh, t
from govflow.engine import Engine
from govflow.persistence.checkpoints import KeptStamp
from govflow.persistence.codec import metadata_of

Witness = Annotated[
    list[str] | None, typer.Option("--witness", help="option.witness", metavar="VKEY|FILE", show_default=False)
]
Root = Annotated[list[Path] | None, typer.Option("--root", help="option.tsa_root", metavar="CERT", show_default=False)]


def list_checkpoints(
    db: Db,
    limit: Annotated[int, typer.Option("--limit", help="option.checkpoints_limit", min=1)] = 20,
    witness: Witness = None,
    root: Root = None,
    json: Json = False,
) -> None:
    """List what was signed of the log, and what was not yet."""
    witnesses = [read_vkey(each, "--witness") for each in witness or ()]
    roots = certificates_of(map(content_of, root or ()))
    with opened(db, None) as engine:
        found = list(_listed(engine.checkpointer, witnesses, roots))
        uncovered = _uncovered(engine, max((each["size"] for each in found if each["doubt"] is None), default=0))
        lost = _lost(engine.checkpointer, found)
        if json:
            told = {"checkpoints": found, "uncovered": uncovered, "lost": lost}
            print_json({"origin": origin_of(engine.log_id), **told})
        else:
            _print_list(engine, found, uncovered, limit)
            if lost:
                console().print(t("checkpoint.lost", n=f"{lost:,}"))
    if lost or any(each["doubt"] is not None for each in found):
        raise typer.Exit(FOUND)


def _listed(
    checkpointer: Checkpointer, witnesses: Sequence[Verifier], roots: Sequence[Certificate]
) -> Iterator[dict[str, Any]]:
    """Every head that was signed, smallest first, and what was found true of it.

    Its last row has all its signatures, its first says when it was kept. Without keys nothing can be checked.
    """
    kept, chain = checkpointer.kept, checkpointer.chain()
    stamps: defaultdict[int, list[KeptStamp]] = defaultdict(list)
    for stamp in kept.stamps():
        stamps[stamp.size].append(stamp)
    last = kept.last()
    for size, rows in groupby(kept.notes_by_size(), key=lambda each: each.size):
        first, *more = rows
        note, head = stated(more[-1] if more else first, kept.path)
        is_newest = last is not None and last.size == size
        doubt = _doubt(note, checkpointer.keys.origin, chain, newest=is_newest) if chain.keys else None
        true = () if doubt else note.signed_by((*chain.keys, *(each for each in witnesses if _is_true(note, each))))
        yield {
            "size": size,
            "root": root_of(note),
            "signed_at": first.signed_at.isoformat(),
            "checked": bool(chain.keys),
            "doubt": doubt,
            "signed_by": [_signer(each, head.origin, true) for each in note.signatures],
            "stamped_at": [each.stamped_at.isoformat() for each in stamps[size] if _holds(each, note, roots)],
            "stamps_checked": bool(roots),
        }


def root_of(note: Note) -> str:
    """The root as it stands in the note: base 64."""
    return note.text.split("\n")[2]


def _lost(checkpointer: Checkpointer, found: Sequence[dict[str, Any]]) -> int | None:
    """How many events the key has signed, where no checkpoint of so many is kept any more."""
    keys = checkpointer.keys
    signed = keys.signed() if keys.exists() else None
    is_kept = signed is None or any(each["size"] >= signed.size for each in found)
    return None if is_kept or signed is None else signed.size


def _doubt(note: Note, origin: str, chain: Chain, *, newest: bool) -> str | None:
    """Why a head is not to be believed."""
    try:
        believed(note, origin, chain, newest=newest)
    except NoteError as error:
        what = error.args[0] if error.args else ""
        return str(getattr(what, "zh", what)) if is_zh() else str(what)
    return None


def _is_true(note: Note, witness: Verifier) -> bool:
    try:
        return bool(note.signed_by([witness]))
    except NoteError:
        return False


def _holds(stamp: KeptStamp, note: Note, roots: Sequence[Certificate]) -> bool:
    """Whether a time stamp was found to be true; without a root certificate nobody can tell."""
    try:
        return not roots or stamp_of(stamp.token, note.text, roots).at == stamp.stamped_at
    except StampError:
        return False


def _signer(signature: Signature, origin: str, true: Sequence[Verifier]) -> dict[str, Any]:
    return {
        "name": signature.name,
        "key_id": signature.key_id.hex(),
        "is_log": signature.name == origin,
        "at": _second(signature.seconds),
        "checked": any((each.name, each.key_id) == (signature.name, signature.key_id) for each in true),
    }


def _second(seconds: int | None) -> str | None:
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
    except (ValueError, OverflowError, OSError):  # no year that there is
        return None


def _uncovered(engine: Engine, size: int) -> dict[str, Any]:
    """The events that no checkpoint covers yet: how many, since when, and for how many seconds."""
    first = next(iter(engine.store.scan(size)), None)
    since = None if first is None else metadata_of(first.state).recorded_at
    age = 0 if since is None else max(0, int((engine.now() - since).total_seconds()))
    count = max(0, engine.store.head() - size)
    return {"events": count, "since": since and since.isoformat(), "seconds": age}


# --- for readers -----------------------------------------------------------------------------------------------------


def _print_list(engine: Engine, found: list[dict[str, Any]], uncovered: dict[str, Any], limit: int) -> None:
    out, shown = console(), found[-limit:]
    for each in shown:
        signed_at = words.instant(datetime.fromisoformat(each["signed_at"]), engine.policy.zone)
        out.print(t("checkpoint.one", n=f"{each['size']:,}", at=signed_at), style="bold")
        out.print(f"  {t('checkpoint.root')} {each['root']}", soft_wrap=True)  # to be copied: in one line
        for said in _signers(engine, each):
            out.print(f"  {said}", soft_wrap=True)
    out.print(t("checkpoint.count", shown=len(shown), n=len(found)) if found else t("checkpoint.none"))
    if any(each["doubt"] for each in found):
        out.print(t("checkpoint.run_verify"))
    if uncovered["events"]:
        age = words.age(timedelta(seconds=uncovered["seconds"]))
        out.print(t("checkpoint.uncovered", n=f"{uncovered['events']:,}", age=age))
    elif found:
        out.print(t("checkpoint.covered" if all(each["checked"] for each in found) else "checkpoint.no_key"))


def _signers(engine: Engine, each: dict[str, Any]) -> Iterator[str]:
    zone = engine.policy.zone
    if each["doubt"]:
        yield t("checkpoint.doubted", why=clean(each["doubt"]))
        return
    for signed in each["signed_by"]:
        if signed["is_log"]:
            said = t("checkpoint.log_key", id=signed["key_id"])
        else:
            at = words.instant(datetime.fromisoformat(signed["at"]), zone) if signed["at"] else ""
            said = t("checkpoint.witness", name=clean(signed["name"]), at=at)
        yield said if signed["checked"] else said + t("checkpoint.unchecked")
    for at in each["stamped_at"]:
        said = t("checkpoint.stamp", at=words.instant(datetime.fromisoformat(at), zone))
        yield said if each["stamps_checked"] else said + t("checkpoint.unchecked")
