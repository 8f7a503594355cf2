"""An alliance of four units in one town, its people, and an engine that serves it beside the duties of its lead."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from govflow import Actor, Command, Engine, HandOver, NotAllowed, Role
from govflow.alliances import ALLIANCE, Alliance
from govflow.alliances import messages as m
from govflow.alliances.chair_messages import StartChairTerm
from govflow.alliances.member_messages import AdmitMember, VisitMember
from govflow.duties import DUTY, Duty, duty_id
from govflow.messages import new_command_id
from govflow.policy import DEFAULT_POLICY, Every, Obligation, Policy
from govflow.projects import PROJECT
from govflow.projects import commands as c
from govflow.projects.model import Party, PartyRole, Pledge
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.commitment import KeepCommitment
from govflow.regions.evaluation import IndicatorScore, RecordEvaluation, RequestEvaluation, Source
from govflow.regions.evidence import AddEvidence
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

in_charge = Actor.of("lead-3", Role.PROJECT_LEAD, unit="u-lead")
inspector = Actor.of("inspector-1", Role.ACCEPTANCE_GROUP, unit="u-inspection")
appraiser = Actor.of("appraiser-1", Role.APPRAISER, unit="u-university")
finance = Actor.of("finance-1", Role.FINANCE, unit="u-finance")
department_desk = Actor.of("department-2", Role.COMMUNITY, unit="u-department")


def a_project(id: str = "p", kind: str = "general") -> c.ProposeProject:
    """A need of the quarter, put on record by the lead's community."""
    said = {"title": "A reading room", "text": "There is none.", "kind": kind, "level": "community", "area": AREA}
    return c.ProposeProject(id=id, by=lead, **said)


def give_up(hall: Hall, id: str = "p") -> None:
    """The project is cancelled before anything came of it."""
    hall.do(c.CancelProject(id=id, by=town, reason="no room to be had", hand_over=(HandOver(reason="over"),)))


def pairing(hall: Hall, id: str = "p", others: tuple[Actor, ...] = ()) -> tuple[Command, ...]:
    """The lead and others, the bank by default, are the parties of a project; each brings in three people."""
    on: dict[str, Any] = {"id": id}
    until = hall.clock() + timedelta(days=60)
    gift: dict[str, Any] = {
        "what": "hands",
        "matter": "people",
        "quantity": 3,
        "measure_unit": "people",
        "until": until,
    }
    speakers = {who.claims[0].unit or "": who for who in (of_the_lead, *(others or (bank,)))}
    pledges = {unit: (Pledge(party=unit, **gift),) for unit in speakers}
    return (
        *(c.AgreeToProject(**on, by=who, unit=unit, pledges=pledges[unit]) for unit, who in speakers.items()),
        c.PairParties(
            **on,
            by=lead,
            lead="u-lead",
            parties=tuple(Party(unit=u, role=PartyRole.LEAD if u == "u-lead" else PartyRole.MEMBER) for u in speakers),
            pledges=tuple(each for own in pledges.values() for each in own),
            text="Shelves first.",
        ),
    )


def pair(hall: Hall, id: str = "p", others: tuple[Actor, ...] = ()) -> None:
    """The same, done."""
    hall.do(*pairing(hall, id, others))


def settle(hall: Hall, id: str = "p") -> None:
    """The lead and the bank carry the project out, from pairing to settled accounts; it takes eight days."""
    on: dict[str, Any] = {"id": id}
    until = hall.clock() + timedelta(days=60)
    pair(hall, id)
    hall.do(
        AddEvidence(**on, by=lead, item="order", sha256="0" * 64),
        c.ApproveProject(**on, by=town, papers=("order",), until=until),
        c.PublishProjectNotice(**on, by=lead, public_text="A reading room is set up."),
    )
    hall.clock.advance(days=8)
    hall.do(
        c.StartWork(**on, by=in_charge),
        c.DeliverProject(**on, by=in_charge, public_text="It is open."),
        c.AcceptDelivery(**on, by=inspector),
    )
    _settle_accounts(hall, on)


def _settle_accounts(hall: Hall, on: dict[str, Any]) -> None:
    """Judged by itself, by a peer and from outside; what was promised is found kept; nothing was spent."""
    asked = ((Source.PEER, "u-school"), (Source.EXTERNAL, "s-9"))
    hall.do(*(RequestEvaluation(**on, by=lead, source=source, evaluator=who) for source, who in asked))
    project: Any = hall.engine.get(on["id"])
    scores = tuple(IndicatorScore(indicator=each.id, score=90) for each in project.plan.sets[0].indicators)
    answers = ((of_the_lead, "u-lead"), (school, "u-school"), (Actor.of("s-9", Role.RESIDENT), None))
    for who, unit in answers:
        hall.do(RecordEvaluation(**on, by=who, item=f"r1.{unit or who.id}", on_behalf_of=unit, scores=scores))
    hall.do(
        c.EvaluateProject(**on, by=appraiser),
        *(KeepCommitment(**on, by=department_desk, item=key) for key in project.items_of("commitment")),
        c.PublishAccounts(**on, by=finance, public_text="Nothing was spent."),
    )
    settling = c.SettleProject(**on, by=finance, spent=0)
    hall.do(RequestApproval.of(settling, hall.engine.get(on["id"])))
    hall.do(GiveApproval(**on, by=department_desk, item="1"), settling)


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
