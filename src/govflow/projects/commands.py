"""What can be asked of a project, as `joint_project.<verb>`. What each asks for stands in the rules of its row."""

from typing import Literal

from pydantic import Field

from govflow.actors import Id
from govflow.corrections import Correcting
from govflow.messages import Amount, Command, Count, Instant, Words
from govflow.projects.bodies import (
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
from govflow.projects.model import Long, Party, Pledge
from govflow.regions.bodies import Reasoned

# --- the need 需求 -----------------------------------------------------------------------


class ProposeProject(Command, Proposing, wire="joint_project.propose_project", label="提出需求"):
    """Put a need or an idea on record."""


class ReviseNeed(Command, Stating, wire="joint_project.revise_need", label="修改需求"):
    """Say better what is needed, before it is listed."""


class ListDemand(Command, Listing, wire="joint_project.list_demand", label="公布需求"):
    """Put the need on the public list, for one party alone or for several to claim, until a last day."""


class WithdrawDemand(Command, Reasoned, wire="joint_project.withdraw_demand", label="撤下需求"):
    """Take the need off the list; claims that stand are declined."""


class SplitProject(Command, Reasoned, wire="joint_project.split", label="拆分需求"):
    """Let needs that do not belong together go on as linked projects of their own."""

    parts: tuple[SeparateNeed, ...] = Field(default=(), max_length=50)


# --- claims and pairing 认领 结对 --------------------------------------------------------


class ClaimDemand(Command, Claiming, wire="joint_project.claim", label="认领"):
    """Claim the need for a unit, and say what it can contribute."""


class WithdrawClaim(Command, Reasoned, wire="joint_project.withdraw_claim", label="撤回认领"):
    """Take a claim back before the parties are paired."""

    claimer: Id | None = None


class ExpireClaims(Command, wire="joint_project.expire_claims", label="认领期满"):
    """Record that nobody claimed the need in time."""


class AgreeToProject(Command, Agreeing, wire="joint_project.agree", label="同意参加"):
    """Say for a unit that it takes part, or takes the lead, with what: no party is bound without its own word."""


class TakeBackAgreement(Command, Reasoned, wire="joint_project.take_back_agreement", label="撤回同意"):
    """Take that word back before it was relied on."""

    unit: Id | None = None
    to: Literal["party", "lead"] = "party"


class ArrangeParty(Command, wire="joint_project.arrange_party", label="协调单位"):
    """Nobody claimed the need: name a party that has agreed to take it."""

    to: Id | None = None
    capacity: Words = ""


class PairParties(Command, Pairing, wire="joint_project.pair", label="结对签约"):
    """Pair the parties: who leads, who takes part, what each brings in."""


class AddParty(Command, wire="joint_project.add_party", label="增加成员单位"):
    """Take in one more party that has agreed, with what it brings in."""

    party: Party | None = None
    pledges: tuple[Pledge, ...] = Field(default=(), max_length=200)


class ReleaseParty(Command, Reasoned, Reconciling, wire="joint_project.release_party", label="单位退出"):
    """Let a party go; two must remain, and what it owed or was given is accounted for."""

    unit: Id | None = None


# --- plan, risk, approval 稳评 立项 ------------------------------------------------------


class RevisePlan(Command, wire="joint_project.revise_plan", label="修改方案"):
    """Put a new plan in the place of the old one; it must be assessed anew."""

    text: Long = ""


class AssessProjectRisk(Command, Assessing, wire="joint_project.assess_risk", label="稳定风险评估"):
    """Record an independent assessment: is it needed, can its risk be controlled, at which level."""


class ReassessProjectRisk(Command, Assessing, wire="joint_project.reassess_risk", label="重新评估"):
    """Record another assessment, of the plan as it stands or of what it is to become."""


class NameTeam(Command, Teaming, wire="joint_project.name_team", label="组建专队"):
    """Name one of the three teams; naming it again puts the new one in its place."""


class ApproveProject(Command, Approving, wire="joint_project.approve", label="立项"):
    """Approve it with its budget: every planned line is reserved in the same step."""


class RefuseProject(Command, Reasoned, HandingOver, wire="joint_project.refuse", label="不予立项"):
    """Do not approve it, with the reason."""


class ResubmitProject(Command, wire="joint_project.resubmit", label="重新报批"):
    """Answer the grounds of the refusal with a new plan."""

    answers: Words = ""
    text: Long = ""


class PublishProjectNotice(Command, wire="joint_project.publish_notice", label="项目公示"):
    """Publish what is going to be done, with which money and by whom; objections may be raised until work starts."""

    public_text: Long = ""


# --- the works 实施 ----------------------------------------------------------------------


class StartWork(Command, wire="joint_project.start_work", label="开工"):
    """Begin, when the notice has stood its time and no objection is open."""


class ReportProgress(Command, wire="joint_project.report_progress", label="报告进度"):
    """Report how far it is, in per cent, and what was done."""

    percent: Count = Field(default=0, le=100)
    text: Long = ""


class ChangeScope(Command, Reasoned, Changing, Deciding, wire="joint_project.change_scope", label="变更范围"):
    """Change plan, budget, or whom it affects; a large change needs a new assessment first."""


class HandOverLead(Command, Reasoned, Reconciling, wire="joint_project.hand_over", label="移交牵头"):
    """Hand the lead over to a party that has agreed to take it, with the money reconciled."""

    to: Id | None = None


class SuspendProject(Command, wire="joint_project.suspend", label="暂停"):
    """Pause it for a stated outside cause, until a review date."""

    cause: Words = ""
    review_at: Instant | None = None


class ResumeProject(Command, wire="joint_project.resume", label="复工"):
    """Go on, because the cause is over or the review date has come."""

    cause_is_over: bool = False


class ExtendProject(Command, Reasoned, wire="joint_project.extend", label="延期"):
    """Lengthen the time for delivery once, within the maximum."""

    length: Count = 0


class DeliverProject(Command, wire="joint_project.deliver", label="完工报验"):
    """Report it finished; of what was adopted for a term, in which state it is handed back."""

    public_text: Long = ""
    handback: Words = ""


# --- acceptance, evaluation, accounts 验收 评价 决算 -------------------------------------


class SignDelivery(Command, wire="joint_project.sign_delivery", label="监督员签字"):
    """Sign for what was delivered, as one of the dedicated supervisors."""


class RefuseAcceptance(Command, wire="joint_project.refuse_acceptance", label="验收不通过"):
    """Refuse what was delivered: each defect goes on the ledger, with a due instant."""

    shortcomings: tuple[Words, ...] = Field(default=(), max_length=1_000)
    until: Instant | None = None


class AcceptDelivery(Command, wire="joint_project.accept_delivery", label="验收通过"):
    """Accept what was delivered."""

    papers: tuple[Id, ...] = ()


class EvaluateProject(Command, wire="joint_project.evaluate", label="评价"):
    """Close the evaluation of this round: what each source said counts by its weight, and a missing one shows."""


class OrderProjectRemedy(Command, Remedying, wire="joint_project.order_remedy", label="责令整改"):
    """Send it back for what the evaluation found defective."""


class PublishAccounts(Command, wire="joint_project.publish_accounts", label="公开账目"):
    """Publish what came in and what was spent, line by line."""

    public_text: Long = ""


class SettleProject(Command, wire="joint_project.settle", label="决算"):
    """Close the accounts: `spent`, in minor units, is what the verified receipts come to."""

    spent: Amount | None = None


class ReopenAccounts(Command, Reasoned, wire="joint_project.reopen_accounts", label="重开账目"):
    """Open closed accounts again, for a coded reason."""

    reason_code: Id | None = None


class CancelProject(Command, Reasoned, Reconciling, HandingOver, wire="joint_project.cancel", label="取消"):
    """Give it up, with the reason and with what was spent accounted for."""


# --- the record itself 更正 归档 ---------------------------------------------------------


class CorrectProject(Command, Correcting, wire="joint_project.correct", label="更正"):
    """Put right what was entered wrongly; the old value stays beside the new one."""


class ArchiveProject(Command, wire="joint_project.archive", label="归档"):
    """Seal it; its retention begins."""

    retention: Id | None = None
