"""所遇 fates: what became of one record by a moment, and which deadlines it missed, as its events tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from govflow.clocks import Clock, ClockKind, applied
from govflow.clocks.kinds import kind_of
from govflow.hands import unit_of
from govflow.messages import ClockStatus, RecordedEvent
from govflow.records import Record


class Late(NamedTuple):
    """One run of a deadline that was missed: when it was due, and how long it was over, up to the end of the log."""

    clock: str
    due: datetime
    over: timedelta


class Fate(NamedTuple):
    """What became of one record: where it stands, in whose hands, who led it in turn, which deadlines it missed."""

    record: str
    kind: str
    status: str
    is_open: bool
    opened_at: datetime | None
    events: int
    unit: str
    led_by: tuple[str, ...]
    late: tuple[Late, ...]


def fate_of(record: Record, history: Sequence[RecordedEvent], now: datetime, *, is_open: bool) -> Fate:
    """What became of a record by `now`, as its events tell."""
    led = [unit for each in history if (unit := getattr(each.body, "lead_unit", None))]
    return Fate(
        record=record.id,
        kind=record.kind_of_record,
        status=str(record.status),
        is_open=is_open,
        opened_at=record.opened_at,
        events=record.version,
        unit=unit_of(record),
        led_by=tuple(unit for place, unit in enumerate(led) if not place or led[place - 1] != unit),
        late=tuple(missed(history, now)),
    )


def missed(history: Iterable[RecordedEvent], now: datetime) -> Iterator[Late]:
    """Every run of a deadline that was missed by `now`, as its events tell: also one that was extended later on."""
    clocks: Mapping[str, Clock] = {}
    for event in history:
        after = applied(clocks, event.body.clocks, event.body.at)
        for name in dict.fromkeys(move.clock for move in event.body.clocks):
            was, is_now = clocks.get(name), after[name]
            if was is None or was.due is None:
                continue
            over = event.body.at - was.due
            is_over = was.status is ClockStatus.OVERDUE and (is_now.status is not was.status or is_now.run > was.run)
            if is_over or (is_now.status is ClockStatus.MET_LATE and was.status is not ClockStatus.OVERDUE):
                yield Late(name, was.due, over)
        clocks = after
    for name, clock in clocks.items():
        runs_over = clock.status is ClockStatus.RUNNING and kind_of(name) is ClockKind.DEADLINE
        if clock.due is not None and clock.due < now and (clock.is_late or runs_over):
            yield Late(name, clock.due, now - clock.due)
