"""Records beside single cases 事项之外: what ties many matters together."""

from govflow.beside.bulletin import BULLETIN as BULLETIN
from govflow.beside.bulletin import Bulletin as Bulletin
from govflow.beside.campaign import CAMPAIGN as CAMPAIGN
from govflow.beside.campaign import Campaign as Campaign
from govflow.beside.campaign import Progress as Progress
from govflow.beside.campaign import progress as progress
from govflow.beside.campaign import progress_by_topic as progress_by_topic
from govflow.beside.campaign_messages import CampaignKind as CampaignKind
from govflow.beside.thematic_issue import THEMATIC_ISSUE as THEMATIC_ISSUE
from govflow.beside.thematic_issue import Addressed as Addressed
from govflow.beside.thematic_issue import Similar as Similar
from govflow.beside.thematic_issue import ThematicIssue as ThematicIssue
from govflow.beside.thematic_issue import root_cause_addressed as root_cause_addressed
from govflow.beside.thematic_issue import similar_matters as similar_matters
from govflow.beside.thematic_issue_messages import BasisKind as BasisKind
from govflow.beside.visit_round import VISIT_ROUND as VISIT_ROUND
from govflow.beside.visit_round import LeaderFigures as LeaderFigures
from govflow.beside.visit_round import VisitForm as VisitForm
from govflow.beside.visit_round import VisitRound as VisitRound
from govflow.beside.visit_round import leader_figures as leader_figures
from govflow.beside.visit_round import time_to_first_contact as time_to_first_contact
