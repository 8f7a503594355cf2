"""Checkpoints by themselves: every so many events, after so long, and at every tick, where the log has a signing key.

A command that was committed stays committed whatever happens here: a failure is told to the `govflow` logger, kept in
`problem`, and tried again the next time. It waits for nobody: while another process signs, the next command tries.
Nor does anybody wait for it: what is long behind is caught up with in steps, one after each command, or by a tick.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import Field

from govflow.checkpoints.signing import Checkpointer
from govflow.messages import Value
from govflow.persistence.checkpoints import Busy

STEP = 10_000
"""Rows hashed after one command at the most: some 60 ms, where a log of a million would take 6 s at once."""

_NEVER = sys.maxsize
_NO_DAY = datetime.max.replace(tzinfo=UTC)
_logger = logging.getLogger("govflow")


class Every(Value):
    """How often a log is signed by itself: after so many events, or at the first event after so many seconds.

    The figures are ours: no source asks for others. What is not signed yet is what nobody can prove.
    """

    events: Annotated[int, Field(ge=1, le=1 << 40)] = 1_000
    seconds: Annotated[int, Field(ge=1, le=1 << 32)] = 3_600


class Automatic:
    """When a log is to be signed next. Whoever commits compares `at_head` and `at_time`, no more each time."""

    def __init__(self, checkpointer: Checkpointer, every: Every | None) -> None:
        self._checkpointer = checkpointer
        self._every = every
        self.problem: Exception | None = None
        self.at_head, self.at_time = _NEVER, _NO_DAY
        self._goal = 0  # the head that steps lead to

    @property
    def is_on(self) -> bool:
        """Whether the log is to be signed by itself: that is wished, and there is a key."""
        return self._every is not None and self._checkpointer.keys.exists()

    def begin(self) -> None:
        """Find out when to sign next; never without a key."""
        if self.is_on:
            self._guarded(self._plan)

    def is_due(self, head: int, now: datetime) -> bool:
        """Whether a commit that ended at this position at this moment is to be followed by a checkpoint."""
        return head >= self.at_head or now >= self.at_time

    def sign_if_due(self, head: int, now: datetime) -> None:
        """Sign, unless another process has done so meanwhile; a step towards it, where that is long. Never raises."""

        def attempt() -> None:
            self._plan()
            if self.is_due(head, now):
                self._goal = head
                self._checkpointer.sign(wait=False, at_most=STEP)
                self._plan()

        self._guarded(attempt, head, now)

    def sign_at_tick(self, head: int, now: datetime) -> None:
        """Sign what is not signed yet; a key that was made meanwhile is found. Never raises."""

        def attempt() -> None:
            self._checkpointer.sign(wait=False)
            self._plan()

        if self.is_on:
            self._guarded(attempt, head, now)

    def signed(self) -> None:
        """Somebody asked for a checkpoint and got it: the next one is due later."""
        self.problem = None
        if self.is_on:
            self._guarded(self._plan)

    def _plan(self) -> None:
        assert self._every is not None, "it is on"
        last = self._checkpointer.kept.last()
        if last is None or last.size < self._goal:  # a key that has not signed yet is to sign
            self.at_head, self.at_time = 0, datetime.min.replace(tzinfo=UTC)
        else:
            self.at_head = last.size + self._every.events
            self.at_time = last.signed_at.astimezone(UTC) + timedelta(seconds=self._every.seconds)

    def _guarded(self, attempt: Callable[[], None], head: int = 0, now: datetime | None = None) -> None:
        try:
            attempt()
        except Busy:
            pass  # due still
        except Exception as error:  # the command is in the log, and its caller is owed its outcome
            if str(error) != str(self.problem):  # said once, however often it is tried
                _logger.warning("the log was not signed, and will be tried again: %s", error)
            self.problem = error
            if self._every is not None and now is not None:
                self.at_head = head + self._every.events
                self.at_time = now + timedelta(seconds=self._every.seconds)
        else:
            self.problem = None
