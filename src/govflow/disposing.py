"""处置 the end of retention: what is due to be appraised or decided on, and destroying the keys of what is to go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from govflow.actors import Actor
from govflow.disclosing import Disclosing
from govflow.errors import Broken, NotAllowed, NotFound
from govflow.log_events import PersonalDestroyed
from govflow.messages import Protected
from govflow.privacy.key_names import Text
from govflow.reading import aware, hides
from govflow.records import Record
from govflow.regions.retention import RetentionStatus
from govflow.subjects import DataSubject, person_id
from govflow.subjects.rules import authority_is_named, basis_is_named, no_hold_stands, words_name_nobody
from govflow.transaction import Unit

WIRE = PersonalDestroyed.name


class Stage(StrEnum):
    """What is owed at the end of a record's term."""

    APPRAISE = "appraise"  # 待鉴定
    DECIDE = "decide"  # 待决定
    CARRY_OUT = "carry_out"  # 待销毁: decided, and its keys still there


class Disposal(NamedTuple):
    """One record whose term is over: what is owed, in which class it was kept, and until when."""

    record: str
    title: str
    kept_as: str
    until: datetime | None
    stage: Stage


class Disposed(NamedTuple):
    """What destroying came to: whose data it was, and of whom something stays that shares its key with other records.

    Those are values that were protected before keys had purposes: they go when their person is erased.
    """

    record: str
    subjects: tuple[str, ...]
    left: tuple[str, ...]


class Disposing(Disclosing):
    """Carries out what is decided at the end of a record's term."""

    def disposal_list(self, now: datetime | None = None) -> Iterator[Disposal]:
        """The records whose term is over by `now`, by id, with what is owed; in flat memory."""
        moment = self._moment() if now is None else aware(now, "disposal_list")
        self._fresh()
        for record in self.records():
            stage = self._stage(record, moment)
            if stage is not None:
                kept, clock = record.item("retention", "retention"), record.clocks.get("retention")
                until = clock.due if clock is not None else None
                yield Disposal(record.id, record.title_line, kept.kept_as, until, stage)

    def _stage(self, record: Record, moment: datetime) -> Stage | None:
        kept = record.item("retention", "retention")
        if kept is None:
            return None
        clock = record.clocks.get("retention")
        match kept.status:
            case RetentionStatus.HELD:
                is_over = clock is not None and clock.due is not None and clock.due < moment
                return Stage.APPRAISE if is_over else None
            case RetentionStatus.APPRAISED:
                return Stage.DECIDE
            case RetentionStatus.DESTROYED:
                return None if ("", record.id) in self.log.destroyed else Stage.CARRY_OUT
        return None

    def dispose(self, id: str, by: Actor, *, basis: str, authority: str) -> Disposed:
        """Destroy every key of a record's personal data, once it was decided to destroy the record (retention.destroy).

        Events, hashes and proofs stay; the log says that it was done (`personal.destroyed`). Raises NotAllowed before
        it was decided, while a legal hold stands on somebody whose data is in it or of whom a text there speaks, and
        without basis and authority; ProtectionError without the right, NotFound. What a crash leaves undone is finished
        when the log is opened; done again, it does nothing.
        """
        claim = self._guard_of(by)
        texts: list[Text] = []
        with self._lock:
            record = self.get(id)
            if hides(record, self._claims(by, self._moment()), by.id):
                raise NotFound(f"there is no record {id}")
            self._check_disinterested(record, None, by)

            def destroyed(unit: Unit) -> None:  # what stands there while nobody else writes
                texts[:] = [text for subject in self._subjects_in(id) for text in self._corrections_of(subject, id)]
                event = PersonalDestroyed(at=unit.now, by=by.id, record=id, basis=basis, authority=authority)
                if broken := list(_against(unit, event, self._values_in_record(id))):
                    raise NotAllowed(WIRE, id, broken)
                if event.key not in self.log.destroyed:
                    unit.add_to_log(event, by, claim)
                    unit.destroyed.add(event.key)
                    for text in texts:
                        self._destroyed(unit, by, claim, text, basis=basis, authority=authority)

            self._change(destroyed)
            self.vault.keys.destroy_record(id)
            for text in texts:
                self.vault.keys.destroy(text.owner, text.purpose)
        subjects = self._subjects_in(id)
        left = [subject for subject in subjects if self.vault.keys.has_legacy(subject)]
        return Disposed(id, tuple(subjects), tuple(left))

    def _values_in_record(self, id: str) -> Iterator[Protected]:
        """The personal values that stand in a record."""
        events = (self.log.codec.decode(row.topic, row.state) for row in self.store.read(id))
        values = (getattr(event, field) for event in events for field in event.personal)
        return (value for value in values if isinstance(value, Protected))

    def _subjects_in(self, id: str) -> list[str]:
        """Whose personal values stand in a record."""
        return sorted({value.subject for value in self._values_in_record(id)})

    def _corrections_of(self, subject: str, id: str) -> Iterator[Text]:
        """The texts that were put in the place of a person's values in a record, each under a key of its own."""
        person = self.person(subject)
        for each in self.history(person.id) if person is not None else ():
            if each.name == "subject.corrected" and each.body.__dict__["record"] == id:
                yield Text(subject, each.stream, each.version, "value")


def _against(unit: Unit, event: PersonalDestroyed, values: Iterable[Protected]) -> Iterator[Broken]:
    yield from filter(None, (rule.broken(None, event, None) for rule in _ORDERED))
    record = unit.state(event.record)
    kept = record.item("retention", "retention") if record is not None else None
    if kept is None or kept.status != RetentionStatus.DESTROYED:
        yield _NOT_DECIDED
    for subject in sorted({each for value in values for each in (value.subject, *value.about)}):
        person = unit.state(person_id(subject))
        if isinstance(person, DataSubject) and (held := no_hold_stands.broken(person, None, None)):
            yield held


_ORDERED = (basis_is_named, authority_is_named, words_name_nobody)
_NOT_DECIDED = Broken(
    "destruction_was_decided",
    "it was decided to destroy the record (retention.destroy)",
    "已决定销毁该记录（retention.destroy）",
)
