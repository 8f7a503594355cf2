"""阅批 reading: one reader who owes the reading of a report in person, until a due instant. Keyed by the reader."""

from typing import Any

from govflow.actors import SYSTEM, Claim, Id, Role
from govflow.context import Context
from govflow.messages import Command, Instant, ItemCommand, ItemEvent, Value
from govflow.records import HandOver, Item, Record
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.rules import new_due_is_named, reason_given
from govflow.workflow import Rest, Status, Step, Workflow, rule


class ReadingStatus(Status):
    OWED = "owed", "待阅"
    READ = "read", "已阅", Rest.OUTCOME
    EXCUSED = "excused", "免阅", Rest.OUTCOME


S = ReadingStatus


class Reading(Item):
    """One reader's reading, and when it was done."""

    read_at: Instant | None = None

    @property
    def what(self) -> str:
        return f"read by {self.key}"

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """Nobody reads for another, not even as a substitute: what was not seen was not read."""
        return actor == self.key if role in READERS else None


class _Owed(Value):
    reader: Id | None = None
    until: Instant | None = None


class OweReading(ItemCommand, _Owed, wire="reading.owe", label="送阅"):
    """Put it before a reader, to be read by a due instant."""


class ReadingOwed(ItemEvent, _Owed, name="reading.owed", dues={"obligation_due": "until"}):
    """It was put before a reader."""


class ConfirmReading(ItemCommand, wire="reading.confirm", label="阅讫"):
    """Confirm as the reader to have read it, late if it is overdue."""


class ReadingConfirmed(ItemEvent, name="reading.confirmed"):
    """The reader has read it."""


class ExcuseReading(ItemCommand, Reasoned, wire="reading.excuse", label="免阅"):
    """Excuse the reader, for a reason."""


class ReadingExcused(ItemEvent, Reasoned, name="reading.excused"):
    """The reader was excused."""


@rule("已指明阅读人", "M028", needs="reader")
def reader_is_named(record: Record, event: Any, context: Context) -> bool:
    """The item is that of the reader named."""
    return event.reader is not None and event.item == event.reader


@rule("不得自行免阅", "design")
def excused_by_another(record: Record, event: Any, context: Context) -> bool:
    """Nobody excuses themselves."""
    return event.item not in (event.by, context.standing_in_for)


R = Role
READERS = (R.LEADER, R.UNIT_HEAD)
"""Who reads in person."""
ISSUERS = (R.SECRETARIAT, R.COMMUNITY, R.TOWN, R.DISTRICT)
"""Who puts reports before them."""
# fmt: off
READING_WORKFLOW = Workflow("reading", S, zh="阅批", on=("bulletin",), steps=(
    #    id      command         from    event             to         who                  provided that
    Step("RG01", OweReading,     None,   ReadingOwed,      S.OWED,    (R.SYSTEM, *ISSUERS), (reader_is_named, new_due_is_named), while_in="active", starts="obligation_due"),
    Step("RG02", ConfirmReading, S.OWED, ReadingConfirmed, S.READ,    READERS,              (), stops="obligation_due", anywhere=True),
    Step("RG03", ExcuseReading,  S.OWED, ReadingExcused,   S.EXCUSED, (R.SYSTEM, *ISSUERS), (reason_given, excused_by_another), drops="obligation_due"),
))
# fmt: on

_FOLD: Fold = {
    ReadingOwed: lambda item, e: {"status": S.OWED, "owes": e.reader, "until": e.until},
    ReadingConfirmed: lambda item, e: {"status": S.READ, "read_at": e.at},
    ReadingExcused: lambda item, e: {"status": S.EXCUSED},
}


def _excuse(record: str, item: Item, given: HandOver) -> ExcuseReading:
    return ExcuseReading(id=record, by=SYSTEM, item=item.key, reason=given.reason)


def _key(record: Record, command: Command) -> str:
    """The reader's; other commands that name none find no reading."""
    return getattr(command, "reader", None) or "nobody"


READING = Region(READING_WORKFLOW, Reading, _FOLD, ends=_excuse, new_key=_key)
