"""`govflow budget propose, review, vote, show, export, import`: entries, ballots, and what is public of a round."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from govflow.actors import Level as Levels
from govflow.budgeting import money
from govflow.budgets import Page, page_of
from govflow.budgets import messages as m
from govflow.budgets.counting import FEN
from govflow.budgets.entry import AdmitEntry, ProposeEntry, RefuseEntry, WithdrawEntry
from govflow.cli.acting import By, ByRole, ByUnit, For, acting
from govflow.cli.budget_round import Area, EntryKey, Level, do, entry_of, fen, round_of
from govflow.cli.display import console, print_json, table
from govflow.cli.logs import Db, Json, RecordId, Records, opened
from govflow.cli.run import clean
from govflow.cli.texts import is_zh, t
from govflow.errors import InputError
from govflow.interchange.budget_rounds import import_pabulib, round_as_pabulib
from govflow.interchange.pabulib import read_pabulib, write_pabulib
from govflow.policy import BudgetBallot

Reason = Annotated[str | None, typer.Option("--reason", help="option.reason", show_default=False)]


def propose(
    id: RecordId,
    *,
    title: Annotated[str, typer.Option("--title", help="option.entry_title", show_default=False)],
    kind: Annotated[str, typer.Option("--kind", help="option.entry_kind", show_default=False)],
    db: Db,
    by: By,
    text: Annotated[str | None, typer.Option("--text", help="option.entry_text", show_default=False)] = None,
    area: Annotated[str | None, typer.Option("--area", help="option.entry_area", show_default=False)] = None,
    asked: Annotated[
        str | None, typer.Option("--asked", help="option.asked", metavar="YUAN", show_default=False)
    ] = None,
    source: Annotated[
        str | None, typer.Option("--from", help="option.entry_source", metavar="ID", show_default=False)
    ] = None,
    proposer: Annotated[str | None, typer.Option("--proposer", help="option.proposer", show_default=False)] = None,
    name: Annotated[str | None, typer.Option("--name", help="option.person_name", show_default=False)] = None,
    role: ByRole = None,
    unit: ByUnit = None,
    speaks_for: For = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Enter a project."""
    with opened(db, records, writing=True) as engine:
        round_of(engine, id)
        who = acting(engine, by, role, unit, "secretariat" if proposer else "resident", unit_of=speaks_for)
        whose = proposer or speaks_for or by
        said: dict[str, Any] = {"id": id, "title": title, "kind": kind, "text": text, "area": area, "source": source}
        said |= {"asked": fen(asked, "--asked"), "proposer": proposer, "on_behalf_of": speaks_for}
        said["proposer_name"] = None if name is None else {"text": name, "subject": whose}
        do(engine, ProposeEntry, who, json=json, **said)


def review(
    id: RecordId,
    entry: EntryKey = None,
    *,
    db: Db,
    by: By,
    cost: Annotated[str | None, typer.Option("--cost", help="option.cost", metavar="YUAN", show_default=False)] = None,
    sees_to_it: Annotated[
        str | None, typer.Option("--sees-to-it", help="option.sees_to_it", metavar="UNIT", show_default=False)
    ] = None,
    refuse: Annotated[
        str | None, typer.Option("--refuse", help="option.refuse", metavar="CODE", show_default=False)
    ] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="option.withdraw_entry")] = False,
    papers: Annotated[
        list[str] | None, typer.Option("--paper", help="option.wish_on_file", metavar="EVIDENCE", show_default=False)
    ] = None,
    reason: Reason = None,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Review an entry; without one, end the collecting of entries."""
    with opened(db, records, writing=True) as engine:
        round = round_of(engine, id)
        who = acting(engine, by, role, unit, "proposer" if withdraw and not papers else "secretariat")
        if entry is None:
            do(engine, m.StartReview, who, json=json, id=id)
            return
        said: dict[str, Any] = {"id": id, "item": entry_of(round, entry).key}
        if withdraw:
            do(engine, WithdrawEntry, who, json=json, reason=reason, papers=tuple(papers or ()), **said)
        elif refuse is not None:
            do(engine, RefuseEntry, who, json=json, reason_code=refuse, reason=reason, **said)
        else:
            do(engine, AdmitEntry, who, json=json, cost=fen(cost, "--cost"), unit=sees_to_it, **said)


def vote(
    id: RecordId,
    entries: Annotated[
        list[str] | None, typer.Argument(help="argument.entries", metavar="[ENTRY]...", show_default=False)
    ] = None,
    *,
    db: Db,
    by: By,
    points: Annotated[
        list[str] | None, typer.Option("--points", help="option.points", metavar="ENTRY=N", show_default=False)
    ] = None,
    role: ByRole = None,
    unit: ByUnit = None,
    speaks_for: For = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Vote."""
    with opened(db, records, writing=True) as engine:
        round = round_of(engine, id)
        choice = [entry_of(round, each).key for each in entries or ()]
        scores = dict(_scored(each) for each in points or ())
        said = {"choice": choice, "scores": {entry_of(round, key).key: given for key, given in scores.items()}}
        who = acting(engine, by, role, unit, "voter", unit_of=speaks_for)
        do(engine, m.CastBudgetBallot, who, json=json, id=id, ballot=said, on_behalf_of=speaks_for)


def _scored(text: str) -> tuple[str, int]:
    entry, _, number = text.rpartition("=")
    if not entry or not number.isascii() or not number.isdigit() or len(number) > 9:
        raise InputError(t("budget.no_points"), where="--points", expected="3=5")
    return entry, int(number)


# --- what is public --------------------------------------------------------------------------------------------------


def show(id: RecordId, db: Db, json: Json = False, records: Records = None) -> None:
    """Show what is public of a round."""
    with opened(db, records) as engine:
        round = round_of(engine, id)
        page = page_of(round)
        if json:
            print_json(page.model_dump(mode="json"))
            return
        _print(page, ranked=round.programme is not None and round.programme.ballot is not BudgetBallot.APPROVAL)


def _print(page: Page, *, ranked: bool) -> None:
    out, zh = console(), is_zh()
    out.print(clean(f"{page.id}  {page.title}  {page.status_zh if zh else page.status}"))
    sums = {name: money(getattr(page, name), FEN) for name in ("fiscal", "donated", "self_raised", "available")}
    out.print(t("budget.money", **sums, reserved=money(page.reserved, FEN), remaining=money(page.remaining, FEN)))
    out.print(t("budget.turnout", voted=f"{page.voted:,}", entitled=f"{page.entitled:,}"))
    rows = [
        (
            each.number or each.key,
            each.title,
            each.status_zh if zh else each.status,
            money(each.cost, FEN),
            "" if each.votes is None else str(each.points if ranked else each.votes),
            (each.why_zh if zh else each.why_en) or each.reason or each.carrier,
        )
        for each in page.entries
    ]
    columns = (t("id"), t("budget.project"), t("state"), t("budget.cost"), t("budget.votes"), t("budget.why"))
    out.print(table(*columns, rows=rows, keep=(0, 2, 3)) if rows else t("budget.no_entries"))


# --- files -----------------------------------------------------------------------------------------------------------


def export(
    id: RecordId,
    db: Db,
    out: Annotated[Path, typer.Option("--out", "-o", help="option.pb_out", metavar="FILE", show_default=False)],
    records: Records = None,
) -> None:
    """Write a counted round as a Pabulib file."""
    with opened(db, records) as engine:
        file = round_as_pabulib(round_of(engine, id), engine.policy.zone)
    write_pabulib(file, out)
    election = file.election
    console().print(
        t("budget.exported", path=out, projects=len(election.projects), ballots=f"{len(election.ballots):,}")
    )


def import_(
    file: Annotated[Path, typer.Argument(help="argument.pb", metavar="FILE", show_default=False)],
    level: Level,
    db: Db,
    area: Area = "",
    rule: Annotated[
        str | None, typer.Option("--rule", help="option.budget_rule", metavar="RULE", show_default=False)
    ] = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Take a Pabulib file over as a round, and count it."""
    read = read_pabulib(file)
    if level not in list(Levels):
        raise InputError(t("unusable"), where="--level", expected=" | ".join(Levels))
    with opened(db, records, create=True) as engine:
        round = import_pabulib(engine, read, level=Levels(level), area=area, rule=rule)
    won = [round.item("entry", key).number for key in round.count.winners] if round.count is not None else []
    if json:
        print_json({"id": round.id, "status": round.status, "winners": won})
    else:
        console().print(t("budget.imported", id=round.id, ballots=f"{len(round.cast):,}", won=len(won)))
