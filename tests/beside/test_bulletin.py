"""专报: every reader reads in person, and a reader's instruction stands on the case it is about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import CASE, Actor, Claim, Command, Engine, NotAllowed, NotFound, Record, Role
from govflow.beside.bulletin import (
    BULLETIN,
    Bulletin,
    CloseBulletin,
    IssueBulletin,
    OrderByBulletin,
    WithdrawBulletin,
)
from govflow.cases import commands as c
from govflow.regions.instruction import INSTRUCTION
from govflow.regions.reading import ConfirmReading, ExcuseReading, OweReading
from govflow.testing import PinnedClock
from govflow.ticking import Fired
from tests.support import AREA, MATTER, desk, resident

office = Actor.of("office-1", Role.SECRETARIAT)
han = Actor.of("han", Role.LEADER)
mei = Actor.of("mei", Role.LEADER)
chief = Actor.of("chief", Role.UNIT_HEAD, unit="police")
B: dict[str, Any] = {"id": "b"}


class Office:
    """An engine that serves cases and bulletins, on a pinned clock, with one case reported."""

    def __init__(self) -> None:
        self.clock = PinnedClock()
        self.until = self.clock() + timedelta(days=1)
        self.engine = Engine.open(records=[CASE.extended(regions=(INSTRUCTION,)), BULLETIN], now=self.clock)
        self.do(c.ReportCase(id="x", by=resident, **MATTER))

    def do(self, *commands: Command) -> Any:
        record: Record | None = None
        for each in commands:
            record = self.engine.handle(each)
        return record

    def issue(self, **changed: Any) -> IssueBulletin:
        said: dict[str, Any] = {
            "number": "2026-17",
            "title": "Safety this week",
            "text": "The pumping station needs a second line.",
            "level": "district",
            "readers": ("han", "chief"),
            "until": self.until,
        }
        return IssueBulletin(**B, by=office, **{**said, **changed})

    def issued(self) -> Office:
        self.do(self.issue())
        return self

    def order(self, by: Actor = han, **changed: Any) -> OrderByBulletin:
        until = self.clock() + timedelta(days=3)
        said: dict[str, Any] = {"case": "x", "what": "Lay a second line", "owner": "water", "until": until}
        return OrderByBulletin(**B, by=by, **{**said, **changed})

    def refused(self, command: Command) -> tuple[str, ...]:
        head = self.engine.store.head()
        with pytest.raises(NotAllowed) as caught:
            self.engine.handle(command)
        assert self.engine.store.head() == head
        return caught.value.codes

    def fired(self) -> list[str]:
        """What a tick does about the bulletin."""
        fired: list[Fired] = []
        self.engine.tick(on_fired=fired.append)
        return [each.kind for each in fired if each.record == "b"]

    @property
    def bulletin(self) -> Bulletin:
        return self.engine.get("b", Bulletin)


@pytest.mark.parametrize(
    "changed",
    [
        {"number": ""},
        {"title": " "},
        {"text": ""},
        {"level": None},
        {"readers": ()},
        {"readers": ("han", "han")},
        {"until": None},
        {"until": PinnedClock()()},
    ],
)
def test_a_bulletin_has_its_number_its_words_its_readers_and_a_day(changed: dict[str, Any]):
    assert Office().refused(Office().issue(**changed)) == ("bulletin_is_described",)


@pytest.mark.parametrize("field", ["title", "text"])
def test_no_word_of_it_carries_personal_data(field: str):
    town = Office()
    assert town.refused(town.issue(**{field: "Call 13812345678"})) == ("bulletin_withholds_personal_data",)


def test_each_reader_owes_the_reading_until_the_day_named():
    town = Office().issued()
    assert [(loop.item, loop.owes, loop.until) for loop in town.engine.open_loops("b")] == [
        ("han", "han", town.until),
        ("chief", "chief", town.until),
    ]
    assert town.refused(CloseBulletin(**B, by=office)) == ("no_loop_is_open",)


def test_only_that_very_person_has_read_it_and_no_substitute_reads_for_them():
    town = Office().issued()
    deputy = Actor(id="deputy", claims=(Claim(role=Role.LEADER, standing_in_for="han"),))
    for who in (mei, deputy, office):
        assert town.refused(ConfirmReading(**B, by=who, item="han")) == ("role_is_held",)
    for who in (han, chief):
        town.do(ConfirmReading(**B, by=who, item=who.id))
    assert [reading.read_at for reading in town.bulletin.items_of("reading").values()] == [town.clock()] * 2


def test_it_is_closed_by_the_system_when_the_last_reader_has_read_it():
    town = Office().issued()
    assert town.do(ConfirmReading(**B, by=han, item="han")).status == "issued"
    last = ConfirmReading(**B, by=chief, item="chief")
    assert town.do(last).status == "closed"
    assert [(each.name, each.body.by) for each in town.engine.outcome(last.command_id)] == [
        ("reading.confirmed", "chief"),
        ("bulletin.closed", "system"),
    ]


def test_a_reading_not_done_in_time_is_overdue_once_and_still_owed():
    town = Office().issued()
    town.do(ConfirmReading(**B, by=han, item="han"))
    town.clock.advance(days=2)
    assert town.fired() == ["warn 80", "overdue"]
    assert not town.fired()
    assert [loop.owes for loop in town.engine.open_loops("b")] == ["chief"]
    town.do(ConfirmReading(**B, by=chief, item="chief"))
    clocks = town.bulletin.clocks
    assert (clocks["obligation_due:han"].status, clocks["obligation_due:chief"].status) == ("met", "met_late")


def test_a_reader_is_excused_by_another_for_a_reason_and_the_bulletin_ends_with_the_last():
    town = Office().issued()
    town.do(ConfirmReading(**B, by=han, item="han"))
    both = Actor.of("chief", Role.UNIT_HEAD, Role.SECRETARIAT, unit="police")
    excuse: dict[str, Any] = {"item": "chief", "reason": "on leave"}
    assert town.refused(ExcuseReading(**B, by=both, **excuse)) == ("excused_by_another",)
    assert town.refused(ExcuseReading(**B, by=office, item="chief")) == ("reason_given",)
    assert town.refused(ExcuseReading(**B, by=mei, **excuse)) == ("role_is_held",)
    town.do(ExcuseReading(**B, by=office, **excuse))
    assert town.bulletin.status == "closed"
    assert town.bulletin.item("reading", "chief").status == "excused"


def test_a_leader_of_a_part_of_the_area_reads_it_and_orders_on_cases_of_that_part():
    town = Office()
    town.do(town.issue(area="jinniu", readers=("han",)))
    of_a_town = Actor.of("han", Role.LEADER, level="town", area=AREA)
    town.do(ConfirmReading(**B, by=of_a_town, item="han"), town.order(by=of_a_town))
    assert town.bulletin.status == "closed"


def test_a_reader_may_be_added_while_it_is_being_read():
    town = Office().issued()
    assert town.refused(OweReading(**B, by=office, reader="mei", until=town.clock())) == ("new_due_is_named",)
    wrong = OweReading(**B, by=office, item="somebody", reader="mei", until=town.until)
    assert town.refused(wrong) == ("reader_is_named",)
    town.do(OweReading(**B, by=office, reader="mei", until=town.until))
    assert town.refused(OweReading(**B, by=office, reader="mei", until=town.until)) == ("step_is_in_the_table",)
    town.do(ConfirmReading(**B, by=mei, item="mei"))


def test_an_instruction_of_a_reader_stands_on_the_case_in_the_leaders_name():
    town = Office().issued()
    assert town.refused(town.order()) == ("who_orders_has_read_it",)
    town.do(ConfirmReading(**B, by=han, item="han"))
    order = town.order()
    town.do(order, order)
    assert [(each.name, each.stream, each.body.by) for each in town.engine.outcome(order.command_id)] == [
        ("bulletin.ordered", "b", "han"),
        ("instruction.given", "x", "han"),
    ]
    assert [(loop.what, loop.owes, loop.until) for loop in town.engine.open_loops("x")] == [
        ("Lay a second line", "water", order.until)
    ]
    assert [(each.case, each.by) for each in town.bulletin.orders] == [("x", "han")]
    assert b"second line" not in town.engine.store.read("b")[-1].state  # not all who read it read the case


def test_an_order_names_a_case_that_exists_and_what_who_and_until_when():
    town = Office().issued()
    town.do(ConfirmReading(**B, by=han, item="han"))
    assert town.refused(town.order(case="nowhere")) == ("ordered_case_is_open_to_its_readers",)
    assert town.refused(town.order(case="b")) == ("ordered_case_is_open_to_its_readers",)
    for missing in ({"what": ""}, {"owner": None}, {"until": None}):
        assert town.refused(town.order(**missing)) == ("what_who_and_due_named",)
    town.do(ConfirmReading(**B, by=chief, item="chief"))
    assert "role_is_held" in town.refused(town.order(by=chief))
    assert town.bulletin.status == "closed"
    town.do(town.order())  # whoever has read it may order action afterwards


@pytest.mark.parametrize("kept", [{"confidential": True}, {"accused_unit": "roads"}, {"area": "wuhou"}])
def test_no_order_is_given_here_on_a_case_that_who_orders_or_another_reader_may_not_know(kept: dict[str, Any]):
    town = Office().issued()
    leader = Actor.of("han", Role.LEADER, area="jinniu")
    town.do(ConfirmReading(**B, by=leader, item="han"), c.ReportCase(id="y", by=resident, **{**MATTER, **kept}))
    assert town.refused(town.order(by=leader, case="y")) == ("ordered_case_is_open_to_its_readers",)
    assert town.refused(town.order(by=leader, case="nowhere")) == ("ordered_case_is_open_to_its_readers",)
    assert not town.bulletin.orders


def test_a_step_on_a_reading_that_is_not_named_finds_none():
    town = Office().issued()
    for command in (ConfirmReading(**B, by=han), ExcuseReading(**B, by=office, reason="on leave")):
        assert town.refused(command) == ("step_is_in_the_table",)
    assert town.refused(OweReading(**B, by=office, until=town.until)) == ("reader_is_named",)


def test_an_order_on_a_case_that_is_over_leaves_nothing_on_either_record():
    town = Office().issued()
    town.do(ConfirmReading(**B, by=han, item="han"))
    town.do(c.RejectCase(id="x", by=desk, reason_code="out_of_scope", reason="not ours", told_by="by phone"))
    assert town.refused(town.order()) == ("step_is_in_the_table",)
    assert not town.bulletin.orders


def test_what_is_withdrawn_nobody_has_to_read_any_more():
    town = Office().issued()
    town.do(ConfirmReading(**B, by=han, item="han"))
    assert "reason_given" in town.refused(WithdrawBulletin(**B, by=office))
    town.do(WithdrawBulletin(**B, by=office, reason="wrong figures"))
    assert town.bulletin.status == "withdrawn"
    assert [reading.status for reading in town.bulletin.items_of("reading").values()] == ["read", "excused"]
    town.clock.advance(days=3)
    assert not town.fired()
    assert town.refused(town.order()) == ("step_is_in_the_table",)


def test_it_is_for_its_readers_and_the_officials_of_its_area():
    town = Office()
    town.do(town.issue(area="jinniu"))
    far = Actor.of("chief", Role.UNIT_HEAD, unit="police", area="wuhou")
    assert town.engine.seen_by(far).get("b").title_line == "2026-17 Safety this week"
    for who in (resident, Actor.of("other", Role.UNIT_HEAD, unit="tax", area="wuhou")):
        with pytest.raises(NotFound):
            town.engine.seen_by(who).get("b")


def test_the_state_is_what_the_log_folds_to():
    town = Office().issued()
    town.do(ConfirmReading(**B, by=han, item="han"), town.order())
    assert town.engine.as_of("b", version=town.bulletin.version).digest == town.bulletin.digest
