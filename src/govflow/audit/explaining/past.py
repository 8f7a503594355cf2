"""The past 当时 as one event found it: other records, what was adopted, who held what; and what no log holds.

What a decision looked at beside the log (the claims that a host vouched for, the arguments of a command that its event
does not repeat) is gone. Whoever asks for it here raises `NotInLog`, so that nothing is judged on less than was known.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, NamedTuple, NoReturn

from govflow.actors import IMPORTER, SYSTEM, Actor, Holder, Level, Role
from govflow.adopted import Adopted
from govflow.audit.legality.tables import Tables
from govflow.decider import Decider
from govflow.errors import Detail, LogError
from govflow.log import Log, adopted_by
from govflow.log_events import LOG_STREAM
from govflow.messages import Event
from govflow.organisation.authority import DefaultAuthority
from govflow.organisation.model import DIRECTORY_ID
from govflow.persistence.codec import StoredEvent
from govflow.reading import Reader, hides
from govflow.records import Record

_STREAMS = 8  # kept at hand
_SEEN = 10_000  # records of which it is remembered whether the reader may see them
_EVERY_STATE = 1_000  # of streams up to this length every state is kept: the directory is asked at each event


class NotInLog(Exception):
    """Something was asked for that the log does not hold; `what` names it in English and Chinese."""

    def __init__(self, what: Detail) -> None:
        super().__init__(what)
        self.what = what


CLAIMS = Detail("what the host vouched for of the actor", "宿主系统当时为操作人担保的身份")
COMMAND = Detail("the arguments of the command", "命令的参数")
SECRETS = Detail("a record that may have been hidden from the actor", "可能对操作人隐去的记录")
UNSEEN = Detail("a record that is not there, or not for whoever asks", "不存在或查询人无权查看的记录")
UNREADABLE = Detail("a record that cannot be read", "无法读取的记录")
NUMBER = Detail("the number of a record that was still to be made", "尚待建立的记录编号")


class Gone:
    """Stands for what the log does not hold: whatever is asked of it raises NotInLog."""

    def __init__(self, what: Detail) -> None:
        object.__setattr__(self, "_what", what)

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise NotInLog(object.__getattribute__(self, "_what"))

    __getattr__ = __call__ = __iter__ = __len__ = __bool__ = __contains__ = __getitem__ = _refuse
    __or__ = __ror__ = __and__ = __rand__ = __sub__ = __rsub__ = __eq__ = _refuse
    __hash__ = object.__hash__


class KeptClaim:
    """The claim that an event rested on, as far as its metadata says: role, unit, in whose stead; no level, no area."""

    def __init__(self, role: str, unit: str | None, standing_in_for: str | None) -> None:
        self.role = role
        self.unit = unit
        self.standing_in_for = standing_in_for

    def is_of(self, unit: str | None) -> bool:
        """Whether it is held in this very unit; of which other units that one was part is not kept."""
        return unit is not None and self.unit == unit

    def __getattr__(self, name: str) -> NoReturn:
        raise NotInLog(CLAIMS)


class Holding(NamedTuple):
    """What an actor held at a moment, as far as the log says: `Gone` where only the host knew."""

    actor: Actor
    claims: Any
    interests: Any
    holders: Any


class Past:
    """One log, to be asked how things stood before any of its positions; for one reader."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.log = reader.log
        rows = self.log.store.read(LOG_STREAM)
        self.tables = Tables.of(rows)
        self._places = [row.position for row in rows]
        self._adopted = [Adopted()]
        for row in rows:
            said = [self.log.codec.decode(row.topic, row.state)]
            self._adopted.append(adopted_by(said, self._adopted[-1]))
        self._authority = DefaultAuthority()
        kinds = self.log.deciders.values()
        self._deciders = {event.name: decider for decider in kinds for event in decider.workflow.events}
        self._seen: dict[str, bool] = {}
        self._streams: OrderedDict[str, _Stream] = OrderedDict()

    def adopted(self, position: int) -> Adopted:
        """Policies and calendars adopted before a position."""
        return self._adopted[bisect_left(self._places, position)]

    def kind_of(self, rows: list[StoredEvent]) -> Decider | None:
        """The kind of record that a stream's rows are of, None where it is not served."""
        return self._deciders.get(rows[0].topic.partition("@")[0]) if rows else None

    def record(self, id: str, position: int) -> Record | None:
        """A record as it stood before a position; None: there was none. Raises LogError where it cannot be read."""
        stream = self._streams.get(id)
        if stream is None:
            rows = self.log.store.read(id) if id != LOG_STREAM else []
            stream = self._streams[id] = _Stream(rows, self.log, self.kind_of(rows))
            if len(self._streams) > _STREAMS:
                self._streams.popitem(last=False)
        self._streams.move_to_end(id)
        return stream.before(position)

    def holding(self, by: str, role: str, position: int, at: datetime) -> Holding:
        """What whoever acted held when it was recorded (`at`): the directory of that time says, or nobody here can."""

        def look_up(id: str) -> Record | None:
            return self.record(id, position)

        def holders(roles: Collection[str], level: Level | None, area: str) -> tuple[Holder, ...]:
            return self._authority.holders(roles, level, area, at, look_up)

        has_directory = look_up(DIRECTORY_ID) is not None
        known: Any = holders if has_directory else Gone(CLAIMS)
        for built_in in (SYSTEM, IMPORTER):
            if by == built_in.id and role == Role.SYSTEM:
                return Holding(built_in, built_in.claims, frozenset(), known)
        actor = Actor(id=by)
        if not has_directory:
            return Holding(actor, Gone(CLAIMS), Gone(CLAIMS), known)
        claims = self._authority.claims(actor, at, look_up)
        return Holding(actor, claims, self._authority.interests(actor, at, look_up), known)

    def look_up(self, held: Holding, own: Record, position: int) -> Callable[[str], Record | None]:
        """What a decision saw of other records: those hidden from its actor were not there.

        Raises NotInLog for a record that may have been hidden from an actor of whom little is known, LogError for one
        that cannot be read. For a reader who may not see all, what is not there and what is hidden is NotInLog alike.
        """

        def look_up(id: str) -> Record | None:
            if id != own.id and not self._is_seen(id):
                raise NotInLog(UNSEEN)
            record = own if id == own.id else self.record(id, position)
            if record is None:
                return None
            if held.actor is SYSTEM or held.actor is IMPORTER:
                return record
            if isinstance(held.claims, Gone):
                if type(record).hides_from is not Record.hides_from or record.is_secret:
                    raise NotInLog(SECRETS)
                return record
            return None if hides(record, held.claims, held.actor.id) else record

        return look_up

    def _is_seen(self, id: str) -> bool:
        if self.reader.sees_all:
            return True
        seen = self._seen.get(id)
        if seen is None:
            if len(self._seen) > _SEEN:
                self._seen.clear()
            seen = self._seen[id] = self.reader.has(id)
        return seen


def folded(decider: Decider, state: Record, row: StoredEvent, event: Event) -> Record:
    """The record after an event. Raises LogError where it does not fit the record as it stands."""
    try:
        return decider.evolve(state, event)
    except Exception as error:  # a forged event may break a fold in any way
        raise LogError(f"version {row.version} of {row.stream} does not fit the record as it stands") from error


class _Stream:
    """One stream, folded as far as it is asked for: each state of a short one is kept, of a long one the last."""

    def __init__(self, rows: list[StoredEvent], log: Log, decider: Decider | None) -> None:
        self._rows = rows
        self._decode = log.codec.decode
        self._decider = decider
        self._places = [row.position for row in rows]
        self._keeps_all = len(rows) <= _EVERY_STATE
        self._states: list[Record | None] = [None]
        self._count = 0  # how many rows the last state holds

    def before(self, position: int) -> Record | None:
        """The record as its rows before a position leave it."""
        count = bisect_left(self._places, position)
        if count < self._count and not self._keeps_all:
            self._states, self._count = [None], 0
        while self._count < count and self._decider is not None:
            row = self._rows[self._count]
            state = self._states[-1] or self._decider.initial.changed(id=row.stream)
            after = folded(self._decider, state, row, self._decode(row.topic, row.state))
            if self._keeps_all:
                self._states.append(after)
            else:
                self._states[-1] = after
            self._count += 1
        return self._states[count] if self._keeps_all else self._states[-1]
