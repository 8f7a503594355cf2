"""`govflow import` and `govflow export`: other systems' files and whole logs, in and out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from govflow.cli import texts
from govflow.cli.display import console
from govflow.cli.logs import Db, Records, opened, progress
from govflow.cli.reads import Asked, Out, reads
from govflow.cli.rights import rows_seen
from govflow.cli.run import DONE, FOUND, clean
from govflow.cli.texts import t
from govflow.errors import InputError
from govflow.interchange.importing import ImportReport, import_rows
from govflow.interchange.jsonl import export_log, import_log
from govflow.interchange.mapping import Mapping, load_mapping, shipped_mapping
from govflow.interchange.rows import BadRow, read_rows

imports = typer.Typer(no_args_is_help=True)
exports = typer.Typer(no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="argument.file", metavar="FILE", show_default=False)]
Quarantine = Annotated[
    Path | None, typer.Option("--quarantine", help="option.quarantine", metavar="PATH", show_default=False)
]


@imports.command("boston311", help="help.import_boston311")
def boston311(file: File, db: Db, quarantine: Quarantine = None, records: Records = None) -> None:
    """Import the public sample of Boston."""
    _import(file, db, shipped_mapping("boston311"), quarantine, records)


@imports.command("csv", help="help.import_csv")
def csv(
    file: File,
    db: Db,
    mapping: Annotated[Path, typer.Option("--mapping", help="option.mapping", metavar="FILE", show_default=False)],
    quarantine: Quarantine = None,
    records: Records = None,
) -> None:
    """Import another city's file."""
    _import(file, db, load_mapping(mapping), quarantine, records)


def _import(file: Path, db: Path, mapping: Mapping, quarantine: Path | None, records: list[str] | None) -> None:
    if not file.exists():
        raise InputError(t("no_file", path=file))
    if file.is_file() or file.is_dir():  # what cannot be read leaves no empty log behind; a pipe is read but once
        read_rows(file, mapping).close()
    with opened(db, records, create=True) as engine, progress(t("importing", file=file.name)) as tell:
        report = import_rows(engine, file, mapping, quarantine=quarantine, progress=tell, on_bad=print_bad_row)
    print_report(report)
    raise typer.Exit(FOUND if report.bad or report.changed else DONE)


def print_bad_row(bad: BadRow) -> None:
    """One bad row in one line to stderr."""
    print(clean(bad.sentence(texts.lang())), file=sys.stderr)


def print_report(report: ImportReport) -> None:
    """What an import came to, in one line: what there was none of is left out."""
    counts = {name: getattr(report, name) for name in ("closed", "unchanged", "duplicates", "changed", "bad")}
    named = {"imported": report.imported, **{name: count for name, count in counts.items() if count}}
    parts = (t(f"report.{name}", n=f"{count:,}") for name, count in named.items())
    console().print(t("import_report", read=f"{report.read:,}") + t("comma").join(parts))


@imports.command("jsonl", help="help.import_jsonl")
def jsonl_in(file: File, db: Db) -> None:
    """Read a whole log."""
    if not file.exists():
        raise InputError(t("no_file", path=file))
    with file.open("rb") as source:
        count = import_log(source, db)
    console().print(t("log_imported", n=count, path=db))


@exports.command("jsonl", help="help.export_jsonl")
@reads(json=False)
def jsonl_out(
    asked: Asked,
    out: Out = None,
) -> None:
    """Write a whole log, or what an actor may see of it."""
    with asked.opened() as (engine, seen):
        sees = None if asked.actor is None else rows_seen(seen)
        if out is None:
            export_log(engine.store, sys.stdout.buffer, sees=sees)
            return
        target: BinaryIO
        with out.open("xb") as target:
            try:
                count = export_log(engine.store, target, sees=sees)
                target.flush()
            except BaseException:  # half a log looks like a whole one
                out.unlink()
                raise
    if asked.actor is None:
        console().print(t("log_exported", n=count, path=out))
    else:
        console().print(t("log_exported_seen", n=count, path=out, actor=asked.actor))
