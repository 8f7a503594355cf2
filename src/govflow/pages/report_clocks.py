"""The clocks of a record in a report: every run in a table, drawn on the calendar, and why a deadline broke."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby

from govflow.calendars import WorkCalendar
from govflow.messages import ClockStatus
from govflow.pages.charts_calendar import DayKind, Lane, Mark, Span, calendar_drawing, day_kind, months_of
from govflow.pages.parts import Facts, Note, Part, Rows
from govflow.pages.report_values import Run, Told
from govflow.pages.report_view import View, broke, safe
from govflow.regions.clock import ClockState

_TOO_LONG = timedelta(days=3 * 366)
_ONE_DAY = timedelta(days=1)


def clock_parts(told: Told, view: View) -> list[Part]:
    """The calendar with the clocks on it, what is special about its days, and all runs in a table."""
    t = view.speech.t
    if not told.runs:
        return [Note(t("report.clocks.none"))]
    shown = [(number, run) for number, run in enumerate(told.runs, 1) if not _is_endless(run)]
    lanes = [_lane(number, run, view) for number, run in shown]
    if told.cut_at is not None:
        lanes = [_until(lane, told.cut_at) for lane in lanes]
    title = t("report.of_record", id=told.record.id, what=t("report.calendar"))
    now = view.setting.at.astimezone(view.setting.policy.zone)
    drawing = calendar_drawing(f"calendar-{told.first}", lanes, told.works, view.speech, title, now)
    parts: list[Part] = [drawing] if drawing is not None else []
    if drawing is not None:
        months = months_of(lanes)
        parts += [Note(t("report.calendar.more"))] if len(months) > 18 else []
        parts.append(_days(told.works, months[:18], view))
    undrawn = [_name(run, view) for run in told.runs if _is_endless(run)]
    parts += [Note(t("report.undrawn", what=view.speech.listed(dict.fromkeys(undrawn))))] if undrawn else []
    return [*parts, _table(told, view)]


def _is_endless(run: Run) -> bool:
    """Whether a run takes years, as terms of retention do: no calendar shows it."""
    clock = run.clock
    return (clock.due or clock.ended_at or clock.since) - clock.since > _TOO_LONG


def _name(run: Run, view: View) -> str:
    name = view.clock(run.clock.name)
    return name if run.clock.run == 1 else view.speech.t("report.run", name=name, n=run.clock.run)


# --- on the calendar -------------------------------------------------------------------------------------------------


def _lane(number: int, run: Run, view: View) -> Lane:
    """A run as it is drawn: until it ended or is due, what came after its due date overdue."""
    clock, now, zone = run.clock, view.setting.at, view.setting.policy.zone
    late = broke(clock, now)
    stop = clock.ended_at or (now if late is not None else clock.due or max(now, clock.since))
    ends = min(stop, clock.due) if late is not None and clock.due is not None else stop
    pauses = [*clock.pauses, *([(clock.paused_at, ends)] if clock.paused_at is not None else [])]
    spans, at = [], clock.since
    for since, until in pauses:
        spans += [Span("run", at, since), Span("pause", since, until)]
        at = until
    spans.append(Span("run", at, ends))
    if late is not None:
        spans.append(Span("late", ends, stop))
    marks = [Mark("warn", at) for _, at in run.warned]
    marks += [Mark("former", each) for each in clock.earlier]
    marks += [Mark("due", clock.due)] if clock.due is not None else []
    marks += [Mark("end", clock.ended_at)] if clock.ended_at is not None else []
    return Lane(
        number,
        view.clock(clock.name),
        [Span(each.kind, *_local(zone, each.since, each.until)) for each in spans if each.since < each.until],
        [Mark(each.kind, *_local(zone, each.at)) for each in marks],
    )


def _until(lane: Lane, end: datetime) -> Lane:
    """What of a lane lies before a moment after which nothing is known."""
    spans = [each._replace(until=min(each.until, end)) for each in lane.spans if each.since < end]
    return lane._replace(spans=spans, marks=[each for each in lane.marks if each.at <= end])


def _local(zone: tzinfo, *moments: datetime) -> Iterator[datetime]:
    return (each.astimezone(zone) for each in moments)


def _days(works: WorkCalendar | None, months: Sequence[date], view: View) -> Facts:
    """The calendar by name, with the holidays and the make-up workdays of the months that are drawn, in words."""
    t = view.speech.t
    days = [date.fromordinal(n) for first in months for n in range(first.toordinal(), _next(first).toordinal())]
    off = [day for day in days if day_kind(day, works) is DayKind.HOLIDAY]
    made_up = [day for day in days if day_kind(day, works) is DayKind.MADE_UP]
    name = t("report.calendar.none") if works is None else getattr(works, "key", works.id)
    return Facts(
        [
            (t("report.calendar.by"), name),
            (t("report.calendar.off"), view.speech.listed(_stretches(off, view))),
            (t("report.calendar.made_up"), view.speech.listed(map(str, made_up))),
        ]
    )


def _next(month: date) -> date:
    return (month + 31 * _ONE_DAY).replace(day=1)


def _stretches(days: Sequence[date], view: View) -> Iterator[str]:
    """Days in a row as one stretch."""
    for _, group in groupby(enumerate(days), key=lambda each: each[1].toordinal() - each[0]):
        found = [day for _, day in group]
        first, last = found[0], found[-1]
        yield str(first) if first == last else view.speech.t("report.period", first=first, last=last)


# --- in words --------------------------------------------------------------------------------------------------------


def _table(told: Told, view: View) -> Rows:
    names = ("no", "clock", "since", "due", "former", "pauses", "warned", "ended", "state")
    rows = [_row(number, run, view) for number, run in enumerate(told.runs, 1)]
    used = [place for place in range(len(names)) if place < 4 or any(row[place] for row in rows)]
    caption = view.speech.t("report.of_record", id=told.record.id, what=view.speech.t("report.clocks.table"))
    heads = [view.speech.t(f"report.{names[place]}") for place in used]
    return Rows(caption, heads, [[row[place] for place in used] for row in rows])


def _row(number: int, run: Run, view: View) -> tuple[str, ...]:
    clock, speech = run.clock, view.speech
    pauses = [speech.t("report.pause", since=speech.when(a), until=speech.when(b)) for a, b in clock.pauses]
    if clock.paused_at is not None:
        pauses.append(speech.t("report.pause.open", since=speech.when(clock.paused_at)))
    due = speech.until(clock.due)
    return (
        str(number),
        _name(run, view),
        speech.when(clock.since),
        speech.t("provisional", until=due) if clock.provisional and due else due,
        speech.listed(speech.until(each) for each in clock.earlier),
        speech.listed(pauses),
        speech.listed(speech.t("report.warn", n=share, at=speech.when(at)) for share, at in run.warned),
        speech.when(clock.ended_at),
        _state(run, view),
    )


def _state(run: Run, view: View) -> str:
    status, late = run.clock.status, broke(run.clock, view.setting.at)
    if late is not None and status is ClockStatus.RUNNING:
        status = ClockStatus.OVERDUE
    told = view.speech.status(status, ClockState)
    if run.gave_way:
        told = view.speech.t("report.gave_way", state=told)
    return told if late is None else view.speech.t("report.late_by", state=told, by=view.span(late))


# --- broken deadlines ------------------------------------------------------------------------------------------------


def broken_parts(told: Told, view: View) -> list[Part]:
    """Every deadline that broke, each with the lines that tell why it was due when it was."""
    parts = [_broken(told, run, late, view) for run in told.runs if (late := broke(run.clock, view.setting.at))]
    return [*parts] or [Note(view.speech.t("report.broken.none"))]


def _broken(told: Told, run: Run, late: timedelta, view: View) -> Rows | Note:
    speech, clock = view.speech, run.clock
    key = "open" if clock.ended_at is None else "next" if run.gave_way else "met"
    key = "gone" if clock.status is ClockStatus.CANCELLED else key
    how = speech.t(f"report.broken.{key}", by=view.span(late))
    what = speech.t("report.broken.of", name=_name(run, view), due=speech.until(clock.due), how=how)
    lines = run.why.lines if run.why is not None else ()
    rows = [
        (str(number), str(each.day or ""), safe(speech.pick(each.en, each.zh))) for number, each in enumerate(lines, 1)
    ]
    if not rows:
        return Note(what)
    heads = [speech.t(f"report.{each}") for each in ("no", "day", "line")]
    return Rows(speech.t("report.of_record", id=told.record.id, what=what), heads, rows)


def broken_clocks(told: Told, view: View) -> list[str]:
    """Every deadline that broke, each with by how much, whether it is still open or not."""
    broken = ((run, broke(run.clock, view.setting.at)) for run in told.runs)
    t = view.speech.t
    return [
        t("report.broken.brief", name=_name(run, view), by=view.span(late)) for run, late in broken if late is not None
    ]


def late_clocks(told: Told, view: View) -> list[str]:
    """What is overdue now."""
    late = (run for run in told.runs if run.clock.ended_at is None and broke(run.clock, view.setting.at))
    return [_name(run, view) for run in late]
