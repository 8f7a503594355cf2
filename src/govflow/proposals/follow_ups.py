"""Commands that belong to a step of a proposal and are decided in the same append."""

from __future__ import annotations

from collections.abc import Iterator

from govflow.actors import SYSTEM
from govflow.context import Context
from govflow.messages import Command
from govflow.proposals.events import ProposalReopened, RemedyOrdered
from govflow.proposals.model import Proposal
from govflow.records import HandOver
from govflow.regions.ledger import OpenLedgerItem
from govflow.regions.link import LinkKind, Unlink

FALLING = ("opinion", "stage", "objection", "meeting", "invitation", "checklist")


def falling(reason: str) -> tuple[HandOver, ...]:
    """What ends with a deliberation by itself: its own steps. What others watch or owe is named by whoever ends it."""
    return tuple(HandOver(region=region, reason=reason) for region in FALLING)


def list_defects(proposal: Proposal, event: RemedyOrdered, context: Context) -> Iterator[Command]:
    """Each defect that the appraisal found becomes a numbered item, which the implementer owes by the new day."""
    for defect in event.defects:
        yield OpenLedgerItem(
            id=proposal.id,
            by=SYSTEM,
            what=defect,
            place=proposal.area or proposal.id,
            owner=proposal.implementer,
            until=event.until,
        )


def untie_from_master(proposal: Proposal, event: ProposalReopened, context: Context) -> Iterator[Command]:
    """A mistaken merge or conversion is undone on both sides."""
    for item in proposal.items_of("link").values():
        if item.kind in (LinkKind.MERGED, LinkKind.CONVERTED) and item.status == "linked":
            yield Unlink(id=proposal.id, by=SYSTEM, item=item.key, reason=event.ground)
