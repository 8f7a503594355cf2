"""`govflow what-if`: what would have become of a log's records under other rules. The log is only read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from govflow.audit.what_if.comparison import Totals, WhatIf
from govflow.audit.what_if.comparison import what_if as compared
from govflow.audit.what_if.fates import Fate
from govflow.cli import words
from govflow.cli.display import console, print_json, table
from govflow.cli.logs import progress
from govflow.cli.reads import Asked, reads
from govflow.cli.responsibility import edge
from govflow.cli.run import DONE, FOUND, clean
from govflow.cli.texts import is_zh, t
from govflow.engine import Engine
from govflow.errors import InputError
from govflow.interchange.policy_files import load_calendar, load_policy

_SHOWN = 20
_COUNTS = ("records", "open", "closed", "overdue_records", "overdue_clocks", "stalled")
_SPANS = ("over", "longest")
_REFUSALS = ("refused", "following")


@reads()
def what_if(
    asked: Asked,
    policy: Annotated[
        Path | None, typer.Option("--policy", help="option.what_if_policy", metavar="FILE", show_default=False)
    ] = None,
    calendar: Annotated[
        Path | None, typer.Option("--calendar", help="option.what_if_calendar", metavar="FILE", show_default=False)
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="option.what_if_from", metavar="MOMENT", show_default=False)
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", help="option.what_if_to", metavar="MOMENT", show_default=False)
    ] = None,
) -> None:
    """Tell what would have become of the records under other rules."""
    if policy is None and calendar is None:
        raise InputError(t("what_if.nothing"), where="what-if", expected="--policy FILE | --calendar FILE")
    for file in (policy, calendar):
        if file is not None and not file.exists():
            raise InputError(t("no_file", path=file))
    rules = {
        "policy": None if policy is None else load_policy(policy),
        "calendar": None if calendar is None else load_calendar(calendar),
    }
    with asked.opened() as (engine, seen):
        if not seen.sees_everything():
            raise InputError(t("what_if.needs_all"), where=f"--as {asked.actor}")
        first, last = edge(since, engine.policy.zone), edge(until, engine.policy.zone, is_end=True)
        if first is not None and last is not None and last <= first:
            raise InputError(t("what_if.order"), where="--to", expected=f"> {first.isoformat()}")
        with progress(t("what_if.running")) as tell:
            found = compared(engine, **rules, since=first, until=last, progress=tell)  # type: ignore[arg-type]  # by name
        if asked.json:
            print_json(_as_json(found))
        else:
            _print(engine, found)
    raise typer.Exit(FOUND if found.refused else DONE)


# --- for programs ----------------------------------------------------------------------------------------------------


def _as_json(found: WhatIf) -> dict[str, Any]:
    """Spans are seconds."""
    return {
        "log": found.log,
        "scratch": found.scratch,
        "until": found.until.isoformat(),
        "commands": dict(found.commands),
        "unsure": [each._asdict() for each in found.unsure],
        "faithful": {**found.faithful._asdict(), "refused": _refused(found.faithful.refused)},
        "before": _totals(found.before),
        "after": _totals(found.after),
        "units": {unit: {"before": _totals(a), "after": _totals(b)} for unit, (a, b) in found.units.items()},
        "refused": _refused(found.refused),
        "rerouted": [each.record for each in found.rerouted],
        "changed": [
            {"record": each.record, "before": _fate(each.before), "after": _fate(each.after)} for each in found.changed
        ],
        "followed": found.followed,
        "left_out": found.left_out,
    }


def _totals(totals: Totals) -> dict[str, Any]:
    return {**totals._asdict(), **{name: getattr(totals, name).total_seconds() for name in _SPANS}}


def _refused(refused: Iterable[Any]) -> list[dict[str, Any]]:
    return [
        {**each._asdict(), "at": each.at.isoformat(), "because": [cause._asdict() for cause in each.because]}
        for each in refused
    ]


def _fate(fate: Fate | None) -> dict[str, Any] | None:
    if fate is None:
        return None
    late = [{"clock": each.clock, "due": each.due.isoformat(), "over": each.over.total_seconds()} for each in fate.late]
    begun = fate.opened_at and fate.opened_at.isoformat()
    return {**fate._asdict(), "opened_at": begun, "late": late}


# --- for readers -----------------------------------------------------------------------------------------------------


def _print(engine: Engine, found: WhatIf) -> None:
    out = console()
    true = found.faithful
    out.print(
        t(
            "what_if.commands",
            n=sum(found.commands.values()),
            log=found.log,
            same=true.same_status,
            records=true.records,
            **found.commands,
        )
    )
    for each in found.unsure[:_SHOWN]:
        said = {"wire": clean(each.wire), "n": each.commands, "why": clean(each.zh if is_zh() else each.en)}
        out.print(t(f"what_if.{each.certainty}", **said))
    _print_more(found.unsure)
    out.print()
    head = t("what_if.figure", now=words.instant(found.until, engine.policy.zone))
    figures = [(t(f"what_if.{name}"), *_both(found, name)) for name in (*_COUNTS, *_SPANS, *_REFUSALS)]
    out.print(table(head, t("what_if.before"), t("what_if.after"), rows=figures, keep=(1, 2)))
    if found.is_the_same:
        out.print(t("what_if.same"))
    else:
        _print_units(found)
        _print_routes(found)
        _print_refused(found)
    if found.left_out:
        out.print(t("what_if.left_out", n=found.left_out))
    out.print(t("what_if.scratch", id=found.scratch))


def _both(found: WhatIf, name: str) -> tuple[str, str]:
    return _figure(getattr(found.before, name)), _figure(getattr(found.after, name))


def _figure(value: int | timedelta) -> str:
    if isinstance(value, timedelta):
        return words.age(value) if value else "0"
    return str(value)


def _print_units(found: WhatIf) -> None:
    """The units whose figures differ."""
    rows = [
        (unit or t("what_if.no_unit"), *(_change(a, b, name) for name in ("open", "overdue_clocks", "over")))
        for unit, (a, b) in found.units.items()
        if (a.open, a.overdue_clocks, a.over) != (b.open, b.overdue_clocks, b.over)
    ]
    if rows:
        heads = (t("what_if.unit"), t("what_if.unit_open"), t("what_if.unit_clocks"), t("what_if.unit_over"))
        out = console()
        out.print(table(*heads, rows=rows))


def _change(before: Totals, after: Totals, name: str) -> str:
    was, would = _figure(getattr(before, name)), _figure(getattr(after, name))
    return was if was == would else f"{was} → {would}"


def _print_routes(found: WhatIf) -> None:
    out = console()
    if found.rerouted:
        out.print(t("what_if.rerouted", n=len(found.rerouted)))
    for each in found.rerouted[:_SHOWN]:
        out.print(t("what_if.route", id=each.record, before=_led(each.before), after=_led(each.after)))
    _print_more(found.rerouted)
    if found.followed:
        out.print(t("what_if.followed", n=found.followed))


def _led(fate: Fate | None) -> str:
    return ", ".join(fate.led_by) if fate is not None and fate.led_by else t("what_if.no_unit")


def _print_refused(found: WhatIf) -> None:
    out = console()
    first = [each for each in found.refused if not each.follows]
    if first:
        out.print(t("what_if.would_refuse", n=len(first)))
    for each in first[:_SHOWN]:
        out.print(clean(f"  {each.record} {each.wire}: {each.zh if is_zh() else each.en}"))
        for cause in each.because:
            there = {"own": clean(cause.own) or "–", "other": clean(cause.other) or "–"}
            out.print(t("what_if.because", where=clean(cause.where), **there))
    _print_more(first)


def _print_more(shown: Sequence[Any]) -> None:
    if len(shown) > _SHOWN:
        console().print(t("what_if.more", n=len(shown) - _SHOWN))
