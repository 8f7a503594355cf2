"""What must hold before a personal value is read, corrected, handed over, held or erased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from govflow.actors import covers_area
from govflow.context import Context
from govflow.errors import Detail
from govflow.organisation.model import DIRECTORY_ID
from govflow.records import Record
from govflow.regions.retention import RetentionStatus
from govflow.rules import carries_personal_data
from govflow.subjects.model import GUARDS, DataSubject, Dealt, may_read, person_id, place_of
from govflow.workflow import rule

_WORDS = ("why", "basis", "authority", "reason")


@rule("编号与主体相符", "design", needs="id subject")
def subject_has_its_id(person: DataSubject, event: Any, context: Context) -> bool:
    """There is one record for each person, under an id made of the pseudonym."""
    return person.id == person_id(event.subject)


@rule("已说明查阅目的", "个人信息保护法 §6", needs="why")
def why_is_given(person: DataSubject, event: Any, context: Context) -> bool:
    """It is said for what the value is read."""
    return bool(event.why.strip())


@rule("说明文字不含个人信息", "design")
def words_name_nobody(person: DataSubject, event: Any, context: Context) -> bool:
    """The words that stand in the clear carry no telephone or identity number and no e-mail address."""
    return not any(carries_personal_data(getattr(event, name, None) or "") for name in _WORDS)


@rule("操作人在该记录中有权查阅此项", "个人信息保护法 §6", needs="record field")
def may_read_the_field(person: DataSubject, event: Any, context: Context) -> bool:
    """The record that holds the value gives whoever reads it the right to it."""
    return _may_read(event, context)


def _may_read(event: Any, context: Context) -> bool:
    record = context.lookup(event.record)
    if record is None or not 1 <= event.on_version <= record.version:
        return False
    item = record.item(event.region, event.part) if event.region else None
    return may_read(record, item, event.field, context.claims, event.by, context.interests) is not None


@rule("该主体的个人信息未被限制处理(本人除外)", "个人信息保护法 §47")
def person_is_not_restricted(person: DataSubject, event: Any, context: Context) -> Iterator[str]:
    """The person's data is not restricted; they themself may read it all the same."""
    # who could not read it anyway is not told that it is restricted
    if person.is_restricted and event.by != person.subject and _may_read(event, context):
        yield Detail(f"restricted on the basis of: {person.restricted_on}", f"限制依据：{person.restricted_on}")


@rule("操作人具有全局职权", "design")
def office_is_for_everywhere(person: DataSubject, event: Any, context: Context) -> bool:
    """Whoever decides holds the office for the whole log: a person's data stands in records of any area."""
    return _holds_office(context)


@rule("由本人或具有全局职权的档案员提出", "个人信息保护法 §45")
def asked_in_person_or_by_the_office(person: DataSubject, event: Any, context: Context) -> bool:
    """It is the person themself who asks, or the archivist for the whole log on their request."""
    return bool(event.by == person.subject) or _holds_office(context)


def _holds_office(context: Context) -> bool:
    directory: Any = context.lookup(DIRECTORY_ID)
    everywhere = directory.area if directory is not None else ""
    return any(claim.role in GUARDS and covers_area(claim, everywhere) for claim in context.claims)


@rule("已注明依据", "个人信息保护法 §50", needs="basis")
def basis_is_named(person: DataSubject, event: Any, context: Context) -> bool:
    """The basis in law is named."""
    return bool(event.basis.strip())


@rule("已注明决定机关", "design", needs="authority")
def authority_is_named(person: DataSubject, event: Any, context: Context) -> bool:
    """The authority that decides is named."""
    return bool(event.authority.strip())


@rule("该留存未曾登记", "design", needs="hold")
def hold_is_new(person: DataSubject, event: Any, context: Context) -> Iterator[str]:
    """No legal hold stands under this id."""
    if event.hold in person.holds:
        yield event.hold


@rule("该留存正在生效", "design", needs="hold")
def hold_stands(person: DataSubject, event: Any, context: Context) -> Iterator[str]:
    """The legal hold that is ended stands."""
    if event.hold not in person.holds:
        there = ", ".join(person.holds)
        yield Detail(f"those that stand: {there or 'none'}", f"现有留存：{there or '无'}")


@rule("更正的是该主体自己的、已存在的一项", "个人信息保护法 §46", needs="record on_version field value")
def value_is_of_the_person(person: DataSubject, event: Any, context: Context) -> bool:
    """What is corrected is a value of the person in a version of the record that exists."""
    record = context.lookup(event.record)
    is_there = record is not None and 1 <= event.on_version <= record.version
    return is_there and bool(event.value.subject == person.subject and event.value.about)


@rule("无依法留存", "design")
def no_hold_stands(person: DataSubject, event: Any, context: Context) -> Iterator[str]:
    """No legal hold stands; until the last one is released the data can be restricted."""
    for each in person.holds.values():
        yield Detail(f"{each.id} ({each.authority}): {each.reason}", f"{each.id}（{each.authority}）：{each.reason}")


@rule("保管期限已届满且已鉴定处置;其间可限制处理", "个人信息保护法 §47")
def no_retention_runs(person: DataSubject, event: Any, context: Context) -> Iterator[str]:
    """No retention runs on a record that holds the person's data; until it is over the data can be restricted."""
    for id in event.records:
        record = context.lookup(id)
        if record is not None and (why := _kept(record, context)) is not None:
            yield Detail(f"{id}: {why}", f"{id}：{why.zh}")


def _kept(record: Record, context: Context) -> Detail | None:
    """Why a record is still kept, and until when; None where it is not."""
    kept = record.item("retention", "retention")
    if kept is None or kept.status not in (RetentionStatus.HELD, RetentionStatus.APPRAISED):
        return None
    clock = record.clocks.get("retention")
    if kept.status == RetentionStatus.APPRAISED:
        return Detail("its term is over and it was appraised: renew, transfer or destroy it", "期满已鉴定，待决定处置")
    if clock is None or clock.due is None:
        return Detail(f"{kept.what}, for good", f"保管类别 {kept.kept_as}，永久")
    until = (clock.due - timedelta(microseconds=1)).astimezone(context.policy.zone).date()  # it ends at 24:00 of a day
    if clock.due < context.now:
        return Detail(f"{kept.what} until {until}: appraise it", f"保管类别 {kept.kept_as}，{until} 期满，待鉴定")
    return Detail(f"{kept.what} until {until}", f"保管类别 {kept.kept_as}，至 {until}")


@rule("涉及该主体的他人文本均已处理", "个人信息保护法 §47", needs="texts")
def texts_about_are_dealt_with(person: DataSubject, event: Any, context: Context) -> Iterator[str]:
    """Every text of somebody else that speaks of the person is replaced by one that does not, or dropped."""
    for each in event.texts:
        place = place_of(each.record, each.version, each.field)
        if each.dealt is None:
            yield Detail(f"{place} of {each.owner}: replace or drop it", f"{each.owner} 的 {place}：须替换或删除")
        elif each.dealt == Dealt.REPLACED and not _is_replaced(each.owner, place, context):
            yield Detail(f"{place} of {each.owner} has no replacement", f"{each.owner} 的 {place}：无替换文本")


def _is_replaced(owner: str, place: str, context: Context) -> bool:
    of_owner = context.lookup(person_id(owner))
    return isinstance(of_owner, DataSubject) and place in of_owner.corrections
