"""Two processes after the last money of one envelope: one gets it, the other is told what is free."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import pytest

from govflow import Engine, NotAllowed
from govflow.envelopes import ENVELOPE, Envelope, drawn, free
from govflow.errors import Conflict
from govflow.testing import PinnedClock
from tests.envelopes.treasury import YUAN, Treasury, reserve


def draw_at_once(log: Path, start: Any, name: str, sums: list[int], found: Any) -> None:
    """One of the processes: it draws these sums one after the other, as often as others come in between."""
    taken, refusals = 0, set()
    with Engine.open(log, records=[ENVELOPE], now=PinnedClock()) as engine:
        start.wait()
        for number, each in enumerate(sums):
            while True:
                try:
                    engine.handle(reserve(name, str(number), each).changed(command_id=f"{name}-{number}"))
                    taken += each
                except Conflict:
                    continue
                except NotAllowed as error:
                    refusals |= set(error.codes)
                break
    found.put((name, taken, refusals))


def raced(log: Path, plans: dict[str, list[int]]) -> tuple[dict[str, int], set[str]]:
    """What each process got, and what the others were told."""
    Treasury(log).engine.close()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.envelopes.treasury"])
    start, found = context.Barrier(len(plans)), context.Queue()
    running = [context.Process(target=draw_at_once, args=(log, start, *plan, found)) for plan in plans.items()]
    for each in running:
        each.start()
    answers = [found.get(timeout=60) for _ in running]
    for each in running:
        each.join()
    return {name: taken for name, taken, _ in answers}, set().union(*(refusals for *_, refusals in answers))


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_processes_after_the_last_money_one_wins(tmp_path: Path, attempt: int):
    taken, refusals = raced(tmp_path / "log.db", {"a": [600], "b": [600]})
    assert sorted(taken.values()) == [0, 600]
    assert refusals == {"draw_is_within_envelope"}
    with Engine.open(tmp_path / "log.db", records=[ENVELOPE], now=PinnedClock()) as engine:
        assert drawn(engine.get("money", Envelope)) == 600 * YUAN


def test_many_draws_of_three_processes_use_the_envelope_up_and_not_one_fen_more(tmp_path: Path):
    taken, refusals = raced(tmp_path / "log.db", {name: [7] * 60 for name in "abc"})
    assert sum(taken.values()) == 994  # 142 times 7: six yuan are too little for one more
    assert refusals == {"draw_is_within_envelope"}
    with Engine.open(tmp_path / "log.db", records=[ENVELOPE], now=PinnedClock()) as engine:
        envelope = engine.get("money", Envelope)
        assert (drawn(envelope), free(envelope)) == (994 * YUAN, 6 * YUAN)
        assert engine.as_of("money", version=envelope.version) == envelope
