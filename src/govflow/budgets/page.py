"""What is made public of a budget round: its money, its entries with their fate and the reason, what is left."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from govflow.budgets.entry import Entry, EntryStatus
from govflow.budgets.fund import Fund, FundSource
from govflow.budgets.model import BudgetRound, BudgetRoundStatus, EntryTold
from govflow.clocks import Clock
from govflow.messages import Instant, Value


class PublicFund(Value):
    """One sum that is there: its source, the unit that gave it (people stay unnamed), in minor units."""

    source: str
    amount: int
    giver: str | None
    purpose: str


class PublicEntry(Value):
    """One entry: what it is, where it stands, what it costs in minor units, its votes and why it won or not."""

    key: str
    number: str
    title: str
    text: str
    kind_en: str
    kind_zh: str
    area: str
    beneficiaries: str
    status: str
    status_zh: str
    cost: int
    votes: int | None
    points: int | None
    rank: int | None
    why_en: str
    why_zh: str
    reason_code: str
    reason: str
    source: str | None
    carrier: str
    project: str | None


class Page(Value):
    """A budget round as everybody may read it. Amounts are in minor units; `leverage` is other money ÷ fiscal money.

    `until` is when collecting, voting or the public notice ends, whichever goes on now.
    """

    id: str
    title: str
    status: str
    status_zh: str
    area: str
    programme_en: str
    programme_zh: str
    rule: str
    announcement: str
    until: Instant | None
    funds: tuple[PublicFund, ...]
    fiscal: int
    donated: int
    self_raised: int
    available: int
    reserved: int
    remaining: int
    leverage: Fraction | None
    entitled: int
    voted: int
    roll_digest: str | None
    entries: tuple[PublicEntry, ...]


def page_of(round: BudgetRound) -> Page:
    """What is public of a round as it stands: winners as they won, then the others in the order in which they came."""
    sums = round.by_source
    fiscal = sums.get(FundSource.FISCAL, 0)
    programme = round.programme
    status = _status(round.status)
    return Page(
        id=round.id,
        title=round.title,
        status=round.status,
        status_zh=status,
        area=round.area,
        programme_en=programme.en if programme is not None else "",
        programme_zh=programme.zh if programme is not None else "",
        rule=programme.rule.value if programme is not None else "",
        announcement=round.announcement,
        until=_until(round),
        funds=tuple(_fund(each) for each in round.items_of("fund").values() if each.status == "available"),
        fiscal=fiscal,
        donated=sums.get(FundSource.DONATION, 0),
        self_raised=sums.get(FundSource.SELF_RAISED, 0),
        available=round.available,
        reserved=round.reserved,
        remaining=round.remaining,
        leverage=Fraction(round.available - fiscal, fiscal) if fiscal else None,
        entitled=len(round.roll),
        voted=len(round.cast),
        roll_digest=round.roll_digest,
        entries=_entries(round),
    )


def _status(status: str) -> str:
    return BudgetRoundStatus(status).zh if status else ""


def _until(round: BudgetRound) -> Any:
    going: tuple[Clock | None, ...] = tuple(round.clocks.get(name) for name in ("consultation", "ballot", "publicity"))
    return next((clock.due for clock in going if clock is not None and clock.is_going), None)


def _fund(fund: Fund) -> PublicFund:
    giver = None if fund.giver is None or fund.giver.startswith("s-") else fund.giver  # s-…: a person
    return PublicFund(source=fund.source, amount=fund.amount, giver=giver, purpose=fund.purpose)


def _entries(round: BudgetRound) -> tuple[PublicEntry, ...]:
    entries = round.items_of("entry")
    told = {each.entry: each for each in round.count.told} if round.count is not None else {}
    winners = [key for key in (round.count.winners if round.count is not None else ()) if key in entries]
    order = dict.fromkeys([*winners, *entries])
    return tuple(_entry(round, entries[key], told.get(key)) for key in order)


def _entry(round: BudgetRound, entry: Entry, told: EntryTold | None) -> PublicEntry:
    kind = round.programme.kind(entry.kind) if round.programme is not None else None
    same = ("key", "number", "title", "text", "area", "beneficiaries", "status", "cost", "reason_code", "reason")
    return PublicEntry(
        **{name: getattr(entry, name) for name in (*same, "source", "carrier", "project")},
        kind_en=kind.en if kind is not None else entry.kind,
        kind_zh=kind.zh if kind is not None else entry.kind,
        status_zh=EntryStatus(entry.status).zh,
        votes=None if told is None else told.votes,
        points=None if told is None else told.points,
        rank=None if told is None else told.rank,
        why_en="" if told is None else told.en,
        why_zh="" if told is None else told.zh,
    )
