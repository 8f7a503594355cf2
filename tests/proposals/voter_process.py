"""What one of several processes does on a log with an open vote: vote as planned, or close it when told."""

from __future__ import annotations

from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

from govflow import Actor, Engine, NotAllowed
from govflow.ballot_box import open_box
from govflow.proposals.commands import CastBallot, CloseVote
from govflow.testing import PinnedClock
from govflow.voting import Ballot
from tests.proposals.polling import CHAIR, P, Poll, ballot, voters


def cast_all(log: Path, now: datetime, plan: list[str], said: str, pipe: Connection) -> None:
    """Vote for each of a plan; tell at the end whose ballots were taken."""
    with Engine.open(log, now=PinnedClock(now), synchronous="NORMAL") as engine:
        pipe.send("open")
        pipe.recv()
        taken = []
        for voter in plan:
            try:
                engine.handle(CastBallot(**P, by=Actor.of(voter, "voter"), ballot=Ballot(choice=(said,))))
                taken.append(voter)
            except NotAllowed:
                continue
        pipe.send(taken)
        pipe.close()


def close_when_told(log: Path, now: datetime, pipe: Connection) -> None:
    """Close the vote; tell how it ended."""
    with Engine.open(log, now=PinnedClock(now), synchronous="NORMAL") as engine:
        pipe.send("open")
        pipe.recv()
        pipe.send(engine.handle(CloseVote(**P, by=CHAIR)).status)
        pipe.close()


def open_the_box(log: Path, now: datetime, pipe: Connection) -> None:
    """Open the box and close the vote, saying how far it is."""
    with Engine.open(log, now=PinnedClock(now), synchronous="NORMAL") as engine:
        pipe.send("open")
        open_box(engine, "p", CHAIR)
        pipe.send("opened")
        engine.handle(CloseVote(**P, by=CHAIR, command_id="close-p"))
        pipe.send("closed")
        pipe.close()


_warm = Poll().voting(voters(2)).vote({"v-00": ballot("yes")})  # built once: the processes are forked from this one
_warm.engine.close()
