"""Importing other systems' files and whole logs, and writing them: statuses, one line a bad row, byte for byte."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

SAMPLE = Path(str(files("govflow") / "data" / "boston311-sample.csv"))
MAPPING = Path(str(files("govflow.interchange") / "mappings" / "boston311.toml"))


def test_importing_twice_appends_nothing_the_second_time(govflow, tmp_path):
    first = govflow("import", "boston311", SAMPLE, "--db", tmp_path / "city.db")
    before = json.loads(govflow("replay", "--db", tmp_path / "city.db", "--json").out)
    second = govflow("import", "boston311", SAMPLE, "--db", tmp_path / "city.db")

    assert (first.status, second.status) == (0, 0)
    assert first.out.startswith("100 rows read: 100 imported")
    assert "100 unchanged" in second.out
    assert json.loads(govflow("replay", "--db", tmp_path / "city.db", "--json").out) == before


def test_every_bad_row_is_one_line_and_the_status_is_1(govflow, tmp_path):
    good = SAMPLE.read_text(encoding="utf-8").splitlines()
    bad = tmp_path / "bad.csv"
    bad.write_text("\n".join([*good[:3], good[3].replace("2022-01-31", "2022-13-31"), *good[4:6]]) + "\n")

    ran = govflow("import", "boston311", bad, "--db", tmp_path / "city.db", "--quarantine", tmp_path / "kept.jsonl")

    assert ran.status == 1
    assert ran.err.splitlines()[1].startswith("bad.csv:4: open_dt: ")
    assert len(ran.err.splitlines()) == 2
    assert "4 imported" in ran.out
    assert "1 bad" in ran.out
    assert len((tmp_path / "kept.jsonl").read_text().splitlines()) == 1


def test_a_mapping_file_does_the_same_for_other_cities(govflow, tmp_path):
    ran = govflow("import", "csv", SAMPLE, "--mapping", MAPPING, "--db", tmp_path / "city.db", "--lang", "zh-CN")

    assert ran.status == 0
    assert ran.out.startswith("读取 100 行：导入 100")


def test_a_faulty_mapping_is_told_and_makes_no_log(govflow, tmp_path):
    (tmp_path / "m.toml").write_text("source = 5\n")

    ran = govflow("import", "csv", SAMPLE, "--mapping", tmp_path / "m.toml", "--db", tmp_path / "city.db")

    assert ran.status == 2
    assert "m.toml: source: found 5" in ran.err
    assert not (tmp_path / "city.db").exists()


def test_a_missing_file_is_one_line_and_makes_no_log(govflow, tmp_path):
    for arguments in (("boston311", "none.csv"), ("jsonl", "none.jsonl")):
        ran = govflow("import", *arguments, "--db", tmp_path / "city.db")
        assert (ran.status, ran.err) == (2, f"govflow: there is no file {arguments[1]}\n")
    assert list(tmp_path.iterdir()) == []


def test_a_log_goes_out_and_comes_back_byte_for_byte(govflow, tmp_path, db):
    out = govflow("export", "jsonl", "--db", db, "--out", tmp_path / "a.jsonl")
    back = govflow("import", "jsonl", tmp_path / "a.jsonl", "--db", tmp_path / "copy.db")
    again = govflow("export", "jsonl", "--db", tmp_path / "copy.db")

    assert (out.status, back.status, again.status) == (0, 0, 0)
    assert again.out.encode() == (tmp_path / "a.jsonl").read_bytes()
    assert govflow("replay", "--db", tmp_path / "copy.db").out == govflow("replay", "--db", db).out


def test_an_export_overwrites_nothing(govflow, tmp_path, db):
    (tmp_path / "a.jsonl").write_text("mine")

    ran = govflow("export", "jsonl", "--db", db, "--out", tmp_path / "a.jsonl")

    assert ran.status == 2
    assert len(ran.err.splitlines()) == 1
    assert (tmp_path / "a.jsonl").read_text() == "mine"


def test_a_file_that_cannot_be_read_as_a_table_makes_no_log(govflow, tmp_path):
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n\0")
    for file in ("picture.csv", "."):
        ran = govflow("import", "boston311", tmp_path / file, "--db", tmp_path / "city.db")

        assert (ran.status, len(ran.err.splitlines())) == (2, 1)
    assert [each.name for each in tmp_path.iterdir()] == ["picture.csv"]


def test_a_folder_that_is_not_there_begins_no_log_and_says_so_once(govflow, tmp_path):
    ran = govflow("import", "boston311", SAMPLE, "--db", tmp_path / "none" / "city.db")

    assert ran.status == 2
    assert len(ran.err.splitlines()) == 1
