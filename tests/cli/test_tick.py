"""`govflow tick` by real processes: once, again and again, stopped, killed, two at once, with a faulty log."""

from __future__ import annotations

import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from govflow import Engine
from govflow.persistence.sqlite import SQLiteStore
from govflow.testing import PinnedClock
from tests.support import Town, a_case, steps_to

PYTHON = [sys.executable, "-m", "govflow"]
ENVIRONMENT = {**os.environ, "COLUMNS": "80", "LC_ALL": "C.UTF-8"}
SPRING = datetime(2025, 3, 3, 1, tzinfo=UTC)
KINDS = {"clock.warned": "warn", "clock.deadline_missed": "overdue", "clock.window_elapsed": "elapsed"}
KINDS |= {"case.escalated_in_handling": "escalation"}


def a_late_log(path: Path, cases: int = 3) -> Path:
    """A log of cases in whose handling nothing has happened since the spring of 2025."""
    clock = PinnedClock(SPRING)
    with Engine.open(path, now=clock) as engine:
        for number in range(cases):
            a_case(Town(engine, clock), "in_handling", id=f"case-{number}")
    return path


@pytest.fixture
def late(tmp_path: Path) -> Path:
    return a_late_log(tmp_path / "town.db")


def recorded(path: Path, after: int = 0) -> Counter[tuple[str, str, str, str]]:
    """What the log itself says was done by the system: the record, the event, the item, and by how much it warned."""
    with Engine.open(path, create=False) as engine:
        return Counter(
            (each.stream, each.name, getattr(each.body, "item", ""), str(getattr(each.body, "share", "")))
            for each in engine.events(after)
            if each.meta.actor == "system" and each.stream != "log"
        )


def by_kind(events: Counter[tuple[str, str, str, str]]) -> Counter[str]:
    """The same by the words of the tick; what follows from one of them, such as a new clock, is not counted."""
    kinds: Counter[str] = Counter()
    for (_, name, *_), count in events.items():
        if name in KINDS:
            kinds[KINDS[name]] += count
    return kinds


def head_of(path: Path) -> int:
    with Engine.open(path, create=False) as engine:
        return engine.store.head()


def ticking(path: Path, *options: str, **more: Any) -> subprocess.Popen[str]:
    command = [*PYTHON, "tick", "--db", str(path), *options]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT, bufsize=1, **more
    )


# --- once ------------------------------------------------------------------------------------------------------------


def test_one_tick_does_everything_that_is_due_and_a_second_one_nothing(govflow, late):
    before = head_of(late)

    first = govflow("tick", "--db", late, "--json")
    after = head_of(late)
    second = govflow("tick", "--db", late)

    told = json.loads(first.out)
    assert (first.status, told["refused"]) == (0, [])
    assert Counter(told["done"]) == by_kind(recorded(late, before))
    assert {"warn", "overdue", "escalation"} <= set(told["done"])
    assert datetime.fromisoformat(told["next"]) > datetime.fromisoformat(told["now"])
    assert (second.status, head_of(late)) == (0, after)
    assert "nothing was due" in second.out


@pytest.mark.parametrize(
    ("lang", "words"), [("en", ("warnings", "overdue", "escalations")), ("zh-CN", ("预警", "超期", "超期升级"))]
)
def test_what_was_done_is_counted_by_kind_in_the_readers_words(govflow, late, lang, words):
    ran = govflow("tick", "--db", late, "--lang", lang)

    told = dict(line.rsplit(maxsplit=1) for line in ran.out.splitlines() if line.rstrip()[-1:].isdigit())
    assert {name.strip() for name in told} >= set(words)
    assert max(cell_len(line) for line in ran.out.splitlines()) <= 80
    assert ran.err == ""


def test_every_single_thing_is_told_on_request_with_the_moment_it_was_due(govflow, late, tmp_path):
    ran = govflow("tick", "--db", late, "--verbose")
    other = a_late_log(tmp_path / "other.db")
    as_json = json.loads(govflow("tick", "--db", other, "--verbose", "--json").out)

    lines = [line for line in ran.out.splitlines() if line.startswith("2025-")]
    assert len([line for line in lines if "warning at 50 %" in line or "warning at 80 %" in line]) >= 3
    assert any(line.split()[2:] == ["overdue", "case-0"] for line in lines)
    assert "quiet" not in ran.out
    marks = [each for each in as_json["fired"] if each["kind"].partition(" ")[0] in ("warn", "overdue")]
    assert Counter(each["kind"].partition(" ")[0] for each in as_json["fired"]) == Counter(as_json["done"])
    assert {each["record"] for each in marks} == {"case-0", "case-1", "case-2"}
    assert all(datetime.fromisoformat(each["due"]) > SPRING for each in marks)


def test_a_past_moment_leaves_what_came_later(govflow, late):
    early = json.loads(govflow("tick", "--db", late, "--now", "2025-03-10T12:00", "--json").out)
    later = json.loads(govflow("tick", "--db", late, "--json").out)

    assert set(early["done"]) == {"warn"}
    assert "overdue" in later["done"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--now", "2999-01-01"), "--now: this moment lies ahead; expected <= 20"),
        (("--now", "soon"), "soon is not a moment"),
        (("--now", "2025-03-08", "--every", "1m"), "tick: a past moment is done once; expected --now | --every"),
        (("--every", "0s"), "--every: 0s is no time to wait; expected 30s, 5m, 1h"),
        (("--every", "60"), "--every: 60 is no time to wait; expected 30s, 5m, 1h"),
        (("--every", "5 days"), "--every: 5 days is no time to wait; expected 30s, 5m, 1h"),
    ],
)
def test_what_cannot_be_meant_is_one_line_and_nothing_is_done(govflow, late, options, said):
    before = head_of(late)

    ran = govflow("tick", "--db", late, *options)

    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert said in ran.err
    assert head_of(late) == before


@pytest.mark.parametrize("every", [(), ("--every", "1s")])
def test_a_log_that_is_not_there_is_one_line_and_makes_nothing(govflow, tmp_path, every):
    ran = govflow("tick", "--db", tmp_path / "none.db", *every)

    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"govflow: there is no log at {tmp_path / 'none.db'}\n"
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_somebody_keeps_locked_is_one_line(govflow, late, monkeypatch):
    monkeypatch.setitem(SQLiteStore.__init__.__kwdefaults__, "busy_timeout", 0.2)  # a minute is long in a test
    other = sqlite3.connect(late, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    locked = govflow("tick", "--db", late)
    other.execute("ROLLBACK")
    other.close()

    assert (locked.status, locked.out, len(locked.err.splitlines())) == (2, "", 1)
    assert "locked" in locked.err
    assert govflow("tick", "--db", late).status == 0


def test_what_is_refused_is_told_with_its_reason_and_the_rest_is_done(govflow, late, tmp_path, monkeypatch):
    (tmp_path / "stubborn.py").write_text(
        "import copy\n"
        "from govflow import CASE, SYSTEM\n"
        "from govflow.cases.commands import CloseCase\n"
        "def close(case, rule, clock):\n"
        "    return CloseCase(id=case.id, by=SYSTEM) if case.id == 'case-1' else None\n"
        "STUBBORN = copy.copy(CASE)\n"
        "STUBBORN.escalations = {'raise': close}\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    before = head_of(late)

    ran = govflow("tick", "--db", late, "--records", "stubborn:STUBBORN")
    chinese = govflow("tick", "--db", late, "--records", "stubborn:STUBBORN", "--lang", "zh-CN", "--json")

    assert (ran.status, len(ran.err.splitlines())) == (1, 1)
    assert ran.err.startswith("govflow: refused, tried again another day: ")
    assert "case.close is not allowed on case-1" in ran.err
    done = by_kind(recorded(late, before))
    assert done["overdue"] >= 3
    assert done["escalation"] == 0
    assert chinese.status in (0, 1)  # it waits for another day, or is told again
    for each in json.loads(chinese.out)["refused"]:
        assert "不能执行 case.close" in each["why"]


def test_how_far_the_reading_is_shows_on_a_terminal_alone(late):
    ours, theirs = pty.openpty()

    done = subprocess.run(
        [*PYTHON, "tick", "--db", str(late), "--verbose"],
        stdout=subprocess.PIPE, stderr=theirs, text=True, env=ENVIRONMENT,
    )  # fmt: skip

    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "reading what is due" in shown
    assert "overdue  case-0" in done.stdout
    assert "overdue" not in shown


# --- again and again -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_running_tick_tells_what_it_did_in_one_line_and_ends_in_good_order(late, number):
    running = ticking(late, "--every", "1s")
    assert running.stdout is not None
    line = running.stdout.readline()
    time.sleep(1.5)  # the next ticks have nothing to do, and nothing to say
    running.send_signal(number)
    out, err = running.communicate(timeout=30)

    assert (running.returncode, out, err) == (0, "", "")
    assert "overdue: " in line
    assert ", next 20" in line


def test_what_comes_in_while_it_runs_is_done_by_the_next_tick(tmp_path):
    late = a_late_log(tmp_path / "town.db", cases=1)
    running = ticking(late, "--every", "1s", "--json")
    assert running.stdout is not None
    first = json.loads(running.stdout.readline())
    with Engine.open(late, create=False) as engine:
        for command in steps_to("in_handling", "told-late"):
            engine.handle(command.changed(occurred_at=SPRING))
    second = json.loads(running.stdout.readline())
    running.terminate()
    _, err = running.communicate(timeout=30)

    assert (running.returncode, err) == (0, "")
    assert first["done"]["overdue"] == second["done"]["overdue"] >= 1


def test_a_log_that_is_away_for_a_while_is_told_and_tried_again(tmp_path):
    here, away = tmp_path / "here", tmp_path / "away"
    here.mkdir()
    late = a_late_log(here / "town.db", cases=1)
    running = ticking(late, "--every", "1s")
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.readline()
    here.rename(away)
    complaint = running.stderr.readline()
    away.rename(here)
    with Engine.open(late, create=False) as engine:
        for command in steps_to("in_handling", "told-late"):
            engine.handle(command.changed(occurred_at=SPRING))
    line = running.stdout.readline()
    running.terminate()
    _, err = running.communicate(timeout=30)

    assert complaint == f"govflow: there is no log at {late}\n"
    assert set(err.splitlines()) <= {complaint.strip()}
    assert (running.returncode, "overdue: " in line) == (0, True)


def test_the_tick_in_hand_is_finished_before_it_ends(tmp_path):
    late = a_late_log(tmp_path / "town.db", cases=25)
    running = ticking(late, "--every", "1h", "--verbose")
    assert running.stdout is not None
    running.stdout.readline()
    running.terminate()  # while it has most before it
    out, err = running.communicate(timeout=60)
    after = head_of(late)
    again = subprocess.run([*PYTHON, "tick", "--db", str(late)], capture_output=True, text=True, env=ENVIRONMENT)

    assert (running.returncode, err) == (0, "")
    assert out.splitlines()[-1].count(": ") >= 3, "the line that sums up the tick"
    assert "nothing was due" in again.stdout
    assert head_of(late) == after


def test_one_that_was_killed_is_finished_by_the_next_and_nothing_is_done_twice(tmp_path):
    late, spared = a_late_log(tmp_path / "town.db", cases=25), a_late_log(tmp_path / "spared.db", cases=25)
    killed = ticking(late, "--verbose", "--every", "1h")  # each line is out as soon as it is done
    assert killed.stdout is not None
    for _ in range(30):
        killed.stdout.readline()
    killed.kill()
    killed.communicate(timeout=30)
    halfway = recorded(late)
    subprocess.run([*PYTHON, "tick", "--db", str(late)], check=True, capture_output=True, env=ENVIRONMENT)
    subprocess.run([*PYTHON, "tick", "--db", str(spared)], check=True, capture_output=True, env=ENVIRONMENT)

    assert sum(halfway.values()) < sum(recorded(late).values())
    assert recorded(late) == recorded(spared)
    assert set(recorded(late).values()) == {1}


def test_two_at_once_do_everything_once(tmp_path):
    late = a_late_log(tmp_path / "town.db", cases=25)
    before = head_of(late)
    both = [ticking(late, "--json") for _ in range(2)]
    told = [json.loads(each.communicate(timeout=60)[0]) for each in both]

    done = recorded(late, before)
    assert [each.returncode for each in both] == [0, 0]
    assert [each["refused"] for each in told] == [[], []]
    assert set(done.values()) == {1}
    counted = Counter(told[0]["done"]) + Counter(told[1]["done"])
    assert counted >= by_kind(done), "what both tried at the same moment, both may count"
    assert all(Counter(each["done"]) <= by_kind(done) for each in told)
