"""What the system does about an overdue unit because the policy says so: it reminds or urges, once for each rule."""

from __future__ import annotations

from govflow.actors import SYSTEM
from govflow.messages import Command
from govflow.records import Record
from govflow.regions.supervision.workflow import RemindSupervision, UrgeSupervision

_REASON = "overdue_without_cause"


def remind_by_rule(record: Record, rule: str) -> Command | None:
    """Overdue by rule: a reminder (Then.REMIND), once; None where it stands, or was lifted with nothing late since."""
    if not _is_new(record, rule):
        return None
    reason = f"overdue, by rule {rule} (超期自动提醒)"
    return RemindSupervision(id=record.id, by=SYSTEM, item=by_rule(rule), reason_code=_REASON, reason=reason)


def urge_by_rule(record: Record, rule: str) -> Command | None:
    """Overdue by rule: an answer is asked for (Then.URGE), once; None as for a reminder."""
    if not _is_new(record, rule):
        return None
    reason = f"overdue, by rule {rule} (超期自动催办)"
    return UrgeSupervision(id=record.id, by=SYSTEM, item=by_rule(rule), reason_code=_REASON, reason=reason)


def by_rule(rule: str) -> str:
    """The key of the supervision that a rule of the policy begins."""
    return f"by-rule.{rule}"


def _is_new(record: Record, rule: str) -> bool:
    item = record.item("supervision", by_rule(rule))
    if item is None:
        return True
    late = (clock.due for clock in record.clocks.values() if clock.is_late and clock.due is not None)
    return item.lifted_at is not None and any(due > item.lifted_at for due in late)
