"""Rules of a project's vouchers: each within their line, entered once, by a party; closed accounts stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from govflow.context import Context
from govflow.envelopes import yuan
from govflow.errors import Detail
from govflow.messages import ItemEvent
from govflow.projects.lines import (
    BudgetLine,
    BudgetStatus,
    Expense,
    ExpenseStatus,
    lines_of,
    promise_of,
    spending_of,
    worth,
)
from govflow.projects.model import JointProject
from govflow.projects.rules_need import units_of
from govflow.rules import verified_by_another
from govflow.workflow import rule

_KEY = 64  # so that what follows from a voucher can be named after it


@rule("支出未超预算", "M110", needs="line amount")
def spending_is_within_budget(project: JointProject, event: Any, context: Context) -> Iterator[Detail]:
    """Money spent, this included, stays within the approved budget."""
    if not isinstance(event, ItemEvent):
        for each in lines_of(project):
            yield from _overspent(f"line {each.key}", f"预算项 {each.key}", each.held, spending_of(project, each.key))
        return
    said: Any = event
    line: BudgetLine | None = project.item("budget", said.line) if said.line is not None else None
    if line is None or line.status != BudgetStatus.RESERVED:
        yield Detail(f"no money is set aside in line {said.line or '?'}", f"预算项 {said.line or '?'} 未核定")
        return
    spent = spending_of(project, line.key) + said.amount
    yield from _overspent(f"line {line.key}", f"预算项 {line.key}", line.amount, spent)
    if (promise := promise_of(project, line)) is not None:
        on_it = (each for each in lines_of(project) if each.commitment == line.commitment)
        spent = sum(spending_of(project, each.key) for each in on_it) + said.amount
        yield from _overspent(f"commitment {promise.key}", f"承诺 {promise.key}", worth(promise), spent)


def _overspent(en: str, zh: str, budget: int, spent: int) -> Iterator[Detail]:
    if spent > budget:
        yield Detail(
            f"{en}: {yuan(budget)} yuan, {yuan(spent)} yuan spent", f"{zh}：{yuan(budget)} 元，支出 {yuan(spent)} 元"
        )


@rule("凭证号、金额已明,同一凭证只登记一次", "M092", needs="voucher amount")
def voucher_is_entered_once(project: JointProject, event: Any, context: Context) -> Iterator[Detail]:
    """The voucher has a number and an amount, and is not entered twice; a reversed one may be entered anew."""
    if not event.amount:
        yield Detail("the amount", "金额")
    if len(event.item) > _KEY:
        yield Detail(f"a key of at most {_KEY} characters", f"不超过 {_KEY} 个字符的编号")
    for each in project.items_of("expense").values():
        if each.voucher == event.voucher and each.status != ExpenseStatus.REVERSED:
            yield Detail(
                f"voucher {event.voucher} is entered as {each.key}", f"凭证 {event.voucher} 已登记为 {each.key}"
            )


@rule("支出由项目单位登记", "M092", needs="unit")
def spender_is_a_party(project: JointProject, event: Any, context: Context) -> bool:
    """Whoever enters a voucher is of a party of the project."""
    return event.unit is not None and event.unit in (project.lead, *project.units)


@rule("所属预算项尚未决算", "M092")
def accounts_of_its_line_are_open(project: JointProject, event: Any, context: Context) -> Iterator[Detail]:
    """The line of the voucher is not closed: closed accounts are reopened before anything in them is changed."""
    assert isinstance(context.item, Expense)
    line = project.item("budget", context.item.line)
    if line is None or line.status != BudgetStatus.RESERVED:
        yield Detail(f"line {context.item.line} is closed", f"预算项 {context.item.line} 已决算")


@rule("已付款项的退回期限已明", "M092", needs="until")
def paying_back_has_a_date(project: JointProject, event: Any, context: Context) -> bool:
    """What was verified and is no cost of the project is paid back until a day that lies ahead."""
    assert isinstance(context.item, Expense)
    if event.until is None:
        return context.item.status != ExpenseStatus.VERIFIED
    return bool(event.until > context.at)


def _by_another_unit(project: JointProject, event: Any, context: Context) -> bool:
    assert isinstance(context.item, Expense)
    return verified_by_another.check(project, event, context) is True and context.item.unit not in units_of(context)


verified_by_another_unit = replace(verified_by_another, check=_by_another_unit)
"""What `verified_by_another` means of a voucher: nobody checks what their own unit has spent."""
