"""走访接访 visit round: a roster of leaders who receive visitors, or a round of visits, and all that was brought up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from govflow.actors import FOR_THEMSELVES, Area, Claim, Id, Level, Role, covers, covers_area
from govflow.beside.visit import VISIT, VisitReported, VisitStatus, report_case
from govflow.cases.events import CaseReported
from govflow.context import Context
from govflow.decider import Decider
from govflow.errors import Detail
from govflow.messages import Command, Event, RecordedEvent, Value, Words
from govflow.records import Item, Record
from govflow.regions.clock import CLOCK
from govflow.regions.contact import ContactLogged
from govflow.regions.evidence import EVIDENCE
from govflow.regions.link import LINK, LinkAdded, LinkUnlinked, mirrored, mirrored_unlink
from govflow.regions.turn import TURN, TurnStatus
from govflow.rules import no_loop_is_open, personal_data_is_withheld
from govflow.workflow import Rest, Status, Step, Workflow, rule


class VisitRoundStatus(Status):
    """Where a round stands."""

    OPEN = "open", "进行中"
    CLOSED = "closed", "已结束", Rest.OUTCOME


S = VisitRoundStatus


class VisitForm(StrEnum):
    """Who goes to whom."""

    RECEPTION = "reception"  # 接访: leaders receive visitors
    GOING_DOWN = "going_down"  # 下访: leaders go where a matter is known
    ROUND = "round"  # 走访: cadres go from door to door


class VisitRound(Record):
    """The folded state of a round. Its turns and visits are items; people in it are pseudonyms."""

    kind_of_record = "visit_round"

    title: str = ""
    form: VisitForm = VisitForm.ROUND
    organiser: str = ""

    @property
    def title_line(self) -> str:
        return self.title

    @property
    def goes_out(self) -> bool:
        """Whether matters are looked for, and not brought in."""
        return self.form is not VisitForm.RECEPTION

    def reaches(self, claim: Claim) -> bool:
        """Whether a claim is for the round's area or a part of it: a grid worker goes from door to door for all."""
        return covers_area(claim, self.area) or claim.area.startswith(f"{self.area}/") or not self.area

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None, item: Item | None) -> bool:
        """Those whose area has a part in the round, whichever level they stand at."""
        return self.reaches(claim) and super().fits(role, claim, actor, on_behalf_of, item)

    def can_read(self, claim: Claim, actor: str) -> bool:
        """Officials alone: whoever was visited has a case to look at, and no business in others' visits."""
        return claim.role not in FOR_THEMSELVES and self.reaches(claim)

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool:
        """What was said on visits, for the leaders and those who organise the round; visitors read their own."""
        return claim.role in (Role.LEADER, *_ORGANISERS) and covers(claim, self.level, self.area)


class _Round(Value):
    title: Words = ""
    form: VisitForm = VisitForm.ROUND
    level: Level | None = None
    area: Area = ""
    organiser: Id | None = None


class OpenVisitRound(Command, _Round, wire="visit_round.open", label="开展走访接访"):
    """Begin a roster or a round of visits in an area; `organiser` is the unit that keeps it."""


class VisitRoundOpened(Event, _Round, name="visit_round.opened"):
    """A roster or a round of visits began."""


class CloseVisitRound(Command, wire="visit_round.close", label="结束走访接访"):
    """End it: nothing that was brought up may be left, and no turn."""


class VisitRoundClosed(Event, name="visit_round.closed"):
    """It ended with nothing left."""


@rule("名称、层级、组织单位已明", "M015; M038", needs="title level organiser")
def round_is_described(record: Record, event: Any, context: Context) -> Iterable[str]:
    """A title, the level and the unit that organises it are given."""
    named = (
        ("title", "名称", event.title.strip()),
        ("level", "层级", event.level),
        ("organiser", "单位", event.organiser),
    )
    return [Detail(f"{en} is missing", f"缺{zh}") for en, zh, value in named if not value]


_ORGANISERS = (Role.COMMUNITY, Role.TOWN, Role.DISTRICT)
# fmt: off
VISIT_ROUND_WORKFLOW = Workflow("visit_round", S, zh="走访接访", steps=(
    #    id      command          from    event             to        who          provided that
    Step("VR01", OpenVisitRound,  None,   VisitRoundOpened, S.OPEN,   _ORGANISERS, (round_is_described, personal_data_is_withheld)),
    Step("VR02", CloseVisitRound, S.OPEN, VisitRoundClosed, S.CLOSED, _ORGANISERS, (no_loop_is_open,), drops="*"),
))
# fmt: on

VISIT_ROUND = Decider(
    VISIT_ROUND_WORKFLOW,
    VisitRound,
    {
        VisitRoundOpened: lambda round, event: {
            "status": S.OPEN,
            "title": event.title,
            "form": event.form,
            "level": event.level,
            "area": event.area,
            "organiser": event.organiser,
            "opened_at": event.at,
        },
        VisitRoundClosed: lambda round, event: {"status": S.CLOSED},
    },
    prefix="VR",
    regions=(TURN, VISIT, LINK, EVIDENCE, CLOCK),
    reactions={VisitReported: report_case, LinkAdded: mirrored, LinkUnlinked: mirrored_unlink},
    succeeded=(S.CLOSED,),
)
"""Rosters and rounds of visits: served beside the cases that come of them."""


# --- figures ---------------------------------------------------------------------------------------------------------


class LeaderFigures(NamedTuple):
    """What one leader did in a round: turns served and missed, people received, visits, matters and their ends."""

    served: int
    missed: int  # those recorded late included
    received: int  # people, as counted in the turns
    visits: int
    raised: int
    resolved: int  # settled on the spot, or a case that is closed or archived


def leader_figures(round: VisitRound, look_up: Callable[[str], Record]) -> dict[str, LeaderFigures]:
    """Each leader's and visitor's figures, by id. `look_up` gives a case by its id."""
    counts: dict[str, Counter[str]] = {}
    for turn in round.items_of("turn").values():
        mine = counts.setdefault(turn.leader, Counter())
        mine["served"] += turn.status == TurnStatus.SERVED
        mine["missed"] += turn.was_missed
        mine["received"] += turn.received or 0
    for visit in round.items_of("visit").values():
        mine = counts.setdefault(visit.visitor, Counter())
        mine["visits"] += 1
        mine["raised"] += visit.status != VisitStatus.NOTED
        mine["resolved"] += visit.status == VisitStatus.SETTLED
        mine["resolved"] += visit.case is not None and look_up(visit.case).status in ("closed", "archived")
    return {leader: LeaderFigures(*(count[name] for name in LeaderFigures._fields)) for leader, count in counts.items()}


def time_to_first_contact(history: Iterable[RecordedEvent]) -> timedelta | None:
    """How long a reporter waited for the first contact, from the events of one case; None where there was none yet.

    A case that a visit raised began with the contact itself: nothing was waited for (M025).
    """
    reported = None
    for each in history:
        body = each.body
        if reported is None and isinstance(body, CaseReported):
            reported = body.at
            if (body.source or "").startswith("visit:"):
                return timedelta(0)
        elif reported is not None and isinstance(body, ContactLogged) and body.reached:
            return body.at - reported
    return None
