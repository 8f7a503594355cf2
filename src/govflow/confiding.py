"""Personal data of a log 个人信息: opened for those who may read it there, each time for a reason that is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from govflow.actors import SYSTEM, Actor, Claim
from govflow.errors import Broken, Detail, NotAllowed, NotFound, ProtectionError
from govflow.messages import Command, Event, Protected
from govflow.persistence.codec import StoredEvent
from govflow.reading import hides, sees
from govflow.records import Item, Record
from govflow.signing import SelfSigning
from govflow.subjects import DataSubject, OpenField, RegisterSubject, may_read, person_id, place_of
from govflow.transaction import Unit


class _Found(NamedTuple):
    """A personal value where it stands."""

    row: StoredEvent
    event: Event
    value: Protected
    field: str

    @property
    def place(self) -> str:
        return place_of(self.row.stream, self.row.version, self.field)


class Confiding(SelfSigning):
    """Opens what is protected in a log, and writes down who read what and why."""

    def open_personal(self, id: str, field: str, actor: Actor, *, why: str, version: int | None = None) -> str | None:
        """The clear text of a personal field of a record's events (the last one that has it); None once it is erased.

        `field` is a field of an event (`reporter_name`); `why` says for what it is read, and names nobody. That it was
        read is in the log before it is shown (`subject.opened`); where it was corrected, the newest correction is.
        Raises ProtectionError without the right to read it there and on a log that is open for reading alone,
        NotAllowed while the person's data is restricted or for no reason, NotFound for what is hidden from the actor.
        """
        record = self.get(id)
        claims = self._claims(actor, self._moment())
        if hides(record, claims, actor.id):
            raise NotFound(Detail(f"there is no record {id}", f"没有记录 {id}"))
        found = self._last_with(id, field, version)
        region, key = _item_of(found.event) if found is not None else (None, "")
        item: Item | None = record.item(region, key) if region else None
        interests = self.authority.interests(actor, self._moment(), self.log.current)
        claim = may_read(record, item, field, claims, actor.id, interests)
        if claim is None:
            what = f"{actor.id} has no right to read {field} of {id}"
            raise ProtectionError(Detail(what, f"{actor.id} 无权查阅 {id} 的 {field}"))
        if found is None:
            known = [
                each for each in self._personal_fields(id) if may_read(record, None, each, claims, actor.id, interests)
            ]
            raise no_field(id, field, known)
        if self._read_value(found.value, found.row, found.field) is None:
            return None
        if self.read_only:
            raise ProtectionError(_READ_ONLY)
        self._check_others(found.value, actor)
        as_reader = actor.model_copy(update={"claims": (claim, *(each for each in actor.claims if each != claim))})
        reading = OpenField(
            id=person_id(found.value.subject),
            by=actor if claim not in actor.claims else as_reader,
            record=id,
            on_version=found.row.version,
            field=field,
            region=region if item is not None else None,
            part=key if item is not None else "",
            why=why,
        )
        self._on_people(lambda _: ([found.value.subject], [reading]))
        return self._read_value(found.value, found.row, found.field)  # only now: no refusal has the text in its frames

    def _last_with(self, id: str, field: str, version: int | None) -> _Found | None:
        for row in reversed(self.store.read(id)):
            event = self.log.codec.decode(row.topic, row.state)
            if field in event.personal and getattr(event, field) is not None and version in (None, row.version):
                return _Found(row, event, getattr(event, field), field)
        return None

    def _personal_fields(self, id: str) -> list[str]:
        """The personal fields that the events of a record have."""
        events = (self.log.codec.decode(row.topic, row.state) for row in self.store.read(id))
        return sorted({name for each in events for name in each.personal if getattr(each, name) is not None})

    def _read_value(self, value: Protected, row: StoredEvent, field: str) -> str | None:
        """The clear text of a value, or of its newest correction; None once erased. For what records who reads it."""
        person = self.person(value.subject)
        place = place_of(row.stream, row.version, field)
        corrected = person.corrections.get(place) if person is not None else None
        if corrected is None or person is None:
            return self.vault.open(value, row.stream, row.version, row.topic, field)
        (correction, *_) = self.store.read(person.id, corrected.stands_in - 1)
        new: Any = self.log.codec.decode(correction.topic, correction.state)
        return self.vault.open(new.value, correction.stream, correction.version, correction.topic, "value")

    def _item_in(self, record: Record, event: Event) -> Item | None:
        """The item of a record that an event belongs to, as it stands now."""
        region, key = _item_of(event)
        found: Item | None = record.item(region, key) if region else None
        return found

    def person(self, subject: str) -> DataSubject | None:
        """What the log knows of a person under a pseudonym, None where nothing was written down of them."""
        record = self.log.current(person_id(subject))
        return record if isinstance(record, DataSubject) else None

    def _shows(self, record: Record, claims: Sequence[Claim], actor: str) -> bool:
        """Whether these claims let an actor see a record: of a person, one that tells of nothing hidden from them."""
        if not sees(record, claims, actor):
            return False
        return not isinstance(record, DataSubject) or not self._tells_of_hidden(record.subject, claims, actor)

    def _tells_of_hidden(self, subject: str, claims: Sequence[Claim], actor: str) -> bool:
        """Whether data of a person, or a text that speaks of them, is in a record that these claims hide from an actor.

        Whoever holds such claims is told nothing of the person and decides nothing over them: others have the office.
        """
        if actor == subject or all(each.unit is None for each in claims):
            return False
        texts, person = self.vault.keys.texts_about(subject), self.person(subject)
        told_of = {*self.vault.keys.records_of(subject), *(each.stream for each in texts)}
        told_of |= {each for text in texts if (owner := self.person(text.owner)) for each in _corrected_in(owner)}
        if person is not None:
            told_of |= {*person.stood_in, *_corrected_in(person)}
        return any(hides(each, claims, actor) for each in map(self.log.current, told_of) if each is not None)

    def is_restricted(self, subject: str) -> bool:
        """Whether nothing may be done with a person's data but storing and protecting it."""
        person = self.person(subject)
        return person is not None and person.is_restricted

    def _check_others(self, value: Protected, actor: Actor) -> None:
        """A text that speaks of somebody whose data is restricted is for nobody but them."""
        restricted = [each for each in value.about if each != actor.id and self.is_restricted(each)]
        if restricted and actor.id != value.subject:
            raise NotAllowed(OpenField.wire, None, [_SPEAKS_OF_RESTRICTED])

    def _on_people(
        self,
        plan: Callable[[Unit], tuple[Iterable[str], Sequence[Command]]],
        also: Callable[[Unit], object] | None = None,
    ) -> DataSubject:
        """Handle commands on the records of people, begun where there are none, in one transaction; the last one after.

        `plan` says on whom and which, as things stand while nobody else writes; `also` adds events of the log itself.
        Raises as `handle` does.
        """

        def attempt(_: bool) -> DataSubject:
            with self.store.transaction() as transaction:
                unit = self._unit(transaction)
                unit.is_engines_own = True
                subjects, commands = plan(unit)
                with self.vault.keys.one_commit():
                    done = [self._registered(unit, subject) for subject in subjects]
                    done += [unit.run(command) for command in commands]
                if also is not None:
                    also(unit)
                transaction.append(unit.rows)
            self._keep(unit, transaction)
            assert isinstance(done[-1], DataSubject), "these commands are for nothing else"
            return done[-1]

        return self._retrying(attempt)

    def _registered(self, unit: Unit, subject: str) -> Record:
        person = unit.state(id := person_id(subject))
        return person or unit.run(RegisterSubject(id=id, by=SYSTEM, subject=subject, area=self._root_area()))


def _corrected_in(person: DataSubject) -> Iterator[str]:
    """The records in which something of a person was corrected."""
    return (each.record for each in person.corrections.values())


def _item_of(event: Event) -> tuple[str | None, str]:
    """The region and the key of the item that an event belongs to."""
    key = getattr(event, "item", "")
    return (event.name.partition(".")[0], key) if key else (None, "")


def no_field(id: str, field: str, known: Sequence[str] = ()) -> NotFound:
    """What is said of a personal field that a record does not have there, with those that may be read."""
    there, zh = (f"; there are: {', '.join(known)}", f"；现有：{'、'.join(known)}") if known else ("", "")
    return NotFound(Detail(f"{id} has no personal field {field}{there}", f"{id} 没有个人信息字段 {field}{zh}"))


_READ_ONLY = Detail(
    "what is read of personal data is written down, and this log is open for reading alone",
    "查阅个人信息须留痕，而此日志仅以只读方式打开",
)
_SPEAKS_OF_RESTRICTED = Broken(
    "nobody_spoken_of_is_restricted",
    "the text speaks of somebody whose data is restricted",
    "该文本涉及已被限制处理的主体",
)
