"""联盟 alliance: what it is and where it stands, and who is who in it (M119, M125)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from govflow.actors import FOR_THEMSELVES, Claim, Id, Role, covers_area
from govflow.messages import Count, Instant, Value, Words
from govflow.records import Item, Record
from govflow.regions.commitment import Commitment
from govflow.workflow import Rest, Status


class AllianceKind(StrEnum):
    """The five kinds of alliance (N区N会, M119)."""

    ADMINISTRATIVE = "administrative"  # 行政区
    COMMUNITY = "community"  # 社区
    BUSINESS = "business"  # 商区
    CAMPUS = "campus"  # 校区
    PARK = "park"  # 园区


class Capacity(StrEnum):
    """As what a unit belongs to an alliance (1+N+X, M143)."""

    MEMBER = "member"  # 成员单位
    CO_PROMOTER = "co_promoter"  # 共促单位
    EXTERNAL = "external"  # 外部资源单位


class AllianceStatus(Status):
    """Where an alliance stands."""

    FOUNDED = "founded", "已成立"
    ACTIVE = "active", "运行中"
    DISSOLVED = "dissolved", "已解散", Rest.OUTCOME
    ARCHIVED = "archived", "已归档", Rest.FINAL


class DeclinedTurn(Value):
    """A turn in the chair that a unit let pass: why, when, and behind how many terms it was."""

    unit: Id
    reason: Words
    at: Instant
    behind: Count


_OF_THE_LEAD = (Role.LEAD_UNIT, Role.UNIT_HEAD, Role.PROJECT_LEAD)
_OF_A_UNIT = (Role.ORGANISATION, Role.CO_UNIT, Role.IMPLEMENTER, Role.APPRAISER)


class Alliance(Record):
    """The folded state of an alliance.

    `committee` (二级党委) and `guidance` (指导部门) are the two counterparts whom the chair keeps in touch with,
    `supervisors` the unit of the supervising group (督导指导组). Members, terms of the chair, brands and activities
    are items of the regions of these names; `rotation` is the agreed order of turns.
    """

    kind_of_record: ClassVar[str] = "alliance"

    title: str = ""
    lead_unit: str | None = None
    committee: str | None = None
    guidance: str | None = None
    supervisors: str | None = None
    rotation: tuple[str, ...] = ()
    declined: tuple[DeclinedTurn, ...] = ()

    @property
    def title_line(self) -> str:
        return self.title

    @property
    def included(self) -> tuple[str, ...]:
        """The units that belong to it now, in whatever capacity, in the order in which they were first visited."""
        return tuple(key for key, each in self.items_of("member").items() if each.status == "included")

    @property
    def chair(self) -> str | None:
        """The unit in the chair, None between two terms."""
        terms = self.items_of("chair_term").values()
        return next((each.unit for each in terms if each.status != "ended"), None)

    def asked_by(self, wire: str, item: Item | None) -> frozenset[str]:
        promised = {item.owes} if isinstance(item, Commitment) and item.owes else set()
        return super().asked_by(wire, item) | promised

    def can_read(self, claim: Claim, actor: str) -> bool:
        """Officials see the alliances of their area, units those in which they have a part; nobody else any."""
        known = (self.lead_unit, self.committee, self.guidance, self.supervisors, *self.included)
        if claim.unit is not None and claim.unit in known:
            return True
        return claim.role not in (*FOR_THEMSELVES, *_OF_A_UNIT, Role.HOST) and covers_area(claim, self.area)

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None, item: Item | None) -> bool:
        """The unit that leads; those that belong to it; the host is the lead or in the chair; its supervising group."""
        if isinstance(item, Item) and (own := item.fits(role, claim, actor, on_behalf_of)) is not None:
            return own
        if role in _OF_THE_LEAD:
            return claim.unit is not None and claim.unit == self.lead_unit
        if role in _OF_A_UNIT:
            return claim.unit in self.included
        if role == Role.HOST:
            return claim.unit is not None and claim.unit in (self.lead_unit, self.chair)
        if role == Role.SUPERVISOR:
            return claim.unit != self.lead_unit and self.supervisors in (None, claim.unit)
        return True
