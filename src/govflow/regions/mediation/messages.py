"""调解 mediation: its commands, and the events they lead to."""

from datetime import date

from govflow.actors import Id
from govflow.messages import (
    Count,
    Instant,
    ItemCommand,
    ItemEvent,
    ItemKey,
    Personal,
    Protected,
    Sha256,
    Value,
    Words,
)
from govflow.policy.practice import MediationKind
from govflow.regions.bodies import Reasoned
from govflow.regions.mediation.model import AgreedObligation, Channel, Participant, Purpose, Relation


class _Bench(Value):
    mediator: Id | None = None  # a person or a unit
    body: Id | None = None  # of the policy's mediation bodies
    form: MediationKind | None = None  # None: the kind of the body
    participants: tuple[Participant, ...] = ()
    experts: tuple[Id, ...] = ()


class _Dispute(_Bench):
    what: Words = ""
    parties: tuple[Id, ...] = ()
    relation: Relation | None = None
    barred_by: Words = ""  # what the law says against mediating it, if anything

    @property
    def people(self) -> tuple[str, ...]:
        """Whom it is about: the rules on interests look here."""
        return self.parties


class OfferMediation(ItemCommand, _Dispute, wire="mediation.offer", label="提议调解"):
    """Ask the parties of a dispute whether they will have it mediated, at the first tier."""

    item: Id | None = None  # short enough for the keys made of it


class MediationOffered(ItemEvent, _Dispute, name="mediation.offered"):
    """The parties were asked for their consent."""

    body_unit: Id | None = None


class ConsentToMediation(ItemCommand, wire="mediation.consent", label="同意调解"):
    """Consent, as one party for itself."""


class MediationConsented(ItemEvent, name="mediation.consented"):
    """A party consented. With the last consent the mediator owes the start, by `start_by`."""

    party: Id | None = None
    start_by: Instant | None = None


class RefuseMediation(ItemCommand, Reasoned, wire="mediation.refuse", label="拒绝调解"):
    """Refuse clearly, as one party for itself."""


class MediationDeclined(ItemEvent, Reasoned, name="mediation.declined"):
    """A party clearly refused, or (`party` None) not every party answered in time."""

    party: Id | None = None


class StartMediation(ItemCommand, wire="mediation.start", label="开始调解"):
    """Begin, with every party's consent."""


class MediationStarted(ItemEvent, name="mediation.started"):
    """The mediation began."""


class ReplaceMediator(ItemCommand, Reasoned, wire="mediation.replace_mediator", label="更换调解员"):
    """Name another mediator: the one before must keep away, or cannot go on."""

    mediator: Id | None = None


class MediatorReplaced(ItemEvent, Reasoned, name="mediation.mediator_replaced"):
    """Another mediator was named (回避)."""

    mediator: Id | None = None


class SignStatement(ItemCommand, wire="mediation.sign", label="签字"):
    """Sign a statement, as one party for itself: `digest` is that of `statement_digest`."""

    purpose: Purpose = Purpose.AGREEMENT
    digest: Sha256 | None = None


class StatementSigned(ItemEvent, name="mediation.statement_signed"):
    """A party signed a statement."""

    purpose: Purpose = Purpose.AGREEMENT
    digest: Sha256 | None = None
    party: Id | None = None


class ExtendMediation(ItemCommand, Reasoned, wire="mediation.extend", label="延长调解期限"):
    """Lengthen the period, as every party has signed. `length` is in the limit's own unit."""

    length: Count = 0


class MediationExtended(ItemEvent, Reasoned, name="mediation.extended"):
    """The period was lengthened."""

    length: Count = 0


class AgreeInMediation(ItemCommand, wire="mediation.agree", label="达成协议"):
    """Put on record the agreement that every party has signed. Its text may speak of people."""

    obligations: tuple[AgreedObligation, ...] = ()
    text: Personal | None = None


class MediationAgreed(ItemEvent, name="mediation.agreed"):
    """An agreement is in force; each obligation is a commitment of the record, `commitments` are their keys."""

    obligations: tuple[AgreedObligation, ...] = ()
    text: Protected | None = None
    text_digest: Sha256 | None = None
    commitments: tuple[ItemKey, ...] = ()


class FailMediation(ItemCommand, Reasoned, wire="mediation.fail", label="调解不成"):
    """Record that there is no agreement: a party withdraws, or the time is over."""


class MediationFailed(ItemEvent, Reasoned, name="mediation.failed"):
    """There is no agreement at this tier."""


class RaiseTier(ItemCommand, _Bench, wire="mediation.raise_tier", label="上一级调解"):
    """Offer it anew at a higher tier. Only an exemption with its ground passes over a tier."""

    tier: Count = 0
    exemption: Words = ""


class MediationTierRaised(ItemEvent, _Bench, name="mediation.tier_raised"):
    """The parties are asked for their consent at a higher tier."""

    tier: Count = 0
    exemption: Words = ""
    body_unit: Id | None = None


class ApplyForConfirmation(ItemCommand, wire="mediation.apply_confirmation", label="申请司法确认"):
    """Apply together to a court for its confirmation of the agreement."""

    court: Words = ""


class MediationConfirmationRequested(ItemEvent, name="mediation.confirmation_requested"):
    """The parties applied to a court."""

    court: Words = ""


class _Decision(Value):
    court: Words = ""
    number: Words = ""
    decided_on: date | None = None
    papers: tuple[ItemKey, ...] = ()  # evidence on file: the decision itself


class ConfirmAgreement(ItemCommand, _Decision, wire="mediation.confirm", label="司法确认"):
    """Record that a court has confirmed the agreement."""


class MediationConfirmed(ItemEvent, _Decision, name="mediation.confirmed"):
    """A court confirmed the agreement: it can be enforced."""


class RefuseConfirmation(ItemCommand, _Decision, wire="mediation.refuse_confirmation", label="不予司法确认"):
    """Record that a court has refused to confirm the agreement."""


class MediationConfirmationRefused(ItemEvent, _Decision, name="mediation.confirmation_refused"):
    """A court refused: the agreement is void and its commitments are released."""


class PerformAgreement(ItemCommand, wire="mediation.perform", label="确认协议履行"):
    """Record that the agreement was carried out, as every party has signed."""


class MediationPerformed(ItemEvent, name="mediation.performed"):
    """The agreement was carried out."""


class BreachAgreement(ItemCommand, Reasoned, wire="mediation.breach", label="认定协议未履行"):
    """Record that the agreement is not being carried out."""


class MediationBreached(ItemEvent, Reasoned, name="mediation.breached"):
    """The agreement was not carried out."""


class ReferDispute(ItemCommand, wire="mediation.refer", label="告知法定途径"):
    """Tell the parties the statutory channel, and which other ones are left."""

    statutory_channel: Words = ""
    channels: tuple[Channel, ...] = ()


class MediationReferred(ItemEvent, name="mediation.referred"):
    """The parties were told the ways left."""

    statutory_channel: Words = ""
    channels: tuple[Channel, ...] = ()
