"""区域 area: the tree grid → community → town → district. Keyed by a running number; the path tells where it stands."""

from collections.abc import Iterable
from typing import Any

from govflow.actors import Area, Level
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import ItemEvent, Value, Words
from govflow.organisation.model import (
    KEEPERS,
    Directory,
    DirectoryCommand,
    DirectoryFounded,
    FoundDirectory,
    is_over,
    it_is_named,
)
from govflow.records import Item
from govflow.region import Changes, Region
from govflow.workflow import Rest, Status, Step, Workflow, rule


class AreaStatus(Status):
    """Where an area stands."""

    OPEN = "open", "在用", Rest.OUTCOME
    CLOSED = "closed", "撤销", Rest.FINAL


S = AreaStatus


class DirectoryArea(Item):
    """One area: its path, its level and its title."""

    path: str = ""
    level: Level = Level.DISTRICT
    title: str = ""


class _Described(Value):
    path: Area
    level: Level
    title: Words = ""


class AddArea(DirectoryCommand, _Described, wire="area.add", label="增设区域"):
    """Add an area below an open one that stands exactly one level up."""


class AreaAdded(ItemEvent, _Described, name="area.added"):
    """An area was added to the tree."""


class RenameArea(DirectoryCommand, wire="area.rename", label="区域更名"):
    """Give an area another name; its path stays, since records and claims refer to it."""

    title: Words = ""


class AreaRenamed(ItemEvent, name="area.renamed"):
    """An area has another name."""

    title: Words = ""


class CloseArea(DirectoryCommand, wire="area.close", label="撤销区域"):
    """Close an area in which nothing stands any more."""


class AreaClosed(ItemEvent, name="area.closed"):
    """An area was closed; its path may be used anew."""


def open_area(directory: Directory, path: str) -> DirectoryArea | None:
    """The open area with this path, None where there is none."""
    areas = directory.items_of("area").values()
    return next((area for area in areas if area.path == path and area.status == S.OPEN), None)


@rule("路径未被占用", "design", needs="path")
def path_is_free(directory: Directory, event: Any, context: Context) -> Iterable[str]:
    """No open area has this path."""
    if open_area(directory, event.path) is not None:
        yield Detail(f"{event.path} is an open area already", f"{event.path} 已是在用区域")


@rule("上级区域在用且恰高一级", "design", needs="path level")
def parent_area_is_one_level_up(directory: Directory, event: Any, context: Context) -> Iterable[str]:
    """The area above it is open and stands exactly one level higher."""
    path = event.path.rpartition("/")[0]
    parent = open_area(directory, path)
    if parent is None:
        yield Detail(f"there is no open area {path or 'above ' + event.path}", f"无在用上级区域 {path or event.path}")
    elif parent.level is not event.level.next_up:
        yield Detail(f"{path} is a {parent.level}, above a {event.level}", f"{path} 为 {parent.level} 级")


@rule("区域内无在用下级区域、单位和任职", "design")
def nothing_stands_in_it(directory: Directory, event: Any, context: Context) -> Iterable[str]:
    """No open area, no open unit and no appointment that runs or lies ahead stands in it."""
    area: Any = context.item
    for each in directory.items_of("area").values():
        if each.status == S.OPEN and each.path.rpartition("/")[0] == area.path:
            yield Detail(f"area {each.path}", f"区域 {each.path}")
    for each in directory.items_of("unit").values():
        if each.status == S.OPEN and each.area == area.path:
            yield Detail(f"unit {each.key}", f"单位 {each.key}")
    for each in directory.items_of("appointment").values():
        if each.area == area.path and not is_over(each, context.at):
            yield Detail(f"appointment {each.key}", f"任职 {each.key}")


@rule("非最上级区域", "design")
def area_is_not_the_root(directory: Directory, event: Any, context: Context) -> bool:
    """The root area of the directory stays."""
    area: Any = context.item
    return bool(area.path != directory.area)


@rule("区域在用", "design", needs="area")
def area_is_open(directory: Directory, event: Any, context: Context) -> Iterable[str]:
    """The area is an open one of the directory."""
    unknown_unit = not event.area and hasattr(event, "unit")  # no area to take over: told by the rule on the unit
    if not unknown_unit and open_area(directory, event.area) is None:
        yield Detail(f"there is no open area {event.area or '(none named)'}", f"无在用区域 {event.area or '（未填）'}")


_OF_NEW = (path_is_free, parent_area_is_one_level_up)
_OF_CLOSED = (area_is_not_the_root, nothing_stands_in_it)
# fmt: off
AREA_WORKFLOW = Workflow("area", S, zh="区域", on=("directory",), steps=(
    #    id      command         from    event             to        who      provided that
    Step("DA01", FoundDirectory, None,   DirectoryFounded, S.OPEN,   KEEPERS, rides=("DI01",)),
    Step("DA02", AddArea,        None,   AreaAdded,        S.OPEN,   KEEPERS, _OF_NEW),
    Step("DA03", RenameArea,     S.OPEN, AreaRenamed,      None,     KEEPERS, (it_is_named,)),
    Step("DA04", CloseArea,      S.OPEN, AreaClosed,       S.CLOSED, KEEPERS, _OF_CLOSED),
))
# fmt: on


def _root(directory: Directory, event: DirectoryFounded) -> Iterable[tuple[str, Changes]]:
    """Founding the directory opens its root area."""
    yield "1", {"status": S.OPEN, "path": event.area, "level": event.level, "title": event.title}


AREA = Region(
    AREA_WORKFLOW,
    DirectoryArea,
    {
        AreaAdded: lambda item, e: {"status": S.OPEN, "path": e.path, "level": e.level, "title": e.title},
        AreaRenamed: lambda item, e: {"title": e.title},
        AreaClosed: lambda item, e: {"status": S.CLOSED},
    },
    rides={DirectoryFounded: _root},
)
