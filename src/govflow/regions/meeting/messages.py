"""What is asked of a meeting and what happened to it: its commands and events."""

from __future__ import annotations

from typing import Literal

from govflow.actors import Id
from govflow.messages import (
    Count,
    Instant,
    ItemCommand,
    ItemEvent,
    ItemKey,
    Personal,
    Protected,
    Value,
    Words,
)
from govflow.regions.bodies import Reasoned
from govflow.regions.meeting.model import MeetingForm, RefusedToSign, Undertaking


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

    round: Count | None = None  # of the record: the meeting counts in this one


class AdjournMeeting(ItemCommand, Reasoned, wire="meeting.adjourn", label="休会"):
    """Go on another day."""


class MeetingAdjourned(ItemEvent, Reasoned, name="meeting.adjourned"):
    """It goes on another day."""


class Minutes(Value):
    minutes: tuple[Id, ...] = ()  # the signed paper: evidence on file
    signed_by: tuple[Id, ...] = ()
    refused_to_sign: tuple[RefusedToSign, ...] = ()
    consensus: Words = ""
    dissent: Words = ""
    opinions_for: Count = 0
    opinions_against: Count = 0
    opinions_open: Count = 0
    undertakings: tuple[Undertaking, ...] = ()


class RecordMeeting(ItemCommand, Minutes, wire="meeting.record", label="签署会议记录"):
    """Give the signed record: consensus and dissent, how many opinions, what units undertake."""

    opinions_text: Personal | None = None


class MeetingRecorded(ItemEvent, Minutes, name="meeting.recorded"):
    """The record is signed."""

    opinions_text: Protected | None = None
    commitments: tuple[ItemKey, ...] = ()  # what each undertaking is kept as, in their order


class CancelMeeting(ItemCommand, Reasoned, wire="meeting.cancel", label="取消会议"):
    """Call it off."""


class MeetingCancelled(ItemEvent, Reasoned, name="meeting.cancelled"):
    """It was called off."""


class StayRecheck(ItemCommand, wire="meeting.stay_recheck", label="复核期间扣除听证时间"):
    """Let a recheck that begins while this hearing is pending stand still from its start."""


class RecheckStayed(ItemEvent, name="meeting.recheck_stayed"):
    """The recheck stands still for this hearing."""
