"""走访接访: leaders take their turns or name who does, and nothing that a visit brings up is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import (
    CASE,
    DEFAULT_POLICY,
    Actor,
    Case,
    Claim,
    Command,
    Engine,
    NotAllowed,
    NotFound,
    ProtectionError,
    Record,
    Role,
)
from govflow.beside.visit import LogVisit, ReportVisit, SettleVisit, Visit
from govflow.beside.visit_round import VISIT_ROUND, CloseVisitRound, OpenVisitRound, VisitRound, leader_figures
from govflow.cases.commands import DiscoverCase, ImportClosing, ReportCase
from govflow.messages import Personal
from govflow.regions.evidence import AddEvidence
from govflow.regions.turn import CancelTurn, OfferTurn, ScheduleTurn, ServeTurn, TakeTurnOver, Turn
from govflow.testing import PinnedClock
from tests.support import desk, resident

AREA = "jinniu/huazhaobi"
office = Actor.of("office-1", Role.DISTRICT, level="district")
han = Actor.of("han", Role.LEADER)
mei = Actor.of("mei", Role.LEADER)
cadre = Actor.of("cadre-1", Role.GRID_WORKER, area=AREA)
community = Actor.of("community-1", Role.COMMUNITY, area=AREA)
V: dict[str, Any] = {"id": "v"}
ROUND: dict[str, Any] = {
    "title": "Reception of visitors",
    "form": "reception",
    "level": "district",
    "area": "jinniu",
    "organiser": "letters-office",
}
MATTER: dict[str, Any] = {"kind": "service", "category": "general"}


class Office:
    """An engine that serves cases and rounds, on a pinned clock."""

    def __init__(self, **round: Any) -> None:
        self.clock = PinnedClock()
        self.engine = Engine.open(records=[CASE, VISIT_ROUND], now=self.clock)
        self.engine.handle(OpenVisitRound(**V, by=office, **{**ROUND, **round}))

    def do(self, *commands: Command) -> Any:
        record: Record | None = None
        for each in commands:
            record = self.engine.handle(each)
        return record

    def refused(self, command: Command) -> tuple[str, ...]:
        head = self.engine.store.head()
        with pytest.raises(NotAllowed) as caught:
            self.engine.handle(command)
        assert self.engine.store.head() == head
        return caught.value.codes

    @property
    def round(self) -> VisitRound:
        return self.engine.get("v", VisitRound)

    def turn(self, key: str = "t1") -> Turn:
        found: Turn = self.round.item("turn", key)
        return found

    def visit(self, key: str) -> Visit:
        found: Visit = self.round.item("visit", key)
        return found

    def a_turn(self, key: str = "t1", *, day: int = 1, **changed: Any) -> ScheduleTurn:
        begins = self.clock() + timedelta(days=day)
        said = {"leader": "han", "place": "reception centre", "begins": begins, "until": begins + timedelta(hours=8)}
        return ScheduleTurn(**V, by=office, item=key, **{**said, **changed})

    def a_visit(self, key: str, **changed: Any) -> LogVisit:
        said = {"by": han, "visitor": "han", "met_at": self.clock(), "area": AREA, "title": "No lamps in the lane"}
        return LogVisit(**V, item=key, **{**said, **changed})


# --- the round -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["title", "level", "organiser"])
def test_a_round_says_its_title_its_level_and_who_keeps_it(field: str):
    town = Office()
    said = {**ROUND, field: "" if field == "title" else None}
    assert town.refused(OpenVisitRound(id="w", by=office, **said)) == ("round_is_described",)


def test_the_title_of_a_round_is_public_and_names_nobody():
    town = Office()
    asked = OpenVisitRound(id="w", by=office, **{**ROUND, "title": "Call 13812345678"})
    assert town.refused(asked) == ("personal_data_is_withheld",)


def test_a_round_is_kept_by_its_level_for_its_whole_area_and_visits_are_paid_by_those_of_its_parts():
    town = Office()
    elsewhere = Actor.of("cadre-9", Role.GRID_WORKER, area="wuhou")
    below = Actor.of("town-1", Role.TOWN, level="town", area="jinniu")
    assert town.refused(CloseVisitRound(**V, by=community)) == ("role_is_held",)
    assert town.refused(CloseVisitRound(**V, by=below)) == ("role_is_held",)
    assert town.refused(town.a_visit("1", by=elsewhere, visitor="cadre-9")) == ("role_is_held",)
    town.do(town.a_visit("1", by=community, visitor="cadre-1"), town.a_visit("2", by=below, visitor="town-1"))
    assert [visit.visitor for visit in town.round.items_of("visit").values()] == ["cadre-1", "town-1"]


def test_residents_do_not_see_whom_the_cadres_visit_and_officials_of_other_areas_do_not_either():
    town = Office()
    town.do(town.a_visit("1", person="s-1"))
    elsewhere = Actor.of("cadre-9", Role.GRID_WORKER, area="wuhou")
    for who in (resident, elsewhere):
        with pytest.raises(NotFound):
            town.engine.seen_by(who).get("v")
    assert town.engine.seen_by(han).get("v").title_line == "Reception of visitors"


def test_what_was_said_is_protected_and_read_by_the_visitor_the_leaders_and_the_organisers_alone():
    town = Office()
    said = Personal(text="Old Chen is ill", subject="s-9")
    town.do(town.a_visit("1", by=cadre, visitor="cadre-1", gist=said))
    for reader in (cadre, han, office):
        assert town.engine.open_personal("v", "gist", reader, why="to handle it") == "Old Chen is ill"
    colleague = Actor.of("cadre-2", Role.GRID_WORKER)
    branch = Actor.of("branch-1", Role.PARTY_BRANCH)
    for reader in (desk, colleague, branch, community, Actor.of("cadre-1", Role.RESIDENT)):
        with pytest.raises(ProtectionError):
            town.engine.open_personal("v", "gist", reader, why="to handle it")
    assert b"Old Chen" not in b"".join(row.state for row in town.engine.store.read("v"))


def test_a_round_is_not_closed_while_a_turn_or_a_matter_is_open_and_the_refusal_lists_both():
    town = Office()
    town.do(town.a_turn(), town.a_visit("1"))
    with pytest.raises(NotAllowed) as caught:
        town.do(CloseVisitRound(**V, by=office))
    assert caught.value.codes == ("no_loop_is_open",)
    listed = caught.value.broken[0].detail
    assert ["turn t1" in listed[0], "visit 1" in listed[1]] == [True, True]
    assert [(loop.what, loop.owes) for loop in town.engine.open_loops("v")] == [
        ("turn at reception centre", "han"),
        ("No lamps in the lane", "han"),
    ]
    town.do(CancelTurn(**V, by=office, item="t1", reason="a holiday"), ReportVisit(**V, by=han, item="1", **MATTER))
    assert town.do(CloseVisitRound(**V, by=office)).status == "closed"
    assert not [clock for clock in town.round.clocks.values() if clock.is_going]


# --- turns -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [{"leader": None}, {"place": " "}, {"begins": None}, {"until": None}, {"day": -2}, {"until": PinnedClock()()}],
)
def test_a_turn_names_its_leader_its_place_and_a_time_that_is_not_over(changed: dict[str, Any]):
    town = Office()
    assert town.refused(town.a_turn(**changed)) == ("turn_is_described",)


def test_a_turn_is_served_by_the_leader_on_duty_from_its_beginning_on_with_the_number_received():
    town = Office()
    town.do(town.a_turn())
    serve = ServeTurn(**V, by=han, item="t1", received=3)
    assert town.refused(serve) == ("turn_has_begun_and_is_counted",)
    town.clock.advance(days=1, hours=1)
    assert town.refused(ServeTurn(**V, by=mei, item="t1", received=3)) == ("role_is_held", "turn_is_ones_own")
    assert town.refused(ServeTurn(**V, by=han, item="t1")) == ("turn_has_begun_and_is_counted",)
    town.do(serve)
    assert (town.turn().status, town.turn().received, town.turn().was_missed) == ("served", 3, False)
    assert not town.engine.open_loops("v")
    assert town.round.clocks["obligation_due:t1"].status == "met"


def test_a_turn_nobody_served_is_missed_once_when_its_time_is_over():
    town = Office()
    town.do(town.a_turn())
    until = town.turn().until
    town.clock.advance(days=2)
    done = town.engine.tick().done
    assert done["turn.miss"] == 1
    assert (town.turn().status, town.turn().was_missed) == ("missed", True)
    missed = [each for each in town.engine.history("v") if each.name == "turn.missed"]
    assert [each.body.at for each in missed] == [until]
    assert not town.engine.tick().done
    assert not town.engine.open_loops("v")


def test_a_turn_recorded_late_is_served_and_still_counts_as_missed():
    town = Office()
    town.do(town.a_turn())
    town.clock.advance(days=2)
    town.engine.tick()
    town.do(ServeTurn(**V, by=han, item="t1", received=2))
    assert (town.turn().status, town.turn().was_missed) == ("served", True)
    assert town.round.clocks["obligation_due:t1"].status == "met_late"


def test_a_turn_goes_to_another_leader_only_when_that_leader_consents():
    town = Office()
    town.do(town.a_turn())
    ask: dict[str, Any] = {"item": "t1", "to": "mei"}
    assert town.refused(OfferTurn(**V, by=han, **ask)) == ("reason_given",)
    assert town.refused(OfferTurn(**V, by=han, item="t1", to="han", reason="ill")) == ("another_leader_is_named",)
    assert "turn_is_ones_own" in town.refused(OfferTurn(**V, by=mei, **ask, reason="eager"))
    assert "turn_was_offered_to_who_takes_it" in town.refused(TakeTurnOver(**V, by=mei, item="t1"))
    town.do(OfferTurn(**V, by=han, **ask, reason="ill"))
    assert town.turn().owes == "han"
    assert town.refused(TakeTurnOver(**V, by=han, item="t1")) == ("turn_was_offered_to_who_takes_it",)
    town.do(TakeTurnOver(**V, by=mei, item="t1"))
    assert (town.turn().leader, town.turn().owes, town.turn().leaders_before) == ("mei", "mei", ("han",))
    town.clock.advance(days=1, hours=1)
    assert "turn_is_ones_own" in town.refused(ServeTurn(**V, by=han, item="t1", received=1))
    assert town.do(ServeTurn(**V, by=mei, item="t1", received=1)).item("turn", "t1").status == "served"


def test_a_turn_is_taken_off_the_roster_for_a_reason():
    town = Office()
    town.do(town.a_turn())
    assert town.refused(CancelTurn(**V, by=office, item="t1")) == ("reason_given",)
    assert town.refused(CancelTurn(**V, by=han, item="t1", reason="busy")) == ("role_is_held",)
    town.do(CancelTurn(**V, by=office, item="t1", reason="a holiday"))
    town.clock.advance(days=3)
    assert not town.engine.tick().done
    assert town.turn().status == "cancelled"


def test_a_turn_that_is_over_can_neither_be_cancelled_nor_passed_on():
    town = Office()
    town.do(town.a_turn(), OfferTurn(**V, by=han, item="t1", to="mei", reason="ill"))
    town.clock.advance(days=2)  # nobody has asked what is due yet
    for late in (
        CancelTurn(**V, by=office, item="t1", reason="a holiday"),
        OfferTurn(**V, by=han, item="t1", to="lin", reason="ill"),
        TakeTurnOver(**V, by=mei, item="t1"),
    ):
        assert town.refused(late) == ("due_has_not_passed",)
    town.engine.tick()
    assert (town.turn().status, town.turn().leader) == ("missed", "han")


@pytest.mark.parametrize("received", [-1, 10**10, 10**50])
def test_a_number_received_that_could_not_be_read_again_cannot_be_said(received: int):
    with pytest.raises(ValueError, match="than or equal"):
        ServeTurn(**V, by=han, item="t1", received=received)


# --- visits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("changed", [{"visitor": None}, {"met_at": None}, {"area": "wuhou"}, {"area": ""}])
def test_a_visit_says_by_whom_when_and_in_which_area_of_the_round(changed: dict[str, Any]):
    town = Office()
    assert "visit_is_described" in town.refused(town.a_visit("1", **changed))
    later = town.a_visit("1", met_at=town.clock() + timedelta(hours=1))
    assert "visit_is_described" in town.refused(later)


def test_nobody_but_the_visitor_or_an_organiser_says_that_a_visit_was_paid():
    town = Office()
    for title in ("", "No lamps"):
        forged = town.a_visit("1", by=cadre, visitor="han", title=title)
        assert town.refused(forged) == ("visitor_or_organiser_enters_it",)
    elsewhere = Actor(
        id="cadre-1",
        claims=(Claim(role=Role.GRID_WORKER, area=AREA), Claim(role=Role.COMMUNITY, area="wuhou")),
    )
    assert town.refused(town.a_visit("1", by=elsewhere)) == ("visitor_or_organiser_enters_it",)
    deputy = Actor(id="deputy", claims=(Claim(role=Role.LEADER, standing_in_for="han"),))
    town.do(town.a_visit("1", by=office), town.a_visit("2", by=deputy), town.a_visit("3", by=deputy, visitor="deputy"))


@pytest.mark.parametrize(
    "secret",
    [
        {"kind": "whistle_blowing", "confidential": True, "accused_unit": "roads"},
        {"kind": "whistle_blowing"},
        {"confidential": True},
        {"accused_unit": "roads"},
        {"category": "kept"},
    ],
)
def test_what_must_be_kept_secret_is_not_made_a_case_by_a_visit_that_many_read(secret: dict[str, Any]):
    kept = DEFAULT_POLICY.categories[0].changed(id="kept", confidential=True)
    town = Office()
    town.engine.adopt(DEFAULT_POLICY.changed(id="mine", categories=(*DEFAULT_POLICY.categories, kept)))
    town.do(town.a_visit("1", by=cadre, visitor="cadre-1", person="s-5"))
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(ReportVisit(**V, by=cadre, item="1", **{**MATTER, **secret}))
    assert caught.value.codes == ("matter_is_no_secret",)
    assert "report it as a case by itself" in str(caught.value)
    assert town.visit("1").case is None


def test_a_case_of_a_visit_lies_within_its_round_and_not_above_its_level():
    town = Office(level="town", area="jinniu")
    town.do(town.a_visit("1"), town.a_visit("2"), town.a_visit("3"))
    for wrong in ({"area": "other/place"}, {"area": "jinniu-west"}, {"level": "district"}):
        asked = ReportVisit(**V, by=han, item="1", **MATTER, **wrong)
        assert town.refused(asked) == ("case_is_within_the_round",)
    town.do(ReportVisit(**V, by=han, item="1", **MATTER, area="jinniu/elsewhere", level="community"))
    town.do(ReportVisit(**V, by=han, item="2", **MATTER))


def test_a_step_on_a_visit_that_is_not_named_finds_none():
    town = Office()
    town.do(town.a_visit("2"))
    for command in (ReportVisit(**V, by=han, **MATTER), SettleVisit(**V, by=han, measure="mended")):
        assert town.refused(command) == ("step_is_in_the_table",)


def test_a_visit_that_raises_nothing_is_noted_and_stays_so():
    town = Office()
    town.do(town.a_visit("1", title=""))
    assert town.visit("1").status == "noted"
    assert not town.engine.open_loops("v")
    assert town.refused(ReportVisit(**V, by=han, item="1", **MATTER)) == ("step_is_in_the_table",)


def test_a_matter_raised_is_public_in_its_words():
    town = Office()
    assert "personal_data_is_withheld" in town.refused(town.a_visit("1", title="Call 13812345678"))


def test_a_matter_raised_becomes_one_case_in_the_same_transaction_tied_both_ways():
    town = Office(form="round")
    town.do(town.a_visit("1", by=cadre, visitor="cadre-1", person="s-1"))
    words = Personal(text="The lane behind Mrs Wu's", subject="s-1")
    report = ReportVisit(**V, by=cadre, item="1", **MATTER, description=words)
    town.do(report, report)
    names = [each.name for each in town.engine.outcome(report.command_id)]
    assert names == ["visit.reported", "case.reported", "link.added", "link.added"]
    id = town.visit("1").case
    assert id is not None
    case = town.engine.get(id, Case)
    told = (case.title_line, case.source, case.reporter, case.area, case.level, case.channel, case.pre_emptive)
    assert told == ("No lamps in the lane", "visit:v:1", "s-1", AREA, "district", "visit", True)
    assert town.visit("1").status == "reported"
    assert [(tie.kind, tie.other) for tie in town.round.items_of("link").values()] == [("spawned", id)]
    assert [(tie.kind, tie.other) for tie in case.items_of("link").values()] == [("spawned_by", "v")]
    assert town.engine.open_personal(id, "description", desk, why="to handle it") == "The lane behind Mrs Wu's"
    assert not town.engine.open_loops("v")
    assert town.refused(ReportVisit(**V, by=cadre, item="1", **MATTER)) == ("step_is_in_the_table",)


def test_what_is_brought_to_a_reception_was_not_found_before_it_was_complained_of():
    town = Office()
    town.do(town.a_visit("1"), ReportVisit(**V, by=han, item="1", **MATTER))
    assert town.engine.get(town.visit("1").case or "", Case).pre_emptive is False


def test_a_matter_that_cannot_be_a_case_stays_open():
    town = Office()
    town.do(town.a_visit("1"))
    assert town.refused(ReportVisit(**V, by=han, item="1")) == ("channel_and_level_set",)
    assert town.visit("1").status == "raised"


def test_without_cases_served_a_matter_stays_with_the_round():
    clock = PinnedClock()
    with Engine.open(records=[VISIT_ROUND], now=clock) as engine:
        engine.handle(OpenVisitRound(**V, by=office, **ROUND))
        said = {"visitor": "han", "met_at": clock(), "area": AREA, "title": "No lamps"}
        engine.handle(LogVisit(**V, by=han, item="1", **said))
        with pytest.raises(NotAllowed) as caught:
            engine.handle(ReportVisit(**V, by=han, item="1", **MATTER))
        assert caught.value.codes == ("one_new_case_is_named",)


def test_a_matter_is_settled_on_the_spot_with_what_was_done_and_proof_that_is_on_file():
    town = Office()
    town.do(town.a_visit("1"))
    settle: dict[str, Any] = {"item": "1", "measure": "lamp mended", "evidence": ("e1",)}
    assert town.refused(SettleVisit(**V, by=han, item="1", measure=" ")) == ("measure_is_given",)
    assert town.refused(SettleVisit(**V, by=han, **settle)) == ("measure_is_given",)
    town.do(AddEvidence(**V, by=desk, item="e1", kind="photo", sha256="a" * 64))
    assert town.refused(SettleVisit(**V, by=mei, **settle)) == ("role_is_held",)
    town.do(SettleVisit(**V, by=han, **settle))
    assert (town.visit("1").status, town.visit("1").measure) == ("settled", "lamp mended")


def test_the_organisers_may_report_what_a_visitor_left():
    town = Office()
    town.do(town.a_visit("1"))
    assert town.refused(ReportVisit(**V, by=cadre, item="1", **MATTER)) == ("role_is_held",)
    assert town.do(ReportVisit(**V, by=office, item="1", **MATTER)).item("visit", "1").status == "reported"


def test_nobody_but_the_system_says_that_a_visit_raised_a_case():
    town = Office()
    said: dict[str, Any] = {"title": "t", "kind": "service", "channel": "visit", "level": "district", "area": AREA}
    forged = ReportCase(id="c", by=desk, source="visit:v:1", **said)
    assert town.refused(forged) == ("source_is_said_by_the_system",)
    found = DiscoverCase(id="c", by=cadre, source="visit:v:1", **said)
    assert town.refused(found) == ("source_is_said_by_the_system",)


def test_a_case_that_a_visit_raised_was_not_imported_and_is_not_closed_like_one():
    town = Office()
    town.do(town.a_visit("1"), ReportVisit(**V, by=han, item="1", **MATTER))
    close = ImportClosing(id=town.visit("1").case, by=desk)
    assert town.refused(close) == ("case_was_imported_and_not_worked_on",)


def test_the_state_is_what_the_log_folds_to():
    town = Office()
    town.do(town.a_turn(), town.a_visit("1"), ReportVisit(**V, by=han, item="1", **MATTER))
    town.clock.advance(days=2)
    town.engine.tick()
    assert town.engine.as_of("v", version=town.round.version).digest == town.round.digest


def test_a_closed_round_takes_nothing_more():
    town = Office()
    town.do(CloseVisitRound(**V, by=office))
    for command in (town.a_turn(), town.a_visit("1")):
        assert town.refused(command) == ("step_is_in_the_table",)


def test_figures_count_each_leader_apart_and_a_case_only_when_it_is_closed():
    town = Office()
    for key, who in (("t1", "han"), ("t2", "mei")):
        town.do(town.a_turn(key, leader=who))
    town.clock.advance(days=1, hours=1)
    town.do(ServeTurn(**V, by=han, item="t1", received=4))
    town.clock.advance(days=1)
    town.engine.tick()
    town.do(town.a_visit("1"), town.a_visit("2"), town.a_visit("3", title=""))
    town.do(ReportVisit(**V, by=han, item="1", **MATTER))
    town.do(SettleVisit(**V, by=han, item="2", measure="told where to go"))
    figures = leader_figures(town.round, town.engine.get)
    assert figures["han"] == (1, 0, 4, 3, 2, 1)
    assert figures["mei"] == (0, 1, 0, 0, 0, 0)
