"""What one of several tickers does, in a process of its own: tick a log at a given moment, until nothing is due."""

from __future__ import annotations

from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

from govflow.engine import Engine
from govflow.testing import PinnedClock
from govflow.ticking import Fired
from tests.ticking.world import a_busy_town


def tick_at(log: Path, moment: datetime, begun: Connection, *, times: int = 1, by_steps: bool = False) -> None:
    """Open the log, say so, and tick; at the end say how much was done and was refused.

    With `by_steps` say each thing that is done, and wait for an answer before going on.
    """

    def done_one(fired: Fired) -> None:
        if by_steps:
            begun.send(fired.kind)
            begun.recv()

    with Engine.open(log, now=PinnedClock(moment), synchronous="NORMAL") as engine:
        begun.send("open")
        for _ in range(times):
            done = engine.tick(on_fired=done_one)
        begun.send((done.done.total(), done.refused))
        begun.close()


def warm() -> None:
    """Build everything once: the processes are forked from the one that has."""
    town = a_busy_town(cases=10)
    town.pass_days(3)
    town.engine.tick()
    town.engine.close()
