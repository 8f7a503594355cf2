"""The engine: open a log, handle commands, ask for state now and then.

Everything is decided while the write lock is held, on current state; the cache is changed only after the commit.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar, overload

from govflow.actors import SYSTEM, Actor, Authority, ClaimsAuthority, Role
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
)
from govflow.files import IN_MEMORY
from govflow.log import Log
from govflow.log_events import LOG_STREAM, LogOpened, SubjectErased
from govflow.messages import Command, RecordedEvent, digest_of
from govflow.persistence.codec import metadata_of
from govflow.persistence.sqlite import SQLiteStore
from govflow.persistence.store import CommandStored, Store, Transaction, VersionTaken
from govflow.policy import DEFAULT_POLICY, Policy
from govflow.privacy.keys import KeyStore
from govflow.privacy.vault import Vault
from govflow.records import Loop, Record
from govflow.transaction import Unit

Now = Callable[[], datetime]
_T = TypeVar("_T")
_R = TypeVar("_R", bound=Record)
_RETRIES = 10
_NOTHING: AbstractContextManager[None] = nullcontext()


def utc_now() -> datetime:
    """The system's time."""
    return datetime.now(UTC)


def _aware(moment: datetime, where: str) -> datetime:
    if moment.tzinfo is None:
        raise InputError("the moment names no time zone", where=where, expected="an aware datetime")
    return moment.astimezone(UTC)


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
        now: Now = utc_now,
        read_only: bool = False,
    ) -> None:
        if policy is not None and not isinstance(policy, Policy):
            raise InputError(f"{type(policy).__name__} is no policy", where="policy", expected="a Policy")
        self.log = Log(store, deciders)
        self.vault = Vault(keys)
        self.authority: Authority = authority or ClaimsAuthority()
        self.now = now
        self._policy = policy
        self._lock = RLock()
        self._begin(read_only=read_only)

    @classmethod
    def open(
        cls,
        path: str | Path = IN_MEMORY,
        *,
        records: Sequence[Decider] | None = None,
        policy: Policy | None = None,
        authority: Authority | None = None,
        now: Now = utc_now,
        create: bool = True,
        read_only: bool = False,
        synchronous: str = "FULL",
        keys: str | Path | None = None,
    ) -> Self:
        """Open the log at `path`, making it where there is none; without a path, a log in memory.

        `records` are the kinds of record it serves (the shipped ones by default), `policy` is adopted by the first
        command that is handled if the log does not have it in force, `now` gives the time. The keys of personal data
        stand in `keys`, by default beside the log under `<path>.keys`. With create=False a missing log is an error;
        with read_only=True too, and nothing is written at all, so that a read-only medium will do.
        """
        store = SQLiteStore(path, create=create, read_only=read_only, synchronous=synchronous)
        beside = IN_MEMORY if str(path) == IN_MEMORY else f"{path}.keys"
        return cls._on(store, keys or beside, records, policy, authority, now, read_only=read_only)

    @classmethod
    def on_recorder(
        cls,
        recorder: Any,
        *,
        keys: str | Path,
        records: Sequence[Decider] | None = None,
        policy: Policy | None = None,
        authority: Authority | None = None,
        now: Now = utc_now,
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
        now: Now,
        *,
        read_only: bool = False,
    ) -> Self:
        if records is None:
            from govflow.cases import CASE

            records = (CASE,)
        try:
            kept = KeyStore(keys, read_only=read_only)
            return cls(store, kept, records, policy=policy, authority=authority, now=now, read_only=read_only)
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

    @property
    def store(self) -> Store:
        """The store behind the log."""
        return self.log.store

    @property
    def log_id(self) -> str:
        """The random id that names this log for ever."""
        return self.log.id

    @property
    def deciders(self) -> Mapping[str, Decider]:
        """The kinds of record that are served, by name."""
        return self.log.deciders

    @property
    def policy(self) -> Policy:
        """The policy for what is recorded next: the one given at opening, else the log's, else the default."""
        return self._policy or self.log.policy or DEFAULT_POLICY

    # -- handling -----------------------------------------------------------------------------------------------------

    def handle(self, command: Command) -> Record:
        """Do what a command asks and return the record after it.

        The same command again (same id) returns the first outcome. Raises NotAllowed with every broken rule,
        CommandReused, Conflict, InputError, NotFound; with these nothing was written. After a LogError at the commit
        nobody knows: ask again with the same command id.
        """
        return self.handle_all([command])[0]

    def handle_all(self, commands: Iterable[Command]) -> list[Record]:
        """Handle several commands, over several records, in one transaction: all or none."""
        given = list(commands)
        for command in given:
            if not isinstance(command, Command):
                raise InputError(f"{type(command).__name__} is no command", expected="a Command")
        return self._retrying(lambda look_first: self._handle_all(given, look_first=look_first))

    def _retrying(self, attempt: Callable[[bool], _T]) -> _T:
        """Try again, looking for the own command ids first, when somebody else was faster."""
        with self._lock:
            look_first = False
            for _ in range(_RETRIES):
                try:
                    return attempt(look_first)
                except CommandStored:
                    look_first = True
                except VersionTaken:
                    self.log.forget()
                    look_first = True
                except LogError:
                    self.log.forget()  # a failed commit is ambiguous: trust nothing that was remembered
                    raise
            raise Conflict(f"others wrote to the same records {_RETRIES} times in a row; try again")

    def _handle_all(self, commands: list[Command], *, look_first: bool) -> list[Record]:
        with self.store.transaction() as transaction:
            unit = self._unit(transaction)
            with self.vault.keys.one_commit() if len(commands) > 1 else _NOTHING:
                results = [self._run(unit, command, look_first=look_first) for command in commands]
            if unit.rows:
                transaction.append(unit.rows)
        self._keep(unit, transaction)
        return results

    def _unit(self, transaction: Transaction) -> Unit:
        """A unit of work on the log as it stands now that the transaction has begun."""
        self.log.catch_up(transaction.head)
        return Unit(self.log, self.vault, self.authority, self.policy, self._moment())

    def _moment(self) -> datetime:
        """Now, but never before what the log has recorded already."""
        return max(_aware(self.now(), "now"), self.log.last_recorded)

    def _run(self, unit: Unit, command: Command, *, look_first: bool) -> Record:
        if command.command_id in unit.handled or (look_first and self.log.first_row(command.command_id)):
            return self._repeated(unit, command)
        try:
            return unit.run(command)
        except NotAllowed:
            if not look_first and self.log.first_row(command.command_id):
                raise CommandStored from None  # done before: begin again, looking first
            raise

    def _repeated(self, unit: Unit, command: Command) -> Record:
        """The first outcome of a command that was handled before. Raises CommandReused for another command."""
        first = self.log.first_row(command.command_id)
        if first is None:  # earlier in this very transaction
            known, state = unit.handled[command.command_id]
            if digest_of(known) != digest_of(command):
                raise CommandReused(f"command id {command.command_id} stands for another command in this transaction")
            return state
        meta = metadata_of(first.state)
        if meta.digest != digest_of(command):
            raise CommandReused(f"command id {command.command_id} was used for another command ({meta.wire})")
        return self.log.record_after(first)

    def _keep(self, unit: Unit, transaction: Transaction) -> None:
        """Remember what a committed unit wrote."""
        if not unit.rows:
            return
        self.log.head = transaction.head
        self.log.last_recorded = unit.now
        self.log.remember(unit.states.values(), unit.numbers)
        self.log.policy = unit.adopted_policy or self.log.policy
        self.log.tables |= unit.adopted_tables
        self.log.erased |= unit.erased
        self.vault.keys.confirmed(unit.keys)

    # -- beginning ----------------------------------------------------------------------------------------------------

    def _begin(self, *, read_only: bool) -> None:
        """Read what the log says of itself; begin a new log where it is empty; finish what a crash left undone."""
        with self._lock:
            head = self.store.head()
            if head == 0 and not read_only:
                try:
                    head = self._begun()
                except VersionTaken:  # somebody else began it at the same moment
                    head = self.store.head()
            if not self.store.version(LOG_STREAM):
                raise LogError("this store holds events, but no govflow log")
            self.log.catch_up(head)
            self.vault.keys.serve(self.log.id)
            if not read_only:
                self._settle_keys()

    def _begun(self) -> int:
        with self.store.transaction() as transaction:
            if transaction.head == 0:
                unit = self._unit(transaction)
                log_id = self.vault.keys.bind("log-" + os.urandom(12).hex())
                unit.add_to_log(LogOpened(at=unit.now, by=SYSTEM.id, log_id=log_id))
                transaction.append(unit.rows)
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
        for subject in self.log.erased:
            if not keys.is_destroyed(subject):
                keys.destroy(subject)

    # -- asking -------------------------------------------------------------------------------------------------------

    @overload
    def get(self, id: str) -> Record: ...

    @overload
    def get(self, id: str, kind: type[_R]) -> _R: ...

    def get(self, id: str, kind: type[Record] = Record) -> Record:
        """The record as it stands now, of this `kind` where one is named. Raises NotFound."""
        record = self.log.current(id)
        if record is None:
            raise NotFound(f"there is no record {id}")
        if not isinstance(record, kind):
            raise NotFound(f"{id} is a {record.kind_of_record}, not a {kind.kind_of_record}")
        return record

    def as_of(self, id: str, moment: datetime | None = None, *, version: int | None = None) -> Record:
        """The record as of what had occurred by `moment`, or as of its `version`. Raises NotFound if there was none."""
        return self.log.fold(id, version) if moment is None else self.log.as_of(id, _aware(moment, "as_of"))

    def known_at(self, id: str, moment: datetime) -> Record:
        """The record as of what had been recorded by `moment`. Raises NotFound if nothing had."""
        known = _aware(moment, "known_at")
        return self.log.fold_while(id, lambda recorded: recorded.meta.recorded_at <= known, known)

    def history(self, id: str) -> tuple[RecordedEvent, ...]:
        """Every event of the record with its metadata, oldest first. Raises NotFound."""
        events = self.log.history(id) if id != LOG_STREAM else ()
        if not events:
            raise NotFound(f"there is no record {id}")
        return events

    def log_history(self) -> tuple[RecordedEvent, ...]:
        """What the log says of itself: its opening, the tables and policies adopted, erased subjects."""
        return self.log.history(LOG_STREAM)

    def events(self, after: int = 0) -> Iterator[RecordedEvent]:
        """Every event of the log in order, from behind position `after`, in flat memory."""
        return (self.log.codec.recorded(row) for row in self.store.scan(after))

    def records(self) -> Iterator[Record]:
        """Every record as it stands now, by id, in flat memory. Raises LogError for a kind that is not served."""
        return self.log.records()

    def open_loops(self, id: str) -> tuple[Loop, ...]:
        """What the record still owes: each loop with who owes it, since when and until when."""
        record = self.get(id)
        return self.deciders[record.kind_of_record].open_loops(record)

    def allowed(self, id: str, actor: Actor) -> tuple[AllowedStep, ...]:
        """The commands whose role and status fit now; what their rules ask beyond that is named, not judged."""
        record = self.get(id)
        decider = self.deciders[record.kind_of_record]
        unit = Unit(self.log, self.vault, self.authority, self.policy, self._moment(), dry=True)
        context = unit.context(Command(by=actor), unit.now)
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
        if not isinstance(command, Command):
            raise InputError(f"{type(command).__name__} is no command", where="why_not", expected="a Command")
        past: Record | None = None
        if at is not None or version is not None:
            if command.id is None:
                raise InputError("a past moment needs a record", where="why_not", expected="a command with an id")
            at = None if at is None else _aware(at, "why_not")
            past = self.as_of(command.id, at, version=version)
        moment = at or (past.at if past is not None else None)
        if moment is None:
            unit = Unit(self.log, self.vault, self.authority, self.policy, self._moment(), dry=True)
        else:
            policy = self.log.policy_at(moment) or self.policy
            unit = Unit(self.log, self.vault, self.authority, policy, moment.astimezone(UTC), past=moment, dry=True)
        if past is not None:
            unit.states[past.id] = past
        try:
            unit.run(command)
        except NotAllowed as refused:
            return refused.broken
        return ()

    def outcome(self, command_id: str) -> tuple[RecordedEvent, ...]:
        """The events that a command caused, in all records, in order. Raises NotFound."""
        return self.log.outcome(command_id)

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
            event = self.log.codec.decode(row.topic, row.state)
            value = event.__dict__.get(field) if field in event.personal else None
            if value is not None and version in (None, row.version):
                return self.vault.open(value, row.stream, row.version, row.topic, field)
        raise NotFound(f"{id} has no personal field {field}")

    def erase_subject(self, subject: str, by: Actor, *, basis: str, authority: str) -> None:
        """Erase the personal data of one subject: record it with its legal basis, then destroy the key for good."""
        claims = SYSTEM.claims if by is SYSTEM else self.authority.claims(by, self.now())
        if not any(claim.role in (Role.ARCHIVIST, Role.SYSTEM) and not claim.area for claim in claims):
            raise ProtectionError(
                f"{by.id} has no right to erase personal data: an archivist for everywhere is asked for"
            )
        with self._lock:
            self._retrying(lambda _: self._record_erased(subject, by, basis, authority))
            self.vault.keys.destroy(subject)

    def _record_erased(self, subject: str, by: Actor, basis: str, authority: str) -> None:
        with self.store.transaction() as transaction:
            unit = self._unit(transaction)
            if subject in self.log.erased:
                return
            event = SubjectErased(at=unit.now, by=by.id, subject=subject, basis=basis, authority=authority)
            unit.add_to_log(event, by)
            unit.erased.add(subject)
            transaction.append(unit.rows)
        self._keep(unit, transaction)
