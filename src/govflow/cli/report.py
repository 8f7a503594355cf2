"""`govflow report`: one page for an auditor, of a matter, a period or a unit's work, that needs nothing else."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from govflow.audit.reporting.period import period_named
from govflow.audit.reporting.reports import Ask, Report, report_on_matter, report_on_period, report_on_unit
from govflow.cli.display import console
from govflow.cli.logs import progress
from govflow.cli.reads import Asked, reads
from govflow.cli.run import FOUND, clean, complain
from govflow.cli.texts import is_zh, lang, t
from govflow.engine import Engine
from govflow.errors import Detail, InputError, LogError, NotFound
from govflow.reading import Reader

_UNIT = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_LIKE_A_PERIOD = re.compile(r"\d{4}(-\d{1,2}){0,2}|[^.]*\.\.[^.]*")


@reads(json=False)
def report(
    asked: Asked,
    what: Annotated[str, typer.Argument(help="argument.report", metavar="ID|PERIOD", show_default=False)],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="option.report_out", metavar="PATH", show_default=False)
    ] = None,
    unit: Annotated[
        str | None, typer.Option("--unit", help="option.report_unit", metavar="UNIT", show_default=False)
    ] = None,
) -> None:
    """Write the report on a matter, a period or a unit's work; the status is 1 where what it rests on is not sound."""
    if out is not None and os.path.lexists(out):  # told before the work, not after it
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(out))
    with asked.opened() as (engine, seen):
        days = period_named(what)
        written = _in_words(lambda: _written(engine, seen, what, unit, days, asked.db))
    if out is None:
        print(written.page, end="")
    else:
        with out.open("x", encoding="utf-8") as target:
            target.write(written.page)
        console().print(clean(t("report.written", path=out, what=what if unit is None else f"{unit} {what}")))
    if written.elsewhere:
        complain(t("report.elsewhere", n=len(written.elsewhere), first=written.elsewhere[0]))
    if not written.is_sound:
        complain(_warning(written))
        raise typer.Exit(FOUND)


def _written(
    engine: Engine, seen: Reader, what: str, unit: str | None, days: tuple[date, date] | None, db: Path
) -> Report:
    if unit is not None:
        return _of_unit(engine, seen, unit, what, days, db)
    if days is None or _is_a_record(seen, what):
        return _of_matter(engine, seen, what, db)
    with _progress() as heard:
        return report_on_period(Ask(engine, seen, days, db, lang(), heard))


def _in_words(write: Callable[[], Report]) -> Report:
    """What is written; what is wrong with what was asked for, in the language chosen."""
    try:
        return write()
    except InputError as error:
        if not (is_zh() and isinstance(error.what, Detail)):
            raise
        raise InputError(error.what.zh, where=error.where, expected=error.expected) from None


def _warning(written: Report) -> str:
    """What is wrong with the log, in one line: nobody should have to open the report to hear of it."""
    said = [t("report.cut")] if written.is_cut else []
    if written.objections:
        said.append(
            t("report.objections.one" if written.objections == 1 else "report.objections", n=written.objections)
        )
    return t("report.warning", what=t("report.and").join(said))


def _is_a_record(seen: Reader, what: str) -> bool:
    """A record may have a number that reads as a year."""
    try:
        return bool(seen.get(what))
    except NotFound:
        return False
    except LogError:  # it is there, and damaged
        return True


def _of_matter(engine: Engine, seen: Reader, id: str, db: Path) -> Report:
    try:
        return report_on_matter(engine, seen, id, db, lang())
    except NotFound:
        missing = "report.no_period" if _LIKE_A_PERIOD.fullmatch(id) else "no_record"
        raise NotFound(t(missing, id=id[:64])) from None


def _of_unit(engine: Engine, seen: Reader, unit: str, what: str, days: tuple[date, date] | None, db: Path) -> Report:
    if days is None and _LIKE_A_PERIOD.fullmatch(what):
        raise NotFound(t("report.no_period", id=what[:64]))
    if days is None:
        raise InputError(t("report.unit_period"), where="--unit", expected="2026, 2026-02, 2026-01-01..2026-03-31")
    try:
        if not _UNIT.fullmatch(unit):
            raise NotFound(unit)
        with _progress() as heard:
            return report_on_unit(Ask(engine, seen, days, db, lang(), heard), unit)
    except NotFound:
        raise NotFound(t("report.no_unit", unit=unit[:64])) from None


@contextmanager
def _progress() -> Iterator[Callable[[int], object] | None]:
    with progress(t("report.reading")) as tell:
        yield None if tell is None else lambda done: tell(done, None)
