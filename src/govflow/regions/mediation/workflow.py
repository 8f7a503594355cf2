"""调解 mediation: one dispute between named parties, in up to three tiers (三会联动). Keyed by the dispute.

Each party consents, refuses and signs for itself; what it signs is the digest of the very statement it stands under
(`statement_digest`). Every obligation of an agreement is a commitment of the record.
"""

from collections.abc import Iterator
from typing import Any

from govflow.actors import SYSTEM, Role
from govflow.calendars import due_after
from govflow.clocks.moves import calendar_of
from govflow.context import Context
from govflow.messages import Command
from govflow.records import HandOver, Item, Record
from govflow.region import Region
from govflow.regions.commitment import CommitmentBroken, MakeCommitment, ReleaseCommitment, dispute_of
from govflow.regions.mediation.fold import MEDIATION_FOLD, MEDIATION_PROPOSE
from govflow.regions.mediation.messages import (
    AgreeInMediation,
    ApplyForConfirmation,
    BreachAgreement,
    ConfirmAgreement,
    ConsentToMediation,
    ExtendMediation,
    FailMediation,
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
    PerformAgreement,
    RaiseTier,
    ReferDispute,
    RefuseConfirmation,
    RefuseMediation,
    ReplaceMediator,
    SignStatement,
    StartMediation,
    StatementSigned,
)
from govflow.regions.mediation.model import Mediation, MediationStatus
from govflow.regions.mediation.rules import (
    agreed_commitments_are_done,
    body_is_competent,
    both_parties_consent,
    both_sides_sign,
    confirmation_was_applied_for,
    court_decision_is_named,
    decision_is_on_file,
    dispute_is_mediable,
    experts_are_in_the_pool,
    length_is_named,
    mediator_is_named,
    new_mediator_is_impartial,
    no_agreement_is_left_standing,
    obligations_are_dated,
    parties_are_named,
    statement_may_be_signed_now,
    text_cannot_be_guessed,
    tier_below_failed_or_exempt,
    tier_is_at_most_three,
    unit_reported_is_not_at_the_table,
)
from govflow.regions.obligation import PassOnObligation, ScheduleObligation
from govflow.rules import due_has_not_passed, has_no_interest, reason_given, statutory_channel_named, window_is_open
from govflow.workflow import Step, Workflow

S = MediationStatus


# --- what belongs to a step ------------------------------------------------------------------------------------------


def _promise(record: Record, event: MediationAgreed, context: Context) -> Iterator[Command]:
    for key, duty in zip(event.commitments, event.obligations, strict=True):
        yield MakeCommitment(id=record.id, by=SYSTEM, item=key, what=duty.what, owner=duty.by, until=duty.until)


def _void(record: Record, event: MediationConfirmationRefused, context: Context) -> Iterator[Command]:
    reason = "the court has refused to confirm the agreement: it is void (不予确认,协议无效)"
    for key in record.item("mediation", event.item).commitments:
        if record.item("commitment", key).status in ("made", "broken"):
            yield ReleaseCommitment(id=record.id, by=SYSTEM, item=key, reason=reason)


def _revisits_follow(record: Record, event: MediatorReplaced, context: Context) -> Iterator[Command]:
    """The mediator in office owes what the one before has left undone."""
    for key in record.item("mediation", event.item).commitments:
        visit = record.item("obligation", _revisit_key(key))
        if visit is not None and visit.status in ("scheduled", "missed"):
            yield PassOnObligation(id=record.id, by=SYSTEM, item=visit.key, owner=event.mediator)


def _refer_at_once(record: Record, event: Any, context: Context) -> Iterator[Command]:
    """The record has left by another way: nobody is there any more to tell the parties, so that way is told."""
    if record.status not in context.deciders[record.kind_of_record].active:
        yield ReferDispute(id=record.id, by=SYSTEM, item=event.item, statutory_channel=event.reason)


# --- the table -------------------------------------------------------------------------------------------------------

R = Role
_KEEPERS = (R.MEDIATOR, R.COMMUNITY, R.TOWN, R.DISTRICT, R.SUPERVISOR)
_ALL_BUT_ENDED = (S.OFFERED, S.IN_MEDIATION, S.AGREED, S.CONFIRMED, S.BREACHED, S.FAILED, S.DECLINED)
_BENCH = (body_is_competent, experts_are_in_the_pool, unit_reported_is_not_at_the_table)
_COURT = (court_decision_is_named, confirmation_was_applied_for, decision_is_on_file)
# fmt: off
MEDIATION_WORKFLOW = Workflow("mediation", S, zh="调解", on=("case", "joint_project"), steps=(
    #    id      command               from                                           event                           to                who                                       provided that
    Step("MD01", OfferMediation,       None,                                          MediationOffered,               S.OFFERED,        (R.MEDIATOR, R.LEAD_UNIT, R.COMMUNITY),   (dispute_is_mediable, parties_are_named, has_no_interest, *_BENCH), while_in="active", starts="mediation_offer"),
    Step("MD02", ConsentToMediation,   S.OFFERED,                                     MediationConsented,             None,             R.DISPUTANT),
    Step("MD03", RefuseMediation,      S.OFFERED,                                     MediationDeclined,              S.DECLINED,       (R.DISPUTANT, R.SYSTEM),                  stops="mediation_offer", then=(_refer_at_once,)),
    Step("MD04", StartMediation,       S.OFFERED,                                     MediationStarted,               S.IN_MEDIATION,   R.MEDIATOR,                               (both_parties_consent, has_no_interest), starts="mediation", stops="mediation_offer"),
    Step("MD05", ExtendMediation,      S.IN_MEDIATION,                                MediationExtended,              None,             R.MEDIATOR,                               (both_parties_consent, due_has_not_passed, length_is_named), extends="mediation"),
    Step("MD06", AgreeInMediation,     S.IN_MEDIATION,                                MediationAgreed,                S.AGREED,         ((R.MEDIATOR, R.DISPUTANT),),             (both_sides_sign, obligations_are_dated, text_cannot_be_guessed), starts="confirmation", stops="mediation", then=(_promise,)),
    Step("MD07", FailMediation,        S.IN_MEDIATION,                                MediationFailed,                S.FAILED,         (R.MEDIATOR, R.DISPUTANT, R.SYSTEM),      (reason_given,), stops="mediation", then=(_refer_at_once,)),
    Step("MD08", RaiseTier,            (S.FAILED, S.DECLINED),                        MediationTierRaised,            S.OFFERED,        (R.MEDIATOR, R.TOWN, R.DISTRICT),         (dispute_is_mediable, tier_below_failed_or_exempt, tier_is_at_most_three, mediator_is_named, has_no_interest, *_BENCH), while_in="active", starts="mediation_offer"),
    Step("MD09", ApplyForConfirmation, S.AGREED,                                      MediationConfirmationRequested, None,             R.DISPUTANT,                              (both_sides_sign, window_is_open), stops="confirmation"),
    Step("MD10", ConfirmAgreement,     S.AGREED,                                      MediationConfirmed,             S.CONFIRMED,      (R.MEDIATOR, R.DISPUTANT),                _COURT, stops="confirmation"),
    Step("MD11", RefuseConfirmation,   S.AGREED,                                      MediationConfirmationRefused,   S.FAILED,         (R.MEDIATOR, R.DISPUTANT),                _COURT, stops="confirmation", then=(_void,)),
    Step("MD12", PerformAgreement,     (S.AGREED, S.CONFIRMED, S.BREACHED),           MediationPerformed,             S.PERFORMED,      R.MEDIATOR,                               (both_sides_sign, agreed_commitments_are_done), stops="confirmation"),
    Step("MD13", BreachAgreement,      (S.AGREED, S.CONFIRMED),                       MediationBreached,              S.BREACHED,       (R.MEDIATOR, R.DISPUTANT),                (reason_given,), while_in="active", stops="confirmation"),
    Step("MD14", ReferDispute,         (S.AGREED, S.FAILED, S.DECLINED, S.BREACHED),  MediationReferred,              S.REFERRED,       (R.MEDIATOR, R.SYSTEM),                   (statutory_channel_named, no_agreement_is_left_standing)),
    # ours: what the handbook's rules on signing look for; and recusal replaces the mediator
    Step("MD15", SignStatement,        (S.IN_MEDIATION, S.AGREED, S.CONFIRMED, S.BREACHED), StatementSigned,          None,             R.DISPUTANT,                              (statement_may_be_signed_now,)),
    Step("MD16", ReplaceMediator,      _ALL_BUT_ENDED,                                MediatorReplaced,               None,             _KEEPERS,                                 (reason_given, new_mediator_is_impartial, unit_reported_is_not_at_the_table), then=(_revisits_follow,)),
    # ours: a court may decide after the agreement was broken
    Step("MD17", ConfirmAgreement,     S.BREACHED,                                    MediationConfirmed,             S.CONFIRMED,      (R.MEDIATOR, R.DISPUTANT),                _COURT),
    Step("MD18", RefuseConfirmation,   S.BREACHED,                                    MediationConfirmationRefused,   S.FAILED,         (R.MEDIATOR, R.DISPUTANT),                _COURT, then=(_void,)),
))
# fmt: on


# --- what the system does --------------------------------------------------------------------------------------------


def _end(record: str, item: Item, given: HandOver) -> Command:
    """The record leaves: whatever stands open is refused, fails or is referred, by the way the hand-over names."""
    match item.status:
        case S.OFFERED:
            return RefuseMediation(id=record, by=SYSTEM, item=item.key, reason=given.reason)
        case S.IN_MEDIATION:
            return FailMediation(id=record, by=SYSTEM, item=item.key, reason=given.reason)
    return ReferDispute(id=record, by=SYSTEM, item=item.key, statutory_channel=given.reason)


def _unanswered(record: Record, key: str) -> Iterator[Command]:
    """Not every party has answered in time. Where all have consented, the mediator owes the start, late or not."""
    item = record.item("mediation", key)
    if item.status == S.OFFERED and set(item.consents) != {*item.parties}:
        yield RefuseMediation(id=record.id, by=SYSTEM, item=key, reason="no answer in time (逾期未答复)")


def _over(record: Record, key: str) -> Iterator[Command]:
    if record.item("mediation", key).status == S.IN_MEDIATION:
        yield FailMediation(id=record.id, by=SYSTEM, item=key, reason="the period is over (调解期限届满)")


REVISIT = "revisit"  # the kind that a policy's limit for revisits 回访 is for


def _revisit_key(commitment: str) -> str:
    return f"{REVISIT}.{commitment}"


def revisit(states: tuple[Record, Record], event: CommitmentBroken, context: Context) -> Iterator[Command]:
    """A missed obligation of an agreement raises a revisit (回访) by its mediator, once; for `Decider.reactions`.

    It is due by the policy's limit for revisits, counted from when the miss is recorded; a policy without one asks for
    none. A record without the region `obligation`, or that has left, gets none.
    """
    record = states[1]
    decider, policy = context.deciders[record.kind_of_record], context.policy
    limit = next((each for each in policy.time_limits if REVISIT in each.kinds), None)
    dispute, key = dispute_of(record, event.item), _revisit_key(event.item)
    if dispute is None or limit is None or "obligation" not in decider.regions:
        return
    if record.status not in decider.active or record.item("obligation", key) is not None:
        return
    due = due_after(limit.term, context.now, calendar_of(limit, context), policy.zone).at
    what = f"revisit for the missed obligation {event.item} (回访)"
    yield ScheduleObligation(id=record.id, by=SYSTEM, item=key, what=what, owner=dispute.mediator, until=due)


MEDIATION = Region(
    MEDIATION_WORKFLOW,
    Mediation,
    MEDIATION_FOLD,
    propose=MEDIATION_PROPOSE,
    ends=_end,
    when_due={"mediation_offer": _unanswered, "mediation": _over},
)
