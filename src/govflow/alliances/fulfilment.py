"""How what an alliance holds fulfils the recurring duties of its lead unit, in the same transaction (M109, M120–M146).

The policy says which of these an alliance's lead owes, by obligations of these ids; a duty that nobody owes is not
looked for. A unit that leads two alliances owes it once: there is one duty for each lead unit. What is held fulfils the
occurrence of the period in which it is held, late if that was missed already; one that no tick has put on the list yet
is fulfilled by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from govflow.actors import SYSTEM
from govflow.alliances.activity import ActivityHeld, Occasion
from govflow.alliances.model import Alliance
from govflow.context import Context
from govflow.duties import Duty, duty_id, period_of
from govflow.duties.model import DutyStatus
from govflow.messages import Command
from govflow.regions.link import LinkFinished
from govflow.regions.meeting import MeetingForm, MeetingHeld
from govflow.regions.obligation import FulfilObligation, ObligationStatus

JOINT_MEETING = "alliance_joint_meeting"  # 季度联席会议
MAJOR_PROJECT = "alliance_project"  # 一年一个重大共治项目
BY_OCCASION = {
    Occasion.ACTION_DAY: "alliance_action_day",  # 半年一次统一行动日
    Occasion.SUMMIT: "alliance_summit",  # 年度峰会
    Occasion.COURSE: "alliance_course",  # 两个月一次、全年不少于五次学习教育
}
OBLIGATIONS = (JOINT_MEETING, MAJOR_PROJECT, *BY_OCCASION.values())
"""The ids of the obligations that an alliance fulfils by what it holds."""


def _fulfils(alliance: Alliance, obligation: str, measure: str, at: datetime, context: Context) -> Iterator[Command]:
    """The command that fulfils the lead's occurrence of the period `at` lies in, if it is owed and still open."""
    duty = context.lookup(duty_id(obligation, alliance.lead_unit or ""))
    if not isinstance(duty, Duty) or duty.status != DutyStatus.IN_FORCE or duty.obligation is None:
        return
    key = period_of(duty.obligation.every, at.astimezone(context.policy.zone).date()).key
    owed = duty.item("obligation", key)
    if owed is not None and owed.status in (ObligationStatus.SCHEDULED, ObligationStatus.MISSED):
        yield FulfilObligation(id=duty.id, by=SYSTEM, item=key, measure=measure, evidence=(alliance.id,))


def by_activity(states: tuple[Alliance, Alliance], event: ActivityHeld, context: Context) -> Iterator[Command]:
    """An action day, the summit or a course that was held."""
    alliance = states[1]
    activity: Any = alliance.item("activity", event.item)
    measure = f"{activity.occasion} {event.item}"
    yield from _fulfils(alliance, BY_OCCASION[activity.occasion], measure, activity.held_at, context)


def by_meeting(states: tuple[Alliance, Alliance], event: MeetingHeld, context: Context) -> Iterator[Command]:
    """A joint meeting at its first sitting: one that goes on another day does not count twice."""
    before, alliance = states
    meeting: Any = alliance.item("meeting", event.item)
    went_on: Any = before.item("meeting", event.item)
    if meeting.form is MeetingForm.JOINT_CONFERENCE and not (went_on and went_on.attended):
        yield from _fulfils(alliance, JOINT_MEETING, f"{meeting.form} {event.item}", event.at, context)


def by_project(states: tuple[Alliance, Alliance], event: LinkFinished, context: Context) -> Iterator[Command]:
    """A co-governance project of a unit of the alliance that has come to rest well."""
    alliance = states[1]
    tie: Any = alliance.item("link", event.item)
    project: Any = context.lookup(tie.other)
    if project is None or (project.kind_of_record, project.kind) != ("joint_project", "co_governance"):
        return
    if not set(alliance.included).isdisjoint(project.units):
        yield from _fulfils(alliance, MAJOR_PROJECT, f"co_governance {project.id}", event.at, context)
