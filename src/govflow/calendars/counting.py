"""When a time limit ends, and why: counted from a start over a work calendar, pauses and an extension."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from govflow.calendars.calendar import WorkCalendar
from govflow.calendars.course import course_of
from govflow.calendars.explaining import lines_of
from govflow.calendars.term import Due, Line, Pause, Roll, Term, Unit
from govflow.errors import InputError

__all__ = ["Due", "Line", "Pause", "Roll", "Term", "Unit", "due_after", "explained"]


def due_after(
    term: Term,
    start: datetime,
    calendar: WorkCalendar,
    zone: tzinfo,
    *,
    pauses: Sequence[Pause] = (),
    added: int = 0,
) -> Due:
    """When `term` ends, in UTC, counted from `start` on local days of `zone`; `added` units are an extension.

    Hours run on and every pause adds its exact length; office hours count only in the calendar's windows. Days end
    at 24:00 local time, which is 00:00 of the next day: a day counts unless the clock stood still on it, and a pause
    [from, to) stands still on the day of suspending, not on the day of resuming. Months and years end on the
    corresponding day (民法典 §§200-204). It is provisional if some day asked for is not covered by the calendar.
    Raises InputError for a moment without a zone, a negative length, and a date beyond the year 9999.
    """
    _check(term, start, pauses, added)
    try:
        if term.unit is Unit.HOUR and not pauses and not term.starts_in_office:  # no day of any calendar is asked for
            return Due(start.astimezone(UTC) + timedelta(hours=term.length + added), False)
        course = course_of(term, start, calendar, zone, pauses, added)
    except OverflowError:
        raise _beyond(term, start, added) from None
    return Due(course.at, course.outside is not None)


def explained(
    term: Term,
    start: datetime,
    calendar: WorkCalendar,
    zone: tzinfo,
    *,
    pauses: Sequence[Pause] = (),
    added: int = 0,
) -> tuple[Due, tuple[Line, ...]]:
    """What `due_after` gives, and each line of how it came about, in English and Chinese. Raises the same."""
    _check(term, start, pauses, added)
    try:
        course = course_of(term, start, calendar, zone, pauses, added)
    except OverflowError:
        raise _beyond(term, start, added) from None
    lines = lines_of(course, term, start, calendar, zone, pauses, added)
    return Due(course.at, course.outside is not None), lines


def _check(term: Term, start: datetime, pauses: Sequence[Pause], added: int) -> None:
    if start.tzinfo is None or (pauses and any(moment.tzinfo is None for pause in pauses for moment in pause)):
        raise InputError("a time limit cannot be counted from a moment without a time zone", expected="aware datetimes")
    if term.length + added < 0:
        raise InputError(f"a time limit of {term.length} {term.unit}s cannot be shortened by {-added}")


def _beyond(term: Term, start: datetime, added: int) -> InputError:
    return InputError(
        f"a time limit of {term.length + added} {term.unit}s from {start} leads out of the calendar",
        expected="dates from year 1 to 9999",
    )
