"""实施、评议、结果: carried out by others than decided, appraised by others again, remedied, published, answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import Actor, Claim, Role
from govflow.policy import DEFAULT_POLICY
from govflow.proposals import commands as c
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.ledger import RectifyLedgerItem, VerifyLedgerItem, WriteOffLedgerItem
from tests.proposals.hall import (
    REPLY,
    Hall,
    a_policy,
    appraiser,
    archivist,
    branch,
    committee,
    office,
    paper,
    supervisor,
    town,
    workstation,
)

M: dict[str, Any] = {"id": "m"}
REPORT = c.ReportCompletion(**M, by=workstation, measure="built", papers=("report",))
ARCHIVE = c.ArchiveProposal(**M, by=archivist)


# --- who carries it out ----------------------------------------------------------------------------------------------

ANOTHER = c.NameImplementer(**M, by=committee, implementer="workstation", reason="the name was misspelt")


def test_an_implementer_named_by_mistake_is_named_anew_before_the_works_and_is_public_for_the_whole_time_again():
    hall = Hall().motion("adopted")
    hall.do(c.PublishResolution(**M, by=committee, public_text="A ramp", implementer="worksattion"))
    hall.wait(days=6)
    assert hall.refused(ANOTHER.changed(by=workstation)) == ("role_is_held",)
    hall.do(ANOTHER)
    start = c.StartImplementation(**M, by=workstation)
    hall.wait(days=6)
    assert hall.refused(start) == ("publicity_has_elapsed",)
    hall.wait(days=2)
    assert hall.do(start).implementer == "workstation"
    assert hall.refused(ANOTHER.changed(implementer="others", command_id="late")) == ("step_is_in_the_table",)
    assert hall.replayed() == hall.get()


def test_a_resolution_without_works_gets_no_implementer():
    hall = a_convention()
    assert hall.refused(ANOTHER) == ("another_implementer_is_named",)


# --- pausing ---------------------------------------------------------------------------------------------------------


def suspended(days: int = 20) -> Hall:
    hall = Hall().motion("implementing")
    hall.wait(days=10)
    until = hall.clock() + timedelta(days=days)
    hall.do(c.SuspendProposal(**M, by=workstation, cause="frost", review_at=until))
    return hall


def test_the_limit_stands_still_while_the_works_are_suspended():
    hall = Hall().motion("implementing")
    before = hall.due("implementation")
    hall.wait(days=10)
    hall.do(c.SuspendProposal(**M, by=workstation, cause="frost", review_at=hall.clock() + timedelta(days=20)))
    assert hall.get().clocks["implementation"].status == "paused"
    hall.wait(days=5)
    resume = c.ResumeProposal(**M, by=workstation)
    assert hall.refused(resume) == ("suspension_cause_is_over",)
    hall.do(resume.changed(cause_is_over=True))
    assert hall.due("implementation") - before == timedelta(days=5)
    assert hall.get().suspended_until is None


def test_on_the_review_date_the_system_goes_on_with_it():
    hall = suspended(days=20)
    hall.wait(days=19)
    assert hall.get().status == "suspended"
    hall.wait(days=1, seconds=1)
    assert hall.get().status == "implementing"
    assert hall.events()[-1].meta.actor == "system"
    hall.wait(days=1)
    assert hall.names().count("proposal.resumed") == 1


@pytest.mark.parametrize(("cause", "days"), [(" ", 20), ("frost", 0), ("frost", 91)])
def test_a_suspension_has_a_cause_and_a_review_date_within_ninety_days(cause: str, days: int):
    hall = Hall().motion("implementing")
    until = hall.clock() + timedelta(days=days)
    assert hall.refused(c.SuspendProposal(**M, by=workstation, cause=cause, review_at=until)) == (
        "cause_and_review_date_named",
    )


def test_while_it_is_suspended_nothing_is_reported_done():
    hall = suspended()
    assert hall.refused(REPORT) == ("step_is_in_the_table",)


# --- giving up -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["published", "implementing", "suspended"])
def test_it_is_given_up_for_a_reason_with_the_money_accounted_for_and_the_towns_leave(status: str):
    hall = suspended() if status == "suspended" else Hall().motion(status)
    hall.do(paper("m", "account", committee, "accounts"))
    gone = c.AbandonImplementation(**M, by=committee, reason="the gate is gone", balance="30 of 100 spent")
    assert hall.refused(gone) == ("approval_is_given",)
    assert "money_is_reconciled" in hall.refused(gone.changed(balance=" "))
    assert "money_is_reconciled" in hall.refused(gone.changed(papers=("lost",)))
    assert "reason_given" in hall.refused(gone.changed(reason=" "))
    ended = hall.approved(gone.changed(papers=("account",)), town)
    assert ended.status == "abandoned"
    assert {name for name, clock in ended.clocks.items() if clock.is_going} == {"reply"}
    assert hall.refused(ARCHIVE) == ("proposer_is_answered",)


def test_leave_for_giving_it_up_is_given_by_the_town_for_this_very_command():
    hall = Hall().motion("implementing")
    gone = c.AbandonImplementation(**M, by=committee, reason="the gate is gone", balance="all")
    hall.do(RequestApproval.of(gone, hall.get()))
    give = GiveApproval(**M, by=branch, item="1")
    assert hall.refused(give) == ("role_asked_for_is_held",)
    hall.do(give.changed(by=town))
    other = c.AbandonImplementation(**M, by=committee, reason="the gate is gone", balance="nothing")
    assert hall.refused(other) == ("approval_is_given",)
    assert hall.do(gone).status == "abandoned"


# --- reporting and appraising ----------------------------------------------------------------------------------------


def test_it_is_reported_done_by_its_unit_with_papers_on_file():
    hall = Hall().motion("implementing")
    assert hall.refused(REPORT) == ("required_papers_are_attached",)
    hall.do(paper("m", "report", workstation, "report"))
    other = Actor.of("other-1", Role.IMPLEMENTER, unit="other")
    assert hall.refused(REPORT.changed(by=other)) == ("role_is_held",)
    assert hall.do(REPORT).status == "completed"


def test_a_levy_is_reported_with_its_accounts():
    ours = tuple(
        each.changed(papers=("accounts",)) if each.id == "residents_motion" else each
        for each in DEFAULT_POLICY.procedures
    )
    hall = Hall(policy=a_policy(procedures=ours)).motion("implementing")
    hall.do(paper("m", "report", workstation, "report"))
    assert hall.lacks(REPORT) == ["a paper of kind accounts is missing"]
    hall.do(paper("m", "book", workstation, "accounts"), REPORT.changed(papers=("report", "book")))


APPRAISE = c.HoldAppraisal(**M, by=appraiser, invited=10, came=6, score=60, papers=("report",))


def in_two_units(id: str, role: Role, *units: str) -> Actor:
    return Actor(
        id=id, claims=(Claim(role=role, unit=units[0]), *(Claim(role=Role.RESIDENT, unit=u) for u in units[1:]))
    )


@pytest.mark.parametrize(
    "who",
    [
        Actor.of("a", Role.APPRAISER, unit="workstation"),
        in_two_units("a", Role.APPRAISER, "appraisers", "workstation"),
    ],
)
def test_whoever_carried_it_out_does_not_appraise_it(who: Actor):
    hall = Hall().motion("completed")
    assert "implementer_is_not_appraiser" in hall.refused(APPRAISE.changed(by=who))


@pytest.mark.parametrize("unit", ["council", "representatives"])
def test_whoever_decided_it_does_not_appraise_it(unit: str):
    hall = Hall().motion("completed")
    assert hall.refused(APPRAISE.changed(by=Actor.of("a", Role.APPRAISER, unit=unit))) == ("appraiser_did_not_decide",)


def test_the_appraisal_meeting_needs_more_than_half_of_those_invited():
    hall = Hall().motion("completed")
    assert hall.refused(APPRAISE.changed(came=5)) == ("appraisal_quorum_is_met",)
    assert hall.refused(APPRAISE.changed(came=11)) == ("appraisal_quorum_is_met",)
    assert hall.do(APPRAISE).status == "appraised"


def test_sixty_points_are_enough_and_fifty_nine_are_not():
    good, bad = Hall().motion("completed"), Hall().motion("completed")
    good.do(APPRAISE)
    bad.do(APPRAISE.changed(score=59))
    result = c.PublishResult(**M, by=committee, public_text="It stands", papers=("report",))
    remedy = c.OrderRemedy(**M, by=appraiser, defects=("too steep",), until=bad.clock() + timedelta(days=30))
    assert good.refused(remedy) == ("score_is_below_threshold",)
    assert bad.refused(result) == ("score_is_not_below_threshold",)
    assert bad.lacks(result) == ["it has 59 points, 60 are asked"]
    good.do(result)
    bad.do(remedy)


def test_each_defect_becomes_a_ledger_item_and_the_works_are_appraised_again_when_all_are_written_off():
    hall = Hall().motion("completed")
    hall.do(APPRAISE.changed(score=40))
    until = hall.clock() + timedelta(days=30)
    remedy = c.OrderRemedy(**M, by=appraiser, defects=("too steep", "no rail"), until=until)
    assert hall.refused(remedy.changed(defects=())) == ("defects_and_due_are_named",)
    assert hall.refused(remedy.changed(until=hall.clock())) == ("defects_and_due_are_named",)
    again = hall.do(remedy)
    assert (again.status, again.remedies, again.appraisal) == ("implementing", 1, None)
    assert again.clocks["implementation"].due == until
    items = again.items_of("ledger")
    assert {key: (each.problem, each.owes, each.until) for key, each in items.items()} == {
        "1": ("too steep", "workstation", until),
        "2": ("no rail", "workstation", until),
    }
    assert hall.lacks(REPORT) == ["ledger item 1 is open", "ledger item 2 is open"]
    hall.do(paper("m", "photo", workstation, "photo"))
    for key in items:
        hall.do(RectifyLedgerItem(**M, by=workstation, item=key, measure="mended", evidence=("photo",)))
        assert hall.refused(VerifyLedgerItem(**M, by=workstation, item=key)) == ("role_is_held", "verified_by_another")
        hall.do(VerifyLedgerItem(**M, by=appraiser, item=key), WriteOffLedgerItem(**M, by=committee, item=key))
    hall.do(REPORT, APPRAISE.changed(score=80, command_id="again"))
    assert [(each.round, each.score) for each in hall.get().appraisals] == [(0, 40), (1, 80)]
    assert (
        hall.do(c.PublishResult(**M, by=committee, public_text="It stands", papers=("report",))).status
        == "result_published"
    )
    assert hall.replayed() == hall.get()


def test_a_second_remedy_has_items_of_its_own():
    hall = Hall().motion("completed")
    for number in (1, 2):
        hall.do(APPRAISE.changed(score=10, command_id=f"a-{number}"))
        until = hall.clock() + timedelta(days=10)
        hall.do(c.OrderRemedy(**M, by=appraiser, defects=("too steep",), until=until))
        key = str(number)
        hall.do(paper("m", f"photo-{key}", workstation, "photo"))
        hall.do(RectifyLedgerItem(**M, by=workstation, item=key, measure="mended", evidence=(f"photo-{key}",)))
        hall.do(VerifyLedgerItem(**M, by=supervisor, item=key), WriteOffLedgerItem(**M, by=committee, item=key))
        hall.do(REPORT.changed(command_id=f"r-{number}"))
    assert (hall.get().remedies, len(hall.get().items_of("ledger"))) == (2, 2)


def test_a_procedure_without_an_appraisal_publishes_its_result_at_once():
    without = tuple(each.changed(appraisal=None) for each in DEFAULT_POLICY.procedures)
    hall = Hall(policy=a_policy(procedures=without)).motion("completed")
    assert hall.refused(APPRAISE) == ("appraisal_is_required",)
    assert (
        hall.do(c.PublishResult(**M, by=committee, public_text="It stands", papers=("report",))).status
        == "result_published"
    )
    with_it = Hall().motion("completed")
    assert with_it.refused(c.PublishResult(**M, by=committee, public_text="It stands", papers=("report",))) == (
        "appraisal_is_not_required",
    )


# --- without works ---------------------------------------------------------------------------------------------------


def a_convention() -> Hall:
    hall = Hall().motion("adopted", title="Quiet hours", text="Quiet from ten at night")
    hall.do(c.PublishResolution(**M, by=committee, public_text="Quiet from ten at night", works=False))
    return hall


def test_a_convention_is_its_own_result_when_its_publicity_is_over():
    hall = a_convention()
    finish = c.FinishWithoutWorks(**M, by=committee)
    assert hall.refused(finish) == ("publicity_has_elapsed",)
    hall.wait(days=9)
    assert hall.refused(c.StartImplementation(**M, by=workstation)) == (
        "role_is_held",
    )  # there is nothing to carry out
    done = hall.do(finish)
    assert done.status == "result_published"
    assert [each.text for each in done.publications] == ["Quiet from ten at night"] * 2
    assert done.clocks["reply"].is_going


def test_what_is_to_be_carried_out_is_not_finished_without_works():
    hall = Hall().motion("published")
    hall.wait(days=9)
    assert hall.refused(c.FinishWithoutWorks(**M, by=committee)) == ("resolution_needs_no_works",)


# --- the reply and the archive ---------------------------------------------------------------------------------------


def test_it_is_archived_when_every_proposer_has_the_written_reply():
    hall = Hall().motion("draft")
    hall.do(c.NameCoProposer(**M, by=Actor.of("s-wang", Role.PROPOSER), co_proposer="s-li"))
    hall.on_to("result_published")
    assert hall.lacks(ARCHIVE) == ["s-wang has had no reply", "s-li has had no reply"]
    for missing in REPLY:
        incomplete = c.ReplyToProposer(**M, by=office, **{**REPLY, missing: " "})
        assert hall.lacks(incomplete) == [f"{missing} is missing"]
    hall.do(c.ReplyToProposer(**M, by=workstation, **REPLY))
    assert not hall.get().clocks["reply"].is_going
    assert hall.refused(ARCHIVE.changed(by=office)) == ("role_is_held",)
    archived = hall.do(ARCHIVE)
    assert (archived.status, archived.ended_as) == ("archived", "result_published")
    assert archived.clocks["retention"].is_going


def test_only_the_unit_that_carried_it_out_or_the_secretariat_replies():
    hall = Hall().motion("screening")
    hall.do(c.RejectProposal(**M, by=office, reason_code="too_vague", reason="vague", told_by="phone"))
    reply = c.ReplyToProposer(**M, by=workstation, **REPLY)
    assert hall.refused(reply) == ("role_is_held",)  # nobody carries it out
    hall.do(reply.changed(by=office))
