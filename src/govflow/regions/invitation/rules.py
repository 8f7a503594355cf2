"""Rules of invitations: whom to which meeting, who may invite, and who came."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from govflow.actors import Role, covers
from govflow.context import Context
from govflow.errors import Detail
from govflow.records import Record
from govflow.regions.invitation.model import InvitationStatus, key_for
from govflow.workflow import rule

S = InvitationStatus


@rule("已注明受邀单位与会议", "M080", needs="unit meeting")
def invited_unit_and_meeting_named(record: Record, event: Any, context: Context) -> Iterable[str]:
    """The department and the dated meeting are named."""
    if event.unit is None:
        yield Detail("no unit is named", "未注明受邀单位")
    meeting = record.item("meeting", event.meeting or "")
    if meeting is None or meeting.status != "announced" or meeting.until is None or meeting.until <= context.at:
        named = event.meeting or "(none)"
        yield Detail(f"meeting {named} is not announced for a day ahead", f"会议 {named} 未公告或已过会期")
    if event.item != key_for(record, event.unit, event.meeting):
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
