"""`govflow privacy`, and what every view says of somebody whose data is restricted."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.subjects.office import a_log, archived, destroyed, quarrel, told

AS = ("--as", "archive-1", "--role", "archivist")
WHY = ("--basis", "PIPL 47", "--authority", "district archive")


@pytest.fixture
def db(tmp_path: Path) -> str:
    town = a_log(tmp_path / "log.db")
    told(town)
    quarrel(town)
    town.engine.close()
    return str(tmp_path / "log.db")


def test_who_there_is_who_read_what_and_everything_about_one(govflow: Callable[..., Any], db: str):
    assert govflow("privacy", "reads", "s-1", "--db", db).out == "Nobody has read anything.\n"
    opened = govflow(
        "privacy", "open", "c", "reporter_name", "--why", "to call back", "--db", db,
        "--as", "desk-1", "--role", "acceptance_desk",
    )  # fmt: skip
    assert (opened.status, opened.out.strip()) == (0, "Wang Canary")
    listed = {each["subject"]: each for each in json.loads(govflow("privacy", "subjects", "--db", db, "--json").out)}
    assert listed["s-1"] == {"subject": "s-1", "status": "known", "records": 1, "reads": 1, "holds": 0}
    assert [each["id"] for each in json.loads(govflow("list", "--db", db, "--json").out)] == ["c"]  # people apart
    told = govflow("privacy", "subjects", "--db", db, "--lang", "zh-CN").out
    assert ("在册" in told, told.endswith("共 1 人\n")) == (True, True)
    (reading,) = json.loads(govflow("privacy", "reads", "s-1", "--db", db, "--json").out)
    assert (reading["by"], reading["why"], reading["field"]) == ("desk-1", "to call back", "reporter_name")
    assert "to call back" in govflow("privacy", "reads", "s-1", "--db", db).out
    shown = json.loads(govflow("privacy", "show", "s-1", "--basis", "PIPL 45", "--db", db, *AS, "--json").out)
    assert "Wang Canary" in [each["text"] for each in shown["values"]]
    told = govflow("privacy", "show", "s-1", "--basis", "PIPL 45", "--db", db, *AS).out
    assert "Wang Canary" in told
    assert "to call back" in told
    assert govflow("privacy", "reads", "s-9", "--db", db).status == 2
    assert govflow("privacy", "reads", "s-1", "--db", db, "--as", "x", "--role", "dispatcher").status == 2


def shown(govflow: Callable[..., Any], db: str, *more: str) -> str:
    """What `govflow show` tells of the case, whatever its lines are broken at."""
    return " ".join(govflow("show", "c", "--db", db, *more).out.split())


def test_every_view_says_restricted_in_the_place_of_what_was_protected(govflow: Callable[..., Any], db: str):
    before = shown(govflow, db)
    assert "description (protected)" in before
    assert govflow("privacy", "restrict", "s-1", *WHY, "--db", db, *AS).status == 0
    assert "description (restricted)" in shown(govflow, db)
    assert "description （受限）" in shown(govflow, db, "--lang", "zh-CN")
    for view in (("show", "c"), ("list",), ("timeline", "c"), ("replay", "c", "--version", "1")):
        seen = govflow(*view, "--db", db, "--json").out
        assert '"restricted": true' in seen or '"restricted":true' in seen, view
        assert "ciphertext" not in seen, view
    refused = govflow(
        "privacy", "open", "c", "reporter_name", "--why", "x", "--db", db, "--as", "d", "--role", "acceptance_desk"
    )
    assert refused.status == 1
    assert "person_is_not_restricted" in refused.err
    assert govflow("privacy", "lift", "s-1", *WHY, "--db", db, *AS).status == 0
    assert "description (protected)" in shown(govflow, db)


def test_a_hold_blocks_erasing_until_it_is_released(govflow: Callable[..., Any], db: str):
    held = govflow("privacy", "hold", "s-1", "--reason", "a suit", "--authority", "court", "--db", db, *AS)
    assert "hold h1 (court): a suit" in held.out
    refused = govflow("privacy", "erase", "s-1", *WHY, "--db", db, *AS)
    assert refused.status == 1
    assert "no_hold_stands" in refused.err
    assert govflow("privacy", "release", "s-1", "h1", "--reason", "over", "--db", db, *AS).status == 0
    done = govflow("privacy", "erase", "s-1", *WHY, "--requested-on", "2026-03-01", "--db", db, *AS, "--json")
    assert json.loads(done.out)["status"] == "erased"
    assert govflow("privacy", "erase", "s-9", *WHY, "--db", db, *AS).status == 2
    assert govflow("privacy", "erase", "s-1", *WHY, "--requested-on", "soon", "--db", db, *AS).status == 2


def test_texts_of_others_are_replaced_or_dropped_by_their_place(govflow: Callable[..., Any], db: str):
    refused = govflow("privacy", "erase", "s-chen", *WHY, "--db", db, *AS)
    assert "c#2.gist of s-1: replace or drop it" in refused.err
    assert govflow("privacy", "erase", "s-chen", *WHY, "--replace", "c#2.gist", "--db", db, *AS).status == 2
    done = govflow("privacy", "erase", "s-chen", *WHY, "--replace", "c#2.gist=A neighbour shouts", "--db", db, *AS)
    assert done.status == 0
    opened = govflow(
        "privacy", "open", "c", "gist", "--why", "x", "--db", db, "--as", "desk-1", "--role", "acceptance_desk"
    )
    assert opened.out.strip() == "A neighbour shouts"


def test_a_value_is_corrected(govflow: Callable[..., Any], db: str):
    said = ("privacy", "correct", "c", "reporter_name", "--reason", "misspelt", "--db", db, *AS)
    assert govflow(*said).status == 2
    assert govflow(*said, "--text", "Wang Kanari").status == 0
    shown = govflow("privacy", "show", "s-1", "--basis", "PIPL 45", "--db", db, *AS).out
    assert "Wang Kanari (corrected)" in " ".join(shown.split())


def test_what_is_due_is_listed_and_destroyed(govflow: Callable[..., Any], tmp_path: Path):
    db = str(tmp_path / "log.db")
    town = a_log(db)
    archived(town, reporter_name="Wang Canary")
    destroyed(town)
    town.engine.close()
    (due,) = json.loads(govflow("privacy", "disposals", "--db", db, "--json").out)
    assert (due["record"], due["stage"]) == ("old", "carry_out")
    assert "destroy the keys" in govflow("privacy", "disposals", "--db", db).out
    done = govflow("privacy", "dispose", "old", *WHY, "--db", db, *AS)
    assert done.status == 0, done.err
    assert "1 people" in done.out
    assert json.loads(govflow("privacy", "disposals", "--db", db, "--json").out) == []


# --- keys and files ---------------------------------------------------------------------------------------------------


def test_status_counts_people_and_shows_the_files_with_their_modes(govflow: Callable[..., Any], db: str):
    assert govflow("privacy", "hold", "s-1", "--reason", "x", "--authority", "court", "--db", db, *AS).status == 0
    told = json.loads(govflow("privacy", "status", "--db", db, "--json").out)
    assert told["people"] == {"with_keys": 1, "restricted": 0, "held": 1, "erased": 0, "records_destroyed": 0}
    assert told["keys"]["count"] >= 1
    assert told["keys"]["kek"].startswith("kek-")
    assert {each["what"]: each["mode"] for each in told["files"]}["kek"] == "0600"
    assert told["problems"] == []
    assert "people with keys: 1" in govflow("privacy", "status", "--db", db).out
    assert "有密钥的主体：1" in govflow("privacy", "status", "--db", db, "--lang", "zh-CN").out


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_status_names_a_secret_that_others_may_read(govflow: Callable[..., Any], db: str):
    Path(f"{db}.keys").chmod(0o644)
    ran = govflow("privacy", "status", "--db", db)
    assert ran.status == 1
    assert f"others may read {db}.keys (mode 0644): say chmod 600 {db}.keys" in ran.out


def test_a_new_key_encryption_key_opens_what_the_old_one_did_and_a_copy_of_the_keys_from_before_opens_nothing(
    govflow: Callable[..., Any], db: str, tmp_path: Path
):
    before = json.loads(govflow("privacy", "status", "--db", db, "--json").out)["keys"]
    copy = tmp_path / "copy.db"
    shutil.copy(db, copy)
    shutil.copy(f"{db}.keys", f"{copy}.keys")
    ran = govflow("privacy", "rotate", "--db", db)
    assert ran.status == 0, ran.err
    assert f"{before['count']} keys are encrypted under kek-" in ran.out
    assert "destroy every older copy" in ran.out
    after = json.loads(govflow("privacy", "status", "--db", db, "--json").out)
    assert after["keys"]["kek"] != before["kek"]
    assert "Wang Canary" in govflow("privacy", "show", "s-1", "--basis", "PIPL 45", "--db", db, *AS).out
    assert json.loads(govflow("privacy", "rotate", "--db", db, "--json").out)["keys"] == before["count"]

    shutil.copy(f"{db}.keys.kek", f"{copy}.keys.kek")
    refused = govflow("privacy", "show", "s-1", "--basis", "PIPL 45", "--db", copy, *AS)
    assert (refused.status, "Wang Canary" in refused.out) == (2, False)
    assert f"the key-encryption key {before['kek']} is missing: bring back {copy}.keys.kek" in refused.err


def test_a_log_put_back_without_its_key_encryption_key_says_which_file_to_bring_back(
    govflow: Callable[..., Any], db: str
):
    Path(f"{db}.keys.kek").unlink()
    refused = govflow("privacy", "show", "s-1", "--basis", "PIPL 45", "--db", db, *AS)
    assert refused.status == 2
    assert f"is missing: bring back {db}.keys.kek; without it no personal data opens" in refused.err
    told = govflow("privacy", "status", "--db", db, "--lang", "zh-CN")
    assert told.status == 1
    assert f"请恢复 {db}.keys.kek" in told.out
    assert govflow("privacy", "rotate", "--db", db).status == 2
    assert govflow("show", "c", "--db", db).status == 0  # what is not personal is read all the same


def test_without_its_key_store_a_log_does_not_say_that_it_knows_nobody(govflow: Callable[..., Any], db: str):
    Path(f"{db}.keys").unlink()
    for command in (
        ("subjects",),
        ("show", "s-1", "--basis", "PIPL 45", *AS),
        ("erase", "s-1", *WHY, *AS),
        ("rotate",),
    ):
        ran = govflow("privacy", *command, "--db", db)
        assert ran.status == 2, command
        assert f"the key store {db}.keys is new, but the log is not" in ran.err
        assert "nothing is known" not in ran.err
    told = govflow("privacy", "status", "--db", db)
    assert told.status == 1
    assert "put the log's own key store in its place" in told.out


def test_a_bundle_knows_nobody_and_says_why(govflow: Callable[..., Any], db: str, tmp_path: Path):
    bundle = tmp_path / "c.bundle"
    assert govflow("export", "bundle", "--sign", "-o", bundle, "--db", db).status == 0
    asked = govflow("privacy", "subjects", "--db", bundle)
    assert (asked.status, "a bundle and a log in memory have no key store" in asked.err) == (2, True)


@pytest.mark.parametrize("role", ["dispatcher", "resident"])
@pytest.mark.parametrize("command", [("show",), ("restrict", "--authority", "x"), ("erase", "--authority", "x")])
def test_whoever_may_not_decide_is_told_the_same_of_somebody_known_and_of_nobody(
    govflow: Callable[..., Any], db: str, role: str, command: tuple[str, ...]
):
    name, *more = command
    said = ("--basis", "x", "--db", db, "--as", "curious-1", "--role", role, *more)
    known, unknown = (govflow("privacy", name, subject, *said) for subject in ("s-1", "s-9"))
    assert known.status != 0
    assert (known.status, known.err) == (unknown.status, unknown.err.replace("s-9", "s-1"))
    assert govflow("timeline", "person:s-9", "--db", db).status == 2  # and nobody is written down for being asked about


def test_what_was_done_is_handed_over_with_its_basis_and_by_whose_authority(govflow: Callable[..., Any], db: str):
    erase = ("privacy", "erase", "s-1", *WHY, "--requested-on", "2026-02-27", "--db", db, *AS)
    done = govflow(*erase)
    assert "govflow privacy rotate --help" in " ".join(done.out.split())
    shown = " ".join(govflow("privacy", "show", "s-1", "--basis", "PIPL 45", "--db", db, *AS).out.split())
    assert "subject.erase archive-1: PIPL 47 · district archive · asked for on 2026-02-27" in shown


# --- what an officer stumbles over ------------------------------------------------------------------------------------


def test_a_field_that_is_not_there_is_answered_with_those_that_its_reader_may_read(
    govflow: Callable[..., Any], db: str
):
    asked = ("privacy", "open", "c", "reporter_fone", "--why", "x", "--db", db, "--as", "desk-1", "--role")
    told = govflow(*asked, "acceptance_desk")
    assert told.status == 2
    assert "there are: description, gist, reporter_name, reporter_phone" in told.err
    assert "reporter_name" not in govflow(*asked, "lead_unit").err
    assert "现有：" in govflow(*asked, "acceptance_desk", "--lang", "zh-CN").err


def test_nothing_is_corrected_to_nothing(govflow: Callable[..., Any], db: str):
    said = ("privacy", "correct", "c", "reporter_name", "--reason", "misspelt", "--db", db, *AS)
    ran = govflow(*said, "--text", "")
    assert (ran.status, "no text is given" in ran.err) == (2, True)
    assert govflow("timeline", "person:s-1", "--db", db).status == 2


def test_a_request_is_of_a_day_that_is_past(govflow: Callable[..., Any], db: str):
    ran = govflow("privacy", "erase", "s-1", *WHY, "--requested-on", "2999-01-01", "--db", db, *AS)
    assert ran.status == 2
    assert "--requested-on: not usable; expected a day up to " in ran.err


def test_erasing_again_says_that_nothing_was_done(govflow: Callable[..., Any], db: str):
    erase = ("privacy", "erase", "s-1", *WHY, "--db", db, *AS)
    assert json.loads(govflow(*erase, "--json").out)["is_new"] is True
    again = govflow(*erase)
    assert again.out == "s-1: erased\nErased before; nothing was added to the log.\n"
    assert json.loads(govflow(*erase, "--json").out)["is_new"] is False


def test_a_hold_that_does_not_stand_is_answered_with_those_that_do(govflow: Callable[..., Any], db: str):
    hold = ("privacy", "hold", "s-1", "--reason", "a suit", "--authority", "court", "--db", db, *AS)
    assert govflow(*hold).status == 0
    assert "hold_is_new: No legal hold stands under this id: h1" in govflow(*hold, "--name", "h1").err
    release = ("privacy", "release", "s-1", "h9", "--reason", "over", "--db", db, *AS)
    assert "those that stand: h1" in govflow(*release).err
    assert "现有留存：h1" in govflow(*release, "--lang", "zh-CN").err


def test_without_the_log_s_own_keys_nothing_is_said_of_nobody_and_nothing_is_made(govflow: Callable[..., Any], db: str):
    Path(f"{db}.keys.kek").unlink()
    assert govflow("privacy", "rotate", "--db", db).status == 2
    assert not Path(f"{db}.keys.kek").exists()
    Path(f"{db}.keys").unlink()
    ran = govflow("privacy", "reads", "s-9", "--db", db)
    assert (ran.status, f"the key store {db}.keys is new" in ran.err) == (2, True)
    asked = govflow(
        "privacy", "open", "c", "gist", "--why", "x", "--db", db, "--as", "d", "--role", "acceptance_desk",
        "--lang", "zh-CN",
    )  # fmt: skip
    assert "没有 s-1 的密钥" in asked.err


# --- the page that shows of an erasure that it was done ---------------------------------------------------------------


def certified(govflow: Callable[..., Any], db: str, *more: str) -> str:
    """The text of the page, whatever its elements."""
    ran = govflow("privacy", "certificate", "s-chen", "--db", db, *more)
    assert ran.status == 0, ran.err
    return " ".join(re.sub("<[^>]+>", " ", ran.out.partition("<body>")[2]).split())


def test_one_page_shows_that_it_was_done_why_by_whom_and_how_anybody_checks_it(
    govflow: Callable[..., Any], db: str, tmp_path: Path
):
    dropped = ("--drop", "c#2.gist", "--requested-on", "2026-02-27")
    assert govflow("privacy", "erase", "s-chen", *WHY, *dropped, "--db", db, *AS).status == 0
    unsigned = certified(govflow, db)
    assert f"govflow checkpoint sign --db {Path(db).name}" in unsigned
    govflow("checkpoint", "sign", "--db", db)
    told = certified(govflow, db)
    for said in ("PIPL 47", "district archive", "2026-02-27", "archive-1, archivist", "Keys left here 0", "DS09"):
        assert said in told, said
    assert "c#2.gist dropped whole" in told
    assert told.count(" holds") == 8
    assert "govflow prove person:s-chen --version 2 -o erased.tlog-proof" in told
    zh = certified(govflow, db, "--lang", "zh-CN")
    assert "个人信息删除记录" in zh
    assert "档案员" in zh
    page = tmp_path / "erased.html"
    for status in (0, 2):  # what is there is not overwritten
        ran = govflow("privacy", "certificate", "s-chen", "--db", db, "--out", page)
        assert ran.status == status
    assert "PIPL 47" in page.read_text("utf-8")


def test_who_is_not_erased_has_no_such_page_and_who_may_not_see_a_person_gets_none(
    govflow: Callable[..., Any], db: str
):
    asked = ("privacy", "certificate", "s-1", "--db", db)
    assert "s-1 is not erased" in govflow(*asked).err
    assert "nothing is known of s-9" in govflow("privacy", "certificate", "s-9", "--db", db).err
    assert govflow("privacy", "erase", "s-1", *WHY, "--db", db, *AS).status == 0
    refused = govflow(*asked, "--as", "d", "--role", "dispatcher")
    assert (refused.status, "nothing is known of s-1" in refused.err) == (2, True)


def test_the_log_tells_of_a_destroyed_text_where_it_stood_and_why(govflow: Callable[..., Any], db: str):
    assert govflow("privacy", "erase", "s-chen", *WHY, "--drop", "c#2.gist", "--db", db, *AS).status == 0
    told = " ".join(govflow("timeline", "log", "--db", db).out.split())
    assert "c#2.gist · PIPL 47 ·" in told
