"""Where a person's data stand in a log 个人信息所在: in which records, and in which texts of others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from govflow.confiding import Confiding
from govflow.messages import Protected, is_box
from govflow.privacy.key_names import Text
from govflow.reading import Reader
from govflow.subjects import TextDealt, person_id, place_of
from govflow.subjects.model import PERSON


class Spoken(NamedTuple):
    """A text of somebody else that speaks of a person: where its key belongs, where it is read, of whom it speaks.

    One that was corrected since is read nowhere.
    """

    text: Text
    read_at: TextDealt | None
    about: tuple[str, ...]


class Locating(Confiding):
    """Finds where the personal data of a log stand."""

    def knows(self, subject: str) -> bool:
        """Whether the log holds, or held, anything of a person, or a text that speaks of them; a box is no person."""
        keys = self.vault.keys
        return not is_box(subject) and bool(
            self.person(subject)
            or subject in self.log.erased
            or keys.records_of(subject)
            or keys.has_legacy(subject)
            or keys.texts_about(subject)
        )

    def records_of(self, subject: str) -> list[str]:
        """The records in which something of a person stands under a key, by id, their own record apart.

        Values from before keys had purposes are looked for in the whole log.
        """
        found = set(self.vault.keys.records_of(subject))
        if self.vault.keys.has_legacy(subject):
            mark = f'"subject":"{subject}"'.encode()
            found |= {row.stream for row in self.store.scan() if mark in row.state and b'"ciphertext"' in row.state}
        # a key whose command was never stored is not swept yet
        return sorted(id for id in found if not id.startswith(PERSON) and self.store.version(id))

    def texts_about(self, subject: str) -> tuple[TextDealt, ...]:
        """The texts of others that speak of a person, where they are read: what erasing asks to be dealt with."""
        return tuple(each.read_at for each in self._spoken(subject) if each.read_at is not None)

    def _spoken(self, subject: str) -> Iterator[Spoken]:
        texts = self.vault.keys.texts_about(subject)
        for text in sorted(texts, key=lambda text: (text.stream, text.version, text.field)):
            value = self._stored(text) if text.owner != subject else None
            if value is not None and subject in value.about:
                rest = tuple(each for each in value.about if each != subject)
                yield Spoken(text, self._read_at(text), rest)

    def _stored(self, text: Text) -> Protected | None:
        """A text as it stands in the log; None where its command was never stored, whoever wrote there since."""
        row = next(iter(self.store.read(text.stream, text.version - 1)), None)
        value = None if row is None else getattr(self.log.codec.decode(row.topic, row.state), text.field, None)
        return value if isinstance(value, Protected) and value.subject == text.owner else None

    def _read_at(self, text: Text) -> TextDealt | None:
        """Where a text is read: at its own place, or in the place of what it corrects; None once it was corrected."""
        person = self.person(text.owner)
        corrections = {} if person is None else person.corrections
        if text.stream == person_id(text.owner):
            for each in corrections.values():
                if each.stands_in == text.version:
                    return TextDealt(owner=text.owner, record=each.record, version=each.version, field=each.field)
            return None
        if place_of(text.stream, text.version, text.field) in corrections:
            return None
        return TextDealt(owner=text.owner, record=text.stream, version=text.version, field=text.field)

    def told_to(self, subject: str) -> Reader:
        """The log as it may be told to a person whose data is in it: without secret matters that others brought up.

        Who is reported in confidence must not find out by asking for their own data, or by having it erased.
        """
        return Reader(self.log, lambda record: not record.is_secret or record.raised_by(subject))
