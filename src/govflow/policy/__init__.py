"""What a local government tunes, as versioned, dated data: time limits, categories, reasons, thresholds, duties."""

from govflow.calendars import Unit
from govflow.policy.catalogue import Category, JoinRule, Matter, Route, RoutingRule
from govflow.policy.default import DEFAULT_POLICY
from govflow.policy.model import Policy, ReasonCode, RetentionClass, Thresholds
from govflow.policy.obligations import Every, Obligation
from govflow.policy.practice import Checklist, ChecklistStage, MediationBody, MediationKind, MeetingRule, Share
from govflow.policy.time_limits import Escalation, Then, TimeLimit

__all__ = [
    "DEFAULT_POLICY",
    "Category",
    "Checklist",
    "ChecklistStage",
    "Escalation",
    "Every",
    "JoinRule",
    "Matter",
    "MediationBody",
    "MediationKind",
    "MeetingRule",
    "Obligation",
    "Policy",
    "ReasonCode",
    "RetentionClass",
    "Route",
    "RoutingRule",
    "Share",
    "Then",
    "Thresholds",
    "TimeLimit",
    "Unit",
]
