"""定期职责 recurring obligations of units and leaders: planned by the system, fulfilled or missed by event."""

from govflow.duties.decider import DUTY as DUTY
from govflow.duties.fulfilment import Fulfilment as Fulfilment
from govflow.duties.fulfilment import fulfilment as fulfilment
from govflow.duties.model import Duty as Duty
from govflow.duties.model import EndDuty as EndDuty
from govflow.duties.model import OpenDuty as OpenDuty
from govflow.duties.model import duty_id as duty_id
from govflow.duties.periods import Period as Period
from govflow.duties.periods import following as following
from govflow.duties.periods import period_of as period_of
from govflow.duties.plan import OpenUnit as OpenUnit
from govflow.duties.plan import plan as plan
