"""How the sign that a record carries comes to its watch, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from govflow.actors import SYSTEM
from govflow.context import Context
from govflow.messages import Command
from govflow.records import Record
from govflow.regions.risk_signal.rules import names_a_person
from govflow.watch.model import NoteSign, watch_id


def noted_by(states: tuple[Record, Record], event: Any, context: Context) -> Iterator[Command]:
    """The reaction of a kind of record that carries signs (`signal`, `category`, `area`), where watches are served.

    A secret record, or one in which a unit is reported, leaves no trace elsewhere. Words that point at a person stay
    where they are: the sign counts without them. What the watch counts already is not noted again.
    """
    record: Any = states[1]
    signal = record.signal
    if "watch" not in context.deciders or not signal or not signal.strip() or record.keeps_to_itself:
        return
    id = watch_id(record.category, record.area)
    watch: Any = context.lookup(id)
    if watch is not None and any(sign.source == record.id for sign in watch.signs):
        return
    said = "" if names_a_person(signal, record) else signal
    yield NoteSign(id=id, by=SYSTEM, category=record.category, area=record.area, source=record.id, signal=said)
