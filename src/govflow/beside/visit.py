"""走访记录 visit: one visit paid or visitor received; what it brings up becomes a case or is settled at once.

Keyed by the visit. A matter once raised stays open until the one or the other has happened.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from govflow.actors import SYSTEM, Area, Claim, Id, Role
from govflow.beside.reach import lies_within, matter_is_no_secret
from govflow.cases.bodies import Matter
from govflow.cases.commands import ReportCase
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Command, Instant, ItemCommand, ItemEvent, Personal, Protected, Value, Words
from govflow.records import Item, Record
from govflow.region import Fold, Region
from govflow.regions.bodies import Shown
from govflow.regions.link import AddLink, LinkKind
from govflow.rules import personal_data_is_withheld
from govflow.workflow import Rest, Status, Step, Workflow, rule


class VisitStatus(Status):
    """Where a visit stands."""

    NOTED = "noted", "已记录", Rest.FINAL
    RAISED = "raised", "提出事项"
    REPORTED = "reported", "已立为事项", Rest.OUTCOME
    SETTLED = "settled", "当场解决", Rest.OUTCOME


S = VisitStatus


class Visit(Item):
    """One visit: by whom, when, in which area, of whom if that is known, and the matter it raised."""

    title: str = ""
    visitor: str = ""
    met_at: Instant | None = None
    area: str = ""
    person: str | None = None
    gist: Protected | None = None
    case: str | None = None
    measure: str = ""

    @property
    def what(self) -> str:
        return self.title

    def spoken_of(self) -> Iterable[str]:
        return () if self.person is None else (self.person,)

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """Visitors answer for their own visits, the organisers for all."""
        return None if role in _ORGANISERS else self.visitor in (actor, claim.standing_in_for)

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool | None:
        """What was said to a visitor is that visitor's to read; who else, the round says."""
        return True if claim.role in _VISITORS and self.visitor in (actor, claim.standing_in_for) else None


class _Visit(Value):
    """`title` names the matter raised, in public words; empty where nothing is to follow.

    What must be kept secret and reports on a unit are no matter of a round, which many read: they are cases at once.
    """

    visitor: Id | None = None
    met_at: Instant | None = None
    area: Area = ""
    person: Id | None = None
    title: Words = ""


class LogVisit(ItemCommand, _Visit, wire="visit.log", label="记录走访"):
    """Record who visited or received whom, when and in which area; what was said is personal."""

    gist: Personal | None = None


class VisitLogged(ItemEvent, _Visit, name="visit.logged"):
    """A visit is on record."""

    gist: Protected | None = None


class ReportVisit(ItemCommand, Matter, wire="visit.report", label="转为事项"):
    """Make a case of the matter raised; title, area, level and reporter are the visit's unless said otherwise."""

    description: Personal | None = None


class VisitReported(ItemEvent, name="visit.reported"):
    """The matter raised is a case."""

    case: Id | None = None


class SettleVisit(ItemCommand, Shown, wire="visit.settle", label="当场解决"):
    """Say how the matter raised was settled on the spot; evidence that is named must be on file."""


class VisitSettled(ItemEvent, Shown, name="visit.settled"):
    """The matter raised was settled on the spot."""


@rule("走访人、时间、区域已明", "M025; M038", needs="visitor met_at area")
def visit_is_described(record: Record, event: Any, context: Context) -> Iterable[str]:
    """Who visited, when, and in which area of the round are said."""
    if event.visitor is None:
        yield Detail("who visited", "走访人")
    if event.met_at is None or event.met_at > context.at:
        yield Detail("when, and not in the future", "走访时间（不得晚于当前）")
    if not lies_within(event.area, record.area):
        yield Detail(f"an area within {record.area}", f"{record.area} 内的区域")


@rule("由走访人本人或组织单位登记", "M038", needs="visitor")
def visitor_or_organiser_enters_it(record: Record, event: Any, context: Context) -> bool:
    """Who visited says so themselves, or an organiser enters it for them: nobody else has them pay visits."""
    if event.visitor in (None, event.by, context.standing_in_for):
        return True
    organisers = (claim for claim in context.claims if claim.role in _ORGANISERS)
    return any(record.fits(claim.role, claim, event.by, context.on_behalf_of, context.item) for claim in organisers)


@rule("事项位于走访区域内,层级不高于走访", "M038", needs="area level")
def case_is_within_the_round(record: Record, event: Any, context: Context) -> Iterable[str]:
    """The case lies within the round's area, and not above its level."""
    said: Any = context.command
    if said.area and not lies_within(said.area, record.area):
        yield Detail(f"an area within {record.area}", f"{record.area} 内的区域")
    if said.level is not None and record.level is not None and said.level.rank > record.level.rank:
        yield Detail(f"a level not above {record.level}", f"不高于 {record.level} 的层级")


@rule("走访提出了事项", "M038", needs="title")
def visit_raises_a_matter(record: Record, event: Any, context: Context) -> bool:
    """The visit has brought a matter up."""
    return bool(event.title.strip())


@rule("走访未提出事项", "M038")
def visit_raises_no_matter(record: Record, event: Any, context: Context) -> bool:
    """The visit has brought no matter up."""
    return not event.title.strip()


@rule("立为一件新事项", "M038")
def one_new_case_is_named(record: Record, event: Any, context: Context) -> bool:
    """Exactly one new case is named, and created in the same transaction."""
    return event.case is not None and context.lookup(event.case) is None


@rule("已填措施,所列证据在卷", "M038", needs="measure")
def measure_is_given(record: Record, event: Any, context: Context) -> Iterable[str]:
    """What was done is said, and the evidence that is named is on file."""
    if not event.measure.strip():
        yield Detail("no measure is named", "未填措施")
    for key in event.evidence:
        piece = record.item("evidence", key)
        if piece is None or piece.status != "added":
            yield Detail(f"evidence {key} is not on file", f"证据 {key} 不在卷")


R = Role
_ORGANISERS = (R.COMMUNITY, R.TOWN, R.DISTRICT)
_VISITORS = (R.LEADER, R.GRID_WORKER, R.PARTY_BRANCH, *_ORGANISERS)
# fmt: off
VISIT_WORKFLOW = Workflow("visit", S, zh="走访记录", on=("visit_round",), steps=(
    #    id      command      from      event          to          who        provided that
    Step("VI01", LogVisit,    None,     VisitLogged,   S.NOTED,    _VISITORS, (visit_is_described, visitor_or_organiser_enters_it, visit_raises_no_matter, personal_data_is_withheld), while_in="active", anywhere=True),
    Step("VI02", LogVisit,    None,     VisitLogged,   S.RAISED,   _VISITORS, (visit_is_described, visitor_or_organiser_enters_it, visit_raises_a_matter, personal_data_is_withheld), while_in="active", anywhere=True),
    Step("VI03", ReportVisit, S.RAISED, VisitReported, S.REPORTED, _VISITORS, (one_new_case_is_named, case_is_within_the_round, matter_is_no_secret), while_in="active", anywhere=True),
    Step("VI04", SettleVisit, S.RAISED, VisitSettled,  S.SETTLED,  _VISITORS, (measure_is_given,), while_in="active", anywhere=True),
))
# fmt: on

_FOLD: Fold = {
    VisitLogged: lambda item, e: {
        "status": S.RAISED if e.title.strip() else S.NOTED,
        "title": e.title,
        "visitor": e.visitor,
        "owes": e.visitor,
        "met_at": e.met_at,
        "area": e.area,
        "person": e.person,
        "gist": e.gist,
    },
    VisitReported: lambda item, e: {"status": S.REPORTED, "case": e.case},
    VisitSettled: lambda item, e: {"status": S.SETTLED, "measure": e.measure, "hands": (*item.hands, e.by)},
}


def _name_case(record: Record, command: ReportVisit, context: Context) -> VisitReported:
    case = context.number("case") if "case" in context.deciders else None
    return VisitReported(at=context.at, by=command.by.id, item=VISIT.key_of(record, command), case=case)


VISIT = Region(VISIT_WORKFLOW, Visit, _FOLD, propose={ReportVisit: _name_case})


def report_case(states: tuple[Any, Any], event: VisitReported, context: Context) -> Iterator[Command]:
    """The case of a matter raised, tied to its round on both sides; found on a visit, it was not waited for (M025)."""
    round, command = states[1], context.command
    assert isinstance(command, ReportVisit)
    visit: Visit = round.item("visit", event.item)
    matter = {name: getattr(command, name) for name in Matter.model_fields}
    matter |= {
        "title": command.title or visit.title,
        "channel": command.channel or "visit",
        "area": command.area or visit.area,
        "level": command.level or round.level,
        "reporter": command.reporter or visit.person,
        "pre_emptive": command.pre_emptive or round.goes_out,
        "source": f"visit:{round.id}:{event.item}",
    }
    yield ReportCase(id=event.case, by=SYSTEM, description=command.description, **matter)
    yield AddLink(id=round.id, by=SYSTEM, other=event.case, kind=LinkKind.SPAWNED)
