"""Requests of other systems as cases: where their data says, at their true times, each exactly once."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from govflow.actors import IMPORTER, Actor, Area, Id
from govflow.cases.commands import ReportCase, SignOrder
from govflow.engine import Engine
from govflow.errors import InputError, NotAllowed
from govflow.interchange.importing import ImportReport, command_id, import_rows, record_id
from govflow.interchange.mapping import EXTERNAL_ID, Mapping, shipped_mapping
from govflow.interchange.rows import BadRow
from govflow.interchange.source_words import area_of, id_of

SAMPLES = Path(__file__).parents[1] / "data" / "311"
BOSTON = shipped_mapping("boston311")
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2024, 3, 1, tzinfo=UTC)
ARCHIVIST = Actor.of("archive", "archivist")
DESK = Actor.of("desk", "acceptance_desk")
CITY = Mapping.model_validate(
    {
        "source": "jinniu",
        "time_zone": "Asia/Shanghai",
        "date_formats": ["%Y/%m/%d %H:%M", "%d.%m.%Y"],
        "columns": {
            "external_id": "工单号",
            "opened_at": "受理时间",
            "target_at": "办结时限",
            "closed_at": "办结时间",
            "status": "状态",
            "department": "承办单位",
            "category": "类别",
            "place": "地址",
            "area": "区域",
            "closure_text": "答复",
        },
        "statuses": {"待派": "received", "办理中": "assigned", "已办结": "closed"},
        "empty_values": ["", "无"],
        "default_channel": "12345",
    }
)
CITY_HEADER = ["工单号", "受理时间", "办结时限", "办结时间", "状态", "承办单位", "类别", "地址", "区域", "答复", "备注"]


@pytest.fixture
def engine():
    with Engine.open(now=lambda: NOW) as opened:
        yield opened


def sample(name: str = "boston311-100.csv") -> list[dict[str, str]]:
    with (SAMPLES / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t" if name.endswith("tsv") else ","))


def boston(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def many(count: int) -> list[dict[str, str]]:
    rows = sample()
    return [{**rows[i % 100], "case_enquiry_id": str(200_000_000_000 + i)} for i in range(count)]


def city(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, CITY_HEADER, restval="", delimiter=";")
        writer.writeheader()
        writer.writerows({"工单号": f"JN-{n}", "受理时间": "2024/02/01 09:30", **row} for n, row in enumerate(rows, 1))
    return path


def instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC) if text.strip() else None


def contents(engine: Engine) -> dict[str, str]:
    return {record.id: record.digest for record in engine.records()}


def codes(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(bad.line, bad.field, bad.reason.code) for bad in report.faults]


def only(engine: Engine, id: str) -> tuple[str, ...]:
    return tuple(recorded.name for recorded in engine.history(id))


# --- the public sample -----------------------------------------------------------------------------------------------


def test_every_request_of_the_sample_stands_where_its_row_says(engine):
    report = import_rows(engine, SAMPLES / "boston311-100.csv", BOSTON)

    assert report == ImportReport(
        read=100, imported=100, closed=0, unchanged=0, changed=0, duplicates=0, bad=0, faults=(), more=0
    )
    for row in sample():
        case = engine.get(f"boston311.{row['case_enquiry_id']}")
        closed = row["case_status"] == "Closed"
        assert case.status == ("closed" if closed else "assigned" if row["department"].strip() else "reported")
        assert (case.lead_unit or "") == row["department"].strip()
        assert case.title == row["case_title"].strip()
        assert case.channel == row["source"].strip()
        assert only(engine, case.id) == ("case.imported", *(["case.closing_imported"] if closed else []))


def test_everything_happened_when_the_row_says_and_was_recorded_when_it_was_imported(engine):
    import_rows(engine, SAMPLES / "boston311-100.csv", BOSTON)

    for row in sample():
        first, *rest = engine.history(f"boston311.{row['case_enquiry_id']}")
        assert first.meta.occurred_at == first.body.at == instant(row["open_dt"])
        assert [each.meta.occurred_at for each in rest] == [at for at in [instant(row["closed_dt"])] if at]
        assert {each.meta.recorded_at for each in (first, *rest)} == {NOW}


def test_the_target_date_is_when_handling_is_due_and_without_one_no_limit_is_made_up(engine):
    import_rows(engine, SAMPLES / "boston311-100.csv", BOSTON)

    targets = 0
    for row in sample():
        case = engine.get(f"boston311.{row['case_enquiry_id']}")
        due = instant(row["target_dt"])
        assert (case.clocks["handling"].due if due else dict(case.clocks)) == (due or {})
        targets += bool(due)
    assert 0 < targets < 100


def test_the_import_event_names_its_row_and_what_nobody_has_verified(engine):
    import_rows(engine, SAMPLES / "boston311-100.csv", BOSTON)

    received, closed = (each.body for each in engine.history("boston311.101004130437"))
    assert (received.source, received.source_file, received.source_row) == ("boston311", "boston311-100.csv", 3)
    assert received.source_id == "101004130437"
    assert received.source_words == {"category": "Needle Pickup"}
    assert received.unverified == ("acceptance", "receipt")
    assert {"contact", "verification", "evaluation", "feedback"} <= set(closed.unverified)
    assert set(engine.get("boston311.101004130437").unverified) == {*received.unverified, *closed.unverified}


def test_addresses_and_closing_texts_stand_in_no_file_in_clear(tmp_path):
    with Engine.open(tmp_path / "log.db") as engine:
        import_rows(engine, SAMPLES / "boston311-100.csv", BOSTON)
        case = "boston311.101004130437"
        assert (
            engine.open_personal(case, "place", DESK, why="to handle it")
            == "42 Cross St  Boston  MA  02113 (42.3634, -71.0566)"
        )
        assert engine.open_personal(case, "closing", DESK, why="to handle it") == sample()[1]["closure_reason"].strip()

    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"boston311.101004130437" in stored
    assert not [row["location"] for row in sample() if row["location"].strip() and row["location"].encode() in stored]
    assert b"Case Resolved" not in stored
    assert b"42.3634" not in stored


# --- once ------------------------------------------------------------------------------------------------------------


def test_a_second_run_appends_nothing_in_this_engine_or_in_a_new_one(tmp_path):
    with Engine.open(tmp_path / "log.db") as engine:
        import_rows(engine, SAMPLES / "boston311-100.csv", BOSTON)
        head, before = engine.store.head(), contents(engine)
        again = import_rows(engine, SAMPLES / "boston311-100.csv", BOSTON)
        assert (again.read, again.unchanged, again.imported, engine.store.head()) == (100, 100, 0, head)

    with Engine.open(tmp_path / "log.db") as engine:
        again = import_rows(engine, SAMPLES / "boston311-100.csv", BOSTON)
        assert (again.read, again.unchanged, again.imported, engine.store.head()) == (100, 100, 0, head)
        assert contents(engine) == before


def test_the_file_with_duplicate_rows_gives_each_request_once(engine):
    report = import_rows(engine, SAMPLES / "boston311-100-20dupes-random.csv", BOSTON)

    assert (report.read, report.imported, report.duplicates, report.faults) == (100, 80, 20, ())
    ids = {f"boston311.{row['case_enquiry_id']}" for row in sample("boston311-100-20dupes-random.csv")}
    assert set(contents(engine)) == ids


def test_the_same_request_in_another_file_or_line_is_the_same_request(engine, tmp_path):
    import_rows(engine, SAMPLES / "boston311-100.csv", BOSTON)
    head = engine.store.head()

    report = import_rows(engine, boston(tmp_path / "reversed.csv", sample()[::-1]), BOSTON)

    assert (report.unchanged, engine.store.head()) == (100, head)


@pytest.mark.parametrize("batches", [1, 2, 4])
def test_an_import_that_was_killed_is_finished_by_the_next_one_with_every_row_exactly_once(tmp_path, batches):
    file = boston(tmp_path / "many.csv", many(1000))
    script = (
        "import sys\n"
        "from govflow.engine import Engine\n"
        "from govflow.interchange.importing import import_rows\n"
        "from govflow.interchange.mapping import shipped_mapping\n"
        "def told(read, total):\n    print(read, total, flush=True)\n"
        "with Engine.open(sys.argv[1]) as engine:\n"
        "    import_rows(engine, sys.argv[2], shipped_mapping('boston311'), progress=told)\n"
    )
    log = tmp_path / "log.db"
    with subprocess.Popen([sys.executable, "-c", script, str(log), str(file)], stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        for _ in range(batches):
            assert run.stdout.readline()
        os.kill(run.pid, signal.SIGKILL)
    assert run.returncode == -signal.SIGKILL

    with Engine.open(log) as engine:
        landed = len(contents(engine))
        assert batches * 200 <= landed < 1000
        report = import_rows(engine, file, BOSTON)
        assert (report.read, report.unchanged, report.imported) == (1000, landed, 1000 - landed)

        closed = sum(row["case_status"] == "Closed" for row in many(1000))
        names = [recorded.name for recorded in engine.events()]
        assert names.count("case.imported") == 1000
        assert names.count("case.closing_imported") == closed
        for row in many(1000)[::100]:  # the keys of what was written before the kill are there
            case = record_id("boston311", row["case_enquiry_id"])
            place = engine.open_personal(case, "place", DESK, why="to handle it")
            assert place is not None
            assert place.startswith(row["location"].strip())


def test_the_keys_of_a_batch_wait_for_the_disk_once_and_those_of_a_refused_batch_are_not_kept(tmp_path):
    def report(id: str, reporter: str) -> ReportCase:
        return ReportCase(
            id=id, by=DESK, title="x", kind="grid", channel="desk", level="grid", area="a", reporter_name=reporter
        )

    with Engine.open(tmp_path / "log.db") as engine:
        statements: list[str] = []
        engine.vault.keys._file.db.set_trace_callback(statements.append)
        with pytest.raises(NotAllowed):
            engine.handle_all([report("a", "Ann"), report("C-2024-1", "of a form that is reserved")])
        assert (statements.count("COMMIT"), engine.vault.keys.waiting()) == (0, [])

        engine.handle_all([report("a", "Ann"), report("b", "Bob")])
        assert (statements.count("COMMIT"), len(engine.vault.keys.waiting())) == (1, 2)

    with Engine.open(tmp_path / "log.db") as engine:
        assert [engine.open_personal(id, "reporter_name", DESK, why="to handle it") for id in "ab"] == ["Ann", "Bob"]


def test_two_imports_of_the_same_requests_at_a_time_bring_each_once(tmp_path):
    still_open = [{**row, "case_status": "Open", "closed_dt": "", "closure_reason": ""} for row in many(400)]
    files = [boston(tmp_path / "a.csv", many(400)), boston(tmp_path / "b.csv", still_open[::-1])]
    Engine.open(tmp_path / "log.db").close()
    reports: list[ImportReport] = []

    def run(file: Path) -> None:
        with Engine.open(tmp_path / "log.db") as engine:
            reports.append(import_rows(engine, file, BOSTON))

    threads = [threading.Thread(target=run, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with Engine.open(tmp_path / "log.db") as engine:
        assert [report.bad for report in reports] == [0, 0]
        assert sum(report.imported for report in reports) == 400
        assert import_rows(engine, files[0], BOSTON).unchanged == 400
        names = [recorded.name for recorded in engine.events()]
        closed = sum(row["case_status"] == "Closed" for row in many(400))
        assert (names.count("case.imported"), names.count("case.closing_imported")) == (400, closed)


# --- what changed since ----------------------------------------------------------------------------------------------


def test_a_request_that_was_closed_since_is_closed_and_nothing_else_happens_to_it(engine, tmp_path):
    later = sample()
    before = [{**row, "case_status": "Open", "closed_dt": "", "closure_reason": " "} for row in later]
    report = import_rows(engine, boston(tmp_path / "before.csv", before), BOSTON)
    assert (report.imported, report.closed) == (100, 0)

    report = import_rows(engine, SAMPLES / "boston311-100.csv", BOSTON)
    closed = sum(row["case_status"] == "Closed" for row in later)
    assert (report.closed, report.unchanged, report.changed, report.faults) == (closed, 100 - closed, 0, ())
    assert engine.get("boston311.101004130437").closed_at == instant("2022-01-19 11:42:16")

    head = engine.store.head()
    again = import_rows(engine, SAMPLES / "boston311-100.csv", BOSTON)
    assert (again.unchanged, engine.store.head()) == (100, head)


@pytest.mark.parametrize(
    ("line", "change", "field"),
    [
        (3, {"department": "PWDx"}, "department"),
        (3, {"department": ""}, "department"),
        (3, {"case_title": "Something else"}, "case_title"),
        (3, {"type": "Needle pickup"}, "type"),
        (3, {"neighborhood": "Boston "}, None),  # outer white space says nothing
        (3, {"neighborhood": "Boston/"}, "neighborhood"),
        (3, {"open_dt": "2022-01-19 11:18:01"}, "open_dt"),
        (3, {"target_dt": "2022-01-20 11:18:00"}, "target_dt"),
        (3, {"source": "Self Service"}, "source"),
        (3, {"location": "43 Cross St  Boston  MA  02113"}, "location"),
        (3, {"latitude": "42.3635"}, "location"),
        (3, {"closed_dt": "2022-01-19 11:42:17"}, "closed_dt"),
        (3, {"closure_reason": "Resolved by somebody else"}, "closure_reason"),
        (3, {"closure_reason": ""}, "closure_reason"),
        (3, {"case_status": "Open", "closed_dt": ""}, "case_status"),
        (3, {"ward": "04"}, None),  # a column that the mapping does not name
    ],
)
def test_a_row_that_says_something_else_now_is_reported_and_never_overwrites(engine, tmp_path, line, change, field):
    import_rows(engine, SAMPLES / "boston311-100.csv", BOSTON)
    before = contents(engine)
    rows = sample()
    rows[line - 2] |= change

    report = import_rows(engine, boston(tmp_path / "changed.csv", rows), BOSTON, quarantine=tmp_path / "q.jsonl")

    assert contents(engine) == before
    assert (report.changed, report.bad, report.unchanged) == (int(field is not None), 0, 100 - (field is not None))
    assert codes(report) == ([(line, field, "changed_since_import")] if field else [])
    if field:
        (kept,) = (json.loads(text) for text in (tmp_path / "q.jsonl").read_text().splitlines())
        assert kept["raw"] == list(rows[line - 2].values())
        assert "boston311-100.csv:3" in kept["why"]


def test_a_row_that_is_newly_closed_and_says_something_else_is_closed_and_reported(engine, tmp_path):
    before = [{**sample()[1], "case_status": "Open", "closed_dt": ""}]
    import_rows(engine, boston(tmp_path / "before.csv", before), BOSTON)
    after = [{**sample()[1], "department": "PWDx"}]

    report = import_rows(engine, boston(tmp_path / "after.csv", after), BOSTON)

    case = engine.get("boston311.101004130437")
    assert (case.status, case.lead_unit) == ("closed", "GEN_")
    assert (report.closed, report.changed) == (1, 1)
    assert codes(report) == [(2, "department", "changed_since_import")]


def test_whoever_a_request_speaks_of_has_a_pseudonym_by_chance_the_same_when_it_is_closed_later(tmp_path):
    pseudonyms = set()
    for name in ("one", "two"):
        with Engine.open(tmp_path / f"{name}.db") as engine:
            for status in ({"case_status": "Open", "closed_dt": ""}, {}):
                import_rows(engine, boston(tmp_path / "rows.csv", [{**sample()[1], **status}]), BOSTON)
            bodies: list[Any] = [each.body for each in engine.history("boston311.101004130437")]
            assert bodies[0].place.subject == bodies[-1].closing.subject
            pseudonyms.add(bodies[0].place.subject)
    assert len(pseudonyms) == 2
    assert not any("101004130437" in each for each in pseudonyms)


def test_a_request_whose_data_was_erased_is_closed_without_its_text_and_counts_as_unchanged(engine, tmp_path):
    before = [{**sample()[1], "case_status": "Open", "closed_dt": ""}]
    import_rows(engine, boston(tmp_path / "before.csv", before), BOSTON)
    (received, *_) = engine.history("boston311.101004130437")
    engine.erase(received.body.place.subject, ARCHIVIST, basis="PIPL §47", authority="archive")

    for closed, unchanged in ((1, 0), (0, 1)):
        report = import_rows(engine, boston(tmp_path / "after.csv", [sample()[1]]), BOSTON)
        assert (report.closed, report.unchanged, report.faults) == (closed, unchanged, ())
    assert engine.get("boston311.101004130437").result is None


# --- rows set aside --------------------------------------------------------------------------------------------------


def test_of_the_file_with_a_bad_row_every_good_row_lands_and_the_bad_one_is_kept(engine, tmp_path):
    heard: list[BadRow] = []
    kept = tmp_path / "bad.jsonl"

    report = import_rows(engine, SAMPLES / "boston311-100-bad.tsv", BOSTON, quarantine=kept, on_bad=heard.append)

    assert (report.read, report.imported, report.bad, len(contents(engine))) == (100, 99, 1, 99)
    assert codes(report) == [(41, "row", "field_count")]
    assert tuple(heard) == report.faults
    (line,) = kept.read_text(encoding="utf-8").splitlines()
    text = (SAMPLES / "boston311-100-bad.tsv").read_text(encoding="utf-8").splitlines()[40]
    assert json.loads(line) == {
        "file": "boston311-100-bad.tsv",
        "line": 41,
        "field": "row",
        "code": "field_count",
        "why": "the row has 30 fields; expected 29, as the header",
        "raw": text.split("\t"),
    }
    assert kept.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["bad.jsonl"]


def test_without_a_bad_row_no_quarantine_is_written(engine, tmp_path):
    import_rows(engine, SAMPLES / "boston311-100.csv", BOSTON, quarantine=tmp_path / "bad.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_an_import_that_breaks_off_leaves_no_half_quarantine(engine, tmp_path):
    def stop(read: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_rows(engine, SAMPLES / "boston311-100-bad.tsv", BOSTON, quarantine=tmp_path / "q", progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_quarantine_that_cannot_be_written_is_said_in_one_line(engine, tmp_path):
    with pytest.raises(InputError, match="bad rows cannot be kept here"):
        import_rows(engine, SAMPLES / "boston311-100-bad.tsv", BOSTON, quarantine=tmp_path / "missing" / "q.jsonl")


def test_a_row_that_the_log_refuses_does_not_take_its_batch_with_it(engine, tmp_path):
    before = [{**row, "case_status": "Open", "closed_dt": ""} for row in many(10)]
    import_rows(engine, boston(tmp_path / "before.csv", before), BOSTON)
    worked_on = next(n for n, row in enumerate(many(10)) if row["case_status"] == "Closed" and row["department"])
    unit = many(10)[worked_on]["department"]
    case = record_id("boston311", many(10)[worked_on]["case_enquiry_id"])
    engine.handle(SignOrder(id=case, by=Actor.of("li", "lead_unit", unit=unit)))

    report = import_rows(engine, boston(tmp_path / "after.csv", many(20)), BOSTON)

    newly_closed = sum(row["case_status"] == "Closed" for row in many(10)) - 1
    assert (report.imported, report.closed, report.bad) == (10, newly_closed, 1)
    ((line, field, code),) = codes(report)
    assert (line, field) == (worked_on + 2, "case_status")
    assert "occurred_in_order" in code
    assert engine.get(case).status == "assigned"


def test_an_id_that_a_case_of_our_own_has_is_left_alone(engine, tmp_path):
    mine = ReportCase(
        id="boston311.101004130437", by=DESK, title="Ours", kind="grid", channel="desk", level="grid", area="a"
    )
    engine.handle(mine)
    report = import_rows(engine, boston(tmp_path / "one.csv", [sample()[1]]), BOSTON)
    assert codes(report) == [(2, "case_enquiry_id", "id_is_taken")]
    assert engine.get("boston311.101004130437").version == 1


def test_the_first_hundred_faults_are_kept_and_the_others_counted(engine, tmp_path):
    rows = [{**row, "open_dt": "soon"} for row in many(250)]
    heard: list[BadRow] = []
    kept = tmp_path / "q.jsonl"

    report = import_rows(engine, boston(tmp_path / "bad.csv", rows), BOSTON, on_bad=heard.append, quarantine=kept)

    assert (report.bad, len(report.faults), report.more) == (250, 100, 150)
    assert [bad.line for bad in heard] == list(range(2, 252))
    assert len(kept.read_text().splitlines()) == 250


def test_a_file_whose_name_is_not_text_is_imported_under_a_name_that_is(engine, tmp_path):
    file = tmp_path / os.fsdecode(b"311-\xe9.tsv")
    shutil.copy(SAMPLES / "boston311-100-bad.tsv", file)
    report = import_rows(engine, file, BOSTON, quarantine=tmp_path / "q.jsonl")
    assert (report.imported, report.faults[0].file) == (99, "311-?.tsv")


def test_progress_is_told_in_bytes_to_the_end_of_the_file(engine, tmp_path):
    file = boston(tmp_path / "many.csv", many(450))
    told: list[tuple[int, int | None]] = []
    import_rows(engine, file, BOSTON, progress=lambda read, total: told.append((read, total)))
    assert len(told) == 3
    assert told == sorted(told)
    assert told[-1] == (file.stat().st_size, file.stat().st_size)


# --- another city's file ---------------------------------------------------------------------------------------------


def test_a_dirty_file_of_another_city_gives_its_good_rows_and_the_reason_for_each_bad_one(engine, tmp_path):
    tomorrow = (NOW + timedelta(days=1)).strftime("%Y/%m/%d %H:%M")
    file = city(
        tmp_path / "工单.csv",
        {
            "状态": "办理中",
            "承办单位": "城管局",
            "类别": "占道 经营",
            "区域": "茶店子 街道",
            "办结时限": "2024/02/08 18:00",
        },
        {
            "状态": " 已办结 ",
            "承办单位": "Water Co.",
            "办结时间": "03.02.2024",
            "答复": "已修复",
            "地址": "花照壁 1 号",
        },
        {"状态": "待派", "承办单位": "无"},
        {"状态": "办理中"},  # nobody holds it
        {"状态": "已办结", "承办单位": "城管局", "办结时间": "2024/01/31 09:00"},
        {"状态": "已办结", "承办单位": "城管局"},
        {"状态": "挂起", "承办单位": "城管局"},
        {"状态": "待派", "受理时间": "2024-02-01"},
        {"状态": "待派", "受理时间": tomorrow},
        {"状态": "已办结", "办结时间": tomorrow},
        {"状态": "待派", "工单号": "JN 11"},
        {"状态": "待派", "工单号": "JN-1"},
        {"状态": "待派", "类别": "长" * 4001},
    )
    kept = tmp_path / "q.jsonl"

    report = import_rows(engine, file, CITY, quarantine=kept)

    assert (report.read, report.imported, report.bad) == (13, 4, 9)
    assert codes(report) == [
        (6, "办结时间", "closed_before_opened"),
        (7, "办结时间", "closed_without_date"),
        (8, "状态", "unknown_status"),
        (9, "受理时间", "bad_date"),
        (10, "受理时间", "in_the_future"),
        (11, "办结时间", "in_the_future"),
        (12, "工单号", "bad_id"),
        (13, "工单号", "contradicts"),
        (14, "类别", "too_long"),
    ]
    lines = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    assert [line["raw"][0] for line in lines] == [
        "JN-5",
        "JN-6",
        "JN-7",
        "JN-8",
        "JN-9",
        "JN-10",
        "JN 11",
        "JN-1",
        "JN-13",
    ]

    first, second, third, fourth = (engine.get(f"jinniu.JN-{n}") for n in (1, 2, 3, 4))
    assert [case.status for case in (first, second, third, fourth)] == ["assigned", "closed", "reported", "reported"]
    assert first.opened_at == datetime(2024, 2, 1, 1, 30, tzinfo=UTC)
    assert first.clocks["handling"].due == datetime(2024, 2, 8, 10, 0, tzinfo=UTC)
    assert (first.title, first.channel, first.area) == ("占道 经营", "12345", "茶店子-街道")
    assert engine.history(first.id)[0].body.source_words == {
        "department": "城管局",
        "category": "占道 经营",
        "area": "茶店子 街道",
    }
    assert second.lead_unit == "Water-Co."
    assert second.closed_at == datetime(2024, 2, 2, 16, 0, tzinfo=UTC)
    assert engine.open_personal(second.id, "closing", DESK, why="to handle it") == "已修复"
    assert (third.lead_unit, third.unverified) == (None, ())


def test_every_reason_is_told_in_chinese_too(engine, tmp_path):
    future = NOW + timedelta(days=1)
    file = city(tmp_path / "a.csv", {"状态": "待派", "受理时间": future.strftime("%Y/%m/%d %H:%M")})
    (bad,) = import_rows(engine, file, CITY).faults
    assert bad.sentence("zh-CN").startswith("a.csv:2: 受理时间: '2024-03-01T16:00:00+00:00' 晚于当前时间")


def test_a_closed_request_that_nobody_was_shown_to_hold_leaves_its_assignment_unverified(engine, tmp_path):
    import_rows(engine, city(tmp_path / "a.csv", {"状态": "已办结", "办结时间": "03.02.2024"}), CITY)
    case = engine.get("jinniu.JN-1")
    assert case.status == "closed"
    assert {"acceptance", "assignment", "handling", "verification"} <= set(case.unverified)
    assert case.result is None


# --- ids -------------------------------------------------------------------------------------------------------------


WORDS = st.text(min_size=1).filter(str.strip)


@given(WORDS)
def test_every_word_gives_an_id_and_an_area_that_fit_their_types(word):
    TypeAdapter(Id).validate_python(id_of(word))
    area = TypeAdapter(Area).validate_python(area_of(word))
    assert "/" not in area


@given(st.from_regex(r"[A-Za-z0-9._:-]{1,64}", fullmatch=True))
def test_a_word_that_fits_is_the_id(word):
    assert id_of(word) == word


@pytest.mark.parametrize(
    ("word", "id"),
    [
        ("GEN_", "GEN_"),
        ("Public  Works", "Public-Works"),
        ("城管局", "x-cabca7eb5984"),
        ("Missed Trash/Yard Waste", "Missed-Trash-Yard-Waste-00853845522c"),
    ],
)
def test_other_words_keep_what_fits_and_a_mark_that_keeps_them_apart(word, id):
    assert id_of(word) == id


@pytest.mark.parametrize(
    ("word", "area"),
    [
        ("South Boston / South Boston Waterfront", "South-Boston-South-Boston-Waterfront"),
        ("金牛区", "金牛区"),
        (" / ", ""),
    ],
)
def test_an_area_is_one_name_and_no_path(word, area):
    assert area_of(word) == area


@given(
    st.from_regex(r"[a-z0-9][a-z0-9_-]{0,19}", fullmatch=True),
    st.from_regex(EXTERNAL_ID, fullmatch=True),
    st.sampled_from(["received", "closed"]),
)
@example("b" * 20, "9" * 40, "received")
def test_ids_of_records_and_commands_always_fit_and_never_take_the_form_of_given_numbers(source, external_id, what):
    id = TypeAdapter(Id).validate_python(record_id(source, external_id))
    TypeAdapter(Id).validate_python(command_id(source, external_id, what))
    assert not id[0].isupper()
    assert id != "log"


REQUESTS = st.tuples(st.sampled_from(["a", "a" * 20]), st.text("a:", min_size=1, max_size=40))


@given(REQUESTS, REQUESTS)
@example(("a" * 20, "a" * 40), ("a" * 20, "a" * 39 + ":"))
def test_different_requests_have_different_command_ids(one, other):
    same = command_id(one[0], one[1], "received") == command_id(other[0], other[1], "received")
    assert same == (one == other)
    assert command_id(one[0], one[1], "received") != command_id(one[0], one[1], "closed")


def test_the_importer_acts_as_the_system():
    assert [claim.role for claim in IMPORTER.claims] == ["system"]
