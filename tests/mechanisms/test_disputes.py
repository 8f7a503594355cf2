"""Disputes brought to agreement, or to the ways the law leaves: M065–M069, M073, M074."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import CASE, Actor, Command, NotAllowed, Role
from govflow.cases import commands as c
from govflow.policy import DEFAULT_POLICY
from govflow.policy.practice import MediationBody, MediationKind
from govflow.records import HandOver
from govflow.regions.commitment import COMMITMENT, CommitmentBroken, KeepCommitment
from govflow.regions.mediation import MEDIATION, revisit
from govflow.regions.mediation import messages as m
from govflow.regions.mediation.model import (
    AgreedObligation,
    Channel,
    Force,
    Participant,
    Purpose,
    Relation,
    statement_digest,
)
from govflow.regions.obligation import OBLIGATION
from tests.support import TOLD, Town, a_case, a_town, community, desk, resident

CASES = CASE.extended(regions=(COMMITMENT, OBLIGATION, MEDIATION), reactions={CommitmentBroken: revisit})
X: dict[str, Any] = {"id": "x"}
D: dict[str, Any] = {"id": "x", "item": "d"}
wang, zhao = Actor.of("s-6", Role.DISPUTANT), Actor.of("s-7", Role.DISPUTANT)
town_hall, district = Actor.of("town-1", Role.TOWN), Actor.of("district-1", Role.DISTRICT)
PARTIES: dict[str, Any] = {"what": "parking locks", "parties": ("s-6", "s-7")}


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


def a_dispute(category: str = "dispute", **options: Any) -> Town:
    town = a_town(records=[CASES], **options)
    a_case(town, "accepted", id="x", kind="dispute", category=category)
    return town


def dispute(town: Town, item: str = "d") -> Any:
    return town.engine.get("x").item("mediation", item)


def mediator_of(tier: int) -> Actor:
    return Actor.of(f"m-{tier}", Role.MEDIATOR)


def mediated(town: Town, tier: int) -> None:
    """Both consent and the mediator of the tier begins."""
    both = (m.ConsentToMediation(**D, by=wang), m.ConsentToMediation(**D, by=zhao))
    town.do(*both, m.StartMediation(**D, by=mediator_of(tier)))


def test_a_dispute_climbs_from_the_village_to_the_town_to_the_district_and_each_tier_is_on_record():  # M065 三会联动
    town = a_dispute()
    town.do(m.OfferMediation(**D, by=community, mediator="m-1", body="village-council", **PARTIES))
    mediated(town, 1)
    to_town = m.RaiseTier(**D, by=town_hall, tier=2, mediator="m-2", body="town-hearing")
    assert "step_is_in_the_table" in refused(town, to_town)  # the tier below has not failed
    town.do(m.FailMediation(**D, by=mediator_of(1), reason="no agreement on the fee"))
    to_district = m.RaiseTier(**D, by=district, tier=3, mediator="m-3", body="district-conference")
    assert refused(town, to_district) == ("tier_below_failed_or_exempt",)
    town.do(to_town)
    mediated(town, 2)
    town.do(m.FailMediation(**D, by=mediator_of(2), reason="no agreement"), to_district)
    mediated(town, 3)

    duty = AgreedObligation(by="s-7", what="take the lock away", until=town.clock() + timedelta(days=3))
    digest = statement_digest("x", "d", Purpose.AGREEMENT, obligations=(duty,))
    town.do(*(m.SignStatement(**D, by=each, digest=digest) for each in (wang, zhao)))
    town.do(m.AgreeInMediation(**D, by=mediator_of(3), obligations=(duty,)))
    town.do(KeepCommitment(**X, by=mediator_of(3), item="d.1"))
    digest = statement_digest("x", "d", Purpose.PERFORMANCE, obligations=(duty,))
    sign = (m.SignStatement(**D, by=each, digest=digest, purpose=Purpose.PERFORMANCE) for each in (wang, zhao))
    town.do(*sign, m.PerformAgreement(**D, by=mediator_of(3)))
    assert dispute(town).status == "performed"

    tiers: list[Any] = [
        each.body
        for each in town.engine.history("x")
        if each.name in ("mediation.offered", "mediation.tier_raised", "mediation.failed")
    ]
    assert [(getattr(each, "tier", None), getattr(each, "body", None)) for each in tiers] == [
        (None, "village-council"),
        (None, None),
        (2, "town-hearing"),
        (None, None),
        (3, "district-conference"),
    ]


@pytest.mark.parametrize("channel", list(Channel))
def test_what_mediation_does_not_settle_goes_to_a_named_channel_whose_outcome_is_recorded(channel: Channel):  # M066
    town = a_dispute()
    town.do(m.OfferMediation(**D, by=community, mediator="m-1", body="village-council", **PARTIES))
    mediated(town, 1)
    town.do(m.FailMediation(**D, by=wang, reason="no trust"))
    redirect = c.RedirectCase(**X, by=desk, statutory_channel=channel.value, reason="§31", told_by=TOLD)
    assert refused(town, redirect) == ("loops_are_handed_over",)  # the parties have not been told
    town.do(m.ReferDispute(**D, by=mediator_of(1), statutory_channel=channel.value, channels=tuple(Channel)))
    assert (dispute(town).status, dispute(town).channel, dispute(town).channels) == (
        "referred",
        channel,
        tuple(Channel),
    )
    case = town.do(redirect)
    assert (case.status, case.channel_redirected_to) == ("redirected", channel)
    told = town.do(
        c.RecordExternalOutcome(**X, by=desk, statutory_channel=channel.value, external_outcome="settled there")
    )
    assert (told.external_outcome, told.external_declined) == ("settled there", False)


def test_a_dispute_that_leaves_in_the_middle_of_mediation_is_told_its_channel_by_the_hand_over():  # M066
    town = a_dispute()
    town.do(m.OfferMediation(**D, by=community, mediator="m-1", body="village-council", **PARTIES))
    mediated(town, 1)
    channel = Channel.LITIGATION.value
    leave = HandOver(region="mediation", item="d", reason=channel)
    redirect = c.RedirectCase(**X, by=desk, statutory_channel=channel, reason="sued", told_by=TOLD, hand_over=(leave,))
    town.do(redirect)
    assert (dispute(town).status, dispute(town).channel) == ("referred", channel)
    declined = c.RecordExternalOutcome(
        **X, by=desk, statutory_channel=channel, external_outcome="no competence", declined=True
    )
    town.do(declined, c.ReopenCase(**X, by=resident, ground="the court declined", facts_are_new=True))
    again = m.OfferMediation(id="x", item="d2", by=community, mediator="m-1", body="village-council", **PARTIES)
    assert town.do(again).item("mediation", "d2").status == "offered"


def committee(id: str, zh: str, category: str, experts: tuple[str, ...]) -> MediationBody:
    return MediationBody(
        id=id,
        en=f"{category} committee",
        zh=zh,
        tier=1,
        kind=MediationKind.INDUSTRY,
        categories=(category,),
        experts=experts,
        basis="003",
    )


# two of the twelve professional committees (003), before the general council
COMMITTEES = (
    committee("traffic-committee", "交通事故调处委员会", "traffic", ("e-1", "e-2")),
    committee("medical-committee", "医疗纠纷调处委员会", "medical", ("e-3",)),
)
WITH_COMMITTEES = DEFAULT_POLICY.changed(
    version="committees", mediation_bodies=(*COMMITTEES, *DEFAULT_POLICY.mediation_bodies)
)


def test_a_professional_committee_mediates_its_own_class_with_experts_of_its_own_pool():  # M067 专业调处委员会
    town = a_dispute("traffic", policy=WITH_COMMITTEES)
    offer = m.OfferMediation(
        **D, by=community, mediator="m-1", body="traffic-committee", experts=("e-1", "e-2"), **PARTIES
    )
    assert refused(town, offer.changed(body="medical-committee", experts=("e-3",))) == ("body_is_competent",)
    assert refused(town, offer.changed(experts=("e-1", "e-3"))) == ("experts_are_in_the_pool",)
    assert refused(town, offer.changed(mediator="s-7")) == ("has_no_interest",)
    interested = Actor(id="m-9", claims=mediator_of(1).claims, interests=("s-6",))
    assert refused(town, offer.changed(by=interested)) == ("has_no_interest",)
    town.do(offer)
    assert (dispute(town).form, dispute(town).experts) == ("industry", ("e-1", "e-2"))


def test_the_mediation_team_is_of_seven_forces_and_who_came_as_what_is_on_record():  # M068 七支力量
    assert [each.value for each in Force][:4] == ["village_cadre", "community_police", "social_worker", "mediator"]
    assert len(Force) == 7
    team = tuple(Participant(id=f"p-{number}", force=force) for number, force in enumerate(Force))
    town = a_dispute()
    offer = m.OfferMediation(**D, by=community, mediator="m-1", body="village-council", participants=team, **PARTIES)
    town.do(offer)
    recorded: Any = town.engine.history("x")[-1].body
    assert recorded.participants == dispute(town).participants == team


@pytest.mark.parametrize("kind", list(MediationKind))
def test_peoples_administrative_judicial_and_trade_mediation_are_told_apart(kind: MediationKind):  # M069 三调联动
    body = MediationBody(id="its-body", en="a body", zh="调解组织", tier=1, kind=kind, basis="003")
    town = a_dispute(policy=DEFAULT_POLICY.changed(version=kind, mediation_bodies=(body,)))
    offer = m.OfferMediation(**D, by=community, mediator="m-1", body="its-body", **PARTIES)
    for other in set(MediationKind) - {kind}:
        assert refused(town, offer.changed(form=other)) == ("body_is_competent",)
    town.do(offer)
    assert dispute(town).form is kind


def test_a_mediation_joint_meeting_is_a_platform_of_its_town_with_its_own_kind_and_tier():  # M073 维稳调解联席会
    meeting = MediationBody(
        id="joint-meeting", en="Mediation joint meeting", zh="维稳调解联席会", tier=2, unit="street-office", basis="000"
    )
    bodies = (DEFAULT_POLICY.mediation_bodies[0], meeting)
    town = a_dispute(policy=DEFAULT_POLICY.changed(version="street", mediation_bodies=bodies))
    offer = m.OfferMediation(**D, by=community, mediator="street-office", body="joint-meeting", **PARTIES)
    assert refused(town, offer) == ("body_is_competent",)  # of the second tier
    town.do(offer.changed(body="village-council"), m.RefuseMediation(**D, by=zhao))
    climb = m.RaiseTier(**D, by=town_hall, tier=2, mediator="street-office", body="joint-meeting")
    assert refused(town, climb.changed(body="village-council")) == ("body_is_competent",)
    town.do(climb, m.ConsentToMediation(**D, by=wang), m.ConsentToMediation(**D, by=zhao))
    its_person = Actor.of("m-8", Role.MEDIATOR, unit="street-office")
    assert refused(town, m.StartMediation(**D, by=mediator_of(1))) == ("role_is_held",)
    town.do(m.StartMediation(**D, by=its_person))
    assert dispute(town).status == "in_mediation"


@pytest.mark.parametrize("relation", list(Relation))
def test_disputes_among_units_between_residents_and_units_and_among_residents_are_told_apart(
    relation: Relation,
):  # M074 社会协调
    parties = {
        Relation.UNIT_UNIT: ("owners", "property"),
        Relation.RESIDENT_UNIT: ("s-6", "property"),
        Relation.RESIDENT_RESIDENT: ("s-6", "s-7"),
    }[relation]
    town = a_dispute()
    town.do(
        m.OfferMediation(**D, by=community, mediator="m-1", body="village-council", parties=parties, relation=relation)
    )
    for party in parties:
        if party.startswith("s-"):
            town.do(m.ConsentToMediation(**D, by=Actor.of(party, Role.DISPUTANT)))
            continue
        speaker = Actor.of(f"of-{party}", Role.DISPUTANT, unit=party)
        assert refused(town, m.ConsentToMediation(**D, by=speaker)) == ("role_is_held",)  # not in person
        town.do(m.ConsentToMediation(**D, by=speaker, on_behalf_of=party))
    town.do(m.StartMediation(**D, by=mediator_of(1)))
    assert (dispute(town).relation, dispute(town).consents) == (relation, parties)
