"""When a share of a time limit 期限 is used up: counted in its own unit, so that no warning falls on a holiday.

Three working days are used up day by day: 60 % of them is the end of the second, whatever lies between.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from govflow.calendars import Roll, Unit, WorkCalendar, due_after
from govflow.calendars.course import course_of
from govflow.calendars.notation import term_from
from govflow.calendars.term import Term
from govflow.clocks.clock import Clock
from govflow.clocks.moves import NAMED


def used_up_at(clock: Clock, share: int, calendar: WorkCalendar, zone: tzinfo) -> datetime:
    """When `share` percent of a clock's limit is used up, in UTC on a whole second, never after its due instant.

    Days, working days and office hours are counted as the limit is, to the end of the unit in which the share is
    reached, but at least one unit before the limit ends; months and years in the days they have. Hours, limits of a
    single unit, and due instants that were named go by the time that has run. While the clock stood still nothing of
    it was used up, and a last day that moves on makes no limit longer.
    """
    assert clock.due is not None, "what is never due has no share that is used up"
    term = None if clock.term is None or clock.derived == NAMED else term_from(clock.term)
    if term is None or term.unit is Unit.HOUR:
        at = _of_the_span(clock, clock.due, share)
    else:
        part = _part_of(term, clock, share, calendar, zone)
        if part.length == 0:
            at = _of_the_span(clock, clock.due, share)
        else:
            at = due_after(part, clock.since, calendar, zone, pauses=clock.pauses).at
    return min(_whole(at), clock.due)


def _part_of(term: Term, clock: Clock, share: int, calendar: WorkCalendar, zone: tzinfo) -> Term:
    """The same kind of limit, as long as the share of it and a unit shorter at least; on a day off it ends there."""
    unit, length = term.unit, term.length + clock.added
    if unit in (Unit.MONTH, Unit.YEAR):
        course = course_of(term, clock.since, calendar, zone, (), clock.added)
        unit, length = Unit.DAY, course.last - course.first + 1
    return term.changed(unit=unit, length=min(-(-length * share // 100), length - 1), roll=Roll.NONE)


def _of_the_span(clock: Clock, due: datetime, share: int) -> datetime:
    # what stood still after the limit was over took nothing of it
    still = sum((until - since for since, until in clock.pauses if since < due), timedelta())
    at = clock.since + (due - clock.since - still) * share / 100
    for since, until in clock.pauses:
        if since < at:
            at += until - since
    return at


def _whole(at: datetime) -> datetime:
    """The next whole second: a share of a limit is never announced before it is used up."""
    return at if at.microsecond == 0 else at.replace(microsecond=0) + timedelta(seconds=1)
