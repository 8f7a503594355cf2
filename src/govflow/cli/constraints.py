"""`govflow constraints check | list`: what must hold between the events of a record, and where it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from govflow.audit.constraint_files import known_events, load_constraints, shipped_constraints
from govflow.audit.constraints import Constraint, Constraints, check_stream
from govflow.audit.findings import Finding
from govflow.cli.display import SOFT, console, print_json, print_json_array, table
from govflow.cli.logs import Db, Json, Records, existing, opened, progress, served
from govflow.cli.rights import As, AsArea, AsRole, AsUnit, reader
from govflow.cli.run import DONE, FOUND, clean
from govflow.cli.texts import lang, t
from govflow.decider import Decider
from govflow.errors import InputError
from govflow.messages import RecordedEvent
from govflow.reading import Reader

constraints = typer.Typer(no_args_is_help=True)
File = Annotated[
    Path | None, typer.Option("--constraints", help="option.constraints", metavar="FILE", show_default=False)
]


@constraints.command("check", help="help.constraints_check")
def check(
    id: Annotated[str | None, typer.Argument(help="argument.one_id", metavar="ID", show_default=False)] = None,
    *,
    db: Db,
    file: File = None,
    actor: As = None,
    role: AsRole = None,
    unit: AsUnit = None,
    area: AsArea = "",
    json: Json = False,
    records: Records = None,
) -> None:
    """Check records against the constraints."""
    with opened(db, records) as engine, progress(t("constraints.checking")) as tell:
        chosen = _chosen(file, engine.deciders.values())
        seen = reader(engine, actor, role, unit, area)
        if id is not None:
            existing(seen, id)
        told = _Told(tell, engine.store.head())
        ids = (id,) if id is not None else (record.id for record in seen.records())
        findings = [found for each in ids for found in check_stream(told.all_of(seen, each), chosen)]
    if json:
        broken = [{**each._asdict(), "code": each.code.value, "found_by": each.found_by.value} for each in findings]
        print_json({"constraints": len(chosen), "records": told.records, "events": told.events, "findings": broken})
    else:
        _print(findings, len(chosen), told)
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


class _Told:
    """The events of records as they are read, counted, with a word to the progress bar now and then."""

    def __init__(self, tell: Callable[[int, int | None], None] | None, head: int) -> None:
        self.records = self.events = 0
        self._tell, self._head = tell, head

    def all_of(self, seen: Reader, id: str) -> Iterator[RecordedEvent]:
        """The events of one record, in order."""
        self.records += 1
        for row in seen.log.store.read(id):
            self.events += 1
            yield seen.log.codec.recorded(row)
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
        out.print(Text(f"  {each.code} · {clean(each.basis)}", SOFT))
    counted = {"n": number, "events": f"{told.events:,}", "records": f"{told.records:,}"}
    if findings:
        out.print(t("constraints.broken", findings=len(findings), **counted))
    else:
        out.print(t("constraints.holds", **counted))
