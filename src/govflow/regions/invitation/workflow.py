"""约请 invitation: a unit is invited to a meeting as an equal; it may decline. Keyed by invited unit and meeting.

Who declined, was not wanted any more or stayed away may be invited again: with a number at the end of the key. A new
date of the meeting is put to everybody invited who has not said no. Once the meeting has met, its host says who came.
Silence past the reply time is reported to the district as a reminder (supervision 督办), where the record has that
region and its policy lists the failing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from govflow.actors import SYSTEM, Role
from govflow.context import Context
from govflow.messages import Command, Event, Instant, ItemEvent
from govflow.records import HandOver, Item, Record
from govflow.region import Changes, Fold, Region
from govflow.regions.invitation.messages import (
    AcceptInvitation,
    AskInvitedAgain,
    AttendInvitation,
    CancelInvitation,
    DeclineInvitation,
    InvitationAccepted,
    InvitationAttended,
    InvitationCancelled,
    InvitationDeclined,
    InvitationIssued,
    InvitationLapsed,
    InvitationMissed,
    InvitationPassedToHost,
    InvitedAskedAgain,
    IssueInvitation,
    LapseInvitation,
    MissInvitation,
    PassInvitationToHost,
)
from govflow.regions.invitation.model import Invitation, InvitationStatus, key_for
from govflow.regions.invitation.rules import (
    attendance_is_recorded,
    host_invites_to_own_meeting,
    invited_unit_and_meeting_named,
    meeting_is_to_come,
)
from govflow.regions.joint_handling import unit_reported_gets_nothing
from govflow.regions.supervision import RemindSupervision
from govflow.rules import due_has_passed, reason_given
from govflow.workflow import Step, Workflow

S = InvitationStatus


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


def _key(record: Record, command: Command) -> str:
    return key_for(record, getattr(command, "unit", None), getattr(command, "meeting", None))


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
