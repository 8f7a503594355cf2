"""`govflow project money` and `accounts`: budget lines, vouchers, and the accounts as they stand or are published."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from govflow.cli import words
from govflow.cli.budget_round import fen
from govflow.cli.desk import Desk, acts, project_of
from govflow.cli.display import console, print_json, table
from govflow.cli.logs import Db, Json, RecordId, Records, opened
from govflow.cli.project_options import Ask, Item, Paper, Reason, Text, TextFile, Until, Yuan, public_text
from govflow.cli.rights import As, AsRole, reader
from govflow.cli.texts import t
from govflow.engine import Engine
from govflow.envelopes import yuan
from govflow.projects.budget import ChangeBudget, CloseBudget, FreeBudget, PlanBudget, ReserveBudget
from govflow.projects.commands import PublishAccounts
from govflow.projects.expense import DisallowExpense, RecordExpense, VerifyExpense
from govflow.projects.model import JointProject
from govflow.projects.money import ProjectAccounts, accounts_of, statement_of

Purpose = Annotated[str | None, typer.Option("--purpose", help="option.purpose", show_default=False)]
Spent = Annotated[str, typer.Option("--spent", help="option.spent", metavar="YUAN", show_default=False)]


# --- lines 预算 -------------------------------------------------------------------------------------------------------


@acts()
def line(
    desk: Desk,
    id: RecordId,
    source: Annotated[str, typer.Option("--source", help="option.line_source", metavar="SOURCE", show_default=False)],
    amount: Yuan = None,
    envelope: Annotated[str | None, typer.Option("--envelope", help="option.envelope", metavar="ID")] = None,
    promise: Annotated[str | None, typer.Option("--promise", help="option.promise", metavar="ITEM")] = None,
    purpose: Purpose = None,
) -> None:
    """Ask for money from one source."""
    who = desk.leads(id, "community", "project_lead")
    said = {"source": source, "amount": fen(amount, "--amount"), "envelope": envelope, "commitment": promise}
    desk.do(PlanBudget, who, id=id, purpose=purpose, **said)


@acts()
def reserve(desk: Desk, id: RecordId, item: Item) -> None:
    """Set the money of a line aside."""
    desk.do(ReserveBudget, desk.who("finance"), id=desk.project(id).id, item=item)


@acts()
def change(desk: Desk, id: RecordId, item: Item, amount: Yuan = None, reason: Reason = None, ask: Ask = False) -> None:
    """Give a line another amount."""
    desk.project(id)
    give = desk.ask if ask else desk.do
    give(ChangeBudget, desk.who("finance"), id=id, item=item, amount=fen(amount, "--amount"), reason=reason)


@acts()
def free(desk: Desk, id: RecordId, item: Item, reason: Reason = None) -> None:
    """Give back what is left of a line."""
    desk.do(FreeBudget, desk.who("finance"), id=desk.project(id).id, item=item, reason=reason)


@acts()
def close(desk: Desk, id: RecordId, item: Item, spent: Spent) -> None:
    """Close a line with what was spent."""
    desk.do(CloseBudget, desk.who("finance"), id=desk.project(id).id, item=item, spent=fen(spent, "--spent"))


# --- vouchers 凭证 ----------------------------------------------------------------------------------------------------


@acts()
def voucher(
    desk: Desk,
    id: RecordId,
    number: Annotated[str, typer.Argument(help="argument.voucher", metavar="NUMBER", show_default=False)],
    line: Annotated[str, typer.Option("--line", help="option.line", metavar="ITEM", show_default=False)],
    amount: Yuan = None,
    paper: Paper = None,
    purpose: Purpose = None,
    paid: Annotated[str | None, typer.Option("--paid", help="option.paid", metavar="DAY", show_default=False)] = None,
) -> None:
    """Enter a voucher."""
    who = desk.leads(id)
    filing, papers = desk.paper(id, paper, "receipt", who)
    said = {"line": line, "voucher": number, "amount": fen(amount, "--amount"), "papers": papers}
    desk.do(RecordExpense, who, *filing, id=id, purpose=purpose, paid_on=paid, **said)


@acts()
def verify(desk: Desk, id: RecordId, item: Item) -> None:
    """Find a voucher right."""
    desk.do(VerifyExpense, desk.who("finance"), id=desk.project(id).id, item=item)


@acts()
def disallow(desk: Desk, id: RecordId, item: Item, reason: Reason = None, until: Until = None) -> None:
    """Find that a voucher is no cost of the project."""
    said = {"reason": reason, "until": desk.moment(until)}
    desk.do(DisallowExpense, desk.who("finance"), id=desk.project(id).id, item=item, **said)


# --- accounts 账目 ----------------------------------------------------------------------------------------------------


@acts()
def publish_accounts(desk: Desk, id: RecordId, text: Text = None, file: TextFile = None) -> None:
    """Publish the accounts."""
    desk.do(PublishAccounts, desk.who("finance"), id=desk.project(id).id, public_text=public_text(text, file))


def accounts(
    id: RecordId,
    db: Db,
    actor: As = None,
    role: AsRole = None,
    unit: Annotated[str | None, typer.Option("--as-unit", help="option.actor_unit", show_default=False)] = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Print the accounts of a project."""
    with opened(db, records) as engine:
        project = project_of(reader(engine, actor, role, unit, ""), id)
        found = accounts_of(project)
        if json:
            print_json(_as_json(project, found))
        else:
            _print(engine, project, found)


def _as_json(project: JointProject, found: ProjectAccounts) -> dict[str, Any]:
    leverage = None if found.leverage is None else str(found.leverage)
    published = None if project.accounts is None else project.accounts.model_dump(mode="json")
    told = found.model_dump(mode="json", exclude={"leverage"})
    return {
        **told,
        "leverage": leverage,
        "published": published,
        "is_current": project.accounts == statement_of(project),
    }


def _print(engine: Engine, project: JointProject, found: ProjectAccounts) -> None:
    out, decider = console(), engine.deciders[project.kind_of_record]
    rows = [
        (
            each.line,
            words.item_state(decider, "budget", each.status),
            each.purpose,
            t(f"money.{each.source}"),
            each.envelope or (t("money.promise", item=each.commitment) if each.commitment else ""),
            *_figures(each),
        )
        for each in found.lines
    ]
    rows.append(("", "", t("money.total"), "", "", *_figures(found.total)))
    names = ("line", "state", "purpose", "source", "from", "planned", "reserved", "verified", "unverified", "rest")
    used = [at for at in range(len(names)) if at < 4 or any(row[at] not in ("", "0.00") for row in rows)]
    heads = [t("status") if names[at] == "state" else t(f"money.{names[at]}") for at in used]
    out.print(table(*heads, rows=[[row[at] for at in used] for row in rows], keep=(0,)))
    if found.approved is not None:
        out.print(t("money.approved", amount=yuan(found.approved)))
    if found.leverage is not None:
        out.print(t("money.leverage", part=f"{float(found.leverage):.2f}"))
    if project.accounts is not None:
        code = "money.published" if project.accounts == statement_of(project) else "money.outdated"
        sums = {name: yuan(getattr(project.accounts, name)) for name in ("received", "spent")}
        out.print(t(code, **sums))


def _figures(of: Any) -> tuple[str, ...]:
    return tuple(yuan(getattr(of, name)) for name in ("planned", "reserved", "verified", "unverified", "rest"))
