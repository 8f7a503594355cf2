"""资源 resource, as the engine serves it: its rules, its table and what each event does."""

# ruff: noqa: E501 - a row of a table stays one line

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from govflow.actors import SYSTEM, Role
from govflow.context import Context
from govflow.decider import Decider
from govflow.errors import Detail
from govflow.messages import Event
from govflow.region import Changes, Fold
from govflow.regions.approval import APPROVAL
from govflow.regions.clock import CLOCK
from govflow.regions.contribution import Contribution, lacks_of_measure
from govflow.regions.retention import RETENTION, hold_in_archive
from govflow.resources import messages as m
from govflow.resources.booking import BOOKING, BookingStatus
from govflow.resources.model import KEEPERS, Resource
from govflow.resources.model import ResourceStatus as S
from govflow.rules import (
    carries_personal_data,
    due_has_passed,
    loops_are_handed_over,
    no_loop_is_open,
    reason_given,
    retention_class_is_set,
)
from govflow.workflow import Step, Workflow, rule

# --- rules -----------------------------------------------------------------------------------------------------------


@rule("名称、供给单位、种类与数量已载明", "M106", version=2, needs="title owner matter amount quantity measure_unit")
def offer_is_described(resource: Resource, event: Any, context: Context) -> Iterator[Detail]:
    """The offer has a title, its owner is named, and it is said what is offered and how much of it."""
    if not event.title.strip():
        yield Detail("the title is missing", "缺名称")
    if event.owner is None:
        yield Detail("who offers it is not named", "未注明供给单位")
    if event.matter is None:
        yield Detail("what is offered is not said", "未注明种类")
    yield from lacks_of_measure(event)


@rule("由供给单位自己登记", "M103", needs="owner")
def offered_by_its_owner(resource: Resource, event: Any, context: Context) -> bool:
    """An organisation offers what is its own."""
    return any(claim.role == Role.ORGANISATION and claim.unit == event.owner for claim in context.claims)


@rule("供给期未过且起止有序", "design", needs="begins until")
def term_lies_ahead(resource: Resource, event: Any, context: Context) -> Iterator[Detail]:
    """The term has not ended, and it ends after it begins."""
    begins, until = event.begins or resource.begins, event.until or resource.until
    if event.until is not None and event.until <= context.at:
        yield Detail("the term has ended already", "供给期已过")
    if begins is not None and until is not None and until <= begins:
        yield Detail("the term ends before it begins", "止期早于起期")


@rule("公开文字不含个人信息", "M158; PIPL [V]", needs="title")
def title_hides_people(resource: Resource, event: Any, context: Context) -> bool:
    """What everybody may read of it carries no personal data."""
    return not carries_personal_data(event.title or "")


@rule("标签为领域与技能,不指向个人", "PIPL [V]", needs="skills themes")
def skills_and_themes_name_no_person(resource: Resource, event: Any, context: Context) -> bool:
    """Skills and themes are terms of the catalogue, never people."""
    return not any(each.startswith("s-") for each in (*(event.skills or ()), *(event.themes or ())))


@rule("变更内容已载明且按原计量", "M106", needs="title amount quantity")
def change_is_measured_alike(resource: Resource, event: m.OfferChanged, context: Context) -> Iterator[Detail]:
    """Something is changed, and the measure stays of its kind: an amount of money, else a quantity."""
    said = (getattr(event, name) for name in (*_PLAIN, "amount", "quantity", "contact"))
    if all(each is None for each in said):
        yield Detail("nothing is changed", "未载明变更内容")
    if event.title is not None and not event.title.strip():
        yield Detail("the title is missing", "缺名称")
    money = resource.matter == Contribution.MONEY
    if (event.quantity if money else event.amount) is not None:
        yield Detail(f"{resource.matter} is not measured so", "计量方式与原供给不符")
    if (event.amount if money else event.quantity) == 0:
        yield Detail("nothing would be left on offer: withdraw it", "余量为零，应撤回")


@rule("变更不影响已有占用", "M106", needs="amount quantity begins until exclusive")
def bookings_still_fit(resource: Resource, event: m.OfferChanged, context: Context) -> Iterator[Detail]:
    """The offer is never less, or for a shorter term or fewer projects, than what is booked."""
    offered = event.amount if event.amount is not None else event.quantity
    if offered is not None and (short := resource.booked - offered) > 0:
        yield Detail(f"{short} less than what is booked", f"较已占用少 {short}")
    if event.exclusive and len(resource.projects) > 1:
        yield Detail(f"it serves {', '.join(resource.projects)}", f"已服务 {'、'.join(resource.projects)}")
    for booking in resource.bookings:
        if booking.status != BookingStatus.HELD or booking.until is None:
            continue
        too_late = event.until is not None and booking.until > event.until
        if too_late or (event.begins is not None and booking.until < event.begins):
            day = booking.until.date().isoformat()
            yield Detail(f"{booking.key} is due on {day}", f"占用 {booking.key} 于 {day} 到期")


# --- the table -------------------------------------------------------------------------------------------------------

_OWNER = Role.ORGANISATION
_OFFER = (offer_is_described, term_lies_ahead, title_hides_people, skills_and_themes_name_no_person)
_CHANGE = (
    change_is_measured_alike,
    term_lies_ahead,
    title_hides_people,
    skills_and_themes_name_no_person,
    bookings_still_fit,
)
# fmt: off
RESOURCE_WORKFLOW = Workflow("resource", S, zh="资源", steps=(
    #    id      command            from                      event               to           who                provided that
    Step("RS01", m.OfferResource,   None,                     m.ResourceOffered,  S.OFFERED,   _OWNER,            (*_OFFER, offered_by_its_owner), starts="offer_term", anywhere=True),
    Step("RS02", m.OfferResource,   None,                     m.ResourceOffered,  S.OFFERED,   KEEPERS,           _OFFER, starts="offer_term"),
    Step("RS03", m.ChangeOffer,     S.OFFERED,                m.OfferChanged,     None,        (_OWNER, *KEEPERS), _CHANGE, resets="offer_term", anywhere=True),
    Step("RS04", m.WithdrawOffer,   S.OFFERED,                m.OfferWithdrawn,   S.WITHDRAWN, (_OWNER, *KEEPERS), (reason_given, loops_are_handed_over), drops="*", anywhere=True),
    Step("RS05", m.ExpireOffer,     S.OFFERED,                m.OfferExpired,     S.EXPIRED,   Role.SYSTEM,       (due_has_passed,), stops="offer_term"),
    Step("RS06", m.ArchiveResource, (S.WITHDRAWN, S.EXPIRED), m.ResourceArchived, S.ARCHIVED,  Role.ARCHIVIST,    (no_loop_is_open, retention_class_is_set), starts="retention", drops="*", then=(hold_in_archive,)),
))
# fmt: on

_PLAIN = ("title", "skills", "themes", "begins", "until", "alliance", "scope", "exclusive")


def _offered(resource: Resource, e: m.ResourceOffered) -> Changes:
    said = {name: getattr(e, name) for name in (*_PLAIN, "owner", "matter", "area", "contact")}
    measure = {"amount": e.amount or 0, "quantity": e.quantity or 0, "measure_unit": e.measure_unit or ""}
    return {**said, **measure, "status": S.OFFERED, "opened_at": e.at}


def _changed(resource: Resource, e: m.OfferChanged) -> Changes:
    said = {name: getattr(e, name) for name in (*_PLAIN, "amount", "quantity", "contact")}
    return {name: value for name, value in said.items() if value is not None}


_FOLD: Fold = {
    m.ResourceOffered: _offered,
    m.OfferChanged: _changed,
    m.OfferWithdrawn: lambda resource, e: {"status": S.WITHDRAWN},
    m.OfferExpired: lambda resource, e: {"status": S.EXPIRED},
    m.ResourceArchived: lambda resource, e: {"status": S.ARCHIVED, "retention": e.retention or ""},
}


def _archived(resource: Resource, command: m.ArchiveResource, context: Context) -> Event:
    kept_as = command.retention or context.policy.ordinary_retention
    return RESOURCE.copied(command, m.ResourceArchived, context, retention=kept_as)


def _expire(resource: Resource, item: str) -> Iterator[m.ExpireOffer]:
    if resource.status == S.OFFERED:
        yield m.ExpireOffer(id=resource.id, by=SYSTEM)


RESOURCE = Decider(
    RESOURCE_WORKFLOW,
    Resource,
    _FOLD,
    prefix="RS",
    regions=(BOOKING, APPROVAL, RETENTION, CLOCK),
    propose={m.ArchiveResource: _archived},
    when_due={"offer_term": _expire},
)
"""Offered resources, as the engine serves them beside cases, proposals and projects."""
