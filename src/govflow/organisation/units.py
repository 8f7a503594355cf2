"""单位 unit: departments, bodies, stations, organisations and enterprises. Keyed by the unit's id."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from govflow.actors import Area, Id, Level
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Event, ItemEvent, Value, Words
from govflow.organisation.areas import area_is_open, open_area
from govflow.organisation.model import KEEPERS, Directory, DirectoryCommand, is_over, it_is_named
from govflow.records import Item
from govflow.region import Changes, Region
from govflow.workflow import Rest, Status, Step, Workflow, rule


class UnitStatus(Status):
    """Where a unit stands."""

    OPEN = "open", "在用", Rest.OUTCOME
    CLOSED = "closed", "撤销", Rest.FINAL


S = UnitStatus


class UnitKind(StrEnum):
    """What sort of unit it is."""

    DEPARTMENT = "department"  # 部门
    GOVERNMENT = "government"  # 镇政府、街道办事处
    PARTY = "party"  # 党组织
    COMMITTEE = "committee"  # 居(村)民委员会
    BODY = "body"  # 议事机构、会
    STATION = "station"  # 站所、中心
    ORGANISATION = "organisation"  # 社会组织
    ENTERPRISE = "enterprise"  # 企业、物业公司


class DirectoryUnit(Item):
    """One unit: its title and kind, the level and area it works at, and the unit it belongs to."""

    title: str = ""
    kind: UnitKind = UnitKind.DEPARTMENT
    level: Level | None = None
    area: str = ""
    parent: str | None = None


class _Described(Value):
    title: Words
    kind: UnitKind
    level: Level | None = None
    area: Area
    parent: Id | None = None


class AddUnit(DirectoryCommand, _Described, wire="unit.add", label="增设单位"):
    """Add a unit under its id; without a level it stands at that of its area."""

    item: Id


class UnitAdded(ItemEvent, _Described, name="unit.added"):
    """A unit was added."""


class ChangeUnit(DirectoryCommand, _Described, wire="unit.change", label="变更单位"):
    """Describe a unit anew, as a whole. Appointments made before keep the level and area they were made for."""

    item: Id


class UnitChanged(ItemEvent, _Described, name="unit.changed"):
    """A unit is described anew, as a whole."""


class CloseUnit(DirectoryCommand, wire="unit.close", label="撤销单位"):
    """Close a unit that nobody is appointed to and nothing belongs to any more."""

    item: Id


class UnitClosed(ItemEvent, name="unit.closed"):
    """A unit was closed; its id is not used again."""


def open_unit(directory: Directory, id: str | None) -> DirectoryUnit | None:
    """The open unit with this id, None where there is none."""
    unit: DirectoryUnit | None = directory.item("unit", id) if id else None
    return unit if unit is not None and unit.status == S.OPEN else None


@rule("上级单位在用", "design", needs="parent")
def parent_unit_is_open(directory: Directory, event: Any, context: Context) -> Iterable[str]:
    """The unit it belongs to, if any, is an open one of the directory."""
    if event.parent is not None and open_unit(directory, event.parent) is None:
        yield Detail(f"there is no open unit {event.parent}", f"无在用单位 {event.parent}")


@rule("上级单位不在其下", "design", needs="parent")
def units_form_a_tree(directory: Directory, event: Any, context: Context) -> bool:
    """The unit it belongs to is neither itself nor below it."""
    above = event.parent
    while above is not None and above != event.item:
        unit = directory.item("unit", above)
        above = unit.parent if unit is not None else None
    return above is None


@rule("无下级单位和任职", "design")
def nobody_is_left_in_it(directory: Directory, event: Any, context: Context) -> Iterable[str]:
    """No open unit belongs to it, and no appointment to it runs or lies ahead."""
    for each in directory.items_of("unit").values():
        if each.status == S.OPEN and each.parent == event.item:
            yield Detail(f"unit {each.key}", f"单位 {each.key}")
    for each in directory.items_of("appointment").values():
        if each.unit == event.item and not is_over(each, context.at):
            yield Detail(f"appointment {each.key}", f"任职 {each.key}")


_OF_ANY = (it_is_named, area_is_open, parent_unit_is_open)
# fmt: off
UNIT_WORKFLOW = Workflow("unit", S, zh="单位", on=("directory",), steps=(
    #    id      command     from    event        to        who      provided that
    Step("DU01", AddUnit,    None,   UnitAdded,   S.OPEN,   KEEPERS, _OF_ANY),
    Step("DU02", ChangeUnit, S.OPEN, UnitChanged, None,     KEEPERS, (*_OF_ANY, units_form_a_tree)),
    Step("DU03", CloseUnit,  S.OPEN, UnitClosed,  S.CLOSED, KEEPERS, (nobody_is_left_in_it,)),
))
# fmt: on


def _at_level(event: type[Event]) -> Any:
    """A unit without a level of its own stands at the level of its area."""

    def propose(directory: Directory, command: Any, context: Context) -> Event:
        area = open_area(directory, command.area)
        level = command.level or (area.level if area is not None else None)
        return context.deciders["directory"].copied(command, event, context, item=command.item, level=level)

    return propose


def _described(item: DirectoryUnit, event: Any) -> Changes:
    return {
        "status": S.OPEN,
        "title": event.title,
        "kind": event.kind,
        "level": event.level,
        "area": event.area,
        "parent": event.parent,
    }


UNIT = Region(
    UNIT_WORKFLOW,
    DirectoryUnit,
    {UnitAdded: _described, UnitChanged: _described, UnitClosed: lambda item, e: {"status": S.CLOSED}},
    propose={AddUnit: _at_level(UnitAdded), ChangeUnit: _at_level(UnitChanged)},
)
