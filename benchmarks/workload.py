"""The work that is measured: plain cases taken through the whole loop, one command after the other."""

from __future__ import annotations

from collections.abc import Iterator

from govflow import Actor, Command, Engine
from govflow.cases.commands import (
    AcceptCase,
    AssignCase,
    CloseCase,
    GiveFeedback,
    ReportCase,
    StartHandling,
    SubmitResult,
)
from govflow.regions.contact import LogContact
from govflow.regions.evaluation import RecordEvaluation
from govflow.regions.evidence import AddEvidence
from govflow.regions.verification import PassVerification

DESK = Actor.of("desk", "acceptance_desk", "dispatcher")
LEAD = Actor.of("li", "lead_unit", unit="water")
RESIDENT = Actor.of("s-1", "resident", "reporter")
VERIFIER = Actor.of("wu", "verifier")


def one_case(id: str) -> Iterator[Command]:
    """The eleven commands of a plain case, from report to close; they make 13 events."""
    yield ReportCase(
        id=id,
        by=RESIDENT,
        title="Water on the pavement before the school",
        kind="hotline",
        channel="phone",
        level="community",
        area="jinniu/chadianzi",
        reporter="s-1",
    )
    yield AcceptCase(id=id, by=DESK)
    yield AssignCase(id=id, by=DESK, lead_unit="water")
    yield LogContact(id=id, by=LEAD, reached=True, way="phone")
    yield StartHandling(id=id, by=LEAD)
    yield AddEvidence(id=id, by=LEAD, kind="photo", media_type="image/jpeg", reference="2026/11/a.jpg", sha256="0" * 64)
    yield SubmitResult(id=id, by=LEAD, measure="pipe replaced, pavement closed", evidence=("1",))
    yield GiveFeedback(id=id, by=LEAD, to_level="community", to_reporter=True, public_text="The pipe was replaced.")
    yield PassVerification(id=id, by=VERIFIER, item="r1")
    yield RecordEvaluation(id=id, by=RESIDENT, item="r1.s-1", contacted=True, resolved=True, satisfied=True)
    yield CloseCase(id=id, by=DESK)


def fill(engine: Engine, events: int, prefix: str = "fill") -> None:
    """Bring a log to at least `events` events, in large transactions."""
    case, per_transaction = 0, 40
    while engine.store.head() < events:
        commands = [command for k in range(per_transaction) for command in one_case(f"{prefix}-{case + k}")]
        engine.handle_all(commands)
        case += per_transaction
