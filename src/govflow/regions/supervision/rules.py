"""What must hold before a matter is listed, exposed, taken off again; and that nobody judges in their own cause."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from govflow.actors import SYSTEM
from govflow.context import Context
from govflow.records import Record
from govflow.regions.supervision.model import Supervision, SupervisionStatus
from govflow.workflow import rule

_LIMITS = ("handling", "delivery")  # the clocks whose delay may be shown in public


def _acting(event: Any, context: Context) -> set[str]:
    """Who acts, and in whose stead."""
    return {event.by, context.standing_in_for or event.by}


@rule("超期已达曝光阈值", "M052")
def overdue_is_past_threshold(record: Record, event: Any, context: Context) -> bool:
    """The delivery or handling clock has been overdue longer than the threshold."""
    longest = timedelta(days=context.policy.thresholds.exposure_days)
    owed = (clock for name in _LIMITS if (clock := record.clocks.get(name)) is not None)
    return any(
        (clock.is_late or clock.status == "running") and clock.due is not None and context.at > clock.due + longest
        for clock in owed
    )


@rule("曾挂牌督办", "design", version=2)
def record_has_been_listed(record: Record, event: Any, context: Context) -> bool:
    """The record is or was under listed supervision."""
    # by this very supervision: another body's listing, or one of another unit, is no ground to expose this one
    return isinstance(context.item, Supervision) and context.item.was_listed


@rule("整改已经他人核实", "M052", version=2)
def fix_is_verified(record: Record, event: Any, context: Context) -> bool:
    """Another person has verified that the exposed failing is fixed."""
    # said by the step confirm_fix since the exposure: neither the check of a round nor a ledger number tells who checked
    checked_by = context.item.fix_checked_by if isinstance(context.item, Supervision) else ()
    return bool(checked_by) and _acting(event, context).isdisjoint(checked_by)


@rule("曝光事项经他人核实整改后方可解除", "M052")
def exposed_failing_is_fixed(record: Record, event: Any, context: Context) -> bool:
    """What stands in public is not lifted before another person has verified the fix, unless the record leaves."""
    is_exposed = context.item is not None and context.item.status == SupervisionStatus.EXPOSED
    return not is_exposed or event.by == SYSTEM.id or fix_is_verified.check(record, event, context) is True


@rule("挂牌已编号且编号未重复", "design", needs="number")
def listing_is_numbered(record: Record, event: Any, context: Context) -> bool:
    """What is listed carries a public number, and no other listing of the record carries the same."""
    others = (item for key, item in record.items_of("supervision").items() if key != event.item)
    return bool(event.number.strip()) and all(item.number != event.number for item in others)


@rule("已载明内容", "design", needs="public_text text")
def text_is_given(record: Record, event: Any, context: Context) -> bool:
    """The text that the step is about is given."""
    said = event.__dict__
    return bool((said.get("public_text") or said.get("text") or "").strip())


@rule("涉密或举报事项不对外公开内容", "petitions §30 [V]")
def secret_matter_stays_secret(record: Record, event: Any, context: Context) -> bool:
    """Nothing is told in public of a confidential matter or a report on wrongdoing."""
    return not (record.is_secret and event.public_text.strip())


@rule("不裁断本人或本单位的事项", "petitions §28 [V]", version=3)
def nobody_judges_their_own_cause(record: Record, event: Any, context: Context) -> bool:
    """Whoever decides is not the person or unit concerned, does not belong to it and has not handled the matter."""
    # the hands of an item tell too little: they are also those of who stood in for the one who decides
    item = context.item
    spoke = getattr(item, "answered_by", ())
    named = getattr(event, "owner", None)  # whom the step is about to put under supervision
    people = item.people() if item is not None else ()
    concerned = {*people, *((named,) if named is not None else ())}
    acting = _acting(event, context)
    return acting.isdisjoint({*record.handled_by(), *spoke, *concerned}) and concerned.isdisjoint(
        claim.unit for claim in context.claims
    )
