"""A report says what was checked and what proves it: its commands are run as they stand; damage never keeps it away."""

from __future__ import annotations

import html
import re
import shlex
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from examples import verify_bundle
from govflow import CASE, Engine
from govflow.policy import DEFAULT_POLICY
from govflow.proposals import PROPOSAL
from govflow.regions.contact import LogContact
from govflow.testing import PinnedClock
from tests.audit.forging import fitted
from tests.audit.reported import Tables, faults, local
from tests.cli.conftest import run
from tests.support import Town, a_case, lead


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed log of two cases, `leak` with one event after the checkpoint."""
    path = tmp_path_factory.mktemp("evidence")
    clock = PinnedClock(local("02-13 09:05"))
    with Engine.open(path / "city.db", now=clock, records=[CASE, PROPOSAL]) as engine:
        town = Town(engine, clock)
        a_case(town, "in_handling", id="leak", co_units=("power",))
        a_case(town, "closed", id="done")
        engine.checkpoint()
        town.do(LogContact(id="leak", by=lead, reached=True, way="phone"))
    return path


@pytest.fixture
def copied(folder, tmp_path, monkeypatch):
    """The same in a folder of its own, where commands are run."""
    for each in folder.iterdir():
        shutil.copy(each, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def reported(*what: str, lang: str = "en", warned: bool = False) -> Tables:
    """The page; `warned`: the status and one line say that the log is not sound."""
    ran = run("--lang", lang, "report", *what)
    assert (ran.status, len(ran.err.splitlines())) == (int(warned), int(warned)), ran.err
    page = Tables(ran.out)
    assert [*faults(page)] == []
    return page


def commands(page: Tables) -> list[list[str]]:
    return [shlex.split(html.unescape(each)) for each in re.findall(r"<code>(.*?)</code>", page.source)]


def tried(command: list[str]) -> int:
    """The exit status of a command of the page, typed as it stands there."""
    program, *rest = command
    if program == "govflow":
        return run(*rest).status
    assert (program, rest[0]) == ("python", "verify_bundle.py")
    _, status = verify_bundle.main(rest[1:])
    return int(status)


def save_note(page: Tables, path: Path) -> None:
    (note,) = re.findall(r'The signed checkpoint</h3>\s*<div class="text">(.*?)</div>', page.source, re.S)
    path.write_text(html.unescape(note).rstrip("\n") + "\n", encoding="utf-8")


def is_of_one_event(command: list[str]) -> bool:
    return "event.proof" in command


def test_the_commands_on_the_page_check_what_it_says(copied):
    lines: list[list[str]] = []
    for what, many in ((("leak",), 5), (("2026-02",), 3), (("2026-02", "--unit", "water"), 5)):
        page = reported(*what, "--db", "city.db")
        save_note(page, copied / "note.txt")
        found = commands(page)
        assert len(found) == many
        assert "came after the checkpoint and are not covered by it: 1." in page.text
        lines += (each for each in found if each not in lines)
        (copied / "event.proof").unlink(missing_ok=True)
        for each in found:
            if is_of_one_event(each):
                assert tried(each) == 0, each

    rest = [each for each in lines if not is_of_one_event(each)]
    assert len(rest) == 5
    assert [tried(each) for each in rest] == [0] * len(rest), rest


def test_its_commands_hold_after_the_key_was_exchanged(copied):
    assert run("keys", "rotate", "--db", "city.db").status == 0
    page = reported("leak", "--db", "city.db")
    save_note(page, copied / "note.txt")

    assert {tuple(each): tried(each) for each in commands(page)} == {tuple(each): 0 for each in commands(page)}


def test_it_says_which_checks_were_made_and_which_were_not(copied):
    matter = {row[0]: row[1:] for row in reported("leak", "--db", "city.db").table("Which checks")}
    period = {row[0]: row[1:] for row in reported("2026-02", "--db", "city.db").table("Which checks")}
    rules, signed = "each rule judged again as of then", "these entries against the signed checkpoint"

    assert len(matter) == len(period) == 5
    assert {row[-1] for row in matter.values()} == {"0"}
    assert int(matter[signed][1]) == int(matter[rules][1]) - 1, "one entry came after the checkpoint"
    assert [name for name, row in period.items() if row[-1] == "not made"] == [rules, signed]


def test_a_bundle_has_the_same_report_with_its_own_checkpoint(copied):
    page = reported("leak", "--db", "city.db")
    assert run("export", "bundle", "leak", "--db", "city.db", "-o", "leak.bundle").status == 0
    offline = reported("leak", "--db", "leak.bundle")
    save_note(offline, copied / "note.txt")
    (line,) = commands(offline)

    assert tried(line) == 0
    assert line[2:4] == ["leak.bundle", commands(page)[0][5]]
    signed = [row[-1] for row in offline.table("Which checks") if "signed" in row[0]]
    assert signed == ["0"]
    assert offline.table("Every entry") == page.table("Every entry")[:-1]


def test_without_a_checkpoint_or_a_key_it_says_so_and_what_to_do(copied):
    Path("city.db.signing").unlink()
    page = reported("leak", "--db", "city.db")
    assert "The public key is not at hand" in page.text
    assert all("VKEY" in line for line in commands(page) if "--key" in line)

    for each in Path().glob("city.db.checkpoints*"):
        each.unlink()
    page = reported("leak", "--db", "city.db")
    assert "No checkpoint covers these entries" in page.text
    assert commands(page) == [["govflow", "checkpoint", "sign", "--db", "city.db"]]


# --- damage ----------------------------------------------------------------------------------------------------------


def change(version: int, *, rehashed: bool, id: str = "leak") -> None:
    """Change the body of a row of a record behind the engine's back."""
    with Engine.open("city.db", records=[CASE, PROPOSAL], read_only=True) as engine:
        row = engine.store.read(id)[version - 1]
    state = row.state.replace(b'"at":"2026', b'"at":"2025') if rehashed else row.state + b" "
    new = fitted(row, state=state)
    with closing(sqlite3.connect("city.db", isolation_level=None)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        columns = [name for _, name, *_ in db.execute("PRAGMA table_info(stored_events)")]
        leaf = next(name for name in columns if "leaf" in name)
        hash = new.leaf if rehashed else row.leaf
        sql = f"UPDATE stored_events SET state = ?, {leaf} = ? WHERE rowid = ?"
        assert db.execute(sql, (state, hash, row.position)).rowcount == 1


def test_a_damaged_row_is_named_and_what_stands_before_it_is_reported(copied):
    change(5, rehashed=False)
    page = reported("leak", "--db", "city.db", lang="zh-CN", warned=True)

    assert {row[0] for row in page.table("逐项列出")} == {"EDIT"}
    assert len(page.table("全部条目")) == 4
    assert "未列入本报告" in page.text


def test_a_period_and_a_unit_have_their_report_of_a_damaged_log(copied):
    change(5, rehashed=False)
    for what in (("2026-02",), ("2026-02", "--unit", "water")):
        page = reported(*what, "--db", "city.db", warned=True)
        assert {row[0] for row in page.table("Every objection")} == {"EDIT"}
        assert "is missing from this report" in page.text


def test_a_record_of_which_nothing_can_be_read_has_a_page_that_says_so(copied):
    change(1, rehashed=False)
    page = reported("leak", "--db", "city.db", warned=True)

    assert "Nothing of this record can be read" in page.text
    assert page.table("Every objection")
    ran = run("--lang", "en", "report", "leak", "--as", "x", "--role", "dispatcher", "--db", "city.db")
    assert (ran.status, len(ran.err.splitlines())) == (2, 1), "whether this reader may see it, nobody can tell"


def test_an_event_that_was_forged_with_its_hash_is_objected_to_by_table_and_checkpoint(copied):
    change(5, rehashed=True)
    page = reported("leak", "--db", "city.db", warned=True)
    found = {row[0]: int(row[3]) for row in page.table("Which checks")}

    assert found["each row against its own hash"] == 0
    assert found["each event against the tables and policies of its time (legality)"] > 0
    assert found["these entries against the signed checkpoint"] == 1
    assert "missing from this report" not in page.text


def test_a_checkpoint_that_was_changed_is_no_proof(copied):
    with closing(sqlite3.connect("city.db.checkpoints", isolation_level=None)) as db:
        db.execute("DROP TRIGGER signed_notes_no_update")
        db.execute("UPDATE signed_notes SET size = size + 1")
    page = reported("leak", "--db", "city.db", warned=True)

    assert "No checkpoint covers these entries" in page.text
    assert any("cannot be relied on" in row[1] for row in page.table("Every objection"))


def test_damage_comes_first_and_nothing_is_told_of_what_came_after_it(copied):
    with Engine.open("city.db", records=[CASE, PROPOSAL], read_only=True) as engine:
        known = engine.history("done")[5].body.at
    change(7, rehashed=False, id="done")
    ran = run("--lang", "en", "report", "done", "--db", "city.db")
    page = Tables(ran.out)
    overview = page.text[page.text.index("At a glance") :]
    moments = [
        cell
        for rows in page.tables.values()
        for row in rows
        for cell in row
        if re.fullmatch(r"[-\d]{10} [:\d]{5}", cell)
    ]
    last = f"{known.astimezone(DEFAULT_POLICY.zone):%Y-%m-%d %H:%M}"
    due = [row[3] for row in page.table("Every run")]

    assert ran.status == 1
    assert "something is wrong with this log: some rows cannot be read" in ran.err
    assert "at entry 6; not known since" in page.text
    assert "Known up to entry 6" in page.text
    assert "Overdue now" not in page.text
    assert re.search(r"Broken deadlines\s+none, as far as can be read", page.text)
    assert overview.index("Some rows cannot be read") < overview.index("Title")
    assert [each for each in moments if each > last and each not in due] == []


# --- damage elsewhere ------------------------------------------------------------------------------------------------

FEBRUARY = ("2026-02",), ("2026-02", "--unit", "water")
ELSEWHERE = "Damage elsewhere in this log"


@pytest.fixture
def gone_on(copied):
    """The log goes on in March: `leak` has two more entries, and `after` begins."""
    clock = PinnedClock(local("03-05 09:00"))
    with Engine.open("city.db", now=clock, records=[CASE, PROPOSAL]) as engine:
        town = Town(engine, clock)
        for _ in range(2):
            town.do(LogContact(id="leak", by=lead, reached=True, way="phone"))
        a_case(town, "assigned", id="after")
        return {id: [each.position for each in engine.history(id)] for id in ("leak", "after")}


@pytest.mark.parametrize("what", FEBRUARY)
@pytest.mark.parametrize(("id", "version", "lang"), [("leak", -1, "en"), ("after", -1, "zh-CN")])
def test_damage_after_all_that_is_told_is_noted_with_its_place_and_the_report_holds(gone_on, what, id, version, lang):
    whole = Tables(run("--lang", lang, "report", *what, "--db", "city.db").out)
    change(len(gone_on[id]) + 1 + version, rehashed=False, id=id)
    ran = run("--lang", lang, "report", *what, "--db", "city.db")
    page = Tables(ran.out)

    assert (ran.status, len(ran.err.splitlines())) == (0, 1), ran.err
    place = str(gone_on[id][version])
    assert place in ran.err
    said = f"{ELSEWHERE}: rows that are not what was written, or cannot be read, at places {place}."
    assert (said if lang == "en" else f"日志别处有损坏：位置 {place} 的行") in page.text
    told = {name: rows for name, rows in page.tables.items() if "checks" not in name and "核查" not in name}
    assert told == {name: rows for name, rows in whole.tables.items() if name in told}


@pytest.mark.parametrize("what", FEBRUARY)
@pytest.mark.parametrize(("id", "version"), [("leak", 3), ("leak", -2), ("after", 0)])
def test_damage_that_may_belong_to_what_is_told_is_no_damage_elsewhere(gone_on, what, id, version):
    """In it; right behind it, where the row says no more when it occurred; in a record whose beginning is unknown."""
    change(range(1, len(gone_on[id]) + 1)[version], rehashed=False, id=id)
    ran = run("--lang", "en", "report", *what, "--db", "city.db")

    assert ran.status == 1
    assert "something is wrong with this log" in ran.err
    assert ELSEWHERE not in ran.out
    assert Tables(ran.out).table("Every objection")


def test_of_damage_elsewhere_nothing_is_told_to_whoever_may_not_see_everything(gone_on):
    change(len(gone_on["after"]), rehashed=False, id="after")
    ran = run("--lang", "en", "report", "2026-02", "--as", "x", "--role", "dispatcher", "--db", "city.db")

    assert ran.status == 1, "whether they might see the record that is damaged, nobody knows"
    assert ELSEWHERE not in ran.out
