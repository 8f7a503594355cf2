"""`govflow prove`: write the proof that an event stands in the signed log, or check one that somebody else wrote."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from govflow.checkpoints.merkle import ProofError
from govflow.checkpoints.notes import NoteError
from govflow.checkpoints.proofs import Proof, Proven, check
from govflow.checkpoints.trust import Doubt, Doubted, handovers_in, read_vkey
from govflow.cli.checkpoint import content_of, new_file, reason
from govflow.cli.display import console, print_json
from govflow.cli.logs import Json, Records, existing, opened
from govflow.cli.rights import As, AsArea, AsRole, AsUnit, reader
from govflow.cli.run import DONE, FOUND, clean
from govflow.cli.texts import t
from govflow.errors import InputError

_SHAPES = "ID --db PATH | --check FILE --key VKEY"


def prove(
    id: Annotated[str | None, typer.Argument(help="argument.id", metavar="ID", show_default=False)] = None,
    db: Annotated[Path | None, typer.Option("--db", help="option.db", metavar="PATH", show_default=False)] = None,
    version: Annotated[
        int | None, typer.Option("--version", help="option.prove_version", min=1, show_default=False)
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="option.out", metavar="FILE", show_default=False)
    ] = None,
    given: Annotated[
        Path | None, typer.Option("--check", help="option.prove_check", metavar="FILE", show_default=False)
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option("--key", help="option.vkey", metavar="VKEY|FILE", show_default=False)
    ] = None,
    handover: Annotated[
        list[Path] | None, typer.Option("--handover", help="option.handover", metavar="FILE", show_default=False)
    ] = None,
    actor: As = None,
    role: AsRole = None,
    unit: AsUnit = None,
    area: AsArea = "",
    json: Json = False,
    records: Records = None,
) -> None:
    """Prove that an event stands in the log, or check such a proof."""
    if given is not None and id is None and db is None and key:
        raise typer.Exit(_check(given, key, handover or (), json))
    if given is not None or key or handover or id is None or db is None:
        raise InputError(t("prove.one_of"), where="prove", expected=_SHAPES)
    with opened(db, records) as engine:
        if actor is not None or role or unit or area:
            existing(reader(engine, actor, role, unit, area), id)
        proof = engine.prove(id, version)
    if out is None and json:
        print_json({"proof": proof.format(), "position": proof.place + 1})
        return
    if out is None:
        sys.stdout.buffer.write(proof.format().encode())
        return
    new_file(out, proof.format().encode())
    if json:
        print_json({"path": str(out), "position": proof.place + 1})
    else:
        console().print(t("prove.written", path=out))


def _check(path: Path, keys: Sequence[str], handovers: Sequence[Path], json: bool) -> int:
    """Say whether a proof holds; what is no proof at all, or signed by nobody who is known, cannot be checked."""
    trusted = [read_vkey(each) for each in keys]
    handed = [note for each in handovers for note in handovers_in(content_of(each))]
    proof = Proof.parse(content_of(path))
    try:
        found = check(proof, trusted, handovers=handed)
    except (NoteError, ProofError) as error:
        if isinstance(error, Doubted) and error.doubt is Doubt.KEY:
            raise InputError(reason(error), where=path.name, expected=t("prove.other_key")) from None
        if json:
            print_json({"holds": False, "why": reason(error)})
        else:
            console().print(t("prove.false", why=clean(reason(error))))
        return FOUND
    stream, version, topic, state = _parts(found)
    if json:
        head = {"origin": found.checkpoint.origin, "size": found.checkpoint.size}
        event = {"stream": stream, "version": version, "topic": topic, "state": state}
        print_json({"holds": True, **head, "position": found.place + 1, **event})
    else:
        out = console()
        where = {"position": f"{found.place + 1:,}", "size": f"{found.checkpoint.size:,}"}
        out.print(t("prove.holds", origin=clean(found.checkpoint.origin), **where))
        out.print(t("prove.event", stream=clean(stream), version=clean(version), topic=clean(topic)))
        for line in state.splitlines():
            out.print(f"  {clean(line)}", soft_wrap=True)
    return DONE


def _parts(found: Proven) -> tuple[str, str, str, str]:
    """What the leaf says: stream, version, topic, state."""
    parts = found.leaf.decode(errors="replace").split("\n", 3)
    if len(parts) != 4:
        raise InputError(t("prove.no_event"), where="extra")
    return parts[0], parts[1], parts[2], parts[3]
