"""Bringing tables of areas, units and appointments into the directory: all, or nothing and every bad cell 导入名录."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from govflow import SYSTEM, Actor, NotAllowed, Role
from govflow.interchange.tabular import Table
from govflow.organisation import import_directory, planned
from govflow.organisation.importing import Planned
from govflow.organisation.units import CloseUnit
from tests.organisation.office import ANN, Office
from tests.support import a_plan_decider

SHANGHAI = ZoneInfo("Asia/Shanghai")

AREAS = """path,level,name
jinniu/east/river,community,River
jinniu,district,Jinniu
jinniu/east,town,East
"""
UNITS = """id,name,kind,level,area,parent
window,Window,station,,jinniu/east,desk
desk,Desk,station,,jinniu/east,bureau
bureau,Bureau,government,,jinniu,
"""
POSTS = """actor,role,unit,from,to,part_time,level,area
ann,district,bureau,2026-01-01,,,,
bo,dispatcher,desk,2026-01-01,2026-07-01,no,,
bo,dispatcher,desk,2026-07-01,,是,,
cy,grid_worker,desk,2026-02-01,,,community,jinniu/east/river
"""
INSTEAD = (
    "that row left as it is (its `to` may be filled in, or set to an earlier day), "
    "and a row of its own for the time before or after it"
)
FILES = {"areas.csv": AREAS, "units.csv": UNITS, "posts.csv": POSTS}


def rows(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    reader = csv.DictReader(text.splitlines())
    for row in reader:
        yield reader.line_num, row


def plan(files: Mapping[str, str], office: Office | None = None) -> Planned:
    directory = office.directory if office is not None else None
    return planned({name: rows(text) for name, text in files.items()}, directory, by=SYSTEM, zone=SHANGHAI)


def imported(office: Office, files: Mapping[str, str], directory: Any = None, **more: Any) -> Planned:
    tables = {name: rows(text) for name, text in files.items()}
    given = {"by": SYSTEM, "zone": SHANGHAI, **more}
    return import_directory(office.engine.handle_all, tables, directory, **given)


@pytest.fixture
def office() -> Office:
    office = Office()
    assert imported(office, FILES).problems == ()
    return office


def sentences(given: Planned) -> list[str]:
    assert given.commands == ()
    assert all("应为" in problem.sentence("zh-CN") for problem in given.problems)
    return [problem.sentence() for problem in given.problems]


def test_tables_found_the_directory_and_fill_it_whatever_the_order_of_their_rows(office: Office):
    directory = office.directory
    areas = {each.path: (each.level, each.title) for each in directory.items_of("area").values()}
    assert areas == {
        "jinniu": ("district", "Jinniu"),
        "jinniu/east": ("town", "East"),
        "jinniu/east/river": ("community", "River"),
    }
    units = {each.key: (each.parent, each.level) for each in directory.items_of("unit").values()}
    assert units == {"bureau": (None, "district"), "desk": ("bureau", "town"), "window": ("desk", "town")}
    cy = directory.items_of("appointment")["4"]
    assert (cy.actor, cy.role, cy.level, cy.area) == ("cy", Role.GRID_WORKER, "community", "jinniu/east/river")
    assert [each.part_time for each in directory.items_of("appointment").values()] == [False, False, True, False]


def test_a_day_begins_at_midnight_of_the_zone_and_the_last_is_the_one_before_to(office: Office):
    bo = office.directory.items_of("appointment")["2"]
    assert bo.valid_from == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert bo.valid_to == datetime(2026, 6, 30, 16, tzinfo=UTC)


def test_the_same_tables_again_append_nothing(office: Office):
    head = office.engine.store.head()
    assert imported(office, FILES, office.directory) == ((), ())
    assert office.engine.store.head() == head


def test_the_same_tables_give_nothing_after_a_unit_has_moved(office: Office):
    moved = {**FILES, "units.csv": UNITS.replace("desk,Desk,station,,jinniu/east,", "desk,Desk,station,,jinniu,")}
    assert len(imported(office, moved, office.directory).commands) == 1
    assert imported(office, moved, office.directory) == ((), ())


def test_what_differs_is_changed_and_nothing_else(office: Office):
    changed = {
        "areas.csv": AREAS.replace("East", "Sunrise"),
        "units.csv": UNITS.replace("Window", "Counter"),
        "posts.csv": POSTS.replace("ann,district,bureau,2026-01-01,,", "ann,district,bureau,2026-01-01,2026-12-01,"),
    }
    wires = [command.wire for command in imported(office, changed, office.directory).commands]
    assert wires == ["area.rename", "unit.change", "appointment.end"]
    assert imported(office, changed, office.directory) == ((), ())
    assert office.directory.items_of("area")["2"].title == "Sunrise"


@pytest.mark.parametrize(
    ("column", "post"),
    [
        ("area", "cy,grid_worker,desk,2026-02-01,,no,community,jinniu/east"),
        ("level", "cy,grid_worker,desk,2026-02-01,,no,grid,jinniu/east/river"),
        ("part_time", "cy,grid_worker,desk,2026-02-01,,yes,community,jinniu/east/river"),
        ("to", "cy,grid_worker,desk,2026-02-01,2026-02-01,no,community,jinniu/east/river"),
    ],
)
def test_an_appointment_that_differs_is_another_one_and_none_is_passed_over(office: Office, column: str, post: str):
    header = "actor,role,unit,from,to,part_time,level,area"
    given = plan({"posts.csv": f"{header}\n{post}\n"}, office)
    assert [command.wire for command in given.commands] == (["appointment.appoint"] if column == "area" else [])
    assert {problem.column for problem in given.problems} == {
        "area": set(),
        "level": {"from"},
        "part_time": {"from"},
        "to": {"to"},
    }[column]


def test_an_empty_name_leaves_an_area_its_own_and_a_closed_unit_is_told(office: Office):
    assert plan({"areas.csv": "path,level,name\njinniu/east,town,\n"}, office) == ((), ())
    office.do(CloseUnit(by=SYSTEM, item="window"))
    posts = "actor,role,unit,from\ndan,verifier,window,2026-01-01\n"
    (sentence,) = sentences(plan({"units.csv": UNITS, "posts.csv": posts}, office))
    assert sentence == "units.csv:2: id: unit window is closed; expected an open unit, or a new id"


def test_every_bad_cell_is_listed_with_its_place_and_what_was_expected():
    bad = {
        "areas.csv": "path,level,name\njinniu,district,Jinniu\njinniu/a b,town,\njinniu/c,village,\n,town,\n",
        "units.csv": "id,name,kind,level,area,parent\ndesk,,shop,,jinniu,\nw x,Water,department,,jinniu/nowhere,none\n",
        "posts.csv": "actor,role,unit,from,to,part_time,level,area\n王波,dispatcher,office,2026-02-30,,maybe,,\n"
        "13800000000,,office,soon,,,,\n",
    }
    assert [sentence.partition("; expected ")[0] for sentence in sentences(plan(bad))] == [
        "areas.csv:3: path: 'jinniu/a b' is no path of areas",
        "areas.csv:4: level: 'village' is not known",
        "areas.csv:5: path: the cell is empty",
        "units.csv:2: name: the cell is empty",
        "units.csv:2: kind: 'shop' is not known",
        "units.csv:3: id: 'w x' is no id",
        "posts.csv:2: actor: this looks like a name or a number of a person",
        "posts.csv:2: from: '2026-02-30' is no date",
        "posts.csv:2: part_time: 'maybe' is neither yes nor no",
        "posts.csv:3: actor: this looks like a name or a number of a person",
        "posts.csv:3: role: the cell is empty",
        "posts.csv:3: from: 'soon' is no date",
    ]


def test_what_breaks_a_rule_of_the_directory_is_listed_with_the_cell_it_looks_at(office: Office):
    bad = {
        "areas.csv": "path,level\njinniu/west,community\nother/place,town\njinniu/east,community\n",
        "units.csv": "id,name,kind,level,area,parent\nroads,Roads,department,,jinniu/south,nobody\n"
        "desk,Desk,station,,jinniu/east,window\n",
        "posts.csv": "actor,role,unit,from,to\ndan,wizard,desk,2026-01-01,2026-01-01\n"
        "bo,dispatcher,desk,2026-03-01,\ndan,dispatcher,nowhere,2026-01-01,\nbo,dispatcher,desk,2026-01-01,\n",
    }
    assert sentences(plan(bad, office)) == [
        "areas.csv:2: path: jinniu is a district, above a community; "
        "expected the area above it is open and stands exactly one level higher",
        "areas.csv:3: path: there is no open area other; "
        "expected the area above it is open and stands exactly one level higher",
        "areas.csv:4: level: jinniu/east stands at the level town; expected that level",
        "units.csv:2: area: there is no open area jinniu/south; expected the area is an open one of the directory",
        "units.csv:2: parent: there is no open unit nobody; "
        "expected the unit it belongs to, if any, is an open one of the directory",
        "units.csv:3: parent: window; expected the unit it belongs to is neither itself nor below it",
        "posts.csv:2: role: wizard is no role that people hold; "
        "expected each role is one that a table names, and not the system's",
        "posts.csv:2: to: from 2026-01-01 to 2026-01-01; expected the period begins before it ends",
        "posts.csv:3: from: bo is dispatcher in desk already from 2026-01-01 to 2026-07-01 (appointment 2), "
        f"from 2026-07-01 on (appointment 3); expected {INSTEAD}",
        "posts.csv:4: unit: there is no open unit nowhere; expected the unit is an open one of the directory",
        "posts.csv:5: from: bo is dispatcher in desk already from 2026-01-01 to 2026-07-01 (appointment 2), "
        f"from 2026-07-01 on (appointment 3); expected {INSTEAD}",
    ]


HEADER = "actor,role,unit,from,to\n"


@pytest.mark.parametrize(
    ("rows_given", "wires"),
    [
        ("cy,grid_worker,desk,2026-02-01,2026-09-01", ["end"]),
        ("bo,dispatcher,desk,2026-01-01,2026-03-01", ["end"]),
        ("ann,district,bureau,2026-01-01,2026-04-01\nann,district,bureau,2026-05-01,", ["end", "appoint"]),
        ("ann,district,bureau,2025-06-01,2026-01-01\nann,district,bureau,2026-01-01,", ["appoint"]),
    ],
)
def test_an_appointment_is_ended_or_ended_sooner_and_others_stand_before_and_after_it(
    office: Office, rows_given: str, wires: list[str]
):
    given = plan({"posts.csv": HEADER + rows_given}, office)
    assert given.problems == ()
    assert [command.wire.partition(".")[2] for command in given.commands] == wires


@pytest.mark.parametrize(
    ("post", "met"),
    [
        ("ann,district,bureau,2026-02-01,", "from 2026-01-01 on (appointment 1)"),
        ("ann,district,bureau,2025-12-01,", "from 2026-01-01 on (appointment 1)"),
        ("gus,verifier,desk,2026-01-01,", "from 2026-01-01 to 2026-06-01 (appointment 5)"),
        ("gus,verifier,desk,2026-01-01,2026-08-01", "from 2026-01-01 to 2026-06-01 (appointment 5)"),
    ],
)
def test_other_dates_of_an_appointment_are_refused_with_what_can_be_done_instead(office: Office, post: str, met: str):
    imported(office, {"posts.csv": f"{HEADER}gus,verifier,desk,2026-01-01,2026-06-01\n"}, office.directory)
    given = plan({"posts.csv": HEADER + post}, office)
    actor, role, unit, *_ = post.split(",")
    (sentence,) = sentences(given)
    assert sentence == f"posts.csv:2: from: {actor} is {role} in {unit} already {met}; expected {INSTEAD}"
    assert "保留该行原样（可填写 to，或将 to 提前）" in given.problems[0].sentence("zh-CN")


def test_of_two_rows_that_overlap_the_second_names_the_line_of_the_first(office: Office):
    posts = f"{HEADER}gus,verifier,desk,2026-01-01,\ngus,verifier,desk,2026-02-01,\n"
    given = plan({"posts.csv": posts}, office)
    assert sentences(given)[0].startswith(
        "posts.csv:3: from: gus is verifier in desk already from 2026-01-01 on (posts.csv:2);"
    )
    assert "gus 已在 desk 任 verifier：自 2026-01-01 起（posts.csv:2）" in given.problems[0].sentence("zh-CN")


@pytest.mark.parametrize("known", [True, False])
def test_a_unit_that_belongs_to_itself_is_told_and_so_is_each_in_a_circle(office: Office, known: bool):
    own = "desk" if known else "own"
    units = (
        f"id,name,kind,level,area,parent\n{own},Own,station,,jinniu/east,{own}\n"
        "a,A,station,,jinniu/east,b\nb,B,station,,jinniu/east,a\nbelow,Below,station,,jinniu/east,a\n"
    )
    assert sentences(plan({"units.csv": units}, office)) == [
        f"units.csv:2: parent: the unit belongs to itself ({own} > {own}); expected another unit, or an empty cell",
        "units.csv:3: parent: the unit belongs to itself (a > b > a); expected another unit, or an empty cell",
        "units.csv:4: parent: the unit belongs to itself (b > a > b); expected another unit, or an empty cell",
    ]


def test_what_is_described_twice_in_different_words_is_told_with_both_lines(office: Office):
    files = {
        "areas.csv": "path,level,name\njinniu/west,town,West\njinniu/west,town,West\n",
        "more.csv": "path,level,name\njinniu/west,town,Wild West\n",
        "units.csv": "id,name,kind,area\nhut,Hut,station,jinniu\nhut,Hut,station,jinniu/east\n",
    }
    assert sentences(plan(files, office)) == [
        "more.csv:2: path: jinniu/west stands in areas.csv:2 with other content; expected each of them once",
        "units.csv:3: id: hut stands in units.csv:2 with other content; expected each of them once",
    ]
    del files["more.csv"], files["units.csv"]
    assert [command.wire for command in plan(files, office).commands] == ["area.add"]


def test_what_refers_to_a_bad_row_is_not_bad_for_that(office: Office):
    bad = {
        "areas.csv": "path,level\njinniu/west,village\njinniu/west/hill,community\n",
        "units.csv": "id,name,kind,level,area,parent\nhut,Hut,station,,jinniu/west/hill,\nshed,Shed,shop,,jinniu,hut\n",
        "posts.csv": "actor,role,unit,from\ndan,dispatcher,hut,2026-01-01\ndan,dispatcher,shed,2026-01-01\n",
    }
    assert [sentence.partition(";")[0] for sentence in sentences(plan(bad, office))] == [
        "areas.csv:2: level: 'village' is not known",
        "units.csv:3: kind: 'shop' is not known",
    ]


def test_one_bad_cell_and_nothing_is_handled(office: Office):
    head = office.engine.store.head()
    bad = {"areas.csv": "path,level\njinniu/west,town\n", "posts.csv": "actor,role,unit,from\ndan,verifier,desk,x\n"}
    assert len(imported(office, bad, office.directory).problems) == 1
    assert office.engine.store.head() == head


def test_an_import_is_one_transaction_by_somebody_who_keeps_the_directory(office: Office):
    head = office.engine.store.head()
    more = {"areas.csv": "path,level\njinniu/west,town\njinniu/west/hill,community\n"}
    with pytest.raises(NotAllowed):
        imported(office, more, office.directory, by=Actor(id="bo"))
    assert office.engine.store.head() == head
    office.clock.set(datetime(2026, 4, 1, tzinfo=UTC))
    imported(office, more, office.directory, by=ANN)
    assert len({recorded.meta.recorded_at for recorded in office.engine.history("directory")[-2:]}) == 1


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("a,b", "t.csv:1: the columns are 'a,b'; expected path,level,name / "),
        ("path,name", "t.csv:1: level: is missing; expected path,level,name"),
        ("path,level,phone", "t.csv:1: phone: is no column of it; expected path,level,name"),
    ],
)
def test_a_header_that_is_none_of_ours_is_told(header: str, told: str):
    (sentence,) = sentences(plan({"t.csv": f"{header}\n{','.join('x' * (header.count(',') + 1))}\n"}))
    assert sentence.startswith(told)


def test_a_directory_is_founded_on_its_root_or_not_at_all():
    (sentence,) = sentences(plan({"units.csv": "id,name,kind,area\ndesk,Desk,station,jinniu\n"}))
    assert sentence == "units.csv:2: there is no directory yet; expected a table of areas with its root"


def test_a_row_with_more_cells_than_columns_is_told(office: Office):
    (sentence,) = sentences(plan({"areas.csv": "path,level\njinniu/west,town,x\njinniu/hill,town\n"}, office))
    assert sentence == "areas.csv:2: more cells than columns; expected one cell a column"


def test_roles_of_records_defined_elsewhere_are_known_by_their_tables(office: Office):
    decider = a_plan_decider()
    table = {"posts.csv": rows("actor,role,unit,from\ndan,secretariat,desk,2026-01-01\n")}
    given: Any = {"by": SYSTEM, "zone": SHANGHAI, "deciders": {decider.name: decider}}
    assert planned(table, office.directory, **given).problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_is_read_with_and_without_a_byte_order_mark(tmp_path: Any, encoding: str):
    path = tmp_path / "区域.csv"
    path.write_text("path,level,name\n金牛,district,金牛区\n", encoding=encoding)
    with Table(path) as table:
        tables = {table.name: [(row.line, dict(zip(table.header, row.fields, strict=True))) for row in table]}
    office = Office()
    given: Any = {"by": SYSTEM, "zone": SHANGHAI}
    import_directory(office.engine.handle_all, tables, None, **given)
    assert (office.directory.area, office.directory.title) == ("金牛", "金牛区")


def test_a_mark_left_before_the_first_column_is_passed_over():
    assert plan({"areas.csv": "\ufeffpath,level\njinniu,district\n"}).problems == ()
