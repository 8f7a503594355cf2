"""Erasing a person's data 删除个人信息: decided, recorded, and every key destroyed for good."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from govflow.actors import SYSTEM, Actor, Claim
from govflow.errors import Broken, Detail, InputError, NotAllowed, ProtectionError
from govflow.locating import Spoken
from govflow.log_events import PersonalDestroyed, SubjectErased
from govflow.messages import Command, is_box
from govflow.privacy.key_names import Text
from govflow.restricting import Restricting, correction
from govflow.subjects import (
    CorrectionForm,
    DataSubject,
    Dealt,
    DecideErasure,
    TextDealt,
    person_id,
    place_of,
)
from govflow.subjects.model import GUARDS
from govflow.subjects.rules import no_hold_stands
from govflow.subjects.workflow import SUBJECT_WORKFLOW
from govflow.transaction import Unit


class Erasing(Restricting):
    """Erases the personal data of a log, and says so in it."""

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
    ) -> list[Spoken]:
        """Decide, and say it in the log, on what stands there while nobody else writes; the texts that are to go."""
        spoken: list[Spoken] = []

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
                correction(each, by, text, basis, places[place], CorrectionForm.REDACTION)
                for each in dealt
                if (text := texts.get(place := place_of(each.record, each.version, each.field))) is not None
            ]
            owners, told = [each.owner for each in dealt], self._as_told(subject, decision)
            broken = [*self._held(owners)]
            if subject in self.log.erased or told != decision:  # what the row is not asked about, or not about all of
                broken += self._against(unit, subject, decision)
            if broken:
                raise NotAllowed(DecideErasure.wire, decision.id, broken)
            decisions = [] if subject in self.log.erased else [told]
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

    def _as_told(self, subject: str, decision: DecideErasure) -> DecideErasure:
        """The decision without secret matters of others: it is handed to the person as a proof."""
        theirs = self.told_to(subject)
        return decision.changed(
            records=tuple(filter(theirs.has, decision.records)),
            texts=tuple(each for each in decision.texts if theirs.has(each.record)),
        )

    def _against(self, unit: Unit, subject: str, decision: DecideErasure) -> Iterator[Broken]:
        """What the table's row says against a decision, texts that are to be replaced here and now apart."""
        person = self.person(subject) or DataSubject()
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


def _no_text_of_others(place: str, subject: str) -> Detail:
    return Detail(f"{place} is no text of others about {subject}", f"{place} 不是涉及 {subject} 的他人文本")


_ERASING = next(step for step in SUBJECT_WORKFLOW.steps if step.command is DecideErasure)


def _dealt(at: TextDealt, texts: Mapping[str, str | None], otherwise: Dealt | None) -> TextDealt:
    place = place_of(at.record, at.version, at.field)
    if place not in texts:
        return at.changed(dealt=otherwise)
    return at.changed(dealt=Dealt.DROPPED if texts[place] is None else Dealt.REPLACED)
