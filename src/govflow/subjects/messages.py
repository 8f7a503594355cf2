"""What is done with a person's data, and what happened. Free words here are officials' and name nobody."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from govflow.actors import Area, Id
from govflow.messages import Command, Count, Event, Personal, Protected, Value, Words
from govflow.subjects.model import CorrectionForm, Dealt, Requester


class _Registered(Value):
    subject: Id
    area: Area = ""


class RegisterSubject(Command, _Registered, wire="subject.register", label="登记个人信息主体"):
    """Begin the record of a person whose data the log protects; given by the system when it is first needed."""


class SubjectRegistered(Event, _Registered, name="subject.registered"):
    """The record of a person began."""


class _Opening(Value):
    record: Id
    on_version: Count  # of the record: where the value stands
    field: Id
    region: Id | None = None  # the item that the value belongs to, where it belongs to one
    part: str = ""
    why: Words = ""


class OpenField(Command, _Opening, wire="subject.open", label="查阅个人信息", is_reading=True):
    """Read one personal value, for a reason; given by `Engine.open_personal` before it shows the text."""


class FieldOpened(Event, _Opening, name="subject.opened"):
    """One personal value was read: by whom, as what, where, and why."""

    role: Id | None = None
    unit: Id | None = None


class _Disclosing(Value):
    to: Requester
    basis: Words = ""
    records: tuple[Id, ...] = ()  # from which values were handed over


class DiscloseSubject(Command, _Disclosing, wire="subject.disclose", label="提供个人信息副本"):
    """Hand everything about a person to them, or to who acts for them; given by `Engine.disclose`."""


class SubjectDisclosed(Event, _Disclosing, name="subject.disclosed"):
    """Everything about a person was handed over: to what kind of requester, on what basis."""


class _Ordered(Value):
    basis: Words = ""
    authority: Words = ""


class RestrictSubject(Command, _Ordered, wire="subject.restrict", label="限制处理"):
    """Stop everything that is done with a person's data but storing and protecting it."""


class SubjectRestricted(Event, _Ordered, name="subject.restricted"):
    """A person's data is only stored and protected from now on."""


class LiftRestriction(Command, _Ordered, wire="subject.lift", label="解除限制"):
    """Let a person's data be used again."""


class RestrictionLifted(Event, _Ordered, name="subject.lifted"):
    """A person's data may be used again."""


class _Holding(Value):
    hold: Id | None = None
    reason: Words = ""
    authority: Words = ""


class HoldSubject(Command, _Holding, wire="subject.hold", label="依法留存"):
    """Forbid to erase a person's data while a reason of law stands; `hold` names it, by default a running number."""


class SubjectHeld(Event, _Holding, name="subject.held"):
    """A person's data must not be erased while this reason of law stands."""


class ReleaseSubject(Command, _Holding, wire="subject.release", label="解除留存"):
    """End one legal hold."""


class SubjectReleased(Event, _Holding, name="subject.released"):
    """One legal hold ended."""


class _Correcting(Value):
    record: Id
    on_version: Count
    field: Id
    form: CorrectionForm = CorrectionForm.CORRECTION
    reason: Words = ""


class CorrectField(Command, _Correcting, wire="subject.correct", label="更正个人信息"):
    """Put another value in the place of one; the old one stays in the log, closed. Its text has a key of its own."""

    value: Personal


class FieldCorrected(Event, _Correcting, name="subject.corrected"):
    """Another value is read in the place of one from now on."""

    value: Protected


class TextDealt(Value):
    """A text of somebody else that speaks of the person: where it stands, whose it is, what becomes of it."""

    owner: Id
    record: Id
    version: Count
    field: Id
    dealt: Dealt | None = None


class _Erasing(Value):
    basis: Words = ""
    authority: Words = ""
    requested_on: date | None = None
    records: tuple[Id, ...] = ()  # that hold data of the person
    texts: tuple[TextDealt, ...] = ()


class DecideErasure(Command, _Erasing, wire="subject.erase", label="删除个人信息"):
    """Decide that a person's data is erased; given by `Engine.erase`, which destroys the keys once it is recorded."""

    is_engines: ClassVar[bool] = True  # else it could be decided past a retention, and carried out never


class ErasureDecided(Event, _Erasing, name="subject.erasure_decided"):
    """It was decided that a person's data is erased: on what basis, by whose authority, at a request of which day."""
