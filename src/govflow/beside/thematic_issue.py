"""专题 thematic issue: what several matters have in common, from its root cause to a measure that works (M031).

Its members are the records it is tied to; its effect is counted in similar matters, before the measure and after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from govflow.actors import FOR_THEMSELVES, SYSTEM, Claim, Role, covers_area
from govflow.beside import thematic_issue_messages as m
from govflow.beside.reach import lies_within
from govflow.context import Context
from govflow.decider import Decider
from govflow.errors import Detail
from govflow.messages import Command, Event, Instant
from govflow.records import Item, Record
from govflow.regions.approval import APPROVAL
from govflow.regions.checklist import CHECKLIST
from govflow.regions.clock import CLOCK
from govflow.regions.commitment import COMMITMENT, Commitment
from govflow.regions.evidence import EVIDENCE
from govflow.regions.link import LINK, AddLink, LinkAdded, LinkKind, LinkUnlinked, mirrored, mirrored_unlink, tie_to
from govflow.regions.policy_version import POLICY_VERSION
from govflow.rules import (
    decided_by_another,
    loops_are_handed_over,
    matter_is_described,
    no_loop_is_open,
    personal_data_is_withheld,
    reason_given,
)
from govflow.workflow import Rest, Status, Step, Workflow, rule


class ThematicIssueStatus(Status):
    """Where a thematic issue stands."""

    OPENED = "opened", "已立专题"
    STUDIED = "studied", "已研判"
    MEASURE_ADOPTED = "measure_adopted", "已定措施"
    EFFECTIVE = "effective", "已见效", Rest.OUTCOME
    DROPPED = "dropped", "不再办理", Rest.OUTCOME


S = ThematicIssueStatus


class ThematicIssue(Record):
    """The folded state of a thematic issue: its root cause, its measure with the basis, and what that brought."""

    kind_of_record = "thematic_issue"

    title: str = ""
    lead_unit: str | None = None
    root_cause: str = ""
    measure: str = ""
    basis: str = ""
    basis_kind: str | None = None
    proposed_by: str = ""
    adopted_at: Instant | None = None
    until: Instant | None = None
    before: int | None = None  # similar matters in so many days before the measure …
    after: int | None = None  # … and in as many from it on
    days: int | None = None

    @property
    def title_line(self) -> str:
        return self.title

    @property
    def members(self) -> tuple[str, ...]:
        """The records it is about, by id."""
        ties = self.items_of("link").values()
        return tuple(tie.other for tie in ties if (tie.kind, tie.status) == (LinkKind.SPAWNED_BY, "linked"))

    def parties(self) -> frozenset[str]:
        return frozenset({self.id, *filter(None, (self.lead_unit,))})

    def asked_by(self, wire: str, item: Item | None) -> frozenset[str]:
        if wire == "thematic_issue.check_effect":
            return frozenset({self.proposed_by})
        promised = {item.owes} if isinstance(item, Commitment) and item.owes else set()
        return super().asked_by(wire, item) | promised

    def can_read(self, claim: Claim, actor: str) -> bool:
        """Officials see the issues of their area, and the unit that leads its own."""
        if claim.unit is not None and claim.unit == self.lead_unit:
            return True
        return claim.role not in FOR_THEMSELVES and covers_area(claim, self.area)

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None, item: Item | None) -> bool:
        if isinstance(item, Item) and (own := item.fits(role, claim, actor, on_behalf_of)) is not None:
            return own
        if role in (Role.LEAD_UNIT, Role.UNIT_HEAD, Role.PROJECT_LEAD):
            return claim.unit is not None and claim.unit == self.lead_unit
        if role in (Role.VERIFIER, Role.SUPERVISOR):
            return claim.unit is None or claim.unit != self.lead_unit
        return True


class Similar(NamedTuple):
    """Similar matters in so many days right before the measure was adopted, and in as many from that moment on."""

    before: int
    after: int


def similar_matters(issue: ThematicIssue, records: Iterable[Record], days: int) -> Similar | None:
    """The cases of the issue's category and area among these records, by when they were opened: what `CheckEffect` says.

    Both periods are half-open and last `days` (up to 36,500) times 24 hours. None where no measure was adopted.
    """
    if issue.adopted_at is None:
        return None
    span, middle = timedelta(days=days), issue.adopted_at
    opened = [
        record.opened_at
        for record in records
        if record.kind_of_record == "case"
        and record.category == issue.category
        and lies_within(record.area, issue.area)
        and record.opened_at is not None
    ]
    before, after = (sum(since <= at < since + span for at in opened) for since in (middle - span, middle))
    return Similar(before, after)


class Addressed(NamedTuple):
    """How many root causes were addressed to effect, of all issues that were opened and not dropped."""

    effective: int
    issues: int

    @property
    def rate(self) -> Fraction | None:
        """Effective ÷ issues, from 0 to 1; None where there is none."""
        return Fraction(self.effective, self.issues) if self.issues else None


def root_cause_addressed(records: Iterable[Record]) -> Addressed:
    """The indicator root_cause_addressed (M031) over the issues among these records; dropped ones do not count."""
    issues = [each for each in records if isinstance(each, ThematicIssue) and each.status != S.DROPPED]
    return Addressed(sum(each.status == S.EFFECTIVE for each in issues), len(issues))


# --- rules -----------------------------------------------------------------------------------------------------------


@rule("成员事项均存在且可关联", "M031", needs="members")
def members_can_be_tied(issue: ThematicIssue, event: Any, context: Context) -> Iterable[Detail]:
    """Each member is another record of this log that keeps links and is not archived or tied already."""
    if len(set(event.members)) != len(event.members) or not event.members:
        yield Detail("each member is named once", "成员须各列一次")
    for id in event.members:
        other = context.lookup(id)
        decider = context.deciders[other.kind_of_record] if other is not None else None
        secret = other is not None and other.is_secret  # whoever may read the issue would learn of it: not there
        if other is None or secret or decider is None or "link" not in decider.regions or id == issue.id:
            yield Detail(f"there is no matter {id}", f"无事项 {id}")
        elif decider.workflow.rests[other.status] is Rest.FINAL:
            yield Detail(f"{id} is {other.status}", f"{id} 已{decider.workflow.statuses(other.status).zh}")
        elif tie_to(issue, LinkKind.SPAWNED_BY, id) is not None:
            yield Detail(f"{id} is a member already", f"{id} 已在其中")


@rule("成员事项与专题同类别、同区域,且不涉牵头单位被举报", "M031; petitions §30 [V]", needs="members")
def members_are_of_the_issue(issue: ThematicIssue, event: Any, context: Context) -> Iterable[Detail]:
    """Each member is of the issue's category and area, as far as it has one, and reports nothing of its lead unit."""
    said = event if isinstance(event, m.ThematicIssueOpened) else issue
    for id in event.members:
        other = context.lookup(id)
        if other is None or other.is_secret:
            continue  # there is no such matter, says another rule
        if other.category and said.category and other.category != said.category:
            yield Detail(f"{id} is of another category", f"{id} 类别不同")
        if other.area and not lies_within(other.area, said.area):
            yield Detail(f"{id} lies outside {said.area}", f"{id} 不在 {said.area} 内")
        if said.lead_unit is not None and getattr(other, "accused_unit", None) == said.lead_unit:
            yield Detail(f"the lead unit cannot lead what {id} is part of", f"牵头单位不宜办理含 {id} 的专题")


@rule("至少两件事项", "M031", needs="members")
def two_members_at_least(issue: ThematicIssue, event: Any, context: Context) -> bool:
    """At least two matters are named."""
    return len(set(event.members)) >= 2


@rule("已载明根源", "M031", needs="root_cause")
def root_cause_is_named(issue: ThematicIssue, event: Any, context: Context) -> bool:
    """The root cause is named."""
    return bool(event.root_cause.strip())


@rule("措施及其依据已载明", "M031", needs="measure basis_kind basis")
def measure_has_a_basis(issue: ThematicIssue, event: Any, context: Context) -> Iterable[Detail]:
    """The measure is named with its basis: which policy, rule or works."""
    if not event.measure.strip():
        yield Detail("measure is missing", "缺措施")
    if event.basis_kind is None or not event.basis.strip():
        yield Detail("basis is missing", "缺依据")


@rule("措施到位期限尚未届满", "design", needs="until")
def effect_is_due_later(issue: ThematicIssue, event: Any, context: Context) -> bool:
    """Until when it is to show its effect lies ahead."""
    return event.until is not None and bool(event.until > context.at)


@rule("前后时段等长且均已届满", "M031", needs="days before after")
def equal_periods_are_over(issue: ThematicIssue, event: Any, context: Context) -> Iterable[Detail]:
    """Both counts are of as many days, right before the measure and right after it, and these are over."""
    if event.days < 1 or event.before < 0 or event.after < 0:
        yield Detail("two counts and a number of days are asked for", "须载明前后件数与天数")
    elif issue.adopted_at is None or context.at < issue.adopted_at + timedelta(days=event.days):
        yield Detail(f"{event.days} days from the measure on are not over", f"措施实施未满 {event.days} 天")


@rule("同类事项减少", "M031")
def similar_matters_became_fewer(issue: ThematicIssue, event: Any, context: Context) -> bool:
    """There were fewer similar matters after the measure than before."""
    return bool(event.after < event.before)


@rule("同类事项未减少", "M031")
def similar_matters_did_not_become_fewer(issue: ThematicIssue, event: Any, context: Context) -> bool:
    """There were as many similar matters after the measure as before, or more."""
    return bool(event.after >= event.before)


# --- the table -------------------------------------------------------------------------------------------------------

R = Role
_OWNERS = (R.COMMUNITY, R.TOWN, R.DISTRICT, R.SUPERVISOR)
_WORKERS = (R.LEAD_UNIT, *_OWNERS)
_CHECKERS = (R.VERIFIER, R.SUPERVISOR, R.TOWN, R.DISTRICT)
_OPEN = (S.OPENED, S.STUDIED, S.MEASURE_ADOPTED)
_CHECKED = (equal_periods_are_over, decided_by_another)
# fmt: off
THEMATIC_ISSUE_WORKFLOW = Workflow("thematic_issue", S, zh="专题", steps=(
    #    id      command               from               event                    to                 who        provided that
    Step("TI01", m.OpenThematicIssue,  None,              m.ThematicIssueOpened,   S.OPENED,          _OWNERS,   (matter_is_described, personal_data_is_withheld, members_can_be_tied, members_are_of_the_issue, two_members_at_least)),
    Step("TI02", m.AddMembers,         _OPEN,             m.MembersAdded,          None,              _WORKERS,  (members_can_be_tied, members_are_of_the_issue)),
    Step("TI03", m.StudyThematicIssue, (S.OPENED, S.STUDIED), m.ThematicIssueStudied,  S.STUDIED,         _WORKERS,  (root_cause_is_named,)),
    Step("TI04", m.AdoptMeasure,       S.STUDIED,         m.MeasureAdopted,        S.MEASURE_ADOPTED, _WORKERS,  (measure_has_a_basis, effect_is_due_later), starts="implementation"),
    Step("TI05", m.CheckEffect,        S.MEASURE_ADOPTED, m.EffectChecked,         S.EFFECTIVE,       _CHECKERS, (*_CHECKED, similar_matters_became_fewer, no_loop_is_open), stops="implementation"),
    Step("TI06", m.CheckEffect,        S.MEASURE_ADOPTED, m.EffectChecked,         S.STUDIED,         _CHECKERS, (*_CHECKED, similar_matters_did_not_become_fewer), stops="implementation"),
    Step("TI07", m.DropThematicIssue,  _OPEN,             m.ThematicIssueDropped,  S.DROPPED,         _OWNERS,   (reason_given, loops_are_handed_over), drops="*"),
))
# fmt: on


def _open(issue: ThematicIssue, command: m.OpenThematicIssue, context: Context) -> Event:
    return THEMATIC_ISSUE.copied(command, m.ThematicIssueOpened, context, policy=context.policy.key)


def _opened(issue: ThematicIssue, e: m.ThematicIssueOpened) -> dict[str, Any]:
    said = {name: getattr(e, name) for name in ("title", "category", "level", "area", "lead_unit")}
    return {"status": S.OPENED, "policy": e.policy, "opened_at": e.at, **said}


def _adopted(issue: ThematicIssue, e: m.MeasureAdopted) -> dict[str, Any]:
    said = {name: getattr(e, name) for name in ("measure", "basis_kind", "basis", "until")}
    return {"status": S.MEASURE_ADOPTED, "proposed_by": e.by, "adopted_at": e.at, **said}


def _checked(issue: ThematicIssue, e: m.EffectChecked) -> dict[str, Any]:
    to = S.EFFECTIVE if e.after < e.before else S.STUDIED
    return {"status": to, "before": e.before, "after": e.after, "days": e.days}


def _tie_members(states: tuple[ThematicIssue, ThematicIssue], event: Any, context: Context) -> Iterator[Command]:
    """Each member is tied for information; the tie shows on both sides."""
    issue = states[1]
    for id in event.members:
        yield AddLink(id=issue.id, by=SYSTEM, other=id, kind=LinkKind.SPAWNED_BY)


THEMATIC_ISSUE = Decider(
    THEMATIC_ISSUE_WORKFLOW,
    ThematicIssue,
    {
        m.ThematicIssueOpened: _opened,
        m.MembersAdded: lambda issue, e: {},
        m.ThematicIssueStudied: lambda issue, e: {"status": S.STUDIED, "root_cause": e.root_cause},
        m.MeasureAdopted: _adopted,
        m.EffectChecked: _checked,
        m.ThematicIssueDropped: lambda issue, e: {"status": S.DROPPED},
    },
    prefix="TI",
    regions=(COMMITMENT, CHECKLIST, APPROVAL, EVIDENCE, LINK, CLOCK, POLICY_VERSION),
    propose={m.OpenThematicIssue: _open},
    reactions={
        m.ThematicIssueOpened: _tie_members,
        m.MembersAdded: _tie_members,
        LinkAdded: mirrored,
        LinkUnlinked: mirrored_unlink,
    },
    succeeded=(S.EFFECTIVE,),
    failed=(S.DROPPED,),
)
"""Thematic issues as the engine serves them beside the cases: `Engine.open(records=[CASE, THEMATIC_ISSUE, …])`."""
