"""双报到: a service counts once the one who came has reported it and both sides have confirmed it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import CASE, Actor, Command, NotAllowed, Role
from govflow.cases import commands as c
from govflow.messages import new_command_id
from govflow.proposals import PROPOSAL
from govflow.regions.check_in import (
    CHECK_IN,
    ArriveForCheckIn,
    CallCheckIn,
    ConfirmCheckInByCommunity,
    ConfirmCheckInByUnit,
    DeclineCheckIn,
    DiscardCheckIn,
    ServeCheckIn,
    minutes_counted,
)
from govflow.regions.evidence import AddEvidence, DiscreditEvidence, RestoreEvidence, SupersedeEvidence
from tests.support import Town, a_case, a_town, community, lead, resident, supervisor

member = Actor.of("s-77", Role.RESIDENT)  # a party member of the bureau of water who lives here
bureau = Actor.of("clerk-1", Role.ORGANISATION, unit="bureau")
bureau_head = Actor.of("head-9", Role.UNIT_HEAD, unit="bureau")
elsewhere = Actor.of("clerk-2", Role.ORGANISATION, unit="library")

ONE: dict[str, Any] = {"id": "x", "item": "s-77.1"}
ARRIVE = ArriveForCheckIn(id="x", by=member, unit="bureau", occasion="clearing the flooded cellar")
SERVE = ServeCheckIn(**ONE, by=member, minutes=90, measure="pumped it dry", evidence=("e1",))
CONFIRM = ConfirmCheckInByCommunity(**ONE, by=community)
SECOND = ConfirmCheckInByUnit(**ONE, by=bureau)
DISCARD = DiscardCheckIn(**ONE, by=community, reason="came, signed and left (报而不到)")

DECLINE = DeclineCheckIn(**ONE, by=member, reason="on duty elsewhere")


@pytest.fixture
def town() -> Town:
    """Case x in handling, evidence on file."""
    town = a_town(records=[CASE.extended(regions=(CHECK_IN,)), PROPOSAL])
    a_case(town, "in_handling", id="x")
    town.do(AddEvidence(id="x", by=lead, item="e1", sha256="0" * 64))
    return town


def anew(command: Command, **changes: Any) -> Any:
    """The same command given once more, with changes."""
    return command.changed(command_id=new_command_id(), **changes)


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


def service(town: Town, item: str = "s-77.1") -> Any:
    return town.engine.get("x").item("check_in", item)


def test_hours_count_when_both_sides_have_confirmed_them_and_not_before(town: Town):
    counted = [minutes_counted(town.do(step)) for step in (ARRIVE, SERVE, CONFIRM, SECOND)]
    assert counted == [0, 0, 0, 90]
    assert service(town).status == "confirmed"


def test_the_loop_says_who_owes_the_next_word(town: Town):
    owed = []
    for step in (ARRIVE, SERVE, CONFIRM, SECOND):
        town.do(step)
        owed.append([loop.owes for loop in town.engine.open_loops("x")])
    assert owed == [["s-77"], ["community"], ["bureau"], []]


def test_who_comes_says_so_themselves_or_the_community_does(town: Town):
    known = ("who_came_and_who_sent_them_is_known",)
    assert refused(town, anew(ARRIVE, by=resident, who="s-77")) == known
    assert refused(town, anew(ARRIVE, unit=None)) == known
    town.do(anew(ARRIVE, by=community, who="s-77"))
    assert (service(town).who, service(town).by, service(town).unit) == ("s-77", "community-1", "bureau")
    by_unit = ArriveForCheckIn(id="x", by=bureau, on_behalf_of="bureau")
    assert refused(town, by_unit.changed(on_behalf_of="library")) == known
    town.do(by_unit)
    assert (service(town, "bureau.1").who, service(town, "bureau.1").unit) == ("bureau", "bureau")


def test_each_occasion_has_a_key_of_its_own(town: Town):
    town.do(ARRIVE, DISCARD, anew(ARRIVE), anew(ARRIVE, by=community, who="s-78"))
    assert sorted(town.engine.get("x").items_of("check_in")) == ["s-77.1", "s-77.2", "s-78.1"]


def test_only_the_one_who_came_reports_the_service(town: Town):
    town.do(ARRIVE)
    assert refused(town, anew(SERVE, by=resident)) == ("role_is_held",)
    assert refused(town, anew(SERVE, by=bureau)) == ("role_is_held",)
    assert refused(town, anew(SERVE, by=bureau, on_behalf_of="s-77")) == ("role_is_held",)
    town.do(SERVE)


def test_a_unit_that_came_reports_through_anybody_who_speaks_for_it(town: Town):
    town.do(ArriveForCheckIn(id="x", by=bureau, on_behalf_of="bureau"))
    other = Actor.of("clerk-3", Role.ORGANISATION, unit="bureau")
    serve = anew(SERVE, item="bureau.1", by=other)
    assert refused(town, serve) == ("role_is_held",)
    assert refused(town, serve.changed(by=elsewhere, on_behalf_of="bureau")) == ("role_is_held",)
    town.do(serve.changed(on_behalf_of="bureau"), anew(CONFIRM, item="bureau.1"))
    for hand in (other, bureau):  # who came and who reported
        assert refused(town, anew(SECOND, item="bureau.1", by=hand)) == ("decided_by_another",)
    town.do(anew(SECOND, item="bureau.1", by=bureau_head))


def test_a_service_has_its_time_its_measure_and_evidence_on_file(town: Town):
    town.do(ARRIVE)
    assert refused(town, anew(SERVE, minutes=0)) == ("service_time_is_given",)
    assert refused(town, anew(SERVE, measure=" ")) == ("measure_and_evidence_given",)
    assert refused(town, anew(SERVE, evidence=("none",))) == ("measure_and_evidence_given",)
    town.do(SERVE)


def test_nobody_confirms_their_own_service_nor_both_sides_of_it(town: Town):
    town.do(anew(ARRIVE, by=community, who="s-77"), SERVE)
    assert refused(town, CONFIRM) == ("decided_by_another",)  # it was this one who registered them
    both = Actor.of("both", Role.COMMUNITY, Role.UNIT_HEAD)
    assert refused(town, anew(CONFIRM, by=Actor.of("s-77", Role.COMMUNITY))) == ("decided_by_another",)
    town.do(anew(CONFIRM, by=both))
    later = Actor.of("both", Role.UNIT_HEAD, unit="bureau")  # moved there since
    assert refused(town, anew(SECOND, by=later)) == ("decided_by_another",)
    assert refused(town, anew(SECOND, by=Actor.of("s-77", Role.ORGANISATION, unit="bureau"))) == ("decided_by_another",)
    town.do(SECOND)


def test_nobody_of_the_sending_unit_confirms_for_the_community(town: Town):
    town.do(ARRIVE, SERVE)
    own = Actor(id="b-2", claims=(*community.claims, *elsewhere.claims, *bureau.claims))
    assert refused(town, anew(CONFIRM, by=own)) == ("community_confirms_for_another_unit",)
    town.do(anew(CONFIRM, by=Actor(id="b-2", claims=(*community.claims, *elsewhere.claims))))


def test_no_person_sends_anybody(town: Town):
    until = town.clock() + timedelta(days=1)
    call = CallCheckIn(id="x", by=community, unit="s-55", occasion="hands", until=until)
    assert refused(town, anew(ARRIVE, unit="s-55")) == refused(town, call) == ("sender_is_no_person",)


def test_only_the_sending_unit_confirms_for_the_sending_unit(town: Town):
    town.do(ARRIVE, SERVE)
    assert refused(town, SECOND) == ("step_is_in_the_table",)  # the community first
    town.do(CONFIRM)
    assert refused(town, anew(SECOND, by=elsewhere)) == ("role_is_held",)
    assert refused(town, anew(SECOND, by=elsewhere, on_behalf_of="bureau")) == ("role_is_held",)
    assert refused(town, anew(SECOND, by=Actor.of("head-8", Role.UNIT_HEAD, unit="water"))) == ("role_is_held",)
    town.do(anew(SECOND, by=bureau_head))


def test_who_came_and_did_nothing_is_discarded_with_the_reason(town: Town):
    town.do(ARRIVE)
    assert refused(town, anew(DISCARD, reason="")) == ("reason_given",)
    assert refused(town, anew(DISCARD, by=member)) == ("role_is_held",)
    assert refused(town, anew(DISCARD, by=Actor.of("head-8", Role.UNIT_HEAD, unit="water"))) == ("role_is_held",)
    town.do(DISCARD)
    assert (service(town).status, minutes_counted(town.engine.get("x"))) == ("discarded", 0)
    assert refused(town, SERVE) == ("step_is_in_the_table",)


def test_nobody_checks_in_where_nothing_is_being_done(town: Town):
    a_case(town, "accepted", id="y")
    assert refused(town, anew(ARRIVE, id="y")) == ("step_is_in_the_table",)
    a_case(town, "assigned", id="z")
    town.do(anew(ARRIVE, id="z"))


def test_nobody_comes_a_second_time_before_the_first_is_done_with(town: Town):
    town.do(ARRIVE)
    twice = ("earlier_check_in_is_done_with",)
    assert refused(town, anew(ARRIVE)) == refused(town, anew(ARRIVE, by=community, who="s-77")) == twice
    town.do(SERVE)
    assert refused(town, anew(ARRIVE)) == twice
    town.do(CONFIRM)
    assert refused(town, anew(ARRIVE)) == twice
    town.do(SECOND, anew(ARRIVE))


def test_a_key_that_somebody_else_has_taken_keeps_nobody_from_coming(town: Town):
    town.do(anew(ARRIVE, by=community, who="s-78", item="s-77.1"), ARRIVE)
    assert service(town, "s-77.2").who == "s-77"


@pytest.mark.parametrize("gets", [{"unit": "roads"}, {"who": "roads", "by": community}])
def test_the_unit_reported_sends_nobody_and_does_not_come(town: Town, gets: dict[str, Any]):
    a_case(town, "in_handling", id="told", accused_unit="roads")
    assert refused(town, anew(ARRIVE, id="told", **gets)) == ("unit_reported_gets_nothing",)
    town.do(anew(ARRIVE, id="told"))


@pytest.mark.parametrize("minutes", [-90, 10**10, 10**50])
def test_minutes_that_could_not_be_read_again_cannot_be_said(minutes: int):
    with pytest.raises(ValueError, match="than or equal"):
        ServeCheckIn(**ONE, by=member, minutes=minutes, measure="m", evidence=("e1",))


def test_checking_in_opens_nobodys_file_ever(town: Town):
    def files(actor: Actor) -> list[str]:
        return [record.id for record in town.engine.seen_by(actor).records()]

    for step in (ARRIVE, SERVE, CONFIRM, SECOND):
        town.do(step)
        assert (files(member), files(bureau), files(bureau_head), files(elsewhere)) == ([], [], [], [])


def test_what_is_not_confirmed_falls_with_the_record_and_the_rest_stays_counted(town: Town):
    town.do(ARRIVE, SERVE, CONFIRM, SECOND, anew(ARRIVE))
    case = town.do(c.WithdrawCase(id="x", by=resident, reason="settled"))
    assert (service(town, "s-77.2").status, minutes_counted(case)) == ("discarded", 90)
    assert town.engine.open_loops("x") == ()


def test_replay_gives_the_same_state(town: Town):
    town.do(ARRIVE, SERVE, CONFIRM, SECOND)
    town.clock.advance(hours=1)
    assert town.engine.as_of("x", town.clock()).digest == town.engine.get("x").digest


def test_minutes_that_nothing_shows_any_more_do_not_count(town: Town):
    town.do(ARRIVE, SERVE, CONFIRM, SECOND)
    town.do(AddEvidence(id="x", by=lead, item="e2", sha256="1" * 64))
    newer = SupersedeEvidence(id="x", by=lead, item="e1", replaced_by="e2", reason="a sharper photograph")
    assert minutes_counted(town.do(newer)) == 90
    wrong = DiscreditEvidence(id="x", by=supervisor, item="e2", reason="another cellar")
    assert minutes_counted(town.do(wrong)) == 0
    assert minutes_counted(town.do(RestoreEvidence(id="x", by=supervisor, item="e2", reason="it was"))) == 90


# --- 社区调度 --------------------------------------------------------------------------------------------------------


def call(town: Town, **changed: Any) -> CallCheckIn:
    said: dict[str, Any] = {"who": "s-77", "unit": "bureau", "occasion": "the flooded cellar", "by": community}
    return CallCheckIn(id="x", **{**said, "until": town.clock() + timedelta(days=2), **changed})


def test_the_community_calls_a_member_who_owes_an_answer_until_a_day(town: Town):
    until = town.clock() + timedelta(days=2)
    town.do(call(town))
    loop = town.engine.open_loops("x")[-1]
    assert (loop.status, loop.owes, loop.until, loop.what) == ("called", "s-77", until, "the flooded cellar")


@pytest.mark.parametrize("missing", [{"unit": None}, {"occasion": " "}, {"until": None}])
def test_a_call_says_whom_for_what_and_until_when(town: Town, missing: dict[str, Any]):
    assert refused(town, call(town, **missing)) == ("call_is_described",)


def test_only_the_community_of_the_place_calls(town: Town):
    for other in (member, bureau, bureau_head, lead, Actor.of("far-1", Role.COMMUNITY, area="wuhou")):
        assert refused(town, call(town, by=other)) == ("role_is_held",)
    assert refused(town, call(town, until=town.clock())) == ("call_is_described",)


def test_the_unit_reported_is_not_called(town: Town):
    a_case(town, "in_handling", id="told", accused_unit="roads")
    assert refused(town, anew(call(town, unit="roads"), id="told")) == ("unit_reported_gets_nothing",)


def test_whoever_comes_answers_the_call_and_the_rest_goes_its_way(town: Town):
    town.do(call(town), anew(ARRIVE, unit=None, occasion=""))
    assert list(town.engine.get("x").items_of("check_in")) == ["s-77.1"]
    item = service(town)
    assert (item.status, item.called, item.came, item.unit, item.until) == ("checked_in", True, True, "bureau", None)
    assert item.occasion == "the flooded cellar"
    assert refused(town, anew(CONFIRM)) == ("step_is_in_the_table",)
    town.do(SERVE)
    assert refused(town, CONFIRM) == ("decided_by_another",)  # it was this one who asked for it
    town.do(anew(CONFIRM, by=Actor.of("community-2", Role.COMMUNITY)), SECOND)
    assert minutes_counted(town.engine.get("x")) == 90


def test_another_does_not_come_in_stead_of_whoever_was_called(town: Town):
    town.do(call(town))
    in_stead = anew(ARRIVE, by=resident, item="s-77.1")
    assert refused(town, in_stead) == ("role_is_held", "who_came_and_who_sent_them_is_known")
    other = anew(ARRIVE, by=resident, item="s-77.1", who="s-1")
    assert refused(town, other) == ("role_is_held", "called_one_comes")
    assert refused(town, anew(ARRIVE, unit="library")) == ("called_one_comes",)
    assert refused(town, anew(ARRIVE, item="elsewhere")) == ("earlier_check_in_is_done_with",)
    town.do(anew(ARRIVE, by=community, item="s-77.1"))
    assert service(town).status == "checked_in"


def test_a_unit_is_called_as_a_whole_and_comes_through_anybody_who_speaks_for_it(town: Town):
    town.do(call(town, who=None))
    assert service(town, "bureau.1").who == "bureau"
    town.do(ArriveForCheckIn(id="x", by=bureau, on_behalf_of="bureau"))
    assert service(town, "bureau.1").status == "checked_in"


def test_who_was_called_or_their_head_declines_with_a_reason_that_stays_to_be_read(town: Town):
    town.do(call(town))
    assert refused(town, anew(DECLINE, reason=" ")) == ("reason_given",)
    assert refused(town, anew(DECLINE, reason="my doctor is at 13812345678")) == ("reason_names_nobody",)
    for other in (resident, elsewhere, community, Actor.of("head-8", Role.UNIT_HEAD, unit="water")):
        assert refused(town, anew(DECLINE, by=other)) == ("role_is_held",)
    town.do(anew(DECLINE, by=bureau_head))
    assert (service(town).status, service(town).reason) == ("declined", "on duty elsewhere")
    assert [loop for loop in town.engine.open_loops("x") if loop.region == "check_in"] == []
    assert refused(town, anew(ARRIVE, item="s-77.1")) == ("step_is_in_the_table",)
    town.do(call(town))
    assert service(town, "s-77.2").status == "called"


def test_nobody_is_called_twice_at_once_nor_while_at_work(town: Town):
    town.do(call(town))
    assert refused(town, call(town)) == ("earlier_check_in_is_done_with",)
    town.do(anew(ARRIVE))
    assert refused(town, call(town)) == ("earlier_check_in_is_done_with",)


def test_a_call_is_taken_back_by_the_community_or_falls_with_the_record(town: Town):
    town.do(call(town))
    assert refused(town, anew(DISCARD, by=bureau_head)) == ("role_is_held",)  # who was called declines instead
    town.do(anew(DISCARD, reason="the fire brigade came"))
    assert (service(town).status, service(town).came) == ("discarded", False)
    town.do(call(town), c.WithdrawCase(id="x", by=resident, reason="settled"))
    assert service(town, "s-77.2").status == "discarded"
    assert town.engine.open_loops("x") == ()


def test_being_called_opens_nobodys_file(town: Town):
    town.do(call(town))
    for reader in (member, bureau, bureau_head):
        assert list(town.engine.seen_by(reader).records()) == []


def test_replay_of_calls_gives_the_same_state(town: Town):
    town.do(call(town), DECLINE, call(town), anew(ARRIVE), anew(SERVE, item="s-77.2"))
    assert town.engine.as_of("x", version=town.engine.get("x").version).digest == town.engine.get("x").digest
