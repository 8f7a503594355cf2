"""Events of the log itself, in the stream `log`: its opening, what it adopted, who was erased, of what it is a copy."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import WrapValidator

from govflow.actors import Id
from govflow.calendars import Calendar
from govflow.messages import Count, Event, Sha256, Words
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


class PersonalDestroyed(Event, name="personal.destroyed"):
    """The personal data of a record, or one text of it, was destroyed: its keys are; on this basis, by this authority.

    `subject` is whose text it was; a whole record's data is of everybody.
    """

    record: Id
    on_version: Count | None = None
    field: Id | None = None
    subject: Id | None = None
    basis: Words
    authority: Words

    @property
    def key(self) -> tuple[str, str]:
        """Whose keys are destroyed ('': everybody's), and for what purpose they were."""
        text = "" if self.on_version is None else f"#{self.on_version}.{self.field}"
        return self.subject or "", f"{self.record}{text}"


class Audience(StrEnum):
    """For whom a log was exported without people."""

    AUDITORS = "auditors"  # 审计
    TESTS = "tests"  # 测试
    RESEARCH = "research"  # 研究


class LogRedacted(Event, name="log.redacted"):
    """The log up to here was made of another one, without its people: of which, how long it was, for whom.

    `root` is the Merkle root over those `size` events; `signed` how many of them their own last checkpoint was over.
    `people` were replaced by pseudonyms, and `left_out` records not taken along.
    """

    origin: Words
    size: Count
    root: Sha256
    signed: Count = 0
    audience: Audience
    people: Count = 0
    left_out: Count = 0


LOG_EVENTS: tuple[type[Event], ...] = (
    LogOpened,
    WorkflowAdopted,
    PolicyAdopted,
    CalendarAdopted,
    SubjectErased,
    PersonalDestroyed,
    LogRedacted,
)
