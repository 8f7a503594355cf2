"""`govflow late`: what was recorded long after it had occurred, unit by unit."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

import typer

from govflow.audit.replay.late import BASIS, LATER_THAN, Lateness, lateness
from govflow.cli import words
from govflow.cli.display import SOFT, console, print_json, table
from govflow.cli.logs import progress
from govflow.cli.reads import Asked, reads
from govflow.cli.run import DONE, FOUND, clean
from govflow.cli.texts import t
from govflow.engine import Engine
from govflow.errors import InputError

_SPANS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@reads()
def late(
    asked: Asked,
    later_than: Annotated[
        str | None, typer.Option("--later-than", help="option.later_than", metavar="SPAN", show_default=False)
    ] = None,
    imports: Annotated[bool, typer.Option("--imports", help="option.late_imports")] = False,
) -> None:
    """Tell what was recorded late."""
    limit = LATER_THAN if later_than is None else _span(later_than)
    with asked.opened() as (engine, seen):
        with progress(t("replaying")) as tell:
            found = lateness(seen, limit, imports=imports, progress=tell)
        if asked.json:
            print_json({**_as_json(found, is_ours=later_than is None), "seen_by": asked.actor})
        else:
            _print(engine, found, is_ours=later_than is None)
            if asked.actor is not None:
                console().print(t("late.seen", actor=clean(asked.actor)), style=SOFT)
    raise typer.Exit(FOUND if found.late else DONE)


def _span(text: str) -> timedelta:
    given = re.fullmatch(r"([0-9]{1,6})([mhd])", text)
    if given is None:
        raise InputError(t("late.no_span", text=text[:20]), where="--later-than", expected="30m, 24h, 3d")
    return int(given[1]) * _SPANS[given[2]]


def _as_json(found: Lateness, *, is_ours: bool) -> dict[str, Any]:
    hands = [
        {**each._asdict(), "longest": each.longest.total_seconds(), "together": each.together.total_seconds()}
        for each in found.hands
    ]
    longest = [
        {
            **each._asdict(),
            "occurred": each.occurred.isoformat(),
            "recorded": each.recorded.isoformat(),
            "seconds": each.by.total_seconds(),
        }
        for each in found.longest
    ]
    return {
        "later_than": found.later_than.total_seconds(),
        "basis": BASIS if is_ours else "",
        "events": found.events,
        "late": found.late,
        "imported": found.imported,
        "imported_late": found.imported_late,
        "units": hands,
        "longest": longest,
    }


def _print(engine: Engine, found: Lateness, *, is_ours: bool) -> None:
    out = console()
    limit = words.age(found.later_than) if found.later_than else t("late.no_time")
    out.print(t("late.count" if found.late else "late.none", n=found.events, late=found.late, limit=limit))
    if is_ours:
        out.print(t("late.ours"), style=SOFT)
    if found.imported:
        out.print(t("late.imported", n=found.imported, late=found.imported_late), style=SOFT)
    if not found.late:
        return
    heads = ("unit", "events", "late", "longest", "mean")
    rows = [
        (
            each.unit or f"({words.term('role', each.role or '')})",
            str(each.events),
            str(each.late),
            words.age(each.longest) if each.late else "",
            words.age(each.together / each.late) if each.late else "",
        )
        for each in found.hands
    ]
    out.print(table(*(t(f"late.{name}") for name in heads), rows=rows))
    out.print(f"\n{t('late.list')}")
    lines = [
        (f"{each.stream} #{each.version}", each.event, words.when(each.occurred, engine), words.age(each.by))
        for each in found.longest
    ]
    out.print(table(t("id"), t("event"), t("occurred"), t("late.by"), rows=lines, keep=(0,)))
