"""三会 meeting: hearing 听证会, coordination 协调会, appraisal 评议会, council and other meetings. Keyed by the meeting.

From the announcement of a hearing until its record is signed the recheck clock stands still (信访工作条例 §36); with
several hearings, until the last of them is recorded or cancelled. A recheck asked for while a hearing is pending
stands still from its start. What has met must be recorded by hand, whether or not it was to go on another day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, islice
from typing import Any

from govflow.actors import SYSTEM, Role
from govflow.context import Context
from govflow.messages import (
    Command,
    Event,
)
from govflow.records import HandOver, Item, Record
from govflow.region import Changes, Fold, Region
from govflow.regions.commitment import MakeCommitment
from govflow.regions.invitation import asked_for_the_new_date, cancelled_with_meeting, passed_to_the_host
from govflow.regions.meeting.messages import (
    AdjournMeeting,
    AnnounceMeeting,
    CancelMeeting,
    HoldMeeting,
    MeetingAdjourned,
    MeetingAnnounced,
    MeetingCancelled,
    MeetingHeld,
    MeetingPostponed,
    MeetingRecorded,
    Minutes,
    PostponeMeeting,
    RecheckStayed,
    RecordMeeting,
    StayRecheck,
)
from govflow.regions.meeting.model import Meeting, MeetingStatus
from govflow.regions.meeting.rules import (
    form_subject_time_and_place_named,
    last_hearing_is_over,
    meeting_form_stays,
    meeting_is_a_hearing,
    meeting_is_no_hearing,
    meeting_quorum_is_met,
    meeting_time_has_come,
    no_hearing_or_another_is_pending,
    nobody_has_met,
    nobody_is_struck_from_the_roll,
    outcome_is_told,
    papers_are_sent_in_time,
    papers_period_has_elapsed,
    parties_are_named,
    pending_hearings,
    record_is_signed,
    somebody_has_met,
    those_present_are_named,
    undertakings_are_signed_by_those_who_give_them,
    unit_reported_takes_no_part,
)
from govflow.rules import reason_given
from govflow.workflow import Step, Workflow

S = MeetingStatus


# --- what belongs to its steps ---------------------------------------------------------------------------------------


def _promises(record: Record, event: MeetingRecorded, context: Context) -> Iterator[Command]:
    """What units have undertaken together is owed by each of them from now on."""
    for key, each in zip(event.commitments, event.undertakings, strict=True):
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


def _held(record: Record, command: HoldMeeting, context: Context) -> Event:
    """It counts in the round of the record in which it takes place, whenever it was announced."""
    said: Changes = {"item": command.item, "round": record.round}
    return context.deciders[record.kind_of_record].copied(command, MeetingHeld, context, **said)


def _recorded(record: Record, command: RecordMeeting, context: Context) -> Event:
    """Its undertakings get free keys `<meeting>.<n>` among the record's commitments."""
    taken = record.items_of("commitment")
    free = (key for number in count(1) if (key := f"{str(command.item)[:120]}.{number}") not in taken)
    keys = tuple(islice(free, len(command.undertakings)))
    said: Changes = {"item": command.item, "commitments": keys}
    return context.deciders[record.kind_of_record].copied(command, MeetingRecorded, context, **said)


def stay_for_pending_hearings(record: Record, event: Any, context: Context) -> Iterator[Command]:
    """A recheck that begins while a hearing is pending stands still at once (信访工作条例 §36)."""
    for hearing in pending_hearings(record)[:1]:
        yield StayRecheck(id=record.id, by=SYSTEM, item=hearing.key)


# --- the table -------------------------------------------------------------------------------------------------------

R = Role
_HOSTS = (R.HOST, R.COMMUNITY, R.REVIEW_BODY, R.SECRETARIAT)
_NOTICE = (
    *(parties_are_named, papers_are_sent_in_time, form_subject_time_and_place_named, unit_reported_takes_no_part),
    *(meeting_form_stays, nobody_is_struck_from_the_roll),
)
_SITTING = (papers_period_has_elapsed, meeting_quorum_is_met, meeting_time_has_come, those_present_are_named)
_RECORD = (record_is_signed, outcome_is_told, undertakings_are_signed_by_those_who_give_them)
_TO_COME = (S.ANNOUNCED, S.POSTPONED)
_PENDING = (*_TO_COME, S.HELD)
# fmt: off
MEETING_WORKFLOW = Workflow("meeting", S, zh="三会", on=("case", "proposal", "joint_project"), steps=(
    #    id      command          from                event             to           who                 provided that
    Step("MT01", AnnounceMeeting, (None, S.POSTPONED), MeetingAnnounced, S.ANNOUNCED, _HOSTS,             (*_NOTICE, meeting_is_a_hearing), while_in="active", starts="hearing_papers", pauses="recheck", then=(asked_for_the_new_date,)),
    Step("MT07", AnnounceMeeting, (None, S.POSTPONED), MeetingAnnounced, S.ANNOUNCED, _HOSTS,             (*_NOTICE, meeting_is_no_hearing), while_in="active", starts="hearing_papers", then=(asked_for_the_new_date,)),
    Step("MT02", PostponeMeeting, S.ANNOUNCED,         MeetingPostponed, S.POSTPONED, _HOSTS,             (reason_given,), drops="hearing_papers"),
    Step("MT03", HoldMeeting,     S.ANNOUNCED,         MeetingHeld,      S.HELD,      _HOSTS,             _SITTING, stops="hearing_papers", then=(passed_to_the_host,)),
    Step("MT04", AdjournMeeting,  S.HELD,              MeetingAdjourned, S.POSTPONED, _HOSTS,             (reason_given,)),
    Step("MT05", RecordMeeting,   S.HELD,              MeetingRecorded,  S.RECORDED,  _HOSTS,             (*_RECORD, last_hearing_is_over), resumes="recheck", then=(_promises,)),
    Step("MT08", RecordMeeting,   S.HELD,              MeetingRecorded,  S.RECORDED,  _HOSTS,             (*_RECORD, no_hearing_or_another_is_pending), then=(_promises,)),
    Step("MT10", RecordMeeting,   S.POSTPONED,         MeetingRecorded,  S.RECORDED,  _HOSTS,             (*_RECORD, somebody_has_met, last_hearing_is_over), resumes="recheck", then=(_promises,)),
    Step("MT11", RecordMeeting,   S.POSTPONED,         MeetingRecorded,  S.RECORDED,  _HOSTS,             (*_RECORD, somebody_has_met, no_hearing_or_another_is_pending), then=(_promises,)),
    Step("MT06", CancelMeeting,   _TO_COME,            MeetingCancelled, S.CANCELLED, (*_HOSTS, R.SYSTEM), (reason_given, nobody_has_met, last_hearing_is_over), drops="hearing_papers", resumes="recheck", then=(cancelled_with_meeting,)),
    Step("MT09", CancelMeeting,   _TO_COME,            MeetingCancelled, S.CANCELLED, (*_HOSTS, R.SYSTEM), (reason_given, nobody_has_met, no_hearing_or_another_is_pending), drops="hearing_papers", then=(cancelled_with_meeting,)),
    Step("MT12", StayRecheck,     _PENDING,            RecheckStayed,    None,        R.SYSTEM,           (meeting_is_a_hearing,), pauses="recheck"),
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
    MeetingHeld: lambda item, e: {
        "status": S.HELD,
        "attended": tuple(sorted({*item.attended, *e.attended})),
        "round": e.round or item.round,
    },
    MeetingAdjourned: lambda item, e: {"status": S.POSTPONED},
    MeetingRecorded: lambda item, e: {
        "status": S.RECORDED,
        "opinions_text": e.opinions_text,
        **{name: getattr(e, name) for name in Minutes.model_fields},
    },
    MeetingCancelled: lambda item, e: {"status": S.CANCELLED},
    RecheckStayed: lambda item, e: {},
}


def _cancel(record: str, item: Item, given: HandOver) -> CancelMeeting | None:
    """What has met cannot be called off any more, adjourned or not."""
    assert isinstance(item, Meeting)
    if item.status == S.HELD or item.attended:
        return None
    return CancelMeeting(id=record, by=SYSTEM, item=item.key, reason=given.reason)


_PROPOSE: dict[type[Command], Callable[[Any, Any, Context], Event]] = {
    AnnounceMeeting: _announced,
    HoldMeeting: _held,
    RecordMeeting: _recorded,
}
MEETING = Region(MEETING_WORKFLOW, Meeting, _FOLD, propose=_PROPOSE, ends=_cancel)
