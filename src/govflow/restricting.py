"""What is decided over a person's data while it stays 个人信息权利: corrected, restricted, held, released."""

from __future__ import annotations

import re

from govflow.actors import Actor
from govflow.confiding import no_field
from govflow.errors import Detail, NotAllowed, NotFound, ProtectionError
from govflow.locating import Locating
from govflow.messages import Command, Personal, is_box
from govflow.reading import hides
from govflow.records import Item, Record
from govflow.subjects import (
    CorrectField,
    CorrectionForm,
    DataSubject,
    HoldSubject,
    LiftRestriction,
    ReleaseSubject,
    RestrictSubject,
    TextDealt,
    concerned,
    person_id,
)
from govflow.subjects.model import GUARDS, PERSON
from govflow.transaction import DESTROYED


class Restricting(Locating):
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
        command = correction(place, by, text, reason, found.value.about, form)
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


def unknown(subject: str) -> NotFound:
    """What is told of whom nothing is known, or may be known by whoever asks."""
    return NotFound(Detail(f"nothing is known of {subject}", f"无此主体的记载：{subject}"))


def _id_of(subject: str) -> str:
    """The id of somebody's record. Raises NotFound for what is no pseudonym."""
    if _PSEUDONYM.fullmatch(subject) is None:
        raise unknown(subject)
    return person_id(subject)


_OF_OFFICE = ("role_is_held", "office_is_for_everywhere")
_PSEUDONYM = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def correction(
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
