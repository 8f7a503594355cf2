"""`govflow policy` and `govflow calendar`: a town checks, reads, compares and adopts what it tunes."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from govflow import DEFAULT_POLICY, Engine
from govflow.calendars import china
from govflow.interchange.policy_files import example_text, load_policy, policy_as_text, policy_from
from govflow.policy import Majority, Presence, Share, Tie

MOTION = next(
    each for each in policy_from(tomllib.loads(example_text())).parts.procedures if each.own and not each.risk
)
MISTAKES = Path(__file__).parent.parent / "data" / "policies" / "ten-mistakes.toml"


@pytest.fixture
def town(tmp_path: Path) -> Path:
    path = tmp_path / "town.toml"
    path.write_text(example_text(), "utf-8")
    return path


def edited(town: Path, before: str, after: str, name: str = "edited.toml") -> Path:
    text = town.read_text("utf-8")
    assert before in text
    path = town.parent / name
    path.write_text(text.replace(before, after), "utf-8")
    return path


# --- check -----------------------------------------------------------------------------------------------------------


def test_the_town_that_ships_passes(govflow, town):
    ran = govflow("policy", "check", town)

    assert (ran.status, ran.err) == (0, "")
    counted = "66 time limits, 15 categories, 6 routing rules, 10 duties, 9 tracks"
    assert ran.out == f"{town}: qingxi@2026.1 is fine: {counted}\n"


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_ten_mistakes_are_told_in_ten_lines_each_with_its_file_and_field(govflow, lang):
    ran = govflow("policy", "check", MISTAKES, "--lang", lang)

    lines = ran.out.splitlines()
    assert (ran.status, ran.err) == (1, "")
    assert len(lines) == 10
    assert all(line.startswith(f"{MISTAKES}: ") for line in lines)
    fields = {line.removeprefix(f"{MISTAKES}: ").split(": ")[0] for line in lines}
    assert fields == {
        "time_zone",
        "time_limits[0] (handle).extention",
        "time_limits[1] (accept).unit",
        "time_limits[2] (assign).length",
        "time_limits[3] (assign)",
        "time_limits[4] (feedback).clock",
        "reasons[0] (out_of_scope).zh",
        "categories[0] (noise).time_limit",
        "routing[1] (noise)",
        "obligations[0] (course).at_least",
    }
    assert all(("应为" if lang == "zh-CN" else "; expected ") in line for line in lines)


def test_problems_come_as_json_too(govflow):
    found = json.loads(govflow("policy", "check", MISTAKES, "--json").out)

    assert len(found) == 10
    assert {"file", "field", "en", "zh", "expected"} == set(found[0])


def test_a_version_that_the_log_knows_with_another_content_is_a_problem(govflow, town, tmp_path):
    db = tmp_path / "city.db"
    govflow("policy", "adopt", town, "--db", db)
    other = edited(town, "representatives = 5", "representatives = 4")

    assert govflow("policy", "check", town, "--db", db).status == 0
    assert govflow("policy", "check", other).status == 0
    ran = govflow("policy", "check", other, "--db", db)
    assert ran.status == 1
    assert ran.out.endswith("version: qingxi@2026.1 was adopted with another content; expected a version of its own\n")


@pytest.mark.parametrize(
    ("name", "text", "status", "said"),
    [
        ("absent.toml", None, 2, "there is no file"),
        ("p.yaml", "", 2, ".toml"),
        ("p.toml", "id = ", 1, "line 1, column "),
        ("p.json", '{"id": "a",}', 1, "line 1, column 12: not readable as JSON"),
        ("p.json", "null", 1, "it is no table"),
        ("p.toml", "", 1, "version: missing; expected a text"),
    ],
)
def test_a_file_that_is_no_policy_is_told_in_a_line(govflow, tmp_path, name, text, status, said):
    if text is not None:
        (tmp_path / name).write_text(text)
    for command in (("check",), ("show",), ("adopt", "--db", tmp_path / "no.db"), ("diff", "default")):
        ran = govflow("policy", *command, tmp_path / name)

        assert ran.status == (status if command == ("check",) else 2)
        assert said in ran.out + ran.err
        assert "Traceback" not in ran.err
    assert not (tmp_path / "no.db").exists()


# --- show and example ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_a_policy_is_shown_at_80_columns_with_every_figure_and_its_source(govflow, town, lang, monkeypatch):
    out = govflow("policy", "show", town, "--lang", lang).out

    assert max(cell_len(line) for line in out.splitlines()) <= 80
    policy = load_policy(town)
    ids = [each.id for each in policy.time_limits] + [each.id for each in policy.categories]
    for id in (*ids, *(each.id for each in policy.escalations), *(each.id for each in policy.retention)):
        assert f"\n{id} " in out
    monkeypatch.setenv("COLUMNS", "250")
    out = govflow("policy", "show", town, "--lang", lang).out
    for limit in policy.time_limits:
        assert [line for line in out.splitlines() if line.startswith(f"{limit.id} ") and limit.basis in line]
    for name in ("secretary-mailbox", "monday.visit", "contact_attempts"):
        assert name in out
    assert ("可延长一次5" in out) is (lang == "zh-CN")
    assert ("working days, once" in " ".join(out.split())) is (lang == "en")


def test_quorum_rules_are_shown_as_sentences(govflow, town, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")

    english = govflow("policy", "show", town).out
    chinese = govflow("policy", "show", town, "--lang", "zh-CN").out

    for en, zh in (
        (
            "more than 1/2 of persons present, or at least 2/3 of households present; "
            "more than 1/2 of those present in favour",
            "到会人数超过1/2，或到会户数2/3以上；赞成占到会人数超过1/2",
        ),
        (
            "at least 2/3 of persons present and at least 2/3 of area present; "
            "at least 3/4 of persons present and at least 3/4 of area present in favour",
            "到会人数2/3以上且到会面积2/3以上；赞成占到会人数3/4以上且到会面积3/4以上",
        ),
        (
            "at least 1/2 of households present; more than 1/2 of those voting yes or no in favour",
            "到会户数1/2以上；赞成占赞成反对合计人数超过1/2",
        ),
    ):
        assert en in english
        assert zh in chinese


def test_a_quorum_rule_says_when_it_is_in_force_and_that_it_asks_for_no_quorum(govflow, town, monkeypatch):
    monkeypatch.setenv("COLUMNS", "250")
    rule = """
[[quorum_rules]]
id = "old"
en = "Old"
zh = "旧规则"
decision = [{ among = "entitled", share = { numerator = 1, denominator = 2 } }]
effective_to = 2026-12-31
basis = "test"
"""
    town.write_text(town.read_text("utf-8") + rule, "utf-8")

    english = govflow("policy", "show", town).out
    chinese = govflow("policy", "show", town, "--lang", "zh-CN").out

    assert "no quorum; at least 1/2 of those entitled in favour (… – 2026-12-31)" in english
    assert "不设到会比例；赞成占应到人数1/2以上（… 至 2026-12-31）" in chinese


def test_a_track_is_shown_step_by_step_with_its_stages(govflow, town, monkeypatch):
    monkeypatch.setenv("COLUMNS", "250")

    def steps(lang: str, track: str, until: str) -> list[list[str]]:
        out = govflow("policy", "show", town, "--lang", lang).out
        lines = [re.split(r"  +", line.strip()) for line in out.splitlines()]
        places = [place for place, line in enumerate(lines) if line[0] in (track, until)]
        return lines[places[-2] : places[-1]]

    assert steps("en", "building_motion", "Thresholds")[:5] == [
        ["building_motion", "Small motion of a building", f"{MOTION.basis} · own"],
        ["proposed by", "resident"],
        ["support", "2 as resident"],
        ["vote", "building_residents, rule building, scores, secret ballots, 0 to 5 points, a tie goes to the lot, "
         "notice qx.notice, votes at most: 3"],
        [""],
    ]  # fmt: skip
    assert steps("zh-CN", "levy", "owners") == [
        ["levy", "一事一议筹资筹劳", "国办发〔2007〕4号 [S]"],
        ["提案人", "居民村民，社区"],
        ["附议", "village_assembly（villager）1/10以上，或village_representatives（representative）1/5以上"],
        ["1. 村委会商议", "two_committees，规则 committee，材料：minutes"],
        ["表决", "village_assembly，规则 village-assembly，赞成反对，记名投票，公告期 vill.notice，至多表决 2 次"],
        ["审查", "重大事项须风险评估"],
        ["乡镇审核", "由镇街同意"],
        ["县级备案", "由区级同意"],
        ["评议", "应到人数超过1/2到会，满分 100 分须达 60 分"],
        ["完工材料", "accounts"],
    ]


WHOLE_TRACK = """
[[procedures]]
id = "whole"
en = "Whole"
zh = "齐全"
support = [{ capacity = "villager", least = 20, share = { numerator = 1, denominator = 10 }, of = "village_assembly" }]
stages = [{ id = "s", en = "Groups", zh = "小组", body = "village_group" }]
vote = { quorum = "committee", method = "METHOD", replaceable = true, tie = "listed_first", max_choices = 2, proxies = 4, support = { numerator = 1, denominator = 3 } }
legality = true
major_only = false
basis = "test"
"""  # noqa: E501 - a table in a line has no break in TOML


def test_all_that_a_track_may_ask_for_is_shown(govflow, town, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    text = town.read_text("utf-8")
    shown = {}
    for method in ("approval", "ranked", "borda"):
        town.write_text(text + WHOLE_TRACK.replace("METHOD", method), "utf-8")
        shown[method] = govflow("policy", "show", town).out, govflow("policy", "show", town, "--lang", "zh-CN").out

    english, chinese = shown["approval"]
    for line in (
        "proposed by anybody",
        "at least 1/10 of village_assembly as villager and 20 as villager",
        "1. Groups village_group",
        "rule committee, approval, open ballots, at most 2 options, "
        "the winner needs at least 1/3 of those who took part, "
        "a tie goes to the first listed, may be replaced until the end, proxies of one holder: 4, votes at most: 2",
        "risk assessment, legality check of every matter",
    ):
        assert line in re.sub(" +", " ", english)
    for line in (
        "规则 committee，认可投票，记名投票，最多 2 项，胜出者须得参加者1/3以上支持，并列取公告在前者，截止前可改投，"
        "至多受 4 人委托，至多表决 2 次",
        "所有事项须风险评估，合法性审查",
        "village_assembly（villager）1/10以上且villager 20 人",
    ):
        assert line in chinese
    assert ("run-off by rank" in shown["ranked"][0], "排序复选" in shown["ranked"][1]) == (True, True)
    assert ("Borda points" in shown["borda"][0], "波达计数" in shown["borda"][1]) == (True, True)


def test_every_body_track_and_quorum_rule_of_the_default_and_the_town_is_shown_in_both_languages(govflow, town):
    for lang in ("en", "zh-CN"):
        for name, policy in ((str(town), load_policy(town)), ("default", DEFAULT_POLICY)):
            out = govflow("policy", "show", name, "--lang", lang).out
            for entries in (policy.bodies, policy.quorum_rules, policy.procedures):
                assert all(f"\n{each.id} " in out for each in entries)


def test_without_a_name_the_default_is_shown_and_with_a_log_what_is_in_force_there(govflow, town, tmp_path):
    assert govflow("policy", "show").out.startswith("default@5 ")
    db = tmp_path / "city.db"
    govflow("policy", "adopt", town, "--db", db)
    assert govflow("policy", "show", "--db", db).out.startswith("qingxi@2026.1 ")
    assert govflow("policy", "show", "default", "--db", db).out.startswith("default@5 ")


def test_a_policy_printed_as_json_is_a_policy_file(govflow, town, tmp_path):
    printed = tmp_path / "printed.json"
    printed.write_text(govflow("policy", "show", town, "--json").out, "utf-8")

    assert load_policy(printed) == load_policy(town)


def test_the_example_is_printed_as_it_ships(govflow):
    assert govflow("policy", "example").out == example_text()


# --- diff ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        (
            "en",
            [
                "quorum_rules representatives.presence: "
                "[[at least 2/3 of persons present]] → [[at least 3/4 of persons present]]",
                "quorum_rules representatives.decision: "
                "[more than 1/2 of persons present] → [at least 3/4 of persons entitled]",
                "procedures residents_motion.appraisal.quorum: more than 1/2 → at least 2/3",
                "procedures four_two.stages two_committees.papers: [minutes] → [minutes, photo]",
                "procedures building_motion.vote.tie: lot → listed_first",
            ],
        ),
        (
            "zh-CN",
            [
                "quorum_rules representatives.presence：[[到会人数2/3以上]] → [[到会人数3/4以上]]",
                "quorum_rules representatives.decision：[到会人数超过1/2] → [应到人数3/4以上]",
                "procedures residents_motion.appraisal.quorum：超过1/2 → 2/3以上",
                "procedures four_two.stages two_committees.papers：[minutes] → [minutes, photo]",
                "procedures building_motion.vote.tie：lot → listed_first",
            ],
        ),
    ],
)
def test_what_differs_in_rules_and_tracks_is_told_in_words(govflow, town, lang, lines):
    policy = load_policy(town)
    two_thirds, three_quarters = Share(numerator=2, denominator=3), Share(numerator=3, denominator=4)
    rules = {each.id: each for each in policy.quorum_rules}
    tracks: dict[str, Any] = {each.id: each for each in policy.procedures}
    representatives = rules["representatives"].changed(
        presence=((Presence(share=three_quarters),),), decision=(Majority(among="entitled", share=three_quarters),)
    )
    motion, four_two, building = (tracks[id] for id in ("residents_motion", "four_two", "building_motion"))
    stages = (four_two.stages[0].changed(papers=("minutes", "photo")), four_two.stages[1])
    changed = {
        "representatives": representatives,
        "residents_motion": motion.changed(appraisal=motion.appraisal.changed(quorum=two_thirds)),
        "four_two": four_two.changed(stages=stages),
        "building_motion": building.changed(vote=building.vote.changed(tie=Tie.LISTED_FIRST)),
    }
    after = policy.changed(
        quorum_rules=tuple(changed.get(each.id, each) for each in policy.quorum_rules),
        procedures=tuple(changed.get(each.id, each) for each in policy.procedures),
    )
    other = town.parent / "other.json"
    other.write_text(policy_as_text(after), "utf-8")

    assert govflow("policy", "diff", town, other, "--lang", lang).out.splitlines() == lines


def test_differences_are_told_field_by_field(govflow, town):
    other = edited(
        edited(town, 'window", length = 5', 'window", length = 7'), 'handling", length = 5', 'handling", length = 7'
    )

    ran = govflow("policy", "diff", town, other)

    assert ran.status == 1
    assert ran.out == "time_limits pet.objection.length: 5 → 7\ntime_limits hot.handle.length: 5 → 7\n"
    assert json.loads(govflow("policy", "diff", town, other, "--json").out)[1] == {
        "field": "time_limits hot.handle.length",
        "change": "changed",
        "before": 5,
        "after": 7,
    }


def test_what_is_added_and_removed_is_told_with_what_it_sets(govflow, town):
    other = edited(town, '  { id = "collective", basis', '  { id = "lasting", years = 99, basis')
    other.write_text(other.read_text("utf-8").replace('retention = "collective"', 'retention = "lasting"'), "utf-8")

    lines = govflow("policy", "diff", town, other).out.splitlines()

    assert "categories collective.retention: collective → lasting" in lines
    assert "- retention collective: basis = 档案局令第8号；归类为青溪镇自定（虚构）" in lines
    assert "+ retention lasting: years = 99, basis = 档案局令第8号；归类为青溪镇自定（虚构）" in lines


def test_equal_policies_end_with_status_0_and_lists_of_days_show_what_moved(govflow, town, tmp_path):
    ran = govflow("policy", "diff", town, town)
    assert (ran.status, ran.out) == (0, "They are the same.\n")

    policy = load_policy(town)
    calendar = china().changed(version="2026.2", holidays=china().holidays[:-1])
    changed = tmp_path / "changed.json"
    changed.write_text(policy.changed(calendars=(calendar,)).model_dump_json(), "utf-8")
    lines = govflow("policy", "diff", town, changed).out.splitlines()
    assert lines[0] == "calendars cn.version: 2026.1 → 2026.2"
    assert lines[1].startswith("calendars cn.holidays: [first = 2026-10-01, last = 2026-10-07, en = National Day, ")
    assert lines[1].endswith("] → []")


def test_a_version_of_the_log_is_compared_with_a_file_and_an_unknown_one_is_named(govflow, town, tmp_path):
    db = tmp_path / "city.db"
    govflow("policy", "adopt", town, "--db", db)
    assert govflow("policy", "diff", "qingxi@2026.1", town, "--db", db).status == 0

    unknown = govflow("policy", "diff", "qingxi@2027.1", town, "--db", db)
    assert unknown.status == 2
    assert "qingxi@2027.1 is no policy here; expected a file (.toml, .json) | default" in unknown.err
    assert unknown.err.endswith("qingxi@2026.1\n")


# --- adopt -----------------------------------------------------------------------------------------------------------


def test_adopting_says_from_which_day_and_adopting_twice_writes_once(govflow, town, tmp_path):
    db = tmp_path / "city.db"

    first = govflow("policy", "adopt", town, "--db", db)
    again = govflow("policy", "adopt", town, "--db", db)

    assert first.out == "qingxi@2026.1 is adopted. What comes in from 2026-03-01 on follows it.\n"
    assert again.out == "qingxi@2026.1 is adopted already; nothing was written. In force is qingxi@2026.1.\n"
    assert (first.status, again.status) == (0, 0)
    with Engine.open(db, create=False, read_only=True) as engine:
        assert dict(engine.log.policies) == {"qingxi@2026.1": load_policy(town)}


def test_adopting_an_earlier_version_again_says_so_and_is_written(govflow, town, tmp_path):
    db = tmp_path / "city.db"
    later = edited(town, 'version = "2026.1"', 'version = "2026.2"')
    for file in (town, later):
        govflow("policy", "adopt", file, "--db", db)

    back = govflow("policy", "adopt", town, "--db", db)
    twice = govflow("policy", "adopt", town, "--db", db, "--lang", "zh-CN")

    assert back.out == "qingxi@2026.1 was adopted before, and is adopted again. In force is qingxi@2026.1.\n"
    assert twice.out == "qingxi@2026.1 早已通过，未再写入。现行为 qingxi@2026.1。\n"


def test_a_policy_that_does_not_fit_is_refused_before_anything_is_written(govflow, town, tmp_path):
    db = tmp_path / "city.db"
    other = edited(town, 'clock = "contact"', 'clock = "kontakt"')

    ran = govflow("policy", "adopt", other, "--db", db)

    assert ran.status == 2
    assert ran.err.startswith(f"govflow: {other}: time_limits[9] (hot.contact).clock: there is no clock kontakt")
    assert not db.exists()
    govflow("policy", "adopt", town, "--db", db)
    taken = govflow("policy", "adopt", edited(town, "representatives = 5", "representatives = 4"), "--db", db)
    assert taken.status == 2
    assert "version: qingxi@2026.1 was adopted with another content" in taken.err


# --- calendars -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_a_calendar_is_shown_with_its_holidays_and_the_working_days_of_each_year(govflow, lang):
    out = govflow("calendar", "show", "--lang", lang).out

    assert max(cell_len(line) for line in out.splitlines()) <= 80
    assert ("春节" if lang == "zh-CN" else "Spring Festival") in out
    for year, number in (("2024", "251"), ("2025", "248"), ("2026", "248")):  # counted by chinesecalendar too
        assert [line for line in out.splitlines() if line.split()[:2] == [year, number]]


def test_a_newer_edition_of_a_calendar_is_adopted_once(govflow, tmp_path):
    db = tmp_path / "city.db"
    newer = tmp_path / "cn.json"
    newer.write_text(china().changed(version="2026.2").model_dump_json(), "utf-8")

    ran = govflow("calendar", "adopt", newer, "--db", db)
    again = govflow("calendar", "adopt", newer, "--db", db, "--lang", "zh-CN")

    assert ran.out == "cn@2026.2 is adopted; it covers 2024-01-01 to 2026-12-31.\n"
    assert again.out == "cn@2026.2 早已采用，未再写入。\n"
    assert govflow("calendar", "show", "--db", db).out.startswith("cn@2026.2 ")
    assert json.loads(govflow("calendar", "show", "cn@2026.2", "--db", db, "--json").out)["version"] == "2026.2"
    assert govflow("calendar", "show", newer).out.startswith("cn@2026.2 ")


def test_a_calendar_that_is_none_is_told_in_a_line(govflow, tmp_path):
    bad = tmp_path / "cn.toml"
    bad.write_text('id = "cn"\nversion = "1"\nfirst = 2027-01-01\nlast = 2026-01-01\n')
    db = tmp_path / "city.db"

    ran = govflow("calendar", "adopt", bad, "--db", db, "--lang", "zh-CN")

    assert ran.status == 2
    assert ran.err == f"govflow: {bad}: 期间起始 2027-01-01 晚于终止 2026-01-01\n"
    assert not db.exists()
    unknown = govflow("calendar", "show", "moon")
    assert (unknown.status, unknown.err) == (2, "govflow: moon is no calendar here; expected cn\n")
    taken = tmp_path / "taken.json"
    taken.write_text(china().changed(holidays=()).model_dump_json(), "utf-8")
    original = tmp_path / "original.json"
    original.write_text(china().model_dump_json(), "utf-8")
    govflow("calendar", "adopt", original, "--db", db)
    refused = govflow("calendar", "adopt", taken, "--db", db)
    assert refused.status == 2
    assert refused.err.startswith(f"govflow: {taken}: version: cn@2026.1 was adopted with other days")


def test_the_default_is_in_force_where_nothing_was_adopted(govflow, tmp_path):
    db = tmp_path / "city.db"
    with Engine.open(db):
        pass

    assert govflow("policy", "show", "--db", db).out.startswith(f"{DEFAULT_POLICY.key} ")
