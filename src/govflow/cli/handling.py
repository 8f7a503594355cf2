"""Commands from outside, one a line: each is handled or told in one line why not."""

from __future__ import annotations

from collections.abc import Iterable

from govflow.cli import words
from govflow.cli.display import console
from govflow.cli.run import DONE, FOUND, complain, refusal, said
from govflow.cli.texts import lang, t
from govflow.engine import Engine
from govflow.errors import GovFlowError, InputError, LogError, NotAllowed
from govflow.interchange.commands import CommandFault, command_from_json
from govflow.messages import Command


def parsed(text: str | bytes, engine: Engine, where: str) -> Command:
    """The command a text stands for. Raises InputError in the reader's language."""
    try:
        return command_from_json(text, engine.deciders.values())
    except CommandFault as fault:
        raise InputError(fault.sentence(lang()), where=where) from None


def handle_lines(engine: Engine, lines: Iterable[bytes]) -> int:
    """Handle every line, good ones durably; status 1 if any was refused. Stops where the log itself fails."""
    status, out = DONE, console()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = t("line", n=number)
        try:
            record = engine.handle(parsed(line, engine, where))
        except NotAllowed as error:
            complain(f"{where}: {refusal(error)}")
            status = FOUND
        except LogError as error:
            raise LogError(f"{where}: {error}") from None
        except GovFlowError as error:
            complain(said(error) if isinstance(error, InputError) else f"{where}: {said(error)}")
            status = FOUND
        else:
            state = words.state(engine.deciders[record.kind_of_record].workflow, record.status)
            out.print(t("handled", id=record.id, state=state, version=record.version))
    return status
