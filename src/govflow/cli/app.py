"""The commands of `govflow`. Each parses, calls the engine and prints; what it says stands in `texts`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from govflow import __version__
from govflow.cli import budget, directory, envelope, files, needs, policy, project, words
from govflow.cli.bundle import bundle
from govflow.cli.checkpoint import checkpoint
from govflow.cli.claim import claim
from govflow.cli.constraints import constraints
from govflow.cli.corrections import list_corrections
from govflow.cli.diff import diff
from govflow.cli.display import (
    as_json,
    console,
    event_as_json,
    print_json,
    print_json_array,
    print_record,
    print_timeline,
    table,
)
from govflow.cli.due import due
from govflow.cli.handling import handle_lines, parsed
from govflow.cli.journey import journey
from govflow.cli.keys import keys
from govflow.cli.late import late
from govflow.cli.log_history import print_log_history
from govflow.cli.logs import Db, Json, RecordId, Records, existing, moment, opened
from govflow.cli.loops import loops
from govflow.cli.match import match
from govflow.cli.migrating import migrate
from govflow.cli.privacy import privacy
from govflow.cli.propose import propose
from govflow.cli.prove import prove
from govflow.cli.reads import Asked, At, reads
from govflow.cli.recount import recount
from govflow.cli.redact import redact
from govflow.cli.replaying import replay
from govflow.cli.report import report
from govflow.cli.responsibility import responsibility
from govflow.cli.rights import allowed
from govflow.cli.route import route
from govflow.cli.run import DONE, FOUND
from govflow.cli.texts import lang, t
from govflow.cli.tick import tick
from govflow.cli.track import track
from govflow.cli.verify import verify
from govflow.cli.vote import vote
from govflow.cli.what_if import what_if
from govflow.cli.why import why
from govflow.cli.workflows import workflows
from govflow.engine import Engine
from govflow.errors import InputError
from govflow.log_events import LOG_STREAM
from govflow.reading import Reader
from govflow.records import Loop, Record

app = typer.Typer(help="help.govflow", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(files.imports, name="import", help="help.import")
app.add_typer(files.exports, name="export", help="help.export")
files.exports.command("bundle", help="help.export_bundle")(bundle)
files.exports.command("redacted", help="help.export_redacted")(redact)
app.add_typer(policy.policy, name="policy", help="help.policy")
policy.policy.command("migrate", help="help.policy_migrate")(migrate)
app.add_typer(policy.calendar, name="calendar", help="help.calendar")
app.add_typer(directory.directory, name="directory", help="help.directory")
app.add_typer(propose, name="propose", help="help.propose")
app.add_typer(vote, name="vote", help="help.vote")
app.add_typer(budget.budget, name="budget", help="help.budget")
app.add_typer(needs.needs, name="needs", help="help.needs")
app.add_typer(project.project, name="project", help="help.project")
app.add_typer(envelope.envelope, name="envelope", help="help.envelope")
app.add_typer(track, name="track", help="help.track")
app.add_typer(checkpoint, name="checkpoint", help="help.checkpoint")
app.add_typer(keys, name="keys", help="help.keys")
app.add_typer(privacy, name="privacy", help="help.privacy")
app.add_typer(constraints, name="constraints", help="help.constraints")

Version = Annotated[int | None, typer.Option("--version", help="option.version", min=1, show_default=False)]
Given = Annotated[str, typer.Argument(help="argument.command", metavar="JSON", show_default=False)]


def _print_version(asked: bool) -> None:
    if asked:
        print(f"govflow {__version__}")
        raise typer.Exit


@app.callback()
def govflow(
    version: Annotated[
        bool, typer.Option("--version", help="option.govflow_version", is_eager=True, callback=_print_version)
    ] = False,
    language: Annotated[str, typer.Option("--lang", help="option.lang", metavar="en|zh-CN", show_default=False)] = "",
) -> None:
    """What may stand before every command. The language was chosen before: `run` needs it to speak this help."""


@app.command(help="help.demo")
def demo(
    db: Annotated[Path | None, typer.Option("--db", help="option.demo_db", metavar="PATH", show_default=False)] = None,
) -> None:
    """Run the demo."""
    from govflow.cli.demo import run_demo

    run_demo(db)


app.command("due", help="help.due")(due)
app.command("tick", help="help.tick")(tick)
app.command("verify", help="help.verify")(verify)


@app.command("list", help="help.list")
@reads()
def list_records(
    asked: Asked,
    state: Annotated[str | None, typer.Option("--state", help="option.state", show_default=False)] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="option.unit", show_default=False)] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="option.overdue")] = False,
) -> None:
    """List records, filtered."""
    with asked.opened() as (engine, seen):
        found = _selected(seen, engine.now(), _known_state(engine, state), unit, overdue)
        if asked.json:
            print_json_array(as_json(engine, record) for record, _ in found)
            return
        now, rows, provisional = engine.now(), [], False
        for record, loops in found:
            decider = engine.deciders[record.kind_of_record]
            next_due = words.next_due(record, loops)
            due = words.until(next_due, engine, date=True)
            late = " !" if words.record_is_overdue(record, loops, now) else ""
            if any(each.provisional and each.is_going and each.due == next_due for each in record.clocks.values()):
                due, provisional = f"{due} ?", True
            state_name = words.state(decider.workflow, record.status)
            rows.append((record.id, state_name, words.holder(decider, record), due + late, record.title_line))
        columns = (t("id"), t("state"), t("unit"), t("due"), t("title"))
        out = console()
        out.print(table(*columns, rows=rows, elastic=4, keep=(0, 1, 3)) if rows else t("no_records"))
        out.print(t("count", n=len(rows)))
        if provisional:
            out.print(t("provisional"))


def _selected(
    seen: Reader, now: datetime, state: str | None, unit: str | None, overdue: bool
) -> Iterator[tuple[Record, tuple[Loop, ...]]]:
    for record in seen.records():
        if not record.is_matter:  # people have a list of their own: privacy subjects
            continue
        loops = seen.deciders[record.kind_of_record].open_loops(record)
        if state not in (None, record.status) or (unit and unit not in words.units_of(record, loops)):
            continue
        if not overdue or words.record_is_overdue(record, loops, now):
            yield record, loops


def _known_state(engine: Engine, state: str | None) -> str | None:
    """A state by its identifier or Chinese term. Raises InputError for one that no record has."""
    known = [each for decider in engine.deciders.values() for each in decider.workflow.statuses]
    if state is None:
        return None
    for each in known:
        if state in (each.value, each.zh, *each.zh.split("/")):
            return each.value
    raise InputError(t("no_state", state=state[:40]), where="--state", expected=", ".join(each.value for each in known))


@app.command(help="help.show")
@reads()
def show(
    asked: Asked,
    id: RecordId,
    explain: Annotated[bool, typer.Option("--explain/--no-explain", help="option.explain_clocks")] = True,
) -> None:
    """Show one record."""
    with asked.opened() as (engine, seen):
        record = existing(seen, id)
        loops = seen.open_loops(id)
        if asked.json:
            why = [each.model_dump(mode="json") for each in seen.why_due(id, now=engine.now())] if explain else []
            open_loops = [loop.model_dump(mode="json") for loop in loops]
            print_json(as_json(engine, record, open_loops=open_loops, why_due=why))
        else:
            print_record(engine, record, loops, explain=explain)


@app.command(help="help.timeline")
@reads()
def timeline(
    asked: Asked,
    id: Annotated[str, typer.Argument(help="argument.timeline_id", metavar="ID", show_default=False)],
) -> None:
    """Show the events of one record, or of the log itself."""
    with asked.opened() as (engine, seen):
        is_log = id == LOG_STREAM
        history = seen.log_history() if is_log else seen.history(existing(seen, id).id)
        if asked.json:
            print_json_array(event_as_json(engine, each) for each in history)
        elif is_log:
            print_log_history(engine, history)
        else:
            print_timeline(engine, history)


app.command("journey", help="help.journey")(journey)
app.command("recount", help="help.recount")(recount)
app.command("what-if", help="help.what_if")(what_if)
app.command("prove", help="help.prove")(prove)
app.command("report", help="help.report")(report)
app.command("responsibility", help="help.responsibility")(responsibility)
app.command("loops", help="help.loops")(loops)
app.command("allowed", help="help.allowed")(allowed)
app.command("route", help="help.route")(route)
app.command("match", help="help.match")(match)
app.command("claim", help="help.claim")(claim)

app.command("why", help="help.why")(why)


@app.command("why-not", help="help.why_not")
def why_not(
    command: Given = "-",
    *,
    db: Db,
    at: At = None,
    version: Version = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Tell what stands against a command."""
    if at is not None and version is not None:
        raise InputError(t("one_point"), where="why-not", expected="--at | --version")
    text = sys.stdin.buffer.read() if command == "-" else command
    with opened(db, records) as engine:
        given = parsed(text, engine, where="")
        broken = engine.why_not(given, at=moment(at, engine.policy.zone), version=version)
        if json:
            print_json_array(
                {"code": each.code, "en": each.en, "zh": each.zh, "detail": list(each.detail)} for each in broken
            )
        else:
            out = console()
            out.print(t("would_not_be_done" if broken else "would_be_done", command=given.wire))
            for each in broken:
                out.print(f"  {each.code}: {each.sentence(lang())}", soft_wrap=False)
    raise typer.Exit(FOUND if broken else DONE)


@app.command(help="help.handle")
def handle(command: Given = "-", *, db: Db, records: Records = None) -> None:
    """Handle commands given as JSON."""
    if not command.strip():
        raise InputError(t("unusable"), where="JSON", expected='{"command": …, "by": …} | -')
    lines = sys.stdin.buffer if command == "-" else [command.encode("utf-8", "surrogateescape")]
    with opened(db, records, create=True) as engine:
        raise typer.Exit(handle_lines(engine, lines))


app.command("replay", help="help.replay")(replay)
app.command("diff", help="help.diff")(diff)
app.command("corrections", help="help.corrections")(list_corrections)
app.command("late", help="help.late")(late)
app.command("workflows", help="help.workflows")(workflows)
