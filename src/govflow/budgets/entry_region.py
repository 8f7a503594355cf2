"""参选项目 entry, as a region of a budget round: its table and what each event does to an entry."""

# ruff: noqa: E501 - a row of a table stays one line

from __future__ import annotations

from collections.abc import Iterator

from govflow.actors import SYSTEM, Role
from govflow.budgets import entry as n
from govflow.budgets import messages as m
from govflow.budgets.entry import Entry
from govflow.budgets.entry import EntryStatus as S
from govflow.budgets.entry_rules import (
    budget_is_within_envelope,
    carrier_is_named,
    cost_is_named_and_within_its_cap,
    entry_has_lost,
    entry_has_won,
    entry_is_described,
    project_holds_none_of_it,
    proposer_enters_it_or_is_written_down,
    proposer_has_room_left,
    public_words_hide_people,
    source_stands_and_is_entered_once,
    spent_of,
    winners_were_handed_over,
)
from govflow.budgets.model import BudgetRound
from govflow.context import Context
from govflow.messages import Event
from govflow.records import HandOver, Item
from govflow.region import Changes, Fold, Region
from govflow.rules import decided_by_another, reason_given, reason_is_coded, required_papers_are_attached
from govflow.workflow import Step, Workflow

R = Role
_PROPOSERS = (R.RESIDENT, R.ORGANISATION, R.COMMUNITY, R.PARTY_BRANCH, R.SECRETARIAT)
_REVIEWERS = (R.SECRETARIAT, R.TOWN)
_AWARDERS = (R.TOWN, R.DELIBERATING_BODY)
_ENTERING = (
    entry_is_described,
    public_words_hide_people,
    proposer_enters_it_or_is_written_down,
    proposer_has_room_left,
    source_stands_and_is_entered_once,
)
_REVIEW = ("collecting", "reviewing")
_COUNTED = ("decided", "published")
# fmt: off
ENTRY_WORKFLOW = Workflow("entry", S, zh="参选项目", on=("budget_round",), steps=(
    #    id      command             from                     event                  to              who                        provided that
    Step("EN01", n.ProposeEntry,     None,                    n.EntryProposed,       S.PROPOSED,     _PROPOSERS,                _ENTERING, while_in="collecting", anywhere=True),
    Step("EN02", n.AdmitEntry,       S.PROPOSED,              n.EntryAdmitted,       S.ELIGIBLE,     _REVIEWERS,                (cost_is_named_and_within_its_cap, decided_by_another), while_in=_REVIEW),
    Step("EN03", n.RefuseEntry,      (S.PROPOSED, S.ELIGIBLE), n.EntryRefused,       S.INELIGIBLE,   _REVIEWERS,                (reason_is_coded, decided_by_another), while_in=_REVIEW),
    Step("EN04", n.ReopenEntry,      S.INELIGIBLE,            n.EntryReopened,       S.PROPOSED,     _REVIEWERS,                (reason_given, decided_by_another), while_in=_REVIEW),
    Step("EN14", n.WithdrawEntry,    (S.PROPOSED, S.ELIGIBLE), n.EntryWithdrawn,     S.WITHDRAWN,    R.SECRETARIAT,             (reason_given, required_papers_are_attached), while_in=_REVIEW),
    Step("EN05", n.WithdrawEntry,    (S.PROPOSED, S.ELIGIBLE), n.EntryWithdrawn,     S.WITHDRAWN,    (R.PROPOSER, R.SYSTEM),    (reason_given,), anywhere=True),
    Step("EN06", m.CloseBudgetBallot, S.ELIGIBLE,             m.BudgetBallotClosed,  S.WON,          (R.CONVENOR, R.SYSTEM),    (entry_has_won,), while_in="balloting", rides=("PB09",)),
    Step("EN07", m.CloseBudgetBallot, S.ELIGIBLE,             m.BudgetBallotClosed,  S.LOST,         (R.CONVENOR, R.SYSTEM),    (entry_has_lost,), while_in="balloting", rides=("PB09",)),
    Step("EN08", n.AwardEntry,       S.LOST,                  n.EntryAwarded,        S.WON,          _AWARDERS,                 (budget_is_within_envelope, reason_given), while_in=_COUNTED),
    Step("EN09", n.ReviseEntry,      S.WON,                   n.EntryRevised,        None,           (R.TOWN, R.FINANCE),       (cost_is_named_and_within_its_cap, budget_is_within_envelope, reason_given), while_in=_COUNTED),
    Step("EN10", n.CommissionEntry,  S.WON,                   n.EntryCommissioned,   S.COMMISSIONED, (R.COMMUNITY, R.TOWN, R.SYSTEM), (winners_were_handed_over, carrier_is_named, public_words_hide_people), while_in="published", anywhere=True),
    Step("EN11", n.ReleaseEntry,     (S.WON, S.COMMISSIONED), n.EntryReleased,       S.RELEASED,     (R.TOWN, R.SYSTEM),        (reason_given, project_holds_none_of_it)),
    Step("EN12", m.VoidBudgetBallot, (S.WON, S.LOST),         m.BudgetBallotVoided,  S.ELIGIBLE,     (R.TOWN, R.DISTRICT),      (), while_in=_COUNTED, rides=("PB11",)),
    Step("EN13", m.ImportBudgetRound, None,                   m.BudgetRoundImported, S.ELIGIBLE,     R.SYSTEM,                  (), while_in="reviewing", rides=("PB17",)),
))
# fmt: on

_OPEN_TO = {S.PROPOSED: R.SECRETARIAT.value, S.ELIGIBLE: R.CONVENOR.value}


def _proposed(item: Entry, e: n.EntryProposed) -> Changes:
    said = (
        "number",
        "title",
        "text",
        "area",
        "beneficiaries",
        "asked",
        "source",
        "proposer",
        "proposer_name",
        "contact",
    )
    changes = {name: getattr(e, name) for name in said}
    return {**changes, "kind": e.kind or "", "status": S.PROPOSED, "owes": _OPEN_TO[S.PROPOSED]}


def _refused(item: Entry, e: n.EntryRefused) -> Changes:
    said = {"reason_code": e.reason_code or "", "reason": e.reason, "hands": (*item.hands, e.by)}
    return {"status": S.INELIGIBLE, "owes": None, **said}


def _won(item: Entry) -> Changes:
    """It waits for what carries it out: its unit's to see to, where one was named, else the community's."""
    return {"status": S.WON, "owes": item.unit or R.COMMUNITY.value}


_FOLD: Fold = {
    n.EntryProposed: _proposed,
    n.EntryAdmitted: lambda item, e: {
        "status": S.ELIGIBLE,
        "cost": e.cost,
        "unit": e.unit or item.unit,
        "owes": _OPEN_TO[S.ELIGIBLE],
    },
    n.EntryRefused: _refused,
    n.EntryReopened: lambda item, e: {"status": S.PROPOSED, "owes": _OPEN_TO[S.PROPOSED]},
    n.EntryWithdrawn: lambda item, e: {"status": S.WITHDRAWN, "reason": e.reason, "owes": None},
    n.EntryAwarded: lambda item, e: {**_won(item), "reason": e.reason},
    n.EntryRevised: lambda item, e: {"cost": e.cost, "reason": e.reason},
    n.EntryCommissioned: lambda item, e: {
        "status": S.COMMISSIONED,
        "carrier": e.carrier,
        "project": e.project,
        "owes": None,
    },
    n.EntryReleased: lambda item, e: {"status": S.RELEASED, "reason": e.reason, "kept": e.kept, "owes": None},
}

# --- what main events do to entries ----------------------------------------------------------------------------------


def _counted(round: BudgetRound, event: m.BudgetBallotClosed) -> Iterator[tuple[str, Changes]]:
    winners = event.count.winners if event.count is not None else ()
    for entry in round.items_of("entry").values():
        if entry.status == S.ELIGIBLE:
            yield entry.key, _won(entry) if entry.key in winners else {"status": S.LOST, "owes": None}


def _voided(round: BudgetRound, event: m.BudgetBallotVoided) -> Iterator[tuple[str, Changes]]:
    for entry in round.items_of("entry").values():
        if entry.status in (S.WON, S.LOST):
            yield entry.key, {"status": S.ELIGIBLE, "owes": _OPEN_TO[S.ELIGIBLE]}


def _handed_over(round: BudgetRound, event: m.WinnersCommissioned) -> Iterator[tuple[str, Changes]]:
    """By when each winner must be carried out by something: no step of the entry's own, so its table has no row."""
    due = next((move.due for move in event.clocks if move.clock == "implementation"), None)
    for entry in round.items_of("entry").values():
        if entry.status == S.WON:
            yield entry.key, {"until": due}


def _imported(round: BudgetRound, event: m.BudgetRoundImported) -> Iterator[tuple[str, Changes]]:
    for place, each in enumerate(event.entries, start=1):
        said = {name: getattr(each, name) for name in ("number", "title", "kind", "cost", "beneficiaries")}
        yield (
            str(place),
            {**said, "status": S.WITHDRAWN if each.withdrawn else S.ELIGIBLE, "owes": _OPEN_TO[S.ELIGIBLE]},
        )


# --- what events say beyond their commands ---------------------------------------------------------------------------


def _propose(round: BudgetRound, command: n.ProposeEntry, context: Context) -> Event:
    decider = context.deciders[round.kind_of_record]
    proposer = command.proposer or context.on_behalf_of or command.by.id
    return decider.copied(
        command,
        n.EntryProposed,
        context,
        item=ENTRY.key_of(round, command),
        proposer=proposer,
        area=command.area or round.area,
    )


def _commission(round: BudgetRound, command: n.CommissionEntry, context: Context) -> Event:
    """Where nothing is named and joint projects are kept in this log, one is begun under the next number."""
    decider, projects = context.deciders[round.kind_of_record], context.deciders.get("joint_project")
    begun = (
        command.project is None and not command.carrier.strip() and projects is not None and projects.opens is not None
    )
    project = context.number("joint_project") if begun else command.project
    key = ENTRY.key_of(round, command)
    return decider.copied(command, n.EntryCommissioned, context, item=key, project=project, begun=begun)


def _release(round: BudgetRound, command: n.ReleaseEntry, context: Context) -> Event:
    """What was spent of it stays reserved: it stands in the event."""
    key = ENTRY.key_of(round, command)
    entry = context.item
    kept = spent_of(round, entry, context) if isinstance(entry, Entry) else 0
    return context.deciders[round.kind_of_record].copied(command, n.EntryReleased, context, item=key, kept=kept)


def _end(record: str, item: Item, given: HandOver) -> n.WithdrawEntry | n.ReleaseEntry:
    ending = n.ReleaseEntry if item.status == S.WON else n.WithdrawEntry
    return ending(id=record, by=SYSTEM, item=item.key, reason=given.reason, to=given.to)


ENTRY = Region(
    ENTRY_WORKFLOW,
    Entry,
    _FOLD,
    rides={
        m.BudgetBallotClosed: _counted,
        m.BudgetBallotVoided: _voided,
        m.BudgetRoundImported: _imported,
        m.WinnersCommissioned: _handed_over,
    },
    propose={n.ProposeEntry: _propose, n.CommissionEntry: _commission, n.ReleaseEntry: _release},
    ends=_end,
)
