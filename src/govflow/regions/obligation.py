"""定期义务 obligation: one occurrence of a recurring duty, due at the end of its period. Keyed by duty and period."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from govflow.actors import SYSTEM, Claim, Id, Role
from govflow.context import Context
from govflow.messages import Instant, ItemCommand, ItemEvent, Value, Words
from govflow.records import HandOver, Item, Record
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned, Shown
from govflow.regions.joint_handling import unit_reported_gets_nothing
from govflow.rules import (
    due_has_not_passed,
    due_has_passed,
    measure_and_evidence_given,
    reason_given,
    what_who_and_due_named,
)
from govflow.workflow import Rest, Status, Step, Workflow, rule


class ObligationStatus(Status):
    SCHEDULED = "scheduled", "已排定"
    FULFILLED = "fulfilled", "已履行", Rest.OUTCOME
    MISSED = "missed", "未履行", Rest.OUTCOME
    EXCUSED = "excused", "免除", Rest.OUTCOME
    CANCELLED = "cancelled", "取消", Rest.FINAL


S = ObligationStatus


class Occurrence(Item):
    """One occurrence: what, by whom, until when. `was_missed` stays true when it is fulfilled late or excused."""

    duty: str = ""
    was_missed: bool = False
    reminded_at: Instant | None = None

    @property
    def what(self) -> str:
        return self.duty

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """Who owes it fulfils it: in person, as of that unit, or as the one who stands in. A community also cancels."""
        return self.is_owed_by(claim, actor) if role in FULFILLERS and role != Role.COMMUNITY else None

    def is_owed_by(self, claim: Claim, actor: str) -> bool:
        """Whether it is owed by whoever holds a claim."""
        return self.owes is not None and self.owes in (actor, claim.unit, claim.standing_in_for)


class _Owed(Value):
    what: Words = ""
    owner: Id | None = None
    until: Instant | None = None


class ScheduleObligation(ItemCommand, _Owed, wire="obligation.schedule", label="排定义务"):
    """Put an occurrence on the list, one per period."""


class ObligationScheduled(ItemEvent, _Owed, name="obligation.scheduled", dues={"obligation_due": "until"}):
    """An occurrence is owed until the end of its period."""


class RemindObligation(ItemCommand, wire="obligation.remind", label="提醒履行"):
    """Remind whoever owes it, before it is due."""


class ObligationReminded(ItemEvent, name="obligation.reminded"):
    """Whoever owes it was reminded."""


class FulfilObligation(ItemCommand, Shown, wire="obligation.fulfil", label="履行义务"):
    """Say what was done and show it by evidence on file, late if it was missed."""


class ObligationFulfilled(ItemEvent, Shown, name="obligation.fulfilled"):
    """The occurrence was fulfilled."""


class MissObligation(ItemCommand, wire="obligation.miss", label="认定未履行"):
    """Record that its period is over."""


class ObligationMissed(ItemEvent, name="obligation.missed"):
    """The period is over and the occurrence was not fulfilled."""


class ExcuseObligation(ItemCommand, Reasoned, wire="obligation.excuse", label="免除义务"):
    """Excuse the occurrence, for a reason."""


class ObligationExcused(ItemEvent, Reasoned, name="obligation.excused"):
    """The occurrence was excused."""


class CancelObligation(ItemCommand, Reasoned, wire="obligation.cancel", label="取消义务"):
    """Take the occurrence off the list: the record is at rest, or the duty ended."""


class ObligationCancelled(ItemEvent, Reasoned, name="obligation.cancelled"):
    """The duty ended before its period did."""


class PassOnObligation(ItemCommand, wire="obligation.pass_on", label="转交义务"):
    """Let whoever follows in office owe the occurrence."""

    owner: Id | None = None


class ObligationPassedOn(ItemEvent, name="obligation.passed_on"):
    """Whoever follows in office owes the occurrence now, by the same date."""

    owner: Id | None = None


# --- rules -----------------------------------------------------------------------------------------------------------


def _named(record: Record, event: Any, context: Context) -> bool | Iterable[str]:
    """As for any promise, but the system may name a due instant that has passed.

    A period that went by while nobody planned is put on the list late, and missed.
    """
    if event.by == SYSTEM.id:
        return bool(event.what.strip() and event.owner and event.until)
    return what_who_and_due_named.check(record, event, context)


_OWED_IS_NAMED = replace(what_who_and_due_named, check=_named)


@rule("社区仅履行自己的义务", "design")
def community_fulfils_its_own(record: Record, event: Any, context: Context) -> bool:
    """A community, which may also cancel what others owe, fulfils nothing but what it owes itself."""
    assert isinstance(context.item, Occurrence)
    fulfilling = [claim for claim in context.claims if claim.role in FULFILLERS]
    own = any(context.item.is_owed_by(claim, event.by) for claim in fulfilling)
    return own or Role.COMMUNITY not in {claim.role for claim in fulfilling}


@rule("免除、取消者非义务人,亦非其单位的人", "M090")
def occurrence_is_anothers(record: Record, event: Any, context: Context) -> bool:
    """Whoever excuses or cancels it neither owes it nor is of the unit that does, nor stands in for who does."""
    assert isinstance(context.item, Occurrence)
    return not any(context.item.is_owed_by(claim, event.by) for claim in context.claims)


@rule("接任者已载明", "design", needs="owner")
def successor_is_named(record: Record, event: Any, context: Context) -> bool:
    """Who is to owe it is named."""
    return event.owner is not None


@rule("已说明所办,且有其他记录为证", "M120; M123", needs="measure evidence")
def other_records_show_it(record: Record, event: Any, context: Context) -> bool:
    """What was done is said, and other records of the log show it."""
    shown = all(id != record.id and context.lookup(id) is not None for id in event.evidence)
    return bool(event.measure.strip() and event.evidence and shown)


# --- the table -------------------------------------------------------------------------------------------------------

R = Role
_SCHEDULERS = (R.SYSTEM, R.COMMUNITY, R.TOWN, R.LEADER)
FULFILLERS = (R.LEADER, R.ORGANISATION, R.COMMUNITY, R.PROJECT_LEAD, R.LEAD_UNIT, R.MEDIATOR)
"""Who may fulfil an occurrence, if it is theirs."""
# fmt: off
OBLIGATION_WORKFLOW = Workflow("obligation", S, zh="定期义务", on=("case", "proposal", "joint_project", "duty"), steps=(
    #    id      command             from                     event                to           who                              provided that
    Step("OL01", ScheduleObligation, None,                    ObligationScheduled, S.SCHEDULED, _SCHEDULERS,                     (_OWED_IS_NAMED, unit_reported_gets_nothing), while_in="active", starts="obligation_due"),
    Step("OL02", RemindObligation,   S.SCHEDULED,             ObligationReminded,  None,        R.SYSTEM,                        (due_has_not_passed,)),
    Step("OL03", FulfilObligation,   (S.SCHEDULED, S.MISSED), ObligationFulfilled, S.FULFILLED, FULFILLERS,                      (measure_and_evidence_given, community_fulfils_its_own), stops="obligation_due"),
    Step("OL04", MissObligation,     S.SCHEDULED,             ObligationMissed,    S.MISSED,    R.SYSTEM,                        (due_has_passed,)),
    Step("OL05", ExcuseObligation,   (S.SCHEDULED, S.MISSED), ObligationExcused,   S.EXCUSED,   (R.TOWN, R.SUPERVISOR),          (reason_given, occurrence_is_anothers), drops="obligation_due"),
    Step("OL06", CancelObligation,   S.SCHEDULED,             ObligationCancelled, S.CANCELLED, (R.SYSTEM, R.TOWN, R.COMMUNITY), (reason_given, occurrence_is_anothers), drops="obligation_due"),
    # ours: a meeting, an action day or a project on another record is the fulfilment, whoever of the unit held it
    Step("OL08", FulfilObligation,   (S.SCHEDULED, S.MISSED), ObligationFulfilled, S.FULFILLED, R.SYSTEM,                        (other_records_show_it,), stops="obligation_due"),
    # ours: what an office owes is owed by whoever holds it
    Step("OL07", PassOnObligation,   (S.SCHEDULED, S.MISSED), ObligationPassedOn,  None,        R.SYSTEM,                        (successor_is_named, unit_reported_gets_nothing)),
))
# fmt: on

_FOLD: Fold = {
    ObligationScheduled: lambda item, e: {
        "status": S.SCHEDULED,
        "duty": e.what,
        "owes": e.owner,
        "until": e.until,
    },
    ObligationReminded: lambda item, e: {"reminded_at": e.at},
    ObligationFulfilled: lambda item, e: {"status": S.FULFILLED, "hands": (*item.hands, e.by)},
    ObligationMissed: lambda item, e: {"status": S.MISSED, "was_missed": True},
    ObligationExcused: lambda item, e: {"status": S.EXCUSED},
    ObligationCancelled: lambda item, e: {"status": S.CANCELLED},
    ObligationPassedOn: lambda item, e: {"owes": e.owner},
}


def _cancel(record: str, item: Item, given: HandOver) -> CancelObligation:
    return CancelObligation(id=record, by=SYSTEM, item=item.key, reason=given.reason)


def _miss(record: Record, key: str) -> Iterator[MissObligation]:
    """Once: the clock runs on, since a missed occurrence is still owed."""
    item = record.item("obligation", key)
    if item is not None and item.status == S.SCHEDULED:
        yield MissObligation(id=record.id, by=SYSTEM, item=key)


OBLIGATION = Region(OBLIGATION_WORKFLOW, Occurrence, _FOLD, ends=_cancel, when_due={"obligation_due": _miss})
