"""The state of one clock of a record, folded from the moves that events carry."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from govflow.messages import ClockMove, ClockStatus, Frozen, Instant, Value

ENDED = frozenset({ClockStatus.MET, ClockStatus.MET_LATE, ClockStatus.ELAPSED, ClockStatus.CANCELLED})
GOING = frozenset({ClockStatus.RUNNING, ClockStatus.PAUSED})


class Clock(Value):
    """One clock: its present run, its due instant with what it was derived from, and every due instant before."""

    name: str
    status: ClockStatus
    run: int = 1
    since: Instant
    due: Instant | None = None
    rule: str | None = None
    derived: str | None = None
    provisional: bool = False
    paused_at: Instant | None = None
    paused_for: timedelta = timedelta()
    ended_at: Instant | None = None
    extensions: int = 0
    warned: tuple[int, ...] = ()
    earlier: tuple[Instant, ...] = ()

    @property
    def key(self) -> str:
        """Its key as an item of the region `clock`."""
        return self.name

    @property
    def is_going(self) -> bool:
        """Running or paused."""
        return self.status in GOING


_BLANK = Clock(name="", status=ClockStatus.RUNNING, since=datetime.min.replace(tzinfo=UTC))


def _moved(clock: Clock | None, move: ClockMove, at: datetime) -> Clock:
    if clock is None or move.new_run:
        return _BLANK.changed(
            name=move.clock,
            status=move.to,
            run=1 if clock is None else clock.run + 1,
            since=at,
            due=move.due,
            rule=move.rule,
            derived=move.derived,
            provisional=bool(move.provisional),
        )
    changes: dict[str, object] = {"status": move.to}
    if move.due is not None:
        if clock.due is not None:
            changes["earlier"] = (*clock.earlier, clock.due)
        changes |= {"due": move.due, "derived": move.derived, "provisional": bool(move.provisional)}
        if clock.status is move.to and not move.recomputed:  # neither resumed nor marked: extended
            changes["extensions"] = clock.extensions + 1
    if move.to is ClockStatus.PAUSED:
        if clock.status is ClockStatus.RUNNING:
            changes["paused_at"] = at
    elif clock.paused_at is not None:
        changes |= {"paused_at": None, "paused_for": clock.paused_for + (at - clock.paused_at)}
    if move.to in ENDED:
        changes["ended_at"] = at
    return clock.changed(**changes)


def applied(clocks: Mapping[str, Clock], moves: tuple[ClockMove, ...], at: datetime) -> Frozen:
    """The clocks after an event's moves."""
    after = dict(clocks)
    for move in moves:
        after[move.clock] = _moved(after.get(move.clock), move, at)
    return Frozen(after)
