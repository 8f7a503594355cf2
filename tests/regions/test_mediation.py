"""Mediation 调解: its table against the handbook's, its rules, who speaks for whom, its clocks, what it leaves."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from govflow import CASE, SYSTEM, Actor, Command, Engine, NotAllowed, NotFound, ProtectionError, Role
from govflow.actors import Claim, ClaimsAuthority, Holder
from govflow.cases import commands as c
from govflow.clocks import CLOCKS
from govflow.messages import Personal
from govflow.policy import DEFAULT_POLICY
from govflow.records import HandOver
from govflow.regions import mediation
from govflow.regions.commitment import (
    COMMITMENT,
    ChangeCommitment,
    CommitmentBroken,
    KeepCommitment,
    MakeCommitment,
    ReleaseCommitment,
)
from govflow.regions.evidence import AddEvidence
from govflow.regions.mediation import MEDIATION, revisit
from govflow.regions.mediation import messages as m
from govflow.regions.mediation.model import (
    AgreedObligation,
    Channel,
    Force,
    Participant,
    Purpose,
    salted,
    statement_digest,
    text_digest_of,
)
from govflow.regions.obligation import OBLIGATION, FulfilObligation, ScheduleObligation
from govflow.regions.supervision import ListSupervision
from tests.support import TOLD, Town, a_case, a_context, a_town, callback, community, desk, lead, resident, supervisor

HANDBOOK = json.loads((Path(__file__).parents[1] / "data/handbook/workflows.json").read_text(encoding="utf-8"))
THEIRS = HANDBOOK["regions"]["mediation"]
OURS = MEDIATION.workflow.as_data()
ROWS = [row["id"] for row in THEIRS["transitions"]]
OWN_ROWS = ["MD15", "MD16", "MD17", "MD18"]

CASES = CASE.extended(regions=(COMMITMENT, OBLIGATION, MEDIATION), reactions={CommitmentBroken: revisit})
X: dict[str, Any] = {"id": "x"}
D: dict[str, Any] = {"id": "x", "item": "d"}
mediator = Actor.of("m-1", Role.MEDIATOR)
second_mediator = Actor.of("m-2", Role.MEDIATOR)
wang = Actor.of("s-6", Role.DISPUTANT)
zhao = Actor.of("s-7", Role.DISPUTANT)
owners = Actor.of("chen", Role.DISPUTANT, unit="owners")
town_hall = Actor.of("town-1", Role.TOWN)
OFFER: dict[str, Any] = {
    **D,
    "by": community,
    "what": "parking locks",
    "parties": ("s-6", "s-7"),
    "mediator": "m-1",
    "body": "village-council",
    "relation": "resident_resident",
}
DECISION: dict[str, Any] = {"court": "Jinniu District Court", "number": "(2026) 1", "decided_on": date(2026, 3, 2)}


def our_row(id: str) -> dict[str, Any]:
    return next(row for row in OURS["transitions"] if row["id"] == id)


def their_row(id: str) -> dict[str, Any]:
    return next(row for row in THEIRS["transitions"] if row["id"] == id)


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


def dispute(town: Town, item: str = "d") -> Any:
    return town.engine.get("x").item("mediation", item)


def loop(town: Town, item: str = "d") -> Any:
    loops = town.engine.open_loops("x")
    return next(each for each in loops if (each.region, each.item) == ("mediation", item))


def names(town: Town, after: int = 0) -> list[str]:
    return [each.name for each in town.engine.history("x")[after:]]


@pytest.fixture
def town() -> Town:
    """Case x in handling."""
    town = a_town(records=[CASES])
    a_case(town, "in_handling", id="x", category="dispute")
    return town


def offered(town: Town, **more: Any) -> None:
    town.do(m.OfferMediation(**{**OFFER, **more}))


def started(town: Town) -> None:
    offered(town)
    town.do(m.ConsentToMediation(**D, by=wang), m.ConsentToMediation(**D, by=zhao), m.StartMediation(**D, by=mediator))


def duties(town: Town) -> tuple[AgreedObligation, ...]:
    return (
        AgreedObligation(by="s-6", what="remove the lock", until=town.clock() + timedelta(days=5)),
        AgreedObligation(by="s-7", what="pay half of the paint", until=town.clock() + timedelta(days=10)),
    )


def signed(town: Town, purpose: Purpose, by: tuple[Actor, ...] = (wang, zhao), **terms: Any) -> None:
    digest = statement_digest("x", "d", purpose, **terms)
    town.do(*(m.SignStatement(**D, by=each, purpose=purpose, digest=digest) for each in by))


def agreed(town: Town) -> tuple[AgreedObligation, ...]:
    """Dispute d, mediated and agreed with two obligations."""
    started(town)
    terms = duties(town)
    signed(town, Purpose.AGREEMENT, obligations=terms)
    town.do(m.AgreeInMediation(**D, by=mediator, obligations=terms))
    return terms


# --- the table -------------------------------------------------------------------------------------------------------


def test_the_states_are_the_handbooks_with_their_terms_and_rests():
    rest = {(True, False): "final", (False, True): "outcome", (False, False): "open"}
    assert OURS["zh"] == THEIRS["zh"]
    assert [(each["id"], each["zh"], each["rest"]) for each in OURS["states"]] == [
        (each["id"], each["zh"], rest[each["final"], each["outcome"]]) for each in THEIRS["states"]
    ]


def test_the_rows_are_the_handbooks_and_four_of_our_own():
    assert [row["id"] for row in OURS["transitions"]] == [*ROWS, *OWN_ROWS]
    assert list(MEDIATION.workflow.on) == THEIRS["on"]


@pytest.mark.parametrize("id", ROWS)
def test_a_row_says_what_the_handbooks_row_says(id: str):
    ours, theirs = our_row(id), their_row(id)
    for key in ("command", "event", "name", "target", "approval", "source", "while_in", "who"):
        assert ours[key] == theirs[key], key
    assert set(theirs["rules"]) <= set(ours["rules"])
    assert {name: set(ours["clocks"][name]) for name in theirs["clocks"]} == {
        name: set(clocks) for name, clocks in theirs["clocks"].items()
    }


@pytest.mark.parametrize("step", MEDIATION.workflow.steps, ids=[*ROWS, *OWN_ROWS])
def test_its_rules_have_the_handbooks_sentences_and_its_commands_their_wire_names(step: Any):
    assert step.command.wire == f"mediation.{our_row(step.id)['command']}"
    assert step.command.label
    assert step.clock_names <= set(CLOCKS)
    for rule in step.rules:
        if rule.code in HANDBOOK["rules"]:
            theirs = HANDBOOK["rules"][rule.code]
            assert (rule.en[0].lower() + rule.en[1:], rule.zh) == (theirs["text_en"], theirs["text_zh"])


# --- the offer -------------------------------------------------------------------------------------------------------


WRONG_OFFERS: dict[str, tuple[dict[str, Any], str]] = {
    "barred by law": ({"barred_by": "人民调解法 §17"}, "dispute_is_mediable"),
    "one party": ({"parties": ("s-6",)}, "parties_are_named"),
    "the same party twice": ({"parties": ("s-6", "s-6")}, "parties_are_named"),
    "no mediator": ({"mediator": None}, "parties_are_named"),
    "a party mediates": ({"mediator": "s-7"}, "has_no_interest"),
    "the reporter mediates": ({"mediator": "s-1"}, "has_no_interest"),
    "a party offers in another role": ({"by": Actor.of("s-6", Role.COMMUNITY)}, "has_no_interest"),
    "an interest in a party": ({"by": community.model_copy(update={"interests": ("s-7",)})}, "has_no_interest"),
    "no body": ({"body": None}, "body_is_competent"),
    "an unknown body": ({"body": "nowhere"}, "body_is_competent"),
    "a body of the second tier": ({"body": "town-hearing"}, "body_is_competent"),
    "another form than the body's": ({"form": "judicial"}, "body_is_competent"),
    "an expert of no pool": ({"experts": ("e-1",)}, "experts_are_in_the_pool"),
    "the desk": ({"by": desk}, "role_is_held"),
    "an official of a party": ({"by": lead, "parties": ("s-6", "water")}, "has_no_interest"),
}


@pytest.mark.parametrize("wrong", WRONG_OFFERS)
def test_an_offer_names_who_takes_part_before_whom_and_nothing_bars_it(town, wrong: str):
    changes, code = WRONG_OFFERS[wrong]
    assert refused(town, m.OfferMediation(**{**OFFER, **changes})) == (code,)
    town.do(m.OfferMediation(**OFFER))
    item = dispute(town)
    assert (item.status, item.tier, item.form, item.relation) == ("offered", 1, "people", "resident_resident")


def test_where_the_policy_lists_no_body_none_is_named():
    town = a_town(records=[CASES], policy=DEFAULT_POLICY.changed(version="bare", mediation_bodies=()))
    a_case(town, "in_handling", id="x", category="dispute")
    assert refused(town, m.OfferMediation(**OFFER)) == ("body_is_competent",)
    offered(town, body=None)
    assert dispute(town).body is None


def test_a_resting_case_has_no_dispute_mediated(town):
    town.do(c.WithdrawCase(id="x", by=resident, reason="settled"))
    assert "step_is_in_the_table" in refused(town, m.OfferMediation(**OFFER))


def test_the_parties_owe_their_answers_one_after_the_other_until_the_offer_runs_out_then_the_mediator_a_start(town):
    offered(town)
    due = town.engine.get("x").clocks["mediation_offer:d"].due
    assert (loop(town).what, loop(town).owes, loop(town).until) == ("parking locks", "s-6", due)
    town.do(m.ConsentToMediation(**D, by=zhao))
    assert loop(town).owes == "s-6"
    town.pass_days(1)
    town.do(m.ConsentToMediation(**D, by=wang))
    assert (loop(town).owes, dispute(town).consents) == ("m-1", ("s-6", "s-7"))
    # med.offer: five working days from the last consent, on Tuesday 3 March, to the end of the day in Shanghai
    start_by = datetime.fromisoformat("2026-03-11T00:00:00+08:00")
    assert loop(town).until == start_by > due
    town.do(m.ConsentToMediation(**D, by=wang, command_id="said-again"))
    assert loop(town).until == start_by
    town.pass_days(20)
    town.engine.tick()
    assert (dispute(town).status, loop(town).owes, loop(town).until) == ("offered", "m-1", start_by)  # late, and shown
    town.do(m.StartMediation(**D, by=mediator))
    assert loop(town).until == dispute_due(town, "mediation")


def test_a_policy_that_gives_the_parties_no_time_limit_gives_the_mediator_none():
    limits = tuple(each for each in DEFAULT_POLICY.time_limits if each.id != "med.offer")
    town = a_town(records=[CASES], policy=DEFAULT_POLICY.changed(version="none", time_limits=limits))
    a_case(town, "in_handling", id="x", category="dispute")
    offered(town)
    town.do(m.ConsentToMediation(**D, by=wang), m.ConsentToMediation(**D, by=zhao))
    assert (loop(town).owes, loop(town).until) == ("m-1", None)


def test_no_second_dispute_between_the_same_parties_is_offered_while_one_is_open(town):
    started(town)
    again = m.OfferMediation(**{**OFFER, "item": "d2", "parties": ("s-7", "s-6", "s-8")})
    assert refused(town, again) == ("dispute_is_mediable",)
    assert town.engine.why_not(again.changed(parties=("s-7", "s-8"))) == ()  # others
    refer = m.ReferDispute(**D, by=mediator, statutory_channel="arbitration")
    town.do(m.FailMediation(**D, by=mediator, reason="no agreement"))
    assert refused(town, again) == ("dispute_is_mediable",)
    town.do(refer, again)
    assert dispute(town, "d2").status == "offered"


@pytest.mark.parametrize("secret", [{}, {"kind": "whistle_blowing", "accused_unit": "chem"}])
def test_a_secret_matter_is_not_mediated(secret: dict[str, Any]):
    town = a_town(records=[CASES])
    a_case(town, "in_handling", id="x", category="general", confidential=True, **secret)
    assert refused(town, m.OfferMediation(**OFFER)) == ("dispute_is_mediable",)


def test_a_dispute_whose_matter_has_become_secret_climbs_no_further(town):
    offered(town)
    town.do(m.RefuseMediation(**D, by=zhao))
    raise_tier = m.RaiseTier(**D, by=town_hall, tier=2, mediator="m-2", body="town-hearing")
    context, case = a_context(town, raise_tier), town.engine.get("x")
    context.item = case.item("mediation", "d")
    assert mediation.dispute_is_mediable.broken(case, raise_tier, context) is None
    assert mediation.dispute_is_mediable.broken(case.changed(confidential=True), raise_tier, context) is not None
    assert {"MD01", "MD08"} == {
        step.id for step in MEDIATION.workflow.steps if mediation.dispute_is_mediable in step.rules
    }


REPORTED_AT_THE_TABLE: dict[str, dict[str, Any]] = {
    "party": {"parties": ("s-6", "chem")},
    "mediator": {"mediator": "chem"},
    "participant": {"participants": (Participant(id="chem", force=Force.LAWYER),)},
}


@pytest.mark.parametrize("seat", REPORTED_AT_THE_TABLE)
def test_the_unit_reported_has_no_seat_in_a_mediation(seat: str):
    town = a_town(records=[CASES])
    a_case(town, "in_handling", id="x", category="dispute", accused_unit="chem")
    offer = m.OfferMediation(**{**OFFER, **REPORTED_AT_THE_TABLE[seat]})
    assert refused(town, offer) == ("unit_reported_is_not_at_the_table",)


def test_the_unit_reported_does_not_follow_as_mediator_and_promises_and_owes_nothing():
    town = a_town(records=[CASES])
    a_case(town, "in_handling", id="x", category="dispute", accused_unit="chem")
    offered(town)
    replace = m.ReplaceMediator(**D, by=supervisor, mediator="chem", reason="on leave")
    assert refused(town, replace) == ("unit_reported_is_not_at_the_table",)
    town.do(m.RefuseMediation(**D, by=zhao))
    climb = m.RaiseTier(**D, by=town_hall, tier=2, mediator="chem", body="town-hearing")
    assert refused(town, climb) == ("unit_reported_is_not_at_the_table",)
    owed: dict[str, Any] = {"what": "w", "owner": "chem", "until": town.clock() + timedelta(days=3)}
    for command in (MakeCommitment(**X, by=community, **owed), ScheduleObligation(**X, by=community, **owed)):
        assert "unit_reported_gets_nothing" in refused(town, command)


# --- consent and refusal ---------------------------------------------------------------------------------------------


def test_it_begins_only_when_every_party_has_consented_for_itself(town):
    offered(town, parties=("s-6", "s-7", "owners"))
    start = m.StartMediation(**D, by=mediator)
    town.do(m.ConsentToMediation(**D, by=wang), m.ConsentToMediation(**D, by=zhao))
    assert refused(town, start) == ("both_parties_consent",)
    for other in (
        m.ConsentToMediation(**D, by=Actor.of("s-9", Role.DISPUTANT)),
        m.ConsentToMediation(**D, by=wang, on_behalf_of="owners"),  # of whom he is not
        m.ConsentToMediation(**D, by=owners),  # in her own name she is no party
        m.ConsentToMediation(**D, by=mediator),
    ):
        assert refused(town, other) == ("role_is_held",)
    town.do(m.ConsentToMediation(**D, by=owners, on_behalf_of="owners"))
    assert refused(town, start.changed(by=second_mediator)) == ("role_is_held",)
    town.do(start)
    assert (dispute(town).status, loop(town).owes) == ("in_mediation", "m-1")
    assert loop(town).until == town.engine.get("x").clocks["mediation:d"].due


def test_after_a_clear_refusal_it_does_not_begin_and_the_same_people_are_not_asked_under_another_name(town):
    offered(town)
    town.do(m.ConsentToMediation(**D, by=wang), m.RefuseMediation(**D, by=zhao))
    assert (dispute(town).status, dispute(town).refused, loop(town).owes) == ("declined", ("s-7",), "m-1")
    assert "step_is_in_the_table" in refused(town, m.StartMediation(**D, by=mediator))
    again = m.OfferMediation(**{**OFFER, "item": "d2", "parties": ("s-7", "s-6", "s-8")})
    assert refused(town, again) == ("dispute_is_mediable",)
    town.do(again.changed(parties=("s-7", "s-8")))  # another dispute of the same person
    assert dispute(town, "d2").status == "offered"


def test_a_consent_may_be_taken_back_before_it_begins(town):
    offered(town)
    town.do(m.ConsentToMediation(**D, by=wang), m.RefuseMediation(**D, by=wang))
    assert dispute(town).status == "declined"


def test_no_answer_in_time_is_no_consent_but_no_clear_refusal_either(town):
    offered(town)
    town.do(m.ConsentToMediation(**D, by=wang))
    due = dispute_due(town, "mediation_offer")
    town.clock.set(due)
    town.engine.tick()
    assert dispute(town).status == "offered"  # the due instant itself is in time
    town.pass_days(1)
    town.engine.tick()
    town.engine.tick()
    item = dispute(town)
    assert (item.status, item.refused) == ("declined", ())
    assert names(town).count("mediation.declined") == 1
    town.do(m.ReferDispute(**D, by=mediator, statutory_channel="litigation"))
    town.do(m.OfferMediation(**{**OFFER, "item": "d2"}))


def test_a_clear_refusal_outlasts_the_tier_until_that_party_consents(town):
    offered(town)
    town.do(m.RefuseMediation(**D, by=zhao))
    second = m.RaiseTier(**D, by=town_hall, tier=2, mediator="m-2", body="town-hearing")
    town.do(second)
    assert (dispute(town).refused, dispute(town).unwilling) == ((), ("s-7",))
    town.pass_days(10)
    town.engine.tick()  # nobody answers
    refer = m.ReferDispute(**D, by=second_mediator, statutory_channel="litigation")
    town.do(refer)
    again = m.OfferMediation(**{**OFFER, "item": "d2"})
    assert refused(town, again) == ("dispute_is_mediable",)

    other = a_town(records=[CASES])
    a_case(other, "in_handling", id="x", category="dispute")
    offered(other)
    other.do(m.RefuseMediation(**D, by=zhao), second.changed(command_id="2"), m.ConsentToMediation(**D, by=zhao))
    assert dispute(other).unwilling == ()
    other.pass_days(10)
    other.engine.tick()
    other.do(refer.changed(command_id="3"), again.changed(command_id="4"))
    assert dispute(other, "d2").status == "offered"


def dispute_due(town: Town, clock: str) -> datetime:
    due = town.engine.get("x").clocks[f"{clock}:d"].due
    assert due is not None
    return due


def test_where_all_have_consented_the_end_of_the_offer_leaves_it_with_the_mediator(town):
    offered(town)
    town.do(m.ConsentToMediation(**D, by=wang), m.ConsentToMediation(**D, by=zhao))
    town.pass_days(10)
    town.engine.tick()
    assert (dispute(town).status, loop(town).owes) == ("offered", "m-1")
    town.do(m.StartMediation(**D, by=mediator))


# --- the mediator ----------------------------------------------------------------------------------------------------


def test_a_mediator_with_an_interest_in_a_party_does_not_begin_and_is_replaced(town):
    offered(town)
    town.do(m.ConsentToMediation(**D, by=wang), m.ConsentToMediation(**D, by=zhao))
    recused = mediator.model_copy(update={"interests": ("s-6",)})
    assert refused(town, m.StartMediation(**D, by=recused)) == ("actor_has_no_interest", "has_no_interest")

    replace = m.ReplaceMediator(**D, by=supervisor, mediator="m-2", reason="a relative of a party")
    assert refused(town, replace.changed(by=recused)) == ("actor_has_no_interest",)  # not theirs to name either
    assert refused(town, replace.changed(reason=" ")) == ("reason_given",)
    for mediator_named in (None, "m-1", "s-7", "s-1"):
        assert refused(town, replace.changed(mediator=mediator_named)) == ("new_mediator_is_impartial",)
    party = Actor.of("s-7", Role.COMMUNITY)
    assert refused(town, replace.changed(by=party)) == ("new_mediator_is_impartial",)
    assert "role_is_held" in refused(town, replace.changed(by=zhao))
    torn = Actor(id="c-9", claims=(Claim(role=Role.COMMUNITY), Claim(role=Role.ORGANISATION, unit="s-7")))
    assert refused(town, replace.changed(by=torn)) == ("new_mediator_is_impartial",)
    town.do(replace)
    item = dispute(town)
    assert (item.mediator, item.earlier_mediators, item.owes) == ("m-2", ("m-1",), "m-2")
    assert refused(town, m.StartMediation(**D, by=mediator)) == ("role_is_held",)
    assert refused(town, replace.changed(mediator="m-1", command_id="back")) == ("new_mediator_is_impartial",)
    town.do(m.StartMediation(**D, by=second_mediator), m.FailMediation(**D, by=second_mediator, reason="no"))
    climb = m.RaiseTier(**D, by=town_hall, tier=2, mediator="m-1", body="town-hearing")
    assert refused(town, climb) == ("mediator_is_named",)


def test_nobody_of_a_partys_unit_is_named_where_the_authority_knows_it():
    officer = Claim(role=Role.MEDIATOR)
    rolls = {"m-3": (officer, Claim(role=Role.ORGANISATION, unit="owners")), "m-4": (officer,)}

    class Knowing(ClaimsAuthority):
        def holders(self, roles: Any, *where: Any) -> tuple[Holder, ...]:
            held = ((who, claim) for who, claims in rolls.items() for claim in claims)
            return tuple(Holder(who, claim) for who, claim in held if claim.role in roles)

    town = a_town(records=[CASES], authority=Knowing())
    a_case(town, "in_handling", id="x", category="dispute")
    offered(town, parties=("s-6", "owners"))
    replace = m.ReplaceMediator(**D, by=supervisor, mediator="m-3", reason="on leave")
    assert refused(town, replace) == ("new_mediator_is_impartial",)
    town.do(replace.changed(mediator="m-4"))


def test_a_mediator_who_was_replaced_does_not_go_on_as_one_of_the_bodys_people():
    body = DEFAULT_POLICY.mediation_bodies[0].changed(unit="council")
    bodies = (body, *DEFAULT_POLICY.mediation_bodies[1:])
    town = a_town(records=[CASES], policy=DEFAULT_POLICY.changed(version="m", mediation_bodies=bodies))
    a_case(town, "in_handling", id="x", category="dispute")
    started(town)
    town.do(m.ReplaceMediator(**D, by=supervisor, mediator="m-2", reason="a cousin of s-7"))
    fail = m.FailMediation(**D, by=Actor.of("m-1", Role.MEDIATOR, unit="council"), reason="no")
    assert refused(town, fail) == ("role_is_held",)
    assert town.engine.why_not(fail.changed(by=Actor.of("m-5", Role.MEDIATOR, unit="council"))) == ()


def test_a_unit_that_was_replaced_as_mediator_does_not_go_on_by_any_of_its_people(town):
    offered(town, mediator="justice")
    fail = m.ReplaceMediator(**D, by=supervisor, mediator="m-2", reason="its head is a party's cousin")
    town.do(fail, m.ConsentToMediation(**D, by=wang), m.ConsentToMediation(**D, by=zhao))
    start = m.StartMediation(**D, by=Actor.of("m-5", Role.MEDIATOR, unit="justice"))
    assert refused(town, start) == ("role_is_held",)
    town.do(start.changed(by=Actor.of("m-2", Role.MEDIATOR, unit="justice")))  # who was named since


def test_a_unit_or_the_bodys_own_unit_mediates_by_its_people_but_never_by_a_partys():
    body = DEFAULT_POLICY.mediation_bodies[0].changed(unit="mediators")
    bodies = (body, *DEFAULT_POLICY.mediation_bodies[1:])
    town = a_town(records=[CASES], policy=DEFAULT_POLICY.changed(version="m", mediation_bodies=bodies))
    a_case(town, "in_handling", id="x", category="dispute")
    offered(town, mediator="justice", parties=("s-6", "owners"))
    town.do(m.ConsentToMediation(**D, by=wang), m.ConsentToMediation(**D, by=owners, on_behalf_of="owners"))
    start = m.StartMediation(**D, by=Actor.of("m-5", Role.MEDIATOR, unit="justice"))
    assert town.engine.why_not(start) == ()
    assert town.engine.why_not(start.changed(by=Actor.of("m-6", Role.MEDIATOR, unit="mediators"))) == ()
    of_a_party = Actor.of("m-7", Role.MEDIATOR, unit="owners")
    assert set(refused(town, start.changed(by=of_a_party))) == {"role_is_held", "has_no_interest"}
    torn = Actor(id="m-9", claims=(Claim(role=Role.MEDIATOR, unit="justice"), Claim(role=Role.CO_UNIT, unit="owners")))
    assert refused(town, start.changed(by=torn)) == ("has_no_interest",)
    assert refused(town, start.changed(by=Actor.of("m-8", Role.MEDIATOR))) == ("role_is_held",)


# --- extension -------------------------------------------------------------------------------------------------------


def test_the_period_is_lengthened_by_what_every_party_has_signed_once_for_each_time_and_before_it_is_over(town):
    started(town)
    before = dispute_due(town, "mediation")
    extend = m.ExtendMediation(**D, by=mediator, length=10, reason="an expert is asked")
    assert refused(town, extend) == ("both_parties_consent",)
    signed(town, Purpose.EXTENSION, by=(wang,), length=10)
    signed(town, Purpose.EXTENSION, by=(zhao,), length=5)
    assert refused(town, extend) == ("both_parties_consent",)  # not the same length
    signed(town, Purpose.EXTENSION, length=0)
    assert refused(town, extend.changed(length=0)) == ("length_is_named",)
    signed(town, Purpose.EXTENSION, length=10)
    town.do(extend)
    assert dispute_due(town, "mediation") == before + timedelta(days=10)
    once_more = extend.changed(command_id="once-more")
    assert refused(town, once_more) == ("both_parties_consent",)  # what was signed is used up
    signed(town, Purpose.EXTENSION, length=10)
    town.pass_days(45)
    assert refused(town, once_more) == ("due_has_not_passed",)


def test_when_the_period_is_over_the_system_ends_it_once(town):
    started(town)
    due = dispute_due(town, "mediation")
    town.clock.set(due + timedelta(days=3))
    town.engine.tick()
    town.engine.tick()
    assert (dispute(town).status, loop(town).owes, loop(town).until) == ("failed", "m-1", None)
    failed = [each for each in town.engine.history("x") if each.name == "mediation.failed"]
    assert [(each.body.by, each.body.at) for each in failed] == [("system", due)]


# --- the agreement ---------------------------------------------------------------------------------------------------


def test_an_agreement_is_the_very_statement_that_every_party_has_signed(town):
    started(town)
    terms = duties(town)
    agree = m.AgreeInMediation(**D, by=mediator, obligations=terms)
    assert refused(town, agree) == ("both_sides_sign",)
    signed(town, Purpose.AGREEMENT, by=(wang,), obligations=terms)
    assert refused(town, agree) == ("both_sides_sign",)
    signed(town, Purpose.AGREEMENT, by=(zhao,), obligations=terms[:1])
    assert refused(town, agree) == ("both_sides_sign",)
    for other in (
        statement_digest("x", "d", Purpose.PERFORMANCE, obligations=terms),
        statement_digest("x", "d2", Purpose.AGREEMENT, obligations=terms),
        statement_digest("y", "d", Purpose.AGREEMENT, obligations=terms),
        statement_digest("x", "d", Purpose.AGREEMENT, obligations=terms[::-1]),
        statement_digest(
            "x", "d", Purpose.AGREEMENT, obligations=terms, text_digest=text_digest_of(salted("more", SALT))
        ),
    ):
        town.do(m.SignStatement(**D, by=zhao, digest=other))
        assert refused(town, agree) == ("both_sides_sign",)
    signed(town, Purpose.AGREEMENT, by=(zhao,), obligations=terms)
    later = terms[1].changed(until=terms[1].until + timedelta(seconds=1))
    assert refused(town, agree.changed(obligations=(terms[0], later))) == ("both_sides_sign",)
    assert refused(town, agree.changed(by=wang)) == ("role_is_held",)
    town.do(agree)
    assert dispute(town).status == "agreed"


SALT = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("wrong", ["nobody", "party", "what", "date"])
def test_an_agreement_says_which_party_does_what_until_when(town, wrong: str):
    started(town)
    first, second = duties(town)
    terms = {
        "nobody": (),
        "party": (first, second.changed(by="s-8")),
        "what": (first, second.changed(what=" ")),
        "date": (first, second.changed(until=town.clock())),
    }[wrong]
    signed(town, Purpose.AGREEMENT, obligations=terms)
    assert refused(town, m.AgreeInMediation(**D, by=mediator, obligations=terms)) == ("obligations_are_dated",)


def test_each_obligation_becomes_a_commitment_of_its_party_in_the_same_append(town):
    before = town.engine.get("x").version
    town.do(MakeCommitment(**X, by=lead, item="d.1", what="repave", owner="water", until=town.clock() + timedelta(9)))
    terms = agreed(town)
    case = town.engine.get("x")
    assert names(town, before)[-3:] == ["mediation.agreed", "commitment.made", "commitment.made"]
    assert len({each.meta.correlation for each in town.engine.history("x")[-3:]}) == 1
    assert dispute(town).commitments == ("d.2", "d.3")  # the first key was taken
    made = [case.item("commitment", key) for key in dispute(town).commitments]
    assert [(each.what, each.owes, each.until, each.by) for each in made] == [
        (duty.what, duty.by, duty.until, duty.by) for duty in terms
    ]
    assert (loop(town).owes, loop(town).until) == ("m-1", terms[1].until)  # who watches over the part that is due last
    assert case.clocks["confirmation:d"].due is not None
    assert case.clocks["mediation:d"].status == "met"


def test_the_text_of_an_agreement_is_protected_and_its_digest_is_what_was_signed(town):
    started(town)
    text = salted("Mr Wang removes his lock.", SALT)
    signed(town, Purpose.AGREEMENT, text_digest=text_digest_of(text))
    agree = m.AgreeInMediation(**D, by=mediator, text=Personal(text=text))
    assert refused(town, agree.changed(text=Personal(text="No. " + text)))[0] == "both_sides_sign"
    bare = Personal(text="Mr Wang removes his lock.")
    assert "text_cannot_be_guessed" in refused(town, agree.changed(text=bare))
    town.do(agree)
    event: Any = town.engine.history("x")[-1].body
    assert (event.text_digest, event.commitments) == (text_digest_of(text), ())
    assert not any(b"Mr Wang" in row.state for row in town.engine.store.scan(0))
    for reader in (wang, zhao, mediator):
        assert town.engine.open_personal("x", "text", reader, why="to handle it") == text
    for other in (resident, lead, callback, community, desk, second_mediator):
        with pytest.raises(ProtectionError):
            town.engine.open_personal("x", "text", other, why="to handle it")
    assert (loop(town).owes, loop(town).until) == ("m-1", dispute_due(town, "confirmation"))


def test_statements_are_signed_by_parties_for_a_purpose_that_may_follow_now(town):
    started(town)
    sign = m.SignStatement(**D, by=wang, digest="0" * 64)
    assert refused(town, sign.changed(digest=None)) == ("statement_may_be_signed_now",)
    assert refused(town, sign.changed(purpose=Purpose.PERFORMANCE)) == ("statement_may_be_signed_now",)
    assert refused(town, sign.changed(purpose=Purpose.CONFIRMATION)) == ("statement_may_be_signed_now",)
    assert refused(town, sign.changed(by=mediator)) == ("role_is_held",)
    town.do(sign)


def test_performance_is_signed_by_both_and_every_commitment_is_kept_or_released(town):
    terms = agreed(town)
    perform = m.PerformAgreement(**D, by=mediator)
    keep = KeepCommitment(**X, by=mediator, item="d.1")
    town.do(keep)
    signed(town, Purpose.PERFORMANCE, obligations=terms)
    assert refused(town, perform) == ("agreed_commitments_are_done",)
    town.do(ReleaseCommitment(**X, by=community, item="d.2", reason="waived by the other party"))
    assert refused(town, perform.changed(by=second_mediator)) == ("role_is_held",)
    town.do(perform)
    assert dispute(town).status == "performed"
    assert not [each for each in town.engine.open_loops("x") if each.region in ("mediation", "commitment")]


def test_performance_that_one_side_did_not_sign_is_not_on_record(town):
    terms = agreed(town)
    town.do(*(KeepCommitment(**X, by=mediator, item=key) for key in ("d.1", "d.2")))
    signed(town, Purpose.PERFORMANCE, by=(wang,), obligations=terms)
    assert refused(town, m.PerformAgreement(**D, by=mediator)) == ("both_sides_sign",)


NOT_THEIRS = (("role_is_held",), ("promise_was_mediated",))


def test_a_mediator_confirms_and_releases_the_promises_of_the_own_dispute_alone(town):
    agreed(town)
    until = town.clock() + timedelta(days=3)
    town.do(MakeCommitment(**X, by=lead, item="p", what="repave", owner="water", until=until))
    for command in (KeepCommitment(**X, by=mediator), ReleaseCommitment(**X, by=mediator, reason="no longer needed")):
        assert refused(town, command.changed(item="p")) == ("role_is_held",)
        assert refused(town, command.changed(item="d.1", by=second_mediator)) in NOT_THEIRS
    promiser = Actor.of("s-6", Role.COMMUNITY)
    assert refused(town, KeepCommitment(**X, by=promiser, item="d.1")) == ("decided_by_another",)
    keep, release = KeepCommitment(**X, by=mediator, item="d.2"), ReleaseCommitment(**X, by=mediator, item="d.1")
    of_the_other_side = mediator.model_copy(update={"interests": ("s-6",)})  # to whom s-7 promised
    assert refused(town, keep.changed(by=of_the_other_side)) == ("promise_was_mediated",)
    torn = Actor(id="m-1", claims=(*mediator.claims, Claim(role=Role.CO_UNIT, unit="s-6")))
    assert refused(town, keep.changed(by=torn)) == ("promise_was_mediated",)
    owing = mediator.model_copy(update={"interests": ("s-7",)})
    assert "actor_has_no_interest" in refused(town, keep.changed(by=owing))
    town.do(release.changed(reason="no longer needed"), keep)


def test_a_promise_of_an_agreement_is_not_changed_by_the_one_side_that_owes_it(town):
    terms = agreed(town)
    promiser = Actor.of("s-6", Role.ORGANISATION)
    later = {"until": terms[0].until + timedelta(days=9), "reason": "no time"}
    change = ChangeCommitment(**X, by=promiser, item="d.1", **later)
    assert "promise_stands_in_no_agreement" in refused(town, change)
    town.do(MakeCommitment(**X, by=promiser, item="p", what="a call", owner="s-6", until=terms[0].until))
    town.approved(change.changed(item="p", command_id="own"), supervisor)
    assert town.engine.get("x").item("commitment", "p").until == later["until"]


def test_a_reporter_confirms_what_an_agreement_promises_as_one_of_its_parties_alone(town):
    agreed(town)
    assert refused(town, KeepCommitment(**X, by=resident, item="d.1")) == ("agreement_is_not_a_strangers",)
    assert refused(town, KeepCommitment(**X, by=resident, item="d.1", on_behalf_of="s-7")) == (
        "agreement_is_not_a_strangers",
    )
    town.do(KeepCommitment(**X, by=community, item="d.1"))
    mine = a_town(records=[CASES])
    a_case(mine, "in_handling", id="x", category="dispute", reporter="s-1")
    me = Actor.of("s-1", Role.REPORTER, Role.DISPUTANT)
    offered(mine, parties=("s-1", "s-7"))
    mine.do(*(m.ConsentToMediation(**D, by=each) for each in (me, zhao)), m.StartMediation(**D, by=mediator))
    until = mine.clock() + timedelta(days=5)
    terms = tuple(AgreedObligation(by=each, what="pay half", until=until) for each in ("s-1", "s-7"))
    signed(mine, Purpose.AGREEMENT, by=(me, zhao), obligations=terms)
    mine.do(m.AgreeInMediation(**D, by=mediator, obligations=terms))
    assert refused(mine, KeepCommitment(**X, by=me, item="d.1")) == ("decided_by_another",)
    mine.do(KeepCommitment(**X, by=me, item="d.2"))


def test_nobody_of_the_unit_that_promised_confirms_or_releases_the_promise(town):
    until = town.clock() + timedelta(days=3)
    own = Actor.of("c-7", Role.COMMUNITY, unit="comm")
    town.do(MakeCommitment(**X, by=own, item="p", what="repave", owner="comm", until=until))
    colleague = Actor(id="c-9", claims=(Claim(role=Role.COMMUNITY), Claim(role=Role.ORGANISATION, unit="comm")))
    for command in (KeepCommitment(**X, by=colleague, item="p"), ReleaseCommitment(**X, by=colleague, item="p")):
        assert "promised_by_another_unit" in refused(town, command)
    town.do(KeepCommitment(**X, by=Actor.of("c-8", Role.COMMUNITY, unit="others"), item="p"))


# --- a missed obligation ---------------------------------------------------------------------------------------------


def test_a_missed_obligation_is_broken_by_the_tick_and_raises_one_revisit_that_the_mediator_owes(town):
    terms = agreed(town)
    town.clock.set(terms[0].until + timedelta(days=2))
    town.engine.tick()
    town.engine.tick()
    case = town.engine.get("x")
    assert [case.item("commitment", key).status for key in ("d.1", "d.2")] == ["broken", "made"]
    assert case.clocks["commitment_due:d.1"].status == "overdue"  # still owed
    assert list(case.items_of("obligation")) == ["revisit.d.1"]
    owed = case.item("obligation", "revisit.d.1")
    # med.revisit: seven days, the day it is recorded not counted, to the end of the last day in Shanghai
    assert (owed.owes, owed.until) == ("m-1", datetime.fromisoformat("2026-03-17T00:00:00+08:00"))
    assert ("obligation", "m-1") in {(each.region, each.owes) for each in town.engine.open_loops("x")}

    town.do(AddEvidence(**X, by=lead, item="e1", sha256="0" * 64))
    visit = FulfilObligation(**X, by=mediator, item="revisit.d.1", measure="visited both", evidence=("e1",))
    town.do(visit, KeepCommitment(**X, by=mediator, item="d.1"))
    town.engine.tick()
    assert list(town.engine.get("x").items_of("obligation")) == ["revisit.d.1"]


@pytest.mark.parametrize("days", [0, 20], ids=["owed", "missed"])
def test_the_mediator_in_office_owes_the_revisit(town, days: int):
    terms = agreed(town)
    town.clock.set(terms[0].until + timedelta(days=2))
    town.engine.tick()
    town.do(AddEvidence(**X, by=lead, item="e1", sha256="0" * 64))
    until = town.engine.get("x").item("obligation", "revisit.d.1").until
    town.pass_days(days)
    town.engine.tick()
    town.do(m.ReplaceMediator(**D, by=supervisor, mediator="m-2", reason="left office"))
    owed = town.engine.get("x").item("obligation", "revisit.d.1")
    assert (owed.owes, owed.until, owed.was_missed) == ("m-2", until, bool(days))
    visit = FulfilObligation(**X, by=mediator, item="revisit.d.1", measure="visited both", evidence=("e1",))
    assert refused(town, visit) == ("role_is_held",)
    town.do(visit.changed(by=second_mediator))
    town.do(m.ReplaceMediator(**D, by=supervisor, mediator="m-3", reason="ill"))
    assert town.engine.get("x").item("obligation", "revisit.d.1").owes == "m-2"  # it is done


def test_a_promise_that_belongs_to_no_dispute_raises_no_revisit(town):
    until = town.clock() + timedelta(days=3)
    town.do(MakeCommitment(**X, by=lead, item="d.1", what="repave", owner="water", until=until))
    town.pass_days(4)
    town.engine.tick()
    case = town.engine.get("x")
    assert case.item("commitment", "d.1").status == "broken"
    assert not case.items_of("obligation")


def test_a_policy_without_that_limit_asks_for_no_revisit():
    limits = tuple(each for each in DEFAULT_POLICY.time_limits if each.id != "med.revisit")
    town = a_town(records=[CASES], policy=DEFAULT_POLICY.changed(version="none", time_limits=limits))
    a_case(town, "in_handling", id="x", category="dispute")
    agreed(town)
    town.pass_days(7)
    town.engine.tick()
    case = town.engine.get("x")
    assert case.item("commitment", "d.1").status == "broken"
    assert not case.items_of("obligation")


def test_a_breach_is_reasoned_and_takes_new_signatures_to_mend(town):
    terms = agreed(town)
    town.do(*(KeepCommitment(**X, by=mediator, item=key) for key in ("d.1", "d.2")))
    signed(town, Purpose.PERFORMANCE, obligations=terms)
    breach = m.BreachAgreement(**D, by=zhao, reason="the lock is back")
    assert refused(town, breach.changed(reason="")) == ("reason_given",)
    town.do(breach)
    assert (dispute(town).status, loop(town).owes, loop(town).until) == ("breached", "m-1", None)
    perform = m.PerformAgreement(**D, by=mediator)
    assert refused(town, perform) == ("both_sides_sign",)
    signed(town, Purpose.PERFORMANCE, obligations=terms)
    town.do(perform)


# --- judicial confirmation -------------------------------------------------------------------------------------------


def test_both_apply_together_within_the_window_and_once(town):
    terms = agreed(town)
    apply = m.ApplyForConfirmation(**D, by=wang, court="Jinniu District Court")
    assert refused(town, apply) == ("both_sides_sign",)
    signed(town, Purpose.CONFIRMATION, obligations=terms)
    assert refused(town, apply.changed(by=mediator)) == ("role_is_held",)
    due = dispute_due(town, "confirmation")
    town.clock.set(due + timedelta(seconds=1))
    assert refused(town, apply) == ("window_is_open",)
    town.engine.tick()
    assert refused(town, apply) == ("window_is_open",)


def test_on_the_last_instant_the_window_is_open_and_then_it_is_used(town):
    terms = agreed(town)
    signed(town, Purpose.CONFIRMATION, obligations=terms)
    town.clock.set(dispute_due(town, "confirmation"))
    apply = m.ApplyForConfirmation(**D, by=zhao)
    town.do(apply)
    assert dispute(town).applied
    assert refused(town, apply.changed(command_id="once-more")) == ("window_is_open",)


@pytest.mark.parametrize("command", [m.ConfirmAgreement, m.RefuseConfirmation])
def test_the_courts_decision_is_named_with_number_and_date(town, command: Any):
    applied(town)
    decided = command(**D, by=mediator, **DECISION)
    for field, value in (("court", ""), ("number", " "), ("decided_on", None), ("decided_on", date(2026, 3, 3))):
        assert refused(town, decided.changed(**{field: value})) == ("court_decision_is_named",)
    town.do(decided)
    assert dispute(town).court_decision == "Jinniu District Court (2026) 1 2026-03-02"


def applied(town: Town) -> tuple[AgreedObligation, ...]:
    """Agreed, and both have applied to the court."""
    terms = agreed(town)
    signed(town, Purpose.CONFIRMATION, obligations=terms)
    town.do(m.ApplyForConfirmation(**D, by=zhao, court="Jinniu District Court"))
    return terms


@pytest.mark.parametrize("command", [m.ConfirmAgreement, m.RefuseConfirmation])
def test_no_court_decides_what_nobody_has_applied_for(town, command: Any):
    terms = agreed(town)
    decided = command(**D, by=mediator, **DECISION)
    assert refused(town, decided) == ("confirmation_was_applied_for",)
    signed(town, Purpose.CONFIRMATION, obligations=terms)
    town.do(m.ApplyForConfirmation(**D, by=wang), decided)


@pytest.mark.parametrize("command", [m.ConfirmAgreement, m.RefuseConfirmation])
def test_a_party_alone_records_no_decision_without_the_courts_own_paper(town, command: Any):
    applied(town)
    town.do(AddEvidence(**X, by=Actor.of("s-7", Role.RESIDENT), item="forged", sha256="0" * 64))
    town.do(AddEvidence(**X, by=community, item="decision", sha256="1" * 64))
    decided = command(**D, by=zhao, **DECISION)
    for papers in ((), ("nowhere",), ("forged",), ("decision", "forged")):
        assert refused(town, decided.changed(papers=papers)) == ("decision_is_on_file",)
    town.do(decided.changed(papers=("decision",)))


@pytest.mark.parametrize(
    ("command", "status"), [(m.ConfirmAgreement, "confirmed"), (m.RefuseConfirmation, "failed")], ids=["yes", "no"]
)
def test_a_court_may_decide_after_the_agreement_was_broken(town, command: Any, status: str):
    breach = m.BreachAgreement(**D, by=wang, reason="not paid")
    agreed(town)
    town.do(breach)
    decided = command(**D, by=mediator, **DECISION)
    assert refused(town, decided) == ("confirmation_was_applied_for",)

    other = a_town(records=[CASES])
    a_case(other, "in_handling", id="x", category="dispute")
    applied(other)
    other.do(breach.changed(command_id="b"), decided.changed(command_id="c"))
    assert dispute(other).status == status
    made = {each.status for each in other.engine.get("x").items_of("commitment").values()}
    assert made == ({"made"} if status == "confirmed" else {"released"})


def test_a_confirmed_agreement_rests_while_its_commitments_are_owed(town):
    terms = applied(town)
    town.do(m.ConfirmAgreement(**D, by=mediator, **DECISION))
    assert dispute(town).status == "confirmed"
    assert {each.region for each in town.engine.open_loops("x")} >= {"commitment"}
    assert not [each for each in town.engine.open_loops("x") if each.region == "mediation"]
    town.do(*(KeepCommitment(**X, by=mediator, item=key) for key in ("d.1", "d.2")))
    signed(town, Purpose.PERFORMANCE, obligations=terms)
    town.do(m.PerformAgreement(**D, by=mediator))


def test_when_the_court_refuses_the_agreement_is_void_and_what_is_owed_by_it_falls_away(town):
    applied(town)
    town.do(KeepCommitment(**X, by=mediator, item="d.1"))
    town.do(m.RefuseConfirmation(**D, by=mediator, **DECISION))
    case = town.engine.get("x")
    assert [case.item("commitment", key).status for key in ("d.1", "d.2")] == ["kept", "released"]
    assert case.clocks["commitment_due:d.2"].status == "cancelled"
    assert (dispute(town).status, loop(town).owes, loop(town).until) == ("failed", "m-1", None)

    town.do(m.RaiseTier(**D, by=town_hall, tier=2, mediator="m-2", body="town-hearing"))
    town.do(m.ConsentToMediation(**D, by=wang), m.ConsentToMediation(**D, by=zhao))
    town.do(m.StartMediation(**D, by=second_mediator))
    terms = duties(town)
    signed(town, Purpose.AGREEMENT, obligations=terms)
    town.do(m.AgreeInMediation(**D, by=second_mediator, obligations=terms))
    assert dispute(town).commitments == ("d.3", "d.4")


# --- failure, the next tier, the ways left ---------------------------------------------------------------------------


def test_a_party_may_withdraw_with_a_reason_and_the_mediator_tells_the_ways_left(town):
    started(town)
    fail = m.FailMediation(**D, by=zhao, reason="I would rather sue")
    assert refused(town, fail.changed(reason="")) == ("reason_given",)
    assert refused(town, fail.changed(by=Actor.of("s-9", Role.DISPUTANT))) == ("role_is_held",)
    town.do(fail)
    refer = m.ReferDispute(**D, by=mediator, statutory_channel="litigation", channels=(Channel.LITIGATION,))
    assert refused(town, refer.changed(statutory_channel=" ")) == ("statutory_channel_named",)
    town.do(refer)
    assert (dispute(town).status, dispute(town).channels) == ("referred", ("litigation",))
    assert not [each for each in town.engine.open_loops("x") if each.region == "mediation"]


def test_an_agreement_in_force_is_not_referred_away_by_choice(town):
    agreed(town)
    refer = m.ReferDispute(**D, by=mediator, statutory_channel="litigation")
    assert refused(town, refer) == ("no_agreement_is_left_standing",)
    town.do(m.BreachAgreement(**D, by=wang, reason="not paid"), refer)


def test_a_tier_is_raised_by_one_after_failure_or_passed_over_by_a_named_exemption(town):
    raise_tier = m.RaiseTier(**D, by=town_hall, tier=2, mediator="m-2", body="town-hearing")
    offered(town)
    assert "step_is_in_the_table" in refused(town, raise_tier)
    town.do(m.RefuseMediation(**D, by=zhao))
    third = raise_tier.changed(tier=3, body="district-conference")
    assert refused(town, third) == ("tier_below_failed_or_exempt",)
    assert town.engine.why_not(third.changed(exemption="urgent, by order of the district")) == ()
    low = raise_tier.changed(tier=1, body="village-council", exemption="again")
    assert set(refused(town, low)) == {"tier_below_failed_or_exempt", "tier_is_at_most_three"}
    assert refused(town, raise_tier.changed(body="village-council")) == ("body_is_competent",)
    assert refused(town, raise_tier.changed(mediator=None)) == ("mediator_is_named",)
    assert refused(town, raise_tier.changed(mediator="s-6")) == ("has_no_interest",)
    assert refused(town, raise_tier.changed(experts=("e-1",))) == ("experts_are_in_the_pool",)
    assert refused(town, raise_tier.changed(by=Actor.of("s-9", Role.DISPUTANT))) == ("role_is_held",)
    town.do(raise_tier)
    item = dispute(town)
    assert (item.status, item.tier, item.consents, item.refused, item.mediator) == ("offered", 2, (), (), "m-2")
    assert (loop(town).owes, loop(town).until) == ("s-6", dispute_due(town, "mediation_offer"))
    town.do(m.ConsentToMediation(**D, by=wang))
    assert refused(town, m.StartMediation(**D, by=second_mediator)) == ("both_parties_consent",)


def test_there_is_no_fourth_tier():
    town = a_town(records=[CASES], policy=DEFAULT_POLICY.changed(version="bare", mediation_bodies=()))
    a_case(town, "in_handling", id="x", category="dispute")
    offered(town, body=None)
    town.do(m.RefuseMediation(**D, by=zhao))
    for tier in (2, 3):
        town.do(m.RaiseTier(**D, by=town_hall, tier=tier, mediator="m-2"), m.RefuseMediation(**D, by=zhao))
    assert refused(town, m.RaiseTier(**D, by=town_hall, tier=4, mediator="m-2")) == ("tier_is_at_most_three",)


# --- the record leaves -----------------------------------------------------------------------------------------------


def redirect(town: Town, **more: Any) -> c.RedirectCase:
    return c.RedirectCase(id="x", by=desk, statutory_channel="litigation", reason="a court's", told_by=TOLD, **more)


@pytest.mark.parametrize("status", ["offered", "in_mediation", "agreed", "failed", "declined", "breached"])
def test_when_the_case_leaves_what_stands_open_is_referred_in_the_same_append(town, status: str):
    {"offered": offered, "declined": offered, "in_mediation": started, "failed": started}.get(status, agreed)(town)
    if status == "declined":
        town.do(m.RefuseMediation(**D, by=zhao))
    elif status == "failed":
        town.do(m.FailMediation(**D, by=zhao, reason="no"))
    elif status == "breached":
        town.do(m.BreachAgreement(**D, by=zhao, reason="no"))
    assert dispute(town).status == status

    assert refused(town, redirect(town)) == ("loops_are_handed_over",)
    left = town.do(redirect(town, hand_over=(HandOver(reason="the court decides"),)))
    assert (left.status, dispute(town).status, dispute(town).channel) == ("redirected", "referred", "the court decides")
    assert not town.engine.open_loops("x")
    assert all(item.status == "released" for item in left.items_of("commitment").values())
    assert not any(clock.is_going for name, clock in left.clocks.items() if name != "reopen_window")
    history = town.engine.history("x")
    of_leaving = [each for each in history if each.meta.correlation == history[-1].meta.correlation]
    assert {"case.redirected", "mediation.referred"} <= {each.name for each in of_leaving}


@pytest.mark.parametrize("status", ["agreed", "breached", "confirmed", "referred"])
def test_a_reporter_does_not_escape_an_agreement_by_withdrawing_the_case(town, status: str):
    terms = applied(town)
    match status:
        case "breached":
            town.do(m.BreachAgreement(**D, by=zhao, reason="no"))
        case "confirmed":
            town.do(m.ConfirmAgreement(**D, by=mediator, **DECISION))
        case "referred":
            town.do(m.BreachAgreement(**D, by=zhao, reason="no"))
            town.do(m.ReferDispute(**D, by=mediator, statutory_channel="litigation"))
    assert dispute(town).status == status
    withdraw = c.WithdrawCase(id="x", by=resident, reason="settled")
    named = tuple(HandOver(region=each, reason="settled") for each in ("mediation", "commitment"))
    for attempt in (withdraw, withdraw.changed(hand_over=named)):
        assert refused(town, attempt) == ("loops_are_handed_over",)
    if status == "agreed":
        for key in ("d.1", "d.2"):
            town.do(KeepCommitment(**X, by=mediator, item=key))
        signed(town, Purpose.PERFORMANCE, obligations=terms)
        town.do(m.PerformAgreement(**D, by=mediator), withdraw)
        assert town.engine.get("x").status == "withdrawn"


def test_a_withdrawal_ends_a_mediation_under_way_and_a_promise_of_ones_own(town):
    started(town)
    until = town.clock() + timedelta(days=3)
    town.do(MakeCommitment(**X, by=lead, item="p", what="repave", owner="water", until=until))
    own = HandOver(region="mediation", item="d", reason="litigation")
    left = town.do(c.WithdrawCase(id="x", by=resident, reason="settled", hand_over=(own,)))
    assert (left.status, dispute(town).status, dispute(town).channel) == ("withdrawn", "referred", "litigation")
    assert left.item("commitment", "p").status == "released"
    assert not town.engine.open_loops("x")


def test_a_reporter_does_not_withdraw_a_case_from_the_public_list():
    town = a_town()
    a_case(town, "in_handling", id="x")
    late = {"reason_code": "overdue_without_cause", "reason": "nothing was done"}
    town.do(ListSupervision(id="x", by=supervisor, item="s", number="1", **late))
    withdraw = c.WithdrawCase(id="x", by=resident, reason="settled")
    assert refused(town, withdraw) == ("loops_are_handed_over",)
    town.do(c.RedirectCase(id="x", by=desk, statutory_channel="litigation", reason="a court's", told_by=TOLD,
                           hand_over=(HandOver(region="supervision", reason="the court decides"),)))  # fmt: skip
    assert town.engine.get("x").item("supervision", "s").status == "lifted"


def test_a_case_is_not_answered_for_as_done_while_its_dispute_is_open(town):
    started(town)
    town.do(
        AddEvidence(**X, by=lead, item="e1", kind="photo", sha256="0" * 64),
        c.SubmitResult(**X, by=lead, measure="locks removed", evidence=("e1",)),
        c.GiveFeedback(**X, by=lead, to_level="community", to_reporter=True, public_text="locks removed"),
    )
    assert "no_loop_is_open" in refused(town, c.CloseCase(id="x", by=Actor.of("dispatch-1", Role.DISPATCHER)))


# --- who may read, replay --------------------------------------------------------------------------------------------


def test_the_parties_and_the_mediator_see_the_case_and_strangers_do_not(town):
    offered(town, parties=("s-6", "owners"))
    assert town.engine.seen_by(wang).get("x").id == "x"
    assert town.engine.seen_by(owners).get("x").id == "x"
    with pytest.raises(NotFound):
        town.engine.seen_by(zhao).get("x")


def test_the_log_alone_gives_the_same_state(tmp_path: Path):
    town = a_town(tmp_path / "log.db", records=[CASES])
    a_case(town, "in_handling", id="x", category="dispute")
    agreed(town)
    town.do(m.ReplaceMediator(**D, by=supervisor, mediator="m-2", reason="on leave"))
    town.pass_days(6)
    town.engine.tick()
    digest = town.engine.get("x").digest
    town.engine.close()
    with Engine.open(tmp_path / "log.db", records=[CASES], now=town.clock) as again:
        assert again.get("x").digest == digest


def test_the_system_does_not_consent_sign_or_begin(town):
    offered(town)
    for command in (
        m.ConsentToMediation(**D, by=SYSTEM),
        m.StartMediation(**D, by=SYSTEM),
        m.ReplaceMediator(**D, by=SYSTEM, mediator="m-2", reason="by rule"),
    ):
        assert "role_is_held" in refused(town, command)
