"""资金 fund: money of a budget round, each sum with its source and its giver. Keyed by the sum.

Donations stand beside fiscal money (财政资金杠杆): they raise what is available, and the fiscal sum stays what it was.
"""

# ruff: noqa: E501 - a row of a table stays one line

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Annotated, Any

from govflow.actors import SYSTEM, Claim, Id, Role, speaks_for
from govflow.budgets.messages import BudgetRoundImported, ImportBudgetRound
from govflow.budgets.model import LARGEST_ENVELOPE, BudgetRound
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Amount, BelongsTo, Instant, ItemCommand, ItemEvent, Personal, Protected, Value, Words
from govflow.records import HandOver, Item
from govflow.region import Changes, Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.rules import decided_by_another, reason_given
from govflow.workflow import Rest, Status, Step, Workflow, rule


class FundStatus(Status):
    """Where a sum of money stands."""

    PLEDGED = "pledged", "已认捐"
    AVAILABLE = "available", "已到位", Rest.OUTCOME
    WITHDRAWN = "withdrawn", "撤回", Rest.FINAL


S = FundStatus


class FundSource(StrEnum):
    """Where money comes from (M111)."""

    FISCAL = "fiscal"  # 财政
    DONATION = "donation"  # 捐赠
    SELF_RAISED = "self_raised"  # 自筹


class Fund(Item):
    """One sum of money in minor units: its source, who gives it, for what."""

    source: str = ""
    amount: int = 0
    giver: str | None = None
    giver_name: Protected | None = None
    purpose: str = ""

    @property
    def what(self) -> str:
        return f"{self.source} money of {self.giver or 'nobody named'}"

    def people(self) -> frozenset[str]:
        return frozenset(filter(None, (self.giver,)))

    def concerns(self, actor: str, unit: str | None = None) -> bool:
        return self.giver is not None and self.giver in (actor, unit)

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """Residents and organisations take their own pledges back, and nobody else's."""
        if role not in _GIVERS:
            return None
        return self.giver is not None and (
            speaks_for(self.giver, claim, actor, on_behalf_of) or claim.unit == self.giver
        )

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool | None:
        return True if self.concerns(actor, claim.unit) else None


class _Sum(Value):
    """A sum in minor units; `giver` is a unit, or the pseudonym of a person."""

    source: FundSource | None = None
    amount: Amount = 0
    giver: Id | None = None
    purpose: Words = ""


class AddFund(ItemCommand, _Sum, wire="fund.add", label="资金到位"):
    """Put money that is there into the envelope."""

    giver_name: Personal | None = None


class FundAdded(ItemEvent, _Sum, name="fund.added"):
    """The envelope has more money."""

    giver_name: Annotated[Protected | None, BelongsTo("giver")] = None


class PledgeFund(ItemCommand, _Sum, wire="fund.pledge", label="认捐"):
    """Promise a donation or money of one's own, to be paid by `until`: it counts when it is there."""

    giver_name: Personal | None = None
    until: Instant | None = None


class FundPledged(ItemEvent, _Sum, name="fund.pledged"):
    """Money was promised."""

    giver_name: Annotated[Protected | None, BelongsTo("giver")] = None
    until: Instant | None = None


class ReceiveFund(ItemCommand, wire="fund.receive", label="确认到账"):
    """Confirm as another person that pledged money is there; `amount` where another sum came than was promised."""

    amount: Amount | None = None


class FundReceived(ItemEvent, name="fund.received"):
    """Pledged money is there."""

    amount: Amount | None = None


class WithdrawFund(ItemCommand, Reasoned, wire="fund.withdraw", label="撤回资金"):
    """Take a pledge back, or money that no winner needs."""

    to: Id | None = None


class FundWithdrawn(ItemEvent, Reasoned, name="fund.withdrawn"):
    """The money does not count, or no longer."""

    to: Id | None = None


# --- rules -----------------------------------------------------------------------------------------------------------


@rule("资金来源已注明", "M111", needs="source amount giver")
def funding_source_is_named(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """Fiscal, donation or self-raised is named."""
    if event.source is None:
        yield Detail("the source", "资金来源")
    if not event.amount:
        yield Detail("the sum", "金额")
    if event.giver is None and event.source is not FundSource.FISCAL:
        yield Detail("who gives it", "出资人")


@rule("开始表决后财政资金不再变动", "M110", needs="source")
def fiscal_sum_stands(round: BudgetRound, event: Any, context: Context) -> bool:
    """The fiscal sum that people vote on is not changed once they vote."""
    source = context.item.source if isinstance(context.item, Fund) else event.source
    return source != FundSource.FISCAL or round.status in _BEFORE_THE_BALLOT


@rule("认捐为捐赠或自筹资金", "M111", needs="source")
def fiscal_money_is_not_pledged(round: BudgetRound, event: Any, context: Context) -> bool:
    """A pledge is a donation or money raised by oneself."""
    return event.source is not FundSource.FISCAL


@rule("为本人或所代表的单位认捐", "M111", needs="giver")
def giver_pledges_or_is_written_down(round: BudgetRound, event: Any, context: Context) -> bool:
    """Givers pledge for themselves or their unit; officials of the round write down what others have promised."""
    held = [claim for claim in context.claims if claim.role in context.step.who]
    officials = any(claim.role not in _GIVERS and round.reaches(claim) for claim in held)
    return officials or event.giver == event.by or any(claim.unit == event.giver for claim in held)


@rule("确认的金额明确", "M111", needs="amount")
def a_sum_has_come(round: BudgetRound, event: Any, context: Context) -> bool:
    """What came is more than nothing."""
    return event.amount is None or event.amount > 0


@rule("全部资金不超过可计数的最大金额", "design", needs="amount")
def envelope_can_be_counted(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """All the money of the round, this sum included, is an amount that can be counted."""
    promised = context.item.amount if isinstance(context.item, Fund) else 0
    sum_of = promised if event.amount is None else event.amount
    if (over := round.available + sum_of - LARGEST_ENVELOPE) > 0:
        yield Detail(f"{over} minor units more than {LARGEST_ENVELOPE}", f"超出上限 {LARGEST_ENVELOPE} 分 {over} 分")


@rule("剩余资金足以支付入选项目", "M110")
def winners_stay_paid_for(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """What is left without this money still pays for the winners."""
    fund = context.item
    missing = round.reserved - (round.available - (fund.amount if isinstance(fund, Fund) else 0))
    if missing > 0:
        yield Detail(f"{missing} minor units would be missing", f"将短缺 {missing} 分")


# --- the table -------------------------------------------------------------------------------------------------------

_BEFORE_THE_BALLOT = ("drafting", "collecting", "reviewing")
_GIVERS = (Role.RESIDENT, Role.ORGANISATION)
_PURSE = (Role.FINANCE, Role.TOWN, Role.DISTRICT)
# fmt: off
FUND_WORKFLOW = Workflow("fund", S, zh="资金", on=("budget_round",), steps=(
    #    id      command       from         event          to           who                               provided that
    Step("FU01", AddFund,      None,        FundAdded,     S.AVAILABLE, _PURSE,                           (funding_source_is_named, fiscal_sum_stands, envelope_can_be_counted), while_in="active"),
    Step("FU02", PledgeFund,   None,        FundPledged,   S.PLEDGED,   (*_GIVERS, Role.COMMUNITY, *_PURSE), (funding_source_is_named, fiscal_money_is_not_pledged, giver_pledges_or_is_written_down), while_in="active", anywhere=True),
    Step("FU03", ReceiveFund,  S.PLEDGED,   FundReceived,  S.AVAILABLE, Role.FINANCE,                     (decided_by_another, a_sum_has_come, envelope_can_be_counted), while_in="active"),
    Step("FU04", WithdrawFund, S.PLEDGED,   FundWithdrawn, S.WITHDRAWN, (*_GIVERS, Role.FINANCE, Role.SYSTEM), (reason_given,), anywhere=True),
    Step("FU05", WithdrawFund, S.AVAILABLE, FundWithdrawn, S.WITHDRAWN, Role.FINANCE,                     (reason_given, fiscal_sum_stands, winners_stay_paid_for), while_in="active"),
    Step("FU06", ImportBudgetRound, None,   BudgetRoundImported, S.AVAILABLE, Role.SYSTEM,                (), while_in="reviewing", rides=("PB17",)),
))
# fmt: on


def _named(status: FundStatus) -> Any:
    return lambda item, e: {
        "status": status,
        "source": "" if e.source is None else e.source.value,
        "amount": e.amount,
        "giver": e.giver,
        "giver_name": e.giver_name,
        "purpose": e.purpose,
        "owes": e.giver if status is S.PLEDGED else None,
        "until": getattr(e, "until", None),
    }


_FOLD: Fold = {
    FundAdded: _named(S.AVAILABLE),
    FundPledged: _named(S.PLEDGED),
    FundReceived: lambda item, e: {
        "status": S.AVAILABLE,
        "amount": item.amount if e.amount is None else e.amount,
        "owes": None,
        "hands": (*item.hands, e.by),
    },
    FundWithdrawn: lambda item, e: {"status": S.WITHDRAWN, "owes": None},
}


def _withdraw(record: str, item: Item, given: HandOver) -> WithdrawFund:
    return WithdrawFund(id=record, by=SYSTEM, item=item.key, reason=given.reason, to=given.to)


def _imported(round: BudgetRound, event: BudgetRoundImported) -> Iterator[tuple[str, Changes]]:
    money = {"status": S.AVAILABLE, "source": FundSource.FISCAL.value, "amount": event.amount, "purpose": event.source}
    yield "1", money


FUND = Region(FUND_WORKFLOW, Fund, _FOLD, rides={BudgetRoundImported: _imported}, ends=_withdraw)
