"""`govflow report`: one page for an auditor, of a matter or of a period, that needs nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from govflow.audit.reporting import matter_of
from govflow.audit.reporting_period import period_named, period_of
from govflow.cli.display import console
from govflow.cli.logs import Db, Records, existing, opened, progress
from govflow.cli.rights import As, AsArea, AsRole, AsUnit, reader
from govflow.cli.run import clean
from govflow.cli.texts import lang, t
from govflow.engine import Engine
from govflow.errors import NotFound
from govflow.pages.report import matter_report
from govflow.pages.report_period import period_report
from govflow.reading import Reader


def report(
    what: Annotated[str, typer.Argument(help="argument.report", metavar="ID|PERIOD", show_default=False)],
    db: Db,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="option.report_out", metavar="PATH", show_default=False)
    ] = None,
    actor: As = None,
    role: AsRole = None,
    unit: AsUnit = None,
    area: AsArea = "",
    records: Records = None,
) -> None:
    """Write the report on a matter or a period."""
    with opened(db, records) as engine:
        seen = reader(engine, actor, role, unit, area)
        days = period_named(what)
        if days is None or _is_a_record(seen, what):
            existing(seen, what)
            written = matter_report(matter_of(seen, what, engine.now(), lang()), language=lang())
        else:
            written = _of_period(engine, seen, *days)
    if out is None:
        print(written, end="")
    else:
        out.write_text(written, encoding="utf-8")
        console().print(clean(t("report.written", path=out, what=what)))


def _is_a_record(seen: Reader, what: str) -> bool:
    """A record may have a number that reads as a year."""
    try:
        return bool(seen.get(what))
    except NotFound:
        return False


def _of_period(engine: Engine, seen: Reader, first: date, last: date) -> str:
    with progress(t("report.reading")) as tell:
        heard = None if tell is None else lambda done: tell(done, None)
        return period_report(period_of(seen, first, last, engine.now(), heard), language=lang())
