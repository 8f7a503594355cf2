"""`govflow diff`: what changed between two points, in one record field by field or in the whole log."""

from __future__ import annotations

import json as json_module
import re
from datetime import datetime, timedelta
from itertools import islice
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter

from govflow.audit.replay.comparing import Changed, Compared, Moved, compared, counted, moved
from govflow.audit.replay.states import END, Point
from govflow.cli import words
from govflow.cli.display import console, print_json, table
from govflow.cli.logs import existing, moment, progress
from govflow.cli.reads import Asked, reads
from govflow.cli.run import DONE, FOUND
from govflow.cli.texts import is_zh, t
from govflow.engine import Engine
from govflow.errors import InputError
from govflow.reading import Reader
from govflow.records import Record

_SHOWN = 50  # records in a list for readers; JSON has them all
_DIGITS = 18  # no log is longer
_LENGTH = re.compile(r"P(?=[\dT])(\d+D)?(T[\dHMS.]+)?")  # of time, as a state holds it: ISO 8601
_NAMED_ABOVE = ("key", "name")  # of an item or a clock: the way to it says so already


@reads()
def diff(
    asked: Asked,
    id: Annotated[str | None, typer.Argument(help="argument.diff_id", metavar="ID", show_default=False)] = None,
    *,
    before: Annotated[str, typer.Option("--from", help="option.diff_from", metavar="POINT", show_default=False)],
    after: Annotated[
        str | None, typer.Option("--to", help="option.diff_to", metavar="POINT", show_default=False)
    ] = None,
) -> None:
    """Tell what changed between two points."""
    with asked.opened() as (engine, seen):
        if id is not None:
            existing(seen, id)
        first = _point(engine, seen, id, before, "--from")
        last = END if after is None else _point(engine, seen, id, after, "--to")
        if last != END and (first.at is None) != (last.at is None):
            raise InputError(t("diff.two_kinds"), where="diff", expected="--from --to")
        if _goes_back(first, last):
            raise InputError(t("diff.backwards"), where="--to", expected="--from ≤ --to")
        if id is not None:
            found = compared(seen, id, first, last)
            is_changed = bool(found.events)
            if asked.json:
                print_json(_record_as_json(seen, id, found))
            else:
                _print_record(engine, id, found)
        else:
            with progress(t("replaying")) as tell:
                changes = list(moved(seen, first, last, progress=tell))
            is_changed = bool(changes)
            if asked.json:
                print_json(_log_as_json(changes))
            else:
                _print_log(engine, changes)
    raise typer.Exit(FOUND if is_changed else DONE)


def _point(engine: Engine, seen: Reader, id: str | None, text: str, where: str) -> Point:
    """A moment or, in digits alone, a version: of a record its own, of the log how many events it had."""
    if not (text.isascii() and text.isdecimal()):
        return Point(at=moment(text, engine.policy.zone))
    number = int(text[:_DIGITS])
    if number and id is None and not seen.sees_all:  # positions of the log count what the reader may not see as well
        raise InputError(t("diff.no_positions"), where=where, expected="2026-03-02, 2026-03-02T09:00")
    last = engine.store.head() if id is None else seen.get(id).version
    if number > last:
        raise InputError(t("diff.no_version", version=text[:_DIGITS]), where=where, expected=f"0–{last}")
    return Point(head=number) if id is None else Point(version=number)


def _goes_back(first: Point, last: Point) -> bool:
    if first.at is not None and last.at is not None:
        return first.at > last.at
    numbers = ((first.version, last.version), (first.head, last.head))
    return any(one is not None and other is not None and one > other for one, other in numbers)


# --- one record ------------------------------------------------------------------------------------------------------


def _record_as_json(seen: Reader, id: str, found: Compared) -> dict[str, Any]:
    events = [
        {**each._asdict(), "occurred": each.occurred.isoformat(), "recorded": each.recorded.isoformat()}
        for each in found.events
    ]
    changes = [each._asdict() for each in found.changes]
    ends = {"from": _end_as_json(seen, found.before), "to": _end_as_json(seen, found.after)}
    return {"id": id, **ends, "events": events, "changes": changes}


def _end_as_json(seen: Reader, record: Record | None) -> dict[str, Any] | None:
    if record is None or record.at is None:
        return None
    return {
        "version": record.version,
        "at": record.at.isoformat(),
        "status": str(record.status),
        "digest": record.digest if seen.shows_all_of(record.id) else None,
    }


def _print_record(engine: Engine, id: str, found: Compared) -> None:
    out = console()
    ends = {name: each.version if each else 0 for name, each in (("a", found.before), ("b", found.after))}
    many = len(found.events)
    out.print(t("diff.record.one", id=id, **ends) if many == 1 else t("diff.record", id=id, n=many, **ends))
    if found.before is None:
        out.print(t("diff.not_begun"))
    if not found.events:
        out.print(t("diff.nothing"))
        return
    labels = words.labels(engine.deciders.values())
    rows = []
    for each in found.events:
        label = labels.get(each.wire, "")
        name = label if label and label != each.wire else each.event
        who = words.term("role", each.role or "") + (f"@{each.unit}" if each.unit else "")
        rows.append((str(each.version), words.when(each.occurred, engine), name, who))
    out.print(table(t("number"), t("occurred"), t("event"), t("who"), rows=rows, keep=(0, 1)))
    if not found.changes:
        out.print(t("diff.nothing_left"))
        return
    heads = (t("diff.field"), t("diff.before"), t("diff.after"), t("diff.by"))
    lines = [
        (field_of(engine, found.after, each), *told_of(engine, found.after, each), _by(each)) for each in found.changes
    ]
    out.print(table(*heads, rows=lines))


def field_of(engine: Engine, record: Record | None, change: Changed) -> str:
    """A field in words: of an item its region and key before it, of a clock its name."""
    match change.path:
        case ("items", region, key, *rest) if record is not None:
            name = words.region(engine.deciders[record.kind_of_record], region)
            return " ".join((name, key, *map(words.field, rest)))
        case ("clocks", clock, *rest):
            return " ".join((words.clock_beside(clock), *map(words.field, rest)))
        case path:
            return " ".join(map(words.field, path))


def told_of(engine: Engine, record: Record | None, change: Changed) -> tuple[str, str]:
    """The value before and after in a few words: moments in the policy's zone, codes by their terms."""
    before, after = (_told(engine, record, change.path, value) for value in (change.before, change.after))
    return before, after


def _told(engine: Engine, record: Record | None, path: tuple[str, ...], value: Any) -> str:
    """A value in a few words; what is composed part by part, a dash for nothing."""
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, str):
        return _moment_or_term(engine, record, path, value)
    if isinstance(value, dict):
        said = {name: each for name, each in value.items() if name not in _NAMED_ABOVE}
        parts = (f"{words.field(name)} {_told(engine, record, (*path, name), each)}" for name, each in said.items())
        return t("comma").join(parts)
    if isinstance(value, list):
        return t("comma").join(_told(engine, record, path, each) for each in value)
    return t("yes" if value else "no") if isinstance(value, bool) else json_module.dumps(value, ensure_ascii=False)


def _moment_or_term(engine: Engine, record: Record | None, path: tuple[str, ...], value: str) -> str:
    try:
        found = datetime.fromisoformat(value) if "T" in value else None
    except ValueError:
        found = None
    if found is not None and found.tzinfo is not None:
        return words.when(found, engine)
    if _LENGTH.fullmatch(value):
        length = TypeAdapter(timedelta).validate_python(value)
        return words.age(length) if length else "–"
    if record is None:
        return value
    decider = engine.deciders[record.kind_of_record]
    match path:
        case ("status",):
            return words.state(decider.workflow, value)
        case ("items", region, _, "status"):
            return words.item_state(decider, region, value)
        case ("clocks", _, "status"):
            return words.term("clock_status", value)
        case (*_, "level" | "kind" as which):
            return words.term(which, value)
        case (*_, "owes" | "asks"):
            return words.term("role", value)
    return value


def _by(change: Changed) -> str:
    return ", ".join(map(str, change.versions))


# --- the whole log ---------------------------------------------------------------------------------------------------


def _log_as_json(changes: list[Moved]) -> dict[str, Any]:
    loops = {
        name: [loop.model_dump(mode="json") for each in changes for loop in getattr(each, name)]
        for name in ("opened", "closed")
    }
    return {
        "counts": {kind: counts._asdict() for kind, counts in counted(changes).items()},
        "begun": [{"record": each.record, "kind": each.kind, "to": each.after} for each in changes if each.begun],
        "moved": [
            {"record": each.record, "kind": each.kind, "from": each.before, "to": each.after}
            for each in changes
            if each.has_moved
        ],
        "ended": [each.record for each in changes if each.ended],
        "loops_opened": loops["opened"],
        "loops_closed": loops["closed"],
    }


def _print_log(engine: Engine, changes: list[Moved]) -> None:
    out = console()
    if not changes:
        out.print(t("diff.nothing"))
        return
    heads = ("kind", "touched", "begun", "moved", "ended", "opened", "closed", "events")
    rows = [(_kind(engine, kind), *map(str, counts)) for kind, counts in counted(changes).items()]
    out.print(table(*(t(f"diff.{name}") for name in heads), rows=rows))
    told = [each for each in changes if each.begun or each.has_moved or each.opened or each.closed]
    lines = []
    for each in islice(told, _SHOWN):
        flow = engine.deciders[each.kind].workflow
        before = "" if each.begun else words.state(flow, each.before)
        after = words.state(flow, each.after) if each.begun or each.has_moved else ""
        lines.append((each.record, before if after else "", after, _loops(engine, each)))
    if lines:
        out.print()
        out.print(table(t("id"), t("diff.before"), t("diff.after"), t("loops"), rows=lines, keep=(0,)))
    if len(told) > _SHOWN:
        out.print(t("diff.more", n=len(told) - _SHOWN))


def _loops(engine: Engine, each: Moved) -> str:
    decider, signs = engine.deciders[each.kind], (("+", each.opened), ("–", each.closed))
    told = (f"{sign} {words.region(decider, loop.region)} {loop.item}" for sign, loops in signs for loop in loops)
    return t("comma").join(told)


def _kind(engine: Engine, kind: str) -> str:
    return engine.deciders[kind].workflow.zh if is_zh() else kind.replace("_", " ")
