"""The tick over many running clocks: the first reading of the agenda, a tick with nothing due, one with a few due.

Each case stands assigned, with three clocks running: the receipt, the first contact, the handling. One case of a
cohort is worked through the engine; its rows stand for the others, under ids and command ids of their own.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

from benchmarks.measuring import PRINT_PEAK, Figure, figure, printed, timed
from benchmarks.raw import RawLog, transactions_of
from benchmarks.workload import one_case
from govflow import Engine
from govflow.messages import new_command_id
from govflow.persistence.codec import StoredEvent, leaf_of, metadata_of, packed_command_id
from govflow.testing import START, PinnedClock

CLOCKS_A_CASE = 3
COHORTS = 6  # each falls due by itself, half an hour after the one before: one round of measuring
_APART = timedelta(minutes=30)
_ASSIGNED = 3  # so many commands lead to it
_MASS_AT = START + timedelta(hours=8)
_READ_AT = START + timedelta(hours=9)  # before anything is due
_WARNED_AT = START + timedelta(hours=23)  # the first contact is announced at 80 % of 24 hours
_BATCH = 10_000
_MANY = 100_000  # beyond it a log is read once: that takes minutes


def build(path: Path, clocks: int, due: int) -> None:
    """A log with so many running clocks, of which `due` a cohort fall due before all the others."""
    clock = PinnedClock()
    with Engine.open(path, now=clock, synchronous="NORMAL") as engine:
        for cohort in range(COHORTS):
            clock.set(START + cohort * _APART)
            _multiply(engine, f"cohort{cohort}", due)
        clock.set(_MASS_AT)
        _multiply(engine, "mass", clocks // CLOCKS_A_CASE - COHORTS * due)


def _multiply(engine: Engine, prefix: str, count: int) -> None:
    """So many assigned cases: the first by commands, the others with its rows."""
    for command in islice(one_case(f"{prefix}-0"), _ASSIGNED):
        engine.handle(command)
    template = engine.store.read(f"{prefix}-0")
    given = [metadata_of(row.state).command for row in template]
    rows: list[StoredEvent] = []
    for k in range(1, count):
        stream = f"{prefix}-{k}"
        for row, old in zip(template, given, strict=True):
            new = new_command_id()
            state = row.state.replace(old.encode(), new.encode())
            leaf = leaf_of(stream, row.version, row.topic, state)
            rows.append(StoredEvent(stream, row.version, row.topic, state, packed_command_id(new), 0, leaf))
        if len(rows) >= _BATCH or k == count - 1:
            with engine.store.transaction() as transaction:
                transaction.append(rows)
            rows.clear()


def forget_agenda(path: Path) -> None:
    """Delete what the ticks so far have noted beside the log."""
    for suffix in (".agenda", ".agenda-wal", ".agenda-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


_IN_ITS_OWN_PROCESS = f"""
import sys
from datetime import datetime
from govflow import Engine
from govflow.testing import PinnedClock
clock = PinnedClock(datetime.fromisoformat(sys.argv[2]))
with Engine.open(sys.argv[1], now=clock) as engine:
    engine.tick()
    clock.set(datetime.fromisoformat(sys.argv[3]))
    print(engine.tick().done.total())
{PRINT_PEAK}
"""


def tick(folder: Path, clocks: int, due: int = 1000, small: int = 30_000) -> Iterator[Figure]:
    """Every figure of the tick over so many running clocks; memory and the idle tick against a small log."""
    peaks, idles = [], []
    for name, size in (("small", small), ("large", clocks)):
        path = folder / f"tick-{name}.db"
        build(path, size, due)
        warned, peak = map(int, printed(_IN_ITS_OWN_PROCESS, path, _READ_AT, _WARNED_AT).split())
        assert warned == COHORTS * due, warned  # one for each case of a cohort
        peaks.append(peak / 1024)
        yield {"figure": f"tick over {size} clocks, peak memory", "ours_mib": round(peaks[-1], 1)} | (
            {"raw_mib": round(peaks[0], 1), "ratio": round(peaks[-1] / peaks[0], 3)} if len(peaks) > 1 else {}
        )
        with Engine.open(path, now=PinnedClock(_WARNED_AT)) as engine:
            engine.tick()
            idles.append([timed(engine.tick) for _ in range(COHORTS)])
    yield figure(f"tick over {clocks} clocks, nothing due, against {small} clocks", idles[1], idles[0], clocks=clocks)
    raw = RawLog(folder / "tick-raw.db", "FULL")
    with Engine.open(path, now=PinnedClock(_WARNED_AT)) as engine:
        rows = engine.store.scan(0)
        raw.append([((row.stream, row.version, row.topic, row.state.partition(b"\n")[2]) for row in rows)])
    raw.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # ours was closed meanwhile, which does the same
    yield _reading(path, raw, clocks)
    yield _effects(path, raw, clocks, due)


def _effects(path: Path, raw: RawLog, clocks: int, due: int) -> Figure:
    """One cohort a round: each effect against its own bytes in a raw transaction of their own."""
    ours_us, raw_us, whole = [], [], []
    clock = PinnedClock(_WARNED_AT)
    with Engine.open(path, now=clock) as engine:
        engine.tick()
        for cohort in range(COHORTS):
            clock.set(START + timedelta(days=1, minutes=1) + cohort * _APART)
            head = engine.store.head()
            whole.append(timed(engine.tick))
            plain = transactions_of(engine.store.scan(head))
            assert len(plain) == due, len(plain)
            ours_us.append(whole[-1] / due)
            raw_us.append(timed(lambda plain=plain: raw.append(plain)) / due)  # type: ignore[misc]
    name = f"tick over {clocks} clocks with {due} due, per effect, FULL"
    return figure(name, ours_us, raw_us, clocks=clocks, tick_ms=round(statistics.median(whole) * 1e3, 1))


def _reading(path: Path, raw: RawLog, clocks: int) -> Figure:
    """The first tick on a log, which reads it whole, against SELECT + json.loads of the same bodies."""
    ours, base = [], []
    for _ in range(3 if clocks <= _MANY else 1):
        forget_agenda(path)
        with Engine.open(path, now=PinnedClock(_WARNED_AT)) as engine:
            events = engine.store.head()
            ours.append(timed(engine.tick) / events)
        base.append(timed(raw.read_bodies) / events)
    rate = round(1 / statistics.median(ours))
    return figure("first reading of the agenda, per event", ours, base, clocks=clocks, events_per_second=rate)
