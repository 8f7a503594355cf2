"""Matching 供需对接 (M103–M107): which offers suit which needs and why, and the plan that covers most. Pure."""

from govflow.matching.fit import scope_of as scope_of
from govflow.matching.judging import Pair as Pair
from govflow.matching.judging import Points as Points
from govflow.matching.judging import Reason as Reason
from govflow.matching.judging import Unsuited as Unsuited
from govflow.matching.judging import judged as judged
from govflow.matching.judging import suits as suits
from govflow.matching.judging import why_not as why_not
from govflow.matching.planning import Assignment as Assignment
from govflow.matching.planning import KindPlan as KindPlan
from govflow.matching.planning import Plan as Plan
from govflow.matching.planning import plan as plan
from govflow.matching.proposing import candidates as candidates
from govflow.matching.proposing import unsuited as unsuited
from govflow.matching.values import DEFAULT_WEIGHTS as DEFAULT_WEIGHTS
from govflow.matching.values import Need as Need
from govflow.matching.values import Offer as Offer
from govflow.matching.values import Weights as Weights
