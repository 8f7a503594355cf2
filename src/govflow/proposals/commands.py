"""What can be asked of a proposal, as `proposal.<verb>`. What each asks for stands in the rules of its row."""

from pydantic import Field

from govflow.actors import Id
from govflow.corrections import Correcting
from govflow.messages import Command, Count, Instant, Personal, Sha256, Words
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
from govflow.voting.tally import HandCount

# --- coming in 起草 提交 立案 ------------------------------------------------------------


class DraftProposal(Command, Drafting, wire="proposal.draft_proposal", label="起草"):
    """Begin a proposal: one matter, one proposal (一事一议). Whoever gives it is its proposer unless one is named."""

    proposer_name: Personal | None = None


class SubmitProposal(Command, wire="proposal.submit", label="提交"):
    """Hand the proposal in for screening."""


class StartScreening(Command, wire="proposal.start_screening", label="开始审查"):
    """Take the proposal up for screening."""


class ReturnProposal(Command, Reasoned, wire="proposal.return_for_revision", label="退回修改"):
    """Return it once, with one complete list of what is missing."""

    reason_code: Id | None = None
    shortcomings: tuple[Words, ...] = ()


class RejectProposal(Command, Reasoned, Telling, HandingOver, wire="proposal.reject", label="不予立案"):
    """Do not admit it, for a coded reason; the proposer is told why."""

    reason_code: Id | None = None


class MergeProposal(Command, Merging, HandingOver, wire="proposal.merge", label="并案"):
    """Let another proposal on the same subject absorb this one: its proposers become co-proposers there."""


class ConvertToCase(Command, Reasoned, HandingOver, wire="proposal.convert_to_case", label="转为事项"):
    """Let an individual matter go on as exactly one case, created in the same transaction."""

    individual: bool = False


class AdmitProposal(Command, wire="proposal.admit", label="立案"):
    """Admit it: its track is pinned with the procedure in force, and the roll of stakeholders is set."""

    track: Id | None = None
    stakeholders: tuple[Id, ...] = ()


class SplitProposal(Command, wire="proposal.split", label="拆分"):
    """Keep the first subject here; each other one becomes a linked proposal with the same supporters."""

    subject: Words = ""
    parts: tuple[Part, ...] = ()


class NameCoProposer(Command, wire="proposal.name_co_proposer", label="增列共同提案人"):
    """Name a standing supporter as co-proposer, who may take the proposal over."""

    co_proposer: Id | None = None


class LeaveProposal(Command, Reasoned, wire="proposal.leave", label="退出提案"):
    """Leave it to the co-proposers: by consent, or recorded by the secretariat: moved away, lost standing."""


class TakeOverProposal(Command, wire="proposal.take_over", label="接手提案"):
    """Go on as co-proposer with a proposal whose proposer has left or withdrawn it."""


class WithdrawProposal(Command, Reasoned, HandingOver, wire="proposal.withdraw", label="撤回"):
    """Take the proposal back before a vote is announced; co-proposers may take it over for some days."""


class AmendProposal(Command, Amending, Reasoned, wire="proposal.amend", label="修改"):
    """Record a new version of the text; the old ones stay."""


class ReopenProposal(Command, wire="proposal.reopen", label="恢复立案审查"):
    """Screen it again: wrongly refused, merged by mistake, or the case it became failed."""

    ground: Words = ""


class AbsorbProposal(Command, wire="proposal.absorb", label="吸收并案"):
    """Take over the proposers and supporters of a proposal that was merged into this one."""

    follower: Id | None = None
    co_proposers: tuple[Id, ...] = ()
    supporters: tuple[Supporter, ...] = ()


class ReleaseProposal(Command, wire="proposal.release", label="解除并案吸收"):
    """Give back whom a proposal merged by mistake had brought along."""

    follower: Id | None = None


# --- consulting and deliberating 协商 审议 ------------------------------------------------------------


class AmendStakeholders(Command, Reasoned, wire="proposal.amend_stakeholders", label="调整利益相关方名册"):
    """Add to the roll of direct stakeholders or strike from it, with the reason."""

    added: tuple[Id, ...] = ()
    struck: tuple[Id, ...] = ()


class CloseConsultation(Command, wire="proposal.close_consultation", label="结束征求意见"):
    """End the consultation: every opinion is disposed of, the roll of stakeholders confirmed."""

    roll_confirmed: bool = False


class RecordStage(Command, Staging, wire="proposal.record_stage", label="记录审议通过"):
    """Record that the body of a stage said yes, with attendance, votes and minutes."""


class FailStage(Command, Staging, HandingOver, wire="proposal.fail_stage", label="记录审议未通过"):
    """Record that the body of a stage said no."""


class SendBack(Command, Reasoned, wire="proposal.send_back", label="退回协商"):
    """Send it back to be consulted again; the stages passed so far fall."""


class DelegateProposal(Command, Reasoned, wire="proposal.delegate", label="委托下级议事"):
    """Delegate it to a lower body, by whose procedure it goes on."""

    body: Id | None = None
    track: Id | None = None


class AssessRisk(Command, wire="proposal.assess_risk", label="风险评估"):
    """Record the risk assessment of the text as it stands, on a paper."""

    controllable: bool | None = None
    papers: tuple[Id, ...] = ()


class CheckLegality(Command, wire="proposal.check_legality", label="合法性审查"):
    """Record the legality check of the text as it stands, on a paper."""

    lawful: bool | None = None
    papers: tuple[Id, ...] = ()


class ExtendProposal(Command, Reasoned, wire="proposal.extend", label="延期"):
    """Lengthen the limit of the present state once, with the party branch's leave; `length` in the limit's unit."""

    length: Count = 0


# --- the vote 表决 ------------------------------------------------------------


class AnnounceVote(Command, Announcing, wire="proposal.announce_vote", label="公告表决"):
    """Announce the vote: the question, the day, and the rule by which it is counted, pinned today."""


class PostponeVote(Command, Reasoned, wire="proposal.postpone_vote", label="延期表决"):
    """Name a later day; the notice period starts again."""

    opens_at: Instant | None = None
    closes_at: Instant | None = None


class CancelVote(Command, Reasoned, wire="proposal.cancel_vote", label="取消表决"):
    """Call an announced vote off; deliberation goes on."""


class EnrolVoters(Command, Enrolling, wire="proposal.enrol_voters", label="登记表决人"):
    """Put voters on the roll, at most 5,000 at a time; who stands on it already stands there as given now."""


class NameVoter(Command, wire="proposal.name_voter", label="登记表决人姓名"):
    """Keep the name of a voter on the roll, protected."""

    voter: Id | None = None
    voter_name: Personal | None = None


class StrikeVoters(Command, Reasoned, wire="proposal.strike_voters", label="剔除表决人"):
    """Strike voters from the roll before it is frozen, with the reason."""

    voters: tuple[Id, ...] = ()


class GrantProxy(Command, wire="proposal.grant_proxy", label="委托表决"):
    """Let another voter vote in one's stead, by a written authority (evidence on file)."""

    voter: Id | None = None
    holder: Id | None = None
    paper: Id | None = None


class RevokeProxy(Command, wire="proposal.revoke_proxy", label="撤销委托"):
    """Take a proxy back before it was used."""

    voter: Id | None = None


class OpenVote(Command, wire="proposal.open_vote", label="开始表决"):
    """Open the vote: the roll is frozen under its digest."""


class CastBallot(Command, wire="proposal.cast_ballot", label="投票"):
    """Vote, in person or as a voter's proxy. A secret ballot is sealed for the box and leaves a commitment alone."""

    voter: Id | None = None
    ballot: Ballot | None = None
    sealed: Personal | None = None
    commitment: Sha256 | None = None


class RecordHands(Command, wire="proposal.record_hands", label="记录举手表决"):
    """Record the counts of a show of hands, on minutes signed by the counters."""

    hands: HandCount | None = None
    papers: tuple[Id, ...] = ()


class CallBox(Command, wire="proposal.call_box", label="宣布开箱"):
    """Call for the box of a secret vote that is over: the system opens it then, and nobody else.

    Give it by `govflow.ballot_box.open_box`, which has the box opened in the same breath.
    """


class OpenBox(Command, wire="proposal.open_box", label="开箱唱票"):
    """Publish the ballots of a secret vote by their codes, in the codes' order, without their voters.

    `govflow.ballot_box.open_box` gives it, as the system; `as_of` is the version of the proposal at which the box was
    read.
    """

    opened: tuple[Opened, ...] = Field(default=(), max_length=MOST_IN_A_BOX)
    as_of: Count | None = None


class CloseVote(Command, HandingOver, wire="proposal.close_vote", label="结束表决"):
    """Count, and state the result by the rule pinned at the announcement.

    `lot_seed` is what a lot was committed to, needed where there is a tie. `seed_is_lost`: it was not shown three days
    after the end, so that a tie adopts nothing.
    """

    lot_seed: Words | None = None
    seed_is_lost: bool = False


class ReconveneVote(Command, Announcing, wire="proposal.reconvene", label="重新召集"):
    """Announce the vote again after too few took part; the question, the options and the roll stand."""


class LapseProposal(Command, Reasoned, HandingOver, wire="proposal.lapse", label="失效"):
    """Give it up: the attempts are used up, or a returned draft was never handed in again."""


class VoidVote(Command, Reasoned, wire="proposal.void_vote", label="宣布表决无效"):
    """Declare an irregular vote void: its ballots stay in the log and count for nothing."""

    reason_code: Id | None = None
    interest: Words = ""


# --- publication and objections 公开 异议 ------------------------------------------------------------


class PublishResolution(Command, Publishing, wire="proposal.publish_resolution", label="公开决议"):
    """Publish the resolution (first disclosure); objections may be raised until the period is over."""


class NameImplementer(Command, Reasoned, wire="proposal.name_implementer", label="另定实施单位"):
    """Name another unit that carries the resolution out, before the works begin; it is on public notice anew."""

    implementer: Id | None = None


class ReconsiderResolution(Command, Reasoned, wire="proposal.reconsider", label="复议决议"):
    """Deliberate again because an objection was upheld."""


class AnnulResolution(Command, Reasoned, HandingOver, wire="proposal.annul", label="撤销决议"):
    """Declare the resolution void: the unlawful point, or the superior body's decision, is named."""

    illegality: Words = ""
    superior_decision: Words = ""


class FinishWithoutWorks(Command, wire="proposal.finish_without_works", label="无须实施,直接办结"):
    """Let the resolution itself be the result: nothing is to be carried out."""


# --- implementation and its end 实施 评议 结果 ----------------------------------------------------------


class StartImplementation(Command, wire="proposal.start_implementation", label="开始实施"):
    """Begin to carry the resolution out, until the day it names (else the policy's limit)."""

    until: Instant | None = None


class SpawnRecord(Command, wire="proposal.spawn", label="派生事项"):
    """Create one case or joint project that carries a part out, linked both ways; `awaited`: this waits for it."""

    target_kind: Id = "case"
    title: Words = ""
    category: Id | None = None
    awaited: bool = True


class SuspendProposal(Command, wire="proposal.suspend", label="中止实施"):
    """Pause the implementation for a stated cause, until a review date."""

    cause: Words = ""
    review_at: Instant | None = None


class ResumeProposal(Command, wire="proposal.resume", label="恢复实施"):
    """Go on: the cause is over, or the review date has come."""

    cause_is_over: bool = False


class ReportCompletion(Command, wire="proposal.report_completion", label="报告实施完成"):
    """Report that the resolution is carried out, with the papers that show it."""

    measure: Words = ""
    papers: tuple[Id, ...] = ()


class HoldAppraisal(Command, Appraising, wire="proposal.hold_appraisal", label="评议"):
    """Record the residents' appraisal meeting (评议会)."""


class OrderRemedy(Command, wire="proposal.order_remedy", label="责令整改"):
    """Order a remedy: a new round of implementation; each defect becomes a numbered ledger item."""

    defects: tuple[Words, ...] = ()
    until: Instant | None = None


class PublishResult(Command, wire="proposal.publish_result", label="公开结果"):
    """Publish what came of it (second disclosure)."""

    public_text: Words = ""
    papers: tuple[Id, ...] = ()


class AbandonImplementation(Command, Reasoned, HandingOver, wire="proposal.abandon", label="终止实施"):
    """End the implementation for good, with the town's leave; the reason is public, the money accounted for."""

    balance: Words = ""
    papers: tuple[Id, ...] = ()


class ReplyToProposer(Command, Replying, wire="proposal.reply", label="答复提案人"):
    """Answer every proposer and co-proposer in writing."""


class CorrectProposal(Command, Correcting, wire="proposal.correct", label="更正"):
    """Correct an entry without touching what is written, with the party branch's leave; never a ballot."""


class ArchiveProposal(Command, wire="proposal.archive", label="归档"):
    """End the proposal for good; its retention term runs."""

    retention: Id | None = None
