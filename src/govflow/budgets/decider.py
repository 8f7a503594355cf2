"""The budget round as the engine serves it: its table, its state, its regions, and what its events are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from immutables import Map

from govflow.actors import SYSTEM
from govflow.budgets import messages as m
from govflow.budgets.counting import counted
from govflow.budgets.entry import CommissionEntry, EntryCommissioned, EntryProposed, EntryStatus
from govflow.budgets.entry_region import ENTRY
from govflow.budgets.fund import FUND
from govflow.budgets.model import BudgetRound, RoundBallot
from govflow.budgets.model import BudgetRoundStatus as S
from govflow.budgets.workflow import BUDGET_ROUND_WORKFLOW
from govflow.context import Context
from govflow.decider import Decider
from govflow.messages import Command, Event
from govflow.region import Changes, Fold
from govflow.regions.approval import APPROVAL
from govflow.regions.clock import CLOCK
from govflow.regions.evidence import EVIDENCE
from govflow.regions.link import LINK, AddLink, LinkAdded, LinkKind, LinkUnlinked, mirrored, mirrored_unlink, tie_to
from govflow.regions.objection import OBJECTION, open_objections, upheld_objections
from govflow.regions.policy_version import POLICY_VERSION
from govflow.regions.retention import RETENTION
from govflow.voting import Ballot, enrolled, entitled, roll_digest, struck

KIND = "budget"
"""What time limits of a policy call a budget round: `kinds = ["budget"]`."""

# --- what events say beyond their commands ---------------------------------------------------------------------------


def _opened(event: type[Event]) -> Any:
    """A round pins the policy in force and its programme in full."""

    def propose(round: BudgetRound, command: Any, context: Context) -> Event:
        named = command.programme
        programme = context.policy.programme(named) if isinstance(named, str) else named
        said: Changes = {"policy": context.policy.key, "retention": context.policy.ordinary_retention}
        return BUDGET_ROUND.copied(command, event, context, programme=programme, **said)

    return propose


def _ballot_opened(round: BudgetRound, command: m.OpenBudgetBallot, context: Context) -> Event:
    """The list: eligible entries in the order in which they came; of an imported round those withdrawn there, too."""
    listed = {EntryStatus.ELIGIBLE, *((EntryStatus.WITHDRAWN,) if round.source else ())}
    said: Changes = {
        "paper": tuple(each.key for each in round.items_of("entry").values() if each.status in listed),
        "roll_digest": roll_digest(round.roll),
        "entitled": entitled(round.roll),
    }
    return BUDGET_ROUND.copied(command, m.BudgetBallotOpened, context, **said)


def _cast(round: BudgetRound, command: m.CastBudgetBallot, context: Context) -> Event:
    """Who names no voter votes in person, or as the unit they speak for."""
    voter = command.voter or context.on_behalf_of or command.by.id
    return BUDGET_ROUND.copied(command, m.BudgetBallotCast, context, voter=voter)


def _ballot_closed(round: BudgetRound, command: m.CloseBudgetBallot, context: Context) -> Event:
    return BUDGET_ROUND.copied(command, m.BudgetBallotClosed, context, count=counted(round))


def _archived(round: BudgetRound, command: m.ArchiveBudgetRound, context: Context) -> Event:
    return BUDGET_ROUND.copied(command, m.BudgetRoundArchived, context, retention=command.retention or round.retention)


# --- what events do --------------------------------------------------------------------------------------------------


def _begun(status: S) -> Any:
    return lambda round, e: {
        "status": status,
        "kind": KIND,
        "title": e.title,
        "level": e.level,
        "area": e.area,
        "policy": e.policy,
        "retention": e.retention,
        "programme": e.programme,
        "source": getattr(e, "source", ""),
        "opened_at": e.at,
    }


def _recorded(round: BudgetRound, e: m.BudgetBallotsRecorded) -> Changes:
    cast = round.cast.mutate()
    for each in e.ballots:
        cast[each.voter] = RoundBallot(by=e.by, at=e.at, ballot=each.ballot, on_paper=True)
    return {"cast": cast.finish()}


def _one_more(round: BudgetRound, e: m.BudgetBallotCast) -> Changes:
    return {"cast": round.cast.set(e.voter or e.by, RoundBallot(by=e.by, at=e.at, ballot=e.ballot or Ballot()))}


_FOLD: Fold = {
    m.BudgetRoundOpened: _begun(S.DRAFTING),
    m.BudgetRoundImported: _begun(S.REVIEWING),
    m.CollectingStarted: lambda round, e: {"status": S.COLLECTING},
    m.ReviewStarted: lambda round, e: {"status": S.REVIEWING},
    m.BudgetPhaseExtended: lambda round, e: {},
    m.BudgetVotersEnrolled: lambda round, e: {"roll": enrolled(round.roll, e.voters)},
    m.BudgetVotersStruck: lambda round, e: {"roll": struck(round.roll, e.voters)},
    m.BudgetBallotOpened: lambda round, e: {"status": S.BALLOTING, "paper": e.paper, "roll_digest": e.roll_digest},
    m.BudgetBallotCast: _one_more,
    m.BudgetBallotsRecorded: _recorded,
    m.BudgetBallotClosed: lambda round, e: {"status": S.DECIDED, "count": e.count},
    m.BudgetBallotVoided: lambda round, e: {
        "status": S.REVIEWING,
        "round": round.round + 1,
        "cast": Map(),
        "count": None,
        "paper": (),
        "roll_digest": None,
        "announcement": "",
    },
    m.BudgetRoundPublished: lambda round, e: {"status": S.PUBLISHED, "announcement": e.public_text},
    m.WinnersCommissioned: lambda round, e: {"has_commissioned": True},
    m.BudgetRoundClosed: lambda round, e: {"status": S.CLOSED},
    m.BudgetRoundCancelled: lambda round, e: {"status": S.CANCELLED},
    m.BudgetRoundArchived: lambda round, e: {"status": S.ARCHIVED, "retention": e.retention or round.retention},
}


# --- what follows ----------------------------------------------------------------------------------------------------


def _tie_to_source(states: tuple[Any, Any], event: EntryProposed, context: Context) -> Iterator[Command]:
    """The proposal or case an entry comes from is decided in this round: both say so, if that one keeps links."""
    round: BudgetRound = states[1]
    source = context.lookup(event.source) if event.source is not None else None
    if source is None or "link" not in context.deciders[source.kind_of_record].regions:
        return
    if tie_to(source, LinkKind.DECIDED_BY, round.id) is None:
        yield AddLink(id=source.id, by=SYSTEM, other=round.id, kind=LinkKind.DECIDED_BY)


def _begin_project(states: tuple[Any, Any], event: EntryCommissioned, context: Context) -> Iterator[Command]:
    """Exactly one project for a winner, tied both ways; or the tie to the one that was named."""
    round: BudgetRound = states[1]
    if event.project is None:
        return
    if event.begun:
        entry = round.item("entry", event.item)
        opens = context.deciders["joint_project"].opens
        assert opens is not None, "a project is begun only where one can be"
        yield opens(event.project, round, CommissionEntry(id=round.id, by=SYSTEM, item=entry.key, title=entry.title))
    if tie_to(round, LinkKind.SPAWNED, event.project) is None:
        yield AddLink(id=round.id, by=SYSTEM, other=event.project, kind=LinkKind.SPAWNED)


def _start_review(round: BudgetRound, item: str) -> Iterator[Command]:
    if round.status == S.COLLECTING:
        yield m.StartReview(id=round.id, by=SYSTEM)


def _close_ballot(round: BudgetRound, item: str) -> Iterator[Command]:
    if round.status == S.BALLOTING:
        yield m.CloseBudgetBallot(id=round.id, by=SYSTEM)


def _commission(round: BudgetRound, item: str) -> Iterator[Command]:
    """The public notice is over, and nobody has objected in vain."""
    if round.status == S.PUBLISHED and not (open_objections(round) or upheld_objections(round)):
        yield m.CommissionWinners(id=round.id, by=SYSTEM)


BUDGET_ROUND = Decider(
    BUDGET_ROUND_WORKFLOW,
    BudgetRound,
    _FOLD,
    prefix="PB",
    regions=(
        FUND,
        ENTRY,
        OBJECTION,
        EVIDENCE,
        LINK,
        APPROVAL,
        RETENTION,
        CLOCK,
        POLICY_VERSION,
    ),
    propose={
        m.OpenBudgetRound: _opened(m.BudgetRoundOpened),
        m.ImportBudgetRound: _opened(m.BudgetRoundImported),
        m.OpenBudgetBallot: _ballot_opened,
        m.CastBudgetBallot: _cast,
        m.CloseBudgetBallot: _ballot_closed,
        m.ArchiveBudgetRound: _archived,
    },
    reactions={
        EntryProposed: _tie_to_source,
        EntryCommissioned: _begin_project,
        LinkAdded: mirrored,
        LinkUnlinked: mirrored_unlink,
    },
    when_due={"consultation": _start_review, "ballot": _close_ballot, "publicity": _commission},
    succeeded=(S.CLOSED,),
    failed=(S.CANCELLED,),
)
"""Rounds of a participatory budget, as the engine serves them beside cases and proposals."""
