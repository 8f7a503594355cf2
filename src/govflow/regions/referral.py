"""服务转介 referral: a person is passed on, with their consent, to a unit that helps them (M070). Keyed by the referral.

Nothing about the person stands in it but their pseudonym: what the unit needs to know it hears from them.
"""

from enum import StrEnum
from typing import Any

from govflow.actors import SYSTEM, Claim, Id, Role, speaks_for
from govflow.context import Context
from govflow.messages import ItemCommand, ItemEvent, Value, Words
from govflow.records import HandOver, Item, Record
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.regions.joint_handling import unit_reported_gets_nothing
from govflow.rules import reason_given
from govflow.workflow import Rest, Status, Step, Workflow, rule


class ReferralStatus(Status):
    MADE = "made", "已转介"
    ACCEPTED = "accepted", "已接收"
    SERVED = "served", "已服务", Rest.OUTCOME
    DECLINED = "declined", "不予接收", Rest.OUTCOME
    WITHDRAWN = "withdrawn", "撤回", Rest.FINAL


S = ReferralStatus


class Service(StrEnum):
    """The four mechanisms of 003 (M070)."""

    EXPRESSION = "expression"  # 诉求表达
    COUNSELLING = "counselling"  # 心理疏导
    MEDIATION = "mediation"  # 矛盾调处
    PROTECTION = "protection"  # 权益保障


class Referral(Item):
    """One referral: which service, who is to be helped, by which unit, and what it came to."""

    service: str = ""
    person: str = ""
    unit: str = ""
    measure: str = ""

    @property
    def what(self) -> str:
        return self.service

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """The unit referred to answers itself, and the person referred takes their own consent back."""
        if role == Role.ORGANISATION:
            return claim.unit == self.unit
        if role in (Role.RESIDENT, Role.REPORTER):
            return speaks_for(self.person, claim, actor, on_behalf_of)
        return None


class _Referring(Value):
    service: Service | None = None
    person: Id | None = None  # a pseudonym
    unit: Id | None = None
    consented: bool = False


class MakeReferral(ItemCommand, _Referring, wire="referral.make", label="服务转介"):
    """Pass a person on to a unit that helps them; they have agreed."""


class ReferralMade(ItemEvent, _Referring, name="referral.made"):
    """A person was passed on to a unit."""


class AcceptReferral(ItemCommand, wire="referral.accept", label="接收转介"):
    """Take the referral, as the unit."""


class ReferralAccepted(ItemEvent, name="referral.accepted"):
    """The unit will help."""


class _Served(Value):
    measure: Words = ""  # the kind of help, nothing about the person


class ServeReferral(ItemCommand, _Served, wire="referral.serve", label="完成服务"):
    """Say what kind of help was given."""


class ReferralServed(ItemEvent, _Served, name="referral.served"):
    """The person was helped."""


class DeclineReferral(ItemCommand, Reasoned, wire="referral.decline", label="不予接收"):
    """Say as the unit why it cannot help."""


class ReferralDeclined(ItemEvent, Reasoned, name="referral.declined"):
    """The unit cannot help."""


class WithdrawReferral(ItemCommand, Reasoned, wire="referral.withdraw", label="撤回转介"):
    """Take it back: the person no longer agrees, or no longer needs it."""

    to: Id | None = None


class ReferralWithdrawn(ItemEvent, Reasoned, name="referral.withdrawn"):
    """It was taken back."""

    to: Id | None = None


@rule("已载明服务、对象与接收单位", "M070", needs="service person unit")
def service_person_and_unit_named(record: Record, event: Any, context: Context) -> bool:
    """The service, the person and the unit are named."""
    return bool(event.service and event.person and event.unit)


@rule("本人已同意", "PIPL §13, §29 [V]", needs="consented")
def person_has_consented(record: Record, event: Any, context: Context) -> bool:
    """The person has agreed: nobody is passed on without it."""
    return event.consented is True


@rule("事项无须对接收单位保密", "petitions §30 [V]")
def unit_may_know_of_it(record: Record, event: Any, context: Context) -> bool:
    """The matter is not secret: the unit could not learn of a referral on one, and so not answer."""
    return not record.is_secret


@rule("已载明服务内容", "design", needs="measure")
def help_is_named(record: Record, event: Any, context: Context) -> bool:
    """What kind of help was given is said."""
    return bool(event.measure.strip())


R = Role
_REFERRERS = (R.GRID_WORKER, R.COMMUNITY, R.LEAD_UNIT, R.MEDIATOR)
# fmt: off
REFERRAL_WORKFLOW = Workflow("referral", S, zh="服务转介", on=("case",), steps=(
    #    id      command           from                  event              to           who             provided that
    Step("RF01", MakeReferral,     None,                 ReferralMade,      S.MADE,      _REFERRERS,     (service_person_and_unit_named, person_has_consented, unit_reported_gets_nothing, unit_may_know_of_it), while_in="active", starts="referral_answer"),
    Step("RF02", AcceptReferral,   S.MADE,               ReferralAccepted,  S.ACCEPTED,  R.ORGANISATION, stops="referral_answer"),
    Step("RF03", ServeReferral,    S.ACCEPTED,           ReferralServed,    S.SERVED,    R.ORGANISATION, (help_is_named,)),
    Step("RF04", DeclineReferral,  (S.MADE, S.ACCEPTED), ReferralDeclined,  S.DECLINED,  R.ORGANISATION, (reason_given,), stops="referral_answer"),
    Step("RF05", WithdrawReferral, (S.MADE, S.ACCEPTED), ReferralWithdrawn, S.WITHDRAWN, (*_REFERRERS, R.RESIDENT, R.REPORTER, R.SYSTEM), (reason_given,), drops="referral_answer"),
))
# fmt: on

_FOLD: Fold = {
    ReferralMade: lambda item, e: {
        "status": S.MADE,
        "service": e.service,
        "person": e.person,
        "unit": e.unit,
        "owes": e.unit,
    },
    ReferralAccepted: lambda item, e: {"status": S.ACCEPTED, "hands": (*item.hands, e.by)},
    ReferralServed: lambda item, e: {
        "status": S.SERVED,
        "measure": e.measure,
        "owes": None,  # who owes nothing any more reads the case no more
        "hands": (*item.hands, e.by),
    },
    ReferralDeclined: lambda item, e: {"status": S.DECLINED, "owes": None},
    ReferralWithdrawn: lambda item, e: {"status": S.WITHDRAWN, "owes": None},
}


def _withdraw(record: str, item: Item, given: HandOver) -> WithdrawReferral:
    return WithdrawReferral(id=record, by=SYSTEM, item=item.key, reason=given.reason, to=given.to)


REFERRAL = Region(REFERRAL_WORKFLOW, Referral, _FOLD, ends=_withdraw)
