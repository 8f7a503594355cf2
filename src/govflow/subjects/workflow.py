"""The table of a person's record."""

from __future__ import annotations

from govflow.actors import ANYBODY, FOR_THEMSELVES
from govflow.actors import Role as R
from govflow.rules import reason_given
from govflow.subjects import messages as m
from govflow.subjects.model import GUARDS
from govflow.subjects.model import SubjectStatus as S
from govflow.subjects.rules import (
    asked_in_person_or_by_the_office,
    authority_is_named,
    basis_is_named,
    hold_is_new,
    hold_stands,
    may_read_the_field,
    no_hold_stands,
    no_retention_runs,
    office_is_for_everywhere,
    person_is_not_restricted,
    subject_has_its_id,
    texts_about_are_dealt_with,
    value_is_of_the_person,
    why_is_given,
    words_name_nobody,
)
from govflow.workflow import Step, Workflow

_THERE = (S.KNOWN, S.RESTRICTED)
_ALWAYS = (*_THERE, S.ERASED)
_IN_PERSON = tuple(sorted(FOR_THEMSELVES))
_ORDER = (office_is_for_everywhere, basis_is_named, authority_is_named, words_name_nobody)
_HOLD = (office_is_for_everywhere, reason_given, words_name_nobody)
_READ = (why_is_given, may_read_the_field, person_is_not_restricted, words_name_nobody)
_HAND = (asked_in_person_or_by_the_office, basis_is_named, words_name_nobody)
_ERASE = (no_hold_stands, no_retention_runs, texts_about_are_dealt_with)
# fmt: off
SUBJECT_WORKFLOW = Workflow("subject", S, zh="个人信息主体", steps=(
    #    id      command            from         event                to            who                   provided that
    Step("DS01", m.RegisterSubject, None,         m.SubjectRegistered, S.KNOWN,      R.SYSTEM,             (subject_has_its_id,), anywhere=True),
    Step("DS02", m.OpenField,       _THERE,       m.FieldOpened,       None,         ANYBODY,              _READ, anywhere=True),
    Step("DS03", m.DiscloseSubject, _ALWAYS,      m.SubjectDisclosed,  None,         (*GUARDS, *_IN_PERSON), _HAND, anywhere=True),
    Step("DS04", m.RestrictSubject, S.KNOWN,      m.SubjectRestricted, S.RESTRICTED, GUARDS,               _ORDER, anywhere=True),
    Step("DS05", m.LiftRestriction, S.RESTRICTED, m.RestrictionLifted, S.KNOWN,      GUARDS,               _ORDER, anywhere=True),
    Step("DS06", m.HoldSubject,     _THERE,       m.SubjectHeld,       None,         GUARDS,               (*_HOLD, authority_is_named, hold_is_new), anywhere=True),
    Step("DS07", m.ReleaseSubject,  _THERE,       m.SubjectReleased,   None,         GUARDS,               (*_HOLD, hold_stands), anywhere=True),
    Step("DS08", m.CorrectField,    _THERE,       m.FieldCorrected,    None,         GUARDS,               (*_HOLD, value_is_of_the_person), anywhere=True),
    Step("DS09", m.DecideErasure,   _THERE,       m.ErasureDecided,    S.ERASED,     GUARDS,               (*_ORDER, *_ERASE), anywhere=True),
))
# fmt: on
