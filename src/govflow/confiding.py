"""Personal data of a log 个人信息: opened for those who may read it there, each time for a reason that is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from govflow.actors import SYSTEM, Actor, Claim
from govflow.errors import Broken, NotAllowed, NotFound, ProtectionError
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
            raise NotFound(f"there is no record {id}")
        found = self._last_with(id, field, version)
        region, key = _item_of(found.event) if found is not None else (None, "")
        item: Item | None = record.item(region, key) if region else None
        interests = self.authority.interests(actor, self._moment(), self.log.current)
        claim = may_read(record, item, field, claims, actor.id, interests)
        if claim is None:
            raise ProtectionError(f"{actor.id} has no right to read {field} of {id}")
        if found is None:
            raise NotFound(f"{id} has no personal field {field}")
        text = self._read_value(found.value, found.row, found.field)
        if text is None:
            return None
        if self.read_only:
            raise ProtectionError(
                "what is read of personal data is written down, and this log is open for reading alone"
            )
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
        self._on_people([found.value.subject], [reading])
        return text

    def _last_with(self, id: str, field: str, version: int | None) -> _Found | None:
        for row in reversed(self.store.read(id)):
            event = self.log.codec.decode(row.topic, row.state)
            if field in event.personal and getattr(event, field) is not None and version in (None, row.version):
                return _Found(row, event, getattr(event, field), field)
        return None

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

    def person(self, subject: str) -> DataSubject | None:
        """What the log knows of a person under a pseudonym, None where nothing was written down of them."""
        record = self.log.current(person_id(subject))
        return record if isinstance(record, DataSubject) else None

    def _shows(self, record: Record, claims: Sequence[Claim], actor: str) -> bool:
        """Whether these claims let an actor see a record: of a person, one that tells of nothing hidden from them."""
        if not sees(record, claims, actor):
            return False
        if not isinstance(record, DataSubject) or record.raised_by(actor) or all(each.unit is None for each in claims):
            return True
        told_of = {*self.vault.keys.records_of(record.subject), *record.stood_in}
        told_of |= {each.record for each in record.corrections.values()}
        return not any(hides(each, claims, actor) for each in map(self.log.current, told_of) if each is not None)

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
        self, subjects: Iterable[str], commands: Sequence[Command], also: Callable[[Unit], object] | None = None
    ) -> DataSubject:
        """Handle commands on the records of people, begun where there are none, in one transaction; the last one after.

        `also` adds events of the log itself to it. Raises as `handle` does.
        """

        def attempt(_: bool) -> DataSubject:
            with self.store.transaction() as transaction:
                unit = self._unit(transaction)
                with self.vault.keys.one_commit():
                    for subject in subjects:
                        self._registered(unit, subject)
                    done = [unit.run(command) for command in commands]
                if also is not None:
                    also(unit)
                transaction.append(unit.rows)
            self._keep(unit, transaction)
            assert isinstance(done[-1], DataSubject), "these commands are for nothing else"
            return done[-1]

        return self._retrying(attempt)

    def _registered(self, unit: Unit, subject: str) -> None:
        if unit.state(id := person_id(subject)) is None:
            unit.run(RegisterSubject(id=id, by=SYSTEM, subject=subject, area=self._root_area()))


def _item_of(event: Event) -> tuple[str | None, str]:
    """The region and the key of the item that an event belongs to."""
    key = getattr(event, "item", "")
    return (event.name.partition(".")[0], key) if key else (None, "")


_SPEAKS_OF_RESTRICTED = Broken(
    "nobody_spoken_of_is_restricted",
    "the text speaks of somebody whose data is restricted",
    "该文本涉及已被限制处理的主体",
)
