"""What holds of every due date: pauses and extensions never bring it forward, and it is provisional when it says so."""

from __future__ import annotations

from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from govflow.calendars import Roll, Unit, due_after
from tests.calendars.samples import HOURLY, Elsewhere, matters, moments, pauses_around, zones


@given(matters(), zones, st.data())
def test_one_more_pause_never_brings_a_date_forward(matter, zone, data):
    term, start, calendar, pauses, added = matter
    more = (*pauses, *data.draw(pauses_around(start)))
    before = due_after(term, start, calendar, zone, pauses=pauses, added=added)
    assert due_after(term, start, calendar, zone, pauses=more, added=added).at >= before.at


@given(matters(), zones)
def test_an_extension_never_brings_a_date_forward(matter, zone):
    term, start, calendar, pauses, added = matter
    without = due_after(term, start, calendar, zone, pauses=pauses)
    assert due_after(term, start, calendar, zone, pauses=pauses, added=added).at >= without.at


@given(matters(), zones)
def test_an_extension_is_the_same_as_a_longer_limit(matter, zone):
    term, start, calendar, pauses, added = matter
    longer = term.changed(length=term.length + added)
    extended = due_after(term, start, calendar, zone, pauses=pauses, added=added)
    assert due_after(longer, start, calendar, zone, pauses=pauses) == extended


@given(matters(), zones, moments())
def test_what_starts_later_ends_no_earlier(matter, zone, other):
    term, start, calendar, _, added = matter
    sooner, later = sorted((start, other))
    first = due_after(term, sooner, calendar, zone, added=added)
    assert due_after(term, later, calendar, zone, added=added).at >= first.at


@given(matters(), zones)
def test_a_date_is_in_utc_and_not_before_its_start(matter, zone):
    term, start, calendar, pauses, added = matter
    due = due_after(term, start, calendar, zone, pauses=pauses, added=added)
    assert due.at.tzinfo is UTC
    assert due.at >= start


@given(matters(), zones)
def test_the_order_of_pauses_does_not_matter_and_neither_do_empty_ones(matter, zone):
    term, start, calendar, pauses, added = matter
    due = due_after(term, start, calendar, zone, pauses=pauses, added=added)
    backwards = [*pauses[::-1], (start, start), *((until, since) for since, until in pauses)]
    assert due_after(term, start, calendar, zone, pauses=backwards, added=added) == due


@given(matters(), zones)
def test_a_date_is_provisional_exactly_when_it_was_asked_for_a_day_that_is_not_covered(matter, zone):
    term, start, calendar, pauses, added = matter
    asked = []

    class Watched(Elsewhere):
        def is_workday(self, day):
            asked.append(day)
            return self.inner.is_workday(day)

        def is_holiday(self, day):
            asked.append(day)
            return self.inner.is_holiday(day)

    due_after(term, start, Watched(calendar), zone, pauses=pauses, added=added)
    due = due_after(term, start, calendar, zone, pauses=pauses, added=added)
    assert due.provisional == any(not calendar.covers(day) for day in asked)
    if term.unit in HOURLY or term.unit is Unit.DAY:
        needs_none = term.unit is not Unit.OFFICE_HOUR and term.roll is Roll.NONE and not term.starts_in_office
        assert not (needs_none and asked)
