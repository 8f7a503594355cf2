"""A town with a directory, a roll of residents, and an index survey brought to any status by real commands."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import SYSTEM, Actor, Command, Engine, NotAllowed, Role
from govflow.actors import ClaimsAuthority
from govflow.messages import new_command_id
from govflow.organisation import DIRECTORY, FoundDirectory
from govflow.organisation.units import AddUnit
from govflow.policy.evaluation import Indicator
from govflow.surveys import INDEX_SURVEY, Sampling, Stratum, digest_of_people, sample_of, slip_of
from govflow.surveys import messages as m
from govflow.testing import PinnedClock
from govflow.voting import commitment_of

AREA = "jinniu/chadianzi"
IX: dict[str, Any] = {"id": "index"}
SEED = "a-seed-that-three-people-keep"

town = Actor.of("town-1", Role.TOWN, unit="town-hall", level="town", area=AREA)
secretary = Actor.of("secretary-1", Role.SECRETARIAT, unit="town-hall", area=AREA)
callback = Actor.of("callback-1", Role.CALLBACK, area=AREA)
archivist = Actor.of("archive-1", Role.ARCHIVIST)
resident = Actor.of("s-1", Role.RESIDENT, area=AREA)

ROLL = {
    "old": tuple(f"s-old-{n}" for n in range(31)),  # 60 and older: 31 % (003)
    "young": tuple(f"s-young-{n}" for n in range(69)),
}
QUESTIONS = (
    Indicator(id="help", en="helps", zh="服务群众", weight=60),
    Indicator(id="fair", en="fair", zh="办事公道", weight=40),
)
UNITS = ("u-bakery", "u-school")
PLAN = m.PlanIndexSurvey(
    **IX,
    by=town,
    title="Pioneer index 2026",
    level="town",
    area=AREA,
    units=UNITS,
    questions=QUESTIONS,
    strata=tuple(Stratum(id=id, size=len(people)) for id, people in ROLL.items()),
    sampling=Sampling(size=20, least=14, least_per_stratum=5),
    roll_digest=digest_of_people(ROLL),
    commitment=commitment_of(SEED),
)
DRAW = m.DrawSample(**IX, by=secretary, seed=SEED, roll=ROLL)
DRAWN = {"old": 6, "young": 14}
TOKENS = {stratum: tuple(f"token-{stratum}-{n:04}" for n in range(number)) for stratum, number in DRAWN.items()}
START = m.StartAnswers(**IX, by=secretary, slips={each: tuple(map(slip_of, given)) for each, given in TOKENS.items()})
COUNT = m.CountIndex(**IX, by=secretary)
PUBLISH = m.PublishIndex(**IX, by=town, public_text="The index stands below.")
CANCEL = m.CancelIndexSurvey(**IX, by=town, reason="the seed is lost")
ARCHIVE = m.ArchiveIndexSurvey(**IX, by=archivist)


def answer(token: str, help: int = 80, fair: int = 60, units: tuple[str, ...] = UNITS) -> m.GivenAnswer:
    return m.GivenAnswer(token=token, scores={unit: {"help": help, "fair": fair} for unit in units})


def record(*answers: m.GivenAnswer, by: Actor = callback, **more: Any) -> m.RecordAnswers:
    return m.RecordAnswers(**IX, by=by, answers=answers, **more)


OLD = tuple(answer(token, help=90, fair=20 + 5 * n) for n, token in enumerate(TOKENS["old"]))
YOUNG = tuple(answer(token, help=40 + 4 * n, fair=50) for n, token in enumerate(TOKENS["young"]))
ALL = record(*OLD, *YOUNG)


def again(command: Any) -> Any:
    """The same command given anew, under an id of its own."""
    return command.changed(command_id=new_command_id())


class Office:
    """An engine that serves the directory and index surveys, on a pinned clock."""

    def __init__(self, path: Any = ":memory:", *, directory: bool = True) -> None:
        self.clock = PinnedClock()
        self.engine = Engine.open(path, records=[DIRECTORY, INDEX_SURVEY], now=self.clock, authority=ClaimsAuthority())
        if directory:
            self.do(FoundDirectory(by=SYSTEM, title="Jinniu", area="jinniu"))
            for unit in (*UNITS, "town-hall"):
                self.do(AddUnit(by=SYSTEM, item=unit, title=unit, kind="organisation", area="jinniu"))

    def do(self, *commands: Command) -> Any:
        record: Any = None
        for command in commands:
            record = self.engine.handle(command)
        return record

    def refusal(self, command: Command) -> NotAllowed:
        head = self.engine.store.head()
        with pytest.raises(NotAllowed) as caught:
            self.engine.handle(command)
        assert self.engine.store.head() == head
        return caught.value

    def refused(self, command: Command) -> tuple[str, ...]:
        return self.refusal(command).codes

    def details(self, command: Command) -> tuple[str, ...]:
        (broken,) = self.refusal(command).broken
        return broken.detail

    @property
    def survey(self) -> Any:
        return self.engine.get("index")


WALK = {
    "planned": (PLAN,),
    "drawn": (DRAW,),
    "collecting": (START,),
    "counted": (ALL, COUNT),
    "published": (PUBLISH,),
    "archived": (ARCHIVE,),
}


def an_office(upto: str = "planned", path: Any = ":memory:") -> Office:
    """A survey of two units in two strata, of which six and fourteen people are drawn, in this status."""
    office = Office(path)
    for status, commands in WALK.items():
        office.do(*commands)
        if status == upto:
            break
    assert office.survey.status == upto
    return office


def drawn_people() -> dict[str, tuple[str, ...]]:
    return sample_of(ROLL, DRAWN, SEED)
