"""The proposal as the engine serves it: its table, its state, its regions, and what its events are made of."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import Any

from govflow.actors import SYSTEM
from govflow.context import Context
from govflow.corrections import old_value
from govflow.decider import Decider
from govflow.messages import Command, Event
from govflow.policy import BallotForm, DecisionProcedure, Tie
from govflow.proposals import commands as c
from govflow.proposals import events as e
from govflow.proposals.fold import PROPOSAL_FOLD
from govflow.proposals.model import Proposal
from govflow.proposals.model import ProposalStatus as S
from govflow.proposals.reactions import REACTIONS
from govflow.proposals.rules_vote import acting_as
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
from govflow.regions.retention import RETENTION
from govflow.regions.risk_signal import RISK_SIGNAL
from govflow.regions.supervision import SUPERVISION
from govflow.regions.support import SUPPORT
from govflow.voting import commitment_of, entitled, roll_digest

# --- what events say beyond their commands ---------------------------------------------------------------------------


def _taken_over(proposal: Proposal, command: c.TakeOverProposal, context: Context) -> Event:
    """Whoever takes it over does so in person, or as the unit they speak for."""
    named = acting_as(command.by.id, context) & set(proposal.co_proposers)
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
        kind = getattr(command, "target_kind", "case")
        decider = context.deciders.get(kind)
        target = context.number(kind) if decider is not None and decider.opens is not None else None
        return PROPOSAL.copied(command, event, context, target=target)

    return propose


def _split(proposal: Proposal, command: c.SplitProposal, context: Context) -> Event:
    targets = tuple(context.number("proposal") for _ in command.parts)
    return PROPOSAL.copied(command, e.ProposalSplit, context, targets=targets)


def _with_unit(event: type[Event]) -> Any:
    """Which unit decided or appraised stands in the event: who may implement depends on it."""

    def propose(proposal: Proposal, command: Any, context: Context) -> Event:
        roles = {step.who for step in PROPOSAL_WORKFLOW.steps if step.event is event}
        held = (claim.unit for claim in context.claims if any(claim.role in who for who in roles))
        return PROPOSAL.copied(command, event, context, unit=next((unit for unit in held if unit), None))

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
    vote: Vote = proposal.vote
    said: Changes = {
        "closes_at": vote.closes_at,
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
    """Outcome and counts are worked out from what was cast; what is still open falls with a proposal voted down."""
    vote: Vote = proposal.vote
    tally = vote.tallied(command.lot_seed) if _is_countable(vote, command.lot_seed) else None
    rest = HandOver(reason="the vote has decided (表决未通过)")
    return PROPOSAL.copied(command, e.VoteClosed, context, tally=tally, hand_over=(*command.hand_over, rest))


def _is_countable(vote: Vote, seed: str | None) -> bool:
    if vote.rule is None or (vote.form is BallotForm.HANDS and vote.hand_count is None):
        return False
    if vote.form is BallotForm.SECRET and vote.opened is None and vote.cast:
        return False
    if vote.rule.tie is Tie.LOT:
        return seed is not None and hmac.compare_digest(vote.lot_commitment or "", commitment_of(seed))
    return True


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
        SUPPORT.riding({e.ProposalDrafted: _carried, e.ProposalAbsorbed: _carried, e.ProposalReleased: _released}),
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
    when_due={"revision": lapse_draft, "notice": open_vote, "ballot": close_vote, "suspension_review": resume},
    succeeded=(S.RESULT_PUBLISHED,),
    failed=(S.REJECTED, S.NOT_ADOPTED, S.WITHDRAWN, S.ANNULLED, S.ABANDONED),
)
"""The proposal as the engine serves it: its table, its state, its regions and its reactions."""
