"""What is decided over a person's data 个人信息权利: corrected, restricted, held, erased for good with all its keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from govflow.actors import SYSTEM, Actor, Claim
from govflow.confiding import Confiding
from govflow.errors import Detail, InputError, NotAllowed, NotFound, ProtectionError
from govflow.log_events import PersonalDestroyed, SubjectErased
from govflow.messages import Command, Personal, Protected
from govflow.privacy.keys import Text
from govflow.reading import hides
from govflow.subjects import (
    CorrectField,
    CorrectionForm,
    DataSubject,
    Dealt,
    DecideErasure,
    HoldSubject,
    LiftRestriction,
    ReleaseSubject,
    RestrictSubject,
    TextDealt,
    person_id,
    place_of,
)
from govflow.subjects.model import GUARDS, PERSON
from govflow.transaction import Unit


class _Spoken(NamedTuple):
    """A text of somebody else that speaks of a person: where its key belongs, where it is read, of whom it speaks.

    One that was corrected since is read nowhere.
    """

    text: Text
    read_at: TextDealt | None
    about: tuple[str, ...]


class Erasing(Confiding):
    """Decides over the personal data of a log, on the records of the people it is of."""

    def correct_personal(
        self,
        id: str,
        field: str,
        by: Actor,
        *,
        text: str,
        reason: str,
        version: int | None = None,
        form: CorrectionForm = CorrectionForm.CORRECTION,
    ) -> DataSubject:
        """Put another text in the place of a personal field (个人信息保护法 §46): whoever opens it reads this one.

        The old one stays in the log, closed. Raises NotAllowed, and NotFound where there is no such field.
        """
        if hides(self.get(id), self._claims(by, self._moment()), by.id):
            raise NotFound(f"there is no record {id}")
        found = self._last_with(id, field, version)
        if found is None:
            raise NotFound(f"{id} has no personal field {field}")
        place = TextDealt(owner=found.value.subject, record=id, version=found.row.version, field=field)
        command = _correction(place, by, text, reason, found.value.about, form)
        return self._on_people([found.value.subject], [command])

    def restrict(self, subject: str, by: Actor, *, basis: str, authority: str) -> DataSubject:
        """Stop everything that is done with a person's data but storing and protecting it (个人信息保护法 §47).

        Nobody reads it but the person; views show that it is restricted. Raises NotAllowed, NotFound.
        """
        command = RestrictSubject(id=person_id(subject), by=by, basis=basis, authority=authority)
        return self._on_known(subject, command)

    def lift_restriction(self, subject: str, by: Actor, *, basis: str, authority: str) -> DataSubject:
        """Let a person's data be used again. Raises NotAllowed, NotFound."""
        return self._on_known(subject, LiftRestriction(id=person_id(subject), by=by, basis=basis, authority=authority))

    def hold(self, subject: str, by: Actor, *, reason: str, authority: str, hold: str | None = None) -> DataSubject:
        """Forbid to erase a person's data while a reason of law stands; several may. Raises NotAllowed, NotFound."""
        command = HoldSubject(id=person_id(subject), by=by, hold=hold, reason=reason, authority=authority)
        return self._on_known(subject, command)

    def release(self, subject: str, by: Actor, *, hold: str, reason: str) -> DataSubject:
        """End one legal hold by its id. Raises NotAllowed, NotFound."""
        return self._on_known(subject, ReleaseSubject(id=person_id(subject), by=by, hold=hold, reason=reason))

    def _on_known(self, subject: str, command: Command) -> DataSubject:
        if self._answers_for(subject, command.by):
            self._check_known(subject)
        return self._on_one(subject, command)

    def _answers_for(self, subject: str, by: Actor) -> bool:
        """Whether an actor may ask about a person; the rules refuse all others alike, whoever is known or not."""
        return by.id == subject or self._claim_of(by, *GUARDS) is not None

    def _on_one(self, subject: str, command: Command) -> DataSubject:
        """Handle a command on the record of somebody known; who may not see it is told what is told of nobody."""
        try:
            return self._on_people([subject], [command])
        except NotFound:
            raise _unknown(subject) from None
        except NotAllowed as refused:
            if self._answers_for(subject, command.by):
                raise
            of_office = [each for each in refused.broken if each.code in _OF_OFFICE]  # nothing of the person's state
            raise NotAllowed(command.wire, refused.record, of_office or refused.broken) from None

    def _check_known(self, subject: str) -> None:
        """Raises NotFound for whom nothing is known of: an id mistyped must not look like a person served.

        Raises LogError where the log's own key store is not at hand to say so.
        """
        if not self.knows(subject):
            self.vault.keys.check_serves()  # who is known stands in the log's own key store
            raise _unknown(subject)

    def knows(self, subject: str) -> bool:
        """Whether the log holds, or held, anything of a person, or a text that speaks of them."""
        keys = self.vault.keys
        return bool(
            self.person(subject)
            or subject in self.log.erased
            or keys.records_of(subject)
            or keys.has_legacy(subject)
            or keys.texts_about(subject)
        )

    # -- erasing ------------------------------------------------------------------------------------------------------

    def erase(
        self,
        subject: str,
        by: Actor,
        *,
        basis: str,
        authority: str,
        requested_on: date | None = None,
        texts: Mapping[str, str | None] | None = None,
    ) -> None:
        """Erase the personal data of one person (个人信息保护法 §47): decided, recorded, and every key destroyed.

        `requested_on` is the day of the person's own request. Texts of others that speak of the person are dealt with
        by `texts`: the place of each (`texts_about`) -> the text that takes its place, None to drop it whole. Running
        cases and closed votes stay valid. Raises NotAllowed while a legal hold or a retention stands or a text is left
        over, with the reasons: `restrict` is open then. ProtectionError without the right, NotFound for whom nothing
        is known of. What a crash leaves undone is finished when the log is opened.
        """
        claim = self._guard_of(by)
        with self._lock:
            self._fresh()
            self._check_known(subject)
            if subject in self.log.erased:  # asked again: what was left undone is finished
                self.vault.keys.destroy(subject)
                for name in self.log.destroyed:
                    self._destroy_keys(*name)
                return
            spoken = list(self._spoken(subject))
            self._decide_erasure(subject, by, claim, basis, authority, requested_on, spoken, dict(texts or {}))
            self.vault.keys.destroy(subject)
            for each in spoken:
                self.vault.keys.destroy(each.text.owner, each.text.purpose)

    def _guard_of(self, by: Actor) -> Claim:
        claim = self._claim_of(by, *GUARDS)
        if claim is None:
            raise ProtectionError(
                Detail(
                    f"{by.id} has no right to erase personal data: an archivist for everywhere is asked for",
                    f"{by.id} 无权删除个人信息：须由具有全局职权的档案员办理",
                )
            )
        return claim

    def _decide_erasure(
        self,
        subject: str,
        by: Actor,
        claim: Claim,
        basis: str,
        authority: str,
        requested_on: date | None,
        spoken: list[_Spoken],
        texts: dict[str, str | None],
    ) -> None:
        if unknown := sorted(texts.keys() - {place for each in spoken if (place := _place(each))}):
            raise InputError(f"{unknown[0]} is no text of others about {subject}", where="texts")
        corrections = [
            _correction(each.read_at, by, text, basis, each.about, CorrectionForm.REDACTION)
            for each in spoken
            if each.read_at is not None and (text := texts.get(_place(each))) is not None
        ]
        decision = DecideErasure(
            id=person_id(subject),
            by=by,
            basis=basis,
            authority=authority,
            requested_on=requested_on,
            records=tuple(self.records_of(subject)),
            texts=tuple(_dealt(each.read_at, texts) for each in spoken if each.read_at is not None),
        )

        def erased(unit: Unit) -> None:
            if subject in self.log.erased:
                return
            said = {"basis": basis, "authority": authority}
            unit.add_to_log(SubjectErased(at=unit.now, by=by.id, subject=subject, **said), by, claim)
            unit.erased.add(subject)
            for each in spoken:
                self._destroyed(unit, by, claim, each.text, **said)

        owners = [each.read_at.owner for each in spoken if each.read_at is not None]
        self._on_people([subject, *owners], [*corrections, decision], erased)

    def _destroyed(self, unit: Unit, by: Actor, claim: Claim, text: Text, *, basis: str, authority: str) -> None:
        """Say in the log that one text is destroyed."""
        event = PersonalDestroyed(
            at=unit.now,
            by=by.id,
            record=text.stream,
            on_version=text.version,
            field=text.field,
            subject=text.owner,
            basis=basis,
            authority=authority,
        )
        unit.add_to_log(event, by, claim)
        unit.destroyed.add(event.key)

    def destroy_box_key(self, box: str, *, basis: str, authority: str) -> None:
        """Destroy the key of a ballot box, which is no person: by rule, once nobody is to open it (again)."""
        with self._lock:
            self._change(lambda unit: self._record_box(unit, box, basis, authority))
            self.vault.keys.destroy(box)

    def _record_box(self, unit: Unit, box: str, basis: str, authority: str) -> None:
        if box not in self.log.erased:
            event = SubjectErased(at=unit.now, by=SYSTEM.id, subject=box, basis=basis, authority=authority)
            unit.add_to_log(event)
            unit.erased.add(box)

    # -- where a person's data stand ----------------------------------------------------------------------------------

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

    def _spoken(self, subject: str) -> Iterator[_Spoken]:
        for text in self.vault.keys.texts_about(subject):
            if text.owner != subject:
                (row, *_) = self.store.read(text.stream, text.version - 1)
                value: Protected = getattr(self.log.codec.decode(row.topic, row.state), text.field)
                rest = tuple(each for each in value.about if each != subject)
                yield _Spoken(text, self._read_at(text), rest)

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


def _unknown(subject: str) -> NotFound:
    return NotFound(Detail(f"nothing is known of {subject}", f"无此主体的记载：{subject}"))


_OF_OFFICE = ("role_is_held", "office_is_for_everywhere")


def _place(spoken: _Spoken) -> str:
    at = spoken.read_at
    return "" if at is None else place_of(at.record, at.version, at.field)


def _dealt(at: TextDealt, texts: Mapping[str, str | None]) -> TextDealt:
    place = place_of(at.record, at.version, at.field)
    if place not in texts:
        return at
    return at.changed(dealt=Dealt.DROPPED if texts[place] is None else Dealt.REPLACED)


def _correction(
    at: TextDealt, by: Actor, text: str, reason: str, about: tuple[str, ...], form: CorrectionForm
) -> CorrectField:
    """The command that puts a text in the place of another; `about` gives it a key of its own, if only by its owner."""
    return CorrectField(
        id=person_id(at.owner),
        by=by,
        record=at.record,
        on_version=at.version,
        field=at.field,
        form=form,
        reason=reason,
        value=Personal(text=text, subject=at.owner, about=about or (at.owner,)),
    )
