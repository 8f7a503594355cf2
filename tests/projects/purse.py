"""A project of two parties with public and given money, brought to any phase by real commands, beside its envelope."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from govflow import Actor, Command, Engine, Level, NotAllowed, Role
from govflow.budgets import BUDGET_ROUND, FundSource
from govflow.envelopes import ENVELOPE, Envelope, KindCap
from govflow.envelopes.messages import OpenEnvelope
from govflow.projects import budget as b
from govflow.projects import commands as c
from govflow.projects import expense as x
from govflow.projects.decider import PROJECT
from govflow.projects.model import JointProject, Party, PartyRole, Pledge
from govflow.records import HandOver
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.commitment import KeepCommitment
from govflow.regions.contribution import Contribution, PairingScope
from govflow.regions.evidence import AddEvidence
from govflow.regions.retention import Paper
from govflow.testing import START, PinnedClock

AREA = "jinniu/chadianzi"
HERE = f"{AREA}/huazhaobi"
YUAN = 100

community = Actor.of("community-1", Role.COMMUNITY, unit="huazhaobi", level="community", area=HERE)
builder = Actor.of("builder-1", Role.ORGANISATION, Role.PROJECT_LEAD, unit="builder")
bakery = Actor.of("baker-1", Role.ORGANISATION, unit="bakery")
butcher = Actor.of("butcher-1", Role.ORGANISATION, unit="butchery")
finance = Actor.of("finance-1", Role.FINANCE, unit="finance", area=AREA)
town = Actor.of("town-1", Role.TOWN, unit="town-hall", level="town", area=AREA)
mayor = Actor.of("town-2", Role.TOWN, unit="town-hall", level="town", area=AREA)
supervisor = Actor.of("supervisor-1", Role.SUPERVISOR, unit="inspection", area=AREA)

ROOF, TREES = 300 * YUAN, 80 * YUAN
GIFT = 100 * YUAN
LATER = START + timedelta(days=90)
PLEDGES = (
    Pledge(party="builder", matter=Contribution.SERVICE, what="works", quantity=30, measure_unit="days", until=LATER),
    Pledge(party="bakery", matter=Contribution.MONEY, what="a gift", amount=GIFT, until=LATER),
)
MONEY = OpenEnvelope(
    id="money",
    by=town,
    title="Projects 2026",
    level=Level.TOWN,
    area=AREA,
    first=date(2026, 1, 1),
    last=date(2026, 12, 31),
    amount=1_000 * YUAN,
    caps=(KindCap(kind="general", per_project=600 * YUAN),),
    approved_by=Paper(reference="town file 17", sha256="0" * 64),
)


class Purse:
    """An engine that serves projects, envelopes and budget rounds, with an envelope of a thousand yuan open."""

    def __init__(self, path: Any = ":memory:", *, opened: OpenEnvelope | None = MONEY) -> None:
        self.clock = PinnedClock()
        self.engine = Engine.open(path, records=[PROJECT, ENVELOPE, BUDGET_ROUND], now=self.clock)
        if opened is not None:
            self.engine.handle(opened)

    def do(self, *commands: Command) -> JointProject:
        last = [self.engine.handle(command) for command in commands][-1]
        return self.project(last.id) if last.kind_of_record == "joint_project" else self.project()

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
        assert command.id is not None
        self.do(RequestApproval.of(command, self.project(command.id)))
        key = list(self.project(command.id).items_of("approval"))[-1]
        return self.do(GiveApproval(id=command.id, by=by, item=key), command)

    def project(self, id: str = "p") -> JointProject:
        return self.engine.get(id, JointProject)

    @property
    def envelope(self) -> Envelope:
        return self.engine.get("money", Envelope)

    def draws(self) -> dict[str, tuple[str, int]]:
        return {key: (each.status, each.held // YUAN) for key, each in self.envelope.items_of("draw").items()}

    def line(self, key: str = "roof", id: str = "p") -> Any:
        return self.project(id).item("budget", key)

    # -- bringing it forward ------------------------------------------------------------------------------------------

    def upto(self, phase: str, id: str = "p") -> Purse:
        """A project in a phase: paired, planned, approved, in_progress, delivered."""
        walk = {
            "paired": lambda: self.pair(id),
            "planned": lambda: self.do(plan(id=id), plan("trees", TREES, id=id, **given("2"))),
            "approved": lambda: self.do(approve(id)),
            "in_progress": lambda: self.start(id),
            "delivered": lambda: self.deliver(id),
        }
        for name in list(walk)[: list(walk).index(phase) + 1]:
            walk[name]()
        return self

    def pair(self, id: str = "p", **said: Any) -> None:
        """Propose it and pair its two parties."""
        told = {"title": "A new roof", "text": "It leaks.", "level": Level.COMMUNITY, "area": HERE, **said}
        self.do(c.ProposeProject(id=id, by=community, **told))
        self.join(id)

    def join(self, id: str) -> None:
        """Pair its two parties: the builder brings in works, the bakery money. Each has said so itself."""
        works, gift = PLEDGES
        self.do(
            c.AgreeToProject(id=id, by=builder, unit="builder", to="lead", pledges=(works,)),
            c.AgreeToProject(id=id, by=bakery, unit="bakery", pledges=(gift,)),
            c.PairParties(
                id=id,
                by=community,
                lead="builder",
                parties=(Party(unit="builder", role=PartyRole.LEAD, builds=True), Party(unit="bakery")),
                pledges=PLEDGES,
                scope=PairingScope.IN_REGION,
                text="Roof first, trees then.",
            ),
            *(
                AddEvidence(id=id, by=builder, item=key, kind="document", sha256="1" * 64)
                for key in ("order", "receipt", "sheet")
            ),
        )

    def deliver(self, id: str = "p") -> None:
        """Report it finished."""
        self.do(c.DeliverProject(id=id, by=builder, public_text="The roof is done."))

    def start(self, id: str = "p") -> None:
        """Publish the notice, wait, begin."""
        self.do(c.PublishProjectNotice(id=id, by=builder, public_text="We repair the roof."))
        self.clock.advance(days=30)
        self.do(c.StartWork(id=id, by=builder))


def given(commitment: str, source: FundSource = FundSource.DONATION) -> dict[str, Any]:
    """Money that a commitment of the project promises."""
    return {"source": source, "commitment": commitment, "envelope": None}


def plan(key: str = "roof", amount: int = ROOF, *, id: str = "p", by: Actor = builder, **said: Any) -> b.PlanBudget:
    fiscal = {"source": FundSource.FISCAL, "envelope": "money", "purpose": f"the {key}"}
    return b.PlanBudget(id=id, by=by, item=key, amount=amount, **{**fiscal, **said})


def approve(id: str = "p", **said: Any) -> c.ApproveProject:
    return c.ApproveProject(id=id, by=town, papers=("order",), **said)


def change(key: str, amount: int, *, by: Actor = finance, reason: str = "prices") -> b.ChangeBudget:
    return b.ChangeBudget(id="p", by=by, item=key, amount=amount, reason=reason)


def spend(key: str, amount: int, *, line: str = "roof", by: Actor = builder, **said: Any) -> x.RecordExpense:
    shown = {"papers": ("receipt",), "purpose": "tiles", "paid_on": date(2026, 3, 30), **said}
    return x.RecordExpense(id="p", by=by, item=key, line=line, amount=amount, **shown)


def verify(key: str, by: Actor = finance) -> x.VerifyExpense:
    return x.VerifyExpense(id="p", by=by, item=key)


def close(key: str, spent: int) -> b.CloseBudget:
    return b.CloseBudget(id="p", by=finance, item=key, spent=spent)


def free_line(key: str, by: Actor = finance) -> b.FreeBudget:
    return b.FreeBudget(id="p", by=by, item=key, reason="not needed")


def gift_came() -> Command:
    """The bakery's money is there: somebody else than the bakery says so."""
    return KeepCommitment(id="p", by=community, item="2")


def cancel(balance: int) -> c.CancelProject:
    rest = (HandOver(reason="given up"),)
    return c.CancelProject(id="p", by=town, reason="the house is sold", balance=balance, hand_over=rest)
