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
from govflow.rules import (
    due_has_not_passed,
    due_has_passed,
    measure_and_evidence_given,
    reason_given,
    what_who_and_due_named,
)
from govflow.workflow import Rest, Status, Step, Workflow


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
        """Who owes it fulfils it: in person, as of that unit, or as the one who stands in."""
        return self.owes in (actor, claim.unit, claim.standing_in_for) if role in FULFILLERS else None


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


def _named(record: Record, event: Any, context: Context) -> bool | Iterable[str]:
    """As for any promise, but the system may name a due instant that has passed.

    A period that went by while nobody planned is put on the list late, and missed.
    """
    if event.by == SYSTEM.id:
        return bool(event.what.strip() and event.owner and event.until)
    return what_who_and_due_named.check(record, event, context)


_OWED_IS_NAMED = replace(what_who_and_due_named, check=_named)

R = Role
_SCHEDULERS = (R.SYSTEM, R.COMMUNITY, R.TOWN, R.LEADER)
FULFILLERS = (R.LEADER, R.ORGANISATION, R.COMMUNITY, R.PROJECT_LEAD, R.LEAD_UNIT, R.MEDIATOR)
"""Who may fulfil an occurrence, if it is theirs."""
# fmt: off
OBLIGATION_WORKFLOW = Workflow("obligation", S, zh="定期义务", on=("case", "proposal", "joint_project", "duty"), steps=(
    #    id      command             from                     event                to           who                              provided that
    Step("OL01", ScheduleObligation, None,                    ObligationScheduled, S.SCHEDULED, _SCHEDULERS,                     (_OWED_IS_NAMED,), while_in="active", starts="obligation_due"),
    Step("OL02", RemindObligation,   S.SCHEDULED,             ObligationReminded,  None,        R.SYSTEM,                        (due_has_not_passed,)),
    Step("OL03", FulfilObligation,   (S.SCHEDULED, S.MISSED), ObligationFulfilled, S.FULFILLED, FULFILLERS,                      (measure_and_evidence_given,), stops="obligation_due"),
    Step("OL04", MissObligation,     S.SCHEDULED,             ObligationMissed,    S.MISSED,    R.SYSTEM,                        (due_has_passed,)),
    Step("OL05", ExcuseObligation,   (S.SCHEDULED, S.MISSED), ObligationExcused,   S.EXCUSED,   (R.TOWN, R.SUPERVISOR),          (reason_given,), drops="obligation_due"),
    Step("OL06", CancelObligation,   S.SCHEDULED,             ObligationCancelled, S.CANCELLED, (R.SYSTEM, R.TOWN, R.COMMUNITY), (reason_given,), drops="obligation_due"),
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
}


def _cancel(record: str, item: Item, given: HandOver) -> CancelObligation:
    return CancelObligation(id=record, by=SYSTEM, item=item.key, reason=given.reason)


def _miss(record: Record, key: str) -> Iterator[MissObligation]:
    """Once: the clock runs on, since a missed occurrence is still owed."""
    item = record.item("obligation", key)
    if item is not None and item.status == S.SCHEDULED:
        yield MissObligation(id=record.id, by=SYSTEM, item=key)


OBLIGATION = Region(OBLIGATION_WORKFLOW, Occurrence, _FOLD, ends=_cancel, when_due={"obligation_due": _miss})
