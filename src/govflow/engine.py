"""The engine: open a log, handle commands, ask for state now and then.

Everything is decided while the write lock is held, on current state; the cache is changed only after the commit.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, NamedTuple, Self

from govflow.actors import SYSTEM, Actor, Authority, ClaimsAuthority
from govflow.context import Context
from govflow.decider import Decider
from govflow.errors import (
    Broken,
    CommandReused,
    Conflict,
    InputError,
    LogError,
    NotAllowed,
    NotFound,
    ProtectionError,
    Truncated,
)
from govflow.log_events import (
    LOG_EVENTS,
    LOG_STREAM,
    LogOpened,
    PolicyAdopted,
    SubjectErased,
    WorkflowAdopted,
)
from govflow.messages import Command, Event, RecordedEvent, digest_of
from govflow.persistence.codec import Codec, StoredEvent, metadata_of, packed_command_id
from govflow.persistence.sqlite import IN_MEMORY, SQLiteStore
from govflow.persistence.store import CommandStored, Store, Transaction, VersionTaken
from govflow.policy import DEFAULT_POLICY, Policy
from govflow.privacy.keys import KeyStore
from govflow.privacy.vault import Vault
from govflow.records import Loop, Record
from govflow.transaction import Unit

Clock = Callable[[], datetime]
_CACHED_RECORDS = 4_096
_TAIL_WORTH_READING = 1_000
_RETRIES = 10


def utc_now() -> datetime:
    """The system's time."""
    return datetime.now(UTC)


class AllowedStep(NamedTuple):
    """A command somebody may try now: its wire name, the item it would move, and the arguments its rules look at."""

    command: str
    item: str | None
    needs: tuple[str, ...]


class Engine:
    """Handles commands on one log. Made by `Engine.open`; a context manager; safe to share between threads."""

    def __init__(
        self,
        store: Store,
        keys: KeyStore,
        deciders: Sequence[Decider],
        *,
        policy: Policy | None = None,
        authority: Authority | None = None,
        now: Clock = utc_now,
    ) -> None:
        self.store = store
        self.vault = Vault(keys)
        self.deciders: Mapping[str, Decider] = {decider.name: decider for decider in deciders}
        self.authority: Authority = authority or ClaimsAuthority()
        self.now = now
        self.codec = Codec([*LOG_EVENTS, *_events_of(deciders)])
        self._by_command = {command: decider for decider in deciders for command in decider.commands}
        self._by_event = {event.name: decider for decider in deciders for event in decider.workflow.events}
        self._policy = policy
        self._lock = RLock()
        self._cache: OrderedDict[str, Record] = OrderedDict()
        self._numbers: dict[str, int] = {}
        self._head = 0
        self._last_recorded = datetime.min.replace(tzinfo=UTC)
        self.log_id = ""
        self.adopted_policy: Policy | None = None
        self.adopted_tables: set[str] = set()
        self.erased: set[str] = set()
        self._begin()

    @classmethod
    def open(
        cls,
        path: str | Path = IN_MEMORY,
        *,
        records: Sequence[Decider] | None = None,
        policy: Policy | None = None,
        authority: Authority | None = None,
        now: Clock = utc_now,
        create: bool = True,
        synchronous: str = "FULL",
        keys: str | Path | None = None,
    ) -> Self:
        """Open the log at `path`, making it where there is none; without a path, a log in memory.

        `records` are the kinds of record it serves (the shipped ones by default), `policy` is adopted by the first
        command that is handled if the log does not have it in force, `now` gives the time. The keys of personal data
        stand in `keys`, by default beside the log under `<path>.keys`. With create=False a missing log is an error.
        """
        store = SQLiteStore(path, create=create, synchronous=synchronous)
        beside = IN_MEMORY if str(path) == IN_MEMORY else f"{path}.keys"
        return cls._on(store, keys or beside, records, policy, authority, now)

    @classmethod
    def on_recorder(
        cls,
        recorder: Any,
        *,
        keys: str | Path,
        records: Sequence[Decider] | None = None,
        policy: Policy | None = None,
        authority: Authority | None = None,
        now: Clock = utc_now,
    ) -> Self:
        """Use a recorder written for eventsourcing. It must store several streams atomically, in commit order."""
        from govflow.persistence.recorder import RecorderStore

        return cls._on(RecorderStore(recorder), keys, records, policy, authority, now)

    @classmethod
    def _on(
        cls,
        store: Store,
        keys: str | Path,
        records: Sequence[Decider] | None,
        policy: Policy | None,
        authority: Authority | None,
        now: Clock,
    ) -> Self:
        if records is None:
            from govflow.cases import CASE

            records = (CASE,)
        try:
            return cls(store, KeyStore(keys), records, policy=policy, authority=authority, now=now)
        except BaseException:
            store.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the log and its key store."""
        with self._lock:
            self.store.close()
            self.vault.keys.close()

    # -- handling -----------------------------------------------------------------------------------------------------

    def handle(self, command: Command) -> Record:
        """Do what a command asks and return the record after it.

        The same command again (same id) returns the first outcome. Raises NotAllowed with every broken rule,
        CommandReused, Conflict, LogError; whatever it raises, nothing was written.
        """
        return self.handle_all([command])[0]

    def handle_all(self, commands: Iterable[Command]) -> list[Record]:
        """Handle several commands, over several records, in one transaction: all or none."""
        given = list(commands)
        with self._lock:
            look_first = False
            for _ in range(_RETRIES):
                try:
                    return self._handle_all(given, look_first=look_first)
                except CommandStored:
                    look_first = True
                except VersionTaken:
                    self._forget()
                    look_first = True
                except LogError:
                    self._forget()  # a failed commit is ambiguous: trust nothing that was remembered
                    raise
            raise Conflict(f"others wrote to the same records {_RETRIES} times in a row; try again")

    def _handle_all(self, commands: list[Command], *, look_first: bool) -> list[Record]:
        with self.store.transaction() as transaction:
            if transaction.head != self._head:
                self._catch_up(transaction.head)
            unit = Unit(self, max(self.now().astimezone(UTC), self._last_recorded))
            with self.vault.keys.one_commit() if len(commands) > 1 else nullcontext():
                results = [self._run(unit, command, look_first=look_first) for command in commands]
            if unit.rows:
                transaction.append(unit.rows)
        self._keep(unit, transaction)
        return results

    def _run(self, unit: Unit, command: Command, *, look_first: bool) -> Record:
        if command.command_id in unit.handled or (look_first and self._first_row(command)):
            return self._repeated(unit, command)
        try:
            return unit.run(command)
        except NotAllowed:
            if not look_first and self._first_row(command):
                raise CommandStored from None  # done before: begin again, looking first
            raise

    def _keep(self, unit: Unit, transaction: Transaction) -> None:
        """Apply a committed unit to what is remembered."""
        if not unit.rows:
            return
        self._head = transaction.head
        self._last_recorded = unit.now
        for record in unit.states.values():
            self._remember(record)
        self._numbers |= unit.numbers
        self.vault.keys.confirmed(unit.keys)
        if unit.adopted_policy:
            self.adopted_policy = unit.adopted_policy
        self.adopted_tables |= unit.adopted_tables
        self.erased |= unit.erased

    def _first_row(self, command: Command) -> StoredEvent | None:
        return self.store.find_command(packed_command_id(command.command_id))

    def _repeated(self, unit: Unit, command: Command) -> Record:
        """The first outcome of a command that was handled before. Raises CommandReused for another command."""
        first = self._first_row(command)
        if first is None:  # earlier in this very transaction
            known, state = unit.handled[command.command_id]
            if digest_of(known) != digest_of(command):
                raise CommandReused(f"command id {command.command_id} stands for another command in this transaction")
            return state
        meta = metadata_of(first.state)
        if meta.digest != digest_of(command):
            raise CommandReused(f"command id {command.command_id} was used for another command ({meta.wire})")
        last = first.version
        for row in self.store.read(first.stream, first.version):
            if metadata_of(row.state).correlation != meta.correlation:
                break
            last = row.version
        return self._fold(first.stream, last)

    # -- what is remembered -------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Read what the log says of itself; begin a new log where it is empty; finish what a crash left undone."""
        with self._lock:
            try:
                head = self._begun()
            except VersionTaken:  # somebody else began it at the same moment
                head = self._begun()
            self._catch_up(head)
            self.vault.keys.serve(self.log_id)
            self._settle_keys()

    def _begun(self) -> int:
        with self.store.transaction() as transaction:
            if transaction.head == 0:
                unit = Unit(self, self.now().astimezone(UTC))
                log_id = self.vault.keys.bind("log-" + os.urandom(12).hex())
                unit.add_to_log(LogOpened(at=unit.now, by=SYSTEM.id, log_id=log_id))
                transaction.append(unit.rows)
            elif not self.store.read(LOG_STREAM)[:1]:
                raise LogError("this store holds events, but no govflow log")
        return transaction.head

    def _settle_keys(self) -> None:
        """Confirm keys whose event is in the log, sweep those of failed writes, destroy those of erased subjects."""
        keys = self.vault.keys
        if keys.waiting():
            if self.store.exclusive:
                with self.store.transaction():  # nobody is between making a key and storing its event
                    keys.confirm_stored(lambda command: self.store.find_command(command) is not None)
                    keys.sweep()
            else:  # somebody may be: orphans stay
                keys.confirm_stored(lambda command: self.store.find_command(command) is not None)
        for subject in self.erased:
            if not keys.is_destroyed(subject):
                keys.destroy(subject)

    def _catch_up(self, head: int) -> None:
        """See what others wrote since this engine last looked."""
        if head < self._head:
            raise Truncated(f"the log has {head} events, but this engine has seen {self._head}")
        seen = self._head
        if seen == 0 or head - seen > _TAIL_WORTH_READING:
            self._cache.clear()
            self._numbers.clear()
            self._read_log_stream()
            last = next(iter(self.store.scan(head - 1)), None)
            if last is not None:
                self._last_recorded = metadata_of(last.state).recorded_at
        else:
            last = None
            for row in self.store.scan(seen):
                last = row
                self._cache.pop(row.stream, None)
                if row.version == 1:
                    self._numbers.clear()
                if row.stream == LOG_STREAM:
                    self._note(self.codec.decode(row.topic, row.state))
            if last is not None:
                self._last_recorded = metadata_of(last.state).recorded_at
        self._head = head

    def _read_log_stream(self) -> None:
        for row in self.store.read(LOG_STREAM):
            self._note(self.codec.decode(row.topic, row.state))

    def _note(self, event: Event) -> None:
        match event:
            case LogOpened():
                self.log_id = event.log_id
            case PolicyAdopted():
                self.adopted_policy = event.policy
            case WorkflowAdopted():
                self.adopted_tables.add(event.digest)
            case SubjectErased():
                self.erased.add(event.subject)
                self.vault.keys.forget(event.subject)

    def _remember(self, record: Record) -> None:
        self._cache[record.id] = record
        self._cache.move_to_end(record.id)
        if len(self._cache) > _CACHED_RECORDS:
            self._cache.popitem(last=False)

    def _forget(self) -> None:
        """Drop everything remembered; the next transaction reads the log afresh."""
        self._cache.clear()
        self._numbers.clear()

    # -- asking -------------------------------------------------------------------------------------------------------

    @property
    def policy(self) -> Policy:
        """The policy for what is recorded next: the one given at opening, else the log's, else the default."""
        return self._policy or self.adopted_policy or DEFAULT_POLICY

    def get(self, id: str) -> Record:
        """The record as it stands now. Raises NotFound."""
        record = self.current(id)
        if record is None:
            raise NotFound(f"there is no record {id}")
        return record

    def as_of(self, id: str, moment: datetime | None = None, *, version: int | None = None) -> Record:
        """The record as of what had occurred by `moment`, or as of its `version`. Raises NotFound if there was none."""
        if moment is None:
            return self._fold(id, version)
        return self._fold_while(id, lambda recorded: recorded.body.at <= moment, f"at {moment.isoformat()}")

    def known_at(self, id: str, moment: datetime) -> Record:
        """The record as of what had been recorded by `moment`. Raises NotFound if nothing had."""
        return self._fold_while(id, lambda recorded: recorded.meta.recorded_at <= moment, f"at {moment.isoformat()}")

    def history(self, id: str) -> tuple[RecordedEvent, ...]:
        """Every event of the record with its metadata, oldest first. Raises NotFound."""
        rows = self.store.read(id)
        if not rows or id == LOG_STREAM:
            raise NotFound(f"there is no record {id}")
        return tuple(self.codec.recorded(row) for row in rows)

    def log_history(self) -> tuple[RecordedEvent, ...]:
        """What the log says of itself: its opening, the tables and policies adopted, erased subjects."""
        return tuple(self.codec.recorded(row) for row in self.store.read(LOG_STREAM))

    def events(self, after: int = 0) -> Iterator[RecordedEvent]:
        """Every event of the log in order, from behind position `after`, in flat memory."""
        return (self.codec.recorded(row) for row in self.store.scan(after))

    def records(self) -> Iterator[Record]:
        """Every record as it stands now, by id, in flat memory."""
        for stream, rows in self.store.streams():
            if stream != LOG_STREAM and (decider := self._decider_of(rows)):
                yield self._folded(decider, stream, rows)

    def open_loops(self, id: str) -> tuple[Loop, ...]:
        """What the record still owes: each loop with who owes it, since when and until when."""
        record = self.get(id)
        return self.deciders[record.kind_of_record].open_loops(record)

    def allowed(self, id: str, actor: Actor) -> tuple[AllowedStep, ...]:
        """The commands whose role and status fit now; what their rules ask beyond that is named, not judged."""
        record = self.get(id)
        decider = self.deciders[record.kind_of_record]
        context = self._context(actor, self.now(), None)
        steps: dict[tuple[str, str | None], AllowedStep] = {}
        for step, item in decider.allowed(record, context):
            needs = [name for rule in step.rules for name in rule.needs]
            needs += [name for name, field in step.command.model_fields.items() if field.is_required() and name != "by"]
            known = {name: None for name in needs if name in step.command.model_fields}
            key = (step.command.wire, item.key if item else None)
            steps.setdefault(key, AllowedStep(*key, tuple(known)))
        return tuple(steps.values())

    def why_not(
        self, command: Command, *, at: datetime | None = None, version: int | None = None
    ) -> tuple[Broken, ...]:
        """Every rule that stands against a command now, or at a past moment or version; empty = it would be done.

        Nothing is written. For the past, the actor's claims are those that the command carries.
        """
        past: Record | None = None
        if at is not None or version is not None:
            if command.id is None:
                raise InputError("a past moment needs a record", where="why_not", expected="a command with an id")
            past = self.as_of(command.id, at, version=version)
        moment = at or (past.at if past is not None else None)
        now = max(self.now().astimezone(UTC), self._last_recorded) if moment is None else moment.astimezone(UTC)
        unit = Unit(self, now, past=moment, dry=True)
        if past is not None:
            unit.states[past.id] = past
        try:
            unit.run(command)
        except NotAllowed as refused:
            return refused.broken
        return ()

    def outcome(self, command_id: str) -> tuple[RecordedEvent, ...]:
        """The events that a command caused, in all records, in order. Raises NotFound."""
        first = self.store.find_command(packed_command_id(command_id))
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

    # -- personal data ------------------------------------------------------------------------------------------------

    def open_personal(self, id: str, field: str, actor: Actor, *, version: int | None = None) -> str | None:
        """The clear text of a personal field of a record's events (the last one that has it); None once erased.

        `field` is a field of an event (`reporter_name`). Raises ProtectionError without the right to read it there.
        """
        record = self.get(id)
        claims = self.authority.claims(actor, self.now())
        if not any(record.may_read_personal(field, claim, actor.id) for claim in claims):
            raise ProtectionError(f"{actor.id} has no right to read {field} of {id}")
        for row in reversed(self.store.read(id)):
            event = self.codec.decode(row.topic, row.state)
            value = event.__dict__.get(field) if field in event.personal else None
            if value is not None and version in (None, row.version):
                return self.vault.open(value, row.stream, row.version, row.topic, field)
        raise NotFound(f"{id} has no personal field {field}")

    def erase_subject(self, subject: str, by: Actor, *, basis: str, authority: str) -> None:
        """Erase the personal data of one subject: record it with its legal basis, then destroy the key for good."""
        if not any(claim.role in ("archivist", "system") for claim in self.authority.claims(by, self.now())):
            raise ProtectionError(f"{by.id} has no right to erase personal data: archivist is asked for")
        with self._lock:
            for _ in range(_RETRIES):
                try:
                    self._record_erased(subject, by, basis, authority)
                    break
                except VersionTaken:
                    self._forget()
            else:
                raise Conflict(f"others wrote to the log's own events {_RETRIES} times in a row; try again")
            self.vault.keys.destroy(subject)

    def _record_erased(self, subject: str, by: Actor, basis: str, authority: str) -> None:
        with self.store.transaction() as transaction:
            if transaction.head != self._head:
                self._catch_up(transaction.head)
            if subject in self.erased:
                return
            unit = Unit(self, max(self.now().astimezone(UTC), self._last_recorded))
            event = SubjectErased(at=unit.now, by=by.id, subject=subject, basis=basis, authority=authority)
            unit.add_to_log(event, by)
            unit.erased.add(subject)
            transaction.append(unit.rows)
        self._keep(unit, transaction)

    # -- inside -------------------------------------------------------------------------------------------------------

    def _context(self, actor: Actor, now: datetime, behalf: str | None) -> Context:
        return Context(
            now=now,
            at=now,
            actor=actor,
            claims=self.authority.claims(actor, now),
            on_behalf_of=behalf,
            policy=self.policy,
            lookup=self.current,
            number=lambda kind: "",
            deciders=self.deciders,
        )

    def current(self, id: str) -> Record | None:
        """The record as it stands now, None where there is none."""
        cached = self._cache.get(id)
        version = self.store.version(id)
        if cached is not None and cached.version == version:
            return cached
        return self._fold(id) if version and id != LOG_STREAM else None

    def remembered(self, id: str) -> Record | None:
        """The same while the write lock is held: what is cached then is current."""
        cached = self._cache.get(id)
        if cached is not None:
            return cached
        return self._fold(id) if id != LOG_STREAM and self.store.version(id) else None

    def is_in_force(self, policy: Policy) -> bool:
        """Whether the log has adopted this very policy last."""
        if self.adopted_policy is policy:
            return True
        if self.adopted_policy == policy:
            self.adopted_policy = policy
            return True
        return False

    def state_as_of(self, id: str, moment: datetime) -> Record | None:
        """The record as of a past moment, None where there was none."""
        try:
            return self.as_of(id, moment)
        except NotFound:
            return None

    def policy_at(self, moment: datetime) -> Policy:
        """The policy that was in force for what was recorded at a past moment."""
        adopted = [
            recorded.body.policy
            for recorded in self.log_history()
            if isinstance(recorded.body, PolicyAdopted) and recorded.meta.recorded_at <= moment
        ]
        return adopted[-1] if adopted else self.policy

    def decider_for(self, command: Command) -> Decider:
        """The decider that takes a command for a record that does not exist yet."""
        try:
            return self._by_command[type(command)]
        except KeyError:
            raise NotFound(f"no record served here takes {command.wire or type(command).__name__}") from None

    def last_number(self, prefix: str) -> int:
        """The highest number given so far under a prefix."""
        if prefix not in self._numbers:
            self._numbers[prefix] = self.store.last_number(prefix)
        return self._numbers[prefix]

    def _decider_of(self, rows: Sequence[StoredEvent]) -> Decider | None:
        return self._by_event.get(rows[0].topic.partition("@")[0])

    def _fold(self, id: str, version: int | None = None) -> Record:
        rows = self.store.read(id)
        decider = self._decider_of(rows) if rows else None
        if not decider or id == LOG_STREAM or (version is not None and not 1 <= version <= rows[-1].version):
            raise NotFound(f"there is no record {id}" + (f" in version {version}" if version is not None else ""))
        return self._folded(decider, id, rows if version is None else rows[:version])

    def _fold_while(self, id: str, holds: Callable[[RecordedEvent], bool], when: str) -> Record:
        rows = self.store.read(id)
        kept = [row for row in rows if holds(self.codec.recorded(row))]
        decider = self._decider_of(kept) if kept else None
        if decider is None or id == LOG_STREAM:
            raise NotFound(f"there was no record {id} {when}" if rows else f"there is no record {id}")
        return self._folded(decider, id, kept)

    def _folded(self, decider: Decider, id: str, rows: Iterable[StoredEvent]) -> Record:
        state = decider.initial.changed(id=id)
        decode, evolve = self.codec.decode, decider.evolve
        for row in rows:
            state = evolve(state, decode(row.topic, row.state))
        return state


def _events_of(deciders: Iterable[Decider]) -> Iterator[type[Event]]:
    return (event for decider in deciders for event in decider.events)
