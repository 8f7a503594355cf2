"""事项 cases: a matter handled through the closed loop, from discovery to the archive."""

from govflow.cases.decider import CASE
from govflow.cases.model import Case, CaseKind, CaseStatus, Outcome, Severity

__all__ = ["CASE", "Case", "CaseKind", "CaseStatus", "Outcome", "Severity"]
