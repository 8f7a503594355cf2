"""The figures of storing, commands, replay, memory and import; each in rounds in which both sides take turns."""

from __future__ import annotations

import json
import resource
import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.audit import audit
from benchmarks.authority import authority
from benchmarks.budgeting import budgeting
from benchmarks.deadlines import deadlines
from benchmarks.measuring import PRINT_PEAK, ROUNDS, Figure, figure, printed, timed
from benchmarks.privacy import privacy
from benchmarks.raw import RawLog, transactions_of
from benchmarks.ticking import tick
from benchmarks.voting import voting
from benchmarks.workload import fill, one_case
from govflow import Engine, Personal
from govflow.cases.commands import ReportCase
from govflow.persistence.codec import StoredEvent
from govflow.persistence.sqlite import SQLiteStore

CASES_A_ROUND = 30
PARTS = (
    "import",
    "commands",
    "deadlines",
    "authority",
    "tick",
    "replay",
    "files",
    "memory",
    "growth",
    "budgeting",
    "voting",
    "audit",
    "privacy",
)


def storage(folder: Path, synchronous: str, budget: float, rows: int) -> Figure:
    """Our table with leaf and command index against the raw one: same rows, same transactions."""
    source = Engine.open(folder / f"source-{synchronous}.db", synchronous="NORMAL")
    fill(source, rows)
    store = SQLiteStore(folder / f"store-{synchronous}.db", synchronous=synchronous)
    raw = RawLog(folder / f"store-raw-{synchronous}.db", synchronous)
    everything = list(source.store.scan(3))  # the first three rows are the log's own
    with store.transaction() as transaction:
        transaction.append(everything)
    raw.append([[(row.stream, row.version, row.topic, row.state) for row in everything]])
    ours_us, raw_us = [], []
    for turn in range(ROUNDS):
        head = source.store.head()
        for k in range(CASES_A_ROUND):
            for command in one_case(f"round-{turn}-{k}"):
                source.handle(command)
        new = list(source.store.scan(head))
        groups: list[list[StoredEvent]] = []
        for row in new:
            if row.command_id is not None:
                groups.append([])
            groups[-1].append(row)

        def ours(groups: list[list[StoredEvent]] = groups) -> None:
            for group in groups:
                with store.transaction() as transaction:
                    transaction.append(group)

        plain = transactions_of(new)
        ours_us.append(timed(ours) / len(groups))
        raw_us.append(timed(lambda plain=plain: raw.append(plain)) / len(groups))  # type: ignore[misc]
    return figure(f"storage alone, {synchronous}", ours_us, raw_us, budget, rows=rows)


def one_command(folder: Path, synchronous: str, budget: float, rows: int, batch: int = 1) -> Figure:
    """Commands with everything on, `batch` in a transaction, against raw transactions of one command's bytes."""
    name = f"{rows}-{batch}-{synchronous}"
    engine = Engine.open(folder / f"command-{name}.db", synchronous=synchronous)
    raw = RawLog(folder / f"command-raw-{name}.db", synchronous)
    fill(engine, rows)
    raw.append([[(row.stream, row.version, row.topic, row.state) for row in engine.store.scan(0)]])
    ours_us, raw_us = [], []
    for turn in range(ROUNDS):
        commands = [c for k in range(CASES_A_ROUND) for c in one_case(f"round-{turn}-{k}")]
        head = engine.store.head()

        def ours(commands: list[Any] = commands) -> None:
            if batch == 1:
                for command in commands:
                    engine.handle(command)
            else:
                for start in range(0, len(commands), batch):
                    engine.handle_all(commands[start : start + batch])

        ours_us.append(timed(ours) / len(commands))
        plain = transactions_of(engine.store.scan(head))
        raw_us.append(timed(lambda plain=plain: raw.append(plain)) / len(commands))  # type: ignore[misc]
    over = statistics.median(a - b for a, b in zip(ours_us, raw_us, strict=True)) * 1e6
    what = "one command" if batch == 1 else f"{batch} commands in one transaction, each"
    engine.close()
    return figure(f"{what}, {synchronous}", ours_us, raw_us, budget, rows=rows, over_raw_us=round(over, 1))


def new_person(folder: Path) -> Figure:
    """A report with a new person's name, phone and text: a key is made durable and three values are encrypted."""
    engine = Engine.open(folder / "person.db")
    fill(engine, 1000)
    ours_us, raw_us = [], []
    for turn in range(ROUNDS):

        def report(with_person: bool, turn: int = turn) -> list[ReportCase]:
            who = {"reporter_name": "Zhang San", "reporter_phone": "13800000000", "description": "Water in my cellar"}
            return [
                ReportCase(
                    id=f"p{with_person}-{turn}-{k}",
                    by=next(iter(one_case("x"))).by,
                    title="Water in the cellar",
                    kind="hotline",
                    channel="phone",
                    level="community",
                    **(
                        {name: Personal(text=text, subject=f"s-{turn}-{k}") for name, text in who.items()}
                        if with_person
                        else {}
                    ),
                )
                for k in range(100)
            ]

        with_person, without = report(True), report(False)
        ours_us.append(timed(lambda c=with_person: [engine.handle(each) for each in c]) / 100)  # type: ignore[misc]
        raw_us.append(timed(lambda c=without: [engine.handle(each) for each in c]) / 100)  # type: ignore[misc]
    return figure("report with a new person's data, against the same without, FULL", ours_us, raw_us)


def replay(folder: Path, rows: int) -> Iterator[Figure]:
    """Reading and parsing bodies, and folding them, against SELECT + json.loads of body-only rows."""
    engine = Engine.open(folder / "replay.db", synchronous="NORMAL")
    fill(engine, rows)
    raw = RawLog(folder / "replay-raw.db", "NORMAL")
    kept = list(engine.store.scan(3))
    raw.append([[(row.stream, row.version, row.topic, row.state.partition(b"\n")[2]) for row in kept]])
    decode, count = engine.log.codec.decode, len(kept)

    def parse() -> None:
        for row in engine.store.scan(3):
            decode(row.topic, row.state)

    def fold() -> None:
        for _ in engine.records():
            pass

    parsed, folded, base = [], [], []
    for _ in range(ROUNDS):
        base.append(timed(raw.read_bodies) / count)
        parsed.append(timed(parse) / count)
        folded.append(timed(fold) / count)
    yield figure("replay: parse, per event", parsed, base, 0.95, rows=count)
    yield figure("replay: parse and fold, per event", folded, base, 1.5, rows=count)


def growth(folder: Path, sizes: tuple[int, int]) -> Iterator[Figure]:
    """One command on a small log and on a large one, each against raw: ours may grow no more than raw does."""
    small, large = (one_command(folder, "NORMAL", 99, size) for size in sizes)
    ours, raw = large["ours_us"] / small["ours_us"], large["raw_us"] / small["raw_us"]
    yield {
        "figure": f"growth from {sizes[0]} to {sizes[1]} rows",
        "ours": round(ours, 3),
        "raw": round(raw, 3),
        "ratio": round(ours / raw, 3),
        "budget": 1.0,
        "met": ours <= raw * 1.05,  # within the noise of two medians
    }


def importing_govflow() -> Iterator[Figure]:
    """Importing govflow in a fresh process, bare and with the engine and the case, against what it stands on."""

    def seconds(code: str) -> float:
        return float(printed(f"import time; t = time.perf_counter(); {code}; print(time.perf_counter() - t)"))

    bare, whole, opened, raw = [], [], [], []
    for _ in range(ROUNDS):
        bare.append(seconds("import govflow"))
        whole.append(seconds("import govflow; govflow.Engine; govflow.CASE"))
        opened.append(seconds("import govflow; govflow.Engine.open()"))
        raw.append(seconds("import eventsourcing.persistence, eventsourcing.domain, pydantic, transitions"))
    yield figure("import govflow, against eventsourcing + pydantic + transitions", bare, raw, 1.5)
    yield figure("import govflow with engine and case, against the same", whole, raw)
    yield figure("import govflow and open a log with every kind of record, against the same", opened, raw)


def import_rate(folder: Path, rows: int) -> Iterator[Figure]:
    """Rows of a city's file into cases, against reading the same file and inserting one JSON row each."""
    from govflow.interchange.importing import import_rows
    from govflow.interchange.mapping import shipped_mapping

    sample = Path(__file__).parent.parent / "src/govflow/data/boston311-sample.csv"
    header, *lines = sample.read_text(encoding="utf-8").splitlines(keepends=True)
    ours, raw = [], []
    for turn in range(3):
        path = folder / f"city-{turn}.csv"
        with path.open("w", encoding="utf-8") as file:
            file.write(header)
            for k in range(rows):
                line = lines[k % len(lines)]
                file.write(f"{900000000000 + k}{line[line.index(',') :]}")
        with Engine.open(folder / f"import-{turn}.db") as engine:
            ours.append(timed(lambda e=engine, p=path: import_rows(e, p, shipped_mapping("boston311"))) / rows)  # type: ignore[misc]
        raw_log = RawLog(folder / f"import-raw-{turn}.db", "FULL")

        def plain(path: Path = path, raw_log: RawLog = raw_log) -> None:
            import csv

            with path.open(encoding="utf-8", newline="") as file:
                batch = []
                for n, row in enumerate(csv.DictReader(file)):
                    batch.append((row["case_enquiry_id"], 1, "row", json.dumps(row).encode()))
                    if n % 200 == 199:
                        raw_log.append([batch])
                        batch = []

        raw.append(timed(plain) / rows)
    yield figure("import, per row", ours, raw, rows=rows, rows_per_second=round(1 / statistics.median(ours)))


_READ_AND_FOLD = f"""
import sys
from govflow import Engine
with Engine.open(sys.argv[1], read_only=True) as engine:
    count = sum(1 for _ in engine.events()) + sum(1 for _ in engine.records())
{PRINT_PEAK}
"""


def memory(folder: Path, sizes: tuple[int, ...]) -> Iterator[Figure]:
    """Peak memory of a process that reads every event and folds every record of a log."""
    peaks = []
    for size in sizes:
        path = folder / f"memory-{size}.db"
        with Engine.open(path, synchronous="NORMAL") as engine:
            fill(engine, size)
        peaks.append(int(printed(_READ_AND_FOLD, path)) / 1024)
        yield {"figure": f"peak memory, reading and folding {size} events", "ours_mib": round(peaks[-1], 1)} | (
            {"raw_mib": round(peaks[0], 1), "ratio": round(peaks[-1] / peaks[0], 3)} if len(peaks) > 1 else {}
        )


def run(rows: int, large: int, clocks: int, ballots: int, only: str = "") -> Iterator[Figure]:
    """Every figure there is, or those of one part; large votes have ten times as many `ballots`."""
    with tempfile.TemporaryDirectory(prefix="govflow-bench-") as name:
        folder = Path(name)
        figures: tuple[Callable[[], Iterator[Figure]], ...] = (
            importing_govflow,
            lambda: commands(folder, rows),
            deadlines,
            authority,
            lambda: tick(folder, clocks),
            lambda: replay(folder, rows),
            lambda: import_rate(folder, 5000),
            lambda: memory(folder, (rows, large)),
            lambda: growth(folder, (1000, large)),
            budgeting,
            lambda: voting(folder, ballots, 10 * ballots),
            lambda: audit(folder, rows),
            lambda: privacy(folder),
        )
        for part, measured in zip(PARTS, figures, strict=True):
            if only in ("", part):
                yield from measured()
    yield {
        "figure": "peak memory of the benchmark itself",
        "ours_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def commands(folder: Path, rows: int) -> Iterator[Figure]:
    """Storing and whole commands, alone and ten in a transaction, at both settings of synchronous."""
    yield storage(folder, "FULL", 1.15, rows)
    yield storage(folder, "NORMAL", 1.3, rows)
    yield one_command(folder, "FULL", 1.5, rows)
    yield one_command(folder, "NORMAL", 2.2, rows)
    yield one_command(folder, "FULL", 0.5, rows, batch=10)
    yield one_command(folder, "NORMAL", 1.2, rows, batch=10)
    yield new_person(folder)
