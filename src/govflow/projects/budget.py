"""预算 budget: one budget line by its source: fiscal, donation, self-raised. Keyed by the line.

What a fiscal line holds is drawn from its envelope in the same append (`DRAWING`): no two projects can reserve the same
money, in whatever order and on whatever engine they do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from govflow.actors import SYSTEM, Id, Role
from govflow.budgets.fund import FundSource
from govflow.context import Context
from govflow.envelopes import ChangeDraw, FreeDraw, ReopenDraw, ReserveDraw, SettleDraw, draw_key
from govflow.messages import Amount, Command, Event, ItemCommand, ItemEvent, ItemKey, Value, Words
from govflow.projects.budget_rules import (
    accounts_equal_receipts,
    amount_covers_what_was_spent,
    budget_is_within_envelope,
    commitment_bears_its_lines,
    finance_takes_no_part,
    funding_source_is_named,
    lines_are_within_approved_budget,
    money_is_reconciled,
    spent_money_has_come,
)
from govflow.projects.lines import BudgetLine, lines_of, spent_of
from govflow.projects.lines import BudgetStatus as S
from govflow.projects.model import JointProject
from govflow.records import HandOver, Item
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.rules import reason_given
from govflow.workflow import Step, Workflow


class _Planning(Value):
    """Money in minor units, from one source: fiscal money names an `envelope`, other money a `commitment` of money."""

    source: FundSource | None = None
    amount: Amount = 0
    purpose: Words = ""
    envelope: Id | None = None
    commitment: ItemKey | None = None


class PlanBudget(ItemCommand, _Planning, wire="budget.plan", label="拟列预算"):
    """Ask for money from one source."""


class BudgetPlanned(ItemEvent, _Planning, name="budget.planned"):
    """Money was asked for."""


class ReserveBudget(ItemCommand, wire="budget.reserve", label="核定预算"):
    """Set the money aside: it is within the envelope and its caps, or was promised."""


class BudgetReserved(ItemEvent, name="budget.reserved"):
    """The money is set aside."""

    amount: Amount = 0


class _Changing(Reasoned):
    amount: Amount = 0


class ChangeBudget(ItemCommand, _Changing, wire="budget.change", label="调整预算"):
    """Give the line another amount, with the town's leave and a reason."""


class BudgetChanged(ItemEvent, _Changing, name="budget.changed"):
    """The line has another amount."""


class _Closing(Value):
    """`spent` is what the verified vouchers of the line come to, in minor units."""

    spent: Amount | None = None


class CloseBudget(ItemCommand, _Closing, wire="budget.close", label="预算决算"):
    """Close the line with what was spent; the rest is free again."""


class BudgetClosed(ItemEvent, _Closing, name="budget.closed"):
    """The line is closed with what was spent."""


class _Reopening(Reasoned):
    amount: Amount | None = None


class ReopenBudget(ItemCommand, _Reopening, wire="budget.reopen", label="重开预算项"):
    """Open a closed line again, with another amount or, by default, with what was spent."""


class BudgetReopened(ItemEvent, Reasoned, name="budget.reopened"):
    """A closed line is open again, with this amount."""

    amount: Amount = 0


class _Freeing(Reasoned):
    to: Id | None = None


class FreeBudget(ItemCommand, _Freeing, wire="budget.free", label="释放预算"):
    """Give the money back, without what was spent of it: it was refused, or is not needed."""


class BudgetFreed(ItemEvent, _Freeing, name="budget.freed"):
    """The money is free again, without what its verified vouchers come to."""

    spent: Amount = 0


# --- the table -------------------------------------------------------------------------------------------------------

R = Role
_FIT = (budget_is_within_envelope, lines_are_within_approved_budget, finance_takes_no_part)
_TO_PLAN = ("proposed", "open_for_claim", "claimed", "paired", "assessed", "approved", "in_progress")
_TO_RESERVE = ("paired", "assessed", "approved", "in_progress")
# fmt: off
BUDGET_WORKFLOW = Workflow("budget", S, zh="预算", on=("joint_project",), steps=(
    #    id      command        from                     event           to           who                                 provided that
    Step("BU01", PlanBudget,    None,                    BudgetPlanned,  S.PLANNED,   (R.PROJECT_LEAD, R.COMMUNITY, R.SYSTEM), (funding_source_is_named, commitment_bears_its_lines), while_in=_TO_PLAN),
    Step("BU02", ReserveBudget, S.PLANNED,               BudgetReserved, S.RESERVED,  (R.FINANCE, R.TOWN, R.SYSTEM),      _FIT, while_in=_TO_RESERVE),
    Step("BU03", ChangeBudget,  (S.PLANNED, S.RESERVED), BudgetChanged,  None,        (R.PROJECT_LEAD, R.FINANCE),        (*_FIT, amount_covers_what_was_spent, reason_given), approval=R.TOWN, while_in=(*_TO_RESERVE, "suspended")),
    Step("BU04", CloseBudget,   S.RESERVED,              BudgetClosed,   S.CLOSED,    R.FINANCE,                          (accounts_equal_receipts, spent_money_has_come, finance_takes_no_part), while_in=("evaluated", "delivered", "accepted")),
    Step("BU05", FreeBudget,    (S.PLANNED, S.RESERVED), BudgetFreed,    S.FREED,     (R.FINANCE, R.TOWN, R.SYSTEM),      (money_is_reconciled, spent_money_has_come, finance_takes_no_part)),
    # ours: a late bill, or a voucher found wrong once the line is closed
    Step("BU06", ReopenBudget,  S.CLOSED,                BudgetReopened, S.RESERVED,  R.FINANCE,                          (*_FIT, amount_covers_what_was_spent, reason_given), while_in=("in_progress", "suspended", "delivered", "accepted", "evaluated")),
))
# fmt: on


def _reserved(project: JointProject, command: ReserveBudget, context: Context) -> Event:
    """How much was set aside stands in the event."""
    amount = context.item.amount if isinstance(context.item, BudgetLine) else 0
    return _copied(project, command, BudgetReserved, context, amount=amount)


def _reopened(project: JointProject, command: ReopenBudget, context: Context) -> Event:
    """What was spent is held already: it needs no more money than that."""
    spent = context.item.spent if isinstance(context.item, BudgetLine) else 0
    amount = command.amount if command.amount is not None else spent
    return _copied(project, command, BudgetReopened, context, amount=amount)


def _freed(project: JointProject, command: FreeBudget, context: Context) -> Event:
    """What was spent stays drawn."""
    return _copied(project, command, BudgetFreed, context, spent=spent_of(project, command.item))


def _copied(project: JointProject, command: ItemCommand, event: type[Event], context: Context, **said: Any) -> Event:
    decider = context.deciders[project.kind_of_record]
    return decider.copied(command, event, context, item=command.item, **said)


_FOLD: Fold = {
    BudgetPlanned: lambda item, e: {
        "status": S.PLANNED,
        "source": "" if e.source is None else e.source.value,
        "amount": e.amount,
        "purpose": e.purpose,
        "envelope": e.envelope,
        "commitment": e.commitment,
        "owes": R.FINANCE.value,
    },
    BudgetReserved: lambda item, e: {"status": S.RESERVED, "amount": e.amount},
    BudgetChanged: lambda item, e: {"amount": e.amount},
    BudgetClosed: lambda item, e: {"status": S.CLOSED, "spent": e.spent or 0, "owes": None},
    BudgetReopened: lambda item, e: {"status": S.RESERVED, "amount": e.amount, "owes": R.FINANCE.value},
    BudgetFreed: lambda item, e: {"status": S.FREED, "spent": e.spent, "owes": None},
}


def _free(record: str, item: Item, given: HandOver) -> FreeBudget:
    return FreeBudget(id=record, by=SYSTEM, item=item.key, reason=given.reason, to=given.to)


BUDGET = Region(
    BUDGET_WORKFLOW,
    BudgetLine,
    _FOLD,
    propose={ReserveBudget: _reserved, ReopenBudget: _reopened, FreeBudget: _freed},
    ends=_free,
)


def reserve_planned(project: JointProject, event: Event, context: Context) -> Iterator[Command]:
    """What belongs to an approval: every planned line is reserved in the same append."""
    for each in lines_of(project, S.PLANNED):
        yield ReserveBudget(id=project.id, by=SYSTEM, item=each.key)


# --- what follows on the envelope ------------------------------------------------------------------------------------


def _draw(make: Callable[[JointProject, BudgetLine, dict[str, Any]], Command]) -> Any:
    """A reaction to a line that holds money of an envelope; other lines hold nothing there."""

    def react(states: tuple[JointProject, JointProject], event: ItemEvent, context: Context) -> Iterator[Command]:
        before, project = states
        line: BudgetLine = project.item("budget", event.item)
        held: BudgetLine | None = before.item("budget", event.item)
        found = context.lookup(line.envelope) if line.envelope is not None else None
        if found is None or found.kind_of_record != "envelope":
            return
        if line.status == S.RESERVED or (held is not None and held.status == S.RESERVED):
            at = {"id": line.envelope, "by": SYSTEM, "item": draw_key(project.id, line.key)}
            yield make(project, line, at)

    return react


def _reserve(project: JointProject, line: BudgetLine, at: dict[str, Any]) -> Command:
    return ReserveDraw(**at, project=project.id, line=line.key, kind=project.kind, amount=line.amount)


def _released(project: JointProject, line: BudgetLine, at: dict[str, Any]) -> Command:
    """What was spent stays drawn, the rest is free again."""
    return SettleDraw(**at, spent=line.spent) if line.spent else FreeDraw(**at)


DRAWING: Mapping[type[Event], Any] = {
    BudgetReserved: _draw(_reserve),
    BudgetChanged: _draw(lambda project, line, at: ChangeDraw(**at, amount=line.amount)),
    BudgetClosed: _draw(lambda project, line, at: SettleDraw(**at, spent=line.spent)),
    BudgetReopened: _draw(lambda project, line, at: ReopenDraw(**at, amount=line.amount)),
    BudgetFreed: _draw(_released),
}
"""Reactions of a project: what its budget lines do to the envelopes they draw on."""
