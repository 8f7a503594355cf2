"""`govflow constraints check | list`: what must hold between the events of a record, and where it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from govflow.audit.constraints.check import Constraint, Constraints, check_stream
from govflow.audit.constraints.files import known_events, load_constraints, shipped_constraints
from govflow.audit.findings import Finding
from govflow.audit.metadata import unreadable
from govflow.cli.display import SOFT, console, print_json, print_json_array, table
from govflow.cli.logs import Json, Records, progress, served
from govflow.cli.reads import Asked, reads
from govflow.cli.rights import rows_seen
from govflow.cli.run import DONE, FOUND, clean
from govflow.cli.texts import lang, t
from govflow.cli.verify_display import named
from govflow.decider import Decider
from govflow.engine import Engine
from govflow.errors import InputError, LogError, NotFound
from govflow.log_events import LOG_STREAM
from govflow.messages import RecordedEvent
from govflow.persistence.codec import StoredEvent

constraints = typer.Typer(no_args_is_help=True)
File = Annotated[
    Path | None, typer.Option("--constraints", help="option.constraints", metavar="FILE", show_default=False)
]


@constraints.command("check", help="help.constraints_check")
@reads()
def check(
    asked: Asked,
    id: Annotated[str | None, typer.Argument(help="argument.one_id", metavar="ID", show_default=False)] = None,
    file: File = None,
) -> None:
    """Check records against the constraints."""
    with asked.opened() as (engine, seen), progress(t("constraints.checking")) as tell:
        chosen = _chosen(file, engine.deciders.values())
        is_seen = _readable(rows_seen(seen)) if asked.actor is not None else None
        told = _Told(engine, tell)
        findings = [found for rows in _streams(engine, id, is_seen) for found in _checked(rows, chosen, told)]
    if asked.json:
        broken = [{**each._asdict(), "code": each.code.value, "found_by": each.found_by.value} for each in findings]
        counted = {"constraints": len(chosen), "records": told.records, "events": told.events}
        print_json({**counted, "seen_by": asked.actor, "findings": broken})
    else:
        _print(findings, len(chosen), told)
        if asked.actor is not None:
            console().print(t("constraints.seen", actor=clean(asked.actor)), style=SOFT)
    raise typer.Exit(FOUND if findings else DONE)


@constraints.command("list", help="help.constraints_list")
def list_constraints(file: File = None, json: Json = False, records: Records = None) -> None:
    """List the constraints."""
    chosen = _chosen(file, served(records))
    if json:
        print_json_array(_as_json(each) for each in chosen.all)
        return
    rows = [
        (Text(clean(each.sentence(lang()))), t(f"template.{each.template}"), f"{each.id} · {each.source}")
        for each in chosen.all
    ]
    console().print(table(t("constraints.says"), t("constraints.template"), t("constraints.source"), rows=rows))


def _chosen(file: Path | None, deciders: Iterable[Decider]) -> Constraints:
    if file is None:
        return shipped_constraints()
    if not file.is_file():
        raise InputError(t("no_file", path=file), where="--constraints")
    return load_constraints(file, known_events(deciders))


def _readable(is_seen: Callable[[str], bool]) -> Callable[[str], bool]:
    """The same, but False for a record that cannot be folded: nobody can say who may see it."""

    def is_seen_and_read(stream: str) -> bool:
        try:
            return is_seen(stream)
        except LogError:
            return False

    return is_seen_and_read


def _streams(engine: Engine, id: str | None, is_seen: Callable[[str], bool] | None) -> Iterator[Sequence[StoredEvent]]:
    """The rows of each record, or of one, as they are stored: folded only where it is asked who may see them."""
    if id is not None:
        rows = engine.store.read(id)
        if not rows or id == LOG_STREAM or (is_seen is not None and not is_seen(id)):
            raise NotFound(t("no_record", id=id[:64]))
        yield rows
        return
    for stream, found in engine.store.streams():
        if stream != LOG_STREAM and (is_seen is None or is_seen(stream)):
            yield found


def _checked(rows: Sequence[StoredEvent], chosen: Constraints, told: _Told) -> Iterator[Finding]:
    """What of one record breaks a constraint; where an event of it cannot be read, that ends its check alone."""
    try:
        yield from check_stream(told.all_of(rows), chosen)
    except LogError:
        yield unreadable(told.row or rows[0], "body", "事件内容")


class _Told:
    """The events of records as they are read, counted, with a word to the progress bar after each record.

    `row` is the one that was read last.
    """

    def __init__(self, engine: Engine, tell: Callable[[int, int | None], None] | None) -> None:
        self.records = self.events = 0
        self.row: StoredEvent | None = None
        self._recorded, self._head, self._tell = engine.log.codec.recorded, engine.store.head(), tell

    def all_of(self, rows: Iterable[StoredEvent]) -> Iterator[RecordedEvent]:
        """The events of one record, in order."""
        self.records += 1
        for row in rows:
            self.events += 1
            self.row = row
            yield self._recorded(row)
        if self._tell is not None:
            self._tell(self.events, self._head)


def _as_json(each: Constraint) -> dict[str, Any]:
    named = {name: [*map(str, sides)] for name in ("first", "then", "by", "anew") if (sides := getattr(each, name))}
    texts = {"en": each.en, "zh": each.zh, "source": each.source}
    return {"id": each.id, "template": each.template.value, "same": each.same and each.same.value, **named, **texts}


def _print(findings: list[Finding], number: int, told: _Told) -> None:
    out = console()
    for each in findings:
        out.print(Text.assemble((clean(each.stream), "bold"), f"  {clean(each.sentence(lang()))}"))
        out.print(Text(f"  {' · '.join(filter(None, (named(each.code), clean(each.basis))))}", SOFT))
    counted = {"n": number, "events": f"{told.events:,}", "records": f"{told.records:,}"}
    if findings:
        out.print(t("constraints.broken", findings=len(findings), **counted))
    else:
        out.print(t("constraints.holds", **counted))
