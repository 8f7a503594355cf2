"""A small district with its directory: root jinniu, two towns, three units, a keeper."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from govflow import CASE, SYSTEM, Actor, Command, Engine, NotAllowed, Role
from govflow.organisation import DIRECTORY, DIRECTORY_ID, DirectoryAuthority, FoundDirectory
from govflow.organisation.appointments import Appoint
from govflow.organisation.areas import AddArea
from govflow.organisation.model import Directory
from govflow.organisation.units import AddUnit
from govflow.testing import START, PinnedClock

ANN = Actor(id="ann")  # keeps the directory
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def on(day: float) -> datetime:
    """A day from the start on; negative: before."""
    return START + timedelta(days=day)


class Office:
    """An engine that serves cases and the directory, and takes authority from the directory alone."""

    def __init__(self, path: Any = ":memory:", **options: Any) -> None:
        self.clock = PinnedClock()
        self.authority = DirectoryAuthority(public=(Role.RESIDENT, Role.REPORTER))
        self.engine = Engine.open(path, records=(CASE, DIRECTORY), authority=self.authority, now=self.clock, **options)

    def do(self, *commands: Command) -> Directory:
        """Handle commands one after the other; the directory after the last."""
        for command in commands:
            self.engine.handle(command)
        return self.directory

    def appoint(self, actor: str, role: str, unit: str = "desk", **more: Any) -> str:
        """Appoint somebody; the key of the appointment."""
        items = self.do(Appoint(by=SYSTEM, actor=actor, role=role, unit=unit, **more)).items_of("appointment")
        return list(items)[-1]

    def refused(self, command: Command) -> set[str]:
        """The codes by which a command is refused; nothing is written."""
        head = self.engine.store.head()
        with pytest.raises(NotAllowed) as caught:
            self.engine.handle(command)
        assert self.engine.store.head() == head
        assert all(broken.sentence("zh") != broken.sentence() for broken in caught.value.broken)
        return set(caught.value.codes)

    @property
    def directory(self) -> Directory:
        return self.engine.get(DIRECTORY_ID, Directory)

    def look_up(self, id: str) -> Any:
        return self.engine.log.current(id)

    def claims(self, actor: str, at: datetime | None = None) -> set[tuple[str, str | None, str | None]]:
        """(role, unit, in whose stead) of what somebody holds by the directory, now or then."""
        held = self.authority.claims(Actor(id=actor), at or self.clock(), self.look_up)
        return {(claim.role, claim.unit, claim.standing_in_for) for claim in held if claim.unit}

    def holders(self, *roles: str, level: Any = None, area: str = "jinniu", at: datetime | None = None) -> list[str]:
        """Who holds one of the roles for a matter there, now or then."""
        found = self.authority.holders(roles, level, area, at or self.clock(), self.look_up)
        return list(dict.fromkeys(each.actor for each in found))


def an_office(path: Any = ":memory:", **options: Any) -> Office:
    """An office whose directory stands: ann keeps it from the unit `bureau`."""
    office = Office(path, **options)
    office.do(
        FoundDirectory(by=SYSTEM, title="Jinniu", area="jinniu"),
        AddArea(by=SYSTEM, path="jinniu/east", level="town", title="East"),
        AddArea(by=SYSTEM, path="jinniu/west", level="town", title="West"),
        AddArea(by=SYSTEM, path="jinniu/east/river", level="community", title="River"),
        AddUnit(by=SYSTEM, item="bureau", title="Bureau", kind="government", area="jinniu"),
        AddUnit(by=SYSTEM, item="desk", title="Desk", kind="station", area="jinniu/east", parent="bureau"),
        AddUnit(by=SYSTEM, item="water", title="Water", kind="department", area="jinniu", parent="bureau"),
    )
    office.appoint("ann", Role.DISTRICT, "bureau")
    return office
