"""What a step does to the clocks of its record: worked out when it is decided, then carried by the event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from govflow.actors import SYSTEM, Level
from govflow.calendars import Calendar, Unit, due_after
from govflow.calendars.notation import needs_calendar, term_from, text_of
from govflow.calendars.term import Term
from govflow.clocks.clock import Clock
from govflow.clocks.kinds import DONE_WHEN_DUE, ClockKind, kind_of
from govflow.messages import ClockMove, ClockStatus, Event
from govflow.workflow import Step

if TYPE_CHECKING:
    from govflow.policy.model import Policy
    from govflow.policy.time_limits import TimeLimit


_move = ClockMove(clock="", to=ClockStatus.RUNNING).changed  # its parts are of the right types already: not validated

NAMED = "named"  # the due instant stands in the event itself
_BY_HOURS = (Unit.HOUR, Unit.OFFICE_HOUR)
_INSTANT = timedelta(microseconds=1)
CARRIED = "carried over"  # it is the one of the run before, which had been cut off by mistake


class Terms(Protocol):
    """What the moves depend on beside the step: the moment, the policy, the calendars, what kind of matter it is."""

    at: datetime
    policy: Policy
    carried: Mapping[str, Clock]
    kind: str
    category: str
    retention: str
    level: Level | None

    def calendar(self, id: str) -> Calendar:
        """The calendar of this id, or of this very version (`id@version`)."""
        ...


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
        if (clock := clocks.get(named(name))) is not None and (clock.is_going or clock.is_late):
            moves.append(_ended(clock, terms.at, event.by))
    stopped = {move.clock for move in moves}
    for name in step.drops:
        for clock in clocks.values() if name == "*" else [clocks.get(named(name))]:
            if clock is not None and clock.name not in stopped and (clock.is_going or clock.is_late):
                moves.append(_move(clock=clock.name, to=ClockStatus.CANCELLED))
    stopped = {move.clock for move in moves}  # what falls away may begin anew in the same step
    for name in step.pauses:
        if (clock := clocks.get(named(name))) and clock.status is ClockStatus.RUNNING:
            moves.append(_move(clock=clock.name, to=ClockStatus.PAUSED))
    for name in step.resumes:
        moves += _resumed(clocks.get(named(name)), terms)
    for name in step.extends:
        moves += _extended(clocks.get(named(name)), event, terms)
    if (clock := clocks.get(step.remeasures)) is not None:
        moves += _remeasured(clock, terms)
    for name in (*step.starts, *step.resets):
        clock = clocks.get(named(name))
        reset = name in step.resets
        if clock is not None and (clock.is_going or clock.is_late) and clock.name not in stopped and not reset:
            continue
        if (move := _started(name, named(name), clock, step, event, terms, reset=reset)) is not None:
            moves.append(move)
    return tuple(moves)


def _ended(clock: Clock, at: datetime, by: str) -> ClockMove:
    kind = kind_of(clock.name)
    if clock.name in DONE_WHEN_DUE and clock.status is ClockStatus.RUNNING:
        return _move(clock=clock.name, to=ClockStatus.MET)
    if clock.status is ClockStatus.RUNNING and clock.due is not None and at >= clock.due:
        if kind in (ClockKind.MINIMUM, ClockKind.RETENTION):  # what had to pass has passed: nobody is late
            return _move(clock=clock.name, to=ClockStatus.ELAPSED)
        if by == SYSTEM.id:  # nobody did it: it has run out, and the system answers for it
            return _move(clock=clock.name, to=ClockStatus.ELAPSED if kind is ClockKind.WINDOW else ClockStatus.MET_LATE)
    late = clock.is_late or (clock.due is not None and clock.status is ClockStatus.RUNNING and at > clock.due)
    return _move(clock=clock.name, to=ClockStatus.MET_LATE if late else ClockStatus.MET)


# --- starting --------------------------------------------------------------------------------------------------------


def _started(
    name: str, key: str, clock: Clock | None, step: Step, event: Event, terms: Terms, *, reset: bool
) -> ClockMove | None:
    """A new run: carried over from the one before, due when the event says, or as the rule of the policy has it."""
    again = True if clock is not None else None
    limit = terms.policy.time_limit(name, step.command.wire, terms.kind, terms.category, terms.level, reset=reset)
    if (before := terms.carried.get(name)) is not None and before.due is not None:
        return _move(
            clock=key, to=ClockStatus.RUNNING, due=before.due, rule=before.rule, derived=CARRIED, new_run=again
        )
    field = type(event).dues.get(name)
    if field is not None and (at := getattr(event, field)) is not None:
        rule = limit.id if limit else clock.rule if clock else None
        return _move(clock=key, to=ClockStatus.RUNNING, due=at, rule=rule, derived=NAMED, new_run=again)
    if name == "retention":
        kept = terms.policy.retention_class(terms.retention)
        if kept is None or kept.term is None:  # permanent: no term ever ends
            return None
        return measured(key, kept.id, kept.term, terms, terms.calendar(""), new_run=again)
    if limit is None:
        return None
    term, share = limit.term, getattr(terms.policy.thresholds, step.share) if step.share else None
    if share is not None:
        term = term.changed(length=-(-limit.length * share // 100))
    return measured(key, limit.id, term, terms, calendar_of(limit, terms), share=share, new_run=again)


def calendar_of(limit: TimeLimit | None, terms: Terms) -> Calendar:
    """The calendar that a time limit is counted by now."""
    return terms.calendar((limit.calendar if limit else None) or terms.policy.calendar or "")


def measured(
    key: str, rule: str, term: Term, terms: Terms, calendar: Calendar, *, share: int | None = None, new_run: bool | None
) -> ClockMove:
    """The start of a run that lasts for a term from now."""
    due = due_after(term, terms.at, calendar, terms.policy.zone)
    return _move(
        clock=key,
        to=ClockStatus.RUNNING,
        due=due.at,
        rule=rule,
        term=text_of(term),
        share=share,
        calendar=calendar.key if needs_calendar(term) else None,
        provisional=due.provisional or None,
        new_run=new_run,
    )


# --- pauses, extensions, other limits --------------------------------------------------------------------------------


def _resumed(clock: Clock | None, terms: Terms) -> Iterator[ClockMove]:
    if clock is None or clock.status is not ClockStatus.PAUSED or clock.paused_at is None:
        return
    pause = (clock.paused_at, terms.at)  # half-open: [paused, resumed)
    if clock.due is None:
        yield _move(clock=clock.name, to=ClockStatus.RUNNING, rule=clock.rule)
    elif clock.term is None:
        due = clock.due + (terms.at - clock.paused_at)
        yield _move(
            clock=clock.name,
            to=ClockStatus.RUNNING,
            due=due,
            rule=clock.rule,
            derived=clock.derived,
            provisional=clock.provisional or None,
        )
    else:
        yield counted_again(clock.changed(pauses=(*clock.pauses, pause)), terms, to=ClockStatus.RUNNING)


def counted_again(clock: Clock, terms: Terms, *, to: ClockStatus, added: int | None = None) -> ClockMove:
    """The move to the due instant that the clock's own facts give, by the version of the calendar it has pinned."""
    assert clock.term is not None
    due = due_after(
        term_from(clock.term),
        clock.since,
        terms.calendar(clock.calendar or ""),
        terms.policy.zone,
        pauses=clock.pauses,
        added=clock.added,
    )
    return _move(
        clock=clock.name,
        to=to,
        due=due.at,
        rule=clock.rule,
        added=added,
        provisional=due.provisional or None,
    )


def _extended(clock: Clock | None, event: Event, terms: Terms) -> Iterator[ClockMove]:
    """The length of the extension is added to the length of the run, never to what is left of it."""
    if clock is None or not clock.is_going or clock.due is None:
        return
    field = type(event).dues.get(clock.name.partition(":")[0])
    if field is not None and (at := getattr(event, field)) is not None:
        yield _move(
            clock=clock.name,
            to=clock.status,
            due=at,
            rule=clock.rule,
            derived=NAMED,
            provisional=clock.provisional or None,
        )
        return
    length = getattr(event, "length", 0)
    if not length:
        return
    if clock.term is not None:
        added = clock.added + length
        yield counted_again(clock.changed(added=added), terms, to=clock.status, added=added)
    elif (limit := terms.policy.limit(clock.rule or "")) is not None:  # a due instant that was named is the base
        term = limit.term.changed(length=length)
        base = clock.due if term.unit in _BY_HOURS else clock.due - _INSTANT  # its last day, which ends at 24:00
        due = due_after(term, base, calendar_of(limit, terms), terms.policy.zone)
        yield _move(
            clock=clock.name,
            to=clock.status,
            due=due.at,
            rule=clock.rule,
            derived=clock.derived,
            provisional=due.provisional or None,
        )


def _remeasured(clock: Clock, terms: Terms) -> Iterator[ClockMove]:
    """The limit of another class from the same start; what is paused or overdue stays so (C51)."""
    limit = terms.policy.time_limit(clock.name, "", terms.kind, terms.category, terms.level, reset=True)
    if limit is not None and limit.id != clock.rule and clock.is_going and not extended_otherwise(limit, clock):
        yield under(limit, clock, terms)


def extended_otherwise(limit: TimeLimit, clock: Clock) -> bool:
    """Whether a clock was extended in units that are not those of another limit: its date was granted, and stays."""
    return bool(clock.added and clock.term is not None and term_from(clock.term).unit is not limit.unit)


def under(limit: TimeLimit, clock: Clock, terms: Terms) -> ClockMove:
    """A running clock counted anew under another limit, from the same start with the same pauses and extensions."""
    share = clock.share or 100
    term = limit.term if share == 100 else limit.term.changed(length=-(-limit.length * share // 100))
    calendar = calendar_of(limit, terms)
    due = due_after(term, clock.since, calendar, terms.policy.zone, pauses=clock.pauses, added=clock.added)
    return _move(
        clock=clock.name,
        to=clock.status,
        due=due.at,
        rule=limit.id,
        term=text_of(term),
        share=clock.share,
        calendar=calendar.key if needs_calendar(term) else None,
        provisional=due.provisional or None,
        recomputed=True,
    )


def with_calendar(calendar: Calendar, clock: Clock, terms: Terms) -> ClockMove | None:
    """A running clock counted anew by a newer version of its calendar; None where nothing changes."""
    if clock.term is None or clock.due is None:
        return None
    term = term_from(clock.term)
    due = due_after(term, clock.since, calendar, terms.policy.zone, pauses=clock.pauses, added=clock.added)
    if due.at == clock.due and due.provisional == clock.provisional:
        return None
    return _move(
        clock=clock.name,
        to=clock.status,
        due=due.at,
        rule=clock.rule,
        term=clock.term,
        share=clock.share,
        calendar=calendar.key,
        provisional=due.provisional or None,
        recomputed=True,
    )
