"""任职 appointment: an actor holds a role in a unit, at a level, for an area, for a time. Keyed by a running number.

The event keeps the period as it was given; ending an appointment adds an event and rewrites nothing.
"""

from collections.abc import Iterable
from typing import Annotated, Any

from govflow.actors import SYSTEM, Area, Id, Level
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import BelongsTo, Event, Instant, ItemEvent, Personal, Protected, Value
from govflow.organisation.areas import area_is_open
from govflow.organisation.model import (
    KEEPERS,
    Directory,
    DirectoryCommand,
    Period,
    it_ends_sooner,
    overlap,
    period_is_in_order,
    role_is_known,
)
from govflow.organisation.units import open_unit
from govflow.records import Item
from govflow.region import Region
from govflow.workflow import Rest, Status, Step, Workflow, rule


class AppointmentStatus(Status):
    """What was said of an appointment. Whether it runs at a moment is a question to its period."""

    APPOINTED = "appointed", "已任命", Rest.OUTCOME
    ENDED = "ended", "已免职", Rest.OUTCOME


S = AppointmentStatus


class Appointment(Item):
    """One appointment: who, as what, where, from when and until before when (None: until ended)."""

    actor: str = ""
    role: str = ""
    unit: str = ""
    level: Level | None = None
    area: str = ""
    valid_from: Instant | None = None
    valid_to: Instant | None = None
    part_time: bool = False
    person_name: Protected | None = None


class _Post(Value):
    actor: Id
    role: Id
    unit: Id
    level: Level | None = None
    area: Area = ""
    part_time: bool = False


class Appoint(DirectoryCommand, _Post, Period, wire="appointment.appoint", label="任命"):
    """Appoint an actor to a role in a unit, now or from a moment in the past or future on.

    Level and area are the unit's where they are not given. `part_time` marks members who serve beside their own
    work 兼职; their claims are like those of others. `person_name` is protected from its first event on.
    """

    person_name: Personal | None = None


class Appointed(ItemEvent, _Post, Period, name="appointment.appointed"):
    """An actor was appointed."""

    person_name: Annotated[Protected | None, BelongsTo("actor")] = None


class EndAppointment(DirectoryCommand, wire="appointment.end", label="免职"):
    """Let an appointment end now, or at a moment within its period; at its very beginning: it never runs."""

    valid_to: Instant | None = None


class AppointmentEnded(ItemEvent, name="appointment.ended"):
    """An appointment ends before `valid_to`."""

    valid_to: Instant | None = None


@rule("任职单位在用", "design", needs="unit")
def unit_is_open(directory: Directory, event: Any, context: Context) -> Iterable[str]:
    """The unit is an open one of the directory."""
    if open_unit(directory, event.unit) is None:
        yield Detail(f"there is no open unit {event.unit}", f"无在用单位 {event.unit}")


@rule("同一人同一单位同一区域同一角色的任期不重叠", "design", needs="valid_from valid_to")
def appointed_once(directory: Directory, event: Any, context: Context) -> Iterable[str]:
    """The actor does not hold the same role in the same unit and area at the same time already."""
    actor = event.actor
    for each in directory.items_of("appointment").values():
        if (
            each.actor == actor
            and each.role == event.role
            and (each.unit, each.area) == (event.unit, event.area)
            and overlap(each, event)
        ):
            yield Detail(f"appointment {each.key}", f"任职 {each.key}")


@rule("任职者非系统", "design", needs="actor")
def appointed_is_a_person(directory: Directory, event: Any, context: Context) -> bool:
    """The system is not appointed: it acts by rule alone."""
    return bool(event.actor != SYSTEM.id)


# fmt: off
APPOINTMENT_WORKFLOW = Workflow("appointment", S, zh="任职", on=("directory",), steps=(
    Step("DP01", Appoint, None, Appointed, S.APPOINTED, KEEPERS,
         (unit_is_open, area_is_open, role_is_known, period_is_in_order, appointed_once, appointed_is_a_person)),
    Step("DP02", EndAppointment, (S.APPOINTED, S.ENDED), AppointmentEnded, S.ENDED, KEEPERS, (it_ends_sooner,)),
))
# fmt: on


def _appoint(directory: Directory, command: Appoint, context: Context) -> Event:
    """What is left out is the unit's, and from now on: the event says it in full."""
    unit = open_unit(directory, command.unit)
    return context.deciders["directory"].copied(
        command,
        Appointed,
        context,
        item=command.item or str(len(directory.items_of("appointment")) + 1),
        level=command.level or (unit.level if unit is not None else None),
        area=command.area or (unit.area if unit is not None else ""),
        valid_from=command.valid_from or context.at,
    )


def ending(event: type[Event]) -> Any:
    """Makes an event that ends a period now, where no moment is named."""

    def propose(directory: Directory, command: Any, context: Context) -> Event:
        end = command.valid_to or context.at
        return context.deciders["directory"].copied(command, event, context, item=command.item, valid_to=end)

    return propose


APPOINTMENT = Region(
    APPOINTMENT_WORKFLOW,
    Appointment,
    {
        Appointed: lambda item, e: {
            "status": S.APPOINTED,
            "actor": e.actor,
            "role": e.role,
            "unit": e.unit,
            "level": e.level,
            "area": e.area,
            "valid_from": e.valid_from,
            "valid_to": e.valid_to,
            "part_time": e.part_time,
            "person_name": e.person_name,
        },
        AppointmentEnded: lambda item, e: {"status": S.ENDED, "valid_to": e.valid_to},
    },
    propose={Appoint: _appoint, EndAppointment: ending(AppointmentEnded)},
)
