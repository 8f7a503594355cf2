"""The engine: open a log, handle commands, let time pass, adopt policies, ask what is allowed and why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple, Self

from govflow.actors import SYSTEM, Actor, Authority, Claim, Role
from govflow.adoption import Migrated, Migration, is_running, migration_of, misfits
from govflow.calendars import Calendar
from govflow.checkpoints import keys as signing_keys
from govflow.checkpoints.automatic import Every
from govflow.context import Context
from govflow.decider import Decider
from govflow.disposing import Disposing
from govflow.errors import (
    Broken,
    Detail,
    InputError,
    NotAllowed,
    NotFound,
    PolicyError,
    Problem,
    ProtectionError,
)
from govflow.files import IN_MEMORY
from govflow.messages import Command, RecordedEvent
from govflow.organisation.authority import DefaultAuthority
from govflow.persistence.agenda import Agenda
from govflow.persistence.agenda import beside as agenda_beside
from govflow.persistence.checkpoints import CheckpointStore
from govflow.persistence.checkpoints import beside as checkpoints_beside
from govflow.persistence.sqlite import SQLiteStore
from govflow.persistence.store import Store
from govflow.policy import Matter, Policy, Route
from govflow.policy.model import NO_CALENDAR
from govflow.privacy.keys import KeyStore
from govflow.privacy.wrapping import Wrapping
from govflow.reading import Reader, aware, keeps_from, sees
from govflow.records import Record
from govflow.regions.policy_version import MigratePolicy
from govflow.signing import HOURLY
from govflow.subjects import DATA_SUBJECT, DataSubject, with_people
from govflow.ticking import Fired, Tick
from govflow.ticking import tick as run_tick
from govflow.transaction import Unit
from govflow.writing import Now, utc_now


class AllowedStep(NamedTuple):
    """A command that has a row now: its wire name, the item it would move, the arguments its rules look at.

    `missing` are the roles of which the actor would need one (empty: the actor may try it), `held_by` who holds one.
    """

    command: str
    item: str | None
    needs: tuple[str, ...]
    missing: tuple[str, ...] = ()
    held_by: tuple[str, ...] = ()


def shipped() -> tuple[Decider, ...]:
    """Every kind of record that ships, in the order in which they are shown."""
    from govflow.alliances import ALLIANCE
    from govflow.beside import BULLETIN, CAMPAIGN, THEMATIC_ISSUE, VISIT_ROUND
    from govflow.budgets import BUDGET_ROUND
    from govflow.cases import CASE
    from govflow.duties import DUTY
    from govflow.envelopes import ENVELOPE
    from govflow.organisation import DIRECTORY
    from govflow.projects import PROJECT
    from govflow.proposals import PROPOSAL
    from govflow.resources import RESOURCE
    from govflow.studios import STUDIO
    from govflow.surveys import INDEX_SURVEY
    from govflow.watch import WATCH

    handled = (CASE, PROPOSAL, PROJECT, BUDGET_ROUND, ENVELOPE, RESOURCE, ALLIANCE, STUDIO, INDEX_SURVEY)
    return *handled, CAMPAIGN, THEMATIC_ISSUE, VISIT_ROUND, BULLETIN, WATCH, DUTY, DIRECTORY, DATA_SUBJECT


class Engine(Disposing):
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
        agenda: str = IN_MEMORY,
        checkpoints: CheckpointStore | None = None,
        signing: str | Path = IN_MEMORY,
        checkpoint_every: Every | None = HOURLY,
    ) -> None:
        super().__init__(
            store,
            keys,
            with_people(deciders),
            policy=policy,
            authority=authority or DefaultAuthority(),
            now=now,
            read_only=read_only,
            checkpoints=checkpoints,
            signing=signing,
            checkpoint_every=checkpoint_every,
        )
        self._agenda: Agenda | None = None
        self._agenda_path = agenda
        self._tick_lock = RLock()

    def close(self) -> None:
        """Release the log, its key store, its agenda and its checkpoints."""
        with self._tick_lock:
            super().close()
            if self._agenda is not None:
                self._agenda.close()
                self._agenda = None

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
        wrapping: Wrapping | None = None,
        signing: str | Path | None = None,
        checkpoint_every: Every | None = HOURLY,
    ) -> Self:
        """Open the log at `path`, making it where there is none; without a path, a log in memory.

        `records` are the kinds of record it serves (the shipped ones by default), `policy` is adopted by the first
        command that is handled if the log does not have it in force, `now` gives the time. The keys of personal data
        stand in `keys`, by default beside the log under `<path>.keys`, encrypted by `wrapping`: by default under a key
        in a file of its own, `<keys>.kek`; a host's key service may take its place. With create=False a missing log is
        an error; with read_only=True too, and nothing is written at all, so that a read-only medium will do.

        Where a signing key stands in `signing` (by default beside the log, `<path>.signing`), the log signs itself at
        every tick and by `checkpoint_every`; None leaves that to `checkpoint()`. Raises Truncated where the log is
        shorter than what was signed of it, LogError where it is another.
        """
        store = SQLiteStore(path, create=create, read_only=read_only, synchronous=synchronous)
        beside = str(path)
        return cls._on(
            store,
            keys or (IN_MEMORY if beside == IN_MEMORY else f"{path}.keys"),
            records,
            policy,
            authority,
            now,
            wrapping=wrapping,
            read_only=read_only,
            agenda=agenda_beside(beside),
            checkpoints=checkpoints_beside(beside),
            signing=signing or signing_keys.beside(beside),
            checkpoint_every=checkpoint_every,
        )

    @classmethod
    def on_recorder(
        cls,
        recorder: Any,
        *,
        keys: str | Path,
        wrapping: Wrapping | None = None,
        records: Sequence[Decider] | None = None,
        policy: Policy | None = None,
        authority: Authority | None = None,
        now: Now = utc_now,
        checkpoints: str | Path = IN_MEMORY,
        signing: str | Path = IN_MEMORY,
        checkpoint_every: Every | None = HOURLY,
    ) -> Self:
        """Use a recorder written for eventsourcing. It must store several streams atomically, in commit order.

        Checkpoints and the keys that sign them stand in files of their own, `checkpoints` and `signing`; where none are
        named, they last as long as the engine.
        """
        from govflow.persistence.recorder import RecorderStore

        return cls._on(
            RecorderStore(recorder),
            keys,
            records,
            policy,
            authority,
            now,
            wrapping=wrapping,
            checkpoints=checkpoints,
            signing=signing,
            checkpoint_every=checkpoint_every,
        )

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
        checkpoints: str | Path,
        wrapping: Wrapping | None = None,
        read_only: bool = False,
        **more: Any,
    ) -> Self:
        if records is None:
            records = shipped()
        signed = CheckpointStore(checkpoints, read_only=read_only)
        try:
            kept = KeyStore(keys, wrapping=wrapping, read_only=read_only)
            return cls(
                store,
                kept,
                records,
                policy=policy,
                authority=authority,
                now=now,
                read_only=read_only,
                checkpoints=signed,
                **more,
            )
        except BaseException:
            store.close()
            signed.close()
            raise

    # -- time ---------------------------------------------------------------------------------------------------------

    def tick(
        self,
        now: datetime | None = None,
        *,
        on_fired: Callable[[Fired], object] | None = None,
        progress: Callable[[int, int], object] | None = None,
    ) -> Tick:
        """Do everything that has become due by `now`: warnings, overdue marks, windows, escalations, duties.

        Each thing is done once, in the order of its moments, stamped with when it was due and when it was recorded; a
        second tick adds nothing, and one that was killed is finished by the next. `now` may not lie ahead of the
        engine's own time. `on_fired` hears of every single thing, `progress` of (events read, events there).
        """
        moment = self._moment()
        if now is not None and aware(now, "tick") > moment:
            raise InputError("the moment lies ahead of the engine's time", where="tick", expected="a moment up to now")
        with self._tick_lock:  # others go on working meanwhile
            self._fresh()
            if self._agenda is None:
                self._agenda = Agenda(self._agenda_path, self.log.id)
            until = moment if now is None else aware(now, "tick")
            done = run_tick(self, self._agenda, self._remembered, until, on_fired=on_fired, progress=progress)
            self._signing.sign_at_tick(self.store.head(), moment)
            return done

    def route(self, id: str) -> Route:
        """Where the rules send a case, and why: each rule that was asked, in order. Raises NotFound."""
        self._fresh()
        record = self.get(id)
        policy = self.log.policies.get(record.policy, self.policy)
        return policy.route(getattr(record, "matter", Matter(record.kind, record.category, area=record.area)))

    def calendar(self, id: str) -> Calendar:
        """The newest calendar of this id, or the very version `id@version`; Monday to Friday where there is none."""
        known = self.log.calendars.get(id)
        return known or next((each for each in self.policy.calendars if id in (each.id, each.key)), NO_CALENDAR)

    def system_context(self, record: Record) -> Context:
        """What a decision of the system on a record may look at now."""
        unit = Unit(self.log, self.vault, self.authority, self.policy, self._moment(), dry=True)
        context = unit.context(Command(by=SYSTEM, id=record.id), unit.now, unit.policy_of(record))
        context.kind, context.category, context.level = record.kind, record.category, record.level
        context.retention = record.retention
        return context

    # -- policy and calendars -----------------------------------------------------------------------------------------

    def adopt(self, policy: Policy, by: Actor = SYSTEM) -> None:
        """Adopt a policy: its full content goes into the log, and from its date on it is in force for new records.

        Records that run stay on the version they have pinned until they are moved (`plan_migration`). Adopting what is
        in force does nothing; the first policy of a log serves from the beginning, whatever its date. Raises
        PolicyError where the version stands for another content or does not fit what is served here, ProtectionError
        without the right to adopt one.
        """
        if problems := misfits(policy, self.deciders.values()):
            raise PolicyError(problems)
        self._govern(by, lambda unit, claim: unit.adopt_policy(policy, by, claim))

    def plan_migration(self, to: str, ids: Iterable[str] | None = None) -> Iterator[Migration]:
        """What moving the running records to the policy `to` (id@version) would do: ok or blocked, and each clock.

        Nothing is written. All records that run under another version, or those named. Raises PolicyError for a
        policy that was not adopted.
        """
        self._fresh()
        policy = self.log.policies.get(to)
        if policy is None:
            known = ", ".join(self.log.policies)
            raise PolicyError([Problem("", Detail(f"{to} was not adopted here", f"此处未通过 {to}"), known)])
        chosen = self.records() if ids is None else (self.get(id) for id in ids)
        return (
            migration_of(record, policy, self.system_context(record))
            for record in chosen
            if record.policy != to and is_running(record, self.deciders[record.kind_of_record])
        )

    def migrate(self, to: str, by: Actor = SYSTEM, ids: Iterable[str] | None = None) -> Migrated:
        """Move the running records to the policy `to`, one transaction each; those that are blocked stay as they are.

        It may be undone by moving back, and a run that was killed is finished by the next. What `by` may not see
        is passed over. Raises PolicyError for a policy that was not adopted.
        """
        moved, blocked = 0, []
        for plan in self.migrating(to, by, ids):
            moved += not plan.blocked
            if plan.blocked:
                blocked.append(plan)
        return Migrated(moved, tuple(blocked))

    def migrating(self, to: str, by: Actor = SYSTEM, ids: Iterable[str] | None = None) -> Iterator[Migration]:
        """The same one by one: each record is moved when it is asked for, and whoever stops asking stops it."""
        claims = self._claims(by, self._moment())
        for plan in self.plan_migration(to, ids):
            if not sees(self.get(plan.record), claims, by.id):
                continue
            if not plan.blocked:
                try:
                    self.handle(MigratePolicy(id=plan.record, by=by, to=to))
                except NotAllowed as refused:
                    details = tuple(Detail(each.sentence(), each.sentence("zh")) for each in refused.broken)
                    yield plan._replace(blocked=details)
                    continue
            yield plan

    def adopt_calendar(self, calendar: Calendar, by: Actor = SYSTEM) -> None:
        """Adopt a newer edition of a work calendar: dates follow it from here on, provisional ones at the next tick."""
        self._govern(by, lambda unit, claim: unit.adopt_calendar(calendar, by, claim))

    def _govern(self, by: Actor, change: Callable[[Unit, Claim], None]) -> None:
        claim = self._claim_of(by, Role.SYSTEM, Role.DISTRICT)
        if claim is None:
            raise ProtectionError(
                f"{by.id} has no right to adopt policies or calendars: the district's role is asked for"
            )
        self._change(lambda unit: change(unit, claim))

    # -- asking -------------------------------------------------------------------------------------------------------

    def seen_by(self, actor: Actor) -> Reader:
        """The log as `actor` may see it: what is hidden from an actor is not there for them, in every query."""
        now = self._moment()
        claims = self._claims(actor, now)
        return Reader(self.log, lambda record: self._shows(record, claims, actor.id), self._fresh)

    def allowed(self, id: str, actor: Actor, *, others: bool = False) -> tuple[AllowedStep, ...]:
        """The commands whose role and status fit now; what their rules ask beyond that is named, not judged.

        With `others` also the commands that only others may give, with the roles that the actor lacks (`missing`) and
        who holds them, as far as the authority knows (`held_by`). Raises NotFound for what is hidden from the actor.
        """
        self._fresh()
        record = self.get(id)
        decider = self.deciders[record.kind_of_record]
        unit = Unit(self.log, self.vault, self.authority, self.policy, self._moment(), dry=True)
        context = unit.context(Command(by=actor), unit.now, unit.policy_of(record))
        of_a_person = isinstance(record, DataSubject)
        if keeps_from(record, context.claims, actor.id) or (
            of_a_person and not self._shows(record, context.claims, actor.id)
        ):
            raise NotFound(f"there is no record {id}")
        steps: dict[tuple[str, str | None], AllowedStep] = {}
        for step, item, claim in decider.open_steps(record, context):
            if claim is None and not others:
                continue
            needs = [name for rule in step.rules for name in rule.needs]
            needs += [name for name, field in step.command.model_fields.items() if field.is_required() and name != "by"]
            known = {name: None for name in needs if name in step.command.model_fields}
            key = (step.command.wire, item.key if item else None)
            missing = () if claim is not None else tuple(map(str, step.who))
            held_by = decider.held_by(step, record, context) if missing else ()
            if key not in steps or (steps[key].missing and not missing):
                steps[key] = AllowedStep(*key, tuple(known), missing, held_by)
        return tuple(steps.values())

    def why_not(
        self, command: Command, *, at: datetime | None = None, version: int | None = None
    ) -> tuple[Broken, ...]:
        """Every rule that stands against a command now, or at a past moment or version; empty = it would be done.

        Nothing is written. For the past, the actor's claims are those that the command carries.
        """
        if not isinstance(command, Command):
            raise InputError(f"{type(command).__name__} is no command", where="why_not", expected="a Command")
        self._fresh()
        past: Record | None = None
        if at is not None or version is not None:
            if command.id is None:
                raise InputError("a past moment needs a record", where="why_not", expected="a command with an id")
            at = None if at is None else aware(at, "why_not")
            if keeps_from(self.get(command.id), self._claims(command.by, self._moment()), command.by.id):
                raise NotFound(f"there is no record {command.id}")
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
