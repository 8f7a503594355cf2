"""Rules that the tables of several records name about their regions: what has to be over, at rest or agreed first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from govflow.actors import SYSTEM, Role
from govflow.clocks.moves import calendar_of, measured
from govflow.context import Context
from govflow.errors import Detail
from govflow.regions.approval import leaves_given
from govflow.regions.objection import open_objections, upheld_objections
from govflow.workflow import rule

_CONVERSIONS = {"case.convert_to_proposal": "proposal", "case.convert_to_project": "joint_project"}


def target_kind(said: Any, wire: str) -> str:
    """The kind of record that a step begins: what it names itself, or what its command is for; a case where neither."""
    return getattr(said, "target_kind", None) or _CONVERSIONS.get(wire, "case")


def has_elapsed(record: Any, clock: str, context: Context) -> bool:
    """Whether a minimum period has run out; one that was never started has not."""
    found = record.clocks.get(clock)
    return found is not None and found.due is not None and context.now >= found.due


@rule("目标已指明且仅建一件", "design")
def conversion_target_is_named(record: Any, event: Any, context: Context) -> Iterable[str]:
    """Exactly one new record is named and created in the same transaction."""
    kind = target_kind(event, context.step.command.wire)
    decider = context.deciders.get(kind)
    if decider is None or decider.opens is None:
        yield Detail(f"no record of kind {kind} is served here", f"本系统未提供 {kind} 类记录")
    elif event.target is None or context.lookup(event.target) is not None:
        yield Detail("the new record is not named", "未指明新记录")


@rule("公示期已满", "M092")
def publicity_has_elapsed(record: Any, event: Any, context: Context) -> bool:
    """The publicity period is over."""
    return has_elapsed(record, "publicity", context)


@rule("无待决异议", "M092")
def no_objection_is_open(record: Any, event: Any, context: Context) -> Iterable[str]:
    """No objection waits for its answer."""
    for each in open_objections(record):
        yield Detail(f"objection {each.key} waits for its answer", f"异议 {each.key} 待答复")


@rule("无已成立而未处理的异议", "M092")
def no_objection_is_upheld(record: Any, event: Any, context: Context) -> Iterable[str]:
    """No upheld objection is unanswered by a new decision."""
    for each in upheld_objections(record):
        yield Detail(f"objection {each.key} was upheld", f"异议 {each.key} 成立")


@rule("中止原因消除或复核日已到", "decision reg §37 [V]", needs="cause_is_over")
def suspension_cause_is_over(record: Any, event: Any, context: Context) -> bool:
    """The cause is over, or the review date has come."""
    until = record.suspended_until
    return (event.by != "system" and event.cause_is_over) or (until is not None and context.now >= until)


@rule("所等待的关联记录均已办结", "design")
def linked_records_are_at_rest(record: Any, event: Any, context: Context) -> Iterable[str]:
    """Every awaited linked record has come to rest."""
    for link in record.items_of("link").values():
        if link.status in ("awaited", "failed"):
            yield Detail(f"{link.other} is {link.status}", f"{link.other} 未办结")


@rule("台账已清零", "M043")
def ledger_is_empty(record: Any, event: Any, context: Context) -> Iterable[str]:
    """Every ledger item is written off or waived."""
    for item in record.items_of("ledger").values():
        if item.status not in ("written_off", "waived"):
            yield Detail(f"ledger item {item.key} is {item.status}", f"台账 {item.key} 未销号")


@rule("挂牌督办件已获督办方同意", "design", version=3)
def listed_record_has_supervisor_consent(record: Any, event: Any, context: Context) -> Iterable[str]:
    """A record under listed supervision has the supervisor's consent."""
    by_supervisors = Role.SUPERVISOR in context.step.who  # a step of theirs: whose listing it is needs nobody's leave
    if by_supervisors and event.by == SYSTEM.id:
        return
    for item in record.items_of("supervision").values():
        if item.status not in ("listed", "interviewed", "circulated", "exposed"):
            continue
        leaves = leaves_given(record, context.command, Role.SUPERVISOR, context)
        given = any(item.is_of(leave.giver_unit, {leave.given_by, *leave.giver_units}) for leave in leaves)
        units = {claim.unit for claim in context.claims}
        own = by_supervisors and any(
            claim.role == Role.SUPERVISOR and item.is_of(claim.unit, {event.by, *units}) for claim in context.claims
        )
        if not given and not own:
            whose = item.body or Role.SUPERVISOR.value
            yield Detail(f"{item.key}: no consent of {whose}", f"{item.key}：未获 {whose} 同意")


@rule("整改事项与期限已明", "M043", version=2, needs="defects until")
def defects_and_due_are_named(record: Any, event: Any, context: Context) -> Iterable[str]:
    """What is to be remedied is listed, and until when: no longer than the policy gives for works."""
    if not event.defects or not all(each.strip() for each in event.defects):
        yield Detail("no defect is named", "未列明问题")
    yield from lacks_of_day(record, event, context)


def lacks_of_day(record: Any, event: Any, context: Context) -> Iterable[Detail]:
    """What is wrong with the day until which works that begin anew are to be done: it is ahead, and within the limit."""
    if event.until is None or event.until <= context.at:
        yield Detail("until when is not said", "未注明期限")
    elif (latest := _longest_works(record, context)) is not None and event.until > latest:
        last = latest.isoformat(timespec="minutes")
        yield Detail(f"not later than {last}", f"不得晚于 {last}")


def _longest_works(record: Any, context: Context) -> datetime | None:
    """When works that begin now are due at the latest, by the policy's limit of the clock that the step resets."""
    clock = next(iter(context.step.resets), "")
    wire, kind, category, level = context.step.command.wire, record.kind, record.category, record.level
    limit = context.policy.time_limit(clock, wire, kind, category, level, reset=True)
    if limit is None:
        return None
    return measured(clock, limit.id, limit.term, context, calendar_of(limit, context), new_run=None).due
