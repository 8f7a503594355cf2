"""Nobody checks, decides, approves or judges what they did, asked for or promised themselves."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import Actor, Command, NotAllowed, NotFound, Role
from govflow.cases import commands as c
from govflow.regions.approval import GiveApproval, RefuseApproval, RequestApproval
from govflow.regions.commitment import KeepCommitment, MakeCommitment, ReleaseCommitment
from govflow.regions.evaluation import RecordEvaluation
from govflow.regions.evidence import AddEvidence, DiscreditEvidence
from govflow.regions.ledger import OpenLedgerItem, RectifyLedgerItem, RefuseLedgerItem, VerifyLedgerItem
from govflow.regions.verification import FailVerification, PassVerification
from tests.support import (
    DECISION,
    TOLD,
    Town,
    a_case,
    a_town,
    callback,
    community,
    dispatcher,
    lead,
    neighbour,
    other_lead,
    resident,
    supervisor,
    unit_head,
    verifier,
)

X: dict[str, Any] = {"id": "x"}
PASS: dict[str, Any] = {"id": "x", "item": "r1"}
ANSWERS: dict[str, Any] = {"contacted": True, "resolved": True, "satisfied": True}


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


def also(person: Actor, *roles: str, **claim: Any) -> Actor:
    """The same person with more roles: what the table forbids is not forbidden by the role alone."""
    return Actor(id=person.id, claims=(*person.claims, *Actor.of(person.id, *roles, **claim).claims))


def test_the_handler_may_not_verify_their_own_work():
    town = a_town()
    a_case(town, "fed_back", id="x")
    me = also(lead, Role.VERIFIER)
    assert refused(town, PassVerification(**PASS, by=me)) == ("verified_by_another",)
    assert refused(town, FailVerification(**PASS, by=me, reason="r")) == ("verified_by_another",)


def test_a_handler_who_was_only_named_may_not_verify_either():
    town = a_town()
    a_case(town, "in_handling", id="x")
    town.do(
        c.NameHandler(**X, by=lead, handler="verifier-1", handler_unit="water"),
        AddEvidence(**X, by=lead, item="e1", sha256="0" * 64),
        c.SubmitResult(**X, by=lead, measure="m", evidence=("e1",)),
        c.GiveFeedback(**X, by=lead, to_level="community", to_reporter=True),
    )
    assert refused(town, PassVerification(**PASS, by=verifier)) == ("verified_by_another",)


def test_whoever_finished_a_co_units_part_may_not_verify():
    town = a_town()
    a_case(town, "fed_back", id="x", co_units=("power",))
    assert refused(town, PassVerification(**PASS, by=Actor.of("of-power", Role.VERIFIER))) == ("verified_by_another",)


def test_a_verifier_from_a_unit_at_work_holds_no_such_role_here():
    town = a_town()
    a_case(town, "fed_back", id="x", co_units=("power",))
    for unit in ("water", "power"):
        assert refused(town, PassVerification(**PASS, by=Actor.of("v-9", Role.VERIFIER, unit=unit))) == (
            "role_is_held",
        )


def test_a_handler_of_an_earlier_round_may_not_verify_a_later_one():
    town = a_town()
    a_case(town, "handled", id="x")
    town.do(c.OrderRework(**X, by=supervisor, reason="still wet"))
    zhao = Actor.of("zhao", Role.LEAD_UNIT, unit="water")
    town.do(
        c.SubmitResult(**X, by=zhao, measure="m", evidence=("e1",)),
        c.GiveFeedback(**X, by=zhao, to_level="community", to_reporter=True),
    )
    assert refused(town, PassVerification(id="x", item="r2", by=also(lead, Role.VERIFIER))) == ("verified_by_another",)


def test_whoever_put_a_ledger_item_right_may_not_verify_the_item_or_the_case():
    town = a_town()
    case = a_case(town, "in_handling", id="x")
    fixer = Actor.of("wei", Role.LEAD_UNIT, unit="water")
    due = case.clocks["handling"].due
    town.do(
        AddEvidence(**X, by=lead, item="e1", sha256="0" * 64),
        OpenLedgerItem(**X, by=supervisor, item="n1", what="hole", place="gate", owner="wei", until=due),
        RectifyLedgerItem(**X, by=fixer, item="n1", measure="filled", evidence=("e1",)),
    )
    me = also(fixer, Role.VERIFIER)
    assert refused(town, VerifyLedgerItem(**X, by=me, item="n1")) == ("verified_by_another",)
    assert refused(town, RefuseLedgerItem(**X, by=me, item="n1", reason="r")) == ("verified_by_another",)
    town.do(
        VerifyLedgerItem(**X, by=verifier, item="n1"),
        c.SubmitResult(**X, by=lead, measure="m", evidence=("e1",)),
        c.GiveFeedback(**X, by=lead, to_level="community", to_reporter=True),
    )
    assert refused(town, PassVerification(**PASS, by=me)) == ("verified_by_another",)


def test_whoever_gave_a_piece_of_evidence_may_not_discredit_it():
    town = a_town()
    a_case(town, "in_handling", id="x")
    town.do(AddEvidence(**X, by=verifier, item="e1", sha256="0" * 64))
    assert refused(town, DiscreditEvidence(**X, by=verifier, item="e1", reason="blurred")) == ("verified_by_another",)


def test_the_handler_may_not_order_their_own_rework():
    town = a_town()
    a_case(town, "handled", id="x")
    mine = c.OrderRework(**X, by=also(lead, Role.SUPERVISOR), reason="r")
    assert refused(town, mine) == ("decider_is_not_a_handler",)


def test_whoever_objected_may_not_decide_the_objection():
    town = a_town()
    a_case(town, "assigned", id="x")
    me = also(lead, Role.DISPATCHER)
    town.do(c.SignOrder(**X, by=lead), c.ObjectAssignment(**X, by=lead, reason="not ours"))
    for upheld in (True, False):
        assert refused(town, c.DecideReturn(**X, by=me, upheld=upheld)) == ("decided_by_another",)
    town.do(c.DecideReturn(**X, by=dispatcher, upheld=False))


def test_an_undecided_decision_on_an_objection_names_both_ways():
    town = a_town()
    a_case(town, "assigned", id="x")
    town.do(c.SignOrder(**X, by=lead), c.ObjectAssignment(**X, by=lead, reason="not ours"))
    assert refused(town, c.DecideReturn(**X, by=dispatcher)) in (("decision_upholds",), ("decision_dismisses",))


def test_the_handler_may_not_review_or_recheck_their_own_case():
    town = a_town()
    a_case(town, "under_review", id="x")
    me = also(lead, Role.REVIEW_BODY, level="district")
    mine: dict[str, Any] = {"by": me, **DECISION}
    for sends_back in (True, False):
        review = c.DecideReview(**X, sends_back=sends_back, **mine)
        assert refused(town, review) == ("decider_is_not_a_handler",)
    recheck = a_town()
    a_case(recheck, "under_recheck", id="x")
    for sends_back in (True, False):
        command = c.DecideRecheck(**X, sends_back=sends_back, **mine)
        assert refused(recheck, command) == ("decider_is_not_a_handler",)


def test_the_reviewing_body_stands_above_the_level_that_handled():
    town = a_town()
    a_case(town, "under_review", id="x")
    same = Actor.of("review-2", Role.REVIEW_BODY, level="community")
    assert refused(town, c.DecideReview(**X, by=same, sends_back=False, **DECISION)) == ("role_is_held",)


def test_whoever_discovered_it_may_not_dismiss_it():
    town = a_town()
    town.do(c.DiscoverCase(**X, by=Actor.of("community-1", Role.GRID_WORKER), title="t", area="a"))
    assert refused(town, c.DismissDiscovery(**X, by=community, reason="nothing")) == ("decided_by_another",)


def test_whoever_promised_may_not_confirm_or_release_the_promise():
    town = a_town()
    a_case(town, "in_handling", id="x")
    until = town.clock().replace(day=20)
    town.do(MakeCommitment(**X, by=Actor.of("lin", Role.LEADER), item="p", what="repave", owner="lin", until=until))
    for kind in (KeepCommitment, ReleaseCommitment):
        reason = {"reason": "r"} if kind is ReleaseCommitment else {}
        for person in (also(Actor.of("lin", Role.LEADER), Role.COMMUNITY), Actor.of("lin", Role.COMMUNITY)):
            assert refused(town, kind(**X, by=person, item="p", **reason)) == ("decided_by_another",)
    town.do(KeepCommitment(**X, by=community, item="p"))


def test_nobody_approves_their_own_request():
    town = a_town()
    case = a_case(town, "in_handling", id="x")
    me = also(lead, Role.UNIT_HEAD, unit="water")
    wanted = c.ExtendDeadline(**X, by=me, length=2, reason="rain", told_by=TOLD)
    town.do(RequestApproval.of(wanted, case))
    assert refused(town, GiveApproval(**X, by=me, item="1")) == ("decided_by_another",)
    assert refused(town, RefuseApproval(**X, by=me, item="1", reason="r")) == ("decided_by_another",)


def test_nobody_evaluates_in_somebody_elses_name():
    town = a_town()
    a_case(town, "fed_back", id="x")
    assert refused(town, RecordEvaluation(**X, by=neighbour, item="r1.s-1", **ANSWERS)) == ("role_is_held",)
    town.do(RecordEvaluation(**X, by=resident, item="r1.s-1", **ANSWERS))


def test_saying_on_whose_behalf_one_acts_gives_no_right():
    town = a_town()
    a_case(town, "fed_back", id="x")
    for_them: dict[str, Any] = {"by": neighbour, "on_behalf_of": "s-1"}
    assert refused(town, RecordEvaluation(**X, **for_them, item="r1.s-1", **ANSWERS)) == ("role_is_held",)
    assert "role_is_held" in refused(town, c.WithdrawCase(**X, **for_them))


def test_the_callback_desk_records_what_the_reporter_said_and_an_organisation_is_heard_through_its_people():
    town = a_town()
    a_case(town, "fed_back", id="x")
    town.do(RecordEvaluation(**X, by=callback, on_behalf_of="s-1", item="r1.s-1", **ANSWERS))
    a_case(town, "fed_back", id="y", reporter="org-1")
    theirs = Actor.of("p-7", Role.ORGANISATION, unit="org-1")
    town.do(RecordEvaluation(id="y", by=theirs, on_behalf_of="org-1", item="r1.org-1", **ANSWERS))


def test_only_the_reporter_withdraws_and_only_the_lead_unit_handles():
    town = a_town()
    a_case(town, "assigned", id="x")
    assert "role_is_held" in refused(town, c.WithdrawCase(**X, by=neighbour))
    assert "role_is_held" in refused(town, c.SignOrder(**X, by=other_lead))


def test_the_unit_reported_reads_handles_and_checks_nothing():
    town = a_town()
    secret: dict[str, Any] = {"kind": "whistle_blowing", "confidential": True, "accused_unit": "roads"}
    case = a_case(town, "fed_back", id="x", **secret)
    them = Actor.of(
        "zhou", *(role for role in Role if role not in (Role.SYSTEM, Role.REPORTER, Role.RESIDENT)), unit="roads"
    )
    for ask in (
        lambda: town.engine.allowed("x", them),
        lambda: town.do(PassVerification(**PASS, by=them)),
        lambda: town.engine.why_not(PassVerification(**PASS, by=them)),
        lambda: town.engine.seen_by(them).get("x"),
    ):
        with pytest.raises(NotFound, match=r"^there is no record x$"):
            ask()
    assert not any(case.may_read_personal("description", claim, them.id) for claim in them.claims)


def test_a_head_of_another_unit_cannot_be_named_by_the_requester():
    town = a_town()
    case = a_case(town, "in_handling", id="x")
    wanted = c.ExtendDeadline(**X, by=lead, length=2, reason="rain", told_by=TOLD)
    friend = Actor.of("friend", Role.UNIT_HEAD, unit="roads")
    request = RequestApproval.of(wanted, case)
    town.do(request.changed(unit="roads"))
    assert "role_asked_for_is_held" in refused(town, GiveApproval(**X, by=friend, item="1"))
    town.do(GiveApproval(**X, by=unit_head, item="1"))
