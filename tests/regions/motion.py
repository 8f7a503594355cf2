"""A small record of kind proposal with the regions of deliberation, and the people and bodies of one village."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from govflow import (
    DEFAULT_POLICY,
    Actor,
    Claim,
    Command,
    Context,
    Decider,
    Engine,
    HandOver,
    Item,
    NotAllowed,
    Record,
    Region,
    Rest,
    Role,
    Status,
    Step,
    Workflow,
)
from govflow.actors import Area, Id
from govflow.calendars import Unit
from govflow.messages import Event, Value
from govflow.policy import (
    Body,
    DecisionProcedure,
    Majority,
    Policy,
    QuorumRule,
    Share,
    SupportRule,
    TimeLimit,
    VoteRule,
)
from govflow.regions.clock import CLOCK
from govflow.regions.evidence import EVIDENCE
from govflow.regions.meeting import MEETING
from govflow.regions.objection import OBJECTION, upheld_objections, with_upheld_answered
from govflow.regions.opinion import OPINION
from govflow.regions.support import SUPPORT
from govflow.rules import loops_are_handed_over, person_is_eligible
from govflow.testing import PinnedClock
from govflow.workflow import rule

VILLAGE = "jinniu/xiawei"

# --- the record ------------------------------------------------------------------------------------------------------


class MotionStatus(Status):
    DRAFT = "draft", "起草"
    SUBMITTED = "submitted", "已提交"
    SCREENING = "screening", "立案审查"
    CONSULTING = "consulting", "征求意见"
    DELIBERATING = "deliberating", "审议"
    PUBLISHED = "published", "公开"
    IMPLEMENTING = "implementing", "实施中"
    REJECTED = "rejected", "不予立案", Rest.OUTCOME


S = MotionStatus
_PATH = tuple(S)[:-1]


class _Motion(Value):
    track: Id = "motion"
    area: Area = VILLAGE
    proposer: Id | None = None
    implementer: Id | None = None


class DraftMotion(Command, _Motion, wire="proposal.draft_motion"):
    pass


class MotionDrafted(Event, _Motion, name="proposal.motion_drafted"):
    pass


class MoveOn(Command, wire="proposal.move_on"):
    pass


class MovedOn(Event, name="proposal.moved_on"):
    procedure: DecisionProcedure | None = None


class SendBack(Command, wire="proposal.send_back_motion"):
    pass


class SentBack(Event, name="proposal.motion_sent_back"):
    pass


class Reconsider(Command, wire="proposal.reconsider_motion"):
    pass


class Reconsidered(Event, name="proposal.motion_reconsidered"):
    pass


class Reject(Command, wire="proposal.reject_motion"):
    hand_over: tuple[HandOver, ...] = ()


class Rejected(Event, name="proposal.motion_rejected"):
    hand_over: tuple[HandOver, ...] = ()


class Motion(Record):
    kind_of_record = "proposal"
    track: str = ""
    procedure: DecisionProcedure | None = None
    proposer: str = ""
    implementer: str | None = None

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None, item: Any) -> bool:
        own = item.fits(role, claim, actor, on_behalf_of) if isinstance(item, Item) else None
        return (role != Role.PROPOSER or actor == self.proposer) if own is None else own


@rule("已有异议成立", "村委会法 §27")
def was_upheld(record: Record, event: Any, context: Context) -> bool:
    """An objection to this resolution was upheld."""
    return bool(upheld_objections(record))


def _moved(motion: Motion, event: MovedOn) -> dict[str, Any]:
    following = _PATH[_PATH.index(S(motion.status)) + 1]
    return {"status": following, "procedure": event.procedure or motion.procedure}


def _pinning(motion: Motion, command: MoveOn, context: Context) -> Event:
    pinned = context.policy.procedure(motion.track) if motion.status == S.SCREENING else None
    return MovedOn(at=context.at, by=command.by.id, procedure=pinned)


def _starts(status: MotionStatus) -> str:
    return "publicity" if status == S.PUBLISHED else ""


R, OFFICE = Role, Role.SECRETARIAT
# fmt: off
_TABLE = Workflow("proposal", S, zh="提案", steps=(
    Step("M1", DraftMotion, None, MotionDrafted, S.DRAFT, (R.RESIDENT, R.PARTY_BRANCH), (person_is_eligible,)),
    *(Step(f"M2{to}", MoveOn, here, MovedOn, to, OFFICE, starts=_starts(to)) for here, to in pairwise(_PATH)),
    Step("M3", SendBack, S.DELIBERATING, SentBack, S.CONSULTING, OFFICE),
    Step("M4", Reconsider, S.PUBLISHED, Reconsidered, S.DELIBERATING, OFFICE, (was_upheld,), stops="publicity"),
    Step("M5", Reject, _PATH, Rejected, S.REJECTED, OFFICE, (loops_are_handed_over,)),
))
# fmt: on
_REGIONS: tuple[Region, ...] = (SUPPORT, OPINION, OBJECTION, MEETING, EVIDENCE, CLOCK)
MOTION = Decider(
    _TABLE,
    Motion,
    {
        MotionDrafted: lambda motion, e: {
            "id": motion.id,
            "status": S.DRAFT,
            "track": e.track,
            "area": e.area,
            "proposer": e.proposer or e.by,
            "implementer": e.implementer,
            "opened_at": e.at,
        },
        MovedOn: _moved,
        SentBack: lambda motion, e: {"status": S.CONSULTING, "round": motion.round + 1},
        Reconsidered: lambda motion, e: {"status": S.DELIBERATING, "items": with_upheld_answered(motion)},
        Rejected: lambda motion, e: {"status": S.REJECTED},
    },
    prefix="P",
    regions=_REGIONS,
    propose={MoveOn: _pinning},
)

# --- the policy ------------------------------------------------------------------------------------------------------

_TENTH, _THIRD = Share(numerator=1, denominator=10), Share(numerator=1, denominator=3)
_HALF = Share(numerator=1, denominator=2, inclusive=False)


def a_track(id: str, *proposers: str, support: tuple[SupportRule, ...] = ()) -> DecisionProcedure:
    vote = VoteRule(quorum="all")
    return DecisionProcedure(
        id=id, en=id, zh=id, proposers=proposers, support=support, vote=vote, electorate="assembly", basis="test"
    )


def a_body(kind: str, members: int, unit: str | None, area: str = VILLAGE) -> Body:
    return Body(id=f"{kind}-1", en=kind, zh=kind, kind=kind, unit=unit, area=area, members=members)


ALTERNATIVES = (
    SupportRule(capacity="villager", share=_TENTH, of="assembly"),
    SupportRule(capacity="representative", share=_THIRD, of="representatives"),
)
TRACKS = (
    a_track("motion", "resident", "organisation", "voter", support=(SupportRule(least=3),)),
    a_track("village", "resident", support=ALTERNATIVES),
    a_track("units", support=(SupportRule(capacity="organisation", least=2),)),
    a_track("open"),
    a_track("by_deputies", "deputy", support=(SupportRule(capacity="deputy", least=2),)),
    a_track("branch", "party_branch"),
    a_track("astray", "resident", support=(SupportRule(capacity="elder", share=_HALF, of="elders"),)),
    a_track("unsized", "resident", support=(SupportRule(capacity="guest", share=_HALF, of="guests"),)),
)
_OURS = ("objection_answer", "publicity")


def a_policy(version: str = "village", **changes: Any) -> Policy:
    """The default with tracks, bodies and two time limits of the village's own.

    It is as a log may hold it: two of its tracks ask for members of bodies that a policy built now would have to list.
    """
    limits = (
        *(each for each in DEFAULT_POLICY.time_limits if each.clock not in _OURS),
        TimeLimit(id="t.answer", clock="objection_answer", length=5, unit=Unit.WORKDAY, basis="test"),
        TimeLimit(id="t.publicity", clock="publicity", length=7, unit=Unit.DAY, basis="test"),
    )
    rules = QuorumRule(id="all", en="all", zh="全体", decision=(Majority(share=_HALF),), basis="test")
    bodies = (a_body("assembly", 61, "assembly"), a_body("representatives", 9, "reps"), a_body("guests", 0, "guests"))
    said = {"procedures": TRACKS, "quorum_rules": (rules,), "bodies": bodies, "time_limits": limits, **changes}
    default = {name: getattr(DEFAULT_POLICY, name) for name in Policy.model_fields}
    return Policy.stored({**default, "version": version, **said})


# --- the people ------------------------------------------------------------------------------------------------------


def villager(id: str, *more: Claim, area: str = VILLAGE) -> Actor:
    return Actor(id=id, claims=(Claim(role=Role.RESIDENT, area=area), *more))


def seat(unit: str, **more: Any) -> Claim:
    return Claim(role=Role.VOTER, unit=unit, **more)


def of_unit(id: str, unit: str) -> Actor:
    return Actor.of(id, Role.ORGANISATION, unit=unit)


wang, li, zhao = villager("s-wang"), villager("s-li"), villager("s-zhao")
office = Actor.of("office-1", Role.SECRETARIAT)
chair = Actor.of("chair-1", Role.CONVENOR)
council = Actor.of("council-1", Role.DELIBERATING_BODY, unit="council")
town_1 = Actor.of("town-1", Role.TOWN, unit="town-hall", level="town")
town_2 = Actor.of("town-2", Role.TOWN, unit="town-hall", level="town")
M: dict[str, Any] = {"id": "m"}


class Village:
    """An engine that serves motions, on a pinned clock."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.clock = PinnedClock()
        self.engine = Engine.open(records=[MOTION], policy=policy or a_policy(), now=self.clock)

    def do(self, *commands: Command) -> Any:
        record: Record | None = None
        for each in commands:
            record = self.engine.handle(each)
        return record

    def motion(self, upto: str = "draft", **said: Any) -> Village:
        """Motion m, drafted by Wang and moved on to a status."""
        self.do(DraftMotion(**M, by=wang, **said))
        while self.record.status != upto:
            self.do(MoveOn(**M, by=office))
        return self

    def move_on(self) -> Any:
        return self.do(MoveOn(**M, by=office))

    def refused(self, command: Command) -> tuple[str, ...]:
        return tuple(each.code for each in self.refusal(command).broken)

    def refusal(self, command: Command) -> NotAllowed:
        head = self.engine.store.head()
        with pytest.raises(NotAllowed) as caught:
            self.engine.handle(command)
        assert self.engine.store.head() == head
        return caught.value

    @property
    def record(self) -> Any:
        return self.engine.get("m")

    def replayed(self) -> Any:
        """The motion as its events alone tell it."""
        return self.engine.as_of("m", version=self.record.version)
