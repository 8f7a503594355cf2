"""Rules of entries: what may be entered and by whom, what it may cost, and what the envelope bears."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from govflow.actors import Role
from govflow.budgets.entry import Entry, EntryStatus
from govflow.budgets.model import BudgetRound
from govflow.context import Context
from govflow.errors import Detail
from govflow.rules import carries_personal_data
from govflow.workflow import rule

_LIVE = (EntryStatus.PROPOSED, EntryStatus.ELIGIBLE)
_KEY_LENGTH = 64


@rule("项目名称、类别已明,位于轮次区域内", "M110", needs="title kind area")
def entry_is_described(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """The entry has a title, a kind of the programme, and an area within the round's."""
    if not event.title.strip():
        yield Detail("a title", "项目名称")
    if round.programme is None or round.programme.kind(event.kind or "") is None:
        kinds = ", ".join(each.id for each in round.programme.kinds) if round.programme is not None else ""
        yield Detail(f"a kind: {kinds}", f"类别：{kinds}")
    if event.area and round.area and event.area != round.area and not event.area.startswith(f"{round.area}/"):
        yield Detail(f"an area within {round.area}", f"{round.area} 内的区域")
    if len(event.item) > _KEY_LENGTH:
        yield Detail(f"a key of at most {_KEY_LENGTH} characters", f"不超过 {_KEY_LENGTH} 个字符的编号")


@rule("公开文字不含个人信息", "M158; PIPL [V]", needs="title text public_text")
def public_words_hide_people(round: BudgetRound, event: Any, context: Context) -> bool:
    """No public text carries personal data."""
    said = (getattr(event, name, None) for name in ("title", "text", "beneficiaries", "public_text", "carrier"))
    return not any(carries_personal_data(text) for text in said if text)


@rule("由本人申报,或由秘书处代为登记", "M110", needs="proposer")
def proposer_enters_it_or_is_written_down(round: BudgetRound, event: Any, context: Context) -> bool:
    """Proposers enter their own projects, or those of their unit; the round's secretariat writes down others'."""
    held = [claim for claim in context.claims if claim.role in context.step.who]
    mine = event.proposer == event.by or any(claim.unit == event.proposer for claim in held)
    return mine or any(claim.role == Role.SECRETARIAT and round.reaches(claim) for claim in held)


@rule("未超过每一申报人的项目数", "[config]", needs="proposer")
def proposer_has_room_left(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """The proposer has fewer entries in this round than the programme allows."""
    allowed = round.programme.per_proposer if round.programme is not None else 0
    if allowed and entries_of(round, event.proposer) >= allowed:
        yield Detail(f"{allowed} at most", f"至多 {allowed} 项")


def entries_of(round: BudgetRound, proposer: str | None) -> int:
    """How many entries of a proposer count in a round: those refused or taken back do not."""
    return sum(each.proposer == proposer and each.status in _LIVE for each in round.items_of("entry").values())


@rule("来源记录存在,且未在本轮重复申报", "design", needs="source")
def source_stands_and_is_entered_once(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """The proposal or case it comes from exists, and has no other entry in this round."""
    if event.source is None:
        return
    if context.lookup(event.source) is None:
        yield Detail(f"there is no record {event.source}", f"没有记录 {event.source}")
    for each in round.items_of("entry").values():
        if each.source == event.source and each.status in _LIVE:
            yield Detail(f"entry {each.key} comes from it already", f"项目 {each.key} 已由此而来")


# --- money -----------------------------------------------------------------------------------------------------------


@rule("造价已明,且未超单项上限", "M110", needs="cost")
def cost_is_named_and_within_its_cap(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """What it costs is named, and is not more than one entry of its kind may cost."""
    if not event.cost:
        yield Detail("what it costs", "造价")
    yield from over_cap(round, context.item, event.cost)


def over_cap(round: BudgetRound, entry: Any, cost: int) -> Iterator[Detail]:
    """Whether a cost is more than one entry of its kind may have."""
    kind = round.programme.kind(entry.kind) if round.programme is not None else None
    if kind is not None and kind.cap is not None and cost > kind.cap:
        over = cost - kind.cap
        yield Detail(
            f"{entry.key} is {over} minor units over the cap of {kind.en}",
            f"{entry.key} 超出{kind.zh}单项上限 {over} 分",
        )


@rule("含本项的核定总额未超总盘与单项上限", "M110", needs="cost")
def budget_is_within_envelope(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """Approved sums, this one included, stay within the envelope and the cap of the kind."""
    entry = context.item
    assert isinstance(entry, Entry)
    cost = getattr(event, "cost", None) or entry.cost
    held = entry.cost if entry.status == EntryStatus.WON else 0
    if (over := cost - held - round.remaining) > 0:
        yield Detail(f"{over} minor units more than the envelope has left", f"超出余额 {over} 分")
    yield from over_cap(round, entry, cost)
    kind = round.programme.kind(entry.kind) if round.programme is not None else None
    if kind is None or kind.total is None:
        return
    if (over := cost - held + round.reserved_for(kind.id) - kind.total) > 0:
        yield Detail(f"{over} minor units more than all {kind.en} may cost", f"超出{kind.zh}总额 {over} 分")


# --- winning, and what comes of it -----------------------------------------------------------------------------------


@rule("该项目在入选之列", "M110")
def entry_has_won(round: BudgetRound, event: Any, context: Context) -> bool:
    """The entry is among the winners of the count."""
    return event.count is not None and _entry(context).key in event.count.winners


@rule("该项目不在入选之列", "M110")
def entry_has_lost(round: BudgetRound, event: Any, context: Context) -> bool:
    """The entry is not among the winners of the count."""
    return event.count is None or _entry(context).key not in event.count.winners


@rule("结果已交付实施", "M092")
def winners_were_handed_over(round: BudgetRound, event: Any, context: Context) -> bool:
    """The public notice is over and the winners were handed over."""
    return round.has_commissioned


@rule("其项目未占用该资金", "M110", version=2)
def project_holds_none_of_it(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """The project that carries it out sets none of its money aside: it closes its lines, or frees them, first."""
    for line in _lines_on(round, _entry(context), context):
        if line.status == "reserved":
            carried_out_by = _entry(context).project
            yield Detail(
                f"line {line.key} of {carried_out_by} is {line.status}", f"{carried_out_by} 预算项 {line.key} 占用中"
            )


def spent_of(round: BudgetRound, entry: Entry, context: Context) -> int:
    """What the project that carries an entry out has spent beyond its other entries here, in minor units."""
    spent = sum(line.held for line in _lines_on(round, entry, context))
    others = (each for each in round.items_of("entry").values() if each.project == entry.project)
    beyond: int = spent - sum(each.held for each in others if each.key != entry.key)
    return max(0, beyond)


def _lines_on(round: BudgetRound, entry: Entry, context: Context) -> Iterator[Any]:
    """The budget lines of the project that carries an entry out that are paid out of this round."""
    project = context.lookup(entry.project) if entry.project is not None else None
    lines = project.items_of("budget").values() if project is not None else ()
    return (line for line in lines if line.envelope == round.id)


def _entry(context: Context) -> Entry:
    """The entry that a step moves."""
    assert isinstance(context.item, Entry)
    return context.item


@rule("已指明由何项目或合同实施", "M110", needs="carrier project")
def carrier_is_named(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """What carries it out is named: in words, or as a record that exists or is begun with it."""
    if event.project is None and not event.carrier.strip():
        yield Detail("a project or contract", "实施项目或合同")
    elif event.project is not None and not event.begun and context.lookup(event.project) is None:
        yield Detail(f"there is no record {event.project}", f"没有记录 {event.project}")
