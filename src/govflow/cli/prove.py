"""`govflow prove`: write the proof that an event stands in the signed log; `govflow verify` checks it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from govflow.cli.checkpoint import sign_head
from govflow.cli.display import console, print_json
from govflow.cli.logs import RecordId, existing, new_file
from govflow.cli.reads import Asked, Out, reads
from govflow.cli.run import clean
from govflow.cli.texts import t


@reads()
def prove(
    asked: Asked,
    id: RecordId,
    version: Annotated[
        int | None, typer.Option("--version", help="option.prove_version", min=1, show_default=False)
    ] = None,
    sign: Annotated[bool, typer.Option("--sign", help="option.sign_first")] = False,
    out: Out = None,
) -> None:
    """Prove that an event stands in the log."""
    with asked.opened(writing=sign) as (engine, seen):
        if asked.actor is not None:
            existing(seen, id)
        if sign:
            sign_head(engine)
        proof = engine.prove(id, version)
    written = proof.format()
    if out is None and asked.json:
        print_json({"proof": written, "position": proof.place + 1})
    elif out is None:
        sys.stdout.buffer.write(written.encode())
    else:
        new_file(out, written.encode())
        if asked.json:
            print_json({"path": str(out), "position": proof.place + 1})
        else:
            console().print(clean(t("prove.written", path=out)), soft_wrap=True)
