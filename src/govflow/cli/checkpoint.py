"""`govflow checkpoint`: sign the head of a log, list what was signed, take in witnesses' signatures and time stamps."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer
from cryptography.x509 import Certificate

from govflow.checkpoints.cosigning import add_cosignatures
from govflow.checkpoints.keys import origin_of
from govflow.checkpoints.notes import Note, NoteError, Signature, Verifier
from govflow.checkpoints.signing import Checkpointer
from govflow.checkpoints.stored_tree import stated
from govflow.checkpoints.timestamps import StampError, add_stamp, certificates_of, request, stamp_of
from govflow.checkpoints.trust import Chain, believed, read_vkey
from govflow.cli import words
from govflow.cli.display import console, print_json, table
from govflow.cli.logs import Db, Json, opened, progress
from govflow.cli.run import FOUND, clean
from govflow.cli.texts import is_zh, t
from govflow.engine import Engine
from govflow.errors import InputError
from govflow.persistence.checkpoints import KeptStamp
from govflow.persistence.codec import metadata_of

checkpoint = typer.Typer(no_args_is_help=True)

_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60

Witness = Annotated[
    list[str] | None, typer.Option("--witness", help="option.witness", metavar="VKEY|FILE", show_default=False)
]
Root = Annotated[list[Path] | None, typer.Option("--root", help="option.tsa_root", metavar="CERT", show_default=False)]


def content_of(path: Path) -> bytes:
    """What a file holds. Raises InputError where there is none."""
    if not path.is_file():
        raise InputError(t("no_file", path=path))
    return path.read_bytes()


def reason(error: Exception) -> str:
    """What an error says, in the language chosen where it knows it."""
    what = error.args[0] if error.args else ""
    return str(getattr(what, "zh", what)) if is_zh() else str(what)


def new_file(path: Path, content: bytes) -> None:
    """Write a file that is not there yet."""
    with path.open("xb") as target:
        target.write(content)


# --- sign ------------------------------------------------------------------------------------------------------------


@checkpoint.command(help="help.checkpoint_sign")
def sign(db: Db, json: Json = False) -> None:
    """Sign the head of the log."""
    with opened(db, None, writing=True) as engine:
        keys = engine.checkpointer.keys
        is_new = not keys.exists()
        with progress(t("checkpoint.signing")) as tell:
            note = engine.checkpoint(tell)
        if is_new:
            print(t("keys.made", path=keys.path, vkey=keys.export()), file=sys.stderr)
        if not json:
            sys.stdout.buffer.write(note.format().encode())
            return
        signed = engine.checkpointer.last()
        assert signed is not None, "it was signed a moment ago"
        found = signed.checkpoint
        print_json({"origin": found.origin, "size": found.size, "root": _root(note), "note": note.format()})


def _root(note: Note) -> str:
    """The root as it stands in the note: base 64."""
    return note.text.split("\n")[2]


# --- list ------------------------------------------------------------------------------------------------------------


@checkpoint.command("list", help="help.checkpoint_list")
def list_checkpoints(
    db: Db,
    limit: Annotated[int, typer.Option("--limit", help="option.checkpoints_limit", min=1)] = 20,
    witness: Witness = None,
    root: Root = None,
    json: Json = False,
) -> None:
    """List what was signed of the log, and what was not yet."""
    witnesses, roots = [read_vkey(each) for each in witness or ()], certificates_of(map(content_of, root or ()))
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
            "root": _root(note),
            "signed_at": first.signed_at.isoformat(),
            "checked": bool(chain.keys),
            "doubt": doubt,
            "signed_by": [_signer(each, head.origin, true) for each in note.signatures],
            "stamped_at": [each.stamped_at.isoformat() for each in stamps[size] if _holds(each, note, roots)],
            "stamps_checked": bool(roots),
        }


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
        return reason(error)
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


def _print_list(engine: Engine, found: list[dict[str, Any]], uncovered: dict[str, Any], limit: int) -> None:
    out = console()
    rows = []
    for each in found[-limit:]:
        signed_at = words.when(datetime.fromisoformat(each["signed_at"]), engine)
        rows.append((f"{each['size']:,}", each["root"], signed_at, ", ".join(_signers(engine, each))))
    if rows:
        columns = (t("checkpoint.size"), t("checkpoint.root"), t("checkpoint.signed_at"), t("checkpoint.signed_by"))
        out.print(table(*columns, rows=rows, keep=(0, 2)))
    out.print(t("checkpoint.count", shown=len(rows), n=len(found)) if found else t("checkpoint.none"))
    if any(each["doubt"] for each in found):
        out.print(t("checkpoint.run_verify"))
    if uncovered["events"]:
        age = age_in_words(uncovered["seconds"])
        out.print(t("checkpoint.uncovered", n=f"{uncovered['events']:,}", age=age))
    elif found:
        out.print(t("checkpoint.covered" if all(each["checked"] for each in found) else "checkpoint.no_key"))


def _signers(engine: Engine, each: dict[str, Any]) -> Iterator[str]:
    if each["doubt"]:
        yield t("checkpoint.doubted", why=clean(each["doubt"]))
        return
    for signed in each["signed_by"]:
        if signed["is_log"]:
            said = t("checkpoint.log_key", id=signed["key_id"])
        else:
            at = words.when(datetime.fromisoformat(signed["at"]), engine) if signed["at"] else ""
            said = t("checkpoint.witness", name=clean(signed["name"]), at=at)
        yield said if signed["checked"] else said + t("checkpoint.unchecked")
    for at in each["stamped_at"]:
        said = t("checkpoint.stamp", at=words.when(datetime.fromisoformat(at), engine))
        yield said if each["stamps_checked"] else said + t("checkpoint.unchecked")


def age_in_words(seconds: int) -> str:
    """A span of time in its largest unit, rounded down."""
    for unit, key in ((_DAY, "age.days"), (_HOUR, "age.hours"), (_MINUTE, "age.minutes")):
        if seconds >= unit:
            return t(key, n=seconds // unit)
    return t("age.seconds", n=seconds)


# --- witnesses and time stamps ---------------------------------------------------------------------------------------


@checkpoint.command(help="help.checkpoint_add")
def add(
    file: Annotated[Path, typer.Argument(help="argument.note", metavar="FILE", show_default=False)],
    db: Db,
    witness: Witness = None,
    json: Json = False,
) -> None:
    """Take in a checkpoint that came back with witnesses' signatures."""
    raw = content_of(file)
    witnesses = [read_vkey(each) for each in witness or ()]
    if not witnesses:
        raise InputError(t("checkpoint.no_witness"), where="checkpoint add", expected="--witness VKEY|FILE")
    with opened(db, None, writing=True) as engine:
        note = add_cosignatures(engine.checkpointer, raw, witnesses, engine.now())
    names = [clean(each.name) for each in witnesses if each in note.signed_by(witnesses)]
    if json:
        print_json({"note": note.format(), "witnesses": names})
    else:
        console().print(t("checkpoint.added", size=note.text.split("\n")[1], names=", ".join(names)))


@checkpoint.command(help="help.checkpoint_stamp")
def stamp(
    answer: Annotated[Path | None, typer.Argument(help="argument.stamp", metavar="ANSWER", show_default=False)] = None,
    *,
    db: Db,
    question: Annotated[
        Path | None, typer.Option("--request", help="option.stamp_request", metavar="FILE", show_default=False)
    ] = None,
    root: Root = None,
    json: Json = False,
) -> None:
    """Write a request for a time stamp, or take in the answer."""
    if (answer is None) == (question is None) or (answer is not None and not root):
        raise InputError(t("checkpoint.one_stamp"), where="stamp", expected="--request FILE | ANSWER --root CERT")
    if answer is None:
        assert question is not None, "one of them is there"
        _ask(db, question, json)
        return
    raw, roots = content_of(answer), certificates_of(map(content_of, root or ()))
    with opened(db, None, writing=True) as engine:
        kept = add_stamp(engine.checkpointer.kept, raw, roots)
        at = words.when(kept.stamped_at, engine)
    if json:
        print_json({"size": kept.size, "stamped_at": kept.stamped_at.isoformat()})
    else:
        console().print(t("checkpoint.stamped", size=f"{kept.size:,}", at=at))


def _ask(db: Path, question: Path, json: bool) -> None:
    with opened(db, None) as engine:
        last = engine.checkpointer.last()
        if last is None:
            raise InputError(t("checkpoint.none"), where="stamp", expected=f"govflow checkpoint sign --db {db}")
        new_file(question, request(last.note.text))
    if json:
        print_json({"size": last.checkpoint.size, "request": str(question)})
    else:
        console().print(t("checkpoint.asked", size=f"{last.checkpoint.size:,}", path=question))
