"""Calendars, terms and pauses to count with, drawn by hypothesis; the zones and dates that the examples use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from govflow.calendars import Calendar, Holiday, OfficeHours, Pause, Roll, Term, Unit, WorkCalendar, china

CHINA = timezone(timedelta(hours=8))
LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")

HOURLY = (Unit.HOUR, Unit.OFFICE_HOUR)
QUARTERS = 4 * 24


def local(text: str, zone=CHINA) -> datetime:
    """A moment from its local time."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def end_of(text: str, zone=CHINA) -> datetime:
    """24:00 of a local day: 00:00 of the next."""
    return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), zone).astimezone(UTC)


def workdays(n: int, **switches) -> Term:
    return Term(length=n, unit=Unit.WORKDAY, **switches)


def days(n: int, **switches) -> Term:
    return Term(length=n, unit=Unit.DAY, **switches)


@dataclass(frozen=True)
class Elsewhere:
    """A calendar of another make with the same answers: the library may not look inside it."""

    inner: Calendar

    @property
    def id(self) -> str:
        return self.inner.id

    @property
    def version(self) -> str:
        return self.inner.version

    @property
    def hours(self) -> tuple[OfficeHours, ...]:
        return self.inner.hours

    def is_workday(self, day: date) -> bool:
        return self.inner.is_workday(day)

    def is_holiday(self, day: date) -> bool:
        return self.inner.is_holiday(day)

    def covers(self, day: date) -> bool:
        return self.inner.covers(day)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """China's, or one with random holidays, make-up workdays, weekend and office hours, in part over the period."""
    if draw(st.booleans()):
        return china()
    first = date(2025, 12, 1)
    last = first + timedelta(days=draw(st.integers(0, 200)))
    weekend = tuple(sorted(draw(st.sets(st.integers(1, 7), max_size=3))))
    off: set[date] = set()
    holidays = []
    for begins, length in draw(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 9)), max_size=6)):
        listed = [first + timedelta(days=begins + n) for n in range(length)]
        if listed[-1] <= last and not off & set(listed):
            off |= set(listed)
            holidays.append(Holiday(first=listed[0], last=listed[-1], en=f"H{begins}", zh=f"节{begins}"))
    inside = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    worked = draw(st.sets(st.sampled_from(inside), max_size=6))
    quarters = sorted(draw(st.sets(st.integers(0, QUARTERS - 1), min_size=2, max_size=4)))
    times = [time(n // 4, n % 4 * 15) for n in quarters]
    return Calendar(
        id="drawn",
        version="1",
        first=first,
        last=last,
        weekend=weekend,
        holidays=tuple(holidays),
        workdays=tuple(sorted(day for day in worked if day.isoweekday() in weekend and day not in off)),
        every_year=draw(st.sampled_from(((), ("01-01", "02-29", "07-01", "07-02")))),
        hours=tuple(OfficeHours(opens=a, closes=b) for a, b in zip(times[::2], times[1::2], strict=False)),
    )


@st.composite
def terms(draw: st.DrawFn, units: tuple[Unit, ...] = tuple(Unit)) -> Term:
    unit = draw(st.sampled_from(units))
    switches = {"starts_in_office": draw(st.booleans())}
    if unit not in HOURLY:
        switches |= {name: draw(st.booleans()) for name in ("counts_start_day", "ends_at_close")}
        switches["roll"] = draw(st.sampled_from(Roll))
    longest = {Unit.HOUR: 100, Unit.OFFICE_HOUR: 30, Unit.MONTH: 14, Unit.YEAR: 2}.get(unit, 40)
    return Term(length=draw(st.integers(0, longest)), unit=unit, **switches)


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """A quarter of an hour between the autumn of 2025 and the summer of 2026, or about the end of China's calendar."""
    begins = draw(st.sampled_from((datetime(2025, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))))
    return begins + timedelta(minutes=15 * draw(st.integers(0, 270 * QUARTERS)))


@st.composite
def pauses_around(draw: st.DrawFn, start: datetime) -> tuple[Pause, ...]:
    """Up to four pauses: before, across and after the start, overlapping or not, within a day or over weeks."""
    pauses = []
    for _ in range(draw(st.integers(0, 4))):
        since = start + timedelta(minutes=15 * draw(st.integers(-5 * QUARTERS, 60 * QUARTERS)))
        length = draw(st.integers(0, 20 * QUARTERS) | st.integers(0, 2 * QUARTERS))
        pauses.append((since, since + timedelta(minutes=15 * length)))
    return tuple(pauses)


@st.composite
def matters(draw: st.DrawFn) -> tuple[Term, datetime, WorkCalendar, tuple[Pause, ...], int]:
    """All that a due date depends on, but for the zone."""
    start = draw(moments())
    calendar = draw(calendars())
    term = draw(terms())
    added = draw(st.integers(0, {Unit.YEAR: 1, Unit.MONTH: 3}.get(term.unit, 10)))
    return term, start, calendar, draw(pauses_around(start)), added


zones = st.sampled_from((CHINA, LONDON, NEW_YORK))
