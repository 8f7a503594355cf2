"""`govflow propose`: every command for proposals, thin over those of the engine, in the order of a proposal's life."""

from __future__ import annotations

from collections.abc import Callable

import typer

from govflow.cli import propose_intake as intake
from govflow.cli import propose_reading as reading
from govflow.cli import propose_result as outcome

propose = typer.Typer(no_args_is_help=True)

_COMMANDS: dict[str, Callable[..., None]] = {
    "draft": intake.draft,
    "amend": intake.amend,
    "second": intake.second,
    "submit": intake.submit,
    "screen": intake.screen,
    "admit": intake.admit,
    "opinion": intake.opinion,
    "answer": intake.answer,
    "deliberate": intake.deliberate,
    "stage": intake.stage,
    "paper": intake.add_paper,
    "publish": outcome.publish,
    "object": intake.object_to,
    "start": outcome.start,
    "finish": outcome.finish,
    "complete": outcome.complete,
    "appraise": outcome.appraise,
    "result": outcome.result,
    "reply": outcome.reply,
    "archive": outcome.archive,
    "status": reading.status,
    "text": reading.text,
    "diff": reading.diff,
    "page": reading.page,
}

for _name, _command in _COMMANDS.items():
    propose.command(_name, help=f"help.propose_{_name}")(_command)
