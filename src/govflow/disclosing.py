"""What a log holds of one person 个人信息查阅、复制: every value, who read it and why, what was decided; for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from govflow.actors import Actor, Claim
from govflow.erasing import Erasing
from govflow.messages import Protected, RecordedEvent
from govflow.persistence.codec import StoredEvent
from govflow.reading import hides
from govflow.records import Record
from govflow.subjects import DiscloseSubject, FieldOpened, Requester, TextDealt, person_id, place_of
from govflow.subjects.messages import SubjectRegistered

BOX = "box-"
"""How the pseudonyms of ballot boxes begin, which are nobody's."""


class Shown(StrEnum):
    """What is shown of a value."""

    CLEAR = "clear"  # 原文
    CORRECTED = "corrected"  # 更正后的文本
    ERASED = "erased"  # 已删除
    CLOSED = "closed"  # 本人方可查阅: of a secret matter


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
        who may read it there. `progress` hears (records read, records there). Raises NotAllowed, NotFound.
        """
        values: tuple[Given, ...] = ()
        if self._answers_for(subject, by):
            self._check_known(subject)
            values = tuple(self._values_of(subject, by, self._claims(by, self._moment()), progress))
        command = DiscloseSubject(
            id=person_id(subject),
            by=by,
            to=to,
            basis=basis,
            records=tuple(sorted({each.record for each in values if each.text is not None})),
        )
        person = self._on_one(subject, command)
        history = self.history(person.id)
        told = tuple(each for each in history if not isinstance(each.body, FieldOpened | SubjectRegistered))
        others = self.texts_about(subject)
        return Disclosure(
            subject,
            person.status,
            command.occurred_at or self._moment(),
            values,
            self.readings_of(subject),
            told,
            others,
        )

    def subjects(self) -> Iterator[str]:
        """The people whose data the log protects or protected, by pseudonym, in flat memory; ballot boxes apart.

        Raises LogError without the log's own key store.
        """
        self.vault.keys.check_serves()
        for subject in self.vault.keys.subjects():
            if not subject.startswith(BOX):
                yield subject
        yield from sorted(each for each in self.log.erased if not each.startswith(BOX))

    def readings_of(self, subject: str) -> tuple[Reading, ...]:
        """Who read what of a person, when and why, oldest first."""
        if self.person(subject) is None:
            return ()
        return tuple(
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
            for each in self.history(person_id(subject))
            if isinstance(each.body, FieldOpened)
        )

    def _values_of(
        self, subject: str, by: Actor, claims: tuple[Claim, ...], progress: Progress | None
    ) -> Iterator[Given]:
        person = self.person(subject)
        records = self.records_of(subject) or (person.stood_in if person is not None else ())
        for count, id in enumerate(records, 1):
            record = self.get(id)
            if not hides(record, claims, by.id):
                for row in self.store.read(id):
                    yield from self._values_in(row, subject, record, by)
            if progress is not None:
                progress(count, len(records))

    def _values_in(self, row: StoredEvent, subject: str, record: Record, by: Actor) -> Iterator[Given]:
        event = self.log.codec.decode(row.topic, row.state)
        for field in event.personal:
            value = getattr(event, field)
            if isinstance(value, Protected) and value.subject == subject:
                shown, text = Shown.CLOSED, None
                if by.id == subject or not record.is_secret:
                    shown, text = self._shown(value, row, field)
                yield Given(row.stream, row.version, field, event.name, event.at, shown, text)

    def _shown(self, value: Protected, row: StoredEvent, field: str) -> tuple[Shown, str | None]:
        text = self._read_value(value, row, field)
        person = self.person(value.subject)
        if text is None:
            return Shown.ERASED, None
        is_corrected = person is not None and place_of(row.stream, row.version, field) in person.corrections
        return (Shown.CORRECTED if is_corrected else Shown.CLEAR), text


Progress = Callable[[int, int], object]
"""Hears how far it is: (records read, records there)."""
