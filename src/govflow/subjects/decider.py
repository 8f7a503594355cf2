"""The person as a record: table, fold, and what events say beyond their commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from govflow.context import Context
from govflow.decider import Decider
from govflow.messages import Event, Frozen
from govflow.region import Changes
from govflow.subjects.messages import (
    ErasureDecided,
    FieldCorrected,
    FieldOpened,
    HoldSubject,
    OpenField,
    RestrictionLifted,
    SubjectDisclosed,
    SubjectHeld,
    SubjectRegistered,
    SubjectReleased,
    SubjectRestricted,
)
from govflow.subjects.model import PERSON, Corrected, DataSubject, LegalHold, may_read, place_of
from govflow.subjects.model import SubjectStatus as S
from govflow.subjects.workflow import SUBJECT_WORKFLOW


def _opened(person: DataSubject, command: OpenField, context: Context) -> Event:
    """The opening says as what it was read: by the claim that gives the right."""
    record, claim = context.lookup(command.record), None
    if record is not None:
        item = record.item(command.region, command.part) if command.region else None
        claim = may_read(record, item, command.field, context.claims, command.by.id, context.interests)
    said = {} if claim is None else {"role": claim.role, "unit": claim.unit}
    return context.deciders[person.kind_of_record].copied(command, FieldOpened, context, **said)


def _held(person: DataSubject, command: HoldSubject, context: Context) -> Event:
    hold = command.hold or f"h{person.held_so_far + 1}"
    return context.deciders[person.kind_of_record].copied(command, SubjectHeld, context, hold=hold)


def _holding(person: DataSubject, event: SubjectHeld) -> Changes:
    id = event.hold or ""
    hold = LegalHold(id=id, since=event.at, by=event.by, reason=event.reason, authority=event.authority)
    return {"holds": Frozen.having(person.holds, id, hold), "held_so_far": person.held_so_far + 1}


def _releasing(person: DataSubject, event: SubjectReleased) -> Changes:
    return {"holds": Frozen({id: each for id, each in person.holds.items() if id != event.hold})}


def _correcting(person: DataSubject, event: FieldCorrected) -> Changes:
    place = place_of(event.record, event.on_version, event.field)
    corrected = Corrected(
        record=event.record,
        version=event.on_version,
        field=event.field,
        stands_in=person.version + 1,
        form=event.form,
        at=event.at,
    )
    return {"corrections": Frozen.having(person.corrections, place, corrected)}


def _restricting(person: DataSubject, event: SubjectRestricted) -> Changes:
    return {
        "status": S.RESTRICTED,
        "restricted_since": event.at,
        "restricted_by": event.authority,
        "restricted_on": event.basis,
    }


def _lifting(person: DataSubject, event: Any) -> Changes:
    return {"status": S.KNOWN, "restricted_since": None, "restricted_by": "", "restricted_on": ""}


def with_people(served: Iterable[Decider]) -> tuple[Decider, ...]:
    """The kinds of record that are served, with people: whatever a log holds, who reads personal data is in it."""
    kinds = tuple(served)
    has_people = any(each.name == DATA_SUBJECT.name for each in kinds)
    return kinds if has_people else (*kinds, DATA_SUBJECT)


DATA_SUBJECT = Decider(
    SUBJECT_WORKFLOW,
    DataSubject,
    {
        SubjectRegistered: lambda person, event: {
            "status": S.KNOWN,
            "subject": event.subject,
            "area": event.area,
            "opened_at": event.at,
        },
        FieldOpened: lambda person, event: {"reads": person.reads + 1},
        SubjectDisclosed: lambda person, event: {},
        SubjectRestricted: _restricting,
        RestrictionLifted: _lifting,
        SubjectHeld: _holding,
        SubjectReleased: _releasing,
        FieldCorrected: _correcting,
        ErasureDecided: lambda person, event: {"status": S.ERASED, "stood_in": event.records},
    },
    prefix="DS",
    propose={OpenField: _opened, HoldSubject: _held},
    reserves=PERSON,
)
"""People: served in every log that protects personal data."""
