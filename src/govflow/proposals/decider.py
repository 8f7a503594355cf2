"""The proposal as the engine serves it: its table, its state, its regions, and what its events are made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from govflow.actors import SYSTEM, Role, covers
from govflow.context import Context
from govflow.corrections import old_value
from govflow.decider import Decider
from govflow.messages import Command, Event
from govflow.policy import DecisionProcedure
from govflow.proposals import commands as c
from govflow.proposals import events as e
from govflow.proposals.bodies import Staging
from govflow.proposals.fold import PROPOSAL_FOLD
from govflow.proposals.follow_ups import FALLING, falling
from govflow.proposals.model import Proposal
from govflow.proposals.model import ProposalStatus as S
from govflow.proposals.reactions import REACTIONS
from govflow.proposals.rules_ballots import acting_as
from govflow.proposals.rules_count import is_seed_of
from govflow.proposals.rules_deliberation import body_of, stage_of
from govflow.proposals.stage import STAGE
from govflow.proposals.vote import VOTE
from govflow.proposals.vote_model import Vote
from govflow.proposals.when_due import close_vote, lapse_draft, open_vote, resume
from govflow.proposals.workflow import PROPOSAL_WORKFLOW
from govflow.records import HandOver, Record
from govflow.region import Changes
from govflow.regions.accountability import ACCOUNTABILITY
from govflow.regions.approval import APPROVAL
from govflow.regions.checklist import CHECKLIST
from govflow.regions.clock import CLOCK
from govflow.regions.commitment import COMMITMENT
from govflow.regions.evidence import EVIDENCE
from govflow.regions.instruction import INSTRUCTION
from govflow.regions.invitation import INVITATION
from govflow.regions.leader_in_charge import LEADER_IN_CHARGE
from govflow.regions.ledger import LEDGER
from govflow.regions.link import LINK
from govflow.regions.meeting import MEETING
from govflow.regions.objection import OBJECTION
from govflow.regions.obligation import OBLIGATION
from govflow.regions.opinion import OPINION
from govflow.regions.policy_version import POLICY_VERSION
from govflow.regions.record_rules import target_kind
from govflow.regions.retention import RETENTION
from govflow.regions.risk_signal import RISK_SIGNAL
from govflow.regions.supervision import SUPERVISION
from govflow.regions.support import SUPPORT
from govflow.voting import Tally, entitled, roll_digest

# --- what events say beyond their commands ---------------------------------------------------------------------------


def _taken_over(proposal: Proposal, command: c.TakeOverProposal, context: Context) -> Event:
    """Whoever takes it over does so in person, or as the unit they speak for."""
    named = acting_as(command.by.id, context, Role.CO_PROPOSER) & set(proposal.co_proposers)
    return PROPOSAL.copied(command, e.ProposalTakenOver, context, proposer=min(named, default=None))


def _drafted(proposal: Proposal, command: c.DraftProposal, context: Context) -> Event:
    category = context.policy.category(command.category)
    retention = category.retention if category is not None else context.policy.ordinary_retention
    said: Changes = {
        "policy": context.policy.key,
        "retention": retention,
        "proposer": command.proposer or context.on_behalf_of or command.by.id,
        "subject": command.subject or command.title,
    }
    return PROPOSAL.copied(command, e.ProposalDrafted, context, **said)


def _procedure(track: str | None, context: Context) -> DecisionProcedure | None:
    return context.policy.procedure(track or "")


def _admitted(proposal: Proposal, command: c.AdmitProposal, context: Context) -> Event:
    track = command.track or proposal.track
    return PROPOSAL.copied(command, e.ProposalAdmitted, context, track=track, procedure=_procedure(track, context))


def _delegated(proposal: Proposal, command: c.DelegateProposal, context: Context) -> Event:
    procedure = _procedure(command.track, context)
    return PROPOSAL.copied(command, e.ProposalDelegated, context, procedure=procedure)


def _numbered(event: type[Event]) -> Any:
    """What is said of the text as it stands names its version."""

    def propose(proposal: Proposal, command: Any, context: Context) -> Event:
        return PROPOSAL.copied(command, event, context, number=proposal.text_version)

    return propose


def _amended(proposal: Proposal, command: c.AmendProposal, context: Context) -> Event:
    title = command.title or proposal.title_line
    return PROPOSAL.copied(command, e.ProposalAmended, context, number=proposal.text_version + 1, title=title)


def _target(event: type[Event]) -> Any:
    def propose(proposal: Proposal, command: Any, context: Context) -> Event:
        kind = target_kind(command, command.wire)
        decider = context.deciders.get(kind)
        target = context.number(kind) if decider is not None and decider.opens is not None else None
        return PROPOSAL.copied(command, event, context, target=target)

    return propose


def _split(proposal: Proposal, command: c.SplitProposal, context: Context) -> Event:
    targets = tuple(context.number("proposal") for _ in command.parts)
    return PROPOSAL.copied(command, e.ProposalSplit, context, targets=targets)


def _with_unit(event: type[Event]) -> Any:
    """Which unit decided or appraised stands in the event: who may implement depends on it.

    Of several that are spoken for it is that of the stage's body.
    """

    def propose(proposal: Proposal, command: Any, context: Context) -> Event:
        roles = {role for step in PROPOSAL_WORKFLOW.steps if step.event is event for role in step.who}
        held = [
            claim.unit
            for claim in context.claims
            if claim.role in roles
            and covers(claim, proposal.level, proposal.area)
            and proposal.fits(claim.role, claim, command.by.id, context.on_behalf_of, None)
        ]
        stage = stage_of(proposal, command) if isinstance(command, Staging) else None
        body = body_of(proposal, stage.body, context) if stage is not None else None
        its_own = body.unit if body is not None and body.unit in held else None
        return PROPOSAL.copied(command, event, context, unit=its_own or next(filter(None, held), None))

    return propose


# --- the vote --------------------------------------------------------------------------------------------------------


def _announced(event: type[Event]) -> Any:
    """The rule of the vote is pinned in full: of a first vote the procedure's, of a reconvened one the same again."""

    def propose(proposal: Proposal, command: Any, context: Context) -> Event:
        before: Vote | None = proposal.vote if event is e.VoteReannounced else None
        rule = proposal.procedure.vote if proposal.procedure is not None else None
        rule = before.rule if before is not None else rule
        said: Changes = {
            "round": proposal.votes + 1,
            "number": proposal.text_version,
            "rule": rule,
            "quorum": context.policy.quorum_rule(rule.quorum) if rule is not None else None,
            "question": command.question or (before.question if before is not None else proposal.title_line),
            "options": command.options or (before.options if before is not None else ()),
        }
        return PROPOSAL.copied(command, event, context, **said)

    return propose


def _opened(proposal: Proposal, command: c.OpenVote, context: Context) -> Event:
    """Opened later than announced it ends later by as much: nobody shortens a vote by opening it late."""
    vote: Vote = proposal.vote
    late = max(context.now - vote.opens_at, timedelta()) if vote.opens_at is not None else timedelta()
    said: Changes = {
        "closes_at": vote.closes_at + late if vote.closes_at is not None else None,
        "roll_digest": roll_digest(vote.roll),
        "entitled": entitled(vote.roll),
    }
    return PROPOSAL.copied(command, e.VoteOpened, context, **said)


def _cast(proposal: Proposal, command: c.CastBallot, context: Context) -> Event:
    """Who names no voter votes in person, or as the unit they speak for; who votes for another, by their proxy."""
    voter, acting = command.voter, acting_as(command.by.id, context)
    if voter is None:
        voter = next(iter(sorted(acting - {command.by.id})), command.by.id)
    holder = proposal.vote.proxies.get(voter) if voter not in acting else None
    return PROPOSAL.copied(command, e.BallotCast, context, voter=voter, holder=holder)


def _closed(proposal: Proposal, command: c.CloseVote, context: Context) -> Event:
    """Outcome and counts are worked out from what was cast; with a proposal voted down its own steps fall."""
    tally = _tallied(proposal.vote, command.lot_seed, lost=command.seed_is_lost)
    fall = falling("the vote has decided (表决未通过)") if _is_lost(tally) else ()
    return PROPOSAL.copied(command, e.VoteClosed, context, tally=tally, hand_over=(*command.hand_over, *fall))


def _tallied(vote: Vote, seed: str | None, *, lost: bool = False) -> Tally | None:
    """What a vote comes to; None while something is missing, such as the seed of a lot that has to be drawn."""
    is_missing = not is_seed_of(vote, seed) if seed is not None else vote.draws_a_lot and not lost
    return vote.tallied(seed, lost=lost) if vote.is_countable and not is_missing else None


def _is_lost(tally: Tally | None) -> bool:
    return tally is not None and tally.quorate and not tally.carried


def _is_left_to_somebody(proposal: Proposal) -> bool:
    """Whether something is open that does not fall with a lost vote: whoever closes it names what becomes of that."""
    for loop in PROPOSAL.open_loops(proposal):
        region, item = PROPOSAL.regions[loop.region], proposal.item(loop.region, loop.item)
        falls = loop.region in FALLING and region.ending(proposal, item, HandOver(reason="")) is not None
        if loop.region != VOTE.name and not falls:
            return True
    return False


def _close_vote(proposal: Proposal, item: str) -> Iterator[Command]:
    """What is lost while somebody else's loop is open the convenor closes, and is late: the system sweeps none away."""
    for command in close_vote(proposal, item):
        if not (_is_left_to_somebody(proposal) and _is_lost(_tallied(proposal.vote, None))):
            yield command


def _published(proposal: Proposal, command: c.PublishResolution, context: Context) -> Event:
    vote: Vote | None = proposal.vote
    ended = proposal.clocks.get("ballot")
    said: Changes = {
        "tally": vote.tally if vote is not None else None,
        "adopted_at": ended.ended_at if ended is not None else None,
    }
    return PROPOSAL.copied(command, e.ResolutionPublished, context, **said)


def _replied(proposal: Proposal, command: c.ReplyToProposer, context: Context) -> Event:
    return PROPOSAL.copied(command, e.ProposerReplied, context, to=proposal.proposers)


def _corrected(proposal: Proposal, command: c.CorrectProposal, context: Context) -> Event:
    old = command.old or old_value(proposal, command.field)
    return PROPOSAL.copied(command, e.ProposalCorrected, context, old=old)


# --- supporters carried along by a split or a merge ------------------------------------------------------------------


def _carried(proposal: Proposal, event: Any) -> Iterator[tuple[str, Changes]]:
    for each in event.supporters:
        item = proposal.item("support", each.id)
        if item is None or item.status != "given":
            through = getattr(event, "follower", None)
            yield each.id, {"status": "given", "capacity": each.capacity, "through": through}


def _signed_another_text(proposal: Proposal, event: e.ProposalAmended) -> Iterator[tuple[str, Changes]]:
    """Who signed a draft signed what it said: changed in substance, it is signed again."""
    if event.substance and proposal.status == S.DRAFT:
        for item in proposal.items_of("support").values():
            if item.status == "given":
                yield item.key, {"status": "withdrawn"}


def _released(proposal: Proposal, event: e.ProposalReleased) -> Iterator[tuple[str, Changes]]:
    for item in proposal.items_of("support").values():
        if item.through == event.follower and item.status == "given":
            yield item.key, {"status": "withdrawn"}


def _opens(id: str, source: Record, command: Command) -> Command:
    """The draft that a case goes on as: its reporter proposes, else whoever converted it."""
    title = getattr(command, "title", "") or source.title_line
    return c.DraftProposal(
        id=id,
        by=SYSTEM,
        title=title,
        text=title,
        subject=title,
        category=source.category or "general",
        level=source.level,
        area=source.area,
        proposer=getattr(source, "reporter", None) or command.by.id,
        source=source.id,
    )


PROPOSAL = Decider(
    PROPOSAL_WORKFLOW,
    Proposal,
    PROPOSAL_FOLD,
    prefix="P",
    regions=(
        SUPPORT.riding(
            {
                e.ProposalDrafted: _carried,
                e.ProposalAbsorbed: _carried,
                e.ProposalReleased: _released,
                e.ProposalAmended: _signed_another_text,
            }
        ),
        OPINION,
        STAGE,
        VOTE,
        OBJECTION,
        MEETING,
        INVITATION,
        LEDGER,
        COMMITMENT,
        SUPERVISION,
        LEADER_IN_CHARGE,
        INSTRUCTION,
        RISK_SIGNAL,
        APPROVAL,
        LINK,
        EVIDENCE,
        OBLIGATION,
        ACCOUNTABILITY,
        RETENTION,
        CLOCK,
        CHECKLIST,
        POLICY_VERSION,
    ),
    propose={
        c.DraftProposal: _drafted,
        c.AdmitProposal: _admitted,
        c.DelegateProposal: _delegated,
        c.TakeOverProposal: _taken_over,
        c.AmendProposal: _amended,
        c.SplitProposal: _split,
        c.ConvertToCase: _target(e.ProposalConverted),
        c.SpawnRecord: _target(e.RecordSpawned),
        c.CloseConsultation: _numbered(e.ConsultationClosed),
        c.AssessRisk: _numbered(e.RiskAssessed),
        c.CheckLegality: _numbered(e.LegalityChecked),
        c.RecordStage: _with_unit(e.StageRecorded),
        c.FailStage: _with_unit(e.StageFailed),
        c.StartImplementation: _with_unit(e.ImplementationStarted),
        c.HoldAppraisal: _with_unit(e.AppraisalHeld),
        c.AnnounceVote: _announced(e.VoteAnnounced),
        c.ReconveneVote: _announced(e.VoteReannounced),
        c.OpenVote: _opened,
        c.CastBallot: _cast,
        c.CloseVote: _closed,
        c.PublishResolution: _published,
        c.ReplyToProposer: _replied,
        c.CorrectProposal: _corrected,
    },
    reactions=REACTIONS,
    opens=_opens,
    when_due={"revision": lapse_draft, "notice": open_vote, "ballot": _close_vote, "suspension_review": resume},
    succeeded=(S.RESULT_PUBLISHED,),
    failed=(S.REJECTED, S.NOT_ADOPTED, S.WITHDRAWN, S.ANNULLED, S.ABANDONED),
)
"""The proposal as the engine serves it: its table, its state, its regions and its reactions."""
