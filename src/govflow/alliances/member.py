"""成员单位 member: a unit's way into an alliance and out of it (三步走 M126, M119, M127). Keyed by the unit.

Visited, then included, then with a project: `projects` are the joint projects in which the unit takes part.
"""

# ruff: noqa: E501 - a row of a table stays one line

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from govflow.actors import Claim, Id, Role
from govflow.alliances.member_messages import (
    AdmitMember,
    AppointMember,
    CapacityChanged,
    ChangeCapacity,
    JoinProject,
    LeaveAlliance,
    MemberAdmitted,
    MemberAppointed,
    MemberLeft,
    MemberRecalled,
    MemberVisited,
    ProjectJoined,
    RecallMember,
    VisitMember,
)
from govflow.alliances.member_rules import (
    another_unit_is_visited,
    its_judges_take_no_turn,
    members_are_organisations,
    unit_does_not_lead,
    unit_is_a_party_to_it,
)
from govflow.alliances.messages import AllianceFounded, FoundAlliance
from govflow.alliances.model import Capacity
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Command, Instant, Value
from govflow.records import Item, Record
from govflow.region import Changes, Fold, Region
from govflow.rules import reason_given
from govflow.workflow import Rest, Status, Step, Workflow, rule


class MemberStatus(Status):
    """Where a unit stands."""

    VISITED = "visited", "已走访", Rest.OUTCOME
    INCLUDED = "included", "已纳入", Rest.OUTCOME
    LEFT = "left", "已退出", Rest.OUTCOME


S = MemberStatus
ONE_DAY = timedelta(days=1)


class Span(Value):
    """From when until when a unit belonged to it; `left` None: it still does."""

    joined: Instant
    left: Instant | None = None


class PartTimeOffice(Value):
    """A person of the unit on the committee part-time (兼职委员, M127), from the first to the last local day."""

    person: Id
    first: date
    last: date
    recalled: date | None = None

    @property
    def held_until(self) -> date:
        """The last day on which it is held; before the first one where it was recalled before it began."""
        return self.last if self.recalled is None else min(self.last, self.recalled - ONE_DAY)

    def is_held_on(self, day: date) -> bool:
        """Whether it is held on a local day."""
        return self.first <= day <= self.held_until

    def overlaps(self, first: date, last: date) -> bool:
        """Whether it is held on a day between two, both inclusive."""
        return max(self.first, first) <= min(self.held_until, last)


class Membership(Item):
    """One unit: in which capacity, since when, with which projects, who sits on the committee for it."""

    capacity: Capacity | None = None
    visits: tuple[Instant, ...] = ()
    spans: tuple[Span, ...] = ()
    projects: tuple[str, ...] = ()
    offices: tuple[PartTimeOffice, ...] = ()

    @property
    def has_a_turn(self) -> bool:
        """Whether it is a full member now: those take turns in the chair."""
        return self.status == S.INCLUDED and self.capacity == Capacity.MEMBER

    def belonged_at(self, moment: datetime) -> bool:
        """Whether the unit belonged to the alliance at a moment; from a moment on, up to another without it."""
        return any(each.joined <= moment and (each.left is None or moment < each.left) for each in self.spans)

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """A unit speaks for its own membership alone."""
        return claim.unit == self.key if role == Role.ORGANISATION else None


# --- rules -----------------------------------------------------------------------------------------------------------


@rule("成员身份已明", "M119; M143", needs="capacity")
def capacity_is_named(record: Record, event: Any, context: Context) -> bool:
    """The capacity is named, and it is another than before."""
    item: Any = context.item
    is_the_same = item.status == S.INCLUDED and item.capacity == event.capacity
    return event.capacity is not None and not is_the_same


@rule("该单位不在轮值主席任期内", "M121")
def unit_is_not_in_the_chair(record: Record, event: Any, context: Context) -> bool:
    """The unit is not in the chair: its term ends first."""
    in_the_chair: str | None = getattr(record, "chair", None)
    return bool(in_the_chair != event.item)


@rule("共建项目在案且此前未登记", "M126; M144", needs="project")
def project_is_on_the_log(record: Record, event: Any, context: Context) -> Iterator[Detail]:
    """The joint project is on the log, and the unit was not put down for it before."""
    item: Any = context.item
    found = context.lookup(event.project) if event.project else None
    if found is None or found.kind_of_record != "joint_project":
        yield Detail(f"{event.project or 'nothing'} is no joint project", f"{event.project or '（空）'} 非共建项目")
    if event.project in item.projects:
        yield Detail(f"{event.project} is put down already", f"{event.project} 已登记")


@rule("人选与任期已明,任期未满,且与现任不重叠", "M127", needs="person first last")
def office_is_described(record: Record, event: Any, context: Context) -> Iterator[Detail]:
    """Person, first and last day are named, the term is not over, and no other one of the unit overlaps with it."""
    item: Any = context.item
    if event.person is None or event.first is None or event.last is None:
        yield Detail("person, first and last day are asked for", "须载明人选及任期起止日")
        return
    if event.last < max(event.first, _today(context)):
        yield Detail("the term is over before it begins", "任期止日早于起日或今日")
    for each in item.offices:
        if each.overlaps(event.first, event.last):
            yield Detail(f"{each.person} holds it until {each.held_until}", f"{each.person} 任期至 {each.held_until}")


@rule("该人现任兼职委员", "M127", needs="person")
def office_is_held(record: Record, event: Any, context: Context) -> bool:
    """The person holds a part-time office of the unit that is neither over nor recalled."""
    item: Any = context.item
    today = _today(context)
    return any(each.person == event.person and each.recalled is None and today <= each.last for each in item.offices)


def _today(context: Context) -> date:
    return context.at.astimezone(context.policy.zone).date()


# --- the table -------------------------------------------------------------------------------------------------------

R = Role
_LEAD = (R.LEAD_UNIT, R.TOWN)
_VISITORS = (R.COMMUNITY, R.PARTY_BRANCH, *_LEAD)
_VISITED = (another_unit_is_visited, members_are_organisations)
_ADMITTED = (capacity_is_named, members_are_organisations, its_judges_take_no_turn)
_CHANGED = (capacity_is_named, reason_given, unit_is_not_in_the_chair, unit_does_not_lead, its_judges_take_no_turn)
# fmt: off
MEMBER_WORKFLOW = Workflow("member", S, zh="成员单位", on=("alliance",), steps=(
    #    id      command         from                    event            to          who                       provided that
    Step("MB01", FoundAlliance,  None,                   AllianceFounded, S.INCLUDED, (R.TOWN, R.DISTRICT),     (), rides=("AL01",)),
    Step("MB02", VisitMember,    (None, S.VISITED),      MemberVisited,   S.VISITED,  _VISITORS,                _VISITED, while_in="active"),
    Step("MB03", AdmitMember,    (S.VISITED, S.LEFT),    MemberAdmitted,  S.INCLUDED, _LEAD,                    _ADMITTED, while_in="active"),
    Step("MB04", ChangeCapacity, S.INCLUDED,             CapacityChanged, None,       _LEAD,                    _CHANGED, while_in="active"),
    Step("MB05", JoinProject,    S.INCLUDED,             ProjectJoined,   None,       (R.ORGANISATION, *_LEAD), (project_is_on_the_log, unit_is_a_party_to_it), while_in="active"),
    Step("MB06", AppointMember,  S.INCLUDED,             MemberAppointed, None,       (R.PARTY_BRANCH, *_LEAD), (office_is_described,), while_in="active"),
    Step("MB07", RecallMember,   (S.INCLUDED, S.LEFT),   MemberRecalled,  None,       (R.PARTY_BRANCH, *_LEAD), (office_is_held, reason_given), while_in="active"),
    Step("MB08", LeaveAlliance,  S.INCLUDED,             MemberLeft,      S.LEFT,     (R.ORGANISATION, *_LEAD), (reason_given, unit_is_not_in_the_chair, unit_does_not_lead), while_in="active"),
))
# fmt: on


def _left(item: Membership, e: MemberLeft) -> Changes:
    return {"status": S.LEFT, "spans": (*item.spans[:-1], item.spans[-1].changed(left=e.at))}


def _recalled(item: Membership, e: MemberRecalled) -> Changes:
    """Every office of that person which is not over by then ends, one that was still to begin too."""
    day = e.day or e.at.date()
    return {
        "offices": tuple(
            each.changed(recalled=day) if each.person == e.person and day <= each.held_until else each
            for each in item.offices
        )
    }


_FOLD: Fold = {
    MemberVisited: lambda item, e: {"status": S.VISITED, "visits": (*item.visits, e.at)},
    MemberAdmitted: lambda item, e: {
        "status": S.INCLUDED,
        "capacity": e.capacity,
        "spans": (*item.spans, Span(joined=e.at)),
    },
    CapacityChanged: lambda item, e: {"capacity": e.capacity},
    ProjectJoined: lambda item, e: {"projects": (*item.projects, e.project)},
    MemberAppointed: lambda item, e: {
        "offices": (*item.offices, PartTimeOffice(person=e.person, first=e.first, last=e.last)),
    },
    MemberRecalled: _recalled,
    MemberLeft: _left,
}


def _founders(record: Record, event: AllianceFounded) -> Iterator[tuple[str, Changes]]:
    """Those who found it are full members from the first, visited or not."""
    for unit in event.founders:
        yield unit, {"status": S.INCLUDED, "capacity": Capacity.MEMBER, "spans": (Span(joined=event.at),)}


def _own_unit(record: Record, command: Command) -> str:
    """A unit that names none means itself."""
    return next((claim.unit for claim in command.by.claims if claim.unit), command.by.id)


def _recall(record: Record, command: RecallMember, context: Context) -> MemberRecalled:
    decider, key = context.deciders[record.kind_of_record], MEMBER.key_of(record, command)
    event = decider.copied(command, MemberRecalled, context, item=key, day=_today(context))
    assert isinstance(event, MemberRecalled)
    return event


MEMBER = Region(
    MEMBER_WORKFLOW,
    Membership,
    _FOLD,
    propose={RecallMember: _recall},
    rides={AllianceFounded: _founders},
    new_key=_own_unit,
)
