"""What an event of a case causes on other records, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from govflow.actors import SYSTEM
from govflow.cases.commands import InformFollower, ReportCase
from govflow.cases.events import (
    CaseClosed,
    CaseConvertedToProject,
    CaseConvertedToProposal,
    CaseMerged,
    CaseRedirected,
    CaseRejected,
    CaseReported,
    CaseSplit,
    CaseTerminated,
    CaseWithdrawn,
    FeedbackGiven,
    FollowerInformed,
    RecheckDecided,
    ReviewDecided,
)
from govflow.cases.follow_ups import reporters_of
from govflow.cases.model import Case, CaseStatus
from govflow.context import Context
from govflow.decider import Reaction
from govflow.messages import Command, Event
from govflow.regions.commitment import CommitmentBroken
from govflow.regions.evaluation import RequestEvaluation, Source
from govflow.regions.link import AddLink, LinkAdded, LinkKind, LinkUnlinked, mirrored, mirrored_unlink
from govflow.regions.mediation import revisit
from govflow.regions.record_rules import target_kind
from govflow.watch import noted_by


def _tie_to_master(states: tuple[Case, Case], event: CaseMerged, context: Context) -> Iterator[Command]:
    """Tie it to its master; where that one has been answered in this round already, its reporters are asked too."""
    case, master = states[1], context.lookup(event.master or "")
    yield AddLink(id=case.id, by=SYSTEM, other=event.master, kind=LinkKind.MERGED)
    if isinstance(master, Case) and master.status == CaseStatus.FED_BACK:
        for reporter in reporters_of(case, context):
            if master.item("evaluation", key := f"r{master.round}.{reporter}") is None:
                yield RequestEvaluation(id=master.id, by=SYSTEM, item=key, source=Source.EXTERNAL, evaluator=reporter)
        news = FeedbackGiven.name
        yield InformFollower(id=case.id, by=SYSTEM, master=master.id, master_version=master.version, news=news)


def _create_target(states: tuple[Case, Case], event: Any, context: Context) -> Iterator[Command]:
    """Exactly one new record, linked both ways; a repeated command never comes here again."""
    case = states[1]
    opens = context.deciders[target_kind(event, context.command.wire)].opens
    assert opens is not None, "the rule conversion_target_is_named saw to it"
    yield opens(event.target, case, context.command)
    yield AddLink(id=case.id, by=SYSTEM, other=event.target, kind=LinkKind.CONVERTED)


def _create_sub_cases(states: tuple[Case, Case], event: CaseSplit, context: Context) -> Iterator[Command]:
    case = states[1]
    for id, part in zip(event.sub_cases, event.parts, strict=True):
        yield ReportCase(
            id=id,
            by=SYSTEM,
            title=part.title,
            category=part.category or case.category,
            kind=case.kind,
            channel=f"split of {case.id}",
            level=case.level,
            area=case.area,
            severity=case.severity,
            confidential=case.confidential,
            accused_unit=case.accused_unit,
        )
        yield AddLink(id=case.id, by=SYSTEM, other=id, kind=LinkKind.SUB_CASE, awaited=True)


def _inform_followers(states: tuple[Case, Case], event: Any, context: Context) -> Iterator[Command]:
    """Reporters of merged cases hear through the master, however long the chain of merges."""
    case = states[1]
    news = event.news if isinstance(event, FollowerInformed) else type(event).name
    master = event.master if isinstance(event, FollowerInformed) else case.id
    version = event.master_version if isinstance(event, FollowerInformed) else case.version
    for item in case.items_of("link").values():
        if item.kind == LinkKind.ABSORBED and item.status == "linked":
            follower = context.lookup(item.other)
            if follower is not None and follower.status == CaseStatus.MERGED:
                yield InformFollower(id=item.other, by=SYSTEM, master=master, master_version=version, news=news)


def _convert(states: tuple[Case, Case], event: Any, context: Context) -> Iterator[Command]:
    yield from _create_target(states, event, context)
    yield from _inform_followers(states, event, context)


REACTIONS: Mapping[type[Event], Reaction] = {
    CaseReported: noted_by,
    CaseMerged: _tie_to_master,
    CaseConvertedToProposal: _convert,
    CaseConvertedToProject: _convert,
    CaseSplit: _create_sub_cases,
    # what a master came to, by whatever way
    FeedbackGiven: _inform_followers,
    CaseClosed: _inform_followers,
    CaseRejected: _inform_followers,
    CaseRedirected: _inform_followers,
    CaseWithdrawn: _inform_followers,
    CaseTerminated: _inform_followers,
    ReviewDecided: _inform_followers,
    RecheckDecided: _inform_followers,
    FollowerInformed: _inform_followers,
    CommitmentBroken: revisit,
    LinkAdded: mirrored,
    LinkUnlinked: mirrored_unlink,
}
