"""双报到 check-in: one person's or unit's service for a record, confirmed by both sides. Keyed by who and occasion.

Only what the community and the sending unit have both confirmed counts (M131, against 报而不到). The community may
call somebody itself (社区调度 M132): whoever is called comes, or says why not, which stays on record.
"""

from __future__ import annotations

from itertools import count
from typing import Any

from govflow.actors import SYSTEM, Claim, Id, Role, speaks_for
from govflow.context import Context
from govflow.messages import Count, Event, Instant, ItemCommand, ItemEvent, Value, Words
from govflow.records import HandOver, Item, Record
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned, Shown
from govflow.regions.check_in_rules import (
    call_is_described,
    called_one_comes,
    community_confirms_for_another_unit,
    earlier_check_in_is_done_with,
    reason_names_nobody,
    sender_is_no_person,
    service_time_is_given,
    who_came_and_who_sent_them_is_known,
)
from govflow.regions.joint_handling import unit_reported_gets_nothing
from govflow.rules import decided_by_another, measure_and_evidence_given, reason_given
from govflow.workflow import Rest, Status, Step, Workflow


class CheckInStatus(Status):
    """Where a service stands."""

    CALLED = "called", "被调度"  # ours: M132
    DECLINED = "declined", "推辞", Rest.OUTCOME  # ours: M132
    CHECKED_IN = "checked_in", "已报到"
    SERVED = "served", "已服务"
    COMMUNITY_CONFIRMED = "community_confirmed", "社区已确认"
    CONFIRMED = "confirmed", "双向确认", Rest.FINAL
    DISCARDED = "discarded", "不计", Rest.FINAL


S = CheckInStatus


class CheckIn(Item):
    """One service: who came (a pseudonym or a unit), from which unit, on what occasion, for how many minutes.

    `called` stays true of whom the community called, `came` of who came; `reason` says why it was declined or does not
    count.
    """

    who: str = ""
    unit: str = ""
    occasion: str = ""
    minutes: int = 0
    measure: str = ""
    evidence: tuple[str, ...] = ()
    called: bool = False
    came: bool = False
    reason: str = ""

    @property
    def what(self) -> str:
        return self.occasion or f"service of {self.who}"

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """Whoever came reports the service themselves; their unit's side is confirmed by that unit alone."""
        if role == Role.UNIT_HEAD or (role == Role.ORGANISATION and self.status == S.COMMUNITY_CONFIRMED):
            return claim.unit == self.unit
        if role in (Role.RESIDENT, Role.ORGANISATION):
            return speaks_for(self.who, claim, actor, on_behalf_of)
        return None

    def concerns(self, actor: str, unit: str | None = None) -> bool:
        """Whoever comes to help gets no file to read by it, nor does the unit that sent them."""
        return False


class _Call(Value):
    who: Id | None = None
    unit: Id | None = None
    occasion: Words = ""
    until: Instant | None = None


class CallCheckIn(ItemCommand, _Call, wire="check_in.call", label="社区调度"):
    """Call a unit, or somebody it sends (`who`), to come and serve: for what, and until when."""


class CheckInCalled(ItemEvent, _Call, name="check_in.called"):
    """The community called somebody."""


class DeclineCheckIn(ItemCommand, Reasoned, wire="check_in.decline", label="推辞"):
    """Say as who was called, or as the head of their unit, why nobody comes."""


class CheckInDeclined(ItemEvent, Reasoned, name="check_in.declined"):
    """Who was called does not come, and says why."""


class _Arrival(Value):
    who: Id | None = None
    unit: Id | None = None
    occasion: Words = ""


class ArriveForCheckIn(ItemCommand, _Arrival, wire="check_in.arrive", label="报到"):
    """Check in: who came (by default the one who says so), which unit sent them, and for what; a call is answered."""


class CheckInArrived(ItemEvent, _Arrival, name="check_in.arrived"):
    """Somebody came."""


class _Service(Shown):
    minutes: Count = 0


class ServeCheckIn(ItemCommand, _Service, wire="check_in.serve", label="填报服务"):
    """Report one's own service: minutes, what was done, and evidence on file."""


class CheckInServed(ItemEvent, _Service, name="check_in.served"):
    """A service was reported."""


class ConfirmCheckInByCommunity(ItemCommand, wire="check_in.confirm_community", label="社区确认"):
    """Confirm for the community, as another person, that the service was done."""


class CheckInCommunityConfirmed(ItemEvent, name="check_in.community_confirmed"):
    """The community confirmed the service."""


class ConfirmCheckInByUnit(ItemCommand, wire="check_in.confirm_unit", label="派出单位确认"):
    """Confirm for the sending unit, as a third person, that the service was done."""


class CheckInUnitConfirmed(ItemEvent, name="check_in.unit_confirmed"):
    """The sending unit confirmed too: the service counts."""


class DiscardCheckIn(ItemCommand, Reasoned, wire="check_in.discard", label="不计"):
    """Say why it does not count: came and did nothing (报而不到), or the record came to rest."""


class CheckInDiscarded(ItemEvent, Reasoned, name="check_in.discarded"):
    """It does not count."""


R = Role
_OPEN = (S.CHECKED_IN, S.SERVED, S.COMMUNITY_CONFIRMED)
_PLACES = ("assigned", "in_handling", "in_progress")
# fmt: off
CHECK_IN_WORKFLOW = Workflow("check_in", S, zh="双报到", on=("case", "joint_project"), steps=(
    #    id      command                    from                   event                      to                     who                                     provided that
    Step("CI01", ArriveForCheckIn,          None,                  CheckInArrived,            S.CHECKED_IN,          (R.RESIDENT, R.ORGANISATION, R.COMMUNITY), (who_came_and_who_sent_them_is_known, sender_is_no_person, unit_reported_gets_nothing, earlier_check_in_is_done_with), while_in=_PLACES),
    Step("CI02", ServeCheckIn,              S.CHECKED_IN,          CheckInServed,             S.SERVED,              (R.RESIDENT, R.ORGANISATION),           (measure_and_evidence_given, service_time_is_given)),
    Step("CI03", ConfirmCheckInByCommunity, S.SERVED,              CheckInCommunityConfirmed, S.COMMUNITY_CONFIRMED, R.COMMUNITY,                            (decided_by_another, community_confirms_for_another_unit)),
    Step("CI04", ConfirmCheckInByUnit,      S.COMMUNITY_CONFIRMED, CheckInUnitConfirmed,      S.CONFIRMED,           (R.ORGANISATION, R.UNIT_HEAD),          (decided_by_another,)),
    Step("CI05", DiscardCheckIn,            _OPEN,                 CheckInDiscarded,          S.DISCARDED,           (R.COMMUNITY, R.UNIT_HEAD, R.SYSTEM),   (reason_given,)),
    # ours: the community's right to call 社区调度权 (M132)
    Step("CIX1", CallCheckIn,               None,                  CheckInCalled,             S.CALLED,              R.COMMUNITY,                            (call_is_described, sender_is_no_person, unit_reported_gets_nothing, earlier_check_in_is_done_with), while_in=_PLACES),
    Step("CIX2", ArriveForCheckIn,          S.CALLED,              CheckInArrived,            S.CHECKED_IN,          (R.RESIDENT, R.ORGANISATION, R.COMMUNITY), (called_one_comes, who_came_and_who_sent_them_is_known, unit_reported_gets_nothing), while_in=_PLACES),
    Step("CIX3", DeclineCheckIn,            S.CALLED,              CheckInDeclined,           S.DECLINED,            (R.RESIDENT, R.ORGANISATION, R.UNIT_HEAD), (reason_given, reason_names_nobody)),
    Step("CIX4", DiscardCheckIn,            S.CALLED,              CheckInDiscarded,          S.DISCARDED,           (R.COMMUNITY, R.SYSTEM),                (reason_given,)),
))
# fmt: on

_FOLD: Fold = {
    CheckInCalled: lambda item, e: {
        "status": S.CALLED,
        "called": True,
        "who": e.who,
        "unit": e.unit,
        "occasion": e.occasion,
        "owes": e.who,
        "until": e.until,
    },
    CheckInDeclined: lambda item, e: {"status": S.DECLINED, "reason": e.reason, "owes": None},
    CheckInArrived: lambda item, e: {
        "status": S.CHECKED_IN,
        "came": True,
        "until": None,
        "who": e.who,
        "unit": e.unit,
        "occasion": e.occasion,
        "owes": e.who,
        "hands": (*item.hands, e.who),
    },
    CheckInServed: lambda item, e: {
        "status": S.SERVED,
        "minutes": e.minutes,
        "measure": e.measure,
        "evidence": e.evidence,
        "owes": Role.COMMUNITY.value,
        "hands": (*item.hands, e.by),
    },
    CheckInCommunityConfirmed: lambda item, e: {  # one person never confirms both sides
        "status": S.COMMUNITY_CONFIRMED,
        "owes": item.unit,
        "hands": (*item.hands, e.by),
    },
    CheckInUnitConfirmed: lambda item, e: {"status": S.CONFIRMED, "owes": None},
    CheckInDiscarded: lambda item, e: {"status": S.DISCARDED, "reason": e.reason, "owes": None},
}


def _who(command: ArriveForCheckIn) -> str:
    return command.who or command.on_behalf_of or command.by.id


def _key(record: Record, command: Any) -> str:
    """Who comes answers the call that stands for them; else each occasion has a number of its own."""
    match command:
        case ArriveForCheckIn():
            who = _who(command)
        case CallCheckIn():
            who = command.who or command.unit or ""
        case _:
            who = ""
    taken = record.items_of("check_in")
    if isinstance(command, ArriveForCheckIn):
        for key, item in taken.items():
            if (item.who, item.status) == (who, S.CALLED):
                return key
    return next(key for number in count(1) if (key := f"{who}.{number}") not in taken)


def _called(record: Record, command: CallCheckIn, context: Context) -> Event:
    """A unit that is called without a name comes as itself."""
    key = command.item or _key(record, command)
    decider = context.deciders[record.kind_of_record]
    return decider.copied(command, CheckInCalled, context, item=key, who=command.who or command.unit)


def _arrived(record: Record, command: ArriveForCheckIn, context: Context) -> Event:
    """A unit that comes sends itself; a person's unit is named, or the one they hold a claim in; a call says both."""
    call = context.item if isinstance(context.item, CheckIn) else None
    who = command.who or call.who if call is not None and command.on_behalf_of is None else _who(command)
    units = {claim.unit for claim in context.claims if claim.unit}
    own = who if who in units else next(iter(sorted(units)), None) if who == command.by.id else None
    said = {"who": who, "unit": command.unit or (call.unit if call is not None else own)}
    if call is not None:
        said["occasion"] = command.occasion or call.occasion
    key = command.item or _key(record, command)
    return context.deciders[record.kind_of_record].copied(command, CheckInArrived, context, item=key, **said)


def _discard(record: str, item: Item, given: HandOver) -> DiscardCheckIn:
    return DiscardCheckIn(id=record, by=SYSTEM, item=item.key, reason=given.reason)


def is_shown(record: Record, service: CheckIn) -> bool:
    """Whether a piece of evidence for a service still stands, or one that took its place."""
    on_file = record.items_of("evidence")
    for key in service.evidence:
        piece = on_file.get(key)
        while piece is not None and piece.status == "superseded":
            piece = on_file.get(piece.replaced_by)
        if piece is not None and piece.status == "added":
            return True
    return False


def minutes_counted(record: Record) -> int:
    """The minutes of service on a record that both sides have confirmed and evidence shows; nothing else counts."""
    items = record.items_of("check_in").values()
    return sum(item.minutes for item in items if item.status == S.CONFIRMED and is_shown(record, item))


CHECK_IN = Region(
    CHECK_IN_WORKFLOW,
    CheckIn,
    _FOLD,
    propose={CallCheckIn: _called, ArriveForCheckIn: _arrived},
    ends=_discard,
    new_key=_key,
)
