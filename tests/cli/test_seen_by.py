"""`--as`: what an actor may see; `allowed --others`: who may; `route`: where a case goes, by each rule asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rich.cells import cell_len

from govflow import Actor, Engine, InputError
from govflow.cases import commands as c
from govflow.interchange.jsonl import import_log
from govflow.interchange.policy_files import example_text, load_policy
from govflow.testing import PinnedClock
from tests.cli.test_directory import SHIPPED
from tests.support import Town, a_case

HIDDEN: dict[str, Any] = {"kind": "whistle_blowing", "confidential": True, "accused_unit": "roads", "reporter": "s-9"}
READING = ("show", "timeline", "loops", "replay")


class Seen(NamedTuple):
    """Somebody who asks, and what they see."""

    options: tuple[str, ...]
    ids: set[str]


# without a directory, whoever runs the program vouches for the roles
WITHOUT = {
    "everybody with the file": Seen((), {"leak", "told", "noise"}),
    "the unit reported": Seen(("--as", "u", "--role", "lead_unit", "--as-unit", "roads"), set()),
    "the unit reported as dispatcher": Seen(
        ("--as", "u", "--role", "dispatcher", "--as-unit", "roads"), {"leak", "noise"}
    ),
    "the lead unit": Seen(("--as", "li", "--role", "lead_unit", "--as-unit", "water"), {"leak"}),
    "a resident": Seen(("--as", "s-1", "--role", "reporter"), {"leak", "noise"}),
    "a neighbour": Seen(("--as", "s-2", "--role", "reporter"), set()),
    "who blew the whistle": Seen(("--as", "s-9", "--role", "reporter"), {"told"}),
    "a desk elsewhere": Seen(("--as", "d", "--role", "acceptance_desk", "--area", "elsewhere"), set()),
}


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A leak in the hands of the water unit, a noise that was reported, and a report on the roads unit."""
    path, clock = tmp_path_factory.mktemp("seen") / "town.db", PinnedClock()
    with Engine.open(path, now=clock) as engine:
        town = Town(engine, clock)
        a_case(town, "in_handling", id="leak")
        a_case(town, "reported", id="noise")
        town.do(c.ReportCase(id="told", by=Actor.of("s-9", "resident", "reporter"), **matter(**HIDDEN)))
    return path


def matter(**more: Any) -> dict[str, Any]:
    described = {"title": "It", "channel": "phone", "level": "community", "area": "jinniu/huazhaobi"}
    return {**described, "category": "general", "kind": "hotline", **more}


def ids_in(out: str) -> set[str]:
    return {each["id"] for each in json.loads(out)}


@pytest.mark.parametrize("who", WITHOUT)
def test_a_list_has_what_the_one_named_may_see_and_no_more(govflow, log, who):
    ran = govflow("list", "--db", log, *WITHOUT[who].options, "--json")

    assert (ran.status, ids_in(ran.out)) == (0, WITHOUT[who].ids)


@pytest.mark.parametrize("who", WITHOUT)
@pytest.mark.parametrize("command", READING)
def test_what_is_hidden_is_not_there_for_any_command(govflow, log, command, who):
    for id in ("leak", "told", "noise"):
        ran = govflow(command, id, "--db", log, *WITHOUT[who].options)

        if id in WITHOUT[who].ids:
            assert (ran.status, ran.err) == (0, "")
        else:
            assert (ran.status, ran.out, ran.err) == (2, "", f"govflow: there is no record {id}\n")


@pytest.mark.parametrize("who", WITHOUT)
def test_an_export_has_the_rows_that_the_one_named_may_see(govflow, log, tmp_path, who):
    out = tmp_path / "seen.jsonl"

    ran = govflow("export", "jsonl", "--db", log, *WITHOUT[who].options, "--out", out)
    piped = govflow("export", "jsonl", "--db", log, *WITHOUT[who].options)

    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert piped.out == out.read_text("utf-8")
    assert {row["stream"] for row in rows} == WITHOUT[who].ids | {"log"}
    assert f"{len(rows)} rows written" in " ".join(ran.out.split())
    if WITHOUT[who].options:
        assert "cannot be read back" in " ".join(ran.out.split())
        with out.open("rb") as source, pytest.raises(InputError):
            import_log(source, tmp_path / "copy.db")


def test_a_unit_filters_the_list_and_is_not_the_one_that_asks(govflow, log):
    asking = ("--as", "d", "--role", "dispatcher")

    assert ids_in(govflow("list", "--db", log, *asking, "--json").out) == {"leak", "noise", "told"}
    assert ids_in(govflow("list", "--db", log, *asking, "--unit", "water", "--json").out) == {"leak"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("list", "--role", "dispatcher"), "--role: they belong to an actor, and none is named; expected --as ACTOR"),
        (("show", "leak", "--area", "a"), "--area: they belong to an actor"),
        (
            ("show", "leak", "--as", "ann"),
            "--role: this log has no directory: say which role they hold; expected accep",
        ),
        (("list", "--as", "ann", "--role", "wizard"), "--role: wizard is a role of no step here"),
        (("loops", "leak", "--as", "a b", "--role", "dispatcher"), "--as: not usable"),
        (("loops", "leak", "--as", "a", "--role", "dispatcher", "--as-unit", "?"), "--as-unit: not usable"),
        (("replay", "--as", "ann", "--role", "dispatcher"), "--as: what an actor may see is replayed record by record"),
        (("export", "jsonl", "--role", "dispatcher"), "--role: they belong to an actor"),
        (("allowed", "leak", "--as", "ann"), "--role: this log has no directory"),
    ],
)
def test_who_asks_is_named_as_a_whole(govflow, log, arguments, said):
    ran = govflow(*arguments, "--db", log)

    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert said in ran.err


# --- a log with a directory ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def town(session_env: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented town with its policy and its directory, and two matters that came in there."""
    from tests.cli.conftest import run

    folder = tmp_path_factory.mktemp("qingxi")
    path, policy = folder / "town.db", folder / "qingxi.toml"
    policy.write_text(example_text(), encoding="utf-8")
    assert run("policy", "adopt", policy, "--db", path).status == 0
    assert run("directory", "import", *SHIPPED, "--db", path).status == 0
    with Engine.open(path, create=False, policy=load_policy(policy)) as engine:
        place = {"area": "beihe/qingxi/hedong", "level": "community"}
        resident = Actor(id="s-1")
        engine.handle(c.ReportCase(id="noise", by=resident, **matter(category="noise", reporter="s-1", **place)))
        accused = {**HIDDEN, "accused_unit": "qx.hedong", "category": "conduct"}
        above = {**place, "level": "town"}  # at its own level there is no desk but that of the unit reported
        engine.handle(c.ReportCase(id="told", by=Actor(id="s-9"), **matter(**accused, **above)))
        engine.handle(c.ReportCase(id="conduct", by=resident, **matter(category="conduct", reporter="s-1", **place)))
    return path


@pytest.mark.parametrize(
    ("actor", "ids"),
    [
        ("s-1", {"noise"}),
        ("s-9", {"told"}),
        ("hd-01", {"noise"}),  # of the unit that is reported
        ("hx-01", set()),  # of the next community
        ("stranger", set()),
    ],
)
def test_the_directory_says_what_an_actor_may_see(govflow, town, actor, ids):
    ran = govflow("list", "--db", town, "--as", actor, "--json")

    with Engine.open(town, create=False) as engine:
        assert {each.id for each in engine.seen_by(Actor(id=actor)).records()} == ids_in(ran.out)
    assert ids_in(ran.out) & {"noise", "told"} == ids


def test_nobody_names_roles_of_their_own_where_there_is_a_directory(govflow, town):
    ran = govflow("list", "--db", town, "--as", "stranger", "--role", "archivist", "--area", "beihe")
    chinese = govflow("allowed", "noise", "--db", town, "--as", "s-1", "--role", "archivist", "--lang", "zh-CN")

    assert (ran.status, ran.out) == (2, "")
    assert "--role, --area: the directory of this log says what an actor holds; expected --as ACTOR" in ran.err
    assert "此日志以机构名录为准，不能自行指定" in chinese.err


# --- who may ---------------------------------------------------------------------------------------------------------


def test_what_only_others_may_do_is_shown_with_the_roles_missing_and_who_holds_them(govflow, town):
    own = json.loads(govflow("allowed", "noise", "--as", "s-1", "--db", town, "--json").out)
    ran = govflow("allowed", "noise", "--as", "s-1", "--others", "--db", town)
    everything = json.loads(govflow("allowed", "noise", "--as", "s-1", "--others", "--db", town, "--json").out)
    chinese = govflow("allowed", "noise", "--as", "s-1", "--others", "--db", town, "--lang", "zh-CN")

    steps = {each["command"]: each for each in everything}
    assert all(not each["missing"] for each in own)
    assert {each["command"] for each in own} < set(steps)
    accept = steps["case.accept"]
    assert "acceptance_desk" in accept["missing"]
    assert "hd-01" in accept["held_by"]
    assert "needs one of" in ran.out
    assert "held by" in ran.out
    assert "hd-01" in ran.out
    assert "受理窗口" in chinese.out
    for each in (ran, chinese):
        assert (each.status, max(map(cell_len, each.out.splitlines())) <= 80) == (0, True)


def test_the_unit_reported_is_told_that_there_is_no_record(govflow, town, log):
    by_directory = govflow("allowed", "told", "--as", "hd-01", "--db", town)
    by_claim = govflow("allowed", "told", "--as", "u", "--role", "lead_unit", "--as-unit", "roads", "--db", log)
    chinese = govflow("show", "told", "--as", "hd-01", "--db", town, "--lang", "zh-CN")

    assert (by_directory.status, by_directory.err) == (by_claim.status, by_claim.err)
    assert (by_claim.status, by_claim.out, by_claim.err) == (2, "", "govflow: there is no record told\n")
    assert chinese.err == "govflow: 未找到：没有记录 told\n"


# --- where a case goes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("id", "unit", "rule"), [("noise", "qx.hedong", "hedong-community"), ("conduct", None, None)])
def test_route_tells_where_a_case_goes_and_each_rule_that_was_asked(govflow, town, id, unit, rule):
    ran = govflow("route", id, "--db", town)
    told = json.loads(govflow("route", id, "--db", town, "--json").out)
    chinese = govflow("route", id, "--db", town, "--lang", "zh-CN")

    with Engine.open(town, create=False) as engine:
        found = engine.route(id)
    assert (told["lead_unit"], told["rule"]) == (found.lead_unit, found.rule) == (unit, rule)
    assert told["why"] == [{"en": str(each), "zh": each.zh} for each in found.why]
    for out, lines in ((ran.out, found.why), (chinese.out, [each.zh for each in found.why])):
        flat = "".join(out.split())
        assert all("".join(line.split()) in flat for line in lines)
    assert ran.out.startswith(f"It goes to {unit}." if unit else "No rule says where it goes.")
    assert chinese.out.startswith(f"派给 {unit}。" if unit else "没有规则指明派给谁。")


def test_the_units_that_help_are_named_too(govflow, town):
    with Engine.open(town, create=False) as engine:
        hazard = matter(category="hazard", severity="high", reporter="s-1", area="beihe/qingxi", level="town")
        engine.handle(c.ReportCase(id="hazard", by=Actor(id="s-1"), **hazard))

    ran = govflow("route", "hazard", "--db", town)

    assert ran.out.splitlines()[0] == "It goes to qx.emergency, together with qx.police, bh.emergency."
    assert govflow("route", "moon", "--db", town).err == "govflow: there is no record moon\n"
