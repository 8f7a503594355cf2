"""Prints what commands found: tables for readers, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from govflow.calendars import Line
from govflow.cli import items, words
from govflow.cli.run import clean
from govflow.cli.texts import is_zh, t
from govflow.decider import Decider
from govflow.engine import Engine
from govflow.messages import Protected, RecordedEvent
from govflow.records import Item, Loop, Record

LATE = "bold red"
SOFT = "dim"
_LEAST = 10
"""Cells that a column which folds or is cut keeps at least."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError  # ended quietly where everything ends


def console() -> Console:
    """The terminal or pipe as it is now; what comes from data is never read as markup."""
    return _Console(markup=False, highlight=False, emoji=False)


def table(
    *columns: str, rows: Iterable[Sequence[str | Text]], elastic: int | None = None, keep: Sequence[int] = ()
) -> Table:
    """A plain table: columns in `keep` stay whole, `elastic` is cut to what the others leave, the rest folds.

    Where the terminal is too narrow to keep columns whole, all of them fold: nothing is left out.
    """
    cells = [[cell if isinstance(cell, Text) else Text(clean(cell)) for cell in row] for row in rows]
    widths = [max([cell_len(name), *(row[place].cell_len for row in cells)]) for place, name in enumerate(columns)]
    room = console().width - 2 * (len(columns) - 1)  # two cells apart
    if elastic is not None:
        left = room - sum(widths) + widths[elastic]
        for row in cells:
            row[elastic].truncate(max(left, _LEAST), overflow="ellipsis")
    folding = [width for place, width in enumerate(widths) if place not in keep]
    fits = sum(widths) - sum(folding) + sum(min(width, _LEAST) for width in folding) <= room
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for place, name in enumerate(columns):
        drawn.add_column(name, no_wrap=fits and place in keep, overflow="fold")
    for row in cells:
        drawn.add_row(*row)
    return drawn


def print_json(value: Any) -> None:
    """One JSON document."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def print_json_array(values: Iterable[Any]) -> None:
    """An array, one element a line, in flat memory."""
    sys.stdout.write("[")
    for count, value in enumerate(values):
        sys.stdout.write((",\n " if count else "\n ") + json.dumps(value, ensure_ascii=False))
    sys.stdout.write("\n]\n")


def as_json(engine: Engine, record: Record, **more: Any) -> dict[str, Any]:
    """A record as JSON: its state as folded, personal data as protected, or as restricted."""
    state = without_restricted(engine, record.model_dump(mode="json"))
    return {"kind_of_record": record.kind_of_record, **state, **more}


def event_as_json(engine: Engine, recorded: RecordedEvent) -> dict[str, Any]:
    """An event as JSON, with the metadata kept with it."""
    found: dict[str, Any] = without_restricted(engine, recorded.model_dump(mode="json", serialize_as_any=True))
    return found


def without_restricted(engine: Engine, told: Any) -> Any:
    """The same, saying `restricted` in the place of what was protected of people whose data is restricted 受限."""
    if isinstance(told, dict):
        if told.keys() == Protected.model_fields.keys():
            subject = told["subject"]
            return {"subject": subject, "restricted": True} if engine.is_restricted(subject) else told
        return {name: without_restricted(engine, value) for name, value in told.items()}
    if isinstance(told, list):
        return [without_restricted(engine, each) for each in told]
    return told


# --- one record ------------------------------------------------------------------------------------------------------


def print_record(
    engine: Engine, record: Record, loops: Sequence[Loop], *, now: datetime | None = None, explain: bool = True
) -> None:
    """All about a record: where it stands, whose hands it is in, its clocks, loops, items and what is unverified.

    `now` is the moment that clocks are looked at; with `explain` each of their dates says how it came about.
    """
    out = console()
    decider = engine.deciders[record.kind_of_record]
    out.print(Text.assemble((record.id, "bold"), "  ", clean(record.title_line)))
    out.print(_facts(engine, record))
    if record.clocks:
        out.print(f"\n{t('clocks')}")
        _print_clocks(engine, record, now or engine.now(), explain=explain)
    out.print(f"\n{t('loops')}")
    print_loops(engine, record, loops)
    for name, keyed in record.items.items():
        out.print(f"\n{words.region(decider, name)}")
        rows_of_items = [
            (
                key,
                words.item_state(decider, name, item.status),
                words.when(item.since, engine),
                _said_of(engine, name, item),
            )
            for key, item in keyed.items()
        ]
        out.print(table(t("item"), t("status"), t("since"), t("what"), rows=rows_of_items))
    unverified = getattr(record, "unverified", ())
    if unverified:
        out.print(f"\n{t('unverified')}")
        for each in unverified:
            out.print(f"  · {clean(words.term('step', each))}")


def _print_clocks(engine: Engine, record: Record, now: datetime, *, explain: bool) -> None:
    """The clocks in columns; under each, line by line, why it is due when it is."""
    out = console()
    rows = [
        (
            words.clock_beside(each.name),
            words.term("clock_status", each.status),
            words.until(each.due, engine) + (" ?" if each.provisional else ""),
            words.left_or_over(each, now),
        )
        for each in record.clocks.values()
    ]
    heads = (t("clock"), t("status"), t("due"), t("left_or_over"))
    widths = [max(cell_len(row[place]) for row in (heads, *rows)) for place in range(len(heads))]
    widths[0] = max(_LEAST, min(widths[0], out.width - sum(widths[1:]) - 2 * len(widths)))  # the names fold first
    out.print(_row(heads, widths, "bold"))
    told = engine.why_due(record.id, version=record.version, now=now) if explain else ()
    lines = {why.clock: why.lines for why in told}
    for row, each in zip(rows, record.clocks.values(), strict=True):
        out.print(_row(row, widths, LATE if words.is_overdue(each, now) else ""))
        if each.name in lines:
            out.print(drawn_lines(lines[each.name]))
    if any(each.provisional for each in record.clocks.values()):
        out.print(t("provisional"), style=SOFT)


def drawn_lines(lines: Iterable[Line]) -> Table:
    """The lines of an explanation, each behind a dot; the one that says why a date may move behind a question mark."""
    drawn = Table.grid(padding=(0, 1))
    drawn.add_column(no_wrap=True)
    drawn.add_column(overflow="fold")  # Chinese has no spaces to break at
    for line in lines:
        drawn.add_row(
            "  ?" if line.code == "provisional" else "  ·", Text(clean(line.zh if is_zh() else line.en), SOFT)
        )
    return drawn


def _row(cells: Sequence[str], widths: Sequence[int], style: str) -> Table:
    """One row by itself, as wide as its fellows: what stands between rows needs no columns."""
    row = Table.grid(padding=(0, 2))
    for width in widths:
        row.add_column(width=width, overflow="fold")
    row.add_row(*(Text(clean(cell), style) for cell in cells))
    return row


def _facts(engine: Engine, record: Record) -> Table:
    decider = engine.deciders[record.kind_of_record]
    handler = getattr(record, "handler", None)
    hands = words.holder(decider, record) or t("nobody")
    facts = {
        "state": words.state(decider.workflow, record.status),
        "hands": f"{hands} · {handler}" if handler and hands != t("nobody") else hands,
        "kind": words.term("kind", record.kind),
        "category": words.category(engine, record.category),
        "level": words.term("level", record.level or ""),
        "area": record.area,
        "round": str(record.round),
        "opened": words.when(record.opened_at, engine),
        "last_event": f"{words.when(record.at, engine)} · {t('version', n=record.version)}",
        "policy": record.policy,
        "source": getattr(record, "source", None) or "",
        "track": getattr(record, "track", ""),
        "text": str(getattr(record, "text_version", "") or ""),
        "implementer": getattr(record, "implementer", None) or "",
    }
    for name in ("merged_into", "converted_to", "closed_at"):
        if value := getattr(record, name, None):
            facts[name] = str(value) if name != "closed_at" else words.when(value, engine)
    personal = {name: value for name, value in record.__dict__.items() if isinstance(value, Protected)}
    facts["personal"] = ", ".join(f"{name} {_closed(engine, value)}" for name, value in personal.items())
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style=SOFT)
    grid.add_column(overflow="fold")
    for name, value in facts.items():
        if value:
            grid.add_row(t(f"fact.{name}"), Text(clean(value)))
    return grid


def _closed(engine: Engine, value: Protected) -> str:
    return t("restricted" if engine.is_restricted(value.subject) else "protected")


def _said_of(engine: Engine, region: str, item: Item) -> str:
    """What an item is about: evidence by its kind and hash, a link by the other record, the rest in its own words."""
    fields = item.__dict__
    if "sha256" in fields:
        return f"{fields['kind']} {fields['media_type']} sha256 {str(fields['sha256'])[:12]}…"
    what = items.about(engine, region, item.what) if item.what != item.key else ""
    told = (what, items.figures(item), *(str(fields.get(name) or "") for name in ("measure", "way")))
    return " · ".join(each for each in told if each)


def print_loops(engine: Engine, record: Record, loops: Sequence[Loop]) -> None:
    """The open loops of a record, each with who owes it and until when."""
    if not loops:
        console().print(t("no_loops"))
        return
    decider = engine.deciders[record.kind_of_record]
    console().print(table(*loop_columns(), rows=[loop_row(engine, decider, loop) for loop in loops]))


def loop_columns() -> tuple[str, ...]:
    """What stands above the lines of open loops."""
    return t("loop"), t("status"), t("what"), t("owes"), t("until")


def loop_row(engine: Engine, decider: Decider, loop: Loop) -> tuple[str | Text, ...]:
    """One open loop in a line."""
    is_late = loop.until is not None and loop.until < engine.now()
    return (
        f"{words.region(decider, loop.region)} {loop.item}",
        words.item_state(decider, loop.region, loop.status),
        items.about(engine, loop.region, loop.what),
        words.term("role", loop.owes or "") or t("nobody"),
        Text(words.until(loop.until, engine), LATE if is_late else ""),
    )


# --- many ------------------------------------------------------------------------------------------------------------


def print_timeline(engine: Engine, history: Iterable[RecordedEvent]) -> None:
    """One line an event: when, what, who and as what; when it was recorded, where that differs."""
    out = console()
    labels = words.labels(engine.deciders.values())
    events = list(history)
    is_late = any(_is_recorded_later(each) for each in events)
    columns = [t("number"), t("occurred"), *([t("recorded")] if is_late else []), t("event"), t("who")]
    rows = []
    for each in events:
        meta = each.meta
        item = getattr(each.body, "item", "")
        label = labels.get(meta.wire, "")
        name = label if label and label != meta.wire else each.name
        role = f" · {words.term('role', meta.role)}" if meta.role and meta.role != meta.actor else ""
        recorded = words.when(meta.recorded_at, engine) if _is_recorded_later(each) else ""
        who = meta.actor + role + (f"@{meta.unit}" if meta.unit else "")
        who += t("on_behalf", id=meta.on_behalf_of) if meta.on_behalf_of else ""
        row = [str(each.version), words.when(each.body.at, engine), f"{name} {item}".strip(), who]
        rows.append([*row[:2], recorded, *row[2:]] if is_late else row)
    out.print(table(*columns, rows=rows, keep=range(3 if is_late else 2)))


def _is_recorded_later(each: RecordedEvent) -> bool:
    return each.meta.recorded_at - each.body.at >= timedelta(minutes=1)
