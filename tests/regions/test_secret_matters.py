"""A secret matter stays secret whatever its items say, and the unit reported learns of nothing it is named in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import Actor, Claim, NotAllowed, NotFound, Personal, ProtectionError, Role
from govflow.regions import mediation as md
from govflow.regions.checklist import StartChecklist
from govflow.regions.evidence import AddEvidence
from govflow.regions.instruction import AnswerInstruction, GiveInstruction
from govflow.regions.meeting import AnnounceMeeting
from govflow.regions.risk_signal import RaiseRiskSignal
from govflow.regions.supervision import UrgeSupervision
from tests.support import AREA, Town, a_case, a_town, community, dispatcher, supervisor

X: dict[str, Any] = {"id": "x"}
_WEEK = timedelta(days=7)
amy = Actor(id="amy", claims=(Claim(role=Role.COMMUNITY, area=AREA), Claim(role=Role.RESIDENT)))
ann = Actor(id="ann", claims=(Claim(role=Role.ORGANISATION, unit="roads"), Claim(role=Role.RESIDENT)))
leader = Actor.of("mayor", Role.LEADER)


@pytest.fixture
def secret() -> Town:
    """Whistle-blowing against the roads department, assigned to the water department."""
    town = a_town()
    a_case(town, "in_handling", id="x", kind="whistle_blowing", confidential=True, accused_unit="roads")
    return town


def is_there_for(town: Town, actor: Actor) -> bool:
    try:
        town.engine.seen_by(actor).get("x")
    except NotFound:
        return False
    return True


def attempted(town: Town, *commands: Any) -> None:
    """Whoever gives them, and whether or not they are refused: nobody may learn anything from them."""
    for command in commands:
        try:
            town.engine.handle(command)
        except (NotAllowed, NotFound):
            continue


def test_no_step_of_ones_own_opens_a_secret_matter(secret: Town):
    assert not is_there_for(secret, amy)
    attempted(
        secret,
        StartChecklist(**X, by=amy, item="c", template="five-stage", owner="amy"),
        AnnounceMeeting(
            **X,
            by=amy,
            item="m",
            form="talk",
            subject="s",
            place="p",
            roll=("amy", "ann"),
            at_time=secret.clock() + _WEEK,
        ),
        md.OfferMediation(
            **X, by=amy, item="d", what="w", parties=("amy", "s-7"), mediator="m-1", body="village-council"
        ),
    )
    assert not is_there_for(secret, amy)


def test_what_names_people_of_the_unit_reported_shows_them_nothing(secret: Town):
    attempted(
        secret,
        GiveInstruction(**X, by=leader, item="i", what="look into it", owner="ann", until=secret.clock() + _WEEK),
        UrgeSupervision(**X, by=supervisor, item="u", reason_code="unresolved", reason="slow", owner="roads"),
        AnnounceMeeting(
            **X, by=community, item="m", form="talk", subject="s", place="p", roll=("ann",),
            at_time=secret.clock() + _WEEK,
        ),
    )  # fmt: skip
    assert not is_there_for(secret, ann)
    with pytest.raises(NotFound):
        secret.engine.handle(StartChecklist(**X, by=ann, item="c", template="five-stage"))


def test_who_raised_it_sees_it_also_as_somebody_of_the_unit_reported(secret: Town):
    reporter = Actor(id="s-1", claims=(Claim(role=Role.RESIDENT), Claim(role=Role.LEAD_UNIT, unit="roads")))
    assert is_there_for(secret, reporter)


def test_in_an_open_matter_whoever_owes_something_may_look_at_it():
    town = a_town()
    a_case(town, "in_handling", id="x")
    roads = Actor.of("zhou", Role.CO_UNIT, unit="roads")
    assert not is_there_for(town, roads)
    town.do(GiveInstruction(**X, by=leader, item="i", what="mend it", owner="roads", until=town.clock() + _WEEK))
    assert is_there_for(town, roads)
    town.do(AddEvidence(**X, by=roads, item="e", sha256="0" * 64))
    town.do(
        AnswerInstruction(
            **X, by=Actor.of("zhou", Role.LEAD_UNIT, unit="roads"), item="i", measure="mended", evidence=("e",)
        )
    )


def test_a_role_that_owes_is_nobody_of_that_name():
    town = a_town()
    a_case(town, "in_handling", id="x")
    town.do(
        RaiseRiskSignal(
            **X, by=community, item="r", what="cracks in the wall", place="lane 3", area=AREA, concerning="key_area"
        )
    )
    assert town.engine.get("x").item("risk_signal", "r").owes in set(Role)
    assert not is_there_for(town, Actor.of(str(Role.COMMUNITY), Role.RESIDENT))


def test_the_text_of_an_agreement_is_for_the_parties_and_their_mediator():
    town = a_town()
    a_case(town, "in_handling", id="x", category="dispute", kind="dispute")
    mediator = Actor.of("m-1", Role.MEDIATOR)
    parties = [Actor.of(party, Role.RESIDENT, Role.DISPUTANT) for party in ("s-6", "s-7")]
    d: dict[str, Any] = {**X, "item": "d"}
    agree = md.AgreeInMediation(**d, by=mediator, text=Personal(text=md.salted("They part in peace.", "c4" * 16)))
    town.do(
        md.OfferMediation(**d, by=mediator, what="w", parties=("s-6", "s-7"), mediator="m-1", body="village-council"),
        *(md.ConsentToMediation(**d, by=party) for party in parties),
        md.StartMediation(**d, by=mediator),
    )
    town.do(*(md.signing(agree, town.engine.get("x"), party) for party in parties), agree)
    for reader in (*parties, mediator):
        assert "in peace" in (town.engine.open_personal("x", "text", reader, why="to handle it") or "")
    for other in (Actor.of("s-1", Role.RESIDENT, Role.REPORTER), dispatcher, Actor.of("g", Role.GRID_WORKER)):
        with pytest.raises(ProtectionError):
            town.engine.open_personal("x", "text", other, why="to handle it")


@pytest.mark.parametrize("who", ["s-6", "council"])
def test_nobody_with_an_interest_in_a_party_acts_for_others(who: str):
    """Petitions §28: recusal looks at the people of the item too, not at its record alone."""
    town = a_town()
    a_case(town, "in_handling", id="x", category="dispute", kind="dispute")
    offer = md.OfferMediation(
        **X, by=Actor.of("m-1", Role.MEDIATOR), item="d", what="w", parties=("s-6", "council"), mediator="m-1",
        body="village-council",
    )  # fmt: skip
    town.do(offer)
    cousin = Actor(id="m-1", claims=(Claim(role=Role.MEDIATOR),), interests=(who,))
    town.do(
        *(
            md.ConsentToMediation(**X, by=Actor.of(party, Role.DISPUTANT, unit=party), item="d", on_behalf_of=party)
            for party in ("s-6", "council")
        )
    )
    start = md.StartMediation(**X, by=cousin, item="d")
    assert "actor_has_no_interest" in {each.code for each in town.engine.why_not(start)}
    of_the_unit = Actor(id="m-1", claims=(Claim(role=Role.MEDIATOR), Claim(role=Role.LEAD_UNIT, unit="council")))
    assert {each.code for each in town.engine.why_not(start.changed(by=of_the_unit))} == {"has_no_interest"}
    assert town.engine.why_not(start.changed(by=Actor.of("m-1", Role.MEDIATOR))) == ()
