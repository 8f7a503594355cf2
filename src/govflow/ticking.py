"""The tick: everything that has become due on any record is done, in the order of its moments, each once.

What is to be done is worked out of each record afresh; the agenda only says which records to look at. Commands have
ids made of what they are for, so that a second tick, one that was killed, and two at once do nothing twice.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from govflow.actors import SYSTEM
from govflow.clocks.moves import with_calendar
from govflow.due_points import Point, first_of, points_of
from govflow.errors import GovFlowError, LogError, NotAllowed, NotFound
from govflow.log_events import LOG_STREAM
from govflow.messages import Command
from govflow.persistence.agenda import Agenda, Entry
from govflow.policy import Policy
from govflow.records import Record
from govflow.regions.clock import RecomputeClock

if TYPE_CHECKING:
    from govflow.engine import Engine

_PAGE = 500
_BATCH = 5_000
_MOVES = b'"clocks":[{'  # in the stored body of every event that moves a clock
_TRY_AGAIN = timedelta(days=1)


class Fired(NamedTuple):
    """One thing a tick has done, or tried in vain: `refused` says why."""

    record: str
    kind: str
    due: datetime
    refused: str = ""


class Tick(NamedTuple):
    """What a tick did: how much of each kind, how many could not be done, when the next thing is due."""

    now: datetime
    done: Counter[str]
    refused: int
    next: datetime | None


def tick(
    engine: Engine,
    agenda: Agenda,
    now: datetime,
    *,
    on_fired: Callable[[Fired], object] | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Tick:
    """Do everything that is due by `now`. `on_fired` hears of each thing, `progress` of (events read, events there)."""
    ticker = _Ticker(engine, agenda, now, on_fired)
    ticker.read(progress)
    ticker.recompute()
    ticker.fire()
    ticker.plan()  # after what was missed is on record: a duty that ends cancels what is still to come
    ticker.fire()
    return Tick(now, ticker.done, ticker.refused, agenda.next())


class _Ticker:
    def __init__(
        self, engine: Engine, agenda: Agenda, now: datetime, on_fired: Callable[[Fired], object] | None
    ) -> None:
        self.engine = engine
        self.log = engine.log
        self.agenda = agenda
        self.now = now
        self.on_fired = on_fired
        self.done: Counter[str] = Counter()
        self.refused = 0
        self._in_vain: set[tuple[str, str, str]] = set()

    # -- what there is to do ------------------------------------------------------------------------------------------

    def points(self, record: Record) -> list[Point]:
        """What is to be done on a record, without what was tried in this tick in vain."""
        decider = self.log.deciders[record.kind_of_record]
        found = points_of(record, decider, self.policy_of(record), self.engine.calendar)
        if not self._in_vain:
            return found
        return [point for point in found if (record.id, point.clock, point.kind) not in self._in_vain]

    def policy_of(self, record: Record) -> Policy:
        """The policy that a record has pinned."""
        return self.log.policies.get(record.policy, self.engine.policy)

    def entry(self, record: Record) -> Entry:
        """The agenda's entry of a record."""
        provisional = any(clock.provisional and clock.is_going for clock in record.clocks.values())
        return Entry(record.id, first_of(self.points(record)), provisional)

    # -- reading what was written since -------------------------------------------------------------------------------

    def read(self, progress: Callable[[int, int], object] | None = None) -> None:
        """Bring the agenda up to the head of the log."""
        head, position = self.engine.store.head(), int(self.agenda.noted("position") or 0)
        if position > head:  # the log was put back from a backup
            position = 0
        tell = progress or (lambda done, total: None)
        if position == 0:
            self._read_all(head, tell)
            return
        streams: set[str] = set()
        for row in self.engine.store.scan(position):
            position = row.position
            if row.stream != LOG_STREAM and (_MOVES in row.state or b'"policy"' in row.state):
                streams.add(row.stream)
            if len(streams) >= _BATCH:
                self.agenda.put(self._entries(streams), position=str(position))
                streams.clear()
                tell(position, head)
        self.agenda.put(self._entries(streams), position=str(position))

    def _read_all(self, head: int, tell: Callable[[int, int], object]) -> None:
        """The first time: every record once, in flat memory. What is written meanwhile is read the next time."""
        entries: list[Entry] = []
        done = 0
        for record in self.log.records():
            entries.append(self.entry(record))
            done += record.version
            if len(entries) >= _BATCH:
                self.agenda.put(entries)
                entries.clear()
                tell(min(done, head), head)
        self.agenda.put(entries, position=str(head))

    def _entries(self, streams: Iterable[str]) -> Iterator[Entry]:
        for stream in sorted(streams):
            record = self.log.current(stream)
            if record is not None:
                yield self.entry(record)

    # -- newer calendars, recurring duties ----------------------------------------------------------------------------

    def recompute(self) -> None:
        """Where a newer edition of a calendar was adopted, provisional dates follow it, one event each."""
        known = " ".join(sorted(calendar.key for calendar in self.log.calendars.values()))
        if self.agenda.noted("calendars") == known:
            return
        for stream in list(self.agenda.provisional()):
            record = self.log.current(stream)
            for command in self._recomputing(record) if record is not None else ():
                self.handle(command, "recomputed", self.now)
            if (record := self.log.current(stream)) is not None:
                self.agenda.put([self.entry(record)])
        self.agenda.put((), calendars=known)

    def _recomputing(self, record: Record) -> Iterator[Command]:
        context = self.engine.system_context(record)
        for clock in record.clocks.values():
            newest = self.log.calendars.get((clock.calendar or "").partition("@")[0])
            if not (clock.provisional and clock.is_going and newest is not None and newest.key != clock.calendar):
                continue
            if with_calendar(newest, clock, context) is not None:
                yield RecomputeClock(id=record.id, by=SYSTEM, item=clock.name, calendar=newest.key)

    def plan(self) -> None:
        """Once a local day: what recurring duties the policy in force has."""
        policy = self.engine.policy
        today = f"{self.now.astimezone(policy.zone).date()} {policy.key}"
        if self.agenda.noted("planned") == today:
            return
        for command in self._planned(policy):
            self.handle(command, "planned", self.now)
        self.read()
        self.agenda.put((), planned=today)

    def _planned(self, policy: Policy) -> Iterator[Command]:
        if "duty" not in self.log.deciders:
            return
        from govflow.duties import plan
        from govflow.organisation import DIRECTORY_ID

        directory = self.log.current(DIRECTORY_ID) if "directory" in self.log.deciders else None
        units = directory.items_of("unit").values() if directory is not None else ()
        open_units = [(unit.key, unit.kind, unit.level, unit.area) for unit in units if unit.status != "closed"]
        today = self.now.astimezone(policy.zone).date()
        calendar = self.engine.calendar(policy.calendar or "")
        duties = list(self.agenda.streams("duty."))
        yield from list(plan(policy, calendar, open_units, self.log.current, today, duties=duties))

    # -- firing -------------------------------------------------------------------------------------------------------

    def fire(self) -> None:
        """Do what is due, record by record in the order of their moments, until nothing is."""
        while page := self.agenda.due(self.now, _PAGE):
            horizon = page[-1][0]
            heapq.heapify(page)
            entries: dict[str, Entry] = {}
            while page:
                _, stream = heapq.heappop(page)
                entry = entries[stream] = self._fire_first(stream)
                if entry.due is not None and entry.due <= min(self.now, horizon):
                    heapq.heappush(page, (entry.due, stream))
            self.agenda.put(entries.values())

    def _fire_first(self, stream: str) -> Entry:
        """Do the first thing that is due on a record; its entry afterwards."""
        record = self.log.current(stream)
        if record is None:
            return Entry(stream, None, provisional=False)
        due = [point for point in self.points(record) if point.at <= self.now]
        if due:
            point = due[0]
            stamp = point.stamp and max(point.stamp, record.at or point.stamp)
            for command in point.commands:
                if not self.handle(command.changed(occurred_at=stamp), point.kind, point.stamp or point.at):
                    self._in_vain.add((stream, point.clock, point.kind))
            record = self.log.current(stream)
            assert record is not None
        entry = self.entry(record)
        if any(each[0] == stream for each in self._in_vain) and (entry.due is None or entry.due > self.now):
            again = self.now + _TRY_AGAIN
            entry = entry._replace(due=again if entry.due is None else min(entry.due, again))
        return entry

    def handle(self, command: Command, kind: str, due: datetime) -> bool:
        """Give the system's command; what is refused is told and tried again another day."""
        refused = ""
        try:
            self.engine.handle(command)
        except LogError:
            raise
        except (NotAllowed, NotFound) as error:
            refused = str(error)
        except GovFlowError as error:
            refused = f"{type(error).__name__}: {error}"
        if refused:
            self.refused += 1
        else:
            self.done[kind.partition(" ")[0]] += 1
        if self.on_fired is not None:
            self.on_fired(Fired(command.id or "", kind, due, refused))
        return not refused
