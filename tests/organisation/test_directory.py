"""The tables of the directory: areas as a tree, units, appointments, substitutions and interests 机构名录."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import CASE, SYSTEM, Actor, Engine, Level, ProtectionError, Role, Step
from govflow.organisation import DIRECTORY, DirectoryAuthority, FoundDirectory
from govflow.organisation.appointments import Appoint, EndAppointment
from govflow.organisation.areas import AddArea, CloseArea, RenameArea
from govflow.organisation.interests import DeclareInterest, LiftInterest
from govflow.organisation.substitutions import ArrangeSubstitution, EndSubstitution
from govflow.organisation.units import AddUnit, ChangeUnit, CloseUnit
from tests.organisation.office import ANN, DAY, Office, an_office, on
from tests.support import FinishPlan, PlanFinished, PlanStatus, a_plan_decider

BO = Actor(id="bo")
POST: dict[str, Any] = {"actor": "bo", "role": Role.DISPATCHER, "unit": "desk"}
UNIT: dict[str, Any] = {"title": "Parks", "kind": "department", "area": "jinniu"}


@pytest.fixture
def office() -> Office:
    return an_office()


# --- founding --------------------------------------------------------------------------------------------------------


def test_only_the_system_founds_a_directory_since_nobody_holds_anything_before():
    office = Office()
    claiming = Actor.of("eve", Role.DISTRICT, Role.SYSTEM)
    assert office.refused(FoundDirectory(by=claiming, area="jinniu")) == {"id_is_not_reserved"}


def test_founding_opens_the_root_area():
    office = Office()
    directory = office.do(FoundDirectory(by=SYSTEM, title="Jinniu", area="jinniu"))
    (root,) = directory.items_of("area").values()
    assert (root.path, root.level, root.title, root.status) == ("jinniu", Level.DISTRICT, "Jinniu", "open")
    assert (directory.area, directory.level, directory.title_line) == ("jinniu", Level.DISTRICT, "Jinniu")


def test_there_is_one_directory_under_one_id():
    office = Office()
    assert office.refused(FoundDirectory(id="other", by=SYSTEM, area="jinniu")) == {"directory_has_its_id"}
    assert office.refused(FoundDirectory(by=SYSTEM)) == {"root_area_is_named"}
    office.do(FoundDirectory(by=SYSTEM, area="jinniu"))
    assert office.refused(FoundDirectory(by=SYSTEM, area="jinniu")) == {"step_is_in_the_table"}


def test_a_directory_owes_nothing(office: Office):
    office.do(DeclareInterest(by=ANN, actor="bo", subject="x", ground="kin"))
    assert office.engine.open_loops("directory") == ()


# --- areas -----------------------------------------------------------------------------------------------------------


def test_an_area_stands_exactly_one_level_below_an_open_one(office: Office):
    for path, level in [
        ("jinniu/north", "community"),
        ("jinniu/north/hill", "community"),
        ("other", "district"),
        ("jinniu/east/river/g1/g2", "grid"),
    ]:
        assert office.refused(AddArea(by=ANN, path=path, level=level)) == {"parent_area_is_one_level_up"}
    office.do(AddArea(by=ANN, path="jinniu/east/river/g1", level="grid"))


def test_a_path_is_taken_while_its_area_is_open(office: Office):
    assert office.refused(AddArea(by=ANN, path="jinniu/west", level="town")) == {"path_is_free"}
    west = office.directory.items_of("area")["3"]
    assert west.path == "jinniu/west"
    office.do(CloseArea(by=ANN, item="3"), AddArea(by=ANN, path="jinniu/west", level="town"))
    assert [each.status for each in office.directory.items_of("area").values() if each.path == "jinniu/west"] == [
        "closed",
        "open",
    ]


def test_an_area_in_which_something_stands_is_not_closed(office: Office):
    office.appoint("bo", Role.GRID_WORKER, "water", area="jinniu/west", valid_from=on(5), valid_to=on(6))
    assert office.refused(CloseArea(by=ANN, item="1")) == {"area_is_not_the_root", "nothing_stands_in_it"}
    refused = [office.engine.why_not(CloseArea(by=ANN, item=key))[0].detail for key in ("2", "3")]
    assert refused == [("area jinniu/east/river", "unit desk"), ("appointment 2",)]
    office.clock.set(on(6))
    office.do(CloseArea(by=ANN, item="3"), CloseArea(by=ANN, item="4"))


def test_what_is_closed_or_was_called_off_stands_in_the_way_of_nothing(office: Office):
    post = office.appoint("bo", Role.DISPATCHER, valid_from=on(5))
    office.do(
        AddUnit(by=ANN, item="window", **UNIT | {"area": "jinniu/east"}, parent="desk"),
        EndAppointment(by=ANN, item=post, valid_to=on(5)),
        CloseUnit(by=ANN, item="window"),
        CloseUnit(by=ANN, item="desk"),
        CloseArea(by=ANN, item="4"),
        CloseArea(by=ANN, item="2"),
    )
    assert office.refused(AddArea(by=ANN, path="jinniu/east/hill", level="community")) != set()


def test_an_area_gets_another_name_and_keeps_its_path(office: Office):
    assert office.refused(RenameArea(by=ANN, item="2")) == {"it_is_named"}
    area = office.do(RenameArea(by=ANN, item="2", title="Sunrise")).items_of("area")["2"]
    assert (area.path, area.title) == ("jinniu/east", "Sunrise")


# --- units -----------------------------------------------------------------------------------------------------------


def test_a_unit_names_an_open_area_and_an_open_parent(office: Office):
    assert office.refused(AddUnit(by=ANN, item="parks", **UNIT | {"area": "jinniu/south"})) == {"area_is_open"}
    assert office.refused(AddUnit(by=ANN, item="parks", **UNIT, parent="nobody")) == {"parent_unit_is_open"}
    assert office.refused(AddUnit(by=ANN, item="parks", **UNIT | {"title": " "})) == {"it_is_named"}
    assert office.refused(AddUnit(by=ANN, item="water", **UNIT)) == {"step_is_in_the_table"}


def test_a_unit_stands_at_the_level_of_its_area_unless_it_names_one(office: Office):
    assert office.directory.item("unit", "desk").level is Level.TOWN
    office.do(AddUnit(by=ANN, item="parks", **UNIT, level="town"))
    assert office.directory.item("unit", "parks").level is Level.TOWN


def test_units_form_a_tree(office: Office):
    desk: dict[str, Any] = {"title": "Desk", "kind": "station", "area": "jinniu/east"}
    office.do(AddUnit(by=ANN, item="window", **UNIT, parent="desk"))
    for parent in ("desk", "window"):
        assert office.refused(ChangeUnit(by=ANN, item="desk", **desk, parent=parent)) == {"units_form_a_tree"}
    office.do(ChangeUnit(by=ANN, item="desk", **desk, parent="water"))
    assert office.directory.item("unit", "desk").parent == "water"


def test_a_changed_unit_leaves_appointments_as_they_were_made(office: Office):
    office.appoint("bo", Role.DISPATCHER)
    office.do(ChangeUnit(by=ANN, item="desk", title="Desk", kind="station", area="jinniu/west"))
    (claim,) = office.authority.claims(BO, office.clock(), office.look_up)[:1]
    assert (claim.area, claim.level) == ("jinniu/east", Level.TOWN)


def test_a_unit_is_closed_when_nobody_is_left_in_it_and_for_good(office: Office):
    key = office.appoint("bo", Role.DISPATCHER)
    assert office.refused(CloseUnit(by=ANN, item="desk")) == {"nobody_is_left_in_it"}
    assert office.refused(CloseUnit(by=ANN, item="bureau")) == {"nobody_is_left_in_it"}
    office.do(EndAppointment(by=ANN, item=key), CloseUnit(by=ANN, item="desk"))
    assert office.refused(AddUnit(by=ANN, item="desk", **UNIT)) == {"step_is_in_the_table"}
    assert office.refused(Appoint(by=ANN, **POST)) == {"unit_is_open"}


# --- appointments ----------------------------------------------------------------------------------------------------


def test_what_an_appointment_leaves_out_is_the_units_and_from_now_on(office: Office):
    office.appoint("bo", Role.DISPATCHER, part_time=True)
    made = office.engine.history("directory")[-1].body
    item = office.directory.items_of("appointment")["2"]
    for each in (made, item):
        said: Any = each
        assert (said.level, said.area, said.valid_from, said.valid_to, said.part_time) == (
            Level.TOWN,
            "jinniu/east",
            on(0),
            None,
            True,
        )


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"unit": "nobody"}, "unit_is_open"),
        ({"area": "jinniu/south"}, "area_is_open"),
        ({"role": "wizard"}, "role_is_known"),
        ({"role": Role.SYSTEM}, "role_is_known"),
        ({"valid_from": on(1), "valid_to": on(1)}, "period_is_in_order"),
        ({"valid_to": on(-1)}, "period_is_in_order"),
        ({"actor": "system"}, "appointed_is_a_person"),
    ],
)
def test_an_appointment_keeps_to_the_rules(office: Office, more: dict[str, Any], code: str):
    assert office.refused(Appoint(by=ANN, **POST | more)) == {code}


def test_a_role_that_only_a_table_of_ones_own_names_is_known():
    plans = a_plan_decider().extended(
        [Step("T4", FinishPlan, PlanStatus.DROPPED, PlanFinished, PlanStatus.DONE, "wizard")]
    )
    served = Engine.open(records=(plans, DIRECTORY), authority=DirectoryAuthority())
    served.handle(FoundDirectory(by=SYSTEM, area="jinniu"))
    served.handle(AddUnit(by=SYSTEM, item="desk", **UNIT))
    served.handle(Appoint(by=SYSTEM, actor="bo", role="wizard", unit="desk"))


def test_the_same_post_is_not_held_twice_at_the_same_time(office: Office):
    office.appoint("bo", Role.DISPATCHER, valid_from=on(10), valid_to=on(20))
    for start, end in [(5, 11), (19, 30), (12, 13), (0, None), (10, 20)]:
        period = {"valid_from": on(start), "valid_to": None if end is None else on(end)}
        assert office.refused(Appoint(by=ANN, **POST, **period)) == {"appointed_once"}
    office.do(
        Appoint(by=ANN, **POST, valid_from=on(20)),
        Appoint(by=ANN, **POST, valid_from=on(-5), valid_to=on(10)),
        Appoint(by=ANN, **POST, area="jinniu/west", valid_from=on(12)),
        Appoint(by=ANN, **POST | {"role": Role.VERIFIER}, valid_from=on(12)),
    )


def test_an_appointment_ends_sooner_never_later_and_the_first_event_stays(office: Office):
    key = office.appoint("bo", Role.DISPATCHER, valid_from=on(0), valid_to=on(20))
    for end in (on(20), on(21), on(-1)):
        assert office.refused(EndAppointment(by=ANN, item=key, valid_to=end)) == {"it_ends_sooner"}
    office.do(EndAppointment(by=ANN, item=key, valid_to=on(10)), EndAppointment(by=ANN, item=key, valid_to=on(9)))
    bodies: list[Any] = [recorded.body for recorded in office.engine.history("directory")[-3:]]
    assert [body.valid_to for body in bodies] == [on(20), on(10), on(9)]
    office.clock.advance(DAY)
    office.do(EndAppointment(by=ANN, item=key))
    assert office.directory.items_of("appointment")[key].valid_to == office.clock()


def test_an_appointment_ended_at_its_beginning_never_runs_and_leaves_its_place_free(office: Office):
    key = office.appoint("bo", Role.DISPATCHER, valid_from=on(5))
    office.do(EndAppointment(by=ANN, item=key, valid_to=on(5)), Appoint(by=ANN, **POST, valid_from=on(5)))
    assert office.claims("bo", on(5)) == {("dispatcher", "desk", None)}


def test_the_name_of_a_person_stands_in_the_log_protected(office: Office):
    office.do(Appoint(by=ANN, **POST, person_name="Wang Bo"))
    assert all(b"Wang" not in row.state for row in office.engine.store.scan(0))
    assert office.engine.open_personal("directory", "person_name", ANN, why="to handle it") == "Wang Bo"
    with pytest.raises(ProtectionError):
        office.engine.open_personal("directory", "person_name", BO, why="to handle it")
    office.appoint("cy", Role.DISTRICT, "desk")  # of a part of the district
    with pytest.raises(ProtectionError):
        office.engine.open_personal("directory", "person_name", Actor(id="cy"), why="to handle it")


def test_the_directory_is_kept_by_the_system_and_by_who_holds_the_district(office: Office):
    office.appoint("bo", Role.DISPATCHER)
    office.appoint("cy", Role.DISTRICT, "desk")  # for a part of it only
    for actor in (BO, Actor(id="cy"), Actor.of("eve", Role.DISTRICT)):
        assert office.refused(Appoint(by=actor, **POST | {"actor": "dan"})) == {"role_is_held"}
    office.do(Appoint(by=ANN, **POST | {"actor": "dan"}))


# --- substitutions ---------------------------------------------------------------------------------------------------


def stand_in(actor: str, absent: str, start: float | None, end: float | None, **more: Any) -> ArrangeSubstitution:
    period = {"valid_from": None if start is None else on(start), "valid_to": None if end is None else on(end)}
    return ArrangeSubstitution(by=ANN, actor=actor, absent=absent, **period, **more)


def test_a_substitution_names_both_its_ends(office: Office):
    office.appoint("bo", Role.DISPATCHER)
    for start, end in [(None, 5), (1, None), (None, None)]:
        assert office.refused(stand_in("cy", "bo", start, end)) == {"both_ends_are_named"}
    assert office.refused(stand_in("cy", "bo", 5, 1)) >= {"period_is_in_order"}


@pytest.mark.parametrize(
    ("actor", "absent", "roles", "code"),
    [
        ("bo", "bo", (), "substitute_is_another"),
        ("cy", "bo", ("wizard",), "role_is_known"),
        ("cy", "bo", (Role.VERIFIER,), "there_is_something_to_stand_in_for"),
        ("cy", "dan", (), "there_is_something_to_stand_in_for"),
    ],
)
def test_a_substitute_stands_in_for_somebody_else_who_holds_something(
    office: Office, actor: str, absent: str, roles: tuple[str, ...], code: str
):
    office.appoint("bo", Role.DISPATCHER)
    assert code in office.refused(stand_in(actor, absent, 1, 5, roles=roles))


def test_nobody_stands_in_for_a_post_that_is_over_by_then(office: Office):
    office.appoint("bo", Role.DISPATCHER, valid_to=on(5))
    assert office.refused(stand_in("cy", "bo", 5, 9)) == {"there_is_something_to_stand_in_for"}
    office.do(stand_in("cy", "bo", 4, 9))


def test_substitutions_make_no_chain_in_either_order(office: Office):
    for actor in ("bo", "cy", "dan"):
        office.appoint(actor, Role.DISPATCHER)
    office.do(stand_in("cy", "bo", 1, 5))
    assert office.refused(stand_in("dan", "cy", 4, 9)) == {"there_is_no_chain"}
    assert office.refused(stand_in("bo", "dan", 0, 2)) == {"there_is_no_chain"}
    assert office.refused(stand_in("cy", "bo", 4, 9)) == {"arranged_once"}
    office.do(stand_in("dan", "cy", 5, 9), stand_in("bo", "dan", 0, 1), stand_in("cy", "bo", 9, 10))


def test_a_substitution_ends_when_the_absent_one_is_back(office: Office):
    office.appoint("bo", Role.DISPATCHER)
    office.do(stand_in("cy", "bo", 0, 9))
    assert office.refused(EndSubstitution(by=ANN, item="1", valid_to=on(10))) == {"it_ends_sooner"}
    office.clock.set(on(2))
    assert office.claims("cy") == {("dispatcher", "desk", "bo")}
    office.do(EndSubstitution(by=ANN, item="1"))
    assert office.claims("cy") == set()
    office.do(stand_in("dan", "bo", 2, 9))


# --- interests -------------------------------------------------------------------------------------------------------


def test_an_actor_keeps_away_from_the_declaring_on_until_it_is_lifted_by_another(office: Office):
    office.do(DeclareInterest(by=ANN, actor="bo", subject="water", ground="kin"))
    assert office.refused(DeclareInterest(by=ANN, actor="bo", subject="water", ground="own")) == {"interest_is_new"}
    office.clock.advance(DAY)
    office.do(LiftInterest(by=ANN, item="1"))

    def at(day: float) -> frozenset[str]:
        return office.authority.interests(BO, on(day), office.look_up)

    second = timedelta(seconds=1) / DAY
    assert [set(at(day)) for day in (-second, 0, 1 - second, 1)] == [set(), {"water"}, {"water"}, set()]
    office.do(DeclareInterest(by=ANN, actor="bo", subject="water", ground="other"))
    assert at(1) == {"water"}


def test_nobody_lifts_an_interest_of_his_own(office: Office):
    office.do(DeclareInterest(by=ANN, actor="ann", subject="water", ground="own"))
    assert office.refused(LiftInterest(by=ANN, item="1")) == {"lifted_by_another"}
    office.do(LiftInterest(by=SYSTEM, item="1"))


def test_who_holds_any_role_for_the_whole_district_declares_interests_of_his_own_and_no_others(office: Office):
    office.appoint("bo", Role.ARCHIVIST, "bureau")
    assert office.refused(DeclareInterest(by=BO, actor="cy", subject="water", ground="kin")) != set()
    office.do(DeclareInterest(by=BO, actor="bo", subject="water", ground="kin"))


# --- replay ----------------------------------------------------------------------------------------------------------


def test_what_is_read_back_equals_what_was_kept(tmp_path: Any):
    path = tmp_path / "log.db"
    office = an_office(path)
    office.do(
        Appoint(by=ANN, **POST, person_name="Wang Bo", valid_from=on(-3), valid_to=on(30)),
        stand_in("cy", "bo", 1, 5, roles=(Role.DISPATCHER,)),
        EndSubstitution(by=ANN, item="1", valid_to=on(4)),
        DeclareInterest(by=ANN, actor="bo", subject="water", ground="own"),
        ChangeUnit(by=ANN, item="water", **UNIT),
        RenameArea(by=ANN, item="2", title="Sunrise"),
    )
    kept = office.directory
    office.engine.close()
    with Engine.open(path, records=(CASE, DIRECTORY), authority=DirectoryAuthority()) as again:
        read = again.get("directory")
        assert read == kept
        assert read.digest == kept.digest
