"""Adopting a policy: whether it fits the records that are served, and what becomes of those that run already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple, get_args

from govflow.actors import ROLES, Role
from govflow.clocks import CLOCKS
from govflow.clocks.kinds import ClockKind, kind_of
from govflow.context import Context
from govflow.decider import Decider
from govflow.errors import Detail, Problem
from govflow.messages import Command
from govflow.policy import DEFAULT_POLICY, Policy
from govflow.records import Record
from govflow.regions.approval import GiveApproval
from govflow.regions.policy_version import blocks, moves_under
from govflow.rules import person_is_eligible
from govflow.workflow import NEW, Rest, Workflow

MARKS = frozenset({"tier", "petition_forwarded", "reconsideration", "major", "revisit", "budget"})
"""Kinds that policies may name though no case that is served has them: a limit of the kind `tier` serves only the
categories that name it; `major` 重大事项 is what a meeting decides on, `revisit` 回访 what an unkept promise raises,
`budget` a round of a participatory budget; forwarded petitions 转送信访 and reconsiderations 行政复议 are handled
elsewhere."""


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
    """What in a policy no table served here knows or does, each with the field it stands in.

    Names of clocks, commands, case kinds and severities; commands that never start the clock; escalations of a clock
    that is no duty; roles that can neither propose nor grant a filing.
    """
    served = tuple(deciders)
    flows = [
        flow for each in served for flow in (each.workflow, *(region.workflow for region in each.regions.values()))
    ]
    wires = {step.command.wire for flow in flows for step in flow.steps}
    kinds = {each.name for each in served}
    clocks = {*CLOCKS, *(name for flow in flows for step in flow.steps for name in step.clock_names)}
    starters: dict[str, set[str]] = {}
    for step in (step for flow in flows for step in flow.steps):
        for name in (*step.starts, *step.resets):
            starters.setdefault(name, set()).add(step.command.wire)
    return [
        *_clocks(policy, clocks),
        *_duties(policy, clocks),
        *_wires(policy, wires, kinds),
        *_starts(policy, wires, starters),
        *_words_of(policy, served, "kinds", "kind", Detail("there is no case kind", "没有事项类型")),
        *_words_of(policy, served, "severities", "severity", Detail("there is no severity", "没有严重程度")),
        *_roles(policy, flows),
    ]


def _clocks(policy: Policy, known: set[str]) -> Iterator[Problem]:
    for name in ("time_limits", "escalations"):
        for place, each in enumerate(getattr(policy, name)):
            if each.clock not in known:
                what = Detail(f"there is no clock {each.clock}", f"没有期限钟 {each.clock}")
                near = get_close_matches(each.clock, sorted(known), n=3)
                yield Problem(f"{name}[{place}] ({each.id}).clock", what, ", ".join(near or sorted(known)))


def _wires(policy: Policy, known: set[str], kinds: set[str]) -> Iterator[Problem]:
    """Commands of records that are not served here are no fault: the same policy serves other logs too.

    Nor are those that the default policy names, where a record of one's own took the place of the one that ships.
    """
    known = known | _SHIPPED_WIRES
    for name, field in (("time_limits", "starts_on"), ("reasons", "commands")):
        for place, each in enumerate(getattr(policy, name)):
            for wire in getattr(each, field):
                if wire.partition(".")[0] in kinds and wire not in known:
                    what = Detail(f"there is no command {wire}", f"没有命令 {wire}")
                    near = sorted(each for each in known if each.partition(".")[0] == wire.partition(".")[0])
                    yield Problem(f"{name}[{place}] ({each.id}).{field}", what, ", ".join(near))


_SHIPPED_WIRES = {wire for each in DEFAULT_POLICY.reasons for wire in each.commands}


def _duties(policy: Policy, known: set[str]) -> Iterator[Problem]:
    """Only what is overdue is escalated, and only a deadline becomes overdue."""
    for place, each in enumerate(policy.escalations):
        if each.clock in known and kind_of(each.clock) is not ClockKind.DEADLINE:
            what = Detail(f"{each.clock} is no deadline: it is never overdue", f"{each.clock} 不是办理期限，不会超期")
            yield Problem(f"escalations[{place}] ({each.id}).clock", what, "handling, contact, verification …")


def _starts(policy: Policy, known: set[str], starters: Mapping[str, set[str]]) -> Iterator[Problem]:
    for place, each in enumerate(policy.time_limits):
        for wire in each.starts_on:
            if wire in known and wire not in starters.get(each.clock, ()):
                what = Detail(f"{wire} never starts the clock {each.clock}", f"{wire} 不会启动期限钟 {each.clock}")
                near = ", ".join(sorted(starters.get(each.clock, ())))
                yield Problem(f"time_limits[{place}] ({each.id}).starts_on", what, near)


def _roles(policy: Policy, flows: Iterable[Workflow]) -> Iterator[Problem]:
    """Roles of a procedure that no row asks: as which nobody can propose or be heard, or that give no leave."""
    steps = [step for flow in flows for step in flow.steps]
    heard = sorted({role for step in steps if person_is_eligible in step.rules for role in step.who} - {Role.SYSTEM})
    givers = sorted({role for step in steps if step.command is GiveApproval for role in step.who})
    for place, each in enumerate(policy.procedures):
        start = f"procedures[{place}] ({each.id})"
        for role in getattr(each, "proposers", ()):
            if heard and role in ROLES and role not in heard:  # one of the town's own may be held beside another
                what = Detail(f"nobody proposes or is heard as {role}", f"{role} 不能提案或发表意见")
                yield Problem(f"{start}.proposers", what, ", ".join(heard))
        for number, filing in enumerate(getattr(each, "filings", ())):
            if givers and filing.by not in givers:
                what = Detail(f"{filing.by} gives no leave", f"{filing.by} 不作审批")
                yield Problem(f"{start}.filings[{number}].by", what, ", ".join(givers))


def _words_of(policy: Policy, served: Iterable[Decider], field: str, of: str, what: Detail) -> Iterator[Problem]:
    """Words in the conditions of rules that no case served here can have."""
    known = _known_words(served, of)
    if not known:
        return
    for name in ("routing", "time_limits", "escalations"):
        for place, each in enumerate(getattr(policy, name)):
            for word in getattr(each, field, ()):
                if word not in known and not (of == "kind" and word in MARKS):
                    said = Detail(f"{what} {word}", f"{what.zh} {word}")
                    yield Problem(f"{name}[{place}] ({each.id}).{field}", said, ", ".join(known))


def _known_words(served: Iterable[Decider], field: str) -> list[str]:
    """The words that the commands which begin a record may give; none where one of them takes any word.

    Records that only the system makes have neither kind nor severity.
    """
    known: dict[str, None] = {}
    for decider in served:
        if decider.reserves:
            continue
        began = [step.command for step in decider.workflow.steps if NEW in step.source]
        enums = [found for each in began if (found := _enum_of(each, field)) is not None]
        if not enums:
            return []
        known |= dict.fromkeys(member.value for found in enums for member in found)
    return list(known)


def _enum_of(command: type[Command], field: str) -> type[StrEnum] | None:
    """The words of a command's field, where it takes no others."""
    annotation = command.model_fields[field].annotation if field in command.model_fields else None
    for each in (annotation, *get_args(annotation)):
        if isinstance(each, type) and issubclass(each, StrEnum):
            return each
    return None
