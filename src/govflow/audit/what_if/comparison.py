"""推演 what-if: what would have become of a log's matters under another policy, calendar or routing table.

The commands of the log are given again twice in scratch logs: under the log's own rules (the baseline) and under the
others. So only the rules differ between the two, and the baseline beside the real log says how true the re-run is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from govflow.audit.what_if.commands_again import Certainty
from govflow.audit.what_if.fates import Fate, fate_of
from govflow.audit.what_if.rerun import Refused, Rerun, Unsure
from govflow.audit.what_if.scratch import Rules
from govflow.calendars import Calendar
from govflow.engine import Engine
from govflow.errors import InputError
from govflow.policy import Policy
from govflow.reading import aware
from govflow.records import Record
from govflow.workflow import Rest

_NO_TIME = timedelta()
Progress = Callable[[int, int], object]


class Totals(NamedTuple):
    """Records in all, open and closed; those with a missed deadline, how many were missed, and by how long.

    `over` is the sum over all missed deadlines, `longest` the longest of them; `stalled` are those of records with a
    refused command: with other commands these might have been met. `following` are the refused commands that only
    follow from an earlier refusal.
    """

    records: int = 0
    open: int = 0
    closed: int = 0
    overdue_records: int = 0
    overdue_clocks: int = 0
    over: timedelta = _NO_TIME
    longest: timedelta = _NO_TIME
    stalled: int = 0
    refused: int = 0
    following: int = 0


class Changed(NamedTuple):
    """One record that would have fared otherwise; None where it would not have been there."""

    record: str
    before: Fate | None
    after: Fate | None


class Faithful(NamedTuple):
    """How true the re-run is: of the log's records, how many end alike in the baseline, and how many event by event.

    `refused` are the commands that the baseline refused: mostly what the tick had done already, since it runs at every
    due moment here.
    """

    records: int
    same_status: int
    same_events: int
    refused: tuple[Refused, ...]


class WhatIf(NamedTuple):
    """The comparison: the log's own rules `before`, the other ones `after`; `units` the same by lead unit.

    `commands` says how many commands of the log were made again exactly, likely so, or not at all (lost); `unsure`
    which ones not exactly, and why not: they were given as they could be made, or left out, in both runs alike.
    `refused` are commands, of the records compared, that the other rules refuse and the log's own do not; `rerouted`
    the records that other units would have led; `followed` commands that those units' people gave in the re-run;
    `left_out` moves to policies that are not there. `log` is the id of the log, `scratch` that of the scratch log.
    """

    log: str
    scratch: str
    until: datetime
    commands: Mapping[str, int]
    unsure: tuple[Unsure, ...]
    faithful: Faithful
    before: Totals
    after: Totals
    units: Mapping[str, tuple[Totals, Totals]]
    refused: tuple[Refused, ...]
    rerouted: tuple[Changed, ...]
    changed: tuple[Changed, ...]
    followed: int
    left_out: int

    @property
    def is_the_same(self) -> bool:
        """Whether the other rules make no difference."""
        return not self.changed and not self.refused


def what_if(
    engine: Engine,
    *,
    policy: Policy | None = None,
    calendar: Calendar | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    progress: Progress | None = None,
) -> WhatIf:
    """Compare what became of a log's matters with what would have become of them under other rules.

    `policy` (with its routing rules and limits) takes the place of the log's policies, `calendar` that of the
    calendar of the same id; from `since` on (by default from the beginning), as if adopted at that moment: records
    that ran already stay on their policy. Records begun from `since` on and before `until` are compared, with the
    commands that concern them, at the moment of the log's last event. `engine` is only read, but all of it: what
    comes out is for whoever may see every record. `progress` hears of (events read, events to read).
    Raises InputError where nothing is to be compared, PolicyError where the rules do not fit or their name is taken.
    """
    if policy is None and calendar is None:
        raise InputError("no other rules were given", where="what-if", expected="a policy or a calendar")
    since, until = (None if each is None else aware(each, "what-if") for each in (since, until))
    _check_calendar(engine, policy, calendar)
    own, other = Rerun(engine), Rerun(engine, Rules(policy, calendar, since))
    own.run(_half(progress, 0))
    before, is_true = _fates(own, since, until), _faithful(engine, own)
    refused_anyway = {each.command for each in own.refused}
    own.engine.close()
    other.run(_half(progress, 1))
    after = _fates(other, since, until)
    is_limited = since is not None or until is not None
    refused = tuple(
        each
        for each in other.refused
        if each.command not in refused_anyway and (not is_limited or each.record in before or each.record in after)
    )
    scratch = other.engine.log_id
    other.engine.close()
    changed = tuple(_changed(before, after))
    return WhatIf(
        log=engine.log_id,
        scratch=scratch,
        until=engine.log.last_recorded,
        commands={str(each): own.known[each] for each in Certainty},
        unsure=own.unsure,
        faithful=is_true,
        before=_totals(before.values()),
        after=_totals(after.values(), refused),
        units=_by_unit(before, after, refused),
        refused=refused,
        rerouted=tuple(filter(_led_otherwise, changed)),
        changed=changed,
        followed=other.followed,
        left_out=other.left_out,
    )


# --- what became of the records --------------------------------------------------------------------------------------


def _fates(again: Rerun, since: datetime | None, until: datetime | None) -> dict[str, Fate]:
    """What became of the records begun in the period, by their ids in the log."""
    found = (_fate(again.engine, record, again.moment) for record in again.engine.records())
    return {
        id: fate._replace(record=id)
        for fate in found
        if (begun := fate.opened_at) is None
        or not ((since is not None and begun < since) or (until is not None and begun >= until))
        for id in [again.real(fate.record)]
    }


def _fate(engine: Engine, record: Record, now: datetime) -> Fate:
    rests = engine.deciders[record.kind_of_record].workflow.rests
    return fate_of(record, engine.log.history(record.id), now, is_open=rests[record.status] is Rest.OPEN)


def _faithful(engine: Engine, own: Rerun) -> Faithful:
    here = {own.real(record.id): (record.status, record.version) for record in own.engine.records()}
    records = same_status = same_events = 0
    for record in engine.records():
        status, version = here.get(record.id, ("", 0))
        records += 1
        same_status += status == record.status
        same_events += (status, version) == (record.status, record.version)
    return Faithful(records, same_status, same_events, tuple(own.refused))


def _changed(before: Mapping[str, Fate], after: Mapping[str, Fate]) -> Iterator[Changed]:
    for id in sorted({**before, **after}):
        was, would = before.get(id), after.get(id)
        if was is None or would is None or _essence(was) != _essence(would):
            yield Changed(id, was, would)


def _essence(fate: Fate) -> tuple[object, ...]:
    """What counts as another fate: not how many events there are, since a warning more is none."""
    return fate.status, fate.led_by, fate.late


def _led_otherwise(each: Changed) -> bool:
    """Whether another unit would have led it; not, whether it would have come less far."""
    return (
        each.before is not None
        and each.after is not None
        and any(was != would for was, would in zip(each.before.led_by, each.after.led_by, strict=False))
    )


# --- figures ---------------------------------------------------------------------------------------------------------


def _totals(fates: Iterable[Fate], refused: Sequence[Refused] = ()) -> Totals:
    known = list(fates)
    stopped = {each.record for each in refused}
    overs = [late.over for fate in known for late in fate.late]
    open_ones = sum(fate.is_open for fate in known)
    return Totals(
        records=len(known),
        open=open_ones,
        closed=len(known) - open_ones,
        overdue_records=sum(bool(fate.late) for fate in known),
        overdue_clocks=len(overs),
        over=sum(overs, _NO_TIME),
        longest=max(overs, default=_NO_TIME),
        stalled=sum(len(fate.late) for fate in known if fate.record in stopped),
        refused=len(refused),
        following=sum(each.follows for each in refused),
    )


def _by_unit(
    before: Mapping[str, Fate], after: Mapping[str, Fate], refused: Sequence[Refused]
) -> dict[str, tuple[Totals, Totals]]:
    """Both figures of every lead unit, which sum to the totals; under an empty name what no unit leads.

    A refused command counts with the unit that leads its record, or led it where the record is no longer there.
    """
    of_records = {id: fate.unit for each in (before, after) for id, fate in each.items()}
    of_refused = [(of_records.get(each.record, ""), each) for each in refused]
    units = {fate.unit for each in (before, after) for fate in each.values()} | {unit for unit, _ in of_refused}
    found = {}
    for unit in sorted(units):
        then, now = ([fate for fate in each.values() if fate.unit == unit] for each in (before, after))
        found[unit] = _totals(then), _totals(now, [each for of, each in of_refused if of == unit])
    return found


def _check_calendar(engine: Engine, policy: Policy | None, calendar: Calendar | None) -> None:
    """Raises InputError where no policy counts by the calendar: it would change nothing."""
    if calendar is None:
        return
    policies = [policy] if policy is not None else [*engine.log.policies.values(), engine.policy]
    known = {each.id for each in engine.log.adopted.calendars.values()}
    known |= {each.id for one in policies for each in one.calendars}
    if calendar.id not in known:
        expected = ", ".join(sorted(known)) or "a policy that names a calendar"
        raise InputError(f"nothing is counted by the calendar {calendar.id}", where="calendar", expected=expected)


def _half(progress: Progress | None, past: int) -> Progress | None:
    """The first (0) or the second (1) of two passes over the log, told as one."""
    if progress is None:
        return None

    def tell(done: int, total: int) -> None:
        progress(past * total + done, 2 * total)

    return tell
