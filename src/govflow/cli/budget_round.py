"""`govflow budget open … commission`: a budget round from its envelope to the winners that are handed over."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from govflow.actors import Actor
from govflow.budgets import BudgetRound, Entry
from govflow.budgets import messages as m
from govflow.budgets.entry import CommissionEntry
from govflow.budgets.fund import AddFund, PledgeFund, ReceiveFund
from govflow.cli.acting import By, ByRole, ByUnit, acting, done, given, print_done
from govflow.cli.display import console
from govflow.cli.logs import Db, Json, RecordId, Records, existing, moment, opened
from govflow.cli.run import FOUND, complain
from govflow.cli.texts import lang, t
from govflow.cli.vote_files import read_roll
from govflow.engine import Engine
from govflow.errors import InputError
from govflow.messages import Command
from govflow.reading import Reader

_MONEY = re.compile(r"(\d{1,13})(?:\.(\d{1,2}))?")
_AT_A_TIME = 5_000

Amount = Annotated[str | None, typer.Option("--amount", help="option.amount", metavar="YUAN", show_default=False)]
Text = Annotated[str | None, typer.Option("--text", help="option.budget_text", show_default=False)]
Level = Annotated[str, typer.Option("--level", help="option.budget_level", show_default=False)]
Area = Annotated[str, typer.Option("--area", help="option.budget_area", show_default=False)]
EntryKey = Annotated[str | None, typer.Argument(help="argument.entry", metavar="[ENTRY]", show_default=False)]


def fen(text: str | None, where: str) -> int | None:
    """An amount in yuan as fen. Raises InputError, naming the option."""
    if text is None:
        return None
    if not (found := _MONEY.fullmatch(text.replace(",", ""))):
        raise InputError(t("budget.no_amount"), where=where, expected="500000, 1234.50")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def round_of(engine: Reader, id: str) -> BudgetRound:
    """The round as it stands. Raises NotFound, and InputError for a record of another kind."""
    record = existing(engine, id)
    if not isinstance(record, BudgetRound):
        raise InputError(t("budget.other_kind", id=id, kind=record.kind_of_record))
    return record


def entry_of(round: BudgetRound, key: str) -> Entry:
    """An entry by its key, or by the number that it has outside. Raises InputError."""
    entries = round.items_of("entry")
    numbered = (each for each in entries.values() if each.number == key)
    found = entries.get(key) or next(numbered, None)
    if not isinstance(found, Entry):
        raise InputError(t("budget.no_entry", entry=key[:64]), where="ENTRY", expected=", ".join(list(entries)[:20]))
    return found


def do(engine: Engine, command: type[Command], who: Actor, /, *, json: bool, **fields: Any) -> None:
    """Give one command, and say where the round stands."""
    print_done(engine, done(engine, [given(engine, command, who, **fields)]), as_json=json)


# --- the envelope ----------------------------------------------------------------------------------------------------


def open_round(
    title: Annotated[str, typer.Option("--title", help="option.budget_title", show_default=False)],
    level: Level,
    db: Db,
    by: By,
    area: Area = "",
    programme: Annotated[str, typer.Option("--programme", help="option.programme", metavar="PROGRAMME")] = "livelihood",
    id: Annotated[str | None, typer.Option("--id", help="option.new_id", show_default=False)] = None,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Open a round."""
    with opened(db, records, create=True) as engine:
        who = acting(engine, by, role, unit, "secretariat")
        said = {"id": id, "title": title, "level": level, "area": area, "programme": programme}
        do(engine, m.OpenBudgetRound, who, json=json, **said)


def fund(
    id: RecordId,
    *,
    db: Db,
    by: By,
    source: Annotated[
        str | None, typer.Option("--source", help="option.fund_source", metavar="SOURCE", show_default=False)
    ] = None,
    amount: Amount = None,
    giver: Annotated[
        str | None, typer.Option("--giver", help="option.giver", metavar="UNIT", show_default=False)
    ] = None,
    purpose: Annotated[str | None, typer.Option("--purpose", help="option.purpose", show_default=False)] = None,
    pledged: Annotated[bool, typer.Option("--pledged", help="option.pledged")] = False,
    until: Annotated[
        str | None, typer.Option("--until", help="option.pledged_until", metavar="MOMENT", show_default=False)
    ] = None,
    received: Annotated[
        str | None, typer.Option("--received", help="option.received", metavar="KEY", show_default=False)
    ] = None,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Put money into the envelope."""
    with opened(db, records, writing=True) as engine:
        round_of(engine, id)
        who = acting(engine, by, role, unit, "finance")
        sum_of = fen(amount, "--amount")
        if received is not None:
            do(engine, ReceiveFund, who, json=json, id=id, item=received, amount=sum_of)
            return
        said: dict[str, Any] = {"source": source, "amount": sum_of, "giver": giver, "purpose": purpose}
        if pledged:
            when = moment(until, engine.policy.zone)
            do(engine, PledgeFund, who, json=json, id=id, until=when and when.isoformat(), **said)
        else:
            do(engine, AddFund, who, json=json, id=id, **said)


def collect(
    id: RecordId,
    *,
    db: Db,
    by: By,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Let people enter projects."""
    with opened(db, records, writing=True) as engine:
        round_of(engine, id)
        do(engine, m.StartCollecting, acting(engine, by, role, unit, "secretariat"), json=json, id=id)


# --- the ballot ------------------------------------------------------------------------------------------------------


def enrol(
    id: RecordId,
    file: Annotated[Path, typer.Argument(help="argument.budget_roll", metavar="FILE", show_default=False)],
    *,
    db: Db,
    by: By,
    role: ByRole = None,
    unit: ByUnit = None,
    records: Records = None,
) -> None:
    """Put the voters of a table on the roll."""
    if not file.exists():
        raise InputError(t("no_file", path=file))
    rows, faults = read_roll(file)
    for each in faults:
        complain(f"{file}:{each.line}: {each.why.sentence(lang())}")
    if faults:
        raise typer.Exit(FOUND)
    if any(row.made_up for row in rows):
        raise InputError(t("budget.no_voter"), where=str(file), expected="voter")
    with opened(db, records, writing=True) as engine:
        before = round_of(engine, id)
        who = acting(engine, by, role, unit, "secretariat")
        new = [row.voter for row in rows if before.roll.get(row.voter.id) != row.voter]
        parts = [tuple(new[start : start + _AT_A_TIME]) for start in range(0, len(new), _AT_A_TIME)]
        if parts:
            done(engine, [m.EnrolBudgetVoters(id=id, by=who, voters=part) for part in parts])
        total = len(round_of(engine, id).roll)
    console().print(t("budget.enrolled", n=f"{len(new):,}", total=f"{total:,}"))


def ballot(
    id: RecordId,
    *,
    db: Db,
    by: By,
    until: Annotated[
        str | None, typer.Option("--until", help="option.ballot_until", metavar="MOMENT", show_default=False)
    ] = None,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Let people vote."""
    with opened(db, records, writing=True) as engine:
        round_of(engine, id)
        when = moment(until, engine.policy.zone)
        who = acting(engine, by, role, unit, "convenor")
        do(engine, m.OpenBudgetBallot, who, json=json, id=id, closes_at=when and when.isoformat())


def close(
    id: RecordId,
    *,
    db: Db,
    by: By,
    text: Text = None,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """End the ballot and count; or close the round, once its winners are handed over."""
    with opened(db, records, writing=True) as engine:
        is_at_its_end = round_of(engine, id).status == "published"
        if is_at_its_end:
            who = acting(engine, by, role, unit, "secretariat")
            do(engine, m.CloseBudgetRound, who, json=json, id=id, public_text=text)
        else:
            do(engine, m.CloseBudgetBallot, acting(engine, by, role, unit, "convenor"), json=json, id=id)


# --- the result ------------------------------------------------------------------------------------------------------


def publish(
    id: RecordId,
    *,
    db: Db,
    by: By,
    text: Text,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Put the result on public notice."""
    with opened(db, records, writing=True) as engine:
        round_of(engine, id)
        who = acting(engine, by, role, unit, "secretariat")
        do(engine, m.PublishBudgetRound, who, json=json, id=id, public_text=text)


def commission(
    id: RecordId,
    entry: EntryKey = None,
    *,
    db: Db,
    by: By,
    carrier: Annotated[str | None, typer.Option("--carrier", help="option.carrier", show_default=False)] = None,
    project: Annotated[
        str | None, typer.Option("--project", help="option.project", metavar="ID", show_default=False)
    ] = None,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Hand the winners over; or say what carries one of them out."""
    with opened(db, records, writing=True) as engine:
        round = round_of(engine, id)
        who = acting(engine, by, role, unit, "community")
        if entry is None:
            do(engine, m.CommissionWinners, who, json=json, id=id)
        else:
            said = {"item": entry_of(round, entry).key, "carrier": carrier, "project": project}
            do(engine, CommissionEntry, who, json=json, id=id, **said)
