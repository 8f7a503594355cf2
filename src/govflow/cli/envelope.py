"""`govflow envelope`: public money for a purpose and a period (资金盘子), and what projects hold of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from govflow.cli import words
from govflow.cli.acting import sha256_of
from govflow.cli.budget_round import fen
from govflow.cli.desk import Desk, acts
from govflow.cli.display import as_json, console, print_json, table
from govflow.cli.logs import Db, Json, RecordId, Records, existing, opened
from govflow.cli.project_end import leave
from govflow.cli.project_options import Ask, NewId, Paper, Reason, Yuan
from govflow.cli.rights import As, AsRole, reader
from govflow.cli.run import clean
from govflow.cli.texts import t
from govflow.engine import Engine
from govflow.envelopes import Envelope, drawn, free, yuan
from govflow.envelopes import messages as m
from govflow.errors import InputError
from govflow.reading import Reader

envelope = typer.Typer(no_args_is_help=True)

Caps = Annotated[
    list[str] | None, typer.Option("--cap", help="option.cap", metavar="KIND=EACH/ALL", show_default=False)
]
Last = Annotated[str | None, typer.Option("--last", help="option.last_day", metavar="DAY", show_default=False)]


@acts(create=True)
def open_envelope(
    desk: Desk,
    title: Annotated[str, typer.Option("--title", help="option.envelope_title", show_default=False)],
    level: Annotated[str, typer.Option("--level", help="option.budget_level", show_default=False)],
    first: Annotated[str, typer.Option("--first", help="option.first_day", metavar="DAY", show_default=False)],
    last: Annotated[str, typer.Option("--last", help="option.last_day", metavar="DAY", show_default=False)],
    grant: Annotated[Path, typer.Option("--grant", help="option.grant", metavar="FILE", show_default=False)],
    kept_at: Annotated[str, typer.Option("--kept-at", help="option.kept_at", show_default=False)],
    amount: Yuan = None,
    purpose: Annotated[str | None, typer.Option("--purpose", help="option.purpose", show_default=False)] = None,
    area: Annotated[str, typer.Option("--area", help="option.envelope_area", show_default=False)] = "",
    cap: Caps = None,
    id: NewId = None,
) -> None:
    """Put public money aside."""
    paper = {"kind": "order", "reference": kept_at, "sha256": sha256_of(grant)}
    said: dict[str, Any] = {
        "title": title,
        "purpose": purpose,
        "level": level,
        "area": area,
        "first": first,
        "last": last,
    }
    said |= {"amount": fen(amount, "--amount"), "caps": _caps(cap), "approved_by": paper, "id": id}
    desk.do(m.OpenEnvelope, desk.who("finance"), **said)


@acts()
def change(
    desk: Desk, id: RecordId, amount: Yuan = None, last: Last = None, cap: Caps = None, paper: Paper = None,
    reason: Reason = None, ask: Ask = False,
) -> None:  # fmt: skip
    """Grant another amount, other caps or a longer period."""
    _envelope(desk.engine, id)
    who = desk.who("finance")
    filing, papers = desk.paper(id, paper, "order", who)
    said: dict[str, Any] = {
        "amount": fen(amount, "--amount"),
        "last": last,
        "caps": _caps(cap),
        "papers": papers,
        "reason": reason,
    }
    give = desk.ask if ask else desk.do
    give(m.ChangeEnvelope, who, *filing, id=id, **said)


@acts()
def close(desk: Desk, id: RecordId) -> None:
    """Close an envelope."""
    desk.do(m.CloseEnvelope, desk.who("finance"), id=_envelope(desk.engine, id).id)


def show(
    id: RecordId,
    db: Db,
    actor: As = None,
    role: AsRole = None,
    unit: Annotated[str | None, typer.Option("--as-unit", help="option.actor_unit", show_default=False)] = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Show an envelope and what is drawn on it."""
    with opened(db, records) as engine:
        found = _envelope(reader(engine, actor, role, unit, ""), id)
        if json:
            print_json(as_json(engine, found, drawn=drawn(found), free=free(found)))
        else:
            _print(engine, found)


def _print(engine: Engine, found: Envelope) -> None:
    decider, out = engine.deciders[found.kind_of_record], console()
    out.print(clean(f"{found.id}  {found.title}"), style="bold")
    sums = {"amount": yuan(found.amount), "drawn": yuan(drawn(found)), "free": yuan(free(found))}
    out.print(words.state(decider.workflow, found.status) + t("envelope.period", first=found.first, last=found.last))
    out.print(t("envelope.sums", **sums))
    for each in found.caps:
        limits = {
            name: yuan(cap) if (cap := getattr(each, name)) is not None else "-" for name in ("per_project", "total")
        }
        out.print(t("envelope.cap", kind=each.kind, **limits))
    rows = [
        (each.project, each.line, each.kind, words.item_state(decider, "draw", each.status), yuan(each.held))
        for each in found.items_of("draw").values()
    ]
    if rows:
        heads = (t("envelope.project"), t("money.line"), t("fact.kind"), t("status"), t("envelope.held"))
        out.print(table(*heads, rows=rows, keep=(0,)))


def _envelope(engine: Reader, id: str) -> Envelope:
    """The envelope as it stands. Raises NotFound, and InputError for a record of another kind."""
    record = existing(engine, id)
    if not isinstance(record, Envelope):
        raise InputError(t("envelope.other_kind", id=id, kind=record.kind_of_record))
    return record


def _caps(given: list[str] | None) -> list[dict[str, Any]] | None:
    """`kind=each/all` in yuan; either may be left out. Raises InputError."""
    caps = []
    for text in given or ():
        kind, equals, limits = text.partition("=")
        each, _, total = limits.partition("/")
        if not kind or not equals:
            raise InputError(t("envelope.no_cap", text=text[:40]), where="--cap", expected="works=100000/300000")
        caps.append({"kind": kind, "per_project": fen(each or None, "--cap"), "total": fen(total or None, "--cap")})
    return caps or None


for _name, _command in (
    ("open", open_envelope),
    ("show", show),
    ("change", change),
    ("close", close),
    ("leave", leave),
):
    envelope.command(_name, help=f"help.envelope_{_name}")(_command)
