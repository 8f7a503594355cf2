"""What happened to a project. Stored names never change; bodies are never edited, only upcast."""

from typing import Literal

from govflow.actors import Id
from govflow.corrections import Correcting
from govflow.messages import Amount, Count, Event, IdOrNone, Instant, Words
from govflow.policy import EvaluationPlan, ProjectKind
from govflow.projects.bodies import (
    Accounting,
    Agreeing,
    Approving,
    Assessing,
    Changing,
    Claiming,
    Deciding,
    HandingOver,
    Listing,
    Pairing,
    Proposing,
    Reconciling,
    Remedying,
    SeparateNeed,
    Stating,
    Teaming,
)
from govflow.projects.model import EvaluationResult, Long, Party, Pledge
from govflow.regions.bodies import Reasoned


class ProjectProposed(Event, Proposing, name="joint_project.proposed"):
    """A need or an idea is on record, by somebody or for a `unit`.

    What its kind asks for is pinned in full, with the plan of its evaluation.
    """

    policy: Words = ""
    retention: IdOrNone = ""
    rule: ProjectKind | None = None
    plan: EvaluationPlan | None = None
    unit: Id | None = None


class NeedRevised(Event, Stating, name="joint_project.need_revised"):
    """What is needed was said anew."""


class DemandListed(Event, Listing, name="joint_project.demand_listed", dues={"claim": "until"}):
    """The need is public and may be claimed."""

    title: Words = ""
    category: Id | None = None
    area: Words = ""


class DemandWithdrawn(Event, Reasoned, name="joint_project.demand_withdrawn"):
    """The need is off the list."""


class ProjectSplit(Event, Reasoned, name="joint_project.split"):
    """Parts of it go on as projects of their own."""

    parts: tuple[SeparateNeed, ...] = ()
    targets: tuple[Id, ...] = ()


class DemandClaimed(Event, Claiming, name="joint_project.demand_claimed"):
    """A unit has claimed the need."""


class ClaimWithdrawn(Event, Reasoned, name="joint_project.claim_withdrawn"):
    """A unit has taken its claim back."""

    claimer: Id | None = None


class ClaimWindowExpired(Event, name="joint_project.claim_window_expired"):
    """Nobody claimed the need in time."""


class PartyAgreed(Event, Agreeing, name="joint_project.party_agreed"):
    """A unit has agreed to take part, or to take the lead, with what it brings in."""


class AgreementTakenBack(Event, Reasoned, name="joint_project.agreement_taken_back"):
    """A unit that had agreed no longer does."""

    unit: Id | None = None
    to: Literal["party", "lead"] = "party"


class PartyArranged(Event, name="joint_project.party_arranged"):
    """The town found a party for the need."""

    to: Id | None = None
    capacity: Words = ""


class PartiesPaired(Event, Pairing, name="joint_project.parties_paired"):
    """The parties are paired."""


class PartyAdded(Event, name="joint_project.party_added"):
    """One more party takes part."""

    party: Party | None = None
    pledges: tuple[Pledge, ...] = ()


class PartyReleased(Event, Reasoned, Reconciling, name="joint_project.party_released"):
    """A party takes part no longer."""

    unit: Id | None = None


class PlanRevised(Event, name="joint_project.plan_revised"):
    """There is a new plan."""

    text: Long = ""
    number: Count = 0


class RiskAssessed(Event, Assessing, name="joint_project.risk_assessed"):
    """Its risk was assessed; `unit` is the assessor's, `number` the plan's."""

    unit: Id | None = None
    number: Count = 0


class RiskReassessed(Event, Assessing, name="joint_project.risk_reassessed"):
    """Its risk was assessed anew."""

    unit: Id | None = None
    number: Count = 0


class TeamNamed(Event, Teaming, name="joint_project.team_named"):
    """One of the three teams was named."""


class ProjectApproved(Event, Approving, name="joint_project.approved", dues={"delivery": "until"}):
    """It was approved with its budget, by the unit named."""

    unit: Id | None = None


class ProjectNotApproved(Event, Reasoned, HandingOver, name="joint_project.not_approved"):
    """It was not approved."""


class ProjectResubmitted(Event, name="joint_project.resubmitted"):
    """It was handed in again, with a new plan."""

    answers: Words = ""
    text: Long = ""
    number: Count = 0


class ProjectNoticePublished(Event, name="joint_project.notice_published"):
    """What is going to be done is public."""

    public_text: Long = ""


class WorkStarted(Event, name="joint_project.work_started"):
    """Work began."""


class ProgressReported(Event, name="joint_project.progress_reported"):
    """How far it is was reported."""

    percent: Count = 0
    text: Long = ""


class ScopeChanged(Event, Reasoned, Changing, Deciding, name="joint_project.scope_changed"):
    """Plan, budget, or whom it affects changed."""

    unit: Id | None = None


class LeadHandedOver(Event, Reasoned, Reconciling, name="joint_project.lead_handed_over"):
    """Another party leads."""

    to: Id | None = None


class ProjectSuspended(Event, name="joint_project.suspended", dues={"suspension_review": "review_at"}):
    """It was paused."""

    cause: Words = ""
    review_at: Instant | None = None


class ProjectResumed(Event, name="joint_project.resumed"):
    """It goes on."""

    cause_is_over: bool = False


class ProjectDeadlineExtended(Event, Reasoned, name="joint_project.deadline_extended"):
    """The time for delivery was lengthened."""

    length: Count = 0


class ProjectDelivered(Event, name="joint_project.delivered"):
    """It was reported finished."""

    public_text: Long = ""
    handback: Words = ""


class DeliverySigned(Event, name="joint_project.delivery_signed"):
    """One of the dedicated supervisors signed for what was delivered: a person, or a unit by one of its people."""

    supervisor: Id | None = None


class AcceptanceRefused(Event, name="joint_project.acceptance_refused", dues={"delivery": "until"}):
    """What was delivered was refused; a new round begins, due when the defects are to be put right."""

    shortcomings: tuple[Words, ...] = ()
    until: Instant | None = None


class DeliveryAccepted(Event, name="joint_project.delivery_accepted"):
    """What was delivered was accepted."""

    papers: tuple[Id, ...] = ()


class ProjectEvaluated(Event, name="joint_project.evaluated"):
    """The evaluation of a round is closed."""

    result: EvaluationResult | None = None


class ProjectRemedyOrdered(Event, Remedying, name="joint_project.remedy_ordered", dues={"delivery": "until"}):
    """It was sent back for what the evaluation found; a new round begins, due when the defects are to be put right."""


class AccountsPublished(Event, Accounting, name="joint_project.accounts_published"):
    """The accounts are public."""


class ProjectSettled(Event, name="joint_project.settled"):
    """The accounts are closed: the loop is closed."""

    spent: Amount | None = None


class AccountsReopened(Event, Reasoned, name="joint_project.accounts_reopened"):
    """Closed accounts were opened again."""

    reason_code: Id | None = None


class ProjectCancelled(Event, Reasoned, Reconciling, HandingOver, name="joint_project.cancelled"):
    """It was given up."""


class ProjectCorrected(Event, Correcting, name="joint_project.corrected"):
    """An entry was put right; the old value stays beside the new one."""


class ProjectArchived(Event, name="joint_project.archived"):
    """It was sealed."""

    retention: Id | None = None
