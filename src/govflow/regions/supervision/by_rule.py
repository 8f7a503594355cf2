"""What the system does about an overdue unit because the policy says so: it reminds or urges, once for each rule."""

from __future__ import annotations

from govflow.actors import SYSTEM
from govflow.clocks import Clock
from govflow.messages import Command
from govflow.policy.consistency import OVERDUE
from govflow.records import Record
from govflow.regions.supervision.workflow import RemindSupervision, UrgeSupervision


def remind_by_rule(record: Record, rule: str, clock: Clock) -> Command | None:
    """Overdue by rule: a reminder (Then.REMIND), once; None where it stands, or was lifted after the clock was due."""
    if not _is_new(record, rule, clock):
        return None
    reason = f"overdue, by rule {rule} (超期自动提醒)"
    return RemindSupervision(id=record.id, by=SYSTEM, item=by_rule(rule), reason_code=OVERDUE, reason=reason)


def urge_by_rule(record: Record, rule: str, clock: Clock) -> Command | None:
    """Overdue by rule: an answer is asked for (Then.URGE), once; None as for a reminder."""
    if not _is_new(record, rule, clock):
        return None
    reason = f"overdue, by rule {rule} (超期自动催办)"
    return UrgeSupervision(id=record.id, by=SYSTEM, item=by_rule(rule), reason_code=OVERDUE, reason=reason)


def by_rule(rule: str) -> str:
    """The key of the supervision that a rule of the policy begins."""
    return f"by-rule.{rule}"


def _is_new(record: Record, rule: str, clock: Clock) -> bool:
    item = record.item("supervision", by_rule(rule))
    return item is None or (item.lifted_at is not None and clock.due is not None and clock.due > item.lifted_at)
