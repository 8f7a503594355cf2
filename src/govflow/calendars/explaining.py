"""Why a time limit ends when it ends, line by line, in English and Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo

from govflow.calendars.calendar import WorkCalendar, holiday_on, hours_of, weekend_of
from govflow.calendars.course import Course, corresponding_day, date_of, still_days
from govflow.calendars.term import Line, Pause, Term, Unit

_HOURS = (Unit.HOUR, Unit.OFFICE_HOUR)
_MONTHS = (Unit.MONTH, Unit.YEAR)
_EN = {
    Unit.HOUR: "hour",
    Unit.OFFICE_HOUR: "office hour",
    Unit.DAY: "day",
    Unit.WORKDAY: "working day",
    Unit.MONTH: "month",
    Unit.YEAR: "year",
}
_ZH = {
    Unit.HOUR: "小时",
    Unit.OFFICE_HOUR: "个办公小时",
    Unit.DAY: "日",
    Unit.WORKDAY: "个工作日",
    Unit.MONTH: "个月",
    Unit.YEAR: "年",
}
_WEEKDAYS = (
    ("Monday", "星期一"), ("Tuesday", "星期二"), ("Wednesday", "星期三"), ("Thursday", "星期四"),
    ("Friday", "星期五"), ("Saturday", "星期六"), ("Sunday", "星期日"),
)  # fmt: skip


def lines_of(
    course: Course,
    term: Term,
    start: datetime,
    calendar: WorkCalendar,
    zone: tzinfo,
    pauses: Sequence[Pause],
    added: int,
) -> tuple[Line, ...]:
    """The lines of a course: its start and length, what was passed over day by day, and its end."""
    passed = [*_pauses(course, term, zone, pauses)]
    if term.unit in (Unit.WORKDAY, Unit.OFFICE_HOUR) and term.length + added:
        passed += _days(course, calendar, zone, pauses)
    passed.sort(key=lambda line: line.day or date.min)
    return (
        *_start(course, term, start, calendar, zone),
        *_length(course, term, added, zone),
        *passed,
        *_last(course, term, calendar, added),
        *_end(course, term, zone),
        *_provisional(course, calendar),
    )


def _start(course: Course, term: Term, start: datetime, calendar: WorkCalendar, zone: tzinfo) -> Iterator[Line]:
    begun = course.begun.astimezone(zone)
    at, day = _time(begun), begun.date()
    if course.begun != start:
        came = start.astimezone(zone)
        yield Line(
            code="opening",
            day=came.date(),
            en=f"came in {_time(came)}, outside office hours: counts as come in at the next opening, {at}",
            zh=f"{_time(came)} 收到，不在办公时间，视为下一办公时间 {at} 收到",
        )
    if term.unit is Unit.HOUR:
        en, zh = f"runs from {at} on, nights and weekends too", f"自 {at} 起连续计算，夜间和休息日不停"
    elif term.unit is Unit.OFFICE_HOUR:
        windows = [str(window) for window in hours_of(calendar)]
        en, zh = (
            f"runs from {at} in office hours, {', '.join(windows)}",
            f"自 {at} 起只计办公时间：{'、'.join(windows)}",
        )
    elif term.counts_start_day:
        en, zh = f"starts {at}; the starting day counts (民法典 §204)", f"{at} 起算，开始当日计入（民法典第二百零四条）"
    else:
        en = f"starts {at}; the starting day does not count (民法典 §201)"
        zh = f"{at} 起算，开始当日不计入（民法典第二百零一条）"
    yield Line(code="start", day=day, en=en, zh=zh)


def _length(course: Course, term: Term, added: int, zone: tzinfo) -> Iterator[Line]:
    yield Line(code="length", en=_counted(term.length, term.unit), zh=f"{term.length} {_ZH[term.unit]}")
    if added:
        code, en, zh = ("extension", "extended", "延长") if added > 0 else ("reduction", "shortened", "缩短")
        more = abs(added)
        yield Line(code=code, en=f"{en} by {_counted(more, term.unit)}", zh=f"{zh} {more} {_ZH[term.unit]}")
    if term.unit in _MONTHS and term.length + added:
        day = corresponding_day(term, term.length + added, course.begun.astimezone(zone).date())
        yield Line(
            code="corresponding_day",
            day=day,
            en=f"reaches {day}: the corresponding day of the last month, or its last day (民法典 §202)",
            zh=f"届满于到期月的对应日 {day}；没有对应日的，为月末日（民法典第二百零二条）",
        )


def _pauses(course: Course, term: Term, zone: tzinfo, pauses: Sequence[Pause]) -> Iterator[Line]:
    """Each pause in order of its beginning, with what it alone held up: where two overlap, the first has it."""
    held_to_day, held_to = course.first, course.begun
    for number, (since, until) in enumerate(sorted(pauses), 1):
        begins, ends = since.astimezone(zone), until.astimezone(zone)
        en = zh = ""
        if term.unit in _HOURS:
            still = until - max(since, held_to)
            if still > timedelta() and since < course.at:
                en, zh = f"the clock stood still for {_span(still)}", f"期限中止 {_span(still)}"
                held_to = until
        else:
            first, end = max(begins.toordinal(), held_to_day), ends.toordinal()
            if first < end and first <= course.rolled:
                days, held_to_day = end - first, end
                span_en, span_zh = _span_of(date_of(first), date_of(end - 1))
                en, zh = f"the clock stood still {span_en} ({_counted(days, Unit.DAY)})", f"{span_zh} 中止 {days} 日"
        yield Line(
            code="pause",
            day=begins.date(),
            en=f"pause {number}, {_time(begins)} to {_time(ends)}: {en or 'moves nothing'}",
            zh=f"第 {number} 次中止，{_time(begins)} 至 {_time(ends)}：{zh or '不影响期限'}",
        )


def _days(course: Course, calendar: WorkCalendar, zone: tzinfo, pauses: Sequence[Pause]) -> Iterator[Line]:
    """Holidays and weekends passed over, as spans, and make-up workdays that counted; pauses have their own lines.

    The last day counted, so that no span is open behind it.
    """
    still = {day for since, until in still_days(pauses, zone, course.first) for day in range(since, until)}
    weekend = weekend_of(calendar)
    span: Line | None = None
    for number in range(course.first, course.last + 1):
        day = date_of(number)
        line = None
        if number not in still:
            if not calendar.is_workday(day):
                line = _passed_over(calendar, day)
            elif day.isoweekday() in weekend:
                en, zh = _WEEKDAYS[day.weekday()]
                yield Line(
                    code="makeup_workday",
                    day=day,
                    en=f"{en} {day} is a make-up workday: counts",
                    zh=f"{day}（{zh}）为调休上班日，计入",
                )
        if span and span.day and (line is None or (line.code, line.en, line.zh) != (span.code, span.en, span.zh)):
            yield _closed(span, date_of(number - 1))
            span = None
        span = span or line


def _passed_over(calendar: WorkCalendar, day: date) -> Line:
    if calendar.is_holiday(day):
        en, zh = _names(calendar, day)
        return Line(code="holiday", day=day, en=en or "statutory holiday", zh=zh or "法定休假日")
    return Line(code="weekend", day=day, en="weekend", zh="休息日")


def _names(calendar: WorkCalendar, day: date) -> tuple[str, str]:
    """The names of the holiday on `day`, the one standing in for the other; empty where it has none."""
    named = holiday_on(calendar, day)
    return (named.en or named.zh, named.zh or named.en) if named else ("", "")


def _closed(span: Line, last: date) -> Line:
    first = span.day or last
    en, zh = _span_of(first, last)
    return span.changed(en=f"{span.en}, {en}: does not count", zh=f"{span.zh}，{zh}：不计入")


def _last(course: Course, term: Term, calendar: WorkCalendar, added: int) -> Iterator[Line]:
    day, total = date_of(course.last), term.length + added
    if term.unit in (Unit.DAY, Unit.WORKDAY) and total:
        yield Line(
            code="last_day",
            day=day,
            en=f"{_EN[term.unit]} {total} of {total} is {day}",
            zh=f"第 {total} {_ZH[term.unit]}为 {day}",
        )
    if course.rolled > course.last:
        en, zh = _names(calendar, day)
        unnamed = ("a statutory holiday", "法定休假日") if calendar.is_holiday(day) else ("no working day", "非工作日")
        to = date_of(course.rolled)
        yield Line(
            code="roll",
            day=to,
            en=f"the last day, {day}, is {en or unnamed[0]}: moves on to {to} (民法典 §203)",
            zh=f"最后一日 {day} 为{zh or unnamed[1]}，顺延至 {to}（民法典第二百零三条）",
        )


def _end(course: Course, term: Term, zone: tzinfo) -> Iterator[Line]:
    local, day = course.at.astimezone(zone), date_of(course.rolled)
    if term.unit in _HOURS:
        en, zh = f"ends {_time(local)}", f"{_time(local)} 届满"
    elif not term.ends_at_close:
        en, zh = f"ends {day} 24:00", f"{day} 24:00 届满"
    elif course.at > course.begun:
        en, zh = (
            f"ends {_time(local)}, when offices close (民法典 §203)",
            f"{_time(local)} 停止办公时届满（民法典第二百零三条）",
        )
    else:
        en, zh = f"ends {_time(local)}, as it starts: offices have closed", f"{_time(local)} 起算即届满：已停止办公"
    yield Line(code="end", day=day, en=en, zh=zh)


def _provisional(course: Course, calendar: WorkCalendar) -> Iterator[Line]:
    if course.outside is not None:
        key = f"{calendar.id}@{calendar.version}"
        yield Line(
            code="provisional",
            day=course.outside,
            en=f"{course.outside} lies outside what the calendar {key} covers: the date is provisional",
            zh=f"{course.outside} 不在工作日历 {key} 的覆盖范围内，期限为暂定",
        )


def _counted(length: int, unit: Unit) -> str:
    return f"{length} {_EN[unit]}{'' if length == 1 else 's'}"


def _span_of(first: date, last: date) -> tuple[str, str]:
    return (f"{first}", f"{first}") if first == last else (f"{first} to {last}", f"{first} 至 {last}")


def _time(moment: datetime) -> str:
    text = moment.replace(tzinfo=None).isoformat(sep=" ")
    return text.removesuffix(":00") if not moment.microsecond else text


def _span(length: timedelta) -> str:
    minutes, seconds = divmod(length / timedelta(seconds=1), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}" + (f":{seconds:09.6f}".rstrip("0").rstrip(".") if seconds else "")
