"""Options that several commands for needs, projects and envelopes share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from govflow.cli.acting import text_of
from govflow.cli.texts import t
from govflow.errors import InputError

Item = Annotated[str, typer.Argument(help="argument.item", metavar="ITEM", show_default=False)]
Reason = Annotated[str | None, typer.Option("--reason", help="option.reason", show_default=False)]
Text = Annotated[str | None, typer.Option("--text", help="option.public_text", metavar="TEXT", show_default=False)]
TextFile = Annotated[Path | None, typer.Option("--file", help="option.text_file", metavar="FILE", show_default=False)]
Until = Annotated[str | None, typer.Option("--until", help="option.until", metavar="MOMENT", show_default=False)]
Measure = Annotated[str | None, typer.Option("--measure", help="option.measure", show_default=False)]
Paper = Annotated[Path | None, typer.Option("--paper", help="option.paper", metavar="FILE", show_default=False)]
Yuan = Annotated[str | None, typer.Option("--amount", help="option.amount", metavar="YUAN", show_default=False)]
Ask = Annotated[bool, typer.Option("--ask", help="option.ask")]
NewId = Annotated[str | None, typer.Option("--id", help="option.new_id", show_default=False)]


def public_text(text: str | None, file: Path | None) -> str:
    """A public text that must be there. Raises InputError."""
    said = text_of(text, file)
    if said is None:
        raise InputError(t("project.no_text"), where="--text", expected="--text TEXT | --file FILE")
    return said
