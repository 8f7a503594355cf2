"""What happened to a case. Stored names (`case.reported@1` …) never change; bodies are never edited, only upcast."""

from typing import Annotated

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
from govflow.messages import BelongsTo, Count, Event, IdOrNone, Instant, Protected, Words
from govflow.regions.bodies import Reasoned

_OfReporter = Annotated[Protected | None, BelongsTo("reporter")]


class _FromAReporter(Event, Matter):
    policy: Words = ""
    public_interest: bool = False
    retention: IdOrNone = ""
    description: _OfReporter = None
    place: Protected | None = None
    reporter_name: _OfReporter = None
    reporter_phone: _OfReporter = None
    reporter_address: _OfReporter = None


class CaseDiscovered(_FromAReporter, name="case.discovered"):
    """A problem was noticed."""


class CaseReported(_FromAReporter, name="case.reported"):
    """A matter was registered in the loop."""


class CaseResolvedOnSpot(Event, Resulting, name="case.resolved_on_spot"):
    """The matter was fixed at once."""


class CaseEscalated(Event, Raising, name="case.escalated"):
    """The matter went to the next level up."""


class SupplementRequested(Event, name="case.supplement_requested"):
    """What is missing was asked for."""

    shortcomings: tuple[Words, ...] = ()


class SupplementProvided(Event, name="case.supplement_provided"):
    """What was missing was given."""

    supplement: _OfReporter = None


class SupplementLapsed(Event, name="case.supplement_lapsed"):
    """The time for supplements is over."""


class CaseAccepted(Event, name="case.accepted"):
    """The matter was admitted."""

    in_scope: bool = True
    same_as: tuple[Id, ...] = ()


class CaseRejected(Event, Reasoned, Telling, HandingOver, name="case.rejected"):
    """The matter was declined."""

    reason_code: Id | None = None
    same_as: tuple[Id, ...] = ()


class CaseRedirected(Event, Reasoned, Telling, HandingOver, name="case.redirected"):
    """The matter was sent to a statutory channel."""

    statutory_channel: Words = ""


class CaseMerged(Event, Merging, HandingOver, name="case.merged"):
    """Another case absorbed this one."""


class CaseWithdrawn(Event, Reasoned, HandingOver, name="case.withdrawn"):
    """The reporter took the report back."""


class CaseAssigned(Event, Assigning, name="case.assigned"):
    """The case was dispatched to one lead unit; `route` is the rule that chose it, where nobody named one."""

    route: Id | None = None


class AssignmentObjected(Event, Reasoned, name="case.assignment_objected"):
    """The lead unit said: not ours."""


class ReturnDecided(Event, Reasoned, name="case.return_decided"):
    """The objection was upheld or dismissed."""

    upheld: bool | None = None


class AssignmentArbitrated(Event, Assigning, Reasoned, name="case.assignment_arbitrated"):
    """A dispute about competence was decided; it binds."""


class OrderSigned(Event, name="case.order_signed"):
    """Receipt of the work order was acknowledged, or deemed so."""


class CaseTransferred(Event, Reasoned, name="case.transferred"):
    """The case passed to another unit; its limit goes on."""

    to_unit: Id | None = None


class HandlerNamed(Event, name="case.handler_named"):
    """The person who answers for it in the lead unit was named."""

    handler: Id | None = None
    handler_unit: Id | None = None
    interest: Words = ""


class HandlingStarted(Event, name="case.handling_started"):
    """The work began."""


class DeadlineExtended(Event, Reasoned, Telling, name="case.deadline_extended"):
    """The limit was lengthened."""

    length: Count = 0


class CaseSuspended(Event, Telling, name="case.suspended", dues={"suspension_review": "review_at"}):
    """The handling clock stands still for an outside cause."""

    cause: Words = ""
    review_at: Instant | None = None


class CaseResumed(Event, name="case.resumed"):
    """The case went on where it stood."""


class CaseEscalatedInHandling(Event, Raising, name="case.escalated_in_handling"):
    """The dispatched matter went to the next level up."""


class HandlingCompleted(Event, Resulting, name="case.handling_completed"):
    """The result of the handling was submitted."""

    result: Protected | None = None


class ReworkOrdered(Event, Reasoned, name="case.rework_ordered"):
    """It is to be done again."""

    to_be_assigned: bool = False  # no unit led it: one is to be found first


class FeedbackGiven(Event, name="case.feedback_given"):
    """The reporting level was answered, and the reporter if there is one."""

    to_level: Level | None = None
    to_reporter: bool = False
    public_text: Words = ""
    answer: _OfReporter = None


class FollowerInformed(Event, name="case.follower_informed"):
    """The reporter of a merged case was told what became of the master."""

    master: Id = ""
    master_version: Count = 0
    news: Words = ""


class CaseClosed(Event, name="case.closed"):
    """The case was written off."""


class CaseReopened(Event, Reopening, name="case.reopened"):
    """The matter was taken up again."""


class ReviewRequested(Event, Reasoned, name="case.review_requested"):
    """The next higher body was asked to review the decision."""


class ReviewDecided(Event, Deciding, name="case.review_decided"):
    """The review was decided."""


class RecheckRequested(Event, Reasoned, name="case.recheck_requested"):
    """The final recheck was asked for."""


class RecheckDecided(Event, Deciding, HandingOver, name="case.recheck_decided"):
    """The recheck was decided."""


class ReviewWithdrawn(Event, Reasoned, name="case.review_withdrawn"):
    """The request for review or recheck was taken back."""


class ReviewLapsed(Event, Reasoned, name="case.review_lapsed"):
    """The requester is out of reach; the decision stands."""

    requester_is_gone: Words = ""


class CaseTerminated(Event, Reasoned, HandingOver, name="case.terminated"):
    """The procedure was ended."""

    refusals: Words = ""


class CaseConvertedToProposal(Event, Reasoned, Telling, HandingOver, name="case.converted_to_proposal"):
    """The matter goes on as a proposal."""

    target: Id | None = None


class CaseConvertedToProject(Event, Reasoned, Telling, HandingOver, name="case.converted_to_project"):
    """The matter goes on as a joint project."""

    target: Id | None = None


class TargetResultTakenBack(Event, Resulting, name="case.target_result_taken_back"):
    """The result of what the case became is its own result now."""


class CaseSplit(Event, name="case.split"):
    """Sub-cases were created; this case waits for each."""

    parts: tuple[SubMatter, ...] = ()
    sub_cases: tuple[Id, ...] = ()
    covers: Words = ""


class CaseUnmerged(Event, Reasoned, name="case.unmerged"):
    """A mistaken merge was undone."""


class DiscoveryDismissed(Event, Reasoned, HandingOver, name="case.discovery_dismissed"):
    """The discovery was judged to be no matter at all."""


class ExternalOutcomeRecorded(Event, name="case.external_outcome_recorded"):
    """What the other body did is on record."""

    statutory_channel: Words = ""
    external_outcome: Words = ""
    declined: bool = False


class CaseReclassified(Event, Reasoned, name="case.reclassified"):
    """The category was changed; the old one stands beside the new one."""

    category: Id | None = None
    old: Words = ""
    public_interest: bool = False
    retention: IdOrNone = ""


class CaseCorrected(Event, Correcting, name="case.corrected"):
    """An entry was corrected; what it replaces stays readable."""


class CaseArchived(Event, name="case.archived"):
    """The case ended for good; its retention term runs."""

    retention: Id | None = None


class CaseImported(Event, ImportedMatter, name="case.imported", dues={"handling": "target_at"}):
    """A case was taken over from another system as it stands there."""

    policy: Words = ""
    retention: IdOrNone = ""
    place: Protected | None = None


class ClosingImported(Event, name="case.closing_imported"):
    """The other system closed the case."""

    closing: Protected | None = None
    row_digest: Words = ""
    source_row: Count = 0
    unverified: tuple[str, ...] = ()
