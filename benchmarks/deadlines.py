"""What counting deadlines costs: single due dates against datetime arithmetic alone, and the clocks of a whole case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from benchmarks.measuring import ROUNDS, Figure, figure, timed
from benchmarks.workload import one_case
from govflow import Engine
from govflow.calendars import Calendar, Roll, Term, Unit, due_after
from govflow.calendars.notation import term_from
from govflow.policy import DEFAULT_POLICY, Policy
from govflow.testing import START, PinnedClock

_STARTS = [START + timedelta(hours=7 * k) for k in range(500)]  # 2026-03-02 to 2026-07-25, at every hour of the day
_FIVE_WORKDAYS = Term(length=5, unit=Unit.WORKDAY)
_SIXTY_DAYS = Term(length=60, unit=Unit.DAY, roll=Roll.REST_DAY)


def _plain(start: datetime, days: int, zone: tzinfo) -> datetime:
    """The end of the n-th day after a start, with nothing but the standard library."""
    day = start.astimezone(zone).date() + timedelta(days=days + 1)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def deadlines() -> Iterator[Figure]:
    """One due date of each sort, the due dates of a case from report to close, and a case with clocks and without."""
    zone, calendar = DEFAULT_POLICY.zone, DEFAULT_POLICY.calendars[0]

    def pauses(start: datetime) -> tuple[tuple[datetime, datetime], ...]:
        ends = ((timedelta(days=2), timedelta(days=5)), (timedelta(days=9), timedelta(days=11)))
        return tuple((start + since, start + until) for since, until in ends)

    paused = {start: pauses(start) for start in _STARTS}
    sorts: dict[str, tuple[Callable[[datetime], object], int]] = {
        "5 workdays": (lambda start: due_after(_FIVE_WORKDAYS, start, calendar, zone), 7),
        "5 workdays, 2 pauses": (
            lambda start: due_after(_FIVE_WORKDAYS, start, calendar, zone, pauses=paused[start]),
            12,
        ),
        "60 days, the last moved on": (lambda start: due_after(_SIXTY_DAYS, start, calendar, zone), 60),
        "60 days, the last moved on, 2 pauses": (
            lambda start: due_after(_SIXTY_DAYS, start, calendar, zone, pauses=paused[start]),
            65,
        ),
    }
    for name, (count, days) in sorts.items():
        ours, raw = [], []
        for _ in range(ROUNDS):
            ours.append(timed(lambda count=count: [count(start) for start in _STARTS]) / len(_STARTS))  # type: ignore[misc]
            raw.append(timed(lambda days=days: [_plain(start, days, zone) for start in _STARTS]) / len(_STARTS))  # type: ignore[misc]
        yield figure(f"due date: {name}, against datetime arithmetic", ours, raw)
    yield _of_one_case(calendar, zone)
    yield _with_clocks_and_without()


def _of_one_case(calendar: Calendar, zone: tzinfo, repeats: int = 100) -> Figure:
    """Every due date that a plain case gets from report to close, counted from its events."""
    with Engine.open(now=PinnedClock()) as engine:
        for command in one_case("counted"):
            engine.handle(command)
        moves = [(event.body.at, move) for event in engine.history("counted") for move in event.body.clocks]
    counted = [(term_from(move.term), at, (move.due - at).days) for at, move in moves if move.term and move.due]
    ours, raw = [], []
    for _ in range(ROUNDS):
        ours.append(timed(lambda: [due_after(t, at, calendar, zone) for t, at, _ in counted * repeats]) / repeats)
        raw.append(timed(lambda: [_plain(at, days, zone) for _, at, days in counted * repeats]) / repeats)
    name = "due dates of one case from report to close, against datetime arithmetic"
    return figure(name, ours, raw, due_dates=len(counted))


def _with_clocks_and_without(cases: int = 100) -> Figure:
    """A command on average, in memory: the default policy against one with the single deadline a case must have."""
    handling = tuple(limit for limit in DEFAULT_POLICY.time_limits if limit.id == "hot.handle")
    bare_policy = Policy(id="bare", version="1", effective_from=date(2026, 1, 1), calendar="cn", time_limits=handling)
    ours: list[float] = []
    raw: list[float] = []
    with Engine.open() as engine, Engine.open(policy=bare_policy) as bare:
        for turn in range(ROUNDS + 1):
            for one, into in ((engine, ours), (bare, raw)):
                commands = [command for k in range(cases) for command in one_case(f"{turn}-{k}")]
                into.append(timed(lambda e=one, c=commands: [e.handle(each) for each in c]) / len(commands))  # type: ignore[misc]
    return figure("one command in memory, against the same under a policy with one deadline", ours[1:], raw[1:])
