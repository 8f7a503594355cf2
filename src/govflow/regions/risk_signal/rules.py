"""The rules of the region `risk_signal`: level and ground, plan and task force, and that no signal points at a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from govflow.actors import FOR_THEMSELVES, covers, is_built_in
from govflow.context import Context
from govflow.errors import Detail
from govflow.records import Record
from govflow.rules import carries_personal_data, decided_by_another
from govflow.workflow import rule


@rule("已注明风险等级与依据", "M033", needs="risk_level ground")
def level_and_ground_given(record: Record, event: Any, context: Context) -> bool:
    """The risk level and its ground are given."""
    return event.risk_level is not None and bool(event.ground.strip())


@rule("高风险的已附预案", "M075")
def plan_is_attached_if_high(record: Record, event: Any, context: Context) -> bool:
    """From level high on, a contingency plan is attached."""
    item: Any = context.item
    return not item.needs_plan or _has_plan(record, item)


@rule("已成立工作班子或已启动预案", "003 M032", needs="members")
def task_force_or_plan_is_at_work(record: Record, event: Any, context: Context) -> bool:
    """A task force of units is named, or a plan is attached."""
    return bool(event.members) or _has_plan(record, context.item)


def _has_plan(record: Record, item: Any) -> bool:
    """Whether one of a signal's plans is on file and still relied on."""
    pieces = (record.item("evidence", key) for key in item.plans)
    return any(piece is not None and piece.status == "added" for piece in pieces)


@rule("居民、单位仅就与己有关的事项预警", "M037")
def raiser_has_a_part(record: Record, event: Any, context: Context) -> bool:
    """Who speaks for themselves raises a signal on a matter of their own; officials on any they may act on."""
    held = [
        claim
        for claim in context.claims
        if claim.role in context.step.who
        and covers(claim, record.level, record.area)
        and record.fits(claim.role, claim, event.by, context.on_behalf_of, context.item)
    ]
    own = (claim.role not in FOR_THEMSELVES or record.concerns(event.by, claim.unit) for claim in held)
    return not held or any(own)


@rule("曾定为高风险的由预警者以外的人解除", "M090")
def high_risk_is_cleared_by_another(record: Record, event: Any, context: Context) -> bool:
    """What was high once is cleared by another than who raised it, unless it ends with its record."""
    item: Any = context.item
    return not item.was_high or is_built_in(context.actor) or decided_by_another.check(record, event, context) is True


_PSEUDONYM = re.compile(r"(?<![A-Za-z0-9])s-[0-9A-Za-z]+")  # as messages.new_subject gives them


def names_a_person(text: str, record: Record | None = None) -> bool:
    """Whether a text carries a pseudonym, a phone or identity number, an e-mail address, or the record's reporter."""
    reporter = getattr(record, "reporter", None)
    told = reporter is not None and reporter in re.findall(r"[A-Za-z0-9._:-]+", text)
    return told or _PSEUDONYM.search(text) is not None or carries_personal_data(text)


_SAID = (
    ("what", "事由"), ("signal", "苗头"), ("place", "地点"), ("ground", "依据"), ("measure", "措施"), ("members", "成员"),
    ("reason", "理由"),
)  # fmt: skip


@rule("信号不指向个人", "M037; PIPL [V]", needs="what signal place ground measure members reason")
def signal_names_no_person(record: Record, event: Any, context: Context) -> Iterator[str]:
    """Neither text nor members point at a person: a signal is about things and units."""
    for en, zh in _SAID:
        if en == "reason" and is_built_in(context.actor):  # it repeats what the record says of its own end
            continue
        said = getattr(event, en, "")
        if names_a_person(said if isinstance(said, str) else " ".join(said), record):
            yield Detail(f"{en} names a person", f"{zh}指向个人")
