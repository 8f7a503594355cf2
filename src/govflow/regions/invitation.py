"""约请 invitation: a unit is invited to a meeting as an equal; it may decline. Keyed by invited unit and meeting.

Who declined, was not wanted any more or stayed away may be invited again: with a number at the end of the key. A new
date of the meeting is put to everybody invited who has not said no. Once the meeting has met, its host says who came.
Silence past the reply time is reported to the district as a reminder (supervision 督办), where the record has that
region and its policy lists the failing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, count
from typing import Any

from govflow.actors import SYSTEM, Claim, Id, Role, covers, speaks_for
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Command, Event, Instant, ItemCommand, ItemEvent, Value
from govflow.records import HandOver, Item, Record
from govflow.region import Changes, Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.regions.joint_handling import unit_reported_gets_nothing
from govflow.regions.supervision import RemindSupervision
from govflow.rules import due_has_passed, reason_given
from govflow.workflow import Rest, Status, Step, Workflow, rule


class InvitationStatus(Status):
    ISSUED = "issued", "已发出"
    ACCEPTED = "accepted", "已应允"
    DECLINED = "declined", "谢绝", Rest.OUTCOME
    LAPSED = "lapsed", "逾期未复", Rest.OUTCOME
    ATTENDED = "attended", "已到会", Rest.FINAL
    ABSENT = "absent", "未到会", Rest.OUTCOME
    CANCELLED = "cancelled", "取消", Rest.FINAL


S = InvitationStatus


class Invitation(Item):
    """One unit's invitation to one meeting. `was_lapsed` stays true when the unit accepts late."""

    unit: str = ""
    meeting: str = ""
    host: str = ""  # of the meeting
    reason: str = ""  # for which it was declined or cancelled
    was_lapsed: bool = False

    @property
    def what(self) -> str:
        return f"{self.unit} to meeting {self.meeting}"

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        if role not in (Role.ORGANISATION, Role.HOST):
            return None
        named = self.unit if role == Role.ORGANISATION else self.host
        return claim.unit == named or speaks_for(named, claim, actor, on_behalf_of)


class _Whom(Value):
    unit: Id | None = None
    meeting: Id | None = None


class IssueInvitation(ItemCommand, _Whom, wire="invitation.issue", label="发出约请"):
    """Invite a unit to an announced meeting."""


class InvitationIssued(ItemEvent, _Whom, name="invitation.issued"):
    """A unit was invited."""

    host: Id | None = None


class AcceptInvitation(ItemCommand, wire="invitation.accept", label="应允约请"):
    """Say as the invited unit that it will come, late if the invitation has lapsed."""


class InvitationAccepted(ItemEvent, name="invitation.accepted"):
    """The unit will come."""

    until: Instant | None = None  # the day of the meeting


class DeclineInvitation(ItemCommand, Reasoned, wire="invitation.decline", label="谢绝约请"):
    """Say as the invited unit why it will not come."""


class InvitationDeclined(ItemEvent, Reasoned, name="invitation.declined"):
    """The unit will not come, and says why."""


class LapseInvitation(ItemCommand, wire="invitation.lapse", label="约请逾期未复"):
    """Record that the unit was silent past the reply time."""


class InvitationLapsed(ItemEvent, name="invitation.lapsed"):
    """The unit was silent past the reply time."""


class AttendInvitation(ItemCommand, wire="invitation.attend", label="登记到会"):
    """Record that the unit was there."""


class InvitationAttended(ItemEvent, name="invitation.attended"):
    """The unit was there."""


class MissInvitation(ItemCommand, wire="invitation.miss", label="登记未到会"):
    """Record that the unit said yes and did not come."""


class InvitationMissed(ItemEvent, name="invitation.missed"):
    """The unit said yes and did not come."""


class CancelInvitation(ItemCommand, Reasoned, wire="invitation.cancel", label="取消约请"):
    """Take the invitation back: it is not needed any more."""


class InvitationCancelled(ItemEvent, Reasoned, name="invitation.cancelled"):
    """The invitation was taken back."""


class AskInvitedAgain(ItemCommand, wire="invitation.ask_again", label="改期再约"):
    """Put a new date of the meeting to a unit that was invited and has not said no."""


class InvitedAskedAgain(ItemEvent, name="invitation.asked_again"):
    """The unit is asked for the new date of the meeting; what it said of another one is void."""


class PassInvitationToHost(ItemCommand, wire="invitation.pass_to_host", label="转由召集方登记"):
    """Leave to the host what is still to be said: the meeting has met, or was called off."""


class InvitationPassedToHost(ItemEvent, name="invitation.passed_to_host"):
    """The unit owes nothing more: whether it came, its host says."""


# --- rules -----------------------------------------------------------------------------------------------------------


@rule("已注明受邀单位与会议", "M080", needs="unit meeting")
def invited_unit_and_meeting_named(record: Record, event: Any, context: Context) -> Iterable[str]:
    """The department and the dated meeting are named."""
    if event.unit is None:
        yield Detail("no unit is named", "未注明受邀单位")
    meeting = record.item("meeting", event.meeting or "")
    if meeting is None or meeting.status != "announced" or meeting.until is None or meeting.until <= context.at:
        named = event.meeting or "(none)"
        yield Detail(f"meeting {named} is not announced for a day ahead", f"会议 {named} 未公告或已过会期")
    if event.item != _key_for(record, event.unit, event.meeting):
        yield Detail("its key is unit and meeting, joined by a point", "约请编号应为单位与会议以点相连")


@rule("召集方仅就本方会议发出约请", "M080", needs="meeting")
def host_invites_to_own_meeting(record: Record, event: Any, context: Context) -> bool:
    """A host invites to a meeting of its own alone; community and secretariat to any."""
    meeting = record.item("meeting", event.meeting or "")
    held = [
        each for each in context.claims if each.role in context.step.who and covers(each, record.level, record.area)
    ]
    others = [each for each in held if each.role != Role.HOST]
    if meeting is None or others or not held:
        return True
    return any(meeting.fits(Role.HOST, each, event.by, context.on_behalf_of) for each in held)


@rule("会议尚未召开", "design")
def meeting_is_to_come(record: Record, event: Any, context: Context) -> bool:
    """The meeting is still to come."""
    invitation: Any = context.item
    meeting = record.item("meeting", invitation.meeting)
    return meeting is not None and meeting.status in ("announced", "postponed")


@rule("已记录到会情况", "M080")
def attendance_is_recorded(record: Record, event: Any, context: Context) -> bool:
    """The attendance list of the meeting is on record."""
    invitation: Any = context.item
    meeting = record.item("meeting", invitation.meeting)
    if meeting is None:
        return False
    if context.step.to == S.ATTENDED:  # at any sitting
        return invitation.unit in meeting.attended
    return meeting.status in ("held", "recorded") and invitation.unit not in meeting.attended


# --- the table -------------------------------------------------------------------------------------------------------


def _report_upward(record: Record, event: InvitationLapsed, context: Context) -> Iterator[Command]:
    """The district is told that a unit left an invitation unanswered; once while its reminder stands."""
    decider = context.deciders[record.kind_of_record]
    unit = record.item("invitation", event.item).unit
    key = f"district.{unit}"  # several units may be silent on one record
    told = record.item("supervision", key)
    code, wire = "silent_on_invitation", RemindSupervision.wire
    if (
        "supervision" in decider.regions
        and record.status in decider.active
        and context.policy.knows_reason(code, wire)  # a town that does not list this failing wants no report of it
        and (told is None or told.status == "lifted")
    ):
        reason = f"invitation {event.item} was left unanswered (约请逾期未复)"
        yield RemindSupervision(id=record.id, by=SYSTEM, item=key, reason_code=code, reason=reason, owner=unit)


R = Role
_OVER = (S.DECLINED, S.ABSENT, S.CANCELLED)  # may be invited again
_ISSUERS = (R.COMMUNITY, R.SECRETARIAT, R.HOST)
# fmt: off
INVITATION_WORKFLOW = Workflow("invitation", S, zh="约请", on=("case", "proposal", "joint_project"), steps=(
    #    id      command            from                              event                to           who                   provided that
    Step("P10",  IssueInvitation,   None,                             InvitationIssued,    S.ISSUED,    _ISSUERS,             (invited_unit_and_meeting_named, unit_reported_gets_nothing, host_invites_to_own_meeting), while_in="active", starts="invitation_reply"),
    Step("IV02", AcceptInvitation,  (S.ISSUED, S.LAPSED),             InvitationAccepted,  S.ACCEPTED,  R.ORGANISATION,       (meeting_is_to_come,), while_in="active", stops="invitation_reply"),
    Step("IV03", DeclineInvitation, S.ISSUED,                         InvitationDeclined,  S.DECLINED,  R.ORGANISATION,       (reason_given,), stops="invitation_reply"),
    Step("IV04", LapseInvitation,   S.ISSUED,                         InvitationLapsed,    S.LAPSED,    R.SYSTEM,             (due_has_passed,), stops="invitation_reply", then=(_report_upward,)),
    Step("IV05", AttendInvitation,  (S.ISSUED, S.ACCEPTED, S.LAPSED), InvitationAttended,  S.ATTENDED,  _ISSUERS,             (attendance_is_recorded,), stops="invitation_reply"),
    Step("IV06", MissInvitation,    S.ACCEPTED,                       InvitationMissed,    S.ABSENT,    _ISSUERS,             (attendance_is_recorded,)),
    Step("IV07", CancelInvitation,  (S.ISSUED, S.ACCEPTED),           InvitationCancelled, S.CANCELLED, (*_ISSUERS, R.SYSTEM), (reason_given,), drops="invitation_reply"),
    Step("IV08", AskInvitedAgain,   (S.ISSUED, S.ACCEPTED, S.LAPSED), InvitedAskedAgain,   S.ISSUED,    R.SYSTEM,             (meeting_is_to_come,), while_in="active", resets="invitation_reply"),
    Step("IV09", PassInvitationToHost, (S.ISSUED, S.ACCEPTED, S.LAPSED), InvitationPassedToHost, None,  R.SYSTEM,             (), while_in="any"),
))
# fmt: on


def _due(event: ItemEvent) -> Instant | None:
    return next((move.due for move in event.clocks), None)


_DONE: Changes = {"owes": None, "until": None}  # whom it concerned may no longer read the record for its sake
_FOLD: Fold = {
    InvitationIssued: lambda item, e: {
        "status": S.ISSUED,
        "unit": e.unit,
        "meeting": e.meeting,
        "host": e.host or "",
        "owes": e.unit,
        "until": _due(e),
    },
    InvitationAccepted: lambda item, e: {"status": S.ACCEPTED, "owes": item.unit, "until": e.until},
    InvitationDeclined: lambda item, e: {**_DONE, "status": S.DECLINED, "reason": e.reason},
    InvitationLapsed: lambda item, e: {"status": S.LAPSED, "was_lapsed": True},
    InvitationAttended: lambda item, e: {**_DONE, "status": S.ATTENDED},
    InvitationMissed: lambda item, e: {**_DONE, "status": S.ABSENT},
    InvitationCancelled: lambda item, e: {**_DONE, "status": S.CANCELLED, "reason": e.reason},
    InvitedAskedAgain: lambda item, e: {"status": S.ISSUED, "owes": item.unit, "until": _due(e)},
    InvitationPassedToHost: lambda item, e: {**_DONE, "owes": None if item.status == S.LAPSED else item.host or None},
}


def _key_for(record: Record, unit: str | None, meeting: str | None) -> str:
    """The key of the invitation that still stands, else the first one that nobody has."""
    first, items = f"{unit or 'nobody'}.{meeting or 'nothing'}", record.items_of("invitation")

    def is_free(key: str) -> bool:
        item = items.get(key)
        return item is None or ((item.unit, item.meeting) == (unit, meeting) and item.status not in _OVER)

    return next(filter(is_free, chain((first,), (f"{first[:120]}.{number}" for number in count(2)))))


def _key(record: Record, command: Command) -> str:
    return _key_for(record, getattr(command, "unit", None), getattr(command, "meeting", None))


def _issued(record: Record, command: IssueInvitation, context: Context) -> Event:
    """The host of the meeting stands in the event: nobody else's host speaks for this invitation."""
    meeting = record.item("meeting", command.meeting or "")
    key, host = INVITATION.key_of(record, command), meeting.host if meeting is not None else None
    return context.deciders[record.kind_of_record].copied(command, InvitationIssued, context, item=key, host=host)


def _accepted(record: Record, command: AcceptInvitation, context: Context) -> Event:
    invitation: Any = context.item
    meeting = record.item("meeting", invitation.meeting)
    until = meeting.until if meeting is not None else None
    return context.deciders[record.kind_of_record].copied(
        command, InvitationAccepted, context, item=invitation.key, until=until
    )


def _end(record: str, item: Item, given: HandOver) -> CancelInvitation:
    return CancelInvitation(id=record, by=SYSTEM, item=item.key, reason=given.reason)


def _lapse(record: Record, key: str) -> Iterator[LapseInvitation]:
    item = record.item("invitation", key)
    if item is not None and item.status == S.ISSUED:
        yield LapseInvitation(id=record.id, by=SYSTEM, item=key)


INVITATION = Region(
    INVITATION_WORKFLOW,
    Invitation,
    _FOLD,
    propose={IssueInvitation: _issued, AcceptInvitation: _accepted},
    ends=_end,
    new_key=_key,
    when_due={"invitation_reply": _lapse},
)


def _unsettled(record: Record, event: Any) -> list[Invitation]:
    """The invitations to the meeting of an event that were neither refused nor taken back, nor settled at its end."""
    invited = (each for each in record.items_of("invitation").values() if each.meeting == event.item)
    return [each for each in invited if each.status in (S.ISSUED, S.ACCEPTED, S.LAPSED)]


def asked_for_the_new_date(record: Record, event: Any, context: Context) -> Iterator[Command]:
    """A yes was a yes to the old date; who was silent is asked anew as well."""
    for item in _unsettled(record, event):
        yield AskInvitedAgain(id=record.id, by=SYSTEM, item=item.key)


def passed_to_the_host(record: Record, event: Any, context: Context) -> Iterator[Command]:
    """Once it has met, the host owes the list of who came of those invited."""
    for item in _unsettled(record, event):
        yield PassInvitationToHost(id=record.id, by=SYSTEM, item=item.key)


def cancelled_with_meeting(record: Record, event: Any, context: Context) -> Iterator[Command]:
    """Nobody is invited any more to a meeting that was called off, nor may come late.

    The system calls one off only where the record leaves and everything open is ended, the invitations included.
    """
    for item in _unsettled(record, event):
        if item.status == S.LAPSED:
            yield PassInvitationToHost(id=record.id, by=SYSTEM, item=item.key)
        elif event.by != SYSTEM.id:
            yield CancelInvitation(id=record.id, by=SYSTEM, item=item.key, reason=event.reason)
