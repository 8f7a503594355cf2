"""What a log holds of one person 个人信息查阅、复制: every value, who read it and why, what was decided; for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from govflow.actors import Actor, Claim
from govflow.erasing import Erasing
from govflow.errors import Broken, NotAllowed
from govflow.messages import Protected, RecordedEvent, is_person
from govflow.persistence.codec import StoredEvent
from govflow.reading import Reader, hides
from govflow.records import Record
from govflow.restricting import unknown
from govflow.subjects import DiscloseSubject, FieldOpened, Requester, TextDealt, concerned, person_id, place_of
from govflow.subjects.messages import SubjectRegistered


class Shown(StrEnum):
    """What is shown of a value."""

    CLEAR = "clear"  # 原文
    CORRECTED = "corrected"  # 更正后的文本
    ERASED = "erased"  # 已删除
    CLOSED = "closed"  # 本人方可查阅: of a secret matter, one of whoever asks, or about somebody restricted


class Given(NamedTuple):
    """One value of a person: where and when it was given, and its text as it is read now, where it is shown."""

    record: str
    version: int
    field: str
    event: str
    at: datetime
    shown: Shown
    text: str | None


class Reading(NamedTuple):
    """One time that a value was read."""

    at: datetime
    by: str
    role: str | None
    unit: str | None
    record: str
    version: int
    field: str
    why: str


class Disclosure(NamedTuple):
    """Everything about one person: values, who read them, what was decided, texts of others that speak of them."""

    subject: str
    status: str
    at: datetime
    values: tuple[Given, ...]
    readings: tuple[Reading, ...]
    decisions: tuple[RecordedEvent, ...]
    texts_of_others: tuple[TextDealt, ...]


class Disclosing(Erasing):
    """Hands what a log holds of a person to them."""

    def disclose(
        self, subject: str, by: Actor, *, basis: str, to: Requester = Requester.PERSON, progress: Progress | None = None
    ) -> Disclosure:
        """Everything the log holds of a person, in clear, for them or who acts for them (个人信息保护法 §45).

        That it was handed over is recorded first. What belongs to a secret matter is shown to the person alone, and to
        who may read it there; of a secret matter of others that speaks of the person nothing is told. `progress` hears
        (records read, records there). Raises NotAllowed, NotFound.
        """
        values: list[Given] = []
        if self._answers_for(subject, by):
            self._check_known(subject)
            self._check_shown(subject, by)
            if to is Requester.AUTHORITY and self.is_restricted(subject):
                raise NotAllowed(DiscloseSubject.wire, person_id(subject), [_RESTRICTED])
            values += self._values_of(subject, by, self._claims(by, self._moment()), progress)
        theirs = self.told_to(subject)
        if by.id == subject and not (values or self.person(subject) or self._spoken_of_in(subject, theirs)):
            raise unknown(subject)
        command = DiscloseSubject(
            id=person_id(subject),
            by=by,
            to=to,
            basis=basis,
            records=tuple(sorted({each.record for each in values if each.text is not None})),
        )
        try:
            person = self._on_one(subject, command)
        except BaseException:
            values.clear()  # no refusal has them in its frames
            raise
        history = map(theirs.shown, self.history(person.id))
        told = tuple(each for each in history if not isinstance(each.body, FieldOpened | SubjectRegistered))
        return Disclosure(
            subject,
            person.status,
            command.occurred_at or self._moment(),
            tuple(values),
            tuple(each for each in self.readings_of(subject) if theirs.has(each.record)),
            told,
            self._spoken_of_in(subject, theirs),
        )

    def _spoken_of_in(self, subject: str, theirs: Reader) -> tuple[TextDealt, ...]:
        return tuple(each for each in self.texts_about(subject) if theirs.has(each.record))

    def subjects(self) -> Iterator[str]:
        """The people whose data the log protects or protected, by pseudonym, in flat memory.

        Ballot boxes and texts that are nobody's own are no people. Raises LogError without the log's own key store.
        """
        self.vault.keys.check_serves()
        for subject in self.vault.keys.subjects():
            if is_person(subject):
                yield subject
        yield from sorted(filter(is_person, self.log.erased))

    def readings_of(self, subject: str) -> tuple[Reading, ...]:
        """Who read what of a person, and what texts of others that speak of them, when and why, oldest first."""
        found = [*self._read_of(subject)]
        texts: dict[str, set[str]] = {}
        for each in self.texts_about(subject):
            texts.setdefault(each.owner, set()).add(place_of(each.record, each.version, each.field))
        for owner, places in texts.items():
            read = self._read_of(owner)
            found += (each for each in read if place_of(each.record, each.version, each.field) in places)
        return tuple(sorted(found, key=lambda each: each.at))

    def _read_of(self, owner: str) -> Iterator[Reading]:
        if self.person(owner) is None:
            return iter(())
        return (
            Reading(
                each.body.at,
                each.body.by,
                each.body.role,
                each.body.unit,
                each.body.record,
                each.body.on_version,
                each.body.field,
                each.body.why,
            )
            for each in self.history(person_id(owner))
            if isinstance(each.body, FieldOpened)
        )

    def _values_of(
        self, subject: str, by: Actor, claims: tuple[Claim, ...], progress: Progress | None
    ) -> Iterator[Given]:
        person, interests = self.person(subject), self.authority.interests(by, self._moment(), self.log.current)
        records = self.records_of(subject) or (person.stood_in if person is not None else ())
        for count, id in enumerate(records, 1):
            record = self.get(id)
            if not hides(record, claims, by.id):
                for row in self.store.read(id):
                    yield from self._values_in(row, subject, record, by, interests)
            if progress is not None:
                progress(count, len(records))

    def _values_in(
        self, row: StoredEvent, subject: str, record: Record, by: Actor, interests: Collection[str]
    ) -> Iterator[Given]:
        event = self.log.codec.decode(row.topic, row.state)
        kept_away = not concerned(record, self._item_in(record, event)).isdisjoint(interests)
        for field in event.personal:
            value = getattr(event, field)
            if isinstance(value, Protected) and value.subject == subject:
                shown, text = Shown.CLOSED, None
                is_open = not (record.is_secret or kept_away or any(map(self.is_restricted, value.about)))
                if by.id == subject or is_open:
                    shown, text = self._shown(value, row, field)
                yield Given(row.stream, row.version, field, event.name, event.at, shown, text)

    def _shown(self, value: Protected, row: StoredEvent, field: str) -> tuple[Shown, str | None]:
        text = self._read_value(value, row, field)
        person = self.person(value.subject)
        if text is None:
            return Shown.ERASED, None
        is_corrected = person is not None and place_of(row.stream, row.version, field) in person.corrections
        return (Shown.CORRECTED if is_corrected else Shown.CLEAR), text


_RESTRICTED = Broken(
    "restricted_data_is_for_the_person",
    "while the data is restricted it is handed to the person, and to who stands for them, alone",
    "限制处理期间仅向本人及其代理人提供",
)

Progress = Callable[[int, int], object]
"""Hears how far it is: (records read, records there)."""
