"""督办 supervision: the ladder of a supervising body over a slow unit, until it is lifted. Keyed by the supervising body.

A body that supervises several units over one record keys each item by itself and the unit (`district.water`).
"""

from typing import Any

from govflow.actors import SYSTEM, Id, Role
from govflow.context import Context
from govflow.messages import Command, Event, ItemCommand, ItemEvent, Value, Words
from govflow.records import HandOver, Item, Record
from govflow.region import Changes, Fold, Region
from govflow.regions.bodies import Reasoned, Shown
from govflow.regions.joint_handling import unit_reported_gets_nothing
from govflow.regions.supervision.model import ANSWERERS, Reply, Supervision, SupervisionStatus
from govflow.regions.supervision.rules import (
    exposed_failing_is_fixed,
    fix_is_verified,
    listing_is_numbered,
    nobody_judges_their_own_cause,
    overdue_is_past_threshold,
    record_has_been_listed,
    secret_matter_stays_secret,
    text_is_given,
)
from govflow.rules import (
    measure_and_evidence_given,
    personal_data_is_withheld,
    reason_given,
    reason_is_coded,
)
from govflow.workflow import Step, Workflow

S = SupervisionStatus


class _Coded(Reasoned):
    reason_code: Id | None = None


class _Raised(_Coded):
    owner: Id | None = None  # who is supervised; None: the unit supervised so far, else the record's lead unit


class _By(Value):
    body: Id | None = None


class _Listing(Value):
    number: Words = ""
    public_text: Words = ""


class RemindSupervision(ItemCommand, _Raised, wire="supervision.remind", label="提醒"):
    """Remind the unit of what it owes; no answer is asked for."""


class SupervisionReminded(ItemEvent, _Raised, _By, name="supervision.reminded"):
    """The unit was reminded."""


class UrgeSupervision(ItemCommand, _Raised, wire="supervision.urge", label="催办"):
    """Urge the unit; it owes an answer."""


class SupervisionUrged(ItemEvent, _Raised, _By, name="supervision.urged"):
    """The unit was urged and owes an answer."""


class ListSupervision(ItemCommand, _Raised, _Listing, wire="supervision.list", label="挂牌督办"):
    """Put the matter under listed supervision, publicly numbered."""


class SupervisionListed(ItemEvent, _Raised, _Listing, _By, name="supervision.listed"):
    """The matter stands on the public list of supervision."""


class InterviewSupervision(ItemCommand, _Coded, wire="supervision.interview", label="约谈"):
    """Interview the leader who answers for the unit."""

    whom: Id | None = None


class SupervisionInterviewed(ItemEvent, _Coded, name="supervision.interviewed"):
    """The responsible leader was interviewed."""

    whom: Id | None = None


class CirculateSupervision(ItemCommand, _Coded, wire="supervision.circulate", label="通报"):
    """Tell other units of the failing."""

    to: tuple[Id, ...] = ()


class SupervisionCirculated(ItemEvent, _Coded, name="supervision.circulated"):
    """Units were told of the failing."""

    to: tuple[Id, ...] = ()


class ExposeSupervision(ItemCommand, wire="supervision.expose", label="曝光"):
    """Disclose the delay publicly until it is fixed."""

    public_text: Words = ""


class SupervisionExposed(ItemEvent, name="supervision.exposed"):
    """The delay stands in public."""

    public_text: Words = ""


class ConfirmFix(ItemCommand, Shown, wire="supervision.confirm_fix", label="核实整改"):
    """Confirm, as somebody with no hand in it, that what was exposed is fixed."""


class FixConfirmed(ItemEvent, Shown, name="supervision.fix_confirmed"):
    """Somebody else found the exposed failing fixed."""


class LiftExposure(ItemCommand, wire="supervision.lift_exposure", label="撤下曝光"):
    """End the exposure; the supervision itself goes on."""


class SupervisionExposureLifted(ItemEvent, name="supervision.exposure_lifted"):
    """The delay is no longer shown in public."""


class ReplySupervision(ItemCommand, Shown, wire="supervision.reply", label="回告"):
    """Answer the supervising body in writing, with evidence."""


class SupervisionReplied(ItemEvent, Shown, name="supervision.replied"):
    """The supervised unit has answered."""


class LiftSupervision(ItemCommand, Reasoned, wire="supervision.lift", label="解除督办"):
    """End the supervision."""

    to: Id | None = None


class SupervisionLifted(ItemEvent, Reasoned, name="supervision.lifted"):
    """The supervision was ended."""

    to: Id | None = None


R = Role
_BODIES = (R.SUPERVISOR, R.DISTRICT)
_RAISED = (reason_is_coded, unit_reported_gets_nothing, nobody_judges_their_own_cause)
_PUBLIC = (personal_data_is_withheld, secret_matter_stays_secret)
_RAISABLE = (None, S.REMINDED, S.URGED, S.INTERVIEWED, S.CIRCULATED, S.LIFTED)
_OWED = (S.URGED, S.LISTED, S.INTERVIEWED, S.CIRCULATED, S.EXPOSED)
# fmt: off
SUPERVISION_WORKFLOW = Workflow("supervision", S, zh="督办", on=("case", "proposal", "joint_project"), steps=(
    #    id      command               from                                       event                      to             who                         provided that
    Step("SV01", RemindSupervision,    (None, S.LIFTED),                          SupervisionReminded,       S.REMINDED,    (R.SUPERVISOR, R.SYSTEM),   _RAISED, while_in="active"),
    Step("SV02", UrgeSupervision,      (None, S.REMINDED, S.LIFTED),              SupervisionUrged,          S.URGED,       (R.SUPERVISOR, R.SYSTEM),   _RAISED, while_in="active", starts="supervision_reply"),
    Step("SV03", ListSupervision,      _RAISABLE,                                 SupervisionListed,         S.LISTED,      _BODIES,                    (*_RAISED, listing_is_numbered, *_PUBLIC), while_in="active", starts="supervision_reply"),
    Step("SV04", InterviewSupervision, (S.URGED, S.LISTED, S.CIRCULATED),         SupervisionInterviewed,    S.INTERVIEWED, (R.SUPERVISOR, R.LEADER),   (reason_is_coded, nobody_judges_their_own_cause)),
    Step("SV05", CirculateSupervision, (S.URGED, S.LISTED, S.INTERVIEWED),        SupervisionCirculated,     S.CIRCULATED,  _BODIES,                    (reason_is_coded,)),
    Step("J18",  ExposeSupervision,    (S.LISTED, S.INTERVIEWED, S.CIRCULATED),   SupervisionExposed,        S.EXPOSED,     _BODIES,                    (overdue_is_past_threshold, record_has_been_listed, text_is_given, *_PUBLIC)),
    Step("SV10", ConfirmFix,           S.EXPOSED,                                 FixConfirmed,              None,          (R.VERIFIER, R.ACCEPTANCE_GROUP, *_BODIES), (measure_and_evidence_given, nobody_judges_their_own_cause)),
    Step("SV07", LiftExposure,         S.EXPOSED,                                 SupervisionExposureLifted, S.LISTED,      _BODIES,                    (fix_is_verified, nobody_judges_their_own_cause)),
    Step("SV08", ReplySupervision,     _OWED,                                     SupervisionReplied,        None,          ANSWERERS,                 (measure_and_evidence_given,), stops="supervision_reply"),
    Step("SV09", LiftSupervision,      (S.REMINDED, *_OWED),                      SupervisionLifted,         S.LIFTED,      (*_BODIES, R.SYSTEM),       (reason_given, nobody_judges_their_own_cause, exposed_failing_is_fixed), drops="supervision_reply"),
))
# fmt: on


def _named(event: type[Event]) -> Any:
    """Who is supervised and by whom stands in the event, whether or not the command says it."""

    def propose(record: Record, command: Any, context: Context) -> Event:
        key = SUPERVISION.key_of(record, command)
        item = record.item("supervision", key)
        goes_on = item is not None and item.status != S.LIFTED
        owner = command.owner or (item.owner if goes_on else getattr(record, "lead_unit", None))
        body = item.body if goes_on else _unit_of(context)
        decider = context.deciders[record.kind_of_record]
        return decider.copied(command, event, context, item=key, owner=owner, body=body)

    return propose


def _unit_of(context: Context) -> str | None:
    return next((claim.unit for claim in context.claims if claim.role in _BODIES and claim.unit), None)


def _key(record: Record, command: Command) -> str:
    """A body that names no key supervises under its own."""
    own = (claim.unit for claim in command.by.claims if claim.role in _BODIES and claim.unit)
    return next(own, command.by.id)


def _raised(status: SupervisionStatus) -> Any:
    """A step up the ladder: what is owed until the clock that it starts is due, or the one that runs already."""

    def fold(item: Supervision, e: Any) -> Changes:
        due = [move.due for move in e.clocks if move.clock == f"supervision_reply:{e.item}"]
        again = {"lifted_at": None, "until": None, "since": e.at, "by": e.by, "number": "", "fix_checked_by": ()}
        begun = again if item.status == S.LIFTED else {}
        said = {"owner": e.owner, "owes": e.owner, "body": e.body, "reason_code": e.reason_code}
        return {**begun, **said, "status": status, **({"until": due[0]} if due else {})}

    return fold


def _replied(item: Supervision, e: SupervisionReplied) -> Changes:
    """The supervising body has the next word."""
    reply = Reply(by=e.by, at=e.at, measure=e.measure, evidence=e.evidence, in_stead_of=e.in_stead_of)
    owes = item.body or Role.SUPERVISOR.value
    return {"replies": (*item.replies, reply), "hands": (*item.hands, e.by), "owes": owes, "until": None}


_FOLD: Fold = {
    SupervisionReminded: _raised(S.REMINDED),
    SupervisionUrged: _raised(S.URGED),
    SupervisionListed: lambda item, e: {**_raised(S.LISTED)(item, e), "number": e.number, "was_listed": True},
    SupervisionInterviewed: lambda item, e: {"status": S.INTERVIEWED, "reason_code": e.reason_code},
    SupervisionCirculated: lambda item, e: {"status": S.CIRCULATED, "reason_code": e.reason_code},
    SupervisionExposed: lambda item, e: {"status": S.EXPOSED, "owes": item.owner, "fix_checked_by": ()},
    FixConfirmed: lambda item, e: {"fix_checked_by": (e.by,) if e.in_stead_of is None else (e.by, e.in_stead_of)},
    SupervisionExposureLifted: lambda item, e: {"status": S.LISTED},
    SupervisionReplied: _replied,
    SupervisionLifted: lambda item, e: {"status": S.LIFTED, "owes": None, "until": None, "lifted_at": e.at},
}


def _lift(record: str, item: Item, given: HandOver) -> LiftSupervision:
    return LiftSupervision(id=record, by=SYSTEM, item=item.key, reason=given.reason, to=given.to)


SUPERVISION = Region(
    SUPERVISION_WORKFLOW,
    Supervision,
    _FOLD,
    propose={
        RemindSupervision: _named(SupervisionReminded),
        UrgeSupervision: _named(SupervisionUrged),
        ListSupervision: _named(SupervisionListed),
    },
    ends=_lift,
    new_key=_key,
)
