"""Resources: offered, booked by promises in the same append, delivered, released, withdrawn, expired, archived."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govflow import CASE, SYSTEM, Actor, Claim, Command, HandOver, NotAllowed, Role
from govflow.cases.commands import WithdrawCase
from govflow.errors import GovFlowError, NotFound
from govflow.persistence.codec import Codec
from govflow.regions import commitment as cm
from govflow.regions.contribution import Contribution, PairingScope, Theme
from govflow.regions.evidence import AddEvidence
from govflow.resources import (
    BOOKS_RESOURCES,
    RESOURCE,
    Resource,
    ResourceStatus,
    booking_key,
    offers_of,
    resource_ledger,
)
from govflow.resources import messages as m
from govflow.resources.booking import BookResource, DeliverBooking, MoveBooking, ReleaseBooking
from govflow.testing import START
from tests.support import AREA, Town, a_case, a_town, archivist, community, lead, resident, supervisor

RS: dict[str, Any] = {"id": "hall"}
HOLDER = CASE.extended(reactions=BOOKS_RESOURCES)  # any record with commitments may book
owner = Actor.of("manager", Role.ORGANISATION, unit="water")
bakery = Actor.of("baker", Role.ORGANISATION, unit="bakery")
keeper = Actor.of("clerk", Role.COMMUNITY, unit="comm", area=AREA)
elsewhere = Actor.of("clerk-2", Role.COMMUNITY, unit="far", area="wuhou/x")


def day(number: int) -> Any:
    return START + timedelta(days=number)


OFFER: dict[str, Any] = {
    "title": "Volunteers of the waterworks",
    "owner": "water",
    "matter": "people",
    "quantity": 40,
    "measure_unit": "person-hours",
    "skills": ("roofing",),
    "themes": ("service", "ours"),
    "area": AREA,
    "until": day(100),
}


def an_offer(by: Actor = owner, **said: Any) -> m.OfferResource:
    return m.OfferResource(**RS, by=by, **{**OFFER, **said})


def a_promise(quantity: int | None = 10, item: str = "p", case: str = "x", **said: Any) -> cm.MakeCommitment:
    named = {"what": "hands", "owner": "water", "until": day(60), "matter": "people", "measure_unit": "person-hours"}
    more = {"quantity": quantity, "resource": "hall", **said}
    return cm.MakeCommitment(id=case, by=lead, item=item, **{**named, **more})


def a_place(*offered: m.OfferResource, path: Any = ":memory:") -> Town:
    town = a_town(path, records=[HOLDER, RESOURCE])
    for case in ("x", "y"):
        a_case(town, "in_handling", id=case)
        town.do(AddEvidence(id=case, by=lead, item="slip", kind="receipt", sha256="0" * 64))
    town.do(*(offered or (an_offer(),)))
    return town


def hall(town: Town) -> Resource:
    found = town.engine.get("hall")
    assert isinstance(found, Resource)
    return found


def refused(town: Town, command: Command) -> NotAllowed:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value


def change(by: Actor = owner, **said: Any) -> m.ChangeOffer:
    return m.ChangeOffer(**RS, by=by, **said)


def withdraw(by: Actor = owner, **said: Any) -> m.WithdrawOffer:
    return m.WithdrawOffer(**RS, by=by, **{"reason": "sold", **said})


# --- offering --------------------------------------------------------------------------------------------------------


def test_an_organisation_offers_what_is_its_own_wherever_its_seat_is():
    town = a_place(an_offer(Actor.of("manager", Role.ORGANISATION, unit="water", area="wuhou")))
    found = hall(town)
    assert (found.status, found.owner, found.measure, found.free) == ("offered", "water", 40, 40)
    assert (found.themes, found.scope) == ((Theme.SERVICE, "ours"), PairingScope.OUT_OF_REGION)
    assert (found.matter, found.title_line) == (Contribution.PEOPLE, OFFER["title"])


def test_nobody_offers_what_is_anothers_but_those_who_keep_the_ledger_write_it_down():
    town = a_town(records=[HOLDER, RESOURCE])
    assert refused(town, an_offer(bakery)).codes == ("offered_by_its_owner",)
    assert "role_is_held" in refused(town, an_offer(elsewhere)).codes
    assert "role_is_held" in refused(town, an_offer(resident)).codes
    town.do(an_offer(keeper))
    assert hall(town).owner == "water"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"title": " "}, "offer_is_described"),
        ({"owner": None}, "offer_is_described"),
        ({"matter": None, "quantity": None, "measure_unit": None}, "offer_is_described"),
        ({"quantity": 0}, "offer_is_described"),
        ({"measure_unit": None}, "offer_is_described"),
        ({"matter": "money"}, "offer_is_described"),
        ({"until": day(0)}, "term_lies_ahead"),
        ({"begins": day(100)}, "term_lies_ahead"),
        ({"title": "Ask 13812345678"}, "title_hides_people"),
        ({"skills": ("s-12",)}, "skills_and_themes_name_no_person"),
        ({"themes": ("s-12",)}, "skills_and_themes_name_no_person"),
    ],
)
def test_an_offer_that_breaks_a_rule_is_refused_for_that_rule(said: dict[str, Any], code: str):
    town = a_town(records=[HOLDER, RESOURCE])
    assert refused(town, an_offer(keeper, **said)).codes == (code,)
    town.do(an_offer(keeper))


def test_money_is_offered_in_minor_units():
    town = a_place(an_offer(matter="money", amount=5_000_00, quantity=None, measure_unit=None))
    assert (hall(town).measure, hall(town).free) == (5_000_00, 5_000_00)


def test_the_contact_is_protected_and_opened_for_owners_and_keepers_alone():
    town = a_place(an_offer(contact={"text": "Ms Li, 13812345678", "subject": "s-li"}))
    assert "Li" not in repr(hall(town).contact)
    for reader in (owner, keeper, Actor.of("pl", Role.PROJECT_LEAD, area=AREA)):
        assert town.engine.open_personal("hall", "contact", reader, why="to handle it") == "Ms Li, 13812345678"
    for reader in (bakery, elsewhere, resident):
        with pytest.raises(GovFlowError):
            town.engine.open_personal("hall", "contact", reader, why="to handle it")
    town.do(change(contact={"text": "Mr Wu", "subject": "s-wu"}))
    assert town.engine.open_personal("hall", "contact", keeper, why="to handle it") == "Mr Wu"


@pytest.mark.parametrize("scope", PairingScope)
def test_a_resource_is_public_in_its_area_and_beyond_where_it_is_offered_beyond(scope: PairingScope):
    town = a_place(an_offer(scope=scope))
    here = Actor.of("s-9", Role.RESIDENT, area=AREA)
    far = Actor.of("s-8", Role.RESIDENT, area="wuhou/x")
    assert town.engine.seen_by(here).get("hall").title_line == OFFER["title"]
    away = Actor.of("manager", Role.ORGANISATION, unit="water", area="wuhou")
    assert town.engine.seen_by(away).get("hall").id == "hall"
    if scope is PairingScope.OUT_OF_REGION:
        assert town.engine.seen_by(far).get("hall").id == "hall"
    else:
        with pytest.raises(NotFound):
            town.engine.seen_by(far).get("hall")


# --- booking ---------------------------------------------------------------------------------------------------------


def test_a_promise_out_of_a_resource_books_it_in_the_same_append():
    town = a_place()
    head = town.engine.store.head()
    town.do(a_promise(10))
    booking = hall(town).item("booking", "x.p")
    assert town.engine.store.head() == head + 2
    assert (booking.status, booking.project, booking.commitment, booking.measure) == ("held", "x", "p", 10)
    assert (booking.owes, booking.until, booking.what) == ("water", day(60), "10 for x")
    assert (hall(town).booked, hall(town).free, hall(town).projects) == (10, 30, ("x",))
    assert [(loop.region, loop.owes) for loop in town.engine.open_loops("hall")] == [("booking", "water")]


def test_no_more_is_promised_than_is_free_and_the_refused_promise_is_not_made():
    town = a_place()
    town.do(a_promise(30))
    over = refused(town, a_promise(11, item="q", case="y"))
    assert over.codes == ("booked_is_within_the_offer",)
    assert over.broken[0].detail == ("1 person-hours more than the 10 that are free",)
    assert town.engine.get("y").item("commitment", "q") is None
    town.do(a_promise(10, item="q", case="y"))
    assert (hall(town).free, hall(town).projects) == (0, ("x", "y"))


def test_money_is_never_overbooked_by_a_cent():
    money: dict[str, Any] = {"matter": "money", "measure_unit": None}
    town = a_place(an_offer(**money, amount=1_000_00, quantity=None))
    town.do(a_promise(None, amount=999_99, **money))
    over = refused(town, a_promise(None, amount=2, item="q", **money))
    assert over.broken[0].detail == ("1 minor units more than the 1 that are free",)
    town.do(a_promise(None, amount=1, item="q", **money))
    assert hall(town).free == 0


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        ({"owner": "bakery"}, "bakery promises what water offers"),
        ({"matter": "service"}, "service person-hours is promised, people person-hours is offered"),
        ({"measure_unit": "people"}, "people people is promised, people person-hours is offered"),
    ],
)
def test_only_what_its_owner_offers_is_booked_in_its_own_measure(said: dict[str, Any], detail: str):
    town = a_place()
    of_both = Actor(id=lead.id, claims=(*lead.claims, Claim(role=Role.LEAD_UNIT, unit="bakery")))
    wrong = refused(town, a_promise(**said).changed(by=of_both))
    assert wrong.codes == ("booking_is_for_a_promise_of_its_owner",)
    assert wrong.broken[0].detail == (detail,)


@pytest.mark.parametrize(("until", "begins"), [(day(59), None), (day(100), day(61))])
def test_what_is_booked_is_due_within_the_term(until: Any, begins: Any):
    town = a_place(an_offer(until=until, begins=begins))
    assert refused(town, a_promise()).codes == ("booking_lies_within_the_term",)


@pytest.mark.parametrize("term", [{"until": day(60)}, {"begins": day(60)}])
def test_what_is_due_on_the_first_or_last_moment_of_the_term_is_booked(term: dict[str, Any]):
    town = a_place(an_offer(**term))
    town.do(a_promise())
    town.do(change(**term))
    assert hall(town).booked == 10


def test_an_exclusive_resource_serves_one_project_alone():
    town = a_place(an_offer(exclusive=True))
    town.do(a_promise(10), a_promise(5, item="q"))
    other = refused(town, a_promise(5, item="r", case="y"))
    assert other.codes == ("exclusive_serves_one_project",)
    assert other.broken[0].detail == ("it serves x",)
    for item in "pq":
        town.do(cm.ReleaseCommitment(id="x", by=community, item=item, reason="not needed"))
    town.do(a_promise(5, item="r", case="y"))
    assert hall(town).projects == ("y",)


def test_nobody_but_the_system_books_and_not_without_a_promise():
    town = a_place()
    said: dict[str, Any] = {"item": "x.p", "project": "x", "commitment": "p", "owner": "water", "measure": 1}
    assert "role_is_held" in refused(town, BookResource(**RS, by=owner, **said)).codes
    alone = refused(town, BookResource(**RS, by=SYSTEM, **said, until=day(60)))
    assert alone.codes == ("booking_is_for_a_promise_of_its_owner",)
    assert alone.broken[0].detail == ("no promise names this resource",)
    town.do(a_promise(10))
    other = BookResource(**RS, by=SYSTEM, **{**said, "item": "again", "measure": 9}, until=day(60))
    assert refused(town, other).broken[0].detail == ("10 is promised, 9 booked",)
    theirs = BookResource(**RS, by=SYSTEM, **{**said, "item": "again", "measure": 10, "owner": "bakery"}, until=day(60))
    assert refused(town, theirs).codes == ("booking_is_for_a_promise_of_its_owner",)
    for command in (DeliverBooking, MoveBooking, ReleaseBooking):
        assert "role_is_held" in refused(town, command(**RS, by=keeper, item="x.p")).codes


def test_a_kept_promise_delivers_what_was_booked():
    town = a_place()
    town.do(a_promise(10), cm.KeepCommitment(id="x", by=community, item="p"))
    assert hall(town).item("booking", "x.p").status == "delivered"
    assert (hall(town).booked, hall(town).delivered, hall(town).free) == (10, 10, 30)
    assert not town.engine.open_loops("hall")


def test_a_promise_that_is_let_go_frees_what_was_not_delivered():
    town = a_place()
    part = cm.FulfilPartOfCommitment(id="x", by=lead, item="p", measure="half a day", evidence=("slip",), quantity=4)
    town.do(a_promise(10), part, cm.ReleaseCommitment(id="x", by=community, item="p", reason="no need"))
    assert hall(town).item("booking", "x.p").status == "released"
    assert (hall(town).booked, hall(town).delivered, hall(town).free) == (4, 4, 36)
    town.do(a_promise(36, item="q", case="y"))


def test_a_project_that_leaves_frees_what_it_had_booked():
    town = a_place()
    let_go = (HandOver(reason="settled among neighbours"),)
    town.do(a_promise(10), WithdrawCase(id="x", by=resident, reason="settled", hand_over=let_go))
    assert town.engine.get("x").status == "withdrawn"
    assert (hall(town).item("booking", "x.p").status, hall(town).free) == ("released", 40)


def test_no_more_is_used_up_than_was_booked():
    town = a_place()
    town.do(a_promise(10))
    let_go = ReleaseBooking(**RS, by=SYSTEM, item="x.p", reason="no need", delivered=11)
    assert refused(town, let_go).codes == ("delivered_is_within_the_booking",)
    assert refused(town, ReleaseBooking(**RS, by=SYSTEM, item="x.p")).codes == ("reason_given",)


def test_a_promise_moved_within_the_term_moves_its_booking_and_beyond_it_is_refused():
    town = a_place()
    town.do(a_promise(10))
    town.approved(cm.ChangeCommitment(id="x", by=lead, item="p", reason="rain", until=day(90)), supervisor)
    assert hall(town).item("booking", "x.p").until == day(90)
    with pytest.raises(NotAllowed) as caught:
        town.approved(cm.ChangeCommitment(id="x", by=lead, item="p", reason="rain", until=day(101)), supervisor)
    assert caught.value.codes == ("booking_lies_within_the_term",)
    assert town.engine.get("x").item("commitment", "p").until == day(90)


def test_a_promise_without_a_resource_touches_none():
    town = a_place()
    town.do(a_promise(10, resource=None), cm.KeepCommitment(id="x", by=community, item="p"))
    assert not hall(town).bookings


def test_the_key_of_a_booking_stays_within_what_a_key_may_be():
    assert booking_key("J-2026-000001", "1") == "J-2026-000001.1"
    long = booking_key("p" * 64, "c" * 130)
    assert len(long) <= 130
    assert long != booking_key("p" * 64, "c" * 129)


def test_two_records_may_carry_the_same_keys_of_promises():
    town = a_place()
    town.do(a_promise(10), a_promise(10, case="y"))
    assert {each.key for each in hall(town).bookings} == {"x.p", "y.p"}


# --- changing --------------------------------------------------------------------------------------------------------


def test_an_offer_is_made_larger_and_smaller_never_below_what_is_booked():
    town = a_place()
    town.do(a_promise(30), change(quantity=30))
    assert hall(town).free == 0
    assert refused(town, change(quantity=29)).codes == ("bookings_still_fit",)
    town.do(change(keeper, quantity=50, title="More hands", skills=(), scope="intra_alliance", alliance="east"))
    assert (hall(town).free, hall(town).title, hall(town).skills) == (20, "More hands", ())
    assert (hall(town).scope, hall(town).alliance, hall(town).themes) == ("intra_alliance", "east", ("service", "ours"))


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "change_is_measured_alike"),
        ({"title": " "}, "change_is_measured_alike"),
        ({"amount": 50}, "change_is_measured_alike"),
        ({"until": day(0)}, "term_lies_ahead"),
        ({"begins": day(100)}, "term_lies_ahead"),
        ({"until": day(59)}, "bookings_still_fit"),
        ({"begins": day(61)}, "bookings_still_fit"),
        ({"exclusive": True}, "bookings_still_fit"),
        ({"title": "Ask 13812345678"}, "title_hides_people"),
        ({"skills": ("s-12",)}, "skills_and_themes_name_no_person"),
    ],
)
def test_a_change_that_breaks_a_rule_is_refused_for_that_rule(said: dict[str, Any], code: str):
    town = a_place()
    town.do(a_promise(10), a_promise(10, case="y"))
    found = refused(town, change(**said))
    assert set(found.codes) == {code} if code != "term_lies_ahead" else code in found.codes
    town.do(change(until=day(60), begins=day(1)))


def test_nothing_is_left_on_offer_is_a_withdrawal():
    town = a_place()
    assert refused(town, change(quantity=0)).codes == ("change_is_measured_alike",)


def test_only_the_owner_and_the_keepers_of_the_area_change_an_offer():
    town = a_place()
    for stranger in (bakery, elsewhere, resident, lead):
        assert "role_is_held" in refused(town, change(stranger, quantity=50)).codes
        assert "role_is_held" in refused(town, withdraw(stranger)).codes


# --- the end ---------------------------------------------------------------------------------------------------------


def test_a_resource_that_is_booked_is_withdrawn_only_when_its_bookings_are_handed_over():
    town = a_place()
    town.do(a_promise(10))
    assert refused(town, withdraw()).codes == ("loops_are_handed_over",)
    town.do(withdraw(hand_over=(HandOver(reason="the bakery sends people", to="bakery"),)))
    assert (hall(town).status, hall(town).item("booking", "x.p").status) == ("withdrawn", "released")
    assert town.engine.get("x").item("commitment", "p").status == "made"  # it stays owed where it was promised
    town.do(cm.KeepCommitment(id="x", by=community, item="p"))
    assert town.engine.get("x").item("commitment", "p").status == "kept"


def test_what_was_delivered_before_a_withdrawal_stays_used_up():
    town = a_place()
    part = cm.FulfilPartOfCommitment(id="x", by=lead, item="p", measure="6 h", evidence=("slip",), quantity=6)
    town.do(a_promise(10), part, withdraw(hand_over=(HandOver(reason="sold"),)))
    booking = hall(town).item("booking", "x.p")
    assert (booking.status, booking.measure, hall(town).delivered) == ("released", 6, 6)


def test_what_is_withdrawn_is_not_booked():
    town = a_place()
    town.do(withdraw())
    assert "resource_is_on_offer" in refused(town, a_promise()).codes


def test_not_even_the_system_books_what_is_not_on_offer():
    town = a_place()
    town.do(a_promise(10), withdraw(hand_over=(HandOver(reason="sold"),)))
    again = BookResource(
        **RS, by=SYSTEM, item="z", project="x", commitment="p", owner="water", measure=10, until=day(60)
    )
    assert refused(town, again).codes == ("resource_is_offered",)


def test_when_its_term_is_over_a_resource_expires_once_and_nothing_more_is_booked():
    town = a_place()
    town.pass_days(101)
    town.engine.tick()
    assert hall(town).status == ResourceStatus.EXPIRED
    assert hall(town).at == day(100)
    version = hall(town).version
    town.engine.tick()
    assert hall(town).version == version
    assert "resource_is_on_offer" in refused(town, a_promise(until=day(200))).codes


def test_a_longer_term_puts_the_expiry_off_and_no_term_means_no_expiry():
    town = a_place()
    town.do(change(until=day(150)), m.OfferResource(id="open", by=owner, **{**OFFER, "until": None}))
    town.pass_days(101)
    town.engine.tick()
    assert hall(town).status == "offered"
    town.pass_days(50)
    town.engine.tick()
    assert hall(town).status == "expired"
    assert town.engine.get("open").status == "offered"


def test_nobody_lets_an_offer_expire_before_its_day():
    town = a_place()
    assert refused(town, m.ExpireOffer(**RS, by=SYSTEM)).codes == ("due_has_passed",)


def test_what_was_booked_when_it_expired_is_still_delivered_and_then_it_is_archived():
    town = a_place()
    town.do(a_promise(10))
    town.pass_days(101)
    town.engine.tick()
    assert (hall(town).status, hall(town).item("booking", "x.p").status) == ("expired", "held")
    archive = m.ArchiveResource(**RS, by=archivist)
    assert refused(town, archive).codes == ("no_loop_is_open",)
    town.do(cm.KeepCommitment(id="x", by=community, item="p"), archive)
    assert (hall(town).status, hall(town).item("booking", "x.p").status) == ("archived", "delivered")
    assert hall(town).item("retention", "retention").status == "held"


def test_a_retention_class_that_is_not_known_is_refused():
    town = a_place()
    town.do(withdraw())
    assert refused(town, m.ArchiveResource(**RS, by=archivist, retention="no-such")).codes == (
        "retention_class_is_set",
    )


# --- the ledger ------------------------------------------------------------------------------------------------------


def a_ledger() -> Town:
    town = a_place()
    money: dict[str, Any] = {"matter": "money", "amount": 500_00, "quantity": None, "measure_unit": None}
    town.do(
        m.OfferResource(id="cash", by=owner, **{**OFFER, **money}),
        m.OfferResource(id="more", by=owner, **{**OFFER, "quantity": 20, "exclusive": True}),
        m.OfferResource(id="gone", by=owner, **{**OFFER, "quantity": 7}),
        m.WithdrawOffer(id="gone", by=owner, reason="moved away"),
        a_promise(10),
        a_promise(5, item="q"),
        cm.KeepCommitment(id="x", by=community, item="q"),
        a_promise(8, item="r", case="y", resource="more"),
    )
    return town


def test_the_ledger_says_line_by_line_and_in_sum_what_is_offered_held_delivered_and_free():
    town = a_ledger()
    states: list[Any] = [town.engine.get(id) for id in ("more", "hall", "cash", "gone")]
    ledger = resource_ledger(states)
    figures = {line.id: (line.offered, line.held, line.delivered, line.free) for line in ledger.lines}
    assert list(figures) == ["cash", "gone", "hall", "more"]
    assert figures == {
        "cash": (500_00, 0, 0, 500_00),
        "gone": (7, 0, 0, 0),
        "hall": (40, 10, 5, 25),
        "more": (20, 8, 0, 12),
    }
    assert {line.id: line.projects for line in ledger.lines}["hall"] == ("x",)
    assert [(total.matter, *total[2:]) for total in ledger.totals] == [
        ("money", 1, 500_00, 0, 0, 500_00),
        ("people", 3, 67, 18, 5, 37),
    ]


def test_what_is_on_offer_and_free_can_be_matched():
    town = a_ledger()
    states: list[Any] = [town.engine.get(id) for id in ("more", "hall", "cash", "gone")]
    found = offers_of(states, town.clock())
    assert [(offer.id, offer.free, offer.taken_by) for offer in found] == [
        ("cash", 500_00, None),
        ("hall", 25, None),
        ("more", 12, "y"),
    ]
    assert (found[1].place, found[1].skills, found[1].scope) == (AREA, ("roofing",), PairingScope.OUT_OF_REGION)
    assert offers_of(states, day(100)) == []


# --- whatever happens ------------------------------------------------------------------------------------------------

_steps = st.lists(
    st.one_of(
        st.tuples(st.just("promise"), st.sampled_from("xy"), st.integers(1, 25)),
        st.tuples(st.just("part"), st.integers(0, 5), st.integers(1, 15)),
        st.tuples(st.just("keep"), st.integers(0, 5), st.just(0)),
        st.tuples(st.just("release"), st.integers(0, 5), st.just(0)),
        st.tuples(st.just("offer"), st.integers(1, 60), st.just(0)),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_steps, st.booleans())
def test_no_history_books_more_than_is_offered_and_every_booking_follows_its_promise(steps: list[Any], exclusive: bool):
    town = a_place(an_offer(exclusive=exclusive))
    made: list[tuple[str, str]] = []
    for what, first, second in steps:
        case, item = made[first] if what in ("part", "keep", "release") and first < len(made) else ("", "")
        if what not in ("promise", "offer") and not case:
            continue
        to: dict[str, Any] = {"id": case, "item": item}
        command: Command
        match what:
            case "promise":
                command = a_promise(second, item=f"p{len(made)}", case=first)
            case "part":
                shown: dict[str, Any] = {"measure": "done", "evidence": ("slip",), "quantity": second}
                command = cm.FulfilPartOfCommitment(**to, by=lead, **shown)
            case "keep":
                command = cm.KeepCommitment(**to, by=community)
            case "release":
                command = cm.ReleaseCommitment(**to, by=community, reason="no need")
            case _:
                command = change(quantity=first)
        try:
            town.engine.handle(command)
        except NotAllowed:
            continue
        if what == "promise":
            made.append((first, f"p{len(made)}"))
        found = hall(town)
        assert 0 <= found.delivered <= found.booked <= found.measure
        assert len(found.projects) <= 1 or not exclusive
        for case, item in made:
            promise = town.engine.get(case).item("commitment", item)
            booking = found.item("booking", booking_key(case, item))
            assert promise.delivered <= promise.measure
            match promise.status:
                case "made":
                    assert (booking.status, booking.measure) == ("held", promise.measure)
                case "kept":
                    assert (booking.status, booking.measure) == ("delivered", promise.measure)
                case "released":
                    assert (booking.status, booking.measure) == ("released", promise.delivered)


def test_replay_gives_the_same_resource(tmp_path: Any):
    town = a_place(path=tmp_path / "log.db")
    town.do(
        a_promise(10), a_promise(5, item="q"), cm.KeepCommitment(id="x", by=community, item="q"), change(quantity=50)
    )
    before = hall(town).digest
    town.engine.close()
    again = a_town(tmp_path / "log.db", records=[HOLDER, RESOURCE])
    assert again.engine.get("hall").digest == before


def test_every_event_of_a_resource_is_stored_and_read_again():
    codec = Codec(RESOURCE.events)
    said: dict[str, Any] = {"at": START, "by": "li"}
    for kind in RESOURCE.events:
        more = {"item": "x.p"} if "item" in kind.model_fields else {}
        more |= {"for_command": "c"} if "for_command" in kind.model_fields else {}
        if kind.name.split(".")[0] in ("resource", "booking"):
            event = kind(**said, **more)
            topic, body = codec.encode(event)
            assert topic == f"{kind.name}@1"
            assert codec.decode(topic, b"{}\n" + body) == event
