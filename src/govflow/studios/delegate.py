"""代表委员 delegate: one person's seat at a studio, for a term. Keyed by person and capacity (`s-7.deputy`)."""

# ruff: noqa: E501 - a row of a table stays one line

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from itertools import count
from typing import Any

from govflow.actors import Claim, Id
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Instant, ItemCommand, ItemEvent, Value
from govflow.records import Item, Record
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.rules import reason_given
from govflow.studios.model import DELEGATE, KEEPERS, Studio
from govflow.workflow import Rest, Status, Step, Workflow, rule


class DelegateStatus(Status):
    """Where a seat stands. It outlasts the closing of the studio: nothing is owed for it."""

    SITTING = "sitting", "在任", Rest.OUTCOME
    LEFT = "left", "已离任", Rest.FINAL


S = DelegateStatus


class Mandate(StrEnum):
    """As what somebody sits at a studio: 两代表一委员."""

    PARTY_DELEGATE = "party_delegate"  # 党代表
    DEPUTY = "deputy"  # 人大代表
    CPPCC_MEMBER = "cppcc_member"  # 政协委员


class Delegate(Item):
    """One seat: whose, in which capacity, from when until when the term runs."""

    person: str = ""
    capacity: Mandate = Mandate.DEPUTY
    begins: Instant | None = None
    ends: Instant | None = None

    def covers(self, at: datetime) -> bool:
        """Whether the term has begun and is not over: its end is the first moment outside it."""
        return self.begins is not None and self.ends is not None and self.begins <= at < self.ends

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """A seat is one's own to give up."""
        return actor == self.person if role == DELEGATE else None


class _Seat(Value):
    person: Id | None = None
    capacity: Mandate | None = None
    begins: Instant | None = None
    ends: Instant | None = None


class AppointDelegate(ItemCommand, _Seat, wire="delegate.appoint", label="代表委员进驻"):
    """Give somebody a seat at the studio for a term (`begins` by default now, `ends` the first moment after it)."""


class DelegateAppointed(ItemEvent, _Seat, name="delegate.appointed"):
    """Somebody has a seat."""


class DismissDelegate(ItemCommand, Reasoned, wire="delegate.leave", label="代表委员离任"):
    """End a seat before its term is over or after it, once nothing at the studio is in that person's hands."""


class DelegateLeft(ItemEvent, Reasoned, name="delegate.left"):
    """The seat is given up."""


@rule("代表委员、身份、任期已明", "000 M154", needs="person capacity ends")
def seat_is_described(studio: Studio, event: Any, context: Context) -> Iterable[str]:
    """Who sits, in which capacity, and a term that is not over are given."""
    if event.person is None:
        yield Detail("who", "人员")
    if event.capacity is None:
        yield Detail("the capacity", "身份")
    if event.ends is None or event.begins >= event.ends or event.ends <= context.at:
        yield Detail("a term whose end lies ahead", "尚未届满的任期")


@rule("同一人同一身份仅有一席", "design", needs="person capacity")
def seat_is_free(studio: Studio, event: Any, context: Context) -> bool:
    """Nobody has two seats in the same capacity."""
    return all(seat.capacity != event.capacity for seat in studio.seats_of(event.person or ""))


@rule("名下社情民意与接待均已了结或转交", "000 M154")
def nothing_is_in_their_hands(studio: Studio, event: Any, context: Context) -> Iterator[str]:
    """Whoever leaves their last seat has no matter and no reception left: each is answered or handed over."""
    person = context.item.person if isinstance(context.item, Delegate) else ""
    if len(studio.seats_of(person)) > 1:
        return
    for loop in context.deciders[studio.kind_of_record].open_loops(studio):
        if loop.owes == person:
            yield Detail(loop.sentence(), f"{loop.region} {loop.item}")


# fmt: off
DELEGATE_WORKFLOW = Workflow("delegate", S, zh="代表委员", on=("studio",), steps=(
    #    id      command          from       event              to         who                   provided that
    Step("DG01", AppointDelegate, None,      DelegateAppointed, S.SITTING, KEEPERS,              (seat_is_described, seat_is_free), while_in="active"),
    Step("DG02", DismissDelegate, S.SITTING, DelegateLeft,      S.LEFT,    (*KEEPERS, DELEGATE), (reason_given, nothing_is_in_their_hands), while_in="active"),
))
# fmt: on

_FOLD: Fold = {
    DelegateAppointed: lambda item, e: {
        "status": S.SITTING,
        "person": e.person,
        "capacity": e.capacity,
        "begins": e.begins,
        "ends": e.ends,
    },
    DelegateLeft: lambda item, e: {"status": S.LEFT},
}


def _key(studio: Record, command: Any) -> str:
    if not isinstance(command, AppointDelegate):
        return "nobody"  # whoever leaves a seat names it
    taken, first = studio.items_of("delegate"), f"{command.person or 'nobody'}.{command.capacity or 'nothing'}"
    numbered = (f"{first}.{number}" for number in count(2))
    return first if first not in taken else next(key for key in numbered if key not in taken)


def _appointed(studio: Studio, command: AppointDelegate, context: Context) -> DelegateAppointed:
    said = {name: getattr(command, name) for name in _Seat.model_fields}
    said["begins"] = command.begins or context.at
    return DelegateAppointed(at=context.at, by=command.by.id, item=DELEGATES.key_of(studio, command), **said)


DELEGATES = Region(DELEGATE_WORKFLOW, Delegate, _FOLD, propose={AppointDelegate: _appointed}, new_key=_key)
"""The seats of a studio."""
