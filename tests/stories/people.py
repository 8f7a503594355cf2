"""Who acts in the stories of projects: residents, people who speak for a unit, and the offices of one place."""

from __future__ import annotations

from dataclasses import dataclass

from govflow import Actor, Role


def resident(id: str) -> Actor:
    return Actor.of(id, Role.RESIDENT, Role.REPORTER, Role.DISPUTANT)


def of_unit(unit: str) -> Actor:
    """Somebody who speaks for a unit that may claim, take part and lead."""
    return Actor.of(f"{unit}-1", Role.ORGANISATION, Role.PROJECT_LEAD, unit=unit)


@dataclass(frozen=True)
class Offices:
    """The offices of one place. Each is another person, and those that must stay apart are of different units."""

    area: str
    unit: str = "community"

    def _of(self, id: str, *roles: Role, unit: str | None = None, level: str | None = None) -> Actor:
        return Actor.of(id, *roles, unit=unit, area=self.area, **({} if level is None else {"level": level}))

    @property
    def secretary(self) -> Actor:
        """The community's secretary, who may lead for it."""
        roles = (Role.COMMUNITY, Role.ORGANISATION, Role.PROJECT_LEAD)
        return self._of("secretary", *roles, unit=self.unit, level="community")

    @property
    def committee(self) -> Actor:
        return self._of("committee-2", Role.COMMUNITY, unit=self.unit, level="community")

    @property
    def host(self) -> Actor:
        return self._of("host", Role.HOST, unit="hall")

    @property
    def town(self) -> Actor:
        return self._of("town-1", Role.TOWN, unit="town-hall", level="district")

    @property
    def mayor(self) -> Actor:
        return self._of("town-2", Role.TOWN, unit="town-hall", level="district")

    @property
    def finance(self) -> Actor:
        return self._of("finance-1", Role.FINANCE, unit="finance")

    @property
    def assessor(self) -> Actor:
        return self._of("assessor-1", Role.ASSESSOR, unit="institute")

    @property
    def acceptor(self) -> Actor:
        return self._of("acceptor-1", Role.ACCEPTANCE_GROUP, unit="inspection")

    @property
    def supervisor(self) -> Actor:
        return self._of("supervisor-1", Role.SUPERVISOR, unit="supervision", level="district")

    @property
    def appraiser(self) -> Actor:
        return self._of("appraiser-1", Role.APPRAISER, unit="university")

    @property
    def desk(self) -> Actor:
        return self._of("desk", Role.ACCEPTANCE_DESK, Role.DISPATCHER, level="community")

    @property
    def handler(self) -> Actor:
        """Who handles cases for the community."""
        return self._of("handler", Role.LEAD_UNIT, unit=self.unit)

    @property
    def mediator(self) -> Actor:
        return self._of("old-zhang", Role.MEDIATOR, level="community")

    @property
    def verifier(self) -> Actor:
        return self._of("checker", Role.VERIFIER)

    @property
    def archivist(self) -> Actor:
        return self._of("archive-1", Role.ARCHIVIST)
