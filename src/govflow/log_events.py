"""Events of the log itself, in the stream `log`: its opening, the tables and policies it adopted, erased subjects."""

from typing import Annotated, Any

from pydantic import WrapValidator

from govflow.actors import Id
from govflow.calendars import Calendar
from govflow.messages import Event, Words
from govflow.policy import Policy

LOG_STREAM = "log"


def _as_stored(content: Any, handler: Any) -> Policy:
    """What was adopted is read as it stands, also where a policy may no longer be written like that."""
    return content if isinstance(content, Policy) else Policy.stored(content)


class LogOpened(Event, name="log.opened"):
    """The log began. Its id is random and names it for ever."""

    log_id: Id


class WorkflowAdopted(Event, name="workflow.adopted"):
    """A kind of record was first used under this table: the full table, its rules' texts and versions."""

    workflow: Id
    digest: str
    table: dict[str, Any]


class PolicyAdopted(Event, name="policy.adopted"):
    """A policy was adopted: its full content. It is in force from its own date on, for records that begin then."""

    policy: Annotated[Policy, WrapValidator(_as_stored)]


class CalendarAdopted(Event, name="calendar.adopted"):
    """A newer edition of a work calendar was adopted: all its days. Dates that were provisional follow it."""

    calendar: Calendar


class SubjectErased(Event, name="subject.erased"):
    """The personal data of one subject was erased: its key is destroyed, on this legal basis, by this authority."""

    subject: Id
    basis: Words
    authority: Words


LOG_EVENTS: tuple[type[Event], ...] = (
    LogOpened,
    WorkflowAdopted,
    PolicyAdopted,
    CalendarAdopted,
    SubjectErased,
)
