"""支出 expense: one voucher, entered by a party, checked by finance against its paper. Keyed by the voucher."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from govflow.actors import SYSTEM, Id, Role
from govflow.context import Context
from govflow.envelopes import yuan
from govflow.messages import Amount, Command, Count, Event, Instant, ItemCommand, ItemEvent, ItemKey, Value, Words
from govflow.projects.budget_rules import finance_takes_no_part
from govflow.projects.expense_rules import (
    accounts_of_its_line_are_open,
    paying_back_has_a_date,
    spender_is_a_party,
    spending_is_within_budget,
    verified_by_another_unit,
    voucher_is_entered_once,
)
from govflow.projects.lines import Expense
from govflow.projects.lines import ExpenseStatus as S
from govflow.projects.model import JointProject
from govflow.projects.money import PAY_BACK
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.regions.commitment import MakeCommitment
from govflow.regions.contribution import Contribution
from govflow.rules import correction_names_its_event, reason_given, required_papers_are_attached
from govflow.workflow import Step, Workflow


class _Recording(Value):
    """Of which line, how much (minor units), paid when; `voucher` is its number, by default the key."""

    line: ItemKey | None = None
    voucher: Words = ""
    amount: Amount = 0
    purpose: Words = ""
    paid_on: date | None = None
    papers: tuple[Id, ...] = ()


class RecordExpense(ItemCommand, _Recording, wire="expense.record", label="登记支出"):
    """Enter a voucher; `papers` name the receipt on file."""


class ExpenseRecorded(ItemEvent, _Recording, name="expense.recorded"):
    """A voucher was entered by a unit."""

    unit: Id | None = None


class VerifyExpense(ItemCommand, wire="expense.verify", label="审核支出"):
    """Find it right against its receipt, as another person."""


class ExpenseVerified(ItemEvent, name="expense.verified"):
    """It was found right."""


class _Disallowing(Reasoned):
    """`until`: when the money is paid back, where it was paid."""

    until: Instant | None = None
    to: Id | None = None


class DisallowExpense(ItemCommand, _Disallowing, wire="expense.disallow", label="剔除支出"):
    """Find that it is no cost of this project; what was paid is paid back by whoever entered it."""


class ExpenseDisallowed(ItemEvent, _Disallowing, name="expense.disallowed"):
    """It is no cost of this project."""


class _Reversing(Reasoned):
    """`corrects` is the version of the event that was wrong."""

    corrects: Count = 0


class ReverseExpense(ItemCommand, _Reversing, wire="expense.reverse", label="冲销支出"):
    """Take back an entry that was wrong; what is right is entered anew."""


class ExpenseReversed(ItemEvent, _Reversing, name="expense.reversed"):
    """A wrong entry was taken back."""


_SHOWN = 200  # of a voucher's number, where it stands in another text


def pay_back(project: JointProject, event: Any, context: Context) -> Iterator[Command]:
    """What belongs to a finding that money was no cost of the project: whoever spent it promises it back."""
    expense: Expense = project.item("expense", event.item)
    if event.until is None:
        return
    yield MakeCommitment(
        id=project.id,
        by=SYSTEM,
        item=f"{PAY_BACK}.{expense.key}",
        what=f"{yuan(expense.amount)} 元 (voucher {expense.voucher[:_SHOWN]}) 退回",
        owner=expense.unit,
        until=event.until,
        matter=Contribution.MONEY,
        amount=expense.amount,
    )


# --- the table -------------------------------------------------------------------------------------------------------

R = Role
_SPENDING = (spending_is_within_budget, required_papers_are_attached, voucher_is_entered_once, spender_is_a_party)
_AFTER_APPROVAL = ("approved", "in_progress", "suspended", "delivered", "accepted", "evaluated")
_OPEN = (accounts_of_its_line_are_open, finance_takes_no_part)
# fmt: off
EXPENSE_WORKFLOW = Workflow("expense", S, zh="支出", on=("joint_project",), steps=(
    #    id      command          from                      event              to            who                              provided that
    Step("EX01", RecordExpense,   None,                     ExpenseRecorded,   S.RECORDED,   (R.PROJECT_LEAD, R.ORGANISATION), _SPENDING, while_in=_AFTER_APPROVAL),
    Step("EX02", VerifyExpense,   S.RECORDED,               ExpenseVerified,   S.VERIFIED,   R.FINANCE,                       (verified_by_another_unit, *_OPEN)),
    Step("EX03", DisallowExpense, (S.RECORDED, S.VERIFIED), ExpenseDisallowed, S.DISALLOWED, (R.FINANCE, R.SYSTEM),           (reason_given, *_OPEN, paying_back_has_a_date), then=(pay_back,)),
    Step("EX04", ReverseExpense,  (S.RECORDED, S.VERIFIED), ExpenseReversed,   S.REVERSED,   R.FINANCE,                       (reason_given, correction_names_its_event, *_OPEN)),
))
# fmt: on


def _recorded(project: JointProject, command: RecordExpense, context: Context) -> Event:
    """Which party has spent it stands in the event; the number of the voucher is its key unless it has another."""
    parties = (project.lead, *project.units)
    units = [claim.unit for claim in context.claims if claim.unit is not None]
    unit = next((each for each in units if each in parties), None)
    if unit is None and any(claim.role == R.PROJECT_LEAD for claim in context.claims):
        unit = project.lead  # somebody of the service team who comes from no party spends for the lead
    key = EXPENSE.key_of(project, command)
    said = {"unit": unit, "voucher": command.voucher.strip() or key}
    return context.deciders[project.kind_of_record].copied(command, ExpenseRecorded, context, item=key, **said)


_FOLD: Fold = {
    ExpenseRecorded: lambda item, e: {
        "status": S.RECORDED,
        "line": e.line or "",
        "voucher": e.voucher,
        "amount": e.amount,
        "purpose": e.purpose,
        "paid_on": e.paid_on,
        "papers": e.papers,
        "unit": e.unit,
        "owes": R.FINANCE.value,
    },
    ExpenseVerified: lambda item, e: {
        "status": S.VERIFIED,
        "was_verified": True,
        "owes": None,
        "hands": (*item.hands, e.by),
    },
    ExpenseDisallowed: lambda item, e: {"status": S.DISALLOWED, "reason": e.reason, "owes": None},
    ExpenseReversed: lambda item, e: {"status": S.REVERSED, "reason": e.reason, "owes": None},
}

EXPENSE = Region(EXPENSE_WORKFLOW, Expense, _FOLD, propose={RecordExpense: _recorded})
