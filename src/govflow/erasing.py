"""What is decided over a person's data 个人信息权利: corrected, restricted, held, erased for good with all its keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from govflow.actors import SYSTEM, Actor, Claim
from govflow.confiding import Confiding, no_field
from govflow.errors import Broken, Detail, InputError, NotAllowed, NotFound, ProtectionError
from govflow.log_events import PersonalDestroyed, SubjectErased
from govflow.messages import Command, Personal, Protected
from govflow.privacy.key_names import Text
from govflow.reading import hides
from govflow.records import Item, Record
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
    concerned,
    is_box,
    person_id,
    place_of,
)
from govflow.subjects.model import GUARDS, PERSON
from govflow.subjects.rules import no_hold_stands
from govflow.subjects.workflow import SUBJECT_WORKFLOW
from govflow.transaction import DESTROYED, Unit


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
            raise NotFound(Detail(f"there is no record {id}", f"没有记录 {id}"))
        found = self._last_with(id, field, version)
        if found is None or is_box(found.value.subject) or id.startswith(PERSON):
            raise no_field(id, field)
        if ("", id) in self.log.destroyed:
            raise NotAllowed(CorrectField.wire, id, [DESTROYED])
        record = self.get(id)
        self._check_disinterested(record, self._item_in(record, found.event), by)
        if self._answers_for(found.value.subject, by):
            self._check_shown(found.value.subject, by)
        place = TextDealt(owner=found.value.subject, record=id, version=found.row.version, field=field)
        command = _correction(place, by, text, reason, found.value.about, form)
        return self._on_people(lambda _: ([found.value.subject], [command]))

    def restrict(self, subject: str, by: Actor, *, basis: str, authority: str) -> DataSubject:
        """Stop everything that is done with a person's data but storing and protecting it (个人信息保护法 §47).

        Nobody reads it but the person; views show that it is restricted. Raises NotAllowed, NotFound.
        """
        command = RestrictSubject(id=_id_of(subject), by=by, basis=basis, authority=authority)
        return self._on_known(subject, command)

    def lift_restriction(self, subject: str, by: Actor, *, basis: str, authority: str) -> DataSubject:
        """Let a person's data be used again. Raises NotAllowed, NotFound."""
        return self._on_known(subject, LiftRestriction(id=_id_of(subject), by=by, basis=basis, authority=authority))

    def hold(self, subject: str, by: Actor, *, reason: str, authority: str, hold: str | None = None) -> DataSubject:
        """Forbid to erase a person's data while a reason of law stands; several may. Raises NotAllowed, NotFound."""
        command = HoldSubject(id=_id_of(subject), by=by, hold=hold, reason=reason, authority=authority)
        return self._on_known(subject, command)

    def release(self, subject: str, by: Actor, *, hold: str, reason: str) -> DataSubject:
        """End one legal hold by its id. Raises NotAllowed, NotFound."""
        return self._on_known(subject, ReleaseSubject(id=_id_of(subject), by=by, hold=hold, reason=reason))

    def _on_known(self, subject: str, command: Command) -> DataSubject:
        if self._answers_for(subject, command.by):
            self._check_known(subject)
            self._check_shown(subject, command.by)
        return self._on_one(subject, command)

    def _answers_for(self, subject: str, by: Actor) -> bool:
        """Whether an actor may ask about a person; the rules refuse all others alike, whoever is known or not."""
        return by.id == subject or self._claim_of(by, *GUARDS) is not None

    def _on_one(self, subject: str, command: Command) -> DataSubject:
        """Handle a command on the record of somebody known; who may not see it is told what is told of nobody."""
        try:
            return self._on_people(lambda _: ([subject], [command]))
        except NotFound:
            raise unknown(subject) from None
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
            raise unknown(subject)

    def _check_shown(self, subject: str, by: Actor) -> None:
        """Raises NotFound where the person is in a matter that must stay hidden from the actor: others decide."""
        if self._tells_of_hidden(subject, self._claims(by, self._moment()), by.id):
            raise unknown(subject)

    def _check_disinterested(self, record: Record, item: Item | None, by: Actor) -> None:
        """Raises ProtectionError for who has declared an interest in the matter."""
        interests = self.authority.interests(by, self._moment(), self.log.current)
        if not concerned(record, item).isdisjoint(interests):
            what = f"{by.id} has an interest in {record.id} and must keep away from it"
            raise ProtectionError(Detail(what, f"{by.id} 与 {record.id} 有利害关系，应当回避"))

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
        otherwise: Dealt | None = None,
    ) -> None:
        """Erase the personal data of one person (个人信息保护法 §47): decided, recorded, and every key destroyed.

        `requested_on` is the day of the person's own request. Texts of others that speak of the person are dealt with
        by `texts`: the place of each (`texts_about`) -> the text that takes its place, None to drop it whole. What it
        does not name is left over; `otherwise=Dealt.DROPPED` drops that too. Running cases and closed votes stay valid.
        Raises NotAllowed while a legal hold or a retention stands or a text is left over, with the reasons: `restrict`
        is open then. ProtectionError without the right, NotFound for whom nothing is known of. What a crash leaves
        undone is finished when the log is opened. Whoever is erased already can be again: for the texts that came to
        speak of them since.
        """
        claim = self._guard_of(by)
        with self._lock:
            self._fresh()
            self._check_known(subject)
            self._check_shown(subject, by)
            undone = self.log.destroyed.copy() if subject in self.log.erased else set()  # by a crash
            if subject not in self.log.erased or any(self._spoken(subject)):
                spoken = self._decide_erasure(
                    subject, by, claim, basis, authority, requested_on, dict(texts or {}), otherwise
                )
                undone |= {(each.text.owner, each.text.purpose) for each in spoken}
            self.vault.keys.destroy(subject)
            for name in undone:
                self._destroy_keys(*name)

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
        texts: dict[str, str | None],
        otherwise: Dealt | None,
    ) -> list[_Spoken]:
        """Decide, and say it in the log, on what stands there while nobody else writes; the texts that are to go."""
        spoken: list[_Spoken] = []

        def planned(unit: Unit) -> tuple[list[str], list[Command]]:
            spoken[:] = self._spoken(subject)
            places = {place_of(at.record, at.version, at.field): each.about for each in spoken if (at := each.read_at)}
            if unknown := sorted(texts.keys() - places.keys()):
                raise InputError(_no_text_of_others(unknown[0], subject), where="texts")
            dealt = [_dealt(each.read_at, texts, otherwise) for each in spoken if each.read_at is not None]
            decision = DecideErasure(
                id=person_id(subject),
                by=by,
                basis=basis,
                authority=authority,
                requested_on=requested_on,
                records=tuple(sorted({*self.records_of(subject), *(each.record for each in dealt)})),
                texts=tuple(dealt),
            )
            corrections = [
                _correction(each, by, text, basis, places[place], CorrectionForm.REDACTION)
                for each in dealt
                if (text := texts.get(place := place_of(each.record, each.version, each.field))) is not None
            ]
            owners = [each.owner for each in dealt]
            if broken := [*self._held(owners), *self._against_again(unit, subject, decision)]:
                raise NotAllowed(DecideErasure.wire, decision.id, broken)
            decisions = [] if subject in self.log.erased else [decision]
            return [subject, *owners], [*corrections, *decisions]

        def erased(unit: Unit) -> None:
            said = {"basis": basis, "authority": authority}
            if subject not in self.log.erased:
                unit.add_to_log(SubjectErased(at=unit.now, by=by.id, subject=subject, **said), by, claim)
                unit.erased.add(subject)
            for each in spoken:
                self._destroyed(unit, by, claim, each.text, **said)

        self._on_people(planned, erased)
        return spoken

    def _held(self, owners: Iterable[str]) -> Iterator[Broken]:
        """The legal holds on those whose own texts would be destroyed."""
        people = (self.person(owner) for owner in owners)
        return filter(None, (no_hold_stands.broken(each, None, None) for each in people if each is not None))

    def _against_again(self, unit: Unit, subject: str, decision: DecideErasure) -> Iterator[Broken]:
        """What the table's row says against dealing with texts about somebody who is erased already."""
        person = self.person(subject) or DataSubject()
        if subject in self.log.erased:
            left = decision.changed(texts=tuple(each for each in decision.texts if each.dealt is None))
            context = unit.context(decision, unit.now, unit.policy_of(person))
            yield from filter(None, (rule.broken(person, left, context) for rule in _ERASING.rules))

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
        """Destroy the key of a ballot box, which is no person: by rule, once nobody is to open it (again).

        Raises InputError for what is no box.
        """
        if not is_box(box):
            raise InputError(f"{box} is no ballot box", where="box", expected="box- and 32 hex digits")
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
        texts = self.vault.keys.texts_about(subject)
        for text in sorted(texts, key=lambda text: (text.stream, text.version, text.field)):
            value = self._stored(text) if text.owner != subject else None
            if value is not None and subject in value.about:
                rest = tuple(each for each in value.about if each != subject)
                yield _Spoken(text, self._read_at(text), rest)

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


def _no_text_of_others(place: str, subject: str) -> Detail:
    return Detail(f"{place} is no text of others about {subject}", f"{place} 不是涉及 {subject} 的他人文本")


def unknown(subject: str) -> NotFound:
    """What is told of whom nothing is known, or may be known by whoever asks."""
    return NotFound(Detail(f"nothing is known of {subject}", f"无此主体的记载：{subject}"))


def _id_of(subject: str) -> str:
    """The id of somebody's record. Raises NotFound for what is no pseudonym."""
    if _PSEUDONYM.fullmatch(subject) is None:
        raise unknown(subject)
    return person_id(subject)


_PSEUDONYM = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_ERASING = next(step for step in SUBJECT_WORKFLOW.steps if step.command is DecideErasure)
_OF_OFFICE = ("role_is_held", "office_is_for_everywhere")


def _dealt(at: TextDealt, texts: Mapping[str, str | None], otherwise: Dealt | None) -> TextDealt:
    place = place_of(at.record, at.version, at.field)
    if place not in texts:
        return at.changed(dealt=otherwise)
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
