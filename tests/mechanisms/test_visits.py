"""Leaders receive, visit, read and answer for what reaches them: M015, M019, M020, M021, M025, M028, M038."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from typing import Any

import pytest

from govflow import CASE, Actor, Case, Command, Engine, NotAllowed, Record, Role
from govflow.beside.bulletin import BULLETIN, IssueBulletin, OrderByBulletin
from govflow.beside.visit import LogVisit, ReportVisit
from govflow.beside.visit_round import VISIT_ROUND, OpenVisitRound, VisitRound, leader_figures, time_to_first_contact
from govflow.cases import commands as c
from govflow.messages import RecordedEvent
from govflow.proposals import PROPOSAL
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.contact import LogContact
from govflow.regions.evidence import AddEvidence
from govflow.regions.instruction import INSTRUCTION, AnswerInstruction
from govflow.regions.leader_in_charge import LEADER_IN_CHARGE, TakeCharge
from govflow.regions.reading import ConfirmReading
from govflow.regions.turn import OfferTurn, ScheduleTurn, ServeTurn, TakeTurnOver
from govflow.regions.verification import PassVerification
from govflow.testing import PinnedClock
from tests.support import (
    AREA,
    MATTER,
    TOLD,
    Town,
    a_town,
    desk,
    desk_head,
    dispatcher,
    grid_worker,
    lead,
    resident,
    verifier,
)

WITH_LEADERS = CASE.extended(regions=(INSTRUCTION, LEADER_IN_CHARGE))
office = Actor.of("office-1", Role.DISTRICT)
clerk = Actor.of("clerk-1", Role.SECRETARIAT)
han, mei, lin = (Actor.of(name, Role.LEADER) for name in ("han", "mei", "lin"))
cadre = Actor.of("cadre-1", Role.GRID_WORKER)


def a_place(**options: Any) -> Town:
    options.setdefault("records", [WITH_LEADERS, PROPOSAL, VISIT_ROUND, BULLETIN])
    return a_town(**options)


def refused(town: Town, command: Command) -> tuple[str, ...]:
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    return caught.value.codes


def a_round(town: Town, form: str) -> None:
    town.do(OpenVisitRound(id="v", by=office, title="t", form=form, level="district", area=AREA, organiser="letters"))


def ended(town: Town, id: str) -> Record:
    """A case without a reporter brought from accepted to closed."""
    return town.do(
        c.AssignCase(id=id, by=dispatcher, lead_unit="water"),
        c.StartHandling(id=id, by=lead),
        AddEvidence(id=id, by=lead, item="e1", sha256="0" * 64),
        c.SubmitResult(id=id, by=lead, measure="done", evidence=("e1",)),
        c.GiveFeedback(id=id, by=lead, to_level=town.engine.get(id).level, public_text="done"),
        PassVerification(id=id, by=verifier, item="r1"),
        c.CloseCase(id=id, by=dispatcher),
    )


# --- M015 leaders receive visitors in turns 接访 --------------------


def test_leaders_take_turns_and_the_log_tells_what_each_received_and_resolved():  # M015
    town = a_place()
    a_round(town, "reception")
    monday = town.clock() + timedelta(days=1)
    for day, leader in enumerate(("han", "mei", "lin")):
        begins = monday + timedelta(days=day)
        said = {"leader": leader, "place": "centre", "begins": begins, "until": begins + timedelta(hours=8)}
        town.do(ScheduleTurn(id="v", by=office, item=f"d{day}", **said))
    assert [(loop.owes, loop.item) for loop in town.engine.open_loops("v")] == [
        ("han", "d0"),
        ("mei", "d1"),
        ("lin", "d2"),
    ]
    town.do(OfferTurn(id="v", by=mei, item="d1", to="han", reason="abroad"), TakeTurnOver(id="v", by=han, item="d1"))

    town.pass_days(1.1)
    for key in ("1", "2"):
        said = {"visitor": "han", "met_at": town.clock(), "area": AREA, "title": f"Matter {key}"}
        town.do(LogVisit(id="v", by=han, item=key, **said))
        town.do(ReportVisit(id="v", by=han, item=key, kind="petition", category="general"))
    town.do(ServeTurn(id="v", by=han, item="d0", received=2))
    town.pass_days(1)
    town.do(ServeTurn(id="v", by=han, item="d1", received=0))
    town.pass_days(3)  # nobody came for the third
    town.engine.tick()
    assert town.engine.get("v", VisitRound).item("turn", "d2").status == "missed"

    first = town.engine.get("v", VisitRound).item("visit", "1").case
    town.do(c.AcceptCase(id=first, by=desk))
    assert leader_figures(town.engine.get("v", VisitRound), town.engine.get)["han"].resolved == 0
    ended(town, first)
    figures = leader_figures(town.engine.get("v", VisitRound), town.engine.get)
    assert figures == {"han": (2, 0, 2, 2, 2, 1), "lin": (0, 1, 0, 0, 0, 0)}
    history = [each.name for each in town.engine.history("v")]  # the same figures by counting the log
    assert (history.count("turn.served"), history.count("turn.missed"), history.count("visit.reported")) == (2, 1, 2)


# --- M019 the direct line to a leader 民意直通车 --------------------


def test_the_leader_whom_a_direct_line_reached_answers_until_another_takes_charge():  # M019
    town = a_place()
    direct: dict[str, Any] = {**MATTER, "channel": "direct_line"}
    assert refused(town, c.ReportCase(id="x", by=resident, **direct)) == ("direct_line_names_its_leader",)
    town.do(c.ReportCase(id="x", by=resident, **direct, leader="han"))
    assert town.engine.get("x", Case).answers == "han"
    town.do(c.AcceptCase(id="x", by=desk), c.AssignCase(id="x", by=dispatcher, lead_unit="water"))
    assert town.engine.get("x", Case).answers == "han"  # the unit works on it, the leader answers for it
    town.do(TakeCharge(id="x", by=mei))
    assert town.engine.get("x", Case).answers == "mei"
    town.do(c.ReportCase(id="y", by=resident, **MATTER))
    assert town.engine.get("y", Case).answers is None  # by any other channel nobody yet
    town.do(c.AcceptCase(id="y", by=desk), c.AssignCase(id="y", by=dispatcher, lead_unit="water"))
    assert town.engine.get("y", Case).answers == "water"


# --- M020, M021 what was left from former years 老大难 历史遗留 --------------------


def test_an_old_problem_is_marked_and_the_log_shows_what_its_solution_changed():  # M020
    town = a_place()
    town.do(
        c.ReportCase(id="old", by=desk, **{**MATTER, "reporter": None}, legacy=True), c.AcceptCase(id="old", by=desk)
    )
    for place, minutes in enumerate((30, 50, 40)):
        at_the_counter(town, f"before-{place}", minutes)
    ended(town, "old")
    for place, minutes in enumerate((9, 5, 3, 5)):
        at_the_counter(town, f"after-{place}", minutes)

    assert town.engine.get("old", Case).legacy
    (solved,) = (each.body.at for each in town.engine.history("old") if each.name == "case.closed")
    times = list(handling_times(town.engine.events(), "counter"))
    before = [taken / timedelta(minutes=1) for begun, taken in times if begun < solved]
    after = [taken / timedelta(minutes=1) for begun, taken in times if begun >= solved]
    assert (len(before), len(after)) == (3, 4)
    assert (median(before), median(after)) == (40, 5)


def at_the_counter(town: Town, id: str, minutes: int) -> None:
    """A matter of the counter whose handling takes so many minutes."""
    said = {**MATTER, "reporter": None, "category": "counter", "kind": "service"}
    town.do(c.ReportCase(id=id, by=desk, **said), c.AcceptCase(id=id, by=desk))
    town.do(c.AssignCase(id=id, by=dispatcher, lead_unit="counter"))
    window = Actor.of("window-1", Role.LEAD_UNIT, unit="counter")
    town.do(c.StartHandling(id=id, by=window), AddEvidence(id=id, by=window, item="e1", sha256="0" * 64))
    town.clock.advance(minutes=minutes)
    town.do(c.SubmitResult(id=id, by=window, measure="issued", evidence=("e1",)))


def handling_times(events: Iterator[RecordedEvent], category: str) -> Iterator[tuple[Any, timedelta]]:
    """(begun, taken) of each case of a category, from the log alone."""
    categories: dict[str, str] = {}
    begun: dict[str, Any] = {}
    for each in events:
        body: Any = each.body
        if each.name == "case.reported":
            categories[each.stream] = body.category
        elif each.name == "case.handling_started":
            begun[each.stream] = body.at
        elif each.name == "case.handling_completed" and categories[each.stream] == category:
            yield begun[each.stream], body.at - begun[each.stream]


def test_an_old_problem_stays_marked_on_its_way_from_discovery_into_a_deliberation():  # M021
    town = a_place()
    town.do(c.DiscoverCase(id="x", by=grid_worker, **{**MATTER, "reporter": None}, legacy=True))
    town.do(c.ReportCase(id="x", by=grid_worker), c.AcceptCase(id="x", by=desk))
    town.do(c.ConvertToProposal(id="x", by=dispatcher, reason="the village decides", told_by=TOLD))
    case = town.engine.get("x", Case)
    assert (case.legacy, case.status) == (True, "converted")
    assert case.converted_to is not None
    assert town.engine.get(case.converted_to).title_line == MATTER["title"]
    assert [tie.kind for tie in case.items_of("link").values()] == ["converted"]


def test_the_mark_of_an_old_problem_can_be_corrected_and_nothing_is_stored_where_nobody_set_it():  # M020
    town = a_place()
    town.do(c.ReportCase(id="x", by=resident, **MATTER))
    assert b"legacy" not in b"".join(row.state for row in town.engine.store.read("x"))
    clerk_of_the_desk = Actor.of("desk-2", Role.ACCEPTANCE_DESK, unit="desk")
    correct = c.CorrectCase(
        id="x", by=clerk_of_the_desk, corrects=1, field="legacy", new="true", reason="it is from 2009"
    )
    assert "approval_is_given" in refused(town, correct)
    asked = town.do(RequestApproval.of(correct, town.engine.get("x")))
    (key,) = asked.items_of("approval")
    town.do(GiveApproval(id="x", by=desk_head, item=key), correct)
    case = town.engine.get("x", Case)
    assert case.legacy is True
    assert [(each.old, each.new) for each in case.corrections] == [("False", "true")]


# --- M025 early contact 早了解早介入 --------------------


def test_the_time_until_somebody_spoke_with_the_reporter_is_read_from_the_log():  # M025
    town = a_place()
    town.do(c.ReportCase(id="x", by=resident, **MATTER))
    assert time_to_first_contact(town.engine.history("x")) is None
    town.clock.advance(hours=5)
    town.do(LogContact(id="x", by=cadre, reached=False, way="phone"))
    assert time_to_first_contact(town.engine.history("x")) is None
    town.clock.advance(hours=2)
    town.do(LogContact(id="x", by=cadre, reached=True, way="visit"))
    town.clock.advance(hours=9)
    town.do(LogContact(id="x", by=cadre, reached=True, way="phone"))
    assert time_to_first_contact(town.engine.history("x")) == timedelta(hours=7)


def test_who_brings_a_matter_up_on_a_visit_waits_for_nobody():  # M025
    town = a_place()
    a_round(town, "round")
    said = {"visitor": "cadre-1", "met_at": town.clock(), "area": AREA, "title": "No lamps", "person": "s-1"}
    town.do(LogVisit(id="v", by=cadre, item="1", **said))
    town.clock.advance(hours=3)
    town.do(ReportVisit(id="v", by=cadre, item="1", kind="service"))
    id = town.engine.get("v", VisitRound).item("visit", "1").case
    case = town.engine.get(id, Case)
    assert (case.reporter, case.pre_emptive) == ("s-1", True)
    assert time_to_first_contact(town.engine.history(id)) == timedelta(0)


# --- M028 the report that must be read 专报 --------------------


def test_a_daily_report_is_read_by_the_leader_and_becomes_an_order_that_is_answered():  # M028
    town = a_place()
    town.do(c.ReportCase(id="x", by=resident, **MATTER), c.AcceptCase(id="x", by=desk))
    town.do(c.AssignCase(id="x", by=dispatcher, lead_unit="water"))
    until = town.clock() + timedelta(days=1)
    said: dict[str, Any] = {"number": "17", "title": "Safety", "text": "One leak too many", "level": "district"}
    town.do(IssueBulletin(id="b", by=clerk, **said, readers=("han",), until=until))
    assert [(loop.region, loop.owes, loop.until) for loop in town.engine.open_loops("b")] == [("reading", "han", until)]
    order = OrderByBulletin(
        id="b", by=han, case="x", what="Renew the line", owner="water", until=town.clock() + timedelta(days=3)
    )
    assert refused(town, order) == ("who_orders_has_read_it",)
    assert town.engine.handle(ConfirmReading(id="b", by=han, item="han")).status == "closed"
    town.do(order)

    (loop,) = town.engine.open_loops("x")
    assert (loop.region, loop.what, loop.owes, loop.until) == ("instruction", "Renew the line", "water", order.until)
    town.do(LogContact(id="x", by=lead, reached=True, way="phone"), c.StartHandling(id="x", by=lead))
    town.do(AddEvidence(id="x", by=lead, item="e1", sha256="0" * 64))
    town.do(AnswerInstruction(id="x", by=lead, item=loop.item, measure="line renewed", evidence=("e1",)))
    assert not town.engine.open_loops("x")


# --- M038 the mass visits 百千万大走访 --------------------


def test_a_batch_of_visits_is_one_transaction_and_every_matter_found_becomes_a_case():  # M038
    with Engine.open(records=[CASE, VISIT_ROUND], now=PinnedClock()) as engine:
        told: dict[str, Any] = {"level": "district", "area": "jn", "organiser": "party-office"}
        engine.handle(OpenVisitRound(id="v", by=office, title="A thousand doors", form="round", **told))
        met_at = engine.get("v").at
        raised = [str(n) for n in range(100) if n % 4 == 0]

        def visits(broken: str = "") -> Iterator[LogVisit]:
            for key in map(str, range(100)):
                title = f"Matter of door {key}" if key in raised else ""
                said = {"visitor": "cadre-1", "met_at": None if key == broken else met_at, "area": f"jn/door-{key}"}
                yield LogVisit(id="v", by=cadre, item=key, **said, title=title)

        head = engine.store.head()
        with pytest.raises(NotAllowed):
            engine.handle_all(visits(broken="99"))
        assert engine.store.head() == head  # all or nothing
        engine.handle_all(visits())
        assert [loop.item for loop in engine.open_loops("v")] == raised
        engine.handle_all(ReportVisit(id="v", by=cadre, item=key, kind="service") for key in raised)

        assert not engine.open_loops("v")
        round = engine.get("v", VisitRound)
        cases = [each for each in engine.records() if isinstance(each, Case)]
        assert {case.source for case in cases} == {f"visit:v:{key}" for key in raised}
        assert {visit.case for visit in round.items_of("visit").values()} - {None} == {case.id for case in cases}
        assert all(case.pre_emptive and case.channel == "visit" for case in cases)
        assert len(cases) == 25
