"""How the things of the domain are named and written for readers: states, roles, units, moments, due instants."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta, tzinfo

from govflow.cli import texts
from govflow.cli.texts import t
from govflow.clocks import Clock
from govflow.clocks.acts import gap
from govflow.clocks.kinds import CLOCKS, ClockKind, kind_of
from govflow.decider import Decider
from govflow.engine import Engine
from govflow.hands import Hands, hands_of, turn_in, unit_of
from govflow.messages import ClockStatus
from govflow.records import Loop, Record
from govflow.workflow import NEW, Workflow


def state(workflow: Workflow, status: str) -> str:
    """A state by its identifier, or in Chinese by its term."""
    found = next((each for each in workflow.statuses if each.value == status), None)
    return (found.zh if found is not None and texts.is_zh() else "") or status


def item_state(decider: Decider, region: str, status: str) -> str:
    """A state of an item of a region."""
    return state(decider.regions[region].workflow, status) if region in decider.regions else status


def region(decider: Decider, name: str) -> str:
    """A region by its identifier or Chinese name."""
    found = decider.regions.get(name)
    return found.workflow.zh if found is not None and found.workflow.zh and texts.is_zh() else name


def loop_line(engine: Engine, loop: Loop) -> str:
    """An open loop in one line."""
    decider = engine.deciders[engine.get(loop.record).kind_of_record]
    name, status = region(decider, loop.region), item_state(decider, loop.region, loop.status)
    return t("loop_line", loop=f"{name} {loop.item}", status=status, owes=term("role", loop.owes or "") or t("nobody"))


def clock_beside(name: str) -> str:
    """A clock by both its names, that of the reader's language first; the item it belongs to stays."""
    base, colon, key = name.partition(":")
    if base not in CLOCKS:
        return name
    zh = CLOCKS[base][1]
    return f"{zh}{colon}{key} {base}" if texts.is_zh() else f"{name} {zh}"


def left_or_over(running: Clock, now: datetime) -> str:
    """How much of a clock is left or by how much it is over; once it has ended, how early or late that was."""
    at = running.ended_at or now
    if running.due is None or running.status in (ClockStatus.PAUSED, ClockStatus.ELAPSED, ClockStatus.CANCELLED):
        return ""
    by = gap(abs(running.due - at), units=1)[texts.is_zh()]
    early, late = ("clock.early", "clock.late") if running.ended_at else ("clock.left", "clock.over")
    return t(late if at > running.due else early, by=by)


def term(kind: str, id: str) -> str:
    """A role, level, kind … by its identifier or Chinese term."""
    return t(f"{kind}.{id}") if texts.is_zh() and texts.has(f"{kind}.{id}") else id


def identifier(kind: str, said: str, ids: Iterable[str]) -> str:
    """The one of these identifiers that was said, by itself or by its Chinese term; else what was said."""
    named = {word: id for id in ids for word in re.split("[()]", texts.TEXTS[f"{kind}.{id}"][1]) if word}
    return named.get(said, said)


def field(name: str) -> str:
    """A field of a record by its name, or in Chinese by its label where it has one."""
    return term("field", name)


def category(engine: Engine, id: str) -> str:
    """A category by its identifier, or in Chinese as the policy in force calls it."""
    found = engine.policy.category(id)
    return found.zh if texts.is_zh() and found is not None else id


def labels(deciders: Iterable[Decider]) -> dict[str, str]:
    """Wire name -> what the command is called in the reader's language."""
    return {
        command.wire: command.label or command.wire if texts.is_zh() else command.wire
        for decider in deciders
        for command in decider.commands
    }


# --- time ------------------------------------------------------------------------------------------------------------


def when(moment: datetime | None, engine: Engine) -> str:
    """A moment in the policy's zone, to the minute."""
    return "" if moment is None else f"{moment.astimezone(engine.policy.zone):%Y-%m-%d %H:%M}"


def instant(moment: datetime | None, zone: tzinfo = UTC) -> str:
    """A moment that evidence rests on, in a sentence: ISO 8601 to the second with its offset; a mark for none."""
    return "?" if moment is None else moment.astimezone(zone).isoformat(timespec="seconds")


def age(length: timedelta) -> str:
    """A length of calendar time in its two largest units, rounded down: 2 days 3 hours."""
    return gap(length)[texts.is_zh()]


def until(moment: datetime | None, engine: Engine, *, date: bool = False) -> str:
    """A due instant: what ends at midnight ends at 24:00 of the day before, as the law says it."""
    if moment is None:
        return ""
    local = moment.astimezone(engine.policy.zone)
    at_midnight = local.time() == time()
    day = local.date() - timedelta(days=1) if at_midnight else local.date()
    return f"{day}" if date else f"{day} {'24:00' if at_midnight else f'{local:%H:%M}'}"


def is_overdue(running: Clock, now: datetime) -> bool:
    """Whether a duty is late: marked so, or past its due instant."""
    if kind_of(running.name) is not ClockKind.DEADLINE:
        return False
    late = running.status is ClockStatus.RUNNING and running.due is not None and running.due < now
    return late or running.status is ClockStatus.OVERDUE


def next_due(record: Record, loops: Iterable[Loop]) -> datetime | None:
    """What is due first: the handling if its clock goes, else the first of all duties and open loops."""
    going = [
        each
        for each in record.clocks.values()
        if kind_of(each.name) is ClockKind.DEADLINE and (each.is_going or each.status is ClockStatus.OVERDUE)
    ]
    handling = [each.due for each in going if each.name == "handling" and each.due]
    return min(
        [*handling] or [*(each.due for each in going if each.due), *(e.until for e in loops if e.until)], default=None
    )


def record_is_overdue(record: Record, loops: Iterable[Loop], now: datetime) -> bool:
    """Whether any duty of the record is late."""
    return any(is_overdue(each, now) for each in record.clocks.values()) or any(
        loop.until is not None and loop.until < now for loop in loops
    )


# --- whose hands -----------------------------------------------------------------------------------------------------


def units_of(record: Record, loops: Iterable[Loop]) -> set[str]:
    """Every unit that has the record in its hands: the lead unit and whoever owes an open loop."""
    return {unit_of(record), *(loop.owes or "" for loop in loops)} - {""}


def holder(decider: Decider, record: Record) -> str:
    """Whose hands it is in, in one word: a unit, else the role whose turn it is, else nobody."""
    return hands(hands_of(record, turn_in(decider.workflow, record.status)))


def hands(held: Hands) -> str:
    """A unit as it is, a role in brackets, nothing for nobody."""
    return held.unit or (f"({term('role', held.role)})" if held.role else "")


def sources(flow: Workflow, statuses: Iterable[str]) -> str:
    """The sources of a row: a dash for nothing yet, a star for every state."""
    named = list(statuses)
    if len(named) == len(flow.statuses):
        return "*"
    return ", ".join("–" if each == NEW else state(flow, each) for each in named)
