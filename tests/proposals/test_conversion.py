"""A case that needs a decision becomes a proposal, an individual one a case: exactly one, tied both ways."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import pytest

from govflow import Actor, Engine, HandOver, Role
from govflow.cases import commands as k
from govflow.errors import Conflict
from govflow.proposals import commands as c
from govflow.regions.opinion import RecordOpinion
from govflow.testing import PinnedClock
from tests.proposals.hall import AREA, REPLY, Hall, archivist, chen, dispatcher, li, office, wang, zhao
from tests.proposals.hall import seconds as signed
from tests.support import TOLD

K: dict[str, Any] = {"id": "k"}
M: dict[str, Any] = {"id": "m"}
desk = Actor.of("desk-1", Role.ACCEPTANCE_DESK)
reporter = Actor.of("s-wang", Role.RESIDENT, Role.REPORTER)
lead = Actor.of("lead-1", Role.LEAD_UNIT, unit="water")
MATTER = {"title": "No ramp", "kind": "hotline", "channel": "phone", "level": "community", "area": AREA}


def a_case_converted(hall: Hall) -> str:
    """Case k, and the proposal that it became."""
    hall.do(
        k.ReportCase(**K, by=reporter, reporter="s-wang", category="general", **MATTER),
        k.AcceptCase(**K, by=desk),
    )
    case = hall.do(k.ConvertToProposal(**K, by=dispatcher, reason="all must decide", told_by=TOLD))
    return str(case.converted_to)


# --- case -> proposal ------------------------------------------------------------------------------------------------


def test_a_case_becomes_a_draft_of_its_reporter_who_signs_it_and_hands_it_in():
    hall = Hall()
    id = a_case_converted(hall)
    draft = hall.get(id)
    assert (draft.status, draft.proposer, draft.title_line, draft.area) == ("draft", "s-wang", "No ramp", AREA)
    assert draft.source == "k"
    assert (hall.get("k").item("link", f"converted.{id}").other, draft.item("link", "converted_from.k").other) == (
        id,
        "k",
    )
    submit = c.SubmitProposal(id=id, by=wang)
    assert hall.refused(submit) == ("supporters_reach_threshold",)  # whoever was converted still needs supporters
    hall.do(*signed(id, li, zhao, chen), submit)


def test_the_published_result_is_taken_back_into_the_case_and_told_to_the_reporter():
    hall = Hall()
    id = a_case_converted(hall)
    hall.do(*signed(id, li, zhao, chen))
    back = k.TakeBackResult(**K, by=dispatcher, measure="a ramp was built")
    hall.on_to("appraised", id)
    assert hall.refused(back) == ("conversion_target_has_succeeded",)
    hall.on_to("result_published", id)
    assert hall.do(back).status == "handled"
    told = k.GiveFeedback(**K, by=lead, to_level="community", to_reporter=True, public_text="a ramp was built")
    assert "feedback" in hall.get("k").clocks
    assert "feedback_reaches_all_it_is_owed_to" in hall.refused(told.changed(to_reporter=False))


def test_the_result_is_taken_back_though_the_proposal_was_archived_before():
    hall = Hall()
    id = a_case_converted(hall)
    hall.do(*signed(id, li, zhao, chen))
    hall.on_to("result_published", id)
    hall.do(c.ReplyToProposer(id=id, by=office, **REPLY), c.ArchiveProposal(id=id, by=archivist))
    assert hall.do(k.TakeBackResult(**K, by=dispatcher, measure="a ramp was built")).status == "handled"


def test_the_result_of_the_master_counts_where_the_proposal_was_merged():
    hall = Hall()
    id = a_case_converted(hall)
    hall.do(*signed(id, li, zhao, chen))
    hall.on_to("screening", id)
    hall.motion("screening", "master")
    hall.do(c.MergeProposal(id=id, by=office, master="master", same_subject="the same gate"))
    back = k.TakeBackResult(**K, by=dispatcher, measure="a ramp was built")
    assert hall.refused(back) == ("conversion_target_has_succeeded",)
    assert "conversion_target_has_failed" in hall.refused(k.ReopenCase(**K, by=dispatcher, ground="lost"))
    hall.on_to("result_published", "master")
    assert hall.do(back).status == "handled"


def test_a_case_is_reopened_when_what_it_became_fails_and_not_before():
    hall = Hall()
    id = a_case_converted(hall)
    hall.do(*signed(id, li, zhao, chen))
    reopen = k.ReopenCase(**K, by=dispatcher, ground="refused")
    hall.on_to("screening", id)
    assert "conversion_target_has_failed" in hall.refused(reopen)
    hall.do(c.RejectProposal(id=id, by=office, reason_code="beyond_powers", reason="a firm's wall", told_by="phone"))
    assert hall.do(reopen).status == "accepted"
    assert (
        hall.do(c.ReplyToProposer(id=id, by=office, **REPLY), c.ArchiveProposal(id=id, by=archivist)).status
        == "archived"
    )


def test_an_archived_failure_still_lets_its_case_be_reopened():
    hall = Hall()
    id = a_case_converted(hall)
    hall.do(c.WithdrawProposal(id=id, by=wang, reason="solved otherwise"))
    hall.wait(days=8)
    hall.do(c.ReplyToProposer(id=id, by=office, **REPLY), c.ArchiveProposal(id=id, by=archivist))
    assert hall.do(k.ReopenCase(**K, by=dispatcher, ground="withdrawn")).status == "accepted"


@pytest.mark.parametrize("secret", [{"confidential": True}, {"accused_unit": "housing"}])
def test_a_confidential_matter_and_one_in_which_a_unit_is_reported_do_not_become_a_public_proposal(secret: Any):
    hall = Hall()
    hall.do(
        k.ReportCase(**K, by=reporter, reporter="s-wang", category="general", **MATTER, **secret),
        k.AcceptCase(**K, by=desk),
    )
    convert = k.ConvertToProposal(**K, by=dispatcher, reason="all must decide", told_by=TOLD)
    assert hall.refused(convert) == ("source_may_be_public",)
    assert [each.id for each in hall.engine.records()] == ["k"]


# --- proposal -> case ------------------------------------------------------------------------------------------------

CONVERT = c.ConvertToCase(**M, by=office, individual=True, reason="one family's pipe")


def cases(engine: Engine) -> list[str]:
    return sorted(record.id for record in engine.log.records() if record.kind_of_record == "case")


def test_an_individual_matter_becomes_exactly_one_case_tied_both_ways():
    hall = Hall().motion("screening", title="A leak at one family's")
    assert hall.refused(c.ConvertToCase(**M, by=office, reason="one family")) == ("matter_is_individual",)
    target = hall.do(CONVERT).converted_to
    case: Any = hall.engine.get(target)
    assert (case.status, case.title, case.reporter, case.area) == ("reported", "A leak at one family's", "s-wang", AREA)
    assert hall.get().item("link", f"converted.{target}").other == target
    assert case.item("link", "converted_from.m").other == "m"
    assert hall.get().clocks["reply"].is_going
    assert cases(hall.engine) == [target]


def test_the_same_command_again_gives_the_same_case():
    hall = Hall().motion("screening")
    first = hall.do(CONVERT)
    assert hall.do(CONVERT).converted_to == first.converted_to
    assert cases(hall.engine) == [first.converted_to]
    assert hall.refused(c.ConvertToCase(**M, by=office, individual=True, reason="once more")) == (
        "step_is_in_the_table",
    )


def test_opinions_already_given_are_handed_over_when_it_is_converted_in_consultation():
    hall = Hall().motion("consulting")
    hall.do(RecordOpinion(**M, by=li, text="it is a pipe"))
    assert hall.refused(CONVERT) == ("loops_are_handed_over",)
    hall.do(CONVERT.changed(hand_over=(HandOver(region="opinion", reason="goes on in the case"),)))
    assert hall.get().item("opinion", "1").status == "withdrawn"
    assert hall.engine.open_loops("m") == ()


def test_it_is_taken_up_again_when_the_case_comes_to_nothing():
    hall = Hall().motion("screening")
    target = hall.do(CONVERT).converted_to
    hall.do(k.RejectCase(id=target, by=desk, reason_code="out_of_scope", reason="it concerns all", told_by=TOLD))
    hall.do(c.ReopenProposal(**M, by=office, ground="the case was refused: it concerns all"))
    proposal = hall.get()
    assert (proposal.status, proposal.converted_to) == ("screening", None)
    assert proposal.item("link", f"converted.{target}").status == "unlinked"
    assert hall.get(target).item("link", "converted_from.m").status == "unlinked"
    assert hall.on_to("consulting").do(CONVERT.changed(command_id="again")).converted_to != target
    assert len(cases(hall.engine)) == 2


def test_while_the_case_it_became_is_handled_it_is_not_screened_again():
    hall = Hall().motion("screening")
    target = hall.do(CONVERT).converted_to
    reopen = c.ReopenProposal(**M, by=office, ground="a mistake")
    assert hall.refused(reopen) == ("case_it_became_is_at_rest",)
    hall.do(k.RejectCase(id=target, by=desk, reason_code="out_of_scope", reason="it concerns all", told_by=TOLD))
    assert hall.do(reopen).status == "screening"


def convert_at_once(log: Path, start: Any, number: int, found: Any) -> None:
    """One of two processes that convert the same proposal by commands of their own."""
    with Engine.open(log, now=PinnedClock()) as engine:
        start.wait()
        while True:
            try:
                engine.handle(
                    c.ConvertToCase(**M, by=office, individual=True, reason="one family", command_id=f"c-{number}")
                )
            except Conflict:
                continue
            except Exception as error:
                found.put(type(error).__name__)
            else:
                found.put("done")
            return


@pytest.mark.parametrize("attempt", range(2))
def test_two_processes_that_convert_it_at_once_make_one_case(tmp_path: Path, attempt: int):
    hall = Hall(tmp_path / "log.db").motion("screening")
    hall.engine.close()
    context = multiprocessing.get_context("forkserver")
    start, found = context.Barrier(2), context.Queue()
    both = [
        context.Process(target=convert_at_once, args=(tmp_path / "log.db", start, number, found)) for number in range(2)
    ]
    for each in both:
        each.start()
    answers = sorted(found.get(timeout=60) for _ in both)
    for each in both:
        each.join()
    assert answers == ["NotAllowed", "done"]
    with Engine.open(tmp_path / "log.db", now=PinnedClock()) as engine:
        assert len(cases(engine)) == 1
        converted: Any = engine.get("m")
        assert [converted.converted_to] == cases(engine)
        assert list(converted.items_of("link")) == [f"converted.{converted.converted_to}"]


# --- proposal -> case -> proposal ------------------------------------------------------------------------------------


def test_the_chain_from_report_to_result_can_be_walked_from_either_end():
    hall = Hall()
    id = a_case_converted(hall)
    hall.do(*signed(id, li, zhao, chen))
    hall.on_to("implementing", id)
    spawned = hall.do(c.SpawnRecord(id=id, by=office, title="Pour the concrete")).items_of("link")
    (child,) = [each.other for each in spawned.values() if each.kind == "spawned"]

    def neighbours(of: str) -> set[str]:
        return {each.other for each in hall.get(of).items_of("link").values()}

    assert neighbours("k") == {id}
    assert neighbours(id) == {"k", child}
    assert neighbours(child) == {id}
