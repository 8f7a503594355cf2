"""Why a clock of a record is due when it is (期限依据): its rule, its count day by day, who moved it, how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from govflow.calendars import Due, Line, WorkCalendar, explained
from govflow.calendars.notation import needs_calendar, term_from
from govflow.clocks.acts import (
    Told,
    acts_of,
    began_a_pause,
    by,
    day_of,
    end_of,
    extensions_of,
    gap,
    last_act,
    pauses_of,
    time_of,
    with_more,
)
from govflow.clocks.clock import ENDED, Clock
from govflow.clocks.kinds import CLOCKS, ClockKind, kind_of
from govflow.clocks.moves import CARRIED, NAMED
from govflow.messages import ClockStatus, Instant, RecordedEvent, Value
from govflow.policy.model import NO_CALENDAR, RetentionClass
from govflow.policy.time_limits import TimeLimit

_NAMED_BEFORE = "named in the command"  # as logs say it that were written before time limits had terms
_AN_INSTANT = timedelta(microseconds=1)


class Why(Value):
    """Why one clock is due when it is: `lines` tell it in order, in English and Chinese.

    `zh` is the Chinese term of the clock. `agrees` says whether counting again gives the recorded due instant, which
    stands in any case; None where there is nothing to count from (the date was named, carried over, or recorded
    before time limits had terms).
    """

    clock: str
    zh: str
    status: ClockStatus
    due: Instant | None
    provisional: bool
    agrees: bool | None
    lines: tuple[Line, ...]


def why_due(
    clock: Clock,
    *,
    zone: tzinfo,
    calendar: WorkCalendar | None,
    limit: TimeLimit | RetentionClass | None = None,
    history: Sequence[RecordedEvent] = (),
    labels: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> Why:
    """Why `clock` is due when it is, from its own facts.

    `calendar` is the version it was counted by (None: not known here), `limit` the rule it names, `history` the
    record's events (they tell who did what and why), `labels` the Chinese names of commands by wire name; with `now`
    it says what is left or by how much it is over.
    """
    case = Told(clock, zone, acts_of(clock.name, history), history, labels or {})
    counted = _counted(clock, zone, calendar)
    by_count = counted is not None and clock.derived is None
    if counted is not None and by_count:
        due, lines = counted
        told = [
            *_rule(clock, limit, lines),
            *_started(case),
            *_course(case, lines, told=limit is not None and limit.term is not None),
        ]
        agrees = due.at == clock.due
        told += [] if agrees else [_disagreement(clock, due, zone)]
    else:
        agrees = None
        told = [*_rule(clock, limit, ()), *_started(case), *_given(case, calendar)]
    if clock.provisional and not any(line.code == "provisional" for line in told):
        en = "provisional: counted without a work calendar that covers all its days; it may move"
        told.append(Line(code="provisional", en=en, zh="暂定：计算时没有完整覆盖的工作日历，可能变动"))
    told += [*_earlier(case), *_standing(case, now)]
    zh = CLOCKS.get(clock.name.partition(":")[0], (None, ""))[1]
    return Why(
        clock=clock.name,
        zh=zh,
        status=clock.status,
        due=clock.due,
        provisional=clock.provisional,
        agrees=agrees,
        lines=tuple(told),
    )


# --- counting again --------------------------------------------------------------------------------------------------


def _counted(clock: Clock, zone: tzinfo, calendar: WorkCalendar | None) -> tuple[Due, tuple[Line, ...]] | None:
    """The due instant that the clock's own facts give, and its lines; None where they give none."""
    if clock.term is None or clock.due is None:
        return None
    term = term_from(clock.term)
    if calendar is None and needs_calendar(term):
        return None
    calendar = calendar or NO_CALENDAR
    found = explained(term, clock.since, calendar, zone, pauses=clock.pauses, added=clock.added)
    if found[0].at != clock.due and clock.pauses and clock.pauses[-1][1] == clock.ended_at:
        # it ended while it stood still: nothing was resumed, and the last pause moved no date
        before = explained(term, clock.since, calendar, zone, pauses=clock.pauses[:-1], added=clock.added)
        return before if before[0].at == clock.due else found
    return found


def _rule(clock: Clock, limit: TimeLimit | RetentionClass | None, lines: Sequence[Line]) -> Iterator[Line]:
    """The rule with its length and its source, and the share of it that this run has."""
    if clock.rule is None:
        return
    if limit is None or limit.term is None:
        yield Line(code="rule", en=f"rule {clock.rule}", zh=f"规则 {clock.rule}")
        return
    own = isinstance(limit, TimeLimit) and limit.own
    if own and limit.basis == "config":  # govflow's; what a town sets for itself says so in its own words
        en, zh = "our own default", "本系统默认值"
    else:
        en = zh = limit.basis
    length = next((line for line in lines if line.code == "length"), None)
    if length is None:
        yield Line(code="rule", en=f"rule {limit.id} ({en})", zh=f"规则 {limit.id}（{zh}）")
    elif clock.share is None:
        yield Line(code="rule", en=f"{limit.id}: {length.en} ({en})", zh=f"{limit.id}：{length.zh}（{zh}）")
    else:
        yield Line(
            code="rule",
            en=f"{limit.id}: {clock.share} % of its {limit.term.length}, rounded up: {length.en} ({en})",
            zh=f"{limit.id}：{limit.term.length} 的 {clock.share}%，进位为 {length.zh}（{zh}）",
        )


def _course(case: Told, lines: Sequence[Line], *, told: bool) -> Iterator[Line]:
    """The lines of the count, with who paused and extended it and why; the rule has told the length already."""
    pauses = iter(pauses_of(case))
    key = case.clock.calendar
    for line in lines:
        if line.code == "length":
            if not told:
                yield line
            if key is not None:
                yield Line(code="calendar", en=f"by the work calendar {key}", zh=f"按工作日历 {key}")
        elif line.code == "pause":
            yield with_more(line, *next(pauses, ("", "")))
        elif line.code in ("extension", "reduction"):
            yield with_more(line, *extensions_of(case))
        else:
            yield line


def _disagreement(clock: Clock, due: Due, zone: tzinfo) -> Line:
    recorded, again = end_of(clock.due or due.at, zone), end_of(due.at, zone)
    return Line(
        code="disagrees",
        en=f"counted again it would end {again}; the recorded {recorded} stands",
        zh=f"重新计算应为 {again}，以记录的 {recorded} 为准",
    )


# --- dates that were given -------------------------------------------------------------------------------------------


def _given(case: Told, calendar: WorkCalendar | None) -> Iterator[Line]:
    """Where the date comes from if it does not come from counting, and what moved it."""
    clock, zone = case.clock, case.zone
    began = time_of(clock.since, zone)
    yield Line(code="start", day=day_of(clock.since, zone), en=f"starts {began}", zh=f"{began} 起算")
    if clock.derived in (NAMED, _NAMED_BEFORE):
        naming = last_act(case.acts, lambda act: act.move.derived in (NAMED, _NAMED_BEFORE))
        en, zh = by(case, naming) if naming not in case.acts[:1] else ("", "")  # its start has told it
        yield with_more(Line(code="named", en="the date was named in the order", zh="日期由指令载明"), en, zh)
    elif clock.derived == CARRIED:
        en = "carried over: the date of the run before, which was cut off by mistake, goes on"
        yield Line(code="carried", en=en, zh="沿用：此前误停的时限继续计算")
    elif clock.derived is not None:
        yield Line(code="derived", en=f"as recorded: {clock.derived}", zh=f"原记录：{clock.derived}")
    elif clock.term is not None and calendar is None:
        en = f"counted as {clock.term} by the work calendar {clock.calendar}, whose days are not known here"
        yield Line(code="calendar", en=en, zh=f"按工作日历 {clock.calendar} 计 {clock.term}，此处没有该日历")
    for number, ((since, until), (by_en, by_zh)) in enumerate(zip(clock.pauses, pauses_of(case), strict=True), 1):
        begins, ends = time_of(since, zone), time_of(until, zone)
        yield with_more(
            Line(
                code="pause",
                day=day_of(since, zone),
                en=f"pause {number}, {begins} to {ends}",
                zh=f"第 {number} 次中止，{begins} 至 {ends}",
            ),
            by_en,
            by_zh,
        )
    if clock.extensions:
        en, zh = extensions_of(case)
        yield with_more(Line(code="extension", en="extended", zh="延长"), en, zh)
    if clock.due is not None:
        end = end_of(clock.due, zone)
        yield Line(code="end", day=day_of(clock.due - _AN_INSTANT, zone), en=f"ends {end}", zh=f"{end} 届满")


def _started(case: Told) -> Iterator[Line]:
    run = case.clock.run
    if not case.acts:
        return
    en, zh = by(case, case.acts[0])
    again_en, again_zh = (f"run {run}, ", f"第 {run} 次计时，") if run > 1 else ("", "")
    day = day_of(case.acts[0].recorded.body.at, case.zone)
    yield Line(code="started", day=day, en=f"{again_en}started {en}", zh=f"{again_zh}起因：{zh}")


# --- what it was before, and where it stands -------------------------------------------------------------------------


def _earlier(case: Told) -> Iterator[Line]:
    """Every due date before the present one, and what replaced it."""
    earlier = case.clock.earlier
    acts = [act for act in case.acts[1:] if act.move.due is not None][-len(earlier) :] if earlier else []
    for place, due in enumerate(earlier):
        line = Line(
            code="earlier",
            day=day_of(due - _AN_INSTANT, case.zone),
            en=f"was due {end_of(due, case.zone)} before",
            zh=f"原期限 {end_of(due, case.zone)}",
        )
        if len(acts) == len(earlier):
            body, meta = acts[place].recorded.body, acts[place].recorded.meta
            until, label = time_of(body.at, case.zone), case.labels.get(meta.wire) or meta.wire
            anew = ("counted anew by", "重新计算：") if acts[place].move.recomputed else ("replaced by", "变更：")
            line = with_more(line, f"{anew[0]} {meta.wire}, {until}", f"{anew[1]}{until} {label}")
        yield line


def _standing(case: Told, now: datetime | None) -> Iterator[Line]:
    """Where the clock stands: ended in time or late, running with so much left, standing still, fallen away."""
    clock, zone = case.clock, case.zone
    if clock.due is None and clock.status not in ENDED:
        yield Line(code="no_due", en="has no due date", zh="没有到期日")
        return
    match clock.status:
        case ClockStatus.RUNNING:
            yield from _running(clock, now)
        case ClockStatus.PAUSED if clock.paused_at is not None:
            begun = last_act(case.acts, began_a_pause)
            since = time_of(clock.paused_at, zone)
            line = Line(
                code="paused",
                day=day_of(clock.paused_at, zone),
                en=f"stands still since {since}; the date moves on when it goes on",
                zh=f"自 {since} 起中止，恢复时期限顺延",
            )
            yield with_more(line, *by(case, begun, timed=False))
        case ClockStatus.OVERDUE if clock.due is not None:
            en, zh = f"overdue since {end_of(clock.due, zone)}", f"自 {end_of(clock.due, zone)} 起超期"
            if now is not None and now > clock.due:
                over_en, over_zh = gap(now - clock.due)
                en, zh = f"{en}, by {over_en} now", f"{zh}，现已超 {over_zh}"
            yield Line(code="overdue", en=en, zh=zh)
        case _ if clock.ended_at is not None:
            yield _ended(case, clock.ended_at)


def _running(clock: Clock, now: datetime | None) -> Iterator[Line]:
    if now is None or clock.due is None:
        return
    en, zh = gap(abs(clock.due - now))
    if now <= clock.due:
        yield Line(code="left", en=f"{en} left", zh=f"还剩 {zh}")
    elif kind_of(clock.name) is ClockKind.DEADLINE:
        yield Line(code="overdue", en=f"overdue by {en}, not yet recorded", zh=f"已超期 {zh}，尚未记录")
    else:
        yield Line(code="over", en=f"over for {en}, not yet recorded", zh=f"已届满 {zh}，尚未记录")


def _ended(case: Told, at: datetime) -> Line:
    clock = case.clock
    when, day = time_of(at, case.zone), day_of(at, case.zone)
    gap_en, gap_zh = gap(abs(clock.due - at)) if clock.due is not None else ("", "")
    match clock.status:
        case ClockStatus.MET:
            early = (f", {gap_en} early", f"，提前 {gap_zh}") if gap_en else ("", "")
            line = Line(code="met", day=day, en=f"met {when}{early[0]}", zh=f"{when} 按期完成{early[1]}")
        case ClockStatus.MET_LATE:
            line = Line(code="met_late", day=day, en=f"met {when}, {gap_en} late", zh=f"{when} 完成，逾期 {gap_zh}")
        case ClockStatus.ELAPSED:
            line = Line(code="elapsed", day=day, en=f"over, recorded {when}", zh=f"已届满，{when} 记录")
        case _:
            line = Line(code="cancelled", day=day, en=f"fell away {when}", zh=f"{when} 终止，不再计算")
    ending = last_act(case.acts, lambda act: act.move.to in ENDED)
    return with_more(line, *by(case, ending, timed=False))
