"""What a local government tunes, as versioned, dated data: time limits, categories, reasons, thresholds, retention."""

from govflow.policy.default import DEFAULT_POLICY
from govflow.policy.model import Category, JoinRule, Policy, ReasonCode, RetentionClass, TimeLimit, Unit

__all__ = ["DEFAULT_POLICY", "Category", "JoinRule", "Policy", "ReasonCode", "RetentionClass", "TimeLimit", "Unit"]
