"""A town whose every personal field holds a canary: real commands of every kind of record, with texts to look for.

`Planting` is the engine itself, but for the personal texts of the commands that it is given: each is replaced by one
that holds all canaries, and fields that were left empty are filled, wherever the rules allow it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from govflow import SYSTEM, Actor, Command, Engine, NotAllowed, Personal, Record, Role
from govflow.ballot_box import open_box
from govflow.beside.visit import ReportVisit
from govflow.cases import commands as c
from govflow.engine import shipped
from govflow.messages import new_subject
from govflow.organisation.appointments import Appoint
from govflow.policy import BallotForm, VoteRule
from govflow.projects import feedback_model as f
from govflow.proposals.box import box_of, sealed_length
from govflow.proposals.commands import CastBallot, CloseVote, NameVoter
from govflow.regions.objection import RaiseObjection
from govflow.regions.opinion import DisposeOpinion, RecordOpinion
from govflow.resources.messages import ChangeOffer
from govflow.studios import ReopenMatter
from govflow.testing import PinnedClock
from govflow.tracking import TrackingDesk
from tests.beside import test_visit_round as rounds
from tests.budgets import office as budgets
from tests.budgets import test_money as money
from tests.golden import town as golden
from tests.privacy.test_personal import tell
from tests.projects import site
from tests.proposals import hall, polling
from tests.resources import test_resource as resources
from tests.studios import house
from tests.support import MATTER, Town, grid_worker

NAME, LATIN, PHONE, ADDRESS, IDENTITY = (
    "金丝雀王小明",
    "Kanarienvogel",
    "13987651234",
    "金丝雀巷十七号",
    "51010419900101123X",
)
PIECES = (NAME, LATIN, PHONE, "139 8765 1234", "139-8765-1234", "+8613987651234", ADDRESS, IDENTITY)
CANARY = f"{NAME} {LATIN}, 139 8765 1234 / 139-8765-1234 / +8613987651234, {ADDRESS}, {IDENTITY}"

AGREED = CANARY + "\n" + "7b" * 16
"""The text of an agreement: its digest is signed, and a random number in it keeps that from telling anything."""

Place = tuple[str, str]
"""The wire name of a command, and a personal field of it."""

GIVEN_AS_THEY_ARE = {"mediation.agree", "proposal.cast_ballot"}
"""What is signed, or sealed, before it is given: the stories put the canary there."""


def personal_fields(command: type[Command]) -> list[str]:
    """The personal fields of a command, by their types."""
    return [name for name, field in command.model_fields.items() if "Personal" in str(field.annotation)]


def all_places() -> set[Place]:
    """Every personal field of every command of every record that ships."""
    return {(each.wire, name) for kind in shipped() for each in kind.commands for name in personal_fields(each)}


def planted_in(command: Command) -> Command:
    """The command with a canary in every personal field, of the same people."""
    texts: dict[str, Any] = {}
    for name in personal_fields(type(command)):
        value: Personal | None = getattr(command, name)
        texts[name] = CANARY if value is None else value.changed(text=CANARY)
    given = {name: getattr(command, name) for name in command.model_fields_set}
    return type(command)(**{**given, **texts, "command_id": command.command_id})


class Planting(Engine):
    """The engine, with canaries in what it is given; `places` counts what was written, by place."""

    places: Counter[Place]

    def handle_all(self, commands: Iterable[Command]) -> list[Record]:
        given = list(commands)
        try:
            done = super().handle_all(planted := [_planted(each) for each in given])
        except NotAllowed:  # a field that must be empty here
            done = super().handle_all(planted := given)
        self._count(planted)
        return done

    def _count(self, commands: Iterable[Command]) -> None:
        if not hasattr(self, "places"):
            self.places = Counter()
        for each in commands:
            for name in personal_fields(type(each)):
                value = getattr(each, name)
                self.places[each.wire, name] += value is not None and LATIN in value.text


def _planted(command: Command) -> Command:
    return command if command.wire in GIVEN_AS_THEY_ARE else planted_in(command)


def planted_town(path: Path) -> tuple[Planting, Any]:
    """A town with canaries in every personal field of every command, and its clock; the caller closes it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(golden, "Engine", Planting)
        patch.setattr(golden, "_surveyed", _before(golden._surveyed))
        engine: Any = golden.lived(path)
    return engine, engine.now


def _before(surveyed: Callable[[Town], None]) -> Callable[[Town], None]:
    """What else happens in the town, before its directory is founded."""

    def told(town: Town) -> None:
        for story in (_cases, _studio, _visits, _projects, _proposals, _poll, _budgets, _others):
            story(town)
        surveyed(town)
        town.do(Appoint(by=SYSTEM, item="a1", actor="ann", role=Role.DISPATCHER, unit="town-hall"))

    return told


def _cases(town: Town) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.privacy.test_personal.CANARIES", _AllCanaries())
        town.engine.now = still = PinnedClock(town.clock())  # the story says itself when time goes on
        tell(town.engine, still)
        town.clock.set(still())
        town.engine.now = town.clock
    whistle = {**MATTER, "reporter": None, "kind": "whistle_blowing", "title": "Bribes", "accused_unit": "roads"}
    TrackingDesk(town.engine).report(c.ReportCase(by=Actor.of("anybody", Role.RESIDENT), **whistle))


class _AllCanaries(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return AGREED if key == "mediation.agree.text" else CANARY


def _studio(town: Town) -> None:
    studio = golden._House(town)
    town.do(studio.told("2"), studio.answer("2"))
    town.do(ReopenMatter(**house.X, by=house.asker, item="2", objection="Nobody came"))
    town.do(studio.told("3"), studio.hand_on("3", description="No lift"))


def _visits(town: Town) -> None:
    visits = golden._Rounds(town)
    town.do(visits.a_visit("2", person="s-8"), ReportVisit(**rounds.V, by=rounds.han, item="2", **rounds.MATTER))


def _projects(town: Town) -> None:
    yard = golden._Yard(town)
    yard.project("in_progress", id="fence")
    on: dict[str, Any] = {"id": "fence", "item": "f"}
    yard.do(
        f.RaiseFeedback(**on, by=site.resident, concerns="noise", text="It is loud"),
        f.ResolveFeedback(**on, by=site.lead, **site.SHOWN),
    )
    yard.do(f.ReopenFeedback(**on, by=site.resident, reason="it is as loud as before"))
    yard.do(f.TransferFeedback(**on, by=site.lead))


def _proposals(town: Town) -> None:
    place = golden._Hall(town)
    place.motion("consulting", id="n")
    town.do(
        RecordOpinion(id="n", by=hall.chen, about="width", text="wider"),
        DisposeOpinion(id="n", by=hall.office, item="1", disposition="declined", reason="no room"),
    )
    place.on_to("published", "n")
    town.do(RaiseObjection(id="n", by=hall.zhao, item="o", reason="too steep", details="flat 4"))


class _Poll(golden.Place, polling.Poll):
    def __init__(self, town: Town, rule: VoteRule) -> None:
        super().__init__(town)
        self.rule = rule


def _poll(town: Town) -> None:
    rule = VoteRule(quorum="any", form=BallotForm.SECRET)
    town.engine.adopt(polling.a_town_policy(rule))
    poll = _Poll(town, rule).deliberated().announced(polling.voters(3))
    poll.do(NameVoter(**polling.P, by=polling.CHAIR, voter="v-00", voter_name="Wu"))
    poll.open()
    poll.vote({"v-00": polling.ballot("yes"), "v-01": polling.ballot("no")})
    text = CANARY + " " * (sealed_length(()) - len(CANARY.encode()))
    hostile = Personal(text=text, subject=box_of("p", 1))
    voter = Actor.of("v-02", Role.VOTER)
    poll.do(CastBallot(**polling.P, by=voter, voter="v-02", sealed=hostile, commitment="0" * 64))
    poll.over()
    open_box(town.engine, "p", polling.CHAIR)
    poll.do(CloseVote(**polling.P, by=polling.CHAIR))


class _Budget(golden.Place, budgets.Office): ...


def _budgets(town: Town) -> None:
    office = _Budget(town)
    office.do(budgets.OPEN, budgets.FISCAL, budgets.START, budgets.idea("a"))
    office.do(money.PLEDGE.changed(until=town.clock() + timedelta(days=9)))


def _others(town: Town) -> None:
    town.do(resources.an_offer().changed(id="yard", until=town.clock() + timedelta(days=100)))
    town.do(ChangeOffer(id="yard", by=resources.owner, quantity=30))
    two = Personal(text=CANARY, subject=new_subject(), about=("s-1", "s-li"))
    town.do(c.ReportCase(id="quarrel", by=grid_worker, **MATTER, description=two))
    archive = Actor.of("archive", Role.ARCHIVIST)
    town.engine.correct_personal("quarrel", "description", archive, text=CANARY, reason="misspelt")
    assert isinstance(town.engine, Planting)
    town.engine.places["subject.correct", "value"] += 1
