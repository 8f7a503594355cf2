"""资源台账 the ledger of resources, one of the three (三本账, M106), and what of it can be matched: over states."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from govflow.matching import Offer
from govflow.regions.contribution import Contribution
from govflow.resources.model import Resource, ResourceStatus


class ResourceLine(NamedTuple):
    """One resource: how much is offered, kept for promises, delivered and free; whom it serves.

    Figures are minor currency units of money, else as many as the unit of measure counts.
    """

    id: str
    title: str
    status: str
    owner: str | None
    matter: Contribution
    measure_unit: str
    skills: tuple[str, ...]
    themes: tuple[str, ...]
    area: str
    begins: datetime | None
    until: datetime | None
    exclusive: bool
    offered: int
    held: int
    delivered: int
    free: int
    projects: tuple[str, ...]


class ResourceTotal(NamedTuple):
    """All resources of one kind: how many, and what they come to. What is off offer is not free."""

    matter: Contribution
    measure_unit: str
    resources: int
    offered: int
    held: int
    delivered: int
    free: int


class ResourceLedger(NamedTuple):
    """The ledger: its lines in order of ids, and what they come to, kind by kind."""

    lines: tuple[ResourceLine, ...]
    totals: tuple[ResourceTotal, ...]


def resource_ledger(resources: Iterable[Resource]) -> ResourceLedger:
    """The ledger over these resources, of whatever status."""
    lines = tuple(_line(each) for each in sorted(resources, key=lambda each: each.id))
    of_kind: dict[tuple[Contribution, str], list[ResourceLine]] = defaultdict(list)
    for line in lines:
        of_kind[line.matter, line.measure_unit].append(line)
    totals = tuple(
        ResourceTotal(
            *kind,
            len(ours),
            *(sum(getattr(line, name) for line in ours) for name in ("offered", "held", "delivered", "free")),
        )
        for kind, ours in sorted(of_kind.items())
    )
    return ResourceLedger(lines, totals)


def _line(resource: Resource) -> ResourceLine:
    assert resource.matter is not None, "the rule offer_is_described saw to it"
    return ResourceLine(
        id=resource.id,
        title=resource.title,
        status=resource.status,
        owner=resource.owner,
        matter=resource.matter,
        measure_unit=resource.measure_unit,
        skills=resource.skills,
        themes=resource.themes,
        area=resource.area,
        begins=resource.begins,
        until=resource.until,
        exclusive=resource.exclusive,
        offered=resource.measure,
        held=resource.booked - resource.delivered,
        delivered=resource.delivered,
        free=resource.free if resource.status == ResourceStatus.OFFERED else 0,
        projects=resource.projects,
    )


def offers_of(resources: Iterable[Resource], at: datetime) -> list[Offer]:
    """What can be matched at a moment: all that is on offer, whose term is not over, and of which something is free."""
    return [
        _offer(each)
        for each in sorted(resources, key=lambda each: each.id)
        if each.status == ResourceStatus.OFFERED and each.free and (each.until is None or each.until > at)
    ]


def _offer(resource: Resource) -> Offer:
    assert resource.matter is not None, "the rule offer_is_described saw to it"
    return Offer(
        id=resource.id,
        title=resource.title,
        owner=resource.owner,
        matter=resource.matter,
        free=resource.free,
        measure_unit=resource.measure_unit,
        skills=resource.skills,
        themes=resource.themes,
        place=resource.area,
        begins=resource.begins,
        until=resource.until,
        alliance=resource.alliance,
        scope=resource.scope,
        exclusive=resource.exclusive,
        taken_by=resource.projects[0] if resource.exclusive and resource.projects else None,
    )
