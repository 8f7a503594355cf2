"""What an audit costs: verifying a log, proofs, leaves and signatures while it is written, bundles, memory.

What one core does alone is measured in its own time, so that a busy machine tells the same; the rest by the clock.
"""

from __future__ import annotations

import gc
import gzip
import hashlib
import json
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

from benchmarks.measuring import PRINT_PEAK, Figure, figure, printed, timed
from benchmarks.raw import RawLog
from benchmarks.workload import fill
from govflow import Engine
from govflow.audit.bundles.parts import Scope, Whole
from govflow.audit.bundles.writing import of_period, of_record, write_bundle
from govflow.audit.findings import Finding
from govflow.audit.verifying.evidence import verify_log
from govflow.audit.verifying.hashing import Rooted, hash_rows
from govflow.audit.verifying.judging import judging
from govflow.checkpoints.merkle import (
    Tree,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
)
from govflow.checkpoints.stored_tree import check_head
from govflow.engine import shipped
from govflow.log_events import LOG_STREAM
from govflow.persistence.codec import Codec, StoredEvent, leaf_of
from govflow.persistence.sqlite import SQLiteStore

_ROUNDS = 5
_FEW = 3  # of what takes seconds
_LEAVES = 1_000_000
_PROOFS = 1_000
_STORED_PROOFS = 20
_WITH_RULES = 5_000
_A_CHECKPOINT = 1_000  # events


def audit(folder: Path, rows: int) -> Iterator[Figure]:
    """Every figure of an audit over a log of so many events; memory also over three times as many."""
    path = _filled(folder / "audit.db", rows)
    yield from _verifying(folder, path, rows)
    yield from _in_memory()
    yield from _stored(path)
    yield from _leaves(folder, path)
    yield _signing(folder)
    yield from _bundles(path)
    yield from _memory(folder, path, rows)


def _filled(path: Path, rows: int) -> Path:
    with Engine.open(path, synchronous="NORMAL") as engine:
        fill(engine, rows)
    return path


def _larger(path: Path, before: Path, rows: int) -> Path:
    """A copy of a log that is closed, with all that lies beside it, brought to so many events."""
    for each in before.parent.glob(f"{before.name}*"):
        shutil.copy(each, path.parent / each.name.replace(before.name, path.name, 1))
    with Engine.open(path, synchronous="NORMAL") as engine:
        fill(engine, rows, prefix="large")
    return path


def _worked(work: Callable[[], object]) -> float:
    """Seconds of one core that `work` takes, begun with the garbage collected."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def _no_heads() -> Generator[int, Rooted, None]:
    """Asks for the tree at no size: nothing was signed."""
    yield from ()


def _refuse(found: Finding) -> None:
    raise AssertionError(found)


# --- verifying -------------------------------------------------------------------------------------------------------


def _verifying(folder: Path, path: Path, rows: int) -> Iterator[Figure]:
    """Each part and all of it, against SELECT, json.loads and SHA-256 of the same bytes."""
    raw = RawLog(folder / "audit-raw.db", "NORMAL")
    with closing(SQLiteStore(path, read_only=True)) as store:
        raw.append([((row.stream, row.version, row.topic, row.state.partition(b"\n")[2]) for row in store.scan())])
        count = store.head()
        deciders = {event.name: each for each in shipped() for event in each.workflow.events}
        codec = Codec(event for each in shipped() for event in each.events)

        def raw_read() -> None:
            for (body,) in raw.db.execute("SELECT state FROM events ORDER BY rowid"):
                json.loads(body)
                hashlib.sha256(body).digest()

        def records() -> Iterator[list[StoredEvent]]:
            return (found for stream, found in store.streams() if stream != LOG_STREAM)

        def read() -> None:
            for found in records():
                for row in found:
                    codec.decode(row.topic, row.state)

        def folded() -> None:
            for found in records():
                decider = deciders[found[0].topic.partition("@")[0]]
                state = decider.initial
                for row in found:
                    state = decider.evolve(state, codec.decode(row.topic, row.state))

        def judged() -> None:
            with judging(store, shipped, workers=1) as judge:
                assert not judge(None).findings.counts

        ways: dict[str, Callable[[], object]] = {
            "verify: hashes alone, per event": lambda: hash_rows(store.scan(), _no_heads(), _refuse),
            "verify: events read alone, per event": read,
            "verify: events read and folded alone, per event": folded,
            "verify: tables, dates and clocks alone, per event": judged,
            "verify: all, one process, per event": lambda: verify_log(path, workers=1),
        }
        base: list[float] = []
        ours: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(_FEW):
            base.append(_worked(raw_read) / count)
            for name, way in ways.items():
                ours[name].append(_worked(way) / count)
        for name, seconds in ours.items():
            yield figure(name, seconds, base, rows=count, events_per_second=round(1 / statistics.median(seconds)))
    large = _larger(folder / "audit-large.db", path, 3 * rows)
    one = [timed(lambda: verify_log(large, workers=1)) / (3 * rows)]
    two = [timed(lambda: verify_log(large, workers=2)) / (3 * rows)]
    name = "verify: all, two processes against one, per event"
    yield figure(name, two, one, rows=3 * rows, events_per_second=round(1 / statistics.median(two)))
    small = _filled(folder / "audit-rules.db", _WITH_RULES)
    plain, rules = [], []
    for _ in range(2):
        plain.append(_worked(lambda: verify_log(small, workers=1)) / _WITH_RULES)
        rules.append(_worked(lambda: verify_log(small, workers=1, rules=True)) / _WITH_RULES)
    yield figure("verify: with every rule judged again, against without, per event", rules, plain, rows=_WITH_RULES)


# --- proofs ----------------------------------------------------------------------------------------------------------


def _in_memory() -> Iterator[Figure]:
    """Proofs of a tree of synthetic leaves: made and checked."""
    tree = Tree([leaf_hash(b"%d" % number) for number in range(_LEAVES)])
    size, root = tree.size, tree.root()
    places = range(1, size, size // _PROOFS)
    roots = [tree.root(place) for place in places]
    included = [inclusion_proof(tree.node, place, size) for place in places]
    consistent = [consistency_proof(tree.node, place, size) for place in places]
    leaves = [leaf_hash(b"%d" % place) for place in places]

    def check_included() -> None:
        for leaf, place, proof in zip(leaves, places, included, strict=True):
            check_inclusion(leaf, place, size, root, proof)

    def check_consistent() -> None:
        for place, before, proof in zip(places, roots, consistent, strict=True):
            check_consistency(place, size, before, root, proof)

    ways: dict[str, Callable[[], object]] = {
        "inclusion proof made": lambda: [inclusion_proof(tree.node, place, size) for place in places],
        "inclusion proof checked": check_included,
        "consistency proof made": lambda: [consistency_proof(tree.node, place, size) for place in places],
        "consistency proof checked": check_consistent,
    }
    for name, way in ways.items():
        yield _alone(f"{name}, {size} leaves in memory", way, len(places))


def _alone(name: str, way: Callable[[], object], times: int) -> Figure:
    """A figure that has no raw side: the median of its rounds."""
    seconds = statistics.median(_worked(way) for _ in range(_ROUNDS)) / times
    return {"figure": name, "ours_us": round(seconds * 1e6, 2)}


def _stored(path: Path) -> Iterator[Figure]:
    """The first signature of a whole log, proofs from what is kept of its tree, and the look at its head at open."""
    with Engine.open(path, checkpoint_every=None) as engine:
        head, kept = engine.store.head(), engine.checkpointer
        yield {"figure": f"first checkpoint of {head} events, ms", "ours_ms": round(timed(engine.checkpoint) * 1e3, 1)}
        fill(engine, head + _A_CHECKPOINT, prefix="more")
        engine.checkpoint()
        now = engine.store.head()
        places = range(1, head, head // _STORED_PROOFS)
        yield _alone(
            f"inclusion proof with its signed head, stored tree of {now} events",
            lambda: [kept.inclusion(place) for place in places],
            len(places),
        )
        yield _alone(
            f"consistency proof between checkpoints, stored tree of {now} events",
            lambda: [kept.consistency(head, now) for _ in range(_STORED_PROOFS)],
            _STORED_PROOFS,
        )
        yield _alone(f"look at the head at open, {now} events", lambda: check_head(engine.store, kept.kept), 1)
    yield _alone(f"open a log of {now} events, all of it", lambda: Engine.open(path, checkpoint_every=None).close(), 1)


# --- while it is written ---------------------------------------------------------------------------------------------

_TABLE = """CREATE TABLE events (rowid INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL,
  topic TEXT NOT NULL, {leaf} command_id BLOB, state BLOB NOT NULL, UNIQUE (stream, version))"""
_INDEX = "CREATE INDEX by_command ON events (command_id) WHERE command_id IS NOT NULL"


def _leaves(folder: Path, path: Path) -> Iterator[Figure]:
    """The same rows in the same transactions, with leaves and without: hashing, and a column more."""
    with closing(SQLiteStore(path, read_only=True)) as store:
        rows = [row for row, _ in zip(store.scan(), range(20_000), strict=False)]
    groups: list[list[StoredEvent]] = []
    for row in rows:
        if row.command_id is not None or not groups:
            groups.append([])
        groups[-1].append(row)
    for synchronous in ("FULL", "NORMAL"):
        each = len(groups) // _ROUNDS
        with_leaf = _table(folder / f"leaf-{synchronous}.db", synchronous, "leaf BLOB NOT NULL,")
        without = _table(folder / f"no-leaf-{synchronous}.db", synchronous, "")
        ours, raw = [], []
        for turn in range(_ROUNDS):
            part = groups[turn * each : (turn + 1) * each]
            events = sum(map(len, part))
            raw.append(timed(partial(_append, without, part, leaves=False)) / events)
            ours.append(timed(partial(_append, with_leaf, part, leaves=True)) / events)
        yield figure(f"append with leaf, against without, per event, {synchronous}", ours, raw)
    seconds = [_worked(lambda: [leaf_of(*row[:4]) for row in rows]) / len(rows) for _ in range(_ROUNDS)]
    bare = [_worked(lambda: [hashlib.sha256(row.state).digest() for row in rows]) / len(rows) for _ in range(_ROUNDS)]
    yield figure("leaf computed, against SHA-256 of the state alone, per event", seconds, bare)


def _table(path: Path, synchronous: str, leaf: str) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute(f"PRAGMA synchronous={synchronous}")
    db.execute(_TABLE.format(leaf=leaf))
    db.execute(_INDEX)
    return db


def _append(db: sqlite3.Connection, groups: list[list[StoredEvent]], *, leaves: bool) -> None:
    names = ("stream", "version", "topic", *(("leaf",) if leaves else ()), "command_id", "state")
    sql = f"INSERT INTO events ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    for rows in groups:
        db.execute("BEGIN")
        for stream, version, topic, state, command, *_ in rows:
            own = (leaf_of(stream, version, topic, state),) if leaves else ()
            db.execute(sql, (stream, version, topic, *own, command, state))
        db.execute("COMMIT")


def _signing(folder: Path) -> Figure:
    """A checkpoint every thousand events, shared among them, against the commands that made them."""
    ours, raw = [], []
    with Engine.open(folder / "signing.db", checkpoint_every=None) as engine:
        engine.checkpoint()
        for turn in range(_ROUNDS):
            before = engine.store.head()
            made = timed(partial(fill, engine, before + _A_CHECKPOINT, f"s{turn}"))
            events = engine.store.head() - before
            raw.append(made / events)
            ours.append(timed(engine.checkpoint) / events)
    return figure("a checkpoint per 1,000 events, per event, against the commands that made them", ours, raw)


# --- handed on -------------------------------------------------------------------------------------------------------


def _bundles(path: Path) -> Iterator[Figure]:
    """Bytes per event of bundles: of the whole log, one record, one hour."""
    with Engine.open(path, checkpoint_every=None) as engine:
        last = engine.log.last_recorded
        record = next(each.stream for each in engine.store.scan(10) if each.stream != "log")
        scopes: dict[str, Callable[[int], Scope]] = {
            "whole": lambda size: Whole(),
            "record": lambda size: of_record(engine, record, size),
            "period": lambda size: of_period(engine.store, last - timedelta(seconds=1), last, size),
        }
        for name, scope in scopes.items():
            with tempfile.TemporaryFile() as out:
                begun = time.perf_counter()
                rows = write_bundle(engine, engine.checkpointer, out, scope).rows
                seconds = time.perf_counter() - begun
                out.seek(0)
                data = out.read()
            yield {
                "figure": f"bundle, {name}, bytes per event",
                "plain": round(len(data) / rows),
                "gzip": round(len(gzip.compress(data, 6)) / rows),
                "events": rows,
                "bytes": len(data),
                "written_ms": round(seconds * 1e3, 1),
            }


# --- memory ----------------------------------------------------------------------------------------------------------

_VERIFY = f"""
import sys
from govflow.audit.verifying.evidence import verify_log
verify_log(sys.argv[1], workers=1)
{PRINT_PEAK}
"""


def _memory(folder: Path, path: Path, rows: int) -> Iterator[Figure]:
    """Peak memory of a process that verifies: it must not grow with the log."""
    peaks: list[float] = []
    for size, log in ((rows, path), (3 * rows, folder / "audit-large.db")):
        peaks.append(int(printed(_VERIFY, log)) / 1024)
        yield {"figure": f"peak memory, verifying {size} events", "ours_mib": round(peaks[-1], 1)} | (
            {"raw_mib": round(peaks[0], 1), "ratio": round(peaks[-1] / peaks[0], 3)} if len(peaks) > 1 else {}
        )
