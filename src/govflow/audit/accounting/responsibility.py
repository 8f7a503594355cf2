"""责任时长 responsibility: in whose hands records were, from when to when, and for how much working time.

The stays of a record cut the time from its first event to its end, or to now, into half-open pieces without gap or
overlap; the sums over units and over levels are therefore the whole, exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from govflow.audit.accounting.working_time import WorkingTime
from govflow.calendars import Calendar
from govflow.clocks.kinds import ClockKind, kind_of
from govflow.decider import Decider
from govflow.hands import Hands, Turn, hands_of, turns_of
from govflow.messages import ClockStatus, Event
from govflow.policy import DEFAULT_POLICY, Policy
from govflow.policy.model import NO_CALENDAR
from govflow.reading import Reader
from govflow.records import Record

_NONE = timedelta()


class Stay(NamedTuple):
    """One piece of a record's time: half-open, in whose hands, and how much of it was working time.

    `waiting`: the record's own time limit stood still, for something that others had to do (暂停、补正).
    `provisional`: the calendar has not settled all its days yet.
    """

    record: str
    since: datetime
    until: datetime
    hands: Hands
    waiting: bool
    worked: timedelta
    calendar: str
    provisional: bool

    @property
    def elapsed(self) -> timedelta:
        """How long it was by the calendar on the wall."""
        return self.until - self.since


class Account(NamedTuple):
    """A record with all its stays in order; `ended` is when it came to rest, None while it is under way."""

    record: str
    kind: str
    ended: datetime | None
    stays: tuple[Stay, ...]


class Share(NamedTuple):
    """What one unit, role or level had of some records: working time, what of it was waiting, time on the wall.

    `longest` is the most working time it had of one record, `longest_record` that record.
    """

    of: str
    records: int
    worked: timedelta
    waiting: timedelta
    elapsed: timedelta
    longest: timedelta
    longest_record: str

    def part_of(self, whole: Share) -> Fraction | None:
        """Its part of a whole's working time; None where there is none."""
        return Fraction(self.worked // _TICK, whole.worked // _TICK) if whole.worked else None


_TICK = timedelta(microseconds=1)


class Summary(NamedTuple):
    """Many records summed up: the whole, and by holder (a unit, or a role in brackets) and level, the most first."""

    whole: Share
    units: tuple[Share, ...]
    levels: tuple[Share, ...]


# --- one record ------------------------------------------------------------------------------------------------------


class Accountant:
    """Accounts for the records of one log as a reader may see them; what calendars say is counted once for all."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        log = reader.log
        self._in_force = log.adopted.policy_on(log.last_recorded) or DEFAULT_POLICY
        self._turns = {name: turns_of(each.workflow) for name, each in reader.deciders.items()}
        self._times: dict[tuple[str, str], WorkingTime] = {}

    def account(
        self, id: str, now: datetime, *, since: datetime | None = None, until: datetime | None = None
    ) -> Account:
        """The account of a record up to `now`, or of what of it lies in [since, until). Raises NotFound."""
        record = self.reader.get(id)
        log = self.reader.log
        events = (log.codec.decode(row.topic, row.state) for row in log.store.read(id))
        return self._account(record, self.reader.deciders[record.kind_of_record], events, now, since, until)

    def accounts(
        self, now: datetime, *, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[Account]:
        """The account of every record that may be seen, by id, in flat memory."""
        log = self.reader.log
        for record in self.reader.records():
            events = (log.codec.decode(row.topic, row.state) for row in log.store.read(record.id))
            yield self._account(record, self.reader.deciders[record.kind_of_record], events, now, since, until)

    def _account(
        self,
        record: Record,
        decider: Decider,
        events: Iterable[Event],
        now: datetime,
        since: datetime | None,
        until: datetime | None,
    ) -> Account:
        stays: list[Stay] = []
        ended: datetime | None = None
        for piece in _pieces(decider, record.id, events, self._turns[decider.name], now):
            if piece.state is None:
                ended = piece.since
                break
            first = piece.since if since is None else max(piece.since, since)
            last = piece.until if until is None else min(piece.until, until)
            if first < last:
                _join(stays, self._stay(piece.state, piece.hands, first, last))
        return Account(record.id, decider.name, ended, tuple(stays))

    def _stay(self, state: Record, hands: Hands, since: datetime, until: datetime) -> Stay:
        time = self._time_of(state)
        worked, settled = time.between(since, until), time.covers(since, until)
        key = getattr(time.calendar, "key", time.calendar.id)
        return Stay(state.id, since, until, hands, _waits(state), worked, key, not settled)

    def _time_of(self, state: Record) -> WorkingTime:
        """Working time as the record has pinned it: the edition that its clocks count by, else its policy's newest."""
        policy = self.reader.log.policies.get(state.policy, self._in_force)
        named = _pinned(state, policy.calendar)
        found = self._times.get((policy.time_zone, named))
        if found is None:
            calendar = _calendar(named, policy, self.reader.log.calendars)
            found = self._times[policy.time_zone, named] = WorkingTime(calendar, policy.zone)
        return found


def _calendar(named: str, policy: Policy, known: Mapping[str, Calendar]) -> Calendar:
    own = (each for each in policy.calendars if named in (each.id, each.key))
    return known.get(named) or next(own, NO_CALENDAR)


def _pinned(state: Record, calendar: str | None) -> str:
    """The edition (`id@version`) of a calendar that the newest clock of a record is counted by, else its id."""
    if not calendar:
        return ""
    id = calendar.partition("@")[0]
    for clock in reversed(tuple(state.clocks.values())):
        if clock.calendar is not None and clock.calendar.partition("@")[0] == id:
            return clock.calendar
    return calendar


def _waits(state: Record) -> bool:
    """Whether a time limit of the record itself, not of one of its items, stands still."""
    return any(
        clock.status is ClockStatus.PAUSED and ":" not in name and kind_of(name) is ClockKind.DEADLINE
        for name, clock in state.clocks.items()
    )


class _Piece(NamedTuple):
    """The time between two events, with the state in it; no state: the record has come to rest for good."""

    since: datetime
    until: datetime
    state: Record | None
    hands: Hands


def _pieces(
    decider: Decider, id: str, events: Iterable[Event], turns: Mapping[str, Turn], now: datetime
) -> Iterator[_Piece]:
    """The time of a record in pieces; where it was at rest between two rounds, it was in nobody's hands."""
    state = decider.initial.changed(id=id)
    at: datetime | None = None
    resting: list[_Piece] = []
    for event in events:
        before, at = at, event.at if at is None else max(at, event.at)
        if before is not None:
            piece = _Piece(before, at, state, hands_of(state, turns[state.status]))
            resting.append(piece)
            if state.status in decider.active:  # it had gone on: what lay before was no end
                yield from resting
                resting.clear()
        state = decider.evolve(state, event)
    if at is None:
        return
    if state.status in decider.active:
        yield from resting
        yield _Piece(at, max(at, now), state, hands_of(state, turns[state.status]))
    else:
        end = resting[0].since if resting else at
        yield _Piece(end, end, None, Hands())


def _join(stays: list[Stay], new: Stay) -> None:
    """Add a stay, to the one before where nothing is different."""
    if stays:
        last = stays[-1]
        same = (last.hands, last.waiting, last.calendar) == (new.hands, new.waiting, new.calendar)
        if same and last.until == new.since:
            is_provisional = last.provisional or new.provisional
            stays[-1] = last._replace(until=new.until, worked=last.worked + new.worked, provisional=is_provisional)
            return
    stays.append(new)


# --- many ------------------------------------------------------------------------------------------------------------


class _Sum:
    """What is summed up so far of one holder."""

    __slots__ = ("elapsed", "longest", "longest_record", "records", "waiting", "worked")

    def __init__(self) -> None:
        self.records, self.longest_record = 0, ""
        self.worked = self.waiting = self.elapsed = self.longest = _NONE

    def add(self, record: str, stays: Iterable[Stay]) -> None:
        mine = _NONE
        for each in stays:
            mine += each.worked
            self.waiting += each.worked if each.waiting else _NONE
            self.elapsed += each.elapsed
        self.records += 1
        self.worked += mine
        if mine > self.longest or not self.longest_record:
            self.longest, self.longest_record = mine, record

    def share(self, of: str) -> Share:
        return Share(of, self.records, self.worked, self.waiting, self.elapsed, self.longest, self.longest_record)


def holder_of(hands: Hands) -> str:
    """A unit by its id, a role in brackets, nothing for nobody."""
    return hands.unit or (f"({hands.role})" if hands.role else "")


def summed(accounts: Iterable[Account]) -> Summary:
    """All accounts summed up: whole, by holder, by level. Sums over holders and over levels are the whole exactly."""
    whole = _Sum()
    units: dict[str, _Sum] = {}
    levels: dict[str, _Sum] = {}
    for account in accounts:
        if account.stays:
            whole.add(account.record, account.stays)
            _add(units, account, lambda stay: holder_of(stay.hands))
            _add(levels, account, lambda stay: stay.hands.level)
    return Summary(whole.share(""), _most_first(units), _most_first(levels))


def _add(sums: dict[str, _Sum], account: Account, key: Callable[[Stay], str]) -> None:
    mine: dict[str, list[Stay]] = {}
    for stay in account.stays:
        mine.setdefault(key(stay), []).append(stay)
    for name, stays in mine.items():
        sums.setdefault(name, _Sum()).add(account.record, stays)


def _most_first(sums: Mapping[str, _Sum]) -> tuple[Share, ...]:
    shares = (each.share(name) for name, each in sums.items())
    return tuple(sorted(shares, key=lambda each: (-each.worked, -each.elapsed, each.of)))
