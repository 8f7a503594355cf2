"""`govflow why` 为何准许: on what one event of the past rests, beside `why-not`, which tells what a command lacks."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from govflow.audit.explaining.rules_again import Judged
from govflow.audit.explaining.why import Adoption, Grounds
from govflow.audit.explaining.why import why as grounds_of
from govflow.cli import words
from govflow.cli.display import console, print_json, table
from govflow.cli.logs import RecordId, existing
from govflow.cli.reads import Asked, reads
from govflow.cli.run import DONE, FOUND, clean
from govflow.cli.texts import is_zh, t
from govflow.engine import Engine
from govflow.errors import NotFound
from govflow.records import Record
from govflow.workflow import NEW, Workflow

_MOST_RESTS = 3  # events told of one rule; JSON has them all
Version = Annotated[int | None, typer.Option("--version", help="option.why_version", min=1, show_default=False)]


@reads()
def why(asked: Asked, id: RecordId, version: Version = None) -> None:
    """Tell why one event of a record was allowed."""
    with asked.opened() as (engine, seen):
        record = existing(seen, id)
        wanted = record.version if version is None else version
        if wanted > record.version:
            raise NotFound(t("why.no_version", id=id[:64], version=wanted))
        found = grounds_of(seen, id, wanted)
        if asked.json:
            print_json(_as_json(found))
        else:
            _print(engine, record, found)
    raise typer.Exit(DONE if found.is_lawful else FOUND)


def _as_json(found: Grounds) -> dict[str, Any]:
    judged = [
        {
            **each._asdict(),
            "details": [{"en": detail, "zh": detail.zh} for detail in each.details],
            "rests_on": [{**rest._asdict(), "at": rest.at.isoformat()} for rest in each.rests_on],
        }
        for each in found.judged
    ]
    moments = {"at": found.at.isoformat(), "recorded_at": found.recorded_at.isoformat()}
    adopted = {
        name: each and {**each._asdict(), "at": each.at.isoformat()}
        for name, each in (("policy_adopted", found.policy_adopted), ("table_adopted", found.table_adopted))
    }
    return {**found._asdict(), **moments, **adopted, "judged": judged}


def _print(engine: Engine, record: Record, found: Grounds) -> None:
    out = console()
    out.print(t("why.head", record=found.record, version=found.version, event=found.event), style="bold")
    label = words.labels(engine.deciders.values()).get(found.command, "")
    role = words.term("role", found.role) + (f"@{found.unit}" if found.unit else "")
    facts = [
        (t("why.command"), f"{label} {found.command}" if is_zh() and label != found.command else found.command),
        (t("why.step"), _row(engine, record, found)),
        (t("why.item"), found.item),
        (t("why.as"), role),
        (t("why.by"), _who(found)),
        (t("why.happened"), words.when(found.at, engine)),
        (t("why.recorded"), words.when(found.recorded_at, engine)),
        (t("why.policy"), _adopted(engine, found.policy, found.policy_adopted)),
        (t("why.table"), _adopted(engine, _named(engine, record, found), found.table_adopted)),
    ]
    for name, said in facts:
        if said:
            out.print(t("why.fact", name=name, said=clean(said)))
    if found.judged:
        out.print()
        rows = [(_sentence(each), t(f"why.{each.verdict}"), each.basis) for each in found.judged]
        out.print(table(t("why.rule"), t("why.verdict"), t("why.basis"), rows=rows, keep=(1,)))
    for each in found.judged:
        rests = [rest for rest in each.rests_on if rest.version > 1]  # that it was begun once tells nothing
        if 0 < len(rests) <= _MOST_RESTS:
            out.print(t("why.rests", rule=clean(each.zh if is_zh() else each.en)))
            for rest in rests:
                told = {"position": rest.position, "version": rest.version, "event": rest.event, "by": clean(rest.by)}
                out.print(t("why.rest", at=words.when(rest.at, engine), **told))


def _named(engine: Engine, record: Record, found: Grounds) -> str:
    """The table by its name and edition, its digest after it."""
    if not found.table:
        return ""
    flow = engine.deciders[record.kind_of_record].workflow
    edition = found.table_adopted.edition if found.table_adopted is not None else "?"
    return t("why.edition", name=flow.zh if is_zh() else flow.name, n=edition, digest=found.table[:16])


def _adopted(engine: Engine, name: str, adopted: Adoption | None) -> str:
    if adopted is None:
        return name
    at = words.when(adopted.at, engine)
    return t("why.adopted", name=name, at=at, by=adopted.by, position=adopted.position)


def _who(found: Grounds) -> str:
    if found.in_stead_of:
        return t("why.in_stead", by=found.by, other=found.in_stead_of)
    return t("why.behalf", by=found.by, other=found.on_behalf_of) if found.on_behalf_of else found.by


def _row(engine: Engine, record: Record, found: Grounds) -> str:
    """The row, and from where to where it led."""
    if not found.row:
        return t("why.no_step") if found.needs_row else ""
    decider = engine.deciders[record.kind_of_record]
    flow = decider.regions[found.region].workflow if found.region else decider.workflow
    before, after = (_state(flow, status) for status in (found.before, found.after))
    key = "why.from_to" if after and after != before else "why.same"
    return t(key, row=found.row, before=before, after=after)


def _state(flow: Workflow, status: str) -> str:
    return "–" if status == NEW else words.state(flow, status)


def _sentence(each: Judged) -> str:
    """What the rule says, and what is wrong or why there is no verdict."""
    said = each.zh if is_zh() else each.en
    details = [detail.zh if is_zh() else str(detail) for detail in each.details]
    colon, between = (":", "；") if is_zh() else (": ", "; ")
    return said + colon + between.join(details) if details else said
