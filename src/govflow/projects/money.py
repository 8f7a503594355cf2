"""The money of a project: its accounts in figures, and whether its sources bear what its lines ask for.

All money is in minor units (分).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from govflow.budgets.fund import FundSource as FundSource
from govflow.context import Context
from govflow.envelopes import draw_key, shortfall, yuan
from govflow.errors import Detail
from govflow.messages import Value
from govflow.projects.lines import BudgetLine, BudgetStatus, spending_of, spent_of, won_in, worth
from govflow.projects.lines import lines_of as lines_of
from govflow.projects.lines import planned_total as planned_total
from govflow.projects.model import AccountLine, Accounts, JointProject
from govflow.regions.commitment import PAY_BACK as PAY_BACK
from govflow.regions.contribution import Contribution

# --- the accounts ----------------------------------------------------------------------------------------------------


class LineAccount(Value):
    """One budget line in figures. `rest` is what may still be spent of it; a closed or freed one has none."""

    line: str
    status: str
    source: str
    purpose: str
    envelope: str | None
    commitment: str | None
    planned: int
    reserved: int
    verified: int
    unverified: int
    rest: int


class Totals(Value):
    """What several lines come to: money asked for, set aside, spent and checked, spent and unchecked, left."""

    planned: int = 0
    reserved: int = 0
    verified: int = 0
    unverified: int = 0
    rest: int = 0


class ProjectAccounts(Value):
    """The money of a project as it stands: line by line, source by source (fiscal, donation, self_raised), together.

    `leverage` is other money ÷ fiscal money that is set aside (M111); None where there is no fiscal money.
    """

    lines: tuple[LineAccount, ...]
    by_source: dict[str, Totals]
    total: Totals
    approved: int | None
    leverage: Fraction | None


def accounts_of(project: JointProject) -> ProjectAccounts:
    """The money of a project as it stands now."""
    lines = tuple(_account(project, each) for each in lines_of(project))
    by_source = {
        source.value: _sum([each for each in lines if each.source == source])
        for source in FundSource
        if any(each.source == source for each in lines)
    }
    fiscal = by_source.get(FundSource.FISCAL.value, Totals()).reserved
    total = _sum(lines)
    leverage = Fraction(total.reserved - fiscal, fiscal) if fiscal else None
    return ProjectAccounts(lines=lines, by_source=by_source, total=total, approved=project.budget, leverage=leverage)


def _account(project: JointProject, line: BudgetLine) -> LineAccount:
    return LineAccount(
        line=line.key,
        status=line.status,
        source=line.source,
        purpose=line.purpose,
        envelope=line.envelope,
        commitment=line.commitment,
        planned=line.amount if line.status == BudgetStatus.PLANNED else 0,
        reserved=line.held,
        verified=spent_of(project, line.key),
        unverified=spending_of(project, line.key) - spent_of(project, line.key),
        rest=line.amount - spending_of(project, line.key) if line.status == BudgetStatus.RESERVED else 0,
    )


def _sum(lines: Sequence[LineAccount]) -> Totals:
    return Totals(**{name: sum(getattr(each, name) for each in lines) for name in Totals.model_fields})


def statement_of(project: JointProject) -> Accounts:
    """The accounts as they are published: each line that money was set aside for, with what its receipts come to.

    Received is public money set aside, and what was delivered of money that parties promised.
    """
    shown = [each for each in lines_of(project) if each.status != BudgetStatus.PLANNED]
    lines = tuple(
        AccountLine(
            line=each.key,
            source=each.source,
            purpose=each.purpose,
            budgeted=each.amount,
            spent=spent_of(project, each.key),
        )
        for each in shown
    )
    fiscal = sum(each.held for each in shown if each.source == FundSource.FISCAL)
    given = sum(
        each.delivered_amount
        for key, each in project.items_of("commitment").items()
        if each.matter == Contribution.MONEY and not key.startswith(f"{PAY_BACK}.")
    )
    return Accounts(lines=lines, received=fiscal + given, spent=sum(each.spent for each in lines))


# --- within the envelopes --------------------------------------------------------------------------------------------


def lines_within_envelopes(project: JointProject, context: Context) -> Iterator[Detail]:
    """What is wrong with reserving every planned line: what envelopes, rounds and commitments do not bear."""
    return unborne(
        project, {each.key: (each, each.amount) for each in lines_of(project, BudgetStatus.PLANNED)}, context
    )


def unborne(project: JointProject, asked: dict[str, tuple[BudgetLine, int]], context: Context) -> Iterator[Detail]:
    """What the sources of these lines do not bear, were they to hold these amounts, together with all others."""
    for id in sorted({line.envelope for line, _ in asked.values() if line.envelope is not None}):
        of_it = {key: amount for key, (line, amount) in asked.items() if line.envelope == id}
        found: Any = context.lookup(id)
        if found is None or (found.kind_of_record == "envelope" and found.status != "open"):
            yield Detail(f"envelope {id} is not open", f"资金盘子 {id} 不可用")
        elif found.kind_of_record == "envelope":
            keys = {draw_key(project.id, key) for key in of_it}
            yield from shortfall(found, project.kind, project.id, sum(of_it.values()), keys)
        else:
            others = (each.held for each in lines_of(project) if each.envelope == id and each.key not in asked)
            room, what = won_in(found, project) - sum(others), Detail(f"budget round {id}", f"预算轮次 {id}")
            yield from too_much(what, room, sum(of_it.values()))
    for key in sorted({line.commitment for line, _ in asked.values() if line.commitment is not None}):
        yield from beyond_promise(
            project, key, {each: asked[each][1] for each in asked if asked[each][0].commitment == key}
        )


def beyond_promise(project: JointProject, key: str, asked: dict[str, int]) -> Iterator[Detail]:
    """Whether these lines, by key, ask with all others on a commitment for more money than was promised."""
    promise = project.item("commitment", key)
    others = (each.claimed for each in lines_of(project) if each.commitment == key and each.key not in asked)
    room = (worth(promise) if promise is not None else 0) - sum(others)
    yield from too_much(Detail(f"commitment {key}", f"承诺 {key}"), room, sum(asked.values()))


def too_much(what: Detail, room: int, asked: int) -> Iterator[Detail]:
    """Whether more is asked for than there is, with both figures."""
    if asked > room:
        yield Detail(
            f"{what}: {yuan(room)} yuan free, {yuan(asked)} yuan asked for",
            f"{what.zh}：可用 {yuan(room)} 元，申请 {yuan(asked)} 元",
        )
