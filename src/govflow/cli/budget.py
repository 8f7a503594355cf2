"""`govflow budget`: the winners of a participatory budget, counted from a Pabulib file. It needs no log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from govflow.budgeting import RULES, Result, money, winners
from govflow.cli.display import console, print_json, table
from govflow.cli.logs import Json
from govflow.cli.texts import is_zh, t
from govflow.errors import InputError
from govflow.interchange.faults import shown
from govflow.interchange.pabulib import PabulibFile, read_pabulib

budget = typer.Typer(no_args_is_help=True)


@budget.callback()
def _budget() -> None:
    """Keep `winners` a command of its own while it is the only one."""


@budget.command("winners", help="help.budget_winners")
def print_winners(
    file: Annotated[Path, typer.Argument(help="argument.pb", metavar="FILE", show_default=False)],
    rule: Annotated[
        str | None, typer.Option("--rule", help="option.budget_rule", metavar="RULE", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Print the winners of a Pabulib file."""
    read = read_pabulib(file)
    result = winners(read.election, _known(rule or read.rule, file if rule is None else None))
    if json:
        print_json(_as_json(read, result))
    else:
        _print(read, result)


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


def _print(file: PabulibFile, result: Result) -> None:
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
        out.print(t(code, differing=", ".join(differing)))
