"""One unit of work: commands decided one after the other on what the earlier ones left, ready to be stored at once."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from datetime import datetime

from govflow.actors import SYSTEM, Actor, Authority, Claim, Holder, Level, Role, is_built_in
from govflow.calendars import Calendar
from govflow.context import Context
from govflow.decider import Decider
from govflow.errors import (
    Broken,
    Detail,
    InputError,
    NotAllowed,
    NotFound,
    PolicyError,
    Problem,
    WorkflowError,
)
from govflow.log import Log
from govflow.log_events import LOG_STREAM, CalendarAdopted, PolicyAdopted, WorkflowAdopted
from govflow.messages import Command, Event, Protected, digest_of, is_box
from govflow.persistence.codec import StoredEvent, leaf_of, packed_command_id
from govflow.policy import Policy
from govflow.privacy.key_names import KeyName
from govflow.privacy.vault import Vault
from govflow.reading import hides, keeps_from
from govflow.records import Record, RecordGuarded
from govflow.workflow import NEW

_CHAIN = 1_000  # reactions of one command; more is a circle between records


class Unit:
    """What one transaction is about to write, and the states after it."""

    def __init__(
        self,
        log: Log,
        vault: Vault,
        authority: Authority,
        policy: Policy,
        now: datetime,
        *,
        also: Policy | None = None,
        past: datetime | None = None,
        dry: bool = False,
    ) -> None:
        self.log = log
        self.vault = vault
        self.authority = authority
        self.policy = policy
        self.also = also  # the policy to be adopted, where its day is still to come
        self.now = now
        self.recorded = now.isoformat()
        self.past = past
        self.dry = dry
        self.rows: list[StoredEvent] = []
        self.states: dict[str, Record] = {}
        self.numbers: dict[str, int] = {}
        self.keys: dict[KeyName, bytes] = {}
        self.handled: dict[str, tuple[Command, Record]] = {}
        self.adopted = log.adopted  # what decisions go by, with what this unit will adopt
        for each in (policy, also):
            if each is not None and each.key not in self.adopted.policies:
                self.adopted = self.adopted.with_policy(each, now)
        self.kept = log.adopted  # what the log has adopted once this unit is stored
        self._written: set[str] = set()
        self.adopted_tables: set[str] = set()
        self.erased: set[str] = set()
        self.destroyed: set[tuple[str, str]] = set()
        self.is_engines_own = False  # what is done here was asked of the engine by a method of its own
        self._looked_up: set[str] = set()
        self._log_version = 0

    # -- deciding -----------------------------------------------------------------------------------------------------

    def run(self, command: Command) -> Record:
        """Decide a command and all that other records do because of it; the record after it."""
        if command.is_engines and not self.is_engines_own:
            raise InputError(
                f"{command.wire} is given by the engine alone", where=command.wire, expected="its own method"
            )
        first = len(self.rows)
        record = self._decide(command, command, command.command_id)
        self.handled[command.command_id] = (command, record)
        if command.is_reading:
            self._looked_up.clear()
        elif not self.log.store.exclusive and len(self.rows) > first:
            self._guard(command)
        return self.states.get(record.id, record)

    def _decide(self, command: Command, root: Command, causation: str) -> Record:
        todo = [(command, causation)]
        result: Record | None = None
        for count, (each, cause) in enumerate(todo):
            if count > _CHAIN:
                raise WorkflowError("reactions", [f"{root.wire} causes more than {_CHAIN} commands: a circle?"])
            before, after, events, context, decider = self._decide_one(each, root, cause)
            result = result or after
            context.lookup = self.look_up  # what follows on other records is no longer the actor's own doing
            if after.status != before.status:
                for region in decider.regions.values():
                    if region.moved:
                        todo += [(reaction, each.command_id) for reaction in region.moved(before, after, context)]
            for event in events:
                if react := decider.reactions.get(type(event)):
                    context.command = each
                    todo += [(reaction, each.command_id) for reaction in react((before, after), event, context)]
        assert result is not None
        return result

    def _decide_one(
        self, command: Command, root: Command, causation: str
    ) -> tuple[Record, Record, list[Event], Context, Decider]:
        decider, state = self._target(command)
        claims = self.claims_of(command)
        is_asked = self.is_engines_own or command.is_reading
        hidden = (hides if is_asked else keeps_from)(state, claims, command.by.id)
        if hidden and not command.is_reading:  # what is refused is refused as if there were none
            decider, state = self._absent(command)
        policy = self.policy_of(state)
        at = command.occurred_at or root.occurred_at or self.now
        if at > self.now:
            raise NotAllowed(command.wire, command.id, [_IN_FUTURE])
        if state.at is not None and at < state.at:
            if command.occurred_at is not None and command is root:
                raise NotAllowed(command.wire, command.id, [_OUT_OF_ORDER])
            at = state.at  # a reaction: it happens no earlier than what the record already knows
        context = self.context(command, at, policy, claims)
        if command.by.id == SYSTEM.id and not any(claim.role == Role.SYSTEM for claim in context.claims):
            raise NotAllowed(command.wire, command.id, [_NOT_THE_SYSTEM])
        try:
            decided, after = decider.decide(state, command, context)
        except NotAllowed:
            if hidden and command.is_reading:
                raise NotFound(f"there is no record {command.id}") from None
            raise
        if hidden and not command.is_reading:  # it would begin, but the id is taken
            raise NotFound(f"there is no record {command.id}")
        if decided:
            self._adopt(decider)
        events = [each.event for each in decided]
        if any(event.personal for event in events):
            numbered = list(enumerate(events, state.version + 1))
            if needed := self.vault.needed(numbered, state.id):
                events, after = self._protected(decider, state, numbered, needed, command, root)
        if not self.dry:
            key: bytes | None = packed_command_id(command.command_id)
            for version, (event, each) in enumerate(zip(events, decided, strict=True), state.version + 1):
                meta = _metadata(
                    each.command,
                    each.claim,
                    command,
                    root,
                    causation,
                    self.recorded,
                    policy.key,
                    first=key is not None,
                )
                self._add(state.id, version, event, meta, key)
                key = None
        self.states[state.id] = after
        return state, after, events, context, decider

    def _target(self, command: Command) -> tuple[Decider, Record]:
        """The record a command is for: an existing one of any kind that takes it, or a new one."""
        if command.id is not None and (state := self.state(command.id)) is not None:
            decider = self.log.deciders[state.kind_of_record]
            if type(command) not in decider.commands:
                if keeps_from(state, self.claims_of(command), command.by.id):
                    return decider, state
                raise NotFound(f"{command.id} is a {decider.name}; it does not take {command.wire}")
            return decider, state
        return self._absent(command)

    def _absent(self, command: Command) -> tuple[Decider, Record]:
        """The record that a command begins. Raises for one that begins none, or not under this id."""
        decider = self.log.decider_for(command)
        if not decider.workflow.rows(NEW, command.wire):
            if command.id is None:
                raise InputError("the command names no record", where=command.wire, expected="an id")
            raise NotFound(f"there is no record {command.id}")
        id = command.id or self._new_id(decider, command)
        own = command.id is not None and not is_built_in(command.by)
        reserved = any(each.reserves and id.startswith(each.reserves) for each in self.log.deciders.values())
        if id == LOG_STREAM or (own and (reserved or _NUMBERED.fullmatch(id))):
            raise NotAllowed(command.wire, id, [_RESERVED])
        return decider, decider.initial.changed(id=id)

    def state(self, id: str) -> Record | None:
        """The record as this unit leaves it so far, None where there is none."""
        if (known := self.states.get(id)) is not None:
            return known
        if self.past is not None:
            return self._as_of(id, self.past)
        return self.log.current(id) if self.dry else self.log.remembered(id)

    def _as_of(self, id: str, moment: datetime) -> Record | None:
        try:
            return self.log.as_of(id, moment)
        except NotFound:
            return None

    def look_up(self, id: str) -> Record | None:
        """What rules see of another record."""
        self._looked_up.add(id)
        return self.state(id)

    def policy_of(self, record: Record) -> Policy:
        """The policy that a record has pinned; for a new one, the one in force."""
        if not record.policy or record.policy == self.policy.key:
            return self.policy
        return self.adopted.policies.get(record.policy, self.policy)

    def context(self, command: Command, at: datetime, policy: Policy, held: tuple[Claim, ...] | None = None) -> Context:
        """What a decision on `command` may look at; a record that is hidden from its actor is not there."""
        system = is_built_in(command.by)
        claims = self.claims_of(command) if held is None else held

        def look_up(id: str) -> Record | None:
            record = self.look_up(id)
            return None if record is not None and hides(record, claims, command.by.id) else record

        return Context(
            now=self.now,
            at=at,
            actor=command.by,
            claims=claims,
            on_behalf_of=command.on_behalf_of,
            policy=policy,
            lookup=self.look_up if system else look_up,
            deciders=self.log.deciders,
            number=self._number_for,
            calendars=self.adopted.calendars,
            policies=self.adopted.policies,
            interests=frozenset() if system else self.authority.interests(command.by, self.now, self.state),
            holders=self._holders,
            unnumbered=self._id_by_chance,
        )

    def claims_of(self, command: Command) -> tuple[Claim, ...]:
        """What the actor of a command holds now."""
        by = command.by
        return by.claims if is_built_in(by) else self.authority.claims(by, self.now, self.state)

    def _holders(self, roles: Collection[str], level: Level | None, area: str) -> tuple[Holder, ...]:
        return self.authority.holders(roles, level, area, self.now, self.state)

    # -- numbers ------------------------------------------------------------------------------------------------------

    def _number_prefix(self, decider: Decider) -> str:
        return f"{decider.prefix}-{self.now.astimezone(self.policy.zone).year}-"

    def _number_for(self, kind: str) -> str:
        """A number for a record of another kind that a decision names and a reaction will create."""
        return self._new_number(self.log.deciders[kind])

    def _id_by_chance(self, kind: str) -> str:
        """An id of a record whose number would leave a hole for those from whom it is hidden."""
        return id_by_chance(self.log.deciders[kind].prefix)

    def _new_id(self, decider: Decider, command: Command) -> str:
        if decider.unnumbered is not None and decider.unnumbered(command, self.policy):
            return id_by_chance(decider.prefix)
        return self._new_number(decider)

    def _new_number(self, decider: Decider) -> str:
        """The next number of the year: unique and without holes, since nobody else writes meanwhile."""
        prefix = self._number_prefix(decider)
        last = self.numbers.get(prefix)
        if last is None:
            last = self.log.last_number(prefix)
        self.numbers[prefix] = last + 1
        return f"{prefix}{last + 1:06d}"

    # -- rows ---------------------------------------------------------------------------------------------------------

    def add_to_log(self, event: Event, actor: Actor = SYSTEM, claim: Claim | None = None) -> None:
        """Add an event of the log itself, with the claim that it rests on."""
        if not self._log_version:
            self._log_version = self.log.store.version(LOG_STREAM)
        self._log_version += 1
        root = Command(by=actor)
        held = claim if claim is not None or not is_built_in(actor) else actor.claims[0]
        meta = _metadata(root, held, root, root, "", self.recorded, self.policy.key, first=False, wire=event.name)
        self._add(LOG_STREAM, self._log_version, event, meta, None)

    def _add(self, stream: str, version: int, event: Event, meta: bytes, command_id: bytes | None) -> None:
        topic, body = self.log.codec.encode(event)
        state = b"%b\n%b" % (meta, body)
        self.rows.append(
            StoredEvent(stream, version, topic, state, command_id, 0, leaf_of(stream, version, topic, state))
        )

    def _adopt(self, decider: Decider) -> None:
        """Write down the policy and the tables that are used for the first time."""
        if self.dry:
            return
        for policy in (self.policy, self.also):
            if policy is not None and policy.key not in self.log.adopted.policies and policy.key not in self._written:
                self.adopt_policy(policy)
        if decider.digest not in self.log.tables and decider.digest not in self.adopted_tables:
            table = WorkflowAdopted(
                at=self.now, by=SYSTEM.id, workflow=decider.name, digest=decider.digest, table=decider.as_data()
            )
            self.add_to_log(table)
            self.adopted_tables.add(decider.digest)

    def adopt_policy(self, policy: Policy, by: Actor = SYSTEM, claim: Claim | None = None) -> None:
        """Write a policy down in full, unless it is in force. Raises PolicyError where its name has another content."""
        known = self.log.adopted.policies.get(policy.key)
        if known is not None and known != policy:
            what = Detail(f"{policy.key} was adopted with another content", f"{policy.key} 已以其他内容通过")
            raise PolicyError([Problem("version", what, "a version of its own")])
        if known is not None and known == self.kept.policy_on(self.now):
            return
        for place, calendar in enumerate(policy.calendars):
            self._check_days(calendar, f"calendars[{place}] ({calendar.id}).version")
        self.add_to_log(PolicyAdopted(at=self.now, by=by.id, policy=policy), by, claim)
        self._written.add(policy.key)
        self.kept = self.kept.with_policy(policy, self.now)

    def adopt_calendar(self, calendar: Calendar, by: Actor = SYSTEM, claim: Claim | None = None) -> None:
        """Write a calendar down in full. Raises PolicyError where its name stands for other days already."""
        self._check_days(calendar, "version")
        if calendar.key not in self.log.adopted.calendars:
            self.add_to_log(CalendarAdopted(at=self.now, by=by.id, calendar=calendar), by, claim)
            self.kept = self.kept.with_calendar(calendar)

    def _check_days(self, calendar: Calendar, field: str) -> None:
        """The name of a calendar stands for its days for ever: dates were counted by them. Raises PolicyError."""
        known = self.log.adopted.calendars.get(calendar.key)
        if known is not None and known != calendar:
            what = Detail(f"{calendar.key} was adopted with other days", f"{calendar.key} 已以其他日期通过")
            raise PolicyError([Problem(field, what, "a version of its own")])

    def _protected(
        self,
        decider: Decider,
        state: Record,
        numbered: list[tuple[int, Event]],
        needed: Mapping[KeyName, tuple[str, ...]],
        command: Command,
        root: Command,
    ) -> tuple[list[Event], Record]:
        """The events with their personal values encrypted, and the state folded from those."""
        events = [event for _, event in numbered]
        if erased := {name.subject for name in needed} & (self.log.erased | self.erased):
            raise NotAllowed(command.wire, command.id, [_ERASED._replace(detail=tuple(sorted(erased)))])
        if any(map(is_box, (name.subject for name in needed))) and not all(map(_is_of_a_box, events)):
            raise NotAllowed(command.wire, command.id, [_OF_A_BOX])
        if ("", state.id) in self.log.destroyed | self.destroyed:
            raise NotAllowed(command.wire, command.id, [DESTROYED])
        if not self.dry:
            if missing := needed.keys() - self.keys.keys():
                self.keys |= self.vault.keys.need(sorted(missing), packed_command_id(root.command_id), needed)
            events = [
                self.vault.protect(event, self.keys, state.id, version, f"{event.name}@{event.version}")
                for version, event in numbered
            ]
        for event in events:
            state = decider.evolve(state, event)
        return events, state

    def _guard(self, command: Command) -> None:
        """Where no lock is held: give each record that a decision relied on an event, so that changes collide."""
        written = {row.stream for row in self.rows}
        for id in sorted(self._looked_up - written):
            state = self.state(id)
            if state is None or state.at is None:
                continue
            event = RecordGuarded(at=max(self.now, state.at), by=SYSTEM.id, for_command=command.command_id)
            meta = _metadata(command, None, command, command, "", self.recorded, self.policy.key, first=False)
            self._add(id, state.version + 1, event, meta, None)
            self.states[id] = self.log.deciders[state.kind_of_record].evolve(state, event)
        self._looked_up.clear()


def _is_of_a_box(event: Event) -> bool:
    """Whether nothing in an event is under the key of a ballot box but what is sealed for it."""
    values = (event.__dict__[field] for field in event.personal if field != "sealed")
    return not any(isinstance(each, Protected) and is_box(each.subject) for each in values)


def id_by_chance(prefix: str) -> str:
    """An id that nobody guesses and that no number is like: `C-x1f3a…`, 64 bits of chance."""
    return f"{prefix}-x{os.urandom(8).hex()}"


def _metadata(
    given: Command,
    claim: Claim | None,
    command: Command,
    root: Command,
    causation: str,
    recorded: str,
    policy: str,
    *,
    first: bool,
    wire: str = "",
) -> bytes:
    """Metadata JSON. Every part is an id or a timestamp by its type, so nothing needs escaping."""
    more = ""
    if claim is not None:
        more = f'"role":"{claim.role}",' if claim.unit is None else f'"role":"{claim.role}","unit":"{claim.unit}",'
        if claim.standing_in_for is not None:
            more += f'"standing_in_for":"{claim.standing_in_for}",'
    if given.on_behalf_of:
        more += f'"on_behalf_of":"{given.on_behalf_of}",'
    if first:
        more += f'"digest":"{digest_of(command)}",'
    if command is not root:
        more += f'"correlation":"{root.command_id}","causation":"{causation}",'
    return (
        f'{{{more}"command":"{command.command_id}","wire":"{wire or given.wire}","recorded_at":"{recorded}",'
        f'"policy":"{policy}"{_salt(root.command_id)}}}'
    ).encode()


def _salt(command_id: str) -> str:
    """Chance for an event whose command has a name that can be guessed, so that nobody finds it by its hash alone."""
    return f',"salt":"{os.urandom(8).hex()}"' if packed_command_id(command_id).isascii() else ""


_NUMBERED = re.compile(r"[A-Z]+-\d{4}-.*")
_IN_FUTURE = Broken("occurred_before_now", "occurred_at lies after the present moment", "发生时间晚于当前时间")
_OUT_OF_ORDER = Broken(
    "occurred_in_order",
    "occurred_at lies before the record's last event; what becomes known late is a correction",
    "发生时间早于该记录的最近事件；迟到信息应作更正",
)
_RESERVED = Broken("id_is_not_reserved", "ids of this form are given by the log itself", "此形式的编号由系统自动分配")
_NOT_THE_SYSTEM = Broken("system_is_the_system", "only the system acts under its name", "仅系统本身可以系统名义操作")
DESTROYED = Broken(
    "personal_data_is_not_destroyed",
    "the personal data of this record was destroyed at the end of its retention; nothing is added to it",
    "该记录的个人信息已于保管期满后销毁，不得再增添",
)
_OF_A_BOX = Broken(
    "subject_is_a_person",
    "the pseudonym is a ballot box's: nobody could have erased or handed over what is kept under it",
    "该化名属于票箱，不得用于个人信息",
)
_ERASED = Broken(
    "subject_is_not_erased",
    "the personal data of this subject was erased; a new person needs a new subject id",
    "该主体的个人信息已删除",
)
