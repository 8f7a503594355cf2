"""Who moved a clock, by which command and on what ground: read from a record's events, told in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from govflow.calendars import Line
from govflow.clocks.clock import Clock
from govflow.messages import ClockMove, ClockStatus, RecordedEvent


class Act(NamedTuple):
    """What one event did to the clock, and where the clock stood before."""

    recorded: RecordedEvent
    move: ClockMove
    before: ClockStatus | None


class Told(NamedTuple):
    """All that one explanation looks at."""

    clock: Clock
    zone: tzinfo
    acts: Sequence[Act]
    history: Sequence[RecordedEvent]
    labels: Mapping[str, str]


def acts_of(name: str, history: Sequence[RecordedEvent]) -> tuple[Act, ...]:
    """What moved the clock in its present run, what started it first."""
    acts: list[Act] = []
    for recorded in history:
        for move in recorded.body.clocks:
            if move.clock == name:
                if move.new_run:
                    acts.clear()
                acts.append(Act(recorded, move, acts[-1].move.to if acts else None))
    return tuple(acts)


def pauses_of(case: Told) -> list[tuple[str, str]]:
    """By whom and why each pause that is over began and ended, in English and Chinese, in order."""
    told: list[tuple[str, str]] = []
    begun: Act | None = None
    for act in case.acts:
        if began_a_pause(act):
            begun = act
        elif begun is not None and act.move.to is not ClockStatus.PAUSED:
            (en, zh), (end_en, end_zh) = by(case, begun, timed=False), by(case, act, timed=False)
            told.append((f"paused {en}; gone on {end_en}", f"中止：{zh}；恢复：{end_zh}"))
            begun = None
    return told if len(told) == len(case.clock.pauses) else [("", "")] * len(case.clock.pauses)


def began_a_pause(act: Act) -> bool:
    """Whether the clock stands still from this event on."""
    return act.move.to is ClockStatus.PAUSED and act.before is ClockStatus.RUNNING


def extensions_of(case: Told) -> tuple[str, str]:
    """By whom, how long and on what ground each extension was given, in English and Chinese."""
    given = [act for act in case.acts if _is_extension(act)]
    told = [by(case, act, length=getattr(act.recorded.body, "length", 0)) for act in given]
    return "; ".join(en for en, _ in told), "；".join(zh for _, zh in told)


def _is_extension(act: Act) -> bool:
    move = act.move
    return act.before is move.to and move.due is not None and not move.recomputed and not move.new_run


def by(case: Told, act: Act | None, *, timed: bool = True, length: int = 0) -> tuple[str, str]:
    """By which command, by whom, when, approved by whom and on what ground, in English and Chinese.

    Without `timed` the time is left out; `length` is that of an extension. Nothing is said of nothing.
    """
    if act is None:
        return "", ""
    body, meta = act.recorded.body, act.recorded.meta
    who = meta.actor + (f"@{meta.unit}" if meta.unit else "")
    if other := meta.on_behalf_of or meta.standing_in_for:
        who += f" ({other})"
    at = time_of(body.at, case.zone)
    label = case.labels.get(meta.wire) or meta.wire
    en, zh = [f"by {meta.wire}, {who}"], [f"{at} {who} {label}" if timed else f"{who} {label}"]
    if timed:
        en.append(at)
    if length:
        en, zh = [*en, f"{length} more"], [*zh, f"增加 {length}"]
    if approved := _approver(case.history, meta.command):
        en, zh = [*en, f"approved by {approved}"], [*zh, f"{approved} 批准"]
    ground = _ground(act.recorded)
    reason_en, reason_zh = (f": {ground}", f"：{ground}") if ground else ("", "")
    return ", ".join(en) + reason_en, "，".join(zh) + reason_zh


def _ground(recorded: RecordedEvent) -> str:
    """The ground that an event gives in its own words, whichever it has."""
    given = (getattr(recorded.body, name, "") for name in ("cause", "ground", "reason", "reason_code"))
    return next((text for text in given if isinstance(text, str) and text.strip()), "")


def _approver(history: Sequence[RecordedEvent], command: str) -> str:
    """Who approved the command: its approval was used up together with it."""
    used = next((each for each in history if each.name == "approval.used" and each.meta.command == command), None)
    if used is None:
        return ""
    key = getattr(used.body, "item", "")
    given = (each for each in history if each.name == "approval.given" and getattr(each.body, "item", "") == key)
    return next((each.meta.actor for each in given), "")


def last_act(acts: Sequence[Act], fits: Callable[[Act], bool]) -> Act | None:
    """The last act that fits."""
    return next((act for act in reversed(acts) if fits(act)), None)


# --- words -----------------------------------------------------------------------------------------------------------


def with_more(line: Line, en: str, zh: str) -> Line:
    """The line with something more said behind it."""
    return line.changed(en=f"{line.en}; {en}" if en else line.en, zh=f"{line.zh}；{zh}" if zh else line.zh)


def time_of(moment: datetime, zone: tzinfo) -> str:
    """A moment in local time, to the minute."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def day_of(moment: datetime, zone: tzinfo) -> date:
    """The local day of a moment."""
    return moment.astimezone(zone).date()


def end_of(moment: datetime, zone: tzinfo) -> str:
    """An end as the law says it: what ends at midnight ends at 24:00 of the day before (民法典 §203)."""
    local = moment.astimezone(zone)
    return time_of(moment, zone) if local.time() != time() else f"{local.date() - timedelta(days=1)} 24:00"


def gap(length: timedelta, units: int = 2) -> tuple[str, str]:
    """A span of time in its largest units, in English and Chinese."""
    minutes = int(length / timedelta(minutes=1))
    parts = [(minutes // 1440, "day", "天"), (minutes // 60 % 24, "hour", "小时"), (minutes % 60, "minute", "分钟")]
    while len(parts) > 1 and not parts[0][0]:
        parts.pop(0)
    said = [part for part in parts[:units] if part[0]]
    if not said:
        return "less than a minute", "不足 1 分钟"
    en = " ".join(f"{number} {name}{'' if number == 1 else 's'}" for number, name, _ in said)
    return en, " ".join(f"{number} {name}" for number, _, name in said)
