"""Objections while a decision is on public notice: who raises them, who decides them, and that none is left (M092)."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from govflow import Actor, Claim, HandOver, NotFound, Personal, ProtectionError, Role
from govflow.messages import ClockStatus
from govflow.regions.objection import (
    RaiseObjection,
    ResolveObjection,
    WithdrawObjection,
    open_objections,
    publicity_is_running,
    upheld_objections,
)
from tests.regions.motion import (
    M,
    Reconsider,
    Reject,
    Village,
    chair,
    council,
    li,
    of_unit,
    office,
    town_1,
    town_2,
    villager,
    zhao,
)

SHOP = Claim(role=Role.ORGANISATION, unit="shop")
B1: dict[str, Any] = {**M, "item": "1"}


def object_(by: Actor = li, **said: Any) -> RaiseObjection:
    return RaiseObjection(**M, by=by, **{"reason": "the vote was not announced", **said})


def resolve(upheld: bool | None, by: Actor = council, **said: Any) -> ResolveObjection:
    return ResolveObjection(**B1, by=by, **{"upheld": upheld, "reason": "the notice hung for ten days", **said})


def take_back(by: Actor, **said: Any) -> WithdrawObjection:
    return WithdrawObjection(**B1, by=by, **said)


@pytest.fixture
def village() -> Village:
    """A motion on public notice, to be carried out by the station."""
    return Village().motion("published", implementer="station")


def item(village: Village, key: str = "1") -> Any:
    return village.record.item("objection", key)


def clock_of(village: Village, key: str = "1") -> Any:
    return village.record.clocks[f"objection_answer:{key}"]


# --- raising ---------------------------------------------------------------------------------------------------------


def test_an_objection_is_a_loop_with_a_due_date(village: Village):
    village.do(object_())
    due = datetime(2026, 3, 9, 16, tzinfo=UTC)  # five working days: Monday to Monday, 24:00 in Beijing
    (loop,) = village.engine.open_loops("m")
    assert (loop.what, loop.owes, loop.until) == (
        "decide the objection: the vote was not announced",
        "deliberating_body",
        due,
    )
    assert [each.key for each in open_objections(village.record)] == ["1"]


@pytest.mark.parametrize("status", ["consulting", "deliberating", "implementing"])
def test_there_is_nothing_to_object_to_before_and_after_publication(status: str):
    assert Village().motion(status).refused(object_()) == ("step_is_in_the_table",)


def test_objections_are_raised_until_the_period_ends_and_not_after(village: Village):
    village.clock.set(village.record.clocks["publicity"].due)
    village.do(object_())
    village.clock.advance(microseconds=1)
    assert village.refused(object_()) == ("publicity_is_running",)


def test_a_period_that_was_marked_as_over_is_over(village: Village):
    village.clock.set(village.record.clocks["publicity"].due)
    village.clock.advance(seconds=1)
    village.engine.tick()
    assert village.record.clocks["publicity"].status == "elapsed"
    assert village.refused(object_()) == ("publicity_is_running",)


def test_a_period_that_was_broken_off_does_not_run_whatever_its_due_date(village: Village):
    clocks = village.record.clocks
    broken_off = village.record.changed(clocks={"publicity": clocks["publicity"].changed(status=ClockStatus.CANCELLED)})
    now: Any = SimpleNamespace(now=village.clock())
    assert publicity_is_running.check(village.record, None, now) is True
    assert publicity_is_running.check(broken_off, None, now) is False


def test_an_objection_has_a_reason(village: Village):
    assert village.refused(object_(reason=" ")) == ("reason_given",)


def test_the_reason_is_public_and_carries_no_phone_number(village: Village):
    assert village.refused(object_(reason="my neighbour, 13812345678")) == ("clear_words_name_no_person",)


def test_the_details_are_protected_and_their_author_may_read_them(village: Village):
    village.do(object_(details=Personal(text="金丝雀 Canary", subject="s-li")))
    rows = village.engine.store.read("m")
    assert all(b"Canary" not in row.state and "金丝雀".encode() not in row.state for row in rows)
    assert village.engine.open_personal("m", "details", li, why="to handle it") == "金丝雀 Canary"
    with pytest.raises((ProtectionError, NotFound)):
        village.engine.open_personal("m", "details", zhao, why="to handle it")


def test_one_person_may_object_twice(village: Village):
    village.do(object_(), object_())
    assert sorted(village.record.items_of("objection")) == ["1", "2"]


@pytest.mark.parametrize(
    ("by", "on_behalf_of", "unit"),
    [
        (li, None, None),
        (of_unit("ann", "shop"), "shop", "shop"),
        (of_unit("ann", "shop"), None, "shop"),
        (of_unit("ann", "shop"), "bank", "shop"),
        (villager("s-li", SHOP), None, None),
        (villager("s-li", SHOP), "shop", "shop"),
        (Actor(id="s-li", claims=(SHOP, *li.claims)), None, "shop"),
        (Actor(id="s-li", claims=(SHOP.model_copy(update={"area": "jinniu/elsewhere"}), *li.claims)), None, None),
        (town_1, None, "town-hall"),
    ],
)
def test_an_objection_is_a_persons_or_that_of_the_unit_they_speak_for(
    village: Village, by: Actor, on_behalf_of: str | None, unit: str | None
):
    village.do(object_(by, on_behalf_of=on_behalf_of))
    assert (item(village).by, item(village).unit) == (by.id, unit)


def test_who_lives_elsewhere_does_not_object(village: Village):
    assert village.refused(object_(villager("s-9", area="jinniu/elsewhere"))) == ("role_is_held",)


# --- deciding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [council, chair, town_1])
@pytest.mark.parametrize(("upheld", "status"), [(True, "upheld"), (False, "dismissed")])
def test_the_body_the_convenor_or_the_town_upholds_or_dismisses(village: Village, by: Actor, upheld: bool, status: str):
    village.do(object_(), resolve(upheld, by))
    assert (item(village).status, item(village).decision) == (status, "the notice hung for ten days")
    assert (clock_of(village).status, village.engine.open_loops("m")) == ("met", ())
    assert open_objections(village.record) == ()
    assert [each.key for each in upheld_objections(village.record)] == (["1"] if upheld else [])


def test_a_dismissal_has_a_reason(village: Village):
    village.do(object_())
    assert village.refused(resolve(False, reason="")) == ("reason_given",)
    village.do(resolve(True, reason=""))


def test_a_decision_says_yes_or_no(village: Village):
    village.do(object_())
    assert village.refused(resolve(None)) == ("decision_dismisses",)


def test_the_answer_is_public_and_carries_no_phone_number(village: Village):
    village.do(object_())
    assert village.refused(resolve(False, reason="ask 13812345678")) == ("clear_words_name_no_person",)


def test_nobody_decides_their_own_objection(village: Village):
    both = villager("s-li", Claim(role=Role.DELIBERATING_BODY, unit="council"))
    village.do(object_(both))
    assert village.refused(resolve(True, both)) == ("decided_by_another",)
    village.do(resolve(True))


def test_a_town_does_not_decide_what_the_town_objects_to(village: Village):
    village.do(object_(town_1))
    assert village.refused(resolve(True, town_2)) == ("objection_is_decided_by_another_unit",)
    assert village.refused(resolve(True, town_1)) == ("decided_by_another", "objection_is_decided_by_another_unit")
    village.do(resolve(True, chair))


@pytest.mark.parametrize("unit", ["station", None])
def test_nobody_of_the_unit_that_is_to_carry_it_out_decides(unit: str | None):
    builder = Actor.of("builder", Role.DELIBERATING_BODY, unit=unit)
    village = Village().motion("published", implementer=unit or "builder")
    village.do(object_())
    assert village.refused(resolve(False, builder)) == ("implementer_decides_no_objection",)
    village.do(resolve(False))


def test_nobody_decides_in_the_stead_of_whoever_is_to_carry_it_out():
    village = Village().motion("published", implementer="builder")
    substitute = Actor(id="sub", claims=(Claim(role=Role.CONVENOR, standing_in_for="builder"),))
    village.do(object_())
    assert village.refused(resolve(False, substitute)) == ("implementer_decides_no_objection",)


def test_where_nobody_is_named_to_carry_it_out_yet_the_body_decides():
    village = Village().motion("published")
    village.do(object_(), resolve(False))
    assert item(village).status == "dismissed"


def test_an_official_with_an_interest_in_the_objector_keeps_away(village: Village):
    village.do(object_())
    partial = chair.model_copy(update={"interests": ("s-li",)})
    assert village.refused(resolve(False, partial)) == ("actor_has_no_interest",)


def test_residents_do_not_decide(village: Village):
    village.do(object_())
    assert village.refused(resolve(True, zhao)) == ("role_is_held",)


def test_an_answer_that_is_late_is_overdue_once_and_still_owed(village: Village):
    village.do(object_())
    village.clock.advance(days=9)
    village.engine.tick()
    head = village.engine.store.head()
    village.engine.tick()
    assert village.engine.store.head() == head
    missed = [each for each in village.engine.history("m") if each.name == "clock.deadline_missed"]
    assert [getattr(each.body, "item", None) for each in missed] == ["objection_answer:1"]
    assert clock_of(village).status == "overdue"
    village.do(resolve(False))
    assert clock_of(village).status == "met_late"


def test_the_answer_to_one_stops_no_others_clock(village: Village):
    village.do(object_(), object_(zhao), resolve(False))
    assert (clock_of(village).status, clock_of(village, "2").status) == ("met", "running")
    assert [each.key for each in open_objections(village.record)] == ["2"]


# --- taking back -----------------------------------------------------------------------------------------------------


def test_only_whoever_raised_it_takes_it_back(village: Village):
    village.do(object_())
    assert village.refused(take_back(zhao)) == ("role_is_held", "objector_takes_it_back")
    assert village.refused(take_back(town_1)) == ("objector_takes_it_back",)
    village.do(take_back(li, reason="explained to me"))
    assert (item(village).status, clock_of(village).status) == ("withdrawn", "cancelled")
    assert village.engine.open_loops("m") == ()


def test_another_of_the_unit_takes_its_objection_back_and_nobody_in_person(village: Village):
    both = villager("s-li", SHOP)
    village.do(object_(both, on_behalf_of="shop"))
    assert village.refused(take_back(li)) == ("role_is_held", "objector_takes_it_back"), "no longer of the shop"
    village.do(take_back(of_unit("ben", "shop")))


def test_a_town_takes_its_objection_back(village: Village):
    village.do(object_(town_1), take_back(town_2))
    assert item(village).status == "withdrawn"


def test_a_substitute_takes_back_what_the_official_stood_in_for_has_raised(village: Village):
    village.do(object_(Actor.of("town-9", Role.TOWN)))
    substitute = Actor(id="sub", claims=(Claim(role=Role.TOWN, standing_in_for="town-9"),))
    assert village.refused(take_back(Actor.of("sub", Role.TOWN))) == ("objector_takes_it_back",)
    village.do(take_back(substitute))


def test_what_was_decided_is_not_taken_back(village: Village):
    village.do(object_(), resolve(True))
    assert village.refused(take_back(li)) == ("step_is_in_the_table",)


# --- what follows ----------------------------------------------------------------------------------------------------


def test_an_upheld_objection_counts_until_a_new_decision_answers_it(village: Village):
    assert village.refused(Reconsider(**M, by=office)) == ("was_upheld",)
    village.do(object_(), object_(zhao), resolve(True))
    village.do(ResolveObjection(**M, item="2", by=council, upheld=False, reason="it was announced"))
    village.do(Reconsider(**M, by=office))
    assert upheld_objections(village.record) == ()
    assert (item(village).status, item(village).answered, item(village, "2").answered) == ("upheld", True, False)
    assert village.move_on().status == "published"
    assert village.refused(Reconsider(**M, by=office)) == ("was_upheld",), "the new decision was not objected to"


def test_a_new_round_answers_the_objections_before_it(village: Village):
    village.do(object_(), resolve(True))
    assert upheld_objections(village.record.changed(round=2)) == ()


def test_what_waits_for_its_answer_is_handed_over_when_the_motion_leaves(village: Village):
    village.do(object_())
    reject = Reject(**M, by=office)
    assert village.refused(reject) == ("loops_are_handed_over",)
    village.do(
        reject.changed(hand_over=(HandOver(region="objection", reason="annulled by the town, ask 13812345678"),))
    )
    assert (item(village).status, clock_of(village).status) == ("withdrawn", "cancelled"), "the system repeats words"


def test_replay_tells_the_same(village: Village):
    village.do(object_(), object_(zhao), resolve(True), WithdrawObjection(**M, item="2", by=zhao))
    village.do(Reconsider(**M, by=office))
    assert village.replayed() == village.record
    assert village.record.concerns("s-li")
    assert not village.record.concerns("s-stranger")
