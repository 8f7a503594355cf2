"""A world to attack: a log of some 700 real events in a file, signed as it grew, with two heads kept elsewhere.

It holds cases at every end, a motion that was voted on and a project that was settled; beside it stand its checkpoints
with the hashes kept of its rows, its signing key, its agenda and the keys of its personal data.
"""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from govflow import CASE, Engine
from govflow.audit.verifying.heads import Head, read_head
from govflow.cases import commands as c
from govflow.checkpoints.notes import Note, Verifier
from govflow.envelopes import ENVELOPE
from govflow.messages import Personal
from govflow.projects import PROJECT
from govflow.proposals import PROPOSAL
from govflow.regions.evidence import AddEvidence
from govflow.testing import PinnedClock
from tests.projects.yard import ENVELOPE_OF_1000, Yard
from tests.proposals.hall import Hall, a_policy
from tests.support import MATTER, Town, a_case, resident

NAME = "town.db"
ENDS = ("closed", "withdrawn", "merged", "archived", "rejected", "terminated", "redirected", "converted")
RECORDS = (CASE, PROPOSAL, PROJECT, ENVELOPE)
_ROUNDS = 7  # every end so many times
_FORKED = 60  # events at the end that the twin tells otherwise


class World(NamedTuple):
    """Where the log stands, what others keep of it, the sizes of its checkpoints; and two more logs.

    `twin` is the same up to near its end, `other` that of another town.
    """

    folder: Path
    vkey: Verifier
    midway: Head
    end: Head
    sizes: tuple[int, ...]
    twin: Path
    other: Path

    def copied(self, to: Path, folder: Path | None = None) -> Path:
        """A copy with everything that lies beside it; the path of its log."""
        shutil.copytree(folder or self.folder, to, dirs_exist_ok=True)
        return to / NAME


class _Moving(PinnedClock):
    """A clock that no two commands see at the same moment."""

    def __call__(self) -> datetime:
        return self.advance(seconds=1)


class _YardOf(Yard):
    """The people of a project in a town that is there already."""

    def __init__(self, town: Town) -> None:
        self.engine, self.clock = town.engine, town.clock
        self.engine.handle(ENVELOPE_OF_1000)


class _HallOf(Hall):
    """The people of a motion in a town that is there already."""

    def __init__(self, town: Town) -> None:
        self.engine, self.clock = town.engine, town.clock


def made(folder: Path) -> World:
    """The world, in a folder of its own each."""
    here, twin, other = folder / "here", folder / "twin", folder / "other"
    town, notes = _opened(here), []
    _told(town, "suspended")  # with leave, and a date of review not far off
    _HallOf(town).motion("published")
    notes.append(_signed(town))
    for number in range(_ROUNDS):
        _cases(town, number)
        if number % 3 == 2:
            notes.append(_signed(town))
    _YardOf(town).project("archived")
    notes.append(_signed(town))
    _told(town, "closed")
    town.engine.close()
    shutil.copytree(here, twin)
    size = head_of(notes[-1]).checkpoint.size + _FORKED
    for place, status in ((here, "fed_back"), (twin, "handled")):
        town = _reopened(place, town.clock)
        _told(town, status)
        _until(town, size)
        last = _signed(town)
        if place == here:
            notes.append(last)
        vkey = town.engine.checkpointer.verifiers()[-1]
        town.engine.close()
    elsewhere = _opened(other)
    _cases(elsewhere, 0)
    _signed(elsewhere)
    elsewhere.engine.close()
    heads = [head_of(note, f"head of {head_of(note).checkpoint.size}") for note in notes]
    sizes = tuple(each.checkpoint.size for each in heads)
    return World(here, vkey, heads[2], heads[-1], sizes, twin, other)


def head_of(note: Note, source: str = "head") -> Head:
    """A note as somebody keeps it."""
    return read_head(note.format().encode(), source)


def _opened(folder: Path) -> Town:
    folder.mkdir(parents=True)
    clock = _Moving()
    engine = Engine.open(folder / NAME, policy=a_policy(), records=RECORDS, now=clock, checkpoint_every=None)
    return Town(engine, clock)


def _reopened(folder: Path, clock: PinnedClock) -> Town:
    engine = Engine.open(folder / NAME, policy=a_policy(), records=RECORDS, now=clock, checkpoint_every=None)
    return Town(engine, clock)


def _signed(town: Town) -> Note:
    return town.engine.checkpoint()


def _cases(town: Town, number: int) -> None:
    for status in ENDS:
        a_case(town, status, id=f"{status}-{number}", reporter_name=Personal(text="Lin Mei", subject="s-1"))
        town.clock.advance(minutes=40)
    town.engine.tick()


def _told(town: Town, status: str) -> None:
    a_case(town, status, id=f"told-{status}")


def _until(town: Town, size: int) -> None:
    """Papers for one more case, one event each, up to this many events."""
    town.do(c.ReportCase(id="papers", by=resident, **MATTER))
    while (head := town.engine.store.head()) < size:
        town.do(AddEvidence(id="papers", by=resident, item=f"e{head}", kind="photo", sha256="0" * 64))
    assert town.engine.store.head() == size
