"""期限 clock: the clocks of a record as a region. Most rows ride on other rows' events; four have their own command.

Its items are the record's clocks, keyed by their names (`handling`, `joint_task:water`).
"""

from typing import Any

from govflow.actors import Role
from govflow.clocks.kinds import ClockKind, kind_of
from govflow.clocks.moves import with_calendar
from govflow.clocks.warning import used_up_at
from govflow.context import Context
from govflow.messages import ClockMove, ClockStatus, Count, Frozen, Instant, ItemCommand, ItemEvent, Words
from govflow.records import Item, Record
from govflow.region import Changes, Region
from govflow.rules import due_has_passed, not_done_before
from govflow.workflow import Rest, Status, Step, Workflow, rule


class ClockState(Status):
    RUNNING = "running", "运行"
    PAUSED = "paused", "暂停"
    MET = "met", "按期", Rest.FINAL
    OVERDUE = "overdue", "超期"
    MET_LATE = "met_late", "逾期完成", Rest.FINAL
    ELAPSED = "elapsed", "届满", Rest.FINAL
    CANCELLED = "cancelled", "终止", Rest.FINAL


S = ClockState


class WarnClock(ItemCommand, wire="clock.warn", label="预警"):
    """Announce that this share (percent) of the limit is used up."""

    share: Count = 80


class ClockWarned(ItemEvent, name="clock.warned"):
    """A warning point has passed."""

    share: Count = 80


class MarkOverdue(ItemCommand, wire="clock.mark_overdue", label="标记超期"):
    """Record once that the due instant has passed."""


class DeadlineMissed(ItemEvent, name="clock.deadline_missed"):
    """The due instant has passed and the duty is still owed."""


class ElapseWindow(ItemCommand, wire="clock.elapse", label="窗口届满"):
    """Record that a window or minimum period is over."""


class WindowElapsed(ItemEvent, name="clock.window_elapsed"):
    """A window or minimum period is over."""


class RecomputeClock(ItemCommand, wire="clock.recompute", label="重算期限"):
    """Give a provisional clock the due instant that a newer edition of its calendar says (`calendar`: id@version)."""

    calendar: Words = ""


class ClockRecomputed(ItemEvent, name="clock.recomputed"):
    """A provisional due instant was recomputed."""

    calendar: Words = ""
    until: Instant | None = None


@rule("已到预警点且未预警", "design", version=2, needs="share")
def warning_point_has_passed(record: Record, event: Any, context: Context) -> bool:
    """A warning point of the rule has passed and was not announced."""
    clock: Any = context.item
    if clock.due is None or not 0 < event.share < 100 or event.share in clock.warned:
        return False
    calendar = context.calendar(clock.calendar or "")
    return context.now >= used_up_at(clock, event.share, calendar, context.policy.zone)


@rule("该钟为期限", "design")
def clock_is_a_deadline(record: Record, event: Any, context: Context) -> bool:
    """The clock is of kind deadline."""
    return kind_of(event.item) is ClockKind.DEADLINE


@rule("该钟为窗口期或最短期", "design")
def clock_is_a_window(record: Record, event: Any, context: Context) -> bool:
    """The clock is a window or a minimum period."""
    return kind_of(event.item) in (ClockKind.WINDOW, ClockKind.MINIMUM)


@rule("工作日历已更新且原期限为暂定", "design", version=2, needs="calendar")
def calendar_version_has_changed(record: Record, event: Any, context: Context) -> bool:
    """A newer work calendar was adopted and the date was provisional."""
    clock: Any = context.item
    return (
        clock.provisional
        and event.until is not None
        and event.calendar in context.calendars
        and event.calendar != clock.calendar
    )


def _riding(
    id: str, effect: str, source: list[str | None], target: str | None, rules: list[str], **more: Any
) -> dict[str, Any]:
    row = {"id": id, "command": effect.rstrip("s"), "source": source, "event": None, "name": None, "target": target}
    who: dict[str, Any] = {"who": [["system"]], "approval": None, "rules": rules, "rule_versions": {}, "while_in": None}
    names = ("starts", "stops", "pauses", "resumes", "resets", "extends", "drops", "remeasures")
    effects: dict[str, list[str]] = {name: [] for name in names}
    return row | who | {"shares": f"clocks.{effect}", "clocks": effects, "share": None} | more


_GOING: list[str | None] = ["running", "paused"]
# fmt: off
_RIDING_ROWS = (
    _riding("CK01", "starts",  [None],                  "running",   ["clock_rule_is_pinned"], while_in=["any"]),
    _riding("CK02", "pauses",  ["running"],             "paused",    []),
    _riding("CK03", "resumes", ["paused"],              "running",   []),
    _riding("CK04", "stops",   _GOING,                  "met",       ["duty_was_done_in_time"]),
    _riding("CK05", "stops",   ["overdue"],             "met_late",  ["duty_was_done_late"]),
    _riding("CK06", "stops",   [*_GOING, "overdue"],    "cancelled", ["duty_fell_away"], while_in=["any"]),
    _riding("CK07", "resets",  [None, *_GOING, "overdue"], "running", ["clock_rule_is_pinned"]),
    _riding("CK08", "extends", _GOING,                  None,        ["due_has_not_passed"]),
)
CLOCK_WORKFLOW = Workflow("clock", S, zh="期限", on=("case", "proposal", "joint_project"), rides_on_clocks=_RIDING_ROWS, steps=(
    Step("CK09", WarnClock,      S.RUNNING,             ClockWarned,     None,      Role.SYSTEM, (warning_point_has_passed,), while_in="any"),
    Step("CK10", MarkOverdue,    S.RUNNING,             DeadlineMissed,  S.OVERDUE, Role.SYSTEM, (due_has_passed, clock_is_a_deadline, not_done_before()), while_in="any"),
    Step("CK11", ElapseWindow,   S.RUNNING,             WindowElapsed,   S.ELAPSED, Role.SYSTEM, (due_has_passed, clock_is_a_window), while_in="any"),
    Step("CK12", RecomputeClock, (S.RUNNING, S.PAUSED), ClockRecomputed, None,      Role.SYSTEM, (calendar_version_has_changed,), while_in="any"),
))
# fmt: on


def _overdue(record: Record, command: MarkOverdue, context: Context) -> DeadlineMissed:
    move = ClockMove(clock=command.item or "", to=ClockStatus.OVERDUE)
    return DeadlineMissed(at=context.at, by=command.by.id, item=command.item or "", clocks=(move,))


def _elapsed(record: Record, command: ElapseWindow, context: Context) -> WindowElapsed:
    move = ClockMove(clock=command.item or "", to=ClockStatus.ELAPSED)
    return WindowElapsed(at=context.at, by=command.by.id, item=command.item or "", clocks=(move,))


def _recomputed(record: Record, command: RecomputeClock, context: Context) -> ClockRecomputed:
    clock: Any = context.item
    key = command.item or ""
    calendar = context.calendars.get(command.calendar)
    move = with_calendar(calendar, clock, context) if calendar is not None and clock is not None else None
    return ClockRecomputed(
        at=context.at,
        by=command.by.id,
        item=key,
        calendar=command.calendar,
        until=move.due if move is not None else None,
        clocks=(move,) if move is not None else (),
    )


def _warned(record: Record, event: ClockWarned) -> Changes:
    clock = record.clocks[event.item]
    return {"clocks": Frozen.having(record.clocks, event.item, clock.changed(warned=(*clock.warned, event.share)))}


CLOCK = Region(
    CLOCK_WORKFLOW,
    Item,
    {
        ClockWarned: _warned,
        DeadlineMissed: lambda record, event: {},
        WindowElapsed: lambda record, event: {},
        ClockRecomputed: lambda record, event: {},
    },
    propose={MarkOverdue: _overdue, ElapseWindow: _elapsed, RecomputeClock: _recomputed},
    keeps_items=False,
)
