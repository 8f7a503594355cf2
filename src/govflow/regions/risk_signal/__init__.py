"""风险信号 risk signal: a sign of trouble, watched until it is cleared. Keyed by the signal."""

from govflow.regions.risk_signal.rules import high_risk_is_cleared_by_another as high_risk_is_cleared_by_another
from govflow.regions.risk_signal.rules import level_and_ground_given as level_and_ground_given
from govflow.regions.risk_signal.rules import names_a_person as names_a_person
from govflow.regions.risk_signal.rules import plan_is_attached_if_high as plan_is_attached_if_high
from govflow.regions.risk_signal.rules import raiser_has_a_part as raiser_has_a_part
from govflow.regions.risk_signal.rules import signal_names_no_person as signal_names_no_person
from govflow.regions.risk_signal.rules import task_force_or_plan_is_at_work as task_force_or_plan_is_at_work
from govflow.regions.risk_signal.workflow import NEEDS_PLAN as NEEDS_PLAN
from govflow.regions.risk_signal.workflow import RISK_SIGNAL as RISK_SIGNAL
from govflow.regions.risk_signal.workflow import RISK_SIGNAL_WORKFLOW as RISK_SIGNAL_WORKFLOW
from govflow.regions.risk_signal.workflow import AssessRiskSignal as AssessRiskSignal
from govflow.regions.risk_signal.workflow import AttachRiskPlan as AttachRiskPlan
from govflow.regions.risk_signal.workflow import ClearRiskSignal as ClearRiskSignal
from govflow.regions.risk_signal.workflow import Concern as Concern
from govflow.regions.risk_signal.workflow import DismissRiskSignal as DismissRiskSignal
from govflow.regions.risk_signal.workflow import RaiseRiskSignal as RaiseRiskSignal
from govflow.regions.risk_signal.workflow import RespondToRiskSignal as RespondToRiskSignal
from govflow.regions.risk_signal.workflow import RiskLevel as RiskLevel
from govflow.regions.risk_signal.workflow import RiskSignal as RiskSignal
from govflow.regions.risk_signal.workflow import RiskSignalAssessed as RiskSignalAssessed
from govflow.regions.risk_signal.workflow import RiskSignalCleared as RiskSignalCleared
from govflow.regions.risk_signal.workflow import RiskSignalDismissed as RiskSignalDismissed
from govflow.regions.risk_signal.workflow import RiskSignalPlanAttached as RiskSignalPlanAttached
from govflow.regions.risk_signal.workflow import RiskSignalRaised as RiskSignalRaised
from govflow.regions.risk_signal.workflow import RiskSignalResponded as RiskSignalResponded
from govflow.regions.risk_signal.workflow import RiskSignalStatus as RiskSignalStatus
