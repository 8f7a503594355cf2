"""What a step does to the clocks of its record: worked out when it is decided, then carried by the event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from govflow.clocks.clock import Clock
from govflow.clocks.due import Due, due_after
from govflow.messages import ClockMove, ClockStatus, Event
from govflow.policy.model import Unit
from govflow.workflow import Step

if TYPE_CHECKING:
    from govflow.policy.model import Policy


_move = ClockMove(clock="", to=ClockStatus.RUNNING).changed  # its parts are of the right types already: not validated


class Terms(Protocol):
    """What the moves depend on beside the step: the moment, the policy, and what kind of matter it is."""

    at: datetime
    policy: Policy
    due: Mapping[str, datetime]
    kind: str
    category: str
    retention: str


def moves_of(
    step: Step,
    clocks: Mapping[str, Clock],
    event: Event,
    terms: Terms,
    own: frozenset[str] = frozenset(),
    item: str = "",
) -> tuple[ClockMove, ...]:
    """The clock moves of one step. Stops come before starts; an effect on a clock in no fitting state does nothing.

    `own` are the clocks that belong to one item of a region; they are named `clock:item`.
    """

    def named(name: str) -> str:
        return f"{name}:{item}" if name in own else name

    moves: list[ClockMove] = []
    for name in step.stops:
        moves += _ended(clocks.get(named(name)), terms.at)
    stopped = {move.clock for move in moves}
    for name in step.drops:
        for clock in clocks.values() if name == "*" else [clocks.get(named(name))]:
            if clock is not None and clock.name not in stopped and (clock.is_going or _is_late(clock)):
                moves.append(_move(clock=clock.name, to=ClockStatus.CANCELLED))
    for name in step.pauses:
        if (clock := clocks.get(named(name))) and clock.status is ClockStatus.RUNNING:
            moves.append(_move(clock=clock.name, to=ClockStatus.PAUSED))
    for name in step.resumes:
        moves += _resumed(clocks.get(named(name)), terms.at)
    for name in step.extends:
        moves += _extended(clocks.get(named(name)), event, terms)
    if (clock := clocks.get(step.remeasures)) is not None:
        moves += _remeasured(clock, terms)
    for name in (*step.starts, *step.resets):
        clock = clocks.get(named(name))
        reset = name in step.resets
        if clock is not None and (clock.is_going or _is_late(clock)) and clock.name not in stopped and not reset:
            continue
        if due := _due(name, step, event, terms, reset=reset):
            rule, instant = due
            moves.append(
                _move(
                    clock=named(name),
                    to=ClockStatus.RUNNING,
                    due=instant.at,
                    rule=rule or (clock.rule if clock is not None else None),
                    derived=instant.derived,
                    provisional=instant.provisional or None,
                    new_run=clock is not None or None,
                )
            )
    return tuple(moves)


def _is_late(clock: Clock) -> bool:
    return clock.status is ClockStatus.OVERDUE


def _ended(clock: Clock | None, at: datetime) -> Iterator[ClockMove]:
    if clock is None or not (clock.is_going or _is_late(clock)):
        return
    late = _is_late(clock) or (clock.due is not None and clock.status is ClockStatus.RUNNING and at > clock.due)
    yield _move(clock=clock.name, to=ClockStatus.MET_LATE if late else ClockStatus.MET)


def _resumed(clock: Clock | None, at: datetime) -> Iterator[ClockMove]:
    if clock is None or clock.status is not ClockStatus.PAUSED or clock.paused_at is None:
        return
    pause = at - clock.paused_at  # half-open: [paused, resumed)
    yield _move(
        clock=clock.name,
        to=ClockStatus.RUNNING,
        due=None if clock.due is None else clock.due + pause,
        rule=clock.rule,
        derived=f"due {_text(clock.due)} + pause from {_text(clock.paused_at)} to {_text(at)}",
        provisional=clock.provisional or None,
    )


def _extended(clock: Clock | None, event: Event, terms: Terms) -> Iterator[ClockMove]:
    if clock is None or not clock.is_going:
        return
    due = _named_due(clock.name, event, terms) or _longer(clock, getattr(event, "length", 0), terms)
    if due is not None:
        yield _move(
            clock=clock.name,
            to=clock.status,
            due=due.at,
            rule=clock.rule,
            derived=due.derived,
            provisional=due.provisional or None,
        )


def _longer(clock: Clock, length: int, terms: Terms) -> Due | None:
    """The due instant with `length` added to the length of this run, not to what is left of it.

    A run that was shortened (rework) or whose due instant was named stays so; its pauses are counted once.
    """
    limit = terms.policy.limit(clock.rule or "")
    if limit is None or not length or clock.due is None:
        return None
    ends = clock.due - clock.paused_for
    if limit.unit is not Unit.HOUR:
        ends -= timedelta(microseconds=1)  # its last day, which ends at 24:00
    at = due_after(ends, length, limit.unit, terms.policy.zone) + clock.paused_for
    return Due(at, f"{limit.id}: due {_text(clock.due)} + {length} {limit.unit}s", limit.unit is Unit.WORKDAY)


def _remeasured(clock: Clock, terms: Terms) -> Iterator[ClockMove]:
    """The limit of another class from the same start; what is paused or overdue stays so (C51)."""
    limit = terms.policy.time_limit(clock.name, "", terms.kind, terms.category, reset=True)
    if limit is None or limit.id == clock.rule or not clock.is_going:
        return
    at = due_after(clock.since, limit.length, limit.unit, terms.policy.zone) + clock.paused_for
    yield _move(
        clock=clock.name,
        to=clock.status,
        due=at,
        rule=limit.id,
        derived=f"{limit.id} ({terms.policy.key}): {limit.length} {limit.unit}s from {_text(clock.since)}",
        provisional=limit.unit is Unit.WORKDAY or None,
        recomputed=True,
    )


def _named_due(name: str, event: Event, terms: Terms) -> Due | None:
    field = type(event).dues.get(name.partition(":")[0])
    at = getattr(event, field) if field else terms.due.get(name.partition(":")[0])
    return Due(at, "named in the command") if at is not None else None


def _due(name: str, step: Step, event: Event, terms: Terms, *, reset: bool) -> tuple[str | None, Due] | None:
    limit = terms.policy.time_limit(name, step.command.wire, terms.kind, terms.category, reset=reset)
    if named := _named_due(name, event, terms):
        return limit.id if limit else None, named
    if name == "retention":
        return _retained(terms)
    if limit is None:
        return None
    length, share = limit.length, getattr(terms.policy.thresholds, step.share) if step.share else 100
    length = -(-length * share // 100)
    at = due_after(terms.at, length, limit.unit, terms.policy.zone)
    derived = f"{limit.id} ({terms.policy.key}): {length} {limit.unit}s"
    return limit.id, Due(at, derived, provisional=limit.unit is Unit.WORKDAY)


def _retained(terms: Terms) -> tuple[str | None, Due] | None:
    kept = terms.policy.retention_class(terms.retention)
    if kept is None or kept.years is None:  # permanent: no term ever ends
        return None
    try:
        at = terms.at.replace(year=terms.at.year + kept.years)
    except ValueError:  # 29 February
        at = terms.at.replace(year=terms.at.year + kept.years, day=28) + timedelta(days=1)
    return kept.id, Due(at, f"{kept.id} ({terms.policy.key}): {kept.years} years from {_text(terms.at)}")


def _text(at: datetime | None) -> str:
    return "-" if at is None else at.isoformat(timespec="seconds").replace("+00:00", "Z")
