"""代表委员工作室: who sits there and for how long, when people are received, and how a studio is closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import Actor, NotFound, Role
from govflow.studios import (
    AppointDelegate,
    ArchiveStudio,
    CancelReception,
    CloseStudio,
    DismissDelegate,
    HoldReception,
)
from tests.studios.house import AREA, OPEN, House, X, archivist, asker, he, keeper, neighbour, stranger, wu

CLOSE = CloseStudio(**X, by=keeper, summary="31 matters answered")
CANCEL = CancelReception(**X, by=keeper, item="r1", reason="a storm")


def held(**changed: Any) -> HoldReception:
    said: dict[str, Any] = {"by": wu, "received": 4, "delegates": ("s-wu",), "evidence": ("list",)}
    return HoldReception(**X, item="r1", **{**said, **changed})


# --- the studio ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["title", "level", "area", "keeper"])
def test_a_studio_says_its_name_its_level_its_area_and_who_keeps_it(field: str):
    asked = OPEN.changed(id="y", command_id="c-2", **{field: "" if field in ("title", "area") else None})
    # without an area it would serve everywhere, and a community does not reach so far
    assert "studio_is_described" in House().refused(asked)


def test_it_is_kept_by_its_own_level_in_its_own_area():
    house = House()
    elsewhere = Actor.of("keeper-9", Role.COMMUNITY, level="community", area="jinniu/elsewhere")
    for other in (elsewhere, wu, asker):
        assert house.refused(CLOSE.changed(by=other)) == ("role_is_held",)


def test_officials_of_the_area_and_those_who_sit_see_it_and_who_brings_matters_does_not():
    house = House()
    house.do(house.told())
    district = Actor.of("district-1", Role.DISTRICT, level="district", area="jinniu")
    for reader in (keeper, wu, district):
        assert house.engine.seen_by(reader).get("x").title_line == "Studio of Huazhaobi"
    elsewhere = Actor.of("keeper-9", Role.COMMUNITY, level="community", area="wuhou")
    for reader in (asker, neighbour, stranger, elsewhere):
        with pytest.raises(NotFound):
            house.engine.seen_by(reader).get("x")


def test_it_closes_with_nothing_left_and_says_everything_that_is_left_before():
    house = House()
    house.do(house.told(), house.told("2", by=keeper), house.reception())
    assert house.refused(CLOSE) == ("no_loop_is_open",)
    loops = [("reception", "r1", "s-wu"), ("matter", "1", "s-wu"), ("matter", "2", "u-hua")]
    assert house.loops() == loops
    house.do(house.answer(), house.answer("2", by=keeper), CANCEL)
    assert house.refused(CLOSE.changed(summary=" ")) == ("work_is_summed_up",)
    assert house.do(CLOSE).status == "closed"
    assert house.loops() == []


def test_a_closed_studio_takes_nothing_more_and_is_archived():
    house = House()
    house.do(CLOSE)
    for command in (house.told(), house.reception(), house.seat("s-3", "deputy")):
        assert house.refused(command) == ("step_is_in_the_table",)
    archived = house.do(ArchiveStudio(**X, by=archivist))
    assert (archived.status, archived.retention) == ("archived", "ordinary")
    assert archived.item("retention", "retention").status == "held"


# --- seats -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", [{"person": None}, {"capacity": None}, {"ends": None}, {"days": -1}])
def test_a_seat_says_whose_in_which_capacity_and_until_when(missing: dict[str, Any]):
    house = House()
    days = missing.pop("days", 700)
    command: AppointDelegate = house.seat("s-3", "cppcc_member", days=days).changed(**missing)
    assert house.refused(command) == ("seat_is_described",)


def test_one_person_may_sit_in_two_capacities_and_not_twice_in_one():
    house = House()
    assert house.refused(house.seat("s-wu", "deputy")) == ("seat_is_free",)
    house.do(house.seat("s-wu", "cppcc_member"))
    assert len(house.studio.seats_of("s-wu")) == 2


def test_nobody_gives_themselves_a_seat():
    house = House()
    assert house.refused(house.seat("s-no", "deputy").changed(by=stranger)) == ("role_is_held",)
    assert house.refused(house.seat("s-wu", "cppcc_member").changed(by=wu)) == ("role_is_held",)


def test_whoever_leaves_gives_a_reason_and_leaves_nothing_behind():
    house = House()
    house.do(house.told())
    leave = DismissDelegate(**X, by=wu, item="s-wu.deputy", reason="moves away")
    assert house.refused(leave) == ("nothing_is_in_their_hands",)
    assert house.refused(leave.changed(by=he)) == ("role_is_held", "nothing_is_in_their_hands")
    house.do(house.answer())
    assert house.refused(leave.changed(reason="")) == ("reason_given",)
    house.do(leave)
    assert "role_is_held" in house.refused(house.told("2"))
    house.do(house.seat("s-wu", "deputy"), house.told("2"))
    assert sorted(house.studio.items_of("delegate")) == ["s-he.party_delegate", "s-wu.deputy", "s-wu.deputy.2"]


def test_whoever_leaves_says_which_seat():
    assert House().refused(DismissDelegate(**X, by=keeper, reason="moves away")) == ("step_is_in_the_table",)


def test_one_of_two_seats_may_be_left_with_matters_in_hand():
    house = House()
    house.do(house.seat("s-wu", "cppcc_member"), house.told())
    house.do(DismissDelegate(**X, by=wu, item="s-wu.deputy", reason="not elected again"))
    assert house.do(house.answer()).item("matter", "1").status == "answered"


def test_a_term_that_is_over_is_no_seat_any_more_and_the_keeper_takes_over():
    house = House()
    house.do(house.seat("s-3", "deputy", days=10))
    mei = Actor.of("s-3", "delegate", area=AREA)
    house.do(house.told(by=mei))
    house.days(10)
    assert house.refused(house.answer(by=mei)) == ("acting_delegate_sits",)
    assert house.refused(house.told("2", by=mei)) == ("asker_speaks_or_the_studio_enters_it", "acting_delegate_sits")
    house.do(house.answer(by=keeper))


# --- receptions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed", [{"place": " "}, {"begins": None}, {"until": None}, {"delegates": ()}, {"delegates": ("s-no",)}]
)
def test_a_reception_says_where_when_and_by_whom(changed: dict[str, Any]):
    house = House()
    assert house.refused(house.reception(**changed)) == ("reception_is_described",)


def test_a_reception_lies_in_the_future_and_within_the_terms_of_its_delegates():
    house = House()
    begins = house.clock() - timedelta(hours=5)
    past = house.reception(begins=begins, until=begins + timedelta(hours=1))
    late = house.clock() + timedelta(days=699, hours=23)
    beyond = house.reception(begins=late, until=late + timedelta(hours=2))
    assert house.refused(past) == house.refused(beyond) == ("reception_is_described",)
    house.do(house.reception(begins=late, until=late + timedelta(hours=1)))


def test_a_reception_is_owed_until_it_is_held_and_nobody_coming_is_a_number():
    house = House()
    house.do(house.reception(), house.evidence())
    assert house.refused(held()) == ("reception_was_held",)  # it has not begun
    house.days(1)
    for changed in (
        {"received": None},
        {"evidence": ()},
        {"evidence": ("none",)},
        {"delegates": ("s-he",)},
        {"delegates": ()},
    ):
        assert house.refused(held(**changed)) == ("reception_was_held",)
    assert house.refused(held(by=he)) == ("role_is_held",)  # it is not his
    item = house.do(held(received=0)).item("reception", "r1")
    assert (item.status, item.received, house.loops()) == ("held", 0, [])


def test_a_reception_not_held_in_time_is_overdue_once_and_may_be_recorded_late():
    house = House()
    house.do(house.reception(), house.evidence())
    house.days(2)
    house.engine.tick()
    house.engine.tick()
    names = [each.name for each in house.engine.history("x")]
    assert names.count("clock.deadline_missed") == 1
    house.do(held())
    assert house.studio.clocks["obligation_due:r1"].status == "met_late"


def test_a_reception_is_called_off_with_a_reason_by_those_announced_or_the_keeper():
    house = House()
    house.do(house.reception())
    assert house.refused(CANCEL.changed(reason="")) == ("reason_given",)
    assert house.refused(CANCEL.changed(by=he)) == ("role_is_held",)
    assert house.do(CANCEL.changed(by=wu)).item("reception", "r1").status == "cancelled"
    assert house.studio.clocks["obligation_due:r1"].status == "cancelled"
