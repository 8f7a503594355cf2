"""Writing: commands are decided while the write lock is held, on current state, and stored at once or not at all.

The cache is changed only after the commit; a failed commit is ambiguous, and nothing remembered is trusted after it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from threading import RLock
from types import TracebackType
from typing import Self, TypeVar

from govflow.actors import SYSTEM, Actor, Authority, Claim, Role, covers_area, is_built_in
from govflow.decider import Decider
from govflow.errors import CommandReused, Conflict, Detail, InputError, LogError, NotAllowed, PolicyError, Problem
from govflow.log import Log
from govflow.log_events import LOG_STREAM, LogOpened
from govflow.messages import SYSTEM_IDS, Command, digest_of
from govflow.organisation.model import DIRECTORY_ID
from govflow.persistence.codec import metadata_of
from govflow.persistence.store import CommandStored, Store, Transaction, VersionTaken
from govflow.policy import DEFAULT_POLICY, Policy
from govflow.privacy.keys import KeyStore
from govflow.privacy.vault import Vault
from govflow.reading import Reader, aware, sees
from govflow.records import Record
from govflow.transaction import Unit

Now = Callable[[], datetime]
_T = TypeVar("_T")
_RETRIES = 10
_NOTHING: AbstractContextManager[None] = nullcontext()


def utc_now() -> datetime:
    """The system's time."""
    return datetime.now(UTC)


class Writer(Reader):
    """Handles commands on one log, and reads all of it. A context manager; safe to share between threads."""

    def __init__(
        self,
        store: Store,
        keys: KeyStore,
        deciders: Sequence[Decider],
        *,
        authority: Authority,
        policy: Policy | None = None,
        now: Now = utc_now,
        read_only: bool = False,
    ) -> None:
        if policy is not None and not isinstance(policy, Policy):
            raise InputError(f"{type(policy).__name__} is no policy", where="policy", expected="a Policy")
        super().__init__(Log(store, deciders))
        self.vault = Vault(keys)
        self.authority: Authority = authority
        self.now = now
        self._policy = policy
        self.read_only = read_only
        self._lock = RLock()
        self._begin(read_only=read_only)

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
    def policy(self) -> Policy:
        """The policy for what is recorded next: the log's, once it has adopted the one given at opening."""
        return self._policy_on(self._moment())

    def _policy_on(self, now: datetime) -> Policy:
        given, known = self._policy, self.log.adopted
        if given is None or given.key in known.policies:
            return known.policy_on(now) or DEFAULT_POLICY
        if not known.in_order or given.effective_from <= now.astimezone(given.zone).date():
            return given
        return known.policy_on(now) or DEFAULT_POLICY

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
        given, now = self._policy, self._moment()
        also = given if given is not None and given.key not in self.log.policies else None
        return Unit(self.log, self.vault, self.authority, self._policy_on(now), now, also=also)

    def _moment(self) -> datetime:
        """Now, but never before what the log has recorded already."""
        return max(aware(self.now(), "now"), self.log.last_recorded)

    def _run(self, unit: Unit, command: Command, *, look_first: bool) -> Record:
        if command.command_id.startswith(SYSTEM_IDS) and not is_built_in(command.by):
            raise InputError("the command id is one of the system's", where="command_id", expected="an id of one's own")
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
        record = self.log.record_after(first)
        asker = self.log.codec.decode(first.topic, first.state).by
        if asker != command.by.id and not sees(record, unit.claims_of(command), command.by.id):
            raise CommandReused(f"command id {command.command_id} was used by somebody else")
        return record

    def _keep(self, unit: Unit, transaction: Transaction) -> None:
        """Remember what a committed unit wrote."""
        if not unit.rows:
            return
        self.log.head = transaction.head
        self.log.last_recorded = unit.now
        self.log.remember(unit.states.values(), unit.numbers)
        self.log.adopted = unit.kept
        self.log.tables |= unit.adopted_tables
        self.log.erased |= unit.erased
        self.log.destroyed |= unit.destroyed
        self.vault.keys.confirmed(unit.keys)

    def _change(self, change: Callable[[Unit], object]) -> None:
        """Let `change` add events of the log itself, in one transaction."""

        def attempt(_: bool) -> None:
            with self.store.transaction() as transaction:
                unit = self._unit(transaction)
                change(unit)
                if unit.rows:
                    transaction.append(unit.rows)
            self._keep(unit, transaction)

        self._retrying(attempt)

    def _claims(self, actor: Actor, at: datetime) -> tuple[Claim, ...]:
        if is_built_in(actor):
            return actor.claims
        with self._lock:  # while nobody else changes what is remembered
            self.log.catch_up(self.store.head())
            return self.authority.claims(actor, at, self.log.remembered)

    def _claim_of(self, by: Actor, *roles: Role) -> Claim | None:
        """The claim of an actor to one of these roles for the whole log."""
        root = self._root_area()
        held = self._claims(by, self._moment())
        return next((each for each in held if each.role in roles and covers_area(each, root)), None)

    def _root_area(self) -> str:
        """The area of the whole log: that of its directory, everywhere where it has none."""
        directory = self.log.current(DIRECTORY_ID) if "directory" in self.deciders else None
        return directory.area if directory is not None else ""

    def _fresh(self) -> None:
        """See what others wrote: policies and calendars too are asked as they stand now."""
        with self._lock:
            self.log.catch_up(self.store.head())

    def _remembered(self, id: str) -> Record | None:
        """The record as it stands now, kept at hand for the commands that follow."""
        with self._lock:  # while nobody else changes what is remembered
            self.log.catch_up(self.store.head())
            return self.log.remembered(id)

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
            given = self._policy
            if given is not None and self.log.policies.get(given.key, given) != given:
                what = Detail(f"{given.key} was adopted with another content", f"{given.key} 已以其他内容通过")
                raise PolicyError([Problem("version", what, "a version of its own")])
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
        """Confirm keys whose event is in the log, sweep those of failed writes, destroy those of what was erased."""
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
        for name in self.log.destroyed:
            self._destroy_keys(*name)

    def _destroy_keys(self, subject: str, purpose: str) -> None:
        """Destroy the keys of one purpose, everybody's where no subject is named, unless that was done."""
        keys = self.vault.keys
        if keys.is_destroyed(subject, purpose):
            return
        if subject:
            keys.destroy(subject, purpose)
        else:
            keys.destroy_record(purpose)
