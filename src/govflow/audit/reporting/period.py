"""Reporting on a period 时段审计: what is counted record by record, each as it stood at the end of the period."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta

from govflow.audit.accounting.responsibility import Accountant, summed
from govflow.audit.reporting.matter import in_force, sum_of, titles_of, units_of
from govflow.decider import Decider
from govflow.errors import Detail, InputError
from govflow.hands import Turn, hands_of, turns_of
from govflow.pages.report_values import Late, Period, Places, Setting
from govflow.pages.report_view import broke
from govflow.policy import Policy
from govflow.reading import Reader, aware
from govflow.records import Record

Tell = Callable[[int], object]
"""Hears of how many records have been read, now and then."""

_TOLD_EVERY = 200
_A_MONTH = re.compile(r"(\d{4})(?:-(\d{2}))?")
_ONE_DAY = timedelta(days=1)


def period_named(text: str) -> tuple[date, date] | None:
    """The days of a period, both inclusive: `2026`, `2026-02`, `2026-01-01..2026-03-31`; None for what names none."""
    first, dots, last = text.partition("..")
    try:
        if dots:
            days = date.fromisoformat(first), date.fromisoformat(last)
            return days if days[0] <= days[1] else None
        if (found := _A_MONTH.fullmatch(text)) is None:
            return None
        year, month = int(found[1]), int(found[2] or 1)
        begins = date(year, month, 1)
        after = date(year + 1, 1, 1) if found[2] is None or month == 12 else date(year, month + 1, 1)
        return begins, after - _ONE_DAY
    except ValueError:
        return None


def bounds(policy: Policy, first: date, last: date, now: datetime) -> tuple[datetime, datetime]:
    """The half-open time of a period of local days, both inclusive, up to now. Raises InputError before it begins."""
    begins, until = datetime.combine(first, time(), policy.zone), aware(now, "now")
    if last < date.max:
        until = min(until, datetime.combine(last + _ONE_DAY, time(), policy.zone))
    if until <= begins:
        raise InputError(
            Detail("the period has not begun", "该时段尚未开始"), where=str(first), expected=f"..{now:%Y-%m-%d}"
        )
    return begins, until


def period_of(
    reader: Reader, first: date, last: date, now: datetime, tell: Tell | None = None, *, covered: int = 0
) -> Period:
    """What may be seen of a period of local days, both inclusive, as it stood at its end, or now if it is not over.

    `covered` is how many events of the log the newest checkpoint covers. Raises InputError where it has not begun.
    """
    policy = in_force(reader)
    begins, until = bounds(policy, first, last, now)
    figures = _Figures(reader, begins, until, covered)
    for number, record in enumerate(reader.records(), 1):
        figures.add(record)
        if tell is not None and number % _TOLD_EVERY == 0:
            tell(number)
    summary = summed(Accountant(reader).accounts(until, since=begins, until=until))
    period = Period(
        first=first,
        last=last,
        until=until,
        deciders=reader.deciders,
        entries=figures.entries,
        states=figures.states,
        opened=figures.opened,
        closed=figures.closed,
        late=figures.late,
        loops=figures.loops,
        sums=[sum_of(each) for each in summary.units],
        levels=[sum_of(each, level=each.of) for each in summary.levels],
        setting=Setting(aware(now, "now"), policy, reader.log.id, *titles_of(reader, frozenset(figures.units))),
        places=figures.places,
    )
    return reader.shown(period)


def with_place(places: Places, position: int, covered: int) -> Places:
    """The places with one more, of a log of which the first `covered` events are signed."""
    first = min(places.first, position) if places.entries else position
    is_uncovered = position > covered
    return Places(first, max(places.last, position), places.entries + 1, places.uncovered + is_uncovered)


def owed_by(decider: Decider, turns: Mapping[str, Turn], state: Record, clock: str) -> str:
    """Who owes what a clock measures: of an item whoever owes the item, else whoever has the record in hand."""
    name, _, key = clock.partition(":")
    for region in decider.regions.values():
        if key and name in region.own_clocks:
            return getattr(state.item(region.name, key), "owes", None) or ""
    hands = hands_of(state, turns[state.status])
    return hands.unit or hands.role


class _Figures:
    """What is counted up record by record, as each stood at the end of the period."""

    def __init__(self, reader: Reader, begins: datetime, until: datetime, covered: int) -> None:
        self.reader, self.begins, self.until, self.covered = reader, begins, until, covered
        self.turns: dict[str, Mapping[str, Turn]] = {
            name: turns_of(each.workflow) for name, each in reader.deciders.items()
        }
        self.entries = 0
        self.states: Counter[tuple[str, str]] = Counter()
        self.opened: Counter[str] = Counter()
        self.closed: Counter[str] = Counter()
        self.late: list[Late] = []
        self.loops: dict[str, tuple[int, int]] = {}
        self.units: set[str] = set()
        self.places = Places()

    def add(self, record: Record) -> None:
        """Count a record, unless it began only later."""
        decider = self.reader.deciders[record.kind_of_record]
        state = record if record.at is not None and record.at < self.begins else self._followed(decider, record.id)
        if state is None or not record.is_matter:
            return
        self.states[decider.name, state.status] += 1
        self.units |= {*units_of(state, ())}
        for loop in decider.open_loops(state):
            owed, late = self.loops.get(loop.owes or "", (0, 0))
            is_late = loop.until is not None and loop.until < self.until
            self.loops[loop.owes or ""] = owed + 1, late + is_late
        for clock in state.clocks.values():
            if clock.due is not None and clock.ended_at is None and broke(clock, self.until) is not None:
                owes = owed_by(decider, self.turns[decider.name], state, clock.name)
                self.late.append(Late(state.id, decider.name, state.title_line, clock.name, clock.due, owes))

    def _followed(self, decider: Decider, id: str) -> Record | None:
        """The record at the end of the period, with what of its entries lies in it counted."""
        log = self.reader.log
        state, is_closed = decider.initial.changed(id=id), False
        for row in log.store.read(id):
            event = log.codec.decode(row.topic, row.state)
            if event.at >= self.until:
                break
            before, state = state, decider.evolve(state, event)
            unit = getattr(event, "unit", None)
            self.units |= {unit} if unit else set()
            if event.at < self.begins:
                continue
            self.entries += 1
            self.places = with_place(self.places, row.position, self.covered)
            self.opened[decider.name] += before.version == 0 and before.is_matter
            if before.status != state.status:
                was_open = before.status in decider.active  # what began at rest, as a directory does, did not end
                is_closed = state.status not in decider.active and (was_open or is_closed)
        self.closed[decider.name] += is_closed and state.is_matter
        return state if state.version else None
