"""What the system does on a case when a clock has run out, by the table or because the policy says so."""

from __future__ import annotations

from collections.abc import Iterator

from govflow.actors import SYSTEM
from govflow.cases.assignment_objection import ObjectionStatus
from govflow.cases.commands import EscalateInHandling, LapseSupplement, ResumeCase, SignOrder
from govflow.cases.model import Case, CaseStatus
from govflow.clocks import Clock
from govflow.messages import Command


def lapse_supplement(case: Case, item: str) -> Iterator[Command]:
    """What was asked for did not come: the window is over, acceptance is decided on what there is."""
    yield LapseSupplement(id=case.id, by=SYSTEM)


def deem_signed(case: Case, item: str) -> Iterator[Command]:
    """A work order nobody signed in time counts as signed (TABLES: `ord.receipt`, then deemed signed)."""
    yield SignOrder(id=case.id, by=SYSTEM)


def raise_one_level(case: Case, rule: str, clock: Clock) -> Command | None:
    """Overdue by rule: it goes up one level (BJ §20).

    None where no level is above, it is not being handled, or an objection to its assignment waits for the decision.
    """
    working = (CaseStatus.ASSIGNED, CaseStatus.IN_HANDLING, CaseStatus.SUSPENDED)
    if case.level is None or case.level.next_up is None or case.status not in working:
        return None
    if any(item.status == ObjectionStatus.FILED for item in case.items_of("assignment_objection").values()):
        return None
    reason = f"overdue, by rule {rule} (超期自动上提)"
    return EscalateInHandling(id=case.id, by=SYSTEM, to_level=case.level.next_up, reason=reason)


def resume_suspended(case: Case, rule: str, clock: Clock) -> Command | None:
    """The date for reviewing the suspension has passed: handling goes on."""
    return ResumeCase(id=case.id, by=SYSTEM) if case.status == CaseStatus.SUSPENDED else None
