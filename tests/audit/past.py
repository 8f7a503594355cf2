"""A log with a past worth asking about: a settled project, cases at all ends, entries corrected and entered late."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from govflow import Actor, Engine, Role
from govflow.cases import commands as c
from govflow.persistence.codec import StoredEvent
from govflow.persistence.sqlite import SQLiteStore
from govflow.regions.evidence import AddEvidence
from govflow.testing import PinnedClock
from tests.projects.yard import Yard
from tests.support import MATTER, Town, a_case, desk_head, dispatcher, lead, resident

clerk = Actor.of("dispatch-1", Role.DISPATCHER, unit="desk")
LONG_AGO = timedelta(days=3)
ENDS = ("closed", "suspended", "terminated", "merged", "converted", "withdrawn")


def correct(town: Town, field: str, new: str, *, corrects: int = 1, id: str = "fixed") -> Any:
    """Correct an entry, with the leave that it needs; a day after whatever came before."""
    town.clock.advance(days=1)
    said = {"field": field, "new": new, "reason": "typing error"}
    return town.approved(c.CorrectCase(id=id, by=clerk, corrects=corrects, **said), desk_head)


@cache
def past() -> tuple[Engine, PinnedClock]:
    """The log, in memory; only to be read. Its case `fixed` was corrected, its case `late` entered three days late."""
    yard = Yard()
    town = Town(yard.engine, yard.clock)
    a_case(town, "accepted", id="fixed")
    for status in ENDS:
        a_case(town, status, id=f"is-{status}")
        town.clock.advance(hours=7)
    correct(town, "title", "Gas leak")
    correct(town, "severity", "high")
    correct(town, "title", "Gas leak at gate 3")
    yard.project("settled")
    told = town.clock() - LONG_AGO
    town.do(
        c.ReportCase(id="late", by=resident, occurred_at=told, **MATTER),
        c.AcceptCase(id="late", by=desk_of(), occurred_at=told + timedelta(hours=1)),
        c.AssignCase(id="late", by=dispatcher, lead_unit="water", unit_level="town"),
        AddEvidence(
            id="late", by=lead, item="e1", kind="photo", sha256="0" * 64, occurred_at=town.clock() + timedelta()
        ),
    )
    town.clock.advance(days=2)
    return yard.engine, yard.clock


def desk_of() -> Actor:
    """Whoever receives cases."""
    return Actor.of("desk-1", Role.ACCEPTANCE_DESK, unit="desk")


def rows() -> list[StoredEvent]:
    """The rows of that log, in its order."""
    return list(past()[0].store.scan())


def written_to(path: Path) -> Path:
    """The same log as a file."""
    store = SQLiteStore(path)
    with store.transaction() as transaction:
        transaction.append(rows())
    store.close()
    return path
