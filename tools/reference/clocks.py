"""The page of the clocks: what each is, its term, the limits of the default policy, and the rows that move it."""

from __future__ import annotations

from collections import defaultdict

from govflow.calendars import Roll, Unit
from govflow.clocks import CLOCKS, ClockKind
from govflow.messages import ClockStatus
from govflow.policy import DEFAULT_POLICY
from tools.reference.markdown import code, page, table
from tools.reference.policy import length_of
from tools.reference.served import flows

_KINDS = {
    ClockKind.DEADLINE: "a duty: when it has run out, something is overdue",
    ClockKind.WINDOW: "a right: when it has run out, the right has ended",
    ClockKind.MINIMUM: "a wait: when it has run out, something may be done",
    ClockKind.RETENTION: "an archived record is to be appraised when it has run out",
}
_STATUSES = {
    ClockStatus.RUNNING: "it counts",
    ClockStatus.PAUSED: "it stands still; its date moves on when it goes on",
    ClockStatus.MET: "the duty was done in time",
    ClockStatus.OVERDUE: "the due instant has passed and the duty is still owed",
    ClockStatus.MET_LATE: "the duty was done after the due instant",
    ClockStatus.ELAPSED: "a window or a minimum period is over",
    ClockStatus.CANCELLED: "the duty fell away",
}
_UNITS = {
    Unit.HOUR: ("小时", "60 minutes each; runs on through nights, weekends and holidays"),
    Unit.OFFICE_HOUR: ("办公小时", "60 minutes each, only inside the calendar's office hours of a working day"),
    Unit.DAY: ("自然日", "every day; ends at 24:00 of the last one"),
    Unit.WORKDAY: (
        "工作日",
        "the calendar's working days, make-up workdays 调休 included; ends at 24:00 of the last one",
    ),
    Unit.MONTH: ("月", "to the corresponding day, or the last of a month that has none (§202); ends at 24:00"),
    Unit.YEAR: ("年", "as twelve months"),
}
_ROLLS = {
    Roll.NONE: "the last day stays, whatever day it is",
    Roll.HOLIDAY: "a last day on a statutory day off 法定休假日 moves on to the next that is none",
    Roll.REST_DAY: "a last day on which offices do not work moves on to the next working day",
}
_SWITCHES = (
    ("counts_start_day", "§§201, 204", "the starting day counts; without it the first day counted is the next one"),
    ("ends_at_close", "§203", "the last day ends when its offices close instead of at 24:00"),
    ("starts_in_office", "own", "what comes in outside office hours counts as come in at the next opening"),
)


def clocks_markdown() -> str:
    """Every clock that the shipped tables name."""
    started: dict[str, list[str]] = defaultdict(list)
    ended: dict[str, list[str]] = defaultdict(list)
    for flow in flows():
        for step in flow.steps:
            for name in (*step.starts, *step.resets):
                started[name].append(step.id)
            for name in (*step.stops, *step.drops):
                ended[name].append(step.id)
    rows = [
        (f"`{name}`", zh, kind.value, _limits(name), ", ".join(started[name]), ", ".join(ended[name]))
        for name, (kind, zh) in CLOCKS.items()
    ]
    return page(
        "# Clocks 期限",
        "The clocks that the rows of [case.md](case.md), [regions.md](regions.md) and the other records start and "
        "end. One that belongs to an item of a region carries its key, such as `joint_task:water`. The event that "
        "starts, resumes or extends a clock records the due instant with the term and the calendar it was counted by, "
        "and the recorded one stands. Why it is so is told by `Engine.why_due`, `govflow show` and "
        "`govflow due --explain`; the rules of counting are explained "
        "[here](../explanation.md#how-time-is-counted).",
        table(("Kind", "Means"), [(kind.value, means) for kind, means in _KINDS.items()]),
        "## The clocks",
        table(("Clock", "Chinese", "Kind", "Default limit", "Started by", "Ended by"), rows),
        "A clock without a default limit takes the date that its event names, such as the date a co-unit was asked "
        "for; the names without a row are kept for records to come. Rows that end every clock at once are left out. No "
        "command names the due instant of a limit that the policy has.",
        "## How they stand",
        table(("Status", "Means"), [(f"`{status.value}`", means) for status, means in _STATUSES.items()]),
        "## Units",
        table(("Unit", "Chinese", "Counts"), [(f"`{unit.value}`", *said) for unit, said in _UNITS.items()]),
        "## Switches of counting",
        "They stand in a [time limit of the policy](policy.md#timelimit); the sections are those of the 民法典.",
        table(("Switch", "Section", "Where it is set"), [(code(name), basis, en) for name, basis, en in _SWITCHES]),
        table(("`roll` (§203)", "Means"), [(f"`{roll.value}`", means) for roll, means in _ROLLS.items()]),
        "## What a tick does about them",
        "A warning 预警 at each share of `warn_at` that has passed, for deadlines. When a clock has run out: what its "
        "row provides for the system, else `clock.mark_overdue` for a deadline and `clock.elapse` for a window or a "
        "minimum. After that the [escalations](policy.md#escalation) of the policy.",
    )


def _limits(clock: str) -> str:
    if clock == "retention":
        return "; ".join(
            f"{kept.id}: {f'{kept.years} years' if kept.years else 'permanent'}" for kept in DEFAULT_POLICY.retention
        )
    return "; ".join(
        f"{length_of(limit)} (`{limit.id}`)" for limit in DEFAULT_POLICY.time_limits if limit.clock == clock
    )
