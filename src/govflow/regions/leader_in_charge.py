"""包案 leader in charge: a named leader answers for the record until it is settled. One at a time: the item has no key."""

from collections.abc import Iterable, Iterator
from typing import Any

from govflow.actors import SYSTEM, Id, Role, covers
from govflow.context import Context
from govflow.messages import Command, Event, Instant, ItemCommand, ItemEvent, Value, Words
from govflow.records import Item, Record
from govflow.region import Changes, Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.regions.supervision.rules import text_is_given
from govflow.rules import has_no_interest, reason_given
from govflow.workflow import Rest, Status, Step, Workflow, rule


class LeaderStatus(Status):
    IN_CHARGE = "in_charge", "包案中", Rest.OUTCOME
    RELEASED = "released", "已解除", Rest.OUTCOME


S = LeaderStatus


class Remark(Value):
    """One remark of the leader in charge: what must be answered is an instruction instead."""

    text: str
    by: str
    at: Instant


class Charge(Item):
    """Who answers for the record, who has agreed to do so next, and the remarks of all who did."""

    leader: str | None = None
    agreed: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def what(self) -> str:
        return f"{self.leader}"


class TakeCharge(ItemCommand, wire="leader_in_charge.take_charge", label="包案"):
    """Answer for the record from now on."""

    leader: Id | None = None  # who gives the command; the system alone names another, who has agreed


class ChargeTaken(ItemEvent, name="leader_in_charge.taken"):
    """A leader answers for the record."""

    leader: Id | None = None


class AgreeToTakeCharge(ItemCommand, wire="leader_in_charge.agree", label="同意接办包案"):
    """Agree to answer for the record after the leader now in charge."""


class ChargeAgreed(ItemEvent, name="leader_in_charge.agreed"):
    """Another leader has agreed to take charge."""


class TakeBackAgreement(ItemCommand, wire="leader_in_charge.take_back", label="撤回接办同意"):
    """Agree no longer: nobody is put in charge by a consent that they have taken back."""


class ChargeAgreementTakenBack(ItemEvent, name="leader_in_charge.agreement_taken_back"):
    """A leader who had agreed to take charge no longer does."""


class HandOverCharge(ItemCommand, Reasoned, wire="leader_in_charge.hand_over", label="移交包案"):
    """Hand the charge over to a leader who has agreed to it."""

    to: Id | None = None


class ChargeHandedOver(ItemEvent, Reasoned, name="leader_in_charge.handed_over"):
    """Another leader answers for the record."""

    to: Id | None = None


class InstructInCharge(ItemCommand, wire="leader_in_charge.instruct", label="包案批示"):
    """Attach a remark to the record; what must be answered goes into an instruction."""

    text: Words = ""


class ChargeInstructionAttached(ItemEvent, name="leader_in_charge.instruction_attached"):
    """The leader in charge attached a remark."""

    text: Words = ""


class _Release(Reasoned):
    to: Id | None = None
    left_office: bool = False  # the leader has gone, and nobody has agreed to follow yet


class ReleaseCharge(ItemCommand, _Release, wire="leader_in_charge.release", label="解除包案"):
    """End the charge: the record is settled, another leader (`to`) who has agreed takes it, or the leader has gone."""


class ChargeReleased(ItemEvent, _Release, name="leader_in_charge.released"):
    """The leader no longer answers for the record."""


# --- rules -----------------------------------------------------------------------------------------------------------


def _agreed(context: Context) -> tuple[str, ...]:
    return context.item.agreed if isinstance(context.item, Charge) else ()


@rule("被指定方已同意", "M103", needs="to")
def named_party_consents(record: Record, event: Any, context: Context) -> bool:
    """The party named has consented on record."""
    if isinstance(event, ChargeTaken) and event.by != SYSTEM.id:
        return event.leader == event.by
    named = event.leader if isinstance(event, ChargeTaken) else event.to
    return named in _agreed(context)


@rule("事项办结或已移交", "M042")
def record_is_at_rest_or_handed_over(record: Record, event: Any, context: Context) -> bool:
    """The record is coming to rest, or another leader takes charge."""
    return event.to in _agreed(context) or record.status not in context.deciders[record.kind_of_record].active


@rule("由包案领导本人办理", "M042")
def leader_is_in_charge(record: Record, event: Any, context: Context) -> bool:
    """Whoever acts is the leader in charge."""
    return isinstance(context.item, Charge) and context.item.leader in (event.by, context.standing_in_for)


@rule("接办者非现任包案领导", "M042")
def another_is_in_charge(record: Record, event: Any, context: Context) -> bool:
    """Whoever agrees to take charge is not in charge already."""
    return not leader_is_in_charge.check(record, event, context)


@rule("接办者此前已同意", "design")
def agreement_was_given(record: Record, event: Any, context: Context) -> bool:
    """Whoever takes an agreement back has agreed before."""
    return event.by in _agreed(context)


@rule("领导仅解除本人的包案,督办人可代为解除", "M042")
def charge_is_ones_own(record: Record, event: Any, context: Context) -> bool:
    """A leader releases no charge but their own; the supervisor releases anybody's."""
    above = (Role.SUPERVISOR, Role.SYSTEM)
    if any(claim.role in above and covers(claim, record.level, record.area) for claim in context.claims):
        return True
    return leader_is_in_charge.check(record, event, context) is True


@rule("包案领导已离任", "design", needs="left_office")
def leader_has_left_office(record: Record, event: Any, context: Context) -> bool:
    """The leader in charge has left office, and holds it no more as far as the authority knows who does."""
    leader = context.item.leader if isinstance(context.item, Charge) else None
    holding = context.holders((Role.LEADER,), record.level, record.area)
    return event.left_office and all(each.actor != leader for each in holding)


# --- the table -------------------------------------------------------------------------------------------------------


def _taken_over(record: Record, event: Any, context: Context) -> Iterator[Command]:
    """The leader named takes charge in the same append, while the record still needs one."""
    if event.to is not None and record.status in context.deciders[record.kind_of_record].active:
        yield TakeCharge(id=record.id, by=SYSTEM, leader=event.to)


R = Role
# fmt: off
LEADER_IN_CHARGE_WORKFLOW = Workflow("leader_in_charge", S, zh="包案", on=("case", "proposal", "joint_project"), steps=(
    #    id      command            from                event                      to           who                               provided that
    Step("LC01", TakeCharge,        (None, S.RELEASED), ChargeTaken,               S.IN_CHARGE, (R.LEADER, R.SYSTEM),             (has_no_interest, named_party_consents), while_in="active"),
    Step("LC05", AgreeToTakeCharge, S.IN_CHARGE,        ChargeAgreed,              None,        R.LEADER,                         (has_no_interest, another_is_in_charge), while_in="active"),
    Step("LC06", TakeBackAgreement, S.IN_CHARGE,        ChargeAgreementTakenBack,  None,        R.LEADER,                         (agreement_was_given,), while_in="active"),
    Step("LC02", HandOverCharge,    S.IN_CHARGE,        ChargeHandedOver,          None,        R.LEADER,                         (reason_given, named_party_consents, leader_is_in_charge), while_in="active"),
    Step("LC03", InstructInCharge,  S.IN_CHARGE,        ChargeInstructionAttached, None,        R.LEADER,                         (leader_is_in_charge, text_is_given)),
    Step("LC04", ReleaseCharge,     S.IN_CHARGE,        ChargeReleased,            S.RELEASED,  (R.LEADER, R.SUPERVISOR, R.SYSTEM), (record_is_at_rest_or_handed_over, reason_given, charge_is_ones_own), then=(_taken_over,)),
    Step("LC07", ReleaseCharge,     S.IN_CHARGE,        ChargeReleased,            S.RELEASED,  R.SUPERVISOR,                     (leader_has_left_office, reason_given), while_in="active", then=(_taken_over,)),
))
# fmt: on


def _charged(leader: str | None) -> Changes:
    return {"status": S.IN_CHARGE, "leader": leader, "owes": leader, "agreed": ()}


_FOLD: Fold = {
    ChargeTaken: lambda item, e: _charged(e.leader),
    ChargeAgreed: lambda item, e: {"agreed": (*(each for each in item.agreed if each != e.by), e.by)},
    ChargeAgreementTakenBack: lambda item, e: {"agreed": tuple(each for each in item.agreed if each != e.by)},
    ChargeHandedOver: lambda item, e: _charged(e.to),
    ChargeInstructionAttached: lambda item, e: {"remarks": (*item.remarks, Remark(text=e.text, by=e.by, at=e.at))},
    ChargeReleased: lambda item, e: {
        "status": S.RELEASED,
        "leader": None,
        "owes": None,
        "agreed": tuple(each for each in item.agreed if each == e.to),
    },
}


def _take(record: Record, command: TakeCharge, context: Context) -> Event:
    leader = command.leader or command.by.id
    item = LEADER_IN_CHARGE.name
    return context.deciders[record.kind_of_record].copied(command, ChargeTaken, context, item=item, leader=leader)


def _settled(before: Record, after: Record, context: Context) -> Iterable[Command]:
    """What has come to rest needs no leader any more."""
    item = after.item("leader_in_charge", "leader_in_charge")
    if item is not None and item.status == S.IN_CHARGE:
        active = context.deciders[after.kind_of_record].active
        if before.status in active and after.status not in active:
            yield ReleaseCharge(
                id=after.id, by=SYSTEM, reason=f"the record has come to rest: {after.status} (事项办结)"
            )


LEADER_IN_CHARGE = Region(
    LEADER_IN_CHARGE_WORKFLOW, Charge, _FOLD, propose={TakeCharge: _take}, moved=_settled, single=True
)
