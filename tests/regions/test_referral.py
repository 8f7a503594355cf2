"""Referrals: a person who agreed is passed on to a unit that helps, and the unit answers in time (M070)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from govflow import CASE, Actor, Command, HandOver, NotAllowed, NotFound, Role
from govflow.cases import commands as c
from govflow.regions.referral import (
    REFERRAL,
    AcceptReferral,
    DeclineReferral,
    MakeReferral,
    ServeReferral,
    WithdrawReferral,
)
from tests.support import Town, a_case, a_town, community, grid_worker, lead, resident

X: dict[str, Any] = {"id": "x"}
R1: dict[str, Any] = {**X, "item": "r1"}
NAMED: dict[str, Any] = {"service": "counselling", "person": "s-1", "unit": "clinic", "consented": True}
MAKE = MakeReferral(**R1, by=grid_worker, **NAMED)
clinic = Actor.of("nurse", Role.ORGANISATION, unit="clinic")
shelter = Actor.of("warden", Role.ORGANISATION, unit="shelter")
ACCEPT = AcceptReferral(**R1, by=clinic)
SERVE = ServeReferral(**R1, by=clinic, measure="three sessions")
DECLINE = DeclineReferral(**R1, by=clinic, reason="no room this month")


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


@pytest.fixture
def town() -> Town:
    made = a_town(records=[CASE.extended(regions=(REFERRAL,))])
    a_case(made, "in_handling", id="x")
    return made


def item(town: Town) -> Any:
    return town.engine.get("x").item("referral", "r1")


def loops(town: Town) -> list[tuple[str, str, str | None, datetime | None]]:
    found = town.engine.open_loops("x")
    return [(loop.what, loop.status, loop.owes, loop.until) for loop in found if loop.region == "referral"]


def test_nobody_is_referred_without_their_consent(town):
    assert refused(town, MAKE.changed(consented=False)) == ("person_has_consented",)
    assert town.do(MAKE).item("referral", "r1").status == "made"


@pytest.mark.parametrize("missing", ["service", "person", "unit"])
def test_the_service_the_person_and_the_unit_are_named(town, missing: str):
    assert refused(town, MAKE.changed(**{missing: None})) == ("service_person_and_unit_named",)


@pytest.mark.parametrize("service", ["expression", "counselling", "mediation", "protection"])
def test_each_of_the_four_services_is_made_taken_and_done(town, service: str):
    town.do(MakeReferral(**R1, by=community, **{**NAMED, "service": service}))
    due = datetime(2026, 3, 9, 16, tzinfo=UTC)  # five working days: Monday to Monday, 24:00 in Beijing
    assert loops(town) == [(service, "made", "clinic", due)]
    assert refused(town, SERVE) == ("step_is_in_the_table",)
    town.do(ACCEPT)
    assert loops(town)[0][1] == "accepted"
    assert refused(town, SERVE.changed(measure=" ")) == ("help_is_named",)
    town.do(SERVE)
    assert (item(town).status, item(town).measure, loops(town)) == ("served", "three sessions", [])


def test_only_the_unit_referred_to_answers(town):
    town.do(MAKE)
    for wrong in (shelter, lead, grid_worker, Actor.of("nobody", Role.ORGANISATION)):
        assert refused(town, ACCEPT.changed(by=wrong)) == ("role_is_held",)
    town.do(ACCEPT)
    assert refused(town, SERVE.changed(by=shelter)) == ("role_is_held",)
    assert refused(town, MAKE.changed(item="r2", by=clinic, command_id="another")) == ("role_is_held",)


def test_the_unit_says_why_it_declines_before_or_after_taking_it(town):
    town.do(MAKE)
    assert refused(town, DECLINE.changed(reason="")) == ("reason_given",)
    town.do(ACCEPT, DECLINE)
    assert (item(town).status, loops(town)) == ("declined", [])
    again: dict[str, Any] = {"item": "r2"}
    town.do(MAKE.changed(**again, command_id="make-r2"), DECLINE.changed(**again, command_id="decline-r2"))
    assert town.engine.get("x").clocks["referral_answer:r2"].status == "met"


def test_an_answer_that_does_not_come_is_overdue_once_and_still_owed(town):
    town.do(MAKE)
    town.pass_days(8)
    town.engine.tick()
    town.engine.tick()
    missed = [each for each in town.engine.history("x") if each.name == "clock.deadline_missed"]
    assert [each.body.item for each in missed].count("referral_answer:r1") == 1
    assert [each[:3] for each in loops(town)] == [("counselling", "made", "clinic")]
    town.do(ACCEPT)
    assert town.engine.get("x").clocks["referral_answer:r1"].status == "met_late"


def test_whoever_agreed_may_take_it_back_and_nobody_else_of_the_public(town):
    town.do(MAKE)
    withdraw = WithdrawReferral(**R1, by=resident, reason="no longer wanted")
    assert refused(town, withdraw.changed(by=Actor.of("s-2", Role.RESIDENT))) == ("role_is_held",)
    assert refused(town, withdraw.changed(reason=" ")) == ("reason_given",)
    town.do(withdraw)
    assert (item(town).status, loops(town)) == ("withdrawn", [])
    assert town.engine.get("x").clocks["referral_answer:r1"].status == "cancelled"


def test_it_holds_the_case_open_and_is_withdrawn_when_the_case_leaves(town):
    town.do(MAKE)
    leave = c.RedirectCase(
        **X, by=Actor.of("d", Role.DISPATCHER), statutory_channel="litigation", reason="a court's", told_by="by phone"
    )
    assert refused(town, leave) == ("loops_are_handed_over",)
    town.do(leave.changed(hand_over=(HandOver(reason="the court's own service", to="court"),)))
    assert item(town).status == "withdrawn"
    assert refused(town, MAKE.changed(item="r2", command_id="another")) == ("step_is_in_the_table",)


def test_the_unit_reported_is_never_the_one_that_helps():
    town = a_town(records=[CASE.extended(regions=(REFERRAL,))])
    a_case(town, "in_handling", id="x", accused_unit="clinic")
    assert refused(town, MAKE) == ("unit_reported_gets_nothing",)
    town.do(MAKE.changed(unit="shelter"))


def test_nobody_is_passed_on_in_a_secret_matter_of_which_no_unit_may_know():
    town = a_town(records=[CASE.extended(regions=(REFERRAL,))])
    a_case(town, "in_handling", id="x", confidential=True)
    assert refused(town, MAKE.changed(by=lead)) == ("unit_may_know_of_it",)


def test_the_unit_referred_to_sees_the_case_and_no_other_unit_does(town):
    town.do(MAKE)
    assert town.engine.seen_by(clinic).get("x").id == "x"
    with pytest.raises(NotFound):
        town.engine.seen_by(shelter).get("x")


@pytest.mark.parametrize(
    "ends", [(DECLINE,), (ACCEPT, SERVE), (WithdrawReferral(**R1, by=resident, reason="no longer wanted"),)]
)
def test_whoever_owes_nothing_any_more_reads_the_case_no_more(town, ends: tuple[Command, ...]):
    town.do(MAKE)
    assert [record.id for record in town.engine.seen_by(clinic).records()] == ["x"]
    town.do(*ends)
    assert [record.id for record in town.engine.seen_by(clinic).records()] == []


def test_nothing_of_the_person_but_a_pseudonym_stands_in_the_log(town):
    town.do(MAKE, ACCEPT, SERVE)
    said = {
        name for each in town.engine.history("x") if each.name.startswith("referral.") for name in each.body.__dict__
    }
    assert said == {"at", "by", "in_stead_of", "clocks", "item", "service", "person", "unit", "consented", "measure"}
