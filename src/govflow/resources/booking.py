"""占用 booking: so much of a resource is kept for one promise of one project. Keyed by `<project>.<commitment>`.

The system alone books, in the append in which the promise is made: what goes on here follows the promise (reactions).
"""

# ruff: noqa: E501 - a row of a table stays one line

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from govflow.actors import SYSTEM, Id, Role
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Amount, Event, Instant, ItemCommand, ItemEvent, ItemKey, Value
from govflow.records import HandOver, Item
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.rules import reason_given
from govflow.workflow import Rest, Status, Step, Workflow, rule

if TYPE_CHECKING:
    from govflow.resources.model import Resource

_LONGEST_KEY = 130


class BookingStatus(Status):
    """Where a booking stands."""

    HELD = "held", "已占用"
    DELIVERED = "delivered", "已交付", Rest.OUTCOME
    RELEASED = "released", "已释放", Rest.FINAL


S = BookingStatus


class Booking(Item):
    """How much is kept for which promise of which project; of a released one, how much had been delivered."""

    project: str = ""
    commitment: str = ""
    measure: int = 0

    @property
    def what(self) -> str:
        return f"{self.measure} for {self.project}"


def booking_key(project: str, commitment: str) -> str:
    """The key of the booking for a promise; a digest stands for the promise's key where both are too long."""
    key = f"{project}.{commitment}"
    return key if len(key) <= _LONGEST_KEY else f"{project}.{sha256(commitment.encode()).hexdigest()}"


class _Booked(Value):
    """The promise that is booked for, who made it, how much (minor units of money, else units of measure), until when."""

    project: Id | None = None
    commitment: ItemKey | None = None
    owner: Id | None = None
    measure: Amount = 0
    until: Instant | None = None


class BookResource(ItemCommand, _Booked, wire="booking.book", label="占用资源"):
    """Keep so much of the resource for a promise."""


class ResourceBooked(ItemEvent, _Booked, name="booking.booked"):
    """So much of the resource is kept for a promise."""


class MoveBooking(ItemCommand, wire="booking.move", label="调整占用期限"):
    """Keep it until another instant, as the promise was changed."""

    until: Instant | None = None


class BookingMoved(ItemEvent, name="booking.moved"):
    """It is kept until another instant."""

    until: Instant | None = None


class DeliverBooking(ItemCommand, wire="booking.deliver", label="确认交付"):
    """What was booked has been delivered: the promise is kept."""


class BookingDelivered(ItemEvent, name="booking.delivered"):
    """What was booked has been delivered."""


class _Release(Reasoned):
    delivered: Amount = 0
    to: Id | None = None


class ReleaseBooking(ItemCommand, _Release, wire="booking.release", label="释放占用"):
    """Let it go; `delivered` of it has been used up already, unless said otherwise as much as its promise says."""


class BookingReleased(ItemEvent, _Release, name="booking.released"):
    """It is free again, but for what was delivered."""


# --- rules -----------------------------------------------------------------------------------------------------------


@rule("资源在供给中", "M106")
def resource_is_offered(resource: Resource, event: Any, context: Context) -> bool:
    """The resource is on offer."""
    return resource.status == "offered"


@rule("占用对应供给单位在案的承诺", "M104; M106", needs="project commitment owner measure")
def booking_is_for_a_promise_of_its_owner(resource: Resource, event: Any, context: Context) -> Iterator[Detail]:
    """What is booked is what its owner has promised, of the same kind and in the same measure."""
    project = context.lookup(event.project) if event.project else None
    promise: Any = project.item("commitment", event.commitment or "") if project is not None else None
    if promise is None or promise.resource != resource.id:
        yield Detail("no promise names this resource", "没有指向本资源的承诺")
        return
    if promise.owes != resource.owner or event.owner != resource.owner:
        yield Detail(
            f"{promise.owes} promises what {resource.owner} offers", f"{promise.owes} 承诺了 {resource.owner} 的资源"
        )
    if promise.matter != resource.matter or promise.measure_unit != resource.measure_unit:
        theirs = (
            f"{promise.matter} {promise.measure_unit}".strip(),
            f"{resource.matter} {resource.measure_unit}".strip(),
        )
        yield Detail(f"{theirs[0]} is promised, {theirs[1]} is offered", f"承诺 {theirs[0]}，供给 {theirs[1]}")
    if event.measure != promise.measure:
        yield Detail(
            f"{promise.measure} is promised, {event.measure} booked", f"承诺 {promise.measure}，占用 {event.measure}"
        )


@rule("占用合计不超过供给", "M106", needs="measure")
def booked_is_within_the_offer(resource: Resource, event: Any, context: Context) -> Iterator[Detail]:
    """All bookings together are no more than what is offered."""
    if (over := event.measure - resource.free) > 0:
        unit = resource.measure_unit or "minor units"
        zh = resource.measure_unit or "分"
        yield Detail(
            f"{over} {unit} more than the {resource.free} that are free", f"超出余量 {resource.free} {zh} {over} {zh}"
        )


@rule("独占资源只服务一个项目", "M103", needs="project")
def exclusive_serves_one_project(resource: Resource, event: Any, context: Context) -> Iterator[Detail]:
    """An exclusive resource serves one project alone."""
    others = [id for id in resource.projects if id != event.project] if resource.exclusive else []
    if others:
        yield Detail(f"it serves {', '.join(others)}", f"已服务 {'、'.join(others)}")


@rule("占用在供给期内", "M106", needs="until")
def booking_lies_within_the_term(resource: Resource, event: Any, context: Context) -> Iterator[Detail]:
    """What is promised is due while the resource is on offer."""
    if resource.until is not None and (event.until is None or event.until > resource.until):
        day = resource.until.date().isoformat()
        yield Detail(f"it is on offer until {day}", f"供给至 {day} 止")
    if resource.begins is not None and event.until is not None and event.until < resource.begins:
        day = resource.begins.date().isoformat()
        yield Detail(f"it is on offer from {day} on", f"供给自 {day} 起")


@rule("已用部分不超过占用", "M106", needs="delivered")
def delivered_is_within_the_booking(resource: Resource, event: Any, context: Context) -> bool:
    """What was used up is no more than what was booked."""
    return isinstance(context.item, Booking) and event.delivered <= context.item.measure


_BOOKING = (
    resource_is_offered,
    booking_is_for_a_promise_of_its_owner,
    booked_is_within_the_offer,
    exclusive_serves_one_project,
    booking_lies_within_the_term,
)
# fmt: off
BOOKING_WORKFLOW = Workflow("booking", S, zh="占用", on=("resource",), steps=(
    #    id      command         from    event             to           who          provided that
    Step("BK01", BookResource,   None,   ResourceBooked,   S.HELD,      Role.SYSTEM, _BOOKING),
    Step("BK02", MoveBooking,    S.HELD, BookingMoved,     None,        Role.SYSTEM, (booking_lies_within_the_term,)),
    Step("BK03", DeliverBooking, S.HELD, BookingDelivered, S.DELIVERED, Role.SYSTEM),
    Step("BK04", ReleaseBooking, S.HELD, BookingReleased,  S.RELEASED,  Role.SYSTEM, (reason_given, delivered_is_within_the_booking)),
))
# fmt: on

_FOLD: Fold = {
    ResourceBooked: lambda item, e: {
        "status": S.HELD,
        "project": e.project,
        "commitment": e.commitment,
        "measure": e.measure,
        "owes": e.owner,
        "until": e.until,
    },
    BookingMoved: lambda item, e: {"until": e.until},
    BookingDelivered: lambda item, e: {"status": S.DELIVERED},
    BookingReleased: lambda item, e: {"status": S.RELEASED, "measure": e.delivered},
}


def _release(record: str, item: Item, given: HandOver) -> ReleaseBooking:
    """The promise itself stays owed in its project; whoever withdraws says who takes it over."""
    return ReleaseBooking(id=record, by=SYSTEM, item=item.key, reason=given.reason, to=given.to)


def _released(resource: Resource, command: ReleaseBooking, context: Context) -> Event:
    """How much was used up is known where it was promised."""
    booking: Booking = resource.item("booking", command.item or "")
    project = context.lookup(booking.project)
    promise = project.item("commitment", booking.commitment) if project is not None else None
    told = "delivered" in command.model_fields_set
    delivered = command.delivered if told or promise is None else promise.delivered
    decider = context.deciders[resource.kind_of_record]
    return decider.copied(command, BookingReleased, context, item=booking.key, delivered=delivered)


BOOKING = Region(BOOKING_WORKFLOW, Booking, _FOLD, propose={ReleaseBooking: _released}, ends=_release)
