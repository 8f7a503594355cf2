"""The reading commands: in both languages, at 80 columns, as JSON, and when there is nothing to read."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len

from govflow import DEFAULT_POLICY, Actor, Engine
from govflow.actors import Claim, Role
from govflow.cases import CASE
from govflow.cases.commands import AcceptCase, AssignCase, DiscoverCase, ReportCase
from govflow.cli import items, texts
from govflow.regions.commitment import MakeCommitment
from govflow.regions.joint_handling import AskJointHandling
from govflow.regions.link import LinkKind
from govflow.regions.supervision import UrgeSupervision
from govflow.testing import PinnedClock

CASE_ID = "C-2026-000001"
CLOSE = '{"command": "case.close", "id": "%s", "by": {"id": "qx-110"}}'


def reading(id: str) -> list[tuple[str, ...]]:
    return [
        ("list",),
        ("list", "--overdue"),
        ("list", "--state", "closed"),
        ("list", "--unit", "PWDx"),
        ("show", id),
        ("show", "boston311.101004143000"),
        ("timeline", id),
        ("timeline", "boston311.101004120108"),
        ("loops", id),
        ("allowed", id, "--as", "qx-110"),
        ("why-not", CLOSE % id),
        ("why-not", CLOSE % id, "--version", "41"),
        ("replay",),
        ("replay", id, "--version", "41"),
    ]


NO_SUCH_ROLE = ("allowed", "boston311.101004143000", "--as", "chen", "--role", "dispacher")


@pytest.fixture
def case_id(db):
    with Engine.open(db, create=False) as engine:
        return next(record.id for record in engine.records() if record.id.startswith("C-"))


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
@pytest.mark.parametrize("number", range(14))
def test_every_reading_command_fits_80_columns(govflow, db, case_id, number, lang):
    ran = govflow(*reading(case_id)[number], "--db", db, "--lang", lang)

    assert ran.status == (1 if "why-not" in reading(case_id)[number] else 0)
    assert ran.err == ""
    assert max(cell_len(line) for line in ran.out.splitlines()) <= 80
    own_words = ran.out.partition("\nClocks\n")[0]  # the clocks stand there by both names, with the articles of law
    own_words = re.sub("^directory .*", "", own_words, flags=re.MULTILINE)  # its title is the district's own name
    assert any("\u4e00" <= letter <= "\u9fff" for letter in own_words) == (lang == "zh-CN")


@pytest.mark.parametrize("number", [0, 1, 4, 6, 8, 9, 10, 12, 13])
def test_every_reading_command_speaks_json(govflow, db, case_id, number):
    json.loads(govflow(*reading(case_id)[number], "--db", db, "--json").out)


def test_list_prints_an_array_of_records(govflow, db):
    records = json.loads(govflow("list", "--db", db, "--json").out)

    assert len(records) == 109, "100 requests, the records of the five stories, the directory"
    with Engine.open(db, create=False) as engine:
        assert {each["id"]: each["status"] for each in records} == {each.id: each.status for each in engine.records()}


@pytest.mark.parametrize(("lang", "said"), [("en", "? = provisional"), ("zh-CN", "? = 暂定")])
def test_list_marks_a_provisional_date_as_show_does(govflow, tmp_path, db, lang, said):
    path = tmp_path / "no-calendar.db"
    with Engine.open(path, policy=DEFAULT_POLICY.changed(version="3", calendar=None, calendars=())) as engine:
        seen = {
            "title": "Manhole cover gone",
            "description": "It is open",
            "kind": "hazard",
            "level": "grid",
            "area": "a/b",
        }
        finder = Actor(id="g-1", claims=(Claim(role=Role.GRID_WORKER, area="a"),))
        found = engine.handle(DiscoverCase(by=finder, channel="patrol", category="hazard", **seen))
        end = found.clocks["reporting"].due

    out = govflow("list", "--db", path, "--lang", lang).out

    assert end is not None
    assert found.clocks["reporting"].provisional
    assert f"{end - timedelta(hours=16):%Y-%m-%d} ?" in out  # it ends at midnight in China: at 24:00 of the day before
    assert said in out
    assert said not in govflow("list", "--db", db, "--lang", lang).out


def test_list_keeps_only_what_is_asked_for(govflow, db):
    everything = json.loads(govflow("list", "--db", db, "--json").out)

    def ids(*options):
        return {each["id"] for each in json.loads(govflow("list", "--db", db, "--json", *options).out)}

    assert ids("--state", "closed") == {each["id"] for each in everything if each["status"] == "closed"}
    assert ids("--state", "办结") == ids("--state", "closed")
    assert ids("--unit", "ISD") == {each["id"] for each in everything if each.get("lead_unit") == "ISD"}
    with_a_due_date = [each for each in everything if each["clocks"].get("handling", {}).get("due")]
    due_long_ago = {each["id"] for each in with_a_due_date if each["status"] == "assigned"}
    assert ids("--overdue") == due_long_ago
    assert ids("--overdue", "--state", "closed") == set()


def test_an_open_loop_puts_a_record_in_the_hands_of_the_unit_that_owes_it(govflow, tmp_path, db, case_id):
    before = json.loads(govflow("replay", case_id, "--version", "24", "--db", db, "--json").out)

    assert before["lead_unit"] == "qx.works"
    assert before["items"]["joint_handling"]["qx.enforcement"]["owes"] == "qx.enforcement"


def test_show_tells_all_about_a_case_and_keeps_personal_data_protected(govflow, db, case_id):
    ran = govflow("show", case_id, "--db", db)

    with Engine.open(db, create=False) as engine:
        policy = engine.get(case_id).policy
    for expected in ("closed", policy, "reopen_window", "joint_handling", "verification", "description (protected)"):
        assert expected in ran.out
    assert "Lin Mei" not in ran.out + govflow("show", case_id, "--db", db, "--json").out


def test_show_explains_every_date_of_a_case(govflow, db, case_id, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")  # no name of a clock folds
    ran = govflow("show", case_id, "--db", db)

    with Engine.open(db, create=False) as engine:
        whys = engine.why_due(case_id)
    flat = "".join(ran.out.split())
    for why in whys:
        assert f"{why.clock} {why.zh}" in ran.out or f"{why.clock}{why.zh}" in flat
        for line in why.lines:
            if line.code not in ("left", "over", "overdue"):  # they move on with the time
                assert "".join(line.en.split()) in flat
    assert "handling 办理" in ran.out
    assert "hot.handle: 50 % of its 5, rounded up: 3 working days" in ran.out


def test_show_leaves_the_explanations_out_on_request(govflow, db, case_id):
    short = govflow("show", case_id, "--no-explain", "--db", db).out

    assert "handling 办理" in short
    assert "  · hot." not in short
    assert json.loads(govflow("show", case_id, "--no-explain", "--db", db, "--json").out)["why_due"] == []


def test_show_as_json_explains_every_date(govflow, db, case_id):
    shown = json.loads(govflow("show", case_id, "--db", db, "--json").out)

    assert {why["clock"] for why in shown["why_due"]} == set(shown["clocks"])
    for why in shown["why_due"]:
        assert why["due"] == shown["clocks"][why["clock"]]["due"]
        assert all(line["code"] and line["en"] and line["zh"] for line in why["lines"])


def test_a_past_state_is_explained_as_of_then(govflow, db, case_id):
    then = govflow("replay", case_id, "--version", "9", "--db", db).out

    assert "suspension_review 挂起复核" in then
    assert "left" in then
    assert "50 % of its" not in then, "the rework came later"


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_show_explains_every_date_of_a_log_written_before_work_calendars(govflow, tmp_path, lang):
    log = Path(__file__).parent.parent / "data/logs/before-work-calendars.db"
    for file in log.parent.glob(f"{log.name}*"):
        shutil.copy(file, tmp_path)

    ran = govflow("show", "case-resumed", "--db", tmp_path / log.name, "--lang", lang)

    flat = "".join(ran.out.split())
    for said in ("asrecorded:hot.handle:", "approvedbyhead-1:rain", "wasdue2026-03-0924:00before"):
        assert (said in flat) is (lang == "en")
    for said in ("原记录：hot.handle:", "head-1批准：rain", "原期限2026-03-0924:00", "办理handling"):
        assert (said in flat) is (lang == "zh-CN")
    assert "2026-03-14 24:00 ?" in ran.out
    assert max(cell_len(line) for line in ran.out.splitlines()) <= 80


def test_show_tells_what_of_an_imported_case_nobody_verified(govflow, db):
    ran = govflow("show", "boston311.101004143000", "--db", db)

    assert "Unverified" in ran.out
    assert "boston311-sample.csv:2" in ran.out


def test_the_timeline_has_a_line_an_event_and_says_when_one_was_recorded_later(govflow, db, case_id, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")  # nothing folds
    mine = govflow("timeline", case_id, "--db", db).out.splitlines()
    imported = govflow("timeline", "boston311.101004120108", "--db", db).out

    with Engine.open(db, create=False) as engine:
        assert len(mine) == 2 + len(engine.history(case_id))
    assert "recorded" in mine[0], "the tick after the outage"
    assert any("2026-03-05 00:00  2026-03-06 08:00  clock.deadline_missed handling" in line for line in mine)
    at_once = govflow("timeline", "directory", "--db", db).out
    assert "recorded" not in at_once.splitlines()[0]
    assert "recorded" in imported.splitlines()[0]
    assert "2022-01-09 01:54" in imported


def test_the_timeline_as_json_brings_every_event_with_its_metadata(govflow, db, case_id):
    events = json.loads(govflow("timeline", case_id, "--db", db, "--json").out)

    assert [each["version"] for each in events] == list(range(1, len(events) + 1))
    assert events[1]["meta"]["role"] == "acceptance_desk"
    assert events[2]["body"]["lead_unit"] == "qx.hedong"


def test_loops_are_those_that_the_engine_finds(govflow, db, case_id):
    assert json.loads(govflow("loops", case_id, "--db", db, "--json").out) == []
    then = json.loads(govflow("replay", case_id, "--version", "41", "--db", db, "--json").out)
    with Engine.open(db, create=False) as engine:
        loops = CASE.open_loops(engine.as_of(case_id, version=41))
        assert then["digest"] == engine.as_of(case_id, version=41).digest
    assert {loop.region for loop in loops} == {"verification", "evaluation"}


# --- what items are about ---------------------------------------------------------------------------------------------


def test_show_names_what_runs_beside_a_case_in_the_readers_language(govflow, db):
    def shown(id, lang):
        return govflow("show", id, "--db", db, "--lang", lang).out

    for expected in ("听证会：what becomes of the locks", "第 1 轮核查", "第 1 轮评价", "已履行", "矛盾纠纷"):
        assert expected in shown("C-2026-000002", "zh-CN")
    for expected in ("hearing: what becomes of the locks", "check of round 1", "performed"):
        assert expected in shown("C-2026-000002", "en")
    assert "QX-2026-01 无故超期" in shown("C-2026-000003", "zh-CN")
    assert "QX-2026-01 overdue without a" in shown("C-2026-000003", "en")


@pytest.mark.parametrize(
    ("region", "what", "zh"),
    [
        ("verification", "rework of round 12", "第 12 轮返工"),
        ("assignment_objection", "decide the objection: not ours", "裁定异议：not ours"),
        ("invitation", "roads to meeting hearing", "约请 roads 参加会议 hearing"),
        ("checklist", "five-stage 2/5: visit", "五段立体研判 2/5：走访式了解"),
        ("checklist", "five-stage", "五段立体研判"),
        ("checklist", "of-old 1/2: ask", "of-old 1/2: ask"),
        ("link", "spawned_by CP-1", "源于 CP-1"),
        ("accountability", "unresolved (roads)", "应解决未解决 (roads)"),
        ("meeting", "hearing", "hearing"),
        ("commitment", "check of round 1", "check of round 1"),
    ],
)
def test_what_items_say_of_themselves_is_told_in_chinese(monkeypatch, region, what, zh):
    with Engine.open() as engine:
        monkeypatch.setattr(texts, "_spoken", "en")
        assert items.about(engine, region, what).startswith(what.split()[0]) or region == "accountability"
        monkeypatch.setattr(texts, "_spoken", "zh-CN")
        assert items.about(engine, region, what) == zh


@pytest.mark.parametrize("kind", LinkKind)
def test_every_tie_between_records_has_its_chinese_term(kind):
    assert texts.has(f"link.{kind}")


# --- open loops ------------------------------------------------------------------------------------------------------


@pytest.fixture
def owing(tmp_path):
    """A log of two cases: a part and an answer that are late, and a promise with years to go."""
    path = tmp_path / "owing.db"
    clock = PinnedClock()
    desk = Actor.of("wu", Role.ACCEPTANCE_DESK, Role.DISPATCHER)
    water = Actor.of("li", Role.LEAD_UNIT, unit="water")
    boss = Actor.of("boss", Role.SUPERVISOR, unit="office")
    matter = {"kind": "hotline", "channel": "phone", "level": "town", "area": "jinniu", "category": "general"}
    resident = Actor.of("s-1", Role.RESIDENT)
    with Engine.open(path, now=clock) as engine:
        for id in ("leak", "dust"):
            engine.handle(ReportCase(id=id, by=resident, reporter="s-1", title=id, **matter))
            engine.handle(AcceptCase(id=id, by=desk))
            engine.handle(AssignCase(id=id, by=desk, lead_unit="water", unit_level="town"))
        soon, years = clock() + timedelta(days=1), datetime(2099, 1, 1, tzinfo=UTC)
        asked = {"id": "leak", "by": water, "unit": "roads", "item": "roads"}
        engine.handle(AskJointHandling(**asked, what="close the lane", until=soon))
        engine.handle(MakeCommitment(id="leak", by=water, item="pipe", what="a new pipe", owner="water", until=years))
        late = {"reason_code": "overdue_without_cause", "reason": "no answer"}
        engine.handle(UrgeSupervision(id="dust", by=boss, item="office", **late))
    return path


def owed(govflow, *arguments):
    """What `govflow loops` finds, as record, region, item and who owes it."""
    ran = govflow("loops", *arguments, "--json")
    assert (ran.status, ran.err) == (0, "")
    return {(each["record"], each["region"], each["item"], each["owes"]) for each in json.loads(ran.out)}


PART = ("leak", "joint_handling", "roads", "roads")
PROMISE = ("leak", "commitment", "pipe", "water")
URGED = ("dust", "supervision", "office", "water")


def test_loops_of_one_record_and_of_all(govflow, owing):
    assert owed(govflow, "leak", "--db", owing) == {PART, PROMISE}
    assert owed(govflow, "--db", owing) == {PART, PROMISE, URGED}


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (("--region", "commitment"), {PROMISE}),
        (("--region", "承诺"), {PROMISE}),
        (("--owes", "water"), {PROMISE, URGED}),
        (("--owes", "water", "--region", "supervision"), {URGED}),
        (("--overdue",), {PART, URGED}),
        (("--owes", "nobody"), set()),
    ],
)
def test_loops_are_chosen_by_region_by_who_owes_them_and_by_whether_they_are_late(govflow, owing, chosen, found):
    assert owed(govflow, "--db", owing, *chosen) == found
    assert owed(govflow, "leak", "--db", owing, *chosen) == {each for each in found if each[0] == "leak"}


def test_loops_of_all_begin_with_what_is_due_first_and_say_how_many_are_left_out(govflow, owing):
    lines = govflow("loops", "--db", owing, "--limit", "2").out.splitlines()

    assert [line.split()[0] for line in lines[2:] if line.startswith(("leak", "dust"))] == ["leak", "dust"]
    assert lines[-1] == "2 of 3 open loops"
    assert "a new pipe" not in "\n".join(lines)
    assert govflow("loops", "--db", owing, "--limit", "0").status == 2


def test_loops_speak_the_readers_language(govflow, owing):
    chinese = govflow("loops", "--db", owing, "--lang", "zh-CN").out
    english = govflow("loops", "dust", "--db", owing).out

    for word in ("会办 roads", "承诺 pipe", "已承诺", "催办", "无故超期", "未了事项 3 项"):
        assert word in chinese
    assert "overdue_without_cause" not in chinese
    assert "overdue without a" in english


def test_loops_of_a_log_without_any_and_of_a_region_that_is_not_there(govflow, db, owing):
    assert govflow("loops", "--db", db).out == "Nothing is open.\n"
    ran = govflow("loops", "--db", owing, "--region", "lawsuit")
    assert (ran.status, ran.out) == (2, "")
    assert "lawsuit is no region of the records served here; expected accountability, " in ran.err


def test_loops_show_a_reader_what_they_may_see(govflow, owing):
    of_roads = ("--as", "sun", "--role", "co_unit", "--as-unit", "roads", "--area", "elsewhere")

    assert owed(govflow, "--db", owing, *of_roads) == {PART, PROMISE}, "of the case it has a part in, and no other"


def test_why_not_names_every_broken_rule_and_its_status_says_whether_it_would_be_done(govflow, db, case_id):
    refused = govflow("why-not", CLOSE % case_id, "--version", "41", "--db", db)
    done = govflow("why-not", CLOSE % case_id, "--version", "43", "--db", db)
    from_stdin = govflow("why-not", "--version", "41", "--db", db, "--json", stdin=(CLOSE % case_id).encode())

    assert refused.status == 1
    for code in ("verification_has_passed", "evaluation_is_recorded_or_elapsed", "no_loop_is_open"):
        assert code in refused.out
    assert (done.status, done.out) == (0, "case.close would be done.\n")
    assert [each["code"] for each in json.loads(from_stdin.out)] == [
        "verification_has_passed",
        "evaluation_is_recorded_or_elapsed",
        "no_loop_is_open",
    ]


def test_replay_goes_back_to_a_moment_and_to_what_was_known_then(govflow, db):
    id = "boston311.101004120108"  # closed on 9 January 2022, imported long after

    def status(*options):
        return json.loads(govflow("replay", id, *options, "--db", db, "--json").out)["status"]

    assert status("--at", "2022-01-09T01:55") == "assigned", "by the time of the policy in force, which is Beijing's"
    assert status("--at", "2022-01-09T19:43") == "assigned"
    assert status("--at", "2022-01-09") == "closed"
    assert status("--at", "2022-01-09T11:44:00+00:00") == "closed"
    unknown = govflow("replay", id, "--known-at", "2022-02-01", "--db", db)
    assert unknown.status == 2
    assert "there was no record" in unknown.err


def test_replay_of_a_whole_log_digests_every_state(govflow, db):
    found = json.loads(govflow("replay", "--db", db, "--json").out)

    with Engine.open(db, create=False) as engine:
        lines = "".join(f"{each.id}\n{each.digest}\n" for each in engine.records())
        assert found["log"] == engine.log_id
        assert found["events"] == engine.store.head()
    assert found["records"] == 109
    assert found["states"] == {
        "case": {"assigned": 15, "closed": 89},
        "directory": {"in_use": 1},
        "envelope": {"open": 1},
        "joint_project": {"settled": 1},
        "proposal": {"result_published": 1},
        "resource": {"offered": 1},
    }
    assert found["digest"] == hashlib.sha256(lines.encode()).hexdigest()


@pytest.mark.parametrize(
    "arguments",
    [
        ("list",),
        ("show", "x"),
        ("timeline", "x"),
        ("loops", "x"),
        ("allowed", "x", "--as", "a", "--role", "b"),
        ("why-not", "{}"),
        ("replay",),
        ("export", "jsonl"),
    ],
)
def test_reading_a_log_that_is_not_there_is_one_line_and_makes_nothing(govflow, tmp_path, arguments):
    ran = govflow(*arguments, "--db", tmp_path / "none.db")

    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"govflow: there is no log at {tmp_path / 'none.db'}\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "C-1"), "there is no record C-1"),
        (("timeline", "C-1"), "there is no record C-1"),
        (("loops", "log"), "there is no record log"),
        (("list", "--state", "lost"), "lost is no state"),
        (("replay", "--at", "2022-01-01", "--version", "3"), "name one point"),
        (("replay", "boston311.101004120108", "--at", "soon"), "soon is not a moment"),
        (("replay", "boston311.101004120108", "--version", "9"), "there is no record"),
        (("allowed", "C-1", "--as", "a b", "--role", "x"), "--as: not usable"),
        (("allowed", "C-1", "--as", "a", "--role", "x", "--level", "moon"), "--level: not usable"),
        (
            ("replay", "boston311.101004120108", "--at", "9999-12-31T23:00-05:00"),
            "9999-12-31T23:00-05:00 is not a moment",
        ),
        (
            ("replay", "boston311.101004120108", "--known-at", "0001-01-01T00:00+05:00"),
            "+05:00 is not a moment",
        ),
        (("why-not", "{}", "--at", "2022-01-02", "--version", "1"), "name one point of one record"),
        (("handle", " "), "JSON: not usable"),
        (NO_SUCH_ROLE, "--role: dispacher is a role of no step here; expected acceptance_desk, "),
        (("list", "--lang", "fr"), "--lang: this language is not spoken here; expected en | zh-CN"),
        (("list", "--records", "no_such_module:X"), "--records no_such_module:X: ModuleNotFoundError"),
        (("list", "--records", "json:dumps"), "not a kind of record; expected a Decider or a list of them"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_2(govflow, db, arguments, said):
    ran = govflow(*arguments, "--db", db)

    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("govflow: ")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_file_that_is_no_log_is_one_line(govflow, tmp_path):
    (tmp_path / "text.db").write_text("hello " * 1000)

    ran = govflow("list", "--db", tmp_path / "text.db")

    assert ran.status == 2
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("variables", "chinese"),
    [
        ({"LC_ALL": "zh_CN.UTF-8"}, True),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "zh_CN.UTF-8"}, True),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, False),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": ""}, False),
    ],
)
def test_the_language_follows_the_locale(govflow, db, monkeypatch, variables, chinese):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert ("共 109 件" in govflow("list", "--db", db).out) is chinese
    assert "109 records" in govflow("list", "--db", db, "--lang=en").out


def test_errors_are_told_in_chinese_too(govflow, db, tmp_path):
    assert govflow("show", "C-1", "--db", db, "--lang", "zh-CN").err == "govflow: 未找到：没有记录 C-1\n"
    missing = govflow("list", "--db", tmp_path / "none.db", "--lang", "zh-CN").err
    assert missing == f"govflow: 日志不可用：{tmp_path / 'none.db'} 处没有日志\n"


def test_on_a_narrow_terminal_columns_fold_and_nothing_is_left_out(govflow, db, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")

    ran = govflow("list", "--overdue", "--db", db)

    lines = ran.out.splitlines()
    assert max(map(cell_len, lines)) <= 40
    assert "".join(line.split(" ")[0] for line in lines[2:6]).startswith("boston311.1010041")
    assert all(name in lines[0] for name in ("id", "state", "unit", "due", "title"))


def test_what_nobody_verified_is_named_in_chinese_too(govflow, db):
    ran = govflow("show", "boston311.101004143000", "--db", db, "--lang", "zh-CN")

    assert "  · 受理\n" in ran.out


def test_a_faulty_option_is_told_in_the_readers_own_words(govflow, db):
    ran = govflow("allowed", "C-1", "--as", "a", "--role", "x", "--level", "moon", "--db", db, "--lang", "zh-CN")

    assert "--level: 不可用；应为 其一：'grid', 'community', 'town' or 'district'" in ran.err
