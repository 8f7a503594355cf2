"""What falls by itself with a vote that is lost or a draft that lapses, and what somebody must name or end first."""

from __future__ import annotations

from typing import Any

from govflow import Actor, HandOver, Role
from govflow.proposals import commands as c
from govflow.regions.opinion import RecordOpinion
from govflow.regions.supervision import LiftSupervision, ListSupervision
from tests.proposals.hall import Hall, chair, li, office

M: dict[str, Any] = {"id": "m"}
district = Actor.of("super-9", Role.SUPERVISOR, unit="district-office", level="district")
LISTED = ListSupervision(**M, by=district, reason_code="overdue_without_cause", reason="late", number="1")
CLOSE = c.CloseVote(**M, by=chair)


def voted(yes: int, no: int) -> Hall:
    """A vote that is over, on a proposal under listed supervision."""
    hall = Hall().motion("voting")
    hall.do(LISTED, *hall.ballots(yes, no))
    hall.clock.set(hall.get().vote.closes_at)
    hall.wait(hours=1)
    return hall


def supervised(hall: Hall) -> list[str]:
    return [str(each.status) for each in hall.get().items_of("supervision").values()]


def test_the_system_lifts_no_supervision_by_counting_a_lost_vote_the_convenor_names_what_becomes_of_it():
    hall = voted(0, len(Hall().motion("voting").get().vote.roll))
    assert (hall.get().status, hall.get().clocks["ballot"].status, supervised(hall)) == (
        "voting",
        "overdue",
        ["listed"],
    )
    assert hall.wait(days=1).refused == 0  # it is not tried in vain every day: it is late
    assert hall.refused(CLOSE) == ("loops_are_handed_over",)
    assert hall.do(CLOSE.changed(hand_over=(HandOver(region="supervision", reason="no works any more"),))).status == (
        "not_adopted"
    )
    assert supervised(hall) == ["lifted"]
    assert hall.engine.open_loops("m") == ()


def test_a_vote_that_is_carried_is_counted_by_the_system_whatever_else_is_open():
    hall = voted(len(Hall().motion("voting").get().vote.roll), 0)
    assert (hall.get().status, supervised(hall)) == ("adopted", ["listed"])


def test_what_belongs_to_the_deliberation_falls_with_a_lost_vote_that_the_system_counts():
    hall = Hall().motion("deliberating")
    hall.do(RecordOpinion(**M, by=li, text="too steep"))
    hall.on_to("voting")
    hall.do(*hall.ballots(0, len(hall.get().vote.roll)))
    hall.clock.set(hall.get().vote.closes_at)
    hall.wait(hours=1)
    assert (hall.get().status, hall.get().item("opinion", "1").status) == ("not_adopted", "withdrawn")
    assert hall.events()[-1].meta.actor == "system"
    assert hall.engine.open_loops("m") == ()


def test_a_draft_under_supervision_does_not_lapse_until_that_is_lifted():
    hall = Hall().motion("screening")
    hall.do(LISTED, c.ReturnProposal(**M, by=office, reason_code="incomplete", reason="x", shortcomings=("a sketch",)))
    assert hall.wait(days=31).refused == 1
    assert (hall.get().status, supervised(hall)) == ("draft", ["listed"])
    hall.do(LiftSupervision(**M, by=district, item=next(iter(hall.get().items_of("supervision"))), reason="settled"))
    hall.wait(days=1)
    assert hall.get().status == "withdrawn"
