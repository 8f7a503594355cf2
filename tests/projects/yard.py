"""The people and bodies round one project of works on homes, with its money, brought forward step by step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from govflow import CASE, Actor, Command, Engine, NotAllowed, Role
from govflow.budgets import FundSource
from govflow.envelopes import ENVELOPE, KindCap
from govflow.envelopes.messages import OpenEnvelope
from govflow.messages import RecordedEvent
from govflow.projects import PROJECT, JointProject
from govflow.projects import commands as c
from govflow.projects.budget import CloseBudget, PlanBudget
from govflow.projects.model import Member, Need, Party, PartyRole, Pledge, StabilityRisk, TeamKind
from govflow.proposals import PROPOSAL
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.commitment import KeepCommitment
from govflow.regions.contribution import Contribution
from govflow.regions.evaluation import IndicatorScore, RecordEvaluation, RequestEvaluation, Source
from govflow.regions.evidence import AddEvidence
from govflow.regions.meeting import MeetingForm
from govflow.regions.meeting.messages import AnnounceMeeting, HoldMeeting, RecordMeeting
from govflow.regions.retention import Paper
from govflow.testing import START, PinnedClock
from tests.projects.site import (
    AREA,
    HERE,
    acceptor,
    appraiser,
    archivist,
    baker,
    community,
    lead,
    mayor,
    old_hand,
    resident,
    roofer,
    town,
)

YUAN = 100
ROOF, GIFT = 300 * YUAN, 100 * YUAN

# --- who, beside the people of the site ------------------------------------------------------------------------------

committee = Actor.of("community-2", Role.COMMUNITY, unit="huazhaobi", level="community", area=HERE)
florist = Actor.of("florist-1", Role.ORGANISATION, unit="flowers")
finance = Actor.of("finance-1", Role.FINANCE, unit="finance", area=AREA)
district = Actor.of("district-1", Role.DISTRICT, unit="district", level="district")
chief = Actor.of("district-2", Role.DISTRICT, unit="district", level="district")
council = Actor.of("chair-1", Role.DELIBERATING_BODY, unit="council")
assessor = Actor.of("assessor-1", Role.ASSESSOR, unit="institute")
host = Actor.of("host-1", Role.HOST, unit="office", area=HERE)
neighbours = Actor.of("neighbour-1", Role.ORGANISATION, unit="next-door")
watcher = Actor.of("watcher-1", Role.ORGANISATION, unit="watchers")

# --- what ------------------------------------------------------------------------------------------------------------

NEED = Need(households=12, skills=("roofing",))
UNTIL = START + timedelta(days=300)
PARTIES = (
    Party(unit="builder", role=PartyRole.LEAD, builds=True),
    Party(unit="roofers", builds=True),
    Party(unit="bakery"),
)
WORKS: dict[str, Any] = {"matter": Contribution.SERVICE, "quantity": 10, "measure_unit": "days", "until": UNTIL}
PLEDGES = (
    Pledge(party="builder", what="site and scaffold", **WORKS),
    Pledge(party="roofers", what="roofers", **WORKS),
    Pledge(party="bakery", what="a gift", matter=Contribution.MONEY, amount=GIFT, until=UNTIL),
)
TEAMS = {
    TeamKind.WORK_GROUP: (Member(id="foreman", unit="steelworks"),),
    TeamKind.SERVICE_TEAM: (Member(id="anna", unit="repairs"),),
    TeamKind.SUPERVISORS: (Member(id="s-old"), Member(id="watchers")),
}
ENVELOPE_OF_1000 = OpenEnvelope(
    id="money",
    by=town,
    title="Projects 2026",
    level="town",
    area=AREA,
    first=date(2026, 1, 1),
    last=date(2027, 12, 31),
    amount=1_000 * YUAN,
    caps=(KindCap(kind="renovation", per_project=600 * YUAN),),
    approved_by=Paper(reference="town file 17", sha256="0" * 64),
)
PATH = (
    "proposed", "open_for_claim", "claimed", "paired", "assessed", "approved", "in_progress", "delivered", "accepted",
    "evaluated", "settled", "archived",
)  # fmt: skip


def paper(key: str, id: str = "x", by: Actor = community, kind: str = "document") -> Command:
    return AddEvidence(id=id, by=by, item=key, kind=kind, sha256="0" * 64)


class Yard:
    """An engine that serves projects, envelopes, cases and proposals, on a pinned clock, with an envelope open."""

    def __init__(self, path: str | Path = ":memory:", **options: Any) -> None:
        self.clock = PinnedClock()
        options.setdefault("records", [PROJECT, ENVELOPE, CASE, PROPOSAL])
        self.engine = Engine.open(path, now=self.clock, **options)
        if not self.engine.store.version("money") and ENVELOPE in options["records"]:
            self.engine.handle(ENVELOPE_OF_1000)

    # -- asking and telling -------------------------------------------------------------------------------------------

    def do(self, *commands: Command) -> Any:
        record: Any = None
        for each in commands:
            record = self.engine.handle(each)
        return record

    def refusal(self, command: Command) -> NotAllowed:
        head = self.engine.store.head()
        with pytest.raises(NotAllowed) as caught:
            self.engine.handle(command)
        assert self.engine.store.head() == head, "a refused command was written"
        return caught.value

    def refused(self, command: Command) -> tuple[str, ...]:
        """The codes of the rules that a command breaks; nothing is written."""
        return tuple(sorted(self.refusal(command).codes))

    def lacks(self, command: Command) -> list[str]:
        """What is missing, in words."""
        return [str(each) for broken in self.refusal(command).broken for each in broken.detail]

    def approved(self, command: Command, by: Actor = mayor, **more: Any) -> Any:
        """Give a command after `by` gave leave for this very one."""
        asked = self.do(RequestApproval.of(command, self.engine.get(command.id or ""), **more))
        key = max(asked.items_of("approval"), key=lambda key: asked.item("approval", key).on_version)
        return self.do(GiveApproval(id=asked.id, by=by, item=key), command)

    def wait(self, days: float = 0, **units: float) -> Any:
        """Let time pass, then do what is due."""
        self.clock.advance(days=days, **units)
        return self.engine.tick()

    def get(self, id: str = "x") -> JointProject:
        return cast(JointProject, self.engine.get(id))

    def events(self, id: str = "x") -> list[RecordedEvent]:
        return list(self.engine.history(id))

    def replayed(self, id: str = "x") -> Any:
        """The record as its events alone tell it."""
        return self.engine.as_of(id, version=self.get(id).version)

    def loops(self, id: str = "x") -> set[str]:
        return {f"{each.region}:{each.item}" for each in self.engine.open_loops(id)}

    # -- bringing a project forward -----------------------------------------------------------------------------------

    def project(self, upto: str = "proposed", id: str = "x", **said: Any) -> Yard:
        """Works on homes, brought to a status by real commands. `said` goes into what is proposed."""
        text = {"title": "A pitched roof", "text": "It leaks.", "level": "community", "area": HERE, "need": NEED}
        self.do(c.ProposeProject(id=id, by=community, **{**text, "kind": "renovation", **said}))
        return self.on_to(upto, id)

    def on_to(self, upto: str, id: str = "x") -> Yard:
        """Bring it on, in the simplest way that is allowed."""
        while (status := str(self.get(id).status)) != upto:
            assert status in PATH, f"from {status} no way leads on to {upto}"
            getattr(self, f"_from_{status}")(id)
        return self

    def _from_proposed(self, id: str) -> None:
        self.do(c.ListDemand(id=id, by=community, exclusive=False, until=self.clock() + timedelta(days=10)))

    def _from_open_for_claim(self, id: str) -> None:
        self.do(c.ClaimDemand(id=id, by=roofer, claimer="roofers", capacity="roofers"))

    def _from_claimed(self, id: str) -> None:
        self.do(*agreements(id), pairing(id))

    def _from_paired(self, id: str) -> None:
        teams = (c.NameTeam(id=id, by=community, team=team, members=members) for team, members in TEAMS.items())
        papers = (paper(key, id) for key in ("order", "report", "photo", "receipt"))
        given = {"source": FundSource.DONATION, "commitment": "3", "purpose": "gutters"}
        fiscal = {"source": FundSource.FISCAL, "envelope": "money", "purpose": "the roof"}
        risk = {"necessary": True, "level_of_risk": StabilityRisk.CONTROLLABLE, "papers": ("report",)}
        self.do(
            *teams,
            *papers,
            PlanBudget(id=id, by=lead, item="roof", amount=ROOF, **fiscal),
            PlanBudget(id=id, by=lead, item="gutters", amount=GIFT, **given),
            c.AssessProjectRisk(id=id, by=assessor, **risk),
        )

    def _from_assessed(self, id: str) -> None:
        self.hearing(id)
        self.do(c.ApproveProject(id=id, by=town, papers=("order",), until=UNTIL))

    def hearing(self, id: str = "x") -> None:
        """A hearing of the residents, with its minutes on file."""
        day = self.clock() + timedelta(days=8)
        said = {"form": MeetingForm.HEARING, "subject": "the roof", "place": "hall", "papers": ("report",)}
        self.do(AnnounceMeeting(id=id, by=host, item="h", at_time=day, roll=("s-1", "s-2"), **said))
        self.clock.set(day)
        self.do(
            paper("minutes", id, kind="minutes"),
            HoldMeeting(id=id, by=host, item="h", attended=("s-1", "s-2")),
            RecordMeeting(
                id=id, by=host, item="h", minutes=("minutes",), signed_by=("host-1", "s-1", "s-2"), consensus="yes"
            ),
        )

    def _from_approved(self, id: str) -> None:
        self.do(c.PublishProjectNotice(id=id, by=community, public_text="The roof is going to be pitched."))
        self.clock.advance(days=8)
        self.do(c.StartWork(id=id, by=lead))

    def _from_in_progress(self, id: str) -> None:
        self.do(c.DeliverProject(id=id, by=lead, public_text="The roof is done."))

    def _from_delivered(self, id: str) -> None:
        self.do(
            c.SignDelivery(id=id, by=old_hand), c.SignDelivery(id=id, by=watcher), c.AcceptDelivery(id=id, by=acceptor)
        )

    def _from_accepted(self, id: str) -> None:
        self.do(*asked_for_judgement(id), *self.judged(90, id), c.EvaluateProject(id=id, by=appraiser))

    def judged(self, points: int, id: str = "x") -> Iterator[Command]:
        """Everybody who was asked gives so many points for each indicator."""
        plan = self.get(id).plan
        assert plan is not None
        scores = tuple(IndicatorScore(indicator=each.id, score=points) for each in plan.sets[0].indicators)
        for who, unit in ((lead, "builder"), (neighbours, "next-door"), (resident, None)):
            key = f"r{self.get(id).round}.{unit or who.id}"
            yield RecordEvaluation(id=id, by=who, item=key, on_behalf_of=unit, scores=scores)

    def _from_evaluated(self, id: str) -> None:
        self.do(*kept(self.get(id)))
        self.do(*(CloseBudget(id=id, by=finance, item=line, spent=0) for line in ("roof", "gutters")))
        self.do(c.PublishAccounts(id=id, by=finance, public_text="Nothing was spent."))
        self.approved(c.SettleProject(id=id, by=finance, spent=0), committee)

    def _from_settled(self, id: str) -> None:
        self.do(c.ArchiveProject(id=id, by=archivist))


def agreements(id: str = "x") -> Iterator[Command]:
    """The builder says itself that it takes the lead, the bakery that it takes part."""
    said = ((lead, "builder", "lead"), (baker, "bakery", "party"))
    return (c.AgreeToProject(id=id, by=who, unit=unit, to=to) for who, unit, to in said)


def pairing(id: str = "x", **said: Any) -> c.PairParties:
    usual = {"lead": "builder", "parties": PARTIES, "pledges": PLEDGES, "scope": "in_region", "text": "Scaffold first."}
    return c.PairParties(id=id, by=community, **{**usual, **said})


def asked_for_judgement(id: str = "x") -> Iterator[Command]:
    """The neighbours and a resident are asked; the lead is by the acceptance."""
    for source, who in ((Source.PEER, "next-door"), (Source.EXTERNAL, "s-1")):
        yield RequestEvaluation(id=id, by=community, source=source, evaluator=who)


def kept(project: JointProject) -> Iterator[Command]:
    """Every promise that is still owed is found kept."""
    for key, item in project.items_of("commitment").items():
        if item.status in ("made", "broken"):
            yield KeepCommitment(id=project.id, by=community, item=key)
