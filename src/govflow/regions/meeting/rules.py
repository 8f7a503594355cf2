"""Rules of meetings: notice and papers, who came, what the signed record says, which hearing holds the recheck clock."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from govflow.clocks.moves import calendar_of, measured
from govflow.context import Context
from govflow.errors import Detail
from govflow.records import Record
from govflow.regions.meeting.model import Meeting, MeetingForm, MeetingStatus
from govflow.workflow import rule

_PENDING = (MeetingStatus.ANNOUNCED, MeetingStatus.POSTPONED, MeetingStatus.HELD)


def _not_on_file(record: Record, keys: Iterable[str]) -> Iterable[Detail]:
    for key in keys:
        piece = record.item("evidence", key)
        if piece is None or piece.status != "added":
            yield Detail(f"{key} is not on file", f"{key} 不在卷")


# --- announcing ------------------------------------------------------------------------------------------------------


@rule("参加人已列明", "M086", needs="roll")
def parties_are_named(record: Record, event: Any, context: Context) -> bool:
    """Those who take part are named."""
    return bool(event.roll) and len(set(event.roll)) == len(event.roll)


@rule("会议材料按期送达", "decision reg §16 [V]", needs="at_time papers matter_kind")
def papers_are_sent_in_time(record: Record, event: Any, context: Context) -> Iterable[str]:
    """The papers go out at least the minimum days before the meeting."""
    wire, policy = context.step.command.wire, context.policy
    limit = policy.time_limit("hearing_papers", wire, context.kind, context.category, context.level)
    yield from _not_on_file(record, event.papers)
    if limit is None:
        return
    if not event.papers:
        yield Detail("no paper is named", "未附会议材料")
    earliest = measured("hearing_papers", limit.id, limit.term, context, calendar_of(limit, context), new_run=None).due
    if earliest is not None and event.at_time is not None and event.at_time < earliest:
        first = earliest.isoformat(timespec="minutes")
        yield Detail(f"not before {first}", f"不得早于 {first}")


@rule("会议形式、事由、时间、地点已明", "design", needs="form subject at_time place")
def form_subject_time_and_place_named(record: Record, event: Any, context: Context) -> Iterable[str]:
    """What kind of meeting, what about, when and where are given, and the date lies ahead."""
    if event.form is None:
        yield Detail("no form is named", "未注明会议形式")
    if not event.subject.strip():
        yield Detail("no subject is named", "未注明事由")
    if not event.place.strip():
        yield Detail("no place is named", "未注明地点")
    if event.at_time is None or event.at_time <= context.at:
        yield Detail("the date must lie ahead", "会议时间应在公告之后")


@rule("被举报单位不列入参加人", "petitions §30 [V]", needs="roll host")
def unit_reported_takes_no_part(record: Record, event: Any, context: Context) -> bool:
    """The unit that is reported neither holds the meeting nor is on its roll."""
    accused = getattr(record, "accused_unit", None)
    return accused is None or accused not in (event.host, *event.roll)


@rule("属听证会", "petitions §36 [V]", needs="form")
def meeting_is_a_hearing(record: Record, event: Any, context: Context) -> bool:
    """The meeting is a hearing: its time is left out of the recheck."""
    return _form(event, context) is MeetingForm.HEARING


@rule("非听证会", "petitions §36 [V]", needs="form")
def meeting_is_no_hearing(record: Record, event: Any, context: Context) -> bool:
    """The meeting is no hearing: the recheck goes on beside it."""
    return _form(event, context) is not MeetingForm.HEARING


@rule("重新公告不改变会议形式", "petitions §36 [V]", needs="form")
def meeting_form_stays(record: Record, event: Any, context: Context) -> bool:
    """A meeting announced again is of the form it was first announced as: the recheck stands still for hearings."""
    meeting: Any = context.item
    return meeting is None or bool(event.form == meeting.form)


@rule("重新公告不减少参加人", "M082", needs="roll")
def nobody_is_struck_from_the_roll(record: Record, event: Any, context: Context) -> Iterable[str]:
    """A meeting announced again has everybody on its roll who was on it before: the quorum is counted over them."""
    meeting: Any = context.item
    for who in sorted(set(meeting.roll if meeting is not None else ()) - set(event.roll)):
        yield Detail(f"{who} is on the roll already", f"{who} 已列为参加人")


# --- hearings and the recheck ----------------------------------------------------------------------------------------


def _form(event: Any, context: Context) -> MeetingForm | None:
    """What the notice says; of a meeting that was announced before, what it was announced as."""
    return getattr(event, "form", None) or getattr(context.item, "form", None)


def pending_hearings(record: Record) -> list[Meeting]:
    """The hearings that are announced, postponed, or held and not recorded."""
    meetings = record.items_of("meeting").values()
    return [each for each in meetings if each.form is MeetingForm.HEARING and each.status in _PENDING]


def _is_last_hearing(record: Record, event: Any) -> bool:
    return [each.key for each in pending_hearings(record)] == [event.item]


@rule("系最后一场未了的听证会", "petitions §36 [V]")
def last_hearing_is_over(record: Record, event: Any, context: Context) -> bool:
    """The meeting is a hearing and no other one is pending: the recheck goes on."""
    return _is_last_hearing(record, event)


@rule("非听证会,或另有听证会未了", "petitions §36 [V]")
def no_hearing_or_another_is_pending(record: Record, event: Any, context: Context) -> bool:
    """The meeting is no hearing, or another hearing is pending: the recheck is left as it is."""
    return not _is_last_hearing(record, event)


# --- what has met ----------------------------------------------------------------------------------------------------


@rule("会议已召开过", "M096")
def somebody_has_met(record: Record, event: Any, context: Context) -> bool:
    """The meeting has met, and was to go on another day."""
    meeting: Any = context.item
    return bool(meeting.attended)


@rule("会议未曾召开", "M096")
def nobody_has_met(record: Record, event: Any, context: Context) -> bool:
    """The meeting has not met: what has is recorded, and not called off."""
    meeting: Any = context.item
    return not meeting.attended


# --- holding ---------------------------------------------------------------------------------------------------------


@rule("材料送达期已满", "decision reg §16 [V]")
def papers_period_has_elapsed(record: Record, event: Any, context: Context) -> bool:
    """The period between papers and meeting is over."""
    clock = record.clocks.get(f"hearing_papers:{event.item}")
    return clock is None or not clock.is_going or clock.due is None or context.at >= clock.due


@rule("会议人数达标", "M082", needs="attended")
def meeting_quorum_is_met(record: Record, event: Any, context: Context) -> bool:
    """The attendance the meeting's rule asks for is reached, if it asks for one."""
    meeting: Any = context.item
    asked = context.policy.meeting(meeting.form)
    came = set(meeting.roll) & set(event.attended)
    return asked is None or asked.quorum is None or asked.quorum.reached(len(came), len(meeting.roll))


@rule("会议时间已到", "design")
def meeting_time_has_come(record: Record, event: Any, context: Context) -> bool:
    """The meeting is not held before the time it was announced for."""
    return context.item is not None and context.item.until is not None and context.at >= context.item.until


@rule("到会人已列明,且为参加人或列席人", "design", needs="attended guests")
def those_present_are_named(record: Record, event: Any, context: Context) -> Iterable[str]:
    """Those present are named, each of them on the roll or a named guest."""
    meeting: Any = context.item
    if not event.attended:
        yield Detail("nobody is named", "未列明到会人")
    for who in sorted(set(event.attended) - {*meeting.roll, *event.guests}):
        yield Detail(f"{who} is neither on the roll nor a named guest", f"{who} 非参加人或列席人")
    accused = getattr(record, "accused_unit", None)
    if accused is not None and accused in {*event.attended, *event.guests}:  # petitions §30
        yield Detail(f"{accused} is the unit reported", f"{accused} 为被举报单位")


# --- recording -------------------------------------------------------------------------------------------------------


@rule("会议记录已签字", "M096", needs="signed_by refused_to_sign minutes")
def record_is_signed(record: Record, event: Any, context: Context) -> Iterable[str]:
    """The record is signed by host and participants."""
    meeting: Any = context.item
    signed, refused = set(event.signed_by), {each.who for each in event.refused_to_sign if each.reason.strip()}
    if meeting.host not in signed:
        yield Detail(f"the host {meeting.host} has not signed", f"召集方 {meeting.host} 未签字")
    for who in sorted(set(meeting.attended) - {meeting.host} - signed - refused):
        yield Detail(f"{who} has neither signed nor refused with a reason", f"{who} 未签字，亦未说明拒签理由")
    for who in sorted((signed | refused) - {meeting.host, *meeting.attended}):
        yield Detail(f"{who} was not there", f"{who} 未到会")
    for who in sorted(signed & {each.who for each in event.refused_to_sign}):
        yield Detail(f"{who} cannot both sign and refuse", f"{who} 不能既签字又拒签")
    if not event.minutes:
        yield Detail("no minutes are named", "未附会议记录")
    yield from _not_on_file(record, event.minutes)


@rule("共识或分歧已载明", "M096", needs="consensus dissent")
def outcome_is_told(record: Record, event: Any, context: Context) -> bool:
    """The record says what was agreed or where opinions differ."""
    return bool(event.consensus.strip() or event.dissent.strip())


@rule("联合承诺由到会签字单位作出且事项期限已明", "M081", needs="undertakings")
def undertakings_are_signed_by_those_who_give_them(record: Record, event: Any, context: Context) -> Iterable[str]:
    """Every unit that undertakes something was there and has signed; what and until when are given."""
    meeting: Any = context.item
    for each in event.undertakings:
        if each.unit not in meeting.attended or each.unit not in event.signed_by:
            yield Detail(f"{each.unit} was not there or has not signed", f"{each.unit} 未到会或未签字")
        if not each.what.strip() or each.until <= context.at:
            yield Detail(f"what {each.unit} undertakes, by a date ahead", f"{each.unit} 承诺的事项与期限")
