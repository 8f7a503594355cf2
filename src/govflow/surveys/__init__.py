"""The pioneer index 先锋指数 as a record: organisations measured by a random sample of residents, who stay unknown."""

from govflow.surveys.counting import counted as counted
from govflow.surveys.counting import figures_of as figures_of
from govflow.surveys.decider import INDEX_SURVEY as INDEX_SURVEY
from govflow.surveys.model import IndexResult as IndexResult
from govflow.surveys.model import IndexSurvey as IndexSurvey
from govflow.surveys.model import IndexSurveyStatus as IndexSurveyStatus
from govflow.surveys.model import Sampling as Sampling
from govflow.surveys.model import Stratum as Stratum
from govflow.surveys.model import UnitIndex as UnitIndex
from govflow.surveys.sampling import allocation as allocation
from govflow.surveys.sampling import digest_of_people as digest_of_people
from govflow.surveys.sampling import sample_of as sample_of
from govflow.surveys.sampling import slip_of as slip_of
