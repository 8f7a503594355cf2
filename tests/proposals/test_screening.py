"""立案审查 screening: a refusal is coded and told, a draft is returned once with one whole list, and lapses if left."""

from __future__ import annotations

from typing import Any

from govflow.proposals import commands as c
from tests.proposals.hall import REPLY, Hall, archivist, branch, chair, office

M: dict[str, Any] = {"id": "m"}
ARCHIVE = c.ArchiveProposal(**M, by=archivist)


def test_a_refusal_has_a_coded_reason_and_reaches_the_proposer():
    hall = Hall().motion("screening")
    no = c.RejectProposal(**M, by=office, reason_code="too_vague", reason="no place is named", told_by="by phone")
    assert hall.refused(no.changed(reason_code="because")) == ("reason_is_coded",)
    assert hall.refused(no.changed(told_by=" ")) == ("asker_is_told",)
    assert hall.do(no).status == "rejected"


def test_a_wrong_refusal_is_taken_back_and_what_comes_of_it_is_answered_anew():
    hall = Hall().motion("screening")
    hall.do(
        c.RejectProposal(**M, by=office, reason_code="too_vague", reason="no place is named", told_by="by phone"),
        c.ReplyToProposer(**M, by=office, **REPLY),
    )
    again = c.ReopenProposal(**M, by=branch, ground="gate 3 was named")
    assert hall.refused(again.changed(ground=" ")) == ("reopen_ground_given",)
    hall.do(again)
    hall.on_to("result_published")
    assert hall.refused(ARCHIVE) == ("proposer_is_answered",)


def test_it_is_returned_once_with_one_whole_list_and_handed_in_again():
    hall = Hall().motion("screening")
    back = c.ReturnProposal(**M, by=office, reason_code="incomplete", reason="see the list", shortcomings=("a sketch",))
    assert hall.refused(back.changed(shortcomings=())) == ("shortcomings_are_listed",)
    hall.do(back)
    assert hall.get().status == "draft"
    hall.on_to("screening")
    assert hall.refused(back.changed(command_id="again")) == ("not_done_before",)


def test_a_returned_draft_lapses_when_it_is_not_handed_in_again_within_thirty_days():
    hall = Hall().motion("screening")
    hall.do(c.ReturnProposal(**M, by=office, reason_code="incomplete", reason="x", shortcomings=("a sketch",)))
    hall.wait(days=29)
    assert hall.get().status == "draft"
    hall.wait(days=2)
    lapsed = hall.get()
    assert (lapsed.status, hall.events()[-1].name) == ("withdrawn", "proposal.lapsed")
    assert hall.refused(c.LapseProposal(**M, by=chair, reason="x")) == ("step_is_in_the_table",)
    hall.do(c.ReplyToProposer(**M, by=office, **REPLY), ARCHIVE)


def test_a_draft_that_was_never_handed_in_does_not_lapse():
    hall = Hall().motion("draft")
    hall.wait(days=400)
    assert hall.get().status == "draft"
