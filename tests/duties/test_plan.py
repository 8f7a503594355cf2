"""The plan of a day: pure, repeatable, the same in every process; who owes, and who may open and end a duty."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govflow import SYSTEM, Actor, Engine, Role
from govflow.actors import Claim, Level
from govflow.calendars import china
from govflow.duties import DUTY, Duty, EndDuty, OpenDuty, OpenUnit, duty_id, plan
from govflow.messages import SYSTEM_IDS, new_command_id
from govflow.policy import Every
from govflow.regions.evidence import AddEvidence
from govflow.regions.obligation import ExcuseObligation
from tests.duties.office import MAYOR, SUPERVISOR, TOWN, Office, a_policy, an_obligation, local

DAILY = an_obligation("daily", Every.DAY, "mayor")
DAY = date(2026, 3, 2)
SHA = "0" * 64


def nobody(id: str) -> None:
    return None


def test_a_plan_carried_out_has_nothing_left_to_ask_for_on_that_day(tmp_path):
    path = tmp_path / "log"
    office = Office(a_policy(DAILY), DAY, path=path)
    office.tick()
    assert office.planned() == []
    office.engine.close()

    again = Office(a_policy(DAILY), DAY, path=path)  # read back from the log, not from memory
    assert again.planned() == []
    assert again.duty("daily").obligation == DAILY
    again.engine.close()


def test_the_same_commands_carry_the_same_ids_wherever_they_are_planned():
    policy = a_policy(DAILY)
    one, other = ([*plan(policy, china(), (), nobody, DAY)] for _ in range(2))
    assert one == other
    assert [each.command_id for each in one] == [each.command_id for each in other]
    assert all(each.command_id.startswith(SYSTEM_IDS) for each in one)
    assert len({each.command_id for each in one}) == len(one) == 2


def test_two_who_carry_out_the_same_plan_do_each_thing_once():
    office = Office(a_policy(DAILY), DAY)
    commands = office.planned()
    for command in (*commands, *commands):
        office.engine.handle(command)
    assert office.counted("duty.daily.mayor") == {"duty.opened": 1, "obligation.scheduled 2026-03-02": 1}


@settings(max_examples=20)
@given(
    st.sampled_from(Every),
    st.booleans(),
    st.lists(st.integers(1, 45), min_size=1, max_size=6),
)
def test_however_rarely_one_plans_every_period_is_scheduled_once(every: Every, workdays: bool, gaps: list[int]):
    obligation = an_obligation("daily", every, "mayor", workdays_only=workdays)
    rarely, daily = (Office(a_policy(obligation), DAY) for _ in range(2))
    rarely.tick()
    for gap in gaps:
        rarely.wake_on(rarely.today + timedelta(days=gap))
        assert rarely.planned() == []
    assert rarely.today > DAY
    day = DAY
    while day <= rarely.today:
        daily.clock.set(local(day))
        for command in daily.planned():
            daily.engine.handle(command)
        day += timedelta(days=1)

    def owed(office: Office) -> dict[str, Any]:
        return {key: item.until for key, item in office.duty("daily").items_of("obligation").items()}

    assert owed(rarely) == owed(daily)
    rarely.engine.close()
    daily.engine.close()


# --- who owes ----------------------------------------

UNITS = (
    OpenUnit("river", "committee", Level.COMMUNITY, "jinniu/east/river"),
    OpenUnit("hill", "committee", Level.COMMUNITY, "jinniu/east/hill"),
    OpenUnit("town-party", "party", Level.TOWN, "jinniu/east"),
    OpenUnit("county-committee", "committee", Level.DISTRICT, "jinniu"),
)


def opened(obligation: Any, units: Any = UNITS) -> dict[str, OpenDuty]:
    commands = plan(a_policy(obligation), china(), units, nobody, DAY)
    return {each.owner: each for each in commands if isinstance(each, OpenDuty)}


def test_owners_are_those_listed_and_every_open_unit_of_the_kind_at_the_level():
    owing = an_obligation("course", Every.MONTH, "mayor", "river", unit_kind="committee", level=Level.COMMUNITY)
    assert list(opened(owing)) == ["mayor", "river", "hill"]
    assert list(opened(an_obligation("course", Every.MONTH, unit_kind="committee"))) == [
        "river",
        "hill",
        "county-committee",
    ]
    bare = tuple(unit[:3] for unit in UNITS)  # areas may be unknown
    assert list(opened(owing, bare)) == ["mayor", "river", "hill"]


def test_a_duty_stands_where_its_owner_stands_so_that_its_people_may_act_on_it():
    owing = an_obligation("course", Every.MONTH, "town-party", unit_kind="committee", level=Level.COMMUNITY)
    office = Office(a_policy(owing), DAY, units=UNITS)
    office.tick()
    duty = office.duty("course", "river")
    assert (duty.level, duty.area) == (Level.COMMUNITY, "jinniu/east/river")

    ours = Actor.of("wu", Role.COMMUNITY, unit="river", area="jinniu/east/river")
    theirs = Actor.of("he", Role.COMMUNITY, unit="hill", area="jinniu/east/hill")
    mine = AddEvidence(id=duty.id, by=ours, item="m", sha256=SHA)
    assert office.refused(mine.changed(by=theirs, command_id=new_command_id())) == {"role_is_held"}
    office.engine.handle(mine)
    office.fulfil(duty.id, "2026-03", ours)
    assert office.statuses("course", "river") == {"2026-03": "fulfilled"}


def test_a_unit_that_is_closed_owes_nothing_more_and_one_that_moved_stands_elsewhere():
    owing = an_obligation("course", Every.MONTH, unit_kind="committee", level=Level.COMMUNITY)
    office = Office(a_policy(owing), DAY, units=UNITS)
    office.tick()
    office.units = (UNITS[0]._replace(area="jinniu/west/river"),)
    office.tick()
    assert office.duty("course", "hill").status == "ended"
    assert (office.duty("course", "river").status, office.duty("course", "river").area) == (
        "in_force",
        "jinniu/west/river",
    )
    assert office.statuses("course", "river") == {"2026-03": "scheduled"}
    assert office.planned() == []


def test_ids_are_readable_unless_they_would_be_too_long_or_say_two_things():
    assert duty_id("visit", "mayor") == "duty.visit.mayor"
    assert duty_id("a.b", "c") != duty_id("a", "b.c")
    long = duty_id("o" * 64, "p" * 64)
    assert len(long) == 64
    assert long != duty_id("o" * 64, "q" * 64)
    assert OpenDuty.model_validate({**opened(DAILY)["mayor"].model_dump(), "id": long}).id == long


# --- opening, ending, reading ----------------------------------------


def test_a_duty_has_the_id_of_its_obligation_and_owner():
    office = Office(a_policy(DAILY), DAY)
    (command, _) = office.planned()
    assert office.refused(command.changed(id="duty.another", command_id=new_command_id())) == {"duty_has_its_id"}


def test_people_may_not_open_a_duty_but_take_up_one_that_was_ended_by_hand():
    office = Office(a_policy(DAILY), DAY)
    (opening, _) = office.planned()
    assert office.refused(opening.changed(by=TOWN, command_id=new_command_id())) == {"id_is_not_reserved"}
    office.tick()
    assert office.refused(EndDuty(id=opening.id, by=TOWN)) == {"reason_given"}
    office.engine.handle(EndDuty(id=opening.id, by=TOWN, reason="the post is vacant"))
    assert office.statuses("daily") == {"2026-03-02": "cancelled"}

    office.wake_on(date(2026, 3, 5))  # the system leaves it at that
    assert office.duty("daily").status == "ended"
    office.engine.handle(opening.changed(by=TOWN, command_id=new_command_id(), first=date(2026, 3, 5)))
    office.tick()
    assert office.statuses("daily") == {"2026-03-02": "cancelled", "2026-03-05": "scheduled"}


def test_what_was_cancelled_by_hand_is_not_scheduled_again():
    office = Office(a_policy(DAILY), DAY)
    office.tick()
    office.engine.handle(EndDuty(id="duty.daily.mayor", by=SYSTEM, reason="a mistake"))
    office.tick()
    assert office.duty("daily").status == "in_force"
    assert office.statuses("daily") == {"2026-03-02": "cancelled"}
    office.wake_on(date(2026, 3, 3))
    assert office.statuses("daily")["2026-03-03"] == "scheduled"


def test_a_duty_is_read_by_officials_of_its_area_and_by_whoever_owes_it():
    duty: Duty = DUTY.initial.changed(id="it", owner="river", area="jinniu/east/river")  # type: ignore[assignment]
    assert duty.can_read(Claim(role=Role.SUPERVISOR, area="jinniu/east"), "s")
    assert duty.can_read(Claim(role=Role.ORGANISATION, unit="river"), "o")
    assert not duty.can_read(Claim(role=Role.SUPERVISOR, area="jinniu/west"), "s")
    assert not duty.can_read(Claim(role=Role.RESIDENT), "r")
    assert duty.parties() == {"it", "river"}


def test_whoever_has_an_interest_in_the_owner_may_not_excuse_it():
    office = Office(a_policy(DAILY), DAY)
    office.tick()
    spouse = SUPERVISOR.model_copy(update={"interests": ("mayor",)})
    excuse = ExcuseObligation(id="duty.daily.mayor", by=spouse, item="2026-03-02", reason="ill")
    assert office.refused(excuse) == {"actor_has_no_interest"}


def test_a_record_of_another_kind_under_the_id_is_no_duty():
    commands = [*plan(a_policy(DAILY), china(), (), lambda id: Duty.__base__(id=id), DAY)]  # type: ignore[misc]
    assert [each.wire for each in commands] == ["duty.open", "obligation.schedule"]


@pytest.mark.parametrize("by", [MAYOR, SUPERVISOR], ids=["its owner", "a supervisor"])
def test_a_duty_is_ended_by_the_town_the_district_or_the_system_alone(by: Actor):
    office = Office(a_policy(DAILY), DAY)
    office.tick()
    assert office.refused(EndDuty(id="duty.daily.mayor", by=by, reason="no more")) == {"role_is_held"}


def test_a_log_with_duties_is_read_again_as_it_was(tmp_path):
    office = Office(a_policy(DAILY), DAY, path=tmp_path / "log")
    office.work_until(date(2026, 3, 5))
    before = {duty.id: duty.digest for duty in office.duties()}
    office.engine.close()
    with Engine.open(tmp_path / "log", records=(DUTY,)) as engine:
        assert {record.id: record.digest for record in engine.records()} == before
        assert engine.get("duty.daily.mayor").title_line == "职责 (mayor)"
