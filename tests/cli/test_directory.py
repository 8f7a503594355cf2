"""`govflow directory`: founded, brought in from tables, shown as a tree, asked who holds a role."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from rich.cells import cell_len

from govflow import SYSTEM, Actor, Engine, Role
from govflow.actors import Level, covers
from govflow.interchange.policy_files import example_text, load_policy
from govflow.organisation import DIRECTORY_ID, Directory
from govflow.organisation.appointments import EndAppointment
from govflow.organisation.substitutions import ArrangeSubstitution
from govflow.organisation.units import CloseUnit
from tests.cli.conftest import run

SHIPPED = [
    Path(str(files("govflow") / "data" / "directory" / name)) for name in ("areas.csv", "units.csv", "appointments.csv")
]
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def built(session_env: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with the directory of the invented town that ships."""
    path = tmp_path_factory.mktemp("town") / "town.db"
    assert run("directory", "import", *SHIPPED, "--db", path).status == 0
    return path


@pytest.fixture
def town(built: Path, tmp_path: Path) -> Path:
    """A copy of it, to be written to."""
    for file in built.parent.iterdir():
        shutil.copy(file, tmp_path)
    return tmp_path / built.name


def head_of(path: Path) -> int:
    with Engine.open(path, create=False) as engine:
        return engine.store.head()


def table(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


# --- founding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "level"),
    [
        (("--area", "beihe"), "district"),
        (("--area", "beihe/qingxi"), "town"),
        (("--area", "beihe/qingxi/hedong"), "community"),
        (("--area", "qingxi", "--level", "town"), "town"),
        (("--area", "qingxi", "--level", "街道"), "town"),
    ],
)
def test_a_directory_is_founded_with_its_root_as_deep_as_its_path(govflow, tmp_path, options, level):
    ran = govflow("directory", "found", *options, "--title", "青溪镇", "--db", tmp_path / "new.db")

    with Engine.open(tmp_path / "new.db", create=False) as engine:
        stands = engine.get(DIRECTORY_ID, Directory)
    assert (ran.status, stands.title, stands.area, stands.level) == (0, "青溪镇", options[1], level)
    assert ran.out == f"The directory 青溪镇 stands; its root is {options[1]} ({level}).\n"


def test_a_log_has_one_directory(govflow, town):
    before = head_of(town)

    ran = govflow("directory", "found", "--area", "beihe", "--title", "x", "--db", town, "--lang", "zh-CN")

    assert (ran.status, ran.out, head_of(town)) == (1, "", before)
    assert "directory 不能执行 directory.found" in ran.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--area", "a b"), "--area: a b is no path of areas"),
        (("--area", "a", "--level", "moon"), "--level: moon is no level; expected grid, community, town, district"),
        (("--area", "a/b/c/d/e"), "--area: the level does not follow from so long a path; expected --level"),
    ],
)
def test_what_is_no_root_is_one_line_and_begins_no_log(govflow, tmp_path, options, said):
    ran = govflow("directory", "found", *options, "--title", "x", "--db", tmp_path / "new.db")

    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert said in ran.err
    assert list(tmp_path.iterdir()) == []


# --- importing -------------------------------------------------------------------------------------------------------


def test_the_tables_that_ship_bring_all_their_rows_in_and_again_nothing_new(govflow, tmp_path):
    path = tmp_path / "town.db"
    counted = [len(list(csv.DictReader(each.read_text("utf-8").splitlines()))) for each in SHIPPED]

    first = govflow("directory", "import", *reversed(SHIPPED), "--db", path)
    head = head_of(path)
    again = govflow("directory", "import", *SHIPPED, "--db", path, "--lang", "zh-CN")

    assert first.out == (
        f"directory founded, {counted[0] - 1} areas added, {counted[1]} units added, {counted[2]} appointments made\n"
    )
    assert (first.status, first.err) == (0, f"beginning a new log at {path}\n")
    assert (again.status, again.out, head_of(path)) == (0, "名录已含全部内容，未写入。\n", head)


def test_the_directory_that_ships_fits_the_policy_that_ships(town, tmp_path):
    policy = load_policy(table(tmp_path / "town.toml", example_text()))
    with Engine.open(town, create=False) as engine:
        stands = engine.get(DIRECTORY_ID, Directory)
        held = [
            (each, claim)
            for each in stands.items_of("unit")
            for item in stands.items_of("appointment").values()
            if item.unit == each
            for claim in engine.authority.claims(Actor(id=item.actor), NOW, engine.log.current)
            if claim.unit == each
        ]
        units, areas = stands.items_of("unit"), {each.path for each in stands.items_of("area").values()}
        leads = {rule.lead_unit for rule in policy.routing}
        leads |= {unit for each in policy.categories for unit in (*each.lead.values(), *each.lead_units)}
        others = {unit for rule in policy.routing for unit in rule.co_units}
        others |= {unit for each in policy.categories for unit in each.co_units}
        dispatched = {
            level: engine.authority.holders((Role.DISPATCHER,), level, "beihe/qingxi/hedong", NOW, engine.log.current)
            for level in list(Level)[1:]
        }

    assert leads | others <= set(units)
    assert {unit for unit, claim in held if claim.role == Role.LEAD_UNIT} >= leads
    assert {unit for unit, claim in held if claim.role == Role.CO_UNIT} >= others - {"bh.emergency"}
    assert {area for rule in policy.routing for area in rule.areas} <= areas
    owners = {owner for each in policy.obligations for owner in each.owners}
    assert owners <= {*units, *(item.actor for item in stands.items_of("appointment").values())}
    assert all(dispatched.values())


def test_every_bad_cell_is_told_and_nothing_is_written(govflow, town, tmp_path):
    people = table(
        tmp_path / "people.csv",
        "actor,role,unit,from,to,part_time\n"
        "qx-900,dispatcher,qx.governance,2026-02-30,,\n"
        "13800138000,lead_unit,qx.works,2026-01-01,,maybe\n"
        "qx-901,lead_unit,qx.nowhere,2026-01-01,,\n"
        "qx-902,lead_unit,qx.works,2026-01-01\n"
        "qx-903,wizard,qx.works,2026-02-01,2026-01-01,\n",
    )
    units = table(tmp_path / "units.csv", "id,name,kind,area\nqx.new,新单位,office,beihe/nowhere\n")
    before = head_of(town)

    ran = govflow("directory", "import", units, people, "--db", town)

    lines = ran.err.splitlines()
    assert (ran.status, ran.out, head_of(town)) == (1, "", before)
    assert lines[-1] == "govflow: 8 problems; nothing was written"
    places = [line.split(": ")[1:3] for line in lines[:-1]]
    assert places[0] == [f"{units}:2", "kind"]
    assert [place for place, _ in places[1:]] == [f"{people}:{line}" for line in (2, 3, 3, 4, 5, 6, 6)]
    assert "2026-02-30" in lines[1]
    assert "13800138000" not in ran.err, "what looks like a person's number is not repeated"
    assert all("; expected " in line for line in lines[:-1])


def test_bad_cells_are_told_in_chinese_too(govflow, town, tmp_path):
    people = table(tmp_path / "people.csv", "actor,role,unit,from\nqx-1,dispatcher,qx.nowhere,soon\n")

    ran = govflow("directory", "import", people, "--db", town, "--lang", "zh-CN")

    assert ran.err.splitlines() == [
        f"govflow: {people}:2: from：'soon' 不是日期；应为：日期，如 2026-01-01",
        "govflow: 共 1 处有误，未写入任何内容",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour,size\nred,5\n", "the columns are 'colour,size'"),
        ("colour,size\n", "the columns are 'colour,size'"),
        ("path,level\nbeihe,moon\n", "'moon' is not known; expected one of grid"),
        (
            "id,name,kind,area\nqx,x,station,beihe\n",
            "there is no directory yet; expected a table of areas with its root",
        ),
    ],
)
def test_what_is_bad_begins_no_log(govflow, tmp_path, text, said):
    bad = table(tmp_path / "bad.csv", text)

    ran = govflow("directory", "import", bad, "--db", tmp_path / "new.db")

    assert (ran.status, ran.out) == (1, "")
    assert said in ran.err
    assert list(tmp_path.iterdir()) == [bad]


@pytest.mark.parametrize(("text", "said"), [(None, "no such file"), ("", "the file is empty")])
def test_a_file_that_is_no_table_is_one_line(govflow, tmp_path, text, said):
    file = tmp_path / "some.csv"
    if text is not None:
        file.write_text(text)

    ran = govflow("directory", "import", file, "--db", tmp_path / "new.db")

    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert said in ran.err
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ["the file is not UTF-8 text; expected the table saved as CSV UTF-8", "1 problems"]),
        ("zh-CN", ["文件不是 UTF-8 文本；应为：另存为 CSV UTF-8 格式", "共 1 处有误"]),
    ],
)
def test_a_file_that_is_not_utf_8_is_told_once_whatever_refers_to_it(govflow, tmp_path, lang, said):
    areas, units = tmp_path / "areas.csv", tmp_path / "units.csv"
    areas.write_text("path,level,name\nbeihe,district,北河区\nbeihe/qingxi,town,青溪镇\n", encoding="gb18030")
    table(units, "id,name,kind,area\nqx,x,station,beihe/qingxi\n")

    ran = govflow("directory", "import", units, areas, "--db", tmp_path / "new.db", "--lang", lang)

    first, last = ran.err.splitlines()
    assert (ran.status, ran.out) == (1, "")
    assert f"{areas}:2" in first
    assert said[0] in first
    assert said[1] in last
    assert not (tmp_path / "new.db").exists()


def test_dates_are_days_of_the_policys_zone_or_of_the_one_named(govflow, town, tmp_path):
    one = table(tmp_path / "one.csv", "actor,role,unit,from\nqx-901,verifier,qx.works,2026-05-01\n")
    two = table(tmp_path / "two.csv", "actor,role,unit,from\nqx-902,verifier,qx.works,2026-05-01\n")
    govflow("directory", "import", one, "--db", town)
    govflow("directory", "import", two, "--db", town, "--zone", "UTC")

    held = {
        each["actor"]: each["since"]
        for each in json.loads(govflow("directory", "who", "verifier", "--db", town, "--json").out)
    }

    assert held["qx-901"] == "2026-04-30T16:00:00+00:00"
    assert held["qx-902"] == "2026-05-01T00:00:00+00:00"
    unknown = govflow("directory", "import", two, "--db", town, "--zone", "Moon/Base")
    assert (unknown.status, unknown.err) == (
        2,
        "govflow: --zone: Moon/Base is no time zone known here; expected Asia/Shanghai, UTC, …\n",
    )


def test_the_example_is_written_for_spreadsheets_and_comes_in_as_it_is(govflow, tmp_path):
    wrote = govflow("directory", "example", tmp_path / "our-town")
    again = govflow("directory", "example", tmp_path / "our-town")
    tables = sorted((tmp_path / "our-town").iterdir())
    ran = govflow("directory", "import", *tables, "--db", tmp_path / "town.db")

    assert (wrote.status, sorted(wrote.out.splitlines())) == (0, [str(each) for each in tables])
    assert all(each.read_bytes().startswith(b"\xef\xbb\xbf") for each in tables)
    assert (again.status, "there is a file at" in again.err) == (2, True)
    assert ran.status == 0


# --- who holds what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_the_areas_are_shown_as_a_tree_with_their_units_and_people(govflow, town, lang):
    ran = govflow("directory", "show", "--db", town, "--lang", lang)

    lines = ran.out.splitlines()
    assert ran.status == 0
    assert max(map(cell_len, lines)) <= 80
    assert lines[1].startswith("beihe 北河区")
    for said in ("│   │   ├── grid-1 河东第一网格", "[qx.works] 青溪镇城镇建设办公室"):
        assert said in ran.out
    assert ("qx-140: lead_unit, co_unit" in ran.out) is (lang == "en")
    assert ("qx-140: 主办单位，协办单位" in ran.out) is (lang == "zh-CN")
    assert ("hd-05: 召集人  (兼职)" in ran.out) is (lang == "zh-CN")


def test_the_directory_as_json_is_what_the_authority_answers(govflow, town):
    shown = json.loads(govflow("directory", "show", "--db", town, "--json").out)

    at = datetime.fromisoformat(shown["at"])
    with Engine.open(town, create=False) as engine:
        stands = engine.get(DIRECTORY_ID, Directory)
        people = {each.actor for each in stands.items_of("appointment").values()}
        expected = {
            (id, claim.role, claim.unit, claim.level, claim.area)
            for id in people
            for claim in engine.authority.claims(Actor(id=id), at, engine.log.current)
            if claim.unit
        }
    assert len(shown["areas"]) == len(stands.items_of("area"))
    assert {each["id"] for each in shown["units"]} == set(stands.items_of("unit"))
    assert {
        (post["actor"], post["role"], unit["id"], post["level"], post["area"])
        for unit in shown["units"]
        for post in unit["held_by"]
    } == expected


def test_one_unit_is_shown_as_of_a_moment(govflow, town):
    def holders(at):
        shown = json.loads(
            govflow("directory", "show", "--unit", "qx.emergency", "--at", at, "--db", town, "--json").out
        )
        (unit,) = shown["units"]
        return {post["actor"] for post in unit["held_by"]}

    assert holders("2025-12-31") == set()
    assert holders("2026-06-30") == {"qx-150", "qx-152"}
    assert holders("2026-07-01T00:00") == holders("2027-01-01") == {"qx-151", "qx-152"}
    told = govflow("directory", "show", "--unit", "qx.emergency", "--at", "2026-06-30", "--db", town).out
    assert "beihe/qingxi; part of qx.government" in told
    assert "2026-01-01–2026-06-30" in told
    missing = govflow("directory", "show", "--unit", "qx.moon", "--db", town, "--lang", "zh-CN")
    assert (missing.status, missing.err) == (2, "govflow: 未找到：没有单位 qx.moon\n")


def test_a_closed_unit_is_shown_as_of_when_it_stood(govflow, town):
    stood = datetime.now(UTC).isoformat()
    with Engine.open(town, create=False) as engine:
        for key, each in engine.get(DIRECTORY_ID, Directory).items_of("appointment").items():
            if each.unit == "bh.archive":
                engine.handle(EndAppointment(by=SYSTEM, item=key))
        engine.handle(CloseUnit(by=SYSTEM, item="bh.archive"))

    assert "bh.archive" not in govflow("directory", "show", "--db", town).out
    then = json.loads(govflow("directory", "show", "--at", stood, "--db", town, "--json").out)
    (archive,) = [each for each in then["units"] if each["id"] == "bh.archive"]
    assert [post["role"] for post in archive["held_by"]] == ["archivist"]


def test_who_stands_in_for_somebody_is_shown_with_both(govflow, town):
    start, end = datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 8, 15, 16, tzinfo=UTC)
    with Engine.open(town, create=False) as engine:
        engine.handle(ArrangeSubstitution(by=SYSTEM, actor="qx-111", absent="qx-110", valid_from=start, valid_to=end))

    found = json.loads(
        govflow(
            "directory",
            "who",
            "派单中心",
            "--area",
            "beihe/qingxi",
            "--level",
            "town",
            "--at",
            "2026-08-05",
            "--db",
            town,
            "--json",
        ).out
    )
    told = govflow("directory", "show", "--at", "2026-08-05", "--db", town).out

    assert [(each["actor"], each["standing_in_for"], each["until"]) for each in found] == [
        ("qx-110", None, None),
        ("qx-111", "qx-110", end.isoformat()),
    ]
    assert "standing in for qx-110, until 2026-08-15" in told
    assert "standing in" not in govflow("directory", "show", "--at", "2026-08-20", "--db", town).out


@pytest.mark.parametrize("role", ["dispatcher", "acceptance_desk", "lead_unit", "supervisor", "review_body"])
@pytest.mark.parametrize("level", [None, *list(Level)[1:]])
def test_who_holds_a_role_for_a_matter_is_what_the_authority_answers(govflow, town, role, level):
    for area in ("beihe/qingxi/hedong", "beihe/qingxi", "beihe"):
        options = ("--level", level) if level else ()
        ran = govflow("directory", "who", role, "--area", area, *options, "--db", town, "--json")

        with Engine.open(town, create=False) as engine:
            expected = engine.authority.holders((role,), level, area, engine.now(), engine.log.current)
        assert {each["actor"] for each in json.loads(ran.out)} == {holder.actor for holder in expected}
        assert ran.status == (0 if expected else 1)


def test_without_an_area_everybody_who_holds_the_role_anywhere_is_named(govflow, town):
    ran = govflow("directory", "who", "grid_worker", "--db", town)

    assert [line.split()[0] for line in ran.out.splitlines()[2:] if line[:1].isalpha()] == [
        "hd-11",
        "hd-12",
        "hx-11",
        "sh-11",
    ]
    assert max(map(cell_len, ran.out.splitlines())) <= 80


def test_nobody_is_an_answer_too(govflow, town):
    ran = govflow("directory", "who", "voter", "--db", town)
    unknown = govflow("directory", "who", "dispacher", "--db", town)

    assert (ran.status, ran.out) == (1, "Nobody.\n")
    assert (unknown.status, unknown.out) == (2, "")
    assert "ROLE: dispacher is a role of no step here; expected acceptance_desk, " in unknown.err


@pytest.mark.parametrize("command", [("show",), ("who", "dispatcher")])
def test_a_log_without_a_directory_says_so(govflow, tmp_path, command):
    bare = tmp_path / "bare.db"
    Engine.open(bare).close()

    ran = govflow("directory", *command, "--db", bare)

    assert (ran.status, ran.err) == (
        2,
        "govflow: this log has no directory; found one or import a table of areas\n",
    )


def test_a_claim_that_reaches_further_is_found_for_the_areas_below_it(govflow, town):
    found = json.loads(
        govflow("directory", "who", "verifier", "--area", "beihe/qingxi/hexi", "--db", town, "--json").out
    )

    assert [each["area"] for each in found] == ["beihe/qingxi"]
    with Engine.open(town, create=False) as engine:
        (claim,) = [
            each
            for each in engine.authority.claims(Actor(id=found[0]["actor"]), engine.now(), engine.log.current)
            if each.role == "verifier"
        ]
    assert covers(claim, None, "beihe/qingxi/hexi")
