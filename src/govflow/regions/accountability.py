"""问责容错 accountability: a unit's answerability for a failing, with error tolerance. Keyed by unit and failing.

People decide, never the library; every step stands beside what happened before it, nothing is taken away. Of persons
held to account only the number is kept.
"""

from typing import Any

from govflow.actors import Claim, Id, Role
from govflow.context import Context
from govflow.messages import Command, Count, Event, ItemCommand, ItemEvent
from govflow.records import Item, Record
from govflow.region import Changes, Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.regions.supervision.rules import nobody_judges_their_own_cause
from govflow.rules import (
    decided_by_another,
    decider_is_not_a_handler,
    decision_denies,
    decision_grants,
    reason_given,
    reason_is_coded,
)
from govflow.workflow import Rest, Status, Step, Workflow, rule


class AccountabilityStatus(Status):
    OPENED = "opened", "已启动", Rest.OUTCOME
    TOLERANCE_REQUESTED = "tolerance_requested", "申请容错", Rest.OUTCOME
    TOLERATED = "tolerated", "予以容错", Rest.OUTCOME
    UPHELD = "upheld", "问责", Rest.OUTCOME
    DROPPED = "dropped", "终止", Rest.FINAL


S = AccountabilityStatus
_ANSWERABLE = (Role.UNIT_HEAD, Role.LEAD_UNIT, Role.PROJECT_LEAD, Role.IMPLEMENTER)


class Accountability(Item):
    """One unit's failing: by code and in words, what it says for itself, how many persons answer for it."""

    unit: str | None = None
    reason_code: str = ""
    failing: str = ""
    plea: str = ""
    answered_by: tuple[str, ...] = ()  # who has spoken for the unit, and in whose stead
    persons: int = 0

    @property
    def what(self) -> str:
        return f"{self.reason_code} ({self.unit})"

    def people(self) -> frozenset[str]:
        return frozenset() if self.unit is None else frozenset({self.unit})

    def concerns(self, actor: str, unit: str | None = None) -> bool:
        return self.unit is not None and self.unit in (actor, unit)

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        return self.concerns(actor, claim.unit) if role in _ANSWERABLE else None


class _Failing(Reasoned):
    unit: Id | None = None  # None: the record's lead unit
    reason_code: Id | None = None


class _Blame(Reasoned):
    persons: Count = 0  # how many are held to account: a number, no names


class _Decision(_Blame):
    granted: bool | None = None


class OpenAccountability(ItemCommand, _Failing, wire="accountability.open", label="启动问责"):
    """Name a unit's failing by its code and in words."""


class AccountabilityOpened(ItemEvent, _Failing, name="accountability.opened"):
    """A unit's failing was named."""


class RequestTolerance(ItemCommand, Reasoned, wire="accountability.request_tolerance", label="申请容错"):
    """Claim good faith for the unit, with the reason."""


class AccountabilityToleranceRequested(ItemEvent, Reasoned, name="accountability.tolerance_requested"):
    """The unit claims good faith."""


class DecideAccountability(ItemCommand, _Decision, wire="accountability.decide", label="作出容错决定"):
    """Decide on the claim: tolerance is `granted`, or the unit is answerable."""


class AccountabilityDecided(ItemEvent, _Decision, name="accountability.decided"):
    """The claim was decided on."""


class UpholdAccountability(ItemCommand, _Blame, wire="accountability.uphold", label="认定问责"):
    """Find the unit answerable."""


class AccountabilityUpheld(ItemEvent, _Blame, name="accountability.upheld"):
    """The unit was found answerable."""


class DropAccountability(ItemCommand, Reasoned, wire="accountability.drop", label="终止问责"):
    """End it: there was no failing."""


class AccountabilityDropped(ItemEvent, Reasoned, name="accountability.dropped"):
    """No failing was found."""


@rule("已指明单位", "design", needs="unit")
def unit_is_named(record: Record, event: Any, context: Context) -> bool:
    """The unit whose failing it is stands in the event."""
    return event.unit is not None


R = Role
_JUDGED = (decider_is_not_a_handler, decided_by_another, nobody_judges_their_own_cause)
# fmt: off
ACCOUNTABILITY_WORKFLOW = Workflow("accountability", S, zh="问责容错", on=("case", "proposal", "joint_project"), steps=(
    #    id      command               from                              event                             to                     who                        provided that
    Step("AC01", OpenAccountability,   None,                             AccountabilityOpened,             S.OPENED,              (R.SUPERVISOR, R.DISTRICT), (reason_is_coded, unit_is_named)),
    Step("AC02", RequestTolerance,     S.OPENED,                         AccountabilityToleranceRequested, S.TOLERANCE_REQUESTED, _ANSWERABLE,               (reason_given,)),
    Step("AC04", DecideAccountability, S.TOLERANCE_REQUESTED,            AccountabilityDecided,            S.UPHELD,              R.DISTRICT,                (*_JUDGED, decision_denies, reason_given)),
    Step("AC03", DecideAccountability, S.TOLERANCE_REQUESTED,            AccountabilityDecided,            S.TOLERATED,           R.DISTRICT,                (*_JUDGED, decision_grants)),
    Step("AC05", UpholdAccountability, S.OPENED,                         AccountabilityUpheld,             S.UPHELD,              R.DISTRICT,                (*_JUDGED, reason_given)),
    Step("AC06", DropAccountability,   (S.OPENED, S.TOLERANCE_REQUESTED), AccountabilityDropped,           S.DROPPED,             (R.DISTRICT, R.SYSTEM),    (reason_given, nobody_judges_their_own_cause)),
))
# fmt: on


def _open(record: Record, command: OpenAccountability, context: Context) -> Event:
    """Whose failing it is stands in the event, whether or not the command says it."""
    key = ACCOUNTABILITY.key_of(record, command)
    unit = command.unit or getattr(record, "lead_unit", None)
    decider = context.deciders[record.kind_of_record]
    return decider.copied(command, AccountabilityOpened, context, item=key, unit=unit)


def _key(record: Record, command: Command) -> str:
    """Unit and failing; a running number more where the same was decided on before."""
    if not isinstance(command, OpenAccountability):
        return "nobody"
    key = f"{command.unit or getattr(record, 'lead_unit', None) or 'nobody'}.{command.reason_code}"
    taken = record.items_of("accountability")
    same = [item for name, item in taken.items() if name == key or name.startswith(key + ".")]
    is_decided = all(item.status in (S.TOLERATED, S.UPHELD, S.DROPPED) for item in same)
    return f"{key}.{len(same) + 1}" if same and is_decided else key


def _decided(item: Accountability, e: Any) -> Changes:
    return {"status": S.TOLERATED if e.granted else S.UPHELD, "persons": e.persons}


_FOLD: Fold = {
    AccountabilityOpened: lambda item, e: {
        "status": S.OPENED,
        "unit": e.unit,
        "reason_code": e.reason_code,
        "failing": e.reason,
    },
    AccountabilityToleranceRequested: lambda item, e: {
        "status": S.TOLERANCE_REQUESTED,
        "plea": e.reason,
        "hands": (*item.hands, e.by),
        "answered_by": (e.by,) if e.in_stead_of is None else (e.by, e.in_stead_of),
    },
    AccountabilityDecided: _decided,
    AccountabilityUpheld: lambda item, e: {"status": S.UPHELD, "persons": e.persons},
    AccountabilityDropped: lambda item, e: {"status": S.DROPPED},
}


ACCOUNTABILITY = Region(
    ACCOUNTABILITY_WORKFLOW, Accountability, _FOLD, propose={OpenAccountability: _open}, new_key=_key
)
