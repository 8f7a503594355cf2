"""三会 meeting: hearing 听证会, coordination 协调会, appraisal 评议会, council and other meetings. Keyed by the meeting."""

from govflow.regions.meeting.messages import AdjournMeeting as AdjournMeeting
from govflow.regions.meeting.messages import AnnounceMeeting as AnnounceMeeting
from govflow.regions.meeting.messages import CancelMeeting as CancelMeeting
from govflow.regions.meeting.messages import HoldMeeting as HoldMeeting
from govflow.regions.meeting.messages import MeetingAdjourned as MeetingAdjourned
from govflow.regions.meeting.messages import MeetingAnnounced as MeetingAnnounced
from govflow.regions.meeting.messages import MeetingCancelled as MeetingCancelled
from govflow.regions.meeting.messages import MeetingHeld as MeetingHeld
from govflow.regions.meeting.messages import MeetingPostponed as MeetingPostponed
from govflow.regions.meeting.messages import MeetingRecorded as MeetingRecorded
from govflow.regions.meeting.messages import PostponeMeeting as PostponeMeeting
from govflow.regions.meeting.messages import RecheckStayed as RecheckStayed
from govflow.regions.meeting.messages import RecordMeeting as RecordMeeting
from govflow.regions.meeting.messages import StayRecheck as StayRecheck
from govflow.regions.meeting.model import Meeting as Meeting
from govflow.regions.meeting.model import MeetingForm as MeetingForm
from govflow.regions.meeting.model import MeetingStatus as MeetingStatus
from govflow.regions.meeting.model import RefusedToSign as RefusedToSign
from govflow.regions.meeting.model import Undertaking as Undertaking
from govflow.regions.meeting.rules import form_subject_time_and_place_named as form_subject_time_and_place_named
from govflow.regions.meeting.rules import last_hearing_is_over as last_hearing_is_over
from govflow.regions.meeting.rules import meeting_form_stays as meeting_form_stays
from govflow.regions.meeting.rules import meeting_is_a_hearing as meeting_is_a_hearing
from govflow.regions.meeting.rules import meeting_is_no_hearing as meeting_is_no_hearing
from govflow.regions.meeting.rules import meeting_quorum_is_met as meeting_quorum_is_met
from govflow.regions.meeting.rules import meeting_time_has_come as meeting_time_has_come
from govflow.regions.meeting.rules import no_hearing_or_another_is_pending as no_hearing_or_another_is_pending
from govflow.regions.meeting.rules import nobody_has_met as nobody_has_met
from govflow.regions.meeting.rules import nobody_is_struck_from_the_roll as nobody_is_struck_from_the_roll
from govflow.regions.meeting.rules import outcome_is_told as outcome_is_told
from govflow.regions.meeting.rules import papers_are_sent_in_time as papers_are_sent_in_time
from govflow.regions.meeting.rules import papers_period_has_elapsed as papers_period_has_elapsed
from govflow.regions.meeting.rules import parties_are_named as parties_are_named
from govflow.regions.meeting.rules import pending_hearings as pending_hearings
from govflow.regions.meeting.rules import record_is_signed as record_is_signed
from govflow.regions.meeting.rules import somebody_has_met as somebody_has_met
from govflow.regions.meeting.rules import those_present_are_named as those_present_are_named
from govflow.regions.meeting.rules import (
    undertakings_are_signed_by_those_who_give_them as undertakings_are_signed_by_those_who_give_them,
)
from govflow.regions.meeting.rules import unit_reported_takes_no_part as unit_reported_takes_no_part
from govflow.regions.meeting.workflow import MEETING as MEETING
from govflow.regions.meeting.workflow import MEETING_WORKFLOW as MEETING_WORKFLOW
from govflow.regions.meeting.workflow import stay_for_pending_hearings as stay_for_pending_hearings
