"""The tick: everything that has become due on any record is done, in the order of its moments, each once.

What is to be done is worked out of each record afresh; the agenda only says which records to look at. Commands have
ids made of what they are for, so that a second tick, one that was killed, and two at once do nothing twice.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from govflow.actors import SYSTEM
from govflow.clocks.moves import with_calendar
from govflow.due_points import ESCALATION, INSTANT, Moment, Point, first_of, moments_of, own_id, points_of
from govflow.errors import CommandReused, Detail, GovFlowError, LogError, NotAllowed, NotFound
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
_FIRST = -1  # dates that are not what they should be are put right before anything is done about them
_TRY_AGAIN = timedelta(days=1)
_NOTHING: Mapping[str, Entry] = {}

LookUp = Callable[[str], Record | None]

_FAULTS = (ValueError, TypeError, LookupError, ArithmeticError, AssertionError)


class Fired(NamedTuple):
    """One thing a tick has done, or tried in vain: `refused` says why, a refusal by rules in Chinese too (`.zh`)."""

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
    look_up: LookUp,
    now: datetime,
    *,
    on_fired: Callable[[Fired], object] | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Tick:
    """Do everything that is due by `now`. `on_fired` hears of each thing, `progress` of (events read, events there).

    `look_up` gives a record as it stands now, and keeps it for the command that follows.
    Raises LogError where the log is open for reading only.
    """
    with engine.store.transaction():  # refused before a file is made
        pass
    ticker = _Ticker(engine, agenda, look_up, now, on_fired)
    ticker.read(progress)
    ticker.follow_calendars()
    ticker.fire()
    ticker.plan()  # after what was missed is on record: a duty that ends cancels what is still to come
    ticker.fire()
    return Tick(now, ticker.done, ticker.refused, agenda.next())


class _Ticker:
    def __init__(
        self, engine: Engine, agenda: Agenda, look_up: LookUp, now: datetime, on_fired: Callable[[Fired], object] | None
    ) -> None:
        self.engine = engine
        self.log = engine.log
        self.agenda = agenda
        self._look_up = look_up
        self.now = now
        self.on_fired = on_fired
        self.done: Counter[str] = Counter()
        self.refused = 0
        self._in_vain: dict[str, set[tuple[str, str]]] = {}  # by record: clock and kind

    # -- what there is to do ------------------------------------------------------------------------------------------

    def points(self, record: Record, until: datetime | None = None) -> list[Point]:
        """What is to be done on a record, at some time or by `until`, without what was tried in this tick in vain."""
        decider, tried = self.log.deciders[record.kind_of_record], self._in_vain.get(record.id, ())
        found = points_of(record, decider, self.policy_of(record), self.engine.calendar, until)
        return [point for point in (*self._recomputing(record), *found) if (point.clock, point.kind) not in tried]

    def moments(self, record: Record) -> list[Point | Moment]:
        """When it is to be done: commands are made only where it matters which of them were tried in vain."""
        if record.id in self._in_vain:
            return [*self.points(record)]
        decider = self.log.deciders[record.kind_of_record]
        found = moments_of(record, decider, self.policy_of(record), self.engine.calendar)
        return [*self._recomputing(record), *found]

    def _recomputing(self, record: Record) -> Iterator[Point]:
        """Where a newer edition of its calendar was adopted, a provisional date follows it."""
        for clock in record.clocks.values():
            if not (clock.provisional and clock.is_going):
                continue
            newest = self.log.calendars.get((clock.calendar or "").partition("@")[0])
            if newest is None or newest.key == clock.calendar:
                continue
            if with_calendar(newest, clock, self.engine.system_context(record)) is not None:
                id = own_id(record, clock, f"recomputed {newest.key}")
                command = RecomputeClock(id=record.id, by=SYSTEM, command_id=id, item=clock.name, calendar=newest.key)
                yield Point(clock.since, _FIRST, "recomputed", clock.name, (command,))

    def policy_of(self, record: Record) -> Policy:
        """The policy that a record has pinned."""
        return self.log.policies.get(record.policy) or self.engine.policy

    def entry(self, record: Record) -> Entry:
        """The agenda's entry of a record; what was tried in vain is tried again another day."""
        moments = self.moments(record)
        due = first_of(moments)
        if record.id in self._in_vain and (due is None or due > self.now):
            again = self.now + _TRY_AGAIN
            due = again if due is None else min(due, again)
        provisional = any(clock.provisional and clock.is_going for clock in record.clocks.values())
        counted = any(each.order == ESCALATION for each in moments)  # from the due instant on, by the newest calendar
        return Entry(record.id, record.version, due, provisional or counted)

    # -- reading what was written since -------------------------------------------------------------------------------

    def read(
        self, progress: Callable[[int, int], object] | None = None, *, known: Mapping[str, Entry] = _NOTHING
    ) -> None:
        """Bring the agenda up to the head of the log. Records that stand as their `known` entries say stay unread."""
        head, position = self.engine.store.head(), int(self.agenda.noted("position") or 0)
        tell = progress or (lambda done, total: None)
        rows = self.engine.store.scan(position - 1) if position else iter(())
        first = next(rows, None)
        if first is None or first.leaf.hex() != self.agenda.noted("leaf"):
            if position:  # the row that was read last is there no more: the log was put back from a backup
                self.agenda.clear()
            self._read_all(head, tell)
            return
        streams: set[str] = set()
        row = None
        for row in rows:
            if row.stream in known and known[row.stream].version >= row.version:
                continue
            if row.stream != LOG_STREAM:
                streams.add(row.stream)
            if len(streams) >= _BATCH:
                self.agenda.put(self._entries(streams), position=str(row.position), leaf=row.leaf.hex())
                streams.clear()
                tell(row.position, head)
        if row is not None:
            self.agenda.put(self._entries(streams), position=str(row.position), leaf=row.leaf.hex())

    def _read_all(self, head: int, tell: Callable[[int, int], object]) -> None:
        """The first time: every record once, in flat memory. What is written meanwhile is read the next time."""
        entries: list[Entry] = []
        done, calendars = 0, self._calendars  # of now: what is adopted meanwhile is followed afterwards
        for record in self.log.records():
            entries.append(self.entry(record))
            done += record.version
            if len(entries) >= _BATCH:
                self.agenda.put(entries)
                entries.clear()
                tell(min(done, head), head)
        last = next(self.engine.store.scan(head - 1))
        self.agenda.put(entries, position=str(head), leaf=last.leaf.hex(), calendars=calendars)

    def _entries(self, streams: Iterable[str]) -> Iterator[Entry]:
        for stream in sorted(streams):
            record = self.log.current(stream)
            if record is not None:
                yield self.entry(record)

    # -- newer calendars, recurring duties ----------------------------------------------------------------------------

    @property
    def _calendars(self) -> str:
        return " ".join(sorted(calendar.key for calendar in self.log.calendars.values()))

    def follow_calendars(self) -> None:
        """Where a newer edition was adopted, look again at every record whose next moment it may change."""
        known = self._calendars
        if self.agenda.noted("calendars") == known:
            return
        streams = self.agenda.provisional()
        while page := list(islice(streams, _PAGE)):
            self.agenda.put(self._entries(page))
        self.agenda.put((), calendars=known)

    def plan(self) -> None:
        """Once a local day: what recurring duties the policy in force has."""
        policy = self.engine.policy
        today = f"{self.now.astimezone(policy.zone).date()} {policy.key}"
        planned = self.agenda.noted("planned")
        if planned == today or planned[:10] > today[:10]:  # a tick for an earlier moment plans nothing back
            return
        for command in self._planned(policy):
            refused = self._refusal([command])
            self._tell(Fired(command.id or "", "planned", self.now, refused))
        self.read()
        self.agenda.put((), planned=today)

    def _planned(self, policy: Policy) -> Iterator[Command]:
        if "duty" not in self.log.deciders:
            return
        from govflow.duties import plan
        from govflow.organisation import DIRECTORY_ID
        from govflow.organisation.model import FOREVER

        directory = self.log.current(DIRECTORY_ID) if "directory" in self.log.deciders else None
        units = directory.items_of("unit").values() if directory is not None else ()
        posts = directory.items_of("appointment").values() if directory is not None else ()
        held = [each for each in posts if each.valid_from <= self.now and (each.valid_to or FOREVER) > self.now]
        open_units = [(unit.key, unit.kind, unit.level, unit.area) for unit in units if unit.status != "closed"]
        open_units += [(each.actor, "", each.level, each.area) for each in held]  # leaders owe duties where they serve
        today = self.now.astimezone(policy.zone).date()
        calendar = self.engine.calendar(policy.calendar or "")
        duties = list(self.agenda.streams("duty."))
        yield from list(plan(policy, calendar, open_units, self.log.current, today, duties=duties))

    # -- firing -------------------------------------------------------------------------------------------------------

    def fire(self) -> None:
        """Do what is due, record by record in the order of their moments, until nothing is."""
        while page := self.agenda.due(self.now, _PAGE):
            horizon, calendars = page[-1][0], self._calendars
            heapq.heapify(page)
            entries: dict[str, Entry] = {}
            while page:
                when, stream = heapq.heappop(page)
                entry = entries[stream] = self._fire_first(stream, when)
                if entry.due is not None and entry.due <= min(self.now, horizon):
                    heapq.heappush(page, (entry.due, stream))
            self.agenda.put(entries.values())
            self.read(known=entries if self._calendars == calendars else {})  # its own events: what it wrote it knows

    def _fire_first(self, stream: str, when: datetime) -> Entry:
        """Do the first thing that is due on a record, if its turn has come; its entry afterwards."""
        record = self._fresh(stream)
        due = self.points(record, self.now)
        if due:
            point = _next_of(due)
            if point.at > when:
                return self.entry(record)._replace(due=point.at)
            record = self._do(record, point)
        return self.entry(record)

    def _fresh(self, id: str) -> Record:
        record = self._look_up(id)
        assert record is not None, "its log is the agenda's: it never loses a record"
        return record

    def _do(self, record: Record, point: Point) -> Record:
        """Give the commands of a point, together; the record after them.

        What does not change it is not tried again in this tick.
        """
        stamp = point.stamp and max(point.stamp, record.at or point.stamp)
        due = self.now if point.order == _FIRST else point.stamp or point.at - INSTANT
        refused = self._refusal([command.changed(occurred_at=stamp) for command in point.commands])
        after = self._fresh(record.id)
        if after.version == record.version:
            self._in_vain.setdefault(record.id, set()).add((point.clock, point.kind))
            if refused:
                self._tell(Fired(record.id, point.kind, due, refused))
        elif not refused:
            self._tell(Fired(record.id, point.kind, due))
        return after

    def _refusal(self, commands: list[Command]) -> str:
        """Give commands of the system in one transaction; why they are refused, empty where they are not."""
        try:
            self.engine.handle_all(commands)
        except LogError:
            raise
        except CommandReused:  # done for this run of the clock already, to another end: a case is raised once for it
            return ""
        except NotAllowed as error:
            return Detail(str(error), error.sentence("zh"))
        except GovFlowError as error:
            plain = isinstance(error, NotFound)
            return str(error) if plain else f"{type(error).__name__}: {error}"
        except _FAULTS as error:  # in one record: it is told, and the clocks of all others go on
            return f"{type(error).__name__}: {error}"
        return ""

    def _tell(self, fired: Fired) -> None:
        if fired.refused:
            self.refused += 1
        else:
            self.done[fired.kind.partition(" ")[0]] += 1
        if self.on_fired is not None:
            self.on_fired(fired)


def _next_of(due: list[Point]) -> Point:
    """The point whose turn it is: what happened in the past is recorded before what happens now, as times go on only.

    An escalation happens when it is done; were it first, what fell due since could not be stamped with its moment.
    """
    if due[0].order == _FIRST:
        return due[0]
    return next((point for point in due if point.stamp is not None), due[0])
