"""Evaluation 评价 as pure figures: composite scores, units' rates, estimates from samples; exact until shown."""

from govflow.evaluating.composite import Answer as Answer
from govflow.evaluating.composite import Composite as Composite
from govflow.evaluating.composite import composite as composite
from govflow.evaluating.estimating import Estimate as Estimate
from govflow.evaluating.estimating import StratumScores as StratumScores
from govflow.evaluating.estimating import stratified as stratified
from govflow.evaluating.figures import Exact as Exact
from govflow.evaluating.figures import root_shown as root_shown
from govflow.evaluating.figures import shown as shown
from govflow.evaluating.metrics import Owed as Owed
from govflow.evaluating.metrics import Rate as Rate
from govflow.evaluating.metrics import attendance as attendance
from govflow.evaluating.metrics import fulfilment as fulfilment
from govflow.evaluating.metrics import response as response
from govflow.evaluating.small_counts import LEAST as LEAST
from govflow.evaluating.small_counts import published as published
from govflow.evaluating.subjects import lacks_of_subjects as lacks_of_subjects
