"""Alliances 联盟 of units: members, the rotating chair, joint activities, brands."""

from govflow.alliances.activity import Occasion as Occasion
from govflow.alliances.chair_model import AssessorGroup as AssessorGroup
from govflow.alliances.chair_model import ChairTerm as ChairTerm
from govflow.alliances.chair_model import Counterpart as Counterpart
from govflow.alliances.chair_model import TermPeriod as TermPeriod
from govflow.alliances.chair_rules import MissingContact as MissingContact
from govflow.alliances.chair_rules import next_in_turn as next_in_turn
from govflow.alliances.chair_rules import term_report as term_report
from govflow.alliances.chair_rules import turn_order as turn_order
from govflow.alliances.decider import ALLIANCE as ALLIANCE
from govflow.alliances.figures import Attendance as Attendance
from govflow.alliances.figures import Coverage as Coverage
from govflow.alliances.figures import Participation as Participation
from govflow.alliances.figures import attendance as attendance
from govflow.alliances.figures import brands_by_unit as brands_by_unit
from govflow.alliances.figures import coverage as coverage
from govflow.alliances.figures import part_time_members as part_time_members
from govflow.alliances.figures import participation as participation
from govflow.alliances.figures import units_without_brand as units_without_brand
from govflow.alliances.fulfilment import OBLIGATIONS as OBLIGATIONS
from govflow.alliances.model import Alliance as Alliance
from govflow.alliances.model import AllianceKind as AllianceKind
from govflow.alliances.model import Capacity as Capacity
