"""Rules of check-ins: who came and who sent them, what a call says, and what a service is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from govflow.actors import Role, speaks_for
from govflow.context import Context
from govflow.errors import Detail
from govflow.records import Record
from govflow.rules import carries_personal_data
from govflow.workflow import rule

_PERSON = "s-"  # how the pseudonyms of people begin


def is_person(id: str) -> bool:
    """Whether an id is the pseudonym of a person, by its form."""
    return id.startswith(_PERSON)


@rule("派出单位非个人", "design; non-goal", needs="unit")
def sender_is_no_person(record: Record, event: Any, context: Context) -> bool:
    """The unit that sends is no person: whoever sends gets figures, and people get none."""
    return event.unit is None or not is_person(event.unit)


@rule("社区确认人不属于派出单位", "002 M131")
def community_confirms_for_another_unit(record: Record, event: Any, context: Context) -> bool:
    """Whoever confirms for the community is not of the unit that sent them: each side has its own word."""
    service: Any = context.item
    return all(claim.unit != service.unit for claim in context.claims)


@rule("报到人及派出单位已明,且由本人或社区登记", "002 M129, M131", needs="who unit")
def who_came_and_who_sent_them_is_known(record: Record, event: Any, context: Context) -> Iterator[Detail]:
    """Who came says so themselves or the community does, and the unit that sent them is named."""
    claims = context.claims
    own = any(speaks_for(event.who, claim, event.by, context.on_behalf_of) for claim in claims)
    if not own and not any(claim.role == Role.COMMUNITY for claim in claims):
        yield Detail(f"{event.who} is another", f"{event.who} 非本人")
    if event.unit is None:
        yield Detail("no sending unit is named", "未注明派出单位")


@rule("此前的报到已了结", "002 M131", version=2, needs="who")
def earlier_check_in_is_done_with(record: Record, event: Any, context: Context) -> bool:
    """Whoever comes has no earlier check-in open here: one at a time."""
    region = context.deciders[record.kind_of_record].regions["check_in"]
    still_open: Iterable[Any] = region.open_items(record)
    return all(item.who != event.who for item in still_open)


@rule("被调度人或单位、派出单位、事由、期限已明", "002 M132", needs="unit occasion until")
def call_is_described(record: Record, event: Any, context: Context) -> Iterator[Detail]:
    """Which unit is called or sends somebody, for what, and until when are given."""
    if event.unit is None:
        yield Detail("which unit", "单位")
    if not event.occasion.strip():
        yield Detail("for what", "事由")
    if event.until is None or event.until <= context.at:
        yield Detail("until when, and that lies ahead", "尚未届满的期限")


@rule("应调度而来者为被调度者", "002 M132", needs="who unit")
def called_one_comes(record: Record, event: Any, context: Context) -> bool:
    """Who comes is the one who was called, sent by the same unit."""
    call: Any = context.item
    return call is not None and (event.who, event.unit) == (call.who, call.unit)


@rule("推辞理由不含个人信息", "PIPL [V]", needs="reason")
def reason_names_nobody(record: Record, event: Any, context: Context) -> bool:
    """The reason carries no personal data: it stays on record for the community to read."""
    return not carries_personal_data(event.reason)


@rule("已填服务时长", "002 M131", needs="minutes")
def service_time_is_given(record: Record, event: Any, context: Context) -> bool:
    """How long the service took is given, in minutes."""
    return bool(event.minutes > 0)
