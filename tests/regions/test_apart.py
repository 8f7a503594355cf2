"""Who stands apart in the regions of a project: nobody promises, judges, checks or unties for themselves or others."""

from __future__ import annotations

from typing import Any

from govflow import Actor, Claim, Role
from govflow.cases.commands import ReportCase, WithdrawCase
from govflow.projects import commands as c
from govflow.projects.claim import DeclineClaim
from govflow.projects.model import Member, TeamKind
from govflow.regions.commitment import ChangeCommitment, FulfilPartOfCommitment, MakeCommitment, ReleaseCommitment
from govflow.regions.evaluation import RequestEvaluation, Source
from govflow.regions.ledger import (
    OpenLedgerItem,
    RectifyLedgerItem,
    RefuseLedgerItem,
    VerifyLedgerItem,
    WriteOffLedgerItem,
)
from govflow.regions.link import AddLink, LinkKind, Unlink
from tests.projects.breaks_approval import AGAIN, APPROVE
from tests.projects.breaks_need import CLAIM, SECOND
from tests.projects.breaks_result import EVALUATE
from tests.projects.site import (
    HERE,
    acceptor,
    baker,
    community,
    lead,
    mayor,
    resident,
    roofer,
    supervisor,
    town,
)  # fmt: skip
from tests.projects.steps import X, a_project, a_yard, at
from tests.projects.yard import Yard, asked_for_judgement, finance, neighbours
from tests.support import MATTER

reporter = Actor.of("s-1", Role.RESIDENT, Role.REPORTER)


def with_unit(person: Actor, unit: str) -> Actor:
    """The same person, who belongs to one more unit."""
    return Actor(id=person.id, claims=(*person.claims, Claim(role=Role.ORGANISATION, unit=unit)))


# --- promises --------------------------------------------------------------------------------------------------------


def test_nobody_promises_puts_off_or_delivers_what_another_unit_owes():
    yard = a_yard()
    a_project(yard, "in_progress")
    promise = MakeCommitment(**X, by=roofer, item="k", what="a million", owner="bakery", until=at(90))
    for stranger in (roofer, neighbours, community, lead):
        assert yard.refused(promise.changed(by=stranger)) == ("promise_is_ones_own",)
        part = FulfilPartOfCommitment(**X, by=stranger, item="3", measure="paid", evidence=("photo",), amount=1)
        assert yard.refused(part) == ("promise_is_ones_own",)
        later = ChangeCommitment(**X, by=stranger, item="3", reason="no money", until=at(400))
        assert "promise_is_ones_own" in yard.refused(later)
    yard.do(promise.changed(by=baker), part.changed(by=baker))
    assert yard.get().item("commitment", "k").owes == "bakery"


# --- disputes --------------------------------------------------------------------------------------------------------


def disputed(upto: str = "in_progress") -> Yard:
    """Works with a dispute of a resident's."""
    yard = a_yard()
    a_project(yard, upto)
    yard.do(ReportCase(id="crack", by=reporter, **{**MATTER, "area": HERE}))
    yard.do(AddLink(**X, by=community, other="crack", kind=LinkKind.DISPUTE))
    return yard


def test_a_dispute_is_untied_when_it_is_over_or_by_a_town_that_has_no_part_in_it():
    untie: Any = Unlink(**X, by=lead, item="dispute.crack", reason="it is in the way")
    yard = disputed()
    of_the_lead = Actor.of("town-9", Role.TOWN, unit="builder")
    for who in (lead, community, of_the_lead):
        assert yard.refused(untie.changed(by=who)) == ("dispute_is_untied_by_others",)
    theirs = Unlink(id="crack", by=community, item="dispute_of.x", reason="it is in the way")
    assert yard.refused(theirs) == ("dispute_is_untied_by_others",)
    yard.do(untie.changed(by=town, reason="it is about other works"))
    assert yard.get("crack").item("link", "dispute_of.x").status == "unlinked"

    yard = disputed()
    yard.do(WithdrawCase(id="crack", by=reporter), untie)


def test_what_is_hidden_from_who_settles_is_not_taken_to_be_over():
    yard = a_yard()
    a_project(yard, "evaluated")
    secret = {**MATTER, "area": HERE, "kind": "whistle_blowing", "confidential": True, "accused_unit": "finance"}
    yard.do(ReportCase(id="secret", by=reporter, **secret))
    yard.do(AddLink(**X, by=community, other="secret", kind=LinkKind.DISPUTE))
    settle = c.SettleProject(**X, by=finance, spent=0)
    assert "linked_records_are_at_rest" in yard.refused(settle)


# --- judgement -------------------------------------------------------------------------------------------------------


def test_no_builder_answers_as_a_neighbour_and_no_party_as_somebody_from_outside():
    yard = a_yard()
    a_project(yard, "accepted")
    yard.do(*asked_for_judgement())
    of_self, of_peer, of_outside = yard.judged(90)
    for answer, who, unit in ((of_peer, neighbours, "roofers"), (of_outside, resident, "roofers")):
        assert yard.refused(answer.changed(by=with_unit(who, unit))) == ("judge_stands_apart",)
    assert yard.refused(of_outside.changed(by=with_unit(resident, "bakery"))) == ("judge_stands_apart",)
    yard.do(of_self, of_peer, of_outside)


def test_no_key_is_taken_that_the_system_will_ask_by_later():
    yard = a_yard()
    a_project(yard, "accepted")
    ask = RequestEvaluation(**X, by=community, source=Source.EXTERNAL, evaluator="s-1")
    for key in ("r2.builder", "r1.s-9"):
        assert yard.refused(ask.changed(item=key)) == ("key_is_of_the_round",)
    yard.do(ask.changed(item="r1.s-1"))


def test_nobody_is_asked_when_the_window_for_answers_is_over_and_the_works_are_evaluated():
    yard = a_yard()
    a_project(yard, "accepted")
    yard.wait(days=40)
    late = RequestEvaluation(**X, by=community, source=Source.EXTERNAL, evaluator="s-1")
    assert yard.refused(late) == ("answers_are_still_taken",)
    yard.do(EVALUATE)


# --- who builds ------------------------------------------------------------------------------------------------------


def test_nobody_of_the_builders_verifies_or_strikes_off_a_defect():
    yard = a_yard()
    a_project(yard, "in_progress")
    said: dict[str, Any] = {"what": "a leak", "place": "gate 3", "owner": "builder", "until": at(90)}
    done = RectifyLedgerItem(**X, by=lead, item="k", measure="sealed", evidence=("photo",))
    yard.do(OpenLedgerItem(**X, by=supervisor, item="k", **said), done)
    builder = Actor.of("inspector-9", Role.ACCEPTANCE_GROUP, Role.SUPERVISOR, unit="roofers")
    assert yard.refused(VerifyLedgerItem(**X, by=builder, item="k")) == ("verified_by_another",)
    refuse = RefuseLedgerItem(**X, by=builder, item="k", reason="it leaks")
    assert yard.refused(refuse) == ("verified_by_another",)
    yard.do(VerifyLedgerItem(**X, by=acceptor, item="k"))
    assert yard.refused(WriteOffLedgerItem(**X, by=builder, item="k")) == ("struck_off_by_others",)
    yard.do(WriteOffLedgerItem(**X, by=acceptor, item="k"))


def test_who_has_built_is_not_forgotten_when_they_leave_the_team():
    yard = a_yard()
    a_project(yard, "in_progress")
    others = (Member(id="foreman-2", unit="carpenters"),)
    yard.do(c.NameTeam(**X, by=community, team=TeamKind.WORK_GROUP, members=others))
    assert {"foreman", "steelworks", "foreman-2"} <= yard.get().workers()
    watch = c.NameTeam(
        **X, by=community, team=TeamKind.SUPERVISORS, members=(*yard.get().teams["supervisors"], Member(id="foreman"))
    )
    assert yard.refused(watch) == ("supervisors_are_not_builders",)
    yard.on_to("delivered")
    gone = Actor.of("steel-1", Role.ACCEPTANCE_GROUP, unit="steelworks")
    assert "acceptors_are_not_builders" in yard.refused(c.AcceptDelivery(**X, by=gone))


def test_a_builder_that_was_let_go_accepts_nothing():
    yard = a_yard()
    a_project(yard, "in_progress")
    yard.do(ReleaseCommitment(**X, by=community, item="2", reason="they go"))
    yard.approved(c.ReleaseParty(**X, by=lead, unit="roofers", reason="they go", balance=400_00), mayor)
    assert yard.get().former_workers == ("roofers",)
    yard.on_to("delivered")
    gone = Actor.of("roofer-9", Role.ACCEPTANCE_GROUP, unit="roofers")
    assert "acceptors_are_not_builders" in yard.refused(c.AcceptDelivery(**X, by=gone))


def test_whoever_stands_in_for_a_builder_neither_assesses_approves_nor_evaluates():
    def instead(role: Role) -> Actor:
        return Actor(id="deputy", claims=(Claim(role=role, standing_in_for="foreman"),))

    yard = a_yard()
    a_project(yard, "assessed")
    assert yard.refused(AGAIN.changed(by=instead(Role.ASSESSOR))) == ("assessor_is_not_a_party",)
    yard.hearing()
    assert yard.refused(APPROVE.changed(by=instead(Role.TOWN))) == ("approver_does_not_lead",)
    yard.do(AGAIN, APPROVE)
    yard.on_to("accepted")
    yard.wait(days=40)
    assert yard.refused(EVALUATE.changed(by=instead(Role.APPRAISER))) == ("implementer_is_not_appraiser",)


# --- claims ----------------------------------------------------------------------------------------------------------


def test_the_second_claim_of_a_unit_takes_no_other_units_place():
    yard = a_yard()
    a_project(yard, "open_for_claim")
    named = Actor.of("dot-1", Role.ORGANISATION, unit="roofers.2")
    yard.do(CLAIM.changed(by=named, claimer="roofers.2"), CLAIM.changed(command_id="first"))
    yard.do(
        DeclineClaim(**X, by=community, item="roofers", reason="too far"), CLAIM.changed(command_id="second"), SECOND
    )
    claims = yard.get().items_of("claim")
    assert {key: each.claimer for key, each in claims.items() if each.status == "standing"} == {
        "roofers.2": "roofers.2",
        "roofers.3": "roofers",
        "bakery": "bakery",
    }
    assert yard.replayed().items_of("claim") == claims
