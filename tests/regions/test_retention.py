"""保管: an archived record is held, appraised when its term is over, renewed, handed over or destroyed with leave."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from govflow import CASE, SYSTEM, Actor, Command, Decider, NotAllowed, Role
from govflow.cases import commands as c
from govflow.messages import new_command_id
from govflow.proposals import PROPOSAL
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.evidence import AddEvidence
from govflow.regions.retention import (
    RETENTION,
    AppraiseRetention,
    DestroyRetention,
    HoldRetention,
    Paper,
    RenewRetention,
    TransferRetention,
    hold_in_archive,
)
from tests.support import Town, a_case, a_town, lead

archivist = Actor.of("archive-2", Role.ARCHIVIST, unit="archive")
head = Actor.of("head-7", Role.UNIT_HEAD, unit="archive")
other_head = Actor.of("head-8", Role.UNIT_HEAD, unit="water")

X: dict[str, Any] = {"id": "x"}
REPORT = Paper(kind="report", reference="archive room 2, shelf 7, no. 113", sha256="2" * 64)
APPRAISE = AppraiseRetention(**X, by=archivist, finding="of no further use", papers=(REPORT,))
RENEW = RenewRetention(**X, by=archivist, retention="disputed", papers=(REPORT,))
TRANSFER = TransferRetention(**X, by=archivist, archive="county archive", papers=(REPORT,))
DESTROY = DestroyRetention(**X, by=archivist, papers=(REPORT,))
TEN_YEARS = 3654  # with three leap days, and to the end of the last day


def archiving(decider: Decider, *then: Any) -> Decider:
    """The case with this region, whose archiving is followed by `then`."""
    held = decider.extended(regions=(RETENTION,))
    steps = []
    for step in held.workflow.steps:
        each = copy(step)
        if step.command is c.ArchiveCase:
            each.then = then
        steps.append(each)
    held.workflow = replace(held.workflow, steps=tuple(steps))
    return held


@pytest.fixture
def town() -> Town:
    """Case x, archived as an ordinary matter."""
    town = a_town(records=[archiving(CASE, hold_in_archive), PROPOSAL])
    a_case(town, "archived", id="x")
    return town


def anew(command: Command, **changes: Any) -> Any:
    """The same command given once more, with changes."""
    return command.changed(command_id=new_command_id(), **changes)


def refused(town: Town, command: Command) -> tuple[str, ...]:
    position = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == position
    return caught.value.codes


def kept(town: Town, id: str = "x") -> Any:
    return town.engine.get(id).item("retention", "retention")


def term(town: Town, id: str = "x") -> Any:
    return town.engine.get(id).clocks.get("retention")


def test_archiving_holds_the_record_in_its_class_in_the_same_append(town: Town):
    assert (kept(town).status, kept(town).kept_as, kept(town).by) == ("held", "ordinary", SYSTEM.id)
    archived, held = list(town.engine.history("x"))[-2:]
    assert (archived.name, held.name) == ("case.archived", "retention.held")
    assert archived.meta.recorded_at == held.meta.recorded_at
    assert town.engine.open_loops("x") == ()
    # archived on 2 April 2026, 31 days after Monday 2 March, local time 9:00; ten years on, to the end of the day
    assert term(town).due == datetime(2036, 4, 2, 16, tzinfo=UTC)
    assert refused(town, HoldRetention(**X, by=archivist)) == ("step_is_in_the_table",)


def test_the_class_named_at_archiving_is_the_one_it_is_kept_in(town: Town):
    a_case(town, "closed", id="y")
    town.pass_days(31)
    town.do(c.ArchiveCase(id="y", by=archivist, retention="disputed"))
    assert kept(town, "y").kept_as == "disputed"
    assert term(town, "y").due.year == 2056


def test_what_was_archived_before_there_was_this_region_is_held_by_the_archivist():
    town = a_town(records=[archiving(CASE), PROPOSAL])
    a_case(town, "archived", id="x")
    assert (kept(town), term(town).due.year) == (None, 2036)
    assert refused(town, HoldRetention(**X, by=lead)) == ("role_is_held",)
    town.do(HoldRetention(**X, by=archivist))
    assert (kept(town).status, kept(town).kept_as) == ("held", "ordinary")
    town.pass_days(TEN_YEARS)
    town.do(APPRAISE)


def test_only_an_archived_record_is_held(town: Town):
    a_case(town, "closed", id="y")
    assert refused(town, HoldRetention(id="y", by=archivist)) == ("step_is_in_the_table",)


def test_it_is_appraised_when_its_term_is_over_and_not_before(town: Town):
    town.pass_days(TEN_YEARS - 1)  # 2 April 2036, the last day
    assert refused(town, APPRAISE) == ("due_has_passed",)
    town.pass_days(1)
    assert refused(town, anew(APPRAISE, by=lead)) == ("role_is_held",)
    town.do(APPRAISE)
    assert (kept(town).status, kept(town).finding) == ("appraised", "of no further use")
    assert not term(town).is_going


def test_the_tick_leaves_the_end_of_the_term_to_the_archivist(town: Town):
    town.pass_days(TEN_YEARS)
    position = town.engine.store.head()
    town.engine.tick()
    assert town.engine.store.head() == position
    assert kept(town).status == "held"


def test_what_is_kept_for_good_is_never_appraised(town: Town):
    a_case(town, "archived", id="y", category="collective")
    assert (kept(town, "y").kept_as, term(town, "y")) == ("collective", None)
    town.pass_days(100 * 366)
    assert "due_has_passed" in refused(town, anew(APPRAISE, id="y"))
    town.approved(anew(TRANSFER, id="y"), head)  # handed over it may be
    assert kept(town, "y").archive == "county archive"


def test_a_renewal_starts_a_new_term_in_the_class_named_or_the_same(town: Town):
    town.pass_days(TEN_YEARS)
    town.do(APPRAISE)
    assert refused(town, anew(RENEW, retention="nowhere")) == ("retention_class_is_set", "approval_is_given")
    town.approved(RENEW, head)
    assert (kept(town).status, kept(town).kept_as, kept(town).earlier) == ("held", "disputed", ("ordinary",))
    assert (term(town).status, term(town).due.year) == ("running", 2066)
    assert refused(town, anew(APPRAISE)) == ("due_has_passed",)
    town.pass_days(3 * TEN_YEARS + 2)
    town.do(anew(APPRAISE))
    town.approved(anew(RENEW, retention=None), head)
    assert (kept(town).kept_as, term(town).due.year) == ("disputed", 2096)


def test_what_is_renewed_for_good_has_no_term_left_to_be_appraised_by(town: Town):
    town.pass_days(TEN_YEARS)
    town.do(APPRAISE)
    town.approved(anew(RENEW, retention="collective"), head)
    assert (kept(town).status, kept(town).kept_as) == ("held", "collective")
    town.pass_days(TEN_YEARS)
    assert refused(town, anew(APPRAISE)) == ("kept_for_a_term",)


@pytest.mark.parametrize("command", [RENEW, TRANSFER, DESTROY])
def test_it_is_renewed_handed_over_or_destroyed_with_papers_and_the_unit_heads_leave(town: Town, command: Command):
    town.pass_days(TEN_YEARS)
    town.do(APPRAISE)
    assert refused(town, command) == ("approval_is_given",)
    for papers in ((), (Paper(reference=" ", sha256="2" * 64),)):
        with pytest.raises(NotAllowed) as caught:
            town.approved(anew(command, papers=papers), head)
        assert caught.value.codes == ("required_papers_are_attached",)
    with pytest.raises(NotAllowed) as caught:
        town.approved(anew(command), other_head)
    assert "role_is_held" in caught.value.codes
    town.approved(anew(command), head)
    assert kept(town).papers == (REPORT, REPORT)
    assert kept(town).status in ("held", "transferred", "destroyed")


def test_leave_to_destroy_is_leave_for_nothing_else(town: Town):
    town.pass_days(TEN_YEARS)
    town.do(APPRAISE)
    asked = town.engine.get("x")
    town.do(RequestApproval.of(DESTROY, asked), GiveApproval(**X, by=head, item="1"))
    assert refused(town, TRANSFER) == ("approval_is_given",)
    town.do(DESTROY)


def test_a_transfer_names_the_archive_and_may_come_before_the_term_is_over(town: Town):
    with pytest.raises(NotAllowed) as caught:
        town.approved(anew(TRANSFER, archive=""), head)
    assert caught.value.codes == ("receiving_archive_is_named",)
    town.approved(TRANSFER, head)
    assert (kept(town).status, kept(town).archive) == ("transferred", "county archive")
    assert not term(town).is_going


def test_nothing_is_destroyed_that_was_not_appraised_and_the_proof_of_it_stays(town: Town):
    before = [event.name for event in town.engine.history("x")]
    assert refused(town, DESTROY) == ("step_is_in_the_table",)
    town.pass_days(TEN_YEARS)
    town.do(APPRAISE)
    town.approved(DESTROY, head)
    after = [event.name for event in town.engine.history("x")]
    assert after[: len(before)] == before
    assert "retention.destroyed" in after
    assert kept(town).status == "destroyed"
    assert refused(town, anew(RENEW)) == ("step_is_in_the_table",)


def test_the_papers_are_named_because_an_archived_records_file_is_closed(town: Town):
    late = AddEvidence(**X, by=lead, item="late", sha256="3" * 64)
    assert refused(town, late) == ("step_is_in_the_table",)


def test_replay_gives_the_same_state(town: Town):
    town.pass_days(TEN_YEARS)
    town.do(APPRAISE)
    town.approved(RENEW, head)
    town.clock.advance(hours=1)
    assert town.engine.as_of("x", town.clock()).digest == town.engine.get("x").digest
