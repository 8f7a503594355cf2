"""Events of the log itself, in the stream `log`: its opening, the tables and policies it adopted, erased subjects."""

from typing import Any

from govflow.actors import Id
from govflow.messages import Event, Words
from govflow.policy import Policy

LOG_STREAM = "log"


class LogOpened(Event, name="log.opened"):
    """The log began. Its id is random and names it for ever."""

    log_id: Id


class WorkflowAdopted(Event, name="workflow.adopted"):
    """A kind of record was first used under this table: the full table, its rules' texts and versions."""

    workflow: Id
    digest: str
    table: dict[str, Any]


class PolicyAdopted(Event, name="policy.adopted"):
    """A policy came into force for what is recorded from here on: its full content."""

    policy: Policy


class SubjectErased(Event, name="subject.erased"):
    """The personal data of one subject was erased: its key is destroyed, on this legal basis, by this authority."""

    subject: Id
    basis: Words
    authority: Words


LOG_EVENTS: tuple[type[Event], ...] = (LogOpened, WorkflowAdopted, PolicyAdopted, SubjectErased)
