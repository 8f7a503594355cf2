"""The agenda is no second truth: whatever becomes of its file, the tick does what it would do with a fresh one."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from govflow import Engine, LogError
from govflow.calendars import Unit
from govflow.cases import commands as c
from govflow.persistence.agenda import Agenda, Entry
from govflow.testing import START, PinnedClock
from tests.support import Town, a_case, a_town, dispatcher, lead
from tests.ticking.world import a_busy_town, a_limit, a_policy, hours, nothing_more, once, ticked, waiting


def opened(path: Path, after: timedelta) -> Town:
    """The town's log, opened again so long after the beginning."""
    town = a_town(path)
    town.clock.set(START + after)
    return town


def a_log(path: Path) -> None:
    """A log that was ticked on its third day, with much to come."""
    town = a_busy_town(path, policy=a_policy(warn_at=(50, 80)))
    ticked(town)
    town.engine.close()


def copied(path: Path, to: Path, *, agenda: bool = True) -> Path:
    for name in ("", ".keys", *([".agenda"] if agenda else [])):
        shutil.copy(f"{path}{name}", f"{to}{name}")
    return to


def deleted(path: Path, folder: Path) -> None:
    Path(f"{path}.agenda").unlink()


def of_another_log(path: Path, folder: Path) -> None:
    town = a_busy_town(folder / "other.db", cases=10)
    town.pass_days(40)
    ticked(town)
    town.engine.close()
    shutil.copy(f"{folder / 'other.db'}.agenda", f"{path}.agenda")


def older(path: Path, folder: Path) -> None:
    """As it was before the day's work, which is not read again until the next tick."""
    shutil.copy(f"{path}.agenda", folder / "older")
    town = opened(path, timedelta(days=3))
    ticked(town)
    for number in range(4):
        a_case(town, "in_handling", id=f"new-{number}")
    ticked(town)
    town.engine.close()
    shutil.copy(folder / "older", f"{path}.agenda")


def empty(path: Path, folder: Path) -> None:
    Path(f"{path}.agenda").write_bytes(b"")


def cut_off(path: Path, folder: Path) -> None:
    """Killed while the log was read for the first time: some entries are there, but not how far it came."""
    with closing(sqlite3.connect(f"{path}.agenda")) as agenda:
        agenda.execute("DELETE FROM notes WHERE name <> 'log'")
        agenda.execute("DELETE FROM entries WHERE stream > 'case-005'")
        agenda.commit()


def untouched(path: Path, folder: Path) -> None:
    pass


@pytest.mark.parametrize("befalls", [untouched, deleted, of_another_log, older, empty, cut_off])
def test_whatever_befalls_the_agenda_the_tick_does_the_same(befalls: Callable[..., None], tmp_path: Path):
    a_log(path := tmp_path / "log.db")
    befalls(path, tmp_path)
    fresh = copied(path, tmp_path / "fresh.db", agenda=False)
    towns = [opened(each, timedelta(days=25)) for each in (path, fresh)]
    heard = [ticked(town) for town in towns]
    assert len(heard[0]) > 30
    assert heard[0] == heard[1]
    for town in towns:
        nothing_more(town)
        assert waiting(town.engine, town.clock()) == []
    assert once(towns[0].engine) == once(towns[1].engine)
    for town in towns:
        town.engine.close()


def test_a_file_that_is_no_agenda_is_refused_in_one_line_which_says_what_to_do(tmp_path: Path):
    a_log(path := tmp_path / "log.db")
    Path(f"{path}.agenda").write_bytes(b"no database at all " * 100)
    with Engine.open(path) as engine, pytest.raises(LogError, match="may be deleted"):
        engine.tick()
    Path(f"{path}.agenda").unlink()
    with Engine.open(path, now=PinnedClock(START + timedelta(days=25))) as engine:
        engine.tick()


def test_a_log_put_back_from_a_backup_is_read_from_its_beginning(tmp_path: Path):
    a_log(path := tmp_path / "log.db")
    copied(path, tmp_path / "backup.db", agenda=False)
    town = opened(path, timedelta(days=10))
    for number in range(4):
        a_case(town, "in_handling", id=f"lost-{number}")
    ticked(town)
    town.engine.close()
    copied(tmp_path / "backup.db", path, agenda=False)  # the agenda knows more than the log does now
    town = opened(path, timedelta(days=25))
    heard = ticked(town)
    assert not {each.record for each in heard if each.record.startswith("lost")}
    assert waiting(town.engine, town.clock()) == []
    once(town.engine)
    town.engine.close()


def test_a_log_put_back_and_written_on_past_where_the_agenda_stood_is_noticed_too(tmp_path: Path):
    a_log(path := tmp_path / "log.db")
    copied(path, tmp_path / "backup.db", agenda=False)
    town = opened(path, timedelta(days=3))
    ticked(town)
    town.engine.close()
    copied(tmp_path / "backup.db", path, agenda=False)
    town = opened(path, timedelta(days=3))
    for number in range(20):  # longer than it ever was, and nobody has ticked
        a_case(town, "in_handling", id=f"new-{number:02d}")
    town.pass_days(20)
    heard = ticked(town)
    assert {each.record for each in heard} >= {f"new-{number:02d}" for number in range(20)}
    assert waiting(town.engine, town.clock()) == []
    once(town.engine)
    town.engine.close()


def test_what_others_write_between_two_ticks_is_read_by_the_next(tmp_path: Path):
    a_log(path := tmp_path / "log.db")
    ticker, other = opened(path, timedelta(days=4)), opened(path, timedelta(days=4))
    ticked(ticker)
    a_case(other, "in_handling", id="from-another")
    other.do(c.EscalateInHandling(id="case-004", by=lead, to_level="town", reason="too big"))
    for town in (ticker, other):
        town.pass_days(20)
    heard = {each.record for each in ticked(ticker)}
    assert {"from-another", "case-004"} <= heard
    nothing_more(other)
    assert waiting(other.engine, other.clock()) == []
    for town in (ticker, other):
        town.engine.close()


def test_what_a_slower_ticker_knows_of_a_record_never_replaces_what_a_faster_one_knows(tmp_path: Path):
    policy = a_policy(
        a_limit("handling", 30, Unit.DAY, starts_on=("case.assign",)), a_limit("assignment", 2, Unit.HOUR)
    )
    town = a_town(path := tmp_path / "log.db", policy=policy)
    a_case(town, "in_handling", id="a")
    town.clock.set(town.engine.get("a").clocks["handling"].since + timedelta(days=25))  # announced a day ago
    a_case(town, "accepted", id="b")
    town.clock.advance(hours=3)
    other = a_town(path)
    other.clock.set(town.clock())
    fired: list[str] = []

    def meanwhile(heard: Any) -> None:
        """Between the two records: somebody sends `a` up, which starts a clock of two hours; another tick reads it."""
        fired.append(heard.record)
        if heard.record == "b" and "other" not in fired:
            fired.append("other")
            other.do(c.EscalateInHandling(id="a", by=lead, to_level="town", reason="too big"))
            other.engine.tick()

    town.engine.tick(on_fired=meanwhile)
    assert "other" in fired
    for each in (town, other):
        each.clock.advance(hours=3)
    assert ("a", "overdue") in {(each.record, each.kind) for each in ticked(other)}
    assert waiting(other.engine, other.clock()) == []
    for each in (town, other):
        each.engine.close()


def test_an_entry_that_knows_more_of_its_record_stands(tmp_path: Path):
    with closing(Agenda(tmp_path / "agenda", "log-1")) as agenda:
        agenda.put([Entry("a", 7, START, provisional=False)])
        agenda.put([Entry("a", 6, START + hours(1), provisional=True)])
        assert agenda.due(START + hours(2), 9) == [(START, "a")]
        agenda.put([Entry("a", 7, None, provisional=False)])
        assert (agenda.due(START + hours(2), 9), agenda.next()) == ([], None)


def test_moments_of_the_agenda_are_exact_to_the_microsecond_before_1970_and_after(tmp_path: Path):
    moments = [START + timedelta(microseconds=1), START - timedelta(days=30_000, microseconds=1)]
    with closing(Agenda(tmp_path / "agenda", "log-1")) as agenda:
        agenda.put(Entry(f"r{number}", 1, each, provisional=False) for number, each in enumerate(moments))
        assert agenda.due(START + hours(1), 9) == [(moments[1], "r1"), (moments[0], "r0")]
        assert agenda.due(moments[0] - timedelta(microseconds=1), 9) == [(moments[1], "r1")]
        assert agenda.next() == moments[1]


# -- what a tick costs -------------------------------------------------------------------------------------------------


class Counted:
    """A store, with how often a stream of it is read."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.reads = 0
        self.rows = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def read(self, stream: str, after: int = 0) -> Any:
        self.reads += 1
        return self.store.read(stream, after)

    def scan(self, after: int = 0) -> Any:
        for row in self.store.scan(after):
            self.rows += 1
            yield row


def many(path: Path, count: int) -> Town:
    """A log with so many running cases: one by its commands, the others with its rows under other names."""
    from govflow.persistence.codec import StoredEvent, leaf_of

    town = a_town(path, synchronous="NORMAL")
    a_case(town, "accepted", id="model")
    template = town.engine.store.read("model")
    rows = [
        StoredEvent(
            stream := f"case-{number:05d}",
            row.version,
            row.topic,
            row.state,
            None,
            0,
            leaf_of(stream, row.version, row.topic, row.state),
        )
        for number in range(count)
        for row in template
    ]
    with town.engine.store.transaction() as transaction:
        transaction.append(rows)
    town.engine.close()
    return a_town(path)


def test_of_twenty_thousand_cases_a_tick_reads_those_ten_that_are_due(tmp_path: Path):
    town = many(tmp_path / "log.db", 20_000)
    chosen = [f"case-{number * 1999:05d}" for number in range(10)]
    for id in chosen:
        town.do(c.AssignCase(id=id, by=dispatcher, lead_unit="water", unit_level="town"))
    town.engine.tick()
    town.engine.close()

    again = a_town(tmp_path / "log.db")
    log: Any = again.engine.log
    counted = log.store = Counted(log.store)
    assert again.engine.tick().done.total() == 0
    assert (counted.reads, counted.rows) <= (3, 3)

    again.clock.advance(hours=0.8 * 24, seconds=1)  # so much of the time for the first contact
    counted.reads = counted.rows = 0
    heard = ticked(again)
    assert [(each.record, each.kind) for each in heard] == [(id, "warn 80") for id in chosen]
    assert counted.reads <= 3 * len(chosen)
    assert counted.rows <= 3 * len(chosen)
    again.engine.close()
