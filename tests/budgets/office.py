"""The people of one town and a budget round brought to any phase by real commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from govflow import Actor, Command, Engine, NotAllowed, Role
from govflow.budgets import BUDGET_ROUND
from govflow.budgets import entry as n
from govflow.budgets import fund as f
from govflow.budgets import messages as m
from govflow.policy import DEFAULT_POLICY, BudgetProgramme, Policy
from govflow.proposals import PROPOSAL
from govflow.regions.evidence import AddEvidence
from govflow.testing import PinnedClock
from govflow.voting import Ballot, Voter

AREA = "jinniu/chadianzi"
YUAN = 100
R: dict[str, Any] = {"id": "round"}

town = Actor.of("town-1", Role.TOWN, unit="town-hall", level="town", area=AREA)
secretary = Actor.of("secretary-1", Role.SECRETARIAT, unit="office", area=AREA)
second = Actor.of("secretary-2", Role.SECRETARIAT, unit="office", area=AREA)
finance = Actor.of("finance-1", Role.FINANCE, unit="finance", area=AREA)
cashier = Actor.of("finance-2", Role.FINANCE, unit="finance", area=AREA)
convenor = Actor.of("convenor-1", Role.CONVENOR, area=AREA)
council = Actor.of("council-1", Role.DELIBERATING_BODY, unit="council", area=AREA)
community = Actor.of("community-1", Role.COMMUNITY, unit="huazhaobi", level="community", area=f"{AREA}/huazhaobi")
other_community = Actor.of("community-2", Role.COMMUNITY, unit="qingxi", level="community", area=f"{AREA}/qingxi")
bakery = Actor.of("baker", Role.ORGANISATION, unit="bakery")
archivist = Actor.of("archive-1", Role.ARCHIVIST)
stranger = Actor.of("s-far", Role.RESIDENT, area="elsewhere")


def resident(id: str = "s-1") -> Actor:
    return Actor.of(id, Role.RESIDENT, Role.PROPOSER)


def voter(id: str) -> Actor:
    return Actor.of(id, Role.VOTER)


def a_policy(**programme: Any) -> Policy:
    """The default policy with one programme of the town's own."""
    base = DEFAULT_POLICY.programmes[0].model_dump()
    own = BudgetProgramme.model_validate({**base, "id": "ours", **programme})
    return DEFAULT_POLICY.changed(version="town", programmes=(own,))


OPEN = m.OpenBudgetRound(**R, by=town, title="Small projects", level="town", area=AREA)
FISCAL = f.AddFund(**R, by=finance, item="fiscal", source="fiscal", amount=1_000_000 * YUAN)


def idea(key: str = "a", by: Actor | None = None, **said: Any) -> n.ProposeEntry:
    named = {"title": f"Project {key}", "kind": "works", "area": f"{AREA}/huazhaobi", **said}
    return n.ProposeEntry(**R, by=by or resident(f"s-{key}"), item=key, **named)


def admit(key: str = "a", yuan: int = 300_000, by: Actor = secretary, **said: Any) -> n.AdmitEntry:
    return n.AdmitEntry(**R, by=by, item=key, cost=yuan * YUAN, **said)


def withdrawn(key: str) -> n.WithdrawEntry:
    return n.WithdrawEntry(**R, by=resident(f"s-{key}"), item=key, reason="no time")


def enrol(*ids: str) -> m.EnrolBudgetVoters:
    return m.EnrolBudgetVoters(**R, by=secretary, voters=tuple(Voter(id=id) for id in ids))


def vote(id: str, *choice: str, **points: int) -> m.CastBudgetBallot:
    return m.CastBudgetBallot(**R, by=voter(id), ballot=Ballot(choice=choice, scores=points))


def paper(*ballots: tuple[str, tuple[str, ...]], by: Actor = secretary) -> m.RecordBudgetBallots:
    given = tuple(m.PaperBallot(voter=id, ballot=Ballot(choice=choice)) for id, choice in ballots)
    return m.RecordBudgetBallots(**R, by=by, ballots=given, papers=("sheets",))


SHEETS = AddEvidence(**R, by=secretary, item="sheets", kind="ballots", sha256="0" * 64)
START = m.StartCollecting(**R, by=secretary)
REVIEW = m.StartReview(**R, by=secretary)
BALLOT = m.OpenBudgetBallot(**R, by=convenor)
COUNT = m.CloseBudgetBallot(**R, by=convenor)
PUBLISH = m.PublishBudgetRound(**R, by=secretary, public_text="The winners stand below.")
HAND_OVER = m.CommissionWinners(**R, by=town)
END = m.CloseBudgetRound(**R, by=secretary, public_text="All are under way.")

COSTS = {"a": 300_000, "b": 400_000, "c": 500_000}
VOTES = {"v-1": "ab", "v-2": "ab", "v-3": "ac", "v-4": "a", "v-5": "b"}  # a 4, b 3, c 1


class Office:
    """An engine that serves budget rounds, on a pinned clock."""

    def __init__(
        self, path: Any = ":memory:", *, records: Iterable[Any] = (BUDGET_ROUND, PROPOSAL), **more: Any
    ) -> None:
        self.clock = PinnedClock()
        self.engine = Engine.open(path, records=[*records], now=self.clock, **more)

    def over(self) -> Office:
        """Voting has ended, and is not counted."""
        return self.days(11)

    def do(self, *commands: Command) -> Any:
        for command in commands:
            self.engine.handle(command)
        return self.round

    def refused(self, command: Command) -> tuple[str, ...]:
        return self.refusal(command).codes

    def refusal(self, command: Command) -> NotAllowed:
        head = self.engine.store.head()
        with pytest.raises(NotAllowed) as caught:
            self.engine.handle(command)
        assert self.engine.store.head() == head
        return caught.value

    def days(self, number: float) -> Office:
        self.clock.advance(days=number)
        return self

    @property
    def round(self) -> Any:
        found: Any = self.engine.get("round")
        return found

    def entry(self, key: str = "a") -> n.Entry:
        found: n.Entry = self.round.item("entry", key)
        return found

    def loops(self) -> set[tuple[str, str, str | None]]:
        return {(loop.region, loop.item, loop.owes) for loop in self.engine.open_loops("round")}


PHASES = ("drafting", "collecting", "reviewing", "balloting", "decided", "published", "handed_over", "closed")


def an_office(upto: str = "drafting", path: Any = ":memory:", *, programme: str = "livelihood", **more: Any) -> Office:
    """A round of three projects of 300,000, 400,000 and 500,000 yuan in an envelope of a million, in this phase."""
    office = Office(path, **more)
    walk = {
        "drafting": lambda: office.do(OPEN.changed(programme=programme), FISCAL),
        "collecting": lambda: office.do(START, *map(idea, COSTS)),
        "reviewing": lambda: office.days(16).do(REVIEW, *(admit(*each) for each in COSTS.items()), enrol(*VOTES)),
        "balloting": lambda: office.do(BALLOT),
        "decided": lambda: (office.do(*(vote(id, *choice) for id, choice in VOTES.items())), office.over().do(COUNT)),
        "published": lambda: office.do(PUBLISH),
        "handed_over": lambda: office.days(8).do(HAND_OVER),
        "closed": lambda: office.do(*(_carried(key) for key in office.round.count.winners), END),
    }
    for phase in PHASES[: PHASES.index(upto) + 1]:
        walk[phase]()
    return office


def _carried(key: str) -> n.CommissionEntry:
    return n.CommissionEntry(**R, by=community, item=key, carrier=f"contract {key}")
