"""`govflow export redacted`: a log without its people, for auditors, tests and research."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from govflow.checkpoints.keys import beside
from govflow.cli.display import console, print_json
from govflow.cli.logs import Db, Json, Records, opened, progress
from govflow.cli.texts import t
from govflow.log_events import Audience
from govflow.redacting import redacted


def redact(
    db: Db,
    out: Annotated[Path, typer.Option("--out", "-o", help="option.redacted_out", metavar="FILE", show_default=False)],
    audience: Annotated[Audience, typer.Option("--for", help="option.redacted_for")] = Audience.AUDITORS,
    pseudonyms: Annotated[
        Path | None, typer.Option("--pseudonyms", help="option.redacted_key", metavar="FILE", show_default=False)
    ] = None,
    keep: Annotated[
        list[str] | None, typer.Option("--keep-id", help="option.redacted_keep", metavar="ID", show_default=False)
    ] = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Write a log without its people."""
    with opened(db, records) as engine, progress(t("redact.writing")) as tell:
        found = redacted(engine, out, audience=audience, key=pseudonyms, keep=keep or (), progress=tell)
    if json:
        print_json(found._asdict())
        return
    say = console().print
    counts = {name: f"{getattr(found, name):,}" for name in ("events", "people", "protected")}
    say(t("redact.written", path=out, **counts))
    if found.left_out:
        say(t("redact.left_out", n=f"{found.left_out:,}"))
    if found.masked:
        say(t("redact.masked", n=f"{found.masked:,}"))
    say(t("redact.key", vkey=found.vkey), soft_wrap=True)
    say(t("redact.keep", path=beside(str(out))))
