"""S12 两代表一委员: deputies and delegates bring in 1894 matters, 1863 are closed: 98.36 %, counted from the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from fractions import Fraction
from typing import Any

from govflow import CASE, Actor, Case, Command, Engine, Role
from govflow.beside.visit import LogVisit, ReportVisit
from govflow.beside.visit_round import VISIT_ROUND, OpenVisitRound, VisitRound, leader_figures
from govflow.cases import commands as c
from govflow.regions.evidence import AddEvidence
from govflow.regions.verification import PassVerification
from govflow.testing import PinnedClock

RECEIVED, CLOSED = 1894, 1863
STATIONS = 8

office = Actor.of("office", Role.DISTRICT)
community = Actor.of("community", Role.COMMUNITY)
checker = Actor.of("checker", Role.VERIFIER)
dispatcher = Actor.of("dispatcher", Role.DISPATCHER)


def brought_in(now: datetime) -> Iterator[Command]:
    """Every matter as it came in: told to the deputy at a contact station, whose keeper makes a case of it."""
    for station in range(STATIONS):
        told: dict[str, Any] = {"title": "Contact station", "level": "community", "area": f"jn/{station}"}
        yield OpenVisitRound(id=f"s{station}", by=office, form="reception", organiser="congress", **told)
    for number in range(RECEIVED):
        station = number % STATIONS
        visit: dict[str, Any] = {"id": f"s{station}", "by": community, "item": str(number)}
        said: dict[str, Any] = {"visitor": f"deputy-{station}", "met_at": now, "area": f"jn/{station}"}
        yield LogVisit(**visit, **said, title=f"Matter {number}")
        yield ReportVisit(**visit, kind="suggestion", channel="deputies")


def brought_to_an_end(cases: Iterable[str]) -> Iterator[Command]:
    """The shortest way that the table has: settled at once, answered, checked by another, closed by a third."""
    for id in cases:
        yield AddEvidence(id=id, by=community, item="e", sha256="0" * 64)
        yield c.ResolveOnSpot(id=id, by=community, measure="done", evidence=("e",))
        yield c.GiveFeedback(id=id, by=community, to_level="community")
        yield PassVerification(id=id, by=checker, item="r1")
        yield c.CloseCase(id=id, by=dispatcher)


def test_of_1894_matters_1863_are_closed_which_is_98_36_percent_and_31_are_still_owed():
    clock = PinnedClock()
    with Engine.open(records=[CASE, VISIT_ROUND], now=clock) as engine:
        engine.handle_all(brought_in(clock()))
        rounds = [engine.get(f"s{station}", VisitRound) for station in range(STATIONS)]
        cases = [visit.case for round in rounds for visit in round.items_of("visit").values()]
        engine.handle_all(brought_to_an_end(cases[:CLOSED]))

        counted = Counter(each.name for each in engine.events())
        assert (counted["case.reported"], counted["case.closed"]) == (RECEIVED, CLOSED)
        assert f"{float(Fraction(counted['case.closed'], counted['case.reported']) * 100):.2f}" == "98.36"

        # the same by what the records say, and by each deputy's own figures
        statuses = Counter(each.status for each in engine.records() if isinstance(each, Case))
        assert statuses == {"closed": 1863, "reported": 31}
        figures = [leader_figures(round, engine.get)[f"deputy-{place}"] for place, round in enumerate(rounds)]
        assert (sum(each.raised for each in figures), sum(each.resolved for each in figures)) == (RECEIVED, CLOSED)
        open_ones = {each.id for each in engine.records() if each.status == "reported"}
        assert open_ones == set(cases[CLOSED:])
