"""包案 leader in charge: one leader at a time, handed over by consent only, released when the record comes to rest."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import CASE, SYSTEM, Actor, Command, NotAllowed, Role
from govflow.cases import commands as c
from govflow.organisation.appointments import EndAppointment
from govflow.proposals import PROPOSAL
from govflow.regions import leader_in_charge as lc
from govflow.testing import START
from tests.organisation.office import an_office
from tests.support import (
    MATTER,
    TOLD,
    Town,
    a_case,
    a_town,
    desk,
    dispatcher,
    lead,
    resident,
    supervisor,
)

X: dict[str, Any] = {"id": "x"}
mayor = Actor.of("mayor", Role.LEADER)
deputy = Actor.of("deputy", Role.LEADER)
third = Actor.of("third", Role.LEADER)
TAKE = lc.TakeCharge(**X, by=mayor)


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


@pytest.fixture
def town() -> Town:
    town = a_town(records=[CASE.extended(regions=(lc.LEADER_IN_CHARGE,)), PROPOSAL])
    a_case(town, "in_handling", id="x")
    return town


def charge(town: Town) -> Any:
    return town.engine.get("x").item("leader_in_charge", "leader_in_charge")


def test_a_leader_takes_charge_for_themselves_one_at_a_time(town: Town):
    assert refused(town, TAKE.changed(leader="deputy")) == ("named_party_consents",)
    for by in (lead, supervisor, dispatcher):
        assert refused(town, TAKE.changed(by=by)) == ("role_is_held",)
    town.do(TAKE)
    assert (charge(town).status, charge(town).leader) == ("in_charge", "mayor")
    assert town.engine.open_loops("x") == ()  # it does not block closing
    assert refused(town, lc.TakeCharge(**X, by=deputy)) == ("step_is_in_the_table",)


def test_whose_own_matter_it_is_does_not_take_charge_of_it(town: Town):
    reporter = Actor.of(resident.id, Role.LEADER)
    assert refused(town, TAKE.changed(by=reporter)) == ("has_no_interest",)
    town.do(TAKE)
    assert refused(town, lc.AgreeToTakeCharge(**X, by=reporter)) == ("has_no_interest",)


def test_the_charge_is_handed_over_only_to_a_leader_who_has_agreed(town: Town):
    town.do(TAKE)
    hand = lc.HandOverCharge(**X, by=mayor, to="deputy", reason="on leave")
    assert refused(town, hand) == ("named_party_consents",)
    assert refused(town, lc.AgreeToTakeCharge(**X, by=mayor)) == ("another_is_in_charge",)
    assert refused(town, lc.AgreeToTakeCharge(**X, by=lead)) == ("role_is_held",)
    town.do(lc.AgreeToTakeCharge(**X, by=deputy))
    assert charge(town).leader == "mayor"  # agreed, not handed over
    assert refused(town, hand.changed(to="third")) == ("named_party_consents",)
    assert refused(town, hand.changed(reason=" ")) == ("reason_given",)
    assert refused(town, hand.changed(by=third)) == ("leader_is_in_charge",)
    assert refused(town, hand.changed(by=deputy)) == ("leader_is_in_charge",)  # nobody takes it out of another's hands
    town.do(hand)
    assert (charge(town).leader, charge(town).owes, charge(town).agreed) == ("deputy", "deputy", ())


def test_an_agreement_is_used_up_when_the_charge_moves(town: Town):
    town.do(TAKE, lc.AgreeToTakeCharge(**X, by=deputy), lc.AgreeToTakeCharge(**X, by=third))
    town.do(lc.HandOverCharge(**X, by=mayor, to="deputy", reason="on leave"))
    back = lc.HandOverCharge(**X, by=deputy, to="third", reason="too much")
    assert refused(town, back) == ("named_party_consents",)


def test_remarks_of_the_leader_stay_on_the_record(town: Town):
    town.do(TAKE)
    say = lc.InstructInCharge(**X, by=mayor, text="see to the cellar first")
    assert refused(town, say.changed(by=deputy)) == ("leader_is_in_charge",)
    assert refused(town, say.changed(text=" ")) == ("text_is_given",)
    town.do(say, lc.AgreeToTakeCharge(**X, by=deputy))
    town.do(lc.HandOverCharge(**X, by=mayor, to="deputy", reason="on leave"))
    town.do(lc.InstructInCharge(**X, by=deputy, text="and the road"))
    assert [(each.by, each.text) for each in charge(town).remarks] == [
        ("mayor", "see to the cellar first"),
        ("deputy", "and the road"),
    ]


def test_nobody_is_released_while_the_record_needs_a_leader_unless_another_takes_it(town: Town):
    town.do(TAKE)
    release = lc.ReleaseCharge(**X, by=supervisor, reason="moved to another post")
    assert refused(town, release) == ("record_is_at_rest_or_handed_over",)
    assert refused(town, release.changed(to="deputy")) == ("record_is_at_rest_or_handed_over",)
    town.do(lc.AgreeToTakeCharge(**X, by=deputy))
    assert refused(town, release.changed(to="deputy", reason="")) == ("reason_given",)
    town.do(release.changed(to="deputy"))
    assert [each.name for each in town.engine.history("x")][-2:] == [
        "leader_in_charge.released",
        "leader_in_charge.taken",
    ]  # in one append: the record is at no moment without a leader
    assert (charge(town).status, charge(town).leader) == ("in_charge", "deputy")


def test_a_leader_releases_no_charge_but_their_own(town: Town):
    town.do(TAKE, lc.AgreeToTakeCharge(**X, by=deputy))
    release = lc.ReleaseCharge(**X, by=deputy, to="deputy", reason="better with me")
    assert refused(town, release) == ("charge_is_ones_own",)
    assert town.engine.why_not(release.changed(by=supervisor)) == ()
    town.do(release.changed(by=mayor))
    assert charge(town).leader == "deputy"


def test_a_consent_may_be_taken_back_before_it_is_used(town: Town):
    town.do(TAKE)
    back = lc.TakeBackAgreement(**X, by=deputy)
    assert refused(town, back) == ("agreement_was_given",)
    town.do(lc.AgreeToTakeCharge(**X, by=deputy), lc.AgreeToTakeCharge(**X, by=third))
    assert refused(town, back.changed(by=lead)) == ("role_is_held", "agreement_was_given")
    town.do(back)
    assert charge(town).agreed == ("third",)
    hand = lc.HandOverCharge(**X, by=mayor, to="deputy", reason="on leave")
    assert refused(town, hand) == ("named_party_consents",)


def test_a_leader_who_has_gone_is_released_by_the_supervisor_though_nobody_has_agreed_to_follow(town: Town):
    town.do(TAKE)
    gone = lc.ReleaseCharge(**X, by=supervisor, reason="retired", left_office=True)
    assert "role_is_held" not in refused(town, gone.changed(reason=" "))
    assert "record_is_at_rest_or_handed_over" in refused(town, gone.changed(by=mayor))
    assert refused(town, gone.changed(to="deputy")) == ("named_party_consents",)  # nobody is seated by another's word
    town.do(gone)
    assert (charge(town).status, charge(town).leader, charge(town).agreed) == ("released", None, ())
    town.do(lc.TakeCharge(**X, by=deputy))
    assert charge(town).leader == "deputy"


def test_who_still_holds_office_by_the_directory_has_not_gone():
    office = an_office()
    office.appoint("su", Role.SUPERVISOR, valid_from=office.clock())
    post = office.appoint("di", Role.LEADER, valid_from=office.clock())
    office.engine.handle(c.ReportCase(id="x", by=Actor(id="s-1"), **{**MATTER, "area": "jinniu/east", "level": "town"}))
    office.engine.handle(lc.TakeCharge(**X, by=Actor(id="di")))
    gone = lc.ReleaseCharge(**X, by=Actor(id="su"), reason="retired", left_office=True)
    assert office.refused(gone) <= {"leader_has_left_office", "record_is_at_rest_or_handed_over"}
    office.clock.advance(days=1)
    office.do(EndAppointment(by=SYSTEM, item=post, valid_to=office.clock()))
    office.engine.handle(gone)
    assert office.engine.get("x").item("leader_in_charge", "leader_in_charge").status == "released"


def test_what_a_release_at_rest_says_of_somebody_who_never_agreed_is_no_consent():
    item = lc.Charge(status="in_charge", leader="mayor", agreed=("third",))
    event = lc.ChargeReleased(at=START, by="super-1", item="leader_in_charge", reason="done", to="deputy")
    assert lc.LEADER_IN_CHARGE.fold[lc.ChargeReleased](item, event)["agreed"] == ()


@pytest.mark.parametrize(
    "ending",
    [
        c.WithdrawCase(**X, by=resident, reason="settled among us"),
        c.RedirectCase(**X, by=desk, statutory_channel="litigation", reason="a court's", told_by=TOLD),
        c.ConvertToProposal(**X, by=dispatcher, reason="needs a decision", told_by=TOLD),
    ],
    ids=["withdrawn", "redirected", "converted"],
)
def test_the_system_releases_the_leader_when_the_record_comes_to_rest(town: Town, ending: Command):
    town.do(TAKE)
    town.do(ending)
    record = town.engine.get("x")
    assert (charge(town).status, charge(town).leader, charge(town).owes) == ("released", None, None)
    (release,) = (each.body for each in town.engine.history("x") if each.name == "leader_in_charge.released")
    assert release.by == SYSTEM.id
    assert record.status in release.reason  # type: ignore[attr-defined]


def test_a_closed_case_that_is_reopened_needs_a_leader_anew():
    town = a_town(records=[CASE.extended(regions=(lc.LEADER_IN_CHARGE,)), PROPOSAL])
    a_case(town, "in_handling", id="x")
    town.do(TAKE, c.WithdrawCase(**X, by=resident, reason="settled"))
    assert refused(town, lc.TakeCharge(**X, by=deputy)) == ("step_is_in_the_table",)
    town.do(c.ReopenCase(**X, by=resident, ground="it leaks again"))
    assert charge(town).status == "released"
    town.do(lc.TakeCharge(**X, by=deputy))
    assert charge(town).leader == "deputy"


def test_what_moves_between_active_states_keeps_its_leader(town: Town):
    town.do(TAKE, c.EscalateInHandling(**X, by=lead, to_level="town", reason="too big for us"))
    assert town.engine.get("x").status == "accepted"
    assert charge(town).leader == "mayor"


def test_the_leader_in_charge_may_read_the_case_from_any_area(town: Town):
    elsewhere = Actor.of("mayor", Role.LEADER, area="jinniu/other")
    claim = elsewhere.claims[0]
    record = town.engine.get("x")
    assert not record.can_read(claim, "mayor")
    assert not record.concerns("mayor")
    town.do(TAKE)
    assert town.engine.get("x").concerns("mayor")
