"""双报到 presence: the service book 服务台账 over check-ins: what counts, what does not and why, who never came.

Figures are the units': a person has a list of their own, which they and the unit that sends them may read, and no
figure. Nobody is ranked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from govflow.actors import Actor, Claim, Role
from govflow.errors import Detail
from govflow.messages import Count, Instant, Value
from govflow.records import Record
from govflow.regions.check_in import CheckIn, CheckInStatus, is_shown
from govflow.regions.check_in_rules import is_person

S = CheckInStatus
LINKED = ("case", "joint_project")
"""The kinds of record whose services count: presence without a matter or a project is a stamp (反形式主义 M131)."""


class Uncounted(StrEnum):
    """Why the minutes of a service do not count."""

    NOT_LINKED = "not_linked"
    NOT_SERVED = "not_served"
    AWAITS_COMMUNITY = "awaits_community"
    AWAITS_UNIT = "awaits_unit"
    DISCARDED = "discarded"
    NO_EVIDENCE = "no_evidence"
    NOT_COME = "not_come"
    DECLINED = "declined"


SENTENCES: Mapping[Uncounted, Detail] = {
    Uncounted.NOT_LINKED: Detail("no case or project stands behind it", "未关联事项或项目"),
    Uncounted.NOT_SERVED: Detail("checked in, and no service reported", "报到后未填报服务"),
    Uncounted.AWAITS_COMMUNITY: Detail("the community has not confirmed it", "社区未确认"),
    Uncounted.AWAITS_UNIT: Detail("the sending unit has not confirmed it", "派出单位未确认"),
    Uncounted.DISCARDED: Detail("discarded", "不计"),
    Uncounted.NO_EVIDENCE: Detail("no evidence of it stands", "无有效证据"),
    Uncounted.NOT_COME: Detail("called, and not come yet", "被调度，尚未到场"),
    Uncounted.DECLINED: Detail("called, and declined", "被调度，已推辞"),
}
"""Each reason in English and Chinese."""

_BY_STATUS: Mapping[str, Uncounted] = {
    S.CALLED: Uncounted.NOT_COME,
    S.DECLINED: Uncounted.DECLINED,
    S.CHECKED_IN: Uncounted.NOT_SERVED,
    S.SERVED: Uncounted.AWAITS_COMMUNITY,
    S.COMMUNITY_CONFIRMED: Uncounted.AWAITS_UNIT,
    S.DISCARDED: Uncounted.DISCARDED,
}


class Service(Value):
    """One line of the book: on which record, who from which unit, how many minutes, and why they do not count.

    `reason` is what was said when it was declined or discarded; `called` and `came` whether the community asked for it,
    and whether anybody came; `until` by when who was called must come.
    """

    record: str
    item: str
    who: str
    unit: str
    occasion: str
    since: Instant | None
    until: Instant | None
    status: CheckInStatus
    minutes: Count
    called: bool
    came: bool
    reason: str
    why_not: Uncounted | None

    @property
    def counts(self) -> bool:
        """Whether its minutes count: both sides have confirmed them, for a case or project, and evidence stands."""
        return self.why_not is None


class UnitBook(NamedTuple):
    """What one unit and those it sent did: numbers of services, minutes, and the reasons given for not coming."""

    calls: int = 0
    declined: int = 0
    unanswered: int = 0  # called, not come, and the day named is over
    answered: int = 0  # called and come
    check_ins: int = 0  # whoever came, called or not
    served: int = 0  # of the check-ins: a service was reported
    confirmed: int = 0  # of those served: both sides have said so, and it counts
    minutes: int = 0  # that count
    minutes_pending: int = 0  # reported, and not confirmed by both yet
    minutes_void: int = 0  # reported, and discarded, or without evidence that stands
    reasons: tuple[str, ...] = ()  # for which calls were declined, as they were given

    @property
    def answer_rate(self) -> Fraction | None:
        """到岗率: come ÷ called, from 0 to 1; None where nobody was called."""
        return Fraction(self.answered, self.calls) if self.calls else None

    @property
    def came_and_did_nothing(self) -> bool:
        """报而不到: the unit checked in, and never reported a service."""
        return self.check_ins > 0 and self.served == 0


def services(records: Iterable[Record]) -> Iterator[Service]:
    """Every line of the book, record by record, in the order in which they were opened there."""
    for record in records:
        for item in record.items_of("check_in").values():
            yield _line(record, item)


def unit_books(records: Iterable[Record], now: datetime) -> Mapping[str, UnitBook]:
    """Each unit's figures, in order of their ids: organisations alone have any. `now` tells late from not yet."""
    lines: dict[str, list[Service]] = {}
    for line in services(records):
        if not is_person(line.unit):  # no row lets one in any more; books of earlier ones stay without
            lines.setdefault(line.unit, []).append(line)
    return {unit: _book(lines[unit], now) for unit in sorted(lines)}


def never_served(records: Iterable[Record], now: datetime) -> tuple[str, ...]:
    """The units that checked in and never served (报而不到), in order of their ids."""
    return tuple(unit for unit, book in unit_books(records, now).items() if book.came_and_did_nothing)


def own_services(
    records: Iterable[Record], who: str, reader: Actor, claims: Iterable[Claim] | None = None
) -> tuple[Service, ...]:
    """The list of one person or unit, as far as `reader` may read it: their own, or of services their unit sent.

    `claims` are what the authority says the reader holds; by default those that the reader brings.
    """
    held = tuple(reader.claims if claims is None else claims)
    units = {claim.unit for claim in held if claim.role in (Role.UNIT_HEAD, Role.ORGANISATION) and claim.unit}
    return tuple(line for line in services(records) if line.who == who and (reader.id == who or line.unit in units))


def _line(record: Record, item: CheckIn) -> Service:
    return Service(
        record=record.id,
        item=item.key,
        who=item.who,
        unit=item.unit,
        occasion=item.occasion,
        since=item.since,
        until=item.until,
        status=CheckInStatus(item.status),
        minutes=item.minutes,
        called=item.called,
        came=item.came,
        reason=item.reason,
        why_not=why_not_counted(record, item),
    )


def why_not_counted(record: Record, item: CheckIn) -> Uncounted | None:
    """Why the minutes of a service do not count; None where they do."""
    if record.kind_of_record not in LINKED:
        return Uncounted.NOT_LINKED
    if item.status != S.CONFIRMED:
        return _BY_STATUS[item.status]
    return None if is_shown(record, item) else Uncounted.NO_EVIDENCE


_PENDING = (Uncounted.AWAITS_COMMUNITY, Uncounted.AWAITS_UNIT)


def _book(lines: Iterable[Service], now: datetime) -> UnitBook:
    known = list(lines)
    called = [line for line in known if line.called]
    came = [line for line in known if line.came]
    reported = [line for line in came if line.minutes]
    declined = [line for line in called if line.status is S.DECLINED]
    return UnitBook(
        calls=len(called),
        declined=len(declined),
        unanswered=sum(line.status is S.CALLED and line.until is not None and line.until < now for line in called),
        answered=sum(line.came for line in called),
        check_ins=len(came),
        served=len(reported),
        confirmed=sum(line.counts for line in reported),
        minutes=sum(line.minutes for line in reported if line.counts),
        minutes_pending=sum(line.minutes for line in reported if line.why_not in _PENDING),
        minutes_void=sum(line.minutes for line in reported if not line.counts and line.why_not not in _PENDING),
        reasons=tuple(line.reason for line in declined),
    )
