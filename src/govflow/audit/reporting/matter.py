"""Reporting 审计报告: what a report is written from, folded from a log for one reader; `pages` writes it.

Nobody is named in what is handed on: whoever did something is a role and a unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from govflow.audit.accounting.responsibility import Accountant, Share, Stay, summed
from govflow.audit.findings import Finding
from govflow.audit.replay.correcting import Corrected, corrections
from govflow.calendars import WorkCalendar
from govflow.clocks import Clock
from govflow.clocks.why import Why, why_due
from govflow.decider import Decider
from govflow.hands import unit_of
from govflow.journey import Stop, journey
from govflow.messages import RecordedEvent
from govflow.organisation import DIRECTORY_ID
from govflow.pages.report_page import speech_of
from govflow.pages.report_values import Fixed, Happening, Held, Matter, Objection, Run, Setting, Sum, Told
from govflow.pages.report_view import View, broke
from govflow.policy import DEFAULT_POLICY, Policy
from govflow.reading import Reader, aware
from govflow.records import Record
from govflow.regions.clock import ClockWarned

_ONE_DAY = timedelta(days=1)


# --- a matter --------------------------------------------------------------------------------------------------------


def matter_of(
    reader: Reader, id: str, now: datetime, language: str = "en", stored: Callable[[str], int] | None = None
) -> Matter:
    """A record and all that it is tied to, as far as the reader may see it, at `now`. Raises NotFound, InputError.

    `stored` counts the rows of a record, where not all of them can be read: of one that has more than its history,
    nothing is told beyond the last entry that can be.
    """
    record = reader.get(id)
    found = journey(reader, id)
    policy = reader.log.policies.get(record.policy, in_force(reader))
    stops = sorted(found.stops, key=lambda stop: stop.record != id)  # what was asked for comes first
    # whole, for what is withheld from this reader has moved the record and its clocks, too: it is left out at the end
    histories = {stop.record: reader.log.history(stop.record) for stop in stops}
    records = {stop.record: reader.get(stop.record) for stop in stops}
    units = frozenset(each for id in records for each in units_of(records[id], histories[id]))
    setting = Setting(aware(now, "now"), policy, reader.log.id, *titles_of(reader, units))
    view, accountant = View(speech_of(policy.zone, language), setting), Accountant(reader)
    told = []
    for stop in stops:
        history = histories[stop.record]
        is_cut = stored is not None and stored(stop.record) > len(history)
        cut_at = max(each.body.at for each in history) if is_cut else None
        told.append(_told(reader, records[stop.record], stop, history, view, accountant, cut_at))
    return reader.shown(Matter(tuple(told), found.left_out, setting))


def _told(
    reader: Reader,
    record: Record,
    stop: Stop,
    history: Sequence[RecordedEvent],
    view: View,
    accountant: Accountant,
    cut_at: datetime | None,
) -> Told:
    decider, now = reader.deciders[record.kind_of_record], cut_at or view.setting.at
    view = view._replace(setting=view.setting._replace(at=now))
    steps = list(_steps(decider, record.id, history))
    account = accountant.account(record.id, now)
    sums = summed([account])
    return Told(
        record=record,
        decider=decider,
        through=stop.through,
        tie=stop.tie,
        happened=_happened(decider, steps),
        runs=_runs(reader, record, decider, steps, view),
        loops=decider.open_loops(record),
        held=[_held(each) for each in account.stays],
        sums=[sum_of(each) for each in sums.units],
        levels=[sum_of(each, level=each.of) for each in sums.levels],
        corrections=[_fixed(each) for each in corrections(reader, record.id)],
        works=_works(reader, record, view.setting.policy),
        first=history[0].position,
        last=history[-1].position,
        cut_at=cut_at,
    )


class _Step(NamedTuple):
    """An entry with the state before and after it."""

    recorded: RecordedEvent
    before: Record
    after: Record


def _steps(decider: Decider, id: str, history: Sequence[RecordedEvent]) -> Iterator[_Step]:
    state = decider.initial.changed(id=id)
    for each in history:
        before, state = state, decider.evolve(state, each.body)
        yield _Step(each, before, state)


def _happened(decider: Decider, steps: Sequence[_Step]) -> list[Happening]:
    """Every entry; what repeats itself without moving the record is counted."""
    labels = {command.wire: command.label for command in decider.commands}
    told: list[Happening] = []
    for each, before, after in steps:
        meta, at = each.meta, each.body.at
        now = Happening(
            version=each.version,
            at=at,
            recorded_at=meta.recorded_at,
            event=each.name,
            label=labels.get(meta.wire, ""),
            role=meta.role,
            unit=meta.unit,
            before=before.status,
            status=after.status,
            until=at,
        )
        if told and _is_more_of(told[-1], now):
            told[-1] = told[-1]._replace(until=at, times=told[-1].times + 1)
        else:
            told.append(now)
    return told


def _is_more_of(before: Happening, now: Happening) -> bool:
    moved = before.before != before.status or now.before != now.status
    same = (before.event, before.label, before.role, before.unit) == (now.event, now.label, now.role, now.unit)
    return same and not moved and now.recorded_at - now.at < _ONE_DAY  # what was entered late stands alone


# --- its clocks ------------------------------------------------------------------------------------------------------


def _runs(reader: Reader, record: Record, decider: Decider, steps: Sequence[_Step], view: View) -> list[Run]:
    """Every run of every clock as it ended or stands, by its beginning."""
    found: dict[tuple[str, int], Clock] = {}
    warned: dict[tuple[str, int], list[tuple[int, datetime]]] = {}
    until: dict[tuple[str, int], int] = {}  # the last version that a run had anything to do with
    for each, _, after in steps:
        body = each.body
        named = [move.clock for move in body.clocks]
        if isinstance(body, ClockWarned):
            named.append(body.item)
            run = after.clocks[body.item].run
            warned.setdefault((body.item, run), []).append((body.share, body.at))
        for name in named:
            clock = after.clocks[name]
            found[name, clock.run], until[name, clock.run] = clock, each.version
    history = [_nameless(each.recorded, view) for each in steps]
    labels = {command.wire: command.label for command in decider.commands}
    runs = []
    for key, clock in found.items():
        next_run = found.get((key[0], key[1] + 1))
        gave_way = next_run is not None and clock.ended_at is None
        if next_run is not None and gave_way:
            clock = clock.changed(ended_at=next_run.since)
        is_broken = broke(clock, view.setting.at) is not None
        why = _why(reader, record, clock, history[: until[key]], labels, view) if is_broken else None
        runs.append(Run(clock, tuple(warned.get(key, ())), why, gave_way))
    return sorted(runs, key=lambda run: (run.clock.since, run.clock.name, run.clock.run))


def _why(
    reader: Reader,
    record: Record,
    clock: Clock,
    history: Sequence[RecordedEvent],
    labels: Mapping[str, str],
    view: View,
) -> Why:
    policy = reader.log.policies.get(record.policy, view.setting.policy)
    return why_due(
        clock,
        zone=policy.zone,
        calendar=reader.log.calendars.get(clock.calendar or ""),
        limit=policy.limit(clock.rule or "") or policy.retention_class(clock.rule or ""),
        history=history,
        labels=labels,
        now=None if clock.ended_at else view.setting.at,
    )


def _nameless(recorded: RecordedEvent, view: View) -> RecordedEvent:
    """The entry with whoever did it as a role for a unit: explanations name the actor that the metadata names."""
    meta = recorded.meta
    who = meta.changed(actor=view.who(meta.role, meta.unit), unit=None, on_behalf_of=None, standing_in_for=None)
    return recorded.changed(meta=who)


def _works(reader: Reader, record: Record, policy: Policy) -> WorkCalendar | None:
    """The calendar that the newest clock of a record is counted by, else that of its policy."""
    pinned = (clock.calendar for clock in reversed(tuple(record.clocks.values())) if clock.calendar)
    return reader.log.calendars.get(next(pinned, policy.calendar or ""))


# --- whose hands -----------------------------------------------------------------------------------------------------


def _held(stay: Stay) -> Held:
    hands = stay.hands
    return Held(hands.unit, hands.role, hands.level, stay.since, stay.until, stay.worked, stay.waiting)


def sum_of(share: Share, level: str = "") -> Sum:
    """A share as a report shows it: of a level where one is named, else of a unit or, in brackets, of a role."""
    role = share.of[1:-1] if share.of.startswith("(") else ""
    unit = "" if role or level else share.of
    return Sum(unit, role, level, share.records, share.worked, share.waiting, share.elapsed)


def _fixed(each: Corrected) -> Fixed:
    return Fixed(
        each.version,
        each.corrects,
        each.event,
        each.field,
        each.old,
        each.new,
        each.role,
        each.unit,
        each.occurred,
        each.reason,
    )


def units_of(record: Record, history: Sequence[RecordedEvent]) -> Iterator[str]:
    """What a record itself calls a unit: the lead, its partners, those for whom its steps were taken."""
    named = [unit_of(record), getattr(record, "lead", None), *getattr(record, "units", ())]
    yield from filter(None, named)
    yield from record.items_of("joint_handling")
    for each in history:
        yield from filter(None, (each.meta.unit, getattr(each.body, "unit", None)))


def titles_of(reader: Reader, units: frozenset[str]) -> tuple[Mapping[str, str], frozenset[str]]:
    """The titles of the units in the directory, and all that are known to be units."""
    directory = reader.log.current(DIRECTORY_ID)
    titles = {} if directory is None else {key: each.title for key, each in directory.items_of("unit").items()}
    return titles, units | titles.keys()


def in_force(reader: Reader) -> Policy:
    """The policy in force when the log was last written to."""
    return reader.log.adopted.policy_on(reader.log.last_recorded) or DEFAULT_POLICY


# --- what a check found ----------------------------------------------------------------------------------------------


def objections(findings: Sequence[Finding]) -> list[Objection]:
    """Findings as a report shows them."""
    return [
        Objection(
            each.code,
            each.en,
            each.zh,
            " ".join(map(str, filter(None, (each.position, each.stream, each.version)))),
            each.basis,
        )
        for each in findings
    ]
