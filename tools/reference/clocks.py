"""The page of the clocks: what each is, its term, the limits of the default policy, and the rows that move it."""

from __future__ import annotations

from collections import defaultdict

from govflow.cases import CASE
from govflow.clocks import CLOCKS, ClockKind
from govflow.policy import DEFAULT_POLICY
from tools.reference.markdown import page, table
from tools.reference.policy import length_of

_KINDS = {
    ClockKind.DEADLINE: "a duty: when it has run out, something is overdue",
    ClockKind.WINDOW: "a right: when it has run out, the right has ended",
    ClockKind.MINIMUM: "a wait: when it has run out, something may be done",
    ClockKind.RETENTION: "an archived record is to be appraised when it has run out",
}


def clocks_markdown() -> str:
    """Every clock that the shipped tables name."""
    started: dict[str, list[str]] = defaultdict(list)
    ended: dict[str, list[str]] = defaultdict(list)
    for flow in (CASE.workflow, *(region.workflow for region in CASE.regions.values())):
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
        "The clocks that the rows of [case.md](case.md) and [regions.md](regions.md) start and end. One that belongs "
        "to an item of a region carries its key, such as `joint_task:water`. The event that starts, resumes or "
        "extends a clock records the due instant with what it was derived from, and the recorded one stands.",
        table(("Kind", "Means"), [(kind.value, means) for kind, means in _KINDS.items()]),
        table(("Clock", "Chinese", "Kind", "Default limit", "Started by", "Ended by"), rows),
        "A clock without a default limit starts only when its command names a due instant. Rows that end every "
        "clock at once are left out. Hours run on; days and working days leave the starting day out and end at 24:00 "
        "local time (民法典 §§201, 203). Working days are Monday to Friday until a work calendar is adopted, so their "
        "due instants are marked provisional.",
    )


def _limits(clock: str) -> str:
    if clock == "retention":
        return "; ".join(
            f"{kept.id}: {f'{kept.years} years' if kept.years else 'permanent'}" for kept in DEFAULT_POLICY.retention
        )
    return "; ".join(
        f"{length_of(limit)} (`{limit.id}`)" for limit in DEFAULT_POLICY.time_limits if limit.clock == clock
    )
