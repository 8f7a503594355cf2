"""One town with a record of every kind in one log, brought to its end or nearly: what the golden log is written from.

The people and their steps are those of the other tests; here they live side by side, and time only goes on.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from govflow import SYSTEM, Command, Engine, Personal
from govflow.actors import ClaimsAuthority
from govflow.beside.visit_round import OpenVisitRound
from govflow.cases import commands as c
from govflow.engine import shipped
from govflow.organisation import FoundDirectory
from govflow.organisation.units import AddUnit
from govflow.policy import Every, Obligation
from govflow.regions.reading import ConfirmReading
from govflow.resources.messages import ArchiveResource
from govflow.subjects import Dealt
from govflow.testing import PinnedClock
from tests.beside import test_bulletin as bulletins
from tests.beside import test_campaign as campaigns
from tests.beside import test_thematic_issue as issues
from tests.beside import test_visit_round as rounds
from tests.kernel.brought import ALLIANCE
from tests.projects.yard import ENVELOPE_OF_1000, Yard
from tests.proposals.hall import Hall
from tests.proposals.hall import a_policy as of_the_hall
from tests.resources import test_resource as resources
from tests.stories import chapters
from tests.stories.site import Site
from tests.stories.test_s06_motion import POLICY as OF_THE_STORY
from tests.studios import house
from tests.support import MATTER, Town, a_case, archivist, dispatcher, grid_worker
from tests.surveys import office as surveys

ENDS = ("dismissed", "rejected", "withdrawn", "redirected", "merged", "converted", "terminated", "archived")
REPORT = Obligation(
    id="monthly_report", en="Report", zh="月报", basis="town file 3", every=Every.MONTH, owners=("office",)
)
NAME = Personal(text="Lin Mei", subject="s-1")


class Moving(PinnedClock):
    """A clock that no two commands see at the same moment."""

    def __call__(self) -> datetime:
        return self.advance(seconds=1)


class Place:
    """What the helpers of a record's own tests ask of a world, in a town that is there already."""

    def __init__(self, town: Town) -> None:
        self.engine, self.clock = town.engine, town.clock

    def do(self, *commands: Command) -> Any:
        record: Any = None
        for each in commands:
            record = self.engine.handle(each)
        return record


class _Office(Place, bulletins.Office):
    until = campaigns.DUE


class _Rounds(Place, rounds.Office): ...


class _House(Place, house.House): ...


class _Yard(Place, Yard): ...


class _Hall(Place, Hall): ...


def lived(path: Path) -> Engine:
    """The town's log in a file, once everything has happened; the caller closes it."""
    clock = Moving()
    policy = OF_THE_STORY.changed(obligations=(REPORT,))
    engine = Engine.open(
        path, records=shipped(), policy=policy, authority=ClaimsAuthority(), now=clock, checkpoint_every=None
    )
    town = Town(engine, clock)
    _beside_the_cases(town)
    site = Site(chapters.PLACE, log=engine, clock=clock)
    chapters.reported(site)
    chapters.voted(site)
    chapters.built(site, chapters.funded(site), {})
    engine.adopt(of_the_hall())
    _Hall(town).motion("published")
    town.do(ENVELOPE_OF_1000)
    _Yard(town).project("archived", id="roof")
    for status in ENDS:
        a_case(town, status, id=f"is-{status}", reporter_name=NAME)
    _surveyed(town)
    _of_people(engine)
    engine.tick()
    return engine


def _beside_the_cases(town: Town) -> None:
    """A drive, an issue, a bulletin, a round of visits, an offer, an alliance, a studio; signs, and a duty."""
    for number in (1, 2, 3):  # so many signs alike raise a signal
        sign = {**MATTER, "signal": "water comes up in the cellars", "reporter": f"s-r{number}"}
        town.do(c.ReportCase(id=f"sign-{number}", by=grid_worker, **sign))
    town.do(campaigns.PLAN, campaigns.BEGIN, campaigns.FINDING)
    for id in ("c1", "c2"):
        a_case(town, "accepted", id=id)
    town.do(issues.OPEN, issues.STUDY, issues.ADOPT)
    bulletin = _Office(town)
    read = ((bulletins.han, "han"), (bulletins.chief, "chief"))
    town.do(bulletin.issue(), *(ConfirmReading(**bulletins.B, by=who, item=key) for who, key in read))
    a_case(town, "suspended", id="is-suspended")
    town.do(OpenVisitRound(**rounds.V, by=rounds.office, **rounds.ROUND))
    visits = _Rounds(town)
    town.do(visits.a_turn(), visits.a_visit("1", gist=Personal(text="Old Chen is ill", subject="s-9")))
    town.do(resources.an_offer(), resources.withdraw(), ArchiveResource(**resources.RS, by=archivist))
    town.do(*(command for commands in ALLIANCE.values() for command in commands))
    town.do(house.OPEN)
    studio = _House(town)
    town.do(studio.seat("s-wu", "deputy"), studio.told(), studio.answer())
    town.clock.advance(days=40)
    town.engine.tick()


def _of_people(engine: Engine) -> None:
    """What is read of a person and decided over their data, to the erasure of one."""
    engine.open_personal("is-dismissed", "reporter_name", dispatcher, why="to call back")
    engine.restrict("s-9", archivist, basis="个人信息保护法 §47", authority="town office")
    engine.lift_restriction("s-9", archivist, basis="the dispute is over", authority="town office")
    held = engine.hold("s-9", archivist, reason="a suit is pending", authority="district court")
    engine.release("s-9", archivist, hold=next(iter(held.holds)), reason="it was withdrawn")
    engine.disclose("s-9", archivist, basis="个人信息保护法 §45")
    engine.erase("s-9", archivist, basis="个人信息保护法 §47", authority="town office", otherwise=Dealt.DROPPED)


def _surveyed(town: Town) -> None:
    """The directory with the units of an index survey, and the survey to its end."""
    town.do(FoundDirectory(by=SYSTEM, title="Jinniu", area="jinniu"))
    for unit in (*surveys.UNITS, "town-hall"):
        town.do(AddUnit(by=SYSTEM, item=unit, title=unit, kind="organisation", area="jinniu"))
    town.do(*(command for commands in surveys.WALK.values() for command in commands))
