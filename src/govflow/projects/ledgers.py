"""三本账 two of the three ledgers (M106): needs that wait for partners, and projects under way; pure, over states.

The third is that of resources. A need is the demand of a project, no record of its own: what is not paired yet stands
in the first ledger, what is paired in the second.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from govflow.clocks.kinds import ClockKind, kind_of
from govflow.matching import Need as Wanted
from govflow.messages import ClockStatus
from govflow.projects.lines import planned_total, spent_of
from govflow.projects.model import JointProject
from govflow.projects.model import ProjectStatus as S
from govflow.regions.contribution import Contribution
from govflow.workflow import Rest

OPEN_NEEDS = (S.PROPOSED, S.OPEN_FOR_CLAIM, S.CLAIMED)
"""Where a need waits for partners still."""

URGENT = 2
"""How much a unit of an urgent need counts for in a plan: as much as two of another."""

_CLAIMED = ("standing", "paired")
_TO_DO = ("delivery", "acceptance_check", "evaluation", "settlement")


class ClaimLine(NamedTuple):
    """One claim that stands: by which unit, what it can contribute, out of which offered resource."""

    unit: str
    capacity: str
    resource: str | None


class NeedLine(NamedTuple):
    """One need: what and how much of it, for whom and where, until when it may be claimed, and who claims it.

    `measure` is in minor currency units of money, else as many as the unit of measure counts; 0 where not measured.
    """

    id: str
    title: str
    status: str
    kind: str
    category: str
    theme: str
    area: str
    matter: Contribution | None
    measure: int
    measure_unit: str
    skills: tuple[str, ...]
    households: int
    urgent: bool
    begins: date | None
    ends: date | None
    exclusive: bool
    claim_until: datetime | None
    claims: tuple[ClaimLine, ...]
    sources: tuple[str, ...]


class ProjectLine(NamedTuple):
    """One project: who leads it, how far it is, its money, what is due next and whether anything is late.

    `exposed`: a supervising body has put it before the public as slow (蜗牛, M052). Money is in minor units.
    """

    id: str
    title: str
    status: str
    kind: str
    area: str
    lead: str | None
    parties: tuple[str, ...]
    progress: int
    budget: int
    spent: int
    due: datetime | None
    overdue: tuple[str, ...]
    exposed: bool


def need_ledger(projects: Iterable[JointProject]) -> tuple[NeedLine, ...]:
    """The needs among these projects that are not paired yet, the urgent ones first, then in order of their ids."""
    waiting = (each for each in projects if each.status in OPEN_NEEDS)
    return tuple(_need(each) for each in sorted(waiting, key=lambda each: (not each.need.urgent, each.id)))


def _need(project: JointProject) -> NeedLine:
    need = project.need
    claims = (each for each in project.items_of("claim").values() if each.status in _CLAIMED)
    return NeedLine(
        id=project.id,
        title=project.title,
        status=project.status,
        kind=project.kind,
        category=project.category,
        theme=project.theme,
        area=project.area,
        matter=need.matter,
        measure=need.amount or need.quantity or 0,
        measure_unit=need.measure_unit or "",
        skills=need.skills,
        households=need.households,
        urgent=need.urgent,
        begins=need.begins,
        ends=need.ends,
        exclusive=project.exclusive,
        claim_until=project.claim_until,
        claims=tuple(ClaimLine(each.claimer, each.capacity, each.resource) for each in claims),
        sources=tuple(dict.fromkeys(filter(None, (project.source, *need.sources)))),
    )


def wanted_of(projects: Iterable[JointProject], zone: tzinfo) -> list[Wanted]:
    """The needs that can be matched: those not paired yet that say what is needed and how much of it.

    Their days are days of `zone`; the last one counts.
    """
    held = {each.id: each for each in projects}
    return [
        Wanted(
            id=line.id,
            title=line.title,
            matter=line.matter,
            quantity=line.measure,
            measure_unit=line.measure_unit,
            skills=line.skills,
            themes=tuple(filter(None, (line.theme, line.category))),
            place=line.area,
            begins=None if line.begins is None else datetime.combine(line.begins, time(), zone),
            until=None if line.ends is None else datetime.combine(line.ends + timedelta(days=1), time(), zone),
            alliance=held[line.id].alliance,
            priority=URGENT if line.urgent else 1,
        )
        for line in need_ledger(held.values())
        if line.matter is not None and line.measure
    ]


def project_ledger(projects: Iterable[JointProject], at: datetime) -> tuple[ProjectLine, ...]:
    """The paired projects as they stand at a moment, in order of their ids: whatever came of them, none is left out."""
    joined = (each for each in projects if each.status not in OPEN_NEEDS)
    return tuple(_project(each, at) for each in sorted(joined, key=lambda each: each.id))


def _project(project: JointProject, at: datetime) -> ProjectLine:
    rests = S(project.status).rest is not Rest.OPEN
    return ProjectLine(
        id=project.id,
        title=project.title,
        status=project.status,
        kind=project.kind,
        area=project.area,
        lead=project.lead,
        parties=project.units,
        progress=project.progress,
        budget=planned_total(project) if project.budget is None else project.budget,
        spent=spent_of(project),
        due=next(_dues(project), None),
        overdue=() if rests else tuple(late_clocks(project, at)),
        exposed=any(each.status == "exposed" for each in project.items_of("supervision").values()),
    )


def _dues(project: JointProject) -> Iterator[datetime]:
    """What is due of the way itself: at most one of these clocks is owed at a time."""
    for name in _TO_DO:
        clock = project.clocks.get(name)
        if clock is not None and clock.due is not None and (clock.is_going or clock.is_late):
            yield clock.due


def late_clocks(project: JointProject, at: datetime) -> Iterator[str]:
    """The time limits that are over, of the project itself and of its milestones, promises and answers."""
    for name, clock in project.clocks.items():
        if kind_of(name) is not ClockKind.DEADLINE:
            continue
        passed = clock.status is ClockStatus.RUNNING and clock.due is not None and clock.due < at
        if passed or clock.is_late:
            yield name
