"""What a unit's report on its own work is written from 专项述职: lines, each with the events that it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from govflow.decider import Decider
from govflow.pages.report_values import Places, Setting


class Ground(NamedTuple):
    """An event that a line rests on: its version in the record, and its place in the log, counted from 1."""

    version: int
    position: int


class Piece(NamedTuple):
    """The record a line is about, and the events it rests on, oldest first."""

    record: str
    kind: str
    title: str
    grounds: tuple[Ground, ...]


class Share(StrEnum):
    """As what a unit works on a record."""

    LEAD = "lead"  # 主办
    CO = "co"  # 协办


class Begun(NamedTuple):
    """What the unit took on in the period."""

    piece: Piece
    share: Share
    at: datetime


class End(NamedTuple):
    """What left the unit's hands in the period: finished, or else passed on to others.

    `status` is that of the record, or of the unit's part in it; `late` by how much the latest of its deadlines was
    broken meanwhile, None where none was.
    """

    piece: Piece
    share: Share
    at: datetime
    is_finished: bool
    status: str
    late: timedelta | None


class Duty(NamedTuple):
    """A deadline of the unit's: when it was due, when it ended (None: it is open), by how much it was late.

    `how` is met, gone (it fell away late), next (it was counted anew when it was late already) or open.
    """

    piece: Piece
    clock: str
    due: datetime
    ended: datetime | None
    late: timedelta | None
    how: str


class CameBack(NamedTuple):
    """Work that came back or was sent back: what happened, and the Chinese name of the command."""

    piece: Piece
    at: datetime
    event: str
    label: str


class Owed(NamedTuple):
    """What the unit still had in hand at the end: its part of a record, or a loop that it owes (`region`, `item`)."""

    piece: Piece
    share: Share | None
    region: str
    what: str
    status: str
    since: datetime | None
    until: datetime | None


class Time(NamedTuple):
    """A stay in the unit's hands, half-open: its office time, and whether a time limit stood still meanwhile."""

    piece: Piece
    since: datetime
    until: datetime
    worked: timedelta
    is_waiting: bool


class UnitWork(NamedTuple):
    """The work of one unit in a period of local days, both inclusive, up to `until`. `before` counts what it had then.

    What it had, and took on, less what left its hands, is what it still has: the parts among `owed`.
    """

    unit: str
    first: date
    last: date
    until: datetime
    deciders: Mapping[str, Decider]
    before: int
    begun: Sequence[Begun]
    ended: Sequence[End]
    duties: Sequence[Duty]
    came_back: Sequence[CameBack]
    owed: Sequence[Owed]
    times: Sequence[Time]
    places: Places
    setting: Setting

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not self.before and not self.pieces

    def covered_event(self, size: int) -> tuple[str, int] | None:
        """The first event (record, version) that a line rests on among the first `size` of the log."""
        grounds = ((piece.record, each) for piece in self.pieces for each in piece.grounds)
        return next(((record, each.version) for record, each in grounds if each.position <= size), None)

    @property
    def pieces(self) -> list[Piece]:
        """What every line is about and rests on."""
        return [
            *(each.piece for each in self.begun),
            *(each.piece for each in self.ended),
            *(each.piece for each in self.duties),
            *(each.piece for each in self.came_back),
            *(each.piece for each in self.owed),
            *(each.piece for each in self.times),
        ]
