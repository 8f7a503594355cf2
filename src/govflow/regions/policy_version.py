"""政策版本 policy version: a running record is moved to another version of the policy, its clocks with it.

It keeps no items: the record's own field says which version it has pinned, its history when it was moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from govflow.actors import Role
from govflow.clocks.clock import Clock
from govflow.clocks.moves import CARRIED, NAMED, extended_otherwise, under
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import ClockMove, ItemCommand, ItemEvent, Words
from govflow.policy import DecisionProcedure, Policy, TimeLimit
from govflow.records import Item, Record
from govflow.region import Region
from govflow.workflow import Rest, Status, Step, Workflow, rule


class MoveStatus(Status):
    DONE = "done", "已迁移", Rest.FINAL


S = MoveStatus


class MigratePolicy(ItemCommand, wire="policy_version.migrate", label="迁移政策版本"):
    """Move the record to the policy `to` (id@version)."""

    to: Words = ""


class PolicyMigrated(ItemEvent, name="policy_version.migrated"):
    """The record has pinned another version; its clocks were counted anew under it, from the same starts."""

    to: Words = ""
    before: Words = ""


@rule("目标政策版本已通过且已施行", "design", needs="to")
def policy_is_adopted(record: Record, event: Any, context: Context) -> bool:
    """The policy it moves to was adopted, its day has come, and it is another than the one it has."""
    policy = context.policies.get(event.to)
    if policy is None or event.to == record.policy:
        return False
    return bool(policy.effective_from <= context.now.astimezone(policy.zone).date())


@rule("新政策适用于该记录", "design", needs="to")
def policy_has_what_the_record_needs(record: Record, event: Any, context: Context) -> Iterable[Detail]:
    """The new policy knows the record's category, retention and track, and has a limit for every clock that runs."""
    policy = context.policies.get(event.to)
    return [] if policy is None else blocks(record, policy)


def blocks(record: Record, policy: Policy) -> list[Detail]:
    """What keeps a record from moving to a policy."""
    found = []
    if record.category and policy.category(record.category) is None:
        found.append(Detail(f"category {record.category} is not in its catalogue", f"目录中无类别 {record.category}"))
    if record.retention and policy.retention and policy.retention_class(record.retention) is None:
        found.append(Detail(f"it has no retention class {record.retention}", f"无保管期限 {record.retention}"))
    for clock in record.clocks.values():
        if not is_counted(clock):
            continue
        limit = limit_under(policy, record, clock)
        if limit is None:
            found.append(Detail(f"it has no time limit for {clock.name}", f"期限钟 {clock.name} 无时限规则"))
        elif extended_otherwise(limit, clock):
            en = f"{clock.name} was extended in other units than those of {limit.id}"
            found.append(Detail(en, f"{clock.name} 已按其他计时单位延期，与 {limit.id} 不符"))
    return [*found, *_of_track(record, policy)]


def _of_track(record: Record, policy: Policy) -> Iterator[Detail]:
    """What the procedure that a record has pinned looks up in the policy; before it is pinned, the track asked for.

    Without its quorum rule a stage would be passed by a bare majority of any number.
    """
    track: str | None = getattr(record, "track", None)
    procedure: DecisionProcedure | None = getattr(record, "procedure", None)
    if procedure is None:
        if track and policy.procedure(track) is None:
            yield Detail(f"it has no procedure {track}", f"无议事程序 {track}")
        return
    asked = (*(stage.quorum for stage in procedure.stages), procedure.vote.quorum)
    for id in dict.fromkeys(asked):
        if id is not None and policy.quorum_rule(id) is None:
            yield Detail(f"it has no quorum rule {id}", f"无法定人数规则 {id}")
    if (notice := procedure.vote.notice) is not None and policy.limit(notice) is None:
        yield Detail(f"it has no time limit {notice}", f"无时限 {notice}")
    if (body := getattr(record, "delegated_to", None)) is not None and policy.body(body) is None:
        yield Detail(f"it has no body {body}", f"无议事机构 {body}")


def is_counted(clock: Clock) -> bool:
    """Whether a clock is going and was counted by a rule: one whose due instant was named or carried keeps it."""
    return clock.is_going and clock.rule is not None and clock.derived not in (NAMED, CARRIED) and not _is_fixed(clock)


def _is_fixed(clock: Clock) -> bool:
    """A run of a log written before terms were kept whose date was moved since: what it rests on is not known."""
    return clock.term is None and bool(clock.extensions or clock.earlier or clock.derived == "named in the command")


def limit_under(policy: Policy, record: Record, clock: Clock) -> TimeLimit | None:
    """The time limit that a running clock has under a policy: the one of the same name, else the first that fits."""
    name = clock.name.partition(":")[0]
    fitting = policy.time_limit(name, "", record.kind, record.category, record.level, reset=True)
    same = policy.limit(clock.rule or "")
    category = policy.category(record.category)
    if name == "handling" and category is not None and category.time_limit:
        return fitting
    still_fits = same is not None and same.clock == name and same.serves(record.kind, record.level)
    return same if still_fits else fitting


def moves_under(record: Record, policy: Policy, context: Context) -> tuple[ClockMove, ...]:
    """What happens to the clocks of a record that moves to a policy: those whose due instant or rule changes."""
    moves = []
    for clock in record.clocks.values():
        limit = limit_under(policy, record, clock) if is_counted(clock) else None
        if limit is None:
            continue
        move = under(limit, clock, context.with_policy(policy))
        if (move.due, move.rule, move.term) != (clock.due, clock.rule, clock.term):
            moves.append(move)
    return tuple(moves)


# fmt: off
POLICY_VERSION_WORKFLOW = Workflow("policy_version", S, zh="政策版本", on=("case", "proposal", "joint_project"), steps=(
    Step("PV01", MigratePolicy, None, PolicyMigrated, S.DONE, (Role.SYSTEM, Role.DISTRICT), (policy_is_adopted, policy_has_what_the_record_needs)),
))
# fmt: on


def _migrated(record: Record, command: MigratePolicy, context: Context) -> PolicyMigrated:
    policy = context.policies.get(command.to)
    moves = moves_under(record, policy, context) if policy is not None and not blocks(record, policy) else ()
    key = command.item or POLICY_VERSION.new_key(record, command)
    return PolicyMigrated(at=context.at, by=command.by.id, item=key, to=command.to, before=record.policy, clocks=moves)


POLICY_VERSION = Region(
    POLICY_VERSION_WORKFLOW,
    Item,
    {PolicyMigrated: lambda record, event: {"policy": event.to}},
    propose={MigratePolicy: _migrated},
    keeps_items=False,
)
