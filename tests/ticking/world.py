"""A town that is ticked, and what the log says of it: read without asking the ticker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from govflow import Engine, Record
from govflow.actors import SYSTEM
from govflow.calendars import Calendar, Holiday, Unit, china
from govflow.due_points import points_of
from govflow.messages import ClockStatus, RecordedEvent
from govflow.policy import DEFAULT_POLICY, Escalation, Policy, Then
from govflow.policy.time_limits import TimeLimit
from govflow.ticking import Fired, Tick
from govflow.workflow import Rest
from tests.support import Town, a_case, a_town

MARKS = {
    "clock.warned",
    "clock.deadline_missed",
    "clock.window_elapsed",
    "clock.recomputed",
    "case.supplement_lapsed",
    "case.order_signed",
    "case.resumed",
    "case.escalated_in_handling",
    "approval.expired",
    "evaluation.elapsed",
    "obligation.missed",
    "obligation.scheduled",
    "duty.opened",
}
"""The events that a tick writes."""


class Effect(NamedTuple):
    """One thing the system did by itself: to which clock, in which of its runs, until when it ran then."""

    record: str
    name: str
    item: str
    share: int
    level: str
    run: int
    due: datetime | None


def effects(events: Iterable[RecordedEvent]) -> list[Effect]:
    """What the system did by itself, in the order of the log, from the events alone."""
    runs: Counter[tuple[str, str]] = Counter()
    dues: dict[tuple[str, str], datetime | None] = {}
    found = []
    for recorded in events:
        body: Any = recorded.body
        item = getattr(body, "item", "") or ""
        if recorded.name in MARKS and body.by == SYSTEM.id:
            about = recorded.stream, _clock_of(recorded.name, item)
            share, level = getattr(body, "share", 0), str(getattr(body, "to_level", "") or "")
            found.append(Effect(recorded.stream, recorded.name, item, share, level, runs[about], dues.get(about)))
        for move in body.clocks:
            clock = recorded.stream, move.clock
            runs[clock] += bool(move.new_run) or clock not in dues
            dues[clock] = move.due if move.due is not None else dues.get(clock)
    return found


def _clock_of(name: str, item: str) -> str:
    match name.partition(".")[0], name:
        case "clock", _:
            return item
        case "approval", _:
            return f"approval_validity:{item}"
        case "obligation", _:
            return f"obligation_due:{item}"
        case "evaluation", _:
            return "evaluation"
        case _, "case.order_signed":
            return "receipt"
        case _, "case.supplement_lapsed":
            return "supplement"
        case _, "case.resumed":
            return "suspension_review"
    return "handling"


def once(engine: Engine) -> Counter[Effect]:
    """What the system did by itself; nothing of it twice."""
    counted = Counter(effects(engine.events()))
    assert not [each for each, times in counted.items() if times > 1]
    return counted


def waiting(engine: Engine, now: datetime) -> list[tuple[str, str]]:
    """What is due by `now` and not done, found by looking at every record: (record, what)."""
    found = []
    for record in engine.records():
        decider = engine.deciders[record.kind_of_record]
        policy = engine.log.policies.get(record.policy, engine.policy)
        points = points_of(record, decider, policy, engine.calendar)
        found += [(record.id, f"{point.kind} {point.clock}") for point in points if point.at <= now]
        if decider.workflow.rests[record.status] is not Rest.FINAL:  # the same once more, by the clocks alone
            late = [
                clock.name
                for clock in record.clocks.values()
                if clock.status is ClockStatus.RUNNING and clock.due is not None and clock.due < now
            ]
            assert {(record.id, name) for name in late} <= {(id, what.split()[-1]) for id, what in found}
    return found


class Heard(list[Fired]):
    """What `on_fired` heard, with what came of the tick."""

    tick: Tick

    @property
    def refused(self) -> list[Fired]:
        return [each for each in self if each.refused]


def ticked(town: Town, now: datetime | None = None) -> Heard:
    """One tick, with all that was heard of it."""
    heard = Heard()
    heard.tick = town.engine.tick(now, on_fired=heard.append)
    assert heard.tick.refused == len(heard.refused)
    assert sum(heard.tick.done.values()) == len(heard) - len(heard.refused)
    return heard


def nothing_more(town: Town) -> None:
    """A second tick adds nothing."""
    head = town.engine.store.head()
    again = ticked(town)
    assert (list(again), town.engine.store.head()) == ([], head)


def a_policy(*limits: TimeLimit, version: str = "t1", **changes: Any) -> Policy:
    """The default policy with these limits in the place of those of the same clocks."""
    named = {limit.clock for limit in limits}
    kept = tuple(limit for limit in DEFAULT_POLICY.time_limits if limit.clock not in named)
    used = {limit.id for limit in (*limits, *kept)}
    categories = tuple(
        each.changed(time_limit=each.time_limit if each.time_limit in used else None)
        for each in DEFAULT_POLICY.categories
    )
    changed: dict[str, Any] = {"time_limits": (*limits, *kept), "categories": categories, **changes}
    return DEFAULT_POLICY.changed(version=version, **changed)


def a_limit(clock: str, length: int, unit: Unit = Unit.WORKDAY, **more: Any) -> TimeLimit:
    """One time limit."""
    return TimeLimit(**{"id": f"t.{clock}", "clock": clock, "length": length, "unit": unit, "basis": "test", **more})


def a_rule(clock: str = "handling", then: Then = Then.RAISE, **more: Any) -> Escalation:
    """One escalation rule."""
    return Escalation(**{"id": f"t.{clock}", "clock": clock, "then": then, "basis": "test", **more})


def next_edition(*holidays: Holiday, version: str = "2027.1", **more: Any) -> Calendar:
    """An edition of the calendar of China that reaches through 2027, its holidays of that year invented."""
    known = china()
    given = {"version": version, "last": date(2027, 12, 31), "holidays": (*known.holidays, *holidays)}
    return Calendar.model_validate({**known.model_dump(), **given, **more})


ALL = (
    "discovered",
    "reported",
    "accepted",
    "assigned",
    "in_handling",
    "suspended",
    "handled",
    "fed_back",
    "closed",
    "under_review",
)


def a_busy_town(path: Any = ":memory:", *, cases: int = 20, **options: Any) -> Town:
    """A town with cases in every status, brought there in the course of two working days."""
    town = a_town(path, **options)
    for number in range(cases):
        a_case(town, ALL[number % len(ALL)], id=f"case-{number:03d}")
        town.pass_days(2 / cases)
    return town


def due_of(record: Record, clock: str) -> datetime:
    """When a clock of a record is due."""
    due = record.clocks[clock].due
    assert due is not None
    return due


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
