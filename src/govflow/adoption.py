"""Adopting a policy: whether it fits the records that are served, and what becomes of those that run already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from difflib import get_close_matches
from typing import NamedTuple

from govflow.clocks import CLOCKS
from govflow.context import Context
from govflow.decider import Decider
from govflow.errors import Detail, Problem
from govflow.policy import Policy
from govflow.records import Record
from govflow.regions.policy_version import blocks, moves_under
from govflow.workflow import Rest


class MovedClock(NamedTuple):
    """What happens to one clock: its rule and due instant before and after; the same ones where it stays as it is."""

    clock: str
    rule: str | None
    due: datetime | None
    rule_after: str | None
    due_after: datetime | None

    @property
    def moves(self) -> bool:
        """Whether its rule or its due instant changes."""
        return (self.rule, self.due) != (self.rule_after, self.due_after)


class Migration(NamedTuple):
    """What moving one running record to another policy would do: why it is blocked (empty: ok), and its clocks."""

    record: str
    before: str
    after: str
    blocked: tuple[Detail, ...]
    clocks: tuple[MovedClock, ...]


class Migrated(NamedTuple):
    """What a migration did: how many records were moved, and those that are blocked, with the reasons."""

    moved: int
    blocked: tuple[Migration, ...]


def is_running(record: Record, decider: Decider) -> bool:
    """Whether a record may still be moved: it has one, takes the step, and is not in a final state."""
    flow = decider.workflow
    return bool(record.status) and "policy_version" in decider.regions and flow.rests[record.status] is not Rest.FINAL


def migration_of(record: Record, policy: Policy, context: Context) -> Migration:
    """What moving a record to a policy would do; where it is blocked, its clocks stay as they are."""
    blocked = tuple(blocks(record, policy))
    moves = {} if blocked else {move.clock: move for move in moves_under(record, policy, context)}
    clocks = []
    for clock in record.clocks.values():
        if clock.is_going:
            move = moves.get(clock.name)
            after = (move.rule, move.due) if move is not None else (clock.rule, clock.due)
            clocks.append(MovedClock(clock.name, clock.rule, clock.due, *after))
    return Migration(record.id, record.policy, policy.key, blocked, tuple(clocks))


def misfits(policy: Policy, deciders: Iterable[Decider]) -> list[Problem]:
    """The names in a policy that no table served here knows: clocks and commands, each with the field it stands in."""
    served = tuple(deciders)
    flows = [
        flow for each in served for flow in (each.workflow, *(region.workflow for region in each.regions.values()))
    ]
    wires = {step.command.wire for flow in flows for step in flow.steps}
    kinds = {each.name for each in served}
    clocks = {*CLOCKS, *(name for flow in flows for step in flow.steps for name in step.clock_names)}
    return [*_clocks(policy, clocks), *_wires(policy, wires, kinds)]


def _clocks(policy: Policy, known: set[str]) -> Iterator[Problem]:
    for name in ("time_limits", "escalations"):
        for place, each in enumerate(getattr(policy, name)):
            if each.clock not in known:
                what = Detail(f"there is no clock {each.clock}", f"没有期限钟 {each.clock}")
                near = get_close_matches(each.clock, sorted(known), n=3)
                yield Problem(f"{name}[{place}] ({each.id}).clock", what, ", ".join(near or sorted(known)))


def _wires(policy: Policy, known: set[str], kinds: set[str]) -> Iterator[Problem]:
    """Commands of records that are not served here are no fault: the same policy serves other logs too."""
    for name, field in (("time_limits", "starts_on"), ("reasons", "commands")):
        for place, each in enumerate(getattr(policy, name)):
            for wire in getattr(each, field):
                if wire.partition(".")[0] in kinds and wire not in known:
                    what = Detail(f"there is no command {wire}", f"没有命令 {wire}")
                    near = sorted(each for each in known if each.partition(".")[0] == wire.partition(".")[0])
                    yield Problem(f"{name}[{place}] ({each.id}).{field}", what, ", ".join(near))
