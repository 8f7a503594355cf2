"""What a promise out of an offered resource does there, in the same append: booked, moved, delivered, released.

A record whose commitments may name resources has these reactions: `Decider(…, reactions={**BOOKS_RESOURCES, …})`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from govflow.actors import SYSTEM
from govflow.context import Context
from govflow.decider import Reaction
from govflow.messages import Command, Event
from govflow.records import Record
from govflow.regions import commitment as c
from govflow.resources.booking import (
    BookingStatus,
    BookResource,
    DeliverBooking,
    MoveBooking,
    ReleaseBooking,
    booking_key,
)


def _book(states: tuple[Any, Any], event: c.CommitmentMade, context: Context) -> Iterator[Command]:
    """Where the resource can't give so much, the promise is not made either."""
    project, promise = _promise(states, event)
    if promise.resource is not None:
        yield BookResource(
            id=promise.resource,
            by=SYSTEM,
            item=booking_key(project.id, promise.key),
            project=project.id,
            commitment=promise.key,
            owner=promise.owes,
            measure=promise.measure,
            until=promise.until,
        )


def _move(states: tuple[Any, Any], event: c.CommitmentChanged, context: Context) -> Iterator[Command]:
    if (held := _held(states, event, context)) is not None:
        yield MoveBooking(**held, until=event.until)


def _deliver(states: tuple[Any, Any], event: c.CommitmentKept, context: Context) -> Iterator[Command]:
    if (held := _held(states, event, context)) is not None:
        yield DeliverBooking(**held)


def _release(states: tuple[Any, Any], event: c.CommitmentReleased, context: Context) -> Iterator[Command]:
    """What was delivered before is used up; the rest is free again."""
    if (held := _held(states, event, context)) is not None:
        _, promise = _promise(states, event)
        yield ReleaseBooking(**held, reason=event.reason, delivered=promise.delivered, to=event.to)


def _promise(states: tuple[Any, Any], event: Any) -> tuple[Record, c.Commitment]:
    project: Record = states[1]
    return project, project.item("commitment", event.item)


def _held(states: tuple[Any, Any], event: Any, context: Context) -> dict[str, Any] | None:
    """How to name the booking of a promise; None where it has none, or none any more: the resource was withdrawn."""
    project, promise = _promise(states, event)
    resource = context.lookup(promise.resource) if promise.resource is not None else None
    key = booking_key(project.id, promise.key)
    booking = resource.item("booking", key) if resource is not None else None
    if resource is None or booking is None or booking.status != BookingStatus.HELD:
        return None
    return {"id": resource.id, "by": SYSTEM, "item": key}


BOOKS_RESOURCES: Mapping[type[Event], Reaction] = {
    c.CommitmentMade: _book,
    c.CommitmentChanged: _move,
    c.CommitmentKept: _deliver,
    c.CommitmentReleased: _release,
}
"""For every record with commitments: promises out of a resource book it."""
