"""A resolution is carried out by cases of its own: what is awaited has come to rest before it is reported done."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import Actor, Command, HandOver, Role
from govflow.cases import commands as k
from govflow.proposals import commands as c
from govflow.regions.evidence import AddEvidence
from govflow.regions.link import Unlink
from govflow.regions.verification import PassVerification
from tests.proposals.hall import Hall, committee, dispatcher, office, paper, town, workstation
from tests.support import TOLD

M: dict[str, Any] = {"id": "m"}
desk = Actor.of("desk-1", Role.ACCEPTANCE_DESK)
lead = Actor.of("lead-1", Role.LEAD_UNIT, unit="water")
verifier = Actor.of("verifier-1", Role.VERIFIER)
DONE = c.ReportCompletion(**M, by=workstation, measure="built", papers=("report",))


def carried_out(*, awaited: bool = True) -> tuple[Hall, str]:
    """A motion being carried out, and the case that carries a part of it."""
    hall = Hall().motion("implementing")
    hall.do(paper("m", "report", workstation, "report"))
    before = set(hall.get().items_of("link"))
    spawn = c.SpawnRecord(**M, by=workstation, title="Pour the concrete", category="general", awaited=awaited)
    (link,) = [item for key, item in hall.do(spawn).items_of("link").items() if key not in before]
    return hall, link.other


def closing(id: str) -> tuple[Command, ...]:
    """The commands that bring a reported case, without a reporter, to its good end."""
    return (
        k.AcceptCase(id=id, by=desk),
        k.AssignCase(id=id, by=dispatcher, lead_unit="water", unit_level="town"),
        k.StartHandling(id=id, by=lead),
        AddEvidence(id=id, by=lead, item="e1", kind="photo", sha256="0" * 64),
        k.SubmitResult(id=id, by=lead, measure="poured", evidence=("e1",)),
        k.GiveFeedback(id=id, by=lead, to_level="community", public_text="poured"),
        PassVerification(id=id, by=verifier, item="r1"),
        k.CloseCase(id=id, by=dispatcher),
    )


def test_what_is_awaited_must_have_come_to_rest_before_it_is_reported_done():
    hall, case = carried_out()
    assert hall.loops() == {f"link:spawned.{case}"}
    assert hall.refused(DONE) == ("linked_records_are_at_rest",)
    assert hall.lacks(DONE) == [f"{case} is awaited"]
    hall.do(*closing(case))
    assert hall.get().item("link", f"spawned.{case}").status == "finished"
    assert hall.do(DONE).status == "completed"
    assert hall.replayed() == hall.get()


def test_what_is_not_awaited_holds_nothing_up():
    hall, case = carried_out(awaited=False)
    assert hall.loops() == set()
    assert hall.do(DONE).status == "completed"
    assert hall.get(case).status == "reported"


def test_a_case_that_was_closed_and_reopened_is_awaited_again():
    hall, case = carried_out()
    hall.do(*closing(case), k.ReopenCase(id=case, by=dispatcher, ground="it cracked"))
    assert hall.lacks(DONE) == [f"{case} is awaited"]


def test_a_part_that_failed_is_settled_before_it_is_reported_done():
    hall, case = carried_out()
    hall.do(k.RejectCase(id=case, by=desk, reason_code="out_of_scope", reason="not ours", told_by=TOLD))
    assert hall.lacks(DONE) == [f"{case} is failed"]
    # another one takes its place, and the tie to the one that failed is taken back with the reason
    hall.do(c.SpawnRecord(**M, by=workstation, title="Pour it by others"))
    hall.do(Unlink(**M, by=office, item=f"spawned.{case}", reason="carried out by another"))
    (other,) = [each.other for each in hall.get().items_of("link").values() if each.status == "awaited"]
    hall.do(*closing(other))
    assert hall.do(DONE).status == "completed"


def test_each_spawn_makes_one_case_and_the_same_command_again_makes_none():
    hall, _ = carried_out()
    again = c.SpawnRecord(**M, by=workstation, title="A rail")
    hall.do(again)
    hall.do(again)
    assert len(hall.get().items_of("link")) == 2


@pytest.mark.parametrize(
    ("command", "codes"),
    [
        (c.SpawnRecord(**M, by=workstation), ("spawned_record_is_described",)),
        (c.SpawnRecord(**M, by=workstation, title="A rail", target_kind="barn"), ("conversion_target_is_named",)),
        (c.SpawnRecord(**M, by=workstation, title="Call 13812345678"), ("public_text_hides_people",)),
        (c.SpawnRecord(**M, by=lead, title="A rail"), ("role_is_held",)),
    ],
)
def test_what_is_spawned_is_described_and_of_a_kind_that_is_served(command: Command, codes: tuple[str, ...]):
    hall = Hall().motion("implementing")
    assert hall.refused(command) == codes


def test_a_spawned_case_tells_where_it_comes_from_and_has_no_reporter_of_its_own():
    hall, case = carried_out()
    spawned: Any = hall.engine.get(case)
    assert (spawned.title, spawned.reporter, spawned.source) == ("Pour the concrete", None, "proposal:m")
    assert spawned.item("link", "spawned_by.m").is_waited_for


def test_a_resolution_given_up_lets_go_of_what_it_waited_for():
    hall, case = carried_out()
    gone = c.AbandonImplementation(**M, by=committee, reason="the gate is gone", balance="nothing was spent")
    assert hall.refused(gone) == ("approval_is_given", "loops_are_handed_over")
    rest = (HandOver(region="link", reason="the case goes on by itself"),)
    assert hall.approved(gone.changed(hand_over=rest), town).status == "abandoned"
    assert hall.get().item("link", f"spawned.{case}").status == "unlinked"
    assert hall.get(case).status == "reported"
