"""`govflow journey`: one matter through all records tied to it, as one timeline."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rich.text import Text

from govflow.audit.replay.late import LATER_THAN
from govflow.cli import words
from govflow.cli.display import console, print_json, table
from govflow.cli.logs import RecordId, existing, moment
from govflow.cli.reads import Asked, At, reads
from govflow.cli.run import clean
from govflow.cli.texts import is_zh, t
from govflow.engine import Engine
from govflow.journey import Happened, Journey, Stop
from govflow.journey import journey as journey_of


@reads()
def journey(
    asked: Asked,
    id: RecordId,
    at: At = None,
) -> None:
    """Tell the journey of one matter."""
    with asked.opened() as (engine, seen):
        existing(seen, id)
        found = journey_of(seen, id, moment(at, engine.policy.zone))
        if asked.json:
            print_json(_as_json(found))
        else:
            _print(engine, found)


def _as_json(found: Journey) -> dict[str, Any]:
    happened = [
        {
            **each._asdict(),
            "label": _label(each),
            "at": each.at.isoformat(),
            "until": each.until.isoformat(),
            "recorded": each.recorded.isoformat(),
            "late": _is_late(each),
        }
        for each in found.happened
    ]
    return {"records": [each._asdict() for each in found.stops], "happened": happened, "left_out": found.left_out}


def _print(engine: Engine, found: Journey) -> None:
    out = console()
    for stop in found.stops:
        state = words.state(engine.deciders[stop.kind].workflow, stop.status)
        tied = "" if stop.through is None else t("journey.tie", id=stop.through, tie=_tie(stop))
        out.print(
            Text.assemble((stop.record, "bold"), clean(f"  {_kind(engine, stop.kind)} · {state} · {stop.title}{tied}"))
        )
    kinds = {stop.record: stop.kind for stop in found.stops}
    out.print()
    heads = (t("occurred"), t("journey.record"), t("event"), t("who"), t("state"))
    out.print(table(*heads, rows=[_row(engine, each, kinds[each.record]) for each in found.happened], keep=(0, 1)))
    if any(map(_is_late, found.happened)):
        out.print(t("journey.late", hours=LATER_THAN // timedelta(hours=1)))
    if found.left_out:
        out.print(t("journey.left_out", n=found.left_out))


def _kind(engine: Engine, kind: str) -> str:
    return engine.deciders[kind].workflow.zh if is_zh() else kind.replace("_", " ")


def _tie(stop: Stop) -> str:
    """What the record before calls the tie to this one."""
    return words.term("link", stop.tie or "").replace("_", " ")


def _label(each: Happened) -> str:
    """What happened: in Chinese as the step is called, in English as the event is named."""
    return each.label if is_zh() and each.label else each.event.partition(".")[2].replace("_", " ")


def _row(engine: Engine, each: Happened, kind: str) -> tuple[str, ...]:
    """One thing in a line: who is a role, never a person."""
    label, region = _label(each), each.event.partition(".")[0]
    beside = words.region(engine.deciders[kind], region).replace("_", " ")
    if region != kind and beside != label:  # of something that runs beside the record, and is not called by the step
        label = f"{beside}: {label}"
    if each.times > 1:
        label = t("journey.times", event=label, n=each.times)
    who = words.term("role", each.role or "") + (f"@{each.unit}" if each.unit else "")
    state = words.state(engine.deciders[kind].workflow, each.status) if each.moved else ""
    return words.when(each.at, engine) + (" *" if _is_late(each) else ""), each.record, label, who, state


def _is_late(each: Happened) -> bool:
    """Whether it was recorded long after it had occurred."""
    return each.recorded - each.at > LATER_THAN
