"""What can be asked of an envelope, and what happened to it. Stored names (`envelope.opened@1` …) never change."""

from __future__ import annotations

from datetime import date

from govflow.actors import Area, Id, Level
from govflow.corrections import Correcting
from govflow.envelopes.model import KindCap
from govflow.messages import Amount, Command, Event, Value, Words
from govflow.regions.bodies import Reasoned
from govflow.regions.retention import Paper


class _Opening(Value):
    """For what, where and when: `first` and `last` are local days, both within; `amount` is in minor units.

    `approved_by` is the paper that grants the money: where it is kept, and the hash of its content.
    """

    title: Words = ""
    purpose: Words = ""
    level: Level | None = None
    area: Area = ""
    first: date | None = None
    last: date | None = None
    amount: Amount = 0
    caps: tuple[KindCap, ...] = ()
    approved_by: Paper | None = None


class OpenEnvelope(Command, _Opening, wire="envelope.open", label="设立资金盘子"):
    """Put public money aside for a purpose and a period."""


class EnvelopeOpened(Event, _Opening, name="envelope.opened"):
    """There is public money for a purpose."""

    policy: Words = ""
    retention: Id | None = None


class _Changing(Reasoned):
    """What is None stays as it is; `caps` take the place of all caps."""

    amount: Amount | None = None
    caps: tuple[KindCap, ...] | None = None
    last: date | None = None
    papers: tuple[Id, ...] = ()


class ChangeEnvelope(Command, _Changing, wire="envelope.change", label="调整资金盘子"):
    """Grant another amount, other caps or a longer period, with a second person's leave; the papers are on file."""


class EnvelopeChanged(Event, _Changing, name="envelope.changed"):
    """Amount, caps or period are others."""


class CloseEnvelope(Command, wire="envelope.close", label="结清"):
    """Close it: every draw is settled or freed, and what is free lapses."""


class EnvelopeClosed(Event, name="envelope.closed"):
    """The envelope was closed with this money drawn, and this money unused, in minor units."""

    drawn: Amount = 0
    unused: Amount = 0


class ReopenEnvelope(Command, Reasoned, wire="envelope.reopen", label="重新启用"):
    """Open it again, for a reason."""


class EnvelopeReopened(Event, Reasoned, name="envelope.reopened"):
    """The envelope is open again."""


class _Archiving(Value):
    retention: Id | None = None


class ArchiveEnvelope(Command, _Archiving, wire="envelope.archive", label="归档"):
    """Archive it in a retention class, by default the ordinary one."""


class EnvelopeArchived(Event, _Archiving, name="envelope.archived"):
    """The envelope is archived."""


class CorrectEnvelope(Command, Correcting, wire="envelope.correct", label="更正"):
    """Correct its title or purpose without touching what is written; never money."""


class EnvelopeCorrected(Event, Correcting, name="envelope.corrected"):
    """An entry was corrected; the old value stays beside the new one."""
