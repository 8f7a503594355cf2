"""What protecting personal data costs: events with it against plain ones, keys, erasing one of many, a person's export.

What one core does alone is measured in its own time, so that a busy machine tells the same; the rest by the clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.measuring import ROUNDS, Figure, figure, timed
from govflow import Actor, Engine
from govflow.cases.commands import ReportCase
from govflow.messages import Pending
from govflow.privacy.key_names import KeyName
from govflow.privacy.keys import KeyStore
from govflow.privacy.vault import Vault

_A_ROUND = 300
_PEOPLE = 1_000_000
_AT_ONCE = 50_000
_RESIDENT = Actor.of("desk", "acceptance_desk", "dispatcher")
_ARCHIVIST = Actor.of("archive", "archivist")
_TEXT = "王小明 hears water under the pavement before the school, since Monday evening"


def privacy(folder: Path) -> Iterator[Figure]:
    """Every figure of personal data."""
    yield _one_value()
    for synchronous in ("NORMAL", "FULL"):
        yield _commands(folder, synchronous, at_once=1)
        yield _commands(folder, synchronous, at_once=_A_ROUND)
    yield from _among_many(folder)


def _one_value() -> Figure:
    """Encrypting and decrypting one text, its key at hand, against copying the event that holds it."""
    vault = Vault(KeyStore(":memory:"))
    vault.keys.bind("log-1")
    vault.keys.serve("log-1")
    engine = Engine.open()
    case = engine.handle(_report("case", "s-1", personal=True))
    stored = engine.history(case.id)[0].body
    event = stored.changed(description=Pending(subject="s-1", text=_TEXT))
    keys = vault.keys.need(vault.needed([(1, event)], case.id), b"c")
    both: dict[str, list[float]] = {"ours": [], "raw": []}
    for _ in range(ROUNDS):
        both["ours"].append(
            _cpu(lambda: [vault.protect(event, keys, case.id, 1, "case.reported@1") for _ in range(1_000)]) / 1_000
        )
        both["raw"].append(_cpu(lambda: [event.changed(description=None) for _ in range(1_000)]) / 1_000)
    return figure("one personal value protected, against the event copied", both["ours"], both["raw"])


def _commands(folder: Path, synchronous: str, at_once: int) -> Figure:
    """Reports of so many people, each with a text and a telephone number, against the same without."""
    name = f"{synchronous}-{at_once}"
    protected, plain = [], []
    with (
        closing(Engine.open(folder / f"protected-{name}.db", synchronous=synchronous)) as ours,
        closing(Engine.open(folder / f"plain-{name}.db", synchronous=synchronous)) as raw,
    ):
        for turn in range(ROUNDS):
            ids = [f"{turn}-{number}" for number in range(_A_ROUND)]
            protected.append(_handled(ours, ids, at_once, personal=True))
            plain.append(_handled(raw, ids, at_once, personal=False))
    how = "one by one" if at_once == 1 else f"{at_once} in a transaction"
    return figure(f"report with personal data against plain, {synchronous}, {how}", protected, plain)


def _handled(engine: Engine, ids: list[str], at_once: int, *, personal: bool) -> float:
    commands = [_report(f"c-{id}", f"s-{id}", personal=personal) for id in ids]
    parts = [commands[at : at + at_once] for at in range(0, len(commands), at_once)]
    return timed(lambda: [engine.handle_all(part) for part in parts]) / len(commands)


def _report(id: str, subject: str, *, personal: bool) -> ReportCase:
    more = {"description": _TEXT, "reporter_phone": "13900000000"} if personal else {}
    matter = {"title": "Water", "kind": "hotline", "channel": "phone", "level": "community", "area": "a/b"}
    return ReportCase(id=id, by=_RESIDENT, reporter=subject, **matter, **more)


def _among_many(folder: Path) -> Iterator[Figure]:
    """One person of a million: erased, exported; and all keys wrapped anew."""
    with closing(Engine.open(folder / "many.db")) as engine:
        for number in range(_A_ROUND):
            engine.handle(_report(f"c-{number}", f"s-{number}", personal=True))
        keys = engine.vault.keys
        filled = timed(lambda: _filled(keys))
        yield {"figure": "a key made and wrapped, many in a transaction", "us": round(filled / _PEOPLE * 1e6, 2)}
        size = Path(keys.path).stat().st_size
        yield {"figure": "key store, bytes a key", "bytes": round(size / _PEOPLE, 1), "keys": _PEOPLE}

        def erase(number: int) -> None:
            engine.erase(f"s-{number}", _ARCHIVIST, basis="§47", authority="office")

        def disclose(number: int) -> None:
            engine.disclose(f"s-{number}", _ARCHIVIST, basis="§45")

        yield _each("everything about one person among a million keys, in clear", disclose, range(100, 130))
        yield _each("one person of a million erased, keys and all", erase, range(30))
        seconds = timed(keys.rotate)
        yield {"figure": "all keys wrapped anew", "keys": _PEOPLE, "seconds": round(seconds, 1)}


def _filled(keys: KeyStore) -> None:
    for first in range(0, _PEOPLE, _AT_ONCE):
        names = [KeyName(f"s-many-{number:07}", f"c-{number}") for number in range(first, first + _AT_ONCE)]
        keys.need(names, b"many")
    keys.confirm_stored(lambda command: True)


def _each(name: str, work: Callable[[int], object], numbers: range) -> Figure:
    seconds = sorted(timed(lambda number=number: work(number)) for number in numbers)  # type: ignore[misc]
    return {
        "figure": name,
        "ms": round(seconds[len(seconds) // 2] * 1e3, 2),
        "from_to_ms": [round(seconds[0] * 1e3, 2), round(seconds[-1] * 1e3, 2)],
    }


def _cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
