"""整改销号 ledger: numbered problems, struck off only when somebody else has verified them. Keyed by the item number."""

from typing import Any

from govflow.actors import SYSTEM, Id, Role
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Instant, ItemCommand, ItemEvent, Value, Words
from govflow.records import HandOver, Item, Record
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned, Shown
from govflow.rules import (
    measure_and_evidence_given,
    new_due_is_named,
    reason_given,
    struck_off_by_others,
    verified_by_another,
)
from govflow.workflow import Rest, Status, Step, Workflow, rule


class LedgerStatus(Status):
    OPEN = "open", "待整改"
    RECTIFIED = "rectified", "已整改"
    VERIFIED = "verified", "已核查"
    WRITTEN_OFF = "written_off", "已销号", Rest.OUTCOME
    REOPENED = "reopened", "重新挂账"
    WAIVED = "waived", "免予整改", Rest.OUTCOME


S = LedgerStatus


class LedgerItem(Item):
    """One problem on the ledger: what and where, who puts it right, whether the result depends on it, on which topic."""

    problem: str = ""
    place: str = ""
    mandatory: bool = True
    topic: str | None = None

    @property
    def what(self) -> str:
        return self.problem


class _Problem(Value):
    what: Words = ""
    place: Words = ""
    owner: Id | None = None
    until: Instant | None = None
    mandatory: bool = True
    topic: Id | None = None  # what the items are grouped by (逐项 M061)


class OpenLedgerItem(ItemCommand, _Problem, wire="ledger.open", label="列入台账"):
    """Put a problem on the ledger, with place, owner and due instant."""


class LedgerItemOpened(ItemEvent, _Problem, name="ledger.opened", dues={"rectification": "until"}):
    """A problem is on the ledger."""


class RectifyLedgerItem(ItemCommand, Shown, wire="ledger.rectify", label="整改"):
    """Say that it is put right, with evidence."""


class LedgerItemRectified(ItemEvent, Shown, name="ledger.rectified"):
    """The problem is said to be put right."""


class VerifyLedgerItem(ItemCommand, wire="ledger.verify", label="核查整改"):
    """Confirm as another person that it is put right."""


class LedgerItemVerified(ItemEvent, name="ledger.verified"):
    """Somebody else found it put right."""


class RefuseLedgerItem(ItemCommand, Reasoned, wire="ledger.refuse", label="整改不予认可"):
    """Find as another person that it is not put right."""


class LedgerItemRefused(ItemEvent, Reasoned, name="ledger.refused"):
    """Somebody else found it not put right."""


class WriteOffLedgerItem(ItemCommand, wire="ledger.write_off", label="销号"):
    """Strike it off."""


class LedgerItemWrittenOff(ItemEvent, name="ledger.written_off"):
    """It was struck off."""


class ReopenLedgerItem(ItemCommand, Reasoned, wire="ledger.reopen", label="重新挂账"):
    """Put it back on the ledger, with a new due instant: the old one no longer counts."""

    until: Instant | None = None


class LedgerItemReopened(ItemEvent, Reasoned, name="ledger.reopened", dues={"rectification": "until"}):
    """It came back, or was never put right."""

    until: Instant | None = None


class WaiveLedgerItem(ItemCommand, Reasoned, wire="ledger.waive", label="免予整改"):
    """Strike it off without a fix: carried over to another record, or the cause fell away."""

    to: Id | None = None


class LedgerItemWaived(ItemEvent, Reasoned, name="ledger.waived"):
    """It was struck off without a fix."""

    to: Id | None = None


@rule("定点、定项、定期、定责俱全", "M059", needs="what place until owner")
def place_item_due_and_owner_named(record: Any, event: Any, context: Context) -> Any:
    """Place, item, due date and owner are all named."""
    if hasattr(event, "lead_unit"):  # an assignment: the matter itself carries place and item
        named = {"place": record.area or record.place, "item": record.title.strip(), "owner": event.lead_unit}
    else:
        named = {"place": event.place.strip(), "item": event.what.strip(), "owner": event.owner, "due": event.until}
    zh = {"place": "地点", "item": "事项", "owner": "责任人", "due": "期限"}
    return [Detail(f"{what} is missing", f"缺{zh[what]}") for what, value in named.items() if not value]


R = Role
_CHECKERS = (R.VERIFIER, R.SUPERVISOR, R.ACCEPTANCE_GROUP, R.APPRAISER)
_OPENERS = (R.LEAD_UNIT, *_CHECKERS, R.PROJECT_LEAD, R.COMMUNITY, R.SYSTEM)
_FIXERS = (R.LEAD_UNIT, R.CO_UNIT, R.PROJECT_LEAD, R.IMPLEMENTER, R.ORGANISATION)
_STRIKERS = (R.DISPATCHER, R.SUPERVISOR, R.ACCEPTANCE_GROUP, R.SECRETARIAT, R.COMMUNITY)
# fmt: off
LEDGER_WORKFLOW = Workflow("ledger", S, zh="整改销号", on=("case", "proposal", "joint_project"), steps=(
    #    id      command             from                                             event                 to             who                        provided that
    Step("LG01", OpenLedgerItem,     None,                                            LedgerItemOpened,     S.OPEN,        _OPENERS,                  (place_item_due_and_owner_named,), while_in="active", starts="rectification"),
    Step("LG02", RectifyLedgerItem,  (S.OPEN, S.REOPENED),                            LedgerItemRectified,  S.RECTIFIED,   _FIXERS,                   (measure_and_evidence_given,)),
    Step("LG03", VerifyLedgerItem,   S.RECTIFIED,                                     LedgerItemVerified,   S.VERIFIED,    _CHECKERS,                 (verified_by_another,)),
    Step("LG04", RefuseLedgerItem,   S.RECTIFIED,                                     LedgerItemRefused,    S.REOPENED,    _CHECKERS,                 (verified_by_another, reason_given)),
    Step("LG05", WriteOffLedgerItem, S.VERIFIED,                                      LedgerItemWrittenOff, S.WRITTEN_OFF, _STRIKERS,                 (struck_off_by_others,), stops="rectification"),
    Step("LG06", ReopenLedgerItem,   (S.WRITTEN_OFF, S.WAIVED),                       LedgerItemReopened,   S.REOPENED,    (R.VERIFIER, R.SUPERVISOR, R.DISPATCHER, R.ACCEPTANCE_GROUP), (reason_given, new_due_is_named), while_in="active", starts="rectification"),
    Step("LG07", WaiveLedgerItem,    (S.OPEN, S.RECTIFIED, S.VERIFIED, S.REOPENED),   LedgerItemWaived,     S.WAIVED,      (R.LEAD_UNIT, R.PROJECT_LEAD, R.IMPLEMENTER, R.SYSTEM), (reason_given,), approval=R.SUPERVISOR, drops="rectification"),
))
# fmt: on

_FOLD: Fold = {
    LedgerItemOpened: lambda item, e: {
        "status": S.OPEN,
        "problem": e.what,
        "place": e.place,
        "owes": e.owner,
        "until": e.until,
        "mandatory": e.mandatory,
        "topic": e.topic,
    },
    LedgerItemRectified: lambda item, e: {"status": S.RECTIFIED, "hands": (*item.hands, e.by)},
    LedgerItemVerified: lambda item, e: {"status": S.VERIFIED},
    LedgerItemRefused: lambda item, e: {"status": S.REOPENED},
    LedgerItemWrittenOff: lambda item, e: {"status": S.WRITTEN_OFF},
    LedgerItemReopened: lambda item, e: {"status": S.REOPENED, "until": e.until},
    LedgerItemWaived: lambda item, e: {"status": S.WAIVED},
}


def _waive(record: str, item: Item, given: HandOver) -> WaiveLedgerItem:
    return WaiveLedgerItem(id=record, by=SYSTEM, item=item.key, reason=given.reason, to=given.to)


LEDGER = Region(LEDGER_WORKFLOW, LedgerItem, _FOLD, ends=_waive)


def unrectified(record: Record) -> list[LedgerItem]:
    """The mandatory items that nobody has put right yet."""
    items = record.items_of("ledger").values()
    return [item for item in items if item.mandatory and item.status in (S.OPEN, S.REOPENED)]
