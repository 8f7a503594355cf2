"""双报到 the service book: minutes that count, minutes that do not and why, who came and did nothing, who declined."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from govflow import CASE, Actor, Case, Record, Role
from govflow.messages import Frozen
from govflow.presence import (
    SENTENCES,
    Uncounted,
    UnitBook,
    never_served,
    own_services,
    services,
    unit_books,
)
from govflow.proposals import PROPOSAL
from govflow.regions.check_in import (
    CHECK_IN,
    ArriveForCheckIn,
    CallCheckIn,
    CheckIn,
    CheckInStatus,
    ConfirmCheckInByCommunity,
    ConfirmCheckInByUnit,
    DeclineCheckIn,
    DiscardCheckIn,
    ServeCheckIn,
    minutes_counted,
)
from govflow.regions.evidence import AddEvidence, DiscreditEvidence
from govflow.testing import START
from tests.support import Town, a_case, a_town, community, lead, supervisor

X: dict[str, Any] = {"id": "x"}
STEPS = ("arrive", "serve", "community", "unit")
head = Actor.of("head-9", Role.UNIT_HEAD, unit="bureau")
librarian = Actor.of("head-5", Role.UNIT_HEAD, unit="library")


def member(id: str) -> Actor:
    return Actor.of(id, Role.RESIDENT)


class Book:
    """A case x at work with evidence on file, and members who come to it as far as said."""

    def __init__(self) -> None:
        self.town: Town = a_town(records=[CASE.extended(regions=(CHECK_IN,)), PROPOSAL])
        a_case(self.town, "in_handling", id="x")
        self.town.do(AddEvidence(**X, by=lead, item="e1", sha256="0" * 64))

    def come(self, who: str, upto: str = "unit", *, unit: str = "bureau", minutes: int = 60) -> None:
        key: dict[str, Any] = {**X, "item": f"{who}.1"}
        steps = {
            "arrive": ArriveForCheckIn(**key, by=member(who), unit=unit, occasion="flood"),
            "serve": ServeCheckIn(**key, by=member(who), minutes=minutes, measure="pumped", evidence=("e1",)),
            "community": ConfirmCheckInByCommunity(**key, by=community),
            "unit": ConfirmCheckInByUnit(**key, by=Actor.of(f"head-of-{unit}", Role.UNIT_HEAD, unit=unit)),
        }
        for step in STEPS[: STEPS.index(upto) + 1]:
            self.town.do(steps[step])

    def call(self, who: str, unit: str = "bureau") -> None:
        until = self.town.clock() + timedelta(days=1)
        self.town.do(CallCheckIn(**X, by=community, item=f"{who}.1", who=who, unit=unit, occasion="flood", until=until))

    def discard(self, who: str) -> None:
        self.town.do(DiscardCheckIn(**X, by=community, item=f"{who}.1", reason="signed and left"))

    @property
    def records(self) -> Iterator[Record]:
        return self.town.engine.records()

    def book(self, unit: str = "bureau") -> UnitBook:
        return unit_books(self.records, self.town.clock())[unit]

    def why_not(self) -> dict[str, Uncounted | None]:
        return {line.who: line.why_not for line in services(self.records)}


def test_minutes_count_once_both_sides_have_confirmed_them_and_the_book_says_why_others_do_not():
    book = Book()
    for who, upto in (("s-1a", "unit"), ("s-1b", "community"), ("s-1c", "serve"), ("s-1d", "arrive")):
        book.come(who, upto)
    book.come("s-1e", "serve")
    book.discard("s-1e")
    book.call("s-1f")
    book.call("s-1g")
    book.town.do(DeclineCheckIn(**X, by=member("s-1g"), item="s-1g.1", reason="on leave"))
    assert book.why_not() == {
        "s-1a": None,
        "s-1b": Uncounted.AWAITS_UNIT,
        "s-1c": Uncounted.AWAITS_COMMUNITY,
        "s-1d": Uncounted.NOT_SERVED,
        "s-1e": Uncounted.DISCARDED,
        "s-1f": Uncounted.NOT_COME,
        "s-1g": Uncounted.DECLINED,
    }
    found = book.book()
    assert (found.check_ins, found.served, found.confirmed) == (5, 4, 1)
    assert (found.minutes, found.minutes_pending, found.minutes_void) == (60, 120, 60)
    assert found.minutes == minutes_counted(book.town.engine.get("x"))


def test_every_reason_has_its_sentence_in_both_languages():
    assert SENTENCES.keys() == set(Uncounted)
    assert all(each and each.zh != each for each in SENTENCES.values())


def test_minutes_whose_evidence_was_found_wrong_do_not_count_any_more():
    book = Book()
    book.come("s-1a")
    book.town.do(DiscreditEvidence(**X, by=supervisor, item="e1", reason="of another day"))
    assert book.why_not() == {"s-1a": Uncounted.NO_EVIDENCE}
    assert (book.book().minutes, book.book().minutes_void) == (0, 60)


def test_a_person_who_was_once_put_down_as_the_sending_unit_has_no_figures():
    item = CheckIn(key="s-55.1", status=CheckInStatus.CHECKED_IN, who="s-55", unit="s-55", came=True)
    case = Case(id="c", items=Frozen({"check_in": Frozen({"s-55.1": item})}))
    assert [line.unit for line in services([case])] == ["s-55"]
    assert (dict(unit_books([case], START)), never_served([case], START)) == ({}, ())


def test_a_service_that_no_case_or_project_stands_behind_does_not_count():
    item = CheckIn(key="u.1", status=CheckInStatus.CONFIRMED, who="u", unit="u", minutes=30, came=True, evidence=("e",))
    evidence = Frozen({"e": CHECK_IN.blank.changed(key="e", status="added")})
    items = Frozen({"check_in": Frozen({"u.1": item}), "evidence": evidence})
    case = Case(id="c", items=items)
    assert [line.counts for line in services([case])] == [True]
    other = Record(id="r", items=items)
    assert [line.why_not for line in services([other])] == [Uncounted.NOT_LINKED]


def test_units_that_checked_in_and_never_served_are_named():
    book = Book()
    book.come("s-1a", unit="bureau")
    book.come("s-1b", "arrive", unit="bureau")
    book.come("s-2a", "arrive", unit="library")
    book.come("s-3a", "arrive", unit="school")
    book.discard("s-3a")
    book.call("s-4a", unit="museum")
    assert never_served(book.records, book.town.clock()) == ("library", "school")


def test_calls_are_answered_declined_with_a_reason_or_left_unanswered_past_their_day():
    book = Book()
    assert unit_books(book.records, book.town.clock()) == {}
    for who in ("s-1a", "s-1b", "s-1c"):
        book.call(who)
    assert book.book() == UnitBook(calls=3)
    book.come("s-1a", "arrive")
    book.town.do(DeclineCheckIn(**X, by=head, item="s-1b.1", reason="all out at the dam"))
    assert book.book().unanswered == 0
    book.town.pass_days(2)
    found = book.book()
    assert (found.calls, found.answered, found.declined, found.unanswered) == (3, 1, 1, 1)
    assert (found.answer_rate, found.reasons) == (Fraction(1, 3), ("all out at the dam",))
    assert UnitBook().answer_rate is None


def test_the_figures_are_the_units_and_name_no_person():
    book = Book()
    book.come("s-1a")
    book.come("s-2a", unit="library")
    books = unit_books(book.records, book.town.clock())
    assert list(books) == ["bureau", "library"]  # in order of their ids, whoever did more
    assert "s-1a" not in repr(books)


@pytest.mark.parametrize(
    ("reader", "lines"),
    [
        (member("s-1a"), 1),
        (head, 1),
        (Actor.of("clerk-1", Role.ORGANISATION, unit="bureau"), 1),
        (member("s-1b"), 0),
        (librarian, 0),
        (community, 0),
        (Actor.of("other-1", Role.LEAD_UNIT, unit="bureau"), 0),
    ],
)
def test_ones_own_list_is_for_oneself_and_the_unit_that_sends_one(reader: Actor, lines: int):
    book = Book()
    book.come("s-1a")
    book.come("s-1b", unit="library")
    found = own_services(book.records, "s-1a", reader)
    assert len(found) == lines
    assert all((line.who, line.record, line.minutes, line.counts) == ("s-1a", "x", 60, True) for line in found)


def test_a_unit_reads_of_its_member_only_what_it_sent_them_to():
    book = Book()
    book.come("s-1a")
    a_case(book.town, "in_handling", id="y")
    book.town.do(ArriveForCheckIn(id="y", by=member("s-1a"), unit="library", occasion="reading room"))
    assert [line.record for line in own_services(book.records, "s-1a", head)] == ["x"]
    assert [line.record for line in own_services(book.records, "s-1a", librarian)] == ["y"]
    assert [line.record for line in own_services(book.records, "s-1a", member("s-1a"))] == ["x", "y"]


def test_what_the_authority_says_of_a_reader_goes_before_what_the_reader_brings():
    book = Book()
    book.come("s-1a")
    assert own_services(book.records, "s-1a", head, claims=()) == ()
