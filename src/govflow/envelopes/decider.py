"""The envelope as the engine serves it: its table, its state, its regions, and what its events say and do."""

from __future__ import annotations

from govflow.context import Context
from govflow.corrections import corrected, old_value
from govflow.decider import Decider
from govflow.envelopes import messages as m
from govflow.envelopes.draw import DRAW
from govflow.envelopes.model import Envelope, drawn, free
from govflow.envelopes.model import EnvelopeStatus as S
from govflow.envelopes.workflow import ENVELOPE_WORKFLOW
from govflow.messages import Event
from govflow.region import Changes, Fold
from govflow.regions.approval import APPROVAL
from govflow.regions.clock import CLOCK
from govflow.regions.evidence import EVIDENCE
from govflow.regions.policy_version import POLICY_VERSION
from govflow.regions.retention import RETENTION


def _open(envelope: Envelope, command: m.OpenEnvelope, context: Context) -> Event:
    """It pins the policy in force."""
    said: Changes = {"policy": context.policy.key, "retention": context.policy.ordinary_retention}
    return ENVELOPE.copied(command, m.EnvelopeOpened, context, **said)


def _close(envelope: Envelope, command: m.CloseEnvelope, context: Context) -> Event:
    """What was drawn and what lapses stands in the event."""
    return ENVELOPE.copied(command, m.EnvelopeClosed, context, drawn=drawn(envelope), unused=free(envelope))


def _archive(envelope: Envelope, command: m.ArchiveEnvelope, context: Context) -> Event:
    retention = command.retention or envelope.retention
    return ENVELOPE.copied(command, m.EnvelopeArchived, context, retention=retention)


def _correct(envelope: Envelope, command: m.CorrectEnvelope, context: Context) -> Event:
    old = command.old or old_value(envelope, command.field)
    return ENVELOPE.copied(command, m.EnvelopeCorrected, context, old=old)


_OPENED = ("title", "purpose", "level", "area", "first", "last", "amount", "caps", "approved_by", "policy", "retention")


def _opened(envelope: Envelope, e: m.EnvelopeOpened) -> Changes:
    said = {name: getattr(e, name) for name in _OPENED}
    return {**said, "status": S.OPEN, "kind": "envelope", "retention": e.retention or "", "opened_at": e.at}


def _changed(envelope: Envelope, e: m.EnvelopeChanged) -> Changes:
    return {name: said for name in ("amount", "caps", "last") if (said := getattr(e, name)) is not None}


_FOLD: Fold = {
    m.EnvelopeOpened: _opened,
    m.EnvelopeChanged: _changed,
    m.EnvelopeClosed: lambda envelope, e: {"status": S.CLOSED},
    m.EnvelopeReopened: lambda envelope, e: {"status": S.OPEN},
    m.EnvelopeArchived: lambda envelope, e: {"status": S.ARCHIVED, "retention": e.retention or envelope.retention},
    m.EnvelopeCorrected: corrected,
}

ENVELOPE = Decider(
    ENVELOPE_WORKFLOW,
    Envelope,
    _FOLD,
    prefix="PE",
    regions=(DRAW, EVIDENCE, APPROVAL, RETENTION, CLOCK, POLICY_VERSION),
    propose={
        m.OpenEnvelope: _open,
        m.CloseEnvelope: _close,
        m.ArchiveEnvelope: _archive,
        m.CorrectEnvelope: _correct,
    },
    succeeded=(S.CLOSED,),
)
"""Envelopes of public money, as the engine serves them beside the projects that draw on them."""
