"""更正 corrections: what is wrong is put right by a new entry, with leave; never a ballot, never a status."""

from __future__ import annotations

from typing import Any

import pytest

from govflow.proposals import commands as c
from tests.proposals.hall import (
    AREA,
    REPLY,
    Hall,
    archivist,
    branch,
    committee,
    office,
    wang,
)

M: dict[str, Any] = {"id": "m"}


def correction(**said: Any) -> c.CorrectProposal:
    given = {"by": office, "field": "category", "new": "environment", "corrects": 1, "reason": "misread", **said}
    return c.CorrectProposal(**M, **given)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"field": "status", "new": "adopted"}, "status_is_not_corrected"),
        ({"field": "votes", "new": "3"}, "status_is_not_corrected"),
        ({"field": "proposer", "new": "s-li"}, "status_is_not_corrected"),
        ({"corrects": 0}, "correction_names_its_event"),
        ({"corrects": 99}, "correction_names_its_event"),
        ({"old": "petition"}, "old_value_is_kept"),
        ({"new": "not an id!"}, "new_value_fits_its_field"),
        ({"reason": " "}, "reason_given"),
        ({"by": committee}, "role_is_held"),
    ],
)
def test_a_correction_names_its_event_keeps_the_old_value_and_touches_no_vote(said: Any, code: str):
    hall = Hall().motion("voting")
    assert code in hall.refused(correction(**said))


def test_with_the_leave_of_the_party_branch_an_entry_is_corrected_and_the_old_one_stays():
    hall = Hall().motion("voting")
    hall.do(*hall.ballots(3, 1))
    ballots = hall.get().vote.cast
    assert hall.refused(correction()) == ("approval_is_given",)
    corrected = hall.approved(correction(), branch)
    assert (corrected.status, corrected.category, corrected.vote.cast) == ("voting", "environment", ballots)
    (kept,) = corrected.corrections
    assert (kept.field, kept.old, kept.new, kept.corrects) == ("category", "general", "environment", 1)
    assert hall.events()[0].body.category == "general"  # type: ignore[attr-defined]
    assert hall.replayed() == hall.get()


def test_the_area_and_the_station_may_be_corrected_too():
    hall = Hall().motion("consulting")
    hall.approved(correction(field="area", new=f"{AREA}/grid-1"), branch)
    hall.approved(correction(field="venue", new="station-1"), branch)
    assert (hall.get().area, hall.get().venue) == (f"{AREA}/grid-1", "station-1")


def test_an_archived_proposal_may_still_be_corrected():
    hall = Hall().motion("result_published")
    hall.do(c.ReplyToProposer(**M, by=office, **REPLY), c.ArchiveProposal(**M, by=archivist))
    assert hall.approved(correction(by=archivist), branch).category == "environment"
    assert hall.get().status == "archived"
    assert hall.refused(c.AmendProposal(**M, by=wang, text="another")) == ("step_is_in_the_table",)
