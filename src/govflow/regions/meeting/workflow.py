"""三会 meeting: hearing 听证会, coordination 协调会, appraisal 评议会, council and other meetings. Keyed by the meeting.

From the announcement of a hearing until its record is signed the recheck clock stands still (信访工作条例 §36); with
several hearings, until the last of them is recorded or cancelled. What was held must be recorded by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field

from govflow.actors import SYSTEM, Id, Role
from govflow.context import Context
from govflow.messages import Command, Event, Instant, ItemCommand, ItemEvent, Personal, Protected, Value, Words
from govflow.records import HandOver, Item, Record
from govflow.region import Changes, Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.regions.commitment import MakeCommitment
from govflow.regions.invitation import cancelled_with_meeting
from govflow.regions.meeting.model import Meeting, MeetingForm, MeetingStatus, RefusedToSign, Undertaking
from govflow.regions.meeting.rules import (
    another_hearing_is_pending,
    form_subject_time_and_place_named,
    meeting_is_a_hearing,
    meeting_is_no_hearing,
    meeting_quorum_is_met,
    meeting_time_has_come,
    no_other_hearing_is_pending,
    outcome_is_told,
    papers_are_sent_in_time,
    papers_period_has_elapsed,
    parties_are_named,
    record_is_signed,
    those_present_are_named,
    undertakings_are_signed_by_those_who_give_them,
    unit_reported_takes_no_part,
)
from govflow.rules import reason_given
from govflow.workflow import Step, Workflow

S = MeetingStatus


# --- commands and events ---------------------------------------------------------------------------------------------


class _Notice(Value):
    form: MeetingForm | None = None
    subject: Words = ""
    at_time: Instant | None = None  # when it takes place
    place: Words = ""
    host: Id | None = None  # who holds it: whoever announces it, where nobody is named
    roll: tuple[Id, ...] = ()  # people, units and bodies that are to take part
    papers: tuple[Id, ...] = ()  # evidence on file
    matter_kind: Literal["major"] | None = None  # a major decision: its papers go out a minimum time before


class AnnounceMeeting(ItemCommand, _Notice, wire="meeting.announce", label="公告会议"):
    """Send out date, place, roll and papers; after a postponement at least the new date, the rest stands."""


class MeetingAnnounced(ItemEvent, _Notice, name="meeting.announced"):
    """Date, place, roll and papers are out."""


class PostponeMeeting(ItemCommand, Reasoned, wire="meeting.postpone", label="会议延期"):
    """Put it off; a new date is announced later."""


class MeetingPostponed(ItemEvent, Reasoned, name="meeting.postponed"):
    """It was put off."""


class _Attendance(Value):
    attended: tuple[Id, ...] = ()
    guests: tuple[Id, ...] = ()  # who came without being on the roll


class HoldMeeting(ItemCommand, _Attendance, wire="meeting.hold", label="召开会议"):
    """Record that it took place, and who came."""


class MeetingHeld(ItemEvent, _Attendance, name="meeting.held"):
    """It took place."""


class AdjournMeeting(ItemCommand, Reasoned, wire="meeting.adjourn", label="休会"):
    """Go on another day."""


class MeetingAdjourned(ItemEvent, Reasoned, name="meeting.adjourned"):
    """It goes on another day."""


class _Minutes(Value):
    minutes: tuple[Id, ...] = ()  # the signed paper: evidence on file
    signed_by: tuple[Id, ...] = ()
    refused_to_sign: tuple[RefusedToSign, ...] = ()
    consensus: Words = ""
    dissent: Words = ""
    opinions_for: int = Field(default=0, ge=0)
    opinions_against: int = Field(default=0, ge=0)
    opinions_open: int = Field(default=0, ge=0)
    undertakings: tuple[Undertaking, ...] = ()


class RecordMeeting(ItemCommand, _Minutes, wire="meeting.record", label="签署会议记录"):
    """Give the signed record: consensus and dissent, how many opinions, what units undertake."""

    opinions_text: Personal | None = None


class MeetingRecorded(ItemEvent, _Minutes, name="meeting.recorded"):
    """The record is signed."""

    opinions_text: Protected | None = None


class CancelMeeting(ItemCommand, Reasoned, wire="meeting.cancel", label="取消会议"):
    """Call it off."""


class MeetingCancelled(ItemEvent, Reasoned, name="meeting.cancelled"):
    """It was called off."""


# --- what belongs to its steps ---------------------------------------------------------------------------------------


def _promises(record: Record, event: MeetingRecorded, context: Context) -> Iterator[Command]:
    """What units have undertaken together is owed by each of them from now on."""
    for number, each in enumerate(event.undertakings, 1):
        key = f"{event.item[:120]}.{number}"
        yield MakeCommitment(id=record.id, by=SYSTEM, item=key, what=each.what, owner=each.unit, until=each.until)


def _announced(record: Record, command: AnnounceMeeting, context: Context) -> Event:
    """What is announced again keeps what is not said anew."""
    before: Any = context.item
    extra: Changes = {"item": MEETING.key_of(record, command)}
    for name in ("form", "subject", "place", "host", "roll", "papers", "matter_kind"):
        if before is not None and not getattr(command, name):
            extra[name] = getattr(before, name)
    if before is None and command.host is None:
        extra["host"] = command.by.id
    return context.deciders[record.kind_of_record].copied(command, MeetingAnnounced, context, **extra)


# --- the table -------------------------------------------------------------------------------------------------------

R = Role
_HOSTS = (R.HOST, R.COMMUNITY, R.REVIEW_BODY, R.SECRETARIAT)
_NOTICE = (parties_are_named, papers_are_sent_in_time, form_subject_time_and_place_named, unit_reported_takes_no_part)
_SITTING = (papers_period_has_elapsed, meeting_quorum_is_met, meeting_time_has_come, those_present_are_named)
_RECORD = (record_is_signed, outcome_is_told, undertakings_are_signed_by_those_who_give_them)
_TO_COME = (S.ANNOUNCED, S.POSTPONED)
# fmt: off
MEETING_WORKFLOW = Workflow("meeting", S, zh="三会", on=("case", "proposal", "joint_project"), steps=(
    #    id      command          from                event             to           who                 provided that
    Step("MT01", AnnounceMeeting, (None, S.POSTPONED), MeetingAnnounced, S.ANNOUNCED, _HOSTS,             (*_NOTICE, meeting_is_a_hearing), while_in="active", starts="hearing_papers", pauses="recheck"),
    Step("MT07", AnnounceMeeting, (None, S.POSTPONED), MeetingAnnounced, S.ANNOUNCED, _HOSTS,             (*_NOTICE, meeting_is_no_hearing), while_in="active", starts="hearing_papers"),
    Step("MT02", PostponeMeeting, S.ANNOUNCED,         MeetingPostponed, S.POSTPONED, _HOSTS,             (reason_given,), drops="hearing_papers"),
    Step("MT03", HoldMeeting,     S.ANNOUNCED,         MeetingHeld,      S.HELD,      _HOSTS,             _SITTING, stops="hearing_papers"),
    Step("MT04", AdjournMeeting,  S.HELD,              MeetingAdjourned, S.POSTPONED, _HOSTS,             (reason_given,)),
    Step("MT05", RecordMeeting,   S.HELD,              MeetingRecorded,  S.RECORDED,  _HOSTS,             (*_RECORD, no_other_hearing_is_pending), resumes="recheck", then=(_promises,)),
    Step("MT08", RecordMeeting,   S.HELD,              MeetingRecorded,  S.RECORDED,  _HOSTS,             (*_RECORD, another_hearing_is_pending), then=(_promises,)),
    Step("MT06", CancelMeeting,   _TO_COME,            MeetingCancelled, S.CANCELLED, (*_HOSTS, R.SYSTEM), (reason_given, no_other_hearing_is_pending), drops="hearing_papers", resumes="recheck", then=(cancelled_with_meeting,)),
    Step("MT09", CancelMeeting,   _TO_COME,            MeetingCancelled, S.CANCELLED, (*_HOSTS, R.SYSTEM), (reason_given, another_hearing_is_pending), drops="hearing_papers", then=(cancelled_with_meeting,)),
))
# fmt: on


def _fold_announced(item: Meeting, e: MeetingAnnounced) -> Changes:
    return {
        "status": S.ANNOUNCED,
        "form": e.form,
        "subject": e.subject,
        "place": e.place,
        "host": e.host,
        "owes": e.host,
        "roll": e.roll,
        "papers": e.papers,
        "matter_kind": e.matter_kind,
        "until": e.at_time,
        "earlier": (*item.earlier, *((item.until,) if item.until else ())),
    }


_FOLD: Fold = {
    MeetingAnnounced: _fold_announced,
    MeetingPostponed: lambda item, e: {"status": S.POSTPONED},
    MeetingHeld: lambda item, e: {"status": S.HELD, "attended": tuple(sorted({*item.attended, *e.attended}))},
    MeetingAdjourned: lambda item, e: {"status": S.POSTPONED},
    MeetingRecorded: lambda item, e: {
        "status": S.RECORDED,
        "opinions_text": e.opinions_text,
        **{name: getattr(e, name) for name in _Minutes.model_fields},
    },
    MeetingCancelled: lambda item, e: {"status": S.CANCELLED},
}


def _cancel(record: str, item: Item, given: HandOver) -> CancelMeeting | None:
    """What was held cannot be called off any more."""
    return None if item.status == S.HELD else CancelMeeting(id=record, by=SYSTEM, item=item.key, reason=given.reason)


MEETING = Region(MEETING_WORKFLOW, Meeting, _FOLD, propose={AnnounceMeeting: _announced}, ends=_cancel)
