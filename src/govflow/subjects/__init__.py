"""个人信息主体 people whose data a log protects: who read what and why, restrictions, holds, corrections, erasure."""

from govflow.subjects.decider import DATA_SUBJECT as DATA_SUBJECT
from govflow.subjects.decider import with_people as with_people
from govflow.subjects.messages import CorrectField as CorrectField
from govflow.subjects.messages import DecideErasure as DecideErasure
from govflow.subjects.messages import DiscloseSubject as DiscloseSubject
from govflow.subjects.messages import FieldOpened as FieldOpened
from govflow.subjects.messages import HoldSubject as HoldSubject
from govflow.subjects.messages import LiftRestriction as LiftRestriction
from govflow.subjects.messages import OpenField as OpenField
from govflow.subjects.messages import RegisterSubject as RegisterSubject
from govflow.subjects.messages import ReleaseSubject as ReleaseSubject
from govflow.subjects.messages import RestrictSubject as RestrictSubject
from govflow.subjects.messages import TextDealt as TextDealt
from govflow.subjects.model import CorrectionForm as CorrectionForm
from govflow.subjects.model import DataSubject as DataSubject
from govflow.subjects.model import Dealt as Dealt
from govflow.subjects.model import LegalHold as LegalHold
from govflow.subjects.model import Requester as Requester
from govflow.subjects.model import SubjectStatus as SubjectStatus
from govflow.subjects.model import concerned as concerned
from govflow.subjects.model import may_read as may_read
from govflow.subjects.model import person_id as person_id
from govflow.subjects.model import place_of as place_of
