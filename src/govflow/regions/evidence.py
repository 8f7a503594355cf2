"""证据材料 evidence: one piece of evidence by content hash, never the footage itself. Keyed by the piece."""

from typing import Any

from govflow.actors import Id, Role
from govflow.context import Context
from govflow.messages import ItemCommand, ItemEvent, Sha256, Value, Words
from govflow.records import Item, Record
from govflow.region import Region
from govflow.regions.bodies import Reasoned
from govflow.rules import correction_names_its_event, reason_given, verified_by_another
from govflow.workflow import Rest, Status, Step, Workflow, rule


class EvidenceStatus(Status):
    ADDED = "added", "已附", Rest.OUTCOME
    SUPERSEDED = "superseded", "被替换", Rest.FINAL
    DISCREDITED = "discredited", "不予采信", Rest.OUTCOME


S = EvidenceStatus


class Evidence(Item):
    """One piece: its kind, media type, where it is kept, and the hash of its content."""

    kind: str = ""
    media_type: str = ""
    reference: str = ""
    sha256: str = ""
    replaced_by: str | None = None


class _Piece(Value):
    kind: Id = "document"
    media_type: Words = "application/octet-stream"
    reference: Words = ""
    sha256: Sha256 | None = None


class AddEvidence(ItemCommand, _Piece, wire="evidence.add", label="附证据"):
    """Put a piece of evidence on file: kind, media type, reference and SHA-256 of the content."""


class EvidenceAdded(ItemEvent, _Piece, name="evidence.added"):
    """A piece of evidence is on file."""


class SupersedeEvidence(ItemCommand, Reasoned, wire="evidence.supersede", label="替换证据"):
    """Name the piece on file that stands for this one from now on."""

    replaced_by: Id | None = None


class EvidenceSuperseded(ItemEvent, Reasoned, name="evidence.superseded"):
    """A newer piece stands for this one; the old one stays readable."""

    replaced_by: Id | None = None


class DiscreditEvidence(ItemCommand, Reasoned, wire="evidence.discredit", label="不予采信"):
    """Find as another person that the piece is wrong or unlawful."""


class EvidenceDiscredited(ItemEvent, Reasoned, name="evidence.discredited"):
    """The piece was found wrong or unlawful: kept, but not relied on."""


class RestoreEvidence(ItemCommand, Reasoned, wire="evidence.restore", label="恢复采信"):
    """Take the finding back."""


class EvidenceRestored(ItemEvent, Reasoned, name="evidence.restored"):
    """The piece is relied on again."""


@rule("已附内容哈希", "design", needs="sha256")
def content_hash_is_given(record: Record, event: Any, context: Context) -> bool:
    """The hash of the content is given."""
    return event.sha256 is not None


R = Role
_GIVERS = (
    R.REPORTER, R.RESIDENT, R.GRID_WORKER, R.ORGANISATION, R.LEAD_UNIT, R.CO_UNIT, R.VERIFIER, R.MEDIATOR,
    R.PROJECT_LEAD, R.IMPLEMENTER, R.COMMUNITY, R.SECRETARIAT, R.FINANCE, R.SUPERVISOR, R.ACCEPTANCE_DESK,
    # ours: who decides, assesses, accepts or appraises files the paper that it rests on
    R.TOWN, R.DISTRICT, R.DELIBERATING_BODY, R.ASSESSOR, R.ACCEPTANCE_GROUP, R.APPRAISER,
)  # fmt: skip
# fmt: off
EVIDENCE_WORKFLOW = Workflow("evidence", S, zh="证据材料", on=("case", "proposal", "joint_project"), steps=(
    Step("ED01", AddEvidence,       None,          EvidenceAdded,       S.ADDED,       _GIVERS, (content_hash_is_given,)),
    Step("ED02", SupersedeEvidence, S.ADDED,       EvidenceSuperseded,  S.SUPERSEDED,  _GIVERS, (correction_names_its_event, reason_given)),
    Step("ED03", DiscreditEvidence, S.ADDED,       EvidenceDiscredited, S.DISCREDITED, (R.VERIFIER, R.SUPERVISOR, R.REVIEW_BODY, R.FINANCE), (reason_given, verified_by_another)),
    Step("ED04", RestoreEvidence,   S.DISCREDITED, EvidenceRestored,    S.ADDED,       (R.SUPERVISOR, R.REVIEW_BODY), (reason_given,)),
))
# fmt: on

EVIDENCE = Region(
    EVIDENCE_WORKFLOW,
    Evidence,
    {
        EvidenceAdded: lambda item, e: {
            "status": S.ADDED,
            "kind": e.kind,
            "media_type": e.media_type,
            "reference": e.reference,
            "sha256": e.sha256,
        },
        EvidenceSuperseded: lambda item, e: {"status": S.SUPERSEDED, "replaced_by": e.replaced_by},
        EvidenceDiscredited: lambda item, e: {"status": S.DISCREDITED},
        EvidenceRestored: lambda item, e: {"status": S.ADDED},
    },
)
