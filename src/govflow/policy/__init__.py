"""What a local government tunes, as versioned, dated data: time limits, categories, reasons, thresholds, duties."""

from govflow.calendars import Unit
from govflow.policy.catalogue import Category, JoinRule, Matter, Route, RoutingRule
from govflow.policy.default import DEFAULT_POLICY
from govflow.policy.evaluation import EvaluationPlan as EvaluationPlan
from govflow.policy.model import Policy, ReasonCode, RetentionClass, Thresholds
from govflow.policy.obligations import Every, Obligation
from govflow.policy.practice import Checklist, ChecklistStage, MediationBody, MediationKind, MeetingRule, Share
from govflow.policy.procedures import (
    Among,
    Appraisal,
    BallotForm,
    Base,
    Body,
    DecisionProcedure,
    Filing,
    Majority,
    Method,
    Presence,
    QuorumRule,
    StageRule,
    SupportRule,
    Tie,
    VoteRule,
)
from govflow.policy.programmes import (
    BallotBounds,
    BudgetBallot,
    BudgetProgramme,
    BudgetTie,
    EntryKind,
    PointsWorth,
    WinnersRule,
)
from govflow.policy.project_kinds import ProjectKind as ProjectKind
from govflow.policy.project_kinds import ProjectThresholds as ProjectThresholds
from govflow.policy.time_limits import Escalation, Then, TimeLimit

__all__ = [
    "DEFAULT_POLICY",
    "Among",
    "Appraisal",
    "BallotBounds",
    "BallotForm",
    "Base",
    "Body",
    "BudgetBallot",
    "BudgetProgramme",
    "BudgetTie",
    "Category",
    "Checklist",
    "ChecklistStage",
    "DecisionProcedure",
    "EntryKind",
    "Escalation",
    "Every",
    "Filing",
    "JoinRule",
    "Majority",
    "Matter",
    "MediationBody",
    "MediationKind",
    "MeetingRule",
    "Method",
    "Obligation",
    "PointsWorth",
    "Policy",
    "Presence",
    "QuorumRule",
    "ReasonCode",
    "RetentionClass",
    "Route",
    "RoutingRule",
    "Share",
    "StageRule",
    "SupportRule",
    "Then",
    "Thresholds",
    "Tie",
    "TimeLimit",
    "Unit",
    "VoteRule",
    "WinnersRule",
]
