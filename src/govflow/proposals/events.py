"""What happened to a proposal. Stored names never change; bodies are never edited, only upcast."""

from typing import Annotated

from pydantic import Field

from govflow.actors import Id
from govflow.corrections import Correcting
from govflow.messages import BelongsTo, Count, Event, IdOrNone, Instant, Protected, Sha256, Words
from govflow.policy import DecisionProcedure, QuorumRule, VoteRule
from govflow.proposals.bodies import (
    Amending,
    Announcing,
    Appraising,
    Drafting,
    Enrolling,
    HandingOver,
    Merging,
    Part,
    Publishing,
    Replying,
    Staging,
    Supporter,
    Telling,
)
from govflow.proposals.box import MOST_IN_A_BOX, Opened
from govflow.regions.bodies import Reasoned
from govflow.voting.ballots import Ballot
from govflow.voting.tally import HandCount, Tally, Turnout


class ProposalDrafted(Event, Drafting, name="proposal.drafted"):
    """A proposal was begun."""

    policy: Words = ""
    retention: IdOrNone = ""
    proposer_name: Annotated[Protected | None, BelongsTo("proposer")] = None


class ProposalSubmitted(Event, name="proposal.submitted"):
    """It was handed in."""


class ScreeningStarted(Event, name="proposal.screening_started"):
    """It was taken up for screening."""


class ProposalReturned(Event, Reasoned, name="proposal.returned"):
    """It was returned with one complete list of what is missing."""

    reason_code: Id | None = None
    shortcomings: tuple[Words, ...] = ()


class ProposalRejected(Event, Reasoned, Telling, HandingOver, name="proposal.rejected"):
    """It was not admitted."""

    reason_code: Id | None = None


class ProposalMerged(Event, Merging, HandingOver, name="proposal.merged"):
    """Another proposal on the same subject absorbed it."""


class ProposalConverted(Event, Reasoned, HandingOver, name="proposal.converted"):
    """It goes on as a case, created in the same transaction."""

    individual: bool = False
    target: Id | None = None


class ProposalAdmitted(Event, name="proposal.admitted"):
    """It was admitted; the procedure is pinned in full, as the policy had it that day."""

    track: Id | None = None
    stakeholders: tuple[Id, ...] = ()
    procedure: DecisionProcedure | None = None


class ProposalSplit(Event, name="proposal.split"):
    """The first subject stayed, each other one became a proposal."""

    subject: Words = ""
    parts: tuple[Part, ...] = ()
    targets: tuple[Id, ...] = ()


class CoProposerNamed(Event, name="proposal.co_proposer_named"):
    """A supporter was named as co-proposer."""

    co_proposer: Id | None = None


class ProposerLeft(Event, Reasoned, name="proposal.proposer_left"):
    """The proposer left it to the co-proposers."""


class ProposalTakenOver(Event, name="proposal.taken_over"):
    """A co-proposer went on with it, and is its proposer now."""

    proposer: Id | None = None


class ProposalWithdrawn(Event, Reasoned, HandingOver, name="proposal.withdrawn"):
    """Its proposer took it back."""


class ProposalAmended(Event, Amending, Reasoned, name="proposal.amended"):
    """A new version of the text was recorded under its number."""

    number: Count = 0


class ProposalReopened(Event, name="proposal.reopened"):
    """It is screened again."""

    ground: Words = ""


class ProposalAbsorbed(Event, name="proposal.absorbed"):
    """It took over the proposers and supporters of one that was merged into it."""

    follower: Id | None = None
    co_proposers: tuple[Id, ...] = ()
    supporters: tuple[Supporter, ...] = ()


class ProposalReleased(Event, name="proposal.released"):
    """Whom a proposal merged by mistake had brought along stand behind that one alone again."""

    follower: Id | None = None


class StakeholdersAmended(Event, Reasoned, name="proposal.stakeholders_amended"):
    """The roll of direct stakeholders was changed."""

    added: tuple[Id, ...] = ()
    struck: tuple[Id, ...] = ()


class ConsultationClosed(Event, name="proposal.consultation_closed"):
    """The consultation ended; what was consulted on is the text of this version."""

    roll_confirmed: bool = False
    number: Count = 0


class StageRecorded(Event, Staging, name="proposal.stage_recorded"):
    """The body of a stage said yes."""

    unit: Id | None = None


class StageFailed(Event, Staging, HandingOver, name="proposal.stage_failed"):
    """The body of a stage said no."""

    unit: Id | None = None


class ProposalSentBack(Event, Reasoned, name="proposal.sent_back"):
    """It is consulted again; the stages passed so far fell."""


class ProposalDelegated(Event, Reasoned, name="proposal.delegated"):
    """It goes on under a lower body, by the procedure pinned here."""

    body: Id | None = None
    track: Id | None = None
    procedure: DecisionProcedure | None = None


class RiskAssessed(Event, name="proposal.risk_assessed"):
    """The risk of the text of this version was assessed."""

    controllable: bool | None = None
    papers: tuple[Id, ...] = ()
    number: Count = 0


class LegalityChecked(Event, name="proposal.legality_checked"):
    """The legality of the text of this version was checked."""

    lawful: bool | None = None
    papers: tuple[Id, ...] = ()
    number: Count = 0


class ProposalDeadlineExtended(Event, Reasoned, name="proposal.deadline_extended"):
    """The limit of the present state was lengthened."""

    length: Count = 0


class VoteAnnounced(Event, Announcing, name="proposal.vote_announced", dues={"notice": "opens_at"}):
    """A vote was announced; how it is counted is pinned in full, as the policy had it that day."""

    round: Count = 0
    number: Count = 0  # of the text that is voted on
    rule: VoteRule | None = None
    quorum: QuorumRule | None = None


class VotePostponed(Event, Reasoned, name="proposal.vote_postponed", dues={"notice": "opens_at"}):
    """A later day was named."""

    opens_at: Instant | None = None
    closes_at: Instant | None = None


class VoteCancelled(Event, Reasoned, name="proposal.vote_cancelled"):
    """The announced vote was called off."""


class VotersEnrolled(Event, Enrolling, name="proposal.voters_enrolled"):
    """Voters were put on the roll."""


class VoterNamed(Event, name="proposal.voter_named"):
    """The name of a voter was kept, protected."""

    voter: Id | None = None
    voter_name: Annotated[Protected | None, BelongsTo("voter")] = None


class VotersStruck(Event, Reasoned, name="proposal.voters_struck"):
    """Voters were struck from the roll."""

    voters: tuple[Id, ...] = ()


class ProxyGranted(Event, name="proposal.proxy_granted"):
    """A voter lets another one vote."""

    voter: Id | None = None
    holder: Id | None = None
    paper: Id | None = None


class ProxyRevoked(Event, name="proposal.proxy_revoked"):
    """A voter took the proxy back."""

    voter: Id | None = None


class VoteOpened(Event, name="proposal.vote_opened", dues={"ballot": "closes_at"}):
    """The vote began; the roll is frozen: so many people, households, area, under this digest."""

    roll_digest: Sha256 | None = None
    entitled: Turnout = Turnout()
    closes_at: Instant | None = None


class BallotCast(Event, name="proposal.ballot_cast"):
    """A voter voted, or the `holder` of a proxy for them. A secret ballot is sealed for its box, with a commitment."""

    voter: Id | None = None
    holder: Id | None = None
    ballot: Ballot | None = None
    sealed: Protected | None = None
    commitment: Sha256 | None = None


class HandsRecorded(Event, name="proposal.hands_recorded"):
    """A show of hands was counted."""

    hands: HandCount | None = None
    papers: tuple[Id, ...] = ()


class BoxCalled(Event, name="proposal.box_called"):
    """Somebody with the right to it called for the box of a secret vote."""


class BoxOpened(Event, name="proposal.box_opened"):
    """The ballots of a secret vote were published by their codes, as the box held them at version `as_of`."""

    opened: tuple[Opened, ...] = Field(default=(), max_length=MOST_IN_A_BOX)
    as_of: Count | None = None


class VoteClosed(Event, HandingOver, name="proposal.vote_closed"):
    """The vote was counted: outcome and counts stand here. `seed_is_lost`: a tie was counted as one that fails."""

    lot_seed: Words | None = None
    seed_is_lost: bool = False
    tally: Tally | None = None


class VoteReannounced(Event, Announcing, name="proposal.vote_reannounced", dues={"notice": "opens_at"}):
    """The vote was announced again after too few took part."""

    round: Count = 0
    number: Count = 0
    rule: VoteRule | None = None
    quorum: QuorumRule | None = None


class ProposalLapsed(Event, Reasoned, HandingOver, name="proposal.lapsed"):
    """It was given up."""


class VoteVoided(Event, Reasoned, name="proposal.vote_voided"):
    """An irregular vote was declared void."""

    reason_code: Id | None = None
    interest: Words = ""


class ResolutionPublished(Event, Publishing, name="proposal.resolution_published"):
    """The resolution is public, with the counts of the vote; objections are possible."""

    tally: Tally | None = None
    adopted_at: Instant | None = None


class ImplementerNamed(Event, Reasoned, name="proposal.implementer_named"):
    """Another unit than the one published is to carry the resolution out."""

    implementer: Id | None = None


class ResolutionReconsidered(Event, Reasoned, name="proposal.resolution_reconsidered"):
    """It is deliberated again because an objection was upheld."""


class ResolutionAnnulled(Event, Reasoned, HandingOver, name="proposal.resolution_annulled"):
    """The resolution was declared void."""

    illegality: Words = ""
    superior_decision: Words = ""


class FinishedWithoutWorks(Event, name="proposal.finished_without_works"):
    """The resolution itself is the result."""


class ImplementationStarted(Event, name="proposal.implementation_started", dues={"implementation": "until"}):
    """The resolution is being carried out."""

    until: Instant | None = None
    unit: Id | None = None


class RecordSpawned(Event, name="proposal.record_spawned"):
    """A record that carries a part out was created in the same transaction."""

    target_kind: Id = "case"
    title: Words = ""
    category: Id | None = None
    awaited: bool = True
    target: Id | None = None


class ProposalSuspended(Event, name="proposal.suspended", dues={"suspension_review": "review_at"}):
    """The implementation is paused for a stated cause."""

    cause: Words = ""
    review_at: Instant | None = None


class ProposalResumed(Event, name="proposal.resumed"):
    """The implementation goes on."""

    cause_is_over: bool = False


class ImplementationCompleted(Event, name="proposal.implementation_completed"):
    """It was reported as carried out."""

    measure: Words = ""
    papers: tuple[Id, ...] = ()


class AppraisalHeld(Event, Appraising, name="proposal.appraisal_held"):
    """Those affected judged what was done."""

    unit: Id | None = None


class RemedyOrdered(Event, name="proposal.remedy_ordered", dues={"implementation": "until"}):
    """A remedy was ordered: a new round of implementation."""

    defects: tuple[Words, ...] = ()
    until: Instant | None = None


class ResultPublished(Event, name="proposal.result_published"):
    """What came of it is public."""

    public_text: Words = ""
    papers: tuple[Id, ...] = ()


class ImplementationAbandoned(Event, Reasoned, HandingOver, name="proposal.implementation_abandoned"):
    """The resolution is valid but not carried out any further."""

    balance: Words = ""
    papers: tuple[Id, ...] = ()


class ProposerReplied(Event, Replying, name="proposal.proposer_replied"):
    """Every proposer was answered in writing."""

    to: tuple[Id, ...] = ()


class ProposalCorrected(Event, Correcting, name="proposal.corrected"):
    """An entry was corrected; the old value stays beside the new one."""


class ProposalArchived(Event, name="proposal.archived"):
    """The proposal ended for good."""

    retention: Id | None = None
