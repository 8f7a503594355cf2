"""Rules of an envelope: what it is opened with, and that it always bears what is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from govflow.actors import Level, covers_area
from govflow.context import Context
from govflow.envelopes.model import Draw, Envelope, KindCap, draw_key, drawn, shortfall, yuan
from govflow.errors import Detail
from govflow.workflow import rule

# --- the envelope ----------------------------------------------------------------------------------------------------


@rule("名称、层级、期间、金额与批准文件已明", "M110", needs="title level first last amount approved_by")
def envelope_is_described(envelope: Envelope, event: Any, context: Context) -> Iterable[Detail]:
    """A title, a level, a period, an amount and the paper that grants it are given."""
    if not event.title.strip():
        yield Detail("a title", "名称")
    if event.level is None:
        yield Detail("a level", "层级")
    if event.first is None or event.last is None or event.first > event.last:
        yield Detail("the first and the last day of a period", "期间的起止日")
    if not event.amount:
        yield Detail("an amount", "金额")
    if event.approved_by is None or not event.approved_by.reference.strip():
        yield Detail("the paper that grants the money, and where it is kept", "批准文件及其存放处")


@rule("由不低于该层级的一方设立", "M110", needs="level")
def envelope_is_of_ones_own_level(envelope: Envelope, event: Any, context: Context) -> bool:
    """Whoever opens it acts at its level or above, as its own row asks; who is tied to no level acts at each."""
    if event.level is None:
        return True
    held = [claim for claim in context.claims if claim.role in context.step.who and covers_area(claim, event.area)]
    return not held or any(claim.level is None or claim.level.rank >= event.level.rank for claim in held)


@rule("各类别上限明确且不重复", "M110", needs="caps")
def caps_are_sound(envelope: Envelope, event: Any, context: Context) -> Iterable[Detail]:
    """Each kind has one cap, which says something, and one project's is not more than that of all."""
    caps: tuple[KindCap, ...] = event.caps or ()
    kinds = [each.kind for each in caps]
    for kind in sorted({each for each in kinds if kinds.count(each) > 1}):
        yield Detail(f"{kind} stands twice", f"{kind} 重复")
    for each in caps:
        if each.per_project is None and each.total is None:
            yield Detail(f"{each.kind} is not capped at all", f"{each.kind} 未设上限")
        elif each.per_project is not None and each.total is not None and each.per_project > each.total:
            yield Detail(f"{each.kind}: one project more than all", f"{each.kind}：单项上限高于合计上限")


@rule("调整内容明确", "M110", needs="amount caps last")
def something_is_changed(envelope: Envelope, event: Any, context: Context) -> Iterable[Detail]:
    """Another amount, other caps or another last day is named, and the period stays one."""
    named = {"amount": event.amount, "caps": event.caps, "last": event.last}
    if all(value in (None, getattr(envelope, name)) for name, value in named.items()):
        yield Detail("nothing would be another", "没有任何变化")
    if event.last is not None and envelope.first is not None and event.last < envelope.first:
        yield Detail(f"the period begins on {envelope.first}", f"期间自 {envelope.first} 起")


@rule("调整后仍足以支付已占用资金", "M110", needs="amount caps")
def envelope_bears_what_is_drawn(envelope: Envelope, event: Any, context: Context) -> Iterable[Detail]:
    """What is drawn stays within the new amount and the new caps."""
    held = drawn(envelope)
    if event.amount is not None and event.amount < held:
        yield Detail(f"{yuan(held)} yuan are drawn", f"已占用 {yuan(held)} 元")
    for each in event.caps or ():
        yield from _over(envelope, each)


def _over(envelope: Envelope, cap: KindCap) -> Iterator[Detail]:
    held = drawn(envelope, kind=cap.kind)
    if cap.total is not None and held > cap.total:
        yield Detail(f"{cap.kind}: {yuan(held)} yuan are drawn", f"{cap.kind}：已占用 {yuan(held)} 元")
    projects = {each.project for each in envelope.items_of("draw").values() if each.kind == cap.kind}
    for project in sorted(projects) if cap.per_project is not None else ():
        held = drawn(envelope, kind=cap.kind, project=project)
        if held > (cap.per_project or 0):
            yield Detail(f"{project} has drawn {yuan(held)} yuan", f"{project} 已占用 {yuan(held)} 元")


@rule("属镇街及以下层级的资金", "M110")
def money_is_the_towns(envelope: Envelope, event: Any, context: Context) -> bool:
    """The money is the town's or of a level below: what is above needs the district's leave."""
    return envelope.level is not None and envelope.level.rank <= Level.TOWN.rank


# --- draws -----------------------------------------------------------------------------------------------------------


@rule("占用的项目、预算项、类别与金额已明", "M110", needs="project line kind amount")
def draw_names_its_line(envelope: Envelope, event: Any, context: Context) -> Iterable[Detail]:
    """The project, its budget line, the kind and an amount are named, and the draw is kept under their key."""
    if event.project is None or event.line is None or event.kind is None:
        yield Detail("the project, its line and kind", "项目、预算项与类别")
    elif event.item != draw_key(event.project, event.line):
        yield Detail(
            f"the key is {draw_key(event.project, event.line)}", f"编号应为 {draw_key(event.project, event.line)}"
        )
    if not event.amount:
        yield Detail("an amount", "金额")


@rule("含本项的占用总额未超总盘与单项上限", "M110", needs="amount")
def draw_is_within_envelope(envelope: Envelope, event: Any, context: Context) -> Iterable[Detail]:
    """What is drawn, this included, stays within the envelope and the caps of the kind."""
    draw = context.item if isinstance(context.item, Draw) else event
    return shortfall(envelope, draw.kind or "", draw.project or "", event.amount, (event.item,))


@rule("占用发生在资金期间内", "M110")
def money_is_of_its_period(envelope: Envelope, event: Any, context: Context) -> Iterable[Detail]:
    """Money is reserved within the envelope's period; less of it may be held at any time."""
    held = context.item.held if isinstance(context.item, Draw) else 0
    if event.amount > held and not envelope.covers_day(context.at.astimezone(context.policy.zone).date()):
        yield Detail(f"it is from {envelope.first} to {envelope.last}", f"期间为 {envelope.first} 至 {envelope.last}")


@rule("占用金额明确", "M110", needs="amount")
def draw_keeps_an_amount(envelope: Envelope, event: Any, context: Context) -> bool:
    """It holds something still: what holds nothing is freed."""
    return bool(event.amount)


@rule("决算支出未超占用金额", "M110", needs="spent")
def spent_is_within_draw(envelope: Envelope, event: Any, context: Context) -> Iterable[Detail]:
    """What was spent is not more than what was reserved."""
    assert isinstance(context.item, Draw)
    if event.spent > context.item.amount:
        held, spent = yuan(context.item.amount), yuan(event.spent)
        yield Detail(f"{held} yuan reserved, {spent} yuan spent", f"占用 {held} 元，支出 {spent} 元")


@rule("重新占用金额不少于已支出", "M110", needs="amount")
def draw_keeps_what_was_spent(envelope: Envelope, event: Any, context: Context) -> bool:
    """What is reserved anew is not less than what was spent already."""
    assert isinstance(context.item, Draw)
    return bool(event.amount >= context.item.spent)
