"""The state of one clock of a record, folded from the moves that events carry."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from govflow.messages import ClockMove, ClockStatus, Frozen, Instant, Value, folded

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
    term: str | None = None  # how long, and how it is counted; None: the due instant was named, or carried over
    share: int | None = None  # percent of the rule's length
    calendar: str | None = None  # the version it was counted by
    derived: str | None = None
    provisional: bool = False
    paused_at: Instant | None = None
    paused_for: timedelta = timedelta()
    pauses: tuple[tuple[Instant, Instant], ...] = ()  # those that are over, half-open
    ended_at: Instant | None = None
    extensions: int = 0
    added: int = 0  # by all extensions, in units of the term
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

    @property
    def is_late(self) -> bool:
        """Overdue and still owed."""
        return self.status is ClockStatus.OVERDUE


_BLANK = Clock(name="", status=ClockStatus.RUNNING, since=datetime.min.replace(tzinfo=UTC))


def _moved(clock: Clock | None, move: ClockMove, at: datetime) -> Clock:
    if clock is None or move.new_run:
        new = {
            "name": move.clock,
            "status": move.to,
            "run": 1 if clock is None else clock.run + 1,
            "since": at,
            "due": move.due,
            "rule": move.rule,
            "term": move.term,
            "share": move.share,
            "calendar": move.calendar,
            "derived": move.derived,
            "provisional": bool(move.provisional),
        }
        return folded(_BLANK, new)
    changes: dict[str, object] = {"status": move.to}
    if move.due is not None:
        if clock.due is not None:
            changes["earlier"] = (*clock.earlier, clock.due)
        changes |= {"due": move.due, "derived": move.derived, "provisional": bool(move.provisional)}
        if clock.status is move.to and not move.recomputed:  # neither resumed nor marked: extended
            changes["extensions"] = clock.extensions + 1
            changes["added"] = move.added or clock.added
            changes["warned"] = ()  # a limit that was extended is announced again
        if move.recomputed and clock.due is not None and move.due > clock.due:
            changes["warned"] = ()
        if move.term is not None:
            changes |= {"term": move.term, "share": move.share, "calendar": move.calendar, "rule": move.rule}
    if move.to is ClockStatus.PAUSED:
        if clock.status is ClockStatus.RUNNING:
            changes["paused_at"] = at
    elif clock.paused_at is not None:
        pause = (clock.paused_at, at)
        changes |= {
            "paused_at": None,
            "paused_for": clock.paused_for + (at - clock.paused_at),
            "pauses": (*clock.pauses, pause),
        }
    if move.to in ENDED:
        changes["ended_at"] = at
    return folded(clock, changes)


_put = dict.__setitem__  # while nobody else has seen it


def applied(clocks: Mapping[str, Clock], moves: tuple[ClockMove, ...], at: datetime) -> Frozen:
    """The clocks after an event's moves."""
    after = Frozen(clocks)
    for move in moves:
        _put(after, move.clock, _moved(after.get(move.clock), move, at))
    return after
