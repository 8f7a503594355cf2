"""What can be asked of a case. Wire names are `case.<verb>`; what each asks for stands in the rules of its row."""

import hashlib
from typing import Any

from pydantic import model_validator

from govflow.actors import Id, Level
from govflow.cases.bodies import (
    Assigning,
    Deciding,
    HandingOver,
    ImportedMatter,
    Matter,
    Merging,
    Raising,
    Reopening,
    Resulting,
    SubMatter,
    Telling,
)
from govflow.corrections import Correcting
from govflow.messages import Command, Count, Instant, Personal, Words, new_subject
from govflow.regions.bodies import Reasoned


class _AboutAReporter(Command, Matter):
    """Who reports gets a pseudonym where none is given, if there is a name, number or address to keep under it.

    It is made of the command's id: a queue that delivers the same text twice must bring the same command twice.
    """

    description: Personal | None = None
    place: Personal | None = None
    reporter_name: Personal | None = None
    reporter_phone: Personal | None = None
    reporter_address: Personal | None = None

    @model_validator(mode="before")
    @classmethod
    def _a_reporter(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        named = [given[name] for name in ("reporter_name", "reporter_phone", "reporter_address") if given.get(name)]
        if not named or given.get("reporter"):
            return given
        subject = next(filter(None, map(_subject_in, named)), None)
        return {**given, "reporter": subject or _pseudonym(given.get("command_id"))}


def _subject_in(value: object) -> object:
    if isinstance(value, Personal):
        return value.subject if "subject" in value.model_fields_set else None
    return value.get("subject") if isinstance(value, dict) else None


def _pseudonym(command_id: object) -> str:
    if not isinstance(command_id, str):
        return new_subject()
    return "s-" + hashlib.sha256(f"reporter of {command_id}".encode()).hexdigest()[:24]


class DiscoverCase(_AboutAReporter, wire="case.discover", label="发现"):
    """Record that a problem was noticed."""


class ReportCase(_AboutAReporter, wire="case.report", label="上报"):
    """Register a matter in the loop; it now awaits acceptance."""


class ResolveOnSpot(Command, Resulting, wire="case.resolve_on_spot", label="当场解决"):
    """Fix at once what can be fixed (即知即改): the only step that may skip assignment."""


class EscalateCase(Command, Raising, wire="case.escalate", label="上提一级"):
    """Hand a matter not yet dispatched to the next level up."""


class RequestSupplement(Command, wire="case.request_supplement", label="要求补正"):
    """Ask once, with one complete list, for what is missing."""

    shortcomings: tuple[Words, ...] = ()


class SupplementCase(Command, wire="case.supplement", label="补正"):
    """Give what was missing."""

    supplement: Personal | None = None


class LapseSupplement(Command, wire="case.lapse_supplement", label="补正逾期"):
    """Record that the time for supplements is over."""


class AcceptCase(Command, wire="case.accept", label="受理"):
    """Admit the matter for handling. `same_as` names records with the same facts, if any."""

    in_scope: bool = True
    same_as: tuple[Id, ...] = ()


class RejectCase(Command, Reasoned, Telling, HandingOver, wire="case.reject", label="不予受理"):
    """Decline the matter with a coded reason; the reporter is told why."""

    reason_code: Id | None = None
    same_as: tuple[Id, ...] = ()


class RedirectCase(Command, Reasoned, Telling, HandingOver, wire="case.redirect", label="导入法定途径"):
    """Send the matter to a statutory channel, such as litigation, arbitration or reconsideration."""

    statutory_channel: Words = ""


class MergeCase(Command, Merging, HandingOver, wire="case.merge", label="并案"):
    """Let another case on the same subject absorb this one."""


class WithdrawCase(Command, Reasoned, HandingOver, wire="case.withdraw", label="撤回"):
    """Take the report back; units already at work are released."""


class AssignCase(Command, Assigning, wire="case.assign", label="派单"):
    """Dispatch to one lead unit; co-units are asked to do their parts in the same transaction.

    Where no lead unit is named, the routing rules of the policy choose it, and the co-units with it.
    """


class ObjectAssignment(Command, Reasoned, wire="case.object_assignment", label="派单异议"):
    """Say as lead unit that the matter is not ours."""


class DecideReturn(Command, Reasoned, wire="case.decide_return", label="异议审核"):
    """Uphold the objection (the case waits for a new assignment) or dismiss it."""

    upheld: bool | None = None


class ArbitrateAssignment(Command, Assigning, Reasoned, wire="case.arbitrate_assignment", label="裁定派单"):
    """Decide a dispute about competence; it binds."""


class SignOrder(Command, wire="case.sign_for", label="签收"):
    """Acknowledge receipt of the work order."""


class TransferCase(Command, Reasoned, wire="case.transfer", label="转办"):
    """Pass the case to another competent unit; its limit goes on."""

    to_unit: Id | None = None


class NameHandler(Command, wire="case.name_handler", label="指定承办人"):
    """Name the person who answers for it in the lead unit."""

    handler: Id | None = None
    handler_unit: Id | None = None
    interest: Words = ""


class StartHandling(Command, wire="case.start_handling", label="开始处置"):
    """Begin the work, after the reporter was contacted."""


class ExtendDeadline(Command, Reasoned, Telling, wire="case.extend", label="延期"):
    """Lengthen the limit once, with the unit head's approval. `length` is in the rule's own unit."""

    length: Count = 0


class SuspendCase(Command, Telling, wire="case.suspend", label="挂起"):
    """Stop the handling clock for an outside cause, until a review date."""

    cause: Words = ""
    review_at: Instant | None = None


class ResumeCase(Command, wire="case.resume", label="恢复"):
    """Go on where the case stood before it was suspended."""


class EscalateInHandling(Command, Raising, wire="case.escalate_in_handling", label="办理中上提"):
    """Hand a dispatched matter to the next level up."""


class SubmitResult(Command, Resulting, wire="case.submit_result", label="提交结果"):
    """Submit the result of the handling, with measure and evidence."""

    result: Personal | None = None


class OrderRework(Command, Reasoned, wire="case.order_rework", label="责令返工"):
    """Send it back to be done again: a new round, with a shorter limit."""


class GiveFeedback(Command, wire="case.give_feedback", label="反馈"):
    """Answer the reporting level, and the reporter if there is one; opens verification and evaluation."""

    to_level: Level | None = None
    to_reporter: bool = False
    public_text: Words = ""
    answer: Personal | None = None


class InformFollower(Command, wire="case.inform_follower", label="告知并案诉求人"):
    """Tell the reporter of a merged case what became of the master."""

    master: Id = ""
    master_version: Count = 0
    news: Words = ""


class CloseCase(Command, wire="case.close", label="办结"):
    """Write the case off. Refused with the complete list while any loop is open."""


class ReopenCase(Command, Reopening, wire="case.reopen", label="重启"):
    """Take the matter up again: a new round."""


class RequestReview(Command, Reasoned, wire="case.request_review", label="申请复查"):
    """Ask the next higher body to review the decision (petitions)."""


class DecideReview(Command, Deciding, wire="case.decide_review", label="复查决定"):
    """Maintain the decision, change it, or send the matter back."""


class RequestRecheck(Command, Reasoned, wire="case.request_recheck", label="申请复核"):
    """Ask for the final recheck of a reviewed decision."""


class DecideRecheck(Command, Deciding, HandingOver, wire="case.decide_recheck", label="复核决定"):
    """The final decision, or back for new handling."""


class WithdrawReview(Command, Reasoned, wire="case.withdraw_review", label="撤回复查复核"):
    """Take the request for review or recheck back; the decision stands."""


class LapseReview(Command, Reasoned, wire="case.lapse_review", label="复查复核失效"):
    """Record that the requester is out of reach; the decision stands."""

    requester_is_gone: Words = ""


class TerminateCase(Command, Reasoned, HandingOver, wire="case.terminate", label="终结"):
    """End the procedure: the reporter will not cooperate."""

    refusals: Words = ""


class ConvertToProposal(Command, Reasoned, Telling, HandingOver, wire="case.convert_to_proposal", label="转为提案"):
    """Let the matter go on as exactly one proposal, created in the same transaction."""


class ConvertToProject(Command, Reasoned, Telling, HandingOver, wire="case.convert_to_project", label="转为共建项目"):
    """Let the matter go on as exactly one joint project, created in the same transaction."""


class TakeBackResult(Command, Resulting, wire="case.take_back_result", label="收回成果"):
    """Take the result of the proposal or project the case became as its own."""


class SplitCase(Command, wire="case.split", label="拆分"):
    """Create sub-cases that together cover the matter; this case waits for each."""

    parts: tuple[SubMatter, ...] = ()
    covers: Words = ""


class UnmergeCase(Command, Reasoned, wire="case.unmerge", label="撤销并案"):
    """Undo a mistaken merge."""


class DismissDiscovery(Command, Reasoned, HandingOver, wire="case.dismiss", label="不予上报"):
    """Judge a discovery to be no matter at all."""


class RecordExternalOutcome(Command, wire="case.record_external_outcome", label="记录外部结果"):
    """Record what the court, arbiter or other body did."""

    statutory_channel: Words = ""
    external_outcome: Words = ""
    declined: bool = False


class ReclassifyCase(Command, Reasoned, wire="case.reclassify", label="改类"):
    """Change the category; a running limit keeps its start and takes the new length."""

    category: Id | None = None
    old: Words = ""


class CorrectCase(Command, Correcting, wire="case.correct", label="更正"):
    """Correct an entry without touching what is written, with the unit head's approval."""


class ArchiveCase(Command, wire="case.archive", label="归档"):
    """End the case for good; its retention term runs."""

    retention: Id | None = None


class ImportCase(Command, ImportedMatter, wire="case.import", label="导入"):
    """Take a case over from another system as it stands there; nothing it does not show is invented."""

    place: Personal | None = None


class ImportClosing(Command, wire="case.import_closing", label="导入办结"):
    """Take over that the other system closed the case, with its closing text; nobody here verified it."""

    closing: Personal | None = None
    row_digest: Words = ""
    source_row: Count = 0
    unverified: tuple[str, ...] = ()
