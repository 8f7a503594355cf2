"""轮值 turn: one turn of a leader on a duty roster, such as receiving visitors for a day. Keyed by the turn."""

from collections.abc import Iterable, Iterator
from typing import Any

from govflow.actors import SYSTEM, Claim, Id, Role
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Count, Instant, ItemCommand, ItemEvent, Value, Words
from govflow.records import Item, Record
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.rules import due_has_not_passed, due_has_passed, reason_given
from govflow.workflow import Rest, Status, Step, Workflow, rule


class TurnStatus(Status):
    SCHEDULED = "scheduled", "已排班"
    SERVED = "served", "已轮值", Rest.OUTCOME
    MISSED = "missed", "缺勤", Rest.OUTCOME
    CANCELLED = "cancelled", "取消", Rest.FINAL


S = TurnStatus


class Turn(Item):
    """One turn: whose, where, from when until when. `was_missed` stays true when it is recorded late."""

    leader: str = ""
    place: str = ""
    begins: Instant | None = None
    received: int | None = None  # how many people came
    offered_to: str | None = None
    leaders_before: tuple[str, ...] = ()
    was_missed: bool = False

    @property
    def what(self) -> str:
        return f"turn at {self.place}"

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """A leader's steps are for whose turn it is, and for whom it was offered to."""
        if role != Role.LEADER:
            return None
        return not {actor, claim.standing_in_for}.isdisjoint({self.leader, self.offered_to} - {None})


class _Turn(Value):
    leader: Id | None = None
    place: Words = ""
    begins: Instant | None = None
    until: Instant | None = None


class ScheduleTurn(ItemCommand, _Turn, wire="turn.schedule", label="排班"):
    """Put a leader on the roster: at which office, from when until when."""


class TurnScheduled(ItemEvent, _Turn, name="turn.scheduled", dues={"obligation_due": "until"}):
    """A leader is on the roster."""


class _Served(Value):
    received: Count | None = None


class ServeTurn(ItemCommand, _Served, wire="turn.serve", label="完成轮值"):
    """Record that the turn was served, and how many people came."""


class TurnServed(ItemEvent, _Served, name="turn.served"):
    """The turn was served."""


class _Offered(Reasoned):
    to: Id | None = None


class OfferTurn(ItemCommand, _Offered, wire="turn.offer", label="请求换班"):
    """Ask another leader to take the turn over; it stays one's own until that leader consents."""


class TurnOffered(ItemEvent, _Offered, name="turn.offered"):
    """Another leader was asked to take the turn over."""


class TakeTurnOver(ItemCommand, wire="turn.take_over", label="同意换班"):
    """Consent to the swap: the turn is one's own from now on."""


class TurnTakenOver(ItemEvent, name="turn.taken_over"):
    """Another leader took the turn over."""


class MissTurn(ItemCommand, wire="turn.miss", label="认定缺勤"):
    """Record that the turn is over and was not served."""


class TurnMissed(ItemEvent, name="turn.missed"):
    """The turn is over and was not served."""


class CancelTurn(ItemCommand, Reasoned, wire="turn.cancel", label="取消轮值"):
    """Take the turn off the roster."""


class TurnCancelled(ItemEvent, Reasoned, name="turn.cancelled"):
    """The turn was taken off the roster."""


@rule("轮值领导、地点、起止时间已明", "M015", needs="leader place begins until")
def turn_is_described(record: Record, event: Any, context: Context) -> Iterable[str]:
    """The leader, the place, and a time from when until when that is not over are named."""
    if event.leader is None:
        yield Detail("leader", "轮值领导")
    if not event.place.strip():
        yield Detail("place", "地点")
    if event.begins is None or event.until is None or event.begins >= event.until:
        yield Detail("from when until when", "起止时间")
    elif event.until <= context.at:
        yield Detail("the turn is over already", "轮值时间已过")


@rule("由轮值领导本人办理", "M015")
def turn_is_ones_own(record: Record, event: Any, context: Context) -> bool:
    """The turn is that of who acts."""
    return _is(event, context, context.item.leader if isinstance(context.item, Turn) else None)


@rule("接班领导本人同意", "M015")
def turn_was_offered_to_who_takes_it(record: Record, event: Any, context: Context) -> bool:
    """Who takes the turn over was asked to, and consents in person."""
    return _is(event, context, context.item.offered_to if isinstance(context.item, Turn) else None)


def _is(event: Any, context: Context, leader: str | None) -> bool:
    return leader is not None and leader in (event.by, context.standing_in_for)


@rule("轮值已开始且已填接待人次", "M015", needs="received")
def turn_has_begun_and_is_counted(record: Record, event: Any, context: Context) -> Iterable[str]:
    """The turn has begun, and how many people came is said."""
    begins = context.item.begins if isinstance(context.item, Turn) else None
    if begins is None or context.at < begins:
        yield Detail("the turn has not begun", "轮值尚未开始")
    if event.received is None or event.received < 0:
        yield Detail("how many people came", "接待人次")


@rule("接班者为他人", "design", needs="to")
def another_leader_is_named(record: Record, event: Any, context: Context) -> bool:
    """Another leader than the one on duty is named."""
    return event.to is not None and isinstance(context.item, Turn) and event.to != context.item.leader


R = Role
_ORGANISERS = (R.COMMUNITY, R.TOWN, R.DISTRICT)
# fmt: off
TURN_WORKFLOW = Workflow("turn", S, zh="轮值", on=("visit_round",), steps=(
    #    id      command       from                     event          to           who          provided that
    Step("TN01", ScheduleTurn, None,                    TurnScheduled, S.SCHEDULED, _ORGANISERS, (turn_is_described,), while_in="active", starts="obligation_due"),
    Step("TN02", ServeTurn,    (S.SCHEDULED, S.MISSED), TurnServed,    S.SERVED,    R.LEADER,    (turn_is_ones_own, turn_has_begun_and_is_counted), while_in="active", stops="obligation_due"),
    Step("TN03", OfferTurn,    S.SCHEDULED,             TurnOffered,   None,        R.LEADER,    (turn_is_ones_own, another_leader_is_named, reason_given, due_has_not_passed), while_in="active"),
    Step("TN04", TakeTurnOver, S.SCHEDULED,             TurnTakenOver, None,        R.LEADER,    (turn_was_offered_to_who_takes_it, due_has_not_passed), while_in="active"),
    Step("TN05", MissTurn,     S.SCHEDULED,             TurnMissed,    S.MISSED,    R.SYSTEM,    (due_has_passed,), while_in="active"),
    Step("TN06", CancelTurn,   S.SCHEDULED,             TurnCancelled, S.CANCELLED, _ORGANISERS, (reason_given, due_has_not_passed), while_in="active", drops="obligation_due"),
))
# fmt: on

_FOLD: Fold = {
    TurnScheduled: lambda item, e: {
        "status": S.SCHEDULED,
        "leader": e.leader,
        "owes": e.leader,
        "place": e.place,
        "begins": e.begins,
        "until": e.until,
    },
    TurnServed: lambda item, e: {"status": S.SERVED, "received": e.received, "hands": (*item.hands, e.by)},
    TurnOffered: lambda item, e: {"offered_to": e.to},
    TurnTakenOver: lambda item, e: {
        "leader": item.offered_to,
        "owes": item.offered_to,
        "offered_to": None,
        "leaders_before": (*item.leaders_before, item.leader),
    },
    TurnMissed: lambda item, e: {"status": S.MISSED, "was_missed": True},
    TurnCancelled: lambda item, e: {"status": S.CANCELLED},
}


def _miss(record: Record, key: str) -> Iterator[MissTurn]:
    """Once: the clock runs on, so that a turn recorded late was done late."""
    item = record.item("turn", key)
    if item is not None and item.status == S.SCHEDULED:
        yield MissTurn(id=record.id, by=SYSTEM, item=key)


TURN = Region(TURN_WORKFLOW, Turn, _FOLD, when_due={"obligation_due": _miss})
