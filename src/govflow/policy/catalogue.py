"""What matters there are and who answers for them: the category catalogue, and the routing rules asked before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from pydantic import Field

from govflow.actors import Area, Id, Level
from govflow.errors import Detail
from govflow.messages import Value, Words


class JoinRule(StrEnum):
    """When the co-units' part is done: all of them, any one, or a quorum."""

    ALL = "all"
    ANY = "any"
    QUORUM = "quorum"


class Category(Value):
    """One class of matters: who answers for it, by when, what evidence its result needs.

    `lead` names the lead unit per level, `lead_units` everybody who may lead (empty: any unit), `co_units` who is asked
    along with the lead where nobody names a lead and the rules choose it.
    """

    id: Id
    en: Words
    zh: Words
    lead: Mapping[Level, Id] = {}
    lead_units: tuple[Id, ...] = ()
    co_units: tuple[Id, ...] = ()
    time_limit: Id | None = None  # its own limit for handling; None: the first that fits
    evidence: tuple[Id, ...] = ()  # kinds of evidence the result must show
    meetings: tuple[Id, ...] = ()  # kinds of meeting that must have been held and recorded before the result
    admitted: bool = True  # may be sent to a community (准入目录)
    confidential: bool = False
    public_interest: bool = False
    retention: Id = "ordinary"
    join: JoinRule = JoinRule.ALL
    quorum: int | None = Field(default=None, ge=1)

    def may_lead(self, unit: str) -> bool:
        """Whether a unit is competent for this class: the catalogue names it, or names nobody."""
        return not (self.lead_units or self.lead) or unit in self.lead_units or unit in self.lead.values()


class RoutingRule(Value):
    """One routing rule: what a matter must be, and the units it then goes to. An empty condition holds for all."""

    id: Id
    kinds: tuple[str, ...] = ()
    categories: tuple[Id, ...] = ()
    channels: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    areas: tuple[Area, ...] = ()  # an area covers itself and all below it
    lead_unit: Id
    co_units: tuple[Id, ...] = ()
    basis: Words = ""

    def against(self, matter: Matter) -> tuple[str, str] | None:
        """The first condition that a matter does not fulfil, with what it has instead; None: the rule fits."""
        for name, wanted, given in (
            ("kinds", self.kinds, matter.kind),
            ("categories", self.categories, matter.category),
            ("channels", self.channels, matter.channel),
            ("severities", self.severities, matter.severity),
            ("levels", self.levels, matter.level or ""),
        ):
            if wanted and given not in wanted:
                return name, str(given)
        if self.areas and not any(matter.area == area or matter.area.startswith(area + "/") for area in self.areas):
            return "areas", matter.area
        return None


class Matter(NamedTuple):
    """What routing looks at."""

    kind: str = ""
    category: str = ""
    channel: str = ""
    severity: str = ""
    level: Level | None = None
    area: str = ""


class Route(NamedTuple):
    """Where a matter goes, and why: each rule that was asked, in order, with what came of it (en, and `.zh`)."""

    lead_unit: str | None
    co_units: tuple[str, ...]
    rule: str | None
    why: tuple[Detail, ...]


def route_of(matter: Matter, rules: Sequence[RoutingRule], category: Category | None) -> Route:
    """The first rule that fits; else the category's lead unit for the level in charge, or its only competent unit."""
    why = []
    for rule in rules:
        unmet = rule.against(matter)
        if unmet is None:
            why.append(Detail(f"{rule.id}: fits → {rule.lead_unit}", f"{rule.id}：符合 → {rule.lead_unit}"))
            return Route(rule.lead_unit, rule.co_units, rule.id, tuple(why))
        name, given = unmet
        en = f"{rule.id}: no ({name}: {given or 'nothing'})"
        why.append(Detail(en, f"{rule.id}：不符（{name}：{given or '无'}）"))
    if category is None:
        why.append(Detail(f"category {matter.category or '(none)'} is not in the catalogue", "该类别不在目录内"))
        return Route(None, (), None, tuple(why))
    unit = category.lead.get(matter.level) if matter.level else None
    if unit is None and len(category.lead_units) == 1:
        unit = category.lead_units[0]
    if unit is None:
        level = matter.level or "no level"
        why.append(
            Detail(f"category {category.id} names no lead unit for {level}", f"类别 {category.id} 未指定主办单位")
        )
        return Route(None, (), None, tuple(why))
    why.append(Detail(f"category {category.id} → {unit}", f"类别 {category.id} → {unit}"))
    return Route(unit, tuple(each for each in category.co_units if each != unit), None, tuple(why))
