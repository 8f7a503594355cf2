"""Tickers as processes: killed anywhere in their work, or several at once on one log: each effect exactly once."""

from __future__ import annotations

import multiprocessing
import random
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from govflow import Engine
from govflow.policy import Every, Obligation
from govflow.testing import PinnedClock
from govflow.ticking import Fired
from tests.ticking.ticker import tick_at
from tests.ticking.world import Effect, a_busy_town, a_policy, once, waiting

DAILY = Obligation(id="daily", en="daily", zh="日研判", every=Every.DAY, owners=("mayor", "clerk"), basis="test")


class Outage(NamedTuple):
    """A log in which much is due, the moment at which somebody ticks at last, and what one undisturbed tick does."""

    log: Path
    moment: datetime
    effects: Counter[Effect]
    told: int


@pytest.fixture(scope="module")
def outage(tmp_path_factory: pytest.TempPathFactory) -> Outage:
    folder = tmp_path_factory.mktemp("outage")
    log = folder / "log.db"
    town = a_busy_town(log, cases=40, policy=a_policy(warn_at=(50, 80), obligations=(DAILY,)), records=None)
    town.engine.tick()  # the duties are there, and will be missed
    moment = town.clock.advance(days=12)
    town.engine.close()
    copied(log, whole := folder / "whole.db")
    with Engine.open(whole, now=PinnedClock(moment), synchronous="NORMAL") as engine:
        told: list[Fired] = []
        engine.tick(on_fired=told.append)
        assert waiting(engine, moment) == []
        found = once(engine)
    assert len(told) > 120
    return Outage(log, moment, found, len(told))


def copied(log: Path, to: Path) -> None:
    """A closed log with its keys, and without its agenda: the first tick reads it whole."""
    shutil.copy(log, to)
    shutil.copy(f"{log}.keys", f"{to}.keys")


def started(outage: Outage, log: Path, **how: Any) -> tuple[BaseProcess, Connection]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.ticking.warmed_ticker"])
    ours, theirs = context.Pipe()
    process = context.Process(target=tick_at, args=(log, outage.moment, theirs), kwargs=how)
    process.start()
    theirs.close()
    return process, ours


def checked(outage: Outage, log: Path) -> None:
    """Finish what is left by one more tick, and hold the log against the undisturbed one."""
    with closing(sqlite3.connect(log)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with Engine.open(log, now=PinnedClock(outage.moment), synchronous="NORMAL") as engine:
        engine.tick()
        assert waiting(engine, outage.moment) == []
        assert once(engine) == outage.effects
        head = engine.store.head()
        assert (engine.tick().done.total(), engine.store.head()) == (0, head)
        recorded = [event.meta.recorded_at for event in engine.events()]
        assert recorded == sorted(recorded)


def killed(outage: Outage, folder: Path, rounds: int, seed: int) -> Iterator[int]:
    """So many rounds: a tick is killed, up to three times over, and finished; how long the log was after each kill."""
    dice = random.Random(seed)
    for number in range(rounds):
        copied(outage.log, log := folder / f"log-{number}.db")
        left = outage.told
        for _ in range(dice.randint(1, 3)):
            process, begun = started(outage, log, by_steps=True)
            assert begun.recv() == "open"
            left -= killed_after(dice.randrange(max(1, left)), process, begun, dice.uniform(0, 0.004))
            with closing(sqlite3.connect(log)) as raw:
                (head,) = raw.execute("SELECT max(rowid) FROM stored_events").fetchone()
            yield head
        checked(outage, log)


def killed_after(effects: int, process: BaseProcess, begun: Connection, seconds: float) -> int:
    """Kill a ticker a moment after so many things that it told of, or after all; how many there were."""
    for _ in range(effects):
        if not isinstance(begun.recv(), str):
            break
        begun.send("go on")
    time.sleep(seconds)
    process.kill()
    process.join()
    begun.close()
    return effects


def campaign(outage: Outage, folder: Path, rounds: int, seed: int) -> None:
    left = list(killed(outage, folder, rounds, seed))
    assert len(set(left)) > rounds / 3, "the kills all came at the same point"
    print(f"{outage.told} effects, {len(left)} kills in {rounds} rounds, events in the log then: {sorted(left)}")


def test_a_tick_that_is_killed_is_finished_by_another_and_nothing_is_done_twice(outage: Outage, tmp_path: Path):
    campaign(outage, tmp_path, 20, seed=1)


@pytest.mark.slow
def test_ticks_killed_at_two_hundred_points(outage: Outage, tmp_path: Path):
    campaign(outage, tmp_path, 200, seed=2)


def at_once(outage: Outage, log: Path, tickers: int, times: int = 1) -> list[tuple[int, int]]:
    """So many tickers at the same time; how much each has done and was refused."""
    running = [started(outage, log, times=times) for _ in range(tickers)]
    assert [begun.recv() for _, begun in running] == ["open"] * tickers
    told = [begun.recv() for _, begun in running]
    for process, begun in running:
        process.join()
        begun.close()
        assert process.exitcode == 0
    return told


def test_two_tickers_at_once_do_each_thing_once_and_neither_is_refused_anything(outage: Outage, tmp_path: Path):
    for number in range(6):
        copied(outage.log, log := tmp_path / f"log-{number}.db")
        assert [refused for _, refused in at_once(outage, log, 2)] == [0, 0]
        checked(outage, log)


@pytest.mark.slow
def test_four_tickers_at_once_again_and_again(outage: Outage, tmp_path: Path):
    for number in range(40):
        copied(outage.log, log := tmp_path / f"log-{number}.db")
        assert {refused for _, refused in at_once(outage, log, 4, times=2)} == {0}
        checked(outage, log)


def test_one_of_two_tickers_is_killed_and_the_other_does_it_all(outage: Outage, tmp_path: Path):
    dice = random.Random(3)
    for number in range(5):
        copied(outage.log, log := tmp_path / f"log-{number}.db")
        running = [started(outage, log, by_steps=True), started(outage, log)]
        assert [begun.recv() for _, begun in running] == ["open"] * 2
        killed_after(dice.randrange(outage.told // 4), *running[0], 0)
        (process, begun) = running[1]
        assert begun.recv()[1] == 0
        process.join()
        begun.close()
        assert process.exitcode == 0
        checked(outage, log)
