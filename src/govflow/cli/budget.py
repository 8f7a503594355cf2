"""`govflow budget`: rounds of a participatory budget, and winners, counted from a round or from a Pabulib file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from govflow.budgeting import RULES, Result, money, winners
from govflow.budgets.counting import result_of
from govflow.cli import budget_entries, budget_round
from govflow.cli.display import console, print_json, table
from govflow.cli.logs import Json, Records, opened
from govflow.cli.texts import is_zh, t
from govflow.errors import InputError
from govflow.interchange.budget_rounds import round_as_pabulib
from govflow.interchange.faults import shown
from govflow.interchange.pabulib import PabulibFile, read_pabulib

budget = typer.Typer(no_args_is_help=True)
for _name, _command in (
    ("open", budget_round.open_round),
    ("fund", budget_round.fund),
    ("collect", budget_round.collect),
    ("propose", budget_entries.propose),
    ("review", budget_entries.review),
    ("enrol", budget_round.enrol),
    ("ballot", budget_round.ballot),
    ("vote", budget_entries.vote),
    ("close", budget_round.close),
    ("publish", budget_round.publish),
    ("commission", budget_round.commission),
    ("show", budget_entries.show),
    ("export", budget_entries.export),
    ("import", budget_entries.import_),
):
    budget.command(_name, help=f"help.budget_{_name}")(_command)


@budget.command("winners", help="help.budget_winners")
def print_winners(
    what: Annotated[str, typer.Argument(help="argument.pb_or_id", metavar="FILE|ID", show_default=False)],
    db: Annotated[
        Path | None, typer.Option("--db", help="option.winners_db", metavar="PATH", show_default=False)
    ] = None,
    rule: Annotated[
        str | None, typer.Option("--rule", help="option.budget_rule", metavar="RULE", show_default=False)
    ] = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Print the winners of a Pabulib file, or of a round."""
    if db is None:
        read = read_pabulib(what)
        result = winners(read.election, _known(rule or read.rule, Path(what) if rule is None else None))
    else:
        with opened(db, records) as engine:
            round = budget_round.round_of(engine, what)
            read = round_as_pabulib(round, engine.policy.zone)
        own = round.programme if rule is None else None
        result = (
            winners(read.election, _known(rule or read.rule, None)) if own is None else result_of(own, read.election)
        )
    if json:
        print_json(_as_json(read, result))
    else:
        _print(read, result, "round" if db is not None else "file")


def _known(rule: str, file: Path | None) -> str:
    """A rule that can be counted; `file` is where it stands, None for the option."""
    if rule not in RULES:
        where = "--rule" if file is None else f"{file}: rule"
        raise InputError(t("budget.no_rule", rule=shown(rule)), where=where, expected=" | ".join(RULES))
    return rule


def _as_json(file: PabulibFile, result: Result) -> dict[str, Any]:
    """The result as JSON; amounts are decimals in units of the currency, as texts: exact."""

    def amount(minor: int) -> str:
        return money(minor, result.unit)

    told = {
        each.project: {
            "won": each.won,
            "code": each.code,
            "rank": each.rank,
            "cost": amount(each.cost),
            "votes": each.votes,
            "points": each.points if isinstance(each.points, int) else str(each.points),
            "en": each.en,
            "zh": each.zh,
        }
        for each in result.explanations
    }
    return {
        "winners": result.winners,
        "rule": result.rule,
        "budget": amount(result.budget),
        "spent": amount(result.spent),
        "left": amount(result.left),
        "share": None if result.share is None else str(result.share / result.unit),
        "ties": result.ties,
        "ties_broken": [each.model_dump(mode="json") for each in result.ties_broken],
        "compared": result.compared and result.compared.model_dump(mode="json"),
        "published": file.selected,
        "explanation": told,
    }


def _print(file: PabulibFile, result: Result, names_in: str) -> None:
    names = {each.id: each.name for each in file.election.projects}
    rows = [
        (
            t("budget.yes" if each.won else "budget.no"),
            each.project,
            names[each.project],
            each.zh if is_zh() else each.en,
        )
        for each in result.explanations
    ]
    out = console()
    columns = (t("budget.won"), t("id"), t("budget.project"), t("budget.why"))
    out.print(table(*columns, rows=rows, keep=(0, 1)))
    sums = {name: money(getattr(result, name), result.unit) for name in ("budget", "spent", "left")}
    out.print(t("budget.sums", rule=result.rule, won=len(result.winners), all=len(rows), **sums))
    if result.compared:
        out.print(t("budget.compared", shares=result.compared.equal_shares, ranking=result.compared.ranking))
    if file.selected is not None:
        differing = sorted(set(file.selected) ^ set(result.winners))
        code = "budget.not_as_published" if differing else "budget.as_published"
        out.print(t(f"{code}_{names_in}", differing=", ".join(differing)))
