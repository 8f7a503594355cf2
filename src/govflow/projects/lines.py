"""Budget lines and vouchers of a project, and what they come to. All money is in minor units (分)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from govflow.envelopes import yuan
from govflow.records import Item
from govflow.workflow import Rest, Status


class BudgetStatus(Status):
    """Where a budget line stands."""

    PLANNED = "planned", "拟列"
    RESERVED = "reserved", "已核定"
    CLOSED = "closed", "已决算", Rest.OUTCOME
    FREED = "freed", "已释放", Rest.FINAL


class ExpenseStatus(Status):
    """Where a voucher stands: recorded and verified ones count as spent."""

    RECORDED = "recorded", "已登记"
    VERIFIED = "verified", "已审核", Rest.OUTCOME
    DISALLOWED = "disallowed", "剔除", Rest.FINAL
    REVERSED = "reversed", "冲销", Rest.FINAL


class BudgetLine(Item):
    """One budget line: where its money comes from, how much, for what, and what was spent of it when it was closed.

    Fiscal money comes out of an `envelope` (the record of one, or of a budget round that the project has won in), other
    money out of a `commitment` of the project.
    """

    source: str = ""
    amount: int = 0
    purpose: str = ""
    envelope: str | None = None
    commitment: str | None = None
    spent: int = 0

    @property
    def what(self) -> str:
        return f"{yuan(self.amount)} yuan {self.purpose or self.source}"

    @property
    def held(self) -> int:
        """What is set aside for it: its amount while it is reserved, what was spent once it is closed or freed."""
        match self.status:
            case BudgetStatus.RESERVED:
                return self.amount
            case BudgetStatus.CLOSED | BudgetStatus.FREED:
                return self.spent
        return 0

    @property
    def claimed(self) -> int:
        """What it takes of its source, planned money included."""
        return self.amount if self.status == BudgetStatus.PLANNED else self.held


class Expense(Item):
    """支出: one voucher: of which line, how much, what for, when it was paid, which unit has spent it."""

    line: str = ""
    voucher: str = ""
    amount: int = 0
    purpose: str = ""
    paid_on: date | None = None
    papers: tuple[str, ...] = ()
    unit: str | None = None
    was_verified: bool = False
    reason: str = ""

    @property
    def what(self) -> str:
        return f"voucher {self.voucher} of {yuan(self.amount)} yuan"


def lines_of(project: Any, *statuses: BudgetStatus) -> Iterator[BudgetLine]:
    """The budget lines in one of these statuses; without any, all that count: freed ones do where they have spent."""
    for each in project.items_of("budget").values():
        if each.status in statuses or (not statuses and (each.status != BudgetStatus.FREED or each.spent)):
            yield each


def expenses_of(project: Any, *statuses: ExpenseStatus, line: str | None = None) -> Iterator[Expense]:
    """The vouchers in one of these statuses, of one line or of all."""
    found = project.items_of("expense").values()
    return (each for each in found if each.status in statuses and line in (None, each.line))


def planned_total(project: Any) -> int:
    """What all lines ask for or hold together, in minor units: the budget that an approval grants by default."""
    return sum(each.claimed for each in lines_of(project))


def spent_of(project: Any, line: str | None = None) -> int:
    """What the verified vouchers come to, of one line or of all, in minor units."""
    return sum(each.amount for each in expenses_of(project, ExpenseStatus.VERIFIED, line=line))


def spending_of(project: Any, line: str | None = None) -> int:
    """What was spent, checked or not, of one line or of all, in minor units."""
    return sum(each.amount for each in expenses_of(project, ExpenseStatus.RECORDED, ExpenseStatus.VERIFIED, line=line))


def balance_of(project: Any) -> int:
    """What is left of the money that is reserved, in minor units: without what its verified vouchers come to."""
    return sum(each.amount - spent_of(project, each.key) for each in lines_of(project, BudgetStatus.RESERVED))


# --- what lines rest on ----------------------------------------------------------------------------------------------


def promise_of(project: Any, line: BudgetLine) -> Any:
    """The commitment of money that a line rests on, None where it rests on none."""
    return project.item("commitment", line.commitment) if line.commitment is not None else None


def worth(promise: Any) -> int:
    """What a commitment of money is good for, in minor units: of one that was released, what was delivered before."""
    return int(promise.delivered_amount if promise.status == "released" else promise.amount)


def won_in(round: Any, project: Any) -> int:
    """What a budget round has reserved for the entries that this project carries out, in minor units."""
    return sum(each.held for each in round.items_of("entry").values() if each.project == project.id)
