"""调解 mediation: what its events say more than their commands, and what they do to the dispute."""

from collections.abc import Callable
from itertools import count, islice
from typing import Any

from govflow.calendars import due_after
from govflow.clocks.moves import calendar_of
from govflow.context import Context
from govflow.messages import Command, Event, ItemCommand
from govflow.policy.practice import MediationKind
from govflow.records import Record
from govflow.region import Changes, Fold
from govflow.regions.mediation.messages import (
    AgreeInMediation,
    ConsentToMediation,
    MediationAgreed,
    MediationBreached,
    MediationConfirmationRefused,
    MediationConfirmationRequested,
    MediationConfirmed,
    MediationConsented,
    MediationDeclined,
    MediationExtended,
    MediationFailed,
    MediationOffered,
    MediationPerformed,
    MediationReferred,
    MediationStarted,
    MediationTierRaised,
    MediatorReplaced,
    OfferMediation,
    RaiseTier,
    RefuseMediation,
    SignStatement,
    StatementSigned,
)
from govflow.regions.mediation.model import Mediation, MediationStatus, Purpose, Signature, text_digest_of

S = MediationStatus
Change = Callable[[Any, Any], Changes]


# --- what events say more than their commands ------------------------------------------------------------------------


def _copied(record: Record, command: Command, event: type[Event], context: Context, **extra: Any) -> Event:
    region = context.deciders[record.kind_of_record].regions["mediation"]
    assert isinstance(command, ItemCommand)
    key = region.key_of(record, command)
    return context.deciders[record.kind_of_record].copied(command, event, context, item=key, **extra)


def _seated(event: type[Event]) -> Any:
    """The body's unit and kind of mediation are pinned: who may speak for it stays clear when the policy changes."""

    def propose(record: Record, command: Any, context: Context) -> Event:
        body = context.policy.mediation_body(command.body or "")
        form = command.form or (body.kind if body is not None else MediationKind.PEOPLE)
        return _copied(record, command, event, context, form=form, body_unit=body.unit if body is not None else None)

    return propose


def _by_party(event: type[Event]) -> Any:
    """For which party somebody speaks: their own person, or the unit they act for. The system speaks for none."""

    def propose(record: Record, command: Any, context: Context) -> Event:
        assert isinstance(context.item, Mediation)
        who = command.on_behalf_of or command.by.id
        return _copied(record, command, event, context, party=who if who in context.item.parties else None)

    return propose


def _consent(record: Record, command: ConsentToMediation, context: Context) -> Event:
    """The last consent says by when the mediator owes the start: as long again as the parties had for their answers."""
    assert isinstance(context.item, Mediation)
    event: Any = _by_party(MediationConsented)(record, command, context)
    silent = {*context.item.parties} - {*context.item.consents}
    policy, wire = context.policy, command.wire
    limit = policy.time_limit("mediation_offer", wire, record.kind, record.category, record.level, reset=True)
    if limit is None or silent != {event.party}:
        return event  # type: ignore[no-any-return]
    due = due_after(limit.term, context.at, calendar_of(limit, context), policy.zone).at
    return _copied(record, command, MediationConsented, context, party=event.party, start_by=due)


def _agree(record: Record, command: AgreeInMediation, context: Context) -> Event:
    """Its commitments get free keys `<dispute>.<n>`, and its text the digest that the parties have signed."""
    taken = record.items_of("commitment")
    free = (key for number in count(1) if (key := f"{command.item}.{number}") not in taken)
    keys = tuple(islice(free, len(command.obligations)))
    digest = text_digest_of(command.text.text) if command.text is not None else None
    return _copied(record, command, MediationAgreed, context, commitments=keys, text_digest=digest)


MEDIATION_PROPOSE: dict[type[Command], Callable[[Any, Any, Context], Event]] = {
    OfferMediation: _seated(MediationOffered),
    RaiseTier: _seated(MediationTierRaised),
    ConsentToMediation: _consent,
    RefuseMediation: _by_party(MediationDeclined),
    SignStatement: _by_party(StatementSigned),
    AgreeInMediation: _agree,
}
"""Which commands have an event of their own making."""


# --- what they do to the dispute -------------------------------------------------------------------------------------


def _asked(item: Mediation, event: Any) -> Changes:
    """Asked for consent, at a first or higher tier: whatever was answered and signed before is done with."""
    parties = getattr(event, "parties", item.parties)
    return {
        "status": S.OFFERED,
        "tier": getattr(event, "tier", 1),
        "mediator": event.mediator,
        "body": event.body,
        "body_unit": event.body_unit,
        "form": event.form,
        "participants": event.participants,
        "experts": event.experts,
        "consents": (),
        "refused": (),
        "signed": (),
        "owes": parties[0] if parties else None,
        "until": None,
    }


def _offered(item: Mediation, event: MediationOffered) -> Changes:
    return _asked(item, event) | {"matter": event.what, "parties": event.parties, "relation": event.relation}


def _consented(item: Mediation, event: MediationConsented) -> Changes:
    consents = tuple(each for each in item.parties if each == event.party or each in item.consents)
    silent = [each for each in item.parties if each not in consents]
    return {
        "consents": consents,
        "unwilling": tuple(each for each in item.unwilling if each != event.party),
        "owes": silent[0] if silent else item.mediator,
        "until": event.start_by or item.until,
    }


def _declined(item: Mediation, event: MediationDeclined) -> Changes:
    refused = (event.party,) if event.party else ()
    return _left(S.DECLINED)(item, event) | {"refused": refused, "unwilling": (*item.unwilling, *refused)}


def _signed(item: Mediation, event: StatementSigned) -> Changes:
    assert event.party is not None and event.digest is not None, "the rules saw to it"
    kept = (each for each in item.signed if (each.party, each.purpose) != (event.party, event.purpose))
    return {"signed": (*kept, Signature(party=event.party, purpose=event.purpose, digest=event.digest))}


def _extended(item: Mediation, event: MediationExtended) -> Changes:
    return {"signed": tuple(each for each in item.signed if each.purpose is not Purpose.EXTENSION)}


def _agreed(item: Mediation, event: MediationAgreed) -> Changes:
    """Its mediator watches over performance (人民调解法 §31); what each party owes is a commitment of its own."""
    return {
        "status": S.AGREED,
        "obligations": event.obligations,
        "text_digest": event.text_digest,
        "commitments": event.commitments,
        "applied": False,
        "signed": (),
        "owes": item.mediator,
        "until": max((each.until for each in event.obligations), default=None),
    }


def _left(status: MediationStatus) -> Change:
    """No agreement, or one that is not kept: the mediator must refer the parties, or offer a higher tier."""
    return lambda item, event: {"status": status, "signed": (), "owes": item.mediator, "until": None}


def _decided(status: MediationStatus) -> Change:
    return lambda item, event: {"status": status, "court_decision": f"{event.court} {event.number} {event.decided_on}"}


MEDIATION_FOLD: Fold = {
    MediationOffered: _offered,
    MediationConsented: _consented,
    MediationDeclined: _declined,
    MediationStarted: lambda item, e: {"status": S.IN_MEDIATION, "owes": item.mediator, "until": None},
    MediatorReplaced: lambda item, e: {
        "mediator": e.mediator,
        "earlier_mediators": (*item.earlier_mediators, item.mediator),
        "owes": e.mediator if item.owes == item.mediator else item.owes,
    },
    StatementSigned: _signed,
    MediationExtended: _extended,
    MediationAgreed: _agreed,
    MediationFailed: _left(S.FAILED),
    MediationTierRaised: _asked,
    MediationConfirmationRequested: lambda item, e: {"applied": True},
    MediationConfirmed: _decided(S.CONFIRMED),
    MediationConfirmationRefused: lambda item, e: _left(S.FAILED)(item, e) | _decided(S.FAILED)(item, e),
    MediationPerformed: lambda item, e: {"status": S.PERFORMED},
    MediationBreached: _left(S.BREACHED),
    MediationReferred: lambda item, e: {
        "status": S.REFERRED,
        "channel": e.statutory_channel,
        "channels": e.channels,
    },
}
