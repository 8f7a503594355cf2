"""What every part of the directory shares: the record, its founding, who keeps it, and half-open periods."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from govflow.actors import FOR_THEMSELVES, Area, Claim, Id, Level, Role
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Command, Event, Instant, ItemCommand, Value, Words
from govflow.records import Record
from govflow.workflow import Rest, Status, rule

DIRECTORY_ID = "directory"
"""The id of the one directory of a log: the authority looks it up under this name."""

KEEPERS = (Role.SYSTEM, Role.DISTRICT)
"""Who keeps the directory. Their claim has to cover its root area."""

FOREVER = datetime.max.replace(tzinfo=UTC)


class DirectoryStatus(Status):
    """Where a directory stands: it is in use for good, and owes nothing."""

    IN_USE = "in_use", "在用", Rest.OUTCOME


class Directory(Record):
    """机构名录: the areas, units, appointments, substitutions and interests that authority rests on."""

    kind_of_record = "directory"

    title: str = ""

    def can_read(self, claim: Claim, actor: str) -> bool:
        """It is for officials: declared interests stand in it."""
        return claim.role not in FOR_THEMSELVES and super().can_read(claim, actor)

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool:
        """The names of appointed people are for those who keep the directory."""
        return claim.role in KEEPERS and claim.area in ("", self.area)

    @property
    def title_line(self) -> str:
        return self.title


class _Founding(Value):
    title: Words = ""
    area: Area = ""
    level: Level = Level.DISTRICT


class FoundDirectory(Command, _Founding, wire="directory.found", label="建立机构名录"):
    """Found the directory of this log: `area` is the path of its root, `level` the root's level."""

    id: Id | None = DIRECTORY_ID


class DirectoryFounded(Event, _Founding, name="directory.founded"):
    """The directory was founded; its root area stands."""


class DirectoryCommand(ItemCommand):
    """A command to one entry of the directory. There is one directory, so its id may be left out."""

    id: Id | None = DIRECTORY_ID


# --- periods ---------------------------------------------------------------------------------------------------------


class Period(Value):
    """From `valid_from` on and before `valid_to`; without an end it runs on."""

    valid_from: Instant | None = None
    valid_to: Instant | None = None


def overlap(one: Any, other: Any) -> bool:
    """Whether two half-open periods share a moment; an empty one shares none."""
    start = max(one.valid_from, other.valid_from)
    end: datetime = min(one.valid_to or FOREVER, other.valid_to or FOREVER)
    return bool(start < end)


def is_over(entry: Any, at: datetime) -> bool:
    """Whether a period has ended by then; one that never began has, one that lies ahead has not."""
    return entry.valid_to is not None and (entry.valid_to <= at or entry.valid_to <= entry.valid_from)


# --- rules -----------------------------------------------------------------------------------------------------------


@rule("每一日志仅有一份机构名录", "design", needs="id")
def directory_has_its_id(record: Record, event: Any, context: Context) -> bool:
    """A log has one directory, under the id `directory`."""
    return record.id == DIRECTORY_ID


@rule("已指明最上级区域", "design", needs="area")
def root_area_is_named(record: Record, event: Any, context: Context) -> bool:
    """The path of the root area is given."""
    return bool(event.area)


@rule("已填名称", "design", needs="title")
def it_is_named(record: Record, event: Any, context: Context) -> bool:
    """A name is given."""
    return bool(event.title.strip())


@rule("起始早于终止", "design", needs="valid_from valid_to")
def period_is_in_order(record: Record, event: Any, context: Context) -> Iterable[str]:
    """The period begins before it ends."""
    if event.valid_from is not None and event.valid_to is not None and event.valid_to <= event.valid_from:
        start, end = (each.isoformat(timespec="minutes") for each in (event.valid_from, event.valid_to))
        yield Detail(f"from {start} to {end}", f"自 {start} 至 {end}")


@rule("新的终止时间在原起止时间之内", "design", needs="valid_to")
def it_ends_sooner(record: Record, event: Any, context: Context) -> bool:
    """The new end lies before the old one and not before the beginning."""
    item: Any = context.item
    return bool(item.valid_from <= event.valid_to < (item.valid_to or FOREVER))


@rule("角色为已知角色", "design", needs="role roles")
def role_is_known(record: Record, event: Any, context: Context) -> Iterable[str]:
    """Each role is one that a table names, and not the system's."""
    for role in event.roles if hasattr(event, "roles") else (event.role,):
        if role == Role.SYSTEM or not (role in _ROLES or role in _roles_of_tables(context)):
            yield Detail(f"{role} is no role that people hold", f"{role} 不是可任的角色")


_ROLES = frozenset(Role)


def _roles_of_tables(context: Context) -> set[str]:
    """Roles of records defined elsewhere stand in their tables alone."""
    flows = [
        flow
        for decider in context.deciders.values()
        for flow in (decider.workflow, *(region.workflow for region in decider.regions.values()))
    ]
    return {str(role) for flow in flows for step in flow.steps for role in step.who}
