"""核查 verification: an independent check of one round. Keyed by the round (`r1`)."""

from govflow.actors import SYSTEM, Role
from govflow.messages import ItemCommand, ItemEvent
from govflow.records import HandOver, Item
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.rules import new_round_has_begun, reason_given, round_is_current, verified_by_another
from govflow.workflow import Rest, Status, Step, Workflow


class VerificationStatus(Status):
    REQUESTED = "requested", "待核查"
    PASSED = "passed", "核查通过", Rest.OUTCOME
    FAILED = "failed", "核查不通过"
    SUPERSEDED = "superseded", "作废", Rest.FINAL


S = VerificationStatus


class Verification(Item):
    """The check of one round."""

    reason: str = ""

    @property
    def what(self) -> str:
        return f"rework of round {self.round}" if self.status == S.FAILED else f"check of round {self.round}"


class RequestVerification(ItemCommand, wire="verification.request", label="提请核查"):
    """Ask for the check of this round."""


class VerificationRequested(ItemEvent, name="verification.requested"):
    """This round is to be checked."""


class PassVerification(ItemCommand, wire="verification.pass", label="核查通过"):
    """Find as somebody who did not handle it that the matter is done."""


class VerificationPassed(ItemEvent, name="verification.passed"):
    """Somebody else found the matter done."""


class FailVerification(ItemCommand, Reasoned, wire="verification.fail", label="核查不通过"):
    """Find as somebody who did not handle it that the matter is not done: rework must follow."""


class VerificationFailed(ItemEvent, Reasoned, name="verification.failed"):
    """Somebody else found the matter not done."""


class SupersedeVerification(ItemCommand, Reasoned, wire="verification.supersede", label="核查作废"):
    """Set it aside because a new round began or the record left by another way."""


class VerificationSuperseded(ItemEvent, Reasoned, name="verification.superseded"):
    """A new round began."""


# fmt: off
VERIFICATION_WORKFLOW = Workflow("verification", S, zh="核查", on=("case",), steps=(
    #    id      command                from                               event                   to            who            provided that
    Step("VR01", RequestVerification,   None,                              VerificationRequested,  S.REQUESTED,  Role.SYSTEM,   (round_is_current,), while_in="fed_back"),
    Step("C26",  PassVerification,      S.REQUESTED,                       VerificationPassed,     S.PASSED,     Role.VERIFIER, (verified_by_another, round_is_current), while_in="fed_back", stops="verification"),
    Step("VR03", FailVerification,      (S.REQUESTED, S.PASSED),           VerificationFailed,     S.FAILED,     Role.VERIFIER, (verified_by_another, reason_given, round_is_current), while_in="fed_back", stops="verification"),
    Step("VR04", SupersedeVerification, (S.REQUESTED, S.PASSED, S.FAILED), VerificationSuperseded, S.SUPERSEDED, Role.SYSTEM,   (new_round_has_begun,)),
))
# fmt: on

_FOLD: Fold = {
    VerificationRequested: lambda item, e: {"status": S.REQUESTED, "owes": Role.VERIFIER.value},
    VerificationPassed: lambda item, e: {"status": S.PASSED},
    VerificationFailed: lambda item, e: {"status": S.FAILED, "reason": e.reason, "owes": Role.DISPATCHER.value},
    VerificationSuperseded: lambda item, e: {"status": S.SUPERSEDED},
}


def _supersede(record: str, item: Item, given: HandOver) -> SupersedeVerification:
    return SupersedeVerification(id=record, by=SYSTEM, item=item.key, reason=given.reason)


VERIFICATION = Region(VERIFICATION_WORKFLOW, Verification, _FOLD, ends=_supersede, round_bound=True)
