"""A building site: the people of one project with its three teams, brought to its works by real commands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import CASE, Actor, Command, Engine, NotAllowed, Role
from govflow.projects import PROJECT, JointProject
from govflow.projects import commands as c
from govflow.projects.feedback_model import Feedback
from govflow.projects.milestone import Milestone
from govflow.projects.model import Member, Party, PartyRole, Pledge, TeamKind
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.contribution import Contribution
from govflow.regions.evidence import AddEvidence
from govflow.testing import START, PinnedClock

AREA = "jinniu/chadianzi"
HERE = f"{AREA}/huazhaobi"
X: dict[str, Any] = {"id": "p"}
SHOWN: dict[str, Any] = {"measure": "the scaffold stands", "evidence": ("photo",)}

community = Actor.of("community-1", Role.COMMUNITY, unit="huazhaobi", level="community", area=HERE)
lead = Actor.of("builder-1", Role.PROJECT_LEAD, Role.ORGANISATION, unit="builder")
colleague = Actor.of("builder-2", Role.ORGANISATION, Role.ACCEPTANCE_GROUP, unit="builder")
service = Actor.of("anna", Role.PROJECT_LEAD, unit="repairs")  # on the service team
roofer = Actor.of("roofer-1", Role.ORGANISATION, unit="roofers")
baker = Actor.of("baker-1", Role.ORGANISATION, unit="bakery")
town = Actor.of("town-1", Role.TOWN, unit="town-hall", level="town", area=AREA)
mayor = Actor.of("town-2", Role.TOWN, unit="town-hall", level="town", area=AREA)
supervisor = Actor.of("supervisor-1", Role.SUPERVISOR, unit="inspection", level="town", area=AREA)
acceptor = Actor.of("acceptor-1", Role.ACCEPTANCE_GROUP, unit="inspection", area=AREA)
appraiser = Actor.of("appraiser-1", Role.APPRAISER, unit="university")
old_hand = Actor.of("s-old", Role.RESIDENT)  # a dedicated supervisor
archivist = Actor.of("archive-1", Role.ARCHIVIST)
resident = Actor.of("s-1", Role.RESIDENT, area=HERE)
neighbour = Actor.of("s-2", Role.RESIDENT, area=HERE)
stranger = Actor.of("s-far", Role.RESIDENT, area="elsewhere")

LATER = START + timedelta(days=200)
PARTIES = (
    Party(unit="builder", role=PartyRole.LEAD, builds=True),
    Party(unit="roofers", builds=True),
    Party(unit="bakery"),
)
TEAMS = {
    TeamKind.WORK_GROUP: (Member(id="foreman", unit="steelworks"),),
    TeamKind.SERVICE_TEAM: (Member(id="anna", unit="repairs"),),
    TeamKind.SUPERVISORS: (Member(id="s-old"), Member(id="watchers")),
}


def _pledge(party: str) -> Pledge:
    works = {"matter": Contribution.SERVICE, "what": "work", "quantity": 10, "measure_unit": "days"}
    return Pledge(party=party, until=LATER, **works)


class Site:
    """An engine that serves projects and cases, on a pinned clock, with project `p` paired and its teams named."""

    def __init__(self, path: Any = ":memory:", *, records: Any = (PROJECT, CASE), **more: Any) -> None:
        self.clock = PinnedClock()
        self.engine = Engine.open(path, records=[*records], now=self.clock, **more)

    def do(self, *commands: Command) -> JointProject:
        for command in commands:
            self.engine.handle(command)
        return self.project

    def refusal(self, command: Command) -> NotAllowed:
        head = self.engine.store.head()
        with pytest.raises(NotAllowed) as caught:
            self.engine.handle(command)
        assert self.engine.store.head() == head
        return caught.value

    def refused(self, command: Command) -> tuple[str, ...]:
        return self.refusal(command).codes

    def told(self, command: Command) -> tuple[str, ...]:
        """What in particular is wrong."""
        return tuple(detail for broken in self.refusal(command).broken for detail in broken.detail)

    def with_leave(self, command: Command, by: Actor = mayor) -> JointProject:
        """Ask for leave, get it, do it."""
        self.do(RequestApproval.of(command, self.project))
        key = list(self.project.items_of("approval"))[-1]
        return self.do(GiveApproval(**X, by=by, item=key), command)

    def days(self, number: float) -> Site:
        self.clock.advance(days=number)
        return self

    @property
    def project(self) -> JointProject:
        return self.engine.get("p", JointProject)

    def milestone(self, key: str = "m") -> Milestone:
        found: Milestone = self.project.item("milestone", key)
        return found

    def feedback(self, key: str = "f") -> Feedback:
        found: Feedback = self.project.item("feedback", key)
        return found

    def loops(self) -> set[tuple[str, str, str | None]]:
        return {(loop.region, loop.item, loop.owes) for loop in self.engine.open_loops("p")} - PLEDGED

    def upto(self, phase: str) -> Site:
        """Project `p` in a phase, by real commands."""
        for name in PHASES[: PHASES.index(phase) + 1]:
            getattr(self, f"_{name}")()
        assert self.project.status == phase
        return self

    def _paired(self) -> None:
        said = {"title": "A new roof", "text": "It leaks.", "level": "community", "area": HERE}
        self.do(
            c.ProposeProject(**X, by=community, **said),
            c.AgreeToProject(**X, by=lead, unit="builder", to="lead"),
            *(c.AgreeToProject(**X, by=each, unit=each.claims[0].unit) for each in (roofer, baker)),
            c.PairParties(
                **X,
                by=community,
                lead="builder",
                parties=PARTIES,
                pledges=tuple(_pledge(party.unit) for party in PARTIES),
                text="Scaffold first.",
            ),
            *(c.NameTeam(**X, by=community, team=team, members=members) for team, members in TEAMS.items()),
            *(AddEvidence(**X, by=lead, item=key, kind="photo", sha256="0" * 64) for key in ("photo", "order")),
        )

    def _approved(self) -> None:
        self.do(c.ApproveProject(**X, by=town, papers=("order",)))

    def _in_progress(self) -> None:
        self.do(c.PublishProjectNotice(**X, by=lead, public_text="We build."))
        self.days(30).do(c.StartWork(**X, by=lead))

    def _delivered(self) -> None:
        self.do(c.DeliverProject(**X, by=lead, public_text="The roof is done."))

    def _accepted(self) -> None:
        watchers = Actor.of("watcher-1", Role.ORGANISATION, unit="watchers")
        signed = (c.SignDelivery(**X, by=each) for each in (old_hand, watchers))
        self.do(*signed, c.AcceptDelivery(**X, by=acceptor))


PHASES = ("paired", "approved", "in_progress", "delivered", "accepted")
PLEDGED = {("commitment", str(number), party.unit) for number, party in enumerate(PARTIES, 1)}
