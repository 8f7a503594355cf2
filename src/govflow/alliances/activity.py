"""联盟活动 activity: a joint action day, the summit or a course, announced and held (M120, M123, M146). Keyed by it.

Joint meetings (联席会议) are meetings of the region of that name, with a roll, minutes and undertakings.
"""

# ruff: noqa: E501 - a row of a table stays one line

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from pydantic import Field

from govflow.actors import SYSTEM, Claim, Id, Role
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Count, Instant, ItemCommand, ItemEvent, Value, Words
from govflow.records import HandOver, Item, Record
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned, Shown
from govflow.rules import measure_and_evidence_given, personal_data_is_withheld, reason_given
from govflow.workflow import Rest, Status, Step, Workflow, rule


class ActivityStatus(Status):
    """Where an activity stands."""

    ANNOUNCED = "announced", "已公告"
    HELD = "held", "已开展", Rest.OUTCOME
    CANCELLED = "cancelled", "取消", Rest.FINAL


class Occasion(StrEnum):
    """What is held together."""

    ACTION_DAY = "action_day"  # 统一行动日
    SUMMIT = "summit"  # 峰会
    COURSE = "course"  # 学习教育


S = ActivityStatus


class Participation(Value):
    """How many people of a unit took part: the unit's figure, nobody's name."""

    unit: Id
    people: Count = Field(ge=1)


class Activity(Item):
    """One activity: what, when and where, and which units took part with how many people."""

    occasion: Occasion | None = None
    title: str = ""
    place: str = ""
    host: str | None = None
    participants: tuple[Participation, ...] = ()
    held_at: Instant | None = None

    @property
    def what(self) -> str:
        return self.title or self.key

    @property
    def head_count(self) -> int:
        """How many people took part, of all units."""
        return sum(each.people for each in self.participants)

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """Whoever announced it holds it or calls it off; so does the lead."""
        return claim.unit is not None and claim.unit == self.host if role == Role.HOST else None


class _Notice(Value):
    occasion: Occasion | None = None
    title: Words = ""
    at_time: Instant | None = None
    place: Words = ""


class AnnounceActivity(ItemCommand, _Notice, wire="activity.announce", label="公告活动"):
    """Announce an action day, a summit or a course: what, when and where."""


class ActivityAnnounced(ItemEvent, _Notice, name="activity.announced"):
    """An activity was announced."""

    host: Id | None = None  # the unit that announced it


class _Held(Shown):
    participants: tuple[Participation, ...] = ()
    guests: tuple[Id, ...] = ()  # units that took part without belonging to the alliance


class HoldActivity(ItemCommand, _Held, wire="activity.hold", label="开展活动"):
    """Record that it took place, as announced unless `occurred_at` says when: what was done, who came, by evidence."""


class ActivityHeld(ItemEvent, _Held, name="activity.held"):
    """The activity took place."""

    held_at: Instant | None = None  # None: when it was recorded


class CancelActivity(ItemCommand, Reasoned, wire="activity.cancel", label="取消活动"):
    """Call it off, with the reason."""


class ActivityCancelled(ItemEvent, Reasoned, name="activity.cancelled"):
    """The activity was called off."""


@rule("活动类别、名称、时间、地点已明", "M120; M123", needs="occasion title at_time place")
def activity_is_described(record: Record, event: Any, context: Context) -> Iterator[Detail]:
    """What it is, under what title, when and where are given, and it lies ahead."""
    if event.occasion is None:
        yield Detail("no occasion is named", "未注明类别")
    if not event.title.strip():
        yield Detail("no title is given", "未注明名称")
    if not event.place.strip():
        yield Detail("no place is named", "未注明地点")
    if event.at_time is None or event.at_time <= context.at:
        yield Detail("the date must lie ahead", "活动时间应在公告之后")


@rule("活动时间已到", "design")
def activity_time_has_come(record: Record, event: Any, context: Context) -> bool:
    """It is not held before the time it was announced for."""
    item: Any = context.item
    return bool(context.at >= item.until)


@rule("参加单位已列明,每单位一次,为成员或列明的来宾,且成员至少两个", "M123", needs="participants guests")
def participants_are_named(record: Record, event: Any, context: Context) -> Iterator[Detail]:
    """Units that took part are named, each once: two at least that belong to the alliance, others as guests."""
    units = [each.unit for each in event.participants]
    included = set(getattr(record, "included", ()))
    if len(included.intersection(units)) < 2:
        yield Detail("fewer than two units of the alliance took part", "参加的联盟单位不足两个")
    for unit in sorted({unit for unit in units if units.count(unit) > 1}):
        yield Detail(f"{unit} is named twice", f"{unit} 重复列明")
    for unit in sorted(set(units) - included - set(event.guests)):
        yield Detail(f"{unit} neither belongs to the alliance nor is a named guest", f"{unit} 非成员或来宾")


R = Role
_HOSTS = (R.HOST, R.LEAD_UNIT, R.COMMUNITY)
_NOTICE = (activity_is_described, personal_data_is_withheld)
_HELD = (activity_time_has_come, participants_are_named, measure_and_evidence_given)
# fmt: off
ACTIVITY_WORKFLOW = Workflow("activity", S, zh="联盟活动", on=("alliance",), steps=(
    #    id      command           from         event              to           who                  provided that
    Step("AA01", AnnounceActivity, None,        ActivityAnnounced, S.ANNOUNCED, _HOSTS,              _NOTICE, while_in="alliance.active"),
    Step("AA02", HoldActivity,     S.ANNOUNCED, ActivityHeld,      S.HELD,      _HOSTS,              _HELD, while_in="alliance.active"),
    Step("AA03", CancelActivity,   S.ANNOUNCED, ActivityCancelled, S.CANCELLED, (*_HOSTS, R.SYSTEM), (reason_given,)),
))
# fmt: on

_FOLD: Fold = {
    ActivityAnnounced: lambda item, e: {
        "status": S.ANNOUNCED,
        "occasion": e.occasion,
        "title": e.title,
        "place": e.place,
        "host": e.host,
        "owes": e.host,
        "until": e.at_time,
    },
    ActivityHeld: lambda item, e: {
        "status": S.HELD,
        "participants": e.participants,
        "held_at": e.held_at or e.at,
        "owes": None,
        "hands": (*item.hands, e.by),
    },
    ActivityCancelled: lambda item, e: {"status": S.CANCELLED, "owes": None},
}


def _announced(record: Record, command: AnnounceActivity, context: Context) -> ActivityAnnounced:
    """It is the unit's that announces it, of lead and chair; else the lead's."""
    lead: str | None = getattr(record, "lead_unit", None)
    chair: str | None = getattr(record, "chair", None)
    units = [claim.unit for claim in context.claims if claim.unit is not None and claim.unit in (lead, chair)]
    decider, key = context.deciders[record.kind_of_record], ACTIVITY.key_of(record, command)
    event = decider.copied(command, ActivityAnnounced, context, item=key, host=next(iter(units), lead))
    assert isinstance(event, ActivityAnnounced)
    return event


def _held(record: Record, command: HoldActivity, context: Context) -> ActivityHeld:
    """It was held at the time announced, where nobody says otherwise: written down later, it counts for its own period."""
    item: Any = context.item
    held_at = command.occurred_at or (item.until if item is not None else None)
    decider, key = context.deciders[record.kind_of_record], ACTIVITY.key_of(record, command)
    event = decider.copied(command, ActivityHeld, context, item=key, held_at=held_at)
    assert isinstance(event, ActivityHeld)
    return event


def _cancel(record: str, item: Item, given: HandOver) -> CancelActivity:
    return CancelActivity(id=record, by=SYSTEM, item=item.key, reason=given.reason)


ACTIVITY = Region(
    ACTIVITY_WORKFLOW, Activity, _FOLD, propose={AnnounceActivity: _announced, HoldActivity: _held}, ends=_cancel
)
