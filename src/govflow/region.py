"""What a region is: a table, its items, and what each event does to an item."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from datetime import datetime
from itertools import count
from typing import Any

from govflow.context import Context
from govflow.messages import Command, Event, Frozen, ItemCommand, folded
from govflow.records import HandOver, Item, Record
from govflow.workflow import Rest, Step, Workflow

Changes = dict[str, Any]
having = Frozen.having
Fold = Mapping[type[Event], Callable[[Any, Any], Changes]]
"""What each event does: (state or item before, event) -> the fields that change."""


WhenDue = Callable[[Any, str], Iterable[Command]]
"""What the system does when a clock has run out: (record, key of the item that the clock belongs to) -> commands."""


class Region:
    """A part that runs beside a record's main workflow: a table, its items, and what each event does to an item.

    `propose` makes events that are not simply copied from their commands; `rides` maps main events to item changes;
    `ends` gives the system's command that ends an open item when the record leaves by another way; a `round_bound`
    region's items fall away with their round; `approves` answers a step that needs a second person's approval; `moved`
    gives commands for other records when the record's status moves; `new_key` names the next item, by default a running
    number; without `keeps_items` its events change the record through their clock moves alone. `when_due` names the
    clocks of its items that the system answers when they have run out: (record, item key) -> its commands. A `single`
    region has one item at most: its key is the region's name, and its clocks are the record's own. Where `ends` gives
    no command, the item must be ended by hand first.
    """

    def __init__(
        self,
        workflow: Workflow,
        item: type[Item],
        fold: Fold,
        *,
        propose: Mapping[type[Command], Callable[[Any, Any, Context], Event]] | None = None,
        rides: Mapping[type[Event], Callable[[Any, Any], Iterable[tuple[str, Changes]]]] | None = None,
        ends: Callable[[str, Item, HandOver], Command | None] | None = None,
        round_bound: bool = False,
        approves: Callable[[Record, Command, Step, Context], Command | None] | None = None,
        moved: Callable[[Record, Record, Context], Iterable[Command]] | None = None,
        new_key: Callable[[Record, Command], str] | None = None,
        keeps_items: bool = True,
        single: bool = False,
        when_due: Mapping[str, WhenDue] | None = None,
    ) -> None:
        self.name = workflow.name
        self.workflow = workflow
        self.blank = item()
        self.fold = fold
        self.propose = propose or {}
        self.rides = rides or {}
        self.ends = ends
        self.round_bound = round_bound
        self.approves = approves
        self.moved = moved
        self.keeps_items = keeps_items
        self.when_due = when_due or {}
        self._new_key = new_key
        self.single = single
        self.started = frozenset(name for step in workflow.steps for name in (*step.starts, *step.resets))
        self.own_clocks: frozenset[str] = frozenset() if single else self.started

    def riding(self, rides: Mapping[type[Event], Callable[[Any, Any], Iterable[tuple[str, Changes]]]]) -> Region:
        """The same region where main events of one kind of record move its items too."""
        same = copy(self)
        same.rides = {**self.rides, **rides}
        return same

    def key_of(self, record: Record, command: ItemCommand) -> str:
        """The key of the item that a command is for; of the next one, where it names none."""
        if self.single:
            return self.name
        return command.item or self.new_key(record, command)

    def new_key(self, record: Record, command: Command) -> str:
        """The key of the next item, where the command names none."""
        if self._new_key:
            return self._new_key(record, command)
        taken = record.items_of(self.name)
        return next(key for number in count(len(taken) + 1) if (key := str(number)) not in taken)

    def ending(self, record: Record, item: Item, given: HandOver) -> Command | None:
        """The system's command that ends an open item; None where that must be done by hand first."""
        return self.ends(record.id, item, given) if self.ends else None

    def due_of(self, record: Record, item: Item) -> datetime | None:
        """When the first of an item's own clocks that still go, or are late, is due."""
        names = self.started if self.single else (f"{name}:{item.key}" for name in self.started)
        owed = (clock for name in names if (clock := record.clocks.get(name)) and (clock.is_going or clock.is_late))
        return min((clock.due for clock in owed if clock.due is not None), default=None)

    def ended_by(self, record: Record, event: Event) -> frozenset[str]:
        """The keys of the items that a main event itself brings to rest."""
        ride = self.rides.get(type(event))
        moved = ride(record, event) if ride is not None else ()
        rests = self.workflow.rests
        return frozenset(
            key for key, changes in moved if (to := changes.get("status")) is not None and rests[to] is not Rest.OPEN
        )

    def open_items(self, record: Record) -> Iterator[Item]:
        """The items that neither rest nor end."""
        rests = self.workflow.rests
        return (item for item in record.items.get(self.name, {}).values() if rests[item.status] is Rest.OPEN)


def hand_over_of(event: Event, region: Region, item: Item) -> HandOver | None:
    """What an event says about an open loop: its own entry, or the one for all; a round's items fall away with it."""
    given: tuple[HandOver, ...] = event.__dict__.get("hand_over") or ()
    named = [each for each in given if each.region in (region.name, "*") and each.item in (item.key, "*")]
    named.sort(key=lambda each: (each.region == "*", each.item == "*"))
    if named:
        return named[0]
    return HandOver(reason="the record has left this round") if region.round_bound else None


def item_fold(region: Region, change: Callable[[Any, Any], Changes]) -> Callable[[Record, Event], Changes]:
    """What an event of a region does to the record: its one item changes."""

    def fold(record: Record, event: Any) -> Changes:
        items = record.items.get(region.name, {})
        key = event.item
        item = items.get(key)
        if item is None:
            item = folded(region.blank, {"key": key, "since": event.at, "by": event.by, "round": record.round})
        moved = folded(item, change(item, event))
        if event.in_stead_of is not None:  # what a substitute did counts as done by both
            moved = moved.changed(hands=(*moved.hands, event.in_stead_of))
        return {"items": having(record.items, region.name, having(items, key, moved))}

    return fold


def riding_fold(
    region: Region,
    main: Callable[[Record, Event], Changes],
    ride: Callable[[Any, Any], Iterable[tuple[str, Changes]]],
) -> Callable[[Record, Event], Changes]:
    """What a main event does that also moves items of a region."""

    def fold(record: Record, event: Event) -> Changes:
        changes = main(record, event)
        items: Mapping[str, Any] = record.items.get(region.name, {})
        for key, moved in ride(record, event):
            item = items.get(key) or region.blank.changed(key=key, since=event.at, by=event.by, round=record.round)
            items = having(items, key, folded(item, moved))
        return changes | {"items": having(changes.get("items", record.items), region.name, items)}

    return fold
