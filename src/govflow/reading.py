"""What can be asked of a log: records now and then, their histories and open loops, as far as the reader may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TypeVar, overload

from govflow.actors import FOR_THEMSELVES, Claim
from govflow.clocks.why import Why, why_due
from govflow.decider import Decider
from govflow.errors import InputError, LogError, NotFound
from govflow.log import Log
from govflow.log_events import LOG_STREAM
from govflow.messages import RecordedEvent
from govflow.policy import DEFAULT_POLICY
from govflow.records import Loop, Record
from govflow.withholding import without

_R = TypeVar("_R", bound=Record)
_T = TypeVar("_T")
Sees = Callable[[Record], bool]
_REMEMBERED = 100_000  # ids of which a reader remembers whether they are hidden


def aware(moment: datetime, where: str) -> datetime:
    """The moment in UTC. Raises InputError where it is no moment, or names no time zone."""
    if not isinstance(moment, datetime):
        raise InputError(f"{moment!r} is no moment", where=where, expected="an aware datetime")
    if moment.tzinfo is None:
        raise InputError("the moment names no time zone", where=where, expected="an aware datetime")
    return moment.astimezone(UTC)


def sees(record: Record, claims: Iterable[Claim], actor: str) -> bool:
    """Whether these claims let an actor see a record; a claim that hides it outweighs all but having raised it."""
    held = tuple(claims)
    return not hides(record, held, actor) and any(record.can_read(claim, actor) for claim in held)


def hides(record: Record, claims: Iterable[Claim], actor: str) -> bool:
    """Whether this very actor must not learn that the record exists: as of the unit reported, or a mere resident."""
    held = tuple(claims)
    if record.raised_by(actor):
        return False
    if any(record.hides_from(claim) for claim in held):  # whatever an item says of them
        return True
    resident = record.is_secret and all(claim.role in FOR_THEMSELVES for claim in held)  # or nobody at all
    return resident and not any(record.can_read(claim, actor) for claim in held)


def keeps_from(record: Record, claims: Iterable[Claim], actor: str) -> bool:
    """Whether what this actor asks of a record is answered as if there were none, were it for a right of theirs or not.

    A record of a person is kept from officials who may not see it: else a refusal would tell that there is one.
    """
    held = tuple(claims)
    of_others = record.is_for_readers_alone and bool(record.version) and not record.raised_by(actor)
    return hides(record, held, actor) or (of_others and not sees(record, held, actor))


class Reader:
    """Reads one log for one reader. What the reader may not see is not there: it is NotFound, and counted nowhere.

    Nor is it named in what the reader may see: ties to it are left out, and its id is withheld.
    """

    def __init__(self, log: Log, may_see: Sees | None = None, catch_up: Callable[[], object] | None = None) -> None:
        self.log = log
        self._may_see = may_see
        self._catch_up = catch_up
        self._hidden: tuple[int, dict[str, bool]] = 0, {}  # what was found out at a head of the log

    def _fresh(self) -> None:
        """See what others wrote of policies and calendars."""
        if self._catch_up is not None:
            self._catch_up()

    @property
    def deciders(self) -> Mapping[str, Decider]:
        """The kinds of record that are served, by name."""
        return self.log.deciders

    @overload
    def get(self, id: str) -> Record: ...

    @overload
    def get(self, id: str, kind: type[_R]) -> _R: ...

    def get(self, id: str, kind: type[Record] = Record) -> Record:
        """The record as it stands now, of this `kind` where one is named. Raises NotFound."""
        record = self._seen(id)
        if not isinstance(record, kind):
            raise NotFound(f"{id} is a {record.kind_of_record}, not a {kind.kind_of_record}")
        return self.shown(record)

    def _seen(self, id: str) -> Record:
        """The record as the log has it. Raises NotFound for what the reader may not see."""
        record = self.log.current(id)
        if record is None or not self._is_seen(record):
            raise NotFound(f"there is no record {id}")
        return record

    def has(self, id: str) -> bool:
        """Whether there is a record of this id for this reader."""
        record = self.log.current(id) if id != LOG_STREAM else None
        return record is not None and self._is_seen(record)

    def shown(self, value: _T) -> _T:
        """A value of the log without the ids of records that this reader may not see; the same where it names none."""
        return value if self._may_see is None else without(value, self._is_hidden)

    def shows_all_of(self, id: str) -> bool:
        """Whether nothing of a record is withheld from this reader: digests of its states are those of the log."""
        return self._may_see is None or all(self.shown(each) is each for each in self.log.history(id))

    def _is_hidden(self, id: str) -> bool:
        """Whether there is a record of this id that the reader may not see."""
        head, known = self._hidden
        if head != self.log.head or len(known) > _REMEMBERED:
            known = {}
            self._hidden = self.log.head, known
        found = known.get(id)
        if found is None:
            is_there = id != LOG_STREAM and self.log.store.version(id) > 0
            try:
                found = known[id] = is_there and not self.has(id)
            except LogError:  # of a kind that is not served here, or damaged: nobody may see it
                found = known[id] = True
        return found

    @property
    def sees_all(self) -> bool:
        """Whether no record is hidden from this reader."""
        return self._may_see is None

    def sees_everything(self) -> bool:
        """Whether this reader may see every record that there is now, each being asked. Raises LogError."""
        return self._may_see is None or all(map(self._may_see, self.log.records()))

    def _is_seen(self, record: Record) -> bool:
        return self._may_see is None or self._may_see(record)

    def _check(self, id: str) -> None:
        """Raises NotFound for what the reader may not see: whoever may see a record now may see its past."""
        if self._may_see is not None:
            self._seen(id)

    def as_of(self, id: str, moment: datetime | None = None, *, version: int | None = None) -> Record:
        """The record as of what had occurred by `moment`, or as of its `version`. Raises NotFound if there was none."""
        self._check(id)
        found = self.log.fold(id, version) if moment is None else self.log.as_of(id, aware(moment, "as_of"))
        return self.shown(found)

    def known_at(self, id: str, moment: datetime) -> Record:
        """The record as of what had been recorded by `moment`. Raises NotFound if nothing had."""
        self._check(id)
        known = aware(moment, "known_at")
        return self.shown(self.log.fold_while(id, lambda recorded: recorded.meta.recorded_at <= known, known))

    def history(self, id: str) -> tuple[RecordedEvent, ...]:
        """Every event of the record with its metadata, oldest first. Raises NotFound."""
        self._check(id)
        events = self.log.history(id) if id != LOG_STREAM else ()
        if not events:
            raise NotFound(f"there is no record {id}")
        return events if self._may_see is None else tuple(map(self.shown, events))

    def log_history(self) -> tuple[RecordedEvent, ...]:
        """What the log says of itself: its opening, the tables and policies adopted, erased subjects."""
        return tuple(map(self.shown, self.log.history(LOG_STREAM)))

    def events(self, after: int = 0) -> Iterator[RecordedEvent]:
        """Every event of the log in order, from behind position `after`, in flat memory."""
        for row in self.log.store.scan(after):
            if self._may_see is not None and row.stream != LOG_STREAM:
                record = self.log.current(row.stream)
                if record is None or not self._may_see(record):
                    continue
            yield self.shown(self.log.codec.recorded(row))

    def records(self) -> Iterator[Record]:
        """Every record as it stands now, by id, in flat memory. Raises LogError for a kind that is not served."""
        return (self.shown(record) for record in self.log.records() if self._is_seen(record))

    def open_loops(self, id: str) -> tuple[Loop, ...]:
        """What the record still owes: each loop with who owes it, since when and until when."""
        record = self.get(id)
        return self.deciders[record.kind_of_record].open_loops(record)

    def why_due(
        self, id: str, clock: str | None = None, *, version: int | None = None, now: datetime | None = None
    ) -> tuple[Why, ...]:
        """Why each clock of the record (or one `clock`) is due when it is, now or as of its `version`.

        With `now` it says what is left or by how much it is over. Raises NotFound.
        """
        self._fresh()
        record = self.get(id) if version is None else self.as_of(id, version=version)
        if clock is not None and clock not in record.clocks:
            raise NotFound(f"{id} has no clock {clock}")
        in_force = self.log.adopted.policy_on(self.log.last_recorded) or DEFAULT_POLICY
        policy = self.log.policies.get(record.policy, in_force)
        history = tuple(each for each in self.log.history(id) if each.version <= record.version)
        labels = {command.wire: command.label for command in self.deciders[record.kind_of_record].commands}
        return tuple(
            self.shown(
                why_due(
                    each,
                    zone=policy.zone,
                    calendar=self.log.calendars.get(each.calendar or ""),
                    limit=policy.limit(each.rule or "") or policy.retention_class(each.rule or ""),
                    history=history,
                    labels=labels,
                    now=now,
                )
            )
            for name, each in record.clocks.items()
            if clock in (None, name)
        )
