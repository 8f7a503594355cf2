"""The report on a period: its figures are those of a count over the log by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from govflow import Actor, InputError
from govflow.audit.reporting.period import bounds, period_named, period_of
from govflow.clocks.kinds import ClockKind, kind_of
from govflow.messages import ClockStatus
from govflow.pages.report_period import period_report
from govflow.pages.report_values import Evidence
from govflow.policy import DEFAULT_POLICY
from tests.audit.reported import Tables, audited, faults
from tests.support import a_case, a_town, desk

MARCH = date(2026, 3, 1), date(2026, 3, 31)
FEBRUARY = date(2026, 2, 1), date(2026, 2, 28)
ZONE = timedelta(hours=8)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026", (date(2026, 1, 1), date(2026, 12, 31))),
        ("2026-02", FEBRUARY),
        ("2026-12", (date(2026, 12, 1), date(2026, 12, 31))),
        ("2026-01-05..2026-03-31", (date(2026, 1, 5), date(2026, 3, 31))),
        ("2026-13", None),
        ("2026-03-31..2026-01-01", None),
        ("2026-02-30..2026-03-01", None),
        ("0000", None),
        ("9999", None),  # its end lies beyond the calendar
        ("C-2026-000001", None),
    ],
)
def test_a_period_is_a_year_a_month_or_two_days(text, days):
    assert period_named(text) == days


def test_a_period_may_end_with_the_calendar():
    now = datetime(2026, 3, 1, tzinfo=UTC)

    begins, until = bounds(DEFAULT_POLICY, date(2026, 2, 1), date.max, now)

    assert (begins.date(), until) == (date(2026, 2, 1), now)
    with pytest.raises(InputError, match="has not begun"):
        bounds(DEFAULT_POLICY, date(9999, 1, 1), date.max, now)


@pytest.mark.parametrize("days", [FEBRUARY, MARCH])
def test_its_figures_are_those_of_a_count_over_the_log(days):
    engine = audited().engine
    first, last = days
    begins = datetime.combine(first, time(), UTC) - ZONE
    ends = min(datetime.combine(last, time(), UTC) - ZONE + timedelta(days=1), engine.now())
    found = period_of(engine, first, last, engine.now())
    rests = engine.deciders["case"].workflow.rests
    opened = closed = entries = loops = 0
    states: dict[tuple[str, str], int] = {}
    late = set()
    for record in engine.records():
        history = [each.body.at for each in engine.history(record.id)]
        opened += begins <= history[0] < ends
        entries += sum(begins <= at < ends for at in history)
        if history[0] >= ends:
            continue
        then = engine.as_of(record.id, ends - timedelta(microseconds=1))
        states["case", then.status] = states.get(("case", then.status), 0) + 1
        loops += len(engine.deciders["case"].open_loops(then))
        for name, clock in then.clocks.items():
            runs = clock.status in (ClockStatus.OVERDUE, ClockStatus.RUNNING) and kind_of(name) is ClockKind.DEADLINE
            late |= {(record.id, name)} if runs and clock.due is not None and clock.due < ends else set()
        was = engine.as_of(record.id, begins) if history[0] < begins else None
        closed += rests[then.status] != "open" and (was is None or rests[was.status] == "open")

    assert sum(found.opened.values()) == opened
    assert sum(found.closed.values()) == closed
    assert found.entries == entries
    assert found.states == states
    assert {(each.record, each.clock) for each in found.late} == late
    assert sum(count for count, _ in found.loops.values()) == loops
    assert late or days == FEBRUARY


def test_times_by_holder_and_by_level_have_the_same_sum_which_is_the_time_in_the_period():
    engine = audited().engine
    found = period_of(engine, *MARCH, engine.now())
    whole = sum((each.whole for each in found.sums), timedelta())

    assert whole == sum((each.whole for each in found.levels), timedelta())
    assert whole <= 5 * (found.until - datetime(2026, 2, 28, 16, tzinfo=UTC))


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_its_page_is_well_made_and_tells_the_figures(language):
    engine = audited().engine
    found = period_of(engine, *MARCH, engine.now())
    page = Tables(period_report(found, Evidence(findings=[]), language=language))

    assert [*faults(page)] == []
    late = page.table("期末超期清单" if language == "zh-CN" else "Overdue at the end")
    assert len(late) == len(found.late)
    units = page.table("按单位统计超期" if language == "zh-CN" else "Overdue, by unit")
    assert sum(int(row[1]) for row in units) == len(found.late)
    assert all(row[0] for rows in page.tables.values() for row in rows)


def test_what_a_reader_may_not_see_is_counted_nowhere():
    engine = audited().engine
    seen = engine.seen_by(Actor.of("s-nobody", "resident"))
    found = period_of(seen, *MARCH, engine.now())

    assert (found.states, found.entries, found.late, found.sums) == ({}, 0, [], [])


def test_people_whose_data_was_read_are_no_matters_that_were_begun():
    town = a_town()
    case = a_case(town, reporter_name="Wang").id
    assert town.engine.open_personal(case, "reporter_name", desk, why="to call back") == "Wang"
    then = town.engine.now()
    found = period_of(town.engine, then.date(), then.date(), then + timedelta(hours=1))
    assert (set(found.states), {kind for kind, n in found.opened.items() if n}, found.entries) == (
        {("case", "reported")},
        {"case"},
        3,
    )


def test_a_period_that_has_not_begun_is_refused():
    with pytest.raises(InputError, match="has not begun"):
        period_of(audited().engine, date(2030, 1, 1), date(2030, 1, 31), audited().engine.now())
