"""The ledgers of needs and of projects: what stands in which, in which order, what is late, what can be matched."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from govflow import Actor
from govflow.engine import Engine
from govflow.matching import candidates
from govflow.projects import JointProject
from govflow.projects import commands as c
from govflow.projects.ledgers import OPEN_NEEDS, need_ledger, project_ledger, wanted_of
from govflow.projects.model import Need, Party, Pledge, ProjectStatus
from govflow.records import Item
from govflow.regions.contribution import Contribution
from govflow.regions.evidence import AddEvidence
from govflow.resources import Resource, offers_of
from govflow.resources.messages import OfferResource
from govflow.testing import PinnedClock

CN = ZoneInfo("Asia/Shanghai")
LI = Actor.of("li", "community", "project_lead", "organisation", unit="u-c")
BO = Actor.of("bo", "organisation", unit="u-w")
PEOPLE = Need(matter=Contribution.PEOPLE, quantity=10, measure_unit="roofers", skills=("roofing",))


@pytest.fixture
def clock() -> PinnedClock:
    return PinnedClock()


@pytest.fixture
def engine(clock: PinnedClock) -> Engine:
    return Engine.open(now=clock)


def propose(engine: Engine, id: str, need: Need = PEOPLE, **more: object) -> None:
    engine.handle(c.ProposeProject(id=id, by=LI, title=f"Need {id}", area="d/t/c", need=need, **more))


def approved(engine: Engine, clock: PinnedClock, id: str) -> None:
    """Paired and approved, to be delivered in 30 days."""
    propose(engine, id)
    until = clock() + timedelta(days=300)
    engine.handle(c.ListDemand(id=id, by=LI, exclusive=False))
    engine.handle(c.ClaimDemand(id=id, by=BO, capacity="roofers"))
    pledges = tuple(
        Pledge(party=unit, matter=Contribution.PEOPLE, what="hands", quantity=1, measure_unit="hand", until=until)
        for unit in ("u-c", "u-w")
    )
    parties = (Party(unit="u-c"), Party(unit="u-w", builds=True))
    engine.handle(c.PairParties(id=id, by=LI, lead="u-c", parties=parties, pledges=pledges, text="plan"))
    engine.handle(AddEvidence(id=id, by=LI, item="order", sha256="0" * 64))
    town = Actor.of("zhang", "town", unit="u-t")
    engine.handle(c.ApproveProject(id=id, by=town, papers=("order",), until=clock() + timedelta(days=30)))


def projects(engine: Engine) -> list[JointProject]:
    return [each for each in engine.records() if isinstance(each, JointProject)]


def test_a_need_stands_in_one_ledger_until_it_is_paired_and_in_the_other_from_then_on(engine, clock):
    propose(engine, "A")
    approved(engine, clock, "B")

    assert [line.id for line in need_ledger(projects(engine))] == ["A"]
    assert [line.id for line in project_ledger(projects(engine), clock())] == ["B"]
    assert set(OPEN_NEEDS) < set(ProjectStatus)


def test_urgent_needs_stand_first_and_count_for_more(engine):
    propose(engine, "A")
    propose(engine, "B", PEOPLE.model_copy(update={"urgent": True}))

    assert [line.id for line in need_ledger(projects(engine))] == ["B", "A"]
    assert {each.id: each.priority for each in wanted_of(projects(engine), CN)} == {"A": 1, "B": 2}


def test_a_claim_that_was_taken_back_is_not_on_the_ledger(engine):
    propose(engine, "A")
    engine.handle(c.ListDemand(id="A", by=LI, exclusive=False))
    engine.handle(c.ClaimDemand(id="A", by=BO, capacity="roofers"))
    assert [each.unit for each in need_ledger(projects(engine))[0].claims] == ["u-w"]

    engine.handle(c.WithdrawClaim(id="A", by=BO, reason="another site"))

    assert need_ledger(projects(engine))[0].claims == ()


def test_the_records_that_a_need_comes_from_are_named_once(engine):
    propose(engine, "A")
    propose(engine, "B", PEOPLE.model_copy(update={"sources": ("A",)}), source="A")

    assert next(line.sources for line in need_ledger(projects(engine)) if line.id == "B") == ("A",)


def test_a_need_lasts_to_the_end_of_its_last_day_where_it_stands(engine, clock):
    propose(engine, "A", PEOPLE.model_copy(update={"begins": date(2026, 5, 1), "ends": date(2026, 5, 2)}))

    wanted = wanted_of(projects(engine), CN)[0]

    assert wanted.begins == datetime(2026, 4, 30, 16, tzinfo=UTC)
    assert wanted.until == datetime(2026, 5, 2, 16, tzinfo=UTC)


def test_a_need_that_is_not_measured_is_listed_and_not_matched(engine):
    propose(engine, "A", Need())

    assert [line.measure for line in need_ledger(projects(engine))] == [0]
    assert wanted_of(projects(engine), CN) == []


def test_a_need_of_the_ledger_meets_an_offer_of_the_other(engine, clock):
    propose(engine, "A")
    engine.handle(
        OfferResource(
            id="R",
            by=BO,
            title="Roofers",
            owner="u-w",
            matter=Contribution.PEOPLE,
            quantity=12,
            measure_unit="roofers",
            skills=("roofing",),
            area="d/t",
        )
    )
    resources = [each for each in engine.records() if isinstance(each, Resource)]

    pairs = candidates(wanted_of(projects(engine), CN), offers_of(resources, clock()))

    assert [(each.need.id, each.offer.id, each.covered) for each in pairs] == [("A", "R", 10)]


def test_a_project_whose_day_of_delivery_has_passed_is_late_and_says_by_which_clock(engine, clock):
    approved(engine, clock, "A")
    assert project_ledger(projects(engine), clock())[0].overdue == ()

    line = project_ledger(projects(engine), clock() + timedelta(days=31))[0]

    assert line.overdue == ("delivery",)
    assert line.due == clock() + timedelta(days=30)
    assert not line.exposed


def test_a_project_that_was_exposed_is_marked(engine, clock):
    approved(engine, clock, "A")
    project = projects(engine)[0]
    exposed = Item(key="district", status="exposed")

    line = project_ledger([project.changed(items={**project.items, "supervision": {"district": exposed}})], clock())[0]

    assert line.exposed


def test_what_has_come_to_an_end_is_late_no_more(engine, clock):
    approved(engine, clock, "A")
    ended = projects(engine)[0].changed(status=ProjectStatus.CANCELLED)

    assert project_ledger([ended], clock() + timedelta(days=400))[0].overdue == ()
