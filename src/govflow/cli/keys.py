"""`govflow keys`: the keys that sign a log's checkpoints: shown, made, replaced, exported."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from govflow.checkpoints.keys import SigningKeys
from govflow.cli.display import console, print_json
from govflow.cli.logs import Db, Json, opened
from govflow.cli.run import clean
from govflow.cli.texts import t
from govflow.engine import Engine
from govflow.errors import InputError

keys = typer.Typer(no_args_is_help=True)


def _held(engine: Engine, db: Path) -> SigningKeys:
    """The keys of a log. Raises InputError, naming the command that makes the first, where there are none."""
    found = engine.checkpointer.keys
    if not found.exists() and engine.checkpointer.kept.last() is None:  # else it was lost, and is brought back
        raise InputError(t("keys.none"), where=f"--db {db}", expected=f"govflow keys create --db {db}")
    return found


@keys.command(help="help.keys_show")
def show(db: Db, json: Json = False) -> None:
    """Show the log's keys."""
    with opened(db, None) as engine:
        held = _held(engine, db)
        known, signing = held.verifiers(), {each.verifier for each in held.signers()}
        handovers = held.handovers()
    if json:
        listed = [{"vkey": each.vkey, "signs": each in signing} for each in known]
        texts = [each.format() for each in handovers]
        print_json({"path": held.path, "origin": held.origin, "keys": listed, "handovers": texts})
        return
    out = console()
    out.print(t("keys.of", origin=clean(held.origin), path=clean(held.path)), soft_wrap=True)
    for each in known:  # to be copied: in one line
        out.print(f"{t('keys.signs' if each in signing else 'keys.replaced')}  {clean(each.vkey)}", soft_wrap=True)
    if handovers:
        out.print(t("keys.handovers", n=len(handovers)))


@keys.command(help="help.keys_create")
def create(db: Db, json: Json = False) -> None:
    """Make the log's signing key."""
    with opened(db, None, writing=True) as engine:
        held = engine.checkpointer.keys
        engine.create_key()
        vkey = held.export()
    if json:
        print_json({"path": held.path, "vkey": vkey})
    else:
        print(t("keys.made", path=held.path, vkey=vkey))


@keys.command(help="help.keys_rotate")
def rotate(db: Db, json: Json = False) -> None:
    """Replace the log's signing key."""
    with opened(db, None, writing=True) as engine:
        _held(engine, db)
        note = engine.checkpointer.rotate()
        vkey = engine.checkpointer.keys.export()
    if json:
        print_json({"vkey": vkey, "handover": note.format()})
        return
    sys.stdout.buffer.write(note.format().encode())
    print(t("keys.rotated", vkey=vkey), file=sys.stderr)


@keys.command(help="help.keys_export")
def export(db: Db, handovers: Annotated[bool, typer.Option("--handovers", help="option.handovers")] = False) -> None:
    """Print the public half of the newest key, or the handovers that lead to it."""
    with opened(db, None) as engine:
        keys = _held(engine, db)
        if handovers:
            sys.stdout.buffer.write("\n".join(each.format() for each in keys.handovers()).encode())
        else:
            print(keys.export())
