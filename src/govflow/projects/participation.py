"""How a unit takes part 参与, over many records: what it was asked for, as the states of these records say it; pure.

Organisations alone have such figures: asked for a person it refuses, since nobody is scored. Records are read as they
stand at the moment asked about; a region that a record has not counts nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from govflow.clocks import Clock
from govflow.errors import Detail, InputError
from govflow.evaluating import Owed, Rate, attendance, fulfilment, lacks_of_subjects, response
from govflow.messages import ClockStatus
from govflow.projects.feedback_model import Feedback, FeedbackStatus
from govflow.projects.model import JointProject
from govflow.records import Record
from govflow.regions.commitment import Commitment, CommitmentStatus
from govflow.regions.invitation.model import Invitation, InvitationStatus
from govflow.regions.meeting.model import Meeting, MeetingStatus

_MEETING_CANCELLED = Detail("the meeting was called off", "会议取消")
_NOT_INVITED = Detail("the invitation was taken back", "约请取消")
_RELEASED = Detail("released by those it was made to", "受诺方免除")
_RELEASED_LATE = Detail("released after it was broken", "未兑现后免除")
_TRANSFERRED = Detail("goes on as a case", "转为事项")
_TRANSFERRED_LATE = Detail("goes on as a case, after it was due", "逾期后转为事项")
_WITHDRAWN = Detail("taken back", "撤回")
_WITHDRAWN_LATE = Detail("taken back, after it was due", "逾期后撤回")
_EXCUSES = {
    FeedbackStatus.TRANSFERRED: (_TRANSFERRED, _TRANSFERRED_LATE),
    FeedbackStatus.WITHDRAWN: (_WITHDRAWN, _WITHDRAWN_LATE),
}


class UnitFigures(NamedTuple):
    """How one unit takes part: came to meetings, kept its promises, answered in time what it was asked."""

    attendance: Rate
    fulfilment: Rate
    response: Rate


def unit_figures(
    unit: str, records: Iterable[Record], now: datetime, organisations: Collection[str] | None = None
) -> UnitFigures:
    """The figures of one unit over these records, as they stand `now`.

    `organisations` are the ids of the directory's units: without them a person is known by the form of a pseudonym
    alone. Raises InputError for a person, and for a unit that the directory does not know.
    """
    known = (unit,) if organisations is None else organisations
    for lack in lacks_of_subjects((unit,), known):
        raise InputError(str(lack), where="unit", expected="an organisation")
    read = tuple(records)
    return UnitFigures(
        attendance((each for record in read for each in meetings_asked_to(record, unit)), now),
        fulfilment((each for record in read for each in promises_of(record, unit)), now),
        response((each for record in read for each in answers_owed_by(record, unit)), now),
    )


# --- 到会 attendance -------------------------------------------------------------------------------------------------


def meetings_asked_to(record: Record, unit: str) -> Iterator[Owed]:
    """Each meeting that the unit was asked to, on its roll or by an invitation, counts once.

    Whoever came to any sitting came. One that was called off, and an invitation that was taken back, are excused.
    """
    invited: dict[str, list[Invitation]] = {}
    for each in record.items_of("invitation").values():
        if each.unit == unit:
            invited.setdefault(each.meeting, []).append(each)
    for key, meeting in record.items_of("meeting").items():
        invitations = invited.get(key, [])
        if unit in meeting.roll or invitations:
            yield _asked_to(f"{record.id}:meeting.{key}", meeting, unit, invitations)


def _asked_to(key: str, meeting: Meeting, unit: str, invitations: list[Invitation]) -> Owed:
    came = unit in meeting.attended or any(each.status == InvitationStatus.ATTENDED for each in invitations)
    if meeting.status == MeetingStatus.CANCELLED:
        return Owed(key, None, excused=_MEETING_CANCELLED)
    wanted = unit in meeting.roll or any(each.status != InvitationStatus.CANCELLED for each in invitations)
    if not wanted and not came:
        return Owed(key, None, excused=_NOT_INVITED)
    held_at = _held_at(meeting)
    return Owed(key, held_at, held_at if came else None)


def _held_at(meeting: Meeting) -> datetime | None:
    """The first day it was announced for, of a meeting that has met: what has met has met since; None before that."""
    if not meeting.attended:
        return None
    return min((each for each in (*meeting.earlier, meeting.until) if each is not None), default=meeting.since)


# --- 践诺 fulfilment -------------------------------------------------------------------------------------------------


def promises_of(record: Record, unit: str) -> Iterator[Owed]:
    """Each promise of the unit, done when it was confirmed; a released one is excused, and said to be so if late."""
    for key, promise in record.items_of("commitment").items():
        if promise.owes == unit:
            yield _promised(record, key, promise)


def _promised(record: Record, key: str, promise: Commitment) -> Owed:
    clock: Clock | None = record.clocks.get(f"commitment_due:{key}")
    due = clock.due if clock is not None else promise.until
    name = f"{record.id}:commitment.{key}"
    if promise.status == CommitmentStatus.RELEASED:
        return Owed(name, due, excused=_RELEASED_LATE if promise.was_broken or _ended_late(clock) else _RELEASED)
    return Owed(name, due, clock.ended_at if clock is not None and promise.status == CommitmentStatus.KEPT else None)


def _ended_late(clock: Clock | None) -> bool:
    if clock is None or clock.due is None or clock.ended_at is None:
        return False
    return clock.ended_at > clock.due


# --- 响应 response ---------------------------------------------------------------------------------------------------


def answers_owed_by(record: Record, unit: str) -> Iterator[Owed]:
    """What the unit was asked: each invitation, and as the lead of a project each piece of residents' feedback."""
    for key, invitation in record.items_of("invitation").items():
        if invitation.unit == unit:
            yield _reply(record, key, invitation)
    if isinstance(record, JointProject):
        for key, feedback in record.items_of("feedback").items():
            if _asked_of(record, feedback) == unit:
                yield _answer(record, key, feedback)


def _reply(record: Record, key: str, invitation: Invitation) -> Owed:
    """Yes, no and coming are replies to the date that stands; a reply after it lapsed is late, whenever it came."""
    clock: Clock | None = record.clocks.get(f"invitation_reply:{key}")
    name = f"{record.id}:invitation.{key}"
    if clock is None or clock.status is ClockStatus.CANCELLED:
        return Owed(name, None, excused=_NOT_INVITED)
    if invitation.status in (InvitationStatus.ISSUED, InvitationStatus.LAPSED):
        return Owed(name, clock.due)
    lapsed = clock.status is ClockStatus.MET_LATE  # when it came after that is not kept: not later than the last event
    return Owed(name, clock.due, record.at if lapsed else clock.ended_at)


def _asked_of(project: JointProject, feedback: Feedback) -> str | None:
    """The lead; where the lead was handed over since, the former one that gave the last answer."""
    units: Any = feedback.answers[-1].units if feedback.answer is not None else ()
    if project.lead in units:
        return project.lead
    return next((each for each in project.former_leads if each in units), project.lead)


def _answer(record: Record, key: str, feedback: Feedback) -> Owed:
    """Answered when its last answer came; where any answer, one before a reopening as well, was late, it was late."""
    name = f"{record.id}:feedback.{key}"
    clock: Clock | None = record.clocks.get(f"project_feedback:{key}")
    due = clock.due if clock is not None else None
    if feedback.status in _EXCUSES:
        in_time, late = _EXCUSES[FeedbackStatus(feedback.status)]
        return Owed(name, due, excused=late if _ended_late(clock) else in_time)
    if feedback.answer is None:
        return Owed(name, due)
    late_one = next((each for each in feedback.answers if each.late), None)
    if late_one is not None:  # the due instant of a run that is over is not kept: it lay between the two
        return Owed(name, feedback.since, late_one.at)
    return Owed(name, due, feedback.answer.at)
