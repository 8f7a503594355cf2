"""An alliance of four units in one town, its people, and an engine that serves it beside the duties of its lead."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from govflow import Actor, Command, Decider, Engine, NotAllowed, Record, Rest, Role, Status, Step, Workflow
from govflow.alliances import ALLIANCE, Alliance
from govflow.alliances import messages as m
from govflow.alliances.chair_messages import StartChairTerm
from govflow.alliances.member_messages import AdmitMember, VisitMember
from govflow.duties import DUTY, Duty, duty_id
from govflow.messages import Event, Words, new_command_id
from govflow.policy import DEFAULT_POLICY, Every, Obligation, Policy
from govflow.regions.evidence import AddEvidence
from govflow.regions.link import LINK, LinkAdded, LinkUnlinked, mirrored, mirrored_unlink
from govflow.testing import PinnedClock

AREA = "jinniu"
A: dict[str, Any] = {"id": "al"}
town = Actor.of("town-1", Role.TOWN, Role.DISTRICT, unit="u-town", level="district", area=AREA)
lead = Actor.of("lead-1", Role.LEAD_UNIT, Role.COMMUNITY, unit="u-lead")
bank = Actor.of("bank-1", Role.ORGANISATION, Role.HOST, Role.APPRAISER, unit="u-bank")
school = Actor.of("school-1", Role.ORGANISATION, Role.HOST, unit="u-school")
clinic = Actor.of("clinic-1", Role.ORGANISATION, Role.HOST, unit="u-clinic")
of_the_lead = Actor.of("lead-2", Role.ORGANISATION, unit="u-lead")
committee = Actor.of("committee-1", Role.ORGANISATION, unit="u-committee")
department = Actor.of("department-1", Role.ORGANISATION, unit="u-department")
group = Actor.of("group-1", Role.SUPERVISOR, unit="u-group")
archivist = Actor.of("archive-1", Role.ARCHIVIST)

FOUND = m.FoundAlliance(
    **A,
    by=town,
    title="Business quarter alliance",
    kind="business",
    level="town",
    area=AREA,
    lead_unit="u-lead",
    committee="u-committee",
    guidance="u-department",
    supervisors="u-group",
    founders=("u-lead", "u-bank", "u-school"),
)


# --- a project of the members ----------------------------------------------------------------------------------------


class PlanStatus(Status):
    """Where a project stands."""

    AGREED = "agreed", "已商定"
    DONE = "done", "完成", Rest.OUTCOME
    DROPPED = "dropped", "放弃", Rest.OUTCOME


class AgreeProject(Command, wire="joint_project.agree"):
    kind: Words = ""


class ProjectAgreed(Event, name="joint_project.agreed"):
    kind: Words = ""


class FinishProject(Command, wire="joint_project.finish"):
    pass


class ProjectFinished(Event, name="joint_project.finished"):
    pass


class DropProject(Command, wire="joint_project.drop"):
    pass


class ProjectDropped(Event, name="joint_project.dropped"):
    pass


class Project(Record):
    kind_of_record = "joint_project"


PROJECT = Decider(
    Workflow(
        "joint_project",
        PlanStatus,
        zh="共建项目",
        steps=(
            Step("T1", AgreeProject, None, ProjectAgreed, PlanStatus.AGREED, Role.LEAD_UNIT),
            Step("T2", FinishProject, PlanStatus.AGREED, ProjectFinished, PlanStatus.DONE, Role.LEAD_UNIT),
            Step("T3", DropProject, PlanStatus.AGREED, ProjectDropped, PlanStatus.DROPPED, Role.LEAD_UNIT),
        ),
    ),
    Project,
    {
        ProjectAgreed: lambda project, e: {"status": PlanStatus.AGREED, "kind": e.kind, "opened_at": e.at},
        ProjectFinished: lambda project, e: {"status": PlanStatus.DONE},
        ProjectDropped: lambda project, e: {"status": PlanStatus.DROPPED},
    },
    prefix="JP",
    regions=(LINK,),
    reactions={LinkAdded: mirrored, LinkUnlinked: mirrored_unlink},
    succeeded=(PlanStatus.DONE,),
    failed=(PlanStatus.DROPPED,),
)
"""A small record of that kind: what an alliance asks of a project is its kind, its ties and how it ends."""


# --- what the lead owes ----------------------------------------------------------------------------------------------

_EVERY = {
    "alliance_joint_meeting": Every.QUARTER,
    "alliance_project": Every.YEAR,
    "alliance_action_day": Every.HALF_YEAR,
    "alliance_summit": Every.YEAR,
    "alliance_course": Every.TWO_MONTHS,
}


def a_policy(*ids: str) -> Policy:
    """A policy under which the lead owes these."""
    owed = tuple(
        Obligation(
            id=id,
            en=id,
            zh="联盟职责",
            every=_EVERY[id],
            owners=("u-lead",),
            at_least=5 if _EVERY[id] is Every.TWO_MONTHS else None,
            basis="003",
        )
        for id in ids
    )
    return DEFAULT_POLICY.changed(version="alliances", obligations=owed)


def local(day: date, hour: int = 9) -> datetime:
    """An hour of a local day in Beijing, eight hours ahead."""
    return datetime.combine(day, time(hour), UTC) - timedelta(hours=8)


# --- the hall --------------------------------------------------------------------------------------------------------


class Hall:
    """An engine with a pinned clock, from nine o'clock of a local day on."""

    def __init__(self, day: date = date(2026, 1, 5), *owed: str, path: Any = ":memory:") -> None:
        self.clock = PinnedClock(local(day))
        records = (ALLIANCE, PROJECT, DUTY)
        self.engine = Engine.open(path, records=records, policy=a_policy(*owed), now=self.clock)

    def do(self, *given: Command) -> Alliance:
        """Handle commands one after the other; the alliance after the last."""
        for command in given:
            self.engine.handle(command)
        return self.alliance()

    def on(self, day: date, *given: Command) -> Alliance:
        """The same on a day that has come."""
        self.clock.set(local(day))
        return self.do(*given)

    def alliance(self) -> Alliance:
        return self.engine.get("al", Alliance)

    def refused(self, command: Command) -> tuple[str, ...]:
        """The codes by which a command is refused; nothing is written."""
        head = self.engine.store.head()
        with pytest.raises(NotAllowed) as caught:
            self.engine.handle(command.changed(command_id=new_command_id()))
        assert self.engine.store.head() == head
        return caught.value.codes

    def told(self, command: Command, lang: str = "en") -> str:
        """The sentence by which a command is refused."""
        with pytest.raises(NotAllowed) as caught:
            self.engine.handle(command)
        return caught.value.broken[0].sentence(lang)

    def owed(self, obligation: str) -> dict[str, str]:
        """The occurrences of what the lead owes, with where each stands."""
        duty = self.engine.get(duty_id(obligation, "u-lead"), Duty)
        return {key: str(item.status) for key, item in duty.items_of("obligation").items()}


def an_alliance(*owed: str, day: date = date(2026, 1, 5), path: Any = ":memory:") -> Hall:
    """An active alliance: the lead, a bank and a school as members, the clinic visited; minutes and photos on file."""
    hall = Hall(day, *owed, path=path)
    on_file = [AddEvidence(**A, by=lead, item=item, sha256="0" * 64) for item in ("photo", "minutes")]
    hall.do(FOUND, m.ActivateAlliance(**A, by=lead), VisitMember(**A, by=lead, item="u-clinic"), *on_file)
    if owed:
        hall.engine.tick()
    return hall


def admit(unit: str, capacity: str = "member") -> AdmitMember:
    return AdmitMember(**A, by=lead, item=unit, capacity=capacity)


def term(unit: str, first: date, last: date, **more: Any) -> StartChairTerm:
    return StartChairTerm(**A, by=town, unit=unit, first=first, last=last, **more)
