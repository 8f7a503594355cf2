"""Envelopes, resources, alliances, studios and index surveys brought to any of their statuses by real commands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from govflow import Command
from govflow.alliances import messages as alliance
from govflow.envelopes import messages as envelope
from govflow.resources import messages as resource
from govflow.studios import ArchiveStudio, CloseStudio
from govflow.testing import START
from tests.alliances import hall as allied
from tests.envelopes import treasury
from tests.resources import test_resource as offered
from tests.studios import house
from tests.support import archivist
from tests.surveys import office

ENVELOPE: dict[str, tuple[Command, ...]] = {
    "open": (),
    "closed": (envelope.CloseEnvelope(**treasury.E, by=treasury.finance),),
    "archived": (envelope.ArchiveEnvelope(**treasury.E, by=treasury.archivist),),
}
ALLIANCE: dict[str, tuple[Command, ...]] = {
    "founded": (allied.FOUND,),
    "active": (alliance.ActivateAlliance(**allied.A, by=allied.lead),),
    "dissolved": (alliance.DissolveAlliance(**allied.A, by=allied.town, reason="merged with the next"),),
    "archived": (alliance.ArchiveAlliance(**allied.A, by=allied.archivist, retention="ordinary"),),
}
STUDIO: dict[str, tuple[Command, ...]] = {
    "open": (),
    "closed": (CloseStudio(**house.X, by=house.keeper, summary="every matter was answered"),),
    "archived": (ArchiveStudio(**house.X, by=house.archivist),),
}


def walked(world: Any, way: dict[str, tuple[Command, ...]], status: str) -> Any:
    """The world once its record has gone this way as far as a status."""
    for each, commands in way.items():
        world.do(*commands)
        if each == status:
            break
    return world


def an_envelope_in(status: str) -> tuple[Any, str]:
    return walked(treasury.Treasury(), ENVELOPE, status), "money"


def an_alliance_in(status: str) -> tuple[Any, str]:
    return walked(allied.Hall(), ALLIANCE, status), "al"


def a_studio_in(status: str) -> tuple[Any, str]:
    return walked(house.House(), STUDIO, status), "x"


def a_survey_in(status: str) -> tuple[Any, str]:
    if status != "cancelled":
        return office.an_office(status), "index"
    planned = office.an_office("planned")
    planned.do(office.CANCEL)
    return planned, "index"


def a_resource_in(status: str) -> tuple[Any, str]:
    town = offered.a_place()
    if status == "expired":
        town.clock.set(START + timedelta(days=101))
        town.engine.tick()
    elif status != "offered":
        town.do(offered.withdraw())
    if status == "archived":
        town.do(resource.ArchiveResource(**offered.RS, by=archivist))
    return town, "hall"
