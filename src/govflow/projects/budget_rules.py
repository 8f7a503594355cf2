"""Rules of a project's money: who moves it, where it comes from, that it is there, and that the accounts are right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from govflow.actors import Role, covers, is_built_in
from govflow.budgets.fund import FundSource
from govflow.context import Context
from govflow.envelopes import yuan
from govflow.errors import Detail
from govflow.messages import ItemEvent
from govflow.projects.lines import (
    BudgetLine,
    BudgetStatus,
    ExpenseStatus,
    balance_of,
    expenses_of,
    lines_of,
    promise_of,
    spending_of,
    spent_of,
    won_in,
)
from govflow.projects.milestone_rules import acting
from govflow.projects.model import JointProject
from govflow.projects.money import PAY_BACK, beyond_promise, lines_within_envelopes, too_much, unborne
from govflow.regions.approval import Approval, leaves_given
from govflow.regions.contribution import Contribution
from govflow.workflow import rule

# --- who moves it ----------------------------------------------------------------------------------------------------


@rule("经管项目资金者非参建方,批准人非牵头单位", "M090; 000 M092")
def finance_takes_no_part(project: JointProject, event: Any, context: Context) -> Iterator[Detail]:
    """Nobody who is a party or builds moves its money as an official, and nobody of its lead gives leave for it."""
    if not is_built_in(context.actor) and not _acts_as_lead(project, event, context):
        for name in sorted(acting(event, context) & {*project.workers(), *project.units}):
            yield Detail(f"{name} takes part in it", f"{name} 参与项目")
    asked = context.step.approval
    leaves = list(leaves_given(project, context.command, asked, context)) if asked is not None else []
    if leaves and all(_is_the_leads(project, leave) for leave in leaves):
        yield Detail(f"leave was given by {project.lead} itself", f"批准出自牵头单位 {project.lead}")


def _is_the_leads(project: JointProject, leave: Approval) -> bool:
    """Whether leave comes from the lead. Where the community itself leads there is no other to give a community's."""
    as_community = leave.asks == Role.COMMUNITY and leave.giver_unit == project.lead
    return project.lead in leave.giver_units and not as_community


def _acts_as_lead(project: JointProject, event: Any, context: Context) -> bool:
    """Whether the step is one that the lead takes as such, and whoever acts is of the lead."""
    lead = Role.PROJECT_LEAD
    return lead in context.step.who and any(
        claim.role == lead
        and covers(claim, project.level, project.area)
        and project.fits(lead, claim, event.by, context.on_behalf_of, None)
        for claim in context.claims
    )


# --- where money comes from ------------------------------------------------------------------------------------------


@rule("资金来源已注明", "M111", needs="source amount envelope commitment")
def funding_source_is_named(project: JointProject, event: Any, context: Context) -> Iterator[Detail]:
    """Fiscal, donation or self-raised is named."""
    if event.source is None:
        yield Detail("the source", "资金来源")
    if not event.amount:
        yield Detail("the sum", "金额")
    if event.source is FundSource.FISCAL:
        if event.commitment is not None:
            yield Detail("fiscal money rests on no commitment", "财政资金不列承诺")
        yield from _lacks_of_envelope(project, event.envelope, context)
    elif event.source is not None:
        if event.envelope is not None:
            yield Detail("only fiscal money comes out of an envelope", "仅财政资金出自资金盘子")
        yield from _lacks_of_commitment(project, event.commitment)


def _lacks_of_envelope(project: JointProject, id: str | None, context: Context) -> Iterator[Detail]:
    """What is wrong with where public money is to come from: an open envelope for its place, a round it won in."""
    found = context.lookup(id) if id is not None else None
    if found is None:
        yield Detail("the envelope, or the budget round it has won in", "资金盘子或入选的预算轮次")
    elif found.kind_of_record == "budget_round":
        if not won_in(found, project):
            yield Detail(f"no entry of {id} was won for {project.id}", f"{id} 中没有为 {project.id} 入选的项目")
    elif found.kind_of_record != "envelope":
        yield Detail(f"{id} is no envelope", f"{id} 不是资金盘子")
    else:
        if found.status != "open":
            yield Detail(f"envelope {id} is {found.status}", f"资金盘子 {id} 不可用")
        if found.area and project.area != found.area and not project.area.startswith(f"{found.area}/"):
            yield Detail(f"envelope {id} is for {found.area}", f"资金盘子 {id} 用于 {found.area}")


def _lacks_of_commitment(project: JointProject, key: str | None) -> Iterator[Detail]:
    promise = project.item("commitment", key) if key is not None else None
    if promise is None or promise.matter != Contribution.MONEY:
        yield Detail("the commitment in which money was promised", "作出资金承诺的承诺项")
    elif promise.key.startswith(f"{PAY_BACK}."):
        yield Detail(f"commitment {key} pays back what was spent already", f"承诺 {key} 系退回款项，不得再列支")
    elif promise.status not in ("made", "kept"):
        yield Detail(f"commitment {key} is {promise.status}", f"承诺 {key} 未兑现或已免除")


# --- that it is there ------------------------------------------------------------------------------------------------


@rule("含本项的核定总额未超总盘与单项上限", "M110", needs="amount")
def budget_is_within_envelope(project: JointProject, event: Any, context: Context) -> Iterator[Detail]:
    """Approved sums, this one included, stay within the envelope and the cap of the kind."""
    if not isinstance(event, ItemEvent):
        yield from lines_within_envelopes(project, context)
        return
    assert isinstance(context.item, BudgetLine)
    line, amount = context.item, getattr(event, "amount", context.item.amount)
    yield from unborne(project, {line.key: (line, amount)}, context)
    yield from _over_fiscal_cap(project, line, amount)


def _over_fiscal_cap(project: JointProject, line: BudgetLine, amount: int) -> Iterator[Detail]:
    """Whether a project of this kind would have more public money than the policy lets one have."""
    cap = project.rule.fiscal_cap if project.rule is not None else None
    if cap is not None and line.source == FundSource.FISCAL:
        others = (each.held for each in lines_of(project) if each.source == line.source and each.key != line.key)
        kind = Detail(f"a project of kind {project.kind}", f"{project.kind} 类项目")
        yield from too_much(kind, cap - sum(others), amount)


@rule("各预算项未超所依承诺的金额", "M111", needs="commitment amount")
def commitment_bears_its_lines(project: JointProject, event: Any, context: Context) -> Iterator[Detail]:
    """Lines on a commitment of money ask for no more together than was promised."""
    if event.commitment is not None:
        yield from beyond_promise(project, event.commitment, {event.item: event.amount})


@rule("各预算项合计未超批准的总预算", "M110", needs="amount")
def lines_are_within_approved_budget(project: JointProject, event: Any, context: Context) -> Iterator[Detail]:
    """What is set aside, this included, is no more than the budget that was approved."""
    if project.budget is None:
        return
    amount = getattr(event, "amount", 0) or 0
    total = amount + sum(each.held for each in lines_of(project) if each.key != event.item)
    if total > project.budget:
        yield Detail(
            f"{yuan(project.budget)} yuan approved, {yuan(total)} yuan in the lines",
            f"批准 {yuan(project.budget)} 元，预算项合计 {yuan(total)} 元",
        )


@rule("金额不少于已支出", "M110", needs="amount")
def amount_covers_what_was_spent(project: JointProject, event: Any, context: Context) -> Iterator[Detail]:
    """The line keeps an amount, and no less than was spent of it."""
    spent = spending_of(project, event.item)
    if not event.amount or event.amount < spent:
        yield Detail(f"{yuan(spent)} yuan are spent", f"已支出 {yuan(spent)} 元")


# --- that the accounts are right -------------------------------------------------------------------------------------


@rule("承诺的资金已到位", "M111")
def spent_money_has_come(project: JointProject, event: Any, context: Context) -> Iterator[Detail]:
    """What was spent of promised money was given: nothing was paid out of a promise alone."""
    assert isinstance(context.item, BudgetLine)
    promise = promise_of(project, context.item)
    if promise is None or is_built_in(context.actor):  # a project that was given up is not held up by its gifts
        return
    spent = sum(spent_of(project, each.key) for each in lines_of(project) if each.commitment == promise.key)
    if spent > promise.delivered_amount:
        came = yuan(promise.delivered_amount)
        yield Detail(
            f"commitment {promise.key}: {came} yuan given, {yuan(spent)} yuan spent",
            f"承诺 {promise.key}：到位 {came} 元，支出 {yuan(spent)} 元",
        )


def _unchecked(project: JointProject, line: str | None) -> Iterator[Detail]:
    for each in expenses_of(project, ExpenseStatus.RECORDED, line=line):
        yield Detail(f"voucher {each.voucher} is not verified", f"凭证 {each.voucher} 未审核")


@rule("账目等于已审核凭证之和", "M092", needs="spent")
def accounts_equal_receipts(project: JointProject, event: Any, context: Context) -> Iterator[Detail]:
    """The accounts equal the sum of the verified receipts."""
    line = event.item if isinstance(event, ItemEvent) else None
    yield from _unchecked(project, line)
    receipts = spent_of(project, line)
    if event.spent != receipts:
        said = "?" if event.spent is None else yuan(event.spent)
        yield Detail(
            f"{said} yuan stated, {yuan(receipts)} yuan in receipts", f"列支 {said} 元，凭证合计 {yuan(receipts)} 元"
        )
    for each in lines_of(project, BudgetStatus.CLOSED) if line is None else ():
        if each.spent != spent_of(project, each.key):
            yield Detail(f"line {each.key} was closed with another sum", f"预算项 {each.key} 决算数不符")


@rule("资金与投入已对账并列明余额", "M092", needs="balance papers")
def money_is_reconciled(project: JointProject, event: Any, context: Context) -> Iterator[Detail]:
    """Money and contributions given so far are accounted for and the balance is stated."""
    if isinstance(event, ItemEvent):
        yield from _unchecked(project, event.item)
        return
    yield from _unchecked(project, None)
    left = balance_of(project)
    if event.balance != left:
        yield Detail(f"{yuan(left)} yuan are left", f"余额为 {yuan(left)} 元")
    for key in event.papers:
        piece = project.item("evidence", key)
        if piece is None or piece.status != "added":
            yield Detail(f"paper {key} is not on file", f"材料 {key} 不在卷")
