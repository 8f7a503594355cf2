"""The lines of a unit's report 述职条目: what of each record is the unit's, followed event by event.

What a unit has is its part of a record: the lead's (主办) while the record is under way, or a part in joint handling
(协办) while that is open. What it had, and took on, less what left its hands, is what it still has.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from govflow.audit.accounting.responsibility import Accountant
from govflow.audit.reporting.matter import units_of
from govflow.audit.reporting.period import owed_by, with_place
from govflow.clocks import Clock
from govflow.clocks.kinds import ClockKind, kind_of
from govflow.decider import Decider
from govflow.hands import Turn, hands_of, turns_of, unit_of
from govflow.messages import ClockStatus, RecordedEvent
from govflow.pages.report_unit_values import Begun, CameBack, Duty, End, Ground, Owed, Piece, Share, Time
from govflow.pages.report_values import Places
from govflow.pages.report_view import broke
from govflow.persistence.codec import StoredEvent
from govflow.reading import Reader
from govflow.records import Record
from govflow.regions.joint_handling import JointStatus
from govflow.workflow import Rest

_JOINT = "joint_handling"
_PASSED_ON = frozenset({JointStatus.OVERRIDDEN, JointStatus.RELEASED})  # the lead does it, or nobody needs it
_CAME_BACK = frozenset(
    {
        "case.return_decided",  # where the objection was upheld: 退回
        "case.rework_ordered",
        "case.reopened",
        "case.review_decided",  # where it sends the case back
        "case.recheck_decided",
        "joint_handling.refused",
        "joint_handling.reopened",
        "ledger.refused",
        "ledger.reopened",
        "instruction.returned",
    }
)
_ENDED = frozenset({ClockStatus.MET, ClockStatus.MET_LATE, ClockStatus.CANCELLED})


class _Part(NamedTuple):
    """What the unit has of a record: since which event, and by how much its deadlines were broken since."""

    since: Ground
    late: timedelta | None = None
    broken: tuple[Ground, ...] = ()


class Work:
    """The lines of a unit's report, as records are added."""

    def __init__(self, reader: Reader, unit: str, begins: datetime, until: datetime, covered: int) -> None:
        self.reader, self.unit, self.begins, self.until, self.covered = reader, unit, begins, until, covered
        self.accountant = Accountant(reader)
        self.turns: dict[str, Mapping[str, Turn]] = {
            name: turns_of(each.workflow) for name, each in reader.deciders.items()
        }
        self.before = 0
        self.begun: list[Begun] = []
        self.ended: list[End] = []
        self.duties: list[Duty] = []
        self.came_back: list[CameBack] = []
        self.owed: list[Owed] = []
        self.times: list[Time] = []
        self.places = Places()
        self.units: set[str] = set()

    def add(self, record: Record, rows: Sequence[StoredEvent]) -> None:
        """Add the lines of one record."""
        told = _Told(self, self.reader.deciders[record.kind_of_record], record)
        for row in rows:
            recorded = self.reader.log.codec.recorded(row)
            if recorded.body.at >= self.until:
                break
            told.follow(recorded)
        if told.state.version:
            told.end()
            self.units |= {*units_of(told.state, ())}


class _Told:
    """One record, event by event, with what of it is the unit's."""

    def __init__(self, work: Work, decider: Decider, record: Record) -> None:
        self.work, self.decider, self.title = work, decider, record.title_line
        self.state: Record = decider.initial.changed(id=record.id)
        self.labels = {command.wire: command.label for command in decider.commands}
        self.parts: dict[str, _Part] = {}  # "": the lead's
        self.clocks: dict[str, list[Ground]] = {}  # by which events each run began and was moved
        self.touched: dict[tuple[str, str], list[Ground]] = {}  # by which events each item began and was changed
        self.moments: list[datetime] = []
        self.grounds: list[Ground] = []
        self.in_hand: list[bool] = []  # whether it was in the unit's hands after each event
        self.has_begun = False

    def piece(self, *grounds: Ground) -> Piece:
        """The record with the events that a line rests on, each once, oldest first."""
        return Piece(self.state.id, self.decider.name, self.title, tuple(sorted({*grounds})))

    def follow(self, recorded: RecordedEvent) -> None:
        """Go on by one event."""
        event, here = recorded.body, Ground(recorded.version, recorded.position)
        is_inside = event.at >= self.work.begins
        if is_inside and not self.has_begun:
            self.has_begun = True
            self.work.before += len(self.parts)
        if is_inside:
            self.work.places = with_place(self.work.places, here.position, self.work.covered)
        before = self.state
        self.state = self.decider.evolve(before, event)
        self.moments.append(max(event.at, self.moments[-1]) if self.moments else event.at)
        self.grounds.append(here)
        turn = self.work.turns[self.decider.name][self.state.status]
        self.in_hand.append(hands_of(self.state, turn).unit == self.work.unit)
        for duty in self._duties(before, recorded, here):
            if is_inside:
                self.work.duties.append(duty)
        self._touch(before, here)
        if is_inside and self._came_back(before, recorded):
            label = self.labels.get(recorded.meta.wire, "")
            self.work.came_back.append(CameBack(self.piece(here), event.at, recorded.name, label))
        self._hand_over(before, recorded, here, is_inside=is_inside)

    # -- its part -----------------------------------------------------------------------------------------------------

    def _parts_now(self) -> set[str]:
        """What of the record is the unit's now: "" for the lead's part, else the key of its part in joint handling."""
        found = {""} if unit_of(self.state) == self.work.unit and self.state.status in self.decider.active else set()
        if _JOINT in self.decider.regions:
            rests = self.decider.regions[_JOINT].workflow.rests
            for key, item in self.state.items_of(_JOINT).items():
                if rests[item.status] is Rest.OPEN and self._is_own_part(item):
                    found.add(key)
        return found

    def _is_own_part(self, item: object) -> bool:
        return self.work.unit == (getattr(item, "unit", "") or getattr(item, "key", ""))

    def _hand_over(self, before: Record, recorded: RecordedEvent, here: Ground, *, is_inside: bool) -> None:
        """What the event gave to the unit, or took from it."""
        now, at = self._parts_now(), recorded.body.at
        for part in sorted(self.parts.keys() - now):
            had = self.parts.pop(part)
            if is_inside:
                status, is_finished = self._left(part)
                piece = self.piece(had.since, *had.broken, here)
                self.work.ended.append(End(piece, _share(part), at, is_finished, status, had.late))
        for part in sorted(now - self.parts.keys()):
            self.parts[part] = _Part(here)
            if is_inside:
                self.work.begun.append(Begun(self.piece(here), _share(part), at))

    def _left(self, part: str) -> tuple[str, bool]:
        """The status of what the unit has no longer, and whether it was finished there."""
        if not part:
            return self.state.status, self.state.status not in self.decider.active
        item = self.state.item(_JOINT, part)
        status = "" if item is None else str(item.status)
        return status, bool(status) and status not in _PASSED_ON

    # -- its deadlines ------------------------------------------------------------------------------------------------

    def _duties(self, before: Record, recorded: RecordedEvent, here: Ground) -> list[Duty]:
        """The unit's deadlines that ended with an event: those that were met, and those that broke."""
        found = []
        at = recorded.body.at
        running = dict(before.clocks)
        for move in recorded.body.clocks:
            clock = running.get(move.clock)
            has_ended = move.to in _ENDED
            if clock is not None and clock.ended_at is None and (has_ended or move.new_run):
                status = move.to if has_ended and not move.new_run else None
                if (duty := self._duty(before, clock, status, at, here)) is not None:
                    found.append(duty)
            if clock is None or move.new_run:
                self.clocks[move.clock] = [here]
                running.pop(move.clock, None)
            elif move.due is not None:
                self.clocks[move.clock].append(here)
            if has_ended:
                running.pop(move.clock, None)
        return found

    def _duty(
        self, before: Record, clock: Clock, status: ClockStatus | None, at: datetime, here: Ground
    ) -> Duty | None:
        """A deadline as it ended at a moment (no status: the next run began); None where it is none of the unit's."""
        due = clock.due
        if due is None or kind_of(clock.name) is not ClockKind.DEADLINE:
            return None
        if owed_by(self.decider, self.work.turns[self.decider.name], before, clock.name) != self.work.unit:
            return None
        late: timedelta | None
        if status is ClockStatus.MET:
            late = None
        else:
            late = at - due if at > due and clock.status is not ClockStatus.PAUSED else None
            if late is None and status is not ClockStatus.MET_LATE:
                return None  # it fell away, or was counted anew, in time: nobody's merit
        how = "next" if status is None else "gone" if status is ClockStatus.CANCELLED else "met"
        piece = self.piece(*self.clocks[clock.name], here)
        if late is not None:
            self._note_late(clock.name, late, piece.grounds)
        return Duty(piece, clock.name, due, at, late, how)

    def _note_late(self, clock: str, late: timedelta, grounds: tuple[Ground, ...]) -> None:
        """Remember of the part that a deadline belongs to that it was broken."""
        name, _, key = clock.partition(":")
        is_of_part = _JOINT in self.decider.regions and name in self.decider.regions[_JOINT].own_clocks
        had = self.parts.get(key if is_of_part else "")
        if had is not None:
            longest = late if had.late is None else max(late, had.late)
            self.parts[key if is_of_part else ""] = had._replace(late=longest, broken=(*had.broken, *grounds))

    # -- what came back, what is open ----------------------------------------------------------------------------------

    def _came_back(self, before: Record, recorded: RecordedEvent) -> bool:
        """Whether an event sent work of the unit's back, or back to it."""
        event, name = recorded.body, recorded.name
        if name not in _CAME_BACK or getattr(event, "upheld", True) is False:
            return False
        if getattr(event, "sends_back", True) is False:
            return False
        region, _, _ = name.partition(".")
        item = self.state.item(region, getattr(event, "item", "")) if region in self.decider.regions else None
        if region == _JOINT:
            return item is not None and self._is_own_part(item)
        return self.work.unit in (unit_of(before), unit_of(self.state), getattr(item, "owes", None))

    def _touch(self, before: Record, here: Ground) -> None:
        for region, items in self.state.items.items():
            old = before.items.get(region, {})
            if items is not old:
                for key, item in items.items():
                    if old.get(key) is not item:
                        self.touched.setdefault((region, key), []).append(here)

    def end(self) -> None:
        """What stands at the end of the period: what is open, what is overdue, and whose time it was."""
        if not self.has_begun:
            self.work.before += len(self.parts)
        work, state = self.work, self.state
        for part, had in self.parts.items():
            item = state.item(_JOINT, part) if part else None
            status, what = (state.status, "") if item is None else (str(item.status), item.what)
            since = self.moments[self.grounds.index(had.since)]
            until = None if item is None else item.until
            piece = self.piece(had.since, *had.broken, *self.touched.get((_JOINT, part), ())[-1:])
            work.owed.append(Owed(piece, _share(part), _JOINT if part else "", what, status, since, until))
        for loop in self.decider.open_loops(state):
            if loop.owes == work.unit and not (loop.region == _JOINT and loop.item in self.parts):
                seen = self.touched.get((loop.region, loop.item), [])
                piece = self.piece(*seen[:1], *seen[-1:])
                what = loop.what if loop.what != loop.item else ""
                work.owed.append(Owed(piece, None, loop.region, what, loop.status, loop.since, loop.until))
        self._overdue()
        self._times()

    def _overdue(self) -> None:
        turns = self.work.turns[self.decider.name]
        for name, clock in self.state.clocks.items():
            late = broke(clock, self.work.until) if clock.ended_at is None else None
            if late is not None and clock.due and owed_by(self.decider, turns, self.state, name) == self.work.unit:
                piece = self.piece(*self.clocks.get(name, ()))
                self.work.duties.append(Duty(piece, name, clock.due, None, late, "open"))

    def _times(self) -> None:
        """The stays in the unit's hands, each with the events by which it began and ended."""
        work = self.work
        account = work.accountant.account(self.state.id, work.until, since=work.begins, until=work.until)
        for stay in account.stays:
            if stay.hands.unit != work.unit:
                continue
            grounds = [self._at(stay.since, in_hand=True) or self._before(stay.since)]
            if (stop := self._at(stay.until, in_hand=False)) is not None:
                grounds.append(stop)
            work.times.append(Time(self.piece(*grounds), stay.since, stay.until, stay.worked, stay.waiting))

    def _before(self, moment: datetime) -> Ground:
        """The last event up to a moment."""
        return self.grounds[max(bisect_right(self.moments, moment) - 1, 0)]

    def _at(self, moment: datetime, *, in_hand: bool) -> Ground | None:
        """The first event of a moment after which it was in the unit's hands, or not; else the first of that moment."""
        places = range(bisect_left(self.moments, moment), bisect_right(self.moments, moment))
        found = next((place for place in places if self.in_hand[place] is in_hand), next(iter(places), None))
        return None if found is None else self.grounds[found]


def _share(part: str) -> Share:
    return Share.CO if part else Share.LEAD
