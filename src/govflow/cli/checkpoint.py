"""`govflow checkpoint`: sign the head of a log, list what was signed, take in witnesses' signatures and time stamps."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from govflow.checkpoints.cosigning import add_cosignatures
from govflow.checkpoints.notes import Note
from govflow.checkpoints.timestamps import add_stamp, certificates_of, request
from govflow.checkpoints.trust import read_vkey
from govflow.cli import words
from govflow.cli.checkpoint_list import Root, Witness, list_checkpoints, root_of
from govflow.cli.display import console, print_json
from govflow.cli.logs import Db, Json, content_of, new_file, opened, progress
from govflow.cli.run import clean
from govflow.cli.texts import t
from govflow.engine import Engine
from govflow.errors import InputError

checkpoint = typer.Typer(no_args_is_help=True)
checkpoint.command("list", help="help.checkpoint_list")(list_checkpoints)


@checkpoint.command(help="help.checkpoint_sign")
def sign(db: Db, json: Json = False) -> None:
    """Sign the head of the log."""
    with opened(db, None, writing=True) as engine:
        note = sign_head(engine)
        if not json:
            sys.stdout.buffer.write(note.format().encode())
            return
        signed = engine.checkpointer.last()
        assert signed is not None, "it was signed a moment ago"
        found = signed.checkpoint
        print_json({"origin": found.origin, "size": found.size, "root": root_of(note), "note": note.format()})


def sign_head(engine: Engine) -> Note:
    """Sign the head of a log; where that made its key, say so on standard error."""
    keys = engine.checkpointer.keys
    is_new = not keys.exists()
    with progress(t("checkpoint.signing")) as tell:
        note = engine.checkpoint(tell)
    if is_new:
        print(clean(t("keys.made", path=keys.path, vkey=keys.export())), file=sys.stderr)
    return note


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
    witnesses = [read_vkey(each, "--witness") for each in witness or ()]
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
        at = words.instant(kept.stamped_at, engine.policy.zone)
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
