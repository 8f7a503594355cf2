"""Deciders: one kind of record, composed of a main workflow and keyed regions beside it.

`decide(state, command, context) -> events` asks the tables and the rules; `evolve(state, event) -> state` applies what
happened and asks nothing. Both are pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from govflow.actors import ANYBODY, FOR_THEMSELVES, Claim, Level, Role, covers
from govflow.clocks import Clock, applied, moves_of
from govflow.context import Context
from govflow.errors import Broken, Detail, NotAllowed, WorkflowError
from govflow.messages import Command, Event, ItemCommand, Personal, folded
from govflow.policy import Policy
from govflow.records import HandOver, Item, Loop, Record, RecordGuarded
from govflow.region import Changes, Fold, Region, WhenDue, hand_over_of, item_fold, riding_fold
from govflow.repetition import Repetition, pending
from govflow.whose import attributed
from govflow.workflow import NEW, Rest, Rule, Status, Step, Workflow

Reaction = Callable[["tuple[Any, Any]", Any, "Context"], Iterable[Command]]
"""Commands for other records that an event here causes: ((state before, state after), event, context) -> commands."""


class Decided(NamedTuple):
    """One decided event, the command it answers and the claim it rests on."""

    event: Event
    command: Command
    claim: Claim


class Decider:
    """One kind of record. Shipped ones and those defined elsewhere are made and treated alike.

    `prefix` begins the readable numbers (`C-2026-000123`); `opens` makes the command that creates a record of this
    kind out of another one (conversion); `reactions` are commands for other records that an event here causes;
    `succeeded` and `failed` are the statuses that tell a record which waits for this one how it ended; `when_due` names
    the clocks that the system answers when they have run out, `escalations` what it does when a policy says so: the
    step's name -> (record, id of the rule, overdue clock) -> its command, None where there is nothing to do. Ids that
    begin with `reserves` are for records of this kind, made by the system alone. `unnumbered` says of which commands no
    number may come: numbers run without holes, so that a hidden record's would show that there is one.
    """

    def __init__(
        self,
        workflow: Workflow,
        state: type[Record],
        fold: Fold,
        *,
        prefix: str,
        regions: Sequence[Region] = (),
        propose: Mapping[type[Command], Callable[[Any, Any, Context], Event]] | None = None,
        reactions: Mapping[type[Event], Reaction] | None = None,
        opens: Callable[[str, Record, Command], Command] | None = None,
        succeeded: Iterable[str] = (),
        failed: Iterable[str] = (),
        when_due: Mapping[str, WhenDue] | None = None,
        escalations: Mapping[str, Callable[[Any, str, Clock], Command | None]] | None = None,
        reserves: str = "",
        unnumbered: Callable[[Any, Policy], bool] | None = None,
    ) -> None:
        self.name = workflow.name
        self.workflow = workflow
        self.initial = state()
        self.prefix = prefix
        self.regions = {region.name: region for region in regions}
        self._check_clocks()
        self.fold = fold
        self.propose = propose or {}
        self.reactions = reactions or {}
        self.when_due = when_due or {}
        self.escalations = escalations or {}
        self.reserves = reserves
        self.unnumbered = unnumbered
        self.opens = opens
        self.succeeded = frozenset(map(str, succeeded))
        self.failed = frozenset(map(str, failed))
        self.active = frozenset(name for name, rest in workflow.rests.items() if rest is Rest.OPEN)
        self._copies: dict[tuple[type[Command], type[Event]], Repetition] = {}

    def extended(
        self,
        steps: Iterable[Step] = (),
        *,
        rules: Mapping[str, Iterable[Rule]] | None = None,
        statuses: type[Status] | None = None,
        state: type[Record] | None = None,
        fold: Fold | None = None,
        regions: Sequence[Region] = (),
        propose: Mapping[type[Command], Callable[[Any, Any, Context], Event]] | None = None,
        reactions: Mapping[type[Event], Reaction] | None = None,
    ) -> Decider:
        """This record with more: steps, rules on the rows named by their ids, regions, reactions.

        `fold` says what the new steps' events do; `state` is a child of this record's state with fields of its own;
        `statuses` the same statuses and more. The log keeps the extended table beside the one before.
        """
        return Decider(
            self.workflow.extended(steps, rules=rules, statuses=statuses),
            state or type(self.initial),
            {**self.fold, **(fold or {})},
            prefix=self.prefix,
            regions=(*self.regions.values(), *regions),
            propose={**self.propose, **(propose or {})},
            reactions={**self.reactions, **(reactions or {})},
            opens=self.opens,
            succeeded=self.succeeded,
            failed=self.failed,
            when_due=self.when_due,
            escalations=self.escalations,
            reserves=self.reserves,
            unnumbered=self.unnumbered,
        )

    def _check_clocks(self) -> None:
        """An item's clock goes by its name and the item's key: no two regions may share one. Raises WorkflowError."""
        of: dict[str, str] = {}
        for region in self.regions.values():
            for clock in sorted(region.own_clocks):
                if (other := of.setdefault(clock, region.name)) != region.name:
                    raise WorkflowError(self.name, [f"{other} and {region.name} both start the clock {clock}"])

    # -- what it knows ------------------------------------------------------------------------------------------------

    @cached_property
    def commands(self) -> dict[type[Command], Region | None]:
        """Every command it takes, with the region it belongs to (None: the main workflow)."""
        routes: dict[type[Command], Region | None] = dict.fromkeys(self.workflow.commands)
        for region in self.regions.values():
            routes |= dict.fromkeys(region.workflow.commands, region)
        return routes

    @property
    def events(self) -> tuple[type[Event], ...]:
        """Every event its streams may hold."""
        return tuple(self._folds)

    def as_data(self) -> dict[str, Any]:
        """Its tables as plain data, with the sentences and versions of their rules: what the log keeps of them."""
        rules = {
            rule.code: {"en": rule.en, "zh": rule.zh, "basis": rule.basis, "version": rule.version}
            for flow in (self.workflow, *(region.workflow for region in self.regions.values()))
            for step in flow.steps
            for rule in step.rules
        }
        regions = {region.name: region.workflow.as_data() for region in self.regions.values()}
        return {**self.workflow.as_data(), "regions": regions, "rules": rules}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of its tables and rules: names them in the log."""
        text = json.dumps(self.as_data(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def _folds(self) -> dict[type[Event], Callable[[Record, Event], Changes]]:
        folds: dict[type[Event], Callable[[Record, Event], Changes]] = {RecordGuarded: lambda _, __: {}, **self.fold}
        for region in self.regions.values():
            for kind, change in region.fold.items():
                folds[kind] = item_fold(region, change) if region.keeps_items else change
            for kind, ride in region.rides.items():
                folds[kind] = riding_fold(region, folds[kind], ride)
        return folds

    @cached_property
    def _riders(self) -> dict[str, list[Region]]:
        riders: dict[str, list[Region]] = {}
        for region in self.regions.values():
            for wire in {step.command.wire for step in region.workflow.steps if step.rides}:
                riders.setdefault(wire, []).append(region)
        return riders

    # -- the past -----------------------------------------------------------------------------------------------------

    def evolve(self, state: Record, event: Event) -> Record:
        """The state after an event. It never refuses and asks no rule."""
        changes = self._folds[type(event)](state, event)
        version = state.version + 1
        changes["version"] = version
        changes["at"] = event.at
        if changes.get("status", state.status) != state.status:
            changes["moved_in"] = version
        if event.clocks:
            changes["clocks"] = applied(state.clocks, event.clocks, event.at)
        return folded(state, changes)

    def open_loops(self, state: Record) -> tuple[Loop, ...]:
        """Everything the record still owes, region by region."""
        return tuple(
            Loop(
                record=state.id,
                region=region.name,
                item=item.key,
                status=item.status,
                what=item.what,
                owes=item.owes,
                since=item.since,
                until=item.until or region.due_of(state, item),
            )
            for region in self.regions.values()
            if region.name in state.items
            for item in region.open_items(state)
        )

    # -- the present --------------------------------------------------------------------------------------------------

    def decide(self, state: Record, command: Command, context: Context) -> tuple[list[Decided], Record]:
        """The events that a command causes, its follow-ups included, and the state after them. Raises NotAllowed."""
        decided: list[Decided] = []
        after = self._decide(state, command, context, decided)
        return decided, after

    def _decide(self, state: Record, command: Command, context: Context, decided: list[Decided]) -> Record:
        region = self.commands[type(command)]
        context.command = command
        context.carried = {}
        context.item = None
        key = ""
        if region is None:
            rows = self.workflow.rows(state.status, command.wire)
        else:
            assert isinstance(command, ItemCommand)
            key = region.key_of(state, command)
            context.item = state.item(region.name, key)
            rows = self._region_rows(region, state, context.item, command.wire)
        if not rows:
            raise self._not_in_table(state, command, region, key)

        item = context.item
        maker = (self.propose if region is None else region.propose).get(type(command))
        event = maker(state, command, context) if maker else self.copied(command, rows[0].event, context, item=key)
        said = event.__dict__
        context.kind = said.get("kind" if region is None else "matter_kind") or state.kind
        context.category = said.get("category") or state.category
        context.retention = said.get("retention") or state.retention
        context.level = said.get("to_level") or said.get("level") or state.level

        step, claim, use = self._row(rows, state, command, event, context)
        context.step, context.item = step, item
        if claim.standing_in_for is not None:
            event = event.changed(in_stead_of=claim.standing_in_for)
        if step.touches_clocks:
            own = region.own_clocks if region else frozenset()
            if moves := moves_of(step, state.clocks, event, context, own, key):
                event = event.changed(clocks=moves)
        after = self.evolve(state, event)
        if event.personal:
            told = attributed(event, command, after, after.item(region.name, key) if region else None)
            event, after = told, (after if told is event else self.evolve(state, told))
        decided.append(Decided(event, command, claim))

        follow_ups: list[Command] = []
        if use is not None:
            follow_ups.append(use)
        if step.hands_over:
            follow_ups += self._hand_over(after, event)
        elif after.round != state.round:
            follow_ups += self._end_round(after)
        for follow in step.then:
            follow_ups += follow(after, event, context)
        for each in follow_ups:
            after = self._decide(after, each, context.acting(each), decided)
        return after

    def copied(self, command: Command, event: type[Event], context: Context, **extra: Any) -> Event:
        """The event that repeats what its command says, field by field, with `extra` ones beside them.

        Personal values are on their way to be protected.
        """
        copy = self._copies.get((type(command), event))
        if copy is None:
            copy = self._copies[type(command), event] = Repetition.of(type(command), event)
        values: Changes = {"at": context.at, "by": command.by.id}
        given = command.__dict__
        for name in copy.names:
            value = given[name]
            values[name] = pending(value) if type(value) is Personal else value
        item = extra.pop("item", None)
        if item:
            values["item"] = item
        if copy.blank is not None and not extra:
            return copy.blank.changed(**values)
        return event.model_validate({**values, **extra})

    def _region_rows(self, region: Region, state: Record, item: Item | None, wire: str) -> tuple[Step, ...]:
        rows = region.workflow.rows(item.status if item else NEW, wire)
        return tuple(row for row in rows if self._is_while_in(row, state))

    def _is_while_in(self, row: Step, state: Record) -> bool:
        if not state.status:
            return False
        if row.while_in is None:  # any status but a final one
            return self.workflow.rests[state.status] is not Rest.FINAL
        return (
            "any" in row.while_in
            or state.status in row.while_in
            or f"{self.name}.{state.status}" in row.while_in
            or ("active" in row.while_in and state.status in self.active)
        )

    def _row(
        self, rows: tuple[Step, ...], state: Record, command: Command, event: Event, context: Context
    ) -> tuple[Step, Claim, Command | None]:
        """The row whose rules all hold. Where none does, the row nearest to it tells what is broken."""
        nearest: list[Broken] | None = None
        for step in rows:
            context.step = step
            broken: list[Broken] = []
            claim = self._claim(step, state, event, context)
            if claim is None:
                broken.append(self._no_right(step, state, event, context))
            context.standing_in_for = claim.standing_in_for if claim is not None else None
            item = context.item
            for rule in step.rules:
                if found := rule.broken(state, event, context):
                    broken.append(found)
            for region in self._riders.get(command.wire, ()):
                broken += self._riding_broken(region, state, event, context)
            context.step, context.item = step, item
            use = None
            if step.approval and not (claim and claim.role == Role.SYSTEM):
                use = self._approval(state, command, step, context)
                if use is None:
                    broken.append(_no_approval(step))
            if not broken and claim is not None:
                return step, claim, use
            if nearest is None or len(broken) < len(nearest):
                nearest = broken
        raise NotAllowed(command.wire, _named(state), nearest or (), self.commands_from(state))

    def _riding_broken(self, region: Region, state: Record, event: Event, context: Context) -> list[Broken]:
        """What a region's riding rows object to: the rules of one of them must hold for each item that moves."""
        own = {rule.code for rule in context.step.rules}
        for key, _ in region.rides[type(event)](state, event):
            context.item = state.item(region.name, key)
            rows = self._region_rows(region, state, context.item, context.command.wire)
            verdicts = [
                [found for rule in row.rules if rule.code not in own and (found := rule.broken(state, event, context))]
                for row in rows
                if context.step.id in row.rides
            ]
            if verdicts and all(verdicts):
                return min(verdicts, key=len)
        return []

    def _claim(self, step: Step, state: Record, event: Event | None, context: Context) -> Claim | None:
        level, area = _where(state, event)
        actor = context.actor
        recused = bool(context.interests) and not context.interests.isdisjoint(_parties(state, event, context.item))
        for claim in context.claims:
            if (
                (claim.role in step.who or ANYBODY in step.who)
                and not (recused and not (claim.role in FOR_THEMSELVES and state.is_own_matter_of(actor.id)))
                and (step.anywhere or covers(claim, level, area))
                and state.fits(claim.role, claim, actor.id, context.on_behalf_of, context.item)
            ):
                return claim
        return None

    def _no_right(self, step: Step, state: Record, event: Event | None, context: Context) -> Broken:
        """Which roles are asked for here, and who holds them, as far as the authority knows."""
        if context.interests and not context.interests.isdisjoint(_parties(state, event, context.item)):
            return _RECUSED
        roles = ", ".join(map(str, step.who))
        held = self.held_by(step, state, context, event)
        named, more = held[:_NAMED], len(held) - _NAMED
        en, zh = ", ".join(named), "、".join(named)
        if more > 0:
            en, zh = f"{en} and {more} more", f"{zh} 等 {len(held)} 人"
        detail = (Detail(f"held here by {en}", f"此处由 {zh} 担任"),) if held else ()
        text = f"the actor holds here one of: {roles}", f"操作人须具有以下角色之一：{roles}"
        return Broken("role_is_held", *text, detail)

    def held_by(self, step: Step, state: Record, context: Context, event: Event | None = None) -> tuple[str, ...]:
        """Who may take a step here by role, place and part in the matter, as far as the authority knows; by id."""
        found = context.holders(step.who, *_where(state, event))
        fitting = (each for each in found if state.fits(each.claim.role, each.claim, each.actor, None, context.item))
        return tuple(dict.fromkeys(each.actor for each in fitting))

    def _approval(self, state: Record, command: Command, step: Step, context: Context) -> Command | None:
        for region in self.regions.values():
            if region.approves:
                return region.approves(state, command, step, context)
        return None

    def _hand_over(self, state: Record, event: Event) -> Iterator[Command]:
        for region in self.regions.values():
            for item in region.open_items(state):
                given = hand_over_of(event, region, item)
                end = region.ending(state, item, given) if given is not None else None
                assert end is not None, "the rule loops_are_handed_over saw to it"
                yield end

    def _end_round(self, state: Record) -> Iterator[Command]:
        for region in self.regions.values():
            if region.round_bound:
                rests = region.workflow.rests
                for item in state.items.get(region.name, {}).values():
                    if item.round < state.round and rests[item.status] is not Rest.FINAL:
                        end = region.ending(state, item, HandOver(reason="a new round has begun"))
                        yield from (end,) if end is not None else ()

    # -- what is allowed ----------------------------------------------------------------------------------------------

    def commands_from(self, state: Record) -> tuple[str, ...]:
        """The wire names of all commands that have a row where the record stands now."""
        wires = list(self.workflow.rows_from(state.status))
        for region in self.regions.values():
            statuses = {NEW, *(item.status for item in state.items_of(region.name).values())}
            for status in sorted(statuses):
                for wire, rows in region.workflow.rows_from(status).items():
                    if any(not row.rides and self._is_while_in(row, state) for row in rows):
                        wires.append(wire)
        return tuple(dict.fromkeys(wires))

    def open_steps(self, state: Record, context: Context) -> Iterator[tuple[Step, Item | None, Claim | None]]:
        """The steps that have a row now, with the item each would move and the actor's claim to it (None: others')."""
        for rows in self.workflow.rows_from(state.status).values():
            for step in rows:
                context.item = None
                yield step, None, self._claim(step, state, None, context)
        for region in self.regions.values():
            for item in (None, *state.items_of(region.name).values()):
                for rows in region.workflow.rows_from(item.status if item else NEW).values():
                    for step in rows:
                        context.item = item
                        if not step.rides and self._is_while_in(step, state):
                            yield step, item, self._claim(step, state, None, context)

    def _not_in_table(self, state: Record, command: Command, region: Region | None, key: str) -> NotAllowed:
        if region is None:
            where = state.status or NEW
        else:
            item = state.item(region.name, key)
            where = f"{region.name} {key}: {item.status if item else NEW}, record: {state.status or NEW}"
        broken = Broken(
            "step_is_in_the_table", f"no such step from here ({where})", f"当前状态下无此步骤（{where}）"
        )  # fmt: skip
        return NotAllowed(command.wire, _named(state), [broken], self.commands_from(state))


_NAMED = 10  # of those who hold a role, in a refusal
_RECUSED = Broken(
    "actor_has_no_interest",
    "the actor has an interest in this matter and must keep away from it",
    "操作人与本事项有利害关系，应当回避",
)


def _where(state: Record, event: Event | None) -> tuple[Level | None, str]:
    """The level in charge and the area: of a new record, what its first event says."""
    if state.status or event is None:
        return state.level, state.area
    said = event.__dict__
    return said.get("level"), said.get("area", "")


def _parties(state: Record, event: Event | None, item: Item | None) -> set[str]:
    said = {} if event is None else event.__dict__
    people = item.people() if isinstance(item, Item) else ()
    return {*state.parties(), *people, *(said.get(name) or "" for name in ("reporter", "accused_unit"))}


def _named(state: Record) -> str | None:
    """The id of a record that exists; a new one has none that anybody was told."""
    return state.id if state.version else None


def _no_approval(step: Step) -> Broken:
    return Broken(
        "approval_is_given",
        f"a second person ({step.approval}) has approved this very command",
        f"须经另一人（{step.approval}）审批同意",
    )
