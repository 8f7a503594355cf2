"""Killed while a vote ends: between count and publication, between the opened box and its key, and anywhere else."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from govflow import Actor, Engine
from govflow.ballot_box import open_box
from govflow.policy import BallotForm, VoteRule
from govflow.proposals import Proposal
from govflow.proposals.box import box_of
from govflow.proposals.commands import CloseVote, PublishResolution
from govflow.recounting import recount
from govflow.testing import PinnedClock
from tests.proposals.polling import CHAIR, P, Poll, ballot, voters
from tests.proposals.voter_process import open_the_box

COMMITTEE = Actor.of("committee", "community", unit="committee")
BOX = box_of("p", 1)
Work = Callable[[Engine], object]


def killed_in(work: Work, log: Path, now: datetime) -> None:
    """Let a process work on a log until it kills itself, as by kill -9."""
    context = multiprocessing.get_context("fork")
    process = context.Process(target=_on, args=(work, log, now))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def _on(work: Work, log: Path, now: datetime) -> None:
    with Engine.open(log, now=PinnedClock(now)) as engine:
        work(engine)


def _die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def a_poll(path: Path, form: BallotForm, number: int = 5) -> datetime:
    """A vote in a file that is over and not counted; the moment it is over."""
    poll = Poll(VoteRule(quorum="any", form=form), path=path).voting(voters(number))
    poll.vote({voter: ballot("yes") for voter in poll.round.roll}).over()
    poll.engine.close()
    return poll.clock()


def names(engine: Engine) -> list[str]:
    return [each.name for each in engine.history("p")]


def test_a_vote_closed_before_the_crash_is_closed_and_published_once(tmp_path: Path):
    log = tmp_path / "log.db"
    now = a_poll(log, BallotForm.OPEN)
    close = CloseVote(**P, by=CHAIR, command_id="close-p")

    def close_and_die(engine: Engine) -> None:
        engine.handle(close)
        _die()

    killed_in(close_and_die, log, now)
    with Engine.open(log, now=PinnedClock(now)) as engine:
        assert engine.handle(close).status == "adopted"  # whoever is not sure asks again
        resolution = PublishResolution(**P, by=COMMITTEE, public_text="Resolved", implementer="workstation")
        assert engine.handle(resolution).status == "published"
        assert (names(engine).count("proposal.vote_closed"), recount(engine, "p").agrees) == (1, True)


def test_a_vote_killed_before_its_commit_is_as_open_as_before(tmp_path: Path):
    log = tmp_path / "log.db"
    now = a_poll(log, BallotForm.OPEN)

    def die_at_the_commit(engine: Engine) -> None:
        engine.store.transaction = _die  # type: ignore[method-assign,assignment]
        engine.handle(CloseVote(**P, by=CHAIR))

    killed_in(die_at_the_commit, log, now)
    with Engine.open(log, now=PinnedClock(now)) as engine:
        assert engine.get("p").status == "voting"
        assert engine.handle(CloseVote(**P, by=CHAIR)).status == "adopted"


def test_a_box_called_for_before_the_crash_is_opened_by_calling_again(tmp_path: Path):
    log = tmp_path / "log.db"
    now = a_poll(log, BallotForm.SECRET)

    def die_before_a_ballot_is_read(engine: Engine) -> None:
        engine.vault.open = _die  # type: ignore[method-assign]
        open_box(engine, "p", CHAIR)

    killed_in(die_before_a_ballot_is_read, log, now)
    with Engine.open(log, now=PinnedClock(now)) as engine:
        assert (engine.get("p", Proposal).vote.box_called_by, engine.get("p", Proposal).vote.opened) == ("chair", None)
        assert len(open_box(engine, "p", CHAIR).vote.opened) == 5
        assert (names(engine).count("proposal.box_called"), names(engine).count("proposal.box_opened")) == (1, 1)


def test_a_box_opened_before_the_crash_stays_opened_and_calling_again_destroys_its_key(tmp_path: Path):
    log = tmp_path / "log.db"
    now = a_poll(log, BallotForm.SECRET)

    def die_before_the_key_is_erased(engine: Engine) -> None:
        engine.destroy_box_key = _die  # type: ignore[method-assign]
        open_box(engine, "p", CHAIR)

    killed_in(die_before_the_key_is_erased, log, now)
    with Engine.open(log, now=PinnedClock(now)) as engine:
        opened = engine.get("p", Proposal).vote.opened
        assert len(opened) == 5
        assert not engine.vault.keys.is_destroyed(BOX)
        assert open_box(engine, "p", CHAIR).vote.opened == opened
        assert engine.vault.keys.is_destroyed(BOX)
        assert names(engine).count("proposal.box_opened") == 1
        engine.handle(CloseVote(**P, by=CHAIR))
        assert recount(engine, "p").agrees


def test_a_key_whose_erasure_is_recorded_is_destroyed_by_whoever_opens_the_log_next(tmp_path: Path):
    log = tmp_path / "log.db"
    now = a_poll(log, BallotForm.SECRET)

    def die_before_the_key_is_destroyed(engine: Engine) -> None:
        engine.vault.keys.destroy = _die  # type: ignore[method-assign]
        open_box(engine, "p", CHAIR)

    killed_in(die_before_the_key_is_destroyed, log, now)
    with Engine.open(log, now=PinnedClock(now)) as engine:
        assert engine.vault.keys.is_destroyed(BOX)
        assert len(open_box(engine, "p", CHAIR).vote.opened) == 5


def test_killed_anywhere_while_the_box_is_opened_and_counted_it_is_finished_by_doing_it_again(tmp_path: Path):
    campaign(tmp_path, rounds=8, seed=1)


@pytest.mark.slow
def test_killed_at_a_hundred_points_while_the_box_is_opened_and_counted(tmp_path: Path):
    campaign(tmp_path, rounds=100, seed=2)


def campaign(folder: Path, rounds: int, seed: int) -> None:
    whole = folder / "whole.db"
    now = a_poll(whole, BallotForm.SECRET, number=40)
    undisturbed = folder / "undisturbed.db"
    for suffix in ("", ".keys", ".keys.kek"):
        shutil.copy(f"{whole}{suffix}", f"{undisturbed}{suffix}")
    seconds = until_killed(undisturbed, now, after=None)
    dice = random.Random(seed)
    left = set()
    for number in range(rounds):
        log = folder / f"log-{number}.db"
        for suffix in ("", ".keys", ".keys.kek"):
            shutil.copy(f"{whole}{suffix}", f"{log}{suffix}")
        until_killed(log, now, after=dice.uniform(0, 1.1 * seconds))
        left.add(head_of(log))
        finished(log, now)
    print(f"{rounds} kills within {seconds:.3f} s left the log at {sorted(left)}")
    assert len(left) > 1, "the kills all came at the same point"


def until_killed(log: Path, now: datetime, after: float | None) -> float:
    """Let a process open the box and close the vote, killed after so many seconds; how many it worked."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.proposals.voter_process"])
    ours, theirs = context.Pipe()
    process = context.Process(target=open_the_box, args=(log, now, theirs))
    process.start()
    theirs.close()
    assert ours.recv() == "open"
    begun = time.monotonic()
    if after is None:
        assert (ours.recv(), ours.recv()) == ("opened", "closed")
    else:
        time.sleep(after)
        process.kill()
    seconds = time.monotonic() - begun
    process.join()
    ours.close()
    return seconds


def head_of(log: Path) -> int:
    with closing(sqlite3.connect(log)) as raw:
        return int(raw.execute("SELECT max(rowid) FROM stored_events").fetchone()[0])


def finished(log: Path, now: datetime) -> None:
    """Do it again, whatever was done; it is all there once, and the key is not there any more."""
    with Engine.open(log, now=PinnedClock(now)) as engine:
        open_box(engine, "p", CHAIR)
        record = engine.handle(CloseVote(**P, by=CHAIR, command_id="close-p"))
        assert isinstance(record, Proposal)
        assert (record.status, len(record.vote.opened)) == ("adopted", 40)
        for name in ("proposal.box_called", "proposal.box_opened", "proposal.vote_closed"):
            assert names(engine).count(name) == 1
        assert engine.vault.keys.is_destroyed(BOX)
        assert recount(engine, "p").agrees
