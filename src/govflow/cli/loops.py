"""`govflow loops`: what is still owed, on one record or on all, by whom and until when."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer

from govflow.cli.display import console, loop_columns, loop_row, print_json_array, table
from govflow.cli.logs import existing
from govflow.cli.reads import Asked, reads
from govflow.cli.texts import t
from govflow.decider import Decider
from govflow.engine import Engine
from govflow.errors import InputError
from govflow.reading import Reader
from govflow.records import Loop

_LAST = datetime.max.replace(tzinfo=UTC)


@reads()
def loops(
    asked: Asked,
    id: Annotated[str | None, typer.Argument(help="argument.loops_id", metavar="ID", show_default=False)] = None,
    *,
    region: Annotated[str | None, typer.Option("--region", help="option.region", show_default=False)] = None,
    owes: Annotated[str | None, typer.Option("--owes", help="option.owes", show_default=False)] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="option.overdue_loops")] = False,
    limit: Annotated[int, typer.Option("--limit", help="option.limit", min=1)] = 50,
) -> None:
    """List the open loops of one record, or of all that the reader may see."""
    with asked.opened() as (engine, seen):
        if region is not None:
            region = _known_region(engine, region)
        found = (
            (decider, loop)
            for decider, loop in _loops(seen, id)
            if region in (None, loop.region)
            and owes in (None, loop.owes)
            and (not overdue or (loop.until is not None and loop.until < engine.now()))
        )
        if asked.json:
            print_json_array(loop.model_dump(mode="json") for _, loop in found)
        else:
            _print(engine, found, limit, of_one=id is not None)


def _loops(seen: Reader, id: str | None) -> Iterator[tuple[Decider, Loop]]:
    for record in seen.records() if id is None else (existing(seen, id),):
        decider = seen.deciders[record.kind_of_record]
        yield from ((decider, loop) for loop in decider.open_loops(record))


def _known_region(engine: Engine, name: str) -> str:
    """A region by its identifier or Chinese term. Raises InputError for one that no record has."""
    known = {each.name: each.workflow.zh for decider in engine.deciders.values() for each in decider.regions.values()}
    for id, zh in known.items():
        if name in (id, zh):
            return id
    raise InputError(t("no_region", region=name[:40]), where="--region", expected=", ".join(sorted(known)))


def _print(engine: Engine, found: Iterator[tuple[Decider, Loop]], limit: int, *, of_one: bool) -> None:
    """A table, what is due first on top; of all records no more than `limit`, so that a long log needs no memory."""
    out, count = console(), 0

    def counted() -> Iterator[tuple[Decider, Loop]]:
        nonlocal count
        for each in found:
            count += 1
            yield each

    first = list(counted()) if of_one else heapq.nsmallest(limit, counted(), key=lambda each: each[1].until or _LAST)
    if not first:
        out.print(t("no_loops"))
        return
    if of_one:
        out.print(table(*loop_columns(), rows=[loop_row(engine, *each) for each in first]))
    else:
        rows = [(loop.record, *loop_row(engine, decider, loop)) for decider, loop in first]
        out.print(table(t("id"), *loop_columns(), rows=rows))
        out.print(t("loops_count", shown=len(first), n=count))
