"""`govflow recount`: count a vote again, from the log or from an exported bundle; and `govflow vote export`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from govflow.cli.display import console, print_json
from govflow.cli.logs import Json, RecordId, Records, existing, opened, progress
from govflow.cli.reads import Asked, Out, reads
from govflow.cli.run import DONE, FOUND, clean
from govflow.cli.texts import is_zh, t
from govflow.cli.vote_display import print_tally
from govflow.errors import InputError
from govflow.recounting import Recounted, export_bundle, recount_bundle
from govflow.recounting import recount as recounted

Round = Annotated[int | None, typer.Option("--round", help="option.recount_round", min=1, show_default=False)]


def recount(
    log: Annotated[Path | None, typer.Argument(help="argument.log", metavar="LOG", show_default=False)] = None,
    id: Annotated[str | None, typer.Argument(help="argument.id", metavar="ID", show_default=False)] = None,
    round: Round = None,
    bundle: Annotated[
        Path | None, typer.Option("--bundle", help="option.vote_bundle", metavar="FILE", show_default=False)
    ] = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Count a vote again and compare it with what was stated."""
    if bundle is None and log is not None and _is_a_bundle(log):
        if id is not None or round is not None:
            raise InputError(t("recount.one_source"), where=str(log), expected=f"--bundle {log}")
        log, bundle = None, log
    if bundle is not None and log is None and round is None:
        found = _from_bundle(bundle)
    elif bundle is None and log is not None and id is not None:
        with opened(log, records) as engine, progress(t("recount.reading")) as tell:
            existing(engine, id)
            found = recounted(engine, id, round, progress=tell)
    else:
        raise InputError(t("recount.one_source"), where="recount", expected="LOG ID [--round N] | --bundle FILE")
    if json:
        print_json({**found.model_dump(mode="json"), "agrees": found.agrees})
    else:
        _print(found)
    raise typer.Exit(DONE if found.agrees else FOUND)


def _is_a_bundle(path: Path) -> bool:
    """Whether a file holds lines of JSON, as a bundle does; a log is a database and begins otherwise."""
    if not path.is_file():
        return False
    with path.open("rb") as source:
        return source.read(1) == b"{"


def _from_bundle(bundle: Path) -> Recounted:
    if not bundle.is_file():
        raise InputError(t("no_file", path=bundle))
    with bundle.open("rb") as source, progress(t("recount.reading")) as tell:
        return recount_bundle(_told(source, bundle.stat().st_size, tell))


def _told(source: Iterable[bytes], total: int, tell: Callable[[int, int], object] | None) -> Iterator[bytes]:
    """The lines, telling now and then how many bytes were read."""
    read = 0
    for number, line in enumerate(source, 1):
        read += len(line)
        if tell is not None and number % 10_000 == 0:
            tell(read, total)
        yield line


def _print(found: Recounted) -> None:
    out = console()
    out.print(
        t("recount.of", id=clean(found.record), n=found.round, ballots=f"{found.ballots:,}", roll=f"{found.roll:,}")
    )
    if found.counted is not None:
        print_tally(found.counted)
    if found.void:
        out.print(t("recount.void"))
    for each in found.differences:
        out.print(f"  ! {each.code}: {clean(each.zh if is_zh() else each.en)}")
    out.print(t("recount.agrees" if found.agrees else "recount.differs", n=len(found.differences)))


# --- the bundle ------------------------------------------------------------------------------------------------------


@reads(json=False)
def export(
    asked: Asked,
    id: RecordId,
    out: Out = None,
    round: Round = None,
) -> None:
    """Write the bundle of a vote, with which outsiders recount it."""
    with asked.opened() as (engine, seen), progress(t("recount.reading")) as tell:
        existing(seen, id)
        lines = export_bundle(engine, id, round, progress=tell)
        if out is None:
            _write(lines, sys.stdout.buffer)
            return
        with out.open("xb") as target:
            try:
                count = _write(lines, target)
                target.flush()
            except BaseException:  # half a bundle must not lie about
                out.unlink()
                raise
    console().print(t("vote.exported", n=f"{count:,}", path=out))


def _write(lines: Iterable[str], target: BinaryIO | Any) -> int:
    count = 0
    for line in lines:
        target.write(line.encode())
        count += 1
    return count
