"""`govflow replay`: a record or a whole log folded again as of any point; digests of every event, compared."""

from __future__ import annotations

import sys
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Annotated, Any

import typer

from govflow import __version__
from govflow.audit.replay.correcting import Corrected, known_now, published_then
from govflow.audit.replay.digests import Difference, digest_lines, first_difference
from govflow.audit.replay.states import Point, Replayed, replayed, state_at
from govflow.cli import words
from govflow.cli.display import as_json, console, print_json, print_record, table
from govflow.cli.logs import existing, moment, progress
from govflow.cli.reads import Asked, At, reads
from govflow.cli.run import DONE, FOUND, clean
from govflow.cli.texts import t
from govflow.engine import Engine
from govflow.errors import InputError
from govflow.reading import Reader
from govflow.records import Record

KnownAt = Annotated[
    str | None, typer.Option("--known-at", help="option.known_at", metavar="MOMENT", show_default=False)
]


@reads()
def replay(
    asked: Asked,
    id: Annotated[str | None, typer.Argument(help="argument.replay_id", metavar="ID", show_default=False)] = None,
    *,
    at: At = None,
    version: Annotated[
        int | None, typer.Option("--version", help="option.replay_version", min=1, show_default=False)
    ] = None,
    known_at: KnownAt = None,
    published: Annotated[bool, typer.Option("--published", help="option.published")] = False,
    known_since: Annotated[bool, typer.Option("--known-now", help="option.known_now")] = False,
    digests: Annotated[bool, typer.Option("--digests", help="option.digests")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="option.digests_out", metavar="FILE", show_default=False)
    ] = None,
    against: Annotated[
        Path | None, typer.Option("--against", help="option.against", metavar="FILE", show_default=False)
    ] = None,
) -> None:
    """Fold one record, or the whole log, again."""
    if sum(each is not None for each in (at, version, known_at)) > 1 or (published and known_since):
        raise InputError(t("replay.one_point"), where="replay", expected="--at | --version | --known-at")
    if (published or known_since) and (id is None or at is None):
        raise InputError(t("replay.needs_at"), where="replay", expected="ID --at MOMENT")
    is_whole = digests or against is not None
    if is_whole and ((at or version or known_at) or (against is not None and id is not None)):
        raise InputError(
            t("replay.digests_of_all"), where="replay", expected="[ID] --digests [-o FILE] | --against FILE"
        )
    if out is not None and not digests:
        raise InputError(t("unusable"), where="--out", expected="--digests -o FILE")

    with asked.opened() as (engine, seen):
        if id is None and asked.actor is not None:
            raise InputError(t("as.one_record"), where="--as", expected="ID")
        if id is not None:
            existing(seen, id)
        if against is not None:
            raise typer.Exit(_compare(engine, against, json=asked.json))
        if digests:
            _write_digests(seen, id, out)
            return
        zone = engine.policy.zone
        if id is None:
            _whole(engine, _whole_point(engine, at, known_at, version, zone), json=asked.json)
        elif known_since or published:
            then = moment(at, zone)
            assert then is not None
            _as_told(engine, seen, id, then, is_known_now=known_since, json=asked.json)
        else:
            point = Point(moment(at, zone), moment(known_at, zone), version)
            record = state_at(seen, id, point)
            _print(engine, seen, record, point.known_at or point.at, (), json=asked.json)


# --- one record ------------------------------------------------------------------------------------------------------


def _as_told(engine: Engine, seen: Reader, id: str, then: datetime, *, is_known_now: bool, json: bool) -> None:
    """One moment of a record: as published then, or as known now."""
    if is_known_now:
        found = known_now(seen, id, then)
        _print(engine, seen, found.record, then, found.applied, json=json)
    else:
        _print(engine, seen, published_then(seen, id, then), then, (), json=json)


def _print(
    engine: Engine, seen: Reader, record: Record, then: datetime | None, since: tuple[Corrected, ...], *, json: bool
) -> None:
    digest = record.digest if seen.shows_all_of(record.id) else None  # of what is shown here it would be none
    if json:
        corrected = {"corrected_by": [each.version for each in since]} if since else {}
        print_json(as_json(engine, record, digest=digest, **corrected))
        return
    open_then = engine.deciders[record.kind_of_record].open_loops(record)
    print_record(engine, record, open_then, now=then or record.at)
    out = console()
    for each in since:
        said = {name: clean(str(getattr(each, name))) for name in ("field", "old", "new", "version", "reason")}
        out.print(t("replay.corrected_since", **said))
    out.print(f"\n{t('digest')} {digest}" if digest else f"\n{t('replay.withheld')}", soft_wrap=True)


# --- the whole log ---------------------------------------------------------------------------------------------------


def _whole_point(engine: Engine, at: str | None, known_at: str | None, version: int | None, zone: tzinfo) -> Point:
    if version is not None and version > engine.store.head():
        raise InputError(t("replay.no_head", head=engine.store.head()), where="--version")
    return Point(moment(at, zone), moment(known_at, zone), head=version)


def _whole(engine: Engine, point: Point, *, json: bool) -> None:
    with progress(t("replaying")) as tell:
        found = replayed(engine, point, progress=tell)
    if json:
        print_json({**found._asdict(), **_point_as_json(point)})
    else:
        _print_replayed(engine, found, point)


def _point_as_json(point: Point) -> dict[str, Any]:
    given = {name: value for name, value in point._asdict().items() if value is not None}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in given.items()}


def _print_replayed(engine: Engine, found: Replayed, point: Point) -> None:
    out = console()
    out.print(t("replayed", records=found.records, events=found.events, log=found.log))
    if point.at is not None:
        out.print(t("replay.as_of", moment=words.instant(point.at, engine.policy.zone)))
    if point.known_at is not None:
        out.print(t("replay.as_known", moment=words.instant(point.known_at, engine.policy.zone)))
    if point.head is not None:
        out.print(t("replay.as_head", n=point.head))
    for kind, counts in found.states.items():
        flow = engine.deciders[kind].workflow
        rows = [(words.state(flow, state), str(count)) for state, count in counts.items()]
        out.print(table(t("state"), t("records"), rows=rows))
    out.print(f"{t('digest')} {found.digest}", soft_wrap=True)


# --- digests ---------------------------------------------------------------------------------------------------------


def _write_digests(seen: Reader, id: str | None, out: Path | None) -> None:
    with progress(t("replaying")) as tell:
        lines = digest_lines(seen, id, program=f"govflow {__version__}", progress=tell)
        if out is None:
            for line in lines:
                sys.stdout.write(line)
            return
        with out.open("x", encoding="utf-8", newline="\n") as target:
            try:
                target.writelines(lines)
            except BaseException:  # half a list must not lie about
                out.unlink()
                raise
    console().print(t("replay.written", path=out))


def _compare(engine: Engine, against: Path, *, json: bool) -> int:
    if not against.is_file():
        raise InputError(t("no_file", path=against))
    with against.open("rb") as lines, progress(t("replaying")) as tell:
        found = first_difference(engine, lines, where=str(against), progress=tell)
    if json:
        print_json({"agrees": found is None, "first_difference": None if found is None else found._asdict()})
    else:
        console().print(t("replay.same") if found is None else clean(_difference(found)))
    return DONE if found is None else FOUND


def _difference(found: Difference) -> str:
    if found.fields == ("log",):
        return t("replay.other_log", here=(found.here or {})["log"], there=(found.there or {})["log"])
    said = {"stream": found.stream, "version": found.version, "event": found.event, "n": found.events}
    if found.here is None or found.there is None:
        return t("replay.only_there" if found.here is None else "replay.only_here", **said)
    return t("replay.differs", **said, fields=t("comma").join(found.fields))
