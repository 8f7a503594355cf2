"""关联 link: a tie to another record, on both sides. Keyed by kind and other record (`sub_case.C-2026-000007`).

An awaited link is an open loop: this record cannot close before the other one has come to rest.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

from govflow.actors import SYSTEM, Id, Role, covers
from govflow.context import Context
from govflow.messages import Command, ItemCommand, ItemEvent, Value
from govflow.records import HandOver, Item, Record
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.rules import reason_given
from govflow.workflow import Rest, Status, Step, Workflow, rule


class LinkStatus(Status):
    LINKED = "linked", "已关联", Rest.OUTCOME
    AWAITED = "awaited", "待其办结"
    FINISHED = "finished", "已办结", Rest.OUTCOME
    FAILED = "failed", "未成"
    UNLINKED = "unlinked", "解除", Rest.FINAL


S = LinkStatus


class LinkKind(StrEnum):
    """What ties two records, seen from this side; each kind has its counterpart on the other side."""

    SUB_CASE = "sub_case"
    SUB_CASE_OF = "sub_case_of"
    MERGED = "merged"
    ABSORBED = "absorbed"
    CONVERTED = "converted"
    CONVERTED_FROM = "converted_from"
    SPAWNED = "spawned"
    SPAWNED_BY = "spawned_by"
    DISPUTE = "dispute"
    DISPUTE_OF = "dispute_of"
    DECIDED_BY = "decided_by"
    DECIDES = "decides"
    REPEATS = "repeats"
    REPEATED_BY = "repeated_by"


_KINDS = list(LinkKind)
COUNTERPART = dict(zip(_KINDS[::2], _KINDS[1::2], strict=True))  # this side -> what the other side calls it
_BOTH_WAYS = COUNTERPART | {theirs: ours for ours, theirs in COUNTERPART.items()}
_CHAINING = {LinkKind.SUB_CASE, LinkKind.MERGED}


class Link(Item):
    """One tie: to which record, of which kind, and whether that one waits for this one."""

    other: str = ""
    kind: str = ""
    is_waited_for: bool = False

    @property
    def what(self) -> str:
        return f"{self.kind} {self.other}"


class _Tie(Value):
    other: Id | None = None
    kind: LinkKind = LinkKind.SPAWNED
    awaited: bool = False
    is_waited_for: bool = False  # set on the other side of an awaited link


class AddLink(ItemCommand, _Tie, wire="link.add", label="添加关联"):
    """Tie this record to another one; `awaited`: this one cannot close before the other has come to rest."""


class LinkAdded(ItemEvent, _Tie, name="link.added"):
    """This record was tied to another one."""


class FinishLink(ItemCommand, wire="link.finish", label="关联办结"):
    """Record that the other one has come to rest well."""


class LinkFinished(ItemEvent, name="link.finished"):
    """The other record has come to rest."""


class FailLink(ItemCommand, wire="link.fail", label="关联未成"):
    """Record that the other one ended without the result awaited."""


class LinkFailed(ItemEvent, name="link.failed"):
    """The other record ended without the result awaited."""


class ResumeLink(ItemCommand, wire="link.resume", label="关联恢复"):
    """Wait again: the other one was reopened."""


class LinkResumed(ItemEvent, name="link.resumed"):
    """The other record was reopened."""


class Unlink(ItemCommand, Reasoned, wire="link.unlink", label="解除关联"):
    """Take the tie back."""

    to: Id | None = None


class LinkUnlinked(ItemEvent, Reasoned, name="link.unlinked"):
    """The tie was taken back."""

    to: Id | None = None


# --- rules -----------------------------------------------------------------------------------------------------------


@rule("关联对象存在", "design", needs="other")
def other_record_exists(record: Record, event: Any, context: Context) -> bool:
    """The other record exists in this log."""
    return event.other is not None and event.other != record.id and context.lookup(event.other) is not None


@rule("该关联仅供参考", "design")
def link_is_for_information(record: Record, event: Any, context: Context) -> bool:
    """The link says that nothing is waited for."""
    return not event.awaited


@rule("该关联须等待对方办结", "design")
def link_is_awaited(record: Record, event: Any, context: Context) -> bool:
    """The link says that this record waits for the other."""
    return bool(event.awaited)


# each stands for what its own step did to both records (并案 拆分 转换): tied by hand it would say what never happened
_TIED_BY_STEPS = frozenset(
    {
        LinkKind.SUB_CASE,
        LinkKind.SUB_CASE_OF,
        LinkKind.MERGED,
        LinkKind.ABSORBED,
        LinkKind.CONVERTED,
        LinkKind.CONVERTED_FROM,
    }
)


@rule("并案、拆分、转换关联仅由相应步骤建立", "design", needs="kind")
def tie_may_be_made_by_hand(record: Record, event: Any, context: Context) -> bool:
    """A tie of a merge, a split or a conversion is made by that step alone, any other kind by whoever may."""
    return event.kind not in _TIED_BY_STEPS or event.by == SYSTEM.id


@rule("并案关联仅由撤销并案解除", "design")
def tie_may_be_undone_by_hand(record: Record, event: Any, context: Context) -> bool:
    """A tie of a merge is undone by undoing the merge: a follower untied by hand would hear nothing any more."""
    link: Any = context.item
    return link.kind not in (LinkKind.MERGED, LinkKind.ABSORBED) or event.by == SYSTEM.id


@rule("争议未了的,由不牵头的镇街、区级解除", "M090; M116")
def dispute_is_untied_by_others(record: Record, event: Any, context: Context) -> bool:
    """The tie of a dispute that is not over is undone by town or district, and not by a unit that it is about."""
    link: Any = context.item
    if event.by == SYSTEM.id or link.kind not in (LinkKind.DISPUTE, LinkKind.DISPUTE_OF):
        return True
    other = context.lookup(link.other)
    if other is None:  # whoever may not even see it may not untie it
        return False
    dispute, about = (other, record) if link.kind == LinkKind.DISPUTE else (record, other)
    if dispute.status not in context.deciders[dispute.kind_of_record].active:
        return True
    sides = {*about.handled_by(), getattr(about, "lead_unit", None)} - {None}
    return sides.isdisjoint({event.by, context.standing_in_for, *(claim.unit for claim in context.claims)}) and any(
        claim.role in (Role.TOWN, Role.DISTRICT) and covers(claim, record.level, record.area)
        for claim in context.claims
    )


def reaches(start: str, goal: str, context: Context) -> bool:
    """Whether a chain of merges, splits and awaited links leads from one record to another."""
    seen: set[str] = set()
    todo = [start]
    while todo:
        id = todo.pop()
        if id == goal:
            return True
        if id in seen or (record := context.lookup(id)) is None:
            continue
        seen.add(id)
        for item in record.items_of("link").values():
            if item.status == S.AWAITED or (item.kind in _CHAINING and item.status != S.UNLINKED):
                todo.append(item.other)
        if into := getattr(record, "merged_into", None):
            todo.append(into)
    return False


@rule("关联不成环", "design")
def links_make_no_cycle(record: Record, event: Any, context: Context) -> bool:
    """No chain of merges, splits or awaited links leads back to this record."""
    other = getattr(event, "other", None) or getattr(event, "master", None)
    return other is None or not reaches(other, record.id, context)


def _other(context: Context) -> tuple[Record, frozenset[str], frozenset[str]] | None:
    other = context.lookup(context.item.other) if isinstance(context.item, Link) else None
    if other is None:
        return None
    decider = context.deciders[other.kind_of_record]
    return other, decider.active, decider.failed


@rule("关联对象已办结", "design")
def other_record_is_at_rest(record: Record, event: Any, context: Context) -> bool:
    """The other record is in an outcome or archived."""
    found = _other(context)
    return found is not None and found[0].status not in found[1]


@rule("关联对象未成", "design")
def other_record_has_failed(record: Record, event: Any, context: Context) -> bool:
    """The other record ended without the result awaited."""
    found = _other(context)
    return found is not None and found[0].status in found[2]


@rule("关联对象已重启", "design")
def other_record_has_reopened(record: Record, event: Any, context: Context) -> bool:
    """The other record has been reopened."""
    found = _other(context)
    return found is not None and found[0].status in found[1]


# --- the table -------------------------------------------------------------------------------------------------------

R = Role
_TIERS = (R.DISPATCHER, R.COMMUNITY, R.LEAD_UNIT, R.SECRETARIAT, R.PROJECT_LEAD)
# fmt: off
LINK_WORKFLOW = Workflow("link", S, zh="关联", on=("case", "proposal", "joint_project"), steps=(
    Step("J13",  AddLink,    None,                             LinkAdded,    S.AWAITED,  (*_TIERS, R.IMPLEMENTER, R.SYSTEM), (other_record_exists, link_is_awaited, links_make_no_cycle, tie_may_be_made_by_hand), while_in="active"),
    Step("LK01", AddLink,    None,                             LinkAdded,    S.LINKED,   (*_TIERS, R.SYSTEM), (other_record_exists, link_is_for_information, tie_may_be_made_by_hand)),
    Step("LK03", FinishLink, (S.AWAITED, S.FAILED),            LinkFinished, S.FINISHED, R.SYSTEM, (other_record_is_at_rest,)),
    Step("LK04", FailLink,   S.AWAITED,                        LinkFailed,   S.FAILED,   R.SYSTEM, (other_record_has_failed,)),
    Step("LK05", ResumeLink, S.FINISHED,                       LinkResumed,  S.AWAITED,  R.SYSTEM, (other_record_has_reopened,), while_in="active"),
    Step("LK06", Unlink,     (S.LINKED, S.AWAITED, S.FAILED),  LinkUnlinked, S.UNLINKED, (R.DISPATCHER, R.COMMUNITY, R.TOWN, R.DISTRICT, R.SECRETARIAT, R.PROJECT_LEAD, R.SYSTEM), (reason_given, tie_may_be_undone_by_hand, dispute_is_untied_by_others)),
))
# fmt: on

_FOLD: Fold = {
    LinkAdded: lambda item, e: {
        "status": S.AWAITED if e.awaited else S.LINKED,
        "other": e.other,
        "kind": e.kind,
        "is_waited_for": e.is_waited_for,
        "owes": e.other if e.awaited else None,
    },
    LinkFinished: lambda item, e: {"status": S.FINISHED},
    LinkFailed: lambda item, e: {"status": S.FAILED},
    LinkResumed: lambda item, e: {"status": S.AWAITED},
    LinkUnlinked: lambda item, e: {"status": S.UNLINKED},
}


def _key(record: Record, command: Command) -> str:
    key = f"{getattr(command, 'kind', '')}.{getattr(command, 'other', None) or ''}"
    taken = record.items_of("link")
    while key in taken and taken[key].status == S.UNLINKED:
        key += "."
    return key


def tie_to(record: Record, kind: str, other: str) -> Any:
    """The tie of this kind to another record that was not taken back, None where there is none."""
    ties = record.items_of("link").values()
    return next((tie for tie in ties if (tie.kind, tie.other) == (kind, other) and tie.status != S.UNLINKED), None)


def _unlink(record: str, item: Item, given: HandOver) -> Unlink:
    return Unlink(id=record, by=SYSTEM, item=item.key, reason=given.reason, to=given.to)


def mirrored(states: tuple[Any, Any], event: Any, context: Context) -> Iterator[Command]:
    """The same tie on the other record, if that one keeps links."""
    counterpart = _BOTH_WAYS.get(event.kind)
    other = context.lookup(event.other)
    if counterpart is None or other is None or "link" not in context.deciders[other.kind_of_record].regions:
        return
    record: Record = states[1]
    if tie_to(other, counterpart, record.id) is None:
        yield AddLink(id=other.id, by=SYSTEM, other=record.id, kind=counterpart, is_waited_for=event.awaited)


def mirrored_unlink(states: tuple[Any, Any], event: Any, context: Context) -> Iterator[Command]:
    """The same tie is taken back on the other record."""
    record: Record = states[1]
    item = record.item("link", event.item)
    other = context.lookup(item.other)
    theirs = tie_to(other, _BOTH_WAYS[item.kind], record.id) if other is not None else None
    if other is not None and theirs is not None and theirs.status in (S.LINKED, S.AWAITED, S.FAILED):
        yield Unlink(id=other.id, by=SYSTEM, item=theirs.key, reason=event.reason)


def _moved(before: Record, after: Record, context: Context) -> Iterable[Command]:
    """Tell those who wait for this record that it has come to rest, failed or been reopened."""
    decider = context.deciders[after.kind_of_record]
    was, is_active = before.status in decider.active, after.status in decider.active
    if was == is_active:
        return
    for item in after.items_of("link").values():
        waiting = context.lookup(item.other) if item.is_waited_for and item.status != S.UNLINKED else None
        if waiting is None:
            continue
        theirs = tie_to(waiting, _BOTH_WAYS[item.kind], after.id)
        if theirs is None:
            continue
        if is_active:
            if theirs.status == S.FINISHED and waiting.status in context.deciders[waiting.kind_of_record].active:
                yield ResumeLink(id=waiting.id, by=SYSTEM, item=theirs.key)
        elif after.status in decider.failed:
            if theirs.status == S.AWAITED:
                yield FailLink(id=waiting.id, by=SYSTEM, item=theirs.key)
        elif theirs.status in (S.AWAITED, S.FAILED):
            yield FinishLink(id=waiting.id, by=SYSTEM, item=theirs.key)


LINK = Region(LINK_WORKFLOW, Link, _FOLD, ends=_unlink, moved=_moved, new_key=_key)
