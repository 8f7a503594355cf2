"""Clock moves 期限动作 of an event against its row: what a row does not do to clocks, no event may, and the reverse.

Whether a date is right is another question (`legality.dates`); here a clock may not be stopped, started or held by an
event whose row says nothing of it, nor left running by one whose row stops it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from govflow.audit.findings import Code, Finding
from govflow.audit.legality.tables import Row
from govflow.audit.metadata import finding, named
from govflow.clocks import Clock
from govflow.clocks.clock import ENDED
from govflow.clocks.kinds import DONE_WHEN_DUE
from govflow.messages import ClockMove, ClockStatus, Event
from govflow.persistence.codec import StoredEvent
from govflow.records import Record, RecordGuarded
from govflow.region import Region

_GOING = (ClockStatus.RUNNING, ClockStatus.PAUSED)
_OWED = (*_GOING, ClockStatus.OVERDUE)
_MET = ClockStatus.MET
_NO_CLOCKS: frozenset[str] = frozenset()
_USUAL = 1_000
_BY_THEMSELVES = frozenset({"clock", "policy_version"})  # regions whose events say themselves which clocks they move
_ZH = {
    "starts": "开始",
    "resets": "重新开始",
    "stops": "结束",
    "drops": "取消",
    "pauses": "中止",
    "resumes": "恢复",
    "extends": "延长",
    "remeasures": "重新计量",
    "revives": "恢复已结束的",
    "marks": "标记逾期",
}


class Effects(NamedTuple):
    """What one row does to clocks, by name; `*` among `drops` is every clock."""

    starts: Collection[str]
    resets: Collection[str]
    stops: Collection[str]
    drops: Collection[str]
    pauses: Collection[str]
    resumes: Collection[str]
    extends: Collection[str]
    remeasures: Collection[str]


class _Act(NamedTuple):
    """What one move is: the word of the table for it, the clock, and its status before."""

    kind: str
    clock: str
    before: ClockStatus | None


@lru_cache(maxsize=4096)
def effects_of(clocks: str) -> Effects:
    """The effects that a table kept as JSON. What falls away was once said to be stopped, and nothing else."""
    said = json.loads(clocks)
    effects = Effects(*(tuple(said.get(name, ())) for name in Effects._fields))
    if "drops" not in said:
        return effects._replace(drops=effects.stops)
    return effects._replace(stops=tuple(each for each in effects.stops if each not in effects.drops))


def wrong_moves(
    row: StoredEvent, fits: Sequence[Row], event: Event, state: Record, region: Region | None
) -> Sequence[Finding]:
    """What an event did to clocks that its row does not do, and what it left undone; nothing where one row fits.

    `state` is the record before, `region` the one that the event belongs to.
    """
    if not fits:  # what has no row for another reason is said elsewhere
        return (finding(row, Code.SEMANTIC, *_NO_ROW),) if type(event) is RecordGuarded else ()
    clocks = state.clocks
    nearest: Sequence[Finding] | None = None
    for each in fits:
        found = _found(row, each, event, clocks, region)
        if not found:
            nearest = ()
            break
        nearest = found if nearest is None else min(nearest, found, key=len)
    for move in event.clocks:
        if move.to is _MET and (clock := clocks.get(move.clock)) is not None and _is_over(clock, event.at):
            nearest = (*(nearest or ()), _untrue_end(row, clock))
    return nearest or ()


_NO_ROW = "no row lets this event move a clock", "此类事件不得变动期限"


def _found(
    row: StoredEvent, rest: Row, event: Event, clocks: Mapping[str, Clock], region: Region | None
) -> Sequence[Finding]:
    """What is wrong with the moves of an event by one row. What was seen to be right is not looked at again."""
    names, usual = _usual(rest.clocks, rest.region, _NO_CLOCKS if region is None else region.own_clocks)
    if usual is None:
        return tuple(_unlike(row, rest, event, clocks, region))
    # the same row does the same to clocks that stand alike; a status is one object, whose id is cheaper than its hash
    told = tuple([(move.clock, id(move.to), move.new_run, move.recomputed) for move in event.clocks])
    stood = tuple([0 if (clock := clocks.get(name)) is None else id(clock.status) for name in names])
    if (told, stood) in usual:
        return ()
    found = tuple(_unlike(row, rest, event, clocks, region))
    if not found and len(usual) < _USUAL:
        usual.add((told, stood))
    return found


@lru_cache(maxsize=4096)
def _usual(clocks: str, region: str | None, own: frozenset[str]) -> tuple[tuple[str, ...], set[Any] | None]:
    """The clocks that effects name, and what was seen to be done to them and is right; None where others count too."""
    names = tuple(dict.fromkeys(name for names in effects_of(clocks) for name in names))
    return names, None if region in _BY_THEMSELVES or "*" in names or not own.isdisjoint(names) else set()


def _acts(moves: Sequence[ClockMove], clocks: Mapping[str, Clock]) -> Iterator[_Act]:
    now: dict[str, ClockStatus] = {}
    for move in moves:
        clock = clocks.get(move.clock)
        before = now.get(move.clock, None if clock is None else clock.status)
        now[move.clock] = move.to
        yield _Act(_kind(move, before), move.clock, before)


def _kind(move: ClockMove, before: ClockStatus | None) -> str:
    """The word of the table for a move."""
    to = move.to
    if before is None or move.new_run:
        return ("resets" if before in _OWED else "starts") if to is ClockStatus.RUNNING else "marks"
    if before not in _OWED:
        return "revives"
    if to is ClockStatus.CANCELLED:
        return "drops"
    if to in ENDED:
        return "stops"
    if to is before:
        return "remeasures" if move.recomputed else "extends"
    if to is ClockStatus.OVERDUE:
        return "marks"
    return "pauses" if to is ClockStatus.PAUSED else "resumes"


def _unlike(
    row: StoredEvent,
    rest: Row,
    event: Event,
    clocks: Mapping[str, Clock],
    region: Region | None,
) -> Iterator[Finding]:
    acts = tuple(_acts(event.clocks, clocks))
    if rest.region in _BY_THEMSELVES:
        yield from _not_its_own(row, rest, acts, event)
        return
    effects = effects_of(rest.clocks)
    item = str(event.__dict__.get("item", "")) if region is not None else ""
    own = region.own_clocks if region is not None else _NO_CLOCKS

    def may(kind: str, key: str) -> bool:
        name = key.partition(":")[0]
        names = (*effects.starts, *effects.resets) if kind == "starts" else getattr(effects, kind, ())
        if kind == "drops" and "*" in names:
            return True
        return name in names and key == (f"{name}:{item}" if name in own else name)

    for act in acts:
        if not may(act.kind, act.clock):
            en = f"{rest.id} has nothing that {act.kind} the clock {named(act.clock)}, and its event did"
            zh = f"{rest.id} 并不{_ZH[act.kind]}期限 {named(act.clock)}，而其事件如此"
            yield finding(row, Code.SEMANTIC, en, zh, rest.id)
    moved = {act.clock for act in acts}
    for kind, asked in _DONE_WHEREVER:
        for name in getattr(effects, kind):
            key = f"{name}:{item}" if name in own else name
            for clock in clocks.values() if name == "*" else filter(None, [clocks.get(key)]):
                if clock.status in asked and clock.name not in moved:
                    en = f"{rest.id} {kind} the clock {named(clock.name)}, and its event did not"
                    zh = f"{rest.id} 应{_ZH[kind]}期限 {named(clock.name)}，而其事件未如此"
                    yield finding(row, Code.SEMANTIC, en, zh, rest.id)


_DONE_WHEREVER = (
    ("stops", _OWED),
    ("drops", _OWED),
    ("pauses", (ClockStatus.RUNNING,)),
    ("resumes", (ClockStatus.PAUSED,)),
)


def _not_its_own(row: StoredEvent, rest: Row, acts: Sequence[_Act], event: Event) -> Iterator[Finding]:
    """Moves of an event about one clock, or of a record that took on another policy, that are not for it to make."""
    item, to = event.__dict__.get("item", ""), {"overdue": "marks", "elapsed": "stops", None: "remeasures"}
    for act in acts:
        if rest.region == "clock":
            is_its = act.clock == item and act.kind == to.get(rest.target)
        else:
            is_its = act.kind == "remeasures"
        if not is_its:
            en = f"{rest.id} is not for what {event.name} did to the clock {named(act.clock)}"
            yield finding(row, Code.SEMANTIC, en, f"{rest.id} 不得变动期限 {named(act.clock)}", rest.id)


def _is_over(clock: Clock, at: datetime) -> bool:
    """Whether a duty that ends now is late."""
    if clock.status is not ClockStatus.RUNNING or clock.due is None or at <= clock.due:
        return clock.is_late
    return clock.name not in DONE_WHEN_DUE


def _untrue_end(row: StoredEvent, clock: Clock) -> Finding:
    """The finding that a duty is said to be done in time, and was not."""
    due = "?" if clock.due is None else clock.due.isoformat(timespec="seconds")
    name = named(clock.name)
    en = f"{name} was due {due} and is said to be met in time"
    return finding(row, Code.SEMANTIC, en, f"{name} 应于 {due} 到期，却记为按期完成", named(clock.rule))
