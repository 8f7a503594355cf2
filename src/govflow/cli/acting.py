"""What commands that write have in common: who acts and as what, a command made of options, papers, what came of it."""

from __future__ import annotations

import hashlib
import json
import mimetypes
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from govflow.actors import Actor
from govflow.cli import words
from govflow.cli.display import console, print_json
from govflow.cli.handling import parsed
from govflow.cli.rights import asking
from govflow.cli.run import FOUND, clean, complain
from govflow.cli.texts import lang, t
from govflow.engine import Engine
from govflow.errors import InputError, NotAllowed
from govflow.messages import Command
from govflow.organisation import DIRECTORY_ID
from govflow.records import Record
from govflow.regions.evidence import AddEvidence

By = Annotated[str, typer.Option("--as", help="option.acts", metavar="ACTOR", show_default=False)]
ByRole = Annotated[
    list[str] | None, typer.Option("--role", help="option.acts_role", metavar="ROLE", show_default=False)
]
ByUnit = Annotated[str | None, typer.Option("--unit", help="option.actor_unit", show_default=False)]
For = Annotated[str | None, typer.Option("--for", help="option.on_behalf", metavar="UNIT", show_default=False)]

_CHUNK = 1 << 20


def acting(
    engine: Engine, id: str, roles: list[str] | None, unit: str | None, *usual: str, unit_of: str | None = None
) -> Actor:
    """Who acts: as the directory has it; where there is none, in the roles named, else in the `usual` ones.

    The usual ones are held in `unit_of` where no unit is named.
    """
    if engine.store.version(DIRECTORY_ID) or roles:
        return asking(engine, id, roles, unit, None, "")
    return asking(engine, id, list(usual), unit or unit_of, None, "")


def given(engine: Engine, command: type[Command], by: Actor, /, **fields: Any) -> Command:
    """The command that these options make; one that was left out stays out. Raises InputError, naming the field."""
    said = {name: value for name, value in fields.items() if value is not None and value != ()}
    text = json.dumps({"command": command.wire, "by": by.model_dump(mode="json"), **said})
    return parsed(text, engine, where="")


def paper(engine: Engine, id: str, file: Path | None, kind: str, by: Actor) -> tuple[tuple[Command, ...], str | None]:
    """The command that puts a file on record, unless it is there already, and the key it has there.

    Its content stays outside, and so does its name, which may name a person: what is kept is the SHA-256.
    """
    if file is None:
        return (), None
    sha256 = sha256_of(file)
    for key, piece in engine.get(id).items_of("evidence").items():
        if (piece.sha256, piece.kind, piece.status) == (sha256, kind, "added"):
            return (), key
    key = f"{kind}-{sha256[:8]}"
    media = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return (given(engine, AddEvidence, by, id=id, item=key, kind=kind, sha256=sha256, media_type=media),), key


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file's content. Raises InputError where there is none."""
    if not file.is_file():
        raise InputError(t("no_file", path=file))
    digest = hashlib.sha256()
    with file.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def text_of(text: str | None, file: Path | None) -> str | None:
    """A text from an option, from stdin where it is `-`, or from a file in UTF-8. Raises InputError."""
    if text is not None and file is not None:
        raise InputError(t("acting.one_text"), where="--text, --file")
    if text != "-" and file is None:
        return text
    if file is not None and not file.is_file():
        raise InputError(t("no_file", path=file))
    raw = sys.stdin.buffer.read() if file is None else file.read_bytes()
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n").strip("\n")
    except UnicodeDecodeError:
        raise InputError(t("acting.not_utf8"), where=str(file or "stdin"), expected="UTF-8") from None


def done(engine: Engine, commands: Sequence[Command]) -> Record:
    """Do all of them in one transaction; the last one's record. A refusal is told whole and ends with status 1."""
    try:
        return engine.handle_all(commands)[-1]
    except NotAllowed as refused:
        complain(refused.sentence(lang()))
        raise typer.Exit(FOUND) from None


def print_done(engine: Engine, record: Record, *, as_json: bool = False) -> None:
    """Where a record stands after a command, in one line or as JSON."""
    if as_json:
        print_json({"id": record.id, "status": record.status, "version": record.version})
        return
    state = words.state(engine.deciders[record.kind_of_record].workflow, record.status)
    console().print(clean(t("handled", id=record.id, state=state, version=record.version)))
