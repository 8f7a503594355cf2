"""专报 bulletin: a report that named leaders must read, each in person, and may answer with an instruction (批示)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from govflow.actors import FOR_THEMSELVES, SYSTEM, Area, Claim, Id, Level, Role
from govflow.cases.model import Case
from govflow.context import Context
from govflow.decider import Decider
from govflow.errors import Detail
from govflow.messages import Command, Event, Instant, Value, Words
from govflow.records import HandOver, Record
from govflow.regions.bodies import Reasoned
from govflow.regions.clock import CLOCK
from govflow.regions.evidence import EVIDENCE
from govflow.regions.instruction import GiveInstruction
from govflow.regions.reading import (
    ISSUERS,
    READING,
    OweReading,
    ReadingConfirmed,
    ReadingExcused,
    ReadingStatus,
)
from govflow.rules import (
    carries_personal_data,
    loops_are_handed_over,
    no_loop_is_open,
    reason_given,
)
from govflow.workflow import Rest, Status, Step, Workflow, rule


class BulletinStatus(Status):
    """Where a bulletin stands."""

    ISSUED = "issued", "已印发"
    CLOSED = "closed", "阅毕", Rest.OUTCOME
    WITHDRAWN = "withdrawn", "撤回", Rest.OUTCOME


S = BulletinStatus


class Ordered(Value):
    """One instruction that a reader gave on the bulletin: on which case, by whom. What it says stands on the case."""

    case: str
    by: str


class Bulletin(Record):
    """The folded state of a bulletin. Its readers' readings are items; the instructions stand on their cases."""

    kind_of_record = "bulletin"

    number: str = ""
    title: str = ""
    text: str = ""
    orders: tuple[Ordered, ...] = ()

    @property
    def title_line(self) -> str:
        return f"{self.number} {self.title}"

    def can_read(self, claim: Claim, actor: str) -> bool:
        """Officials of the area, and whoever must read it."""
        if claim.role in FOR_THEMSELVES:
            return False
        return super().can_read(claim, actor) or self.item("reading", actor) is not None


class _Bulletin(Value):
    number: Words = ""
    title: Words = ""
    text: Words = ""
    level: Level | None = None
    area: Area = ""
    readers: tuple[Id, ...] = ()
    until: Instant | None = None


class IssueBulletin(Command, _Bulletin, wire="bulletin.issue", label="印发专报"):
    """Put a report before its readers, to be read by a due instant; `text` is its digest, without personal data."""


class BulletinIssued(Event, _Bulletin, name="bulletin.issued"):
    """A report was put before its readers."""


class _Order(Value):
    case: Id | None = None


class OrderByBulletin(Command, _Order, wire="bulletin.order", label="批示办理"):
    """Order action on a case as a leader who has read the bulletin: what, by whom, until when."""

    what: Words = ""
    owner: Id | None = None
    until: Instant | None = None


class BulletinOrdered(Event, _Order, name="bulletin.ordered"):
    """A reader has ordered action on a case: what, stands there, since not all who read the bulletin read the case."""


class CloseBulletin(Command, wire="bulletin.close", label="阅毕归档"):
    """End it: everybody has read it or was excused."""


class BulletinClosed(Event, name="bulletin.closed"):
    """Everybody has read it or was excused."""


class WithdrawBulletin(Command, Reasoned, wire="bulletin.withdraw", label="撤回专报"):
    """Take the report back: nobody has to read it any more."""


class BulletinWithdrawn(Event, Reasoned, name="bulletin.withdrawn"):
    """The report was taken back."""

    hand_over: tuple[HandOver, ...] = ()


@rule("编号、标题、摘要、层级、阅读人、期限已明", "M028", needs="number title text level readers until")
def bulletin_is_described(bulletin: Bulletin, event: Any, context: Context) -> Iterable[str]:
    """A number, a title, a digest, the level, distinct readers and a due instant ahead are given."""
    named = (
        ("a number", "编号", event.number.strip()),
        ("a title", "标题", event.title.strip()),
        ("a digest", "摘要", event.text.strip()),
        ("a level", "层级", event.level),
        ("distinct readers", "阅读人（不得重复）", event.readers and len(set(event.readers)) == len(event.readers)),
        ("a due instant ahead", "未届满的期限", event.until is not None and event.until > context.at),
    )
    return [Detail(en, zh) for en, zh, value in named if not value]


@rule("标题、摘要不含个人信息", "M158", needs="title text")
def bulletin_withholds_personal_data(bulletin: Bulletin, event: Any, context: Context) -> bool:
    """Neither title nor digest has personal data in it."""
    return not (carries_personal_data(event.title) or carries_personal_data(event.text))


@rule("批示人已阅", "M028")
def who_orders_has_read_it(bulletin: Bulletin, event: Any, context: Context) -> bool:
    """Whoever orders action has read the bulletin."""
    reading = bulletin.item("reading", event.by)
    return reading is not None and reading.status == ReadingStatus.READ


@rule("批示所涉事项存在,且无须对批示人或其他阅读人保密", "M028; petitions §30 [V]", needs="case what owner until")
def ordered_case_is_open_to_its_readers(bulletin: Bulletin, event: Any, context: Context) -> bool:
    """The case that action is ordered on exists, and neither who orders nor another reader must be kept from it."""
    case = context.lookup(event.case) if event.case is not None else None
    if not isinstance(case, Case) or case.is_secret or case.accused_unit is not None:
        return False
    return any(case.can_read(claim, event.by) for claim in context.claims)


def _put_before_readers(bulletin: Bulletin, event: BulletinIssued, context: Context) -> Iterator[Command]:
    for reader in event.readers:
        yield OweReading(id=bulletin.id, by=SYSTEM, item=reader, reader=reader, until=event.until)


# fmt: off
BULLETIN_WORKFLOW = Workflow("bulletin", S, zh="专报", steps=(
    #    id      command           from                  event              to           who                      provided that
    Step("BU01", IssueBulletin,    None,                 BulletinIssued,    S.ISSUED,    ISSUERS,                 (bulletin_is_described, bulletin_withholds_personal_data), then=(_put_before_readers,)),
    Step("BU02", OrderByBulletin,  (S.ISSUED, S.CLOSED), BulletinOrdered,   None,        Role.LEADER,             (who_orders_has_read_it, ordered_case_is_open_to_its_readers), anywhere=True),
    Step("BU03", CloseBulletin,    S.ISSUED,             BulletinClosed,    S.CLOSED,    (Role.SYSTEM, *ISSUERS), (no_loop_is_open,)),
    Step("BU04", WithdrawBulletin, S.ISSUED,             BulletinWithdrawn, S.WITHDRAWN, ISSUERS,                 (reason_given, loops_are_handed_over)),
))
# fmt: on


def _withdraw(bulletin: Bulletin, command: WithdrawBulletin, context: Context) -> Event:
    """Who has not read it yet is excused for the same reason."""
    rest = (HandOver(reason=command.reason),)
    return BulletinWithdrawn(at=context.at, by=command.by.id, reason=command.reason, hand_over=rest)


def _instruct(states: tuple[Any, Any], event: BulletinOrdered, context: Context) -> Iterator[Command]:
    """The instruction stands on the case, given by the leader: the case's own table says whether the leader may."""
    said = context.command
    assert isinstance(said, OrderByBulletin)
    yield GiveInstruction(id=event.case, by=context.actor, what=said.what, owner=said.owner, until=said.until)


def _close_when_all_have_read(states: tuple[Any, Any], event: Any, context: Context) -> Iterator[Command]:
    bulletin: Bulletin = states[1]
    owed = (each for each in bulletin.items_of("reading").values() if each.status == ReadingStatus.OWED)
    if bulletin.status == S.ISSUED and not any(owed):
        yield CloseBulletin(id=bulletin.id, by=SYSTEM)


BULLETIN = Decider(
    BULLETIN_WORKFLOW,
    Bulletin,
    {
        BulletinIssued: lambda bulletin, event: {
            "status": S.ISSUED,
            "number": event.number,
            "title": event.title,
            "text": event.text,
            "level": event.level,
            "area": event.area,
            "opened_at": event.at,
        },
        BulletinOrdered: lambda bulletin, event: {
            "orders": (*bulletin.orders, Ordered(case=event.case, by=event.by)),
        },
        BulletinClosed: lambda bulletin, event: {"status": S.CLOSED},
        BulletinWithdrawn: lambda bulletin, event: {"status": S.WITHDRAWN},
    },
    prefix="BU",
    regions=(READING, EVIDENCE, CLOCK),
    propose={WithdrawBulletin: _withdraw},
    reactions={
        BulletinOrdered: _instruct,
        ReadingConfirmed: _close_when_all_have_read,
        ReadingExcused: _close_when_all_have_read,
    },
    succeeded=(S.CLOSED,),
    failed=(S.WITHDRAWN,),
)
"""Reports that must be read: served beside the cases that they speak of."""
