"""govflow: public matters in a closed loop (基层治理闭环), with a log that anybody can replay.

The public names. They are loaded when first used, so that importing govflow costs little.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from govflow.actors import SYSTEM, Actor, Authority, Claim, ClaimsAuthority, Level, Role
    from govflow.adoption import Migrated, Migration
    from govflow.audit.findings import Finding
    from govflow.audit.verifying.evidence import verify_log
    from govflow.calendars import Calendar, WorkCalendar
    from govflow.cases import CASE, Case, CaseKind, CaseStatus
    from govflow.checkpoints.automatic import Every
    from govflow.checkpoints.merkle import ProofError
    from govflow.checkpoints.notes import Note, NoteError, Verifier
    from govflow.checkpoints.proofs import Proof
    from govflow.context import Context
    from govflow.decider import Decider
    from govflow.duties import DUTY
    from govflow.engine import AllowedStep, Engine
    from govflow.errors import (
        Broken,
        CommandReused,
        Conflict,
        Detail,
        GovFlowError,
        InputError,
        LogError,
        NotAllowed,
        NotFound,
        PolicyError,
        Problem,
        ProtectionError,
        Truncated,
        WorkflowError,
    )
    from govflow.messages import (
        BelongsTo,
        Command,
        Event,
        ItemCommand,
        ItemEvent,
        Personal,
        Protected,
        RecordedEvent,
        Value,
    )
    from govflow.organisation import DIRECTORY, DirectoryAuthority
    from govflow.policy import DEFAULT_POLICY, Policy
    from govflow.reading import Reader
    from govflow.records import HandOver, Item, Loop, Record
    from govflow.region import Region
    from govflow.ticking import Fired, Tick
    from govflow.workflow import Rest, Rule, Status, Step, Workflow, rule

__version__ = "0.1.0"

_HOMES = {
    "govflow.actors": "SYSTEM Actor Authority Claim ClaimsAuthority Level Role",
    "govflow.adoption": "Migrated Migration",
    "govflow.audit.verifying.evidence": "verify_log",
    "govflow.audit.findings": "Finding",
    "govflow.calendars": "Calendar WorkCalendar",
    "govflow.cases": "CASE Case CaseKind CaseStatus",
    "govflow.checkpoints.automatic": "Every",
    "govflow.checkpoints.merkle": "ProofError",
    "govflow.checkpoints.notes": "Note NoteError Verifier",
    "govflow.checkpoints.proofs": "Proof",
    "govflow.context": "Context",
    "govflow.decider": "Decider",
    "govflow.duties": "DUTY",
    "govflow.engine": "AllowedStep Engine",
    "govflow.errors": "Broken CommandReused Conflict Detail GovFlowError InputError LogError NotAllowed NotFound "
    "PolicyError Problem ProtectionError Truncated WorkflowError",
    "govflow.messages": "BelongsTo Command Event ItemCommand ItemEvent Personal Protected RecordedEvent Value",
    "govflow.organisation": "DIRECTORY DirectoryAuthority",
    "govflow.policy": "DEFAULT_POLICY Policy",
    "govflow.reading": "Reader",
    "govflow.records": "HandOver Item Loop Record",
    "govflow.region": "Region",
    "govflow.ticking": "Fired Tick",
    "govflow.workflow": "Rest Rule Status Step Workflow rule",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "CASE",
    "DEFAULT_POLICY",
    "DIRECTORY",
    "DUTY",
    "SYSTEM",
    "Actor",
    "AllowedStep",
    "Authority",
    "BelongsTo",
    "Broken",
    "Calendar",
    "Case",
    "CaseKind",
    "CaseStatus",
    "Claim",
    "ClaimsAuthority",
    "Command",
    "CommandReused",
    "Conflict",
    "Context",
    "Decider",
    "Detail",
    "DirectoryAuthority",
    "Engine",
    "Event",
    "Every",
    "Finding",
    "Fired",
    "GovFlowError",
    "HandOver",
    "InputError",
    "Item",
    "ItemCommand",
    "ItemEvent",
    "Level",
    "LogError",
    "Loop",
    "Migrated",
    "Migration",
    "NotAllowed",
    "NotFound",
    "Note",
    "NoteError",
    "Personal",
    "Policy",
    "PolicyError",
    "Problem",
    "Proof",
    "ProofError",
    "Protected",
    "ProtectionError",
    "Reader",
    "Record",
    "RecordedEvent",
    "Region",
    "Rest",
    "Role",
    "Rule",
    "Status",
    "Step",
    "Tick",
    "Truncated",
    "Value",
    "Verifier",
    "WorkCalendar",
    "Workflow",
    "WorkflowError",
    "rule",
    "verify_log",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'govflow' has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
