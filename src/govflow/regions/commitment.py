"""承诺 commitment: a promise, also of money, people or place, with a due date. Keyed by the commitment."""

from collections.abc import Iterator
from typing import Any

from govflow.actors import FOR_THEMSELVES, SYSTEM, Id, Role, covers, is_built_in
from govflow.context import Context
from govflow.messages import Amount, Count, Instant, ItemCommand, ItemEvent, Words
from govflow.records import HandOver, Item, Record
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned, Shown
from govflow.regions.contribution import (
    Contribution,
    Measured,
    contribution_is_measured,
    part_is_within_the_promise,
    resource_is_on_offer,
)
from govflow.regions.joint_handling import unit_reported_gets_nothing
from govflow.rules import (
    decided_by_another,
    due_has_not_passed,
    due_has_passed,
    measure_and_evidence_given,
    new_due_is_named,
    reason_given,
    what_who_and_due_named,
)
from govflow.workflow import Rest, Status, Step, Workflow, rule


class CommitmentStatus(Status):
    MADE = "made", "已承诺"
    KEPT = "kept", "已践诺", Rest.OUTCOME
    BROKEN = "broken", "未兑现"
    RELEASED = "released", "免除", Rest.FINAL


S = CommitmentStatus
PAY_BACK = "pay_back"
"""How the keys of commitments begin in which money is promised back: the system's alone."""


class Commitment(Item):
    """One promise: what, by whom, until when; every earlier due instant is kept.

    Where it is measured: of what, how much of it (`amount` in minor units of money, else `quantity` in `measure_unit`),
    out of which offered `resource`, and how much of that was delivered so far.
    """

    promise: str = ""
    public: bool = False
    earlier: tuple[Instant, ...] = ()
    was_broken: bool = False
    matter: Contribution | None = None
    amount: int = 0
    quantity: int = 0
    measure_unit: str = ""
    resource: str | None = None
    delivered_amount: int = 0
    delivered_quantity: int = 0

    @property
    def what(self) -> str:
        return self.promise

    @property
    def measure(self) -> int:
        """How much was promised: minor currency units of money, else as many as its unit counts; 0 unmeasured."""
        return self.amount or self.quantity

    @property
    def delivered(self) -> int:
        """How much of it was delivered so far, in the same measure."""
        return self.delivered_amount or self.delivered_quantity

    def people(self) -> frozenset[str]:
        return frozenset() if self.owes is None else frozenset({self.owes})


class _Promise(Measured):
    what: Words = ""
    owner: Id | None = None
    until: Instant | None = None
    public: bool = False
    resource: Id | None = None


class MakeCommitment(ItemCommand, _Promise, wire="commitment.make", label="作出承诺"):
    """Promise something by a due instant."""


class CommitmentMade(ItemEvent, _Promise, name="commitment.made", dues={"commitment_due": "until"}):
    """Something was promised."""


class ChangeCommitment(ItemCommand, Reasoned, wire="commitment.change", label="变更承诺"):
    """Name a new due instant, before the old one has passed."""

    until: Instant | None = None


class CommitmentChanged(ItemEvent, Reasoned, name="commitment.changed", dues={"commitment_due": "until"}):
    """The due instant of a promise was changed."""

    until: Instant | None = None


class _Part(Shown):
    """How much this part is: `amount` in minor units of money, else `quantity` in the promise's unit of measure."""

    amount: Amount | None = None
    quantity: Count | None = None


class FulfilPartOfCommitment(ItemCommand, _Part, wire="commitment.fulfil_part", label="部分践诺"):
    """Deliver a part of the money, people or work."""


class CommitmentPartlyFulfilled(ItemEvent, _Part, name="commitment.partly_fulfilled"):
    """A part of the promise was delivered."""


class KeepCommitment(ItemCommand, wire="commitment.keep", label="确认践诺"):
    """Confirm as another person that the promise was kept."""


class CommitmentKept(ItemEvent, name="commitment.kept"):
    """The promise was kept, late if it was broken."""


class BreachCommitment(ItemCommand, wire="commitment.breach", label="认定未兑现"):
    """Record that the due instant has passed."""


class CommitmentBroken(ItemEvent, name="commitment.broken"):
    """The due instant of a promise has passed; it is still owed."""


class ReleaseCommitment(ItemCommand, Reasoned, wire="commitment.release", label="免除承诺"):
    """Release the promise for those it was made to."""

    to: Id | None = None


class CommitmentReleased(ItemEvent, Reasoned, name="commitment.released"):
    """Those it was made to released the promise."""

    to: Id | None = None


# --- rules -----------------------------------------------------------------------------------------------------------


def dispute_of(record: Record, key: str) -> Any:
    """The dispute in whose agreement a commitment stands, None where it is nobody's but the promiser's."""
    return next((each for each in record.items_of("mediation").values() if key in each.commitments), None)


def mediates(dispute: Any, record: Record, event: Any, context: Context) -> bool:
    """Whether whoever acts holds the office of mediator in a dispute, and has no side in it."""
    sides = {claim.unit for claim in context.claims} | context.interests
    return sides.isdisjoint(dispute.people()) and any(
        claim.role == Role.MEDIATOR
        and covers(claim, record.level, record.area)
        and dispute.fits(Role.MEDIATOR, claim, event.by, context.on_behalf_of)
        for claim in context.claims
    )


@rule("该承诺出自本人主持的调解协议,且与各方无利害关系", "人民调解法 §31 [V]", version=2)
def promise_was_mediated(record: Record, event: Any, context: Context) -> bool:
    """The promise stands in an agreement that whoever acts has mediated, without an interest in a party."""
    dispute = dispute_of(record, event.item)
    return dispute is not None and mediates(dispute, record, event, context)


@rule("由承诺人本人或其单位的人作出、变更、履行", "M104")
def promise_is_ones_own(record: Record, event: Any, context: Context) -> bool:
    """Nobody promises, changes or delivers for another: it is one's own, or of a unit that one speaks for here."""
    owner = event.owner if context.item is None else context.item.owes
    held = (claim for claim in context.claims if claim.role in context.step.who)
    units = {claim.unit for claim in held if covers(claim, record.level, record.area)}
    return owner is None or event.by == SYSTEM.id or owner in {event.by, context.standing_in_for, *units}


@rule("确认、免除者非承诺单位的人", "M090")
def promised_by_another_unit(record: Record, event: Any, context: Context) -> bool:
    """Whoever confirms or releases a promise is not of the unit that promised."""
    assert context.item is not None
    return context.item.owes is None or context.item.owes not in {claim.unit for claim in context.claims}


@rule("协议义务非由局外的诉求人确认", "人民调解法 §31 [V]")
def agreement_is_not_a_strangers(record: Record, event: Any, context: Context) -> bool:
    """What an agreement promises is confirmed by officials, or by a reporter who is a party of it."""
    dispute = dispute_of(record, event.item)
    if dispute is None or getattr(record, "reporter", None) in dispute.parties:
        return True
    officials = [each for each in context.claims if each.role in context.step.who and each.role not in FOR_THEMSELVES]
    return any(covers(each, record.level, record.area) for each in officials)


@rule("非调解协议约定的义务", "人民调解法 §31 [V]")
def promise_stands_in_no_agreement(record: Record, event: Any, context: Context) -> bool:
    """What an agreement says is not changed by one side: its parties have signed it."""
    return dispute_of(record, event.item) is None


def _pays_back(key: str) -> bool:
    return key.startswith(f"{PAY_BACK}.")


@rule("退款承诺仅由系统登记", "M092")
def paying_back_is_written_by_the_system(record: Record, event: Any, context: Context) -> bool:
    """Under the keys in which money is promised back nobody else promises anything."""
    return is_built_in(context.actor) or not _pays_back(event.item)


@rule("退款由财务或镇街确认、免除,其他承诺非由其确认", "M092")
def purse_sees_to_paying_back(record: Record, event: Any, context: Context) -> bool:
    """That money is paid back is confirmed, or let off, by finance or the town, and no other promise is by them."""
    held = {
        claim.role
        for claim in context.claims
        if claim.role in context.step.who
        and covers(claim, record.level, record.area)
        and record.fits(claim.role, claim, event.by, context.on_behalf_of, context.item)
    }
    may = held & {*_PURSE} if _pays_back(event.item) else held - {*_PURSE}
    return bool(may) or not held or is_built_in(context.actor)


# --- the table -------------------------------------------------------------------------------------------------------

R = Role
_PURSE = (R.FINANCE, R.TOWN)
_PROMISERS = (R.LEADER, R.LEAD_UNIT, R.ORGANISATION, R.PROJECT_LEAD, R.COMMUNITY, R.IMPLEMENTER)
# fmt: off
COMMITMENT_WORKFLOW = Workflow("commitment", S, zh="承诺", on=("case", "proposal", "joint_project"), steps=(
    #    id      command                 from                event                      to          who         provided that
    Step("CM01", MakeCommitment,         None,               CommitmentMade,            S.MADE,     (R.SYSTEM, *_PROMISERS), (what_who_and_due_named, promise_is_ones_own, paying_back_is_written_by_the_system, unit_reported_gets_nothing, contribution_is_measured, resource_is_on_offer), while_in="active", starts="commitment_due"),
    Step("CM02", ChangeCommitment,       S.MADE,             CommitmentChanged,         None,       _PROMISERS, (reason_given, promise_is_ones_own, due_has_not_passed, new_due_is_named, promise_stands_in_no_agreement), approval=R.SUPERVISOR, extends="commitment_due"),
    Step("CM03", FulfilPartOfCommitment, (S.MADE, S.BROKEN), CommitmentPartlyFulfilled, None,       _PROMISERS, (measure_and_evidence_given, promise_is_ones_own, part_is_within_the_promise)),
    Step("CM04", KeepCommitment,         (S.MADE, S.BROKEN), CommitmentKept,            S.KEPT,     (R.COMMUNITY, R.SUPERVISOR, R.PROJECT_LEAD, R.REPORTER, R.ACCEPTANCE_GROUP, *_PURSE), (decided_by_another, promised_by_another_unit, purse_sees_to_paying_back, agreement_is_not_a_strangers), stops="commitment_due"),
    Step("CM05", BreachCommitment,       S.MADE,             CommitmentBroken,          S.BROKEN,   (R.SYSTEM, R.SUPERVISOR), (due_has_passed,)),
    Step("CM06", ReleaseCommitment,      (S.MADE, S.BROKEN), CommitmentReleased,        S.RELEASED, (R.COMMUNITY, R.SUPERVISOR, *_PURSE, R.SYSTEM), (reason_given, decided_by_another, promised_by_another_unit, purse_sees_to_paying_back), drops="commitment_due"),
    # ours: the mediation body supervises performance (人民调解法 §31), of its own agreements alone
    Step("CM07", KeepCommitment,         (S.MADE, S.BROKEN), CommitmentKept,            S.KEPT,     R.MEDIATOR, (decided_by_another, promised_by_another_unit, promise_was_mediated), stops="commitment_due"),
    Step("CM08", ReleaseCommitment,      (S.MADE, S.BROKEN), CommitmentReleased,        S.RELEASED, R.MEDIATOR, (reason_given, decided_by_another, promised_by_another_unit, promise_was_mediated), drops="commitment_due"),
))
# fmt: on

_FOLD: Fold = {
    CommitmentMade: lambda item, e: {
        "status": S.MADE,
        "by": e.owner if e.by == SYSTEM.id else e.by,  # what the system writes down is its owner's promise
        "promise": e.what,
        "owes": e.owner,
        "until": e.until,
        "public": e.public,
        "matter": e.matter,
        "amount": e.amount or 0,
        "quantity": e.quantity or 0,
        "measure_unit": e.measure_unit or "",
        "resource": e.resource,
    },
    CommitmentChanged: lambda item, e: {
        "until": e.until,
        "earlier": (*item.earlier, item.until),
    },
    CommitmentPartlyFulfilled: lambda item, e: {
        "hands": (*item.hands, e.by),
        "delivered_amount": item.delivered_amount + (e.amount or 0),
        "delivered_quantity": item.delivered_quantity + (e.quantity or 0),
    },
    CommitmentKept: lambda item, e: {  # all of it: that is what was confirmed
        "status": S.KEPT,
        "delivered_amount": item.amount,
        "delivered_quantity": item.quantity,
    },
    CommitmentBroken: lambda item, e: {"status": S.BROKEN, "was_broken": True},
    CommitmentReleased: lambda item, e: {"status": S.RELEASED},
}


def _release(record: str, item: Item, given: HandOver) -> ReleaseCommitment:
    return ReleaseCommitment(id=record, by=SYSTEM, item=item.key, reason=given.reason, to=given.to)


def _breach(record: Record, key: str) -> Iterator[BreachCommitment]:
    """Once: the clock runs on, since what was promised is still owed."""
    item = record.item("commitment", key)
    if item is not None and item.status == S.MADE:
        yield BreachCommitment(id=record.id, by=SYSTEM, item=key)


COMMITMENT = Region(COMMITMENT_WORKFLOW, Commitment, _FOLD, ends=_release, when_due={"commitment_due": _breach})
