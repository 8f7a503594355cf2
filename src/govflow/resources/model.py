"""资源 the resource: what an organisation offers to common projects, how much of it is booked, whom it serves."""

from __future__ import annotations

from typing import ClassVar

from govflow.actors import FOR_THEMSELVES, Claim, Role, covers_area
from govflow.messages import Instant, Protected
from govflow.records import Item, Record
from govflow.regions.contribution import Contribution, PairingScope
from govflow.resources.booking import Booking, BookingStatus
from govflow.workflow import Rest, Status


class ResourceStatus(Status):
    """Where an offered resource stands."""

    OFFERED = "offered", "供给中"
    WITHDRAWN = "withdrawn", "已撤回", Rest.OUTCOME
    EXPIRED = "expired", "已到期", Rest.OUTCOME
    ARCHIVED = "archived", "归档", Rest.FINAL


KEEPERS = (Role.COMMUNITY, Role.PARTY_BRANCH, Role.TOWN, Role.DISTRICT)
"""Officials who keep the ledger of resources of their area."""


class Resource(Record):
    """The folded state of a resource: whose it is, how much of what, with which skills, where, when, for whom.

    `amount` is in minor currency units where it is money, else `quantity` counts what `measure_unit` names.
    """

    kind_of_record: ClassVar[str] = "resource"

    title: str = ""
    owner: str | None = None
    matter: Contribution | None = None
    amount: int = 0
    quantity: int = 0
    measure_unit: str = ""
    skills: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    begins: Instant | None = None
    until: Instant | None = None
    alliance: str | None = None
    scope: PairingScope = PairingScope.OUT_OF_REGION
    exclusive: bool = False
    contact: Protected | None = None

    @property
    def title_line(self) -> str:
        return self.title

    # -- how much of it -----------------------------------------------------------------------------------------------

    @property
    def bookings(self) -> tuple[Booking, ...]:
        """Every booking, the released ones too."""
        return tuple(self.items_of("booking").values())

    @property
    def measure(self) -> int:
        """How much is offered: minor currency units of money, else as many as the unit of measure counts."""
        return self.amount or self.quantity

    @property
    def booked(self) -> int:
        """What is booked or was delivered, in the same measure."""
        return sum(each.measure for each in self.bookings)

    @property
    def delivered(self) -> int:
        """What was delivered, of kept promises and of those let go."""
        return sum(each.measure for each in self.bookings if each.status != BookingStatus.HELD)

    @property
    def free(self) -> int:
        """What may still be booked."""
        return self.measure - self.booked

    @property
    def projects(self) -> tuple[str, ...]:
        """The projects it serves or has served, in order of their ids."""
        return tuple(sorted({each.project for each in self.bookings if each.measure}))

    # -- who is who ---------------------------------------------------------------------------------------------------

    def reaches(self, claim: Claim) -> bool:
        """Whether a claim is for the area where it is offered, or for a part of it."""
        return not self.area or covers_area(claim, self.area) or claim.area.startswith(f"{self.area}/")

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None, item: Item | None) -> bool:
        """An organisation speaks for what is its own; officials for their area."""
        if role == Role.ORGANISATION:
            return not self.version or (claim.unit is not None and claim.unit == self.owner)
        return not self.version or covers_area(claim, self.area)

    def parties(self) -> frozenset[str]:
        return frozenset({self.id, *filter(None, (self.owner,))})

    def concerns(self, actor: str, unit: str | None = None) -> bool:
        return super().concerns(actor, unit) or (self.owner is not None and self.owner in (actor, unit))

    def is_own_matter_of(self, actor: str) -> bool:
        """Organisations speak for themselves here: only what is their own fits them."""
        return True

    def can_read(self, claim: Claim, actor: str) -> bool:
        """Public in its area; everywhere, where it is offered to those outside the region too."""
        abroad = self.scope == PairingScope.OUT_OF_REGION
        return abroad or self.reaches(claim) or self.concerns(actor, claim.unit)

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool:
        """The contact is for the owner, for the keepers of the ledger and for who leads projects in its area."""
        if self.concerns(actor, claim.unit):
            return True
        readers = (*KEEPERS, Role.PROJECT_LEAD)
        return claim.role in readers and claim.role not in FOR_THEMSELVES and self.reaches(claim)
