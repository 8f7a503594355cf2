"""Rules of a matter that was brought to a studio: who brings it, what answers it, where it may go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from govflow.actors import Role, covers, speaks_for
from govflow.beside.reach import lies_within
from govflow.cases.model import CaseKind
from govflow.context import Context
from govflow.errors import Detail
from govflow.regions.link import LinkStatus
from govflow.rules import carries_personal_data
from govflow.studios.matter import MatterSource, StudioMatter
from govflow.studios.model import Studio
from govflow.studios.rules import acts_for_the_studio
from govflow.workflow import rule

TARGETS = ("case", "proposal")
_IN_THE_WAY = (LinkStatus.LINKED, LinkStatus.FAILED)


@rule("类别、区域、来源、内容已明", "000 M154", needs="category area source text")
def matter_is_taken_down(studio: Studio, event: Any, context: Context) -> Iterable[str]:
    """The words, a category of the catalogue, an area within the studio's and the reception it came up at are given."""
    if event.text is None:
        yield Detail("what was said", "内容")
    if context.policy.category(event.category) is None:
        yield Detail(f"{event.category} is no category", f"{event.category} 不在类别目录内")
    if not lies_within(event.area, studio.area):
        yield Detail(f"an area within {studio.area}", f"{studio.area} 内的区域")
    at_one = event.source is MatterSource.RECEPTION
    reception = studio.item("reception", event.reception or "")
    if at_one and (reception is None or reception.status == "cancelled" or reception.begins > context.at):
        yield Detail("a reception that has begun", "已开始的接待")
    if not at_one and event.reception is not None:
        yield Detail("a letter came up at no reception", "来信不注明接待")


@rule("由本人提出,或由工作室代为登记", "000 M154; M134", needs="asker")
def asker_speaks_or_the_studio_enters_it(studio: Studio, event: Any, context: Context) -> bool:
    """Whoever brings it speaks for themselves; for others, and without a name, the studio alone takes it down."""
    return _asks_it(event.asker, event, context) or acts_for_the_studio(studio, event, context)


def _asks_it(asker: str | None, event: Any, context: Context) -> bool:
    """Whether who acts asks for themselves, or for their own unit."""
    return asker is not None and any(
        speaks_for(asker, claim, event.by, context.on_behalf_of)
        for claim in context.claims
        if claim.role in (Role.RESIDENT, Role.ORGANISATION)
    )


@rule("由本人表示,或由未经手的当地回访员转述", "M090")
def desk_had_no_hand_in_it(studio: Studio, event: Any, context: Context) -> bool:
    """Whoever asked says it themselves, or to a callback desk of the place that neither took it down nor answered."""
    matter = context.item
    desks = [claim for claim in context.claims if claim.role == Role.CALLBACK]
    if not isinstance(matter, StudioMatter) or not desks or _asks_it(matter.asker, event, context):
        return True
    here = any(covers(claim, studio.level, studio.area) for claim in desks)
    return here and {event.by, *_stood_in_for(context)}.isdisjoint(matter.hands)


def _stood_in_for(context: Context) -> set[str]:
    """In whose stead whoever acts holds an office."""
    return {claim.standing_in_for for claim in context.claims if claim.standing_in_for is not None}


@rule("承办代表委员在任", "000 M154", needs="delegate")
def delegate_in_charge_sits(studio: Studio, event: Any, context: Context) -> bool:
    """The delegate into whose hands it comes is in the term of a seat."""
    return event.delegate is None or studio.sits(event.delegate, context.at)


@rule("交由另一人办理", "design", needs="delegate")
def somebody_else_takes_it(studio: Studio, event: Any, context: Context) -> bool:
    """It comes into other hands than those it is in."""
    return context.item is not None and (event.delegate or studio.keeper) != context.item.owes


@rule("已书面答复本人;无名来信公开答复", "000 M154", needs="answer public_text")
def answer_reaches_the_asker(studio: Studio, event: Any, context: Context) -> Iterable[str]:
    """The answer is in writing; what came without a name is answered in public, naming nobody."""
    matter = context.item
    asker = matter.asker if isinstance(matter, StudioMatter) else None
    if asker is not None and event.answer is None:
        yield Detail("no answer in writing", "无书面答复")
    if asker is None and not event.public_text.strip():
        yield Detail("no public answer", "无公开答复")
    if carries_personal_data(event.public_text):
        yield Detail("the public answer carries personal data", "公开答复含个人信息")


@rule("立为一件新事项,或关联正在办理的事项、提案", "000 M154", needs="target title")
def one_target_is_named(studio: Studio, event: Any, context: Context) -> Iterator[Detail]:
    """It becomes exactly one new case, put in public words, or is tied to a case or proposal under way."""
    if event.is_new:
        if event.target is None or context.lookup(event.target) is not None:
            yield Detail("no cases are kept in this log", "本系统不办理事项")
        if not event.title.strip():
            yield Detail("a title in public words", "公开标题")
        return
    other = context.lookup(event.target or "")
    decider = context.deciders.get(other.kind_of_record) if other is not None else None
    if other is None or decider is None or decider.name not in TARGETS:
        yield Detail(f"{event.target} is no case or proposal", f"{event.target} 不是事项或提案")
    elif any(tie.other == other.id and tie.status in _IN_THE_WAY for tie in studio.items_of("link").values()):
        yield Detail(f"a tie to {other.id} waits for nothing: undo it first", f"须先解除与 {other.id} 的原有关联")
    elif other.status not in decider.active:
        yield Detail(f"{event.target} is {other.status}", f"{event.target} 已 {other.status}")


@rule("事项位于工作室区域内,层级不高于工作室", "000 M154", needs="area level")
def case_is_within_the_studio(studio: Studio, event: Any, context: Context) -> Iterable[str]:
    """The new case lies within the studio's area, and not above its level."""
    said: Any = context.command
    if said.area and not lies_within(said.area, studio.area):
        yield Detail(f"an area within {studio.area}", f"{studio.area} 内的区域")
    if said.level is not None and studio.level is not None and said.level.rank > studio.level.rank:
        yield Detail(f"a level not above {studio.level}", f"不高于 {studio.level} 的层级")
    if said.kind is CaseKind.PETITION:
        yield Detail("a petition is brought by whoever petitions", "信访由本人提出")


def is_dealt_with(studio: Studio, matter: StudioMatter) -> bool:
    """Whether the studio waits for the record that a matter was handed on to."""
    ties = (tie for tie in studio.items_of("link").values() if tie.other == matter.target)
    return any(tie.status == LinkStatus.AWAITED for tie in ties)


@rule("所转事项、提案已办结或关联已解除", "design")
def nothing_is_awaited(studio: Studio, event: Any, context: Context) -> bool:
    """The record it was handed on to has come to rest, or the tie to it was undone."""
    return isinstance(context.item, StudioMatter) and not is_dealt_with(studio, context.item)


@rule("所转事项、提案已重启", "design")
def target_is_awaited_again(studio: Studio, event: Any, context: Context) -> bool:
    """The record it was handed on to was reopened."""
    return isinstance(context.item, StudioMatter) and is_dealt_with(studio, context.item)


@rule("已说明为何未答复", "000 M154", needs="objection")
def objection_is_said(studio: Studio, event: Any, context: Context) -> bool:
    """What was not answered is said."""
    return event.objection is not None


@rule("本人所提社情民意由他人答复", "M090")
def asker_does_not_answer(studio: Studio, event: Any, context: Context) -> bool:
    """Nobody answers their own matter, one of their unit, or one of whom they stand in for."""
    matter = context.item
    close = {event.by, *(claim.unit for claim in context.claims if claim.unit), *_stood_in_for(context)}
    return not isinstance(matter, StudioMatter) or matter.asker not in close
