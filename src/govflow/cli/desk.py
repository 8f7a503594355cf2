"""What a command that acts has at hand, and the options that all such commands share, written once.

    @acts()
    def start(desk: Desk, id: RecordId) -> None:
        desk.do(StartWork, desk.who("project_lead"), id=id)

is a command with `--db`, `--as`, `--role`, `--unit`, `--for`, `--json` and `--records` beside its own options.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import typer

from govflow.actors import Actor
from govflow.cli.acting import By, ByRole, ByUnit, For, acting, done, given, paper, print_done
from govflow.cli.logs import Db, Json, Records, existing, moment, opened
from govflow.cli.next_steps import print_next
from govflow.cli.reads import Options, share
from govflow.cli.run import FOUND, complain
from govflow.cli.texts import lang, t
from govflow.engine import Engine
from govflow.errors import InputError, NotAllowed
from govflow.messages import Command
from govflow.organisation import DIRECTORY_ID
from govflow.projects.model import JointProject
from govflow.records import Record
from govflow.regions.approval import RequestApproval


class Desk(NamedTuple):
    """Who acts, as what and for whom, on which log."""

    engine: Engine
    by: str
    roles: list[str] | None
    unit: str | None
    speaks_for: str | None
    json: bool

    def who(self, *usual: str, unit: str | None = None) -> Actor:
        """Who acts; without a directory in the `usual` roles, of `unit` where none is named. Raises InputError.

        Nobody is an organisation without a unit: whoever acts as one names it.
        """
        unit = self.speaks_for or unit
        nameless = not (self.unit or unit or self.roles or self.engine.store.version(DIRECTORY_ID))
        if nameless and "organisation" in usual:
            raise InputError(t("desk.which_unit"), where="--unit", expected="--unit u-works")
        return acting(self.engine, self.by, self.roles, self.unit, *usual, unit_of=unit)

    def leads(self, id: str, *usual: str) -> Actor:
        """Who acts for the lead of a project, whose unit it is that they speak for unless they name another."""
        return self.who(*(usual or ("project_lead",)), unit=self.project(id).lead)

    def project(self, id: str) -> JointProject:
        """The project as it stands. Raises NotFound, and InputError for a record of another kind."""
        return project_of(self.engine, id)

    def command(self, asked: type[Command], who: Actor, /, **fields: Any) -> Command:
        """A command made of options; one that was left out stays out. Raises InputError, naming the field."""
        return given(self.engine, asked, who, **{"on_behalf_of": self.speaks_for, **fields})

    def do(self, asked: type[Command], who: Actor, /, *before: Command, **fields: Any) -> None:
        """Do it, after what comes before it in the same transaction, and tell."""
        self.tell(*before, self.command(asked, who, **fields))

    def tell(self, *commands: Command) -> None:
        """Do them in one transaction, say where the record stands, and what is next."""
        record = done(self.engine, commands)
        print_done(self.engine, record, as_json=self.json)
        if not self.json:
            print_next(self.engine, record)

    def ask(
        self, wanted: type[Command], who: Actor, /, *before: Command, asks: str | None = None, **fields: Any
    ) -> None:
        """Ask for the leave that a command needs, quoting it in full: it is given with the same options afterwards.

        What leave could not mend is told at once: nobody is asked for what could not be done.
        """
        if before:
            done(self.engine, before)
        command = self.command(wanted, who, **fields)
        broken = [each for each in self.engine.why_not(command) if each.code not in _MENDED_BY_LEAVE]
        if broken:
            complain(NotAllowed(command.wire, command.id, broken).sentence(lang()))
            raise typer.Exit(FOUND)
        self.tell(RequestApproval.of(command, self.engine.get(str(command.id)), who, asks=asks))

    def paper(self, id: str, file: Path | None, kind: str, who: Actor) -> tuple[tuple[Command, ...], tuple[str, ...]]:
        """The command that puts a file on record, if it must be, and the key it has there, if there is one."""
        filing, key = paper(self.engine, id, file, kind, who)
        return filing, () if key is None else (key,)

    def moment(self, text: str | None) -> str | None:
        """A moment of the command line as commands want it; a date means its end. Raises InputError."""
        when = moment(text, self.engine.policy.zone)
        return None if when is None else when.isoformat()


_MENDED_BY_LEAVE = ("approval_is_given", "town_has_agreed")

_AT_HAND: Options = {
    "db": (Db, inspect.Parameter.empty),
    "by": (By, inspect.Parameter.empty),
    "role": (ByRole, None),
    "unit": (ByUnit, None),
    "speaks_for": (For, None),
    "json": (Json, False),
    "records": (Records, None),
}


def acts(*, create: bool = False) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A command line's command that gives commands to the engine; `create`: it may begin a new log."""

    def wrap(command: Callable[..., None]) -> Callable[..., None]:
        def run(
            *,
            db: Path,
            by: str,
            role: list[str] | None,
            unit: str | None,
            speaks_for: str | None,
            json: bool,
            records: list[str] | None,
            **own: Any,
        ) -> None:
            with opened(db, records, create=create, writing=True) as engine:
                command(Desk(engine, by, role, unit, speaks_for, json), **own)

        share(run, command, _AT_HAND)
        return run

    return wrap


def project_of(engine: Any, id: str) -> JointProject:
    """A project as a reader sees it. Raises NotFound, and InputError for a record of another kind."""
    record: Record = existing(engine, id)
    if not isinstance(record, JointProject):
        raise InputError(t("project.other_kind", id=id, kind=record.kind_of_record))
    return record
