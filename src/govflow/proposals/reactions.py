"""What an event of a proposal causes on other records, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from govflow.actors import SYSTEM
from govflow.context import Context
from govflow.decider import Reaction
from govflow.messages import Command, Event
from govflow.proposals.bodies import Supporter
from govflow.proposals.commands import AbsorbProposal, DraftProposal, ReleaseProposal
from govflow.proposals.events import ProposalConverted, ProposalMerged, ProposalReopened, ProposalSplit, RecordSpawned
from govflow.proposals.model import Proposal
from govflow.regions.link import AddLink, LinkAdded, LinkKind, LinkUnlinked, mirrored, mirrored_unlink
from govflow.regions.record_rules import target_kind


def standing_supporters(proposal: Proposal) -> tuple[Supporter, ...]:
    """Who supports it now, each in the capacity signed in."""
    items = proposal.items_of("support").values()
    return tuple(Supporter(id=item.key, capacity=item.capacity) for item in items if item.status == "given")


def _join_master(states: tuple[Proposal, Proposal], event: ProposalMerged, context: Context) -> Iterator[Command]:
    """Its proposers become co-proposers of the master, its supporters support that one."""
    proposal = states[1]
    yield AddLink(id=proposal.id, by=SYSTEM, other=event.master, kind=LinkKind.MERGED)
    yield AbsorbProposal(
        id=event.master,
        by=SYSTEM,
        follower=proposal.id,
        co_proposers=proposal.proposers,
        supporters=standing_supporters(proposal),
    )


def _leave_master(states: tuple[Proposal, Proposal], event: ProposalReopened, context: Context) -> Iterator[Command]:
    """A merge undone: whom it brought to the master stand behind this one alone again."""
    master = context.lookup(states[0].merged_into or "")
    if isinstance(master, Proposal) and master.status != "archived":
        yield ReleaseProposal(id=master.id, by=SYSTEM, follower=states[0].id)


def _create_target(states: tuple[Proposal, Proposal], event: Any, context: Context) -> Iterator[Command]:
    """Exactly one new record, linked both ways; a repeated command never comes here again."""
    proposal = states[1]
    opens = context.deciders[target_kind(event, context.command.wire)].opens
    assert opens is not None, "the rule conversion_target_is_named saw to it"
    yield opens(event.target, proposal, context.command)
    spawned = isinstance(event, RecordSpawned)
    kind = LinkKind.SPAWNED if spawned else LinkKind.CONVERTED
    yield AddLink(id=proposal.id, by=SYSTEM, other=event.target, kind=kind, awaited=spawned and event.awaited)


def _create_parts(states: tuple[Proposal, Proposal], event: ProposalSplit, context: Context) -> Iterator[Command]:
    """Each other subject goes on as a proposal of its own, by the same proposers, with the same supporters."""
    proposal = states[1]
    for id, part in zip(event.targets, event.parts, strict=True):
        yield DraftProposal(
            id=id,
            by=SYSTEM,
            title=part.title,
            text=part.text or part.title,
            subject=part.subject,
            kind=proposal.kind,
            category=proposal.category,
            level=proposal.level,
            area=proposal.area,
            track=proposal.track,
            proposer=proposal.proposer,
            co_proposers=proposal.co_proposers,
            supporters=standing_supporters(proposal),
            source=f"split of {proposal.id}",
        )
        yield AddLink(id=proposal.id, by=SYSTEM, other=id, kind=LinkKind.SPAWNED)


REACTIONS: Mapping[type[Event], Reaction] = {
    ProposalMerged: _join_master,
    ProposalReopened: _leave_master,
    ProposalConverted: _create_target,
    RecordSpawned: _create_target,
    ProposalSplit: _create_parts,
    LinkAdded: mirrored,
    LinkUnlinked: mirrored_unlink,
}
