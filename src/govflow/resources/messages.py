"""Commands and events of a resource: offered, changed, withdrawn, expired, archived."""

from __future__ import annotations

from govflow.actors import Area, Id
from govflow.messages import Amount, Command, Count, Event, Instant, Personal, Protected, Value, Words
from govflow.records import HandOver
from govflow.regions.bodies import Reasoned
from govflow.regions.contribution import Measured, PairingScope


class _Offer(Measured):
    """What is offered, by which unit, with which skills and for which themes (ids), where, when and for whom.

    `skills` are terms of the catalogue; `themes` are the five joint mechanisms or a town's own; `begins` and `until`
    bound the term; `scope` is the farthest its owner is ready to go; an `exclusive` resource serves one project alone.
    """

    title: Words = ""
    owner: Id | None = None
    skills: tuple[Id, ...] = ()
    themes: tuple[Id, ...] = ()
    area: Area = ""
    begins: Instant | None = None
    until: Instant | None = None
    alliance: Id | None = None
    scope: PairingScope = PairingScope.OUT_OF_REGION
    exclusive: bool = False


class OfferResource(Command, _Offer, wire="resource.offer", label="登记资源"):
    """Offer money, people, a place, goods or a service to common projects."""

    contact: Personal | None = None


class ResourceOffered(Event, _Offer, name="resource.offered", dues={"offer_term": "until"}):
    """A resource is on offer."""

    contact: Protected | None = None


class _Change(Value):
    """What is to be otherwise; what is not named stays. The measure is the whole of what is offered from now on."""

    title: Words | None = None
    amount: Amount | None = None
    quantity: Count | None = None
    skills: tuple[Id, ...] | None = None
    themes: tuple[Id, ...] | None = None
    begins: Instant | None = None
    until: Instant | None = None
    alliance: Id | None = None
    scope: PairingScope | None = None
    exclusive: bool | None = None


class ChangeOffer(Command, _Change, wire="resource.change", label="变更资源"):
    """Offer more or less of it, for longer or shorter, to others: never less than what is booked."""

    contact: Personal | None = None


class OfferChanged(Event, _Change, name="resource.changed", dues={"offer_term": "until"}):
    """What is offered was changed."""

    contact: Protected | None = None


class _Withdrawal(Reasoned):
    hand_over: tuple[HandOver, ...] = ()


class WithdrawOffer(Command, _Withdrawal, wire="resource.withdraw", label="撤回资源"):
    """Take it off the ledger; what is booked still must be handed over, and stays owed where it was promised."""


class OfferWithdrawn(Event, _Withdrawal, name="resource.withdrawn"):
    """It is no longer on offer."""


class ExpireOffer(Command, wire="resource.expire", label="资源到期"):
    """Its term is over: nothing more is booked."""


class OfferExpired(Event, name="resource.expired"):
    """Its term is over."""


class _Archiving(Value):
    retention: Id | None = None


class ArchiveResource(Command, _Archiving, wire="resource.archive", label="归档"):
    """Archive it in a retention class, by default the ordinary one."""


class ResourceArchived(Event, _Archiving, name="resource.archived"):
    """It is archived."""
