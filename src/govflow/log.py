"""The log as one engine knows it: its rows, what they fold to, and what is remembered of them between transactions.

What is remembered is changed only by what is committed, and dropped whenever somebody else wrote.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from govflow.adopted import Adopted
from govflow.calendars import Calendar
from govflow.decider import Decider
from govflow.errors import LogError, NotFound, Truncated
from govflow.log_events import (
    LOG_EVENTS,
    LOG_STREAM,
    CalendarAdopted,
    LogOpened,
    PersonalDestroyed,
    PolicyAdopted,
    SubjectErased,
    WorkflowAdopted,
)
from govflow.messages import Command, Event, RecordedEvent
from govflow.persistence.codec import Codec, StoredEvent, metadata_of, packed_command_id
from govflow.persistence.store import Store
from govflow.policy import Policy
from govflow.records import Record

CACHED_RECORDS = 4_096
_NOTHING_ADOPTED = Adopted()
_TAIL_WORTH_READING = 1_000


class Log:
    """One log behind a store, read through the kinds of record that are served."""

    def __init__(self, store: Store, deciders: Sequence[Decider]) -> None:
        self.store = store
        self.deciders: Mapping[str, Decider] = {decider.name: decider for decider in deciders}
        self.codec = Codec([*LOG_EVENTS, *(event for decider in deciders for event in decider.events)])
        self._by_command = {command: decider for decider in deciders for command in decider.commands}
        self._by_event = {event.name: decider for decider in deciders for event in decider.workflow.events}
        self._cache: OrderedDict[str, Record] = OrderedDict()
        self._numbers: dict[str, int] = {}
        self.head = 0
        self.last_recorded = datetime.min.replace(tzinfo=UTC)
        self.id = ""
        self.adopted = Adopted()
        self._absent: set[str] = set()  # ids that were asked for in vain
        self.tables: set[str] = set()  # digests of the tables adopted so far
        self.erased: set[str] = set()
        self.destroyed: set[tuple[str, str]] = set()  # whose keys ('': everybody's), for what purpose

    # -- what is remembered -------------------------------------------------------------------------------------------

    def catch_up(self, head: int) -> None:
        """See what others wrote since this engine last looked. Raises Truncated where rows are missing."""
        if head == self.head:
            return
        if head < self.head:
            raise Truncated(f"the log has {head} events, but this engine has seen {self.head}")
        if self.head == 0 or head - self.head > _TAIL_WORTH_READING:
            self.forget()
            events = [self.codec.decode(row.topic, row.state) for row in self.store.read(LOG_STREAM)]
            self.adopted = adopted_by(events)
            for event in events:
                if not isinstance(event, PolicyAdopted | CalendarAdopted):
                    self._note(event)
            last = next(iter(self.store.scan(head - 1)), None)
        else:
            last = None
            self._absent.clear()
            for last in self.store.scan(self.head):
                self._cache.pop(last.stream, None)
                if last.version == 1:
                    self._numbers.clear()
                if last.stream == LOG_STREAM:
                    self._note(self.codec.decode(last.topic, last.state))
        if last is not None:
            self.last_recorded = metadata_of(last.state).recorded_at
        self.head = head

    def _note(self, event: Event) -> None:
        match event:
            case LogOpened():
                self.id = event.log_id
            case PolicyAdopted() | CalendarAdopted():
                self.adopted = adopted_by([event], self.adopted)
            case WorkflowAdopted():
                self.tables.add(event.digest)
            case SubjectErased():
                self.erased.add(event.subject)
            case PersonalDestroyed():
                self.destroyed.add(event.key)

    @property
    def policies(self) -> Mapping[str, Policy]:
        """The policies adopted so far, by `id@version`."""
        return self.adopted.policies

    @property
    def calendars(self) -> Mapping[str, Calendar]:
        """The calendars adopted so far: by id the newest, by `id@version` every one."""
        return self.adopted.calendars

    def remember(self, records: Iterable[Record], numbers: Mapping[str, int]) -> None:
        """Keep states and numbers that were committed a moment ago."""
        cache = self._cache
        for record in records:
            self._absent.discard(record.id)
            cache[record.id] = record
            cache.move_to_end(record.id)
            if len(cache) > CACHED_RECORDS:
                cache.popitem(last=False)
        self._numbers |= numbers

    def forget(self) -> None:
        """Drop every state and number; the next transaction reads the log afresh."""
        self._cache.clear()
        self._numbers.clear()
        self._absent.clear()

    # -- records ------------------------------------------------------------------------------------------------------

    def current(self, id: str) -> Record | None:
        """The record as it stands now, None where there is none."""
        cached = self._cache.get(id)
        version = self.store.version(id)
        if cached is not None and cached.version == version:
            return cached
        return self.fold(id) if version and id != LOG_STREAM else None

    def remembered(self, id: str) -> Record | None:
        """The same while the write lock is held: what is cached then is current."""
        cached = self._cache.get(id)
        if cached is not None:
            return cached
        if id in self._absent:
            return None
        if id == LOG_STREAM or not self.store.version(id):
            if len(self._absent) < CACHED_RECORDS:
                self._absent.add(id)
            return None
        record = self.fold(id)
        self.remember([record], {})
        return record

    def fold(self, id: str, version: int | None = None) -> Record:
        """The record folded from its rows, up to a version. Raises NotFound."""
        rows = self.store.read(id)
        if not rows or id == LOG_STREAM or (version is not None and not 1 <= version <= rows[-1].version):
            raise NotFound(f"there is no record {id}" + (f" in version {version}" if version is not None else ""))
        return self._folded(id, rows if version is None else rows[:version])

    def fold_while(self, id: str, holds: Callable[[RecordedEvent], bool], moment: datetime) -> Record:
        """The record folded from those of its events for which `holds` is true. Raises NotFound where none are."""
        rows = self.store.read(id)
        kept = [row for row in rows if holds(self.codec.recorded(row))]
        if not kept or id == LOG_STREAM:
            raise NotFound(f"there was no record {id} at {moment.isoformat()}" if rows else f"there is no record {id}")
        return self._folded(id, kept)

    def as_of(self, id: str, moment: datetime) -> Record:
        """The record as of what had occurred by `moment`. Raises NotFound."""
        return self.fold_while(id, lambda recorded: recorded.body.at <= moment, moment)

    def records(self) -> Iterator[Record]:
        """Every record as it stands now, by id, in flat memory. A kind that is not served is an error, never a gap."""
        for stream, rows in self.store.streams():
            if stream != LOG_STREAM:
                yield self._folded(stream, rows)

    def _folded(self, id: str, rows: Sequence[StoredEvent]) -> Record:
        decider = self._by_event.get(rows[0].topic.partition("@")[0])
        if decider is None:
            raise LogError(f"{id} is of a kind that is not served here (it begins with {rows[0].topic}): see records=")
        state = decider.initial.changed(id=id)
        decode, evolve = self.codec.decode, decider.evolve
        for row in rows:
            state = evolve(state, decode(row.topic, row.state))
        return state

    def decider_for(self, command: Command) -> Decider:
        """The decider that takes a command for a record that does not exist yet. Raises NotFound."""
        try:
            return self._by_command[type(command)]
        except KeyError:
            raise NotFound(f"no record served here takes {command.wire or type(command).__name__}") from None

    def last_number(self, prefix: str) -> int:
        """The highest number given so far under a prefix."""
        if prefix not in self._numbers:
            self._numbers[prefix] = self.store.last_number(prefix)
        return self._numbers[prefix]

    # -- events -------------------------------------------------------------------------------------------------------

    def history(self, stream: str) -> tuple[RecordedEvent, ...]:
        """Every event of one stream with its metadata, oldest first."""
        return tuple(self.codec.recorded(row) for row in self.store.read(stream))

    def policy_at(self, moment: datetime) -> Policy | None:
        """The policy that was in force for what was recorded at a past moment."""
        said = [event.body for event in self.history(LOG_STREAM) if event.meta.recorded_at <= moment]
        return adopted_by(said).policy_on(moment)

    def first_row(self, command_id: str) -> StoredEvent | None:
        """The first row that a command wrote, None where it is not in the log."""
        return self.store.find_command(packed_command_id(command_id))

    def outcome(self, command_id: str) -> tuple[RecordedEvent, ...]:
        """The events that a command caused, in all records, in order. Raises NotFound."""
        first = self.first_row(command_id)
        if first is None:
            raise NotFound(f"no command {command_id} is in the log")
        events = []
        for row in self.store.scan(first.position - 1):
            if row.stream == LOG_STREAM:  # a table first used by a record that the command created
                continue
            recorded = self.codec.recorded(row)
            if recorded.meta.correlation != command_id:
                break
            events.append(recorded)
        return tuple(events)

    def record_after(self, first: StoredEvent) -> Record:
        """The record as a command left it, given the command's first row."""
        correlation = metadata_of(first.state).correlation
        last = first.version
        for row in self.store.read(first.stream, first.version):
            if metadata_of(row.state).correlation != correlation:
                break
            last = row.version
        return self.fold(first.stream, last)


def adopted_by(events: Iterable[Event], before: Adopted = _NOTHING_ADOPTED) -> Adopted:
    """What is adopted after these events of the log itself."""
    known = before
    for event in events:
        match event:
            case PolicyAdopted():
                known = known.with_policy(event.policy, event.at)
            case CalendarAdopted():
                known = known.with_calendar(event.calendar)
    return known
