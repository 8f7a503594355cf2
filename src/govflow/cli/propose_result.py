"""`govflow propose publish … archive`: what becomes of a proposal once it is decided."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from govflow.cli.acting import By, ByRole, ByUnit, acting, given, paper, text_of
from govflow.cli.logs import Db, Json, RecordId, Records, moment, opened
from govflow.cli.propose_intake import Minutes, Text, TextFile, of_a_proposal, tell
from govflow.proposals import commands as c

Report = Annotated[Path | None, typer.Option("--report", help="option.report", metavar="FILE", show_default=False)]
Until = Annotated[str | None, typer.Option("--until", help="option.until", metavar="MOMENT", show_default=False)]


def publish(
    id: RecordId,
    db: Db,
    by: By,
    text: Text = None,
    file: TextFile = None,
    implementer: Annotated[
        str | None, typer.Option("--implementer", help="option.implementer", metavar="UNIT", show_default=False)
    ] = None,
    no_works: Annotated[bool, typer.Option("--no-works", help="option.no_works")] = False,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Publish the resolution."""
    with opened(db, records, writing=True) as engine:
        who = acting(engine, by, role, unit, "community")
        said = {"public_text": text_of(text, file), "implementer": implementer, "works": not no_works}
        tell(engine, (given(engine, c.PublishResolution, who, id=id, **said),), json=json)


def start(
    id: RecordId,
    db: Db,
    by: By,
    until: Until = None,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Begin to carry it out."""
    with opened(db, records, writing=True) as engine:
        who = acting(engine, by, role, unit, "implementer", unit_of=of_a_proposal(engine, id).implementer)
        due = moment(until, engine.policy.zone)
        command = given(engine, c.StartImplementation, who, id=id, until=due.isoformat() if due else None)
        tell(engine, (command,), json=json)


def finish(
    id: RecordId, db: Db, by: By, role: ByRole = None, unit: ByUnit = None, json: Json = False, records: Records = None
) -> None:
    """Let a resolution that needs no works be the result."""
    with opened(db, records, writing=True) as engine:
        who = acting(engine, by, role, unit, "community")
        tell(engine, (given(engine, c.FinishWithoutWorks, who, id=id),), json=json)


def complete(
    id: RecordId,
    db: Db,
    by: By,
    measure: Annotated[str | None, typer.Option("--measure", help="option.measure", show_default=False)] = None,
    report: Report = None,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Report that it is carried out."""
    with opened(db, records, writing=True) as engine:
        who = acting(engine, by, role, unit, "implementer", unit_of=of_a_proposal(engine, id).implementer)
        filing, key = paper(engine, id, report, "report", who)
        command = given(engine, c.ReportCompletion, who, id=id, measure=measure, papers=(key,) if key else ())
        tell(engine, (*filing, command), json=json)


def appraise(
    id: RecordId,
    db: Db,
    by: By,
    invited: Annotated[int, typer.Option("--invited", help="option.invited", min=0, show_default=False)],
    came: Annotated[int, typer.Option("--came", help="option.came", min=0, show_default=False)],
    score: Annotated[int, typer.Option("--score", help="option.score", min=0, max=100, show_default=False)],
    minutes: Minutes = None,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Record the residents' appraisal."""
    with opened(db, records, writing=True) as engine:
        who = acting(engine, by, role, unit, "appraiser", "resident")
        filing, key = paper(engine, id, minutes, "appraisal", who)
        said = {"invited": invited, "came": came, "score": score, "papers": (key,) if key else ()}
        tell(engine, (*filing, given(engine, c.HoldAppraisal, who, id=id, **said)), json=json)


def result(
    id: RecordId,
    db: Db,
    by: By,
    text: Text = None,
    file: TextFile = None,
    report: Report = None,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Publish what came of it."""
    with opened(db, records, writing=True) as engine:
        who = acting(engine, by, role, unit, "community")
        filing, key = paper(engine, id, report, "report", who)
        on_file = of_a_proposal(engine, id).items_of("evidence").items()
        papers = (key,) if key else tuple(key for key, each in on_file if each.status == "added")
        said = {"public_text": text_of(text, file), "papers": papers}
        tell(engine, (*filing, given(engine, c.PublishResult, who, id=id, **said)), json=json)


def reply(
    id: RecordId,
    db: Db,
    by: By,
    request: Annotated[str | None, typer.Option("--request", help="option.request", show_default=False)] = None,
    facts: Annotated[str | None, typer.Option("--facts", help="option.facts", show_default=False)] = None,
    grounds: Annotated[str | None, typer.Option("--grounds", help="option.grounds", show_default=False)] = None,
    conclusion: Annotated[
        str | None, typer.Option("--conclusion", help="option.conclusion", show_default=False)
    ] = None,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Answer the proposers in writing."""
    with opened(db, records, writing=True) as engine:
        who = acting(engine, by, role, unit, "secretariat")
        said = {"request": request or of_a_proposal(engine, id).title_line, "facts": facts, "grounds": grounds}
        tell(engine, (given(engine, c.ReplyToProposer, who, id=id, conclusion=conclusion, **said),), json=json)


def archive(
    id: RecordId,
    db: Db,
    by: By,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """End it for good."""
    with opened(db, records, writing=True) as engine:
        who = acting(engine, by, role, unit, "archivist")
        tell(engine, (given(engine, c.ArchiveProposal, who, id=id),), json=json)
