"""`govflow export bundle`: what outsiders verify offline, of a whole log, of one record or of a period."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated

import typer

from govflow.audit.bundles.parts import Scope, Whole
from govflow.audit.bundles.writing import Exported, of_period, of_record, write_bundle
from govflow.audit.verifying.heads import read_head
from govflow.checkpoints.notes import NoteError
from govflow.cli.checkpoint import sign_head
from govflow.cli.display import console
from govflow.cli.logs import content_of, existing, progress
from govflow.cli.reads import Asked, Out, reads
from govflow.cli.responsibility import edge
from govflow.cli.texts import t
from govflow.engine import Engine
from govflow.errors import InputError
from govflow.reading import Reader


@reads(json=False)
def bundle(
    asked: Asked,
    id: Annotated[str | None, typer.Argument(help="argument.bundle_id", metavar="ID", show_default=False)] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="option.bundle_from", metavar="MOMENT", show_default=False)
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", help="option.bundle_to", metavar="MOMENT", show_default=False)
    ] = None,
    sign: Annotated[bool, typer.Option("--sign", help="option.sign_first")] = False,
    out: Out = None,
    trusted: Annotated[
        list[Path] | None, typer.Option("--trusted", help="option.bundle_head", metavar="FILE", show_default=False)
    ] = None,
) -> None:
    """Write a bundle."""
    if id is not None and (since or until):
        raise InputError(t("bundle.one_scope"), where="ID, --from, --to")
    if bool(since) != bool(until):
        raise InputError(t("bundle.period"), where="--to" if since else "--from", expected="--from MOMENT --to MOMENT")
    if asked.actor is not None and id is None:
        raise InputError(t("bundle.seen"), where="--as", expected="ID")
    sizes = [_size_of(path) for path in trusted or ()]
    with asked.opened(writing=sign) as (engine, seen):
        if id is not None:
            existing(seen, id)
        if sign:
            sign_head(engine)
        scope_of = _scope(engine, seen, id, since, until)
        with TemporaryFile() if out is None else out.open("x+b") as target, progress(t("bundle.writing")) as tell:
            try:
                found = write_bundle(seen, engine.checkpointer, target, scope_of, outside=sizes, progress=tell)
                target.flush()
            except BaseException:  # half a bundle must not lie about
                if out is not None:
                    out.unlink()
                raise
            if out is None:
                target.seek(0)
                shutil.copyfileobj(target, sys.stdout.buffer)
    _tell(found, out)


def _scope(
    engine: Engine, seen: Reader, id: str | None, since: str | None, until: str | None
) -> Callable[[int], Scope]:
    if id is not None:
        return lambda size: of_record(seen, id, size)
    zone = engine.policy.zone
    begin, end = edge(since, zone), edge(until, zone, is_end=True)
    if begin is not None and end is not None:
        return lambda size: of_period(engine.store, begin, end, size)
    return lambda size: Whole()


def _size_of(path: Path) -> int:
    try:
        return read_head(content_of(path), path.name).checkpoint.size
    except NoteError as error:
        raise InputError(str(error), where=f"--trusted {path}", expected=t("bundle.a_head")) from None


def _tell(found: Exported, out: Path | None) -> None:
    if out is not None:
        console().print(
            t("bundle.written", path=out, rows=f"{found.rows:,}", size=f"{found.size:,}", gaps=f"{found.gaps:,}")
        )
    if found.after:
        print(t("bundle.after", n=f"{found.after:,}"), file=sys.stderr)
